//! How likely a reading meant a name, from what all the names cost that it may be.

/// How much less likely a name is for each hundredth of an edit: the cost of one in ten thousand is
/// 100, by the measure of the confusions.
const PER_HUNDREDTH: f32 = 0.0921;

/// The chance of each name, 0 to 1; `costs` are hundredths of an edit, the least first.
pub(crate) fn chances(costs: &[f32]) -> Vec<f32> {
    let Some(best) = costs.first() else { return Vec::new() };
    let weight = |cost: f32| (-(cost - best) * PER_HUNDREDTH).exp();
    // Something that the lexicon does not hold may have been meant: as likely as a whole edit
    // for every five letters would make it.
    let nothing = weight(best.max(120.0) * 1.25);
    let all: f32 = costs.iter().map(|cost| weight(*cost)).sum();
    costs.iter().map(|cost| weight(*cost) / (all + nothing)).collect()
}

/// The chance of one name that several spellings stand for; `spellings` are what each costs, and
/// whether it is one of that name's.
pub fn chance_of_name(spellings: impl IntoIterator<Item = (u16, bool)>) -> f32 {
    let mut spellings: Vec<(u16, bool)> = spellings.into_iter().collect();
    spellings.sort_unstable();
    let costs: Vec<f32> = spellings.iter().map(|(cost, _)| f32::from(*cost)).collect();
    chances(&costs)
        .iter()
        .zip(&spellings)
        .filter(|(_, (_, own))| *own)
        .map(|(chance, _)| chance)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_costs_as_much_is_as_likely_and_what_costs_more_is_less() {
        let [one, other, far] = chances(&[50.0, 50.0, 110.0])[..] else { panic!("three") };
        assert!((one - other).abs() < 1e-6 && one > 0.45 && one < 0.5, "{one} {other}");
        assert!(far < 0.01, "{far}");
        assert!(chances(&[18.0])[0] > 0.99);
        assert!(chances(&[]).is_empty());
        assert!(chance_of_name([(60, true), (50, false), (50, true)]) > 0.55);
    }
}
