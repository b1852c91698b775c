//! `kamikarte status`: how many pages stand where, what waits, how fast it goes.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;
use chart::{Stage, TenantId, Timestamp};
use queue::{Depth, Queue};
use records::{
    Db, outbox, pages,
    readings::{self, Pace},
};
use serde::Serialize;

use crate::{clock, config::Config, exit::Outcome, wiring};

/// Over how long the pace is measured.
const PACE_WINDOW: Duration = Duration::from_mins(5);
const REFRESH: Duration = Duration::from_secs(2);
/// How long the queue may take to say how full it is.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// What to do about a full outbox before an empty queue.
const STUCK: &str = "the queue is empty and is given nothing: `kamikarte serve` or `kamikarte work` must be \
    running; if one is, its log says what stands in the way";
/// How long a job may lie in the outbox while the queue is empty. A relay looks three times a second.
const STUCK_AFTER: Duration = Duration::from_mins(1);
/// A pace is told of this many minutes at least: a page a second.
const SHORTEST: f64 = 1.0 / 60.0;

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Status {
    /// Pages by stage.
    pages: BTreeMap<&'static str, u64>,
    /// Pages that a person can look at now.
    reviewable: u64,
    /// Pages that no worker has finished yet.
    waiting: u64,
    /// Minutes since the oldest of these was taken in.
    oldest_minutes: Option<f64>,
    /// Jobs that the queue does not have yet.
    outbox: u64,
    /// Minutes since the oldest of these was written.
    outbox_minutes: Option<f64>,
    /// Nobody hands them over, though the queue is empty and takes jobs.
    outbox_stuck: bool,
    /// Jobs of all clinics that wait for a worker; `null` if the queue does not answer.
    jobs_waiting: Option<u64>,
    /// Jobs of all clinics that wait for their next attempt.
    jobs_delayed: Option<u64>,
    /// Jobs of all clinics that workers have; RabbitMQ does not tell.
    jobs_in_hand: Option<u64>,
    /// Jobs given up; `null` if the queue does not answer.
    dead: Option<u64>,
    /// What the queue says if it does not answer, or takes no jobs.
    queue_error: Option<String>,
    /// Pages read in the last five minutes, or since the first of them, per minute.
    pages_per_minute: f64,
    /// Minutes until nothing waits, at that pace.
    minutes_left: Option<f64>,
}

pub async fn run(config: &Config, watch: bool, json: bool) -> Result<Outcome> {
    let db = wiring::database(config).await?;
    let queue = wiring::queue(config, &db)?;
    let tenant = wiring::tenant(&db, config).await?;
    loop {
        let status = match look(&db, queue.as_ref(), tenant).await {
            // Whoever watches wants to see when it comes back.
            Err(error) if watch => {
                eprintln!("{error:#}");
                tokio::time::sleep(REFRESH).await;
                continue;
            }
            looked => looked?,
        };
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
    let now = clock::now();
    let mut tx = db.read().await?;
    let counts = pages::counts_by_stage(&mut tx, Some(tenant)).await?;
    let oldest = pages::oldest_unread(&mut tx, Some(tenant)).await?;
    let (outbox, outbox_since) = outbox::backlog(&mut tx, Some(tenant)).await?;
    let since = Timestamp::from_millis(now.as_millis() - PACE_WINDOW.as_millis() as i64);
    let pace = readings::pace(&mut tx, Some(tenant), since).await?;
    drop(tx);
    let (depth, queue_error) = depth(queue).await;
    let at = |stages: &[Stage]| -> u64 {
        counts.iter().filter(|count| stages.contains(&count.stage)).map(|count| count.pages).sum()
    };
    let waiting = at(&[Stage::Received, Stage::Queued, Stage::Reading]);
    let minutes_since = |moment| now.since(moment).as_secs_f64() / 60.0;
    let pages_per_minute = per_minute(&pace, now);
    let is_idle = queue_error.is_none() && depth.is_some_and(|depth| depth.waiting == 0);
    Ok(Status {
        reviewable: at(&[Stage::Drafted, Stage::InReview, Stage::ReadyToConfirm]),
        pages: counts.iter().map(|count| (count.stage.as_str(), count.pages)).collect(),
        waiting,
        oldest_minutes: oldest.map(minutes_since),
        outbox,
        outbox_minutes: outbox_since.map(minutes_since),
        outbox_stuck: is_idle && outbox_since.is_some_and(|since| now.since(since) > STUCK_AFTER),
        jobs_waiting: depth.map(|depth| depth.waiting),
        jobs_delayed: depth.map(|depth| depth.delayed),
        jobs_in_hand: depth.and_then(|depth| depth.in_hand),
        dead: depth.map(|depth| depth.dead),
        queue_error,
        pages_per_minute,
        minutes_left: (pages_per_minute > 0.0).then(|| waiting as f64 / pages_per_minute),
    })
}

async fn depth(queue: &dyn Queue) -> (Option<Depth>, Option<String>) {
    let mut depth = None;
    let asking = async {
        depth = Some(queue.depth().await?);
        queue.takes_jobs().await
    };
    let error = match tokio::time::timeout(ANSWER_LIMIT, asking).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(format!("no answer within {} s", ANSWER_LIMIT.as_secs())),
    };
    (depth, error)
}

/// Pages a minute. Work that began within the window has not had all of it.
fn per_minute(pace: &Pace, now: Timestamp) -> f64 {
    let Some(first) = pace.first else { return 0.0 };
    let minutes = now.since(first).min(PACE_WINDOW).as_secs_f64() / 60.0;
    // The first page was begun before it was done.
    let of_one = minutes / pace.pages.saturating_sub(1).max(1) as f64;
    pace.pages as f64 / (minutes + of_one).min(PACE_WINDOW.as_secs_f64() / 60.0).max(SHORTEST)
}

fn show(status: &Status) {
    for stage in Stage::ALL {
        println!("{:<18} {:>8}", stage.as_str(), status.pages[stage.as_str()]);
    }
    println!();
    println!("{:<18} {:>8}", "not read yet", status.waiting);
    if let Some(minutes) = status.oldest_minutes {
        println!("{:<18} {:>8}", "oldest of these", in_words(minutes));
    }
    println!("{:<18} {:>8}", "outbox", status.outbox);
    if let Some(minutes) = status.outbox_minutes {
        println!("{:<18} {:>8}", "oldest of these", in_words(minutes));
    }
    if status.outbox_stuck {
        println!("outbox: {STUCK}");
    }
    for (what, jobs) in [
        ("jobs waiting", status.jobs_waiting),
        ("jobs delayed", status.jobs_delayed),
        ("jobs in hand", status.jobs_in_hand),
        ("dead letters", status.dead),
    ] {
        if let Some(jobs) = jobs {
            println!("{what:<18} {jobs:>8}");
        }
    }
    if let Some(error) = &status.queue_error {
        println!("queue: {error}");
    }
    println!("{:<18} {:>8.1}", "pages a minute", status.pages_per_minute);
    if let Some(minutes) = status.minutes_left.filter(|_| status.waiting > 0) {
        println!("{:<18} {:>8}", "done in about", in_words(minutes));
    }
}

/// Minutes as a person says them: `40 s`, `12 min`, `7.5 h`, `3.1 d`.
fn in_words(minutes: f64) -> String {
    const HOUR: f64 = 60.0;
    const DAY: f64 = 24.0 * HOUR;
    if minutes < 1.0 {
        format!("{:.0} s", minutes * 60.0)
    } else if minutes < HOUR {
        format!("{minutes:.0} min")
    } else if minutes < 2.0 * DAY {
        format!("{:.1} h", minutes / HOUR)
    } else {
        format!("{:.1} d", minutes / DAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn the_pace_counts_only_the_time_that_was_worked() {
        let pace = |pages, first| Pace { pages, first, took: Duration::ZERO };
        assert!(per_minute(&pace(0, None), at(1000)).abs() < 1e-9);
        // 300 pages in the whole window of five minutes.
        assert!((per_minute(&pace(300, Some(at(700))), at(1000)) - 60.0).abs() < 0.5);
        // Eleven pages, the first of them a minute ago: one in six seconds.
        assert!((per_minute(&pace(11, Some(at(940))), at(1000)) - 10.0).abs() < 0.1);
        // One, this very moment, is no proof of a million a minute.
        assert!(per_minute(&pace(1, Some(at(1000))), at(1000)) <= 60.0);
    }

    #[test]
    fn times_are_told_in_a_unit_that_says_something() {
        let told = [0.5, 12.2, 450.0, 4500.0].map(in_words);
        assert_eq!(told, ["30 s", "12 min", "7.5 h", "3.1 d"]);
    }
}
