//! Behaviour over the whole path, with real servers and a real browser.

mod architecture; // invariants that the source tree itself shows
