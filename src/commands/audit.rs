//! `kamikarte audit verify`: whether the chain of events is whole.

use anyhow::Result;
use records::audit::{self, ChainVerdict};

use crate::{cli::AuditCommand, config::Config, exit::Outcome, wiring};

pub async fn run(config: &Config, command: &AuditCommand) -> Result<Outcome> {
    let AuditCommand::Verify = command;
    let db = wiring::database(config).await?;
    let tenant = wiring::tenant(&db, config).await?;
    let mut tx = db.read().await?;
    Ok(match audit::verify(&mut tx, tenant).await? {
        ChainVerdict::Whole { events, head } => {
            println!("the chain is whole: {events} events, the last with hash {head}");
            Outcome::Done
        }
        ChainVerdict::Broken { seq, fault } => {
            eprintln!("the chain is broken at event {seq}: {fault}");
            Outcome::Failed
        }
    })
}
