//! Misread characters put right where the words around them leave no other choice.
//!
//! In: a line with what the reader offers beside each character. Out: the same line, characters
//! exchanged one for one, so that every place stays where it was.
//!
//! ```text
//! phrase = 毎食後 | 日分 | の疑い | … ;        (* the words of usage, PHRASES *)
//! frame  = "1日" DIGIT "回" | "分" DIGIT | … ;  (* words with figures in them, FRAMES *)
//! figure = { DIGIT | "." } unit ;               (* l0mg, 2O錠 *)
//! ```
//!
//! A phrase counts as written if at least half of it stands as it should and the rest is what the
//! reader offers or what is drawn alike. Where two phrases fit equally well (毎食後, 毎食前),
//! nothing is touched. The words as written stay with the page; a digit that was put right is
//! remembered, and makes a doubt of the finding.

use std::sync::LazyLock;

use chart::Line;

use crate::{
    normalise::{Others, Text},
    notation::alike::{self, digit_for},
};

/// The text of a line of the page, put right.
pub fn text_of_line(number: usize, line: &Line) -> Text {
    let mut text = Text::of_line(number, &line.text);
    if !line.symbols.is_empty() {
        let others = others_of(line);
        text.offer(|at| others.get(at).copied().flatten());
    }
    put_right(&mut text);
    text
}

/// What the reader offers for each character of the line, as far as symbols spell the line.
fn others_of(line: &Line) -> Vec<Option<Others>> {
    let mut others = vec![None; line.text.chars().count()];
    let mut symbols = line.symbols.iter().filter(|symbol| symbol.text.chars().count() == 1);
    let mut next = symbols.next();
    for (at, char) in line.text.chars().enumerate() {
        let Some(symbol) = next else { break };
        if !symbol.text.starts_with(char) {
            continue;
        }
        let mut offered: Others = ['\0'; 4];
        let singles = symbol.alternatives.iter().filter_map(|other| {
            let mut chars = other.chars();
            chars.next().filter(|_| chars.next().is_none())
        });
        for (slot, other) in offered.iter_mut().zip(singles) {
            *slot = other;
        }
        others[at] = Some(offered);
        next = symbols.next();
    }
    others
}

/// Meals, each with each relation.
const MEALS: &[&str] =
    &["毎食", "朝食", "昼食", "夕食", "朝夕食", "朝昼食", "昼夕食", "朝昼夕食", "食"];

const RELATIONS: &[&str] = &["後", "前", "直前", "直後", "間"];

/// Other words of usage and of diagnoses.
const WORDS: &[&str] = &[
    "就寝前",
    "就寝時",
    "寝る前",
    "眠前",
    "起床時",
    "頓用",
    "頓服",
    "疼痛時",
    "頭痛時",
    "腹痛時",
    "発熱時",
    "不眠時",
    "便秘時",
    "下痢時",
    "発作時",
    "胸痛時",
    "カプセル",
    "塗布",
    "貼付",
    "点眼",
    "患部",
    "両眼",
    "隔日",
    "中止",
    SUSPICION,
    "(疑)",
];

/// A phrase as characters, since each is compared with every place of every line.
type Phrase = Vec<char>;

fn phrases_of(words: &[&str]) -> Vec<Phrase> {
    words.iter().map(|word| word.chars().collect()).collect()
}

/// All phrases.
static PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    let meals = MEALS
        .iter()
        .flat_map(|meal| RELATIONS.iter().map(move |relation| format!("{meal}{relation}")));
    let words = WORDS.iter().map(|&word| word.to_owned());
    meals.chain(words).map(|phrase| phrase.chars().collect()).collect()
});

static AFTER_FIGURE_PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| phrases_of(AFTER_FIGURE));

static HEADING_PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| phrases_of(HEADINGS));

static FRAME_PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| phrases_of(FRAMES));

static UNIT_PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| phrases_of(UNITS));

static SUSPICION_PHRASE: LazyLock<Phrase> = LazyLock::new(|| SUSPICION.chars().collect());

/// Letters of usage say something themselves, and stand for no other.
const LETTERS_OF_USAGE: &str = "朝昼夕毎食前後直間眠就寝起床";

const SUSPICION: &str = "の疑い";

/// 痛みの強い is no 痛みの疑い.
const PLAIN_ADJECTIVES: &str = "多強悪無高低弱良近遠痛軽重深浅長短早遅若白黒赤青薄濃熱寒";

/// The same, but only behind a figure.
const AFTER_FIGURE: &[&str] = &["日分", "日間", "回分", "週分", "週間"];

/// Headings, only where a line begins.
const HEADINGS: &[&str] =
    &["既往歴:", "既往歴", "家族歴:", "家族歴", "アレルギー", "傷病名", "主訴", "現病歴"];

/// Words with figures: `#` is one of 1 to 6.
const FRAMES: &[&str] = &[
    "1日#回",
    "1回#錠",
    "1回#包",
    "1回#カプ",
    "1回#滴",
    "1回#吸",
    "1回#枚",
    "分#毎",
    "分#朝",
    "分#昼",
    "分#夕",
    "分#食",
    "分#就",
    "分#眠",
    "分#起",
    "分#寝",
    "週1回",
];

/// Units that only a figure can stand before.
const UNITS: &[&str] =
    &["日分", "日間", "回分", "錠", "カプセル", "包", "枚", "mg", "μg", "mcg", "ug", "mL"];

/// Puts right what can only be misread.
fn put_right(text: &mut Text) {
    let mut line = Visible::of(text);
    line.settle();
    line.phrases();
    line.frames();
    line.tablets();
    line.once();
    line.figures();
    line.brackets();
    line.units();
    let gaps = line.gaps();
    for gap in gaps.into_iter().rev() {
        text.close_up_at(gap);
    }
}

/// The characters of a line without its spaces.
struct Visible<'t> {
    text: &'t mut Text,
    at: Vec<usize>,
    /// The characters at these places.
    chars: Vec<char>,
    /// What stands as it should, as part of a whole phrase, is not touched.
    settled: Vec<bool>,
}

impl<'t> Visible<'t> {
    fn of(text: &'t mut Text) -> Self {
        let at: Vec<usize> =
            (0..text.len()).filter(|at| !text.chars()[*at].is_whitespace()).collect();
        let settled = vec![false; at.len()];
        let chars = at.iter().map(|at| text.chars()[*at]).collect();
        Self { text, at, chars, settled }
    }

    fn char(&self, index: usize) -> Option<char> {
        self.chars.get(index).copied()
    }

    /// Whether nothing stands between a character and the one before it.
    fn touches(&self, index: usize) -> bool {
        index > 0 && self.at.get(index).is_some_and(|at| at - self.at[index - 1] == 1)
    }

    fn is_digit(&self, index: usize) -> bool {
        self.char(index).is_some_and(|char| char.is_ascii_digit())
    }

    /// Cost of taking the character for another: nothing if it is that one, `None` if it can
    /// hardly be.
    fn cost(&self, index: usize, meant: char) -> Option<u32> {
        let at = *self.at.get(index)?;
        let read = self.text.chars()[at];
        if read == meant {
            return Some(0);
        }
        // 2g分1: the gram of an amount is no 日, whatever the reader offers.
        let unit = "gTCPL".contains(read) && index > 0 && self.is_digit(index - 1);
        if self.settled[index] || (unit && is_wide(meant)) {
            return None;
        }
        if let Some(rank) = self.text.others(at).position(|other| other == meant) {
            return Some(40 + 5 * u32::try_from(rank).unwrap_or(4));
        }
        alike::is_alike(read, meant).then_some(60)
    }

    fn put(&mut self, index: usize, meant: char) {
        if self.char(index).is_some_and(|read| read != meant) {
            self.text.correct(self.at[index], meant);
            self.chars[index] = meant;
        }
    }

    /// Whether at least half of a phrase stands here as it should; asked first, as most places of
    /// most lines have nothing of most phrases.
    fn is_half_there(&self, index: usize, phrase: &[char]) -> bool {
        let read = self.chars[index.min(self.chars.len())..].iter();
        let exact = read.zip(phrase).filter(|(read, meant)| read == meant).count();
        exact > 0 && exact * 2 >= phrase.len()
    }

    /// Whether all of it does.
    fn is_there(&self, index: usize, phrase: &[char]) -> bool {
        self.chars.get(index..index + phrase.len()) == Some(phrase)
    }

    /// Cost of a phrase at a place; at least half of it must stand as it should.
    fn phrase_cost(&self, index: usize, phrase: &[char]) -> Option<u32> {
        if !self.is_half_there(index, phrase) {
            return None;
        }
        let (mut cost, mut exact) = (0, 0);
        let length = phrase.len();
        let mut strangers = 0;
        for (number, meant) in phrase.iter().copied().enumerate() {
            match self.cost(index + number, meant) {
                Some(0) => exact += 1,
                Some(part) => cost += part,
                // One strange character in a long phrase is carried by the others; but the 回 of
                // 1回 昼食後 stands before a phrase that is whole without it.
                None if self.is_strange(index + number)
                    && !(number == 0 && self.settled.get(index + 1) == Some(&true)) =>
                {
                    strangers += 1;
                    cost += 90;
                }
                None => return None,
            }
        }
        // の婦い at the end of a line; の and い must stand.
        let at_end = index + length == self.at.len()
            && phrase == SUSPICION_PHRASE.as_slice()
            && self.cost(index, 'の') == Some(0);
        let carried =
            strangers == 0 || (strangers == 1 && exact + 1 == length && (length >= 4 || at_end));
        (carried && exact * 2 >= length && exact > 0).then_some(cost)
    }

    /// A letter that may stand for any other: no mark, and no part of a phrase that is whole.
    fn is_strange(&self, index: usize) -> bool {
        !self.settled.get(index).copied().unwrap_or(true)
            && self.char(index).is_some_and(|char| {
                is_wide(char)
                    && char.is_alphabetic()
                    && !PLAIN_ADJECTIVES.contains(char)
                    && !LETTERS_OF_USAGE.contains(char)
            })
    }

    fn settle(&mut self) {
        let mut index = 0;
        while index < self.at.len() {
            let whole = PHRASES
                .iter()
                .filter(|phrase| self.is_there(index, phrase))
                .map(Vec::len)
                .max()
                .unwrap_or(0);
            self.settled[index..index + whole].fill(true);
            index += whole.max(1);
        }
    }

    fn phrases(&mut self) {
        let mut index = 0;
        while index < self.at.len() {
            index += self.phrase(index).max(1);
        }
    }

    /// Puts the phrase right that stands here; answers how long it is.
    fn phrase(&mut self, index: usize) -> usize {
        let digit_before = index > 0 && self.is_digit(index - 1);
        let after_figure = AFTER_FIGURE_PHRASES.iter().filter(|_| digit_before);
        let headings = HEADING_PHRASES.iter().filter(|_| index == 0);
        let mut best: Option<(u32, &[char])> = None;
        let mut tied = false;
        for phrase in PHRASES.iter().chain(after_figure).chain(headings) {
            let Some(cost) = self.phrase_cost(index, phrase) else { continue };
            let length = phrase.len();
            let rate = cost * 12 / length as u32;
            let better = best.is_none_or(|(least, longest)| {
                rate < least || (rate == least && length > longest.len())
            });
            tied = best.is_some_and(|(least, other)| rate == least && length == other.len());
            if better {
                tied = false;
                best = Some((rate, phrase));
            }
        }
        let Some((rate, phrase)) = best else { return 0 };
        if rate > 0 && tied {
            return 0;
        }
        for (number, meant) in phrase.iter().enumerate() {
            self.put(index + number, *meant);
        }
        phrase.len()
    }

    fn frames(&mut self) {
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

    /// l0mg, 2O錠, 1 4日分: letters among the digits before a unit.
    fn figures(&mut self) {
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
            // 10g3包: a gram behind a figure is a gram.
            && !(self.char(start - 1) == Some('g') && start > 1 && self.is_digit(start - 2))
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
        if before.is_some_and(crate::normalise::is_katakana) {
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

    /// 5mgl回2T, 1T I×M: a stroke before 回 and × that belongs to no word.
    fn once(&mut self) {
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
    fn tablets(&mut self) {
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
    fn brackets(&mut self) {
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
    fn gaps(&self) -> Vec<usize> {
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
    fn units(&mut self) {
        for index in 1..self.at.len() {
            let Some(read) = self.char(index) else { continue };
            let before = self.is_digit(index - 1) && self.touches(index);
            let after = self.is_digit(index + 1);
            let alone = !self.touches(index + 1)
                || self.char(index + 1).is_none_or(|char| "分朝昼夕毎1」(".contains(char));
            let behind_name = self.char(index - 1).is_some_and(crate::normalise::is_katakana);
            let house = self.char(index + 1) == Some('丁');
            if read == '丁' && before && self.char(index + 1) != Some('目') && !house {
                self.put(index, 'T');
            } else if read != '錠'
                && is_wide(read)
                && !crate::normalise::is_katakana(read)
                && ((before && !after && alone) || (behind_name && after))
                && self.cost(index, '錠').is_some()
            {
                self.put(index, '錠');
            }
        }
    }
}

const fn is_wide(char: char) -> bool {
    !char.is_ascii() && !char.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right(raw: &str) -> String {
        let mut text = Text::of_line(0, raw);
        put_right(&mut text);
        text.chars().iter().collect()
    }

    #[test]
    fn words_of_usage_are_put_right() {
        assert_eq!(right("3錠 分3 每食後 14曰分"), "3錠 分3 毎食後 14日分");
        assert_eq!(right("1錠 分1 朝食俊 28目分"), "1錠 分1 朝食後 28日分");
        assert_eq!(right("]日3回 毎食後"), "1日3回 毎食後");
        assert_eq!(right("1 日 l 回 就寢前"), "1 日 1 回 就寝前");
        assert_eq!(right("分ヨ毎食後"), "分3毎食後");
        assert_eq!(right("ワーファリン綻1mg 2綻"), "ワーファリン錠1mg 2錠");
        assert_eq!(right("3丁 分3"), "3T 分3");
        assert_eq!(right("lOmg 2O錠"), "10mg 20錠");
        assert_eq!(right("毎食後 1 4 日分"), "毎食後 14 日分");
        assert_eq!(right("ムコスタ錠(lOO) l錠"), "ムコスタ錠(100) 1錠");
        assert_eq!(right("喘息の凝い"), "喘息の疑い");
        assert_eq!(right("HLの婦い"), "HLの疑い");
        assert_eq!(right("3錠 ハ3 毎食後 7日ハ"), "3錠 分3 毎食後 7日分");
        assert_eq!(right("ビベグロン50mgIT 分1"), "ビベグロン50mg1T 分1");
        assert_eq!(right("アリセプト錠5mg-T分1"), "アリセプト錠5mg1T分1");
        assert_eq!(right("2カブセル 分2"), "2カプセル 分2");
        assert_eq!(right("ペモリン25mgl回1T"), "ペモリン25mg1回1T");
        assert_eq!(right("1T I×Mn.d.E."), "1T 1×Mn.d.E.");
        assert_eq!(right("1回2T 朝食後 中正"), "1回2T 朝食後 中止");
    }

    #[test]
    fn what_says_something_of_its_own_is_left_alone() {
        for text in [
            "食欲不振",
            "OD錠5mg",
            "CR錠20mg",
            "朝食前",
            "1丁目3番",
            "目分量",
            "食事指導",
            "前回と同じ",
            "術後3日目",
            "11日3回",
            "B型肝炎",
            "SGLT2",
            "痛みの強い日",
            "痛みの強い",
            "分2 朝・夕食後",
            "3T 分3 毎食直前",
            "肺炎疑い",
            "1 鉄欠乏性貧血",
            "ガスターD20mg",
            "タケプロンOD15mg",
            "分1 4日分",
            "マーズレン(S)",
            "朝夕食直後",
            "1日1回 昼食後",
            "夕1 7日分",
            "ロケルマ10g3包",
            "虫垂炎(S50)",
            "B(OD)",
        ] {
            assert_eq!(right(text), text);
        }
    }

    #[test]
    fn what_the_reader_offers_outweighs_what_it_read() {
        let symbol = |text: &str, others: &[&str]| chart::Symbol {
            text: text.into(),
            alternatives: others.iter().map(|&other| other.into()).collect(),
            ..chart::Symbol::default()
        };
        let line = Line {
            text: "分7 朝食後".into(),
            symbols: vec![
                symbol("分", &[]),
                symbol("7", &["1"]),
                symbol("朝", &[]),
                symbol("食", &[]),
                symbol("後", &[]),
            ],
            ..Line::default()
        };
        let text = text_of_line(0, &line);
        assert_eq!(text.string(0..text.len()), "分1 朝食後");
        assert!(text.is_repaired(1..2));
    }
}
