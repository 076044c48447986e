//! Generators and async functions: frames that are put away and taken up again.

use super::code::Code;
use super::realm;
use super::value::{Coroutine, Id, Kind, Object, Promised, Reaction, Running, Value};
use super::vm::{Frame, Job, Res, Ret, Trap, Vm};
use crate::kernel::Sys;

impl Vm {
    fn coroutine_mut(&mut self, id: Id) -> Res<&mut Coroutine> {
        match &mut self.heap.get_mut(id).kind {
            Kind::Coroutine(c) => Ok(c),
            _ => Err(Trap::Exit(70)),
        }
    }

    /// Puts the present frame away; the value is how its caller waits.
    fn suspend(&mut self) -> Res<(Id, Ret)> {
        let Some(mut frame) = self.frames.pop() else { return Err(Trap::Exit(70)) };
        let Some(id) = frame.coroutine else { return Err(Trap::Exit(70)) };
        let base = frame.base;
        let stack = self.stack.split_off(base as usize);
        self.stack.truncate((base as usize).saturating_sub(2));
        for handler in &mut frame.handlers {
            handler.1 -= base;
        }
        frame.base = 0;
        let ret = std::mem::replace(&mut frame.ret, Ret::Top);
        let coroutine = self.coroutine_mut(id)?;
        coroutine.stack = stack;
        coroutine.frame = Some(Box::new(frame));
        coroutine.state = Running::Suspended;
        Ok((id, ret))
    }

    /// Takes a frame up again, with a value, an error or a return.
    pub fn resume(&mut self, sys: &mut Sys<'_>, id: Id, how: u8, value: Value, ret: Ret) -> Res<()> {
        let (is_async, is_generator) = {
            let c = self.coroutine_mut(id)?;
            (c.is_async, c.is_generator)
        };
        if is_async && is_generator && ret != Ret::Top {
            return self.request(sys, id, how, value, ret);
        }
        let c = self.coroutine_mut(id)?;
        let state = c.state;
        match (state, how) {
            (Running::Now, _) => return self.type_error("Generator is already running"),
            (Running::Fresh, 1 | 2) | (Running::Done, _) => {
                let end = if state == Running::Done && how == 0 { Value::Undefined } else { value };
                c.state = Running::Done;
                c.frame = None;
                c.stack = vec![];
                let result = if how == 1 { Err(end) } else { Ok(end) };
                return self.coroutine_ends(sys, id, result, ret);
            }
            _ => {}
        }
        let Some(frame) = c.frame.take() else { return Err(Trap::Exit(70)) };
        let stack = std::mem::take(&mut c.stack);
        c.state = Running::Now;
        let mut frame: Frame = *frame;
        self.stack.push(Value::Undefined);
        self.stack.push(Value::Undefined);
        let base = self.stack.len() as u32;
        frame.base = base;
        for handler in &mut frame.handlers {
            handler.1 += base;
        }
        frame.ret = ret;
        self.stack.extend(stack);
        self.frames.push(frame);
        match how {
            1 => return Err(Trap::Throw(value)),
            2 => {
                self.coroutine_mut(id)?.returning = value;
                return Err(Trap::Throw(Value::Empty));
            }
            _ if state == Running::Suspended => self.stack.push(value),
            _ => {}
        }
        Ok(())
    }

    /// `next`, `throw` and `return` of an async generator: a promise each, one after the other.
    fn request(&mut self, sys: &mut Sys<'_>, id: Id, how: u8, value: Value, ret: Ret) -> Res<()> {
        let promise = self.new_promise();
        let c = self.coroutine_mut(id)?;
        if c.promise.is_some() {
            c.queue.push((how, value, promise));
        } else {
            c.promise = Some(promise);
            self.micro.push_back(Job::React {
                reaction: Reaction::Resume(id),
                value: Value::Undefined,
                broken: false,
            });
            let c = self.coroutine_mut(id)?;
            c.queue.insert(0, (how, value, promise));
        }
        self.deliver(sys, Value::Obj(promise), ret)
    }

    /// Takes the next request of an async generator that rests.
    pub fn serve_request(&mut self, sys: &mut Sys<'_>, id: Id) -> Res<()> {
        let c = self.coroutine_mut(id)?;
        if c.queue.is_empty() {
            c.promise = None;
            return Ok(());
        }
        let (how, value, promise) = c.queue.remove(0);
        c.promise = Some(promise);
        self.resume(sys, id, how, value, Ret::Top)
    }

    /// `[value]`: gives a value out of a generator.
    pub fn yield_value(&mut self, sys: &mut Sys<'_>) -> Res<()> {
        let value = self.pop();
        let (id, ret) = self.suspend()?;
        let result = self.object_of(vec![("value", value), ("done", Value::Bool(false))]);
        let c = self.coroutine_mut(id)?;
        if !c.is_async {
            return self.deliver(sys, result, ret);
        }
        if let Some(promise) = c.promise {
            self.resolve_promise(sys, promise, result)?;
        }
        self.serve_request(sys, id)
    }

    /// `[value]`: waits for a promise.
    pub fn await_value(&mut self, sys: &mut Sys<'_>) -> Res<()> {
        let value = self.pop();
        let promise = match value.object().map(|id| (id, &self.heap.get(id).kind)) {
            Some((id, Kind::Promise(_))) => id,
            _ => {
                let promise = self.new_promise();
                self.resolve_promise(sys, promise, value)?;
                promise
            }
        };
        if self.frames.last().is_some_and(|f| f.coroutine.is_none()) {
            return Err(Trap::Missing("await outside of an async function".into()));
        }
        let (id, ret) = self.suspend()?;
        self.react(promise, Reaction::Resume(id));
        match self.coroutine_mut(id)?.promise {
            Some(own) if ret != Ret::Top => self.deliver(sys, Value::Obj(own), ret),
            _ => Ok(()),
        }
    }

    /// The function has come to its end.
    pub fn coroutine_ends(
        &mut self,
        sys: &mut Sys<'_>,
        id: Id,
        result: Result<Value, Value>,
        ret: Ret,
    ) -> Res<()> {
        let c = self.coroutine_mut(id)?;
        c.state = Running::Done;
        let (promise, is_async, is_generator) = (c.promise, c.is_async, c.is_generator);
        if !is_async {
            return match result {
                Ok(value) => {
                    let result = self.object_of(vec![("value", value), ("done", Value::Bool(true))]);
                    self.deliver(sys, result, ret)
                }
                Err(error) => Err(Trap::Throw(error)),
            };
        }
        let Some(promise) = promise else { return Ok(()) };
        match result {
            Ok(value) if is_generator => {
                let result = self.object_of(vec![("value", value), ("done", Value::Bool(true))]);
                self.resolve_promise(sys, promise, result)?;
            }
            Ok(value) => self.resolve_promise(sys, promise, value)?,
            Err(error) => self.break_promise(promise, error),
        }
        if is_generator {
            return self.serve_request(sys, id);
        }
        if ret == Ret::Top { Ok(()) } else { self.deliver(sys, Value::Obj(promise), ret) }
    }

    /// Makes the object of a generator or an async function.
    pub fn coroutine(&mut self, code: &Code, callee: Option<Id>) -> Id {
        let proto = callee.and_then(|id| self.plain(id, &"prototype".into())).and_then(|v| v.object());
        let fallback = if code.is_async { realm::ASYNC_GENERATOR } else { realm::GENERATOR };
        let promise = if code.is_async && !code.is_generator { Some(self.new_promise()) } else { None };
        let state = if code.is_generator { Running::Fresh } else { Running::Now };
        let coroutine = Coroutine {
            frame: None,
            stack: vec![],
            state,
            promise,
            is_async: code.is_async,
            is_generator: code.is_generator,
            returning: Value::Undefined,
            queue: vec![],
        };
        self.heap.add(Object::of(proto.unwrap_or(fallback), Kind::Coroutine(Box::new(coroutine))))
    }

    /// Names of the async functions that wait for this one, as stack traces show them.
    pub fn waiting_for(&self, id: Id) -> Option<Id> {
        let Kind::Coroutine(c) = &self.heap.get(id).kind else { return None };
        let Kind::Promise(p) = &self.heap.get(c.promise?).kind else { return None };
        match (&p.state, &p.reactions[..]) {
            (Promised::Pending, [Reaction::Resume(waiting)]) => Some(*waiting),
            _ => None,
        }
    }
}
