//! Classes to instructions.

use super::ast::StmtKind;
use super::ast::{Class, Func};
use super::code::Op;
use super::compile::{Compiler, Done};
use std::collections::BTreeMap;

impl Compiler {
    /// The values of the fields of a class.
    pub fn fields(&mut self, func: &Func) -> Done {
        for stmt in &func.body {
            if let StmtKind::Expr(super::ast::Expr { kind: super::ast::Kind::Object(props), .. }) = &stmt.kind
                && let [super::ast::Prop::Value(key, value)] = &props[..]
            {
                self.place = stmt.pos;
                self.this()?;
                self.key(key)?;
                self.expression(value)?;
                self.emit(Op::DefineField);
            }
        }
        self.emit(Op::Undefined);
        self.emit(Op::Return);
        Ok(())
    }

    /// A class: `[] [constructor]`.
    pub fn class(&mut self, class: &Class) -> Done {
        use super::ast::Prop;
        self.place = class.pos;
        self.state().scopes.push(BTreeMap::new());
        if let Some(name) = &class.name {
            self.declare_lexical(name, true, class.pos)?;
        }
        match &class.parent {
            Some(parent) => self.expression(parent)?,
            None => self.put(Op::Undefined),
        }
        let at = self.function(&class.constructor)?;
        self.emit(Op::Class(at, class.parent.is_some()));
        for member in class.members.iter().filter(|m| !m.is_field) {
            let (key, func, which) = match &member.kind {
                Prop::Method(key, func) => (key, func, 0),
                Prop::Get(key, func) => (key, func, 1),
                Prop::Set(key, func) => (key, func, 2),
                _ => continue,
            };
            if member.is_static {
                self.emit(Op::Swap);
            }
            self.key(key)?;
            let at = self.function(func)?;
            self.emit(Op::Closure(at));
            self.emit(Op::InitMethod(which, false));
            if member.is_static {
                self.emit(Op::Swap);
            }
        }
        if let Some(fields) = &class.fields {
            let at = self.function(fields)?;
            self.emit(Op::Closure(at));
            self.emit(Op::ClassFields);
        }
        self.emit(Op::Pop);
        if let Some(name) = &class.name {
            self.emit(Op::Dup);
            self.initialize(name)?;
        }
        self.static_fields(class)?;
        self.close();
        Ok(())
    }

    fn static_fields(&mut self, class: &Class) -> Done {
        let slot = self.slot("")?;
        self.emit(Op::Dup);
        self.emit(Op::SetLocal(slot));
        for member in class.members.iter().filter(|m| m.is_field) {
            let super::ast::Prop::Method(key, func) = &member.kind else { continue };
            let block = matches!(key, super::ast::Key::Name(n) if n.is_empty());
            if !block {
                self.emit(Op::Local(slot));
                self.key(key)?;
            }
            let at = self.function(func)?;
            self.emit(Op::Closure(at));
            self.emit(Op::Local(slot));
            self.emit(Op::Call(0));
            self.emit(if block { Op::Pop } else { Op::DefineField });
        }
        Ok(())
    }
}
