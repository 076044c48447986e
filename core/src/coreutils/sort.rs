//! `sort [-nghVMrufdibscCmz] [-k KEY]… [-t SEP] [-o FILE] [FILE…]`: sort lines, by bytes.
//!
//! - `-n` numbers, `-g` floating point, `-h` sizes such as 2K, `-V` versions, `-M` months
//! - `-f` ignores case, `-d` only blanks and letters, `-i` only printable, `-b` ignores leading blanks
//! - `-k F[.C][OPTS][,F[.C][OPTS]]` keys, `-t` their separator
//! - `-r` reverse, `-u` one of equal lines, `-s` stable, `-c`/`-C` only check, `-o` into a file
//!
//! Exit status: 0; 1 where `-c` finds disorder; 2 for an error.

use super::input::{read_with, records};
use super::opts::{Options, Spec, parse};
use crate::base::{Errno, Order as _};
use crate::kernel::{Applet, Flavor, Stop, Sys};
use std::cmp::Ordering;

/// `sort`.
pub const APPLETS: &[Applet] = &[Applet::main("sort", main)];

// Merging sorted files (`-m`) gives what sorting them gives.
const SPEC: Spec = Spec::new(
    "bcCdfghik:mMno:rst:uVz",
    &[
        ("ignore-leading-blanks", 'b'),
        ("check", 'c'),
        ("dictionary-order", 'd'),
        ("ignore-case", 'f'),
        ("general-numeric-sort", 'g'),
        ("human-numeric-sort", 'h'),
        ("ignore-nonprinting", 'i'),
        ("key=", 'k'),
        ("merge", 'm'),
        ("month-sort", 'M'),
        ("numeric-sort", 'n'),
        ("output=", 'o'),
        ("reverse", 'r'),
        ("stable", 's'),
        ("field-separator=", 't'),
        ("unique", 'u'),
        ("version-sort", 'V'),
        ("zero-terminated", 'z'),
    ],
    "[OPTIONS] [FILE]...",
    "Sort lines of text\n\n\t-o FILE\tOutput to FILE\n\t-c\tCheck whether input is sorted\n\t-b\tIgnore leading blanks\n\t-f\tIgnore case\n\t-n\tSort numbers\n\t-g\tSort floating-point numbers\n\t-h\tSort sizes (2K 1G)\n\t-M\tSort months\n\t-V\tSort versions\n\t-t CHAR\tField separator\n\t-k N[,M]\tSort by field N (to M)\n\t-r\tReverse\n\t-s\tStable\n\t-u\tPrint one of equal lines\n\t-z\tLines end in NUL",
)
.missing("RST")
.moot("m")
.trouble(2);

/// Exit status of an error.
const TROUBLE: i32 = 2;

/// How two keys compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Order {
    kind: Option<char>,
    reverse: bool,
    fold: bool,
    dictionary: bool,
    printable: bool,
    blanks: bool,
}

impl Order {
    fn set(&mut self, letter: char) -> bool {
        match letter {
            'n' | 'g' | 'h' | 'V' | 'M' => self.kind = Some(letter),
            'r' => self.reverse = true,
            'f' => self.fold = true,
            'd' => self.dictionary = true,
            'i' => self.printable = true,
            'b' => self.blanks = true,
            _ => return false,
        }
        true
    }
}

/// A `-k`: fields and characters from 1; an end of field 0 means the line's end, character 0 the field's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Key {
    from: (usize, usize),
    to: (usize, usize),
    order: Order,
    end_blanks: bool,
}

fn complaint(flavor: Flavor, name: &str, error: Errno) -> String {
    match (flavor, error) {
        (Flavor::Gnu, Errno::EISDIR) => format!("read failed: {name}: {}", error.text()),
        (Flavor::Gnu, _) => format!("cannot read: {name}: {}", error.text()),
        _ => format!("{name}: {}", error.text()),
    }
}

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    let mut global = Order::default();
    for (letter, _) in &o.list {
        global.set(*letter);
    }
    let separator = separator(sys, &o)?;
    let keys = keys(sys, &o, global)?;
    let end = if o.has('z') { 0 } else { b'\n' };
    let (inputs, failed) = read_with(sys, &o.operands, complaint)?;
    if failed {
        return Ok(TROUBLE);
    }
    let mut lines: Vec<&[u8]> = inputs.iter().flat_map(|i| records(&i.data, end)).collect();
    let unique = o.has('u');
    let last_resort = !unique && !o.has('s') && (global != Order::default() || !keys.is_empty());
    let compare = |a: &[u8], b: &[u8]| {
        let order = compare_keys(a, b, &keys, global, separator);
        match order {
            Ordering::Equal if last_resort && global.reverse => b.cmp(a),
            Ordering::Equal if last_resort => a.cmp(b),
            order => order,
        }
    };
    if let Some(letter) = o.last_of("cC") {
        for (at, pair) in lines.windows(2).enumerate() {
            let order = compare(pair[0], pair[1]);
            if order == Ordering::Greater || unique && order == Ordering::Equal {
                let name = inputs.first().map_or("-", |i| i.name.as_str());
                let text = format!("{name}:{}: disorder: {}", at + 2, String::from_utf8_lossy(pair[1]));
                if letter == 'c' {
                    sys.complain(&text);
                }
                return Ok(1);
            }
        }
        return Ok(0);
    }
    lines.order_by(|a, b| compare(a, b));
    if unique {
        lines.dedup_by(|a, b| compare(b, a) == Ordering::Equal);
    }
    let size = lines.iter().map(|l| l.len() + 1).sum::<usize>();
    sys.spend(u32::try_from(size / 16).unwrap_or(u32::MAX));
    let mut out = Vec::with_capacity(size);
    for line in lines {
        out.extend_from_slice(line);
        out.push(end);
    }
    deliver(sys, o.value('o'), &out)
}

fn deliver(sys: &mut Sys<'_>, file: Option<&str>, out: &[u8]) -> Result<i32, Stop> {
    let Some(file) = file else {
        sys.write(1, out);
        return Ok(0);
    };
    match sys.write_file(file, out, 0o666) {
        Ok(()) => Ok(0),
        Err(error) => {
            let text = match sys.flavor() {
                Flavor::Gnu => format!("open failed: {file}: {}", error.text()),
                Flavor::Busybox => format!("can't open '{file}': {}", error.text()),
            };
            sys.complain(&text);
            Ok(TROUBLE)
        }
    }
}

fn separator(sys: &mut Sys<'_>, o: &Options) -> Result<Option<u8>, Stop> {
    match o.value('t') {
        None => Ok(None),
        Some("\\0") => Ok(Some(0)),
        Some(text) if text.len() == 1 => Ok(text.bytes().next()),
        Some("") => {
            sys.complain("empty tab");
            Err(Stop::Exit(TROUBLE))
        }
        Some(text) => {
            sys.complain(&format!("multi-character tab '{text}'"));
            Err(Stop::Exit(TROUBLE))
        }
    }
}

fn keys(sys: &mut Sys<'_>, o: &Options, global: Order) -> Result<Vec<Key>, Stop> {
    let mut keys = vec![];
    for text in o.values('k') {
        match key(text) {
            Ok(mut key) => {
                if key.order == Order::default() && !key.end_blanks {
                    (key.order, key.end_blanks) = (global, global.blanks);
                }
                keys.push(key);
            }
            Err(reason) => {
                match sys.flavor() {
                    Flavor::Gnu => sys.complain(&reason),
                    Flavor::Busybox => sys.complain("bad field specification"),
                }
                return Err(Stop::Exit(TROUBLE));
            }
        }
    }
    Ok(keys)
}

fn key(text: &str) -> Result<Key, String> {
    let bad_start = || format!("invalid number at field start: invalid count at start of '{text}'");
    let (from, to) = text.split_once(',').map_or((text, None), |(from, to)| (from, Some(to)));
    let mut key = Key::default();
    let (field, char, letters) = position(from).ok_or_else(bad_start)?;
    if field == 0 {
        return Err(format!("-: invalid field specification '{text}'").replacen("-: ", "field number is zero: ", 1));
    }
    key.from = (field, char.unwrap_or(1).max(1));
    let mut stray = letters.chars().find(|c| !key.order.set(*c));
    if let Some(to) = to {
        let (field, char, letters) = position(to)
            .ok_or_else(|| format!("invalid number after ',': invalid count at start of '{to}'"))?;
        key.to = (field, char.unwrap_or(0));
        let (own, mut order) = (key.order.blanks, key.order);
        stray = stray.or(letters.chars().find(|c| !order.set(*c)));
        key.end_blanks = letters.contains('b');
        key.order = Order { blanks: own, ..order };
    }
    if stray.is_some() {
        return Err(format!("stray character in field spec: invalid field specification '{text}'"));
    }
    Ok(key)
}

/// `F[.C][LETTERS]`.
fn position(text: &str) -> Option<(usize, Option<usize>, &str)> {
    let number = |text: &str| {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        text[..digits].parse::<usize>().ok().map(|n| (n, digits))
    };
    let (field, used) = number(text)?;
    let rest = &text[used..];
    match rest.strip_prefix('.') {
        Some(after) => {
            let (char, used) = number(after)?;
            Some((field, Some(char), &after[used..]))
        }
        None => Some((field, None, rest)),
    }
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// Where the `n`th field (from 1) starts and ends.
fn field(line: &[u8], n: usize, separator: Option<u8>) -> (usize, usize) {
    let mut start = 0;
    for left in (0..n).rev() {
        let rest = line.get(start..).unwrap_or_default();
        let length = match separator {
            Some(separator) => rest.iter().position(|b| *b == separator),
            None => {
                let blanks = rest.iter().take_while(|b| is_blank(**b)).count();
                rest.iter().skip(blanks).position(|b| is_blank(*b)).map(|n| n + blanks)
            }
        };
        let end = length.map_or(line.len(), |n| start + n);
        if left == 0 {
            return (start, end);
        }
        match length {
            Some(_) => start = end + usize::from(separator.is_some()),
            None => return (line.len(), line.len()),
        }
    }
    (start, start)
}

fn key_of<'a>(line: &'a [u8], key: &Key, separator: Option<u8>) -> &'a [u8] {
    let skip_blanks = |at: usize| {
        at + line.get(at..).unwrap_or_default().iter().take_while(|b| is_blank(**b)).count()
    };
    let (start, _) = field(line, key.from.0, separator);
    let start = if key.order.blanks { skip_blanks(start) } else { start };
    let start = start.saturating_add(key.from.1 - 1).min(line.len());
    let end = match key.to {
        (0, _) => line.len(),
        (n, 0) => field(line, n, separator).1,
        (n, char) => {
            let (at, _) = field(line, n, separator);
            let at = if key.end_blanks { skip_blanks(at) } else { at };
            at.saturating_add(char).min(line.len())
        }
    };
    line.get(start..end).unwrap_or_default()
}

fn compare_keys(a: &[u8], b: &[u8], keys: &[Key], global: Order, separator: Option<u8>) -> Ordering {
    if keys.is_empty() {
        return compare(a, b, global);
    }
    let orders = keys.iter().map(|k| compare(key_of(a, k, separator), key_of(b, k, separator), k.order));
    orders.into_iter().find(|o| *o != Ordering::Equal).unwrap_or(Ordering::Equal)
}

fn compare(a: &[u8], b: &[u8], order: Order) -> Ordering {
    let result = match order.kind {
        Some('n') => number(a).total_cmp(&number(b)),
        Some('g') => general(a).total_cmp(&general(b)),
        Some('h') => size(a).partial_cmp(&size(b)).unwrap_or(Ordering::Equal),
        Some('M') => month(a).cmp(&month(b)),
        Some('V') => super::version::compare(a, b),
        _ => text(a, order).cmp(text(b, order)),
    };
    if order.reverse { result.reverse() } else { result }
}

fn text(bytes: &[u8], order: Order) -> impl Iterator<Item = u8> + '_ {
    let skip = if order.blanks { bytes.iter().take_while(|b| is_blank(**b)).count() } else { 0 };
    let kept = move |b: &u8| {
        !(order.dictionary && !(b.is_ascii_alphanumeric() || is_blank(*b)))
            && (!order.printable || matches!(b, 0x20..0x7f))
    };
    let fold = move |b: u8| if order.fold { b.to_ascii_uppercase() } else { b };
    bytes.iter().skip(skip).copied().filter(kept).map(fold)
}

fn number_length(bytes: &[u8]) -> usize {
    let mut point = false;
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let digits = bytes.iter().skip(sign).take_while(|b| match b {
        b'0'..=b'9' => true,
        b'.' if !point => {
            point = true;
            true
        }
        _ => false,
    });
    sign + digits.count()
}

fn trimmed(bytes: &[u8]) -> &[u8] {
    bytes.trim_ascii_start()
}

fn number(bytes: &[u8]) -> f64 {
    let bytes = trimmed(bytes);
    let text = bytes.get(..number_length(bytes)).unwrap_or_default();
    std::str::from_utf8(text).ok().and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0) + 0.0
}

fn general(bytes: &[u8]) -> f64 {
    let bytes = trimmed(bytes);
    let text = String::from_utf8_lossy(bytes.split(|b| b.is_ascii_whitespace()).next().unwrap_or_default());
    (0..=text.len())
        .rev()
        .filter_map(|n| text.get(..n)?.parse::<f64>().ok())
        .next()
        .unwrap_or(f64::NEG_INFINITY)
}

fn size(bytes: &[u8]) -> (i32, f64) {
    let trimmed = trimmed(bytes);
    let value = number(trimmed);
    let unit = trimmed.get(number_length(trimmed)).and_then(|b| b"KMGTPEZY".iter().position(|u| u == b));
    let unit = match trimmed.get(number_length(trimmed)) {
        Some(b'k') => 1,
        _ => unit.map_or(0, |n| n as i32 + 1),
    };
    let sign = if value < 0.0 { -1 } else { i32::from(value > 0.0) };
    (sign * (unit + 1), value)
}

fn month(bytes: &[u8]) -> usize {
    const MONTHS: &[u8] = b"JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
    let name = trimmed(bytes).get(..3).unwrap_or_default().to_ascii_uppercase();
    MONTHS.chunks(3).position(|m| m == name).map_or(0, |n| n + 1)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn orders_and_keys() {
        check(
            &mut bed(),
            &[
                ("sort", "b\na\nB\n", "B\na\nb\n"),
                ("sort -f", "b\nA\na\n", "A\na\nb\n"),
                ("sort -rn", "10\n9\n-1\n1.5\n", "10\n9\n1.5\n-1\n"),
                ("sort -u", "2\n1\n2", "1\n2\n"),
                ("sort -nu", "1\n01\n2\n", "1\n2\n"),
                ("sort -t, -k2,2n -k1,1r", "a,3\nb,2\nc,3\n", "b,2\nc,3\na,3\n"),
                ("sort -k2", "x b\ny a\nz  a\n", "z  a\ny a\nx b\n"),
                ("sort -k2,2 -s", "b 1\na 1\n", "b 1\na 1\n"),
                ("sort -k1.2", "a2\nb1\n", "b1\na2\n"),
                ("sort -h", "1G\n2K\n3\n1M\n", "3\n2K\n1M\n1G\n"),
                ("sort -V", "v1.10\nv1.9\nv1.9a\n", "v1.9\nv1.9a\nv1.10\n"),
                ("sort -M", "Mar\njan\nx\n", "x\njan\nMar\n"),
                ("sort -c", "b\na\n", "! sort: -:2: disorder: a\n= 1\n"),
                ("sort -o /tmp/out", "b\na", ""),
                ("cat /tmp/out", "", "a\nb\n"),
                ("sort /no", "", "! sort: cannot read: /no: No such file or directory\n= 2\n"),
                (
                    "sort -k x",
                    "",
                    "! sort: invalid number at field start: invalid count at start of 'x'\n= 2\n",
                ),
            ],
        );
    }
}
