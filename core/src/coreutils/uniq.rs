//! `uniq [-cdui] [-f N] [-s N] [-w N] [INPUT [OUTPUT]]`: drop lines equal to the one before.
//!
//! - `-c` with their number, `-d` only repeated lines, `-D` all of them, `-u` only lines that are not repeated
//! - `-i` ignores case, `-f` skips fields, `-s` characters, `-w` compares so many characters
//!
//! Exit status: 0, or 1 for an error.

use super::input::{lines, open_error, plain_error};
use super::opts::{Spec, parse, usage_error};
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `uniq`.
pub const APPLETS: &[Applet] = &[Applet::main("uniq", main)];

const SPEC: Spec = Spec::new(
    "cdDf:is:uw:",
    &[
        ("count", 'c'),
        ("repeated", 'd'),
        ("skip-fields=", 'f'),
        ("ignore-case", 'i'),
        ("skip-chars=", 's'),
        ("unique", 'u'),
        ("check-chars=", 'w'),
    ],
    "[-cduiD] [-f,s,w N] [FILE [OUTFILE]]",
    "Drop repeated lines\n\n\t-c\tPrefix lines by their number\n\t-d\tPrint only repeated lines\n\t-u\tPrint only unique lines\n\t-i\tIgnore case\n\t-f N\tSkip first N fields\n\t-s N\tSkip first N characters (after fields)\n\t-w N\tCompare N characters",
)
.missing("z");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    let mut numbers = [0, 0, usize::MAX];
    for (slot, letter) in numbers.iter_mut().zip("fsw".chars()) {
        if let Some(text) = o.value(letter) {
            let Ok(n) = text.parse() else {
                let what = match letter {
                    'f' => "fields to skip",
                    's' => "bytes to skip",
                    _ => "bytes to compare",
                };
                sys.complain(&format!("{text}: invalid number of {what}"));
                return Err(Stop::Exit(1));
            };
            *slot = n;
        }
    }
    if let Some(extra) = o.operands.get(2) {
        return Err(usage_error(sys, &SPEC, &format!("extra operand '{extra}'")));
    }
    let input = o.operands.first().map_or("-", String::as_str);
    let data = if input == "-" {
        sys.stdin_to_end()?
    } else {
        match sys.read_file(input) {
            Ok(data) => data,
            Err(error) => {
                let complaint = if sys.flavor() == Flavor::Gnu { plain_error } else { open_error };
                let text = complaint(sys.flavor(), input, error);
                sys.complain(&text);
                return Ok(1);
            }
        }
    };
    let [fields, chars, width] = numbers;
    let key = |line: &[u8]| {
        let rest = skip(line, fields).get(chars..).unwrap_or_default();
        let key = rest.get(..width.min(rest.len())).unwrap_or_default();
        if o.has('i') { key.to_ascii_lowercase() } else { key.to_vec() }
    };
    let mut out = vec![];
    let all: Vec<&[u8]> = lines(&data).collect();
    for group in all.chunk_by(|a, b| key(a) == key(b)) {
        let repeated = group.len() > 1;
        if (o.has('d') || o.has('D')) && !repeated || o.has('u') && repeated {
            continue;
        }
        let shown = if o.has('D') { group } else { &group[..1] };
        for line in shown {
            if o.has('c') {
                out.extend_from_slice(format!("{:>7} ", group.len()).as_bytes());
            }
            out.extend_from_slice(line);
            out.push(b'\n');
        }
    }
    sys.spend(u32::try_from(data.len() / 64).unwrap_or(u32::MAX));
    match o.operands.get(1).filter(|f| *f != "-") {
        None => sys.write(1, &out),
        Some(file) => {
            if let Err(error) = sys.write_file(file, &out, 0o666) {
                let text = open_error(sys.flavor(), file, error);
                sys.complain(&text);
                return Ok(1);
            }
        }
    }
    Ok(0)
}

fn skip(line: &[u8], fields: usize) -> &[u8] {
    let mut rest = line;
    for _ in 0..fields {
        if rest.is_empty() {
            break;
        }
        let blanks = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let text = rest.iter().skip(blanks).take_while(|b| !b.is_ascii_whitespace()).count();
        rest = &rest[blanks + text..];
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn groups() {
        check(
            &mut bed(),
            &[
                ("uniq", "a\na\nb\na", "a\nb\na\n"),
                ("uniq -c", "a\na\nb\n", "      2 a\n      1 b\n"),
                ("uniq -d", "a\na\nb\n", "a\n"),
                ("uniq -u", "a\na\nb\n", "b\n"),
                ("uniq -i", "a\nA\n", "a\n"),
                ("uniq -f 1", "1 x\n2 x\n3 y\n", "1 x\n3 y\n"),
                ("uniq -w 2", "abc\nabd\n", "abc\n"),
            ],
        );
    }
}
