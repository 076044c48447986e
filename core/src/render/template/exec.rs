//! Runs a parsed template over a value, with Go's evaluation rules and error positions.

use super::funcs::Param;
use super::node::{Arg, ArgKind, Branch, Call, Cmd, Node, Number, Pipe};
use super::{ErrorKind, Functions, MissingKey, Template, TemplateError};
use crate::base::go_text::quote;
use crate::render::gofmt::{MAX_OUTPUT, sprint};
use crate::render::value::{ANY, Value};

/// Steps a template may take.
const MAX_STEPS: usize = 1_000_000;
/// Templates within templates; Go allows more, and nobody who stops recursing needs them.
const MAX_TEMPLATES: usize = 100;
/// Lists and pipelines within each other, over all templates.
const MAX_DEPTH: usize = 200;

/// A value and whether its static type in Go is an interface, which error texts show.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub value: Value,
    pub interface: bool,
}

impl Slot {
    pub fn known(value: Value) -> Self {
        Self { value, interface: false }
    }

    fn element(elem: &str, value: Value) -> Self {
        Self { value, interface: elem == ANY }
    }

    fn type_name(&self) -> String {
        if self.interface { ANY.into() } else { self.value.type_name() }
    }

    /// What the value is once it is no longer seen through an interface.
    fn unwrapped(self) -> Value {
        match self.value {
            Value::Nil => Value::Missing,
            value => value,
        }
    }
}

/// The node an error is reported at.
#[derive(Clone, Copy)]
pub(super) enum At<'t> {
    Nowhere,
    Pipe(&'t Pipe),
    Cmd(&'t Cmd),
    Arg(&'t Arg),
    Call(&'t Call),
}

/// How a list of nodes ended.
#[derive(PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
}

pub(super) type Outcome<T> = Result<T, TemplateError>;

pub(super) struct Machine<'t, 'o> {
    template: &'t Template,
    /// The name of the template that is running.
    name: &'t str,
    missing: MissingKey,
    pub functions: Functions,
    out: &'o mut String,
    written: usize,
    pub at: At<'t>,
    vars: Vec<(&'t str, Slot)>,
    pub steps: usize,
    /// How much text functions have made.
    pub made: usize,
    templates: usize,
    depth: usize,
}

/// See [`Template::execute`].
pub(super) fn execute(
    template: &Template,
    data: &Value,
    missing: MissingKey,
    functions: Functions,
    out: &mut String,
) -> Outcome<()> {
    let data = Slot::known(data.clone());
    let mut machine = Machine {
        template,
        name: &template.name,
        missing,
        functions,
        out,
        written: 0,
        at: At::Nowhere,
        vars: vec![("$", data.clone())],
        steps: 0,
        made: 0,
        templates: 0,
        depth: 0,
    };
    let root = template.trees.get(&template.name).map_or(&[][..], Vec::as_slice);
    machine.list(&data, root).map(|_| ())
}

impl<'t> Machine<'t, '_> {
    /// An error at the current node, with Go's position and context.
    pub fn error<T>(&self, message: impl AsRef<str>) -> Outcome<T> {
        let (pos, context) = match self.at {
            At::Nowhere => (0, String::new()),
            At::Pipe(p) => (p.pos, p.to_string()),
            At::Cmd(c) => (c.pos, c.to_string()),
            At::Arg(a) => (a.pos, a.to_string()),
            At::Call(c) => (c.pos, c.to_string()),
        };
        let before = self.template.text.get(..pos).unwrap_or("");
        let line = 1 + before.matches('\n').count();
        let column = before.rfind('\n').map_or(pos, |at| pos - at - 1);
        let message = format!(
            "template: {}:{line}:{column}: executing {} at <{context}>: {}",
            self.template.name,
            quote(self.name),
            message.as_ref()
        );
        Err(TemplateError { kind: ErrorKind::Exec, message })
    }

    pub fn limit<T>(&self, what: &str) -> Outcome<T> {
        Err(TemplateError::limit(what))
    }

    pub fn step(&mut self) -> Outcome<()> {
        self.steps += 1;
        if self.steps > MAX_STEPS { self.limit("too many steps") } else { Ok(()) }
    }

    /// Runs `body` one level deeper.
    fn deeper<T>(&mut self, body: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        self.step()?;
        if self.depth >= MAX_DEPTH {
            return self.limit("nested too deeply");
        }
        self.depth += 1;
        let result = body(self);
        self.depth -= 1;
        result
    }

    fn write(&mut self, text: &str) -> Outcome<()> {
        self.written = self.written.saturating_add(text.len());
        if self.written > MAX_OUTPUT {
            return self.limit("too much output");
        }
        self.out.push_str(text);
        Ok(())
    }

    fn list(&mut self, dot: &Slot, nodes: &'t [Node]) -> Outcome<Flow> {
        self.deeper(|m| {
            for node in nodes {
                let flow = m.node(dot, node)?;
                if flow != Flow::Next {
                    return Ok(flow);
                }
            }
            Ok(Flow::Next)
        })
    }

    fn node(&mut self, dot: &Slot, node: &'t Node) -> Outcome<Flow> {
        self.step()?;
        match node {
            Node::Text(text) => self.write(text)?,
            Node::Action(pipe) => {
                let value = self.pipeline(dot, pipe)?;
                if pipe.decl.is_empty() {
                    self.print(&value)?;
                }
            }
            Node::If(branch) | Node::With(branch) => {
                return self.branch(dot, branch, matches!(node, Node::With(_)));
            }
            Node::Range(branch) => return self.range(dot, branch),
            Node::Template(call) => self.call_template(dot, call)?,
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::Next)
    }

    fn print(&mut self, value: &Value) -> Outcome<()> {
        let text = match value {
            Value::Missing => Ok("<no value>".to_owned()),
            Value::Pointer(inner) => sprint(std::slice::from_ref(inner)),
            // Only the value that is printed itself is seen through its pointer.
            Value::Struct(s) if s.type_name.starts_with('*') => {
                sprint(std::slice::from_ref(value)).map(|t| t.trim_start_matches('&').to_owned())
            }
            _ => sprint(std::slice::from_ref(value)),
        };
        match text {
            Ok(text) => self.write(&text),
            Err(_) => self.limit("too much output"),
        }
    }

    fn branch(&mut self, dot: &Slot, branch: &'t Branch, with: bool) -> Outcome<Flow> {
        let mark = self.vars.len();
        let value = self.pipeline(dot, &branch.pipe)?;
        let flow = if value.truth() {
            let inner = if with { Slot::known(value) } else { dot.clone() };
            self.list(&inner, &branch.list)
        } else {
            self.list(dot, &branch.otherwise)
        };
        self.vars.truncate(mark);
        flow
    }

    fn range(&mut self, dot: &Slot, branch: &'t Branch) -> Outcome<Flow> {
        let mark = self.vars.len();
        let value = self.pipeline(dot, &branch.pipe)?;
        let inner = self.vars.len();
        let turns: Box<dyn Iterator<Item = (Value, Slot)>> = match &value {
            Value::Int(n) if branch.pipe.decl.len() > 1 => {
                return self.error(format!("can't use {n} to iterate over more than one variable"));
            }
            Value::Int(n) => Box::new((0..*n).map(|i| (Value::Int(i), Slot::known(Value::Int(i))))),
            Value::List(l) => Box::new(
                (0..).zip(&l.items).map(|(i, item)| (Value::Int(i), Slot::element(l.elem, item.clone()))),
            ),
            Value::Map(m) => Box::new(
                m.entries.iter().map(|(k, v)| (Value::Str(k.clone()), Slot::element(m.elem, v.clone()))),
            ),
            Value::Missing | Value::Nil => Box::new(std::iter::empty()),
            other => {
                let shown = sprint(std::slice::from_ref(other)).unwrap_or_default();
                return self.error(format!("range can't iterate over {shown}"));
            }
        };
        let mut any = false;
        for (index, item) in turns {
            any = true;
            if self.once(branch, inner, index, item)? == Flow::Break {
                break;
            }
        }
        self.vars.truncate(mark);
        if any { Ok(Flow::Next) } else { self.list(dot, &branch.otherwise) }
    }

    /// One turn of a range.
    fn once(&mut self, branch: &'t Branch, mark: usize, index: Value, item: Slot) -> Outcome<Flow> {
        self.vars.truncate(mark);
        let decl = &branch.pipe.decl;
        let values = match decl.len() {
            0 => Vec::new(),
            1 => vec![item.clone()],
            _ => vec![Slot::known(index), item.clone()],
        };
        for (at, (name, value)) in decl.iter().zip(values).enumerate() {
            if branch.pipe.assign {
                self.assign(name, value)?;
            } else if let Some(var) = self.vars.get_mut(mark.saturating_sub(decl.len()) + at) {
                var.1 = value;
            }
        }
        self.list(&item, &branch.list)
    }

    fn assign(&mut self, name: &str, value: Slot) -> Outcome<()> {
        match self.vars.iter_mut().rev().find(|(n, _)| *n == name) {
            Some(var) => {
                var.1 = value;
                Ok(())
            }
            None => self.error(format!("undefined variable: {name}")),
        }
    }

    fn call_template(&mut self, dot: &Slot, call: &'t Call) -> Outcome<()> {
        self.at = At::Call(call);
        let Some((name, list)) = self.template.trees.get_key_value(&call.name) else {
            return self.error(format!("template {} not defined", quote(&call.name)));
        };
        if self.templates >= MAX_TEMPLATES || self.depth + 2 >= MAX_DEPTH {
            return self.error("exceeded maximum template depth (100000)");
        }
        let data = match &call.pipe {
            Some(pipe) => self.pipeline(dot, pipe)?,
            None => Value::Missing,
        };
        let data = Slot::known(data);
        let outer = (self.name, std::mem::replace(&mut self.vars, vec![("$", data.clone())]));
        self.name = name;
        self.templates += 1;
        let result = self.list(&data, list);
        self.templates -= 1;
        if result.is_ok() {
            (self.name, self.vars) = outer;
        }
        result.map(|_| ())
    }

    pub fn pipeline(&mut self, dot: &Slot, pipe: &'t Pipe) -> Outcome<Value> {
        self.at = At::Pipe(pipe);
        let value = self.deeper(|m| {
            let mut value: Option<Value> = None;
            for cmd in &pipe.cmds {
                value = Some(m.command(dot, cmd, value)?.unwrapped());
            }
            Ok(value.unwrap_or_default())
        })?;
        for name in &pipe.decl {
            let slot = Slot::known(value.clone());
            if pipe.assign {
                self.assign(name, slot)?;
            } else {
                self.vars.push((name, slot));
            }
        }
        Ok(value)
    }

    /// Fails when something that is no function is given arguments.
    fn no_arguments(&self, args: &'t [Arg], last: &Option<Value>) -> Outcome<()> {
        match args.first() {
            Some(first) if args.len() > 1 || last.is_some() => {
                self.error(format!("can't give argument to non-function {first}"))
            }
            _ => Ok(()),
        }
    }

    fn command(&mut self, dot: &Slot, cmd: &'t Cmd, last: Option<Value>) -> Outcome<Slot> {
        let Some(first) = cmd.args.first() else { return Ok(Slot::known(Value::Missing)) };
        let rest = cmd.args.get(1..).unwrap_or(&[]);
        match &first.kind {
            ArgKind::Field(names) => {
                self.at = At::Arg(first);
                return self.fields(dot, dot.clone(), names, rest, last);
            }
            ArgKind::Chain(base, names) => return self.chain(dot, first, base, names, rest, last),
            ArgKind::Ident(name) => {
                self.at = At::Arg(first);
                return self.function(dot, name, rest, last, At::Cmd(cmd)).map(Slot::known);
            }
            ArgKind::Pipe(pipe) => {
                self.no_arguments(&cmd.args, &last)?;
                return self.pipeline(dot, pipe).map(Slot::known);
            }
            ArgKind::Variable(names) => {
                self.at = At::Arg(first);
                if names.len() == 1 {
                    self.no_arguments(&cmd.args, &last)?;
                }
                return self.variable(dot, names, rest, last);
            }
            _ => {}
        }
        self.at = At::Arg(first);
        self.no_arguments(&cmd.args, &last)?;
        match &first.kind {
            ArgKind::Dot => Ok(dot.clone()),
            ArgKind::Nil => self.error("nil is not a command"),
            _ => self.constant(first).map(Slot::known),
        }
    }

    /// The value of a literal.
    pub fn constant(&mut self, arg: &'t Arg) -> Outcome<Value> {
        match &arg.kind {
            ArgKind::Bool(b) => Ok((*b).into()),
            ArgKind::Str(text, _) => Ok(text.as_str().into()),
            ArgKind::Number(Number::Int(n), _) => Ok(Value::Int(*n)),
            ArgKind::Number(Number::Float(f, _), _) => Ok(Value::Float(*f)),
            ArgKind::Number(Number::Uint, text) => self.error(format!("{text} overflows int")),
            _ => self.error(format!("can't evaluate command {}", quote(&arg.to_string()))),
        }
    }

    pub fn variable(
        &mut self,
        dot: &Slot,
        names: &'t [String],
        args: &'t [Arg],
        last: Option<Value>,
    ) -> Outcome<Slot> {
        let (name, fields) = match names.split_first() {
            Some((name, fields)) => (name.as_str(), fields),
            None => ("$", &[][..]),
        };
        let Some((_, slot)) = self.vars.iter().rev().find(|(n, _)| *n == name) else {
            return self.error(format!("undefined variable: {name}"));
        };
        let slot = slot.clone();
        if fields.is_empty() { Ok(slot) } else { self.fields(dot, slot, fields, args, last) }
    }

    pub fn chain(
        &mut self,
        dot: &Slot,
        whole: &'t Arg,
        base: &'t Arg,
        names: &'t [String],
        args: &'t [Arg],
        last: Option<Value>,
    ) -> Outcome<Slot> {
        self.at = At::Arg(whole);
        let value = self.argument(dot, base, Param::Any)?;
        self.fields(dot, Slot::known(value), names, args, last)
    }

    /// Follows `names` from `from`; arguments go to the last of them.
    pub fn fields(
        &mut self,
        dot: &Slot,
        from: Slot,
        names: &'t [String],
        args: &'t [Arg],
        mut last: Option<Value>,
    ) -> Outcome<Slot> {
        let mut slot = from;
        for (i, name) in names.iter().enumerate() {
            let is_last = i + 1 == names.len();
            let given = if is_last { args } else { &[] };
            slot = self.field(dot, &slot, name, given, if is_last { last.take() } else { None })?;
        }
        Ok(slot)
    }

    fn field(
        &mut self,
        dot: &Slot,
        from: &Slot,
        name: &'t str,
        args: &'t [Arg],
        last: Option<Value>,
    ) -> Outcome<Slot> {
        self.step()?;
        let given = args.len() + usize::from(last.is_some());
        match &from.value {
            Value::Missing if self.missing == MissingKey::Error => {
                self.error(format!("nil data; no entry for key {}", quote(name)))
            }
            Value::Missing => Ok(Slot::known(Value::Missing)),
            Value::Nil | Value::NilPointer(_) => {
                self.error(format!("nil pointer evaluating {}.{name}", from.type_name()))
            }
            Value::Struct(s) => match s.get(name) {
                Some(Value::Lookup(entries)) => {
                    let key = self.method_argument(dot, name, args, last)?;
                    let text = key.as_str().and_then(|k| entries.get(k)).map_or("", String::as_str);
                    Ok(Slot::known(text.into()))
                }
                Some(_) if given > 0 && s.row => self.wrong_number(name, "0", given),
                Some(_) if given > 0 => {
                    self.error(format!("{name} has arguments but cannot be invoked as function"))
                }
                Some(value) => Ok(Slot::known(value.clone())),
                None => self.no_field(from, name),
            },
            Value::Map(_) if self.functions == Functions::Header && name == "Label" => {
                let key = self.method_argument(dot, name, args, last)?;
                Ok(Slot::known(label_header(key.as_str().unwrap_or("")).into()))
            }
            Value::Map(_) if given > 0 => self.error(format!("{name} is not a method but has arguments")),
            Value::Map(m) => match m.entries.get(name) {
                Some(value) => Ok(Slot::element(m.elem, value.clone())),
                None if self.missing == MissingKey::Error => {
                    self.error(format!("map has no entry for key {}", quote(name)))
                }
                None => Ok(Slot::known(Value::Missing)),
            },
            _ => self.no_field(from, name),
        }
    }

    /// The one text argument of a method.
    fn method_argument(
        &mut self,
        dot: &Slot,
        name: &str,
        args: &'t [Arg],
        last: Option<Value>,
    ) -> Outcome<Value> {
        let given = args.len() + usize::from(last.is_some());
        match (args.first(), last) {
            _ if given != 1 => self.wrong_number(name, "1", given),
            (Some(arg), _) => self.argument(dot, arg, Param::Text),
            (None, value) => self.checked(value.unwrap_or_default(), Param::Text),
        }
    }

    fn no_field<T>(&self, from: &Slot, name: &str) -> Outcome<T> {
        self.error(format!("can't evaluate field {name} in type {}", from.type_name()))
    }

    pub fn wrong_number<T>(&self, name: &str, want: &str, got: usize) -> Outcome<T> {
        self.error(format!("wrong number of args for {name}: want {want} got {got}"))
    }
}

/// The header of a column that shows one label: the last part of its name, as words.
fn label_header(label: &str) -> String {
    label.rsplit('.').next().unwrap_or("").replace(['-', '_'], " ")
}
