//! `/queue`: how much there is to read, what has stopped, and trying that again.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::{Redirect, Response},
};
use chart::PageId;
use records::pages::{self, Page};
use serde::Deserialize;

use crate::{
    app::{Here, QueueDepth},
    failure::UiError,
    frame::Frame,
    messages::{Messages, Text},
    posted::Posted,
    session::SignedIn,
    show::ok,
};

/// The administrator's view of the queue.
#[derive(Template)]
#[template(path = "queue.html")]
pub(crate) struct QueuePage {
    pub(crate) frame: Frame,
    pub(crate) message: Option<Text>,
    /// `None` while the queue is away.
    pub(crate) depth: Option<QueueDepth>,
    pub(crate) dead: Vec<DeadRow>,
}

/// A job that stopped, for people.
pub(crate) struct DeadRow {
    pub(crate) page: PageId,
    /// Where to find the paper; of another clinic's page nothing but its name in the program.
    pub(crate) paper: String,
    pub(crate) reason: String,
    pub(crate) attempts: u32,
    pub(crate) since: String,
}

/// What was just done.
#[derive(Deserialize)]
pub(crate) struct Done {
    retried: Option<u64>,
}

/// `GET /queue`
pub(crate) async fn page(
    by: SignedIn,
    State(here): State<Here>,
    Query(done): Query<Done>,
) -> Result<Response, UiError> {
    by.administrator()?;
    let message = done.retried.map(|count| by.words().queue.retried.with("count", count));
    let seen = match (here.app.queue.depth().await, here.app.queue.dead().await) {
        (Ok(depth), Ok(dead)) => Some((depth, dead)),
        (Err(away), _) | (_, Err(away)) => {
            tracing::warn!(error = %away, "the queue page found the queue away");
            None
        }
    };
    let (depth, dead) = seen.map_or((None, Vec::new()), |(depth, dead)| (Some(depth), dead));
    let mut rows = Vec::with_capacity(dead.len());
    let mut tx = here.app.db.read().await?;
    for job in dead {
        let paper = pages::find(&mut tx, by.tenant(), job.page).await?;
        rows.push(DeadRow {
            page: job.page,
            paper: paper.map_or_else(|| job.page.to_string(), |it| paper_of(by.words(), &it)),
            reason: by.words().unreadable_reason(&job.reason).to_owned(),
            attempts: job.attempts,
            since: here.local(job.since),
        });
    }
    drop(tx);
    Ok(ok(&QueuePage { frame: by.frame, message, depth, dead: rows }))
}

fn paper_of(words: &Messages, page: &Page) -> String {
    words.review.page_of.with("file", &page.file_name).with("number", page.number).to_string()
}

/// `POST /queue/retry`
pub(crate) async fn retry(State(here): State<Here>, posted: Posted) -> Result<Redirect, UiError> {
    posted.by.administrator()?;
    let page = posted.fields.some("page").map(|page| page.parse()).transpose();
    let page = page.map_err(|_| UiError::Malformed("no page of that name"))?;
    let retried =
        here.app.queue.retry_dead(page).await.map_err(|away| UiError::Away(away.to_string()))?;
    Ok(Redirect::to(&format!("/queue?retried={retried}")))
}
