//! A process that does not outlive the test process.
//!
//! Servers are shared by the tests of a binary and stand in statics, which are never dropped; and
//! a test process may be killed. So a shell stands between: it starts the server, waits for its
//! standard input to end (which the kernel sees to when this process is gone), stops the server,
//! and removes its folder.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::fs::{MetadataExt, chown},
    path::Path,
    process::{Child, Command, Stdio},
};

const SCRIPT: &str = r#"
signal=$1 folder=$2
shift 2
"$@" </dev/null >>"$folder/server.log" 2>&1 &
server=$!
echo "$server"
exec >/dev/null
cat >/dev/null
kill -s "$signal" "$server" 2>/dev/null
wait "$server"
[ -e "$folder/keep" ] || rm -rf "$folder"
"#;

/// A server process and the shell that watches over it.
#[derive(Debug)]
pub(crate) struct Keeper {
    shell: Child,
    server: u32,
}

impl Keeper {
    /// Starts `command` (program and arguments), which writes its output to `server.log` in
    /// `folder`. At the end it gets `signal` (`INT`, `TERM`), and the folder is removed.
    pub(crate) fn start<S: AsRef<OsStr>>(
        command: impl IntoIterator<Item = S>,
        folder: &Path,
        signal: &str,
    ) -> Self {
        let mut shell = Command::new("sh")
            .args(["-c", SCRIPT, "keeper", signal])
            .arg(folder)
            .args(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("sh starts");
        let mut pid = String::new();
        let stdout = shell.stdout.take().expect("stdout is piped");
        BufReader::new(stdout).read_line(&mut pid).expect("the keeper says the server's pid");
        let server = pid.trim().parse().expect("the server's pid is a number");
        Self { shell, server }
    }

    /// The server's process.
    pub(crate) const fn pid(&self) -> u32 {
        self.server
    }

    /// Sends the server a signal: `KILL`, `STOP`, `CONT`.
    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.server.to_string();
        let sent = Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill -s {signal} {pid}");
    }

    /// Stops the server and leaves its folder for the next start.
    pub(crate) fn stop_and_keep(mut self, folder: &Path) {
        fs::write(folder.join("keep"), "").expect("the folder can be written");
        drop(self.shell.stdin.take());
        self.shell.wait().expect("the keeper ends");
        fs::remove_file(folder.join("keep")).expect("the mark can be removed");
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // Nothing can be done about a shell that cannot be waited for.
        let _ = self.shell.wait();
    }
}

/// The words before a command that make it run as somebody ordinary, where this process is
/// root: servers refuse to run as root. Gives the folder to that user. `preferred` is the user
/// that the server's package brings.
pub(crate) fn as_ordinary_user(preferred: &str, folder: &Path) -> Vec<String> {
    let is_root = fs::metadata("/proc/self").expect("/proc is mounted").uid() == 0;
    if !is_root {
        return Vec::new();
    }
    let passwd = fs::read_to_string("/etc/passwd").expect("/etc/passwd can be read");
    let user = |name: &str| {
        let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2).map(|id| id.parse::<u32>().ok());
        Some((ids.next()??, ids.next()??))
    };
    let (uid, gid) = user(preferred).or_else(|| user("nobody")).expect("there is a user nobody");
    chown(folder, Some(uid), Some(gid)).expect("root may give the folder away");
    ["setpriv", &format!("--reuid={uid}"), &format!("--regid={gid}"), "--clear-groups", "--"]
        .map(str::to_owned)
        .to_vec()
}

/// A port of 127.0.0.1 that nobody listens on at this moment.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("a bound socket has an address").port()
}
