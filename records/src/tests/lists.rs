//! Work lists, search, counts.

use chart::Stage;

use super::{
    Clinic,
    clinic::{another, at, received},
    on_both,
};
use crate::{
    Priority, charts,
    pages::{self, PageFilter},
    readings,
};

on_both! {
    async fn a_work_list_has_the_pages_of_a_stage_in_order(clinic: Clinic) {
        let mut drafted = Vec::new();
        for _ in 0..3 {
            drafted.push(clinic.drafted().await);
        }
        clinic.received().await;
        drafted.sort_by_key(|page| page.scan);
        let mut tx = clinic.read().await;
        let filter = PageFilter { stage: Some(Stage::Drafted), ..PageFilter::default() };
        let first = pages::list(&mut tx, clinic.tenant, &filter, 2, 0).await.unwrap();
        let rest = pages::list(&mut tx, clinic.tenant, &filter, 2, 2).await.unwrap();
        assert_eq!([first, rest].concat(), drafted);
        assert_eq!(pages::count(&mut tx, clinic.tenant, &filter).await.unwrap(), 3);
        let newest = PageFilter { newest_first: true, ..filter };
        let newest = pages::list(&mut tx, clinic.tenant, &newest, 1, 0).await.unwrap();
        assert_eq!(newest[0], drafted[2]);
    }

    async fn a_search_finds_patient_chart_and_file(clinic: Clinic) {
        let page = clinic.in_review().await;
        let other = clinic.received().await;
        let mut tx = clinic.begin().await;
        let chart = charts::find_or_create(&mut tx, clinic.tenant, "K-100%_a", at(9));
        let chart = chart.await.unwrap().id;
        pages::assign_chart(
            &mut tx, clinic.tenant, page.id, page.version, Some(chart), clinic.clerk, at(9),
        ).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = clinic.read().await;
        for (search, found) in [
            ("花子", vec![page.id]),
            ("見本花子", vec![page.id]),
            ("見本　花子", vec![page.id]),
            ("k-100%_A", vec![page.id]),
            ("100__a", vec![]),
            ("%", vec![page.id]),
            ("カルテ_001", vec![page.id, other]),
            ("太郎", vec![]),
        ] {
            let filter = PageFilter { search: Some(search), ..PageFilter::default() };
            let pages = pages::list(&mut tx, clinic.tenant, &filter, 9, 0).await.unwrap();
            let mut ids: Vec<_> = pages.iter().map(|page| page.id).collect();
            ids.sort_by_key(|id| *id != page.id);
            assert_eq!(ids, found, "{search}");
            let count = pages::count(&mut tx, clinic.tenant, &filter).await.unwrap();
            assert_eq!(count, found.len() as u64, "{search}");
        }
        let of_chart = PageFilter { chart: Some(chart), ..PageFilter::default() };
        assert_eq!(pages::count(&mut tx, clinic.tenant, &of_chart).await.unwrap(), 1);
    }

    async fn pages_are_counted_by_stage_for_one_clinic_and_for_all(clinic: Clinic) {
        clinic.drafted().await;
        clinic.received().await;
        let (other, _) = another(&clinic.db, "別の診療所").await;
        let mut tx = clinic.begin().await;
        received(&mut tx, other, Priority::Normal).await;
        tx.commit().await.unwrap();
        let mut tx = clinic.read().await;
        let own = pages::counts_by_stage(&mut tx, Some(clinic.tenant)).await.unwrap();
        assert_eq!(own.len(), Stage::ALL.len());
        let at = |counts: &[pages::StageCount], stage| {
            counts.iter().find(|count| count.stage == stage).unwrap().pages
        };
        assert_eq!((at(&own, Stage::Received), at(&own, Stage::Drafted)), (1, 1));
        assert_eq!(at(&own, Stage::Committed), 0);
        let all = pages::counts_by_stage(&mut tx, None).await.unwrap();
        assert_eq!(at(&all, Stage::Received), 2);
    }

    async fn whoever_finished_a_page_gets_the_next_and_at_the_end_the_first(clinic: Clinic) {
        let mut drafted = Vec::new();
        for _ in 0..3 {
            drafted.push(clinic.drafted().await);
        }
        drafted.sort_by_key(|page| page.scan);
        let mut tx = clinic.read().await;
        let next = async |tx: &mut crate::Tx, after: Option<&pages::Page>| {
            let next = pages::next_waiting(tx, clinic.tenant, Stage::Drafted, after).await.unwrap();
            next.map(|page| page.id)
        };
        assert_eq!(next(&mut tx, None).await, Some(drafted[0].id));
        assert_eq!(next(&mut tx, Some(&drafted[0])).await, Some(drafted[1].id));
        assert_eq!(next(&mut tx, Some(&drafted[2])).await, Some(drafted[0].id));
        let none = pages::next_waiting(&mut tx, clinic.tenant, Stage::InReview, None).await;
        assert_eq!(none.unwrap(), None);
    }

    async fn the_pace_of_the_workers_is_known(clinic: Clinic) {
        clinic.drafted().await;
        let mut tx = clinic.read().await;
        for tenant in [Some(clinic.tenant), None] {
            let pace = readings::pace(&mut tx, tenant, at(0)).await.unwrap();
            assert_eq!((pace.pages, pace.took.as_millis()), (1, 1234));
            assert!(pace.first.is_some());
            let later = readings::pace(&mut tx, tenant, at(1000)).await.unwrap();
            assert_eq!((later.pages, later.first), (0, None));
        }
    }
}
