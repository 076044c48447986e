//! What `grep` prints: selected lines, their context, counts and names.

use crate::base::posix_regex::Pattern;
use crate::kernel::Sys;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How to print, and where in the present file the search stands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Output {
    /// Print names of files.
    pub names: bool,
    /// Print line numbers.
    pub numbers: bool,
    /// Print only how many lines were selected.
    pub count: bool,
    /// `l` or `L`: print only names of files.
    pub list: Option<char>,
    /// Print only what matched.
    pub only: bool,
    /// Lines of context before.
    pub before: u64,
    /// Lines of context after.
    pub after: u64,
    /// The number of the present line.
    pub line: u64,
    /// How many lines of the present file have been selected.
    pub matches: u64,
    /// Lines of context still to print.
    pub trailing: u64,
    /// A name has been printed.
    pub listed: bool,
    /// Lines that may become context before the next selected one.
    pub held: VecDeque<(u64, Vec<u8>)>,
    /// The last line printed of this file; 0 where none.
    pub printed: u64,
    /// Something has been printed before, so that a gap is marked.
    pub any: bool,
}

impl Output {
    fn prefix(&self, name: &str, line: u64, mark: char) -> String {
        let mut prefix = String::new();
        if self.names {
            prefix.push_str(name);
            prefix.push(mark);
        }
        if self.numbers {
            prefix.push_str(&format!("{line}{mark}"));
        }
        prefix
    }

    fn print(&mut self, sys: &mut Sys<'_>, name: &str, line: u64, mark: char, data: &[u8]) {
        let mut out = self.prefix(name, line, mark).into_bytes();
        out.extend_from_slice(data);
        out.push(b'\n');
        sys.write(1, &out);
        self.printed = line;
        self.any = true;
    }

    /// A line that was not selected: context after the last, or perhaps before the next.
    pub fn unselected(&mut self, sys: &mut Sys<'_>, name: &str, data: &[u8]) {
        if self.count || self.list.is_some() {
            return;
        }
        if self.trailing > 0 {
            self.trailing -= 1;
            if !self.only {
                self.print(sys, name, self.line, '-', data);
            }
        } else if self.before > 0 {
            self.held.push_back((self.line, data.to_vec()));
            if self.held.len() as u64 > self.before {
                self.held.pop_front();
            }
        }
    }

    /// A selected line; `pattern` where the matches in it are known.
    pub fn selected(
        &mut self,
        sys: &mut Sys<'_>,
        name: &str,
        data: &[u8],
        text: &str,
        pattern: Option<&Pattern>,
    ) {
        let held = std::mem::take(&mut self.held);
        let first = held.front().map_or(self.line, |(line, _)| *line);
        let apart = first > self.printed + 1 || self.printed == 0;
        if (self.before > 0 || self.after > 0) && self.any && apart {
            sys.print("--\n");
        }
        if self.only {
            let Some(pattern) = pattern else { return };
            let prefix = self.prefix(name, self.line, ':');
            for found in pattern.regex().find_iter(text).filter(|m| !m.is_empty()) {
                let mut out = prefix.clone().into_bytes();
                out.extend_from_slice(&super::super::input::encode(found.as_str()));
                out.push(b'\n');
                sys.write(1, &out);
            }
            (self.printed, self.any) = (self.line, true);
        } else {
            for (line, data) in held {
                self.print(sys, name, line, '-', &data);
            }
            self.print(sys, name, self.line, ':', data);
        }
        self.trailing = self.after;
    }

    /// The end of a file: its count or name.
    pub fn finish(&mut self, sys: &mut Sys<'_>, name: &str) {
        let listed = match self.list {
            Some('L') => self.matches == 0,
            Some(_) => self.matches > 0,
            None => false,
        };
        if listed {
            self.listed = true;
            sys.print(&format!("{name}\n"));
        } else if self.count && self.list.is_none() {
            let name = if self.names { format!("{name}:") } else { String::new() };
            sys.print(&format!("{name}{}\n", self.matches));
        }
        (self.line, self.matches, self.trailing, self.printed) = (0, 0, 0, 0);
        self.held.clear();
    }
}
