//! Calling functions from templates: arguments, their types, and what goes wrong with them.

use super::exec::{At, Machine, Outcome, Slot};
use super::funcs::{Failure, Function, Param, find};
use super::node::{Arg, ArgKind, Number};
use crate::base::go_text::quote;
use crate::render::gofmt::MAX_OUTPUT;
use crate::render::value::{ANY, Value};

/// Text that functions may make in all.
const MAX_MADE: usize = 8 * MAX_OUTPUT;
/// Bytes of argument that count as one step.
const TEXT_PER_STEP: usize = 64;

impl<'t> Machine<'t, '_> {
    /// Calls a function; `whole` is what an error of the function itself is reported at.
    pub fn function(
        &mut self,
        dot: &Slot,
        name: &'t str,
        args: &'t [Arg],
        last: Option<Value>,
        whole: At<'t>,
    ) -> Outcome<Value> {
        let Some(function) = find(name, self.functions) else {
            return self.error(format!("{} is not a defined function", quote(name)));
        };
        let got = args.len() + usize::from(last.is_some());
        let want = function.params.len();
        if function.more.is_some() && got < want {
            return self.wrong_number(name, &format!("at least {want}"), args.len());
        }
        if function.more.is_none() && got != want {
            return self.wrong_number(name, &want.to_string(), got);
        }
        if name == "and" || name == "or" {
            return self.short_circuit(dot, name == "or", args, last);
        }
        let mut values = Vec::with_capacity(got);
        for (i, arg) in args.iter().enumerate() {
            values.push(self.argument(dot, arg, param(function, i))?);
        }
        if let Some(value) = last {
            values.push(self.checked(value, param(function, args.len()))?);
        }
        self.steps += values.iter().map(value_size).sum::<usize>() / TEXT_PER_STEP;
        let result = if name == "call" { Err(no_call(args, &values)) } else { (function.body)(&values) };
        match result {
            Ok(value) => {
                self.made = self.made.saturating_add(value_size(&value));
                if self.made > MAX_MADE { self.limit("too much text") } else { Ok(value) }
            }
            Err(Failure::TooLarge) => self.limit("too much text"),
            Err(Failure::Error(message)) => {
                self.at = whole;
                self.error(format!("error calling {name}: {message}"))
            }
        }
    }

    fn short_circuit(
        &mut self,
        dot: &Slot,
        stop: bool,
        args: &'t [Arg],
        last: Option<Value>,
    ) -> Outcome<Value> {
        let mut value = Value::Missing;
        for arg in args {
            value = self.argument(dot, arg, Param::Any)?;
            if value.truth() == stop {
                return Ok(value);
            }
        }
        Ok(last.unwrap_or(value))
    }

    /// Evaluates an operand for a parameter.
    pub fn argument(&mut self, dot: &Slot, arg: &'t Arg, param: Param) -> Outcome<Value> {
        self.step()?;
        self.at = At::Arg(arg);
        let slot = match &arg.kind {
            ArgKind::Dot => dot.clone(),
            ArgKind::Nil => {
                return match param {
                    Param::Any => Ok(Value::Nil),
                    Param::Texts => Ok(Value::nil_list("string")),
                    _ => self.error(format!("cannot assign nil to {}", param.type_name())),
                };
            }
            ArgKind::Field(names) => self.fields(dot, dot.clone(), names, &[], None)?,
            ArgKind::Variable(names) => self.variable(dot, names, &[], None)?,
            ArgKind::Pipe(pipe) => Slot::known(self.pipeline(dot, pipe)?),
            ArgKind::Ident(name) => Slot::known(self.function(dot, name, &[], None, At::Arg(arg))?),
            ArgKind::Chain(base, names) => self.chain(dot, arg, base, names, &[], None)?,
            ArgKind::Bool(_) | ArgKind::Number(..) | ArgKind::Str(..) => return self.literal(arg, param),
        };
        if slot.interface && matches!(slot.value, Value::Nil) && param != Param::Any {
            return self.mismatch(param, ANY);
        }
        self.checked(slot.value, param)
    }

    /// A literal for a parameter.
    fn literal(&mut self, arg: &'t Arg, param: Param) -> Outcome<Value> {
        let wanted = match (param, &arg.kind) {
            (Param::Any, _) | (Param::Text, ArgKind::Str(..)) => return self.constant(arg),
            (Param::Int, ArgKind::Number(Number::Int(n) | Number::Float(_, Some(n)), _)) => {
                return Ok(Value::Int(*n));
            }
            (Param::Text, _) => "expected string; found",
            (Param::Int, _) => "expected integer; found",
            (Param::Texts, _) => {
                return self.error(format!("can't handle {arg} for arg of type {}", param.type_name()));
            }
        };
        self.error(format!("{wanted} {arg}"))
    }

    fn mismatch<T>(&self, param: Param, got: &str) -> Outcome<T> {
        self.error(format!("wrong type for value; expected {}; got {got}", param.type_name()))
    }

    /// Checks that a value is of the parameter's type.
    pub fn checked(&self, value: Value, param: Param) -> Outcome<Value> {
        match (param, value) {
            (Param::Any, value) => Ok(value),
            (Param::Texts, Value::Missing) => Ok(Value::nil_list("string")),
            (_, Value::Missing) => self.error(format!("invalid value; expected {}", param.type_name())),
            (Param::Text | Param::Int | Param::Texts, Value::Pointer(inner)) => {
                self.checked((*inner).clone(), param)
            }
            (_, Value::NilPointer(name)) if name.strip_prefix('*') == Some(param.type_name()) => {
                self.error(format!("dereference of nil pointer of type {}", param.type_name()))
            }
            (Param::Text, value @ Value::Str(_)) | (Param::Int, value @ Value::Int(_)) => Ok(value),
            (Param::Texts, Value::List(l)) if l.elem == "string" => Ok(Value::List(l)),
            (_, value) => self.mismatch(param, &value.type_name()),
        }
    }
}

/// The parameter that takes argument number `at`.
fn param(function: &Function, at: usize) -> Param {
    function.params.get(at).copied().or(function.more).unwrap_or(Param::Any)
}

/// What `call` says of a value: no data of Docker's holds a function.
fn no_call(args: &[Arg], values: &[Value]) -> Failure {
    match (args.first(), values.first()) {
        (_, None | Some(Value::Missing | Value::Nil)) => Failure::Error("call of nil".into()),
        (Some(arg), Some(value)) => {
            Failure::Error(format!("non-function {arg} of type {}", value.type_name()))
        }
        (None, Some(value)) => {
            let name = value.type_name();
            let shown = value.as_str().map_or_else(|| format!("<{name} Value>"), str::to_owned);
            Failure::Error(format!("non-function {shown} of type {name}"))
        }
    }
}

/// Roughly what a value costs in memory.
fn value_size(value: &Value) -> usize {
    match value {
        Value::Str(s) => s.len(),
        Value::List(l) => l.items.len().saturating_mul(32),
        _ => 0,
    }
}
