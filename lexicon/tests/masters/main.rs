//! Official masters: importing, keeping, putting together.

#![expect(clippy::case_sensitive_file_extension_comparisons, reason = "names of known files")]
#![expect(clippy::format_push_string, clippy::assigning_clones, reason = "small files")]

mod digest; // whether the starter tables hold what the digest of the field names
mod importing; // invented files in the official layouts
mod layouts; // layouts without a file at hand, filled with real rows
mod mutated; // broken files
mod official; // writes invented files
mod real; // the official files themselves, where they are at hand
