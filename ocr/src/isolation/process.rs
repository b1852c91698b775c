use std::{
    process::{ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    time::timeout,
};
use tokio_util::codec::{FramedRead, FramedWrite, LengthDelimitedCodec};

use super::{
    PoolOptions, ReadFailure,
    frame::{Answer, LARGEST, Settings},
};

/// Loading the models takes 0.4 s on an idle machine; this is for one that swaps.
const START_LIMIT: Duration = Duration::from_mins(1);
/// The stack that the first thread of a process has on Linux.
const STACK_BYTES: &str = "8388608";
/// A dying child is gone within this after its pipe closed, or it is killed.
const DEATH_LIMIT: Duration = Duration::from_secs(2);

/// One child process, idle or reading. Dropping it kills it.
pub struct Process {
    child: Child,
    requests: FramedWrite<ChildStdin, LengthDelimitedCodec>,
    answers: FramedRead<ChildStdout, LengthDelimitedCodec>,
    out_of_memory: Arc<AtomicBool>,
    version: String,
    pages_read: u32,
}

impl Process {
    pub async fn start(options: &PoolOptions) -> Result<Self, ReadFailure> {
        let cannot = |error: std::io::Error| {
            ReadFailure::CannotStart(format!("{}: {error}", options.program.display()))
        };
        let mut child = Command::new(&options.program)
            .args(&options.args)
            // Two children with threads of their own take 2.7 times as long as with one each.
            .env("OMP_THREAD_LIMIT", "1")
            // A child may read on a thread that is not its first; Tesseract gets as much there.
            .env("RUST_MIN_STACK", STACK_BYTES)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(cannot)?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(ReadFailure::CannotStart("its pipes are missing".to_owned()));
        };
        let out_of_memory = Arc::new(AtomicBool::new(false));
        tokio::spawn(log_stderr(stderr, child.id(), Arc::clone(&out_of_memory)));
        let mut codec = LengthDelimitedCodec::new();
        codec.set_max_frame_length(LARGEST);
        let mut process = Self {
            child,
            requests: FramedWrite::new(stdin, codec.clone()),
            answers: FramedRead::new(stdout, codec),
            out_of_memory,
            version: String::new(),
            pages_read: 0,
        };
        let settings = Settings {
            memory_limit_bytes: options.memory_limit_bytes,
            reading: options.reading.clone(),
        };
        let settings = serde_json::to_vec(&settings)
            .map_err(|error| ReadFailure::CannotStart(error.to_string()))?;
        // A child that died already shows in the missing answer.
        let _ = process.requests.send(Bytes::from(settings)).await;
        match timeout(START_LIMIT, process.answer()).await {
            Ok(Some(Answer::Ready { version })) => process.version = version,
            Ok(Some(Answer::CannotStart { why })) => return Err(ReadFailure::CannotStart(why)),
            Ok(Some(_)) => {
                return Err(ReadFailure::CannotStart("it speaks out of turn".to_owned()));
            }
            Ok(None) => {
                let status = process.end().await;
                return Err(ReadFailure::CannotStart(format!("it died ({})", in_words(status))));
            }
            Err(_) => return Err(ReadFailure::CannotStart("it does not become ready".to_owned())),
        }
        Ok(process)
    }

    pub fn version(&self) -> &str {
        &self.version
    }

    pub const fn pages_read(&self) -> u32 {
        self.pages_read
    }

    /// Whether it still runs; a child may have died while it was idle.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Reads one page. After a failure that leaves the child unfit, [`Self::is_alive`] is false.
    pub async fn read(
        &mut self,
        page: Bytes,
        options: &PoolOptions,
    ) -> Result<chart::PageText, ReadFailure> {
        if page.len() > LARGEST {
            return Err(ReadFailure::Refused(format!("{} bytes are too many", page.len())));
        }
        self.pages_read += 1;
        let asked = timeout(options.page_timeout, async {
            let _ = self.requests.send(page).await;
            self.answer().await
        });
        match asked.await {
            Ok(Some(Answer::Page(text))) => Ok(*text),
            Ok(Some(Answer::Refused { why })) => Err(ReadFailure::Refused(why)),
            Ok(Some(Answer::Failed { why })) => Err(ReadFailure::Failed(why)),
            Ok(_) => {
                let status = self.end().await;
                match options.memory_limit_bytes {
                    Some(limit_bytes) if self.out_of_memory.load(Ordering::Acquire) => {
                        Err(ReadFailure::OutOfMemory { limit_bytes })
                    }
                    _ => Err(ReadFailure::Crashed { status: in_words(status) }),
                }
            }
            Err(_) => {
                self.kill().await;
                Err(ReadFailure::Timeout { limit: options.page_timeout })
            }
        }
    }

    /// Kills the child and waits until it is gone; it holds nothing that could be lost.
    pub async fn kill(&mut self) {
        if let Err(error) = self.child.kill().await {
            tracing::warn!(pid = self.child.id(), %error, "cannot end a reading process");
        }
    }

    async fn answer(&mut self) -> Option<Answer> {
        let frame = self.answers.next().await?.ok()?;
        serde_json::from_slice(&frame).ok()
    }

    /// How a child whose pipe broke ended; helped along if it lingers.
    async fn end(&mut self) -> Option<ExitStatus> {
        if let Ok(status) = timeout(DEATH_LIMIT, self.child.wait()).await {
            // Its last words come through a task of their own.
            tokio::time::sleep(Duration::from_millis(20)).await;
            return status.ok();
        }
        self.kill().await;
        None
    }
}

fn in_words(status: Option<ExitStatus>) -> String {
    status.map_or_else(|| "it stopped answering".to_owned(), |status| status.to_string())
}

/// Passes on what a child says to its stderr. The library speaks of resolutions and sizes, never
/// of what a page says; long lines are cut all the same.
async fn log_stderr(stderr: ChildStderr, pid: Option<u32>, out_of_memory: Arc<AtomicBool>) {
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        // What Rust and C++ say when an allocation fails.
        if line.contains("memory allocation of") || line.contains("std::bad_alloc") {
            out_of_memory.store(true, Ordering::Release);
        }
        let line: String = line.chars().take(200).collect();
        tracing::debug!(pid, line, "reading process");
    }
}
