//! coreutils
