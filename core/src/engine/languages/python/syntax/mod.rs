//! From the text of a script to its tree: tokens, expressions, statements.

pub mod ast;
mod expressions;
mod lexer;
mod parser;
mod patterns;
mod statements;
mod strings;

pub use parser::{parse_expression, parse_module};

/// Why a text is no script.
#[derive(Debug, Clone, PartialEq)]
pub enum Trouble {
    /// Python refuses it: the kind of exception, what it says, where from and to (line and column from 1).
    Bad { kind: &'static str, message: String, line: u32, column: u32, end: u32 },
    /// The text ends too early: more lines may make it whole.
    Unfinished { message: String, line: u32, column: u32, end: u32 },
    /// Python runs it and Drydock does not.
    Missing(String),
}

/// The result of reading.
pub type Parsed<T> = Result<T, Trouble>;
