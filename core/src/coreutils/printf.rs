//! `printf FORMAT [ARGUMENT…]`: print by a format, which is used again until the arguments are spent.
//!
//! Exit status: 0, or 1 where an argument is not what the format asks for.

use super::echo::voice;
use crate::kernel::{Applet, Stop, Sys};
use crate::sh::builtins;

/// `printf`.
pub const APPLETS: &[Applet] = &[Applet::main("printf", main)];

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let out = builtins::printf::printf(&sys.args(), voice(sys));
    sys.write(1, &out.stdout);
    for complaint in &out.complaints {
        sys.complain(complaint);
    }
    Ok(out.code)
}
