//! The functions of the language that are not written in it. A path of `%name` is for the library alone.

mod array;
mod buffer;
mod collections;
mod date;
mod errors;
mod files;
mod functions;
mod json;
mod json_parse;
mod math;
mod net;
mod numbers;
mod objects;
mod processes;
mod promises;
mod regexps;
mod text;
mod urls;

pub use date::iso as date_iso;

use super::value::Value;
use super::vm::{Res, Vm};
use crate::kernel::Sys;

/// A native: the machine, the kernel, `this`, the arguments.
pub type Native = fn(&mut Vm, &mut Sys<'_>, &Value, &[Value]) -> Res<Value>;

/// An entry of the tables.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// `Array.prototype.push`, `Math.max`, `parseInt`, `%intrinsic`
    pub path: &'static str,
    pub length: u8,
    pub run: Native,
}

pub const fn entry_of(path: &'static str, length: u8, run: Native) -> Entry {
    Entry { path, length, run }
}

impl Entry {
    pub fn name(&self) -> &'static str {
        let name = self.path.rsplit('.').next().unwrap_or(self.path);
        match name {
            "@iterator" => "values",
            name => name.trim_start_matches('%'),
        }
    }

    /// As stack traces show it.
    pub fn shown(&self) -> Option<String> {
        if self.path.starts_with('%') {
            return None;
        }
        Some(format!("{} (<anonymous>)", self.path.replace(".prototype.", ".")))
    }
}

const TABLES: &[&[Entry]] = &[
    objects::TABLE,
    functions::TABLE,
    array::TABLE,
    text::TABLE,
    numbers::TABLE,
    math::TABLE,
    errors::TABLE,
    json::TABLE,
    collections::TABLE,
    promises::TABLE,
    date::TABLE,
    regexps::TABLE,
    buffer::TABLE,
    urls::TABLE,
    files::TABLE,
    processes::TABLE,
    net::TABLE,
];

/// All entries with their numbers.
pub fn all() -> impl Iterator<Item = (u16, &'static Entry)> {
    TABLES.iter().flat_map(|table| table.iter()).enumerate().map(|(at, entry)| (at as u16, entry))
}

/// The number of `%name`.
pub fn index(name: &str) -> Option<u16> {
    all().find(|(_, e)| e.path.strip_prefix('%') == Some(name)).map(|(at, _)| at)
}

pub fn entry(at: u16) -> &'static Entry {
    let mut left = usize::from(at);
    for table in TABLES {
        match table.get(left) {
            Some(entry) => return entry,
            None => left -= table.len(),
        }
    }
    &objects::TABLE[0]
}

pub fn call(vm: &mut Vm, sys: &mut Sys<'_>, at: u16, this: &Value, args: &[Value]) -> Res<Value> {
    let before = vm.native_now.replace(at);
    let result = (entry(at).run)(vm, sys, this, args);
    vm.native_now = before;
    result
}

/// An argument, undefined where it is missing.
pub fn arg(args: &[Value], at: usize) -> &Value {
    args.get(at).unwrap_or(&Value::Undefined)
}

/// An index that counts from the end where it is negative, between 0 and `len`.
pub fn relative(vm: &mut Vm, value: &Value, len: usize, missing: usize) -> Res<usize> {
    if matches!(value, Value::Undefined) {
        return Ok(missing);
    }
    let n = vm.whole(value)?;
    let len = len as f64;
    Ok(if n < 0.0 { (len + n).max(0.0) } else { n.min(len) } as usize)
}
