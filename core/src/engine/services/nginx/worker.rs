//! A worker process of nginx: takes connections, answers requests, passes some on to other servers.

use super::conf::{Directive, all};
use super::log::Logs;
use super::respond::{Answer, page, respond, signature};
use super::scope::{Exchange, Scope, expand, find_all};
use crate::base::Errno;
use crate::engine::services::connections::{Connections, Event, ends};
use crate::engine::services::stamp;
use crate::kernel::http::{Body, Parsed, Request, Response, has_body, parse_head};
use crate::kernel::{Behave, Credentials, Disposition, Read, Signal, Step, Sys, Wait};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

/// The largest answer of another server that is passed on, in bytes.
const MAX_PASSED: usize = 32 << 20;

/// A worker.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Worker {
    started: bool,
    tree: Arc<Vec<Directive>>,
    logs: Logs,
    connections: Connections,
    passed: BTreeMap<i32, Passed>,
    requests: u64,
    turn: usize,
    /// Addresses of other servers; nginx looks them up once, when it reads its configuration.
    addresses: BTreeMap<String, Ipv4Addr>,
}

/// A request that another server is answering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Passed {
    upstream: i32,
    address: String,
    request: Request,
    received: Vec<u8>,
}

impl Worker {
    /// A worker that has its sockets and logs from its master.
    pub fn new(tree: Arc<Vec<Directive>>, logs: Logs, listeners: Vec<i32>) -> Self {
        let connections = Connections::on(listeners);
        Self { tree, logs, connections, ..Self::default() }
    }

    fn start(&mut self, sys: &mut Sys<'_>) {
        self.started = true;
        sys.set_title("nginx: worker process");
        for signal in [Signal::QUIT, Signal::TERM] {
            sys.on_signal(signal, Some(Disposition::Handle));
        }
        for signal in [Signal::HUP, Signal::INT, Signal::CHLD, Signal::PIPE] {
            sys.on_signal(signal, Some(Disposition::Ignore));
        }
        let tree = self.tree.clone();
        self.look_up(sys, &tree);
        let user = super::conf::get(&self.tree, "user").map_or("nobody", |d| d.arg(0)).to_string();
        let passwd = sys.read_file("/etc/passwd").unwrap_or_default();
        let passwd = String::from_utf8_lossy(&passwd).into_owned();
        let row = passwd.lines().find(|l| l.split(':').next() == Some(user.as_str()));
        let id = |n: usize| row.and_then(|r| r.split(':').nth(n)).and_then(|v| v.parse::<u32>().ok());
        if let (Some(uid), Some(gid)) = (id(2), id(3)) {
            let _stays_who_it_is_unless_root = sys.set_credentials(Credentials { uid, gid, groups: vec![], lost: 0 });
        }
    }

    fn serve(&mut self, sys: &mut Sys<'_>, fd: i32) {
        while !self.passed.contains_key(&fd) {
            let (request, bad) = match self.connections.request(fd) {
                None => break,
                Some(Ok(request)) => (request, None),
                Some(Err(status)) => (Request { version: "HTTP/1.1".into(), ..Request::default() }, Some(status)),
            };
            sys.spend(50);
            self.requests += 1;
            self.answer(sys, fd, request, bad);
        }
        if self.connections.has_ended(fd) && !self.passed.contains_key(&fd) {
            self.connections.close(sys, fd);
        }
    }

    fn answer(&mut self, sys: &mut Sys<'_>, fd: i32, request: Request, bad: Option<u16>) {
        let tree = self.tree.clone();
        let (local, remote) = ends(sys, fd);
        let uri = request.path();
        let mut x = Exchange { request: &request, local, remote, uri, server_name: String::new() };
        if let Some(status) = bad {
            let scope: Scope<'_> = vec![&tree];
            let response = page(sys, &scope, if status == 431 { 400 } else { status }, None);
            return self.send(sys, fd, &x, &scope, response, false);
        }
        let reply = respond(sys, &tree, &mut x);
        for (level, text) in &reply.errors {
            self.complain(sys, &reply.scope, &x, level, text);
        }
        match reply.answer {
            Answer::Drop => self.connections.close(sys, fd),
            Answer::Whole(response) => {
                let keep = request.keep_alive();
                self.send(sys, fd, &x, &reply.scope, response, keep);
            }
            Answer::Pass(address, prefix) => self.pass(sys, fd, &x, &reply.scope, &address, &prefix),
        }
    }

    fn complain(&self, sys: &mut Sys<'_>, scope: &Scope<'_>, x: &Exchange<'_>, level: &str, text: &str) {
        let r = x.request;
        let host = r.header("host").map_or(String::new(), |h| format!(", host: \"{h}\""));
        let line = format!(
            "*{} {text}, client: {}, server: {}, request: \"{} {} {}\"{host}",
            self.requests, x.remote.0, x.server_name, r.method, r.target, r.version
        );
        self.logs.error(sys, scope, level, &line);
    }

    fn send(
        &mut self,
        sys: &mut Sys<'_>,
        fd: i32,
        x: &Exchange<'_>,
        scope: &Scope<'_>,
        response: Response,
        keep: bool,
    ) {
        let mut response = response;
        let value = if keep { "keep-alive" } else { "close" };
        let at = response
            .headers
            .iter()
            .position(|(n, _)| matches!(n.as_str(), "ETag" | "Accept-Ranges"))
            .unwrap_or(response.headers.len());
        response.headers.insert(at, ("Connection".to_string(), value.to_string()));
        let head_only = x.request.method == "HEAD";
        sys.write(fd, &response.to_bytes(head_only));
        let sent = if head_only || !has_body(response.status) { 0 } else { response.body.len() };
        let tree = self.tree.clone();
        self.logs.access(sys, &tree, scope, x, &response, sent);
        if !keep {
            self.connections.close(sys, fd);
        }
    }

    fn address(&mut self, sys: &mut Sys<'_>, host: &str) -> Option<Ipv4Addr> {
        if let Some(known) = self.addresses.get(host) {
            return Some(*known);
        }
        let found = sys.lookup(host).ok()?.first().copied()?;
        self.addresses.insert(host.to_string(), found);
        Some(found)
    }

    /// Looks up every server that the configuration passes requests on to.
    fn look_up(&mut self, sys: &mut Sys<'_>, block: &[Directive]) {
        for d in block {
            let rest = d.arg(0).strip_prefix("http://").filter(|r| d.name == "proxy_pass" && !r.contains('$'));
            if let Some(rest) = rest {
                for server in upstreams(&self.tree.clone(), rest.split('/').next().unwrap_or(rest)) {
                    self.address(sys, host_port(&server).0);
                }
            }
            self.look_up(sys, &d.block);
        }
    }

    /// Sends a request on to another server.
    fn pass(&mut self, sys: &mut Sys<'_>, fd: i32, x: &Exchange<'_>, scope: &Scope<'_>, to: &str, prefix: &str) {
        let rest = to.split_once("://").map_or(to, |(_, rest)| rest);
        let (authority, base) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let target = if base.is_empty() {
            x.request.target.clone()
        } else {
            format!("{base}{}", x.request.target.strip_prefix(prefix).unwrap_or(&x.request.target))
        };
        let servers = upstreams(&self.tree, authority);
        let mut failure = Errno::ECONNREFUSED;
        for n in 0..servers.len() {
            let place = &servers[(self.turn + n) % servers.len()];
            let (host, port) = host_port(place);
            let shown = |address: &str| format!("http://{address}:{port}{target}");
            let Some(address) = self.address(sys, host) else {
                let text = format!("{host} could not be resolved (3: Host not found)");
                self.complain(sys, scope, x, "error", &text);
                continue;
            };
            match sys.connect(address, port) {
                Ok(upstream) => {
                    self.turn = self.turn.wrapping_add(n + 1);
                    let request = self.forwarded(sys, x, scope, authority, &target);
                    sys.write(upstream, &request.to_bytes());
                    let address = shown(&address.to_string());
                    let passed = Passed { upstream, address, request: x.request.clone(), received: vec![] };
                    self.passed.insert(fd, passed);
                    return;
                }
                Err(e) => {
                    failure = e;
                    let text = format!(
                        "connect() failed ({}: {e}) while connecting to upstream, upstream: \"{}\"",
                        e.code(),
                        shown(&address.to_string())
                    );
                    self.complain(sys, scope, x, "error", &text);
                }
            }
        }
        let status = if failure == Errno::ETIMEDOUT { 504 } else { 502 };
        let response = self.error_page(sys, scope, status);
        self.send(sys, fd, x, scope, response, x.request.keep_alive());
    }

    /// The page of `error_page` for a failed server, where it is a file, else the plain one.
    fn error_page(&self, sys: &mut Sys<'_>, scope: &Scope<'_>, status: u16) -> Response {
        let listed = find_all(scope, "error_page").into_iter().find(|d| d.args.contains(&status.to_string()));
        if let Some(to) = listed.and_then(|d| d.args.last()).filter(|to| to.starts_with('/')) {
            let server = scope.get(2).copied().unwrap_or(&[]);
            let block = super::scope::location(server, to).map_or(server, |l| &l.block);
            let root = super::scope::find(&vec![server, block], "root").map_or("", |d| d.arg(0));
            if let Ok(body) = sys.read_file(&format!("{root}{to}")) {
                let etag = super::respond::head(sys, scope, status, "text/html", body.len());
                return etag.with_body(body);
            }
        }
        page(sys, scope, status, None)
    }

    fn forwarded(&self, sys: &Sys<'_>, x: &Exchange<'_>, scope: &Scope<'_>, authority: &str, target: &str) -> Request {
        let mut request = Request { target: target.to_string(), version: "HTTP/1.1".into(), ..x.request.clone() };
        let own = ["host", "connection", "keep-alive", "transfer-encoding", "content-length", "upgrade"];
        request.headers.retain(|(n, _)| !own.contains(&n.to_ascii_lowercase().as_str()));
        let mut set: Vec<(String, String)> =
            vec![("Host".into(), authority.into()), ("Connection".into(), "close".into())];
        for d in find_all(scope, "proxy_set_header") {
            let value = expand(sys, &self.tree, x, &d.arg(1).replace("$proxy_host", authority));
            set.retain(|(n, _)| !n.eq_ignore_ascii_case(d.arg(0)));
            request.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(d.arg(0)));
            if !value.is_empty() {
                set.push((d.arg(0).to_string(), value));
            }
        }
        if !set.iter().any(|(n, v)| n.eq_ignore_ascii_case("connection") && v == "close") {
            set.retain(|(n, _)| !n.eq_ignore_ascii_case("connection"));
            set.push(("Connection".into(), "close".into()));
        }
        if !request.body.is_empty() {
            set.push(("Content-Length".into(), request.body.len().to_string()));
        }
        set.append(&mut request.headers);
        request.headers = set;
        request
    }

    fn poll_passed(&mut self, sys: &mut Sys<'_>) {
        for fd in self.passed.keys().copied().collect::<Vec<_>>() {
            let Some(passed) = self.passed.get_mut(&fd) else { continue };
            let ended = loop {
                match sys.read(passed.upstream, 64 << 10) {
                    Ok(Read::Data(data)) if passed.received.len() + data.len() <= MAX_PASSED => {
                        passed.received.extend_from_slice(&data);
                    }
                    Ok(Read::Wait) => break false,
                    Ok(_) | Err(_) => break true,
                }
            };
            let Some(answer) = whole(&passed.request.method, &passed.received, ended) else { continue };
            let Some(passed) = self.passed.remove(&fd) else { continue };
            let _was_open = sys.close(passed.upstream);
            self.hand_back(sys, fd, &passed, answer.ok());
            self.serve(sys, fd);
        }
    }

    fn hand_back(&mut self, sys: &mut Sys<'_>, fd: i32, passed: &Passed, answer: Option<Response>) {
        let tree = self.tree.clone();
        let (local, remote) = ends(sys, fd);
        let uri = passed.request.path();
        let mut x = Exchange { request: &passed.request, local, remote, uri, server_name: String::new() };
        let scope = respond(sys, &tree, &mut x).scope;
        let response = match answer {
            None => {
                let text = format!(
                    "upstream prematurely closed connection while reading response header from upstream, upstream: \"{}\"",
                    passed.address
                );
                self.complain(sys, &scope, &x, "error", &text);
                self.error_page(sys, &scope, 502)
            }
            Some(answer) => {
                let mut response = Response::new(answer.status)
                    .with("Server", signature(sys, &scope))
                    .with("Date", stamp::http(sys.now()));
                response.reason = answer.reason;
                let own = ["server", "date", "connection", "content-length", "transfer-encoding", "keep-alive"];
                let kept = answer.headers.into_iter().filter(|(n, _)| !own.contains(&n.to_ascii_lowercase().as_str()));
                response.headers.extend(kept);
                if has_body(response.status) && passed.request.method != "HEAD" {
                    response = response.with("Content-Length", answer.body.len().to_string());
                }
                for d in find_all(&scope, "add_header") {
                    let value = expand(sys, &tree, &x, d.arg(1));
                    response = response.with(d.arg(0), value);
                }
                response.with_body(answer.body)
            }
        };
        self.send(sys, fd, &x, &scope, response, passed.request.keep_alive());
    }

    fn leave(&mut self, sys: &mut Sys<'_>, gracefully: bool) -> Step {
        let scope: Scope<'_> = vec![&self.tree];
        if gracefully {
            self.logs.error(sys, &scope, "notice", "gracefully shutting down");
        }
        self.logs.error(sys, &scope, "notice", "exiting");
        self.logs.error(sys, &scope, "notice", "exit");
        Step::Exit(0)
    }
}

/// The whole answer of another server, `None` while there is more to come, an error where it is none.
fn whole(method: &str, received: &[u8], ended: bool) -> Option<Result<Response, ()>> {
    let (mut response, used) = match parse_head(received) {
        Parsed::Done(response, used) => (response, used),
        Parsed::More if !ended => return None,
        _ => return Some(Err(())),
    };
    let Ok(mut body) = Body::of_response(method, response.status, &response.headers) else { return Some(Err(())) };
    let mut bytes = vec![];
    if body.feed(received.get(used..).unwrap_or(&[]), &mut bytes).is_err() {
        return Some(Err(()));
    }
    if !body.is_done() && !ended {
        return None;
    }
    response.body = bytes;
    Some(Ok(response))
}

/// The servers behind a name: those of its `upstream` block, else itself.
pub fn upstreams(tree: &[Directive], authority: &str) -> Vec<String> {
    let block = all(tree, "http").flat_map(|h| all(&h.block, "upstream")).find(|u| u.arg(0) == authority);
    let Some(block) = block else { return vec![authority.to_string()] };
    let weight = |d: &Directive| {
        let text = d.args.iter().find_map(|a| a.strip_prefix("weight="));
        text.and_then(|w| w.parse::<usize>().ok()).unwrap_or(1).clamp(1, 100)
    };
    let used = all(&block.block, "server").filter(|d| !d.args.iter().any(|a| a == "down" || a == "backup"));
    used.flat_map(|d| vec![d.arg(0).to_string(); weight(d)]).collect()
}

/// Host and port of `HOST[:PORT]`.
pub fn host_port(text: &str) -> (&str, u16) {
    match text.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().unwrap_or(80)),
        None => (text, 80),
    }
}

impl Behave for Worker {
    fn survives_write_errors(&self) -> bool {
        true
    }

    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        if !self.started {
            self.start(sys);
        }
        while let Some(signal) = sys.take_signal() {
            if signal == Signal::QUIT || signal == Signal::TERM {
                return self.leave(sys, signal == Signal::QUIT);
            }
        }
        for event in self.connections.poll(sys) {
            match event {
                Event::Opened(_) => {}
                Event::Data(fd) | Event::Ended(fd) => self.serve(sys, fd),
            }
        }
        self.poll_passed(sys);
        let mut wait: Wait = self.connections.wait();
        wait.read.extend(self.passed.values().map(|p| p.upstream));
        Step::Block(wait)
    }
}
