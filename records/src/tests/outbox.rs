//! Jobs on their way to the queue.

use std::time::Duration;

use chart::{JobId, Stage, Timestamp};

use super::{
    Clinic,
    clinic::{another, at, received},
    on_both,
};
use crate::{Job, Priority, outbox, pages};

const LEASE: Duration = Duration::from_secs(30);

fn ids(jobs: &[Job]) -> Vec<JobId> {
    jobs.iter().map(|job| job.id).collect()
}

on_both! {
    async fn what_one_relay_claimed_is_not_anothers_until_it_dies(clinic: Clinic) {
        for _ in 0..3 {
            clinic.received().await;
        }
        let mut tx = clinic.begin().await;
        let first = outbox::claim(&mut tx, Priority::Bulk, 2, LEASE, at(0)).await.unwrap();
        let second = outbox::claim(&mut tx, Priority::Bulk, 9, LEASE, at(1)).await.unwrap();
        assert_eq!((first.len(), second.len()), (2, 1));
        outbox::mark_published(&mut tx, &ids(&second), at(2)).await.unwrap();
        assert!(outbox::claim(&mut tx, Priority::Bulk, 9, LEASE, at(3)).await.unwrap().is_empty());
        let again = outbox::claim(&mut tx, Priority::Bulk, 9, LEASE, at(31)).await.unwrap();
        assert_eq!(ids(&again), ids(&first));
    }

    async fn a_claim_of_before_the_clock_was_set_back_does_not_last(clinic: Clinic) {
        clinic.received().await;
        let mut tx = clinic.begin().await;
        assert_eq!(outbox::claim(&mut tx, Priority::Bulk, 9, LEASE, at(9999)).await.unwrap().len(), 1);
        assert_eq!(outbox::claim(&mut tx, Priority::Bulk, 9, LEASE, at(0)).await.unwrap().len(), 1);
    }

    async fn what_could_not_be_published_is_free_at_once(clinic: Clinic) {
        clinic.received().await;
        let mut tx = clinic.begin().await;
        let claimed = outbox::claim(&mut tx, Priority::Bulk, 9, LEASE, at(0)).await.unwrap();
        outbox::release(&mut tx, &ids(&claimed), at(5)).await.unwrap();
        assert!(outbox::claim(&mut tx, Priority::Bulk, 9, LEASE, at(4)).await.unwrap().is_empty());
        assert_eq!(outbox::claim(&mut tx, Priority::Bulk, 9, LEASE, at(5)).await.unwrap(), claimed);
    }

    async fn a_claim_shares_among_clinics_and_takes_the_urgent_first(clinic: Clinic) {
        let (other, _) = another(&clinic.db, "別の診療所").await;
        let mut tx = clinic.begin().await;
        for _ in 0..10 {
            received(&mut tx, clinic.tenant, Priority::Bulk).await;
        }
        let urgent = received(&mut tx, clinic.tenant, Priority::Awaited).await;
        for _ in 0..2 {
            received(&mut tx, other, Priority::Bulk).await;
        }
        tx.commit().await.unwrap();
        let mut tx = clinic.begin().await;
        let claimed = outbox::claim(&mut tx, Priority::Bulk, 6, LEASE, at(0)).await.unwrap();
        assert_eq!(claimed[0].page, urgent);
        let of_other = claimed.iter().filter(|job| job.tenant == other).count();
        assert_eq!((claimed.len(), of_other), (6, 2));
    }

    async fn a_worker_that_was_faster_than_the_relay_is_not_set_back(clinic: Clinic) {
        let page = clinic.received().await;
        let mut tx = clinic.begin().await;
        let claimed = outbox::claim(&mut tx, Priority::Bulk, 9, LEASE, at(0)).await.unwrap();
        pages::start_reading(&mut tx, clinic.tenant, page, at(1)).await.unwrap();
        outbox::mark_published(&mut tx, &ids(&claimed), at(2)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(clinic.page(page).await.state.stage(), Stage::Reading);
    }

    async fn the_backlog_is_counted_and_what_is_through_is_forgotten(clinic: Clinic) {
        clinic.received().await;
        clinic.received().await;
        let mut tx = clinic.begin().await;
        let claimed = outbox::claim(&mut tx, Priority::Bulk, 1, LEASE, at(0)).await.unwrap();
        outbox::mark_published(&mut tx, &ids(&claimed), at(10)).await.unwrap();
        for tenant in [Some(clinic.tenant), None] {
            assert_eq!(outbox::backlog(&mut tx, tenant).await.unwrap(), (1, Some(at(0))));
        }
        assert_eq!(outbox::forget_published(&mut tx, at(10)).await.unwrap(), 0);
        assert_eq!(outbox::forget_published(&mut tx, at(11)).await.unwrap(), 1);
        assert_eq!(outbox::unpublished(&mut tx, 9).await.unwrap().len(), 1);
    }

    async fn what_the_queue_lost_is_published_once_more(clinic: Clinic) {
        clinic.drafted().await;
        let forgotten = clinic.received().await;
        publish_all(&clinic, at(3)).await;
        let mut tx = clinic.begin().await;
        outbox::forget_published(&mut tx, at(4)).await.unwrap();
        tx.commit().await.unwrap();
        let reading = clinic.received().await;
        let queued = clinic.received().await;
        publish_all(&clinic, at(5)).await;
        let waiting = clinic.received().await;
        let mut tx = clinic.begin().await;
        pages::start_reading(&mut tx, clinic.tenant, reading, at(6)).await.unwrap();
        assert_eq!(outbox::refill(&mut tx, at(7)).await.unwrap(), 3);
        let claimed = outbox::claim(&mut tx, Priority::Bulk, 9, LEASE, at(8)).await.unwrap();
        let mut pages: Vec<_> = claimed.iter().map(|job| job.page).collect();
        pages.sort_unstable();
        let mut unread = [forgotten, reading, queued, waiting];
        unread.sort_unstable();
        assert_eq!(pages, unread);
        assert!(claimed.iter().all(|job| job.priority == Priority::Normal));
        outbox::mark_published(&mut tx, &ids(&claimed), at(9)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(clinic.page(reading).await.state.stage(), Stage::Reading);
    }
}

async fn publish_all(clinic: &Clinic, now: Timestamp) {
    let mut tx = clinic.begin().await;
    let claimed = outbox::claim(&mut tx, Priority::Bulk, 9, LEASE, now).await.unwrap();
    outbox::mark_published(&mut tx, &ids(&claimed), now).await.unwrap();
    tx.commit().await.unwrap();
}
