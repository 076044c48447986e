//! What the tests of the whole share: the rules of every world, the purity of the build, the tidiness of the
//! sources.

pub mod compatibility;
pub mod fuzz;
pub mod invariants;
pub mod options;
pub mod purity;
pub mod tidy;
pub mod worlds;
