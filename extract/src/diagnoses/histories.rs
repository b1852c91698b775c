//! 既往歴：虫垂炎(S50)、家族歴：父 高血圧.

use chart::{Diagnosis, DiagnosisStatus, Finding};

use super::{
    Place, Reading, Row, push,
    remark::{is_measured, is_test},
};
use crate::{
    assertion,
    layout::Item,
    lexicon::How,
    normalise::is_kanji,
    notation::{
        cursor::Cursor,
        date::{self, WrittenDate},
        diagnosis::{Tolerance, WrittenDiagnosis, diagnosis},
    },
    section::{Placed, Section},
};

/// 既往歴：虫垂炎(S50)、家族歴：父 高血圧.
pub fn histories(
    reading: Reading<'_>,
    item: &Item,
    place: Placed,
    findings: &mut Vec<Finding<Diagnosis>>,
) {
    let text = &item.text;
    let mut at = place.content;
    let mut status = if place.section == Section::Family {
        DiagnosisStatus::Family
    } else {
        DiagnosisStatus::History
    };
    let mut dated: Option<WrittenDate> = None;
    // 父脳梗塞: readers lose the space behind a relative.
    let mut behind_relative = None;
    while at < text.len() {
        let mut cursor = Cursor::new(text, at..text.len());
        cursor.spaces();
        if assertion::relative(&mut cursor).is_some() {
            status = DiagnosisStatus::Family;
            at = cursor.at();
            behind_relative = Some(at);
            continue;
        }
        // 父 胃癌 本人 DM: the patient again.
        if status == DiagnosisStatus::Family && cursor.eat("本人") {
            status = DiagnosisStatus::History;
            at = cursor.at();
            continue;
        }
        if let Some(found) =
            date::date(text, cursor.at()..text.len()).filter(|found| !found.without_era)
        {
            at = found.range.end;
            dated = Some(found);
            continue;
        }
        // 既往胃癌, of which the colon was not read.
        let whole_word = behind_relative == Some(cursor.at())
            || cursor.at() == place.content
            || cursor.before().is_none_or(|char| !char.is_alphanumeric());
        let tolerance = if whole_word { Tolerance::Misread } else { Tolerance::Exact };
        let before = cursor.before();
        let begins = before.is_none_or(|char| !is_kanji(char) || whole_word);
        let found = begins
            .then(|| diagnosis(reading.lexicon, text, cursor.at()..text.len(), tolerance))
            .flatten();
        if let Some(written) = found.filter(is_sure) {
            at = written.range.end;
            let is_value = !place.headed || is_measured(text, written.name_range.end);
            if is_value && is_test(reading.lexicon, text, &written) {
                continue;
            }
            let row = Row { onset: dated.take(), ..Row::default() };
            push(reading, text, written, Place::Disease(Some(status)), row, findings);
        } else {
            at = cursor.at() + 1;
        }
    }
}

/// A misread name is taken if it is near enough; of a longer one more may be wrong.
fn is_sure(written: &WrittenDiagnosis<'_>) -> bool {
    let near = if written.name_range.len() < 4 { 0.8 } else { 0.7 };
    written.how != How::Likeness || written.score > near
}
