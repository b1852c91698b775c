//! What a bad page may cost: one attempt, its own.

use std::{path::Path, time::Duration};

use ocr::{
    ReadOptions,
    isolation::{Pool, PoolOptions, ReadFailure},
};

fn options() -> PoolOptions {
    PoolOptions {
        program: env!("CARGO_BIN_EXE_ocr-test-child").into(),
        args: Vec::new(),
        size: 1,
        page_timeout: Duration::from_secs(10),
        reading: ReadOptions::default(),
        memory_limit_bytes: Some(2 << 30),
        recycle_after_pages: 100,
    }
}

/// Pid, pages read by it, its OMP_THREAD_LIMIT.
async fn who(pool: &Pool) -> (u32, u32, String) {
    let text = pool.read("who").await.unwrap().text();
    let words: Vec<&str> = text.split(' ').collect();
    (words[0].parse().unwrap(), words[1].parse().unwrap(), words[2].to_owned())
}

/// Whether the process is gone, not even a zombie, within a second.
async fn is_gone(pid: u32) -> bool {
    for _ in 0..100 {
        if !Path::new(&format!("/proc/{pid}")).exists() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

#[tokio::test]
async fn a_warm_child_reads_page_after_page_on_one_thread() {
    let pool = Pool::new(options());
    let (first, 1, threads) = who(&pool).await else { panic!("not fresh") };
    let (second, pages, _) = who(&pool).await;
    assert_eq!((first, pages, threads.as_str()), (second, 2, "1"));
    assert_eq!(pool.version().await.unwrap(), "obedient 1");
}

#[tokio::test]
async fn a_crash_costs_one_page() {
    let pool = Pool::new(options());
    let (before, ..) = who(&pool).await;
    let failure = pool.read("crash").await.unwrap_err();
    assert!(matches!(&failure, ReadFailure::Crashed { status } if status.contains("signal")));
    assert!(!failure.is_final() && failure.is_about_the_page());
    assert_ne!(who(&pool).await.0, before);
    assert!(is_gone(before).await);
}

#[tokio::test]
async fn a_panic_costs_one_page_and_tells_nothing_of_it() {
    let pool = Pool::new(options());
    let failure = pool.read("panic").await.unwrap_err();
    assert!(matches!(failure, ReadFailure::Crashed { .. }));
    assert!(!failure.to_string().contains("secret"));
    assert_eq!(who(&pool).await.1, 1);
}

#[tokio::test]
async fn a_hanging_page_is_ended_at_its_limit() {
    for page in ["hang", "spin"] {
        let pool = Pool::new(PoolOptions { page_timeout: Duration::from_millis(300), ..options() });
        let (before, ..) = who(&pool).await;
        let failure = pool.read(page).await.unwrap_err();
        assert!(matches!(failure, ReadFailure::Timeout { .. }), "{page}: {failure}");
        assert!(is_gone(before).await, "{page}");
        assert_ne!(who(&pool).await.0, before);
    }
}

#[tokio::test]
async fn a_memory_burst_costs_one_page_and_is_called_so() {
    let pool = Pool::new(options());
    let failure = pool.read("burst").await.unwrap_err();
    assert!(matches!(failure, ReadFailure::OutOfMemory { .. }), "{failure}");
    assert_eq!(who(&pool).await.1, 1);
}

#[tokio::test]
async fn a_refused_page_leaves_the_child_alive() {
    let pool = Pool::new(options());
    let (before, ..) = who(&pool).await;
    assert!(pool.read("refuse").await.unwrap_err().is_final());
    assert!(!pool.read("fail").await.unwrap_err().is_final());
    assert_eq!(who(&pool).await.0, before);
}

#[tokio::test]
async fn a_child_is_replaced_after_its_pages() {
    let pool = Pool::new(PoolOptions { recycle_after_pages: 2, ..options() });
    let (first, ..) = who(&pool).await;
    assert_eq!(who(&pool).await.0, first);
    assert!(is_gone(first).await);
    assert_ne!(who(&pool).await.0, first);
}

#[tokio::test]
async fn pages_beyond_the_size_wait_for_a_free_child() {
    let pool = Pool::new(PoolOptions { size: 2, ..options() });
    let texts = futures::future::join_all((0..4).map(|_| pool.read("slow"))).await;
    let pids: std::collections::BTreeSet<String> = texts
        .into_iter()
        .map(|text| text.unwrap().text().split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(pids.len(), 2);
}

#[tokio::test]
async fn a_child_that_died_idle_is_replaced_unseen() {
    let pool = Pool::new(options());
    let (before, ..) = who(&pool).await;
    let killed = std::process::Command::new("kill").args(["-9", &before.to_string()]).status();
    assert!(killed.unwrap().success());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_ne!(who(&pool).await.0, before);
}

#[tokio::test]
async fn missing_models_say_what_to_install_and_blame_no_page() {
    let pool = Pool::new(PoolOptions { args: vec!["--without-models".to_owned()], ..options() });
    let failure = pool.read("who").await.unwrap_err();
    assert!(!failure.is_about_the_page());
    assert!(failure.to_string().contains("apt install tesseract-ocr-jpn"), "{failure}");
}

#[tokio::test]
async fn a_missing_program_is_named() {
    let pool = Pool::new(PoolOptions { program: "/nowhere/kamikarte".into(), ..options() });
    let failure = pool.read("who").await.unwrap_err();
    assert!(failure.to_string().contains("/nowhere/kamikarte"), "{failure}");
}

#[tokio::test]
async fn a_caller_that_gives_up_frees_the_pool() {
    let pool = Pool::new(options());
    let (before, ..) = who(&pool).await;
    let given_up = tokio::time::timeout(Duration::from_millis(100), pool.read("hang")).await;
    assert!(given_up.is_err());
    assert!(is_gone(before).await);
    assert_eq!(who(&pool).await.1, 1);
}

#[test]
fn a_busy_child_ends_with_its_parent() {
    use std::{
        io::{Read, Write},
        process::{Command, Stdio},
    };
    let mut child = Command::new(env!("CARGO_BIN_EXE_ocr-test-child"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let settings = serde_json::json!({ "memory_limit_bytes": null, "reading": {} }).to_string();
    stdin.write_all(&u32::try_from(settings.len()).unwrap().to_be_bytes()).unwrap();
    stdin.write_all(settings.as_bytes()).unwrap();
    // It says that it is ready.
    child.stdout.as_mut().unwrap().read_exact(&mut [0; 4]).unwrap();
    stdin.write_all(&[0, 0, 0, 4]).unwrap();
    stdin.write_all(b"spin").unwrap();
    std::thread::sleep(Duration::from_millis(100));
    assert!(child.try_wait().unwrap().is_none(), "it should be reading");
    // What a dying parent leaves behind is a closed pipe.
    drop(stdin);
    for _ in 0..200 {
        if child.try_wait().unwrap().is_some() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    panic!("the child outlived its pipe");
}
