//! Package managers of images, one file each: `apt`, `dpkg`, `apk`, `pip`, `npm`. What they install comes from
//! the built-in indexes in the text files beside them; nothing is ever fetched.
//!
//! To add a package write a line into its index. To add a manager write a file that ends in
//! `pub const APPLETS: &[Applet]` and put its name into the list below.

use crate::kernel::Applet;

pub mod base;
mod constraint;
mod index;
mod place;
#[cfg(test)]
mod tests;

macro_rules! managers {
    ($($module:ident),+ $(,)?) => {
        $(mod $module;)+

        /// The package managers, a slice for each file.
        pub const PROGRAMS: &[&[Applet]] = &[$($module::APPLETS),+];
    };
}

managers! {
    apk,
    apt,
    dpkg,
    npm,
    pip,
    refused,
}
