//! Statements to instructions.

use super::ast::{Binding, Catch, Expr, Head, Name, Stmt, StmtKind};
use super::code::{Binary, Op};
use super::compile::{Compiler, Done, Exit};
use super::declared::names;
use super::lexer::Fault;

impl Compiler {
    pub fn statement(&mut self, stmt: &Stmt) -> Done {
        self.place = stmt.pos;
        self.deeper(|c| c.statement_kind(stmt))
    }

    fn statement_kind(&mut self, stmt: &Stmt) -> Done {
        let labels = std::mem::take(&mut self.labels);
        match &stmt.kind {
            StmtKind::Expr(value) => {
                self.expression(value)?;
                self.emit(Op::Pop);
            }
            StmtKind::Declare(binding, list) => {
                for (pattern, value) in list {
                    match value {
                        Some(value) => self.expression(value)?,
                        None if *binding == Binding::Var => continue,
                        None => self.put(Op::Undefined),
                    }
                    if *binding == Binding::Var { self.assign(pattern)? } else { self.bind(pattern)? }
                }
            }
            StmtKind::Func(_)
            | StmtKind::Empty
            | StmtKind::Import(..)
            | StmtKind::ExportNames(_)
            | StmtKind::ExportFrom(..) => {}
            StmtKind::Class(class) => {
                self.class(class)?;
                match &class.name {
                    Some(name) => self.initialize(name)?,
                    None => self.put(Op::Pop),
                }
            }
            StmtKind::Return(value) => self.return_statement(value.as_ref())?,
            StmtKind::If(test, then, other) => {
                self.expression(test)?;
                let skip = self.emit(Op::JumpIfFalse(0));
                self.statement(then)?;
                if let Some(other) = other {
                    let end = self.emit(Op::Jump(0));
                    self.patch(skip);
                    self.statement(other)?;
                    self.patch(end);
                } else {
                    self.patch(skip);
                }
            }
            _ => return self.statement_rest(stmt, labels),
        }
        Ok(())
    }

    fn statement_rest(&mut self, stmt: &Stmt, labels: Vec<Name>) -> Done {
        match &stmt.kind {
            StmtKind::For(first, test, update, body) => {
                self.for_loop(labels, first.as_deref(), test.as_ref(), update.as_ref(), body)?
            }
            StmtKind::ForIn(head, value, body) => {
                self.expression(value)?;
                self.emit(Op::ForIn);
                self.iteration(labels, head, body, false)?;
            }
            StmtKind::ForOf(head, value, body, waits) => {
                self.expression(value)?;
                self.emit(if *waits { Op::IterateAsync } else { Op::Iterate });
                self.iteration(labels, head, body, *waits)?;
            }
            StmtKind::While(test, body) => {
                let start = self.here();
                self.expression(test)?;
                let end = self.emit(Op::JumpIfFalse(0));
                self.enter_loop(labels);
                self.statement(body)?;
                self.leave_loop(Some(start));
                self.emit(Op::Jump(start));
                self.patch(end);
                self.finish_loop();
            }
            StmtKind::DoWhile(body, test) => {
                let start = self.here();
                self.enter_loop(labels);
                self.statement(body)?;
                self.leave_loop(None);
                self.expression(test)?;
                self.emit(Op::JumpIfTrue(start));
                self.finish_loop();
            }
            StmtKind::Break(label) => self.jump_out(label.as_ref(), false, stmt.pos)?,
            StmtKind::Continue(label) => self.jump_out(label.as_ref(), true, stmt.pos)?,
            StmtKind::Throw(value) => {
                self.expression(value)?;
                self.place = stmt.pos;
                self.emit(Op::Throw);
            }
            StmtKind::Try(body, catch, finally) => {
                self.try_statement(body, catch.as_ref(), finally.as_deref())?
            }
            StmtKind::Switch(value, cases) => self.switch(labels, value, cases)?,
            StmtKind::Block(body) => self.block(body)?,
            StmtKind::Label(label, inner) => self.labelled(labels, label, inner)?,
            StmtKind::ExportDefault(value) => {
                self.emit(Op::Local(1));
                self.expression(&super::parse_expr::named(value.clone(), &"default".into()))?;
                let name = self.text(&"default".into());
                self.emit(Op::Init(name));
                self.emit(Op::Pop);
            }
            StmtKind::Export(inner) => self.statement(inner)?,
            _ => {}
        }
        Ok(())
    }

    fn labelled(&mut self, labels: Vec<Name>, label: &Name, inner: &Stmt) -> Done {
        self.labels = labels;
        self.labels.push(label.clone());
        let is_loop = matches!(
            inner.kind,
            StmtKind::For(..)
                | StmtKind::ForIn(..)
                | StmtKind::ForOf(..)
                | StmtKind::While(..)
                | StmtKind::DoWhile(..)
                | StmtKind::Label(..)
        );
        if is_loop {
            return self.statement_kind(inner);
        }
        let labels = std::mem::take(&mut self.labels);
        self.state().exits.push(Exit::Target { labels, breaks: vec![], continues: None, plain: true });
        self.statement(inner)?;
        self.finish_loop();
        Ok(())
    }

    fn block(&mut self, body: &[Stmt]) -> Done {
        self.open(body)?;
        for stmt in body {
            self.statement(stmt)?;
        }
        self.close();
        Ok(())
    }

    fn enter_loop(&mut self, labels: Vec<Name>) {
        self.state().exits.push(Exit::Target {
            labels,
            breaks: vec![],
            continues: Some(vec![]),
            plain: false,
        });
    }

    /// Makes the `continue`s lead to `to`, or here.
    fn leave_loop(&mut self, to: Option<u32>) {
        let to = to.unwrap_or_else(|| self.here());
        let jumps = match self.state().exits.last_mut() {
            Some(Exit::Target { continues, .. }) => continues.take().unwrap_or_default(),
            _ => vec![],
        };
        for at in jumps {
            self.patch_to(at, to);
        }
    }

    /// Makes the `break`s lead here.
    fn finish_loop(&mut self) {
        if let Some(Exit::Target { breaks, .. }) = self.state().exits.pop() {
            for at in breaks {
                self.patch(at);
            }
        }
    }

    fn for_loop(
        &mut self,
        labels: Vec<Name>,
        first: Option<&Stmt>,
        test: Option<&Expr>,
        update: Option<&Expr>,
        body: &Stmt,
    ) -> Done {
        let declared: &[Stmt] = first.map_or(&[], std::slice::from_ref);
        self.open(declared)?;
        let mut copied = vec![];
        if let Some(first) = first {
            self.statement(first)?;
            if let StmtKind::Declare(Binding::Let, list) = &first.kind {
                let scope = self.state().scopes.last().cloned().unwrap_or_default();
                let all = list.iter().flat_map(|(p, _)| names(p));
                copied.extend(all.filter_map(|n| scope.get(&n).filter(|v| v.cell).map(|v| v.slot)));
                // The variables have their values: no checks in the loop.
                if let Some(scope) = self.state().scopes.last_mut() {
                    scope.values_mut().for_each(|v| v.check = false);
                }
            }
        }
        let start = self.here();
        let end = match test {
            Some(test) => {
                self.expression(test)?;
                Some(self.emit(Op::JumpIfFalse(0)))
            }
            None => None,
        };
        self.enter_loop(labels);
        self.statement(body)?;
        self.leave_loop(None);
        for slot in copied {
            self.emit(Op::CopyCell(slot));
        }
        if let Some(update) = update {
            self.expression(update)?;
            self.emit(Op::Pop);
        }
        self.emit(Op::Jump(start));
        if let Some(end) = end {
            self.patch(end);
        }
        self.finish_loop();
        self.close();
        Ok(())
    }

    /// `for…in` and `for…of` with the iterator on the stack.
    fn iteration(&mut self, labels: Vec<Name>, head: &Head, body: &Stmt, waits: bool) -> Done {
        let slot = self.slot("")?;
        self.emit(Op::SetLocal(slot));
        let start = self.here();
        let walked = if waits { None } else { Some(self.emit(Op::IterNext(slot, 0))) };
        self.emit(Op::IterCall(slot));
        if waits {
            self.emit(Op::Await);
        }
        let end = self.emit(Op::IterUnpack(0));
        self.enter_loop(labels);
        self.state().exits.push(Exit::Iterator(slot));
        // An error in the body closes the iterator.
        let handler = self.emit(Op::Try(0));
        self.state().exits.push(Exit::Handler);
        match head {
            Head::Declare(Binding::Var, pattern) | Head::Assign(pattern) => {
                self.assign(pattern)?;
                self.statement(body)?;
            }
            Head::Declare(binding, pattern) => {
                self.state().scopes.push(Default::default());
                for name in names(pattern) {
                    let var = self.declare(&name, *binding == Binding::Const, false)?;
                    if var.cell {
                        self.emit(Op::FreshCell(var.slot));
                    }
                }
                self.bind(pattern)?;
                self.statement(body)?;
                self.close();
            }
        }
        self.state().exits.pop();
        self.emit(Op::EndTry);
        let over = self.emit(Op::Jump(0));
        self.patch(handler);
        self.emit(Op::IterClose(slot));
        self.emit(Op::Throw);
        self.patch(over);
        self.state().exits.pop();
        self.leave_loop(Some(start));
        self.emit(Op::Jump(start));
        self.patch(end);
        if let Some(walked) = walked {
            self.patch(walked);
        }
        self.finish_loop();
        Ok(())
    }

    fn return_statement(&mut self, value: Option<&Expr>) -> Done {
        let place = self.place;
        match value {
            Some(value) => self.expression(value)?,
            None if self.state().shape == super::ast::Shape::Derived => self.this()?,
            None => self.put(Op::Undefined),
        }
        if self.state().is_async_generator {
            self.emit(Op::Await);
        }
        self.unwind(0)?;
        self.place = place;
        self.emit(Op::Return);
        Ok(())
    }

    /// Runs what stands between here and the exit number `down`.
    fn unwind(&mut self, down: usize) -> Done {
        let exits = self.state().exits.clone();
        for at in (down..exits.len()).rev() {
            match &exits[at] {
                Exit::Target { .. } => {}
                Exit::Handler => self.put(Op::EndTry),
                Exit::Iterator(slot) => self.put(Op::IterClose(*slot)),
                Exit::Finally(body) => {
                    self.state().exits.truncate(at);
                    self.block(body)?;
                }
            }
        }
        self.state().exits = exits;
        Ok(())
    }

    fn jump_out(&mut self, label: Option<&Name>, continues: bool, pos: u32) -> Done {
        let found = self.state().exits.iter().rposition(|exit| match exit {
            Exit::Target { labels, continues: c, plain, .. } => match label {
                Some(label) => labels.contains(label),
                None if continues => c.is_some(),
                None => !plain,
            },
            _ => false,
        });
        let Some(target) = found else {
            let text = match label {
                Some(label) => format!("Undefined label '{label}'"),
                None if continues => "Illegal continue statement: no surrounding iteration statement".into(),
                None => "Illegal break statement".into(),
            };
            return Err(Fault::Syntax(pos as usize, if continues { 8 } else { 5 }, text));
        };
        // `continue` of a `for…of` does not leave its iterator.
        let inside = matches!(self.state().exits.get(target + 1), Some(Exit::Iterator(_)));
        if continues && inside {
            self.unwind(target + 2)?;
        } else {
            self.unwind(target + 1)?;
        }
        let at = self.emit(Op::Jump(0));
        if let Some(Exit::Target { breaks, continues: list, .. }) = self.state().exits.get_mut(target) {
            match list {
                Some(list) if continues => list.push(at),
                _ => breaks.push(at),
            }
        }
        Ok(())
    }

    fn try_statement(&mut self, body: &[Stmt], catch: Option<&Catch>, finally: Option<&[Stmt]>) -> Done {
        if let Some(finally) = finally {
            self.state().exits.push(Exit::Finally(finally.to_vec()));
            let handler = self.emit(Op::Try(0));
            self.state().exits.push(Exit::Handler);
            match catch {
                Some(_) => self.try_statement(body, catch, None)?,
                None => self.block(body)?,
            }
            self.state().exits.pop();
            self.state().exits.pop();
            self.emit(Op::EndTry);
            self.block(finally)?;
            let end = self.emit(Op::Jump(0));
            self.patch(handler);
            let slot = self.slot("")?;
            self.emit(Op::SetLocal(slot));
            self.block(finally)?;
            self.emit(Op::Local(slot));
            self.emit(Op::Throw);
            self.patch(end);
            return Ok(());
        }
        let Some((param, handler_body)) = catch else { return self.block(body) };
        let handler = self.emit(Op::Try(0));
        self.state().exits.push(Exit::Handler);
        self.block(body)?;
        self.state().exits.pop();
        self.emit(Op::EndTry);
        let end = self.emit(Op::Jump(0));
        self.patch(handler);
        self.emit(Op::PassReturn);
        self.state().scopes.push(Default::default());
        match param {
            Some(pattern) => {
                for name in names(pattern) {
                    self.declare_plain(&name)?;
                }
                self.bind(pattern)?;
            }
            None => self.put(Op::Pop),
        }
        self.block(handler_body)?;
        self.close();
        self.patch(end);
        Ok(())
    }

    fn switch(&mut self, labels: Vec<Name>, value: &Expr, cases: &[(Option<Expr>, Vec<Stmt>)]) -> Done {
        self.expression(value)?;
        let slot = self.slot("")?;
        self.emit(Op::SetLocal(slot));
        let all: Vec<Stmt> = cases.iter().flat_map(|(_, body)| body.iter().cloned()).collect();
        self.open(&all)?;
        let mut jumps = vec![];
        for (test, _) in cases {
            let Some(test) = test else {
                jumps.push(None);
                continue;
            };
            self.emit(Op::Local(slot));
            self.expression(test)?;
            self.emit(Op::Binary(Binary::Same));
            jumps.push(Some(self.emit(Op::JumpIfTrue(0))));
        }
        let otherwise = self.emit(Op::Jump(0));
        self.state().exits.push(Exit::Target { labels, breaks: vec![], continues: None, plain: false });
        let mut has_default = false;
        for ((_, body), jump) in cases.iter().zip(jumps) {
            match jump {
                Some(at) => self.patch(at),
                None => {
                    has_default = true;
                    self.patch(otherwise);
                }
            }
            for stmt in body {
                self.statement(stmt)?;
            }
        }
        if !has_default {
            self.patch(otherwise);
        }
        self.finish_loop();
        self.close();
        Ok(())
    }
}
