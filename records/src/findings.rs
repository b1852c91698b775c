//! Drafts, and what people made of them.
//!
//! `drafted` is what the program read and never changes; `current` is what stands now. A finding
//! that was removed stays, with the reason, and can be put back. Every change wants the version of
//! the finding that the person saw, raises that version and the page's, and leaves a correction
//! and an audit event.

mod change; // correct, add, remove, restore
mod row;

use chart::{
    Candidate, Codes, Content, Doubt, FindingId, FindingKind, PageId, ReadingId, Rect, TenantId,
    Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

pub use change::{Changed, Correction, NewFinding, add, correct, remove, restore};
pub(crate) use row::{insert_drafted, name_patient};

use crate::{RecordsError, Tx};

/// What a finding says: its fields and its codes. As JSON the two stand side by side:
/// `{"kind": "medication", "name": …, "codes": {…}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// The fields of its kind.
    #[serde(flatten)]
    pub content: Content,
    /// Codes of what it says. Empty rather than guessed.
    #[serde(default)]
    pub codes: Codes,
}

/// A finding of a page, as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct PageFinding {
    /// Its identifier.
    pub id: FindingId,
    /// The page it stands on.
    pub page: PageId,
    /// The reading it was drafted from; `None` if a person added it.
    pub reading: Option<ReadingId>,
    /// Its place among the findings of the page.
    pub position: u32,
    /// What the program read; `None` if a person added it.
    pub drafted: Option<Statement>,
    /// What stands now.
    pub current: Statement,
    /// The words as written.
    pub surface: String,
    /// Possible values with their codes, best first.
    pub candidates: Vec<Candidate>,
    /// What wants a human look. Stays when the finding is corrected.
    pub doubts: Vec<Doubt>,
    /// Probability that the draft is right as a whole, 0 to 1; `None` if a person added it.
    pub confidence: Option<f32>,
    /// Where it stands, in pixels of the page as scanned.
    pub bbox: Option<Rect>,
    /// Who added it by hand, if anybody did.
    pub added_by: Option<UserId>,
    /// Whether, by whom and why it was removed.
    pub removed: Option<Removal>,
    /// Who changed it last; `None` if nobody did since it was drafted.
    pub changed_by: Option<UserId>,
    /// When it was drafted, added or changed last.
    pub changed_at: Timestamp,
    /// Grows with every change. Who changes the finding shows which version they saw.
    pub version: i64,
}

impl PageFinding {
    /// Its kind.
    pub const fn kind(&self) -> FindingKind {
        self.current.content.kind()
    }

    /// Whether it stands: only such findings are committed.
    pub const fn stands(&self) -> bool {
        self.removed.is_none()
    }

    /// Whether a person made something else of what was drafted.
    pub fn was_corrected(&self) -> bool {
        self.drafted.as_ref().is_some_and(|drafted| *drafted != self.current)
    }
}

/// That a finding was taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Removal {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// All findings of a page in their order, removed ones too.
pub async fn of_page(
    tx: &mut Tx,
    tenant: TenantId,
    page: PageId,
) -> Result<Vec<PageFinding>, RecordsError> {
    row::of_page(tx, tenant, page).await
}

/// The finding of that identifier.
pub async fn find(
    tx: &mut Tx,
    tenant: TenantId,
    id: FindingId,
) -> Result<Option<PageFinding>, RecordsError> {
    row::find(tx, tenant, id).await
}
