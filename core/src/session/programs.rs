//! The table of everything that can run.

use crate::kernel::Programs;

/// Every program there is: the shells, the coreutils, the services, package managers and languages of images,
/// `docker` and the states of its commands.
pub const PROGRAMS: Programs = Programs(&[
    crate::coreutils::PROGRAMS,
    crate::sh::PROGRAMS,
    crate::engine::services::PROGRAMS,
    crate::engine::packages::PROGRAMS,
    crate::engine::languages::PROGRAMS,
    crate::cmd::PROGRAMS,
]);

/// The programs that the host has.
pub const HOST: Programs = Programs(&[crate::coreutils::PROGRAMS, crate::sh::PROGRAMS, crate::cmd::PROGRAMS]);
