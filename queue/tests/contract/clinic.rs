//! A clinic whose pages are to be read. Shared with `examples/publish_rate`.

use std::sync::atomic::{AtomicU32, Ordering};

use chart::{ScanId, TenantId, Timestamp};
use queue::Priority;
use records::{
    Db,
    audit::Author,
    pages::{self, NewPage},
    scans::{self, Inserted, NewScan},
    tenants,
};

/// Pages that one transaction takes in: a file of many pages.
const PAGES_A_FILE: usize = 500;

/// Whose pages they are.
pub struct Clinic {
    pub tenant: TenantId,
    scan: ScanId,
    pages: AtomicU32,
}

impl Clinic {
    pub async fn found(records: &Db, name: &str, now: Timestamp) -> Self {
        let mut tx = records.begin().await.unwrap();
        let tenant = tenants::create(&mut tx, name, now).await.unwrap().id;
        let new = NewScan {
            campaign: None,
            chart: None,
            sha256: &"0".repeat(64),
            file_name: "見本.pdf",
            media_type: "application/pdf",
            bytes: 1,
            n_pages: 1_000,
            source: "test",
        };
        let inserted = scans::insert(&mut tx, tenant, &new, Author::Program, now).await.unwrap();
        let (Inserted::New(scan) | Inserted::AlreadyThere(scan)) = inserted;
        tx.commit().await.unwrap();
        Self { tenant, scan, pages: AtomicU32::new(0) }
    }

    /// Takes `n` pages in, with their jobs in the outbox.
    pub async fn take_in(&self, records: &Db, n: usize, priority: Priority, now: Timestamp) {
        let new: Vec<NewPage> = (0..n)
            .map(|_| NewPage {
                scan: self.scan,
                number: self.pages.fetch_add(1, Ordering::Relaxed) + 1,
                chart: None,
                campaign: None,
                width: 2480,
                height: 3508,
                dpi: None,
                priority,
            })
            .collect();
        for file in new.chunks(PAGES_A_FILE) {
            let mut tx = records.begin().await.unwrap();
            pages::insert_all(&mut tx, self.tenant, file, Author::Program, now).await.unwrap();
            tx.commit().await.unwrap();
        }
    }
}
