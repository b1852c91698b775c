//! Style, script and mark of the pages, inside the binary.
//!
//! Their addresses bear a piece of their SHA-256, so that a browser may keep them for ever and
//! still never shows an old one. htmx 2.0.11 is vendored from npm with its licence beside it.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

/// One file that pages refer to.
pub(crate) struct Asset {
    /// Where it is served.
    pub(crate) url: String,
    media_type: &'static str,
    bytes: &'static [u8],
}

/// All files that pages refer to.
pub(crate) struct Assets {
    pub(crate) style: Asset,
    pub(crate) script: Asset,
    pub(crate) suggest: Asset,
    pub(crate) htmx: Asset,
    pub(crate) mark: Asset,
}

impl Asset {
    fn new(name: &str, media_type: &'static str, bytes: &'static [u8]) -> Self {
        let fingerprint = hex::encode(&Sha256::digest(bytes)[..8]);
        Self { url: format!("/static/{fingerprint}/{name}"), media_type, bytes }
    }
}

/// The files of this build.
pub(crate) fn assets() -> &'static Assets {
    static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets {
        style: Asset::new(
            "kamikarte.css",
            "text/css; charset=utf-8",
            include_bytes!("../static/kamikarte.css"),
        ),
        script: Asset::new(
            "kamikarte.js",
            "text/javascript; charset=utf-8",
            include_bytes!("../static/kamikarte.js"),
        ),
        suggest: Asset::new(
            "suggest.js",
            "text/javascript; charset=utf-8",
            include_bytes!("../static/suggest.js"),
        ),
        htmx: Asset::new(
            "htmx.min.js",
            "text/javascript; charset=utf-8",
            include_bytes!("../static/htmx.min.js"),
        ),
        mark: Asset::new("mark.svg", "image/svg+xml", include_bytes!("../static/mark.svg")),
    });
    &ASSETS
}

/// `GET /static/{fingerprint}/{name}`
pub(crate) async fn serve(Path((fingerprint, name)): Path<(String, String)>) -> Response {
    let url = format!("/static/{fingerprint}/{name}");
    let Assets { style, script, suggest, htmx, mark } = assets();
    match [style, script, suggest, htmx, mark].into_iter().find(|asset| asset.url == url) {
        Some(asset) => (
            [
                (header::CONTENT_TYPE, asset.media_type),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ],
            asset.bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_asset_speaks_to_another_machine() {
        let Assets { style, script, suggest, .. } = assets();
        for asset in [style, script, suggest] {
            let text = str::from_utf8(asset.bytes).unwrap();
            assert!(!text.contains("://"), "{} names an address", asset.url);
        }
    }
}
