//! Feeds random lines of the alphabet of charts through everything, and says how many: a panic
//! ends it with the line that caused it. `cargo run --release -p extract --example fuzz [INPUTS]
//! [SEED]`.

use std::{path::Path, time::Instant};

use chart::{Line, PageText, Rect, Symbol};
use extract::{Extractor, Lexicon};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

/// What charts are made of, so that the grammars are entered and not only passed by.
const PIECES: &[&str] = &[
    "アムロジピン",
    "ロキソニン",
    "ツムラ",
    "錠",
    "OD錠",
    "カプセル",
    "5mg",
    "(60)",
    "0.25",
    "100",
    "1",
    "2",
    "3",
    "T",
    "C",
    "g",
    "mL",
    "分",
    "分3",
    "×",
    "3×",
    "n.d.E.",
    "v.d.S.",
    "TD",
    "日",
    "日分",
    "14日分",
    "1日",
    "1回",
    "回",
    "毎食後",
    "食",
    "朝",
    "昼",
    "夕",
    "眠前",
    "頓用",
    "疼痛時",
    "週",
    "隔日",
    "〃",
    "do",
    "Rp",
    ")",
    "(",
    "①",
    "#1",
    "→",
    "中止",
    "右",
    "左",
    "高血圧症",
    "糖尿病",
    "HT",
    "DM",
    "AF",
    "の疑い",
    "(-)",
    "s/o",
    "既往歴",
    "家族歴",
    "：",
    "父",
    "傷病名",
    "開始",
    "転帰",
    "治ゆ",
    "R5.3.10",
    "昭和65年",
    "H元",
    "令和",
    "年",
    "月",
    "BP",
    "136/80",
    "HbA1c",
    "6.8",
    "%",
    "アレルギー",
    "氏名",
    "保険者番号",
    "1234",
    "。",
    "、",
    " ",
    " ",
    "　",
    "-",
    "ー",
    "一",
    "|",
    "]",
    "O",
    "l",
    "½",
    "㎎",
    "ｱ",
    "ﾞ",
    "゛",
    "〇",
    "′",
    "\u{0}",
    "\u{200d}",
    "𠮷",
    "é",
    "ß",
];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let inputs: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let seed: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/lexicon");
    let extractor = Extractor::from_lexicon(Lexicon::from_folder(&folder).expect("models/lexicon"));
    let mut random = StdRng::seed_from_u64(seed);
    let start = Instant::now();
    let mut findings = 0_usize;
    for number in 0..inputs {
        let page = page(&mut random);
        let found = std::panic::catch_unwind(|| {
            let found = extractor.findings(&page);
            found.medications.len() + found.diagnoses.len() + found.observations.len()
        });
        if let Ok(found) = found {
            findings += found;
        } else {
            eprintln!("input {number} of seed {seed}:\n{}", page.text());
            std::process::exit(1);
        }
    }
    println!("{inputs} inputs, {findings} findings, {:.1?}, no panic", start.elapsed());
}

fn page(random: &mut StdRng) -> PageText {
    let lines = (0..random.random_range(1..4)).map(|_| line(random)).collect();
    PageText { width: 2000, height: 3000, lines, ..PageText::default() }
}

fn line(random: &mut StdRng) -> Line {
    let mut text = String::new();
    for _ in 0..random.random_range(0..12) {
        match random.random_range(0..20) {
            0 => text.extend(char::from_u32(random.random_range(0..0x3_0000))),
            _ => text.push_str(PIECES.choose(random).copied().unwrap_or_default()),
        }
    }
    let (x0, y0) = (random.random_range(0..2000), random.random_range(0..3000));
    let bbox = Rect::new(x0, y0, x0 + random.random_range(0..900), y0 + random.random_range(0..80));
    let symbols = if random.random_bool(0.3) {
        text.chars()
            .map(|char| Symbol {
                text: char.to_string(),
                bbox,
                confidence: random.random(),
                alternatives: vec![random.random_range('0'..='9').to_string()],
                ringed: false,
            })
            .collect()
    } else {
        Vec::new()
    };
    Line {
        text,
        bbox,
        confidence: random.random(),
        vertical: random.random_bool(0.1),
        struck: random.random_bool(0.1),
        symbols,
        ..Line::default()
    }
}
