//! A browser that knows forms and cookies and nothing else.

use std::collections::BTreeMap;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
};
use tower::ServiceExt;

pub struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
}

/// An answer.
pub struct Shown {
    pub status: StatusCode,
    pub location: Option<String>,
    pub headers: axum::http::HeaderMap,
    pub body: String,
}

/// A form of a page, ready to be filled in and sent.
#[derive(Debug, Clone)]
pub struct Form {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

impl Form {
    /// Types into a field, over what it held.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(key, _)| key != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(key, _)| key != name);
        self
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl Browser {
    pub fn new(router: &Router) -> Self {
        Self { router: router.clone(), cookies: BTreeMap::new() }
    }

    pub async fn get(&mut self, path: &str) -> Shown {
        self.send(Method::GET, path, &[], String::new()).await
    }

    pub async fn post(&mut self, form: &Form) -> Shown {
        self.post_with(form, &[]).await
    }

    pub async fn post_with(&mut self, form: &Form, headers: &[(&str, &str)]) -> Shown {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form.fields.iter().map(|(name, value)| (name, value)))
            .finish();
        let action = form.action.split('#').next().unwrap_or_default().to_owned();
        let kind = (header::CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded");
        let headers: Vec<_> = [kind].into_iter().chain(headers.iter().copied()).collect();
        self.send(Method::POST, &action, &headers, body).await
    }

    /// Posts, and follows where it leads.
    pub async fn submit(&mut self, form: &Form) -> Shown {
        let shown = self.post(form).await;
        self.follow(shown).await
    }

    pub async fn follow(&mut self, mut shown: Shown) -> Shown {
        while let Some(location) = shown.location.clone() {
            let path = location.split('#').next().unwrap_or_default().to_owned();
            shown = self.get(&path).await;
        }
        shown
    }

    /// Signs in with the password that everybody in the tests has.
    pub async fn sign_in(&mut self, login: &str) -> Shown {
        let page = self.get("/sign-in").await;
        let form =
            page.form("/sign-in").with("login", login).with("password", super::clinic::PASSWORD);
        self.submit(&form).await
    }

    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Shown {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "clinic.test")
            .header(header::COOKIE, cookies.join("; "));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Shown {
            status: parts.status,
            location: parts
                .headers
                .get(header::LOCATION)
                .map(|location| location.to_str().unwrap().to_owned()),
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

impl Shown {
    pub fn says(&self, text: &str) -> bool {
        self.body.contains(text)
    }

    /// The form whose action ends so.
    pub fn form(&self, action_end: &str) -> Form {
        let action_end = action_end.split('#').next().unwrap();
        let found = self
            .body
            .split("<form")
            .skip(1)
            .map(|part| part.split("</form>").next().unwrap())
            .find(|part| {
                let action = attribute(part, "action").unwrap_or_default();
                action.split('#').next().unwrap().ends_with(action_end)
            })
            .unwrap_or_else(|| panic!("no form to {action_end} in {}", self.body));
        let fields = found.split("<input").skip(1).filter_map(|tag| {
            let tag = &tag[..tag.find('>').unwrap()];
            let is_choice = tag.contains("type=\"radio\"") || tag.contains("type=\"checkbox\"");
            if is_choice && !tag.contains(" checked") {
                return None;
            }
            Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()))
        });
        Form { action: attribute(found, "action").unwrap(), fields: fields.collect() }
    }

    /// All addresses that the page leads to.
    pub fn links(&self) -> Vec<String> {
        self.body.split("href=\"").skip(1).map(|it| it.split('"').next().unwrap().into()).collect()
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = &tag[start..start + tag[start..].find('"')?];
    let plain = value
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&");
    Some(plain)
}
