//! Running a simple command: function, builtin or program.

use super::builtins::{self, Done};
use super::machine::{Assigned, Assignment, Call, Doing, Fault, Flow, Shell, Turn, Undo};
use super::processes::close;
use super::quote;
use super::voice::Voice;
use crate::base::Errno;
use crate::kernel::Sys;
use std::sync::Arc;

impl Shell {
    /// Runs the command that has been put together.
    pub(super) fn run(&mut self, tail: bool, sys: &mut Sys<'_>) -> Turn<Flow> {
        let Some(mut call) = self.frame().calls.pop() else { return Ok(Flow::Next) };
        if self.options.noexec {
            return Ok(Flow::Next);
        }
        if self.options.xtrace {
            self.trace(sys, &call);
        }
        let Some(name) = call.args.first().cloned() else { return self.run_nothing(sys, call) };
        if name.contains('/') && self.is_restricted() {
            self.complain(sys, &format!("{name}: restricted: cannot specify `/' in command names"));
            return self.failed(127, sys);
        }
        if let Some(function) = self.functions.get(name.as_str()).cloned() {
            let mut undo = match self.redirect(sys, &call.redirs) {
                Ok(undo) => undo,
                Err(status) => return self.failed(status, sys),
            };
            undo.fds.extend(call.close.iter().map(|fd| (*fd, None)));
            self.temporary(sys, &mut call, &mut undo)?;
            call.args.remove(0);
            self.call_function(sys, &name, &function, call.args, undo)?;
            return Ok(Flow::Next);
        }
        if let Some(builtin) = builtins::find(&name, self.voice) {
            return self.run_builtin(sys, builtin, call);
        }
        self.run_program(sys, call, tail)
    }

    fn failed(&mut self, status: i32, sys: &mut Sys<'_>) -> Turn<Flow> {
        self.status = status;
        self.settle(sys)
    }

    /// Assignments and redirections alone.
    fn run_nothing(&mut self, sys: &mut Sys<'_>, call: Call) -> Turn<Flow> {
        let status = if call.substituted { self.status } else { 0 };
        match self.redirect(sys, &call.redirs) {
            Ok(undo) => self.undo(sys, undo),
            Err(status) => return self.failed(status, sys),
        }
        for fd in call.close {
            close(sys, fd);
        }
        for assignment in call.assigns {
            self.carry_out(assignment, sys)?;
        }
        self.status = status;
        self.settle(sys)
    }

    /// Assignments in front of a command: set and exported until it ends.
    fn temporary(&mut self, sys: &mut Sys<'_>, call: &mut Call, undo: &mut Undo) -> Turn<()> {
        for assignment in std::mem::take(&mut call.assigns) {
            let name = assignment.name.clone();
            undo.vars.push((name.clone(), self.vars.snapshot(&name)));
            self.carry_out(assignment, sys)?;
            self.vars.entry(&name).exported = true;
        }
        Ok(())
    }

    fn run_builtin(&mut self, sys: &mut Sys<'_>, builtin: builtins::Builtin, mut call: Call) -> Turn<Flow> {
        let special = builtins::is_special(&call.args, self.voice);
        let mut undo = match self.redirect(sys, &call.redirs) {
            Ok(undo) => undo,
            Err(status) if special => return Err(Fault { status, fatal: true }),
            Err(status) => return self.failed(status, sys),
        };
        undo.fds.extend(call.close.iter().map(|fd| (*fd, None)));
        if special {
            for assignment in std::mem::take(&mut call.assigns) {
                self.carry_out(assignment, sys)?;
            }
        } else {
            self.temporary(sys, &mut call, &mut undo)?;
        }
        if call.args.first().is_some_and(|a| a == "exec") {
            return self.exec(sys, call, undo);
        }
        let done = builtin(self, sys, &mut call);
        self.finish_builtin(sys, done, undo)
    }

    /// What a builtin left to do.
    pub(super) fn finish_builtin(&mut self, sys: &mut Sys<'_>, done: Turn<Done>, undo: Undo) -> Turn<Flow> {
        match done {
            Ok(Done::Status(status)) => {
                self.undo(sys, undo);
                self.status = status;
                self.settle(sys)
            }
            Ok(Done::Doing(doing)) => {
                self.doing = doing;
                self.undo = Some(undo);
                Ok(Flow::Next)
            }
            Ok(Done::Frame(mut frame)) => {
                frame.undo = undo;
                self.push_frame(sys, *frame)?;
                Ok(Flow::Next)
            }
            Ok(Done::Call(call)) => {
                // `command` and `builtin`: what they name, with what is to be undone after it.
                let builtin = call.args.first().and_then(|name| builtins::find(name, self.voice));
                match builtin {
                    Some(builtin) => {
                        let mut call = *call;
                        let done = builtin(self, sys, &mut call);
                        self.finish_builtin(sys, done, undo)
                    }
                    None => {
                        let flow = self.run_program(sys, *call, false);
                        self.undo(sys, undo);
                        flow
                    }
                }
            }
            Ok(Done::Return(status)) => {
                self.undo(sys, undo);
                self.pop_function(sys);
                self.status = status;
                if self.frames.is_empty() {
                    return Ok(self.exit(sys, status));
                }
                self.settle(sys)
            }
            Ok(Done::Leave { levels, again }) => {
                self.undo(sys, undo);
                self.status = 0;
                self.leave_loops(levels, again, sys);
                Ok(Flow::Next)
            }
            Ok(Done::Exit(status)) => {
                self.undo(sys, undo);
                Ok(self.exit(sys, status))
            }
            Ok(Done::Yield(status)) => {
                self.undo(sys, undo);
                self.status = status;
                self.settle(sys).map(|flow| if flow == Flow::Next { Flow::Yield } else { flow })
            }
            Err(fault) => {
                self.undo(sys, undo);
                Err(fault)
            }
        }
    }

    /// A builtin that waited has ended.
    pub(super) fn end_builtin(&mut self, sys: &mut Sys<'_>, status: i32) -> Turn<Flow> {
        self.doing = Doing::Run;
        if let Some(undo) = self.undo.take() {
            self.undo(sys, undo);
        }
        self.status = status;
        self.settle(sys)
    }

    /// `exec`: without a command its redirections stay.
    fn exec(&mut self, sys: &mut Sys<'_>, mut call: Call, undo: Undo) -> Turn<Flow> {
        let mut at = 1;
        let (mut called, mut login, mut clear) = (None, false, false);
        if self.is_restricted() {
            self.complain(sys, "exec: restricted");
            self.undo(sys, undo);
            return self.failed(1, sys);
        }
        while let Some(option) = call.args.get(at).filter(|a| a.starts_with('-') && self.voice == Voice::Bash)
        {
            match option.as_str() {
                "-a" => {
                    called = call.args.get(at + 1).cloned();
                    at += 2;
                }
                "--" => {
                    at += 1;
                    break;
                }
                "-c" => (clear, at) = (true, at + 1),
                "-l" => (login, at) = (true, at + 1),
                other => {
                    let done = builtins::bad_option(
                        self,
                        sys,
                        "exec",
                        other,
                        "[-cl] [-a name] [command [argument ...]] [redirection ...]",
                    );
                    return self.finish_builtin(sys, Ok(done), undo);
                }
            }
        }
        if call.args.len() <= at {
            for (_, copy) in undo.fds {
                if let Some(copy) = copy {
                    close(sys, copy);
                }
            }
            self.status = 0;
            return Ok(Flow::Next);
        }
        call.args.drain(..at);
        call.redirs.clear();
        let name = call.args.first().cloned().unwrap_or_default();
        let environment = if clear { vec![] } else { self.vars.environment() };
        if login {
            called = Some(format!("-{}", called.unwrap_or_else(|| name.clone())));
        }
        let path = self.search_path();
        match self.exec_file(sys, &name, called, &path, &call.args, environment) {
            Ok(flow) => Ok(flow),
            Err(e) => {
                let (text, status) = self.exec_error(&name, e, sys, true);
                match text.strip_prefix("exec: ").filter(|_| self.voice == Voice::Ash) {
                    Some(text) => self.complain_as(sys, "exec", text),
                    None => self.complain(sys, &text),
                }
                self.undo(sys, undo);
                if self.is_interactive() || self.options.execfail {
                    self.status = status;
                    return Ok(Flow::Next);
                }
                Ok(self.exit(sys, status))
            }
        }
    }

    fn search_path(&self) -> String {
        self.vars.text("PATH").unwrap_or("/usr/local/bin:/usr/bin:/bin").to_string()
    }

    /// A program, in a child unless nothing follows it.
    pub(super) fn run_program(&mut self, sys: &mut Sys<'_>, call: Call, tail: bool) -> Turn<Flow> {
        let may_replace = tail
            && !self.options.monitor
            && !self.traps.values().any(|t| !t.is_empty())
            && self.exiting.is_none()
            && self.frames.len() == 1
            && !self
                .frame()
                .blocks
                .iter()
                .any(|b| matches!(b, super::machine::Block::Pipeline { here: Some(_), .. }))
            && self.undo.is_none()
            && (self.subshell > 0 || self.is_last_command());
        if may_replace {
            self.doing = Doing::Exec(Box::new(call));
            return Ok(Flow::Next);
        }
        let closing = call.close.clone();
        let frames = std::mem::take(&mut self.frames);
        let mut child = self.child();
        self.frames = frames;
        self.group_child(&mut child);
        let text: Vec<String> = call.args.iter().map(|arg| quote::single_if_needed(arg)).collect();
        child.doing = Doing::Exec(Box::new(call));
        let pid = self.fork(sys, child)?;
        for fd in closing {
            close(sys, fd);
        }
        self.foreground(sys, pid, vec![pid], text.join(" "));
        Ok(Flow::Next)
    }

    /// In the child: redirects, assigns, and becomes the program.
    pub(super) fn become_program(&mut self, sys: &mut Sys<'_>, mut call: Call) -> Flow {
        if self.frames.is_empty() {
            self.frames.push(super::machine::Frame { line: call.line, ..Default::default() });
        }
        // What a redirection replaces is closed by `exec`.
        if let Err(status) = self.redirect(sys, &call.redirs) {
            return Flow::Exit(status);
        }
        for assignment in std::mem::take(&mut call.assigns) {
            let name = assignment.name.clone();
            if self.carry_out(assignment, sys).is_err() {
                return Flow::Exit(1);
            }
            self.vars.entry(&name).exported = true;
        }
        let name = call.args.first().cloned().unwrap_or_default();
        let path = self.search_path();
        let mut environment = self.vars.environment();
        if self.voice == Voice::Bash {
            let found = sys.find_program(&name, &path).unwrap_or_else(|_| name.clone());
            environment.retain(|(n, _)| n != "_");
            environment.push(("_".to_string(), found));
        }
        match self.exec_file(sys, &name, None, &path, &call.args, environment) {
            Ok(flow) => flow,
            Err(e) => {
                let (text, status) = self.exec_error(&name, e, sys, false);
                self.complain(sys, &text);
                Flow::Exit(status)
            }
        }
    }

    fn exec_file(
        &mut self,
        sys: &mut Sys<'_>,
        name: &str,
        called: Option<String>,
        path: &str,
        args: &[String],
        environment: Vec<(String, String)>,
    ) -> Result<Flow, Errno> {
        let file = sys.find_program(name, path)?;
        let mut argv = args.to_vec();
        if let (Some(called), Some(first)) = (called, argv.first_mut()) {
            *first = called;
        }
        match sys.exec(&file, &argv, environment) {
            Ok(()) => Ok(Flow::Replaced),
            Err(Errno::ENOEXEC) => self.run_as_script(sys, &file, args),
            Err(e) => Err(e),
        }
    }

    /// A file without `#!` is a script for this shell.
    fn run_as_script(&mut self, sys: &mut Sys<'_>, file: &str, args: &[String]) -> Result<Flow, Errno> {
        let data = sys.read_file(file)?;
        if data.iter().take(256).any(|b| *b == 0) {
            return Err(Errno::ENOEXEC);
        }
        let mut fresh =
            Shell { voice: self.voice, started: true, name: file.to_string(), ..Shell::default() };
        fresh.import(sys, &self.vars.environment());
        fresh.main_vpid = sys.vpid();
        fresh.params = Arc::new(args.iter().skip(1).cloned().collect());
        fresh.script_from_text(&String::from_utf8_lossy(&data));
        *self = fresh;
        Ok(Flow::Next)
    }

    fn exec_error(&self, name: &str, e: Errno, sys: &Sys<'_>, exec: bool) -> (String, i32) {
        let slash = name.contains('/');
        let status =
            if matches!(e, Errno::ENOENT | Errno::ENOTDIR | Errno::ENAMETOOLONG) { 127 } else { 126 };
        let is_dir = slash && sys.stat(name).is_ok_and(|s| s.is_dir());
        let prefix = if exec { "exec: " } else { "" };
        let text = match self.voice {
            Voice::Bash | Voice::Gnu => match e {
                Errno::ENOENT if !slash && exec => format!("exec: {name}: not found"),
                Errno::ENOENT if !slash => format!("{name}: command not found"),
                _ if is_dir => format!("{name}: Is a directory"),
                Errno::ENOENT if sys.stat(name).is_ok() => {
                    format!("{name}: cannot execute: required file not found")
                }
                Errno::ENOEXEC => format!("{name}: cannot execute binary file: Exec format error"),
                _ => format!("{prefix}{name}: {}", e.text()).replacen(
                    "exec: ",
                    if exec { "" } else { "exec: " },
                    1,
                ),
            },
            Voice::Dash | Voice::Ash => match e {
                Errno::ENOENT if name.is_empty() => ": Permission denied".to_string(),
                Errno::ENOENT | Errno::ENOTDIR => format!("{prefix}{name}: not found"),
                _ => format!("{prefix}{name}: {}", e.text()),
            },
        };
        (text, status)
    }

    /// `set -x`
    fn trace(&mut self, sys: &mut Sys<'_>, call: &Call) {
        let ps4 = self.vars.text("PS4").unwrap_or("+ ").to_string();
        let mut parts = vec![];
        if self.voice == Voice::Bash {
            self.trace_assigns(sys, &call.assigns);
        } else {
            parts.extend(call.assigns.iter().map(|assign| self.traced(assign)));
        }
        let mut declared = call.declared.iter();
        for (i, arg) in call.args.iter().enumerate() {
            let assigned =
                (i > 0).then(|| declared.clone().next().filter(|d| &*d.name == arg.as_str())).flatten();
            match assigned.map(|d| &d.value) {
                Some(Assigned::Text(text)) => {
                    declared.next();
                    parts.push(format!(
                        "{arg}={}",
                        if text.is_empty() { String::new() } else { self.trace_quoted(text) }
                    ));
                }
                _ => parts.push(self.trace_quoted(arg)),
            }
        }
        if !parts.is_empty() {
            sys.eprint(&format!("{ps4}{}\n", parts.join(" ")));
        }
    }

    /// Assignments, each on a line of its own.
    pub(super) fn trace_assigns(&mut self, sys: &mut Sys<'_>, assigns: &[Assignment]) {
        let ps4 = self.vars.text("PS4").unwrap_or("+ ");
        let text: String = assigns.iter().map(|assign| format!("{ps4}{}\n", self.traced(assign))).collect();
        sys.eprint(&text);
    }

    /// A line of `set -x`.
    pub(super) fn trace_line(&mut self, sys: &mut Sys<'_>, text: &str) {
        if self.options.xtrace {
            let ps4 = self.vars.text("PS4").unwrap_or("+ ");
            sys.eprint(&format!("{ps4}{text}\n"));
        }
    }

    fn traced(&self, assign: &Assignment) -> String {
        let value = match &assign.value {
            Assigned::Text(text) if text.is_empty() => String::new(),
            Assigned::Text(text) => self.trace_quoted(text),
            Assigned::Array(elements) => {
                let texts: Vec<String> = elements.iter().map(|(_, t)| quote::single_if_needed(t)).collect();
                format!("({})", texts.join(" "))
            }
        };
        let index = assign.index.as_ref().map_or(String::new(), |index| format!("[{index}]"));
        let sign = if assign.append { "+=" } else { "=" };
        format!("{}{index}{sign}{value}", assign.name)
    }

    /// A word as `set -x` of each shell shows it.
    pub(super) fn trace_quoted(&self, text: &str) -> String {
        match self.voice {
            Voice::Dash => text.to_string(),
            Voice::Ash if !text.contains(|c: char| " \t\n!\"#$&'()*;<=>?[\\`|~{}".contains(c)) => {
                text.to_string()
            }
            Voice::Ash => quote::single(text),
            Voice::Bash | Voice::Gnu => quote::single_if_needed(text),
        }
    }
}
