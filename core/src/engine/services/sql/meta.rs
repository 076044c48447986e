//! Lists of databases and tables: `SHOW`, `DESCRIBE`, and psql's `\l`, `\dt`, `\d`, `\du`.

use super::select::Scope;
use super::store::{Column, Store, Table};
use super::tree::TableName;
use super::value::Type;
use super::{Answer, Failure, Heading, Rows, dump};
use crate::base::Order;
use crate::kernel::Sys;

fn headings(names: &[&str]) -> Vec<Heading> {
    names.iter().map(|name| Heading { name: (*name).to_string(), numeric: false }).collect()
}

fn texts<const N: usize>(cells: [&str; N]) -> Vec<Option<String>> {
    cells.iter().map(|cell| Some((*cell).to_string())).collect()
}

/// `SHOW DATABASES`.
pub fn databases(sys: &Sys<'_>, store: &Store) -> Rows {
    let mut names = store.databases(sys);
    names.extend(["information_schema", "mysql", "performance_schema", "sys"].map(String::from));
    names.order();
    let rows = names.into_iter().map(|name| vec![Some(name)]).collect();
    Rows { columns: headings(&["Database"]), rows, ..Rows::default() }
}

/// `SHOW TABLES`.
pub fn tables(sys: &Sys<'_>, store: &Store, database: &str) -> Rows {
    let rows = store.tables(sys, database).into_iter().map(|name| vec![Some(name)]).collect();
    Rows { columns: headings(&[&format!("Tables_in_{database}")]), rows, ..Rows::default() }
}

/// `DESCRIBE`.
pub fn describe(table: &Table) -> Rows {
    let row = |column: &Column| {
        let key = match column {
            Column { primary: true, .. } => "PRI",
            Column { unique: true, .. } => "UNI",
            _ => "",
        };
        let default = column.default.as_ref().map(|text| text.trim_matches(['\'', '"']).to_string());
        let extra = match &column.default {
            _ if column.counts => "auto_increment",
            Some(text) if text.to_uppercase().starts_with("CURRENT_TIMESTAMP") => "DEFAULT_GENERATED",
            _ => "",
        };
        let null = if column.required { "NO" } else { "YES" };
        let mut cells = texts([&column.name, &column.text, null, key]);
        cells.extend([default, Some(extra.to_string())]);
        cells
    };
    let columns = headings(&["Field", "Type", "Null", "Key", "Default", "Extra"]);
    Rows { columns, rows: table.columns.iter().map(row).collect(), ..Rows::default() }
}

/// A command of psql that asks the server.
///
/// # Errors
/// What there is not, and what is not simulated.
pub fn run(sys: &mut Sys<'_>, store: &Store, scope: &Scope<'_>, command: &str) -> Result<Answer, Failure> {
    let mut words = command.split_whitespace();
    let verb = words.next().unwrap_or_default().trim_end_matches('+');
    if verb == "dump" {
        return dump::dump(sys, store, scope, words);
    }
    let rows = match (verb, words.next()) {
        ("l" | "list", _) => list(sys, store, scope),
        ("dt", None) | ("d", None) => relations(sys, store, scope, verb == "d")?,
        ("d", Some(name)) => {
            let name = TableName { database: None, name: name.trim_end_matches(';').to_string(), at: 0 };
            let table = store.load(sys, scope.database, &name.name);
            let missing =
                || Failure::new(0, "", format!("Did not find any relation named \"{}\".", name.name));
            relation(&name.name, &table.ok_or_else(missing)?)
        }
        ("du", None) => {
            let accounts = store.accounts(sys).unwrap_or_default();
            let rights = "Superuser, Create role, Create DB, Replication, Bypass RLS";
            let rows = accounts.users.keys().map(|name| texts([name, rights])).collect();
            let columns = headings(&["Role name", "Attributes"]);
            Rows { columns, rows, title: "List of roles".into(), footer: "\n".into() }
        }
        _ => return Err(Failure::missing(&format!("\\{command}"))),
    };
    Ok(Answer::Rows(rows))
}

fn list(sys: &mut Sys<'_>, store: &Store, scope: &Scope<'_>) -> Rows {
    let accounts = store.accounts(sys).unwrap_or_default();
    let owner = accounts.users.keys().next().map_or("postgres", String::as_str).to_string();
    let major: u32 =
        scope.version.split(['.', ' ']).filter_map(|part| part.parse().ok()).next().unwrap_or(17);
    let mut names = store.databases(sys);
    names.order();
    let (before, after): (&[&str], &[&str]) = match major {
        17.. => (&["Locale Provider"], &["Locale", "ICU Rules"]),
        16 => (&["Locale Provider"], &["ICU Locale", "ICU Rules"]),
        15 => (&[], &["ICU Locale", "Locale Provider"]),
        _ => (&[], &[]),
    };
    let mut columns = vec!["Name", "Owner", "Encoding"];
    columns.extend(before);
    columns.extend(["Collate", "Ctype"]);
    columns.extend(after);
    columns.push("Access privileges");
    let rows = names.iter().map(|name| {
        let cell = |column: &&str| {
            Some(match *column {
                "Name" => name.clone(),
                "Owner" => owner.clone(),
                "Encoding" => "UTF8".into(),
                "Locale Provider" => "libc".into(),
                "Collate" | "Ctype" => "en_US.utf8".into(),
                "Access privileges" if name.starts_with("template") => {
                    format!("=c/{owner}\n{owner}=CTc/{owner}")
                }
                _ => String::new(),
            })
        };
        columns.iter().map(cell).collect()
    });
    let rows: Vec<Vec<Option<String>>> = rows.collect();
    Rows { columns: headings(&columns), rows, title: "List of databases".into(), footer: String::new() }
}

fn relations(sys: &mut Sys<'_>, store: &Store, scope: &Scope<'_>, all: bool) -> Result<Rows, Failure> {
    let accounts = store.accounts(sys).unwrap_or_default();
    let owner = accounts.users.keys().next().cloned().unwrap_or_default();
    let mut rows = vec![];
    for name in store.tables(sys, scope.database) {
        rows.push(texts(["public", &name, "table", &owner]));
        let table = store.load(sys, scope.database, &name).unwrap_or_default();
        for column in table.columns.iter().filter(|column| all && column.counts) {
            rows.push(texts(["public", &format!("{name}_{}_seq", column.name), "sequence", &owner]));
        }
    }
    if rows.is_empty() {
        return Err(Failure::new(0, "", "Did not find any relations."));
    }
    let columns = headings(&["Schema", "Name", "Type", "Owner"]);
    Ok(Rows { columns, rows, title: "List of relations".into(), footer: String::new() })
}

fn relation(name: &str, table: &Table) -> Rows {
    let row = |column: &Column| {
        let default = match &column.default {
            _ if column.counts => format!("nextval('{name}_{}_seq'::regclass)", column.name),
            Some(text) if text.starts_with('\'') => {
                format!("{text}::{}", column.text.split('(').next().unwrap_or(""))
            }
            Some(text) if column.kind == Type::Bool => text.to_lowercase(),
            Some(text) => text.clone(),
            None => String::new(),
        };
        let null = if column.required { "not null" } else { "" };
        texts([&column.name, &column.text, "", null, &default])
    };
    let columns = headings(&["Column", "Type", "Collation", "Nullable", "Default"]);
    let mut footer = String::new();
    for column in table.columns.iter().filter(|column| column.unique) {
        if footer.is_empty() {
            footer.push_str("Indexes:\n");
        }
        footer.push_str(&match column.primary {
            true => format!("    \"{name}_pkey\" PRIMARY KEY, btree ({})\n", column.name),
            false => format!("    \"{name}_{0}_key\" UNIQUE CONSTRAINT, btree ({0})\n", column.name),
        });
    }
    footer.push('\n');
    let rows = table.columns.iter().map(row).collect();
    Rows { columns, rows, title: format!("Table \"public.{name}\""), footer }
}
