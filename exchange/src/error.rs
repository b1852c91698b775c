use std::io;

/// Why an export stopped.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The file or pipe takes no more.
    #[error("the export could not be written: {0}")]
    Write(#[from] io::Error),
}

impl From<::csv::Error> for ExchangeError {
    fn from(error: ::csv::Error) -> Self {
        match error.into_kind() {
            ::csv::ErrorKind::Io(error) => Self::Write(error),
            // Every row has the columns of the header, so nothing else can happen while writing.
            other => Self::Write(io::Error::other(format!("{other:?}"))),
        }
    }
}
