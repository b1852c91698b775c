//! A finding as a form and back.
//!
//! Each kind has a table of fields; a field knows its name, how wide it stands and how it is
//! filled in. The stored value and what a person typed both travel as [`Fields`], so that a
//! form can be shown from either, and the two be compared.

use chart::{
    Allergy, Content, Diagnosis, DiagnosisStatus, DoseBasis, FindingKind, Medication,
    MedicationStatus, Modifier, Observation, Patient, Sex, Timing,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{fields::Fields, typed};

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Words.
    Words,
    /// Words that the lexicon suggests while they are typed.
    Suggested(Suggested),
    /// A decimal number.
    Number,
    /// A date, as precise as known.
    Date,
    /// One of the listed words; each is a value in files and a key of `[word]`.
    OneOf(&'static [&'static str]),
    /// Yes if ticked.
    Tick,
    /// The times of a day.
    Timings,
    /// 1日量 or 1回量, never preselected.
    Basis,
}

/// What the lexicon suggests for a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Suggested {
    /// Names of drugs, with their forms.
    Drug,
    /// The strengths of the drug that stands beside it.
    Strength,
    /// Names of diseases.
    Disease,
}

impl Suggested {
    /// The word in addresses and in the form.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Drug => "drug",
            Self::Strength => "strength",
            Self::Disease => "disease",
        }
    }
}

/// One field of a kind of finding.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spec {
    /// Its name in the form and key of its label.
    pub(crate) name: &'static str,
    /// The field's name in `chart`, by which doubts point at it.
    pub(crate) of: &'static str,
    /// Twelfths of the form's width.
    pub(crate) width: u8,
    /// How it is filled in.
    pub(crate) entry: Entry,
    /// Whether it stands behind "other fields" unless it holds something.
    pub(crate) rare: bool,
}

const fn field(name: &'static str, width: u8, entry: Entry) -> Spec {
    Spec { name, of: name, width, entry, rare: false }
}

const fn named(name: &'static str, of: &'static str, width: u8, entry: Entry) -> Spec {
    Spec { name, of, width, entry, rare: false }
}

const fn rare(name: &'static str, width: u8, entry: Entry) -> Spec {
    Spec { name, of: name, width, entry, rare: true }
}

/// "Not known, and it stays so": the third answer to the question of the basis.
pub(crate) const LEFT_UNKNOWN: &str = "unknown";

const MEDICATION: &[Spec] = &[
    field("name", 8, Entry::Suggested(Suggested::Drug)),
    field("strength", 4, Entry::Suggested(Suggested::Strength)),
    field("dose", 3, Entry::Number),
    field("unit", 3, Entry::Words),
    field("times_per_day", 3, Entry::Number),
    field("days", 3, Entry::Number),
    field("dose_basis", 12, Entry::Basis),
    field("timing", 12, Entry::Timings),
    field("frequency", 8, Entry::Words),
    field("status", 4, Entry::OneOf(&["active", "cancelled"])),
    rare("form", 4, Entry::Words),
    rare("quantity", 4, Entry::Number),
    rare("weekly", 4, Entry::Tick),
    rare("prn", 4, Entry::Tick),
    rare("prn_reason", 8, Entry::Words),
];

const DIAGNOSIS: &[Spec] = &[
    named("diagnosis_name", "name", 8, Entry::Suggested(Suggested::Disease)),
    field("icd10", 4, Entry::Words),
    named(
        "diagnosis_status",
        "status",
        8,
        Entry::OneOf(&["confirmed", "suspected", "negated", "history", "family"]),
    ),
    field("main", 4, Entry::Tick),
    field("onset", 4, Entry::Date),
    field("end", 4, Entry::Date),
    field("outcome", 4, Entry::Words),
    rare("modifiers", 12, Entry::Words),
];

const ALLERGY: &[Spec] = &[
    field("substance", 6, Entry::Words),
    field("reaction", 6, Entry::Words),
    field("negated", 12, Entry::Tick),
];

const OBSERVATION: &[Spec] = &[
    field("item", 5, Entry::Words),
    field("value", 4, Entry::Words),
    named("value_unit", "unit", 3, Entry::Words),
    field("date", 5, Entry::Date),
    field("flag", 3, Entry::Words),
    field("reference", 4, Entry::Words),
];

const PATIENT: &[Spec] = &[
    named("patient_name", "name", 6, Entry::Words),
    field("kana", 6, Entry::Words),
    field("birth_date", 5, Entry::Date),
    field("sex", 4, Entry::OneOf(&["male", "female"])),
    field("chart_number", 3, Entry::Words),
    field("insurer_number", 6, Entry::Words),
    field("insured_number", 6, Entry::Words),
];

/// The fields of a kind, in the order of the form.
pub(crate) const fn specs(kind: FindingKind) -> &'static [Spec] {
    match kind {
        FindingKind::Medication => MEDICATION,
        FindingKind::Diagnosis => DIAGNOSIS,
        FindingKind::Allergy => ALLERGY,
        FindingKind::Observation => OBSERVATION,
        FindingKind::Patient => PATIENT,
    }
}

/// A value that cannot be taken as it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Must not be empty.
    Required,
    /// No number.
    NoNumber,
    /// No whole number, or one that is too large.
    NoWhole,
    /// No date.
    NoDate,
}

/// The faults of a form, by field.
pub(crate) type Faults = Vec<(&'static str, Fault)>;

/// An empty finding of a kind.
pub(crate) fn empty(kind: FindingKind) -> Content {
    match kind {
        FindingKind::Medication => Content::Medication(Medication::default()),
        FindingKind::Diagnosis => Content::Diagnosis(Diagnosis::default()),
        FindingKind::Allergy => Content::Allergy(Allergy::default()),
        FindingKind::Observation => Content::Observation(Observation::default()),
        FindingKind::Patient => Content::Patient(Patient { confidence: 1.0, ..Patient::default() }),
    }
}

/// What a stored finding puts into its form.
pub(crate) fn fill(content: &Content) -> Fields {
    let mut fields = Fields::default();
    match content {
        Content::Medication(it) => fill_medication(&mut fields, it),
        Content::Diagnosis(it) => fill_diagnosis(&mut fields, it),
        Content::Allergy(it) => {
            fields.push("substance", &it.substance);
            fields.push_some("reaction", it.reaction.as_ref());
            fields.push_some("negated", it.negated.then_some(&"yes"));
        }
        Content::Observation(it) => {
            fields.push("item", &it.item);
            fields.push("value", &it.value);
            fields.push_some("value_unit", it.unit.as_ref());
            fields.push_some("flag", it.flag.as_ref());
            fields.push_some("reference", it.reference.as_ref());
            fields.push_some("date", it.date.as_ref());
        }
        Content::Patient(it) => {
            fields.push_some("patient_name", it.name.as_ref());
            fields.push_some("kana", it.kana.as_ref());
            fields.push_some("birth_date", it.birth_date.as_ref());
            fields.push_some("sex", it.sex.map(word).as_ref());
            fields.push_some("chart_number", it.chart_number.as_ref());
            fields.push_some("insurer_number", it.insurer_number.as_ref());
            fields.push_some("insured_number", it.insured_number.as_ref());
        }
    }
    fields
}

fn fill_medication(fields: &mut Fields, it: &Medication) {
    fields.push("name", &it.name);
    fields.push_some("strength", it.strength.as_ref());
    fields.push_some("form", it.form.as_ref());
    fields.push_some("dose", it.dose.map(|dose| dose.normalize()).as_ref());
    fields.push_some("unit", it.unit.as_ref());
    let left_unknown = it.basis_left_unknown.then(|| LEFT_UNKNOWN.to_owned());
    fields.push_some("dose_basis", it.dose_basis.map(word).or(left_unknown).as_ref());
    fields.push_some("times_per_day", it.times_per_day.as_ref());
    for timing in &it.timing {
        fields.push("timing", word(*timing));
    }
    fields.push_some("frequency", it.frequency.as_ref());
    fields.push_some("prn", it.prn.then_some(&"yes"));
    fields.push_some("prn_reason", it.prn_reason.as_ref());
    fields.push_some("weekly", it.weekly.then_some(&"yes"));
    fields.push_some("days", it.days.as_ref());
    fields.push_some("quantity", it.quantity.map(|quantity| quantity.normalize()).as_ref());
    fields.push("status", word(it.status));
}

fn fill_diagnosis(fields: &mut Fields, it: &Diagnosis) {
    fields.push("diagnosis_name", &it.name);
    fields.push_some("icd10", it.icd10.as_ref());
    fields.push("diagnosis_status", word(it.status));
    let modifiers: Vec<&str> = it.modifiers.iter().map(|it| it.name.as_str()).collect();
    fields.push("modifiers", modifiers.join("、"));
    fields.push_some("main", it.main.then_some(&"yes"));
    fields.push_some("onset", it.onset.as_ref());
    fields.push_some("end", it.end.as_ref());
    fields.push_some("outcome", it.outcome.as_ref());
}

/// The finding that the form describes; `base` gives what the form does not show.
pub(crate) fn read(base: &Content, fields: &Fields) -> Result<Content, Faults> {
    let mut form = Form { fields, faults: Vec::new() };
    let content = match base {
        Content::Medication(base) => Content::Medication(form.medication(base)),
        Content::Diagnosis(base) => Content::Diagnosis(form.diagnosis(base)),
        Content::Allergy(_) => Content::Allergy(Allergy {
            substance: form.required("substance"),
            reaction: fields.some("reaction"),
            negated: fields.ticked("negated"),
        }),
        Content::Observation(_) => Content::Observation(Observation {
            item: form.required("item"),
            value: form.required("value"),
            unit: fields.some("value_unit"),
            flag: fields.some("flag"),
            reference: fields.some("reference"),
            date: form.date("date"),
        }),
        Content::Patient(base) => Content::Patient(Patient {
            name: fields.some("patient_name"),
            kana: fields.some("kana"),
            birth_date: form.date("birth_date"),
            sex: fields.some("sex").and_then(|sex| value_of::<Sex>(&sex)),
            chart_number: fields.some("chart_number"),
            insurer_number: fields.some("insurer_number"),
            insured_number: fields.some("insured_number"),
            ..base.clone()
        }),
    };
    if form.faults.is_empty() { Ok(content) } else { Err(form.faults) }
}

/// A form while it is read, with the faults found so far.
struct Form<'a> {
    fields: &'a Fields,
    faults: Faults,
}

impl Form<'_> {
    fn medication(&mut self, base: &Medication) -> Medication {
        let mut medication = Medication {
            name: self.required("name"),
            strength: self.fields.some("strength"),
            form: self.fields.some("form"),
            dose: self.parsed("dose", Fault::NoNumber, typed::number),
            dose_basis: self.fields.some("dose_basis").and_then(|it| value_of::<DoseBasis>(&it)),
            basis_left_unknown: self.fields.get("dose_basis") == LEFT_UNKNOWN,
            unit: self.fields.some("unit"),
            frequency: self.fields.some("frequency"),
            times_per_day: self.parsed("times_per_day", Fault::NoWhole, typed::whole),
            timing: self.fields.all("timing").filter_map(value_of::<Timing>).collect(),
            prn: self.fields.ticked("prn"),
            prn_reason: self.fields.some("prn_reason"),
            weekly: self.fields.ticked("weekly"),
            days: self.parsed("days", Fault::NoWhole, typed::whole),
            quantity: self.parsed("quantity", Fault::NoNumber, typed::number),
            status: value_of::<MedicationStatus>(self.fields.get("status")).unwrap_or_default(),
            ..base.clone()
        };
        // Doses by time and steps were read with the amount; another amount has others.
        if (medication.dose, medication.days) != (base.dose, base.days) {
            medication.doses.clear();
            medication.steps.clear();
        }
        medication
    }

    fn diagnosis(&mut self, base: &Diagnosis) -> Diagnosis {
        Diagnosis {
            name: self.required("diagnosis_name"),
            icd10: self.fields.some("icd10").map(|code| code.to_uppercase()),
            status: value_of::<DiagnosisStatus>(self.fields.get("diagnosis_status"))
                .unwrap_or_default(),
            modifiers: modifiers(self.fields.get("modifiers"), base),
            main: self.fields.ticked("main"),
            onset: self.date("onset"),
            end: self.date("end"),
            outcome: self.fields.some("outcome"),
        }
    }

    fn required(&mut self, name: &'static str) -> String {
        let value = self.fields.get(name);
        if value.is_empty() {
            self.faults.push((name, Fault::Required));
        }
        value.to_owned()
    }

    fn date(&mut self, name: &'static str) -> Option<String> {
        self.parsed(name, Fault::NoDate, typed::date)
    }

    fn parsed<T>(
        &mut self,
        name: &'static str,
        fault: Fault,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let typed = self.fields.get(name);
        if typed.is_empty() {
            return None;
        }
        let value = parse(typed);
        if value.is_none() {
            self.faults.push((name, fault));
        }
        value
    }
}

/// Modifiers keep their codes as long as their name stands.
fn modifiers(typed: &str, base: &Diagnosis) -> Vec<Modifier> {
    typed
        .split(['、', ',', '，', '・'])
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| {
            let before = base.modifiers.iter().find(|modifier| modifier.name == name);
            let new = || Modifier { name: name.to_owned(), ..Modifier::default() };
            before.cloned().unwrap_or_else(new)
        })
        .collect()
}

/// The one word that files use for a value.
pub(crate) fn word<T: Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// The value of that word, if it is one.
pub(crate) fn value_of<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::samples;

    #[test]
    fn a_form_sent_back_untouched_changes_nothing() {
        for content in samples::contents() {
            assert_eq!(read(&content, &fill(&content)), Ok(content));
        }
    }

    #[test]
    fn every_field_of_a_form_belongs_to_its_kind() {
        for content in samples::contents() {
            let names: Vec<&str> = specs(content.kind()).iter().map(|spec| spec.name).collect();
            for (name, _) in fill(&content).iter() {
                assert!(names.contains(&name), "{name} is shown nowhere");
            }
        }
    }

    #[test]
    fn an_amount_that_is_no_number_is_named() {
        let fields = Fields::from_body("name=薬&dose=三つ&days=1.5".as_bytes());
        assert_eq!(
            read(&empty(FindingKind::Medication), &fields),
            Err(vec![("dose", Fault::NoNumber), ("days", Fault::NoWhole)])
        );
    }

    #[test]
    fn an_answer_of_unknown_leaves_the_basis_open() {
        let fields = Fields::from_body("name=x&dose=１．５&dose_basis=unknown".as_bytes());
        let Ok(Content::Medication(read)) = read(&empty(FindingKind::Medication), &fields) else {
            panic!("the form is good");
        };
        assert_eq!((read.dose, read.dose_basis), (Some(Decimal::new(15, 1)), None));
        assert!(read.basis_left_unknown);
        assert_eq!(fill(&Content::Medication(read)).get("dose_basis"), LEFT_UNKNOWN);
    }

    #[test]
    fn a_modifier_keeps_its_codes_only_under_its_name() {
        let base = Diagnosis {
            modifiers: vec![Modifier {
                name: "右".into(),
                code: Some("2056".into()),
                id: Some("27000000".into()),
                ..Modifier::default()
            }],
            ..Diagnosis::default()
        };
        assert_eq!(modifiers("右、慢性", &base)[0], base.modifiers[0]);
        let other = &modifiers("左", &base)[0];
        assert_eq!((other.code.as_deref(), other.id.as_deref()), (None, None));
    }
}
