//! Words with figures in them: 1日3回, 分3毎食後.

use super::{visible::Visible, words::FRAME_PHRASES};
use crate::notation::alike::digit_for;

impl Visible<'_> {
    /// Puts all frames of the line right.
    pub(super) fn frames(&mut self) {
        for index in 0..self.at.len() {
            for frame in FRAME_PHRASES.iter() {
                if self.is_half_of_frame(index, frame) && self.frame(index, frame) {
                    break;
                }
            }
        }
    }

    /// Likewise of a frame; any figure it allows stands as it should.
    fn is_half_of_frame(&self, index: usize, frame: &[char]) -> bool {
        let as_it_should = |(read, wanted): &(&char, &char)| match *wanted {
            '#' => ('1'..='6').contains(*read),
            wanted => *read == wanted,
        };
        let exact = self.chars[index..].iter().zip(frame).filter(as_it_should).count();
        exact > 0 && exact * 2 >= frame.len()
    }

    fn frame(&mut self, index: usize, frame: &[char]) -> bool {
        let mut meant = Vec::new();
        let mut exact = 0;
        for (number, wanted) in frame.iter().copied().enumerate() {
            let Some(read) = self.char(index + number) else { return false };
            // How many are taken at a time is what it is: 1日1回 7枚.
            let counted = read.is_ascii_digit() && frame.starts_with(&['1', '回']);
            let found = if wanted == '#' && counted {
                Some(read)
            } else if wanted == '#' {
                digit_for(read, self.text.others(self.at[index + number]), '1'..='6')
            } else if wanted.is_ascii_digit() {
                digit_for(read, self.text.others(self.at[index + number]), wanted..=wanted)
            } else {
                self.cost(index + number, wanted).map(|_| wanted)
            };
            let Some(found) = found else { return false };
            exact += usize::from(found == read);
            meant.push(found);
        }
        // 11日3回: the figure before the word is a longer one.
        if index > 0 && self.is_digit(index - 1) && frame.first() == Some(&'1') {
            return false;
        }
        if exact * 2 < meant.len() || (exact == 0) {
            return false;
        }
        for (number, char) in meant.into_iter().enumerate() {
            self.put(index + number, char);
        }
        true
    }
}
