//! What is in force: built-in defaults, overridden by `kamikarte.toml`, overridden by
//! `KAMIKARTE_*`, overridden by flags. Read once, in `run`.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use chart::Language;
use figment::{
    Figment, Source,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};

/// Everything that can be set. `kamikarte config` prints it with the source of each value.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where everything of an embedded installation lives.
    pub data_dir: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; empty: `kamikarte.db` in the data folder.
    pub database: String,
    /// `embedded` or `amqp(s)://…`.
    pub queue: String,
    /// `file:PATH` or `s3://BUCKET/PREFIX`; empty: `originals` in the data folder.
    pub store: String,
    /// Settings of S3: `endpoint`, `region`, `access_key_id`, `secret_access_key`, `allow_http`.
    pub s3: BTreeMap<String, String>,
    /// Folder with the sources of ipadic; Debian's package mecab-ipadic puts them there.
    pub ipadic: PathBuf,
    /// Address of the review pages.
    pub listen: SocketAddr,
    /// Language of pages before a person has chosen, and of messages.
    pub language: Language,
    /// IANA name of the clinic's time zone.
    pub time_zone: String,
    /// The clinic that commands act for.
    pub tenant: String,
    /// The review pages are reached by https (through a reverse proxy): cookies say so.
    pub https: bool,
    /// Minutes without a request after which a person must sign in again.
    pub session_idle_minutes: u64,
    /// What to log: a filter of tracing, such as `info` or `kamikarte=debug,info`.
    pub log: String,
    /// `text` or `json`.
    pub log_format: LogFormat,
    /// What may be taken in.
    pub limits: LimitsConfig,
    /// Reading.
    pub worker: WorkerConfig,
    /// The watched folder.
    pub watch: WatchConfig,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// An object a line.
    Json,
}

/// Above these a file is refused.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsConfig {
    /// Pages in one file.
    pub pages: u32,
    /// Pixels of one page.
    pub pixels: u64,
    /// Bytes of one file.
    pub bytes: u64,
    /// Seconds that opening the file may take, and then decoding each of its pages.
    pub page_seconds: u64,
    /// Address space in MiB of the process that decodes a file when it comes in.
    pub memory_mib: u64,
    /// MiB that stay free on the disk of the originals: nothing is taken in below that. 0 does not
    /// look: writers find the disk full.
    pub free_mib: u64,
}

/// How pages are read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerConfig {
    /// Pages read at the same time, each in a child process; 0: one a core.
    pub processes: usize,
    /// Seconds after which reading a page is given up and tried again.
    pub page_timeout_seconds: u64,
    /// Address space of a reading process in MiB.
    pub memory_mib: u64,
    /// Pages after which a reading process is replaced by a fresh one.
    pub recycle_after_pages: u32,
    /// Seconds that pages in hand may go on after the signal to stop; then they are handed back
    /// without costing them an attempt.
    pub stop_seconds: u64,
    /// Attempts at a page before it is left to people.
    pub attempts: u32,
    /// Folder of tesseract's models; empty: the system's.
    pub tessdata: PathBuf,
    /// Program that reads pages, started with the argument `read-child`; empty: this program
    /// itself. Another one may wrap it (`nice`, a sandbox) or speak its protocol
    /// (`ocr::isolation`).
    pub reader: PathBuf,
}

/// How a folder is watched.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchConfig {
    /// Seconds that a file must stay unchanged before it is taken in.
    pub settle_seconds: u64,
    /// Seconds between two looks.
    pub interval_seconds: u64,
}

impl Config {
    /// What a process that goes on logs unless told otherwise.
    pub const DEFAULT_LOG: &str = "info";

    fn defaults(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            database: String::new(),
            queue: "embedded".into(),
            store: String::new(),
            s3: BTreeMap::new(),
            ipadic: "/usr/share/mecab/dic/ipadic".into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8787)),
            language: Language::Ja,
            time_zone: "Asia/Tokyo".into(),
            tenant: "clinic".into(),
            https: false,
            session_idle_minutes: 30,
            log: Self::DEFAULT_LOG.into(),
            log_format: LogFormat::Text,
            limits: LimitsConfig {
                pages: 500,
                pixels: 120_000_000,
                bytes: 200 << 20,
                page_seconds: 60,
                memory_mib: 2048,
                free_mib: 512,
            },
            worker: WorkerConfig {
                processes: 0,
                page_timeout_seconds: 120,
                memory_mib: 1536,
                recycle_after_pages: 200,
                // Above the time of nearly every page (docs/reading.md), below the 90 s that
                // systemd waits.
                stop_seconds: 30,
                attempts: 4,
                tessdata: PathBuf::new(),
                reader: PathBuf::new(),
            },
            watch: WatchConfig { settle_seconds: 3, interval_seconds: 2 },
        }
    }

    /// The database in force.
    pub fn database_url(&self) -> String {
        if self.database.is_empty() {
            format!("sqlite:{}", self.data_dir.join("kamikarte.db").display())
        } else {
            self.database.clone()
        }
    }

    /// The store of originals in force.
    pub fn store_url(&self) -> String {
        if self.store.is_empty() {
            format!("file:{}", self.data_dir.join("originals").display())
        } else {
            self.store.clone()
        }
    }

    /// Where the compiled dictionary stands.
    pub fn dictionary_dir(&self) -> PathBuf {
        self.data_dir.join("dictionary")
    }

    /// Pages read at the same time.
    pub fn processes(&self) -> usize {
        match self.worker.processes {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            processes => processes,
        }
    }

    /// Time limit of one attempt at one page.
    pub const fn page_timeout(&self) -> Duration {
        Duration::from_secs(self.worker.page_timeout_seconds)
    }

    /// The clinic's time zone.
    pub fn zone(&self) -> Result<jiff::tz::TimeZone> {
        jiff::tz::TimeZone::get(&self.time_zone).with_context(|| {
            format!("time_zone = {:?} is no IANA name such as Asia/Tokyo", self.time_zone)
        })
    }
}

/// The configuration together with the knowledge of where each value came from.
pub struct Loaded {
    /// The values.
    pub config: Config,
    /// The file that was read, if one was.
    pub file: Option<PathBuf>,
    figment: Figment,
}

/// Values given as flags; they win.
#[derive(Debug, Default, Serialize)]
pub struct Overrides {
    /// `--data-dir`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    /// `--tenant`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// `--lang`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// `--listen`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
}

/// Reads the configuration. `file` is the one named by `--config`; otherwise `kamikarte.toml` in
/// the current folder or in the data folder, whichever is there first.
pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Loaded> {
    let base = Figment::from(Serialized::defaults(Config::defaults(default_data_dir())))
        .merge(environment())
        .merge(Serialized::globals(overrides));
    let file = if let Some(named) = file {
        anyhow::ensure!(
            named.is_file(),
            "the configuration file {} is not there; check --config",
            named.display()
        );
        Some(named.to_owned())
    } else {
        let data_dir: PathBuf = base.extract_inner("data_dir").context("data_dir")?;
        [PathBuf::from("kamikarte.toml"), data_dir.join("kamikarte.toml")]
            .into_iter()
            .find(|path| path.is_file())
    };
    let mut figment = Figment::from(Serialized::defaults(Config::defaults(default_data_dir())));
    if let Some(file) = &file {
        figment = figment.merge(Toml::file_exact(file));
    }
    let figment = figment.merge(environment()).merge(Serialized::globals(overrides));
    let config = figment.extract().map_err(|error| {
        anyhow::anyhow!("the configuration is not usable: {error}\n`kamikarte config` shows every name and its value")
    })?;
    Ok(Loaded { config, file, figment })
}

/// `KAMIKARTE_DATA_DIR`, `KAMIKARTE_WORKER__PROCESSES`: two underscores go one level down.
fn environment() -> Env {
    Env::prefixed("KAMIKARTE_").ignore(&["config"]).split("__")
}

impl Loaded {
    /// Every value with its origin, as `kamikarte config` prints it. Passwords in addresses are
    /// left out.
    pub fn describe(&self) -> Result<String> {
        let text = toml::to_string(&self.config).context("printing the configuration")?;
        let table: toml::Table = text.parse().context("printing the configuration")?;
        let mut lines = Vec::new();
        self.describe_table("", &table, &mut lines);
        lines.push(String::new());
        lines.push(format!(
            "# database in force: {}",
            without_password(&self.config.database_url())
        ));
        lines.push(format!("# store in force:    {}", without_password(&self.config.store_url())));
        Ok(lines.join("\n"))
    }

    fn describe_table(&self, prefix: &str, table: &toml::Table, lines: &mut Vec<String>) {
        for (key, value) in table {
            let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            if let toml::Value::Table(inner) = value {
                self.describe_table(&path, inner, lines);
            } else {
                let secret = key.contains("secret") || key.contains("token");
                let shown =
                    if secret { "…".to_owned() } else { without_password(&value.to_string()) };
                lines.push(format!("{:<44} # {}", format!("{path} = {shown}"), self.origin(&path)));
            }
        }
    }

    fn origin(&self, path: &str) -> String {
        let Some(metadata) = self.figment.find_metadata(path) else {
            return "default".into();
        };
        match &metadata.source {
            Some(Source::File(file)) => file.display().to_string(),
            _ if metadata.name.contains("environment") => {
                format!("KAMIKARTE_{}", path.replace('.', "__").to_uppercase())
            }
            // Figment names a layer of values after their type.
            _ if metadata.name.contains("Overrides") => "flag".into(),
            _ => "default".into(),
        }
    }
}

/// The address without what must not be shown.
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.split_once('@') {
        Some((credentials, place)) if !credentials.contains('/') => {
            let user = credentials.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:…@{place}")
        }
        _ => url.to_owned(),
    }
}

/// `~/.local/share/kamikarte`, or a folder `data` here where there is no home.
fn default_data_dir() -> PathBuf {
    std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")))
        .map_or_else(|| PathBuf::from("data"), |share| share.join("kamikarte"))
}
