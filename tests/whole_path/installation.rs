//! The real binary with a data folder of its own, as a clinic or a campaign would run it.

use std::{
    fs::File,
    io::Write,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

/// One installation: settings and a folder, gone when dropped.
pub struct Installation {
    folder: tempfile::TempDir,
    settings: Vec<(String, String)>,
    /// Address of its review pages.
    pub listen: String,
}

/// A running `kamikarte serve`, `work` or `watch`; killed when dropped.
pub struct Running {
    child: Child,
}

pub const CLERK: (&str, &str) = ("clerk", "clerk-password-1");
pub const DOCTOR: (&str, &str) = ("doctor", "doctor-password-1");
pub const ADMIN: (&str, &str) = ("admin", "admin-password-1");

impl Installation {
    /// SQLite, embedded queue, a folder: what a clinic has.
    pub fn clinic() -> Self {
        Self::with(&[])
    }

    /// With settings such as `("database", "postgres://…")`.
    pub fn with(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listen = format!("127.0.0.1:{}", free_port());
        let settings = settings
            .iter()
            .map(|(name, value)| {
                (format!("KAMIKARTE_{}", name.to_uppercase()), (*value).to_owned())
            })
            .collect();
        let installation = Self { folder, settings, listen };
        installation.share_dictionary();
        installation
    }

    /// The compiled dictionary is the same for all: one is built and linked to.
    fn share_dictionary(&self) {
        use std::sync::OnceLock;
        static BUILT: OnceLock<PathBuf> = OnceLock::new();
        let shared = BUILT.get_or_init(|| {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared");
            let built = Command::new(env!("CARGO_BIN_EXE_kamikarte"))
                .args(["dictionary", "build", "--data-dir"])
                .arg(&folder)
                .output()
                .unwrap();
            assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
            folder.join("dictionary")
        });
        std::os::unix::fs::symlink(shared, self.data_dir().join("dictionary")).unwrap();
    }

    pub fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.listen)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kamikarte"));
        command
            .args(arguments)
            .env("KAMIKARTE_DATA_DIR", self.data_dir())
            .env("KAMIKARTE_LISTEN", &self.listen)
            .env("KAMIKARTE_WORKER__PROCESSES", "1")
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(self.data_dir())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed; its standard output.
    pub fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "kamikarte {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// A clerk, a clinician and an administrator.
    pub fn add_people(&self) {
        for ((login, password), role) in
            [(CLERK, "clerk"), (DOCTOR, "clinician"), (ADMIN, "administrator")]
        {
            let mut adding = self
                .command(&["user", "add", login, "--role", role])
                .stdin(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            writeln!(adding.stdin.take().unwrap(), "{password}").unwrap();
            let output = adding.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }

    /// Starts a command that goes on; its log is appended to `log.txt` in the data folder.
    pub fn start(&self, arguments: &[&str]) -> Running {
        self.start_with(arguments, &[])
    }

    /// The same with other settings.
    pub fn start_with(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Running {
        let log = File::options().create(true).append(true).open(self.log_file()).unwrap();
        let child = self
            .command(arguments)
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Running { child }
    }

    /// Starts the server and waits until it answers.
    pub fn serve(&self, arguments: &[&str]) -> Running {
        let running = self.start(&[&["serve"], arguments].concat());
        self.wait_for("the server to answer", Duration::from_mins(1), || {
            std::net::TcpStream::connect(&self.listen).is_ok()
        });
        running
    }

    /// Status and body of a page.
    pub fn get(&self, path: &str) -> (u16, String) {
        self.ask(path, &[])
    }

    /// Status and body of what signing in answers.
    pub fn sign_in_without_a_browser(&self, (login, password): (&str, &str)) -> (u16, String) {
        let form = format!("login={login}&password={password}&then=/");
        let origin = format!("Origin: {}", self.url(""));
        self.ask("/sign-in", &["--data", &form, "--header", &origin])
    }

    fn ask(&self, path: &str, more: &[&str]) -> (u16, String) {
        let output = Command::new("curl")
            .args(["--silent", "--location", "--max-time", "60", "--write-out", "\n%{http_code}"])
            .args(more)
            .arg(self.url(path))
            .output()
            .expect("curl is missing; scripts/install installs it");
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        let (body, status) = answer.rsplit_once('\n').unwrap();
        (status.parse().unwrap(), body.to_owned())
    }

    pub fn log_file(&self) -> PathBuf {
        self.data_dir().join("log.txt")
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// Pages at a stage, as `kamikarte status --json` tells.
    pub fn pages_at(&self, stage: &str) -> u64 {
        let output = self.run(&["status", "--json"]);
        let status: serde_json::Value =
            serde_json::from_slice(&output.stdout).unwrap_or(serde_json::Value::Null);
        status["pages"][stage].as_u64().unwrap_or_default()
    }

    /// Waits until `done`; shows the log if that takes too long.
    pub fn wait_for(&self, what: &str, limit: Duration, done: impl Fn() -> bool) {
        let start = Instant::now();
        while !done() {
            assert!(start.elapsed() < limit, "waited in vain for {what}\n{}", self.log());
            thread::sleep(Duration::from_millis(200));
        }
    }
}

impl Running {
    /// As the kernel's memory killer does it.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; the exit status.
    pub fn stop(mut self) -> std::process::ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A page of samples/.
pub fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name);
    assert!(path.exists(), "{} is missing", path.display());
    path.display().to_string()
}
