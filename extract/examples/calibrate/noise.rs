//! Errors that recognition makes: characters taken for those drawn alike, lost and added ones,
//! spaces inside words, lost lines. From general knowledge of Japanese recognition and
//! tesseract's habit of spaces; nothing was taken from a real page.

use chart::{Line, Rect, Symbol};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

/// A character and what it is read as.
const MISREAD: &[(char, &str)] = &[
    ('0', "Oo○6D"),
    ('1', "lI|]7!"),
    ('2', "Z7ク"),
    ('3', "8ヨB"),
    ('4', "A9」"),
    ('5', "S6"),
    ('6', "b8G5"),
    ('7', "1フT"),
    ('8', "B36"),
    ('9', "g4q"),
    ('錠', "綻鍵鉄縮征袋"),
    ('分', "介ハ公"),
    ('日', "曰目白"),
    ('食', "倉良"),
    ('後', "俊修復"),
    ('毎', "每母"),
    ('朝', "潮胡"),
    ('夕', "タ"),
    ('前', "煎"),
    ('T', "丁17"),
    ('C', "(G"),
    ('m', "nr"),
    ('g', "9sqe"),
    ('(', "C〈"),
    (')', "}』"),
    ('ア', "マヤ"),
    ('イ', "ィ"),
    ('ウ', "ワ"),
    ('エ', "工"),
    ('カ', "力ヵ"),
    ('ク', "タケ"),
    ('コ', "ユ"),
    ('サ', "せ"),
    ('シ', "ツミ"),
    ('ジ', "ヅ"),
    ('ス', "ヌ"),
    ('ソ', "ンリ"),
    ('タ', "クダ"),
    ('ツ', "シ"),
    ('テ', "チ"),
    ('ト', "卜ド"),
    ('ナ', "メ"),
    ('ニ', "二"),
    ('ハ', "八"),
    ('バ', "パ"),
    ('パ', "バ"),
    ('ヒ', "ビ"),
    ('ビ', "ピ"),
    ('ピ', "ビ"),
    ('フ', "ワ"),
    ('ブ', "プ"),
    ('プ', "ブ"),
    ('ベ', "ペ"),
    ('ペ', "ベ"),
    ('ボ', "ポ"),
    ('マ', "ア"),
    ('ミ', "シ"),
    ('ム', "厶"),
    ('メ', "ノ"),
    ('ラ', "ヲフ"),
    ('リ', "ソ"),
    ('ル', "レノ"),
    ('レ', "ル"),
    ('ロ', "口"),
    ('ン', "ソ"),
    ('ー', "一-"),
    ('ッ', "ツ"),
    ('ャ', "ヤ"),
    ('ュ', "ユ"),
    ('ョ', "ヨ"),
    ('ド', "ト"),
    ('グ', "ダ"),
    ('炎', "災炙"),
    ('症', "疾"),
    ('疑', "凝嫌"),
    ('病', "痛"),
    ('痛', "病"),
    ('腎', "賢"),
    ('胃', "冒"),
    ('肺', "師"),
    ('性', "注住"),
    ('急', "忽"),
    ('慢', "漫"),
    ('頭', "頸"),
    ('糖', "粘"),
    ('尿', "原"),
    ('圧', "庄"),
    ('血', "皿"),
    ('高', "局"),
    ('膝', "勝"),
    ('腰', "膜"),
    ('節', "筋"),
    ('関', "閲"),
    ('心', "必"),
    ('脳', "胸"),
    ('塞', "寒"),
    ('梗', "便"),
    ('癌', "瘍"),
    ('皮', "反"),
    ('膚', "膏"),
    ('い', "ぃし"),
    ('の', "②"),
];

/// What anything may be read as.
const ANYTHING: &str = "一人中上下本口田木火生性療部和回還有直条長平ンノソリクレトイコ1lI|.,・'";

/// How badly a page is read: the share of wrong characters.
pub fn level(random: &mut StdRng) -> f32 {
    match random.random_range(0..20) {
        0..8 => random.random_range(0.0..0.01),
        8..13 => random.random_range(0.01..0.06),
        13..17 => random.random_range(0.06..0.15),
        _ => random.random_range(0.15..0.4),
    }
}

/// A line as a reader gives it at a level of errors; nothing if it was lost.
pub fn read(random: &mut StdRng, written: &str, bbox: Rect, level: f32) -> Option<Line> {
    let level = (level * random.random_range(0.3..1.9)).min(0.6);
    if random.random_bool(f64::from(level * 0.25)) {
        return None;
    }
    let mut text = String::new();
    let mut symbols = Vec::new();
    let mut before: Option<char> = None;
    for char in written.chars() {
        if char == ' ' {
            if !random.random_bool(f64::from(level * 0.5)) {
                text.push(' ');
            }
            before = None;
            continue;
        }
        let gap = if before.is_some_and(|before| !before.is_ascii() || !char.is_ascii()) {
            0.015 + level * 0.5
        } else {
            0.0
        };
        if random.random_bool(f64::from(gap)) {
            text.push(' ');
        }
        before = Some(char);
        let mut offered = Vec::new();
        let mut seen = Some(char);
        if random.random_bool(f64::from(level)) {
            seen = match random.random_range(0..100) {
                0..70 => Some(misread(random, char)),
                70..82 => Some(anything(random)),
                82..92 => None,
                _ => {
                    text.push(anything(random));
                    Some(char)
                }
            };
            if random.random_bool(0.55) {
                offered.push(char.to_string());
            }
        }
        while offered.len() < 3 {
            offered.push(misread(random, char).to_string());
        }
        let Some(seen) = seen else { continue };
        text.push(seen);
        offered.retain(|other| *other != seen.to_string());
        symbols.push(Symbol {
            text: seen.to_string(),
            bbox,
            confidence: 0.9,
            alternatives: offered,
            ringed: false,
        });
    }
    // A reader whose confidence means that nine tenths of a line are right says about this.
    let confidence = (0.97 - 3.0 * level + random.random_range(-0.2..0.2_f32)).clamp(0.01, 0.97);
    // Added characters have no symbol of their own; then no symbols are better than wrong ones.
    let spelled: String = text.chars().filter(|char| *char != ' ').collect();
    let spelling: String = symbols.iter().map(|symbol| symbol.text.as_str()).collect();
    if spelled != spelling {
        symbols.clear();
    }
    Some(Line { text, bbox, confidence, symbols, ..Line::default() })
}

fn misread(random: &mut StdRng, char: char) -> char {
    let drawn = MISREAD.iter().find(|(meant, _)| *meant == char).map(|(_, drawn)| *drawn);
    let drawn: Vec<char> = drawn.unwrap_or(ANYTHING).chars().collect();
    drawn.choose(random).copied().unwrap_or(char)
}

fn anything(random: &mut StdRng) -> char {
    let all: Vec<char> = ANYTHING.chars().collect();
    all.choose(random).copied().unwrap_or('一')
}
