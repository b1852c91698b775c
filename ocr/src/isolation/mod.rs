//! The reader in child processes, so that a crash, a hang or a memory burst of native code costs
//! one attempt of one page and never the service.
//!
//! The parent owns a [`Pool`]; each child runs [`serve_child`]. Between them go length-prefixed
//! frames over the child's stdin and stdout: a page picture in, an answer out, one at a time.
//! Nothing is shared and nothing but stdin tells a child to live: when the pipe closes, because
//! the pool dropped the child or because the parent died, the child ends at once, busy or not.

mod child; // what runs inside a child
mod failure; // what can happen to a page in a child
mod frame; // what goes over the pipes
mod pool; // children kept warm, replaced when they die
mod process; // one child as its parent sees it

pub use child::serve_child;
pub use failure::ReadFailure;
pub use pool::{Pool, PoolOptions};
