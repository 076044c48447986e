//! Operations on names, functions, generators and iterators within a frame.

use super::blocks::Step;
use super::frame::{Operation, PyFrame, Return};
use super::heap::{Func, Obj};
use super::iterate::Advance;
use super::vm::{Got, Trap, Vm};
use super::{Value, classes, hash_text};
use crate::engine::languages::python::compile::{Code, Op};
use crate::engine::languages::python::natives;
use crate::engine::languages::python::syntax::ast::Name;

impl Vm<'_, '_> {
    pub(super) fn unbound(&mut self, code: &Code, at: u32) -> Trap {
        let name = code.locals.get(at as usize).cloned().unwrap_or_default();
        let text = if self.m.minor >= 11 {
            format!("cannot access local variable '{name}' where it is not associated with a value")
        } else {
            format!("local variable '{name}' referenced before assignment")
        };
        self.error("UnboundLocalError", text)
    }

    /// A name of a module, or one that every module sees.
    pub(super) fn load_name(&mut self, frame: &mut PyFrame, code: &Code, at: u32, op: Op) -> Got<Step> {
        let Some(name) = code.names.get(at as usize) else { return self.missing("this name") };
        let hash = hash_text(name);
        let named = frame.names.filter(|_| matches!(op, Op::LoadName(_)));
        for space in named.into_iter().chain([frame.globals, self.m.builtins]) {
            if let Some(dict) = self.m.heap.dict(space)
                && let Some(value) = dict.find_text(hash, name).and_then(|at| dict.value_at(at))
            {
                let value = value.clone();
                frame.push(value);
                return Ok(Step::Go);
            }
        }
        if let Some(value) = builtin(name) {
            if let Some(dict) = self.m.heap.dict_mut(self.m.builtins) {
                dict.set_text(name, value.clone());
            }
            frame.push(value);
            return Ok(Step::Go);
        }
        if natives::is_prelude(name) {
            frame.push(Value::Str(name.clone()));
            return self.slow(frame, Operation::Import(u32::MAX), 1, Return::Push);
        }
        let name = name.clone();
        Err(self.name_error(&name))
    }

    /// Names of closures, modules and classes.
    pub(super) fn name_op(&mut self, frame: &mut PyFrame, code: &Code, op: Op) -> Got<Step> {
        let name = |at: u32| code.names.get(at as usize).cloned().unwrap_or_default();
        match op {
            Op::LoadDeref(at) => match self.cell(frame, at) {
                Value::Unbound => return Err(self.unbound_cell(code, at)),
                value => frame.push(value),
            },
            Op::LoadClassDeref(at, own) => {
                let own = frame.names.and_then(|id| self.m.heap.dict(id)).and_then(|d| d.text(&name(own))).cloned();
                match own.unwrap_or_else(|| self.cell(frame, at)) {
                    Value::Unbound => return Err(self.unbound_cell(code, at)),
                    value => frame.push(value),
                }
            }
            Op::StoreDeref(at) => {
                let value = frame.pop();
                self.set_cell(frame, at, value);
            }
            Op::DeleteDeref(at) => self.set_cell(frame, at, Value::Unbound),
            Op::LoadCell(at) => frame.push(frame.cells.get(at as usize).map_or(Value::None, |id| Value::Obj(*id))),
            Op::DeleteFast(at) => match frame.locals.get_mut(at as usize) {
                Some(slot) if *slot != Value::Unbound => *slot = Value::Unbound,
                _ => return Err(self.unbound(code, at)),
            },
            Op::StoreName(at) | Op::StoreGlobal(at) => {
                let value = frame.pop();
                let space = frame.names.filter(|_| matches!(op, Op::StoreName(_))).unwrap_or(frame.globals);
                self.m.heap.fresh += 16;
                if let (Some(name), Some(dict)) = (code.names.get(at as usize), self.m.heap.dict_mut(space)) {
                    dict.set_text(name, value);
                }
            }
            Op::DeleteName(at) | Op::DeleteGlobal(at) => {
                let space = frame.names.filter(|_| matches!(op, Op::DeleteName(_))).unwrap_or(frame.globals);
                if self.m.heap.dict_mut(space).and_then(|d| d.remove_text(&name(at))).is_none() {
                    return Err(self.name_error(&name(at)));
                }
            }
            Op::SetupAnnotations => {
                let fresh = frame.names.and_then(|id| self.m.heap.dict(id)).is_some_and(|d| d.text("__annotations__").is_none());
                if fresh {
                    let dict = self.new_obj(Obj::Dict(super::Dict::default()));
                    if let Some(space) = frame.names.and_then(|id| self.m.heap.dict_mut(id)) {
                        space.set("__annotations__", dict);
                    }
                }
            }
            Op::Import(at, level) => {
                frame.push(Value::Str(name(at)));
                frame.push(Value::Obj(frame.globals));
                return self.slow(frame, Operation::Import(level), 2, Return::Push);
            }
            Op::ImportFrom(at) => {
                let module = frame.stack.last().cloned().unwrap_or_default();
                frame.push(module);
                frame.push(Value::Str(name(at)));
                return self.slow(frame, Operation::ImportFrom, 2, Return::Push);
            }
            Op::ImportStar => {
                let space = frame.names.unwrap_or(frame.globals);
                frame.push(Value::Obj(space));
                return self.slow(frame, Operation::ImportStar, 2, Return::Discard);
            }
            other => return self.match_op(frame, code, other),
        }
        Ok(Step::Go)
    }

    fn cell(&self, frame: &PyFrame, at: u32) -> Value {
        match frame.cells.get(at as usize).map(|id| self.m.heap.get(*id)) {
            Some(Obj::Cell(value)) => value.clone(),
            _ => Value::Unbound,
        }
    }

    fn set_cell(&mut self, frame: &PyFrame, at: u32, value: Value) {
        if let Some(Obj::Cell(place)) = frame.cells.get(at as usize).and_then(|id| self.m.heap.get_mut(*id)) {
            *place = value;
        }
    }

    fn unbound_cell(&mut self, code: &Code, at: u32) -> Trap {
        let name = code.cells.iter().chain(&code.free).nth(at as usize).cloned().unwrap_or_default();
        if (at as usize) < code.cells.len() {
            let text = format!("cannot access local variable '{name}' where it is not associated with a value");
            return self.error("UnboundLocalError", text);
        }
        let text = if self.m.minor >= 11 {
            format!("cannot access free variable '{name}' where it is not associated with a value in enclosing scope")
        } else {
            format!("free variable '{name}' referenced before assignment in enclosing scope")
        };
        self.error("NameError", text)
    }

    pub(super) fn make_function(
        &mut self,
        frame: &mut PyFrame,
        code: u32,
        closure: u32,
        defaults: bool,
        keyword_defaults: bool,
    ) {
        let closure = frame.pop_many(closure as usize).iter().filter_map(Value::id).collect();
        let mut named = vec![];
        if keyword_defaults {
            let dict = frame.pop();
            let entries = dict.id().and_then(|id| self.m.heap.dict(id)).into_iter().flat_map(|d| d.iter());
            named = entries.filter_map(|(_, k, v)| Some((Name::from(k.as_str()?), v.clone()))).collect();
        }
        let defaults = if defaults {
            let tuple = frame.pop();
            self.items_of(&tuple).unwrap_or_default()
        } else {
            vec![]
        };
        let (name, qualified) = self.m.codes.get(code).map_or_else(Default::default, |c| (c.name.clone(), c.qualified.clone()));
        let function = Func {
            code,
            globals: frame.globals,
            name,
            qualified,
            defaults,
            keyword_defaults: named,
            closure,
            attrs: super::Dict::default(),
        };
        let value = self.new_obj(Obj::Func(Box::new(function)));
        frame.push(value);
    }

    /// The method of a value and the value itself, or an attribute and nothing.
    pub(super) fn load_method(&mut self, frame: &mut PyFrame, code: &Code, at: u32) -> Got<Step> {
        let Some(name) = code.names.get(at as usize) else { return self.missing("this name") };
        let this = frame.stack.last().cloned().unwrap_or_default();
        if let Some(method) = self.plain_method(&this, name) {
            frame.pop();
            frame.stack.extend([this, method]);
            return Ok(Step::Go);
        }
        // Where nothing is to be the first argument, a mark lies below the attribute.
        frame.pop();
        frame.stack.extend([Value::Unbound, this, Value::Str(name.clone())]);
        self.slow(frame, Operation::GetAttr, 2, Return::Push)
    }

    /// A function that is found on the class of a value and nowhere nearer.
    fn plain_method(&self, this: &Value, name: &str) -> Option<Value> {
        let class = match this {
            Value::Obj(id) => match self.m.heap.get(*id) {
                Obj::Instance(instance) if instance.attrs.text(name).is_none() => instance.class,
                Obj::Instance(_) | Obj::Class(_) | Obj::Module(..) | Obj::Super(..) | Obj::Method(..) | Obj::Func(_) => {
                    return None;
                }
                _ => self.type_of(this),
            },
            _ => self.type_of(this),
        };
        if class >= classes::COUNT && self.class_lookup(class, "__getattribute__").is_some() {
            return None;
        }
        let attr = self.class_lookup(class, name)?;
        match &attr {
            Value::Native(_) => Some(attr),
            Value::Obj(id) if matches!(self.m.heap.get(*id), Obj::Func(_)) => Some(attr),
            _ => None,
        }
    }

    pub(super) fn get_iter(&mut self, frame: &mut PyFrame) -> Got<Step> {
        let value = frame.pop();
        match self.iter_now(&value) {
            Some(iter) => {
                frame.push(iter);
                Ok(Step::Go)
            }
            None => {
                frame.push(value);
                self.slow(frame, Operation::Iter, 1, Return::Push)
            }
        }
    }

    pub(super) fn for_iter(&mut self, frame: &mut PyFrame, end: u32) -> Got<Step> {
        let iter = frame.stack.last().cloned().unwrap_or_default();
        match self.advance(&iter)? {
            Advance::Value(value) => {
                frame.push(value);
                Ok(Step::Go)
            }
            Advance::End => {
                frame.pop();
                frame.at = end;
                Ok(Step::Go)
            }
            Advance::Generator(id) => Ok(Step::Resume(id, Value::None, Return::ForIter(end))),
            Advance::Call(method) => self.call_next(method, iter, Return::ForIter(end)),
        }
    }

    /// Calls `__next__`.
    fn call_next(&mut self, method: Value, iter: Value, ret: Return) -> Got<Step> {
        let native = self.suspended(Operation::Call, vec![method, iter], vec![], ret);
        let call = native.args.clone();
        let mut args = call.into_iter();
        let callee = args.next().unwrap_or_default();
        match self.prepare(&callee, args.collect(), &[])? {
            super::call::Called::Frame(frame) => Ok(Step::Call(frame, native.ret)),
            super::call::Called::Value(_) => self.missing("a native __next__"),
        }
    }

    pub(super) fn yield_from(&mut self, frame: &mut PyFrame) -> Got<Step> {
        let sent = frame.pop();
        let iter = frame.stack.last().cloned().unwrap_or_default();
        frame.at -= 1;
        match self.advance(&iter)? {
            Advance::Value(value) => Ok(Step::Yield(value)),
            Advance::End => {
                frame.pop();
                frame.push(Value::None);
                frame.at += 1;
                Ok(Step::Go)
            }
            Advance::Generator(id) => Ok(Step::Resume(id, sent, Return::YieldFrom)),
            Advance::Call(method) => self.call_next(method, iter, Return::YieldFrom),
        }
    }

    pub(super) fn awaitable(&mut self, frame: &mut PyFrame) -> Got<Step> {
        let value = frame.stack.last().cloned().unwrap_or_default();
        if let Some(Obj::Gen(_)) = value.id().map(|id| self.m.heap.get(id)) {
            return Ok(Step::Go);
        }
        match self.special(&value, "__await__") {
            Some(method) => {
                frame.pop();
                self.call_op(frame, method, vec![value], vec![])
            }
            None => {
                let name = self.type_name(&value);
                Err(self.type_error(format!("object {name} can't be used in 'await' expression")))
            }
        }
    }

    pub(super) fn before_with(&mut self, frame: &mut PyFrame) -> Got<()> {
        let manager = frame.pop();
        let class = self.type_of(&manager);
        for (name, also) in [("__exit__", "__enter__"), ("__enter__", "__exit__")] {
            let Some(method) = self.class_lookup(class, name) else {
                let shown = self.class_name(class);
                if self.m.minor < 11 {
                    let missing = if self.class_lookup(class, "__enter__").is_none() { "__enter__" } else { name };
                    return Err(self.error("AttributeError", missing));
                }
                let hint = if name == "__exit__" && self.class_lookup(class, also).is_some() {
                    " (missed __exit__ method)"
                } else {
                    ""
                };
                return Err(self.type_error(format!("'{shown}' object does not support the context manager protocol{hint}")));
            };
            let bound = self.new_obj(Obj::Method(method, manager.clone()));
            frame.push(bound);
        }
        Ok(())
    }
}

/// A built-in that needs no library.
pub fn builtin(name: &str) -> Option<Value> {
    if let Some(class) = classes::by_name(name).filter(|c| classes::is_visible(*c)) {
        return Some(Value::Obj(class));
    }
    match name {
        "IOError" | "EnvironmentError" => Some(Value::Obj(classes::OS_ERROR)),
        "NotImplemented" => Some(Value::NotImplemented),
        "Ellipsis" => Some(Value::Ellipsis),
        "__debug__" => Some(Value::Bool(true)),
        _ => natives::builtin(name).map(Value::Native),
    }
}
