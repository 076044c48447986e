//! `python`, `python3`: scripts, `-c CODE`, `-m MODULE`, standard input and the prompt, run by an explicit
//! machine whose state is plain data. The library is a part of Python's, written in Python under
//! `python/library/`; what is missing there or in the language is refused in one sentence.
//!
//! Exit status: the script's; 1 after an exception or a refusal; 2 where the script cannot be read; 130 after
//! Ctrl-C. Also `gunicorn`, `flask` and `uvicorn`, which are scripts of packages.

mod command;
mod compile;
mod library;
mod machine;
mod natives;
mod prompt;
mod syntax;
#[cfg(test)]
mod tests;

use crate::kernel::{Applet, Behave, Disposition, Signal, Step, Sys, Wait};
use machine::{Frame, Machine, Source, Thread, Trap, Turn, Value, Vm};
use serde::{Deserialize, Serialize};

/// The names of Python and of the programs that packages bring.
pub const APPLETS: &[Applet] = &[
    Applet::state::<Python>("python3"),
    Applet::state::<Python>("python"),
    Applet::state::<Python>("flask"),
    Applet::state::<Python>("gunicorn"),
    Applet::state::<Python>("uvicorn"),
];

/// Operations of the machine that cost as much as one unit of a program's work.
const OPERATIONS: i64 = 20;

/// A run of Python.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Python {
    machine: Option<Box<Machine>>,
    /// The script as far as it has been read from standard input.
    input: Vec<u8>,
    prompt: Option<prompt::Prompt>,
}

impl Behave for Python {
    fn survives_write_errors(&self) -> bool {
        true
    }

    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        if self.machine.is_none() {
            match command::start(self, sys) {
                Ok(machine) => self.machine = Some(machine),
                Err(step) => return step,
            }
        }
        let Some(mut machine) = self.machine.take() else { return Step::Exit(1) };
        let step = self.turn(&mut machine, sys);
        self.machine = Some(machine);
        step
    }
}

impl Python {
    fn turn(&mut self, machine: &mut Machine, sys: &mut Sys<'_>) -> Step {
        loop {
            if let Some(step) = run_threads(machine, sys) {
                let Some(prompt) = self.prompt.as_mut() else { return step };
                match prompt.after(machine, sys, step) {
                    Ok(()) => {}
                    Err(step) => return step,
                }
            }
            let Some(prompt) = self.prompt.as_mut() else { return finish(machine, sys, 0) };
            if let Some(step) = prompt.next(machine, sys) {
                return step;
            }
        }
    }
}

/// Runs what can run; nothing where the main thread has ended.
fn run_threads(machine: &mut Machine, sys: &mut Sys<'_>) -> Option<Step> {
    while let Some(signal) = sys.take_signal() {
        interrupt(machine, sys, signal);
    }
    let mut left = i64::from(FUEL) * OPERATIONS;
    let mut wait: Option<Wait> = None;
    let mut at = 0;
    let mut idle = 0;
    while left > 0 && !machine.threads.is_empty() {
        at %= machine.threads.len();
        let slice = if machine.threads.len() > 1 { (FUEL as i64 * OPERATIONS / 8).min(left) } else { left };
        let mut vm = Vm::new(machine, sys, slice);
        vm.thread = at;
        let turn = vm.run();
        let spent = slice - vm.budget;
        left -= spent.max(1);
        sys.spend(u32::try_from(spent / OPERATIONS).unwrap_or(u32::MAX).min(FUEL));
        match turn {
            Turn::Busy => idle = 0,
            Turn::Blocked => {
                idle += usize::from(spent < 100);
                merge(&mut wait, machine.threads.get(at).and_then(|t| t.blocked.clone()));
            }
            other => {
                if let Some(step) = thread_ended(machine, sys, at, other) {
                    return Some(step);
                }
                if machine.threads.iter().all(|t| t.daemon) || machine.threads.is_empty() {
                    machine.threads.clear();
                    return None;
                }
                idle = 0;
                continue;
            }
        }
        if idle > machine.threads.len() {
            return Some(Step::Block(wait.unwrap_or_default()));
        }
        at += 1;
        if at >= machine.threads.len() && idle == 0 {
            wait = None;
        }
    }
    if machine.threads.is_empty() { None } else { Some(Step::Continue) }
}

/// Units of work of a turn.
const FUEL: u32 = 1_500;

fn merge(wait: &mut Option<Wait>, more: Option<Wait>) {
    let Some(more) = more else { return };
    let all = wait.get_or_insert_with(Wait::default);
    all.read.extend(more.read);
    all.write.extend(more.write);
    all.child |= more.child;
    if let Some(until) = more.until {
        all.until = Some(all.until.map_or(until, |u| u.min(until)));
    }
}

/// What follows from the end of a thread: a step where the process ends with it.
fn thread_ended(machine: &mut Machine, sys: &mut Sys<'_>, at: usize, turn: Turn) -> Option<Step> {
    let main = machine.threads.get(at).is_some_and(|t| t.number == 0);
    match turn {
        Turn::Exit(137) => Some(Step::Continue),
        Turn::Exit(code) => {
            machine.out.clear();
            Some(Step::Exit(code))
        }
        Turn::Replaced => Some(Step::Replaced),
        Turn::Missing(what) => {
            flush(machine, sys);
            sys.eprint(&format!("drydock: this Python feature is not simulated: {what}\n"));
            Some(Step::Exit(1))
        }
        Turn::Failed(error) => {
            if main {
                return Some(failed(machine, sys, &error));
            }
            let mut vm = Vm::new(machine, sys, 1 << 20);
            let text = vm.traceback(&error);
            let number = machine.threads.get(at).map_or(0, |t| t.number);
            sys.eprint(&format!("Exception in thread Thread-{number}:\n{text}"));
            machine.threads.remove(at);
            None
        }
        _ => {
            machine.threads.remove(at);
            None
        }
    }
}

/// Prints the exception that ends the script.
fn failed(machine: &mut Machine, sys: &mut Sys<'_>, error: &Value) -> Step {
    let mut vm = Vm::new(machine, sys, 1 << 20);
    if let Some(code) = vm.exit_code(error) {
        return finish(machine, sys, code);
    }
    let text = vm.traceback(error);
    let interrupted = vm.is_kind(error, "KeyboardInterrupt");
    flush(machine, sys);
    sys.eprint(&text);
    Step::Exit(if interrupted { 130 } else { 1 })
}

fn flush(machine: &mut Machine, sys: &mut Sys<'_>) {
    let out = std::mem::take(&mut machine.out);
    sys.write(1, &out);
}

/// The end: output goes out.
fn finish(machine: &mut Machine, sys: &mut Sys<'_>, code: i32) -> Step {
    if let Some(step) = at_exit(machine, code) {
        return step;
    }
    flush(machine, sys);
    Step::Exit(machine.exit_code.unwrap_or(code))
}

/// Functions that were registered for the end run first.
fn at_exit(machine: &mut Machine, code: i32) -> Option<Step> {
    let run = machine.kept("atexit").cloned()?;
    machine.kept.retain(|(n, _)| n != "atexit");
    machine.exit_code = Some(code);
    machine.threads = vec![Thread { frames: vec![Frame::call(run, vec![])], ..Thread::default() }];
    Some(Step::Continue)
}

/// A signal calls its handler on top of the main thread.
fn interrupt(machine: &mut Machine, sys: &mut Sys<'_>, signal: Signal) {
    let handler = machine.handlers.iter().find(|(n, _)| *n == signal.number()).map(|(_, v)| v.clone());
    let frame = match handler {
        Some(handler) if !matches!(handler, Value::Int(_)) => {
            Frame::call(handler, vec![Value::Int(i64::from(signal.number())), Value::None])
        }
        _ if signal == Signal::INT => {
            let mut vm = Vm::new(machine, sys, 1000);
            let error = vm.exception("KeyboardInterrupt", vec![]);
            Frame::raising(error)
        }
        _ => return,
    };
    if let Some(main) = machine.threads.iter_mut().find(|t| t.number == 0) {
        main.frames.push(frame);
    }
}

/// Loads a source and makes it the main thread.
fn run_source(machine: &mut Machine, sys: &mut Sys<'_>, source: Source) -> Result<(), syntax::Trouble> {
    let code = machine.codes.add(source)?;
    let main = machine.main;
    let mut vm = Vm::new(machine, sys, 1000);
    let frame = match vm.frame_of(code, main, main) {
        Ok(frame) => frame,
        Err(Trap::Missing(what)) => return Err(syntax::Trouble::Missing(what)),
        Err(_) => return Err(syntax::Trouble::Missing("this script".into())),
    };
    machine.threads = vec![Thread { frames: vec![Frame::Py(Box::new(frame))], ..Thread::default() }];
    Ok(())
}

/// Ctrl-C becomes an exception.
fn catch_interrupts(sys: &mut Sys<'_>) {
    sys.on_signal(Signal::INT, Some(Disposition::Handle));
}
