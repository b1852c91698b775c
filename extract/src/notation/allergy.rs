//! What a patient must not be given.
//!
//! ```text
//! allergies = none | { substance [ ":" reaction | "(" reaction ")" | "で" reaction ] sep } ;
//! told      = substance { ( "・" | "、" | "と" ) substance } [ "系" | "剤" | "に" | "は" ] ( "禁忌" | "アレルギー" | "で" reaction ) ;   (* without a heading *)
//! none      = "なし" | "(-)" | "特になし" … ;        sep = "、" | "," | "・" | "と" | "や" | space ;
//! ```

use std::ops::Range;

use chart::{Allergy, CodeSystem, Codes, Doubt, DoubtKind};

use super::cursor::Cursor;
use crate::{
    lexicon::Lexicon,
    normalise::{Text, is_kanji},
};

/// An allergy and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenAllergy {
    /// What it says.
    pub allergy: Allergy,
    /// Codes of the substance.
    pub codes: Codes,
    /// What is doubtful about the name of the substance: the lexicon does not know it, or knows one
    /// that it is like.
    pub doubt: Option<Doubt>,
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
    let found = lexicon.words().allergen_at(&text.folded()[range.clone()]);
    found.filter(|found| found.2 == range.len()).map_or_else(Codes::new, |found| codes_of(found.1))
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
    Some(WrittenAllergy { allergy, codes, doubt: None, range: start..cursor.at() })
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
        return vec![WrittenAllergy { allergy, codes: Codes::new(), doubt: None, range }];
    }
    let mut found: Vec<WrittenAllergy> = Vec::new();
    while !cursor.is_done() {
        cursor.spaces();
        let _ = cursor.eat("、")
            || cursor.eat(",")
            || cursor.eat("・")
            || cursor.eat("。")
            || !found.is_empty() && (cursor.eat("と") || cursor.eat("や"))
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
    let Substance { name, codes, doubt } = substance(lexicon, text, cursor)?;
    let reaction = cursor.attempt(|cursor| reaction(text, cursor));
    let negated = negated(cursor);
    Some(WrittenAllergy {
        allergy: Allergy { substance: name, reaction, negated },
        codes,
        doubt,
        range: start..cursor.at(),
    })
}

/// What somebody reacts to.
struct Substance {
    name: String,
    codes: Codes,
    doubt: Option<Doubt>,
}

fn substance(lexicon: &Lexicon, text: &Text, cursor: &mut Cursor<'_>) -> Option<Substance> {
    let start = cursor.at();
    let ends = |cursor: &Cursor<'_>, length: usize| {
        let mut end = *cursor;
        end.go_to(cursor.at() + length);
        end.peek()
            .is_none_or(|char| !char.is_alphanumeric() || "でにはとやあ有薬系剤".contains(char))
    };
    if let Some((_, code, length)) =
        lexicon.words().allergen_at(cursor.rest()).filter(|found| ends(cursor, found.2))
    {
        cursor.go_to(start + length);
        let name = text.string(start..cursor.at());
        return Some(Substance { name, codes: codes_of(code), doubt: None });
    }
    if let Some(found) =
        lexicon.drugs().at(cursor.rest()).into_iter().find(|found| ends(cursor, found.length))
    {
        cursor.go_to(start + found.length);
        let name = text.string(start..cursor.at());
        return Some(Substance { name, codes: Codes::new(), doubt: None });
    }
    if let Some(like) = cursor.attempt(|cursor| misread(lexicon, text, cursor)) {
        return Some(like);
    }
    while let Some(char) = cursor.peek() {
        if "、,。( ・:".contains(char) || cursor.at() > start && "で".contains(char) {
            break;
        }
        cursor.step();
    }
    let name = text.string(start..cursor.at());
    // A word of one letter is a stroke of the pen; そば and 卵 are words.
    let says =
        name.chars().any(is_kanji) || name.chars().filter(|char| char.is_alphabetic()).count() >= 2;
    let doubt = Some(Doubt::about(DoubtKind::UnknownName, "substance", name.clone()));
    says.then(|| Substance { name, codes: Codes::new(), doubt })
}

/// ビリ ン疑: ピリン系, of which 系 was misread with the rest; サワシリソ.
fn misread(lexicon: &Lexicon, text: &Text, cursor: &mut Cursor<'_>) -> Option<Substance> {
    let start = cursor.at();
    let word = cursor.rest().iter().take_while(|char| !"、,。(・:".contains(**char)).count();
    let reading = cursor.reading(0..word);
    let allergens = lexicon.words().allergens_near(&reading).into_iter();
    let allergens = allergens.map(|near| (near.cost, near.length, near.substance, near.code));
    let drugs = lexicon.drugs().near_reading(&reading).into_iter();
    let drugs =
        drugs.filter_map(|near| Some((near.cost, near.length, &*near.names.first()?.stem, "")));
    let mut near: Vec<(u16, Cursor<'_>, &str, &str)> = allergens
        .chain(drugs)
        .filter_map(|(cost, length, name, code)| {
            Some((cost, end_of_misread(*cursor, length)?, name, code))
        })
        .collect();
    near.sort_by_key(|(cost, ..)| *cost);
    let &(least, end, name, code) = near.first()?;
    let alone = near.iter().all(|(cost, _, other, _)| *other == name || *cost > least);
    *cursor = end;
    let written = text.string(start..cursor.at());
    let doubt = Some(Doubt::about(DoubtKind::NameByLikeness, "substance", written));
    alone.then(|| Substance { name: name.to_owned(), codes: codes_of(code), doubt })
}

/// Behind a misread name and one character that may have been 系 or 剤, if the word ends there.
fn end_of_misread(mut cursor: Cursor<'_>, length: usize) -> Option<Cursor<'_>> {
    let ends = |cursor: &Cursor<'_>| {
        cursor.peek().is_none_or(|char| !char.is_alphanumeric() || "でにはあ有".contains(char))
    };
    cursor.go_to(cursor.at() + length);
    if !ends(&cursor) && cursor.peek().is_some_and(is_kanji) {
        cursor.step();
    }
    ends(&cursor).then_some(cursor)
}

/// The codes of an allergen.
fn codes_of(code: &str) -> Codes {
    let code = Some(code).filter(|code| !code.is_empty());
    code.map(|code| (CodeSystem::Jfagy, code.to_owned())).into_iter().collect()
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
