//! 1日量 or 1回量.

use chart::{DoseBasis, Doubt, DoubtKind};
use rust_decimal::Decimal;

use super::Sig;

/// What a basis is settled from.
#[derive(Debug, Clone, PartialEq)]
pub struct Basis {
    /// The basis, if the page tells.
    pub basis: Option<DoseBasis>,
    /// Why not, or what is odd about it.
    pub doubts: Vec<Doubt>,
}

/// Whether the dose is for a day or for one time, as far as the page tells.
pub fn basis(sig: &Sig, external: bool) -> Basis {
    let told = |basis| Basis { basis: Some(basis), doubts: Vec::new() };
    let Some((dose, unit)) = sig.dose else { return Basis { basis: None, doubts: Vec::new() } };
    if let Some(per) = sig.per {
        return told(per);
    }
    if !sig.uneven.is_empty() {
        let sum: Decimal = sig.uneven.iter().map(|(_, dose)| *dose).sum();
        if sum == dose {
            return told(DoseBasis::Day);
        }
    }
    // 頓用 is for one time by rule, and so are units of insulin.
    if sig.prn || unit == "単位" {
        return told(DoseBasis::Once);
    }
    if external {
        // The amount of an ointment or patch is the total: neither basis.
        return Basis { basis: None, doubts: Vec::new() };
    }
    let times = sig.times_per_day();
    if sig.weekly && times.is_none_or(|times| times == 1) {
        return told(DoseBasis::Once);
    }
    match (sig.split, times) {
        (Some(1), _) | (None, Some(1)) => told(DoseBasis::Day),
        (Some(split), _) => {
            let whole = matches!(unit, "錠" | "カプセル" | "包" | "個" | "枚" | "丸");
            if whole && dose < Decimal::from(split) {
                Basis {
                    basis: None,
                    doubts: vec![indivisible(dose, unit, split), unknown(dose, unit, Some(split))],
                }
            } else if matches!(unit, "カプセル" | "包" | "枚")
                && !(dose % Decimal::from(split)).is_zero()
            {
                Basis { basis: Some(DoseBasis::Day), doubts: vec![indivisible(dose, unit, split)] }
            } else {
                told(DoseBasis::Day)
            }
        }
        (None, times) => Basis { basis: None, doubts: vec![unknown(dose, unit, times)] },
    }
}

fn indivisible(dose: Decimal, unit: &str, split: u8) -> Doubt {
    Doubt::about(
        DoubtKind::DoseDoesNotDivide,
        "dose",
        format!(
            "{}{unit} を {split} 回に分けると 1回 {}{unit}",
            dose.normalize(),
            each(dose, split)
        ),
    )
}

fn unknown(dose: Decimal, unit: &str, times: Option<u8>) -> Doubt {
    let dose_text = dose.normalize();
    let facts = match times {
        Some(times) => format!(
            "1日量なら 1日{dose_text}{unit}（1回{}{unit}×{times}）／1回量なら 1日{}{unit}（1回{dose_text}{unit}×{times}）",
            each(dose, times),
            (dose * Decimal::from(times)).normalize(),
        ),
        None => format!("{dose_text}{unit} が1日量か1回量か不明"),
    };
    Doubt::about(DoubtKind::UnknownBasis, "dose_basis", facts)
}

/// The part of one time, to two places.
fn each(dose: Decimal, times: u8) -> Decimal {
    dose.checked_div(Decimal::from(times.max(1))).unwrap_or(dose).round_dp(2).normalize()
}
