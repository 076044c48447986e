//! The operations of a frame, the frequent ones first.

use super::call::Called;
use super::frame::{Block, NativeFrame, Operation, PyFrame, Return};
use super::heap::Obj;
use super::vm::{Got, Trap, Vm};
use super::{Dict, Id, Value, classes};
use crate::engine::languages::python::compile::{Code, Op};
use crate::engine::languages::python::natives;
use crate::engine::languages::python::syntax::ast::Name;

/// What the loop does after a frame.
pub enum Step {
    Go,
    Pause,
    Call(Box<PyFrame>, Return),
    Resume(Id, Value, Return),
    Native(Box<NativeFrame>, Trap),
    Return(Value),
    Yield(Value),
    Trap(Trap),
}

impl Vm<'_, '_> {
    /// Runs a frame until it needs another one.
    pub(super) fn run_frame(&mut self, frame: &mut PyFrame) -> Step {
        let Some(code) = self.m.codes.get(frame.code).cloned() else { return Step::Return(Value::None) };
        self.present = Some((frame.globals, frame.names));
        loop {
            if self.budget <= 0 {
                return Step::Pause;
            }
            self.budget -= 1;
            let Some(op) = code.ops.get(frame.at as usize).copied() else { return Step::Return(Value::None) };
            frame.at += 1;
            match self.hot(frame, &code, op) {
                Ok(Step::Go) => {}
                Ok(step) => return step,
                Err(trap) => return Step::Trap(trap),
            }
        }
    }

    fn hot(&mut self, frame: &mut PyFrame, code: &Code, op: Op) -> Got<Step> {
        match op {
            Op::LoadFast(at) => match frame.locals.get(at as usize) {
                Some(Value::Unbound) | None => return Err(self.unbound(code, at)),
                Some(value) => {
                    let value = value.clone();
                    frame.stack.push(value);
                }
            },
            Op::StoreFast(at) => {
                let value = frame.pop();
                if let Some(slot) = frame.locals.get_mut(at as usize) {
                    *slot = value;
                }
            }
            Op::Const(at) => frame.stack.push(code.consts.get(at as usize).cloned().unwrap_or_default()),
            Op::None => frame.stack.push(Value::None),
            Op::Pop => drop(frame.stack.pop()),
            Op::Jump(to) => frame.at = to,
            Op::JumpIfFalse(to) | Op::JumpIfTrue(to) => {
                let wanted = matches!(op, Op::JumpIfTrue(_));
                let value = frame.pop();
                match self.truth_now(&value) {
                    Some(truth) if truth == wanted => frame.at = to,
                    Some(_) => {}
                    None => return self.ask_truth(frame, value),
                }
            }
            Op::Binary(kind) | Op::Inplace(kind) => return self.binary_op(frame, kind, matches!(op, Op::Inplace(_))),
            Op::Compare(kind) => return self.compare_op(frame, kind),
            Op::LoadGlobal(at) | Op::LoadName(at) => return self.load_name(frame, code, at, op),
            Op::ForIter(end) => return self.for_iter(frame, end),
            Op::Call(count) => {
                let args = frame.pop_many(count as usize);
                let callee = frame.pop();
                return self.call_op(frame, callee, args, vec![]);
            }
            Op::LoadMethod(at) => return self.load_method(frame, code, at),
            Op::CallMethod(count) => {
                let mut args = frame.pop_many(count as usize);
                let callee = frame.pop();
                let this = frame.pop();
                if this != Value::Unbound {
                    args.insert(0, this);
                }
                return self.call_op(frame, callee, args, vec![]);
            }
            Op::Return => return Ok(Step::Return(frame.pop())),
            Op::GetAttr(at) => {
                let name = code.names.get(at as usize).cloned().unwrap_or_default();
                frame.push(Value::Str(name));
                return self.slow(frame, Operation::GetAttr, 2, Return::Push);
            }
            Op::GetItem => return self.get_item_op(frame),
            Op::SetItem => {
                let args = frame.pop_many(3);
                frame.stack.extend([args[1].clone(), args[2].clone(), args[0].clone()]);
                return self.slow(frame, Operation::SetItem, 3, Return::Discard);
            }
            other => return self.data_op(frame, code, other),
        }
        Ok(Step::Go)
    }

    /// Builds, unpacks and moves values.
    fn data_op(&mut self, frame: &mut PyFrame, code: &Code, op: Op) -> Got<Step> {
        match op {
            Op::Dup => frame.push(frame.stack.last().cloned().unwrap_or_default()),
            Op::Dup2 => {
                let two = frame.pop_many(2);
                frame.stack.extend(two.clone());
                frame.stack.extend(two);
            }
            Op::Swap => {
                let (top, below) = (frame.pop(), frame.pop());
                frame.stack.extend([top, below]);
            }
            Op::Rot3 => {
                let (top, second, third) = (frame.pop(), frame.pop(), frame.pop());
                frame.stack.extend([top, third, second]);
            }
            Op::BuildList(n) => {
                let items = frame.pop_many(n as usize);
                let list = self.list(items);
                frame.push(list);
            }
            Op::BuildTuple(n) => {
                let items = frame.pop_many(n as usize);
                let tuple = self.tuple(items);
                frame.push(tuple);
            }
            Op::BuildDict(0) => {
                let dict = self.new_obj(Obj::Dict(Dict::default()));
                frame.push(dict);
            }
            Op::BuildSet(0) => {
                let set = self.new_obj(Obj::Set(Dict::default()));
                frame.push(set);
            }
            Op::BuildSet(n) => return self.slow(frame, Operation::BuildSet, n as usize, Return::Push),
            Op::BuildDict(n) => return self.slow(frame, Operation::BuildDict, 2 * n as usize, Return::Push),
            Op::BuildSlice => {
                let parts = frame.pop_many(3);
                if let Ok(parts) = <Box<[Value; 3]>>::try_from(parts) {
                    let slice = self.new_obj(Obj::Slice(parts));
                    frame.push(slice);
                }
            }
            Op::BuildString(n) => {
                let parts = frame.pop_many(n as usize);
                let text: String = parts.iter().filter_map(Value::as_str).collect();
                let text = self.string(text)?;
                frame.push(text);
            }
            Op::Format(conversion, format) => {
                let count = if format { 2 } else { 1 };
                return self.slow(frame, Operation::Format(conversion), count, Return::Push);
            }
            Op::ListAppend(depth) => {
                let value = frame.pop();
                let at = frame.stack.len().checked_sub(1 + depth as usize);
                let id = at.and_then(|at| frame.stack.get(at)).and_then(Value::id);
                self.m.heap.fresh += 24;
                if let Some(items) = id.and_then(|id| self.m.heap.list_mut(id)) {
                    items.push(value);
                }
            }
            other => return self.more_data_op(frame, code, other),
        }
        Ok(Step::Go)
    }

    /// What may need the script.
    fn more_data_op(&mut self, frame: &mut PyFrame, code: &Code, op: Op) -> Got<Step> {
        match op {
            Op::SetAdd(depth) => return self.add_op(frame, depth, Operation::SetAdd, 1),
            Op::DictAdd(depth) => return self.add_op(frame, depth, Operation::DictAdd, 2),
            Op::ListExtend => return self.add_op(frame, 0, Operation::ListExtend, 1),
            Op::DictUpdate => return self.add_op(frame, 0, Operation::DictUpdate, 1),
            Op::DictMerge => return self.add_op(frame, 0, Operation::DictMerge, 1),
            Op::ListToTuple => {
                let list = frame.pop();
                let items = self.items_of(&list).unwrap_or_default();
                let tuple = self.tuple(items);
                frame.push(tuple);
            }
            Op::Unary(kind) => return self.unary_op(frame, kind),
            Op::DelItem => return self.slow(frame, Operation::DelItem, 2, Return::Discard),
            Op::SetAttr(at) => {
                frame.push(Value::Str(code.names.get(at as usize).cloned().unwrap_or_default()));
                return self.slow(frame, Operation::SetAttr, 3, Return::Discard);
            }
            Op::DelAttr(at) => {
                frame.push(Value::Str(code.names.get(at as usize).cloned().unwrap_or_default()));
                return self.slow(frame, Operation::DelAttr, 2, Return::Discard);
            }
            Op::GetIter => return self.get_iter(frame),
            Op::Unpack(n) => return self.unpack(frame, n as usize, None),
            Op::UnpackStar(before, after) => return self.unpack(frame, before as usize, Some(after as usize)),
            other => return self.flow_op(frame, code, other),
        }
        Ok(Step::Go)
    }

    /// Adds to what lies in the stack below the values on top.
    fn add_op(&mut self, frame: &mut PyFrame, depth: u32, operation: Operation, count: usize) -> Got<Step> {
        let values = frame.pop_many(count);
        let at = frame.stack.len().checked_sub(1 + depth as usize);
        let target = at.and_then(|at| frame.stack.get(at)).cloned().unwrap_or_default();
        frame.push(target);
        frame.stack.extend(values);
        self.slow(frame, operation, count + 1, Return::Discard)
    }

    /// Calls, blocks, exceptions.
    fn flow_op(&mut self, frame: &mut PyFrame, code: &Code, op: Op) -> Got<Step> {
        match op {
            Op::CallNamed(count, names) => {
                let mut args = frame.pop_many(count as usize);
                let callee = frame.pop();
                let names = code.keywords.get(names as usize).cloned().unwrap_or_default();
                let values = args.split_off(args.len().saturating_sub(names.len()));
                return self.call_op(frame, callee, args, names.into_iter().zip(values).collect());
            }
            Op::CallSpread(named) => {
                let names = if named { frame.pop() } else { Value::None };
                let args = frame.pop();
                let callee = frame.pop();
                let dict = names.id().and_then(|id| self.m.heap.dict(id));
                let names: Vec<(Name, Value)> = dict
                    .into_iter()
                    .flat_map(|d| d.iter())
                    .filter_map(|(_, k, v)| Some((Name::from(k.as_str()?), v.clone())))
                    .collect();
                let args = self.items_of(&args).unwrap_or_default();
                return self.call_op(frame, callee, args, names);
            }
            Op::MakeFunction { code, closure, defaults, keyword_defaults } => {
                self.make_function(frame, code, closure, defaults, keyword_defaults);
            }
            Op::BuildClass => return self.slow(frame, Operation::BuildClass, 4, Return::Push),
            Op::Yield => return Ok(Step::Yield(frame.pop())),
            Op::YieldFrom => return self.yield_from(frame),
            Op::GetAwaitable => return self.awaitable(frame),
            Op::SetupTry(handler) | Op::SetupWith(handler) => {
                let stack = frame.stack.len() as u32 - u32::from(matches!(op, Op::SetupWith(_)));
                if frame.blocks.len() > 200 {
                    return self.missing("more than 200 try blocks one within the other");
                }
                frame.blocks.push(Block { handler, stack, handling: frame.handling.len() as u32 });
            }
            Op::PopBlock => drop(frame.blocks.pop()),
            Op::PopExcept => drop(frame.handling.pop()),
            Op::MatchExcept => {
                let kind = frame.pop();
                let error = frame.stack.last().cloned().unwrap_or_default();
                let matches = self.matches(&error, &kind)?;
                frame.push(matches);
            }
            Op::Reraise => return Err(Trap::Again(frame.pop())),
            Op::ExceptInfo => {
                let error = frame.pop();
                let class = Value::Obj(self.type_of(&error));
                frame.stack.extend([class, error, Value::None]);
            }
            Op::BeforeWith => self.before_with(frame)?,
            Op::Show => return self.slow(frame, Operation::Show, 1, Return::Discard),
            Op::Raise(0) => {
                let error = frame.handling.last().cloned().or_else(|| self.handled());
                return Err(match error {
                    Some(error) => Trap::Again(error),
                    None => self.error("RuntimeError", "No active exception to reraise"),
                });
            }
            Op::Raise(count) => return self.slow(frame, Operation::Raise, count as usize, Return::Discard),
            Op::AssertionError => frame.push(Value::Obj(classes::ASSERTION_ERROR)),
            other => return self.name_op(frame, code, other),
        }
        Ok(Step::Go)
    }

    /// Runs an operation on the topmost values; what cannot be done at once becomes a native frame.
    pub(super) fn slow(&mut self, frame: &mut PyFrame, operation: Operation, count: usize, ret: Return) -> Got<Step> {
        let args = frame.pop_many(count);
        self.results.clear();
        self.cursor = 0;
        self.depth = 0;
        match self.operate(operation, &args, &[]) {
            Ok(value) => {
                if ret == Return::Push {
                    frame.push(value);
                }
                Ok(Step::Go)
            }
            Err(trap @ (Trap::Raise(_) | Trap::Again(_) | Trap::Missing(_) | Trap::Exit(_))) => Err(trap),
            Err(trap) => Ok(Step::Native(self.suspended(operation, args, vec![], ret), trap)),
        }
    }

    pub(super) fn call_op(
        &mut self,
        frame: &mut PyFrame,
        callee: Value,
        mut args: Vec<Value>,
        names: Vec<(Name, Value)>,
    ) -> Got<Step> {
        self.results.clear();
        self.cursor = 0;
        self.depth = 0;
        let mut callee = callee;
        if args.is_empty() && names.is_empty() {
            args = self.implied(frame, &callee)?;
        }
        if let Value::Obj(id) = callee
            && let Obj::Method(function, this) = self.m.heap.get(id)
        {
            args.insert(0, this.clone());
            callee = function.clone();
        }
        if let Value::Native(number) = callee {
            return match self.native(number, &args, &names) {
                Ok(value) => {
                    frame.push(value);
                    Ok(Step::Go)
                }
                Err(trap) => self.call_trap(Operation::Native(number), args, names, trap),
            };
        }
        if let Value::Obj(id) = callee
            && let Obj::Func(_) = self.m.heap.get(id)
        {
            return match self.prepare(&callee, args, &names)? {
                Called::Value(value) => {
                    frame.push(value);
                    Ok(Step::Go)
                }
                Called::Frame(frame) => Ok(Step::Call(frame, Return::Push)),
            };
        }
        match self.prepare(&callee, args.clone(), &names) {
            Ok(Called::Value(value)) => {
                frame.push(value);
                Ok(Step::Go)
            }
            Ok(Called::Frame(frame)) => Ok(Step::Call(frame, Return::Push)),
            Err(trap) => {
                args.insert(0, callee);
                self.call_trap(Operation::Call, args, names, trap)
            }
        }
    }

    /// What `super()` and `locals()` take from the frame that calls them.
    fn implied(&mut self, frame: &mut PyFrame, callee: &Value) -> Got<Vec<Value>> {
        match callee {
            Value::Obj(classes::SUPER) => self.implied_super(frame),
            Value::Native(number) if frame.names.is_none() && natives::shows_names(*number) => {
                let Some(code) = self.m.codes.get(frame.code).cloned() else { return Ok(vec![]) };
                let mut dict = Dict::default();
                for (name, value) in code.locals.iter().zip(&frame.locals) {
                    if *value != Value::Unbound && !name.starts_with('.') {
                        dict.set_text(name, value.clone());
                    }
                }
                for (name, cell) in code.cells.iter().chain(&code.free).zip(&frame.cells) {
                    if let Obj::Cell(value) = self.m.heap.get(*cell)
                        && *value != Value::Unbound
                        && &**name != "__class__"
                    {
                        dict.set_text(name, value.clone());
                    }
                }
                let id = self.m.heap.alloc(Obj::Dict(dict));
                self.present = Some((frame.globals, Some(id)));
                Ok(vec![])
            }
            Value::Native(_) => {
                self.present = Some((frame.globals, frame.names));
                Ok(vec![])
            }
            _ => Ok(vec![]),
        }
    }

    fn implied_super(&mut self, frame: &PyFrame) -> Got<Vec<Value>> {
        let Some(code) = self.m.codes.get(frame.code).cloned() else { return Ok(vec![]) };
        let cell = code.free.iter().position(|n| &**n == "__class__").and_then(|at| frame.cells.get(code.cells.len() + at));
        let class = match cell.map(|id| self.m.heap.get(*id)) {
            Some(Obj::Cell(class)) => class.clone(),
            _ => return Err(self.error("RuntimeError", "super(): __class__ cell not found")),
        };
        let first = match code.cell_arguments.iter().find(|(_, local)| *local == 0) {
            Some((cell, _)) => match frame.cells.get(*cell as usize).map(|id| self.m.heap.get(*id)) {
                Some(Obj::Cell(value)) => value.clone(),
                _ => Value::None,
            },
            None => frame.locals.first().cloned().unwrap_or_default(),
        };
        Ok(vec![class, first])
    }

    fn call_trap(&mut self, operation: Operation, args: Vec<Value>, names: Vec<(Name, Value)>, trap: Trap) -> Got<Step> {
        match trap {
            trap @ (Trap::Raise(_) | Trap::Again(_)) => Err(trap),
            trap => Ok(Step::Native(self.suspended(operation, args, names, Return::Push), trap)),
        }
    }
}
