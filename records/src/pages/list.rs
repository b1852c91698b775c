//! Work lists, search and counts.

use chart::{CampaignId, ChartId, Stage, TenantId, Timestamp};

use super::{
    Page,
    row::{PageRow, select_page},
};
use crate::{
    RecordsError, Tx,
    column::{Row, optional_text},
};

/// Which pages to list. The default lists all of a clinic.
#[derive(Debug, Clone, Default)]
pub struct PageFilter<'a> {
    /// Only those at this point of their way.
    pub stage: Option<Stage>,
    /// Only a chart's.
    pub chart: Option<ChartId>,
    /// Only a batch's.
    pub campaign: Option<CampaignId>,
    /// Only those whose patient's name, chart label or file name contains this. Spaces within
    /// names do not count.
    pub search: Option<&'a str>,
    /// The last taken in first.
    pub newest_first: bool,
}

/// How many pages are at a point of their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageCount {
    /// The point.
    pub stage: Stage,
    /// How many.
    pub pages: u64,
}

impl PageFilter<'_> {
    /// The condition. Every clause names its parameter whether it filters or not, so that the
    /// same parameters are always bound; an idle clause does not hinder an index.
    fn condition(&self) -> String {
        let clause = |given: bool, filtering: &'static str, idle: &'static str| {
            if given { filtering } else { idle }
        };
        [
            "where p.tenant_id = $1",
            clause(self.stage.is_some(), "p.stage = $2", "$2 = ''"),
            clause(self.chart.is_some(), "p.chart_id = $3", "$3 = ''"),
            clause(self.campaign.is_some(), "p.campaign_id = $4", "$4 = ''"),
            clause(
                self.search.is_some(),
                "(lower(replace(replace(p.patient_name, ' ', ''), '　', '')) like $5 escape '\\'
                  or lower(replace(c.label, ' ', '')) like $5 escape '\\'
                  or lower(replace(s.file_name, ' ', '')) like $5 escape '\\')",
                "$5 = ''",
            ),
        ]
        .join(" and ")
    }

    fn pattern(&self) -> String {
        let Some(search) = self.search else { return String::new() };
        let mut pattern = String::from("%");
        for character in search.chars().filter(|character| !character.is_whitespace()) {
            if matches!(character, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            // SQL's lower() folds ASCII only, on both databases.
            pattern.push(character.to_ascii_lowercase());
        }
        pattern.push('%');
        pattern
    }
}

/// Pages in the order they came in, `limit` of them after the first `offset`.
pub async fn list(
    tx: &mut Tx,
    tenant: TenantId,
    filter: &PageFilter<'_>,
    limit: u32,
    offset: u64,
) -> Result<Vec<Page>, RecordsError> {
    let order = if filter.newest_first {
        "order by p.scan_id desc, p.number desc limit $6 offset $7"
    } else {
        "order by p.scan_id, p.number limit $6 offset $7"
    };
    let sql = format!("{} {} {order}", select_page!(""), filter.condition());
    all!(
        tx,
        PageRow,
        sqlx::AssertSqlSafe(sql),
        tenant.to_string(),
        filter.stage.map_or("", Stage::as_str),
        optional_text(filter.chart).unwrap_or_default(),
        optional_text(filter.campaign).unwrap_or_default(),
        filter.pattern(),
        i64::from(limit),
        offset.cast_signed(),
    )?
    .into_iter()
    .map(Page::try_from)
    .collect()
}

/// How many pages the filter lets through.
pub async fn count(
    tx: &mut Tx,
    tenant: TenantId,
    filter: &PageFilter<'_>,
) -> Result<u64, RecordsError> {
    let sql = format!(
        "select count(*) from page p
         join scan s on s.scan_id = p.scan_id
         left join chart c on c.chart_id = p.chart_id {}",
        filter.condition(),
    );
    let (count,) = one!(
        tx,
        (i64,),
        sqlx::AssertSqlSafe(sql),
        tenant.to_string(),
        filter.stage.map_or("", Stage::as_str),
        optional_text(filter.chart).unwrap_or_default(),
        optional_text(filter.campaign).unwrap_or_default(),
        filter.pattern(),
    )?;
    Ok(count.unsigned_abs())
}

/// How many pages are at each point of their way, in its order; zero where there are none. Of
/// one clinic, or of all for the operator's figures.
pub async fn counts_by_stage(
    tx: &mut Tx,
    tenant: Option<TenantId>,
) -> Result<Vec<StageCount>, RecordsError> {
    let counted = match tenant {
        Some(tenant) => all!(
            tx,
            (String, i64),
            "select stage, count(*) from page where tenant_id = $1 group by stage",
            tenant.to_string(),
        )?,
        None => all!(tx, (String, i64), "select stage, count(*) from page group by stage")?,
    };
    if let Some((unknown, _)) = counted.iter().find(|(word, _)| Stage::from_word(word).is_none()) {
        let of = Row { table: "page", key: "(any)" };
        return Err(of.unreadable("stage", format_args!("unknown stage {unknown}")));
    }
    let pages_at = |stage: Stage| {
        let of_stage = counted.iter().find(|(word, _)| word == stage.as_str());
        of_stage.map_or(0, |(_, pages)| pages.unsigned_abs())
    };
    Ok(Stage::ALL.map(|stage| StageCount { stage, pages: pages_at(stage) }).to_vec())
}

/// Since when the oldest page waits that no worker has finished. Of one clinic, or of all.
pub async fn oldest_unread(
    tx: &mut Tx,
    tenant: Option<TenantId>,
) -> Result<Option<Timestamp>, RecordsError> {
    let (oldest,) = match tenant {
        Some(tenant) => one!(
            tx,
            (Option<i64>,),
            "select min(received_at) from page
             where stage in ('received', 'queued', 'reading') and tenant_id = $1",
            tenant.to_string(),
        )?,
        None => one!(
            tx,
            (Option<i64>,),
            "select min(received_at) from page where stage in ('received', 'queued', 'reading')",
        )?,
    };
    Ok(oldest.map(Timestamp::from_millis))
}

/// The next page that waits at `stage`: the first after `after` in the order of [`list`], else
/// the first of all others. What a person gets who has finished one.
pub async fn next_waiting(
    tx: &mut Tx,
    tenant: TenantId,
    stage: Stage,
    after: Option<&Page>,
) -> Result<Option<Page>, RecordsError> {
    let (scan, number, page) = match after {
        Some(page) => (page.scan.to_string(), page.number, page.id.to_string()),
        None => (String::new(), 0, String::new()),
    };
    let next = optional!(
        tx,
        PageRow,
        select_page!(
            "where p.tenant_id = $1 and p.stage = $2 and (p.scan_id, p.number) > ($3, $4)
             order by p.scan_id, p.number limit 1"
        ),
        tenant.to_string(),
        stage.as_str(),
        scan,
        i64::from(number),
    )?;
    let next = match next {
        Some(next) => Some(next),
        None => optional!(
            tx,
            PageRow,
            select_page!(
                "where p.tenant_id = $1 and p.stage = $2 and p.page_id <> $3
                 order by p.scan_id, p.number limit 1"
            ),
            tenant.to_string(),
            stage.as_str(),
            page,
        )?,
    };
    next.map(Page::try_from).transpose()
}
