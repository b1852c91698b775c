use image::GrayImage;

use super::{FRAY, Rule, Rules};
use crate::layout::Mask;

/// Ink that is darker than the rule by this is writing on a pale rule.
const DARKER: u8 = 60;

impl Rules {
    /// Takes the rules out of the ink and out of the picture. Where a stroke of writing crosses
    /// a rule, the crossing stays; so does ink that is much darker than the rule under it.
    pub fn remove(&self, mask: &mut Mask, flat: &mut GrayImage) {
        let before = mask.clone();
        for rule in &self.horizontal {
            let shade = rule.shade(flat, |x, y| (x, y));
            rule.pixels(|x, y0, y1| {
                self.clear(&before, mask, flat, shade, (x, y0, y1), |x, y| (x, y));
            });
        }
        for rule in &self.vertical {
            let shade = rule.shade(flat, |y, x| (x, y));
            rule.pixels(|y, x0, x1| {
                self.clear(&before, mask, flat, shade, (y, x0, x1), |y, x| (x, y));
            });
        }
    }

    /// Clears one step of a rule, `(along, from, to)`; `place` turns a place along and across
    /// into x and y.
    fn clear(
        &self,
        before: &Mask,
        mask: &mut Mask,
        flat: &mut GrayImage,
        shade: u8,
        (along, from, to): (usize, usize, usize),
        place: impl Fn(usize, usize) -> (usize, usize),
    ) {
        let writing = |across: Option<usize>| {
            across
                .map(|across| place(along, across))
                .is_some_and(|(x, y)| before.get(x, y) && !self.mask.get(x, y))
        };
        let stands_on_it = writing(from.checked_sub(FRAY + 1));
        let hangs_from_it = writing(Some(to + FRAY));
        if stands_on_it && hangs_from_it {
            return;
        }
        // Writing that touches the rule keeps its own edge.
        let from = if stands_on_it { from } else { from.saturating_sub(FRAY) };
        let to = if hangs_from_it { to } else { to + FRAY };
        for across in from..to {
            let (x, y) = place(along, across);
            if x >= before.width || y >= before.height {
                break;
            }
            let pixel = &mut flat.as_mut()[y * before.width + x];
            if pixel.saturating_add(DARKER) >= shade {
                *pixel = 255;
                mask.ink[y * before.width + x] = false;
            }
        }
    }
}

impl Rule {
    /// The median grey of the rule's core.
    fn shade(&self, flat: &GrayImage, place: impl Fn(usize, usize) -> (usize, usize)) -> u8 {
        let mut values = Vec::new();
        self.pixels(|along, from, to| {
            let (x, y) = place(along, usize::midpoint(from, to));
            values.push(flat.as_raw()[y * flat.width() as usize + x]);
        });
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::find_rules;

    /// A box of rules with an upright stroke through its upper rule and one that stands on it.
    fn page() -> (Mask, GrayImage) {
        let picture = GrayImage::from_fn(400, 300, |x, y| {
            let on_rule = (50..350).contains(&x)
                && ((50..53).contains(&y) || (200..203).contains(&y))
                || (50..203).contains(&y) && ((50..53).contains(&x) || (347..350).contains(&x));
            let crossing = (100..104).contains(&x) && (30..70).contains(&y);
            let standing = (200..204).contains(&x) && (30..50).contains(&y);
            image::Luma([if on_rule || crossing || standing { 0 } else { 255 }])
        });
        (Mask::of(&picture, 128), picture)
    }

    #[test]
    fn rules_go_and_crossing_strokes_stay() {
        let (mut mask, mut picture) = page();
        let rules = find_rules(&mask, 100, |_| f32::MIN);
        assert_eq!((rules.horizontal.len(), rules.vertical.len()), (2, 2));
        rules.remove(&mut mask, &mut picture);
        assert!(mask.get(102, 51), "the crossing stroke is whole");
        assert!(mask.get(202, 40), "the standing stroke is there");
        assert!(!mask.get(202, 52) && !mask.get(150, 51) && !mask.get(51, 100));
        assert_eq!(picture.get_pixel(150, 51).0[0], 255);
    }
}
