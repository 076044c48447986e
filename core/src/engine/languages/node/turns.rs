//! The event loop: what runs next when nothing is on the stack, in node's order.

use super::handles::Event;
use super::value::{Id, Kind, Promised, Value};
use super::vm::{Job, Outcome, Ret, Timer, Trap, Vm};
use crate::base::{Duration, Time};
use crate::kernel::{Exit, Signal, Step, Sys, Wait};

/// Instructions in a unit of the scheduler's work.
const PER_UNIT: u64 = 16;
/// Instructions in a turn.
const TURN: u64 = 30_000;

impl Vm {
    /// Runs for a turn.
    pub fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        let mut left = TURN;
        loop {
            let outcome = self.run(sys, left);
            let spent = self.cost;
            left = left.saturating_sub(spent.max(1));
            let goes_on = sys.spend((spent / PER_UNIT) as u32 + 1);
            let step = match outcome {
                Outcome::Idle => self.next(sys),
                Outcome::Busy => Some(Step::Continue),
                Outcome::Exit(code) => Some(Step::Exit(code)),
                Outcome::Block(wait) => Some(Step::Block(wait)),
                Outcome::Uncaught(error) => self.uncaught(sys, error, false),
                Outcome::Missing(what) => Some(self.missing(sys, &what)),
                Outcome::Memory => Some(out_of_memory(sys)),
            };
            match step {
                Some(step) => return step,
                None if left == 0 || !goes_on => return Step::Continue,
                None => {}
            }
        }
    }

    fn missing(&mut self, sys: &mut Sys<'_>, what: &str) -> Step {
        let place = self.place_now().and_then(|(unit, place)| {
            let unit = self.units.get(unit as usize)?;
            Some(format!(" ({}:{})", unit.source.file, unit.line_column(place).0))
        });
        sys.eprint(&format!(
            "drydock: this JavaScript is not simulated: {what}{}\n",
            place.unwrap_or_default()
        ));
        Step::Exit(1)
    }

    /// Begins a job; a step where that ends the turn.
    fn start(&mut self, sys: &mut Sys<'_>, job: Job) -> Option<Step> {
        let result = self.begin(sys, job);
        self.started(sys, result)
    }

    fn started(&mut self, sys: &mut Sys<'_>, result: super::vm::Res<()>) -> Option<Step> {
        match result {
            Ok(()) => None,
            Err(Trap::Throw(error)) => match self.unwind(sys, error) {
                Some(Outcome::Uncaught(error)) => self.uncaught(sys, error, false),
                _ => None,
            },
            Err(Trap::Exit(code)) => Some(Step::Exit(code)),
            Err(Trap::Block(wait)) => Some(Step::Block(wait)),
            Err(Trap::Missing(what)) => Some(self.missing(sys, &what)),
            Err(_) => Some(self.missing(sys, "a callback of this kind")),
        }
    }

    /// Tells the library of an error that nothing caught.
    fn uncaught(&mut self, sys: &mut Sys<'_>, error: Value, rejected: bool) -> Option<Step> {
        self.frames.clear();
        self.stack.clear();
        let Some(hook) = self.hooks.get("uncaught").cloned() else {
            let shown = super::inspect::inspect(self, &error, 2, false, 80);
            sys.eprint(&format!("{shown}\n"));
            return Some(Step::Exit(1));
        };
        let result = self.call(sys, hook, Value::Undefined, vec![error, rejected.into()], Ret::Top);
        self.started(sys, result)
    }

    /// The next thing to do; a step where the turn is over.
    fn next(&mut self, sys: &mut Sys<'_>) -> Option<Step> {
        if let Some(job) = self.ticks.pop_front() {
            return self.start(sys, job);
        }
        if let Some(job) = self.micro.pop_front() {
            return self.start(sys, job);
        }
        if let Some(id) = self.unhandled.first().copied() {
            self.unhandled.remove(0);
            return self.unhandled(sys, id);
        }
        while let Some(signal) = sys.take_signal() {
            if let Some(callback) = self.handles.signals.get(&signal.number()).cloned() {
                let args =
                    vec![format!("SIG{}", signal.name()).into(), Value::Num(f64::from(signal.number()))];
                self.finished.push_back(Job::Call(callback, args));
            }
        }
        // What came before the first look at the clock is taken to have lasted a millisecond, as it does in life.
        let now = if self.facts.looped { sys.now() } else { sys.after(Duration::millis(1)) };
        if let Some(job) = self.due(now) {
            return self.start(sys, job);
        }
        if let Some(job) = self.finished.pop_front() {
            return self.start(sys, job);
        }
        self.facts.looped = true;
        // What was written may bring an answer at once.
        sys.flush();
        let events = self.handles.poll(sys);
        if !events.is_empty() {
            events.into_iter().for_each(|event| self.note(event));
            return None;
        }
        if let Some((_, job)) = self.immediates.pop_front() {
            return self.start(sys, job);
        }
        self.rest(sys)
    }

    /// Nothing is to be done now: waits, or ends.
    fn rest(&mut self, sys: &mut Sys<'_>) -> Option<Step> {
        let alive = self.handles.keep_alive() || self.timers.values().any(|t| t.keeps_alive);
        if alive {
            let mut wait = self.handles.wait();
            if let Some((due, _)) = self.timers.keys().next() {
                wait = wait.or_until(Time(*due));
            }
            return Some(Step::Block(wait));
        }
        let Some(hook) = self.hooks.get("exit").cloned() else { return Some(Step::Exit(0)) };
        let result = self.call(sys, hook, Value::Undefined, vec![], Ret::Top);
        self.started(sys, result)
    }

    /// The next timer that is due.
    fn due(&mut self, now: Time) -> Option<Job> {
        let at = self.timers.keys().next().copied().filter(|(due, _)| *due <= now.0)?;
        let timer: Timer = self.timers.remove(&at)?;
        if let Some(every) = timer.every {
            let next = (now + Duration::millis(every as i64)).0;
            self.timers.insert((next, timer.id), timer.clone());
        }
        Some(Job::Call(timer.callback, timer.args))
    }

    /// Turns what came into calls.
    fn note(&mut self, event: Event) {
        let (callback, args) = match event {
            Event::Connection(callback, fd) => (callback, vec![Value::Num(f64::from(fd))]),
            Event::Data(callback, data) => {
                self.heap.fresh += data.len();
                let bytes = builtins_make(self, data);
                (callback, vec![Value::text("data"), bytes])
            }
            Event::End(callback) => (callback, vec![Value::text("end")]),
            Event::Failed(callback, code) => (callback, vec![Value::text("error"), code.into()]),
            Event::Exited(callback, exit) => {
                let (code, signal) = match exit {
                    Exit::Code(code) => (Value::Num(f64::from(code & 0xff)), Value::Null),
                    Exit::Signal(signal) => (Value::Null, Value::from(format!("SIG{}", signal.name()))),
                };
                (callback, vec![code, signal])
            }
        };
        self.finished.push_back(Job::Call(callback, args));
    }

    fn unhandled(&mut self, sys: &mut Sys<'_>, id: Id) -> Option<Step> {
        let Kind::Promise(promise) = &self.heap.get(id).kind else { return None };
        if promise.handled {
            return None;
        }
        match promise.state.clone() {
            Promised::Broken(error) => self.uncaught(sys, error, true),
            _ => None,
        }
    }
}

fn builtins_make(vm: &mut Vm, data: Vec<u8>) -> Value {
    Value::Obj(vm.heap.add(super::value::Object::of(super::realm::BUFFER, Kind::Bytes(data))))
}

/// As node ends where its heap is full: a message and SIGABRT.
fn out_of_memory(sys: &mut Sys<'_>) -> Step {
    let pid = sys.vpid();
    sys.eprint(&format!(
        "\n<--- Last few GCs --->\n\n\n<--- JS stacktrace --->\n\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n[{pid}:0x0] Aborted (core dumped)\n"
    ));
    let me = sys.pid();
    if let Some(abort) = Signal::from_number(6)
        && pid != 1
        && sys.kill(me, abort).is_ok()
    {
        return Step::Block(Wait::signal());
    }
    Step::Exit(134)
}
