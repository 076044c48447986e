//! Floor 0: the words every other floor uses. Ids, digests, time, randomness, errors of the
//! simulated kernel.

pub mod base64;
mod clock;
mod digest;
mod errno;
mod gather;
pub mod glob;
pub mod go_duration;
pub mod go_text;
mod id;
pub mod names;
pub mod natural;
mod order;
pub mod pairs;
pub mod passwd;
pub mod posix_regex;
pub mod reference;
mod rng;
mod shared;
pub mod time_format;
pub mod units;

pub use clock::{Duration, Time};
pub use digest::Digest;
pub use errno::Errno;
pub use gather::Gather;
pub use id::{ObjectId, PrefixMatch, find_by_prefix};
pub use order::Order;
pub use reference::{AnyReference, Reference, ReferenceError};
pub use rng::Rng;
pub use shared::Shared;
