//! The pages, as a browser without JavaScript meets them.

mod browser; // follows links, fills in forms, keeps cookies
mod clinic; // a clinic in a folder of its own

mod administration;
mod bad_days;
mod journey;
mod roles;
mod suggestions;
mod two_reviewers;
