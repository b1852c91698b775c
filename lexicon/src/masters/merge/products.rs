//! Drug products of price lists, the 医薬品マスター, HOT and general names.
//!
//! A product is known by its price code and its name: brands of one listing under a common name
//! (統一名収載) share the code, and a price code outlives changes of a name.

use std::collections::{HashMap, HashSet};

use chart::CodeSystem;
use jiff::civil::Date;

use super::{Codes, folded, number};
use crate::{
    entry::{DrugKind, DrugProduct, EditionNo, Route, Validity},
    masters::{
        claims_state,
        edition::Edition,
        general_name::GeneralName,
        history::{History, Tracked},
        price_list::PriceRow,
        read::{Content, ReadFile},
        receipt::ReceiptDrug,
    },
};

/// Price code and folded name.
type Key = (String, String);

struct Merged {
    product: DrugProduct,
    codes: Codes,
    price_code: String,
    /// Listed under its own name: the price list names it with its maker.
    listed_by_name: bool,
    /// The day of the last edition that says anything of it.
    seen: Date,
}

/// All products, general names last.
pub fn merge(files: &[(Edition, ReadFile)]) -> Vec<DrugProduct> {
    let prices = prices(files);
    let code_ends = ends_of_codes(&prices);
    let mut products = Products::default();
    for (key, tracked) in prices.iter() {
        products.add_price(key, tracked);
    }
    for (_, tracked) in receipt_drugs(files).iter() {
        products.add_receipt(tracked, &code_ends);
    }
    for (at, (_, file)) in files.iter().enumerate() {
        if let Content::Generics(rows) = &file.content {
            for row in rows {
                let key = (row.code.clone(), folded(&row.name));
                products.add_listed(&key, row.listed, row.standing == "3");
            }
        }
        if let Content::Hot(rows) = &file.content {
            for row in rows {
                products.add_hot(row, number(at));
            }
        }
    }
    products.add_yj();
    let general = GeneralNames::of(files, &products.all);
    products.add_general(&general);
    products.add_successors(&prices);
    products.into_vec().into_iter().chain(general.into_products()).collect()
}

/// Rows of price lists by price code and name. A row without a code has its name alone.
fn prices(files: &[(Edition, ReadFile)]) -> History<Key, PriceRow> {
    let mut history = History::default();
    let mut earlier: Vec<&Edition> = Vec::new();
    for (at, (edition, file)) in files.iter().enumerate() {
        let Content::Prices(rows) = &file.content else { continue };
        let keyed = rows
            .iter()
            .map(|row| ((row.code.clone().unwrap_or_default(), folded(&row.name)), row.clone()));
        let covers = |edition: &Edition, row: &PriceRow| edition.parts.contains(&row.category);
        // The chapters of one day are files of their own; none of them is earlier.
        let absent_before = |row: &PriceRow| {
            let before =
                earlier.iter().filter(|other| other.date < edition.date && covers(other, row));
            before.map(|other| other.date).max()
        };
        history.add(number(at), edition.date, keyed, absent_before, |row| covers(edition, row));
        earlier.push(edition);
    }
    history
}

/// The day before the first edition that has a price code under no name any more.
fn ends_of_codes(prices: &History<Key, PriceRow>) -> HashMap<String, Date> {
    let mut ends: HashMap<String, Option<Date>> = HashMap::new();
    for ((code, _), tracked) in prices.iter() {
        let end = tracked.gone.and_then(|gone| gone.yesterday().ok());
        ends.entry(code.clone())
            .and_modify(|known| *known = known.zip(end).map(|(one, other)| one.max(other)))
            .or_insert(end);
    }
    ends.into_iter().filter_map(|(code, end)| Some((code, end?))).collect()
}

fn receipt_drugs(files: &[(Edition, ReadFile)]) -> History<String, ReceiptDrug> {
    let mut history = History::default();
    let mut before = None;
    for state in claims_state::states::<ReceiptDrug>(files) {
        let edition = number(state.number);
        history.add(edition, state.date, state.entries, |_| before, |_| true);
        before = Some(state.date);
    }
    history
}

#[derive(Default)]
struct Products {
    all: Vec<Merged>,
    by_key: HashMap<Key, usize>,
    /// The first product of a price code: the listing, if the price list has it.
    by_price_code: HashMap<String, usize>,
    by_receipt: HashMap<String, usize>,
}

impl Products {
    fn add_price(&mut self, key: &Key, tracked: &Tracked<PriceRow>) {
        let row = &tracked.value;
        let valid = tracked.validity(row.listed, row.ends);
        let mut codes = Codes::default();
        if let Some(code) = &row.code {
            codes.add(CodeSystem::PriceList, code, tracked.edition, valid);
        }
        let product = DrugProduct {
            name: row.name.clone(),
            kind: Some(kind(&row.name, &row.ingredient, row.code.as_deref())),
            ingredient: row.ingredient.clone(),
            unit: row.specification.clone(),
            maker: row.maker.clone(),
            route: route(&row.category),
            valid,
            edition: tracked.edition,
            ..DrugProduct::default()
        };
        self.by_key.insert(key.clone(), self.all.len());
        if !key.0.is_empty() {
            self.by_price_code.entry(key.0.clone()).or_insert(self.all.len());
        }
        self.all.push(Merged {
            product,
            codes,
            price_code: key.0.clone(),
            listed_by_name: !row.maker.is_empty(),
            seen: tracked.gone.unwrap_or(tracked.last),
        });
    }

    fn add_receipt(&mut self, tracked: &Tracked<ReceiptDrug>, code_ends: &HashMap<String, Date>) {
        let row = &tracked.value;
        let mut valid = tracked.validity(row.listed, row.ends);
        let key = (row.price_code.clone().unwrap_or_default(), folded(&row.base_name));
        let seen = tracked.gone.unwrap_or(tracked.last);
        // A master of a later day knows better how long it held; one that knows a beginning is
        // believed.
        let known = self.by_key.get(&key).copied().filter(|_| row.price_code.is_some());
        if let Some(at) = known {
            let merged = &mut self.all[at];
            let product = &mut merged.product;
            valid.from = product.valid.from.or(valid.from);
            if seen <= merged.seen {
                valid.until = product.valid.until;
            }
            merged.seen = merged.seen.max(seen);
            product.valid = valid;
        } else if let Some(end) = code_ends.get(&key.0).filter(|end| **end >= seen) {
            // Sold under a common name whose listing has ended since.
            valid.until = Some(valid.until.map_or(*end, |until| until.min(*end)));
        }
        let at = known.unwrap_or_else(|| {
            let listing = self.by_price_code.get(&key.0);
            let ingredient = listing.map(|at| &self.all[*at].product);
            let kind = kind(
                &row.base_name,
                ingredient.map_or("", |product| &product.ingredient),
                row.price_code.as_deref(),
            );
            let mut codes = Codes::default();
            if let Some(code) = &row.price_code {
                codes.add(CodeSystem::PriceList, code, tracked.edition, valid);
            }
            let product = DrugProduct {
                name: row.base_name.clone(),
                kind: Some(kind),
                ingredient: ingredient
                    .map(|product| product.ingredient.clone())
                    .unwrap_or_default(),
                unit: ingredient.map(|product| product.unit.clone()).unwrap_or_default(),
                route: route(row.category),
                valid,
                edition: tracked.edition,
                ..DrugProduct::default()
            };
            if row.price_code.is_some() {
                self.by_key.insert(key.clone(), self.all.len());
            }
            let price_code = key.0.clone();
            self.all.push(Merged { product, codes, price_code, listed_by_name: false, seen });
            self.all.len() - 1
        });
        let merged = &mut self.all[at];
        merged.codes.add(CodeSystem::Receipt, &row.code, tracked.edition, valid);
        if let Some(code) = &row.general_code {
            merged.codes.add(CodeSystem::GenericName, code, tracked.edition, valid);
        }
        let product = &mut merged.product;
        product.kana.clone_from(&row.kana);
        product.control = row.control;
        product.general_name.clone_from(&row.general_name);
        self.by_receipt.insert(row.code.clone(), at);
    }

    fn add_listed(&mut self, key: &Key, listed: Option<Date>, generic: bool) {
        let Some(at) = self.by_key.get(key) else { return };
        let product = &mut self.all[*at].product;
        product.valid.from = product.valid.from.or(listed);
        if generic && product.kind.is_none() {
            product.kind = Some(DrugKind::Generic);
        }
    }

    /// HOT links by receipt code, else by price code and name.
    fn add_hot(&mut self, row: &crate::masters::hot::HotRow, edition: EditionNo) {
        let by_receipt = row.receipt.iter().find_map(|code| self.by_receipt.get(code));
        let by_key = || {
            let key = (row.price_code.clone()?, folded(&row.name));
            self.by_key.get(&key)
        };
        let Some(at) = by_receipt.or_else(by_key).copied() else { return };
        let Merged { product, codes, .. } = &mut self.all[at];
        // HOT9 tells the product; the digits behind it tell packages, of which it has several.
        if let Some(hot9) = row.hot.get(..9) {
            codes.add(CodeSystem::Hot, hot9, edition, product.valid);
        }
        if let Some(yj) = &row.yj {
            codes.add(CodeSystem::Yj, yj, edition, product.valid);
        }
        if product.maker.is_empty() {
            product.maker.clone_from(&row.maker);
        }
    }

    /// The YJ code of what is listed under its own name is its price code. Brands of a listing
    /// under a common name have YJ codes of their own, which only HOT tells.
    fn add_yj(&mut self) {
        let mut names: HashMap<&str, usize> = HashMap::new();
        for merged in &self.all {
            *names.entry(&merged.price_code).or_default() += 1;
        }
        let own: HashSet<String> = names
            .into_iter()
            .filter(|(code, n_names)| *n_names == 1 && code.get(9..11).is_some_and(|no| no != "01"))
            .map(|(code, _)| code.to_owned())
            .collect();
        for Merged { product, codes, price_code, listed_by_name, .. } in &mut self.all {
            let told = codes.codes.iter().any(|code| code.system == CodeSystem::Yj);
            if *listed_by_name && !told && own.contains(price_code) {
                codes.add(CodeSystem::Yj, price_code, product.edition, product.valid);
            }
        }
    }

    fn add_general(&mut self, general: &GeneralNames) {
        for merged in &mut self.all {
            let told = merged.codes.codes.iter().any(|code| code.system == CodeSystem::GenericName);
            if told {
                continue;
            }
            if let Some((code, edition)) = general.of_price_code(&merged.price_code) {
                let valid = merged.product.valid;
                merged.codes.add(CodeSystem::GenericName, code, edition, valid);
                if merged.product.general_name.is_empty() {
                    merged.product.general_name = general.name(code).to_owned();
                }
            }
        }
    }

    /// A code that was changed and a name that was changed lead on to what is listed now.
    fn add_successors(&mut self, prices: &History<Key, PriceRow>) {
        let mut successors: HashMap<String, String> = HashMap::new();
        for (_, tracked) in prices.iter() {
            if let (Some(former), Some(code)) = (&tracked.value.former_code, &tracked.value.code) {
                successors.insert(former.clone(), code.clone());
            }
        }
        let mut current: HashMap<&str, Vec<&Key>> = HashMap::new();
        for (key, tracked) in prices.iter() {
            if tracked.gone.is_none() {
                current.entry(&key.0).or_default().push(key);
            }
        }
        let receipt_of: HashMap<String, String> = self
            .all
            .iter()
            .filter_map(|merged| {
                let code =
                    merged.codes.codes.iter().find(|code| code.system == CodeSystem::Receipt)?;
                Some((merged.price_code.clone(), code.code.clone()))
            })
            .collect();
        for (key, tracked) in prices.iter() {
            if tracked.gone.is_none() || key.0.is_empty() {
                continue;
            }
            let renamed = current.get(key.0.as_str()).is_some_and(|names| {
                names.len() == 1 && key.0.get(9..11).is_some_and(|no| no != "01")
            });
            let price_code = successors.get(&key.0).or_else(|| renamed.then_some(&key.0)).cloned();
            let Some(price_code) = price_code else { continue };
            let Some(at) = self.by_key.get(key) else { continue };
            self.all[*at].product.successor =
                Some(receipt_of.get(&price_code).cloned().unwrap_or(price_code));
        }
    }

    fn into_vec(self) -> Vec<DrugProduct> {
        let whole = |merged: Merged| DrugProduct { codes: merged.codes.codes, ..merged.product };
        self.all.into_iter().map(whole).collect()
    }
}

/// General names of 一般名処方マスタ and of the 医薬品マスター.
struct GeneralNames {
    names: History<String, GeneralName>,
    /// From price codes, where nine characters do not tell preparations apart.
    exceptions: HashMap<String, (String, EditionNo)>,
}

impl GeneralNames {
    fn of(files: &[(Edition, ReadFile)], products: &[Merged]) -> Self {
        let mut names = History::default();
        let mut exceptions = HashMap::new();
        let mut before = None;
        for (at, (edition, file)) in files.iter().enumerate() {
            let Content::GeneralNames(rows, rest) = &file.content else { continue };
            let keyed = rows.iter().map(|row| (row.code.clone(), row.clone()));
            names.add(number(at), edition.date, keyed, |_| before, |_| true);
            before = Some(edition.date);
            for exception in rest {
                let general = (exception.general_code.clone(), number(at));
                exceptions.insert(exception.price_code.clone(), general);
            }
        }
        // The 医薬品マスター has general names of its own day, some of which are gone since.
        let mut told = Vec::new();
        for Merged { product, codes, seen, .. } in products {
            let general = codes.codes.iter().find(|code| code.system == CodeSystem::GenericName);
            let Some(code) = general.filter(|code| names.get(&code.code).is_none()) else {
                continue;
            };
            if product.general_name.is_empty() {
                continue;
            }
            let category = product.route.map_or("", category).to_owned();
            let name = GeneralName {
                category,
                code: code.code.clone(),
                name: product.general_name.clone(),
                ingredient: product.ingredient.clone(),
                specification: product.unit.clone(),
            };
            told.push((code.edition, *seen, name));
        }
        let mut seen_codes = HashSet::new();
        told.retain(|(_, _, name)| seen_codes.insert(name.code.clone()));
        for (edition, date, name) in told {
            names.add(edition, date, [(name.code.clone(), name)], |_| None, |_| false);
        }
        Self { names, exceptions }
    }

    /// The general name of a price code: by the table of exceptions, else by its first nine
    /// characters if that code exists. The rule holds without exception for the 9,061 rows of the
    /// 医薬品マスター of 2024-03-21 whose nine characters are those of a general name.
    fn of_price_code(&self, price_code: &str) -> Option<(&str, EditionNo)> {
        if let Some((code, edition)) = self.exceptions.get(price_code) {
            return Some((code, *edition));
        }
        let code = format!("{}ZZZ", price_code.get(..9)?);
        self.names.get(&code).map(|tracked| (tracked.value.code.as_str(), tracked.edition))
    }

    fn name(&self, code: &str) -> &str {
        self.names.get(&code.to_owned()).map_or("", |tracked| &tracked.value.name)
    }

    fn into_products(self) -> Vec<DrugProduct> {
        let product = |tracked: &Tracked<GeneralName>| {
            let row = &tracked.value;
            let valid: Validity = tracked.validity(None, None);
            let mut codes = Codes::default();
            codes.add(CodeSystem::GenericName, &row.code, tracked.edition, valid);
            DrugProduct {
                name: row.name.clone(),
                kind: Some(DrugKind::Generic),
                is_general: true,
                ingredient: row.ingredient.clone(),
                general_name: row.name.clone(),
                unit: row.specification.clone(),
                route: route(&row.category),
                codes: codes.codes,
                valid,
                edition: tracked.edition,
                ..DrugProduct::default()
            }
        };
        self.names.iter().map(|(_, tracked)| product(tracked)).collect()
    }
}

/// Whether a name is the ingredient's or a maker's own. Names of generics have their maker in 「」
/// or begin as the ingredient does; 漢方 is the class 5200.
fn kind(name: &str, ingredient: &str, price_code: Option<&str>) -> DrugKind {
    let (name, ingredient) = (folded(name), folded(ingredient));
    if price_code.is_some_and(|code| code.starts_with("5200")) {
        return DrugKind::Kampo;
    }
    let begins: String = ingredient.chars().take(3).collect();
    if name.contains('「') || (begins.chars().count() == 3 && name.starts_with(&begins)) {
        DrugKind::Generic
    } else {
        DrugKind::Brand
    }
}

fn route(category: &str) -> Option<Route> {
    match category {
        "内用薬" => Some(Route::Internal),
        "注射薬" => Some(Route::Injection),
        "外用薬" => Some(Route::External),
        "歯科用薬剤" => Some(Route::Dental),
        "その他" => Some(Route::Other),
        _ => None,
    }
}

const fn category(route: Route) -> &'static str {
    match route {
        Route::Internal => "内用薬",
        Route::Injection => "注射薬",
        Route::External => "外用薬",
        Route::Dental => "歯科用薬剤",
        Route::Other => "その他",
    }
}
