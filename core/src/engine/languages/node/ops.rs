//! What the instructions do.

use super::code::{Code, Constant, Op};
use super::realm;
use super::value::{Id, Key, Kind, Value};
use super::vm::{Res, Ret, Trap, Vm};
use crate::kernel::Sys;

impl Vm {
    pub fn execute(&mut self, sys: &mut Sys<'_>, code: &Code, op: Op) -> Res<()> {
        match op {
            Op::Int(n) => self.stack.push(Value::Num(f64::from(n))),
            Op::Local(at) => {
                let value = self.local(at)?.clone();
                self.stack.push(value);
            }
            Op::LocalCheck(at) => {
                let value = self.local(at)?.clone();
                if matches!(value, Value::Empty) {
                    return self.too_early(code.local_names.get(usize::from(at)));
                }
                self.stack.push(value);
            }
            Op::SetLocal(at) => {
                let value = self.pop();
                *self.local(at)? = value;
            }
            Op::Binary(op) => {
                let len = self.stack.len();
                if len < 2 {
                    return Err(Trap::Exit(70));
                }
                let (a, b) = (self.stack[len - 2].clone(), self.stack[len - 1].clone());
                let value = self.binary(op, &a, &b)?;
                self.stack.truncate(len - 1);
                self.stack[len - 2] = value;
            }
            Op::Jump(to) => self.frame()?.pc = to,
            Op::JumpIfFalse(to) => {
                if !self.pop().truthy() {
                    self.frame()?.pc = to;
                }
            }
            Op::JumpIfTrue(to) => {
                if self.pop().truthy() {
                    self.frame()?.pc = to;
                }
            }
            Op::Pop => drop(self.stack.pop()),
            Op::Dup => self.stack.push(self.top(0).clone()),
            Op::Const(at) => {
                let value = self.constant(at)?;
                self.stack.push(value);
            }
            Op::Get(at) => {
                let key = Key::Str(self.name(at)?);
                let value = self.top(0).clone();
                let got = self.get(&value, &key)?;
                self.pop();
                match got {
                    super::access::Got::Value(value) => self.stack.push(value),
                    super::access::Got::Call(getter, this) => {
                        return self.call(sys, Value::Obj(getter), this, vec![], Ret::Push);
                    }
                }
            }
            Op::Call(count) => return self.enter(sys, usize::from(count), Ret::Push, None),
            Op::Return => {
                let value = self.pop();
                return self.return_value(sys, value);
            }
            other => return self.execute_variables(sys, code, other),
        }
        Ok(())
    }

    fn local(&mut self, at: u16) -> Res<&mut Value> {
        let base = self.frame()?.base as usize;
        self.stack.get_mut(base + usize::from(at)).ok_or(Trap::Exit(70))
    }

    fn too_early<T>(&mut self, name: Option<&super::value::Text>) -> Res<T> {
        match name.map(|n| &**n) {
            Some("this") => self.reference_error(
                "Must call super constructor in derived class before accessing 'this' or returning from derived constructor",
            ),
            name => self.reference_error(&format!("Cannot access '{}' before initialization", name.unwrap_or(""))),
        }
    }

    pub fn constant(&mut self, at: u32) -> Res<Value> {
        let unit = self.frame()?.unit;
        let constant = self.units.get(unit as usize).and_then(|u| u.compiled.constants.get(at as usize));
        Ok(match constant {
            Some(Constant::Num(n)) => Value::Num(*n),
            Some(Constant::Str(text)) => Value::Str(text.clone()),
            None => Value::Undefined,
        })
    }

    pub fn name(&mut self, at: u32) -> Res<super::value::Text> {
        match self.constant(at)? {
            Value::Str(text) => Ok(text),
            _ => Err(Trap::Exit(70)),
        }
    }

    fn cell_at(&mut self, at: u16) -> Res<Id> {
        match self.local(at)? {
            Value::Cell(id) => Ok(*id),
            _ => Err(Trap::Exit(70)),
        }
    }

    fn up_at(&mut self, at: u16) -> Res<Id> {
        self.frame()?.cells.get(usize::from(at)).copied().ok_or(Trap::Exit(70))
    }

    fn execute_variables(&mut self, sys: &mut Sys<'_>, code: &Code, op: Op) -> Res<()> {
        match op {
            Op::SetLocalCheck(at) => {
                if matches!(self.local(at)?, Value::Empty) {
                    return self.too_early(code.local_names.get(usize::from(at)));
                }
                let value = self.pop();
                *self.local(at)? = value;
            }
            Op::Cell(at) | Op::CellCheck(at) | Op::Up(at) | Op::UpCheck(at) => {
                let is_up = matches!(op, Op::Up(_) | Op::UpCheck(_));
                let id = if is_up { self.up_at(at)? } else { self.cell_at(at)? };
                let value = self.heap.cell(id).clone();
                if matches!(value, Value::Empty) && matches!(op, Op::CellCheck(_) | Op::UpCheck(_)) {
                    let names = if is_up { &code.up_names } else { &code.local_names };
                    return self.too_early(names.get(usize::from(at)));
                }
                self.stack.push(value);
            }
            Op::SetCell(at) | Op::SetCellCheck(at) | Op::SetUp(at) | Op::SetUpCheck(at) => {
                let is_up = matches!(op, Op::SetUp(_) | Op::SetUpCheck(_));
                let id = if is_up { self.up_at(at)? } else { self.cell_at(at)? };
                if matches!(op, Op::SetCellCheck(_) | Op::SetUpCheck(_))
                    && matches!(self.heap.cell(id), Value::Empty)
                {
                    let names = if is_up { &code.up_names } else { &code.local_names };
                    return self.too_early(names.get(usize::from(at)));
                }
                let value = self.pop();
                self.heap.set_cell(id, value);
            }
            Op::FreshCell(at) => {
                let id = self.heap.add_cell(Value::Empty);
                *self.local(at)? = Value::Cell(id);
            }
            Op::BoxLocal(at) => {
                let value = self.local(at)?.clone();
                let id = self.heap.add_cell(value);
                *self.local(at)? = Value::Cell(id);
            }
            Op::CopyCell(at) => {
                let id = self.cell_at(at)?;
                let value = self.heap.cell(id).clone();
                let id = self.heap.add_cell(value);
                *self.local(at)? = Value::Cell(id);
            }
            other => return self.execute_globals(sys, code, other),
        }
        Ok(())
    }

    fn execute_globals(&mut self, sys: &mut Sys<'_>, code: &Code, op: Op) -> Res<()> {
        match op {
            Op::ConstAssigned(_) => return self.type_error("Assignment to constant variable."),
            Op::Global(at) | Op::GlobalOrUndefined(at) => {
                let name = self.name(at)?;
                let global = Value::Obj(realm::GLOBAL);
                let key = Key::Str(name);
                if !self.has(realm::GLOBAL, &key) {
                    if matches!(op, Op::GlobalOrUndefined(_)) {
                        self.stack.push(Value::Undefined);
                        return Ok(());
                    }
                    let name = self.key_text(&key);
                    return self.reference_error(&format!("{name} is not defined"));
                }
                return self.push_property(sys, &global, &key);
            }
            Op::SetGlobal(at) => {
                let key = Key::Str(self.name(at)?);
                let prompt = self
                    .frames
                    .last()
                    .and_then(|f| self.units.get(f.unit as usize))
                    .is_some_and(|u| u.source.goal == super::parser::Goal::Prompt);
                if code.strict && !prompt && !self.has(realm::GLOBAL, &key) {
                    let name = self.key_text(&key);
                    return self.reference_error(&format!("{name} is not defined"));
                }
                let value = self.pop();
                if let Some(setter) = self.set(&Value::Obj(realm::GLOBAL), key, value.clone())? {
                    return self.call(sys, Value::Obj(setter), Value::Undefined, vec![value], Ret::Discard);
                }
            }
            other => return self.execute_simple(sys, other),
        }
        Ok(())
    }

    fn execute_simple(&mut self, sys: &mut Sys<'_>, op: Op) -> Res<()> {
        match op {
            Op::Undefined => self.stack.push(Value::Undefined),
            Op::Null => self.stack.push(Value::Null),
            Op::True => self.stack.push(Value::Bool(true)),
            Op::False => self.stack.push(Value::Bool(false)),
            Op::Empty => self.stack.push(Value::Empty),
            Op::Dup2 => {
                let (a, b) = (self.top(1).clone(), self.top(0).clone());
                self.stack.push(a);
                self.stack.push(b);
            }
            Op::Swap => {
                let len = self.stack.len();
                if len >= 2 {
                    self.stack.swap(len - 1, len - 2);
                }
            }
            Op::Inc | Op::Dec => {
                let value = self.top(0).clone();
                let step = if op == Op::Inc { 1.0 } else { -1.0 };
                let next = match self.numeric(&value)? {
                    Value::Big(n) => Value::Big(n + step as i128),
                    other => Value::Num(self.number(&other)? + step),
                };
                self.pop();
                self.stack.push(next);
            }
            Op::ToNumeric | Op::Plus | Op::Neg | Op::BitNot | Op::ToKey => {
                let value = self.top(0).clone();
                let next = match op {
                    Op::ToNumeric => self.numeric(&value)?,
                    Op::Plus => Value::Num(self.number(&value)?),
                    Op::ToKey => self.key(&value)?.value(),
                    _ => match (self.numeric(&value)?, op) {
                        (Value::Big(n), Op::Neg) => Value::Big(-n),
                        (Value::Big(n), _) => Value::Big(!n),
                        (other, Op::Neg) => Value::Num(-self.number(&other)?),
                        (other, _) => Value::Num(f64::from(!super::number::to_i32(self.number(&other)?))),
                    },
                };
                self.pop();
                self.stack.push(next);
            }
            Op::Not => {
                let value = self.pop();
                self.stack.push(Value::Bool(!value.truthy()));
            }
            Op::Typeof => {
                let value = self.pop();
                let name = self.type_of(&value);
                self.stack.push(Value::text(name));
            }
            Op::BigInt(at) => {
                let digits = self.name(at)?;
                let Ok(n) = digits.parse() else {
                    return Err(Trap::Missing("a BigInt of more than 127 bits".into()));
                };
                self.stack.push(Value::Big(n));
            }
            other => return self.execute_jumps(sys, other),
        }
        Ok(())
    }

    fn execute_jumps(&mut self, sys: &mut Sys<'_>, op: Op) -> Res<()> {
        match op {
            Op::JumpIfFalseKeep(to) => self.jump_or_drop(to, !self.top(0).truthy())?,
            Op::JumpIfTrueKeep(to) => self.jump_or_drop(to, self.top(0).truthy())?,
            Op::JumpIfPresentKeep(to) => self.jump_or_drop(to, !self.top(0).is_nullish())?,
            Op::JumpIfDefinedKeep(to) => {
                self.jump_or_drop(to, !matches!(self.top(0), Value::Undefined | Value::Empty))?
            }
            Op::JumpIfNullish(to) => {
                if self.top(0).is_nullish() {
                    self.pop();
                    self.stack.push(Value::Undefined);
                    self.frame()?.pc = to;
                }
            }
            Op::JumpIfNullishCall(to) => {
                if self.top(1).is_nullish() {
                    self.pop();
                    self.pop();
                    self.stack.push(Value::Undefined);
                    self.frame()?.pc = to;
                }
            }
            other => return self.execute_access(sys, other),
        }
        Ok(())
    }

    fn jump_or_drop(&mut self, to: u32, jump: bool) -> Res<()> {
        if jump {
            self.frame()?.pc = to;
        } else {
            self.pop();
        }
        Ok(())
    }

    fn got(&mut self, sys: &mut Sys<'_>, got: super::access::Got) -> Res<()> {
        match got {
            super::access::Got::Value(value) => {
                self.stack.push(value);
                Ok(())
            }
            super::access::Got::Call(getter, this) => {
                self.call(sys, Value::Obj(getter), this, vec![], Ret::Push)
            }
        }
    }

    fn execute_access(&mut self, sys: &mut Sys<'_>, op: Op) -> Res<()> {
        match op {
            Op::Method(at) => {
                let key = Key::Str(self.name(at)?);
                let object = self.top(0).clone();
                let got = self.get(&object, &key)?;
                self.method_got(sys, object, got, 1)
            }
            Op::MethodIndex => {
                let (object, key) = (self.top(1).clone(), self.top(0).clone());
                let key = self.checked_key(&object, &key)?;
                let got = self.get(&object, &key)?;
                self.method_got(sys, object, got, 2)
            }
            Op::Index => {
                let len = self.stack.len();
                if let (Some(Value::Obj(id)), Some(Value::Num(n))) =
                    (self.stack.get(len - 2), self.stack.get(len - 1))
                    && let Kind::Array(list) = &self.heap.get(*id).kind
                    && let Some(value) = list
                        .get(*n as usize)
                        .filter(|v| *n >= 0.0 && n.fract() == 0.0 && !matches!(v, Value::Empty))
                {
                    let value = value.clone();
                    self.stack.truncate(len - 1);
                    self.stack[len - 2] = value;
                    return Ok(());
                }
                let (object, key) = (self.top(1).clone(), self.top(0).clone());
                let key = self.checked_key(&object, &key)?;
                let got = self.get(&object, &key)?;
                self.pop();
                self.pop();
                self.got(sys, got)
            }
            Op::GetPrivate(at) => {
                let key = Key::Str(self.name(at)?);
                let object = self.top(0).clone();
                let has = object.object().is_some_and(|id| self.has(id, &key));
                if !has {
                    let name = self.key_text(&key);
                    return self.type_error(&format!(
                        "Cannot read private member {name} from an object whose class did not declare it"
                    ));
                }
                let got = self.get(&object, &key)?;
                self.pop();
                self.got(sys, got)
            }
            Op::HasPrivate(at) => {
                let key = Key::Str(self.name(at)?);
                let object = self.pop();
                let has = object.object().is_some_and(|id| self.has(id, &key));
                self.stack.push(has.into());
                Ok(())
            }
            other => self.execute_writing(sys, other),
        }
    }

    fn execute_writing(&mut self, sys: &mut Sys<'_>, op: Op) -> Res<()> {
        match op {
            Op::Set(at) => {
                let key = Key::Str(self.name(at)?);
                let (object, value) = (self.top(1).clone(), self.top(0).clone());
                self.assign_property(sys, object, key, value, 2)
            }
            Op::SetIndex => {
                let (object, key, value) = (self.top(2).clone(), self.top(1).clone(), self.top(0).clone());
                if object.is_nullish() {
                    let name = self.plain_text(&key);
                    let what = if matches!(object, Value::Null) { "null" } else { "undefined" };
                    return self.type_error(&format!("Cannot set properties of {what} (setting '{name}')"));
                }
                let key = self.key(&key)?;
                self.assign_property(sys, object, key, value, 3)
            }
            Op::Delete => {
                let (object, key) = (self.top(1).clone(), self.top(0).clone());
                if object.is_nullish() {
                    return self.type_error("Cannot convert undefined or null to object");
                }
                let key = self.key(&key)?;
                let done = self.delete(&object, &key)?;
                self.pop();
                self.pop();
                self.stack.push(done.into());
                Ok(())
            }
            other => self.execute_calls(sys, other),
        }
    }

    /// The key of a read, after a check that there is something to read from.
    fn checked_key(&mut self, object: &Value, key: &Value) -> Res<Key> {
        if object.is_nullish() {
            let name = self.plain_text(key);
            let what = if matches!(object, Value::Null) { "null" } else { "undefined" };
            return self.type_error(&format!("Cannot read properties of {what} (reading '{name}')"));
        }
        self.key(key)
    }

    fn method_got(
        &mut self,
        sys: &mut Sys<'_>,
        object: Value,
        got: super::access::Got,
        drop: usize,
    ) -> Res<()> {
        self.stack.truncate(self.stack.len() - drop);
        match got {
            super::access::Got::Value(value) => {
                self.stack.push(value);
                self.stack.push(object);
                Ok(())
            }
            super::access::Got::Call(getter, this) => {
                let at = self.stack.len() as u32;
                self.stack.push(Value::Undefined);
                self.stack.push(object);
                // The getter's value goes beneath `this`; the instruction is over.
                self.call(sys, Value::Obj(getter), this, vec![], Ret::Again(at))
            }
        }
    }

    fn assign_property(
        &mut self,
        sys: &mut Sys<'_>,
        object: Value,
        key: Key,
        value: Value,
        drop: usize,
    ) -> Res<()> {
        let setter = self.set(&object, key, value.clone())?;
        self.stack.truncate(self.stack.len() - drop);
        self.stack.push(value.clone());
        match setter {
            Some(setter) => self.call(sys, Value::Obj(setter), object, vec![value], Ret::Discard),
            None => Ok(()),
        }
    }

    fn execute_calls(&mut self, sys: &mut Sys<'_>, op: Op) -> Res<()> {
        match op {
            Op::New(count) => self.enter_new(sys, usize::from(count)),
            Op::CallSpread | Op::NewSpread => {
                let list = self.pop();
                let args = self.elements(&list);
                let count = args.len();
                self.stack.extend(args);
                if op == Op::NewSpread {
                    self.enter_new(sys, count)
                } else {
                    self.enter(sys, count, Ret::Push, None)
                }
            }
            Op::Native(index, count) => {
                let base = self.stack.len() - usize::from(count);
                let args = self.stack[base..].to_vec();
                let value = super::builtins::call(self, sys, index, &Value::Undefined, &args);
                match value {
                    Ok(value) => {
                        self.stack.truncate(base);
                        self.stack.push(value);
                        Ok(())
                    }
                    Err(trap @ (Trap::Primitive(..) | Trap::Block(_))) => Err(trap),
                    Err(trap) => {
                        self.stack.truncate(base);
                        Err(trap)
                    }
                }
            }
            other => self.execute_super(sys, other),
        }
    }

    fn execute_super(&mut self, sys: &mut Sys<'_>, op: Op) -> Res<()> {
        match op {
            Op::SuperConstructor => {
                let callee = self.pop();
                let parent = callee.object().and_then(|id| self.heap.get(id).proto);
                let target = self.frames.iter().rev().find_map(|f| f.new_target);
                self.stack.push(parent.map_or(Value::Null, Value::Obj));
                self.stack.push(target.map_or(Value::Empty, Value::Obj));
                Ok(())
            }
            Op::BindThis => Ok(()),
            Op::RunFields => {
                let class = self.pop();
                let this = self.top(0).clone();
                match class.object() {
                    Some(class) => self.run_fields(sys, class, this),
                    None => Ok(()),
                }
            }
            Op::SuperGet | Op::SuperMethod => {
                let (this, callee, key) = (self.top(2).clone(), self.top(1).clone(), self.top(0).clone());
                let key = self.key(&key)?;
                let home = callee.object().and_then(|id| match &self.heap.get(id).kind {
                    Kind::Function(closure) => closure.home,
                    _ => None,
                });
                let above = home.and_then(|id| self.heap.get(id).proto);
                let got = match above {
                    Some(above) => self.get(&Value::Obj(above), &key)?,
                    None => super::access::Got::Value(Value::Undefined),
                };
                if let super::access::Got::Call(getter, _) = got {
                    self.stack.truncate(self.stack.len() - 3);
                    return self.call(sys, Value::Obj(getter), this, vec![], Ret::Push);
                }
                let got = match got {
                    super::access::Got::Value(value) => value,
                    super::access::Got::Call(..) => Value::Undefined,
                };
                self.stack.truncate(self.stack.len() - 3);
                self.stack.push(got);
                if op == Op::SuperMethod {
                    self.stack.push(this);
                }
                Ok(())
            }
            other => self.execute_building(sys, other),
        }
    }
}
