//! `/pages/{id}/hand-over` and `/pages/{id}/send-back`: from clerk to clinician and back.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{Redirect, Response},
};
use chart::PageId;
use records::pages;

use crate::{
    app::Here,
    card::{DoubtView, basis_is_open, in_view, is_unsure, name_is_open, standing_doubts},
    failure::UiError,
    frame::Frame,
    in_words,
    pages::review::{into_review, may_edit, see, seen_version, title},
    posted::Posted,
    session::SignedIn,
    show::ok,
};

/// What is still open, before the page goes to the clinician.
#[derive(Template)]
#[template(path = "hand_over.html")]
pub(crate) struct HandOverPage {
    pub(crate) frame: Frame,
    pub(crate) id: PageId,
    pub(crate) page_title: String,
    pub(crate) version: i64,
    pub(crate) open: Vec<OpenItem>,
}

/// A finding with something open.
pub(crate) struct OpenItem {
    pub(crate) id: String,
    pub(crate) reads: String,
    pub(crate) must_choose: bool,
    pub(crate) must_name: bool,
    pub(crate) doubts: Vec<DoubtView>,
}

/// `GET /pages/{id}/hand-over`
pub(crate) async fn page(
    by: SignedIn,
    State(here): State<Here>,
    Path(id): Path<PageId>,
) -> Result<Response, UiError> {
    by.corrects()?;
    let seen = see(&here, &by, id).await?;
    if !may_edit(&seen.page, by.actor()) {
        return Err(UiError::State(seen.page.state.stage()));
    }
    let words = by.words();
    let open = seen
        .findings
        .iter()
        .filter(|finding| is_unsure(finding))
        .map(|finding| OpenItem {
            id: finding.id.to_string(),
            reads: in_words::finding(words, &finding.current.content),
            must_choose: basis_is_open(finding),
            must_name: name_is_open(finding),
            doubts: standing_doubts(finding)
                .into_iter()
                .filter(|doubt| doubt.kind != chart::DoubtKind::UnknownBasis)
                .map(|doubt| in_view(words, doubt))
                .collect(),
        })
        .collect();
    let page = HandOverPage {
        id,
        page_title: title(&seen.page),
        version: seen.page.version,
        open,
        frame: by.frame,
    };
    Ok(ok(&page))
}

/// `POST /pages/{id}/hand-over`
pub(crate) async fn hand_over(
    State(here): State<Here>,
    Path(id): Path<PageId>,
    posted: Posted,
) -> Result<Redirect, UiError> {
    let Posted { by, fields, .. } = posted;
    by.corrects()?;
    let seen = seen_version(&fields)?;
    let (tenant, actor, now) = (by.tenant(), by.actor(), here.now());
    let mut tx = here.app.db.begin().await?;
    let page = pages::find(&mut tx, tenant, id).await?.ok_or(UiError::NotFound)?;
    if page.version != seen {
        return Err(UiError::Conflict);
    }
    // A page on which nothing was wrong is handed over without having been opened.
    let page = into_review(&mut tx, tenant, page, actor, now).await?;
    let note = fields.some("note");
    pages::hand_over(&mut tx, tenant, id, page.version, actor, note.as_deref(), now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/?done={id}")))
}

/// `POST /pages/{id}/send-back`
pub(crate) async fn send_back(
    State(here): State<Here>,
    Path(id): Path<PageId>,
    posted: Posted,
) -> Result<Redirect, UiError> {
    let Posted { by, fields, .. } = posted;
    by.confirms()?;
    let seen = seen_version(&fields)?;
    let (tenant, actor, now) = (by.tenant(), by.actor(), here.now());
    let mut tx = here.app.db.begin().await?;
    pages::send_back(&mut tx, tenant, id, seen, actor, fields.get("note"), now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/?done={id}")))
}
