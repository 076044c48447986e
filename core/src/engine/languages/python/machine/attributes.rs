//! Attributes: instances, classes, descriptors, modules, functions.

use super::heap::{Obj, View};
use super::vm::{Got, Vm};
use super::{Id, Value, classes};
use crate::engine::languages::python::natives;
use std::sync::Arc;

impl Vm<'_, '_> {
    /// The class of a value.
    pub fn type_of(&self, value: &Value) -> Id {
        match value {
            Value::None | Value::Unbound => classes::NONE,
            Value::Bool(_) => classes::BOOL,
            Value::Int(_) | Value::Big(_) => classes::INT,
            Value::Float(_) => classes::FLOAT,
            Value::Str(_) => classes::STR,
            Value::Bytes(_) => classes::BYTES,
            Value::Native(_) => classes::NATIVE,
            Value::Ellipsis => classes::ELLIPSIS,
            Value::NotImplemented => classes::NOT_IMPLEMENTED,
            Value::Obj(id) => match self.m.heap.get(*id) {
                Obj::List(_) => classes::LIST,
                Obj::Tuple(_) => classes::TUPLE,
                Obj::Dict(_) => classes::DICT,
                Obj::Set(_) => classes::SET,
                Obj::FrozenSet(_) => classes::FROZENSET,
                Obj::ByteArray(_) => classes::BYTEARRAY,
                Obj::Slice(_) => classes::SLICE,
                Obj::Range(..) => classes::RANGE,
                Obj::View(_, View::Keys) => 28,
                Obj::View(_, View::Values) => 29,
                Obj::View(_, View::Items) => 30,
                Obj::Func(_) => classes::FUNCTION,
                Obj::Method(..) => classes::METHOD,
                Obj::Class(class) => class.meta,
                Obj::Instance(instance) => instance.class,
                Obj::Module(..) => classes::MODULE,
                Obj::Cell(_) | Obj::Free => classes::CELL,
                Obj::Gen(generator) if generator.is_async => classes::COROUTINE,
                Obj::Gen(_) => classes::GENERATOR,
                Obj::Iter(_) => classes::ITERATOR,
                Obj::Property(_) => classes::PROPERTY,
                Obj::StaticMethod(_) => classes::STATICMETHOD,
                Obj::ClassMethod(_) => classes::CLASSMETHOD,
                Obj::Super(..) => classes::SUPER,
            },
        }
    }

    pub fn class_name(&self, class: Id) -> Arc<str> {
        self.m.heap.class(class).map_or_else(|| "object".into(), |c| c.name.clone())
    }

    pub fn type_name(&self, value: &Value) -> Arc<str> {
        self.class_name(self.type_of(value))
    }

    /// True where a class is another or derives from it.
    pub fn is_subclass(&self, class: Id, of: Id) -> bool {
        class == of || self.m.heap.class(class).is_some_and(|c| c.mro.contains(&of))
    }

    pub fn is_instance_of(&self, value: &Value, class: Id) -> bool {
        self.is_subclass(self.type_of(value), class)
    }

    /// A name of a class or of one above it.
    pub fn class_lookup(&self, class: Id, name: &str) -> Option<Value> {
        let known = self.m.heap.class(class)?;
        let hash = super::hash_text(name);
        known.mro.iter().find_map(|id| {
            let class = self.m.heap.class(*id)?;
            let own = class.attrs.find_text(hash, name).and_then(|at| class.attrs.value_at(at)).cloned();
            own.or_else(|| if class.user { None } else { natives::method(*id, name).map(Value::Native) })
        })
    }

    /// A method that the script (or a library) defines for a value's class.
    pub fn special(&self, value: &Value, name: &str) -> Option<Value> {
        let class = match value {
            Value::Obj(id) => match self.m.heap.get(*id) {
                Obj::Instance(instance) => instance.class,
                Obj::Class(class) if class.meta != classes::TYPE => class.meta,
                _ => return None,
            },
            _ => return None,
        };
        let hash = super::hash_text(name);
        self.m.heap.class(class)?.mro.iter().find_map(|id| {
            let class = self.m.heap.class(*id).filter(|c| c.user)?;
            class.attrs.find_text(hash, name).and_then(|at| class.attrs.value_at(at)).cloned()
        })
    }

    /// The built-in value within an instance of a class that derives from a built-in one.
    pub fn plain(&self, value: &Value) -> Value {
        match value {
            Value::Obj(id) => match self.m.heap.instance(*id) {
                Some(instance) if instance.base != Value::None => instance.base.clone(),
                _ => value.clone(),
            },
            _ => value.clone(),
        }
    }

    /// A class attribute as an instance sees it.
    fn bound(&mut self, attr: Value, this: &Value, class: Id) -> Got {
        let Value::Obj(id) = &attr else {
            return Ok(match attr {
                Value::Native(_) => self.new_obj(Obj::Method(attr, this.clone())),
                other => other,
            });
        };
        match self.m.heap.get(*id) {
            Obj::Func(_) => Ok(self.new_obj(Obj::Method(attr, this.clone()))),
            Obj::StaticMethod(inner) => Ok(inner.clone()),
            Obj::ClassMethod(inner) => {
                let inner = inner.clone();
                Ok(self.new_obj(Obj::Method(inner, Value::Obj(class))))
            }
            Obj::Property(parts) => {
                let getter = parts[0].clone();
                if getter == Value::None {
                    return Err(self.error("AttributeError", "unreadable attribute"));
                }
                self.call(&getter, vec![this.clone()])
            }
            Obj::Instance(_) => match self.special(&attr, "__get__") {
                Some(get) => self.call(&get, vec![attr, this.clone(), Value::Obj(class)]),
                None => Ok(attr),
            },
            _ => Ok(attr),
        }
    }

    fn is_data_descriptor(&self, attr: &Value) -> bool {
        match attr {
            Value::Obj(id) => match self.m.heap.get(*id) {
                Obj::Property(_) => true,
                Obj::Instance(_) => self.special(attr, "__set__").is_some(),
                _ => false,
            },
            _ => false,
        }
    }

    /// `object.name`.
    pub fn getattr(&mut self, object: &Value, name: &Arc<str>) -> Got {
        if let Some(method) = self.special(object, "__getattribute__") {
            return self.call(&method, vec![object.clone(), Value::Str(name.clone())]);
        }
        if let Some(value) = self.find_attr(object, name)? {
            return Ok(value);
        }
        if let Some(method) = self.special(object, "__getattr__") {
            return self.call(&method, vec![object.clone(), Value::Str(name.clone())]);
        }
        if let Some(Obj::Module(..)) = object.id().map(|id| self.m.heap.get(id))
            && let Some(method) = self.find_attr(object, &"__getattr__".into())?
        {
            return self.call(&method, vec![Value::Str(name.clone())]);
        }
        let text = self.no_attribute(object, name);
        let error = self.exception("AttributeError", vec![Value::str(text)]);
        self.set_exception_names(&error, Some(object.clone()), name);
        Err(super::Trap::Raise(error))
    }

    fn set_exception_names(&mut self, error: &Value, object: Option<Value>, name: &Arc<str>) {
        if let Some(instance) = error.id().and_then(|id| self.m.heap.instance_mut(id)) {
            instance.attrs.set("name", Value::Str(name.clone()));
            instance.attrs.set("obj", object.unwrap_or_default());
        }
    }

    pub(super) fn name_error(&mut self, name: &Arc<str>) -> super::Trap {
        let error = self.exception("NameError", vec![Value::str(format!("name '{name}' is not defined"))]);
        self.set_exception_names(&error, None, name);
        super::Trap::Raise(error)
    }

    fn no_attribute(&self, object: &Value, name: &str) -> String {
        if let Value::Obj(id) = object {
            match self.m.heap.get(*id) {
                Obj::Class(class) => return format!("type object '{}' has no attribute '{name}'", class.name),
                Obj::Module(module, _) => return format!("module '{module}' has no attribute '{name}'"),
                Obj::Super(..) => return format!("'super' object has no attribute '{name}'"),
                _ => {}
            }
        }
        format!("'{}' object has no attribute '{name}'", self.type_name(object))
    }

    /// An attribute, or nothing.
    pub fn find_attr(&mut self, object: &Value, name: &Arc<str>) -> Got<Option<Value>> {
        let class = self.type_of(object);
        let on_class = self.class_lookup(class, name);
        if let Some(attr) = &on_class
            && self.is_data_descriptor(attr)
        {
            return self.bound(attr.clone(), object, class).map(Some);
        }
        if let Some(value) = self.own_attr(object, name)? {
            return Ok(Some(value));
        }
        match on_class {
            Some(attr) => self.bound(attr, object, class).map(Some),
            None => self.synthetic(object, class, name),
        }
    }

    /// What an object itself holds.
    fn own_attr(&mut self, object: &Value, name: &str) -> Got<Option<Value>> {
        let Value::Obj(id) = object else { return Ok(None) };
        Ok(match self.m.heap.get(*id) {
            Obj::Instance(instance) => instance.attrs.text(name).cloned(),
            Obj::Func(function) => function.attrs.text(name).cloned(),
            Obj::Module(_, dict) => self.m.heap.dict(*dict).and_then(|d| d.text(name)).cloned(),
            Obj::Class(_) => match self.class_lookup(*id, name) {
                Some(attr) => Some(self.bound_to_class(attr, *id)?),
                None => None,
            },
            Obj::Super(class, this) => {
                let (class, this) = (*class, this.clone());
                return self.super_attr(class, &this, name);
            }
            Obj::Method(function, _) if !matches!(name, "__self__" | "__func__") => {
                let function = function.clone();
                return self.find_attr(&function, &name.into());
            }
            _ => None,
        })
    }

    fn bound_to_class(&mut self, attr: Value, class: Id) -> Got {
        let Value::Obj(id) = &attr else { return Ok(attr) };
        match self.m.heap.get(*id) {
            Obj::StaticMethod(inner) => Ok(inner.clone()),
            Obj::ClassMethod(inner) => {
                let inner = inner.clone();
                Ok(self.new_obj(Obj::Method(inner, Value::Obj(class))))
            }
            Obj::Instance(_) => match self.special(&attr, "__get__") {
                Some(get) => self.call(&get, vec![attr, Value::None, Value::Obj(class)]),
                None => Ok(attr),
            },
            _ => Ok(attr),
        }
    }

    fn super_attr(&mut self, class: Id, this: &Value, name: &str) -> Got<Option<Value>> {
        let own = match this.id().filter(|id| self.m.heap.class(*id).is_some()) {
            Some(id) if self.is_subclass(id, class) => id,
            _ => self.type_of(this),
        };
        let mro = self.m.heap.class(own).map(|c| c.mro.clone()).unwrap_or_default();
        let after = mro.iter().skip_while(|c| **c != class).skip(1);
        let found = after.copied().find_map(|id| {
            let class = self.m.heap.class(id)?;
            let own = class.attrs.text(name).cloned();
            own.or_else(|| if class.user { None } else { natives::method(id, name).map(Value::Native) })
        });
        let Some(attr) = found else { return Ok(None) };
        let is_class = this.id() == Some(own);
        if name == "__new__" {
            return Ok(Some(attr));
        }
        if is_class && !matches!(attr.id().map(|id| self.m.heap.get(id)), Some(Obj::Func(_))) {
            if matches!(attr, Value::Native(_)) {
                return Ok(Some(self.new_obj(Obj::Method(attr, this.clone()))));
            }
            return self.bound_to_class(attr, own).map(Some);
        }
        self.bound(attr, this, own).map(Some)
    }

    /// Attributes that nothing stores.
    fn synthetic(&mut self, object: &Value, class: Id, name: &str) -> Got<Option<Value>> {
        if name == "__class__" {
            return Ok(Some(Value::Obj(class)));
        }
        let Value::Obj(id) = object else {
            return Ok(match (object, name) {
                (Value::Native(number), "__name__" | "__qualname__") => Some(Value::str(natives::name(*number))),
                (_, "__doc__") => Some(Value::None),
                (Value::Int(_) | Value::Bool(_) | Value::Big(_), "real" | "numerator") => Some(object.clone()),
                (Value::Int(_) | Value::Bool(_) | Value::Big(_), "imag") => Some(Value::Int(0)),
                (Value::Int(_) | Value::Bool(_) | Value::Big(_), "denominator") => Some(Value::Int(1)),
                (Value::Float(_), "real") => Some(object.clone()),
                (Value::Float(_), "imag") => Some(Value::float(0.0)),
                _ => None,
            });
        };
        let id = *id;
        Ok(match (self.m.heap.get(id).clone(), name) {
            (Obj::Class(class), "__name__" | "__qualname__") => {
                let qualified = class.attrs.text("__qualname__").cloned();
                Some(qualified.filter(|_| name == "__qualname__").unwrap_or(Value::Str(class.name.clone())))
            }
            (Obj::Class(class), "__mro__") => Some(self.tuple(class.mro.iter().map(|c| Value::Obj(*c)).collect())),
            (Obj::Class(class), "__bases__") => Some(self.tuple(class.bases.iter().map(|c| Value::Obj(*c)).collect())),
            (Obj::Class(class), "__base__") => class.bases.first().map(|c| Value::Obj(*c)),
            (Obj::Class(class), "__dict__") => Some(self.new_obj(Obj::Dict(class.attrs))),
            (Obj::Class(_), "__module__") => Some(Value::str("builtins")),
            (Obj::Func(function), "__name__") => Some(Value::Str(function.name)),
            (Obj::Func(function), "__qualname__") => Some(Value::Str(function.qualified)),
            (Obj::Func(function), "__module__") => {
                Some(self.m.heap.dict(function.globals).and_then(|d| d.text("__name__")).cloned().unwrap_or_default())
            }
            (Obj::Func(function), "__defaults__") => Some(self.tuple(function.defaults)),
            (Obj::Func(function), "__doc__") => {
                Some(self.m.codes.get(function.code).and_then(|c| c.doc.clone()).map_or(Value::None, Value::Str))
            }
            (Obj::Func(function), "__dict__") => Some(self.new_obj(Obj::Dict(function.attrs))),
            (Obj::Func(_), "__annotations__") => Some(self.new_obj(Obj::Dict(super::Dict::default()))),
            (Obj::Func(function), "__globals__") => Some(Value::Obj(function.globals)),
            (Obj::Method(function, _), "__func__") => Some(function),
            (Obj::Method(_, this), "__self__") => Some(this),
            (Obj::Instance(instance), "__dict__") => Some(self.new_obj(Obj::Dict(instance.attrs))),
            (Obj::Instance(_), "__traceback__" | "__cause__" | "__context__") if self.is_instance_of(object, classes::BASE_EXCEPTION) => {
                Some(Value::None)
            }
            (Obj::Instance(_), "__suppress_context__") => Some(Value::Bool(false)),
            (Obj::Module(_, dict), "__dict__") => Some(Value::Obj(dict)),
            (Obj::Range(start, ..), "start") => Some(Value::Int(start)),
            (Obj::Range(_, stop, _), "stop") => Some(Value::Int(stop)),
            (Obj::Range(.., step), "step") => Some(Value::Int(step)),
            (Obj::Slice(parts), "start") => Some(parts[0].clone()),
            (Obj::Slice(parts), "stop") => Some(parts[1].clone()),
            (Obj::Slice(parts), "step") => Some(parts[2].clone()),
            (Obj::Property(parts), "fget") => Some(parts[0].clone()),
            (Obj::StaticMethod(inner) | Obj::ClassMethod(inner), "__func__") => Some(inner),
            (Obj::Gen(generator), "__name__" | "__qualname__") => Some(Value::Str(generator.name)),
            (_, "__doc__") => Some(Value::None),
            _ => None,
        })
    }

    /// `object.name = value`.
    pub fn setattr(&mut self, object: &Value, name: &Arc<str>, value: Value) -> Got<()> {
        if let Some(method) = self.special(object, "__setattr__") {
            return self.call(&method, vec![object.clone(), Value::Str(name.clone()), value]).map(drop);
        }
        self.setattr_plain(object, name, value)
    }

    /// As `object.__setattr__` does it.
    pub fn setattr_plain(&mut self, object: &Value, name: &Arc<str>, value: Value) -> Got<()> {
        let class = self.type_of(object);
        if let Some(attr) = self.class_lookup(class, name)
            && self.is_data_descriptor(&attr)
        {
            return self.set_described(object, name, &attr, value);
        }
        let Some(id) = object.id() else { return self.cannot_set(object, name) };
        match self.m.heap.get_mut(id) {
            Some(Obj::Instance(instance)) => {
                if &**name == "__class__" {
                    instance.class = value.id().unwrap_or(instance.class);
                } else {
                    instance.attrs.set_text(name, value);
                }
            }
            Some(Obj::Class(known)) if known.user => known.attrs.set_text(name, value),
            Some(Obj::Func(function)) => match (&**name, &value) {
                ("__name__", Value::Str(text)) => function.name = text.clone(),
                ("__qualname__", Value::Str(text)) => function.qualified = text.clone(),
                _ => function.attrs.set_text(name, value),
            },
            Some(Obj::Module(_, dict)) => {
                let dict = *dict;
                if let Some(dict) = self.m.heap.dict_mut(dict) {
                    dict.set_text(name, value);
                }
            }
            Some(Obj::Class(known)) => {
                let text = format!("cannot set '{name}' attribute of immutable type '{}'", known.name);
                return Err(self.type_error(text));
            }
            _ => return self.cannot_set(object, name),
        }
        Ok(())
    }

    fn set_described(&mut self, object: &Value, name: &str, attr: &Value, value: Value) -> Got<()> {
        if let Some(Obj::Property(parts)) = attr.id().map(|id| self.m.heap.get(id)) {
            let setter = parts[1].clone();
            if setter == Value::None {
                let text = if self.m.minor >= 11 {
                    format!("property '{name}' of '{}' object has no setter", self.type_name(object))
                } else {
                    format!("can't set attribute{}", if self.m.minor >= 10 { format!(" '{name}'") } else { String::new() })
                };
                return Err(self.error("AttributeError", text));
            }
            return self.call(&setter, vec![object.clone(), value]).map(drop);
        }
        match self.special(attr, "__set__") {
            Some(set) => self.call(&set, vec![attr.clone(), object.clone(), value]).map(drop),
            None => Ok(()),
        }
    }

    fn cannot_set<T>(&mut self, object: &Value, name: &str) -> Got<T> {
        let text = self.no_attribute(object, name);
        Err(self.error("AttributeError", text))
    }

    /// `del object.name`.
    pub fn delattr(&mut self, object: &Value, name: &Arc<str>) -> Got<()> {
        if let Some(method) = self.special(object, "__delattr__") {
            return self.call(&method, vec![object.clone(), Value::Str(name.clone())]).map(drop);
        }
        let class = self.type_of(object);
        if let Some(attr) = self.class_lookup(class, name)
            && let Some(Obj::Property(parts)) = attr.id().map(|id| self.m.heap.get(id))
        {
            let deleter = parts[2].clone();
            return self.call(&deleter, vec![object.clone()]).map(drop);
        }
        let removed = match object.id().and_then(|id| self.m.heap.get_mut(id)) {
            Some(Obj::Instance(instance)) => instance.attrs.remove_text(name),
            Some(Obj::Class(class)) => class.attrs.remove_text(name),
            Some(Obj::Func(function)) => function.attrs.remove_text(name),
            Some(Obj::Module(_, dict)) => {
                let dict = *dict;
                self.m.heap.dict_mut(dict).and_then(|d| d.remove_text(name))
            }
            _ => None,
        };
        if removed.is_some() {
            return Ok(());
        }
        let text = self.no_attribute(object, name);
        Err(self.error("AttributeError", text))
    }
}
