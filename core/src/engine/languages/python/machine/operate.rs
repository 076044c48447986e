//! Operations that may need the script: each a native of its own.

use super::blocks::Step;
use super::frame::{Operation, PyFrame, Return};
use super::heap::Obj;
use super::vm::{Got, Vm};
use super::{Dict, Value};
use crate::engine::languages::python::natives;
use crate::engine::languages::python::syntax::ast::{BinOp, CmpOp, Name, UnOp};

impl Vm<'_, '_> {
    /// Does an operation on its values.
    pub(super) fn operate(&mut self, operation: Operation, args: &[Value], names: &[(Name, Value)]) -> Got {
        let at = |n: usize| args.get(n).cloned().unwrap_or_default();
        let name = |n: usize| -> Name { args.get(n).and_then(Value::as_str).unwrap_or("").into() };
        match operation {
            Operation::Native(number) => self.native(number, args, names),
            Operation::Binary(op) => self.binary(op, &at(0), &at(1)),
            Operation::Inplace(op) => self.inplace(op, &at(0), &at(1)),
            Operation::Compare(op) => self.compare(op, &at(0), &at(1)),
            Operation::Unary(op) => self.unary(op, &at(0)),
            Operation::Truth => Ok(Value::Bool(self.truth(&at(0))?)),
            Operation::GetAttr => self.getattr(&at(0), &name(1)),
            Operation::SetAttr => self.setattr(&at(1), &name(2), at(0)).map(|()| Value::None),
            Operation::DelAttr => self.delattr(&at(0), &name(1)).map(|()| Value::None),
            Operation::GetItem => self.get_item(&at(0), &at(1)),
            Operation::SetItem => self.set_item(&at(0), &at(1), at(2)).map(|()| Value::None),
            Operation::DelItem => self.del_item(&at(0), &at(1)).map(|()| Value::None),
            Operation::Iter => self.iter_of(&at(0)),
            Operation::ToList => {
                let items = self.list_of(&at(0))?;
                Ok(self.list(items))
            }
            Operation::Format(conversion) => self.formatted(&at(0), conversion, args.get(1)),
            Operation::ListExtend => self.list_extend(&at(0), &at(1)),
            Operation::SetAdd => self.dict_set(&at(0), at(1), Value::None).map(|()| Value::None),
            Operation::DictAdd => self.dict_set(&at(0), at(1), at(2)).map(|()| Value::None),
            Operation::DictUpdate | Operation::DictMerge => {
                self.dict_merge(&at(0), &at(1), operation == Operation::DictMerge)
            }
            Operation::BuildSet => {
                let set = self.once(|vm| Ok(vm.new_obj(Obj::Set(Dict::default()))))?;
                args.iter().try_for_each(|v| self.dict_set(&set, v.clone(), Value::None))?;
                Ok(set)
            }
            Operation::BuildDict => {
                let dict = self.once(|vm| Ok(vm.new_obj(Obj::Dict(Dict::default()))))?;
                for pair in args.chunks(2) {
                    let [key, value] = pair else { break };
                    self.dict_set(&dict, key.clone(), value.clone())?;
                }
                Ok(dict)
            }
            Operation::BuildClass => self.build_class(args),
            Operation::Call => {
                let rest = args.get(1..).unwrap_or_default().to_vec();
                self.call_named(&at(0), rest, names.to_vec())
            }
            Operation::Import(u32::MAX) => self.prelude(&name(0)),
            Operation::Import(level) => self.import(&name(0), &at(1), level),
            Operation::ImportFrom => self.import_from(&at(0), &name(1)),
            Operation::ImportStar => self.import_star(&at(0), &at(1)),
            Operation::Raise => self.raised(args),
            Operation::Show => self.show(&at(0)),
            Operation::MatchExcept | Operation::BeforeWith => self.missing("this operation"),
            Operation::MatchKeys => self.match_keys(&at(0), &at(1)),
            Operation::MatchRest => self.match_rest(&at(0), &at(1)),
            Operation::MatchClass(count) => self.match_class(&at(0), &at(1), count as usize, &at(2)),
        }
    }

    fn list_extend(&mut self, list: &Value, more: &Value) -> Got {
        if self.iter_now(more).is_none() && self.special(more, "__iter__").is_none() && self.special(more, "__getitem__").is_none() {
            let name = self.type_name(more);
            return Err(self.type_error(format!("Value after * must be an iterable, not {name}")));
        }
        let items = self.list_of(more)?;
        self.claim(items.len() * 24)?;
        if let Some(list) = list.id().and_then(|id| self.m.heap.list_mut(id)) {
            list.extend(items);
        }
        Ok(Value::None)
    }

    fn dict_merge(&mut self, dict: &Value, more: &Value, call: bool) -> Got {
        let Some(pairs) = self.pairs_of(more)? else {
            let name = self.type_name(more);
            let text = if call { format!("argument after ** must be a mapping, not {name}") } else { format!("'{name}' object is not a mapping") };
            return Err(self.type_error(text));
        };
        for (key, value) in pairs {
            if call {
                let Some(text) = key.as_str() else { return Err(self.type_error("keywords must be strings")) };
                if dict.id().and_then(|id| self.m.heap.dict(id)).is_some_and(|d| d.text(text).is_some()) {
                    let text = format!("got multiple values for keyword argument '{text}'");
                    return Err(self.type_error(text));
                }
            }
            self.dict_set(dict, key, value)?;
        }
        Ok(Value::None)
    }

    /// Shows a value at the prompt.
    fn show(&mut self, value: &Value) -> Got {
        if *value == Value::None {
            return Ok(Value::None);
        }
        let text = self.repr(value)? + "\n";
        if let Some(dict) = self.m.heap.dict_mut(self.m.builtins) {
            dict.set("_", value.clone());
        }
        natives::write_out(self, &text);
        Ok(Value::None)
    }

    /// Whether a value counts as true, where that needs no script.
    pub(super) fn truth_now(&self, value: &Value) -> Option<bool> {
        Some(match value {
            Value::None | Value::Unbound => false,
            Value::Bool(b) => *b,
            Value::Int(n) => *n != 0,
            Value::Float(n) => n.0 != 0.0,
            Value::Str(text) => !text.is_empty(),
            Value::Bytes(bytes) => !bytes.is_empty(),
            Value::Obj(id) => match self.m.heap.get(*id) {
                Obj::List(items) | Obj::Tuple(items) => !items.is_empty(),
                Obj::Dict(dict) | Obj::Set(dict) | Obj::FrozenSet(dict) => !dict.is_empty(),
                Obj::ByteArray(bytes) => !bytes.is_empty(),
                Obj::Range(start, stop, step) => super::subscript::range_len(*start, *stop, *step) > 0,
                Obj::View(dict, _) => self.m.heap.dict(*dict).is_some_and(|d| !d.is_empty()),
                Obj::Instance(instance) => {
                    if self.special(value, "__bool__").is_some() || self.special(value, "__len__").is_some() {
                        return None;
                    }
                    return if instance.base == Value::None { Some(true) } else { self.truth_now(&instance.base) };
                }
                Obj::Class(class) if class.meta != super::classes::TYPE => {
                    return (self.special(value, "__bool__").is_none() && self.special(value, "__len__").is_none()).then_some(true);
                }
                _ => true,
            },
            _ => true,
        })
    }

    /// Whether a value counts as true.
    pub fn truth(&mut self, value: &Value) -> Got<bool> {
        if let Some(truth) = self.truth_now(value) {
            return Ok(truth);
        }
        if let Some(method) = self.special(value, "__bool__") {
            let answer = self.call(&method, vec![value.clone()])?;
            let Value::Bool(truth) = answer else {
                let name = self.type_name(&answer);
                return Err(self.type_error(format!("__bool__ should return bool, returned {name}")));
            };
            return Ok(truth);
        }
        let Some(method) = self.special(value, "__len__") else { return Ok(true) };
        let length = self.call(&method, vec![value.clone()])?;
        Ok(length != Value::Int(0))
    }

    /// Asks the script for the truth of a value; the jump is then done again.
    pub(super) fn ask_truth(&mut self, frame: &mut PyFrame, value: Value) -> Got<Step> {
        frame.at -= 1;
        frame.push(value);
        self.slow(frame, Operation::Truth, 1, Return::Push)
    }

    pub(super) fn unary_op(&mut self, frame: &mut PyFrame, op: UnOp) -> Got<Step> {
        let value = frame.stack.last().cloned().unwrap_or_default();
        match (op, self.truth_now(&value)) {
            (UnOp::Not, Some(truth)) => {
                frame.pop();
                frame.push(Value::Bool(!truth));
                Ok(Step::Go)
            }
            _ => self.slow(frame, Operation::Unary(op), 1, Return::Push),
        }
    }

    pub(super) fn binary_op(&mut self, frame: &mut PyFrame, op: BinOp, inplace: bool) -> Got<Step> {
        if let [.., a, b] = frame.stack.as_slice()
            && let Some(value) = super::operators::quick(op, a, b)
        {
            frame.stack.truncate(frame.stack.len() - 2);
            frame.push(value);
            return Ok(Step::Go);
        }
        let operation = if inplace { Operation::Inplace(op) } else { Operation::Binary(op) };
        self.slow(frame, operation, 2, Return::Push)
    }

    pub(super) fn compare_op(&mut self, frame: &mut PyFrame, op: CmpOp) -> Got<Step> {
        if let [.., a, b] = frame.stack.as_slice()
            && let Some(truth) = super::compare::quick(op, a, b)
        {
            frame.stack.truncate(frame.stack.len() - 2);
            frame.push(Value::Bool(truth));
            return Ok(Step::Go);
        }
        self.slow(frame, Operation::Compare(op), 2, Return::Push)
    }

    pub(super) fn get_item_op(&mut self, frame: &mut PyFrame) -> Got<Step> {
        if let [.., Value::Obj(id), Value::Int(n)] = frame.stack.as_slice()
            && let Obj::List(items) | Obj::Tuple(items) = self.m.heap.get(*id)
            && let Some(value) = usize::try_from(*n).ok().and_then(|n| items.get(n))
        {
            let value = value.clone();
            frame.stack.truncate(frame.stack.len() - 2);
            frame.push(value);
            return Ok(Step::Go);
        }
        self.slow(frame, Operation::GetItem, 2, Return::Push)
    }

    /// Takes a value apart: so many values, or so many before and after a starred one.
    pub(super) fn unpack(&mut self, frame: &mut PyFrame, count: usize, after: Option<usize>) -> Got<Step> {
        let value = frame.pop();
        let Some(items) = self.items_of(&value) else {
            if self.iter_now(&value).is_none() && self.special(&value, "__iter__").is_none() && self.special(&value, "__getitem__").is_none() {
                let name = self.type_name(&value);
                return Err(self.type_error(format!("cannot unpack non-iterable {name} object")));
            }
            frame.at -= 1;
            frame.push(value);
            return self.slow(frame, Operation::ToList, 1, Return::Push);
        };
        let Some(after) = after else {
            if items.len() < count {
                let text = format!("not enough values to unpack (expected {count}, got {})", items.len());
                return Err(self.value_error(text));
            }
            if items.len() > count {
                let shown = if self.m.minor >= 14 { format!(", got {}", items.len()) } else { String::new() };
                return Err(self.value_error(format!("too many values to unpack (expected {count}{shown})")));
            }
            frame.stack.extend(items.into_iter().rev());
            return Ok(Step::Go);
        };
        if items.len() < count + after {
            let text = format!("not enough values to unpack (expected at least {}, got {})", count + after, items.len());
            return Err(self.value_error(text));
        }
        let end = items.len() - after;
        frame.stack.extend(items[end..].iter().rev().cloned());
        let middle = self.list(items[count..end].to_vec());
        frame.push(middle);
        frame.stack.extend(items[..count].iter().rev().cloned());
        Ok(Step::Go)
    }
}
