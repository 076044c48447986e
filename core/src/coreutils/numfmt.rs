//! `numfmt [--from UNIT] [--to UNIT] [--suffix S] [--padding N] [--field N] [-d C] [--header[=N]] [NUMBER…]`: sizes as
//! people write them, and back.
//!
//! - units: `none`, `si` (1K is 1000), `iec` (1K is 1024), `iec-i` (1Ki is 1024), `auto`
//! - `--round` up, down, from-zero (as without), towards-zero, nearest
//!
//! Exit status: 0; 2 for a number that cannot be read. Left out: `--format`, `--invalid`, lists of fields.

use super::input::{decode, lines};
use super::opts::{Options, Spec, parse, usage_error};
use crate::kernel::{Applet, Stop, Sys};

/// `numfmt`.
pub const APPLETS: &[Applet] = &[Applet::main("numfmt", main)];

const SPEC: Spec = Spec::new(
    "d:z",
    &[
        ("from=", 'f'),
        ("to=", 't'),
        ("suffix=", 's'),
        ("padding=", 'p'),
        ("field=", 'k'),
        ("delimiter=", 'd'),
        ("header=?", 'H'),
        ("round=", 'r'),
        ("from-unit=", 'F'),
        ("to-unit=", 'T'),
        ("format=", '\u{1}'),
        ("invalid=", '\u{2}'),
        ("grouping", '\u{3}'),
        ("zero-terminated", 'z'),
        ("debug", '\u{4}'),
    ],
    "[OPTION]... [NUMBER]...",
    "Reformat NUMBER(s), or the numbers from standard input if none are specified.",
)
.missing("z\u{1}\u{2}\u{3}\u{4}");

const LETTERS: &str = "KMGTPEZY";

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    for letter in ['f', 't'] {
        let unit = options.value(letter).unwrap_or("none").to_string();
        let known = ["none", "si", "iec", "iec-i"].contains(&unit.as_str()) || (unit == "auto" && letter == 'f');
        if !known {
            let option = if letter == 'f' { "--from" } else { "--to" };
            return Err(usage_error(sys, &SPEC, &format!("invalid argument '{unit}' for '{option}'")));
        }
    }
    let field = options.value('k').unwrap_or("1").to_string();
    let Some(field) = field.parse::<usize>().ok().filter(|n| *n > 0) else {
        sys.complain(&format!("invalid field value '{field}'"));
        return Ok(1);
    };
    if !options.operands.is_empty() {
        for number in &options.operands {
            match converted(number, &options) {
                Ok(text) => sys.print(&format!("{text}\n")),
                Err(text) => {
                    sys.complain(&text);
                    return Ok(2);
                }
            }
        }
        return Ok(0);
    }
    let data = sys.stdin_to_end()?;
    let header = if options.has('H') { options.value('H').and_then(|n| n.parse().ok()).unwrap_or(1) } else { 0 };
    for (at, line) in lines(&data).map(decode).enumerate() {
        if at < header {
            sys.print(&format!("{line}\n"));
            continue;
        }
        match in_line(&line, field, &options) {
            Ok(text) => sys.print(&format!("{text}\n")),
            Err(text) => {
                sys.complain(&text);
                return Ok(2);
            }
        }
    }
    Ok(0)
}

/// Converts one field of a line; blanks that stand before it make room for a longer or shorter number.
fn in_line(line: &str, field: usize, options: &Options) -> Result<String, String> {
    if let Some(sign) = options.value('d').and_then(|d| d.chars().next()) {
        let mut cells: Vec<String> = line.split(sign).map(String::from).collect();
        if let Some(cell) = cells.get_mut(field - 1) {
            *cell = converted(cell, options)?;
        }
        return Ok(cells.join(&sign.to_string()));
    }
    let (mut out, mut rest, mut seen) = (String::new(), line, 0);
    while !rest.is_empty() {
        let blanks = rest.len() - rest.trim_start().len();
        let end = rest[blanks..].find(char::is_whitespace).map_or(rest.len(), |at| blanks + at);
        let word = &rest[blanks..end];
        seen += 1;
        match seen == field && !word.is_empty() {
            true => {
                let text = converted(word, options)?;
                let width = if options.has('p') || blanks == 0 { 0 } else { end - usize::from(seen > 1) };
                out.push_str(&" ".repeat(if seen > 1 { 1 } else { 0 }));
                out.push_str(&format!("{text:>width$}"));
            }
            false => out.push_str(&rest[..end]),
        }
        rest = &rest[end..];
    }
    Ok(out)
}

fn base(unit: &str) -> f64 {
    if unit == "si" { 1000.0 } else { 1024.0 }
}

fn read(text: &str, options: &Options) -> Result<f64, String> {
    let text = options.value('s').and_then(|suffix| text.strip_suffix(suffix)).unwrap_or(text);
    let unit = options.value('f').unwrap_or("none");
    let digits = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(text.len());
    let (number, tail) = text.split_at(digits);
    let value: f64 = number.parse().map_err(|_| format!("invalid number: '{text}'"))?;
    if tail.is_empty() {
        return Ok(value);
    }
    let mut letters = tail.chars();
    let power = letters.next().and_then(|c| LETTERS.find(c.to_ascii_uppercase())).map(|at| at as i32 + 1);
    let rest = letters.as_str();
    match (power, unit, rest) {
        (Some(_), "none", _) => Err(format!("rejecting suffix in input: '{text}' (consider using --from)")),
        (Some(power), "auto", "") => Ok(value * 1000f64.powi(power)),
        (Some(power), "auto" | "iec-i", "i") => Ok(value * 1024f64.powi(power)),
        (Some(_), "iec-i", "") => Err(format!("missing 'i' suffix in input: '{text}' (e.g Ki/Mi/Gi)")),
        (Some(power), "si" | "iec", "") => Ok(value * base(unit).powi(power)),
        _ => Err(format!("invalid suffix in input: '{text}'")),
    }
}

fn rounded(value: f64, how: &str) -> f64 {
    match how {
        "up" => value.ceil(),
        "down" => value.floor(),
        "towards-zero" => value.trunc(),
        "nearest" => value.round(),
        _ if value < 0.0 => value.floor(),
        _ => value.ceil(),
    }
}

fn converted(text: &str, options: &Options) -> Result<String, String> {
    let scale = |letter| options.value(letter).and_then(|n| n.parse::<f64>().ok()).filter(|n| *n > 0.0).unwrap_or(1.0);
    let value = read(text.trim(), options)? * scale('F') / scale('T');
    let unit = options.value('t').unwrap_or("none");
    let how = options.value('r').unwrap_or("from-zero");
    let mut shown = if unit == "none" {
        let decimals = text.split_once('.').filter(|_| !options.has('f')).map_or(0, |(_, d)| d.len());
        if decimals > 0 { format!("{value:.decimals$}") } else { format!("{:.0}", rounded(value, how)) }
    } else {
        let (mut scaled, mut power) = (value, 0);
        while scaled.abs() >= base(unit) && power < LETTERS.len() {
            scaled /= base(unit);
            power += 1;
        }
        if power < LETTERS.len() && scaled.abs() > 10.0 && rounded(scaled, how).abs() >= base(unit) {
            scaled = rounded(scaled, how) / base(unit);
            power += 1;
        }
        let tenths = rounded(scaled * 10.0, how) / 10.0;
        let number = match (power, tenths.abs() < 10.0) {
            (0, _) => format!("{:.0}", rounded(scaled, how)),
            (_, true) => format!("{tenths:.1}"),
            (_, false) => format!("{:.0}", rounded(scaled, how)),
        };
        let letter = power.checked_sub(1).and_then(|at| LETTERS.get(at..=at)).unwrap_or("");
        let i = if unit == "iec-i" && power > 0 { "i" } else { "" };
        format!("{number}{letter}{i}")
    };
    shown.push_str(options.value('s').unwrap_or(""));
    Ok(match options.value('p').and_then(|n| n.parse::<i64>().ok()) {
        Some(width) if width < 0 => format!("{shown:<w$}", w = width.unsigned_abs().min(1000) as usize),
        Some(width) => format!("{shown:>w$}", w = width.min(1000) as usize),
        None => shown,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn sizes() {
        check(
            &mut bed(),
            &[
                ("numfmt --to=iec 1024 1500 1048576 500", "", "1.0K\n1.5K\n1.0M\n500\n"),
                ("numfmt --to=si 1000 123456789 999999", "", "1.0K\n124M\n1.0M\n"),
                ("numfmt --to=iec-i --suffix=B 2048", "", "2.0KiB\n"),
                ("numfmt --from=iec 1K 2.5M", "", "1024\n2621440\n"),
                ("numfmt --from=auto 1K 1Ki", "", "1000\n1024\n"),
                ("numfmt --from=si --to=iec", "1K\n2M\n", "1000\n2.0M\n"),
                ("numfmt --field=2 --to=si -d:", "a:5000:b\n", "a:5.0K:b\n"),
                ("numfmt --padding=8 --to=iec 4096", "", "    4.0K\n"),
                ("numfmt 1K", "", "! numfmt: rejecting suffix in input: '1K' (consider using --from)\n= 2\n"),
                ("numfmt x", "", "! numfmt: invalid number: 'x'\n= 2\n"),
            ],
        );
    }
}
