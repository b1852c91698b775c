//! `/audit`: who did what, and whether anybody tampered with it.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use chart::PageId;
use records::audit::{self, ChainFault, ChainVerdict, EventFilter};
use serde::Deserialize;

use crate::{
    app::{Here, Shared},
    failure::UiError,
    frame::Frame,
    messages::{AuditTexts, Text},
    posted::Posted,
    session::SignedIn,
    show::ok,
};

/// Events on one sheet of the list.
const EVENTS_A_SHEET: u32 = 50;

/// A sheet of the chain, newest first.
#[derive(Template)]
#[template(path = "audit.html")]
pub(crate) struct AuditPage {
    pub(crate) frame: Frame,
    pub(crate) verdict: Option<Text>,
    /// Whether the verdict is good.
    pub(crate) whole: bool,
    pub(crate) rows: Vec<EventRow>,
    pub(crate) newer: Option<String>,
    pub(crate) older: Option<String>,
}

/// An event, for people.
pub(crate) struct EventRow {
    pub(crate) number: u64,
    pub(crate) when: String,
    /// Empty if the program did it.
    pub(crate) who: String,
    pub(crate) what: String,
    pub(crate) page: Option<PageId>,
    pub(crate) subject: String,
}

/// Which sheet.
#[derive(Deserialize)]
pub(crate) struct Asked {
    before: Option<u64>,
    page: Option<PageId>,
}

/// `GET /audit`
pub(crate) async fn page(
    by: SignedIn,
    State(here): State<Here>,
    Query(asked): Query<Asked>,
) -> Result<Response, UiError> {
    by.administrator()?;
    sheet(&here, by, &asked, None).await
}

/// `POST /audit/verify`
pub(crate) async fn verify(State(here): State<Here>, posted: Posted) -> Result<Response, UiError> {
    let by = posted.by;
    by.administrator()?;
    let mut tx = here.app.db.read().await?;
    let verdict = audit::verify(&mut tx, by.tenant()).await?;
    drop(tx);
    sheet(&here, by, &Asked { before: None, page: None }, Some(verdict)).await
}

async fn sheet(
    here: &Shared,
    by: SignedIn,
    asked: &Asked,
    verdict: Option<ChainVerdict>,
) -> Result<Response, UiError> {
    let say = &by.words().audit;
    let filter =
        EventFilter { before_seq: asked.before, page: asked.page, ..EventFilter::default() };
    let mut tx = here.app.db.read().await?;
    let events = audit::list(&mut tx, by.tenant(), &filter, EVENTS_A_SHEET).await?;
    let of_page = asked.page.map(|page| format!("&page={page}")).unwrap_or_default();
    let older = events
        .last()
        .filter(|event| event.seq > 1 && events.len() as u32 == EVENTS_A_SHEET)
        .map(|event| format!("/audit?before={}{of_page}", event.seq));
    let newer = asked.before.map(|_| format!("/audit?{}", of_page.trim_start_matches('&')));
    let rows = events
        .into_iter()
        .map(|event| EventRow {
            number: event.seq,
            when: here.local(event.at),
            who: event.user_name.unwrap_or_default(),
            what: by.words().action(&event.action).to_owned(),
            page: event.page,
            subject: format!("{} {}", event.subject_kind, event.subject_id),
        })
        .collect();
    let whole = matches!(verdict, Some(ChainVerdict::Whole { .. }));
    let verdict = verdict.map(|verdict| match verdict {
        ChainVerdict::Whole { events, .. } => say.verified.with("count", events),
        ChainVerdict::Broken { seq, fault } => {
            say.broken.with("number", seq).with("why", fault_words(say, fault))
        }
    });
    Ok(ok(&AuditPage { frame: by.frame, verdict, whole, rows, newer, older }))
}

const fn fault_words(say: &AuditTexts, fault: ChainFault) -> &Text {
    match fault {
        ChainFault::Missing => &say.fault_missing,
        ChainFault::Altered => &say.fault_altered,
        ChainFault::Misplaced => &say.fault_misplaced,
        ChainFault::HeadDiffers => &say.fault_head,
    }
}
