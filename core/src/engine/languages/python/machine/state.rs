//! The state of a machine.

use super::frame::Frame;
use super::heap::{Heap, Obj};
use super::{Dict, Id, Value, classes};
use crate::engine::languages::python::compile::{self, Code, Mode};
use crate::engine::languages::python::library;
use crate::engine::languages::python::syntax::{self, Parsed};
use crate::kernel::Wait;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A text that was compiled. Those of the library are known by their name alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The file, as tracebacks show it.
    pub file: String,
    pub text: Option<String>,
    pub mode: Mode,
}

/// Everything compiled. A save file holds the texts and they are compiled again.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Source>", into = "Vec<Source>")]
pub struct Codes {
    pub sources: Vec<Source>,
    codes: Vec<Arc<Code>>,
}

impl PartialEq for Codes {
    fn eq(&self, other: &Self) -> bool {
        self.sources == other.sources
    }
}

impl From<Codes> for Vec<Source> {
    fn from(codes: Codes) -> Self {
        codes.sources
    }
}

impl From<Vec<Source>> for Codes {
    fn from(sources: Vec<Source>) -> Self {
        let mut codes = Self::default();
        for source in sources {
            // It compiled before it was saved.
            let _number = codes.add(source);
        }
        codes
    }
}

impl Codes {
    /// Compiles a text and gives the number of its code.
    pub fn add(&mut self, source: Source) -> Parsed<u32> {
        let own = source.text.is_none().then(|| library::source(&source.file)).flatten();
        let text = source.text.as_deref().or(own).unwrap_or("");
        let (at, base) = (self.sources.len() as u32, self.codes.len() as u32);
        let codes = match source.mode {
            Mode::Expression => compile::compile_expression(&syntax::parse_expression(text)?, at, base)?,
            mode => compile::compile(&syntax::parse_module(text)?, mode, at, base)?,
        };
        self.codes.extend(codes.into_iter().map(Arc::new));
        self.sources.push(source);
        Ok(self.codes.len() as u32 - 1)
    }

    pub fn get(&self, code: u32) -> Option<&Arc<Code>> {
        self.codes.get(code as usize)
    }

    /// The text that a code comes from.
    pub fn source(&self, code: &Code) -> Option<&Source> {
        self.sources.get(code.source as usize)
    }
}

/// A thread of a script; the first is the main one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Thread {
    pub number: u32,
    pub frames: Vec<Frame>,
    /// What it waits for.
    pub blocked: Option<Wait>,
    pub daemon: bool,
    pub name: String,
}

/// When standard output goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Buffering {
    #[default]
    Full,
    Line,
    None,
}

/// A running script.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Machine {
    pub heap: Heap,
    pub codes: Codes,
    pub threads: Vec<Thread>,
    pub next_thread: u32,
    /// `sys.modules`.
    pub modules: Id,
    /// Names that every module sees.
    pub builtins: Id,
    pub main: Id,
    pub argv: Vec<String>,
    /// Where modules are searched.
    pub path: Vec<String>,
    /// Output that is not out yet.
    pub out: Vec<u8>,
    pub buffering: Buffering,
    /// Input read ahead.
    pub input: Vec<u8>,
    pub input_ended: bool,
    /// `3.MINOR`.
    pub minor: u32,
    pub version: String,
    pub recursion_limit: usize,
    /// Handlers of signals.
    pub handlers: Vec<(i32, Value)>,
    /// State of `random`.
    pub random: Vec<u64>,
    /// Bytes claimed from the container so far.
    pub claimed: u64,
    /// Values that natives keep between calls, by name.
    pub kept: Vec<(String, Value)>,
    pub at_prompt: bool,
    /// The status that the script ended with, while functions for its end still run.
    pub exit_code: Option<i32>,
    /// The script wants to leave the prompt.
    pub leaving: bool,
}

impl Machine {
    /// A machine without a script.
    pub fn new() -> Self {
        let mut machine = Self { recursion_limit: 1000, next_thread: 1, ..Self::default() };
        classes::boot(&mut machine.heap);
        machine.modules = machine.heap.alloc(Obj::Dict(Dict::default()));
        machine.builtins = machine.heap.alloc(Obj::Dict(Dict::default()));
        machine.main = machine.heap.alloc(Obj::Dict(Dict::default()));
        machine
    }

    pub fn kept(&self, name: &str) -> Option<&Value> {
        self.kept.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    pub fn keep(&mut self, name: &str, value: Value) {
        match self.kept.iter_mut().find(|(n, _)| n == name) {
            Some(entry) => entry.1 = value,
            None => self.kept.push((name.to_string(), value)),
        }
    }

    /// Frees what no thread and no module leads to.
    pub fn collect(&mut self) {
        let (threads, handlers, kept) = (&self.threads, &self.handlers, &self.kept);
        let fixed = [self.modules, self.builtins, self.main];
        self.heap.collect(&mut |see| {
            (0..classes::COUNT).chain(fixed).for_each(|id| see(&Value::Obj(id)));
            threads.iter().for_each(|thread| super::heap::of_frames(&thread.frames, see));
            handlers.iter().for_each(|(_, v)| see(v));
            kept.iter().for_each(|(_, v)| see(v));
        });
    }
}
