//! Figures and the units behind them: l0mg, 5mgIT, ムコスタ錠(lOO), 5綻.

use super::{
    visible::{Visible, is_wide},
    words::{AFTER_FIGURE_PHRASES, UNIT_PHRASES},
};
use crate::{
    normalise::is_katakana,
    notation::alike::{self, digit_for},
};

impl Visible<'_> {
    /// l0mg, 2O錠, 1 4日分: letters among the digits before a unit.
    pub(super) fn figures(&mut self) {
        for index in 1..self.at.len() {
            if UNIT_PHRASES.iter().any(|unit| self.is_there(index, unit)) {
                self.figure_before(index);
            }
        }
    }

    fn figure_before(&mut self, end: usize) {
        let mut start = end;
        while start > 0
            && end - start < 5
            && self.char(start - 1).is_some_and(|char| char == '.' || alike::may_be_digit(char))
            && !self.is_gram(start - 1)
            // A wide gap ends a figure: 5mg 1錠.
            && (start == end || self.at[start] - self.at[start - 1] == 1)
        {
            start -= 1;
        }
        let digits = (start..end).filter(|index| self.is_digit(*index)).count();
        let alone = end - start == 1
            && self.char(start).is_some_and(alike::is_stroke)
            && start > 0
            && (self.at[start] - self.at[start - 1] > 1 || self.char(start - 1) == Some('回'));
        let before = self.touches(start).then(|| self.char(start - 1)).flatten();
        let in_word = before.is_some_and(|char| char.is_ascii_alphabetic());
        // ガスターD20, エパデールS900: a letter at a name is part of it.
        if before.is_some_and(is_katakana) {
            while start < end && !self.is_digit(start) {
                start += 1;
            }
        }
        // lO mg: strokes and rings alone.
        let drawn = end - start > 1
            && (start..end)
                .all(|index| self.char(index).is_some_and(|char| "lI|OoQ".contains(char)));
        if digits == end - start || !(digits > 0 || alone || drawn) || in_word {
            return;
        }
        let meant: Option<Vec<(usize, char)>> = (start..end)
            .map(|index| {
                let read = self.char(index)?;
                if read == '.' {
                    return Some((index, read));
                }
                Some((index, digit_for(read, self.text.others(self.at[index]), '0'..='9')?))
            })
            .collect();
        for (index, char) in meant.unwrap_or_default() {
            self.put(index, char);
        }
    }

    /// 1.58分3, 7.59 分3: the g of a powder; nobody writes hundredths of a gram before 分.
    pub(super) fn grams(&mut self) {
        for index in 3..self.at.len() {
            let split = self.char(index) == Some('分') && self.is_digit(index + 1);
            let pointed = self.char(index - 3) == Some('.')
                && self.is_digit(index - 2)
                && matches!(self.char(index - 1), Some('8' | '9'));
            let whole = index.checked_sub(4).is_some_and(|whole| self.is_digit(whole));
            if split && pointed && whole {
                self.put(index - 1, 'g');
            }
        }
    }

    /// 1日1日眠前: the second 日 is a 回, unless days are counted (1日 3日分).
    pub(super) fn times(&mut self) {
        for index in 3..self.at.len() {
            let times = self.is_there(index - 3, &['1', '日'])
                && self.is_digit(index - 1)
                && self.char(index) == Some('日')
                && self.touches(index)
                && self.touches(index - 1);
            if times && !matches!(self.char(index + 1), Some('分' | '間' | '目' | '量')) {
                self.put(index, '回');
            }
        }
    }

    /// 10g3包, 25μg3錠: a gram behind a figure or behind its prefix is no figure.
    fn is_gram(&self, index: usize) -> bool {
        let before = index.checked_sub(1).and_then(|before| self.char(before));
        self.char(index) == Some('g')
            && before.is_some_and(|char| char.is_ascii_digit() || "mμcu".contains(char))
    }

    /// 5mgl回2T, 1T I×M: a stroke before 回 and × that belongs to no word.
    pub(super) fn once(&mut self) {
        for index in 1..self.at.len() {
            let stroke = self.char(index - 1).is_some_and(|char| "IlI|」]".contains(char));
            let follows = match self.char(index) {
                Some('回') => self.is_digit(index + 1),
                Some('×' | 'x') => true,
                _ => false,
            };
            let before = index.checked_sub(2).and_then(|before| self.char(before));
            let free = before.is_some_and(|char| "gTCP)錠包カル後".contains(char))
                || (index > 1 && !self.touches(index - 1));
            if stroke && follows && free && self.touches(index) {
                self.put(index - 1, '1');
            }
        }
    }

    /// 5mgIT, 錠-T: one tablet, of which the figure is a stroke; behind a strength or a form, before
    /// what is no letter.
    pub(super) fn tablets(&mut self) {
        for index in 2..self.at.len() {
            let stroke = self.char(index - 1).is_some_and(|char| "IlI|!ー-一".contains(char));
            let closed = self.char(index + 1).is_none_or(|char| !char.is_ascii_alphabetic())
                || !self.touches(index + 1);
            let behind = self.char(index - 2).is_some_and(|char| "g)錠L%".contains(char));
            if self.char(index) == Some('T') && stroke && closed && behind && self.touches(index) {
                self.put(index - 1, '1');
            }
        }
    }

    /// ムコスタ錠(lOO): a strength in brackets behind a name.
    pub(super) fn brackets(&mut self) {
        for index in 1..self.at.len() {
            let behind_name =
                self.char(index - 1).is_some_and(|char| is_wide(char) && char.is_alphabetic());
            if self.char(index) != Some('(') || !behind_name {
                continue;
            }
            let inside: Vec<char> = (index + 1..(index + 7).min(self.at.len()))
                .map_while(|at| self.char(at).filter(|char| *char != ')'))
                .collect();
            let end = index + 1 + inside.len();
            // Strokes and rings only: 虫垂炎(S50) is a year.
            let figure =
                inside.iter().all(|char| char.is_ascii_digit() || ".lI|!]OoQ".contains(*char))
                    && inside.iter().any(|char| char.is_ascii_digit() || alike::is_stroke(*char));
            if inside.len() < 2 || !figure || self.char(end) != Some(')') {
                continue;
            }
            for at in index + 1..end {
                let read = inside[at - index - 1];
                let digit = digit_for(read, self.text.others(self.at[at]), '0'..='9');
                if let Some(digit) = digit.filter(|_| read != '.') {
                    self.put(at, digit);
                }
            }
        }
    }

    /// Spaces within figures of days: 毎食後 1 4 日分. A figure that belongs to what stands before
    /// it (分1 4日分) is no part of the next.
    pub(super) fn gaps(&self) -> Vec<usize> {
        let mut gaps = Vec::new();
        for index in 2..self.at.len() {
            let days = AFTER_FIGURE_PHRASES.iter().any(|unit| self.is_there(index, unit));
            let two = self.is_digit(index - 1) && self.is_digit(index - 2);
            let before = index.checked_sub(3).and_then(|before| self.char(before));
            // 朝3夕1 7日分: a figure at a meal is its dose.
            let free = before.is_some_and(|char| "後前間食時".contains(char));
            let gap = self.at[index - 1] - self.at[index - 2];
            if days && two && free && gap == 2 {
                gaps.push(self.at[index - 2] + 1);
            }
        }
        gaps
    }

    /// 5綻, 3丁, ノルバスク綻5mg: the unit of tablets.
    pub(super) fn units(&mut self) {
        for index in 1..self.at.len() {
            let Some(read) = self.char(index) else { continue };
            let before = self.is_digit(index - 1) && self.touches(index);
            let after = self.is_digit(index + 1);
            let alone = !self.touches(index + 1)
                || self.char(index + 1).is_none_or(|char| "分朝昼夕毎1」(".contains(char));
            let behind_name = self.char(index - 1).is_some_and(is_katakana);
            let house = self.char(index + 1) == Some('丁');
            // 50mg3年 分3: a T that was read as a year, behind a strength and before no month.
            let year = read == '年' && before && self.is_behind_strength(index - 1) && !after;
            let letter = read == '丁' && before && self.char(index + 1) != Some('目') && !house;
            if year || letter {
                self.put(index, 'T');
            } else if read != '錠'
                && is_wide(read)
                && !is_katakana(read)
                && ((before && !after && alone) || (behind_name && after))
                && self.cost(index, '錠').is_some()
            {
                self.put(index, '錠');
            }
        }
    }

    /// Whether a digit stands alone behind a strength: 50mg3, (8)3.
    fn is_behind_strength(&self, digit: usize) -> bool {
        let before = digit.checked_sub(1).and_then(|before| self.char(before));
        self.is_digit(digit) && before.is_some_and(|char| "g)L%錠".contains(char))
    }
}
