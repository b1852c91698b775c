//! The words people see for the values that forms and files use.

use chart::{DiagnosisStatus, Role, Sex, Timing};

use crate::{
    content_form::{LEFT_UNKNOWN, value_of},
    in_words,
    messages::Messages,
};

/// The word for `value` of the field `name`; `None` if people type that field freely.
pub(crate) fn option_word<'a>(words: &'a Messages, name: &str, value: &str) -> Option<&'a str> {
    let word = &words.word;
    let text = match (name, value) {
        ("dose_basis", "day") => &word.day,
        ("dose_basis", "once") => &word.once,
        ("dose_basis", LEFT_UNKNOWN) => &words.review.basis_unknown,
        ("status", "active") => &word.active,
        ("status", "cancelled") => &word.cancelled,
        ("prn" | "weekly" | "main" | "negated", _) => &word.yes,
        ("timing", timing) => return Some(words.timing(value_of::<Timing>(timing)?).as_str()),
        ("sex", sex) => return Some(in_words::sex_word(words, value_of::<Sex>(sex)?)),
        ("diagnosis_status", status) => {
            return Some(in_words::diagnosis_status(words, value_of::<DiagnosisStatus>(status)?));
        }
        ("role", role) => return Some(words.role(&value_of::<Role>(role)?).as_str()),
        _ => return None,
    };
    Some(text.as_str())
}

#[cfg(test)]
mod tests {
    use chart::Language;

    use super::*;
    use crate::content_form::{Entry, specs};

    #[test]
    fn every_option_of_every_form_has_a_word() {
        for language in [Language::Ja, Language::En] {
            let words = Messages::of(language);
            for spec in chart::FindingKind::ALL.into_iter().flat_map(specs) {
                if let Entry::OneOf(options) = spec.entry {
                    for option in options {
                        assert!(option_word(words, spec.name, option).is_some(), "{option}");
                    }
                }
            }
        }
    }
}
