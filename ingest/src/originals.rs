//! The store that never forgets: originals under the SHA-256 of their bytes, written once.
//!
//! ```text
//! originals/ab/abcdef….            the bytes as they came in
//! refused/12/123456….              the bytes of files that were not taken in
//! refused/12/123456….reason.txt    why, in Japanese and English
//! ```
//!
//! In a folder (`file:`) or in S3 (`s3://bucket/prefix`). When a call that writes returns, the
//! bytes survive a power cut: in a folder they are written aside, synced, then linked to their
//! name, and the folder is synced; S3 promises the same. A half-written original cannot be seen
//! under its name. The program has no way to change or delete one.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use bytes::Bytes;
use object_store::{
    ClientOptions, ObjectStore, ObjectStoreExt, PutMode, PutOptions,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    local::LocalFileSystem,
    path::Path,
    prefix::PrefixStore,
};

use crate::{Fingerprint, Refusal};

/// How long one request to S3 may take: 200 MiB through a clinic's uplink of 5 Mbit/s take 6
/// minutes.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(10);
/// How long S3 may take to answer the telephone.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where originals are kept. Cheap to clone; all clones are the same store.
#[derive(Debug, Clone)]
pub struct Originals {
    store: Arc<dyn ObjectStore>,
    /// For people: the URL without anything secret.
    place: String,
    /// Its folder, if it is one.
    folder: Option<PathBuf>,
}

/// The store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The configured URL names no store that this program knows.
    #[error("{0}")]
    Url(String),
    /// An original that must be there is not: the wrong store, or somebody removed it.
    #[error(
        "original {fingerprint} is not in the store {place}; check the setting `store` or restore a backup"
    )]
    Missing {
        /// Which.
        fingerprint: Fingerprint,
        /// Where it was looked for.
        place: String,
    },
    /// What is there is not what was put there: a broken disk, or a hand.
    #[error("original {fingerprint} in the store {place} is damaged; restore it from a backup")]
    Damaged {
        /// Which.
        fingerprint: Fingerprint,
        /// Where.
        place: String,
    },
    /// So little is left on its disk that nothing more is taken in. What is in is finished.
    #[error(
        "only {} MiB are free where the originals are kept ({place}), and {} MiB are to stay free; make room, then send the file again (the setting limits.free_mib changes this)",
        free >> 20, wanted >> 20
    )]
    Short {
        /// Where.
        place: String,
        /// Bytes that are free.
        free: u64,
        /// Bytes that should be.
        wanted: u64,
    },
    /// The disk is full, the network is away, the key is wrong: trying again helps once the
    /// cause is gone.
    #[error("the store {place} failed")]
    Failed {
        /// Where.
        place: String,
        /// What it said.
        source: object_store::Error,
    },
}

impl Originals {
    /// Opens the store of a `file:` or `s3:` URL. A folder is made if there is none.
    ///
    /// `options` are the settings of S3 by the names that AWS's own tools use, with or without
    /// `aws_`: `endpoint`, `region`, `access_key_id`, `secret_access_key`, `allow_http`. The
    /// path of a `file:` URL is taken as it is written, without percent signs.
    pub fn open(url: &str, options: &BTreeMap<String, String>) -> Result<Self, StoreError> {
        match url.split_once(':') {
            Some(("file", path)) => Self::in_folder(path.strip_prefix("//").unwrap_or(path)),
            Some(("s3", _)) => Self::in_s3(url, options),
            _ => Err(StoreError::Url(format!("the store {url:?} must begin with file: or s3://"))),
        }
    }

    fn in_folder(path: &str) -> Result<Self, StoreError> {
        let folder = PathBuf::from(path);
        let unusable = |error: std::io::Error| {
            StoreError::Url(format!("the folder {path:?} for originals cannot be used: {error}"))
        };
        if path.is_empty() {
            return Err(StoreError::Url("the store file: names no folder".to_owned()));
        }
        std::fs::create_dir_all(&folder).map_err(unusable)?;
        let folder = folder.canonicalize().map_err(unusable)?;
        let place = format!("file:{}", folder.display());
        let store = LocalFileSystem::new_with_prefix(&folder)
            .map_err(|source| StoreError::Failed { place: place.clone(), source })?
            .with_fsync(true);
        Ok(Self { store: Arc::new(store), place, folder: Some(folder) })
    }

    fn in_s3(url: &str, options: &BTreeMap<String, String>) -> Result<Self, StoreError> {
        // Whoever was first has chosen already; that is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let failed = |source| StoreError::Failed { place: url.to_owned(), source };
        let mut builder = AmazonS3Builder::new().with_url(url).with_client_options(
            ClientOptions::new()
                .with_timeout(REQUEST_TIMEOUT)
                .with_connect_timeout(CONNECT_TIMEOUT)
                .with_allow_http(options.get("allow_http").is_some_and(|allow| allow == "true")),
        );
        for (name, value) in options.iter().filter(|(name, _)| *name != "allow_http") {
            let key: AmazonS3ConfigKey = name
                .parse()
                .map_err(|_| StoreError::Url(format!("{name:?} is no setting of S3")))?;
            builder = builder.with_config(key, value);
        }
        let bucket = builder.build().map_err(failed)?;
        let prefix = url.trim_start_matches("s3://").split_once('/').map_or("", |(_, path)| path);
        let store: Arc<dyn ObjectStore> = match prefix.trim_matches('/') {
            "" => Arc::new(bucket),
            prefix => Arc::new(PrefixStore::new(bucket, prefix)),
        };
        Ok(Self { store, place: url.to_owned(), folder: None })
    }

    /// Where it is, for people.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Whether the store answers.
    pub async fn is_ready(&self) -> Result<(), StoreError> {
        // A list, because looking for one thing cannot tell a missing bucket from a missing thing.
        let nothing = Path::from("originals/ready");
        let listed = self.store.list_with_delimiter(Some(&nothing)).await;
        listed.map(|_| ()).map_err(|source| self.failed(source))
    }

    /// Whether so many bytes can be kept and `min_free` are left; 0 does not look. S3 grows by itself.
    pub fn has_room_for(&self, bytes: u64, min_free: u64) -> Result<(), StoreError> {
        let Some(folder) = self.folder.as_ref().filter(|_| min_free > 0) else { return Ok(()) };
        // A disk that does not tell is found full by who writes.
        let free = fs4::available_space(folder).unwrap_or(u64::MAX);
        let wanted = min_free.saturating_add(bytes);
        if free < wanted {
            return Err(StoreError::Short { place: self.place.clone(), free, wanted });
        }
        Ok(())
    }

    /// Keeps an original. The same bytes again change nothing.
    pub async fn keep(&self, fingerprint: Fingerprint, bytes: Bytes) -> Result<(), StoreError> {
        self.put_once(&original(fingerprint), bytes, fingerprint).await
    }

    /// Keeps a refused file aside, with the reason beside it.
    pub async fn keep_refused(
        &self,
        fingerprint: Fingerprint,
        bytes: Bytes,
        refusal: &Refusal,
    ) -> Result<(), StoreError> {
        let reason = refusal.reason_file().into_bytes();
        self.put_once(&refused(fingerprint, ""), bytes, fingerprint).await?;
        // Another version may word it otherwise: the reason may be written again.
        let reason_path = refused(fingerprint, ".reason.txt");
        self.store.put(&reason_path, reason.into()).await.map_err(|error| self.failed(error))?;
        Ok(())
    }

    /// The bytes of an original, as they came in: checked against their fingerprint.
    pub async fn get(&self, fingerprint: Fingerprint) -> Result<Bytes, StoreError> {
        let bytes = match self.store.get(&original(fingerprint)).await {
            Ok(found) => found.bytes().await.map_err(|error| self.failed(error))?,
            Err(object_store::Error::NotFound { .. }) => {
                return Err(StoreError::Missing { fingerprint, place: self.place.clone() });
            }
            Err(source) => return Err(self.failed(source)),
        };
        if Fingerprint::of(&bytes) != fingerprint {
            return Err(self.damaged(fingerprint));
        }
        Ok(bytes)
    }

    async fn put_once(
        &self,
        path: &Path,
        bytes: Bytes,
        fingerprint: Fingerprint,
    ) -> Result<(), StoreError> {
        let size = bytes.len() as u64;
        match self.store.head(path).await {
            Ok(there) if there.size == size => return Ok(()),
            Ok(_) => return Err(self.damaged(fingerprint)),
            Err(object_store::Error::NotFound { .. }) => {}
            Err(source) => return Err(self.failed(source)),
        }
        let create = PutOptions::from(PutMode::Create);
        match self.store.put_opts(path, bytes.clone().into(), create).await {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
            // Some network drives know no hard links. The same bytes under the same name do no
            // harm twice, and a rename is as atomic.
            Err(object_store::Error::Generic { .. }) => {
                self.store.put(path, bytes.into()).await.map_err(|error| self.failed(error))?;
                Ok(())
            }
            Err(source) => Err(self.failed(source)),
        }
    }

    fn failed(&self, source: object_store::Error) -> StoreError {
        StoreError::Failed { place: self.place.clone(), source }
    }

    fn damaged(&self, fingerprint: Fingerprint) -> StoreError {
        StoreError::Damaged { fingerprint, place: self.place.clone() }
    }
}

/// A folder for each of 256 beginnings: file managers and backups choke on a million files.
fn original(fingerprint: Fingerprint) -> Path {
    let name = fingerprint.to_string();
    Path::from(format!("originals/{}/{name}", &name[..2]))
}

fn refused(fingerprint: Fingerprint, ending: &str) -> Path {
    let name = fingerprint.to_string();
    Path::from(format!("refused/{}/{name}{ending}", &name[..2]))
}

#[cfg(test)]
mod s3_tests;
#[cfg(test)]
mod tests;
