//! `kamikarte lexicon`: what names and codes mean.

mod search; // names by a beginning or a misread word

use anyhow::Result;
use chart::{CodeSystem, Language};
use lexicon::{
    entry::{Edition, Validity},
    masters::{Answer, Found, Thing, look_up},
};
use serde_json::{Value, json};

use crate::{cli::LexiconCommand, config::Config, dictionary, exit::Outcome};

/// Entries of one class of ICD-10 that are shown; of more only the number is told.
const SHOWN: usize = 40;

pub fn run(config: &Config, command: LexiconCommand) -> Result<Outcome> {
    match command {
        LexiconCommand::Check { words, json } => check(config, &words, json),
        LexiconCommand::Search { words, kind, json } => search::run(config, &words, kind, json),
    }
}

fn check(config: &Config, words: &[String], json: bool) -> Result<Outcome> {
    let entries = dictionary::entries(config)?;
    let mut all_known = true;
    for word in words {
        let answer = look_up(&entries, word);
        all_known &= !answer.found.is_empty();
        if json {
            println!("{}", as_json(word, &answer));
        } else {
            for line in in_words(config.language, word, &answer) {
                println!("{line}");
            }
        }
    }
    Ok(if all_known { Outcome::Done } else { Outcome::Failed })
}

fn in_words(language: Language, word: &str, answer: &Answer<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if answer.check_digit == Some(false) {
        lines.push(match language {
            Language::Ja => format!("{word}: 検査数字が合いません"),
            Language::En => format!("{word}: its check digit does not hold"),
        });
    }
    if answer.found.is_empty() {
        lines.push(match language {
            Language::Ja => format!("{word}: 取り込んだマスターにも語彙にもありません"),
            Language::En => format!("{word}: neither in the imported masters nor in the lexicon"),
        });
    }
    lines.extend(answer.found.iter().take(SHOWN).flat_map(|found| describe(language, found)));
    if let Some(more) = answer.found.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push(match language {
            Language::Ja => format!("ほか{more}件"),
            Language::En => format!("and {more} more"),
        });
    }
    if !answer.same_preparation.is_empty() {
        lines.push(match language {
            Language::Ja => "同じ成分・剤形・規格で現在あるもの:".to_owned(),
            Language::En => "of the same ingredient, form and strength today:".to_owned(),
        });
        let names = answer.same_preparation.iter().take(SHOWN);
        lines.extend(names.map(|found| format!("    {}  {}", found.name, codes(found))));
    }
    lines
}

fn describe(language: Language, found: &Found<'_>) -> Vec<String> {
    let details: Vec<&str> =
        found.details.iter().copied().filter(|detail| !detail.is_empty()).collect();
    let mut lines =
        vec![format!("{} [{}]  {}", found.name, thing(language, found.thing), details.join(" / "))];
    lines.push(format!("    {}", codes(found)));
    lines.push(format!("    {}", time(language, found.valid)));
    if let Some(edition) = found.edition {
        lines.push(match language {
            Language::Ja => format!("    出典 {}", source(edition)),
            Language::En => format!("    from {}", source(edition)),
        });
    }
    if let Some(successor) = found.successor {
        lines.push(match language {
            Language::Ja => format!("    移行先 {successor}"),
            Language::En => format!("    leads on to {successor}"),
        });
    }
    lines
}

fn codes(found: &Found<'_>) -> String {
    let mut all: Vec<String> =
        found.codes.iter().map(|code| format!("{} {}", system(code.system), code.code)).collect();
    if let Some([receipt, id, exchange]) = found.modifier_codes {
        for (system, code) in
            [("receipt", receipt), ("modifier id", id), ("modifier exchange", exchange)]
        {
            if !code.is_empty() {
                all.push(format!("{system} {code}"));
            }
        }
    }
    if let Some(second) = found.icd10_second {
        all.push(format!("icd10 (2) {second}"));
    }
    all.join(", ")
}

const fn system(system: CodeSystem) -> &'static str {
    match system {
        CodeSystem::PriceList => "price",
        CodeSystem::Yj => "YJ",
        CodeSystem::Receipt | CodeSystem::DiseaseReceipt => "receipt",
        CodeSystem::Hot => "HOT9",
        CodeSystem::GenericName => "general name",
        CodeSystem::DiseaseId => "disease id",
        CodeSystem::DiseaseExchange => "disease exchange",
        CodeSystem::Icd10 => "icd10",
        CodeSystem::Jlac10 => "JLAC10",
        CodeSystem::Jfagy => "J-FAGY",
    }
}

const fn thing(language: Language, thing: Thing) -> &'static str {
    match (thing, language) {
        (Thing::Product, Language::Ja) => "医薬品",
        (Thing::Product, Language::En) => "product",
        (Thing::GeneralName, Language::Ja) => "一般名",
        (Thing::GeneralName, Language::En) => "general name",
        (Thing::Disease, Language::Ja) => "傷病名",
        (Thing::Disease, Language::En) => "disease",
        (Thing::Modifier, Language::Ja) => "修飾語",
        (Thing::Modifier, Language::En) => "modifier",
        (Thing::Allergen, Language::Ja) => "アレルゲン",
        (Thing::Allergen, Language::En) => "allergen",
        (Thing::Laboratory, Language::Ja) => "検査項目",
        (Thing::Laboratory, Language::En) => "laboratory item",
    }
}

fn time(language: Language, valid: Validity) -> String {
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    let (from, until) = (day(valid.from), day(valid.until));
    match language {
        Language::Ja => format!(
            "{}から {}まで",
            from.unwrap_or_else(|| "（初めは不明）".into()),
            until.unwrap_or_else(|| "（現在）".into())
        ),
        Language::En => format!(
            "from {} until {}",
            from.unwrap_or_else(|| "(not told)".into()),
            until.unwrap_or_else(|| "(open)".into())
        ),
    }
}

fn source(edition: &Edition) -> String {
    let date = edition.date.map(|date| format!(" {date}")).unwrap_or_default();
    format!("{}{date} {}", edition.source, edition.file).trim().to_owned()
}

fn as_json(word: &str, answer: &Answer<'_>) -> Value {
    json!({
        "word": word,
        "check_digit_holds": answer.check_digit,
        "found": answer.found.iter().map(found_as_json).collect::<Vec<_>>(),
        "same_preparation": answer.same_preparation.iter().map(found_as_json).collect::<Vec<_>>(),
    })
}

fn found_as_json(found: &Found<'_>) -> Value {
    let codes: Vec<Value> = found
        .codes
        .iter()
        .map(|code| {
            let valid = code.valid;
            json!({"system": code.system, "code": code.code, "from": valid.from, "until": valid.until})
        })
        .collect();
    let modifier = found
        .modifier_codes
        .map(|[receipt, id, exchange]| json!({"receipt": receipt, "id": id, "exchange": exchange}));
    json!({
        "kind": thing(Language::En, found.thing),
        "name": found.name,
        "codes": codes,
        "modifier_codes": modifier,
        "icd10_second": found.icd10_second,
        "from": found.valid.from,
        "until": found.valid.until,
        "source": found.edition.map(|edition| json!({
            "master": edition.source, "date": edition.date, "file": edition.file,
        })),
        "successor": found.successor,
    })
}
