//! Where commands come from: `-c`, a file, a descriptor read line by line, a terminal with prompts.

use super::code::Unit;
use super::compile;
use super::lex::Parser;
use super::machine::{Feed, Flow, Frame, Kind, Shell, Turn};
use super::parse;
use super::trouble::Trouble;
use super::voice::Voice;
use crate::kernel::{Read, Sys, Wait};
use imbl::OrdMap;
use std::sync::Arc;

/// The longest script, in bytes.
pub const MAX_SCRIPT: usize = 1 << 20;

/// What the next line from a descriptor belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// A new command.
    Command,
    /// One that has begun.
    Rest,
    /// The body of a here-document.
    Document,
}

impl Shell {
    pub(super) fn script_from_text(&mut self, text: &str) {
        let feed = Feed::Text { text: Arc::from(text), pos: 0, line: 1 };
        self.frames = vec![Frame { feed, waiting_for_input: true, ..Frame::default() }];
    }

    pub(super) fn script_from_fd(&mut self, fd: i32) {
        let feed = Feed::Fd { fd, held: String::new(), line: 1, raw: vec![], ended: false };
        self.frames = vec![Frame { feed, waiting_for_input: true, ..Frame::default() }];
    }

    fn parse_aliases(&self) -> OrdMap<String, String> {
        let expands = self.voice != Voice::Bash || self.is_interactive() || self.options.expand_aliases;
        if expands { self.aliases.clone() } else { OrdMap::new() }
    }

    /// The next commands of the innermost frame.
    pub(super) fn next_unit(&mut self, sys: &mut Sys<'_>) -> Turn<Flow> {
        if !self.pending.is_empty() && self.enter_trap(sys) {
            return Ok(Flow::Next);
        }
        match &self.frame().feed {
            Feed::None => {
                self.pop_frame(sys);
                Ok(Flow::Next)
            }
            Feed::Text { text, pos, line } => {
                let (text, pos, line) = (text.clone(), *pos, *line);
                self.next_of_text(sys, &text, pos, line)
            }
            Feed::Fd { .. } => self.next_of_fd(sys),
        }
    }

    fn next_of_text(&mut self, sys: &mut Sys<'_>, text: &Arc<str>, pos: usize, line: u32) -> Turn<Flow> {
        let aliases = self.parse_aliases();
        let mut parser = Parser::new(text, pos, line, self.voice).with_aliases(&aliases);
        match parse::next_command(&mut parser) {
            Ok(None) => {
                if self.frame().kind == Kind::Eval && text.trim().is_empty() {
                    self.status = 0;
                }
                self.pop_frame(sys);
                Ok(Flow::Next)
            }
            Ok(Some(complete)) => {
                let end = text.len().saturating_sub(complete.rest);
                sys.spend(((end - pos.min(end)) / 20) as u32);
                let unit_text: Arc<str> = Arc::from(text.get(pos..end).unwrap_or(""));
                if self.options.verbose {
                    sys.eprint(&unit_text);
                }
                let next_line = complete.line;
                if let Some((at, delimiter)) =
                    parser.unfinished.as_ref().filter(|_| self.voice == Voice::Bash)
                {
                    let text = format!(
                        "warning: here-document at line {at} delimited by end-of-file (wanted `{delimiter}')"
                    );
                    self.frame().line = next_line;
                    self.complain(sys, &text);
                }
                self.enter_unit(unit_text, line, aliases, &complete);
                let last = text.get(end..).unwrap_or("").trim().is_empty();
                if let Feed::Text { pos, line, .. } = &mut self.frame().feed {
                    *pos = if last { text.len() } else { end };
                    *line = next_line;
                }
                Ok(Flow::Next)
            }
            Err(trouble) => {
                let lines = match self.voice {
                    Voice::Dash => text.matches('\n').count() as u32 + 1,
                    _ => text.lines().count() as u32,
                };
                self.syntax_error(sys, &trouble, text, lines.max(1))
            }
        }
    }

    fn enter_unit(
        &mut self,
        text: Arc<str>,
        line: u32,
        aliases: OrdMap<String, String>,
        complete: &parse::Complete,
    ) {
        let code = Arc::new(compile::compile(complete, self.voice));
        let unit = Unit::new(text, line, self.voice, aliases, code);
        let frame = self.frame();
        frame.unit = unit;
        frame.pc = 0;
        frame.waiting_for_input = false;
    }

    fn syntax_error(&mut self, sys: &mut Sys<'_>, trouble: &Trouble, source: &str, lines: u32) -> Turn<Flow> {
        let kind = self.frame().kind.clone();
        for (line, text) in trouble.messages(self.voice, lines, source) {
            let prefix = match (&kind, self.voice) {
                _ if matches!(trouble, Trouble::BadName { .. }) && self.voice == Voice::Bash => {
                    format!("{}: line {line}: ", self.name)
                }
                (Kind::Eval, Voice::Dash) => format!("{}: {line}: eval: ", self.name),
                (Kind::Eval, Voice::Ash) => format!("{}: eval: line {}: ", self.name, line.saturating_sub(1)),
                (Kind::Eval, Voice::Bash) => format!("{}: eval: line {line}: ", self.name),
                (Kind::Source { path, .. }, Voice::Bash) => format!("{path}: line {line}: "),
                (Kind::Main, Voice::Bash) if self.options.command => {
                    format!("{}: -c: line {line}: ", self.name)
                }
                (_, Voice::Bash) if self.is_interactive() => format!("{}: ", self.name),
                (_, Voice::Bash | Voice::Gnu) => format!("{}: line {line}: ", self.name),
                (_, Voice::Dash) => format!("{}: {line}: ", self.name),
                (_, Voice::Ash) if self.options.command || self.options.stdin => format!("{}: ", self.name),
                (_, Voice::Ash) => format!("{}: line {line}: ", self.name),
            };
            sys.eprint(&format!("{prefix}{text}\n"));
        }
        self.status = 2;
        if self.is_interactive() {
            self.abort(sys);
            if let Feed::Fd { held, .. } = &mut self.frame().feed {
                held.clear();
            } else {
                self.pop_frame(sys);
            }
            return Ok(Flow::Next);
        }
        match kind {
            Kind::Main if matches!(trouble, Trouble::BadName { .. }) && self.voice == Voice::Bash => {
                Ok(self.exit(sys, 1))
            }
            Kind::Main => Ok(self.exit(sys, 2)),
            _ if self.voice == Voice::Bash => {
                self.pop_frame(sys);
                self.status = if matches!(kind, Kind::Source { .. }) { 1 } else { 2 };
                Ok(Flow::Next)
            }
            _ => Ok(self.exit(sys, 2)),
        }
    }

    // --- line by line ---------------------------------------------------------------------------------

    fn next_of_fd(&mut self, sys: &mut Sys<'_>) -> Turn<Flow> {
        let aliases = self.parse_aliases();
        let Feed::Fd { held, line, ended, fd, .. } = &self.frame().feed else { return Ok(Flow::Next) };
        let (text, line, ended, fd): (Arc<str>, u32, bool, i32) =
            (Arc::from(held.as_str()), *line, *ended, *fd);
        let blank = text.trim().is_empty();
        let mut awaited = Awaited::Command;
        if blank && ended {
            if self.options.interactive && self.options.stdin {
                sys.eprint(if self.voice == Voice::Bash { "exit\n" } else { "" });
            }
            self.pop_frame(sys);
            return Ok(Flow::Next);
        }
        if !blank {
            sys.spend((text.len() / 20) as u32);
            let mut parser = Parser::new(&text, 0, line, self.voice).with_aliases(&aliases);
            let read = parse::next_command(&mut parser);
            awaited = if parser.unfinished.is_some() { Awaited::Document } else { Awaited::Rest };
            let lacks = (parser.continues || awaited == Awaited::Document) && !ended;
            match read {
                Ok(_) if lacks => {}
                Ok(Some(complete)) => {
                    let end = text.len().saturating_sub(complete.rest);
                    let unit: Arc<str> = Arc::from(text.get(..end).unwrap_or(""));
                    if self.options.verbose {
                        sys.eprint(&unit);
                    }
                    let next_line = complete.line;
                    self.remember(&unit);
                    self.enter_unit(unit, line, aliases, &complete);
                    if let Feed::Fd { held, line, .. } = &mut self.frame().feed {
                        *held = text.get(end..).unwrap_or("").to_string();
                        *line = next_line;
                    }
                    return Ok(Flow::Next);
                }
                Ok(None) => {
                    let lines = text.matches('\n').count() as u32;
                    if let Feed::Fd { held, line, .. } = &mut self.frame().feed {
                        held.clear();
                        *line += lines;
                    }
                    return Ok(Flow::Next);
                }
                Err(trouble) if trouble.is_incomplete() && !ended => {}
                Err(trouble) => {
                    let lines = line - 1 + text.lines().count() as u32;
                    let padded = "\n".repeat(line.saturating_sub(1) as usize) + &text;
                    self.remember(&text);
                    if let Feed::Fd { held, line, .. } = &mut self.frame().feed {
                        held.clear();
                        *line = lines + 1;
                    }
                    return self.syntax_error(sys, &trouble, &padded, lines.max(1));
                }
            }
        }
        if blank && self.options.interactive && self.fed.is_none() {
            self.tell_jobs(sys);
        }
        self.read_line(sys, fd, awaited)
    }

    /// Reads one more line of the script, byte by byte from what children read too.
    fn read_line(&mut self, sys: &mut Sys<'_>, fd: i32, awaited: Awaited) -> Turn<Flow> {
        let Feed::Fd { raw, .. } = &mut self.frame().feed else { return Ok(Flow::Next) };
        let mut raw = std::mem::take(raw);
        // A terminal has shown the lines that are there already, each as it was typed.
        if awaited == Awaited::Command || !sys.is_tty(fd) {
            self.prompt_once(sys, &raw, awaited);
        }
        let whole = sys.is_tty(fd) || self.fed == Some(fd);
        let mut ended = false;
        let flow = loop {
            match sys.read(fd, if whole { 4096 } else { 1 }) {
                Ok(Read::Data(data)) => {
                    raw.extend(data);
                    if raw.last() == Some(&b'\n') || raw.len() > MAX_SCRIPT {
                        break Flow::Next;
                    }
                }
                Ok(Read::Wait) if whole && raw.contains(&b'\n') => break Flow::Next,
                Ok(Read::Wait) => {
                    self.prompt_once(sys, &raw, awaited);
                    break Flow::Block(Wait::readable(fd));
                }
                Ok(Read::End) | Err(_) => {
                    ended = true;
                    break Flow::Next;
                }
            }
        };
        let waits = matches!(flow, Flow::Block(_));
        if !waits {
            self.prompted = false;
        }
        let typed = if waits { String::new() } else { String::from_utf8_lossy(&raw).into_owned() };
        // What stands in a here-document is taken as it is.
        let typed = if awaited == Awaited::Document { typed } else { self.recall(sys, typed) };
        let Feed::Fd { raw: kept, held, ended: over, .. } = &mut self.frame().feed else { return Ok(flow) };
        if waits {
            *kept = raw;
        } else {
            held.push_str(&typed);
            *over |= ended;
        }
        if held.len() > MAX_SCRIPT {
            held.clear();
            *over = true;
            self.complain(sys, "a command of more than 1 MiB, which Drydock does not read");
            return Err(self.fatal(2));
        }
        Ok(flow)
    }

    /// Prints the prompt of a line of which nothing has been read.
    fn prompt_once(&mut self, sys: &mut Sys<'_>, raw: &[u8], awaited: Awaited) {
        if self.options.interactive && self.fed.is_none() && raw.is_empty() && !self.prompted {
            self.prompt(sys, awaited != Awaited::Command);
            self.prompted = true;
        }
    }

    /// Drops what was typed of a command and asks for it anew.
    pub(super) fn begin_line_anew(&mut self, sys: &mut Sys<'_>) {
        if let Feed::Fd { held, raw, .. } = &mut self.frame().feed {
            held.clear();
            raw.clear();
        }
        if std::mem::take(&mut self.prompted) {
            sys.eprint("\n");
        }
    }

    fn remember(&mut self, text: &str) {
        if !self.is_interactive() || text.trim().is_empty() {
            return;
        }
        if self.history.len() >= 1000 {
            self.history.pop_front();
        }
        self.history.push_back(text.trim_end().to_string());
    }

    /// True where the command that runs is the last of the script.
    pub(super) fn is_last_command(&self) -> bool {
        let [frame] = self.frames.as_slice() else { return false };
        let done = match &frame.feed {
            Feed::Text { text, pos, .. } => *pos >= text.len() && self.options.command,
            _ => false,
        };
        done && frame.blocks.is_empty()
    }
}
