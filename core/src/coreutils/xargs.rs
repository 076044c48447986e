//! `xargs [-0rt] [-n N] [-L N] [-I STRING] [-d C] [-a FILE] [-P N] [COMMAND [ARG…]]`: run a command with arguments
//! read from standard input.
//!
//! - `-n` at most N arguments for a call, `-L` lines, `-I` one line for a call in the place of STRING
//! - `-0` arguments end in NUL, `-d` in C; `-r` no call without arguments, `-t` shows the calls
//! - `-P`: calls never run at the same time here, which every N allows
//!
//! Exit status: 0; 123 where a call failed, 124 where one ended with 255, 125 where one was killed, 126 where the
//! command could not be run, 127 where it was not found. Left out: `-E`, `-p`, `-s`, `-x`, `-o`.

use super::input::{decode, read_one, records};
use super::opts::{Options, Spec, parse};
use super::spawn;
use super::stream::{Running, Stream};
use crate::base::Errno;
use crate::kernel::{Applet, Exit, OpenFlags, Pid, Step, Stop, Sys, Wait};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// `xargs`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Xargs>>("xargs")];

/// How long a command line gets before another is begun, in bytes.
const MAX_LINE: usize = 128 << 10;

const SPEC: Spec = Spec::new(
    "0a:d:I:L:n:P:rti::",
    &[
        ("null", '0'),
        ("arg-file=", 'a'),
        ("delimiter=", 'd'),
        ("replace=?", 'i'),
        ("max-lines=", 'L'),
        ("max-args=", 'n'),
        ("max-procs=", 'P'),
        ("no-run-if-empty", 'r'),
        ("verbose", 't'),
    ],
    "[OPTIONS] [PROG ARGS]",
    "Run PROG with arguments from stdin\n\n\t-0\tArguments end in NUL\n\t-a FILE\tRead FILE instead of stdin\n\t-r\tDo not run without arguments\n\t-t\tPrint the command before it runs\n\t-n N\tAt most N arguments\n\t-L N\tAt most N lines\n\t-I STR\tPut every line in the place of STR",
)
.missing("Epsxo")
.in_order();

/// The state of an `xargs`: the calls to come and the one that runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Xargs {
    calls: VecDeque<Vec<String>>,
    child: Option<Pid>,
    trace: bool,
    status: i32,
}

impl Stream for Xargs {
    fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
        let o = parse(sys, &SPEC)?;
        let number = |sys: &mut Sys<'_>, letter| match o.value(letter).map(str::parse::<usize>) {
            None => Ok(None),
            Some(Ok(n)) if n > 0 || letter == 'P' => Ok(Some(n)),
            Some(_) => {
                let text = o.value(letter).unwrap_or("");
                sys.complain(&format!("value {text} for -{letter} option should be >= 1"));
                Err(Stop::Exit(1))
            }
        };
        let (args, lines, _) = (number(sys, 'n')?, number(sys, 'L')?, number(sys, 'P')?);
        let data = read_one(sys, o.value('a').unwrap_or("-"))?;
        let replace = o.list.iter().rev().find(|(c, _)| "Ii".contains(*c));
        let replace = replace.map(|(_, v)| v.clone().unwrap_or_else(|| "{}".into()));
        let items = items(sys, &o, &data, replace.is_some())?;
        let command = if o.operands.is_empty() { vec!["echo".to_string()] } else { o.operands.clone() };
        let mut calls: VecDeque<Vec<String>> = match &replace {
            Some(mark) => {
                let fill = |item: &String| command.iter().map(|a| a.replace(mark.as_str(), item)).collect();
                items.iter().flatten().map(fill).collect()
            }
            None => groups(&items, args, lines)
                .into_iter()
                .map(|group| command.iter().cloned().chain(group).collect())
                .collect(),
        };
        if calls.is_empty() && !o.has('r') && replace.is_none() {
            calls.push_back(command);
        }
        if o.value('a').is_none()
            && let Ok(fd) = sys.open("/dev/null", OpenFlags::READ, 0)
        {
            let _stdin_was_open = sys.dup_to(fd, 0);
            let _was_open = sys.close(fd);
        }
        Ok(Self { calls, child: None, trace: o.has('t'), status: 0 })
    }

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        if let Some(child) = self.child {
            match sys.wait(Some(child)) {
                Ok(None) => return Step::Block(Wait::child()),
                Ok(Some((_, exit))) => {
                    self.child = None;
                    if let Some(step) = self.ended(sys, exit) {
                        return step;
                    }
                }
                Err(_) => self.child = None,
            }
        }
        let Some(argv) = self.calls.pop_front() else { return Step::Exit(self.status) };
        if self.trace {
            sys.eprint(&format!("{}\n", argv.join(" ")));
        }
        match spawn::child(sys, &argv, false) {
            Ok(pid) => {
                self.child = Some(pid);
                Step::Block(Wait::child())
            }
            Err(error) => {
                let name = argv.first().map_or("", String::as_str);
                sys.complain(&format!("{name}: {}", error.text()));
                Step::Exit(if error == Errno::ENOENT { 127 } else { 126 })
            }
        }
    }
}

impl Xargs {
    fn ended(&mut self, sys: &mut Sys<'_>, exit: Exit) -> Option<Step> {
        match exit {
            Exit::Code(0) => None,
            Exit::Code(255) => {
                sys.complain("command exited with status 255; aborting");
                Some(Step::Exit(124))
            }
            Exit::Code(code @ (126 | 127)) => Some(Step::Exit(code)),
            Exit::Code(_) => {
                self.status = 123;
                None
            }
            Exit::Signal(signal) => {
                sys.complain(&format!("command terminated by signal {}", signal.number()));
                Some(Step::Exit(125))
            }
        }
    }
}

/// The arguments of the input, line by line.
fn items(sys: &mut Sys<'_>, o: &Options, data: &[u8], whole: bool) -> Result<Vec<Vec<String>>, Stop> {
    let end = if o.has('0') {
        Some(0)
    } else {
        match o.value('d') {
            None => None,
            Some("\\n") => Some(b'\n'),
            Some("\\t") => Some(b'\t'),
            Some("\\0") => Some(0),
            Some(text) if text.len() == 1 => text.bytes().next(),
            Some(text) => {
                sys.complain(&format!(
                    "Invalid input delimiter specification {text}: the delimiter must be either a single character or an escape sequence starting with \\."
                ));
                return Err(Stop::Exit(1));
            }
        }
    };
    if let Some(end) = end {
        return Ok(records(data, end).map(|r| vec![decode(r)]).collect());
    }
    split(&decode(data), whole).map_err(|quote| {
        sys.complain(&format!(
            "unmatched {quote} quote; by default quotes are special to xargs unless you use the -0 option"
        ));
        Stop::Exit(1)
    })
}

/// Splits at blanks and line ends, or at line ends alone; quotes and backslashes protect.
fn split(text: &str, whole: bool) -> Result<Vec<Vec<String>>, &'static str> {
    let (mut lines, mut line) = (vec![], vec![]);
    let (mut word, mut any) = (String::new(), false);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => {
                any = true;
                loop {
                    match chars.next() {
                        Some(q) if q == c => break,
                        Some('\n') | None => return Err(if c == '"' { "double" } else { "single" }),
                        Some(other) => word.push(other),
                    }
                }
            }
            '\\' => {
                any = true;
                word.extend(chars.next());
            }
            '\n' => {
                if any {
                    line.push(std::mem::take(&mut word));
                }
                any = false;
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
            }
            ' ' | '\t' if whole && !any => {}
            ' ' | '\t' if !whole => {
                if any {
                    line.push(std::mem::take(&mut word));
                }
                any = false;
            }
            c => {
                any = true;
                word.push(c);
            }
        }
    }
    if any {
        line.push(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    Ok(lines)
}

fn groups(lines: &[Vec<String>], args: Option<usize>, max_lines: Option<usize>) -> Vec<Vec<String>> {
    let mut groups: Vec<Vec<String>> = vec![];
    if let Some(n) = max_lines {
        return lines.chunks(n).map(|chunk| chunk.concat()).collect();
    }
    let (mut group, mut size) = (vec![], 0);
    for item in lines.iter().flatten() {
        if args == Some(group.len()) || size + item.len() + 1 > MAX_LINE && !group.is_empty() {
            groups.push(std::mem::take(&mut group));
            size = 0;
        }
        size += item.len() + 1;
        group.push(item.clone());
    }
    if !group.is_empty() {
        groups.push(group);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn calls() {
        let mut bed = bed().file("/tmp/a", "1\n").file("/tmp/b", "2\n");
        check(
            &mut bed,
            &[
                ("xargs", "a b\n'c d'\n", "a b c d\n"),
                ("xargs -n 2 echo x", "a b c\n", "x a b\nx c\n"),
                ("xargs -I {} echo [{}]", "a b\nc\n", "[a b]\n[c]\n"),
                ("xargs -L1 echo", "a b\nc\n", "a b\nc\n"),
                ("xargs -0 echo", "a b\0c\0", "a b c\n"),
                ("xargs cat", "/tmp/a\n/tmp/b\n", "1\n2\n"),
                ("xargs -r echo x", "", ""),
                ("xargs echo x", "", "x\n"),
                ("xargs -t echo", "a", "a\n! echo a\n"),
                ("xargs false", "a", "= 123\n"),
                ("xargs nosuch", "a", "! xargs: nosuch: No such file or directory\n= 127\n"),
                ("xargs cat", "", ""),
            ],
        );
    }
}
