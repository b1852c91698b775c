//! Drafts and what people make of them.

use chart::{Codes, Content, Diagnosis, Patient, Rect};

use super::{
    Clinic,
    clinic::{another, at, draft, says},
    on_both,
};
use crate::{
    RecordsError, Refusal,
    corrections::{self, CorrectionAction},
    findings::{self, Changed, Correction, NewFinding, Statement},
    pages,
};

fn correction(statement: Statement) -> Correction {
    Correction { statement, bbox: None, reason: None }
}

on_both! {
    async fn a_draft_is_kept_as_it_was_read(clinic: Clinic) {
        let page = clinic.drafted().await;
        let stored = clinic.findings(page.id).await;
        let drafted = draft().findings.into_stored();
        assert_eq!(stored.len(), drafted.len());
        for (stored, drafted) in stored.iter().zip(drafted) {
            assert_eq!(stored.current.content, drafted.content);
            assert_eq!(stored.drafted.as_ref(), Some(&stored.current));
            assert_eq!(stored.confidence, Some(drafted.evidence.confidence));
            assert_eq!(stored.surface, drafted.evidence.surface);
            assert_eq!(stored.bbox.unwrap_or_default(), drafted.evidence.bbox);
            assert!(!stored.was_corrected());
        }
    }

    async fn a_correction_keeps_the_draft_and_says_who(clinic: Clinic) {
        let page = clinic.in_review().await;
        let before = clinic.medication(page.id).await;
        let mut tx = clinic.begin().await;
        let correction = Correction {
            statement: says("アムロジピンOD錠"),
            bbox: Some(Rect::new(90, 190, 910, 270)),
            reason: Some("ODと書いてある".into()),
        };
        let changed = findings::correct(
            &mut tx, clinic.tenant, before.id, before.version, correction, clinic.clerk, at(10),
        );
        let changed = changed.await.unwrap();
        tx.commit().await.unwrap();

        let after = clinic.medication(page.id).await;
        assert_eq!(after, changed.finding);
        assert_eq!(after.current, says("アムロジピンOD錠"));
        assert_eq!(after.drafted, before.drafted);
        assert_eq!(after.bbox, Some(Rect::new(90, 190, 910, 270)));
        assert_eq!(after.doubts, before.doubts);
        assert_eq!((after.changed_by, after.changed_at), (Some(clinic.clerk.user), at(10)));
        assert!(after.was_corrected());
        assert_eq!(clinic.page(page.id).await.version, changed.page_version);
        assert!(changed.page_version > page.version);

        let mut tx = clinic.read().await;
        let corrections = corrections::of_page(&mut tx, clinic.tenant, page.id).await.unwrap();
        assert_eq!(corrections.len(), 1);
        assert_eq!(corrections[0].action, CorrectionAction::Corrected);
        assert_eq!(corrections[0].before, Some(before.current));
        assert_eq!(corrections[0].after, Some(after.current));
        assert_eq!(corrections[0].reason.as_deref(), Some("ODと書いてある"));
        assert_eq!(corrections[0].by_name, "clerkさん");
    }

    async fn a_draft_saved_as_it_is_was_checked_and_saying_the_same_again_is_nothing(clinic: Clinic) {
        let page = clinic.in_review().await;
        let drafted = clinic.medication(page.id).await;
        let mut tx = clinic.begin().await;
        let as_it_is = correction(drafted.current.clone());
        let checked = findings::correct(
            &mut tx, clinic.tenant, drafted.id, drafted.version, as_it_is, clinic.clerk, at(9),
        );
        let Changed { finding, page_version } = checked.await.unwrap();
        assert_eq!(finding.current, drafted.current);
        assert_eq!((finding.changed_by, finding.changed_at), (Some(clinic.clerk.user), at(9)));
        assert!(page_version > page.version);
        let kept = corrections::of_page(&mut tx, clinic.tenant, page.id).await.unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].action, CorrectionAction::Checked);

        let same = correction(finding.current.clone());
        let changed = findings::correct(
            &mut tx, clinic.tenant, finding.id, finding.version, same, clinic.clerk, at(10),
        );
        let changed = changed.await.unwrap();
        assert_eq!((changed.finding, changed.page_version), (finding, page_version));
        assert_eq!(corrections::of_page(&mut tx, clinic.tenant, page.id).await.unwrap().len(), 1);
    }

    async fn two_people_correct_different_findings_and_collide_on_the_same(clinic: Clinic) {
        let page = clinic.in_review().await;
        let medication = clinic.medication(page.id).await;
        let diagnosis = clinic.findings(page.id).await.remove(1);
        let mut tx = clinic.begin().await;
        let of_clerk = findings::correct(
            &mut tx, clinic.tenant, medication.id, medication.version,
            correction(says("アムロジピンOD錠")), clinic.clerk, at(10),
        );
        of_clerk.await.unwrap();
        let other = Statement {
            content: Content::Diagnosis(Diagnosis { name: "高血圧".into(), ..Diagnosis::default() }),
            codes: Codes::new(),
        };
        let of_clinician = findings::correct(
            &mut tx, clinic.tenant, diagnosis.id, diagnosis.version,
            correction(other), clinic.clinician, at(11),
        );
        of_clinician.await.unwrap();
        let colliding = findings::correct(
            &mut tx, clinic.tenant, medication.id, medication.version,
            correction(says("アムロジピン")), clinic.clinician, at(12),
        );
        let Err(RecordsError::Conflict(conflict)) = colliding.await else { panic!() };
        assert_eq!(conflict.what, "finding");
        assert_eq!(conflict.changed_by_name.as_deref(), Some("clerkさん"));
        assert_eq!(conflict.changed_at, at(10));
    }

    async fn a_clinician_does_not_confirm_what_was_corrected_behind_their_back(clinic: Clinic) {
        let seen = clinic.in_review().await;
        let finding = clinic.medication(seen.id).await;
        let mut tx = clinic.begin().await;
        let changed = findings::correct(
            &mut tx, clinic.tenant, finding.id, finding.version,
            correction(says("アムロジピンOD錠")), clinic.clerk, at(10),
        );
        changed.await.unwrap();
        let confirmed = pages::confirm(
            &mut tx, clinic.tenant, seen.id, seen.version, clinic.clinician, at(11),
        );
        assert!(matches!(confirmed.await, Err(RecordsError::Conflict(_))));
    }

    async fn what_is_removed_stays_with_its_reason_and_comes_back(clinic: Clinic) {
        let page = clinic.in_review().await;
        let finding = clinic.medication(page.id).await;
        let mut tx = clinic.begin().await;
        let removed = findings::remove(
            &mut tx, clinic.tenant, finding.id, finding.version, "別の頁の薬", clinic.clerk, at(10),
        );
        let removed = removed.await.unwrap().finding;
        tx.commit().await.unwrap();
        let stored = clinic.medication(page.id).await;
        assert_eq!(stored, removed);
        assert!(!stored.stands());
        assert_eq!(stored.removed.as_ref().unwrap().reason, "別の頁の薬");

        let mut tx = clinic.begin().await;
        let twice = findings::remove(
            &mut tx, clinic.tenant, removed.id, removed.version, "また", clinic.clerk, at(11),
        );
        assert!(matches!(twice.await, Err(RecordsError::Refused(Refusal::Removed))));
        let restored = findings::restore(
            &mut tx, clinic.tenant, removed.id, removed.version, clinic.clerk, at(12),
        );
        let restored = restored.await.unwrap().finding;
        assert_eq!(restored.current, finding.current);
        assert!(restored.stands());
        let actions: Vec<CorrectionAction> =
            corrections::of_page(&mut tx, clinic.tenant, page.id).await.unwrap()
                .into_iter().map(|correction| correction.action).collect();
        assert_eq!(actions, [CorrectionAction::Removed, CorrectionAction::Restored]);
    }

    async fn removing_wants_a_reason(clinic: Clinic) {
        let page = clinic.in_review().await;
        let finding = clinic.medication(page.id).await;
        let mut tx = clinic.begin().await;
        let removed = findings::remove(
            &mut tx, clinic.tenant, finding.id, finding.version, "　", clinic.clerk, at(10),
        );
        assert!(matches!(removed.await, Err(RecordsError::Refused(Refusal::ReasonMissing))));
    }

    async fn what_a_person_adds_has_no_draft(clinic: Clinic) {
        let page = clinic.in_review().await;
        let mut tx = clinic.begin().await;
        let new = NewFinding {
            statement: says("ロキソプロフェンNa錠"),
            surface: String::new(),
            bbox: Some(Rect::new(10, 20, 30, 40)),
        };
        let added = findings::add(&mut tx, clinic.tenant, page.id, new, clinic.clerk, at(10));
        let added = added.await.unwrap().finding;
        tx.commit().await.unwrap();
        let stored = clinic.findings(page.id).await;
        assert_eq!(stored.last(), Some(&added));
        assert_eq!((added.drafted, added.confidence, added.reading), (None, None, None));
        assert_eq!(added.added_by, Some(clinic.clerk.user));
    }

    async fn a_rectangle_lies_on_the_page(clinic: Clinic) {
        let page = clinic.in_review().await;
        let mut tx = clinic.begin().await;
        let new = NewFinding {
            statement: says("ロキソプロフェンNa錠"),
            surface: String::new(),
            bbox: Some(Rect::new(0, 0, 2481, 10)),
        };
        let added = findings::add(&mut tx, clinic.tenant, page.id, new, clinic.clerk, at(10));
        assert!(matches!(
            added.await,
            Err(RecordsError::Refused(Refusal::OffThePage { width: 2480, height: 3508 }))
        ));
    }

    async fn a_correction_does_not_make_another_kind_of_it(clinic: Clinic) {
        let page = clinic.in_review().await;
        let finding = clinic.medication(page.id).await;
        let mut tx = clinic.begin().await;
        let other = Statement {
            content: Content::Diagnosis(Diagnosis::default()),
            codes: Codes::new(),
        };
        let changed = findings::correct(
            &mut tx, clinic.tenant, finding.id, finding.version, correction(other), clinic.clerk,
            at(10),
        );
        assert!(matches!(changed.await, Err(RecordsError::Refused(Refusal::KindChanged))));
    }

    async fn findings_change_in_review_only_and_not_by_administrators(clinic: Clinic) {
        let page = clinic.drafted().await;
        let finding = clinic.medication(page.id).await;
        let mut tx = clinic.begin().await;
        let early = findings::remove(
            &mut tx, clinic.tenant, finding.id, finding.version, "早い", clinic.clerk, at(10),
        );
        assert!(matches!(early.await, Err(RecordsError::Refused(Refusal::NotInReview { .. }))));
        let by_administrator = findings::remove(
            &mut tx, clinic.tenant, finding.id, finding.version, "否", clinic.administrator, at(10),
        );
        assert!(matches!(
            by_administrator.await,
            Err(RecordsError::Refused(Refusal::Role { .. }))
        ));
    }

    async fn another_clinic_cannot_touch_a_finding(clinic: Clinic) {
        let page = clinic.in_review().await;
        let finding = clinic.medication(page.id).await;
        let (other, clerk) = another(&clinic.db, "別の診療所").await;
        let mut tx = clinic.begin().await;
        let removed = findings::remove(
            &mut tx, other, finding.id, finding.version, "他院", clerk, at(10),
        );
        assert!(matches!(removed.await, Err(RecordsError::NotFound { .. })));
    }

    async fn a_corrected_header_names_the_page(clinic: Clinic) {
        let page = clinic.in_review().await;
        let header = clinic.findings(page.id).await.remove(0);
        let mut tx = clinic.begin().await;
        let patient = Patient { name: Some("見本 華子".into()), ..Patient::default() };
        let statement = Statement { content: Content::Patient(patient), codes: Codes::new() };
        let changed = findings::correct(
            &mut tx, clinic.tenant, header.id, header.version, correction(statement), clinic.clerk,
            at(10),
        );
        changed.await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(clinic.page(page.id).await.patient_name.as_deref(), Some("見本 華子"));
    }

    async fn the_database_itself_keeps_the_draft(clinic: Clinic) {
        clinic.drafted().await;
        let mut tx = clinic.begin().await;
        let error = execute!(tx, "update finding set drafted = '{}'").unwrap_err().to_string();
        assert!(error.contains("never changes"), "{error}");
    }
}
