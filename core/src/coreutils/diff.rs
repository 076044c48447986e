//! `diff [-u] [-U N] [-q] [-s] [-r] [-N] [-i] [-w] [-b] FILE1 FILE2`: compare files line by line.
//!
//! - without an option, GNU's normal format; busybox always prints the unified one
//! - `-q` only whether, `-s` also where they are the same, `-r` directories, `-N` missing files are empty
//! - `-i`, `-w`, `-b` ignore case, blanks, the amount of blanks
//!
//! Exit status: 0 where they are the same, 1 where they differ, 2 for an error. Left out: `-c`, `-y`, `-e`, `-B`.

mod edit;

use super::input::lines;
use super::opts::{Options, Spec, parse, usage_error};
use crate::base::time_format::rfc3339_nano_padded;
use crate::kernel::{Applet, Flavor, Stop, Sys};
use edit::{Change, changes};

/// `diff`.
pub const APPLETS: &[Applet] = &[Applet::main("diff", main)];

/// Exit status of an error.
const TROUBLE: i32 = 2;
/// How deep `-r` goes.
const MAX_DEPTH: usize = 100;

const SPEC: Spec = Spec::new(
    "uU:qsrNiwba",
    &[
        ("unified=?", 'u'),
        ("brief", 'q'),
        ("report-identical-files", 's'),
        ("recursive", 'r'),
        ("new-file", 'N'),
        ("ignore-case", 'i'),
        ("ignore-all-space", 'w'),
        ("ignore-space-change", 'b'),
        ("text", 'a'),
    ],
    "[OPTION]... FILES",
    "Compare two files line by line\n\n\t-u\tUnified format\n\t-U N\tN lines of context\n\t-q\tSay only whether they differ\n\t-s\tSay where they are the same\n\t-r\tCompare directories\n\t-N\tTake missing files as empty\n\t-i\tIgnore case\n\t-w\tIgnore blanks\n\t-b\tIgnore the amount of blanks",
)
.missing("cyeBdStTL")
.trouble(TROUBLE);

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    let (a, b) = match o.operands.as_slice() {
        [a, b] => (a.clone(), b.clone()),
        [] => return Err(usage_error(sys, &SPEC, "missing operand after 'diff'")),
        [one] => return Err(usage_error(sys, &SPEC, &format!("missing operand after '{one}'"))),
        [_, _, extra, ..] => return Err(usage_error(sys, &SPEC, &format!("extra operand '{extra}'"))),
    };
    let stdin = if a == "-" || b == "-" { sys.stdin_to_end()? } else { vec![] };
    let is_dir = |sys: &Sys<'_>, name: &str| name != "-" && sys.stat(name).is_ok_and(|s| s.is_dir());
    let inside = |dir: &str, file: &str| {
        format!("{}/{}", dir.trim_end_matches('/'), file.rsplit('/').next().unwrap_or(file))
    };
    let run = Diff { o: &o, stdin: &stdin };
    Ok(match (is_dir(sys, &a), is_dir(sys, &b)) {
        (true, true) => run.dirs(sys, &a, &b, 0),
        (true, false) => run.files(sys, &inside(&a, &b), &b, None),
        (false, true) => run.files(sys, &a, &inside(&b, &a), None),
        (false, false) => run.files(sys, &a, &b, None),
    })
}

struct Diff<'a> {
    o: &'a Options,
    stdin: &'a [u8],
}

impl Diff<'_> {
    fn dirs(&self, sys: &mut Sys<'_>, a: &str, b: &str, depth: usize) -> i32 {
        let (left, right) = (sys.list(a).unwrap_or_default(), sys.list(b).unwrap_or_default());
        let mut names: Vec<&String> = left.iter().chain(&right).collect();
        names.sort_unstable();
        names.dedup();
        let mut status = 0;
        for name in names {
            let (x, y) = (format!("{}/{name}", a.trim_end_matches('/')), format!("{}/{name}", b.trim_end_matches('/')));
            let only = if !left.contains(name) { Some(b) } else if !right.contains(name) { Some(a) } else { None };
            let kind = |sys: &Sys<'_>, path: &str| sys.stat(path).is_ok_and(|s| s.is_dir());
            status = status.max(match only {
                Some(dir) if !self.o.has('N') => {
                    sys.print(&format!("Only in {}: {name}\n", dir.trim_end_matches('/')));
                    1
                }
                _ if kind(sys, &x) && kind(sys, &y) => {
                    if self.o.has('r') && depth < MAX_DEPTH {
                        self.dirs(sys, &x, &y, depth + 1)
                    } else {
                        sys.print(&format!("Common subdirectories: {x} and {y}\n"));
                        0
                    }
                }
                _ => {
                    let flags: Vec<String> = self.o.list.iter().map(|(c, _)| format!(" -{c}")).collect();
                    self.files(sys, &x, &y, Some(&format!("diff{} {x} {y}\n", flags.concat())))
                }
            });
        }
        status
    }

    fn read(&self, sys: &mut Sys<'_>, name: &str) -> Option<Vec<u8>> {
        if name == "-" {
            return Some(self.stdin.to_vec());
        }
        match sys.read_file(name) {
            Ok(data) => Some(data),
            Err(crate::base::Errno::ENOENT) if self.o.has('N') => Some(vec![]),
            Err(error) => {
                let text = match sys.flavor() {
                    Flavor::Gnu => format!("{name}: {}", error.text()),
                    Flavor::Busybox => format!("can't stat '{name}': {}", error.text()),
                };
                sys.complain(&text);
                None
            }
        }
    }

    fn files(&self, sys: &mut Sys<'_>, a: &str, b: &str, title: Option<&str>) -> i32 {
        let (left, right) = (self.read(sys, a), self.read(sys, b));
        let (Some(left), Some(right)) = (left, right) else { return TROUBLE };
        let old: Vec<&[u8]> = lines(&left).collect();
        let new: Vec<&[u8]> = lines(&right).collect();
        let key = |line: &&[u8]| self.key(line);
        let (mut x, mut y): (Vec<_>, Vec<_>) = (old.iter().map(key).collect(), new.iter().map(key).collect());
        let open = |data: &[u8]| !data.is_empty() && data.last() != Some(&b'\n');
        mark_open(&mut x, open(&left));
        mark_open(&mut y, open(&right));
        let changes = changes(&x, &y);
        sys.spend(u32::try_from((left.len() + right.len()) / 64).unwrap_or(u32::MAX));
        if changes.is_empty() {
            if self.o.has('s') {
                sys.print(&format!("Files {a} and {b} are identical\n"));
            }
            return 0;
        }
        if self.o.has('q') {
            sys.print(&format!("Files {a} and {b} differ\n"));
            return 1;
        }
        if sys.flavor() == Flavor::Gnu && (left.contains(&0) || right.contains(&0)) && !self.o.has('a') {
            sys.print(&format!("Binary files {a} and {b} differ\n"));
            return 1;
        }
        let mut out = title.unwrap_or("").as_bytes().to_vec();
        let sides = [Side { lines: &old, open: open(&left) }, Side { lines: &new, open: open(&right) }];
        let context = self.o.value('U').or(self.o.value('u')).map_or(Some(3), |n| n.parse().ok());
        let Some(context) = context else {
            sys.complain(&format!("invalid context length '{}'", self.o.value('U').unwrap_or("")));
            return TROUBLE;
        };
        if sys.flavor() == Flavor::Busybox || self.o.has('u') || self.o.has('U') {
            for (mark, name) in [("---", a), ("+++", b)] {
                let stamp = if sys.flavor() == Flavor::Gnu { stamp(sys, name) } else { String::new() };
                out.extend_from_slice(format!("{mark} {name}{stamp}\n").as_bytes());
            }
            unified(&mut out, &changes, &sides, context);
        } else {
            normal(&mut out, &changes, &sides);
        }
        sys.write(1, &out);
        1
    }

    fn key(&self, line: &[u8]) -> Vec<u8> {
        let blank = |b: &u8| b.is_ascii_whitespace();
        let mut key = if self.o.has('w') {
            line.iter().copied().filter(|b| !blank(b)).collect()
        } else if self.o.has('b') {
            let words: Vec<&[u8]> = line.trim_ascii_end().split(blank).filter(|w| !w.is_empty()).collect();
            let lead = if line.first().is_some_and(blank) { &b" "[..] } else { b"" };
            [lead, &words.join(&b' ')].concat()
        } else {
            line.to_vec()
        };
        if self.o.has('i') {
            key.make_ascii_lowercase();
        }
        key
    }
}

/// A last line without its line feed is another line.
fn mark_open(keys: &mut [Vec<u8>], open: bool) {
    if let Some(last) = keys.last_mut().filter(|_| open) {
        last.push(b'\n');
    }
}

fn stamp(sys: &Sys<'_>, name: &str) -> String {
    let at = if name == "-" { sys.now() } else { sys.stat(name).map_or(crate::base::Time(0), |s| s.mtime) };
    format!("\t{} +0000", rfc3339_nano_padded(at).replace('T', " ").trim_end_matches('Z'))
}

struct Side<'a> {
    lines: &'a [&'a [u8]],
    open: bool,
}

impl Side<'_> {
    fn print(&self, out: &mut Vec<u8>, mark: &str, from: usize, to: usize) {
        for at in from..to {
            out.extend_from_slice(mark.as_bytes());
            out.extend_from_slice(self.lines.get(at).copied().unwrap_or_default());
            out.push(b'\n');
            if self.open && at + 1 == self.lines.len() {
                out.extend_from_slice(b"\\ No newline at end of file\n");
            }
        }
    }
}

fn normal(out: &mut Vec<u8>, changes: &[Change], [old, new]: &[Side<'_>; 2]) {
    let range = |from: usize, to: usize| match to - from {
        0 => from.to_string(),
        1 => to.to_string(),
        _ => format!("{},{to}", from + 1),
    };
    for c in changes {
        let verb = match (c.old.1 > c.old.0, c.new.1 > c.new.0) {
            (true, true) => 'c',
            (true, false) => 'd',
            _ => 'a',
        };
        out.extend_from_slice(format!("{}{verb}{}\n", range(c.old.0, c.old.1), range(c.new.0, c.new.1)).as_bytes());
        old.print(out, "< ", c.old.0, c.old.1);
        if verb == 'c' {
            out.extend_from_slice(b"---\n");
        }
        new.print(out, "> ", c.new.0, c.new.1);
    }
}

fn unified(out: &mut Vec<u8>, changes: &[Change], [old, new]: &[Side<'_>; 2], context: usize) {
    let range = |from: usize, to: usize| match to - from {
        0 => format!("{from},0"),
        1 => to.to_string(),
        n => format!("{},{n}", from + 1),
    };
    let mut rest = changes;
    while let Some(first) = rest.first() {
        let mut count = 1;
        while rest.get(count).zip(rest.get(count - 1)).is_some_and(|(b, a)| b.old.0 - a.old.1 <= context.saturating_mul(2)) {
            count += 1;
        }
        let (hunk, after) = rest.split_at(count);
        rest = after;
        let last = hunk.last().unwrap_or(first);
        let lead = context.min(first.old.0);
        let (old_from, new_from) = (first.old.0 - lead, first.new.0 - lead);
        let tail = context.min(old.lines.len() - last.old.1);
        let (old_to, new_to) = (last.old.1 + tail, last.new.1 + tail);
        let title = format!("@@ -{} +{} @@\n", range(old_from, old_to), range(new_from, new_to));
        out.extend_from_slice(title.as_bytes());
        let mut at = old_from;
        for c in hunk {
            old.print(out, " ", at, c.old.0);
            old.print(out, "-", c.old.0, c.old.1);
            new.print(out, "+", c.new.0, c.new.1);
            at = c.old.1;
        }
        old.print(out, " ", at, old_to);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn formats() {
        let mut bed = bed()
            .file("/tmp/a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n")
            .file("/tmp/b", "1\n2\nx\n4\n5\n6\n7\n8\n9\n10\n")
            .file("/tmp/c", "1\n2")
            .file("/tmp/d", "1\n2\n");
        check(
            &mut bed,
            &[
                ("diff /tmp/a /tmp/a", "", ""),
                ("diff /tmp/a /tmp/b", "", "3c3\n< 3\n---\n> x\n9a10\n> 10\n= 1\n"),
                ("diff /tmp/c /tmp/d", "", "2c2\n< 2\n\\ No newline at end of file\n---\n> 2\n= 1\n"),
                ("diff -q /tmp/a /tmp/b", "", "Files /tmp/a and /tmp/b differ\n= 1\n"),
                ("diff /tmp/a /no", "", "! diff: /no: No such file or directory\n= 2\n"),
            ],
        );
        let mut bed = bed.busybox();
        check(
            &mut bed,
            &[(
                "diff /tmp/a /tmp/b",
                "",
                "--- /tmp/a\n+++ /tmp/b\n@@ -1,9 +1,10 @@\n 1\n 2\n-3\n+x\n 4\n 5\n 6\n 7\n 8\n 9\n+10\n= 1\n",
            )],
        );
    }
}
