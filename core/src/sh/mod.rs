//! sh
