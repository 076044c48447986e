//! Who called whom: `FUNCNAME`, `BASH_SOURCE`, `BASH_LINENO`, and the other arrays that bash makes up.

use super::machine::{Kind, Shell};

/// A function or sourced file that runs, or the script itself.
pub struct Caller {
    pub name: String,
    /// The file its text is in.
    pub source: String,
    /// The line it was called from.
    pub line: u32,
}

impl Shell {
    /// What runs, the innermost first. `-c` has no entry of its own.
    pub(super) fn callers(&self) -> Vec<Caller> {
        let mut callers = vec![];
        let mut line = 0;
        if !self.options.command {
            let source = if self.options.stdin { String::new() } else { self.name.clone() };
            callers.push(Caller { name: "main".to_string(), source, line });
        }
        for frame in &self.frames {
            match &frame.kind {
                Kind::Function { name, .. } => {
                    let defined = self.functions.get(name).map(|function| function.source.to_string());
                    callers.push(Caller {
                        name: name.to_string(),
                        source: defined.unwrap_or_default(),
                        line,
                    });
                }
                Kind::Source { path, .. } => {
                    callers.push(Caller { name: "source".to_string(), source: path.clone(), line });
                }
                _ => {}
            }
            line = frame.line;
        }
        callers.reverse();
        callers
    }

    /// The file that the running text is in.
    pub(super) fn own_source(&self) -> String {
        self.callers().into_iter().next().map_or_else(|| "environment".to_string(), |caller| caller.source)
    }

    /// The elements of an array that bash makes up.
    pub(super) fn listed(&self, name: &str) -> Option<Vec<String>> {
        let on = |names: &mut dyn Iterator<Item = &'static str>, is_on: &dyn Fn(&str) -> Option<bool>| {
            let on: Vec<&str> = names.filter(|name| is_on(name) == Some(true)).collect();
            vec![on.join(":")]
        };
        Some(match name {
            "PIPESTATUS" => self.pipe_statuses.iter().map(i32::to_string).collect(),
            "FUNCNAME" => {
                let callers = self.callers();
                let inside = callers.first().is_some_and(|caller| caller.name != "main");
                callers.into_iter().filter(|_| inside).map(|caller| caller.name).collect()
            }
            "BASH_SOURCE" => {
                let sources = self.callers().into_iter().map(|caller| caller.source);
                sources.filter(|source| !source.is_empty()).collect()
            }
            "BASH_LINENO" => self.callers().iter().map(|caller| caller.line.to_string()).collect(),
            "BASH_VERSINFO" => {
                ["5", "2", "37", "1", "release", "x86_64-pc-linux-gnu"].map(str::to_string).to_vec()
            }
            "DIRSTACK" => self.directories(),
            "SHELLOPTS" => on(&mut self.option_names().into_iter(), &|name| self.option(name)),
            "BASHOPTS" => {
                on(&mut super::options::SHOPT.iter().map(|(name, ..)| *name), &|name| self.shopt(name))
            }
            _ => return None,
        })
    }
}
