//! Opening a database, and what happens when there is none.

use std::time::{Duration, Instant};

use test_support::{PostgresServer, cable::Cable};
use tokio::task::JoinSet;

use super::{Clinic, clinic::MORNING, on_both};
use crate::{Db, RecordsError, db::Patience, sessions, tenants};

on_both! {
    async fn migrating_again_changes_nothing(clinic: Clinic) {
        clinic.db.migrate().await.unwrap();
        clinic.db.is_ready().await.unwrap();
        let mut tx = clinic.read().await;
        assert!(tenants::find(&mut tx, clinic.tenant).await.unwrap().is_some());
    }

    async fn a_transaction_that_is_not_committed_leaves_no_trace(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        tenants::create(&mut tx, "別の診療所", MORNING).await.unwrap();
        drop(tx);
        let mut tx = clinic.read().await;
        assert_eq!(tenants::find_by_name(&mut tx, "別の診療所").await.unwrap(), None);
    }

    async fn nothing_is_written_through_a_reading_transaction(clinic: Clinic) {
        let mut tx = clinic.read().await;
        assert!(tenants::create(&mut tx, "別の診療所", MORNING).await.is_err());
    }

    async fn a_reader_sees_one_moment_while_others_write(clinic: Clinic) {
        let mut reading = clinic.read().await;
        assert_eq!(tenants::list(&mut reading).await.unwrap().len(), 1);
        let mut writing = clinic.begin().await;
        tenants::create(&mut writing, "別の診療所", MORNING).await.unwrap();
        writing.commit().await.unwrap();
        assert_eq!(tenants::list(&mut reading).await.unwrap().len(), 1);
        assert_eq!(tenants::list(&mut clinic.read().await).await.unwrap().len(), 2);
    }

    async fn a_row_that_another_hand_wrote_is_named(clinic: Clinic) {
        let mut tx = clinic.begin().await;
        execute!(tx, "update user_account set language = 'tlh' where login = 'clerk'").unwrap();
        let error = crate::users::find(&mut tx, clinic.tenant, clinic.clerk.user).await;
        let message = error.unwrap_err().to_string();
        assert!(message.contains("user_account") && message.contains("language"), "{message}");
    }
}

#[tokio::test]
async fn a_full_disk_is_told_from_other_errors_and_nothing_is_lost() {
    let clinic = Clinic::on_sqlite().await;
    let page = clinic.drafted().await;
    let mut tx = clinic.begin().await;
    // The connection's own limit stands for the disk's.
    let (pages,) = one!(tx, (i64,), "select * from pragma_page_count").unwrap();
    let limit = format!("pragma max_page_count = {}", pages + 2);
    execute!(tx, sqlx::AssertSqlSafe(limit)).unwrap();
    tx.commit().await.unwrap();
    let error = loop {
        let mut tx = clinic.begin().await;
        let inserted = sessions::save(&mut tx, "s", None, &"x".repeat(100_000), MORNING).await;
        match inserted {
            Ok(()) => tx.commit().await.unwrap(),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, RecordsError::DiskFull(_)) && error.is_transient(), "{error}");
    assert_eq!(clinic.page(page.id).await, page);

    let mut tx = clinic.begin().await;
    execute!(tx, "pragma max_page_count = 1000000").unwrap();
    tx.commit().await.unwrap();
    let mut tx = clinic.begin().await;
    sessions::save(&mut tx, "s", None, &"x".repeat(100_000), MORNING).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_killed_is_found_again_with_all_that_was_acknowledged() {
    let start = || {
        let server = PostgresServer::start();
        let url = server.fresh_database();
        (server, url)
    };
    let (mut server, url) = tokio::task::spawn_blocking(start).await.unwrap();
    let db = Db::connect(&url).await.unwrap();
    db.migrate().await.unwrap();
    let mut tx = db.begin().await.unwrap();
    tenants::create(&mut tx, "見本診療所", MORNING).await.unwrap();
    tx.commit().await.unwrap();
    let mut lost = db.begin().await.unwrap();
    tenants::create(&mut lost, "別の診療所", MORNING).await.unwrap();

    let mut server = tokio::task::spawn_blocking(move || {
        server.kill();
        server
    })
    .await
    .unwrap();
    let error = lost.commit().await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    let restarted = tokio::task::spawn_blocking(move || {
        server.restart();
        server
    });
    let _server = restarted.await.unwrap();
    let mut tx = db.read().await.unwrap();
    let names: Vec<String> =
        tenants::list(&mut tx).await.unwrap().into_iter().map(|tenant| tenant.name).collect();
    assert_eq!(names, ["見本診療所"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_processes_may_start_on_an_empty_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("kamikarte.db").display());
    let starts: Vec<_> = (0..6)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move {
                let db = Db::connect(&url).await?;
                db.migrate().await?;
                db.is_ready().await
            })
        })
        .collect();
    for start in starts {
        start.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_sqlite_commit_lies_on_the_disk_before_it_is_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("kamikarte.db").display());
    let mut tx = Db::connect(&url).await.unwrap().begin().await.unwrap();
    let (journal,) = one!(tx, (String,), "select * from pragma_journal_mode").unwrap();
    let (synchronous,) = one!(tx, (i64,), "select * from pragma_synchronous").unwrap();
    let (foreign_keys,) = one!(tx, (i64,), "select * from pragma_foreign_keys").unwrap();
    // 2 is FULL.
    assert_eq!((journal.as_str(), synchronous, foreign_keys), ("wal", 2, 1));
}

#[tokio::test]
async fn a_url_of_no_known_database_is_refused_without_repeating_its_password() {
    for url in ["mysql://me:secret@host/db", "kamikarte.db", "", "postgres://me:secret@host:x/db"] {
        let error = Db::connect(url).await.unwrap_err();
        assert!(matches!(error, RecordsError::Url(_)), "{url}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn a_database_in_memory_is_refused() {
    for url in ["sqlite::memory:", "sqlite:", "sqlite:file.db?mode=memory"] {
        assert!(matches!(Db::connect(url).await, Err(RecordsError::Url(_))), "{url}");
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_told_from_other_errors() {
    // Nobody listens on port 1.
    let error = Db::connect("postgres://kamikarte@127.0.0.1:1/kamikarte").await.unwrap_err();
    assert!(matches!(error, RecordsError::Unavailable(_)) && error.is_transient(), "{error}");
}

#[tokio::test]
async fn a_missing_folder_is_told_from_other_errors() {
    let error = Db::connect("sqlite:/nowhere/at/all/kamikarte.db").await.unwrap_err();
    assert!(error.is_transient(), "{error}");
}

/// With a full disk SQLite may end a transaction by itself. sqlx goes on counting it: neither its
/// commit nor its rollback finds one, and the only writing connection would refuse every other.
#[tokio::test]
async fn a_transaction_that_sqlite_ended_by_itself_keeps_no_writer_away() {
    let clinic = Clinic::on_sqlite().await;
    for round in 0..3 {
        let mut tx = clinic.begin().await;
        execute!(tx, "rollback").unwrap();
        if round == 0 {
            assert!(tx.commit().await.is_err());
        } else {
            drop(tx);
        }
        let mut tx = clinic.begin().await;
        tenants::create(&mut tx, &format!("診療所{round}"), MORNING).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_the_network_forgot_hold_nobody_for_ever() {
    let server = PostgresServer::shared();
    let cable = Cable::to(([127, 0, 0, 1], server.port()).into());
    let direct = tokio::task::spawn_blocking(|| server.fresh_database()).await.unwrap();
    let url = direct.replace(&format!(":{}/", server.port()), &format!(":{}/", cable.port()));
    let limit = Duration::from_secs(2);
    let patience = Patience { writing: limit, reading: limit, ping: limit / 4 };
    let db = Db::connect_with(&url, patience).await.unwrap();
    db.migrate().await.unwrap();

    // More than there are connections: each must come back to the pool.
    for round in 0..2 {
        let mut transactions = Vec::new();
        for n in 0..10 {
            let mut tx = db.begin().await.unwrap();
            tenants::create(&mut tx, &format!("診療所{round}-{n}"), MORNING).await.unwrap();
            transactions.push(tx);
        }
        cable.forget();
        let begun = Instant::now();
        let mut waiting: JoinSet<_> = transactions
            .into_iter()
            .map(|mut tx| async move { tenants::create(&mut tx, "別の診療所", MORNING).await })
            .collect();
        while let Some(answer) = waiting.join_next().await {
            let answer = answer.unwrap();
            assert!(matches!(answer, Err(RecordsError::Unavailable(_))), "{answer:?}");
        }
        assert!(begun.elapsed() < limit * 3, "{:?}", begun.elapsed());
    }
    let begun = Instant::now();
    while db.is_ready().await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(30), "it does not come back");
    }
}
