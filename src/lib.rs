//! kamikarte: from the paper chart to a record that a clinician confirmed.
//!
//! This crate is the wiring: the command line, the configuration, and the three loops that move
//! pages on (`worker`, `relay`, `commands::watch`). What is done at each station stands in the
//! crate of its name; docs/architecture.md follows a page through them.

mod cli;
mod clock; // the only reader of the clock
mod config; // the only reader of the environment
mod exit;
mod telemetry; // logs and metrics

mod dictionary; // the resources of understanding, compiled when first needed
mod wiring; // settings to parts

mod dead_letters;
mod open_original; // the original whose pages are being read
mod patience; // waiting for what comes back by itself
mod queue_view;
mod reading; // a page picture to text and findings
mod relay; // outbox to queue
mod worker; // queue to drafts

mod commands;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::{
    cli::{Cli, Command, DictionaryCommand},
    config::{Loaded, Overrides},
    exit::Outcome,
};

/// Runs the command line.
pub fn run() -> ExitCode {
    exit::quietly_when_nobody_reads_on();
    let cli = Cli::parse();
    match cli.command {
        Command::ReadChild => return read_child(),
        Command::InspectChild => return inspect_child(),
        _ => {}
    }
    match load(&cli).and_then(|loaded| perform(cli.command, &loaded)) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            eprintln!("kamikarte: {error:#}");
            Outcome::Failed.into()
        }
    }
}

/// One reading process: pages come in on standard input, readings go out on standard output.
fn read_child() -> ExitCode {
    let serve = || {
        ocr::isolation::serve_child(std::io::stdin(), std::io::stdout().lock(), ocr::Reader::open)
    };
    match ocr::on_network_thread(serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kamikarte read-child: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Looks into one file: it comes in on standard input, what it holds goes out on standard output.
fn inspect_child() -> ExitCode {
    match ingest::serve_inspection(std::io::stdin(), std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kamikarte inspect-child: {error}");
            ExitCode::FAILURE
        }
    }
}

fn load(cli: &Cli) -> Result<Loaded> {
    let listen = match &cli.command {
        Command::Serve { listen, .. } => *listen,
        _ => None,
    };
    let overrides = Overrides {
        data_dir: cli.data_dir.clone(),
        tenant: cli.tenant.clone(),
        language: cli.language,
        listen,
    };
    let loaded = config::load(cli.config.as_deref(), &overrides)?;
    let goes_on =
        matches!(cli.command, Command::Serve { .. } | Command::Work { .. } | Command::Watch { .. });
    telemetry::start_logs(&loaded.config, goes_on)?;
    Ok(loaded)
}

#[tokio::main]
async fn perform(command: Command, loaded: &Loaded) -> Result<Outcome> {
    let config = loaded.config.clone();
    match command {
        Command::Read { files, format, debug } => {
            commands::read::run(&config, files, format, debug).await
        }
        Command::Extract { files, explain } => commands::extract::run(&config, &files, explain),
        Command::Ingest { paths, campaign, chart } => {
            commands::ingest::run(&config, &paths, campaign.as_deref(), chart.as_deref()).await
        }
        Command::Serve { no_worker, watch, .. } => {
            commands::serve::serve(config, !no_worker, watch).await
        }
        Command::Work { until_idle } => commands::serve::work(config, until_idle).await,
        Command::Watch { dir, campaign } => {
            commands::watch::run(&config, &dir, campaign.as_deref()).await
        }
        Command::Status { watch, json } => commands::status::run(&config, watch, json).await,
        Command::Trace { page } => commands::trace::run(&config, &page).await,
        Command::Export(command) => commands::export::run(&config, command).await,
        Command::Queue(command) => commands::queue::run(&config, command).await,
        Command::Audit(command) => commands::audit::run(&config, &command).await,
        Command::User(command) => commands::user::run(&config, command).await,
        Command::Masters(command) => commands::masters::run(&config, command),
        Command::Lexicon(command) => commands::lexicon::run(&config, command),
        Command::Dictionary(DictionaryCommand::Build) => {
            dictionary::ensure(&config)?;
            Ok(Outcome::Done)
        }
        Command::Doctor => commands::doctor::run(&config).await,
        Command::Config => commands::config::run(loaded),
        Command::ReadChild | Command::InspectChild => {
            unreachable!("have no configuration and were handled by run")
        }
    }
}
