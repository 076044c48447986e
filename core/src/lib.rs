//! Drydock: one pure, in-memory, deterministic model of Docker.
//!
//! The world of images, containers, volumes and networks is one plain value, [`model::World`].
//! Everything that happens is a function over it; nothing here reads a clock, a file or a socket.
//! `ARCHITECTURE.md` has the floors, from [`base`] up to [`double`], which tests use.
#![deny(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::dbg_macro
)]

pub mod api;
pub mod base;
pub mod cmd;
pub mod coreutils;
#[cfg(feature = "saves")]
pub mod double;
pub mod engine;
pub mod fs;
pub mod grammar;
pub mod kernel;
pub mod model;
pub mod render;
pub mod session;
pub mod sh;
pub mod transcript;
