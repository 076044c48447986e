//! The machine: the state of a shell and the loop that steps it.

use super::code::{Code, Mode, Op, Unit};
use super::jobs::Job;
use super::plumb::Plumb;
use super::vars::{Var, Vars};
use super::voice::Voice;
use crate::kernel::{Behave, Pid, Signal, Step, Sys, Wait};
use imbl::{OrdMap, Vector};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How deep functions, `eval`, `.` and traps may call each other.
const MAX_FRAMES: usize = 1000;
/// How many bytes the values of one frame may hold while a word is put together.
pub const MAX_WORD: usize = 32 << 20;

/// How often bash tries to make a process before it gives up.
const FORK_RETRIES: usize = 4;

/// A name, and the variable it had before.
pub type SavedVar = (Arc<str>, Option<Arc<Var>>);

/// What to undo when a command, a function or a block ends.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Undo {
    /// Descriptors and the copies that hold what they were; `None` where they were closed.
    pub fds: Vec<(i32, Option<i32>)>,
    pub vars: Vec<SavedVar>,
}

/// A function: the unit that defined it and where its body starts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Function {
    pub unit: Arc<Unit>,
    pub entry: u32,
    pub text: Arc<str>,
    /// The file it was defined in.
    #[serde(default)]
    pub source: Arc<str>,
}

/// Where a frame gets its next commands from.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum Feed {
    /// The unit it runs is all.
    #[default]
    None,
    /// A text, from a position and line on.
    Text { text: Arc<str>, pos: usize, line: u32 },
    /// A descriptor, read line by line; what has been read and not yet run.
    Fd { fd: i32, held: String, line: u32, raw: Vec<u8>, ended: bool },
}

/// Why a frame was entered.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum Kind {
    #[default]
    Main,
    /// The parameters to restore, the name.
    Function {
        params: Arc<Vec<String>>,
        name: Arc<str>,
        locals: Vec<SavedVar>,
    },
    Eval,
    /// The parameters to restore, if it was given its own, and its path.
    Source {
        params: Option<Arc<Vec<String>>>,
        path: String,
    },
    /// The status to restore; the shell ends with it where `ends` (an ERR trap under `set -e`).
    Trap {
        status: i32,
        ends: bool,
    },
}

/// An open compound command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Block {
    Loop {
        again: u32,
        end: u32,
        shield: u32,
        texts: usize,
        status: i32,
    },
    For {
        items: Vec<String>,
        next: usize,
        again: u32,
        end: u32,
        shield: u32,
        texts: usize,
    },
    Redirected(Undo),
    /// `here`: its last member runs in this shell (`lastpipe`); what to undo after it.
    Pipeline {
        children: Vec<Pid>,
        input: Option<i32>,
        here: Option<Undo>,
    },
}

/// A word being put together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Builder {
    pub mode: Mode,
    pub text: String,
    pub fields: Vec<Field>,
    pub current: Option<Field>,
    pub after_blank: bool,
}

/// A field of a word.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Field {
    pub text: String,
    /// Byte ranges that were quoted.
    pub quoted: Vec<(usize, usize)>,
    /// Has unquoted characters that are special in patterns.
    pub special: bool,
}

/// A redirection with its target expanded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Redirection {
    pub fd: Option<i32>,
    pub kind: super::redirect::Kind,
    pub target: String,
}

/// An assignment with its value expanded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    pub name: Arc<str>,
    pub index: Option<String>,
    pub append: bool,
    pub value: Assigned,
}

/// An expanded value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Assigned {
    Text(String),
    Array(Vec<(Option<String>, String)>),
}

/// A simple command being put together.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Call {
    pub args: Vec<String>,
    pub elements: Vec<(Option<String>, String)>,
    pub assigns: Vec<Assignment>,
    pub declared: Vec<Assignment>,
    pub redirs: Vec<Redirection>,
    pub line: u32,
    /// Descriptors of `<(…)` to close after it.
    pub close: Vec<i32>,
    /// A command substitution set the status.
    pub substituted: bool,
}

/// A level of the call stack.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Frame {
    pub unit: Arc<Unit>,
    pub pc: u32,
    pub feed: Feed,
    pub kind: Kind,
    pub line: u32,
    pub blocks: Vec<Block>,
    pub builders: Vec<Builder>,
    pub calls: Vec<Call>,
    pub texts: Vec<String>,
    /// How many conditions surround what runs: failures do not end the shell.
    pub shield: u32,
    pub undo: Undo,
    pub waiting_for_input: bool,
}

/// What the shell is at.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum Doing {
    /// Running instructions.
    #[default]
    Run,
    /// Becoming another program.
    Exec(Box<Call>),
    /// Waiting for children in the foreground; the statuses of those that ended, and that of a last member that
    /// ran in this shell.
    Children {
        pids: Vec<Pid>,
        ended: Vec<Option<i32>>,
        own: Option<i32>,
        #[serde(default)]
        text: String,
    },
    /// Reading the output of `$(…)`.
    Substitute { fd: i32, pid: Pid, data: Vec<u8>, beyond: u64, quoted: bool },
    /// The builtin `read`.
    Read(Box<super::builtins::read::Read>),
    /// The builtin `wait`: for these, or for all.
    Wait { pids: Option<Vec<Pid>>, next: bool },
    /// The builtin `source`, until the pipe on `fd` has ended; `told`: something has happened there.
    Source { call: Box<Call>, fd: i32, told: bool },
    /// The builtin `mapfile`.
    Mapfile { name: String, trim: bool, data: Vec<u8>, fd: i32 },
}

/// The options of `set` and `shopt`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Options {
    pub errexit: bool,
    pub nounset: bool,
    pub xtrace: bool,
    pub verbose: bool,
    pub noglob: bool,
    pub noexec: bool,
    pub noclobber: bool,
    pub allexport: bool,
    pub pipefail: bool,
    pub monitor: bool,
    pub interactive: bool,
    pub login: bool,
    pub stdin: bool,
    pub command: bool,
    pub nullglob: bool,
    pub dotglob: bool,
    pub failglob: bool,
    pub nocasematch: bool,
    pub nocaseglob: bool,
    pub globstar: bool,
    pub expand_aliases: bool,
    pub lastpipe: bool,
    pub errtrace: bool,
    pub execfail: bool,
    pub inherit_errexit: bool,
    pub physical: bool,
    pub restricted: bool,
    pub shift_verbose: bool,
    pub xpg_echo: bool,
    /// Names of options without a place above that are not as they are at first.
    pub turned: BTreeSet<String>,
}

/// A shell: the state of its interpreter, plain data.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Shell {
    pub(super) started: bool,
    pub(super) voice: Voice,
    /// `$0`
    pub(super) name: String,
    pub(super) vars: Vars,
    pub(super) functions: OrdMap<Arc<str>, Function>,
    pub(super) aliases: OrdMap<String, String>,
    pub(super) options: Options,
    pub(super) params: Arc<Vec<String>>,
    pub(super) status: i32,
    pub(super) frames: Vec<Frame>,
    pub(super) doing: Doing,
    /// What the builtin that is running will undo.
    pub(super) undo: Option<Undo>,
    pub(super) plumbing: Vec<Plumb>,
    pub(super) jobs: Vec<Job>,
    /// Children that ended and how.
    pub(super) ended: BTreeMap<Pid, i32>,
    pub(super) background: Option<u32>,
    /// Signal numbers (0 is EXIT) and what to run.
    pub(super) traps: BTreeMap<i32, String>,
    pub(super) pending: Vec<Signal>,
    pub(super) exiting: Option<i32>,
    /// The status to end with before anything else runs.
    pub(super) due: Option<i32>,
    pub(super) subshell: u32,
    /// `$$`
    pub(super) main_vpid: u32,
    pub(super) pipe_statuses: Vec<i32>,
    pub(super) timer: Vec<(i64, u64)>,
    pub(super) history: Vector<String>,
    pub(super) fed: Option<i32>,
    pub(super) getopts: (usize, usize),
    pub(super) seconds: i64,
    pub(super) prompted: bool,
    /// The directories of `pushd` below the present one.
    #[serde(default)]
    pub(super) dirs: Vec<String>,
}

/// How it goes on after an instruction.
#[derive(Debug, Clone, PartialEq)]
pub enum Flow {
    Next,
    Block(Wait),
    Exit(i32),
    Replaced,
    /// Ends the turn.
    Yield,
}

/// An error that ends the command; the complaint has been printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The status it leaves.
    pub status: i32,
    /// Ends a shell that is not interactive.
    pub fatal: bool,
}

pub type Turn<T> = Result<T, Fault>;

impl Behave for Shell {
    fn survives_write_errors(&self) -> bool {
        true
    }

    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        if !self.started {
            self.started = true;
            if let Err(code) = self.start(sys) {
                return Step::Exit(code);
            }
        }
        if !self.plumbing.is_empty() {
            self.plumb(sys);
        }
        while let Some(signal) = sys.take_signal() {
            self.pending.push(signal);
        }
        loop {
            let flow = match self.advance(sys) {
                Ok(flow) => flow,
                Err(fault) => self.fault(sys, fault),
            };
            match flow {
                Flow::Next if sys.spend(1) => {}
                Flow::Next | Flow::Yield => return Step::Continue,
                Flow::Block(wait) => return Step::Block(wait),
                Flow::Exit(code) => return Step::Exit(code & 0xff),
                Flow::Replaced => return Step::Replaced,
            }
        }
    }
}

impl Shell {
    pub(super) fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    pub(super) fn line(&self) -> u32 {
        self.frames.last().map_or(0, |f| f.line)
    }

    fn advance(&mut self, sys: &mut Sys<'_>) -> Turn<Flow> {
        if let Some(status) = self.due.take() {
            return Ok(self.exit(sys, status));
        }
        match &self.doing {
            Doing::Run => {}
            _ => return self.continue_doing(sys),
        }
        let Some(frame) = self.frames.last_mut() else {
            return Ok(self.leave(sys));
        };
        if frame.waiting_for_input {
            return self.next_unit(sys);
        }
        if !self.pending.is_empty()
            && frame.builders.is_empty()
            && frame.calls.is_empty()
            && self.enter_trap(sys)
        {
            return Ok(Flow::Next);
        }
        let Some(frame) = self.frames.last_mut() else { return Ok(Flow::Next) };
        let code: Arc<Code> = frame.unit.code().clone();
        let pc = frame.pc as usize;
        frame.pc += 1;
        match code.ops.get(pc) {
            Some(op) => self.execute(op, sys),
            None => self.end_unit(sys),
        }
    }

    /// The unit has ended: the next commands of the frame, or back to the caller.
    pub(super) fn end_unit(&mut self, sys: &mut Sys<'_>) -> Turn<Flow> {
        let Some(frame) = self.frames.last_mut() else { return Ok(Flow::Next) };
        if frame.feed == Feed::None {
            self.pop_frame(sys);
            return Ok(Flow::Next);
        }
        frame.waiting_for_input = true;
        Ok(Flow::Next)
    }

    /// Leaves a frame and undoes what it did.
    pub(super) fn pop_frame(&mut self, sys: &mut Sys<'_>) {
        let Some(mut frame) = self.frames.pop() else { return };
        while let Some(block) = frame.blocks.pop() {
            if let Block::Redirected(undo) = block {
                self.undo(sys, undo);
            }
        }
        match frame.kind {
            Kind::Main | Kind::Eval => {}
            Kind::Function { params, locals, .. } => {
                for (name, var) in locals.iter().rev() {
                    self.vars.put_back(name, var.clone());
                }
                self.params = params;
            }
            Kind::Source { params, .. } => {
                if let Some(params) = params {
                    self.params = params;
                }
            }
            Kind::Trap { status, ends } => {
                self.status = status;
                self.due = ends.then_some(status);
            }
        }
        self.undo(sys, frame.undo);
    }

    /// Enters a frame.
    pub(super) fn push_frame(&mut self, sys: &mut Sys<'_>, mut frame: Frame) -> Turn<()> {
        if self.frames.len() >= MAX_FRAMES {
            let text = match &frame.kind {
                Kind::Function { name, .. } => {
                    format!("{name}: maximum function nesting level exceeded ({MAX_FRAMES})")
                }
                _ => format!("maximum nesting level exceeded ({MAX_FRAMES})"),
            };
            self.complain(sys, &text);
            self.undo(sys, frame.undo);
            return Err(Fault { status: 1, fatal: true });
        }
        frame.shield = self.frames.last().map_or(0, |f| f.shield);
        if frame.line == 0 {
            frame.line = self.line();
        }
        self.frames.push(frame);
        Ok(())
    }

    /// A fault ends the command; a shell that is not interactive ends with it if it is fatal.
    fn fault(&mut self, sys: &mut Sys<'_>, fault: Fault) -> Flow {
        self.status = fault.status;
        self.doing = Doing::Run;
        if let Some(undo) = self.undo.take() {
            self.undo(sys, undo);
        }
        if fault.fatal && self.subshell > 0 {
            return self.exit(sys, fault.status);
        }
        if fault.fatal && !self.is_interactive() {
            return self.exit(sys, fault.status);
        }
        self.abort(sys);
        Flow::Next
    }

    /// Back to the prompt, or to the next command of the script.
    pub(super) fn abort(&mut self, sys: &mut Sys<'_>) {
        while self.frames.len() > 1 {
            self.pop_frame(sys);
        }
        let Some(frame) = self.frames.last_mut() else { return };
        let blocks = std::mem::take(&mut frame.blocks);
        frame.builders.clear();
        frame.calls.clear();
        frame.texts.clear();
        frame.shield = 0;
        frame.waiting_for_input = true;
        for block in blocks.into_iter().rev() {
            if let Block::Redirected(undo) = block {
                self.undo(sys, undo);
            }
        }
    }

    pub(super) fn is_interactive(&self) -> bool {
        self.options.interactive || self.fed.is_some()
    }

    /// Ends the shell with a status, after the EXIT trap.
    pub(super) fn exit(&mut self, sys: &mut Sys<'_>, status: i32) -> Flow {
        self.doing = Doing::Run;
        self.exiting = Some(status);
        self.status = status;
        while !self.frames.is_empty() {
            self.pop_frame(sys);
        }
        self.status = status;
        self.leave(sys)
    }

    /// All frames have ended.
    fn leave(&mut self, sys: &mut Sys<'_>) -> Flow {
        let status = self.exiting.unwrap_or(self.status);
        if let Some(text) = self.traps.remove(&0).filter(|t| !t.is_empty()) {
            self.exiting = Some(status);
            self.status = status;
            let feed = Feed::Text { text: Arc::from(text), pos: 0, line: 1 };
            let frame = Frame { feed, kind: Kind::Eval, waiting_for_input: true, ..Frame::default() };
            if self.push_frame(sys, frame).is_ok() {
                return Flow::Next;
            }
        }
        Flow::Exit(status)
    }

    /// `set -e`: ends the shell where a command failed that nothing looks at.
    pub(super) fn check(&mut self, sys: &mut Sys<'_>) -> Turn<Flow> {
        let shielded = self.frames.last().is_some_and(|f| f.shield > 0);
        if self.status == 0 || shielded || self.enter_err_trap(sys)? {
            return Ok(Flow::Next);
        }
        if self.options.errexit {
            return Ok(self.exit(sys, self.status));
        }
        Ok(Flow::Next)
    }

    /// The end of a command that is not a pipeline of several.
    pub(super) fn settle(&mut self, sys: &mut Sys<'_>) -> Turn<Flow> {
        self.pipe_statuses.clear();
        self.pipe_statuses.push(self.status);
        self.check(sys)
    }

    /// A child that goes on from here in its own process.
    pub(super) fn child(&self) -> Box<Shell> {
        let mut child = self.clone();
        child.subshell += 1;
        child.jobs.clear();
        child.ended.clear();
        child.pending.clear();
        child.undo = None;
        child.exiting = None;
        let inherits = |number: i32| number == super::traps::ERR && self.options.errtrace;
        child.traps.retain(|number, text| text.is_empty() || inherits(*number));
        child.options.monitor = false;
        child.timer.clear();
        child.history.clear();
        Box::new(child)
    }

    /// Forks: the child runs `child` and goes on where it stands.
    pub(super) fn fork(&mut self, sys: &mut Sys<'_>, mut child: Box<Shell>) -> Turn<Pid> {
        if self.options.interactive || self.traps.values().any(|text| !text.is_empty()) {
            child.plumbing.push(Plumb::DefaultSignals);
        }
        match sys.fork("sh", child) {
            Ok(pid) => Ok(pid),
            Err(e) => {
                let bash = matches!(self.voice, Voice::Bash | Voice::Gnu);
                for _ in 0..if bash { FORK_RETRIES } else { 0 } {
                    self.complain(sys, &format!("fork: retry: {}", e.text()));
                }
                let text = match self.voice {
                    Voice::Bash | Voice::Gnu => format!("fork: {}", e.text()),
                    Voice::Dash => "Cannot fork".to_string(),
                    Voice::Ash => format!("can't fork: {}", e.text()),
                };
                self.complain(sys, &text);
                Err(Fault { status: if self.voice == Voice::Bash { 254 } else { 2 }, fatal: true })
            }
        }
    }

    fn execute(&mut self, op: &Op, sys: &mut Sys<'_>) -> Turn<Flow> {
        if let Some(flow) = self.execute_control(op, sys)? {
            return Ok(flow);
        }
        if let Some(flow) = self.execute_process(op, sys)? {
            return Ok(flow);
        }
        self.execute_word(op, sys)
    }
}
