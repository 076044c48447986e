//! `redis-cli`: one command, commands from standard input, or a prompt at a terminal.

use super::protocol::{Reply, command, split};
use crate::kernel::{Behave, Read, Step, Sys, Wait};
use serde::{Deserialize, Serialize};

/// The largest answer and the longest line that are read, in bytes.
const MAX: usize = 64 << 20;

/// A redis client.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Client {
    started: bool,
    host: String,
    port: u16,
    fd: i32,
    raw: bool,
    prompt: bool,
    database: String,
    /// Commands still to be sent.
    waiting: Vec<Vec<Vec<u8>>>,
    /// How many answers are not to be shown: those to AUTH and SELECT of the options.
    silent: u32,
    asked: Option<Vec<String>>,
    received: Vec<u8>,
    typed: Vec<u8>,
    once: bool,
    prompted: bool,
    ended: bool,
}

impl Client {
    fn start(&mut self, sys: &mut Sys<'_>) -> Result<(), i32> {
        self.started = true;
        (self.host, self.port) = ("127.0.0.1".to_string(), 6379);
        self.raw = !sys.is_tty(1);
        let mut args = sys.args().into_iter().peekable();
        let mut password = sys.env("REDISCLI_AUTH");
        let mut user = None;
        while let Some(option) = args.next_if(|a| a.starts_with('-') && a.len() > 1) {
            let mut value = || args.next().unwrap_or_default();
            match option.as_str() {
                "-h" => self.host = value(),
                "-p" => {
                    let text = value();
                    self.port = text.parse().map_err(|_| {
                        sys.eprint("Invalid server port.\n");
                        1
                    })?;
                }
                "-a" | "--pass" => {
                    password = Some(value());
                    sys.eprint("Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n");
                }
                "--user" => user = Some(value()),
                "-n" => self.database = value(),
                "--raw" => self.raw = true,
                "--no-raw" => self.raw = false,
                "--no-auth-warning" => {}
                "-v" | "--version" => {
                    let version = sys.env("REDIS_VERSION").unwrap_or_default();
                    sys.print(&format!("redis-cli {version}\n"));
                    return Err(0);
                }
                _ => {
                    sys.eprint(&format!("redis-cli: the option \"{option}\" is not simulated by Drydock\n"));
                    return Err(1);
                }
            }
        }
        let words: Vec<Vec<u8>> = args.map(String::into_bytes).collect();
        self.connect(sys)?;
        if let Some(password) = password {
            let mut auth = vec![b"AUTH".to_vec()];
            auth.extend(user.map(String::into_bytes));
            auth.push(password.into_bytes());
            self.waiting.push(auth);
            self.silent += 1;
        }
        if !self.database.is_empty() {
            self.waiting.push(vec![b"SELECT".to_vec(), self.database.clone().into_bytes()]);
            self.silent += 1;
        }
        self.once = !words.is_empty();
        if self.once {
            self.waiting.push(words);
        }
        self.prompt = !self.once && sys.is_tty(0);
        Ok(())
    }

    fn connect(&mut self, sys: &mut Sys<'_>) -> Result<(), i32> {
        let place = format!("{}:{}", self.host, self.port);
        let failure = match sys.lookup(&self.host).ok().and_then(|a| a.first().copied()) {
            None => "Name or service not known".to_string(),
            Some(address) => match sys.connect(address, self.port) {
                Ok(fd) => {
                    self.fd = fd;
                    return Ok(());
                }
                Err(e) => e.to_string(),
            },
        };
        sys.eprint(&format!("Could not connect to Redis at {place}: {failure}\n"));
        Err(1)
    }

    fn send(&mut self, sys: &mut Sys<'_>, words: &[Vec<u8>]) {
        self.asked = Some(words.iter().map(|w| String::from_utf8_lossy(w).into_owned()).collect());
        sys.write(self.fd, &command(words));
    }

    /// Reads what the server answers to the command that was sent.
    fn receive(&mut self, sys: &mut Sys<'_>) -> Step {
        match sys.read(self.fd, 64 << 10) {
            Ok(Read::Data(data)) if self.received.len() + data.len() <= MAX => self.received.extend_from_slice(&data),
            Ok(Read::Wait) => return Step::Block(Wait::readable(self.fd)),
            _ => {
                let stopped = self.asked.as_ref().and_then(|a| a.first()).is_some_and(|n| n.eq_ignore_ascii_case("shutdown"));
                if !stopped {
                    sys.eprint("Error: Server closed the connection\n");
                }
                return Step::Exit(i32::from(!stopped));
            }
        }
        match Reply::read(&self.received) {
            Ok(None) => Step::Continue,
            Err(()) => {
                sys.eprint("Error: Protocol error, got an answer that is not one of redis\n");
                Step::Exit(1)
            }
            Ok(Some((reply, used))) => {
                self.received.drain(..used.min(self.received.len()));
                self.show(sys, &reply)
            }
        }
    }

    fn show(&mut self, sys: &mut Sys<'_>, reply: &Reply) -> Step {
        let asked = self.asked.take().unwrap_or_default();
        if self.silent > 0 {
            self.silent -= 1;
            if let Reply::Error(text) = reply {
                sys.eprint(&format!("{} failed: {text}\n", asked.first().map_or("", String::as_str)));
            }
            return Step::Continue;
        }
        let mut out = vec![];
        if self.raw {
            raw(reply, &mut out);
            out.push(b'\n');
            if matches!(reply, Reply::Error(_)) {
                out.push(b'\n');
            }
        } else {
            pretty(reply, 0, &mut out);
        }
        sys.write(1, &out);
        let name = asked.first().map_or(String::new(), |n| n.to_ascii_uppercase());
        if name == "SELECT" && matches!(reply, Reply::Status(_)) {
            self.database = asked.get(1).cloned().unwrap_or_default();
        }
        if self.once && self.waiting.is_empty() {
            return Step::Exit(0);
        }
        Step::Continue
    }

    /// The next line of standard input as a command.
    fn line(&mut self, sys: &mut Sys<'_>) -> Step {
        if self.prompt && !self.prompted {
            let database = if matches!(self.database.as_str(), "" | "0") { String::new() } else { format!("[{}]", self.database) };
            sys.print(&format!("{}:{}{database}> ", self.host, self.port));
            self.prompted = true;
        }
        let Some(end) = self.typed.iter().position(|b| *b == b'\n').or((self.ended && !self.typed.is_empty()).then_some(self.typed.len())) else {
            if self.ended {
                return Step::Exit(0);
            }
            match sys.read(0, 64 << 10) {
                Ok(Read::Data(data)) if self.typed.len() + data.len() <= MAX => self.typed.extend_from_slice(&data),
                Ok(Read::Wait) => return Step::Block(Wait::readable(0)),
                _ => self.ended = true,
            }
            return Step::Continue;
        };
        let line: Vec<u8> = self.typed.drain(..(end + 1).min(self.typed.len())).collect();
        self.prompted = false;
        match split(String::from_utf8_lossy(&line).trim()) {
            None => sys.print("Invalid argument(s)\n"),
            Some(words) if words.is_empty() => {}
            Some(words) => {
                let first = words.first().map_or(String::new(), |w| String::from_utf8_lossy(w).to_ascii_lowercase());
                match first.as_str() {
                    "exit" | "quit" => return Step::Exit(0),
                    "clear" if self.prompt => sys.print("\x1b[H\x1b[2J"),
                    _ => self.waiting.push(words),
                }
            }
        }
        Step::Continue
    }
}

fn raw(reply: &Reply, out: &mut Vec<u8>) {
    match reply {
        Reply::Nil => {}
        Reply::Status(text) | Reply::Error(text) => out.extend_from_slice(text.as_bytes()),
        Reply::Int(n) => out.extend_from_slice(n.to_string().as_bytes()),
        Reply::Bulk(bytes) => out.extend_from_slice(bytes),
        Reply::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(b'\n');
                }
                raw(item, out);
            }
        }
    }
}

fn pretty(reply: &Reply, indent: usize, out: &mut Vec<u8>) {
    let text = match reply {
        Reply::Nil => "(nil)".to_string(),
        Reply::Status(text) => text.clone(),
        Reply::Error(text) => format!("(error) {text}"),
        Reply::Int(n) => format!("(integer) {n}"),
        Reply::Bulk(bytes) => quoted(bytes),
        Reply::Array(items) if items.is_empty() => "(empty array)".to_string(),
        Reply::Array(items) => {
            let width = items.len().to_string().len();
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.extend(std::iter::repeat_n(b' ', indent));
                }
                out.extend_from_slice(format!("{:>width$}) ", n + 1).as_bytes());
                pretty(item, indent + width + 2, out);
            }
            return;
        }
    };
    out.extend_from_slice(text.as_bytes());
    out.push(b'\n');
}

fn quoted(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for b in bytes {
        match b {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            0x20..=0x7e => out.push(char::from(*b)),
            b => out.push_str(&format!("\\x{b:02x}")),
        }
    }
    out.push('"');
    out
}

impl Behave for Client {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        if !self.started
            && let Err(code) = self.start(sys)
        {
            return Step::Exit(code);
        }
        if self.asked.is_some() {
            return self.receive(sys);
        }
        if !self.waiting.is_empty() {
            let words = self.waiting.remove(0);
            self.send(sys, &words);
            return Step::Continue;
        }
        if self.once {
            return Step::Exit(0);
        }
        self.line(sys)
    }
}
