//! `link EXISTING NEW`, `unlink FILE`: the system calls of these names.
//!
//! Exit status: 0, or 1.

use super::opts::{Spec, parse, usage_error};
use super::walk::complain;
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `link` and `unlink`.
pub const APPLETS: &[Applet] = &[Applet::main("link", link), Applet::main("unlink", unlink)];

const LINK: Spec = Spec::new("", &[], "FILE LINK", "Create hard LINK to FILE");
const UNLINK: Spec = Spec::new("", &[], "FILE", "Delete FILE by calling unlink()");

/// Just so many operands.
fn operands<const N: usize>(sys: &mut Sys<'_>, spec: &Spec) -> Result<[String; N], Stop> {
    let all = parse(sys, spec)?.operands;
    let text = match (all.last(), all.get(N)) {
        _ if sys.flavor() == Flavor::Busybox => String::new(),
        (_, Some(extra)) => format!("extra operand '{extra}'"),
        (None, _) => "missing operand".to_string(),
        (Some(last), _) => format!("missing operand after '{last}'"),
    };
    all.try_into().map_err(|_| usage_error(sys, spec, &text))
}

fn link(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let [old, new] = operands(sys, &LINK)?;
    let result = sys.link(&old, &new);
    if let Err(e) = result {
        let text = format!("create link '{new}' to '{old}': {e}");
        complain(sys, &format!("cannot {text}"), &format!("can't {text}"));
    }
    Ok(i32::from(result.is_err()))
}

fn unlink(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let [path] = operands(sys, &UNLINK)?;
    let result = sys.unlink(&path);
    if let Err(e) = result {
        complain(sys, &format!("cannot unlink '{path}': {e}"), &format!("can't remove file '{path}': {e}"));
    }
    Ok(i32::from(result.is_err()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn names_come_and_go() {
        check(
            &mut bed().file("/tmp/a", "x"),
            &[
                ("link /tmp/a /tmp/b", "", ""),
                ("link /tmp/a /tmp/b", "", "! link: cannot create link '/tmp/b' to '/tmp/a': File exists\n= 1\n"),
                ("unlink /tmp/a", "", ""),
                ("cat /tmp/b", "", "x"),
                ("unlink /tmp/a", "", "! unlink: cannot unlink '/tmp/a': No such file or directory\n= 1\n"),
                ("link a", "", "! link: missing operand after 'a'\n! Try 'link --help' for more information.\n= 1\n"),
            ],
        );
    }
}
