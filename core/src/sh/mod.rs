//! Floor 3: the shell. One interpreter of POSIX and bash scripts, an explicit machine that is plain data.

pub mod builtins;
pub mod quote;
mod voice;

pub use voice::{Output, Voice};
