//! A finding as a sentence, the way a person would read it aloud.

use chart::{
    Allergy, Content, Diagnosis, DiagnosisStatus, DoseBasis, Medication, MedicationStatus,
    Observation, Patient, Sex, wareki::PartialDate,
};
use rust_decimal::Decimal;

use crate::messages::Messages;

/// The whole finding in words.
pub(crate) fn finding(words: &Messages, content: &Content) -> String {
    match content {
        Content::Medication(medication) => self::medication(words, medication),
        Content::Diagnosis(diagnosis) => self::diagnosis(words, diagnosis),
        Content::Allergy(allergy) => self::allergy(words, allergy),
        Content::Observation(observation) => self::observation(words, observation),
        Content::Patient(patient) => self::patient(words, patient),
    }
}

/// The name by which one calls the finding.
pub(crate) fn name(content: &Content) -> &str {
    match content {
        Content::Medication(medication) => &medication.name,
        Content::Diagnosis(diagnosis) => &diagnosis.name,
        Content::Allergy(allergy) => &allergy.substance,
        Content::Observation(observation) => &observation.item,
        Content::Patient(patient) => patient.name.as_deref().unwrap_or_default(),
    }
}

/// An amount with its unit: `0.5錠`.
pub(crate) fn amount(dose: Decimal, unit: Option<&str>) -> String {
    format!("{}{}", dose.normalize(), unit.unwrap_or_default())
}

/// A day's amount divided by the doses: `1錠`, or `1/3錠` where it does not come out even.
pub(crate) fn divided(dose: Decimal, times: u8, unit: Option<&str>) -> String {
    let each = dose / Decimal::from(times.max(1));
    // Two places: halves and quarters of tablets and hundredths of a gram are given;
    // what needs more is better told as a fraction.
    if each.round_dp(2) == each {
        return amount(each, unit);
    }
    format!("{}/{times}{}", dose.normalize(), unit.unwrap_or_default())
}

/// Whether the amount is that of the whole prescription, as the form's rule has it for patches,
/// drops and ointments (外用薬は投与総量): neither a day's nor one time's.
pub(crate) fn is_total(medication: &Medication) -> bool {
    medication.dose_basis.is_none()
        && medication.dose.is_some()
        && medication.dose == medication.quantity
}

fn medication(words: &Messages, medication: &Medication) -> String {
    let word = &words.word;
    let mut parts = vec![medication.name.clone()];
    parts.extend(medication.strength.clone());
    if let Some(dose) = medication.dose {
        let amount = amount(dose, medication.unit.as_deref());
        parts.push(match medication.dose_basis {
            Some(DoseBasis::Day) => word.day_amount.with("dose", amount).to_string(),
            Some(DoseBasis::Once) => word.once_amount.with("dose", amount).to_string(),
            None if is_total(medication) => word.total_amount.with("dose", amount).to_string(),
            None => format!(
                "{amount}{}{}{}{}",
                word.open,
                words.field("dose_basis"),
                format_args!("{}{}", word.colon, word.unknown),
                word.close
            ),
        });
    }
    if let Some(times) = medication.times_per_day {
        parts.push(word.times.with("times", times).to_string());
    }
    let timing: Vec<&str> =
        medication.timing.iter().map(|timing| words.timing(*timing).as_str()).collect();
    if timing.is_empty() {
        parts.extend(medication.frequency.clone());
    } else {
        parts.push(timing.join(word.list.as_str()));
    }
    if medication.prn {
        parts.push(word.prn.to_string());
        parts.extend(medication.prn_reason.clone());
    }
    if medication.weekly {
        parts.push(word.weekly.to_string());
    }
    if let Some(days) = medication.days {
        parts.push(word.days.with("days", days).to_string());
    }
    if let Some(quantity) = medication.quantity.filter(|_| !is_total(medication)) {
        parts.push(format!("{} {}", words.field("quantity"), quantity.normalize()));
    }
    if medication.status == MedicationStatus::Cancelled {
        parts.push(format!("{}{}{}", word.open, word.cancelled, word.close));
    }
    spaced(parts)
}

fn diagnosis(words: &Messages, diagnosis: &Diagnosis) -> String {
    let word = &words.word;
    let mut parts = vec![diagnosis.name.clone()];
    if !diagnosis.modifiers.is_empty() {
        let modifiers: Vec<&str> =
            diagnosis.modifiers.iter().map(|modifier| modifier.name.as_str()).collect();
        parts.push(format!("{}{}{}", word.open, modifiers.join(word.list.as_str()), word.close));
    }
    if diagnosis.status != DiagnosisStatus::Confirmed {
        parts.push(diagnosis_status(words, diagnosis.status).to_owned());
    }
    if diagnosis.main {
        parts.push(word.main.to_string());
    }
    parts.extend(diagnosis.icd10.clone());
    if diagnosis.onset.is_some() || diagnosis.end.is_some() {
        let [onset, end] = [&diagnosis.onset, &diagnosis.end]
            .map(|it| it.as_ref().map(|it| date(words, it)).unwrap_or_default());
        parts.push(format!("{onset} – {end}"));
    }
    parts.extend(diagnosis.outcome.clone());
    spaced(parts)
}

/// How certain a disease is, in words.
pub(crate) fn diagnosis_status(words: &Messages, status: DiagnosisStatus) -> &str {
    let word = &words.word;
    match status {
        DiagnosisStatus::Confirmed => word.confirmed.as_str(),
        DiagnosisStatus::Suspected => word.suspected.as_str(),
        DiagnosisStatus::Negated => word.negated.as_str(),
        DiagnosisStatus::History => word.history.as_str(),
        DiagnosisStatus::Family => word.family.as_str(),
    }
}

fn allergy(words: &Messages, allergy: &Allergy) -> String {
    if allergy.negated {
        return words.word.negative_allergy.with("substance", &allergy.substance).to_string();
    }
    spaced([allergy.substance.clone()].into_iter().chain(allergy.reaction.clone()))
}

fn observation(words: &Messages, observation: &Observation) -> String {
    let value = format!("{} {}", observation.value, observation.unit.as_deref().unwrap_or(""));
    let parts = [observation.item.clone(), value.trim_end().to_owned()];
    spaced(
        parts
            .into_iter()
            .chain(observation.flag.clone())
            .chain(observation.reference.as_ref().map(|range| format!("({range})")))
            .chain(observation.date.as_ref().map(|it| date(words, it))),
    )
}

fn patient(words: &Messages, patient: &Patient) -> String {
    let labelled = |name: &str, value: &Option<String>| {
        value.as_ref().map(|value| format!("{} {value}", words.field(name)))
    };
    spaced(
        patient
            .name
            .clone()
            .into_iter()
            .chain(
                patient
                    .kana
                    .as_ref()
                    .map(|kana| format!("{}{kana}{}", words.word.open, words.word.close)),
            )
            .chain(patient.birth_date.as_ref().map(|it| date(words, it)))
            .chain(patient.sex.map(|sex| sex_word(words, sex).to_owned()))
            .chain(labelled("chart_number", &patient.chart_number))
            .chain(labelled("insurer_number", &patient.insurer_number))
            .chain(labelled("insured_number", &patient.insured_number)),
    )
}

/// A date of the records as paper says it, with the western one: whoever compares need not count.
fn date(words: &Messages, iso: &str) -> String {
    let said = |it: PartialDate| words.word.date.with("era", it.in_era()).with("date", iso);
    PartialDate::from_iso(iso).map_or_else(|| iso.to_owned(), |it| said(it).to_string())
}

/// 男 or 女.
pub(crate) fn sex_word(words: &Messages, sex: Sex) -> &str {
    match sex {
        Sex::Male => words.word.male.as_str(),
        Sex::Female => words.word.female.as_str(),
    }
}

fn spaced(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("  ")
}

#[cfg(test)]
mod tests {
    use chart::{Language, Timing};

    use super::*;

    fn three_tablets(basis: Option<DoseBasis>) -> Content {
        Content::Medication(Medication {
            name: "ロキソプロフェンNa錠".into(),
            strength: Some("60mg".into()),
            dose: Some(Decimal::from(3)),
            dose_basis: basis,
            unit: Some("錠".into()),
            times_per_day: Some(3),
            timing: vec![Timing::AfterBreakfast, Timing::AfterDinner],
            days: Some(7),
            ..Medication::default()
        })
    }

    #[test]
    fn a_known_basis_is_said_with_the_amount() {
        let words = Messages::of(Language::Ja);
        assert_eq!(
            finding(words, &three_tablets(Some(DoseBasis::Day))),
            "ロキソプロフェンNa錠  60mg  1 日 3錠  1 日 3 回  朝食後・夕食後  7 日分"
        );
    }

    #[test]
    fn an_unknown_basis_is_said_to_be_unknown() {
        let words = Messages::of(Language::Ja);
        assert!(finding(words, &three_tablets(None)).contains("1 日分か 1 回分か：不明"));
    }

    #[test]
    fn the_sheets_of_a_patch_are_told_as_a_total() {
        let words = Messages::of(Language::Ja);
        let patch = Medication {
            name: "モーラステープ".into(),
            dose: Some(Decimal::from(21)),
            quantity: Some(Decimal::from(21)),
            unit: Some("枚".into()),
            ..Medication::default()
        };
        assert_eq!(finding(words, &Content::Medication(patch)), "モーラステープ  全部で 21枚");
    }

    #[test]
    fn a_third_of_a_tablet_stays_a_fraction() {
        assert_eq!(divided(Decimal::ONE, 3, Some("錠")), "1/3錠");
        assert_eq!(divided(Decimal::ONE, 2, Some("錠")), "0.5錠");
        assert_eq!(divided(Decimal::from(3), 3, Some("錠")), "1錠");
    }

    #[test]
    fn an_allergy_that_was_denied_is_not_told_as_one() {
        let words = Messages::of(Language::Ja);
        let denied =
            Allergy { substance: "セフェム系".into(), negated: true, ..Allergy::default() };
        assert_eq!(finding(words, &Content::Allergy(denied)), "セフェム系 なし");
    }

    #[test]
    fn dates_are_said_as_paper_says_them() {
        let patient = Content::Patient(Patient {
            name: Some("見本 花子".into()),
            birth_date: Some("1948-03-05".into()),
            ..Patient::default()
        });
        let said = |language| finding(Messages::of(language), &patient);
        assert_eq!(said(Language::Ja), "見本 花子  昭和23年3月5日（1948-03-05）");
        assert_eq!(said(Language::En), "見本 花子  1948-03-05");
    }
}
