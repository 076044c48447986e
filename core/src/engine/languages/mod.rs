//! Programming languages of images: `python` runs small scripts; `node` tells its version and says what it
//! does not do.

use crate::kernel::Applet;

macro_rules! languages {
    ($($module:ident),+ $(,)?) => {
        $(mod $module;)+

        /// The languages, a slice for each file.
        pub const PROGRAMS: &[&[Applet]] = &[$($module::APPLETS),+];
    };
}

languages! {
    node,
    python,
}
