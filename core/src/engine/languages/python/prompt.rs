//! The prompt: lines are read, shown values are printed, errors do not end it.

use super::compile::Mode;
use super::machine::{Machine, Source, Vm, traceback};
use super::syntax::{Trouble, parse_module};
use super::{finish, flush, run_source};
use crate::kernel::{Read, Step, Sys, Wait};
use serde::{Deserialize, Serialize};

/// The state of the prompt.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Prompt {
    /// Lines of a statement that goes on.
    held: String,
    asked: bool,
}

impl Prompt {
    pub fn new(machine: &mut Machine, sys: &mut Sys<'_>, quiet: bool) -> Self {
        if !quiet {
            let text = format!(
                "Python {} (main, {}) [GCC 14.2.0] on linux\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n",
                machine.version, "Aug 13 2026, 19:41:22"
            );
            sys.write(1, text.as_bytes());
        }
        Self::default()
    }

    /// Goes on after what a line started has stopped: waiting stays, ends come back to the prompt.
    pub fn after(&mut self, machine: &mut Machine, sys: &mut Sys<'_>, step: Step) -> Result<(), Step> {
        match step {
            Step::Exit(code) if machine.at_prompt && !machine.leaving && code != 137 => {
                machine.threads.clear();
                let _back_at_the_prompt = code;
                flush(machine, sys);
                Ok(())
            }
            other => Err(other),
        }
    }

    /// Reads and starts the next statement; a step where there is none yet or no more.
    pub fn next(&mut self, machine: &mut Machine, sys: &mut Sys<'_>) -> Option<Step> {
        flush(machine, sys);
        loop {
            if !self.asked {
                sys.write(1, if self.held.is_empty() { b">>> " } else { b"... " });
                self.asked = true;
            }
            let line = match self.line(machine, sys) {
                Ok(Some(line)) => line,
                Ok(None) => {
                    sys.write(1, b"\n");
                    return Some(finish(machine, sys, 0));
                }
                Err(step) => return Some(step),
            };
            self.asked = false;
            if self.held.is_empty() && line.trim().is_empty() {
                continue;
            }
            self.held.push_str(&line);
            if !self.is_whole(&line) {
                continue;
            }
            let text = std::mem::take(&mut self.held);
            let source = Source { file: "<stdin>".into(), text: Some(text.clone()), mode: Mode::Prompt };
            match run_source(machine, sys, source) {
                Ok(()) => return None,
                Err(trouble) => {
                    let shown = traceback::of_syntax(&trouble, "<stdin>", &text, machine.minor);
                    sys.eprint(&shown);
                }
            }
        }
    }

    /// False where a statement goes on: open brackets, or a block without the empty line after it.
    fn is_whole(&self, line: &str) -> bool {
        match parse_module(&self.held) {
            Err(Trouble::Unfinished { .. }) => false,
            Err(_) => true,
            Ok(_) => {
                let block = self.held.trim_end().contains('\n') || self.held.trim_end().ends_with(':') || starts_block(&self.held);
                !block || line.trim().is_empty() || !starts_block(&self.held)
            }
        }
    }

    fn line(&mut self, machine: &mut Machine, sys: &mut Sys<'_>) -> Result<Option<String>, Step> {
        loop {
            if let Some(at) = machine.input.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = machine.input.drain(..=at).collect();
                return Ok(Some(String::from_utf8_lossy(&line).into_owned()));
            }
            while sys.take_signal().is_some() {
                sys.write(2, b"\nKeyboardInterrupt\n>>> ");
                self.held.clear();
            }
            match sys.read(0, 4096) {
                Ok(Read::Data(data)) => machine.input.extend(data),
                Ok(Read::Wait) => return Err(Step::Block(Wait::readable(0))),
                _ if machine.input.is_empty() => return Ok(None),
                _ => machine.input.push(b'\n'),
            }
        }
    }
}

fn starts_block(text: &str) -> bool {
    let first = text.trim_start().split(|c: char| !c.is_alphanumeric() && c != '@').next().unwrap_or("");
    matches!(first, "if" | "for" | "while" | "def" | "class" | "try" | "with" | "async" | "@" | "match")
        || text.trim_start().starts_with('@')
}

impl Vm<'_, '_> {
    /// True for exceptions of a built-in kind.
    pub fn is_kind(&self, error: &super::machine::Value, kind: &str) -> bool {
        super::machine::classes::by_name(kind).is_some_and(|class| self.is_instance_of(error, class))
    }
}
