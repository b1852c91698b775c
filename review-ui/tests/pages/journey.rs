//! Sign in, correct, hand over, confirm: without JavaScript.

use axum::http::StatusCode;
use chart::{Content, Stage};

use crate::{browser::Browser, clinic::Clinic};

#[tokio::test]
async fn a_page_goes_from_draft_to_record_without_javascript() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let path = format!("/pages/{}", page.id);

    let mut clerk = Browser::new(&clinic.router);
    assert_eq!(
        clerk.get(&path).await.location,
        Some(format!("/sign-in?then=%2Fpages%2F{}", page.id))
    );
    let list = clerk.sign_in("sato").await;
    assert!(list.says("カルテ_001.png") && list.says("要確認 1 件"));
    let review = clerk.get("/pages/next").await;
    assert_eq!(review.location.as_deref(), Some(path.as_str()));
    let review = clerk.get(&path).await;
    assert!(review.says("2錠 は、1 日分ですか、1 回分ですか。"));
    assert!(review.says("1 回に 1錠 ずつ、1 日 2 回") && review.says("1 日 2 回で、合わせて 4錠"));

    // The clerk corrects the days.
    let amlodipine = clinic.finding(page.id, "アムロジピン").await;
    let form = review.form(&format!("/findings/{}", amlodipine.id)).with("days", "１４");
    let review = clerk.submit(&form).await;
    assert!(review.says("14 日分"));
    assert_eq!(clinic.page(page.id).await.state.stage(), Stage::InReview);

    let hand_over = clerk.get(&format!("{path}/hand-over")).await;
    assert!(hand_over.says("1 日分か 1 回分かが決まっていません"));
    let list = clerk.submit(&hand_over.form("/hand-over")).await;
    assert!(list.says("このページの作業は終わりました。"));
    assert_eq!(clinic.page(page.id).await.state.stage(), Stage::ReadyToConfirm);

    // The clinician has to choose before anything is committed.
    let mut clinician = Browser::new(&clinic.router);
    clinician.sign_in("tanaka").await;
    let confirm = clinician.get(&format!("{path}/confirm")).await;
    assert!(confirm.says("確定の前に決めてください") && !confirm.says("確認しました。確定する"));
    let refused = clinician.submit(&confirm.form("/confirm")).await;
    assert!(refused.says("確定の前に決めてください"));
    assert_eq!(clinic.page(page.id).await.state.stage(), Stage::ReadyToConfirm);

    let loxonin = clinic.finding(page.id, "ロキソニン").await;
    let review = clinician.get(&path).await;
    let form = review.form(&format!("/findings/{}", loxonin.id));
    assert_eq!(form.get("dose_basis"), None, "nothing is chosen beforehand");
    clinician.submit(&form.with("dose_basis", "once")).await;
    let confirm = clinician.get(&format!("{path}/confirm")).await;
    assert!(confirm.says("1 回 2錠") && confirm.says("I10"));
    let list = clinician.submit(&confirm.form("/confirm")).await;
    assert!(list.says("確定しました。"));

    let committed = clinic.page(page.id).await;
    assert_eq!(committed.state.stage(), Stage::Committed);
    let mut tx = clinic.db.read().await.unwrap();
    let records = records::committed::of_page(&mut tx, clinic.tenant, page.id).await.unwrap();
    assert_eq!(records.len(), 4);
    let history = clinician.get(&format!("{path}/history")).await;
    assert!(history.says("佐藤 恵") && history.says("28 日分") && history.says("14 日分"));
}

#[tokio::test]
async fn a_basis_that_cannot_be_known_is_left_so_by_a_person_and_committed_so() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let path = format!("/pages/{}", page.id);
    let mut clinician = Browser::new(&clinic.router);
    clinician.sign_in("tanaka").await;
    let loxonin = clinic.finding(page.id, "ロキソニン").await;
    let review = clinician.get(&path).await;
    let form = review.form(&format!("/findings/{}", loxonin.id));
    let review = clinician.submit(&form.with("dose_basis", "unknown")).await;
    assert!(review.says("「不明のまま」と決めてあります"));
    let confirm = clinician.get(&format!("{path}/confirm")).await;
    assert!(confirm.says("1 日分か 1 回分か：不明"));
    clinician.submit(&confirm.form("/confirm")).await;
    let mut tx = clinic.db.read().await.unwrap();
    let records = records::committed::of_page(&mut tx, clinic.tenant, page.id).await.unwrap();
    let kept = records.iter().any(|record| {
        matches!(&record.statement.content, Content::Medication(it)
            if it.dose_basis.is_none() && it.basis_left_unknown)
    });
    assert!(kept);
}

#[tokio::test]
async fn what_no_machine_read_is_added_and_what_is_wrong_is_removed_with_a_reason() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let path = format!("/pages/{}", page.id);
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;

    let empty = clerk.get(&format!("{path}/findings/new/allergy")).await;
    let form = empty.form("/findings");
    let refused = clerk.post(&form.clone().with("reaction", "皮疹")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.says("必ず入れてください。") && refused.says("皮疹"));
    let framed = form.with("substance", "そば").with("drawn", "100 200 300 40");
    let review = clerk.submit(&framed).await;
    assert!(review.says("そば"));
    let buckwheat = clinic.finding(page.id, "そば").await;
    assert_eq!(buckwheat.bbox, Some(chart::Rect::new(100, 200, 400, 240)));

    let diagnosis = clinic.finding(page.id, "高血圧症").await;
    let remove = review.form(&format!("/findings/{}/remove", diagnosis.id));
    let review = clerk.submit(&remove.with("reason", "別の患者の欄")).await;
    assert!(review.says("別の患者の欄"));
    let restore = review.form(&format!("/findings/{}/restore", diagnosis.id));
    clerk.submit(&restore).await;
    assert!(clinic.finding(page.id, "高血圧症").await.stands());
}

#[tokio::test]
async fn a_draft_that_is_right_is_believed_once_somebody_has_saved_it_as_it_is() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let path = format!("/pages/{}", page.id);
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    let review = clerk.get(&path).await;
    assert!(review.says("これで正しい・保存する") && !review.says("人が確認"));
    let loxonin = clinic.finding(page.id, "ロキソニン").await;
    let review = clerk.submit(&review.form(&format!("/findings/{}", loxonin.id))).await;
    assert!(review.says("2錠 は、1 日分ですか、1 回分ですか。"), "that question is still open");
    let amlodipine = clinic.finding(page.id, "アムロジピン").await;
    let review = clerk.submit(&review.form(&format!("/findings/{}", amlodipine.id))).await;
    assert!(review.says("人が確認"));
    let after = clinic.finding(page.id, "アムロジピン").await;
    assert_eq!((after.current, after.changed_by), (amlodipine.current, Some(clinic.clerk)));
    let history = clerk.get(&format!("{path}/history")).await;
    assert!(history.says("紙と見比べて、そのままでよいとした"));
}

#[tokio::test]
async fn a_page_in_the_wrong_chart_is_moved() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    let review = clerk.get(&format!("/pages/{}", page.id)).await;
    let review = clerk.submit(&review.form("/chart").with("chart", "B-2207")).await;
    assert_eq!(clinic.page(page.id).await.chart_label.as_deref(), Some("B-2207"));
    clerk.submit(&review.form("/chart").with("chart", "")).await;
    assert_eq!(clinic.page(page.id).await.chart_label, None);
}

#[tokio::test]
async fn a_number_that_is_none_comes_back_as_it_was_typed() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    let amlodipine = clinic.finding(page.id, "アムロジピン").await;
    let review = clerk.get(&format!("/pages/{}", page.id)).await;
    let form = review.form(&format!("/findings/{}", amlodipine.id));
    let again = clerk.post(&form.with("days", "二週間").with("name", "別の薬")).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.says("二週間") && again.says("別の薬") && again.says("整数で入れてください"));
    let part = clerk
        .post_with(&again.form(&format!("/findings/{}", amlodipine.id)), &[("hx-request", "true")])
        .await;
    assert!(part.says("二週間") && !part.says("<html"), "htmx gets the card alone");
}

#[tokio::test]
async fn a_clinician_sends_a_page_back_with_a_note() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let path = format!("/pages/{}", page.id);
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    let hand_over = clerk.get(&format!("{path}/hand-over")).await;
    clerk.submit(&hand_over.form("/hand-over")).await;
    let mut clinician = Browser::new(&clinic.router);
    clinician.sign_in("tanaka").await;
    let review = clinician.get(&path).await;
    clinician.submit(&review.form("/send-back").with("note", "日数を見てください")).await;
    let review = clerk.get(&path).await;
    assert!(review.says("日数を見てください") && review.says("作業中"));
}

#[tokio::test]
async fn a_page_that_is_no_chart_is_taken_out_with_a_reason() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    let review = clerk.get(&format!("/pages/{}", page.id)).await;
    let form = review.form("/end").with("how", "reject").with("reason", "白紙");
    clerk.submit(&form).await;
    let review = clerk.get(&format!("/pages/{}", page.id)).await;
    assert!(review.says("白紙") && review.says("このページは外されています"));
}

#[tokio::test]
async fn the_paper_is_shown_and_never_kept_by_the_browser() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    for size in ["picture", "thumbnail"] {
        let picture = clerk.get(&format!("/pages/{}/{size}", page.id)).await;
        assert_eq!(picture.status, StatusCode::OK);
        assert_eq!(picture.headers["cache-control"], "no-store");
        assert!(picture.headers["content-type"].to_str().unwrap().starts_with("image/"));
    }
}
