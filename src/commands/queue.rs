//! `kamikarte queue`: jobs that failed for good.

use anyhow::{Context, Result};
use records::audit::Author;

use crate::{cli::QueueCommand, config::Config, dead_letters, exit::Outcome, wiring};

pub async fn run(config: &Config, command: QueueCommand) -> Result<Outcome> {
    let db = wiring::database(config).await?;
    let queue = wiring::queue(config, &db)?;
    match command {
        QueueCommand::Dead => {
            let letters = dead_letters::list(queue.as_ref()).await?;
            if letters.is_empty() {
                eprintln!("no job has failed for good");
            }
            for letter in letters {
                let page =
                    letter.job.map_or_else(|| "(no job)".to_owned(), |job| job.page.to_string());
                println!("{page}  {} attempts  {}", letter.attempts, letter.reason);
            }
        }
        QueueCommand::Retry { page } => {
            let page = page
                .map(|page| page.parse())
                .transpose()
                .context("`kamikarte queue dead` lists the pages")?;
            let sent = dead_letters::retry(queue.as_ref(), page, Author::Program).await?;
            eprintln!("{sent} pages are sent to the workers again");
        }
    }
    Ok(Outcome::Done)
}
