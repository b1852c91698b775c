//! What a patient must not be given.
//!
//! ```text
//! allergies = none | { substance [ ":" reaction | "(" reaction ")" | "で" reaction ] sep } ;
//! none      = "なし" | "(-)" | "特になし" … ;        sep = "、" | "," | "・" | space ;
//! ```

use std::ops::Range;

use chart::{Allergy, CodeSystem, Codes};

use super::cursor::Cursor;
use crate::{lexicon::Lexicon, normalise::Text};

/// An allergy and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenAllergy {
    /// What it says.
    pub allergy: Allergy,
    /// Codes of the substance.
    pub codes: Codes,
    /// Whether the substance is in the lexicon.
    pub known: bool,
    /// Its characters.
    pub range: Range<usize>,
}

const NONE: &[&str] = &[
    "特記すべきことなし",
    "特になし",
    "とくになし",
    "特記なし",
    "なし",
    "無し",
    "無",
    "ありません",
    "(-)",
    "(ー)",
    "(一)",
    "-",
    "no",
    "nka",
    "nkda",
    "(n)",
    "否定",
    "陰性",
    "認めず",
];

const REACTIONS: &[&str] = &[
    "アナフィラキシー",
    "ショック",
    "薬疹",
    "皮疹",
    "発疹",
    "蕁麻疹",
    "じんま疹",
    "呼吸困難",
    "喘息発作",
    "喘息",
    "掻痒",
    "かゆみ",
    "下痢",
    "嘔吐",
    "嘔気",
    "肝障害",
    "発熱",
    "浮腫",
    "気分不良",
    "血圧低下",
];

/// All allergies of the part that follows the heading.
pub fn allergies(lexicon: &Lexicon, text: &Text, range: Range<usize>) -> Vec<WrittenAllergy> {
    let mut cursor = Cursor::new(text, range.clone());
    cursor.spaces();
    let mut ahead = cursor;
    if ahead.eat_any(NONE).is_some() && !ahead.peek().is_some_and(char::is_alphanumeric) {
        let allergy =
            Allergy { substance: "アレルギー".into(), reaction: None, negated: true };
        return vec![WrittenAllergy { allergy, codes: Codes::new(), known: true, range }];
    }
    let mut found: Vec<WrittenAllergy> = Vec::new();
    while !cursor.is_done() {
        cursor.spaces();
        let _ = cursor.eat("、")
            || cursor.eat(",")
            || cursor.eat("・")
            || cursor.eat("。")
            || cursor.eat("あり")
            || cursor.eat("有り")
            || cursor.eat("有")
            || cursor.eat("(+)")
            || cursor.eat(":");
        cursor.spaces();
        if cursor.is_done() {
            break;
        }
        let before = cursor.at();
        if let Some(written) = allergy(lexicon, text, &mut cursor) {
            found.push(written);
        }
        if cursor.at() == before {
            cursor.step();
        }
    }
    found
}

fn allergy(lexicon: &Lexicon, text: &Text, cursor: &mut Cursor<'_>) -> Option<WrittenAllergy> {
    let start = cursor.at();
    let (substance, codes, known) = substance(lexicon, text, cursor)?;
    let reaction = cursor.attempt(|cursor| reaction(text, cursor));
    let negated = cursor
        .attempt(|cursor| {
            cursor.spaces();
            cursor.eat_any(&["(-)", "(ー)", "なし", "は否定"]).map(|_| ())
        })
        .is_some();
    Some(WrittenAllergy {
        allergy: Allergy { substance, reaction, negated },
        codes,
        known,
        range: start..cursor.at(),
    })
}

fn substance(
    lexicon: &Lexicon,
    text: &Text,
    cursor: &mut Cursor<'_>,
) -> Option<(String, Codes, bool)> {
    let start = cursor.at();
    let ends = |cursor: &Cursor<'_>, length: usize| {
        let mut end = *cursor;
        end.go_to(cursor.at() + length);
        end.peek().is_none_or(|char| !char.is_alphanumeric() || "でにはあ有薬系剤".contains(char))
    };
    if let Some((_, code, length)) =
        lexicon.words().allergen_at(cursor.rest()).filter(|found| ends(cursor, found.2))
    {
        let mut codes = Codes::new();
        if !code.is_empty() {
            codes.insert(CodeSystem::Jfagy, code.to_owned());
        }
        cursor.go_to(start + length);
        return Some((text.string(start..cursor.at()), codes, true));
    }
    if let Some(found) =
        lexicon.drugs().at(cursor.rest()).into_iter().find(|found| ends(cursor, found.length))
    {
        cursor.go_to(start + found.length);
        return Some((text.string(start..cursor.at()), Codes::new(), true));
    }
    while let Some(char) = cursor.peek() {
        if "、,。( ・:".contains(char) || cursor.at() > start && "で".contains(char) {
            break;
        }
        cursor.step();
    }
    let word = text.string(start..cursor.at());
    // A word of one letter is a stroke of the pen; そば and 卵 are words.
    let says = word.chars().any(crate::normalise::is_kanji)
        || word.chars().filter(|char| char.is_alphabetic()).count() >= 2;
    says.then(|| (word, Codes::new(), false))
}

/// (皮疹), で蕁麻疹, ：ショック.
fn reaction(text: &Text, cursor: &mut Cursor<'_>) -> Option<String> {
    cursor.spaces();
    let bracket = cursor.eat("(");
    let _ = bracket
        || cursor.eat("で")
        || cursor.eat("にて")
        || cursor.eat(":")
        || cursor.eat("→")
        || cursor.eat("による");
    cursor.spaces();
    let start = cursor.at();
    if let Some(reaction) = cursor.eat_any(REACTIONS) {
        if bracket {
            cursor.eat(")");
        }
        return Some(reaction.to_owned());
    }
    if !bracket {
        return None;
    }
    // (-) is no reaction.
    while cursor.peek()? != ')' {
        cursor.step();
    }
    let words = text.string(start..cursor.at());
    cursor.step();
    (words.chars().filter(|char| char.is_alphabetic()).count() >= 2).then_some(words)
}
