//! From an order to a drafted medication: strength, form, codes, candidates and doubts.

use chart::{
    Candidate, Codes, DoseStep, Doubt, DoubtKind, Evidence, Finding, Medication, MedicationStatus,
    PageText, Repeat, TimedDose,
};

use rust_decimal::Decimal;

use crate::{
    confidence::{self, Seen},
    consistency::{self, Chosen},
    evidence::Spans,
    layout::Item,
    lexicon::{DrugForm, DrugName, How, Strength},
    normalise::Text,
    notation::{
        drug_name::{DrugHead, WrittenStrength},
        figures,
        prescription::{Sig, Step, basis, strength_is_dose},
        usage::{self, Mark, Meal, Relation},
    },
    orders::{Order, Strike},
    reasons,
};

/// Drafts one medication.
pub fn medication(page: &PageText, order: &Order<'_>) -> Finding<Medication> {
    let head = &order.head;
    let sig = &order.sig;
    let mut doubts = order.doubts.clone();
    doubts.extend(sig.doubts.iter().cloned());
    let form = head.drug.and_then(|drug| form_of(drug, head, sig.dose.map(|(_, unit)| unit)));
    let written = head.strength.as_ref().filter(|_| !strength_is_dose(sig, head));
    let strength = written.map(|written| {
        let unit = sig.dose.map(|(_, unit)| unit);
        strength(&order.text, written, (head.drug, form, unit), &mut doubts)
    });
    let of_each = || sig.holds.map(|(value, unit)| Strength { value, unit: unit.to_owned() });
    let strength = changed_strength(sig, strength).or_else(of_each);
    if let Some(range) = head.illegible.clone().filter(|_| strength.is_none()) {
        let facts = order.text.string(range);
        doubts.push(Doubt::about(DoubtKind::UnreadableDigits, "strength", facts));
    }
    let external = is_external(order, form);
    let settled = basis(sig, external);
    doubts.extend(settled.doubts);
    if sig.repeat {
        doubts.push(Doubt::of(DoubtKind::RefersElsewhere, "do"));
    }
    let stopped = order.strike.cancels() || sig.stopped;
    doubts.extend(changes(order));
    let content = Medication {
        name: head.name.clone(),
        form: head.form.map(str::to_owned).or_else(|| form.map(|form| form.form.clone())),
        strength: strength
            .as_ref()
            .map(ToString::to_string)
            .or_else(|| head.grade.map(str::to_owned)),
        dose: sig.dose.map(|(dose, _)| dose.normalize()),
        dose_basis: settled.basis,
        unit: sig.dose.map(|(_, unit)| unit.to_owned()),
        frequency: (!sig.words.is_empty()).then(|| sig.words.join(" ")),
        times_per_day: sig.times_per_day(),
        timing: sig.timing.clone(),
        prn: sig.prn,
        prn_reason: sig.prn_reason.clone(),
        weekly: sig.weekly,
        days: sig.days,
        quantity: sig.quantity.or_else(|| total(sig, external)),
        doses: doses(sig),
        steps: sig.steps.iter().map(step).collect(),
        mixture: order.mixture.clone(),
        left_over_days: sig.left_over.as_ref().and_then(|(_, days)| *days),
        status: if stopped { MedicationStatus::Cancelled } else { MedicationStatus::Active },
        ..Medication::default()
    };
    let not_understood = order.not_understood();
    doubts.extend(consistency::doubts(&Chosen {
        head,
        form,
        strength: strength.as_ref(),
        sig,
        medication: &content,
        external,
        not_understood: &not_understood,
        taken: order.taken,
    }));
    let spans = Spans::of(&order.text, 0..order.text.len());
    let read = spans.confidence(page);
    doubts.extend(confidence::reading_doubt(read));
    let (codes, candidates) = coded(head, form, strength.as_ref());
    let surface = spans.surface(page);
    let missing = missing(&content, order);
    let seen = Seen {
        read: spans.line_confidence(page),
        characters: spans.characters(page),
        words: surface.chars().count(),
        lines: spans.lines().len(),
        name: head.score,
        chance: head.chance,
        cancelled: stopped,
        not_understood: not_understood.len(),
        missing: &missing,
        doubts: &doubts,
    };
    let sure = confidence::calibrated("medication", &seen);
    let mut reasons = reasons::of_order(page, order);
    reasons.push(sure.why);
    Finding {
        evidence: Evidence {
            surface,
            codes,
            candidates,
            confidence: sure.whole,
            field_confidence: sure.fields,
            reasons,
            bbox: spans.bbox(page),
            lines: spans.lines(),
            doubts: confidence::in_order(doubts),
        },
        content,
    }
}

/// The doubts of what was stopped, struck out, changed or left over.
fn changes(order: &Order<'_>) -> Vec<Doubt> {
    let sig = &order.sig;
    let mut doubts = Vec::new();
    if sig.stopped {
        doubts.push(Doubt::of(DoubtKind::Changed, "中止"));
    }
    match order.strike {
        Strike::Nothing | Strike::Whole => {}
        Strike::Part => {
            doubts.push(Doubt::of(DoubtKind::Changed, "一部に取消線（取消として表示）"));
        }
        Strike::Replaced => {
            doubts.push(Doubt::of(DoubtKind::Changed, "用法の一部に取消線（書き直しを表示）"));
        }
    }
    if let Some(change) = &sig.changed {
        doubts.push(Doubt::of(DoubtKind::Changed, change.clone()));
    }
    if !sig.steps.is_empty() {
        doubts.push(Doubt::about(DoubtKind::Changed, "dose", in_words(&sig.steps)));
    }
    if let Some((words, _)) = &sig.left_over {
        let facts = format!("{words}（日数からは引いていません）");
        doubts.push(Doubt::about(DoubtKind::Changed, "days", facts));
    }
    doubts
}

/// What a medication lacks, by the names of the features of its confidence.
fn missing(content: &Medication, order: &Order<'_>) -> Vec<&'static str> {
    // A list of what is taken tells no days.
    let counted = content.days.is_some() || content.quantity.is_some() || order.taken;
    [
        ("no_strength", content.strength.is_none()),
        ("no_dose", content.dose.is_none() && content.doses.is_empty()),
        ("no_usage", !order.sig.has_usage()),
        ("no_days", !counted),
    ]
    .into_iter()
    .filter_map(|(name, missing)| missing.then_some(name))
    .collect()
}

/// A prescription that is given again and stands on another page.
pub fn repeat(page: &PageText, item: &Item) -> Finding<Repeat> {
    let marks = usage::marks(&item.text, 0..item.text.len());
    let days = marks.iter().find_map(|marked| match marked.mark {
        Mark::Days(days) => Some(days),
        _ => None,
    });
    let spans = Spans::of(&item.text, 0..item.text.len());
    let read = spans.confidence(page);
    let surface = spans.surface(page);
    let mut doubts = vec![Doubt::of(DoubtKind::RefersElsewhere, surface.clone())];
    doubts.extend(confidence::reading_doubt(read));
    Finding {
        content: Repeat { days },
        evidence: Evidence {
            surface,
            confidence: confidence::of_name(read, &doubts),
            bbox: spans.bbox(page),
            lines: spans.lines(),
            doubts,
            ..Evidence::default()
        },
    }
}

/// 朝3昼2夕1, each at its time.
fn doses(sig: &Sig) -> Vec<TimedDose> {
    let taken = sig.uneven.iter().filter(|(_, dose)| !dose.is_zero());
    let timed = taken.map(|(meal, dose)| {
        let named = sig.timing.iter().copied().find(|timing| Meal::of(*timing) == *meal);
        TimedDose { at: named.unwrap_or(Relation::After.at(*meal)), dose: dose.normalize() }
    });
    timed.collect()
}

fn step(step: &Step) -> DoseStep {
    DoseStep { dose: step.dose.normalize(), unit: step.unit.to_owned(), days: step.days }
}

/// 2錠 7日 → 1錠 7日
fn in_words(steps: &[Step]) -> String {
    let words: Vec<String> = steps
        .iter()
        .map(|step| {
            let days = step.days.map(|days| format!(" {days}日")).unwrap_or_default();
            format!("{}{}{days}", step.dose.normalize(), step.unit)
        })
        .collect();
    words.join(" → ")
}

/// 5mg→2.5mg: the strength that holds from now on; of 10mg→5mg without pieces the mass is the
/// dose.
fn changed_strength(sig: &Sig, strength: Option<Strength>) -> Option<Strength> {
    let Some((value, unit)) = sig.changed_to else { return strength };
    let is_dose = sig.dose == Some((value, unit));
    (!is_dose).then(|| Strength { value, unit: unit.to_owned() })
}

/// Of an ointment or patch the amount is the total, unless days say that it is for a day, and it can be.
fn total(sig: &Sig, external: bool) -> Option<Decimal> {
    let whole = external && sig.per.is_none();
    // モーラステープ 14枚 1日1回 14日分: no one puts on as many in a day as there are days.
    let of_all_days = |dose| sig.days.is_none_or(|days| days > 1 && dose >= Decimal::from(days));
    sig.dose.filter(|(dose, _)| whole && of_all_days(*dose)).map(|(dose, _)| dose)
}

/// The form as written, else as the unit tells, else the only one there is.
fn form_of<'l>(
    drug: &'l DrugName,
    head: &DrugHead<'_>,
    unit: Option<&str>,
) -> Option<&'l DrugForm> {
    if let Some(written) = head.form {
        let same = |form: &&DrugForm| form.form == written;
        let akin = |form: &&DrugForm| {
            form.form.ends_with(written)
                || written.ends_with(form.form.as_str())
                || related(&form.form, written)
        };
        return drug.forms.iter().find(same).or_else(|| drug.forms.iter().find(akin));
    }
    if let [only] = drug.forms.as_slice() {
        return Some(only);
    }
    let strength_exists = |form: &&DrugForm| {
        head.strength.as_ref().is_none_or(|written| {
            form.strengths.iter().any(|strength| strength.value == written.value)
        })
    };
    let unit = unit?;
    let mut of_unit = drug.forms.iter().filter(|form| form.unit == unit).filter(strength_exists);
    match (of_unit.next(), of_unit.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// Spellings of one form: OD錠 and 口腔内崩壊錠.
fn related(one: &str, other: &str) -> bool {
    const SAME: &[&[&str]] = &[
        &["OD錠", "口腔内崩壊錠", "D錠", "OD"],
        &["ドライシロップ", "DS", "シロップ用細粒"],
        &["エキス顆粒", "エキス細粒", "顆粒", "細粒"],
        &["カプセル", "CAP", "Cap", "粒状カプセル"],
        &["点眼液", "点眼"],
        &["点鼻液", "点鼻"],
        &["点耳液", "耳科用液"],
        &["テープ", "テープL", "テープS", "貼付剤", "貼付"],
        &["坐剤", "坐薬"],
        &["錠", "錠剤", "配合錠"],
    ];
    SAME.iter().any(|group| group.contains(&one) && group.contains(&other))
}

/// The strength with its unit: as written, else that of the strength that exists with this
/// figure.
fn strength(
    text: &Text,
    written: &WrittenStrength,
    (drug, form, unit): (Option<&DrugName>, Option<&DrugForm>, Option<&str>),
    doubts: &mut Vec<Doubt>,
) -> Strength {
    if written.repaired {
        doubts.push(Doubt::about(
            DoubtKind::UnreadableDigits,
            "strength",
            written.value.to_string(),
        ));
    }
    let of_form = form.into_iter().flat_map(|form| &form.strengths);
    let of_drug = drug.into_iter().flat_map(|drug| &drug.forms).flat_map(|form| &form.strengths);
    let known: Vec<&Strength> = of_form.chain(of_drug).collect();
    // セフゾン(10) 3C: the 10 is that of a powder; of the capsules there is one of 100.
    let of_unit: Vec<&Strength> = drug
        .into_iter()
        .flat_map(|drug| &drug.forms)
        .filter(|form| unit.is_some_and(|unit| SOLID.contains(&unit) && form.unit == unit))
        .flat_map(|form| &form.strengths)
        .collect();
    let known = if written.unit.is_none() && !of_unit.is_empty() { of_unit } else { known };
    let same = known.iter().find(|strength| strength.value == written.value);
    let read = Strength {
        value: written.value,
        unit: match (written.unit, same) {
            (Some(unit), _) => unit.to_owned(),
            (None, Some(known)) => known.unit.clone(),
            (None, None) => String::new(),
        },
    };
    let exists = written.unit.is_none() && same.is_some();
    if exists || known.iter().any(|known| known.is_same(&read)) {
        return read;
    }
    // 錠50mg: 500mg of the tablets, before 5% of the syrup.
    let of_form: Vec<&Strength> = form.into_iter().flat_map(|form| &form.strengths).collect();
    let meant = [of_form, known]
        .into_iter()
        .find_map(|known| figures::strength(text, written.range.clone(), &read, known.into_iter()));
    let Some(meant) = meant else { return read };
    doubts.push(Doubt::about(
        DoubtKind::StrengthDoesNotExist,
        "strength",
        format!("{read} と読めましたが規格にないため {meant} として表示"),
    ));
    meant.clone()
}

/// Units of which a strength says what one holds.
const SOLID: &[&str] = &["錠", "カプセル"];

fn is_external(order: &Order<'_>, form: Option<&DrugForm>) -> bool {
    let by_name = order
        .head
        .form
        .is_some_and(|written| lexicon::EXTERNAL.iter().any(|word| written.contains(word)));
    let by_unit =
        order.sig.dose.is_some_and(|(_, unit)| matches!(unit, "枚" | "本" | "袋" | "キット"));
    let oral = order.sig.split.is_some();
    // 膣錠 2T 分2: tablets of a day, wherever they go.
    let counted =
        oral && order.sig.dose.is_some_and(|(_, unit)| matches!(unit, "錠" | "カプセル" | "個"));
    by_name && !counted
        || (!oral && (order.sig.external || form.is_some_and(DrugForm::is_external) || by_unit))
}

/// The codes of the one product that was meant, and of all that may be meant.
fn coded(
    head: &DrugHead<'_>,
    form: Option<&DrugForm>,
    strength: Option<&Strength>,
) -> (Codes, Vec<Candidate>) {
    let Some(drug) = head.drug else { return (Codes::new(), others(head).collect()) };
    let mut candidates: Vec<Candidate> = Vec::new();
    for candidate_form in &drug.forms {
        if form.is_some_and(|form| form.form != candidate_form.form) {
            continue;
        }
        for product in &candidate_form.products {
            let fits = Strength::parse(&product.strength);
            if let (Some(strength), Some(fits)) = (strength, &fits)
                && !strength.is_same(fits)
            {
                continue;
            }
            if head.grade.is_some_and(|grade| product.strength != grade) {
                continue;
            }
            if head.general
                && product.codes.keys().all(|system| *system != chart::CodeSystem::GenericName)
            {
                continue;
            }
            let exact = fits.is_none() && (product.strength.is_empty() || head.grade.is_some())
                || strength.is_some();
            candidates.push(Candidate {
                name: product.master_name.clone(),
                codes: product.codes.clone(),
                score: head.score
                    * if exact { 1.0 } else { 0.5 }
                    * if product.current { 1.0 } else { 0.9 },
                reason: head.how.reason().to_owned(),
            });
        }
    }
    if candidates.is_empty() && strength.is_some() {
        // No product has the strength that was read: all that there are, to choose from.
        candidates = coded(head, form, None).1;
        for candidate in &mut candidates {
            candidate.score *= 0.5;
        }
        return (Codes::new(), candidates);
    }
    candidates.sort_by(|one, other| other.score.total_cmp(&one.score));
    // One product, surely named, is coded; a choice is the clinician's.
    let sure = !head.ambiguous && head.score >= 1.0;
    let best = candidates.first().map_or(0.0, |candidate| candidate.score);
    let mut firsts = candidates.iter().filter(|candidate| candidate.score >= best && best >= 0.9);
    let codes = match (firsts.next(), firsts.next()) {
        (Some(only), None) if sure => only.codes.clone(),
        _ => Codes::new(),
    };
    candidates.truncate(SHOWN_PRODUCTS);
    // A rival that is near is offered beside what was read.
    let near =
        head.rivals.iter().filter(|rival| rival.behind * 100.0 <= f32::from(lexicon::OFFERED));
    candidates.extend(near.map(|rival| Candidate {
        name: rival.other.name.clone(),
        codes: Codes::new(),
        score: head.score * (-rival.behind.max(0.0)).exp() * 0.9,
        reason: How::Likeness.reason().to_owned(),
    }));
    candidates.extend(others(head));
    (codes, candidates)
}

/// The other drugs that the name may mean.
fn others(head: &DrugHead<'_>) -> impl Iterator<Item = Candidate> {
    head.others.iter().map(|(other, score)| Candidate {
        name: other.stem.clone(),
        codes: Codes::new(),
        score: score * 0.9,
        reason: head.how.reason().to_owned(),
    })
}

/// A generic name has dozens of makers; the page does not tell which.
const SHOWN_PRODUCTS: usize = 6;
