//! The daemon as a whole: events, facts about it, disk usage.

mod daemon;
mod df;
mod events;
mod info;
mod version;

pub use daemon::{LOST, start_daemon, stop_daemon};
pub(in crate::engine) use daemon::{come_back, next_return};
pub use df::{Amount, Usage, usage};
pub use events::{EventFilter, events_after, wire};
pub use info::info;
pub use version::{API, COMMIT, MIN_API, VERSION, version};
