//! Frames: what is being run, one above the other.

use super::{Id, Value};
use crate::engine::languages::python::syntax::ast::{BinOp, CmpOp, Name, UnOp};
use serde::{Deserialize, Serialize};

/// What happens with the value that a frame ends with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Return {
    /// It goes onto the stack of the frame below.
    Push,
    Discard,
    /// The frame below goes through a loop, whose end is here.
    ForIter(u32),
    /// The generator below hands on what this one yields.
    YieldFrom,
    /// The native below asked for it.
    Append,
    /// As `Append`, and an exception is handed over too.
    Try,
    /// It belongs to what is being collected below.
    Collect,
    /// It is `__init__` of this instance, which is the value.
    Init(Value, Box<Return>),
}

/// A part of a frame whose exceptions are handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    pub handler: u32,
    pub stack: u32,
    pub handling: u32,
}

/// A function of the script being run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PyFrame {
    pub code: u32,
    pub at: u32,
    pub locals: Vec<Value>,
    pub stack: Vec<Value>,
    pub cells: Vec<Id>,
    pub blocks: Vec<Block>,
    /// Exceptions being handled.
    pub handling: Vec<Value>,
    pub globals: Id,
    /// The names of a module or of the body of a class.
    pub names: Option<Id>,
    /// The generator this frame belongs to.
    pub generator: Option<Id>,
    pub ret: Return,
}

/// What a native frame runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Operation {
    Native(u16),
    Binary(BinOp),
    Inplace(BinOp),
    Compare(CmpOp),
    Unary(UnOp),
    Truth,
    GetAttr,
    SetAttr,
    DelAttr,
    GetItem,
    SetItem,
    DelItem,
    Iter,
    /// A list of everything that can be gone through.
    ToList,
    Format(Option<char>),
    /// Adds to what lies first in the arguments.
    ListExtend,
    SetAdd,
    DictAdd,
    DictUpdate,
    DictMerge,
    BuildSet,
    BuildDict,
    BuildClass,
    /// Calls the first argument with the others.
    Call,
    Import(u32),
    ImportFrom,
    ImportStar,
    Raise,
    MatchExcept,
    BeforeWith,
    Show,
    MatchKeys,
    MatchRest,
    MatchClass(u32),
}

/// A native that waits for something it asked for; it is run again with all answers so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NativeFrame {
    pub operation: Operation,
    pub args: Vec<Value>,
    pub names: Vec<(Name, Value)>,
    pub results: Vec<Result<Value, Value>>,
    pub ret: Return,
}

/// A list being made of all that an iterator gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CollectFrame {
    pub iter: Value,
    pub items: Vec<Value>,
    pub ret: Return,
}

/// A frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Frame {
    Py(Box<PyFrame>),
    Native(Box<NativeFrame>),
    Collect(Box<CollectFrame>),
}

impl PyFrame {
    pub fn children(&self, see: &mut dyn FnMut(&Value)) {
        self.locals.iter().chain(&self.stack).chain(&self.handling).for_each(&mut *see);
        self.cells.iter().chain(&self.names).chain(&self.generator).for_each(|id| see(&Value::Obj(*id)));
        see(&Value::Obj(self.globals));
        self.ret.children(see);
    }

    pub fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or_default()
    }

    /// The topmost values, in the order they were pushed.
    pub fn pop_many(&mut self, count: usize) -> Vec<Value> {
        self.stack.split_off(self.stack.len().saturating_sub(count))
    }

    pub fn push(&mut self, value: Value) {
        self.stack.push(value);
    }
}

impl Return {
    fn children(&self, see: &mut dyn FnMut(&Value)) {
        if let Return::Init(value, inner) = self {
            see(value);
            inner.children(see);
        }
    }
}

impl Frame {
    /// A call whose value nobody wants.
    pub fn call(callee: Value, args: Vec<Value>) -> Self {
        let args = std::iter::once(callee).chain(args).collect();
        let frame = NativeFrame { operation: Operation::Call, args, names: vec![], results: vec![], ret: Return::Discard };
        Frame::Native(Box::new(frame))
    }

    /// An exception that comes up where the frame below stands.
    pub fn raising(error: Value) -> Self {
        let args = vec![error];
        let frame = NativeFrame { operation: Operation::Raise, args, names: vec![], results: vec![], ret: Return::Discard };
        Frame::Native(Box::new(frame))
    }

    pub fn children(&self, see: &mut dyn FnMut(&Value)) {
        match self {
            Frame::Py(frame) => frame.children(see),
            Frame::Native(frame) => {
                frame.args.iter().chain(frame.names.iter().map(|(_, v)| v)).for_each(&mut *see);
                frame.results.iter().for_each(|r| match r {
                    Ok(value) | Err(value) => see(value),
                });
                frame.ret.children(see);
            }
            Frame::Collect(frame) => {
                see(&frame.iter);
                frame.items.iter().for_each(&mut *see);
                frame.ret.children(see);
            }
        }
    }

    pub fn ret(&self) -> &Return {
        match self {
            Frame::Py(frame) => &frame.ret,
            Frame::Native(frame) => &frame.ret,
            Frame::Collect(frame) => &frame.ret,
        }
    }
}
