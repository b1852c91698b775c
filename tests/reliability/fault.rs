//! What can happen to an installation, drawn by a seed.

use std::{fmt, time::Duration};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};

use crate::campaign::{Database, Transport};

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// SIGKILL to a worker process.
    KillWorker(usize),
    /// SIGKILL to a process that reads a page for a worker.
    KillReader,
    /// SIGKILL to the server of the review pages, which has a relay inside.
    KillServer,
    /// SIGKILL to the process that takes files in.
    KillIntake,
    /// SIGKILL to PostgreSQL.
    KillDatabase,
    /// SIGKILL to RabbitMQ.
    KillBroker,
    /// SIGTERM to a worker.
    StopWorker(usize),
    /// All connections to the database end, and none can be made for a while.
    CutDatabase,
    /// The same with the broker.
    CutBroker,
    /// Nothing gets through to the database, and nobody is told.
    FreezeDatabase,
    /// The same with the broker.
    FreezeBroker,
    /// No byte is free where originals and SQLite lie.
    FillDisk,
    /// Everybody's clock goes forward.
    ClockForward,
    /// Everybody's clock goes back.
    ClockBack,
}

impl Fault {
    /// Whether something dies by SIGKILL.
    pub const fn is_kill(self) -> bool {
        use Fault::{KillBroker, KillDatabase, KillIntake, KillReader, KillServer, KillWorker};
        matches!(
            self,
            KillWorker(_) | KillReader | KillServer | KillIntake | KillDatabase | KillBroker
        )
    }

    /// The word of its kind in tables.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::KillWorker(_) => "kill worker",
            Self::KillReader => "kill reading process",
            Self::KillServer => "kill server",
            Self::KillIntake => "kill intake",
            Self::KillDatabase => "kill PostgreSQL",
            Self::KillBroker => "kill RabbitMQ",
            Self::StopWorker(_) => "stop worker (SIGTERM)",
            Self::CutDatabase => "cut network to PostgreSQL",
            Self::CutBroker => "cut network to RabbitMQ",
            Self::FreezeDatabase => "freeze network to PostgreSQL",
            Self::FreezeBroker => "freeze network to RabbitMQ",
            Self::FillDisk => "fill the disk",
            Self::ClockForward => "clock forward",
            Self::ClockBack => "clock back",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KillWorker(n) | Self::StopWorker(n) => write!(f, "{} {n}", self.kind()),
            other => f.write_str(other.kind()),
        }
    }
}

/// A fault with what belongs to it.
#[derive(Debug, Clone, Copy)]
pub struct Blow {
    /// What happens.
    pub fault: Fault,
    /// Quiet before it. None: it comes while the last one is still felt.
    pub pause: Option<Duration>,
    /// How long a fault lasts that has a duration.
    pub lasts: Duration,
    /// How far the clock then is from the true time, in seconds.
    pub jump: i64,
}

/// The faults of a storm in their order: every part gets its share of the kills, and one fault in
/// five is none.
pub fn draw(seed: u64, kills: usize, database: Database, transport: Transport) -> Vec<Blow> {
    use Fault::{
        ClockBack, ClockForward, CutBroker, CutDatabase, FillDisk, FreezeBroker, FreezeDatabase,
        KillBroker, KillDatabase, KillIntake, KillReader, KillServer, KillWorker, StopWorker,
    };
    let mut rng = StdRng::seed_from_u64(seed);
    let mut deaths = vec![KillWorker(0), KillReader, KillServer, KillWorker(1), KillIntake];
    let mut others = vec![StopWorker(0), FillDisk, ClockForward, ClockBack, StopWorker(1)];
    if database == Database::Postgres {
        deaths.push(KillDatabase);
        others.extend([CutDatabase, FreezeDatabase]);
    }
    if transport == Transport::Rabbit {
        deaths.push(KillBroker);
        others.extend([CutBroker, FreezeBroker]);
    }
    let mut faults = deal(&deaths, kills, &mut rng);
    faults.extend(deal(&others, kills.div_ceil(4).max(others.len()), &mut rng));
    faults.shuffle(&mut rng);
    let blow = |fault| Blow {
        fault,
        pause: (!rng.random_bool(0.2)).then(|| Duration::from_millis(rng.random_range(0..1500))),
        lasts: Duration::from_millis(rng.random_range(500..4000)),
        jump: match fault {
            ClockBack => -rng.random_range(60..7200),
            _ => rng.random_range(60..7200),
        },
    };
    faults.into_iter().map(blow).collect()
}

/// `n` cards of shuffled decks.
fn deal(deck: &[Fault], n: usize, rng: &mut StdRng) -> Vec<Fault> {
    let mut cards = Vec::new();
    while cards.len() < n {
        let mut deck = deck.to_vec();
        deck.shuffle(rng);
        cards.extend(deck);
    }
    cards.truncate(n);
    cards
}
