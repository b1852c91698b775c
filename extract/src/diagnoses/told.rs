//! What a line tells of a disease: when it was, what an examination showed, what prose comes to, who has it.

use chart::{Diagnosis, DiagnosisStatus, Finding};

use super::{
    Place, Reading, Row,
    line::next_item,
    push,
    remark::{LONGEST_REMARK, is_complaint},
};
use crate::{
    assertion,
    lexicon::{How, Lexicon},
    normalise::Text,
    notation::{
        cursor::Cursor,
        date,
        diagnosis::{Tolerance, WrittenDiagnosis, diagnosis},
    },
};

/// S55 虫垂炎, H25 胃癌 手術: a date and a disease. Whether it still is, is asked.
pub fn dated(
    reading: Reading<'_>,
    text: &Text,
    start: usize,
    findings: &mut Vec<Finding<Diagnosis>>,
) -> bool {
    let Some(date) = date::date(text, start..text.len()).filter(|date| !date.without_era) else {
        return false;
    };
    let from = date.range.end;
    let found = diagnosis(reading.lexicon, text, from..text.len(), Tolerance::Exact);
    let Some(mut written) = found.filter(|it| it.how <= How::Alias && !it.sign && !it.prose) else {
        return false;
    };
    let rest = text.string(written.range.end..text.len());
    if is_complaint(reading.lexicon, text, &written) || rest.chars().count() > LONGEST_REMARK {
        return false;
    }
    let operated =
        ["手術", "ope", "切除", "摘出"].iter().any(|word| rest.trim_start().starts_with(word));
    if operated {
        written.status = written.status.or(Some(DiagnosisStatus::History));
    }
    written.past = Some(text.string(date.range.clone()));
    let row = Row { onset: Some(date), ..Row::default() };
    push(reading, text, written, Place::Open, row, findings);
    true
}

/// 頭部CT：陳旧性脳梗塞, 腹部エコー：脂肪肝、胆石(+): what an examination showed.
pub fn examined(
    reading: Reading<'_>,
    text: &Text,
    start: usize,
    findings: &mut Vec<Finding<Diagnosis>>,
) -> bool {
    let label = text.string(start..text.len());
    let Some((label, _)) = label.split_once(':') else { return false };
    if !EXAMINATIONS.iter().any(|word| label.to_lowercase().ends_with(word)) {
        return false;
    }
    let mut at = start + label.chars().count() + 1;
    let mut any = false;
    while at < text.len() {
        let Some(written) = diagnosis(reading.lexicon, text, at..text.len(), Tolerance::Exact)
        else {
            break;
        };
        let plain = written.how <= How::Alias && !written.sign && !written.prose;
        at = next_item(reading.lexicon, text, written.range.end).max(written.range.end) + 1;
        if plain && !is_complaint(reading.lexicon, text, &written) {
            push(reading, text, written, Place::Open, Row::default(), findings);
            any = true;
        }
    }
    any
}

/// How the names of examinations end that show a disease, in small letters.
const EXAMINATIONS: &[&str] = &[
    "ct",
    "mri",
    "mra",
    "xp",
    "x-p",
    "x線",
    "レントゲン",
    "エコー",
    "us",
    "超音波",
    "心電図",
    "ecg",
    "ekg",
    "gf",
    "gif",
    "gs",
    "cf",
    "cs",
    "内視鏡",
    "胃カメラ",
    "大腸カメラ",
];

/// 解熱後も咳が残る → BA?: what a line of prose comes to, if it is suspected.
pub fn concluded(
    reading: Reading<'_>,
    text: &Text,
    findings: &mut Vec<Finding<Diagnosis>>,
) -> bool {
    let Some(arrow) = text.chars().iter().rposition(|char| matches!(char, '→' | '⇒')) else {
        return false;
    };
    let found = diagnosis(reading.lexicon, text, arrow + 1..text.len(), Tolerance::Exact);
    let suspected = |it: &WrittenDiagnosis<'_>| {
        it.status == Some(DiagnosisStatus::Suspected) && !it.sign && it.range.end == text.len()
    };
    let Some(written) = found.filter(suspected) else { return false };
    push(reading, text, written, Place::Open, Row::default(), findings);
    true
}

/// 父 胃癌, 母：DM: a relative and a disease directly behind it. 母の介護 tells of the patient.
pub fn tells_of_relative(lexicon: &Lexicon, text: &Text, from: usize) -> bool {
    let mut cursor = Cursor::new(text, from..text.len());
    cursor.spaces();
    cursor.eat("・");
    assertion::relative(&mut cursor).is_some()
        && cursor.before().is_some_and(|char| " :がは".contains(char))
        && diagnosis(lexicon, text, cursor.at()..text.len(), Tolerance::Exact).is_some()
}

/// A sentence of a letter: 高血圧、脂質異常症にて当院通院中の方です。
pub fn is_sentence(text: &Text) -> bool {
    const SIGNS: &[&str] = &["。", "にて", "です", "ます", "ました", "のため"];
    let line = text.string(0..text.len());
    line.chars().count() >= SHORTEST_SENTENCE && SIGNS.iter().any(|sign| line.contains(sign))
}

/// Shorter lines are notes.
const SHORTEST_SENTENCE: usize = 12;

/// Where the names end in a sentence that says what somebody is under care for: before にて当院通院中.
pub fn end_of_cared_for(text: &Text, start: usize) -> Option<usize> {
    const WHERE: &[&str] =
        &["当院", "当科", "貴院", "貴科", "近医", "他院", "前医", "以前より", "以前から"];
    const CARE: &[&str] = &[
        "通院",
        "外来",
        "加療",
        "治療",
        "フォロー",
        "経過観察",
        "入院",
        "投薬",
        "内服",
        "服薬",
        "診療",
        "follow",
    ];
    (start + 2..text.len()).find(|at| {
        let mut cursor = Cursor::new(text, *at..text.len());
        if !(cursor.eat("にて") || cursor.eat("のため") || cursor.eat("に対し") || cursor.eat("で"))
        {
            return false;
        }
        cursor.eat("て");
        cursor.eat("、");
        if cursor.eat_any(WHERE).is_some() {
            let _ = cursor.eat("にて") || cursor.eat("で") || cursor.eat("に");
        }
        cursor.eat_any(CARE).is_some()
    })
}
