//! What goes wrong, in the words of each server.

use super::Dialect;
use serde::{Deserialize, Serialize};

/// An error of a server.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Failure {
    /// MySQL's number and state.
    pub code: u16,
    pub state: String,
    /// The message.
    pub text: String,
    /// Where in the statement, in bytes: PostgreSQL points there.
    pub at: Option<usize>,
    /// What PostgreSQL adds below.
    pub detail: String,
}

impl Failure {
    /// An error with MySQL's number and state.
    pub fn new(code: u16, state: &str, text: impl Into<String>) -> Self {
        Self { code, state: state.to_string(), text: text.into(), ..Self::default() }
    }

    /// That of each dialect.
    pub fn either(dialect: Dialect, mysql: (u16, &str, String), postgres: String) -> Self {
        match dialect {
            Dialect::Postgres => Self::new(0, "", postgres),
            _ => Self::new(mysql.0, mysql.1, mysql.2),
        }
    }

    /// What Drydock does not simulate.
    pub fn missing(what: &str) -> Self {
        Self::new(1235, "42000", format!("{what} is not simulated by Drydock"))
    }

    /// This error, at a place of the statement.
    #[must_use]
    pub fn at(mut self, at: usize) -> Self {
        self.at = Some(at);
        self
    }

    /// This error with PostgreSQL's second line.
    #[must_use]
    pub fn detail(mut self, dialect: Dialect, text: String) -> Self {
        if dialect.is_postgres() {
            self.detail = text;
        }
        self
    }

    /// A word where none fits.
    pub fn syntax(dialect: Dialect, sql: &str, at: usize) -> Self {
        let rest = sql.get(at..).unwrap_or_default();
        let word: String = match rest.chars().next() {
            Some(c) if c.is_alphanumeric() || c == '_' => {
                rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
            }
            other => other.map_or(String::new(), String::from),
        };
        let server = if dialect == Dialect::MariaDb { "MariaDB" } else { "MySQL" };
        let mysql = format!(
            "You have an error in your SQL syntax; check the manual that corresponds to your {server} server version for the right syntax to use near '{}' at line 1",
            rest.chars().take(80).collect::<String>()
        );
        let postgres = match word.is_empty() {
            true => "syntax error at end of input".to_string(),
            false => format!("syntax error at or near \"{word}\""),
        };
        Self::either(dialect, (1064, "42000", mysql), postgres).at(at)
    }

    /// No such table.
    pub fn no_table(dialect: Dialect, database: &str, table: &str, at: usize) -> Self {
        let mysql = format!("Table '{database}.{table}' doesn't exist");
        Self::either(dialect, (1146, "42S02", mysql), format!("relation \"{table}\" does not exist")).at(at)
    }

    /// No such column.
    pub fn no_column(dialect: Dialect, column: &str, clause: &str, at: usize) -> Self {
        let mysql = format!("Unknown column '{column}' in '{clause}'");
        Self::either(dialect, (1054, "42S22", mysql), format!("column \"{column}\" does not exist")).at(at)
    }
}
