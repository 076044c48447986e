//! `str.format`: patterns with fields.

use super::strings::this;
use crate::engine::languages::python::machine::{Args, Got, Trap, Value, Vm};

pub fn format(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let pattern = this(vm, args)?;
    let named = |vm: &mut Vm<'_, '_>, name: &str| match args.named(name) {
        Some(value) => Ok(value.clone()),
        None => {
            let error = vm.exception("KeyError", vec![Value::str(name)]);
            Err(Trap::Raise(error))
        }
    };
    let mut auto = 0;
    let text = fill(vm, &pattern, args.items.get(1..).unwrap_or_default(), &named, &mut auto, 0)?;
    vm.string(text)
}

pub fn format_map(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (pattern, mapping) = (this(vm, args)?, args.at(1));
    let named = |vm: &mut Vm<'_, '_>, name: &str| vm.get_item(&mapping, &Value::str(name));
    let text = fill(vm, &pattern, &[], &named, &mut 0, 0)?;
    vm.string(text)
}

type Named<'n> = &'n dyn Fn(&mut Vm<'_, '_>, &str) -> Got;

/// Fills the fields of a pattern.
fn fill(vm: &mut Vm<'_, '_>, pattern: &str, items: &[Value], named: Named<'_>, auto: &mut usize, depth: u32) -> Got<String> {
    if depth > 2 {
        return Err(vm.value_error("Max string recursion exceeded"));
    }
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let mark = &rest[at..at + 1];
        rest = &rest[at + 1..];
        if rest.starts_with(mark) {
            out.push_str(mark);
            rest = &rest[1..];
            continue;
        }
        if mark == "}" {
            return Err(vm.value_error("Single '}' encountered in format string"));
        }
        let mut nested = 1;
        let end = rest.find(|c| {
            nested += match c {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            nested == 0
        });
        let Some(end) = end else { return Err(vm.value_error("expected '}' before end of string")) };
        let field = &rest[..end];
        rest = &rest[end + 1..];
        let (place, spec) = field.split_once(':').unwrap_or((field, ""));
        let (place, conversion) = place.split_once('!').unwrap_or((place, ""));
        let value = looked_up(vm, place, items, named, auto)?;
        let spec = if spec.contains('{') { fill(vm, spec, items, named, auto, depth + 1)? } else { spec.to_string() };
        let shown = match conversion {
            "r" => Value::Str(vm.repr(&value)?.into()),
            "s" => Value::Str(vm.str(&value)?.into()),
            _ => value,
        };
        out.push_str(&vm.format(&shown, &spec)?);
    }
    out.push_str(rest);
    Ok(out)
}

fn looked_up(vm: &mut Vm<'_, '_>, place: &str, items: &[Value], named: Named<'_>, auto: &mut usize) -> Got {
    let end = place.find(['.', '[']).unwrap_or(place.len());
    let (first, mut path) = place.split_at(end);
    let number = if first.is_empty() {
        *auto += 1;
        Some(*auto - 1)
    } else {
        first.parse().ok()
    };
    let mut value = match number {
        Some(at) => match items.get(at) {
            Some(value) => value.clone(),
            None => {
                let text = format!("Replacement index {at} out of range for positional args tuple");
                return Err(vm.error("IndexError", text));
            }
        },
        None => named(vm, first)?,
    };
    while !path.is_empty() {
        if let Some(attr) = path.strip_prefix('.') {
            let end = attr.find(['.', '[']).unwrap_or(attr.len());
            value = vm.getattr(&value, &attr[..end].into())?;
            path = &attr[end..];
        } else {
            let inner = path.trim_start_matches('[');
            let end = inner.find(']').unwrap_or(inner.len());
            let key = inner[..end].parse().map_or_else(|_| Value::str(&inner[..end]), Value::Int);
            value = vm.get_item(&value, &key)?;
            path = inner.get(end + 1..).unwrap_or("");
        }
    }
    Ok(value)
}
