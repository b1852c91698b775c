//! Which files a path means, in the order in which a person would count them.

use std::{
    cmp::Ordering,
    fs, io,
    iter::Peekable,
    path::{Path, PathBuf},
    str::Chars,
};

/// A path that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {path}")]
pub struct UnreadablePath {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// All files that these paths mean: files as given, folders with everything below them, in
/// natural order (`page2` before `page10`). What is hidden (a name with a leading dot) is left
/// out inside folders, and so are the leftovers of file managers; symbolic links to folders are
/// not followed, so that no circle can arise.
pub fn walk<P: AsRef<Path>>(paths: &[P]) -> Result<Vec<PathBuf>, UnreadablePath> {
    let mut files = Vec::new();
    for path in paths {
        let path = path.as_ref();
        let about = fs::metadata(path).map_err(|source| unreadable(path, source))?;
        if about.is_dir() {
            walk_folder(path, &mut files)?;
        } else {
            files.push(path.to_owned());
        }
    }
    Ok(files)
}

fn walk_folder(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), UnreadablePath> {
    let mut entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(|source| unreadable(folder, source))?;
    entries.retain(|entry| !is_hidden(&entry.file_name().to_string_lossy()));
    entries.sort_by(|a, b| {
        natural_order(&a.file_name().to_string_lossy(), &b.file_name().to_string_lossy())
    });
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type().map_err(|source| unreadable(&path, source))?;
        if kind.is_dir() {
            walk_folder(&path, files)?;
        } else if kind.is_file() || path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

fn unreadable(path: &Path, source: io::Error) -> UnreadablePath {
    UnreadablePath { path: path.to_owned(), source }
}

/// Names that no person put there: hidden files and what Windows and macOS leave in folders.
pub fn is_hidden(name: &str) -> bool {
    const LEFTOVERS: [&str; 3] = ["Thumbs.db", "desktop.ini", "__MACOSX"];
    name.starts_with('.') || LEFTOVERS.iter().any(|leftover| name.eq_ignore_ascii_case(leftover))
}

/// Text with its runs of digits compared as numbers, full-width digits like others. Equal only
/// if the texts are the same.
pub fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.chars().peekable(), b.chars().peekable());
    loop {
        let order = match (left.peek().copied(), right.peek().copied()) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(x), Some(y)) if digit(x).is_some() && digit(y).is_some() => {
                compare_numbers(&number(&mut left), &number(&mut right))
            }
            (Some(x), Some(y)) => {
                left.next();
                right.next();
                x.to_lowercase().cmp(y.to_lowercase())
            }
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// A run of digits without its leading zeros.
fn number(text: &mut Peekable<Chars<'_>>) -> Vec<u32> {
    let mut digits = Vec::new();
    while let Some(value) = text.peek().copied().and_then(digit) {
        text.next();
        if value != 0 || !digits.is_empty() {
            digits.push(value);
        }
    }
    digits
}

fn compare_numbers(a: &[u32], b: &[u32]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn digit(c: char) -> Option<u32> {
    match c {
        '０'..='９' => Some(u32::from(c) - u32::from('０')),
        _ => c.to_digit(10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(mut names: Vec<&str>) -> Vec<&str> {
        names.sort_by(|a, b| natural_order(a, b));
        names
    }

    #[test]
    fn pages_are_counted_as_people_count() {
        assert_eq!(
            sorted(vec!["page10.jpg", "page2.jpg", "Page1.jpg", "page02b.jpg"]),
            ["Page1.jpg", "page2.jpg", "page02b.jpg", "page10.jpg"]
        );
        assert_eq!(sorted(vec!["カルテ１０", "カルテ２"]), ["カルテ２", "カルテ１０"]);
    }

    #[test]
    fn numbers_longer_than_any_integer_are_compared() {
        let long = "1".repeat(60);
        assert_eq!(natural_order(&format!("{long}1"), &format!("{long}2")), Ordering::Less);
        assert_eq!(natural_order(&long, &format!("{long}0")), Ordering::Less);
    }

    #[test]
    fn names_that_differ_are_never_equal() {
        assert_ne!(natural_order("a1", "a01"), Ordering::Equal);
        assert_ne!(natural_order("A", "a"), Ordering::Equal);
        assert_eq!(natural_order("a1", "a1"), Ordering::Equal);
    }

    #[test]
    fn a_folder_means_what_is_in_it_but_nothing_hidden() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("2")).unwrap();
        fs::create_dir_all(at(".trash")).unwrap();
        for name in ["10.jpg", "9.jpg", "2/b.jpg", ".hidden.jpg", ".trash/x.jpg", "Thumbs.db"] {
            fs::write(at(name), "x").unwrap();
        }
        let found = walk(&[folder.path()]).unwrap();
        assert_eq!(found, [at("2/b.jpg"), at("9.jpg"), at("10.jpg")]);
    }

    #[test]
    fn a_file_that_is_named_is_taken_even_if_hidden() {
        let folder = tempfile::tempdir().unwrap();
        let hidden = folder.path().join(".scan.jpg");
        fs::write(&hidden, "x").unwrap();
        assert_eq!(walk(&[&hidden]).unwrap(), [hidden]);
    }

    #[test]
    fn a_path_that_is_not_there_is_named_in_the_error() {
        let error = walk(&["/no/such/folder"]).unwrap_err();
        assert_eq!(error.to_string(), "cannot read /no/such/folder");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_above_makes_no_circle() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
        fs::write(folder.path().join("a.jpg"), "x").unwrap();
        assert_eq!(walk(&[folder.path()]).unwrap().len(), 1);
    }
}
