//! A private RabbitMQ broker: its own node name, folder, ports and `epmd`.
//!
//! All of it runs in one process group, watched by a shell that kills the group and removes the
//! folder as soon as the test process is gone, however it went. The machine's own broker, if it
//! has one, is never touched.

use std::{
    fmt::Write as _,
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A cold start takes 6–20 s alone on two cores; builds next to it make it slower.
const START_LIMIT: Duration = Duration::from_mins(2);

/// Folder of everything that a broker remembers.
const DATA: &str = "data";

/// A broker of the test's own. Dropping it stops it and removes what it stored.
pub struct Broker {
    folder: tempfile::TempDir,
    ports: Ports,
    epmd: Child,
    server: Option<Child>,
    watch: Vec<Child>,
}

#[derive(Clone, Copy)]
struct Ports {
    amqp: u16,
    amqps: u16,
    distribution: u16,
    epmd: u16,
}

/// Files for TLS: PEM of the authority, of the server's certificate and of its key.
pub struct Certificates<'a> {
    /// Whom clients trust.
    pub authority: &'a Path,
    /// What the server shows.
    pub certificate: &'a Path,
    /// What the server keeps.
    pub key: &'a Path,
}

impl Broker {
    /// Starts a broker and waits until it answers.
    pub fn start() -> Self {
        Self::start_with(&std::env::temp_dir(), None)
    }

    /// The same with all that it stores below `parent`. With less than 50 MB free there it takes no
    /// messages.
    pub fn start_in(parent: &Path) -> Self {
        Self::start_with(parent, None)
    }

    /// The same, which also listens for TLS.
    pub fn start_with_tls(certificates: &Certificates<'_>) -> Self {
        Self::start_with(&std::env::temp_dir(), Some(certificates))
    }

    fn start_with(parent: &Path, certificates: Option<&Certificates<'_>>) -> Self {
        let named = tempfile::Builder::new().prefix("kamikarte-rabbit-").tempdir_in(parent);
        let folder = named.unwrap();
        let [amqp, amqps, distribution, epmd] = free_ports();
        let ports = Ports { amqp, amqps, distribution, epmd };
        write_configuration(folder.path(), ports, certificates);
        // Left to itself the node would start an epmd that outlives it.
        let mut command = Command::new("epmd");
        command.args(["-port", &epmd.to_string(), "-address", "127.0.0.1"]);
        let child = spawn(command, &folder.path().join("epmd.log"));
        let watch = vec![watchdog(child.id(), None)];
        let mut broker = Self { folder, ports, epmd: child, server: None, watch };
        broker.run();
        broker
    }

    /// `amqp://…` of this broker's default virtual host.
    pub fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/%2f", self.ports.amqp)
    }

    /// `amqps://…`, if it was started with certificates.
    pub fn tls_url(&self) -> String {
        format!("amqps://guest:guest@localhost:{}/%2f", self.ports.amqps)
    }

    /// Where it listens, for a proxy in between.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.ports.amqp).into()
    }

    /// Whether it answers.
    pub fn is_running(&self) -> bool {
        answers(self.ports.amqp)
    }

    /// Kills the broker at once (SIGKILL), as a power cut would. What it stored stays.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            signal_group("KILL", server.id());
            server.wait().unwrap();
            // The Erlang machine is a child of the start script; its port tells that it died.
            wait_until("the killed broker to be gone", || !answers(self.ports.amqp));
        }
    }

    /// Freezes the broker (SIGSTOP): connections stay open and nothing answers.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets a frozen broker go on.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// Starts a killed broker again, on the same ports with the same data.
    pub fn restart(&mut self) {
        self.kill();
        self.run();
    }

    /// Starts it again on the same ports without anything that it had, as after the loss of its disk.
    pub fn restart_with_nothing(&mut self) {
        self.kill();
        fs::remove_dir_all(self.folder.path().join(DATA)).unwrap();
        self.run();
    }

    /// Starts a killed broker without waiting for it.
    pub fn restart_without_waiting(&mut self) {
        self.kill();
        self.launch();
    }

    /// Tells the broker how much room on its disk is too little: with `9000GB` it takes no
    /// messages on most machines, with `50MB` it does.
    pub fn set_disk_free_limit(&self, limit: &str) {
        let mut control = self.script("rabbitmqctl");
        let told = control.args(["set_disk_free_limit", limit]).output().unwrap();
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    }

    /// A script of RabbitMQ's that finds this node.
    fn script(&self, name: &str) -> Command {
        let folder = self.folder.path();
        let mut command = Command::new(scripts().join(name));
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder)
            .env("LANG", "C.UTF-8")
            .env("ERL_EPMD_PORT", self.ports.epmd.to_string())
            .env("RABBITMQ_NODENAME", format!("kamikarte-{}@localhost", self.ports.amqp));
        command
    }

    fn signal(&self, signal: &str) {
        let server = self.server.as_ref().expect("the broker runs");
        signal_group(signal, server.id());
    }

    fn run(&mut self) {
        self.launch();
        let port = self.ports.amqp;
        let log = self.folder.path().join("broker.log");
        let server = self.server.as_mut().expect("just launched");
        let begun = Instant::now();
        while !answers(port) {
            let ended = server.try_wait().unwrap();
            assert!(
                ended.is_none() && begun.elapsed() < START_LIMIT,
                "the broker did not start ({ended:?}):\n{}",
                fs::read_to_string(&log).unwrap_or_default()
            );
            thread::sleep(Duration::from_millis(200));
        }
    }

    fn launch(&mut self) {
        let folder = self.folder.path();
        let at = |name: &str| folder.join(name);
        let mut command = self.script("rabbitmq-server");
        command
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            .env("ERL_CRASH_DUMP", "/dev/null")
            .env("RABBITMQ_DIST_PORT", self.ports.distribution.to_string())
            .env("RABBITMQ_CONFIG_FILE", at("rabbitmq.conf"))
            .env("RABBITMQ_ADVANCED_CONFIG_FILE", at("advanced.config"))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", at("enabled_plugins"))
            .env("RABBITMQ_MNESIA_BASE", at(DATA))
            .env("RABBITMQ_LOG_BASE", at("log"))
            .env("RABBITMQ_LOGS", "-")
            .env("RABBITMQ_PID_FILE", at("pid"))
            .env("RABBITMQ_GENERATED_CONFIG_DIR", at("generated"))
            .env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "+S 2:2 +sbwt none +sbwtdcpu none");
        let child = spawn(command, &at("broker.log"));
        self.watch.push(watchdog(child.id(), Some(folder)));
        self.server = Some(child);
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.kill();
        signal_group("KILL", self.epmd.id());
        let _ = self.epmd.wait();
        for mut watch in self.watch.drain(..) {
            drop(watch.stdin.take());
            let _ = watch.wait();
        }
    }
}

/// Debian's wrappers in sbin change the user; the scripts under the library folder do not.
fn scripts() -> PathBuf {
    let library = Path::new("/usr/lib/rabbitmq/lib");
    let versions = fs::read_dir(library).unwrap_or_else(|error| {
        panic!("tests need RabbitMQ (apt install rabbitmq-server): {error}")
    });
    versions
        .filter_map(|entry| Some(entry.ok()?.path().join("sbin")))
        .find(|scripts| scripts.join("rabbitmq-server").exists())
        .expect("a rabbitmq-server script under /usr/lib/rabbitmq/lib")
}

fn write_configuration(folder: &Path, ports: Ports, certificates: Option<&Certificates<'_>>) {
    let mut configuration = format!(
        "listeners.tcp.1 = 127.0.0.1:{}\n\
         disk_free_limit.absolute = 50MB\n\
         vm_memory_high_watermark.absolute = 1GB\n\
         log.console = true\n\
         log.console.level = warning\n\
         log.file = false\n",
        ports.amqp
    );
    if let Some(Certificates { authority, certificate, key }) = certificates {
        write!(
            configuration,
            "listeners.ssl.1 = 127.0.0.1:{}\n\
             ssl_options.cacertfile = {}\n\
             ssl_options.certfile = {}\n\
             ssl_options.keyfile = {}\n",
            ports.amqps,
            authority.display(),
            certificate.display(),
            key.display()
        )
        .unwrap();
    }
    fs::write(folder.join("rabbitmq.conf"), configuration).unwrap();
    fs::write(folder.join("advanced.config"), "[].\n").unwrap();
    fs::write(folder.join("enabled_plugins"), "[].\n").unwrap();
}

/// A process in a group of its own, so that its children can be stopped with it.
fn spawn(mut command: Command, log: &Path) -> Child {
    let log = fs::File::options().create(true).append(true).open(log).unwrap();
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .process_group(0)
        .spawn()
        .unwrap_or_else(|error| {
            panic!("tests need RabbitMQ (apt install rabbitmq-server): {command:?}: {error}")
        })
}

/// Kills process group `group` and removes `folder` when this process ends and the pipe closes.
fn watchdog(group: u32, folder: Option<&Path>) -> Child {
    // `-s KILL`: the kill of dash knows no `-KILL --`.
    let script = format!(
        "cat >/dev/null; kill -s KILL -- -{group} 2>/dev/null; [ -z \"$1\" ] || rm -rf -- \"$1\""
    );
    Command::new("sh")
        .args(["-c", &script, "watchdog"])
        .arg(folder.unwrap_or(Path::new("")))
        .stdin(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap()
}

fn signal_group(signal: &str, group: u32) {
    // A group that is gone already is what was wanted.
    let _ = Command::new("kill")
        .args([&format!("-{signal}"), "--", &format!("-{group}")])
        .stderr(Stdio::null())
        .status();
}

/// Whether an AMQP server shakes hands at that port.
fn answers(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return false };
    let limit = Some(Duration::from_secs(2));
    let mut first = [0];
    stream.set_read_timeout(limit).is_ok()
        && stream.write_all(b"AMQP\0\0\x09\x01").is_ok()
        && stream.read_exact(&mut first).is_ok()
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < START_LIMIT, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Ports nobody listens on just now.
pub fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_watched_ends_with_whoever_started_it() {
        let folder = tempfile::tempdir().unwrap().keep();
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & sleep 600"]);
        let mut watched = spawn(command, &folder.join("log"));
        let mut watch = watchdog(watched.id(), Some(&folder));
        assert!(watched.try_wait().unwrap().is_none());
        // What happens to the pipe when this process dies.
        drop(watch.stdin.take());
        watch.wait().unwrap();
        watched.wait().unwrap();
        assert!(!folder.exists());
    }

    #[test]
    fn a_broker_answers_dies_and_comes_back() {
        let mut broker = Broker::start();
        let port = broker.ports.amqp;
        assert!(answers(port));
        broker.kill();
        assert!(!answers(port));
        broker.restart();
        assert!(answers(port));
        let folder = broker.folder.path().to_owned();
        drop(broker);
        assert!(!answers(port));
        assert!(!folder.exists());
    }
}
