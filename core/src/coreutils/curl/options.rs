//! The command line of `curl`, and the request it makes.

use crate::base::Duration;
use crate::base::base64;
use crate::coreutils::http_client::Url;
use crate::coreutils::opts::{Options, Spec, parse};
use crate::kernel::http::Request;
use crate::kernel::{Stop, Sys};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// What `curl --version` and the `User-Agent` field say: the version that the package manager has recorded, or that of
/// the images that bring curl without one.
fn version(sys: &mut Sys<'_>) -> String {
    for (path, head, field) in
        [("/var/lib/dpkg/status", "Package: curl\n", "Version: "), ("/lib/apk/db/installed", "P:curl\n", "V:")]
    {
        let text = sys.read_file(path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let stanza = text.split("\n\n").find(|stanza| stanza.starts_with(head)).unwrap_or_default();
        if let Some(version) = stanza.lines().find_map(|line| line.strip_prefix(field)) {
            return version.split('-').next().unwrap_or(version).to_string();
        }
    }
    "8.14.1".to_string()
}

/// All that the options ask for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Plan {
    pub urls: Vec<String>,
    /// A file for each address in order; `None` is the address's own name (`-O`).
    pub outputs: Vec<Option<String>>,
    pub silent: bool,
    pub show_error: bool,
    pub meter: bool,
    pub fail: bool,
    pub fail_with_body: bool,
    pub show_head: bool,
    pub verbose: bool,
    pub follow: bool,
    pub max_redirects: Option<u32>,
    pub max_time: Option<Duration>,
    pub connect_timeout: Option<Duration>,
    pub retries: u32,
    pub retry_delay: Option<Duration>,
    pub retry_refused: bool,
    pub retry_all: bool,
    pub write_out: Option<String>,
    method: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    query: String,
    resolve: Vec<(String, u16, Ipv4Addr)>,
}

const LONG: &[(&str, char)] = &[
    ("silent", 's'),
    ("show-error", 'S'),
    ("fail", 'f'),
    ("output=", 'o'),
    ("remote-name", 'O'),
    ("include", 'i'),
    ("show-headers", 'i'),
    ("head", 'I'),
    ("verbose", 'v'),
    ("location", 'L'),
    ("request=", 'X'),
    ("data=", 'd'),
    ("data-ascii=", 'd'),
    ("data-binary=", '\u{1}'),
    ("data-raw=", '\u{2}'),
    ("data-urlencode=", '\u{3}'),
    ("json=", '\u{4}'),
    ("header=", 'H'),
    ("user-agent=", 'A'),
    ("referer=", 'e'),
    ("user=", 'u'),
    ("get", 'G'),
    ("write-out=", 'w'),
    ("insecure", 'k'),
    ("max-time=", 'm'),
    ("connect-timeout=", '\u{5}'),
    ("retry=", '\u{6}'),
    ("retry-delay=", '\u{7}'),
    ("retry-connrefused", '\u{8}'),
    ("retry-all-errors", '\u{b}'),
    ("max-redirs=", '\u{c}'),
    ("fail-with-body", '\u{e}'),
    ("resolve=", '\u{f}'),
    ("url=", '\u{10}'),
    ("no-progress-meter", '\u{14}'),
    ("no-buffer", 'N'),
    ("http1.0", '0'),
    ("ipv4", '4'),
    ("compressed", '\u{11}'),
    ("http1.1", '\u{12}'),
    ("version", 'V'),
    ("form=", 'F'),
    ("upload-file=", 'T'),
    ("proxy=", 'x'),
    ("cookie=", 'b'),
    ("cookie-jar=", 'c'),
    ("unix-socket=", '\u{13}'),
];

// There is only version 4 of the internet protocol, HTTP/1.1 and no certificate to check; output is never held back.
const SPEC: Spec = Spec::new(
    "sSfo:OiIvLX:d:H:A:e:u:Gw:km:4NV0",
    LONG,
    "[options...] <url>",
    "Transfer what an address of the web names.",
)
.missing("FTxbc60\u{11}\u{13}#zZ")
.moot("4Nk\u{12}")
.trouble(2);

/// Reads the command line; the body may come from standard input or files (`-d @-`).
pub fn read(sys: &mut Sys<'_>) -> Result<Plan, Stop> {
    let options = parse(sys, &SPEC)?;
    if options.has('V') {
        let version = version(sys);
        sys.print(&format!("curl {version} (x86_64-pc-linux-gnu) Drydock\nProtocols: http https\n"));
        return Err(Stop::Exit(0));
    }
    let mut urls: Vec<String> = options.values('\u{10}').map(String::from).collect();
    urls.extend(options.operands.iter().cloned());
    if urls.is_empty() {
        sys.eprint("curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n");
        return Err(Stop::Exit(2));
    }
    let body = body(sys, &options)?;
    let outputs = options.list.iter().filter(|(c, _)| matches!(c, 'o' | 'O')).map(|(_, v)| v.clone()).collect();
    let as_query = options.has('G');
    let mut plan = Plan {
        urls,
        outputs,
        silent: options.has('s'),
        show_error: options.has('S'),
        meter: !options.has('s') && !options.has('\u{14}'),
        fail: options.has('f') || options.has('\u{e}'),
        fail_with_body: options.has('\u{e}'),
        show_head: options.has('i') || options.has('I'),
        verbose: options.has('v'),
        follow: options.has('L'),
        max_redirects: number(sys, &options, '\u{c}')?.map(|n| n as u32),
        max_time: seconds(sys, &options, 'm')?,
        connect_timeout: seconds(sys, &options, '\u{5}')?,
        retries: number(sys, &options, '\u{6}')?.unwrap_or(0.0).min(1000.0) as u32,
        retry_delay: seconds(sys, &options, '\u{7}')?.filter(|d| d.0 > 0),
        retry_refused: options.has('\u{8}'),
        retry_all: options.has('\u{b}'),
        write_out: options.value('w').map(String::from),
        resolve: options.values('\u{f}').filter_map(pinned).collect(),
        ..Plan::default()
    };
    match body {
        Some(body) if as_query => plan.query = String::from_utf8_lossy(&body).into_owned(),
        Some(body) => {
            plan.method = "POST".into();
            plan.body = body;
        }
        None => {}
    }
    if options.has('I') {
        plan.method = "HEAD".into();
    }
    if let Some(method) = options.value('X') {
        plan.method = method.to_string();
    }
    let version = version(sys);
    plan.headers = headers(&options, &version, !plan.body.is_empty() || plan.method == "POST");
    Ok(plan)
}

fn pinned(text: &str) -> Option<(String, u16, Ipv4Addr)> {
    let mut parts = text.splitn(3, ':');
    Some((parts.next()?.to_string(), parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn number(sys: &mut Sys<'_>, options: &Options, letter: char) -> Result<Option<f64>, Stop> {
    let Some(text) = options.value(letter) else { return Ok(None) };
    match text.parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0) {
        Some(n) => Ok(Some(n)),
        None => {
            sys.eprint("curl: option expected a proper numerical parameter\ncurl: try 'curl --help' or 'curl --manual' for more information\n");
            Err(Stop::Exit(2))
        }
    }
}

fn seconds(sys: &mut Sys<'_>, options: &Options, letter: char) -> Result<Option<Duration>, Stop> {
    Ok(number(sys, options, letter)?.map(Duration::from_secs_f64).filter(|d| d.0 > 0))
}

fn body(sys: &mut Sys<'_>, options: &Options) -> Result<Option<Vec<u8>>, Stop> {
    let mut body: Option<Vec<u8>> = None;
    for (letter, value) in &options.list {
        let Some(text) = value.as_deref().filter(|_| matches!(letter, 'd' | '\u{1}'..='\u{4}')) else { continue };
        let mut piece = match text.strip_prefix('@') {
            Some("-") if *letter != '\u{2}' => sys.stdin_to_end()?,
            Some(file) if *letter != '\u{2}' => sys.read_file(file).map_err(|_| {
                sys.eprint(&format!("curl: Failed to open {file}\n"));
                Stop::Exit(26)
            })?,
            _ => text.as_bytes().to_vec(),
        };
        if *letter == 'd' && text.starts_with('@') {
            piece.retain(|b| !matches!(b, b'\n' | b'\r'));
        }
        if *letter == '\u{3}' {
            piece = encoded(text).into_bytes();
        }
        body = Some(match body {
            Some(mut all) => {
                if *letter != '\u{4}' {
                    all.push(b'&');
                }
                all.extend(piece);
                all
            }
            None => piece,
        });
    }
    Ok(body)
}

fn encoded(text: &str) -> String {
    let (name, value) = text.split_once('=').map_or(("", text), |(n, v)| (n, v));
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    let value: String =
        value.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
    if name.is_empty() { value } else { format!("{name}={value}") }
}

/// Header fields beside `Host`; those of `-H` replace the usual ones, and one without a value removes it.
fn headers(options: &Options, version: &str, has_body: bool) -> Vec<(String, String)> {
    let mut headers = vec![
        ("User-Agent".to_string(), options.value('A').map_or(format!("curl/{version}"), String::from)),
        ("Accept".to_string(), "*/*".to_string()),
    ];
    if let Some(user) = options.value('u') {
        headers.insert(0, ("Authorization".into(), format!("Basic {}", base64::encode(user.as_bytes()))));
    }
    if let Some(referer) = options.value('e') {
        headers.push(("Referer".into(), referer.into()));
    }
    if options.has('\u{4}') {
        headers.retain(|(n, _)| n != "Accept");
        headers.push(("Content-Type".into(), "application/json".into()));
        headers.push(("Accept".into(), "application/json".into()));
    } else if has_body {
        headers.push(("Content-Type".into(), "application/x-www-form-urlencoded".into()));
    }
    for field in options.values('H') {
        let (name, value) = match field.split_once(':') {
            Some((name, value)) => (name, value.trim()),
            None => (field.trim_end_matches(';'), ""),
        };
        headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        if !value.is_empty() || field.ends_with(';') {
            headers.push((name.to_string(), value.to_string()));
        }
    }
    headers
}

impl Plan {
    /// The address that `--resolve` gives a host.
    pub fn resolve(&self, host: &str, port: u16) -> Option<Ipv4Addr> {
        self.resolve.iter().find(|(h, p, _)| h == host && *p == port).map(|(_, _, a)| *a)
    }

    /// The request for an address.
    pub fn request(&self, url: &Url) -> Request {
        let mut headers = self.headers.clone();
        if !headers.iter().any(|(n, _)| n.eq_ignore_ascii_case("host")) {
            headers.insert(0, ("Host".into(), url.host_field()));
        }
        if let Some(user) = &url.user {
            headers.insert(1, ("Authorization".into(), format!("Basic {}", base64::encode(user.as_bytes()))));
        }
        let method = if self.method.is_empty() { "GET".to_string() } else { self.method.clone() };
        if !self.body.is_empty() || matches!(method.as_str(), "POST" | "PUT") {
            let at = headers.iter().position(|(n, _)| n == "Content-Type").unwrap_or(headers.len());
            headers.insert(at, ("Content-Length".into(), self.body.len().to_string()));
        }
        let target = match (self.query.as_str(), url.target.contains('?')) {
            ("", _) => url.target.clone(),
            (query, true) => format!("{}&{query}", url.target),
            (query, false) => format!("{}?{query}", url.target),
        };
        Request { method, target, version: "HTTP/1.1".into(), headers, body: self.body.clone() }
    }
}
