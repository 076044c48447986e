//! `curl [OPTION]… URL…`: transfer what an address of the web names, over HTTP.
//!
//! - `-o FILE`, `-O` save, `-i`, `-I`, `-v` show heads, `-w FORMAT` prints facts at the end
//! - `-X`, `-d`, `--json`, `-H`, `-A`, `-e`, `-u`, `-G` make the request, `-L` follows redirects
//! - `-f` fails on an error of the server, `-s`, `-S` are quiet, `-m`, `--connect-timeout`, `--retry` bound it
//! - `https` is taken as the same bytes on port 443: there is no TLS here, and no certificate is checked
//!
//! Exit status: curl's (6 host, 7 connection, 22 refused by `-f`, 28 time, 52 empty, 56 reset, …).

mod options;
mod report;

use super::http_client::{Event, Exchange, Url};
use crate::base::{Duration, Errno, Time};
use crate::kernel::http::Response;
use crate::kernel::{Applet, Behave, OpenFlags, Step, Stop, Sys, Wait};
use options::Plan;
use serde::{Deserialize, Serialize};

/// `curl`.
pub const APPLETS: &[Applet] = &[Applet::state::<Curl>("curl")];

/// How long Linux tries to connect to an address that does not answer.
const CONNECT_LIMIT: Duration = Duration::secs(134);
/// How long it takes to find that a neighbour is not there.
const NEIGHBOUR_LIMIT: Duration = Duration::millis(3067);
/// How many redirects are followed, unless said.
const MAX_REDIRECTS: u32 = 50;

/// A `curl`, before and after it has read its arguments.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Curl {
    plan: Option<Plan>,
    next: usize,
    now: Option<Transfer>,
    code: i32,
}

/// One address on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Transfer {
    given: String,
    url: Url,
    output: Option<String>,
    started: Time,
    /// When the present attempt began.
    attempt: Time,
    redirects: u32,
    retries: u32,
    phase: Phase,
    head: Option<Response>,
    remote: String,
    size: u64,
    file: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Phase {
    Begin,
    /// Nobody answers; at that moment this is given up.
    Hanging(Time, i32, String),
    Running(Exchange),
    /// Waiting to try again.
    Pausing(Time),
}

/// How a transfer ended: exit code and what is said about it.
type Failure = (i32, String);

impl Behave for Curl {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        let plan = match &self.plan {
            Some(plan) => plan.clone(),
            None => match options::read(sys) {
                Ok(plan) => self.plan.insert(plan).clone(),
                Err(Stop::Wait(wait)) => return Step::Block(wait),
                Err(Stop::Exit(code)) => return Step::Exit(code),
                Err(Stop::Replaced) => return Step::Exit(2),
            },
        };
        let Some(transfer) = &mut self.now else {
            let Some(given) = plan.urls.get(self.next).cloned() else { return Step::Exit(self.code) };
            match begin(sys, &plan, &given, self.next) {
                Ok(transfer) => self.now = Some(transfer),
                Err((code, text)) => {
                    report::failure(sys, &plan, code, &text);
                    self.code = code;
                    self.next += 1;
                }
            }
            return Step::Continue;
        };
        match transfer.step(sys, &plan) {
            Ok(None) => {}
            Ok(Some(step)) => return step,
            Err(failure) => {
                if transfer.retry(sys, &plan, &failure) {
                    return Step::Continue;
                }
                report::end(sys, &plan, transfer, Some(&failure));
                self.code = failure.0;
                self.forget(sys);
                return Step::Continue;
            }
        }
        report::end(sys, &plan, transfer, None);
        self.code = 0;
        self.forget(sys);
        Step::Continue
    }
}

impl Curl {
    fn forget(&mut self, sys: &mut Sys<'_>) {
        if let Some(transfer) = self.now.take() {
            if let Phase::Running(exchange) = &transfer.phase {
                exchange.close(sys);
            }
            if let Some(fd) = transfer.file {
                let _was_open = sys.close(fd);
            }
        }
        self.next += 1;
    }
}

fn begin(sys: &mut Sys<'_>, plan: &Plan, given: &str, number: usize) -> Result<Transfer, Failure> {
    let url = Url::parse(given).ok_or((3, "URL rejected: Malformed input to a URL function".to_string()))?;
    if !matches!(url.scheme.as_str(), "http" | "https") {
        return Err((1, format!("Protocol \"{}\" not supported", url.scheme)));
    }
    let output = match plan.outputs.get(number) {
        Some(Some(name)) => Some(name.clone()),
        Some(None) if url.file_name().is_empty() => {
            return Err((23, "Remote file name has no length".to_string()));
        }
        Some(None) => Some(url.file_name().to_string()),
        None => None,
    };
    let now = sys.now();
    Ok(Transfer {
        given: given.to_string(),
        url,
        output: output.filter(|o| o != "-"),
        started: now,
        attempt: now,
        redirects: 0,
        retries: plan.retries,
        phase: Phase::Begin,
        head: None,
        remote: String::new(),
        size: 0,
        file: None,
    })
}

impl Transfer {
    /// Goes on; `Ok(None)` where the transfer is complete.
    fn step(&mut self, sys: &mut Sys<'_>, plan: &Plan) -> Result<Option<Step>, Failure> {
        let deadline = plan.max_time.map(|limit| self.started + limit);
        let millis = (sys.now() - self.started).0 / 1_000_000;
        match &mut self.phase {
            Phase::Begin => self.connect(sys, plan).map(Some),
            Phase::Pausing(until) if sys.now() < *until => Ok(Some(Step::Block(Wait::until(*until)))),
            Phase::Pausing(_) => {
                self.phase = Phase::Begin;
                self.attempt = sys.now();
                Ok(Some(Step::Continue))
            }
            Phase::Hanging(until, code, text) => {
                if sys.now() >= *until {
                    return Err((*code, text.clone()));
                }
                Ok(Some(Step::Block(Wait::until(*until))))
            }
            Phase::Running(exchange) => {
                if deadline.is_some_and(|d| sys.now() >= d) {
                    let total = self.head.as_ref().and_then(|h| h.header("content-length"));
                    let of = total.map_or(String::new(), |t| format!(" out of {t}"));
                    let size = self.size;
                    let text = format!("Operation timed out after {millis} milliseconds with {size}{of} bytes received");
                    return Err((28, text));
                }
                let fd = exchange.fd;
                match exchange.poll(sys) {
                    Event::Wait => {
                        let wait = Wait::readable(fd);
                        Ok(Some(Step::Block(match deadline {
                            Some(deadline) => wait.or_until(deadline),
                            None => wait,
                        })))
                    }
                    event => self.event(sys, plan, event),
                }
            }
        }
    }

    fn connect(&mut self, sys: &mut Sys<'_>, plan: &Plan) -> Result<Step, Failure> {
        let (host, port) = (self.url.host.clone(), self.url.port);
        let found = plan.resolve(&host, port).map_or_else(|| sys.lookup(&host), |a| Ok(vec![a]));
        let Some(address) = found.ok().and_then(|all| all.first().copied()) else {
            return Err((6, format!("Could not resolve host: {host}")));
        };
        self.remote = address.to_string();
        report::connecting(sys, plan, &self.url, address);
        let request = plan.request(&self.url);
        match Exchange::start(sys, address, port, &request) {
            Ok(exchange) => {
                report::connected(sys, plan, &self.url, address, &request);
                self.phase = Phase::Running(exchange);
                Ok(Step::Continue)
            }
            Err(e @ (Errno::ETIMEDOUT | Errno::EHOSTUNREACH)) => {
                let silent = e == Errno::ETIMEDOUT;
                let system = if silent { CONNECT_LIMIT } else { NEIGHBOUR_LIMIT };
                let limit = [plan.max_time, plan.connect_timeout].into_iter().flatten().min();
                let (span, code, text) = match limit {
                    Some(limit) if limit < system => {
                        let millis = limit.0 / 1_000_000;
                        (limit, 28, format!("Connection timed out after {millis} milliseconds"))
                    }
                    _ => (system, if silent { 28 } else { 7 }, refused(&host, port, system)),
                };
                self.phase = Phase::Hanging(sys.after(span), code, text);
                Ok(Step::Continue)
            }
            Err(_) => {
                let spent = sys.now() - self.attempt;
                Err((7, refused(&host, port, spent)))
            }
        }
    }

    fn event(&mut self, sys: &mut Sys<'_>, plan: &Plan, event: Event) -> Result<Option<Step>, Failure> {
        match event {
            Event::Wait => Ok(Some(Step::Continue)),
            Event::Head(head) => self.take_head(sys, plan, head).map(|()| Some(Step::Continue)),
            Event::Data(data) => {
                sys.spend(data.len() as u32 / 4096);
                self.size += data.len() as u64;
                if !self.leads_on(plan) {
                    self.write(sys, &data)?;
                }
                Ok(Some(Step::Continue))
            }
            Event::End => match self.redirect(plan)? {
                Some(url) => {
                    if let Phase::Running(exchange) = &self.phase {
                        exchange.close(sys);
                    }
                    report::redirected(sys, plan, &url);
                    self.url = url;
                    self.redirects += 1;
                    self.size = 0;
                    self.head = None;
                    self.phase = Phase::Begin;
                    Ok(Some(Step::Continue))
                }
                None => {
                    if self.output.is_some() {
                        self.write(sys, b"")?;
                    }
                    self.verdict(plan).map_or(Ok(None), Err)
                }
            },
            Event::Empty => Err((52, "Empty reply from server".into())),
            Event::Cut(Some(missing)) => {
                Err((18, format!("transfer closed with {missing} bytes remaining to read")))
            }
            Event::Cut(None) => Err((18, "transfer closed with outstanding read data remaining".into())),
            Event::Failed(e) => Err((56, format!("Recv failure: {e}"))),
            Event::NotHttp => Err((1, "Received HTTP/0.9 when not allowed".into())),
        }
    }

    fn take_head(&mut self, sys: &mut Sys<'_>, plan: &Plan, head: Response) -> Result<(), Failure> {
        report::head(sys, plan, &head);
        let bytes = head.head_bytes();
        self.head = Some(head);
        if plan.fail && !plan.fail_with_body && self.verdict(plan).is_some() {
            return self.verdict(plan).map_or(Ok(()), Err);
        }
        if plan.show_head {
            self.write(sys, &bytes)?;
        }
        Ok(())
    }

    fn verdict(&self, plan: &Plan) -> Option<Failure> {
        let status = self.head.as_ref()?.status;
        (plan.fail && status >= 400).then(|| (22, format!("The requested URL returned error: {status}")))
    }

    fn leads_on(&self, plan: &Plan) -> bool {
        let head = self.head.as_ref();
        plan.follow && head.is_some_and(|h| (300..400).contains(&h.status) && h.header("location").is_some())
    }

    fn redirect(&self, plan: &Plan) -> Result<Option<Url>, Failure> {
        if !self.leads_on(plan) {
            return Ok(None);
        }
        if self.redirects >= plan.max_redirects.unwrap_or(MAX_REDIRECTS) {
            let most = plan.max_redirects.unwrap_or(MAX_REDIRECTS);
            return Err((47, format!("Maximum ({most}) redirects followed")));
        }
        let to = self.head.as_ref().and_then(|h| h.header("location")).unwrap_or("");
        let malformed = || (3, "URL rejected: Malformed input to a URL function".to_string());
        self.url.follow(to).map(Some).ok_or_else(malformed)
    }

    fn write(&mut self, sys: &mut Sys<'_>, data: &[u8]) -> Result<(), Failure> {
        let fd = match (&self.output, self.file) {
            (_, Some(fd)) => fd,
            (None, None) => 1,
            (Some(name), None) => {
                let opened = sys.open(name, OpenFlags::WRITE, 0o666);
                let fd = opened.map_err(|_| (23, "Failure writing output to destination".to_string()))?;
                *self.file.insert(fd)
            }
        };
        if fd == 1 {
            sys.write(1, data);
            return Ok(());
        }
        sys.write_checked(fd, data).map_err(|_| (23, "Failure writing output to destination".to_string()))
    }

    /// Arranges for another attempt where that is wanted; true where there will be one.
    fn retry(&mut self, sys: &mut Sys<'_>, plan: &Plan, failure: &Failure) -> bool {
        let status = self.head.as_ref().map_or(0, |h| h.status);
        let (problem, transient) = match failure.0 {
            28 => ("timeout", true),
            6 => ("(retrying all errors)", plan.retry_all),
            7 => ("connection refused", plan.retry_refused || plan.retry_all),
            22 => ("HTTP error", matches!(status, 408 | 429 | 500 | 502 | 503 | 504) || plan.retry_all),
            _ => ("(retrying all errors)", plan.retry_all),
        };
        if !transient || self.retries == 0 {
            return false;
        }
        let done = plan.retries - self.retries;
        let pause = plan.retry_delay.unwrap_or(Duration::secs(1 << done.min(9)));
        let seconds = pause.0 / 1_000_000_000;
        let plural = if seconds == 1 { "" } else { "s" };
        let left = self.retries;
        let retries = if left == 1 { "retry" } else { "retries" };
        if !plan.silent {
            sys.eprint(&format!(
                "Warning: Problem: {problem}. Will retry in {seconds} second{plural}. {left} {retries} left.\n"
            ));
        }
        self.retries -= 1;
        if let Phase::Running(exchange) = &self.phase {
            exchange.close(sys);
        }
        self.head = None;
        self.phase = Phase::Pausing(sys.after(pause));
        true
    }
}

fn refused(host: &str, port: u16, spent: Duration) -> String {
    let millis = spent.0 / 1_000_000;
    format!("Failed to connect to {host} port {port} after {millis} ms: Could not connect to server")
}
