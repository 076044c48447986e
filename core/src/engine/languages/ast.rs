//! The tree that a script is read into.

use std::sync::Arc;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A constant.
    Const(super::value::Value),
    /// A variable.
    Name(String),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `(a, b)`.
    Tuple(Vec<Expr>),
    /// `{a: b}`.
    Dict(Vec<(Expr, Expr)>),
    /// An operator between two values.
    Binary(String, Box<Expr>, Box<Expr>),
    /// `not` and `-`.
    Unary(String, Box<Expr>),
    /// Condition, value where true, value where false.
    Cond(Box<Expr>, Box<Expr>, Box<Expr>),
    /// A call with its arguments by place and by name.
    Call(Box<Expr>, Vec<Expr>, Vec<(String, Expr)>),
    /// `a.b`.
    Attr(Box<Expr>, String),
    /// `a[b]`.
    Index(Box<Expr>, Box<Expr>),
    /// `a[b:c]`.
    Slice(Box<Expr>, Option<Box<Expr>>, Option<Box<Expr>>),
    /// A function without a name.
    Lambda(Arc<Func>),
    /// Element, variable, what is gone through, condition.
    Comp(Box<Expr>, Box<Expr>, Box<Expr>, Option<Box<Expr>>),
    /// Parts of a formatted string: value and format.
    Format(Vec<(Expr, String)>),
}

/// A function.
#[derive(Debug, Clone, PartialEq)]
pub struct Func {
    /// Its name.
    pub name: String,
    /// Its parameters with their defaults.
    pub params: Vec<(String, Option<Expr>)>,
    /// What it does.
    pub body: Vec<Stmt>,
}

/// A statement on its line.
#[derive(Debug, Clone, PartialEq)]
pub struct Stmt {
    /// The line, from 1.
    pub line: usize,
    /// What it does.
    pub kind: Kind,
}

/// A handler of `except`: the kind (`None` for any), the variable, what it does.
pub type Handler = (Option<String>, Option<String>, Vec<Stmt>);

/// What a statement does.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A value that nothing is done with.
    Expr(Expr),
    /// Target, operator (empty for `=`), value.
    Assign(Expr, String, Expr),
    /// Condition, then, else.
    If(Expr, Vec<Stmt>, Vec<Stmt>),
    /// Condition and body.
    While(Expr, Vec<Stmt>),
    /// Variable, what is gone through, body.
    For(Expr, Expr, Vec<Stmt>),
    /// A function and its decorators.
    Def(Arc<Func>, Vec<Expr>),
    /// The end of a function.
    Return(Option<Expr>),
    /// The end of a loop.
    Break,
    /// The next turn of a loop.
    Continue,
    /// Nothing.
    Pass,
    /// A module and the name it gets.
    Import(String, String),
    /// A module and the names taken from it: name, name here.
    From(String, Vec<(String, String)>),
    /// Body, handlers, what is done at last.
    Try(Vec<Stmt>, Vec<Handler>, Vec<Stmt>),
    /// An exception.
    Raise(Option<Expr>),
    /// A file and its name.
    With(Expr, Option<String>, Vec<Stmt>),
    /// Names of the outermost scope.
    Global(Vec<String>),
}
