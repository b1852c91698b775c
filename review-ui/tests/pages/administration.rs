//! Intake, queue, users, audit trail, language, and the addresses for machines.

use std::sync::atomic::Ordering;

use axum::http::{Method, StatusCode};

use crate::{
    browser::{Browser, Shown},
    clinic::{Clinic, PASSWORD, picture},
};

async fn upload(browser: &mut Browser, token: &str, files: &[(&str, Vec<u8>)]) -> Shown {
    let mut body = Vec::new();
    let mut part = |head: &str, content: &[u8]| {
        body.extend_from_slice(b"--edge\r\nContent-Disposition: form-data; ");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    };
    part("name=\"_csrf\"", token.as_bytes());
    part("name=\"chart\"", b"A-77");
    for (name, bytes) in files {
        part(&format!("name=\"files\"; filename=\"{name}\""), bytes);
    }
    body.extend_from_slice(b"--edge--\r\n");
    let kind = [("content-type", "multipart/form-data; boundary=edge")];
    browser.send(Method::POST, "/intake", &kind, body).await
}

#[tokio::test]
async fn scans_are_taken_in_and_each_file_gets_its_answer() {
    let clinic = Clinic::open().await;
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    let form = clerk.get("/intake").await.form("/intake");
    let token = form.get("_csrf").unwrap().to_owned();
    let page = picture();
    let files = [("a.png", page.clone()), ("b.png", page), ("c.txt", b"a letter".to_vec())];
    let result = upload(&mut clerk, &token, &files).await;
    assert_eq!(result.status, StatusCode::OK);
    assert!(result.says("1 枚を取り込みました。"));
    assert!(result.says("すでに取り込まれています"));
    assert!(result.says("取り込めませんでした"));
    let list = clerk.get("/?q=A-77").await;
    assert!(list.says("a.png") && !list.says("c.txt"));
    let forged = upload(&mut clerk, "wrong", &[("d.png", picture())]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let nothing = upload(&mut clerk, &token, &[]).await;
    assert!(nothing.says("ファイルが選ばれていません。"));
}

#[tokio::test]
async fn administrators_see_the_queue_and_send_stopped_pages_back() {
    let clinic = Clinic::open().await;
    let mut administrator = Browser::new(&clinic.router);
    administrator.sign_in("kanri").await;
    let page = clinic.received("chart-7.png", picture()).await;
    clinic.queue.dead.set(page).unwrap();
    let queue = administrator.get("/queue").await;
    assert!(queue.says("the engine crashed") && queue.says("chart-7.png の 1 ページ目"));
    let back = administrator.submit(&queue.form("/queue/retry")).await;
    assert!(back.says("1 枚をもう一度読ませます。"));
    assert_eq!(clinic.queue.retried.load(Ordering::Relaxed), 1);
    clinic.queue.is_away.store(true, Ordering::Relaxed);
    assert!(administrator.get("/queue").await.says("今つながりません"));
    let ready = administrator.get("/readyz").await;
    assert!(ready.says(r#""queue":{"status":"away"}"#));

    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    for path in ["/queue", "/users", "/audit"] {
        assert_eq!(clerk.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn a_new_person_signs_in_and_a_stopped_one_is_out_at_once() {
    let clinic = Clinic::open().await;
    let mut administrator = Browser::new(&clinic.router);
    administrator.sign_in("kanri").await;
    let users = administrator.get("/users").await;
    let form = users
        .form("/users")
        .with("display_name", "山本 愛")
        .with("login", "yamamoto")
        .with("role", "clerk");
    let short = administrator.post(&form.clone().with("password", "mijikai")).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.says("10 文字以上にしてください") && short.says("山本 愛"));
    let added = administrator.submit(&form.with("password", PASSWORD)).await;
    assert!(added.says("山本 愛 を加えました。"));

    let mut newcomer = Browser::new(&clinic.router);
    assert!(newcomer.sign_in("yamamoto").await.says("山本 愛"));
    let mut tx = clinic.db.read().await.unwrap();
    let id = records::users::find_by_login(&mut tx, "yamamoto").await.unwrap().unwrap().id;
    drop(tx);
    let stop = added.form(&format!("/users/{id}/active")).with("active", "no");
    administrator.submit(&stop).await;
    assert_eq!(newcomer.get("/").await.location.as_deref(), Some("/sign-in"));
    assert!(newcomer.sign_in("yamamoto").await.says("違います"));
}

#[tokio::test]
async fn the_audit_trail_names_who_looked_and_is_whole() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let mut clerk = Browser::new(&clinic.router);
    clerk.sign_in("sato").await;
    clerk.get(&format!("/pages/{}", page.id)).await;
    let mut administrator = Browser::new(&clinic.router);
    administrator.sign_in("kanri").await;
    let trail = administrator.get("/audit").await;
    assert!(trail.says("ページを見た") && trail.says("佐藤 恵"));
    let verdict = administrator.submit(&trail.form("/audit/verify")).await;
    assert!(verdict.says("改ざんはありません。"));
}

#[tokio::test]
async fn the_language_follows_the_person() {
    let clinic = Clinic::open().await;
    let mut clerk = Browser::new(&clinic.router);
    let list = clerk.sign_in("sato").await;
    assert!(list.says("ページの一覧"));
    let switched = clerk.get("/language/en?to=%2F").await;
    let english = clerk.follow(switched).await;
    assert!(english.says("Open the next page") || english.says("No page matches."));
    let away = clerk.get("/language/en?to=%2F%2Felsewhere.test").await;
    assert_eq!(away.location.as_deref(), Some("/"));
}

#[tokio::test]
async fn programs_of_the_clinic_read_pages_as_json() {
    let clinic = Clinic::open().await;
    let page = clinic.drafted().await;
    let mut clerk = Browser::new(&clinic.router);
    let stranger = clerk.get("/api/v1/pages").await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    clerk.sign_in("sato").await;
    let list: serde_json::Value =
        serde_json::from_str(&clerk.get("/api/v1/pages?stage=drafted").await.body).unwrap();
    assert_eq!(list["count"], 1);
    assert_eq!(list["pages"][0]["id"], page.id.to_string());
    let path = format!("/api/v1/pages/{}", page.id);
    let one: serde_json::Value = serde_json::from_str(&clerk.get(&path).await.body).unwrap();
    assert_eq!(one["findings"][3]["doubts"][0]["kind"], "unknown_basis");
    let description: serde_json::Value =
        serde_json::from_str(&clerk.get("/api/v1/openapi.json").await.body).unwrap();
    assert!(description["paths"]["/api/v1/pages/{id}"].is_object());
    assert!(clerk.get("/metrics").await.says("pages_total 1"));
}
