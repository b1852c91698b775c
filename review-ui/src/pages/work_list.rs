//! `/`: what there is to do, and the way to the next page.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::{Redirect, Response},
};
use chart::{PageId, PageState, Role, Stage, TenantId};
use records::{
    Tx, findings,
    pages::{self, Page, PageFilter},
};
use serde::Deserialize;

use crate::{
    app::{Here, Shared},
    card::is_unsure,
    failure::UiError,
    frame::Frame,
    messages::{Messages, Text},
    session::SignedIn,
    show::ok,
};

/// Pages on one sheet of the list.
const PAGES_A_SHEET: u32 = 20;

/// The pages of the clinic.
#[derive(Template)]
#[template(path = "work_list.html")]
pub(crate) struct WorkListPage {
    pub(crate) frame: Frame,
    pub(crate) message: Option<Text>,
    pub(crate) filters: Vec<Filter>,
    pub(crate) stage: Option<Stage>,
    pub(crate) search: String,
    pub(crate) has_next: bool,
    pub(crate) rows: Vec<RowView>,
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) count: u64,
    pub(crate) previous: Option<String>,
    pub(crate) following: Option<String>,
}

/// One button above the list.
pub(crate) struct Filter {
    pub(crate) label: String,
    pub(crate) count: u64,
    pub(crate) address: String,
    pub(crate) chosen: bool,
}

/// A page in the list.
pub(crate) struct RowView {
    pub(crate) id: PageId,
    pub(crate) file: String,
    pub(crate) number: u32,
    pub(crate) chart: String,
    pub(crate) stage: Stage,
    pub(crate) held_by: Option<String>,
    /// How many findings; `None` before the page was read.
    pub(crate) findings: Option<usize>,
    /// How many of them want a look.
    pub(crate) doubtful: usize,
    pub(crate) since: String,
}

/// What the address of the list says.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    stage: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    sheet: u64,
    /// A page that was just confirmed.
    confirmed: Option<PageId>,
    /// A page that somebody just handed over, sent back or took out.
    done: Option<PageId>,
    /// Nothing waits.
    #[serde(default)]
    nothing: bool,
}

impl Asked {
    fn stage(&self) -> Option<Stage> {
        Stage::from_word(&self.stage)
    }

    fn address(&self, sheet: u64) -> String {
        let mut query = form_urlencoded::Serializer::new(String::from("/?"));
        for (name, value) in [("stage", &self.stage), ("q", &self.q)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.append_pair("sheet", &sheet.to_string());
        query.finish()
    }
}

/// `GET /`
pub(crate) async fn page(
    by: SignedIn,
    State(here): State<Here>,
    Query(asked): Query<Asked>,
) -> Result<Response, UiError> {
    let words = by.words();
    let search = Some(asked.q.trim()).filter(|search| !search.is_empty());
    let filter = PageFilter { stage: asked.stage(), search, ..PageFilter::default() };
    let mut tx = here.app.db.read().await?;
    let counts = pages::counts_by_stage(&mut tx, Some(by.tenant())).await?;
    let count = pages::count(&mut tx, by.tenant(), &filter).await?;
    let offset = asked.sheet * u64::from(PAGES_A_SHEET);
    let listed = pages::list(&mut tx, by.tenant(), &filter, PAGES_A_SHEET, offset).await?;
    let mut rows = Vec::with_capacity(listed.len());
    for page in listed {
        rows.push(row(&mut tx, &here, by.tenant(), page).await?);
    }
    drop(tx);
    let waiting = waiting_for(by.user.role);
    let has_next = counts.iter().any(|it| it.pages > 0 && waiting.contains(&it.stage));
    let last = offset + rows.len() as u64;
    let page = WorkListPage {
        message: message(words, &asked),
        filters: filters(words, &asked, &counts),
        stage: asked.stage(),
        search: asked.q.clone(),
        has_next,
        first: offset + 1,
        last,
        count,
        previous: asked.sheet.checked_sub(1).map(|sheet| asked.address(sheet)),
        following: (last < count).then(|| asked.address(asked.sheet + 1)),
        rows,
        frame: by.frame,
    };
    Ok(ok(&page))
}

fn message(words: &Messages, asked: &Asked) -> Option<Text> {
    if asked.nothing {
        return Some(words.work_list.nothing_next.clone());
    }
    let confirmed = asked.confirmed.map(|_| words.confirm.done.clone());
    confirmed.or_else(|| asked.done.map(|_| words.work_list.done.clone()))
}

/// All stages that have pages, and those that people work on even if they have none.
fn filters(words: &Messages, asked: &Asked, counts: &[pages::StageCount]) -> Vec<Filter> {
    let of = |stage: &str, q: &str| {
        let asked = Asked { stage: stage.to_owned(), q: q.to_owned(), ..Asked::default() };
        asked.address(0)
    };
    let all = Filter {
        label: words.work_list.all.to_string(),
        count: counts.iter().map(|it| it.pages).sum(),
        address: of("", &asked.q),
        chosen: asked.stage().is_none(),
    };
    let stages = counts
        .iter()
        .filter(|it| {
            it.pages > 0
                || matches!(it.stage, Stage::Drafted | Stage::InReview | Stage::ReadyToConfirm)
        })
        .map(|it| Filter {
            label: words.stage(&it.stage).to_string(),
            count: it.pages,
            address: of(it.stage.as_str(), &asked.q),
            chosen: asked.stage() == Some(it.stage),
        });
    std::iter::once(all).chain(stages).collect()
}

async fn row(tx: &mut Tx, here: &Shared, tenant: TenantId, page: Page) -> Result<RowView, UiError> {
    let stage = page.state.stage();
    let was_read = !matches!(stage, Stage::Received | Stage::Queued | Stage::Reading);
    let findings =
        if was_read { findings::of_page(tx, tenant, page.id).await? } else { Vec::new() };
    let open = matches!(stage, Stage::Drafted | Stage::InReview | Stage::ReadyToConfirm);
    Ok(RowView {
        id: page.id,
        number: page.number,
        chart: [page.chart_label.clone(), page.patient_name.clone()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("  "),
        stage,
        held_by: match page.state {
            PageState::InReview { .. } => page.state_by_name.clone(),
            _ => None,
        },
        findings: was_read.then(|| findings.iter().filter(|it| it.stands()).count()),
        doubtful: if open { findings.iter().filter(|it| is_unsure(it)).count() } else { 0 },
        since: here.local(page.state.at()),
        file: page.file_name,
    })
}

/// The stages from which a person of that role takes the next page, in order.
const fn waiting_for(role: Role) -> &'static [Stage] {
    match role {
        Role::Clerk => &[Stage::Drafted],
        Role::Clinician => &[Stage::ReadyToConfirm, Stage::Drafted],
        Role::Administrator => &[],
    }
}

/// Which page was just finished.
#[derive(Deserialize)]
pub(crate) struct After {
    after: Option<PageId>,
}

/// `GET /pages/next`
pub(crate) async fn next(
    by: SignedIn,
    State(here): State<Here>,
    Query(After { after }): Query<After>,
) -> Result<Redirect, UiError> {
    let mut tx = here.app.db.read().await?;
    let after = match after {
        Some(id) => pages::find(&mut tx, by.tenant(), id).await?,
        None => None,
    };
    for stage in waiting_for(by.user.role) {
        let next = pages::next_waiting(&mut tx, by.tenant(), *stage, after.as_ref()).await?;
        if let Some(page) = next {
            return Ok(Redirect::to(&format!("/pages/{}", page.id)));
        }
    }
    Ok(Redirect::to("/?nothing=true"))
}
