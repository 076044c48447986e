//! Which server and location a request belongs to, what directives hold there, and the variables.

use super::conf::{Directive, all, get, listens, servers};
use crate::engine::services::stamp;
use crate::kernel::Sys;
use crate::kernel::http::Request;
use regex_lite::Regex;
use std::net::Ipv4Addr;

/// The directives that hold for a request: the blocks from the outermost in.
pub type Scope<'a> = Vec<&'a [Directive]>;

/// A request and the connection it came by.
#[derive(Debug)]
pub struct Exchange<'a> {
    /// The request.
    pub request: &'a Request,
    /// This end of the connection.
    pub local: (Ipv4Addr, u16),
    /// The client.
    pub remote: (Ipv4Addr, u16),
    /// The decoded path that is being looked up; changed by internal redirects.
    pub uri: String,
    /// The name of the server that was chosen.
    pub server_name: String,
}

/// The innermost directive of a name.
pub fn find<'a>(scope: &Scope<'a>, name: &str) -> Option<&'a Directive> {
    scope.iter().rev().find_map(|block| get(block, name))
}

/// All directives of a name of the innermost block that has any.
pub fn find_all<'a>(scope: &Scope<'a>, name: &str) -> Vec<&'a Directive> {
    let level = scope.iter().rev().find(|block| get(block, name).is_some());
    level.map_or(vec![], |block| block.iter().filter(|d| d.name == name).collect())
}

/// The server of the port and the `Host` field, else the default one of the port.
pub fn server<'a>(tree: &'a [Directive], local: (Ipv4Addr, u16), host: &str) -> Option<&'a Directive> {
    let host = host.rsplit_once(':').filter(|(_, p)| p.parse::<u16>().is_ok()).map_or(host, |(h, _)| h);
    let host = host.to_ascii_lowercase();
    let here: Vec<&Directive> = servers(tree)
        .filter(|s| {
            listens(s).iter().any(|(a, p)| {
                *p == local.1 && a.is_some_and(|a| a.is_unspecified() || a == local.0)
            })
        })
        .collect();
    let named = |fits: &dyn Fn(&str) -> bool| {
        here.iter().copied().find(|s| all(&s.block, "server_name").any(|n| n.args.iter().any(|a| fits(a))))
    };
    named(&|name| name.to_ascii_lowercase() == host)
        .or_else(|| named(&|name| name.strip_prefix("*.").is_some_and(|d| host.ends_with(&format!(".{d}")))))
        .or_else(|| named(&|name| name.strip_suffix(".*").is_some_and(|d| host.starts_with(&format!("{d}.")))))
        .or_else(|| {
            named(&|name| {
                name.strip_prefix('~').and_then(|r| Regex::new(r).ok()).is_some_and(|r| r.is_match(&host))
            })
        })
        .or_else(|| {
            let default = |s: &&Directive| {
                all(&s.block, "listen").any(|l| l.args.iter().any(|a| a == "default_server"))
            };
            here.iter().copied().find(default)
        })
        .or_else(|| here.first().copied())
}

/// The location of a path within a server's or a location's block.
pub fn location<'a>(block: &'a [Directive], uri: &str) -> Option<&'a Directive> {
    let mut best: Option<(&Directive, usize, bool)> = None;
    for l in all(block, "location") {
        let (kind, pattern) = if l.args.len() > 1 { (l.arg(0), l.arg(1)) } else { ("", l.arg(0)) };
        match kind {
            "=" if pattern == uri => return Some(l),
            "" | "^~" if !pattern.starts_with('@') && uri.starts_with(pattern)
                && best.is_none_or(|(_, len, _)| pattern.len() > len) => {
                    best = Some((l, pattern.len(), kind == "^~"));
                }
            _ => {}
        }
    }
    if let Some((l, _, true)) = best {
        return Some(l);
    }
    let regex = all(block, "location").find(|l| {
        let pattern = match l.arg(0) {
            "~" => l.arg(1).to_string(),
            "~*" => format!("(?i){}", l.arg(1)),
            _ => return false,
        };
        Regex::new(&pattern).is_ok_and(|r| r.is_match(uri))
    });
    regex.or(best.map(|(l, _, _)| l))
}

/// `@name`.
pub fn named_location<'a>(server: &'a Directive, name: &str) -> Option<&'a Directive> {
    all(&server.block, "location").find(|l| l.arg(0) == name)
}

/// The text with its variables filled in.
pub fn expand(sys: &Sys<'_>, tree: &[Directive], exchange: &Exchange<'_>, text: &str) -> String {
    expand_deep(sys, tree, exchange, text, 0)
}

fn expand_deep(sys: &Sys<'_>, tree: &[Directive], exchange: &Exchange<'_>, text: &str, depth: u32) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let (name, after) = match rest.strip_prefix('{').and_then(|r| r.split_once('}')) {
            Some((name, after)) => (name, after),
            None => {
                let end = rest
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(rest.len());
                rest.split_at(end)
            }
        };
        rest = after;
        if name.is_empty() {
            out.push('$');
        } else {
            out.push_str(&variable(sys, tree, exchange, name, depth));
        }
    }
    out.push_str(rest);
    out
}

fn variable(sys: &Sys<'_>, tree: &[Directive], x: &Exchange<'_>, name: &str, depth: u32) -> String {
    let header = |name: &str| x.request.header(name).unwrap_or("").to_string();
    let host = || match x.request.header("host") {
        Some(host) => host.split(':').next().unwrap_or("").to_ascii_lowercase(),
        None => x.server_name.clone(),
    };
    match name {
        "host" => host(),
        "remote_addr" => x.remote.0.to_string(),
        "remote_port" => x.remote.1.to_string(),
        "server_addr" => x.local.0.to_string(),
        "server_port" => x.local.1.to_string(),
        "server_name" => x.server_name.clone(),
        "server_protocol" => x.request.version.clone(),
        "request" => format!("{} {} {}", x.request.method, x.request.target, x.request.version),
        "request_method" => x.request.method.clone(),
        "request_uri" => x.request.target.clone(),
        "uri" | "document_uri" => x.uri.clone(),
        "args" | "query_string" => x.request.query().to_string(),
        "is_args" => if x.request.query().is_empty() { "" } else { "?" }.to_string(),
        "scheme" => "http".to_string(),
        "hostname" => sys.hostname(),
        "time_local" => stamp::access(sys.now()),
        "time_iso8601" => crate::base::time_format::rfc3339(sys.now()).replace('Z', "+00:00"),
        "msec" => format!("{}.{:03}", sys.now().unix_secs(), sys.now().subsec_nanos() / 1_000_000),
        "request_time" => "0.000".to_string(),
        "nginx_version" => sys.env("NGINX_VERSION").unwrap_or_default(),
        "request_length" => (x.request.to_bytes().len()).to_string(),
        "content_type" => header("content-type"),
        "content_length" => header("content-length"),
        "proxy_add_x_forwarded_for" => match x.request.header("x-forwarded-for") {
            Some(before) => format!("{before}, {}", x.remote.0),
            None => x.remote.0.to_string(),
        },
        _ => {
            if let Some(field) = name.strip_prefix("http_") {
                return header(&field.replace('_', "-"));
            }
            if let Some(wanted) = name.strip_prefix("arg_") {
                let mut pairs = x.request.query().split('&').filter_map(|p| p.split_once('='));
                return pairs.find(|(n, _)| *n == wanted).map_or(String::new(), |(_, v)| v.to_string());
            }
            mapped(sys, tree, x, name, depth)
        }
    }
}

/// A variable that a `map` block makes.
fn mapped(sys: &Sys<'_>, tree: &[Directive], x: &Exchange<'_>, name: &str, depth: u32) -> String {
    let wanted = format!("${name}");
    let map = all(tree, "http").flat_map(|h| all(&h.block, "map")).find(|m| m.arg(1) == wanted);
    let Some(map) = map.filter(|_| depth < 4) else { return String::new() };
    let source = expand_deep(sys, tree, x, map.arg(0), depth + 1);
    let fits = |d: &&Directive| match d.name.strip_prefix('~') {
        Some(pattern) => Regex::new(pattern).is_ok_and(|r| r.is_match(&source)),
        None => d.name == source,
    };
    let entry = map.block.iter().find(fits).or_else(|| get(&map.block, "default"));
    entry.map_or(String::new(), |e| expand_deep(sys, tree, x, e.arg(0), depth + 1))
}
