//! A session that ended, a database that is away, a page nobody could read.

use axum::http::StatusCode;
use chart::Stage;
use records::{pages, sessions};

use crate::{
    browser::Browser,
    clinic::{Clinic, PASSWORD},
};

#[tokio::test]
async fn what_was_typed_outlives_the_session() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    let review = clerk.get(&format!("/pages/{}", page.id)).await;
    let amlodipine = clinic.finding(page.id, "アムロジピン").await;
    let typed = review.form(&format!("/findings/{}", amlodipine.id)).with("days", "42");

    let mut tx = clinic.db.begin().await.unwrap();
    sessions::delete_of_user(&mut tx, clinic.clerk).await.unwrap();
    tx.commit().await.unwrap();

    let sign_in = clerk.post(&typed).await;
    assert_eq!(sign_in.status, StatusCode::UNAUTHORIZED);
    assert!(sign_in.says("入力した内容は残してあります"));
    let wrong = sign_in.form("/sign-in").with("login", "sato").with("password", "chigau");
    let again = clerk.post(&wrong).await;
    let right = again.form("/sign-in").with("password", PASSWORD);
    let look = clerk.post(&right).await;
    assert_eq!(look.status, StatusCode::OK);
    assert!(look.says("入力の続き") && look.says("<dd>42</dd>") && look.says("<dd>1 日分</dd>"));
    let saved = clerk.submit(&look.form(&typed.action)).await;
    assert!(saved.says("42 日分"));
}

#[tokio::test]
async fn with_the_database_away_the_form_waits_on_the_page() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    let review = clerk.get(&format!("/pages/{}", page.id)).await;
    let amlodipine = clinic.finding(page.id, "アムロジピン").await;
    let typed = review.form(&format!("/findings/{}", amlodipine.id)).with("days", "42");
    clinic.db.close().await;

    let away = clerk.post(&typed).await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(away.says("いま保存できません") && away.says("<dd>42</dd>"));
    let resend = away.form(&typed.action);
    assert_eq!(resend.get("days"), Some("42"));
    assert_eq!(resend.get("_csrf"), typed.get("_csrf"));
    let ready = clerk.get("/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(ready.says(r#""database":{"status":"away"}"#));
    assert_eq!(clerk.get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_page_nobody_could_read_is_read_again_or_typed_in() {
    let clinic = Clinic::open().await;
    let page = clinic.received("カルテ_002.png", crate::clinic::picture()).await;
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    let waiting = clerk.get(&format!("/pages/{page}")).await;
    assert!(waiting.says("いま読み取っています"));
    let mut tx = clinic.db.begin().await.unwrap();
    pages::give_up(&mut tx, clinic.tenant, page, "engine crashed", clinic.now()).await.unwrap();
    tx.commit().await.unwrap();

    let review = clerk.get(&format!("/pages/{page}")).await;
    assert!(review.says("機械では読めませんでした"));
    let empty = clerk.get(&format!("/pages/{page}/findings/new/diagnosis")).await;
    let review = clerk.submit(&empty.form("/findings").with("diagnosis_name", "胃炎")).await;
    assert!(review.says("胃炎"));
    assert_eq!(clinic.page(page).await.state.stage(), Stage::InReview);

    let other = clinic.received("カルテ_003.png", crate::clinic::picture()).await;
    let mut tx = clinic.db.begin().await.unwrap();
    pages::give_up(&mut tx, clinic.tenant, other, "engine crashed", clinic.now()).await.unwrap();
    tx.commit().await.unwrap();
    let review = clerk.get(&format!("/pages/{other}")).await;
    clerk.submit(&review.form("/retry")).await;
    assert_eq!(clinic.page(other).await.state.stage(), Stage::Received);
}
