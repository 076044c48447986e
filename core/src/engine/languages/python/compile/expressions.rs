//! Expressions.

use super::comprehension::Comp;
use super::{Compiler, Op, names};
use crate::engine::languages::python::machine::Value;
use crate::engine::languages::python::syntax::Parsed;
use crate::engine::languages::python::syntax::ast::{Arg, CmpOp, Const, Expr, Func, Kind, Piece};

impl Compiler {
    pub(super) fn constant(&mut self, value: Value) {
        let consts = &mut self.unit().code.consts;
        let at = consts.iter().position(|c| *c == value).unwrap_or_else(|| {
            consts.push(value);
            consts.len() - 1
        });
        self.emit(Op::Const(at as u32));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.constant(Value::Str(text.into()));
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> Parsed<()> {
        self.at(expr.span, |c| c.expr_here(expr))
    }

    fn expr_here(&mut self, expr: &Expr) -> Parsed<()> {
        match &expr.kind {
            Kind::Const(value) => self.constant(match value {
                Const::None => Value::None,
                Const::Bool(b) => Value::Bool(*b),
                Const::Int(n) => Value::Int(*n),
                Const::Big(n) => Value::Big(n.clone()),
                Const::Float(n) => Value::float(*n),
                Const::Str(text) => Value::Str(text.clone()),
                Const::Bytes(bytes) => Value::Bytes(bytes.clone()),
                Const::Ellipsis => Value::Ellipsis,
            }),
            Kind::Name(name) => self.load(name),
            Kind::List(items) => self.sequence(items, Op::BuildList)?,
            Kind::Tuple(items) => {
                self.sequence(items, Op::BuildTuple)?;
            }
            Kind::Set(items) => {
                if items.iter().any(|i| matches!(i.kind, Kind::Starred(_))) {
                    self.load_builtin("set");
                    self.sequence(items, Op::BuildList)?;
                    self.emit(Op::Call(1));
                } else {
                    items.iter().try_for_each(|e| self.expr(e))?;
                    self.emit(Op::BuildSet(items.len() as u32));
                }
            }
            Kind::Dict(items) => self.dict(items)?,
            Kind::Binary(op, a, b) => {
                self.expr(a)?;
                self.expr(b)?;
                self.emit(Op::Binary(*op));
            }
            Kind::Unary(op, e) => {
                self.expr(e)?;
                self.emit(Op::Unary(*op));
            }
            Kind::And(items) => self.chain(items, Op::JumpIfFalse)?,
            Kind::Or(items) => self.chain(items, Op::JumpIfTrue)?,
            Kind::Compare(first, rest) => self.compare(first, rest)?,
            Kind::IfElse(condition, yes, no) => {
                self.expr(condition)?;
                let other = self.emit(Op::JumpIfFalse(0));
                self.expr(yes)?;
                let end = self.emit(Op::Jump(0));
                self.patch(other);
                self.expr(no)?;
                self.patch(end);
            }
            Kind::Call(callee, args) => self.call(callee, args)?,
            Kind::Attr(object, name) => {
                self.expr(object)?;
                let name = self.name_index(name);
                self.emit(Op::GetAttr(name));
            }
            other => self.rarer(expr, other)?,
        }
        Ok(())
    }

    fn rarer(&mut self, expr: &Expr, kind: &Kind) -> Parsed<()> {
        match kind {
            Kind::Index(object, key) => {
                self.expr(object)?;
                self.expr(key)?;
                self.emit(Op::GetItem);
            }
            Kind::Slice(from, to, step) => {
                for part in [from, to, step] {
                    match part {
                        Some(part) => self.expr(part)?,
                        None => self.none(),
                    }
                }
                self.emit(Op::BuildSlice);
            }
            Kind::Lambda(func) => self.make_def(func)?,
            Kind::Comp(makes, element, value, loops) => {
                let comp = Comp { makes: *makes, element, value: value.as_deref(), loops };
                self.comprehension(&comp, expr.span)?;
            }
            Kind::Joined(pieces) => self.joined(pieces)?,
            Kind::Starred(_) => return self.bad(expr.span, "can't use starred expression here"),
            Kind::Yield(value) => {
                if !self.unit().is_function {
                    return self.bad(expr.span, "'yield' outside function");
                }
                match value {
                    Some(value) => self.expr(value)?,
                    None => self.none(),
                }
                self.emit(Op::Yield);
            }
            Kind::YieldFrom(value) => {
                if !self.unit().is_function {
                    return self.bad(expr.span, "'yield' outside function");
                }
                self.expr(value)?;
                self.emit(Op::GetIter);
                self.emit(Op::None);
                self.emit(Op::YieldFrom);
            }
            Kind::Await(value) => {
                let unit = self.unit();
                if !unit.code.is_async {
                    let text = if unit.is_function { "'await' outside async function" } else { "'await' outside function" };
                    return self.bad(expr.span, text);
                }
                self.expr(value)?;
                self.emit(Op::GetAwaitable);
                self.emit(Op::None);
                self.emit(Op::YieldFrom);
            }
            Kind::Walrus(name, value) => {
                self.expr(value)?;
                self.emit(Op::Dup);
                self.store(name);
            }
            _ => {}
        }
        Ok(())
    }

    /// A built-in by its name, whatever the script calls so.
    pub(super) fn load_builtin(&mut self, name: &str) {
        let name = self.name_index(&name.into());
        self.emit(Op::LoadGlobal(name));
    }

    /// Items of a list or tuple, some of which may be unpacked.
    fn sequence(&mut self, items: &[Expr], build: fn(u32) -> Op) -> Parsed<()> {
        if !items.iter().any(|i| matches!(i.kind, Kind::Starred(_))) {
            items.iter().try_for_each(|e| self.expr(e))?;
            self.emit(build(items.len() as u32));
            return Ok(());
        }
        self.emit(Op::BuildList(0));
        for item in items {
            if let Kind::Starred(inner) = &item.kind {
                self.expr(inner)?;
                self.at(item.span, |c| Ok(c.emit(Op::ListExtend)))?;
            } else {
                self.expr(item)?;
                self.emit(Op::ListAppend(0));
            }
        }
        if matches!(build(0), Op::BuildTuple(_)) {
            self.emit(Op::ListToTuple);
        }
        Ok(())
    }

    fn dict(&mut self, items: &[(Option<Expr>, Expr)]) -> Parsed<()> {
        if items.iter().all(|(key, _)| key.is_some()) && items.len() < 1000 {
            for (key, value) in items {
                key.iter().try_for_each(|k| self.expr(k))?;
                self.expr(value)?;
            }
            self.emit(Op::BuildDict(items.len() as u32));
            return Ok(());
        }
        self.emit(Op::BuildDict(0));
        for (key, value) in items {
            match key {
                Some(key) => {
                    self.expr(key)?;
                    self.expr(value)?;
                    self.emit(Op::DictAdd(0));
                }
                None => {
                    self.expr(value)?;
                    self.emit(Op::DictUpdate);
                }
            }
        }
        Ok(())
    }

    fn chain(&mut self, items: &[Expr], jump: fn(u32) -> Op) -> Parsed<()> {
        let Some((last, rest)) = items.split_last() else { return Ok(()) };
        let mut ends = vec![];
        for item in rest {
            self.expr(item)?;
            self.emit(Op::Dup);
            ends.push(self.emit(jump(0)));
            self.emit(Op::Pop);
        }
        self.expr(last)?;
        ends.into_iter().for_each(|end| self.patch(end));
        Ok(())
    }

    fn compare(&mut self, first: &Expr, rest: &[(CmpOp, Expr)]) -> Parsed<()> {
        self.expr(first)?;
        let Some(((last_op, last), middle)) = rest.split_last() else { return Ok(()) };
        let mut ends = vec![];
        for (op, value) in middle {
            self.expr(value)?;
            self.emit(Op::Dup);
            self.emit(Op::Rot3);
            self.emit(Op::Compare(*op));
            self.emit(Op::Dup);
            ends.push(self.emit(Op::JumpIfFalse(0)));
            self.emit(Op::Pop);
        }
        self.expr(last)?;
        self.emit(Op::Compare(*last_op));
        if ends.is_empty() {
            return Ok(());
        }
        let done = self.emit(Op::Jump(0));
        ends.into_iter().for_each(|end| self.patch(end));
        self.emit(Op::Swap);
        self.emit(Op::Pop);
        self.patch(done);
        Ok(())
    }

    fn call(&mut self, callee: &Expr, args: &[Arg]) -> Parsed<()> {
        let plain = args.iter().all(|a| matches!(a, Arg::Plain(_)));
        if let (Kind::Attr(object, name), true) = (&callee.kind, plain) {
            self.expr(object)?;
            let name = self.name_index(name);
            self.at(callee.span, |c| Ok(c.emit(Op::LoadMethod(name))))?;
            args.iter().try_for_each(|a| self.expr(a.value()))?;
            self.emit(Op::CallMethod(args.len() as u32));
            return Ok(());
        }
        self.expr(callee)?;
        self.arguments(args)
    }

    /// Arguments and the call of what lies below them.
    pub(super) fn arguments(&mut self, args: &[Arg]) -> Parsed<()> {
        if args.iter().any(|a| matches!(a, Arg::Star(_) | Arg::DoubleStar(_))) {
            return self.spread(args);
        }
        args.iter().try_for_each(|a| self.expr(a.value()))?;
        let names: Vec<_> = args.iter().filter_map(|a| if let Arg::Named(n, _) = a { Some(n.clone()) } else { None }).collect();
        if names.is_empty() {
            self.emit(Op::Call(args.len() as u32));
        } else {
            let keywords = &mut self.unit().code.keywords;
            keywords.push(names);
            let at = keywords.len() as u32 - 1;
            self.emit(Op::CallNamed(args.len() as u32, at));
        }
        Ok(())
    }

    fn spread(&mut self, args: &[Arg]) -> Parsed<()> {
        self.positional(args)?;
        let named = args.iter().any(|a| matches!(a, Arg::Named(..) | Arg::DoubleStar(_)));
        if named {
            self.named(args)?;
        }
        self.emit(Op::CallSpread(named));
        Ok(())
    }

    /// A list of the arguments without names.
    pub(super) fn positional(&mut self, args: &[Arg]) -> Parsed<()> {
        self.emit(Op::BuildList(0));
        for arg in args {
            match arg {
                Arg::Plain(e) => {
                    self.expr(e)?;
                    self.emit(Op::ListAppend(0));
                }
                Arg::Star(e) => {
                    self.expr(e)?;
                    self.emit(Op::ListExtend);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A dictionary of those with names.
    pub(super) fn named(&mut self, args: &[Arg]) -> Parsed<()> {
        self.emit(Op::BuildDict(0));
        for arg in args {
            match arg {
                Arg::Named(name, e) => {
                    self.text(name);
                    self.expr(e)?;
                    self.emit(Op::DictAdd(0));
                }
                Arg::DoubleStar(e) => {
                    self.expr(e)?;
                    self.emit(Op::DictMerge);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn joined(&mut self, pieces: &[Piece]) -> Parsed<()> {
        for piece in pieces {
            match piece {
                Piece::Text(text) => self.text(text),
                Piece::Value(value, conversion, format) => {
                    self.expr(value)?;
                    if !format.is_empty() {
                        self.joined(format)?;
                    }
                    self.emit(Op::Format(*conversion, !format.is_empty()));
                }
            }
        }
        self.emit(Op::BuildString(pieces.len() as u32));
        Ok(())
    }

    /// The defaults of a function and the function itself.
    pub(super) fn make_def(&mut self, func: &Func) -> Parsed<()> {
        let defaults: Vec<&Expr> = func.params.iter().filter_map(|p| p.default.as_ref()).collect();
        if !defaults.is_empty() {
            defaults.iter().try_for_each(|e| self.expr(e))?;
            self.emit(Op::BuildTuple(defaults.len() as u32));
        }
        let named: Vec<_> = func.keyword_only.iter().filter(|p| p.default.is_some()).collect();
        for param in &named {
            self.text(&param.name);
            param.default.iter().try_for_each(|e| self.expr(e))?;
        }
        if !named.is_empty() {
            self.emit(Op::BuildDict(named.len() as u32));
        }
        self.function(func, names::of_function(func), !defaults.is_empty(), !named.is_empty())
    }
}
