//! Lines and pages with what they mean.

use std::sync::LazyLock;

use chart::{DiagnosisStatus, DoseBasis, Line, MedicationStatus, Rect};
use proptest::prelude::*;

use super::*;
use crate::fixture;

/// A page of lines below each other, or of cells (`|`) beside each other.
fn page(rows: &[&str]) -> PageText {
    let mut lines = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let y0 = 100 + number as u32 * 60;
        let mut x0 = 100;
        for cell in row.split('|') {
            let struck = cell.starts_with('~');
            let text = cell.trim_start_matches('~').trim();
            let width = text.chars().count().max(1) as u32 * 40;
            if !text.is_empty() {
                lines.push(Line {
                    text: text.into(),
                    bbox: Rect::new(x0, y0, x0 + width, y0 + 44),
                    struck,
                    ..Line::default()
                });
            }
            x0 += width.max(400) + 40;
        }
    }
    PageText { width: 2480, height: 3508, lines, ..PageText::default() }
}

static EXTRACTOR: LazyLock<Extractor> =
    LazyLock::new(|| Extractor::from_lexicon(fixture::lexicon()));

fn read(rows: &[&str]) -> Findings {
    EXTRACTOR.findings(&page(rows))
}

/// A medication in one line: name, strength, dose and basis, times, timing, days, doubts.
fn medications(rows: &[&str]) -> String {
    let words = read(rows).medications.into_iter().map(|finding| {
        let m = finding.content;
        let mut words = vec![m.name];
        words.extend(m.strength);
        if let (Some(dose), Some(unit)) = (m.dose, m.unit) {
            let basis = match m.dose_basis {
                Some(DoseBasis::Day) => "/day",
                Some(DoseBasis::Once) => "/time",
                None => "",
            };
            words.push(format!("{dose}{unit}{basis}"));
        }
        words.extend(m.times_per_day.map(|times| format!("×{times}")));
        let timing: Vec<String> = m
            .timing
            .iter()
            .filter_map(|timing| Some(serde_json::to_value(timing).ok()?.as_str()?.to_owned()))
            .collect();
        if !timing.is_empty() {
            words.push(timing.join("+"));
        }
        if m.prn {
            words.push(format!("prn {}", m.prn_reason.unwrap_or_default()));
        }
        if m.weekly {
            words.push("weekly".into());
        }
        words.extend(m.days.map(|days| format!("{days}d")));
        words.extend(m.quantity.map(|quantity| format!("q{quantity}")));
        if m.status == MedicationStatus::Cancelled {
            words.push("cancelled".into());
        }
        let doubts: Vec<&str> =
            finding.evidence.doubts.iter().map(|doubt| doubt.kind.as_str()).collect();
        if !doubts.is_empty() {
            words.push(format!("?{}", doubts.join(",")));
        }
        words.join(" ")
    });
    words.collect::<Vec<_>>().join("\n")
}

/// A diagnosis in one line: status, modifiers, name, code, dates, outcome, doubts.
fn diagnoses(rows: &[&str]) -> String {
    let words = read(rows).diagnoses.into_iter().map(|finding| {
        let d = finding.content;
        let status = match d.status {
            DiagnosisStatus::Confirmed => "",
            DiagnosisStatus::Suspected => "suspected ",
            DiagnosisStatus::Negated => "negated ",
            DiagnosisStatus::History => "history ",
            DiagnosisStatus::Family => "family ",
        };
        let main = if d.main { "main " } else { "" };
        let modifiers: Vec<String> = d.modifiers.iter().map(|m| format!("[{}]", m.name)).collect();
        let name = format!("{status}{main}{}{}", modifiers.concat(), d.name);
        let end = d.end.map(|end| format!("–{end}"));
        let parts = [Some(name), d.icd10, d.onset, end, d.outcome];
        let words = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let doubts: Vec<&str> =
            finding.evidence.doubts.iter().map(|doubt| doubt.kind.as_str()).collect();
        if doubts.is_empty() { words } else { format!("{words} ?{}", doubts.join(",")) }
    });
    words.collect::<Vec<_>>().join("\n")
}

#[test]
fn one_line_orders() {
    let table = [
        (
            "ロキソニン錠60mg 3T 分3 毎食後 7日分",
            "ロキソニン錠 60mg 3錠/day ×3 after_breakfast+after_lunch+after_dinner 7d",
        ),
        (
            "Rp1) ロキソニン(60) 3T 3×n.d.E. 7TD",
            "ロキソニン 60mg 3錠/day ×3 after_breakfast+after_lunch+after_dinner 7d",
        ),
        (
            "① ロキソニン60 3T 3×ndE (7)",
            "ロキソニン 60mg 3錠/day ×3 after_breakfast+after_lunch+after_dinner 7d",
        ),
        (
            "1) ﾛｷｿﾆﾝ錠60mg 1回1錠 1日3回 毎食後 5日分",
            "ロキソニン錠 60mg 1錠/time ×3 after_breakfast+after_lunch+after_dinner 5d",
        ),
        (
            "アムロジピンOD錠5mg「見本」 1錠 分1 朝食後 28日分",
            "アムロジピンOD錠 5mg 1錠/day ×1 after_breakfast 28d",
        ),
        (
            "アムロジピンベシル酸塩錠5mg 1T 1×M n.d.E. 14TD",
            "アムロジピンベシル酸塩錠 5mg 1錠/day ×1 after_breakfast 14d",
        ),
        (
            "ランソプラゾールカプセル15mg 1C 1×v.d.S. 14TD",
            "ランソプラゾールカプセル 15mg 1カプセル/day ×1 bedtime 14d",
        ),
        (
            "ツムラ68 7.5g 分3 毎食前 7日分",
            "芍薬甘草湯 7.5g/day ×3 before_breakfast+before_lunch+before_dinner 7d",
        ),
        ("TJ-68 2.5g 1×vds 7TD", "芍薬甘草湯 2.5g/day ×1 bedtime 7d"),
        (
            "ツムラ芍薬甘草湯エキス顆粒(医療用) 2.5g 頓用 こむら返り時 10回分",
            "芍薬甘草湯エキス顆粒 2.5g/time prn こむら返り時 q10",
        ),
        ("カロナール錠200 1回2錠 発熱時 頓用 10回分", "カロナール錠 200mg 2錠/time prn 発熱時 q10"),
        ("モーラステープ20mg 14枚 1日1回 腰に貼付", "モーラステープ 20mg 14枚 ×1 q14"),
        ("キサラタン点眼液0.005% 1本 1日1回 両眼 点眼", "キサラタン点眼液 0.005% 1本 ×1 q1"),
        ("リンデロン-VG軟膏0.12% 5g 1日2回 患部に塗布", "リンデロン-VG軟膏 0.12% 5g ×2 q5"),
        (
            "メトトレキサートカプセル2mg 1回2カプセル 週1回 起床時 4週分",
            "メトトレキサートカプセル 2mg 2カプセル/time ×1 wakeup weekly 28d",
        ),
        (
            "PSL 5mg 2T 分2 朝昼食後 3日分",
            "プレドニゾロン 5mg 2錠/day ×2 after_breakfast+after_lunch 3d",
        ),
        (
            "プレドニゾロン(5) 6T 朝3昼2夕1 7TD",
            "プレドニゾロン 5mg 6錠/day ×3 after_breakfast+after_lunch+after_dinner 7d",
        ),
        (
            "【般】アムロジピン錠5mg 1錠 1日1回朝食後 30日分",
            "アムロジピン錠 5mg 1錠/day ×1 after_breakfast 30d",
        ),
        (
            "PL配合顆粒 4g 分4 毎食後と就寝前 3日分",
            "PL配合顆粒 4g/day ×4 after_breakfast+after_lunch+after_dinner+bedtime 3d",
        ),
        (
            "メチコバール錠500 3T 分3 毎食後 30日分",
            "メチコバール錠 500μg 3錠/day ×3 after_breakfast+after_lunch+after_dinner 30d",
        ),
    ];
    for (line, expected) in table {
        assert_eq!(medications(&[line]), expected, "{line}");
    }
}

#[test]
fn what_is_doubtful_is_asked() {
    let table = [
        // 1T 分3: a third of a tablet each, or one each.
        (
            "ロキソニン(60) 1T 分3 毎食後 7TD",
            "ロキソニン 60mg 1錠 ×3 after_breakfast+after_lunch+after_dinner 7d ?unknown_basis,dose_does_not_divide",
        ),
        (
            "ロキソニン(60) 2T 朝夕食後 7TD",
            "ロキソニン 60mg 2錠 ×2 after_breakfast+after_dinner 7d ?unknown_basis",
        ),
        (
            "ロキソニン錠60mg 3T 1日3回毎食後 7日分",
            "ロキソニン錠 60mg 3錠 ×3 after_breakfast+after_lunch+after_dinner 7d ?unknown_basis",
        ),
        (
            "アムロジピン錠7mg 1T 分1 朝食後 14日分",
            "アムロジピン錠 7mg 1錠/day ×1 after_breakfast 14d ?strength_does_not_exist",
        ),
        (
            "アムロジピン錠 1T 分1 朝食後 14日分",
            "アムロジピン錠 1錠/day ×1 after_breakfast 14d ?strength_missing",
        ),
        (
            "アムロジピン錠10mg 2T 分2 朝夕食後 14日分",
            "アムロジピン錠 10mg 2錠/day ×2 after_breakfast+after_dinner 14d ?dose_above_maximum",
        ),
        (
            "アマリール(1) 1T 分1 朝食前 14日分",
            "アマリール 1mg 1錠/day ×1 before_breakfast 14d ?look_alike",
        ),
        (
            "アムロジピン錠5mg 1C 分1 朝食後 14日分",
            "アムロジピン錠 5mg 1カプセル/day ×1 after_breakfast 14d ?unit_does_not_fit",
        ),
        (
            "アムロジピン錠5mg 1T 分1 朝 14日分",
            "アムロジピン錠 5mg 1錠/day ×1 after_breakfast 14d ?incomplete",
        ),
        ("アムロジピン錠5mg 1T do", "アムロジピン錠 5mg 1錠 ?unknown_basis,refers_elsewhere"),
        (
            "アムロジピン錠5mg 1T 分1 朝食後 中止",
            "アムロジピン錠 5mg 1錠/day ×1 after_breakfast cancelled ?incomplete,changed",
        ),
        (
            "アムロジピン錠5mg 1O錠 分1 朝食後 14日分",
            "アムロジピン錠 5mg 10錠/day ×1 after_breakfast 14d ?dose_above_maximum,unreadable_digits",
        ),
        (
            "アムロヅピン錠5mg 1T 分1 朝食後 14日分",
            "アムロジピン錠 5mg 1錠/day ×1 after_breakfast 14d ?name_by_likeness",
        ),
        (
            "1) ゾニサミン錠25mg 2T 分2 朝夕食後 14日分",
            "ゾニサミン錠 25mg 2錠/day ×2 after_breakfast+after_dinner 14d ?unknown_name",
        ),
    ];
    for (line, expected) in table {
        assert_eq!(medications(&[line]), expected, "{line}");
    }
}

#[test]
fn lines_that_belong_together() {
    let three = "after_breakfast+after_lunch+after_dinner";
    // A line that was full, broken inside words and numbers.
    assert_eq!(
        medications(&["1) ロキソニン錠60mg 3T 分3 毎", "食後 1", "4日分"]),
        format!("ロキソニン錠 60mg 3錠/day ×3 {three} 14d"),
    );
    // 〃 takes over what the line above says.
    assert_eq!(
        medications(&["1) ロキソニン(60) 3T 分3 毎食後 7日分", "2) ムコスタ(100) 3T 〃 〃"]),
        format!(
            "ロキソニン 60mg 3錠/day ×3 {three} 7d\nムコスタ 100mg 3錠/day ×3 {three} 7d ?usage_from_group"
        ),
    );
    // One usage for a group.
    assert_eq!(
        medications(&["Rp1) ロキソニン(60) 3T", "ムコスタ(100) 3T", "分3 毎食後 7日分"]),
        format!(
            "ロキソニン 60mg 3錠/day ×3 {three} 7d ?usage_from_group\nムコスタ 100mg 3錠/day ×3 {three} 7d"
        ),
    );
    // Cells of a table.
    assert_eq!(
        medications(&[
            "薬品名|用量|用法|日数",
            "ロキソニン錠60mg|3錠|分3 毎食後|7日分",
            "ムコスタ錠100mg|3錠|分3 毎食後|7日分"
        ]),
        format!("ロキソニン錠 60mg 3錠/day ×3 {three} 7d\nムコスタ錠 100mg 3錠/day ×3 {three} 7d"),
    );
    // Two orders that were read as one line.
    assert_eq!(
        medications(&["1) ロキソニン(60) 3T 分3 毎食後 7TD 2) エチゾラム(0.5) 1T 1×眠前 7TD"]),
        format!("ロキソニン 60mg 3錠/day ×3 {three} 7d\nエチゾラム 0.5mg 1錠/day ×1 bedtime 7d"),
    );
    // Struck out.
    assert_eq!(
        medications(&["~1) ロキソニン(60) 3T", "~分3 毎食後 7日分"]),
        format!("ロキソニン 60mg 3錠/day ×3 {three} 7d cancelled"),
    );
}

#[test]
fn an_order_whose_name_was_lost_lends_nothing_to_its_neighbours() {
    let three = "after_breakfast+after_lunch+after_dinner";
    let first = format!("ロキソニン 60mg 3錠/day ×3 {three} 7d");
    // Its amount and days belong to no order above it.
    assert_eq!(
        medications(&["1) ロキソニン(60) 3T 分3 毎食後 7日分", "\"-ル(5)3T", "14TD"]),
        format!("{first}\n判読不能 3錠 14d ?unknown_basis,unknown_name,incomplete"),
    );
    assert_eq!(
        medications(&["1) ロキソニン(60) 3T 分3 毎食後 7日分", "1T 分1 朝食後 30日分"]),
        format!("{first}\n判読不能 1錠/day ×1 after_breakfast 30d ?unknown_name"),
    );
    // 〃 below what was not understood points there, and not at the order above that.
    assert_eq!(
        medications(&[
            "1) ロキソニン(60) 3T 分3 毎食後 7日分",
            "」了ハ薩朝眞三",
            "3) ムコスタ(100) 3T 〃"
        ]),
        format!("{first}\nムコスタ 100mg 3錠 ?unknown_basis,refers_elsewhere,incomplete"),
    );
}

#[test]
fn a_misread_name_is_believed_as_far_as_no_other_is_near() {
    let sure = |row: &str| read(&[row]).medications[0].evidence.confidence;
    // アマリール and アルマール cost alike; nothing is like ムコスタ.
    let near_two = sure("1) アルリール錠1mg 1T 分1 朝食後 14日分");
    let near_one = sure("1) ムコヌタ錠100mg 3T 分3 毎食後 14日分");
    assert!(near_two < 0.7 && near_one > 0.9, "{near_two} {near_one}");
}

#[test]
fn a_pharmacy_s_sheet_and_a_vertical_page_are_read() {
    assert_eq!(
        medications(&[
            "お薬の説明",
            "アムロジピンOD錠5mg「見本」 1錠",
            "【1日1回朝食後】 28日分",
            "ランソプラゾールカプセル15mg 1カプセル",
            "【1日1回就寝前】 28日分",
        ]),
        "アムロジピンOD錠 5mg 1錠/day ×1 after_breakfast 28d\n\
         ランソプラゾールカプセル 15mg 1カプセル/day ×1 bedtime 28d",
    );
    let vertical = |text: &str, x0: u32| Line {
        text: text.into(),
        bbox: Rect::new(x0, 100, x0 + 44, 100 + 40 * text.chars().count() as u32),
        vertical: true,
        ..Line::default()
    };
    let page = PageText {
        width: 2480,
        height: 3508,
        lines: vec![
            vertical("処方", 2100),
            vertical("ロキソニン錠60mg 三錠 分三 毎", 2000),
            vertical("食後 七日分", 1940),
        ],
        ..PageText::default()
    };
    let findings = EXTRACTOR.findings(&page);
    let drug = &findings.medications[0];
    assert_eq!((drug.content.name.as_str(), drug.content.days), ("ロキソニン錠", Some(7)));
    assert_eq!(drug.evidence.bbox, Rect::new(1940, 100, 2044, 820));
}

#[test]
fn what_is_no_order_gives_none() {
    for line in [
        "do処方 14日分",
        "前回同様",
        "生食100mL DIV",
        "アレルギー：ロキソニン",
        "ロキソニンで胃痛あり",
        "2週後再診",
        "血圧 136/80 P 72",
        "以下余白",
        "Rp do",
        "処方箋発行",
    ] {
        assert_eq!(medications(&[line]), "", "{line}");
    }
}

#[test]
fn a_sure_product_has_its_code_and_a_generic_name_has_none() {
    let codes = |line: &str| read(&[line]).medications[0].evidence.codes.clone();
    let brand = codes("ロキソニン錠60mg 3T 分3 毎食後 7日分");
    assert_eq!(brand.get(&chart::CodeSystem::PriceList).map(String::as_str), Some("1149019F1560"));
    assert!(codes("アムロジピン錠5mg 1T 分1 朝食後 7日分").is_empty());
    let general = codes("【般】アムロジピン錠5mg 1T 分1 朝食後 7日分");
    assert_eq!(
        general.get(&chart::CodeSystem::GenericName).map(String::as_str),
        Some("2171022F2ZZZ")
    );
    assert!(codes("ロキソニソ錠60mg 3T 分3 毎食後 7日分").is_empty());
}

#[test]
fn diseases_in_lists_lines_and_histories() {
    let table = [
        ("#1 高血圧症 安定", "高血圧症 I10"),
        ("A) #1 2型糖尿病 #2 高血圧", "2型糖尿病 E11\n高血圧症 I10"),
        ("A: 急性気管支炎", "急性気管支炎 J20.9"),
        ("右変形性膝関節症の疑い", "suspected [右]変形性膝関節症 M17.1"),
        ("胃潰瘍(疑)", "suspected 胃潰瘍 K25.9"),
        ("T2DM s/o", "suspected 2型糖尿病 E11"),
        ("r/o 脳梗塞", "suspected 脳梗塞 I63.9"),
        ("GUは否定的", "negated 胃潰瘍 K25.9"),
        ("気管支喘息(-)", "negated 気管支喘息 J45.9"),
        ("BA なし", "negated 気管支喘息 J45.9"),
        (
            "既往歴：虫垂炎(S50)、胃潰瘍術後",
            "history 急性虫垂炎 K35.8 1975\nhistory [の術後]胃潰瘍 K25.9",
        ),
        ("既往歴：H10 脳梗塞", "history 脳梗塞 I63.9 1998"),
        ("家族歴：父 高血圧、母 糖尿病", "family 高血圧症 I10\nfamily 糖尿病 E14"),
        ("家族歴：母 DM(-)", "negated 糖尿病 E14"),
        // As readers lose spaces.
        ("家族歴：父高血圧、母糖尿病", "family 高血圧症 I10\nfamily 糖尿病 E14"),
        ("#1 2型糖尿病コントロール良好", "2型糖尿病 E11"),
        ("#1 高皿圧症やや不良", "高血圧症 I10 ?name_by_likeness"),
        ("#1 AF", "AF ?ambiguous_abbreviation"),
        ("#1 AD(皮膚)", "アトピー性皮膚炎 L20.9"),
        ("#1 胆嚢結石", "胆のう結石症 K80.2"),
        ("#1 大腸Ca", "大腸癌 C18.9"),
        ("#1 Meniere病", "メニエール病 H81.0"),
        ("#1 高皿圧症", "高血圧症 I10 ?name_by_likeness"),
        ("診断：高血圧症、２型糖尿病", "高血圧症 I10\n2型糖尿病 E11"),
        ("傷病名：1. 本態性高血圧症 2. 気管支喘息", "本態性高血圧症 I10\n気管支喘息 J45.9"),
        ("アレルギー性鼻炎", "アレルギー性鼻炎 J30.4"),
        // Complaints and tests are no diagnoses.
        ("S: 頭痛が続いている", ""),
        ("頭痛", ""),
        ("頭痛の疑い", "suspected 頭痛 R51"),
        ("腰痛が続いている。", ""),
        ("K", ""),
        ("血圧 140/80", ""),
        ("特に変わりなし", ""),
    ];
    for (line, expected) in table {
        assert_eq!(diagnoses(&[line]), expected, "{line}");
    }
}

#[test]
fn the_table_of_diseases_gives_dates_and_outcomes() {
    let rows = [
        "傷 病 名|職務|開 始|終 了|転 帰",
        "(主) 本態性高血圧症|上・外|H23.4.1||治ゆ 死亡 中止",
        "急性気管支炎|上・外|R5.3.10|R5.4.2|治ゆ",
        "心房細動の疑い|上・外|R5.3.10|R5.2.30|中止",
        "糖尿病|上・外|R5.3.10|R4.1.1|中止",
        "見本ヶ原症候群|上・外|S65.1.1||",
        "備考",
    ];
    insta::assert_snapshot!(diagnoses(&rows), @r"
    main 本態性高血圧症 I10 2011-04-01
    急性気管支炎 J20.9 2023-03-10 –2023-04-02 治ゆ
    suspected 心房細動 I48.9 2023-03-10 中止 ?impossible_date
    糖尿病 E14 2023-03-10 –2022-01-01 中止 ?impossible_date
    見本ヶ原症候群 ?unknown_name,impossible_date
    ");
}

#[test]
fn a_letter_of_referral_is_read_by_its_headings() {
    let rows = [
        "紹 介 状（診療情報提供書）",
        "患者氏名 見本 花子 様|性別 女",
        "生年月日 昭和23年4月1日",
        "傷病名：1. 本態性高血圧症 2. 糖尿病",
        "紹介目的：精査のお願い",
        "既往歴：胃潰瘍(H5)",
        "家族歴：父 脳梗塞",
        "現病歴：",
        "平成20年より気管支喘息にて通院中です。頭痛の訴えがあります。",
        "現在の処方",
        "アムロジピン錠5mg 1錠 分1 朝食後",
        "アレルギー：造影剤で蕁麻疹",
    ];
    insta::assert_snapshot!(diagnoses(&rows), @r"
    本態性高血圧症 I10
    糖尿病 E14
    history 胃潰瘍 K25.9 1993
    family 脳梗塞 I63.9
    気管支喘息 J45.9
    ");
    assert_eq!(medications(&rows), "アムロジピン錠 5mg 1錠/day ×1 after_breakfast");
    let findings = read(&rows);
    assert_eq!(findings.patient.name.as_deref(), Some("見本 花子"));
    assert_eq!(findings.patient.birth_date.as_deref(), Some("1948-04-01"));
    assert_eq!(findings.patient.sex, Some(chart::Sex::Female));
    let allergy = &findings.allergies[0].content;
    assert_eq!(
        (allergy.substance.as_str(), allergy.reaction.as_deref()),
        ("造影剤", Some("蕁麻疹"))
    );
}

/// Observations in short.
fn observations(rows: &[&str]) -> String {
    let words = read(rows).observations.into_iter().map(|finding| {
        let o = finding.content;
        let parts = [Some(o.item), Some(o.value), o.unit, o.flag, o.reference, o.date];
        let mut words = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        if !finding.evidence.doubts.is_empty() {
            words.push_str(" ?");
        }
        words
    });
    words.collect::<Vec<_>>().join("\n")
}

#[test]
fn vital_signs_and_tests_belong_to_their_visit() {
    let rows = [
        "R5.9.22",
        "O) BP=136/80mmHg P 72整 BT 36.5℃ SpO2 98%",
        "HbA1c 6.8% AST(GOT) 56↑ HBs抗原(-)",
        "R5.10.20",
        "血圧 142/78",
        "P 500 BT 365",
    ];
    insta::assert_snapshot!(observations(&rows), @r"
    BP 136/80 mmHg 2023-09-22
    P 72 /分 2023-09-22
    BT 36.5 ℃ 2023-09-22
    SpO2 98 % 2023-09-22
    HbA1c 6.8 % 2023-09-22
    AST 56 U/L H 2023-09-22
    HBs抗原 (-) 2023-09-22
    BP 142/78 mmHg 2023-10-20
    BT 365 ℃ 2023-10-20 ?
    ");
}

#[test]
fn the_rows_of_a_report_are_one_value_each() {
    let rows = [
        "採取日 R6/10/22",
        "検査項目|結果値||単位|基準値",
        "HbA1c|8.1|H|%|4.6-6.2",
        "白血球数|12704|↑|/μL|3300-9000",
        "カリウム|5.0||mEq/L|3.6-5.0",
        "HBs抗原|(-)|||(-)",
    ];
    insta::assert_snapshot!(observations(&rows), @r"
    HbA1c 8.1 % H 4.6-6.2 2024-10-22
    WBC 12704 /μL H 3300-9000 2024-10-22
    K 5.0 mEq/L 3.6-5.0 2024-10-22
    HBs抗原 (-) 2024-10-22
    ");
}

#[test]
fn allergies_are_named_and_denied() {
    let allergies = |line: &str| {
        let words = read(&[line]).allergies.into_iter().map(|finding| {
            let a = finding.content;
            format!(
                "{}{}{}",
                if a.negated { "no " } else { "" },
                a.substance,
                a.reaction.map(|r| format!(" ({r})")).unwrap_or_default()
            )
        });
        words.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(allergies("アレルギー：ペニシリン、サバ"), "ペニシリン, サバ");
    assert_eq!(allergies("アレルギー：なし"), "no アレルギー");
    assert_eq!(allergies("アレルギー(-)"), "no アレルギー");
    assert_eq!(allergies("禁忌：ロキソニン(皮疹)"), "ロキソニン (皮疹)");
    assert_eq!(allergies("薬剤アレルギー：そば粉"), "そば粉");
}

#[test]
fn the_box_of_a_finding_is_cut_from_its_line() {
    let findings = read(&["A) 高血圧症 経過観察"]);
    let bbox = findings.diagnoses[0].evidence.bbox;
    assert!(bbox.x0 > 100 && bbox.x1 < 100 + 40 * 12, "{bbox:?}");
    assert_eq!(findings.diagnoses[0].evidence.surface, "高血圧症");
}

#[test]
fn the_same_page_gives_the_same_findings() {
    let rows =
        ["Rp1) ロキソニン(60) 3T 分3 毎食後 7TD", "#1 AF", "アムロヅピン錠5mg 1T 分1 朝食後"];
    assert_eq!(read(&rows), read(&rows));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(lines in proptest::collection::vec(
        "[ロキソニンアムジピ錠高血圧症疑い傷病名開始既往歴分×毎食後日朝夕0-9a-zA-Z()（）①〃→/.:：、 ー一～½♯#㎎]{0,24}|\\PC{0,20}",
        0..8,
    ), vertical in any::<bool>()) {
        let rows: Vec<&str> = lines.iter().map(String::as_str).collect();
        let mut page = page(&rows);
        for line in &mut page.lines {
            line.vertical = vertical;
        }
        let findings = EXTRACTOR.findings(&page);
        for medication in &findings.medications {
            prop_assert!((0.0..=1.0).contains(&medication.evidence.confidence));
            prop_assert!(!medication.evidence.bbox.is_empty());
        }
    }

    #[test]
    fn what_was_printed_from_an_order_reads_back(dose in 1_u8..4, split in 1_u8..4, days in 1_u16..90) {
        let dose = dose * split;
        let line = format!("ロキソニン錠60mg {dose}錠 分{split} 毎食後 {days}日分");
        let medication = read(&[&line]).medications.remove(0).content;
        prop_assert_eq!(medication.dose, Some(rust_decimal::Decimal::from(dose)));
        prop_assert_eq!(medication.dose_basis, Some(DoseBasis::Day));
        prop_assert_eq!(medication.times_per_day, Some(split));
        prop_assert_eq!(medication.days, Some(days));
    }
}

/// A line of single symbols, those of `ringed` with a ring.
fn ringed_line(text: &str, ringed: &str, bbox: Rect) -> Line {
    let symbols = text
        .chars()
        .filter(|char| !char.is_whitespace())
        .map(|char| chart::Symbol {
            text: char.to_string(),
            bbox,
            confidence: 0.9,
            ringed: ringed.contains(char),
            ..chart::Symbol::default()
        })
        .collect();
    Line { text: text.into(), bbox, symbols, ..Line::default() }
}

#[test]
fn the_reading_of_a_name_may_stand_above_it_without_a_label() {
    let mut header = page(&["氏名"]);
    let line = |text: &str, bbox| Line { text: text.into(), bbox, ..Line::default() };
    header.lines[0].bbox = Rect::new(100, 130, 200, 174);
    header.lines.push(line("ミホン タロウ", Rect::new(300, 100, 480, 124)));
    header.lines.push(line("見本 太郎", Rect::new(300, 130, 560, 174)));
    let patient = EXTRACTOR.findings(&header).patient;
    assert_eq!(patient.name.as_deref(), Some("見本 太郎"));
    assert_eq!(patient.kana.as_deref(), Some("ミホン タロウ"));

    // The label of a reading that was not read is none.
    let mut header = page(&["フリガナ", "氏名 見本 太郎"]);
    header.lines[0].bbox = Rect::new(100, 100, 200, 124);
    header.lines[1].bbox = Rect::new(100, 130, 560, 174);
    assert_eq!(EXTRACTOR.findings(&header).patient.kana, None);
}

#[test]
fn a_name_in_two_lines_and_a_birth_in_two_rows_are_one_each() {
    let line = |text: &str, bbox| Line { text: text.into(), bbox, ..Line::default() };
    let mut header = page(&["氏名 見本"]);
    header.lines[0].bbox = Rect::new(100, 100, 420, 144);
    header.lines.push(line("太郎", Rect::new(470, 100, 560, 144)));
    header.lines.push(line("生年月日", Rect::new(100, 232, 240, 264)));
    header.lines.push(line("昭和40年12月16", Rect::new(300, 200, 800, 240)));
    header.lines.push(line("日生", Rect::new(300, 270, 370, 305)));
    let patient = EXTRACTOR.findings(&header).patient;
    assert_eq!(patient.name.as_deref(), Some("見本 太郎"));
    assert_eq!(patient.birth_date.as_deref(), Some("1965-12-16"));
}

#[test]
fn of_eras_in_print_without_a_ring_none_is_chosen() {
    let patient = read(&["生年月日 明大昭平令43年1月2日男女", "交付年月日 令和5年3月10日"]).patient;
    assert_eq!((patient.birth_date, patient.sex), (None, None));
    assert_eq!(patient.doubts[0].kind, DoubtKind::AmbiguousDate);
    assert!(
        patient.doubts[0].facts.contains("昭和43年1月2日（1968-01-02）"),
        "{:?}",
        patient.doubts
    );
}

#[test]
fn nobody_is_born_after_every_date_on_the_page() {
    let patient = read(&["生年月日 令和43年1月2日", "交付年月日 令和5年3月10日"]).patient;
    assert_eq!(patient.birth_date.as_deref(), Some("2061-01-02"));
    assert_eq!(patient.doubts[0].kind, DoubtKind::ImpossibleDate);
}

#[test]
fn what_has_a_ring_is_chosen_of_what_is_printed() {
    let mut header = page(&["性別", "生年月日"]);
    header.lines.push(ringed_line("男・女", "女", Rect::new(500, 100, 700, 144)));
    let eras = "明治大正昭和平成令和 4年2月27日";
    header.lines.push(ringed_line(eras, "昭", Rect::new(500, 160, 1300, 204)));
    let patient = EXTRACTOR.findings(&header).patient;
    assert_eq!(patient.sex, Some(chart::Sex::Female));
    assert_eq!(patient.birth_date.as_deref(), Some("1929-02-27"));

    // A form of a prescription: no label of its own for the sex, eras by their first characters.
    let mut prescription = page(&["生年月日"]);
    let row = "明大昭平令43年1月2日男女";
    prescription.lines.push(ringed_line(row, "昭女", Rect::new(500, 100, 1300, 144)));
    let patient = EXTRACTOR.findings(&prescription).patient;
    assert_eq!(patient.sex, Some(chart::Sex::Female));
    assert_eq!(patient.birth_date.as_deref(), Some("1968-01-02"));

    let mut apart = page(&["性別"]);
    apart.lines.push(ringed_line("男 女", "男", Rect::new(500, 100, 700, 144)));
    assert_eq!(EXTRACTOR.findings(&apart).patient.sex, Some(chart::Sex::Male));

    // What a ring touches may be misread.
    let mut misread = page(&["性別"]);
    misread.lines.push(ringed_line("男・を", "を", Rect::new(500, 100, 700, 144)));
    assert_eq!(EXTRACTOR.findings(&misread).patient.sex, Some(chart::Sex::Female));

    let mut table = page(&["傷病名|開始|終了|転帰", "痛風|R5.3.10"]);
    let place = Rect::new(1420, 160, 1700, 204);
    table.lines.push(ringed_line("治ゆ死亡中止", "中止", place));
    let found = EXTRACTOR.findings(&table).diagnoses;
    assert_eq!(found[0].content.outcome.as_deref(), Some("中止"));
}

/// 氏名：見本花子 with so much room behind each of the four letters.
fn name_with_gaps(gaps: [u32; 3]) -> Option<String> {
    let mut x = 300;
    let mut symbol = |text: &str, gap| {
        let bbox = Rect::new(x, 100, x + 40, 144);
        x += 40 + gap;
        chart::Symbol { text: text.into(), bbox, ..chart::Symbol::default() }
    };
    let mut symbols = vec![symbol("氏", 4), symbol("名", 4), symbol(":", 4)];
    let letters = ["見", "本", "花", "子"].into_iter().zip(gaps.into_iter().chain([0]));
    symbols.extend(letters.map(|(letter, gap)| symbol(letter, gap)));
    let mut page = page(&["氏名:見本花子"]);
    page.lines[0].symbols = symbols;
    EXTRACTOR.findings(&page).patient.name
}

#[test]
fn a_name_is_parted_where_its_given_name_stands_apart() {
    assert_eq!(name_with_gaps([4, 30, 4]).as_deref(), Some("見本 花子"));
    // 見 本 花 子, written wide.
    assert_eq!(name_with_gaps([30, 34, 30]).as_deref(), Some("見本花子"));
}

#[test]
fn a_box_holds_what_stands_beside_its_heading_and_below() {
    let taken = "現在の処方|アムロジピン錠5mg 1錠 分1 朝食後";
    let rows = [taken, "|ムコスタ錠100mg 3錠 分3 毎食後", "住所|ロキソニン錠60mg 3錠 分3 毎食後"];
    // Of a list no days are asked for; the last line has a label of its own.
    assert_eq!(
        medications(&rows),
        "アムロジピン錠 5mg 1錠/day ×1 after_breakfast\n\
         ムコスタ錠 100mg 3錠/day ×3 after_breakfast+after_lunch+after_dinner\n\
         ロキソニン錠 60mg 3錠/day ×3 after_breakfast+after_lunch+after_dinner ?incomplete"
    );
}
