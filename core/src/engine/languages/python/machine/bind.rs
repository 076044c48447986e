//! Arguments find their parameters, with Python's messages where they do not.

use super::heap::{Func, Obj};
use super::vm::{Got, Vm};
use super::{Dict, Value, hash_text};
use crate::engine::languages::python::compile::Code;
use crate::engine::languages::python::syntax::ast::Name;

/// `'a', 'b', and 'c'`.
fn listed(names: &[Name]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("'{n}'")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [a, b] => format!("{a} and {b}"),
        [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
    }
}

impl Vm<'_, '_> {
    /// The values of a function's locals.
    pub(super) fn bind(
        &mut self,
        function: &Func,
        code: &Code,
        args: Vec<Value>,
        names: &[(Name, Value)],
    ) -> Got<Vec<Value>> {
        let shown = if self.m.minor >= 10 { &function.qualified } else { &function.name };
        let given = args.len();
        let mut locals = vec![Value::Unbound; code.locals.len()];
        let mut rest = args;
        let extra = rest.split_off(code.params.min(given));
        locals.iter_mut().zip(rest).for_each(|(slot, value)| *slot = value);
        let named_places = code.params + code.keyword_only;
        let mut others = Dict::default();
        for (name, value) in names {
            let place = code.locals.iter().take(named_places).position(|l| l == name);
            match place.filter(|at| *at >= code.positional_only) {
                Some(at) if locals[at] != Value::Unbound => {
                    return Err(self.type_error(format!("{shown}() got multiple values for argument '{name}'")));
                }
                Some(at) => locals[at] = value.clone(),
                None if code.double_star => others.push(hash_text(name), Value::Str(name.clone()), value.clone()),
                None => {
                    return Err(self.type_error(format!("{shown}() got an unexpected keyword argument '{name}'")));
                }
            }
        }
        if !extra.is_empty() && !code.star {
            return Err(self.too_many(function, code, given, &locals));
        }
        let first_default = code.params - function.defaults.len().min(code.params);
        let mut missing = vec![];
        for (at, local) in locals.iter_mut().enumerate().take(code.params) {
            if *local == Value::Unbound {
                match at.checked_sub(first_default).and_then(|d| function.defaults.get(d)) {
                    Some(value) => *local = value.clone(),
                    None => missing.push(code.locals[at].clone()),
                }
            }
        }
        if !missing.is_empty() {
            return Err(self.missing_arguments(shown, "positional", &missing));
        }
        for (at, local) in locals.iter_mut().enumerate().take(named_places).skip(code.params) {
            if *local == Value::Unbound {
                match function.keyword_defaults.iter().find(|(n, _)| *n == code.locals[at]) {
                    Some((_, value)) => *local = value.clone(),
                    None => missing.push(code.locals[at].clone()),
                }
            }
        }
        if !missing.is_empty() {
            return Err(self.missing_arguments(shown, "keyword-only", &missing));
        }
        let mut at = named_places;
        if code.star {
            locals[at] = self.tuple(extra);
            at += 1;
        }
        if code.double_star {
            locals[at] = self.new_obj(Obj::Dict(others));
        }
        Ok(locals)
    }

    fn missing_arguments(&mut self, shown: &str, kind: &str, missing: &[Name]) -> super::Trap {
        let s = if missing.len() == 1 { "" } else { "s" };
        let text = format!("{shown}() missing {} required {kind} argument{s}: {}", missing.len(), listed(missing));
        self.type_error(text)
    }

    fn too_many(&mut self, function: &Func, code: &Code, given: usize, locals: &[Value]) -> super::Trap {
        let shown = if self.m.minor >= 10 { &function.qualified } else { &function.name };
        let most = code.params;
        let least = most - function.defaults.len().min(most);
        let keywords = locals.iter().skip(most).take(code.keyword_only).filter(|v| **v != Value::Unbound).count();
        let takes = if least == most { format!("{most}") } else { format!("from {least} to {most}") };
        let s = if most == 1 && least == most { "" } else { "s" };
        let text = if keywords > 0 {
            let k = if keywords == 1 { "" } else { "s" };
            format!("{shown}() takes {takes} positional argument{s} but {given} positional argument{} (and {keywords} keyword-only argument{k}) were given", if given == 1 { "" } else { "s" })
        } else {
            let were = if given == 1 { "was" } else { "were" };
            format!("{shown}() takes {takes} positional argument{s} but {given} {were} given")
        };
        self.type_error(text)
    }
}
