//! A clinic with three people, as every test begins.

use std::time::Duration;

use chart::{
    Actor, Codes, Content, Diagnosis, Evidence, Finding, Findings, Language, Medication, PageId,
    PageText, Patient, Rect, Role, TenantId, Timestamp,
};
use tempfile::TempDir;
use test_support::PostgresServer;

use crate::{
    Db, Priority, Tx,
    audit::Author,
    findings::{self, PageFinding, Statement},
    pages::{self, Draft, NewPage, Page},
    readings::NewReading,
    scans::{self, Inserted, NewScan},
    tenants,
    users::{self, NewUser},
};

pub(super) struct Clinic {
    pub(super) db: Db,
    pub(super) tenant: TenantId,
    pub(super) clerk: Actor,
    pub(super) clinician: Actor,
    pub(super) administrator: Actor,
    _folder: Option<TempDir>,
}

/// `seconds` after the morning on which all tests happen.
pub(super) const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_760_000_000_000 + seconds * 1000)
}

pub(super) const MORNING: Timestamp = at(0);

impl Clinic {
    pub(super) async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("kamikarte.db").display());
        Self::on(Db::connect(&url).await.unwrap(), Some(folder)).await
    }

    pub(super) async fn on_postgres() -> Self {
        // Starting takes seconds: off the runtime's threads.
        let database = || PostgresServer::shared().fresh_database();
        let url = tokio::task::spawn_blocking(database).await.unwrap();
        Self::on(Db::connect(&url).await.unwrap(), None).await
    }

    async fn on(db: Db, folder: Option<TempDir>) -> Self {
        db.migrate().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let tenant = tenants::create(&mut tx, "見本診療所", MORNING).await.unwrap().id;
        let clerk = person(&mut tx, tenant, "clerk", Role::Clerk).await;
        let clinician = person(&mut tx, tenant, "clinician", Role::Clinician).await;
        let administrator = person(&mut tx, tenant, "administrator", Role::Administrator).await;
        tx.commit().await.unwrap();
        Self { db, tenant, clerk, clinician, administrator, _folder: folder }
    }

    /// A writing transaction.
    pub(super) async fn begin(&self) -> Tx {
        self.db.begin().await.unwrap()
    }

    pub(super) async fn read(&self) -> Tx {
        self.db.read().await.unwrap()
    }

    /// A page that was taken in just now, of a file of its own.
    pub(super) async fn received(&self) -> PageId {
        let mut tx = self.begin().await;
        let page = received(&mut tx, self.tenant, Priority::Normal).await;
        tx.commit().await.unwrap();
        page
    }

    /// A page with one medication and one diagnosis.
    pub(super) async fn drafted(&self) -> Page {
        let page = self.received().await;
        let mut tx = self.begin().await;
        pages::start_reading(&mut tx, self.tenant, page, at(1)).await.unwrap();
        let page = pages::save_draft(&mut tx, self.tenant, page, &draft(), at(2)).await.unwrap();
        tx.commit().await.unwrap();
        page
    }

    /// The same, open before a clerk.
    pub(super) async fn in_review(&self) -> Page {
        let page = self.drafted().await;
        let mut tx = self.begin().await;
        let page = pages::open(&mut tx, self.tenant, page.id, page.version, self.clerk, at(3));
        let page = page.await.unwrap();
        tx.commit().await.unwrap();
        page
    }

    pub(super) async fn page(&self, page: PageId) -> Page {
        let mut tx = self.read().await;
        pages::find(&mut tx, self.tenant, page).await.unwrap().unwrap()
    }

    pub(super) async fn findings(&self, page: PageId) -> Vec<PageFinding> {
        let mut tx = self.read().await;
        findings::of_page(&mut tx, self.tenant, page).await.unwrap()
    }

    /// The drafted medication.
    pub(super) async fn medication(&self, page: PageId) -> PageFinding {
        let findings = self.findings(page).await;
        let is_medication =
            |finding: &PageFinding| matches!(finding.current.content, Content::Medication(_));
        findings.into_iter().find(is_medication).unwrap()
    }
}

async fn person(tx: &mut Tx, tenant: TenantId, login: &str, role: Role) -> Actor {
    let new = NewUser {
        login: login.to_owned(),
        name: format!("{login}さん"),
        role,
        language: Language::Ja,
        password_hash: "no password opens this".to_owned(),
    };
    // Logins are unique in the installation, and a test may have several clinics.
    let taken = users::find_by_login(tx, login).await.unwrap().is_some();
    let login = if taken { format!("{login} of {tenant}") } else { new.login };
    let new = NewUser { login, ..new };
    users::create(tx, tenant, new, Author::Program, MORNING).await.unwrap().actor()
}

/// Another clinic in the same database, with one clerk.
pub(super) async fn another(db: &Db, name: &str) -> (TenantId, Actor) {
    let mut tx = db.begin().await.unwrap();
    let tenant = tenants::create(&mut tx, name, MORNING).await.unwrap().id;
    let clerk = person(&mut tx, tenant, "clerk", Role::Clerk).await;
    tx.commit().await.unwrap();
    (tenant, clerk)
}

pub(super) async fn received(tx: &mut Tx, tenant: TenantId, priority: Priority) -> PageId {
    let sha256 = format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>());
    let scan = NewScan {
        campaign: None,
        chart: None,
        sha256: &sha256,
        file_name: "カルテ_001.jpg",
        media_type: "image/jpeg",
        bytes: 123_456,
        n_pages: 1,
        source: "upload",
    };
    let inserted = scans::insert(tx, tenant, &scan, Author::Program, MORNING).await.unwrap();
    let Inserted::New(scan) = inserted else { panic!("random bytes came twice") };
    pages::insert(tx, tenant, &new_page(scan, priority), Author::Program, MORNING).await.unwrap()
}

pub(super) fn new_page(scan: chart::ScanId, priority: Priority) -> NewPage {
    NewPage {
        scan,
        number: 1,
        chart: None,
        campaign: None,
        width: 2480,
        height: 3508,
        dpi: Some(300),
        priority,
    }
}

pub(super) fn draft() -> Draft {
    let text = PageText {
        width: 2480,
        height: 3508,
        engine: "tesseract 5.3.0 jpn".into(),
        ..PageText::default()
    };
    Draft {
        reading: NewReading {
            text,
            lexicon: "starter 1".into(),
            elapsed: Duration::from_millis(1234),
        },
        findings: Findings {
            patient: Patient { name: Some("見本 花子".into()), ..Patient::default() },
            diagnoses: vec![Finding {
                content: Diagnosis { name: "高血圧症".into(), ..Diagnosis::default() },
                evidence: Evidence { confidence: 0.9, ..Evidence::default() },
            }],
            medications: vec![Finding {
                content: medication("アムロジピン錠"),
                evidence: Evidence {
                    surface: "アムロジピン5mg 1T".into(),
                    confidence: 0.625,
                    bbox: Rect::new(100, 200, 900, 260),
                    ..Evidence::default()
                },
            }],
            ..Findings::default()
        },
    }
}

pub(super) fn medication(name: &str) -> Medication {
    Medication {
        name: name.into(),
        strength: Some("5mg".into()),
        dose: Some("0.5".parse().unwrap()),
        ..Medication::default()
    }
}

pub(super) fn says(name: &str) -> Statement {
    Statement { content: Content::Medication(medication(name)), codes: Codes::new() }
}
