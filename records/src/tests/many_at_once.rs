//! Many at once: nothing is lost, nothing is doubled, the chain holds.

use std::{sync::Arc, time::Duration};

use chart::{Actor, PageId, Role, Timestamp};

use super::{
    Clinic,
    clinic::{another, at, draft, says},
    on_both,
};
use crate::{
    JobKind, Priority, RecordsError,
    audit::{self, ChainVerdict},
    findings::{self, Correction, NewFinding},
    jobs, outbox, pages, readings, tenants, users,
};

const WRITERS: usize = 8;
const ROUNDS: usize = 12;

/// Runs `WRITERS` tasks at once and waits for all.
async fn all_at_once<F, Task>(clinic: &Arc<Clinic>, task: F) -> Vec<Task::Output>
where
    F: Fn(Arc<Clinic>, usize) -> Task,
    Task: Future<Output: Send + 'static> + Send + 'static,
{
    let tasks: Vec<_> =
        (0..WRITERS).map(|writer| tokio::spawn(task(Arc::clone(clinic), writer))).collect();
    let mut outputs = Vec::new();
    for task in tasks {
        outputs.push(task.await.unwrap());
    }
    outputs
}

async fn assert_whole(clinic: &Clinic) -> u64 {
    let mut tx = clinic.read().await;
    match audit::verify(&mut tx, clinic.tenant).await.unwrap() {
        ChainVerdict::Whole { events, .. } => events,
        broken @ ChainVerdict::Broken { .. } => panic!("{broken:?}"),
    }
}

/// Corrects the page's medication until it succeeds; how often somebody else was faster.
async fn insist(clinic: &Clinic, page: PageId, actor: Actor, name: &str, now: Timestamp) -> usize {
    let mut beaten = 0;
    loop {
        let finding = clinic.medication(page).await;
        let mut tx = clinic.begin().await;
        let correction = Correction { statement: says(name), bbox: None, reason: None };
        let corrected = findings::correct(
            &mut tx,
            clinic.tenant,
            finding.id,
            finding.version,
            correction,
            actor,
            now,
        );
        match corrected.await {
            Ok(_) => {
                tx.commit().await.unwrap();
                return beaten;
            }
            Err(RecordsError::Conflict(_)) => beaten += 1,
            Err(other) => panic!("{other}"),
        }
    }
}

on_both! {
    async fn no_update_is_lost_and_the_chain_holds(clinic: Clinic) {
        let page = clinic.in_review().await.id;
        let before = assert_whole(&clinic).await;
        let clinic = Arc::new(clinic);
        let beaten = all_at_once(&clinic, move |clinic: Arc<Clinic>, writer: usize| async move {
            let mut beaten = 0;
            for round in 0..ROUNDS {
                let name = format!("薬{writer}の{round}");
                beaten += insist(&clinic, page, clinic.clerk, &name, at(100)).await;
            }
            beaten
        });
        let beaten: usize = beaten.await.into_iter().sum();
        let written = (WRITERS * ROUNDS) as u64;
        let finding = clinic.medication(page).await;
        assert_eq!(finding.version, 1 + written.cast_signed(), "beaten {beaten} times");
        assert_eq!(assert_whole(&clinic).await, before + written);
        let mut tx = clinic.read().await;
        let corrections = crate::corrections::of_page(&mut tx, clinic.tenant, page).await.unwrap();
        assert_eq!(corrections.len() as u64, written);
        // Each started from what another one left.
        for correction in &corrections {
            let successors = corrections.iter().filter(|next| next.before == correction.after);
            assert!(successors.count() <= 1);
        }
    }

    async fn appending_to_one_chain_from_many_sides_does_not_fork_it(clinic: Clinic) {
        let (other, _) = another(&clinic.db, "別の診療所").await;
        let before = assert_whole(&clinic).await;
        let clinic = Arc::new(clinic);
        all_at_once(&clinic, move |clinic: Arc<Clinic>, writer: usize| async move {
            for round in 0..ROUNDS {
                let mut tx = clinic.begin().await;
                let tenant = if writer % 4 == 3 { other } else { clinic.tenant };
                let page = PageId::new(at(0));
                audit::page_viewed(&mut tx, tenant, page, clinic.clerk, at(1)).await.unwrap();
                // Every third is taken back, and must leave no gap.
                if round % 3 == 2 { tx.rollback().await } else { tx.commit().await }.unwrap();
            }
        }).await;
        let kept = (WRITERS * 3 / 4 * ROUNDS * 2 / 3) as u64;
        assert_eq!(assert_whole(&clinic).await, before + kept);
        let mut tx = clinic.read().await;
        let others = audit::verify(&mut tx, other).await.unwrap();
        assert!(matches!(others, ChainVerdict::Whole { .. }), "{others:?}");
    }

    async fn of_many_who_confirm_one_page_one_does(clinic: Clinic) {
        let page = clinic.in_review().await;
        let clinic = Arc::new(clinic);
        let (id, seen) = (page.id, page.version);
        let confirmed = all_at_once(&clinic, move |clinic: Arc<Clinic>, _| async move {
            let mut tx = clinic.begin().await;
            let confirmed =
                pages::confirm(&mut tx, clinic.tenant, id, seen, clinic.clinician, at(100)).await;
            match confirmed {
                Ok(_) => {
                    tx.commit().await.unwrap();
                    true
                }
                Err(RecordsError::Conflict(conflict)) => {
                    assert_eq!(conflict.changed_by, Some(clinic.clinician.user));
                    false
                }
                Err(other) => panic!("{other}"),
            }
        });
        assert_eq!(confirmed.await.into_iter().filter(|confirmed| *confirmed).count(), 1);
        let mut tx = clinic.read().await;
        let records = crate::committed::of_page(&mut tx, clinic.tenant, id).await.unwrap();
        assert_eq!(records.len(), 3);
    }

    async fn many_add_to_one_page_and_none_is_lost(clinic: Clinic) {
        let page = clinic.in_review().await.id;
        let clinic = Arc::new(clinic);
        all_at_once(&clinic, move |clinic: Arc<Clinic>, writer: usize| async move {
            for round in 0..ROUNDS {
                let statement = says(&format!("薬{writer}の{round}"));
                let new = NewFinding { statement, surface: String::new(), bbox: None };
                let mut tx = clinic.begin().await;
                findings::add(&mut tx, clinic.tenant, page, new, clinic.clerk, at(100))
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
            }
        }).await;
        let findings = clinic.findings(page).await;
        assert_eq!(findings.len(), 3 + WRITERS * ROUNDS);
        let positions: Vec<u32> = findings.iter().map(|finding| finding.position).collect();
        assert_eq!(positions, (1..=findings.len() as u32).collect::<Vec<_>>());
        assert_whole(&clinic).await;
    }

    async fn relays_and_workers_at_once_read_every_page_once(clinic: Clinic) {
        const PAGES: usize = 24;
        for _ in 0..PAGES {
            clinic.received().await;
        }
        let clinic = Arc::new(clinic);
        // Half relay, half work, until every page is read.
        all_at_once(&clinic, move |clinic: Arc<Clinic>, writer: usize| async move {
            loop {
                let mut tx = clinic.read().await;
                let read = readings::pace(&mut tx, None, at(0)).await.unwrap().pages;
                drop(tx);
                if read >= PAGES as u64 {
                    break;
                }
                let progress =
                    if writer.is_multiple_of(2) { relay(&clinic).await } else { work(&clinic).await };
                if !progress {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
        }).await;
        let mut tx = clinic.read().await;
        let read = readings::pace(&mut tx, None, at(0)).await.unwrap().pages;
        assert_eq!(read, PAGES as u64);
        assert_eq!(jobs::depth(&mut tx, None, at(0)).await.unwrap(), jobs::Depth::default());
        assert_eq!(outbox::backlog(&mut tx, None).await.unwrap().0, 0);
        assert_whole(&clinic).await;
    }

    async fn of_two_administrators_who_take_each_other_away_one_stays(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        let (first, second) = (clinic.administrator, clinic.clerk);
        users::set_role(&mut tx, clinic.tenant, second.user, Role::Administrator, first, at(1))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let clinic = Arc::new(clinic);
        let done = all_at_once(&clinic, move |clinic: Arc<Clinic>, writer: usize| async move {
            let (leaving, by) = if writer.is_multiple_of(2) { (first, second) } else { (second, first) };
            let mut tx = clinic.begin().await;
            let user = leaving.user;
            let done = users::set_active(&mut tx, clinic.tenant, user, false, by, at(2)).await;
            tx.commit().await.unwrap();
            done.is_ok()
        });
        assert!(done.await.contains(&true));
        let mut tx = clinic.read().await;
        let people = users::list(&mut tx, clinic.tenant).await.unwrap();
        let administrators =
            people.iter().filter(|user| user.active && user.role == Role::Administrator);
        assert_eq!(administrators.count(), 1);
    }

    async fn of_many_who_found_one_clinic_one_does(clinic: Clinic) {
        let clinic = Arc::new(clinic);
        let founded = all_at_once(&clinic, move |clinic: Arc<Clinic>, _| async move {
            let mut tx = clinic.begin().await;
            let founded = tenants::create(&mut tx, "新しい診療所", at(0)).await.is_ok();
            tx.commit().await.unwrap();
            founded
        });
        assert_eq!(founded.await.into_iter().filter(|founded| *founded).count(), 1);
    }
}

async fn relay(clinic: &Clinic) -> bool {
    let mut tx = clinic.begin().await;
    let claimed =
        outbox::claim(&mut tx, Priority::Bulk, 5, Duration::from_mins(1), at(1)).await.unwrap();
    jobs::insert_if_absent(&mut tx, &claimed, at(1)).await.unwrap();
    let ids: Vec<_> = claimed.iter().map(|job| job.id).collect();
    outbox::mark_published(&mut tx, &ids, at(1)).await.unwrap();
    tx.commit().await.unwrap();
    !claimed.is_empty()
}

async fn work(clinic: &Clinic) -> bool {
    let mut tx = clinic.begin().await;
    let lease = Duration::from_mins(1);
    let claim = jobs::claim(&mut tx, JobKind::ReadPage, 2, lease, 3, at(2)).await.unwrap();
    tx.commit().await.unwrap();
    for leased in &claim.leased {
        assert_eq!(leased.attempt, 1);
        let page = leased.job.page;
        let mut tx = clinic.begin().await;
        pages::start_reading(&mut tx, clinic.tenant, page, at(3)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = clinic.begin().await;
        pages::save_draft(&mut tx, clinic.tenant, page, &draft(), at(4)).await.unwrap();
        assert!(jobs::complete(&mut tx, &leased.lease).await.unwrap());
        tx.commit().await.unwrap();
    }
    !claim.leased.is_empty()
}
