//! `nc [-zvlkuNn] [-w SECONDS] [-q SECONDS] [-p PORT] [-s ADDRESS] [HOST] [PORT]`: speak over a connection, or listen for one.
//!
//! - `-z` only tries to connect, `-v` says what happened, `-w` ends an idle connection
//! - `-N` tells the other side where standard input ends (busybox always does), `-q` leaves so long after that
//! - `-l` listens on the port (`-p PORT`, or PORT alone), `-k` for one connection after another
//!
//! Exit status: 0, or 1 where the connection could not be made. Datagrams (`-u`) and `-e` are not simulated.

use super::opts::{Spec, parse, usage_error};
use super::sleep::span;
use super::stream::{Running, Stream};
use crate::base::{Duration, Errno, Time};
use crate::kernel::{Applet, Flavor, Read, Step, Stop, Sys, Wait};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// `nc`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Nc>>("nc")];

const SPEC: Spec = Spec::new(
    "zvlknNw:p:s:q:4",
    &[],
    "[-zvlk] [-w SEC] [-p PORT] [HOST] [PORT]",
    "Connect to HOST and PORT, or listen with -l, and copy between that and standard input and output.",
)
.missing("ueUxX6")
// There is only version 4 of the protocol.
.moot("4");
/// How long an address that does not answer is tried.
const CONNECT_LIMIT: Duration = Duration::secs(134);
const PIECE: usize = 16 << 10;

/// An `nc`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Nc {
    phase: Phase,
    verbose: bool,
    keep: bool,
    idle: Option<Duration>,
    /// When the idle connection ends.
    until: Option<Time>,
    stdin_ended: bool,
    /// The other side is told where standard input ends.
    tells_end: bool,
    /// How long after that end this one leaves, and when that is.
    linger: Option<Duration>,
    leaves: Option<Time>,
    place: String,
    listener: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Phase {
    Listening,
    Hanging(Time, Errno),
    Talking(i32),
    Tried,
}

fn connect(sys: &mut Sys<'_>, talk: &mut Nc, host: &str, port: u16, only: bool) -> Result<(), Stop> {
    let Some(address) = sys.lookup(host).ok().and_then(|all| all.first().copied()) else {
        let text = match sys.flavor() {
            Flavor::Gnu => format!("getaddrinfo for host \"{host}\" port {port}: Name or service not known"),
            Flavor::Busybox => format!("bad address '{host}'"),
        };
        sys.complain(&text);
        return Err(Stop::Exit(1));
    };
    talk.place = match sys.flavor() {
        Flavor::Gnu if host == address.to_string() => format!("{host} port {port} (tcp)"),
        Flavor::Gnu => format!("{host} ({address}) port {port} (tcp)"),
        Flavor::Busybox => format!("{host} ({address}:{port})"),
    };
    match sys.connect(address, port) {
        Ok(fd) => {
            if talk.verbose {
                let text = match sys.flavor() {
                    Flavor::Gnu => format!("Connection to {host} {port} port [tcp/*] succeeded!\n"),
                    Flavor::Busybox => format!("{host} ({address}:{port}) open\n"),
                };
                sys.eprint(&text);
            }
            if only {
                let _was_open = sys.close(fd);
            } else {
                talk.phase = Phase::Talking(fd);
            }
            Ok(())
        }
        Err(e @ (Errno::ETIMEDOUT | Errno::EHOSTUNREACH)) => {
            let system = if e == Errno::ETIMEDOUT { CONNECT_LIMIT } else { Duration::millis(3067) };
            let limit = talk.idle.unwrap_or(system).min(system);
            talk.phase = Phase::Hanging(sys.after(limit), e);
            Ok(())
        }
        Err(e) => {
            refuse(sys, &talk.place, e, talk.verbose);
            Err(Stop::Exit(1))
        }
    }
}

fn refuse(sys: &mut Sys<'_>, place: &str, e: Errno, verbose: bool) {
    match sys.flavor() {
        Flavor::Gnu if verbose => sys.complain(&format!("connect to {place} failed: {e}")),
        Flavor::Gnu => {}
        Flavor::Busybox => sys.complain(&format!("{place}: {e}")),
    }
}

impl Stream for Nc {
fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
    let options = parse(sys, &SPEC)?;
    let idle = match options.value('w').map(span) {
        Some(None) => {
            sys.complain("invalid number");
            return Err(Stop::Exit(1));
        }
        other => other.flatten(),
    };
    let linger = match options.value('q').map(|text| (text.starts_with('-'), span(text))) {
        None | Some((true, _)) => None,
        Some((false, Some(span))) => Some(span),
        Some((false, None)) => {
            sys.complain("invalid number");
            return Err(Stop::Exit(1));
        }
    };
    let mut talk = Nc {
        phase: Phase::Tried,
        verbose: options.has('v'),
        keep: options.has('k'),
        idle,
        until: None,
        stdin_ended: options.has('n') && sys.flavor() == Flavor::Busybox,
        tells_end: options.has('N') || linger.is_some() || sys.flavor() == Flavor::Busybox,
        linger,
        leaves: None,
        place: String::new(),
        listener: None,
    };
    let operands: Vec<&str> = options.operands.iter().map(String::as_str).collect();
    if options.has('l') {
        let port = options.value('p').or(operands.last().copied());
        let Some(port) = port.and_then(|p| p.parse::<u16>().ok()) else {
            return Err(usage_error(sys, &SPEC, ""));
        };
        let at = options.value('s').or(operands.first().copied().filter(|_| operands.len() > 1));
        let at = at.and_then(|a| a.parse().ok()).unwrap_or(Ipv4Addr::UNSPECIFIED);
        match sys.listen(at, port) {
            Ok(fd) => talk.listener = Some(fd),
            Err(e) => {
                let text = if sys.flavor() == Flavor::Gnu { format!("{e}") } else { format!("bind: {e}") };
                sys.complain(&text);
                return Err(Stop::Exit(1));
            }
        }
        if talk.verbose {
            let text = if sys.flavor() == Flavor::Gnu { "Listening on" } else { "listening on" };
            sys.eprint(&format!("{text} {at} {port}\n"));
        }
        talk.phase = Phase::Listening;
        return Ok(talk);
    }
    let [host, port] = operands[..] else { return Err(usage_error(sys, &SPEC, "")) };
    let Ok(port) = port.parse::<u16>() else {
        let gnu = sys.flavor() == Flavor::Gnu;
        sys.complain(&if gnu { format!("port number invalid: {port}") } else { format!("bad port '{port}'") });
        return Err(Stop::Exit(1));
    };
    connect(sys, &mut talk, host, port, options.has('z'))?;
    Ok(talk)
}

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        match self.phase {
            Phase::Tried => Step::Exit(0),
            Phase::Hanging(until, _) if sys.now() < until => Step::Block(Wait::until(until)),
            Phase::Hanging(_, e) => {
                refuse(sys, &self.place, e, self.verbose);
                Step::Exit(1)
            }
            Phase::Listening => self.accept(sys),
            Phase::Talking(fd) => self.copy(sys, fd),
        }
    }
}

impl Nc {
    fn accept(&mut self, sys: &mut Sys<'_>) -> Step {
        let Some(listener) = self.listener else { return Step::Exit(1) };
        match sys.accept(listener) {
            Ok(None) => Step::Block(Wait::readable(listener)),
            Ok(Some(fd)) => {
                if self.verbose {
                    let from = sys.connection(fd).map(|c| c.remote).ok();
                    let from = from.map_or(String::new(), |(a, p)| format!("{a} {p}"));
                    sys.eprint(&format!("Connection received on {from}\n"));
                }
                if !self.keep {
                    let _was_open = sys.close(listener);
                    self.listener = None;
                }
                self.phase = Phase::Talking(fd);
                Step::Continue
            }
            Err(_) => Step::Exit(1),
        }
    }

    /// Copies both ways until the other side has ended.
    fn copy(&mut self, sys: &mut Sys<'_>, fd: i32) -> Step {
        let mut moved = false;
        match sys.read(fd, PIECE) {
            Ok(Read::Data(data)) => {
                sys.write(1, &data);
                moved = true;
            }
            Ok(Read::Wait) => {}
            Ok(Read::End) | Err(_) => {
                let _was_open = sys.close(fd);
                if self.keep && self.listener.is_some() {
                    self.phase = Phase::Listening;
                    return Step::Continue;
                }
                return Step::Exit(0);
            }
        }
        let mut wait = Wait::readable(fd);
        if !self.stdin_ended {
            match sys.read(0, PIECE) {
                Ok(Read::Data(data)) => {
                    sys.write(fd, &data);
                    moved = true;
                }
                Ok(Read::Wait) => wait = wait.or_readable(0),
                Ok(Read::End) | Err(_) => {
                    self.stdin_ended = true;
                    if self.tells_end {
                        let _was_open = sys.shutdown(fd);
                    }
                    self.leaves = self.linger.map(|linger| sys.after(linger));
                    moved = true;
                }
            }
        }
        if moved {
            self.until = None;
            return Step::Continue;
        }
        if let Some(idle) = self.idle {
            self.until.get_or_insert(sys.after(idle));
        }
        match self.until.into_iter().chain(self.leaves).min() {
            None => Step::Block(wait),
            Some(until) if sys.now() >= until => Step::Exit(0),
            Some(until) => Step::Block(wait.or_until(until)),
        }
    }
}
