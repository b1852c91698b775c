//! Official masters: files as published in, entries with codes and their history out.
//!
//! A file is unpacked ([`container`]), cut into rows ([`delimited`], [`sheet`]), recognised by
//! its content and read ([`read`]). What was imported is kept as it was ([`store`]), several
//! editions side by side, and merged into what the lexicon is compiled from ([`merge`]).
//! docs/lexicon.md says where the files come from and which layouts were checked on real ones.

mod check_digit; // of price codes and JAN
mod claims; // what y, b and z have in common; differences
mod claims_state; // what they held after each edition
mod code; // codes in fields
mod container; // zip and gzip
mod day; // days as the files write them
mod delimited; // lines to rows
mod edition; // what the store knows of an edition
mod error;
mod fault; // what is wrong with a row
mod general_name; // 一般名処方マスタ
mod history; // rows over several editions
mod hot; // 医薬品HOTコードマスター
mod jfagy; // allergens
mod jlac10; // laboratory lists
mod kind; // which masters there are
mod lookup; // what a code or name means
mod medis; // ICD10対応標準病名マスター
mod merge; // all editions to entries
mod price_list; // 薬価基準収載品目リスト, 後発医薬品
mod read; // a file to typed rows
mod receipt; // fields of y, b and z
mod sheet; // workbooks
mod store; // the folder of imported editions
mod table; // rows with their places
mod text; // encodings

pub use check_digit::{gtin_holds, price_code_holds};
pub use container::LARGEST;
pub use edition::{DateFrom, Edition, Standing};
pub use error::MastersError;
pub use fault::{Fault, FaultKind};
pub use kind::Kind;
pub use lookup::{Answer, Found, Thing, look_up};
pub use merge::{join_starter, merge};
pub use read::{Content, Contents, ReadFile, read};
pub use store::{Import, Imported, ImportedFile, Outcome, Store};
