//! A private PostgreSQL cluster.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::keeper::{Keeper, as_ordinary_user, free_port};

/// A server in PostgreSQL's default durability: a commit lies on the disk.
#[derive(Debug)]
pub struct PostgresServer {
    keeper: Option<Keeper>,
    binaries: PathBuf,
    folder: TempDir,
    ordinary_user: Vec<String>,
    port: u16,
    databases: AtomicU32,
}

impl PostgresServer {
    /// Makes a cluster and starts it: about two seconds. Panics with what is missing where
    /// PostgreSQL is not installed.
    pub fn start() -> Self {
        Self::start_in(&std::env::temp_dir())
    }

    /// The same with its data below `parent`, which everybody may enter.
    pub fn start_in(parent: &Path) -> Self {
        let binaries = binaries();
        let folder = tempfile::Builder::new().prefix("kamikarte-postgres-").tempdir_in(parent);
        let folder = folder.expect("a temporary folder can be made");
        let ordinary_user = as_ordinary_user("postgres", folder.path());
        let mut server = Self {
            keeper: None,
            binaries,
            folder,
            ordinary_user,
            port: free_port(),
            databases: AtomicU32::new(0),
        };
        let data = server.data();
        let made = server
            .command("initdb")
            .args(["--no-sync", "--auth=trust", "--username=kamikarte", "--encoding=UTF8"])
            .args(["--locale=C.UTF-8", "--pgdata", &data])
            .output()
            .expect("initdb starts");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        server.restart();
        server
    }

    /// The one server that all tests of this process share; each takes its own
    /// [`fresh_database`](Self::fresh_database).
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<PostgresServer> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Makes an empty database; its URL.
    pub fn fresh_database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let made = self
            .command("createdb")
            .args(["--host=127.0.0.1", "--username=kamikarte", "--port", &self.port.to_string()])
            .arg(&name)
            .output()
            .expect("createdb starts");
        assert!(made.status.success(), "createdb: {}", String::from_utf8_lossy(&made.stderr));
        format!("postgres://kamikarte@127.0.0.1:{}/{name}", self.port)
    }

    /// Begins a new segment of the write-ahead log, as after sixteen megabytes of changes; whether it
    /// could. Where the disk is full and no old segment is left to be used again the server crashes.
    pub fn begin_new_segment(&self) -> bool {
        self.command("psql")
            .args(["--host=127.0.0.1", "--username=kamikarte", "--port", &self.port.to_string()])
            .args(["--dbname=postgres", "--quiet"])
            // Where nothing was written since, nothing is switched.
            .args(["--command", "select pg_logical_emit_message(false, 'test', 'a change')"])
            .args(["--command", "select pg_switch_wal()"])
            .output()
            .is_ok_and(|output| output.status.success())
    }

    /// Whether the server's process runs: it may have ended by itself.
    pub fn is_running(&self) -> bool {
        self.keeper.as_ref().is_some_and(|keeper| is_alive(keeper.pid()))
    }

    /// The port of 127.0.0.1 it listens on.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Kills it as the memory killer would. [`restart`](Self::restart) brings it back.
    pub fn kill(&mut self) {
        if let Some(keeper) = self.keeper.take() {
            keeper.signal("KILL");
            keeper.stop_and_keep(self.folder.path());
        }
    }

    /// Stops it in order. [`restart`](Self::restart) brings it back.
    pub fn stop(&mut self) {
        if let Some(keeper) = self.keeper.take() {
            keeper.stop_and_keep(self.folder.path());
        }
    }

    /// Starts it again on the same port, after it was killed or stopped.
    pub fn restart(&mut self) {
        self.stop();
        let deadline = Instant::now() + Duration::from_mins(1);
        while Instant::now() < deadline {
            let keeper = Keeper::start(self.server_command(), self.folder.path(), "INT");
            // Just after a kill, the dead server's children may still hold its memory: then the
            // new one ends at once, and the next attempt is made.
            let mut attempts = 0;
            while attempts < 100 && is_alive(keeper.pid()) {
                if self.is_ready() {
                    self.keeper = Some(keeper);
                    return;
                }
                attempts += 1;
                thread::sleep(Duration::from_millis(50));
            }
            keeper.stop_and_keep(self.folder.path());
        }
        let log = std::fs::read_to_string(self.folder.path().join("server.log"));
        panic!("PostgreSQL does not start: {}", log.unwrap_or_default());
    }

    fn server_command(&self) -> Vec<String> {
        let program = self.binaries.join("postgres").display().to_string();
        let socket = self.folder.path().display().to_string();
        let mut command = self.ordinary_user.clone();
        command.extend([program, "-D".into(), self.data(), "-p".into(), self.port.to_string()]);
        command.extend(["-h".into(), "127.0.0.1".into(), "-k".into(), socket]);
        command.extend(["-c".into(), "max_connections=200".into()]);
        command
    }

    fn is_ready(&self) -> bool {
        self.command("pg_isready")
            .args(["--quiet", "--host=127.0.0.1", "--port", &self.port.to_string()])
            .status()
            .is_ok_and(|status| status.success())
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn command(&self, program: &str) -> Command {
        let program = self.binaries.join(program);
        // PostgreSQL's programs look at their working folder, which the ordinary user may not.
        let mut command = match self.ordinary_user.split_first() {
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir(self.folder.path());
        command
    }
}

/// Whether a process runs; one that ended stays in the list until its keeper has asked for it.
fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The state follows the name in parentheses.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// The newest PostgreSQL that is installed: Debian keeps its server programs out of the path.
fn binaries() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions
        .filter_map(|version| {
            let number: u32 = version.file_name().to_str()?.parse().ok()?;
            Some((number, version.path().join("bin")))
        })
        .max();
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian
        .map(|(_, binaries)| binaries)
        .into_iter()
        .chain(std::env::split_paths(&path))
        .find(|folder| folder.join("initdb").exists())
        .expect("PostgreSQL is not installed: apt-get install postgresql")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_killed_server_comes_back_with_its_databases() {
        let mut server = PostgresServer::start();
        let url = server.fresh_database();
        server.kill();
        assert!(!server.is_ready());
        server.restart();
        let database = url.rsplit('/').next().unwrap();
        let answer = server
            .command("psql")
            .args(["--host=127.0.0.1", "--username=kamikarte", "--port", &server.port.to_string()])
            .args(["--dbname", database, "--command", "select 1"])
            .status();
        assert!(answer.unwrap().success());
    }
}
