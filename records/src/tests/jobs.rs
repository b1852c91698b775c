//! The embedded queue.

use std::time::Duration;

use chart::{PageId, Stage, TenantId, Timestamp};

use super::{
    Clinic,
    clinic::{another, at, draft},
    on_both,
};
use crate::{
    Job, JobKind, Priority, Tx,
    audit::Author,
    jobs::{self, Claim, Leased, RETURNS_LIMIT},
    pages,
};

const LEASE: Duration = Duration::from_secs(30);
const LIMIT: u32 = 3;

async fn claim(tx: &mut Tx, limit: u32, now: Timestamp) -> Claim {
    jobs::claim(tx, JobKind::ReadPage, limit, LEASE, LIMIT, now).await.unwrap()
}

async fn one(tx: &mut Tx, now: Timestamp) -> Leased {
    let mut leased = claim(tx, 1, now).await.leased;
    assert_eq!(leased.len(), 1);
    leased.remove(0)
}

/// A job for a page that need not be there.
async fn put(tx: &mut Tx, tenant: TenantId, priority: Priority, now: Timestamp) -> Job {
    let job = Job::read_page(tenant, PageId::new(now), priority, now);
    assert_eq!(jobs::insert_if_absent(tx, &[job], now).await.unwrap(), 1);
    job
}

/// A job for a page that is there.
async fn put_for_page(clinic: &Clinic) -> Job {
    let page = clinic.received().await;
    let mut tx = clinic.begin().await;
    let job = Job::read_page(clinic.tenant, page, Priority::Normal, at(0));
    jobs::insert_if_absent(&mut tx, &[job], at(0)).await.unwrap();
    tx.commit().await.unwrap();
    job
}

on_both! {
    async fn of_many_jobs_those_that_are_there_already_are_left_as_they_are(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        let first = put(&mut tx, clinic.tenant, Priority::Awaited, at(0)).await;
        let leased = one(&mut tx, at(1)).await;
        let other = |priority| Job::read_page(clinic.tenant, PageId::new(at(0)), priority, at(0));
        let jobs = [other(Priority::Bulk), first, other(Priority::Normal)];
        assert_eq!(jobs::insert_if_absent(&mut tx, &jobs, at(2)).await.unwrap(), 2);
        let others = claim(&mut tx, 9, at(2)).await.leased;
        let others: Vec<Job> = others.into_iter().map(|leased| leased.job).collect();
        assert_eq!(others, [jobs[2], jobs[0]], "the more urgent goes first");
        assert!(jobs::complete(&mut tx, &leased.lease).await.unwrap());
    }

    async fn a_job_is_handed_out_once_and_gone_when_done(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        let job = put(&mut tx, clinic.tenant, Priority::Normal, at(0)).await;
        assert_eq!(jobs::insert_if_absent(&mut tx, &[job], at(0)).await.unwrap(), 0);
        let leased = one(&mut tx, at(1)).await;
        assert_eq!((leased.job, leased.attempt), (job, 1));
        assert!(claim(&mut tx, 9, at(2)).await.leased.is_empty());
        let depth = jobs::depth(&mut tx, None, at(2)).await.unwrap();
        assert_eq!((depth.waiting, depth.leased, depth.dead), (0, 1, 0));
        assert!(jobs::complete(&mut tx, &leased.lease).await.unwrap());
        assert!(!jobs::complete(&mut tx, &leased.lease).await.unwrap());
        assert_eq!(jobs::depth(&mut tx, None, at(2)).await.unwrap(), jobs::Depth::default());
    }

    async fn a_worker_that_died_loses_the_job_when_its_lease_ends(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        put(&mut tx, clinic.tenant, Priority::Normal, at(0)).await;
        let dead = one(&mut tx, at(0)).await;
        assert!(jobs::extend(&mut tx, &dead.lease, LEASE, at(20)).await.unwrap());
        assert!(claim(&mut tx, 1, at(49)).await.leased.is_empty());
        let next = one(&mut tx, at(50)).await;
        assert_eq!((next.job, next.attempt), (dead.job, 1), "a death is no attempt");
        // It comes back from the dead and has no say any more.
        assert!(!jobs::extend(&mut tx, &dead.lease, LEASE, at(51)).await.unwrap());
        assert!(!jobs::release(&mut tx, &dead.lease, LEASE, "x", at(51)).await.unwrap());
        assert!(!jobs::bury(&mut tx, &dead.lease, "x", at(51)).await.unwrap());
        assert!(!jobs::complete(&mut tx, &dead.lease).await.unwrap());
        assert!(jobs::complete(&mut tx, &next.lease).await.unwrap());
    }

    async fn a_job_given_back_comes_when_it_was_said_to(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        put(&mut tx, clinic.tenant, Priority::Normal, at(0)).await;
        let leased = one(&mut tx, at(0)).await;
        let delay = Duration::from_secs(100);
        let reason = "engine crashed";
        assert!(jobs::release(&mut tx, &leased.lease, delay, reason, at(0)).await.unwrap());
        assert!(claim(&mut tx, 1, at(99)).await.leased.is_empty());
        assert_eq!(jobs::depth(&mut tx, None, at(99)).await.unwrap().waiting, 1);
        assert_eq!(one(&mut tx, at(100)).await.attempt, 2);
    }

    async fn a_worker_that_shuts_down_costs_no_attempt(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        put(&mut tx, clinic.tenant, Priority::Normal, at(0)).await;
        let leased = one(&mut tx, at(0)).await;
        assert!(jobs::hand_back(&mut tx, &leased.lease).await.unwrap());
        assert_eq!(one(&mut tx, at(1)).await.attempt, 1);
    }

    async fn a_page_that_no_worker_survives_becomes_unreadable(clinic: Clinic) {
        let job = put_for_page(&clinic).await;
        let mut tx = clinic.begin().await;
        pages::start_reading(&mut tx, clinic.tenant, job.page, at(0)).await.unwrap();
        for delivery in 1..=RETURNS_LIMIT {
            assert_eq!(one(&mut tx, at(i64::from(delivery) * 100)).await.attempt, 1);
        }
        let last = claim(&mut tx, 1, at(9000)).await;
        assert!(last.leased.is_empty());
        assert_eq!(last.buried.len(), 1);
        assert_eq!(last.buried[0].job, job);
        assert!(claim(&mut tx, 1, at(9999)).await.buried.is_empty());
        tx.commit().await.unwrap();
        let page = clinic.page(job.page).await;
        assert_eq!(page.state.stage(), Stage::Unreadable);
        assert!(page.state.reason().unwrap().contains("20 times"));
    }

    async fn workers_that_die_cost_a_page_no_attempt(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        put(&mut tx, clinic.tenant, Priority::Normal, at(0)).await;
        let mut now = 0;
        let mut attempts = Vec::new();
        for _ in 1..=LIMIT {
            for _death in 0..7 {
                now += 100;
                one(&mut tx, at(now)).await;
            }
            now += 100;
            let leased = one(&mut tx, at(now)).await;
            attempts.push(leased.attempt);
            let none = Duration::ZERO;
            assert!(jobs::release(&mut tx, &leased.lease, none, "x", at(now)).await.unwrap());
        }
        assert_eq!(attempts, (1..=LIMIT).collect::<Vec<_>>());
        let last = claim(&mut tx, 1, at(now + 100)).await;
        assert!(last.leased.is_empty());
        assert_eq!(last.buried[0].attempts, LIMIT);
    }

    async fn a_buried_job_takes_its_page_with_it_and_can_be_sent_back(clinic: Clinic) {
        let job = put_for_page(&clinic).await;
        let mut tx = clinic.begin().await;
        let leased = one(&mut tx, at(0)).await;
        assert!(jobs::bury(&mut tx, &leased.lease, "no such language", at(1)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(clinic.page(job.page).await.state.reason(), Some("no such language"));
        let mut tx = clinic.begin().await;
        for tenant in [Some(clinic.tenant), None] {
            let dead = jobs::dead_list(&mut tx, tenant, 9).await.unwrap();
            assert_eq!(dead.len(), 1);
            assert_eq!((dead[0].job, dead[0].reason.as_str()), (job, "no such language"));
        }
        assert_eq!(jobs::depth(&mut tx, None, at(2)).await.unwrap().dead, 1);
        assert!(jobs::retry_dead(&mut tx, job.id, Author::Program, at(3)).await.unwrap());
        assert!(!jobs::retry_dead(&mut tx, job.id, Author::Program, at(3)).await.unwrap());
        assert!(jobs::dead_list(&mut tx, None, 9).await.unwrap().is_empty());
        tx.commit().await.unwrap();
        assert_eq!(clinic.page(job.page).await.state.stage(), Stage::Received);
    }

    async fn a_dead_job_whose_page_was_typed_in_is_not_sent_back(clinic: Clinic) {
        let job = put_for_page(&clinic).await;
        let mut tx = clinic.begin().await;
        let leased = one(&mut tx, at(0)).await;
        jobs::bury(&mut tx, &leased.lease, "blurred", at(1)).await.unwrap();
        let page = pages::find(&mut tx, clinic.tenant, job.page).await.unwrap().unwrap();
        pages::open(&mut tx, clinic.tenant, page.id, page.version, clinic.clerk, at(2))
            .await
            .unwrap();
        assert!(!jobs::retry_dead(&mut tx, job.id, Author::Program, at(3)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(clinic.page(job.page).await.state.stage(), Stage::InReview);
    }

    async fn a_page_sent_again_by_hand_forgets_its_dead_job(clinic: Clinic) {
        let job = put_for_page(&clinic).await;
        let mut tx = clinic.begin().await;
        let leased = one(&mut tx, at(0)).await;
        jobs::bury(&mut tx, &leased.lease, "blurred", at(1)).await.unwrap();
        let page = pages::find(&mut tx, clinic.tenant, job.page).await.unwrap().unwrap();
        pages::retry(&mut tx, clinic.tenant, page.id, page.version, clinic.clerk, at(2))
            .await
            .unwrap();
        assert!(jobs::dead_list(&mut tx, None, 9).await.unwrap().is_empty());
    }

    async fn ten_pages_do_not_wait_behind_a_thousand(clinic: Clinic) {
        let (small, _) = another(&clinic.db, "小さな診療所").await;
        let mut tx = clinic.begin().await;
        for _ in 0..200 {
            put(&mut tx, clinic.tenant, Priority::Awaited, at(0)).await;
        }
        for _ in 0..10 {
            put(&mut tx, small, Priority::Bulk, at(1)).await;
        }
        let claimed = claim(&mut tx, 20, at(2)).await.leased;
        let of_small = claimed.iter().filter(|leased| leased.job.tenant == small).count();
        assert_eq!(of_small, 10);
        // One at a time, too.
        for _ in 0..10 {
            put(&mut tx, small, Priority::Bulk, at(3)).await;
        }
        let mut of_small = 0;
        for _ in 0..20 {
            let leased = one(&mut tx, at(4)).await;
            of_small += usize::from(leased.job.tenant == small);
            jobs::complete(&mut tx, &leased.lease).await.unwrap();
        }
        assert_eq!(of_small, 10);
    }

    async fn within_a_clinic_the_urgent_comes_first_then_the_oldest(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        let old = put(&mut tx, clinic.tenant, Priority::Bulk, at(0)).await;
        let young = put(&mut tx, clinic.tenant, Priority::Bulk, at(1)).await;
        let urgent = put(&mut tx, clinic.tenant, Priority::Awaited, at(2)).await;
        let order: Vec<Job> =
            claim(&mut tx, 9, at(3)).await.leased.iter().map(|leased| leased.job).collect();
        assert_eq!(order, [urgent, old, young]);
        let depth = jobs::depth(&mut tx, Some(clinic.tenant), at(3)).await.unwrap();
        assert_eq!(depth.leased, 3);
        assert!(!jobs::is_any_available(&mut tx, LEASE, at(3)).await.unwrap());
        assert!(jobs::is_any_available(&mut tx, LEASE, at(100)).await.unwrap());
        assert_eq!(jobs::count_available(&mut tx, LEASE, at(100)).await.unwrap(), 3);
    }

    async fn a_job_whose_page_has_moved_on_leaves_no_dead_letter(clinic: Clinic) {
        let job = put_for_page(&clinic).await;
        let mut tx = clinic.begin().await;
        pages::start_reading(&mut tx, clinic.tenant, job.page, at(0)).await.unwrap();
        pages::save_draft(&mut tx, clinic.tenant, job.page, &draft(), at(0)).await.unwrap();
        // Nobody could say that it was done: the disk was full.
        for delivery in 1..=RETURNS_LIMIT {
            one(&mut tx, at(i64::from(delivery) * 100)).await;
        }
        let last = claim(&mut tx, 1, at(9000)).await;
        assert!(last.leased.is_empty() && last.buried.is_empty());
        assert_eq!(jobs::depth(&mut tx, None, at(9000)).await.unwrap(), jobs::Depth::default());
    }

    async fn a_clock_that_is_set_back_keeps_no_job_waiting(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        for _ in 0..2 {
            put(&mut tx, clinic.tenant, Priority::Normal, at(0)).await;
        }
        // Just before the clock is set back, one worker dies and another puts its job off.
        let day = 24 * 3600;
        let dead = one(&mut tx, at(day)).await;
        let put_off = one(&mut tx, at(day)).await;
        let delay = jobs::LONGEST_DELAY;
        jobs::release(&mut tx, &put_off.lease, delay, "x", at(day)).await.unwrap();
        assert!(jobs::is_any_available(&mut tx, LEASE, at(0)).await.unwrap());
        assert_eq!(one(&mut tx, at(0)).await.job, dead.job);
        assert_eq!(one(&mut tx, at(0)).await.job, put_off.job);
        assert!(claim(&mut tx, 9, at(0)).await.leased.is_empty());
    }
}
