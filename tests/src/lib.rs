//! What the tests of the whole share: the tidiness of the sources, the purity of the build.

pub mod purity;
pub mod tidy;
