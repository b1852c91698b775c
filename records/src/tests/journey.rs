//! A page on its way, and who is in the way of whom.

use chart::{Role, Stage, TransitionRefused};

use super::{
    Clinic,
    clinic::{another, at, draft},
    on_both,
};
use crate::{
    RecordsError, Refusal, findings, outbox,
    pages::{self},
    readings,
};

on_both! {
    async fn a_page_goes_from_intake_to_the_record(clinic: Clinic) {
        let page = clinic.received().await;
        assert_eq!(clinic.page(page).await.state.stage(), Stage::Received);

        let mut tx = clinic.begin().await;
        let jobs = outbox::unpublished(&mut tx, 10).await.unwrap();
        assert_eq!(jobs.len(), 1);
        assert_eq!(jobs[0].page, page);
        outbox::mark_published(&mut tx, &[jobs[0].id], at(1)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(clinic.page(page).await.state.stage(), Stage::Queued);

        let mut tx = clinic.begin().await;
        pages::start_reading(&mut tx, clinic.tenant, page, at(2)).await.unwrap();
        let draft = draft();
        let drafted = pages::save_draft(&mut tx, clinic.tenant, page, &draft, at(3));
        let drafted = drafted.await.unwrap();
        assert_eq!(drafted.patient_name.as_deref(), Some("見本 花子"));
        let opened =
            pages::open(&mut tx, clinic.tenant, page, drafted.version, clinic.clerk, at(4));
        let opened = opened.await.unwrap();
        assert_eq!(opened.state_by_name.as_deref(), Some("clerkさん"));
        let handed_over = pages::hand_over(
            &mut tx,
            clinic.tenant,
            page,
            opened.version,
            clinic.clerk,
            Some("用量が読みにくいです"),
            at(5),
        );
        let handed_over = handed_over.await.unwrap();
        assert_eq!(handed_over.note.as_deref(), Some("用量が読みにくいです"));
        let confirmed = pages::confirm(
            &mut tx,
            clinic.tenant,
            page,
            handed_over.version,
            clinic.clinician,
            at(6),
        );
        let confirmed = confirmed.await.unwrap();
        assert_eq!(confirmed.page.state.stage(), Stage::Committed);
        assert_eq!(confirmed.records.len(), 3);
        tx.commit().await.unwrap();
    }

    async fn a_page_keeps_what_it_was_read_as(clinic: Clinic) {
        let page = clinic.drafted().await;
        let mut tx = clinic.read().await;
        let readings = readings::of_page(&mut tx, clinic.tenant, page.id).await.unwrap();
        assert_eq!(readings.len(), 1);
        assert_eq!(readings[0].text, draft().reading.text);
        assert_eq!(readings[0].elapsed, draft().reading.elapsed);
    }

    async fn a_second_delivery_writes_nothing(clinic: Clinic) {
        let page = clinic.drafted().await;
        let mut tx = clinic.begin().await;
        let again = pages::save_draft(&mut tx, clinic.tenant, page.id, &draft(), at(9)).await;
        assert!(matches!(
            again,
            Err(RecordsError::Refused(Refusal::Transition(TransitionRefused::State { .. })))
        ));
        assert!(pages::start_reading(&mut tx, clinic.tenant, page.id, at(9)).await.is_err());
        tx.commit().await.unwrap();
        assert_eq!(clinic.findings(page.id).await.len(), 3);
        assert_eq!(clinic.page(page.id).await, page);
    }

    async fn whoever_is_slower_is_told_by_whom_and_when(clinic: Clinic) {
        let page = clinic.drafted().await;
        let mut tx = clinic.begin().await;
        pages::open(&mut tx, clinic.tenant, page.id, page.version, clinic.clerk, at(60))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut tx = clinic.begin().await;
        let slower =
            pages::open(&mut tx, clinic.tenant, page.id, page.version, clinic.clinician, at(61));
        let Err(RecordsError::Conflict(conflict)) = slower.await else { panic!("no conflict") };
        assert_eq!(conflict.changed_by, Some(clinic.clerk.user));
        assert_eq!(conflict.changed_by_name.as_deref(), Some("clerkさん"));
        assert_eq!(conflict.changed_at, at(60));
    }

    async fn opening_ones_own_review_again_changes_nothing(clinic: Clinic) {
        let page = clinic.in_review().await;
        let mut tx = clinic.begin().await;
        let again =
            pages::open(&mut tx, clinic.tenant, page.id, page.version, clinic.clerk, at(60));
        assert_eq!(again.await.unwrap(), page);
        let taken_over =
            pages::open(&mut tx, clinic.tenant, page.id, page.version, clinic.clinician, at(61));
        assert_eq!(taken_over.await.unwrap().version, page.version + 1);
    }

    async fn a_page_that_is_sent_back_says_why(clinic: Clinic) {
        let page = clinic.in_review().await;
        let mut tx = clinic.begin().await;
        let page = pages::hand_over(
            &mut tx, clinic.tenant, page.id, page.version, clinic.clerk, Some("  "), at(5),
        );
        let page = page.await.unwrap();
        assert_eq!(page.note, None);
        let empty = pages::send_back(
            &mut tx, clinic.tenant, page.id, page.version, clinic.clinician, " ", at(6),
        );
        assert!(matches!(
            empty.await,
            Err(RecordsError::Refused(Refusal::ReasonMissing))
        ));
        let page = pages::send_back(
            &mut tx, clinic.tenant, page.id, page.version, clinic.clinician, "日数が違います", at(6),
        );
        let page = page.await.unwrap();
        assert_eq!(page.state.stage(), Stage::InReview);
        assert_eq!(page.note.as_deref(), Some("日数が違います"));
    }

    async fn an_unreadable_page_can_be_read_again_or_typed_in(clinic: Clinic) {
        let page = clinic.received().await;
        let mut tx = clinic.begin().await;
        let given_up = pages::give_up(&mut tx, clinic.tenant, page, "時間切れ", at(1));
        let given_up = given_up.await.unwrap();
        assert_eq!(given_up.state.reason(), Some("時間切れ"));
        let retried =
            pages::retry(&mut tx, clinic.tenant, page, given_up.version, clinic.clerk, at(2));
        assert_eq!(retried.await.unwrap().state.stage(), Stage::Received);
        assert_eq!(outbox::unpublished(&mut tx, 10).await.unwrap().len(), 2);
        let given_up = pages::give_up(&mut tx, clinic.tenant, page, "時間切れ", at(3));
        let version = given_up.await.unwrap().version;
        let typed = pages::open(&mut tx, clinic.tenant, page, version, clinic.clerk, at(4));
        assert_eq!(typed.await.unwrap().state.stage(), Stage::InReview);
    }

    async fn a_rejected_page_keeps_its_reason_and_is_not_read(clinic: Clinic) {
        let page = clinic.received().await;
        let version = clinic.page(page).await.version;
        let mut tx = clinic.begin().await;
        let rejected = pages::reject(
            &mut tx, clinic.tenant, page, version, clinic.clerk, "領収書", at(1),
        );
        assert_eq!(rejected.await.unwrap().state.reason(), Some("領収書"));
        assert!(pages::start_reading(&mut tx, clinic.tenant, page, at(2)).await.is_err());
        tx.commit().await.unwrap();
        assert_eq!(clinic.page(page).await.state.stage(), Stage::Rejected);
    }

    async fn a_patient_may_object_before_the_page_is_committed(clinic: Clinic) {
        let page = clinic.in_review().await;
        let mut tx = clinic.begin().await;
        let withdrawn = pages::withdraw(
            &mut tx, clinic.tenant, page.id, page.version, clinic.clinician, "本人の申出", at(9),
        );
        assert_eq!(withdrawn.await.unwrap().state.stage(), Stage::Withdrawn);
    }

    async fn an_administrator_neither_corrects_nor_confirms(clinic: Clinic) {
        let page = clinic.in_review().await;
        let mut tx = clinic.begin().await;
        let confirmed = pages::confirm(
            &mut tx, clinic.tenant, page.id, page.version, clinic.administrator, at(9),
        );
        assert!(matches!(
            confirmed.await,
            Err(RecordsError::Refused(Refusal::Transition(TransitionRefused::Role {
                role: Role::Administrator,
                to: Stage::Committed,
            })))
        ));
        let handed_over = pages::hand_over(
            &mut tx, clinic.tenant, page.id, page.version, clinic.administrator, None, at(9),
        );
        assert!(handed_over.await.is_err());
    }

    async fn another_clinics_page_does_not_exist(clinic: Clinic) {
        let page = clinic.in_review().await;
        let (other, clerk) = another(&clinic.db, "別の診療所").await;
        let mut tx = clinic.begin().await;
        assert_eq!(pages::find(&mut tx, other, page.id).await.unwrap(), None);
        let opened = pages::open(&mut tx, other, page.id, page.version, clerk, at(9)).await;
        assert!(matches!(opened, Err(RecordsError::NotFound { what: "page", .. })));
        assert!(findings::of_page(&mut tx, other, page.id).await.unwrap().is_empty());
        assert!(readings::of_page(&mut tx, other, page.id).await.unwrap().is_empty());
    }
}
