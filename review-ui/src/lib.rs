//! The pages on which people turn drafts into records.
//!
//! In comes an [`App`] (database, originals, queue, lexicon, clock); out goes an [`axum::Router`]. Every
//! page works without JavaScript; what the small script adds is speed for hands that stay on the
//! keyboard. Nothing on the pages is fetched from another machine.
//!
//! ```text
//! headers ─▶ failure (keeps what was typed) ─▶ session ─▶ posted (token, origin) ─▶ pages/…
//! ```

mod app; // what the binary gives, and what lives between requests
mod assets; // style and scripts, inside the binary
mod headers; // content security and caching

mod carried; // a form on its way through sign-in or an outage
mod failure; // what goes wrong, as a status and a page
mod posted; // forms of our own pages only
mod session; // who is signed in
mod throttle; // guessing takes time

mod card; // a finding as the review page shows it
mod coded; // the codes of what was typed
mod content_form; // a finding as a form and back
mod fields; // what was typed
mod in_words; // a finding as a sentence
mod messages; // every text, in both languages
mod option_words; // the words for values
mod typed; // numbers and dates as people type them
mod used; // what this clinic names most

mod frame; // what stands around every page
mod pages; // a file a page
mod picture; // the paper, turned upright
mod routes; // which address is which page
mod show; // a template as an answer

#[cfg(test)]
mod samples;

pub use app::{App, Clock, DeadJob, Metrics, QueueAway, QueueDepth, QueueView, Settings};
pub use routes::router;
