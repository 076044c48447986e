//! The machine that runs a script of `sed`, line by line, and can wait in the middle of one.

use super::super::input::{decode, encode};
use super::super::stream::{Line, Lines, until_readable};
use super::script::{Address, Command, Regex, Substitute, Verb};
use crate::base::Errno;
use crate::base::posix_regex::Pattern;
use crate::kernel::{Flavor, Step, Sys};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// The largest pattern and hold space, in bytes.
const MAX_SPACE: usize = 16 << 20;

/// What is printed at the end of a cycle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Appended {
    Text(String),
    File(String),
}

/// The state of a `sed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// The commands.
    pub script: Arc<Vec<Command>>,
    /// Of each command with two addresses, the line where its open range ends at the latest (`MAX` where a pattern
    /// decides).
    pub ranges: Vec<Option<u64>>,
    /// `-n`
    pub quiet: bool,
    /// `-s`: files do not run together.
    pub separate: bool,
    /// `-i`, with its suffix.
    pub in_place: Option<Option<String>>,
    /// Files still to come, where they are taken one by one.
    pub files: VecDeque<String>,
    /// The present input.
    pub lines: Lines,
    /// The files of `w`.
    pub writers: BTreeMap<String, i32>,
    ahead: Option<(Vec<u8>, bool)>,
    file: Option<String>,
    edited: Vec<u8>,
    line: u64,
    space: String,
    terminated: bool,
    hold: String,
    /// The next command; `None` where a line is to be read.
    at: Option<usize>,
    replaced: bool,
    appended: Vec<Appended>,
    /// The last line printed had no line feed.
    open_line: bool,
    last_regex: Option<Pattern>,
    status: i32,
}

impl Machine {
    /// A machine for a script of so many commands, before its first line.
    pub fn new(commands: usize, quiet: bool, separate: bool) -> Self {
        Self {
            script: Arc::default(),
            ranges: vec![None; commands],
            quiet,
            separate,
            in_place: None,
            files: VecDeque::new(),
            lines: Lines::nothing(),
            writers: BTreeMap::new(),
            ahead: None,
            file: None,
            edited: vec![],
            line: 0,
            space: String::new(),
            terminated: true,
            hold: String::new(),
            at: None,
            replaced: false,
            appended: vec![],
            open_line: false,
            last_regex: None,
            status: 0,
        }
    }
}

/// What a command decides about what comes next.
enum Next {
    Command,
    Jump(usize),
    EndCycle { print: bool },
    Restart,
    Stop(Step),
}

type Flow<T> = Result<T, Step>;

impl Machine {
    /// Takes a turn.
    pub fn run(&mut self, sys: &mut Sys<'_>) -> Step {
        loop {
            let step = match self.at {
                None => self.begin_cycle(sys),
                Some(at) => self.command(sys, at),
            };
            if let Err(step) = step {
                return step;
            }
            if !sys.spend(1 + self.space.len() as u32 / 128) {
                return Step::Continue;
            }
        }
    }

    fn begin_cycle(&mut self, sys: &mut Sys<'_>) -> Flow<()> {
        match self.fetch(sys)? {
            Some((data, terminated)) => {
                self.space = decode(&data);
                self.terminated = terminated;
                self.line += 1;
                self.replaced = false;
                self.at = Some(0);
                Ok(())
            }
            None => Err(Step::Exit(self.status)),
        }
    }

    /// The next line; `None` at the end of all input.
    fn fetch(&mut self, sys: &mut Sys<'_>) -> Flow<Option<(Vec<u8>, bool)>> {
        loop {
            if let Some(line) = self.ahead.take() {
                return Ok(Some(line));
            }
            match self.lines.next(sys) {
                Line::Text { data, terminated } => return Ok(Some((data, terminated))),
                Line::Wait(fd) => return Err(until_readable(fd)),
                Line::EndOf(name, error) => self.end_of(sys, &name, error),
                Line::End => {
                    self.finish_file(sys);
                    let Some(name) = self.files.pop_front() else { return Ok(None) };
                    self.next_file(sys, name);
                }
            }
        }
    }

    fn next_file(&mut self, sys: &mut Sys<'_>, name: String) {
        self.line = 0;
        if self.in_place.is_some() {
            match sys.stat(&name) {
                Ok(stat) if stat.is_file() => {}
                Ok(_) => {
                    sys.complain(&format!("couldn't edit {name}: not a regular file"));
                    self.status = 4;
                    return;
                }
                Err(error) => return self.end_of(sys, &name, Some(error)),
            }
            self.file = Some(name.clone());
        }
        self.lines = Lines::new(&[name], b'\n');
    }

    fn end_of(&mut self, sys: &mut Sys<'_>, name: &str, error: Option<Errno>) {
        let Some(error) = error else { return };
        let text = match (sys.flavor(), error) {
            (Flavor::Gnu, Errno::EISDIR) => format!("couldn't read {name}: {}", error.text()),
            (Flavor::Gnu, _) => format!("can't read {name}: {}", error.text()),
            (Flavor::Busybox, _) => format!("{name}: {}", error.text()),
        };
        let text = if error == Errno::EISDIR { format!("read error on {name}: {}", error.text()) } else { text };
        sys.complain(&text);
        self.status = if sys.flavor() == Flavor::Gnu { 2 } else { 1 };
    }

    /// True where no line follows in this input.
    fn is_last(&mut self, sys: &mut Sys<'_>) -> Flow<bool> {
        while self.ahead.is_none() {
            match self.lines.next(sys) {
                Line::Text { data, terminated } => self.ahead = Some((data, terminated)),
                Line::Wait(fd) => return Err(until_readable(fd)),
                Line::EndOf(name, error) => self.end_of(sys, &name, error),
                Line::End => return Ok(true),
            }
        }
        Ok(false)
    }

    /// Puts the edited text in the place of the file.
    fn finish_file(&mut self, sys: &mut Sys<'_>) {
        let (Some(name), Some(suffix)) = (self.file.take(), self.in_place.clone()) else { return };
        let edited = std::mem::take(&mut self.edited);
        self.open_line = false;
        let dir = name.rsplit_once('/').map_or("./", |(dir, _)| if dir.is_empty() { "/" } else { dir });
        let dir = dir.trim_end_matches('/');
        let temporary = format!("{dir}/sed{:06x}", sys.random() & 0xff_ffff);
        let stat = sys.stat(&name);
        let mode = stat.as_ref().map_or(0o644, |s| s.mode);
        if let Err(error) = sys.write_file(&temporary, &edited, mode) {
            sys.complain(&format!("couldn't open temporary file {temporary}: {}", error.text()));
            self.status = 4;
            return;
        }
        let _mode_as_umask_left_it = sys.chmod(&temporary, mode);
        if let Ok(stat) = stat {
            let _only_root_may = sys.chown(&temporary, Some(stat.uid), Some(stat.gid), true);
        }
        if let Some(suffix) = suffix {
            let backup = if suffix.contains('*') {
                let (dir, base) = name.rsplit_once('/').map_or(("", name.as_str()), |(d, b)| (d, b));
                let backup = suffix.replace('*', base);
                if dir.is_empty() || backup.contains('/') { backup } else { format!("{dir}/{backup}") }
            } else {
                format!("{name}{suffix}")
            };
            self.rename(sys, &name, &backup);
        }
        self.rename(sys, &temporary, &name);
    }

    fn rename(&mut self, sys: &mut Sys<'_>, from: &str, to: &str) {
        if let Err(error) = sys.rename(from, to) {
            let text = match sys.flavor() {
                Flavor::Gnu => format!("cannot rename {from}: {}", error.text()),
                Flavor::Busybox => format!("can't move '{from}' to '{to}': {}", error.text()),
            };
            sys.complain(&text);
            let _cleaned_up = sys.unlink(from);
            self.status = 4;
        }
    }

    fn emit(&mut self, sys: &mut Sys<'_>, data: &[u8], newline: bool) {
        let mut out = Vec::with_capacity(data.len() + 2);
        if self.open_line {
            out.push(b'\n');
        }
        out.extend_from_slice(data);
        if newline {
            out.push(b'\n');
        }
        self.open_line = !newline && data.last() != Some(&b'\n');
        if self.file.is_some() {
            self.edited.extend_from_slice(&out);
        } else {
            sys.write(1, &out);
        }
    }

    fn print_space(&mut self, sys: &mut Sys<'_>) {
        let (data, terminated) = (encode(&self.space), self.terminated);
        self.emit(sys, &data, terminated);
    }

    fn print_appended(&mut self, sys: &mut Sys<'_>) {
        for appended in std::mem::take(&mut self.appended) {
            let data = match appended {
                Appended::Text(text) => encode(&text),
                Appended::File(name) => sys.read_file(&name).unwrap_or_default(),
            };
            if !data.is_empty() {
                self.emit(sys, &data, false);
            }
        }
    }

    fn write_to(&mut self, sys: &mut Sys<'_>, name: &str) {
        if let Some(fd) = self.writers.get(name) {
            let mut data = encode(&self.space);
            data.push(b'\n');
            sys.write(*fd, &data);
        }
    }

    fn command(&mut self, sys: &mut Sys<'_>, at: usize) -> Flow<()> {
        let script = self.script.clone();
        let next = match script.get(at) {
            None => Next::EndCycle { print: !self.quiet },
            Some(command) => {
                if self.selects(sys, at, command)? {
                    self.execute(sys, at, command)?
                } else {
                    match command.verb {
                        Verb::Open(end) => Next::Jump(end),
                        _ => Next::Command,
                    }
                }
            }
        };
        match next {
            Next::Command => self.at = Some(at + 1),
            Next::Jump(to) => self.at = Some(to),
            Next::EndCycle { print } => {
                if print {
                    self.print_space(sys);
                }
                self.print_appended(sys);
                self.at = None;
            }
            Next::Restart => {
                self.print_appended(sys);
                self.at = Some(0);
            }
            Next::Stop(step) => return Err(step),
        }
        Ok(())
    }

    fn matches(&mut self, regex: &Regex) -> bool {
        let regex = regex.clone().or(self.last_regex.take());
        let matches = regex.as_ref().is_some_and(|r| r.regex().is_match(&self.space));
        self.last_regex = regex;
        matches
    }

    fn meets(&mut self, sys: &mut Sys<'_>, address: &Address) -> Flow<bool> {
        Ok(match address {
            Address::Line(n) => self.line == *n,
            Address::Step(first, 0) => self.line == *first,
            Address::Step(first, step) => self.line >= *first && (self.line - first).is_multiple_of(*step),
            Address::Last => self.is_last(sys)?,
            Address::Match(regex) => self.matches(regex),
            Address::Plus(_) | Address::Multiple(_) => false,
        })
    }

    fn selects(&mut self, sys: &mut Sys<'_>, at: usize, command: &Command) -> Flow<bool> {
        let selected = match (&command.from, &command.to) {
            (None, _) => true,
            (Some(from), None) => self.meets(sys, from)?,
            (Some(from), Some(to)) => self.in_range(sys, at, from, to)?,
        };
        Ok(selected != command.negated)
    }

    fn in_range(&mut self, sys: &mut Sys<'_>, at: usize, from: &Address, to: &Address) -> Flow<bool> {
        let mut open = self.ranges.get(at).copied().flatten();
        if open.is_none() && *from == Address::Line(0) && self.line == 1 {
            open = Some(u64::MAX);
        }
        let (inside, after) = match open {
            Some(end) => {
                let over = match to {
                    Address::Match(_) | Address::Last => self.meets(sys, to)?,
                    _ => self.line >= end,
                };
                (!matches!(to, Address::Line(n) if self.line > *n), if over { None } else { open })
            }
            None if self.meets(sys, from)? => {
                let end = match to {
                    Address::Line(n) => *n,
                    Address::Plus(n) => self.line.saturating_add(*n),
                    Address::Multiple(n) => self.line.next_multiple_of((*n).max(1)),
                    Address::Last if self.is_last(sys)? => self.line,
                    _ => u64::MAX,
                };
                (true, (end > self.line).then_some(end))
            }
            None => (false, None),
        };
        if let Some(slot) = self.ranges.get_mut(at) {
            *slot = after;
        }
        if !inside && *from != Address::Line(0) {
            return self.meets(sys, from);
        }
        Ok(inside)
    }

    fn execute(&mut self, sys: &mut Sys<'_>, at: usize, command: &Command) -> Flow<Next> {
        match &command.verb {
            Verb::Open(_) | Verb::Nothing => {}
            Verb::Substitute(s) => self.substitute(sys, s)?,
            Verb::Translate(map) => {
                self.space = self.space.chars().map(|c| map.get(&c).copied().unwrap_or(c)).collect();
            }
            Verb::Text('a', text) => self.appended.push(Appended::Text(text.clone())),
            Verb::Text('i', text) => self.emit(sys, &encode(text), false),
            Verb::Text(_, text) => {
                let in_range = self.ranges.get(at).copied().flatten().is_some();
                if command.negated || !in_range {
                    self.emit(sys, &encode(text), false);
                }
                return Ok(Next::EndCycle { print: false });
            }
            Verb::Branch(kind, to) => {
                let taken = match kind {
                    't' => std::mem::take(&mut self.replaced),
                    'T' => !std::mem::take(&mut self.replaced),
                    _ => true,
                };
                if taken {
                    return Ok(Next::Jump(to.unwrap_or(self.script.len())));
                }
            }
            Verb::Quit(kind, code) => {
                if *kind == 'q' {
                    if !self.quiet {
                        self.print_space(sys);
                    }
                    self.print_appended(sys);
                }
                self.finish_file(sys);
                return Ok(Next::Stop(Step::Exit(*code)));
            }
            Verb::Read(name) => self.appended.push(Appended::File(name.clone())),
            Verb::Write(name) => self.write_to(sys, name),
            Verb::Simple(letter) => return self.simple(sys, *letter),
        }
        Ok(Next::Command)
    }

    fn simple(&mut self, sys: &mut Sys<'_>, letter: char) -> Flow<Next> {
        match letter {
            'p' => self.print_space(sys),
            'P' => {
                let first = self.space.split('\n').next().unwrap_or("").to_string();
                self.emit(sys, &encode(&first), true);
            }
            '=' => self.emit(sys, self.line.to_string().as_bytes(), true),
            'F' => {
                let name = self.lines.name().unwrap_or("-").to_string();
                self.emit(sys, name.as_bytes(), true);
            }
            'l' => {
                let text = unambiguous(&self.space);
                self.emit(sys, text.as_bytes(), true);
            }
            'd' => return Ok(Next::EndCycle { print: false }),
            'D' => {
                return Ok(match self.space.split_once('\n') {
                    Some((_, rest)) => {
                        self.space = rest.to_string();
                        Next::Restart
                    }
                    None => Next::EndCycle { print: false },
                });
            }
            'h' => self.hold = self.space.clone(),
            'H' => join(&mut self.hold, &self.space)?,
            'g' => self.space = self.hold.clone(),
            'G' => join(&mut self.space, &self.hold)?,
            'x' => std::mem::swap(&mut self.space, &mut self.hold),
            'z' => self.space.clear(),
            'n' | 'N' => {
                if self.is_last(sys)? {
                    return Ok(Next::EndCycle { print: !self.quiet });
                }
                let Some((data, terminated)) = self.ahead.take() else { return Ok(Next::Command) };
                if letter == 'n' {
                    if !self.quiet {
                        self.print_space(sys);
                    }
                    self.space = decode(&data);
                } else {
                    join(&mut self.space, &decode(&data))?;
                }
                self.print_appended(sys);
                self.terminated = terminated;
                self.line += 1;
            }
            _ => {}
        }
        Ok(Next::Command)
    }

    fn substitute(&mut self, sys: &mut Sys<'_>, s: &Substitute) -> Flow<()> {
        let Some(pattern) = s.regex.clone().or(self.last_regex.take()) else {
            sys.complain("no previous regular expression");
            return Err(Step::Exit(1));
        };
        let mut out = String::new();
        let (mut copied, mut any, mut count) = (0, false, 0u64);
        for captures in pattern.regex().captures_iter(&self.space) {
            let Some(found) = captures.get(0) else { continue };
            count += 1;
            if count < s.nth {
                continue;
            }
            out.push_str(self.space.get(copied..found.start()).unwrap_or(""));
            s.with.expand(&captures, &mut out);
            copied = found.end();
            any = true;
            if !s.global {
                break;
            }
            if out.len() > MAX_SPACE {
                return Err(Step::Exit(4));
            }
        }
        self.last_regex = Some(pattern);
        if any {
            out.push_str(self.space.get(copied..).unwrap_or(""));
            self.space = out;
            self.replaced = true;
            if s.print {
                self.print_space(sys);
            }
            if let Some(file) = &s.file {
                self.write_to(sys, file);
            }
        }
        Ok(())
    }
}

fn join(to: &mut String, text: &str) -> Flow<()> {
    if to.len() + text.len() > MAX_SPACE {
        return Err(Step::Exit(4));
    }
    to.push('\n');
    to.push_str(text);
    Ok(())
}

/// The text in the notation of `l`.
fn unambiguous(text: &str) -> String {
    let mut out = String::new();
    let mut width = 0;
    for byte in encode(text) {
        let shown = match byte {
            b'\\' => "\\\\".to_string(),
            b'\n' => "\\n".to_string(),
            b'\t' => "\\t".to_string(),
            b'\r' => "\\r".to_string(),
            0x20..0x7f => char::from(byte).to_string(),
            _ => format!("\\{byte:03o}"),
        };
        if width + shown.len() > 69 {
            out.push_str("\\\n");
            width = 0;
        }
        width += shown.len();
        out.push_str(&shown);
    }
    out.push('$');
    out
}
