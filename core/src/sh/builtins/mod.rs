//! The builtins of the shell. `echo`, `printf` and `test` are pure functions that the programs of the same
//! names call too.

pub mod echo;
pub mod printf;
pub mod test;
