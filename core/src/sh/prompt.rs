//! Prompts.

use super::machine::Shell;
use super::voice::Voice;
use super::word::{is_name, is_name_char};
use crate::kernel::Sys;

impl Shell {
    pub(super) fn prompt(&mut self, sys: &mut Sys<'_>, more: bool) {
        let text = self.vars.text(if more { "PS2" } else { "PS1" }).unwrap_or("").to_string();
        let text = self.prompt_text(&text, sys);
        sys.eprint(&text);
    }

    /// The escapes of a prompt, which dash does not know, and the values of variables. Commands in it are not run.
    pub(super) fn prompt_text(&self, text: &str, sys: &Sys<'_>) -> String {
        let mut out = String::new();
        let mut rest = text;
        let variables = self.voice != Voice::Bash || self.shopt("promptvars") == Some(true);
        while let Some(c) = rest.chars().next() {
            if c == '\\' && self.voice != Voice::Dash {
                let letter = rest[1..].chars().next();
                match letter.and_then(|letter| self.escape(letter, sys)) {
                    Some(value) => out.push_str(&value),
                    None => out.extend(['\\'].into_iter().chain(letter)),
                }
                rest = &rest[1 + letter.map_or(0, char::len_utf8)..];
                continue;
            }
            if let Some((value, len)) = (c == '$' && variables).then(|| self.substituted(rest)).flatten() {
                out.push_str(&value);
                rest = &rest[len..];
                continue;
            }
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
        out
    }

    fn escape(&self, letter: char, sys: &Sys<'_>) -> Option<String> {
        Some(match letter {
            'u' => self.user(sys),
            'h' => sys.hostname().split('.').next().unwrap_or("").to_string(),
            'H' => sys.hostname(),
            'w' | 'W' => self.shown_directory(letter == 'W'),
            '$' => if sys.me().is_ok_and(|me| me.cred.uid == 0) { "#" } else { "$" }.to_string(),
            's' => self.name.rsplit('/').next().unwrap_or("").to_string(),
            'v' => "5.2".to_string(),
            'V' => "5.2.37".to_string(),
            'n' => "\n".to_string(),
            'r' => "\r".to_string(),
            'e' => "\x1b".to_string(),
            'a' => "\x07".to_string(),
            'j' => self.jobs.len().to_string(),
            '!' | '#' => (self.history.len() + 1).to_string(),
            '\\' => "\\".to_string(),
            '[' | ']' => String::new(),
            _ => return None,
        })
    }

    /// The value of the variable that `text` begins with (`$NAME`, `${NAME}`, `${NAME:-TEXT}`, `${NAME:+TEXT}`) and
    /// how long that is.
    pub(super) fn substituted(&self, text: &str) -> Option<(String, usize)> {
        let after = text.strip_prefix('$')?;
        let value = |name: &str| self.vars.text(name).unwrap_or("").to_string();
        let Some(inner) = after.strip_prefix('{') else {
            let len = after.chars().take_while(|c| is_name_char(*c)).count();
            return is_name(&after[..len]).then(|| (value(&after[..len]), 1 + len));
        };
        let inner = &inner[..inner.find('}')?];
        let len = inner.chars().take_while(|c| is_name_char(*c)).count();
        let (name, operation) = inner.split_at(len);
        let set = value(name);
        let result = match operation.split_at_checked(2) {
            _ if !is_name(name) => return None,
            None if operation.is_empty() => set,
            Some((":-", other)) => {
                if set.is_empty() {
                    other.to_string()
                } else {
                    set
                }
            }
            Some((":+", _)) if set.is_empty() => set,
            Some((":+", other)) => self.nested_substituted(other),
            _ => return None,
        };
        Some((result, inner.len() + 3))
    }

    fn nested_substituted(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let plain = !rest.starts_with("${");
            match plain.then(|| self.substituted(rest)).flatten() {
                Some((value, len)) => {
                    out.push_str(&value);
                    rest = &rest[len..];
                }
                None => {
                    out.push(c);
                    rest = &rest[c.len_utf8()..];
                }
            }
        }
        out
    }

    fn user(&self, sys: &Sys<'_>) -> String {
        let uid = sys.me().map_or(0, |me| me.cred.uid);
        if uid == 0 {
            return "root".to_string();
        }
        self.vars.text("USER").map_or_else(|| "I have no name!".to_string(), str::to_string)
    }

    fn shown_directory(&self, last: bool) -> String {
        let pwd = self.vars.text("PWD").unwrap_or("/");
        let home = self.vars.text("HOME").unwrap_or("").trim_end_matches('/');
        let shown = match pwd.strip_prefix(home) {
            Some(rest) if !home.is_empty() && (rest.is_empty() || rest.starts_with('/')) => {
                format!("~{rest}")
            }
            _ => pwd.to_string(),
        };
        match shown.rsplit_once('/') {
            Some((_, name)) if last && !name.is_empty() => name.to_string(),
            _ => shown,
        }
    }
}
