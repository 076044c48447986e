//! The tree that a script is read into.

use num_bigint::BigInt;
use std::sync::Arc;

/// A name.
pub type Name = Arc<str>;

/// From where to where something stands: lines from 1, columns in characters from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

impl Span {
    /// From the start of this to the end of another.
    pub fn to(self, end: Span) -> Span {
        Span { end_line: end.end_line, end_column: end.end_column, ..self }
    }
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Const {
    None,
    Bool(bool),
    Int(i64),
    Big(Arc<BigInt>),
    Float(f64),
    Str(Arc<str>),
    Bytes(Arc<[u8]>),
    Ellipsis,
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    pub span: Span,
    pub kind: Kind,
    /// How many expressions it holds one within the other.
    pub depth: u16,
}

/// An operator of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Mod,
    Pow,
    MatMul,
    And,
    Or,
    Xor,
    Shl,
    Shr,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum CmpOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    NotIn,
    Is,
    IsNot,
}

/// An operator of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum UnOp {
    Neg,
    Pos,
    Invert,
    Not,
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    Plain(Expr),
    Named(Name, Expr),
    Star(Expr),
    DoubleStar(Expr),
}

impl Arg {
    /// The value that is handed over.
    pub fn value(&self) -> &Expr {
        match self {
            Arg::Plain(e) | Arg::Named(_, e) | Arg::Star(e) | Arg::DoubleStar(e) => e,
        }
    }
}

/// What a comprehension makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Makes {
    List,
    Set,
    Dict,
    Generator,
}

/// `for target in iter if …`.
#[derive(Debug, Clone, PartialEq)]
pub struct CompFor {
    pub target: Expr,
    pub iter: Expr,
    pub conditions: Vec<Expr>,
}

/// A part of a formatted string.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    Text(Arc<str>),
    /// The value, its conversion (`r`, `s`, `a`) and its format.
    Value(Expr, Option<char>, Vec<Piece>),
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Const(Const),
    Name(Name),
    List(Vec<Expr>),
    Tuple(Vec<Expr>),
    Set(Vec<Expr>),
    /// Keys and values; without a key the value is unpacked.
    Dict(Vec<(Option<Expr>, Expr)>),
    Binary(BinOp, Box<Expr>, Box<Expr>),
    Unary(UnOp, Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Compare(Box<Expr>, Vec<(CmpOp, Expr)>),
    /// Condition, value where it holds, value where not.
    IfElse(Box<Expr>, Box<Expr>, Box<Expr>),
    Call(Box<Expr>, Vec<Arg>),
    Attr(Box<Expr>, Name),
    Index(Box<Expr>, Box<Expr>),
    Slice(Option<Box<Expr>>, Option<Box<Expr>>, Option<Box<Expr>>),
    Lambda(Arc<Func>),
    /// What it makes, element (or key), value of a dictionary, the loops.
    Comp(Makes, Box<Expr>, Option<Box<Expr>>, Vec<CompFor>),
    Joined(Vec<Piece>),
    Starred(Box<Expr>),
    Yield(Option<Box<Expr>>),
    YieldFrom(Box<Expr>),
    Await(Box<Expr>),
    Walrus(Name, Box<Expr>),
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    pub name: Name,
    pub default: Option<Expr>,
}

/// A function.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Func {
    pub name: Name,
    pub positional_only: usize,
    pub params: Vec<Param>,
    pub star: Option<Name>,
    pub keyword_only: Vec<Param>,
    pub double_star: Option<Name>,
    pub body: Vec<Stmt>,
    pub is_async: bool,
    pub line: u32,
}

/// A class.
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    pub name: Name,
    pub args: Vec<Arg>,
    pub body: Vec<Stmt>,
    pub line: u32,
}

/// A handler of `except`.
#[derive(Debug, Clone, PartialEq)]
pub struct Handler {
    pub kind: Option<Expr>,
    pub name: Option<Name>,
    pub body: Vec<Stmt>,
}

/// `import a.b as c`: the name and the one it gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Alias {
    pub name: Name,
    pub here: Option<Name>,
}

/// `case pattern if guard:`.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub pattern: Pattern,
    pub guard: Option<Expr>,
    pub body: Vec<Stmt>,
}

/// A pattern of `match`.
#[derive(Debug, Clone, PartialEq)]
pub enum Pattern {
    /// Equal to this value.
    Value(Expr),
    /// `None`, `True`, `False`.
    Same(Expr),
    /// Anything, under a name or not.
    Capture(Option<Name>),
    Or(Vec<Pattern>),
    As(Box<Pattern>, Name),
    /// Items, and which of them is starred.
    Sequence(Vec<Pattern>, Option<usize>),
    /// Keys with their patterns, and the name of the rest.
    Mapping(Vec<(Expr, Pattern)>, Option<Name>),
    /// A class with patterns by place and by name.
    Class(Expr, Vec<Pattern>, Vec<(Name, Pattern)>),
}

/// A statement on its line.
#[derive(Debug, Clone, PartialEq)]
pub struct Stmt {
    pub span: Span,
    pub kind: Do,
}

/// What a statement does.
#[derive(Debug, Clone, PartialEq)]
pub enum Do {
    Expr(Expr),
    /// Targets from left to right, value.
    Assign(Vec<Expr>, Expr),
    Augment(Expr, BinOp, Expr),
    /// Target, annotation, value.
    Annotate(Expr, Expr, Option<Expr>),
    /// Conditions with bodies, else.
    If(Vec<(Expr, Vec<Stmt>)>, Vec<Stmt>),
    While(Expr, Vec<Stmt>, Vec<Stmt>),
    /// Target, what is gone through, body, else, `async`.
    For(Expr, Expr, Vec<Stmt>, Vec<Stmt>, bool),
    Def(Arc<Func>, Vec<Expr>),
    Class(Arc<Class>, Vec<Expr>),
    Return(Option<Expr>),
    Break,
    Continue,
    Pass,
    Import(Vec<Alias>),
    /// Module, names (empty for `*`), level.
    From(Name, Vec<Alias>, u32),
    Try(Vec<Stmt>, Vec<Handler>, Vec<Stmt>, Vec<Stmt>),
    /// Exception and cause.
    Raise(Option<Expr>, Option<Expr>),
    /// Managers with their targets, body, `async`.
    With(Vec<(Expr, Option<Expr>)>, Vec<Stmt>, bool),
    Global(Vec<Name>),
    Nonlocal(Vec<Name>),
    Del(Vec<Expr>),
    Assert(Expr, Option<Expr>),
    Match(Expr, Vec<Case>),
}

impl Expr {
    /// An expression; its depth follows from what it holds.
    pub fn new(span: Span, kind: Kind) -> Self {
        let most = |items: &[Expr]| items.iter().map(|e| e.depth).max().unwrap_or(0);
        let one = |e: &Option<Box<Expr>>| e.as_ref().map_or(0, |e| e.depth);
        let below = match &kind {
            Kind::Const(_) | Kind::Name(_) | Kind::Lambda(_) | Kind::Joined(_) => 0,
            Kind::List(items) | Kind::Tuple(items) | Kind::Set(items) | Kind::And(items) | Kind::Or(items) => most(items),
            Kind::Dict(items) => {
                items.iter().map(|(k, v)| k.as_ref().map_or(0, |k| k.depth).max(v.depth)).max().unwrap_or(0)
            }
            Kind::Binary(_, a, b) | Kind::Index(a, b) => a.depth.max(b.depth),
            Kind::Compare(a, rest) => rest.iter().map(|(_, e)| e.depth).max().unwrap_or(0).max(a.depth),
            Kind::IfElse(a, b, c) => a.depth.max(b.depth).max(c.depth),
            Kind::Call(f, args) => args.iter().map(|a| a.value().depth).max().unwrap_or(0).max(f.depth),
            Kind::Slice(a, b, c) => one(a).max(one(b)).max(one(c)),
            Kind::Comp(_, a, b, loops) => {
                let within = loops.iter().map(|l| l.iter.depth.max(most(&l.conditions)).max(l.target.depth));
                within.max().unwrap_or(0).max(a.depth).max(one(b))
            }
            Kind::Unary(_, e) | Kind::Attr(e, _) | Kind::Starred(e) | Kind::YieldFrom(e) | Kind::Await(e) => e.depth,
            Kind::Walrus(_, e) => e.depth,
            Kind::Yield(e) => one(e),
        };
        Self { span, kind, depth: below.saturating_add(1) }
    }
}
