//! What `wget` says on standard error, in the words of both families.

use super::{Fetch, Plan};
use crate::base::Errno;
use crate::coreutils::http_client::Url;
use crate::coreutils::size::human;
use crate::coreutils::when;
use crate::kernel::http::Response;
use crate::kernel::{Flavor, Sys};

/// Why nothing was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The address is none of the web.
    BadUrl(String),
    /// The host has no address.
    NoHost(String),
    /// The connection was not made.
    Connect(Errno),
    /// Time was over.
    TimedOut,
    /// The connection ended without an answer.
    NoAnswer,
    /// It ended within the body.
    Cut,
    /// It failed.
    Read(Errno),
    /// The server refused: its line, status and reason.
    Status(String, u16, String),
    /// Too many redirects.
    Redirects,
    /// The file cannot be written.
    Open(String, Errno),
}

fn loud(plan: &Plan) -> bool {
    plan.voice == 2
}

/// GNU's first line.
pub fn url_line(sys: &mut Sys<'_>, url: &Url) {
    let stamp = when::format("%F %T", sys.now());
    sys.eprint(&format!("--{stamp}--  {}\n", url.text()));
}

/// GNU names the host it looks up.
pub fn resolving(sys: &mut Sys<'_>, plan: &Plan, url: &Url) {
    if plan.gnu && loud(plan) && url.host.parse::<std::net::Ipv4Addr>().is_err() {
        sys.eprint(&format!("Resolving {0} ({0})... ", url.host));
    }
}

/// The address that is tried.
pub fn connecting(sys: &mut Sys<'_>, plan: &Plan, url: &Url, address: &str) {
    if !loud(plan) {
        return;
    }
    let (host, port) = (&url.host, url.port);
    let text = match (plan.gnu, host == address) {
        (false, _) => format!("Connecting to {host}{} ({address}:{port})\n", port_text(url)),
        (true, true) => format!("Connecting to {host}:{port}... "),
        (true, false) => format!("{address}\nConnecting to {host} ({host})|{address}|:{port}... "),
    };
    sys.eprint(&text);
    if !plan.gnu && url.scheme == "https" {
        sys.eprint("wget: note: TLS certificate validation not implemented\n");
    }
}

fn port_text(url: &Url) -> String {
    url.host_field().strip_prefix(url.host.as_str()).unwrap_or("").to_string()
}

/// GNU says that it is connected.
pub fn connected(sys: &mut Sys<'_>, plan: &Plan) {
    if plan.gnu && loud(plan) {
        sys.eprint("connected.\nHTTP request sent, awaiting response... ");
    }
}

/// The head of the answer: the status for GNU, all of it with `-S`.
pub fn head(sys: &mut Sys<'_>, plan: &Plan, head: &Response) {
    if plan.show_head {
        let bytes = head.head_bytes();
        let text = String::from_utf8_lossy(&bytes);
        let lines: String = text.lines().filter(|l| !l.is_empty()).map(|l| format!("  {l}\n")).collect();
        sys.eprint(&if plan.gnu { format!("\n{lines}") } else { lines });
    } else if plan.gnu && loud(plan) {
        sys.eprint(&format!("{} {}\n", head.status, head.reason));
    }
}

/// Where a redirect leads.
pub fn redirected(sys: &mut Sys<'_>, plan: &Plan, url: &Url, text: &str) {
    if plan.gnu && loud(plan) {
        sys.eprint(&format!("Location: {text} [following]\n"));
        url_line(sys, url);
    }
}

/// `--spider` has found the file.
pub fn exists(sys: &mut Sys<'_>, plan: &Plan) {
    if loud(plan) {
        sys.eprint(if plan.gnu { "Remote file exists.\n\n" } else { "remote file exists\n" });
    }
}

/// Where the body goes.
pub fn saving(sys: &mut Sys<'_>, plan: &Plan, fetch: &Fetch) {
    if !loud(plan) {
        return;
    }
    if !plan.gnu {
        let name = &fetch.name;
        let text = if name == "-" { "writing to stdout\n".into() } else { format!("saving to '{name}'\n") };
        sys.eprint(&text);
        return;
    }
    let head = fetch.head.as_ref();
    let kind = head.and_then(|h| h.header("content-type")).unwrap_or("text/html");
    let kind = kind.split(';').next().unwrap_or(kind);
    let length = match head.and_then(|h| h.header("content-length")).and_then(|l| l.parse::<u64>().ok()) {
        Some(n) if n >= 1024 => format!("{n} ({})", human(n, Flavor::Gnu)),
        Some(n) => n.to_string(),
        None => "unspecified".into(),
    };
    let name = if fetch.name == "-" { "STDOUT" } else { &fetch.name };
    sys.eprint(&format!("Length: {length} [{kind}]\nSaving to: '{name}'\n"));
}

/// The bar and the last line.
pub fn saved(sys: &mut Sys<'_>, plan: &Plan, fetch: &Fetch) {
    let (name, size) = (&fetch.name, fetch.size);
    if !plan.gnu {
        if loud(plan) {
            let short: String = name.chars().take(20).collect();
            let last = if name == "-" { "written to stdout\n".into() } else { format!("'{name}' saved\n") };
            let stars = "*".repeat(32);
            let shown = human(size, Flavor::Busybox);
            sys.eprint(&format!("{short:<20} 100% |{stars}| {shown:>5}  0:00:00 ETA\n{last}"));
        }
        return;
    }
    let stamp = when::format("%F %T", sys.now());
    let seconds = (sys.now() - fetch.started).as_secs_f64().max(0.001);
    let speed = size as f64 / seconds / 1024.0;
    let shown = if name == "-" { "written to stdout".into() } else { format!("'{name}' saved") };
    match plan.voice {
        0 => {}
        1 => sys.eprint(&format!("{stamp} URL:{} [{size}/{size}] -> \"{name}\" [1]\n", fetch.url.text())),
        _ => {
            let dots = ".".repeat((size / 1024 + 1).min(10) as usize);
            sys.eprint(&format!(
                "\n     0K {dots:<54} 100% {speed:.1}K=0s\n\n{stamp} ({speed:.1} KB/s) - {shown} [{size}/{size}]\n\n"
            ));
        }
    }
}

/// Says what went wrong and gives the exit code.
pub fn fault(sys: &mut Sys<'_>, plan: &Plan, fetch: Option<&Fetch>, fault: &Fault) -> i32 {
    if plan.gnu { gnu_fault(sys, plan, fault) } else { busybox_fault(sys, fetch, fault) }
}

fn busybox_fault(sys: &mut Sys<'_>, fetch: Option<&Fetch>, fault: &Fault) -> i32 {
    let address = fetch.map_or("", |f| f.address.as_str());
    let text = match fault {
        Fault::BadUrl(url) => format!("not an http or ftp url: {url}"),
        Fault::NoHost(host) => format!("bad address '{host}'"),
        Fault::Connect(e) => format!("can't connect to remote host ({address}): {e}"),
        Fault::TimedOut => "download timed out".into(),
        Fault::NoAnswer => "error getting response".into(),
        Fault::Cut => "connection closed prematurely".into(),
        Fault::Read(e) => format!("error getting response: {e}"),
        Fault::Status(line, ..) => format!("server returned error: {line}"),
        Fault::Redirects => "too many redirections".into(),
        Fault::Open(name, e) => format!("can't open '{name}': {e}"),
    };
    sys.complain(&text);
    1
}

fn gnu_fault(sys: &mut Sys<'_>, plan: &Plan, fault: &Fault) -> i32 {
    let stamp = when::format("%F %T", sys.now());
    let (text, code) = match fault {
        Fault::BadUrl(url) => (format!("{url}: Unsupported scheme.\n"), 1),
        Fault::NoHost(host) => {
            let start = if loud(plan) { "failed: Name or service not known.\n" } else { "" };
            (format!("{start}wget: unable to resolve host address '{host}'\n"), 4)
        }
        Fault::Connect(e) => (format!("failed: {e}.\n"), 4),
        Fault::TimedOut => ("Read error (Connection timed out) in headers.\nGiving up.\n\n".into(), 4),
        Fault::NoAnswer => ("No data received.\nGiving up.\n\n".into(), 4),
        Fault::Cut => (format!("{stamp} - Connection closed. Giving up.\n\n"), 4),
        Fault::Read(e) => (format!("Read error ({e}) in headers.\nGiving up.\n\n"), 4),
        Fault::Status(_, status, reason) => (format!("{stamp} ERROR {status}: {reason}.\n\n"), 8),
        Fault::Redirects => ("20 redirections exceeded.\n".into(), 8),
        Fault::Open(name, e) => (format!("{name}: {e}\n\nCannot write to '{name}' ({e}).\n"), 3),
    };
    if plan.voice > 0 {
        sys.eprint(&text);
    }
    code
}
