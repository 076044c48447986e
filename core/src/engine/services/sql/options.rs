//! The command lines of `mysql`, `mariadb` and `psql`.

use super::Dialect;
use crate::kernel::Sys;
use serde::{Deserialize, Serialize};

/// What a command line asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Options {
    pub dialect: Dialect,
    pub user: String,
    pub password: Option<String>,
    /// A password is asked for.
    pub ask: bool,
    pub host: Option<String>,
    pub port: u16,
    pub database: String,
    pub commands: Vec<String>,
    pub file: Option<String>,
    /// MySQL: a table even without a terminal. psql: no alignment.
    pub form: bool,
    /// Without the names of columns (`-N`, `-t`).
    pub bare: bool,
    /// MySQL: lines with tabs (`-B`, `-s`). psql: no tags of changes (`-q`).
    pub plain: bool,
    pub list: bool,
    /// `pg_dump` and `mysqldump`: the answer is text.
    pub dump: bool,
}

/// Options with a value, by all their names, and the letter that stands for them.
const VALUES: [(&str, char, char); 14] = [
    ("user", 'u', 'm'),
    ("password", 'p', 'm'),
    ("host", 'h', 'm'),
    ("port", 'P', 'm'),
    ("execute", 'e', 'm'),
    ("database", 'D', 'm'),
    ("protocol", '\u{1}', 'm'),
    ("username", 'U', 'p'),
    ("dbname", 'd', 'p'),
    ("host", 'h', 'p'),
    ("port", 'p', 'p'),
    ("command", 'c', 'p'),
    ("file", 'f', 'p'),
    ("set", 'v', 'p'),
];
/// Switches.
const SWITCHES: [(&str, char, char); 13] = [
    ("table", 't', 'm'),
    ("skip-column-names", 'N', 'm'),
    ("batch", 'B', 'm'),
    ("silent", 's', 'm'),
    ("version", 'V', 'm'),
    ("no-align", 'A', 'p'),
    ("tuples-only", 't', 'p'),
    ("quiet", 'q', 'p'),
    ("list", 'l', 'p'),
    ("password", 'W', 'p'),
    ("no-password", 'w', 'p'),
    ("no-psqlrc", 'X', 'p'),
    ("version", 'V', 'p'),
];

/// Reads the command line.
///
/// # Errors
/// The exit code where it is wrong, not simulated, or only asks for the version.
pub fn read(sys: &mut Sys<'_>) -> Result<Options, i32> {
    let name = sys.name();
    let dialect = Dialect::of(&name).unwrap_or_default();
    let family = if dialect.is_postgres() { 'p' } else { 'm' };
    let mut options =
        Options { dialect, port: if dialect.is_postgres() { 5432 } else { 3306 }, ..Options::default() };
    defaults(sys, &mut options);
    let mut operands = vec![];
    let mut args = connection(sys, family)?.into_iter();
    while let Some(arg) = args.next() {
        if let Some(long) = arg.strip_prefix("--").filter(|long| !long.is_empty()) {
            let (name, value) = long.split_once('=').map_or((long, None), |(n, v)| (n, Some(v.to_string())));
            let valued = VALUES.iter().find(|(n, _, f)| *n == name && *f == family);
            let switch = SWITCHES.iter().find(|(n, _, f)| *n == name && *f == family);
            match (valued, switch) {
                (Some((_, 'p', 'm')), _) => set_password(&mut options, value),
                (Some((_, letter, _)), _) => {
                    let value = value.or_else(|| args.next()).ok_or(1)?;
                    apply(sys, &mut options, *letter, value)?;
                }
                (_, Some((_, letter, _))) => switch_on(sys, &mut options, *letter)?,
                _ => return Err(unknown(sys, &arg)),
            }
        } else if let Some(cluster) = arg.strip_prefix('-').filter(|c| !c.is_empty()) {
            for (at, letter) in cluster.char_indices() {
                let rest = cluster.get(at + letter.len_utf8()..).unwrap_or_default();
                if VALUES.iter().any(|(_, l, f)| *l == letter && *f == family) {
                    let attached = (!rest.is_empty()).then(|| rest.to_string());
                    match letter == 'p' && family == 'm' {
                        true => set_password(&mut options, attached),
                        false => {
                            let value = attached.or_else(|| args.next()).ok_or(1)?;
                            apply(sys, &mut options, letter, value)?;
                        }
                    }
                    break;
                }
                match SWITCHES.iter().any(|(_, l, f)| *l == letter && *f == family) {
                    true => switch_on(sys, &mut options, letter)?,
                    false => return Err(unknown(sys, &format!("-{letter}"))),
                }
            }
        } else {
            operands.push(arg);
        }
    }
    match name.as_str() {
        "pg_dump" | "mysqldump" | "mariadb-dump" => {
            options.dump = true;
            let tables = operands.split_off(operands.len().min(1));
            options.commands = vec![format!("\\dump {}\n", tables.join(" "))];
        }
        "createdb" | "dropdb" => {
            let verb = if name == "createdb" { "CREATE" } else { "DROP" };
            let database = operands.pop().unwrap_or_else(|| options.user.clone());
            options.commands = vec![format!("{verb} DATABASE \"{database}\"")];
            (options.plain, operands) = (true, vec!["postgres".to_string()]);
        }
        _ => {}
    }
    place(&mut options, operands);
    if options.dump && options.database.is_empty() {
        sys.eprint(&format!("Usage: {name} [OPTIONS] database [tables]\n"));
        return Err(1);
    }
    Ok(options)
}

/// The arguments; those of the programs that dump or make databases without what changes nothing here.
///
/// # Errors
/// The exit code for an option that is not simulated.
fn connection(sys: &mut Sys<'_>, family: char) -> Result<Vec<String>, i32> {
    let (name, mut args) = (sys.name(), sys.args());
    if !matches!(name.as_str(), "pg_dump" | "mysqldump" | "mariadb-dump" | "createdb" | "dropdb") {
        return Ok(args);
    }
    // There are no owners, rights, routines and locks; `INSERT` is the form of the rows.
    const MOOT: &str = " -O -x --no-owner --no-privileges --no-acl --inserts --single-transaction --no-tablespaces --routines --triggers --events --quick --opt --skip-lock-tables --lock-tables --set-gtid-purged=OFF --column-statistics=0 --default-character-set=utf8mb4 ";
    args.retain(|arg| !MOOT.contains(&format!(" {arg} ")));
    let letters = if family == 'p' { "UhpdWwVf" } else { "uphPV" };
    let names = [
        "user",
        "password",
        "host",
        "port",
        "protocol",
        "username",
        "dbname",
        "file",
        "no-password",
        "version",
    ];
    let known = |arg: &&String| match arg.strip_prefix("--") {
        Some(long) => names.contains(&long.split('=').next().unwrap_or(long)),
        None => arg.chars().nth(1).is_none_or(|letter| letters.contains(letter)),
    };
    match args.iter().filter(|arg| arg.starts_with('-')).find(|arg| !known(arg)).cloned() {
        Some(other) => Err(unknown(sys, &other)),
        None => Ok(args),
    }
}

fn defaults(sys: &Sys<'_>, options: &mut Options) {
    let me = sys.me().map_or(0, |me| me.cred.uid);
    options.user = if me == 0 || !options.dialect.is_postgres() { "root".into() } else { "postgres".into() };
    if options.dialect.is_postgres() {
        options.user = sys.env("PGUSER").unwrap_or_else(|| options.user.clone());
        options.password = sys.env("PGPASSWORD");
        options.host = sys.env("PGHOST");
        options.database = sys.env("PGDATABASE").unwrap_or_default();
    } else {
        options.password = sys.env("MYSQL_PWD");
    }
}

/// The operands: the database, and psql's user.
fn place(options: &mut Options, operands: Vec<String>) {
    let mut operands = operands.into_iter();
    if let Some(database) = operands.next() {
        options.database = database;
    }
    if let Some(user) = operands.next().filter(|_| options.dialect.is_postgres()) {
        options.user = user;
    }
    let uri = options.database.clone();
    if let Some(rest) = uri.strip_prefix("postgresql://").or(uri.strip_prefix("postgres://")) {
        let (who, place) = rest.split_once('@').unwrap_or(("", rest));
        let (user, password) = who.split_once(':').unwrap_or((who, ""));
        let (host, database) = place.split_once('/').unwrap_or((place, ""));
        let (host, port) = host.split_once(':').unwrap_or((host, "5432"));
        if !user.is_empty() {
            options.user = user.to_string();
        }
        options.password = (!password.is_empty()).then(|| password.to_string());
        options.host = Some(host.to_string());
        options.port = port.parse().unwrap_or(5432);
        options.database = database.to_string();
    }
    if options.dialect.is_postgres() && options.database.is_empty() {
        options.database = if options.list { "postgres".into() } else { options.user.clone() };
    }
}

fn unknown(sys: &mut Sys<'_>, option: &str) -> i32 {
    let name = sys.name();
    sys.eprint(&format!("{name}: the option '{option}' is not simulated by Drydock\n"));
    if Dialect::of(&name).is_some_and(Dialect::is_postgres) { 1 } else { 7 }
}

fn set_password(options: &mut Options, value: Option<String>) {
    options.ask = value.is_none();
    options.password = value.or(options.password.take());
}

fn apply(sys: &mut Sys<'_>, options: &mut Options, letter: char, value: String) -> Result<(), i32> {
    match letter {
        'u' | 'U' => options.user = value,
        'h' => options.host = Some(value).filter(|host| !host.starts_with('/')),
        'P' | 'p' => options.port = value.parse().map_err(|_| 1)?,
        'e' | 'c' => options.commands.push(value),
        'D' | 'd' => options.database = value,
        'f' => options.file = Some(value),
        // psql's variables are asked for by scripts that stop at the first error, as this one does.
        'v' if value == "ON_ERROR_STOP=1" || value == "ON_ERROR_STOP=on" => {}
        // Everything goes over the network.
        '\u{1}' => {}
        _ => return Err(unknown(sys, &format!("-{letter}"))),
    }
    Ok(())
}

fn switch_on(sys: &mut Sys<'_>, options: &mut Options, letter: char) -> Result<(), i32> {
    match (letter, options.dialect.is_postgres()) {
        ('t', false) | ('A', true) => options.form = true,
        ('N', false) | ('t', true) => options.bare = true,
        ('B' | 's', false) | ('q', true) => options.plain = true,
        ('l', true) => options.list = true,
        ('W', true) => options.ask = true,
        ('V', _) => {
            let name = sys.name();
            let version = match options.dialect {
                Dialect::Postgres => sys.env("PG_VERSION"),
                Dialect::MySql => sys.env("MYSQL_VERSION"),
                Dialect::MariaDb => sys.env("MARIADB_VERSION"),
            };
            let version = version.unwrap_or_default();
            let short = version.split('-').next().unwrap_or_default();
            match options.dialect {
                Dialect::Postgres => sys.print(&format!("psql (PostgreSQL) {short} (Debian {version})\n")),
                _ => sys.print(&format!("{name}  Ver {short} for Linux on x86_64\n")),
            }
            return Err(0);
        }
        _ => {}
    }
    Ok(())
}
