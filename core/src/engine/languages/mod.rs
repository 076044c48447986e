//! Programming languages of images: `python` and `node`, each a machine of its own.

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
