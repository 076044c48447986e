//! The life of an `awk`: BEGIN, the records as they come, END.

use super::super::input::decode;
use super::super::stream::{Line, Lines, spend_bytes, until_readable};
use super::ast::{Program, Stmt, When};
use super::eval::Eval;
use super::lex::unescape;
use super::runtime::{Cell, Flow, Record, Run, Runtime, Target};
use super::value::Value;
use crate::base::Errno;
use crate::kernel::{Flavor, OpenFlags, Step, Sys};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// The largest file that is read whole for the sake of RS, in bytes.
const MAX_WHOLE: usize = 64 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Phase {
    Begin,
    Main,
    End,
}

/// The state of an `awk`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Awk {
    program: Arc<Program>,
    rt: Runtime,
    phase: Phase,
    operands: VecDeque<String>,
    opened_any: bool,
    lines: Option<(String, Lines)>,
    /// The next record is the first of its file.
    first: bool,
    /// Text collected where RS is no single character.
    whole: String,
    queue: VecDeque<Record>,
    ended: bool,
    outputs: BTreeMap<String, i32>,
    failed: bool,
}

/// What came of looking for a record.
enum Filled {
    Yes,
    Wait(i32),
    End,
}

impl Awk {
    /// A program before it runs.
    pub fn new(program: Program, rt: Runtime, operands: Vec<String>) -> Self {
        Self {
            program: Arc::new(program),
            rt,
            phase: Phase::Begin,
            operands: operands.into(),
            opened_any: false,
            lines: None,
            first: false,
            whole: String::new(),
            queue: VecDeque::new(),
            ended: false,
            outputs: BTreeMap::new(),
            failed: false,
        }
    }

    /// Acts on `NAME=VALUE`; false where the text is none.
    pub fn assign(&mut self, text: &str) -> bool {
        let Some((name, value)) = text.split_once('=') else { return false };
        let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if !starts || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return false;
        }
        let value = Value::input(&unescape(&value.chars().collect::<Vec<_>>()));
        let index = self.program.globals.iter().position(|g| g == name);
        if let Some(cell) = index.and_then(|n| self.rt.globals.get_mut(n)) {
            *cell = Cell::Value(value);
        }
        true
    }

    /// Takes a turn.
    pub fn run(&mut self, sys: &mut Sys<'_>) -> Step {
        loop {
            let step = match self.phase {
                Phase::Begin => self.begin(sys),
                Phase::Main => self.record(sys),
                Phase::End => {
                    let actions = self.actions(&When::End);
                    match self.attempt(sys, |eval| actions.iter().try_for_each(|a| eval.block(a))) {
                        Ok(_) => Some(Step::Exit(self.status())),
                        Err(step) => Some(step),
                    }
                }
            };
            match step {
                Some(step) => return step,
                None if !sys.spend(2) => return Step::Continue,
                None => {}
            }
        }
    }

    fn status(&self) -> i32 {
        if self.failed && self.rt.code == 0 { 2 } else { self.rt.code }
    }

    fn actions(&self, when: &When) -> Vec<Vec<Stmt>> {
        self.program.rules.iter().filter(|(w, _)| w == when).filter_map(|(_, a)| a.clone()).collect()
    }

    fn begin(&mut self, sys: &mut Sys<'_>) -> Option<Step> {
        let actions = self.actions(&When::Begin);
        match self.attempt(sys, |eval| actions.iter().try_for_each(|a| eval.block(a))) {
            Ok(Flow::Exit) => self.phase = Phase::End,
            Ok(_) => self.phase = Phase::Main,
            Err(step) => return Some(step),
        }
        if self.program.rules.iter().all(|(when, _)| *when == When::Begin) {
            return Some(Step::Exit(self.status()));
        }
        None
    }

    fn record(&mut self, sys: &mut Sys<'_>) -> Option<Step> {
        let Some((file, first, text)) = self.queue.front().cloned() else {
            return match self.fill(sys) {
                Filled::Yes => None,
                Filled::Wait(fd) => Some(until_readable(fd)),
                Filled::End => {
                    self.phase = Phase::End;
                    None
                }
            };
        };
        spend_bytes(sys, text.len());
        let program = self.program.clone();
        let outcome = self.attempt(sys, |eval| {
            eval.rt.taken = 1;
            eval.rt.begin_record(&file, first);
            eval.rt.set_record(text);
            program.rules.iter().try_for_each(|(when, action)| {
                if !eval.applies(when)? {
                    return Ok(());
                }
                match action {
                    Some(action) => eval.block(action),
                    None => eval.block(&[Stmt::Print(vec![], None)]),
                }
            })
        });
        match outcome {
            Ok(Flow::Exit) => self.phase = Phase::End,
            Ok(Flow::NextFile) => {
                self.queue.clear();
                if let Some((_, lines)) = &mut self.lines {
                    lines.skip(sys);
                }
            }
            Ok(_) => {}
            Err(step) => return Some(step),
        }
        None
    }

    /// Runs actions as a whole: where `getline` asks for a record that has not come, everything is as before and
    /// the actions run again when it has.
    fn attempt(
        &mut self,
        sys: &mut Sys<'_>,
        actions: impl FnOnce(&mut Eval<'_, '_>) -> Run<()>,
    ) -> Result<Flow, Step> {
        let before = self.program.reads.then(|| self.rt.clone());
        let program = self.program.clone();
        self.rt.taken = 0;
        let mut eval = Eval {
            program: &program,
            rt: &mut self.rt,
            queue: &self.queue,
            ended: self.ended,
            sys,
            steps: 0,
            depth: 0,
        };
        let result = actions(&mut eval);
        let steps = eval.steps;
        sys.spend(steps / 50);
        if result == Err(Flow::NeedInput) {
            if let Some(before) = before {
                self.rt = before;
            }
            return Err(match self.fill(sys) {
                Filled::Yes => Step::Continue,
                Filled::Wait(fd) => until_readable(fd),
                Filled::End => {
                    self.ended = true;
                    Step::Continue
                }
            });
        }
        let taken = self.rt.taken.min(self.queue.len());
        self.queue.drain(..taken);
        self.rt.frames.clear();
        self.deliver(sys);
        match result {
            Ok(()) => Ok(Flow::Next),
            Err(Flow::Error(text)) => {
                let place = if sys.flavor() == Flavor::Busybox { "cmd. line:1: " } else { "" };
                sys.complain(&format!("{place}{text}"));
                Err(Step::Exit(if sys.flavor() == Flavor::Busybox { 1 } else { 2 }))
            }
            Err(flow) => Ok(flow),
        }
    }

    fn deliver(&mut self, sys: &mut Sys<'_>) {
        for (target, data) in self.rt.take_output() {
            match self.descriptor(sys, &target) {
                Ok(fd) => sys.write(fd, &data),
                Err(error) => {
                    let name = target.map_or(String::new(), |(name, _)| name);
                    let text = match sys.flavor() {
                        Flavor::Gnu => format!("cannot open \"{name}\" for output ({})", error.text()),
                        Flavor::Busybox => format!("can't open '{name}': {}", error.text()),
                    };
                    sys.complain(&text);
                    self.failed = true;
                }
            }
        }
    }

    fn descriptor(&mut self, sys: &mut Sys<'_>, target: &Target) -> Result<i32, Errno> {
        let Some((name, append)) = target else { return Ok(1) };
        if name == "/dev/stderr" {
            return Ok(2);
        }
        if let Some(fd) = self.outputs.get(name) {
            return Ok(*fd);
        }
        let mut flags = OpenFlags::WRITE;
        if *append {
            (flags.truncate, flags.append) = (false, true);
        }
        let fd = sys.open(name, flags, 0o666)?;
        self.outputs.insert(name.clone(), fd);
        Ok(fd)
    }

    /// Reads until another record waits.
    fn fill(&mut self, sys: &mut Sys<'_>) -> Filled {
        loop {
            let Some((name, lines)) = &mut self.lines else {
                if !self.open_next() {
                    return Filled::End;
                }
                continue;
            };
            match lines.next(sys) {
                Line::Text { data, terminated } => {
                    let name = name.clone();
                    let separator = self.rt.special_text("RS");
                    if separator.chars().count() == 1 {
                        self.push(name, decode(&data));
                        return Filled::Yes;
                    }
                    if self.whole.len() + data.len() < MAX_WHOLE {
                        self.whole.push_str(&decode(&data));
                        if terminated {
                            self.whole.push('\n');
                        }
                    }
                    if separator.is_empty() && data.is_empty() && self.push_paragraph(&name) {
                        return Filled::Yes;
                    }
                }
                Line::Wait(fd) => return Filled::Wait(fd),
                Line::EndOf(_, None) => {}
                Line::EndOf(name, Some(error)) => {
                    self.failed = true;
                    let text = match sys.flavor() {
                        Flavor::Gnu if error == Errno::EISDIR => format!("read error ({})", error.text()),
                        Flavor::Gnu => format!("cannot open {name} ({})", error.text()),
                        Flavor::Busybox => format!("{name}: {}", error.text()),
                    };
                    sys.complain(&text);
                }
                Line::End => {
                    let name = name.clone();
                    self.lines = None;
                    if self.push_rest(&name) {
                        return Filled::Yes;
                    }
                }
            }
        }
    }

    fn push(&mut self, name: String, text: String) {
        let first = std::mem::replace(&mut self.first, false);
        self.queue.push_back((name, first, text));
    }

    fn push_paragraph(&mut self, name: &str) -> bool {
        let whole = std::mem::take(&mut self.whole);
        let text = whole.trim_matches('\n');
        if !text.is_empty() {
            self.push(name.to_string(), text.to_string());
        }
        !text.is_empty()
    }

    /// Splits what was collected of a file into records.
    fn push_rest(&mut self, name: &str) -> bool {
        let separator = self.rt.special_text("RS");
        if separator.is_empty() {
            return self.push_paragraph(name);
        }
        let whole = std::mem::take(&mut self.whole);
        let text = whole.strip_suffix('\n').unwrap_or(&whole);
        let parts = match self.rt.pattern(&separator) {
            Ok(pattern) if !text.is_empty() => pattern.regex().split(text).map(String::from).collect(),
            _ => vec![],
        };
        let any = !parts.is_empty();
        for part in parts {
            self.push(name.to_string(), part);
        }
        any
    }

    /// Goes on to the next operand; false where none is left.
    fn open_next(&mut self) -> bool {
        let name = loop {
            match self.operands.pop_front() {
                Some(operand) if self.assign(&operand) => {}
                Some(operand) if operand.is_empty() => {}
                Some(operand) => break operand,
                None if self.opened_any => return false,
                None => break "-".to_string(),
            }
        };
        self.opened_any = true;
        self.first = true;
        let separator = self.rt.special_text("RS");
        let end = match separator.as_bytes() {
            [one] => *one,
            _ => b'\n',
        };
        self.lines = Some((name.clone(), Lines::new(&[name], end)));
        true
    }
}

impl Eval<'_, '_> {
    /// Whether a rule applies to the present record.
    ///
    /// # Errors
    /// As [`Eval::eval`].
    pub fn applies(&mut self, when: &When) -> Run<bool> {
        match when {
            When::Begin | When::End => Ok(false),
            When::Always => Ok(true),
            When::If(expr) => Ok(self.eval(expr)?.truth()),
            When::Range(from, to, n) => {
                let open = self.rt.ranges.get(*n).copied().unwrap_or(false);
                if !open && !self.eval(from)?.truth() {
                    return Ok(false);
                }
                let ends = self.eval(to)?.truth();
                if let Some(range) = self.rt.ranges.get_mut(*n) {
                    *range = !ends;
                }
                Ok(true)
            }
        }
    }
}
