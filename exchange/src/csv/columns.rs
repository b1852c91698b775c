//! The columns. Programs rely on names and order: a new column goes to the end, none is renamed,
//! moved or removed.

use chart::{
    Allergy, CodeSystem, Codes, Content, Diagnosis, Doubt, Medication, Modifier, ModifierPosition,
    Observation, Patient,
};
use serde_json::Value;

use crate::CommittedRecord;

/// A column: its name in the header, and what stands in it for a record. Empty means that the
/// page does not say, or that the column is not for this kind of record.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) value: fn(&CommittedRecord) -> String,
}

const fn column(name: &'static str, value: fn(&CommittedRecord) -> String) -> Column {
    Column { name, value }
}

pub(super) const COLUMNS: &[Column] = &[
    column("record_id", |record| record.record.to_string()),
    column("version", |record| record.version.to_string()),
    column("supersedes", |record| text(record.supersedes)),
    column("retracted", |record| record.retracted.to_string()),
    column("chart", |record| text(record.source.chart.as_ref())),
    column("page_id", |record| record.source.page.to_string()),
    column("page_number", |record| record.source.page_number.to_string()),
    column("file_name", |record| record.source.file_name.clone()),
    column("scan_sha256", |record| record.source.scan_sha256.clone()),
    column("x0", |record| text(record.source.bbox.map(|place| place.x0))),
    column("y0", |record| text(record.source.bbox.map(|place| place.y0))),
    column("x1", |record| text(record.source.bbox.map(|place| place.x1))),
    column("y1", |record| text(record.source.bbox.map(|place| place.y1))),
    column("kind", |record| record.content.kind().to_string()),
    column("name", name),
    column("strength", |record| text(medication(record).and_then(|drug| drug.strength.as_ref()))),
    column("form", |record| text(medication(record).and_then(|drug| drug.form.as_ref()))),
    column("dose", |record| text(medication(record).and_then(|drug| drug.dose))),
    column("dose_basis", |record| word(medication(record).and_then(|drug| drug.dose_basis))),
    column("unit", unit),
    column("frequency", |record| text(medication(record).and_then(|drug| drug.frequency.as_ref()))),
    column("times_per_day", |record| text(medication(record).and_then(|drug| drug.times_per_day))),
    column("timing", |record| list(medication(record).map(|drug| drug.timing.iter().map(word)))),
    column("prn", |record| text(medication(record).map(|drug| drug.prn))),
    column("prn_reason", |record| {
        text(medication(record).and_then(|drug| drug.prn_reason.as_ref()))
    }),
    column("weekly", |record| text(medication(record).map(|drug| drug.weekly))),
    column("days", |record| text(medication(record).and_then(|drug| drug.days))),
    column("quantity", |record| text(medication(record).and_then(|drug| drug.quantity))),
    column("status", status),
    column("icd10", icd10),
    column("code_price_list", |record| code(record, CodeSystem::PriceList)),
    column("code_yj", |record| code(record, CodeSystem::Yj)),
    column("code_receipt", |record| code(record, CodeSystem::Receipt)),
    column("code_hot", |record| code(record, CodeSystem::Hot)),
    column("code_generic_name", |record| code(record, CodeSystem::GenericName)),
    column("code_disease_id", |record| code(record, CodeSystem::DiseaseId)),
    column("code_disease_exchange", |record| code(record, CodeSystem::DiseaseExchange)),
    column("code_disease_receipt", |record| code(record, CodeSystem::DiseaseReceipt)),
    column("code_jlac10", |record| code(record, CodeSystem::Jlac10)),
    column("code_jfagy", |record| code(record, CodeSystem::Jfagy)),
    column("modifiers", |record| list(diagnosis(record).map(modifiers))),
    column("main", |record| text(diagnosis(record).map(|disease| disease.main))),
    column("onset", |record| text(diagnosis(record).and_then(|disease| disease.onset.as_ref()))),
    column("end", |record| text(diagnosis(record).and_then(|disease| disease.end.as_ref()))),
    column("outcome", |record| {
        text(diagnosis(record).and_then(|disease| disease.outcome.as_ref()))
    }),
    column("reaction", |record| {
        text(allergy(record).and_then(|allergy| allergy.reaction.as_ref()))
    }),
    column("value", |record| text(observation(record).map(|test| &test.value))),
    column("flag", |record| text(observation(record).and_then(|test| test.flag.as_ref()))),
    column("reference", |record| {
        text(observation(record).and_then(|test| test.reference.as_ref()))
    }),
    column("date", |record| text(observation(record).and_then(|test| test.date.as_ref()))),
    column("kana", |record| text(patient(record).and_then(|patient| patient.kana.as_ref()))),
    column("birth_date", |record| {
        text(patient(record).and_then(|patient| patient.birth_date.as_ref()))
    }),
    column("sex", |record| word(patient(record).and_then(|patient| patient.sex))),
    column("chart_number", |record| {
        text(patient(record).and_then(|patient| patient.chart_number.as_ref()))
    }),
    column("insurer_number", |record| {
        text(patient(record).and_then(|patient| patient.insurer_number.as_ref()))
    }),
    column("insured_number", |record| {
        text(patient(record).and_then(|patient| patient.insured_number.as_ref()))
    }),
    column("surface", |record| record.surface.clone()),
    column("doubts", |record| list(Some(record.doubts.iter().map(doubt)))),
    column("confirmed_by", |record| record.confirmation.login.clone()),
    column("confirmed_by_name", |record| record.confirmation.name.clone()),
    column("confirmed_at", |record| record.confirmation.at.to_rfc3339()),
    column("code_modifier_ids", |record| {
        list(diagnosis(record).map(|it| with_code(it, |modifier| modifier.id.as_deref())))
    }),
    column("code_modifier_exchange", |record| {
        list(
            diagnosis(record).map(|it| with_code(it, |modifier| modifier.exchange_code.as_deref())),
        )
    }),
    column("modifier_prefixes", |record| {
        list(diagnosis(record).map(|it| standing(it, ModifierPosition::Prefix)))
    }),
    column("modifier_suffixes", |record| {
        list(diagnosis(record).map(|it| standing(it, ModifierPosition::Suffix)))
    }),
];

/// What the record is about, whichever kind it is.
fn name(record: &CommittedRecord) -> String {
    match &record.content {
        Content::Medication(drug) => drug.name.clone(),
        Content::Diagnosis(disease) => disease.name.clone(),
        Content::Allergy(allergy) => allergy.substance.clone(),
        Content::Observation(test) => test.item.clone(),
        Content::Patient(patient) => text(patient.name.as_ref()),
    }
}

fn unit(record: &CommittedRecord) -> String {
    match &record.content {
        Content::Medication(drug) => text(drug.unit.as_ref()),
        Content::Observation(test) => text(test.unit.as_ref()),
        _ => String::new(),
    }
}

fn status(record: &CommittedRecord) -> String {
    match &record.content {
        Content::Medication(drug) => word(drug.status),
        Content::Diagnosis(disease) => word(disease.status),
        Content::Allergy(allergy) => if allergy.negated { "negated" } else { "present" }.into(),
        Content::Observation(_) | Content::Patient(_) => String::new(),
    }
}

fn icd10(record: &CommittedRecord) -> String {
    let written = diagnosis(record).and_then(|disease| disease.icd10.as_ref());
    text(written.or_else(|| record.codes.get(&CodeSystem::Icd10)))
}

fn code(record: &CommittedRecord, system: CodeSystem) -> String {
    let codes: &Codes = &record.codes;
    text(codes.get(&system))
}

fn modifiers(disease: &Diagnosis) -> impl Iterator<Item = String> {
    disease.modifiers.iter().map(|modifier| match &modifier.code {
        Some(code) => format!("{} ({code})", modifier.name),
        None => modifier.name.clone(),
    })
}

/// The modifiers that have such a code, each before it.
fn with_code(
    disease: &Diagnosis,
    code: fn(&Modifier) -> Option<&str>,
) -> impl Iterator<Item = String> {
    let coded = move |modifier: &Modifier| Some(format!("{} {}", modifier.name, code(modifier)?));
    disease.modifiers.iter().filter_map(coded)
}

/// The modifiers that stand there.
fn standing(disease: &Diagnosis, position: ModifierPosition) -> impl Iterator<Item = String> {
    let there = disease.modifiers.iter().filter(move |it| it.position == Some(position));
    there.map(|modifier| modifier.name.clone())
}

fn doubt(doubt: &Doubt) -> String {
    let field = doubt.field.as_ref().map(|field| format!(" of {field}")).unwrap_or_default();
    let facts = if doubt.facts.is_empty() { String::new() } else { format!(": {}", doubt.facts) };
    format!("{}{field}{facts}", doubt.kind)
}

const fn medication(record: &CommittedRecord) -> Option<&Medication> {
    if let Content::Medication(drug) = &record.content { Some(drug) } else { None }
}

const fn diagnosis(record: &CommittedRecord) -> Option<&Diagnosis> {
    if let Content::Diagnosis(disease) = &record.content { Some(disease) } else { None }
}

const fn allergy(record: &CommittedRecord) -> Option<&Allergy> {
    if let Content::Allergy(allergy) = &record.content { Some(allergy) } else { None }
}

const fn observation(record: &CommittedRecord) -> Option<&Observation> {
    if let Content::Observation(test) = &record.content { Some(test) } else { None }
}

const fn patient(record: &CommittedRecord) -> Option<&Patient> {
    if let Content::Patient(patient) = &record.content { Some(patient) } else { None }
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The word that a value has in JSON, so that both exports say the same.
fn word(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Several values in one cell.
fn list(values: Option<impl Iterator<Item = String>>) -> String {
    values.map(|values| values.collect::<Vec<_>>().join("; ")).unwrap_or_default()
}
