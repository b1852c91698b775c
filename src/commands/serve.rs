//! `kamikarte serve`, `work` and `watch`: what goes on until it is told to stop.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use metrics_exporter_prometheus::PrometheusHandle;
use queue::Queue;
use records::Db;
use review_ui::{App, Settings};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{
    clock, commands::watch, config::Config, dictionary, exit::Outcome, open_original::OpenOriginal,
    queue_view::View, relay, telemetry, wiring, worker::Worker,
};

/// How long an idle queue counts as empty for `work --until-idle`.
const IDLE_FOR: Duration = Duration::from_secs(3);
/// How long requests in flight may take after the signal to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// The review pages, with relay and, unless told otherwise, worker inside.
pub async fn serve(config: Config, with_worker: bool, watched: Option<PathBuf>) -> Result<Outcome> {
    let metrics = telemetry::start_metrics()?;
    let db = wiring::database(&config).await?;
    let queue = wiring::queue(&config, &db)?;
    wiring::tenant(&db, &config).await?;
    let app = app(&config, &db, &queue, metrics)?;
    // Before anything else: a port that is taken should be said at once.
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!(
            "nothing can be served on {}: choose another address with --listen or KAMIKARTE_LISTEN",
            config.listen
        )
    })?;
    let stop = stop_on_signal()?;
    let mut parts = JoinSet::new();
    parts.spawn(relay::run(db.clone(), Arc::clone(&queue), stop.clone()));
    if with_worker {
        let worker = worker(&config, db.clone(), Arc::clone(&queue))?;
        let stop = stop.clone();
        parts.spawn(async move { worker.run(stop).await });
    }
    if let Some(folder) = watched {
        let (config, db, stop) = (config.clone(), db.clone(), stop.clone());
        parts.spawn(async move {
            if let Err(error) = watch::until_stopped(&config, &db, &folder, None, stop).await {
                tracing::error!(error = format!("{error:#}"), "the folder is no longer watched");
            }
        });
    }
    tracing::info!(address = %config.listen, database = db.kind(), "serving");
    let told_to_stop = stop.clone().cancelled_owned();
    let server = axum::serve(listener, review_ui::router(app)).with_graceful_shutdown(told_to_stop);
    let hurried = async {
        stop.cancelled().await;
        tokio::time::sleep(LAST_REQUESTS).await;
    };
    tokio::select! {
        ended = async { server.await } => ended.context("serving the review pages")?,
        () = hurried => tracing::warn!("requests still in flight were cut off"),
    }
    parts.join_all().await;
    queue.close().await;
    db.close().await;
    tracing::info!("stopped");
    Ok(Outcome::Done)
}

/// A worker and a relay; any number of processes on any number of machines.
pub async fn work(config: Config, until_idle: bool) -> Result<Outcome> {
    let db = wiring::database(&config).await?;
    let queue = wiring::queue(&config, &db)?;
    let worker = worker(&config, db.clone(), Arc::clone(&queue))?;
    let stop = stop_on_signal()?;
    let mut parts = JoinSet::new();
    parts.spawn(relay::run(db.clone(), Arc::clone(&queue), stop.clone()));
    if until_idle {
        parts.spawn(stop_when_idle(db.clone(), stop.clone()));
    }
    tracing::info!(processes = config.processes(), database = db.kind(), "working");
    worker.run(stop).await;
    parts.join_all().await;
    queue.close().await;
    db.close().await;
    tracing::info!("stopped");
    Ok(Outcome::Done)
}

fn app(config: &Config, db: &Db, queue: &Arc<dyn Queue>, metrics: PrometheusHandle) -> Result<App> {
    Ok(App {
        db: db.clone(),
        originals: wiring::originals(config)?,
        limits: wiring::limits(config),
        inspector: wiring::inspector(config)?,
        queue: Arc::new(View { queue: Arc::clone(queue) }),
        lexicon: Arc::new(dictionary::lexicon(config)?),
        clock: Arc::new(clock::now),
        zone: config.zone()?,
        settings: Settings {
            https: config.https,
            idle_timeout: Duration::from_mins(config.session_idle_minutes),
            metrics: Some(Arc::new(move || {
                metrics.run_upkeep();
                metrics.render()
            })),
            ..Settings::default()
        },
    })
}

fn worker(config: &Config, db: Db, queue: Arc<dyn Queue>) -> Result<Worker> {
    Ok(Worker {
        db,
        queue,
        originals: OpenOriginal::new(wiring::originals(config)?, wiring::limits(config)),
        reader: wiring::page_reader(config, None)?,
        grace: Duration::from_secs(config.worker.stop_seconds),
    })
}

/// Ends with SIGTERM or Ctrl-C.
pub fn stop_on_signal() -> Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for Ctrl-C")?;
    let stopping = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: pages in hand are finished first");
        stopping.cancel();
    });
    Ok(stop)
}

/// Stops once no page has waited for a while.
async fn stop_when_idle(db: Db, stop: CancellationToken) {
    let mut idle_since = None;
    while !stop.is_cancelled() {
        match waiting(&db).await {
            Ok(0) => {
                let since = *idle_since.get_or_insert_with(clock::now);
                if clock::now().since(since) >= IDLE_FOR {
                    stop.cancel();
                }
            }
            Ok(_) => idle_since = None,
            Err(error) => tracing::warn!(error = format!("{error:#}"), "cannot see what waits"),
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

async fn waiting(db: &Db) -> Result<u64> {
    use chart::Stage::{Queued, Reading, Received};
    let mut tx = db.read().await?;
    let counts = records::pages::counts_by_stage(&mut tx, None).await?;
    let waits =
        |count: &&records::pages::StageCount| matches!(count.stage, Received | Queued | Reading);
    Ok(counts.iter().filter(waits).map(|count| count.pages).sum())
}
