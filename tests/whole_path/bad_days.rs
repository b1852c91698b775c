//! What dies, is away, is full, is missing: a clear word, nothing lost, and work that goes on by
//! itself when the cause is gone.

use std::{fs, net::TcpListener, process::Command, time::Duration};

use test_support::{PostgresServer, rabbit::Broker};

use crate::installation::{CLERK, Installation, sample};

const READING: Duration = Duration::from_mins(4);
const SOON: Duration = Duration::from_mins(1);

fn page() -> String {
    sample("12-lab-print.png")
}

#[test]
fn intake_goes_on_while_the_broker_is_away_and_catches_up() {
    let postgres = PostgresServer::start();
    let mut broker = Broker::start();
    let campaign =
        Installation::with(&[("database", &postgres.fresh_database()), ("queue", &broker.url())]);
    broker.kill();
    // Away at the start …
    let server = campaign.serve(&[]);
    let taken = campaign.run(&["ingest", &page()]);
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    assert_eq!(campaign.pages_at("received"), 1);
    broker.restart();
    campaign.wait_for("the first page", READING, || campaign.pages_at("drafted") == 1);
    // … and in the middle.
    broker.kill();
    campaign.succeed(&["ingest", &sample("08-prescription-print.png")]);
    broker.restart();
    campaign.wait_for("the second page", READING, || campaign.pages_at("drafted") == 2);
    assert!(server.stop().success(), "{}", campaign.log());
}

#[test]
fn pages_say_that_the_database_is_away_and_come_back_with_it() {
    let mut postgres = PostgresServer::start();
    let campaign = Installation::with(&[("database", &postgres.fresh_database())]);
    campaign.add_people();
    let _server = campaign.serve(&[]);
    campaign.wait_for("readiness", SOON, || campaign.get("/readyz").0 == 200);
    postgres.kill();
    let (status, _) = campaign.get("/readyz");
    assert_eq!(status, 503);
    let (status, page) = campaign.sign_in_without_a_browser(CLERK);
    assert_eq!(status, 503, "{page}");
    assert!(page.contains("保存できません"), "{page}");
    assert_eq!(campaign.get("/healthz").0, 200, "the process itself lives");
    postgres.restart();
    campaign.wait_for("readiness", SOON, || campaign.get("/readyz").0 == 200);
    campaign.succeed(&["ingest", &self::page()]);
    campaign.wait_for("the page", READING, || campaign.pages_at("drafted") == 1);
}

#[test]
fn a_worker_killed_in_the_middle_of_a_page_costs_nothing() {
    let clinic = Installation::clinic();
    clinic.succeed(&["ingest", &page(), &sample("08-prescription-print.png")]);
    let worker = clinic.start(&["work"]);
    clinic.wait_for("a page in hand", READING, || clinic.pages_at("reading") > 0);
    worker.kill();
    let _next = clinic.start(&["work"]);
    clinic.wait_for("both pages", READING, || clinic.pages_at("drafted") == 2);
    let audit = clinic.succeed(&["audit", "verify"]);
    assert!(audit.contains("whole"), "{audit}");
}

#[test]
fn a_page_that_no_attempt_can_read_is_left_to_people_and_can_be_sent_again() {
    // No page can be read in no time: every attempt ends with its reading process killed.
    let clinic =
        Installation::with(&[("worker__page_timeout_seconds", "0"), ("worker__attempts", "2")]);
    clinic.succeed(&["ingest", &sample("02-cover-hand.jpg")]);
    let server = clinic.serve(&[]);
    clinic.wait_for("the page to be given up", READING, || clinic.pages_at("unreadable") == 1);
    assert_eq!(clinic.get("/healthz").0, 200, "the service stays up");
    let dead = clinic.succeed(&["queue", "dead"]);
    assert!(dead.contains("2 attempts") && dead.contains("timeout: "), "{dead}");
    assert!(dead.contains("02-cover-hand.jpg p. 1 (unreadable)"), "{dead}");
    assert!(server.stop().success());
    let other = clinic.run(&["queue", "forget", "01ARZ3NDEKTSV4RRFFQ69G5FAV"]);
    let said = String::from_utf8_lossy(&other.stderr).into_owned();
    assert!(other.status.success() && said.contains("no job of page"), "{said}");

    let retried = clinic.run(&["queue", "retry"]);
    assert!(retried.status.success(), "{}", String::from_utf8_lossy(&retried.stderr));
    let healed = clinic
        .command(&["work", "--until-idle"])
        .env("KAMIKARTE_WORKER__PAGE_TIMEOUT_SECONDS", "120")
        .output()
        .unwrap();
    assert!(healed.status.success(), "{}", String::from_utf8_lossy(&healed.stderr));
    assert_eq!(clinic.pages_at("drafted"), 1);
}

#[test]
fn pages_wait_without_losing_attempts_while_a_model_is_missing() {
    let clinic = Installation::with(&[("worker__attempts", "1")]);
    clinic.succeed(&["ingest", &page()]);
    let waiting = clinic.start_with(&["work"], &[("KAMIKARTE_WORKER__TESSDATA", "/nowhere")]);
    clinic.wait_for("the worker to say so", SOON, || clinic.log().contains("tesseract-ocr-jpn"));
    assert_eq!(clinic.pages_at("unreadable"), 0, "no page is to blame");
    assert!(waiting.stop().success(), "{}", clinic.log());
    let output = clinic
        .command(&["read", &page()])
        .env("KAMIKARTE_WORKER__TESSDATA", "/nowhere")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("tesseract-ocr-jpn"), "it should name the package: {said}");
    let _worker = clinic.start(&["work"]);
    clinic.wait_for("the page", READING, || clinic.pages_at("drafted") == 1);
}

#[test]
fn a_full_disk_is_said_and_the_file_can_be_sent_again() {
    let clinic = Installation::clinic();
    let originals = clinic.data_dir().join("originals");
    fs::create_dir(&originals).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=16k", "tmpfs"])
        .arg(&originals)
        .output()
        .is_ok_and(|mount| mount.status.success());
    if !mounted {
        eprintln!("skipped: a small disk cannot be mounted here (not root)");
        return;
    }
    let short = clinic.run(&["ingest", &page()]);
    let to_the_last_byte = ("KAMIKARTE_LIMITS__FREE_MIB", "0");
    let full = clinic.command(&["ingest", &page()]).envs([to_the_last_byte]).output().unwrap();
    assert!(Command::new("umount").arg(&originals).status().unwrap().success());
    let said = String::from_utf8_lossy(&short.stderr).into_owned();
    assert_eq!(short.status.code(), Some(2), "{said}");
    assert!(said.contains("make room"), "{said}");
    let said = String::from_utf8_lossy(&full.stderr).into_owned();
    assert_eq!(full.status.code(), Some(2), "{said}");
    assert!(said.to_lowercase().contains("no space"), "{said}");
    assert_eq!(clinic.pages_at("received"), 0);
    clinic.succeed(&["ingest", &page()]);
    assert_eq!(clinic.pages_at("received"), 1);
}

#[test]
fn a_port_that_is_taken_is_said_with_what_to_do() {
    let clinic = Installation::clinic();
    let _taken = TcpListener::bind(&clinic.listen).unwrap();
    let output = clinic.run(&["serve"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("--listen"), "{said}");
}

#[test]
fn a_watched_folder_is_emptied_into_done_and_refused() {
    let clinic =
        Installation::with(&[("watch__settle_seconds", "1"), ("watch__interval_seconds", "1")]);
    let folder = clinic.data_dir().join("scanner");
    fs::create_dir(&folder).unwrap();
    let watching = clinic.start(&["watch", folder.to_str().unwrap()]);
    fs::copy(page(), folder.join("good.png")).unwrap();
    fs::write(folder.join("bad.jpg"), b"\xff\xd8\xff not much of a JPEG").unwrap();
    clinic.wait_for("both files to be settled", SOON, || {
        folder.join("done/good.png").exists() && folder.join("refused/bad.jpg").exists()
    });
    let reason = fs::read_to_string(folder.join("refused/bad.jpg.reason.txt")).unwrap();
    assert!(!reason.is_empty());
    assert_eq!(clinic.pages_at("received"), 1);
    assert!(watching.stop().success());
}
