//! From columns to types.

use std::{fmt::Display, str::FromStr};

use chart::{Rect, Timestamp};
use serde::{Serialize, de::DeserializeOwned};

use crate::RecordsError;

/// The row that is being read, for the message when it fits no type.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) table: &'static str,
    pub(crate) key: &'a str,
}

impl Row<'_> {
    pub(crate) fn unreadable(&self, column: &'static str, why: impl Display) -> RecordsError {
        RecordsError::UnreadableRow {
            table: self.table,
            column,
            row: self.key.to_owned(),
            why: why.to_string(),
        }
    }

    /// An identifier, a role, or another word with a closed list.
    pub(crate) fn word<T>(&self, column: &'static str, text: &str) -> Result<T, RecordsError>
    where
        T: FromStr,
        T::Err: Display,
    {
        text.parse().map_err(|error| self.unreadable(column, error))
    }

    pub(crate) fn optional_word<T>(
        &self,
        column: &'static str,
        text: Option<&str>,
    ) -> Result<Option<T>, RecordsError>
    where
        T: FromStr,
        T::Err: Display,
    {
        text.map(|text| self.word(column, text)).transpose()
    }

    /// A number that was stored from an unsigned type.
    pub(crate) fn number<T: TryFrom<i64>>(
        &self,
        column: &'static str,
        number: i64,
    ) -> Result<T, RecordsError> {
        T::try_from(number).map_err(|_| self.unreadable(column, "out of range"))
    }

    /// JSON. It goes through a `Value` so that numbers read the same whatever features of
    /// `serde_json` another crate of the program turns on (`arbitrary_precision` breaks numbers
    /// in flattened and tagged types when they are read straight from text).
    pub(crate) fn json<T: DeserializeOwned>(
        &self,
        column: &'static str,
        text: &str,
    ) -> Result<T, RecordsError> {
        serde_json::from_str::<serde_json::Value>(text)
            .and_then(serde_json::from_value)
            // The message of serde_json may quote the value, which may be a patient's: its
            // place is enough.
            .map_err(|error| {
                self.unreadable(column, format_args!("{:?} error in JSON", error.classify()))
            })
    }

    /// Four columns that hold a rectangle, or none.
    pub(crate) fn rect(&self, columns: [Option<i64>; 4]) -> Result<Option<Rect>, RecordsError> {
        let [Some(x0), Some(y0), Some(x1), Some(y1)] = columns else { return Ok(None) };
        let edge = |column, edge| self.number::<u32>(column, edge);
        Ok(Some(Rect::new(edge("x0", x0)?, edge("y0", y0)?, edge("x1", x1)?, edge("y1", y1)?)))
    }
}

/// The four columns of a rectangle; none for an empty one.
pub(crate) fn edges(rect: Option<Rect>) -> [Option<i64>; 4] {
    let edge = |edge: fn(Rect) -> u32| rect.filter(|rect| !rect.is_empty()).map(|r| edge(r).into());
    [edge(|r| r.x0), edge(|r| r.y0), edge(|r| r.x1), edge(|r| r.y1)]
}

/// JSON as text. The types of this workspace have text keys only, which cannot fail.
pub(crate) fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("types of chart have text keys only")
}

/// An identifier as it is bound.
pub(crate) fn optional_text<T: ToString>(value: Option<T>) -> Option<String> {
    value.map(|value| value.to_string())
}

pub(crate) fn optional_moment(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(Timestamp::from_millis)
}

/// A reason that a person typed; it must say something.
pub(crate) fn required_reason(reason: &str) -> Result<String, crate::Refusal> {
    match reason.trim() {
        "" => Err(crate::Refusal::ReasonMissing),
        reason => Ok(reason.to_owned()),
    }
}
