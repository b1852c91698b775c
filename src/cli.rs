//! The command line: every subcommand with its flags and examples.

use std::{net::SocketAddr, path::PathBuf};

use chart::{Language, Role};
use clap::{Parser, Subcommand, ValueEnum};

/// Scanned paper charts, read, reviewed and turned into coded records.
#[derive(Debug, Parser)]
#[command(
    name = "kamikarte",
    version,
    after_help = "Settings come from kamikarte.toml, then KAMIKARTE_* variables, then flags; \
                  `kamikarte config` shows what is in force and from where.\n\n\
                  Examples:\n  \
                  kamikarte doctor                       check everything this needs\n  \
                  kamikarte serve                        review pages and worker on this machine\n  \
                  kamikarte ingest scans/ --chart 12345  take in a folder of scans\n  \
                  kamikarte read page.jpg                read one page without any database\n  \
                  kamikarte export csv > records.csv     everything that was confirmed"
)]
pub struct Cli {
    /// Configuration file [default: kamikarte.toml here or in the data folder]
    #[arg(long, global = true, env = "KAMIKARTE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder where everything of an embedded installation lives
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Clinic to act for
    #[arg(long, global = true, value_name = "NAME")]
    pub tenant: Option<String>,
    /// Language of messages: ja or en
    #[arg(long = "lang", global = true, value_name = "LANG")]
    pub language: Option<Language>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read pages and print one JSON object a page; needs no database
    #[command(after_help = "Examples:\n  kamikarte read page.jpg\n  \
        kamikarte read --format text chart.pdf\n  \
        kamikarte read scans/*.jpg > pages.ndjson\n\n\
        Exit status: 0 if all pages were read, 2 otherwise (a line a failure on stderr).")]
    Read {
        /// Pictures (JPEG, PNG, TIFF) or PDF files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// What to print
        #[arg(long, value_enum, default_value_t = ReadFormat::Json)]
        format: ReadFormat,
        /// Write a folder a page with the picture of every step into this folder; they show the
        /// page with all that stands on it
        #[arg(long, value_name = "DIR")]
        debug: Option<PathBuf>,
    },
    /// Understand text that some OCR has read; prints findings in the form of `read`
    #[command(
        after_help = "The input is {\"width\",\"height\",\"lines\":[{\"text\",\"bbox\",\"vertical\",\"struck\"}]}.\n\n\
        Examples:\n  kamikarte extract page.json\n  kamikarte extract --explain page.json"
    )]
    Extract {
        /// JSON files; - for standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Say in words why each finding was read so, instead of JSON
        #[arg(long)]
        explain: bool,
    },
    /// Take in scans: they are kept, queued and read
    #[command(after_help = "Examples:\n  kamikarte ingest chart.pdf --chart 12345\n  \
        kamikarte ingest /mnt/scanner --campaign 2026-autumn\n\n\
        The same bytes again are recognised and not taken in twice. What is refused is kept \
        aside and named with its reason. Exit status 2 if anything was refused.")]
    Ingest {
        /// Files or folders
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Batch of scanning these belong to
        #[arg(long, value_name = "NAME")]
        campaign: Option<String>,
        /// The patient's chart these belong to
        #[arg(long, value_name = "NUMBER")]
        chart: Option<String>,
    },
    /// Serve the review pages, with relay and worker inside
    #[command(after_help = "Examples:\n  kamikarte serve\n  \
        kamikarte serve --listen 127.0.0.1:9000 --watch ./scans\n  \
        kamikarte serve --no-worker            workers run elsewhere (`kamikarte work`)")]
    Serve {
        /// Address [default: 127.0.0.1:8787]
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<SocketAddr>,
        /// Read no pages in this process
        #[arg(long)]
        no_worker: bool,
        /// Also take in what appears in this folder
        #[arg(long, value_name = "DIR")]
        watch: Option<PathBuf>,
    },
    /// Read queued pages until stopped; any number may run
    #[command(after_help = "Example:\n  KAMIKARTE_WORKER__PROCESSES=4 kamikarte work\n\n\
        SIGTERM or Ctrl-C: pages in hand are finished, then it ends.")]
    Work {
        /// End when the queue has been empty for a moment
        #[arg(long)]
        until_idle: bool,
    },
    /// Take in whatever appears in a folder
    #[command(after_help = "A file is taken in once it has stopped growing, then moved to done/ \
        in the same folder; what is refused goes to refused/ with its reason beside it.\n\n\
        Example:\n  kamikarte watch /mnt/scanner")]
    Watch {
        /// The folder a scanner writes into
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// Batch of scanning these belong to
        #[arg(long, value_name = "NAME")]
        campaign: Option<String>,
    },
    /// How many pages stand where, and what waits
    Status {
        /// Print again every two seconds
        #[arg(long)]
        watch: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Everything that is known of a page, in order of time
    Trace {
        /// Identifier of a page, as on the review page and in the export
        #[arg(value_name = "PAGE")]
        page: String,
    },
    /// Committed records
    #[command(subcommand)]
    Export(ExportCommand),
    /// Jobs that failed for good, or that a broker lost
    #[command(subcommand)]
    Queue(QueueCommand),
    /// The chain of audit events
    #[command(subcommand)]
    Audit(AuditCommand),
    /// People who may sign in
    #[command(subcommand)]
    User(UserCommand),
    /// Official masters: price lists, 傷病名, 修飾語, HOT, …
    #[command(subcommand)]
    Masters(MastersCommand),
    /// Names and codes
    #[command(subcommand)]
    Lexicon(LexiconCommand),
    /// The morphological dictionary
    #[command(subcommand)]
    Dictionary(DictionaryCommand),
    /// Check every dependency and say how to mend what is missing
    Doctor,
    /// Show every setting in force and where it came from
    Config,
    /// One reading process; started by the worker
    #[command(hide = true)]
    ReadChild,
    /// Looks into one file; started by whatever takes files in
    #[command(hide = true)]
    InspectChild,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ReadFormat {
    /// One JSON object a page
    Json,
    /// The text alone
    Text,
}

#[derive(Debug, Subcommand)]
pub enum ExportCommand {
    /// One row a record, on standard output or into a file
    #[command(after_help = "Columns are described in docs/formats.md.\n\n\
        Example:\n  kamikarte export csv --output records.csv")]
    Csv {
        /// File to write instead of standard output
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Also superseded versions
        #[arg(long)]
        all_versions: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum QueueCommand {
    /// List jobs that failed for good, with the reason
    Dead,
    /// Send them to the workers again
    Retry {
        /// Only this page
        #[arg(value_name = "PAGE")]
        page: Option<String>,
    },
    /// Take them off the list, as after the pages were typed in by hand; the pages stay as they are
    Forget {
        /// Only this page
        #[arg(value_name = "PAGE")]
        page: Option<String>,
    },
    /// Give the queue every unread page once more, after a broker lost what it had
    #[command(after_help = "For a broker that lost its queues or its disk, and after `queue` was \
        set to another one. A page that the queue still has is read once all the same.")]
    Refill,
}

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Walk the chain; exit status 1 if it is broken
    Verify,
}

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a person; the password is asked for, or read from standard input
    #[command(after_help = "Example:\n  kamikarte user add sato --role clinician --name 佐藤")]
    Add {
        /// Name to sign in with
        login: String,
        /// clerk, clinician or administrator
        #[arg(long)]
        role: Role,
        /// Name shown to others [default: the sign-in name]
        #[arg(long)]
        name: Option<String>,
        /// Succeed if the person is already there (nothing is changed)
        #[arg(long)]
        if_missing: bool,
    },
    /// List people
    List,
    /// Set a new password
    Password {
        /// Name to sign in with
        login: String,
    },
    /// Let a person no longer sign in; what they did stays
    Deactivate {
        /// Name to sign in with
        login: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum MastersCommand {
    /// Take in official files as they were published
    #[command(
        after_help = "A file is recognised by its content: 薬価基準収載品目リスト and 後発医薬品 (xlsx, xls, CSV), \
        医薬品マスター y (full and difference), 傷病名マスター b, 修飾語マスター z, 標準病名マスター (nmain, mdfy, index), \
        医薬品HOTコードマスター, 一般名処方マスタ, J-FAGY, JLAC10 lists of JP-CLINS; zipped or not. \
        docs/lexicon.md says where they are published.\n\n\
        Editions stand side by side, so old charts find the names of their time. The same file again changes \
        nothing. A broken line is named and left out, the rest is taken in.\n\n\
        Examples:\n  kamikarte masters import y_ALL20240321.zip b_20240601.zip\n  \
        kamikarte masters import price.csv --date 2018-04-01\n\n\
        Exit status: 0 if all was taken in, 2 if lines or files were left out (a line each on stderr)."
    )]
    Import {
        /// Files as downloaded
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Day of those files whose content and name do not tell it
        #[arg(long, value_name = "YYYY-MM-DD")]
        date: Option<jiff::civil::Date>,
    },
    /// Which editions there are, with counts and days
    List {
        /// Also those that were taken back or replaced
        #[arg(long)]
        all: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take back the last import; nothing is deleted, importing the file again brings it back
    #[command(
        after_help = "Examples:\n  kamikarte masters rollback                          the last import\n  \
        kamikarte masters rollback price-list-20250716-bcd345c7   one edition"
    )]
    Rollback {
        /// Only this edition, as `masters list` names it
        #[arg(value_name = "EDITION")]
        edition: Option<String>,
    },
}

/// Which names are searched.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum NameKind {
    /// 医薬品
    Drug,
    /// 傷病名
    Disease,
}

#[derive(Debug, Subcommand)]
pub enum LexiconCommand {
    /// Names that a word begins or may have been misread from, with their codes
    #[command(after_help = "Examples:\n  kamikarte lexicon search アムロ\n  \
        kamikarte lexicon search amuro\n  kamikarte lexicon search \"ア ム ロ ヅ ビ ン 錠 5mg\"\n\n\
        Exit status: 0 if a name was found, 1 if not.")]
    Search {
        /// Kanji, kana, romaji, an abbreviation, or a misread name
        #[arg(required = true, value_name = "WORD")]
        words: Vec<String>,
        /// Only drugs or only diseases
        #[arg(long, value_enum)]
        kind: Option<NameKind>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// What a code or name means, where it came from, since when and until when, what came after
    #[command(after_help = "Examples:\n  kamikarte lexicon check 8833421\n  \
        kamikarte lexicon check I10\n  kamikarte lexicon check 高血圧症\n\n\
        Exit status: 0 if it is known, 1 if not.")]
    Check {
        /// Codes or names
        #[arg(required = true, value_name = "CODE|NAME")]
        words: Vec<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum DictionaryCommand {
    /// Compile it from Debian's mecab-ipadic and the lexicon, unless it is up to date
    Build,
}
