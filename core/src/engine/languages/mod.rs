//! Programming languages of images: `python` runs small scripts; `node` tells its version and says what it
//! does not do. `ast`, `value`, `eval` know nothing of files and options of a language's program.

use crate::kernel::Applet;

mod ast;
mod eval;
mod value;

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
