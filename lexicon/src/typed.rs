//! One key for all the ways in which people type a name: kanji, hiragana, katakana of either
//! width, romaji.
//!
//! Marks that are left out in haste are left out of the key: ー, ・, spaces, brackets. Hiragana
//! becomes katakana, small kana large, since ｱｼﾞｬｽﾄ is typed アジヤスト where a keyboard has no
//! small ones. Romaji is turned into kana when it is typed, not when the lexicon is compiled; what
//! is typed of a last syllable stands for all that can follow.

use crate::normalise;

/// The key of a name.
pub(crate) fn key(name: &str) -> Vec<char> {
    normalise::key(name).into_iter().filter_map(typed).collect()
}

fn typed(char: char) -> Option<char> {
    let katakana = match char {
        'ぁ'..='ゖ' => char::from_u32(u32::from(char) + 0x60).unwrap_or(char),
        other => other,
    };
    match katakana {
        'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ッ' | 'ャ' | 'ュ' | 'ョ' | 'ヮ' => {
            char::from_u32(u32::from(katakana) + 1)
        }
        'ヂ' => Some('ジ'),
        'ヅ' => Some('ズ'),
        'ヲ' => Some('オ'),
        'ー' | '-' | '・' | ' ' | '(' | ')' | '「' | '」' | '、' | ',' | '\'' => None,
        other => Some(other),
    }
}

/// The keys that a beginning typed in romaji can stand for; none if it is no romaji.
pub(crate) fn of_romaji(typed: &str) -> Vec<Vec<char>> {
    let letters: Vec<char> = typed.trim().to_lowercase().chars().collect();
    if letters.is_empty() || !letters.iter().all(|c| c.is_ascii_lowercase() || "'- ".contains(*c)) {
        return Vec::new();
    }
    let letters: Vec<char> = letters.into_iter().filter(char::is_ascii_lowercase).collect();
    let mut kana = String::new();
    let mut at = 0;
    while at < letters.len() {
        let rest = &letters[at..];
        // っ is a doubled consonant; n before a consonant is ん.
        if rest.len() > 1 && rest[0] == rest[1] && !"aiueon".contains(rest[0]) {
            kana.push('ッ');
            at += 1;
            continue;
        }
        let syllable = (1..=rest.len().min(3)).rev().find_map(|length| {
            let latin: String = rest[..length].iter().collect();
            let found = SYLLABLES.iter().find(|(known, _)| *known == latin)?;
            Some((length, found.1))
        });
        match syllable {
            Some((length, syllable)) => {
                kana.push_str(syllable);
                at += length;
            }
            None if rest[0] == 'n' && rest.len() > 1 => {
                kana.push('ン');
                at += 1;
            }
            None => break,
        }
    }
    if at == letters.len() {
        return vec![key(&kana)];
    }
    // What is left must be the beginning of a syllable: amurod is アムロ and one of ダヂヅデド.
    let rest: String = letters[at..].iter().collect();
    let mut keys: Vec<Vec<char>> = SYLLABLES
        .iter()
        .filter(|(latin, _)| latin.starts_with(&rest))
        .map(|(_, syllable)| key(&format!("{kana}{syllable}")))
        .collect();
    if rest == "n" {
        keys.push(key(&format!("{kana}ン")));
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Hepburn, Kunrei, and what keyboards accept besides.
const SYLLABLES: &[(&str, &str)] = &[
    ("a", "ア"),
    ("i", "イ"),
    ("u", "ウ"),
    ("e", "エ"),
    ("o", "オ"),
    ("ka", "カ"),
    ("ki", "キ"),
    ("ku", "ク"),
    ("ke", "ケ"),
    ("ko", "コ"),
    ("sa", "サ"),
    ("si", "シ"),
    ("shi", "シ"),
    ("su", "ス"),
    ("se", "セ"),
    ("so", "ソ"),
    ("ta", "タ"),
    ("ti", "チ"),
    ("chi", "チ"),
    ("tu", "ツ"),
    ("tsu", "ツ"),
    ("te", "テ"),
    ("to", "ト"),
    ("na", "ナ"),
    ("ni", "ニ"),
    ("nu", "ヌ"),
    ("ne", "ネ"),
    ("no", "ノ"),
    ("ha", "ハ"),
    ("hi", "ヒ"),
    ("hu", "フ"),
    ("fu", "フ"),
    ("he", "ヘ"),
    ("ho", "ホ"),
    ("ma", "マ"),
    ("mi", "ミ"),
    ("mu", "ム"),
    ("me", "メ"),
    ("mo", "モ"),
    ("ya", "ヤ"),
    ("yu", "ユ"),
    ("yo", "ヨ"),
    ("ra", "ラ"),
    ("ri", "リ"),
    ("ru", "ル"),
    ("re", "レ"),
    ("ro", "ロ"),
    ("la", "ラ"),
    ("li", "リ"),
    ("lu", "ル"),
    ("le", "レ"),
    ("lo", "ロ"),
    ("wa", "ワ"),
    ("wo", "オ"),
    ("nn", "ン"),
    ("ga", "ガ"),
    ("gi", "ギ"),
    ("gu", "グ"),
    ("ge", "ゲ"),
    ("go", "ゴ"),
    ("za", "ザ"),
    ("zi", "ジ"),
    ("ji", "ジ"),
    ("zu", "ズ"),
    ("ze", "ゼ"),
    ("zo", "ゾ"),
    ("da", "ダ"),
    ("di", "ディ"),
    ("du", "ヅ"),
    ("de", "デ"),
    ("do", "ド"),
    ("ba", "バ"),
    ("bi", "ビ"),
    ("bu", "ブ"),
    ("be", "ベ"),
    ("bo", "ボ"),
    ("pa", "パ"),
    ("pi", "ピ"),
    ("pu", "プ"),
    ("pe", "ペ"),
    ("po", "ポ"),
    ("kya", "キャ"),
    ("kyu", "キュ"),
    ("kyo", "キョ"),
    ("sya", "シャ"),
    ("syu", "シュ"),
    ("syo", "ショ"),
    ("sha", "シャ"),
    ("shu", "シュ"),
    ("sho", "ショ"),
    ("she", "シェ"),
    ("tya", "チャ"),
    ("tyu", "チュ"),
    ("tyo", "チョ"),
    ("cha", "チャ"),
    ("chu", "チュ"),
    ("cho", "チョ"),
    ("che", "チェ"),
    ("nya", "ニャ"),
    ("nyu", "ニュ"),
    ("nyo", "ニョ"),
    ("hya", "ヒャ"),
    ("hyu", "ヒュ"),
    ("hyo", "ヒョ"),
    ("mya", "ミャ"),
    ("myu", "ミュ"),
    ("myo", "ミョ"),
    ("rya", "リャ"),
    ("ryu", "リュ"),
    ("ryo", "リョ"),
    ("gya", "ギャ"),
    ("gyu", "ギュ"),
    ("gyo", "ギョ"),
    ("zya", "ジャ"),
    ("zyu", "ジュ"),
    ("zyo", "ジョ"),
    ("ja", "ジャ"),
    ("ju", "ジュ"),
    ("jo", "ジョ"),
    ("je", "ジェ"),
    ("bya", "ビャ"),
    ("byu", "ビュ"),
    ("byo", "ビョ"),
    ("pya", "ピャ"),
    ("pyu", "ピュ"),
    ("pyo", "ピョ"),
    ("fa", "ファ"),
    ("fi", "フィ"),
    ("fe", "フェ"),
    ("fo", "フォ"),
    ("va", "ヴァ"),
    ("vi", "ヴィ"),
    ("vu", "ヴ"),
    ("ve", "ヴェ"),
    ("vo", "ヴォ"),
    ("thi", "ティ"),
    ("dhi", "ディ"),
    ("tsa", "ツァ"),
    ("tse", "ツェ"),
    ("tso", "ツォ"),
    ("wi", "ウィ"),
    ("we", "ウェ"),
    ("who", "ウォ"),
    ("dyu", "デュ"),
    ("dhu", "デュ"),
    ("toxu", "トゥ"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_of_typing_meet() {
        let wanted = key("アムロジピン");
        for typed in ["あむろじぴん", "ｱﾑﾛｼﾞﾋﾟﾝ", "アムロヂピン", "アムロ・ジピン"]
        {
            assert_eq!(key(typed), wanted, "{typed}");
        }
        assert!(of_romaji("amurojipin").contains(&wanted));
        assert!(of_romaji("AMUROZIPIN").contains(&wanted));
        assert_eq!(of_romaji("ketsuatsu"), [key("ケツアツ")]);
        assert_eq!(of_romaji("gakkenn"), [key("ガッケン")]);
    }

    #[test]
    fn half_a_syllable_stands_for_all_that_begin_so() {
        let keys = of_romaji("amuroj");
        assert!(keys.contains(&key("アムロジ")) && keys.contains(&key("アムロジョ")));
        assert!(of_romaji("HbA1c").is_empty() && of_romaji("高").is_empty());
        assert!(of_romaji("tan").contains(&key("タン")));
    }
}
