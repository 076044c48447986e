//! `join [-i] [-a N] [-v N] [-1 N] [-2 N] [-j N] [-t C] [-e TEXT] [-o LIST] [--header] FILE1 FILE2`: join lines on a
//! common field.
//!
//! - `-a` lines of that file without a partner too, `-v` only those; `-o` fields to print (`0`, `1.2`, `auto`)
//!
//! Exit status: 0, or 1 for an error.

use super::input::{decode, encode, lines, read_one};
use super::opts::{Options, Spec, parse, usage_error};
use crate::kernel::{Applet, Stop, Sys};
use std::cmp::Ordering;

/// `join`.
pub const APPLETS: &[Applet] = &[Applet::main("join", main)];

const SPEC: Spec = Spec::new(
    "ia:v:1:2:j:t:e:o:",
    &[("ignore-case", 'i'), ("header", 'H'), ("check-order", 'C'), ("nocheck-order", 'N')],
    "[OPTION]... FILE1 FILE2",
    "For each pair of input lines with identical join fields, write a line",
)
.missing("zC");

struct Join {
    fields: [usize; 2],
    separator: Option<char>,
    fold: bool,
    empty: String,
    /// What to print: `None` all; a file (0 and 1; 2 the join field) and a field.
    shown: Option<Vec<(usize, usize)>>,
}

type Row = Vec<String>;

impl Join {
    fn row(&self, line: &[u8]) -> Row {
        let text = decode(line);
        match self.separator {
            Some(c) => text.split(c).map(String::from).collect(),
            None => text.split([' ', '\t']).filter(|f| !f.is_empty()).map(String::from).collect(),
        }
    }

    fn key(&self, row: &Row, file: usize) -> String {
        let key = row.get(self.fields[file]).cloned().unwrap_or_default();
        if self.fold { key.to_lowercase() } else { key }
    }

    /// The line for a pair; one side is missing where it has no partner.
    fn line(&self, pair: [Option<&Row>; 2]) -> String {
        let key = pair.iter().zip(self.fields).find_map(|(row, f)| row.map(|r| r.get(f).cloned()));
        let key = key.flatten().unwrap_or_default();
        let fill = |text: Option<&String>| text.filter(|t| !t.is_empty()).unwrap_or(&self.empty).clone();
        let mut out: Vec<String> = vec![];
        match &self.shown {
            Some(list) => out.extend(list.iter().map(|(file, field)| match pair.get(*file) {
                Some(row) => fill(row.and_then(|r| r.get(*field))),
                None => key.clone(),
            })),
            None => {
                out.push(key);
                for (row, own) in pair.iter().zip(self.fields) {
                    let rest = row.iter().flat_map(|r| r.iter().enumerate());
                    out.extend(rest.filter(|(i, _)| *i != own).map(|(_, text)| fill(Some(text))));
                }
            }
        }
        out.join(&self.separator.unwrap_or(' ').to_string()) + "\n"
    }
}

fn number(sys: &mut Sys<'_>, text: &str) -> Result<usize, Stop> {
    match text.parse::<usize>() {
        Ok(n) if n > 0 => Ok(n - 1),
        _ => {
            sys.complain(&format!("invalid field number: '{text}'"));
            Err(Stop::Exit(1))
        }
    }
}

/// Which files a list of `-a` or `-v` names.
fn files(sys: &mut Sys<'_>, o: &Options, letter: char) -> Result<[bool; 2], Stop> {
    let mut named = [false; 2];
    for text in o.values(letter) {
        match text {
            "1" => named[0] = true,
            "2" => named[1] = true,
            _ => {
                sys.complain(&format!("invalid field number: '{text}'"));
                return Err(Stop::Exit(1));
            }
        }
    }
    Ok(named)
}

fn output_list(sys: &mut Sys<'_>, text: &str) -> Result<Vec<(usize, usize)>, Stop> {
    let mut list = vec![];
    for item in text.split([',', ' ']).filter(|i| !i.is_empty()) {
        list.push(match item.split_once('.') {
            _ if item == "0" => (2, 0),
            Some(("1", field)) => (0, number(sys, field)?),
            Some(("2", field)) => (1, number(sys, field)?),
            _ => {
                sys.complain(&format!("invalid field specifier: '{item}'"));
                return Err(Stop::Exit(1));
            }
        });
    }
    Ok(list)
}

fn prepare(sys: &mut Sys<'_>, o: &Options) -> Result<Join, Stop> {
    let mut fields = [0, 0];
    for (slot, letter) in fields.iter_mut().zip(['1', '2']) {
        if let Some(text) = o.value(letter).or(o.value('j')) {
            *slot = number(sys, text)?;
        }
    }
    let shown = match o.value('o') {
        Some("auto") => {
            sys.complain("-o auto is not simulated by Drydock");
            return Err(Stop::Exit(1));
        }
        Some(_) => {
            let all: Vec<String> = o.values('o').map(String::from).collect();
            Some(output_list(sys, &all.join(","))?)
        }
        None => None,
    };
    let empty = o.value('e').unwrap_or("").to_string();
    let separator = o.value('t').map(|t| if t == "\\0" { '\0' } else { t.chars().next().unwrap_or('\n') });
    Ok(Join { fields, separator, fold: o.has('i'), empty, shown })
}

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    let [first, second] = match o.operands.as_slice() {
        [a, b] => [a.clone(), b.clone()],
        [] => return Err(usage_error(sys, &SPEC, "missing operand")),
        [one] => return Err(usage_error(sys, &SPEC, &format!("missing operand after '{one}'"))),
        [.., extra] => return Err(usage_error(sys, &SPEC, &format!("extra operand '{extra}'"))),
    };
    let join = prepare(sys, &o)?;
    let (also, only) = (files(sys, &o, 'a')?, files(sys, &o, 'v')?);
    let alone = [also[0] || only[0], also[1] || only[1]];
    let pairs = !(only[0] || only[1]);
    let (a, b) = (read_one(sys, &first)?, read_one(sys, &second)?);
    let mut rows: [std::collections::VecDeque<Row>; 2] =
        [lines(&a).map(|l| join.row(l)).collect(), lines(&b).map(|l| join.row(l)).collect()];
    let mut out = String::new();
    if o.has('H') {
        let [x, y] = [rows[0].pop_front(), rows[1].pop_front()];
        out.push_str(&join.line([x.as_ref(), y.as_ref()]));
    }
    let disorder = if o.has('N') { None } else { out_of_order(&join, &rows) };
    let mut unpaired = false;
    let [left, right] = &mut rows;
    loop {
        let order = match (left.front(), right.front()) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(x), Some(y)) => join.key(x, 0).cmp(&join.key(y, 1)),
        };
        if order == Ordering::Equal {
            let (xs, ys) = (run(&join, left, 0), run(&join, right, 1));
            for x in xs.iter().filter(|_| pairs) {
                ys.iter().for_each(|y| out.push_str(&join.line([Some(x), Some(y)])));
            }
            continue;
        }
        unpaired = true;
        let (side, row) = if order == Ordering::Less { (0, left.pop_front()) } else { (1, right.pop_front()) };
        if alone[side] {
            out.push_str(&join.line(if side == 0 { [row.as_ref(), None] } else { [None, row.as_ref()] }));
        }
    }
    sys.write(1, &encode(&out));
    if let Some((file, line, text)) = disorder.filter(|_| unpaired) {
        sys.complain(&format!("{}:{line}: is not sorted: {text}", if file == 0 { first } else { second }));
        sys.complain("input is not in sorted order");
        return Ok(1);
    }
    Ok(0)
}

/// The rows at the front that share a key.
fn run(join: &Join, rows: &mut std::collections::VecDeque<Row>, file: usize) -> Vec<Row> {
    let mut taken: Vec<Row> = rows.pop_front().into_iter().collect();
    let key = taken.first().map(|row| join.key(row, file));
    while rows.front().is_some_and(|row| Some(join.key(row, file)) == key) {
        taken.extend(rows.pop_front());
    }
    taken
}

fn out_of_order(
    join: &Join,
    rows: &[std::collections::VecDeque<Row>; 2],
) -> Option<(usize, usize, String)> {
    rows.iter().enumerate().find_map(|(file, rows)| {
        let pairs = rows.iter().zip(rows.iter().skip(1)).enumerate();
        pairs.into_iter().find_map(|(i, (a, b))| {
            let text = b.join(&join.separator.unwrap_or(' ').to_string());
            (join.key(a, file) > join.key(b, file)).then_some((file, i + 2, text))
        })
    })
}
