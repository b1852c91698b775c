//! Pages from the queue to their drafts.
//!
//! A job is acknowledged after its effect was committed, never before. Whatever dies, it is
//! delivered again; the page's state decides whether there is anything left to do. Failures are
//! told apart: what the world does (database or store away, a model missing) is waited out with
//! the job in hand; what the page does (a crash, a hang) costs one of its attempts.

use std::{sync::Arc, time::Duration};

use chart::{JobId, PageId, TenantId};
use futures::future::join_all;
use ingest::PagePicture;
use ocr::isolation::ReadFailure;
use queue::{Backoff, Delivery, Queue, QueueError};
use records::{
    Db, RecordsError,
    pages::{self, Draft, Page},
    readings::NewReading,
};
use tokio_util::sync::CancellationToken;

use crate::{
    clock,
    open_original::OpenOriginal,
    patience::{Stopped, patiently},
    reading::{PageReader, PageReading},
    telemetry::names,
};

/// How long handing back may take, when what was in hand at the end of the grace is given to
/// others.
const HANDING_BACK: Duration = Duration::from_secs(5);

/// The first pause before a page is tried again; each further one is four times as long.
const FIRST_RETRY: Duration = Duration::from_secs(1);

/// Everything a worker works with.
#[derive(Clone)]
pub struct Worker {
    pub db: Db,
    pub queue: Arc<dyn Queue>,
    pub originals: OpenOriginal,
    pub reader: PageReader,
    /// How long pages in hand may go on after the signal to stop; what is not done then is handed
    /// back.
    pub grace: Duration,
}

/// What is to be said to the queue about a delivery.
enum Verdict {
    /// The effect is committed, or somebody else's is.
    Done,
    /// This attempt failed.
    Again(String),
    /// The last one did; the page is left to people.
    GivenUp(String),
    /// The program stops; nothing was decided.
    HandBack,
}

impl Worker {
    /// Reads pages, as many at once as there are children, until `stop`.
    pub async fn run(&self, stop: CancellationToken) {
        let hurry = CancellationToken::new();
        let tasks = (0..self.reader.size()).map(|_| {
            let worker = self.clone();
            let (stop, hurry) = (stop.clone(), hurry.clone());
            tokio::spawn(async move { worker.take_jobs(&stop, &hurry).await })
        });
        let all = join_all(tasks);
        tokio::pin!(all);
        tokio::select! {
            _ = &mut all => return,
            () = stop.cancelled() => {}
        }
        self.queue.stop_taking().await;
        if tokio::time::timeout(self.grace, &mut all).await.is_err() {
            tracing::warn!("pages in hand were not finished in time; others will read them");
            hurry.cancel();
            // What cannot be handed back either comes again by itself.
            let _ = tokio::time::timeout(HANDING_BACK, &mut all).await;
        }
    }

    async fn take_jobs(&self, stop: &CancellationToken, hurry: &CancellationToken) {
        let mut backoff = Backoff::default();
        loop {
            // In this order: a job that is taken at the moment of stopping would lose an attempt.
            let next = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                next = self.queue.next() => next,
            };
            match next {
                Ok(delivery) => {
                    backoff.reset();
                    self.handle(delivery, stop, hurry).await;
                }
                Err(error) => {
                    let pause = backoff.after_failure();
                    tracing::warn!(%error, ?pause, "no job can be taken");
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        () = stop.cancelled() => return,
                    }
                }
            }
        }
    }

    async fn handle(
        &self,
        mut delivery: Delivery,
        stop: &CancellationToken,
        hurry: &CancellationToken,
    ) {
        let job = delivery.job;
        let attempt = delivery.attempt;
        let started = tokio::time::Instant::now();
        let verdict = tokio::select! {
            biased;
            read = self.read(&mut delivery, stop) => read.unwrap_or(Verdict::HandBack),
            () = hurry.cancelled() => Verdict::HandBack,
        };
        let told = match verdict {
            Verdict::Done => {
                metrics::histogram!(names::READ_SECONDS).record(started.elapsed());
                delivery.ack().await
            }
            Verdict::Again(reason) => {
                metrics::counter!(names::ATTEMPTS_FAILED).increment(1);
                let pause = FIRST_RETRY * 4_u32.saturating_pow(attempt.saturating_sub(1).min(5));
                tracing::warn!(page = %job.page, attempt, reason, ?pause, "page is tried again");
                delivery.retry(pause, &reason).await
            }
            Verdict::GivenUp(reason) => {
                metrics::counter!(names::PAGES_UNREADABLE).increment(1);
                tracing::warn!(page = %job.page, attempt, reason, "page is left to people");
                // Makes the page unreadable, too.
                delivery.bury(&reason).await
            }
            Verdict::HandBack => delivery.hand_back().await,
        };
        if let Err(error) = told {
            // Harmless: it is delivered again, and whoever gets it finds the page's state.
            tracing::warn!(job = %job.id, %error, "the queue was not told");
        }
    }

    async fn read(
        &self,
        delivery: &mut Delivery,
        stop: &CancellationToken,
    ) -> Result<Verdict, Stopped> {
        let (tenant, id) = (delivery.job.tenant, delivery.job.page);
        let page = match self.start(tenant, id, stop).await? {
            Ok(page) => page,
            Err(error) => return Ok(nothing_to_do(delivery.job.id, &error)),
        };
        let picture = match self.picture(&page, stop).await? {
            Ok(picture) => picture,
            Err(reason) => return Ok(Verdict::GivenUp(reason)),
        };
        match self.recognise(&picture, stop).await? {
            Ok(reading) => self.save(delivery, reading, stop).await,
            Err(failure) if failure.is_final() || delivery.is_last_attempt() => {
                Ok(Verdict::GivenUp(in_a_word(&failure)))
            }
            Err(failure) => Ok(Verdict::Again(in_a_word(&failure))),
        }
    }

    async fn start(
        &self,
        tenant: TenantId,
        id: PageId,
        stop: &CancellationToken,
    ) -> Result<Result<Page, RecordsError>, Stopped> {
        patiently(stop, "the database is away", || async {
            let mut tx = self.db.begin().await?;
            let page = pages::start_reading(&mut tx, tenant, id, clock::now()).await?;
            tx.commit().await?;
            Ok(page)
        })
        .await
    }

    /// The page's picture, made again from the original.
    async fn picture(
        &self,
        page: &Page,
        stop: &CancellationToken,
    ) -> Result<Result<PagePicture, String>, Stopped> {
        let Ok(fingerprint) = page.scan_sha256.parse() else {
            return Ok(Err("refused: the scan's fingerprint is none".to_owned()));
        };
        let opened =
            patiently(stop, "the store of originals is away", || self.originals.get(fingerprint));
        let source = match opened.await? {
            Ok(Ok(source)) => source,
            Ok(Err(refusal)) => return Ok(Err(format!("refused: {refusal}"))),
            Err(error) => return Ok(Err(format!("original: {error}"))),
        };
        let number = page.number;
        let made = tokio::task::spawn_blocking(move || source.page(number));
        Ok(match made.await {
            Ok(Ok(picture)) => Ok(picture),
            Ok(Err(refusal)) => Err(format!("refused: {refusal}")),
            Err(panic) => Err(format!("refused: decoding ended with {panic}")),
        })
    }

    /// Reads it; a model that is missing is waited for, since no page is to blame for that.
    async fn recognise(
        &self,
        picture: &PagePicture,
        stop: &CancellationToken,
    ) -> Result<Result<PageReading, ReadFailure>, Stopped> {
        let mut backoff = Backoff::default();
        loop {
            match self.reader.read(picture).await {
                Err(failure) if !failure.is_about_the_page() => {
                    let pause = backoff.after_failure();
                    tracing::error!(%failure, ?pause, "pages wait; `kamikarte doctor` tells more");
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        () = stop.cancelled() => return Err(Stopped),
                    }
                }
                read => return Ok(read),
            }
        }
    }

    /// Draft and acknowledgement in one transaction, where the queue is of the same database.
    async fn save(
        &self,
        delivery: &mut Delivery,
        reading: PageReading,
        stop: &CancellationToken,
    ) -> Result<Verdict, Stopped> {
        let (tenant, id) = (delivery.job.tenant, delivery.job.page);
        let draft = Draft {
            reading: NewReading {
                text: reading.text,
                lexicon: self.reader.lexicon_version().to_owned(),
                elapsed: reading.elapsed,
            },
            findings: reading.findings,
        };
        let delivery = tokio::sync::Mutex::new(delivery);
        let saved = patiently(stop, "the database is away", || async {
            let mut tx = self.db.begin().await?;
            // The job before its page: all lock in this order.
            match delivery.lock().await.done_in(&mut tx).await {
                // Lost: it is another's by now, who will find the page drafted.
                Ok(()) | Err(QueueError::Lost) => {}
                Err(QueueError::Records(error)) => return Err(error),
                Err(error) => tracing::warn!(%error, "the queue will deliver this page again"),
            }
            let saved = pages::save_draft(&mut tx, tenant, id, &draft, clock::now()).await;
            match saved {
                // Nothing was written of the draft then, and the job is done all the same.
                Ok(_) | Err(RecordsError::Refused(_) | RecordsError::NotFound { .. }) => {
                    tx.commit().await?;
                }
                Err(_) => {}
            }
            saved
        });
        Ok(match saved.await? {
            Ok(page) => {
                metrics::counter!(names::PAGES_READ).increment(1);
                let elapsed_ms = draft.reading.elapsed.as_millis();
                tracing::info!(page = %page.id, elapsed_ms, "page read");
                Verdict::Done
            }
            Err(RecordsError::Refused(_) | RecordsError::NotFound { .. }) => Verdict::Done,
            Err(error) => Verdict::Again(format!("failed: {error}")),
        })
    }
}

/// The page has moved on (delivered twice, rejected, withdrawn) or is not there.
fn nothing_to_do(job: JobId, error: &RecordsError) -> Verdict {
    match error {
        RecordsError::Refused(_) => Verdict::Done,
        RecordsError::NotFound { .. } => Verdict::GivenUp(format!("failed: {error}")),
        error => {
            tracing::error!(%job, %error, "the page cannot be taken up");
            Verdict::Again(format!("failed: {error}"))
        }
    }
}

/// A failure as a word that the review pages know, and its facts.
fn in_a_word(failure: &ReadFailure) -> String {
    let word = match failure {
        ReadFailure::Timeout { .. } => "timeout",
        ReadFailure::Crashed { .. } => "crashed",
        ReadFailure::OutOfMemory { .. } => "out_of_memory",
        ReadFailure::Refused(_) => "refused",
        ReadFailure::Failed(_) | ReadFailure::CannotStart(_) => "failed",
    };
    format!("{word}: {failure}")
}
