//! SQL as the clients of the database images speak it: a small and honest part of it, kept in the files of the data
//! directory, so that it lives and dies with the volume.
//!
//! `CREATE`/`DROP DATABASE` and `TABLE`, `INSERT`, `SELECT` from one table (`WHERE`, `ORDER BY`, `LIMIT`, the plain
//! aggregates), `UPDATE`, `DELETE`, `TRUNCATE`, `SHOW`, `DESCRIBE`, `USE`, and the dumps of `pg_dump` and `mysqldump`. What else SQL has is refused by name.
//! Server and client talk over the container's network in a form of their own.

mod client;
mod dump;
mod expr;
mod failure;
mod layout;
mod lex;
mod meta;
mod options;
mod parse;
mod run;
mod select;
mod server;
mod store;
mod tree;
mod value;

pub use client::Client;
pub use server::{initialize, reply, run_file};

use failure::Failure;
use serde::{Deserialize, Serialize};

/// Whose words are spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Dialect {
    /// MySQL.
    #[default]
    MySql,
    /// MariaDB, which is MySQL in another voice.
    MariaDb,
    /// PostgreSQL.
    Postgres,
}

impl Dialect {
    /// That of a program, by its name.
    pub fn of(program: &str) -> Option<Self> {
        match program {
            "mysqld" | "mysql" | "mysqldump" => Some(Self::MySql),
            "mariadbd" | "mariadb" | "mariadb-dump" => Some(Self::MariaDb),
            "postgres" | "psql" | "pg_dump" | "createdb" | "dropdb" => Some(Self::Postgres),
            _ => None,
        }
    }

    fn is_postgres(self) -> bool {
        self == Self::Postgres
    }
}

/// What a client asks; an empty statement only greets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Ask {
    user: String,
    password: Option<String>,
    database: String,
    /// The client is in the server's container and comes by its socket.
    local: bool,
    sql: String,
}

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Heading {
    name: String,
    /// Its values are set to the right.
    numeric: bool,
}

/// Rows, and what stands over and below them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Rows {
    columns: Vec<Heading>,
    rows: Vec<Vec<Option<String>>>,
    title: String,
    footer: String,
}

/// What a server answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Answer {
    /// The client may speak; the server's version.
    Welcome(String),
    /// The client may not.
    Refused(Failure),
    /// Rows.
    Rows(Rows),
    /// A change: PostgreSQL's tag, how many rows, and what MySQL adds.
    Done { tag: String, rows: u64, info: String },
    /// `USE` went well.
    Now(String),
    /// It failed.
    Failed(Failure),
}
