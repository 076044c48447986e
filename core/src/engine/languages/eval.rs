//! Runs a tree. A run is repeated from the start each time what it waited for has come: the results of its
//! system calls are in its journal, so that it finds everything as it left it. That keeps a running script
//! plain data: its text and its journal.

use super::ast::{Expr, Func, Kind, Stmt};
use super::value::Value;
use crate::kernel::{Sys, Wait};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How much a script may do between two waits.
const BUDGET: u32 = 3_000_000;
/// How deep calls may nest.
const MAX_CALLS: usize = 60;
/// The longest text or list.
const MAX_SIZE: usize = 4 << 20;

/// Why a statement did not end in the usual way.
#[derive(Debug, Clone, PartialEq)]
pub enum Flow {
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `return`.
    Return(Value),
    /// An exception: kind and message.
    Raise(String, String),
    /// The script ends with this code.
    Exit(i32),
    /// The script waits.
    Block(Wait),
    /// The script needs what is not simulated.
    Missing(String),
}

/// What came of something.
pub type Outcome<T> = Result<T, Flow>;

/// What a script keeps between its turns.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Journal {
    /// Results of system calls.
    pub results: Vec<serde_json::Value>,
    /// What has been read and not yet used.
    pub buffer: Vec<u8>,
}

/// A scope: variables, the scope around it, names that belong to the outermost.
#[derive(Debug, Default)]
struct Scope {
    names: BTreeMap<String, Value>,
    outer: Option<usize>,
    globals: Vec<String>,
}

/// A running script.
pub struct Machine<'m, 's> {
    /// System calls.
    pub sys: &'m mut Sys<'s>,
    /// What is kept.
    pub journal: &'m mut Journal,
    /// The arguments of the script.
    pub argv: Vec<String>,
    /// Lists.
    pub lists: Vec<Vec<Value>>,
    /// Dictionaries, in the order of insertion.
    pub dicts: Vec<Vec<(Value, Value)>>,
    /// Names of functions and the lines they are at.
    pub frames: Vec<(String, usize)>,
    /// Handlers of routes: path, methods, function.
    pub routes: Vec<(String, Value)>,
    funcs: Vec<(Arc<Func>, usize)>,
    scopes: Vec<Scope>,
    scope: usize,
    at: usize,
    spent: u32,
}

/// An exception.
pub fn raise<T>(kind: &str, message: impl Into<String>) -> Outcome<T> {
    Err(Flow::Raise(kind.into(), message.into()))
}

/// What is not simulated.
pub fn missing<T>(what: impl Into<String>) -> Outcome<T> {
    Err(Flow::Missing(what.into()))
}

impl<'m, 's> Machine<'m, 's> {
    /// A script that has not begun.
    pub fn new(sys: &'m mut Sys<'s>, journal: &'m mut Journal, argv: Vec<String>) -> Self {
        Self {
            sys,
            journal,
            argv,
            lists: vec![],
            dicts: vec![],
            frames: vec![("<module>".into(), 0)],
            routes: vec![],
            funcs: vec![],
            scopes: vec![Scope::default()],
            scope: 0,
            at: 0,
            spent: 0,
        }
    }

    /// A system call: its result of an earlier run, or made now.
    pub fn effect(
        &mut self,
        call: impl FnOnce(&mut Sys<'s>, &mut Vec<u8>) -> Outcome<serde_json::Value>,
    ) -> Outcome<serde_json::Value> {
        if let Some(known) = self.journal.results.get(self.at) {
            self.at += 1;
            return Ok(known.clone());
        }
        let result = call(self.sys, &mut self.journal.buffer)?;
        self.journal.results.push(result.clone());
        self.at += 1;
        self.spent = 0;
        Ok(result)
    }

    fn tick(&mut self) -> Outcome<()> {
        self.spent += 1;
        if self.spent > BUDGET { missing("a script that computes this long without waiting") } else { Ok(()) }
    }

    /// A new list.
    pub fn list(&mut self, items: Vec<Value>) -> Outcome<Value> {
        if items.len() > MAX_SIZE {
            return raise("MemoryError", "");
        }
        self.spent = self.spent.saturating_add(items.len() as u32 / 8);
        self.lists.push(items);
        Ok(Value::List(self.lists.len() - 1))
    }

    /// A new dictionary.
    pub fn dict(&mut self, items: Vec<(Value, Value)>) -> Value {
        self.dicts.push(items);
        Value::Dict(self.dicts.len() - 1)
    }

    /// Runs statements.
    ///
    /// # Errors
    /// What ended them early.
    pub fn run(&mut self, body: &[Stmt]) -> Outcome<()> {
        for statement in body {
            self.tick()?;
            if let Some(frame) = self.frames.last_mut() {
                frame.1 = statement.line;
            }
            self.statement(&statement.kind)?;
        }
        Ok(())
    }

    fn looped(&mut self, body: &[Stmt]) -> Outcome<bool> {
        match self.run(body) {
            Ok(()) | Err(Flow::Continue) => Ok(true),
            Err(Flow::Break) => Ok(false),
            Err(flow) => Err(flow),
        }
    }

    fn statement(&mut self, kind: &Kind) -> Outcome<()> {
        match kind {
            Kind::Expr(value) => self.eval(value).map(drop),
            Kind::Assign(target, op, value) => {
                let mut value = self.eval(value)?;
                if !op.is_empty() {
                    let before = self.eval(target)?;
                    value = self.binary(op, before, value)?;
                }
                self.assign(target, value)
            }
            Kind::If(condition, then, otherwise) => {
                let value = self.eval(condition)?;
                let taken = if self.truth(&value) { then } else { otherwise };
                self.run(taken)
            }
            Kind::While(condition, body) => loop {
                self.tick()?;
                let value = self.eval(condition)?;
                if !self.truth(&value) || !self.looped(body)? {
                    return Ok(());
                }
            },
            Kind::For(target, iter, body) => {
                let items = self.eval(iter)?;
                for item in self.items(&items)? {
                    self.tick()?;
                    self.assign(target, item)?;
                    if !self.looped(body)? {
                        break;
                    }
                }
                Ok(())
            }
            Kind::Def(func, decorators) => self.define(func, decorators),
            Kind::Return(value) => {
                let value = value.as_ref().map_or(Ok(Value::None), |v| self.eval(v))?;
                Err(Flow::Return(value))
            }
            Kind::Break => Err(Flow::Break),
            Kind::Continue => Err(Flow::Continue),
            Kind::Pass => Ok(()),
            other => self.special_statement(other),
        }
    }

    /// Imports, exceptions, `with` and `global`.
    fn special_statement(&mut self, kind: &Kind) -> Outcome<()> {
        match kind {
            Kind::Import(module, name) => {
                self.import(module)?;
                let bound = if module.starts_with(&format!("{name}.")) { name } else { module };
                self.set(name, Value::Native(bound.clone()));
                Ok(())
            }
            Kind::From(module, names) => {
                self.import(module)?;
                for (name, here) in names {
                    self.set(here, Value::Native(format!("{module}.{name}")));
                }
                Ok(())
            }
            Kind::Try(body, handlers, last) => self.attempt(body, handlers, last),
            Kind::Raise(None) => missing("raise without an exception"),
            Kind::Raise(Some(value)) => match self.eval(value)? {
                Value::Error(kind, message) => Err(Flow::Raise(kind, message)),
                Value::Native(kind) => Err(Flow::Raise(kind, String::new())),
                _ => raise("TypeError", "exceptions must derive from BaseException"),
            },
            Kind::With(value, name, body) => {
                let value = self.eval(value)?;
                if let Some(name) = name {
                    self.set(name, value);
                }
                self.run(body)
            }
            Kind::Global(names) => {
                let scope = self.scope;
                self.scopes[scope].globals.extend(names.iter().cloned());
                Ok(())
            }
            _ => missing("this statement"),
        }
    }

    fn define(&mut self, func: &Arc<Func>, decorators: &[Expr]) -> Outcome<()> {
        self.funcs.push((func.clone(), self.scope));
        let value = Value::Func(self.funcs.len() - 1);
        for decorator in decorators {
            let Expr::Call(callee, args, _) = decorator else { return missing("this decorator") };
            let Expr::Attr(app, verb) = callee.as_ref() else { return missing("this decorator") };
            let app = self.eval(app)?;
            if app != Value::Native("flask.app".into()) || !matches!(verb.as_str(), "route" | "get" | "post")
            {
                return missing("this decorator");
            }
            let path = args.first().map_or(Ok(Value::None), |a| self.eval(a))?;
            if let Value::Str(path) = path {
                self.routes.push((path, value.clone()));
            }
        }
        self.set(&func.name, value);
        Ok(())
    }

    fn attempt(&mut self, body: &[Stmt], handlers: &[super::ast::Handler], last: &[Stmt]) -> Outcome<()> {
        let depth = self.frames.len();
        let mut result = self.run(body);
        if let Err(Flow::Raise(kind, message)) = &result {
            let fits = |names: &str| names.split('|').any(|n| is_kind(kind, n));
            let handler = handlers.iter().find(|(names, ..)| names.as_deref().is_none_or(fits));
            if let Some((_, name, body)) = handler {
                self.frames.truncate(depth);
                let error = Value::Error(kind.clone(), message.clone());
                if let Some(name) = name {
                    self.set(name, error);
                }
                result = self.run(body);
            }
        }
        if !matches!(result, Err(Flow::Block(_) | Flow::Missing(_))) {
            self.run(last)?;
        }
        result
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: Value) {
        let outermost = self.scopes[self.scope].globals.iter().any(|n| n == name);
        let scope = if outermost { 0 } else { self.scope };
        self.scopes[scope].names.insert(name.to_string(), value);
    }

    fn get(&self, name: &str) -> Option<Value> {
        let mut at = Some(self.scope);
        while let Some(scope) = at.and_then(|at| self.scopes.get(at)) {
            if let Some(value) = scope.names.get(name) {
                return Some(value.clone());
            }
            at = scope.outer;
        }
        None
    }

    fn assign(&mut self, target: &Expr, value: Value) -> Outcome<()> {
        match target {
            Expr::Name(name) => {
                self.set(name, value);
                Ok(())
            }
            Expr::Tuple(targets) | Expr::List(targets) => {
                let items = self.items(&value)?;
                if items.len() < targets.len() {
                    let text = format!(
                        "not enough values to unpack (expected {}, got {})",
                        targets.len(),
                        items.len()
                    );
                    return raise("ValueError", text);
                }
                if items.len() > targets.len() {
                    return raise(
                        "ValueError",
                        format!("too many values to unpack (expected {})", targets.len()),
                    );
                }
                targets.iter().zip(items).try_for_each(|(target, item)| self.assign(target, item))
            }
            Expr::Index(object, key) => {
                let (object, key) = (self.eval(object)?, self.eval(key)?);
                self.set_item(&object, key, value)
            }
            _ => missing("an assignment to this"),
        }
    }

    fn set_item(&mut self, object: &Value, key: Value, value: Value) -> Outcome<()> {
        match (object, key) {
            (Value::Dict(at), key) => {
                let dict = &mut self.dicts[*at];
                match dict.iter_mut().find(|(k, _)| *k == key) {
                    Some(entry) => entry.1 = value,
                    None => dict.push((key, value)),
                }
                Ok(())
            }
            (Value::List(at), Value::Int(n)) => {
                let list = &mut self.lists[*at];
                let len = list.len() as i64;
                let place = usize::try_from(if n < 0 { n.saturating_add(len) } else { n }).ok();
                match place.and_then(|n| list.get_mut(n)) {
                    Some(slot) => *slot = value,
                    None => return raise("IndexError", "list assignment index out of range"),
                }
                Ok(())
            }
            (Value::Native(name), Value::Str(_)) if name == "os.environ" => missing("a change of os.environ"),
            _ => raise("TypeError", "object does not support item assignment"),
        }
    }

    /// Calls a function of the script.
    pub fn apply(&mut self, at: usize, args: Vec<Value>, named: Vec<(String, Value)>) -> Outcome<Value> {
        let Some((func, outer)) = self.funcs.get(at).cloned() else { return missing("this function") };
        if self.frames.len() > MAX_CALLS {
            return raise("RecursionError", "maximum recursion depth exceeded");
        }
        let mut names = BTreeMap::new();
        if args.len() > func.params.len() {
            let (name, takes, given) = (&func.name, func.params.len(), args.len());
            let (s, were) = if takes == 1 {
                ("", if given == 1 { "was" } else { "were" })
            } else {
                ("s", if given == 1 { "was" } else { "were" })
            };
            return raise(
                "TypeError",
                format!("{name}() takes {takes} positional argument{s} but {given} {were} given"),
            );
        }
        let mut args = args.into_iter();
        for (name, default) in &func.params {
            let value = match (args.next(), named.iter().find(|(n, _)| n == name), default) {
                (Some(value), ..) => value,
                (None, Some((_, value)), _) => value.clone(),
                (None, None, Some(default)) => self.eval(default)?,
                _ => {
                    return raise(
                        "TypeError",
                        format!("{}() missing 1 required positional argument: '{name}'", func.name),
                    );
                }
            };
            names.insert(name.clone(), value);
        }
        self.scopes.push(Scope { names, outer: Some(outer), globals: vec![] });
        let before = std::mem::replace(&mut self.scope, self.scopes.len() - 1);
        self.frames.push((func.name.clone(), 0));
        let result = self.run(&func.body);
        self.scope = before;
        match result {
            Err(Flow::Return(value)) => {
                self.frames.pop();
                Ok(value)
            }
            Ok(()) => {
                self.frames.pop();
                Ok(Value::None)
            }
            Err(flow) => Err(flow),
        }
    }

    /// Calls anything.
    pub fn call(&mut self, callee: Value, args: Vec<Value>, named: Vec<(String, Value)>) -> Outcome<Value> {
        self.tick()?;
        match callee {
            Value::Func(at) => self.apply(at, args, named),
            Value::Native(name) => self.native(&name, args, named),
            Value::Method(object, name) => self.method(*object, &name, args, named),
            other => raise("TypeError", format!("'{}' object is not callable", self.type_name(&other))),
        }
    }

    /// The value of an expression.
    pub fn eval(&mut self, expr: &Expr) -> Outcome<Value> {
        match expr {
            Expr::Const(value) => Ok(value.clone()),
            Expr::Name(name) => match self.get(name) {
                Some(value) => Ok(value),
                None if super::python::is_builtin(name) => Ok(Value::Native(name.clone())),
                None => raise("NameError", format!("name '{name}' is not defined")),
            },
            Expr::List(items) => {
                let items = items.iter().map(|i| self.eval(i)).collect::<Outcome<_>>()?;
                self.list(items)
            }
            Expr::Tuple(items) => {
                Ok(Value::Tuple(items.iter().map(|i| self.eval(i)).collect::<Outcome<_>>()?))
            }
            Expr::Dict(items) => {
                let dict = self.dict(vec![]);
                for (key, value) in items {
                    let (key, value) = (self.eval(key)?, self.eval(value)?);
                    self.set_item(&dict, key, value)?;
                }
                Ok(dict)
            }
            Expr::Binary(op, left, right) => {
                let left = self.eval(left)?;
                match (op.as_str(), self.truth(&left)) {
                    ("or", true) | ("and", false) => return Ok(left),
                    ("or" | "and", _) => return self.eval(right),
                    _ => {}
                }
                let right = self.eval(right)?;
                self.binary(op, left, right)
            }
            Expr::Unary(op, value) => match (op.as_str(), self.eval(value)?) {
                ("not", value) => Ok(Value::Bool(!self.truth(&value))),
                (_, Value::Int(n)) => Ok(Value::Int(n.saturating_neg())),
                (_, Value::Float(n)) => Ok(Value::Float(-n)),
                _ => raise("TypeError", "bad operand type for unary -"),
            },
            Expr::Cond(condition, yes, no) => {
                let value = self.eval(condition)?;
                if self.truth(&value) { self.eval(yes) } else { self.eval(no) }
            }
            other => self.eval_access(other),
        }
    }

    /// Calls, attributes, items, and what makes functions, lists and texts of others.
    fn eval_access(&mut self, expr: &Expr) -> Outcome<Value> {
        match expr {
            Expr::Call(callee, args, named) => {
                let callee = self.eval(callee)?;
                let args = args.iter().map(|a| self.eval(a)).collect::<Outcome<_>>()?;
                let named =
                    named.iter().map(|(n, v)| Ok((n.clone(), self.eval(v)?))).collect::<Outcome<_>>()?;
                self.call(callee, args, named)
            }
            Expr::Attr(object, name) => {
                let object = self.eval(object)?;
                self.attribute(object, name)
            }
            Expr::Index(object, key) => {
                let (object, key) = (self.eval(object)?, self.eval(key)?);
                self.item(&object, key)
            }
            Expr::Slice(object, from, to) => {
                let object = self.eval(object)?;
                let from = from.as_ref().map(|e| self.eval(e)).transpose()?;
                let to = to.as_ref().map(|e| self.eval(e)).transpose()?;
                self.slice(&object, from, to)
            }
            Expr::Lambda(func) => {
                self.funcs.push((func.clone(), self.scope));
                Ok(Value::Func(self.funcs.len() - 1))
            }
            Expr::Comp(element, target, iter, condition) => {
                let iter = self.eval(iter)?;
                let mut out = vec![];
                for item in self.items(&iter)? {
                    self.tick()?;
                    self.assign(target, item)?;
                    let keep = condition.as_ref().map_or(Ok(Value::Bool(true)), |c| self.eval(c))?;
                    if self.truth(&keep) {
                        out.push(self.eval(element)?);
                    }
                }
                self.list(out)
            }
            Expr::Format(parts) => {
                let mut out = String::new();
                for (part, spec) in parts {
                    let value = self.eval(part)?;
                    out.push_str(&self.formatted(&value, spec)?);
                }
                Ok(Value::Str(out))
            }
            _ => missing("this expression"),
        }
    }
}

/// True where an exception of `kind` is caught by a handler for `name`.
fn is_kind(kind: &str, name: &str) -> bool {
    let name = name.rsplit('.').next().unwrap_or(name);
    let base = match kind {
        "KeyboardInterrupt" => "BaseException",
        "FileNotFoundError" | "PermissionError" | "IsADirectoryError" => "OSError",
        "KeyError" | "IndexError" => "LookupError",
        "ModuleNotFoundError" => "ImportError",
        "ZeroDivisionError" => "ArithmeticError",
        _ => "Exception",
    };
    kind == name || base == name || name == "Exception" || name == "BaseException"
}
