//! What was printed from a meaning reads back as that meaning, in every way of writing that is
//! printed here: orders, uneven doses, steps, as-needed drugs, diseases with their cues and dates.

use std::{path::Path, sync::LazyLock};

use chart::{
    DiagnosisStatus, DoseBasis, Findings, Line, Medication, MedicationStatus, PageText, Rect,
    Timing,
};
use extract::{Extractor, Lexicon};
use proptest::{prelude::*, sample::select};
use rust_decimal::Decimal;

static EXTRACTOR: LazyLock<Extractor> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/lexicon");
    Extractor::from_lexicon(Lexicon::from_folder(&folder).expect("the starter lexicon"))
});

/// Findings of lines below each other; `~` before a line says that it is struck out.
fn read(written: &[String]) -> Findings {
    let lines = (0_u32..).zip(written).map(|(number, text)| {
        let y0 = 100 + 60 * number;
        let plain = text.trim_start_matches('~');
        let width = 40 * u32::try_from(plain.chars().count()).expect("a short line");
        Line {
            text: plain.into(),
            bbox: Rect::new(100, y0, 100 + width, y0 + 44),
            struck: text.starts_with('~'),
            ..Line::default()
        }
    });
    EXTRACTOR.findings(&PageText {
        width: 2480,
        height: 3508,
        lines: lines.collect(),
        ..PageText::default()
    })
}

/// Name with form, the figure and the unit of its strength, the unit of its amounts.
const DRUGS: &[(&str, &str, &str, &str)] = &[
    ("アムロジピン錠", "5", "mg", "錠"),
    ("ムコスタ錠", "100", "mg", "錠"),
    ("メトグルコ錠", "250", "mg", "錠"),
    ("ディオバン錠", "80", "mg", "錠"),
    ("ネキシウムカプセル", "20", "mg", "カプセル"),
    ("フェブリク錠", "20", "mg", "錠"),
];

/// Doses a day, when in Japanese, in German where there is a mark, and what it means.
const USAGES: &[(u8, &str, Option<&str>, &[Timing])] = &[
    (
        3,
        "毎食後",
        Some("n.d.E."),
        &[Timing::AfterBreakfast, Timing::AfterLunch, Timing::AfterDinner],
    ),
    (
        3,
        "毎食前",
        Some("v.d.E."),
        &[Timing::BeforeBreakfast, Timing::BeforeLunch, Timing::BeforeDinner],
    ),
    (
        3,
        "食間",
        Some("z.d.E."),
        &[Timing::BetweenBreakfast, Timing::BetweenLunch, Timing::BetweenDinner],
    ),
    (2, "朝夕食後", Some("MA n.d.E."), &[Timing::AfterBreakfast, Timing::AfterDinner]),
    (2, "朝食後と就寝前", None, &[Timing::AfterBreakfast, Timing::Bedtime]),
    (1, "朝食後", Some("M n.d.E."), &[Timing::AfterBreakfast]),
    (1, "昼食後", None, &[Timing::AfterLunch]),
    (1, "就寝前", Some("v.d.S."), &[Timing::Bedtime]),
    (1, "起床時", None, &[Timing::Wakeup]),
];

/// How an order is written.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each habit of a hand goes with every other")]
struct Hand {
    number: &'static str,
    brackets: bool,
    latin: bool,
    german: bool,
    per_time: bool,
    two_lines: bool,
    struck: bool,
}

fn hand() -> impl Strategy<Value = Hand> {
    let numbers = select(&["", "1) ", "Rp1) ", "① ", "#1 "][..]);
    (numbers, any::<[bool; 6]>()).prop_map(
        |(number, [brackets, latin, german, per_time, two_lines, struck])| Hand {
            number,
            brackets,
            latin,
            german,
            per_time,
            two_lines,
            struck,
        },
    )
}

fn head((name, figure, unit, _): (&str, &str, &str, &str), hand: Hand) -> String {
    let strength = if hand.brackets { format!("({figure})") } else { format!("{figure}{unit}") };
    format!("{}{name}{strength}", hand.number)
}

fn amount(dose: u8, unit: &str, hand: Hand) -> String {
    let unit = match unit {
        "錠" if hand.latin => "T",
        "カプセル" if hand.latin => "C",
        unit => unit,
    };
    format!("{dose}{unit}")
}

fn lines(first: String, second: String, hand: Hand) -> Vec<String> {
    let lines = if hand.two_lines { vec![first, second] } else { vec![first + " " + &second] };
    let mark = if hand.struck { "~" } else { "" };
    lines.into_iter().map(|line| format!("{mark}{line}")).collect()
}

fn only(findings: Findings) -> Medication {
    assert_eq!(findings.medications.len(), 1, "{:?}", findings.medications);
    findings.medications.into_iter().next().map(|finding| finding.content).unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn an_order_reads_back(
        drug in select(DRUGS), usage in select(USAGES), each in 1_u8..=3, days in 1_u16..=90, hand in hand(),
    ) {
        let (times, words, german, timing) = usage;
        let dose = if hand.per_time { each } else { each * times };
        let per = if hand.per_time { "1回" } else { "" };
        let first = format!("{} {per}{}", head(drug, hand), amount(dose, drug.3, hand));
        let second = match german {
            _ if hand.per_time => format!("1日{times}回 {words} {days}日分"),
            Some(german) if hand.german => format!("{times}×{german} {days}TD"),
            _ => format!("分{times} {words} {days}日分"),
        };
        let written = lines(first, second, hand);
        let m = only(read(&written));
        let basis = if hand.per_time { DoseBasis::Once } else { DoseBasis::Day };
        let status =
            if hand.struck { MedicationStatus::Cancelled } else { MedicationStatus::Active };
        prop_assert_eq!(&m.name, drug.0, "{:?}", &written);
        prop_assert_eq!(m.strength, Some(format!("{}{}", drug.1, drug.2)), "{:?}", &written);
        prop_assert_eq!(m.dose, Some(Decimal::from(dose)), "{:?}", &written);
        prop_assert_eq!(m.dose_basis, Some(basis), "{:?}", &written);
        prop_assert_eq!(m.unit.as_deref(), Some(drug.3), "{:?}", &written);
        prop_assert_eq!(m.times_per_day, Some(times), "{:?}", &written);
        prop_assert_eq!(m.timing.as_slice(), timing, "{:?}", &written);
        prop_assert_eq!(m.days, Some(days), "{:?}", &written);
        prop_assert_eq!(m.status, status, "{:?}", &written);
    }

    #[test]
    fn an_as_needed_order_reads_back(
        drug in select(DRUGS), each in 1_u8..=2, count in 1_u16..=30, hand in hand(),
        event in select(&["疼痛時", "発熱時", "不眠時", "便秘時", "頭痛時", "嘔気時", "めまい時"][..]),
    ) {
        let first = format!("{} 1回{}", head(drug, hand), amount(each, drug.3, hand));
        let written = lines(first, format!("{event} 頓用 {count}回分"), hand);
        let m = only(read(&written));
        prop_assert!(m.prn && m.days.is_none() && m.timing.is_empty(), "{:?}", &written);
        prop_assert_eq!(m.prn_reason.as_deref(), Some(event), "{:?}", &written);
        prop_assert_eq!(m.dose, Some(Decimal::from(each)), "{:?}", &written);
        prop_assert_eq!(m.dose_basis, Some(DoseBasis::Once), "{:?}", &written);
        prop_assert_eq!(m.quantity, Some(Decimal::from(count)), "{:?}", &written);
    }

    #[test]
    fn uneven_doses_read_back(
        drug in select(DRUGS), doses in proptest::array::uniform3(0_u8..=4), days in 1_u16..=60, dashed in any::<bool>(),
    ) {
        let [morning, noon, evening] = doses;
        let sum = morning + noon + evening;
        prop_assume!(doses.iter().filter(|dose| **dose > 0).count() >= 2);
        let pattern = if dashed {
            format!("{morning}-{noon}-{evening}")
        } else {
            let named = [("朝", morning), ("昼", noon), ("夕", evening)];
            let taken = named.iter().filter(|(_, dose)| *dose > 0);
            taken.map(|(meal, dose)| format!("{meal}{dose}")).collect::<Vec<_>>().concat()
        };
        let written =
            [format!("{}{}{} {sum}T {pattern} {days}日分", drug.0, drug.1, drug.2)];
        let m = only(read(&written));
        let at = [Timing::AfterBreakfast, Timing::AfterLunch, Timing::AfterDinner];
        let meant: Vec<(Timing, Decimal)> = at
            .into_iter()
            .zip(doses)
            .filter(|(_, dose)| *dose > 0)
            .map(|(at, dose)| (at, Decimal::from(dose)))
            .collect();
        let said: Vec<(Timing, Decimal)> = m.doses.iter().map(|it| (it.at, it.dose)).collect();
        prop_assert_eq!(said, meant, "{:?}", &written);
        prop_assert_eq!(m.dose_basis, Some(DoseBasis::Day), "{:?}", &written);
        prop_assert_eq!(m.days, Some(days), "{:?}", &written);
    }

    #[test]
    fn steps_read_back(
        steps in proptest::collection::vec((1_u8..=8, 1_u16..=30), 2..5), arrow in any::<bool>(),
    ) {
        let parts: Vec<String> =
            steps.iter().map(|(dose, days)| format!("{dose}T {days}日分")).collect();
        let written = [format!(
            "プレドニン錠5mg {} 分1 朝食後", parts.join(if arrow { " → " } else { "、" })
        )];
        let m = only(read(&written));
        let said: Vec<(Decimal, Option<u16>)> =
            m.steps.iter().map(|step| (step.dose, step.days)).collect();
        let meant: Vec<(Decimal, Option<u16>)> =
            steps.iter().map(|(dose, days)| (Decimal::from(*dose), Some(*days))).collect();
        prop_assert_eq!(said, meant, "{:?}", &written);
        prop_assert_eq!(m.days, Some(steps[0].1), "{:?}", &written);
    }

    #[test]
    fn a_disease_reads_back(
        name in select(&["高血圧症", "肺炎", "胃潰瘍", "2型糖尿病", "気管支喘息", "変形性膝関節症", "心房細動"][..]),
        lead in select(&["#1 ", "#2 ", "Dx: ", "診断：", "A) #1 "][..]),
        side in select(&["", "右", "左", "両側"][..]),
        cue in select(&[
            ("", DiagnosisStatus::Confirmed),
            ("の疑い", DiagnosisStatus::Suspected),
            ("(疑)", DiagnosisStatus::Suspected),
            (" s/o", DiagnosisStatus::Suspected),
            ("?", DiagnosisStatus::Suspected),
            ("(-)", DiagnosisStatus::Negated),
            ("は否定的", DiagnosisStatus::Negated),
            ("の既往", DiagnosisStatus::History),
        ][..]),
        struck in any::<bool>(),
    ) {
        let side = if name.contains('膝') { side } else { "" };
        let mark = if struck { "~" } else { "" };
        let written = [format!("{mark}{lead}{side}{name}{}", cue.0)];
        let found = read(&written).diagnoses;
        prop_assert_eq!(found.len(), 1, "{:?}", &written);
        let d = &found[0].content;
        prop_assert_eq!(&d.name, name, "{:?}", &written);
        let status = if struck { DiagnosisStatus::Negated } else { cue.1 };
        prop_assert_eq!(d.status, status, "{:?}", &written);
        let sides: Vec<&str> = d.modifiers.iter().map(|it| it.name.as_str()).collect();
        let meant: Vec<&str> = Some(side).filter(|side| !side.is_empty()).into_iter().collect();
        prop_assert_eq!(sides, meant, "{:?}", &written);
    }

    #[test]
    fn a_row_of_the_table_reads_back(
        era in select(&[("S", "昭和", 1925, 40..63), ("H", "平成", 1988, 2..30), ("R", "令和", 2018, 2..8)][..]),
        year in 0_u16..100, month in 1_u8..=12, day in 1_u8..=28, form in 0..3,
    ) {
        let (letter, word, before, years) = era;
        let year = years.start + year % (years.end - years.start);
        let date = match form {
            0 => format!("{letter}{year}.{month}.{day}"),
            1 => format!("{letter}{year}/{month}/{day}"),
            _ => format!("{word}{year}年{month}月{day}日"),
        };
        let cell = |text: &str, x0: u32, y0: u32| Line {
            text: text.into(),
            bbox: Rect::new(x0, y0, x0 + 40 * text.chars().count() as u32, y0 + 44),
            ..Line::default()
        };
        let lines = vec![
            cell("傷病名", 100, 100), cell("開始", 700, 100), cell("転帰", 1300, 100),
            cell("痛風", 100, 160), cell(&date, 700, 160),
        ];
        let page = PageText { width: 2480, height: 3508, lines, ..PageText::default() };
        let found = EXTRACTOR.findings(&page).diagnoses;
        prop_assert_eq!(found.len(), 1);
        let meant = format!("{:04}-{month:02}-{day:02}", before + year);
        prop_assert_eq!(found[0].content.onset.as_ref(), Some(&meant), "{}", date);
    }
}
