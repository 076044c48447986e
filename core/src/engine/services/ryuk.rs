//! `ryuk`: what the Testcontainers libraries start to clear up behind them, the program of `testcontainers/ryuk`.
//!
//! It listens at `RYUK_PORT` (8080). Clients send filters, a line each, as `label=KEY=VALUE&label=…`, and read `ACK`.
//! When none has been connected for `RYUK_RECONNECTION_TIMEOUT` (10s), or none came within
//! `RYUK_CONNECTION_TIMEOUT` (1m), it removes the containers, networks, volumes and images that fit a filter, and ends.
//! Filters other than labels are refused. Exit status: 0; 1 for a setting that cannot be read.

use super::connections::{Connections, Event, ends};
use super::stamp;
use crate::base::go_duration::parse_duration;
use crate::base::{Duration, ObjectId, Order, Time};
use crate::engine::container::{List, Remove, list, remove_named};
use crate::engine::filter::Filters;
use crate::engine::{image, network, volume};
use crate::kernel::{Applet, Behave, Disposition, Signal, Step, Sys};
use crate::model::World;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;

/// `ryuk`.
pub const APPLETS: &[Applet] = &[Applet::state::<Ryuk>("ryuk")];

/// The longest line of a client, in bytes.
const MAX_LINE: usize = 64 << 10;
/// How many filters are kept.
const MAX_FILTERS: usize = 1024;

/// The reaper.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ryuk {
    started: bool,
    connections: Connections,
    clients: BTreeSet<i32>,
    /// Labels, each filter a set of them.
    filters: BTreeSet<Vec<String>>,
    /// When it has waited long enough; none while somebody is connected.
    due: Option<Time>,
}

impl Ryuk {
    fn log(sys: &mut Sys<'_>, text: &str) {
        let now = stamp::slashes(sys.now());
        sys.eprint(&format!("{now} {text}\n"));
    }

    fn start(&mut self, sys: &mut Sys<'_>) -> Result<(), i32> {
        self.started = true;
        sys.on_signal(Signal::PIPE, Some(Disposition::Ignore));
        for signal in [Signal::TERM, Signal::INT] {
            sys.on_signal(signal, Some(Disposition::Handle));
        }
        Self::log(sys, "Pinging Docker...");
        Self::log(sys, "Docker daemon is available!");
        let port = sys.env("RYUK_PORT").unwrap_or_else(|| "8080".to_owned());
        Self::log(sys, &format!("Starting on port {port}..."));
        let listened = match port.parse() {
            Ok(port) => {
                self.connections.listen(sys, Ipv4Addr::UNSPECIFIED, port).map_err(|e| e.go_text().to_string())
            }
            Err(_) => Err("invalid port".to_owned()),
        };
        if let Err(why) = listened {
            Self::log(sys, &format!("panic: listen tcp :{port}: {why}"));
            return Err(1);
        }
        Self::log(sys, "Started!");
        self.due = Some(sys.now() + patience(sys, "RYUK_CONNECTION_TIMEOUT", Duration::secs(60))?);
        // A setting that cannot be read is to be noticed now, not when it is needed.
        patience(sys, "RYUK_RECONNECTION_TIMEOUT", Duration::secs(10)).map(drop)
    }

    /// Takes the lines that a client has sent.
    fn read(&mut self, sys: &mut Sys<'_>, fd: i32) {
        loop {
            let Some(buffer) = self.connections.buffer(fd) else { return };
            let Some(end) = buffer.iter().position(|b| *b == b'\n') else {
                if buffer.len() > MAX_LINE {
                    self.leave(sys, fd);
                }
                return;
            };
            let line: Vec<u8> = buffer.drain(..=end).collect();
            sys.spend(20);
            match filter(String::from_utf8_lossy(&line).trim()) {
                None => {}
                Some(Ok(labels)) if self.filters.len() < MAX_FILTERS => {
                    Self::log(sys, &format!("Adding {{\"label\":{}}}", shown(&labels)));
                    self.filters.insert(labels);
                    sys.write(fd, b"ACK\n");
                }
                Some(Ok(_)) => self.leave(sys, fd),
                Some(Err(name)) => {
                    Self::log(sys, &format!("the filter \"{name}\" is not simulated by Drydock"));
                    self.leave(sys, fd);
                }
            }
        }
    }

    fn leave(&mut self, sys: &mut Sys<'_>, fd: i32) {
        if !self.clients.remove(&fd) {
            return;
        }
        let (_, (address, port)) = ends(sys, fd);
        Self::log(sys, &format!("Client disconnected: {address}:{port}"));
        self.connections.close(sys, fd);
        if self.clients.is_empty() {
            let patience = patience(sys, "RYUK_RECONNECTION_TIMEOUT", Duration::secs(10));
            self.due = Some(sys.now() + patience.unwrap_or(Duration::ZERO));
        }
    }

    /// Removes what fits a filter.
    fn prune(&self, sys: &mut Sys<'_>) {
        let Some(world) = sys.daemon::<World>() else { return };
        let removed = self.filters.iter().map(|labels| remove(world, labels));
        let all = removed.reduce(|a, b| std::array::from_fn(|n| a[n] + b[n])).unwrap_or_default();
        let [containers, networks, volumes, images] = all;
        Self::log(
            sys,
            &format!("Removed {containers} container(s), {networks} network(s), {volumes} volume(s) {images} image(s)"),
        );
    }
}

/// A span of the environment.
fn patience(sys: &mut Sys<'_>, name: &str, default: Duration) -> Result<Duration, i32> {
    let Some(text) = sys.env(name) else { return Ok(default) };
    parse_duration(&text).map_err(|_| {
        Ryuk::log(sys, &format!("panic: {name}: time: invalid duration \"{text}\""));
        1
    })
}

/// The labels of a line; none for an empty one, the name of a filter that is none on labels.
fn filter(line: &str) -> Option<Result<Vec<String>, String>> {
    let mut labels = vec![];
    for part in line.split('&').filter(|part| !part.is_empty()) {
        match part.split_once('=') {
            Some(("label", label)) => labels.push(label.to_owned()),
            _ => return Some(Err(part.split('=').next().unwrap_or_default().to_owned())),
        }
    }
    labels.order();
    (!labels.is_empty()).then_some(Ok(labels))
}

fn shown(labels: &[String]) -> String {
    let all: serde_json::Map<_, _> = labels.iter().map(|label| (label.clone(), true.into())).collect();
    serde_json::Value::Object(all).to_string()
}

/// Removes what has all labels: how many containers, networks, volumes and images. What is in use stays.
fn remove(world: &mut World, labels: &[String]) -> [usize; 4] {
    let pairs = || labels.iter().map(|label| ("label".to_owned(), label.clone()));
    let filters = Filters::new(pairs());
    let every = List { all: true, filters: filters.clone(), ..List::default() };
    let how = Remove { force: true, volumes: true, link: false };
    let found: Vec<ObjectId> =
        list(world, &every).unwrap_or_default().into_iter().map(|summary| summary.id).collect();
    let gone = |id: &ObjectId| remove_named(world, &id.to_string(), how).is_ok();
    let containers = found.iter().map(gone).filter(|gone| *gone).count();
    let named = network::list(world, &filters).unwrap_or_default();
    let found: Vec<String> = named.into_iter().map(|network| network.name.clone()).collect();
    let networks = found.iter().filter(|name| network::remove(world, name).is_ok()).count();
    let named = volume::list(world, &filters).unwrap_or_default();
    let found: Vec<String> = named.into_iter().map(|volume| volume.name.clone()).collect();
    let volumes = found.iter().filter(|name| volume::remove(world, name).is_ok()).count();
    let request = image::List { filters: pairs().collect(), ..image::List::default() };
    let found: Vec<String> =
        image::list(world, &request).unwrap_or_default().into_iter().map(|image| image.id.to_string()).collect();
    let images = found.iter().filter(|id| image::remove(world, id, true).is_ok()).count();
    [containers, networks, volumes, images]
}

impl Behave for Ryuk {
    fn survives_write_errors(&self) -> bool {
        true
    }

    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        if !self.started
            && let Err(code) = self.start(sys)
        {
            return Step::Exit(code);
        }
        if sys.take_signal().is_some() {
            self.prune(sys);
            return Step::Exit(0);
        }
        for event in self.connections.poll(sys) {
            match event {
                Event::Opened(fd) => {
                    let (_, (address, port)) = ends(sys, fd);
                    Self::log(sys, &format!("New client connected: {address}:{port}"));
                    self.clients.insert(fd);
                    self.due = None;
                }
                Event::Data(fd) => self.read(sys, fd),
                Event::Ended(fd) => self.leave(sys, fd),
            }
        }
        let wait = self.connections.wait();
        match self.due {
            Some(due) if due <= sys.now() => {
                self.prune(sys);
                Step::Exit(0)
            }
            Some(due) => Step::Block(wait.or_until(due)),
            None => Step::Block(wait),
        }
    }
}
