//! Two people on one page.

use axum::http::StatusCode;

use crate::{browser::Browser, clinic::Clinic};

#[tokio::test]
async fn the_second_to_save_sees_both_values_and_keeps_what_was_typed() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let path = format!("/pages/{}", page.id);
    let amlodipine = clinic.finding(page.id, "アムロジピン").await;
    let action = format!("/findings/{}", amlodipine.id);
    let mut first = Browser::new(&clinic.router);
    let mut second = Browser::new(&clinic.router);
    first.sign_in("sato").await;
    second.sign_in("suzuki").await;
    let seen_by_first = first.get(&path).await.form(&action);
    let seen_by_second = second.get(&path).await.form(&action);
    first.submit(&seen_by_first.with("days", "14")).await;

    let typed = seen_by_second.with("days", "30").with("strength", "2.5mg");
    let conflict = second.post(&typed).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert!(conflict.says("ほかの人が先に直していました") && conflict.says("佐藤 恵"));
    assert!(conflict.says("<b>14</b>"), "what is stored now stands beside it");
    let form = conflict.form(&action);
    assert_eq!(form.get("days"), Some("30"), "what was typed is kept");
    assert_eq!(form.get("strength"), Some("2.5mg"));
    assert_eq!(clinic.finding(page.id, "アムロジピン").await.version, amlodipine.version + 1);

    // Having seen both, the second decides.
    let saved = second.submit(&form).await;
    assert!(saved.says("30 日分"));
}

#[tokio::test]
async fn one_reviewer_sees_that_another_is_at_work() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let path = format!("/pages/{}", page.id);
    let mut first = Browser::new(&clinic.router);
    first.sign_in("sato").await;
    let review = first.get(&path).await;
    first.submit(&review.form("/open")).await;
    let mut second = Browser::new(&clinic.router);
    let list = second.sign_in("suzuki").await;
    assert!(list.says("佐藤 恵 が作業中"));
    assert!(second.get(&path).await.says("佐藤 恵 が作業中です。"));
}

#[tokio::test]
async fn a_clinician_confirms_only_what_was_on_the_screen() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let path = format!("/pages/{}", page.id);
    let loxonin = clinic.finding(page.id, "ロキソニン").await;
    let action = format!("/findings/{}", loxonin.id);
    let mut clinician = Browser::new(&clinic.router);
    clinician.sign_in("tanaka").await;
    let review = clinician.get(&path).await;
    clinician.submit(&review.form(&action).with("dose_basis", "day")).await;
    let confirm = clinician.get(&format!("{path}/confirm")).await.form("/confirm");

    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    let review = clerk.get(&path).await;
    clerk.submit(&review.form(&action).with("days", "70")).await;

    let refused = clinician.post(&confirm).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.says("ほかの人が先に操作していました"));
}
