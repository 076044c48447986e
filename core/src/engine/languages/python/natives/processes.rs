//! Processes, signals and threads.

use super::files::os_error;
use super::{Entry, MANY, text};
use crate::engine::languages::python::machine::{Args, Frame, Got, NativeFrame, Operation, Return, Thread, Trap, Value, Vm};
use crate::kernel::{Disposition, Exit, Pid, Signal, Wait};

pub const ENTRIES: &[Entry] = &[
    ("pid", |vm, _| Ok(Value::Int(i64::from(vm.sys.vpid()))), 0, 0),
    ("parent", parent, 0, 0),
    ("ids", ids, 0, 0),
    ("kill", kill, 2, 2),
    ("on_signal", on_signal, 2, 2),
    ("get_handler", get_handler, 1, 1),
    ("run", run, 3, 3),
    ("wait", wait, 1, 1),
    ("pipe", pipe, 0, 0),
    ("exec", exec, 1, 1),
    ("start_thread", start_thread, 3, 3),
    ("thread_alive", thread_alive, 1, 1),
    ("join_thread", join_thread, 2, 2),
    ("this_thread", this_thread, 0, 0),
    ("thread_count", |vm, _| Ok(Value::Int(vm.m.threads.len() as i64)), 0, 0),
    ("yield_turn", yield_turn, 0, MANY),
];

/// The most threads a script may have.
const MAX_THREADS: usize = 256;

fn parent(vm: &mut Vm<'_, '_>, _: Args<'_>) -> Got {
    let parent = vm.sys.me().map(|me| me.parent).ok();
    Ok(Value::Int(parent.map_or(0, |p| i64::from(vm.sys.vpid_of(p)))))
}

fn ids(vm: &mut Vm<'_, '_>, _: Args<'_>) -> Got {
    let (uid, gid) = vm.sys.me().map_or((0, 0), |me| (me.cred.uid, me.cred.gid));
    Ok(vm.tuple(vec![Value::Int(i64::from(uid)), Value::Int(i64::from(gid))]))
}

fn signal(vm: &mut Vm<'_, '_>, value: &Value) -> Got<Signal> {
    let n = vm.int_arg(value)?;
    match Signal::from_number(n) {
        Some(signal) => Ok(signal),
        None => Err(vm.value_error("signal number out of range")),
    }
}

fn kill(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let pid = vm.int_arg(&args.at(0))?;
    let found = u32::try_from(pid).ok().and_then(|pid| vm.sys.find_vpid(pid));
    let Some(found) = found else { return Err(os_error(vm, crate::base::Errno::ESRCH, None)) };
    if vm.int_arg(&args.at(1))? == 0 {
        return Ok(Value::None);
    }
    let signal = signal(vm, &args.at(1))?;
    super::flush_out(vm);
    match vm.sys.kill(found, signal) {
        Ok(()) => Ok(Value::None),
        Err(e) => Err(os_error(vm, e, None)),
    }
}

/// Sets the handler of a signal (0: the default, 1: ignored, or a function) and gives the one before.
fn on_signal(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let signal = signal(vm, &args.at(0))?;
    if signal.is_uncatchable() {
        return Err(os_error(vm, crate::base::Errno::EINVAL, None));
    }
    let handler = args.at(1);
    let before = handler_of(vm, signal.number());
    let disposition = match handler {
        Value::Int(0) => None,
        Value::Int(1) => Some(Disposition::Ignore),
        _ => Some(Disposition::Handle),
    };
    vm.sys.on_signal(signal, disposition);
    vm.m.handlers.retain(|(n, _)| *n != signal.number());
    vm.m.handlers.push((signal.number(), handler));
    Ok(before)
}

fn handler_of(vm: &Vm<'_, '_>, signal: i32) -> Value {
    vm.m.handlers.iter().find(|(n, _)| *n == signal).map_or(Value::Int(0), |(_, v)| v.clone())
}

fn get_handler(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let n = vm.int_arg(&args.at(0))?;
    Ok(handler_of(vm, n as i32))
}

fn words(vm: &mut Vm<'_, '_>, value: &Value) -> Got<Vec<String>> {
    let mut out = vec![];
    for item in vm.list_of(value)? {
        let word = match vm.plain(&item) {
            Value::Str(_) => text(vm, &item)?,
            _ => vm.str(&item)?,
        };
        out.push(word);
    }
    Ok(out)
}

/// Starts a program with these descriptors as its standard streams; gives its number.
fn run(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let argv = words(vm, &args.at(0))?;
    let mut streams = vec![];
    for fd in vm.list_of(&args.at(1))? {
        streams.push(if fd == Value::None { None } else { Some(vm.int_arg(&fd)? as i32) });
    }
    let cwd = if args.at(2) == Value::None { None } else { Some(text(vm, &args.at(2))?) };
    super::flush_out(vm);
    vm.sys.flush();
    let mut kept = vec![];
    for (to, from) in streams.iter().enumerate() {
        if let Some(from) = from {
            let copy = vm.sys.dup_above(to as i32, 20).ok();
            kept.push((to as i32, copy));
            if let Err(e) = vm.sys.dup_to(*from, to as i32) {
                return Err(os_error(vm, e, None));
            }
        }
    }
    let before = vm.sys.cwd();
    let moved = cwd.as_ref().map_or(Ok(()), |cwd| vm.sys.chdir(cwd));
    let started = moved.and_then(|()| crate::coreutils::child(vm.sys, &argv, false));
    if cwd.is_some() {
        let _back_where_it_was = vm.sys.chdir(&before);
    }
    for (to, copy) in kept {
        if let Some(copy) = copy {
            let _both_are_open = vm.sys.dup_to(copy, to);
            let _is_open = vm.sys.close(copy);
        }
    }
    match started {
        Ok(pid) => Ok(Value::Int(i64::from(pid.0))),
        Err(e) => {
            let name = argv.first().cloned().unwrap_or_default();
            Err(os_error(vm, e, Some(&name)))
        }
    }
}

fn wait(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let pid = vm.int_arg(&args.at(0))?;
    match vm.sys.wait(Some(Pid(pid as u32))) {
        Ok(Some((_, Exit::Code(code)))) => Ok(Value::Int(i64::from(code & 0xff))),
        Ok(Some((_, Exit::Signal(signal)))) => Ok(Value::Int(-i64::from(signal.number()))),
        Ok(None) => Err(Trap::Block(Wait::child())),
        Err(e) => Err(os_error(vm, e, None)),
    }
}

fn pipe(vm: &mut Vm<'_, '_>, _: Args<'_>) -> Got {
    match vm.sys.pipe() {
        Ok((read, write)) => Ok(vm.tuple(vec![Value::Int(i64::from(read)), Value::Int(i64::from(write))])),
        Err(e) => Err(os_error(vm, e, None)),
    }
}

fn exec(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let argv = words(vm, &args.at(0))?;
    super::flush_out(vm);
    let env = crate::coreutils::environment(vm.sys);
    match crate::coreutils::replace(vm.sys, &argv, env) {
        Ok(_) => Err(Trap::Replaced),
        Err(e) => {
            let name = argv.first().cloned().unwrap_or_default();
            Err(os_error(vm, e, Some(&name)))
        }
    }
}

/// Starts a thread that calls a function; gives its number.
fn start_thread(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    if vm.m.threads.len() >= MAX_THREADS {
        return Err(vm.error("RuntimeError", "can't start new thread"));
    }
    let number = vm.m.next_thread;
    vm.m.next_thread += 1;
    let mut call = vec![args.at(0)];
    call.extend(vm.list_of(&args.at(1))?);
    let frame = NativeFrame { operation: Operation::Call, args: call, names: vec![], results: vec![], ret: Return::Discard };
    let daemon = vm.truth(&args.at(2))?;
    vm.m.threads.push(Thread { number, frames: vec![Frame::Native(Box::new(frame))], daemon, ..Thread::default() });
    Ok(Value::Int(i64::from(number)))
}

fn thread_alive(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let number = vm.int_arg(&args.at(0))?;
    Ok(Value::Bool(vm.m.threads.iter().any(|t| i64::from(t.number) == number)))
}

fn join_thread(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let number = vm.int_arg(&args.at(0))?;
    if !vm.m.threads.iter().any(|t| i64::from(t.number) == number) {
        return Ok(Value::Bool(true));
    }
    if args.at(1) == Value::None {
        return Err(Trap::Block(Wait::signal()));
    }
    let span = vm.float_arg(&args.at(1))?;
    let until = vm.once(|vm| Ok(Value::Int(vm.sys.after(crate::base::Duration::from_secs_f64(span)).0)))?;
    let at = crate::base::Time(vm.int_arg(&until)?);
    if vm.sys.now() >= at { Ok(Value::Bool(false)) } else { Err(Trap::Block(Wait::until(at))) }
}

fn this_thread(vm: &mut Vm<'_, '_>, _: Args<'_>) -> Got {
    Ok(Value::Int(vm.m.threads.get(vm.thread).map_or(0, |t| i64::from(t.number))))
}

/// Waits until another thread has done something; the first call of it only.
fn yield_turn(vm: &mut Vm<'_, '_>, _: Args<'_>) -> Got {
    if vm.has_answers() {
        return Ok(Value::None);
    }
    vm.once(|_| Ok(Value::None))?;
    if vm.m.threads.len() > 1 { Err(Trap::Block(Wait::signal())) } else { Err(Trap::Block(Wait::until(vm.sys.now()))) }
}
