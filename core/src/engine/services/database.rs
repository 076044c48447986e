//! The database servers `mysqld`, `mariadbd`, `postgres` and `mongod`, `memcached`, and the clients that
//! ask whether they are ready: `mysqladmin`, `mariadb-admin`, `pg_isready`.
//!
//! A server logs its start, listens after a few seconds and ends on TERM with 0. `mysql`, `mariadb` and `psql`
//! speak the SQL of [`sql`]; `mongosh` knows only whether the server is there. Exit status: 0, or 1 (`pg_isready`: 2
//! where nothing answers).

use super::connections::{Connections, Event, ends};
use super::sql::{self, Client, Dialect};
use crate::base::{Duration, Time, time_format};
use crate::kernel::{Applet, Behave, Disposition, Signal, Step, Stop, Sys};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// The servers and their clients.
pub const APPLETS: &[Applet] = &[
    Applet::state::<Database>("mysqld"),
    Applet::state::<Database>("mariadbd"),
    Applet::state::<Database>("postgres"),
    Applet::state::<Database>("mongod"),
    Applet::state::<Database>("memcached"),
    Applet::main("mysqladmin", mysqladmin),
    Applet::main("mariadb-admin", mysqladmin),
    Applet::main("pg_isready", pg_isready),
    Applet::state::<Client>("createdb"),
    Applet::state::<Client>("dropdb"),
    Applet::state::<Client>("mariadb-dump"),
    Applet::state::<Client>("mysql"),
    Applet::state::<Client>("mysqldump"),
    Applet::state::<Client>("pg_dump"),
    Applet::state::<Client>("mariadb"),
    Applet::state::<Client>("psql"),
    Applet::main("mongosh", mongosh),
];

/// What the entry points of the images say to have a script carried out before the first start.
const RUN_FILE: &str = "--run-file";

/// A database server that can be found and stopped.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Database {
    kind: String,
    ready: Option<Time>,
    connections: Connections,
}

impl Database {
    fn port(&self, sys: &Sys<'_>) -> u16 {
        let args = sys.args();
        let long = args.iter().find_map(|a| a.strip_prefix("--port="));
        let short = args.iter().position(|a| matches!(a.as_str(), "-p" | "--port")).and_then(|at| args.get(at + 1));
        let usual = match self.kind.as_str() {
            "postgres" => 5432,
            "mongod" => 27017,
            "memcached" => 11211,
            _ => 3306,
        };
        long.or(short.map(String::as_str)).and_then(|p| p.parse().ok()).unwrap_or(usual)
    }

    fn version(&self, sys: &Sys<'_>) -> String {
        let name = match self.kind.as_str() {
            "mysqld" => "MYSQL_VERSION",
            "mariadbd" => "MARIADB_VERSION",
            "postgres" => "PG_VERSION",
            _ => "MONGO_VERSION",
        };
        let version = sys.env(name).unwrap_or_default();
        let version = version.split([':', '-']).find(|p| p.contains('.')).unwrap_or(&version);
        version.split(['-', '+']).next().unwrap_or("").to_string()
    }

    /// A line as this server logs it.
    fn log(&self, sys: &mut Sys<'_>, level: &str, code: &str, text: &str) {
        let now = sys.now();
        let pid = sys.vpid();
        let seconds = time_format::rfc3339(now).replace('T', " ").trim_end_matches('Z').to_string();
        let millis = now.subsec_nanos() / 1_000_000;
        match self.kind.as_str() {
            "mysqld" => {
                let stamp = seconds.replace(' ', "T");
                let micros = now.subsec_nanos() / 1000;
                sys.eprint(&format!("{stamp}.{micros:06}Z 0 [{level}] [MY-{code}] [Server] {text}\n"));
            }
            "mariadbd" => sys.eprint(&format!("{seconds} 0 [{}] {text}\n", if level == "System" { "Note" } else { level })),
            "postgres" => sys.eprint(&format!("{seconds}.{millis:03} UTC [{pid}] LOG:  {text}\n")),
            "mongod" => {
                let stamp = seconds.replace(' ', "T");
                sys.print(&format!(
                    "{{\"t\":{{\"$date\":\"{stamp}.{millis:03}+00:00\"}},\"s\":\"I\",  \"c\":\"NETWORK\",  \"id\":{code},   \"ctx\":\"listener\",\"msg\":\"{text}\"}}\n"
                ));
            }
            _ => {}
        }
    }

    fn start(&mut self, sys: &mut Sys<'_>) {
        self.kind = sys.name();
        let pid = sys.vpid();
        let version = self.version(sys);
        let delay = match self.kind.as_str() {
            "mysqld" => {
                let text = format!("/usr/sbin/mysqld (mysqld {version}) starting as process {pid}");
                self.log(sys, "System", "010116", &text);
                4000
            }
            "mariadbd" => {
                self.log(sys, "Note", "", &format!("Starting MariaDB {version}-MariaDB-ubu2404 source revision as process {pid}"));
                2000
            }
            "postgres" => {
                self.log(sys, "", "", &format!("starting PostgreSQL {version} on x86_64-pc-linux-gnu, 64-bit"));
                800
            }
            "mongod" => 1500,
            _ => 0,
        };
        for signal in [Signal::TERM, Signal::INT, Signal::QUIT] {
            sys.on_signal(signal, Some(Disposition::Handle));
        }
        sys.on_signal(Signal::PIPE, Some(Disposition::Ignore));
        self.ready = Some(sys.after(Duration::millis(delay)));
    }

    fn listen(&mut self, sys: &mut Sys<'_>) -> Result<(), i32> {
        let port = self.port(sys);
        if let Err(e) = self.connections.listen(sys, Ipv4Addr::UNSPECIFIED, port) {
            self.log(sys, "ERROR", "010262", &format!("Can't start server: Bind on TCP/IP port: {e}"));
            return Err(1);
        }
        let version = self.version(sys);
        match self.kind.as_str() {
            "mysqld" => {
                let text = format!("/usr/sbin/mysqld: ready for connections. Version: '{version}'  socket: '/var/run/mysqld/mysqld.sock'  port: {port}  MySQL Community Server - GPL.");
                self.log(sys, "System", "010931", &text);
            }
            "mariadbd" => {
                self.log(sys, "Note", "", "mariadbd: ready for connections.");
                sys.eprint(&format!("Version: '{version}-MariaDB-ubu2404'  socket: '/run/mysqld/mysqld.sock'  port: {port}  mariadb.org binary distribution\n"));
            }
            "postgres" => {
                self.log(sys, "", "", &format!("listening on IPv4 address \"0.0.0.0\", port {port}"));
                self.log(sys, "", "", &format!("listening on IPv6 address \"::\", port {port}"));
                self.log(sys, "", "", &format!("listening on Unix socket \"/var/run/postgresql/.s.PGSQL.{port}\""));
                self.log(sys, "", "", "database system is ready to accept connections");
            }
            "mongod" => {
                self.log(sys, "I", "23015", "Listening on");
                self.log(sys, "I", "23016", "Waiting for connections");
            }
            _ => {}
        }
        Ok(())
    }

    /// Answers the lines that a client of ours has sent; whoever says something else is hung up on.
    fn answer(&mut self, sys: &mut Sys<'_>, fd: i32) {
        let (_, (from, _)) = ends(sys, fd);
        loop {
            let Some(buffer) = self.connections.buffer(fd) else { return };
            if self.kind == "postgres" && buffer.first() == Some(&0) {
                let Some((reply, over)) = refuse_driver(buffer) else { return };
                sys.write(fd, &reply);
                if over {
                    self.connections.close(sys, fd);
                    return;
                }
                continue;
            }
            let Some(end) = buffer.iter().position(|b| *b == b'\n') else { return };
            let line: Vec<u8> = buffer.drain(..=end).collect();
            let reply = Dialect::of(&self.kind).and_then(|dialect| sql::reply(sys, dialect, from, &line));
            match reply {
                Some(reply) => sys.write(fd, &reply),
                None => {
                    self.connections.close(sys, fd);
                    return;
                }
            }
        }
    }

    fn stop(&mut self, sys: &mut Sys<'_>, signal: Signal) -> Step {
        match self.kind.as_str() {
            "mysqld" => {
                let text = "Received SHUTDOWN from user <via user signal>. Shutting down mysqld.".to_string();
                self.log(sys, "System", "013172", &text);
                let version = self.version(sys);
                let text = format!("/usr/sbin/mysqld: Shutdown complete (mysqld {version})  MySQL Community Server - GPL.");
                self.log(sys, "System", "010910", &text);
            }
            "mariadbd" => {
                self.log(sys, "Note", "", "mariadbd (initiated by: unknown): Normal shutdown");
                self.log(sys, "Note", "", "mariadbd: Shutdown complete");
            }
            "postgres" => {
                let text = match signal {
                    Signal::TERM => "received smart shutdown request",
                    Signal::QUIT => "received immediate shutdown request",
                    _ => "received fast shutdown request",
                };
                self.log(sys, "", "", text);
                self.log(sys, "", "", "database system is shut down");
            }
            _ => {}
        }
        Step::Exit(0)
    }
}

impl Behave for Database {
    fn survives_write_errors(&self) -> bool {
        true
    }

    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        if self.ready.is_none() {
            let name = sys.name();
            if let (Some(dialect), [option, file]) = (Dialect::of(&name), sys.args().as_slice())
                && option == RUN_FILE
            {
                return Step::Exit(sql::run_file(sys, dialect, file));
            }
            if let Some(dialect) = Dialect::of(&name) {
                sql::initialize(sys, dialect);
            }
            self.start(sys);
        }
        if let Some(signal) = sys.take_signal() {
            return self.stop(sys, signal);
        }
        let ready = self.ready.unwrap_or(sys.now());
        if sys.now() < ready {
            return Step::Block(crate::kernel::Wait::until(ready));
        }
        if self.connections.listeners.is_empty()
            && let Err(code) = self.listen(sys)
        {
            return Step::Exit(code);
        }
        for event in self.connections.poll(sys) {
            match event {
                Event::Opened(_) => {}
                Event::Data(fd) => self.answer(sys, fd),
                Event::Ended(fd) => self.connections.close(sys, fd),
            }
        }
        Step::Block(self.connections.wait())
    }
}

/// What PostgreSQL's own protocol is answered, and whether that is the end: its packets begin with a length of four bytes.
/// None while one is not whole.
fn refuse_driver(buffer: &mut Vec<u8>) -> Option<(Vec<u8>, bool)> {
    const ASKS_FOR_ENCRYPTION: [[u8; 4]; 2] = [80_877_103_u32.to_be_bytes(), 80_877_104_u32.to_be_bytes()];
    let kind: [u8; 4] = buffer.get(4..8)?.try_into().ok()?;
    if ASKS_FOR_ENCRYPTION.contains(&kind) {
        buffer.drain(..8);
        return Some((b"N".to_vec(), false));
    }
    let fields = "SFATAL\0VFATAL\0C0A000\0MPostgreSQL's protocol is not simulated by Drydock; psql is\0\0";
    let length = u32::try_from(fields.len() + 4).unwrap_or(u32::MAX);
    Some(([b"E", &length.to_be_bytes()[..], fields.as_bytes()].concat(), true))
}

/// The values of `-h`, `-P` (or `-p`) in any of their spellings.
fn target(sys: &Sys<'_>, port_letter: char) -> (Option<String>, Option<u16>) {
    let args = sys.args();
    let value = |short: char, long: &str| {
        args.iter().enumerate().find_map(|(n, a)| {
            if let Some(v) = a.strip_prefix(&format!("--{long}=")) {
                return Some(v.to_string());
            }
            let rest = a.strip_prefix(&format!("-{short}")).filter(|_| !a.starts_with("--"));
            match rest {
                Some("") => args.get(n + 1).cloned(),
                Some(v) => Some(v.to_string()),
                None => None,
            }
        })
    };
    (value('h', "host"), value(port_letter, "port").and_then(|p| p.parse().ok()))
}

/// True where something listens there.
fn answers(sys: &mut Sys<'_>, host: &str, port: u16) -> bool {
    let Some(address) = sys.lookup(host).ok().and_then(|a| a.first().copied()) else { return false };
    match sys.connect(address, port) {
        Ok(fd) => {
            let _was_open = sys.close(fd);
            true
        }
        Err(_) => false,
    }
}

fn mysqladmin(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let args = sys.args();
    let name = sys.name();
    if !args.iter().any(|a| a == "ping") {
        sys.complain("only \"ping\" is simulated by Drydock");
        return Ok(1);
    }
    let (host, port) = target(sys, 'P');
    let place = host.clone().unwrap_or_else(|| "localhost".to_string());
    if answers(sys, &place, port.unwrap_or(3306)) {
        if !args.iter().any(|a| matches!(a.as_str(), "--silent" | "-s")) {
            let server = if name == "mysqladmin" { "mysqld" } else { "mariadbd" };
            sys.print(&format!("{server} is alive\n"));
        }
        return Ok(0);
    }
    let socket = if name == "mysqladmin" { "/var/run/mysqld/mysqld.sock" } else { "/run/mysqld/mysqld.sock" };
    sys.eprint(&format!(
        "{name}: connect to server at '{place}' failed\nerror: 'Can't connect to local MySQL server through socket '{socket}' (2)'\nCheck that mysqld is running and that the socket: '{socket}' exists!\n"
    ));
    Ok(1)
}

fn pg_isready(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let (host, port) = target(sys, 'p');
    let port = port.unwrap_or(5432);
    let shown = host.clone().unwrap_or_else(|| "/var/run/postgresql".to_string());
    let ready = answers(sys, host.as_deref().filter(|h| !h.starts_with('/')).unwrap_or("localhost"), port);
    if !sys.args().iter().any(|a| matches!(a.as_str(), "-q" | "--quiet")) {
        let text = if ready { "accepting connections" } else { "no response" };
        sys.print(&format!("{shown}:{port} - {text}\n"));
    }
    Ok(if ready { 0 } else { 2 })
}

/// `mongosh [--quiet] [--host HOST] [--port PORT] --eval CODE`: only asking for life and version is simulated.
fn mongosh(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let args = sys.args();
    let refuse = |sys: &mut Sys<'_>, what: &str| {
        sys.eprint(&format!("mongosh: {what} is not simulated by Drydock (ping and version are)\n"));
        Ok(1)
    };
    let Some(code) = args.iter().position(|a| a == "--eval").and_then(|at| args.get(at + 1)) else {
        return refuse(sys, "a session without --eval");
    };
    let (host, port) = target(sys, '\u{1}');
    let (host, port) = (host.unwrap_or_else(|| "127.0.0.1".into()), port.unwrap_or(27017));
    if !answers(sys, &host, port) {
        sys.eprint(&format!("MongoNetworkError: connect ECONNREFUSED {host}:{port}\n"));
        return Ok(1);
    }
    let plain: String = code.chars().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'' | ';' | '`')).collect();
    let pings = ["db.runCommand({ping:1})", "db.adminCommand({ping:1})", "db.runCommand(ping)", "db.adminCommand(ping)"];
    let version = sys.env("MONGO_VERSION").unwrap_or_default();
    let answer = match plain.strip_suffix(".ok") {
        Some(rest) if pings.contains(&rest) => "1".to_string(),
        _ if pings.contains(&plain.as_str()) => "{ ok: 1 }".to_string(),
        _ if plain == "db.version()" => version,
        _ => return refuse(sys, "this code"),
    };
    sys.print(&format!("{answer}\n"));
    Ok(0)
}
