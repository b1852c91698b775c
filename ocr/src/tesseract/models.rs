use std::path::{Path, PathBuf};

use crate::OcrError;

/// A recognition model that the reader needs. models/traineddata.toml tells of licences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Model {
    /// The name of its `.traineddata` file.
    pub name: &'static str,
    /// The Debian package that brings it.
    pub package: &'static str,
}

/// Japanese from left to right.
pub const HORIZONTAL: &Model = &MODELS[0];
/// Japanese from top to bottom.
pub const VERTICAL: &Model = &MODELS[1];
/// Which way up a page stands.
pub const ORIENTATION: &Model = &MODELS[2];

/// Every model that must be installed.
pub const MODELS: [Model; 3] = [
    Model { name: "jpn", package: "tesseract-ocr-jpn" },
    Model { name: "jpn_vert", package: "tesseract-ocr-jpn-vert" },
    Model { name: "osd", package: "tesseract-ocr-osd" },
];

/// Where Debian and its relatives keep models, newest first.
const FOLDERS: &[&str] = &[
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tessdata",
    "/usr/share/tesseract-ocr/tessdata",
    "/usr/local/share/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
];

/// The folder of models: the given one, else where Debian puts them. An error names the first
/// model that is missing there and the package that brings it.
pub fn find_tessdata(given: Option<&Path>) -> Result<PathBuf, OcrError> {
    let folder = given.map_or_else(installed, Path::to_owned);
    // The engine takes a C string.
    if folder.to_str().is_none_or(|name| name.contains('\0')) {
        return Err(OcrError::FolderName(folder));
    }
    for model in &MODELS {
        if !folder.join(format!("{}.traineddata", model.name)).is_file() {
            return Err(OcrError::MissingModel {
                model: model.name,
                folder,
                package: model.package,
            });
        }
    }
    Ok(folder)
}

fn installed() -> PathBuf {
    let has_japanese = |folder: &&&str| Path::new(folder).join("jpn.traineddata").is_file();
    PathBuf::from(FOLDERS.iter().find(has_japanese).unwrap_or(&FOLDERS[0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_model_names_its_package() {
        let empty = tempfile::tempdir().unwrap();
        let error = find_tessdata(Some(empty.path())).unwrap_err().to_string();
        assert!(error.contains("apt install tesseract-ocr-jpn"), "{error}");
    }

    #[test]
    fn a_folder_with_every_model_will_do() {
        let folder = tempfile::tempdir().unwrap();
        for model in &MODELS {
            std::fs::write(folder.path().join(format!("{}.traineddata", model.name)), "").unwrap();
        }
        assert_eq!(find_tessdata(Some(folder.path())).unwrap(), folder.path());
    }

    #[test]
    fn each_model_stands_in_the_manifest_with_its_package() {
        let manifest = include_str!("../../../models/traineddata.toml");
        for model in &MODELS {
            assert!(manifest.contains(&format!("name = \"{}\"", model.name)), "{}", model.name);
            assert!(manifest.contains(&format!("package = \"{}\"", model.package)));
        }
    }
}
