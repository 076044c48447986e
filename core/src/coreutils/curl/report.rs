//! What `curl` says beside the transfer itself: errors, the progress meter, `-v` and `-w`.

use super::options::Plan;
use super::{Failure, Transfer};
use crate::coreutils::http_client::Url;
use crate::kernel::Sys;
use crate::kernel::http::{Request, Response};
use std::net::Ipv4Addr;

const METER: &str = "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n";

/// `curl: (7) …`, unless silence was asked for.
pub fn failure(sys: &mut Sys<'_>, plan: &Plan, code: i32, text: &str) {
    if !plan.silent || plan.show_error {
        sys.eprint(&format!("curl: ({code}) {text}\n"));
    }
}

/// The end of a transfer: progress, error, and what `-w` asks for.
pub fn end(sys: &mut Sys<'_>, plan: &Plan, transfer: &Transfer, failed: Option<&Failure>) {
    let metered = plan.meter && (transfer.output.is_some() || !sys.is_tty(1));
    if metered {
        meter(sys, transfer);
    }
    if let Some((code, text)) = failed {
        failure(sys, plan, *code, text);
    } else if plan.verbose {
        sys.eprint(&format!("* Connection #0 to host {} left intact\n", transfer.url.host));
    }
    if let Some(format) = &plan.write_out {
        let text = written(sys, format, transfer, failed);
        sys.print(&text);
    }
}

fn meter(sys: &mut Sys<'_>, transfer: &Transfer) {
    let size = transfer.size;
    let spent = (sys.now() - transfer.started).as_secs_f64();
    let speed = if size == 0 { 0 } else { (size as f64 / spent.max(0.001)) as u64 };
    let clock = "--:--:-- --:--:-- --:--:--";
    let mut text = format!("{METER}\r  0     0    0     0    0     0      0      0 {clock}     0");
    if size > 0 {
        text.push_str(&format!("\r100 {size:>5}  100 {size:>5}    0     0 {speed:>6}      0 {clock} {speed:>5}"));
    }
    sys.eprint(&format!("{text}\n"));
}

/// `-v`: the address that is tried.
pub fn connecting(sys: &mut Sys<'_>, plan: &Plan, url: &Url, address: Ipv4Addr) {
    if plan.verbose {
        let (host, port) = (&url.host, url.port);
        let resolved = if host.parse::<Ipv4Addr>().is_ok() {
            String::new()
        } else {
            format!("* Host {host}:{port} was resolved.\n* IPv6: (none)\n* IPv4: {address}\n")
        };
        sys.eprint(&format!("{resolved}*   Trying {address}:{port}...\n"));
    }
}

/// `-v`: the connection and the request.
pub fn connected(sys: &mut Sys<'_>, plan: &Plan, url: &Url, address: Ipv4Addr, request: &Request) {
    if plan.verbose {
        let head = Request { body: vec![], ..request.clone() }.to_bytes();
        let head: String = String::from_utf8_lossy(&head).lines().map(|l| format!("> {l}\n")).collect();
        let (host, port) = (&url.host, url.port);
        sys.eprint(&format!("* Connected to {host} ({address}) port {port}\n{head}* Request completely sent off\n"));
    }
}

/// `-v`: the head of the answer.
pub fn head(sys: &mut Sys<'_>, plan: &Plan, head: &Response) {
    if plan.verbose {
        let text = head.head_bytes();
        let text: String = String::from_utf8_lossy(&text).lines().map(|l| format!("< {l}\n")).collect();
        sys.eprint(&text);
    }
}

/// `-v`: where a redirect leads.
pub fn redirected(sys: &mut Sys<'_>, plan: &Plan, url: &Url) {
    if plan.verbose {
        sys.eprint(&format!("* Issue another request to this URL: '{}'\n", url.text()));
    }
}

/// The text of `-w`: `%{variable}`, `\n`, `\t`.
fn written(sys: &Sys<'_>, format: &str, transfer: &Transfer, failed: Option<&Failure>) -> String {
    let mut out = String::new();
    let mut rest = format;
    while let Some(at) = rest.find(['%', '\\']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(end) = rest.strip_prefix("%{").and_then(|r| r.find('}')) {
            out.push_str(&variable(sys, &rest[2..2 + end], transfer, failed));
            rest = &rest[end + 3..];
        } else if let Some(escape) = rest.strip_prefix('\\').and_then(|r| r.chars().next()) {
            match escape {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                'r' => out.push('\r'),
                other => out.extend(['\\', other]),
            }
            rest = &rest[1 + escape.len_utf8()..];
        } else {
            let plain = if rest.starts_with("%%") { 2 } else { 1 };
            out.push_str(&rest[..1]);
            rest = &rest[plain..];
        }
    }
    out + rest
}

fn variable(sys: &Sys<'_>, name: &str, transfer: &Transfer, failed: Option<&Failure>) -> String {
    let head = transfer.head.as_ref();
    let seconds = (sys.now() - transfer.started).as_secs_f64();
    match name {
        "http_code" | "response_code" => format!("{:03}", head.map_or(0, |h| h.status)),
        "size_download" => transfer.size.to_string(),
        "url" => transfer.given.clone(),
        "url_effective" => transfer.url.text(),
        "content_type" => head.and_then(|h| h.header("content-type")).unwrap_or("").to_string(),
        "redirect_url" => head
            .and_then(|h| h.header("location"))
            .and_then(|to| transfer.url.follow(to))
            .map_or(String::new(), |u| u.text()),
        "num_redirects" => transfer.redirects.to_string(),
        "remote_ip" => transfer.remote.clone(),
        "remote_port" => transfer.url.port.to_string(),
        "scheme" => transfer.url.scheme.clone(),
        "http_version" => "1.1".into(),
        "exitcode" => failed.map_or(0, |f| f.0).to_string(),
        "errormsg" => failed.map_or(String::new(), |f| f.1.clone()),
        "time_total" | "time_starttransfer" | "time_connect" | "time_namelookup" | "time_pretransfer" => {
            format!("{seconds:.6}")
        }
        "speed_download" => ((transfer.size as f64 / seconds.max(0.001)) as u64).to_string(),
        _ => String::new(),
    }
}
