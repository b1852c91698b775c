//! The languages a person may be addressed in.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The language of pages and messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// 日本語
    #[default]
    Ja,
    /// English
    En,
}

impl Language {
    /// The language of a locale such as `ja_JP.UTF-8`; `None` for any other than the two.
    pub fn from_locale(locale: &str) -> Option<Self> {
        match locale.get(..2)? {
            "ja" => Some(Self::Ja),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The tag for HTML and HTTP.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::from_locale(text).ok_or_else(|| format!("{text:?} is neither ja nor en"))
    }
}
