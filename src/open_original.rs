//! The original that pages are made from, kept open while its pages are read.
//!
//! A chart of a thousand pages is one file, and each page is a job of its own. Without this the
//! file would be fetched, compared with its fingerprint and its structure read a thousand times.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ingest::{Fingerprint, Limits, Originals, Refusal, Source, StoreError};

/// Opens originals, and keeps the last one of several pages. Clones share it.
#[derive(Clone)]
pub struct OpenOriginal {
    originals: Originals,
    limits: Limits,
    /// One file's memory, `limits.bytes` at most.
    last: Arc<Mutex<Option<Kept>>>,
}

type Kept = (Fingerprint, Arc<Source>);

impl OpenOriginal {
    pub fn new(originals: Originals, limits: Limits) -> Self {
        Self { originals, limits, last: Arc::default() }
    }

    /// The original of this fingerprint, or why it cannot be opened.
    pub async fn get(
        &self,
        fingerprint: Fingerprint,
    ) -> Result<Result<Arc<Source>, Refusal>, StoreError> {
        if let Some(source) = self.kept(fingerprint) {
            return Ok(Ok(source));
        }
        let original = self.originals.get(fingerprint).await?;
        let limits = self.limits;
        let opened =
            tokio::task::spawn_blocking(move || Source::open_original(original, &limits)).await;
        let opened = opened.unwrap_or_else(|panic| {
            Err(Refusal::Damaged { page: None, what: format!("opening it ended with {panic}") })
        });
        Ok(opened.map(|source| {
            let source = Arc::new(source);
            let several = source.n_pages() > 1;
            *self.lock() = several.then(|| (fingerprint, Arc::clone(&source)));
            source
        }))
    }

    fn kept(&self, wanted: Fingerprint) -> Option<Arc<Source>> {
        let last = self.lock();
        let (fingerprint, source) = last.as_ref()?;
        (*fingerprint == wanted).then(|| Arc::clone(source))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Kept>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    struct Store {
        folder: tempfile::TempDir,
        originals: OpenOriginal,
    }

    impl Store {
        fn empty() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("file:{}", folder.path().join("originals").display());
            let store = Originals::open(&url, &BTreeMap::new()).unwrap();
            Self { folder, originals: OpenOriginal::new(store, Limits::default()) }
        }

        async fn keep(&self, sample: &[u8]) -> Fingerprint {
            let fingerprint = Fingerprint::of(sample);
            self.originals.originals.keep(fingerprint, sample.to_vec().into()).await.unwrap();
            fingerprint
        }

        /// Whoever fetches from now on finds nothing.
        fn remove_all(&self) {
            std::fs::remove_dir_all(self.folder.path().join("originals")).unwrap();
        }
    }

    #[tokio::test]
    async fn an_original_of_several_pages_is_fetched_once() {
        let store = Store::empty();
        let pdf = store.keep(include_bytes!("../samples/11-referral.pdf")).await;
        let first = store.originals.get(pdf).await.unwrap().unwrap();
        store.remove_all();
        // Another worker task of the same process.
        let again = store.originals.clone().get(pdf).await.unwrap().unwrap();
        assert!(Arc::ptr_eq(&first, &again));
        assert_eq!(again.page(3).unwrap(), first.page(3).unwrap());
    }

    #[tokio::test]
    async fn only_the_last_original_is_kept_and_none_of_a_single_page() {
        let store = Store::empty();
        let pdf = store.keep(include_bytes!("../samples/11-referral.pdf")).await;
        let fax = store.keep(include_bytes!("../samples/18-fax.tif")).await;
        let sheet = store.keep(include_bytes!("../samples/12-lab-print.png")).await;
        for fingerprint in [pdf, fax] {
            store.originals.get(fingerprint).await.unwrap().unwrap();
        }
        assert!(store.originals.kept(pdf).is_none());
        assert!(store.originals.kept(fax).is_some());
        store.originals.get(sheet).await.unwrap().unwrap();
        assert!(store.originals.kept(fax).is_none() && store.originals.kept(sheet).is_none());
    }
}
