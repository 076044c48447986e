//! What `match` asks of values.

use super::blocks::Step;
use super::frame::{Operation, PyFrame, Return};
use super::heap::Obj;
use super::vm::{Got, Vm};
use super::{Value, classes};
use crate::engine::languages::python::compile::{Code, Op};

impl Vm<'_, '_> {
    pub(super) fn match_op(&mut self, frame: &mut PyFrame, code: &Code, op: Op) -> Got<Step> {
        match op {
            Op::MatchSequence(count, star) => {
                let subject = frame.stack.last().cloned().unwrap_or_default();
                let items = self.items_of(&subject);
                let fits = items.is_some_and(|i| if star { i.len() >= count as usize } else { i.len() == count as usize });
                frame.push(Value::Bool(fits));
                Ok(Step::Go)
            }
            Op::MatchMapping => {
                let subject = frame.stack.last().cloned().unwrap_or_default();
                let plain = self.plain(&subject);
                frame.push(Value::Bool(self.type_of(&plain) == classes::DICT));
                Ok(Step::Go)
            }
            Op::MatchKeys => {
                let two = frame.stack.get(frame.stack.len().saturating_sub(2)..).unwrap_or_default().to_vec();
                frame.stack.extend(two);
                self.split_answer(frame, Operation::MatchKeys, 2)
            }
            Op::MatchRest => {
                let values = frame.pop();
                let two = frame.pop_many(2);
                frame.push(values);
                frame.stack.extend(two);
                self.slow(frame, Operation::MatchRest, 2, Return::Push)
            }
            Op::MatchClass(count, names) => {
                let names = code.keywords.get(names as usize).cloned().unwrap_or_default();
                let names = names.into_iter().map(Value::Str).collect();
                let names = self.tuple(names);
                frame.push(names);
                self.split_answer(frame, Operation::MatchClass(count), 3)
            }
            _ => self.missing("this operation"),
        }
    }

    /// Runs an operation whose answer is a pair: both values go onto the stack.
    fn split_answer(&mut self, frame: &mut PyFrame, operation: Operation, count: usize) -> Got<Step> {
        let step = self.slow(frame, operation, count, Return::Push)?;
        if !matches!(step, Step::Go) {
            return self.missing("a pattern that calls the script");
        }
        let pair = frame.pop();
        frame.stack.extend(self.items_of(&pair).unwrap_or_default());
        Ok(Step::Go)
    }

    fn answer_pair(&mut self, values: Option<Vec<Value>>) -> Value {
        let fits = Value::Bool(values.is_some());
        let values = values.map_or(Value::None, |values| self.tuple(values));
        self.tuple(vec![values, fits])
    }

    pub(super) fn match_keys(&mut self, subject: &Value, keys: &Value) -> Got {
        let mut values = Some(vec![]);
        for key in self.items_of(keys).unwrap_or_default() {
            match (self.dict_get(subject, &key)?, &mut values) {
                (Some(value), Some(values)) => values.push(value),
                _ => values = None,
            }
        }
        Ok(self.answer_pair(values))
    }

    pub(super) fn match_rest(&mut self, subject: &Value, keys: &Value) -> Got {
        let dict = self.dict_id(subject).and_then(|id| self.m.heap.dict(id)).cloned().unwrap_or_default();
        let rest = self.new_obj(Obj::Dict(dict));
        for key in self.items_of(keys).unwrap_or_default() {
            self.dict_remove(&rest, &key)?;
        }
        Ok(rest)
    }

    pub(super) fn match_class(&mut self, subject: &Value, class: &Value, count: usize, names: &Value) -> Got {
        let Some(id) = class.id().filter(|id| self.m.heap.class(*id).is_some()) else {
            return Err(self.type_error("called match pattern must be a class"));
        };
        if !self.is_instance_of(subject, id) {
            return Ok(self.answer_pair(None));
        }
        let mut wanted = vec![];
        let mut values = vec![];
        if count > 0 {
            match self.class_lookup(id, "__match_args__") {
                Some(args) => wanted.extend(self.items_of(&args).unwrap_or_default().into_iter().take(count)),
                None if count == 1 && id < classes::COUNT => values.push(subject.clone()),
                None => {
                    let name = self.class_name(id);
                    return Err(self.type_error(format!("{name}() accepts 0 positional sub-patterns ({count} given)")));
                }
            }
        }
        wanted.extend(self.items_of(names).unwrap_or_default());
        for name in wanted {
            let found = self.find_attr(subject, &name.as_str().unwrap_or("").into())?;
            match found {
                Some(value) => values.push(value),
                None => return Ok(self.answer_pair(None)),
            }
        }
        Ok(self.answer_pair(Some(values)))
    }
}
