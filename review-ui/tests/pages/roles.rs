//! Who may do what, and that nobody else's form counts.

use axum::http::StatusCode;
use chart::Stage;

use crate::{
    browser::{Browser, Form},
    clinic::{Clinic, PASSWORD},
};

#[tokio::test]
async fn a_clerk_cannot_confirm() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let mut clerk = Browser::new(&clinic.router);
    let list = clerk.sign_in("sato").await;
    let refused = clerk.get(&format!("/pages/{}/confirm", page.id)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.says("あなたの役割（入力者）では"));
    let forged = Form { action: format!("/pages/{}/confirm", page.id), ..list.form("/sign-out") };
    let refused = clerk.post(&forged.with("_version", "1")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(clinic.page(page.id).await.state.stage(), Stage::Drafted);
}

#[tokio::test]
async fn an_administrator_reads_and_changes_nothing() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let mut administrator = Browser::new(&clinic.router);
    let list = administrator.sign_in("kanri").await;
    let review = administrator.get(&format!("/pages/{}", page.id)).await;
    assert!(review.says("この役割では見るだけです。"));
    assert!(!review.says("data-save"));
    let loxonin = clinic.finding(page.id, "ロキソニン").await;
    let action = format!("/pages/{}/findings/{}", page.id, loxonin.id);
    let forged = Form { action, ..list.form("/sign-out") };
    let refused = administrator.post(&forged.with("_version", "1").with("name", "x")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_form_without_the_sessions_token_changes_nothing() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    let review = clerk.get(&format!("/pages/{}", page.id)).await;
    let loxonin = clinic.finding(page.id, "ロキソニン").await;
    let form = review.form(&format!("/findings/{}", loxonin.id)).with("days", "3");
    let refused = clerk.post(&form.clone().without("_csrf")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.says("送る前に確かめてください"));
    assert!(
        !refused.form(&form.action).fields.is_empty(),
        "what was typed can be sent after a look"
    );
    let foreign = clerk.post_with(&form, &[("origin", "http://elsewhere.test")]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    assert!(!foreign.says("ロキソニン"), "nothing of a foreign form is offered for sending");
    assert_eq!(clinic.finding(page.id, "ロキソニン").await.version, loxonin.version);
    let own = clerk.post_with(&form, &[("origin", "http://clinic.test")]).await;
    assert_eq!(own.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let clinic = Clinic::open().await;
    let mut browser = Browser::new(&clinic.router);
    let page = browser.get("/sign-in").await;
    let mut answers = Vec::new();
    for login in ["sato", "nobody"] {
        let form = page.form("/sign-in").with("login", login).with("password", "chigau");
        let refused = browser.post(&form).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        answers.push(refused.body.replace(login, ""));
    }
    assert_eq!(answers[0], answers[1]);
    // And so after many attempts: both have to wait, even with the right password.
    for login in ["sato", "nobody"] {
        let form = page.form("/sign-in").with("login", login);
        for _ in 0..4 {
            browser.post(&form.clone().with("password", "chigau")).await;
        }
        let refused = browser.post(&form.with("password", PASSWORD)).await;
        assert!(refused.says("秒たってから"), "{login}");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let clinic = Clinic::open().await;
    let mut clerk = Browser::new(&clinic.router);
    let list = clerk.sign_in("sato").await;
    let out = clerk.submit(&list.form("/sign-out")).await;
    assert!(out.says("終了しました。"));
    assert_eq!(clerk.get("/").await.location.as_deref(), Some("/sign-in"));
}

#[tokio::test]
async fn every_answer_tells_the_browser_to_keep_to_itself() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    for path in ["/", "/intake", "/nowhere", "/sign-in", &format!("/pages/{}", page.id)] {
        let shown = clerk.get(path).await;
        assert_eq!(shown.headers["cache-control"], "no-store", "{path}");
        assert_eq!(shown.headers["x-content-type-options"], "nosniff");
        let policy = shown.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe"));
        assert!(!shown.says("style=\"") && !shown.says("onclick"), "{path} has something inline");
        for link in shown.links() {
            assert!(link.starts_with('/') || link.starts_with('#'), "{path} leads to {link}");
        }
    }
}

#[tokio::test]
async fn pages_of_another_clinic_do_not_exist() {
    let clinic = Clinic::open().await;
    let other = Clinic::open().await;
    let page = other.drafted().await;
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    for path in ["", "/picture", "/history", "/hand-over"] {
        let shown = clerk.get(&format!("/pages/{}{path}", page.id)).await;
        assert_eq!(shown.status, StatusCode::NOT_FOUND, "{path}");
    }
}
