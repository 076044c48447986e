//! An `awk` program as data.

use crate::base::posix_regex::Pattern;
use serde::{Deserialize, Serialize};

/// A variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Var {
    /// Of the program; the first are those of [`SPECIAL`].
    Global(usize),
    /// Of the running function.
    Local(usize),
}

/// The variables with a meaning, in the order of their numbers.
pub const SPECIAL: &[&str] = &[
    "NF", "NR", "FNR", "FS", "OFS", "ORS", "RS", "SUBSEP", "FILENAME", "ENVIRON", "CONVFMT", "OFMT", "RSTART",
    "RLENGTH", "ARGC", "ARGV",
];

/// The number of a special variable.
pub fn special(name: &str) -> usize {
    SPECIAL.iter().position(|s| *s == name).unwrap_or(0)
}

/// An expression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Expr {
    /// A number.
    Num(f64),
    /// A string.
    Str(String),
    /// `/re/` by itself: whether $0 matches.
    Regex(Pattern),
    /// A variable.
    Var(Var),
    /// `$e`
    Field(Box<Expr>),
    /// `a[i, j]`
    Index(Var, Vec<Expr>),
    /// `l = e`, or with an operator before the sign.
    Assign(Option<char>, Box<Expr>, Box<Expr>),
    /// `c ? a : b`
    Cond(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `&&`
    And(Box<Expr>, Box<Expr>),
    /// `||`
    Or(Box<Expr>, Box<Expr>),
    /// `!`
    Not(Box<Expr>),
    /// `-`
    Neg(Box<Expr>),
    /// `+`
    Plus(Box<Expr>),
    /// `+ - * / % ^`
    Arith(char, Box<Expr>, Box<Expr>),
    /// `< <= == != > >=`
    Compare(String, Box<Expr>, Box<Expr>),
    /// Two texts, one after the other.
    Concat(Box<Expr>, Box<Expr>),
    /// `~`, or `!~` where true.
    Match(bool, Box<Expr>, Box<Expr>),
    /// `(i, j) in a`
    In(Vec<Expr>, Var),
    /// `++` and `--`: before the operand or after, and by how much.
    Step {
        /// The value is the new one.
        before: bool,
        /// 1 or -1.
        by: f64,
        /// What changes.
        target: Box<Expr>,
    },
    /// A function of the program.
    Call(usize, Vec<Expr>),
    /// A function of the language.
    Builtin(String, Vec<Expr>),
    /// `getline [target] [< file]`
    Getline(Option<Box<Expr>>, Option<Box<Expr>>),
    /// In parentheses.
    Group(Box<Expr>),
}

/// Where `print` prints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Redirect {
    /// `>>`
    pub append: bool,
    /// The file.
    pub file: Expr,
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Stmt {
    /// `{ … }`
    Block(Vec<Stmt>),
    /// An expression.
    Expr(Expr),
    /// `print`
    Print(Vec<Expr>, Option<Redirect>),
    /// `printf`
    Printf(Vec<Expr>, Option<Redirect>),
    /// `if`
    If(Expr, Box<Stmt>, Option<Box<Stmt>>),
    /// `while`
    While(Expr, Box<Stmt>),
    /// `do`
    Do(Box<Stmt>, Expr),
    /// `for (;;)`
    For(Option<Box<Stmt>>, Option<Expr>, Option<Box<Stmt>>, Box<Stmt>),
    /// `for (k in a)`
    ForIn(Var, Var, Box<Stmt>),
    /// `next`
    Next,
    /// `nextfile`
    NextFile,
    /// `exit`
    Exit(Option<Expr>),
    /// `return`
    Return(Option<Expr>),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `delete`
    Delete(Var, Option<Vec<Expr>>),
}

/// When an action runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum When {
    /// Before the first record.
    Begin,
    /// After the last.
    End,
    /// On every record.
    Always,
    /// Where the expression is true.
    If(Expr),
    /// From one to the other; the number tells ranges apart.
    Range(Expr, Expr, usize),
}

/// A function.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Function {
    /// How many parameters it has.
    pub params: usize,
    /// Its body; `None` while it has only been called.
    pub body: Option<Vec<Stmt>>,
}

/// A program.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Program {
    /// The rules; without an action the record is printed.
    pub rules: Vec<(When, Option<Vec<Stmt>>)>,
    /// The functions.
    pub functions: Vec<Function>,
    /// The names of the global variables.
    pub globals: Vec<String>,
    /// How many ranges there are.
    pub ranges: usize,
    /// It reads records by `getline`.
    pub reads: bool,
}
