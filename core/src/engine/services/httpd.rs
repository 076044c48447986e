//! `httpd`: Apache of the image `httpd` (`-DFOREGROUND`, `-t`, `-v`), and busybox's
//! `httpd [-f] [-v] [-p [IP:]PORT] [-h HOME]`.
//!
//! Both serve files with GET and HEAD. Apache reads `Listen`, `DocumentRoot` and `ServerName` of
//! `conf/httpd.conf` and logs accesses in the common format; WINCH and TERM end it with 0. Directives of
//! modules, CGI and passwords are not simulated. Exit status: 0, or 1.

use super::connections::{Connections, Event, ends};
use super::stamp;
use crate::kernel::http::{Request, Response};
use crate::kernel::{Applet, Behave, Disposition, Flavor, Signal, Step, Sys};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// `httpd`.
pub const APPLETS: &[Applet] = &[Applet::state::<Httpd>("httpd")];

const CONF: &str = "/usr/local/apache2/conf/httpd.conf";

/// A web server that only serves files.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Httpd {
    started: bool,
    apache: bool,
    verbose: bool,
    version: String,
    root: String,
    connections: Connections,
}

impl Httpd {
    fn start(&mut self, sys: &mut Sys<'_>) -> Result<(), i32> {
        self.started = true;
        self.apache = sys.flavor() == Flavor::Gnu;
        sys.on_signal(Signal::PIPE, Some(Disposition::Ignore));
        if self.apache { self.start_apache(sys) } else { self.start_busybox(sys) }
    }

    fn start_busybox(&mut self, sys: &mut Sys<'_>) -> Result<(), i32> {
        let (mut place, mut foreground) = ("80".to_string(), false);
        self.root = ".".to_string();
        let mut args = sys.args().into_iter();
        while let Some(arg) = args.next() {
            let mut letters = arg.strip_prefix('-').unwrap_or("?").chars();
            while let Some(c) = letters.next() {
                match c {
                    'f' => foreground = true,
                    'v' => self.verbose = true,
                    'p' | 'h' | 'c' | 'u' => {
                        let rest: String = letters.by_ref().collect();
                        let value = if rest.is_empty() { args.next() } else { Some(rest) };
                        let Some(value) = value else {
                            sys.complain(&format!("option requires an argument -- '{c}'"));
                            return Err(1);
                        };
                        match c {
                            'p' => place = value,
                            'h' => self.root = value,
                            _ => {
                                sys.complain(&format!("the option \"-{c}\" is not simulated by Drydock"));
                                return Err(1);
                            }
                        }
                    }
                    _ => {
                        sys.complain(&format!("unrecognized option: {arg}"));
                        return Err(1);
                    }
                }
            }
        }
        if let Err(e) = sys.chdir(&self.root) {
            sys.complain(&format!("can't change directory to '{}': {e}", self.root));
            return Err(1);
        }
        self.root = sys.cwd();
        let (address, port) = place.rsplit_once(':').unwrap_or(("", &place));
        let Ok(port) = port.parse::<u16>() else {
            sys.complain(&format!("invalid port '{port}'"));
            return Err(1);
        };
        let address = address.parse().unwrap_or(Ipv4Addr::UNSPECIFIED);
        if let Err(e) = self.connections.listen(sys, address, port) {
            sys.complain(&format!("bind: {e}"));
            return Err(1);
        }
        if foreground {
            return Ok(());
        }
        match sys.fork("httpd", Box::new(self.clone())) {
            Ok(_) => Err(0),
            Err(e) => {
                sys.complain(&format!("fork: {e}"));
                Err(1)
            }
        }
    }

    fn start_apache(&mut self, sys: &mut Sys<'_>) -> Result<(), i32> {
        self.version = sys.env("HTTPD_VERSION").unwrap_or_default();
        let args = sys.args();
        if args.iter().any(|a| a == "-v") {
            sys.print(&format!("Server version: Apache/{} (Unix)\n", self.version));
            return Err(0);
        }
        let text = sys.read_file(CONF).map_err(|e| {
            sys.eprint(&format!("httpd: Could not open configuration file {CONF}: {e}\n"));
            1
        })?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let value = |name: &str| -> Option<String> {
            let mut lines = text.lines().filter_map(|l| l.trim().split_once(char::is_whitespace));
            lines.find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.trim().trim_matches('"').to_string())
        };
        self.root = value("DocumentRoot").unwrap_or_else(|| "/usr/local/apache2/htdocs".to_string());
        if value("ServerName").is_none() {
            let name = sys.lookup(&sys.hostname()).ok().and_then(|a| a.first().copied());
            let name = name.unwrap_or(Ipv4Addr::LOCALHOST);
            let line = format!("AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using {name}. Set the 'ServerName' directive globally to suppress this message\n");
            sys.eprint(&line);
        }
        if args.iter().any(|a| a == "-t") {
            sys.eprint("Syntax OK\n");
            return Err(0);
        }
        let place = value("Listen").unwrap_or_else(|| "80".to_string());
        let port = place.rsplit(':').next().and_then(|p| p.parse::<u16>().ok()).unwrap_or(80);
        if let Err(e) = self.connections.listen(sys, Ipv4Addr::UNSPECIFIED, port) {
            let text = format!("({}){e}: AH00072: make_sock: could not bind to address 0.0.0.0:{port}\n", e.code());
            sys.eprint(&format!("{text}no listening sockets available, shutting down\nAH00015: Unable to open logs\n"));
            return Err(1);
        }
        for signal in [Signal::TERM, Signal::WINCH, Signal::INT] {
            sys.on_signal(signal, Some(Disposition::Handle));
        }
        let line = format!("AH00489: Apache/{} (Unix) configured -- resuming normal operations", self.version);
        self.notice(sys, "mpm_event", &line);
        self.notice(sys, "core", "AH00094: Command line: 'httpd -D FOREGROUND'");
        Ok(())
    }

    fn notice(&self, sys: &mut Sys<'_>, module: &str, text: &str) {
        let date = crate::base::time_format::ansi_c(sys.now());
        let (head, year) = date.rsplit_once(' ').unwrap_or((&date, ""));
        let micros = sys.now().subsec_nanos() / 1000;
        let pid = sys.vpid();
        sys.eprint(&format!("[{head}.{micros:06} {year}] [{module}:notice] [pid {pid}:tid {pid}] {text}\n"));
    }

    fn serve(&mut self, sys: &mut Sys<'_>, fd: i32) {
        while let Some(request) = self.connections.request(fd) {
            sys.spend(50);
            let request = request.unwrap_or_default();
            let response = self.respond(sys, &request);
            let keep = self.apache && request.keep_alive() && response.status != 400;
            let mut response = response;
            if self.apache && !keep {
                response = response.with("Connection", "close");
            }
            sys.write(fd, &response.to_bytes(request.method == "HEAD"));
            self.log(sys, fd, &request, &response);
            if !keep {
                self.connections.close(sys, fd);
            }
        }
        if self.connections.has_ended(fd) {
            self.connections.close(sys, fd);
        }
    }

    fn log(&self, sys: &mut Sys<'_>, fd: i32, request: &Request, response: &Response) {
        let (_, remote) = ends(sys, fd);
        let line: String = format!("{} {} {}", request.method, request.target, request.version)
            .chars()
            .filter(|c| !c.is_control())
            .collect();
        if self.apache {
            let date = stamp::access(sys.now());
            let sent = match response.body.len() {
                0 => "-".to_string(),
                n => n.to_string(),
            };
            sys.print(&format!("{} - - [{date}] \"{line}\" {} {sent}\n", remote.0, response.status));
        } else if self.verbose {
            sys.eprint(&format!("[::ffff:{}]:{}: response:{}\n", remote.0, remote.1, response.status));
        }
    }

    fn respond(&self, sys: &mut Sys<'_>, request: &Request) -> Response {
        if request.method.is_empty() {
            return self.error(sys, 400, request);
        }
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            return self.error(sys, if self.apache { 405 } else { 501 }, request);
        }
        let path = request.path();
        if !path.starts_with('/') || path.split('/').any(|p| p == "..") {
            return self.error(sys, 400, request);
        }
        let mut file = format!("{}{path}", self.root.trim_end_matches('/'));
        let mut listing = false;
        if sys.stat(&file).is_ok_and(|s| s.is_dir()) {
            if !path.ends_with('/') {
                let host = request.header("host").unwrap_or("localhost");
                let to = if self.apache { format!("http://{host}{path}/") } else { format!("{path}/") };
                let status = if self.apache { 301 } else { 302 };
                return self.error(sys, status, request).with("Location", to);
            }
            let index = format!("{file}index.html");
            listing = self.apache && sys.stat(&index).is_err();
            if !listing {
                file = index;
            }
        }
        if listing {
            return self.listing(sys, &file, &path);
        }
        let data = match sys.read_file(&file) {
            Ok(data) => data,
            Err(crate::base::Errno::EACCES) => return self.error(sys, 403, request),
            Err(_) => return self.error(sys, 404, request),
        };
        let modified = sys.stat(&file).map_or(String::new(), |s| stamp::http(s.mtime));
        let now = stamp::http(sys.now());
        let kind = kind(&file, self.apache);
        let mut response = Response::new(200).with("Date", now);
        if self.apache {
            response = response
                .with("Server", format!("Apache/{} (Unix)", self.version))
                .with("Last-Modified", modified)
                .with("ETag", format!("\"{:x}\"", data.len()))
                .with("Accept-Ranges", "bytes")
                .with("Content-Length", data.len().to_string());
            if !kind.is_empty() {
                response = response.with("Content-Type", kind);
            }
        } else {
            response = response
                .with("Connection", "close")
                .with("Content-type", kind)
                .with("Accept-Ranges", "bytes")
                .with("Last-Modified", modified)
                .with("Content-length", data.len().to_string());
        }
        response.with_body(data)
    }

    fn listing(&self, sys: &mut Sys<'_>, dir: &str, path: &str) -> Response {
        let mut body = format!(
            "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\">\n<html>\n <head>\n  <title>Index of {path}</title>\n </head>\n <body>\n<h1>Index of {path}</h1>\n<ul>"
        );
        for name in sys.list(dir).unwrap_or_default() {
            let slash = if sys.stat(&format!("{dir}{name}")).is_ok_and(|s| s.is_dir()) { "/" } else { "" };
            body.push_str(&format!("<li><a href=\"{name}{slash}\"> {name}{slash}</a></li>\n"));
        }
        body.push_str("</ul>\n</body></html>\n");
        Response::new(200)
            .with("Date", stamp::http(sys.now()))
            .with("Server", format!("Apache/{} (Unix)", self.version))
            .with("Content-Length", body.len().to_string())
            .with("Content-Type", "text/html;charset=ISO-8859-1")
            .with_body(body)
    }

    fn error(&self, sys: &Sys<'_>, status: u16, _: &Request) -> Response {
        let mut response = Response::new(status).with("Date", stamp::http(sys.now()));
        let reason = response.reason.clone();
        if self.apache {
            let text = match status {
                404 => "The requested URL was not found on this server.",
                403 => "You don't have permission to access this resource.",
                301 => "The document has moved.",
                405 => "The requested method is not allowed for this URL.",
                _ => "Your browser sent a request that this server could not understand.",
            };
            let body = format!(
                "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>{status} {reason}</title>\n</head><body>\n<h1>{reason}</h1>\n<p>{text}</p>\n</body></html>\n"
            );
            return response
                .with("Server", format!("Apache/{} (Unix)", self.version))
                .with("Content-Length", body.len().to_string())
                .with("Content-Type", "text/html; charset=iso-8859-1")
                .with_body(body);
        }
        let text = match status {
            404 => "The requested URL was not found",
            302 => "",
            501 => "The requested method is not recognized",
            403 => "",
            _ => "Unsupported method",
        };
        let body = format!(
            "<HTML><HEAD><TITLE>{status} {reason}</TITLE></HEAD>\n<BODY><H1>{status} {reason}</H1>\n{text}\n</BODY></HTML>\n"
        );
        response = response.with("Connection", "close").with("Content-type", "text/html");
        response.with_body(body)
    }
}

fn kind(file: &str, apache: bool) -> &'static str {
    let name = file.rsplit('/').next().unwrap_or(file);
    match name.rsplit_once('.').map_or("", |(_, e)| e) {
        "html" | "htm" => "text/html",
        "css" => "text/css",
        "txt" | "c" | "h" => "text/plain",
        "js" if apache => "text/javascript",
        "js" => "application/x-javascript",
        "json" if apache => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "gif" => "image/gif",
        "jpg" | "jpeg" => "image/jpeg",
        _ if apache => "",
        _ => "application/octet-stream",
    }
}

impl Behave for Httpd {
    fn survives_write_errors(&self) -> bool {
        true
    }

    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        if !self.started
            && let Err(code) = self.start(sys)
        {
            return Step::Exit(code);
        }
        if let Some(signal) = sys.take_signal() {
            let text = if signal == Signal::WINCH {
                "AH00492: caught SIGWINCH, shutting down gracefully"
            } else {
                "AH00491: caught SIGTERM, shutting down"
            };
            self.notice(sys, "mpm_event", text);
            return Step::Exit(0);
        }
        for event in self.connections.poll(sys) {
            match event {
                Event::Opened(_) => {}
                Event::Data(fd) | Event::Ended(fd) => self.serve(sys, fd),
            }
        }
        Step::Block(self.connections.wait())
    }
}
