//! How many transactions of each kind the records keep a second, on both databases.
//!
//! `cargo bench -p records` prints a table. Every commit lies on the disk before it counts.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, Instant},
};

use chart::{
    Actor, Content, Evidence, Finding, Findings, Language, Medication, PageId, PageState, PageText,
    Rect, Role, TenantId, Timestamp,
};
use records::{
    Db, JobKind, Priority,
    audit::{self, Author},
    findings::{self, Correction, Statement},
    jobs, outbox,
    pages::{self, Draft, NewPage},
    readings::NewReading,
    scans::{self, Inserted, NewScan},
    sessions, tenants,
    users::{self, NewUser},
};
use test_support::PostgresServer;

/// Long enough to even out checkpoints, short enough for six rows on two databases.
const EACH: Duration = Duration::from_secs(4);
const WRITERS: usize = 8;
const PAGES_A_SCAN: u32 = 100;
/// A full prescription page.
const FINDINGS_A_PAGE: usize = 20;

static CLOCK: AtomicI64 = AtomicI64::new(1_760_000_000_000);

fn now() -> Timestamp {
    Timestamp::from_millis(CLOCK.fetch_add(1, Ordering::Relaxed))
}

#[derive(Clone)]
struct Clinic {
    db: Db,
    tenant: TenantId,
    clinician: Actor,
}

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = format!("sqlite:{}", folder.path().join("kamikarte.db").display());
    let server = PostgresServer::start();
    println!("{:<44} {:>12} {:>12}", "a second", "SQLite", "PostgreSQL");
    let sqlite = table(&file).await;
    let postgres = table(&server.fresh_database()).await;
    for ((name, sqlite), (_, postgres)) in sqlite.into_iter().zip(postgres) {
        println!("{name:<44} {sqlite:>12.0} {postgres:>12.0}");
    }
}

async fn table(url: &str) -> Vec<(&'static str, f64)> {
    let db = Db::connect(url).await.expect("the database is there");
    db.migrate().await.expect("the tables can be made");
    let mut clinics = Vec::new();
    for number in 0..WRITERS {
        clinics.push(clinic(&db, number).await);
    }
    let same = vec![clinics[0].clone(); WRITERS];
    let one = &same[..1];
    let pages = drafted(&clinics[0]).await;
    vec![
        ("bare commits (a session), one writer", pace(one, session).await),
        ("bare commits (a session), eight writers", pace(&same, session).await),
        ("audit events, one writer", pace(one, view).await),
        ("audit events, eight writers, one clinic", pace(&same, view).await),
        ("audit events, eight writers, eight clinics", pace(&clinics, view).await),
        ("corrections, one writer", corrections(&clinics[0], pages).await),
        ("pages taken in, 100 a transaction", {
            pace(one, intake).await * f64::from(PAGES_A_SCAN)
        }),
        ("jobs through outbox into embedded queue", relayed(&clinics[0]).await),
        ("jobs claimed one by one", claimed(&clinics[0]).await),
        ("pages read: start and draft of 20 findings", read(&clinics[0]).await),
    ]
}

async fn clinic(db: &Db, number: usize) -> Clinic {
    let mut tx = db.begin().await.expect("begin");
    let tenant = tenants::create(&mut tx, &format!("診療所{number}"), now()).await;
    let tenant = tenant.expect("a new clinic").id;
    let new = NewUser {
        login: format!("clinician{number}"),
        name: "見本 医師".into(),
        role: Role::Clinician,
        language: Language::Ja,
        password_hash: "none".into(),
    };
    let user = users::create(&mut tx, tenant, new, Author::Program, now()).await;
    let clinician = user.expect("a new person").actor();
    tx.commit().await.expect("commit");
    Clinic { db: db.clone(), tenant, clinician }
}

/// Transactions a second that the clinics make together in [`EACH`].
async fn pace<F, Transaction>(clinics: &[Clinic], transaction: F) -> f64
where
    F: Fn(Clinic) -> Transaction + Copy + Send + 'static,
    Transaction: Future<Output = ()> + Send,
{
    let begin = Instant::now();
    let writers: Vec<_> = clinics
        .iter()
        .map(|clinic| {
            let clinic = clinic.clone();
            tokio::spawn(async move {
                let mut done = 0_u32;
                while begin.elapsed() < EACH {
                    transaction(clinic.clone()).await;
                    done += 1;
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for writer in writers {
        done += writer.await.expect("a writer ends well");
    }
    f64::from(done) / begin.elapsed().as_secs_f64()
}

async fn session(clinic: Clinic) {
    let mut tx = clinic.db.begin().await.expect("begin");
    let id = format!("{:?}", tokio::task::id());
    sessions::save(&mut tx, &id, None, "{}", now()).await.expect("save");
    tx.commit().await.expect("commit");
}

async fn view(clinic: Clinic) {
    let mut tx = clinic.db.begin().await.expect("begin");
    let page = PageId::new(now());
    audit::page_viewed(&mut tx, clinic.tenant, page, clinic.clinician, now()).await.expect("view");
    tx.commit().await.expect("commit");
}

async fn intake(clinic: Clinic) {
    let mut tx = clinic.db.begin().await.expect("begin");
    let sha256 = format!("{:064x}", now().as_millis());
    let scan = NewScan {
        campaign: None,
        chart: None,
        sha256: &sha256,
        file_name: "箱1.pdf",
        media_type: "application/pdf",
        bytes: 1,
        n_pages: PAGES_A_SCAN,
        source: "bench",
    };
    let inserted = scans::insert(&mut tx, clinic.tenant, &scan, Author::Program, now()).await;
    let Inserted::New(scan) = inserted.expect("insert") else { panic!("the same number twice") };
    for number in 1..=PAGES_A_SCAN {
        let page = NewPage {
            scan,
            number,
            chart: None,
            campaign: None,
            width: 2480,
            height: 3508,
            dpi: Some(300),
            priority: Priority::Bulk,
        };
        pages::insert(&mut tx, clinic.tenant, &page, Author::Program, now()).await.expect("page");
    }
    tx.commit().await.expect("commit");
}

/// Moves what [`intake`] left in the outbox into the queue; jobs a second.
async fn relayed(clinic: &Clinic) -> f64 {
    let begin = Instant::now();
    let mut moved = 0;
    while begin.elapsed() < EACH {
        let mut tx = clinic.db.begin().await.expect("begin");
        let jobs = outbox::claim(&mut tx, Priority::Bulk, 500, EACH, now()).await.expect("claim");
        jobs::insert_if_absent(&mut tx, &jobs, now()).await.expect("insert");
        let ids: Vec<_> = jobs.iter().map(|job| job.id).collect();
        outbox::mark_published(&mut tx, &ids, now()).await.expect("mark");
        tx.commit().await.expect("commit");
        moved += jobs.len();
        if jobs.is_empty() {
            break;
        }
    }
    moved as f64 / begin.elapsed().as_secs_f64()
}

/// Claims and completes what [`relayed`] put into the queue; jobs a second.
async fn claimed(clinic: &Clinic) -> f64 {
    let begin = Instant::now();
    let mut done = 0_u32;
    while begin.elapsed() < EACH {
        let mut tx = clinic.db.begin().await.expect("begin");
        let claim = jobs::claim(&mut tx, JobKind::ReadPage, 1, EACH, 3, now()).await;
        tx.commit().await.expect("commit");
        let Some(leased) = claim.expect("claim").leased.pop() else { break };
        let mut tx = clinic.db.begin().await.expect("begin");
        jobs::complete(&mut tx, &leased.lease).await.expect("complete");
        tx.commit().await.expect("commit");
        done += 1;
    }
    f64::from(done) / begin.elapsed().as_secs_f64()
}

fn draft() -> Draft {
    let medication = Finding {
        content: Medication { name: "アムロジピン錠".into(), ..Medication::default() },
        evidence: Evidence {
            surface: "アムロジピン錠5mg 1T 分1 朝食後".into(),
            confidence: 0.9,
            bbox: Rect::new(1, 2, 3, 4),
            ..Evidence::default()
        },
    };
    Draft {
        reading: NewReading {
            text: PageText::default(),
            lexicon: "bench".into(),
            elapsed: Duration::from_secs(2),
        },
        findings: Findings {
            medications: vec![medication; FINDINGS_A_PAGE],
            ..Findings::default()
        },
    }
}

async fn waiting(clinic: &Clinic) -> Vec<PageId> {
    let mut tx = clinic.db.read().await.expect("read");
    let all = pages::PageFilter::default();
    let pages = pages::list(&mut tx, clinic.tenant, &all, 20_000, 0).await.expect("list");
    let unread = |page: &&pages::Page| {
        matches!(page.state, PageState::Received { .. } | PageState::Queued { .. })
    };
    pages.iter().filter(unread).map(|page| page.id).collect()
}

/// Reads what [`intake`] brought; pages a second.
async fn read(clinic: &Clinic) -> f64 {
    let pages = waiting(clinic).await;
    let draft = draft();
    let begin = Instant::now();
    let mut done = 0_u32;
    for page in pages {
        if begin.elapsed() > EACH {
            break;
        }
        let mut tx = clinic.db.begin().await.expect("begin");
        pages::start_reading(&mut tx, clinic.tenant, page, now()).await.expect("start");
        tx.commit().await.expect("commit");
        let mut tx = clinic.db.begin().await.expect("begin");
        pages::save_draft(&mut tx, clinic.tenant, page, &draft, now()).await.expect("draft");
        tx.commit().await.expect("commit");
        done += 1;
    }
    f64::from(done) / begin.elapsed().as_secs_f64()
}

/// A page in review.
async fn drafted(clinic: &Clinic) -> PageId {
    intake(clinic.clone()).await;
    let page = waiting(clinic).await[0];
    let mut tx = clinic.db.begin().await.expect("begin");
    pages::start_reading(&mut tx, clinic.tenant, page, now()).await.expect("start");
    let drafted = pages::save_draft(&mut tx, clinic.tenant, page, &draft(), now()).await;
    let version = drafted.expect("draft").version;
    pages::open(&mut tx, clinic.tenant, page, version, clinic.clinician, now())
        .await
        .expect("open");
    tx.commit().await.expect("commit");
    page
}

/// One person corrects one finding again and again; corrections a second.
async fn corrections(clinic: &Clinic, page: PageId) -> f64 {
    let mut tx = clinic.db.read().await.expect("read");
    let finding =
        findings::of_page(&mut tx, clinic.tenant, page).await.expect("findings").remove(0);
    drop(tx);
    let (mut version, mut done) = (finding.version, 0_u32);
    let begin = Instant::now();
    while begin.elapsed() < EACH {
        let Content::Medication(mut medication) = finding.current.content.clone() else {
            panic!("a medication was drafted")
        };
        medication.name = format!("薬{done}");
        let codes = finding.current.codes.clone();
        let statement = Statement { content: Content::Medication(medication), codes };
        let correction = Correction { statement, bbox: None, reason: None };
        let mut tx = clinic.db.begin().await.expect("begin");
        let changed = findings::correct(
            &mut tx,
            clinic.tenant,
            finding.id,
            version,
            correction,
            clinic.clinician,
            now(),
        );
        version = changed.await.expect("correct").finding.version;
        tx.commit().await.expect("commit");
        done += 1;
    }
    f64::from(done) / begin.elapsed().as_secs_f64()
}
