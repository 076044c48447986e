//! Values as `util.inspect` and `console.log` show them: on one line where that is short, else a line for each part,
//! and long arrays in columns.

use super::number;
use super::realm;
use super::strings::quoted;
use super::value::{ENUMERABLE, Id, Key, Kind, Part, Promised, Slot, Value};
use super::vm::Vm;

/// How many elements of an array are shown.
pub const MOST: usize = 100;
/// How deep is gone at most, whatever was asked for.
const DEEPEST: usize = 100;

pub struct Inspector<'a> {
    vm: &'a Vm,
    depth: usize,
    colors: bool,
    pub width: usize,
    pub indent: usize,
    open: Vec<Id>,
    circular: Vec<Id>,
    /// The level of what was shown last.
    pub level: usize,
    budget: usize,
}

/// The pieces of an object.
#[derive(Default)]
struct Parts {
    base: String,
    braces: Option<(String, &'static str)>,
    parts: Vec<String>,
    /// Its elements may go into columns.
    list: bool,
}

impl Parts {
    fn braces(open: String, close: &'static str, parts: Vec<String>) -> Self {
        Self { braces: Some((open, close)), parts, ..Self::default() }
    }
}

/// The names before the braces: of the constructor, and of the object's own tag.
struct Head {
    class: Option<String>,
    tag: Option<String>,
}

impl Head {
    fn prefix(&self, fallback: &str, size: Option<usize>) -> String {
        let size = size.map_or(String::new(), |n| format!("({n})"));
        let tag = self.tag.as_ref().map_or(String::new(), |t| format!("[{t}] "));
        match &self.class {
            Some(name) => format!("{name}{size} {tag}"),
            None => format!("[{fallback}{size}: null prototype] {tag}"),
        }
    }
}

/// Shows a value.
pub fn inspect(vm: &mut Vm, value: &Value, depth: usize, colors: bool, width: usize) -> String {
    let mut inspector = Inspector {
        vm,
        depth: depth.min(DEEPEST),
        colors,
        width,
        indent: 0,
        open: vec![],
        circular: vec![],
        level: 0,
        budget: 200_000,
    };
    let out = inspector.value(value, 0);
    vm.cost += out.len() as u64;
    out
}

impl Inspector<'_> {
    fn style(&self, text: &str, from: u8, to: u8) -> String {
        if self.colors { format!("\u{1b}[{from}m{text}\u{1b}[{to}m") } else { text.to_string() }
    }

    fn value(&mut self, value: &Value, level: usize) -> String {
        match value {
            Value::Str(text) => self.text(text, level),
            Value::Num(n) => self.style(
                &if *n == 0.0 && n.is_sign_negative() { "-0".into() } else { number::text(*n) },
                33,
                39,
            ),
            Value::Big(n) => self.style(&format!("{n}n"), 33, 39),
            Value::Bool(b) => self.style(&b.to_string(), 33, 39),
            Value::Undefined | Value::Empty | Value::Cell(_) => self.style("undefined", 90, 39),
            Value::Null => self.style("null", 1, 22),
            Value::Symbol(id) => self.style(&self.vm.symbol_text(*id), 32, 39),
            Value::Obj(id) => self.object(*id, level),
        }
    }

    fn text(&self, text: &str, level: usize) -> String {
        if level > 0
            && text.len() > 16
            && text.len() + self.indent + 4 > self.width
            && text.trim_end_matches('\n').contains('\n')
        {
            let lines: Vec<String> =
                text.split_inclusive('\n').map(|l| self.style(&quoted(l), 32, 39)).collect();
            return lines.join(&format!(" +\n{}", " ".repeat(self.indent + 2)));
        }
        if text.chars().count() > 10_000 {
            let shown: String = text.chars().take(10_000).collect();
            let more = text.chars().count() - 10_000;
            return format!(
                "{}... {more} more character{}",
                self.style(&quoted(&shown), 32, 39),
                if more > 1 { "s" } else { "" }
            );
        }
        self.style(&quoted(text), 32, 39)
    }

    fn object(&mut self, id: Id, level: usize) -> String {
        if self.open.contains(&id) {
            if !self.circular.contains(&id) {
                self.circular.push(id);
            }
            let number = self.circular.iter().position(|c| *c == id).unwrap_or(0) + 1;
            return self.style(&format!("[Circular *{number}]"), 36, 39);
        }
        if level > self.depth && !self.is_leaf(id) && !self.is_bare(id) {
            let name = self.constructor(id).unwrap_or_else(|| "Object: null prototype".into());
            let name = match &self.vm.heap.get(id).kind {
                Kind::Array(_) => "Array".to_string(),
                _ => name,
            };
            return self.style(&format!("[{name}]"), 36, 39);
        }
        self.budget = self.budget.saturating_sub(1);
        if self.budget == 0 {
            return "[...]".into();
        }
        self.open.push(id);
        if !self.is_bare(id) && !self.is_leaf(id) {
            self.level = level;
        }
        let Parts { base, braces, mut parts, list } = self.parts(id, level);
        self.open.pop();
        let shown = match (parts.is_empty(), braces) {
            (true, None) => base,
            (true, Some((open, close))) if base.is_empty() => {
                if let Some(bare) = open.strip_suffix(['{', '[']).filter(|_| open.ends_with("] [")) {
                    format!("{bare}{close}")
                } else {
                    format!("{open}{close}")
                }
            }
            (true, Some(_)) => base,
            (false, braces) => {
                let (open, close) = braces.unwrap_or(("{".into(), "}"));
                let list = if list { self.list_of(id) } else { None };
                self.together(&mut parts, &base, &open, close, level, list.as_deref())
            }
        };
        match self.circular.iter().position(|c| *c == id) {
            Some(at) => format!("{} {shown}", self.style(&format!("<ref *{}>", at + 1), 36, 39)),
            None => shown,
        }
    }

    /// Shown whole at any depth.
    fn is_leaf(&self, id: Id) -> bool {
        let object = self.vm.heap.get(id);
        let bare = self.keys(id).is_empty();
        match &object.kind {
            Kind::Error | Kind::Date(_) | Kind::Regex { .. } | Kind::Boxed(_) => {
                bare || matches!(object.kind, Kind::Error)
            }
            _ => object.is_callable() && bare,
        }
    }

    /// Has nothing in its braces.
    fn is_bare(&self, id: Id) -> bool {
        self.keys(id).is_empty()
            && match &self.vm.heap.get(id).kind {
                Kind::Plain => true,
                Kind::Array(list) | Kind::Arguments(list) => list.is_empty(),
                Kind::Map(table) | Kind::Set(table) => !table.weak && table.entries.is_empty(),
                _ => false,
            }
    }

    fn list_of(&self, id: Id) -> Option<Vec<Value>> {
        match &self.vm.heap.get(id).kind {
            Kind::Array(list) | Kind::Arguments(list) => Some(list.clone()),
            Kind::Bytes(bytes) => Some(bytes.iter().map(|b| Value::Num(f64::from(*b))).collect()),
            _ => None,
        }
    }

    /// The name of the constructor; nothing where there is no prototype.
    fn constructor(&self, id: Id) -> Option<String> {
        let mut at = self.vm.heap.get(id).proto;
        at?;
        while let Some(proto) = at {
            let object = self.vm.heap.get(proto);
            if let Some(Slot::Value(Value::Obj(class))) =
                object.props.get(&"constructor".into()).map(|p| &p.slot)
                && let Some(name) = self.vm.function_name(*class).filter(|n| !n.is_empty())
            {
                return Some(name);
            }
            at = object.proto;
        }
        Some("Object".into())
    }

    fn keys(&self, id: Id) -> Vec<Key> {
        let object = self.vm.heap.get(id);
        let listed = matches!(
            object.kind,
            Kind::Array(_) | Kind::Arguments(_) | Kind::Bytes(_) | Kind::Boxed(Value::Str(_))
        );
        let mut keys: Vec<Key> =
            self.vm.own_keys(id, false).into_iter().filter(|k| !(listed && k.index().is_some())).collect();
        let symbols =
            object.props.iter().filter(|(k, p)| matches!(k, Key::Symbol(_)) && p.flags & ENUMERABLE != 0);
        keys.extend(symbols.map(|(k, _)| k.clone()));
        keys
    }

    /// What stands before the braces, the braces, what stands in them.
    fn parts(&mut self, id: Id, level: usize) -> Parts {
        let class = self.constructor(id);
        let tag = match self.vm.plain(id, &Key::Symbol(realm::TO_STRING_TAG)) {
            Some(Value::Str(tag)) if !tag.is_empty() && class.as_deref() != Some(&tag) => {
                Some(tag.to_string())
            }
            _ => None,
        };
        let head = Head { class, tag };
        let vm = self.vm;
        let object = vm.heap.get(id);
        let mut shown = match &object.kind {
            Kind::Array(items) => {
                let prefix = head.prefix("Array", Some(items.len()));
                let plain = head.class.as_deref() == Some("Array") && head.tag.is_none();
                let open = if plain { "[".to_string() } else { format!("{prefix}[") };
                Parts { list: true, ..Parts::braces(open, "]", self.items(items, level)) }
            }
            Kind::Arguments(items) => {
                let items = self.items(items, level).into_iter().enumerate();
                Parts::braces(
                    "[Arguments] {".into(),
                    "}",
                    items.map(|(at, v)| format!("'{at}': {v}")).collect(),
                )
            }
            Kind::Map(_) | Kind::Set(_) | Kind::Promise(_) => self.holding(&object.kind, &head, level),
            Kind::Coroutine(_) => {
                let name = if head.tag.is_some() { "Generator" } else { "AsyncGenerator" };
                Parts::braces(format!("Object [{name}] {{"), "}", vec![])
            }
            Kind::Walk(walk) => self.walk(walk, level),
            Kind::Plain => {
                let open = match (head.class.as_deref(), &head.tag) {
                    (Some("Object"), None) => "{".to_string(),
                    (Some("Object"), Some(tag)) => format!("Object [{tag}] {{"),
                    _ => format!("{}{{", head.prefix("Object", None)),
                };
                Parts::braces(open, "}", vec![])
            }
            Kind::Bytes(bytes) if object.proto != Some(realm::BUFFER) => {
                let mut out = bytes.iter().take(MOST).map(|b| self.style(&b.to_string(), 33, 39)).collect();
                more(&mut out, bytes.len());
                let open = format!("{}[", head.prefix("Uint8Array", Some(bytes.len())));
                Parts { list: true, ..Parts::braces(open, "]", out) }
            }
            _ => Parts { base: self.leaf(id, head.tag.as_deref()), ..Parts::default() },
        };
        let is_error = matches!(object.kind, Kind::Error);
        for key in self.keys(id) {
            let name = vm.key_text(&key);
            let known = is_error
                && matches!(name.as_str(), "name" | "message" | "stack")
                && vm.plain(id, &key).is_some_and(|v| shown.base.contains(&vm.plain_text(&v)));
            if !known {
                shown.parts.push(self.property(id, &key, level));
            }
        }
        if is_error {
            self.cause(id, level, &mut shown.parts);
        }
        shown
    }

    /// Maps, sets and promises.
    fn holding(&mut self, kind: &Kind, head: &Head, level: usize) -> Parts {
        let mut out = vec![];
        self.indent += 2;
        let (name, size) = match kind {
            Kind::Map(table) if !table.weak => {
                for (key, value) in table.entries.values().take(MOST) {
                    let key = self.value(key, level + 1);
                    out.push(format!("{key} => {}", self.value(value, level + 1)));
                }
                ("Map", Some(table.entries.len()))
            }
            Kind::Set(table) if !table.weak => {
                for (value, _) in table.entries.values().take(MOST) {
                    out.push(self.value(value, level + 1));
                }
                ("Set", Some(table.entries.len()))
            }
            Kind::Promise(promise) => {
                out.push(match &promise.state {
                    Promised::Pending => self.style("<pending>", 36, 39),
                    Promised::Kept(value) => self.value(value, level + 1),
                    Promised::Broken(value) => {
                        let shown = self.value(value, level + 1);
                        format!("{} {shown}", self.style("<rejected>", 36, 39))
                    }
                });
                ("Promise", None)
            }
            _ => {
                out.push(self.style("<items unknown>", 36, 39));
                ("WeakMap", None)
            }
        };
        self.indent -= 2;
        more(&mut out, size.unwrap_or(0));
        Parts::braces(format!("{}{{", head.prefix(name, size)), "}", out)
    }

    /// What has no braces of its own.
    fn leaf(&self, id: Id, tag: Option<&str>) -> String {
        match &self.vm.heap.get(id).kind {
            Kind::Error => self.error(id),
            Kind::Date(time) => {
                let shown = super::builtins::date_iso(*time).unwrap_or_else(|| "Invalid Date".into());
                self.style(&shown, 35, 39)
            }
            Kind::Regex { source, flags } => self.style(&format!("/{source}/{flags}"), 31, 39),
            Kind::Boxed(inner) => {
                let (name, shown) = match inner {
                    Value::Str(text) => ("String", quoted(text)),
                    Value::Num(_) => ("Number", self.vm.plain_text(inner)),
                    Value::Bool(_) => ("Boolean", self.vm.plain_text(inner)),
                    Value::Symbol(_) => ("Symbol", self.vm.plain_text(inner)),
                    _ => ("BigInt", self.vm.plain_text(inner)),
                };
                let color = if matches!(inner, Value::Str(_)) { 32 } else { 33 };
                self.style(&format!("[{name}: {shown}]"), color, 39)
            }
            Kind::Bytes(bytes) => {
                let shown: String = bytes.iter().take(50).map(|b| format!(" {b:02x}")).collect();
                let rest = bytes.len().saturating_sub(50);
                let plural = if rest > 1 { "s" } else { "" };
                let tail = if rest > 0 { format!(" ... {rest} more byte{plural}") } else { String::new() };
                format!("<Buffer{shown}{tail}>")
            }
            _ => self.function(id, tag),
        }
    }

    fn cause(&mut self, id: Id, level: usize, out: &mut Vec<String>) {
        for name in ["cause", "errors"] {
            let hidden =
                self.vm.heap.get(id).props.get(&name.into()).is_some_and(|p| p.flags & ENUMERABLE == 0);
            if hidden {
                let shown = self.property(id, &name.into(), level);
                out.push(format!("[{name}]{}", &shown[name.len()..]));
            }
        }
    }

    fn walk(&mut self, walk: &super::value::Walk, level: usize) -> Parts {
        let over = walk.over.object().map(|id| &self.vm.heap.get(id).kind);
        let name = match (over, walk.what) {
            (Some(Kind::Map(_)), Part::Entries) => "Map Entries",
            (Some(Kind::Map(_)), _) => "Map Iterator",
            (Some(Kind::Set(_)), Part::Entries) => "Set Entries",
            (Some(Kind::Set(_)), _) => "Set Iterator",
            (None, _) => return Parts::braces("Object [String Iterator] {".into(), "}", vec![]),
            _ => return Parts::braces("Object [Array Iterator] {".into(), "}", vec![]),
        };
        let entries: Vec<(Value, Value)> = match over {
            Some(Kind::Map(t)) => t.entries.range(walk.at..).map(|(_, e)| e.clone()).collect(),
            Some(Kind::Set(t)) => {
                t.entries.range(walk.at..).map(|(_, (k, _))| (k.clone(), k.clone())).collect()
            }
            _ => vec![],
        };
        self.indent += 2;
        let mut out = vec![];
        for (key, value) in &entries {
            out.push(match walk.what {
                Part::Keys => self.value(key, level + 1),
                Part::Values => self.value(value, level + 1),
                Part::Entries => {
                    let (key, value) = (self.value(key, level + 1), self.value(value, level + 1));
                    format!("[ {key}, {value} ]")
                }
            });
        }
        self.indent -= 2;
        Parts::braces(format!("[{name}] {{"), "}", out)
    }

    fn items(&mut self, items: &[Value], level: usize) -> Vec<String> {
        let mut out = vec![];
        let mut at = 0;
        self.indent += 2;
        while at < items.len() && out.len() < MOST {
            if matches!(items[at], Value::Empty) {
                let run = items[at..].iter().take_while(|v| matches!(v, Value::Empty)).count();
                out.push(self.style(
                    &format!("<{run} empty item{}>", if run > 1 { "s" } else { "" }),
                    90,
                    39,
                ));
                at += run;
                continue;
            }
            out.push(self.value(&items[at], level + 1));
            at += 1;
        }
        self.indent -= 2;
        let rest = items.len() - at;
        if rest > 0 {
            out.push(format!("... {rest} more item{}", if rest > 1 { "s" } else { "" }));
        }
        out
    }

    fn property(&mut self, id: Id, key: &Key, level: usize) -> String {
        let prop = self.vm.heap.get(id).props.get(key).cloned();
        let shown = match prop.map(|p| p.slot) {
            Some(Slot::Value(value)) => {
                self.indent += 2;
                let shown = self.value(&value, level + 1);
                self.indent -= 2;
                shown
            }
            Some(Slot::Accessor(get, set)) => {
                let name = match (get.is_some(), set.is_some()) {
                    (true, true) => "[Getter/Setter]",
                    (true, false) => "[Getter]",
                    _ => "[Setter]",
                };
                self.style(name, 36, 39)
            }
            None => String::new(),
        };
        let name = match key {
            Key::Symbol(symbol) => format!("[{}]", self.style(&self.vm.symbol_text(*symbol), 32, 39)),
            Key::Str(text) => {
                let mut chars = text.chars();
                let plain = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
                    && chars.all(|c| c.is_ascii_alphanumeric() || c == '_');
                if plain { text.to_string() } else { self.style(&quoted(text), 32, 39) }
            }
        };
        format!("{name}: {shown}")
    }

    fn function(&self, id: Id, tag: Option<&str>) -> String {
        let name = self.vm.function_name(id).unwrap_or_default();
        let code = match &self.vm.heap.get(id).kind {
            Kind::Function(closure) => self
                .vm
                .units
                .get(closure.unit as usize)
                .and_then(|u| u.compiled.codes.get(closure.code as usize)),
            _ => None,
        };
        if let Some(code) = code.filter(|c| c.is_class) {
            let name = if name.is_empty() { "(anonymous)" } else { &name };
            let above = self
                .vm
                .heap
                .get(id)
                .proto
                .filter(|p| *p != realm::FUNCTION)
                .and_then(|p| self.vm.function_name(p));
            let above = match above {
                Some(above) if !above.is_empty() => format!(" extends {above}"),
                _ if code.shape == super::ast::Shape::Derived => " extends null".into(),
                _ => String::new(),
            };
            return self.style(&format!("[class {name}{above}]"), 36, 39);
        }
        let kind = match code.map(|c| (c.is_async, c.is_generator)) {
            Some((true, true)) => "AsyncGeneratorFunction",
            Some((true, false)) => "AsyncFunction",
            Some((false, true)) => "GeneratorFunction",
            _ => "Function",
        };
        let tag = tag.filter(|t| *t != kind).map_or(String::new(), |t| format!(" [{t}]"));
        let shown = if name.is_empty() {
            format!("[{kind} (anonymous){tag}]")
        } else {
            format!("[{kind}: {name}{tag}]")
        };
        self.style(&shown, 36, 39)
    }

    /// The stack, with the name of the error's class where that says more than the error's own name.
    fn error(&self, id: Id) -> String {
        let name = self.vm.plain(id, &"name".into()).map_or("Error".to_string(), |v| self.vm.plain_text(&v));
        let mut stack = match self.vm.stack_text(id) {
            Some(stack) if !stack.is_empty() => stack,
            _ => self.vm.error_header(id),
        };
        let class = self.constructor(id).unwrap_or_else(|| name.clone());
        let after = stack.strip_prefix(&name).filter(|rest| rest.is_empty() || rest.starts_with([':', '\n']));
        if let Some(rest) = after.filter(|_| name.ends_with("Error") && class != name) {
            stack = if class.contains(&name) {
                format!("{class}{rest}")
            } else {
                format!("{class} [{name}]{rest}")
            };
        }
        let bare = !stack.contains("\n    at ");
        let stack = if bare { format!("[{stack}]") } else { stack };
        if self.indent > 0 { stack.replace('\n', &format!("\n{}", " ".repeat(self.indent))) } else { stack }
    }
}

fn more(out: &mut Vec<String>, total: usize) {
    if total > MOST {
        let rest = total - MOST;
        out.push(format!("... {rest} more item{}", if rest > 1 { "s" } else { "" }));
    }
}
