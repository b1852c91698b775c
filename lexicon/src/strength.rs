//! How much of the substance one unit holds, and how two such figures compare.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A strength with its unit: `5mg`, `0.1%`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Strength {
    /// The figure.
    pub value: Decimal,
    /// `mg`, `μg`, `g`, `%`, `mL`, `単位`.
    pub unit: String,
}

impl Strength {
    /// From `2.5mg`; `None` if it does not begin with a figure.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let end =
            text.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(text.len());
        let value = text[..end].parse().ok()?;
        Some(Self { value, unit: text[end..].trim().to_owned() })
    }

    /// The same in milligrams, to compare 0.5g with 500mg; `None` for percent and the like.
    pub fn milligrams(&self) -> Option<Decimal> {
        let factor = match self.unit.as_str() {
            "g" => Decimal::from(1000),
            "mg" => Decimal::ONE,
            "μg" => Decimal::new(1, 3),
            _ => return None,
        };
        self.value.checked_mul(factor)
    }

    /// Whether both say the same amount.
    pub fn is_same(&self, other: &Self) -> bool {
        (self.value == other.value && self.unit == other.unit)
            || self.milligrams().is_some_and(|mass| Some(mass) == other.milligrams())
    }
}

impl From<Strength> for String {
    fn from(strength: Strength) -> Self {
        strength.to_string()
    }
}

impl TryFrom<String> for Strength {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is no strength"))
    }
}

impl fmt::Display for Strength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.value.normalize(), self.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_gram_is_five_hundred_milligrams() {
        let strength = |text: &str| Strength::parse(text).unwrap();
        assert!(strength("0.5g").is_same(&strength("500mg")));
        assert!(!strength("0.5g").is_same(&strength("500μg")));
        assert_eq!(strength("2.50mg").to_string(), "2.5mg");
        assert_eq!(Strength::parse("mg"), None);
    }
}
