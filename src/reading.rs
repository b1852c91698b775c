//! One page picture to its text and findings: what `read` prints and what a worker writes down.

use std::{sync::Arc, time::Duration};

use chart::{Findings, PageText, Rect};
use extract::Extractor;
use ingest::PagePicture;
use ocr::isolation::{Pool, ReadFailure};

/// Recognition in child processes and understanding in this one.
#[derive(Clone)]
pub struct PageReader {
    pool: Arc<Pool>,
    extractor: Arc<Extractor>,
}

/// What was made of a page.
pub struct PageReading {
    /// The lines, on the upright page.
    pub text: PageText,
    /// The findings, their rectangles on the page as scanned.
    pub findings: Findings,
    /// How long it took, waiting for a free child included.
    pub elapsed: Duration,
}

impl PageReader {
    pub fn new(pool: Pool, extractor: Extractor) -> Self {
        Self { pool: Arc::new(pool), extractor: Arc::new(extractor) }
    }

    /// Pages that can be read at once.
    pub fn size(&self) -> usize {
        self.pool.size()
    }

    /// The version of the lexicon that findings are drawn from.
    pub fn lexicon_version(&self) -> &str {
        self.extractor.lexicon_version()
    }

    /// Reads a page; waits for a free child.
    pub async fn read(&self, picture: &PagePicture) -> Result<PageReading, ReadFailure> {
        let started = tokio::time::Instant::now();
        let text = self.pool.read(picture.encoded.clone()).await?;
        let extractor = Arc::clone(&self.extractor);
        let (text, mut findings) = tokio::task::spawn_blocking(move || {
            let findings = extractor.findings(&text);
            (text, findings)
        })
        .await
        .map_err(|panic| ReadFailure::Failed(format!("understanding the page failed: {panic}")))?;
        let (orientation, width, height) = (text.orientation, picture.width, picture.height);
        findings.move_boxes(|rect| orientation.to_scanned(rect, width, height));
        Ok(PageReading { text, findings, elapsed: started.elapsed() })
    }
}

impl PageReading {
    /// Where a line stands on the page as scanned.
    pub fn scanned(&self, rect: Rect, picture: &PagePicture) -> Rect {
        self.text.orientation.to_scanned(rect, picture.width, picture.height)
    }
}
