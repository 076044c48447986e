//! The machine: its state, calls, returns and errors. What instructions do is in `ops` and `access`.

use super::code::{Code, Unit};
use super::heap::Heap;
use super::value::{Id, Kind, Object, Reaction, Slot, Value};
use crate::kernel::{Sys, Wait};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// How many calls may be open.
const MAX_FRAMES: usize = 9_000;
/// How many values the stack may hold.
const MAX_STACK: usize = 2_000_000;

/// Why an instruction or a native did not simply give a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Trap {
    Throw(Value),
    /// This object must become a primitive first; then again.
    Primitive(Id, &'static str),
    /// Call this instead.
    Call(Box<(Value, Value, Vec<Value>)>),
    /// Construct this instead: constructor, arguments, `new.target`.
    Construct(Box<(Value, Vec<Value>, Id)>),
    /// Go on with a suspended function: how (0 value, 1 error, 2 return).
    Resume(Id, u8, Value),
    /// What is not simulated.
    Missing(String),
    Exit(i32),
    /// Again when this happens.
    Block(Wait),
}

pub type Res<T> = Result<T, Trap>;

/// What becomes of a function's value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Ret {
    Push,
    Discard,
    /// The object that was made, unless the value is one.
    Construct(Id),
    /// It goes to this place of the stack, and the instruction runs again.
    Again(u32),
    /// It decides a promise.
    Settle(Id),
    /// Nothing waits for it.
    Top,
}

impl Ret {
    pub fn ids(&self, out: &mut Vec<Id>) {
        if let Ret::Construct(id) | Ret::Settle(id) = self {
            out.push(*id);
        }
    }
}

/// An open call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    pub unit: u32,
    pub code: u32,
    pub pc: u32,
    /// Where its locals begin.
    pub base: u32,
    pub callee: Option<Id>,
    pub this: Value,
    pub cells: Arc<[Id]>,
    pub args: Vec<Value>,
    /// Where errors go, and how long the stack is there.
    pub handlers: Vec<(u32, u32)>,
    pub ret: Ret,
    pub new_target: Option<Id>,
    pub coroutine: Option<Id>,
}

/// Something to run when the stack is empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Job {
    Call(Value, Vec<Value>),
    React {
        reaction: Reaction,
        value: Value,
        broken: bool,
    },
    /// Asks a thenable: promise, thenable, its `then`.
    Adopt(Id, Value, Value),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timer {
    pub callback: Value,
    pub args: Vec<Value>,
    /// Milliseconds; for an interval it comes again.
    pub every: Option<f64>,
    pub id: u64,
    pub keeps_alive: bool,
    pub object: Value,
}

/// How the machine stands after a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Nothing is left on the stack.
    Idle,
    /// The budget is spent.
    Busy,
    Exit(i32),
    Block(Wait),
    /// An error that nothing caught.
    Uncaught(Value),
    Missing(String),
    Memory,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Vm {
    pub heap: Heap,
    pub stack: Vec<Value>,
    pub frames: Vec<Frame>,
    pub units: Vec<Unit>,
    pub symbols: Vec<Arc<str>>,
    /// `Symbol.for`
    pub shared_symbols: BTreeMap<String, u32>,
    pub micro: VecDeque<Job>,
    pub ticks: VecDeque<Job>,
    pub immediates: VecDeque<(u64, Job)>,
    /// What input and output have finished.
    pub finished: VecDeque<Job>,
    pub timers: BTreeMap<(i64, u64), Timer>,
    pub next_timer: u64,
    /// Functions of the library that the machine calls, and the states it keeps, by name.
    pub hooks: BTreeMap<String, Value>,
    /// Promises that were broken and that nobody handles yet.
    pub unhandled: Vec<Id>,
    pub handles: super::handles::Handles,
    pub facts: super::process::Facts,
    /// Work since the last look at the budget.
    #[serde(skip)]
    pub cost: u64,
    /// The `new.target` of the native that runs.
    #[serde(skip)]
    pub native_new: Option<Id>,
    /// The native that runs, for stack traces.
    #[serde(skip)]
    pub native_now: Option<u16>,
    /// The error on its way and where it was thrown.
    pub thrown: Option<(Value, (u32, u32))>,
    pub warned: u32,
}

impl Vm {
    pub fn code_of(&self, frame: &Frame) -> Arc<Code> {
        let unit = self.units.get(frame.unit as usize);
        unit.and_then(|u| u.compiled.codes.get(frame.code as usize)).cloned().unwrap_or_default()
    }

    pub fn frame(&mut self) -> Res<&mut Frame> {
        self.frames.last_mut().ok_or(Trap::Exit(70))
    }

    pub fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or_default()
    }

    pub fn top(&self, down: usize) -> &Value {
        self.stack.len().checked_sub(down + 1).and_then(|at| self.stack.get(at)).unwrap_or(&Value::Undefined)
    }

    pub fn new_array(&mut self, list: Vec<Value>) -> Value {
        self.cost += list.len() as u64 / 8;
        Value::Obj(self.heap.add(Object::of(super::realm::ARRAY, Kind::Array(list))))
    }

    pub fn new_object(&mut self) -> Id {
        self.heap.add(Object::of(super::realm::OBJECT, Kind::Plain))
    }

    /// A plain object with these properties.
    pub fn object_of(&mut self, props: Vec<(&str, Value)>) -> Value {
        let id = self.new_object();
        for (name, value) in props {
            self.heap.get_mut(id).props.insert(name.into(), super::value::Prop::open(value));
        }
        Value::Obj(id)
    }

    /// Runs until the stack is empty or `limit` units of work are done.
    pub fn run(&mut self, sys: &mut Sys<'_>, limit: u64) -> Outcome {
        self.cost = 0;
        loop {
            let Some(frame) = self.frames.last() else { return Outcome::Idle };
            let code = self.code_of(frame);
            let depth = self.frames.len();
            let identity = (frame.unit, frame.code);
            loop {
                if self.cost >= limit {
                    return Outcome::Busy;
                }
                self.cost += 1;
                let stepped = self.step(sys, &code);
                if let Err(trap) = stepped
                    && let Some(outcome) = self.trapped(sys, trap)
                {
                    return outcome;
                }
                if self.heap.is_due()
                    && let Some(outcome) = self.take_stock(sys)
                {
                    return outcome;
                }
                let same = self.frames.len() == depth
                    && self.frames.last().is_some_and(|f| (f.unit, f.code) == identity);
                if !same {
                    break;
                }
            }
        }
    }

    fn step(&mut self, sys: &mut Sys<'_>, code: &Code) -> Res<()> {
        let frame = self.frame()?;
        let Some(op) = code.ops.get(frame.pc as usize).copied() else { return Err(Trap::Exit(70)) };
        frame.pc += 1;
        self.execute(sys, code, op)
    }

    /// Deals with what an instruction could not do by itself.
    fn trapped(&mut self, sys: &mut Sys<'_>, trap: Trap) -> Option<Outcome> {
        match trap {
            Trap::Throw(value) => self.unwind(sys, value),
            Trap::Missing(what) => Some(Outcome::Missing(what)),
            Trap::Exit(code) => Some(Outcome::Exit(code)),
            Trap::Block(wait) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.pc = frame.pc.saturating_sub(1);
                }
                Some(Outcome::Block(wait))
            }
            Trap::Primitive(id, hint) => {
                let at = self.stack.iter().rposition(|v| matches!(v, Value::Obj(other) if *other == id))?;
                if let Some(frame) = self.frames.last_mut() {
                    frame.pc = frame.pc.saturating_sub(1);
                }
                let helper = self.hooks.get("toPrimitive").cloned().unwrap_or_default();
                let result = self.call(
                    sys,
                    helper,
                    Value::Undefined,
                    vec![Value::Obj(id), Value::text(hint)],
                    Ret::Again(at as u32),
                );
                result.err().and_then(|trap| self.trapped(sys, trap))
            }
            Trap::Call(call) => {
                let (callee, this, args) = *call;
                let result = self.call(sys, callee, this, args, Ret::Push);
                result.err().and_then(|trap| self.trapped(sys, trap))
            }
            Trap::Construct(call) => {
                let (callee, args, target) = *call;
                let result = self.construct(sys, callee, args, target);
                result.err().and_then(|trap| self.trapped(sys, trap))
            }
            Trap::Resume(id, how, value) => {
                let result = self.resume(sys, id, how, value, Ret::Push);
                result.err().and_then(|trap| self.trapped(sys, trap))
            }
        }
    }

    /// Calls a function with what is given.
    pub fn call(
        &mut self,
        sys: &mut Sys<'_>,
        callee: Value,
        this: Value,
        args: Vec<Value>,
        ret: Ret,
    ) -> Res<()> {
        let count = args.len();
        self.stack.push(callee);
        self.stack.push(this);
        self.stack.extend(args);
        self.enter(sys, count, ret, None)
    }

    pub fn construct(&mut self, sys: &mut Sys<'_>, callee: Value, args: Vec<Value>, target: Id) -> Res<()> {
        let count = args.len();
        self.stack.push(callee);
        self.stack.push(Value::Obj(target));
        self.stack.extend(args);
        self.enter_new(sys, count)
    }

    /// Calls what is on the stack: `[function this args…]`.
    pub fn enter(&mut self, sys: &mut Sys<'_>, count: usize, ret: Ret, new_target: Option<Id>) -> Res<()> {
        let base = self.stack.len() - count;
        let callee = self.stack[base - 2].object();
        let kind = callee.map_or(&Kind::Plain, |id| &self.heap.get(id).kind);
        match kind {
            Kind::Function(closure) => {
                let (unit, code, cells) = (closure.unit, closure.code, closure.cells.clone());
                self.enter_function((unit, code, cells), callee, count, ret, new_target)
            }
            Kind::Native(index) => {
                let index = *index;
                let args = self.stack[base..].to_vec();
                let this = self.stack[base - 1].clone();
                self.native_new = new_target;
                let result = super::builtins::call(self, sys, index, &this, &args);
                self.native_new = None;
                match result {
                    Ok(value) => {
                        self.stack.truncate(base - 2);
                        self.deliver(sys, value, ret)
                    }
                    Err(trap @ (Trap::Primitive(..) | Trap::Block(_))) if ret == Ret::Push => Err(trap),
                    Err(trap) => {
                        self.stack.truncate(base - 2);
                        self.redirect(sys, trap, ret)
                    }
                }
            }
            Kind::Bound { target, this, args } => {
                let (target, this, mut all) = (*target, this.clone(), args.clone());
                all.extend(self.stack.drain(base..));
                self.stack.truncate(base - 2);
                if new_target.is_some() {
                    return self.construct(sys, Value::Obj(target), all, target);
                }
                self.call(sys, Value::Obj(target), this, all, ret)
            }
            Kind::Resolver { promise, breaks } => {
                let (promise, breaks) = (*promise, *breaks);
                let value = self.stack.get(base).cloned().unwrap_or_default();
                self.stack.truncate(base - 2);
                if !std::mem::replace(self.decided(promise), true) {
                    if breaks {
                        self.break_promise(promise, value)
                    } else {
                        self.resolve_promise(sys, promise, value)?
                    }
                }
                self.deliver(sys, Value::Undefined, ret)
            }
            _ => {
                let what = self.called_text();
                let callee = self.stack[base - 2].clone();
                self.stack.truncate(base - 2);
                let what = if what.is_empty() { self.shown_briefly(&callee) } else { what };
                self.type_error(&format!("{what} is not a function"))
            }
        }
    }

    /// A native asked for something else in its place.
    fn redirect(&mut self, sys: &mut Sys<'_>, trap: Trap, ret: Ret) -> Res<()> {
        match trap {
            Trap::Call(call) => self.call(sys, call.0, call.1, call.2, ret),
            Trap::Resume(id, how, value) => self.resume(sys, id, how, value, ret),
            Trap::Throw(error) => match ret {
                Ret::Settle(promise) => {
                    self.break_promise(promise, error);
                    Ok(())
                }
                _ => Err(Trap::Throw(error)),
            },
            Trap::Primitive(..) => Err(Trap::Missing("an object in place of a text or number here".into())),
            other => Err(other),
        }
    }

    fn enter_function(
        &mut self,
        (unit, number, cells): (u32, u32, Arc<[Id]>),
        callee: Option<Id>,
        count: usize,
        ret: Ret,
        new_target: Option<Id>,
    ) -> Res<()> {
        let base = self.stack.len() - count;
        let Some(code) =
            self.units.get(unit as usize).and_then(|u| u.compiled.codes.get(number as usize)).cloned()
        else {
            return Err(Trap::Exit(70));
        };
        if code.is_class && new_target.is_none() {
            self.stack.truncate(base - 2);
            return self
                .type_error(&format!("Class constructor {} cannot be invoked without 'new'", code.name));
        }
        if self.frames.len() >= MAX_FRAMES || self.stack.len() > MAX_STACK {
            self.stack.truncate(base - 2);
            return self.range_error("Maximum call stack size exceeded");
        }
        let args = if code.keeps_args { self.stack[base..].to_vec() } else { vec![] };
        self.stack.resize(base + usize::from(code.params), Value::Undefined);
        self.stack.resize(base + usize::from(code.locals), Value::Undefined);
        let mut this = self.stack[base - 1].clone();
        if !code.strict && this.is_nullish() && new_target.is_none() {
            this = Value::Obj(super::realm::GLOBAL);
        }
        let mut frame = Frame {
            unit,
            code: number,
            pc: 0,
            base: base as u32,
            callee,
            this,
            cells,
            args,
            handlers: vec![],
            ret,
            new_target,
            coroutine: None,
        };
        if !code.is_generator && !code.is_async {
            self.frames.push(frame);
            return Ok(());
        }
        let id = self.coroutine(&code, callee);
        frame.coroutine = Some(id);
        if code.is_generator {
            frame.base = 0;
            let ret = std::mem::replace(&mut frame.ret, Ret::Top);
            let stack = self.stack.split_off(base);
            self.stack.truncate(base - 2);
            if let Kind::Coroutine(c) = &mut self.heap.get_mut(id).kind {
                c.stack = stack;
                c.frame = Some(Box::new(frame));
            }
            return match ret {
                Ret::Push => {
                    self.stack.push(Value::Obj(id));
                    Ok(())
                }
                _ => Err(Trap::Missing("a generator called from here".into())),
            };
        }
        self.frames.push(frame);
        Ok(())
    }

    /// Constructs what is on the stack: `[constructor new.target args…]`.
    pub fn enter_new(&mut self, sys: &mut Sys<'_>, count: usize) -> Res<()> {
        let base = self.stack.len() - count;
        let callee = self.stack[base - 2].object();
        let target = self.stack[base - 1].object().or(callee);
        let code = callee.and_then(|id| match &self.heap.get(id).kind {
            Kind::Function(c) => {
                self.units.get(c.unit as usize)?.compiled.codes.get(c.code as usize).cloned()
            }
            _ => None,
        });
        let is_native =
            callee.is_some_and(|id| matches!(self.heap.get(id).kind, Kind::Native(_) | Kind::Bound { .. }));
        let (Some(callee), Some(target), true) =
            (callee, target, is_native || code.as_ref().is_some_and(|c| c.constructs()))
        else {
            let what = self.constructed_text();
            let value = self.stack[base - 2].clone();
            self.stack.truncate(base - 2);
            let what = if what.is_empty() { self.shown_briefly(&value) } else { what };
            return self.type_error(&format!("{what} is not a constructor"));
        };
        let Some(code) = code else {
            self.stack[base - 1] = Value::Undefined;
            return self.enter(sys, count, Ret::Push, Some(target));
        };
        if code.shape == super::ast::Shape::Derived {
            self.stack[base - 1] = Value::Empty;
            return self.enter(sys, count, Ret::Push, Some(target));
        }
        let proto = match self.plain(target, &"prototype".into()) {
            Some(Value::Obj(id)) => id,
            _ => super::realm::OBJECT,
        };
        let object = self.heap.add(Object::of(proto, Kind::Plain));
        self.stack[base - 1] = Value::Obj(object);
        self.enter(sys, count, Ret::Construct(object), Some(target))?;
        self.run_fields(sys, callee, Value::Obj(object))
    }

    /// Runs the function that sets the fields of a class on `this`.
    pub fn run_fields(&mut self, sys: &mut Sys<'_>, class: Id, this: Value) -> Res<()> {
        let fields = match &self.heap.get(class).kind {
            Kind::Function(closure) => closure.fields,
            _ => None,
        };
        match fields {
            Some(fields) => self.call(sys, Value::Obj(fields), this, vec![], Ret::Discard),
            None => Ok(()),
        }
    }

    /// Gives a value to what waits for it.
    pub fn deliver(&mut self, sys: &mut Sys<'_>, value: Value, ret: Ret) -> Res<()> {
        match ret {
            Ret::Push => self.stack.push(value),
            Ret::Discard | Ret::Top => {}
            Ret::Construct(object) => {
                self.stack.push(if value.object().is_some() { value } else { Value::Obj(object) })
            }
            Ret::Again(at) => {
                if let Some(slot) = self.stack.get_mut(at as usize) {
                    *slot = value;
                }
            }
            Ret::Settle(promise) => return self.resolve_promise(sys, promise, value),
        }
        Ok(())
    }

    /// Ends the present function with a value.
    pub fn return_value(&mut self, sys: &mut Sys<'_>, value: Value) -> Res<()> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        self.stack.truncate((frame.base as usize).saturating_sub(2));
        match frame.coroutine {
            None => self.deliver(sys, value, frame.ret),
            Some(id) => self.coroutine_ends(sys, id, Ok(value), frame.ret),
        }
    }

    /// Looks for a handler of an error; the outcome where there is none.
    pub fn unwind(&mut self, sys: &mut Sys<'_>, error: Value) -> Option<Outcome> {
        if self.thrown.as_ref().is_none_or(|(known, _)| *known != error) {
            self.thrown = self.place_now().map(|place| (error.clone(), place));
        }
        loop {
            let Some(frame) = self.frames.last_mut() else { return Some(Outcome::Uncaught(error)) };
            if let Some((pc, len)) = frame.handlers.pop() {
                frame.pc = pc;
                self.stack.truncate(len as usize);
                let library = self
                    .units
                    .get(frame.unit as usize)
                    .is_some_and(|u| u.source.goal == super::parser::Goal::Library);
                if !library {
                    self.thrown = None;
                }
                self.stack.push(error);
                return None;
            }
            let frame = self.frames.pop()?;
            self.stack.truncate((frame.base as usize).saturating_sub(2));
            if let Some(id) = frame.coroutine {
                let result = if matches!(error, Value::Empty) {
                    let returning = match &mut self.heap.get_mut(id).kind {
                        Kind::Coroutine(c) => std::mem::take(&mut c.returning),
                        _ => Value::Undefined,
                    };
                    Ok(returning)
                } else {
                    Err(error)
                };
                match self.coroutine_ends(sys, id, result, frame.ret) {
                    Ok(()) => {
                        return None;
                    }
                    Err(Trap::Throw(again)) => return self.unwind(sys, again),
                    Err(other) => return self.trapped(sys, other),
                }
            }
            if let Ret::Settle(promise) = frame.ret {
                self.break_promise(promise, error);
                return None;
            }
        }
    }

    fn decided(&mut self, promise: Id) -> &mut bool {
        match &mut self.heap.get_mut(promise).kind {
            Kind::Promise(p) => &mut p.decided,
            _ => &mut self.facts.scratch,
        }
    }

    /// A data property found along the prototypes; accessors count as missing.
    pub fn plain(&self, id: Id, key: &super::value::Key) -> Option<Value> {
        let mut at = Some(id);
        for _ in 0..1000 {
            let object = self.heap.get(at?);
            if let Some(prop) = object.props.get(key) {
                return match &prop.slot {
                    Slot::Value(value) => Some(value.clone()),
                    Slot::Accessor(..) => None,
                };
            }
            at = object.proto;
        }
        None
    }
}
