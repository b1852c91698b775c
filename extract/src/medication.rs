//! From an order to a drafted medication: strength, form, codes, candidates and doubts.

use chart::{
    Candidate, Codes, Doubt, DoubtKind, Evidence, Finding, Medication, MedicationStatus, PageText,
};

use crate::{
    confidence,
    consistency::{self, Chosen},
    evidence::Spans,
    lexicon::{DrugForm, DrugName, How, Strength},
    normalise::Text,
    notation::{
        drug_name::{DrugHead, WrittenStrength},
        figures,
        prescription::{Sig, basis, strength_is_dose},
    },
    orders::Order,
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
    let strength =
        written.map(|written| strength(&order.text, written, head.drug, form, &mut doubts));
    let strength = changed_strength(sig, strength);
    let external = is_external(order, form);
    let settled = basis(sig, external);
    doubts.extend(settled.doubts);
    if sig.repeat {
        doubts.push(Doubt::of(DoubtKind::RefersElsewhere, "do"));
    }
    let stopped = order.struck || sig.stopped;
    if sig.stopped || order.partly_struck {
        doubts
            .push(Doubt::of(DoubtKind::Changed, if sig.stopped { "中止" } else { "一部に取消線" }));
    }
    if let Some(change) = &sig.changed {
        doubts.push(Doubt::of(DoubtKind::Changed, change.clone()));
    }
    let content = Medication {
        name: head.name.clone(),
        form: head.form.map(str::to_owned).or_else(|| form.map(|form| form.form.clone())),
        strength: strength.as_ref().map(ToString::to_string),
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
        status: if stopped { MedicationStatus::Cancelled } else { MedicationStatus::Active },
        ..Medication::default()
    };
    doubts.extend(consistency::doubts(&Chosen {
        head,
        form,
        strength: strength.as_ref(),
        sig,
        medication: &content,
        external,
    }));
    let spans = Spans::of(&order.text, 0..order.text.len());
    let read = spans.confidence(page);
    doubts.extend(confidence::reading_doubt(read));
    let (codes, candidates) = coded(head, form, strength.as_ref());
    let surface = spans.surface(page);
    let sure = confidence::calibrated(
        "medication",
        spans.line_confidence(page),
        surface.chars().count(),
        head.score,
        &doubts,
    );
    Finding {
        evidence: Evidence {
            surface,
            codes,
            candidates,
            confidence: sure.whole,
            field_confidence: sure.fields,
            reasons: reasons::of_order(page, order),
            bbox: spans.bbox(page),
            lines: spans.lines(),
            doubts: confidence::in_order(doubts),
        },
        content,
    }
}

/// 5mg→2.5mg: the strength that holds from now on; of 10mg→5mg without pieces the mass is the
/// dose.
fn changed_strength(sig: &Sig, strength: Option<Strength>) -> Option<Strength> {
    let Some((value, unit)) = sig.changed_to else { return strength };
    let is_dose = sig.dose == Some((value, unit));
    (!is_dose).then(|| Strength { value, unit: unit.to_owned() })
}

/// Of an ointment or patch the amount is the total, unless days say that it is for a day.
fn total(sig: &Sig, external: bool) -> Option<rust_decimal::Decimal> {
    let whole = external && sig.per.is_none() && sig.days.is_none();
    sig.dose.filter(|_| whole).map(|(dose, _)| dose)
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
    drug: Option<&DrugName>,
    form: Option<&DrugForm>,
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
    let same = known.iter().find(|strength| strength.value == written.value);
    let read = Strength {
        value: written.value,
        unit: match (written.unit, same) {
            (Some(unit), _) => unit.to_owned(),
            (None, Some(known)) => known.unit.clone(),
            (None, None) => String::new(),
        },
    };
    if same.is_some() || known.iter().any(|known| known.is_same(&read)) {
        return read;
    }
    let meant = figures::strength(text, written.range.clone(), read.value, known.iter().copied());
    let Some(meant) = meant else { return read };
    doubts.push(Doubt::about(
        DoubtKind::StrengthDoesNotExist,
        "strength",
        format!("{read} と読めましたが規格にないため {meant} として表示"),
    ));
    meant.clone()
}

fn is_external(order: &Order<'_>, form: Option<&DrugForm>) -> bool {
    let by_name = order
        .head
        .form
        .is_some_and(|written| lexicon::EXTERNAL.iter().any(|word| written.contains(word)));
    let by_unit =
        order.sig.dose.is_some_and(|(_, unit)| matches!(unit, "枚" | "本" | "袋" | "キット"));
    let oral = order.sig.split.is_some();
    by_name || (!oral && (order.sig.external || form.is_some_and(DrugForm::is_external) || by_unit))
}

/// The codes of the one product that was meant, and of all that may be meant.
fn coded(
    head: &DrugHead<'_>,
    form: Option<&DrugForm>,
    strength: Option<&Strength>,
) -> (Codes, Vec<Candidate>) {
    let Some(drug) = head.drug else { return (Codes::new(), Vec::new()) };
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
            if head.general
                && product.codes.keys().all(|system| *system != chart::CodeSystem::GenericName)
            {
                continue;
            }
            let exact = fits.is_none() || strength.is_some();
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
    candidates.extend(head.others.iter().map(|(other, score)| Candidate {
        name: other.stem.clone(),
        codes: Codes::new(),
        score: score * 0.9,
        reason: head.how.reason().to_owned(),
    }));
    (codes, candidates)
}

/// A generic name has dozens of makers; the page does not tell which.
const SHOWN_PRODUCTS: usize = 6;
