//! Floor 3: the types of everything the daemon knows, as plain data. The verbs are in [`crate::engine`].

mod error;
mod event;

pub use error::{EngineError, ErrorKind};
pub use event::{Event, EventType, REMEMBERED};
