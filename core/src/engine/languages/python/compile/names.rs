//! Which names a function binds, and which it takes from around it.

use crate::base::Gather;
use crate::engine::languages::python::syntax::ast::{
    Arg, CompFor, Do, Expr, Func, Kind, Makes, Name, Pattern, Piece, Stmt,
};
use std::collections::BTreeSet;

/// The names of one function, class body or module.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Of a module: every name is global.
    pub module: bool,
    /// Parameters in their order.
    pub parameters: Vec<Name>,
    /// Names it binds.
    pub bound: BTreeSet<Name>,
    /// Names it, or a function within it, uses without binding them.
    pub free: BTreeSet<Name>,
    /// Names it binds that functions within it use.
    pub cells: BTreeSet<Name>,
    pub globals: BTreeSet<Name>,
    pub nonlocals: BTreeSet<Name>,
    pub yields: bool,
    used: BTreeSet<Name>,
    /// What functions within it take from around them.
    within: BTreeSet<Name>,
    /// Names bound by `:=` in a comprehension, for the function around it.
    passed_on: BTreeSet<Name>,
    is_comprehension: bool,
}

/// The names of a module: every one is global.
pub fn of_module() -> Names {
    Names { module: true, ..Names::default() }
}

/// The names of a function.
pub fn of_function(func: &Func) -> Names {
    let mut names = Names::default();
    let params = func.params.iter().chain(&func.keyword_only).map(|p| &p.name);
    for name in params.chain(&func.star).chain(&func.double_star) {
        names.parameters.push(name.clone());
        names.bound.insert(name.clone());
    }
    func.body.iter().for_each(|s| names.statement(s));
    names.finish()
}

/// The names of the body of a class.
pub fn of_class(body: &[Stmt]) -> Names {
    let mut names = Names::default();
    body.iter().for_each(|s| names.statement(s));
    let own: BTreeSet<Name> = names.within.iter().filter(|n| &***n == "__class__").cloned().gather();
    let mut names = names.finish();
    // What a class binds is not seen by functions within it.
    names.free.extend(names.within.iter().filter(|n| names.bound.contains(*n)).cloned());
    names.free.retain(|n| &**n != "__class__");
    names.cells = own;
    names
}

/// The names of a comprehension; what its first loop goes through is its parameter.
pub fn of_comprehension(makes: Makes, element: &Expr, value: Option<&Expr>, loops: &[CompFor]) -> Names {
    let mut names = Names { is_comprehension: true, ..Names::default() };
    names.parameters.push(".0".into());
    names.bound.insert(".0".into());
    for (at, part) in loops.iter().enumerate() {
        names.target(&part.target);
        if at > 0 {
            names.expr(&part.iter);
        }
        part.conditions.iter().for_each(|e| names.expr(e));
    }
    names.expr(element);
    value.into_iter().for_each(|e| names.expr(e));
    names.yields = makes == Makes::Generator;
    names.finish()
}

impl Names {
    fn finish(mut self) -> Self {
        for name in self.globals.iter().chain(&self.nonlocals) {
            self.bound.remove(name);
        }
        let uses = self.used.iter().chain(&self.within).chain(&self.nonlocals).chain(&self.passed_on);
        self.free = uses.filter(|n| !self.bound.contains(*n) && !self.globals.contains(*n)).cloned().gather();
        self.cells = self.bound.intersection(&self.within).cloned().gather();
        self
    }

    fn child(&mut self, child: Names) {
        self.within.extend(child.free);
        for name in child.passed_on {
            if self.is_comprehension {
                self.passed_on.insert(name);
            } else {
                self.bound.insert(name);
            }
        }
    }

    fn body(&mut self, body: &[Stmt]) {
        body.iter().for_each(|s| self.statement(s));
    }

    fn statement(&mut self, statement: &Stmt) {
        match &statement.kind {
            Do::Expr(e) => self.expr(e),
            Do::Assign(targets, value) => {
                self.expr(value);
                targets.iter().for_each(|t| self.target(t));
            }
            Do::Augment(target, _, value) => {
                self.expr(value);
                self.target(target);
                self.expr(target);
            }
            Do::Annotate(target, _, value) => {
                value.iter().for_each(|v| self.expr(v));
                self.target(target);
            }
            Do::If(branches, otherwise) => {
                for (condition, body) in branches {
                    self.expr(condition);
                    self.body(body);
                }
                self.body(otherwise);
            }
            Do::While(condition, body, otherwise) => {
                self.expr(condition);
                self.body(body);
                self.body(otherwise);
            }
            Do::For(target, iter, body, otherwise, _) => {
                self.expr(iter);
                self.target(target);
                self.body(body);
                self.body(otherwise);
            }
            Do::Def(func, decorators) => {
                decorators.iter().for_each(|e| self.expr(e));
                self.bound.insert(func.name.clone());
                self.function(func);
            }
            Do::Class(class, decorators) => {
                decorators.iter().chain(class.args.iter().map(Arg::value)).for_each(|e| self.expr(e));
                self.bound.insert(class.name.clone());
                let names = of_class(&class.body);
                self.child(names);
            }
            other => self.other(other),
        }
    }

    fn other(&mut self, kind: &Do) {
        match kind {
            Do::Return(value) => value.iter().for_each(|v| self.expr(v)),
            Do::Raise(a, b) => a.iter().chain(b).for_each(|v| self.expr(v)),
            Do::Assert(a, b) => std::iter::once(a).chain(b).for_each(|v| self.expr(v)),
            Do::Import(names) => {
                for alias in names {
                    let first: Name = alias.name.split('.').next().unwrap_or("").into();
                    self.bound.insert(alias.here.clone().unwrap_or(first));
                }
            }
            Do::From(_, names, _) => {
                self.bound.extend(names.iter().map(|a| a.here.clone().unwrap_or_else(|| a.name.clone())));
            }
            Do::Try(body, handlers, otherwise, last) => {
                self.body(body);
                for handler in handlers {
                    handler.kind.iter().for_each(|e| self.expr(e));
                    self.bound.extend(handler.name.clone());
                    self.body(&handler.body);
                }
                self.body(otherwise);
                self.body(last);
            }
            Do::With(items, body, _) => {
                for (manager, target) in items {
                    self.expr(manager);
                    target.iter().for_each(|t| self.target(t));
                }
                self.body(body);
            }
            Do::Global(names) => self.globals.extend(names.iter().cloned()),
            Do::Nonlocal(names) => self.nonlocals.extend(names.iter().cloned()),
            Do::Del(targets) => targets.iter().for_each(|t| self.target(t)),
            Do::Match(subject, cases) => {
                self.expr(subject);
                for case in cases {
                    self.pattern(&case.pattern);
                    case.guard.iter().for_each(|e| self.expr(e));
                    self.body(&case.body);
                }
            }
            _ => {}
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Value(e) | Pattern::Same(e) => self.expr(e),
            Pattern::Capture(name) => self.bound.extend(name.clone()),
            Pattern::Or(items) | Pattern::Sequence(items, _) => items.iter().for_each(|p| self.pattern(p)),
            Pattern::As(inner, name) => {
                self.pattern(inner);
                self.bound.insert(name.clone());
            }
            Pattern::Mapping(pairs, rest) => {
                for (key, pattern) in pairs {
                    self.expr(key);
                    self.pattern(pattern);
                }
                self.bound.extend(rest.clone());
            }
            Pattern::Class(class, plain, named) => {
                self.expr(class);
                plain.iter().chain(named.iter().map(|(_, p)| p)).for_each(|p| self.pattern(p));
            }
        }
    }

    fn function(&mut self, func: &Func) {
        let defaults = func.params.iter().chain(&func.keyword_only).filter_map(|p| p.default.as_ref());
        defaults.for_each(|e| self.expr(e));
        let names = of_function(func);
        self.child(names);
    }

    fn target(&mut self, target: &Expr) {
        match &target.kind {
            Kind::Name(name) => {
                self.bound.insert(name.clone());
            }
            Kind::Tuple(items) | Kind::List(items) => items.iter().for_each(|t| self.target(t)),
            Kind::Starred(inner) => self.target(inner),
            _ => self.expr(target),
        }
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            if let Piece::Value(value, _, format) = piece {
                self.expr(value);
                self.pieces(format);
            }
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            Kind::Const(_) => {}
            Kind::Name(name) => {
                if &**name == "super" {
                    self.used.insert("__class__".into());
                }
                self.used.insert(name.clone());
            }
            Kind::List(items) | Kind::Tuple(items) | Kind::Set(items) | Kind::And(items) | Kind::Or(items) => {
                items.iter().for_each(|e| self.expr(e));
            }
            Kind::Dict(items) => items.iter().for_each(|(k, v)| {
                k.iter().for_each(|k| self.expr(k));
                self.expr(v);
            }),
            Kind::Binary(_, a, b) | Kind::Index(a, b) => [a, b].into_iter().for_each(|e| self.expr(e)),
            Kind::Compare(a, rest) => std::iter::once(&**a).chain(rest.iter().map(|(_, e)| e)).for_each(|e| self.expr(e)),
            Kind::IfElse(a, b, c) => [a, b, c].into_iter().for_each(|e| self.expr(e)),
            Kind::Call(f, args) => std::iter::once(&**f).chain(args.iter().map(Arg::value)).for_each(|e| self.expr(e)),
            Kind::Slice(a, b, c) => [a, b, c].into_iter().flatten().for_each(|e| self.expr(e)),
            Kind::Lambda(func) => self.function(func),
            Kind::Comp(makes, element, value, loops) => {
                loops.iter().take(1).for_each(|l| self.expr(&l.iter));
                let names = of_comprehension(*makes, element, value.as_deref(), loops);
                self.child(names);
            }
            Kind::Joined(pieces) => self.pieces(pieces),
            Kind::Unary(_, e) | Kind::Attr(e, _) | Kind::Starred(e) => self.expr(e),
            Kind::Await(e) => self.expr(e),
            Kind::Yield(e) => {
                self.yields = true;
                e.iter().for_each(|e| self.expr(e));
            }
            Kind::YieldFrom(e) => {
                self.yields = true;
                self.expr(e);
            }
            Kind::Walrus(name, value) => {
                self.expr(value);
                if self.is_comprehension {
                    self.passed_on.insert(name.clone());
                } else {
                    self.bound.insert(name.clone());
                }
            }
        }
    }
}
