//! `/pages/{id}`: the paper at left, what was read at right.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{Redirect, Response},
};
use chart::{
    Actor, FindingKind, PageId, PageState, PageText, ScanFault, Stage, TenantId, Timestamp,
};
use records::{
    Tx, audit, findings,
    findings::PageFinding,
    pages::{self, Page},
    readings,
};

use crate::{
    app::{Here, Shared},
    card::{Card, Paper, card, is_unsure},
    failure::UiError,
    fields::{Fields, VERSION},
    frame::Frame,
    in_words,
    messages::Messages,
    posted::Posted,
    session::SignedIn,
    show::ok,
};

/// The page on which drafts become right.
#[derive(Template)]
#[template(path = "review.html")]
pub(crate) struct ReviewPage {
    pub(crate) frame: Frame,
    pub(crate) page: PageView,
    pub(crate) picture: Option<PictureView>,
    pub(crate) groups: Vec<Group>,
}

/// The page itself and what this person may do with it.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing the template asks")]
pub(crate) struct PageView {
    pub(crate) id: PageId,
    pub(crate) title: String,
    pub(crate) file: String,
    pub(crate) number: u32,
    pub(crate) stage: Stage,
    pub(crate) version: i64,
    pub(crate) note: Option<NoteView>,
    pub(crate) reason: Option<String>,
    pub(crate) held_by_other: Option<String>,
    pub(crate) being_read: bool,
    pub(crate) ended: Option<String>,
    pub(crate) committed: Option<String>,
    /// The label of the button that takes the page (back) into review.
    pub(crate) reopen: Option<String>,
    pub(crate) looks_only: bool,
    pub(crate) editable: bool,
    pub(crate) may_retry: bool,
    pub(crate) may_hand_over: bool,
    pub(crate) may_confirm: bool,
    pub(crate) may_send_back: bool,
    pub(crate) may_end: bool,
    /// The number of the chart it lies in; empty if in none.
    pub(crate) chart: String,
    pub(crate) engine: Option<String>,
    /// What is wrong with the scan, in words.
    pub(crate) scan_faults: Vec<String>,
}

impl PageView {
    /// Whether no attempt could read it.
    pub(crate) fn is_unreadable(&self) -> bool {
        self.stage == Stage::Unreadable
    }
}

/// A note from one person to the next.
pub(crate) struct NoteView {
    pub(crate) name: String,
    pub(crate) when: String,
    pub(crate) text: String,
}

/// The upright picture with the findings' places.
pub(crate) struct PictureView {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) marks: Vec<Mark>,
}

/// A finding's place on the picture.
pub(crate) struct Mark {
    pub(crate) id: String,
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) unsure: bool,
    pub(crate) label: String,
}

/// All findings of a kind.
pub(crate) struct Group {
    pub(crate) kind: FindingKind,
    pub(crate) cards: Vec<Card>,
}

impl Group {
    /// Whether another of the kind may be added: a page has one patient.
    pub(crate) fn takes_more(&self) -> bool {
        self.kind != FindingKind::Patient || self.cards.is_empty()
    }
}

/// `GET /pages/{id}`
pub(crate) async fn page(
    by: SignedIn,
    State(here): State<Here>,
    Path(id): Path<PageId>,
) -> Result<Response, UiError> {
    let seen = see(&here, &by, id).await?;
    Ok(ok(&ReviewPage::of(&here, by, &seen)))
}

impl ReviewPage {
    fn of(here: &Shared, by: SignedIn, seen: &Seen) -> Self {
        let words = by.words();
        let editable = may_edit(&seen.page, by.actor());
        let cards = |kind| {
            let of_kind = seen.findings.iter().filter(move |finding| finding.kind() == kind);
            of_kind.map(|finding| card(words, finding, Some(seen.paper), editable)).collect()
        };
        let groups =
            FindingKind::ALL.into_iter().map(|kind| Group { kind, cards: cards(kind) }).collect();
        let picture = Some(picture(words, seen.paper, &seen.findings));
        let page = view(here, &by, seen);
        Self { frame: by.frame, page, picture, groups }
    }

    /// The page with one card replaced: the form that a person has to look at again.
    pub(crate) async fn with_card(
        here: &Shared,
        by: SignedIn,
        id: PageId,
        card: Card,
    ) -> Result<Self, UiError> {
        let mut by = by;
        by.frame.path = format!("/pages/{id}");
        let seen = see(here, &by, id).await?;
        let mut page = Self::of(here, by, &seen);
        let place =
            page.groups.iter_mut().flat_map(|group| &mut group.cards).find(|it| it.id == card.id);
        if let Some(place) = place {
            *place = card;
        }
        Ok(page)
    }
}

/// A page as a person sees it.
pub(crate) struct Seen {
    pub(crate) page: Page,
    pub(crate) findings: Vec<PageFinding>,
    pub(crate) paper: Paper,
    pub(crate) engine: Option<String>,
    pub(crate) scan_faults: Vec<ScanFault>,
}

/// Loads a page, and writes down who looked at it.
pub(crate) async fn see(here: &Shared, by: &SignedIn, id: PageId) -> Result<Seen, UiError> {
    let mut tx = here.app.db.begin().await?;
    let page = pages::find(&mut tx, by.tenant(), id).await?.ok_or(UiError::NotFound)?;
    audit::page_viewed(&mut tx, by.tenant(), id, by.actor(), here.now()).await?;
    let findings = findings::of_page(&mut tx, by.tenant(), id).await?;
    let (paper, text) = paper(&mut tx, by.tenant(), &page).await?;
    tx.commit().await?;
    let scan_faults =
        text.as_ref().and_then(|text| text.quality.clone()).unwrap_or_default().faults;
    Ok(Seen { page, findings, paper, engine: text.map(|text| text.engine), scan_faults })
}

/// How the page lies, and what was read on it.
pub(crate) async fn paper(
    tx: &mut Tx,
    tenant: TenantId,
    page: &Page,
) -> Result<(Paper, Option<PageText>), UiError> {
    let reading = readings::of_page(tx, tenant, page.id).await?.into_iter().next();
    let orientation = reading.as_ref().map(|it| it.text.orientation).unwrap_or_default();
    let paper = Paper { width: page.width, height: page.height, orientation };
    Ok((paper, reading.map(|reading| reading.text)))
}

/// Whether this person may change findings now. Saving takes a drafted page into review by
/// itself; a page that waits for the clinician is changed by clinicians, and taken back by
/// clerks first; a committed one is reopened first.
pub(crate) fn may_edit(page: &Page, actor: Actor) -> bool {
    match page.state.stage() {
        Stage::Drafted | Stage::InReview | Stage::Unreadable => actor.role.may_correct(),
        Stage::ReadyToConfirm => actor.role.may_confirm(),
        _ => false,
    }
}

/// Takes the page into review in the transaction of a change, if it is not there yet.
pub(crate) async fn into_review(
    tx: &mut Tx,
    tenant: TenantId,
    page: Page,
    actor: Actor,
    now: Timestamp,
) -> Result<Page, UiError> {
    if page.state.stage() == Stage::InReview {
        return Ok(page);
    }
    if !may_edit(&page, actor) {
        return Err(if actor.role.may_correct() {
            UiError::State(page.state.stage())
        } else {
            UiError::Forbidden(actor.role)
        });
    }
    Ok(pages::open(tx, tenant, page.id, page.version, actor, now).await?)
}

/// What a page is called: its patient, else its chart, else its file.
pub(crate) fn title(page: &Page) -> String {
    let chart = page.chart_label.as_ref();
    match (&page.patient_name, chart) {
        (Some(name), Some(chart)) => format!("{name}  {chart}"),
        (Some(name), None) => name.clone(),
        (None, Some(chart)) => chart.clone(),
        (None, None) => page.file_name.clone(),
    }
}

fn picture(words: &Messages, paper: Paper, findings: &[PageFinding]) -> PictureView {
    let (width, height) = paper.upright_size();
    let marks = findings
        .iter()
        .filter(|finding| finding.stands())
        .filter_map(|finding| {
            let place = paper.upright(finding.bbox?)?;
            // A little beside the words, so that the frame does not cover them.
            let room = width / 300;
            let (x, y) = (place.x0.saturating_sub(room), place.y0.saturating_sub(room));
            Some(Mark {
                id: finding.id.to_string(),
                x,
                y,
                width: place.x1 + room - x,
                height: place.y1 + room - y,
                unsure: is_unsure(finding),
                label: in_words::finding(words, &finding.current.content),
            })
        })
        .collect();
    PictureView { width, height, marks }
}

fn view(here: &Shared, by: &SignedIn, seen: &Seen) -> PageView {
    let Seen { page, .. } = seen;
    let say = &by.words().review;
    let actor = by.actor();
    let stage = page.state.stage();
    let corrects = actor.role.may_correct();
    let who = page.state_by_name.clone().unwrap_or_default();
    let when = here.local(page.state.at());
    let told = |text: &crate::messages::Text| {
        let reason = page.state.reason().unwrap_or_default();
        text.with("name", &who).with("when", &when).with("reason", reason).to_string()
    };
    let held_by_other = matches!(page.state, PageState::InReview { by: holder, .. }
        if holder != actor.user)
    .then(|| who.clone());
    PageView {
        id: page.id,
        title: title(page),
        file: page.file_name.clone(),
        number: page.number,
        stage,
        version: page.version,
        note: page.note.clone().map(|text| NoteView {
            name: who.clone(),
            when: when.clone(),
            text,
        }),
        reason: page.state.reason().map(|reason| by.words().unreadable_reason(reason).to_owned()),
        held_by_other,
        being_read: matches!(stage, Stage::Received | Stage::Queued | Stage::Reading),
        ended: matches!(stage, Stage::Rejected | Stage::Withdrawn)
            .then(|| told(&say.ended_explain)),
        committed: (stage == Stage::Committed).then(|| told(&say.committed_explain)),
        reopen: match stage {
            Stage::ReadyToConfirm if corrects && !actor.role.may_confirm() => Some(&say.take_back),
            Stage::Committed if actor.role.may_confirm() => Some(&say.amend),
            Stage::Unreadable if corrects => Some(&say.type_in),
            Stage::Drafted if corrects => Some(&say.start),
            _ => None,
        }
        .map(ToString::to_string),
        looks_only: !corrects,
        editable: may_edit(page, actor),
        may_retry: stage == Stage::Unreadable && corrects,
        may_hand_over: corrects
            && !actor.role.may_confirm()
            && matches!(stage, Stage::Drafted | Stage::InReview),
        may_confirm: actor.role.may_confirm()
            && matches!(stage, Stage::Drafted | Stage::InReview | Stage::ReadyToConfirm),
        may_send_back: actor.role.may_confirm() && stage == Stage::ReadyToConfirm,
        may_end: corrects
            && !matches!(stage, Stage::Committed | Stage::Rejected | Stage::Withdrawn),
        chart: page.chart_label.clone().unwrap_or_default(),
        engine: seen.engine.clone(),
        scan_faults: seen
            .scan_faults
            .iter()
            .map(|fault| by.words().scan_fault(*fault).to_string())
            .collect(),
    }
}

/// The version of the page that the person saw.
pub(crate) fn seen_version(fields: &Fields) -> Result<i64, UiError> {
    fields.get(VERSION).parse().map_err(|_| UiError::Malformed("the version is missing"))
}

/// `POST /pages/{id}/open`: begin, take back, or amend.
pub(crate) async fn open(
    State(here): State<Here>,
    Path(id): Path<PageId>,
    posted: Posted,
) -> Result<Redirect, UiError> {
    let Posted { by, fields, .. } = posted;
    let seen = seen_version(&fields)?;
    let mut tx = here.app.db.begin().await?;
    pages::open(&mut tx, by.tenant(), id, seen, by.actor(), here.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/pages/{id}")))
}
