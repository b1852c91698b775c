//! What a page truly says, and whether a finding says the same.

use std::{fs, path::Path};

use chart::{Diagnosis, DiagnosisStatus, DoseBasis, Finding, Medication, MedicationStatus, Rect};
use serde_json::Value;

/// The truth of a page.
pub struct Truth {
    name: String,
    fields: Value,
}

impl Truth {
    pub fn open(file: &Path) -> Self {
        let text = fs::read(file).expect("truth");
        let mut truth: Value = serde_json::from_slice(&text).expect("JSON");
        let name = truth["page"].as_str().unwrap_or_default().to_owned();
        Self { name, fields: truth["fields"].take() }
    }

    /// What was written where a finding stands; of several the one of the same name, else the one
    /// that shares most.
    fn written(&self, kind: &str, name: &str, place: Rect) -> Option<&Value> {
        let all = self.fields[kind].as_array()?;
        let shares = |truth: &&Value| {
            let rank = f64::from(u8::from(is_named(truth, name))) + shared(place, truth);
            (shared(place, truth) > 0.3).then_some(rank)
        };
        let near = all.iter().filter_map(|truth| Some((truth, shares(&truth)?)));
        near.max_by(|one, other| one.1.total_cmp(&other.1)).map(|(truth, _)| truth)
    }

    /// Name, strength, dose, usage, days, status.
    pub fn medication(&self, finding: &Finding<Medication>) -> [bool; 6] {
        let found = &finding.content;
        let Some(truth) = self.written("medications", &found.name, finding.evidence.bbox) else {
            return [false; 6];
        };
        // LD, BP are parts of a name and no strengths.
        let figure = truth["strength"].as_str().is_some_and(|it| it.contains(char::is_numeric));
        let strength = !truth["strength_written"].as_bool().unwrap_or_default()
            || !figure
            || truth["strength"].as_str() == found.strength.as_deref();
        let prn = truth["prn"].as_bool().unwrap_or_default();
        let usage = found.prn == prn
            && (prn
                || (found.weekly == truth["weekly"].as_bool().unwrap_or_default()
                    && same_times(truth, found)
                    && same_timing(truth, found)));
        let days = truth["days"].as_u64() == found.days.map(u64::from);
        let cancelled = truth["cancelled"].as_bool().unwrap_or_default();
        let status = cancelled == (found.status == MedicationStatus::Cancelled);
        let cut_off = cancelled && truth["surface"].as_str().unwrap_or_default().contains("中止");
        [
            is_named(truth, &found.name),
            strength,
            same_dose(truth, found),
            usage,
            // 中止 stands for the days.
            days || cut_off,
            status,
        ]
    }

    /// Name, status.
    pub fn diagnosis(&self, finding: &Finding<Diagnosis>) -> (bool, bool) {
        let found = &finding.content;
        let Some(truth) = self.written("diagnoses", &found.name, finding.evidence.bbox) else {
            return (false, false);
        };
        let status = match found.status {
            DiagnosisStatus::Confirmed => "confirmed",
            DiagnosisStatus::Suspected => "suspected",
            DiagnosisStatus::Negated => "negated",
            DiagnosisStatus::History => "history",
            DiagnosisStatus::Family => "family",
        };
        // A modifier that was taken off the name is still there.
        let modifiers: String =
            found.modifiers.iter().map(|modifier| modifier.name.as_str()).collect();
        let named =
            is_named(truth, &found.name) || is_named(truth, &format!("{modifiers}{}", found.name));
        (named, truth["status"].as_str() == Some(status))
    }

    /// A finding beside what is written in its place, for people.
    pub fn difference(&self, finding: &Finding<Medication>) -> String {
        let truth = self.written("medications", &finding.content.name, finding.evidence.bbox);
        let written = truth.map_or("-", |truth| truth["surface"].as_str().unwrap_or_default());
        let (m, e) = (&finding.content, &finding.evidence);
        format!(
            "{}: {written} | {} | {} {:?} {:?} {:?} ×{:?} {:?} {:?} {:.2}",
            self.name,
            e.surface,
            m.name,
            m.strength,
            m.dose,
            m.unit,
            m.times_per_day,
            m.timing,
            m.days,
            e.confidence
        )
    }

    /// Likewise of a disease.
    pub fn disease_difference(&self, finding: &Finding<Diagnosis>) -> String {
        let truth = self.written("diagnoses", &finding.content.name, finding.evidence.bbox);
        let written = truth.map_or("-", |truth| truth["surface"].as_str().unwrap_or_default());
        let (d, e) = (&finding.content, &finding.evidence);
        format!(
            "{}: {written} | {} | {} {:?} {:.2}",
            self.name, e.surface, d.name, d.status, e.confidence
        )
    }
}

/// The shared area over the smaller of two.
fn shared(place: Rect, truth: &Value) -> f64 {
    let Ok(other) = serde_json::from_value::<Rect>(truth["bbox"].clone()) else { return 0.0 };
    let side = |from: u32, to: u32| f64::from(to.saturating_sub(from));
    let width = side(place.x0.max(other.x0), place.x1.min(other.x1));
    let height = side(place.y0.max(other.y0), place.y1.min(other.y1));
    let area = |rect: Rect| f64::from(rect.width()) * f64::from(rect.height());
    width * height / area(place).min(area(other)).max(1.0)
}

/// The same name, whatever its width and form.
fn is_named(truth: &Value, name: &str) -> bool {
    let plain = |text: &str| {
        let half = |char: char| match u32::from(char) {
            wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(char),
            _ => char,
        };
        text.chars().map(half).filter(|char| !char.is_whitespace()).collect::<String>()
    };
    let name = plain(name);
    let form = truth["form"].as_str().unwrap_or_default();
    let aliases = truth["aliases"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let names = aliases.chain(truth["name"].as_str());
    let bare = name.strip_suffix(form).filter(|_| !form.is_empty()).unwrap_or(&name).to_owned();
    let salted = |alias: &str| !form.is_empty() && bare.starts_with(alias);
    names.map(plain).any(|alias| alias == name || alias == bare || salted(&alias))
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64()
}

/// The same amount, in whichever basis it is given.
fn same_dose(truth: &Value, found: &Medication) -> bool {
    let dose = found.dose.and_then(|dose| dose.to_string().parse::<f64>().ok());
    let (Some(dose), Some(meant)) = (dose, number(&truth["dose"])) else {
        return dose.is_none() && truth["dose"].is_null();
    };
    let times = number(&truth["times_per_day"]).unwrap_or(1.0);
    let per = |basis: &str| if basis == "once" { times } else { 1.0 };
    let (dose, meant) = match (found.dose_basis, truth["dose_basis"].as_str()) {
        (Some(basis), Some(other)) => {
            let basis = if basis == DoseBasis::Once { "once" } else { "day" };
            (dose * per(basis), meant * per(other))
        }
        _ => (dose, meant),
    };
    (dose - meant).abs() < 1e-6
}

fn same_times(truth: &Value, found: &Medication) -> bool {
    let times = truth["times_per_day"].as_u64();
    times.is_none() || times == found.times_per_day.map(u64::from)
}

fn same_timing(truth: &Value, found: &Medication) -> bool {
    let mut meant: Vec<&str> =
        truth["timing"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    meant.sort_unstable();
    let mut said: Vec<String> = found
        .timing
        .iter()
        .filter_map(|timing| Some(serde_json::to_value(timing).ok()?.as_str()?.to_owned()))
        .collect();
    said.sort_unstable();
    meant == said
}
