//! Pathname expansion.

use super::machine::Options;
use super::pattern::Pattern;
use crate::base::Order;
use crate::kernel::Sys;

/// The most names one pattern becomes.
const MAX_NAMES: usize = 100_000;
/// How deep `**` goes.
const MAX_DEPTH: usize = 40;

/// The paths that match a pattern, sorted by bytes; none where nothing does.
pub fn expand(pattern: &str, options: &Options, extended: bool, sys: &Sys<'_>) -> Vec<String> {
    let mut found = vec![if pattern.starts_with('/') { "/".to_string() } else { String::new() }];
    let parts: Vec<&str> = split(pattern);
    for (i, part) in parts.iter().enumerate() {
        let last = i + 1 == parts.len();
        if part.is_empty() {
            if last && i > 0 {
                found.retain(|path| sys.stat(path).is_ok_and(|s| s.is_dir()));
                found.iter_mut().for_each(|path| path.push('/'));
            }
            continue;
        }
        let mut next = vec![];
        if *part == "**" && options.globstar {
            for base in &found {
                descend(base, last, 0, sys, &mut next);
            }
        } else {
            let folded = if options.nocaseglob { part.to_lowercase() } else { (*part).to_string() };
            let matcher = Pattern::new(&folded, extended);
            for base in &found {
                step(base, part, &matcher, last, options, sys, &mut next);
            }
        }
        found = next;
        if found.is_empty() {
            break;
        }
    }
    found
}

/// A pattern at its slashes, those in brackets and after backslashes too.
fn split(pattern: &str) -> Vec<&str> {
    pattern.trim_start_matches('/').split('/').collect()
}

fn join(base: &str, name: &str) -> String {
    if base.is_empty() || base.ends_with('/') { format!("{base}{name}") } else { format!("{base}/{name}") }
}

fn step(
    base: &str,
    part: &str,
    matcher: &Pattern,
    last: bool,
    options: &Options,
    sys: &Sys<'_>,
    out: &mut Vec<String>,
) {
    if let Some(name) = matcher.literal().filter(|_| !options.nocaseglob) {
        let path = join(base, &name);
        if sys.lstat(&path).is_ok() {
            out.push(path);
        }
        return;
    }
    let dir = if base.is_empty() { "." } else { base };
    let mut names = sys.list(dir).unwrap_or_default();
    if part.starts_with('.') {
        names.extend([".".to_string(), "..".to_string()]);
        names.order();
    }
    for name in names {
        let hidden = name.starts_with('.') && !part.starts_with('.') && !options.dotglob;
        let folded = if options.nocaseglob { name.to_lowercase() } else { name.clone() };
        if hidden || !matcher.matches(&folded) || out.len() >= MAX_NAMES {
            continue;
        }
        let path = join(base, &name);
        if last || sys.stat(&path).is_ok_and(|s| s.is_dir()) {
            out.push(path);
        }
    }
}

fn descend(base: &str, last: bool, depth: usize, sys: &Sys<'_>, out: &mut Vec<String>) {
    if depth > MAX_DEPTH || out.len() >= MAX_NAMES {
        return;
    }
    if !last || depth > 0 {
        out.push(base.to_string());
    }
    let dir = if base.is_empty() { "." } else { base };
    for name in sys.list(dir).unwrap_or_default() {
        if name.starts_with('.') {
            continue;
        }
        let path = join(base, &name);
        if sys.lstat(&path).is_ok_and(|s| s.is_dir()) {
            descend(&path, last, depth + 1, sys, out);
        } else if last {
            out.push(path);
        }
    }
}
