//! Package managers that are not simulated: `dnf`, `microdnf`, `yum`, `zypper`, `pacman`, `snap`, `conda`.
//! They say so and end with 1.

use crate::kernel::{Applet, Stop, Sys};

/// The names that say they are not simulated.
pub const APPLETS: &[Applet] = &[
    Applet::main("dnf", refuse),
    Applet::main("microdnf", refuse),
    Applet::main("yum", refuse),
    Applet::main("zypper", refuse),
    Applet::main("pacman", refuse),
    Applet::main("snap", refuse),
    Applet::main("conda", refuse),
];

fn refuse(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let name = sys.name();
    sys.eprint(&format!(
        "drydock: {name} is not simulated; the package managers here are apt, apk, pip and npm\n"
    ));
    Ok(1)
}
