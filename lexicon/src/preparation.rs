//! A drug's name with the form and strength in which it comes, as people write them together.
//!
//! ```text
//! preparation = NAME [ form ] [ strength ] [ "「" maker "」" ] ;      (* ノルバスクOD錠5mg *)
//! ```
//!
//! Whether such a form or strength exists is told of every name that is looked for
//! ([`Lexicon::preparation`]): アムロジピン 7mg does not, and is a doubt.

use std::cmp::Reverse;

use chart::{CodeSystem, Codes};

use crate::{
    How, Lexicon, Strength,
    disease::{Disease, Diseases},
    drug::{DrugForm, DrugMatch, DrugName, Drugs, ListedProduct},
    image::section,
    normalise,
    product_name::ProductName,
    typed,
};

/// A drug in one of its forms.
#[derive(Debug, Clone, Copy)]
pub struct Preparation<'l> {
    /// The drug.
    pub drug: &'l DrugName,
    /// The form.
    pub form: &'l DrugForm,
}

/// What a name says beside the drug, compared with what exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existence {
    /// It is not said.
    Unsaid,
    /// It is said and exists.
    Exists,
    /// It is said, and nothing of the kind is or was sold.
    DoesNotExist,
}

/// Form and strength of a name, compared with what exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// The form.
    pub form: Existence,
    /// The strength, in that form if one is said that exists.
    pub strength: Existence,
}

impl Checked {
    /// Nothing is said but the name.
    pub const UNSAID: Self = Self { form: Existence::Unsaid, strength: Existence::Unsaid };
}

impl Preparation<'_> {
    /// Name and form as charts write them: アムロジピンOD錠.
    pub fn name(&self) -> String {
        format!("{}{}", self.drug.stem, self.form.form)
    }

    /// The codes on which all its products of a strength agree; of a name that many makers use
    /// the code of the general name alone, since the others say whose it is.
    fn codes(&self, strength: Option<&str>) -> Codes {
        let strength = strength.and_then(Strength::parse);
        let of_strength = |text: &str| match (&strength, Strength::parse(text)) {
            (Some(wanted), Some(listed)) => wanted.is_same(&listed),
            (None, None) => true,
            _ => false,
        };
        let products = self.form.products.iter();
        let mut listed =
            products.filter(|product| product.current && of_strength(&product.strength));
        let Some(first) = listed.next() else { return Codes::new() };
        let mut codes = first.codes.clone();
        for product in listed {
            codes.retain(|system, code| product.codes.get(system) == Some(code));
        }
        codes.retain(|system, _| self.drug.kind != "generic" || *system == CodeSystem::GenericName);
        codes
    }
}

impl<'l> Drugs<'l> {
    /// The forms of the drug that the text names, where what stands behind the name is the
    /// beginning of the form: アムロジピンO is its OD錠. Forms that are sold come first.
    pub fn forms(self, text: &str) -> Vec<Preparation<'l>> {
        let key = normalise::key(text);
        let of = |found: DrugMatch<'l>| {
            let rest = typed::key(&key[found.length..].iter().collect::<String>());
            let mut forms: Vec<Preparation<'l>> = found
                .names
                .iter()
                .flat_map(|drug| drug.forms.iter().map(|form| Preparation { drug, form }))
                .filter(|it| typed::key(&it.form.form).starts_with(&rest))
                .collect();
            forms.sort_by_key(|it| (it.form.historic, Reverse(it.form.products.len())));
            forms
        };
        self.at(&key).into_iter().map(of).find(|forms| !forms.is_empty()).unwrap_or_default()
    }

    /// The drug in the very form that the text names; of a name alone, its only form.
    pub fn preparation(self, text: &str) -> Option<Preparation<'l>> {
        let forms = self.forms(text);
        let whole = typed::key(text);
        let named = forms.iter().find(|it| typed::key(&it.name()) == whole);
        named.or(if let [only] = forms.as_slice() { Some(only) } else { None }).copied()
    }

    /// The codes of what the name says, form and strength together, and of nothing else.
    pub fn codes(self, name: &str, strength: Option<&str>) -> Codes {
        match self.listed(name, strength) {
            Some(product) => product.codes.clone(),
            None => self.preparation(name).map(|it| it.codes(strength)).unwrap_or_default(),
        }
    }

    /// What is listed under the very name, with or without 【般】 and with the strength in it or
    /// beside it; `None` if there is none, several, or the two strengths differ.
    pub fn listed(self, name: &str, strength: Option<&str>) -> Option<&'l ListedProduct> {
        let keys = self.image.keys(section::PRODUCT_KEYS);
        let strength = strength.unwrap_or_default();
        let fits = |product: &ListedProduct| match (
            Strength::parse(strength),
            Strength::parse(&product.strength),
        ) {
            (Some(written), Some(listed)) => written.is_same(&listed),
            _ => true,
        };
        [
            name.to_owned(),
            format!("{name}{strength}"),
            format!("【般】{name}"),
            format!("【般】{name}{strength}"),
        ]
        .iter()
        .filter_map(|name| keys.find(&normalise::key(name)))
        .find_map(|word| match keys.entries(word) {
            [only] => Some(self.product(How::number_of_entry(only.get()))).filter(|it| fits(it)),
            _ => None,
        })
    }
}

impl<'l> Diseases<'l> {
    /// The disease of the very name.
    pub fn listed(self, name: &str) -> Option<&'l Disease> {
        let keys = self.image.keys(section::DISEASE_NAME_KEYS);
        match keys.entries(keys.find(&normalise::key(name))?) {
            [only] => Some(self.get(How::number_of_entry(only.get()))),
            _ => None,
        }
    }
}

impl Lexicon {
    /// Whether the form and strength in a name, read or typed, exist for a drug.
    pub fn checked(&self, drug: &DrugName, text: &str) -> Checked {
        let mut text = text.to_owned();
        for form in &drug.forms {
            // Readings are folded; the forms that a name is split by are not: od錠.
            let folded = form.form.to_ascii_lowercase();
            if folded != form.form {
                text = text.replace(&folded, &form.form);
            }
        }
        let said = ProductName::split(&text);
        let same = |form: &&DrugForm| typed::key(&form.form) == typed::key(&said.form);
        let form = drug.forms.iter().find(same);
        let all: Vec<&Strength> = match form {
            Some(form) if !said.form.is_empty() => form.strengths.iter().collect(),
            _ => drug.forms.iter().flat_map(|form| &form.strengths).collect(),
        };
        let exists = |said: bool, exists: bool| match (said, exists) {
            (false, _) => Existence::Unsaid,
            (true, true) => Existence::Exists,
            (true, false) => Existence::DoesNotExist,
        };
        let strength = Strength::parse(&said.strength).filter(|_| !all.is_empty());
        Checked {
            form: exists(!said.form.is_empty() && !drug.forms.is_empty(), form.is_some()),
            strength: exists(
                strength.is_some(),
                strength.is_some_and(|said| {
                    all.iter().any(|known| {
                        known.is_same(&said) || (said.unit.is_empty() && known.value == said.value)
                    })
                }),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon() -> Lexicon {
        Lexicon::from_texts(&[
            (
                "drugs.csv",
                "stem,kind,form,strengths,unit\nアムロジピン,generic,錠,2.5mg;5mg,錠\n\
                 アムロジピン,generic,OD錠,2.5mg;5mg,錠\nノルバスク,brand,錠,5mg,錠\n",
            ),
            (
                "products.csv",
                "stem,form,strength,master_name,price_code,generic_code,generic_name,kind,status\n\
                 アムロジピン,錠,5mg,アムロジピン錠５ｍｇ「見本」,2171022F2019,2171022F2ZZZ,【般】アムロジピン錠５ｍｇ,generic,current\n\
                 アムロジピン,錠,5mg,アムロジピン錠５ｍｇ「例」,2171022F2027,2171022F2ZZZ,【般】アムロジピン錠５ｍｇ,generic,current\n\
                 ノルバスク,錠,5mg,ノルバスク錠５ｍｇ,2171022F2035,,,brand,current\n",
            ),
            ("diseases.csv", "name,icd10\n高血圧症,I10\n"),
        ])
        .unwrap()
    }

    #[test]
    fn forms_go_on_from_the_name() {
        let lexicon = lexicon();
        let names = |text: &str| {
            lexicon.drugs().forms(text).iter().map(Preparation::name).collect::<Vec<_>>()
        };
        assert_eq!(names("アムロジピン"), ["アムロジピン錠", "アムロジピンOD錠"]);
        assert_eq!(names("アムロジピンＯ"), ["アムロジピンOD錠"]);
        assert!(names("アムロ").is_empty() && names("アムロジピン散").is_empty());
        let whole = |text: &str| lexicon.drugs().preparation(text).map(|it| it.name());
        assert_eq!(whole("アムロジピン錠").as_deref(), Some("アムロジピン錠"));
        assert_eq!(whole("ノルバスク").as_deref(), Some("ノルバスク錠"));
        assert_eq!(whole("アムロジピン"), None);
    }

    #[test]
    fn the_code_is_that_of_the_very_name() {
        let lexicon = lexicon();
        let listed = |name: &str, strength: Option<&str>| {
            lexicon.drugs().listed(name, strength).map(|product| product.name.clone())
        };
        let brand = Some("ノルバスク錠５ｍｇ".to_owned());
        assert_eq!(listed("ノルバスク錠", Some("5mg")), brand);
        assert_eq!(listed("ノルバスク錠5mg", Some("5mg")), brand);
        assert_eq!(listed("ノルバスク錠5mg", Some("2.5mg")), None, "two strengths");
        assert_eq!(listed("ノルバスク錠", None), None, "which strength?");
        assert!(listed("アムロジピン錠5mg「例」", Some("5mg")).is_some());
        assert_eq!(listed("アムロジピン錠7mg", None), None);
        let codes = |name: &str, strength: Option<&str>| {
            let codes = lexicon.drugs().codes(name, strength);
            codes.into_values().collect::<Vec<_>>()
        };
        assert_eq!(codes("ノルバスク", Some("5mg")), ["2171022F2035"]);
        assert_eq!(codes("アムロジピン錠", Some("5mg")), ["2171022F2ZZZ"], "of no one maker");
        assert!(codes("アムロジピン錠", Some("2.5mg")).is_empty());
        assert!(codes("アムロジピン", Some("5mg")).is_empty(), "which form?");
        assert_eq!(lexicon.diseases().listed("高血圧症").unwrap().icd10.as_deref(), Some("I10"));
        assert!(lexicon.diseases().listed("高血圧").is_none());
    }

    #[test]
    fn what_does_not_exist_is_told() {
        use Existence::{DoesNotExist, Exists, Unsaid};
        let lexicon = lexicon();
        let drug = lexicon.drugs().at(&normalise::key("アムロジピン"))[0].names[0];
        let checked = |text: &str| {
            let checked = lexicon.checked(drug, text);
            (checked.form, checked.strength)
        };
        assert_eq!(checked("アムロジピン錠5mg"), (Exists, Exists));
        assert_eq!(checked("アムロジピン錠7mg"), (Exists, DoesNotExist));
        assert_eq!(checked("アムロジピン散5mg"), (DoesNotExist, Exists));
        assert_eq!(checked("アムロジピン"), (Unsaid, Unsaid));
    }
}
