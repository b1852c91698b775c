//! Files are looked into by a child process; here `sh` plays children that end badly.

use std::time::Duration;

use ingest::{ChildOptions, Inspector, Limits, Refusal};

fn inspector(script: &str) -> Inspector {
    Inspector::in_child(ChildOptions {
        program: "/bin/sh".into(),
        args: vec!["-c".to_owned(), script.to_owned()],
        page_timeout: Duration::from_secs(1),
        memory_bytes: 2 << 30,
    })
}

async fn look(script: &str) -> Result<ingest::Inspected, Refusal> {
    let jpeg = b"\xff\xd8\xff\xe0 not much of a picture".to_vec();
    inspector(script).inspect(jpeg.into(), &Limits::default(), None).await.unwrap()
}

#[tokio::test]
async fn a_child_that_takes_too_long_is_ended() {
    let begun = std::time::Instant::now();
    assert_eq!(look("sleep 60").await, Err(Refusal::TooSlow { page: 1, limit: 1 }));
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn each_page_has_the_whole_time() {
    let script = r#"cat >/dev/null
        for page in 1 2; do sleep 0.7; echo "{\"page\":{\"number\":$page,\"of\":2}}"; done
        sleep 60"#;
    assert_eq!(look(script).await, Err(Refusal::TooSlow { page: 3, limit: 1 }));
}

#[tokio::test]
async fn a_child_that_wants_too_much_memory_says_so_with_its_last_words() {
    let script = "cat >/dev/null; echo 'memory allocation of 8 bytes failed' >&2; kill -s ABRT $$";
    assert_eq!(look(script).await, Err(Refusal::TooMuchMemory { page: 1, limit: 2 << 30 }));
}

#[tokio::test]
async fn a_child_that_crashes_means_a_damaged_file() {
    let refusal = look("cat >/dev/null; kill -s SEGV $$").await.unwrap_err();
    assert_eq!(refusal.code(), "damaged");
}

#[tokio::test]
async fn a_child_that_somebody_else_kills_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    let script = format!(
        "cat >/dev/null; if [ -e {0} ]; then echo '{{\"refused\":\"empty\"}}'; \
         else touch {0}; kill -s KILL $$; fi",
        mark.display()
    );
    assert_eq!(look(&script).await, Err(Refusal::Empty));
}

#[tokio::test]
async fn a_missing_program_is_no_fault_of_the_file() {
    let options = ChildOptions {
        program: "/nowhere/kamikarte".into(),
        args: vec![],
        page_timeout: Duration::from_secs(1),
        memory_bytes: 1 << 30,
    };
    let jpeg = b"\xff\xd8\xff\xe0".to_vec();
    let inspected =
        Inspector::in_child(options).inspect(jpeg.into(), &Limits::default(), None).await;
    assert!(inspected.is_err());
}
