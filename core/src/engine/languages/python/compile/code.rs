//! The operations of the machine, and functions made of them.

use crate::engine::languages::python::machine::Value;
use crate::engine::languages::python::syntax::ast::{BinOp, CmpOp, Name, Span, UnOp};
use std::sync::Arc;

/// An operation on the stack of a frame. `u32`s are places in the lists of the [`Code`] or jump targets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Op {
    Const(u32),
    None,
    LoadFast(u32),
    StoreFast(u32),
    DeleteFast(u32),
    LoadDeref(u32),
    StoreDeref(u32),
    DeleteDeref(u32),
    /// As `LoadDeref` in the body of a class, whose own names come first.
    LoadClassDeref(u32, u32),
    /// The cell itself, for a closure.
    LoadCell(u32),
    LoadGlobal(u32),
    StoreGlobal(u32),
    DeleteGlobal(u32),
    LoadName(u32),
    StoreName(u32),
    DeleteName(u32),
    Pop,
    Dup,
    /// The two topmost values once more.
    Dup2,
    Swap,
    /// The topmost value goes below the two under it.
    Rot3,
    Binary(BinOp),
    Inplace(BinOp),
    Unary(UnOp),
    Compare(CmpOp),
    GetAttr(u32),
    SetAttr(u32),
    DelAttr(u32),
    GetItem,
    SetItem,
    DelItem,
    BuildList(u32),
    BuildTuple(u32),
    BuildSet(u32),
    BuildDict(u32),
    BuildSlice,
    BuildString(u32),
    /// Conversion, and whether a format is on the stack.
    Format(Option<char>, bool),
    /// Adds to the list that lies this deep.
    ListAppend(u32),
    SetAdd(u32),
    DictAdd(u32),
    ListExtend,
    DictUpdate,
    /// As `DictUpdate` for the arguments of a call, where no name may come twice.
    DictMerge,
    ListToTuple,
    Jump(u32),
    JumpIfFalse(u32),
    JumpIfTrue(u32),
    GetIter,
    ForIter(u32),
    Unpack(u32),
    /// Values before and after the starred one.
    UnpackStar(u32, u32),
    Call(u32),
    /// Number of all arguments, place of the names of the last ones in `keywords`.
    CallNamed(u32, u32),
    /// Arguments as a list and, if so, names as a dictionary.
    CallSpread(bool),
    /// The method of the value on the stack, which becomes its first argument.
    LoadMethod(u32),
    CallMethod(u32),
    MakeFunction { code: u32, closure: u32, defaults: bool, keyword_defaults: bool },
    /// Function of the body, name, bases and keywords are on the stack.
    BuildClass,
    Return,
    Yield,
    YieldFrom,
    GetAwaitable,
    SetupTry(u32),
    /// As `SetupTry`, with the topmost value not counted.
    SetupWith(u32),
    PopBlock,
    PopExcept,
    /// True where the exception below is of the kind on top.
    MatchExcept,
    Reraise,
    /// The kind, the exception and its traceback, for `__exit__`.
    ExceptInfo,
    /// `__exit__` below the result of `__enter__`.
    BeforeWith,
    /// Shows a value at the prompt.
    Show,
    Import(u32, u32),
    ImportFrom(u32),
    ImportStar,
    /// How many values: exception, cause.
    Raise(u32),
    AssertionError,
    SetupAnnotations,
    /// Length, whether one is starred; leaves whether it fits.
    MatchSequence(u32, bool),
    MatchMapping,
    /// Keys on the stack as a tuple; adds a tuple of values, and whether it fits.
    MatchKeys,
    /// Number of patterns by place, place of the names; leaves a tuple of values, and whether it fits.
    MatchClass(u32, u32),
    /// Of a dictionary, keys and values only the values stay, and a copy of the dictionary without the keys.
    MatchRest,
}

impl Op {
    /// Sets where a jump goes.
    pub fn set_target(&mut self, to: u32) {
        match self {
            Op::Jump(t)
            | Op::JumpIfFalse(t)
            | Op::JumpIfTrue(t)
            | Op::ForIter(t)
            | Op::SetupTry(t)
            | Op::SetupWith(t) => *t = to,
            _ => {}
        }
    }
}

/// A function, class body or module in operations.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Code {
    pub name: Name,
    pub qualified: Name,
    /// Which text it comes from.
    pub source: u32,
    pub line: u32,
    pub ops: Vec<Op>,
    pub spans: Vec<Span>,
    pub consts: Vec<Value>,
    pub names: Vec<Name>,
    pub keywords: Vec<Vec<Name>>,
    /// Parameters first: plain, keyword-only, `*`, `**`.
    pub locals: Vec<Name>,
    pub params: usize,
    pub positional_only: usize,
    pub keyword_only: usize,
    pub star: bool,
    pub double_star: bool,
    pub cells: Vec<Name>,
    /// Cells that begin as a parameter: cell, local.
    pub cell_arguments: Vec<(u32, u32)>,
    pub free: Vec<Name>,
    pub is_generator: bool,
    pub yields: bool,
    pub is_async: bool,
    pub is_comprehension: bool,
    pub doc: Option<Arc<str>>,
}
