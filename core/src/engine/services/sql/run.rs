//! Carries statements out on the files of a server.

use super::parse::parse;
use super::select::Scope;
use super::store::{Column, MAX_ROWS, Store, Table};
use super::tree::{Expr, Statement, TableName};
use super::value::{Type, Value};
use super::{Answer, Dialect, Failure, dump, meta};
use crate::base::Errno;
use crate::kernel::Sys;

type Got<T> = Result<T, Failure>;

/// The data directory could not be written to.
pub(super) fn disk(e: Errno) -> Failure {
    Failure::new(1030, "HY000", format!("could not write to the data directory: {e}"))
}

fn done(tag: impl Into<String>, rows: usize, info: impl Into<String>) -> Answer {
    Answer::Done { tag: tag.into(), rows: rows as u64, info: info.into() }
}

/// What a statement leads to.
pub fn run(sys: &mut Sys<'_>, store: &Store, scope: &Scope<'_>, sql: &str) -> Answer {
    let outcome = match sql.strip_prefix('\\') {
        Some(command) => meta::run(sys, store, scope, command),
        None if store.dialect.is_postgres() && sql.starts_with("SELECT setval(") => {
            dump::set_sequence(sys, store, scope, sql).unwrap_or_else(|| Err(Failure::missing("this setval")))
        }
        None => parse(store.dialect, sql).and_then(|statement| carry_out(sys, store, scope, statement)),
    };
    outcome.unwrap_or_else(Answer::Failed)
}

fn carry_out(sys: &mut Sys<'_>, store: &Store, scope: &Scope<'_>, statement: Statement) -> Got<Answer> {
    let mut runner = Runner { sys, store, scope };
    match statement {
        Statement::Empty => Ok(done("", 0, "")),
        Statement::CreateDatabase { name, lenient } => runner.create_database(&name, lenient),
        Statement::DropDatabase { name, lenient } => runner.drop_database(&name, lenient),
        Statement::Use(name) => match runner.known(&name) {
            true => Ok(Answer::Now(name)),
            false => Err(Failure::new(1049, "42000", format!("Unknown database '{name}'"))),
        },
        Statement::ShowDatabases => Ok(Answer::Rows(meta::databases(runner.sys, store))),
        Statement::ShowTables => {
            let database = runner.database(None)?;
            Ok(Answer::Rows(meta::tables(runner.sys, store, &database)))
        }
        Statement::Describe(name) => {
            let (_, table) = runner.load(&name)?;
            Ok(Answer::Rows(meta::describe(&table)))
        }
        Statement::CreateTable { name, columns, lenient } => runner.create_table(&name, columns, lenient),
        Statement::DropTable { names, lenient } => runner.drop_tables(&names, lenient),
        Statement::Truncate(name) => {
            let (database, mut table) = runner.load(&name)?;
            table.rows.clear();
            table.last = if store.dialect.is_postgres() { table.last } else { 0 };
            runner.save(&database, &name, &table)?;
            Ok(done("TRUNCATE TABLE", 0, ""))
        }
        Statement::Insert { into, columns, rows } => runner.insert(&into, &columns, &rows),
        Statement::Select(select) => match &select.from {
            None => scope.select(&select, &Table::default()).map(Answer::Rows),
            Some(name) => {
                let (_, table) = runner.load(name)?;
                runner.sys.spend(u32::try_from(table.rows.len()).unwrap_or(u32::MAX));
                scope.select(&select, &table).map(Answer::Rows)
            }
        },
        Statement::Update { table, sets, filter } => runner.update(&table, &sets, filter.as_ref()),
        Statement::Delete { from, filter } => runner.delete(&from, filter.as_ref()),
    }
}

struct Runner<'a, 'b, 'c> {
    sys: &'a mut Sys<'b>,
    store: &'a Store,
    scope: &'a Scope<'c>,
}

impl Runner<'_, '_, '_> {
    fn dialect(&self) -> Dialect {
        self.store.dialect
    }

    fn known(&self, name: &str) -> bool {
        self.store.has(self.sys, name) || (!self.dialect().is_postgres() && name == "mysql")
    }

    fn database(&self, named: Option<&String>) -> Got<String> {
        let name = named.cloned().unwrap_or_else(|| self.scope.database.to_string());
        if name.is_empty() {
            return Err(Failure::new(1046, "3D000", "No database selected"));
        }
        if !self.known(&name) {
            return Err(Failure::new(1049, "42000", format!("Unknown database '{name}'")));
        }
        Ok(name)
    }

    fn load(&mut self, name: &TableName) -> Got<(String, Table)> {
        let database = self.database(name.database.as_ref())?;
        if database == "mysql" && !self.dialect().is_postgres() {
            return Err(Failure::missing("the database mysql"));
        }
        let table = self.store.load(self.sys, &database, &name.name);
        let table = table.ok_or_else(|| Failure::no_table(self.dialect(), &database, &name.name, name.at))?;
        Ok((database, table))
    }

    fn save(&mut self, database: &str, name: &TableName, table: &Table) -> Got<()> {
        self.store.save(self.sys, database, &name.name, table).map_err(disk)
    }

    fn create_database(&mut self, name: &str, lenient: bool) -> Got<Answer> {
        if self.known(name) {
            if lenient {
                return Ok(done("CREATE DATABASE", 1, ""));
            }
            let mysql = (1007, "HY000", format!("Can't create database '{name}'; database exists"));
            return Err(Failure::either(
                self.dialect(),
                mysql,
                format!("database \"{name}\" already exists"),
            ));
        }
        self.store.create(self.sys, name).map_err(disk)?;
        Ok(done("CREATE DATABASE", 1, ""))
    }

    fn drop_database(&mut self, name: &str, lenient: bool) -> Got<Answer> {
        if !self.store.has(self.sys, name) {
            if lenient {
                return Ok(done("DROP DATABASE", 0, ""));
            }
            let mysql = (1008, "HY000", format!("Can't drop database '{name}'; database doesn't exist"));
            return Err(Failure::either(
                self.dialect(),
                mysql,
                format!("database \"{name}\" does not exist"),
            ));
        }
        if self.dialect().is_postgres() && name == self.scope.database {
            return Err(Failure::new(0, "", "cannot drop the currently open database"));
        }
        self.store.drop(self.sys, name).map_err(disk)?;
        Ok(done("DROP DATABASE", 0, ""))
    }

    fn create_table(&mut self, name: &TableName, columns: Vec<Column>, lenient: bool) -> Got<Answer> {
        let database = self.database(name.database.as_ref())?;
        if self.store.load(self.sys, &database, &name.name).is_some() {
            if lenient {
                return Ok(done("CREATE TABLE", 0, ""));
            }
            let mysql = (1050, "42S01", format!("Table '{}' already exists", name.name));
            let postgres = format!("relation \"{}\" already exists", name.name);
            return Err(Failure::either(self.dialect(), mysql, postgres));
        }
        for (at, column) in columns.iter().enumerate() {
            if columns.iter().take(at).any(|other| other.name == column.name) {
                let mysql = (1060, "42S21", format!("Duplicate column name '{}'", column.name));
                let postgres = format!("column \"{}\" specified more than once", column.name);
                return Err(Failure::either(self.dialect(), mysql, postgres));
            }
        }
        self.save(&database, name, &Table { columns, ..Table::default() })?;
        Ok(done("CREATE TABLE", 0, ""))
    }

    fn drop_tables(&mut self, names: &[TableName], lenient: bool) -> Got<Answer> {
        for name in names {
            let database = self.database(name.database.as_ref())?;
            if self.store.load(self.sys, &database, &name.name).is_some() {
                self.store.remove(self.sys, &database, &name.name).map_err(disk)?;
            } else if !lenient {
                let mysql = (1051, "42S02", format!("Unknown table '{database}.{}'", name.name));
                let postgres = format!("table \"{}\" does not exist", name.name);
                return Err(Failure::either(self.dialect(), mysql, postgres));
            }
        }
        Ok(done("DROP TABLE", 0, ""))
    }

    fn index(&self, table: &Table, name: &str, at: usize) -> Got<usize> {
        let found = table.columns.iter().position(|column| match self.dialect() {
            Dialect::Postgres => column.name == name,
            _ => column.name.eq_ignore_ascii_case(name),
        });
        found.ok_or_else(|| Failure::no_column(self.dialect(), name, "field list", at))
    }

    fn insert(
        &mut self,
        into: &TableName,
        columns: &[(String, usize)],
        rows: &[Vec<Option<Expr>>],
    ) -> Got<Answer> {
        let (database, mut table) = self.load(into)?;
        let mut order = vec![];
        for (name, at) in columns {
            order.push(self.index(&table, name, *at)?);
        }
        if columns.is_empty() {
            order = (0..table.columns.len()).collect();
        }
        if table.rows.len() + rows.len() > MAX_ROWS {
            return Err(Failure::missing("a table of more than 100,000 rows"));
        }
        for (number, given) in rows.iter().enumerate() {
            let short = columns.is_empty() && self.dialect().is_postgres() && given.len() < order.len();
            if given.len() != order.len() && !short {
                return Err(self.wrong_count(number, given.len() > order.len()));
            }
            let row = self.row(&mut table, &order, given)?;
            self.check(&into.name, &table, &row, None)?;
            table.rows.push(row);
        }
        self.save(&database, into, &table)?;
        let info = match rows.len() {
            1 => String::new(),
            n => format!("Records: {n}  Duplicates: 0  Warnings: 0"),
        };
        Ok(done(format!("INSERT 0 {}", rows.len()), rows.len(), info))
    }

    fn wrong_count(&self, number: usize, more: bool) -> Failure {
        let mysql = (1136, "21S01", format!("Column count doesn't match value count at row {}", number + 1));
        let (a, b) = if more { ("expressions", "target columns") } else { ("target columns", "expressions") };
        Failure::either(self.dialect(), mysql, format!("INSERT has more {a} than {b}"))
    }

    /// A new row: what is given, then numbers and defaults.
    fn row(&self, table: &mut Table, order: &[usize], given: &[Option<Expr>]) -> Got<Vec<Value>> {
        let nothing = Table::default();
        let mut row = vec![];
        for (at, column) in table.columns.iter().enumerate() {
            let place = order.iter().position(|index| *index == at);
            let expr = place.and_then(|place| given.get(place)).and_then(Option::as_ref);
            let value = match (expr, &column.default) {
                (Some(expr), _) => self.scope.value(expr, &nothing, &[])?,
                (None, _) if column.counts => Value::Null,
                (None, Some(written)) => match parse(self.dialect(), &format!("SELECT {written}"))? {
                    Statement::Select(select) => {
                        let rows = self.scope.select(&select, &nothing)?;
                        let text = rows.rows.into_iter().flatten().next().flatten();
                        text.map_or(Value::Null, Value::Text)
                    }
                    _ => Value::Null,
                },
                (None, None) if column.required && !self.dialect().is_postgres() => {
                    let text = format!("Field '{}' doesn't have a default value", column.name);
                    return Err(Failure::new(1364, "HY000", text));
                }
                (None, None) => Value::Null,
            };
            let mut value = self.fit(column, value)?;
            let wants_number =
                column.counts && (value == Value::Null && (expr.is_none() || !self.dialect().is_postgres()));
            if wants_number {
                table.last = table.last.saturating_add(1);
                value = Value::Int(table.last);
            } else if let (true, Value::Int(n)) = (column.counts && !self.dialect().is_postgres(), &value) {
                table.last = table.last.max(*n);
            }
            row.push(value);
        }
        Ok(row)
    }

    /// A value in a column, where it fits.
    fn fit(&self, column: &Column, value: Value) -> Got<Value> {
        let shown = value.show().unwrap_or_default();
        let value = value.fit(column.kind).ok_or_else(|| {
            let kind = if column.kind == Type::Int { "integer" } else { "decimal" };
            let mysql = format!("Incorrect {kind} value: '{shown}' for column '{}' at row 1", column.name);
            let name = column.text.split('(').next().unwrap_or_default();
            let postgres = format!("invalid input syntax for type {name}: \"{shown}\"");
            Failure::either(self.dialect(), (1366, "HY000", mysql), postgres)
        })?;
        let longest = column.text.split_once('(').and_then(|(name, size)| {
            let bounded = name.starts_with("char") || name.starts_with("varchar");
            size.trim_end_matches(')').parse::<usize>().ok().filter(|_| bounded)
        });
        if let (Some(longest), Value::Text(text)) = (longest, &value)
            && text.chars().count() > longest
        {
            let mysql = (1406, "22001", format!("Data too long for column '{}' at row 1", column.name));
            return Err(Failure::either(
                self.dialect(),
                mysql,
                format!("value too long for type {}", column.text),
            ));
        }
        Ok(value)
    }

    /// What a row must be in its table; `own` is its place where it is there already.
    fn check(&self, name: &str, table: &Table, row: &[Value], own: Option<usize>) -> Got<()> {
        for (at, column) in table.columns.iter().enumerate() {
            let value = row.get(at).unwrap_or(&Value::Null);
            if *value == Value::Null {
                if column.required {
                    let mysql = (1048, "23000", format!("Column '{}' cannot be null", column.name));
                    let postgres = format!(
                        "null value in column \"{}\" of relation \"{name}\" violates not-null constraint",
                        column.name
                    );
                    let shown: Vec<String> =
                        row.iter().map(|v| v.show().unwrap_or_else(|| "null".into())).collect();
                    let detail = format!("Failing row contains ({}).", shown.join(", "));
                    return Err(
                        Failure::either(self.dialect(), mysql, postgres).detail(self.dialect(), detail)
                    );
                }
                continue;
            }
            let taken = |(place, other): (usize, &Vec<Value>)| {
                Some(place) != own
                    && other.get(at).and_then(|v| v.compare(value)).is_some_and(std::cmp::Ordering::is_eq)
            };
            if column.unique && table.rows.iter().enumerate().any(taken) {
                let key = if column.primary { "PRIMARY" } else { &column.name };
                let shown = value.show().unwrap_or_default();
                let mysql = (1062, "23000", format!("Duplicate entry '{shown}' for key '{name}.{key}'"));
                let constraint = if column.primary {
                    format!("{name}_pkey")
                } else {
                    format!("{name}_{}_key", column.name)
                };
                let postgres = format!("duplicate key value violates unique constraint \"{constraint}\"");
                let detail = format!("Key ({})=({shown}) already exists.", column.name);
                return Err(Failure::either(self.dialect(), mysql, postgres).detail(self.dialect(), detail));
            }
        }
        Ok(())
    }

    fn update(
        &mut self,
        name: &TableName,
        sets: &[(String, usize, Expr)],
        filter: Option<&Expr>,
    ) -> Got<Answer> {
        let (database, mut table) = self.load(name)?;
        let (mut matched, mut changed) = (0, 0);
        for at in 0..table.rows.len() {
            let Some(row) = table.rows.get(at).cloned() else { continue };
            if !self.scope.passes(filter, &table, &row)? {
                continue;
            }
            matched += 1;
            let mut new = row.clone();
            for (column, place, expr) in sets {
                let index = self.index(&table, column, *place)?;
                let value = self.scope.value(expr, &table, &row)?;
                if let (Some(slot), Some(column)) = (new.get_mut(index), table.columns.get(index)) {
                    *slot = self.fit(column, value)?;
                }
            }
            self.check(&name.name, &table, &new, Some(at))?;
            changed += usize::from(new != row);
            if let Some(slot) = table.rows.get_mut(at) {
                *slot = new;
            }
        }
        self.save(&database, name, &table)?;
        let info = format!("Rows matched: {matched}  Changed: {changed}  Warnings: 0");
        let rows = if self.dialect().is_postgres() { matched } else { changed };
        Ok(done(format!("UPDATE {matched}"), rows, info))
    }

    fn delete(&mut self, name: &TableName, filter: Option<&Expr>) -> Got<Answer> {
        let (database, mut table) = self.load(name)?;
        let mut kept = vec![];
        for row in &table.rows {
            if !self.scope.passes(filter, &table, row)? {
                kept.push(row.clone());
            }
        }
        let gone = table.rows.len() - kept.len();
        table.rows = kept;
        self.save(&database, name, &table)?;
        Ok(done(format!("DELETE {gone}"), gone, ""))
    }
}
