//! The process, timers, children, compiling and printing, for the library.

use super::super::code::{Source, Unit};
use super::super::errors::{ARROW, PLACE};
use super::super::lexer::Fault;
use super::super::parser::Goal;
use super::super::realm;
use super::super::value::{Closure, Kind, Object, Prop, Value};
use super::super::vm::{Job, Res, Timer, Trap, Vm};
use super::buffer::data_of;
use super::{Entry, arg, entry_of};
use crate::base::Duration;
use crate::coreutils::{child, environment};
use crate::kernel::{Disposition, Read, Signal, Sys, Wait};

pub const TABLE: &[Entry] = &[
    entry_of("%write", 2, |vm, sys, _, a| {
        let fd = vm.whole(arg(a, 0))? as i32;
        let data = data_of(vm, arg(a, 1))?;
        vm.cost += data.len() as u64 / 16;
        sys.write(fd, &data);
        Ok(Value::Undefined)
    }),
    entry_of("%exit", 1, |vm, _, _, a| Err(Trap::Exit(vm.whole(arg(a, 0))? as i32 & 0xff))),
    entry_of("%args", 0, |vm, sys, _, _| {
        let list = sys.args().iter().map(|s| Value::text(s)).collect();
        Ok(vm.new_array(list))
    }),
    entry_of("%env", 0, |vm, sys, _, _| {
        let all = environment(sys);
        let id = vm.new_object();
        for (name, value) in all {
            vm.define(id, name.as_str().into(), Prop::open(value.into()));
        }
        Ok(Value::Obj(id))
    }),
    entry_of("%fact", 1, fact),
    entry_of("%chdir", 1, |vm, sys, _, a| {
        let path = vm.text(arg(a, 0))?;
        match sys.chdir(&path) {
            Ok(()) => Ok(Value::Undefined),
            Err(e) => {
                let from = sys.cwd();
                super::files::fault(vm, e, &format!("chdir '{from}' -> '{path}'"), None, None)
            }
        }
    }),
    entry_of("%clock", 0, |vm, sys, _, _| {
        Ok(Value::Num((sys.now() - vm.facts.started).0 as f64 / 1e6 + vm.cost as f64 / 16_000.0))
    }),
    entry_of("%timer", 5, |vm, sys, _, a| {
        let wanted = vm.number(arg(a, 1))?;
        let span = if (1.0..=2_147_483_647.0).contains(&wanted) { wanted.trunc() } else { 1.0 };
        vm.next_timer += 1;
        let id = vm.next_timer;
        let due = sys.after(Duration::millis(span as i64)).0;
        let args = vm.elements(arg(a, 3));
        let every = arg(a, 2).truthy().then_some(span);
        let timer = Timer {
            callback: arg(a, 0).clone(),
            args,
            every,
            id,
            keeps_alive: true,
            object: arg(a, 4).clone(),
        };
        vm.timers.insert((due, id), timer);
        Ok(Value::Num(id as f64))
    }),
    entry_of("%clearTimer", 1, |vm, _, _, a| {
        let id = vm.number(arg(a, 0))? as u64;
        vm.timers.retain(|_, t| t.id != id);
        Ok(Value::Undefined)
    }),
    entry_of("%timerKeeps", 2, |vm, _, _, a| {
        let id = vm.number(arg(a, 0))? as u64;
        let keeps = arg(a, 1).truthy();
        vm.timers.values_mut().filter(|t| t.id == id).for_each(|t| t.keeps_alive = keeps);
        Ok(Value::Undefined)
    }),
    entry_of("%immediate", 2, |vm, _, _, a| {
        vm.next_timer += 1;
        let id = vm.next_timer;
        let args = vm.elements(arg(a, 1));
        vm.immediates.push_back((id, Job::Call(arg(a, 0).clone(), args)));
        Ok(Value::Num(id as f64))
    }),
    entry_of("%clearImmediate", 1, |vm, _, _, a| {
        let id = vm.number(arg(a, 0))? as u64;
        vm.immediates.retain(|(other, _)| *other != id);
        Ok(Value::Undefined)
    }),
    // Calls a function when input and output are looked at next.
    entry_of("%later", 1, |vm, _, _, a| {
        vm.finished.push_back(Job::Call(arg(a, 0).clone(), a.get(1..).unwrap_or_default().to_vec()));
        Ok(Value::Undefined)
    }),
    entry_of("%onSignal", 2, |vm, sys, _, a| {
        let name = vm.plain_text(arg(a, 0));
        let Some(signal) = Signal::parse(&name) else { return Ok(false.into()) };
        if arg(a, 1).object().is_some() {
            sys.on_signal(signal, Some(Disposition::Handle));
            vm.handles.signals.insert(signal.number(), arg(a, 1).clone());
        } else {
            sys.on_signal(signal, None);
            vm.handles.signals.remove(&signal.number());
        }
        Ok(true.into())
    }),
    entry_of("%kill", 2, |vm, sys, _, a| {
        let (vpid, name) = (vm.whole(arg(a, 0))? as u32, vm.plain_text(arg(a, 1)));
        let zero = name == "0";
        let signal = Signal::parse(&name);
        let target = sys.find_vpid(vpid);
        let result = match (target, signal) {
            (None, _) => Err(crate::base::Errno::ESRCH),
            (Some(_), _) if zero => Ok(()),
            (Some(pid), Some(signal)) => sys.kill(pid, signal),
            (_, None) => Err(crate::base::Errno::EINVAL),
        };
        match result {
            Ok(()) => Ok(true.into()),
            Err(e) => {
                let text = format!("kill {e:?}");
                let error = vm.error(realm::ERROR, &text);
                if let Value::Obj(id) = error {
                    let props = &mut vm.heap.get_mut(id).props;
                    props.insert("errno".into(), Prop::open(Value::Num(-f64::from(e.code()))));
                    props.insert("code".into(), Prop::open(format!("{e:?}").into()));
                    props.insert("syscall".into(), Prop::open(Value::text("kill")));
                }
                Err(Trap::Throw(error))
            }
        }
    }),
    entry_of("%spawn", 4, spawn),
    entry_of("%waitFor", 1, wait_for),
    entry_of("%compile", 4, compile),
    entry_of("%inspect", 4, |vm, _, _, a| {
        let depth = match arg(a, 1) {
            Value::Num(n) if n.is_finite() => *n as usize,
            Value::Null | Value::Num(_) => usize::MAX,
            _ => 2,
        };
        let (colors, width) = (arg(a, 2).truthy(), arg(a, 3));
        let width = if let Value::Num(n) = width { *n } else { 80.0 };
        Ok(super::super::inspect::inspect(vm, arg(a, 0), depth, colors, width as usize).into())
    }),
    entry_of("%library", 1, |vm, _, _, a| {
        let name = vm.plain_text(arg(a, 0));
        match vm.library(&name) {
            Ok(found) => Ok(found.unwrap_or_default()),
            Err(fault) => Err(Trap::Missing(fault)),
        }
    }),
    entry_of("%errorArrow", 2, error_arrow),
    entry_of("%readStdin", 0, |vm, sys, _, _| match sys.stdin_to_end() {
        Ok(bytes) => Ok(super::buffer::make(vm, realm::BUFFER, bytes)),
        Err(crate::kernel::Stop::Wait(wait)) => Err(Trap::Block(wait)),
        Err(_) => Err(Trap::Exit(1)),
    }),
];

fn fact(vm: &mut Vm, sys: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let tty = |sys: &Sys<'_>, fd| Value::Bool(sys.is_tty(fd));
    let me = sys.me().map_or((0, 0, String::new()), |me| (me.cred.uid, me.cred.gid, me.exe.clone()));
    let memory =
        sys.kernel().namespace(sys.me().map_or(Default::default(), |m| m.ns)).and_then(|ns| ns.limits.memory);
    Ok(match vm.plain_text(arg(args, 0)).as_str() {
        "cwd" => sys.cwd().into(),
        "pid" => Value::Num(f64::from(sys.vpid())),
        "ppid" => {
            let parent = sys.me().map(|m| m.parent).unwrap_or_default();
            Value::Num(f64::from(if sys.vpid() == 1 { 0 } else { sys.vpid_of(parent) }))
        }
        "hostname" => sys.hostname().into(),
        "version" => Value::text(&vm.facts.version),
        "uid" => Value::Num(f64::from(me.0)),
        "gid" => Value::Num(f64::from(me.1)),
        "exe" => me.2.into(),
        "tty0" => tty(sys, 0),
        "tty1" => tty(sys, 1),
        "tty2" => tty(sys, 2),
        "columns" => sys.tty_size(1).map_or(Value::Undefined, |(_, c)| Value::Num(f64::from(c))),
        "totalmem" => Value::Num(crate::kernel::MEMORY_KB as f64 * 1024.0),
        "memlimit" => memory.map_or(Value::Undefined, |m| Value::Num(m as f64)),
        "uptime" => Value::Num((sys.now() - sys.kernel().boot).0 as f64 / 1e9),
        "now" => Value::Num((sys.now().0 / 1_000_000) as f64),
        "held" => Value::Num((vm.heap.held + vm.heap.fresh) as f64),
        _ => Value::Undefined,
    })
}

/// Arguments, standard descriptors (`inherit`, `ignore`, `pipe` for output), environment pairs or undefined, directory:
/// `[pid, stdout, stderr, stdin, host pid]`, or the code of why not.
fn spawn(vm: &mut Vm, sys: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let argv: Vec<String> = vm.elements(arg(args, 0)).iter().map(|v| vm.plain_text(v)).collect();
    let how: Vec<String> = vm.elements(arg(args, 1)).iter().map(|v| vm.plain_text(v)).collect();
    let argv = match arg(args, 2) {
        Value::Obj(_) => {
            let pairs = vm.elements(arg(args, 2)).iter().map(|v| vm.plain_text(v)).collect::<Vec<_>>();
            ["env".to_string(), "-i".to_string()].into_iter().chain(pairs).chain(argv).collect()
        }
        _ => argv,
    };
    let before = sys.cwd();
    if let Value::Str(dir) = arg(args, 3)
        && sys.chdir(dir).is_err()
    {
        return Ok(Value::text("ENOENT"));
    }
    let mut ours = [None, None, None];
    let mut saved = [None, None, None];
    for fd in 0..3_i32 {
        let way = how.get(fd as usize).map_or("pipe", String::as_str);
        if way == "inherit" {
            continue;
        }
        let at = fd as usize;
        saved[at] = sys.dup_above(fd, 10).ok();
        if way == "ignore" {
            if let Ok(null) = sys.open("/dev/null", crate::kernel::OpenFlags::BOTH, 0) {
                let _was_open = sys.dup_to(null, fd);
                let _was_open = sys.close(null);
            }
        } else if let Ok((r, w)) = sys.pipe() {
            let (theirs, kept) = if fd == 0 { (r, w) } else { (w, r) };
            let _was_open = sys.dup_to(theirs, fd);
            let _was_open = sys.close(theirs);
            ours[at] = sys.dup_above(kept, 10).ok();
            let _was_open = sys.close(kept);
        }
    }
    let started = child(sys, &argv, false);
    for (fd, copy) in saved.iter().enumerate() {
        if let Some(copy) = copy {
            let _was_open = sys.dup_to(*copy, fd as i32);
            let _was_open = sys.close(*copy);
        }
    }
    let _back = sys.chdir(&before);
    let fd = |fd: Option<i32>| fd.map_or(Value::Null, |fd| Value::Num(f64::from(fd)));
    match started {
        Ok(pid) => {
            let vpid = sys.vpid_of(pid);
            let list = vec![
                Value::Num(f64::from(vpid)),
                fd(ours[1]),
                fd(ours[2]),
                fd(ours[0]),
                Value::Num(f64::from(pid.0)),
            ];
            if vm.is_callable(arg(args, 4)) {
                vm.handles.children.insert(pid, arg(args, 4).clone());
            }
            Ok(vm.new_array(list))
        }
        Err(e) => {
            for fd in ours.into_iter().flatten() {
                let _was_open = sys.close(fd);
            }
            Ok(format!("{e:?}").into())
        }
    }
}

/// Waits for a child whose output goes into two descriptors: `[status, output, errors]`. The state is an array that the
/// library made: host pid, descriptors, collected bytes.
fn wait_for(vm: &mut Vm, sys: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let state = vm.elements(arg(args, 0));
    let number = |at: usize| state.get(at).and_then(|v| if let Value::Num(n) = v { Some(*n) } else { None });
    let Some(pid) = number(0).map(|n| crate::kernel::Pid(n as u32)) else { return Ok(Value::Null) };
    let mut wait = Wait::child();
    for at in [1, 2] {
        let Some(fd) = number(at).map(|n| n as i32) else { continue };
        loop {
            match sys.read(fd, 64 << 10) {
                Ok(Read::Data(data)) => {
                    if let Some(Kind::Bytes(bytes)) =
                        state.get(at + 2).and_then(Value::object).map(|id| &mut vm.heap.get_mut(id).kind)
                    {
                        bytes.extend(data);
                    }
                }
                Ok(Read::Wait) => {
                    wait = wait.or_readable(fd);
                    break;
                }
                Ok(Read::End) | Err(_) => {
                    let _was_open = sys.close(fd);
                    if let Some(Kind::Array(list)) =
                        arg(args, 0).object().map(|id| &mut vm.heap.get_mut(id).kind)
                    {
                        list[at] = Value::Null;
                    }
                    break;
                }
            }
        }
    }
    if !wait.read.is_empty() {
        return Err(Trap::Block(wait));
    }
    match sys.wait(Some(pid)) {
        Ok(Some((_, exit))) => {
            let signal = if let crate::kernel::Exit::Signal(s) = exit {
                Value::from(format!("SIG{}", s.name()))
            } else {
                Value::Null
            };
            Ok(vm.new_array(vec![Value::Num(f64::from(exit.status())), signal]))
        }
        Ok(None) => Err(Trap::Block(Wait::child())),
        Err(_) => Ok(vm.new_array(vec![Value::Num(1.0), Value::Null])),
    }
}

/// File, text, goal (`script`, `module`, `library`, `prompt`), parameters: the function, and for a module its imports
/// too. A text that is no script throws; an unfinished line of the prompt gives null.
fn compile(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let (file, text) = (vm.text(arg(args, 0))?, vm.text(arg(args, 1))?);
    let goal = match vm.plain_text(arg(args, 2)).as_str() {
        "module" => Goal::Module,
        "library" => Goal::Library,
        "prompt" => Goal::Prompt,
        _ => Goal::Script,
    };
    let params = vm.elements(arg(args, 3)).iter().map(|v| vm.plain_text(v)).collect();
    vm.cost += text.len() as u64 / 4;
    let source = Source { file: file.clone(), text: text.clone(), goal, params };
    let unit = match Unit::new(source) {
        Ok(unit) => unit,
        Err(Fault::Missing(what)) => return Err(Trap::Missing(format!("{what} ({file})"))),
        Err(Fault::Syntax(at, len, what)) => {
            let unfinished = what == "Unexpected end of input" || what == "Unterminated template literal";
            if goal == Goal::Prompt && unfinished {
                return Ok(Value::Null);
            }
            return syntax_error(vm, &file, &text, (at, len), &what, goal);
        }
    };
    let code = unit.compiled.codes.len() as u32 - 1;
    let imports: Vec<Value> = unit.compiled.imports.iter().map(|i| Value::Str(i.clone())).collect();
    vm.units.push(unit);
    let closure =
        Closure { unit: vm.units.len() as u32 - 1, code, cells: [].into(), home: None, fields: None };
    let function = Value::Obj(vm.heap.add(Object::of(realm::FUNCTION, Kind::Function(closure))));
    if goal != Goal::Module {
        return Ok(function);
    }
    let imports = vm.new_array(imports);
    Ok(vm.new_array(vec![function, imports]))
}

fn syntax_error(
    vm: &mut Vm,
    file: &str,
    text: &str,
    (at, len): (usize, usize),
    what: &str,
    goal: Goal,
) -> Res<Value> {
    let error = vm.error(realm::SYNTAX_ERROR, what);
    let at = at.min(text.len());
    let before = text.get(..at).unwrap_or("");
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    let shown = text.get(start..).and_then(|t| t.lines().next()).unwrap_or("");
    let url = if goal == Goal::Module { "file://" } else { "" };
    let column = text.get(start..at).map_or(0, |t| t.chars().count());
    let room = shown.chars().count().saturating_sub(column);
    let marks = "^".repeat(len.clamp(1, room.max(1)));
    let arrow = if at >= text.trim_end().len() && what.ends_with("end of input") {
        format!("{url}{file}:{line}\n{shown}\n\n")
    } else {
        format!("{url}{file}:{line}\n{shown}\n{}{marks}\n", " ".repeat(column))
    };
    if let Value::Obj(id) = error {
        vm.heap.get_mut(id).props.insert(ARROW.into(), Prop::hidden(arrow.into()));
    }
    Err(Trap::Throw(error))
}

/// Error, whether it comes of a promise: the lines before the report: file and line, the line, a caret.
fn error_arrow(vm: &mut Vm, _: &mut Sys<'_>, _: &Value, args: &[Value]) -> Res<Value> {
    let hidden = |vm: &Vm, name: &str| {
        let id = arg(args, 0).object()?;
        match vm.heap.get(id).props.get(&name.into()).map(|p| p.slot.clone()) {
            Some(super::super::value::Slot::Value(Value::Str(text))) => Some(text),
            _ => None,
        }
    };
    if let Some(arrow) = hidden(vm, ARROW) {
        return Ok(Value::Str(arrow));
    }
    let made = hidden(vm, PLACE).and_then(|text| {
        let (unit, place) = text.split_once(':')?;
        Some((unit.parse().ok()?, place.parse().ok()?))
    });
    let thrown = vm.thrown.take().filter(|(error, _)| error == arg(args, 0)).map(|(_, place)| place);
    let place = if arg(args, 1).truthy() { made.or(thrown) } else { thrown.or(made) };
    let Some((unit, place)) = place else { return Ok(Value::text("")) };
    let Some(unit) = vm.units.get(unit as usize).filter(|u| u.source.goal != Goal::Library) else {
        return Ok(Value::text(""));
    };
    let (line, column) = unit.line_column(place);
    let shown = unit.source.text.lines().nth(line - 1).unwrap_or("");
    let url = if unit.source.goal == Goal::Module { "file://" } else { "" };
    let blank = |c: char| if c == '\t' { '\t' } else { ' ' };
    let indent: String = shown.chars().take(column - 1).map(blank).collect();
    Ok(format!("{url}{}:{line}\n{shown}\n{indent}^\n", unit.source.file).into())
}
