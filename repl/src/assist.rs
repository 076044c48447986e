//! What the editor offers while a line is typed: completion, a hint from history, colours.

use drydock::session::{Offer, Offers, Session};
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::validate::Validator;
use rustyline::{Context, Helper};
use std::borrow::Cow;

/// The editor's helper: what it knows of the world was read when the prompt came up.
#[derive(Default)]
pub struct Assist {
    hinter: HistoryHinter,
    offers: Offers,
    /// What is typed is shown; not so for a password.
    pub shown: bool,
}

impl Assist {
    /// Reads the names that can be completed.
    pub fn look_at(&mut self, session: &Session) {
        self.offers = Offers::of(session);
    }
}

impl Completer for Assist {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let (from, offers) = self.offers.complete(line, at);
        let pair = |Offer { text, about }: Offer| {
            let display = if about.is_empty() { text.clone() } else { format!("{text:<22} {about}") };
            Pair { display, replacement: format!("{text} ") }
        };
        Ok((from, offers.into_iter().map(pair).collect()))
    }
}

impl Hinter for Assist {
    type Hint = String;

    fn hint(&self, line: &str, at: usize, context: &Context<'_>) -> Option<String> {
        if !self.shown {
            return None;
        }
        self.hinter.hint(line, at, context)
    }
}

impl Highlighter for Assist {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if !self.shown {
            return Cow::Owned(" ".repeat(line.chars().count()));
        }
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

/// The prompt asks for the lines that a command lacks, so each is entered as it is.
impl Validator for Assist {}

impl Helper for Assist {}
