//! `kamikarte trace PAGE`: everything that is known of a page, in order of time.

use anyhow::{Context, Result};
use chart::PageId;
use records::{
    audit::{self, EventFilter},
    committed, pages, readings, scans,
};

use crate::{config::Config, exit::Outcome, wiring};

pub async fn run(config: &Config, page: &str) -> Result<Outcome> {
    let id: PageId = page.parse().context("the page's identifier stands on its review page")?;
    let db = wiring::database(config).await?;
    let tenant = wiring::tenant(&db, config).await?;
    let zone = config.zone()?;
    let mut tx = db.read().await?;
    let page = pages::find(&mut tx, tenant, id)
        .await?
        .with_context(|| format!("there is no page {id} in {}", config.tenant))?;
    let scan = scans::find(&mut tx, tenant, page.scan).await?.context("its scan is missing")?;
    println!("page      {}  ({} of {} in {})", page.id, page.number, page.n_pages, page.file_name);
    println!("original  sha256 {}  {} bytes", scan.sha256, scan.bytes);
    println!("state     {} since {}", page.state.stage(), page.state.at().to_local(&zone));
    if let Some(reason) = page.state.reason() {
        println!("reason    {reason}");
    }
    for duplicate in scans::duplicates_of(&mut tx, tenant, page.scan).await? {
        let at = duplicate.received_at.to_local(&zone);
        println!("again     {at}  {} from {}", duplicate.file_name, duplicate.source);
    }
    for reading in readings::of_page(&mut tx, tenant, id).await? {
        println!(
            "reading   {}  {} ms  {} lines  {}  lexicon {}",
            reading.read_at.to_local(&zone),
            reading.elapsed.as_millis(),
            reading.text.lines.len(),
            reading.text.engine,
            reading.lexicon,
        );
    }
    println!();
    let filter = EventFilter { page: Some(id), ..EventFilter::default() };
    let mut events = audit::list(&mut tx, tenant, &filter, u32::MAX).await?;
    events.reverse();
    for event in events {
        println!(
            "{:>6}  {}  {:<24} {}",
            event.seq,
            event.at.to_rfc3339(),
            event.action,
            event.user_name.as_deref().unwrap_or("kamikarte"),
        );
    }
    println!();
    for record in committed::of_page(&mut tx, tenant, id).await? {
        println!(
            "record    {}  version {}  {}  {}",
            record.id,
            record.version,
            record.kind(),
            record.surface
        );
    }
    Ok(Outcome::Done)
}
