//! `kamikarte lexicon search`: the names that go on from a word, then those that it may have been
//! misread from.

use anyhow::Result;
use chart::{Codes, Language};
use lexicon::{Checked, Existence, Lexicon, ModifierRow, Named, Reading, Scope, Uses};
use serde_json::{Value, json};

use crate::{cli::NameKind, config::Config, dictionary, exit::Outcome};

/// How many names of either way are shown.
const SHOWN: usize = 8;

pub fn run(
    config: &Config,
    words: &[String],
    kind: Option<NameKind>,
    as_json: bool,
) -> Result<Outcome> {
    let lexicon = dictionary::lexicon(config)?;
    let scope = match kind {
        None => Scope::All,
        Some(NameKind::Drug) => Scope::Drugs,
        Some(NameKind::Disease) => Scope::Diseases,
    };
    let mut all_found = true;
    for word in words {
        let found = found(&lexicon, word, scope);
        all_found &= !found.is_empty();
        if as_json {
            let names: Vec<Value> = found.iter().map(Found::as_json).collect();
            println!("{}", json!({"word": word, "names": names}));
        } else if found.is_empty() {
            println!("{}", nothing(config.language, word));
        } else {
            for name in &found {
                println!("{}", name.in_words(config.language));
            }
        }
    }
    Ok(if all_found { Outcome::Done } else { Outcome::Failed })
}

/// A name and the chance that it was meant; `None` if it merely begins so.
struct Found<'l> {
    named: Named<'l>,
    modifiers: Vec<&'l ModifierRow>,
    checked: Checked,
    how: &'static str,
    chance: Option<f32>,
}

fn found<'l>(lexicon: &'l Lexicon, word: &str, scope: Scope) -> Vec<Found<'l>> {
    let mut found: Vec<Found<'l>> = lexicon
        .suggest(word, scope, &Uses::default(), SHOWN)
        .into_iter()
        .map(|begun| Found {
            named: begun.named,
            modifiers: Vec::new(),
            checked: Checked::UNSAID,
            how: begun.how.reason(),
            chance: None,
        })
        .collect();
    for misread in lexicon.search(&Reading::of_text(word), scope, SHOWN) {
        if !found.iter().any(|known| known.named.name() == misread.named.name()) {
            found.push(Found {
                named: misread.named,
                modifiers: misread.modifiers,
                checked: misread.checked,
                how: misread.how.reason(),
                chance: Some(misread.chance),
            });
        }
    }
    found
}

impl Found<'_> {
    fn as_json(&self) -> Value {
        json!({
            "name": self.named.name(),
            "kind": kind(self.named),
            "codes": codes(self.named),
            "modifiers": self.modifiers.iter().map(|row| json!({
                "name": row.name, "receipt": row.receipt_code,
                "id": row.modifier_id, "exchange": row.exchange_code,
            })).collect::<Vec<_>>(),
            "form_exists": exists(self.checked.form),
            "strength_exists": exists(self.checked.strength),
            "how": self.how,
            "chance": self.chance,
        })
    }

    fn in_words(&self, language: Language) -> String {
        let kind = match (kind(self.named), language) {
            ("disease", Language::Ja) => "傷病名",
            ("product", Language::Ja) => "製品",
            (_, Language::Ja) => "医薬品",
            (kind, Language::En) => kind,
        };
        let codes: Vec<String> = codes(self.named).into_values().collect();
        let parts: Vec<String> = self
            .modifiers
            .iter()
            .map(|row| {
                let codes = [&row.receipt_code, &row.modifier_id, &row.exchange_code];
                let known = codes.into_iter().filter(|code| !code.is_empty());
                let words: Vec<&str> =
                    [row.name.as_str()].into_iter().chain(known.map(String::as_str)).collect();
                format!(" ＋ {}", words.join(" "))
            })
            .collect();
        let doubt = match (self.checked.form, self.checked.strength, language) {
            (_, Existence::DoesNotExist, Language::Ja) => "  その規格はありません",
            (_, Existence::DoesNotExist, Language::En) => "  no such strength",
            (Existence::DoesNotExist, _, Language::Ja) => "  その剤形はありません",
            (Existence::DoesNotExist, _, Language::En) => "  no such form",
            _ => "",
        };
        let chance = self.chance.map(|chance| match language {
            Language::Ja => format!("  読み違いなら {:.0}%", chance * 100.0),
            Language::En => format!("  {:.0}% if misread", chance * 100.0),
        });
        format!(
            "{}{} [{kind}]  {}{doubt}{}",
            self.named.name(),
            parts.concat(),
            codes.join(" "),
            chance.unwrap_or_default()
        )
    }
}

/// `null` if nothing of the kind was said.
const fn exists(existence: Existence) -> Option<bool> {
    match existence {
        Existence::Unsaid => None,
        Existence::Exists => Some(true),
        Existence::DoesNotExist => Some(false),
    }
}

const fn kind(named: Named<'_>) -> &'static str {
    match named {
        Named::Drug(_) => "drug",
        Named::Product(_) => "product",
        Named::Disease(_) => "disease",
    }
}

/// A drug's name alone has no code: its forms and strengths have.
fn codes(named: Named<'_>) -> Codes {
    match named {
        Named::Drug(_) => Codes::new(),
        Named::Product(product) => product.codes.clone(),
        Named::Disease(disease) => disease.codes.clone(),
    }
}

fn nothing(language: Language, word: &str) -> String {
    match language {
        Language::Ja => format!("{word}: 当てはまる名称がありません"),
        Language::En => format!("{word}: no name fits"),
    }
}
