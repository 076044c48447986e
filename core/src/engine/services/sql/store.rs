//! Databases and tables as files of the data directory.

use super::Dialect;
use super::value::{Type, Value};
use crate::base::Errno;
use crate::kernel::Sys;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many rows a table holds.
pub const MAX_ROWS: usize = 100_000;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    pub kind: Type,
    /// Its type as the server names it.
    pub text: String,
    /// It takes the next number where none is given.
    pub counts: bool,
    pub required: bool,
    pub primary: bool,
    pub unique: bool,
    /// Its default as it was written.
    pub default: Option<String>,
}

impl Default for Column {
    fn default() -> Self {
        let (name, text) = (String::new(), String::new());
        Self {
            name,
            kind: Type::Text,
            text,
            counts: false,
            required: false,
            primary: false,
            unique: false,
            default: None,
        }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Value>>,
    /// The last number that a counting column took.
    pub last: i64,
}

/// Who may speak to the server.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Accounts {
    pub users: BTreeMap<String, String>,
    /// Nobody is asked for a password.
    pub open: bool,
}

/// Where a server keeps its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    pub dialect: Dialect,
    root: String,
}

impl Store {
    /// That of the running server.
    pub fn new(sys: &Sys<'_>, dialect: Dialect) -> Self {
        let given = |name: &str| {
            let args = sys.args();
            let long = args.iter().find_map(|a| a.strip_prefix(&format!("--{name}=")).map(String::from));
            long.or_else(|| {
                let at = args.iter().position(|a| a == "-D").filter(|_| dialect.is_postgres())?;
                args.get(at + 1).cloned()
            })
        };
        let root = match dialect {
            Dialect::Postgres => given("data-directory").or_else(|| sys.env("PGDATA")),
            _ => given("datadir"),
        };
        let usual = if dialect.is_postgres() { "/var/lib/postgresql/data" } else { "/var/lib/mysql" };
        Self { dialect, root: root.unwrap_or_else(|| usual.to_string()) }
    }

    fn base(&self) -> String {
        if self.dialect.is_postgres() { format!("{}/base", self.root) } else { self.root.clone() }
    }

    fn dir(&self, database: &str) -> String {
        format!("{}/{database}", self.base())
    }

    fn file(&self, database: &str, table: &str) -> String {
        let ending = if self.dialect.is_postgres() { "" } else { ".ibd" };
        format!("{}/{table}{ending}", self.dir(database))
    }

    /// The databases of users, sorted.
    pub fn databases(&self, sys: &Sys<'_>) -> Vec<String> {
        let base = self.base();
        let mut names = sys.list(&base).unwrap_or_default();
        names.retain(|name| {
            let own = matches!(name.as_str(), "mysql" | "performance_schema" | "sys")
                && !self.dialect.is_postgres();
            !own && !name.starts_with(['#', '.'])
                && sys.stat(&format!("{base}/{name}")).is_ok_and(|s| s.is_dir())
        });
        names
    }

    /// True where there is such a database.
    pub fn has(&self, sys: &Sys<'_>, database: &str) -> bool {
        self.databases(sys).iter().any(|name| name == database)
    }

    /// Makes a database.
    ///
    /// # Errors
    /// Those of the filesystem.
    pub fn create(&self, sys: &mut Sys<'_>, database: &str) -> Result<(), Errno> {
        sys.mkdir(&self.dir(database), 0o750)
    }

    /// Takes a database away.
    ///
    /// # Errors
    /// Those of the filesystem.
    pub fn drop(&self, sys: &mut Sys<'_>, database: &str) -> Result<(), Errno> {
        let dir = self.dir(database);
        for name in sys.list(&dir)? {
            sys.unlink(&format!("{dir}/{name}"))?;
        }
        sys.rmdir(&dir)
    }

    /// The tables of a database, sorted.
    pub fn tables(&self, sys: &Sys<'_>, database: &str) -> Vec<String> {
        let names = sys.list(&self.dir(database)).unwrap_or_default();
        match self.dialect {
            Dialect::Postgres => names,
            _ => names.iter().filter_map(|name| name.strip_suffix(".ibd").map(String::from)).collect(),
        }
    }

    /// A table; nothing where there is none that can be read.
    pub fn load(&self, sys: &mut Sys<'_>, database: &str, table: &str) -> Option<Table> {
        let bytes = sys.read_file(&self.file(database, table)).ok()?;
        sys.spend(u32::try_from(bytes.len() / 256).unwrap_or(u32::MAX));
        serde_json::from_slice(&bytes).ok()
    }

    /// Keeps a table.
    ///
    /// # Errors
    /// Those of the filesystem.
    pub fn save(&self, sys: &mut Sys<'_>, database: &str, name: &str, table: &Table) -> Result<(), Errno> {
        let bytes = serde_json::to_vec(table).map_err(|_| Errno::EIO)?;
        sys.write_file(&self.file(database, name), &bytes, 0o640)
    }

    /// Takes a table away.
    ///
    /// # Errors
    /// Those of the filesystem.
    pub fn remove(&self, sys: &mut Sys<'_>, database: &str, table: &str) -> Result<(), Errno> {
        sys.unlink(&self.file(database, table))
    }

    fn accounts_file(&self) -> String {
        let name = if self.dialect.is_postgres() { "global/pg_authid" } else { "mysql/user.ibd" };
        format!("{}/{name}", self.root)
    }

    /// Who may speak; nothing before the first start.
    pub fn accounts(&self, sys: &mut Sys<'_>) -> Option<Accounts> {
        serde_json::from_slice(&sys.read_file(&self.accounts_file()).ok()?).ok()
    }

    /// Keeps who may speak.
    ///
    /// # Errors
    /// Those of the filesystem.
    pub fn set_accounts(&self, sys: &mut Sys<'_>, accounts: &Accounts) -> Result<(), Errno> {
        let bytes = serde_json::to_vec(accounts).map_err(|_| Errno::EIO)?;
        sys.write_file(&self.accounts_file(), &bytes, 0o640)
    }
}
