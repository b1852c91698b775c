//! What of a medication does not fit together. Nothing is corrected here; it is asked.

use chart::{DoseBasis, Doubt, DoubtKind, Medication};
use rust_decimal::Decimal;

use crate::{
    lexicon::{DrugForm, DrugName, How, Rival, Strength},
    notation::{drug_name::DrugHead, prescription::Sig},
};

/// A medication with what was chosen for it.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'c> {
    /// The name.
    pub head: &'c DrugHead<'c>,
    /// The form, if it is known.
    pub form: Option<&'c DrugForm>,
    /// The strength, if it was written.
    pub strength: Option<&'c Strength>,
    /// The order.
    pub sig: &'c Sig,
    /// What was made of it.
    pub medication: &'c Medication,
    /// Put on the body.
    pub external: bool,
    /// It stands in a list of what is taken, which tells no days.
    pub taken: bool,
    /// Words of the order that say nothing known.
    pub not_understood: &'c [String],
}

/// All doubts that the parts of a medication raise about each other.
pub fn doubts(chosen: &Chosen<'_>) -> Vec<Doubt> {
    [name, strength_exists, figures_can_be, dose_in_bounds, unit_fits, complete, weekly, look_alike]
        .into_iter()
        .flat_map(|check| check(chosen))
        .collect()
}

fn name(chosen: &Chosen<'_>) -> Vec<Doubt> {
    let head = chosen.head;
    let mut doubts = Vec::new();
    match head.drug {
        None => doubts.push(Doubt::about(DoubtKind::UnknownName, "name", head.name.clone())),
        Some(drug) if head.how == How::Likeness => {
            doubts.push(Doubt::about(DoubtKind::NameByLikeness, "name", drug.stem.clone()));
        }
        Some(_) => {}
    }
    if head.ambiguous || (head.how != How::Likeness && !head.others.is_empty()) {
        let all: Vec<&str> = head
            .drug
            .into_iter()
            .chain(head.others.iter().map(|(drug, _)| *drug))
            .map(|drug| drug.stem.as_str())
            .collect();
        doubts.push(Doubt::about(DoubtKind::AmbiguousAbbreviation, "name", all.join("、")));
    }
    if let Some(form) = chosen.form
        && form.historic
    {
        doubts.push(Doubt::about(DoubtKind::OutsideValidity, "name", "現行の薬価基準にない名称"));
    }
    doubts
}

fn strength_exists(chosen: &Chosen<'_>) -> Vec<Doubt> {
    let Some(drug) = chosen.head.drug else { return Vec::new() };
    let of_form: Vec<&Strength> = match chosen.form {
        Some(form) => form.strengths.iter().collect(),
        None => drug.forms.iter().flat_map(|form| &form.strengths).collect(),
    };
    let listed = || {
        let mut names: Vec<String> = of_form.iter().map(ToString::to_string).collect();
        names.dedup();
        names.join("、")
    };
    match chosen.strength {
        Some(strength)
            if !of_form.is_empty() && !of_form.iter().any(|known| known.is_same(strength)) =>
        {
            vec![Doubt::about(
                DoubtKind::StrengthDoesNotExist,
                "strength",
                format!("{strength}（規格：{}）", listed()),
            )]
        }
        None if of_form.len() > 1 && !is_mass(chosen) => {
            vec![Doubt::about(DoubtKind::StrengthMissing, "strength", listed())]
        }
        None if chosen.head.grade.is_none() => {
            let grades = grades(drug, chosen.form);
            let several = grades.len() > 1;
            let missing =
                || Doubt::about(DoubtKind::StrengthMissing, "strength", grades.join("、"));
            several.then(missing).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// What the strengths of a combination are called: LD and HD.
fn grades(drug: &DrugName, form: Option<&DrugForm>) -> Vec<String> {
    let forms: Vec<&DrugForm> = form.map_or_else(|| drug.forms.iter().collect(), |form| vec![form]);
    let products = forms.iter().flat_map(|form| &form.products);
    let named = products.filter(|product| {
        !product.strength.is_empty() && Strength::parse(&product.strength).is_none()
    });
    let mut grades: Vec<String> = named.map(|product| product.strength.clone()).collect();
    grades.sort_unstable();
    grades.dedup();
    grades
}

/// The amount is a mass of substance, so that the strength of a unit is not needed.
fn is_mass(chosen: &Chosen<'_>) -> bool {
    chosen.sig.dose.is_some_and(|(_, unit)| matches!(unit, "mg" | "μg"))
}

/// Amounts and times a day that nobody writes: nothing, 41T, 0.3 of a tablet, 1日14回.
fn figures_can_be(chosen: &Chosen<'_>) -> Vec<Doubt> {
    let sig = chosen.sig;
    let amount = sig.dose.and_then(|(dose, unit)| {
        let most = match unit {
            "錠" | "カプセル" | "包" if !chosen.external => MOST_PIECES,
            "本" | "個" | "キット" | "袋" => MOST_BOTTLES,
            "枚" => MOST_PATCHES,
            _ => Decimal::MAX,
        };
        (dose.is_zero() || dose > most || unit == "錠" && !is_broken_right(dose))
            .then(|| Doubt::about(DoubtKind::UnreadableDigits, "dose", format!("{dose}{unit}")))
    });
    let times = sig.times_per_day().filter(|times| *times > MOST_TIMES);
    let times = times
        .map(|times| Doubt::about(DoubtKind::UnreadableDigits, "frequency", format!("{times}回")));
    amount.into_iter().chain(times).collect()
}

/// Of クレメジン thirty capsules are taken in a day; of nothing more.
const MOST_PIECES: Decimal = Decimal::from_parts(30, 0, 0, false, 0);
/// Ten boxes of ten eye drops for one day each.
const MOST_BOTTLES: Decimal = Decimal::from_parts(100, 0, 0, false, 0);
/// Three months of two patches a day, and some.
const MOST_PATCHES: Decimal = Decimal::from_parts(210, 0, 0, false, 0);
/// Eye drops by the hour while awake.
const MOST_TIMES: u8 = 12;

/// Whether it is a tablet broken as tablets are: halves, quarters, thirds as far as they are written
/// out (0.33).
fn is_broken_right(dose: Decimal) -> bool {
    let rest = (dose * Decimal::from(12)).fract();
    let near = Decimal::new(1, 1);
    rest < near || rest > Decimal::ONE - near
}

/// More than the usual maximum of a day, in the larger reading if there are two.
fn dose_in_bounds(chosen: &Chosen<'_>) -> Vec<Doubt> {
    let (Some(form), Some((dose, unit))) = (chosen.form, chosen.sig.dose) else {
        return Vec::new();
    };
    if chosen.external || chosen.sig.prn {
        return Vec::new();
    }
    let times = Decimal::from(chosen.sig.times_per_day().unwrap_or(1));
    let per_day = match chosen.medication.dose_basis {
        Some(DoseBasis::Once) => dose.checked_mul(times),
        _ => Some(dose),
    };
    let (Some(per_day), Some(maximum)) = (per_day, form.daily_max.as_ref()) else {
        return Vec::new();
    };
    let taken = match unit {
        "mg" | "μg" | "g" => Some(Strength { value: per_day, unit: unit.to_owned() }),
        _ => chosen.strength.filter(|_| unit == form.unit).and_then(|strength| {
            Some(Strength {
                value: strength.value.checked_mul(per_day)?,
                unit: strength.unit.clone(),
            })
        }),
    };
    let too_much =
        taken.as_ref().is_some_and(|taken| match (taken.milligrams(), maximum.milligrams()) {
            (Some(taken), Some(maximum)) => taken > maximum,
            _ => taken.unit == maximum.unit && taken.value > maximum.value,
        }) || (maximum.unit == unit && per_day > maximum.value);
    if too_much {
        let taken = taken.map_or_else(|| format!("{per_day}{unit}"), |taken| taken.to_string());
        return vec![Doubt::about(
            DoubtKind::DoseAboveMaximum,
            "dose",
            format!("1日 {taken}（通常の最大 {maximum}）"),
        )];
    }
    Vec::new()
}

/// 3 capsules of a tablet: the unit or the form was misread.
fn unit_fits(chosen: &Chosen<'_>) -> Vec<Doubt> {
    let (Some(form), Some((_, unit))) = (chosen.form, chosen.sig.dose) else { return Vec::new() };
    let solid = ["錠", "カプセル", "枚", "本"];
    let fits = form.unit.is_empty()
        || form.unit == unit
        || !solid.contains(&unit)
        || !solid.contains(&form.unit.as_str());
    if fits {
        return Vec::new();
    }
    vec![Doubt::about(DoubtKind::UnitDoesNotFit, "unit", format!("{}に{unit}", form.form))]
}

fn complete(chosen: &Chosen<'_>) -> Vec<Doubt> {
    let sig = chosen.sig;
    let mut missing = Vec::new();
    if sig.dose.is_none() && sig.uneven.is_empty() {
        missing.push("用量");
    }
    if !sig.has_usage() && !sig.external {
        missing.push("用法");
    }
    let counted = sig.days.is_some() || sig.quantity.is_some();
    let injected = chosen.form.is_some_and(|form| form.form.contains('注'))
        || sig.dose.is_some_and(|(_, unit)| unit == "単位");
    if !counted && !sig.prn && !chosen.external && !injected && !chosen.taken {
        missing.push("日数");
    }
    if sig.repeat {
        return Vec::new();
    }
    // 分1 就又刑: the time of day is there, and was not read.
    let timed = !sig.timing.is_empty() || sig.prn || sig.weekly || sig.interval || chosen.external;
    let unread = (!timed && sig.has_usage() && !chosen.not_understood.is_empty()).then(|| {
        let facts = format!("読み取れない語：{}", chosen.not_understood.join("、"));
        Doubt::about(DoubtKind::Incomplete, "frequency", facts)
    });
    let missing =
        (!missing.is_empty()).then(|| Doubt::of(DoubtKind::Incomplete, missing.join("・")));
    missing.into_iter().chain(unread).collect()
}

/// Strengths that are taken once a week or once a month, of drugs that also come for every day.
const SELDOM_TAKEN: &[(&str, &str)] = &[
    ("アレンドロン", "35mg"),
    ("リセドロン", "17.5mg"),
    ("リセドロン", "75mg"),
    ("ミノドロン", "50mg"),
    ("イバンドロン", "100mg"),
];

/// A drug that is taken by the week, without a week in its order: never a daily order.
fn weekly(chosen: &Chosen<'_>) -> Vec<Doubt> {
    let Some(form) = chosen.form else { return Vec::new() };
    let sig = chosen.sig;
    let strength = chosen.strength.map(ToString::to_string).unwrap_or_default();
    let by_strength = chosen.head.drug.is_some_and(|drug| {
        SELDOM_TAKEN
            .iter()
            .any(|(ingredient, of)| drug.generic.contains(ingredient) && *of == strength)
    });
    let by_the_week = form.weekly_max.is_some()
        || form.usage_hint.split([';', '、']).any(|hint| hint == "週1回")
        || by_strength;
    if !by_the_week || sig.weekly || sig.interval || sig.repeat || sig.prn {
        return Vec::new();
    }
    vec![Doubt::about(
        DoubtKind::Incomplete,
        "frequency",
        "週1回・月1回で使う薬剤です。週・月・曜日の記載が読み取れません",
    )]
}

/// Names that may be taken for each other, with what tells them apart: classes, and which of the
/// two comes in the strength that is written.
fn look_alike(chosen: &Chosen<'_>) -> Vec<Doubt> {
    let Some(drug) = chosen.head.drug else { return Vec::new() };
    let told = |rival: &Rival<'_>| {
        let (name, class) = (&rival.other.name, &rival.other.class);
        let strength = chosen.strength.zip(rival.drug).map(|(strength, other)| {
            match (comes_in(drug, strength), comes_in(other, strength)) {
                (true, false) => format!("。{strength}は{}のみ", drug.stem),
                (false, true) => format!("。{strength}は{name}のみ"),
                _ => String::new(),
            }
        });
        let facts = format!(
            "{}（{}）／{name}（{class}）{}",
            drug.stem,
            drug.class,
            strength.unwrap_or_default()
        );
        Doubt::about(DoubtKind::LookAlike, "name", facts)
    };
    chosen.head.rivals.iter().map(told).collect()
}

fn comes_in(drug: &DrugName, strength: &Strength) -> bool {
    let mut strengths = drug.forms.iter().flat_map(|form| &form.strengths);
    strengths.any(|known| known.is_same(strength))
}
