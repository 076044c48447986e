//! `ADD` of an address: a file of the simulated internet.

use super::convert::{Planner, State, refuse};
use super::dockerfile::{Copy, Problem, Range};
use super::plan::{CopySource, Op, Refusal};
use crate::base::{Digest, Time};
use crate::fs::{Inode, View};
use crate::kernel::http::{Parsed, Request, parse_head};
use crate::kernel::net::internet;

/// How often a server may send us elsewhere.
const REDIRECTS: usize = 10;
/// What a file without a name of its own is called.
const UNNAMED: &str = "__unnamed__";

/// Whether a source of `ADD` is a repository of git.
pub fn is_git(source: &str) -> bool {
    let path = source.split(['#', '?']).next().unwrap_or(source);
    let http = source.starts_with("http://") || source.starts_with("https://");
    ["git://", "git@", "ssh://"].iter().any(|scheme| source.starts_with(scheme))
        || http && path.ends_with(".git")
}

/// Whether a source of `ADD` is a file of the internet.
pub fn is_file(source: &str) -> bool {
    (source.starts_with("http://") || source.starts_with("https://")) && !is_git(source)
}

/// The bytes behind an address.
///
/// # Errors
/// In BuildKit's words.
pub fn get(url: &str) -> Result<Vec<u8>, String> {
    let mut at = url.to_owned();
    for _ in 0..REDIRECTS {
        let (scheme, rest) = at.split_once("://").unwrap_or(("http", &at));
        let (host, path) = rest.find('/').map_or((rest, "/"), |slash| rest.split_at(slash));
        let (name, port) =
            host.split_once(':').unwrap_or((host, if scheme == "https" { "443" } else { "80" }));
        let failed = |why: &str| format!("failed to load cache key: Head {at:?}: dial tcp{why}");
        let address = name.parse().ok().or_else(|| internet::lookup(name));
        let address = address.ok_or_else(|| failed(&format!(": lookup {name}: no such host")))?;
        let port = port.parse().unwrap_or(0);
        if !internet::listens(address, port) {
            return Err(failed(&format!(" {address}:{port}: connect: connection refused")));
        }
        let request = Request {
            method: "GET".into(),
            target: path.split('#').next().unwrap_or(path).into(),
            version: "HTTP/1.1".into(),
            headers: vec![("Host".into(), host.into()), ("Connection".into(), "close".into())],
            body: vec![],
        };
        let (bytes, _) = internet::answer(address, &mut request.to_bytes());
        let Parsed::Done(response, head) = parse_head(&bytes) else {
            return Err("failed to load cache key: unexpected EOF".into());
        };
        match (response.status, response.header("location")) {
            (301 | 302 | 303 | 307 | 308, Some(to)) => to.clone_into(&mut at),
            (200..=299, _) => return Ok(bytes.get(head..).unwrap_or_default().to_vec()),
            (status, _) => return Err(format!("failed to load cache key: invalid response status {status}")),
        }
    }
    Err(format!("failed to load cache key: Head {at:?}: stopped after {REDIRECTS} redirects"))
}

/// The tree that a fetched file is in.
pub fn tree(name: &str, content: &[u8], now: Time) -> View {
    let mut view = View::empty(now);
    // A view without anything takes a file of any name.
    let _made = view.create(View::ROOT, name, Inode::file(content, 0o600, Time(0)), Time(0));
    view
}

impl Planner<'_> {
    /// The step that fetches the address of an `ADD`, and the source in its tree.
    pub(super) fn fetched(
        &mut self,
        state: &State,
        copy: &Copy,
        urls: &[String],
        range: Range,
    ) -> Result<Option<(usize, CopySource)>, Box<Refusal>> {
        let fail = |message: &str| refuse(Problem::at(range, message));
        let checksum = copy.checksum.as_deref().map(|text| self.expand(state, text, range)).transpose()?;
        let remote = |url: &&String| copy.add && (is_file(url) || is_git(url));
        if checksum.is_some() && copy.sources.len() != 1 {
            return Err(fail("checksum can't be specified for multiple sources"));
        }
        let Some(url) = urls.iter().find(remote) else {
            let wrong = checksum.map(|_| fail("checksum requires HTTP(S) or Git sources"));
            return wrong.map_or(Ok(None), Err);
        };
        if is_git(url) {
            return Err(fail("ADD of a git repository is not simulated by Drydock"));
        }
        if copy.sources.len() > 1 {
            return Err(fail("ADD of an address beside other sources is not simulated by Drydock"));
        }
        let path = url.split(['#', '?']).next().unwrap_or(url);
        let path =
            path.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
        let name =
            path.trim_end_matches('/').rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(UNNAMED);
        let wanted = match checksum.as_deref() {
            None => None,
            Some(text) => Some(Digest::parse(text).ok_or_else(|| fail(bad_digest(text)))?),
        };
        let found = get(url).and_then(|bytes| {
            let got = Digest::of(&bytes);
            match wanted.filter(|wanted| *wanted != got) {
                Some(wanted) => Err(format!("digest mismatch {got}: {wanted}")),
                None => Ok(bytes),
            }
        });
        let node = self.add(url.clone(), Op::Fetch(name.to_owned(), found), None, range, false);
        Ok(Some((node, CopySource::Path(name.to_owned()))))
    }
}

fn bad_digest(text: &str) -> &'static str {
    match text.split_once(':') {
        None => "invalid checksum digest format",
        Some(("sha256", _)) => "invalid checksum digest length",
        Some(_) => "unsupported digest algorithm",
    }
}
