//! The heap: objects by number, and the collector that frees what nothing leads to.

use super::frame::{Frame, PyFrame};
use super::{Dict, Id, Value};
use crate::engine::languages::python::syntax::ast::Name;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A function of the script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Func {
    pub code: u32,
    pub globals: Id,
    pub name: Name,
    pub qualified: Name,
    pub defaults: Vec<Value>,
    pub keyword_defaults: Vec<(Name, Value)>,
    pub closure: Vec<Id>,
    pub attrs: Dict,
}

/// A class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Class {
    pub name: Name,
    pub bases: Vec<Id>,
    /// Itself first, `object` last.
    pub mro: Vec<Id>,
    pub attrs: Dict,
    pub meta: Id,
    /// The built-in class whose values its instances hold, or `object`.
    pub layout: Id,
    /// Made by the script or a library.
    pub user: bool,
}

/// A place of a traceback: code, operation.
pub type Place = (u32, u32);

/// A value of a class of the script, or an exception.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    pub class: Id,
    pub attrs: Dict,
    /// The value of the built-in class it derives from.
    pub base: Value,
    pub trace: Vec<Place>,
}

/// A generator or coroutine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gen {
    pub frame: Option<Box<PyFrame>>,
    pub running: bool,
    pub started: bool,
    pub is_async: bool,
    pub name: Name,
}

/// An iterator that the machine goes on with itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Iter {
    /// A list, tuple, text or bytes, and the next place.
    Items(Value, usize),
    Reversed(Value, usize),
    /// Next, end, step.
    Range(i64, i64, i64),
    /// Dictionary, what it gives, next place, length at the start.
    Dict(Id, View, usize, usize),
    /// Values fixed at the start.
    Fixed(Vec<Value>, usize),
    Enumerate(Value, i64),
    Zip(Vec<Value>, bool),
}

/// What a view of a dictionary shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum View {
    Keys,
    Values,
    Items,
}

/// An object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Obj {
    List(Vec<Value>),
    Tuple(Vec<Value>),
    Dict(Dict),
    Set(Dict),
    FrozenSet(Dict),
    ByteArray(Vec<u8>),
    Slice(Box<[Value; 3]>),
    Range(i64, i64, i64),
    View(Id, View),
    Func(Box<Func>),
    /// Function and what it is bound to.
    Method(Value, Value),
    Class(Box<Class>),
    Instance(Box<Instance>),
    /// Name and dictionary.
    Module(Name, Id),
    Cell(Value),
    Gen(Box<Gen>),
    Iter(Box<Iter>),
    /// Getter, setter, deleter, doc.
    Property(Box<[Value; 4]>),
    StaticMethod(Value),
    ClassMethod(Value),
    /// Class, and the object whose classes after that one are searched.
    Super(Id, Value),
    /// A place that is free.
    Free,
}

/// All objects.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Heap {
    objects: Vec<Obj>,
    free: Vec<Id>,
    /// Bytes claimed since the last collection, roughly.
    pub fresh: u64,
    /// Bytes that lived then.
    pub live: u64,
}

/// What an object costs at least, in bytes.
const OBJECT: u64 = 64;
/// What a value costs.
const VALUE: u64 = 24;

/// Gives every value that is a root to whoever asks.
pub type Roots<'a> = &'a mut dyn FnMut(&mut dyn FnMut(&Value));

impl Heap {
    pub fn alloc(&mut self, obj: Obj) -> Id {
        self.fresh += weight(&obj);
        match self.free.pop() {
            Some(id) => {
                self.objects[id as usize] = obj;
                id
            }
            None => {
                self.objects.push(obj);
                self.objects.len() as Id - 1
            }
        }
    }

    pub fn get(&self, id: Id) -> &Obj {
        self.objects.get(id as usize).unwrap_or(&Obj::Free)
    }

    pub fn get_mut(&mut self, id: Id) -> Option<&mut Obj> {
        self.objects.get_mut(id as usize)
    }

    pub fn dict(&self, id: Id) -> Option<&Dict> {
        match self.get(id) {
            Obj::Dict(dict) | Obj::Set(dict) | Obj::FrozenSet(dict) => Some(dict),
            _ => None,
        }
    }

    pub fn dict_mut(&mut self, id: Id) -> Option<&mut Dict> {
        match self.get_mut(id)? {
            Obj::Dict(dict) | Obj::Set(dict) | Obj::FrozenSet(dict) => Some(dict),
            _ => None,
        }
    }

    pub fn class(&self, id: Id) -> Option<&Class> {
        if let Obj::Class(class) = self.get(id) { Some(class) } else { None }
    }

    pub fn class_mut(&mut self, id: Id) -> Option<&mut Class> {
        if let Some(Obj::Class(class)) = self.get_mut(id) { Some(class) } else { None }
    }

    pub fn instance(&self, id: Id) -> Option<&Instance> {
        if let Obj::Instance(instance) = self.get(id) { Some(instance) } else { None }
    }

    pub fn instance_mut(&mut self, id: Id) -> Option<&mut Instance> {
        if let Some(Obj::Instance(instance)) = self.get_mut(id) { Some(instance) } else { None }
    }

    pub fn list_mut(&mut self, id: Id) -> Option<&mut Vec<Value>> {
        if let Some(Obj::List(items)) = self.get_mut(id) { Some(items) } else { None }
    }

    /// Frees what cannot be reached from the roots.
    pub fn collect(&mut self, roots: Roots<'_>) {
        let mut marks = vec![false; self.objects.len()];
        let mut stack: Vec<Id> = vec![];
        let mut texts = Texts::default();
        let mut bytes = 0;
        roots(&mut |value| reach(value, &mut marks, &mut stack, &mut texts));
        while let Some(id) = stack.pop() {
            let obj = self.get(id);
            bytes += weight(obj);
            children(obj, &mut |value| reach(value, &mut marks, &mut stack, &mut texts));
        }
        for (id, marked) in marks.iter().enumerate() {
            if !marked && self.objects[id] != Obj::Free {
                self.objects[id] = Obj::Free;
                self.free.push(id as Id);
            }
        }
        self.live = bytes + texts.bytes;
        self.fresh = 0;
    }
}

/// Texts that have been counted; long ones only once.
#[derive(Default)]
struct Texts {
    bytes: u64,
    long: std::collections::BTreeSet<usize>,
}

impl Texts {
    fn count(&mut self, at: usize, len: usize) {
        if len < 1024 || self.long.insert(at) {
            self.bytes += len as u64;
        }
    }
}

fn reach(value: &Value, marks: &mut [bool], stack: &mut Vec<Id>, texts: &mut Texts) {
    match value {
        Value::Obj(id) => {
            if let Some(mark) = marks.get_mut(*id as usize)
                && !*mark
            {
                *mark = true;
                stack.push(*id);
            }
        }
        Value::Str(text) => texts.count(Arc::as_ptr(text).cast::<u8>() as usize, text.len()),
        Value::Bytes(bytes) => texts.count(Arc::as_ptr(bytes).cast::<u8>() as usize, bytes.len()),
        _ => {}
    }
}

fn weight(obj: &Obj) -> u64 {
    OBJECT
        + match obj {
            Obj::List(items) | Obj::Tuple(items) => items.len() as u64 * VALUE,
            Obj::Dict(dict) | Obj::Set(dict) | Obj::FrozenSet(dict) => dict.len() as u64 * 3 * VALUE,
            Obj::ByteArray(bytes) => bytes.len() as u64,
            Obj::Instance(instance) => (instance.attrs.len() as u64 * 3 + 2) * VALUE,
            Obj::Gen(_) | Obj::Func(_) | Obj::Class(_) => 256,
            Obj::Iter(iter) => match &**iter {
                Iter::Fixed(items, _) => items.len() as u64 * VALUE,
                _ => 32,
            },
            _ => 0,
        }
}

fn of_dict(dict: &Dict, see: &mut dyn FnMut(&Value)) {
    for (_, key, value) in dict.iter() {
        see(key);
        see(value);
    }
}

/// Everything that an object leads to.
fn children(obj: &Obj, see: &mut dyn FnMut(&Value)) {
    match obj {
        Obj::List(items) | Obj::Tuple(items) => items.iter().for_each(see),
        Obj::Dict(dict) | Obj::Set(dict) | Obj::FrozenSet(dict) => of_dict(dict, see),
        Obj::Slice(parts) => parts.iter().for_each(see),
        Obj::Property(parts) => parts.iter().for_each(see),
        Obj::View(id, _) | Obj::Module(_, id) => see(&Value::Obj(*id)),
        Obj::Func(func) => {
            see(&Value::Obj(func.globals));
            func.defaults.iter().chain(func.keyword_defaults.iter().map(|(_, v)| v)).for_each(&mut *see);
            func.closure.iter().for_each(|id| see(&Value::Obj(*id)));
            of_dict(&func.attrs, see);
        }
        Obj::Method(a, b) => [a, b].into_iter().for_each(see),
        Obj::Class(class) => {
            class.bases.iter().chain(&class.mro).chain([&class.meta]).for_each(|id| see(&Value::Obj(*id)));
            of_dict(&class.attrs, see);
        }
        Obj::Instance(instance) => {
            see(&Value::Obj(instance.class));
            see(&instance.base);
            of_dict(&instance.attrs, see);
        }
        Obj::Cell(value) | Obj::StaticMethod(value) | Obj::ClassMethod(value) => see(value),
        Obj::Gen(generator) => {
            if let Some(frame) = &generator.frame {
                frame.children(see);
            }
        }
        Obj::Iter(iter) => match &**iter {
            Iter::Items(value, _) | Iter::Reversed(value, _) | Iter::Enumerate(value, _) => see(value),
            Iter::Dict(id, ..) => see(&Value::Obj(*id)),
            Iter::Fixed(items, _) | Iter::Zip(items, _) => items.iter().for_each(see),
            Iter::Range(..) => {}
        },
        Obj::Super(class, object) => {
            see(&Value::Obj(*class));
            see(object);
        }
        Obj::ByteArray(_) | Obj::Range(..) | Obj::Free => {}
    }
}

/// Everything that frames lead to.
pub fn of_frames(frames: &[Frame], see: &mut dyn FnMut(&Value)) {
    frames.iter().for_each(|frame| frame.children(see));
}
