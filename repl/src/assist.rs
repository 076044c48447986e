//! What the editor offers while a line is typed: completion, a hint from history, colours, more lines.

use drydock::base::Reference;
use drydock::grammar::{Kind, Names, complete};
use drydock::model::Status;
use drydock::session::{COLONS, PROGRAMS, Session};
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The editor's helper: what it knows of the world was read when the prompt came up.
#[derive(Default)]
pub struct Assist {
    hinter: HistoryHinter,
    names: BTreeMap<&'static str, Vec<String>>,
}

impl Assist {
    /// Reads the names that can be completed.
    pub fn look_at(&mut self, session: &Session) {
        let world = session.world();
        let containers = |keep: &dyn Fn(Status) -> bool| -> Vec<String> {
            world.containers.values().filter(|c| keep(c.status)).map(|c| c.name.clone()).collect()
        };
        let images = world.images.names.keys().filter_map(|n| Reference::parse(n).ok()).map(|r| r.familiar());
        self.names = BTreeMap::from([
            ("container", containers(&|_| true)),
            ("container:", containers(&|_| true).into_iter().map(|name| format!("{name}:")).collect()),
            ("running", containers(&|status| status.is_alive())),
            ("stopped", containers(&|status| !status.is_alive())),
            ("paused", containers(&|status| status == Status::Paused)),
            ("image", images.collect()),
            ("volume", world.volumes.keys().cloned().collect()),
            ("network", world.networks.values().map(|n| n.name.clone()).collect()),
            ("file", session.files_here()),
        ]);
    }

    fn of_kind(&self, names: Names) -> Vec<&String> {
        let kinds: &[&str] = match names {
            Names::Any => &["container", "image", "volume", "network"],
            Names::Container => &["container"],
            Names::Running => &["running"],
            Names::Stopped => &["stopped"],
            Names::Paused => &["paused"],
            Names::Image => &["image"],
            Names::Volume => &["volume"],
            Names::Network => &["network"],
            Names::File | Names::Directory => &["file"],
            Names::CopyPath => &["container:", "file"],
            _ => &[],
        };
        kinds.iter().filter_map(|kind| self.names.get(kind)).flatten().collect()
    }

    fn docker(&self, words: &[String]) -> Vec<Pair> {
        let at = words.len().saturating_sub(1);
        let typed = words.last().map_or("", String::as_str);
        let mut pairs = vec![];
        for candidate in complete(words, at) {
            match candidate.kind {
                Kind::Names(names) => {
                    let all = self.of_kind(names).into_iter().map(|n| format!("{}{n}", candidate.text));
                    pairs.extend(all.filter(|n| n.starts_with(typed)).map(|n| pair(&n, "")));
                }
                _ => pairs.push(pair(&candidate.text, candidate.description)),
            }
        }
        pairs
    }
}

fn pair(text: &str, about: &str) -> Pair {
    let display = if about.is_empty() { text.to_string() } else { format!("{text:<22} {about}") };
    Pair { display, replacement: format!("{text} ") }
}

impl Completer for Assist {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = line.get(..at).unwrap_or(line);
        let from = before.rfind([' ', '|', ';', '&', '(']).map_or(0, |i| i + 1);
        let typed = &before[from..];
        let command = before.rfind(['|', ';', '&', '(']).map_or(before, |i| &before[i + 1..]).trim_start();
        if let Some(colon) = command.strip_prefix(':') {
            let names = COLONS.iter().filter_map(|c| c.usage.split(' ').next());
            let pairs = names.filter(|n| n.starts_with(colon)).map(|n| pair(&format!(":{n}"), "")).collect();
            return Ok((before.len() - command.len(), pairs));
        }
        let words: Vec<String> = command.split(' ').map(String::from).filter(|w| !w.is_empty()).collect();
        let pairs = match words.split_first() {
            Some((docker, rest)) if docker == "docker" && command.contains(' ') => {
                let mut rest = rest.to_vec();
                if typed.is_empty() {
                    rest.push(String::new());
                }
                self.docker(&rest)
            }
            _ if !command.contains(' ') => {
                let programs =
                    PROGRAMS.names().into_iter().filter(|n| !n.contains(' ') && n.starts_with(typed));
                programs.map(|n| pair(n, "")).collect()
            }
            _ => self
                .of_kind(Names::File)
                .into_iter()
                .filter(|f| f.starts_with(typed))
                .map(|f| pair(f, ""))
                .collect(),
        };
        Ok((from, pairs))
    }
}

impl Hinter for Assist {
    type Hint = String;

    fn hint(&self, line: &str, at: usize, context: &Context<'_>) -> Option<String> {
        self.hinter.hint(line, at, context)
    }
}

impl Highlighter for Assist {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        let word = line.split([' ', '\n']).next().unwrap_or("");
        if word == "docker" || word.starts_with(':') {
            return Cow::Owned(format!("\x1b[1;36m{word}\x1b[0m{}", &line[word.len()..]));
        }
        Cow::Borrowed(line)
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("\x1b[2m{hint}\x1b[0m"))
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        true
    }
}

impl Validator for Assist {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let line = context.input();
        let whole = line.starts_with(':') || drydock::transcript::is_complete(line);
        Ok(if whole { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl Helper for Assist {}
