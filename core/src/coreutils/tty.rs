//! `tty`, `stty size`, `clear`, `reset`: the terminal.
//!
//! Exit status: 0; 1 where standard input is no terminal.

use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `clear`, `reset`, `stty` and `tty`.
pub const APPLETS: &[Applet] = &[
    Applet::main("clear", |sys| print(sys, "\x1b[H\x1b[J")),
    Applet::main("reset", |sys| print(sys, "\x1bc\x1b(B\x1b[m\x1b[J\x1b[?25h")),
    Applet::main("stty", stty),
    Applet::main("tty", tty),
];

fn print(sys: &mut Sys<'_>, text: &str) -> Result<i32, Stop> {
    sys.print(text);
    Ok(0)
}

fn tty(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let is = sys.is_tty(0);
    if !sys.args().iter().any(|a| a == "-s") {
        sys.print(if is { "/dev/pts/0\n" } else { "not a tty\n" });
    }
    Ok(i32::from(!is))
}

fn stty(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let Some((rows, columns)) = sys.tty_size(0) else {
        let input = if sys.flavor() == Flavor::Gnu { "'standard input'" } else { "standard input" };
        sys.complain(&format!("{input}: Inappropriate ioctl for device"));
        return Ok(1);
    };
    match sys.args().first().map(String::as_str) {
        Some("size") => sys.print(&format!("{rows} {columns}\n")),
        None => sys.print(&format!("speed 38400 baud; rows {rows}; columns {columns}; line = 0;\n")),
        Some(other) => {
            let text = format!("'{other}' is not simulated by Drydock");
            sys.complain(&text);
            return Ok(1);
        }
    }
    Ok(0)
}
