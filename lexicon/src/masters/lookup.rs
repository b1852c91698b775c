//! What a code or a name means: every entry that bears it, where it is from, since when and until
//! when, and what came after it.

use chart::CodeSystem;
use unicode_normalization::UnicodeNormalization;

use super::check_digit;
use crate::entry::{Code, Edition, EditionNo, Entries, Validity};

/// What a code or name was found on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// A product or listing.
    Product,
    /// 【般】…
    GeneralName,
    /// A disease.
    Disease,
    /// A modifier of diseases.
    Modifier,
    /// An allergen.
    Allergen,
    /// A laboratory item.
    Laboratory,
}

/// An entry that was found.
#[derive(Debug, Clone)]
pub struct Found<'e> {
    /// What it is.
    pub thing: Thing,
    /// Its name.
    pub name: &'e str,
    /// More of it: 規格 and maker, reading, 修飾語区分.
    pub details: Vec<&'e str>,
    /// All its codes; a modifier's are in [`Self::modifier_codes`].
    pub codes: &'e [Code],
    /// Receipt code, 管理番号 and 交換用コード of a modifier.
    pub modifier_codes: Option<[&'e str; 3]>,
    /// The second ICD-10 of a dual classification.
    pub icd10_second: Option<&'e str>,
    /// When it holds.
    pub valid: Validity,
    /// Where it was read.
    pub edition: Option<&'e Edition>,
    /// The code that it leads on to.
    pub successor: Option<&'e str>,
}

/// What is known of a word that may be a code or a name.
#[derive(Debug, Default)]
pub struct Answer<'e> {
    /// It has the shape of a price or YJ code: whether its check digit holds.
    pub check_digit: Option<bool>,
    /// Entries that bear it, as code or as name.
    pub found: Vec<Found<'e>>,
    /// Entries of the same nine characters, if it is a price code that no entry bears or whose
    /// entries have ended: the same ingredient, form and strength.
    pub same_preparation: Vec<Found<'e>>,
}

/// Looks a code or a name up. Names are compared in NFKC without spaces.
pub fn look_up<'e>(entries: &'e Entries, word: &str) -> Answer<'e> {
    let word = folded(word);
    let code = word.to_uppercase();
    let bare = code.replace('.', "");
    let found: Vec<_> = all(entries)
        .filter(|found| {
            found.codes.iter().any(|other| {
                other.code == code
                    || (other.system == CodeSystem::Icd10 && other.code.replace('.', "") == bare)
            }) || found.modifier_codes.is_some_and(|codes| codes.contains(&code.as_str()))
                || found.icd10_second.is_some_and(|other| other.replace('.', "") == bare)
                || folded(found.name) == word
                || (found.thing == Thing::GeneralName
                    && folded(found.name).strip_prefix("【般】") == Some(&word))
        })
        .collect();
    let is_price_code = check_digit::is_price_code_shaped(&code);
    let has_ended = found.iter().all(|found| found.valid.until.is_some());
    let same_preparation = if is_price_code && has_ended {
        all(entries).filter(|other| is_same_preparation(other, &code)).collect()
    } else {
        Vec::new()
    };
    Answer {
        check_digit: is_price_code.then(|| check_digit::price_code_holds(&code)),
        found,
        same_preparation,
    }
}

fn is_same_preparation(other: &Found<'_>, code: &str) -> bool {
    matches!(other.thing, Thing::Product | Thing::GeneralName)
        && other.valid.until.is_none()
        && other.codes.iter().any(|other| {
            matches!(other.system, CodeSystem::PriceList | CodeSystem::GenericName)
                && other.code.get(..9) == code.get(..9)
        })
}

fn all(entries: &Entries) -> impl Iterator<Item = Found<'_>> {
    let edition = |no: EditionNo| entries.editions.get(usize::from(no.0));
    let products = entries.products.iter().map(move |product| Found {
        thing: if product.is_general { Thing::GeneralName } else { Thing::Product },
        name: &product.name,
        details: vec![&product.unit, &product.ingredient, &product.maker],
        codes: &product.codes,
        modifier_codes: None,
        icd10_second: None,
        valid: product.valid,
        edition: edition(product.edition),
        successor: product.successor.as_deref(),
    });
    let diseases = entries.diseases.iter().map(move |disease| Found {
        thing: Thing::Disease,
        name: &disease.name,
        details: vec![&disease.kana],
        codes: &disease.codes,
        modifier_codes: None,
        icd10_second: disease.icd10_second.as_deref(),
        valid: disease.valid,
        edition: edition(disease.edition),
        successor: disease.successor.as_deref(),
    });
    let modifiers = entries.modifiers.iter().map(move |modifier| Found {
        thing: Thing::Modifier,
        name: &modifier.name,
        details: vec![&modifier.kind, &modifier.kana],
        codes: &[],
        modifier_codes: Some([
            &modifier.receipt_code,
            &modifier.modifier_id,
            &modifier.exchange_code,
        ]),
        icd10_second: None,
        valid: modifier.valid,
        edition: edition(modifier.edition),
        successor: None,
    });
    let allergens = entries.allergens.iter().map(move |allergen| Found {
        thing: Thing::Allergen,
        name: &allergen.substance,
        details: vec![&allergen.kana],
        codes: &allergen.codes,
        modifier_codes: None,
        icd10_second: None,
        valid: allergen.valid,
        edition: edition(allergen.edition),
        successor: None,
    });
    let items = entries.items.iter().map(move |item| Found {
        thing: Thing::Laboratory,
        name: &item.name,
        details: vec![&item.japanese],
        codes: &item.codes,
        modifier_codes: None,
        icd10_second: None,
        valid: Validity::OPEN,
        edition: edition(item.edition),
        successor: None,
    });
    products.chain(diseases).chain(modifiers).chain(allergens).chain(items)
}

fn folded(name: &str) -> String {
    name.nfkc().filter(|char| !char.is_whitespace()).collect()
}
