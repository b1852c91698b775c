//! What was understood of a page: drafts with their evidence, never facts.
//!
//! The JSON of these types is the contract of `kamikarte read` and `kamikarte extract`
//! (docs/formats.md).

use std::{collections::BTreeMap, fmt, str::FromStr};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::Rect;

/// All that was found on a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Findings {
    /// The header: whose page it is.
    pub patient: Patient,
    /// Drugs, in the order of the page.
    pub medications: Vec<Finding<Medication>>,
    /// Diseases, in the order of the page.
    pub diagnoses: Vec<Finding<Diagnosis>>,
    /// Allergies and contraindicated drugs.
    pub allergies: Vec<Finding<Allergy>>,
    /// Vital signs, laboratory values, infections.
    pub observations: Vec<Finding<Observation>>,
    /// Prescriptions that are given again and stand on no line of this page: do処方. Those that
    /// point at orders above them are doubts of these orders.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repeats: Vec<Finding<Repeat>>,
}

/// One drafted thing and why it was drafted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Finding<T> {
    /// What was found.
    #[serde(flatten)]
    pub content: T,
    /// Where, how sure, and what speaks against it.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// The side of a finding that is the same for all kinds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Evidence {
    /// The words as written.
    pub surface: String,
    /// Codes of what was found. Empty rather than guessed.
    pub codes: Codes,
    /// Possible values with their codes, best first.
    pub candidates: Vec<Candidate>,
    /// Probability that the finding is right as a whole, 0 to 1.
    pub confidence: f32,
    /// Probability that a field is right, 0 to 1, by the field's name, for kinds of findings of
    /// which several fields can be wrong.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub field_confidence: BTreeMap<String, f32>,
    /// Why it was read so, step by step, for `kamikarte extract --explain`. Neither printed
    /// otherwise nor stored.
    #[serde(skip)]
    pub reasons: Vec<String>,
    /// What wants a human look.
    pub doubts: Vec<Doubt>,
    /// Where it stands, in pixels of the page. Extraction speaks of the upright page;
    /// what leaves the program speaks of the page as scanned.
    pub bbox: Rect,
    /// Indices of the lines it was read from. Not part of the printed contract.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<usize>,
}

/// A kind of finding, with the one word used for it everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is documented at the type of its name")]
pub enum FindingKind {
    Medication,
    Diagnosis,
    Allergy,
    Observation,
    Patient,
}

impl FindingKind {
    /// All kinds, in the order pages show them.
    pub const ALL: [Self; 5] =
        [Self::Patient, Self::Diagnosis, Self::Medication, Self::Allergy, Self::Observation];

    /// The word used in the database and in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Medication => "medication",
            Self::Diagnosis => "diagnosis",
            Self::Allergy => "allergy",
            Self::Observation => "observation",
            Self::Patient => "patient",
        }
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for FindingKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| format!("{text:?} is no kind of finding"))
    }
}

/// What a stored finding says, of whichever kind: `{"kind": "medication", …}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is documented at the type of its name")]
pub enum Content {
    Medication(Medication),
    Diagnosis(Diagnosis),
    Allergy(Allergy),
    Observation(Observation),
    Patient(Patient),
}

impl Content {
    /// Its kind.
    pub const fn kind(&self) -> FindingKind {
        match self {
            Self::Medication(_) => FindingKind::Medication,
            Self::Diagnosis(_) => FindingKind::Diagnosis,
            Self::Allergy(_) => FindingKind::Allergy,
            Self::Observation(_) => FindingKind::Observation,
            Self::Patient(_) => FindingKind::Patient,
        }
    }
}

impl Findings {
    /// Every finding in the form in which it is stored, in the order pages show them. The
    /// patient header counts as one finding if anything of it was read.
    pub fn into_stored(self) -> Vec<Finding<Content>> {
        fn all<T>(
            findings: Vec<Finding<T>>,
            content: fn(T) -> Content,
        ) -> impl Iterator<Item = Finding<Content>> {
            findings.into_iter().map(move |finding| Finding {
                content: content(finding.content),
                evidence: finding.evidence,
            })
        }
        let header = self.patient.is_some().then(|| Finding {
            evidence: Evidence {
                surface: self.patient.name.clone().unwrap_or_default(),
                confidence: self.patient.confidence,
                doubts: self.patient.doubts.clone(),
                bbox: self.patient.bbox.unwrap_or_default(),
                ..Evidence::default()
            },
            content: Content::Patient(self.patient),
        });
        // What was given on an earlier page is a drug to be named; its own words stand for it.
        let again = self.repeats.into_iter().map(|repeat| Finding {
            content: Content::Medication(Medication {
                name: repeat.evidence.surface.clone(),
                days: repeat.content.days,
                ..Medication::default()
            }),
            evidence: repeat.evidence,
        });
        header
            .into_iter()
            .chain(all(self.diagnoses, Content::Diagnosis))
            .chain(all(self.medications, Content::Medication))
            .chain(again)
            .chain(all(self.allergies, Content::Allergy))
            .chain(all(self.observations, Content::Observation))
            .collect()
    }

    /// Moves every rectangle by `place`, as from the upright page to the page as scanned.
    pub fn move_boxes(&mut self, place: impl Fn(Rect) -> Rect) {
        let evidence = (self.medications.iter_mut().map(|finding| &mut finding.evidence))
            .chain(self.diagnoses.iter_mut().map(|finding| &mut finding.evidence))
            .chain(self.allergies.iter_mut().map(|finding| &mut finding.evidence))
            .chain(self.observations.iter_mut().map(|finding| &mut finding.evidence))
            .chain(self.repeats.iter_mut().map(|finding| &mut finding.evidence));
        for evidence in evidence {
            evidence.bbox = place(evidence.bbox);
        }
        self.patient.bbox = self.patient.bbox.map(place);
    }
}

/// Whose page it is, as far as its header says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Patient {
    /// 氏名
    pub name: Option<String>,
    /// ふりがな
    pub kana: Option<String>,
    /// 生年月日 as ISO 8601, as precise as written: `1948`, `1948-03`, `1948-03-05`.
    pub birth_date: Option<String>,
    /// 性別
    pub sex: Option<Sex>,
    /// カルテ番号
    pub chart_number: Option<String>,
    /// 保険者番号
    pub insurer_number: Option<String>,
    /// 被保険者証の記号・番号
    pub insured_number: Option<String>,
    /// Probability that all of it is right, 0 to 1.
    pub confidence: f32,
    /// What wants a human look.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
    /// Where the header stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bbox: Option<Rect>,
}

impl Patient {
    /// Whether anything of a header was read.
    pub const fn is_some(&self) -> bool {
        self.name.is_some()
            || self.kana.is_some()
            || self.birth_date.is_some()
            || self.sex.is_some()
            || self.chart_number.is_some()
            || self.insurer_number.is_some()
            || self.insured_number.is_some()
    }
}

/// 性別 as written on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Sex {
    Male,
    Female,
}

/// What stands for the name of a drug that could not be read, until a person has written it: no
/// page with such a name can be confirmed.
pub const UNREADABLE: &str = "判読不能";

/// A drug as prescribed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Medication {
    /// The drug's name without strength and maker: アムロジピン錠.
    pub name: String,
    /// Content of one unit, with its unit: `5mg`. `None` if not written.
    pub strength: Option<String>,
    /// Dosage form: 錠, カプセル, 散, テープ.
    pub form: Option<String>,
    /// The number that was written as amount.
    pub dose: Option<Decimal>,
    /// Whether that number is for a day or for one time; `None` if the page does not tell.
    pub dose_basis: Option<DoseBasis>,
    /// A person looked and says that it cannot be known: `dose_basis` is `None` for good. Never
    /// set by the program; not printed unless set.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub basis_left_unknown: bool,
    /// What the number counts: 錠, カプセル, 包, g, mL, 枚, 本, 単位.
    pub unit: Option<String>,
    /// Usage in the words of the page: `分3 毎食後`.
    pub frequency: Option<String>,
    /// Doses a day.
    pub times_per_day: Option<u8>,
    /// When on the day.
    pub timing: Vec<Timing>,
    /// Only when needed (頓用).
    pub prn: bool,
    /// When it is needed: 疼痛時.
    pub prn_reason: Option<String>,
    /// Once a week.
    pub weekly: bool,
    /// Days of supply; for 頓用 `None`.
    pub days: Option<u16>,
    /// Number of doses or pieces in all, where days are not counted: 10回分, 2本.
    pub quantity: Option<Decimal>,
    /// The dose of each time of day where they differ: 朝3昼2夕1. Empty otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doses: Vec<TimedDose>,
    /// The steps of an order whose dose changes with time: 2錠 7日, then 1錠 7日. The first is what
    /// `dose` and `days` say; empty if there is only one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<DoseStep>,
    /// What it is mixed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mixture: Option<Mixture>,
    /// 残薬: days of supply that the patient still has, as written. Not taken off `days`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_over_days: Option<u16>,
    /// Whether it stands.
    pub status: MedicationStatus,
}

/// A dose and when it is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimedDose {
    /// The time of day.
    pub at: Timing,
    /// In the unit of the order.
    pub dose: Decimal,
}

/// A dose and how long it is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoseStep {
    /// The number that was written as amount.
    pub dose: Decimal,
    /// What the number counts.
    pub unit: String,
    /// Days of this step.
    pub days: Option<u16>,
}

/// An ointment that is mixed with others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mixture {
    /// The names of the others.
    pub with: Vec<String>,
    /// This one to the others in the order of the page, as written: `1:1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<String>,
}

/// A whole prescription that is given again: do処方 28日分.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Repeat {
    /// Days of supply, if written.
    pub days: Option<u16>,
}

/// 1日量 or 1回量: the trap that harms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DoseBasis {
    /// 1日量: the amount is for a whole day.
    Day,
    /// 1回量: the amount is for one time.
    Once,
}

/// When on a day a dose is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it; just_before is 直前, between is 食間")]
pub enum Timing {
    Wakeup,
    BeforeBreakfast,
    JustBeforeBreakfast,
    AfterBreakfast,
    BetweenBreakfast,
    BeforeLunch,
    JustBeforeLunch,
    AfterLunch,
    BetweenLunch,
    BeforeDinner,
    JustBeforeDinner,
    AfterDinner,
    BetweenDinner,
    Bedtime,
}

/// Whether a prescription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum MedicationStatus {
    /// As written.
    #[default]
    Active,
    /// Struck out, 中止.
    Cancelled,
}

/// A disease and what is said of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Diagnosis {
    /// Standard name where one is known, else as written.
    pub name: String,
    /// ICD-10 with its point: `I10`, `E11.9`. `None` rather than guessed.
    pub icd10: Option<String>,
    /// Confirmed, suspected, …
    pub status: DiagnosisStatus,
    /// Prefixes and suffixes: 右, 慢性, の術後.
    pub modifiers: Vec<Modifier>,
    /// 主病名
    pub main: bool,
    /// 開始 as ISO 8601, as precise as written.
    pub onset: Option<String>,
    /// 終了 as ISO 8601, as precise as written.
    pub end: Option<String>,
    /// 転帰 in the words of the page: 治ゆ, 中止, 継続.
    pub outcome: Option<String>,
}

/// What the page asserts of a disease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum DiagnosisStatus {
    /// The patient has it.
    #[default]
    Confirmed,
    /// の疑い, s/o, r/o, ?
    Suspected,
    /// (-), なし, 否定
    Negated,
    /// 既往
    History,
    /// 家族歴: somebody else's.
    Family,
}

/// A prefix or suffix of a disease name. Its codes are those of the modifier master, where known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Modifier {
    /// 右, 慢性, の疑い.
    pub name: String,
    /// 修飾語コード of receipts, 4 figures.
    #[serde(default)]
    pub code: Option<String>,
    /// 修飾語管理番号, 8 figures: the one that the national exchange requires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// 修飾語交換用コード, 4 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange_code: Option<String>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<ModifierPosition>,
}

/// Where a modifier stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModifierPosition {
    /// Before the disease: 右, 慢性.
    Prefix,
    /// Behind it: の疑い.
    Suffix,
}

/// A substance that the patient must not be given, or reacted to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Allergy {
    /// セフェム系, そば.
    pub substance: String,
    /// What happened: 皮疹.
    pub reaction: Option<String>,
    /// アレルギー(-), なし.
    pub negated: bool,
}

/// A measured value: vital sign, laboratory test, infection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Observation {
    /// BP, HbA1c, HBs抗原.
    pub item: String,
    /// As written: `136/80`, `6.8`, `(-)`.
    pub value: String,
    /// mmHg, %, mg/dL.
    pub unit: Option<String>,
    /// H, L as marked on the page.
    pub flag: Option<String>,
    /// Reference range as written.
    pub reference: Option<String>,
    /// Date of the visit or of the sample, ISO 8601.
    pub date: Option<String>,
}

/// One possible value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Candidate {
    /// Standard name.
    pub name: String,
    /// Its codes.
    pub codes: Codes,
    /// 0 to 1; comparable within one finding.
    pub score: f32,
    /// Why it is offered: `exact`, `abbreviation`, `1 edit`.
    pub reason: String,
}

/// A coding system that findings use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeSystem {
    /// 薬価基準収載医薬品コード, 12 characters.
    PriceList,
    /// 個別医薬品コード (YJ).
    Yj,
    /// レセプト電算処理システム用コード, 9 digits.
    Receipt,
    /// HOT 基準番号.
    Hot,
    /// 一般名処方マスタ.
    GenericName,
    /// 病名管理番号, 8 digits.
    DiseaseId,
    /// 病名交換用コード.
    DiseaseExchange,
    /// 傷病名マスター receipt code, 7 digits.
    DiseaseReceipt,
    /// ICD-10 (2013), with its point.
    Icd10,
    /// JLAC10.
    Jlac10,
    /// J-FAGY allergen.
    Jfagy,
}

/// Codes by system.
pub type Codes = BTreeMap<CodeSystem, String>;

/// A reason for a human look. Never hidden, never resolved by the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// What kind.
    pub kind: DoubtKind,
    /// The field it is about: `dose`, `strength`; `None` if about the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The facts, in the page's own words: both readings, the strengths that exist.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub facts: String,
}

impl Doubt {
    /// A doubt about one field.
    pub fn about(kind: DoubtKind, field: &str, facts: impl Into<String>) -> Self {
        Self { kind, field: Some(field.to_owned()), facts: facts.into() }
    }

    /// A doubt about the finding as a whole.
    pub fn of(kind: DoubtKind, facts: impl Into<String>) -> Self {
        Self { kind, field: None, facts: facts.into() }
    }
}

/// The closed list of doubts; the pages have words for each in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubtKind {
    /// 1日量 or 1回量 is not written.
    UnknownBasis,
    /// The drug does not exist in the strength that was read.
    StrengthDoesNotExist,
    /// Several strengths exist and none is written.
    StrengthMissing,
    /// More than the usual maximum for an adult.
    DoseAboveMaximum,
    /// The amount does not divide into the doses (1 tablet in 3).
    DoseDoesNotDivide,
    /// Two names that are easily taken for each other.
    LookAlike,
    /// No name of the lexicon is near enough.
    UnknownName,
    /// The name was read with errors and found by likeness.
    NameByLikeness,
    /// An abbreviation with several meanings.
    AmbiguousAbbreviation,
    /// Digits the reader was not sure of.
    UnreadableDigits,
    /// The line was read with low confidence.
    LowConfidence,
    /// A date with two readings.
    AmbiguousDate,
    /// A date that does not exist (昭和65年).
    ImpossibleDate,
    /// do, 〃, 前回同様: points at a line on another page.
    RefersElsewhere,
    /// Usage was written for a group; it was taken over from there.
    UsageFromGroup,
    /// The unit does not fit the dosage form.
    UnitDoesNotFit,
    /// The name is on no list of the time.
    OutsideValidity,
    /// A number whose check digit is wrong.
    CheckDigit,
    /// A part of the order is missing (dose, timing or days).
    Incomplete,
    /// A mark changes it: 中止, →, 変更.
    Changed,
    /// Words behind a disease may deny or suspect it, and were not understood for certain.
    UnclearStatus,
}

impl DoubtKind {
    /// All kinds, for tables and tests.
    pub const ALL: [Self; 21] = [
        Self::UnknownBasis,
        Self::StrengthDoesNotExist,
        Self::StrengthMissing,
        Self::DoseAboveMaximum,
        Self::DoseDoesNotDivide,
        Self::LookAlike,
        Self::UnknownName,
        Self::NameByLikeness,
        Self::AmbiguousAbbreviation,
        Self::UnreadableDigits,
        Self::LowConfidence,
        Self::AmbiguousDate,
        Self::ImpossibleDate,
        Self::RefersElsewhere,
        Self::UsageFromGroup,
        Self::UnitDoesNotFit,
        Self::OutsideValidity,
        Self::CheckDigit,
        Self::Incomplete,
        Self::Changed,
        Self::UnclearStatus,
    ];

    /// The word used in files and as key of the message files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownBasis => "unknown_basis",
            Self::StrengthDoesNotExist => "strength_does_not_exist",
            Self::StrengthMissing => "strength_missing",
            Self::DoseAboveMaximum => "dose_above_maximum",
            Self::DoseDoesNotDivide => "dose_does_not_divide",
            Self::LookAlike => "look_alike",
            Self::UnknownName => "unknown_name",
            Self::NameByLikeness => "name_by_likeness",
            Self::AmbiguousAbbreviation => "ambiguous_abbreviation",
            Self::UnreadableDigits => "unreadable_digits",
            Self::LowConfidence => "low_confidence",
            Self::AmbiguousDate => "ambiguous_date",
            Self::ImpossibleDate => "impossible_date",
            Self::RefersElsewhere => "refers_elsewhere",
            Self::UsageFromGroup => "usage_from_group",
            Self::UnitDoesNotFit => "unit_does_not_fit",
            Self::OutsideValidity => "outside_validity",
            Self::CheckDigit => "check_digit",
            Self::Incomplete => "incomplete",
            Self::Changed => "changed",
            Self::UnclearStatus => "unclear_status",
        }
    }
}

impl fmt::Display for DoubtKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_medication_prints_flat_and_reads_back() {
        let finding = Finding {
            content: Medication {
                name: "アムロジピン錠".into(),
                strength: Some("5mg".into()),
                dose: Some(Decimal::new(5, 1)),
                dose_basis: Some(DoseBasis::Day),
                timing: vec![Timing::AfterBreakfast],
                ..Medication::default()
            },
            evidence: Evidence {
                surface: "アムロジピン錠5mg 0.5T 分1 朝食後".into(),
                codes: Codes::from([(CodeSystem::PriceList, "2171022F1010".into())]),
                confidence: 0.5,
                doubts: vec![Doubt::about(DoubtKind::UnknownBasis, "dose", "1日 / 1回")],
                bbox: Rect::new(1, 2, 3, 4),
                ..Evidence::default()
            },
        };
        let json = serde_json::to_value(&finding).unwrap();
        assert_eq!(json["dose"], 0.5);
        assert_eq!(json["bbox"], serde_json::json!([1, 2, 3, 4]));
        assert_eq!(json["timing"], serde_json::json!(["after_breakfast"]));
        assert_eq!(json["codes"]["price_list"], "2171022F1010");
        assert_eq!(json["doubts"][0]["kind"], "unknown_basis");
        assert_eq!(serde_json::from_value::<Finding<Medication>>(json).unwrap(), finding);
    }

    #[test]
    fn an_empty_header_is_no_finding() {
        assert!(Findings::default().into_stored().is_empty());
        let named = Findings {
            patient: Patient { name: Some("見本 花子".into()), ..Patient::default() },
            ..Findings::default()
        };
        assert_eq!(named.into_stored()[0].content.kind(), FindingKind::Patient);
    }

    #[test]
    fn doubts_print_the_word_that_names_them() {
        for kind in DoubtKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
