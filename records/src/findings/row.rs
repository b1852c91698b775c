//! A finding's row.

use chart::{Content, FindingId, Findings, PageId, ReadingId, TenantId, Timestamp};

use super::{PageFinding, Removal, Statement};
use crate::{
    RecordsError, Tx,
    column::{Row, edges, optional_text, to_json},
};

#[derive(sqlx::FromRow)]
struct FindingRow {
    finding_id: String,
    page_id: String,
    reading_id: Option<String>,
    position: i64,
    drafted: Option<String>,
    current: String,
    surface: String,
    candidates: String,
    doubts: String,
    confidence: Option<f64>,
    x0: Option<i64>,
    y0: Option<i64>,
    x1: Option<i64>,
    y1: Option<i64>,
    added_by: Option<String>,
    removed_by: Option<String>,
    removed_at: Option<i64>,
    removed_reason: Option<String>,
    changed_by: Option<String>,
    changed_at: i64,
    version: i64,
}

impl TryFrom<FindingRow> for PageFinding {
    type Error = RecordsError;

    fn try_from(row: FindingRow) -> Result<Self, RecordsError> {
        let of = Row { table: "finding", key: &row.finding_id };
        let removed = match (&row.removed_by, row.removed_at, row.removed_reason) {
            (Some(by), Some(at), Some(reason)) => Some(Removal {
                by: of.word("removed_by", by)?,
                at: Timestamp::from_millis(at),
                reason,
            }),
            (None, None, None) => None,
            _ => return Err(of.unreadable("removed_by", "a removal without who, when or why")),
        };
        Ok(Self {
            id: of.word("finding_id", &row.finding_id)?,
            page: of.word("page_id", &row.page_id)?,
            reading: of.optional_word("reading_id", row.reading_id.as_deref())?,
            position: of.number("position", row.position)?,
            drafted: row.drafted.map(|drafted| of.json("drafted", &drafted)).transpose()?,
            current: of.json("current", &row.current)?,
            candidates: of.json("candidates", &row.candidates)?,
            doubts: of.json("doubts", &row.doubts)?,
            confidence: row.confidence.map(|confidence| confidence as f32),
            bbox: of.rect([row.x0, row.y0, row.x1, row.y1])?,
            added_by: of.optional_word("added_by", row.added_by.as_deref())?,
            removed,
            changed_by: of.optional_word("changed_by", row.changed_by.as_deref())?,
            changed_at: Timestamp::from_millis(row.changed_at),
            version: row.version,
            surface: row.surface,
        })
    }
}

macro_rules! select_finding {
    ($rest:literal) => {
        concat!(
            "select finding_id, page_id, reading_id, position, drafted, current, surface,
                 candidates, doubts, confidence, x0, y0, x1, y1, added_by, removed_by, removed_at,
                 removed_reason, changed_by, changed_at, version
             from finding ",
            $rest
        )
    };
}

pub(super) async fn of_page(
    tx: &mut Tx,
    tenant: TenantId,
    page: PageId,
) -> Result<Vec<PageFinding>, RecordsError> {
    all!(
        tx,
        FindingRow,
        select_finding!("where tenant_id = $1 and page_id = $2 order by position"),
        tenant.to_string(),
        page.to_string(),
    )?
    .into_iter()
    .map(PageFinding::try_from)
    .collect()
}

pub(super) async fn find(
    tx: &mut Tx,
    tenant: TenantId,
    id: FindingId,
) -> Result<Option<PageFinding>, RecordsError> {
    optional!(
        tx,
        FindingRow,
        select_finding!("where tenant_id = $1 and finding_id = $2"),
        tenant.to_string(),
        id.to_string(),
    )?
    .map(PageFinding::try_from)
    .transpose()
}

/// Writes a finding that is not there yet.
pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    finding: &PageFinding,
    now: Timestamp,
) -> Result<(), RecordsError> {
    let [x0, y0, x1, y1] = edges(finding.bbox);
    execute!(
        tx,
        "insert into finding
             (finding_id, tenant_id, page_id, reading_id, kind, position, drafted, current, surface,
              candidates, doubts, confidence, x0, y0, x1, y1, added_by, added_at, changed_by,
              changed_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
              $17, $18, $19)",
        finding.id.to_string(),
        tenant.to_string(),
        finding.page.to_string(),
        optional_text(finding.reading),
        finding.kind().as_str(),
        i64::from(finding.position),
        finding.drafted.as_ref().map(to_json),
        to_json(&finding.current),
        finding.surface.as_str(),
        to_json(&finding.candidates),
        to_json(&finding.doubts),
        finding.confidence.map(f64::from),
        x0,
        y0,
        x1,
        y1,
        optional_text(finding.added_by),
        now.as_millis(),
        finding.version,
    )?;
    Ok(())
}

/// Writes what may change of a finding: `drafted` is not among it.
pub(super) async fn update(
    tx: &mut Tx,
    tenant: TenantId,
    finding: &PageFinding,
) -> Result<(), RecordsError> {
    let [x0, y0, x1, y1] = edges(finding.bbox);
    let removed = finding.removed.as_ref();
    execute!(
        tx,
        "update finding set current = $3, x0 = $4, y0 = $5, x1 = $6, y1 = $7, removed_by = $8,
             removed_at = $9, removed_reason = $10, changed_by = $11, changed_at = $12,
             version = $13
         where tenant_id = $1 and finding_id = $2",
        tenant.to_string(),
        finding.id.to_string(),
        to_json(&finding.current),
        x0,
        y0,
        x1,
        y1,
        removed.map(|removal| removal.by.to_string()),
        removed.map(|removal| removal.at.as_millis()),
        removed.map(|removal| removal.reason.as_str()),
        optional_text(finding.changed_by),
        finding.changed_at.as_millis(),
        finding.version,
    )?;
    Ok(())
}

/// Writes everything that was drafted of a page.
pub(crate) async fn insert_drafted(
    tx: &mut Tx,
    tenant: TenantId,
    page: PageId,
    reading: ReadingId,
    findings: Findings,
    now: Timestamp,
) -> Result<(), RecordsError> {
    for (position, finding) in (1..).zip(findings.into_stored()) {
        let evidence = finding.evidence;
        let statement = Statement { content: finding.content, codes: evidence.codes };
        let finding = PageFinding {
            id: FindingId::new(now),
            page,
            reading: Some(reading),
            position,
            drafted: Some(statement.clone()),
            current: statement,
            surface: evidence.surface,
            candidates: evidence.candidates,
            doubts: evidence.doubts,
            confidence: Some(evidence.confidence),
            bbox: Some(evidence.bbox).filter(|bbox| !bbox.is_empty()),
            added_by: None,
            removed: None,
            changed_by: None,
            changed_at: now,
            version: 1,
        };
        insert(tx, tenant, &finding, now).await?;
    }
    Ok(())
}

/// Writes the patient's name that the findings give now to the page, where lists find it.
pub(crate) async fn name_patient(
    tx: &mut Tx,
    tenant: TenantId,
    page: PageId,
) -> Result<(), RecordsError> {
    let name = of_page(tx, tenant, page).await?.into_iter().filter(PageFinding::stands).find_map(
        |finding| match finding.current.content {
            Content::Patient(patient) => patient.name,
            _ => None,
        },
    );
    execute!(
        tx,
        "update page set patient_name = $3 where tenant_id = $1 and page_id = $2",
        tenant.to_string(),
        page.to_string(),
        name,
    )?;
    Ok(())
}
