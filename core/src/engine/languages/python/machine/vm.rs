//! A machine at work: what natives get hold of, and how they ask for what takes more than one turn.
//!
//! A native never calls the script. It asks with a [`Trap`], is put on the stack of frames, and is run again
//! from its start once the answer is there; all answers so far are handed to it in the order it asked. So
//! whatever it changes must come after its last question, or go through [`Vm::once`].

use super::frame::{NativeFrame, Operation, PyFrame, Return};
use super::heap::{Instance, Obj};
use super::{Dict, Id, Machine, Value, classes};
use crate::engine::languages::python::natives;
use crate::engine::languages::python::syntax::ast::Name;
use crate::kernel::{Sys, Wait};

/// What is called: the function, its arguments by place and by name.
pub type Called = (Value, Vec<Value>, Vec<(Name, Value)>);

/// Why a native stops before its end.
#[derive(Debug)]
pub enum Trap {
    /// An exception.
    Raise(Value),
    /// Call this; whether an exception is an answer too.
    Call(Box<Called>, bool),
    /// Run this.
    Frame(Box<PyFrame>),
    /// A list of all that an iterator gives.
    Collect(Value),
    /// Go on with a generator: what it gets, or what is thrown into it.
    Resume(Id, Result<Value, Value>, bool),
    /// Run me again when this happens.
    Block(Wait),
    /// The program ends.
    Exit(i32),
    /// Drydock does not do this.
    Missing(String),
    /// The process became another program.
    Replaced,
    /// As an exception that was on its way already.
    Again(Value),
}

/// What a native gives.
pub type Got<T = Value> = Result<T, Trap>;

/// The arguments of a native.
#[derive(Debug, Clone, Copy)]
pub struct Args<'a> {
    pub items: &'a [Value],
    pub names: &'a [(Name, Value)],
}

/// A native function.
pub type NativeFn = fn(&mut Vm<'_, '_>, Args<'_>) -> Got;

/// A machine and the process that it is.
pub struct Vm<'a, 's> {
    pub m: &'a mut Machine,
    pub sys: &'a mut Sys<'s>,
    /// The thread that runs.
    pub thread: usize,
    /// Operations left in this turn.
    pub budget: i64,
    pub(super) results: Vec<Result<Value, Value>>,
    pub(super) cursor: usize,
    pub(super) depth: u32,
    /// The globals of the frame that runs, and the names that `locals` shows.
    pub(super) present: Option<(Id, Option<Id>)>,
}

/// How deep natives go into values within values.
const MAX_DEPTH: u32 = 120;
/// The most memory a script may hold, in bytes.
pub const MAX_MEMORY: u64 = 384 << 20;
/// The largest single value.
pub const MAX_VALUE: usize = 96 << 20;

impl<'a> Args<'a> {
    /// An argument by its place.
    pub fn get(&self, at: usize) -> Option<&'a Value> {
        self.items.get(at)
    }

    /// An argument by its place or name.
    pub fn opt(&self, at: usize, name: &str) -> Option<&'a Value> {
        self.items.get(at).or_else(|| self.named(name))
    }

    pub fn named(&self, name: &str) -> Option<&'a Value> {
        self.names.iter().find(|(n, _)| &**n == name).map(|(_, v)| v)
    }

    /// An argument that is there: natives check their number first.
    pub fn at(&self, at: usize) -> Value {
        self.items.get(at).cloned().unwrap_or_default()
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }
}

impl<'a, 's> Vm<'a, 's> {
    pub fn new(m: &'a mut Machine, sys: &'a mut Sys<'s>, budget: i64) -> Self {
        Self { m, sys, thread: 0, budget, results: vec![], cursor: 0, depth: 0, present: None }
    }

    /// Pays for work beyond one operation.
    pub fn work(&mut self, amount: usize) {
        self.budget -= i64::try_from(amount).unwrap_or(i64::MAX / 4);
    }

    fn answer(&mut self, question: Trap) -> Got {
        match self.results.get(self.cursor).cloned() {
            Some(answer) => {
                self.cursor += 1;
                answer.map_err(Trap::Raise)
            }
            None => Err(question),
        }
    }

    /// The next answer, which is there.
    pub(super) fn answered(&mut self) -> Got {
        self.answer(Trap::Exit(1))
    }

    /// True where the native has been run before.
    pub fn has_answers(&self) -> bool {
        self.cursor < self.results.len()
    }

    /// The globals of the script's present function.
    pub fn present_globals(&self) -> Option<Id> {
        self.present.map(|(globals, _)| globals).or_else(|| self.caller().map(|f| f.globals))
    }

    /// The names that `locals` shows.
    pub fn present_names(&self) -> Option<Id> {
        self.present.and_then(|(_, names)| names)
    }

    /// Runs an `__init__` to its end for a native.
    pub fn run_init(&mut self, frame: Box<PyFrame>) -> Got {
        let made = if let Return::Init(made, _) = &frame.ret { made.clone() } else { Value::None };
        let mut frame = frame;
        frame.ret = Return::Append;
        self.answer(Trap::Frame(frame))?;
        Ok(made)
    }

    /// The status that an exception asks the process to end with, where it is `SystemExit`.
    pub fn exit_code(&mut self, error: &Value) -> Option<i32> {
        if !self.is_kind(error, "SystemExit") {
            return None;
        }
        let code = error.id().and_then(|id| self.m.heap.instance(id)).and_then(|i| i.attrs.text("code")).cloned();
        Some(match code.unwrap_or_default() {
            Value::None => 0,
            Value::Int(n) => (n & 0xff) as i32,
            Value::Bool(b) => i32::from(b),
            other => {
                let text = self.str(&other).unwrap_or_default();
                natives::flush_out(self);
                self.sys.eprint(&format!("{text}\n"));
                1
            }
        })
    }

    /// Does something once, however often the native is run again.
    pub fn once(&mut self, make: impl FnOnce(&mut Self) -> Got) -> Got {
        if self.cursor < self.results.len() {
            return self.answered();
        }
        let value = make(self)?;
        self.results.push(Ok(value.clone()));
        self.cursor += 1;
        Ok(value)
    }

    /// Calls anything callable.
    pub fn call(&mut self, callee: &Value, args: Vec<Value>) -> Got {
        self.call_named(callee, args, vec![])
    }

    pub fn call_named(&mut self, callee: &Value, args: Vec<Value>, names: Vec<(Name, Value)>) -> Got {
        if let Value::Native(number) = callee {
            return self.native(*number, &args, &names);
        }
        self.answer(Trap::Call(Box::new((callee.clone(), args, names)), false))
    }

    /// As [`Vm::call`]; an exception of the script is an answer too.
    pub fn try_call(&mut self, callee: &Value, args: Vec<Value>) -> Got<Result<Value, Value>> {
        match self.answer(Trap::Call(Box::new((callee.clone(), args, vec![])), true)) {
            Ok(value) => Ok(Ok(value)),
            Err(Trap::Raise(error)) => Ok(Err(error)),
            Err(other) => Err(other),
        }
    }

    pub fn run_frame_of(&mut self, frame: PyFrame) -> Got {
        self.answer(Trap::Frame(Box::new(frame)))
    }

    pub(super) fn collected(&mut self, iter: Value) -> Got {
        self.answer(Trap::Collect(iter))
    }

    /// Goes on with a generator; where it has ended, `StopIteration` is the answer.
    pub fn resume(&mut self, generator: Id, sent: Result<Value, Value>) -> Got<Result<Value, Value>> {
        match self.answer(Trap::Resume(generator, sent, true)) {
            Ok(value) => Ok(Ok(value)),
            Err(Trap::Raise(error)) => Ok(Err(error)),
            Err(other) => Err(other),
        }
    }

    /// Runs a native within another.
    pub fn native(&mut self, number: u16, args: &[Value], names: &[(Name, Value)]) -> Got {
        let args = Args { items: args, names };
        natives::count(self, number, args)?;
        let function = natives::function(number);
        self.deeper(|vm| function(vm, args))
    }

    /// Goes a level deeper into natives or values, as far as that is allowed.
    pub fn deeper<T>(&mut self, run: impl FnOnce(&mut Self) -> Got<T>) -> Got<T> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error("RecursionError", "maximum recursion depth exceeded"));
        }
        self.depth += 1;
        let result = run(self);
        self.depth = self.depth.saturating_sub(1);
        result
    }

    /// An exception of a built-in kind.
    pub fn error(&mut self, kind: &str, message: impl AsRef<str>) -> Trap {
        Trap::Raise(self.exception(kind, vec![Value::str(message)]))
    }

    pub fn type_error(&mut self, message: impl AsRef<str>) -> Trap {
        self.error("TypeError", message)
    }

    pub fn value_error(&mut self, message: impl AsRef<str>) -> Trap {
        self.error("ValueError", message)
    }

    /// An exception object of a built-in kind.
    pub fn exception(&mut self, kind: &str, args: Vec<Value>) -> Value {
        let class = classes::by_name(kind).unwrap_or(classes::EXCEPTION);
        self.exception_of(class, args)
    }

    pub fn exception_of(&mut self, class: Id, args: Vec<Value>) -> Value {
        let mut attrs = Dict::default();
        let args = self.tuple(args);
        attrs.set("args", args);
        let instance = Instance { class, attrs, base: Value::None, trace: vec![] };
        self.new_obj(Obj::Instance(Box::new(instance)))
    }

    pub fn missing<T>(&self, what: impl Into<String>) -> Got<T> {
        Err(Trap::Missing(what.into()))
    }

    pub fn new_obj(&mut self, obj: Obj) -> Value {
        Value::Obj(self.m.heap.alloc(obj))
    }

    pub fn list(&mut self, items: Vec<Value>) -> Value {
        self.new_obj(Obj::List(items))
    }

    pub fn tuple(&mut self, items: Vec<Value>) -> Value {
        self.new_obj(Obj::Tuple(items))
    }

    /// A text of a size that is allowed.
    pub fn string(&mut self, text: String) -> Got {
        self.claim(text.len())?;
        Ok(Value::Str(text.into()))
    }

    pub fn bytes(&mut self, bytes: Vec<u8>) -> Got {
        self.claim(bytes.len())?;
        Ok(Value::Bytes(bytes.into()))
    }

    /// Refuses values and heaps that are too large; call it before making them.
    pub fn claim(&mut self, bytes: usize) -> Got<()> {
        self.m.heap.fresh += bytes as u64;
        self.work(bytes / 512);
        if bytes < 4096 && self.m.heap.fresh < 1 << 20 {
            return Ok(());
        }
        self.room(bytes)
    }

    fn room(&mut self, bytes: usize) -> Got<()> {
        let wanted = self.m.heap.live.saturating_add(bytes as u64);
        // More than the machine has is refused at once; what it has may still be more than the limit.
        let possible = bytes as u64 <= crate::kernel::MEMORY_KB << 10;
        if possible && wanted > self.m.claimed.saturating_add(1 << 20) {
            self.m.claimed = wanted;
            if !self.sys.claim_memory(wanted.saturating_add(8 << 20)) {
                return Err(Trap::Exit(137));
            }
        }
        if bytes > MAX_VALUE || self.m.heap.live.saturating_add(bytes as u64) > MAX_MEMORY {
            let error = self.exception("MemoryError", vec![]);
            return Err(Trap::Raise(error));
        }
        Ok(())
    }

    /// A new native frame for what could not be done at once.
    pub(super) fn suspended(
        &mut self,
        operation: Operation,
        args: Vec<Value>,
        names: Vec<(Name, Value)>,
        ret: Return,
    ) -> Box<NativeFrame> {
        let results = std::mem::take(&mut self.results);
        Box::new(NativeFrame { operation, args, names, results, ret })
    }
}
