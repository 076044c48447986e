//! `mknod [-m MODE] NAME TYPE [MAJOR MINOR]`: make a device (`c`, `b`) or a named pipe (`p`).
//!
//! Exit status: 0, or 1 for an error. Devices need the capability `MKNOD`.

use super::opts::{Spec, parse, usage_error};
use super::walk::complain;
use crate::base::Errno;
use crate::fs::Node;
use crate::kernel::{Applet, Stop, Sys};

/// `mknod`.
pub const APPLETS: &[Applet] = &[Applet::main("mknod", main)];

const SPEC: Spec =
    Spec::new("m:", &[("mode=", 'm')], "[-m MODE] NAME TYPE [MAJOR MINOR]", "Make a device (c, b) or a named pipe (p).");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    let words: Vec<&str> = options.operands.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse::<u32>().ok();
    let node = match words.as_slice() {
        [_, "p"] => Some(Node::Fifo),
        [_, kind @ ("c" | "u" | "b"), major, minor] => number(major).zip(number(minor)).map(|(major, minor)| match *kind {
            "b" => Node::BlockDevice { major, minor },
            _ => Node::CharDevice { major, minor },
        }),
        _ => None,
    };
    let (Some(node), Some(name)) = (node, words.first()) else {
        return Err(usage_error(sys, &SPEC, "missing operand"));
    };
    let mode = match options.value('m').map(|text| u32::from_str_radix(text, 8)) {
        None => 0o666,
        Some(Ok(mode)) => mode,
        Some(Err(_)) => {
            sys.complain("invalid mode");
            return Ok(1);
        }
    };
    let made = match node {
        Node::Fifo => sys.mknod(name, node, mode),
        _ if !sys.is_capable("MKNOD") => Err(Errno::EPERM),
        node => sys.mknod(name, node, mode),
    };
    if let Err(e) = made {
        complain(sys, &format!("{name}: {e}"), &format!("{name}: {e}"));
        return Ok(1);
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn devices_have_numbers() {
        check(
            &mut bed(),
            &[("mknod /tmp/null c 1 3", "", ""), ("stat -c %F /tmp/null", "", "character special file\n")],
        );
    }
}
