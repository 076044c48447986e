//! What nginx answers: files, `return`, `try_files`, redirects, error pages.

use super::conf::{Directive, all, get};
use super::scope::{Exchange, Scope, expand, find, find_all, location, named_location, server};
use crate::base::{Errno, Order};
use crate::engine::services::stamp;
use crate::kernel::Sys;
use crate::kernel::http::{Response, has_body, reason};

/// How often a request may be redirected within.
const MAX_REDIRECTS: u32 = 10;

/// The answer to a request, or where it is to be passed on to.
#[derive(Debug)]
pub enum Answer {
    /// A whole response.
    Whole(Response),
    /// `proxy_pass` with this address, variables filled in, and the part of the path it stands for.
    Pass(String, String),
    /// `return 444`: close without a word.
    Drop,
}

/// An answer with what is to be logged and the directives that held.
#[derive(Debug)]
pub struct Reply<'a> {
    /// The answer.
    pub answer: Answer,
    /// Lines for the error log: level and text.
    pub errors: Vec<(&'static str, String)>,
    /// The blocks that held.
    pub scope: Scope<'a>,
}

struct Search<'a, 'x, 'r> {
    tree: &'a [Directive],
    server: &'a Directive,
    x: &'x mut Exchange<'r>,
    errors: Vec<(&'static str, String)>,
    scope: Scope<'a>,
    redirects: u32,
}

/// The name nginx gives itself in headers and pages.
pub fn signature(sys: &Sys<'_>, scope: &Scope<'_>) -> String {
    let hidden = find(scope, "server_tokens").is_some_and(|d| d.arg(0) == "off");
    match sys.env("NGINX_VERSION").filter(|_| !hidden) {
        Some(version) => format!("nginx/{version}"),
        None => "nginx".to_string(),
    }
}

/// Finds the answer to a request.
pub fn respond<'a>(sys: &mut Sys<'_>, tree: &'a [Directive], x: &mut Exchange<'_>) -> Reply<'a> {
    let mut scope: Scope<'a> = vec![tree];
    scope.extend(all(tree, "http").map(|h| h.block.as_slice()));
    let Some(server) = server(tree, x.local, x.request.header("host").unwrap_or("")) else {
        let answer = Answer::Whole(page(sys, &scope, 404, None));
        return Reply { answer, errors: vec![], scope };
    };
    x.server_name = get(&server.block, "server_name").map_or(String::new(), |n| n.arg(0).to_string());
    scope.push(&server.block);
    let mut search = Search { tree, server, x, errors: vec![], scope, redirects: 0 };
    let answer = search.answer(sys);
    Reply { answer, errors: search.errors, scope: search.scope }
}

/// What nginx calls a status.
fn words(status: u16) -> &'static str {
    match status {
        405 => "Not Allowed",
        413 => "Request Entity Too Large",
        other => reason(other),
    }
}

/// A plain page that names a status, with the fields an answer of nginx has.
pub fn page(sys: &Sys<'_>, scope: &Scope<'_>, status: u16, location: Option<String>) -> Response {
    let words = words(status);
    let name = signature(sys, scope);
    let body = format!(
        "<html>\r\n<head><title>{status} {words}</title></head>\r\n<body>\r\n<center><h1>{status} {words}</h1></center>\r\n<hr><center>{name}</center>\r\n</body>\r\n</html>\r\n"
    );
    let body = if has_body(status) && status >= 300 { body } else { String::new() };
    let mut response = head(sys, scope, status, "text/html", body.len());
    if let Some(location) = location {
        response = response.with("Location", location);
    }
    response.with_body(body)
}

/// A response with `Server`, `Date`, `Content-Type` and `Content-Length`.
pub fn head(sys: &Sys<'_>, scope: &Scope<'_>, status: u16, kind: &str, length: usize) -> Response {
    let mut response = Response::new(status)
        .with("Server", signature(sys, scope))
        .with("Date", stamp::http(sys.now()));
    response.reason = words(status).to_string();
    if has_body(status) {
        response = response.with("Content-Type", kind).with("Content-Length", length.to_string());
    }
    response
}

/// A path without `.`, `..` and doubled slashes; `None` where it leads out of the root.
pub fn normal(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = vec![];
    let pieces: Vec<&str> = path.split('/').collect();
    for piece in &pieces {
        match *piece {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    let dir = !parts.is_empty() && pieces.last().is_some_and(|l| matches!(*l, "" | "." | ".."));
    Some(format!("/{}{}", parts.join("/"), if dir { "/" } else { "" }))
}

impl<'a> Search<'a, '_, '_> {
    fn answer(&mut self, sys: &mut Sys<'_>) -> Answer {
        let Some(uri) = normal(&self.x.request.path()).filter(|_| self.x.request.target.starts_with('/')) else {
            return Answer::Whole(page(sys, &self.scope, 400, None));
        };
        self.x.uri = uri;
        if let Some(d) = get(&self.server.block, "return") {
            return self.returned(sys, d);
        }
        let answer = self.locate(sys);
        self.finish(sys, answer)
    }

    /// Replaces an error by its page and adds the fields of `add_header`.
    fn finish(&mut self, sys: &mut Sys<'_>, answer: Answer) -> Answer {
        let Answer::Whole(response) = answer else { return answer };
        let status = response.status;
        let scope = self.scope.clone();
        let pages = find_all(&scope, "error_page");
        let listed = |d: &&&Directive| d.args.iter().any(|a| *a == status.to_string());
        let mut response = response;
        if status >= 300
            && let Some(d) = pages.iter().find(listed)
            && let Some(to) = d.args.last()
        {
            let change = d.args.iter().find_map(|a| a.strip_prefix('=')).map(|a| a.parse::<u16>().ok());
            if to.starts_with('/') || to.starts_with('@') {
                self.redirects += 1;
                let errors = self.errors.len();
                let answer = self.go(sys, to);
                match answer {
                    Answer::Whole(mut found) if found.status < 300 || change.is_some() => {
                        found.status = change.flatten().unwrap_or(if change.is_some() { found.status } else { status });
                        found.reason = reason(found.status).to_string();
                        response = found;
                    }
                    pass @ Answer::Pass(..) => return pass,
                    _ => self.errors.truncate(errors.max(1)),
                }
            } else {
                response = page(sys, &scope, change.flatten().unwrap_or(302), Some(to.clone()));
            }
        }
        for d in find_all(&self.scope, "add_header") {
            let always = d.args.len() > 2 && d.arg(2) == "always";
            if always || matches!(response.status, 200 | 201 | 204 | 206 | 301..=308) {
                let value = expand(sys, self.tree, self.x, d.arg(1));
                response = response.with(d.arg(0), value);
            }
        }
        Answer::Whole(response)
    }

    /// Goes on with another path or a named location.
    fn go(&mut self, sys: &mut Sys<'_>, to: &str) -> Answer {
        self.scope.truncate(self.scope.len().min(3));
        if to.starts_with('@') {
            return match named_location(self.server, to) {
                Some(l) => {
                    self.scope.push(&l.block);
                    self.within(sys, Some(l))
                }
                None => self.error(sys, 500),
            };
        }
        self.x.uri = normal(to.split('?').next().unwrap_or(to)).unwrap_or_else(|| "/".to_string());
        self.locate(sys)
    }

    fn locate(&mut self, sys: &mut Sys<'_>) -> Answer {
        if self.redirects > MAX_REDIRECTS {
            let text = format!("rewrite or internal redirection cycle while internally redirecting to \"{}\"", self.x.uri);
            self.errors.push(("error", text));
            return self.error(sys, 500);
        }
        let mut found = None;
        let mut block: &'a [Directive] = &self.server.block;
        while let Some(l) = location(block, &self.x.uri) {
            found = Some(l);
            block = &l.block;
            self.scope.push(block);
        }
        self.within(sys, found)
    }

    fn within(&mut self, sys: &mut Sys<'_>, l: Option<&'a Directive>) -> Answer {
        let block: &'a [Directive] = l.map_or(&self.server.block, |l| &l.block);
        if let Some(d) = get(block, "return") {
            return self.returned(sys, d);
        }
        if get(block, "internal").is_some() && self.redirects == 0 {
            return self.error(sys, 404);
        }
        if self.denied() {
            self.errors.push(("error", "access forbidden by rule".to_string()));
            return self.error(sys, 403);
        }
        if let Some(d) = get(block, "try_files") {
            return self.try_files(sys, d, l);
        }
        self.content(sys, l)
    }

    fn content(&mut self, sys: &mut Sys<'_>, l: Option<&'a Directive>) -> Answer {
        let block: &'a [Directive] = l.map_or(&self.server.block, |l| &l.block);
        if let Some(d) = get(block, "proxy_pass") {
            let prefix = l.map_or("", |l| if l.args.len() > 1 { "" } else { l.arg(0) });
            return Answer::Pass(expand(sys, self.tree, self.x, d.arg(0)), prefix.to_string());
        }
        if get(block, "stub_status").is_some() {
            let text = "Active connections: 1 \nserver accepts handled requests\n 1 1 1 \nReading: 0 Writing: 1 Waiting: 0 \n";
            return Answer::Whole(head(sys, &self.scope, 200, "text/plain", text.len()).with_body(text));
        }
        if !matches!(self.x.request.method.as_str(), "GET" | "HEAD") {
            return self.error(sys, 405);
        }
        self.file(sys, l)
    }

    /// A path of this server as a whole address: the name the client used and the port listened on.
    fn absolute(&self, path: &str) -> String {
        let host = self.x.request.header("host").unwrap_or(&self.x.server_name);
        let host = host.split(':').next().unwrap_or(host);
        let port = if self.x.local.1 == 80 { String::new() } else { format!(":{}", self.x.local.1) };
        format!("http://{host}{port}{path}")
    }

    fn denied(&self) -> bool {
        let rules = self.scope.iter().rev().find(|b| b.iter().any(|d| matches!(d.name.as_str(), "allow" | "deny")));
        let client = self.x.remote.0.to_string();
        let fits = |d: &&Directive| {
            matches!(d.name.as_str(), "allow" | "deny") && (d.arg(0) == "all" || d.arg(0) == client || in_net(self.x.remote.0, d.arg(0)))
        };
        rules.and_then(|b| b.iter().find(fits)).is_some_and(|d| d.name == "deny")
    }

    fn error(&self, sys: &Sys<'_>, status: u16) -> Answer {
        Answer::Whole(page(sys, &self.scope, status, None))
    }

    fn returned(&mut self, sys: &mut Sys<'_>, d: &Directive) -> Answer {
        let Ok(status) = d.arg(0).parse::<u16>() else {
            let to = expand(sys, self.tree, self.x, d.arg(0));
            return Answer::Whole(page(sys, &self.scope, 302, Some(to)));
        };
        if status == 444 {
            return Answer::Drop;
        }
        if d.args.len() < 2 {
            return self.error(sys, status);
        }
        let text = expand(sys, self.tree, self.x, d.arg(1));
        if matches!(status, 301 | 302 | 303 | 307 | 308) {
            let relative = find(&self.scope, "absolute_redirect").is_some_and(|d| d.arg(0) == "off");
            let text = if text.starts_with('/') && !relative { self.absolute(&text) } else { text };
            return Answer::Whole(page(sys, &self.scope, status, Some(text)));
        }
        let kind = find(&self.scope, "default_type").map_or("text/plain", |d| d.arg(0));
        Answer::Whole(head(sys, &self.scope, status, kind, text.len()).with_body(text))
    }

    fn path(&self, sys: &Sys<'_>, l: Option<&Directive>, uri: &str) -> String {
        if let Some((l, alias)) = l.and_then(|l| get(&l.block, "alias").map(|a| (l, a))) {
            let rest = uri.strip_prefix(l.args.last().map_or("", String::as_str)).unwrap_or(uri);
            return format!("{}{rest}", expand(sys, self.tree, self.x, alias.arg(0)));
        }
        let root = find(&self.scope, "root").map_or("html", |d| d.arg(0));
        let root = expand(sys, self.tree, self.x, root);
        let root = if root.starts_with('/') { root } else { format!("/etc/nginx/{root}") };
        format!("{}{uri}", root.trim_end_matches('/'))
    }

    fn try_files(&mut self, sys: &mut Sys<'_>, d: &'a Directive, l: Option<&'a Directive>) -> Answer {
        let Some((last, tried)) = d.args.split_last() else { return self.content(sys, l) };
        for text in tried {
            let uri = expand(sys, self.tree, self.x, text);
            let Some(uri) = normal(&format!("/{}", uri.trim_start_matches('/'))) else { continue };
            let stat = sys.stat(self.path(sys, l, &uri).trim_end_matches('/'));
            let want_dir = text.ends_with('/');
            if stat.is_ok_and(|s| if want_dir { s.is_dir() } else { s.is_file() }) {
                self.x.uri = uri;
                if want_dir && !self.x.uri.ends_with('/') {
                    self.x.uri.push('/');
                }
                return self.content(sys, l);
            }
        }
        if let Some(code) = last.strip_prefix('=') {
            return self.error(sys, code.parse().unwrap_or(500));
        }
        let to = expand(sys, self.tree, self.x, last);
        self.redirects += 1;
        self.go(sys, &to)
    }

    fn file(&mut self, sys: &mut Sys<'_>, l: Option<&'a Directive>) -> Answer {
        let uri = self.x.uri.clone();
        let path = self.path(sys, l, &uri);
        if uri.ends_with('/') {
            return self.directory(sys, l, &path);
        }
        let stat = match sys.stat(&path) {
            Ok(stat) => stat,
            Err(e) => return self.failed(sys, &path, e),
        };
        if stat.is_dir() {
            let to = self.absolute(&format!("{uri}/"));
            return Answer::Whole(page(sys, &self.scope, 301, Some(to)));
        }
        let data = match sys.read_file(&path) {
            Ok(data) => data,
            Err(e) => return self.failed(sys, &path, e),
        };
        let etag = format!("\"{:x}-{:x}\"", stat.mtime.unix_secs(), data.len());
        let modified = stamp::http(stat.mtime);
        let known = match self.x.request.header("if-none-match") {
            Some(tags) => tags.contains(&etag),
            None => self.x.request.header("if-modified-since") == Some(&modified),
        };
        let kind = self.kind(&path);
        let status = if known { 304 } else { 200 };
        let response = head(sys, &self.scope, status, &kind, data.len()).with("Last-Modified", modified).with("ETag", etag);
        if known {
            return Answer::Whole(response);
        }
        Answer::Whole(response.with("Accept-Ranges", "bytes").with_body(data))
    }

    fn failed(&mut self, sys: &Sys<'_>, path: &str, e: Errno) -> Answer {
        self.errors.push(("error", format!("open() \"{path}\" failed ({}: {e})", e.code())));
        let status = match e {
            Errno::EACCES => 403,
            Errno::ENOENT | Errno::ENOTDIR | Errno::ENAMETOOLONG => 404,
            _ => 500,
        };
        self.error(sys, status)
    }

    fn directory(&mut self, sys: &mut Sys<'_>, l: Option<&'a Directive>, path: &str) -> Answer {
        let names: Vec<String> = find(&self.scope, "index").map_or(vec!["index.html".into()], |d| d.args.clone());
        for name in names {
            let name = expand(sys, self.tree, self.x, &name);
            if sys.stat(&format!("{path}{name}")).is_ok_and(|s| s.is_file()) {
                self.redirects += 1;
                let to = format!("{}{name}", self.x.uri);
                if self.redirects > MAX_REDIRECTS || get(l.map_or(&[], |l| &l.block), "alias").is_some() {
                    self.x.uri = to;
                    return self.file(sys, l);
                }
                return self.go(sys, &to);
            }
        }
        match sys.stat(path) {
            Err(e) => {
                let text = format!("\"{path}index.html\" is not found ({}: {e})", e.code());
                self.errors.push(("error", text));
                self.error(sys, 404)
            }
            Ok(_) if find(&self.scope, "autoindex").is_some_and(|d| d.arg(0) == "on") => self.listing(sys, path),
            Ok(_) => {
                self.errors.push(("error", format!("directory index of \"{path}\" is forbidden")));
                self.error(sys, 403)
            }
        }
    }

    fn listing(&self, sys: &Sys<'_>, path: &str) -> Answer {
        let uri = &self.x.uri;
        let mut body = format!("<html>\r\n<head><title>Index of {uri}</title></head>\r\n<body>\r\n<h1>Index of {uri}</h1><hr><pre><a href=\"../\">../</a>\r\n");
        let mut rows: Vec<(bool, String)> = vec![];
        for name in sys.list(path).unwrap_or_default().into_iter().filter(|n| !n.starts_with('.')) {
            let Ok(stat) = sys.stat(&format!("{path}{name}")) else { continue };
            let shown = if stat.is_dir() { format!("{name}/") } else { name };
            let size = if stat.is_dir() { "-".to_string() } else { stat.size.to_string() };
            let gap = " ".repeat(51usize.saturating_sub(shown.chars().count()));
            let row = format!("<a href=\"{shown}\">{shown}</a>{gap}{}{size:>20}\r\n", stamp::listing(stat.mtime));
            rows.push((!stat.is_dir(), row));
        }
        rows.order();
        body.extend(rows.into_iter().map(|(_, row)| row));
        body.push_str("</pre><hr></body>\r\n</html>\r\n");
        Answer::Whole(head(sys, &self.scope, 200, "text/html", body.len()).with_body(body))
    }

    fn kind(&self, path: &str) -> String {
        let name = path.rsplit('/').next().unwrap_or(path);
        let ending = name.rsplit_once('.').map_or("", |(_, e)| e).to_ascii_lowercase();
        let types = find(&self.scope, "types").map_or(&[][..], |d| &d.block);
        let listed = types.iter().find(|t| t.args.contains(&ending)).map(|t| t.name.clone());
        let default = || find(&self.scope, "default_type").map_or("text/plain", |d| d.arg(0)).to_string();
        listed.filter(|_| !ending.is_empty()).unwrap_or_else(default)
    }
}

fn in_net(address: std::net::Ipv4Addr, net: &str) -> bool {
    let Some((base, bits)) = net.split_once('/') else { return false };
    let (Ok(base), Ok(bits)) = (base.parse::<std::net::Ipv4Addr>(), bits.parse::<u32>()) else { return false };
    let mask = u32::MAX.checked_shl(32u32.saturating_sub(bits)).unwrap_or(0);
    u32::from(address) & mask == u32::from(base) & mask
}
