//! `paste [-s] [-d LIST] [FILE…]`: put the lines of files next to each other.
//!
//! - `-s` one file after the other, each on one line; `-d` the characters between (tab), in turn
//!
//! Exit status: 0, or 1 where a file could not be read.

use super::input::{lines, plain_error, read_with};
use super::opts::{Spec, parse};
use crate::kernel::{Applet, Stop, Sys};

/// `paste`.
pub const APPLETS: &[Applet] = &[Applet::main("paste", main)];

const SPEC: Spec = Spec::new(
    "sd:",
    &[("serial", 's'), ("delimiters=", 'd')],
    "[-s] [-d LIST] [FILE]...",
    "Put lines of FILEs next to each other\n\n\t-d LIST\tCharacters between (default tab)\n\t-s\tOne file at a time",
)
.missing("z");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    let marks: Vec<char> = o.value('d').unwrap_or("\t").replace("\\n", "\n").replace("\\t", "\t").chars().collect();
    let dashes = o.operands.iter().filter(|f| *f == "-").count().max(1);
    let (inputs, failed) = read_with(sys, &o.operands, plain_error)?;
    let shared: Vec<&[u8]> = inputs.iter().filter(|i| i.name == "-").flat_map(|i| lines(&i.data)).collect();
    let mut nth = 0;
    let columns: Vec<Vec<&[u8]>> = inputs
        .iter()
        .map(|input| {
            if input.name != "-" || dashes == 1 {
                return lines(&input.data).collect();
            }
            nth += 1;
            shared.iter().skip(nth - 1).step_by(dashes).copied().collect()
        })
        .collect();
    let mark = |n: usize| marks.get(n % marks.len().max(1)).map(char::to_string).unwrap_or_default();
    let mut out = vec![];
    let mut row = |cells: &mut dyn Iterator<Item = &[u8]>| {
        for (n, cell) in cells.enumerate() {
            if n > 0 {
                out.extend_from_slice(mark(n - 1).as_bytes());
            }
            out.extend_from_slice(cell);
        }
        out.push(b'\n');
    };
    if o.has('s') {
        for column in &columns {
            row(&mut column.iter().copied());
        }
    } else {
        for at in 0..columns.iter().map(Vec::len).max().unwrap_or(0) {
            row(&mut columns.iter().map(|c| c.get(at).copied().unwrap_or_default()));
        }
    }
    sys.write(1, &out);
    Ok(i32::from(failed))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn columns() {
        let mut bed = bed().file("/tmp/a", "1\n2\n").file("/tmp/b", "x\n");
        check(
            &mut bed,
            &[
                ("paste /tmp/a /tmp/b", "", "1\tx\n2\t\n"),
                ("paste -sd,", "a\nb\nc\n", "a,b,c\n"),
                ("paste - -", "a\nb\nc\n", "a\tb\nc\t\n"),
            ],
        );
    }
}
