use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use records::{audit, outbox, tenants};

use super::*;
use crate::samples;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

struct Clinic {
    db: Db,
    originals: Originals,
    tenant: TenantId,
    dir: tempfile::TempDir,
}

impl Clinic {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path().display();
        let db = Db::connect(&format!("sqlite:{at}/clinic.db")).await.unwrap();
        db.migrate().await.unwrap();
        let originals = Originals::open(&format!("file:{at}/store"), &BTreeMap::new()).unwrap();
        let mut tx = db.begin().await.unwrap();
        let tenant = tenants::create(&mut tx, "港町診療所", NOW).await.unwrap().id;
        tx.commit().await.unwrap();
        Self { db, originals, tenant, dir }
    }

    fn intake(&self, file_name: &str) -> Intake {
        Intake {
            tenant: self.tenant,
            campaign: Some("1998年分".into()),
            chart: Some("0012".into()),
            file_name: file_name.into(),
            source: "command line".into(),
            by: Author::Program,
            priority: Priority::Normal,
            progress: None,
        }
    }

    async fn take_in(&self, file_name: &str, bytes: impl Into<Bytes>) -> Taken {
        let intake = self.intake(file_name);
        take_in(&self.gate(), intake, bytes.into(), NOW).await.unwrap()
    }

    fn gate(&self) -> Gate {
        Gate {
            db: self.db.clone(),
            originals: self.originals.clone(),
            limits: Limits { min_free_bytes: 0, ..Limits::default() },
            inspector: Inspector::in_this_process(),
        }
    }

    async fn n_jobs(&self) -> usize {
        let mut tx = self.db.begin().await.unwrap();
        let lease = std::time::Duration::from_secs(1);
        outbox::claim(&mut tx, Priority::Bulk, 1_000, lease, NOW).await.unwrap().len()
    }
}

#[tokio::test]
async fn a_scan_is_kept_and_its_pages_and_jobs_are_written() {
    let clinic = Clinic::new().await;
    let tiff = samples::tiff_of_pages(3);
    let Taken::New { scan, pages } = clinic.take_in("棚3/田中/カルテ.tif", tiff.clone()).await
    else {
        panic!("not new")
    };
    assert_eq!(pages.len(), 3);
    let mut tx = clinic.db.read().await.unwrap();
    let found = scans::find(&mut tx, clinic.tenant, scan).await.unwrap().unwrap();
    assert_eq!((found.file_name.as_str(), found.n_pages), ("カルテ.tif", 3));
    assert_eq!(found.media_type, "image/tiff");
    let page = pages::find(&mut tx, clinic.tenant, pages[2]).await.unwrap().unwrap();
    assert_eq!((page.number, page.chart_label.as_deref()), (3, Some("0012")));
    assert_eq!((page.width, page.height), samples::TIFF_SIZE);
    drop(tx);
    assert_eq!(clinic.n_jobs().await, 3);
    let original = clinic.originals.get(Fingerprint::of(&tiff)).await.unwrap();
    assert_eq!(original, tiff);
}

#[tokio::test]
async fn the_same_bytes_again_are_linked_and_not_doubled() {
    let clinic = Clinic::new().await;
    let jpeg = samples::jpeg(60, 40);
    let Taken::New { scan, .. } = clinic.take_in("a.jpg", jpeg.clone()).await else { panic!() };
    assert_eq!(clinic.take_in("b.jpg", jpeg).await, Taken::Duplicate { of: scan });
    let mut tx = clinic.db.read().await.unwrap();
    let doubles = scans::duplicates_of(&mut tx, clinic.tenant, scan).await.unwrap();
    assert_eq!(doubles.len(), 1);
    assert_eq!(doubles[0].file_name, "b.jpg");
    drop(tx);
    assert_eq!(clinic.n_jobs().await, 1);
}

#[tokio::test]
async fn ten_who_bring_one_file_at_once_make_one_scan() {
    let clinic = Arc::new(Clinic::new().await);
    let jpeg = Bytes::from(samples::jpeg(60, 40));
    let mut hands = tokio::task::JoinSet::new();
    for n in 0..10 {
        let (clinic, jpeg) = (Arc::clone(&clinic), jpeg.clone());
        hands.spawn(async move { clinic.take_in(&format!("{n}.jpg"), jpeg).await });
    }
    let taken: Vec<Taken> = hands.join_all().await;
    let new = taken.iter().filter(|taken| matches!(taken, Taken::New { .. })).count();
    assert_eq!(new, 1);
    assert_eq!(clinic.n_jobs().await, 1);
}

#[tokio::test]
async fn a_crash_after_the_original_was_kept_is_made_good_by_sending_it_again() {
    let clinic = Clinic::new().await;
    let jpeg = Bytes::from(samples::jpeg(60, 40));
    // What a crash leaves behind: the bytes, and no row.
    clinic.originals.keep(Fingerprint::of(&jpeg), jpeg.clone()).await.unwrap();
    assert!(matches!(clinic.take_in("a.jpg", jpeg).await, Taken::New { .. }));
    assert_eq!(clinic.n_jobs().await, 1);
}

#[tokio::test]
async fn a_refused_file_is_kept_aside_and_written_down() {
    let clinic = Clinic::new().await;
    let mut jpeg = samples::jpeg(60, 40);
    jpeg.truncate(jpeg.len() / 2);
    let Taken::Refused { refusal, .. } = clinic.take_in("cut.jpg", jpeg.clone()).await else {
        panic!("not refused")
    };
    assert_eq!(refusal.code(), "truncated");
    let mut tx = clinic.db.read().await.unwrap();
    let rows = scans::refused_list(&mut tx, clinic.tenant, 10).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(Refusal::from_facts(&rows[0].facts), Some(refusal));
    let sha256 = Fingerprint::of(&jpeg).to_string();
    let aside = clinic.dir.path().join("store/refused").join(&sha256[..2]).join(&sha256);
    assert_eq!(std::fs::read(aside).unwrap(), jpeg);
    drop(tx);
    assert_eq!(clinic.n_jobs().await, 0);
}

#[tokio::test]
async fn one_bad_page_refuses_the_whole_file() {
    let clinic = Clinic::new().await;
    let mut gate = clinic.gate();
    gate.limits.max_pages = 2;
    let tiff = samples::tiff_of_pages(3).into();
    let taken = take_in(&gate, clinic.intake("three.tif"), tiff, NOW).await.unwrap();
    let Taken::Refused { refusal, .. } = taken else { panic!("not refused") };
    assert_eq!(refusal, Refusal::TooManyPages { pages: 3, limit: 2 });
}

#[tokio::test]
async fn the_audit_chain_tells_of_scan_pages_doubles_and_refusals() {
    let clinic = Clinic::new().await;
    clinic.take_in("a.jpg", samples::jpeg(60, 40)).await;
    clinic.take_in("a.jpg", samples::jpeg(60, 40)).await;
    clinic.take_in("junk.bin", b"junk".to_vec()).await;
    let mut tx = clinic.db.read().await.unwrap();
    let verdict = audit::verify(&mut tx, clinic.tenant).await.unwrap();
    let audit::ChainVerdict::Whole { events, .. } = verdict else { panic!("{verdict:?}") };
    // The scan and its page, the double, the refusal; and what else the clinic's making wrote.
    assert!(events >= 4, "{events}");
}

#[tokio::test]
async fn progress_is_told_page_by_page() {
    let clinic = Clinic::new().await;
    let told = Arc::new(AtomicU32::new(0));
    let hears = Arc::clone(&told);
    let mut intake = clinic.intake("three.tif");
    intake.progress = Some(Arc::new(move |done, of| {
        assert_eq!(of, 3);
        hears.store(done, Ordering::Relaxed);
    }));
    let tiff = samples::tiff_of_pages(3).into();
    take_in(&clinic.gate(), intake, tiff, NOW).await.unwrap();
    assert_eq!(told.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn where_little_room_is_left_nothing_is_taken_in_and_nothing_decided() {
    let clinic = Clinic::new().await;
    let mut gate = clinic.gate();
    gate.limits.min_free_bytes = 1 << 60;
    let jpeg: Bytes = samples::jpeg(60, 40).into();
    let error = take_in(&gate, clinic.intake("a.jpg"), jpeg.clone(), NOW).await.unwrap_err();
    assert!(matches!(error, IngestError::Store(StoreError::Short { .. })), "{error}");
    assert!(error.to_string().contains("make room"), "{error}");
    assert!(matches!(clinic.take_in("a.jpg", jpeg).await, Taken::New { .. }));
}

#[test]
fn folders_in_a_name_are_left_out() {
    assert_eq!(last_part("C:\\scan\\田中\\1.jpg"), "1.jpg");
    assert_eq!(last_part("棚/田中/1.jpg"), "1.jpg");
    assert_eq!(last_part("1.jpg"), "1.jpg");
}
