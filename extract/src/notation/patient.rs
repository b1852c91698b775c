//! The fields of a header: names, numbers, sex.
//!
//! ```text
//! name    = word [ space word ] [ "様" | "殿" ] ;          (* no figures *)
//! insurer = 6 or 8 digits, the last of them a check digit ;
//! insured = word sep digits ;                             (* 記号・番号 *)
//! number  = [ letter "-" ] digits ;                       (* カルテ番号 *)
//! ```

use std::ops::Range;

use crate::normalise::{Text, is_hiragana, is_kanji, is_katakana};

/// The name that a text begins with, without title; `None` if it holds none.
pub fn name(text: &Text) -> Option<String> {
    const ENDS: &[&str] = &[
        "様",
        "殿",
        "さん",
        "御中",
        "No",
        "NO",
        "ID",
        "(",
        "生年月日",
        "カルテ",
        "明治",
        "大正",
        "昭和",
    ];
    let mut written = text.string(0..text.len());
    for end in ENDS {
        if let Some(at) = written.find(end).filter(|at| *at > 0) {
            written.truncate(at);
        }
    }
    // 見本 太郎 男 S23.4.5生 75歳; 福田 義男 is one name.
    let is_more = |word: &str| {
        word.chars().any(char::is_numeric) || SEXES.contains(&word.trim_end_matches('性'))
    };
    let words: Vec<&str> = written.split(' ').collect();
    let more = words.iter().skip(1).position(|word| is_more(word));
    let written = words[..more.map_or(words.len(), |at| at + 1)].join(" ");
    let written = written.trim().trim_matches([':', '・']).trim().to_owned();
    let letters = written.chars().filter(|char| char.is_alphabetic()).count();
    let figures = written.chars().any(|char| char.is_ascii_digit());
    let word = |char: char| {
        is_kanji(char)
            || is_katakana(char)
            || is_hiragana(char)
            || char.is_ascii_alphabetic()
            || char == ' '
    };
    ((2..=16).contains(&letters) && !figures && written.chars().all(word)).then_some(written)
}

const SEXES: &[&str] = &["男", "女"];

/// The name before 様 or 殿, on a page that has no label for it: 見本 花子 様. Whom a letter is addressed to has
/// a title of another kind, or a word for what he is.
pub fn titled_name(text: &Text) -> Option<(String, Range<usize>)> {
    const OTHERS: &[&str] = &[
        "医",
        "先生",
        "患者",
        "御",
        "各位",
        "皆",
        "客",
        "奥",
        "家族",
        "院",
        "科",
        "薬局",
        "クリニック",
        "センター",
        "者",
    ];
    let chars = text.chars();
    let title = (2..chars.len()).find(|&at| {
        matches!(chars[at], '様' | '殿')
            && chars.get(at + 1).is_none_or(|next| !is_kanji(*next) && !is_hiragana(*next))
    })?;
    let is_name = |char: &char| is_kanji(*char) || is_katakana(*char) || is_hiragana(*char);
    let begins = chars[..title]
        .iter()
        .rposition(|char| !is_name(char) && *char != ' ')
        .map_or(0, |before| before + 1);
    let range = begins..title;
    let written = text.string(range.clone());
    let written = written.trim();
    let letters = written.chars().filter(is_name).count();
    let plain = !OTHERS.iter().any(|other| written.contains(other))
        && written.chars().any(is_kanji)
        && written.split(' ').count() <= 2;
    ((3..=8).contains(&letters) && plain).then(|| (written.to_owned(), range))
}

/// The reading of a name: kana alone.
pub fn kana(text: &Text) -> Option<String> {
    let written = text.string(0..text.len());
    let kana = |char: char| is_katakana(char) || is_hiragana(char) || char == ' ';
    (written.chars().count() >= 2 && written.chars().all(kana)).then_some(written)
}

/// The chart number that a text begins with.
pub fn chart_number(text: &Text) -> Option<String> {
    let chars: Vec<char> =
        text.chars().iter().copied().skip_while(|char| " :.-".contains(*char)).collect();
    let letters = chars.iter().take_while(|char| char.is_ascii_alphabetic()).count();
    let dash = usize::from(letters > 0 && chars.get(letters) == Some(&'-'));
    let digits = chars[letters + dash..]
        .iter()
        .take_while(|char| char.is_ascii_digit() || **char == '-')
        .count();
    let end = letters + dash + digits;
    let closed = chars.get(end).is_none_or(|char| char.is_whitespace());
    (letters <= 2 && digits >= 3 && closed).then(|| chars[..end].iter().collect())
}

/// An insurer's number: 6 digits (国民健康保険) or 8, spaces between cells passed over.
pub fn insurer_number(text: &Text) -> Option<String> {
    let digits: String = text.chars().iter().filter(|char| !char.is_whitespace()).collect();
    (matches!(digits.len(), 6 | 8) && digits.chars().all(|char| char.is_ascii_digit()))
        .then_some(digits)
}

/// 記号・番号 as written.
pub fn insured_number(text: &Text) -> Option<String> {
    let written = text.string(0..text.len());
    let digits = written.chars().filter(char::is_ascii_digit).count();
    let date = written.contains(['年', '月', '日', '/']);
    (digits >= 3 && !date && written.chars().count() <= 24).then_some(written)
}

/// Whether the last digit fits the others. From the right, every second digit beginning with
/// the last but one is doubled, its figures are added, and the whole sum divides by ten
/// (保険者番号等設定要領, 別表: モジュラス10 ウェイト2・1).
pub fn check_digit_fits(digits: &str) -> bool {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|char| char.to_digit(10))
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str) -> Text {
        Text::of_line(0, raw)
    }

    #[test]
    fn names_stand_without_titles_and_figures() {
        assert_eq!(name(&text("見本 花子 様")), Some("見本 花子".into()));
        assert_eq!(name(&text("見本 義男")), Some("見本 義男".into()));
        assert_eq!(name(&text("見本 花子 No. 123")), Some("見本 花子".into()));
        assert_eq!(name(&text("見本 太郎 男 S23.4.5生 75歳")), Some("見本 太郎".into()));
        assert_eq!(name(&text("12 年 3 月")), None);
        assert_eq!(kana(&text("ﾐﾎﾝ ﾊﾅｺ")), Some("ミホン ハナコ".into()));
    }

    #[test]
    fn a_title_tells_a_name_and_not_an_address() {
        let titled = |raw: &str| titled_name(&text(raw)).map(|(name, _)| name);
        assert_eq!(titled("ID 12345 見本花子様"), Some("見本花子".into()));
        assert_eq!(titled("見本 花子 殿"), Some("見本 花子".into()));
        assert_eq!(titled("担当医 様"), None);
        assert_eq!(titled("見本病院 内科 様"), None);
        assert_eq!(titled("御家族様"), None);
        assert_eq!(titled("夜間の様子"), None);
    }

    #[test]
    fn numbers_are_told_by_their_form() {
        assert_eq!(chart_number(&text("A-1234")), Some("A-1234".into()));
        assert_eq!(chart_number(&text(": 00123")), Some("00123".into()));
        assert_eq!(chart_number(&text("12")), None);
        assert_eq!(insurer_number(&text("0 6 1 3 9 9 9 4")), Some("06139994".into()));
        assert_eq!(insured_number(&text("12・3456")), Some("12・3456".into()));
    }

    #[test]
    fn the_check_digit_is_the_last() {
        // 0613999 weighs 0+6+2+3+1+8+9+1+8 = 38, so the last digit is 2.
        assert!(check_digit_fits("06139992"));
        assert!(!check_digit_fits("06139994"));
    }
}
