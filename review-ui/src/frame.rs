//! What stands around every page: bar, language, the signed-in person.

use axum::http::{HeaderMap, header};
use chart::{Language, Role};

use crate::{
    assets::{Assets, assets},
    messages::Messages,
};

/// The name of the cookie that remembers the language.
pub(crate) const LANGUAGE_COOKIE: &str = "language";

/// The surroundings of a page.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) language: Language,
    pub(crate) words: &'static Messages,
    pub(crate) assets: &'static Assets,
    /// Who is signed in, if the page knows.
    pub(crate) person: Option<Person>,
    /// The session's token against forged forms; empty if there is no session.
    pub(crate) csrf: String,
    /// The address of this page, to come back to after a change of language.
    pub(crate) path: String,
}

/// The signed-in person, as the bar shows them.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) role: Role,
}

impl Frame {
    /// Without a person: sign-in and failures.
    pub(crate) fn bare(language: Language, path: &str) -> Self {
        Self {
            language,
            words: Messages::of(language),
            assets: assets(),
            person: None,
            csrf: String::new(),
            path: path.to_owned(),
        }
    }

    /// The language to switch to.
    pub(crate) fn other_language(&self) -> Language {
        match self.language {
            Language::Ja => Language::En,
            Language::En => Language::Ja,
        }
    }

    /// Where the switch of language leads: back to this page.
    pub(crate) fn switch_language(&self) -> String {
        let to: String = form_urlencoded::byte_serialize(self.path.as_bytes()).collect();
        format!("/language/{}?to={to}", self.other_language())
    }

    /// Whether the bar marks this entry as the one where the person is.
    pub(crate) fn is_at(&self, entry: &str) -> bool {
        let path = self.path.split('?').next().unwrap_or_default();
        path == entry
            || (entry == "/" && path.starts_with("/pages/"))
            || (entry != "/" && path.starts_with(entry))
    }
}

/// The language a browser was last shown; Japanese if none.
pub(crate) fn language_of(headers: &HeaderMap) -> Language {
    cookie(headers, LANGUAGE_COOKIE).and_then(|tag| tag.parse().ok()).unwrap_or_default()
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Whether an address stays on this server: `/pages/…`, never `//elsewhere` or `/\elsewhere`.
pub(crate) fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_server_are_followed() {
        assert!(is_local("/pages/01?x=1#finding-2"));
        for foreign in ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nb"]
        {
            assert!(!is_local(foreign), "{foreign:?}");
        }
    }

    #[test]
    fn the_language_is_remembered_by_its_cookie() {
        let mut headers = HeaderMap::new();
        assert_eq!(language_of(&headers), Language::Ja);
        headers.insert(header::COOKIE, "id=x; language=en".parse().unwrap());
        assert_eq!(language_of(&headers), Language::En);
    }
}
