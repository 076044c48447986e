//! The loop: the topmost frame runs until it calls, ends, waits or fails.

use super::blocks::Step;
use super::call::Called;
use super::frame::{CollectFrame, Frame, NativeFrame, Operation, PyFrame, Return};
use super::heap::Obj;
use super::vm::{Trap, Vm};
use super::{Id, Value};

/// How much a script may claim before what is unused is freed, in bytes.
const COLLECT: u64 = 8 << 20;

/// How a turn of a thread ended.
#[derive(Debug)]
pub enum Turn {
    /// The budget is spent.
    Busy,
    /// It waits.
    Blocked,
    /// It has ended.
    Done,
    /// An exception left its last frame.
    Failed(Value),
    /// The program ends.
    Exit(i32),
    /// It needs what Drydock does not do.
    Missing(String),
    Replaced,
}

impl Vm<'_, '_> {
    fn push_frame(&mut self, frame: Frame) {
        if let Some(thread) = self.m.threads.get_mut(self.thread) {
            thread.frames.push(frame);
        }
    }

    /// Runs the present thread.
    pub fn run(&mut self) -> Turn {
        if let Some(thread) = self.m.threads.get_mut(self.thread) {
            thread.blocked = None;
        }
        loop {
            if self.budget <= 0 {
                return Turn::Busy;
            }
            if self.m.heap.fresh > COLLECT.max(self.m.heap.live / 2) {
                let live = self.m.heap.live;
                self.m.collect();
                self.work((live / 64) as usize);
            }
            let Some(frame) = self.m.threads.get_mut(self.thread).and_then(|t| t.frames.pop()) else {
                return Turn::Done;
            };
            let turn = match frame {
                Frame::Py(frame) => self.run_py(frame),
                Frame::Native(frame) => self.run_native(frame),
                Frame::Collect(frame) => self.run_collect(frame),
            };
            if let Some(turn) = turn {
                return turn;
            }
        }
    }

    fn run_py(&mut self, mut frame: Box<PyFrame>) -> Option<Turn> {
        match self.run_frame(&mut frame) {
            Step::Go | Step::Pause => {
                self.push_frame(Frame::Py(frame));
                None
            }
            Step::Call(mut called, ret) => {
                self.push_frame(Frame::Py(frame));
                set_ret(&mut called, ret);
                self.push_frame(Frame::Py(called));
                None
            }
            Step::Resume(generator, sent, ret) => {
                self.push_frame(Frame::Py(frame));
                self.resume_frame(generator, Ok(sent), ret)
            }
            Step::Native(native, trap) => {
                self.push_frame(Frame::Py(frame));
                self.serve(native, trap)
            }
            Step::Return(value) => {
                if let Some(generator) = frame.generator {
                    self.end_generator(generator);
                    return self.deliver_end(frame.ret, value);
                }
                self.deliver(frame.ret, value)
            }
            Step::Yield(value) => self.suspend(frame, value),
            Step::Trap(Trap::Raise(error)) => self.fail(Frame::Py(frame), error, true),
            Step::Trap(Trap::Again(error)) => self.fail(Frame::Py(frame), error, false),
            Step::Trap(Trap::Missing(what)) => Some(Turn::Missing(what)),
            Step::Trap(Trap::Exit(code)) => Some(Turn::Exit(code)),
            Step::Trap(_) => Some(Turn::Missing("this step".into())),
        }
    }

    /// A generator that another one delegates to has yielded: so does the one that delegates.
    fn yield_on(&mut self, value: Value) -> Option<Turn> {
        let Some(Frame::Py(frame)) = self.m.threads.get_mut(self.thread).and_then(|t| t.frames.pop()) else {
            return Some(Turn::Missing("this yield".into()));
        };
        self.suspend(frame, value)
    }

    /// Puts a generator's frame away and hands what it yields to whoever asked for it.
    fn suspend(&mut self, mut frame: Box<PyFrame>, value: Value) -> Option<Turn> {
        let ret = std::mem::replace(&mut frame.ret, Return::Push);
        if let Some(Obj::Gen(generator)) = frame.generator.and_then(|id| self.m.heap.get_mut(id)) {
            generator.running = false;
            generator.frame = Some(frame);
        }
        match ret {
            Return::YieldFrom => self.yield_on(value),
            ret => self.deliver(ret, value),
        }
    }

    fn run_native(&mut self, mut frame: Box<NativeFrame>) -> Option<Turn> {
        self.results = std::mem::take(&mut frame.results);
        self.cursor = 0;
        self.depth = 0;
        self.work(4 + self.results.len() / 4);
        if frame.operation == Operation::Call {
            let (args, names) = (frame.args.clone(), frame.names.clone());
            let mut args = args.into_iter();
            let callee = args.next().unwrap_or_default();
            return match self.prepare(&callee, args.collect(), &names) {
                Ok(Called::Value(value)) => self.deliver(frame.ret, value),
                Ok(Called::Frame(mut called)) => {
                    set_ret(&mut called, frame.ret);
                    self.push_frame(Frame::Py(called));
                    None
                }
                Err(trap) => self.serve(frame, trap),
            };
        }
        match self.operate(frame.operation, &frame.args, &frame.names) {
            Ok(value) => self.deliver(frame.ret, value),
            Err(trap) => self.serve(frame, trap),
        }
    }

    fn run_collect(&mut self, mut frame: Box<CollectFrame>) -> Option<Turn> {
        loop {
            if self.budget <= 0 || frame.items.len() > 4_000_000 {
                if frame.items.len() > 4_000_000 {
                    let error = self.exception("MemoryError", vec![]);
                    return self.fail(Frame::Collect(frame), error, true);
                }
                self.push_frame(Frame::Collect(frame));
                return None;
            }
            self.budget -= 1;
            self.m.heap.fresh += 24;
            let iter = frame.iter.clone();
            match self.advance(&iter) {
                Ok(super::iterate::Advance::Value(value)) => frame.items.push(value),
                Ok(super::iterate::Advance::End) => {
                    let list = self.list(std::mem::take(&mut frame.items));
                    return self.deliver(frame.ret, list);
                }
                Ok(super::iterate::Advance::Generator(id)) => {
                    self.push_frame(Frame::Collect(frame));
                    return self.resume_frame(id, Ok(Value::None), Return::Collect);
                }
                Ok(super::iterate::Advance::Call(method)) => {
                    self.push_frame(Frame::Collect(frame));
                    return self.start_call(method, vec![iter], vec![], Return::Collect);
                }
                Err(Trap::Raise(error)) => return self.fail(Frame::Collect(frame), error, true),
                Err(Trap::Missing(what)) => return Some(Turn::Missing(what)),
                Err(_) => return Some(Turn::Missing("this iterator".into())),
            }
            if self.m.heap.fresh > COLLECT.max(self.m.heap.live / 2) {
                self.push_frame(Frame::Collect(frame));
                return None;
            }
        }
    }

    /// Gives a native what it asked for.
    pub(super) fn serve(&mut self, mut native: Box<NativeFrame>, trap: Trap) -> Option<Turn> {
        if !self.results.is_empty() {
            native.results = std::mem::take(&mut self.results);
        }
        match trap {
            Trap::Raise(error) => self.fail(Frame::Native(native), error, true),
            Trap::Again(error) => self.fail(Frame::Native(native), error, false),
            Trap::Missing(what) => {
                self.push_frame(Frame::Native(native));
                Some(Turn::Missing(what))
            }
            Trap::Exit(code) => Some(Turn::Exit(code)),
            Trap::Replaced => Some(Turn::Replaced),
            Trap::Block(wait) => {
                self.push_frame(Frame::Native(native));
                if let Some(thread) = self.m.threads.get_mut(self.thread) {
                    thread.blocked = Some(wait);
                }
                Some(Turn::Blocked)
            }
            Trap::Call(call, attempt) => {
                self.push_frame(Frame::Native(native));
                let (callee, args, names) = *call;
                self.start_call(callee, args, names, if attempt { Return::Try } else { Return::Append })
            }
            Trap::Frame(mut frame) => {
                self.push_frame(Frame::Native(native));
                set_ret(&mut frame, Return::Append);
                self.push_frame(Frame::Py(frame));
                None
            }
            Trap::Collect(iter) => {
                self.push_frame(Frame::Native(native));
                let collect = CollectFrame { iter, items: vec![], ret: Return::Append };
                self.push_frame(Frame::Collect(Box::new(collect)));
                None
            }
            Trap::Resume(generator, sent, attempt) => {
                self.push_frame(Frame::Native(native));
                self.resume_frame(generator, sent, if attempt { Return::Try } else { Return::Append })
            }
        }
    }

    /// Calls something on top of the frames.
    pub(super) fn start_call(
        &mut self,
        callee: Value,
        args: Vec<Value>,
        names: Vec<(crate::engine::languages::python::syntax::ast::Name, Value)>,
        ret: Return,
    ) -> Option<Turn> {
        self.results.clear();
        self.cursor = 0;
        self.depth = 0;
        match self.prepare(&callee, args.clone(), &names) {
            Ok(Called::Value(value)) => self.deliver(ret, value),
            Ok(Called::Frame(mut frame)) => {
                set_ret(&mut frame, ret);
                self.push_frame(Frame::Py(frame));
                None
            }
            Err(trap) => {
                let mut all = vec![callee];
                all.extend(args);
                let native = self.suspended(Operation::Call, all, names, ret);
                self.serve(native, trap)
            }
        }
    }

    /// Goes on with a generator on top of the frames.
    pub(super) fn resume_frame(&mut self, id: Id, sent: Result<Value, Value>, ret: Return) -> Option<Turn> {
        let Some(Obj::Gen(generator)) = self.m.heap.get_mut(id) else {
            return Some(Turn::Missing("this generator".into()));
        };
        if generator.running {
            let error = self.exception("ValueError", vec![Value::str("generator already executing")]);
            return self.fail_as(ret, error);
        }
        let Some(mut frame) = generator.frame.take() else {
            return match sent {
                Ok(_) => self.deliver_end(ret, Value::None),
                Err(error) => self.fail_as(ret, error),
            };
        };
        let started = std::mem::replace(&mut generator.started, true);
        generator.running = true;
        frame.ret = ret;
        if self.frames() >= self.m.recursion_limit {
            let error = self.exception("RecursionError", vec![Value::str("maximum recursion depth exceeded")]);
            return self.fail(Frame::Py(frame), error, true);
        }
        match sent {
            Ok(value) => {
                if started {
                    frame.push(value);
                }
                self.push_frame(Frame::Py(frame));
                None
            }
            Err(error) => self.fail(Frame::Py(frame), error, true),
        }
    }

    pub(super) fn end_generator(&mut self, id: Id) {
        if let Some(Obj::Gen(generator)) = self.m.heap.get_mut(id) {
            generator.frame = None;
            generator.running = false;
        }
    }

    /// Hands the value of a frame to the one below it.
    pub(super) fn deliver(&mut self, ret: Return, value: Value) -> Option<Turn> {
        if let Return::Init(made, inner) = ret {
            if value != Value::None {
                let name = self.type_name(&value);
                let text = format!("__init__() should return None, not '{name}'");
                let error = self.exception("TypeError", vec![Value::str(text)]);
                return self.fail_as(*inner, error);
            }
            return self.deliver(*inner, made);
        }
        let below = self.m.threads.get_mut(self.thread).and_then(|t| t.frames.last_mut());
        match (ret, below) {
            (Return::Discard, _) | (_, None) => {}
            (Return::Push | Return::ForIter(_), Some(Frame::Py(frame))) => frame.push(value),
            (Return::Append | Return::Try, Some(Frame::Native(frame))) => frame.results.push(Ok(value)),
            (Return::Collect, Some(Frame::Collect(frame))) => frame.items.push(value),
            (Return::YieldFrom, Some(Frame::Py(_))) => return self.yield_on(value),
            _ => return Some(Turn::Missing("this call".into())),
        }
        None
    }

    /// Tells the frame below that a generator has ended.
    pub(super) fn deliver_end(&mut self, ret: Return, value: Value) -> Option<Turn> {
        let below = self.m.threads.get_mut(self.thread).and_then(|t| t.frames.last_mut());
        match (&ret, below) {
            (Return::ForIter(end), Some(Frame::Py(frame))) => {
                frame.pop();
                frame.at = *end;
                None
            }
            (Return::YieldFrom, Some(Frame::Py(frame))) => {
                frame.pop();
                frame.push(value);
                frame.at += 1;
                None
            }
            (Return::Collect, Some(Frame::Collect(_))) => {
                let Some(Frame::Collect(mut frame)) = self.m.threads.get_mut(self.thread).and_then(|t| t.frames.pop())
                else {
                    return None;
                };
                let list = self.list(std::mem::take(&mut frame.items));
                self.deliver(frame.ret, list)
            }
            _ => {
                let args = if value == Value::None { vec![] } else { vec![value] };
                let error = self.exception("StopIteration", args.clone());
                let _never_fails = self.init_exception(&error, &args, &[]);
                self.fail_as(ret, error)
            }
        }
    }
}

fn set_ret(frame: &mut PyFrame, ret: Return) {
    match &mut frame.ret {
        Return::Init(_, inner) => **inner = ret,
        other => *other = ret,
    }
}
