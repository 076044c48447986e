//! How instructions are spelt in an image's history, and the ports and paths in them.

use crate::base::Duration;
use crate::base::go_duration::format_duration;
use crate::base::go_text::quote;
use crate::model::Healthcheck;

/// `["a" "b"]`.
pub fn quoted(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quote(word)).collect();
    format!("[{}]", words.join(" "))
}

/// `KEY=value KEY=value`.
pub fn joined(pairs: &[(String, String)]) -> String {
    let words: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}={value}")).collect();
    words.join(" ")
}

/// A health check as BuildKit's history has it.
pub fn health(check: &Healthcheck) -> String {
    let span = |nanos: i64| quote(&format_duration(Duration(nanos)));
    let retries = u32::try_from(check.retries).ok().and_then(char::from_u32).unwrap_or('\0');
    format!(
        "HEALTHCHECK &{{{} {} {} {} {} {}}}",
        quoted(&check.test),
        span(check.interval),
        span(check.timeout),
        span(check.start_period),
        span(check.start_interval),
        crate::base::go_text::quote_char(retries),
    )
}

/// The ports of one word of `EXPOSE`: a range is several.
pub fn exposed(word: &str) -> Result<Vec<String>, String> {
    let (port, protocol) = word.split_once('/').unwrap_or((word, "tcp"));
    let port = port.rsplit(':').next().unwrap_or(port);
    let protocol = protocol.to_lowercase();
    if !["tcp", "udp", "sctp"].contains(&protocol.as_str()) {
        return Err(format!("invalid proto: {protocol}"));
    }
    let invalid = || format!("invalid containerPort: {port}");
    let number = |text: &str| text.parse::<u16>().map_err(|_| invalid());
    let (low, high) = match port.split_once('-') {
        Some((low, high)) => (number(low)?, number(high)?),
        None => (number(port)?, number(port)?),
    };
    if low > high {
        return Err(invalid());
    }
    Ok((low..=high).map(|port| format!("{port}/{protocol}")).collect())
}

/// A path seen from a directory, without `.` and `..`.
pub fn below(from: &str, path: &str) -> String {
    let full = if path.starts_with('/') { path.to_owned() } else { format!("{from}/{path}") };
    let mut names: Vec<&str> = Vec::new();
    for name in full.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            _ => names.push(name),
        }
    }
    format!("/{}", names.join("/"))
}

/// The target of a `COPY`: absolute, with the slash that makes it a directory.
pub fn target_path(cwd: &str, target: &str) -> String {
    let full = below(cwd, target);
    let directory = target.ends_with('/') || target.ends_with("/.") || target == "." || target == "..";
    if directory && !full.ends_with('/') { full + "/" } else { full }
}
