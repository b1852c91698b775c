//! Files that mean harm: through the watched folder and, where they are pictures after all,
//! through a worker.
//!
//! The service must stay up, no process may take more memory than it is given, and of every file
//! it must be said what became of it.

mod bytes; // TIFF and PDF files of any make
mod corpus; // the files

use std::{
    collections::BTreeMap,
    fs, thread,
    time::{Duration, Instant},
};

use chart::Stage;
use records::{
    pages::{self, PageFilter},
    scans,
};

use crate::{
    campaign::{Campaign, Database, SERVER, Transport},
    options::Options,
    parts::{children, memory_of},
    storm::STOPS_WITHIN,
};

/// Memory that intake, worker and server may take each, their children not included: a page of
/// the limit of 120 million pixels is 360 MB in colour and is copied once on its way.
const MEMORY: u64 = 900 << 20;

/// Memory that a child may take: the larger of the settings `worker.memory_mib` and
/// `limits.memory_mib`.
const CHILD_MEMORY: u64 = 2048 << 20;

/// A file that takes longer than this is stuck.
const NO_PROGRESS: Duration = Duration::from_mins(4);

pub fn besiege() {
    let options = Options { jobs: 0, page: Duration::ZERO, ..Options::from_environment() };
    let n = options.hostile;
    println!("{n} files, STORM_SEED={}", options.seed);
    // Files that take long take that long each: the default is a minute a page.
    let hurried = [("limits__page_seconds", "5"), ("worker__attempts", "1")];
    let campaign =
        Campaign::prepare_with(Database::Sqlite, Transport::Embedded, &options, &hurried);
    let scans = campaign.at("scans");
    let mut families: BTreeMap<String, String> = BTreeMap::new();
    for (number, file) in corpus::generate(options.seed, n).into_iter().enumerate() {
        let name = format!("{number:05}-{}", file.name);
        fs::write(scans.join(&name), file.bytes).unwrap();
        families.insert(name, file.family.to_owned());
    }
    let started = Instant::now();
    campaign.start_part("server", &["serve", "--no-worker"]);
    campaign.start_part("worker-0", &["work"]);
    campaign.start_part("intake", &["watch", &scans.display().to_string()]);
    let mut peak = Peak::default();
    watch(&campaign, &mut peak, n);
    println!("{n} files in {:.0?}; most memory: {peak:?}", started.elapsed());
    assert!(peak.of_parts < MEMORY && peak.of_children < CHILD_MEMORY, "too much: {peak:?}");
    for (part, times) in campaign.parts.ended_by_themselves() {
        assert_eq!(times, 0, "{part} died\n{}", campaign.everything());
    }
    assert!(std::net::TcpStream::connect(campaign.listen()).is_ok(), "the server is up");
    every_file_has_its_reason(&campaign, &families);
    assert!(campaign.parts.pid(SERVER).is_some());
    assert!(campaign.parts.stop_all(STOPS_WITHIN), "{}", campaign.everything());
}

/// The most that was seen, in bytes.
#[derive(Debug, Default)]
struct Peak {
    of_parts: u64,
    of_children: u64,
}

/// Until every file was moved away and every page read or given up.
fn watch(campaign: &Campaign, peak: &mut Peak, n: usize) {
    let mut last = (usize::MAX, Instant::now());
    loop {
        for part in 0..3 {
            let Some(pid) = campaign.parts.pid(part) else { continue };
            peak.of_parts = peak.of_parts.max(memory_of(pid));
            for (child, _) in children(pid) {
                peak.of_children = peak.of_children.max(memory_of(child));
            }
        }
        let files = |folder| fs::read_dir(campaign.at(folder)).map_or(0, Iterator::count);
        // Beside a refused file lies its reason.
        let settled = files("scans/done") + files("scans/refused") / 2;
        let unread = [Stage::Received, Stage::Queued, Stage::Reading];
        let open = campaign.pages_at(&unread).map_or(usize::MAX, |pages| pages as usize);
        if settled == n && open == 0 {
            return;
        }
        let left = (n - settled.min(n)).saturating_add(open);
        if left != last.0 {
            last = (left, Instant::now());
        }
        assert!(last.1.elapsed() < NO_PROGRESS, "stuck\n{}", campaign.everything());
        thread::sleep(Duration::from_millis(20));
    }
}

/// Each was refused in words, or taken in and read, or left to people in words.
fn every_file_has_its_reason(campaign: &Campaign, families: &BTreeMap<String, String>) {
    let mut fates: BTreeMap<(&str, String), u32> = BTreeMap::new();
    let tenant = campaign.tenant().unwrap().unwrap();
    let (refused, taken) = campaign.runtime.block_on(async {
        let mut tx = campaign.db.read().await.unwrap();
        let refused = scans::refused_list(&mut tx, tenant, 100_000).await.unwrap();
        let all = PageFilter::default();
        (refused, pages::list(&mut tx, tenant, &all, 100_000, 0).await.unwrap())
    });
    let codes: BTreeMap<&str, &str> =
        refused.iter().map(|scan| (scan.file_name.as_str(), scan.code.as_str())).collect();
    for (name, family) in families {
        let reason = campaign.at("scans/refused").join(format!("{name}.reason.txt"));
        let pages = taken.iter().filter(|page| &page.file_name == name);
        let mut pages = pages.map(|page| match page.state.stage() {
            Stage::Unreadable => {
                let reason = page.state.reason().unwrap_or_default();
                assert!(!reason.is_empty(), "{name} is unreadable without a reason");
                format!("unreadable: {}", reason.split(':').next().unwrap_or_default())
            }
            stage => stage.to_string(),
        });
        let fate = match fs::read_to_string(reason) {
            Ok(reason) => {
                assert!(reason.contains("ください"), "{name}: {reason}");
                let code = codes.get(name.as_str());
                code.map_or_else(|| "refused, as before".to_owned(), |code| (*code).to_owned())
            }
            Err(_) if campaign.at("scans/done").join(name).exists() => {
                pages.next().unwrap_or_else(|| "the same as another".to_owned())
            }
            Err(error) => panic!("nobody says what became of {name}: {error}"),
        };
        *fates.entry((family, fate)).or_default() += 1;
    }
    for ((family, fate), n) in fates {
        println!("{family:<28} {fate:<28} {n:>5}");
    }
}
