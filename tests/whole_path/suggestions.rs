//! Names while a clerk types them, with the keyboard alone, in a real browser.

use std::time::Duration;

use crate::{
    browser::Browser,
    installation::{CLERK, Installation, sample},
};

const READING: Duration = Duration::from_mins(4);

const OPTIONS: &str = "#suggestions:not([hidden]) [role=option]";

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_takes_a_drug_and_a_disease_by_keyboard_alone() {
    let clinic = Installation::clinic();
    clinic.add_people();
    clinic.succeed(&["ingest", &sample("08-prescription-print.png")]);
    let _server = clinic.serve(&[]);
    clinic.wait_for("the page to be read", READING, || clinic.pages_at("drafted") == 1);
    let browser = Browser::open(&clinic).await;
    browser.sign_in(CLERK).await;
    browser.click("a[data-next]").await;
    let page = browser.path().await;

    browser.go(&format!("{page}/findings/new/medication")).await;
    let name = "input[name='name']";
    browser.type_into(name, "のるば").await;
    browser.see(OPTIONS).await;
    browser.picture("suggest-drug").await;
    assert_eq!(attribute(&browser, name, "aria-expanded").await, "true");
    assert_eq!(attribute(&browser, name, "aria-activedescendant").await, "", "nothing is chosen");
    assert!(browser.text().await.contains("ノルバデックス"), "what it must not be taken for");
    press(&browser, name, "ArrowDown").await;
    browser.see("#suggestion-0[aria-selected=true]").await;
    assert_eq!(attribute(&browser, name, "aria-activedescendant").await, "suggestion-0");
    press(&browser, name, "Escape").await;
    assert_eq!(browser.count(OPTIONS).await, 0);
    assert_eq!(value(&browser, name).await, "のるば", "Esc takes nothing");

    // The arrow opens it again; Enter takes the name, its forms follow, then its strengths.
    press(&browser, name, "ArrowDown").await;
    browser.see(OPTIONS).await;
    press(&browser, name, "ArrowDown").await;
    press(&browser, name, "Enter").await;
    value_becomes(&browser, name, "ノルバスク").await;
    browser.read("ノルバスクOD錠").await;
    press(&browser, name, "ArrowDown").await;
    browser.picture("suggest-form").await;
    press(&browser, name, "Enter").await;
    value_becomes(&browser, name, "ノルバスク錠").await;
    let strength = "input[name='strength']";
    browser.see(OPTIONS).await;
    browser.read("2.5mg").await;
    browser.picture("suggest-strength").await;
    press(&browser, strength, "ArrowDown").await;
    press(&browser, strength, "ArrowDown").await;
    press(&browser, strength, "Tab").await;
    value_becomes(&browser, strength, "5mg").await;
    assert_eq!(value(&browser, "input[name='unit']").await, "錠");

    // Enter belongs to the input method while a conversion is open.
    let untouched = browser
        .run(
            "const field = document.querySelector('input[name=name]'); field.focus();
             field.value = 'のるば'; field.dispatchEvent(new InputEvent('input', {bubbles: true}));
             return new Promise(done => setTimeout(() => {
                 field.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowDown', bubbles: true}));
                 const enter = new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true});
                 field.dispatchEvent(enter);
                 done(!enter.defaultPrevented && field.value === 'のるば');
             }, 1500))",
        )
        .await;
    assert_eq!(untouched, true);
    browser.type_into(name, "ノルバスク錠").await;
    press(&browser, name, "Escape").await;
    browser.click("main form button.first").await;
    browser.read("2171022F2025").await;

    browser.go(&format!("{page}/findings/new/diagnosis")).await;
    let disease = "input[name='diagnosis_name']";
    browser.type_into(disease, "右変形性膝").await;
    browser.see(OPTIONS).await;
    browser.picture("suggest-disease").await;
    press(&browser, disease, "ArrowDown").await;
    press(&browser, disease, "Enter").await;
    value_becomes(&browser, disease, "変形性膝関節症").await;
    assert_eq!(value(&browser, "input[name='icd10']").await, "M17.1");
    assert_eq!(value(&browser, "input[name='modifiers']").await, "右");
    browser.click("main form button.first").await;
    browser.read("変形性膝関節症").await;
    browser.close().await;
    for typed in ["ノルバスク", "のるば", "変形性", "%E3%81%AE"] {
        assert!(!clinic.log().contains(typed), "{typed} is in the log");
    }
}

/// A key as the browser sends it.
async fn press(browser: &Browser, field: &str, key: &str) {
    let key = match key {
        "ArrowDown" => '\u{e015}',
        "Escape" => '\u{e00c}',
        "Enter" => '\u{e007}',
        "Tab" => '\u{e004}',
        other => panic!("{other} is not typed here"),
    };
    browser.see(field).await.send_keys(&key.to_string()).await.unwrap();
}

async fn attribute(browser: &Browser, field: &str, name: &str) -> String {
    browser.see(field).await.attr(name).await.unwrap().unwrap_or_default()
}

async fn value(browser: &Browser, field: &str) -> String {
    browser.see(field).await.prop("value").await.unwrap().unwrap_or_default()
}

async fn value_becomes(browser: &Browser, field: &str, wanted: &str) {
    for _ in 0..100 {
        if value(browser, field).await == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    browser.picture("failure").await;
    panic!("{field} holds {:?}, not {wanted:?}", value(browser, field).await);
}
