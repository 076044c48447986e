//! The files that a shell reads before its commands: profiles at login, `~/.bashrc` at a terminal, `ENV` and
//! `BASH_ENV`.

use super::machine::{Feed, Frame, Kind, Shell};
use super::voice::Voice;
use crate::kernel::Sys;
use std::sync::Arc;

/// What the command line said of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Files {
    pub norc: bool,
    pub noprofile: bool,
    pub rcfile: Option<String>,
}

impl Shell {
    /// Has the shell read its files first: they are entered above the script.
    pub(super) fn push_start_files(&mut self, sys: &mut Sys<'_>, files: &Files) {
        for path in self.start_files(sys, files).into_iter().rev() {
            let Ok(data) = sys.read_file(&path) else { continue };
            if data.len() > super::input::MAX_SCRIPT {
                self.complain(sys, &format!("{path}: more than 1 MiB, which Drydock does not read"));
                continue;
            }
            let feed = Feed::Text { text: Arc::from(String::from_utf8_lossy(&data)), pos: 0, line: 1 };
            let kind = Kind::Source { params: None, path };
            self.frames.push(Frame { feed, kind, waiting_for_input: true, ..Frame::default() });
        }
    }

    /// Their paths in the order in which they are read.
    fn start_files(&self, sys: &Sys<'_>, files: &Files) -> Vec<String> {
        let home = |name: &str| format!("{}/{name}", self.vars.text("HOME").unwrap_or(""));
        let named = |variable: &str| {
            let path = self.vars.text(variable).filter(|path| !path.is_empty())?;
            Some(match self.substituted(path) {
                Some((value, len)) => value + &path[len..],
                None => path.to_string(),
            })
        };
        let super::machine::Options { login, interactive, .. } = self.options;
        let mut paths = vec![];
        let is_bash = self.voice == Voice::Bash && self.name.rsplit('/').next() != Some("sh");
        if login && !files.noprofile {
            paths.push("/etc/profile".to_string());
            let own: &[&str] =
                if is_bash { &[".bash_profile", ".bash_login", ".profile"] } else { &[".profile"] };
            paths.extend(own.iter().map(|name| home(name)).find(|path| sys.stat(path).is_ok()));
        }
        if !is_bash {
            paths.extend(named("ENV").filter(|_| interactive));
        } else if !interactive {
            paths.extend(named("BASH_ENV"));
        } else if !login && !files.norc {
            // The bash of the Debian family reads this one too; others do not have it.
            paths.push("/etc/bash.bashrc".to_string());
            paths.push(files.rcfile.clone().unwrap_or_else(|| home(".bashrc")));
        }
        paths
    }

    /// Whether the limits of a restricted bash hold; they do not while it reads its files.
    pub(super) fn is_restricted(&self) -> bool {
        self.options.restricted && !self.frames.iter().any(|frame| matches!(frame.kind, Kind::Source { .. }))
    }
}
