//! `/api/v1/suggestions`: names while they are typed, each with what tells it from the others.
//!
//! Drugs come in steps, as the form has them: a name, one of its forms, then one of the strengths
//! that exist. A suggestion says which fields it fills and which field comes next; nothing is
//! taken that a person did not take.

use axum::{
    Json,
    extract::{Query, State},
};
use chart::{CodeSystem, Codes};
use lexicon::{
    Lexicon, ModifierRow, Named, Preparation, Scope, Suggestion, Uses,
    normalise::{self, shown},
};
use serde::{Deserialize, Serialize};

use crate::{
    app::Here, content_form::Suggested, failure::UiError, messages::Messages, session::SignedIn,
    used,
};

/// Suggestions that are shown at once.
const MOST: usize = 8;

/// More than this is no name that is being typed.
const LONGEST: usize = 80;

/// Look-alikes that are named beside a suggestion.
const LOOK_ALIKES: usize = 3;

/// What may stand in the address.
#[derive(Deserialize)]
pub(crate) struct Asked {
    kind: Suggested,
    #[serde(default)]
    typed: String,
    /// The drug whose strengths are asked for.
    #[serde(default)]
    name: String,
}

/// All suggestions.
#[derive(Serialize)]
pub(crate) struct Offered {
    suggestions: Vec<Offer>,
}

/// A name to take.
#[derive(Serialize, Default)]
struct Offer {
    /// The name.
    label: String,
    /// Class, strengths, how often it is used here.
    details: Vec<String>,
    /// What it must not be taken for, or that it is no longer sold.
    warnings: Vec<String>,
    /// Its codes, as records will bear them.
    codes: String,
    /// Fields and what they are filled with; a name that ends in `?` only if it is empty.
    fill: Vec<(&'static str, String)>,
    /// The field that comes next.
    then: Option<&'static str>,
}

/// `GET /api/v1/suggestions`
pub(crate) async fn suggestions(
    by: SignedIn,
    State(here): State<Here>,
    Query(asked): Query<Asked>,
) -> Result<Json<Offered>, UiError> {
    by.corrects()?;
    let words = by.words();
    let lexicon = &here.app.lexicon;
    if asked.typed.chars().count() > LONGEST || asked.name.chars().count() > LONGEST {
        return Ok(Json(Offered { suggestions: Vec::new() }));
    }
    let suggestions = match asked.kind {
        Suggested::Drug => {
            let uses = used::uses(&here, by.tenant()).await?;
            drugs(words, lexicon, &uses, &asked.typed)
        }
        Suggested::Strength => strengths(words, lexicon, &asked.name, &asked.typed),
        Suggested::Disease => {
            let uses = used::uses(&here, by.tenant()).await?;
            diseases(words, lexicon, &uses, &asked.typed)
        }
    };
    Ok(Json(Offered { suggestions }))
}

/// The forms of a drug whose name stands there, and the drugs whose names go on from it.
fn drugs(words: &Messages, lexicon: &Lexicon, uses: &Uses, typed: &str) -> Vec<Offer> {
    let forms = lexicon.drugs().forms(typed);
    let named: Vec<&str> = forms.iter().map(|it| it.drug.stem.as_str()).collect();
    let going_on = lexicon.suggest(typed, Scope::Drugs, uses, MOST);
    let others = going_on.iter().filter_map(|found| match found.named {
        Named::Drug(drug) if !named.contains(&drug.stem.as_str()) => {
            Some(match drug.forms.as_slice() {
                [form] => prepared(words, lexicon, &Preparation { drug, form }, found.used),
                _ => drug_of_forms(words, found, drug),
            })
        }
        _ => None,
    });
    let how_often = |it: &Preparation<'_>| {
        let same = |found: &&Suggestion<'_>| found.named.name() == it.drug.stem;
        going_on.iter().find(same).map_or(0, |found| found.used)
    };
    // Names that go on are not hidden behind a drug of many forms.
    let most = if going_on.len() > 1 { MOST - 2 } else { MOST };
    let forms = forms.iter().map(|it| prepared(words, lexicon, it, how_often(it))).take(most);
    forms.chain(others).take(MOST).collect()
}

fn prepared(words: &Messages, lexicon: &Lexicon, it: &Preparation<'_>, used: u32) -> Offer {
    let name = it.name();
    let strengths: Vec<String> = it.form.strengths.iter().map(ToString::to_string).collect();
    let only = match strengths.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    };
    let mut fill = vec![("name", name.clone()), ("form", it.form.form.clone())];
    fill.push(("unit?", it.form.unit.clone()));
    let codes = if strengths.len() > 1 {
        Codes::new()
    } else {
        lexicon.drugs().codes(&name, only.as_deref())
    };
    let mut details = vec![class(it.drug), strengths.join("・"), often(words, used)];
    details.retain(|detail| !detail.is_empty());
    let mut warnings = look_alikes(words, it.drug);
    if it.form.historic {
        warnings.push(words.suggest.historic.to_string());
    }
    fill.extend(only.map(|only| ("strength?", only)));
    fill.retain(|(_, value)| !value.is_empty());
    let then = (strengths.len() > 1).then_some("strength");
    Offer { label: name, details, warnings, codes: in_line(words, &codes), fill, then }
}

fn drug_of_forms(words: &Messages, found: &Suggestion<'_>, drug: &lexicon::DrugName) -> Offer {
    let mut forms: Vec<&str> = drug.forms.iter().map(|form| form.form.as_str()).collect();
    forms.retain(|form| !form.is_empty());
    let forms = match forms.len() {
        0..=4 => forms.join("・"),
        _ => format!("{}… {}", forms[..4].join("・"), words.suggest.several_forms),
    };
    let mut details = vec![class(drug), forms, often(words, found.used)];
    details.retain(|detail| !detail.is_empty());
    let mut warnings = look_alikes(words, drug);
    if drug.forms.iter().all(|form| form.historic) {
        warnings.push(words.suggest.historic.to_string());
    }
    let fill = vec![("name", drug.stem.clone())];
    let then = (!drug.forms.is_empty()).then_some("name");
    Offer { label: drug.stem.clone(), details, warnings, fill, then, ..Offer::default() }
}

/// The strengths that exist, those that begin so first.
fn strengths(words: &Messages, lexicon: &Lexicon, name: &str, typed: &str) -> Vec<Offer> {
    let Some(it) = lexicon.drugs().preparation(name) else { return Vec::new() };
    let typed = shown(typed);
    let mut offers: Vec<(bool, Offer)> = it
        .form
        .strengths
        .iter()
        .map(|strength| {
            let label = strength.to_string();
            let codes = lexicon.drugs().codes(&it.name(), Some(&label));
            let fill = vec![("strength", label.clone()), ("unit?", it.form.unit.clone())];
            let begins = label.starts_with(typed.trim());
            let codes = in_line(words, &codes);
            let details = vec![it.name()];
            (!begins, Offer { label, details, codes, fill, ..Offer::default() })
        })
        .collect();
    offers.sort_by_key(|(other, _)| *other);
    offers.into_iter().map(|(_, offer)| offer).take(MOST).collect()
}

/// Diseases that go on from what was typed, then those that go on behind the modifiers that it
/// begins with: 右変形 is 右 and what begins with 変形.
fn diseases(words: &Messages, lexicon: &Lexicon, uses: &Uses, typed: &str) -> Vec<Offer> {
    let whole = lexicon.suggest(typed, Scope::Diseases, uses, MOST);
    let mut offers: Vec<Offer> =
        whole.iter().filter_map(|found| disease(words, found, &[])).collect();
    let key = normalise::key(typed);
    let mut prefixes = Vec::new();
    let mut at = 0;
    while offers.len() < MOST
        && let Some((row, length)) = lexicon.diseases().prefix_before(&key[at..])
    {
        prefixes.push(row);
        at += length;
        let rest: String = key[at..].iter().collect();
        let bases = lexicon.suggest(&rest, Scope::Diseases, uses, MOST);
        offers.extend(bases.iter().filter_map(|found| disease(words, found, &prefixes)));
    }
    offers.truncate(MOST);
    offers
}

fn disease(words: &Messages, found: &Suggestion<'_>, prefixes: &[&ModifierRow]) -> Option<Offer> {
    let Named::Disease(disease) = found.named else { return None };
    let name = shown(&disease.name);
    let before: Vec<&str> = prefixes.iter().map(|row| row.name.as_str()).collect();
    let label = before.iter().copied().chain([name.as_str()]).collect::<Vec<_>>().join(" ＋ ");
    let mut details = vec![often(words, found.used)];
    details.retain(|detail| !detail.is_empty());
    let warnings =
        if disease.abolished { vec![words.suggest.abolished.to_string()] } else { Vec::new() };
    let icd10 = disease.icd10.clone().unwrap_or_default();
    let mut fill = vec![("diagnosis_name", name), ("icd10", icd10)];
    if !before.is_empty() {
        fill.push(("modifiers", before.join("、")));
    }
    let mut codes = in_line(words, &disease.codes);
    let with_code = prefixes.iter().filter(|row| !row.modifier_id.is_empty());
    codes.extend(with_code.map(|row| format!("  ＋ {} {}", row.name, row.modifier_id)));
    Some(Offer { label, details, warnings, codes, fill, then: None })
}

fn class(drug: &lexicon::DrugName) -> String {
    if drug.class.is_empty() { drug.generic.clone() } else { drug.class.clone() }
}

fn often(words: &Messages, used: u32) -> String {
    if used == 0 { String::new() } else { words.suggest.used.with("count", used).to_string() }
}

fn look_alikes(words: &Messages, drug: &lexicon::DrugName) -> Vec<String> {
    let names: Vec<String> = drug
        .look_alikes
        .iter()
        .take(LOOK_ALIKES)
        .map(|other| match other.class.as_str() {
            "" => other.name.clone(),
            class => format!("{}（{class}）", other.name),
        })
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    vec![words.suggest.looks_like.with("names", names.join("、")).to_string()]
}

/// The codes that tell most, in one line.
fn in_line(words: &Messages, codes: &Codes) -> String {
    const TOLD: [CodeSystem; 4] =
        [CodeSystem::Icd10, CodeSystem::DiseaseId, CodeSystem::PriceList, CodeSystem::GenericName];
    let told = TOLD
        .into_iter()
        .filter_map(|system| Some(format!("{} {}", words.system(system), codes.get(&system)?)));
    let all: Vec<String> = told.take(2).collect();
    all.join("  ")
}
