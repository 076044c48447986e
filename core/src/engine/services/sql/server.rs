//! The side of the server: who may speak, what is answered, and what its first start makes.

use super::run::run;
use super::select::Scope;
use super::store::{Accounts, Store};
use super::{Answer, Ask, Dialect, Failure, lex};
use crate::kernel::Sys;
use std::net::Ipv4Addr;

/// The version as the server tells it.
fn version(sys: &Sys<'_>, dialect: Dialect) -> String {
    let given = |name: &str| sys.env(name).unwrap_or_default();
    let plain = |text: &str| {
        let text = text.split(':').next_back().unwrap_or(text);
        text.split(['-', '+']).next().unwrap_or_default().to_string()
    };
    match dialect {
        Dialect::MySql => plain(&given("MYSQL_VERSION")),
        Dialect::MariaDb => format!("{}-MariaDB-ubu2404", plain(&given("MARIADB_VERSION"))),
        Dialect::Postgres => {
            let package = given("PG_VERSION");
            let short = plain(&package);
            match package.contains("pgdg") {
                true => format!(
                    "PostgreSQL {short} (Debian {package}) on x86_64-pc-linux-gnu, compiled by gcc (Debian 14.2.0-19) 14.2.0, 64-bit"
                ),
                false => format!(
                    "PostgreSQL {short} on x86_64-pc-linux-musl, compiled by gcc (Alpine 14.2.0) 14.2.0, 64-bit"
                ),
            }
        }
    }
}

/// Makes, before the first start, the accounts and the database that the environment asks for.
pub fn initialize(sys: &mut Sys<'_>, dialect: Dialect) {
    let store = Store::new(sys, dialect);
    if store.accounts(sys).is_some() {
        return;
    }
    let given = |name: &str| {
        let own = name.replacen("MYSQL_", "MARIADB_", 1);
        let also = (dialect == Dialect::MariaDb).then(|| sys.env(&own)).flatten();
        also.or_else(|| sys.env(name)).filter(|value| !value.is_empty())
    };
    let mut accounts = Accounts::default();
    let mut databases = vec![];
    if dialect.is_postgres() {
        let user = given("POSTGRES_USER").unwrap_or_else(|| "postgres".into());
        accounts.open = given("POSTGRES_HOST_AUTH_METHOD").as_deref() == Some("trust");
        databases.extend(["postgres", "template0", "template1"].map(String::from));
        databases.push(given("POSTGRES_DB").unwrap_or_else(|| user.clone()));
        accounts.users.insert(user, given("POSTGRES_PASSWORD").unwrap_or_default());
    } else {
        accounts.users.insert("root".into(), given("MYSQL_ROOT_PASSWORD").unwrap_or_default());
        if let Some(user) = given("MYSQL_USER") {
            accounts.users.insert(user, given("MYSQL_PASSWORD").unwrap_or_default());
        }
        databases.extend(given("MYSQL_DATABASE"));
    }
    for name in databases {
        let _it_may_be_there = store.create(sys, &name);
    }
    let _a_disk_that_takes_nothing_is_found_later = store.set_accounts(sys, &accounts);
}

fn refusal(dialect: Dialect, accounts: &Accounts, ask: &Ask, from: &str) -> Option<Failure> {
    let known = accounts.users.get(&ask.user);
    if dialect.is_postgres() {
        let text = match known {
            None => format!("role \"{}\" does not exist", ask.user),
            Some(_) if ask.local || accounts.open => return None,
            Some(_) if ask.password.is_none() => "no password supplied".to_string(),
            Some(password) if ask.password.as_ref() == Some(password) => return None,
            Some(_) => format!("password authentication failed for user \"{}\"", ask.user),
        };
        return Some(Failure::new(0, "", text));
    }
    if known.is_some_and(|password| *password == ask.password.clone().unwrap_or_default()) {
        return None;
    }
    let using = if ask.password.as_ref().is_some_and(|p| !p.is_empty()) { "YES" } else { "NO" };
    let text = format!("Access denied for user '{}'@'{from}' (using password: {using})", ask.user);
    Some(Failure::new(1045, "28000", text))
}

/// The answer to a line that a client sent; nothing where it is none of ours.
pub fn reply(sys: &mut Sys<'_>, dialect: Dialect, from: Ipv4Addr, line: &[u8]) -> Option<Vec<u8>> {
    let ask: Ask = serde_json::from_slice(line).ok()?;
    let store = Store::new(sys, dialect);
    let accounts = store.accounts(sys).unwrap_or_default();
    let host = if ask.local { "localhost".to_string() } else { from.to_string() };
    let version = version(sys, dialect);
    let unknown = !ask.database.is_empty() && !store.has(sys, &ask.database) && ask.database != "mysql";
    let answer = if let Some(failure) = refusal(dialect, &accounts, &ask, &host) {
        Answer::Refused(failure)
    } else if unknown {
        let mysql = (1049, "42000", format!("Unknown database '{}'", ask.database));
        Answer::Refused(Failure::either(
            dialect,
            mysql,
            format!("database \"{}\" does not exist", ask.database),
        ))
    } else if ask.sql.is_empty() {
        Answer::Welcome(version)
    } else {
        let now = sys.now();
        let scope = Scope { dialect, version, database: &ask.database, user: &ask.user, host, now };
        run(sys, &store, &scope, &ask.sql)
    };
    let mut bytes = serde_json::to_vec(&answer).ok()?;
    bytes.push(b'\n');
    Some(bytes)
}

/// Carries a script out on the files, before the server listens: what the entry point does with
/// `/docker-entrypoint-initdb.d`. The exit code.
pub fn run_file(sys: &mut Sys<'_>, dialect: Dialect, path: &str) -> i32 {
    initialize(sys, dialect);
    let Ok(text) = sys.read_file(path) else {
        sys.eprint(&format!("{path}: No such file or directory\n"));
        return 1;
    };
    let text = String::from_utf8_lossy(&text).into_owned() + ";";
    let store = Store::new(sys, dialect);
    let (user, mut database) = match dialect {
        Dialect::Postgres => {
            let user =
                sys.env("POSTGRES_USER").filter(|u| !u.is_empty()).unwrap_or_else(|| "postgres".into());
            let database = sys.env("POSTGRES_DB").filter(|d| !d.is_empty()).unwrap_or_else(|| user.clone());
            (user, database)
        }
        _ => {
            let own = sys.env("MARIADB_DATABASE").filter(|_| dialect == Dialect::MariaDb);
            ("root".to_string(), own.or_else(|| sys.env("MYSQL_DATABASE")).unwrap_or_default())
        }
    };
    let version = version(sys, dialect);
    let mut rest = text.as_str();
    while let Some((sql, after, _)) = lex::split(rest) {
        let line = 1 + text
            .len()
            .checked_sub(rest.trim_start().len())
            .and_then(|at| text.get(..at))
            .map_or(0, |t| t.matches('\n').count());
        rest = after;
        let scope = Scope {
            dialect,
            version: version.clone(),
            database: &database.clone(),
            user: &user,
            host: "localhost".into(),
            now: sys.now(),
        };
        match run(sys, &store, &scope, sql) {
            Answer::Now(name) => database = name,
            Answer::Done { tag, .. } if dialect.is_postgres() && !tag.is_empty() => {
                sys.print(&format!("{tag}\n"))
            }
            Answer::Failed(failure) if dialect.is_postgres() => {
                sys.eprint(&format!("psql:{path}:{line}: ERROR:  {}\n", failure.text));
                return 3;
            }
            Answer::Failed(failure) => {
                sys.eprint(&format!(
                    "ERROR {} ({}) at line {line}: {}\n",
                    failure.code, failure.state, failure.text
                ));
                return 1;
            }
            _ => {}
        }
    }
    0
}
