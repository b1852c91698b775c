//! Drug names with their forms and strengths, and every product.

use std::collections::{HashMap, HashSet};

use chart::CodeSystem;
use jiff::civil::Date;

use super::{add_codes, codes_of_today, joined, look_alikes, numbered, ranked, recorded};
use crate::{
    How, Strength,
    confusion::Confusions,
    drug::{DrugForm, DrugName, DrugTables, ListedProduct, Product},
    entry::{DrugFacts, DrugKind, DrugProduct, Entries, SynonymKind},
    error::LexiconError,
    image::section,
    normalise,
    product_name::{ProductName, SALTS},
    suggest::rarity_of_drug,
    typed,
};

/// A gathering of all that is sold under each name.
#[derive(Default)]
struct Gathered {
    names: Vec<DrugName>,
    by_name: HashMap<String, u32>,
    words: Vec<(Vec<char>, (u32, How))>,
    products: Vec<ListedProduct>,
    by_product: HashMap<String, usize>,
    tables: DrugTables,
    /// Names and forms that the tables describe.
    described: HashSet<(u32, String)>,
    /// The day of the newest edition.
    newest: Option<Date>,
}

/// Writes names, products and their words.
pub(super) fn compile(
    entries: &Entries,
    confusions: &Confusions,
    sections: &mut [Vec<u8>],
) -> Result<DrugTables, LexiconError> {
    let newest = entries.editions.iter().filter_map(|edition| edition.date).max();
    let mut gathered = Gathered { newest, ..Gathered::default() };
    entries.drugs.iter().for_each(|facts| gathered.add_facts(facts));
    entries.products.iter().for_each(|product| gathered.add_product(product));
    gathered.finish_products(entries);
    gathered.inherit();
    for synonym in entries.synonyms.iter().filter(|synonym| synonym.kind == SynonymKind::Drug) {
        let word = normalise::key(&synonym.written);
        if let Some(&number) = gathered.by_name.get(&joined(&synonym.name)) {
            gathered.words.push((word.clone(), (number, How::Abbreviation)));
        }
        if synonym.must_ask {
            gathered.tables.must_ask.push(word);
        }
    }
    look_alikes::add(&mut gathered.names, &gathered.by_name, &entries.look_alikes, confusions);
    for name in &mut gathered.names {
        for form in &mut name.forms {
            form.strengths
                .sort_by(|one, other| (&one.unit, one.value).cmp(&(&other.unit, other.value)));
        }
    }
    sections[section::TYPED_DRUG_KEYS] = ranked(typed_words(&gathered, entries));
    sections[section::PRODUCT_KEYS] = ranked(
        (0..)
            .zip(&gathered.products)
            .map(|(number, product)| (normalise::key(&product.name), (number, How::Exact)))
            .collect(),
    );
    sections[section::DRUG_KEYS] = ranked(gathered.words);
    sections[section::PRODUCTS] = recorded(&gathered.products)?;
    sections[section::DRUG_RARITIES] = gathered.names.iter().map(rarity_of_drug).collect();
    sections[section::DRUGS] = recorded(&gathered.names)?;
    Ok(gathered.tables)
}

/// Names as people type them.
fn typed_words(gathered: &Gathered, entries: &Entries) -> Vec<(Vec<char>, (u32, How))> {
    let mut words: Vec<(Vec<char>, (u32, How))> = (0..)
        .zip(&gathered.names)
        .map(|(number, name)| (typed::key(&name.stem), (number, How::Exact)))
        .collect();
    let mut add = |stem: &str, written: &str, how: How| {
        if let Some(&number) = gathered.by_name.get(&joined(stem))
            && !written.is_empty()
        {
            words.push((typed::key(written), (number, how)));
        }
    };
    for facts in &entries.drugs {
        add(&facts.stem, &facts.kana, How::Alias);
        facts.aliases.iter().for_each(|alias| add(&facts.stem, alias, How::Alias));
    }
    for synonym in entries.synonyms.iter().filter(|synonym| synonym.kind == SynonymKind::Drug) {
        add(&synonym.name, &synonym.written, How::Abbreviation);
    }
    words
}

impl Gathered {
    /// The name's number; a new name is made by `new`.
    fn name(&mut self, stem: &str, new: impl FnOnce() -> DrugName) -> u32 {
        let number = numbered(self.names.len());
        *self.by_name.entry(joined(stem)).or_insert_with(|| {
            self.names.push(new());
            self.words.push((normalise::key(stem), (number, How::Exact)));
            number
        })
    }

    fn add_facts(&mut self, facts: &DrugFacts) {
        let number = self.name(&facts.stem, || DrugName {
            stem: facts.stem.clone(),
            generic: facts.ingredient.clone(),
            kind: facts.kind.as_str().to_owned(),
            class: facts.class.clone(),
            is_common: true,
            ..DrugName::default()
        });
        self.described.insert((number, facts.form.clone()));
        self.names[number as usize].forms.push(DrugForm {
            form: facts.form.clone(),
            strengths: facts.strengths.iter().filter_map(|text| Strength::parse(text)).collect(),
            unit: facts.unit.clone(),
            daily_max: Strength::parse(&facts.daily_max),
            weekly_max: Strength::parse(&facts.weekly_max),
            usage_hint: facts.usage_hint.clone(),
            historic: facts.historic,
            products: Vec::new(),
        });
        let other = std::iter::once(&facts.kana).filter(|kana| !kana.is_empty());
        for alias in other.chain(&facts.aliases) {
            self.words.push((normalise::key(alias), (number, How::Alias)));
        }
        if let Some(kampo) = facts.kampo_number {
            self.tables.kampo.insert(kampo, number);
        }
    }

    /// The same name in several editions is one product.
    fn add_product(&mut self, product: &DrugProduct) {
        let key = joined(&product.name);
        if let Some(&place) = self.by_product.get(&key) {
            let known = &mut self.products[place];
            add_codes(&mut known.history, &product.codes);
            known.current |= is_current(product, self.newest);
            if known.successor.is_none() {
                known.successor.clone_from(&product.successor);
            }
            return;
        }
        let split = ProductName::split(&product.name);
        let given = |given: &str, found: String| {
            if given.is_empty() { found } else { given.to_owned() }
        };
        let stem = given(&product.stem, split.stem);
        let form = given(&product.form, split.form);
        let strength = given(&product.strength, split.strength);
        let has_maker = !split.maker.is_empty();
        let kind = product.kind.unwrap_or(if has_maker || product.is_general {
            DrugKind::Generic
        } else {
            DrugKind::Brand
        });
        let drug = self.name(&stem, || DrugName {
            stem: stem.clone(),
            generic: normalise::shown(&product.ingredient),
            kind: kind.as_str().to_owned(),
            ..DrugName::default()
        });
        self.by_product.insert(key, self.products.len());
        self.products.push(ListedProduct {
            name: product.name.clone(),
            drug,
            form,
            strength,
            maker: given(&split.maker, product.maker.clone()),
            is_general: product.is_general,
            history: product.codes.clone(),
            current: is_current(product, self.newest),
            successor: product.successor.clone(),
            ..ListedProduct::default()
        });
    }

    /// What the tables say of an ingredient holds for every name that masters have for it: its
    /// class, and in the same form its usual maximum and usage.
    fn inherit(&mut self) {
        let mut described: HashMap<String, Option<usize>> = HashMap::new();
        for (number, name) in self.names.iter().enumerate() {
            if name.class.is_empty() {
                continue;
            }
            let of_itself = name.kind == DrugKind::Generic.as_str();
            let own = of_itself.then(|| joined(&name.stem));
            for key in own.into_iter().chain([joined(without_salts(&name.generic))]) {
                let same = |known: &Option<usize>| {
                    known.is_some_and(|known| self.names[known].class == name.class)
                };
                // Of a generic name the tables speak most directly.
                let from = match described.get(&key) {
                    Some(known) if !same(known) => None,
                    Some(known) if !of_itself => *known,
                    _ => Some(number),
                };
                described.insert(key, from);
            }
        }
        for number in 0..self.names.len() {
            let name = &self.names[number];
            if !name.class.is_empty() {
                continue;
            }
            let keys = [without_salts(&name.stem), without_salts(&name.generic)];
            let Some(from) = keys.iter().find_map(|key| *described.get(&joined(key))?) else {
                continue;
            };
            let from = self.names[from].clone();
            let name = &mut self.names[number];
            name.class.clone_from(&from.class);
            for form in &mut name.forms {
                if let Some(known) = from.forms.iter().find(|known| known.form == form.form)
                    && form.unit == known.unit
                {
                    form.daily_max = form.daily_max.take().or_else(|| known.daily_max.clone());
                    form.weekly_max = form.weekly_max.take().or_else(|| known.weekly_max.clone());
                    if form.usage_hint.is_empty() {
                        form.usage_hint.clone_from(&known.usage_hint);
                    }
                }
            }
        }
    }

    /// Codes of today, and what each product says of its name: group, forms, strengths.
    fn finish_products(&mut self, entries: &Entries) {
        for product in &mut self.products {
            product.codes = codes_of_today(&product.history, &entries.editions);
            let name = &mut self.names[product.drug as usize];
            if let Some(price) = product.codes.get(&CodeSystem::PriceList)
                && name.group.is_empty()
            {
                name.group = price.chars().take(4).collect();
            }
            let place = name.forms.iter().position(|form| form.form == product.form);
            let place = place.unwrap_or_else(|| {
                name.forms.push(DrugForm {
                    form: product.form.clone(),
                    unit: unit_of(&product.form).to_owned(),
                    historic: true,
                    ..DrugForm::default()
                });
                name.forms.len() - 1
            });
            let form = &mut name.forms[place];
            // The starter tables tell by themselves whether a form is still sold.
            if product.current {
                form.historic = false;
            }
            // Where the tables name no strength there is one only, or what is listed is a volume.
            let has_strengths = !form.strengths.is_empty()
                || !self.described.contains(&(product.drug, form.form.clone()));
            if let Some(strength) = Strength::parse(&product.strength)
                && has_strengths
                && !form.form.contains('注')
                && !strength.unit.is_empty()
                && !form.strengths.iter().any(|known| known.is_same(&strength))
            {
                form.strengths.push(strength);
            }
            form.products.push(Product {
                master_name: product.name.clone(),
                strength: product.strength.clone(),
                codes: product.codes.clone(),
                current: product.current,
            });
        }
    }
}

/// A name without the salts at its end: ドネペジル塩酸塩 is ドネペジル.
fn without_salts(name: &str) -> &str {
    let mut rest = name.trim_end();
    while let Some(shorter) = SALTS.iter().find_map(|salt| rest.strip_suffix(salt)) {
        if shorter.chars().count() < 3 {
            break;
        }
        rest = shorter.trim_end();
    }
    rest
}

/// Whether the newest list has it, or announces no more than its end.
fn is_current(product: &DrugProduct, newest: Option<Date>) -> bool {
    let has_ended = product.valid.until.is_some_and(|until| newest.is_none_or(|day| until < day));
    !product.historic && !has_ended
}

/// What amounts of a form count.
fn unit_of(form: &str) -> &'static str {
    const UNITS: &[(&str, &str)] = &[
        ("錠", "錠"),
        ("カプセル", "カプセル"),
        ("ODフィルム", "錠"),
        ("坐剤", "個"),
        ("坐薬", "個"),
        ("テープ", "枚"),
        ("パップ", "枚"),
        ("パッチ", "枚"),
        ("貼付剤", "枚"),
        ("シップ", "枚"),
        ("散", "g"),
        ("細粒", "g"),
        ("顆粒", "g"),
        ("末", "g"),
        ("軟膏", "g"),
        ("クリーム", "g"),
        ("ゲル", "g"),
        ("ドライシロップ", "g"),
        ("シロップ", "mL"),
        ("液", "mL"),
    ];
    UNITS.iter().find(|(end, _)| form.ends_with(end)).map_or("", |(_, unit)| unit)
}
