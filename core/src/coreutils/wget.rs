//! `wget [-qScNnv] [-O FILE] [-P DIR] [-T SECONDS] [-t TRIES] [--spider] [--header=H] [--post-data=D] URL…`:
//! save what an address of the web names.
//!
//! `https` is taken as the same bytes on port 443: there is no TLS here, and no certificate is checked.
//!
//! Exit status: busybox 0 or 1; GNU 4 for the network, 8 for an error of the server, 1 or 2 for others.

mod report;

use super::http_client::{Event, Exchange, Url};
use super::opts::{Spec, usage_error};
use super::sleep::span;
use super::walk::join;
use crate::base::{Duration, Errno, Time};
use crate::kernel::http::{Request, Response};
use crate::kernel::{Applet, Behave, Flavor, OpenFlags, Step, Stop, Sys, Wait};
use report::Fault;
use serde::{Deserialize, Serialize};

/// `wget`.
pub const APPLETS: &[Applet] = &[Applet::state::<Wget>("wget")];

// A connection that is refused is not tried again (`-t`), as in the real one; there are no certificates to check and no
// proxies.
const SPEC: Spec = Spec::new(
    "qSO:P:T:t:U:o:",
    &[
        ("quiet", 'q'),
        ("no-verbose", 'n'),
        ("server-response", 'S'),
        ("output-document=", 'O'),
        ("directory-prefix=", 'P'),
        ("timeout=", 'T'),
        ("connect-timeout=", 'T'),
        ("tries=", 't'),
        ("user-agent=", 'U'),
        ("spider", '\u{1}'),
        ("header=", '\u{2}'),
        ("post-data=", '\u{3}'),
        ("post-file=", '\u{4}'),
        ("no-check-certificate", '\u{5}'),
        ("method=", '\u{6}'),
        ("body-data=", '\u{3}'),
        ("show-progress", '\u{7}'),
        ("no-clobber", '\u{8}'),
        ("continue", 'c'),
        ("no-proxy", '\u{5}'),
    ],
    "[-qS] [--spider] [-O FILE] [-P DIR] [--header STR] [--post-data STR] [-T SEC] URL...",
    "Save what URLs name.",
)
.missing("oc\u{4}\u{7}\u{8}rmN")
.moot("\u{5}t");

/// How long busybox waits for an answer, unless said, and GNU for one.
const READ_LIMIT: Duration = Duration::secs(900);
const CONNECT_LIMIT: Duration = Duration::secs(134);
const NEIGHBOUR_LIMIT: Duration = Duration::millis(3067);
const MAX_REDIRECTS: u32 = 5;

/// What the options ask for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Plan {
    urls: Vec<String>,
    output: Option<String>,
    dir: Option<String>,
    /// 0 prints nothing, 1 a line (`-nv`), 2 all.
    voice: u8,
    show_head: bool,
    spider: bool,
    timeout: Option<Duration>,
    method: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    agent: Option<String>,
    gnu: bool,
}

/// A `wget`, before and after it has read its arguments.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Wget {
    plan: Option<Plan>,
    next: usize,
    now: Option<Fetch>,
    code: i32,
    truncated: bool,
}

/// One address on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Fetch {
    url: Url,
    redirects: u32,
    started: Time,
    deadline: Time,
    exchange: Option<Exchange>,
    hanging: Option<(Time, Errno)>,
    address: String,
    head: Option<Response>,
    name: String,
    file: Option<i32>,
    size: u64,
}

impl Behave for Wget {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        let plan = match &self.plan {
            Some(plan) => plan.clone(),
            None => match read(sys) {
                Ok(plan) => self.plan.insert(plan).clone(),
                Err(Stop::Exit(code)) => return Step::Exit(code),
                Err(_) => return Step::Exit(1),
            },
        };
        let result = match &mut self.now {
            Some(fetch) => fetch.step(sys, &plan, &mut self.truncated),
            None => {
                let Some(text) = plan.urls.get(self.next) else { return Step::Exit(self.code) };
                match Fetch::begin(sys, &plan, text) {
                    Ok(fetch) => {
                        self.now = Some(fetch);
                        return Step::Continue;
                    }
                    Err(fault) => Err(fault),
                }
            }
        };
        match result {
            Ok(Some(step)) => return step,
            Ok(None) => {}
            Err(fault) => {
                let code = report::fault(sys, &plan, self.now.as_ref(), &fault);
                self.code = if self.code == 0 { code } else { self.code.min(code) };
                if !plan.gnu {
                    return Step::Exit(1);
                }
            }
        }
        if let Some(fetch) = self.now.take() {
            fetch.close(sys);
        }
        self.next += 1;
        Step::Continue
    }
}

fn read(sys: &mut Sys<'_>) -> Result<Plan, Stop> {
    let gnu = sys.flavor() == Flavor::Gnu;
    // -nv and -nc are words of their own to GNU.
    let args: Vec<String> =
        sys.args().into_iter().map(|a| if a == "-nv" { "--no-verbose".into() } else { a }).collect();
    let options = super::opts::parse_args(sys, &SPEC, &args)?;
    if options.operands.is_empty() {
        return Err(usage_error(sys, &SPEC, if gnu { "missing URL" } else { "" }));
    }
    let timeout = match options.value('T').map(span) {
        Some(None) => {
            sys.complain(&format!("invalid number '{}'", options.value('T').unwrap_or_default()));
            return Err(Stop::Exit(1));
        }
        other => other.flatten().filter(|d| d.0 > 0),
    };
    let body = options.value('\u{3}').map(String::from);
    let method = options.value('\u{6}').unwrap_or(if body.is_some() {
        "POST"
    } else if options.has('\u{1}') && gnu {
        "HEAD"
    } else {
        "GET"
    });
    let headers = options.values('\u{2}').filter_map(|h| h.split_once(':'));
    Ok(Plan {
        urls: options.operands.clone(),
        output: options.value('O').map(String::from),
        dir: options.value('P').map(String::from),
        voice: if options.has('q') { 0 } else { 2 - u8::from(options.has('n')) },
        show_head: options.has('S'),
        spider: options.has('\u{1}'),
        timeout,
        method: method.to_string(),
        headers: headers.map(|(n, v)| (n.trim().to_string(), v.trim().to_string())).collect(),
        body,
        agent: options.value('U').map(String::from),
        gnu,
    })
}

impl Plan {
    fn request(&self, url: &Url) -> Request {
        let agent = if self.gnu { "Wget/1.25.0" } else { "Wget" };
        let agent = self.agent.clone().unwrap_or(agent.to_string());
        let mut headers = vec![("Host".to_string(), url.host_field()), ("User-Agent".into(), agent)];
        if self.gnu {
            headers.push(("Accept".into(), "*/*".into()));
            headers.push(("Accept-Encoding".into(), "identity".into()));
        }
        headers.extend(self.headers.clone());
        headers.push(("Connection".into(), if self.gnu { "Keep-Alive" } else { "close" }.into()));
        if let Some(body) = &self.body {
            headers.push(("Content-Type".into(), "application/x-www-form-urlencoded".into()));
            headers.push(("Content-Length".into(), body.len().to_string()));
        }
        let body = self.body.clone().unwrap_or_default().into_bytes();
        let method = self.method.clone();
        Request { method, target: url.target.clone(), version: "HTTP/1.1".into(), headers, body }
    }
}

impl Fetch {
    fn begin(sys: &mut Sys<'_>, plan: &Plan, text: &str) -> Result<Self, Fault> {
        let url = Url::parse(text).filter(|u| matches!(u.scheme.as_str(), "http" | "https"));
        let url = url.ok_or_else(|| Fault::BadUrl(text.to_string()))?;
        let own = if url.file_name().is_empty() { "index.html" } else { url.file_name() };
        let name = match (&plan.output, &plan.dir) {
            (Some(name), _) => name.clone(),
            (None, Some(dir)) => join(dir, own),
            (None, None) => own.to_string(),
        };
        let now = sys.now();
        if plan.gnu && plan.voice == 2 {
            report::url_line(sys, &url);
        }
        Ok(Self {
            url,
            redirects: 0,
            started: now,
            deadline: now + plan.timeout.unwrap_or(READ_LIMIT),
            exchange: None,
            hanging: None,
            address: String::new(),
            head: None,
            name,
            file: None,
            size: 0,
        })
    }

    fn close(&self, sys: &mut Sys<'_>) {
        if let Some(exchange) = &self.exchange {
            exchange.close(sys);
        }
        if let Some(fd) = self.file.filter(|fd| *fd != 1) {
            let _was_open = sys.close(fd);
        }
    }

    fn step(&mut self, sys: &mut Sys<'_>, plan: &Plan, truncated: &mut bool) -> Result<Option<Step>, Fault> {
        if let Some((until, e)) = self.hanging {
            if sys.now() < until {
                return Ok(Some(Step::Block(Wait::until(until))));
            }
            return Err(Fault::Connect(e));
        }
        let Some(exchange) = &mut self.exchange else { return self.connect(sys, plan).map(Some) };
        if sys.now() >= self.deadline {
            return Err(Fault::TimedOut);
        }
        let fd = exchange.fd;
        match exchange.poll(sys) {
            Event::Wait => Ok(Some(Step::Block(Wait::readable(fd).or_until(self.deadline)))),
            Event::Head(head) => self.take_head(sys, plan, head),
            Event::Data(data) => {
                sys.spend(data.len() as u32 / 4096);
                self.deadline = sys.after(plan.timeout.unwrap_or(READ_LIMIT));
                self.write(sys, plan, &data, truncated)?;
                Ok(Some(Step::Continue))
            }
            Event::End => {
                self.write(sys, plan, b"", truncated)?;
                report::saved(sys, plan, self);
                Ok(None)
            }
            Event::Empty | Event::NotHttp => Err(Fault::NoAnswer),
            Event::Cut(_) => Err(Fault::Cut),
            Event::Failed(e) => Err(Fault::Read(e)),
        }
    }

    fn connect(&mut self, sys: &mut Sys<'_>, plan: &Plan) -> Result<Step, Fault> {
        let host = self.url.host.clone();
        report::resolving(sys, plan, &self.url);
        let found = sys.lookup(&host).ok().and_then(|all| all.first().copied());
        let Some(address) = found else { return Err(Fault::NoHost(host)) };
        self.address = address.to_string();
        report::connecting(sys, plan, &self.url, &self.address);
        match Exchange::start(sys, address, self.url.port, &plan.request(&self.url)) {
            Ok(exchange) => {
                report::connected(sys, plan);
                self.exchange = Some(exchange);
            }
            Err(e @ (Errno::ETIMEDOUT | Errno::EHOSTUNREACH)) => {
                let system = if e == Errno::ETIMEDOUT { CONNECT_LIMIT } else { NEIGHBOUR_LIMIT };
                let limit = plan.timeout.unwrap_or(system).min(system);
                self.hanging = Some((sys.after(limit), e));
            }
            Err(e) => return Err(Fault::Connect(e)),
        }
        Ok(Step::Continue)
    }

    fn take_head(&mut self, sys: &mut Sys<'_>, plan: &Plan, head: Response) -> Result<Option<Step>, Fault> {
        report::head(sys, plan, &head);
        let status = head.status;
        if let (301 | 302 | 303 | 307 | 308, Some(to)) = (status, head.header("location")) {
            let url = self.url.follow(to).ok_or_else(|| Fault::BadUrl(to.to_string()))?;
            report::redirected(sys, plan, &url, to);
            self.redirects += 1;
            if self.redirects > MAX_REDIRECTS * if plan.gnu { 4 } else { 1 } {
                return Err(Fault::Redirects);
            }
            if let Some(exchange) = self.exchange.take() {
                exchange.close(sys);
            }
            self.url = url;
            return Ok(Some(Step::Continue));
        }
        if status >= 400 {
            return Err(Fault::Status(head.status_line(), status, head.reason));
        }
        self.head = Some(head);
        if plan.spider {
            report::exists(sys, plan);
            return Ok(None);
        }
        report::saving(sys, plan, self);
        Ok(Some(Step::Continue))
    }

    fn write(&mut self, sys: &mut Sys<'_>, plan: &Plan, data: &[u8], truncated: &mut bool) -> Result<(), Fault> {
        let fd = match self.file {
            Some(fd) => fd,
            None if self.name == "-" => 1,
            None => {
                let own = plan.output.is_none();
                if own && !plan.gnu && sys.lstat(&self.name).is_ok() {
                    return Err(Fault::Open(self.name.clone(), Errno::EEXIST));
                }
                let free = (1..10_000).map(|n| format!("{}.{n}", self.name));
                if own && plan.gnu && sys.lstat(&self.name).is_ok() {
                    self.name = free.into_iter().find(|n| sys.lstat(n).is_err()).unwrap_or(self.name.clone());
                }
                if let Some(dir) = &plan.dir {
                    let _exists = sys.mkdir(dir, 0o777);
                }
                let flags = if *truncated { OpenFlags::APPEND } else { OpenFlags::WRITE };
                *truncated = plan.output.is_some();
                sys.open(&self.name, flags, 0o666).map_err(|e| Fault::Open(self.name.clone(), e))?
            }
        };
        self.file = Some(fd);
        self.size += data.len() as u64;
        if fd == 1 {
            sys.write(1, data);
            return Ok(());
        }
        sys.write_checked(fd, data).map_err(|e| Fault::Open(self.name.clone(), e))
    }
}
