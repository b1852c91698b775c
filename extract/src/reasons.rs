//! Why a finding was read so, in words for those who look after the program.
//!
//! In: an order or a diagnosis with its text. Out: one sentence a step, in the order of decision:
//! which lines were joined, what was put right, how the name was found, what each mark says.

use chart::{DiagnosisStatus, PageText};

use crate::{
    lexicon::How,
    normalise::Text,
    notation::{diagnosis::WrittenDiagnosis, usage::Mark},
    orders::{Order, Strike},
};

/// Of a medication.
pub fn of_order(page: &PageText, order: &Order<'_>) -> Vec<String> {
    let head = &order.head;
    let mut reasons = Vec::new();
    let lines: Vec<&str> = order
        .lines()
        .into_iter()
        .filter_map(|line| page.lines.get(line).map(|line| line.text.as_str()))
        .collect();
    if lines.len() > 1 {
        reasons.push(format!("joined {} lines: {}", lines.len(), lines.join(" ⏎ ")));
    }
    reasons.extend(put_right(page, &order.text));
    reasons.push(match head.drug {
        Some(drug) => format!(
            "name {:?} is {} ({}, score {:.2})",
            order.text.string(head.range.clone()),
            drug.stem,
            head.how.reason(),
            head.score
        ),
        None => format!("no name of the lexicon is near {:?}", head.name),
    });
    for (other, score) in &head.others {
        reasons.push(format!("  it may also be {} (score {score:.2})", other.stem));
    }
    if let Some(strength) = &head.strength {
        let place = if strength.attached { "at the name" } else { "apart from the name" };
        reasons.push(format!(
            "strength {:?} stands {place}",
            order.text.string(strength.range.clone())
        ));
    }
    for marked in order.marks() {
        let words = order.text.string(marked.range.clone());
        reasons.push(format!("{words:?} says {}", said(&marked.mark)));
    }
    match order.strike {
        Strike::Nothing => {}
        Strike::Whole => reasons.push("its lines were struck out".into()),
        Strike::Part => reasons.push("one of its lines was struck out".into()),
        Strike::Replaced => reasons.push("its usage was struck out and written anew".into()),
    }
    reasons
}

/// Of a diagnosis.
pub fn of_diagnosis(
    text: &Text,
    written: &WrittenDiagnosis<'_>,
    place: &str,
    status: DiagnosisStatus,
) -> Vec<String> {
    let words = text.string(written.name_range.clone());
    let found = match written.how {
        _ if written.candidates.is_empty() => "in no list".to_owned(),
        How::Likeness => format!("by likeness (score {:.2})", written.score),
        how => format!("by {}", how.reason()),
    };
    let mut reasons = vec![
        format!("stands in {place}"),
        format!("name {words:?} was found {found}: {}", written.name),
    ];
    reasons.push(match written.status {
        Some(cue) => format!("a cue at the name says {cue:?}; status {status:?}"),
        None => format!("no cue at the name; status {status:?} from its place"),
    });
    reasons
}

/// What was put right in the text, line by line.
fn put_right(page: &PageText, text: &Text) -> Vec<String> {
    let mut reasons = Vec::new();
    for (char, place) in text.chars().iter().zip(text.places()) {
        let read = page.lines.get(place.line).and_then(|line| line.text.chars().nth(place.at));
        if place.repaired
            && let Some(read) = read
            && read != *char
        {
            reasons.push(format!("figure {read:?} was taken for {char:?}"));
        }
    }
    reasons
}

fn said(mark: &Mark) -> String {
    match mark {
        Mark::Amount { value, unit, per } => match per {
            Some(per) => format!("amount {value}{unit} per {per:?}").to_lowercase(),
            None => format!("amount {value}{unit}"),
        },
        Mark::UpTo { value, unit } => format!("{}{unit} at most", value.normalize()),
        Mark::Split(times) => format!("a day's amount in {times} doses"),
        Mark::Times(times) => format!("{times} times a day"),
        Mark::EveryHours(hours) => format!("every {hours} hours"),
        Mark::Time { meals, relation } => {
            let meals: Vec<String> = meals.iter().map(|meal| format!("{meal:?}")).collect();
            match relation {
                Some(relation) => format!("{relation:?} {}", meals.join("+")).to_lowercase(),
                None => meals.join("+").to_lowercase(),
            }
        }
        Mark::Uneven(doses) => {
            let doses: Vec<String> = doses.iter().map(|(_, dose)| dose.to_string()).collect();
            format!("uneven doses {}", doses.join("-"))
        }
        Mark::Prn(_) => "as needed".into(),
        Mark::Weekly(times) => format!("{times} times a week"),
        Mark::Interval => "another interval than every day".into(),
        Mark::Days(days) => format!("{days} days"),
        Mark::Count(count) => format!("{count} doses in all"),
        Mark::Bracketed(value) => format!("{value} in brackets"),
        Mark::Ditto => "as above".into(),
        Mark::Repeat => "as before".into(),
        Mark::Stop => "stopped".into(),
        Mark::Start => "begun".into(),
        Mark::Adjusted => "a dose that is changed as it goes".into(),
        Mark::Change => "changed".into(),
        Mark::LeftOver(_) => "supply that is left".into(),
        Mark::Taper => "a dose that changes with time".into(),
        Mark::Brace => "joined with its neighbours".into(),
        Mark::Site { injected: true, .. } => "given by needle".into(),
        Mark::Site { .. } => "where it is put".into(),
    }
}
