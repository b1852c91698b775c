//! `/pages/{id}/findings/new/{kind}`: a finding that no machine read.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chart::{FindingKind, PageId};
use records::{
    findings::{self, NewFinding, Statement},
    pages,
};

use crate::{
    app::{Here, Shared},
    card::Card,
    content_form::{self, Faults},
    failure::UiError,
    fields::Fields,
    frame::Frame,
    pages::review::{PictureView, into_review, may_edit, paper},
    posted::Posted,
    session::SignedIn,
    show::show,
};

/// An empty form beside the paper.
#[derive(Template)]
#[template(path = "add.html")]
pub(crate) struct AddPage {
    pub(crate) frame: Frame,
    pub(crate) title: String,
    pub(crate) kind: FindingKind,
    pub(crate) picture: Option<PictureView>,
    pub(crate) card: Card,
}

/// `GET /pages/{id}/findings/new/{kind}`
pub(crate) async fn page(
    by: SignedIn,
    State(here): State<Here>,
    Path((id, kind)): Path<(PageId, String)>,
) -> Result<Response, UiError> {
    by.corrects()?;
    let kind: FindingKind = kind.parse().map_err(|_| UiError::NotFound)?;
    let typed = content_form::fill(&content_form::empty(kind));
    form(&here, by, id, kind, &typed, &Vec::new(), StatusCode::OK).await
}

async fn form(
    here: &Shared,
    by: SignedIn,
    id: PageId,
    kind: FindingKind,
    typed: &Fields,
    faults: &Faults,
    status: StatusCode,
) -> Result<Response, UiError> {
    let words = by.words();
    let mut tx = here.app.db.read().await?;
    let page = pages::find(&mut tx, by.tenant(), id).await?.ok_or(UiError::NotFound)?;
    if !may_edit(&page, by.actor()) {
        return Err(UiError::State(page.state.stage()));
    }
    let (paper, _) = paper(&mut tx, by.tenant(), &page).await?;
    let (width, height) = paper.upright_size();
    let mut card = Card::new(words, id, kind, typed);
    card.retype(words, kind, typed, faults, None);
    let title = words.review.add_kind.with("kind", words.kind(&kind)).to_string();
    let picture = Some(PictureView { width, height, marks: Vec::new() });
    Ok(show(status, &AddPage { frame: by.frame, title, kind, picture, card }))
}

/// `POST /pages/{id}/findings`
pub(crate) async fn save(
    State(here): State<Here>,
    Path(id): Path<PageId>,
    posted: Posted,
) -> Result<Response, UiError> {
    let Posted { by, fields, .. } = posted;
    by.corrects()?;
    let kind: FindingKind =
        fields.get("kind").parse().map_err(|_| UiError::Malformed("no such kind"))?;
    let content = match content_form::read(&content_form::empty(kind), &fields) {
        Ok(content) => content,
        Err(faults) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return form(&here, by, id, kind, &fields, &faults, status).await;
        }
    };
    let (tenant, actor, now) = (by.tenant(), by.actor(), here.now());
    let mut tx = here.app.db.begin().await?;
    let page = pages::find(&mut tx, tenant, id).await?.ok_or(UiError::NotFound)?;
    into_review(&mut tx, tenant, page, actor, now).await?;
    let statement = Statement { content, codes: chart::Codes::default() };
    let new = NewFinding { statement, surface: String::new(), bbox: None };
    let added = findings::add(&mut tx, tenant, id, new, actor, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/pages/{id}#finding-{}", added.finding.id)).into_response())
}
