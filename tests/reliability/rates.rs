//! Pages a second by one worker and by two, and how much time a page takes besides its reading.
//!
//! An engine of known duration on pages of real size, each worker with one reading process: what a
//! page takes above that duration is queue, isolation and storage. With `STORM_READER=real` it is the
//! real engine, and what a page takes above its reading and understanding is queue and storage.

use std::time::{Duration, Instant};

use chart::Timestamp;
use records::readings::{self, Pace};

use crate::{
    campaign::{Campaign, Database, Transport},
    options::Options,
    storm,
};

/// Of the engine of known duration: what is lost is a share of it.
const PAGE: Duration = Duration::from_secs(2);
/// As many as there are samples, so that both measurements are of the same pages.
const PAGES_EACH: usize = 20;
/// Read while the second worker starts.
const BETWEEN: usize = 12;

/// What the issue asks for.
const LOST: f64 = 0.05;
const GAINED: f64 = 1.9;

/// One worker, then a second one beside it, each with `PAGES_EACH` pages.
pub fn measure(database: Database, transport: Transport) {
    let options = Options {
        jobs: PAGES_EACH * 3 + BETWEEN,
        page: PAGE,
        real_pages: true,
        ..Options::from_environment()
    };
    let settings = [("worker__processes", "1")];
    let campaign = Campaign::prepare_with(database, transport, &options, &settings);
    campaign.release(options.jobs);
    let scans = campaign.at("scans").display().to_string();
    campaign.start_part("intake", &["watch", &scans]);
    let all_are_in = || campaign.taken_in() == options.jobs;
    campaign.wait_for("all files to be taken in", storm::STUCK, all_are_in);

    campaign.start_part("worker-0", &["work"]);
    // The first page of a worker waits for its process and for the dictionary.
    let before = pace_of(&campaign, 1);
    let one = pages_a_second(&campaign, 1, PAGES_EACH);
    let page = if options.real_reader {
        let after = pace_of(&campaign, 1 + PAGES_EACH);
        let pages = u32::try_from(after.pages - before.pages).expect("a few pages");
        after.took.saturating_sub(before.took) / pages
    } else {
        PAGE
    };
    let second = campaign.start_part("worker-1", &["work"]);
    let begun = storm::drafted(&campaign) as usize;
    campaign.wait_for("the second worker", storm::STUCK, || {
        !campaign.readers_of(second).is_empty() && storm::drafted(&campaign) as usize > begun + 2
    });
    let begun = storm::drafted(&campaign) as usize;
    // An even number: from a page of one worker to a page of the same one.
    let two =
        pages_a_second(&campaign, begun, ((options.jobs - begun - 1) & !1).min(2 * PAGES_EACH));
    let lost = 1.0 / one / page.as_secs_f64() - 1.0;
    let gained = two / one;
    println!(
        "{database:?} with {transport:?}: one worker {one:.4} pages/s, two {two:.4} ({gained:.3} times); \
         besides its {page:.1?} a page takes {:.1} ms ({:.2} %)",
        lost * page.as_secs_f64() * 1000.0,
        lost * 100.0,
    );
    assert!(lost <= LOST, "queue, isolation and storage take {:.1} % of a page", lost * 100.0);
    assert!(gained >= GAINED, "two workers do {gained:.2} times as much as one");
}

/// What was read, once so many pages are drafted.
fn pace_of(campaign: &Campaign, drafted: usize) -> Pace {
    campaign.wait_for("pages to be drafted", storm::STUCK, || {
        storm::drafted(campaign) as usize >= drafted
    });
    campaign.runtime.block_on(async {
        let mut tx = campaign.db.read().await.unwrap();
        readings::pace(&mut tx, None, Timestamp::default()).await.unwrap()
    })
}

/// From the moment when `from` pages are drafted until so many more are.
fn pages_a_second(campaign: &Campaign, from: usize, pages: usize) -> f64 {
    let until = |wanted: usize| {
        campaign.wait_for("pages to be drafted", storm::STUCK, || {
            storm::drafted(campaign) as usize >= wanted
        });
    };
    until(from);
    let begun = Instant::now();
    until(from + pages);
    pages as f64 / begun.elapsed().as_secs_f64()
}
