//! Behaviour over the whole path, with real servers and a real browser.

mod browser; // Chromium
mod installation; // the binary with a data folder of its own

mod architecture; // invariants that the source tree itself shows
mod bad_days; // what dies, is away, is full, is missing
mod command_line; // what a terminal shows
mod journey; // from the scan to the record
mod masters; // official files and what is looked up in them
mod suggestions; // names while a clerk types them, in the browser
