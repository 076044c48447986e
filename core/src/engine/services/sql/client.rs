//! `mysql`, `mariadb` and `psql`: statements from the command line, a file, standard input, or typed at a prompt.
//!
//! Exit status: 0; 1 where a statement failed; psql 2 where the server does not let it in.

use super::options::{Options, read};
use super::{Answer, Ask, Dialect, Failure, Rows, layout, lex};
use crate::base::Errno;
use crate::kernel::{Behave, Read, Step, Sys, Wait};
use serde::{Deserialize, Serialize};

/// The largest answer and the longest input that are read, in bytes.
const MAX: usize = 64 << 20;

/// A client of a database server.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Client {
    options: Option<Options>,
    stage: Stage,
    fd: i32,
    place: String,
    local: bool,
    prompted: bool,
    interactive: bool,
    ended: bool,
    failed: bool,
    received: Vec<u8>,
    typed: String,
    /// How many lines of the input are behind.
    line: usize,
    asked: String,
    /// The database that `\c` wants.
    wanted: Option<String>,
    vertical: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
enum Stage {
    #[default]
    Start,
    Password,
    Greeting,
    Ready,
    Waiting,
}

/// What comes next: go on, or what the scheduler is told.
type Next = Result<(), Step>;

impl Behave for Client {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        loop {
            let next = match self.stage {
                Stage::Start => self.start(sys),
                Stage::Password => self.password(sys),
                Stage::Greeting | Stage::Waiting => self.receive(sys),
                Stage::Ready => self.ready(sys),
            };
            if let Err(step) = next {
                return step;
            }
            if !sys.spend(20) {
                return Step::Continue;
            }
        }
    }
}

impl Client {
    fn options(&self) -> Options {
        self.options.clone().unwrap_or_default()
    }

    fn dialect(&self) -> Dialect {
        self.options.as_ref().map_or(Dialect::MySql, |o| o.dialect)
    }

    fn start(&mut self, sys: &mut Sys<'_>) -> Next {
        let options = read(sys).map_err(Step::Exit)?;
        let from_terminal = sys.is_tty(0) && sys.is_tty(1);
        self.interactive =
            from_terminal && options.commands.is_empty() && options.file.is_none() && !options.list;
        if options.dialect == Dialect::MySql && options.password.is_some() && sys.env("MYSQL_PWD").is_none() {
            sys.complain("[Warning] Using a password on the command line interface can be insecure.");
        }
        let mut texts = options.commands.clone();
        if let Some(file) = options.file.as_ref().filter(|_| !options.dump) {
            let Ok(bytes) = sys.read_file(file) else {
                sys.eprint(&format!("psql: error: {file}: No such file or directory\n"));
                return Err(Step::Exit(1));
            };
            texts.push(String::from_utf8_lossy(&bytes).into_owned());
        }
        if options.list {
            texts.push("\\l\n".into());
        }
        self.ended = !texts.is_empty();
        for text in texts {
            let whole = text.trim_end().ends_with([';', 'G', 'g']) && text.trim_end().ends_with(';')
                || text.starts_with('\\');
            self.typed.push_str(&text);
            self.typed.push_str(if whole { "\n" } else { ";\n" });
        }
        let ask = options.ask;
        self.options = Some(options);
        if ask {
            self.ask_password(sys);
            return Ok(());
        }
        self.connect(sys)
    }

    fn ask_password(&mut self, sys: &mut Sys<'_>) {
        let text = match self.dialect() {
            Dialect::Postgres => format!("Password for user {}: ", self.options().user),
            _ => "Enter password: ".to_string(),
        };
        sys.set_echo(0, false);
        sys.print(&text);
        self.stage = Stage::Password;
    }

    fn password(&mut self, sys: &mut Sys<'_>) -> Next {
        let line = match sys.read(0, 1 << 16) {
            Ok(Read::Data(data)) => String::from_utf8_lossy(&data).trim_end_matches('\n').to_string(),
            Ok(Read::Wait) => return Err(Step::Block(Wait::readable(0))),
            _ => String::new(),
        };
        sys.set_echo(0, true);
        if sys.is_tty(0) {
            sys.print("\n");
        }
        if let Some(options) = &mut self.options {
            options.password = Some(line);
        }
        self.connect(sys)
    }

    fn connect(&mut self, sys: &mut Sys<'_>) -> Next {
        let options = self.options();
        let (pg, maria) = (options.dialect.is_postgres(), options.dialect == Dialect::MariaDb);
        let port = options.port;
        let own = options.host.as_deref().is_none_or(|host| host == "localhost");
        let name = options.host.clone().unwrap_or_else(|| "localhost".into());
        let address =
            sys.lookup(if own { "127.0.0.1" } else { &name }).ok().and_then(|all| all.first().copied());
        let Some(address) = address else {
            sys.eprint(&match pg {
                true => format!("{}: error: could not translate host name \"{name}\" to address: Name or service not known\n", sys.name()),
                false => format!("ERROR 2005 (HY000): Unknown {} host '{name}' (-2)\n", if maria { "server" } else { "MySQL server" }),
            });
            return Err(Step::Exit(if pg { 2 } else { 1 }));
        };
        self.local = own || address.is_loopback();
        self.place = match options.host {
            Some(_) if pg => format!("at \"{name}\" ({address}), port {port}"),
            _ => format!("on socket \"/var/run/postgresql/.s.PGSQL.{port}\""),
        };
        match sys.connect(address, port) {
            Ok(fd) => self.fd = fd,
            Err(error) => {
                let text = self.unreachable(&name, own && options.host.is_none(), error);
                let program = if pg { format!("{}: ", sys.name()) } else { String::new() };
                sys.eprint(&format!("{program}{text}"));
                return Err(Step::Exit(if pg && sys.name() == "psql" { 2 } else { 1 }));
            }
        }
        self.stage = Stage::Greeting;
        self.send(sys, "");
        Ok(())
    }

    fn unreachable(&self, name: &str, socket: bool, error: Errno) -> String {
        let port = self.options().port;
        match (self.dialect(), socket) {
            (Dialect::Postgres, true) => format!(
                "error: connection to server {} failed: No such file or directory\n\tIs the server running locally and accepting connections on that socket?\n",
                self.place
            ),
            (Dialect::Postgres, false) => format!(
                "error: connection to server {} failed: {error}\n\tIs the server running on that host and accepting TCP/IP connections?\n",
                self.place
            ),
            (Dialect::MySql, true) => {
                "ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (2)\n".into()
            }
            (Dialect::MariaDb, true) => {
                "ERROR 2002 (HY000): Can't connect to local server through socket '/run/mysqld/mysqld.sock' (2)\n".into()
            }
            (Dialect::MySql, false) => {
                format!("ERROR 2003 (HY000): Can't connect to MySQL server on '{name}:{port}' ({})\n", error.code())
            }
            (Dialect::MariaDb, false) => {
                format!("ERROR 2002 (HY000): Can't connect to server on '{name}' ({})\n", error.code())
            }
        }
    }

    fn send(&mut self, sys: &mut Sys<'_>, sql: &str) {
        let options = self.options();
        let ask = Ask {
            user: options.user,
            password: options.password,
            database: self.wanted.clone().unwrap_or(options.database),
            local: self.local,
            sql: sql.to_string(),
        };
        self.asked = sql.to_string();
        let mut bytes = serde_json::to_vec(&ask).unwrap_or_default();
        bytes.push(b'\n');
        sys.write(self.fd, &bytes);
    }

    fn receive(&mut self, sys: &mut Sys<'_>) -> Next {
        while !self.received.contains(&b'\n') {
            match sys.read(self.fd, 64 << 10) {
                Ok(Read::Data(data)) if self.received.len() + data.len() <= MAX => {
                    self.received.extend_from_slice(&data)
                }
                Ok(Read::Wait) => return Err(Step::Block(Wait::readable(self.fd))),
                _ => {
                    let text = match self.dialect() {
                        Dialect::Postgres => {
                            "server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.\n"
                        }
                        _ => "ERROR 2013 (HY000): Lost connection to MySQL server during query\n",
                    };
                    sys.eprint(text);
                    return Err(Step::Exit(if self.dialect().is_postgres() { 2 } else { 1 }));
                }
            }
        }
        let end = self.received.iter().position(|b| *b == b'\n').unwrap_or_default();
        let line: Vec<u8> = self.received.drain(..=end).collect();
        let answer = serde_json::from_slice(&line);
        let answer = answer.unwrap_or_else(|_| Answer::Failed(Failure::missing("this server")));
        let greeting = self.stage == Stage::Greeting;
        self.stage = Stage::Ready;
        match answer {
            Answer::Refused(failure) if greeting => self.refused(sys, &failure),
            Answer::Refused(failure) => {
                self.wanted = None;
                let place = &self.place;
                sys.eprint(&format!(
                    "connection to server {place} failed: FATAL:  {}\nPrevious connection kept\n",
                    failure.text
                ));
                Ok(())
            }
            Answer::Welcome(version) if greeting => {
                self.welcome(sys, &version);
                Ok(())
            }
            Answer::Welcome(_) => {
                if let (Some(options), Some(name)) = (&mut self.options, self.wanted.take()) {
                    sys.print(&format!(
                        "You are now connected to database \"{name}\" as user \"{}\".\n",
                        options.user
                    ));
                    options.database = name;
                }
                Ok(())
            }
            answer => self.show(sys, answer),
        }
    }

    fn refused(&mut self, sys: &mut Sys<'_>, failure: &Failure) -> Next {
        if !self.dialect().is_postgres() {
            sys.eprint(&format!("ERROR {} ({}): {}\n", failure.code, failure.state, failure.text));
            return Err(Step::Exit(1));
        }
        if failure.text == "no password supplied" && sys.is_tty(0) {
            let _was_open = sys.close(self.fd);
            self.ask_password(sys);
            return Ok(());
        }
        let kind = if failure.text == "no password supplied" { "fe_sendauth: " } else { "FATAL:  " };
        let name = sys.name();
        sys.eprint(&format!(
            "{name}: error: connection to server {} failed: {kind}{}\n",
            self.place, failure.text
        ));
        Err(Step::Exit(if name == "psql" { 2 } else { 1 }))
    }

    fn welcome(&mut self, sys: &mut Sys<'_>, version: &str) {
        if !self.interactive {
            return;
        }
        let help = "Type 'help;' or '\\h' for help. Type '\\c' to clear the current input statement.\n\n";
        let text = match self.dialect() {
            Dialect::Postgres => {
                let package = sys.env("PG_VERSION").unwrap_or_default();
                let short = package.split('-').next().unwrap_or_default();
                let long =
                    if package.contains("pgdg") { format!(" (Debian {package})") } else { String::new() };
                format!("psql ({short}{long})\nType \"help\" for help.\n\n")
            }
            Dialect::MySql => format!(
                "Welcome to the MySQL monitor.  Commands end with ; or \\g.\nYour MySQL connection id is 8\nServer version: {version} MySQL Community Server - GPL\n\nCopyright (c) 2000, 2023, Oracle and/or its affiliates.\n\nOracle is a registered trademark of Oracle Corporation and/or its\naffiliates. Other names may be trademarks of their respective\nowners.\n\n{help}"
            ),
            Dialect::MariaDb => format!(
                "Welcome to the MariaDB monitor.  Commands end with ; or \\g.\nYour MariaDB connection id is 3\nServer version: {version} mariadb.org binary distribution\n\nCopyright (c) 2000, 2018, Oracle, MariaDB Corporation Ab and others.\n\n{help}"
            ),
        };
        sys.print(&text);
    }

    /// Takes the next command from what has been typed, or reads more.
    fn ready(&mut self, sys: &mut Sys<'_>) -> Next {
        if let Some(done) = self.command(sys) {
            return done;
        }
        if self.ended {
            let rest = std::mem::take(&mut self.typed);
            let rest = rest.trim();
            if !rest.is_empty() && !self.interactive {
                self.statement(sys, rest);
                return Ok(());
            }
            if self.interactive {
                sys.print(if self.dialect().is_postgres() { "\\q\n" } else { "Bye\n" });
            }
            return Err(Step::Exit(i32::from(self.failed)));
        }
        if self.interactive && !self.prompted {
            let prompt = self.prompt();
            sys.print(&prompt);
            self.prompted = true;
        }
        match sys.read(0, 1 << 16) {
            Ok(Read::Data(data)) if self.typed.len() + data.len() <= MAX => {
                self.prompted = false;
                self.typed.push_str(&String::from_utf8_lossy(&data));
            }
            Ok(Read::Wait) => return Err(Step::Block(Wait::readable(0))),
            _ => self.ended = true,
        }
        Ok(())
    }

    fn prompt(&self) -> String {
        let more = !self.typed.trim().is_empty();
        let options = self.options();
        match options.dialect {
            Dialect::Postgres => format!("{}{}# ", options.database, if more { '-' } else { '=' }),
            _ if more => "    -> ".into(),
            Dialect::MySql => "mysql> ".into(),
            Dialect::MariaDb if options.database.is_empty() => "MariaDB [(none)]> ".into(),
            Dialect::MariaDb => format!("MariaDB [{}]> ", options.database),
        }
    }

    /// Carries out the first command that is whole; nothing where none is.
    fn command(&mut self, sys: &mut Sys<'_>) -> Option<Next> {
        let lead = self.typed.len() - self.typed.trim_start().len();
        self.line += self.typed.get(..lead).map_or(0, |gap| gap.matches('\n').count());
        self.typed.drain(..lead);
        let line_end = self.typed.find('\n');
        let line = self.typed.get(..line_end?).unwrap_or_default().trim().to_string();
        let word = line.trim_end_matches(';').to_lowercase();
        let pg = self.dialect().is_postgres();
        let leaves = if pg {
            matches!(word.as_str(), "\\q" | "quit" | "exit")
        } else {
            matches!(word.as_str(), "exit" | "quit" | "\\q")
        };
        let is_use = !pg && word.starts_with("use ") && !line.contains(';');
        if leaves || is_use || line.starts_with('\\') {
            self.typed.drain(..=line_end?);
            self.line += 1;
            if leaves {
                if !pg && self.interactive {
                    sys.print("Bye\n");
                }
                return Some(Err(Step::Exit(0)));
            }
            if is_use {
                self.statement(sys, &line);
            } else {
                self.backslash(sys, &line);
            }
            return Some(Ok(()));
        }
        let (sql, rest, vertical) = lex::split(&self.typed)?;
        let (sql, rest) = (sql.to_string(), rest.to_string());
        self.typed = rest;
        self.vertical = vertical;
        self.statement(sys, sql.trim());
        self.line += sql.matches('\n').count();
        Some(Ok(()))
    }

    fn statement(&mut self, sys: &mut Sys<'_>, sql: &str) {
        if sql.is_empty() {
            return;
        }
        self.send(sys, sql);
        self.stage = Stage::Waiting;
    }

    fn backslash(&mut self, sys: &mut Sys<'_>, line: &str) {
        let mut words = line.split_whitespace();
        match (self.dialect(), words.next().unwrap_or_default(), words.next()) {
            (Dialect::Postgres, "\\c" | "\\connect", Some(name)) => {
                self.wanted = Some(name.trim_end_matches(';').to_string());
                self.send(sys, "");
                self.stage = Stage::Waiting;
            }
            (Dialect::Postgres, "\\conninfo", None) => {
                let options = self.options();
                let (port, place) = (options.port, "via socket in \"/var/run/postgresql\"");
                sys.print(&format!(
                    "You are connected to database \"{}\" as user \"{}\" {place} at port \"{port}\".\n",
                    options.database, options.user
                ));
            }
            (Dialect::Postgres, ..) => self.statement(sys, line.trim_end_matches(';')),
            _ if self.options().dump => self.statement(sys, line),
            (_, word, _) => {
                sys.eprint(&format!("ERROR: the command '{word}' is not simulated by Drydock\n"));
                self.failed = true;
            }
        }
    }

    fn show(&mut self, sys: &mut Sys<'_>, answer: Answer) -> Next {
        let vertical = std::mem::take(&mut self.vertical);
        let options = self.options();
        let pg = options.dialect.is_postgres();
        match answer {
            Answer::Rows(rows) if options.dump => {
                let text: String = rows.rows.into_iter().flatten().flatten().collect();
                match &options.file {
                    Some(file) => {
                        if let Err(e) = sys.write_file(file, text.as_bytes(), 0o666) {
                            let text = format!("error: could not open output file \"{file}\": {e}");
                            sys.complain(&text);
                            return Err(Step::Exit(1));
                        }
                    }
                    None => sys.print(&text),
                }
            }
            Answer::Rows(rows) if pg => {
                sys.print(&match options.form {
                    true => layout::unaligned(&rows, !options.bare),
                    false => layout::aligned(&rows, !options.bare),
                });
            }
            Answer::Rows(rows) => self.show_rows(sys, &rows, vertical),
            Answer::Done { .. } if pg && options.plain => {}
            Answer::Done { tag, .. } if pg && tag.is_empty() => {}
            Answer::Done { tag, .. } if pg => sys.print(&format!("{tag}\n")),
            Answer::Done { rows, info, .. } if self.interactive => {
                let s = if rows == 1 { "" } else { "s" };
                let info = if info.is_empty() { info } else { format!("{info}\n") };
                sys.print(&format!("Query OK, {rows} row{s} affected (0.01 sec)\n{info}\n"));
            }
            Answer::Now(name) => {
                if let Some(options) = &mut self.options {
                    options.database = name;
                }
                if self.interactive {
                    sys.print("Database changed\n");
                }
            }
            Answer::Failed(failure) => return self.failed(sys, &failure),
            _ => {}
        }
        Ok(())
    }

    fn show_rows(&self, sys: &mut Sys<'_>, rows: &Rows, vertical: bool) {
        let options = self.options();
        let tabs = options.plain || !(sys.is_tty(0) && sys.is_tty(1));
        let text = match rows.rows.len() {
            0 => String::new(),
            _ if vertical => layout::vertical(rows),
            _ if tabs && !options.form => layout::tabbed(rows, !options.bare),
            _ => layout::boxed(rows, !options.bare),
        };
        sys.print(&text);
        if self.interactive {
            sys.print(&match rows.rows.len() {
                0 => "Empty set (0.00 sec)\n\n".to_string(),
                n => format!("{n} row{} in set (0.00 sec)\n\n", if n == 1 { "" } else { "s" }),
            });
        }
    }

    fn failed(&mut self, sys: &mut Sys<'_>, failure: &Failure) -> Next {
        let options = self.options();
        if !options.dialect.is_postgres() {
            let line = if self.interactive { String::new() } else { format!(" at line {}", self.line + 1) };
            sys.eprint(&format!("ERROR {} ({}){line}: {}\n", failure.code, failure.state, failure.text));
            return if self.interactive { Ok(()) } else { Err(Step::Exit(1)) };
        }
        let quiet = failure.text.starts_with("Did not find");
        let place =
            options.file.as_ref().map_or(String::new(), |file| format!("psql:{file}:{}: ", self.line + 1));
        let kind = if quiet { "" } else { "ERROR:  " };
        let mut text = format!("{place}{kind}{}\n", failure.text);
        if let Some(at) = failure.at.filter(|_| !quiet && failure.code == 0) {
            let before = self.asked.get(..at).unwrap_or(&self.asked);
            let number = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count());
            let line = self.asked.lines().nth(number - 1).unwrap_or_default();
            let lead = format!("LINE {number}: ");
            text.push_str(&format!("{lead}{line}\n{}^\n", " ".repeat(lead.len() + column)));
        }
        if !failure.detail.is_empty() {
            text.push_str(&format!("DETAIL:  {}\n", failure.detail));
        }
        sys.eprint(&text);
        if options.commands.is_empty() || self.interactive { Ok(()) } else { Err(Step::Exit(1)) }
    }
}
