//! Instructions of loops, errors, generators and patterns.

use super::code::Op;
use super::realm;
use super::value::{Id, Key, Kind, Object, Part, Value};
use super::vm::{Res, Ret, Trap, Vm};
use crate::kernel::Sys;

impl Vm {
    pub fn execute_flow(&mut self, sys: &mut Sys<'_>, op: Op) -> Res<()> {
        match op {
            Op::Throw => {
                let value = self.pop();
                return Err(Trap::Throw(value));
            }
            Op::Try(to) => {
                let len = self.stack.len() as u32;
                self.frame()?.handlers.push((to, len));
            }
            Op::EndTry => drop(self.frame()?.handlers.pop()),
            Op::PassReturn => {
                if matches!(self.top(0), Value::Empty) {
                    return Err(Trap::Throw(Value::Empty));
                }
            }
            Op::Await => return self.await_value(sys),
            Op::Yield => return self.yield_value(sys),
            Op::Template(count) => return self.template(usize::from(count)),
            Op::Iterate | Op::IterateAsync => return self.iterate(sys, op == Op::IterateAsync),
            Op::IterNext(slot, to) => return self.iter_next(slot, to),
            Op::IterCall(slot) => {
                let iterator = self.slot(slot)?;
                let next = self.read(&iterator, &"next".into())?;
                return self.call(sys, next, iterator, vec![], Ret::Push);
            }
            Op::IterUnpack(to) => {
                let result = self.top(0).clone();
                if result.object().is_none() {
                    let shown = self.plain_text(&result);
                    return self.type_error(&format!("Iterator result {shown} is not an object"));
                }
                let done = self.read(&result, &"done".into())?;
                self.pop();
                if done.truthy() {
                    self.frame()?.pc = to;
                } else {
                    let value = self.read(&result, &"value".into())?;
                    self.stack.push(value);
                }
            }
            Op::IterClose(slot) => {
                let iterator = self.slot(slot)?;
                if iterator.object().is_some_and(|id| !matches!(self.heap.get(id).kind, Kind::Walk(_))) {
                    let close = self.read(&iterator, &"return".into())?;
                    if self.is_callable(&close) {
                        return self.call(sys, close, iterator, vec![], Ret::Discard);
                    }
                }
            }
            Op::ForIn => {
                let value = self.pop();
                let keys = self.all_keys(&value);
                let list = self.new_array(keys);
                let walk = self.walk(list, Part::Values);
                self.stack.push(walk);
            }
            other => return self.execute_patterns(sys, other),
        }
        Ok(())
    }

    fn slot(&mut self, at: u16) -> Res<Value> {
        let base = self.frame()?.base as usize;
        Ok(self.stack.get(base + usize::from(at)).cloned().unwrap_or_default())
    }

    /// The keys that `for…in` visits.
    fn all_keys(&mut self, value: &Value) -> Vec<Value> {
        let mut out: Vec<Value> = vec![];
        if let Value::Str(text) = value {
            return (0..super::strings::length(text)).map(|n| Value::from(n.to_string())).collect();
        }
        let mut at = value.object();
        let mut hidden: std::collections::BTreeSet<Key> = Default::default();
        while let Some(id) = at {
            for key in self.own_keys(id, false) {
                if hidden.insert(key.clone()) {
                    out.push(key.value());
                }
            }
            at = self.heap.get(id).proto;
        }
        out
    }

    fn template(&mut self, count: usize) -> Res<()> {
        let at = self.stack.len() - count;
        let mut out = String::new();
        for index in at..self.stack.len() {
            let value = self.stack[index].clone();
            match &value {
                Value::Str(text) => out.push_str(text),
                other => out.push_str(&self.text(other)?),
            }
        }
        self.cost += out.len() as u64 / 64;
        self.heap.fresh += out.len();
        self.stack.truncate(at);
        self.stack.push(out.into());
        Ok(())
    }

    fn iterate(&mut self, sys: &mut Sys<'_>, waits: bool) -> Res<()> {
        let value = self.top(0).clone();
        if waits
            && let Value::Obj(id) = value
            && let Some(method) = self.plain(id, &Key::Symbol(realm::ASYNC_ITERATOR))
        {
            self.pop();
            return self.call(sys, method, value, vec![], Ret::Push);
        }
        let native = match &value {
            Value::Str(_) => true,
            Value::Obj(id) => match &self.heap.get(*id).kind {
                Kind::Array(_) => self.heap.get(*id).proto == Some(realm::ARRAY),
                Kind::Arguments(_) => true,
                Kind::Map(t) | Kind::Set(t) => !t.weak && self.is_builtin_walk(*id),
                _ => false,
            },
            _ => false,
        };
        if native && !waits {
            let what = match value.object().map(|id| &self.heap.get(id).kind) {
                Some(Kind::Map(_)) => Part::Entries,
                _ => Part::Values,
            };
            self.pop();
            let walk = self.walk(value, what);
            self.stack.push(walk);
            return Ok(());
        }
        if !self.is_iterable(&value) {
            let what = self.iterated_text();
            let shown = self.plain_text(&value);
            let what = if what.is_empty() { shown } else { what };
            return self.type_error(&format!("{what} is not {}iterable", if waits { "async " } else { "" }));
        }
        if waits {
            let at = self.stack.len() as u32 - 1;
            let helper = self.hooks.get("asyncFromSync").cloned().unwrap_or_default();
            return self.call(sys, helper, Value::Undefined, vec![value], Ret::Again(at));
        }
        let method = self.read(&value, &Key::Symbol(realm::ITERATOR))?;
        self.pop();
        self.call(sys, method, value, vec![], Ret::Push)
    }

    fn is_builtin_walk(&self, id: Id) -> bool {
        matches!(self.heap.get(id).proto, Some(realm::MAP | realm::SET))
    }

    /// The text of what a loop goes through.
    fn iterated_text(&self) -> String {
        let Some((unit, place)) = self.place_now() else { return String::new() };
        let Some(unit) = self.units.get(unit as usize) else { return String::new() };
        let rest = unit.source.text.get(place as usize..).unwrap_or("");
        let before = unit.source.text.get(..place as usize).unwrap_or("");
        let in_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
        let end = rest.find(|c: char| !in_name(c)).unwrap_or(rest.len());
        let start = before.rfind(|c: char| !(in_name(c) || c == '.')).map_or(0, |i| i + 1);
        format!("{}{}", &before[start..], &rest[..end])
    }

    fn iter_next(&mut self, slot: u16, to: u32) -> Res<()> {
        let iterator = self.slot(slot)?;
        let walks = iterator.object().filter(|id| matches!(self.heap.get(*id).kind, Kind::Walk(_)));
        if let Some(id) = walks {
            match self.walk_on(id) {
                // The two instructions after this one are for other iterators.
                Some(value) => {
                    self.stack.push(value);
                    self.frame()?.pc += 2;
                }
                None => self.frame()?.pc = to,
            }
        }
        Ok(())
    }

    /// The next value of a walk.
    pub fn walk_on(&mut self, id: Id) -> Option<Value> {
        let Kind::Walk(walk) = &self.heap.get(id).kind else { return None };
        let (over, at, what) = (walk.over.clone(), walk.at, walk.what);
        if walk.done {
            return None;
        }
        let found: Option<(Value, Value, u64)> = match &over {
            Value::Str(text) => {
                let rest = text.get(at as usize..).unwrap_or("");
                rest.chars()
                    .next()
                    .map(|c| (Value::Undefined, Value::from(c.to_string()), at + c.len_utf8() as u64))
            }
            Value::Obj(over_id) => match &self.heap.get(*over_id).kind {
                Kind::Array(list) | Kind::Arguments(list) => list.get(at as usize).map(|v| {
                    let value = if matches!(v, Value::Empty) { Value::Undefined } else { v.clone() };
                    (Value::Num(at as f64), value, at + 1)
                }),
                Kind::Bytes(bytes) => {
                    bytes.get(at as usize).map(|b| (Value::Num(at as f64), Value::Num(f64::from(*b)), at + 1))
                }
                Kind::Map(table) => {
                    table.entries.range(at..).next().map(|(n, (k, v))| (k.clone(), v.clone(), n + 1))
                }
                Kind::Set(table) => {
                    table.entries.range(at..).next().map(|(n, (k, _))| (k.clone(), k.clone(), n + 1))
                }
                _ => None,
            },
            _ => None,
        };
        let value = match (&found, what) {
            (None, _) => None,
            (Some((key, ..)), Part::Keys) => Some(key.clone()),
            (Some((_, value, _)), Part::Values) => Some(value.clone()),
            (Some((key, value, _)), Part::Entries) => Some(self.new_array(vec![key.clone(), value.clone()])),
        };
        if let Kind::Walk(walk) = &mut self.heap.get_mut(id).kind {
            match found {
                Some((_, _, next)) => walk.at = next,
                None => walk.done = true,
            }
        }
        value
    }

    fn execute_patterns(&mut self, sys: &mut Sys<'_>, op: Op) -> Res<()> {
        match op {
            Op::ToList(count) => {
                self.listed(sys, count)?;
            }
            Op::ListItem(at) => {
                let list = self.top(0).clone();
                let value = self.elements_at(&list, at as usize);
                self.stack.push(value);
            }
            Op::ListRest(at) => {
                let list = self.top(0).clone();
                let rest = self.elements(&list).into_iter().skip(at as usize).collect();
                let rest = self.new_array(rest);
                self.stack.push(rest);
            }
            Op::Destructurable => {
                let value = self.top(0).clone();
                if value.is_nullish() {
                    let shown = self.plain_text(&value);
                    let what = self.iterated_text();
                    return self.type_error(&if what.is_empty() {
                        format!("Cannot destructure '{shown}' as it is {shown}.")
                    } else {
                        format!(
                            "Cannot destructure property '{what}' of '{}' as it is {shown}.",
                            self.destructured_text(&shown)
                        )
                    });
                }
            }
            Op::Regex(source, flags) => {
                let (source, flags) = (self.constant(source)?, self.constant(flags)?);
                let (Value::Str(source), Value::Str(flags)) = (source, flags) else {
                    return Err(Trap::Exit(70));
                };
                let value = self.new_regex(source, flags)?;
                self.stack.push(value);
            }
            Op::TemplateObject => {
                let texts = self.pop();
                let raws = self.pop();
                if let Some(id) = texts.object() {
                    self.heap.get_mut(id).props.insert("raw".into(), super::value::Prop::hidden(raws));
                }
                self.stack.push(texts);
            }
            other => return self.execute_frame(sys, other),
        }
        Ok(())
    }

    fn execute_frame(&mut self, sys: &mut Sys<'_>, op: Op) -> Res<()> {
        match op {
            Op::This => {
                let this = self.frame()?.this.clone();
                self.stack.push(this);
            }
            Op::Arguments => {
                let args = self.frame()?.args.clone();
                let id = self.heap.add(Object::of(realm::OBJECT, Kind::Arguments(args)));
                let values = self.plain(realm::ARRAY, &"values".into()).unwrap_or_default();
                self.heap
                    .get_mut(id)
                    .props
                    .insert(Key::Symbol(realm::ITERATOR), super::value::Prop::hidden(values));
                self.stack.push(Value::Obj(id));
            }
            Op::RestArgs(from) => {
                let rest = self.frame()?.args.iter().skip(usize::from(from)).cloned().collect();
                let rest = self.new_array(rest);
                self.stack.push(rest);
            }
            Op::NewTarget => {
                let target = self.frame()?.new_target;
                self.stack.push(target.map_or(Value::Undefined, Value::Obj));
            }
            Op::Callee => {
                let callee = self.frame()?.callee;
                self.stack.push(callee.map_or(Value::Undefined, Value::Obj));
            }
            Op::ImportCall => {
                let specifier = self.pop();
                let unit = self.frame()?.unit;
                let file = self.units.get(unit as usize).map_or("".into(), |u| u.source.file.clone());
                let helper = self.hooks.get("importCall").cloned().unwrap_or_default();
                return self.call(
                    sys,
                    helper,
                    Value::Undefined,
                    vec![specifier, Value::Str(file)],
                    Ret::Push,
                );
            }
            _ => return Err(Trap::Exit(70)),
        }
        Ok(())
    }

    fn elements_at(&self, list: &Value, at: usize) -> Value {
        match list.object().map(|id| &self.heap.get(id).kind) {
            Some(Kind::Array(list)) => {
                list.get(at).filter(|v| !matches!(v, Value::Empty)).cloned().unwrap_or_default()
            }
            _ => Value::Undefined,
        }
    }

    /// What stands after the pattern's `=`, for the message.
    fn destructured_text(&self, shown: &str) -> String {
        let Some((unit, place)) = self.place_now() else { return shown.to_string() };
        let Some(unit) = self.units.get(unit as usize) else { return shown.to_string() };
        let rest = unit.source.text.get(place as usize..).unwrap_or("");
        let line = rest.split_once("} =").map_or("", |(_, after)| after).trim_start();
        let end =
            line.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$' | '.'))).unwrap_or(line.len());
        if end == 0 { shown.to_string() } else { line[..end].to_string() }
    }
}
