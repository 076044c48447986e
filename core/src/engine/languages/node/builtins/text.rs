//! `String`, but for the methods that take regular expressions and functions: those are in the library.

use super::super::realm;
use super::super::strings::{byte_of, code, length, slice, unit, unit_of};
use super::super::value::{Kind, Object, Part, Text, Value};
use super::super::vm::{Res, Vm};
use super::{Entry, arg, entry_of, relative};
use crate::kernel::Sys;

pub const TABLE: &[Entry] = &[
    entry_of("String", 1, string),
    entry_of("String.fromCharCode", 1, |vm, _, _, a| {
        let mut units = vec![];
        for value in a {
            units.push(super::super::number::to_u32(vm.number(value)?) as u16);
        }
        Ok(String::from_utf16_lossy(&units).into())
    }),
    entry_of("String.fromCodePoint", 1, |vm, _, _, a| {
        let mut out = String::new();
        for value in a {
            let n = vm.number(value)?;
            match char::from_u32(n as u32).filter(|_| n >= 0.0 && n.fract() == 0.0) {
                Some(c) => out.push(c),
                None => {
                    let shown = vm.plain_text(value);
                    return vm.range_error(&format!("Invalid code point {shown}"));
                }
            }
        }
        Ok(out.into())
    }),
    entry_of("String.prototype.toString", 0, |vm, _, this, _| Ok(Value::Str(own(vm, this)?))),
    entry_of("String.prototype.valueOf", 0, |vm, _, this, _| Ok(Value::Str(own(vm, this)?))),
    entry_of("String.prototype.charAt", 1, |vm, _, this, a| {
        let (text, at) = (own(vm, this)?, vm.whole(arg(a, 0))?);
        Ok(if at < 0.0 { String::new() } else { unit(&text, at as usize).unwrap_or_default() }.into())
    }),
    entry_of("String.prototype.charCodeAt", 1, |vm, _, this, a| {
        let (text, at) = (own(vm, this)?, vm.whole(arg(a, 0))?);
        Ok(Value::Num(if at < 0.0 { f64::NAN } else { code(&text, at as usize).map_or(f64::NAN, f64::from) }))
    }),
    entry_of("String.prototype.codePointAt", 1, |vm, _, this, a| {
        let (text, at) = (own(vm, this)?, vm.whole(arg(a, 0))?);
        let rest = &text[byte_of(&text, at.max(0.0) as usize)..];
        Ok(rest.chars().next().map_or(Value::Undefined, |c| Value::Num(f64::from(c as u32))))
    }),
    entry_of("String.prototype.at", 1, |vm, _, this, a| {
        let text = own(vm, this)?;
        let n = vm.whole(arg(a, 0))?;
        let at = if n < 0.0 { n + length(&text) as f64 } else { n };
        Ok(if at < 0.0 {
            Value::Undefined
        } else {
            unit(&text, at as usize).map_or(Value::Undefined, Value::from)
        })
    }),
    entry_of("String.prototype.indexOf", 1, |vm, _, this, a| {
        let (text, wanted) = (own(vm, this)?, vm.text(arg(a, 0))?);
        let from = byte_of(&text, vm.whole(arg(a, 1))?.max(0.0) as usize);
        Ok(text[from..].find(&*wanted).map_or(Value::Num(-1.0), |at| unit_of(&text, at + from).into()))
    }),
    entry_of("String.prototype.lastIndexOf", 1, |vm, _, this, a| {
        let (text, wanted) = (own(vm, this)?, vm.text(arg(a, 0))?);
        Ok(text.rfind(&*wanted).map_or(Value::Num(-1.0), |at| unit_of(&text, at).into()))
    }),
    entry_of("String.prototype.includes", 1, |vm, _, this, a| {
        let (text, wanted) = (own(vm, this)?, wanted(vm, arg(a, 0), "includes")?);
        let from = byte_of(&text, vm.whole(arg(a, 1))?.max(0.0) as usize);
        Ok(text[from..].contains(&*wanted).into())
    }),
    entry_of("String.prototype.startsWith", 1, |vm, _, this, a| {
        let (text, wanted) = (own(vm, this)?, wanted(vm, arg(a, 0), "startsWith")?);
        let from = byte_of(&text, vm.whole(arg(a, 1))?.max(0.0) as usize);
        Ok(text[from..].starts_with(&*wanted).into())
    }),
    entry_of("String.prototype.endsWith", 1, |vm, _, this, a| {
        let (text, wanted) = (own(vm, this)?, wanted(vm, arg(a, 0), "endsWith")?);
        let len = length(&text);
        let to = relative(vm, arg(a, 1), len, len)?;
        Ok(text[..byte_of(&text, to)].ends_with(&*wanted).into())
    }),
    entry_of("String.prototype.slice", 2, |vm, _, this, a| {
        let text = own(vm, this)?;
        let len = length(&text);
        let from = relative(vm, arg(a, 0), len, 0)?;
        let to = relative(vm, arg(a, 1), len, len)?;
        Ok(slice(&text, from, to).into())
    }),
    entry_of("String.prototype.substring", 2, |vm, _, this, a| {
        let text = own(vm, this)?;
        let len = length(&text) as f64;
        let from = vm.whole(arg(a, 0))?.clamp(0.0, len) as usize;
        let to =
            if matches!(arg(a, 1), Value::Undefined) { len } else { vm.whole(arg(a, 1))?.clamp(0.0, len) }
                as usize;
        Ok(slice(&text, from.min(to), from.max(to)).into())
    }),
    entry_of("String.prototype.substr", 2, |vm, _, this, a| {
        let text = own(vm, this)?;
        let len = length(&text);
        let from = relative(vm, arg(a, 0), len, 0)?;
        let count =
            if matches!(arg(a, 1), Value::Undefined) { len as f64 } else { vm.whole(arg(a, 1))?.max(0.0) };
        Ok(slice(&text, from, (from as f64 + count).min(len as f64) as usize).into())
    }),
    entry_of("String.prototype.toUpperCase", 0, |vm, _, this, _| Ok(own(vm, this)?.to_uppercase().into())),
    entry_of("String.prototype.toLowerCase", 0, |vm, _, this, _| Ok(own(vm, this)?.to_lowercase().into())),
    entry_of("String.prototype.toLocaleUpperCase", 0, |vm, _, this, _| {
        Ok(own(vm, this)?.to_uppercase().into())
    }),
    entry_of("String.prototype.toLocaleLowerCase", 0, |vm, _, this, _| {
        Ok(own(vm, this)?.to_lowercase().into())
    }),
    entry_of("String.prototype.trim", 0, |vm, _, this, _| {
        Ok(Value::text(own(vm, this)?.trim_matches(blank)))
    }),
    entry_of("String.prototype.trimStart", 0, |vm, _, this, _| {
        Ok(Value::text(own(vm, this)?.trim_start_matches(blank)))
    }),
    entry_of("String.prototype.trimEnd", 0, |vm, _, this, _| {
        Ok(Value::text(own(vm, this)?.trim_end_matches(blank)))
    }),
    entry_of("String.prototype.padStart", 2, |vm, _, this, a| pad(vm, this, a, true)),
    entry_of("String.prototype.padEnd", 2, |vm, _, this, a| pad(vm, this, a, false)),
    entry_of("String.prototype.repeat", 1, repeat),
    entry_of("String.prototype.concat", 1, |vm, _, this, a| {
        let mut out = own(vm, this)?.to_string();
        for value in a {
            out.push_str(&vm.text(value)?);
        }
        Ok(out.into())
    }),
    entry_of("String.prototype.normalize", 0, |vm, _, this, _| Ok(Value::Str(own(vm, this)?))),
    entry_of("String.prototype.localeCompare", 1, |vm, _, this, a| {
        let (x, y) = (own(vm, this)?, vm.text(arg(a, 0))?);
        // As ICU orders ASCII texts: without case first, lower case before upper.
        let lower = (x.to_lowercase(), y.to_lowercase());
        let order = lower.0.cmp(&lower.1).then_with(|| y.cmp(&x));
        Ok(Value::Num(order as i8 as f64))
    }),
    entry_of("String.prototype.@iterator", 0, |vm, _, this, _| {
        let text = own(vm, this)?;
        Ok(vm.walk(Value::Str(text), Part::Values))
    }),
    entry_of("%split", 3, split),
    entry_of("%utf8", 1, |vm, _, _, a| Ok(vm.text(arg(a, 0))?.len().into())),
];

fn blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

/// The text of `this`.
fn own(vm: &mut Vm, this: &Value) -> Res<Text> {
    if this.is_nullish() {
        let name = vm.native_now.map_or("", |at| super::entry(at).path);
        let what = if matches!(this, Value::Null) { "null" } else { "undefined" };
        return vm.type_error(&format!("{name} called on null or undefined ({what})"));
    }
    if let Value::Obj(id) = this
        && let Kind::Boxed(Value::Str(text)) = &vm.heap.get(*id).kind
    {
        return Ok(text.clone());
    }
    vm.text(this)
}

fn wanted(vm: &mut Vm, value: &Value, name: &str) -> Res<Text> {
    if let Value::Obj(id) = value
        && matches!(vm.heap.get(*id).kind, Kind::Regex { .. })
    {
        return vm.type_error(&format!(
            "First argument to String.prototype.{name} must not be a regular expression"
        ));
    }
    vm.text(value)
}

fn string(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let value = match args.first() {
        None => Value::text(""),
        Some(Value::Symbol(id)) => Value::from(vm.symbol_text(*id)),
        Some(value) => Value::Str(vm.text(value)?),
    };
    if vm.native_new.is_some() {
        return Ok(Value::Obj(vm.heap.add(Object::of(realm::STRING, Kind::Boxed(value)))));
    }
    Ok(value)
}

fn pad(vm: &mut Vm, this: &Value, args: &[Value], start: bool) -> Res<Value> {
    let text = own(vm, this)?;
    let wanted = vm.whole(arg(args, 0))?;
    let filler = if matches!(arg(args, 1), Value::Undefined) { " ".into() } else { vm.text(arg(args, 1))? };
    let len = length(&text);
    if wanted > f64::from(32 << 20) {
        return vm.range_error("Invalid string length");
    }
    let missing = (wanted.max(0.0) as usize).saturating_sub(len);
    if missing == 0 || filler.is_empty() {
        return Ok(Value::Str(text));
    }
    let fill: String = slice(&filler.repeat(missing / length(&filler).max(1) + 1), 0, missing);
    Ok(if start { format!("{fill}{text}") } else { format!("{text}{fill}") }.into())
}

fn repeat(vm: &mut Vm, _: &mut Sys<'_>, this: &Value, args: &[Value]) -> Res<Value> {
    let text = own(vm, this)?;
    let count = vm.whole(arg(args, 0))?;
    if count < 0.0 || count.is_infinite() {
        let shown = vm.plain_text(arg(args, 0));
        return vm.range_error(&format!("Invalid count value: {shown}"));
    }
    if count * text.len() as f64 > f64::from(32 << 20) {
        return vm.range_error("Invalid string length");
    }
    vm.heap.fresh += text.len() * count as usize;
    vm.cost += text.len() as u64 * count as u64 / 64;
    Ok(text.repeat(count as usize).into())
}

/// Text, separator, limit.
fn split(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let text = vm.text(arg(args, 0))?;
    let limit = match arg(args, 2) {
        Value::Undefined => usize::MAX,
        value => super::super::number::to_u32(vm.number(value)?) as usize,
    };
    let parts: Vec<Value> = match arg(args, 1) {
        Value::Undefined => vec![Value::Str(text.clone())],
        separator => {
            let separator = vm.text(separator)?;
            if separator.is_empty() {
                (0..length(&text)).take(limit).filter_map(|at| unit(&text, at)).map(Value::from).collect()
            } else {
                text.split(&*separator).take(limit).map(Value::text).collect()
            }
        }
    };
    vm.cost += text.len() as u64 / 8;
    Ok(vm.new_array(parts))
}
