//! Parameter expansion: `$x`, `${x…}`.

use super::ast::Replace;
use super::code::{Make, Source, Which};
use super::machine::{Fault, Shell, Turn};
use super::pattern::Pattern;
use super::quote;
use super::voice::Voice;
use crate::kernel::Sys;

/// What a parameter holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Held {
    Unset,
    One(String),
    /// `$@` and the like: the values, and whether it is `*`.
    Many(Vec<String>, bool),
}

impl Held {
    fn is_empty(&self) -> bool {
        match self {
            Held::Unset => true,
            Held::One(text) => text.is_empty(),
            Held::Many(values, _) => values.iter().all(String::is_empty),
        }
    }
}

impl Shell {
    /// The value of a parameter. A subscript is popped.
    fn hold(&mut self, source: &Source, sys: &mut Sys<'_>) -> Turn<Held> {
        let subscript = (source.which == Which::Subscript).then(|| self.pop_text());
        let held = self.look(&source.name, source.which, subscript, sys)?;
        if !source.indirect {
            return Ok(held);
        }
        let Held::One(name) = held else { return Ok(Held::Unset) };
        if let Some((array, index)) = name.strip_suffix(']').and_then(|n| n.split_once('[')) {
            let which = match index {
                "@" => Which::At,
                "*" => Which::Star,
                _ => Which::Subscript,
            };
            return self.look(array, which, Some(index.to_string()), sys);
        }
        self.look(&name, Which::Whole, None, sys)
    }

    fn look(&mut self, name: &str, which: Which, subscript: Option<String>, sys: &mut Sys<'_>) -> Turn<Held> {
        if let Some(special) = self.special(name, sys) {
            return Ok(special);
        }
        let strings = |values: Vec<&str>| values.into_iter().map(str::to_string).collect::<Vec<_>>();
        let Some(var) = self.vars.get(name) else {
            let listed = (self.voice == Voice::Bash).then(|| self.listed(name)).flatten();
            let list = match listed {
                Some(list) => list,
                None if matches!(which, Which::At | Which::Star) => vec![],
                None => return Ok(Held::Unset),
            };
            let at = match (which, subscript) {
                (Which::At | Which::Star, _) => return Ok(Held::Many(list, which == Which::Star)),
                (_, Some(subscript)) => self.compute(&subscript, sys)?,
                _ => 0,
            };
            let at = if at < 0 { at.saturating_add(list.len() as i64) } else { at };
            let found = usize::try_from(at).ok().and_then(|at| list.get(at)).cloned();
            return Ok(found.map_or(Held::Unset, Held::One));
        };
        Ok(match which {
            Which::Whole => var.text().map_or(Held::Unset, |t| Held::One(t.to_string())),
            Which::At => Held::Many(strings(var.elements()), false),
            Which::Star => Held::Many(strings(var.elements()), true),
            Which::Subscript => {
                let key = subscript.unwrap_or_default();
                self.element(name, &key, sys)?.map_or(Held::Unset, Held::One)
            }
        })
    }

    /// Special parameters and the variables the shell makes up.
    fn special(&mut self, name: &str, sys: &mut Sys<'_>) -> Option<Held> {
        let one = |text: String| Some(Held::One(text));
        match name {
            "@" | "*" => Some(Held::Many(self.params.to_vec(), name == "*")),
            "#" => one(self.params.len().to_string()),
            "?" => one(self.status.to_string()),
            "$" => one(self.main_vpid.to_string()),
            "!" => Some(self.background.map_or(Held::Unset, |pid| Held::One(pid.to_string()))),
            "-" => one(self.option_letters()),
            "0" => one(self.name.clone()),
            _ if name.starts_with(|c: char| c.is_ascii_digit()) => {
                let at = name.parse::<usize>().unwrap_or(usize::MAX);
                Some(self.params.get(at.wrapping_sub(1)).cloned().map_or(Held::Unset, Held::One))
            }
            "LINENO" if self.vars.get(name).is_none() => one(self.line().to_string()),
            "RANDOM" if self.voice != Voice::Dash && self.vars.get(name).is_none() => {
                one((sys.random() % 32768).to_string())
            }
            "SECONDS" if self.voice == Voice::Bash && self.vars.get(name).is_none() => {
                one(((sys.now().0 - self.seconds) / 1_000_000_000).to_string())
            }
            "EPOCHSECONDS" if self.voice == Voice::Bash => one((sys.now().0 / 1_000_000_000).to_string()),
            "EPOCHREALTIME" if self.voice == Voice::Bash => {
                let micros = sys.now().0 / 1000;
                one(format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000))
            }
            "BASHPID" if self.voice == Voice::Bash => one(sys.vpid().to_string()),
            "BASH_SUBSHELL" if self.voice == Voice::Bash => one(self.subshell.to_string()),
            _ => None,
        }
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        match name.strip_suffix(']').and_then(|n| n.split_once('[')) {
            Some((array, key)) => self.vars.get(array).is_some_and(|v| v.keys().iter().any(|k| k == key)),
            None => match name.parse::<usize>() {
                Ok(n) => n <= self.params.len(),
                Err(_) => self.vars.text(name).is_some(),
            },
        }
    }

    pub(super) fn expand(&mut self, source: &Source, make: &Make, sys: &mut Sys<'_>) -> Turn<()> {
        let texts = match make {
            Make::Replace(_) | Make::Slice { len: true } => 2,
            Make::Trim { .. } | Make::Slice { len: false } | Make::Case { pattern: true, .. } => 1,
            _ => 0,
        };
        let mut extra: Vec<String> = (0..texts).map(|_| self.pop_text()).collect();
        extra.reverse();
        match make {
            Make::Bad(text) => {
                let message = match self.voice {
                    Voice::Bash | Voice::Gnu => format!("{text}: bad substitution"),
                    Voice::Dash => "Bad substitution".to_string(),
                    Voice::Ash => "syntax error: bad substitution".to_string(),
                };
                self.complain(sys, &message);
                return Err(self.fatal(if self.voice == Voice::Bash { 1 } else { 2 }));
            }
            Make::Names => {
                let names = self.names(source);
                self.push_values(&names, source.which == Which::Star, source.quoted);
                return Ok(());
            }
            _ => {}
        }
        let held = self.hold(source, sys)?;
        if held == Held::Unset && self.options.nounset {
            return Err(self.unbound(&source.name, sys));
        }
        if *make == Make::Length {
            let length = match &held {
                Held::Unset => 0,
                Held::One(text) => text.chars().count(),
                Held::Many(values, _) => values.len(),
            };
            self.push_value(&length.to_string(), source.quoted);
            return Ok(());
        }
        if let (Make::Slice { .. }, Held::Many(values, star)) = (make, &held) {
            let positional = matches!(&*source.name, "@" | "*");
            let values = self.slice_values(values, &extra, positional, sys)?;
            self.push_values(&values, *star, source.quoted);
            return Ok(());
        }
        match held {
            Held::Unset => {
                // An unset variable is an empty text, in quotes an empty field.
                self.push_value("", source.quoted);
            }
            Held::One(text) if *make == Make::Value => self.push_value(&text, source.quoted),
            Held::One(text) => {
                let text = self.make(make, text, &extra, sys)?;
                self.push_value(&text, source.quoted);
            }
            Held::Many(values, star) => {
                let values =
                    values.into_iter().map(|v| self.make(make, v, &extra, sys)).collect::<Turn<Vec<_>>>()?;
                self.push_values(&values, star, source.quoted);
            }
        }
        Ok(())
    }

    fn unbound(&mut self, name: &str, sys: &mut Sys<'_>) -> Fault {
        let dollar = name.starts_with(|c: char| c.is_ascii_digit()) && self.voice == Voice::Bash;
        let shown = if dollar { format!("${name}") } else { name.to_string() };
        let text = match self.voice {
            Voice::Bash | Voice::Gnu => format!("{shown}: unbound variable"),
            Voice::Dash | Voice::Ash => format!("{shown}: parameter not set"),
        };
        self.complain(sys, &text);
        let status = match self.voice {
            Voice::Bash | Voice::Gnu if self.options.command => 127,
            Voice::Bash | Voice::Gnu => 1,
            Voice::Dash | Voice::Ash => 2,
        };
        self.fatal(status)
    }

    fn names(&self, source: &Source) -> Vec<String> {
        match source.which {
            Which::Whole => self
                .vars
                .iter()
                .filter(|(name, var)| name.starts_with(&*source.name) && var.text().is_some())
                .map(|(name, _)| name.to_string())
                .collect(),
            _ => self.vars.get(&source.name).map_or(vec![], super::vars::Var::keys),
        }
    }

    fn make(&mut self, make: &Make, text: String, extra: &[String], sys: &mut Sys<'_>) -> Turn<String> {
        let first = extra.first().map_or("", String::as_str);
        Ok(match make {
            Make::Trim { suffix, longest } => {
                let pattern = self.pattern(first);
                if *suffix {
                    pattern.suffix(&text, *longest).and_then(|at| text.get(..at)).unwrap_or(&text).to_string()
                } else {
                    pattern.prefix(&text, *longest).and_then(|at| text.get(at..)).unwrap_or(&text).to_string()
                }
            }
            Make::Replace(how) => {
                let with = extra.get(1).map_or("", String::as_str);
                replace(&self.pattern(first), *how, &text, first.is_empty(), with)
            }
            Make::Slice { .. } => self.slice(&text, extra, sys)?,
            Make::Case { upper, all, pattern } => {
                let pattern = pattern.then(|| Pattern::new(first, true));
                case(&text, *upper, *all, pattern.as_ref())
            }
            Make::Transform(letter) => match letter {
                'Q' => quote::single(&text),
                'U' => text.to_uppercase(),
                'L' => text.to_lowercase(),
                'u' => case(&text, true, false, None),
                'E' => {
                    let mut out = vec![];
                    super::builtins::echo::unescape(
                        text.as_bytes(),
                        super::builtins::echo::Escapes::Ansi,
                        &mut out,
                    );
                    String::from_utf8_lossy(&out).into_owned()
                }
                'P' => self.prompt_text(&text, sys),
                _ => text,
            },
            _ => text,
        })
    }

    fn slice(&mut self, text: &str, extra: &[String], sys: &mut Sys<'_>) -> Turn<String> {
        let chars: Vec<char> = text.chars().collect();
        let (from, to) = self.bounds(chars.len(), extra, sys)?;
        Ok(chars.get(from..to).unwrap_or_default().iter().collect())
    }

    fn bounds(&mut self, count: usize, extra: &[String], sys: &mut Sys<'_>) -> Turn<(usize, usize)> {
        let count = count as i64;
        let from = self.compute(extra.first().map_or("", String::as_str), sys)?;
        let from = if from < 0 { count.saturating_add(from) } else { from };
        if from < 0 || from > count {
            return Ok((0, 0));
        }
        let to = match extra.get(1) {
            None => count,
            Some(len) => match self.compute(len, sys)? {
                len if len < 0 => {
                    let to = count.saturating_add(len);
                    if to < from {
                        self.complain(sys, &format!("{len}: substring expression < 0"));
                        return Err(self.fatal(1));
                    }
                    to
                }
                len => from.saturating_add(len).min(count),
            },
        };
        Ok((from as usize, to.max(from) as usize))
    }

    fn slice_values(
        &mut self,
        values: &[String],
        extra: &[String],
        positional: bool,
        sys: &mut Sys<'_>,
    ) -> Turn<Vec<String>> {
        let mut all = values.to_vec();
        if positional {
            all.insert(0, self.name.clone());
        }
        let (from, to) = self.bounds(all.len(), extra, sys)?;
        Ok(all.get(from..to).unwrap_or_default().to_vec())
    }

    /// `${x-w}` and its like: uses the value and jumps, or goes on with the word.
    pub(super) fn expand_default(
        &mut self,
        source: &Source,
        operator: char,
        colon: bool,
        end: u32,
        sys: &mut Sys<'_>,
    ) -> Turn<()> {
        let subscript = self.frame().texts.last().cloned();
        let held = self.hold(source, sys)?;
        let missing = match &held {
            Held::Unset => true,
            Held::Many(values, _) if values.is_empty() => true,
            held => colon && held.is_empty(),
        };
        match (operator, missing) {
            ('+', true) => {
                self.push_value("", source.quoted);
                self.frame().pc = end;
            }
            ('+', false) => {}
            (_, false) => {
                match held {
                    Held::One(text) => self.push_value(&text, source.quoted),
                    Held::Many(values, star) => self.push_values(&values, star, source.quoted),
                    Held::Unset => {}
                }
                self.frame().pc = end;
            }
            (_, true) => {
                if source.which == Which::Subscript && operator == '=' {
                    self.frame().texts.extend(subscript);
                }
                if source.quoted {
                    // The word may be empty; in quotes it is a field all the same.
                    self.push_quoted("");
                }
            }
        }
        Ok(())
    }

    /// `${x=w}` assigns the word; `${x?w}` complains of it.
    pub(super) fn assigned(
        &mut self,
        source: &Source,
        operator: char,
        colon: bool,
        sys: &mut Sys<'_>,
    ) -> Turn<()> {
        let text = self.pop_text();
        if operator == '=' {
            if source.which == Which::Subscript {
                let key = self.pop_text();
                self.assign_element(&source.name, &key, text.clone(), false, sys)?;
            } else {
                self.assign(&source.name, text.clone(), sys)?;
            }
            self.push_value(&text, source.quoted);
            return Ok(());
        }
        let text = match (text.is_empty(), colon, self.voice) {
            (false, ..) => text,
            (true, true, Voice::Bash | Voice::Gnu) => "parameter null or not set".to_string(),
            (true, true, _) => "parameter not set or null".to_string(),
            (true, false, _) => "parameter not set".to_string(),
        };
        self.complain(sys, &format!("{}: {text}", source.name));
        let status = match self.voice {
            Voice::Bash | Voice::Gnu if self.options.command => 127,
            Voice::Bash | Voice::Gnu => 1,
            Voice::Dash | Voice::Ash => 2,
        };
        Err(self.fatal(status))
    }
}

fn replace(pattern: &Pattern, how: Replace, text: &str, empty: bool, with: &str) -> String {
    if empty && !matches!(how, Replace::Prefix | Replace::Suffix) {
        return text.to_string();
    }
    match how {
        Replace::Prefix => match pattern.prefix(text, true) {
            Some(end) => format!("{with}{}", text.get(end..).unwrap_or("")),
            None => text.to_string(),
        },
        Replace::Suffix => match pattern.suffix(text, true) {
            Some(start) => format!("{}{with}", text.get(..start).unwrap_or("")),
            None => text.to_string(),
        },
        Replace::First | Replace::All => {
            if let Some(literal) = pattern.literal() {
                let times = if how == Replace::All { usize::MAX } else { 1 };
                return text.replacen(&literal, with, times);
            }
            replace_matches(pattern, how == Replace::All, text, with)
        }
    }
}

/// How many characters a text may have for a pattern to be replaced in it: trying each start and end is costly.
const MAX_REPLACE: usize = 20_000;

fn replace_matches(pattern: &Pattern, all: bool, text: &str, with: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    let mut done = text.len() > MAX_REPLACE;
    while at < text.len() && !done {
        let rest = text.get(at..).unwrap_or("");
        match pattern.prefix(rest, true).filter(|len| *len > 0) {
            Some(len) => {
                out.push_str(with);
                at += len;
                done = !all;
            }
            None => {
                let c = rest.chars().next().unwrap_or(' ');
                out.push(c);
                at += c.len_utf8();
            }
        }
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

fn case(text: &str, upper: bool, all: bool, pattern: Option<&Pattern>) -> String {
    let mut out = String::new();
    for (i, c) in text.chars().enumerate() {
        let hit = (all || i == 0) && pattern.is_none_or(|p| p.matches(&c.to_string()));
        match (hit, upper) {
            (true, true) => out.extend(c.to_uppercase()),
            (true, false) => out.extend(c.to_lowercase()),
            (false, _) => out.push(c),
        }
    }
    out
}
