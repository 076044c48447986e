//! `nl [-b a|t|n] [-n ln|rn|rz] [-s SEPARATOR] [-w WIDTH] [-v START] [-i STEP] [FILE…]`: number lines.
//!
//! - `-b` which lines: `t` those with text (default), `a` all, `n` none
//!
//! Exit status: 0, or 1 for an error. Left out: sections, `-b pPATTERN`.

use super::input::{lines, plain_error, read_with};
use super::opts::{Spec, parse};
use crate::kernel::{Applet, Stop, Sys};

/// `nl`.
pub const APPLETS: &[Applet] = &[Applet::main("nl", main)];

const SPEC: Spec = Spec::new(
    "b:n:s:w:v:i:",
    &[
        ("body-numbering=", 'b'),
        ("number-format=", 'n'),
        ("number-separator=", 's'),
        ("number-width=", 'w'),
        ("starting-line-number=", 'v'),
        ("line-increment=", 'i'),
    ],
    "[OPTIONS] [FILE]...",
    "Number the lines of FILEs\n\n\t-b STYLE\ta all, t with text, n none\n\t-i N\tStep\n\t-s STR\tString after the number\n\t-v N\tFirst number\n\t-w N\tWidth",
)
.missing("dfhlp");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    let style = o.value('b').unwrap_or("t").to_string();
    if !["a", "t", "n"].contains(&style.as_str()) {
        sys.complain(&format!("invalid body numbering style: '{style}'"));
        return Ok(1);
    }
    let mut numbers = [6_i64, 1, 1];
    for (slot, letter) in numbers.iter_mut().zip("wvi".chars()) {
        let Some(text) = o.value(letter) else { continue };
        match text.parse() {
            Ok(n) => *slot = n,
            Err(_) => {
                sys.complain(&format!("invalid line number: '{text}'"));
                return Ok(1);
            }
        }
    }
    let [width, mut number, step] = numbers;
    let width = usize::try_from(width).unwrap_or(6).clamp(1, 1000);
    let separator = o.value('s').unwrap_or("\t");
    let (inputs, failed) = read_with(sys, &o.operands, plain_error)?;
    let mut out = vec![];
    for line in inputs.iter().flat_map(|i| lines(&i.data)) {
        if style == "a" || style == "t" && !line.is_empty() {
            let text = match o.value('n') {
                Some("ln") => format!("{number:<width$}{separator}"),
                Some("rz") => format!("{number:0>width$}{separator}"),
                _ => format!("{number:>width$}{separator}"),
            };
            out.extend_from_slice(text.as_bytes());
            number = number.saturating_add(step);
        } else {
            out.extend(std::iter::repeat_n(b' ', width + separator.len()));
        }
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    sys.write(1, &out);
    Ok(i32::from(failed))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn numbers_lines() {
        check(
            &mut bed(),
            &[
                ("nl", "a\n\nb\n", "     1\ta\n       \n     2\tb\n"),
                ("nl -ba -w2 '-s: '", "a\n\n", " 1: a\n 2: \n"),
            ],
        );
    }
}
