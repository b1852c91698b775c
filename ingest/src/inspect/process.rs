use std::{os::unix::process::ExitStatusExt, process::Stdio};

use bytes::Bytes;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

use super::{ChildOptions, Inspected, Progress, Settings, Word};
use crate::{IngestError, Limits, Refusal};

/// Somebody else may kill a child: the file is looked into again, so often at most.
const ATTEMPTS: u32 = 3;

/// What is kept of a child's last words.
const LAST_WORDS: u64 = 4096;

const SIGKILL: i32 = 9;

pub(super) async fn inspect(
    options: &ChildOptions,
    bytes: Bytes,
    limits: &Limits,
    progress: Option<Progress>,
) -> Result<Result<Inspected, Refusal>, IngestError> {
    for _ in 1..ATTEMPTS {
        let settings = Settings { limits: *limits, memory_bytes: options.memory_bytes };
        match attempt(options, bytes.clone(), &settings, progress.as_ref()).await? {
            Ended::Said(Word::Whole(inspected)) => return Ok(Ok(inspected)),
            Ended::Said(Word::Refused(refusal)) | Ended::Refused(refusal) => {
                return Ok(Err(refusal));
            }
            Ended::Said(Word::Page { .. }) | Ended::Killed => {}
        }
    }
    Ok(Err(Refusal::Damaged { page: None, what: "the decoder was killed".to_owned() }))
}

/// How a child came to its end.
enum Ended {
    Said(Word),
    /// It died of the file.
    Refused(Refusal),
    /// Somebody killed it, and it was not this process.
    Killed,
}

async fn attempt(
    options: &ChildOptions,
    bytes: Bytes,
    settings: &Settings,
    progress: Option<&Progress>,
) -> Result<Ended, IngestError> {
    let mut child = Command::new(&options.program)
        .args(&options.args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(IngestError::CannotInspect)?;
    let (Some(mut stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(IngestError::Interrupted);
    };
    let mut settings = serde_json::to_vec(settings).unwrap_or_default();
    settings.push(b'\n');
    // A child that died early shows in what it does not say.
    tokio::spawn(async move {
        let _ = stdin.write_all(&settings).await;
        let _ = stdin.write_all(&bytes).await;
    });
    let last_words = tokio::spawn(async move {
        let mut said = String::new();
        let _ = stderr.take(LAST_WORDS).read_to_string(&mut said).await;
        said
    });
    let mut words = BufReader::new(stdout).lines();
    let mut done = 0;
    loop {
        let Ok(word) = timeout(options.page_timeout, next(&mut words)).await else {
            let _ = child.kill().await;
            let seconds = options.page_timeout.as_secs();
            return Ok(Ended::Refused(Refusal::TooSlow { page: done + 1, limit: seconds }));
        };
        match word {
            Some(Word::Page { number, of }) => {
                done = number;
                if let Some(progress) = progress {
                    progress(number, of);
                }
            }
            Some(word) => {
                // It has nothing more to do; whether it ends well says nothing.
                let _ = child.wait().await;
                return Ok(Ended::Said(word));
            }
            None => {
                let last_words = last_words.await.unwrap_or_default();
                return Ok(died(&mut child, &last_words, done + 1, options.memory_bytes).await);
            }
        }
    }
}

async fn next(words: &mut Lines<BufReader<ChildStdout>>) -> Option<Word> {
    let line = words.next_line().await.ok()??;
    serde_json::from_str(&line).ok()
}

/// Why a child ended without a result.
async fn died(child: &mut Child, last_words: &str, page: u32, memory_bytes: u64) -> Ended {
    let Ok(status) = child.wait().await else { return Ended::Killed };
    // What Rust and C++ say when an allocation fails.
    if last_words.contains("memory allocation of") || last_words.contains("bad_alloc") {
        return Ended::Refused(Refusal::TooMuchMemory { page, limit: memory_bytes });
    }
    if status.signal() == Some(SIGKILL) {
        return Ended::Killed;
    }
    tracing::warn!(%status, page, "the decoder died of a file");
    Ended::Refused(Refusal::damaged(page, format!("the decoder died ({status})")))
}
