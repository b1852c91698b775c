//! A clinic in a folder of its own, with three people and a page that was read.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::Router;
use chart::{
    Candidate, CodeSystem, Codes, Diagnosis, Doubt, DoubtKind, Evidence, Finding, Findings,
    Language, Medication, PageId, PageText, Patient, Rect, Role, TenantId, Timestamp, Timing,
    UserId,
};
use ingest::{Inspector, Intake, Limits, Originals, Taken};
use lexicon::Lexicon;
use records::{
    Db, Priority,
    audit::Author,
    pages::{self, Draft, Page},
    password,
    readings::NewReading,
    tenants,
    users::{self, NewUser},
};
use review_ui::{App, DeadJob, QueueAway, QueueDepth, QueueView, Settings};
use rust_decimal::Decimal;
use tempfile::TempDir;

/// Everybody's.
pub const PASSWORD: &str = "みんなのあいことば７";

const MORNING: i64 = 1_760_000_000_000;

pub struct Clinic {
    pub router: Router,
    pub db: Db,
    pub tenant: TenantId,
    pub clerk: UserId,
    pub queue: Arc<FakeQueue>,
    pub clock: Arc<AtomicI64>,
    originals: Originals,
    _folder: TempDir,
}

/// The tables that come with the program.
fn lexicon() -> Lexicon {
    let tables = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/lexicon");
    Lexicon::from_folder(&tables).unwrap()
}

/// A queue with one stopped job.
#[derive(Default)]
pub struct FakeQueue {
    pub is_away: AtomicBool,
    pub retried: AtomicI64,
    /// Whose job that is; unless told, a page of nobody's.
    pub dead: OnceLock<PageId>,
}

#[async_trait]
impl QueueView for FakeQueue {
    async fn depth(&self) -> Result<QueueDepth, QueueAway> {
        if self.is_away.load(Ordering::Relaxed) {
            return Err(QueueAway("nobody answers".into()));
        }
        Ok(QueueDepth { waiting: 3, in_work: 1, dead: 1 })
    }

    async fn dead(&self) -> Result<Vec<DeadJob>, QueueAway> {
        Ok(vec![DeadJob {
            page: *self.dead.get_or_init(|| PageId::new(Timestamp::from_millis(MORNING))),
            reason: "the engine crashed".into(),
            attempts: 4,
            since: Timestamp::from_millis(MORNING),
        }])
    }

    async fn retry_dead(&self, _: Option<PageId>) -> Result<u64, QueueAway> {
        self.retried.fetch_add(1, Ordering::Relaxed);
        Ok(1)
    }
}

impl Clinic {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path();
        let url = format!("sqlite:{}", place.join("clinic.db").display());
        let db = Db::connect(&url).await.unwrap();
        db.migrate().await.unwrap();
        let store = place.join("originals");
        std::fs::create_dir(&store).unwrap();
        let originals =
            Originals::open(&format!("file:{}", store.display()), &BTreeMap::new()).unwrap();
        let clock = Arc::new(AtomicI64::new(MORNING));
        let queue = Arc::new(FakeQueue::default());
        let ticking = Arc::clone(&clock);
        let app = App {
            db: db.clone(),
            originals: originals.clone(),
            limits: Limits::default(),
            inspector: Inspector::in_this_process(),
            queue: Arc::clone(&queue) as Arc<dyn QueueView>,
            lexicon: Arc::new(lexicon()),
            clock: Arc::new(move || {
                Timestamp::from_millis(ticking.fetch_add(1, Ordering::Relaxed))
            }),
            zone: jiff::tz::TimeZone::fixed(jiff::tz::offset(9)),
            settings: Settings {
                metrics: Some(Arc::new(|| "pages_total 1\n".to_owned())),
                ..Settings::default()
            },
        };
        let now = Timestamp::from_millis(MORNING);
        let mut tx = db.begin().await.unwrap();
        let tenant = tenants::create(&mut tx, "見本診療所", now).await.unwrap().id;
        let password_hash = password::hash(PASSWORD).unwrap();
        let mut ids = Vec::new();
        for (login, name, role) in [
            ("sato", "佐藤 恵", Role::Clerk),
            ("suzuki", "鈴木 健", Role::Clerk),
            ("tanaka", "田中 一郎", Role::Clinician),
            ("kanri", "管理 花子", Role::Administrator),
        ] {
            let new = NewUser {
                login: login.to_owned(),
                name: name.to_owned(),
                role,
                language: Language::Ja,
                password_hash: password_hash.clone(),
            };
            let user = users::create(&mut tx, tenant, new, Author::Program, now).await.unwrap();
            ids.push(user.id);
        }
        tx.commit().await.unwrap();
        Self {
            router: review_ui::router(app),
            db,
            tenant,
            clerk: ids[0],
            queue,
            clock,
            originals,
            _folder: folder,
        }
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.fetch_add(1, Ordering::Relaxed))
    }

    /// A page that was taken in from these bytes, not read yet.
    pub async fn received(&self, file_name: &str, bytes: Vec<u8>) -> PageId {
        let intake = Intake {
            tenant: self.tenant,
            campaign: None,
            chart: Some("R-1187".into()),
            file_name: file_name.into(),
            source: "upload".into(),
            by: Author::Program,
            priority: Priority::Normal,
            progress: None,
        };
        let gate = ingest::Gate {
            db: self.db.clone(),
            originals: self.originals.clone(),
            limits: Limits::default(),
            inspector: Inspector::in_this_process(),
        };
        let taken = ingest::take_in(&gate, intake, bytes.into(), self.now());
        match taken.await.unwrap() {
            Taken::New { pages, .. } => pages[0],
            other => panic!("not taken in: {other:?}"),
        }
    }

    /// A page that was read: one header, one diagnosis, two medications, one of them without
    /// saying whether its amount is for a day.
    pub async fn drafted(&self) -> Page {
        let page = self.received("カルテ_001.png", picture()).await;
        self.draft(page, findings(), PageText { engine: "見本 1".into(), ..PageText::default() })
            .await
    }

    pub async fn draft(&self, page: PageId, findings: Findings, text: PageText) -> Page {
        let draft = Draft {
            reading: NewReading {
                text,
                lexicon: "starter 1".into(),
                elapsed: Duration::from_millis(900),
            },
            findings,
        };
        let mut tx = self.db.begin().await.unwrap();
        pages::start_reading(&mut tx, self.tenant, page, self.now()).await.unwrap();
        let page = pages::save_draft(&mut tx, self.tenant, page, &draft, self.now()).await.unwrap();
        tx.commit().await.unwrap();
        page
    }

    pub async fn page(&self, id: PageId) -> Page {
        let mut tx = self.db.read().await.unwrap();
        pages::find(&mut tx, self.tenant, id).await.unwrap().unwrap()
    }

    pub async fn findings(&self, id: PageId) -> Vec<records::findings::PageFinding> {
        let mut tx = self.db.read().await.unwrap();
        records::findings::of_page(&mut tx, self.tenant, id).await.unwrap()
    }

    /// The finding of that name.
    pub async fn finding(&self, id: PageId, name: &str) -> records::findings::PageFinding {
        let is_it = |finding: &records::findings::PageFinding| {
            serde_json::to_string(&finding.current).unwrap().contains(name)
        };
        self.findings(id).await.into_iter().find(is_it).unwrap()
    }
}

/// A small white page; each is another, so that none is a double.
pub fn picture() -> Vec<u8> {
    use std::sync::atomic::AtomicU32;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let shade = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut page = image::GrayImage::from_pixel(400, 560, image::Luma([255]));
    for (n, pixel) in page.pixels_mut().take(32).enumerate() {
        pixel.0 = [if shade >> n & 1 == 1 { 0 } else { 255 }];
    }
    let mut png = std::io::Cursor::new(Vec::new());
    page.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

fn findings() -> Findings {
    let codes = Codes::from([(CodeSystem::PriceList, "1149019F1560".into())]);
    Findings {
        patient: Patient {
            name: Some("例田 一郎".into()),
            confidence: 0.98,
            bbox: Some(Rect::new(20, 10, 200, 30)),
            ..Patient::default()
        },
        diagnoses: vec![Finding {
            content: Diagnosis {
                name: "高血圧症".into(),
                icd10: Some("I10".into()),
                ..Diagnosis::default()
            },
            evidence: Evidence {
                surface: "高血圧症".into(),
                confidence: 0.98,
                bbox: Rect::new(20, 50, 200, 70),
                ..Evidence::default()
            },
        }],
        medications: vec![
            Finding {
                content: Medication {
                    name: "アムロジピン錠".into(),
                    strength: Some("5mg".into()),
                    dose: Some(Decimal::ONE),
                    dose_basis: Some(chart::DoseBasis::Day),
                    unit: Some("錠".into()),
                    times_per_day: Some(1),
                    timing: vec![Timing::AfterBreakfast],
                    days: Some(28),
                    ..Medication::default()
                },
                evidence: Evidence {
                    surface: "アムロジピン5mg 1T 分1 朝食後 28日".into(),
                    confidence: 0.99,
                    bbox: Rect::new(20, 100, 300, 120),
                    ..Evidence::default()
                },
            },
            Finding {
                content: Medication {
                    name: "ロキソニン錠".into(),
                    strength: Some("60mg".into()),
                    dose: Some(Decimal::TWO),
                    unit: Some("錠".into()),
                    times_per_day: Some(2),
                    days: Some(7),
                    ..Medication::default()
                },
                evidence: Evidence {
                    surface: "ロキソニン(60) 2T×2 7TD".into(),
                    codes: codes.clone(),
                    candidates: vec![Candidate {
                        name: "ロキソニン錠60mg".into(),
                        codes,
                        score: 0.9,
                        reason: "exact".into(),
                    }],
                    confidence: 0.7,
                    doubts: vec![Doubt::about(DoubtKind::UnknownBasis, "dose", "2T×2")],
                    bbox: Rect::new(20, 130, 300, 150),
                    ..Evidence::default()
                },
            },
        ],
        ..Findings::default()
    }
}
