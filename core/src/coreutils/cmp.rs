//! `cmp [-s] [-l] [-n N] FILE1 [FILE2]`: compare two files byte by byte.
//!
//! Exit status: 0 where they are the same, 1 where they differ, 2 for an error. Left out: `-b`, `-i`.

use super::opts::{Spec, parse, usage_error};
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `cmp`.
pub const APPLETS: &[Applet] = &[Applet::main("cmp", main)];

const SPEC: Spec = Spec::new(
    "sln:",
    &[("quiet", 's'), ("silent", 's'), ("verbose", 'l'), ("bytes=", 'n')],
    "[-ls] [-n NUM] FILE1 [FILE2]",
    "Compare FILE1 with FILE2 (or stdin)\n\n\t-l\tPrint all differing bytes\n\t-s\tPrint nothing\n\t-n NUM\tCompare at most NUM bytes",
)
.missing("bi")
.trouble(2);

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    let [first, rest @ ..] = o.operands.as_slice() else {
        return Err(usage_error(sys, &SPEC, "missing operand after 'cmp'"));
    };
    let second = rest.first().map_or("-", String::as_str);
    let limit = o.value('n').map_or(Ok(usize::MAX), str::parse);
    let Ok(limit) = limit else {
        return Err(usage_error(sys, &SPEC, &format!("invalid --bytes value '{}'", o.value('n').unwrap_or(""))));
    };
    let mut data = vec![];
    for name in [first.as_str(), second] {
        let read = if name == "-" { Ok(sys.stdin_to_end()?) } else { sys.read_file(name) };
        match read {
            Ok(mut bytes) => {
                bytes.truncate(limit);
                data.push(bytes);
            }
            Err(error) => {
                if !o.has('s') {
                    sys.complain(&format!("{name}: {}", error.text()));
                }
                return Ok(2);
            }
        }
    }
    let [a, b] = data.as_slice() else { return Ok(2) };
    let mut line = 1;
    let mut differ = false;
    for (at, (x, y)) in a.iter().zip(b).enumerate() {
        if x != y {
            differ = true;
            if o.has('l') {
                sys.print(&format!("{} {x:>3o} {y:>3o}\n", at + 1));
            } else {
                if !o.has('s') {
                    let place = if sys.flavor() == Flavor::Gnu { "byte" } else { "char" };
                    sys.print(&format!("{first} {second} differ: {place} {}, line {line}\n", at + 1));
                }
                return Ok(1);
            }
        }
        line += usize::from(*x == b'\n');
    }
    if a.len() == b.len() {
        return Ok(i32::from(differ));
    }
    if !o.has('s') {
        let (name, short) = if a.len() < b.len() { (first.as_str(), a) } else { (second, b) };
        let text = match sys.flavor() {
            Flavor::Busybox => format!("EOF on {name}"),
            Flavor::Gnu if short.is_empty() => format!("EOF on {name} which is empty"),
            Flavor::Gnu if short.last() == Some(&b'\n') => {
                format!("EOF on {name} after byte {}, line {}", short.len(), line - 1)
            }
            Flavor::Gnu => format!("EOF on {name} after byte {}, in line {line}", short.len()),
        };
        sys.complain(&text);
    }
    Ok(1)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn compares() {
        let mut bed = bed().file("/tmp/a", "a\nb\n").file("/tmp/b", "a\nc\n").file("/tmp/c", "a\n");
        check(
            &mut bed,
            &[
                ("cmp /tmp/a /tmp/a", "", ""),
                ("cmp /tmp/a /tmp/b", "", "/tmp/a /tmp/b differ: byte 3, line 2\n= 1\n"),
                ("cmp -s /tmp/a /tmp/b", "", "= 1\n"),
                ("cmp /tmp/a /tmp/c", "", "! cmp: EOF on /tmp/c after byte 2, line 1\n= 1\n"),
                ("cmp /tmp/a /no", "", "! cmp: /no: No such file or directory\n= 2\n"),
            ],
        );
    }
}
