use std::{path::PathBuf, sync::Mutex, time::Duration};

use bytes::Bytes;
use chart::PageText;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{ReadFailure, process::Process};
use crate::ReadOptions;

/// How children are started and what they may use.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// The program to start, usually the running one.
    pub program: PathBuf,
    /// Its arguments, such as `read-child`.
    pub args: Vec<String>,
    /// How many children may read at once; at least 1.
    pub size: usize,
    /// How long one page may take.
    pub page_timeout: Duration,
    /// How children read.
    pub reading: ReadOptions,
    /// The address space that a child may use; `None` for no limit. An A4 page at
    /// 300 dpi in colour was seen to take 0.25 GiB; it grows with the pixels.
    pub memory_limit_bytes: Option<u64>,
    /// A child is replaced after so many pages: native code may leak.
    pub recycle_after_pages: u32,
}

/// Children that read pages, kept warm between pages and replaced when they die.
pub struct Pool {
    options: PoolOptions,
    permits: Semaphore,
    idle: Mutex<Vec<Process>>,
}

impl Pool {
    /// An empty pool; children start when pages come.
    pub fn new(options: PoolOptions) -> Self {
        let permits = Semaphore::new(options.size.max(1));
        Self { options, permits, idle: Mutex::new(Vec::new()) }
    }

    /// How many pages can be read at once.
    pub fn size(&self) -> usize {
        self.options.size.max(1)
    }

    /// Reads one encoded page in a child; waits for a free one. A caller that gives up waiting
    /// (drops the future) ends the child with the page.
    pub async fn read(&self, encoded_page: impl Into<Bytes>) -> Result<PageText, ReadFailure> {
        let page = encoded_page.into();
        let _permit = self.permit().await?;
        let mut process = self.lend().await?;
        let result = process.read(page, &self.options).await;
        self.give_back(process).await;
        result
    }

    /// Starts a child if none is warm, and tells the version of reader and models. What `doctor`
    /// asks.
    pub async fn version(&self) -> Result<String, ReadFailure> {
        let _permit = self.permit().await?;
        let process = self.lend().await?;
        let version = process.version().to_owned();
        self.give_back(process).await;
        Ok(version)
    }

    async fn permit(&self) -> Result<SemaphorePermit<'_>, ReadFailure> {
        // It is never closed.
        let permit = self.permits.acquire().await;
        permit.map_err(|error| ReadFailure::CannotStart(error.to_string()))
    }

    async fn lend(&self) -> Result<Process, ReadFailure> {
        while let Some(mut process) = self.take_idle() {
            if process.is_alive() {
                return Ok(process);
            }
        }
        Process::start(&self.options).await
    }

    async fn give_back(&self, mut process: Process) {
        if !process.is_alive() {
            return;
        }
        if process.pages_read() >= self.options.recycle_after_pages.max(1) {
            process.kill().await;
            return;
        }
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(process);
        }
    }

    fn take_idle(&self) -> Option<Process> {
        self.idle.lock().ok()?.pop()
    }
}
