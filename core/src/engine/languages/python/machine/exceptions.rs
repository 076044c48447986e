//! Exceptions on their way down the frames.

use super::frame::{Frame, Return};
use super::run::Turn;
use super::vm::{Got, Trap, Vm};
use super::{Value, classes};

impl Vm<'_, '_> {
    /// An exception leaves a frame that has been taken off the stack. `fresh` where it begins here, so that
    /// the frame belongs to its traceback.
    pub(super) fn fail(&mut self, frame: Frame, error: Value, fresh: bool) -> Option<Turn> {
        if let Some(thread) = self.m.threads.get_mut(self.thread) {
            thread.frames.push(frame);
        }
        if fresh {
            self.set_context(&error);
        }
        self.unwind(error, fresh)
    }

    /// An exception instead of the value of a frame that was to be delivered.
    pub(super) fn fail_as(&mut self, ret: Return, error: Value) -> Option<Turn> {
        self.set_context(&error);
        match self.caught(&ret, &error) {
            Some(turn) => turn,
            None => self.unwind(error, true),
        }
    }

    /// The exception that is being handled when another one comes up belongs to it.
    fn set_context(&mut self, error: &Value) {
        let Some(handled) = self.handled() else { return };
        if handled == *error {
            return;
        }
        if let Some(instance) = error.id().and_then(|id| self.m.heap.instance_mut(id))
            && instance.attrs.text("__context__").is_none()
        {
            instance.attrs.set("__context__", handled);
        }
    }

    /// The exception being handled.
    pub fn handled(&self) -> Option<Value> {
        let frames = &self.m.threads.get(self.thread)?.frames;
        frames.iter().rev().find_map(|frame| match frame {
            Frame::Py(frame) => frame.handling.last().cloned(),
            _ => None,
        })
    }

    fn is_stop(&self, error: &Value) -> bool {
        classes::by_name("StopIteration").is_some_and(|stop| self.is_instance_of(error, stop))
    }

    /// What the frame below makes of an exception of the one that was popped: `None` where it goes on.
    fn caught(&mut self, ret: &Return, error: &Value) -> Option<Option<Turn>> {
        match ret {
            Return::Try => {
                if let Some(Frame::Native(frame)) = self.m.threads.get_mut(self.thread).and_then(|t| t.frames.last_mut())
                {
                    frame.results.push(Err(error.clone()));
                }
                Some(None)
            }
            Return::ForIter(_) | Return::Collect | Return::YieldFrom if self.is_stop(error) => {
                let value = error
                    .id()
                    .and_then(|id| self.m.heap.instance(id))
                    .and_then(|i| i.attrs.text("value").cloned())
                    .unwrap_or_default();
                Some(self.deliver_end(ret.clone(), value))
            }
            _ => None,
        }
    }

    fn unwind(&mut self, mut error: Value, mut fresh: bool) -> Option<Turn> {
        loop {
            let Some(frame) = self.m.threads.get_mut(self.thread).and_then(|t| t.frames.pop()) else {
                return Some(Turn::Failed(error));
            };
            let mut from_generator = false;
            if let Frame::Py(mut frame) = frame {
                if fresh {
                    self.note(&error, frame.code, frame.at.saturating_sub(1));
                }
                fresh = true;
                if let Some(block) = frame.blocks.pop() {
                    frame.stack.truncate(block.stack as usize);
                    frame.handling.truncate(block.handling as usize);
                    frame.handling.push(error.clone());
                    frame.push(error);
                    frame.at = block.handler;
                    if let Some(thread) = self.m.threads.get_mut(self.thread) {
                        thread.frames.push(Frame::Py(frame));
                    }
                    return None;
                }
                if let Some(generator) = frame.generator {
                    from_generator = true;
                    self.end_generator(generator);
                    if self.is_stop(&error) {
                        error = self.wrap_stop(error);
                    }
                }
                if let Some(done) = self.caught_from(&frame.ret, &error, from_generator) {
                    return done;
                }
            } else {
                fresh = true;
                if let Some(done) = self.caught_from(frame.ret(), &error, from_generator) {
                    return done;
                }
            }
        }
    }

    fn caught_from(&mut self, ret: &Return, error: &Value, from_generator: bool) -> Option<Option<Turn>> {
        if from_generator && !matches!(ret, Return::Try) {
            return None;
        }
        if let Return::Init(_, inner) = ret {
            return self.caught(inner, error);
        }
        self.caught(ret, error)
    }

    fn wrap_stop(&mut self, error: Value) -> Value {
        let wrapped = self.exception("RuntimeError", vec![Value::str("generator raised StopIteration")]);
        if let Some(instance) = wrapped.id().and_then(|id| self.m.heap.instance_mut(id)) {
            instance.attrs.set("__cause__", error.clone());
            instance.attrs.set("__context__", error);
            instance.attrs.set("__suppress_context__", Value::Bool(true));
        }
        wrapped
    }

    /// Adds a place to an exception's traceback.
    fn note(&mut self, error: &Value, code: u32, at: u32) {
        if let Some(instance) = error.id().and_then(|id| self.m.heap.instance_mut(id))
            && instance.trace.len() < 2000
        {
            instance.trace.push((code, at));
        }
    }

    /// `raise value from cause`.
    pub(super) fn raised(&mut self, args: &[Value]) -> Got {
        let Some(value) = args.first() else {
            return match self.handled() {
                Some(error) => Err(Trap::Again(error)),
                None => Err(self.error("RuntimeError", "No active exception to reraise")),
            };
        };
        let error = self.exception_from(value)?;
        if let Some(cause) = args.get(1) {
            let cause = match cause {
                Value::None => Value::None,
                other => self.exception_from(other)?,
            };
            if let Some(instance) = error.id().and_then(|id| self.m.heap.instance_mut(id)) {
                instance.attrs.set("__cause__", cause);
                instance.attrs.set("__suppress_context__", Value::Bool(true));
            }
        }
        Err(Trap::Raise(error))
    }

    /// An exception, made where its class is given.
    fn exception_from(&mut self, value: &Value) -> Got {
        let made = match value.id().filter(|id| self.m.heap.class(*id).is_some()) {
            Some(class) if self.is_subclass(class, classes::BASE_EXCEPTION) => {
                let value = value.clone();
                self.call_any(&value, vec![])?
            }
            _ => value.clone(),
        };
        if self.is_instance_of(&made, classes::BASE_EXCEPTION) {
            return Ok(made);
        }
        Err(self.type_error("exceptions must derive from BaseException"))
    }

    /// A call from within a native, whatever it is that is called.
    pub fn call_any(&mut self, callee: &Value, args: Vec<Value>) -> Got {
        self.call_named(callee, args, vec![])
    }

    /// Whether an exception is of a kind, or of one of several.
    pub(super) fn matches(&mut self, error: &Value, kind: &Value) -> Got {
        let kinds = match self.items_of(kind) {
            Some(kinds) => kinds,
            None => vec![kind.clone()],
        };
        for kind in kinds {
            let class = kind.id().filter(|id| self.is_subclass(*id, classes::BASE_EXCEPTION));
            let Some(class) = class else {
                let text = "catching classes that do not inherit from BaseException is not allowed";
                return Err(self.type_error(text));
            };
            if self.is_instance_of(error, class) {
                return Ok(Value::Bool(true));
            }
        }
        Ok(Value::Bool(false))
    }
}
