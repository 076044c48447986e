//! Floor 7: one terminal or script on a world.

mod programs;

pub use programs::PROGRAMS;
