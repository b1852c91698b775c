//! The words every part of kamikarte shares: who, which page, what was read, what was found.
//!
//! Pure data and the rules that keep it whole. No file, no network, no clock: whoever needs
//! "now" is handed a [`Timestamp`].

mod finding; // a drafted medication, diagnosis, allergy, test result or header field
mod geometry; // rectangles and the four ways a sheet can lie on the glass
mod id; // one identifier type a thing
mod language; // Japanese and English
mod page_text; // what a reader found on a page, before anyone understood it
mod role; // who may do what
mod scan_quality; // how good a scan is to read
mod state; // the page's way from the scanner to the record
mod timestamp; // UTC milliseconds
pub mod wareki; // Japanese eras and western dates

pub use finding::{
    Allergy, Candidate, CodeSystem, Codes, Content, Diagnosis, DiagnosisStatus, DoseBasis,
    DoseStep, Doubt, DoubtKind, Evidence, Finding, FindingKind, Findings, Medication,
    MedicationStatus, Mixture, Modifier, ModifierPosition, Observation, Patient, Repeat, Sex,
    TimedDose, Timing, UNREADABLE,
};
pub use geometry::{Orientation, Rect};
pub use id::{
    CampaignId, ChartId, CorrectionId, EventId, FindingId, JobId, PageId, ReadingId, RecordId,
    ScanId, TenantId, UserId,
};
pub use language::Language;
pub use page_text::{Cell, Line, PageText, Symbol};
pub use role::{Actor, Role};
pub use scan_quality::{ScanFault, ScanQuality};
pub use state::{PageState, Stage, TransitionRefused};
pub use timestamp::Timestamp;
