//! `kamikarte status`: how many pages stand where, what waits, how fast it goes.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;
use chart::{Stage, TenantId};
use queue::Queue;
use records::{Db, outbox, pages, readings};
use serde::Serialize;

use crate::{clock, config::Config, exit::Outcome, wiring};

/// Over how long the pace is measured.
const PACE_WINDOW: Duration = Duration::from_mins(5);
const REFRESH: Duration = Duration::from_secs(2);

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Status {
    /// Pages by stage.
    pages: BTreeMap<&'static str, u64>,
    /// Pages that a person can look at now.
    reviewable: u64,
    /// Pages that no worker has finished yet.
    waiting: u64,
    /// Jobs that the queue does not have yet.
    outbox: u64,
    /// Jobs given up; `null` if the queue does not answer.
    dead: Option<u64>,
    /// What the queue says if it does not answer.
    queue_error: Option<String>,
    /// Pages read in the last five minutes, per minute.
    pages_per_minute: f64,
    /// Minutes until nothing waits, at that pace.
    minutes_left: Option<f64>,
}

pub async fn run(config: &Config, watch: bool, json: bool) -> Result<Outcome> {
    let db = wiring::database(config).await?;
    let queue = wiring::queue(config, &db)?;
    let tenant = wiring::tenant(&db, config).await?;
    loop {
        let status = look(&db, queue.as_ref(), tenant).await?;
        if json {
            println!("{}", serde_json::to_string(&status)?);
        } else {
            if watch {
                print!("\x1b[2J\x1b[H");
            }
            show(&status);
        }
        if !watch {
            return Ok(Outcome::Done);
        }
        tokio::time::sleep(REFRESH).await;
    }
}

async fn look(db: &Db, queue: &dyn Queue, tenant: TenantId) -> Result<Status> {
    let mut tx = db.read().await?;
    let counts = pages::counts_by_stage(&mut tx, Some(tenant)).await?;
    let (outbox, _) = outbox::backlog(&mut tx, Some(tenant)).await?;
    let since =
        chart::Timestamp::from_millis(clock::now().as_millis() - PACE_WINDOW.as_millis() as i64);
    let (n_read, _) = readings::pace(&mut tx, Some(tenant), since).await?;
    drop(tx);
    let depth = tokio::time::timeout(Duration::from_secs(5), queue.depth()).await;
    let (dead, queue_error) = match depth {
        Ok(Ok(depth)) => (Some(depth.dead), None),
        Ok(Err(error)) => (None, Some(error.to_string())),
        Err(_) => (None, Some("no answer within five seconds".to_owned())),
    };
    let at = |stages: &[Stage]| -> u64 {
        counts.iter().filter(|count| stages.contains(&count.stage)).map(|count| count.pages).sum()
    };
    let waiting = at(&[Stage::Received, Stage::Queued, Stage::Reading]);
    let pages_per_minute = n_read as f64 / (PACE_WINDOW.as_secs_f64() / 60.0);
    Ok(Status {
        reviewable: at(&[Stage::Drafted, Stage::InReview, Stage::ReadyToConfirm]),
        pages: counts.iter().map(|count| (count.stage.as_str(), count.pages)).collect(),
        waiting,
        outbox,
        dead,
        queue_error,
        pages_per_minute,
        minutes_left: (pages_per_minute > 0.0).then(|| waiting as f64 / pages_per_minute),
    })
}

fn show(status: &Status) {
    for stage in Stage::ALL {
        println!("{:<18} {:>8}", stage.as_str(), status.pages[stage.as_str()]);
    }
    println!();
    println!("{:<18} {:>8}", "outbox", status.outbox);
    match (&status.dead, &status.queue_error) {
        (Some(dead), _) => println!("{:<18} {dead:>8}", "dead letters"),
        (None, Some(error)) => println!("the queue does not answer: {error}"),
        (None, None) => {}
    }
    println!("{:<18} {:>8.1}", "pages a minute", status.pages_per_minute);
    if let Some(minutes) = status.minutes_left.filter(|_| status.waiting > 0) {
        println!("{:<18} {minutes:>8.0} min", "done in about");
    }
}
