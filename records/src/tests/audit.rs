//! The chain shows every change that was made behind its back.

use super::{
    Clinic,
    clinic::{another, at},
    on_both,
};
use crate::{
    audit::{self, Action, ChainFault, ChainVerdict, EventFilter},
    db::Pools,
};

async fn verdict(clinic: &Clinic) -> ChainVerdict {
    audit::verify(&mut clinic.read().await, clinic.tenant).await.unwrap()
}

/// Does what nobody may: with the triggers gone.
async fn tamper(clinic: &Clinic, statements: &[&'static str]) {
    let disarm: &[&str] = match clinic.db.pools {
        Pools::Sqlite { .. } => {
            &["drop trigger audit_event_is_not_changed", "drop trigger audit_event_is_not_deleted"]
        }
        Pools::Postgres(_) => &["drop trigger audit_event_is_not_changed on audit_event"],
    };
    let mut tx = clinic.begin().await;
    for statement in disarm.iter().chain(statements) {
        execute!(tx, *statement).unwrap();
    }
    tx.commit().await.unwrap();
}

fn broken(seq: u64, fault: ChainFault) -> ChainVerdict {
    ChainVerdict::Broken { seq, fault }
}

on_both! {
    async fn an_untouched_chain_is_whole(clinic: Clinic) {
        clinic.in_review().await;
        let ChainVerdict::Whole { events, head } = verdict(&clinic).await else { panic!() };
        // Clinic, three people, scan, page, started, drafted, opened.
        assert_eq!(events, 9);
        assert_eq!(head.len(), 64);
    }

    async fn a_changed_event_shows(clinic: Clinic) {
        clinic.in_review().await;
        tamper(&clinic, &["update audit_event set user_id = null where seq = 9"]).await;
        assert_eq!(verdict(&clinic).await, broken(9, ChainFault::Altered));
    }

    async fn a_changed_event_shows_even_with_a_new_hash(clinic: Clinic) {
        clinic.in_review().await;
        // A forger who computes the hash of the forged event would have to forge all after it.
        let mut tx = clinic.read().await;
        let all = EventFilter::default();
        let events = audit::list(&mut tx, clinic.tenant, &all, 100).await.unwrap();
        drop(tx);
        let of = |seq| events.iter().find(|event| event.seq == seq).unwrap();
        assert_ne!(of(5).hash, of(6).hash);
        tamper(&clinic, &["update audit_event set hash = previous_hash where seq = 5"]).await;
        assert_eq!(verdict(&clinic).await, broken(5, ChainFault::Altered));
    }

    async fn a_deleted_event_shows(clinic: Clinic) {
        clinic.in_review().await;
        tamper(&clinic, &["delete from audit_event where seq = 7"]).await;
        assert_eq!(verdict(&clinic).await, broken(7, ChainFault::Missing));
    }

    async fn a_deleted_event_shows_even_when_the_others_close_up(clinic: Clinic) {
        clinic.in_review().await;
        tamper(&clinic, &[
            "delete from audit_event where seq = 7",
            "update audit_event set seq = 7 where seq = 8",
            "update audit_event set seq = 8 where seq = 9",
        ]).await;
        assert_eq!(verdict(&clinic).await, broken(7, ChainFault::Altered));
    }

    async fn another_order_shows(clinic: Clinic) {
        clinic.in_review().await;
        tamper(&clinic, &[
            "update audit_event set seq = -1 where seq = 7",
            "update audit_event set seq = 7 where seq = 8",
            "update audit_event set seq = 8 where seq = -1",
        ]).await;
        assert_eq!(verdict(&clinic).await, broken(7, ChainFault::Altered));
    }

    async fn an_end_that_was_cut_off_shows(clinic: Clinic) {
        clinic.in_review().await;
        tamper(&clinic, &["delete from audit_event where seq = 9"]).await;
        assert_eq!(verdict(&clinic).await, broken(9, ChainFault::Missing));
    }

    async fn a_chain_cut_off_to_its_root_shows(clinic: Clinic) {
        tamper(&clinic, &["delete from audit_event"]).await;
        assert_eq!(verdict(&clinic).await, broken(1, ChainFault::Missing));
    }

    async fn a_head_that_was_turned_back_shows(clinic: Clinic) {
        clinic.in_review().await;
        tamper(&clinic, &["update audit_head set seq = 8"]).await;
        assert_eq!(verdict(&clinic).await, broken(9, ChainFault::HeadDiffers));
    }

    async fn a_head_that_was_removed_shows_and_stops_the_clinic(clinic: Clinic) {
        clinic.in_review().await;
        tamper(&clinic, &["delete from audit_head"]).await;
        assert_eq!(verdict(&clinic).await, broken(9, ChainFault::HeadDiffers));
        let page = chart::PageId::new(at(0));
        let mut tx = clinic.begin().await;
        let viewed = audit::page_viewed(&mut tx, clinic.tenant, page, clinic.clerk, at(9)).await;
        assert!(viewed.is_err());
    }

    async fn an_event_of_another_clinic_shows(clinic: Clinic) {
        clinic.in_review().await;
        another(&clinic.db, "別の診療所").await;
        tamper(&clinic, &[
            "delete from audit_event where seq > 2 and tenant_id =
                 (select tenant_id from tenant where name = '見本診療所')",
            "update audit_event set seq = 3, tenant_id =
                 (select tenant_id from tenant where name = '見本診療所')
             where seq = 2 and tenant_id <> (select tenant_id from tenant where name = '見本診療所')",
        ]).await;
        assert_eq!(verdict(&clinic).await, broken(3, ChainFault::Altered));
    }

    async fn clinics_have_chains_of_their_own(clinic: Clinic) {
        let (other, _) = another(&clinic.db, "別の診療所").await;
        clinic.in_review().await;
        let mut tx = clinic.read().await;
        let verdict = audit::verify(&mut tx, other).await.unwrap();
        assert!(matches!(verdict, ChainVerdict::Whole { events: 2, .. }), "{verdict:?}");
    }

    async fn looking_at_a_page_is_an_event(clinic: Clinic) {
        let page = clinic.drafted().await;
        let mut tx = clinic.begin().await;
        audit::page_viewed(&mut tx, clinic.tenant, page.id, clinic.clinician, at(50)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = clinic.read().await;
        let filter = EventFilter { page: Some(page.id), ..EventFilter::default() };
        let events = audit::list(&mut tx, clinic.tenant, &filter, 100).await.unwrap();
        let words: Vec<&str> = events.iter().map(|event| event.action.as_str()).collect();
        assert_eq!(words, [
            Action::PageViewed.as_str(),
            "page.drafted",
            "page.reading_started",
            "page.received",
        ]);
        assert_eq!(events[0].user_name.as_deref(), Some("clinicianさん"));
        assert_eq!(events[0].at, at(50));
    }

    async fn events_are_found_by_person_and_subject_and_in_sheets(clinic: Clinic) {
        let page = clinic.in_review().await;
        let mut tx = clinic.read().await;
        let by_clerk = EventFilter { user: Some(clinic.clerk.user), ..EventFilter::default() };
        let events = audit::list(&mut tx, clinic.tenant, &by_clerk, 100).await.unwrap();
        assert_eq!(events.len(), 1);
        let scan = page.scan.to_string();
        let of_scan = EventFilter { subject: Some(&scan), ..EventFilter::default() };
        let events = audit::list(&mut tx, clinic.tenant, &of_scan, 100).await.unwrap();
        assert_eq!(events[0].action, "scan.received");
        let first = audit::list(&mut tx, clinic.tenant, &EventFilter::default(), 4).await.unwrap();
        let next = EventFilter { before_seq: Some(first[3].seq), ..EventFilter::default() };
        let second = audit::list(&mut tx, clinic.tenant, &next, 100).await.unwrap();
        assert_eq!((first.len(), second.len(), second[0].seq), (4, 5, 5));
    }
}
