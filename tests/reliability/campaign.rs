//! An installation whose every part can be taken away: servers behind cables, a small disk, a clock
//! that can be set, a scanner that feeds pages.

use std::{
    fs::{self, File, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use chart::{Stage, TenantId};
use records::{Db, RecordsError, pages};
use serde_json::Value;
use test_support::{PostgresServer, cable::Cable, disk::SmallDisk, rabbit::Broker};
use tokio::runtime::Runtime;

use crate::{
    fake_reader,
    options::Options,
    paper,
    parts::{self, Parts},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    Embedded,
    Rabbit,
}

/// Reading processes of each worker.
const READERS: &str = "2";
/// Megabytes for originals and SQLite on the disk that can be filled: ten thousand small pages, or
/// five hundred real ones.
const DISK: u32 = 1200;
/// Megabytes for each server where its disk is to be filled: what it takes by itself, and some more
/// than the 50 below which RabbitMQ takes no messages.
const SERVER_DISK: u32 = 200;

pub struct Campaign {
    // In this order: processes end before what they stand on.
    pub parts: Parts,
    pub db: Db,
    pub runtime: Runtime,
    pub postgres: Option<PostgresServer>,
    pub database_cable: Option<Cable>,
    pub broker: Option<Broker>,
    pub broker_cable: Option<Cable>,
    settings: Vec<(String, String)>,
    disk: Option<SmallDisk>,
    /// PostgreSQL's own, where it has one.
    pub database_disk: Option<SmallDisk>,
    /// RabbitMQ's own, where it has one.
    pub broker_disk: Option<SmallDisk>,
    clock: Option<Clock>,
    released: AtomicUsize,
    pub jobs: usize,
    folder: tempfile::TempDir,
}

/// The numbers of the supervised processes.
pub const SERVER: usize = 0;
pub const WORKERS: [usize; 2] = [1, 2];
pub const INTAKE: usize = 3;

impl Campaign {
    /// Servers, database, pages in the scanner's stock. Starts no part yet.
    pub fn prepare(database: Database, transport: Transport, options: &Options) -> Self {
        Self::prepare_with(database, transport, options, &[])
    }

    /// The same with other settings, such as `("limits__page_seconds", "5")`.
    pub fn prepare_with(
        database: Database,
        transport: Transport,
        options: &Options,
        more: &[(&str, &str)],
    ) -> Self {
        let folder = tempfile::Builder::new().prefix("kamikarte-storm-").tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["stock", "scans", "disk", "logs", "read"] {
            fs::create_dir(at(name)).unwrap();
        }
        let disk = SmallDisk::mount(&at("disk"), DISK);
        if disk.is_none() {
            eprintln!("no disk is filled: a small one cannot be mounted here (not root)");
        }
        let server_disk = |name: &str| {
            options.small_servers.then(|| {
                // PostgreSQL is another user, who must be able to get there.
                fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
                fs::create_dir(at(name)).unwrap();
                SmallDisk::mount(&at(name), SERVER_DISK).expect("a small disk can be mounted")
            })
        };
        let (database_disk, broker_disk) = (server_disk("database"), server_disk("broker"));
        let beside = std::env::temp_dir();
        let on = |disk: &Option<SmallDisk>| {
            disk.as_ref().map_or_else(|| beside.clone(), |disk| disk.path().to_owned())
        };
        let postgres =
            (database == Database::Postgres).then(|| PostgresServer::start_in(&on(&database_disk)));
        let broker = (transport == Transport::Rabbit).then(|| Broker::start_in(&on(&broker_disk)));
        let local = |port: u16| ([127, 0, 0, 1], port).into();
        let database_cable = postgres.as_ref().map(|server| Cable::to(local(server.port())));
        let broker_cable = broker.as_ref().map(|broker| Cable::to(broker.address()));
        let direct = match &postgres {
            Some(server) => server.fresh_database(),
            None => format!("sqlite:{}", at("disk/kamikarte.db").display()),
        };
        let rerouted = |url: &str, from: u16, to: &Cable| {
            url.replace(&format!(":{from}/"), &format!(":{}/", to.port()))
        };
        let url = match (&postgres, &database_cable) {
            (Some(server), Some(cable)) => rerouted(&direct, server.port(), cable),
            _ => direct.clone(),
        };
        let queue = match (&broker, &broker_cable) {
            (Some(broker), Some(cable)) => rerouted(&broker.url(), broker.address().port(), cable),
            _ => "embedded".to_owned(),
        };
        let clock = Clock::find(at("clock"));
        let mut settings: Vec<(String, String)> = [
            ("KAMIKARTE_DATA_DIR", at("data").display().to_string()),
            ("KAMIKARTE_DATABASE", url),
            ("KAMIKARTE_QUEUE", queue),
            ("KAMIKARTE_STORE", format!("file:{}", at("disk/originals").display())),
            ("KAMIKARTE_LISTEN", format!("127.0.0.1:{}", free_port())),
            ("KAMIKARTE_WORKER__PROCESSES", READERS.to_owned()),
            ("KAMIKARTE_LIMITS__FREE_MIB", "8".to_owned()),
            ("KAMIKARTE_WATCH__SETTLE_SECONDS", "1".to_owned()),
            ("KAMIKARTE_WATCH__INTERVAL_SECONDS", "1".to_owned()),
            (fake_reader::LOGS, at("read").display().to_string()),
            (fake_reader::PAUSE, options.page.as_millis().to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        if !options.real_reader {
            let reader = std::env::current_exe().unwrap().display().to_string();
            settings.push(("KAMIKARTE_WORKER__READER".to_owned(), reader));
        }
        let named = |name: &str| format!("KAMIKARTE_{}", name.to_uppercase());
        settings.extend(more.iter().map(|(name, value)| (named(name), (*value).to_owned())));
        if let Some(clock) = &clock {
            settings.extend(clock.settings());
        }
        let runtime = Runtime::new().unwrap();
        let db = runtime.block_on(async {
            let db = Db::connect(&direct).await.unwrap();
            db.migrate().await.unwrap();
            db
        });
        let campaign = Self {
            parts: Parts::none(),
            db,
            runtime,
            postgres,
            database_cable,
            broker,
            broker_cable,
            settings,
            disk,
            database_disk,
            broker_disk,
            clock,
            released: AtomicUsize::new(0),
            jobs: options.jobs,
            folder,
        };
        campaign.share_dictionary();
        campaign.print_pages(options);
        campaign
    }

    /// Compiled once for all campaigns.
    fn share_dictionary(&self) {
        static SHARED: OnceLock<PathBuf> = OnceLock::new();
        let shared = SHARED.get_or_init(|| {
            let shared = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared");
            let built = Command::new(kamikarte())
                .args(["dictionary", "build", "--data-dir"])
                .arg(&shared)
                .output()
                .unwrap();
            assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
            shared.join("dictionary")
        });
        fs::create_dir_all(self.at("data")).unwrap();
        std::os::unix::fs::symlink(shared, self.at("data/dictionary")).unwrap();
    }

    fn print_pages(&self, options: &Options) {
        for number in 0..u32::try_from(options.jobs).unwrap() {
            let path = self.at("stock").join(format!("{number:06}.png"));
            if options.real_pages {
                paper::write_sample(number, &path);
            } else {
                paper::write(number, &path);
            }
        }
    }

    /// Server, two workers and the watched folder.
    pub fn start(&self) {
        self.start_part("server", &["serve", "--no-worker"]);
        self.start_part("worker-0", &["work"]);
        self.start_part("worker-1", &["work"]);
        let scans = self.at("scans").display().to_string();
        self.start_part("intake", &["watch", &scans, "--campaign", "storm"]);
    }

    /// A supervised `kamikarte` of these arguments.
    pub fn start_part(&self, name: &str, arguments: &[&str]) -> usize {
        let arguments: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
        let (settings, folder) = (self.settings.clone(), self.folder.path().to_owned());
        let log = self.at("logs").join(name);
        self.parts.add(name, move || {
            let log = File::options().create(true).append(true).open(&log).unwrap();
            let mut command = Command::new(kamikarte());
            command
                .args(&arguments)
                .envs(settings.iter().map(|(name, value)| (name, value)))
                .current_dir(&folder)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log);
            command
        })
    }

    /// What `kamikarte status --json` says; null if it says nothing.
    pub fn status(&self) -> Value {
        let output = self.run(&["status", "--json"]);
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> std::process::Output {
        Command::new(kamikarte())
            .args(arguments)
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path())
            .output()
            .unwrap()
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The address of the review pages.
    pub fn listen(&self) -> &str {
        self.setting("KAMIKARTE_LISTEN")
    }

    pub fn setting(&self, wanted: &str) -> &str {
        let setting = self.settings.iter().find(|(name, _)| name == wanted);
        &setting.expect("it is set").1
    }

    /// The scanner has scanned so many pages in all.
    pub fn release(&self, n: usize) {
        let n = n.min(self.jobs);
        let before = self.released.fetch_max(n, Ordering::SeqCst);
        for number in before..n {
            let name = format!("{number:06}.png");
            fs::rename(self.at("stock").join(&name), self.at("scans").join(&name)).unwrap();
        }
    }

    pub fn released(&self) -> usize {
        self.released.load(Ordering::SeqCst)
    }

    /// Files that were taken in and moved away.
    pub fn taken_in(&self) -> usize {
        fs::read_dir(self.at("scans/done")).map_or(0, Iterator::count)
    }

    /// The clinic, once a part has made it.
    pub fn tenant(&self) -> Result<Option<TenantId>, RecordsError> {
        self.runtime.block_on(async {
            let mut tx = self.db.read().await?;
            let tenant = records::tenants::find_by_name(&mut tx, "clinic").await?;
            Ok(tenant.map(|tenant| tenant.id))
        })
    }

    /// How many pages are at a stage; an error while the database is away.
    pub fn pages_at(&self, stages: &[Stage]) -> Result<u64, RecordsError> {
        self.runtime.block_on(async {
            let mut tx = self.db.read().await?;
            let counts = pages::counts_by_stage(&mut tx, None).await?;
            let of = counts.iter().filter(|count| stages.contains(&count.stage));
            Ok(of.map(|count| count.pages).sum())
        })
    }

    /// Reading processes of a worker.
    pub fn readers_of(&self, worker: usize) -> Vec<u32> {
        let Some(pid) = self.parts.pid(worker) else { return Vec::new() };
        parts::children(pid).into_iter().map(|(pid, _)| pid).collect()
    }

    /// Leaves no byte free, for a while.
    pub fn fill_disk(&self, lasts: Duration) -> bool {
        self.disk.as_ref().inspect(|disk| disk.fill(lasts)).is_some()
    }

    /// Sets everybody's clock to so many seconds beside the true time.
    pub fn set_clock(&self, seconds: i64) -> bool {
        self.clock.as_ref().inspect(|clock| clock.set(seconds)).is_some()
    }

    /// Waits until `done`, and tells how long that took; shows everything if it takes too long.
    pub fn wait_for(
        &self,
        what: &str,
        limit: Duration,
        mut done: impl FnMut() -> bool,
    ) -> Duration {
        let begun = Instant::now();
        while !done() {
            assert!(begun.elapsed() < limit, "waited in vain for {what}\n{}", self.everything());
            thread::sleep(Duration::from_millis(50));
        }
        begun.elapsed()
    }

    /// The last words of every part, and where the pages are.
    pub fn everything(&self) -> String {
        let status = self.run(&["status", "--json"]);
        let mut told = String::from_utf8_lossy(&status.stdout).into_owned();
        told += &String::from_utf8_lossy(&status.stderr);
        for log in fs::read_dir(self.at("logs")).unwrap().flatten() {
            let text = fs::read_to_string(log.path()).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            let last = &lines[lines.len().saturating_sub(25)..];
            let name = log.file_name().display().to_string();
            told += &["\n== ", &name, "\n", &last.join("\n"), "\n"].concat();
        }
        told
    }
}

/// The clock that all parts see, where Debian's faketime is installed.
struct Clock {
    library: PathBuf,
    file: PathBuf,
}

impl Clock {
    fn find(file: PathBuf) -> Option<Self> {
        let folders = fs::read_dir("/usr/lib").ok()?.flatten();
        let library = folders
            .map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"))
            .find(|library| library.exists());
        let Some(library) = library else {
            eprintln!("no clock jumps: faketime is missing (scripts/install test)");
            return None;
        };
        let clock = Self { library, file };
        clock.set(0);
        Some(clock)
    }

    fn settings(&self) -> Vec<(String, String)> {
        [
            ("LD_PRELOAD", self.library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.display().to_string()),
            ("FAKETIME_CACHE_DURATION", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("FAKETIME_DISABLE_SHM", "1".to_owned()),
            ("NO_FAKE_STAT", "1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// In one step, so that nobody sees half of it.
    fn set(&self, seconds: i64) {
        let next = self.file.with_extension("next");
        fs::write(&next, format!("{seconds:+}\n")).unwrap();
        fs::rename(next, &self.file).unwrap();
    }
}

/// The program: of this build, or the one that `STORM_KAMIKARTE` names, so that builds may go on
/// while a long storm does.
fn kamikarte() -> PathBuf {
    std::env::var_os("STORM_KAMIKARTE")
        .map_or_else(|| env!("CARGO_BIN_EXE_kamikarte").into(), PathBuf::from)
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
