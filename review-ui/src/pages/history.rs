//! `/pages/{id}/history`: what people changed, and what was confirmed of it.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use chart::PageId;
use records::{committed, corrections, findings::Statement};

use crate::{
    app::Here,
    failure::UiError,
    frame::Frame,
    in_words,
    pages::review::{see, title},
    session::SignedIn,
    show::ok,
};

/// Everything that happened to the findings of a page.
#[derive(Template)]
#[template(path = "history.html")]
pub(crate) struct HistoryPage {
    pub(crate) frame: Frame,
    pub(crate) id: PageId,
    pub(crate) page_title: String,
    pub(crate) corrections: Vec<CorrectionView>,
    pub(crate) records: Vec<RecordView>,
}

/// A correction in words.
pub(crate) struct CorrectionView {
    pub(crate) when: String,
    pub(crate) who: String,
    pub(crate) what: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) reason: String,
}

/// A committed record in words.
pub(crate) struct RecordView {
    pub(crate) when: String,
    pub(crate) who: String,
    pub(crate) reads: String,
    pub(crate) version: u32,
}

/// `GET /pages/{id}/history`
pub(crate) async fn page(
    by: SignedIn,
    State(here): State<Here>,
    Path(id): Path<PageId>,
) -> Result<Response, UiError> {
    let seen = see(&here, &by, id).await?;
    let words = by.words();
    let mut tx = here.app.db.read().await?;
    let corrections = corrections::of_page(&mut tx, by.tenant(), id).await?;
    let records = committed::of_page(&mut tx, by.tenant(), id).await?;
    drop(tx);
    let told = |statement: Option<&Statement>| {
        statement.map(|it| in_words::finding(words, &it.content)).unwrap_or_default()
    };
    let corrections = corrections
        .iter()
        .rev()
        .map(|correction| CorrectionView {
            when: here.local(correction.at),
            who: correction.by_name.clone(),
            what: words.action(&format!("finding.{}", correction.action)).to_owned(),
            from: told(correction.before.as_ref()),
            to: told(correction.after.as_ref()),
            reason: correction.reason.clone().unwrap_or_default(),
        })
        .collect();
    let records = records
        .iter()
        .map(|record| RecordView {
            when: here.local(record.confirmed_at),
            who: record.confirmed_by_name.clone(),
            reads: told(Some(&record.statement)),
            version: record.version,
        })
        .collect();
    let page_title = title(&seen.page);
    Ok(ok(&HistoryPage { frame: by.frame, id, page_title, corrections, records }))
}
