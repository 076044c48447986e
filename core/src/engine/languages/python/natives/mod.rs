//! The functions that are not written in Python: built-ins, methods of built-in classes, and what the
//! library is made from.

mod attributes;
mod builtins;
mod bytes;
mod clock;
mod containers;
mod digests;
mod fields;
mod files;
mod generators;
mod http;
mod install;
mod lists;
mod maths;
mod network;
mod numeric;
mod objects;
mod processes;
mod regex;
mod running;
mod sequences;
mod sets;
mod strings;
mod system;

use super::machine::{Args, Dict, Got, Id, NativeFn, Value, Vm, classes};

pub use install::is_installed;
pub use strings::ascii;
pub use system::{flush_out, write_out};

/// Name, function, how many arguments it takes at least and at most (without `self`).
pub type Entry = (&'static str, NativeFn, usize, usize);

/// Any number of arguments.
pub const MANY: usize = usize::MAX;

/// What a table belongs to: a class, a module, or the built-ins.
#[derive(Clone, Copy, PartialEq)]
enum Owner {
    Builtins,
    Class(&'static str),
    Module(&'static str),
}

const TABLES: &[(Owner, &[Entry])] = &[
    (Owner::Builtins, builtins::ENTRIES),
    (Owner::Builtins, running::ENTRIES),
    (Owner::Builtins, attributes::ENTRIES),
    (Owner::Class("str"), strings::ENTRIES),
    (Owner::Class("list"), lists::ENTRIES),
    (Owner::Class("dict"), containers::DICT),
    (Owner::Class("set"), sets::SET),
    (Owner::Class("frozenset"), sets::FROZENSET),
    (Owner::Class("tuple"), lists::TUPLE),
    (Owner::Class("bytes"), bytes::ENTRIES),
    (Owner::Class("bytearray"), bytes::ARRAY),
    (Owner::Class("int"), numeric::INT),
    (Owner::Class("bool"), numeric::BOOL),
    (Owner::Class("float"), numeric::FLOAT),
    (Owner::Class("object"), objects::OBJECT),
    (Owner::Class("type"), objects::TYPE),
    (Owner::Class("BaseException"), objects::EXCEPTION),
    (Owner::Class("property"), objects::PROPERTY),
    (Owner::Class("staticmethod"), objects::STATICMETHOD),
    (Owner::Class("classmethod"), objects::CLASSMETHOD),
    (Owner::Class("super"), objects::SUPER),
    (Owner::Class("range"), sequences::RANGE),
    (Owner::Class("slice"), sequences::SLICE),
    (Owner::Class("enumerate"), sequences::ENUMERATE),
    (Owner::Class("zip"), sequences::ZIP),
    (Owner::Class("list_iterator"), sequences::ITERATOR),
    (Owner::Class("generator"), generators::ENTRIES),
    (Owner::Class("coroutine"), generators::ENTRIES),
    (Owner::Module("math"), maths::ENTRIES),
    (Owner::Module("_drydock"), system::ENTRIES),
    (Owner::Module("_drydock"), files::ENTRIES),
    (Owner::Module("_drydock"), network::ENTRIES),
    (Owner::Module("_drydock"), clock::ENTRIES),
    (Owner::Module("_drydock"), processes::ENTRIES),
    (Owner::Module("_drydock"), regex::ENTRIES),
    (Owner::Module("_drydock"), digests::ENTRIES),
    (Owner::Module("_drydock"), http::ENTRIES),
    (Owner::Module("_drydock"), install::ENTRIES),
];

/// Built-ins that are written in Python.
const PRELUDE: &[&str] = &["map", "filter", "open", "input", "exit", "quit", "help", "copyright", "credits", "license", "memoryview", "complex", "breakpoint", "aiter", "anext"];

fn entry(number: u16) -> Option<(Owner, Entry)> {
    let (owner, entries) = TABLES.get(usize::from(number >> 8))?;
    entries.get(usize::from(number & 0xff)).map(|e| (*owner, *e))
}

/// The function of a number, with its arguments counted.
pub fn function(number: u16) -> NativeFn {
    entry(number).map_or(nothing, |(_, (_, function, ..))| function)
}

fn nothing(vm: &mut Vm<'_, '_>, _: Args<'_>) -> Got {
    vm.missing("this function")
}

/// The name of a function.
pub fn name(number: u16) -> &'static str {
    entry(number).map_or("?", |(_, (name, ..))| name)
}

/// True for the functions that show the names of the function they are called from.
pub fn shows_names(number: u16) -> bool {
    matches!(entry(number), Some((Owner::Builtins, ("locals" | "vars" | "dir" | "eval" | "exec", ..))))
}

/// The class a function is a method of.
pub fn owner(number: u16) -> Option<&'static str> {
    match entry(number)?.0 {
        Owner::Class(class) => Some(class),
        _ => None,
    }
}

/// Refuses too few and too many arguments, in Python's words.
pub fn count(vm: &mut Vm<'_, '_>, number: u16, args: Args<'_>) -> Got<()> {
    let Some((owner, (name, _, least, most))) = entry(number) else { return Ok(()) };
    let method = matches!(owner, Owner::Class(_)) && !matches!(name, "__new__");
    let this = usize::from(matches!(owner, Owner::Class(_)));
    if method && args.len() == 0 {
        return Err(vm.type_error(format!("unbound method {name}() needs an argument")));
    }
    let given = args.len().saturating_sub(this);
    let all = given + args.names.len();
    if all >= least && given <= most {
        return Ok(());
    }
    let shown = match owner {
        Owner::Class(class) if name == "__new__" => class.to_string(),
        Owner::Class(class) => format!("{class}.{name}"),
        _ => name.to_string(),
    };
    let s = |n: usize| if n == 1 { "" } else { "s" };
    let text = match (least, most) {
        (0, 0) => format!("{shown}() takes no arguments ({given} given)"),
        (1, 1) => format!("{shown}() takes exactly one argument ({given} given)"),
        (a, b) if a == b => format!("{name} expected {a} argument{}, got {given}", s(a)),
        (a, _) if given < a => format!("{name} expected at least {a} argument{}, got {given}", s(a)),
        (_, b) => format!("{name} expected at most {b} argument{}, got {given}", s(b)),
    };
    Err(vm.type_error(text))
}

fn find(owner: Owner, name: &str) -> Option<u16> {
    TABLES.iter().enumerate().filter(|(_, (o, _))| *o == owner).find_map(|(table, (_, entries))| {
        let at = entries.iter().position(|(n, ..)| *n == name)?;
        Some((table as u16) << 8 | at as u16)
    })
}

/// A method of a built-in class itself, not of those above it.
pub fn method(class: Id, name: &str) -> Option<u16> {
    find(Owner::Class(classes::name_of(class)), name)
}

/// The names of the methods of a built-in class.
pub fn methods(class: Id) -> Vec<&'static str> {
    let owner = Owner::Class(classes::name_of(class));
    TABLES.iter().filter(|(o, _)| *o == owner).flat_map(|(_, e)| e.iter().map(|(n, ..)| *n)).collect()
}

/// A built-in function.
pub fn builtin(name: &str) -> Option<u16> {
    find(Owner::Builtins, name).filter(|_| !name.starts_with("_native"))
}

/// The names of all built-ins.
pub fn builtin_names() -> impl Iterator<Item = String> {
    let functions = TABLES.iter().filter(|(o, _)| *o == Owner::Builtins).flat_map(|(_, e)| e.iter().map(|(n, ..)| *n));
    let known = (0..classes::COUNT).filter(|c| classes::is_visible(*c)).map(classes::name_of);
    functions.chain(known).chain(PRELUDE.iter().copied()).map(String::from)
}

/// True for built-ins that are written in Python.
pub fn is_prelude(name: &str) -> bool {
    PRELUDE.contains(&name)
}

/// The names of a module that is not written in Python.
pub fn module(vm: &mut Vm<'_, '_>, name: &str) -> Option<Dict> {
    let mut dict = Dict::default();
    if name == "builtins" {
        for name in builtin_names() {
            let value = super::machine::builtin(&name);
            value.into_iter().for_each(|v| dict.set(&name, v));
        }
        return Some(dict);
    }
    if name == "__main__" {
        return None;
    }
    for (table, (owner, entries)) in TABLES.iter().enumerate() {
        if matches!(owner, Owner::Module(module) if *module == name) {
            for (at, (name, ..)) in entries.iter().enumerate() {
                dict.set(name, Value::Native((table as u16) << 8 | at as u16));
            }
        }
    }
    if name == "math" {
        maths::CONSTANTS.iter().for_each(|(name, value)| dict.set(name, Value::float(*value)));
    }
    if name == "_drydock" {
        dict.set("modules", Value::Obj(vm.m.modules));
    }
    (!dict.is_empty()).then_some(dict)
}

/// A text where a native wants one.
pub fn text(vm: &mut Vm<'_, '_>, value: &Value) -> Got<String> {
    match vm.plain(value) {
        Value::Str(text) => Ok(text.to_string()),
        _ => {
            let name = vm.type_name(value);
            Err(vm.type_error(format!("expected str, got {name}")))
        }
    }
}

/// Bytes where a native wants them.
pub fn byte_string(vm: &mut Vm<'_, '_>, value: &Value) -> Got<Vec<u8>> {
    use super::machine::Obj;
    match vm.plain(value) {
        Value::Bytes(bytes) => Ok(bytes.to_vec()),
        Value::Obj(id) if matches!(vm.m.heap.get(id), Obj::ByteArray(_)) => match vm.m.heap.get(id) {
            Obj::ByteArray(bytes) => Ok(bytes.clone()),
            _ => Ok(vec![]),
        },
        _ => {
            let name = vm.type_name(value);
            Err(vm.type_error(format!("a bytes-like object is required, not '{name}'")))
        }
    }
}
