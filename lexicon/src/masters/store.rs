//! Imported editions in a folder: `manifest.json` lists them, `originals/` keeps every file as it
//! was given under its SHA-256. Nothing is ever deleted; taking back marks.
//!
//! The manifest is replaced whole and at once, and one import at a time holds the lock, so a
//! process that reads sees the state before or after an import and never between.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use chart::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    claims_state,
    edition::{DateFrom, Edition, Standing},
    error::MastersError,
    fault::Fault,
    kind::Kind,
    read::{self, ReadFile},
};

/// The folder of imported masters.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    editions: Vec<Edition>,
}

const FORMAT: u32 = 1;
/// An edition this much shorter than the one before is likely a broken download. From 2018 to
/// 2025 the price list lost a quarter of its rows.
const SHRUNK: f64 = 0.6;

/// What became of one edition in a file.
#[derive(Debug)]
pub struct Imported {
    /// The edition as it is listed now.
    pub edition: Edition,
    /// What happened.
    pub outcome: Outcome,
    /// What is wrong in the file.
    pub faults: Vec<Fault>,
    /// How many rows the edition before has, if this one is suspiciously shorter.
    pub shrunk_from: Option<usize>,
}

impl Imported {
    fn there_already(edition: Edition) -> Self {
        Self { edition, outcome: Outcome::ThereAlready, faults: Vec::new(), shrunk_from: None }
    }
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is new.
    Added,
    /// It was there; nothing was changed.
    ThereAlready,
    /// It was there, taken back or replaced, and is used again.
    UsedAgain,
    /// It took the place of the same edition with other bytes.
    Replaced(String),
}

/// What an import found in one file.
#[derive(Debug)]
pub struct ImportedFile {
    /// The masters in it.
    pub editions: Vec<Imported>,
    /// Members of an archive that are no masters.
    pub others: Vec<String>,
}

/// An import of one or several files. One at a time; others wait.
#[derive(Debug)]
pub struct Import<'s> {
    store: &'s Store,
    number: u32,
    at: Timestamp,
    today: Date,
    _lock: File,
}

impl Store {
    /// The masters in a data folder. Nothing is created before something is imported.
    pub fn in_data_dir(data_dir: &Path) -> Self {
        Self { folder: data_dir.join("masters") }
    }

    /// Every edition that was ever imported, in the order of masters and days.
    pub fn editions(&self) -> Result<Vec<Edition>, MastersError> {
        let mut editions = self.manifest()?.editions;
        editions.sort_by(|left, right| {
            (left.kind, left.date, left.is_difference, &left.parts, left.import).cmp(&(
                right.kind,
                right.date,
                right.is_difference,
                &right.parts,
                right.import,
            ))
        });
        Ok(editions)
    }

    /// The editions in use, in the order of their days; differences behind full files of a day.
    pub fn used(&self) -> Result<Vec<Edition>, MastersError> {
        let mut editions = self.manifest()?.editions;
        editions.retain(Edition::is_used);
        editions.sort_by(|left, right| {
            (left.date, left.is_difference, left.kind, &left.parts, &left.id).cmp(&(
                right.date,
                right.is_difference,
                right.kind,
                &right.parts,
                &right.id,
            ))
        });
        Ok(editions)
    }

    /// Changes whenever the editions in use do; `None` if there are none. What was compiled from
    /// them bears it, to be made anew when it differs.
    pub fn fingerprint(&self) -> Result<Option<String>, MastersError> {
        let used = self.used()?;
        if used.is_empty() {
            return Ok(None);
        }
        let mut digest = Sha256::new();
        for edition in used {
            for part in [&edition.id, &edition.digest, &edition.name] {
                digest.update(part.as_bytes());
                digest.update([0]);
            }
        }
        Ok(Some(hex::encode(&digest.finalize()[..8])))
    }

    /// The editions in use with their rows, in the order of [`Self::used`].
    pub fn load(&self) -> Result<Vec<(Edition, ReadFile)>, MastersError> {
        self.open(self.used()?)
    }

    /// Some editions with their rows.
    fn open(&self, used: Vec<Edition>) -> Result<Vec<(Edition, ReadFile)>, MastersError> {
        let mut loaded: Vec<Option<ReadFile>> = used.iter().map(|_| None).collect();
        let digests: BTreeSet<&String> = used.iter().map(|edition| &edition.digest).collect();
        // An original may hold several editions and is opened once.
        for digest in digests {
            let of_this = |edition: &&Edition| edition.digest == *digest;
            let Some(edition) = used.iter().find(of_this) else { continue };
            let contents = read::read(&edition.file, &self.original(edition)?)?;
            for master in contents.masters {
                let place = used.iter().position(|edition| {
                    edition.digest == *digest
                        && edition.kind == master.kind
                        && edition.name == master.name
                });
                if let Some(place) = place {
                    loaded[place] = Some(master);
                }
            }
        }
        used.into_iter()
            .zip(loaded)
            .map(|(edition, master)| match master {
                Some(master) => Ok((edition, master)),
                None => Err(self.not_the_original(&edition)),
            })
            .collect()
    }

    /// Begins an import; waits for one that goes on.
    pub fn import(&self, at: Timestamp, today: Date) -> Result<Import<'_>, MastersError> {
        let originals = self.folder.join("originals");
        fs::create_dir_all(&originals)
            .map_err(|source| MastersError::Write { path: originals, source })?;
        let lock = self.lock()?;
        let number =
            1 + self.manifest()?.editions.iter().map(|edition| edition.import).max().unwrap_or(0);
        Ok(Import { store: self, number, at, today, _lock: lock })
    }

    /// Takes back an edition, or all that the last import brought. What they had replaced is used
    /// again.
    pub fn take_back(&self, id: Option<&str>) -> Result<Vec<Edition>, MastersError> {
        if !self.folder.exists() {
            return Err(MastersError::NothingToTakeBack);
        }
        let _lock = self.lock()?;
        let mut manifest = self.manifest()?;
        let last =
            manifest.editions.iter().filter(|edition| edition.is_used()).map(|e| e.import).max();
        let (mut taken, mut found) = (Vec::new(), false);
        for edition in &mut manifest.editions {
            let meant = match id {
                Some(id) => edition.id == id,
                None => Some(edition.import) == last,
            };
            found |= meant;
            if meant && edition.is_used() {
                edition.standing = Standing::TakenBack;
                taken.push(edition.clone());
            }
        }
        match id {
            Some(id) if !found => return Err(MastersError::NoSuchEdition(id.to_owned())),
            _ if taken.is_empty() => return Err(MastersError::NothingToTakeBack),
            _ => {}
        }
        for edition in &mut manifest.editions {
            if let Standing::Replaced { by } = &edition.standing
                && taken.iter().any(|taken| taken.id == *by)
            {
                edition.standing = Standing::Used;
            }
        }
        self.write(&manifest)?;
        Ok(taken)
    }

    fn lock(&self) -> Result<File, MastersError> {
        let path = self.folder.join(".lock");
        File::create(&path)
            .and_then(|file| file.lock().map(|()| file))
            .map_err(|source| MastersError::Write { path, source })
    }

    fn manifest(&self) -> Result<Manifest, MastersError> {
        let path = self.folder.join("manifest.json");
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Manifest { format: FORMAT, editions: Vec::new() });
            }
            Err(source) => return Err(MastersError::Read { path, source }),
        };
        let damaged = |reason: String| MastersError::Manifest { path: path.clone(), reason };
        let manifest: Manifest =
            serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        if manifest.format != FORMAT {
            return Err(damaged(format!("format {} of another version", manifest.format)));
        }
        Ok(manifest)
    }

    fn write(&self, manifest: &Manifest) -> Result<(), MastersError> {
        let path = self.folder.join("manifest.json");
        let text = serde_json::to_vec_pretty(manifest).map_err(|error| MastersError::Manifest {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        put(&path, &text)
    }

    fn original_path(&self, digest: &str) -> PathBuf {
        self.folder.join("originals").join(digest)
    }

    fn original(&self, edition: &Edition) -> Result<Vec<u8>, MastersError> {
        let path = self.original_path(&edition.digest);
        match fs::read(path) {
            Ok(bytes) if digest(&bytes) == edition.digest => Ok(bytes),
            _ => Err(self.not_the_original(edition)),
        }
    }

    fn not_the_original(&self, edition: &Edition) -> MastersError {
        let (path, file) = (self.original_path(&edition.digest), edition.file.clone());
        MastersError::Original { path, file }
    }
}

impl Import<'_> {
    /// Imports a file: all masters in it, or none if it cannot be used. `given` is its day where
    /// neither content nor name tells one.
    pub fn file(
        &mut self,
        name: &str,
        bytes: &[u8],
        given: Option<Date>,
    ) -> Result<ImportedFile, MastersError> {
        let digest = digest(bytes);
        let mut manifest = self.store.manifest()?;
        let known: Vec<_> =
            manifest.editions.iter().filter(|edition| edition.digest == digest).collect();
        if !known.is_empty() && known.iter().all(|edition| edition.is_used()) {
            let editions = known.into_iter().cloned().map(Imported::there_already).collect();
            return Ok(ImportedFile { editions, others: Vec::new() });
        }
        let contents = read::read(name, bytes)?;
        let mut editions = Vec::new();
        for master in contents.masters {
            let edition = self.edition(name, &digest, &master, given)?;
            editions.push(self.add(&mut manifest, edition, master)?);
        }
        if editions.iter().any(|imported| imported.outcome != Outcome::ThereAlready) {
            let path = self.store.original_path(&digest);
            if !fs::read(&path).is_ok_and(|there| there == bytes) {
                put(&path, bytes)?;
            }
            self.store.write(&manifest)?;
        }
        Ok(ImportedFile { editions, others: contents.others })
    }

    fn edition(
        &self,
        file: &str,
        digest: &str,
        master: &ReadFile,
        given: Option<Date>,
    ) -> Result<Edition, MastersError> {
        let (date, date_from) = self.date(master, given)?;
        Ok(Edition {
            id: format!("{}-{}-{}", master.kind, date.strftime("%Y%m%d"), &digest[..8]),
            kind: master.kind,
            date,
            date_from,
            parts: master.parts.clone(),
            is_difference: master.is_difference,
            name: master.name.clone(),
            file: file.to_owned(),
            digest: digest.to_owned(),
            rows: master.rows,
            kept: master.kept,
            faults: master.faults.len(),
            imported_at: self.at.as_millis(),
            import: self.number,
            standing: Standing::Used,
        })
    }

    fn date(
        &self,
        master: &ReadFile,
        given: Option<Date>,
    ) -> Result<(Date, DateFrom), MastersError> {
        let import = || match master.kind {
            // These say nothing of when something was valid.
            Kind::Laboratory | Kind::IcdTitles | Kind::IcdIndex | Kind::MedisIndex => {
                Some((self.today, DateFrom::Import))
            }
            _ => None,
        };
        master
            .stated
            .map(|date| (date, DateFrom::Content))
            .or_else(|| master.date_in_name().map(|date| (date, DateFrom::Name)))
            .or_else(|| given.map(|date| (date, DateFrom::Given)))
            .or_else(|| master.latest_day().map(|date| (date, DateFrom::Rows)))
            .or_else(import)
            .ok_or_else(|| MastersError::NoDate { file: master.name.clone() })
    }

    fn add(
        &self,
        manifest: &mut Manifest,
        mut edition: Edition,
        mut master: ReadFile,
    ) -> Result<Imported, MastersError> {
        let same_bytes = |other: &Edition| {
            other.digest == edition.digest
                && other.kind == edition.kind
                && other.name == edition.name
                && other.date == edition.date
        };
        let mut faults = std::mem::take(&mut master.faults);
        if edition.is_difference {
            let lost = self.apply_difference(&edition, master, &mut faults)?;
            edition.kept = edition.kept.saturating_sub(lost);
            edition.faults = faults.len();
        }
        let known = manifest.editions.iter().position(same_bytes);
        if let Some(known) = known.map(|at| &manifest.editions[at])
            && known.is_used()
        {
            return Ok(Imported::there_already(known.clone()));
        }
        let shrunk_from = shrunk_from(manifest, &edition);
        let mut outcome = Outcome::Added;
        for other in &mut manifest.editions {
            if other.is_used() && other.is_same_edition(&edition) {
                outcome = Outcome::Replaced(other.id.clone());
                other.standing = Standing::Replaced { by: edition.id.clone() };
            }
        }
        if let Some(known) = known {
            manifest.editions[known] = edition.clone();
            if outcome == Outcome::Added {
                outcome = Outcome::UsedAgain;
            }
        } else {
            manifest.editions.push(edition.clone());
        }
        Ok(Imported { edition, outcome, faults, shrunk_from })
    }

    /// Tries a difference on what it changes; how many of its rows find nothing to change.
    fn apply_difference(
        &self,
        edition: &Edition,
        master: ReadFile,
        faults: &mut Vec<Fault>,
    ) -> Result<usize, MastersError> {
        let mut before = self.store.used()?;
        before.retain(|other| {
            other.kind == edition.kind && (other.date, other.is_difference) < (edition.date, true)
        });
        let mut files = self.store.open(before)?;
        files.push((edition.clone(), master));
        let found = claims_state::faults_of_last(&files);
        let lost = found.iter().filter(|fault| fault.row_lost).count();
        faults.extend(found);
        Ok(lost)
    }
}

fn shrunk_from(manifest: &Manifest, edition: &Edition) -> Option<usize> {
    if edition.is_difference {
        return None;
    }
    let before = manifest.editions.iter().filter(|other| {
        other.is_used()
            && !other.is_difference
            && other.kind == edition.kind
            && other.parts == edition.parts
            && other.date < edition.date
    });
    let before = before.max_by_key(|other| other.date)?;
    ((edition.kept as f64) < before.kept as f64 * SHRUNK).then_some(before.kept)
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Writes a file whole or not at all.
fn put(path: &Path, bytes: &[u8]) -> Result<(), MastersError> {
    let failed = |source| MastersError::Write { path: path.to_owned(), source };
    let unfinished = path.with_extension(format!("{}.unfinished", std::process::id()));
    File::create(&unfinished)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&unfinished, path))
        .map_err(failed)?;
    // The new name is on the disk only when its folder is.
    if let Some(folder) = path.parent() {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    Ok(())
}
