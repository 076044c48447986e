//! nginx's logs: the files that the configuration names, their formats and levels.

use super::conf::{Directive, all};
use super::scope::{Exchange, Scope, expand, find};
use crate::engine::services::stamp;
use crate::kernel::http::Response;
use crate::kernel::{OpenFlags, Sys};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const LEVELS: [&str; 8] = ["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"];
const COMBINED: &str = "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \
    \"$http_referer\" \"$http_user_agent\"";
/// Where errors go that no configuration speaks of, and accesses.
const ERROR_LOG: &str = "/var/log/nginx/error.log";
const ACCESS_LOG: &str = "/var/log/nginx/access.log";

/// Open log files by path.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Logs {
    files: BTreeMap<String, i32>,
}

impl Logs {
    /// Opens every log that the configuration names.
    ///
    /// # Errors
    /// The text after `[emerg]`.
    pub fn open(&mut self, sys: &mut Sys<'_>, tree: &[Directive]) -> Result<(), String> {
        let mut paths = vec![ERROR_LOG.to_string(), ACCESS_LOG.to_string()];
        collect(tree, &mut paths);
        for path in paths {
            if self.files.contains_key(&path) || path.contains('$') {
                continue;
            }
            let fd = match path.as_str() {
                "stderr" => 2,
                path => sys
                    .open(path, OpenFlags::APPEND, 0o644)
                    .map_err(|e| format!("open() \"{path}\" failed ({}: {e})", e.code()))?,
            };
            self.files.insert(path, fd);
        }
        Ok(())
    }

    /// Closes what is open.
    pub fn close(&mut self, sys: &mut Sys<'_>) {
        for fd in self.files.values().filter(|fd| **fd > 2) {
            let _was_open = sys.close(*fd);
        }
        self.files.clear();
    }

    /// A line for the error log, where its level asks for it.
    pub fn error(&self, sys: &mut Sys<'_>, scope: &Scope<'_>, level: &str, text: &str) {
        let directive = find(scope, "error_log");
        let path = directive.map_or(ERROR_LOG, |d| d.arg(0));
        let least = directive.filter(|d| d.args.len() > 1).map_or("error", |d| d.arg(1));
        let rank = |level: &str| LEVELS.iter().position(|l| *l == level).unwrap_or(4);
        if rank(level) < rank(least) {
            return;
        }
        let Some(fd) = self.files.get(path) else { return };
        let pid = sys.vpid();
        let line = format!("{} [{level}] {pid}#{pid}: {text}\n", stamp::slashes(sys.now()));
        sys.write(*fd, line.as_bytes());
    }

    /// The line of a request in the access log.
    pub fn access(
        &self,
        sys: &mut Sys<'_>,
        tree: &[Directive],
        scope: &Scope<'_>,
        x: &Exchange<'_>,
        response: &Response,
        sent: usize,
    ) {
        let directive = find(scope, "access_log");
        let path = directive.map_or(ACCESS_LOG, |d| d.arg(0));
        let Some(fd) = self.files.get(path).copied().filter(|_| path != "off") else { return };
        let format = directive.filter(|d| d.args.len() > 1).map_or("combined", |d| d.arg(1));
        let format = all(tree, "http")
            .flat_map(|h| all(&h.block, "log_format"))
            .find(|f| f.arg(0) == format)
            .map_or(COMBINED.to_string(), |f| {
                f.args.iter().skip(1).filter(|a| !a.starts_with("escape=")).cloned().collect()
            });
        let mut line = String::new();
        let mut rest = format.as_str();
        while let Some(at) = rest.find('$') {
            line.push_str(&rest[..at]);
            rest = &rest[at..];
            let end = rest[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(rest.len(), |e| e + 1);
            let value = match &rest[..end] {
                "$status" => response.status.to_string(),
                "$body_bytes_sent" => sent.to_string(),
                "$bytes_sent" => (sent + response.head_bytes().len()).to_string(),
                "$remote_user" => String::new(),
                name => expand(sys, tree, x, name),
            };
            line.push_str(if value.is_empty() { "-" } else { &value });
            rest = &rest[end..];
        }
        line.push_str(rest);
        line = line.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
        line.push('\n');
        sys.write(fd, line.as_bytes());
    }
}

fn collect(block: &[Directive], paths: &mut Vec<String>) {
    for d in block {
        if matches!(d.name.as_str(), "access_log" | "error_log") && d.arg(0) != "off" {
            paths.push(d.arg(0).to_string());
        }
        collect(&d.block, paths);
    }
}
