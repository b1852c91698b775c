//! `kamikarte watch`: whatever a scanner writes into a folder is taken in.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use indicatif::ProgressBar;
use ingest::watched_folder::{self, Outcome as Settled, Seen};
use records::Db;
use tokio_util::sync::CancellationToken;

use crate::{
    clock,
    commands::{
        ingest::{Entrance, Fate},
        serve::stop_on_signal,
    },
    config::Config,
    exit::Outcome,
    wiring,
};

pub async fn run(config: &Config, folder: &Path, campaign: Option<&str>) -> Result<Outcome> {
    let db = wiring::database(config).await?;
    until_stopped(config, &db, folder, campaign, stop_on_signal()?).await?;
    Ok(Outcome::Done)
}

/// Looks every few seconds. What could not be taken in because the store or the database was away
/// stays and is tried again.
pub async fn until_stopped(
    config: &Config,
    db: &Db,
    folder: &Path,
    campaign: Option<&str>,
    stop: CancellationToken,
) -> Result<()> {
    ensure!(folder.is_dir(), "{} is no folder", folder.display());
    let entrance = Entrance {
        gate: wiring::gate(config, db)?,
        tenant: wiring::tenant(db, config).await?,
        campaign: campaign.map(str::to_owned),
        chart: None,
        source: "watched folder",
        // Nobody stands by; the review page says what is wrong.
        judges: false,
    };
    let settle = Duration::from_secs(config.watch.settle_seconds);
    let interval = Duration::from_secs(config.watch.interval_seconds.max(1));
    let mut seen = Seen::default();
    tracing::info!("watching the folder");
    while !stop.is_cancelled() {
        if let Err(error) = look(&entrance, folder, &mut seen, settle, &stop).await {
            tracing::warn!(error = format!("{error:#}"), "the folder is looked at again later");
        }
        tokio::select! {
            () = tokio::time::sleep(interval) => {}
            () = stop.cancelled() => {}
        }
    }
    Ok(())
}

async fn look(
    entrance: &Entrance,
    folder: &Path,
    seen: &mut Seen,
    settle: Duration,
    stop: &CancellationToken,
) -> Result<()> {
    for path in watched_folder::scan_once(folder, seen, settle, clock::now())? {
        if stop.is_cancelled() {
            break;
        }
        let fate = entrance
            .take(&path, &ProgressBar::hidden())
            .await
            .with_context(|| format!("{} stays where it is", path.display()))?;
        let outcome = match &fate {
            Fate::New { .. } | Fate::Duplicate => Settled::Done,
            Fate::Refused(refusal) => Settled::Refused(refusal),
        };
        watched_folder::settle(folder, &path, outcome)?;
    }
    Ok(())
}
