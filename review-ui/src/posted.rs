//! A form posted by a signed-in person, from our own page.

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, header},
};

use crate::{
    app::Here,
    failure::UiError,
    fields::{CSRF, Fields},
    session::SignedIn,
};

/// Who posted, and what.
pub(crate) struct Posted {
    pub(crate) by: SignedIn,
    pub(crate) fields: Fields,
    /// Whether htmx asked, and wants only the part that changed.
    pub(crate) wants_part: bool,
}

impl FromRequest<Here> for Posted {
    type Rejection = UiError;

    async fn from_request(request: Request, here: &Here) -> Result<Self, UiError> {
        let (mut parts, body) = request.into_parts();
        own_origin(&parts.headers)?;
        let by = SignedIn::from_request_parts(&mut parts, here).await?;
        let body = axum::body::to_bytes(body, usize::MAX)
            .await
            .map_err(|_| UiError::Malformed("the form broke off"))?;
        let fields = Fields::from_body(&body);
        same_token(&by, fields.get(CSRF))?;
        let wants_part = parts.headers.contains_key("hx-request");
        Ok(Self { by, fields: fields.without(CSRF), wants_part })
    }
}

/// Refuses a form whose token is not the session's.
pub(crate) fn same_token(by: &SignedIn, token: &str) -> Result<(), UiError> {
    // Digests are compared, so that the time taken tells nothing of the token.
    let digest = |text: &str| <sha2::Sha256 as sha2::Digest>::digest(text.as_bytes());
    if digest(token) == digest(&by.token) {
        Ok(())
    } else {
        Err(UiError::TokenMismatch { token: by.token.clone() })
    }
}

/// Refuses a form that the browser says was sent from a page of another site. Browsers send
/// `Origin` with every post; a program that sends none cannot be tricked into posting.
pub(crate) fn own_origin(headers: &HeaderMap) -> Result<(), UiError> {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site"))
        && !matches!(site, "same-origin" | "none")
    {
        return Err(UiError::ForeignOrigin);
    }
    let Some(origin) = text(header::ORIGIN) else { return Ok(()) };
    let from = origin.split_once("://").map(|(_, host)| host);
    if from.is_some() && from == text(header::HOST) { Ok(()) } else { Err(UiError::ForeignOrigin) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|&(name, value)| (header::HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_form_of_another_site_is_refused() {
        let own = [("host", "clinic.local:8080"), ("origin", "http://clinic.local:8080")];
        assert!(own_origin(&headers(&own)).is_ok());
        let foreign = [("host", "clinic.local:8080"), ("origin", "http://evil.example")];
        assert!(own_origin(&headers(&foreign)).is_err());
        let hidden = [("host", "clinic.local:8080"), ("origin", "null")];
        assert!(own_origin(&headers(&hidden)).is_err());
        assert!(own_origin(&headers(&[("sec-fetch-site", "cross-site")])).is_err());
        assert!(own_origin(&headers(&[])).is_ok());
    }
}
