//! Characters of prescriptions that are taken for each other.
//!
//! General knowledge of Japanese print and handwriting, not measured on any page of the
//! project's development set. What the reader itself offers is asked first, always.

use std::ops::RangeInclusive;

/// A character and those it is misread as.
const DRAWN_ALIKE: &[(char, &str)] = &[
    ('日', "曰目白旧旦口田円巳"),
    ('分', "介兮公芬弁令夯ハ八ヵ"),
    ('食', "良倉會貪飠"),
    ('後', "俊役彼復俵徒従后後"),
    ('前', "煎剪萠莭"),
    ('毎', "每母海苺侮"),
    ('朝', "潮胡期翰"),
    ('昼', "星畫昌"),
    ('夕', "タ多ダ久"),
    ('間', "問閒聞関"),
    ('直', "真値置"),
    ('寝', "寢浸漫"),
    ('就', "訊"),
    ('眠', "眼眶睡"),
    ('起', "超赴"),
    ('床', "庄麻"),
    ('時', "晴畤特"),
    ('頓', "頗煩領頻"),
    ('用', "角甲冊"),
    ('服', "胎腹"),
    ('疼', "痰疹疾"),
    ('痛', "病癌"),
    ('錠', "綻鋭鈴鍵鏡鋏錘錯鉱錬鋌淀鈬鉄征縮鈍銃"),
    ('回', "同囘四因固図国ロ口"),
    ('包', "色句抱"),
    ('週', "過遇適"),
    ('塗', "淦途"),
    ('布', "市"),
    ('疑', "凝礙嶷擬"),
    ('い', "ぃ"),
    ('既', "即概"),
    ('往', "住注任佳"),
    ('歴', "暦厯"),
    ('族', "旅"),
    ('中', "申"),
    ('止', "正"),
    ('カ', "力ヵ"),
    ('プ', "ブフ"),
    ('セ', "ゼヒ"),
    ('ル', "レ"),
];

/// A digit and what it is misread as; the digits among them are drawn like it by hand.
const DIGITS: &[(char, &str)] = &[
    ('0', "OoQD○〇◯6"),
    ('1', "]|lI!i』」丨[7"),
    ('2', "Zz乙7"),
    ('3', "ヨョ彐8"),
    ('4', "A9"),
    ('5', "Ss$6"),
    ('6', "bG5"),
    ('7', "フ1"),
    ('8', "B&3"),
    ('9', "gqp4"),
];

/// Whether one is drawn like the other.
pub fn is_alike(read: char, meant: char) -> bool {
    DRAWN_ALIKE.iter().any(|(char, drawn)| *char == meant && drawn.contains(read))
        || DIGITS.iter().any(|(char, drawn)| *char == meant && drawn.contains(read))
}

/// Whether a figure may be meant by the character.
pub fn may_be_digit(char: char) -> bool {
    char.is_ascii_digit() || DIGITS.iter().any(|(_, drawn)| drawn.contains(char))
}

/// A stroke that is a 1 if it is a figure at all.
pub fn is_stroke(char: char) -> bool {
    DIGITS[1].1.contains(char) && !char.is_ascii_digit()
}

/// The digit in a range that was meant: as read, as offered by the reader, or as drawn alike.
pub fn digit_for(
    read: char,
    mut offered: impl Iterator<Item = char>,
    range: RangeInclusive<char>,
) -> Option<char> {
    if range.contains(&read) && read.is_ascii_digit() {
        return Some(read);
    }
    offered.find(|other| other.is_ascii_digit() && range.contains(other)).or_else(|| {
        DIGITS
            .iter()
            .find(|(digit, drawn)| range.contains(digit) && drawn.contains(read))
            .map(|(digit, _)| *digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digit_out_of_range_is_what_is_drawn_like_it() {
        assert_eq!(digit_for('8', std::iter::empty(), '1'..='6'), Some('3'));
        assert_eq!(digit_for('8', ['2'].into_iter(), '1'..='6'), Some('2'));
        assert_eq!(digit_for('4', ['2'].into_iter(), '1'..='6'), Some('4'));
        assert_eq!(digit_for('x', std::iter::empty(), '0'..='9'), None);
    }
}
