//! A folder into which a scanner writes: which files are finished, and where they go then.
//!
//! ```text
//! scans/            the scanner writes here, also into folders of its own
//! scans/done/       what was taken in
//! scans/refused/    what was not, with name.reason.txt beside it
//! ```
//!
//! Nothing here loops or looks at a clock: whoever watches calls [`scan_once`] every few seconds,
//! takes in what it names, and [`settle`]s each file. A file that could be neither taken in nor
//! refused, because the store or the database was away, stays and is named again.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use chart::Timestamp;

use crate::{
    Refusal,
    sources::{self, UnreadablePath},
};

/// Where taken files go.
pub const DONE: &str = "done";
/// Where refused files go.
pub const REFUSED: &str = "refused";

/// Endings of files that somebody is still writing.
const UNFINISHED: [&str; 6] = [".tmp", ".part", ".partial", ".crdownload", ".filepart", "~"];

/// What earlier looks saw.
#[derive(Debug, Default)]
pub struct Seen {
    files: BTreeMap<PathBuf, Sight>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sight {
    size: u64,
    modified: Option<SystemTime>,
    since: Timestamp,
}

/// How a file ended.
#[derive(Debug, Clone, Copy)]
pub enum Outcome<'a> {
    /// It was taken in, or was there already.
    Done,
    /// It was refused.
    Refused(&'a Refusal),
}

/// A file that could not be moved out of the way.
#[derive(Debug, thiserror::Error)]
#[error("cannot move {from} to {to}")]
pub struct CannotMove {
    /// Where it is.
    pub from: PathBuf,
    /// Where it should have gone.
    pub to: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// Looks once: the files whose size and time of change have stayed the same for `still_for`, in
/// natural order. Network drives change the time when a copy begins or when it ends, scanners
/// write page by page: the size alone or the time alone does not tell.
pub fn scan_once(
    folder: &Path,
    seen: &mut Seen,
    still_for: Duration,
    now: Timestamp,
) -> Result<Vec<PathBuf>, UnreadablePath> {
    let files = sources::walk(&[folder])?;
    let mut sights = BTreeMap::new();
    let mut finished = Vec::new();
    for path in files.into_iter().filter(|path| is_incoming(folder, path)) {
        // A file that vanished between the two looks is somebody else's by now.
        let Ok(about) = fs::metadata(&path) else { continue };
        let sight = Sight { size: about.len(), modified: about.modified().ok(), since: now };
        let sight = match seen.files.get(&path) {
            // A sight of the future is one of before the clock was set back: it begins anew.
            Some(last)
                if (last.size, last.modified) == (sight.size, sight.modified)
                    && last.since <= now =>
            {
                *last
            }
            _ => sight,
        };
        if now.since(sight.since) >= still_for {
            finished.push(path.clone());
        }
        sights.insert(path, sight);
    }
    seen.files = sights;
    Ok(finished)
}

fn is_incoming(folder: &Path, path: &Path) -> bool {
    let Ok(inside) = path.strip_prefix(folder) else { return false };
    let first = inside.iter().next().unwrap_or_default();
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    first != DONE && first != REFUSED && !UNFINISHED.iter().any(|ending| name.ends_with(ending))
}

/// Moves a file to where its outcome belongs, keeping its folder; a name that is taken there gets
/// a number. Beside a refused file its reason is written, in Japanese and English. Returns where
/// the file is now.
pub fn settle(folder: &Path, path: &Path, outcome: Outcome<'_>) -> Result<PathBuf, CannotMove> {
    let inside = path.strip_prefix(folder).unwrap_or(path);
    let kind = match outcome {
        Outcome::Done => DONE,
        Outcome::Refused(_) => REFUSED,
    };
    let wanted = folder.join(kind).join(inside);
    let cannot =
        |to: &Path, source| CannotMove { from: path.to_owned(), to: to.to_owned(), source };
    if let Some(parent) = wanted.parent() {
        fs::create_dir_all(parent).map_err(|source| cannot(&wanted, source))?;
    }
    let to = free_name(&wanted);
    if let Outcome::Refused(refusal) = outcome {
        let beside = reason_beside(&to);
        fs::write(&beside, refusal.reason_file()).map_err(|source| cannot(&beside, source))?;
    }
    fs::rename(path, &to).map_err(|source| cannot(&to, source))?;
    Ok(to)
}

fn free_name(wanted: &Path) -> PathBuf {
    let stem = wanted.file_stem().unwrap_or_default().to_string_lossy();
    let ending = wanted.extension().map(|ending| format!(".{}", ending.to_string_lossy()));
    let ending = ending.unwrap_or_default();
    let numbered = (2..1_000_000).map(|n| wanted.with_file_name(format!("{stem} ({n}){ending}")));
    std::iter::once(wanted.to_owned())
        .chain(numbered)
        .find(|path| !path.exists())
        .unwrap_or_else(|| wanted.to_owned())
}

fn reason_beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".reason.txt");
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STILL: Duration = Duration::from_secs(5);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn look(folder: &Path, seen: &mut Seen, seconds: i64) -> Vec<PathBuf> {
        scan_once(folder, seen, STILL, at(seconds)).unwrap()
    }

    #[test]
    fn a_file_is_named_once_it_has_held_still() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("1.jpg");
        let mut seen = Seen::default();
        fs::write(&file, "half").unwrap();
        assert!(look(folder.path(), &mut seen, 0).is_empty());
        fs::write(&file, "half and the rest").unwrap();
        assert!(look(folder.path(), &mut seen, 4).is_empty());
        assert!(look(folder.path(), &mut seen, 8).is_empty());
        assert_eq!(look(folder.path(), &mut seen, 9), std::slice::from_ref(&file));
        // Not settled, so named again.
        assert_eq!(look(folder.path(), &mut seen, 10), [file]);
    }

    #[test]
    fn a_file_of_the_same_size_that_was_written_again_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("1.jpg");
        fs::write(&file, "aaaa").unwrap();
        let mut seen = Seen::default();
        assert!(look(folder.path(), &mut seen, 0).is_empty());
        let later = SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000);
        fs::File::options().write(true).open(&file).unwrap().set_modified(later).unwrap();
        assert!(look(folder.path(), &mut seen, 6).is_empty());
        assert_eq!(look(folder.path(), &mut seen, 11).len(), 1);
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_no_file_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("1.jpg");
        fs::write(&file, "whole").unwrap();
        let mut seen = Seen::default();
        assert!(look(folder.path(), &mut seen, 4000).is_empty());
        assert!(look(folder.path(), &mut seen, 400).is_empty());
        assert_eq!(look(folder.path(), &mut seen, 405), [file]);
    }

    #[test]
    fn what_is_settled_or_unfinished_is_not_named() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["done/1.jpg", "refused/2.jpg", "3.jpg.part", "4.tmp", "x/done/5.jpg"] {
            fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let mut seen = Seen::default();
        look(folder.path(), &mut seen, 0);
        let named = look(folder.path(), &mut seen, 60);
        assert_eq!(named, [folder.path().join("x/done/5.jpg")]);
    }

    #[test]
    fn a_taken_file_goes_to_done_and_overwrites_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("0012/1.jpg");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        for (text, name) in [("a", "1.jpg"), ("b", "1 (2).jpg"), ("c", "1 (3).jpg")] {
            fs::write(&file, text).unwrap();
            let to = settle(folder.path(), &file, Outcome::Done).unwrap();
            assert_eq!(to, folder.path().join("done/0012").join(name));
            assert_eq!(fs::read_to_string(to).unwrap(), text);
            assert!(!file.exists());
        }
    }

    #[test]
    fn beside_a_refused_file_stands_why() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("memo.txt");
        fs::write(&file, "text").unwrap();
        let refusal = Refusal::NotAPicture(None);
        let to = settle(folder.path(), &file, Outcome::Refused(&refusal)).unwrap();
        assert_eq!(to, folder.path().join("refused/memo.txt"));
        let reason = fs::read_to_string(folder.path().join("refused/memo.txt.reason.txt")).unwrap();
        assert!(reason.contains("ください") && reason.contains("can be read"));
    }

    #[test]
    fn a_file_that_cannot_be_moved_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("gone.jpg");
        let error = settle(folder.path(), &gone, Outcome::Done).unwrap_err();
        assert!(error.to_string().contains("gone.jpg"));
    }
}
