//! `/pages/{id}/findings/new/{kind}`: a finding that no machine read.
//!
//! It should lead back to its place on the paper like any other: the person chooses the line in
//! which it stands, or draws a frame around it on the picture.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chart::{CodeSystem, Content, FindingKind, PageId, Rect};
use records::{
    findings::{self, NewFinding, Statement},
    pages, readings,
};

use crate::{
    app::{Here, Shared},
    card::{Card, Paper},
    coded,
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
    /// The lines that were read, to choose from.
    pub(crate) lines: Vec<LineView>,
    /// The frame drawn so far, as [`drawn`] reads it.
    pub(crate) drawn: String,
}

/// A line of the page as it was read.
pub(crate) struct LineView {
    pub(crate) index: usize,
    pub(crate) text: String,
    pub(crate) chosen: bool,
    /// `x y width height` on the upright page.
    pub(crate) place: String,
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
    let chosen: Option<usize> = typed.get(LINE).parse().ok();
    let lines = readings::of_page(&mut tx, by.tenant(), id).await?.into_iter().next();
    let lines = lines.map(|reading| reading.text.lines).unwrap_or_default();
    let lines = lines
        .into_iter()
        .enumerate()
        .map(|(index, line)| LineView {
            index,
            text: line.text,
            chosen: chosen == Some(index),
            place: spelled(line.bbox),
        })
        .collect();
    let drawn = typed.get(DRAWN).to_owned();
    Ok(show(status, &AddPage { frame: by.frame, title, kind, picture, card, lines, drawn }))
}

/// The field of the line in which the finding stands: its index in the reading.
const LINE: &str = "line";
/// The field of a frame drawn on the upright picture.
const DRAWN: &str = "drawn";

fn spelled(place: Rect) -> String {
    format!("{} {} {} {}", place.x0, place.y0, place.width(), place.height())
}

/// A frame as `x y width height`; `None` if nothing, or nothing sensible, was drawn.
fn drawn(field: &str) -> Option<Rect> {
    let numbers: Vec<u32> =
        field.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
    let [x, y, width, height] = *numbers.as_slice() else { return None };
    let place = Rect::new(x, y, x.checked_add(width)?, y.checked_add(height)?);
    (!place.is_empty()).then_some(place)
}

/// Where the finding stands on the page as scanned, and the words there. What was drawn counts
/// more than the line that was chosen.
fn stands(
    paper: Paper,
    reading: Option<&readings::Reading>,
    fields: &Fields,
) -> (Option<Rect>, String) {
    let line = fields
        .get(LINE)
        .parse::<usize>()
        .ok()
        .and_then(|index| reading.and_then(|reading| reading.text.lines.get(index)));
    let place = drawn(fields.get(DRAWN)).or(line.map(|line| line.bbox));
    let surface = line.map(|line| line.text.clone()).unwrap_or_default();
    (place.and_then(|place| paper.scanned(place)), surface)
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
    let mut content = match content_form::read(&content_form::empty(kind), &fields) {
        Ok(content) => content,
        Err(faults) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return form(&here, by, id, kind, &fields, &faults, status).await;
        }
    };
    let (tenant, actor, now) = (by.tenant(), by.actor(), here.now());
    let mut tx = here.app.db.begin().await?;
    let page = pages::find(&mut tx, tenant, id).await?.ok_or(UiError::NotFound)?;
    let (paper, _) = paper(&mut tx, tenant, &page).await?;
    let reading = readings::of_page(&mut tx, tenant, id).await?.into_iter().next();
    into_review(&mut tx, tenant, page, actor, now).await?;
    coded::modifiers(&here.app.lexicon, &mut content);
    let codes = coded::codes(&here.app.lexicon, &content);
    if let Content::Diagnosis(diagnosis) = &mut content
        && diagnosis.icd10.is_none()
    {
        diagnosis.icd10 = codes.get(&CodeSystem::Icd10).cloned();
    }
    let statement = Statement { content, codes };
    let (bbox, surface) = stands(paper, reading.as_ref(), &fields);
    let new = NewFinding { statement, surface, bbox };
    let added = findings::add(&mut tx, tenant, id, new, actor, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/pages/{id}#finding-{}", added.finding.id)).into_response())
}
