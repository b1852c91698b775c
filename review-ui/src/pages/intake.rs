//! `/intake`: scans sent by the browser, one answer a file.

use askama::Template;
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Multipart, Request, State},
    http::StatusCode,
    response::Response,
};
use chart::Language;
use ingest::{Intake, Taken, take_in};
use records::{Priority, audit::Author};

use crate::{
    app::{Here, Shared},
    failure::UiError,
    fields::{CSRF, Fields},
    frame::Frame,
    messages::{Messages, Text},
    posted::{own_origin, same_token},
    session::SignedIn,
    show::{ok, show},
};

/// Choosing files, and what became of those just sent.
#[derive(Template)]
#[template(path = "intake.html")]
pub(crate) struct IntakePage {
    pub(crate) frame: Frame,
    pub(crate) fault: Option<Text>,
    pub(crate) chart: String,
    pub(crate) campaign: String,
    pub(crate) results: Vec<FileResult>,
}

/// What became of a file.
pub(crate) struct FileResult {
    pub(crate) file: String,
    /// `good`, `doubt` or `bad`: how it is shown.
    pub(crate) mood: &'static str,
    pub(crate) text: String,
}

/// `GET /intake`
pub(crate) async fn page(by: SignedIn) -> Response {
    ok(&IntakePage {
        frame: by.frame,
        fault: None,
        chart: String::new(),
        campaign: String::new(),
        results: Vec::new(),
    })
}

/// `POST /intake`. The token and the texts stand before the files in the form; a file is taken
/// in as soon as it has come, so that what was taken in stays so if the rest breaks off.
pub(crate) async fn receive(
    State(here): State<Here>,
    request: Request,
) -> Result<Response, UiError> {
    own_origin(request.headers())?;
    let (mut parts, body) = request.into_parts();
    let by = SignedIn::from_request_parts(&mut parts, &here).await?;
    let mut form = Multipart::from_request(Request::from_parts(parts, body), &here)
        .await
        .map_err(|_| UiError::Malformed("no upload"))?;
    let mut fields = Fields::default();
    let mut results = Vec::new();
    while let Some(part) = form.next_field().await.map_err(|error| broken_off(&error))? {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let Some(file_name) = file_name else {
            fields.push(&name, part.text().await.map_err(|error| broken_off(&error))?);
            continue;
        };
        same_token(&by, fields.get(CSRF))?;
        let bytes = part.bytes().await.map_err(|error| broken_off(&error))?;
        if file_name.is_empty() && bytes.is_empty() {
            continue;
        }
        results.push(take(&here, &by, &fields, file_name, bytes).await?);
    }
    same_token(&by, fields.get(CSRF))?;
    let none = results.is_empty();
    let fault = none.then(|| by.words().intake.none_chosen.clone());
    let status = if none { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = IntakePage {
        fault,
        chart: fields.get("chart").to_owned(),
        campaign: fields.get("campaign").to_owned(),
        results,
        frame: by.frame,
    };
    Ok(show(status, &page))
}

fn broken_off(error: &axum::extract::multipart::MultipartError) -> UiError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return UiError::TooLarge;
    }
    UiError::Malformed("the upload broke off")
}

async fn take(
    here: &Shared,
    by: &SignedIn,
    fields: &Fields,
    file_name: String,
    bytes: Bytes,
) -> Result<FileResult, UiError> {
    let app = &here.app;
    let intake = Intake {
        tenant: by.tenant(),
        campaign: fields.some("campaign"),
        chart: fields.some("chart"),
        file_name: file_name.clone(),
        source: "upload".to_owned(),
        by: Author::Person(by.actor()),
        priority: Priority::Awaited,
        progress: None,
    };
    let taken = take_in(&app.gate(), intake, bytes, here.now()).await;
    match taken {
        Ok(taken) => Ok(told(by.words(), by.frame.language, file_name, &taken)),
        Err(ingest::IngestError::Records(error)) => Err(error.into()),
        Err(error) => Err(UiError::Away(error.to_string())),
    }
}

fn told(words: &Messages, language: Language, file: String, taken: &Taken) -> FileResult {
    let say = &words.intake;
    match taken {
        Taken::New { pages, .. } => FileResult {
            file,
            mood: "good",
            text: say.taken.with("count", pages.len()).to_string(),
        },
        Taken::Duplicate { .. } => {
            FileResult { file, mood: "doubt", text: say.duplicate.to_string() }
        }
        Taken::Refused { refusal, .. } => {
            FileResult { file, mood: "bad", text: refusal.explain(language) }
        }
    }
}
