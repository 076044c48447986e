//! What the parser makes of a statement.

use super::store::Column;
use super::value::Value;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    Value(Value),
    /// A column, and where it is named.
    Column(String, usize),
    /// `*` within `COUNT(*)`.
    Star,
    /// A function, and where it is named.
    Call(String, Vec<Expr>, usize),
    Binary(&'static str, Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    IsNull(Box<Expr>, bool),
    In(Box<Expr>, Vec<Expr>),
    Like(Box<Expr>, Box<Expr>),
}

/// A column of a result: an expression, its name, and whether it was all columns.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    All,
    One { expr: Expr, name: String },
}

/// The name of a table, of which database where that is said, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableName {
    pub database: Option<String>,
    pub name: String,
    pub at: usize,
}

/// A `SELECT`.
#[derive(Debug, Clone, PartialEq)]
pub struct Select {
    pub items: Vec<Item>,
    pub from: Option<TableName>,
    pub filter: Option<Expr>,
    /// Expressions, and whether the order is turned round.
    pub order: Vec<(Expr, bool)>,
    pub limit: Option<usize>,
    pub offset: usize,
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    Empty,
    CreateDatabase { name: String, lenient: bool },
    DropDatabase { name: String, lenient: bool },
    Use(String),
    ShowDatabases,
    ShowTables,
    Describe(TableName),
    CreateTable { name: TableName, columns: Vec<Column>, lenient: bool },
    DropTable { names: Vec<TableName>, lenient: bool },
    Truncate(TableName),
    Insert { into: TableName, columns: Vec<(String, usize)>, rows: Vec<Vec<Option<Expr>>> },
    Select(Select),
    Update { table: TableName, sets: Vec<(String, usize, Expr)>, filter: Option<Expr> },
    Delete { from: TableName, filter: Option<Expr> },
}
