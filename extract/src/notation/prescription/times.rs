//! The times of day of an order.

use chart::{Doubt, DoubtKind};

use super::Sig;
use crate::notation::usage::{Meals, Relation};

/// The times of day of an order, gathered over its marks.
#[derive(Debug, Default)]
pub struct Times {
    meals: Vec<(Meals, Option<Relation>)>,
}

impl Times {
    pub fn add(&mut self, meals: Meals, relation: Option<Relation>) {
        // 2×MA n.d.E.: the letters and the relation come apart.
        if meals.is_empty()
            && relation.is_some()
            && let Some(last) = self.meals.iter_mut().rev().find(|(meals, _)| meals.has_meal())
            && last.1.is_none()
        {
            last.1 = relation;
        } else {
            self.meals.push((meals, relation));
        }
    }

    /// How many times of day are named one by one; 0 if that is left open.
    pub fn named(&self) -> usize {
        if self.meals.iter().any(|(meals, _)| meals.is_empty()) {
            return 0;
        }
        self.meals.iter().fold(Meals::NONE, |all, (meals, _)| all.and(*meals)).iter().count()
    }

    pub fn settle(self, sig: &mut Sig) {
        // 4×n.d.E. v.d.S.: what is named one by one leaves three for the meals.
        let fixed = self.meals.iter().filter(|(meals, _)| !meals.is_empty());
        let fixed = fixed.map(|(meals, _)| meals.iter().count()).sum::<usize>();
        let fixed = u8::try_from(fixed).unwrap_or(u8::MAX);
        let written = sig.split.or(sig.times).map(|times| times.saturating_sub(fixed));
        let mut timing = Vec::new();
        for (meals, relation) in &self.meals {
            let meals = match (meals.is_empty(), written) {
                (true, Some(3)) => Meals::ALL,
                // 分2 食後 without more is morning and evening by custom.
                (true, Some(2)) => Meals::MORNING_EVENING,
                _ => *meals,
            };
            if relation.is_none() && meals.has_meal() {
                sig.doubts.push(Doubt::about(
                    DoubtKind::Incomplete,
                    "timing",
                    "食前・食後の記載がありません（食後として表示）",
                ));
            }
            if meals.is_empty() {
                sig.doubts.push(Doubt::about(
                    DoubtKind::Incomplete,
                    "timing",
                    "朝昼夕の記載がありません",
                ));
            }
            timing.extend(meals.iter().map(|meal| relation.unwrap_or(Relation::After).at(meal)));
        }
        if !sig.uneven.is_empty() && timing.is_empty() {
            let taken = sig.uneven.iter().filter(|(_, dose)| !dose.is_zero());
            timing.extend(taken.map(|(meal, _)| Relation::After.at(*meal)));
        }
        timing.sort_unstable();
        timing.dedup();
        sig.timing = timing;
    }
}
