//! Putting words together: splitting into fields, quotes, pathnames.

use super::code::{Mode, Op};
use super::glob;
use super::machine::{Assigned, Assignment, Builder, Call, Fault, Field, Flow, Redirection, Shell, Turn};
use super::pattern;
use crate::kernel::Sys;

/// The most arguments of one command.
const MAX_ARGS: usize = 200_000;

impl Shell {
    pub(super) fn pop_text(&mut self) -> String {
        self.frame().texts.pop().unwrap_or_default()
    }

    pub(super) fn fatal(&self, status: i32) -> Fault {
        Fault { status, fatal: true }
    }

    pub(super) fn execute_word(&mut self, op: &Op, sys: &mut Sys<'_>) -> Turn<Flow> {
        match op {
            Op::Open(mode) => self.frame().builders.push(Builder {
                mode: *mode,
                text: String::new(),
                fields: vec![],
                current: None,
                after_blank: false,
            }),
            Op::Lit(text) => self.push_literal(text),
            Op::Split(text) => self.push_value(text, false),
            Op::Quoted(text) => self.push_quoted(text),
            Op::Tilde(user) => {
                let home = self.tilde(user, sys);
                self.push_quoted(&home);
            }
            Op::Param(source, make) => self.expand(source, make, sys)?,
            Op::Default { source, operator, colon, end } => {
                self.expand_default(source, *operator, *colon, *end, sys)?;
            }
            Op::Assigned { source, operator, colon } => self.assigned(source, *operator, *colon, sys)?,
            Op::Arith(expr, quoted) => {
                let value = self.compute_known(expr, sys)?;
                self.push_value(&value.to_string(), *quoted);
            }
            Op::ArithText(quoted) => {
                let text = self.pop_text();
                let value = self.compute(&text, sys)?;
                self.push_value(&value.to_string(), *quoted);
            }
            Op::CloseArgs => self.close_args(sys)?,
            Op::CloseText => {
                let text = self.frame().builders.pop().map(|b| b.text).unwrap_or_default();
                self.check_text(text.len(), sys)?;
                self.frame().texts.push(text);
            }
            Op::Begin(line) => {
                let frame = self.frame();
                frame.line = *line;
                frame.calls.push(Call { line: *line, ..Call::default() });
            }
            Op::Arg(text) => {
                if let Some(call) = self.frame().calls.last_mut() {
                    call.args.push(text.to_string());
                }
            }
            Op::Drop => {
                self.frame().calls.pop();
            }
            Op::Run { tail } => return self.run(*tail, sys),
            _ => self.gather(op, sys)?,
        }
        Ok(Flow::Next)
    }

    /// Adds what has been expanded to the command.
    fn gather(&mut self, op: &Op, sys: &mut Sys<'_>) -> Turn<()> {
        match op {
            Op::Assign { name, index, append, declared } => {
                let value = Assigned::Text(self.pop_text());
                let index = index.then(|| self.pop_text());
                self.add_assignment(
                    Assignment { name: name.clone(), index, append: *append, value },
                    *declared,
                );
            }
            Op::Array => self.frame().calls.push(Call::default()),
            Op::Element => {
                let (value, index) = (self.pop_text(), self.pop_text());
                if let Some(call) = self.frame().calls.last_mut() {
                    let plain = std::mem::take(&mut call.args).into_iter().map(|a| (None, a));
                    call.elements.extend(plain);
                    call.elements.push((Some(index), value));
                }
            }
            Op::AssignArray { name, append, declared } => {
                let mut call = self.frame().calls.pop().unwrap_or_default();
                call.elements.extend(call.args.into_iter().map(|a| (None, a)));
                let value = Assigned::Array(call.elements);
                let assignment = Assignment { name: name.clone(), index: None, append: *append, value };
                self.add_assignment(assignment, *declared);
            }
            Op::Settle => {
                let call = self.frame().calls.last_mut();
                let assigns = call.map(|call| std::mem::take(&mut call.assigns)).unwrap_or_default();
                if self.options.xtrace {
                    self.trace_assigns(sys, &assigns);
                }
                let count = if self.options.noexec { 0 } else { assigns.len() };
                for assignment in assigns.into_iter().take(count) {
                    self.carry_out(assignment, sys)?;
                }
            }
            Op::Redirect { fd, kind } => {
                let target = self.pop_text();
                if let Some(call) = self.frame().calls.last_mut() {
                    call.redirs.push(Redirection { fd: *fd, kind: (*kind).into(), target });
                }
            }
            Op::Redirected(end) => {
                let call = self.frame().calls.pop().unwrap_or_default();
                match self.redirect(sys, &call.redirs) {
                    Ok(undo) => self.frame().blocks.push(super::machine::Block::Redirected(undo)),
                    Err(status) => {
                        self.status = status;
                        self.frame().pc = *end;
                        if self.options.errexit && self.frame().shield == 0 {
                            return Err(Fault { status, fatal: true });
                        }
                    }
                }
            }
            Op::Restore => {
                if let Some(super::machine::Block::Redirected(undo)) = self.frame().blocks.pop() {
                    self.undo(sys, undo);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn add_assignment(&mut self, assignment: Assignment, declared: bool) {
        let Some(call) = self.frame().calls.last_mut() else { return };
        if declared {
            // The place of the argument is kept by the name.
            call.args.push(assignment.name.to_string());
            call.declared.push(assignment);
        } else {
            call.assigns.push(assignment);
        }
    }

    // --- building -------------------------------------------------------------------------------------

    fn push_literal(&mut self, text: &str) {
        let Some(builder) = self.frame().builders.last_mut() else { return };
        if builder.mode != Mode::Args {
            builder.text.push_str(text);
            return;
        }
        let field = builder.current.get_or_insert_default();
        field.special |=
            text.contains(['*', '?', '[']) || (text.contains('(') && text.contains(['@', '+', '!']));
        field.text.push_str(text);
        builder.after_blank = false;
    }

    pub(super) fn push_quoted(&mut self, text: &str) {
        let Some(builder) = self.frame().builders.last_mut() else { return };
        match builder.mode {
            Mode::Text => builder.text.push_str(text),
            Mode::Pattern => pattern::escape(text, &mut builder.text),
            Mode::Regex => pattern::escape_regex(text, &mut builder.text),
            Mode::Args => {
                let field = builder.current.get_or_insert_default();
                let start = field.text.len();
                field.text.push_str(text);
                field.quoted.push((start, field.text.len()));
                builder.after_blank = false;
            }
        }
    }

    /// The value of an expansion: split unless quoted.
    pub(super) fn push_value(&mut self, text: &str, quoted: bool) {
        if quoted {
            return self.push_quoted(text);
        }
        let Some(builder) = self.frames.last_mut().and_then(|frame| frame.builders.last_mut()) else {
            return;
        };
        if builder.mode != Mode::Args {
            builder.text.push_str(text);
            return;
        }
        builder.split(text, self.vars.text("IFS").unwrap_or(" \t\n"));
    }

    /// Several values: `$@`, `$*`, `${a[@]}`.
    pub(super) fn push_values(&mut self, values: &[String], star: bool, quoted: bool) {
        let ifs = self.vars.text("IFS").unwrap_or(" \t\n").to_string();
        let text_mode = self.frame().builders.last().is_none_or(|b| b.mode != Mode::Args);
        if text_mode || (star && quoted) {
            let separator = if star {
                ifs.chars().next().map_or(String::new(), |c| c.to_string())
            } else {
                " ".to_string()
            };
            let joined = values.join(&separator);
            return self.push_value(&joined, quoted);
        }
        for (i, value) in values.iter().enumerate() {
            if i > 0
                && let Some(builder) = self.frame().builders.last_mut()
            {
                builder.finish();
                builder.after_blank = !quoted;
            }
            self.push_value(value, quoted);
        }
    }

    fn close_args(&mut self, sys: &mut Sys<'_>) -> Turn<()> {
        let Some(mut builder) = self.frame().builders.pop() else { return Ok(()) };
        builder.finish();
        let mut args = vec![];
        for field in builder.fields {
            if !field.special || self.options.noglob {
                args.push(field.text);
                continue;
            }
            let pattern = field.pattern();
            let found = glob::expand(&pattern, &self.options, self.voice == super::Voice::Bash, sys);
            if found.is_empty() && self.options.failglob {
                self.complain(sys, &format!("no match: {}", field.text));
                return Err(Fault { status: 1, fatal: false });
            }
            if found.is_empty() && !self.options.nullglob {
                args.push(field.text);
            }
            args.extend(found);
        }
        let too_many = match self.frame().calls.last_mut() {
            Some(call) => {
                call.args.extend(args);
                call.args.len() > MAX_ARGS
            }
            None => false,
        };
        if too_many {
            self.complain(sys, "Argument list too long");
            return Err(self.fatal(1));
        }
        Ok(())
    }

    pub(super) fn tilde(&mut self, user: &str, sys: &mut Sys<'_>) -> String {
        match user {
            "" => match self.vars.text("HOME") {
                Some(home) => home.to_string(),
                None => "~".to_string(),
            },
            "+" => self.vars.text("PWD").unwrap_or("~+").to_string(),
            "-" => self.vars.text("OLDPWD").unwrap_or("~-").to_string(),
            name => {
                let passwd = sys.read_file("/etc/passwd").unwrap_or_default();
                let passwd = String::from_utf8_lossy(&passwd).into_owned();
                let home = passwd.lines().map(|l| l.split(':').collect::<Vec<_>>()).find_map(|fields| {
                    (fields.first() == Some(&name)).then(|| fields.get(5).map(|h| (*h).to_string())).flatten()
                });
                home.unwrap_or_else(|| format!("~{name}"))
            }
        }
    }
}

impl Builder {
    /// Ends the field that is being put together.
    pub(super) fn finish(&mut self) {
        if let Some(field) = self.current.take() {
            self.fields.push(field);
        }
    }

    /// Field splitting: blanks of IFS separate, its other characters end a field each.
    fn split(&mut self, text: &str, ifs: &str) {
        for c in text.chars() {
            if !ifs.contains(c) {
                let field = self.current.get_or_insert_default();
                field.special |= matches!(c, '*' | '?' | '[');
                field.text.push(c);
                self.after_blank = false;
            } else if matches!(c, ' ' | '\t' | '\n') {
                if self.current.is_some() {
                    self.finish();
                    self.after_blank = true;
                }
            } else if self.current.is_none() && self.after_blank {
                // The blanks before it belong to the same separator.
                self.after_blank = false;
            } else {
                self.current.get_or_insert_default();
                self.finish();
            }
        }
    }
}

impl Field {
    /// The field as a pattern, what was quoted escaped.
    fn pattern(&self) -> String {
        let mut out = String::new();
        let mut at = 0;
        for (start, end) in &self.quoted {
            out.push_str(self.text.get(at..*start).unwrap_or(""));
            pattern::escape(self.text.get(*start..*end).unwrap_or(""), &mut out);
            at = *end;
        }
        out.push_str(self.text.get(at..).unwrap_or(""));
        out
    }
}
