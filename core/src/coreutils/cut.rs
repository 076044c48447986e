//! `cut -b LIST | -c LIST | -f LIST [-d DELIM] [-s] [--complement] [--output-delimiter S] [FILE…]`: print parts
//! of lines.
//!
//! - `-b`/`-c` bytes, `-f` fields; a list is `N`, `N-M`, `N-`, `-M`, separated by commas
//! - `-d` the delimiter (tab), `-s` drops lines without it
//!
//! Exit status: 0, or 1 for an error.

use super::input::plain_error;
use super::opts::{Spec, parse, usage_error};
use super::stream::{Lines, Running, Stream, pump};
use crate::kernel::{Applet, Flavor, Step, Stop, Sys};
use serde::{Deserialize, Serialize};

/// `cut`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Cut>>("cut")];

/// Letters for options that have only a long name.
const COMPLEMENT: char = '\u{1}';
const OUTPUT_DELIMITER: char = '\u{2}';

// `-n` is ignored by the real ones too.
const SPEC: Spec = Spec::new(
    "b:c:d:f:ns",
    &[
        ("bytes=", 'b'),
        ("characters=", 'c'),
        ("delimiter=", 'd'),
        ("fields=", 'f'),
        ("only-delimited", 's'),
        ("complement", COMPLEMENT),
        ("output-delimiter=", OUTPUT_DELIMITER),
    ],
    "[OPTIONS] [FILE]...",
    "Print parts of the lines of FILEs\n\n\t-b LIST\tOnly these bytes\n\t-c LIST\tOnly these characters\n\t-d CHAR\tField delimiter (default tab)\n\t-s\tDrop lines without delimiter\n\t-f LIST\tOnly these fields",
)
.missing("z")
.moot("n");

/// The state of a `cut`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cut {
    lines: Lines,
    fields: bool,
    /// Ranges from 1, both ends inclusive, in order and apart.
    ranges: Vec<(usize, usize)>,
    delimiter: Vec<u8>,
    output: Vec<u8>,
    only_delimited: bool,
    failed: bool,
}

impl Stream for Cut {
    fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
        let o = parse(sys, &SPEC)?;
        let lists: Vec<_> = o.list.iter().filter(|(c, _)| "bcf".contains(*c)).collect();
        let (kind, list) = match lists.as_slice() {
            [(kind, Some(list))] => (*kind, list.clone()),
            [] => {
                let text = match sys.flavor() {
                    Flavor::Gnu => "you must specify a list of bytes, characters, or fields",
                    Flavor::Busybox => "expected a list of bytes, characters, or fields",
                };
                return Err(usage_error(sys, &SPEC, text));
            }
            _ => return Err(usage_error(sys, &SPEC, "only one list may be specified")),
        };
        let fields = kind == 'f';
        let delimiter = o.value('d').unwrap_or("\t");
        if o.value('d').is_some_and(|d| d.chars().count() > 1) {
            return Err(usage_error(sys, &SPEC, "the delimiter must be a single character"));
        }
        if !fields && (o.value('d').is_some() || o.has('s')) {
            let text = if o.has('s') {
                "suppressing non-delimited lines makes sense\n\tonly when operating on fields"
            } else {
                "an input delimiter may be specified only when operating on fields"
            };
            return Err(usage_error(sys, &SPEC, text));
        }
        let mut ranges = match ranges(&list, fields, sys.flavor()) {
            Ok(ranges) => ranges,
            Err(text) if sys.flavor() == Flavor::Gnu => return Err(usage_error(sys, &SPEC, &text)),
            Err(text) => {
                sys.complain(&text);
                return Err(Stop::Exit(1));
            }
        };
        if o.has(COMPLEMENT) {
            ranges = complement(&ranges);
        }
        let output = o.value(OUTPUT_DELIMITER).unwrap_or(if fields { delimiter } else { "" });
        let delimiter = if delimiter.is_empty() { vec![0] } else { delimiter.as_bytes().to_vec() };
        Ok(Self {
            lines: Lines::new(&o.operands, b'\n'),
            fields,
            ranges,
            delimiter,
            output: output.as_bytes().to_vec(),
            only_delimited: o.has('s'),
            failed: false,
        })
    }

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        let Self { lines, fields, ranges, delimiter, output, only_delimited, failed } = self;
        let step = pump(sys, lines, plain_error, failed, |sys, line, _| {
            let parts = if *fields {
                let parts = split(&line, delimiter);
                if parts.len() == 1 {
                    if !*only_delimited {
                        sys.write(1, &[&line[..], b"\n"].concat());
                    }
                    return;
                }
                ranges
                    .iter()
                    .flat_map(|(from, to)| parts.get(from - 1..(*to).min(parts.len())).unwrap_or_default())
                    .copied()
                    .collect()
            } else {
                let part = |(from, to): &(usize, usize)| line.get(from - 1..(*to).min(line.len()));
                ranges.iter().filter_map(part).collect::<Vec<_>>()
            };
            let mut out = parts.join(&output[..]);
            out.push(b'\n');
            sys.write(1, &out);
        });
        step.unwrap_or(Step::Exit(i32::from(self.failed)))
    }
}

fn split<'a>(line: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = vec![];
    let mut start = 0;
    let mut at = 0;
    while at < line.len() {
        if line[at..].starts_with(delimiter) {
            parts.push(&line[start..at]);
            at += delimiter.len();
            start = at;
        } else {
            at += 1;
        }
    }
    parts.push(&line[start..]);
    parts
}

fn ranges(list: &str, fields: bool, flavor: Flavor) -> Result<Vec<(usize, usize)>, String> {
    let invalid = |text: &str| match (flavor, fields) {
        (Flavor::Busybox, _) => format!("invalid number '{text}'"),
        (_, true) => format!("invalid field value '{text}'"),
        (_, false) => format!("invalid byte/character position '{text}'"),
    };
    let number = |text: &str| text.parse::<usize>().map_err(|_| invalid(text));
    let mut ranges = vec![];
    for item in list.split([',', ' ']) {
        let range = match item.split_once('-') {
            None => number(item).map(|n| (n, n))?,
            Some(("", "")) => return Err("invalid range with no endpoint: -".into()),
            Some((from, "")) => (number(from)?, usize::MAX),
            Some(("", to)) => (1, number(to)?),
            Some((from, to)) => (number(from)?, number(to)?),
        };
        if range.0 == 0 {
            let what = if fields { "fields" } else { "byte/character positions" };
            return Err(format!("{what} are numbered from 1"));
        }
        if range.1 < range.0 {
            return Err("invalid decreasing range".into());
        }
        ranges.push(range);
    }
    ranges.sort_unstable();
    let mut merged: Vec<(usize, usize)> = vec![];
    for (from, to) in ranges {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    Ok(merged)
}

fn complement(ranges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut out = vec![];
    let mut next = 1;
    for (from, to) in ranges {
        if *from > next {
            out.push((next, from - 1));
        }
        next = to.saturating_add(1);
    }
    if next < usize::MAX {
        out.push((next, usize::MAX));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn parts() {
        check(
            &mut bed(),
            &[
                ("cut -d: -f1,3", "a:b:c\nplain\n", "a:c\nplain\n"),
                ("cut -d: -f2- -s", "a:b:c\nplain\n", "b:c\n"),
                ("cut -c2-4", "abcdef", "bcd\n"),
                ("cut -c-2,4", "abcdef\n", "abd\n"),
                ("cut -d ' ' -f2,1", "x y z\n", "x y\n"),
                ("cut -f2 --output-delimiter=/ -d, --complement", "a,b,c\n", "a/c\n"),
                ("cut -c9", "abc\n", "\n"),
                (
                    "cut",
                    "",
                    "! cut: you must specify a list of bytes, characters, or fields\n! Try 'cut --help' for more information.\n= 1\n",
                ),
                (
                    "cut -f0",
                    "",
                    "! cut: fields are numbered from 1\n! Try 'cut --help' for more information.\n= 1\n",
                ),
            ],
        );
    }
}
