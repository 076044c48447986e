//! `test EXPRESSION`, `[ EXPRESSION ]`: the truth of an expression about files, strings and numbers.
//!
//! Exit status: 0 where it is true, 1 where it is not, 2 for a mistake in it.

use super::echo::voice;
use crate::kernel::{Applet, Stop, Sys};
use crate::sh::builtins;

/// `test` and `[`.
pub const APPLETS: &[Applet] = &[Applet::main("test", main), Applet::main("[", main)];

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let (args, voice) = (sys.args(), voice(sys));
    let truth = match sys.name().as_str() {
        "[" => builtins::test::bracket(&args, voice, sys),
        _ => builtins::test::test(&args, voice, sys),
    };
    Ok(truth.map(|t| i32::from(!t)).unwrap_or_else(|complaint| {
        sys.complain(&complaint);
        2
    }))
}
