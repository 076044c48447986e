//! What a script is compiled to: flat instructions for a machine with a stack. A unit is saved as its text and
//! compiled again when it is read.

use super::ast::{Name, Shape};
use super::lexer::Fault;
use super::parser::Goal;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An instruction. `[…]` in the descriptions is the end of the stack, before and after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Op {
    /// `[] [constant]`
    Const(u32),
    Undefined,
    Null,
    True,
    False,
    /// What stands in a variable before its declaration has run.
    Empty,
    Int(i32),
    Local(u16),
    /// As `Local`, and an error before the declaration.
    LocalCheck(u16),
    SetLocal(u16),
    SetLocalCheck(u16),
    Cell(u16),
    CellCheck(u16),
    SetCell(u16),
    SetCellCheck(u16),
    Up(u16),
    UpCheck(u16),
    SetUp(u16),
    SetUpCheck(u16),
    /// A new cell without a value in a local.
    FreshCell(u16),
    /// Puts a local into a cell.
    BoxLocal(u16),
    /// A new cell with the value of the one there.
    CopyCell(u16),
    ConstAssigned(u32),
    Global(u32),
    GlobalOrUndefined(u32),
    SetGlobal(u32),
    /// `[object] [value]`
    Get(u32),
    GetPrivate(u32),
    /// `[object] [function object]`
    Method(u32),
    /// `[object key] [value]`
    Index,
    /// `[object key] [function object]`
    MethodIndex,
    /// `[object value] [value]`
    Set(u32),
    /// `[object key value] [value]`
    SetIndex,
    /// `[object key] [bool]`
    Delete,
    Dup,
    /// `[a b] [a b a b]`
    Dup2,
    Pop,
    Swap,
    /// `[function this args…] [value]`
    Call(u16),
    /// `[function args…]` with a hole for `this`
    New(u16),
    /// `[function this array] [value]`
    CallSpread,
    NewSpread,
    /// Index of the native, arguments: `[args…] [value]`
    Native(u16, u16),
    NewArray,
    /// `[array value] [array]`
    Append,
    AppendHole,
    /// `[array iterable] [array]`
    AppendSpread,
    NewObject,
    /// `[object value] [object]`
    Init(u32),
    /// `[object key value] [object]`
    InitIndex,
    /// `[object key function] [object]`; which: 0 method, 1 getter, 2 setter; whether it shows.
    InitMethod(u8, bool),
    /// `[object source] [object]`
    InitSpread,
    /// `[object key…] [rest]`: a copy without these keys.
    ObjectRest(u16),
    Closure(u32),
    /// `[parent] [constructor prototype]`; the closure, whether it extends.
    Class(u32, bool),
    /// `[constructor prototype function]`: sets the fields function.
    ClassFields,
    /// `[this key value] []`
    DefineField,
    RunFields,
    Binary(Binary),
    Neg,
    Plus,
    Not,
    BitNot,
    Typeof,
    Inc,
    Dec,
    ToNumeric,
    ToKey,
    Jump(u32),
    JumpIfFalse(u32),
    JumpIfTrue(u32),
    /// Jump and keep, or drop and go on.
    JumpIfFalseKeep(u32),
    JumpIfTrueKeep(u32),
    JumpIfPresentKeep(u32),
    /// `[value]` nullish: replaces it by undefined and jumps.
    JumpIfNullish(u32),
    /// As above with the `this` of a call beneath.
    JumpIfNullishCall(u32),
    /// `[value]` not undefined: jump and keep.
    JumpIfDefinedKeep(u32),
    Template(u16),
    Throw,
    Return,
    Await,
    Yield,
    Try(u32),
    EndTry,
    /// At the head of a `catch`: the return of a generator goes on.
    PassReturn,
    /// `[iterable] [iterator]`
    Iterate,
    IterateAsync,
    /// The local with the iterator; where it walks over a builtin, `[] [value]` past two instructions, or jump.
    IterNext(u16, u32),
    /// Calls `next` of the iterator in the local.
    IterCall(u16),
    /// `[result] [value]` or jump at its end.
    IterUnpack(u32),
    IterClose(u16),
    /// `[object] [iterator of its keys]`
    ForIn,
    /// `[iterable] [array]` of at most so many elements.
    ToList(u32),
    /// `[list] [list value]`
    ListItem(u32),
    ListRest(u32),
    /// `[value]` must not be null or undefined
    Destructurable,
    Regex(u32, u32),
    /// Constants: the texts, raw and cooked, are arrays that were built before.
    TemplateObject,
    This,
    Arguments,
    RestArgs(u16),
    NewTarget,
    Callee,
    /// `[this function key] [value]`
    SuperGet,
    /// `[this function key] [function this]`
    SuperMethod,
    /// `[function] [parent new.target]`
    SuperConstructor,
    /// Binds `this` after `super(…)`: `[this] [this]`
    BindThis,
    ImportCall,
    /// `[object] [bool]`
    HasPrivate(u32),
    BigInt(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Exp,
    And,
    Or,
    Xor,
    Shl,
    Shr,
    UShr,
    Lt,
    Gt,
    Le,
    Ge,
    Eq,
    Ne,
    Same,
    NotSame,
    In,
    InstanceOf,
}

/// A compiled function.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Code {
    pub name: Name,
    pub shape: Shape,
    pub is_async: bool,
    pub is_generator: bool,
    pub strict: bool,
    /// How many parameters are before the first with a default.
    pub length: u16,
    /// How many arguments go into the first locals.
    pub params: u16,
    /// The whole list of arguments is kept.
    pub keeps_args: bool,
    pub locals: u16,
    pub ops: Vec<Op>,
    /// Where each instruction comes from.
    pub places: Vec<u32>,
    /// The names of the locals and of what it captures, for messages.
    pub local_names: Vec<Name>,
    pub up_names: Vec<Name>,
    /// What a closure captures: the parent's local (true) or the parent's captured.
    pub captures: Vec<(bool, u16)>,
    pub span: (u32, u32),
    pub shown: Option<Name>,
    pub is_class: bool,
}

impl Code {
    /// True where `new` may call it.
    pub fn constructs(&self) -> bool {
        let shape = matches!(self.shape, Shape::Plain | Shape::Constructor | Shape::Derived);
        shape && !self.is_async && !self.is_generator
    }
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    Num(f64),
    Str(Name),
}

/// A compiled text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Compiled {
    pub codes: Vec<Arc<Code>>,
    pub constants: Vec<Constant>,
    /// What an ES module imports, in order.
    pub imports: Vec<Name>,
}

/// A text and what it is compiled to. Equal and saved by its text.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Source", into = "Source")]
pub struct Unit {
    pub source: Source,
    pub compiled: Arc<Compiled>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Source {
    /// As it is called in stack traces.
    pub file: Name,
    pub text: Name,
    pub goal: Goal,
    pub params: Vec<String>,
}

impl PartialEq for Unit {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl From<Source> for Unit {
    fn from(source: Source) -> Self {
        let compiled = compile(&source).unwrap_or_default();
        Self { source, compiled }
    }
}

impl From<Unit> for Source {
    fn from(unit: Unit) -> Self {
        unit.source
    }
}

fn compile(source: &Source) -> Result<Arc<Compiled>, Fault> {
    let params: Vec<&str> = source.params.iter().map(String::as_str).collect();
    let func = super::parser::parse(&source.text, source.goal, &params)?;
    super::compile::compile(&func, source.goal).map(Arc::new)
}

impl Unit {
    /// Compiles a text.
    pub fn new(source: Source) -> Result<Self, Fault> {
        let compiled = compile(&source)?;
        Ok(Self { source, compiled })
    }

    /// Line and column, from 1, of a place.
    pub fn line_column(&self, place: u32) -> (usize, usize) {
        let text = &self.source.text;
        let before = text.get(..place as usize).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(start..).map_or(0, |t| t.chars().map(char::len_utf16).sum::<usize>()) + 1;
        (line, column)
    }
}
