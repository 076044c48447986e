//! `echo` as a pure function, and the backslash escapes that echo, printf and `$'…'` share.

use super::super::voice::Voice;

/// What `echo` with these arguments (without the name) prints. dash knows `-n` alone and always reads
/// escapes; the others know `-n`, `-e` and `-E`.
pub fn echo(args: &[String], voice: Voice) -> Vec<u8> {
    let (mut newline, mut escapes) = (true, voice == Voice::Dash);
    let letters: &[u8] = if voice == Voice::Dash { b"n" } else { b"neE" };
    let is_option =
        |a: &&String| a.len() > 1 && a.starts_with('-') && a.bytes().skip(1).all(|c| letters.contains(&c));
    let limit = if voice == Voice::Dash { 1 } else { usize::MAX };
    let options = args.iter().take(limit).take_while(is_option).count();
    for letter in args.iter().take(options).flat_map(|a| a.chars().skip(1)) {
        match letter {
            'n' => newline = false,
            'e' => escapes = true,
            _ => escapes = false,
        }
    }
    let text = args.get(options..).unwrap_or_default().join(" ");
    if !escapes {
        let mut out = text.into_bytes();
        out.extend(newline.then_some(b'\n'));
        return out;
    }
    let mut out = vec![];
    let stopped = unescape(text.as_bytes(), Escapes::Echo { hex: voice != Voice::Dash }, &mut out);
    if newline && !stopped {
        out.push(b'\n');
    }
    out
}

/// Which escapes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escapes {
    /// `echo -e` and `%b`: octal is `\0nnn`, `\c` stops.
    Echo {
        /// `\xHH`, `\e`, `\E`, `\uHHHH` and `\UHHHHHHHH` are read too.
        hex: bool,
    },
    /// The format of printf: octal is `\nnn`.
    Format {
        /// As for echo.
        hex: bool,
    },
    /// `$'…'`: as a format with hex, and `\'`, `\?`, `\cX`.
    Ansi,
}

/// Reads backslash escapes of `text` into `out`. True where `\c` ended it.
pub fn unescape(text: &[u8], kind: Escapes, out: &mut Vec<u8>) -> bool {
    let mut i = 0;
    while let Some(&byte) = text.get(i) {
        i += 1;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        match escape(text.get(i..).unwrap_or_default(), kind, out) {
            Some(taken) => i += taken,
            None => return true,
        }
    }
    false
}

/// Reads the escape that follows a backslash; how many bytes it took, `None` for a `\c` that ends all.
pub fn escape(rest: &[u8], kind: Escapes, out: &mut Vec<u8>) -> Option<usize> {
    let hex = match kind {
        Escapes::Echo { hex } | Escapes::Format { hex } => hex,
        Escapes::Ansi => true,
    };
    let echo = matches!(kind, Escapes::Echo { .. });
    let Some(&letter) = rest.first() else {
        out.push(b'\\');
        return Some(0);
    };
    let plain = match letter {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'\\' => b'\\',
        b'e' | b'E' if hex => 27,
        b'"' if !echo => b'"',
        b'\'' | b'?' if kind == Escapes::Ansi => letter,
        b'c' if echo => return None,
        b'c' if kind == Escapes::Ansi => {
            let control = rest.get(1).copied().unwrap_or(b'@');
            out.push(control.to_ascii_uppercase() ^ 0x40);
            return Some(2.min(rest.len()));
        }
        b'x' if hex => return Some(number(rest, 1, 2, 16, out)),
        b'u' if hex => return Some(unicode(rest, 4, out)),
        b'U' if hex => return Some(unicode(rest, 8, out)),
        b'0' if echo => return Some(number(rest, 1, 3, 8, out)),
        b'0'..=b'7' if !echo || hex => return Some(number(rest, 0, 3, 8, out)),
        _ => {
            out.extend([b'\\', letter]);
            return Some(1);
        }
    };
    out.push(plain);
    Some(1)
}

fn digits(rest: &[u8], from: usize, most: usize, radix: u32) -> (u32, usize) {
    let mut value: u32 = 0;
    let mut taken = 0;
    while taken < most
        && let Some(digit) = rest.get(from + taken).and_then(|b| (*b as char).to_digit(radix))
    {
        value = value.wrapping_mul(radix).wrapping_add(digit);
        taken += 1;
    }
    (value, taken)
}

fn number(rest: &[u8], from: usize, most: usize, radix: u32, out: &mut Vec<u8>) -> usize {
    let (value, taken) = digits(rest, from, most, radix);
    if taken == 0 && radix == 16 {
        out.extend([b'\\', b'x']);
    } else {
        out.push(value as u8);
    }
    from + taken
}

fn unicode(rest: &[u8], most: usize, out: &mut Vec<u8>) -> usize {
    let (value, taken) = digits(rest, 1, most, 16);
    match char::from_u32(value) {
        Some(c) if taken > 0 => out.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        _ => out.extend([b'\\', rest.first().copied().unwrap_or(b'u')]),
    }
    1 + taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_and_escapes_as_recorded_from_the_shells() {
        let check = |voice, args: &[&str], want: &str| {
            let args: Vec<String> = args.iter().map(|a| (*a).to_string()).collect();
            assert_eq!(String::from_utf8(echo(&args, voice)).unwrap(), want, "{voice:?} {args:?}");
        };
        check(Voice::Bash, &["-e", "a\\nb"], "a\nb\n");
        check(Voice::Dash, &["-e", "a\\nb"], "-e a\nb\n");
        check(Voice::Bash, &["a\\tb\\c d"], "a\\tb\\c d\n");
        check(Voice::Dash, &["a\\tb\\c d"], "a\tb");
        check(Voice::Ash, &["-ne", "q\\x41\\0101\\n"], "qAA\n");
        check(Voice::Dash, &["-ne", "q\\x41\\0101"], "-ne q\\x41A\n");
        check(Voice::Bash, &["-x", "-n"], "-x -n\n");
        check(Voice::Bash, &["-n", "-"], "-");
    }
}
