//! `--env`, `--env-file`, `--label` and `--label-file`: pairs from the command line and from files.

use crate::grammar::Invocation;
use crate::kernel::Sys;
use std::collections::BTreeMap;

/// The environment that files and options ask for, in that order; a bare name takes the client's own value from
/// a file's line, and stays bare as an option.
///
/// # Errors
/// The client's words about a file that is missing or malformed.
pub fn environment(sys: &mut Sys<'_>, call: &Invocation) -> Result<Vec<String>, String> {
    let mut env = Vec::new();
    for file in call.list("env-file") {
        env.extend(read_pairs(sys, &file, true)?);
    }
    for given in call.list("env") {
        let own = || sys.env(&given).map(|value| format!("{given}={value}"));
        env.push(if given.contains('=') { given.clone() } else { own().unwrap_or(given.clone()) });
    }
    Ok(env)
}

/// The labels of files and options; later ones win.
///
/// # Errors
/// As [`environment`].
pub fn labels(sys: &mut Sys<'_>, call: &Invocation) -> Result<BTreeMap<String, String>, String> {
    let mut labels = BTreeMap::new();
    let mut all = Vec::new();
    for file in call.list("label-file") {
        all.extend(read_pairs(sys, &file, false)?);
    }
    all.extend(call.list("label"));
    for label in all {
        let (key, value) = label.split_once('=').unwrap_or((&label, ""));
        labels.insert(key.to_string(), value.to_string());
    }
    Ok(labels)
}

/// Reads a text file of the client's.
///
/// # Errors
/// `open FILE: no such file or directory` and the like.
pub fn read_text(sys: &mut Sys<'_>, path: &str) -> Result<String, String> {
    let data = sys.read_file(path).map_err(|e| {
        let text = e.text();
        let (first, rest) = text.split_at(text.len().min(1));
        format!("open {path}: {}{rest}", first.to_lowercase())
    })?;
    Ok(String::from_utf8_lossy(&data).into_owned())
}

/// The pairs of a file: one a line, `#` begins a comment. A name without `=` is looked up in the client's
/// environment where `inherit` is set, and left out where it is missing there.
fn read_pairs(sys: &mut Sys<'_>, path: &str, inherit: bool) -> Result<Vec<String>, String> {
    let text = read_text(sys, path).map_err(|e| match e.strip_suffix(": is a directory") {
        Some(_) => format!("invalid env file ({path}): read {path}: is a directory"),
        None => e,
    })?;
    let mut pairs = Vec::new();
    for line in text.strip_prefix('\u{feff}').unwrap_or(&text).lines() {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let bad = |why: String| format!("invalid env file ({path}): {why}");
        let (name, value) = match line.split_once('=') {
            Some((name, value)) => (name, Some(value.to_string())),
            None => (line, None),
        };
        if name.is_empty() {
            return Err(bad(format!("no variable name on line '{line}'")));
        }
        if name.contains(char::is_whitespace) {
            return Err(bad(format!("variable '{name}' contains whitespaces")));
        }
        match (value, inherit) {
            (Some(value), _) => pairs.push(format!("{name}={value}")),
            (None, true) => pairs.extend(sys.env(name).map(|value| format!("{name}={value}"))),
            (None, false) => pairs.push(name.to_string()),
        }
    }
    Ok(pairs)
}
