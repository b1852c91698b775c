use std::path::PathBuf;

/// Why a page could not be read, or why reading could not begin.
#[derive(Debug, thiserror::Error)]
pub enum OcrError {
    /// A recognition model is not where it should be.
    #[error(
        "the recognition model {model} is missing in {}; install it with: apt install {package}",
        folder.display()
    )]
    MissingModel {
        /// Name of the model, as `jpn`.
        model: &'static str,
        /// Where it was looked for.
        folder: PathBuf,
        /// The Debian package that brings it.
        package: &'static str,
    },
    /// A model is there, but the engine cannot load it.
    #[error(
        "the recognition model {model} in {} cannot be loaded; reinstall it with: apt install --reinstall {package}",
        folder.display()
    )]
    BrokenModel {
        /// Name of the model.
        model: &'static str,
        /// Where it lies.
        folder: PathBuf,
        /// The Debian package that brings it.
        package: &'static str,
    },
    /// The folder of models cannot be named to the engine.
    #[error("the folder of recognition models {} is not plain text; move it elsewhere", .0.display())]
    FolderName(PathBuf),
    /// The bytes are no picture that can be decoded.
    #[error("not a readable picture: {0}")]
    Undecodable(#[from] image::ImageError),
    /// The picture is too large for the engine's arithmetic.
    #[error("the picture is {width} × {height} pixels; at most {limit} a side can be read")]
    TooLarge {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
        /// Longest side allowed.
        limit: u32,
    },
    /// The engine failed on this picture.
    #[error("the recognition engine failed: {0}")]
    Engine(String),
    /// A debug picture could not be written.
    #[error("cannot write the debug picture {}: {source}", path.display())]
    Debug {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: image::ImageError,
    },
    /// The pipe between a child and its parent broke, or a limit could not be set.
    #[error("the reading process lost its pipe or limits: {0}")]
    Pipe(#[from] std::io::Error),
}

impl From<tesseract_rs::TesseractError> for OcrError {
    fn from(error: tesseract_rs::TesseractError) -> Self {
        Self::Engine(error.to_string())
    }
}
