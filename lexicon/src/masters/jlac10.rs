//! The laboratory lists of JP-CLINS: FHIR CodeSystems of groups with JLAC10 codes inside.
//!
//! The outer code is the word of a group (ALB) and no JLAC10 code; which of the inner ones is
//! meant depends on specimen and method.

use serde::Deserialize;

use super::{
    code::{self, System},
    table::{Faults, Row},
};

/// The parts of a CodeSystem that are used.
#[derive(Debug, Deserialize)]
pub struct CodeSystem {
    /// Which list.
    pub url: String,
    /// Its day, if stated.
    #[serde(default)]
    pub date: String,
    #[serde(default)]
    concept: Vec<Concept>,
}

#[derive(Debug, Deserialize)]
#[expect(clippy::struct_field_names, reason = "FHIR nests concepts in concepts")]
struct Concept {
    #[serde(default)]
    code: String,
    #[serde(default)]
    display: String,
    #[serde(default)]
    concept: Vec<Self>,
    #[serde(default)]
    designation: Vec<Designation>,
    #[serde(default)]
    property: Vec<Property>,
}

#[derive(Debug, Deserialize)]
struct Designation {
    #[serde(default)]
    language: String,
    #[serde(default)]
    value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Property {
    code: String,
    #[serde(default)]
    value_string: String,
}

/// A group of codes for one thing that is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The word of the group.
    pub word: String,
    /// Names that stand for it: display, Japanese designations.
    pub names: Vec<String>,
    /// Its codes.
    pub codes: Vec<Laboratory>,
}

/// A JLAC10 code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Laboratory {
    /// Seventeen characters.
    pub code: String,
    /// 血清, 全血, …; empty if not stated.
    pub specimen: String,
    /// 可視吸光光度法, …; empty if not stated.
    pub method: String,
}

/// Whether the list is one of JP-CLINS' laboratory lists.
pub fn is_laboratory(system: &CodeSystem) -> bool {
    system.url.contains("/JLAC10/")
}

/// The groups, and how many codes stand in the file. A code's line is its place among all codes.
pub fn read(system: &CodeSystem, faults: &mut Faults<'_>) -> (Vec<Group>, usize) {
    let mut groups = Vec::new();
    let mut line = 0;
    for outer in &system.concept {
        let mut names: Vec<String> = Vec::new();
        let mut codes = Vec::new();
        for inner in std::iter::once(outer).chain(&outer.concept) {
            let designated = inner.designation.iter().filter(|other| other.language == "ja");
            for name in std::iter::once(&inner.display).chain(designated.map(|other| &other.value))
            {
                if !name.is_empty() && !names.contains(name) {
                    names.push(name.clone());
                }
            }
        }
        for inner in &outer.concept {
            line += 1;
            let row = Row { line, fields: std::iter::once(&inner.code).collect() };
            let Some(code) = code::key(System::Jlac10, &row, 0, faults) else { continue };
            let property = |word: &str| {
                let found = inner.property.iter().find(|property| property.code == word);
                found.map(|property| property.value_string.clone()).unwrap_or_default()
            };
            codes.push(Laboratory {
                code,
                specimen: property("specimen"),
                method: property("method"),
            });
        }
        groups.push(Group { word: outer.code.clone(), names, codes });
    }
    (groups, line as usize)
}
