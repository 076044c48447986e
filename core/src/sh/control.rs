//! Instructions that steer: jumps, conditions, loops, functions, tests.

use super::arith;
use super::builtins::test;
use super::code::{Known, Op};
use super::machine::{Block, Flow, Frame, Function, Kind, Shell, Turn, Undo};
use super::pattern::Pattern;
use crate::kernel::Sys;
use std::sync::Arc;

impl Shell {
    pub(super) fn execute_control(&mut self, op: &Op, sys: &mut Sys<'_>) -> Turn<Option<Flow>> {
        match op {
            Op::Jump(to) => self.frame().pc = *to,
            Op::JumpIf(success, to) => {
                if (self.status == 0) == *success {
                    self.frame().pc = *to;
                }
            }
            Op::Status(status) => self.status = *status,
            Op::Not => self.status = i32::from(self.status == 0),
            Op::Shield => self.frame().shield += 1,
            Op::Unshield => {
                let frame = self.frame();
                frame.shield = frame.shield.saturating_sub(1);
            }
            Op::Check => return self.check(sys).map(Some),
            Op::End => return self.end_unit(sys).map(Some),
            Op::EndFork => return Ok(Some(self.end_fork(sys))),
            Op::Return => self.pop_function(sys),
            Op::Define { name, entry, text } => {
                let unit = self.frame().unit.clone();
                let source = Arc::from(self.own_source());
                let function = Function { unit, entry: *entry, text: text.clone(), source };
                self.functions.insert(name.clone(), function);
                self.status = 0;
            }
            Op::Loop { .. } | Op::LoopAgain(_) | Op::EndLoop => self.loops(op),
            Op::For { .. } | Op::ForNext { .. } => self.for_loop(op, sys)?,
            Op::Select { .. } | Op::SelectNext { .. } => {
                self.complain(sys, "select: not simulated");
                return Err(self.fatal(1));
            }
            Op::Match(to) => {
                let pattern = self.pop_text();
                let text = self.frame().texts.last().cloned().unwrap_or_default();
                if !self.pattern(&pattern).matches(&self.folded(text)) {
                    self.frame().pc = *to;
                }
            }
            Op::Trace(text) => self.trace_line(sys, text),
            Op::DropText => {
                self.pop_text();
            }
            Op::Compute | Op::ComputeKnown(_) => {
                let value = match op {
                    Op::ComputeKnown(known) => {
                        self.trace_line(sys, &format!("(( {} ))", known.text));
                        let result = arith::eval(&known.expr, self, 0);
                        self.computed(result, "((: ", &known.text, sys)
                    }
                    _ => {
                        let text = self.pop_text();
                        self.trace_line(sys, &format!("(( {text} ))"));
                        self.compute_as("((: ", &text, sys)
                    }
                };
                self.status = match value {
                    Ok(value) => i32::from(value == 0),
                    Err(fault) if fault.fatal && self.voice != super::Voice::Bash => return Err(fault),
                    Err(_) => 1,
                };
            }
            Op::TestUnary(_) | Op::TestBinary(_) | Op::TestText => self.double_bracket(op, sys)?,
            _ => return Ok(None),
        }
        Ok(Some(Flow::Next))
    }

    fn loops(&mut self, op: &Op) {
        let status = self.status;
        let frame = self.frame();
        match op {
            Op::Loop { again, end } => {
                let block = Block::Loop {
                    again: *again,
                    end: *end,
                    shield: frame.shield,
                    texts: frame.texts.len(),
                    status: 0,
                };
                frame.blocks.push(block);
            }
            Op::LoopAgain(to) => {
                frame.pc = *to;
                if let Some(Block::Loop { status: last, .. }) = frame.blocks.last_mut() {
                    *last = status;
                }
            }
            _ => {
                if let Some(Block::Loop { status: last, .. }) = frame.blocks.pop() {
                    self.status = last;
                }
            }
        }
    }

    fn for_loop(&mut self, op: &Op, sys: &mut Sys<'_>) -> Turn<()> {
        let (name, end) = match op {
            Op::For { end, .. } => {
                let frame = self.frame();
                let items = frame.calls.pop().map(|call| call.args).unwrap_or_default();
                let (again, shield, texts) = (frame.pc, frame.shield, frame.texts.len());
                if items.is_empty() {
                    self.status = 0;
                }
                self.frame().blocks.push(Block::For { items, next: 0, again, end: *end, shield, texts });
                return Ok(());
            }
            Op::ForNext { name, end } => (name, *end),
            _ => return Ok(()),
        };
        let frame = self.frame();
        let item = match frame.blocks.last_mut() {
            Some(Block::For { items, next, .. }) => {
                *next += 1;
                items.get_mut(*next - 1).map(std::mem::take)
            }
            _ => None,
        };
        match item {
            Some(item) => self.assign(name, item, sys),
            None => {
                frame.blocks.pop();
                frame.pc = end;
                Ok(())
            }
        }
    }

    /// `break` and `continue`: leaves `levels` loops, or goes on with the outermost of them. False where there
    /// is no loop.
    pub(super) fn leave_loops(&mut self, levels: usize, again: bool, sys: &mut Sys<'_>) -> bool {
        let mut left = levels;
        let is_loop = |b: &Block| matches!(b, Block::Loop { .. } | Block::For { .. });
        // A loop may surround the `eval`, the trap or, as in dash, the function that this is in.
        while self.frames.len() > 1 && !self.frame().blocks.iter().any(is_loop) {
            let outer = self.frames.iter().rev().skip(1).any(|f| f.blocks.iter().any(is_loop));
            if !outer || !matches!(self.frame().kind, Kind::Eval) {
                return false;
            }
            self.pop_frame(sys);
        }
        if !self.frame().blocks.iter().any(is_loop) {
            return false;
        }
        let total = self.frame().blocks.iter().filter(|b| is_loop(b)).count();
        left = left.min(total);
        while let Some(block) = self.frame().blocks.pop() {
            match block {
                Block::Redirected(undo) => self.undo(sys, undo),
                Block::Pipeline { .. } => {}
                Block::Loop { again: to, end, shield, texts, .. }
                | Block::For { again: to, end, shield, texts, .. }
                    if left == 1 =>
                {
                    let frame = self.frame();
                    frame.shield = shield;
                    frame.texts.truncate(texts);
                    frame.pc = if again { to } else { end };
                    if again {
                        frame.blocks.push(block);
                    }
                    return true;
                }
                _ => left -= 1,
            }
        }
        true
    }

    /// Calls a function.
    pub(super) fn call_function(
        &mut self,
        sys: &mut Sys<'_>,
        name: &str,
        function: &Function,
        args: Vec<String>,
        undo: Undo,
    ) -> Turn<()> {
        let params = std::mem::replace(&mut self.params, Arc::new(args));
        let kind = Kind::Function { params: params.clone(), name: Arc::from(name), locals: vec![] };
        let frame = Frame { unit: function.unit.clone(), pc: function.entry, kind, undo, ..Frame::default() };
        let entered = self.push_frame(sys, frame);
        if entered.is_err() {
            self.params = params;
        }
        entered
    }

    /// Leaves the innermost function, with what was entered inside it.
    pub(super) fn pop_function(&mut self, sys: &mut Sys<'_>) {
        while let Some(frame) = self.frames.last() {
            let done = matches!(frame.kind, Kind::Function { .. } | Kind::Source { .. });
            self.pop_frame(sys);
            if done {
                return;
            }
        }
    }

    pub(super) fn pattern(&self, text: &str) -> Pattern {
        Pattern::new(&self.folded(text.to_string()), self.voice == super::Voice::Bash)
    }

    fn folded(&self, text: String) -> String {
        if self.options.nocasematch { text.to_lowercase() } else { text }
    }

    pub(super) fn compute(&mut self, text: &str, sys: &mut Sys<'_>) -> Turn<i64> {
        self.compute_as("", text, sys)
    }

    /// As [`Self::compute`], a complaint of bash beginning with `who`.
    pub(super) fn compute_as(&mut self, who: &str, text: &str, sys: &mut Sys<'_>) -> Turn<i64> {
        let result = arith::evaluate(text, self.voice, self);
        self.computed(result, who, text, sys)
    }

    pub(super) fn compute_known(&mut self, known: &Known, sys: &mut Sys<'_>) -> Turn<i64> {
        let result = arith::eval(&known.expr, self, 0);
        self.computed(result, "", &known.text, sys)
    }

    fn computed(
        &mut self,
        result: Result<i64, arith::Mistake>,
        who: &str,
        text: &str,
        sys: &mut Sys<'_>,
    ) -> Turn<i64> {
        result.map_err(|mistake| {
            let bash = self.voice == super::Voice::Bash;
            let message = mistake.text(self.voice, text);
            self.complain(sys, &if bash { format!("{who}{message}") } else { message });
            self.fatal(if bash { 1 } else { 2 })
        })
    }

    fn double_bracket(&mut self, op: &Op, sys: &mut Sys<'_>) -> Turn<()> {
        let truth = match op {
            Op::TestText => {
                let text = self.pop_text();
                self.trace_line(sys, &format!("[[ -n {text} ]]"));
                !text.is_empty()
            }
            Op::TestUnary(op) => {
                let operand = self.pop_text();
                self.trace_line(sys, &format!("[[ {op} {operand} ]]"));
                match &**op {
                    "-n" => !operand.is_empty(),
                    "-z" => operand.is_empty(),
                    "-t" => operand.parse().is_ok_and(|fd| sys.is_tty(fd)),
                    "-v" => self.is_set(&operand),
                    "-o" => self.option(&operand).unwrap_or(false),
                    _ => match test::file_test(op, &operand, sys) {
                        Some(truth) => truth,
                        None => {
                            self.complain(sys, &format!("{op}: unary operator expected"));
                            self.status = 2;
                            return Ok(());
                        }
                    },
                }
            }
            Op::TestBinary(op) => {
                let (right, left) = (self.pop_text(), self.pop_text());
                self.trace_line(sys, &format!("[[ {left} {op} {right} ]]"));
                match &**op {
                    "=" | "==" => self.pattern(&right).matches(&self.folded(left)),
                    "!=" => !self.pattern(&right).matches(&self.folded(left)),
                    "<" => left < right,
                    ">" => left > right,
                    "=~" => match self.regex_match(&left, &right) {
                        Some(truth) => truth,
                        None => {
                            self.status = 2;
                            return Ok(());
                        }
                    },
                    "-nt" | "-ot" | "-ef" => {
                        test::compare_files(&left, op, &right, self.voice, sys).unwrap_or(false)
                    }
                    _ => {
                        let (l, r) = (self.compute(&left, sys)?, self.compute(&right, sys)?);
                        match &**op {
                            "-eq" => l == r,
                            "-ne" => l != r,
                            "-lt" => l < r,
                            "-le" => l <= r,
                            "-gt" => l > r,
                            _ => l >= r,
                        }
                    }
                }
            }
            _ => false,
        };
        self.status = i32::from(!truth);
        Ok(())
    }

    /// `=~`: sets `BASH_REMATCH`. `None` where the expression is none.
    fn regex_match(&mut self, text: &str, regex: &str) -> Option<bool> {
        let found = regex_lite::RegexBuilder::new(regex)
            .case_insensitive(self.options.nocasematch)
            .size_limit(1 << 20)
            .build()
            .ok()?;
        let captures = found.captures(text);
        let groups: std::collections::BTreeMap<i64, String> = captures
            .iter()
            .flat_map(|c| c.iter())
            .zip(0..)
            .map(|(group, i)| (i, group.map_or(String::new(), |m| m.as_str().to_string())))
            .collect();
        self.vars.entry("BASH_REMATCH").value = super::vars::Value::List(groups);
        Some(captures.is_some())
    }
}
