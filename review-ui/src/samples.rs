//! Invented findings for tests of forms and templates.

use chart::{
    Allergy, Candidate, CodeSystem, Codes, Content, Diagnosis, DiagnosisStatus, DoseBasis, Doubt,
    DoubtKind, FindingId, Medication, MedicationStatus, Modifier, Observation, PageId, Patient,
    Rect, Sex, Timestamp, Timing,
};
use lexicon::Lexicon;
use records::findings::{PageFinding, Statement};
use rust_decimal::Decimal;

/// A lexicon of a few words.
pub(crate) fn lexicon() -> Lexicon {
    let tables = [
        (
            "products.csv",
            "stem,form,strength,master_name,price_code,kind,status\n\
             ノルバスク,錠,5mg,ノルバスク錠５ｍｇ,2171022F2035,brand,current\n",
        ),
        ("drugs.csv", "stem,kind,form,strengths,unit\nノルバスク,brand,錠,2.5mg;5mg,錠\n"),
        ("diseases.csv", "name,icd10,disease_id\n２型糖尿病,E11,20050020\n"),
    ];
    Lexicon::from_texts(&tables).unwrap()
}

/// One finding of each kind, with every field filled.
pub(crate) fn contents() -> Vec<Content> {
    vec![
        Content::Patient(patient()),
        Content::Diagnosis(diagnosis()),
        Content::Medication(medication()),
        Content::Allergy(Allergy {
            substance: "セフェム系".into(),
            reaction: Some("皮疹".into()),
            negated: false,
        }),
        Content::Observation(Observation {
            item: "HbA1c".into(),
            value: "7.2".into(),
            unit: Some("%".into()),
            flag: Some("H".into()),
            reference: Some("4.6-6.2".into()),
            date: Some("1998-03-05".into()),
        }),
    ]
}

/// A finding with everything that can stand beside one.
pub(crate) fn doubtful_finding() -> PageFinding {
    let now = Timestamp::from_millis(1_700_000_000_000);
    let codes = Codes::from([(CodeSystem::PriceList, "1149019F1560".into())]);
    let unknown_basis = Medication { dose_basis: None, ..medication() };
    let statement = Statement { content: Content::Medication(unknown_basis), codes: codes.clone() };
    PageFinding {
        id: FindingId::new(now),
        page: PageId::new(now),
        reading: None,
        position: 1,
        drafted: Some(statement.clone()),
        current: statement,
        surface: "ロキソニン(60) 3T 3×n.d.E. 7TD <&\">".into(),
        candidates: vec![
            Candidate {
                name: "ロキソニン錠60mg".into(),
                codes,
                score: 0.9,
                reason: "exact".into(),
            },
            Candidate { name: "ロキシーン錠4mg".into(), score: 0.2, ..Candidate::default() },
        ],
        doubts: vec![
            Doubt::about(DoubtKind::UnknownBasis, "dose", "3T 3×"),
            Doubt::of(DoubtKind::LookAlike, "ロキシーン"),
        ],
        confidence: Some(0.62),
        bbox: Some(Rect::new(100, 200, 700, 260)),
        added_by: None,
        removed: None,
        changed_by: None,
        changed_at: now,
        version: 1,
    }
}

fn patient() -> Patient {
    Patient {
        name: Some("見本 花子".into()),
        kana: Some("みほん はなこ".into()),
        birth_date: Some("1948-03-05".into()),
        sex: Some(Sex::Female),
        chart_number: Some("00123".into()),
        insurer_number: Some("06139999".into()),
        insured_number: Some("記号1 番号2".into()),
        confidence: 0.8,
        ..Patient::default()
    }
}

fn diagnosis() -> Diagnosis {
    Diagnosis {
        name: "高血圧症".into(),
        icd10: Some("I10".into()),
        status: DiagnosisStatus::Suspected,
        modifiers: vec![Modifier { name: "慢性".into(), ..Modifier::default() }],
        main: true,
        onset: Some("1998-03-05".into()),
        end: Some("1999".into()),
        outcome: Some("継続".into()),
    }
}

fn medication() -> Medication {
    Medication {
        name: "ロキソニン錠".into(),
        strength: Some("60mg".into()),
        form: Some("錠".into()),
        dose: Some(Decimal::from(3)),
        dose_basis: Some(DoseBasis::Day),
        basis_left_unknown: false,
        unit: Some("錠".into()),
        frequency: Some("3×n.d.E.".into()),
        times_per_day: Some(3),
        timing: vec![Timing::AfterBreakfast, Timing::AfterLunch, Timing::AfterDinner],
        prn: true,
        prn_reason: Some("疼痛時".into()),
        weekly: true,
        days: Some(7),
        quantity: Some(Decimal::from(21)),
        status: MedicationStatus::Cancelled,
        ..Medication::default()
    }
}
