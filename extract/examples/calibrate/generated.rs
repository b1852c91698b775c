//! Orders and diagnoses with their meaning, written as physicians write them. Names come from the
//! starter lexicon; the rest is drawn by lot.

use std::path::Path;

use chart::Timing;
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

/// A drug of the lexicon.
pub struct Drug {
    stem: String,
    form: String,
    strengths: Vec<String>,
    unit: String,
}

/// What was ordered.
pub struct Order {
    pub lines: Vec<String>,
    pub stem: String,
    pub strength: Option<String>,
    pub dose: f64,
    pub times: Option<u8>,
    pub timing: Vec<Timing>,
    pub prn: bool,
    pub days: Option<u16>,
}

/// What was diagnosed.
pub struct Disease {
    pub line: String,
    pub name: String,
    pub suspected: bool,
}

/// The names of the lexicon.
pub struct Names {
    drugs: Vec<Drug>,
    diseases: Vec<String>,
}

impl Names {
    pub fn open(folder: &Path) -> Self {
        let rows = |file: &str| {
            let mut reader = csv::Reader::from_path(folder.join(file)).expect("a lexicon file");
            let heads = reader.headers().expect("headers").clone();
            let rows: Vec<Vec<(String, String)>> = reader
                .records()
                .filter_map(Result::ok)
                .map(|row| {
                    heads.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect()
                })
                .collect();
            rows
        };
        let field = |row: &[(String, String)], name: &str| {
            row.iter()
                .find(|(head, _)| head == name)
                .map(|(_, text)| text.clone())
                .unwrap_or_default()
        };
        let drugs = rows("drugs.csv")
            .iter()
            .filter(|row| field(row, "status") == "current" && field(row, "kind") != "kampo")
            .filter(|row| matches!(field(row, "form").as_str(), "錠" | "カプセル" | "OD錠"))
            .map(|row| Drug {
                stem: field(row, "stem"),
                form: field(row, "form"),
                strengths: field(row, "strengths").split(';').map(str::to_owned).collect(),
                unit: field(row, "unit"),
            })
            .filter(|drug| drug.strengths.iter().all(|strength| strength.ends_with('g')))
            .collect();
        let diseases = rows("diseases.csv")
            .iter()
            .filter(|row| field(row, "adoption") == "1")
            .map(|row| field(row, "name"))
            .collect();
        Self { drugs, diseases }
    }

    pub fn order(&self, random: &mut StdRng, number: usize) -> Order {
        let drug = self.drugs.choose(random).expect("drugs");
        let strength = drug.strengths.choose(random).expect("strengths").clone();
        let short = if drug.unit == "カプセル" { "C" } else { "T" };
        let unit = if random.random_bool(0.5) { short } else { drug.unit.as_str() };
        let head = match random.random_range(0..3) {
            0 => format!("{}{}{strength}", drug.stem, drug.form),
            1 => format!(
                "{}({})",
                drug.stem,
                strength.trim_end_matches(char::is_alphabetic).trim_end_matches('μ')
            ),
            _ => format!("{}{strength}", drug.stem),
        };
        let number = match random.random_range(0..4) {
            0 => format!("Rp{number}) "),
            1 => format!("{number}) "),
            2 => String::new(),
            _ => char::from_u32(0x245f + u32::try_from(number).unwrap_or(1))
                .map(|c| format!("{c} "))
                .unwrap_or_default(),
        };
        let mut order = Order {
            lines: Vec::new(),
            stem: drug.stem.clone(),
            strength: Some(strength),
            dose: 1.0,
            times: None,
            timing: Vec::new(),
            prn: false,
            days: None,
        };
        if random.random_bool(0.1) {
            let event =
                ["疼痛時", "発熱時", "不眠時", "便秘時", "頭痛時"].choose(random).expect("events");
            let count = [5, 10, 14].choose(random).expect("counts");
            order.prn = true;
            order.lines = vec![format!("{number}{head} 1{unit} 頓用 {event} {count}回分")];
            return order;
        }
        let (times, german, words, timing) = usage(random);
        let days = *[5, 7, 14, 14, 28, 28, 28, 30].choose(random).expect("days");
        order.times = Some(times);
        order.timing = timing;
        order.days = Some(days);
        let style = random.random_range(0..4);
        let each = random.random_range(1..=2);
        order.dose = f64::from(if style == 2 { each } else { each * times });
        let dose = order.dose;
        let (amount, usage) = match style {
            0 => (format!("{dose}{unit}"), format!("分{times} {words} {days}日分")),
            1 => (format!("{dose}{unit}"), format!("{times}×{german} {days}TD")),
            2 => (format!("1回{dose}{unit}"), format!("1日{times}回 {words} {days}日分")),
            _ => (format!("{dose}{unit}"), format!("分{times} {words} ({days})")),
        };
        order.lines = if random.random_bool(0.4) {
            vec![format!("{number}{head} {amount}"), format!("   {usage}")]
        } else {
            vec![format!("{number}{head} {amount} {usage}")]
        };
        order
    }

    pub fn disease(&self, random: &mut StdRng, number: usize) -> Disease {
        let name = self.diseases.choose(random).expect("diseases").clone();
        let suspected = random.random_bool(0.25);
        let cue = if suspected {
            ["の疑い", "疑い", "(疑)", " s/o"].choose(random).expect("cues")
        } else {
            ""
        };
        Disease { line: format!("#{number} {name}{cue}"), name, suspected }
    }
}

/// Times, the German and the Japanese words, and what they mean.
fn usage(random: &mut StdRng) -> (u8, &'static str, &'static str, Vec<Timing>) {
    use Timing::{
        AfterBreakfast, AfterDinner, AfterLunch, Bedtime, BeforeBreakfast, BeforeDinner,
        BeforeLunch, JustBeforeBreakfast, JustBeforeDinner, JustBeforeLunch,
    };
    let all: [(u8, &str, &str, Vec<Timing>); 7] = [
        (3, "n.d.E.", "毎食後", vec![AfterBreakfast, AfterLunch, AfterDinner]),
        (3, "v.d.E.", "毎食前", vec![BeforeBreakfast, BeforeLunch, BeforeDinner]),
        (2, "MA n.d.E.", "朝夕食後", vec![AfterBreakfast, AfterDinner]),
        (1, "M n.d.E.", "朝食後", vec![AfterBreakfast]),
        (1, "A n.d.E.", "夕食後", vec![AfterDinner]),
        (1, "v.d.S.", "就寝前", vec![Bedtime]),
        (3, "MTA n.d.E.", "毎食直前", vec![JustBeforeBreakfast, JustBeforeLunch, JustBeforeDinner]),
    ];
    let (times, german, words, timing) = all.choose(random).expect("usages").clone();
    // 毎食直前 has no German mark of its own here.
    if words == "毎食直前" {
        return (3, "n.d.E.", "毎食後", vec![AfterBreakfast, AfterLunch, AfterDinner]);
    }
    (times, german, words, timing)
}

/// Lines that are neither an order nor a diagnosis.
pub const PROSE: &[&str] = &[
    "変わりなし",
    "血圧 136/80",
    "次回採血",
    "2週後再診",
    "咽頭発赤(-)",
    "BP 142/88 P 72",
    "体調良い",
    "食欲あり",
    "胸部X-P 異常なし",
    "呼吸音清",
    "HbA1c 6.8 LDL-C 132",
    "家庭血圧130台",
    "悪化時は早めに受診",
    "様式第一号(一)の2",
    "処方・手術・処置等",
    "診療録",
    "院外処方",
    "腹部エコー予約",
];
