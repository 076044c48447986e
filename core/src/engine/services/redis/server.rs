//! `redis-server`: start, connections, the commands about the server itself, `dump.rdb`.

use super::protocol::{Reply, read_command};
use super::store::{Bytes, DATABASES, Database, dump, restore};
use super::{collections, keys};
use crate::engine::services::connections::{Connections, Event};
use crate::engine::services::stamp;
use crate::base::{Errno, Gather};
use crate::kernel::{Behave, Disposition, Signal, Step, Sys};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// The commands that are simulated, with the least number of words and the most (0: any).
const COMMANDS: &str = "GET,2,2 SET,3,0 SETNX,3,3 SETEX,4,4 GETSET,3,3 GETDEL,2,2 MGET,2,0 MSET,3,0 \
    STRLEN,2,2 APPEND,3,3 INCR,2,2 DECR,2,2 INCRBY,3,3 DECRBY,3,3 DEL,2,0 UNLINK,2,0 EXISTS,2,0 TYPE,2,2 \
    KEYS,2,2 SCAN,2,0 EXPIRE,3,3 PEXPIRE,3,3 PERSIST,2,2 TTL,2,2 PTTL,2,2 RENAME,3,3 RANDOMKEY,1,1 \
    LPUSH,3,0 RPUSH,3,0 LPOP,2,3 RPOP,2,3 LLEN,2,2 LRANGE,4,4 LINDEX,3,3 SADD,3,0 SREM,3,0 SMEMBERS,2,2 \
    SCARD,2,2 SISMEMBER,3,3 HSET,4,0 HMSET,4,0 HGET,3,3 HGETALL,2,2 HDEL,3,0 HKEYS,2,2 HVALS,2,2 HLEN,2,2 \
    HEXISTS,3,3 HINCRBY,4,4 HMGET,3,0 ZADD,4,0 ZRANGE,4,0 ZREVRANGE,4,0 ZSCORE,3,3 ZCARD,2,2 ZREM,3,0 \
    ZINCRBY,4,4 ZRANK,3,3 PING,1,2 ECHO,2,2 SELECT,2,2 DBSIZE,1,1 FLUSHALL,1,2 FLUSHDB,1,2 INFO,1,0 \
    CONFIG,2,0 SAVE,1,1 BGSAVE,1,2 LASTSAVE,1,1 SHUTDOWN,1,0 AUTH,2,3 QUIT,1,0 TIME,1,1 COMMAND,1,0 \
    CLIENT,2,0";
/// Commands of redis that Drydock refuses by name.
const REFUSED: &str = "SUBSCRIBE PSUBSCRIBE UNSUBSCRIBE PUBLISH MULTI EXEC DISCARD WATCH EVAL EVALSHA \
    SCRIPT XADD XREAD XRANGE XLEN BLPOP BRPOP MONITOR CLUSTER REPLICAOF SLAVEOF SENTINEL DEBUG GEOADD \
    PFADD SETBIT GETBIT HELLO SORT OBJECT WAIT MEMORY ACL FUNCTION DUMP RESTORE LATENCY SLOWLOG ROLE";
/// Commands that change what is kept.
const WRITES: &str = "SET SETNX SETEX GETSET GETDEL MSET APPEND INCR DECR INCRBY DECRBY DEL UNLINK EXPIRE \
    PEXPIRE PERSIST RENAME LPUSH RPUSH LPOP RPOP SADD SREM HSET HMSET HDEL HINCRBY ZADD ZREM ZINCRBY \
    FLUSHALL FLUSHDB";

/// The log of commands, and the directory of its parts.
const LOG: &str = "appendonly.aof";
const LOG_DIR: &str = "appendonlydir";

/// A redis server.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Server {
    settings: BTreeMap<String, String>,
    databases: Vec<Database>,
    connections: Connections,
    clients: BTreeMap<i32, Session>,
    saved: i64,
    commands: u64,
    in_parts: bool,
    started: Option<crate::base::Time>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Session {
    database: usize,
    trusted: bool,
}

enum After {
    Reply(Reply),
    Close(Reply),
    Shutdown { save: bool },
}

fn listed(list: &str, name: &str) -> bool {
    list.split_ascii_whitespace().any(|n| n == name)
}

impl Server {
    fn log(&self, sys: &mut Sys<'_>, role: char, level: char, text: &str) {
        let (pid, now) = (sys.vpid(), stamp::redis(sys.now()));
        sys.print(&format!("{pid}:{role} {now} {level} {text}\n"));
    }

    fn setting(&self, name: &str) -> &str {
        self.settings.get(name).map_or("", String::as_str)
    }

    /// The file of snapshots.
    fn dump_path(&self) -> String {
        format!("{}/{}", self.setting("dir").trim_end_matches('/'), self.setting("dbfilename"))
    }

    /// The file that a start reads: the snapshot, or with `appendonly` the log of commands.
    fn path(&self) -> String {
        let dir = self.setting("dir").trim_end_matches('/');
        match self.setting("appendonly") == "yes" {
            false => self.dump_path(),
            true if self.in_parts => format!("{dir}/{LOG_DIR}/{LOG}.1.incr.aof"),
            true => format!("{dir}/{LOG}"),
        }
    }

    /// From version 7 on the log lies in parts in a directory of its own, which the first start makes.
    fn make_log(&mut self, sys: &mut Sys<'_>) -> Result<(), Errno> {
        let version = sys.env("REDIS_VERSION").unwrap_or_default();
        let major = version.split('.').next().and_then(|text| text.parse::<u32>().ok());
        self.in_parts = major.is_none_or(|major| major >= 7);
        let dir = format!("{}/{LOG_DIR}", self.setting("dir").trim_end_matches('/'));
        let manifest = format!("{dir}/{LOG}.manifest");
        if self.setting("appendonly") != "yes" || !self.in_parts || sys.stat(&manifest).is_ok() {
            return Ok(());
        }
        match sys.mkdir(&dir, 0o755) {
            Err(e) if e != Errno::EEXIST => return Err(e),
            _ => {}
        }
        sys.write_file(&format!("{dir}/{LOG}.1.base.rdb"), &dump(&vec![Database::default(); DATABASES]), 0o644)?;
        let text = format!("file {LOG}.1.base.rdb seq 1 type b\nfile {LOG}.1.incr.aof seq 1 type i\n");
        sys.write_file(&manifest, text.as_bytes(), 0o644)?;
        sys.write_file(&self.path(), &dump(&vec![Database::default(); DATABASES]), 0o644)
    }

    /// Reads the arguments and the configuration file into the settings.
    fn configure(&mut self, sys: &mut Sys<'_>) -> Result<bool, i32> {
        let defaults = [
            ("port", "6379"),
            ("bind", "* -::*"),
            ("dir", &sys.cwd()),
            ("dbfilename", "dump.rdb"),
            ("save", "3600 1 300 100 60 10000"),
            ("appendonly", "no"),
            ("maxmemory", "0"),
            ("maxmemory-policy", "noeviction"),
            ("databases", "16"),
            ("requirepass", ""),
            ("timeout", "0"),
            ("loglevel", "notice"),
        ];
        self.settings = defaults.iter().map(|(n, v)| ((*n).to_string(), (*v).to_string())).gather();
        let mut args = sys.args().into_iter().peekable();
        let file = args.next_if(|a| !a.starts_with('-'));
        if let Some(file) = &file {
            let Ok(text) = sys.read_file(file) else {
                let text = format!("Fatal error, can't open config file '{file}': No such file or directory");
                self.log(sys, 'C', '#', &text);
                return Err(1);
            };
            for line in String::from_utf8_lossy(&text).lines().map(str::trim) {
                if let Some((name, value)) = line.split_once(char::is_whitespace).filter(|_| !line.starts_with('#')) {
                    self.settings.insert(name.to_ascii_lowercase(), value.trim().trim_matches('"').to_string());
                }
            }
        }
        while let Some(arg) = args.next() {
            let Some(name) = arg.strip_prefix("--") else {
                match arg.as_str() {
                    "-v" => {
                        let version = sys.env("REDIS_VERSION").unwrap_or_default();
                        sys.print(&format!("Redis server v={version} sha=00000000:1 malloc=jemalloc-5.3.0 bits=64\n"));
                        return Err(0);
                    }
                    _ => {
                        sys.eprint(&format!("redis-server: the argument \"{arg}\" is not simulated by Drydock\n"));
                        return Err(1);
                    }
                }
            };
            if name == "version" {
                let version = sys.env("REDIS_VERSION").unwrap_or_default();
                sys.print(&format!("Redis server v={version} sha=00000000:1 malloc=jemalloc-5.3.0 bits=64\n"));
                return Err(0);
            }
            let mut words = vec![];
            while let Some(word) = args.next_if(|a| !a.starts_with("--")) {
                words.push(word);
            }
            self.settings.insert(name.to_ascii_lowercase(), words.join(" "));
        }
        Ok(file.is_some())
    }

    fn start(&mut self, sys: &mut Sys<'_>) -> Result<(), i32> {
        let configured = self.configure(sys)?;
        let version = sys.env("REDIS_VERSION").unwrap_or_default();
        let pid = sys.vpid();
        self.log(sys, 'C', '*', "oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo");
        let line = format!("Redis version={version}, bits=64, commit=00000000, modified=0, pid={pid}, just started");
        self.log(sys, 'C', '*', &line);
        if configured || !sys.args().is_empty() {
            self.log(sys, 'C', '*', "Configuration loaded");
        } else {
            self.log(sys, 'C', '#', "Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf");
        }
        self.log(sys, 'M', '*', "monotonic clock: POSIX clock_gettime");
        let Ok(port) = self.setting("port").parse::<u16>() else {
            sys.eprint("\n*** FATAL CONFIG FILE ERROR ***\nInvalid port\n");
            return Err(1);
        };
        if let Err(e) = self.connections.listen(sys, Ipv4Addr::UNSPECIFIED, port) {
            let text = format!("Warning: Could not create server TCP listening socket *:{port}: bind: {e}");
            self.log(sys, 'M', '#', &text);
            self.log(sys, 'M', '#', &format!("Failed listening on port {port} (tcp), aborting."));
            return Err(1);
        }
        self.log(sys, 'M', '*', &format!("Running mode=standalone, port={port}."));
        self.log(sys, 'M', '*', "Server initialized");
        self.databases = vec![Database::default(); DATABASES];
        if let Err(e) = self.make_log(sys) {
            self.log(sys, 'M', '#', &format!("Can't open or create append-only dir {LOG_DIR}: {e}"));
            return Err(1);
        }
        if let Ok(bytes) = sys.read_file(&self.path()) {
            let Some(databases) = restore(&bytes) else {
                self.log(sys, 'M', '#', "Fatal error loading the DB, check server logs. Exiting.");
                return Err(1);
            };
            self.databases = databases;
            let now = sys.now();
            let loaded: usize = self.databases.iter().map(|d| d.keys(now).count()).sum();
            self.log(sys, 'M', '*', &format!("Done loading RDB, keys loaded: {loaded}, keys expired: 0."));
            self.log(sys, 'M', '*', "DB loaded from disk: 0.000 seconds");
        }
        self.log(sys, 'M', '*', "Ready to accept connections tcp");
        self.started = Some(sys.now());
        self.saved = sys.now().unix_secs();
        for signal in [Signal::TERM, Signal::INT] {
            sys.on_signal(signal, Some(Disposition::Handle));
        }
        for signal in [Signal::PIPE, Signal::HUP] {
            sys.on_signal(signal, Some(Disposition::Ignore));
        }
        Ok(())
    }

    fn save(&mut self, sys: &mut Sys<'_>) -> Result<(), String> {
        self.saved = sys.now().unix_secs();
        let bytes = dump(&self.databases);
        sys.write_file(&self.dump_path(), &bytes, 0o644).map_err(|e| format!("{e}"))
    }

    fn shut_down(&mut self, sys: &mut Sys<'_>, save: bool) -> Step {
        self.log(sys, 'M', '*', "User requested shutdown...");
        if save {
            self.log(sys, 'M', '*', "Saving the final RDB snapshot before exiting.");
            match self.save(sys) {
                Ok(()) => self.log(sys, 'M', '*', "DB saved on disk"),
                Err(e) => self.log(sys, 'M', '#', &format!("Failed opening the temp RDB file: {e}")),
            }
        }
        self.log(sys, 'M', '#', "Redis is now ready to exit, bye bye...");
        Step::Exit(0)
    }

    /// Answers every whole command of a connection.
    fn serve(&mut self, sys: &mut Sys<'_>, fd: i32) -> Option<Step> {
        let mut out = vec![];
        let mut close = self.connections.has_ended(fd);
        while let Some(buffer) = self.connections.buffer(fd) {
            let args = match read_command(buffer) {
                Ok(None) => break,
                Ok(Some((args, used))) => {
                    buffer.drain(..used.min(buffer.len()));
                    args
                }
                Err(text) => {
                    Reply::error(text).write(&mut out);
                    close = true;
                    break;
                }
            };
            if args.is_empty() {
                continue;
            }
            sys.spend(5);
            self.commands += 1;
            match self.command(sys, fd, &args) {
                After::Reply(reply) => reply.write(&mut out),
                After::Close(reply) => {
                    reply.write(&mut out);
                    close = true;
                    break;
                }
                After::Shutdown { save } => return Some(self.shut_down(sys, save)),
            }
        }
        sys.write(fd, &out);
        if close {
            self.clients.remove(&fd);
            self.connections.close(sys, fd);
        }
        None
    }

    fn command(&mut self, sys: &mut Sys<'_>, fd: i32, args: &[Bytes]) -> After {
        let said = args.first().map_or(String::new(), |n| String::from_utf8_lossy(n).into_owned());
        let name = said.to_ascii_uppercase();
        let rest = args.get(1..).unwrap_or(&[]);
        let spec = COMMANDS.split_ascii_whitespace().find_map(|c| c.strip_prefix(&name)?.strip_prefix(','));
        let Some((least, most)) = spec.and_then(|s| s.split_once(',')) else {
            return After::Reply(Reply::error(unknown(&said, &name, rest)));
        };
        let count = |t: &str| t.parse::<usize>().unwrap_or(0);
        if args.len() < count(least) || (count(most) > 0 && args.len() > count(most)) {
            let name = name.to_ascii_lowercase();
            return After::Reply(Reply::error(format!("ERR wrong number of arguments for '{name}' command")));
        }
        let locked = !self.setting("requirepass").is_empty();
        let session = self.clients.entry(fd).or_default().clone();
        if locked && !session.trusted && !matches!(name.as_str(), "AUTH" | "QUIT") {
            return After::Reply(Reply::error("NOAUTH Authentication required."));
        }
        if let Some(after) = self.about_server(sys, fd, &name, rest) {
            return after;
        }
        let now = sys.now();
        let Some(database) = self.databases.get_mut(session.database) else {
            return After::Reply(Reply::error("ERR DB index is out of range"));
        };
        let outcome = keys::run(&name, rest, database, now)
            .or_else(|| collections::run(&name, rest, database, now))
            .unwrap_or_else(|| Err(Reply::error(unknown(&said, &name, rest))));
        if outcome.is_ok() && self.setting("appendonly") == "yes" && listed(WRITES, &name) {
            let _disk_may_be_full = sys.write_file(&self.path(), &dump(&self.databases), 0o644);
        }
        After::Reply(outcome.unwrap_or_else(|e| e))
    }

    fn about_server(&mut self, sys: &mut Sys<'_>, fd: i32, name: &str, rest: &[Bytes]) -> Option<After> {
        let now = sys.now();
        let session = self.clients.entry(fd).or_default();
        let reply = match name {
            "PING" => rest.first().map_or(Reply::Status("PONG".into()), |t| Reply::Bulk(t.clone())),
            "ECHO" => Reply::Bulk(rest.first().cloned().unwrap_or_default()),
            "QUIT" => return Some(After::Close(Reply::ok())),
            "SELECT" => match keys::integer(rest.first().map_or(&[], Vec::as_slice)) {
                Ok(n) if (0..DATABASES as i64).contains(&n) => {
                    session.database = n as usize;
                    Reply::ok()
                }
                Ok(_) => Reply::error("ERR DB index is out of range"),
                Err(e) => e,
            },
            "DBSIZE" => {
                let at = session.database;
                Reply::Int(self.databases.get(at).map_or(0, |d| d.keys(now).count() as i64))
            }
            "FLUSHALL" => {
                self.databases.iter_mut().for_each(Database::clear);
                Reply::ok()
            }
            "FLUSHDB" => {
                let at = session.database;
                if let Some(d) = self.databases.get_mut(at) {
                    d.clear();
                }
                Reply::ok()
            }
            "AUTH" => self.auth(fd, rest),
            "CONFIG" => self.config(sys, rest),
            "INFO" => Reply::Bulk(self.info(sys, rest).into_bytes()),
            "SAVE" | "BGSAVE" => {
                let saved = self.save(sys);
                self.log(sys, 'M', '*', "DB saved on disk");
                match saved {
                    Err(_) => Reply::error("ERR"),
                    Ok(()) if name == "SAVE" => Reply::ok(),
                    Ok(()) => Reply::Status("Background saving started".into()),
                }
            }
            "LASTSAVE" => Reply::Int(self.saved),
            "TIME" => {
                let micros = now.subsec_nanos() / 1000;
                Reply::strings(&[now.unix_secs().to_string().into_bytes(), micros.to_string().into_bytes()])
            }
            "COMMAND" => Reply::Array(vec![]),
            "CLIENT" => Reply::ok(),
            "SHUTDOWN" => {
                let unsaved = rest.iter().any(|a| a.eq_ignore_ascii_case(b"NOSAVE"));
                return Some(After::Shutdown { save: !unsaved && !self.setting("save").is_empty() });
            }
            _ => return None,
        };
        Some(After::Reply(reply))
    }

    fn auth(&mut self, fd: i32, rest: &[Bytes]) -> Reply {
        let wanted = self.setting("requirepass").to_string();
        if wanted.is_empty() {
            return Reply::error("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?");
        }
        if rest.last().is_some_and(|p| *p == wanted.as_bytes()) {
            self.clients.entry(fd).or_default().trusted = true;
            return Reply::ok();
        }
        Reply::error("WRONGPASS invalid username-password pair or user is disabled.")
    }

    fn config(&mut self, sys: &mut Sys<'_>, rest: &[Bytes]) -> Reply {
        let text = |n: usize| rest.get(n).map_or(String::new(), |a| String::from_utf8_lossy(a).into_owned());
        match (text(0).to_ascii_uppercase().as_str(), rest.len()) {
            ("GET", 2..) => {
                let wanted = text(1).to_ascii_lowercase();
                let fits = |n: &String| crate::base::glob::path_match(&wanted, n).unwrap_or(false);
                let found = self.settings.iter().filter(|(n, _)| fits(n));
                Reply::Array(
                    found
                        .flat_map(|(n, v)| [n, v])
                        .map(|t| Reply::Bulk(t.clone().into_bytes()))
                        .collect(),
                )
            }
            ("SET", 3) if self.settings.contains_key(&text(1).to_ascii_lowercase()) => {
                self.settings.insert(text(1).to_ascii_lowercase(), text(2));
                match self.make_log(sys) {
                    Ok(()) => Reply::ok(),
                    Err(e) => Reply::error(format!("ERR CONFIG SET failed - {e}")),
                }
            }
            ("SET", 3) => {
                Reply::error(format!("ERR Unknown option or number of arguments for CONFIG SET - '{}'", text(1)))
            }
            _ => Reply::error(format!("ERR unknown subcommand '{}'. Try CONFIG HELP.", text(0))),
        }
    }

    fn info(&self, sys: &Sys<'_>, rest: &[Bytes]) -> String {
        let wanted = rest.first().map(|a| String::from_utf8_lossy(a).to_ascii_lowercase());
        let now = sys.now();
        let uptime = self.started.map_or(0, |s| (now - s).0 / 1_000_000_000);
        let version = sys.env("REDIS_VERSION").unwrap_or_default();
        let keyspace: String = self
            .databases
            .iter()
            .enumerate()
            .map(|(n, d)| (n, d.keys(now).count(), d.expiring()))
            .filter(|(_, keys, _)| *keys > 0)
            .map(|(n, keys, expires)| format!("db{n}:keys={keys},expires={expires},avg_ttl=0,subexpiry=0\r\n"))
            .collect();
        let sections = [
            (
                "Server",
                format!(
                    "redis_version:{version}\r\nredis_mode:standalone\r\nprocess_id:{}\r\ntcp_port:{}\r\nuptime_in_seconds:{uptime}\r\n",
                    sys.vpid(),
                    self.setting("port")
                ),
            ),
            ("Clients", format!("connected_clients:{}\r\n", self.clients.len())),
            ("Persistence", format!("loading:0\r\nrdb_last_save_time:{}\r\n", self.saved)),
            ("Stats", format!("total_commands_processed:{}\r\n", self.commands)),
            ("Replication", "role:master\r\nconnected_slaves:0\r\n".to_string()),
            ("Keyspace", keyspace),
        ];
        let fits = |name: &str| wanted.as_deref().is_none_or(|w| w == name.to_lowercase() || w == "all");
        let shown: Vec<String> =
            sections.iter().filter(|(n, _)| fits(n)).map(|(n, t)| format!("# {n}\r\n{t}")).collect();
        shown.join("\r\n")
    }
}

fn unknown(said: &str, name: &str, rest: &[Bytes]) -> String {
    if listed(REFUSED, name) {
        return format!("ERR the command '{said}' is not simulated by Drydock");
    }
    let mut shown = String::new();
    for arg in rest {
        if shown.len() > 128 {
            break;
        }
        shown.push_str(&format!("'{}' ", String::from_utf8_lossy(arg)));
    }
    let text = format!("ERR unknown command '{said}', with args beginning with: {shown}");
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

impl Behave for Server {
    fn survives_write_errors(&self) -> bool {
        true
    }

    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        if self.started.is_none()
            && let Err(code) = self.start(sys)
        {
            return Step::Exit(code);
        }
        if let Some(signal) = sys.take_signal() {
            let text = format!("Received SIG{} scheduling shutdown...", signal.name());
            let now = sys.now().unix_secs();
            let pid = sys.vpid();
            sys.print(&format!("{pid}:signal-handler ({now}) {text}\n"));
            let save = !self.setting("save").trim_matches('"').is_empty();
            return self.shut_down(sys, save);
        }
        for event in self.connections.poll(sys) {
            if let Event::Data(fd) | Event::Ended(fd) = event
                && let Some(step) = self.serve(sys, fd)
            {
                return step;
            }
        }
        Step::Block(self.connections.wait())
    }
}
