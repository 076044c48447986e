//! nginx's configuration: a tree of directives, read from the files of the container and checked.

use crate::base::glob::path_match;
use crate::kernel::Sys;
use serde::{Deserialize, Serialize};

/// How deep blocks and includes may nest.
const MAX_DEPTH: usize = 24;
/// How many directives a configuration may have.
const MAX_DIRECTIVES: usize = 20_000;

/// One directive with its arguments and, for a block, what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Directive {
    /// Its name; in `types` and `map` whatever stands first.
    pub name: String,
    /// Its arguments, unquoted.
    pub args: Vec<String>,
    /// The directives within its braces.
    pub block: Vec<Directive>,
    /// It has braces.
    pub is_block: bool,
    /// `FILE:LINE`.
    pub place: String,
}

impl Directive {
    /// An argument; empty where there is none.
    pub fn arg(&self, n: usize) -> &str {
        self.args.get(n).map_or("", String::as_str)
    }
}

/// The directives of a name in a block.
pub fn all<'a>(block: &'a [Directive], name: &'a str) -> impl Iterator<Item = &'a Directive> {
    block.iter().filter(move |d| d.name == name)
}

/// The last directive of a name in a block.
pub fn get<'a>(block: &'a [Directive], name: &str) -> Option<&'a Directive> {
    block.iter().rfind(|d| d.name == name)
}

/// Directives whose effect is simulated.
const KNOWN: &str = "http events server location listen server_name root alias index return proxy_pass \
    try_files error_page access_log error_log log_format default_type types include upstream autoindex \
    add_header map daemon worker_processes pid user server_tokens deny allow stub_status proxy_set_header \
    proxy_intercept_errors internal";

/// Directives that change nothing that can be seen here: speed, limits of the machine, details of protocols.
const SILENT: &str = "sendfile tcp_nopush tcp_nodelay keepalive_timeout keepalive_requests keepalive \
    worker_connections worker_rlimit_nofile multi_accept use gzip gzip_types gzip_vary gzip_min_length \
    gzip_proxied gzip_comp_level gzip_buffers gzip_http_version gzip_disable gzip_static \
    types_hash_max_size types_hash_bucket_size server_names_hash_bucket_size server_names_hash_max_size \
    client_body_buffer_size client_header_buffer_size large_client_header_buffers client_body_timeout \
    client_header_timeout send_timeout client_body_temp_path proxy_temp_path fastcgi_temp_path \
    uwsgi_temp_path scgi_temp_path proxy_http_version proxy_connect_timeout proxy_send_timeout \
    proxy_read_timeout proxy_buffering proxy_request_buffering proxy_buffers proxy_buffer_size \
    proxy_busy_buffers_size proxy_redirect proxy_cache_bypass resolver resolver_timeout charset expires \
    etag if_modified_since log_not_found open_file_cache open_file_cache_valid open_file_cache_min_uses \
    open_file_cache_errors reset_timedout_connection server_name_in_redirect port_in_redirect \
    absolute_redirect merge_slashes underscores_in_headers worker_cpu_affinity worker_priority \
    pcre_jit lingering_close zone least_conn ip_hash hash map_hash_bucket_size map_hash_max_size \
    variables_hash_max_size variables_hash_bucket_size proxy_hide_header proxy_pass_header \
    proxy_ignore_headers proxy_next_upstream proxy_ssl_server_name recursive_error_pages msie_padding \
    directio output_buffers ignore_invalid_headers worker_shutdown_timeout client_max_body_size load_module";

/// Directives of nginx that Drydock refuses instead of passing over them.
const REFUSED: &str = "if rewrite set fastcgi_pass uwsgi_pass scgi_pass grpc_pass memcached_pass \
    ssl_certificate ssl_certificate_key ssl_protocols ssl_ciphers auth_basic auth_basic_user_file \
    auth_request limit_req limit_req_zone limit_conn limit_conn_zone limit_rate proxy_cache \
    proxy_cache_path proxy_cache_valid sub_filter stream mail geo split_clients mirror secure_link \
    fastcgi_param fastcgi_index fastcgi_split_path_info js_import real_ip_header set_real_ip_from \
    random_index dav_methods http2 break empty_gif ssl_session_cache ssl_session_timeout perl env";

fn lists(list: &str, name: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == name)
}

/// Reads and checks a configuration file with all it includes; `globals` are the directives of `-g`.
///
/// # Errors
/// The text after `[emerg]`.
pub fn load(sys: &mut Sys<'_>, path: &str, globals: &str) -> Result<Vec<Directive>, String> {
    let mut budget = MAX_DIRECTIVES;
    let mut tree = Reader::new("command line", globals.to_string()).block(sys, &mut budget, 0, false)?;
    tree.extend(read(sys, path, "", &mut budget, 0)?);
    check(&tree, "main")?;
    if get(&tree, "events").is_none() {
        return Err("no \"events\" section in configuration".to_string());
    }
    Ok(tree)
}

fn read(
    sys: &mut Sys<'_>,
    path: &str,
    from: &str,
    budget: &mut usize,
    depth: usize,
) -> Result<Vec<Directive>, String> {
    let text = sys.read_file(path).map_err(|e| {
        let place = if from.is_empty() { String::new() } else { format!(" in {from}") };
        format!("open() \"{path}\" failed ({}: {e}){place}", e.code())
    })?;
    Reader::new(path, String::from_utf8_lossy(&text).into_owned()).block(sys, budget, depth, false)
}

/// The files that the argument of `include` names.
fn included(sys: &Sys<'_>, pattern: &str) -> Vec<String> {
    let pattern =
        if pattern.starts_with('/') { pattern.to_string() } else { format!("/etc/nginx/{pattern}") };
    if !pattern.contains(['*', '?', '[']) {
        return vec![pattern];
    }
    let (dir, last) = pattern.rsplit_once('/').unwrap_or(("", &pattern));
    let names = sys.list(if dir.is_empty() { "/" } else { dir }).unwrap_or_default();
    let fits = |n: &String| !n.starts_with('.') && path_match(last, n).unwrap_or(false);
    names.into_iter().filter(fits).map(|n| format!("{dir}/{n}")).collect()
}

#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    End,
    Open,
    Close,
    Nothing,
}

struct Reader {
    file: String,
    text: Vec<char>,
    at: usize,
    line: usize,
}

impl Reader {
    fn new(file: &str, text: String) -> Self {
        Self { file: file.to_string(), text: text.chars().collect(), at: 0, line: 1 }
    }

    fn place(&self) -> String {
        if self.file == "command line" { self.file.clone() } else { format!("{}:{}", self.file, self.line) }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    fn token(&mut self) -> Result<Token, String> {
        loop {
            match self.peek() {
                None => return Ok(Token::Nothing),
                Some(c) if c.is_whitespace() => {
                    self.take();
                }
                Some('#') => while self.take().is_some_and(|c| c != '\n') {},
                Some(_) => break,
            }
        }
        let mark = match self.peek() {
            Some(';') => Some(Token::End),
            Some('{') => Some(Token::Open),
            Some('}') => Some(Token::Close),
            _ => None,
        };
        if let Some(mark) = mark {
            self.take();
            return Ok(mark);
        }
        let mut word = String::new();
        if let Some(quote @ ('"' | '\'')) = self.peek() {
            self.take();
            loop {
                match self.take() {
                    None => return Err(self.unexpected_end()),
                    Some('\\') if self.peek().is_some_and(|c| c == quote || c == '\\') => {
                        word.extend(self.take());
                    }
                    Some(c) if c == quote => return Ok(Token::Word(word)),
                    Some(c) => word.push(c),
                }
            }
        }
        while let Some(c) = self.peek() {
            let variable = c == '{' && word.ends_with('$');
            if variable {
                while let Some(c) = self.take() {
                    word.push(c);
                    if c == '}' {
                        break;
                    }
                }
                continue;
            }
            if c.is_whitespace() || matches!(c, ';' | '{') {
                break;
            }
            self.take();
            word.push(c);
            if c == '\\' {
                word.extend(self.take());
            }
        }
        Ok(Token::Word(word))
    }

    fn unexpected_end(&self) -> String {
        format!("unexpected end of file, expecting \";\" or \"}}\" in {}", self.place())
    }

    fn block(
        &mut self,
        sys: &mut Sys<'_>,
        budget: &mut usize,
        depth: usize,
        nested: bool,
    ) -> Result<Vec<Directive>, String> {
        if depth > MAX_DEPTH {
            return Err(format!("blocks and includes nest too deep in {}", self.place()));
        }
        let mut out = vec![];
        loop {
            let name = match self.token()? {
                Token::Word(name) => name,
                Token::Close if nested => return Ok(out),
                Token::Nothing if !nested => return Ok(out),
                Token::Nothing => {
                    return Err(format!("unexpected end of file, expecting \"}}\" in {}", self.place()));
                }
                Token::End => return Err(format!("unexpected \";\" in {}", self.place())),
                Token::Open => return Err(format!("unexpected \"{{\" in {}", self.place())),
                Token::Close => return Err(format!("unexpected \"}}\" in {}", self.place())),
            };
            *budget = budget.checked_sub(1).ok_or("the configuration has too many directives")?;
            let mut directive = Directive { name, place: self.place(), ..Directive::default() };
            loop {
                match self.token()? {
                    Token::Word(word) => directive.args.push(word),
                    Token::End => break,
                    Token::Open => {
                        directive.is_block = true;
                        directive.block = self.block(sys, budget, depth + 1, true)?;
                        break;
                    }
                    Token::Close => {
                        return Err(format!(
                            "directive \"{}\" is not terminated by \";\" in {}",
                            directive.name,
                            self.place()
                        ));
                    }
                    Token::Nothing if self.file == "command line" => break,
                    Token::Nothing => return Err(self.unexpected_end()),
                }
            }
            if directive.name == "include" && !directive.is_block {
                for file in included(sys, directive.arg(0)) {
                    out.extend(read(sys, &file, &directive.place, budget, depth + 1)?);
                }
            } else {
                out.push(directive);
            }
        }
    }
}

/// Where a directive may stand; `None` where nothing says.
fn homes(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "http" | "events" | "daemon" | "worker_processes" | "pid" | "user" => &["main"],
        "server" => &["http", "upstream"],
        "upstream" | "map" | "log_format" => &["http"],
        "location" => &["server", "location"],
        "listen" | "server_name" => &["server"],
        "alias" | "proxy_pass" | "internal" => &["location"],
        "return" | "try_files" => &["server", "location"],
        "root" | "index" | "autoindex" | "add_header" | "error_page" | "access_log" | "default_type"
        | "types" | "sendfile" | "keepalive_timeout" | "gzip" | "proxy_set_header" => {
            &["http", "server", "location"]
        }
        _ => return None,
    })
}

fn check(block: &[Directive], home: &str) -> Result<(), String> {
    for d in block {
        let (name, place) = (&d.name, &d.place);
        if lists(REFUSED, name) {
            return Err(format!("the directive \"{name}\" is not simulated by Drydock in {place}"));
        }
        if !lists(KNOWN, name) && !lists(SILENT, name) {
            return Err(format!("unknown directive \"{name}\" in {place}"));
        }
        if homes(name).is_some_and(|homes| !homes.contains(&home)) {
            return Err(format!("\"{name}\" directive is not allowed here in {place}"));
        }
        let wants_block = matches!(
            name.as_str(),
            "http" | "events" | "location" | "upstream" | "types" | "map"
        ) || (name == "server" && home == "http");
        if wants_block && !d.is_block {
            return Err(format!("directive \"{name}\" has no opening \"{{\" in {place}"));
        }
        if !wants_block && d.is_block {
            return Err(format!("directive \"{name}\" is not terminated by \";\" in {place}"));
        }
        let few = !d.is_block && d.args.is_empty() && !matches!(name.as_str(), "internal" | "stub_status" | "ip_hash" | "least_conn");
        if few || (name == "location" && d.args.is_empty()) {
            return Err(format!("invalid number of arguments in \"{name}\" directive in {place}"));
        }
        if name == "listen" && d.args.iter().any(|a| a == "ssl") {
            return Err(format!("\"listen … ssl\" is not simulated by Drydock in {place}"));
        }
        if name == "listen" && listen_port(d.arg(0)).is_none() {
            return Err(format!("host not found in \"{}\" of the \"listen\" directive in {place}", d.arg(0)));
        }
        if d.is_block && !matches!(name.as_str(), "types" | "map") {
            check(&d.block, name)?;
        }
    }
    Ok(())
}

/// The address (`None` for IPv6 and sockets of files) and port that `listen` names.
pub fn listen_port(text: &str) -> Option<(Option<std::net::Ipv4Addr>, u16)> {
    let any = std::net::Ipv4Addr::UNSPECIFIED;
    if text.starts_with('[') {
        let port = text.rsplit_once("]:").map_or(Some(80), |(_, p)| p.parse().ok())?;
        return Some((None, port));
    }
    if let Ok(port) = text.parse::<u16>() {
        return Some((Some(any), port));
    }
    let (host, port) = text.rsplit_once(':').unwrap_or((text, "80"));
    let port = port.parse().ok()?;
    match host {
        "*" => Some((Some(any), port)),
        "localhost" => Some((Some(std::net::Ipv4Addr::LOCALHOST), port)),
        host => Some((Some(host.parse().ok()?), port)),
    }
}

/// The servers of the `http` section.
pub fn servers(tree: &[Directive]) -> impl Iterator<Item = &Directive> {
    all(tree, "http").flat_map(|h| all(&h.block, "server"))
}

/// The IPv4 addresses and ports all servers listen on, each once.
pub fn ports(tree: &[Directive]) -> Vec<(std::net::Ipv4Addr, u16)> {
    let mut out = vec![];
    for server in servers(tree) {
        for place in listens(server) {
            if let (Some(address), port) = place
                && !out.contains(&(address, port))
            {
                out.push((address, port));
            }
        }
    }
    let wide: Vec<u16> = out.iter().filter(|(a, _)| a.is_unspecified()).map(|(_, p)| *p).collect();
    out.retain(|(a, p)| a.is_unspecified() || !wide.contains(p));
    out
}

/// What one server listens on; port 80 where it does not say.
pub fn listens(server: &Directive) -> Vec<(Option<std::net::Ipv4Addr>, u16)> {
    let found: Vec<_> = all(&server.block, "listen").filter_map(|l| listen_port(l.arg(0))).collect();
    if found.is_empty() { vec![(Some(std::net::Ipv4Addr::UNSPECIFIED), 80)] } else { found }
}
