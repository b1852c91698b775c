//! Male or female: by the ring on a form, or by the only word.

use chart::Sex;

use super::Header;
use crate::{evidence::is_ringed, normalise::Text};

impl Header<'_> {
    /// What a text behind the label says.
    pub(super) fn sex(&mut self, text: &Text) -> bool {
        let has = |char: char| text.chars().contains(&char) && sex_choice(text).is_none();
        if let Some(sex) = self.ringed_sex(text) {
            self.patient.sex = Some(sex);
            self.spans.add(text, 0..text.len());
            return true;
        }
        // Of what is printed on a form neither is chosen without a ring, though only one was read.
        if self.is_printed(text) {
            return true;
        }
        let sex = match (has('男'), has('女')) {
            (true, false) => Some(Sex::Male),
            (false, true) => Some(Sex::Female),
            _ => return true,
        };
        if self.patient.sex.is_none() && self.is_only_sex() {
            self.patient.sex = sex;
            self.spans.add(text, 0..text.len());
        }
        true
    }

    /// 男 and 女 may stand behind the date of birth, with no label of their own.
    pub(super) fn sex_by_ring(&mut self) {
        if self.patient.sex.is_some() {
            return;
        }
        let ringed = self.items.iter().find_map(|item| Some((item, self.ringed_sex(&item.text)?)));
        if let Some((item, sex)) = ringed {
            self.patient.sex = Some(sex);
            self.spans.add(&item.text, 0..item.text.len());
        }
    }

    /// A word alone, or one behind the name.
    pub(super) fn sex_alone(&mut self) {
        if self.patient.sex.is_some() || !self.is_only_sex() {
            return;
        }
        let of_word = |word: &str| match word.trim_matches(['(', ')', ' ', '性']) {
            "男" => Some(Sex::Male),
            "女" => Some(Sex::Female),
            _ => None,
        };
        let alone = self.items.iter().find_map(|item| {
            if self.is_printed(&item.text) {
                return None;
            }
            Some((item, of_word(&item.text.string(0..item.text.len()))?))
        });
        // 見本 太郎 男 S23.4.5生
        let beside_name = self.item_of_name().and_then(|item| {
            let line = item.text.string(0..item.text.len());
            Some((item, line.split(' ').find_map(of_word)?))
        });
        let alone = alone.or(beside_name);
        if let Some((item, sex)) = alone {
            self.patient.sex = Some(sex);
            self.spans.add(&item.text, 0..item.text.len());
        }
    }

    /// Whether the reader took any of it for what the form prints.
    fn is_printed(&self, text: &Text) -> bool {
        let mut lines = text.places().iter().filter_map(|place| self.page.lines.get(place.line));
        lines.any(|line| line.label == Some(true))
    }

    /// The one of 男 and 女 that has a ring.
    fn ringed_sex(&self, text: &Text) -> Option<Sex> {
        let choice = sex_choice(text)?;
        match choice.map(|at| is_ringed(self.page, text, at..at + 1)) {
            [true, false] => Some(Sex::Male),
            [false, true] => Some(Sex::Female),
            _ => None,
        }
    }

    /// Whether the page says 男 or 女 but not both.
    fn is_only_sex(&self) -> bool {
        let says = |word: &str| {
            self.items.iter().any(|item| {
                item.text
                    .string(0..item.text.len())
                    .split([' ', '・', '/', '(', ')'])
                    .any(|part| part == word || part == format!("{word}性"))
            })
        };
        let printed = self.items.iter().any(|item| sex_choice(&item.text).is_some());
        !printed && says("男") != says("女")
    }
}

/// Where 男 and 女 stand, in print for a hand to draw a ring around one: 男・女, 男女. The reader may take
/// the one in the ring for another character (男・を).
fn sex_choice(text: &Text) -> Option<[usize; 2]> {
    let chars = text.chars();
    let is_mark = |char: char| matches!(char, '・' | '/' | '.' | ':');
    (0..chars.len()).find_map(|first| {
        let between = chars[first + 1..].iter().take_while(|char| is_mark(**char) || **char == ' ');
        let second = first + 1 + between.clone().count();
        let marks = between.filter(|char| is_mark(**char)).count();
        let pair = (chars[first], *chars.get(second)?);
        let is_choice = match pair {
            ('男', '女') => true,
            // (男・58歳) is none.
            ('男', other) => marks > 0 && !(other.is_numeric() && chars.get(second + 1).is_some()),
            (other, '女') => marks > 0 && !other.is_whitespace(),
            _ => false,
        };
        is_choice.then_some([first, second])
    })
}
