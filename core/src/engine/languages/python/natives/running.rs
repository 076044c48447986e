//! Built-in functions that compile and run, and those that look at the frames.

use super::{Entry, text};
use crate::engine::languages::python::compile::Mode;
use crate::engine::languages::python::machine::{Args, Dict, Frame, Got, Id, Obj, PyFrame, Source, Value, Vm};

pub const ENTRIES: &[Entry] = &[
    ("globals", globals, 0, 0),
    ("locals", locals, 0, 0),
    ("eval", eval, 1, 3),
    ("exec", exec, 1, 3),
    ("compile", compile, 3, 6),
    ("__import__", import, 1, 5),
];

impl Vm<'_, '_> {
    /// The frame of the script that called the present native.
    pub fn caller(&self) -> Option<&PyFrame> {
        let frames = &self.m.threads.get(self.thread)?.frames;
        frames.iter().rev().find_map(|frame| match frame {
            Frame::Py(frame) => Some(&**frame),
            _ => None,
        })
    }
}

fn globals(vm: &mut Vm<'_, '_>, _: Args<'_>) -> Got {
    // The frame that runs is off the stack: only what it was begun with is known here.
    match vm.present_globals() {
        Some(id) => Ok(Value::Obj(id)),
        None => Ok(Value::Obj(vm.m.main)),
    }
}

pub fn locals(vm: &mut Vm<'_, '_>, _: Args<'_>) -> Got {
    match vm.present_names() {
        Some(id) => Ok(Value::Obj(id)),
        None => Ok(Value::Obj(vm.m.main)),
    }
}

/// Where the names of evaluated text are found: globals, then names.
fn spaces(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got<(Id, Id)> {
    let globals = match args.get(1).and_then(|v| vm.dict_id(v)) {
        Some(id) => id,
        None => vm.present_globals().unwrap_or(vm.m.main),
    };
    let own = vm.present_names().filter(|_| args.get(1).is_none());
    let names = args.get(2).and_then(|v| vm.dict_id(v)).or(own).unwrap_or(globals);
    Ok((globals, names))
}

fn run(vm: &mut Vm<'_, '_>, args: Args<'_>, mode: Mode) -> Got {
    let (globals, names) = spaces(vm, args)?;
    let code = match vm.items_of(&args.at(0)) {
        Some(items) => items.first().cloned().unwrap_or_default(),
        None => {
            let source = text(vm, &args.at(0))?;
            vm.once(|vm| add(vm, "<string>", source, mode))?
        }
    };
    let Value::Int(code) = code else { return vm.missing("this code") };
    let frame = vm.frame_of(code as u32, globals, names)?;
    vm.run_frame_of(frame)
}

fn add(vm: &mut Vm<'_, '_>, file: &str, source: String, mode: Mode) -> Got {
    vm.work(source.len());
    if vm.m.codes.sources.len() > 20_000 {
        return vm.missing("more than 20,000 evaluated texts");
    }
    match vm.m.codes.add(Source { file: file.into(), text: Some(source), mode }) {
        Ok(code) => Ok(Value::Int(i64::from(code))),
        Err(trouble) => Err(vm.syntax_trap(trouble, file)),
    }
}

fn eval(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    run(vm, args, Mode::Expression)
}

fn exec(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    run(vm, args, Mode::Module).map(|_| Value::None)
}

/// A compiled text is a tuple of the number of its code.
fn compile(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (source, file, mode) = (text(vm, &args.at(0))?, text(vm, &args.at(1))?, text(vm, &args.at(2))?);
    let mode = match mode.as_str() {
        "eval" => Mode::Expression,
        "exec" => Mode::Module,
        "single" => Mode::Prompt,
        _ => return Err(vm.value_error("compile() mode must be 'exec', 'eval' or 'single'")),
    };
    let code = add(vm, &file, source, mode)?;
    Ok(vm.tuple(vec![code]))
}

fn import(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let name = text(vm, &args.at(0))?;
    let module = vm.module(&name)?;
    match name.split_once('.') {
        Some((first, _)) if args.get(3).is_none() => vm.module(first),
        _ => Ok(module),
    }
}

/// An empty dictionary as a value.
pub fn empty(vm: &mut Vm<'_, '_>) -> Value {
    vm.new_obj(Obj::Dict(Dict::default()))
}
