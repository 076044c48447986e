//! The programs that images of services hold: web servers, databases and their clients, one file each.
//!
//! They run in containers on the kernel like any other program and find out what they are from their
//! arguments, their environment and their files. To add one, write the file and put its name into the list
//! below. `connections` holds the sockets that all servers have, `stamp` the dates of their logs.

use crate::kernel::{Applet, Sys};

macro_rules! services {
    ($($module:ident),+ $(,)?) => {
        $(mod $module;)+

        /// The programs of services, a slice for each file.
        pub const PROGRAMS: &[&[Applet]] = &[$($module::APPLETS),+];
    };
}

mod connections;
mod sql;
mod stamp;

pub use behaviour::{Act, Behaviour, PROBE, Reply, Stage, program as behaviour_program};

services! {
    behaviour,
    database,
    hello_world,
    helloworld,
    httpd,
    nginx,
    redis,
    registry,
    ryuk,
}

/// A random UUID, as programs name an instance of themselves.
fn uuid(sys: &mut Sys<'_>) -> String {
    let [high, low] = [sys.random(), sys.random()];
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        high >> 32,
        high & 0xffff,
        high >> 16 & 0xfff,
        low & 0xfff,
        low >> 16
    )
}
