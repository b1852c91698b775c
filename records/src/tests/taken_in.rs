//! Files as they come in.

use chart::Stage;

use super::{
    Clinic,
    clinic::{another, at, new_page},
    on_both,
};
use crate::{
    Priority,
    audit::Author,
    campaigns, charts,
    pages::{self, NewPage},
    scans::{self, Inserted, NewRefusal, NewScan},
};

fn scan(sha256: &str) -> NewScan<'_> {
    NewScan {
        campaign: None,
        chart: None,
        sha256,
        file_name: "箱3.pdf",
        media_type: "application/pdf",
        bytes: 9_876_543_210,
        n_pages: 3,
        source: "watched folder",
    }
}

on_both! {
    async fn a_file_with_its_pages_is_there_or_not_at_all(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        let chart = charts::find_or_create(&mut tx, clinic.tenant, " K-0017 ", at(0));
        let chart = chart.await.unwrap();
        let campaign = campaigns::find_or_create(&mut tx, clinic.tenant, "2026年春", at(0));
        let campaign = campaign.await.unwrap();
        let new = NewScan { chart: Some(chart.id), campaign: Some(campaign.id), ..scan("aa") };
        let inserted = scans::insert(&mut tx, clinic.tenant, &new, clinic.clerk.into(), at(1));
        let Inserted::New(id) = inserted.await.unwrap() else { panic!("it is new") };
        for number in 1..=3 {
            let page = NewPage {
                number,
                chart: Some(chart.id),
                campaign: Some(campaign.id),
                ..new_page(id, Priority::Bulk)
            };
            pages::insert(&mut tx, clinic.tenant, &page, clinic.clerk.into(), at(1)).await.unwrap();
        }
        tx.commit().await.unwrap();

        let mut tx = clinic.read().await;
        let found = scans::find(&mut tx, clinic.tenant, id).await.unwrap().unwrap();
        assert_eq!(found.received_by, Some(clinic.clerk.user));
        assert_eq!(found.bytes, 9_876_543_210);
        assert_eq!(found.campaign, Some(campaign.id));
        let pages = pages::of_scan(&mut tx, clinic.tenant, id).await.unwrap();
        assert_eq!(pages.iter().map(|page| page.number).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(pages.iter().all(|page| page.state.stage() == Stage::Received));
        assert_eq!(pages[2].chart_label.as_deref(), Some("K-0017"));
        assert_eq!(pages[2].scan_sha256, "aa");
        assert_eq!(pages[2].priority, Priority::Bulk);
    }

    async fn the_same_bytes_are_linked_and_not_doubled(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        let scan = scan("aa");
        let first = scans::insert(&mut tx, clinic.tenant, &scan, Author::Program, at(1));
        let Inserted::New(id) = first.await.unwrap() else { panic!("it is new") };
        let second = scans::insert(&mut tx, clinic.tenant, &scan, Author::Program, at(2));
        assert_eq!(second.await.unwrap(), Inserted::AlreadyThere(id));
        scans::link_duplicate(
            &mut tx, clinic.tenant, id, "箱3 (2).pdf", "upload", clinic.clerk.into(), at(2),
        ).await.unwrap();
        let doubles = scans::duplicates_of(&mut tx, clinic.tenant, id).await.unwrap();
        assert_eq!(doubles.len(), 1);
        assert_eq!(doubles[0].file_name, "箱3 (2).pdf");
        assert_eq!(doubles[0].received_by, Some(clinic.clerk.user));
        let found = scans::find_by_sha256(&mut tx, clinic.tenant, "aa").await.unwrap();
        assert_eq!(found.unwrap().file_name, "箱3.pdf");
    }

    async fn another_clinic_may_have_the_same_file(clinic: Clinic) {
        let (other, _) = another(&clinic.db, "別の診療所").await;
        let mut tx = clinic.begin().await;
        let scan = scan("aa");
        for tenant in [clinic.tenant, other] {
            let inserted = scans::insert(&mut tx, tenant, &scan, Author::Program, at(1));
            assert!(matches!(inserted.await.unwrap(), Inserted::New(_)));
        }
    }

    async fn what_is_refused_is_written_down(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        for (file_name, second) in [("memo.docx", 1), ("broken.pdf", 2)] {
            let refusal = NewRefusal {
                sha256: "bb",
                file_name,
                bytes: 12,
                code: "not_a_picture",
                facts: "{}",
                source: "upload",
            };
            scans::insert_refused(
                &mut tx, clinic.tenant, &refusal, clinic.clerk.into(), at(second),
            ).await.unwrap();
        }
        let refused = scans::refused_list(&mut tx, clinic.tenant, 10).await.unwrap();
        let names: Vec<&str> = refused.iter().map(|refused| refused.file_name.as_str()).collect();
        assert_eq!(names, ["broken.pdf", "memo.docx"]);
        assert_eq!(refused[0].code, "not_a_picture");
    }

    async fn a_label_names_one_chart(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        let first = charts::find_or_create(&mut tx, clinic.tenant, "K-1", at(0)).await.unwrap();
        let again = charts::find_or_create(&mut tx, clinic.tenant, "K-1", at(5)).await.unwrap();
        assert_eq!(first, again);
        assert!(charts::find_or_create(&mut tx, clinic.tenant, " ", at(5)).await.is_err());
        let (other, _) = {
            tx.commit().await.unwrap();
            another(&clinic.db, "別の診療所").await
        };
        let mut tx = clinic.begin().await;
        let elsewhere = charts::find_or_create(&mut tx, other, "K-1", at(0)).await.unwrap();
        assert_ne!(elsewhere.id, first.id);
        assert_eq!(charts::find(&mut tx, other, first.id).await.unwrap(), None);
        assert_eq!(charts::list(&mut tx, clinic.tenant).await.unwrap(), [first]);
    }

    async fn a_page_is_put_into_its_chart_by_hand(clinic: Clinic) {
        let page = clinic.in_review().await;
        let mut tx = clinic.begin().await;
        let chart = charts::find_or_create(&mut tx, clinic.tenant, "K-1", at(9)).await.unwrap();
        let version = pages::assign_chart(
            &mut tx, clinic.tenant, page.id, page.version, Some(chart.id), clinic.clerk, at(10),
        );
        let version = version.await.unwrap();
        tx.commit().await.unwrap();
        let page = clinic.page(page.id).await;
        assert_eq!((page.chart, page.version), (Some(chart.id), version));
    }
}
