//! Errors with their stack traces, and how V8 names what was called.

use super::ast::Shape;
use super::parser::Goal;
use super::realm;
use super::value::{Id, Kind, Object, Prop, Value};
use super::vm::{Frame, Res, Trap, Vm};

/// A hidden property: where the error was made, for the report of one that nothing catches.
pub const PLACE: &str = "\u{1}place";
/// A hidden property: the lines of the stack, until someone asks for it: only then is its first line made.
const TRACE: &str = "\u{1}trace";
/// A hidden property: the lines before the report, where they are not the script's.
pub const ARROW: &str = "\u{1}arrow";

impl Vm {
    pub fn type_error<T>(&mut self, text: &str) -> Res<T> {
        Err(Trap::Throw(self.error(realm::TYPE_ERROR, text)))
    }

    pub fn range_error<T>(&mut self, text: &str) -> Res<T> {
        Err(Trap::Throw(self.error(realm::RANGE_ERROR, text)))
    }

    pub fn reference_error<T>(&mut self, text: &str) -> Res<T> {
        Err(Trap::Throw(self.error(realm::REFERENCE_ERROR, text)))
    }

    /// A new error of a class with its stack.
    pub fn error(&mut self, proto: Id, text: &str) -> Value {
        let id = self.heap.add(Object::of(proto, Kind::Error));
        self.fill_error(id, Some(text), None);
        Value::Obj(id)
    }

    /// An error of node's own: with a code, which its stack shows.
    pub fn coded_error(&mut self, proto: Id, code: &str, text: &str) -> Value {
        let error = self.error(proto, text);
        if let Value::Obj(id) = error {
            let name = realm_name(proto);
            let trace = self.trace(None);
            let stack = format!("{name} [{code}]: {text}{trace}");
            self.heap.get_mut(id).props.remove(&TRACE.into());
            self.heap.get_mut(id).props.insert("stack".into(), Prop::hidden(stack.into()));
            self.heap.get_mut(id).props.insert("code".into(), Prop::open(Value::text(code)));
        }
        error
    }

    /// Gives an error its stack and message.
    pub fn fill_error(&mut self, id: Id, text: Option<&str>, skip: Option<Id>) {
        let trace = self.trace(skip);
        let props = &mut self.heap.get_mut(id).props;
        props.insert("stack".into(), Prop::hidden(Value::Undefined));
        props.insert(TRACE.into(), Prop::hidden(Value::from(trace)));
        if let Some(text) = text {
            props.insert("message".into(), Prop::hidden(Value::text(text)));
        }
        if let Some((unit, place)) = self.place_now() {
            let place = Value::from(format!("{unit}:{place}"));
            self.heap.get_mut(id).props.insert(PLACE.into(), Prop::hidden(place));
        }
    }

    /// `Name: message` as they are now.
    pub fn error_header(&self, id: Id) -> String {
        let part = |name: &str| self.plain(id, &name.into()).map_or(String::new(), |v| self.plain_text(&v));
        let (name, text) = (part("name"), part("message"));
        match (name.as_str(), text.as_str()) {
            (name, "") => name.to_string(),
            ("", text) => text.to_string(),
            (name, text) => format!("{name}: {text}"),
        }
    }

    /// The stack of an error.
    pub fn stack_text(&self, id: Id) -> Option<String> {
        let own = |key: &str| match &self.heap.get(id).props.get(&key.into())?.slot {
            super::value::Slot::Value(Value::Str(text)) => Some(text.to_string()),
            _ => None,
        };
        match own(TRACE) {
            Some(trace) => Some(format!("{}{trace}", self.error_header(id))),
            None => own("stack"),
        }
    }

    /// Makes the stack a text that no longer changes.
    pub fn settle_stack(&mut self, value: &Value) {
        let Some(id) = value.object().filter(|id| self.heap.get(*id).props.get(&TRACE.into()).is_some())
        else {
            return;
        };
        let stack = self.stack_text(id).unwrap_or_default();
        let props = &mut self.heap.get_mut(id).props;
        props.remove(&TRACE.into());
        props.insert("stack".into(), Prop::hidden(stack.into()));
    }

    /// Unit and place of what runs now, in the innermost function that is not of the library.
    pub fn place_now(&self) -> Option<(u32, u32)> {
        let frame = self
            .frames
            .iter()
            .rev()
            .find(|f| self.units.get(f.unit as usize).is_some_and(|u| u.source.goal != Goal::Library))?;
        Some((frame.unit, self.place_of(frame)))
    }

    fn place_of(&self, frame: &Frame) -> u32 {
        let code = self.code_of(frame);
        code.places.get(frame.pc.saturating_sub(1) as usize).copied().unwrap_or(0)
    }

    /// The `    at …` lines of the present stack, after the function `skip` where one is given.
    pub fn trace(&self, skip: Option<Id>) -> String {
        let limit = self
            .plain(realm::GLOBAL, &"Error".into())
            .and_then(|e| self.plain(e.object()?, &"stackTraceLimit".into()));
        let limit = match limit {
            Some(Value::Num(n)) => n.max(0.0) as usize,
            _ => 10,
        };
        let mut lines: Vec<String> = vec![];
        if let Some(native) = self.native_now {
            lines.extend(super::builtins::entry(native).shown());
        }
        let seen = skip.is_none_or(|id| !self.frames.iter().any(|f| f.callee == Some(id)));
        let mut skipping = !seen;
        for frame in self.frames.iter().rev() {
            if lines.len() >= limit {
                break;
            }
            if skipping {
                skipping = frame.callee != skip;
                continue;
            }
            lines.extend(self.frame_line(frame, false));
        }
        let mut waiting = self.frames.first().and_then(|f| f.coroutine);
        while let Some(id) = waiting.and_then(|id| self.waiting_for(id)).filter(|_| lines.len() < limit) {
            if let Kind::Coroutine(c) = &self.heap.get(id).kind
                && let Some(frame) = &c.frame
            {
                lines.extend(self.frame_line(frame, true));
            }
            waiting = Some(id);
        }
        lines.truncate(limit);
        lines.iter().map(|line| format!("\n    at {line}")).collect()
    }

    /// One call as a stack trace shows it; nothing for what is hidden.
    fn frame_line(&self, frame: &Frame, waiting: bool) -> Option<String> {
        let code = self.code_of(frame);
        let unit = self.units.get(frame.unit as usize)?;
        if let Some(shown) = &code.shown {
            let shown = self.facts.versioned(shown.strip_prefix("at ")?);
            let Some(Value::Str(root)) = self.hooks.get("root") else { return Some(shown) };
            return Some(shown.replace("(/app/node_modules", &format!("({root}/node_modules")));
        }
        let name = code.name.trim_start_matches(super::compile_expr::PRIVATE);
        if unit.source.goal == Goal::Library {
            if code.shape == Shape::Module || name.is_empty() || &*unit.source.file != "<anonymous>" {
                return None;
            }
            let class = frame.this.object().and_then(|id| self.class_name(id));
            let shown = match (frame.new_target, class) {
                (Some(_), _) => format!("new {name}"),
                (None, Some(class)) => format!("{class}.{name}"),
                (None, None) => name.to_string(),
            };
            return Some(format!("{shown} ({})", unit.source.file));
        }
        let (line, column) = unit.line_column(self.place_of(frame));
        let url = if unit.source.goal == Goal::Module { "file://" } else { "" };
        let place = format!("{url}{}:{line}:{column}", unit.source.file);
        let shown = self.call_shown(frame, &code, name, unit.source.goal);
        let waiting = if waiting { "async " } else { "" };
        Some(match shown {
            Some(shown) => format!("{waiting}{shown} ({place})"),
            None => format!("{waiting}{place}"),
        })
    }

    fn call_shown(&self, frame: &Frame, code: &super::code::Code, name: &str, goal: Goal) -> Option<String> {
        if code.shape == Shape::Module {
            return (goal == Goal::Script && &*self.units[frame.unit as usize].source.file != "[eval]")
                .then(|| "Object.<anonymous>".to_string());
        }
        if frame.new_target.is_some() {
            return Some(format!("new {}", if name.is_empty() { "<anonymous>" } else { name }));
        }
        let class = match &frame.this {
            _ if code.shape == Shape::Arrow => None,
            Value::Obj(realm::GLOBAL) => None,
            Value::Obj(id) if self.heap.get(*id).is_callable() => Some("Function".to_string()),
            Value::Obj(id) => Some(self.class_name(*id).unwrap_or_else(|| "Object".into())),
            Value::Str(_) => Some("String".into()),
            Value::Num(_) => Some("Number".into()),
            _ => None,
        };
        match (class, name) {
            (None, "") => None,
            (None, name) => Some(name.to_string()),
            (Some(class), "") => Some(format!("{class}.<anonymous>")),
            (Some(class), name) => {
                let alias = self.alias(frame, name);
                Some(format!("{class}.{name}{alias}"))
            }
        }
    }

    /// ` [as other]` where a method is found under another name.
    fn alias(&self, frame: &Frame, name: &str) -> String {
        let (Some(mut at), Some(callee)) = (frame.this.object(), frame.callee) else { return String::new() };
        loop {
            let object = self.heap.get(at);
            let is_callee =
                |p: &Prop| matches!(p.slot, super::value::Slot::Value(Value::Obj(id)) if id == callee);
            if object.props.get(&name.into()).is_some_and(is_callee) {
                return String::new();
            }
            let found: Vec<String> =
                object.props.iter().filter(|(_, p)| is_callee(p)).map(|(k, _)| self.key_text(k)).collect();
            if let [other] = &found[..] {
                return format!(" [as {other}]");
            }
            match object.proto {
                Some(proto) => at = proto,
                None => return String::new(),
            }
        }
    }

    /// What the present call calls, from the text of the script.
    pub fn called_text(&self) -> String {
        self.callee_text(0)
    }

    /// What the present `new` constructs.
    pub fn constructed_text(&self) -> String {
        self.callee_text(4)
    }

    fn callee_text(&self, skip: usize) -> String {
        let Some(frame) = self.frames.last() else { return String::new() };
        let Some(unit) = self.units.get(frame.unit as usize) else { return String::new() };
        let text = &unit.source.text;
        let at = self.place_of(frame) as usize;
        let rest = text.get(at..).unwrap_or("");
        if skip > 0 {
            let rest = rest.get(skip..).unwrap_or("").trim_start();
            let end = rest
                .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$' | '.')))
                .unwrap_or(rest.len());
            return rest[..end].to_string();
        }
        let in_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '#');
        let before = text.get(..at).unwrap_or("");
        if rest.starts_with('(') {
            let before = before.trim_end();
            if before.ends_with(')') {
                return format!("{}(...)", callee_before(before));
            }
            let start = before
                .rfind(|c: char| !(in_name(c) || matches!(c, '.' | '[' | ']' | '\'' | '"')))
                .map_or(0, |i| i + 1);
            return before[start..].to_string();
        }
        let end = rest.find(|c: char| !in_name(c)).unwrap_or(rest.len());
        let name = &rest[..end];
        let owner = match before.trim_end().strip_suffix("?.").or_else(|| before.trim_end().strip_suffix('.'))
        {
            None => return name.to_string(),
            Some(owner) => owner.trim_end(),
        };
        if owner.ends_with(')') {
            let called = callee_before(owner);
            let called =
                if called.is_empty() { "(intermediate value)".to_string() } else { format!("{called}(...)") };
            return format!("{called}.{name}");
        }
        let start = owner
            .rfind(|c: char| !(in_name(c) || matches!(c, '.' | '[' | ']' | '\'' | '"')))
            .map_or(0, |i| i + 1);
        let owner = &owner[start..];
        if owner.is_empty() || owner.contains('\'') {
            format!("(intermediate value).{name}")
        } else {
            format!("{owner}.{name}")
        }
    }
}

/// The name before the parentheses at the end of a text.
fn callee_before(text: &str) -> String {
    let mut depth = 0_i32;
    for (at, c) in text.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let before = &text[..at];
            let start = before
                .rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$' | '.')))
                .map_or(0, |i| i + 1);
            return before[start..].to_string();
        }
    }
    String::new()
}

fn realm_name(proto: Id) -> &'static str {
    match proto {
        realm::TYPE_ERROR => "TypeError",
        realm::RANGE_ERROR => "RangeError",
        realm::SYNTAX_ERROR => "SyntaxError",
        _ => "Error",
    }
}
