//! What must hold when the storm is over.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use chart::{PageId, Stage, TenantId};
use records::{
    audit::{self, Action, ChainVerdict, EventFilter},
    findings,
    pages::{self, Page, PageFilter},
    readings,
};

use crate::{campaign::Campaign, fake_reader, options::Options, parts, storm::STOPS_WITHIN};

/// Without a page drafted for so long, something is stuck. Longer than the longest retry that a
/// page meets here (four attempts: 1, 4, 16 s, rounded up to 1, 5, 30 s by RabbitMQ).
const NO_PROGRESS: Duration = Duration::from_mins(2);

const SHEET: u32 = 1000;

/// Waits until all is done and checks everything. How many pages were begun to be read again.
pub fn every_page_arrived_once(campaign: &Campaign, options: &Options) -> usize {
    wait_until_drafted(campaign, options.jobs);
    let tenant = campaign.tenant().expect("the database is there").expect("the clinic is there");
    campaign.runtime.block_on(async {
        let pages = pages_of(campaign, tenant).await;
        assert_eq!(pages.len(), options.jobs, "pages were lost or doubled");
        let scans: HashSet<_> = pages.iter().map(|page| page.scan).collect();
        assert_eq!(scans.len(), options.jobs, "scans were lost or doubled");
        for page in &pages {
            has_one_reading_and_draft(campaign, tenant, page, options).await;
        }
        was_drafted_once(campaign, tenant, &pages).await;
        let mut tx = campaign.db.read().await.unwrap();
        let verdict = audit::verify(&mut tx, tenant).await.unwrap();
        assert!(matches!(verdict, ChainVerdict::Whole { .. }), "{verdict:?}");
    });
    assert_eq!(campaign.taken_in(), options.jobs, "files stay in the folder");
    let refused = campaign.at("scans/refused");
    assert!(!refused.exists(), "files were refused");
    the_queue_is_empty(campaign);
    nobody_is_left(campaign);
    let begun = fake_reader::begun(&campaign.at("read"));
    begun.len().saturating_sub(options.jobs)
}

fn wait_until_drafted(campaign: &Campaign, jobs: usize) {
    let mut best = (0, Instant::now());
    while best.0 < jobs {
        if let Ok(drafted) = campaign.pages_at(&[Stage::Drafted])
            && drafted as usize > best.0
        {
            best = (drafted as usize, Instant::now());
        }
        let (drafted, since) = best;
        assert!(
            since.elapsed() < NO_PROGRESS,
            "stuck at {drafted} of {jobs} pages\n{}",
            campaign.everything()
        );
        std::thread::sleep(Duration::from_millis(200));
    }
}

async fn pages_of(campaign: &Campaign, tenant: TenantId) -> Vec<Page> {
    let mut tx = campaign.db.read().await.unwrap();
    let mut all = Vec::new();
    loop {
        let filter = PageFilter::default();
        let sheet = pages::list(&mut tx, tenant, &filter, SHEET, all.len() as u64).await.unwrap();
        if sheet.is_empty() {
            return all;
        }
        all.extend(sheet);
    }
}

async fn has_one_reading_and_draft(
    campaign: &Campaign,
    tenant: TenantId,
    page: &Page,
    options: &Options,
) {
    assert_eq!(page.state.stage(), Stage::Drafted, "{page:?}");
    let mut tx = campaign.db.read().await.unwrap();
    let readings = readings::of_page(&mut tx, tenant, page.id).await.unwrap();
    assert_eq!(readings.len(), 1, "page {} has {} readings", page.id, readings.len());
    let findings = findings::of_page(&mut tx, tenant, page.id).await.unwrap();
    assert!(
        findings.iter().all(|finding| finding.reading == Some(readings[0].id)),
        "page {} has findings of another reading",
        page.id
    );
    if !options.real_reader {
        // The picture that it was taken in with, and one finding of what it says.
        let number = page.file_name.trim_end_matches(".png").parse().unwrap();
        assert_eq!(readings[0].text.text(), fake_reader::said_of(number));
        assert_eq!(findings.len(), 1, "{findings:?}");
    }
}

async fn was_drafted_once(campaign: &Campaign, tenant: TenantId, pages: &[Page]) {
    let mut drafted: HashMap<PageId, u32> = HashMap::new();
    let mut before_seq = None;
    let mut tx = campaign.db.read().await.unwrap();
    loop {
        let filter = EventFilter { before_seq, ..EventFilter::default() };
        let events = audit::list(&mut tx, tenant, &filter, SHEET).await.unwrap();
        let Some(last) = events.last() else { break };
        before_seq = Some(last.seq);
        for event in events.iter().filter(|event| event.action == Action::PageDrafted.as_str()) {
            *drafted.entry(event.page.expect("an event of a page")).or_default() += 1;
        }
    }
    for page in pages {
        assert_eq!(drafted.get(&page.id), Some(&1), "drafts of page {}", page.id);
    }
}

fn the_queue_is_empty(campaign: &Campaign) {
    let begun = Instant::now();
    loop {
        let status = campaign.status();
        let left = ["jobs_waiting", "jobs_delayed", "jobs_in_hand", "dead", "outbox"]
            .map(|name| status[name].as_u64());
        // RabbitMQ does not tell what is in hand.
        if left.iter().all(|left| left.unwrap_or_default() == 0) && left[0].is_some() {
            return;
        }
        assert!(begun.elapsed() < NO_PROGRESS, "jobs stay in the queue: {status}");
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// All parts stop in order, and no process of theirs is left.
fn nobody_is_left(campaign: &Campaign) {
    let pids: Vec<u32> = (0..=3).filter_map(|part| campaign.parts.pid(part)).collect();
    let dead: Vec<u32> = pids
        .iter()
        .flat_map(|&pid| parts::children(pid))
        .filter_map(|(child, state)| (state == 'Z').then_some(child))
        .collect();
    assert!(dead.is_empty(), "zombies: {dead:?}");
    assert!(campaign.parts.stop_all(STOPS_WITHIN), "{}", campaign.everything());
    let reader = campaign.at("read").display().to_string();
    let begun = Instant::now();
    while !readers_that_log_into(&reader).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(10), "reading processes outlive all");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Reading processes of this campaign: they know its folder by their environment.
fn readers_that_log_into(folder: &str) -> Vec<u32> {
    let mine = parts::running(&["read-child"]);
    let is_mine = |pid: &u32| {
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(folder)
    };
    mine.into_iter().filter(is_mine).collect()
}
