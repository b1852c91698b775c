//! The parts of a product's name in a master: ノルバスクＯＤ錠５ｍｇ「会社」.
//!
//! ```text
//! name = [ "【般】" ] stem [ form ] [ strength ] { mark } [ "「" maker "」" ] [ space rest ] ;
//! ```
//!
//! The form is the longest word of [`FORMS`] that stands at the end of what comes before the
//! strength. What does not fit stays in the stem: a name is never cut by guessing.

use unicode_normalization::UnicodeNormalization;

/// A name in its parts, in half-width letters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProductName {
    /// What the drug is called: ノルバスク.
    pub stem: String,
    /// OD錠; empty if the name has none.
    pub form: String,
    /// 5mg; empty if the name has none.
    pub strength: String,
    /// The maker's short name; empty if the name has none.
    pub maker: String,
}

/// Forms as names of products spell them.
const FORMS: &[&str] = &[
    "錠",
    "OD錠",
    "口腔内崩壊錠",
    "D錠",
    "RM錠",
    "ODフィルム",
    "配合錠",
    "配合OD錠",
    "徐放錠",
    "腸溶錠",
    "舌下錠",
    "チュアブル錠",
    "CR錠",
    "SR錠",
    "LA錠",
    "L錠",
    "R錠",
    "XR錠",
    "ER錠",
    "バッカル錠",
    "膣錠",
    "腟錠",
    "貼付錠",
    "分散錠",
    "発泡錠",
    "エキス錠",
    "カプセル",
    "徐放カプセル",
    "腸溶カプセル",
    "エキスカプセル",
    "軟カプセル",
    "散",
    "細粒",
    "顆粒",
    "徐放顆粒",
    "腸溶顆粒",
    "腸溶細粒",
    "配合顆粒",
    "エキス顆粒",
    "エキス細粒",
    "エキス散",
    "末",
    "原末",
    "丸",
    "ドライシロップ",
    "シロップ",
    "シロップ用細粒",
    "小児用細粒",
    "小児用ドライシロップ",
    "小児用シロップ",
    "経口液",
    "内用液",
    "内服液",
    "内服ゼリー",
    "経口ゼリー",
    "ゼリー",
    "液",
    "エリキシル",
    "トローチ",
    "軟膏",
    "眼軟膏",
    "口腔用軟膏",
    "クリーム",
    "ローション",
    "ゲル",
    "外用液",
    "外用散",
    "外用ゲル",
    "外用スプレー",
    "スプレー",
    "フォーム",
    "外用泡状スプレー",
    "テープ",
    "テープL",
    "テープS",
    "パップ",
    "パッチ",
    "パック",
    "貼付剤",
    "シップ",
    "坐剤",
    "坐薬",
    "注腸",
    "浣腸",
    "点眼液",
    "点眼",
    "懸濁性点眼液",
    "配合点眼液",
    "点鼻液",
    "点鼻スプレー",
    "点耳液",
    "耳科用液",
    "うがい液",
    "含嗽液",
    "吸入",
    "吸入液",
    "吸入用",
    "吸入粉末剤",
    "エアゾール",
    "エアー",
    "注射",
    "注射液",
    "注射用",
    "注",
    "静注",
    "静注用",
    "筋注",
    "筋注用",
    "皮下注",
    "点滴静注",
    "点滴静注液",
    "点滴静注用",
    "静注液",
    "注シリンジ",
    "皮下注シリンジ",
    "皮下注ペン",
    "点滴用",
    "キット",
    "シャンプー",
    "消毒液",
    "洗浄液",
];

/// Salts and esters that a name may carry and the starter tables leave off, longest first where
/// one ends with another.
pub const SALTS: &[&str] = &[
    "塩酸塩水和物",
    "メシル酸塩水和物",
    "塩酸塩",
    "硫酸塩",
    "臭化水素酸塩",
    "マレイン酸塩",
    "フマル酸塩",
    "酒石酸塩",
    "クエン酸塩",
    "コハク酸塩",
    "メシル酸塩",
    "ベシル酸塩",
    "トシル酸塩",
    "リン酸塩",
    "酢酸塩",
    "酢酸エステル",
    "酪酸エステル",
    "プロピオン酸エステル",
    "吉草酸エステル",
    "エステル",
    "ピボキシル",
    "シレキセチル",
    "メドキソミル",
    "アキセチル",
    "プロキセチル",
    "エチル",
    "ナトリウム",
    "カリウム",
    "カルシウム",
    "マグネシウム",
    "Na",
    "Ca",
    "K",
    "水和物",
    "無水物",
    "塩",
    "臭化物",
    "塩化物",
    "ヨウ化物",
    "グリシン",
    "エルブミン",
    "アルギニン",
    "キシナホ酸塩",
    "フランカルボン酸エステル",
    "安息香酸塩",
    "硝酸塩",
    "炭酸塩",
    "乳酸塩",
    "パモ酸塩",
    "トロメタミン",
];

/// Units of strength, longest first.
const UNITS: &[&str] = &[
    "万国際単位",
    "万単位",
    "国際単位",
    "単位",
    "mcg",
    "μg",
    "mg",
    "mL",
    "ml",
    "mEq",
    "KU",
    "g",
    "%",
];

impl ProductName {
    /// Splits a name.
    pub fn split(name: &str) -> Self {
        let name: String = name.nfkc().map(|char| if char == 'µ' { 'μ' } else { char }).collect();
        let name = name.strip_prefix("【般】").unwrap_or(&name);
        let (name, maker) = match name.split_once('「') {
            Some((before, behind)) => (before, behind.split('」').next().unwrap_or_default()),
            None => (name, ""),
        };
        let (name, rest) = name.trim().split_once(' ').unwrap_or((name.trim(), ""));
        let (before, strength) = strength(name).unwrap_or_else(|| {
            // ミネラミック注　２ｍＬ says a volume behind the space, no strength; 錠　５ｍｇ one.
            let behind = strength(rest)
                .filter(|(before, found)| before.is_empty() && !found.ends_with("mL"));
            (name, behind.map(|(_, strength)| strength).unwrap_or_default())
        });
        let form = FORMS
            .iter()
            .filter(|form| before.ends_with(**form) && before.len() > form.len())
            .max_by_key(|form| form.len())
            .copied()
            .unwrap_or_default();
        Self {
            stem: before[..before.len() - form.len()].to_owned(),
            form: form.to_owned(),
            strength,
            maker: maker.to_owned(),
        }
    }
}

/// The first figure with a unit, and what stands before it; a figure at the end needs none.
fn strength(name: &str) -> Option<(&str, String)> {
    let mut at = 0;
    while let Some(offset) = name[at..].find(|char: char| char.is_ascii_digit()) {
        let start = at + offset;
        let figures = name[start..]
            .find(|char: char| !char.is_ascii_digit() && !matches!(char, '.' | ','))
            .unwrap_or(name.len() - start);
        let end = start + figures;
        let behind = &name[end..];
        if let Some(unit) = UNITS.iter().find(|unit| behind.starts_with(**unit)) {
            let figure = name[start..end].replace(',', "");
            let unit = match *unit {
                "mcg" => "μg",
                "ml" => "mL",
                unit => unit,
            };
            return Some((&name[..start], format!("{figure}{unit}")));
        }
        if behind.is_empty() && start > 0 {
            return Some((&name[..start], name[start..].to_owned()));
        }
        at = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart_at_form_strength_and_maker() {
        let parts = |name: &str| {
            let parts = ProductName::split(name);
            format!("{}|{}|{}|{}", parts.stem, parts.form, parts.strength, parts.maker)
        };
        for (name, wanted) in [
            ("ノルバスクＯＤ錠５ｍｇ", "ノルバスク|OD錠|5mg|"),
            ("アムロジピン錠２．５ｍｇ「サンプル」", "アムロジピン|錠|2.5mg|サンプル"),
            ("【般】酸化マグネシウム錠３３０ｍｇ", "酸化マグネシウム|錠|330mg|"),
            ("フルメトロン点眼液０．１％", "フルメトロン|点眼液|0.1%|"),
            ("メトホルミン塩酸塩錠２５０ｍｇＭＴ「会社」", "メトホルミン塩酸塩|錠|250mg|会社"),
            ("ワーファリン錠１ｍｇ", "ワーファリン|錠|1mg|"),
            ("ツムラ葛根湯エキス顆粒（医療用）", "ツムラ葛根湯エキス顆粒(医療用)|||"),
            ("チラーヂンＳ錠５０μｇ", "チラーヂンS|錠|50μg|"),
            ("錠", "錠|||"),
        ] {
            assert_eq!(parts(name), wanted);
        }
    }
}
