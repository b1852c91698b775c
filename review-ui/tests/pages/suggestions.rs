//! Names while they are typed, and the codes of what was typed.

use axum::http::StatusCode;
use chart::{CodeSystem, Content};
use serde_json::Value;

use crate::{browser::Browser, clinic::Clinic};

async fn asked(browser: &mut Browser, kind: &str, typed: &str, name: &str) -> Vec<Value> {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("kind", kind), ("typed", typed), ("name", name)])
        .finish();
    let shown = browser.get(&format!("/api/v1/suggestions?{query}")).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    assert_eq!(shown.headers["cache-control"], "no-store");
    let answer: Value = serde_json::from_str(&shown.body).unwrap();
    answer["suggestions"].as_array().unwrap().clone()
}

fn labels(offers: &[Value]) -> Vec<&str> {
    offers.iter().map(|offer| offer["label"].as_str().unwrap()).collect()
}

fn filled<'o>(offer: &'o Value, field: &str) -> Option<&'o str> {
    let fill = offer["fill"].as_array().unwrap();
    fill.iter().find(|pair| pair[0] == field)?[1].as_str()
}

#[tokio::test]
async fn a_drug_is_taken_in_steps_and_told_from_those_like_it() {
    let clinic = Clinic::open().await;
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    for typed in ["のるば", "ﾉﾙﾊﾞ", "noruba"] {
        let offers = asked(&mut clerk, "drug", typed, "").await;
        assert!(offers.len() <= 8);
        let norvasc = offers.iter().find(|it| it["label"] == "ノルバスク").unwrap();
        assert!(norvasc["warnings"][0].as_str().unwrap().contains("ノルバデックス"), "{norvasc}");
        assert_eq!(
            (filled(norvasc, "name"), &norvasc["then"]),
            (Some("ノルバスク"), &"name".into())
        );
    }
    let forms = asked(&mut clerk, "drug", "ノルバスク", "").await;
    assert_eq!(labels(&forms)[..2], ["ノルバスク錠", "ノルバスクOD錠"]);
    assert_eq!(forms[0]["then"], "strength");
    assert_eq!((filled(&forms[0], "form"), filled(&forms[0], "unit?")), (Some("錠"), Some("錠")));
    let strengths = asked(&mut clerk, "strength", "5", "ノルバスク錠").await;
    assert_eq!(labels(&strengths)[0], "5mg", "those that begin so come first");
    assert!(strengths[0]["codes"].as_str().unwrap().contains("2171022F2"), "{strengths:?}");
    assert!(asked(&mut clerk, "strength", "", "無い薬").await.is_empty());
}

#[tokio::test]
async fn a_disease_is_found_by_kanji_kana_romaji_and_abbreviation() {
    let clinic = Clinic::open().await;
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    for typed in ["高血圧", "こうけつあつ", "kouketsuatsu", "HT"] {
        let offers = asked(&mut clerk, "disease", typed, "").await;
        let found = offers.iter().find(|it| it["label"] == "高血圧症").expect(typed);
        assert_eq!(filled(found, "icd10"), Some("I10"));
        assert!(found["codes"].as_str().unwrap().contains("20061593"), "{found}");
    }
    let offers = asked(&mut clerk, "disease", "右変形性膝", "").await;
    let knee = offers.iter().find(|it| it["label"] == "右 ＋ 変形性膝関節症").unwrap();
    assert_eq!(filled(knee, "diagnosis_name"), Some("変形性膝関節症"));
    assert_eq!(filled(knee, "modifiers"), Some("右"));
    assert!(asked(&mut clerk, "disease", "  ", "").await.is_empty());
    assert!(asked(&mut clerk, "disease", &"高".repeat(200), "").await.is_empty());
}

#[tokio::test]
async fn what_this_clinic_confirmed_is_suggested_first() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let mut doctor = Browser::new(&clinic.router);
    doctor.sign_in("tanaka").await;
    let before = asked(&mut doctor, "drug", "ろき", "").await;
    assert!(!before[0]["details"].to_string().contains("当院で"), "{before:?}");
    let review = doctor.get(&format!("/pages/{}", page.id)).await;
    let loxonin = clinic.finding(page.id, "ロキソニン").await;
    let form = review.form(&format!("/findings/{}", loxonin.id)).with("dose_basis", "day");
    doctor.submit(&form).await;
    let confirm = doctor.get(&format!("/pages/{}/confirm", page.id)).await;
    doctor.submit(&confirm.form("/confirm")).await;
    // What was counted serves for a while, and once more while it is counted again.
    clinic.clock.fetch_add(11 * 60 * 1000, std::sync::atomic::Ordering::Relaxed);
    asked(&mut doctor, "drug", "ろき", "").await;
    let mut offers = Vec::new();
    for _ in 0..100 {
        offers = asked(&mut doctor, "drug", "ろき", "").await;
        if offers[0]["details"].to_string().contains("当院で1回") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(labels(&offers)[0], "ロキソニン", "{offers:?}");
    assert!(offers[0]["details"].to_string().contains("当院で1回"), "{offers:?}");
}

#[tokio::test]
async fn only_those_who_correct_are_answered() {
    let clinic = Clinic::open().await;
    let address = "/api/v1/suggestions?kind=drug&typed=a";
    let mut nobody = Browser::new(&clinic.router);
    assert_ne!(nobody.get(address).await.status, StatusCode::OK);
    let mut administrator = Browser::new(&clinic.router);
    administrator.sign_in("kanri").await;
    assert_eq!(administrator.get(address).await.status, StatusCode::FORBIDDEN);
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    let unknown = clerk.get("/api/v1/suggestions?kind=patient&typed=a").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_name_that_the_lexicon_has_is_saved_with_its_codes() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    let add = clerk.get(&format!("/pages/{}/findings/new/diagnosis", page.id)).await;
    let form = add.form("/findings").with("diagnosis_name", "２型糖尿病").with("modifiers", "右");
    clerk.submit(&form).await;
    let added = clinic.finding(page.id, "型糖尿病").await;
    let Content::Diagnosis(diagnosis) = &added.current.content else { panic!("a diagnosis") };
    assert_eq!(diagnosis.icd10.as_deref(), Some("E11"));
    assert_eq!(diagnosis.modifiers[0].code.as_deref(), Some("2056"));
    assert_eq!(added.current.codes[&CodeSystem::DiseaseId], "20050020");

    let loxonin = clinic.finding(page.id, "ロキソニン").await;
    let review = clerk.get(&format!("/pages/{}", page.id)).await;
    assert!(review.says("data-suggest=\"drug\"") && review.says("data-suggest=\"strength\""));
    let form = review.form(&format!("/findings/{}", loxonin.id));
    clerk.submit(&form.with("name", "ノルバスク錠").with("strength", "5mg")).await;
    let changed = clinic.finding(page.id, "ノルバスク").await;
    assert_eq!(changed.current.codes[&CodeSystem::PriceList], "2171022F2025");
}
