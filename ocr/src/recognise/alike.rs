//! Characters that look alike are told by what stands beside them: `ー` follows kana only, `一`
//! stands between kanji, a lone `ロ` before a bracket is a box to tick.
//!
//! Where print leaves nothing to tell them by, the network gives the commoner one. Signs are told
//! here; words are understanding's business.

use chart::{Line, Symbol};

use crate::spacing::spaced;

/// Katakana, and the kanji or signs that look the same.
const TWINS: &[(&str, &str)] = &[
    ("ロ", "口□"),
    ("カ", "力"),
    ("タ", "夕"),
    ("エ", "工"),
    ("ニ", "二"),
    ("ハ", "八"),
    ("ト", "卜"),
    ("ヒ", "上"),
    ("チ", "千"),
    ("ミ", "三"),
    ("オ", "才"),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Kanji,
    Kana,
    /// Digits and Latin letters.
    Plain,
    Other,
    Nothing,
}

/// A line with its look-alikes told.
pub fn told(mut line: Line) -> Line {
    let mut changed = false;
    for at in 0..line.symbols.len() {
        let told = line.vertical.then(|| meant_in_column(&line.symbols, at)).flatten();
        if let Some(text) = told.or_else(|| meant(&line.symbols, at)) {
            let symbol = &mut line.symbols[at];
            symbol.alternatives.retain(|other| *other != text);
            symbol.alternatives.insert(0, std::mem::replace(&mut symbol.text, text));
            changed = true;
        }
    }
    if changed {
        line.text = spaced(&line.symbols, line.bbox, line.vertical);
    }
    line
}

/// The network reads rows: in the middle of its cell a column's 、 looks like ・ or い, its 〇 like O, and its
/// ー, which stands upright, like 1.
fn meant_in_column(symbols: &[Symbol], at: usize) -> Option<String> {
    let symbol = &symbols[at];
    let kind_at = |at: usize| symbols.get(at).map_or(Kind::Nothing, |symbol| kind(&symbol.text));
    let (before, behind) = (at.checked_sub(1).map_or(Kind::Nothing, kind_at), kind_at(at + 1));
    let seen = |mark: &str| symbol.alternatives.iter().any(|other| other == mark);
    let told = match symbol.text.as_str() {
        "・" => ["、", "。"].into_iter().find(|mark| seen(mark))?,
        "い" | "ン" | "ト" | "へ" if is_mark(symbols, at) && (seen("・") || seen("、")) => {
            "、"
        }
        // What is drawn out stands upright: a stroke across is a figure.
        "-" | "ー" | "―" if is_mark(symbols, at) => "一",
        "O" | "o" | "○" if before == Kind::Kanji => "〇",
        "1" | "l" | "I" | "|" if before == Kind::Kana && behind == Kind::Kana => "ー",
        _ => return None,
    };
    Some(told.to_owned())
}

/// Whether a symbol of a column is less than two fifths as high as most of them: a mark, and no letter.
fn is_mark(symbols: &[Symbol], at: usize) -> bool {
    let mut heights: Vec<u32> = symbols.iter().map(|symbol| symbol.bbox.height()).collect();
    heights.sort_unstable();
    symbols[at].bbox.height() * 5 < heights[heights.len() / 2] * 2
}

/// What the symbol must be instead of what was read.
fn meant(symbols: &[Symbol], at: usize) -> Option<String> {
    let text = |at: usize| symbols.get(at).map_or("", |symbol| symbol.text.as_str());
    let symbol = &symbols[at];
    let (before, behind) = (at.checked_sub(1).map_or("", text), text(at + 1));
    let (left, right) = (kind(before), kind(behind));
    let seen = |wanted: &str| symbol.alternatives.iter().any(|other| other == wanted);
    let numbered = before == "(" && behind == ")" && at > 1 && text(at - 2) == "号";
    let told = match symbol.text.as_str() {
        "-" | "ー" if numbered || (left == Kind::Kanji && right == Kind::Kanji) => "一",
        // Nothing but kana is drawn out.
        "ー" if left != Kind::Kana => "-",
        "-" | "一" if left == Kind::Kana && right != Kind::Plain && right != Kind::Kanji => "ー",
        // The course's headings: S, O, A, P.
        "0" if at == 0 && matches!(behind, ":" | ")") && seen("O") => "O",
        "ケ" if left == Kind::Plain && matches!(behind, "月" | "所" | "国" | "年") => "ヶ",
        kana => {
            let among_kana = left == Kind::Kana || right == Kind::Kana || before == "ー";
            let twin = TWINS.iter().find(|(katakana, _)| *katakana == kana);
            if let Some((_, others)) = twin
                && !among_kana
                && (left == Kind::Kanji || right == Kind::Kanji)
            {
                let found =
                    symbol.alternatives.iter().find(|other| others.contains(other.as_str()));
                return found.cloned();
            }
            let of = TWINS.iter().find(|(_, others)| others.contains(kana));
            let katakana =
                |text: &str| text.chars().all(|c| ('ァ'..='ヺ').contains(&c) || c == 'ー');
            let within =
                !before.is_empty() && katakana(before) && !behind.is_empty() && katakana(behind);
            return of.filter(|(twin, _)| within && seen(twin)).map(|(twin, _)| (*twin).to_owned());
        }
    };
    (told != symbol.text).then(|| told.to_owned())
}

fn kind(text: &str) -> Kind {
    match text.chars().next() {
        None => Kind::Nothing,
        Some('一'..='龥' | '々') => Kind::Kanji,
        Some('ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー') => Kind::Kana,
        Some(c) if c.is_ascii_alphanumeric() => Kind::Plain,
        Some(_) => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use chart::Rect;

    use super::*;

    /// The text is made anew only if a symbol changes.
    const UNCHANGED: &str = "";

    /// Symbols with the alternatives that stand behind a slash.
    fn read(symbols: &[&str]) -> String {
        let symbols = symbols
            .iter()
            .enumerate()
            .map(|(at, said)| {
                let mut said = said.split('/').map(str::to_owned);
                Symbol {
                    text: said.next().unwrap_or_default(),
                    alternatives: said.collect(),
                    bbox: Rect::new(at as u32 * 20, 0, at as u32 * 20 + 19, 20),
                    ..Symbol::default()
                }
            })
            .collect();
        let bbox = Rect::new(0, 0, 400, 20);
        told(Line { symbols, bbox, ..Line::default() }).text
    }

    #[test]
    fn a_mark_in_the_middle_of_a_cell_is_a_comma_in_columns_alone() {
        let symbol = |text: &str, others: &[&str]| Symbol {
            text: text.to_owned(),
            alternatives: others.iter().map(|other| (*other).to_owned()).collect(),
            ..Symbol::default()
        };
        let symbols = [symbol("候", &[]), symbol("・", &["い", "、"]), symbol("先", &[])];
        assert_eq!(meant_in_column(&symbols, 1).as_deref(), Some("、"));
        assert_eq!(meant_in_column(&[symbol("・", &["い"])], 0), None);
        let symbols = [symbol("五", &[]), symbol("O", &["o"])];
        assert_eq!(meant_in_column(&symbols, 1).as_deref(), Some("〇"));
        let symbols = [symbol("リ", &[]), symbol("1", &["I"]), symbol("ル", &[])];
        assert_eq!(meant_in_column(&symbols, 1).as_deref(), Some("ー"));
        let high = |text: &str, others: &[&str], height| Symbol {
            bbox: Rect::new(0, 0, 40, height),
            ..symbol(text, others)
        };
        let of = |height| [high("炎", &[], 40), high("い", &["・"], height), high("上", &[], 38)];
        assert_eq!(meant_in_column(&of(9), 1).as_deref(), Some("、"));
        let stroke = |height| [high("朝", &[], 40), high("-", &[], height), high("錠", &[], 38)];
        assert_eq!(meant_in_column(&stroke(5), 1).as_deref(), Some("一"));
        assert_eq!(meant_in_column(&stroke(36), 1), None);
        assert_eq!(meant_in_column(&of(30), 1), None);
        assert_eq!(read(&["高", "・/、", "糖"]), UNCHANGED);
    }

    #[test]
    fn dashes_are_told_by_their_neighbours() {
        assert_eq!(read(&["第", "-", "号", "(", "-", ")", "の", "2"]), "第一号(一)の2");
    }

    #[test]
    fn a_negative_result_stays_one() {
        assert_eq!(read(&["抗", "原", "(", "-", ")"]), UNCHANGED);
    }

    #[test]
    fn only_kana_is_drawn_out() {
        assert_eq!(read(&["ー", "ー", "以", "下", "ー"]), "--以下-");
        assert_eq!(read(&["ス", "テ", "-"]), "ステー");
        assert_eq!(read(&["A", "-", "1"]), UNCHANGED);
    }

    #[test]
    fn twins_are_told_where_the_network_saw_both() {
        assert_eq!(read(&["可", "ロ/□", "("]), "可□(");
        assert_eq!(read(&["可", "ロ", "("]), UNCHANGED);
        assert_eq!(read(&["医", "療", "ヒ/と/上", "必", "要"]), "医療上必要");
        assert_eq!(read(&["カ", "力/カ", "オ"]), "カカオ");
        assert_eq!(read(&["0/O", ":", "B", "P"]), "O:BP");
    }
}
