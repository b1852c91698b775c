//! `kamikarte queue`: jobs that failed for good, or that a broker lost.

use anyhow::{Context, Result};
use chart::PageId;
use queue::{DeadLetter, Queue};
use records::{Db, audit::Author, outbox, pages};

use crate::{cli::QueueCommand, clock, config::Config, dead_letters, exit::Outcome, wiring};

pub async fn run(config: &Config, command: QueueCommand) -> Result<Outcome> {
    let db = wiring::database(config).await?;
    let queue = wiring::queue(config, &db)?;
    match command {
        QueueCommand::Dead => list(config, &db, queue.as_ref()).await?,
        QueueCommand::Retry { page } => {
            let page = page.as_deref().map(parsed).transpose()?;
            match dead_letters::retry(queue.as_ref(), page, Author::Program).await? {
                0 => eprintln!("{}", nothing(page)),
                sent => eprintln!("{sent} pages are sent to the workers again"),
            }
        }
        QueueCommand::Forget { page } => {
            let page = page.as_deref().map(parsed).transpose()?;
            match dead_letters::forget(queue.as_ref(), page).await? {
                0 => eprintln!("{}", nothing(page)),
                gone => eprintln!("{gone} jobs are off the list"),
            }
        }
        QueueCommand::Refill => {
            let mut tx = db.begin().await?;
            let pages = outbox::refill(&mut tx, clock::now()).await?;
            tx.commit().await?;
            eprintln!("{pages} unread pages are given to the queue once more");
        }
    }
    Ok(Outcome::Done)
}

async fn list(config: &Config, db: &Db, queue: &dyn Queue) -> Result<()> {
    let letters = dead_letters::list(queue).await?;
    for letter in &letters {
        println!("{}", line(config, db, letter).await?);
    }
    match letters.len() as u64 {
        0 => eprintln!("{}", nothing(None)),
        shown => {
            let dead = queue.depth().await?.dead;
            if dead > shown {
                eprintln!("{shown} of {dead}");
            }
            eprintln!("`kamikarte queue retry [PAGE]` sends them to the workers again");
        }
    }
    Ok(())
}

/// Page, since when, attempts, where to find the paper, why.
async fn line(config: &Config, db: &Db, letter: &DeadLetter) -> Result<String> {
    let zone = config.zone()?;
    let since = letter.buried_at.map_or_else(|| "-".to_owned(), |at| at.to_local(&zone));
    let (page, paper) = match &letter.job {
        Some(job) => {
            let mut tx = db.read().await?;
            let page = pages::find(&mut tx, job.tenant, job.page).await?;
            let paper = page.map_or_else(
                || "(no such page)".to_owned(),
                |page| format!("{} p. {} ({})", page.file_name, page.number, page.state.stage()),
            );
            (job.page.to_string(), paper)
        }
        None => ("(no job)".to_owned(), String::new()),
    };
    Ok(format!("{page}  {since}  {} attempts  {paper}  {}", letter.attempts, letter.reason))
}

fn parsed(page: &str) -> Result<PageId> {
    page.parse().context("`kamikarte queue dead` lists the pages")
}

fn nothing(page: Option<PageId>) -> String {
    match page {
        Some(page) => format!("no job of page {page} has failed for good"),
        None => "no job has failed for good".to_owned(),
    }
}
