//! What `sys` and the streams are made from.

use super::{Entry, text};
use crate::engine::languages::python::machine::{Args, Buffering, Got, Value, Vm};
use crate::kernel::{Read, Wait};

pub const ENTRIES: &[Entry] = &[
    ("argv", argv, 0, 0),
    ("search_path", search_path, 0, 0),
    ("set_search_path", set_search_path, 1, 1),
    ("version", |vm, _| { let v = vm.m.version.clone(); vm.string(v) }, 0, 0),
    ("environ", environ, 0, 0),
    ("exit_now", |vm, a| Err(crate::engine::languages::python::machine::Trap::Exit(vm.int_arg(&a.at(0))? as i32)), 1, 1),
    ("out", out, 1, 1),
    ("flush", |vm, _| { flush_out(vm); Ok(Value::None) }, 0, 0),
    ("err", err, 1, 1),
    ("read_line", read_line, 0, 0),
    ("read_all", read_all, 0, 0),
    ("is_tty", |vm, a| { let fd = vm.int_arg(&a.at(0))?; Ok(Value::Bool(vm.sys.is_tty(fd as i32))) }, 1, 1),
    ("random", |vm, _| { let n = vm.sys.random(); vm.number(num_bigint::BigInt::from(n)) }, 0, 0),
    ("recursion_limit", recursion_limit, 0, 1),
    ("handled", |vm, _| Ok(vm.handled().unwrap_or_default()), 0, 0),
    ("traceback", traceback, 1, 1),
    ("stack_text", stack_text, 1, 1),
    ("missing", |vm, a| { let what = text(vm, &a.at(0))?; vm.missing(what) }, 1, 1),
    ("at_exit", |vm, a| { vm.m.keep("atexit", a.at(0)); Ok(Value::None) }, 1, 1),
    ("line_of", line_of, 1, 1),
];

/// What standard output holds before it goes out, in bytes.
const BUFFER: usize = 8192;

/// Writes to standard output, which keeps what it gets until it is full unless it is told otherwise.
pub fn write_out(vm: &mut Vm<'_, '_>, text: &str) {
    vm.m.out.extend_from_slice(text.as_bytes());
    let full = match vm.m.buffering {
        Buffering::Full => vm.m.out.len() > BUFFER,
        Buffering::Line => text.contains('\n') || vm.m.out.len() > BUFFER,
        Buffering::None => true,
    };
    if full {
        flush_out(vm);
    }
}

/// The stream that the script has put in place of standard output.
pub fn redirected(vm: &Vm<'_, '_>) -> Option<Value> {
    use crate::engine::languages::python::machine::Obj;
    let module = vm.m.heap.dict(vm.m.modules)?.text("sys")?.id()?;
    let Obj::Module(_, dict) = vm.m.heap.get(module) else { return None };
    let dict = vm.m.heap.dict(*dict)?;
    let (now, first) = (dict.text("stdout")?, dict.text("__stdout__")?);
    (now != first).then(|| now.clone())
}

/// Lets standard output go.
pub fn flush_out(vm: &mut Vm<'_, '_>) {
    let out = std::mem::take(&mut vm.m.out);
    vm.sys.write(1, &out);
}

fn texts(vm: &mut Vm<'_, '_>, items: Vec<String>) -> Got {
    let items = items.into_iter().map(|t| Value::Str(t.into())).collect();
    Ok(vm.list(items))
}

fn argv(vm: &mut Vm<'_, '_>, _: Args<'_>) -> Got {
    let argv = vm.m.argv.clone();
    texts(vm, argv)
}

fn search_path(vm: &mut Vm<'_, '_>, _: Args<'_>) -> Got {
    let path = vm.m.path.clone();
    texts(vm, path)
}

fn set_search_path(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let mut path = vec![];
    for item in vm.list_of(&args.at(0))? {
        path.push(text(vm, &item)?);
    }
    vm.m.path = path;
    Ok(Value::None)
}

fn environ(vm: &mut Vm<'_, '_>, _: Args<'_>) -> Got {
    let env = crate::coreutils::environment(vm.sys);
    let dict = super::running::empty(vm);
    for (name, value) in env {
        vm.dict_set(&dict, Value::Str(name.into()), Value::Str(value.into()))?;
    }
    Ok(dict)
}

fn out(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let text = text(vm, &args.at(0))?;
    write_out(vm, &text);
    Ok(Value::Int(text.chars().count() as i64))
}

fn err(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let text = text(vm, &args.at(0))?;
    vm.sys.eprint(&text);
    Ok(Value::Int(text.chars().count() as i64))
}

/// Reads more of standard input; false at its end.
fn more(vm: &mut Vm<'_, '_>) -> Got<bool> {
    if vm.m.input_ended {
        return Ok(false);
    }
    match vm.sys.read(0, 64 << 10) {
        Ok(Read::Data(data)) => {
            vm.claim(data.len())?;
            vm.m.input.extend(data);
            Ok(true)
        }
        Ok(Read::Wait) => {
            flush_out(vm);
            Err(crate::engine::languages::python::machine::Trap::Block(Wait::readable(0)))
        }
        _ => {
            vm.m.input_ended = !vm.sys.is_tty(0);
            Ok(false)
        }
    }
}

fn read_line(vm: &mut Vm<'_, '_>, _: Args<'_>) -> Got {
    loop {
        if let Some(at) = vm.m.input.iter().position(|b| *b == b'\n') {
            let line: Vec<u8> = vm.m.input.drain(..=at).collect();
            return vm.bytes(line);
        }
        if !more(vm)? {
            let rest = std::mem::take(&mut vm.m.input);
            return vm.bytes(rest);
        }
    }
}

fn read_all(vm: &mut Vm<'_, '_>, _: Args<'_>) -> Got {
    while more(vm)? {}
    let rest = std::mem::take(&mut vm.m.input);
    vm.bytes(rest)
}

fn recursion_limit(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    if let Some(limit) = args.get(0) {
        vm.m.recursion_limit = vm.int_arg(limit)?.clamp(10, 20_000) as usize;
    }
    Ok(Value::Int(vm.m.recursion_limit as i64))
}

fn traceback(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let text = vm.traceback(&args.at(0));
    vm.string(text)
}

fn stack_text(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let text = vm.frames_text(&args.at(0));
    vm.string(text)
}

/// Line and function where an exception came up.
fn line_of(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let place = args.at(0).id().and_then(|id| vm.m.heap.instance(id)).and_then(|i| i.trace.last().copied());
    let code = place.and_then(|(code, at)| Some((vm.m.codes.get(code)?.clone(), at)));
    let line = code.and_then(|(code, at)| code.spans.get(at as usize).map(|s| s.line)).unwrap_or(0);
    Ok(Value::Int(i64::from(line)))
}

