//! The simulated internet: a fixed table of well-known hosts with a few small pages. Every other name does
//! not exist. Addresses are from the ranges for documentation (RFC 5737), but for two public name servers
//! that people ping by number. `https` is the same bytes as `http` on port 443: there is no TLS here.

use crate::kernel::http::{Parsed, Request, Response, parse_request};
use std::net::Ipv4Addr;

/// A page of a host.
struct Page {
    path: &'static str,
    status: u16,
    kind: &'static str,
    /// The body, or for a redirect where it leads.
    text: &'static str,
}

struct Host {
    names: &'static [&'static str],
    address: [u8; 4],
    pages: &'static [Page],
}

const fn page(path: &'static str, kind: &'static str, text: &'static str) -> Page {
    Page { path, status: 200, kind, text }
}

const fn redirect(path: &'static str, to: &'static str) -> Page {
    Page { path, status: 301, kind: "text/html", text: to }
}

const HTML: &str = "text/html; charset=UTF-8";
const JSON: &str = "application/json";

const EXAMPLE: &str = "<!doctype html>\n<html lang=\"en\">\n<head><title>Example Domain</title></head>\n<body>\n<h1>Example Domain</h1>\n<p>This domain is for use in documentation examples.</p>\n</body>\n</html>\n";

const HOSTS: &[Host] = &[
    Host {
        names: &["example.com", "www.example.com", "example.org", "example.net"],
        address: [198, 51, 100, 10],
        pages: &[page("/", HTML, EXAMPLE), page("/index.html", HTML, EXAMPLE)],
    },
    Host {
        names: &["google.com"],
        address: [198, 51, 100, 20],
        pages: &[redirect("/", "http://www.google.com/")],
    },
    Host {
        names: &["www.google.com"],
        address: [198, 51, 100, 21],
        pages: &[page(
            "/",
            HTML,
            "<!doctype html><html><head><title>Google</title></head><body></body></html>\n",
        )],
    },
    Host {
        names: &["deb.debian.org", "security.debian.org"],
        address: [198, 51, 100, 30],
        pages: &[page("/", HTML, "<h1>deb.debian.org</h1>\n")],
    },
    Host {
        names: &["archive.ubuntu.com"],
        address: [198, 51, 100, 31],
        pages: &[page("/", HTML, "<h1>Index of /</h1>\n")],
    },
    Host {
        names: &["security.ubuntu.com"],
        address: [198, 51, 100, 32],
        pages: &[page("/", HTML, "<h1>Index of /</h1>\n")],
    },
    Host {
        names: &["dl-cdn.alpinelinux.org"],
        address: [198, 51, 100, 33],
        pages: &[page("/", HTML, "<h1>Alpine Linux packages</h1>\n")],
    },
    Host {
        names: &["pypi.org"],
        address: [198, 51, 100, 40],
        pages: &[page("/", HTML, "<title>PyPI</title>\n")],
    },
    Host { names: &["files.pythonhosted.org"], address: [198, 51, 100, 41], pages: &[] },
    Host {
        names: &["registry.npmjs.org"],
        address: [198, 51, 100, 42],
        pages: &[page("/", JSON, "{\"db_name\":\"registry\"}\n")],
    },
    Host {
        names: &["github.com", "api.github.com", "raw.githubusercontent.com"],
        address: [198, 51, 100, 50],
        pages: &[page("/", HTML, "<title>GitHub</title>\n")],
    },
    Host {
        names: &["docker.com", "www.docker.com", "hub.docker.com", "registry-1.docker.io", "docker.io"],
        address: [198, 51, 100, 60],
        pages: &[page("/", HTML, "<title>Docker</title>\n")],
    },
    Host { names: &["httpbin.org"], address: [198, 51, 100, 70], pages: &[] },
    Host { names: &["ifconfig.me", "icanhazip.com"], address: [198, 51, 100, 71], pages: &[] },
    Host { names: &["dns.google"], address: [8, 8, 8, 8], pages: &[] },
    Host { names: &["dns2.google"], address: [8, 8, 4, 4], pages: &[] },
    Host { names: &["one.one.one.one"], address: [1, 1, 1, 1], pages: &[] },
];

/// The public address that hosts of the internet see us come from.
const OURS: &str = "203.0.113.5";

/// The address of a name, compared without case and without a dot at its end.
pub fn lookup(name: &str) -> Option<Ipv4Addr> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    HOSTS.iter().find(|h| h.names.contains(&name.as_str())).map(|h| h.address.into())
}

/// The first name of an address.
pub fn name_of(address: Ipv4Addr) -> Option<&'static str> {
    host(address)?.names.first().copied()
}

/// True where a host has this address; each of them answers pings.
pub fn exists(address: Ipv4Addr) -> bool {
    host(address).is_some()
}

/// True where a host listens on this TCP port: 80 and 443, and 53 at the name servers.
pub fn listens(address: Ipv4Addr, port: u16) -> bool {
    let dns = matches!(address.octets(), [8, 8, _, _] | [1, 1, 1, 1]);
    exists(address) && (matches!(port, 80 | 443) || dns && port == 53)
}

fn host(address: Ipv4Addr) -> Option<&'static Host> {
    HOSTS.iter().find(|h| Ipv4Addr::from(h.address) == address)
}

/// Takes the requests that are complete from what was sent to a host and gives the bytes of its answers.
/// `true` where it closes the connection after them.
pub fn answer(address: Ipv4Addr, sent: &mut Vec<u8>) -> (Vec<u8>, bool) {
    let mut out = vec![];
    loop {
        match parse_request(sent) {
            Parsed::More => return (out, false),
            Parsed::Bad(status) => {
                let response = Response::new(status).with("Content-Length", "0").with("Connection", "close");
                out.extend(response.to_bytes(false));
                return (out, true);
            }
            Parsed::Done(request, used) => {
                sent.drain(..used);
                out.extend(respond(address, &request).to_bytes(request.method == "HEAD"));
                if !request.keep_alive() {
                    return (out, true);
                }
            }
        }
    }
}

fn respond(address: Ipv4Addr, request: &Request) -> Response {
    let Some(host) = host(address) else { return plain(404, HTML, "") };
    let path = request.path();
    if let Some(page) = host.pages.iter().find(|p| p.path == path) {
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            return plain(405, "text/plain", "");
        }
        if page.status == 301 {
            return plain(301, page.kind, "").with("Location", page.text);
        }
        return plain(page.status, page.kind, page.text);
    }
    match host.names.first() {
        Some(&"httpbin.org") => httpbin(request, &path),
        Some(&"ifconfig.me") => plain(200, "text/plain", &format!("{OURS}\n")),
        _ => plain(404, HTML, "<h1>404 Not Found</h1>\n"),
    }
}

fn plain(status: u16, kind: &str, text: &str) -> Response {
    Response::new(status)
        .with("Content-Type", kind)
        .with("Content-Length", text.len().to_string())
        .with_body(text)
}

/// What the echo service answers to `/get`, `/post`, `/ip`, `/headers`, `/user-agent`, `/status/N`.
fn httpbin(request: &Request, path: &str) -> Response {
    let headers: serde_json::Map<_, _> =
        request.headers.iter().map(|(n, v)| (n.clone(), v.clone().into())).collect();
    let url = format!("http://httpbin.org{}", request.target);
    let value = match path {
        "/" => return plain(200, HTML, "<title>httpbin.org</title>\n"),
        "/ip" => serde_json::json!({ "origin": OURS }),
        "/headers" => serde_json::json!({ "headers": headers }),
        "/user-agent" => serde_json::json!({ "user-agent": request.header("user-agent") }),
        "/get" => serde_json::json!({ "headers": headers, "origin": OURS, "url": url }),
        "/post" | "/put" | "/anything" => {
            let data = String::from_utf8_lossy(&request.body);
            serde_json::json!({ "data": data, "headers": headers, "origin": OURS, "url": url })
        }
        _ => match path.strip_prefix("/status/").and_then(|s| s.parse::<u16>().ok()) {
            Some(status @ 200..=599) => return plain(status, HTML, ""),
            _ => return plain(404, HTML, "<h1>404 Not Found</h1>\n"),
        },
    };
    plain(200, JSON, &format!("{value:#}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_host_answers_and_a_piece_of_a_request_waits() {
        let address = lookup("Example.COM.").unwrap();
        let mut sent = b"GET / HTTP/1.1\r\nHost: exa".to_vec();
        assert_eq!(answer(address, &mut sent), (vec![], false));
        sent.extend(b"mple.com\r\n\r\n");
        let (wire, closes) = answer(address, &mut sent);
        assert!(wire.starts_with(b"HTTP/1.1 200 OK\r\n") && wire.ends_with(EXAMPLE.as_bytes()));
        assert!(!closes && sent.is_empty());
        assert_eq!((lookup("nosuch.example"), listens(address, 22)), (None, false));
    }
}
