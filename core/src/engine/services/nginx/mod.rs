//! `nginx [-t | -T] [-v | -V] [-q] [-s SIGNAL] [-c FILE] [-g DIRECTIVES]`: the web server of the image `nginx`.
//!
//! Serves files, `return`, `try_files`, redirects, listings, and passes requests on (`proxy_pass`,
//! `upstream`). Signals: TERM and INT end it, QUIT gracefully, HUP reads the configuration again. What the
//! configuration may not have here (TLS, `rewrite`, FastCGI …) it refuses by name. Exit status: 0, or 1.

mod conf;
mod log;
mod respond;
mod scope;
mod worker;

use super::stamp;
use crate::base::Errno;
use crate::kernel::{Applet, Behave, Disposition, OpenFlags, Pid, Signal, Step, Sys, Wait};
use conf::Directive;
use log::Logs;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use worker::Worker;

/// `nginx` and its worker processes.
pub const APPLETS: &[Applet] =
    &[Applet::state::<Nginx>("nginx"), Applet::state::<Nginx>("nginx-debug"), Applet::state::<Worker>("nginx worker")];

const CONF: &str = "/etc/nginx/nginx.conf";
const PID_FILE: &str = "/run/nginx.pid";

/// The master process.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Nginx {
    running: Option<Running>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Running {
    conf: String,
    globals: String,
    tree: Arc<Vec<Directive>>,
    logs: Logs,
    listeners: Vec<i32>,
    workers: Vec<Pid>,
    stopping: bool,
}

#[derive(Debug, Default)]
struct Options {
    test: bool,
    dump: bool,
    quiet: bool,
    version: Option<char>,
    signal: Option<String>,
    conf: Option<String>,
    globals: String,
}

fn options(sys: &mut Sys<'_>) -> Result<Options, i32> {
    let mut out = Options::default();
    let mut args = sys.args().into_iter();
    while let Some(arg) = args.next() {
        let Some(letters) = arg.strip_prefix('-') else {
            sys.eprint(&format!("nginx: invalid option: \"{arg}\"\n"));
            return Err(1);
        };
        let mut letters = letters.chars();
        while let Some(c) = letters.next() {
            match c {
                't' => out.test = true,
                'T' => (out.test, out.dump) = (true, true),
                'q' => out.quiet = true,
                'v' | 'V' => out.version = Some(c),
                's' | 'c' | 'g' | 'p' | 'e' => {
                    let rest: String = letters.by_ref().collect();
                    let value = if rest.is_empty() { args.next() } else { Some(rest) };
                    let Some(value) = value else {
                        sys.eprint(&format!("nginx: option \"-{c}\" requires {}\n", wanted(c)));
                        return Err(1);
                    };
                    match c {
                        's' => out.signal = Some(value),
                        'c' => out.conf = Some(value),
                        'g' => out.globals = value,
                        _ => {
                            sys.eprint(&format!("nginx: the option \"-{c}\" is not simulated by Drydock\n"));
                            return Err(1);
                        }
                    }
                }
                '?' | 'h' => {
                    sys.eprint("Usage: nginx [-?hvVtTq] [-s signal] [-c filename] [-g directives]\n");
                    return Err(0);
                }
                _ => {
                    sys.eprint(&format!("nginx: invalid option: \"{c}\"\n"));
                    return Err(1);
                }
            }
        }
    }
    Ok(out)
}

fn wanted(c: char) -> &'static str {
    match c {
        's' => "parameter",
        'g' => "parameter",
        _ => "file name",
    }
}

fn start(sys: &mut Sys<'_>) -> Result<Running, i32> {
    let options = options(sys)?;
    if let Some(form) = options.version {
        let version = sys.env("NGINX_VERSION").map_or("nginx".to_string(), |v| format!("nginx/{v}"));
        sys.eprint(&format!("nginx version: {version}\n"));
        if form == 'V' {
            sys.eprint("built by gcc 14.2.0 (Debian 14.2.0-19)\nconfigure arguments: --prefix=/etc/nginx\n");
        }
        return Err(0);
    }
    let path = options.conf.clone().unwrap_or_else(|| CONF.to_string());
    if let Some(signal) = &options.signal {
        return Err(send(sys, signal));
    }
    let mut running = Running { conf: path.clone(), globals: options.globals.clone(), ..Running::default() };
    let loaded = load(sys, &mut running).and_then(|()| {
        if sys.me().is_ok_and(|me| me.cred.uid != 0)
            && let Some(user) = conf::get(&running.tree, "user")
        {
            let why = "the \"user\" directive makes sense only if the master process runs with super-user privileges";
            say(sys, "warn", &format!("{why}, ignored in {}", user.place));
        }
        make_temporary(sys, &running.tree)
    });
    if options.test {
        return Err(tested(sys, &options, &path, loaded, &running));
    }
    loaded.map_err(|text| emerg(sys, &text))?;
    Ok(running)
}

/// Reads the configuration, finds the servers it passes on to, opens the logs.
fn load(sys: &mut Sys<'_>, running: &mut Running) -> Result<(), String> {
    let tree = conf::load(sys, &running.conf, &running.globals)?;
    resolve(sys, &tree, &tree)?;
    let mut logs = Logs::default();
    logs.open(sys, &tree)?;
    running.logs.close(sys);
    running.logs = logs;
    running.tree = Arc::new(tree);
    Ok(())
}

/// Every name in `proxy_pass` and `upstream` must be known at the start, as nginx has it.
fn resolve(sys: &mut Sys<'_>, tree: &[Directive], block: &[Directive]) -> Result<(), String> {
    for d in block {
        if d.name == "proxy_pass" && !d.arg(0).contains('$') {
            let Some(rest) = d.arg(0).strip_prefix("http://") else {
                let kind = if d.arg(0).starts_with("https://") {
                    format!("\"proxy_pass {}\" is not simulated by Drydock", d.arg(0))
                } else {
                    "invalid URL prefix".to_string()
                };
                return Err(format!("{kind} in {}", d.place));
            };
            let authority = rest.split('/').next().unwrap_or(rest);
            for server in worker::upstreams(tree, authority) {
                let (host, _) = worker::host_port(&server);
                if sys.lookup(host).is_err() {
                    let place = conf::all(tree, "http")
                        .flat_map(|h| conf::all(&h.block, "upstream"))
                        .find(|u| u.arg(0) == authority)
                        .and_then(|u| u.block.iter().find(|s| s.arg(0) == server))
                        .map_or(&d.place, |s| &s.place);
                    return Err(format!("host not found in upstream \"{server}\" in {place}"));
                }
            }
        }
        resolve(sys, tree, &d.block)?;
    }
    Ok(())
}

/// The directories of the official image that nginx makes for what does not fit its memory.
const TEMPORARY: [&str; 5] = ["client_temp", "proxy_temp", "fastcgi_temp", "uwsgi_temp", "scgi_temp"];

/// Makes them, and gives them to the user of the workers.
fn make_temporary(sys: &mut Sys<'_>, tree: &[Directive]) -> Result<(), String> {
    const CACHE: &str = "/var/cache/nginx";
    if sys.stat(CACHE).is_err() {
        return Ok(());
    }
    let user = conf::get(tree, "user").map_or("nobody", |d| d.arg(0)).to_string();
    let users = crate::base::passwd::parse_passwd(&String::from_utf8_lossy(&sys.read_file("/etc/passwd").unwrap_or_default()));
    let owner = users.iter().find(|u| u.name == user).map(|u| u.uid);
    for name in TEMPORARY {
        let path = format!("{CACHE}/{name}");
        let failed = |call: &str, e: Errno| format!("{call} failed ({}: {e})", e.code());
        match sys.mkdir(&path, 0o700) {
            Ok(()) | Err(Errno::EEXIST) => {}
            Err(e) => return Err(failed(&format!("mkdir() \"{path}\""), e)),
        }
        let Some(owner) = owner.filter(|_| sys.me().is_ok_and(|me| me.cred.uid == 0)) else { continue };
        if sys.stat(&path).is_ok_and(|s| s.uid != owner) {
            sys.chown(&path, Some(owner), None, true).map_err(|e| failed(&format!("chown(\"{path}\", {owner})"), e))?;
        }
    }
    Ok(())
}

/// Says a fatal error twice, as nginx does: into the log that is there before any configuration, and to
/// standard error.
fn emerg(sys: &mut Sys<'_>, text: &str) -> i32 {
    say(sys, "emerg", text);
    1
}

fn say(sys: &mut Sys<'_>, level: &str, text: &str) {
    let pid = sys.vpid();
    let line = format!("{} [{level}] {pid}#{pid}: {text}\n", stamp::slashes(sys.now()));
    if let Ok(fd) = sys.open("/var/log/nginx/error.log", OpenFlags::APPEND, 0o644) {
        sys.write(fd, line.as_bytes());
        let _was_open = sys.close(fd);
    }
    sys.eprint(&format!("nginx: [{level}] {text}\n"));
}

fn tested(
    sys: &mut Sys<'_>,
    options: &Options,
    path: &str,
    loaded: Result<(), String>,
    running: &Running,
) -> i32 {
    if let Err(text) = loaded {
        emerg(sys, &text);
        sys.eprint(&format!("nginx: configuration file {path} test failed\n"));
        return 1;
    }
    if !options.quiet {
        sys.eprint(&format!("nginx: the configuration file {path} syntax is ok\n"));
        sys.eprint(&format!("nginx: configuration file {path} test is successful\n"));
    }
    if options.dump {
        let mut files = vec![path.to_string()];
        sources(&running.tree, &mut files);
        for file in files {
            let text = sys.read_file(&file).unwrap_or_default();
            sys.print(&format!("# configuration file {file}:\n{}\n", String::from_utf8_lossy(&text)));
        }
    }
    0
}

fn sources(block: &[Directive], files: &mut Vec<String>) {
    for d in block {
        if let Some((file, _)) = d.place.rsplit_once(':')
            && !files.iter().any(|f| f == file)
        {
            files.push(file.to_string());
        }
        sources(&d.block, files);
    }
}

/// `-s`: tells the running nginx something.
fn send(sys: &mut Sys<'_>, name: &str) -> i32 {
    let signal = match name {
        "stop" => Signal::TERM,
        "quit" => Signal::QUIT,
        "reload" => Signal::HUP,
        "reopen" => Signal::USR1,
        _ => {
            sys.eprint(&format!("nginx: invalid option: \"-s {name}\"\n"));
            return 1;
        }
    };
    let me = sys.vpid();
    let now = stamp::slashes(sys.now());
    sys.eprint(&format!("{now} [notice] {me}#{me}: signal process started\n"));
    let text = match sys.read_file(PID_FILE) {
        Ok(text) => String::from_utf8_lossy(&text).trim().to_string(),
        Err(e) => {
            sys.eprint(&format!("nginx: [error] open() \"{PID_FILE}\" failed ({}: {e})\n", e.code()));
            return 1;
        }
    };
    let target = text.parse::<u32>().ok().and_then(|n| sys.find_vpid(n));
    match target.map(|pid| sys.kill(pid, signal)) {
        Some(Ok(())) => 0,
        _ => {
            sys.eprint(&format!("nginx: [error] invalid PID number \"{text}\" in \"{PID_FILE}\"\n"));
            1
        }
    }
}

impl Running {
    fn note(&self, sys: &mut Sys<'_>, text: &str) {
        self.logs.error(sys, &vec![&self.tree], "notice", text);
    }

    /// Listens, then starts the workers.
    fn begin(&mut self, sys: &mut Sys<'_>) -> Result<(), i32> {
        for (address, port) in conf::ports(&self.tree) {
            match sys.listen(address, port) {
                Ok(fd) => self.listeners.push(fd),
                Err(e) => {
                    let text = format!("bind() to {address}:{port} failed ({}: {e})", e.code());
                    return Err(emerg(sys, &text));
                }
            }
        }
        for signal in [Signal::QUIT, Signal::TERM, Signal::INT, Signal::HUP, Signal::CHLD, Signal::USR1] {
            sys.on_signal(signal, Some(Disposition::Handle));
        }
        for signal in [Signal::PIPE, Signal::WINCH] {
            sys.on_signal(signal, Some(Disposition::Ignore));
        }
        self.note(sys, "using the \"epoll\" event method");
        let version = sys.env("NGINX_VERSION").map_or("nginx".to_string(), |v| format!("nginx/{v}"));
        self.note(sys, &version);
        self.note(sys, "built by gcc 14.2.0 (Debian 14.2.0-19)");
        let release = sys.read_file("/proc/sys/kernel/osrelease").unwrap_or_default();
        self.note(sys, &format!("OS: Linux {}", String::from_utf8_lossy(&release).trim()));
        self.note(sys, "getrlimit(RLIMIT_NOFILE): 1048576:1048576");
        let title = format!("nginx: master process {}", sys.argv().join(" "));
        sys.set_title(&title);
        if let Err(e) = sys.write_file(PID_FILE, format!("{}\n", sys.vpid()).as_bytes(), 0o644) {
            return Err(emerg(sys, &format!("open() \"{PID_FILE}\" failed ({}: {e})", e.code())));
        }
        self.spawn(sys);
        Ok(())
    }

    fn spawn(&mut self, sys: &mut Sys<'_>) {
        self.note(sys, "start worker processes");
        let asked = conf::get(&self.tree, "worker_processes").map_or("1", |d| d.arg(0));
        let count = asked.parse::<usize>().unwrap_or(WORKERS).clamp(1, 16);
        for _ in 0..count {
            let worker = Worker::new(self.tree.clone(), self.logs.clone(), self.listeners.clone());
            match sys.fork("nginx worker", Box::new(worker)) {
                Ok(pid) => {
                    self.workers.push(pid);
                    let text = format!("start worker process {}", sys.vpid_of(pid));
                    self.note(sys, &text);
                }
                Err(e) => {
                    let text = format!("fork() failed while spawning \"worker process\" ({}: {e})", e.code());
                    self.logs.error(sys, &vec![&self.tree], "alert", &text);
                }
            }
        }
    }

    fn reload(&mut self, sys: &mut Sys<'_>) {
        self.note(sys, "signal 1 (SIGHUP) received, reconfiguring");
        self.note(sys, "reconfiguring");
        let mut next = Self { conf: self.conf.clone(), globals: self.globals.clone(), ..Self::default() };
        if let Err(text) = load(sys, &mut next) {
            self.logs.error(sys, &vec![&self.tree], "emerg", &text);
            return;
        }
        let same = conf::ports(&self.tree) == conf::ports(&next.tree);
        if same {
            next.listeners.clone_from(&self.listeners);
        } else {
            for fd in &self.listeners {
                let _was_open = sys.close(*fd);
            }
        }
        let old = std::mem::take(&mut self.workers);
        for pid in &old {
            let _may_have_ended = sys.kill(*pid, Signal::QUIT);
        }
        if !same {
            for (address, port) in conf::ports(&next.tree) {
                match sys.listen(address, port) {
                    Ok(fd) => next.listeners.push(fd),
                    Err(e) => {
                        let text = format!("bind() to {address}:{port} failed ({}: {e})", e.code());
                        next.logs.error(sys, &vec![&next.tree], "emerg", &text);
                    }
                }
            }
        }
        self.logs.close(sys);
        *self = next;
        self.note(sys, "using the \"epoll\" event method");
        self.spawn(sys);
    }

    fn signal(&mut self, sys: &mut Sys<'_>, signal: Signal) {
        let (text, to_workers) = match signal {
            Signal::QUIT => ("shutting down", Signal::QUIT),
            Signal::TERM | Signal::INT => ("exiting", Signal::TERM),
            Signal::HUP => return self.reload(sys),
            Signal::USR1 => {
                return self.note(sys, "signal 10 (SIGUSR1) received, reopening logs");
            }
            _ => return,
        };
        self.note(sys, &format!("signal {} (SIG{}) received, {text}", signal.number(), signal.name()));
        self.stopping = true;
        for fd in std::mem::take(&mut self.listeners) {
            let _was_open = sys.close(fd);
        }
        for pid in &self.workers {
            let _may_have_ended = sys.kill(*pid, to_workers);
        }
    }

    fn reap(&mut self, sys: &mut Sys<'_>) {
        let ours: Vec<(Pid, u32)> = self.workers.iter().map(|p| (*p, sys.vpid_of(*p))).collect();
        while let Ok(Some((pid, exit))) = sys.wait(None) {
            let known = ours.iter().find(|(p, _)| *p == pid);
            self.workers.retain(|p| *p != pid);
            let Some((_, number)) = known else { continue };
            self.note(sys, &format!("signal 17 (SIGCHLD) received from {number}"));
            self.note(sys, &format!("worker process {number} exited with code {}", exit.status()));
            if !self.stopping {
                self.spawn_one_again(sys);
            }
        }
    }

    fn spawn_one_again(&mut self, sys: &mut Sys<'_>) {
        let worker = Worker::new(self.tree.clone(), self.logs.clone(), self.listeners.clone());
        if let Ok(pid) = sys.fork("nginx worker", Box::new(worker)) {
            self.workers.push(pid);
            let text = format!("start worker process {}", sys.vpid_of(pid));
            self.note(sys, &text);
        }
    }
}

/// How many workers `worker_processes auto` makes: as many as the host has processors.
const WORKERS: usize = 2;

impl Behave for Nginx {
    fn survives_write_errors(&self) -> bool {
        true
    }

    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        let running = match &mut self.running {
            Some(running) => running,
            None => {
                let mut running = match start(sys) {
                    Ok(running) => running,
                    Err(code) => return Step::Exit(code),
                };
                if conf::get(&running.tree, "daemon").is_none_or(|d| d.arg(0) != "off") {
                    let daemon = Nginx { running: Some(Running { stopping: false, ..running.clone() }) };
                    return match sys.fork("nginx", Box::new(daemon)) {
                        Ok(_) => Step::Exit(0),
                        Err(_) => Step::Exit(1),
                    };
                }
                if let Err(code) = running.begin(sys) {
                    return Step::Exit(code);
                }
                self.running.insert(running)
            }
        };
        if running.workers.is_empty() && !running.stopping && running.listeners.is_empty() {
            // The daemon that `start` left behind, on its first turn.
            if let Err(code) = running.begin(sys) {
                return Step::Exit(code);
            }
        }
        while let Some(signal) = sys.take_signal() {
            running.signal(sys, signal);
        }
        running.reap(sys);
        if running.stopping && running.workers.is_empty() {
            running.note(sys, "exit");
            let _was_there = sys.unlink(PID_FILE);
            return Step::Exit(0);
        }
        Step::Block(Wait::child())
    }
}
