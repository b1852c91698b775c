//! What is taken for what when paper is read, and what it costs.
//!
//! Two sources: `confusions.csv`, measured on generated lines (models/lexicon/README.md tells
//! how), and the groups below, which are general knowledge of Japanese handwriting and print. The
//! lower cost counts. Letters are folded like the words of the lexicon.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{error::LexiconError, normalise::fold, reading::WHOLE, starter::Tables};

/// Cost of a confusion that is known but was not measured.
const KNOWN: u16 = 35;
/// Cost of losing or gaining a mark that is easily lost.
const LIGHT: u16 = 50;

/// Marks that come and go.
const MARKS: &str = "ー・-,.、。'`";

/// Characters that are taken for each other, in groups.
const CONFUSIONS: &[&str] = &[
    "ロ口0O囗",
    "カ力",
    "ー一-ｰ",
    "ニ二",
    "ソンリノシツ",
    "シミッ",
    "タ夕クケ",
    "ト卜",
    "ハ八",
    "エ工コユ",
    "oO0〇○",
    "1lI|ℓi!ー",
    "5S",
    "8B",
    "6b",
    "2Z",
    "9gq",
    "ヘへ",
    "べベ",
    "ぺペ",
    "リり",
    "ヌスメ",
    "チテ千",
    "ナオ",
    "アマヤ",
    "ワウクフ",
    "ヲヨ",
    "ルレ",
    "セヒ",
    "ラフウ",
    "モキ",
    "サせ",
    "バパハ",
    "ビピヒ",
    "ブプフ",
    "ベペヘ",
    "ボポホ",
    "ガカ",
    "ギキ",
    "グク",
    "ゲケ",
    "ゴコ",
    "ザサ",
    "ジシヅ",
    "ズスヅ",
    "ゼセ",
    "ゾソ",
    "ダタ",
    "デテ",
    "ドト",
    "ァア",
    "ィイ",
    "ゥウヴ",
    "ェエ",
    "ォオ",
    "ッツ",
    "ャヤ",
    "ュユ",
    "ョヨ",
    "ヴブ",
    "ヂジ",
    "cC",
    "vV",
    "sS",
    "xX",
    "wW",
    "炎災",
    "症疾",
    "瘍瘤",
    "腎賢",
    "胃冒",
    "肺肝",
    "骨胃",
    "膝腰",
    "未末",
    "圧庄",
    "症证",
    "頭頚頸",
    "関間閉問",
    "狭挟",
    "塞寒",
    "梗硬便",
    "血皿",
    "糖粃",
    "痛癌",
    "候侯",
    "慢漫",
    "性住",
    "急忽",
    "己已巳",
    "大太犬",
    "右石",
    "左在",
    "白自",
    "日目曰",
    "食良",
    "前煎",
    "朝潮",
    "タ夕",
];

/// A row of confusions.csv.
#[derive(Debug, Deserialize)]
struct Row {
    meant: String,
    read: String,
    cost: f32,
}

/// The costs as they stand in the compiled file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Confusions {
    /// For each letter read, what was meant, and its cost.
    meant: HashMap<char, Vec<(char, u16)>>,
    /// Letters that are lost for less than a whole edit.
    lost: HashMap<char, u16>,
    /// Letters that appear from nowhere for less than a whole edit.
    added: HashMap<char, u16>,
}

impl Confusions {
    /// From the tables and from what is known besides.
    pub fn of(tables: Tables<'_>) -> Result<Self, LexiconError> {
        let mut all = Self::known();
        for row in tables.rows::<Row>("confusions.csv")? {
            let letter = |word: &str| word.chars().next().map(fold);
            let cost = (row.cost * f32::from(WHOLE)).round() as u16;
            match (letter(&row.meant), letter(&row.read)) {
                (Some(meant), Some(read)) => all.confuse(meant, read, cost),
                (Some(meant), None) => lower(&mut all.lost, meant, cost),
                (None, Some(read)) => lower(&mut all.added, read, cost),
                (None, None) => {}
            }
        }
        Ok(all)
    }

    fn known() -> Self {
        let mut all = Self::default();
        for group in CONFUSIONS {
            let letters: Vec<char> = group.chars().map(fold).collect();
            for &meant in &letters {
                for &read in &letters {
                    all.confuse(meant, read, KNOWN);
                }
            }
        }
        for mark in MARKS.chars() {
            lower(&mut all.lost, mark, LIGHT);
            lower(&mut all.added, mark, LIGHT);
        }
        all
    }

    fn confuse(&mut self, meant: char, read: char, cost: u16) {
        if meant == read {
            return;
        }
        let known = self.meant.entry(read).or_default();
        match known.iter_mut().find(|(letter, _)| *letter == meant) {
            Some((_, before)) => *before = cost.min(*before),
            None => known.push((meant, cost)),
        }
    }

    /// What a letter that was read may have been.
    pub fn meant_by(&self, read: char) -> impl Iterator<Item = (char, u16)> {
        self.meant.get(&read).into_iter().flatten().copied()
    }

    /// The letters that are lost for less than a whole edit, with what that costs.
    pub fn all_lost(&self) -> impl Iterator<Item = (char, u16)> {
        self.lost.iter().map(|(letter, cost)| (*letter, *cost))
    }

    /// The cost of not reading a letter.
    pub fn lost(&self, meant: char) -> u16 {
        self.lost.get(&meant).copied().unwrap_or(WHOLE)
    }

    /// The cost of reading a letter where there is none.
    pub fn added(&self, read: char) -> u16 {
        self.added.get(&read).copied().unwrap_or(WHOLE)
    }
}

fn lower(costs: &mut HashMap<char, u16>, letter: char, cost: u16) {
    let known = costs.entry(letter).or_insert(cost);
    *known = cost.min(*known);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_goes_below_what_is_known() {
        let csv = "meant,read,seen,of,cost\nソ,ン,40,100,0.15\n癌,瘤,3,90,0.40\n症,,2,9000,0.90\n";
        let all = Confusions::of(Tables::Texts(&[("confusions.csv", csv)])).unwrap();
        let cost = |meant: char, read: char| {
            all.meant_by(read).find(|(letter, _)| *letter == meant).map(|(_, cost)| cost)
        };
        assert_eq!((cost('ソ', 'ン'), cost('癌', '瘤')), (Some(15), Some(40)));
        assert_eq!(cost('ロ', '口'), Some(KNOWN));
        let lost = |letter: char| all.lost.get(&letter).copied();
        assert_eq!((lost('症'), lost('ー'), lost('炎')), (Some(90), Some(LIGHT), None));
        assert_eq!(cost('胃', '脾'), None);
    }
}
