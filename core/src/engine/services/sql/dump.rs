//! `pg_dump` and `mysqldump`: a database as the SQL that makes it again, and what only such SQL asks for.
//!
//! A dump has each table with its columns and its rows as one `INSERT` (what `pg_dump --inserts --rows-per-insert` and
//! `mysqldump` write), without settings of the session, which nothing here would heed.

use super::select::{Scope, stamp};
use super::store::{Column, Store, Table};
use super::value::Value;
use super::{Answer, Failure, Heading, Rows};
use crate::kernel::Sys;

/// The only cell of an answer.
fn cell(name: &str, text: String) -> Answer {
    let columns = vec![Heading { name: name.to_string(), numeric: name == "setval" }];
    Answer::Rows(Rows { columns, rows: vec![vec![Some(text)]], ..Rows::default() })
}

/// The dump of some tables of the client's database, or of all.
///
/// # Errors
/// A table that there is not.
pub fn dump<'a>(
    sys: &mut Sys<'_>,
    store: &Store,
    scope: &Scope<'_>,
    wanted: impl Iterator<Item = &'a str>,
) -> Result<Answer, Failure> {
    let all = store.tables(sys, scope.database);
    let mut names: Vec<String> = wanted.map(String::from).collect();
    if let Some(missing) = names.iter().find(|name| !all.contains(name)) {
        let mysql = (1146, "42S02", format!("Couldn't find table: \"{missing}\""));
        return Err(Failure::either(scope.dialect, mysql, "no matching tables were found".to_string()));
    }
    if names.is_empty() {
        names = all;
    }
    let pg = scope.dialect.is_postgres();
    let short = scope.version.split(' ').nth(1).unwrap_or(&scope.version);
    let mut text = match pg {
        true => format!(
            "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version {short}\n-- Dumped by pg_dump version {short}\n\n"
        ),
        false => format!(
            "-- MySQL dump 10.13  Distrib {short}, for Linux (x86_64)\n--\n-- Host: localhost    Database: {}\n-- ------------------------------------------------------\n-- Server version\t{short}\n\n",
            scope.database
        ),
    };
    for name in names {
        let table = store.load(sys, scope.database, &name).unwrap_or_default();
        text.push_str(&if pg { postgres(&name, &table) } else { mysql(&name, &table) });
    }
    text.push_str(&match pg {
        true => "--\n-- PostgreSQL database dump complete\n--\n\n".to_string(),
        false => format!("-- Dump completed on {}\n", stamp(scope.now)),
    });
    Ok(cell("dump", text))
}

/// A name as PostgreSQL writes it: in quotes where it is no plain word.
fn plain(name: &str) -> String {
    let word = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if word { name.to_string() } else { format!("\"{name}\"") }
}

fn values(table: &Table, pg: bool) -> String {
    let value = |value: &Value| match value {
        Value::Null => "NULL".to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Text(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''")),
        number => number.show().unwrap_or_default(),
    };
    let row = |row: &Vec<Value>| format!("({})", row.iter().map(value).collect::<Vec<_>>().join(", "));
    table.rows.iter().map(row).collect::<Vec<_>>().join(if pg { ",\n    " } else { "," })
}

fn constraints(column: &Column) -> String {
    let mut text = String::new();
    text.push_str(if column.required && !column.primary { " NOT NULL" } else { "" });
    text.push_str(if column.unique && !column.primary { " UNIQUE" } else { "" });
    text.push_str(if column.primary { " PRIMARY KEY" } else { "" });
    column.default.iter().for_each(|default| text.push_str(&format!(" DEFAULT {default}")));
    text
}

fn postgres(name: &str, table: &Table) -> String {
    let name_of_type = |column: &Column| match (column.counts, column.text.as_str()) {
        (true, "bigint") => "bigserial".to_string(),
        (true, _) => "serial".to_string(),
        // The short names of the types with words behind them.
        (_, text) => text
            .replace("character varying", "varchar")
            .replace("character", "char")
            .replace("timestamp without time zone", "timestamp")
            .replace("timestamp with time zone", "timestamptz"),
    };
    let column = |c: &Column| format!("    {} {}{}", plain(&c.name), name_of_type(c), constraints(c));
    let columns: Vec<String> = table.columns.iter().map(column).collect();
    let mut text = format!(
        "--\n-- Name: {name}; Type: TABLE; Schema: public\n--\n\nCREATE TABLE {} (\n{}\n);\n\n",
        plain(name),
        columns.join(",\n")
    );
    if !table.rows.is_empty() {
        text.push_str(&format!("INSERT INTO {} VALUES\n    {};\n\n", plain(name), values(table, true)));
    }
    for column in table.columns.iter().filter(|column| column.counts && table.last > 0) {
        text.push_str(&format!("SELECT setval('{name}_{}_seq', {}, true);\n\n", column.name, table.last));
    }
    text
}

fn mysql(name: &str, table: &Table) -> String {
    let counts = |column: &Column| if column.counts { " AUTO_INCREMENT" } else { "" };
    let column = |c: &Column| format!("  `{}` {}{}{}", c.name, c.text, constraints(c), counts(c));
    let columns: Vec<String> = table.columns.iter().map(column).collect();
    let mut text = format!(
        "--\n-- Table structure for table `{name}`\n--\n\nDROP TABLE IF EXISTS `{name}`;\nCREATE TABLE `{name}` (\n{}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n\n",
        columns.join(",\n")
    );
    text.push_str(&format!("--\n-- Dumping data for table `{name}`\n--\n\n"));
    if !table.rows.is_empty() {
        text.push_str(&format!("INSERT INTO `{name}` VALUES {};\n\n", values(table, false)));
    }
    text
}

/// `SELECT setval('TABLE_COLUMN_seq', NUMBER[, true])`: the number that a counting column took last. Nothing for any
/// other statement.
pub fn set_sequence(
    sys: &mut Sys<'_>,
    store: &Store,
    scope: &Scope<'_>,
    sql: &str,
) -> Option<Result<Answer, Failure>> {
    let sql = sql.trim_end_matches([';', '\n', ' ']);
    let (sequence, rest) = sql.strip_prefix("SELECT setval('")?.strip_suffix(')')?.split_once('\'')?;
    let number: i64 = rest.trim_start_matches([',', ' ']).trim_end_matches(", true").parse().ok()?;
    for name in store.tables(sys, scope.database) {
        let mut table = store.load(sys, scope.database, &name).unwrap_or_default();
        if table.columns.iter().any(|c| c.counts && format!("{name}_{}_seq", c.name) == sequence) {
            table.last = number;
            let saved = store.save(sys, scope.database, &name, &table).map_err(super::run::disk);
            return Some(saved.map(|()| cell("setval", number.to_string())));
        }
    }
    Some(Err(Failure::new(0, "42P01", format!("relation \"{sequence}\" does not exist"))))
}
