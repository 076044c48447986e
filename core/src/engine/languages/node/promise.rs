//! Promises and the jobs that come of them.

use super::realm;
use super::value::{Id, Kind, Object, Promise, Promised, Reaction, Value};
use super::vm::{Job, Res, Ret, Vm};
use crate::kernel::Sys;

impl Vm {
    pub fn new_promise(&mut self) -> Id {
        self.heap.add(Object::of(realm::PROMISE, Kind::Promise(Promise::default())))
    }

    /// The two functions that decide a promise.
    pub fn resolvers(&mut self, promise: Id) -> (Value, Value) {
        let mut make = |breaks| {
            Value::Obj(self.heap.add(Object::of(realm::FUNCTION, Kind::Resolver { promise, breaks })))
        };
        (make(false), make(true))
    }

    /// Decides a promise: another promise or thenable is waited for.
    pub fn resolve_promise(&mut self, sys: &mut Sys<'_>, promise: Id, value: Value) -> Res<()> {
        let Some(id) = value.object() else {
            self.settle(promise, Promised::Kept(value));
            return Ok(());
        };
        if id == promise {
            let error = self.error(realm::TYPE_ERROR, "Chaining cycle detected for promise #<Promise>");
            self.break_promise(promise, error);
            return Ok(());
        }
        if let Kind::Promise(p) = &mut self.heap.get_mut(promise).kind {
            p.decided = true;
        }
        let then = match self.get(&value, &"then".into())? {
            super::access::Got::Value(then) => then,
            super::access::Got::Call(..) => {
                return Err(super::vm::Trap::Missing("a then that is a getter".into()));
            }
        };
        let callable = then.object().is_some_and(|t| self.heap.get(t).is_callable());
        let _ = sys;
        if callable {
            self.micro.push_back(Job::Adopt(promise, value, then));
        } else {
            self.settle(promise, Promised::Kept(value));
        }
        Ok(())
    }

    pub fn break_promise(&mut self, promise: Id, error: Value) {
        self.settle(promise, Promised::Broken(error));
    }

    fn settle(&mut self, promise: Id, state: Promised) {
        let Kind::Promise(p) = &mut self.heap.get_mut(promise).kind else { return };
        if p.state != Promised::Pending {
            return;
        }
        p.state = state.clone();
        p.decided = true;
        let reactions = std::mem::take(&mut p.reactions);
        let handled = p.handled;
        let (value, broken) = match state {
            Promised::Broken(value) => (value, true),
            Promised::Kept(value) => (value, false),
            Promised::Pending => return,
        };
        if broken && !handled {
            self.unhandled.push(promise);
        }
        for reaction in reactions {
            self.micro.push_back(Job::React { reaction, value: value.clone(), broken });
        }
    }

    /// Adds someone who waits for a promise.
    pub fn react(&mut self, promise: Id, reaction: Reaction) {
        let Kind::Promise(p) = &mut self.heap.get_mut(promise).kind else { return };
        p.handled = true;
        let (value, broken) = match &p.state {
            Promised::Pending => {
                p.reactions.push(reaction);
                return;
            }
            Promised::Kept(value) => (value.clone(), false),
            Promised::Broken(value) => (value.clone(), true),
        };
        self.unhandled.retain(|id| *id != promise);
        self.micro.push_back(Job::React { reaction, value, broken });
    }

    /// Begins a job; the stack is empty before it.
    pub fn begin(&mut self, sys: &mut Sys<'_>, job: Job) -> Res<()> {
        match job {
            Job::Call(callee, args) => self.call(sys, callee, Value::Undefined, args, Ret::Top),
            Job::Adopt(promise, thenable, then) => {
                if let (Some(id), true) = (thenable.object(), self.hooks.get("then") == Some(&then))
                    && matches!(self.heap.get(id).kind, Kind::Promise(_))
                {
                    self.react(id, Reaction::Forward(promise));
                    return Ok(());
                }
                if let Kind::Promise(p) = &mut self.heap.get_mut(promise).kind {
                    p.decided = false;
                }
                let (keep, break_it) = self.resolvers(promise);
                self.call(sys, then, thenable, vec![keep, break_it], Ret::Top)
            }
            Job::React { reaction, value, broken } => match reaction {
                Reaction::Forward(promise) => {
                    self.settle(
                        promise,
                        if broken { Promised::Broken(value) } else { Promised::Kept(value) },
                    );
                    Ok(())
                }
                Reaction::Resume(id) => {
                    let serves = matches!(&self.heap.get(id).kind, Kind::Coroutine(c) if c.is_generator && !c.queue.is_empty() && c.promise == c.queue.first().map(|q| q.2));
                    if serves {
                        return self.serve_request(sys, id);
                    }
                    self.resume(sys, id, u8::from(broken), value, Ret::Top)
                }
                Reaction::Then { kept, broken: on_broken, next } => {
                    let handler = if broken { on_broken } else { kept };
                    let callable = handler.object().is_some_and(|id| self.heap.get(id).is_callable());
                    if callable {
                        let ret = next.map_or(Ret::Top, Ret::Settle);
                        return self.call(sys, handler, Value::Undefined, vec![value], ret);
                    }
                    if let Some(next) = next {
                        self.settle(
                            next,
                            if broken { Promised::Broken(value) } else { Promised::Kept(value) },
                        );
                    }
                    Ok(())
                }
            },
        }
    }
}
