//! What is written and what it means, as tables: a file a subject in `notations/`.
//!
//! A row is `written,means`; `⏎` ends a line, `|` a cell, `~` before a line says that it is struck
//! out. Read with the starter lexicon in `models/lexicon`. A new hand is a new row.
//!
//! Medications: name, strength, dose and basis (`/day`, `/time`, neither if unknown), `×` doses a
//! day, times of day, `prn`, `weekly`, days `d`, quantity `q`, uneven doses `time:dose`, `steps`,
//! `mixed`, days `left` over, `cancelled`, doubts behind `?`. `repeats.csv`: prescriptions that are
//! given again, with their days.
//! Diagnoses: status if not confirmed, `main`, modifiers in brackets, name, ICD-10, onset, `–` end,
//! outcome, doubts. `-` is nothing at all.

use std::{fs, path::Path, sync::LazyLock};

use chart::{
    Allergy, Diagnosis, DiagnosisStatus, DoseBasis, Evidence, Finding, Findings, Line, Medication,
    MedicationStatus, Observation, PageText, Patient, Rect, Repeat, Sex,
};
use extract::{Extractor, Lexicon};

static EXTRACTOR: LazyLock<Extractor> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/lexicon");
    Extractor::from_lexicon(Lexicon::from_folder(&folder).expect("the starter lexicon"))
});

#[test]
fn medications_mean_what_the_tables_say() {
    let files = [
        "orders",
        "german",
        "as_needed",
        "external",
        "uneven",
        "insulin",
        "kampo",
        "groups",
        "doubtful",
        "misread",
        "read_badly",
        "changes",
        "struck",
        "tapering",
        "mixtures",
        "left_over",
        "usage_first",
        "braces",
        "no_orders",
    ];
    check(&files, |found| all(&found.medications, medication));
}

#[test]
fn diagnoses_mean_what_the_tables_say() {
    let files = ["diagnoses", "assertions", "abbreviations", "disease_tables", "dates"];
    check(&files, |found| all(&found.diagnoses, diagnosis));
}

#[test]
fn what_is_struck_out_is_never_taken_for_what_stands() {
    check(&["struck_diagnoses"], |found| all(&found.diagnoses, diagnosis));
    check(&["struck_allergies"], |found| all(&found.allergies, allergy));
    check(&["struck_observations"], |found| all(&found.observations, observation));
}

#[test]
fn repeats_mean_what_the_tables_say() {
    check(&["repeats"], |found| all(&found.repeats, repeat));
}

#[test]
fn what_was_measured_means_what_the_tables_say() {
    check(&["observations"], |found| all(&found.observations, observation));
}

#[test]
fn allergies_mean_what_the_tables_say() {
    check(&["allergies"], |found| all(&found.allergies, allergy));
}

#[test]
fn headers_mean_what_the_tables_say() {
    check(&["headers"], |found| patient(&found.patient));
}

/// The starter lexicon lists the spellings of usage, too. What it lists is understood, each in an
/// order of its own; the few that are not are listed here, with why.
#[test]
fn the_spellings_of_the_starter_lexicon_are_understood() {
    /// What the grammar takes otherwise, or not at all.
    const OTHERWISE: &[&str] = &[
        // Parts of other words too often: 止血.
        "止",
        "s.o.s.",
        "sos",
        "毎後",
        "毎前",
        // Also the right eye.
        "o.d.",
        // Two times of day in one word: both are taken.
        "朝起床時",
    ];
    /// Letters that say when only behind a split (2×MA): alone they are a unit or a word.
    const ONLY_BEHIND_A_SPLIT: &[&str] =
        &["N", "V", "Nacht", "A", "M", "T", "Mo", "Ab", "Tag", "Morgen", "Mittag", "Abend"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/lexicon");
    let mut reader = csv::Reader::from_path(folder.join("usage.csv")).expect("usage.csv");
    let (mut missed, mut asked) = (Vec::new(), 0);
    for row in reader.records().map(|row| row.expect("a row")) {
        let (written, kind, value) = (&row[0], &row[2], &row[3]);
        if ONLY_BEHIND_A_SPLIT.contains(&written) || OTHERWISE.contains(&written) {
            continue;
        }
        let order = match kind {
            "timing" | "hours" | "stop" | "prn" => format!("アムロジピン錠5mg 1T {written}"),
            "times" if value.parse::<u8>().is_ok() => format!("アムロジピン錠5mg 1T {written}"),
            "relation" => format!("アムロジピン錠5mg 3T 3× {written}"),
            _ => continue,
        };
        asked += 1;
        let found = EXTRACTOR.findings(&page(&order)).medications;
        let Some(medication) = found.first().map(|finding| &finding.content) else {
            missed.push(format!("{written}: no order"));
            continue;
        };
        let timing: Vec<String> = medication
            .timing
            .iter()
            .filter_map(|it| Some(serde_json::to_value(it).ok()?.as_str()?.to_owned()))
            .collect();
        let understood = match kind {
            "timing" => timing.join(";") == value,
            "relation" => timing.first().is_some_and(|first| {
                // 食直後 is kept as after the meal.
                let relation = value.trim_end_matches("_meals").trim_end_matches("_meal");
                let relation = relation.replace("just_after", "after");
                first == &format!("{relation}_breakfast")
            }),
            "hours" => {
                medication.times_per_day == value.parse().ok().map(|it: u8| (24 / it).max(1))
            }
            "times" => medication.times_per_day == value.parse().ok(),
            "stop" => medication.status == MedicationStatus::Cancelled,
            _ => medication.prn,
        };
        if !understood {
            missed.push(format!("{written} ({kind} {value}): {timing:?} {medication:?}"));
        }
    }
    assert!(asked > 150, "{asked} spellings");
    assert!(missed.is_empty(), "{} of {asked}:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn the_tables_hold_at_least_four_hundred_notations() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/notations");
    let files = fs::read_dir(folder).expect("tests/notations");
    let rows: usize = files.map(|file| rows(&file.expect("a table").path()).len()).sum();
    assert!(rows >= 400, "{rows} rows");
}

fn check(files: &[&str], say: impl Fn(&Findings) -> String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/notations");
    let mut wrong = Vec::new();
    for file in files {
        for (written, means) in rows(&folder.join(format!("{file}.csv"))) {
            let found = say(&EXTRACTOR.findings(&page(&written)));
            if found != means {
                wrong.push(format!("{file}.csv\n  {written}\n- {means}\n+ {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

fn rows(file: &Path) -> Vec<(String, String)> {
    let mut reader = csv::Reader::from_path(file).expect("a table");
    reader
        .records()
        .map(|row| {
            let row = row.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            (row[0].to_owned(), row[1].to_owned())
        })
        .collect()
}

/// A page of lines below each other, of cells beside each other.
fn page(written: &str) -> PageText {
    let mut lines = Vec::new();
    for (number, row) in written.split('⏎').enumerate() {
        let y0 = 100 + u32::try_from(number).expect("a short page") * 60;
        let mut x0 = 100;
        for cell in row.split('|') {
            let struck = cell.starts_with('~');
            let text = cell.trim_start_matches('~').trim();
            let width = u32::try_from(text.chars().count().max(1)).expect("a short line") * 40;
            if !text.is_empty() {
                lines.push(Line {
                    text: text.into(),
                    bbox: Rect::new(x0, y0, x0 + width, y0 + 44),
                    struck,
                    ..Line::default()
                });
            }
            x0 += width.max(400) + 40;
        }
    }
    PageText { width: 2480, height: 3508, lines, ..PageText::default() }
}

fn all<T>(findings: &[Finding<T>], say: impl Fn(&T) -> Vec<String>) -> String {
    let said: Vec<String> = findings
        .iter()
        .map(|finding| {
            let mut words = say(&finding.content);
            words.extend(doubts(&finding.evidence));
            words.join(" ")
        })
        .collect();
    if said.is_empty() { "-".into() } else { said.join(" ⏎ ") }
}

fn doubts(evidence: &Evidence) -> Option<String> {
    let mut kinds: Vec<&str> = evidence.doubts.iter().map(|doubt| doubt.kind.as_str()).collect();
    kinds.dedup();
    (!kinds.is_empty()).then(|| format!("?{}", kinds.join(",")))
}

fn medication(m: &Medication) -> Vec<String> {
    let mut words = vec![m.name.clone()];
    words.extend(m.strength.clone());
    if let (Some(dose), Some(unit)) = (m.dose, &m.unit) {
        let basis = match m.dose_basis {
            Some(DoseBasis::Day) => "/day",
            Some(DoseBasis::Once) => "/time",
            None => "",
        };
        words.push(format!("{dose}{unit}{basis}"));
    }
    words.extend(m.times_per_day.map(|times| format!("×{times}")));
    let timing: Vec<String> = m
        .timing
        .iter()
        .filter_map(|timing| Some(serde_json::to_value(timing).ok()?.as_str()?.to_owned()))
        .collect();
    if !timing.is_empty() {
        words.push(short(&timing.join("+")));
    }
    if m.prn {
        words.push("prn".into());
        words.extend(m.prn_reason.clone());
    }
    if m.weekly {
        words.push("weekly".into());
    }
    words.extend(m.days.map(|days| format!("{days}d")));
    words.extend(m.quantity.map(|quantity| format!("q{quantity}")));
    let doses = m.doses.iter().filter_map(|dose| {
        let at = serde_json::to_value(dose.at).ok()?;
        Some(format!("{}:{}", at.as_str()?, dose.dose))
    });
    words.extend(doses);
    let steps: Vec<String> = m
        .steps
        .iter()
        .map(|step| {
            let days = step.days.map(|days| format!("×{days}d")).unwrap_or_default();
            format!("{}{}{days}", step.dose, step.unit)
        })
        .collect();
    if !steps.is_empty() {
        words.push(format!("steps {}", steps.join("→")));
    }
    if let Some(mixture) = &m.mixture {
        let ratio = mixture.ratio.as_ref().map(|ratio| format!("{ratio} ")).unwrap_or_default();
        words.push(format!("mixed {ratio}with {}", mixture.with.join("+")));
    }
    words.extend(m.left_over_days.map(|days| format!("left {days}d")));
    if m.status == MedicationStatus::Cancelled {
        words.push("cancelled".into());
    }
    words
}

fn repeat(repeat: &Repeat) -> Vec<String> {
    vec![repeat.days.map_or_else(|| "again".into(), |days| format!("again {days}d"))]
}

/// The three meals after which most drugs are taken, in one word.
fn short(timing: &str) -> String {
    timing
        .replace("after_breakfast+after_lunch+after_dinner", "after_meals")
        .replace("before_breakfast+before_lunch+before_dinner", "before_meals")
        .replace("just_before_breakfast+just_before_lunch+just_before_dinner", "just_before_meals")
        .replace("between_breakfast+between_lunch+between_dinner", "between_meals")
}

fn diagnosis(d: &Diagnosis) -> Vec<String> {
    let mut words = Vec::new();
    match d.status {
        DiagnosisStatus::Confirmed => {}
        DiagnosisStatus::Suspected => words.push("suspected".into()),
        DiagnosisStatus::Negated => words.push("negated".into()),
        DiagnosisStatus::History => words.push("history".into()),
        DiagnosisStatus::Family => words.push("family".into()),
    }
    if d.main {
        words.push("main".into());
    }
    words.extend(d.modifiers.iter().map(|modifier| format!("[{}]", modifier.name)));
    words.push(d.name.clone());
    words.extend(d.icd10.clone());
    words.extend(d.onset.clone());
    words.extend(d.end.as_ref().map(|end| format!("–{end}")));
    words.extend(d.outcome.clone());
    words
}

fn observation(o: &Observation) -> Vec<String> {
    let mut words = vec![o.item.clone(), o.value.clone()];
    words.extend(o.unit.clone());
    words.extend(o.flag.clone());
    words.extend(o.date.as_ref().map(|date| format!("@{date}")));
    words
}

fn allergy(a: &Allergy) -> Vec<String> {
    let mut words = vec![a.substance.clone()];
    words.extend(a.reaction.as_ref().map(|reaction| format!("({reaction})")));
    if a.negated {
        words.push("none".into());
    }
    words
}

fn patient(p: &Patient) -> String {
    let fields = [
        ("name", p.name.clone()),
        ("kana", p.kana.clone()),
        ("birth", p.birth_date.clone()),
        ("sex", p.sex.map(|sex| if sex == Sex::Male { "m" } else { "f" }.to_owned())),
        ("chart", p.chart_number.clone()),
        ("insurer", p.insurer_number.clone()),
        ("insured", p.insured_number.clone()),
    ];
    let mut words: Vec<String> = fields
        .into_iter()
        .filter_map(|(field, value)| Some(format!("{field}={}", value?)))
        .collect();
    words.extend(p.doubts.iter().map(|doubt| format!("?{}", doubt.kind)));
    if words.is_empty() { "-".into() } else { words.join(" ") }
}
