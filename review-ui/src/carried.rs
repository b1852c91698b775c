//! A form that could not be sent, carried to a page from which it can.
//!
//! The session ended while somebody typed, or the database went away: the answer to the post
//! holds everything that was typed in hidden fields. After signing in the person sees in words
//! what will be sent, and sends it with one button. None of this needs JavaScript.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use crate::{
    fields::Fields,
    frame::{Frame, is_local},
    messages::{Messages, Text},
    option_words::option_word,
    show::show,
};

/// Hidden field: where the carried form goes.
pub(crate) const ACTION: &str = "_carried_action";
/// Hidden field: the carried form, as it was posted.
pub(crate) const BODY: &str = "_carried_body";

/// A form on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Carried {
    /// Where it was posted.
    pub(crate) action: String,
    /// What was typed, without the old session's token.
    pub(crate) fields: Fields,
}

impl Carried {
    /// From the hidden fields of the sign-in page; `None` if there is none, or its address is
    /// not ours.
    pub(crate) fn from_fields(fields: &Fields) -> Option<Self> {
        let action = fields.some(ACTION).filter(|action| is_local(action))?;
        Some(Self { action, fields: Fields::from_body(fields.get(BODY).as_bytes()) })
    }

    /// The form in one hidden field.
    pub(crate) fn body(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.fields.iter()).finish()
    }
}

/// What was typed, for people: label and value of each field that has both.
pub(crate) fn shown(words: &Messages, carried: &Carried) -> Vec<(String, String)> {
    carried
        .fields
        .iter()
        .filter(|(name, value)| words.names_field(name) && !value.trim().is_empty())
        .map(|(name, value)| {
            let value = option_word(words, name, value).unwrap_or(value);
            (words.field(name).to_owned(), value.to_owned())
        })
        .collect()
}

/// "This is what you typed; send it?"
#[derive(Template)]
#[template(path = "carried.html")]
pub(crate) struct CarriedPage {
    pub(crate) frame: Frame,
    pub(crate) title: Text,
    pub(crate) explain: Text,
    pub(crate) shown: Vec<(String, String)>,
    pub(crate) carried: Carried,
}

/// After signing in again.
pub(crate) fn go_on(frame: Frame, carried: Carried) -> Response {
    let say = &frame.words.carried;
    let page = CarriedPage {
        title: say.title_expired.clone(),
        explain: say.explain_expired.clone(),
        shown: shown(frame.words, &carried),
        carried,
        frame,
    };
    show(StatusCode::OK, &page)
}

/// After a token of another session: the person decides, on a page that no other site can
/// frame or press for them.
pub(crate) fn look_and_send(
    mut frame: Frame,
    carried: &Carried,
    token: &str,
    status: StatusCode,
) -> Response {
    token.clone_into(&mut frame.csrf);
    let say = &frame.words.carried;
    let page = CarriedPage {
        title: say.title_mismatch.clone(),
        explain: say.explain_mismatch.clone(),
        shown: shown(frame.words, carried),
        carried: carried.clone(),
        frame,
    };
    show(status, &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_survives_the_journey_through_a_hidden_field() {
        let carried = Carried {
            action: "/pages/01".into(),
            fields: Fields::from_body("name=%E8%96%AC%26%3D&timing=a&timing=b".as_bytes()),
        };
        let mut hidden = Fields::default();
        hidden.push(ACTION, &carried.action);
        hidden.push(BODY, carried.body());
        assert_eq!(Carried::from_fields(&hidden), Some(carried));
    }

    #[test]
    fn a_form_is_never_carried_to_another_server() {
        let mut hidden = Fields::default();
        hidden.push(ACTION, "//elsewhere.example/steal");
        assert_eq!(Carried::from_fields(&hidden), None);
    }
}
