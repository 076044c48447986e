//! Expressions over rows, and `SELECT`.

use super::store::Table;
use super::tree::{Expr, Item, Select};
use super::value::{Type, Value};
use super::{Dialect, Failure, Heading, Rows};
use crate::base::{Order, Time, time_format};
use std::cmp::Ordering;

/// What expressions may ask beside the row.
#[derive(Debug, Clone)]
pub struct Scope<'a> {
    pub dialect: Dialect,
    pub version: String,
    pub database: &'a str,
    pub user: &'a str,
    pub host: String,
    pub now: Time,
}

type Got<T> = Result<T, Failure>;

/// `2026-11-21 09:00:00`.
pub fn stamp(now: Time) -> String {
    time_format::rfc3339(now).replace('T', " ").trim_end_matches('Z').to_string()
}

impl Scope<'_> {
    /// The value of an expression for a row.
    pub fn value(&self, expr: &Expr, table: &Table, row: &[Value]) -> Got<Value> {
        Ok(match expr {
            Expr::Value(value) => value.clone(),
            Expr::Column(name, at) => match self.column(table, name) {
                Some(index) => row.get(index).cloned().unwrap_or(Value::Null),
                None => return Err(Failure::no_column(self.dialect, name, "field list", *at)),
            },
            Expr::Star => return Err(Failure::missing("* here")),
            Expr::Call(name, args, at) => self.call(name, args, *at, table, row)?,
            Expr::Not(inner) => truth(self.value(inner, table, row)?.truth().map(|b| !b), self.dialect),
            Expr::IsNull(inner, wanted) => {
                truth(Some((self.value(inner, table, row)? == Value::Null) == *wanted), self.dialect)
            }
            Expr::In(left, all) => {
                let left = self.value(left, table, row)?;
                let mut found = Some(false);
                for one in all {
                    match left.compare(&self.value(one, table, row)?) {
                        Some(Ordering::Equal) => found = Some(true),
                        None if found == Some(false) => found = None,
                        _ => {}
                    }
                }
                truth(found, self.dialect)
            }
            Expr::Like(left, pattern) => {
                let (left, pattern) =
                    (self.value(left, table, row)?.show(), self.value(pattern, table, row)?.show());
                let matches = left.zip(pattern).map(|(text, pattern)| match self.dialect {
                    Dialect::Postgres => like(&text, &pattern),
                    _ => like(&text.to_lowercase(), &pattern.to_lowercase()),
                });
                truth(matches, self.dialect)
            }
            Expr::Binary(sign, left, right) => {
                let left = self.value(left, table, row)?;
                let right = self.value(right, table, row)?;
                self.binary(sign, &left, &right)?
            }
        })
    }

    fn column(&self, table: &Table, name: &str) -> Option<usize> {
        table.columns.iter().position(|column| match self.dialect {
            Dialect::Postgres => column.name == name,
            _ => column.name.eq_ignore_ascii_case(name),
        })
    }

    fn binary(&self, sign: &str, left: &Value, right: &Value) -> Got<Value> {
        let order = || left.compare(right);
        let ci = |a: &Value| match a {
            Value::Text(text) if !self.dialect.is_postgres() => Value::Text(text.to_lowercase()),
            other => other.clone(),
        };
        let same = || ci(left).compare(&ci(right)).map(|o| o == Ordering::Equal);
        let answer = match sign {
            "AND" => match (left.truth(), right.truth()) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            "OR" => match (left.truth(), right.truth()) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            "=" => same(),
            "<>" | "!=" => same().map(|b| !b),
            "<" => order().map(Ordering::is_lt),
            "<=" => order().map(Ordering::is_le),
            ">" => order().map(Ordering::is_gt),
            ">=" => order().map(Ordering::is_ge),
            "||" if !self.dialect.is_postgres() => return Err(Failure::missing("||")),
            "||" => {
                let joined = left.show().zip(right.show());
                return Ok(joined.map_or(Value::Null, |(a, b)| Value::Text(a + &b)));
            }
            _ => return self.arithmetic(sign, left, right),
        };
        Ok(truth(answer, self.dialect))
    }

    fn arithmetic(&self, sign: &str, left: &Value, right: &Value) -> Got<Value> {
        if let (Value::Int(a), Value::Int(b)) = (left, right) {
            let whole = match sign {
                "+" => a.checked_add(*b),
                "-" => a.checked_sub(*b),
                "*" => a.checked_mul(*b),
                "%" => a.checked_rem(*b),
                "/" if self.dialect.is_postgres() => a.checked_div(*b),
                _ => None,
            };
            if let Some(whole) = whole {
                return Ok(Value::Int(whole));
            }
        }
        let (Some(a), Some(b)) = (left.number(), right.number()) else { return Ok(Value::Null) };
        match sign {
            "/" | "%" if b == 0.0 && self.dialect.is_postgres() => {
                Err(Failure::new(0, "", "division by zero"))
            }
            "/" | "%" if b == 0.0 => Ok(Value::Null),
            "+" => Ok(Value::Real(a + b)),
            "-" => Ok(Value::Real(a - b)),
            "*" => Ok(Value::Real(a * b)),
            // Four digits, as MySQL divides whole numbers.
            "/" => Ok(Value::Text(format!("{:.4}", a / b))),
            _ => Ok(Value::Real(a % b)),
        }
    }

    fn call(&self, name: &str, args: &[Expr], at: usize, table: &Table, row: &[Value]) -> Got<Value> {
        let text = |text: &str| Ok(Value::Text(text.to_string()));
        let account = format!("{}@{}", self.user, self.host);
        match name {
            "VERSION" | "@@VERSION" => return text(&self.version),
            "NOW" | "CURRENT_TIMESTAMP" if self.dialect.is_postgres() => {
                let micros = self.now.subsec_nanos() / 1000;
                return text(&format!("{}.{micros:06}+00", stamp(self.now)));
            }
            "NOW" | "CURRENT_TIMESTAMP" => return text(&stamp(self.now)),
            "CURDATE" | "CURRENT_DATE" => return text(stamp(self.now).get(..10).unwrap_or_default()),
            "DATABASE" | "CURRENT_DATABASE" if self.database.is_empty() => return Ok(Value::Null),
            "DATABASE" | "CURRENT_DATABASE" => return text(self.database),
            "USER" | "CURRENT_USER" | "SESSION_USER" if self.dialect.is_postgres() => return text(self.user),
            "USER" | "SESSION_USER" => return text(&account),
            "CURRENT_USER" => {
                return text(&format!(
                    "{}@{}",
                    self.user,
                    if self.host == "localhost" { "localhost" } else { "%" }
                ));
            }
            "@@HOSTNAME" => return text(&self.host),
            _ => {}
        }
        let mut values = vec![];
        for arg in args {
            values.push(self.value(arg, table, row)?);
        }
        let first = values.first().and_then(Value::show);
        let on_text = |f: fn(&str) -> Value| Ok(first.as_deref().map_or(Value::Null, f));
        match name {
            "UPPER" => on_text(|t| Value::Text(t.to_uppercase())),
            "LOWER" => on_text(|t| Value::Text(t.to_lowercase())),
            "LENGTH" | "CHAR_LENGTH" => on_text(|t| Value::Int(t.chars().count() as i64)),
            "CONCAT" => Ok(Value::Text(values.iter().filter_map(Value::show).collect())),
            "COALESCE" | "IFNULL" => {
                Ok(values.into_iter().find(|v| *v != Value::Null).unwrap_or(Value::Null))
            }
            _ if aggregate(name) => Err(Failure::missing("an aggregate here")),
            _ => Err(Failure::missing(&format!("the function {name}()")).at(at)),
        }
    }

    /// Whether a row passes a filter.
    pub fn passes(&self, filter: Option<&Expr>, table: &Table, row: &[Value]) -> Got<bool> {
        let Some(filter) = filter else { return Ok(true) };
        match self.value(filter, table, row) {
            Ok(value) => Ok(value.truth() == Some(true)),
            Err(e) => Err(Failure { text: e.text.replace("'field list'", "'where clause'"), ..e }),
        }
    }

    /// The rows of a `SELECT` from a table, or from nothing.
    pub fn select(&self, select: &Select, table: &Table) -> Got<Rows> {
        let single = [vec![]];
        let mut rows: Vec<Vec<Value>> = vec![];
        for row in if select.from.is_none() { &single[..] } else { &table.rows } {
            if self.passes(select.filter.as_ref(), table, row)? {
                rows.push(row.clone());
            }
        }
        let items = self.items(select, table)?;
        if items.iter().any(|(expr, _)| has_aggregate(expr)) {
            let row = items.iter().map(|(expr, _)| self.summary(expr, table, &rows));
            let row = row.collect::<Got<Vec<Value>>>()?;
            return Ok(result(&items, table, &[row]));
        }
        self.sort(select, &items, table, &mut rows)?;
        let wanted = rows.iter().skip(select.offset).take(select.limit.unwrap_or(usize::MAX));
        let mut out = vec![];
        for row in wanted {
            let row = items.iter().map(|(expr, _)| self.value(expr, table, row));
            out.push(row.collect::<Got<Vec<Value>>>()?);
        }
        if out.is_empty() {
            // A column that is not there is found out without rows, too.
            let nothing = vec![Value::Null; table.columns.len()];
            for (expr, _) in &items {
                self.value(expr, table, &nothing)?;
            }
        }
        Ok(result(&items, table, &out))
    }

    fn items(&self, select: &Select, table: &Table) -> Got<Vec<(Expr, String)>> {
        let mut items = vec![];
        for item in &select.items {
            match item {
                Item::One { expr, name } => items.push((expr.clone(), name.clone())),
                Item::All if select.from.is_none() => {
                    let mysql = (1096, "HY000", "No tables used".to_string());
                    let postgres = "SELECT * with no tables specified is not valid".to_string();
                    return Err(Failure::either(self.dialect, mysql, postgres));
                }
                Item::All => {
                    let all = table.columns.iter().map(|c| (Expr::Column(c.name.clone(), 0), c.name.clone()));
                    items.extend(all);
                }
            }
        }
        Ok(items)
    }

    fn sort(
        &self,
        select: &Select,
        items: &[(Expr, String)],
        table: &Table,
        rows: &mut [Vec<Value>],
    ) -> Got<()> {
        for (expr, turned) in select.order.iter().rev() {
            // A number names a column of the result, a name may be that of one.
            let expr = match expr {
                Expr::Value(Value::Int(n)) => {
                    usize::try_from(*n - 1).ok().and_then(|n| items.get(n)).map(|i| &i.0)
                }
                Expr::Column(name, _) if self.column(table, name).is_none() => {
                    items.iter().find(|item| item.1 == *name).map(|item| &item.0)
                }
                _ => None,
            }
            .unwrap_or(expr);
            let keys = rows.iter().map(|row| self.value(expr, table, row)).collect::<Got<Vec<Value>>>()?;
            let mut order: Vec<usize> = (0..rows.len()).collect();
            let null_first = !self.dialect.is_postgres();
            order.order_by(|a, b| {
                let by = compare(&keys[*a], &keys[*b], null_first);
                if *turned { by.reverse() } else { by }
            });
            let sorted: Vec<Vec<Value>> = order.into_iter().map(|at| rows[at].clone()).collect();
            rows.clone_from_slice(&sorted);
        }
        Ok(())
    }

    /// The value of an aggregate over all rows.
    fn summary(&self, expr: &Expr, table: &Table, rows: &[Vec<Value>]) -> Got<Value> {
        let (name, args, at) = match expr {
            Expr::Call(name, args, at) if aggregate(name) => (name.as_str(), args, *at),
            Expr::Value(value) => return Ok(value.clone()),
            _ => return Err(Failure::missing("an aggregate beside other columns")),
        };
        let arg = match args.as_slice() {
            [Expr::Star] if name == "COUNT" => return Ok(Value::Int(rows.len() as i64)),
            [arg] => arg,
            _ => return Err(Failure::missing(&format!("{name}() of this")).at(at)),
        };
        let mut values = vec![];
        for row in rows {
            let value = self.value(arg, table, row)?;
            if value != Value::Null {
                values.push(value);
            }
        }
        let numbers = || values.iter().filter_map(Value::number);
        let whole = values.iter().all(|v| matches!(v, Value::Int(_)));
        Ok(match name {
            "COUNT" => Value::Int(values.len() as i64),
            "MIN" => values.into_iter().min_by(|a, b| compare(a, b, true)).unwrap_or(Value::Null),
            "MAX" => values.into_iter().max_by(|a, b| compare(a, b, true)).unwrap_or(Value::Null),
            _ if values.is_empty() => Value::Null,
            "SUM" if whole => Value::Int(numbers().sum::<f64>() as i64),
            "SUM" => Value::Real(numbers().sum()),
            _ => {
                let digits = if self.dialect.is_postgres() { 16 } else { 4 };
                Value::Text(format!("{:.digits$}", numbers().sum::<f64>() / values.len() as f64))
            }
        })
    }
}

fn aggregate(name: &str) -> bool {
    matches!(name, "COUNT" | "SUM" | "MIN" | "MAX" | "AVG")
}

fn has_aggregate(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(name, ..) if aggregate(name))
}

fn truth(value: Option<bool>, dialect: Dialect) -> Value {
    match value {
        None => Value::Null,
        Some(b) if dialect.is_postgres() => Value::Bool(b),
        Some(b) => Value::Int(i64::from(b)),
    }
}

fn compare(a: &Value, b: &Value, null_first: bool) -> Ordering {
    a.compare(b).unwrap_or_else(|| {
        let by = (*b == Value::Null).cmp(&(*a == Value::Null));
        if null_first { by } else { by.reverse() }
    })
}

/// `LIKE`: `%` stands for anything, `_` for one character.
fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for p in pattern {
        let mut next = vec![false; text.len() + 1];
        match p {
            '%' => {
                let mut seen = false;
                for (at, there) in reached.iter().enumerate() {
                    seen |= there;
                    next[at] = seen;
                }
            }
            _ => {
                for (at, c) in text.iter().enumerate() {
                    next[at + 1] = reached[at] && (p == '_' || p == *c);
                }
            }
        }
        reached = next;
    }
    reached.last().copied().unwrap_or(false)
}

fn result(items: &[(Expr, String)], table: &Table, rows: &[Vec<Value>]) -> Rows {
    let numeric = |at: usize, expr: &Expr| match expr {
        Expr::Column(name, _) => table
            .columns
            .iter()
            .any(|c| c.name.eq_ignore_ascii_case(name) && matches!(c.kind, Type::Int | Type::Real)),
        Expr::Call(name, ..) if name == "AVG" => true,
        _ => {
            let mut values =
                rows.iter().filter_map(|row| row.get(at)).filter(|v| **v != Value::Null).peekable();
            values.peek().is_some() && values.all(|v| matches!(v, Value::Int(_) | Value::Real(_)))
        }
    };
    let columns = items.iter().enumerate();
    let columns =
        columns.map(|(at, (expr, name))| Heading { name: name.clone(), numeric: numeric(at, expr) });
    let rows = rows.iter().map(|row| row.iter().map(Value::show).collect());
    Rows { columns: columns.collect(), rows: rows.collect(), ..Rows::default() }
}
