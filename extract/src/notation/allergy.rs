//! What a patient must not be given.
//!
//! ```text
//! allergies = none | { substance [ ":" reaction | "(" reaction ")" | "で" reaction ] sep } ;
//! told      = substance { ( "・" | "、" | "と" ) substance } [ "系" | "剤" | "に" | "は" ] ( "禁忌" | "アレルギー" | "で" reaction ) ;   (* without a heading *)
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
    "じんましん",
    "ジンマシン",
    "かぶれ",
    "かゆい",
    "嘔気",
    "吐き気",
    "悪心",
    "ふらつき",
    "意識消失",
    "空咳",
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

/// What says of the substance before it that a patient must not be given it.
const FORBIDDEN: &[&str] = &["禁忌", "アレルギー", "過敏症", "過敏", "禁"];

/// Reactions that say so without a particle.
const SEVERE: &[&str] = &["アナフィラキシー", "ショック", "薬疹", "かぶれ"];

/// What may stand between a substance and that.
const LINKS: &[&str] =
    &["系薬", "系", "製剤", "剤", "薬", "類", "に対する", "に対し", "に", "は", "の", "も"];

/// Allergies in a line without a heading: ペニシリン禁忌, セフェム系で発疹. Only of substances that the
/// lexicon knows.
pub fn told_of(lexicon: &Lexicon, text: &Text) -> Vec<WrittenAllergy> {
    let mut found: Vec<WrittenAllergy> = Vec::new();
    // Few lines do; only in these every word is looked up.
    let line = text.string(0..text.len());
    if !FORBIDDEN.iter().chain(REACTIONS).any(|word| line.contains(word)) {
        return found;
    }
    let mut cursor = Cursor::new(text, 0..text.len());
    while !cursor.is_done() {
        let begins =
            cursor.before().is_none_or(|char| !char.is_alphanumeric() || "はにもと".contains(char));
        match begins.then(|| cursor.attempt(|cursor| told(lexicon, text, cursor))).flatten() {
            Some(written) => found.extend(written),
            None => cursor.step(),
        }
    }
    found
}

/// サバ・エビで蕁麻疹: what is told of the last substance is told of all.
fn told(lexicon: &Lexicon, text: &Text, cursor: &mut Cursor<'_>) -> Option<Vec<WrittenAllergy>> {
    let mut names: Vec<Range<usize>> = Vec::new();
    while let Some(name) = cursor.attempt(|cursor| {
        let start = cursor.at();
        cursor.go_to(start + known_substance(lexicon, cursor)?);
        let name = start..cursor.at();
        (cursor.eat("・") || cursor.eat("、") || cursor.eat(",") || cursor.eat("と"))
            .then_some(name)
    }) {
        names.push(name);
    }
    let last = told_of_one(lexicon, text, cursor)?;
    let others = names.into_iter().map(|range| {
        let substance = text.string(range.clone());
        let allergy = Allergy { substance, ..last.allergy.clone() };
        WrittenAllergy {
            allergy,
            codes: codes_at(lexicon, text, range.clone()),
            range,
            ..last.clone()
        }
    });
    Some(others.chain([last.clone()]).collect())
}

/// How long the name of a substance is that the lexicon knows.
fn known_substance(lexicon: &Lexicon, cursor: &Cursor<'_>) -> Option<usize> {
    let allergen = lexicon.words().allergen_at(cursor.rest()).map(|found| found.2);
    let drug = lexicon.drugs().at(cursor.rest()).into_iter().map(|found| found.length).max();
    allergen.max(drug)
}

/// The codes of a substance of which the range holds the name.
fn codes_at(lexicon: &Lexicon, text: &Text, range: Range<usize>) -> Codes {
    let mut codes = Codes::new();
    let found = lexicon.words().allergen_at(&text.folded()[range.clone()]);
    if let Some((_, code, _)) = found.filter(|it| it.2 == range.len() && !it.1.is_empty()) {
        codes.insert(CodeSystem::Jfagy, code.to_owned());
    }
    codes
}

fn told_of_one(lexicon: &Lexicon, text: &Text, cursor: &mut Cursor<'_>) -> Option<WrittenAllergy> {
    let start = cursor.at();
    let length = known_substance(lexicon, cursor)?;
    cursor.go_to(start + length);
    let substance = text.string(start..cursor.at());
    while !cursor.rest().starts_with(&['に', 'て']) && cursor.eat_any(LINKS).is_some() {}
    cursor.spaces();
    // ピリンアレルギー is a word of the lexicon.
    let said = FORBIDDEN.iter().find(|word| substance.ends_with(**word));
    let forbidden = cursor.eat_any(FORBIDDEN).is_some() || said.is_some();
    // アレルギー性鼻炎 and 禁煙 are other words.
    if forbidden && cursor.peek().is_some_and(|next| "性煙酒食水".contains(next)) {
        return None;
    }
    let _ = cursor.eat("歴") || cursor.eat("の既往");
    let reaction = cursor.attempt(|cursor| {
        let told = cursor.eat("で")
            || cursor.eat("にて")
            || cursor.eat("→")
            || cursor.eat("(") && forbidden;
        cursor.spaces();
        let reaction = cursor.eat_any(REACTIONS)?;
        // 造影剤ショック; アスピリン喘息 is a disease.
        (told || SEVERE.contains(&reaction)).then_some(reaction)
    });
    if !forbidden && reaction.is_none() {
        return None;
    }
    let negated = negated(cursor);
    let codes = codes_at(lexicon, text, start..start + length);
    let substance = said.map_or(substance.as_str(), |word| substance.trim_end_matches(word));
    let allergy =
        Allergy { substance: substance.to_owned(), reaction: reaction.map(str::to_owned), negated };
    Some(WrittenAllergy { allergy, codes, known: true, range: start..cursor.at() })
}

/// ペニシリン(-), 卵なし.
fn negated(cursor: &mut Cursor<'_>) -> bool {
    let denied = |cursor: &mut Cursor<'_>| {
        cursor.spaces();
        cursor.eat_any(&["(-)", "(ー)", "はなし", "なし", "無し", "は否定"])
    };
    cursor.attempt(denied).is_some()
}

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
    let negated = negated(cursor);
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
