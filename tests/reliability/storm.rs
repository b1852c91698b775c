//! A campaign under faults, and how long after each of them all works again.

use std::{
    collections::{BTreeMap, HashSet},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use chart::{PageId, Stage};
use records::pages::{self, PageFilter};

use crate::{
    campaign::{Campaign, Database, INTAKE, SERVER, Transport, WORKERS},
    fake_reader,
    fault::{self, Blow, Fault},
    options::Options,
    parts, verdict,
};

/// What the issue asks for, measured where there are enough kills to tell.
const P95: Duration = Duration::from_secs(10);
const ENOUGH_KILLS: usize = 100;

/// Later than this a fault counts as one that the installation does not survive.
pub const STUCK: Duration = Duration::from_mins(3);

/// How long a worker may take to stop: it finishes the page at hand first.
pub const STOPS_WITHIN: Duration = Duration::from_mins(1);

/// Pages that wait while a fault is felt, so that there is something to do.
const IN_FLIGHT: usize = 12;

/// The campaign with all that happens to it.
pub fn weather(database: Database, transport: Transport) {
    let options = Options::from_environment();
    let Options { seed, jobs, kills, .. } = options;
    println!("{database:?} with {transport:?}: {jobs} pages, {kills} kills, STORM_SEED={seed}");
    let blows = fault::draw(seed, kills, database, transport);
    let mut campaign = Campaign::prepare(database, transport, &options);
    campaign.release(IN_FLIGHT);
    campaign.start();
    campaign.wait_for("the first page", STUCK, || drafted(&campaign) > 0);

    let mut felt: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    let mut kills: Vec<Duration> = Vec::new();
    let mut idle = 0;
    let begun = Instant::now();
    for (n, blow) in blows.iter().enumerate() {
        campaign.release(jobs * (n + 1) / (blows.len() + 1));
        let Some(pause) = blow.pause else {
            // Comes while the next one is felt.
            hit(&mut campaign, *blow);
            continue;
        };
        thread::sleep(pause);
        let before = Before::look(&campaign);
        idle += usize::from(before.drafted as usize == jobs);
        let hit_at = Instant::now();
        let Some(over) = hit(&mut campaign, *blow) else { continue };
        let since = if is_measured_from_its_end(blow.fault) { over } else { hit_at };
        feel(&campaign, &before, blow.fault);
        let took = since.elapsed();
        if took > Duration::from_secs(8) {
            println!("{:7.1?} {}: {took:.1?}", begun.elapsed(), blow.fault);
        }
        felt.entry(blow.fault.kind()).or_default().push(took);
        if blow.fault.is_kill() {
            kills.push(took);
        }
    }
    campaign.release(jobs);
    table(&mut felt, &mut kills);
    let re_read = verdict::every_page_arrived_once(&campaign, &options);
    println!(
        "{jobs} pages in {:.0?}, {} kills, {idle} faults after the last page, \
         {re_read} pages begun again, ended by themselves: {:?}",
        begun.elapsed(),
        blows.iter().filter(|blow| blow.fault.is_kill()).count(),
        campaign.parts.ended_by_themselves(),
    );
    if kills.len() >= ENOUGH_KILLS {
        let p95 = quantile(&kills, 0.95);
        assert!(p95 <= P95, "working again after {p95:?} (p95), seed {seed}");
    }
}

/// The same campaign while nothing dies.
pub fn calm(database: Database, transport: Transport) {
    let options = Options { real_reader: false, real_pages: false, ..Options::from_environment() };
    let campaign = Campaign::prepare(database, transport, &options);
    campaign.release(options.jobs);
    campaign.start();
    let re_read = verdict::every_page_arrived_once(&campaign, &options);
    assert_eq!(re_read, 0, "pages were read twice though nothing died");
}

/// A page that takes minutes does not hold a worker back that is told to stop, and loses no attempt.
pub fn hand_back(database: Database, transport: Transport) {
    let minutes = Duration::from_mins(5);
    let options = Options {
        jobs: 1,
        page: minutes,
        real_reader: false,
        real_pages: false,
        ..Options::from_environment()
    };
    let settings = [("worker__stop_seconds", "1"), ("worker__attempts", "1")];
    let campaign = Campaign::prepare_with(database, transport, &options, &settings);
    campaign.release(1);
    let scans = campaign.at("scans").display().to_string();
    campaign.start_part("intake", &["watch", &scans]);
    let worker = campaign.start_part("worker-0", &["work"]);
    let begun = || fake_reader::begun(&campaign.at("read")).len();
    for attempt in 1..=3 {
        campaign.wait_for("the page to be begun", STUCK, || begun() == attempt);
        let told = Instant::now();
        let status = campaign.parts.stop(worker, STOPS_WITHIN);
        assert!(status.success(), "{status}\n{}", campaign.everything());
        assert!(told.elapsed() < Duration::from_secs(15), "{:?}", told.elapsed());
    }
    // With a limit of one attempt, the next one would have buried it.
    assert_eq!(campaign.pages_at(&[Stage::Unreadable]).unwrap(), 0);
}

/// Lets it happen. The moment when its cause was gone; `None` where it cannot happen here.
fn hit(campaign: &mut Campaign, blow: Blow) -> Option<Instant> {
    let Blow { fault, lasts, .. } = blow;
    match fault {
        Fault::KillWorker(n) => campaign.parts.kill(WORKERS[n]),
        Fault::KillServer => campaign.parts.kill(SERVER),
        Fault::KillIntake => campaign.parts.kill(INTAKE),
        Fault::KillReader => {
            let mut readers = WORKERS.iter().flat_map(|&worker| campaign.readers_of(worker));
            parts::signal("KILL", readers.next()?);
        }
        Fault::StopWorker(n) => {
            let status = campaign.parts.stop(WORKERS[n], STOPS_WITHIN);
            assert!(
                parts::is_in_order(status),
                "a worker stopped with {status}\n{}",
                campaign.everything()
            );
        }
        Fault::KillDatabase => {
            let server = campaign.postgres.as_mut()?;
            server.kill();
            thread::sleep(lasts / 4);
            server.restart();
        }
        Fault::KillBroker => {
            let broker = campaign.broker.as_mut()?;
            broker.kill();
            thread::sleep(lasts / 4);
            broker.restart();
        }
        Fault::CutDatabase | Fault::CutBroker => {
            let cable = cable(campaign, fault)?;
            cable.cut();
            thread::sleep(lasts);
            cable.mend();
        }
        Fault::FreezeDatabase | Fault::FreezeBroker => {
            let cable = cable(campaign, fault)?;
            cable.freeze();
            thread::sleep(lasts * 4);
            cable.mend();
        }
        Fault::FillDisk => {
            if !campaign.fill_disk(lasts) {
                return None;
            }
        }
        Fault::ClockForward | Fault::ClockBack => {
            if !campaign.set_clock(blow.jump) {
                return None;
            }
        }
    }
    Some(Instant::now())
}

fn cable(campaign: &Campaign, fault: Fault) -> Option<&test_support::cable::Cable> {
    match fault {
        Fault::CutDatabase | Fault::FreezeDatabase => campaign.database_cable.as_ref(),
        _ => campaign.broker_cable.as_ref(),
    }
}

/// Servers take their own time to start again, and networks to be mended: what is measured is how
/// soon we go on after that. A process of ours is measured from its death.
const fn is_measured_from_its_end(fault: Fault) -> bool {
    !matches!(
        fault,
        Fault::KillWorker(_) | Fault::KillReader | Fault::KillServer | Fault::KillIntake
    )
}

/// What was under way when it happened.
struct Before {
    in_hand: HashSet<PageId>,
    drafted: u64,
    taken_in: usize,
}

impl Before {
    /// Nothing is known where the database is still away from the fault before.
    fn look(campaign: &Campaign) -> Self {
        Self {
            in_hand: in_hand(campaign).unwrap_or_default(),
            drafted: drafted(campaign),
            taken_in: campaign.taken_in(),
        }
    }
}

/// Waits until the pages that were in hand are drafted, and another one, and until the part that
/// died does again what it is for.
fn feel(campaign: &Campaign, before: &Before, fault: Fault) {
    let what = format!("work to go on after: {fault}");
    let wanted = before.drafted + before.in_hand.len() as u64 + 1;
    campaign.wait_for(&what, STUCK, || {
        let drafted = drafted(campaign);
        campaign.release((drafted as usize + IN_FLIGHT).max(campaign.released()));
        let goes_on = drafted >= wanted || drafted as usize == campaign.released();
        goes_on
            && in_hand(campaign).is_some_and(|now| now.is_disjoint(&before.in_hand))
            && is_back(campaign, before, fault)
    });
}

fn is_back(campaign: &Campaign, before: &Before, fault: Fault) -> bool {
    match fault {
        Fault::KillWorker(n) | Fault::StopWorker(n) => {
            !campaign.readers_of(WORKERS[n]).is_empty()
                || drafted(campaign) as usize == campaign.jobs
        }
        Fault::KillServer => TcpStream::connect(campaign.listen()).is_ok(),
        Fault::KillIntake => {
            let taken_in = campaign.taken_in();
            taken_in > before.taken_in || taken_in == campaign.released()
        }
        _ => true,
    }
}

/// Pages that a worker reads.
fn in_hand(campaign: &Campaign) -> Option<HashSet<PageId>> {
    let tenant = campaign.tenant().ok()??;
    campaign.runtime.block_on(async {
        let mut tx = campaign.db.read().await.ok()?;
        let filter = PageFilter { stage: Some(Stage::Reading), ..PageFilter::default() };
        let pages = pages::list(&mut tx, tenant, &filter, 1000, 0).await.ok()?;
        Some(pages.into_iter().map(|page| page.id).collect())
    })
}

pub fn drafted(campaign: &Campaign) -> u64 {
    campaign.pages_at(&[Stage::Drafted]).unwrap_or_default()
}

fn table(felt: &mut BTreeMap<&str, Vec<Duration>>, kills: &mut Vec<Duration>) {
    println!("{:<32} {:>4} {:>8} {:>8} {:>8}", "working again after", "n", "median", "p95", "max");
    let mut all = std::mem::take(kills);
    for (kind, times) in felt.iter_mut().chain([(&"all kills", &mut all)]) {
        if times.is_empty() {
            continue;
        }
        times.sort_unstable();
        let seconds = |share| quantile(times, share).as_secs_f64();
        let (median, p95, max) = (seconds(0.5), seconds(0.95), seconds(1.0));
        println!("{kind:<32} {:>4} {median:>7.1}s {p95:>7.1}s {max:>7.1}s", times.len());
    }
    *kills = all;
}

/// Of sorted times.
fn quantile(times: &[Duration], share: f64) -> Duration {
    times[((times.len() - 1) as f64 * share).ceil() as usize]
}
