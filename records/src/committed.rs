//! What clinicians confirmed: the table `record`. Append-only.
//!
//! Each row says one thing of one page, as one clinician confirmed it, and points at the very
//! place: the scan's SHA-256, the page's number, the rectangle. An amendment is a new row, one
//! version higher, that names the row it supersedes; one that takes a fact back is `retracted`.

mod list;

use chart::{
    Actor, ChartId, FindingId, FindingKind, PageId, ReadingId, RecordId, Rect, ScanId, TenantId,
    Timestamp, UserId,
};

pub use list::{RecordFilter, Versions, history, list, names_used, of_page};
pub(crate) use list::{current_of_page, exist_of_page};

use crate::{
    RecordsError, Tx,
    column::{edges, optional_text, to_json},
    findings::{PageFinding, Statement},
    pages::Page,
};

/// A committed fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its identifier.
    pub id: RecordId,
    /// The page it stands on.
    pub page: PageId,
    /// Which page of its scan, from 1.
    pub page_number: u32,
    /// The file that page came in.
    pub scan: ScanId,
    /// SHA-256 of that file.
    pub scan_sha256: String,
    /// That file's name when it came.
    pub file_name: String,
    /// The chart the page belonged to when it was confirmed.
    pub chart: Option<ChartId>,
    /// That chart's label.
    pub chart_label: Option<String>,
    /// The finding it was confirmed from; the same through all versions.
    pub finding: FindingId,
    /// The finding's place among those of its page.
    pub position: u32,
    /// The reading that the finding was drafted from, if it was.
    pub reading: Option<ReadingId>,
    /// What it says.
    pub statement: Statement,
    /// The words as written.
    pub surface: String,
    /// Where it stands, in pixels of the page as scanned.
    pub bbox: Option<Rect>,
    /// Whether this version takes the fact back.
    pub retracted: bool,
    /// Why it was taken back.
    pub reason: Option<String>,
    /// Who confirmed it.
    pub confirmed_by: UserId,
    /// Their name today, for people.
    pub confirmed_by_name: String,
    /// When.
    pub confirmed_at: Timestamp,
    /// 1 for the first confirmation, one more for each amendment.
    pub version: u32,
    /// The record it replaces.
    pub supersedes: Option<RecordId>,
}

impl Record {
    /// Its kind.
    pub const fn kind(&self) -> FindingKind {
        self.statement.content.kind()
    }
}

/// A record that a confirmation has to write.
pub(crate) struct NewRecord<'a> {
    finding: &'a PageFinding,
    supersedes: Option<(RecordId, u32)>,
}

impl<'a> NewRecord<'a> {
    /// What a finding adds to its record of an earlier confirmation; `None` if nothing.
    pub(crate) fn of(finding: &'a PageFinding, earlier: Option<&Record>) -> Option<Self> {
        let says_the_same = earlier.is_some_and(|record| {
            !record.retracted && record.statement == finding.current && record.bbox == finding.bbox
        });
        let nothing_new = if finding.stands() {
            says_the_same
        } else {
            earlier.is_none_or(|record| record.retracted)
        };
        let supersedes = earlier.map(|record| (record.id, record.version));
        (!nothing_new).then_some(Self { finding, supersedes })
    }
}

/// Writes the records of one confirmation, in the order of the page.
pub(crate) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    page: &Page,
    new: &[NewRecord<'_>],
    clinician: Actor,
    now: Timestamp,
) -> Result<Vec<RecordId>, RecordsError> {
    // Made at one moment, identifiers differ in their random part only; sorted, they keep the
    // order of the page in every list.
    let mut ids: Vec<RecordId> = new.iter().map(|_| RecordId::new(now)).collect();
    ids.sort_unstable();
    for (id, NewRecord { finding, supersedes }) in ids.iter().zip(new) {
        let [x0, y0, x1, y1] = edges(finding.bbox);
        let version = supersedes.map_or(1, |(_, version)| version + 1);
        execute!(
            tx,
            "insert into record
                 (record_id, tenant_id, page_id, finding_id, scan_id, chart_id, reading_id,
                  page_number, scan_sha256, kind, content, surface, x0, y0, x1, y1, retracted,
                  reason, confirmed_by, confirmed_at, version, supersedes)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                  $18, $19, $20, $21, $22)",
            id.to_string(),
            tenant.to_string(),
            page.id.to_string(),
            finding.id.to_string(),
            page.scan.to_string(),
            optional_text(page.chart),
            optional_text(finding.reading),
            i64::from(page.number),
            page.scan_sha256.as_str(),
            finding.kind().as_str(),
            to_json(&finding.current),
            finding.surface.as_str(),
            x0,
            y0,
            x1,
            y1,
            !finding.stands(),
            finding.removed.as_ref().map(|removal| removal.reason.as_str()),
            clinician.user.to_string(),
            now.as_millis(),
            i64::from(version),
            supersedes.map(|(record, _)| record.to_string()),
        )?;
    }
    Ok(ids)
}
