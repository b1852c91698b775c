//! Looking into a file that comes from outside, in a process of its own.
//!
//! What a file declares can be checked before anything is decoded; how long a PDF takes to draw,
//! how far LZW or JBIG2 grows and whether a decoder crashes can not. So a child process decodes
//! the file once, with a limit of memory and of time a page, and tells what it found. What passed
//! there is decoded again by others (a worker, the review pages) with the same result, because a
//! decoder sees nothing but the bytes.
//!
//! ```text
//! parent: {"limits":…,"memory_bytes":…}⏎ the file ⟂      (⟂: the pipe ends)
//! child:  {"page":{"number":1,"of":2}}⏎ … {"whole":{…}}⏎ or {"refused":{…}}⏎
//! ```

mod child; // what runs inside
mod process; // the child as its parent sees it

use std::{path::PathBuf, sync::Arc, time::Duration};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

pub use child::serve_inspection;

use crate::{Format, IngestError, Limits, PageSize, Refusal, Source};

/// Hears of each page that was checked: how many are done, and of how many.
pub type Progress = Arc<dyn Fn(u32, u32) + Send + Sync>;

/// How files are looked into.
#[derive(Debug, Clone)]
pub struct Inspector {
    child: Option<Arc<ChildOptions>>,
}

/// The process that looks into a file, and what it may use.
#[derive(Debug, Clone)]
pub struct ChildOptions {
    /// The program to start, usually the running one.
    pub program: PathBuf,
    /// Its arguments, such as `inspect-child`.
    pub args: Vec<String>,
    /// How long opening the file may take, and then each of its pages.
    pub page_timeout: Duration,
    /// The address space that it may use, in bytes.
    pub memory_bytes: u64,
}

/// A file whose every page was decoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspected {
    /// What the file is.
    pub format: Format,
    /// Its pages in order; at least one.
    pub pages: Vec<PageSize>,
}

/// What a child says to its parent, a line each.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Page { number: u32, of: u32 },
    Whole(Inspected),
    Refused(Refusal),
}

/// What a parent says first of all.
#[derive(Debug, Serialize, Deserialize)]
struct Settings {
    limits: Limits,
    memory_bytes: u64,
}

impl Inspector {
    /// Each file in a child process: for whatever takes files from outside.
    pub fn in_child(options: ChildOptions) -> Self {
        Self { child: Some(Arc::new(options)) }
    }

    /// In this process, on a thread that may block: for files that are one's own.
    pub const fn in_this_process() -> Self {
        Self { child: None }
    }

    /// Looks into a file. A refusal says what is wrong with it; an error, that nobody knows.
    pub async fn inspect(
        &self,
        bytes: Bytes,
        limits: &Limits,
        progress: Option<Progress>,
    ) -> Result<Result<Inspected, Refusal>, IngestError> {
        // Before a process is started for it.
        if let Err(refusal) = limits.check_bytes(bytes.len() as u64) {
            return Ok(Err(refusal));
        }
        if let Err(refusal) = Format::of(&bytes) {
            return Ok(Err(refusal));
        }
        if let Some(options) = &self.child {
            return process::inspect(options, bytes, limits, progress).await;
        }
        let limits = *limits;
        let work = move || {
            inspect(bytes, &limits, &mut |number, of| {
                if let Some(progress) = &progress {
                    progress(number, of);
                }
            })
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| IngestError::Interrupted)
    }
}

fn inspect(
    bytes: Bytes,
    limits: &Limits,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<Inspected, Refusal> {
    let source = Source::open(bytes, limits)?;
    let of = source.n_pages();
    let mut pages = Vec::with_capacity(of as usize);
    for number in 1..=of {
        pages.push(source.check_page(number)?);
        progress(number, of);
    }
    Ok(Inspected { format: source.format(), pages })
}
