//! `/pages/{id}/confirm`: the clinician sees everything that will become the record, and says so.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{Redirect, Response},
};
use chart::{FindingKind, PageId, Stage};
use records::{findings, findings::PageFinding, pages};

use crate::{
    app::Here,
    card::{Crop, DoubtView, Paper, codes_of_statement, in_view, must_be_decided, standing_doubts},
    failure::UiError,
    frame::Frame,
    in_words,
    messages::Messages,
    pages::review::{into_review, see, seen_version, title},
    posted::Posted,
    session::SignedIn,
    show::ok,
};

/// All that will be committed.
#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct ConfirmPage {
    pub(crate) frame: Frame,
    pub(crate) id: PageId,
    pub(crate) page_title: String,
    pub(crate) version: i64,
    /// What has to be decided first.
    pub(crate) must: Vec<Item>,
    pub(crate) groups: Vec<ItemGroup>,
    pub(crate) removed: Vec<Item>,
}

/// The findings of a kind.
pub(crate) struct ItemGroup {
    pub(crate) kind: FindingKind,
    pub(crate) items: Vec<Item>,
}

/// A finding in whole words beside its piece of paper.
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) reads: String,
    pub(crate) codes: String,
    pub(crate) doubts: Vec<DoubtView>,
    pub(crate) crop: Option<Crop>,
}

impl Item {
    fn of(words: &Messages, finding: &PageFinding, paper: Paper) -> Self {
        let statement = &finding.current;
        Self {
            id: finding.id.to_string(),
            reads: in_words::finding(words, &statement.content),
            codes: codes_of_statement(words, statement),
            doubts: standing_doubts(finding).into_iter().map(|it| in_view(words, it)).collect(),
            crop: finding.bbox.and_then(|bbox| paper.crop(finding.page, bbox)),
        }
    }
}

/// `GET /pages/{id}/confirm`
pub(crate) async fn page(
    by: SignedIn,
    State(here): State<Here>,
    Path(id): Path<PageId>,
) -> Result<Response, UiError> {
    by.confirms()?;
    let seen = see(&here, &by, id).await?;
    may_be_confirmed(seen.page.state.stage())?;
    let words = by.words();
    let item = |finding: &&PageFinding| Item::of(words, finding, seen.paper);
    let all = &seen.findings;
    let groups = FindingKind::ALL
        .into_iter()
        .map(|kind| ItemGroup {
            kind,
            items: all
                .iter()
                .filter(|finding| finding.kind() == kind && finding.stands())
                .map(|finding| item(&finding))
                .collect(),
        })
        .filter(|group| !group.items.is_empty())
        .collect();
    let page = ConfirmPage {
        id,
        page_title: title(&seen.page),
        version: seen.page.version,
        must: all.iter().filter(|finding| must_be_decided(finding)).map(|it| item(&it)).collect(),
        groups,
        removed: all.iter().filter(|finding| !finding.stands()).map(|it| item(&it)).collect(),
        frame: by.frame,
    };
    Ok(ok(&page))
}

fn may_be_confirmed(stage: Stage) -> Result<(), UiError> {
    match stage {
        Stage::Drafted | Stage::InReview | Stage::ReadyToConfirm => Ok(()),
        other => Err(UiError::State(other)),
    }
}

/// `POST /pages/{id}/confirm`. The page's version is the one of the list that was read: whatever
/// changed since stops it.
pub(crate) async fn confirm(
    State(here): State<Here>,
    Path(id): Path<PageId>,
    posted: Posted,
) -> Result<Redirect, UiError> {
    let Posted { by, fields, .. } = posted;
    by.confirms()?;
    let seen = seen_version(&fields)?;
    let (tenant, actor, now) = (by.tenant(), by.actor(), here.now());
    let mut tx = here.app.db.begin().await?;
    let page = pages::find(&mut tx, tenant, id).await?.ok_or(UiError::NotFound)?;
    if page.version != seen {
        return Err(UiError::Conflict);
    }
    may_be_confirmed(page.state.stage())?;
    if findings::of_page(&mut tx, tenant, id).await?.iter().any(must_be_decided) {
        // The page lists what has to be decided; its button is missing then.
        return Ok(Redirect::to(&format!("/pages/{id}/confirm")));
    }
    let page = match page.state.stage() {
        Stage::ReadyToConfirm => page,
        _ => into_review(&mut tx, tenant, page, actor, now).await?,
    };
    pages::confirm(&mut tx, tenant, id, page.version, actor, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/?confirmed={id}")))
}
