//! What becomes a record, and that it stays one.

use chart::{FindingKind, Rect, Stage};

use super::{
    Clinic,
    clinic::{at, says},
    on_both,
};
use crate::{
    RecordsError, Refusal,
    committed::{self, Record, RecordFilter, Versions},
    findings::{self, Correction, NewFinding},
    pages::{self, Confirmed, Page},
};

async fn confirm(clinic: &Clinic, page: &Page) -> Confirmed {
    let mut tx = clinic.begin().await;
    let page = clinic.page(page.id).await;
    // Each confirmation of a test has its own moment.
    let now = at(100 + page.version);
    let confirmed =
        pages::confirm(&mut tx, clinic.tenant, page.id, page.version, clinic.clinician, now);
    let confirmed = confirmed.await.unwrap();
    tx.commit().await.unwrap();
    confirmed
}

async fn reopen(clinic: &Clinic, page: &Page) {
    let mut tx = clinic.begin().await;
    let page = clinic.page(page.id).await;
    pages::open(&mut tx, clinic.tenant, page.id, page.version, clinic.clinician, at(200))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn correct_medication(clinic: &Clinic, page: &Page, name: &str) {
    let finding = clinic.medication(page.id).await;
    let mut tx = clinic.begin().await;
    let correction = Correction { statement: says(name), bbox: None, reason: None };
    let changed = findings::correct(
        &mut tx,
        clinic.tenant,
        finding.id,
        finding.version,
        correction,
        clinic.clinician,
        at(201),
    );
    changed.await.unwrap();
    tx.commit().await.unwrap();
}

async fn remove_medication(clinic: &Clinic, page: &Page) {
    let finding = clinic.medication(page.id).await;
    let mut tx = clinic.begin().await;
    let removed = findings::remove(
        &mut tx,
        clinic.tenant,
        finding.id,
        finding.version,
        "誤記",
        clinic.clinician,
        at(202),
    );
    removed.await.unwrap();
    tx.commit().await.unwrap();
}

async fn listed(clinic: &Clinic, versions: Versions) -> Vec<Record> {
    let filter = RecordFilter { versions, ..RecordFilter::default() };
    committed::list(&mut clinic.read().await, clinic.tenant, &filter, 100).await.unwrap()
}

on_both! {
    async fn a_record_points_at_its_place_and_its_clinician(clinic: Clinic) {
        let page = clinic.in_review().await;
        let finding = clinic.medication(page.id).await;
        let confirmed = confirm(&clinic, &page).await;
        let records = listed(&clinic, Versions::Latest).await;
        assert_eq!(records.iter().map(|record| record.id).collect::<Vec<_>>(), confirmed.records);
        let kinds: Vec<FindingKind> = records.iter().map(Record::kind).collect();
        // In the order of the page.
        assert_eq!(kinds, [FindingKind::Patient, FindingKind::Diagnosis, FindingKind::Medication]);
        let record = &records[2];
        assert_eq!(record.statement, finding.current);
        assert_eq!(record.surface, "アムロジピン5mg 1T");
        assert_eq!((record.page, record.page_number, record.scan), (page.id, 1, page.scan));
        assert_eq!(record.scan_sha256, page.scan_sha256);
        assert_eq!(record.bbox, Some(Rect::new(100, 200, 900, 260)));
        assert_eq!(record.reading, finding.reading);
        assert_eq!(record.confirmed_by, clinic.clinician.user);
        assert_eq!(record.confirmed_by_name, "clinicianさん");
        assert_eq!(record.confirmed_at, at(100 + page.version));
        assert_eq!((record.version, record.supersedes, record.retracted), (1, None, false));
    }

    async fn a_clerk_commits_nothing(clinic: Clinic) {
        let page = clinic.in_review().await;
        let mut tx = clinic.begin().await;
        let confirmed =
            pages::confirm(&mut tx, clinic.tenant, page.id, page.version, clinic.clerk, at(9));
        assert!(matches!(
            confirmed.await,
            Err(RecordsError::Refused(Refusal::Transition(_)))
        ));
        tx.commit().await.unwrap();
        assert!(listed(&clinic, Versions::All).await.is_empty());
        assert_eq!(clinic.page(page.id).await, page);
    }

    async fn a_page_without_findings_is_confirmed_as_just_that(clinic: Clinic) {
        let page = clinic.received().await;
        let mut tx = clinic.begin().await;
        let page = pages::give_up(&mut tx, clinic.tenant, page, "白紙", at(1)).await.unwrap();
        let page =
            pages::open(&mut tx, clinic.tenant, page.id, page.version, clinic.clinician, at(2));
        let page = page.await.unwrap();
        tx.commit().await.unwrap();
        let confirmed = confirm(&clinic, &page).await;
        assert_eq!(confirmed.page.state.stage(), Stage::Committed);
        assert!(confirmed.records.is_empty());
    }

    async fn removed_findings_are_not_committed(clinic: Clinic) {
        let page = clinic.in_review().await;
        remove_medication(&clinic, &page).await;
        confirm(&clinic, &page).await;
        let kinds: Vec<FindingKind> =
            listed(&clinic, Versions::All).await.iter().map(Record::kind).collect();
        assert_eq!(kinds, [FindingKind::Patient, FindingKind::Diagnosis]);
    }

    async fn an_amendment_supersedes_and_keeps_the_rest(clinic: Clinic) {
        let page = clinic.in_review().await;
        let first = confirm(&clinic, &page).await.records;
        reopen(&clinic, &page).await;
        correct_medication(&clinic, &page, "アムロジピンOD錠").await;
        let second = confirm(&clinic, &page).await.records;
        assert_eq!(second.len(), 1);

        let all = listed(&clinic, Versions::All).await;
        assert_eq!(all.len(), 4);
        let latest = listed(&clinic, Versions::Latest).await;
        assert_eq!(latest.len(), 3);
        let amended = latest.iter().find(|record| record.id == second[0]).unwrap();
        assert_eq!(amended.statement, says("アムロジピンOD錠"));
        assert_eq!((amended.version, amended.supersedes), (2, Some(first[2])));

        let mut tx = clinic.read().await;
        let history = committed::history(&mut tx, clinic.tenant, amended.finding).await.unwrap();
        assert_eq!(history.iter().map(|record| record.version).collect::<Vec<_>>(), [1, 2]);
    }

    async fn confirming_again_without_a_change_writes_no_record(clinic: Clinic) {
        let page = clinic.in_review().await;
        confirm(&clinic, &page).await;
        reopen(&clinic, &page).await;
        assert!(confirm(&clinic, &page).await.records.is_empty());
        assert_eq!(listed(&clinic, Versions::All).await.len(), 3);
    }

    async fn a_fact_is_taken_back_and_comes_again(clinic: Clinic) {
        let page = clinic.in_review().await;
        confirm(&clinic, &page).await;
        reopen(&clinic, &page).await;
        remove_medication(&clinic, &page).await;
        confirm(&clinic, &page).await;
        assert_eq!(listed(&clinic, Versions::Latest).await.len(), 2);
        let retraction = listed(&clinic, Versions::All).await.remove(3);
        assert!(retraction.retracted);
        assert_eq!(retraction.reason.as_deref(), Some("誤記"));
        assert_eq!(retraction.version, 2);

        // Confirmed once more as it is, nothing is retracted twice.
        reopen(&clinic, &page).await;
        assert!(confirm(&clinic, &page).await.records.is_empty());

        reopen(&clinic, &page).await;
        let removed = clinic.medication(page.id).await;
        let mut tx = clinic.begin().await;
        findings::restore(
            &mut tx, clinic.tenant, removed.id, removed.version, clinic.clinician, at(203),
        ).await.unwrap();
        tx.commit().await.unwrap();
        confirm(&clinic, &page).await;
        let latest = listed(&clinic, Versions::Latest).await;
        assert_eq!(latest.len(), 3);
        assert_eq!(latest[2].version, 3);
        assert_eq!(latest[2].supersedes, Some(retraction.id));
    }

    async fn what_was_added_later_is_a_first_version(clinic: Clinic) {
        let page = clinic.in_review().await;
        confirm(&clinic, &page).await;
        reopen(&clinic, &page).await;
        let mut tx = clinic.begin().await;
        let new = NewFinding { statement: says("ロキソプロフェンNa錠"), surface: String::new(), bbox: None };
        findings::add(&mut tx, clinic.tenant, page.id, new, clinic.clinician, at(201))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let confirmed = confirm(&clinic, &page).await;
        let record = listed(&clinic, Versions::Latest).await.remove(3);
        assert_eq!(confirmed.records, [record.id]);
        assert_eq!((record.version, record.bbox, record.reading), (1, None, None));
    }

    async fn a_page_with_records_is_neither_rejected_nor_withdrawn_nor_moved(clinic: Clinic) {
        let page = clinic.in_review().await;
        confirm(&clinic, &page).await;
        reopen(&clinic, &page).await;
        let version = clinic.page(page.id).await.version;
        let mut tx = clinic.begin().await;
        let rejected = pages::reject(
            &mut tx, clinic.tenant, page.id, version, clinic.clinician, "別人", at(300),
        );
        assert!(matches!(rejected.await, Err(RecordsError::Refused(Refusal::HasRecords))));
        let withdrawn = pages::withdraw(
            &mut tx, clinic.tenant, page.id, version, clinic.clinician, "申出", at(300),
        );
        assert!(matches!(withdrawn.await, Err(RecordsError::Refused(Refusal::HasRecords))));
        let chart = crate::charts::find_or_create(&mut tx, clinic.tenant, "K-1", at(300));
        let chart = chart.await.unwrap().id;
        let moved = pages::assign_chart(
            &mut tx, clinic.tenant, page.id, version, Some(chart), clinic.clinician, at(300),
        );
        assert!(matches!(moved.await, Err(RecordsError::Refused(Refusal::HasRecords))));
    }

    async fn a_long_list_is_read_in_batches(clinic: Clinic) {
        for _ in 0..3 {
            let page = clinic.in_review().await;
            confirm(&clinic, &page).await;
        }
        let mut tx = clinic.read().await;
        let mut filter = RecordFilter::default();
        let mut seen = Vec::new();
        loop {
            let batch = committed::list(&mut tx, clinic.tenant, &filter, 2).await.unwrap();
            let Some(last) = batch.last() else { break };
            filter.after = Some(last.id);
            seen.extend(batch);
        }
        let all = RecordFilter::default();
        let whole = committed::list(&mut tx, clinic.tenant, &all, 100).await.unwrap();
        assert_eq!(seen, whole);
        assert_eq!(seen.len(), 9);
    }

    async fn names_are_counted_as_they_were_confirmed_the_latest_first(clinic: Clinic) {
        for _ in 0..2 {
            let page = clinic.in_review().await;
            confirm(&clinic, &page).await;
        }
        let page = clinic.in_review().await;
        correct_medication(&clinic, &page, "ワソラン錠").await;
        confirm(&clinic, &page).await;
        let mut tx = clinic.read().await;
        let used = committed::names_used(&mut tx, clinic.tenant, 100).await.unwrap();
        let count = |name: &str| used.get(name).copied();
        assert_eq!((count("アムロジピン錠"), count("ワソラン錠")), (Some(2), Some(1)), "{used:?}");
        assert_eq!(used.values().sum::<u32>(), 6, "no patients among them");
        let last = committed::names_used(&mut tx, clinic.tenant, 2).await.unwrap();
        assert_eq!(last.get("アムロジピン錠"), None, "{last:?}");
    }

    async fn the_database_itself_refuses_to_change_or_delete(clinic: Clinic) {
        let page = clinic.in_review().await;
        correct_medication(&clinic, &page, "アムロジピンOD錠").await;
        confirm(&clinic, &page).await;
        for statement in [
            "update record set surface = 'x'",
            "delete from record",
            "update correction set reason = 'x'",
            "delete from correction",
            "update audit_event set at = 0",
            "delete from audit_event",
        ] {
            let mut tx = clinic.begin().await;
            let error = execute!(tx, statement).unwrap_err().to_string();
            assert!(error.contains("append-only"), "{statement}: {error}");
        }
    }
}
