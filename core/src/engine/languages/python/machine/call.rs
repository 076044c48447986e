//! Calls: functions become frames, natives are run, classes make instances.

use super::frame::{PyFrame, Return};
use super::heap::{Gen, Obj};
use super::vm::{Got, Trap, Vm};
use super::{Id, Value};
use crate::engine::languages::python::syntax::ast::Name;

/// What a call came to.
pub enum Called {
    Value(Value),
    /// A frame to run; its `ret` is the caller's to set.
    Frame(Box<PyFrame>),
}

impl Vm<'_, '_> {
    /// Begins a call.
    pub(super) fn prepare(&mut self, callee: &Value, mut args: Vec<Value>, names: &[(Name, Value)]) -> Got<Called> {
        match callee {
            Value::Native(number) => self.native(*number, &args, names).map(Called::Value),
            Value::Obj(id) => match self.m.heap.get(*id) {
                Obj::Func(_) => self.enter(*id, args, names),
                Obj::Method(function, this) => {
                    let function = function.clone();
                    args.insert(0, this.clone());
                    self.prepare(&function, args, names)
                }
                Obj::Class(_) => self.construct(*id, args, names),
                Obj::StaticMethod(function) => {
                    let function = function.clone();
                    self.prepare(&function, args, names)
                }
                _ => match self.special(callee, "__call__") {
                    Some(method) => {
                        args.insert(0, callee.clone());
                        self.deeper(|vm| vm.prepare(&method, args, names))
                    }
                    None => self.not_callable(callee),
                },
            },
            _ => self.not_callable(callee),
        }
    }

    fn not_callable(&mut self, callee: &Value) -> Got<Called> {
        let name = self.type_name(callee);
        Err(self.type_error(format!("'{name}' object is not callable")))
    }

    /// A frame for a function of the script, or the generator that it makes.
    fn enter(&mut self, id: Id, args: Vec<Value>, names: &[(Name, Value)]) -> Got<Called> {
        let Obj::Func(function) = self.m.heap.get(id) else { return self.missing("this call") };
        let (number, globals) = (function.code, function.globals);
        let Some(code) = self.m.codes.get(number).cloned() else { return self.missing("this call") };
        let simple = names.is_empty() && args.len() == code.params && code.keyword_only == 0;
        let mut locals = if simple && !code.star && !code.double_star {
            args
        } else {
            let function = function.clone();
            self.bind(&function, &code, args, names)?
        };
        locals.resize(code.locals.len(), Value::Unbound);
        let mut cells = Vec::with_capacity(code.cells.len() + code.free.len());
        for _ in &code.cells {
            cells.push(self.m.heap.alloc(Obj::Cell(Value::Unbound)));
        }
        for (cell, local) in &code.cell_arguments {
            let value = locals.get(*local as usize).cloned().unwrap_or(Value::Unbound);
            if let Some(Obj::Cell(place)) = cells.get(*cell as usize).and_then(|id| self.m.heap.get_mut(*id)) {
                *place = value;
            }
        }
        if let Obj::Func(function) = self.m.heap.get(id) {
            cells.extend(&function.closure);
        }
        let mut frame = PyFrame {
            code: number,
            at: 0,
            locals,
            stack: Vec::with_capacity(8),
            cells,
            blocks: vec![],
            handling: vec![],
            globals,
            names: None,
            generator: None,
            ret: Return::Push,
        };
        if !code.is_generator {
            if self.frames() >= self.m.recursion_limit {
                return Err(self.error("RecursionError", "maximum recursion depth exceeded"));
            }
            return Ok(Called::Frame(Box::new(frame)));
        }
        if code.is_async && code.yields {
            return self.missing("async generators");
        }
        let name = code.qualified.clone();
        let generator = Gen { frame: None, running: false, started: false, is_async: code.is_async, name };
        let at = self.m.heap.alloc(Obj::Gen(Box::new(generator)));
        frame.generator = Some(at);
        if let Some(Obj::Gen(generator)) = self.m.heap.get_mut(at) {
            generator.frame = Some(Box::new(frame));
        }
        Ok(Called::Value(Value::Obj(at)))
    }

    /// How many frames the present thread has.
    pub(super) fn frames(&self) -> usize {
        self.m.threads.get(self.thread).map_or(0, |t| t.frames.len() + 1)
    }

    /// A frame that runs a module or the body of a class.
    pub fn frame_of(&mut self, code: u32, globals: Id, names: Id) -> Got<PyFrame> {
        let Some(known) = self.m.codes.get(code).cloned() else { return Err(Trap::Missing("this code".into())) };
        let cells = known.cells.iter().map(|_| self.m.heap.alloc(Obj::Cell(Value::Unbound))).collect();
        Ok(PyFrame {
            code,
            at: 0,
            locals: vec![Value::Unbound; known.locals.len()],
            stack: vec![],
            cells,
            blocks: vec![],
            handling: vec![],
            globals,
            names: Some(names),
            generator: None,
            ret: Return::Push,
        })
    }
}
