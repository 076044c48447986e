//! Floor 7: everything between typed data and the bytes Docker prints. Templates, tables, JSON.

pub mod gofmt;
pub mod inspect;
mod inspect_types;
pub mod json;
pub mod listing;
pub mod table;
pub mod template;
pub mod typed;
pub mod value;
