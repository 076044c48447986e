//! `RegExp`: making and matching; what replaces and splits is in the library.

use super::super::realm;
use super::super::regex::{Regex, Trouble};
use super::super::strings;
use super::super::value::{Kind, Object, Prop, Slot, Text, Value, WRITABLE};
use super::super::vm::{Res, Trap, Vm};
use super::{Entry, arg, entry_of};
use crate::kernel::Sys;

pub const TABLE: &[Entry] = &[
    entry_of("RegExp", 2, |vm, _, _, a| {
        let (source, mut flags) = match parts(vm, arg(a, 0)) {
            Some(parts) => parts,
            None if matches!(arg(a, 0), Value::Undefined) => ("(?:)".into(), "".into()),
            None => (vm.text(arg(a, 0))?, "".into()),
        };
        if !matches!(arg(a, 1), Value::Undefined) {
            flags = vm.text(arg(a, 1))?;
        }
        vm.new_regex(source, flags)
    }),
    entry_of("%exec", 3, exec),
    entry_of("RegExp.prototype.get source", 0, |vm, _, this, _| {
        Ok(parts(vm, this).map_or(Value::Undefined, |p| Value::Str(p.0)))
    }),
    entry_of("RegExp.prototype.get flags", 0, |vm, _, this, _| {
        Ok(parts(vm, this).map_or(Value::Undefined, |p| Value::Str(p.1)))
    }),
    entry_of("RegExp.prototype.get global", 0, |vm, _, this, _| Ok(flag(vm, this, 'g'))),
    entry_of("RegExp.prototype.get ignoreCase", 0, |vm, _, this, _| Ok(flag(vm, this, 'i'))),
    entry_of("RegExp.prototype.get multiline", 0, |vm, _, this, _| Ok(flag(vm, this, 'm'))),
    entry_of("RegExp.prototype.get sticky", 0, |vm, _, this, _| Ok(flag(vm, this, 'y'))),
    entry_of("RegExp.prototype.toString", 0, |vm, _, this, _| {
        Ok(parts(vm, this).map_or(Value::Undefined, |(s, f)| format!("/{s}/{f}").into()))
    }),
];

fn parts(vm: &Vm, value: &Value) -> Option<(Text, Text)> {
    match &vm.heap.get(value.object()?).kind {
        Kind::Regex { source, flags } => Some((source.clone(), flags.clone())),
        _ => None,
    }
}

fn flag(vm: &Vm, this: &Value, c: char) -> Value {
    parts(vm, this).is_some_and(|(_, flags)| flags.contains(c)).into()
}

impl Vm {
    pub fn new_regex(&mut self, source: Text, flags: Text) -> Res<Value> {
        let known = flags.chars().all(|c| "dgimsuvy".contains(c));
        let twice = flags.chars().enumerate().any(|(at, c)| flags.chars().skip(at + 1).any(|d| c == d));
        if !known || twice {
            let error = self.error(
                realm::SYNTAX_ERROR,
                &format!("Invalid flags supplied to RegExp constructor '{flags}'"),
            );
            return Err(Trap::Throw(error));
        }
        if let Err(trouble) = Regex::new(&source, &flags) {
            return Err(self.regex_trouble(trouble));
        }
        let id = self.heap.add(Object::of(realm::REGEXP, Kind::Regex { source, flags }));
        let last = Prop { slot: Slot::Value(Value::Num(0.0)), flags: WRITABLE };
        self.heap.get_mut(id).props.insert("lastIndex".into(), last);
        Ok(Value::Obj(id))
    }

    fn regex_trouble(&mut self, trouble: Trouble) -> Trap {
        match trouble {
            Trouble::Syntax(text) => Trap::Throw(self.error(realm::SYNTAX_ERROR, &text)),
            Trouble::Missing(what) => Trap::Missing(what.into()),
            Trouble::TooLong => Trap::Missing("a regular expression that takes so many steps".into()),
        }
    }
}

/// Expression, text, where to begin: the array of a match with `index`, `input` and `groups`, or null. Its second
/// element from the end of the match goes into `%exec`'s fourth: the property `$end`.
fn exec(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let Some((source, flags)) = parts(vm, arg(args, 0)) else {
        return vm.type_error("Receiver is not a RegExp");
    };
    let text = vm.text(arg(args, 1))?;
    let from = vm.whole(arg(args, 2))?.max(0.0) as usize;
    let regex = Regex::new(&source, &flags).map_err(|t| vm.regex_trouble(t))?;
    let chars: Vec<char> = text.chars().collect();
    let ascii = text.is_ascii();
    let first = if ascii { from } else { text[..strings::byte_of(&text, from)].chars().count() };
    if from > strings::length(&text) {
        return Ok(Value::Null);
    }
    let (found, steps) = regex.find(&chars, first, flags.contains('y')).map_err(|t| vm.regex_trouble(t))?;
    vm.cost += steps / 4 + chars.len() as u64 / 16;
    let Some(groups) = found else { return Ok(Value::Null) };
    let part = |range: &Option<(usize, usize)>| match range {
        Some((a, b)) => Value::from(chars[*a..*b].iter().collect::<String>()),
        None => Value::Undefined,
    };
    let unit = |at: usize| if ascii { at } else { chars[..at].iter().map(|c| c.len_utf16()).sum() };
    let whole = groups.first().copied().flatten().unwrap_or((0, 0));
    let list: Vec<Value> = groups.iter().map(part).collect();
    let named = if regex.names.is_empty() {
        Value::Undefined
    } else {
        let id = vm.heap.add(Object::default());
        for (name, group) in &regex.names {
            let value = list.get(*group).cloned().unwrap_or_default();
            vm.define(id, name.as_str().into(), Prop::open(value));
        }
        Value::Obj(id)
    };
    let result = vm.new_array(list);
    if let Value::Obj(id) = result {
        let props = &mut vm.heap.get_mut(id).props;
        props.insert("index".into(), Prop::open(unit(whole.0).into()));
        props.insert("input".into(), Prop::open(Value::Str(text)));
        props.insert("groups".into(), Prop::open(named));
        props.insert("\u{1}end".into(), Prop::hidden(unit(whole.1).into()));
    }
    Ok(result)
}
