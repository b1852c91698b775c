//! One page's whole journey, by people in a browser: taken in, read, corrected by a clerk,
//! confirmed by a clinician, exported. On what a clinic has, and on what a campaign has.

use std::time::Duration;

use test_support::{PostgresServer, rabbit::Broker};

use crate::{
    browser::Browser,
    installation::{CLERK, DOCTOR, Installation, sample},
};

/// Reading a page takes seconds; these machines are busy.
const READING: Duration = Duration::from_mins(4);

#[tokio::test(flavor = "multi_thread")]
async fn a_clinic_takes_a_page_from_the_scanner_to_the_record() {
    let clinic = Installation::clinic();
    clinic.add_people();
    clinic.succeed(&["ingest", &sample("08-prescription-print.png"), "--chart", "4711"]);
    let _server = clinic.serve(&[]);
    clinic.wait_for("the page to be read", READING, || clinic.pages_at("drafted") == 1);
    review_and_export(&clinic).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_does_the_same_with_two_workers_on_postgresql_and_rabbitmq() {
    let postgres = PostgresServer::start();
    let broker = Broker::start();
    let campaign =
        Installation::with(&[("database", &postgres.fresh_database()), ("queue", &broker.url())]);
    campaign.add_people();
    let _server = campaign.serve(&["--no-worker"]);
    let _workers = [campaign.start(&["work"]), campaign.start(&["work"])];
    campaign.succeed(&[
        "ingest",
        &sample("08-prescription-print.png"),
        &sample("12-lab-print.png"),
        "--campaign",
        "autumn",
    ]);
    campaign.wait_for("both pages to be read", READING, || campaign.pages_at("drafted") == 2);
    review_and_export(&campaign).await;
}

/// The clerk corrects and hands over, the clinician confirms, the record is exported.
async fn review_and_export(installation: &Installation) {
    let browser = Browser::open(installation).await;

    browser.sign_in(CLERK).await;
    browser.picture("list").await;
    assert_eq!(installation.succeed(&["export", "csv"]).lines().count(), 1, "only the header");
    browser.click("a[data-next]").await;
    browser.see("section.paper svg image").await;
    browser.run("document.querySelector('#medication').scrollIntoView(); return null").await;
    browser.picture("review").await;
    let n_drafted = browser.count("article.finding").await;
    assert!(n_drafted > 0, "nothing was drafted: {}", browser.text().await);
    assert!(browser.count("a.mark rect").await > 0, "no finding has its rectangle");
    let page = browser.path().await;
    let page_id = page.rsplit('/').next().unwrap().to_owned();

    browser.click("a[href$='/findings/new/diagnosis']").await;
    browser.type_into("input[name='diagnosis_name']", "本態性高血圧症").await;
    browser.click("main form button.first").await;
    browser.read("本態性高血圧症").await;
    settle_doubts(&browser, &page).await;
    browser.go(&page).await;
    browser.click("a[href$='/hand-over']").await;
    browser.picture("hand-over").await;
    browser.click("main form button.first").await;
    installation.wait_for("the hand-over", Duration::from_secs(20), || {
        installation.pages_at("ready_to_confirm") == 1
    });
    browser.sign_out().await;

    browser.sign_in(DOCTOR).await;
    browser.go(&page).await;
    browser.click("a[href$='/confirm']").await;
    browser.picture("confirm").await;
    assert_eq!(installation.succeed(&["export", "csv"]).lines().count(), 1, "not yet confirmed");
    browser.click("form[action$='/confirm'] button.first").await;
    installation.wait_for("the confirmation", Duration::from_secs(20), || {
        installation.pages_at("committed") == 1
    });
    browser.go(&page).await;
    browser.picture("committed").await;
    only_this_machine_was_asked(&browser, installation).await;
    browser.close().await;

    let records = installation.succeed(&["export", "csv"]);
    let mut reader = csv::Reader::from_reader(records.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|column| column == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), n_drafted + 1, "{records}");
    for row in &rows {
        assert_eq!(&row[column("page_id")], page_id);
        assert_eq!(&row[column("confirmed_by")], DOCTOR.0);
        assert!(row[column("confirmed_at")].ends_with('Z'), "{row:?}");
        assert_eq!(row[column("scan_sha256")].len(), 64);
    }
    let drafted = rows.iter().find(|row| &row[column("kind")] == "medication").unwrap();
    for edge in ["x0", "y0", "x1", "y1"] {
        assert!(drafted[column(edge)].parse::<u32>().is_ok(), "{drafted:?}");
    }
    assert!(rows.iter().any(|row| &row[column("name")] == "本態性高血圧症"));

    let audit = installation.succeed(&["audit", "verify"]);
    assert!(audit.contains("whole"), "{audit}");
    let trace = installation.succeed(&["trace", &page_id]);
    for step in ["page.received", "page.drafted", "page.handed_over", "page.confirmed"] {
        assert!(trace.contains(step), "{step} is not in\n{trace}");
    }
    assert!(!installation.log().contains("本態性高血圧症"), "patients' data in the log");
}

/// What only a person can know is decided by one: where the page does not say whether an amount
/// is for a day or for one time, "a day" is chosen.
async fn settle_doubts(browser: &Browser, page: &str) {
    loop {
        browser.go(&format!("{page}/hand-over")).await;
        if browser.count("li b.fault").await == 0 {
            return;
        }
        browser.click("li:has(b.fault) a[href*='#finding-']").await;
        let open = "article.finding:target details.edit:not([open]) > summary";
        if browser.count(open).await > 0 {
            browser.click(open).await;
        }
        browser.click("article.finding:target input[name='dose_basis'][value='day']").await;
        browser.click("article.finding:target button.first").await;
        browser.see("article.finding .say.good").await;
    }
}

/// Everything the page loaded came from the installation itself.
async fn only_this_machine_was_asked(browser: &Browser, installation: &Installation) {
    let asked = browser
        .run("return performance.getEntriesByType('resource').map(entry => entry.name)")
        .await;
    let asked = asked.as_array().unwrap();
    assert!(!asked.is_empty());
    for address in asked {
        let address = address.as_str().unwrap();
        assert!(address.starts_with(&installation.url("/")), "{address} was asked");
    }
}
