//! `behaviour`: the program of images that users describe. Its file carries the description as JSON after the stub,
//! so commits, archives and builds keep it; this is the one interpreter of all of them.
//!
//! With `--probe` it is the health check: it asks the behaviour that runs in the same container. Exit status: what
//! the description says; 125 where there is none that can be read.

mod data;

pub use data::{Act, Behaviour, Reply, Stage};

use super::connections::{Connections, Event, ends};
use super::stamp;
use crate::base::{Duration, Time};
use crate::kernel::http::{Request, Response};
use crate::kernel::{Applet, Behave, Code, Disposition, Signal, Step, Sys, stub};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv4Addr;

/// The program of images with a behaviour.
pub const APPLETS: &[Applet] = &[Applet::state::<Actor>(NAME)];

/// The argument that makes it the health check.
pub const PROBE: &str = "--probe";

const NAME: &str = "behaviour";
/// How many acts are done in one step.
const AT_ONCE: usize = 64;
/// The exit code where the description cannot be read.
const UNREADABLE: i32 = 125;
/// How many process numbers of a container the health check asks.
const ASKED: u32 = 32;

/// The bytes of a program file with this behaviour.
pub fn program(behaviour: &Behaviour) -> Vec<u8> {
    let mut bytes = stub(NAME);
    bytes.extend_from_slice(behaviour.to_json().as_bytes());
    bytes.push(b'\n');
    bytes
}

/// The running program.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Actor {
    script: Option<Behaviour>,
    /// The stage that comes next, and when.
    next: usize,
    due: Option<Time>,
    queue: VecDeque<Act>,
    routes: BTreeMap<u16, BTreeMap<String, Reply>>,
    connections: Connections,
    healthy: bool,
}

impl Actor {
    fn begin(&mut self, sys: &mut Sys<'_>) -> Result<(), i32> {
        let exe = sys.me().map(|me| me.exe.clone()).unwrap_or_default();
        let script = match read(sys, &exe) {
            Ok(script) => script,
            Err(why) => {
                sys.eprint(&format!("{exe}: {why}\n"));
                return Err(UNREADABLE);
            }
        };
        sys.on_signal(Signal::PIPE, Some(Disposition::Ignore));
        for signal in script.signals.keys().filter_map(|name| Signal::parse(name)) {
            sys.on_signal(signal, Some(Disposition::Handle));
        }
        self.due = script.stages.first().map(|stage| sys.after(stage.after));
        self.script = Some(script);
        Ok(())
    }

    /// Takes what a signal and the clock ask for.
    fn collect(&mut self, sys: &mut Sys<'_>) {
        let Some(script) = &self.script else { return };
        while let Some(signal) = sys.take_signal() {
            let asked = script.signals.iter().filter(|(name, _)| Signal::parse(name) == Some(signal));
            self.queue.extend(asked.flat_map(|(_, acts)| acts.iter().cloned()));
        }
        if self.queue.is_empty()
            && let Some(due) = self.due.filter(|due| *due <= sys.now())
        {
            if let Some(stage) = script.stages.get(self.next) {
                self.queue.extend(stage.acts.iter().cloned());
            }
            self.next += 1;
            self.due = script.stages.get(self.next).map(|stage| due + stage.after);
        }
    }

    /// Does one thing; the exit code where that ends the program.
    fn act(&mut self, sys: &mut Sys<'_>, act: Act) -> Option<i32> {
        sys.spend(20);
        match act {
            Act::Stdout(line) => sys.print(&format!("{line}\n")),
            Act::Stderr(line) => sys.eprint(&format!("{line}\n")),
            Act::Listen { port, routes } => {
                if let Err(e) = self.connections.listen(sys, Ipv4Addr::UNSPECIFIED, port) {
                    sys.eprint(&format!("listen on port {port}: {e}\n"));
                    return Some(1);
                }
                self.routes.insert(port, routes);
            }
            Act::Healthy(healthy) => self.healthy = healthy,
            Act::Exit(code) => return Some(code),
        }
        None
    }

    fn serve(&mut self, sys: &mut Sys<'_>, fd: i32) {
        let ((_, port), _) = ends(sys, fd);
        while let Some(request) = self.connections.request(fd) {
            sys.spend(50);
            let (response, head, keep) = match request {
                Ok(request) => {
                    (self.respond(sys, port, &request), request.method == "HEAD", request.keep_alive())
                }
                Err(status) => (reply(sys, &Reply::new(status, "")), false, false),
            };
            let response = if keep { response } else { response.with("Connection", "close") };
            sys.write(fd, &response.to_bytes(head));
            if !keep {
                self.connections.close(sys, fd);
            }
        }
        if self.connections.has_ended(fd) {
            self.connections.close(sys, fd);
        }
    }

    fn respond(&self, sys: &Sys<'_>, port: u16, request: &Request) -> Response {
        let path = request.path();
        let routes = self.routes.get(&port);
        let found = |name: &str| routes.and_then(|routes| routes.get(name));
        let exact = found(&format!("{} {path}", request.method)).or_else(|| found(&path));
        match exact.or_else(|| found("*")) {
            Some(answer) => reply(sys, answer),
            None => reply(sys, &Reply::new(404, "not found\n")),
        }
    }
}

fn reply(sys: &Sys<'_>, answer: &Reply) -> Response {
    let mut response = Response::new(answer.status).with("Date", stamp::http(sys.now()));
    let says_type = answer.headers.keys().any(|name| name.eq_ignore_ascii_case("content-type"));
    if !says_type {
        response = response.with("Content-Type", "text/plain; charset=utf-8");
    }
    for (name, value) in &answer.headers {
        response = response.with(name, value.clone());
    }
    response.with("Content-Length", answer.body.len().to_string()).with_body(answer.body.clone())
}

fn read(sys: &mut Sys<'_>, exe: &str) -> Result<Behaviour, String> {
    let bytes = sys.read_file(exe).map_err(|e| e.to_string())?;
    let head = stub(NAME);
    let json = bytes.strip_prefix(head.as_slice()).ok_or("the program file carries no behaviour")?;
    Behaviour::from_json(&String::from_utf8_lossy(json))
}

/// The health check: what the behaviour in this container says of itself.
fn probe(sys: &mut Sys<'_>) -> i32 {
    let healthy = (1..=ASKED).filter_map(|vpid| sys.find_vpid(vpid)).find_map(|pid| {
        match &sys.kernel().process(pid)?.program {
            Code::State(_, program) => program.as_any().downcast_ref::<Actor>().map(|actor| actor.healthy),
            _ => None,
        }
    });
    match healthy {
        Some(true) => 0,
        Some(false) => {
            sys.print("not healthy\n");
            1
        }
        None => {
            sys.eprint("no behaviour runs here\n");
            1
        }
    }
}

impl Behave for Actor {
    fn survives_write_errors(&self) -> bool {
        true
    }

    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        if self.script.is_none() {
            if sys.args().first().is_some_and(|arg| arg == PROBE) {
                return Step::Exit(probe(sys));
            }
            if let Err(code) = self.begin(sys) {
                return Step::Exit(code);
            }
        }
        for _ in 0..AT_ONCE {
            self.collect(sys);
            let Some(act) = self.queue.pop_front() else { break };
            if let Some(code) = self.act(sys, act) {
                return Step::Exit(code);
            }
        }
        let more = !self.queue.is_empty() || self.due.is_some_and(|due| due <= sys.now());
        for event in self.connections.poll(sys) {
            match event {
                Event::Opened(_) => {}
                Event::Data(fd) | Event::Ended(fd) => self.serve(sys, fd),
            }
        }
        match self.due {
            _ if more => Step::Continue,
            Some(due) => Step::Block(self.connections.wait().or_until(due)),
            None => Step::Block(self.connections.wait()),
        }
    }
}

impl Behaviour {
    /// After how long it first becomes healthy by itself; zero where only a signal brings that about, and
    /// `None` where nothing ever does.
    pub fn healthy_after(&self) -> Option<Duration> {
        let mut passed = Duration::ZERO;
        for stage in &self.stages {
            passed = Duration(passed.0.saturating_add(stage.after.0));
            if stage.acts.contains(&Act::Healthy(true)) {
                return Some(passed);
            }
        }
        let by_signal = self.signals.values().flatten().any(|act| *act == Act::Healthy(true));
        by_signal.then_some(Duration::ZERO)
    }

    /// The ports it listens on at any time.
    pub fn ports(&self) -> impl Iterator<Item = u16> {
        let acts = self.stages.iter().flat_map(|stage| &stage.acts).chain(self.signals.values().flatten());
        acts.filter_map(|act| match act {
            Act::Listen { port, .. } => Some(*port),
            _ => None,
        })
    }
}
