//! Statements.

use super::{Around, Compiler, Mode, Op, names};
use crate::engine::languages::python::machine::Value;
use crate::engine::languages::python::syntax::ast::{Alias, Class, Const, Do, Expr, Handler, Kind, Name, Stmt};
use crate::engine::languages::python::syntax::{Parsed, Trouble};

/// How many statements are compiled, those of `finally` once for each way that leads there.
const MAX_STATEMENTS: u32 = 200_000;

impl Compiler {
    pub(super) fn statement(&mut self, statement: &Stmt) -> Parsed<()> {
        self.unit().span = statement.span;
        self.statements += 1;
        if self.statements > MAX_STATEMENTS {
            return Err(Trouble::Missing("a script of this size".into()));
        }
        match &statement.kind {
            Do::Expr(value) => {
                self.expr(value)?;
                let shown = self.mode == Mode::Prompt && self.units.len() == 1;
                self.emit(if shown { Op::Show } else { Op::Pop });
            }
            Do::Assign(targets, value) => {
                self.expr(value)?;
                for (at, target) in targets.iter().enumerate() {
                    if at + 1 < targets.len() {
                        self.emit(Op::Dup);
                    }
                    self.assign(target)?;
                }
            }
            Do::Augment(target, op, value) => self.augment(target, *op, value)?,
            Do::Annotate(target, annotation, value) => self.annotate(target, annotation, value.as_ref())?,
            Do::If(branches, otherwise) => self.conditional(branches, otherwise)?,
            Do::While(condition, body, otherwise) => self.while_loop(condition, body, otherwise)?,
            Do::For(target, iter, body, otherwise, is_async) => {
                if *is_async {
                    return Err(Trouble::Missing("async for".into()));
                }
                self.expr(iter)?;
                self.at(iter.span, |c| Ok(c.emit(Op::GetIter)))?;
                self.unit().span = iter.span;
                let again = self.here();
                let end = self.emit(Op::ForIter(0));
                self.assign(target)?;
                self.looped(again, true, body)?;
                self.patch(end);
                self.body(otherwise)?;
                self.end_loop();
            }
            Do::Def(func, decorators) => {
                decorators.iter().try_for_each(|d| self.expr(d))?;
                self.make_def(func)?;
                for decorator in decorators.iter().rev() {
                    self.at(decorator.span, |c| Ok(c.emit(Op::Call(1))))?;
                }
                self.store(&func.name);
            }
            Do::Class(class, decorators) => {
                decorators.iter().try_for_each(|d| self.expr(d))?;
                self.class(class)?;
                for decorator in decorators.iter().rev() {
                    self.at(decorator.span, |c| Ok(c.emit(Op::Call(1))))?;
                }
                self.store(&class.name);
            }
            other => self.other(statement, other)?,
        }
        Ok(())
    }

    fn other(&mut self, statement: &Stmt, kind: &Do) -> Parsed<()> {
        match kind {
            Do::Return(value) => {
                if !self.unit().is_function {
                    return self.bad(statement.span, "'return' outside function");
                }
                match value {
                    Some(value) => self.expr(value)?,
                    None => self.none(),
                }
                self.unwind(0)?;
                self.emit(Op::Return);
            }
            Do::Break | Do::Continue => self.jump_out(statement, *kind == Do::Break)?,
            Do::Pass | Do::Global(_) => {}
            Do::Nonlocal(names) => {
                for name in names {
                    if !self.bound_outside(name) {
                        return self.bad(statement.span, format!("no binding for nonlocal '{name}' found"));
                    }
                }
            }
            Do::Import(list) => self.import(list),
            Do::From(module, list, level) => self.import_from(module, list, *level),
            Do::Try(body, handlers, otherwise, last) => self.attempt(body, handlers, otherwise, last)?,
            Do::Raise(value, cause) => {
                value.iter().chain(cause).try_for_each(|e| self.expr(e))?;
                self.emit(Op::Raise(u32::from(value.is_some()) + u32::from(cause.is_some())));
            }
            Do::With(items, body, is_async) => self.with(items, body, *is_async)?,
            Do::Del(targets) => targets.iter().try_for_each(|t| self.remove(t))?,
            Do::Assert(test, message) => {
                self.expr(test)?;
                let fine = self.emit(Op::JumpIfTrue(0));
                self.unit().span = test.span;
                self.emit(Op::AssertionError);
                if let Some(message) = message {
                    self.expr(message)?;
                    self.emit(Op::Call(1));
                }
                self.emit(Op::Raise(1));
                self.patch(fine);
            }
            Do::Match(subject, cases) => self.matching(subject, cases)?,
            _ => {}
        }
        Ok(())
    }

    fn annotate(&mut self, target: &Expr, annotation: &Expr, value: Option<&Expr>) -> Parsed<()> {
        if let Some(value) = value {
            self.expr(value)?;
            self.assign(target)?;
        }
        let unit = self.unit();
        if let (Kind::Name(name), true) = (&target.kind, unit.is_class) {
            let annotations: Name = "__annotations__".into();
            self.emit(Op::SetupAnnotations);
            let shown = Kind::Const(Const::Str("".into()));
            match &annotation.kind {
                Kind::Name(_) | Kind::Attr(..) | Kind::Index(..) | Kind::Const(_) => self.expr(annotation)?,
                _ => self.expr(&Expr::new(annotation.span, shown))?,
            }
            let at = self.name_index(&annotations);
            self.emit(Op::LoadName(at));
            self.text(name);
            self.emit(Op::SetItem);
        }
        Ok(())
    }

    fn conditional(&mut self, branches: &[(Expr, Vec<Stmt>)], otherwise: &[Stmt]) -> Parsed<()> {
        let mut ends = vec![];
        for (at, (condition, body)) in branches.iter().enumerate() {
            self.expr(condition)?;
            let next = self.emit(Op::JumpIfFalse(0));
            self.body(body)?;
            if at + 1 < branches.len() || !otherwise.is_empty() {
                ends.push(self.emit(Op::Jump(0)));
            }
            self.patch(next);
        }
        self.body(otherwise)?;
        ends.into_iter().for_each(|end| self.patch(end));
        Ok(())
    }

    fn while_loop(&mut self, condition: &Expr, body: &[Stmt], otherwise: &[Stmt]) -> Parsed<()> {
        let again = self.here();
        self.expr(condition)?;
        let end = self.emit(Op::JumpIfFalse(0));
        self.looped(again, false, body)?;
        self.patch(end);
        self.body(otherwise)?;
        self.end_loop();
        Ok(())
    }

    /// The body of a loop; its breaks stay to be told where to go.
    fn looped(&mut self, again: u32, iterator: bool, body: &[Stmt]) -> Parsed<()> {
        self.unit().around.push(Around::Loop { again, breaks: vec![], iterator });
        self.body(body)?;
        self.emit(Op::Jump(again));
        let Some(Around::Loop { breaks, .. }) = self.unit().around.pop() else { return Ok(()) };
        self.unit().pending.push(breaks);
        Ok(())
    }

    fn end_loop(&mut self) {
        let breaks = self.unit().pending.pop().unwrap_or_default();
        breaks.into_iter().for_each(|at| self.patch(at));
    }

    /// Emits what leaves everything above `keep`.
    fn unwind(&mut self, keep: usize) -> Parsed<()> {
        let around = self.unit().around.clone();
        for at in (keep..around.len()).rev() {
            self.unit().around.truncate(at);
            match &around[at] {
                Around::Loop { iterator: false, .. } => {}
                Around::Loop { .. } => self.drop_below(),
                Around::Try => self.plain(Op::PopBlock),
                Around::Finally(body) => {
                    self.emit(Op::PopBlock);
                    self.body(body)?;
                }
                Around::Handler(name) => {
                    if let Some(name) = name {
                        self.emit(Op::PopBlock);
                        self.forget(name);
                    }
                    self.emit(Op::PopExcept);
                }
                Around::Failing => {
                    self.drop_below();
                    self.emit(Op::PopExcept);
                }
                Around::With(is_async) => {
                    self.emit(Op::PopBlock);
                    self.emit(Op::Swap);
                    self.call_exit(*is_async);
                }
            }
        }
        self.unit().around = around;
        Ok(())
    }

    pub(super) fn none(&mut self) {
        self.emit(Op::None);
    }

    pub(super) fn plain(&mut self, op: Op) {
        self.emit(op);
    }

    /// Drops the value below the topmost one.
    fn drop_below(&mut self) {
        self.emit(Op::Swap);
        self.emit(Op::Pop);
    }

    /// Calls the `__exit__` on the stack for a body that ended well.
    fn call_exit(&mut self, is_async: bool) {
        (0..3).for_each(|_| self.none());
        self.emit(Op::Call(3));
        if is_async {
            self.await_value();
        }
        self.emit(Op::Pop);
    }

    fn await_value(&mut self) {
        self.emit(Op::GetAwaitable);
        self.emit(Op::None);
        self.emit(Op::YieldFrom);
    }

    fn forget(&mut self, name: &Name) {
        self.emit(Op::None);
        self.store(name);
        self.delete(name);
    }

    fn jump_out(&mut self, statement: &Stmt, breaks: bool) -> Parsed<()> {
        let found = self.unit().around.iter().rposition(|a| matches!(a, Around::Loop { .. }));
        let Some(at) = found else {
            let text = if breaks { "'break' outside loop" } else { "'continue' not properly in loop" };
            return self.bad(statement.span, text);
        };
        let Around::Loop { again, iterator, .. } = self.unit().around[at].clone() else { return Ok(()) };
        self.unwind_values(at + 1)?;
        if !breaks {
            self.emit(Op::Jump(again));
            return Ok(());
        }
        if iterator {
            self.emit(Op::Pop);
        }
        let jump = self.emit(Op::Jump(0));
        if let Some(Around::Loop { breaks, .. }) = self.unit().around.get_mut(at) {
            breaks.push(jump);
        }
        Ok(())
    }

    /// As `unwind` where no value of `return` lies on the stack.
    fn unwind_values(&mut self, keep: usize) -> Parsed<()> {
        self.emit(Op::None);
        self.unwind(keep)?;
        self.emit(Op::Pop);
        Ok(())
    }

    fn import(&mut self, list: &[Alias]) {
        for alias in list {
            let full = self.name_index(&alias.name);
            self.emit(Op::Import(full, 0));
            let mut parts = alias.name.split('.');
            let first: Name = parts.next().unwrap_or("").into();
            match &alias.here {
                Some(here) => {
                    for part in parts {
                        let part = self.name_index(&part.into());
                        self.emit(Op::GetAttr(part));
                    }
                    self.store(here);
                }
                None => self.store(&first),
            }
        }
    }

    fn import_from(&mut self, module: &Name, list: &[Alias], level: u32) {
        let full = self.name_index(module);
        self.emit(Op::Import(full, level + 1));
        if list.is_empty() {
            self.emit(Op::ImportStar);
            return;
        }
        for alias in list {
            let name = self.name_index(&alias.name);
            self.emit(Op::ImportFrom(name));
            self.store(alias.here.as_ref().unwrap_or(&alias.name));
        }
        self.emit(Op::Pop);
    }

    fn attempt(&mut self, body: &[Stmt], handlers: &[Handler], otherwise: &[Stmt], last: &[Stmt]) -> Parsed<()> {
        if last.is_empty() {
            return self.handled(body, handlers, otherwise);
        }
        let handler = self.emit(Op::SetupTry(0));
        self.unit().around.push(Around::Finally(last.to_vec()));
        self.handled(body, handlers, otherwise)?;
        self.unit().around.pop();
        self.emit(Op::PopBlock);
        self.body(last)?;
        let end = self.emit(Op::Jump(0));
        self.patch(handler);
        self.unit().around.push(Around::Failing);
        self.body(last)?;
        self.unit().around.pop();
        self.emit(Op::Reraise);
        self.patch(end);
        Ok(())
    }

    fn handled(&mut self, body: &[Stmt], handlers: &[Handler], otherwise: &[Stmt]) -> Parsed<()> {
        if handlers.is_empty() {
            return self.body(body);
        }
        let start = self.emit(Op::SetupTry(0));
        self.unit().around.push(Around::Try);
        self.body(body)?;
        self.unit().around.pop();
        self.emit(Op::PopBlock);
        self.body(otherwise)?;
        let mut ends = vec![self.emit(Op::Jump(0))];
        self.patch(start);
        for handler in handlers {
            let next = match &handler.kind {
                Some(kind) => {
                    self.expr(kind)?;
                    self.at(kind.span, |c| Ok(c.emit(Op::MatchExcept)))?;
                    Some(self.emit(Op::JumpIfFalse(0)))
                }
                None => None,
            };
            self.handler(handler)?;
            ends.push(self.emit(Op::Jump(0)));
            if let Some(next) = next {
                self.patch(next);
            }
        }
        self.emit(Op::Reraise);
        ends.into_iter().for_each(|end| self.patch(end));
        Ok(())
    }

    fn handler(&mut self, handler: &Handler) -> Parsed<()> {
        let Some(name) = &handler.name else {
            self.emit(Op::Pop);
            self.unit().around.push(Around::Handler(None));
            self.body(&handler.body)?;
            self.unit().around.pop();
            self.emit(Op::PopExcept);
            return Ok(());
        };
        self.store(name);
        let clean = self.emit(Op::SetupTry(0));
        self.unit().around.push(Around::Handler(Some(name.clone())));
        self.body(&handler.body)?;
        self.unit().around.pop();
        self.emit(Op::PopBlock);
        self.forget(name);
        self.emit(Op::PopExcept);
        let end = self.emit(Op::Jump(0));
        self.patch(clean);
        self.forget(name);
        self.emit(Op::Reraise);
        self.patch(end);
        Ok(())
    }

    fn with(&mut self, items: &[(Expr, Option<Expr>)], body: &[Stmt], is_async: bool) -> Parsed<()> {
        let Some(((manager, target), rest)) = items.split_first() else { return self.body(body) };
        self.expr(manager)?;
        let span = manager.span;
        self.at(span, |c| {
            if is_async {
                c.async_enter();
            } else {
                c.emit(Op::BeforeWith);
                c.emit(Op::Call(0));
            }
            Ok(())
        })?;
        let handler = self.emit(Op::SetupWith(0));
        self.unit().around.push(Around::With(is_async));
        match target {
            Some(target) => self.assign(target)?,
            None => self.plain(Op::Pop),
        }
        self.with(rest, body, is_async)?;
        self.unit().around.pop();
        self.unit().span = span;
        self.emit(Op::PopBlock);
        self.call_exit(is_async);
        let end = self.emit(Op::Jump(0));
        self.patch(handler);
        self.emit(Op::Dup2);
        self.emit(Op::ExceptInfo);
        self.emit(Op::Call(3));
        if is_async {
            self.await_value();
        }
        let quiet = self.emit(Op::JumpIfTrue(0));
        self.emit(Op::Reraise);
        self.patch(quiet);
        self.emit(Op::Pop);
        self.emit(Op::Pop);
        self.emit(Op::PopExcept);
        self.patch(end);
        Ok(())
    }

    fn async_enter(&mut self) {
        self.emit(Op::Dup);
        let exit = self.name_index(&"__aexit__".into());
        self.emit(Op::GetAttr(exit));
        self.emit(Op::Swap);
        let enter = self.name_index(&"__aenter__".into());
        self.emit(Op::GetAttr(enter));
        self.emit(Op::Call(0));
        self.await_value();
    }

    fn class(&mut self, class: &Class) -> Parsed<()> {
        let names = names::of_class(&class.body);
        let free = names.free.clone();
        self.enter(class.name.clone(), names, class.line, true);
        self.close_over(&free);
        self.make_cells();
        let (qualified, has_cell) = (self.unit().code.qualified.clone(), !self.unit().code.cells.is_empty());
        self.text(&qualified);
        self.store(&"__qualname__".into());
        self.docstring(&class.body);
        if let Some(doc) = self.unit().code.doc.clone() {
            self.constant(Value::Str(doc));
            self.store(&"__doc__".into());
        }
        self.body(&class.body)?;
        if has_cell {
            self.emit(Op::LoadCell(0));
            self.emit(Op::Return);
        } else {
            self.finish_none();
        }
        self.make_function(false, false);
        self.text(&class.name);
        self.class_arguments(class)?;
        self.emit(Op::BuildClass);
        Ok(())
    }
}
