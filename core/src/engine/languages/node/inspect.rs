//! Values as `util.inspect` and `console.log` show them: on one line where that is short, else a line for each part,
//! and long arrays in columns.

use super::number;
use super::realm;
use super::strings::quoted;
use super::value::{ENUMERABLE, Id, Key, Kind, Part, Promised, Slot, Value};
use super::vm::Vm;

/// How many elements of an array are shown.
const MOST: usize = 100;
/// How deep is gone at most, whatever was asked for.
const DEEPEST: usize = 100;

struct Inspector<'a> {
    vm: &'a Vm,
    depth: usize,
    colors: bool,
    width: usize,
    indent: usize,
    open: Vec<Id>,
    circular: Vec<Id>,
    /// The level of what was shown last.
    level: usize,
    budget: usize,
}

/// Shows a value.
pub fn inspect(vm: &mut Vm, value: &Value, depth: usize, colors: bool, width: usize) -> String {
    let mut inspector = Inspector { vm, depth: depth.min(DEEPEST), colors, width, indent: 0, open: vec![], circular: vec![], level: 0, budget: 200_000 };
    let out = inspector.value(value, 0, false);
    vm.cost += out.len() as u64;
    out
}

/// The length without colours.
fn plain_len(text: &str) -> usize {
    if !text.contains('\u{1b}') {
        return text.chars().count();
    }
    let mut count = 0;
    let mut escape = false;
    for c in text.chars() {
        match c {
            '\u{1b}' => escape = true,
            'm' if escape => escape = false,
            _ if escape => {}
            _ => count += 1,
        }
    }
    count
}

impl Inspector<'_> {
    fn style(&self, text: &str, from: u8, to: u8) -> String {
        if self.colors { format!("\u{1b}[{from}m{text}\u{1b}[{to}m") } else { text.to_string() }
    }

    /// `key` where it stands behind a name: long texts are split.
    fn value(&mut self, value: &Value, level: usize, top: bool) -> String {
        match value {
            Value::Str(text) => self.text(text, level, top),
            Value::Num(n) => self.style(&if *n == 0.0 && n.is_sign_negative() { "-0".into() } else { number::text(*n) }, 33, 39),
            Value::Big(n) => self.style(&format!("{n}n"), 33, 39),
            Value::Bool(b) => self.style(&b.to_string(), 33, 39),
            Value::Undefined | Value::Empty | Value::Cell(_) => self.style("undefined", 90, 39),
            Value::Null => self.style("null", 1, 22),
            Value::Symbol(id) => self.style(&self.vm.symbol_text(*id), 32, 39),
            Value::Obj(id) => self.object(*id, level),
        }
    }

    fn text(&self, text: &str, level: usize, _top: bool) -> String {
        if level > 0 && text.len() > 16 && text.len() + self.indent + 4 > self.width && text.trim_end_matches('\n').contains('\n') {
            let lines: Vec<String> = text.split_inclusive('\n').map(|l| self.style(&quoted(l), 32, 39)).collect();
            return lines.join(&format!(" +\n{}", " ".repeat(self.indent + 2)));
        }
        if text.chars().count() > 10_000 {
            let shown: String = text.chars().take(10_000).collect();
            let more = text.chars().count() - 10_000;
            return format!("{}... {more} more character{}", self.style(&quoted(&shown), 32, 39), if more > 1 { "s" } else { "" });
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
        self.level = level;
        let (base, braces, mut parts, is_list) = self.parts(id, level);
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
                let list = if is_list { self.list_of(id) } else { None };
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
            Kind::Error | Kind::Date(_) | Kind::Regex { .. } | Kind::Boxed(_) => bare || matches!(object.kind, Kind::Error),
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
            if let Some(Slot::Value(Value::Obj(class))) = object.props.get(&"constructor".into()).map(|p| &p.slot) {
                if let Some(name) = self.vm.function_name(*class).filter(|n| !n.is_empty()) {
                    return Some(name);
                }
            }
            at = object.proto;
        }
        Some("Object".into())
    }

    fn keys(&self, id: Id) -> Vec<Key> {
        let object = self.vm.heap.get(id);
        let listed = matches!(object.kind, Kind::Array(_) | Kind::Arguments(_) | Kind::Bytes(_) | Kind::Boxed(Value::Str(_)));
        let mut keys: Vec<Key> = self.vm.own_keys(id, false).into_iter().filter(|k| !(listed && k.index().is_some())).collect();
        let symbols = object.props.iter().filter(|(k, p)| matches!(k, Key::Symbol(_)) && p.flags & ENUMERABLE != 0);
        keys.extend(symbols.map(|(k, _)| k.clone()));
        keys
    }

    /// What stands before the braces, the braces, what stands in them, and whether that may go into columns.
    fn parts(&mut self, id: Id, level: usize) -> (String, Option<(String, &'static str)>, Vec<String>, bool) {
        let object = self.vm.heap.get(id);
        let class = self.constructor(id);
        let tag = match self.vm.plain(id, &Key::Symbol(realm::TO_STRING_TAG)) {
            Some(Value::Str(tag)) if !tag.is_empty() && class.as_deref() != Some(&tag) => Some(tag.to_string()),
            _ => None,
        };
        let prefix = |fallback: &str, size: Option<usize>| {
            let size = size.map_or(String::new(), |n| format!("({n})"));
            let tag = tag.as_ref().map_or(String::new(), |t| format!("[{t}] "));
            match &class {
                Some(name) => format!("{name}{size} {tag}"),
                None => format!("[{fallback}{size}: null prototype] {tag}"),
            }
        };
        let mut list = false;
        let mut out = vec![];
        let keys = self.keys(id);
        let (base, braces) = match &object.kind {
            Kind::Array(items) => {
                list = true;
                out = self.items(&items.clone(), level);
                let head = prefix("Array", Some(items.len()));
                let head = if class.as_deref() == Some("Array") && tag.is_none() { String::new() } else { head };
                (String::new(), Some((format!("{head}["), "]")))
            }
            Kind::Arguments(items) => {
                let shown = self.items(&items.clone(), level);
                out = shown.into_iter().enumerate().map(|(at, v)| format!("'{at}': {v}")).collect();
                (String::new(), Some(("[Arguments] {".to_string(), "}")))
            }
            Kind::Map(table) if !table.weak => {
                let entries: Vec<(Value, Value)> = table.entries.values().cloned().collect();
                self.indent += 2;
                for (key, value) in entries.iter().take(MOST) {
                    let key = self.value(key, level + 1, false);
                    let value = self.value(value, level + 1, false);
                    out.push(format!("{key} => {value}"));
                }
                self.indent -= 2;
                more(&mut out, entries.len());
                (String::new(), Some((format!("{}{{", prefix("Map", Some(entries.len()))), "}")))
            }
            Kind::Set(table) if !table.weak => {
                let entries: Vec<Value> = table.entries.values().map(|(k, _)| k.clone()).collect();
                self.indent += 2;
                for value in entries.iter().take(MOST) {
                    out.push(self.value(value, level + 1, false));
                }
                self.indent -= 2;
                more(&mut out, entries.len());
                (String::new(), Some((format!("{}{{", prefix("Set", Some(entries.len()))), "}")))
            }
            Kind::Map(_) | Kind::Set(_) => {
                out.push(self.style("<items unknown>", 36, 39));
                (String::new(), Some((format!("{}{{", prefix("WeakMap", None)), "}")))
            }
            Kind::Promise(promise) => {
                match promise.state.clone() {
                    Promised::Pending => out.push(self.style("<pending>", 36, 39)),
                    Promised::Kept(value) => {
                        self.indent += 2;
                        out.push(self.value(&value, level + 1, false));
                        self.indent -= 2;
                    }
                    Promised::Broken(value) => {
                        self.indent += 2;
                        let shown = self.value(&value, level + 1, false);
                        self.indent -= 2;
                        out.push(format!("{} {shown}", self.style("<rejected>", 36, 39)));
                    }
                }
                (String::new(), Some((format!("{}{{", prefix("Promise", None)), "}")))
            }
            Kind::Function(_) | Kind::Native(_) | Kind::Bound { .. } | Kind::Resolver { .. } => (self.function(id, tag.as_deref()), None),
            Kind::Error => (self.error(id), None),
            Kind::Date(time) => {
                let shown = super::builtins::date_iso(*time).unwrap_or_else(|| "Invalid Date".into());
                (self.style(&shown, 35, 39), None)
            }
            Kind::Regex { source, flags } => (self.style(&format!("/{source}/{flags}"), 31, 39), None),
            Kind::Boxed(inner) => {
                let shown = match inner {
                    Value::Str(text) => quoted(text),
                    other => self.vm.plain_text(other),
                };
                let name = match inner {
                    Value::Str(_) => "String",
                    Value::Num(_) => "Number",
                    Value::Bool(_) => "Boolean",
                    Value::Symbol(_) => "Symbol",
                    _ => "BigInt",
                };
                (self.style(&format!("[{name}: {shown}]"), if matches!(inner, Value::Str(_)) { 32 } else { 33 }, 39), None)
            }
            Kind::Bytes(bytes) if object.proto == Some(realm::BUFFER) => {
                let shown: Vec<String> = bytes.iter().take(50).map(|b| format!("{b:02x}")).collect();
                let rest = bytes.len().saturating_sub(50);
                let tail = if rest > 0 { format!(" ... {rest} more byte{}", if rest > 1 { "s" } else { "" }) } else { String::new() };
                let gap = if bytes.is_empty() { "" } else { " " };
                (format!("<Buffer{gap}{}{tail}>", shown.join(" ")), None)
            }
            Kind::Bytes(bytes) => {
                list = true;
                out = bytes.iter().take(MOST).map(|b| self.style(&b.to_string(), 33, 39)).collect();
                more(&mut out, bytes.len());
                (String::new(), Some((format!("{}[", prefix("Uint8Array", Some(bytes.len()))), "]")))
            }
            Kind::Coroutine(_) => (String::new(), Some((format!("Object [{}] {{", if tag.is_some() { "Generator" } else { "AsyncGenerator" }), "}"))),
            Kind::Walk(walk) => self.walk(walk, level, &mut out),
            Kind::Plain => {
                let head = prefix("Object", None);
                let head = if class.as_deref() == Some("Object") && tag.is_none() { String::new() } else if class.as_deref() == Some("Object") { format!("Object [{}] ", tag.unwrap_or_default()) } else { head };
                (String::new(), Some((format!("{head}{{"), "}")))
            }
        };
        self.level = self.level.max(level);
        let shown_already = |key: &Key| {
            let name = self.vm.key_text(key);
            matches!(object.kind, Kind::Error)
                && matches!(name.as_str(), "name" | "message" | "stack")
                && self.vm.plain(id, key).is_some_and(|v| base.contains(&self.vm.plain_text(&v)))
        };
        let left: Vec<&Key> = keys.iter().filter(|k| !shown_already(k)).collect();
        for key in left {
            let shown = self.property(id, key, level);
            out.push(shown);
        }
        if matches!(object.kind, Kind::Error) {
            self.cause(id, level, &mut out);
        }
        (base, braces, out, list)
    }

    fn cause(&mut self, id: Id, level: usize, out: &mut Vec<String>) {
        for name in ["cause", "errors"] {
            let hidden = self.vm.heap.get(id).props.get(&name.into()).is_some_and(|p| p.flags & ENUMERABLE == 0);
            if hidden {
                let shown = self.property(id, &name.into(), level);
                out.push(format!("[{name}]{}", &shown[name.len()..]));
            }
        }
    }

    fn walk(&mut self, walk: &super::value::Walk, level: usize, out: &mut Vec<String>) -> (String, Option<(String, &'static str)>) {
        let over = walk.over.object().map(|id| &self.vm.heap.get(id).kind);
        let name = match (over, walk.what) {
            (Some(Kind::Map(_)), Part::Entries) => "Map Entries",
            (Some(Kind::Map(_)), _) => "Map Iterator",
            (Some(Kind::Set(_)), Part::Entries) => "Set Entries",
            (Some(Kind::Set(_)), _) => "Set Iterator",
            (None, _) => return (String::new(), Some(("Object [String Iterator] {".into(), "}"))),
            _ => return (String::new(), Some(("Object [Array Iterator] {".into(), "}"))),
        };
        let entries: Vec<(Value, Value)> = match over {
            Some(Kind::Map(t)) => t.entries.range(walk.at..).map(|(_, e)| e.clone()).collect(),
            Some(Kind::Set(t)) => t.entries.range(walk.at..).map(|(_, (k, _))| (k.clone(), k.clone())).collect(),
            _ => vec![],
        };
        for (key, value) in &entries {
            self.indent += 2;
            out.push(match walk.what {
                Part::Keys => self.value(key, level + 1, false),
                Part::Values => self.value(value, level + 1, false),
                Part::Entries => {
                    let (key, value) = (self.value(key, level + 1, false), self.value(value, level + 1, false));
                    format!("[ {key}, {value} ]")
                }
            });
            self.indent -= 2;
        }
        (String::new(), Some((format!("[{name}] {{"), "}")))
    }

    fn items(&mut self, items: &[Value], level: usize) -> Vec<String> {
        let mut out = vec![];
        let mut at = 0;
        self.indent += 2;
        while at < items.len() && out.len() < MOST {
            if matches!(items[at], Value::Empty) {
                let run = items[at..].iter().take_while(|v| matches!(v, Value::Empty)).count();
                out.push(self.style(&format!("<{run} empty item{}>", if run > 1 { "s" } else { "" }), 90, 39));
                at += run;
                continue;
            }
            out.push(self.value(&items[at], level + 1, false));
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
                let shown = self.value(&value, level + 1, false);
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
                let plain = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_') && chars.all(|c| c.is_ascii_alphanumeric() || c == '_');
                if plain { text.to_string() } else { self.style(&quoted(text), 32, 39) }
            }
        };
        format!("{name}: {shown}")
    }

    fn function(&self, id: Id, tag: Option<&str>) -> String {
        let name = self.vm.function_name(id).unwrap_or_default();
        let code = match &self.vm.heap.get(id).kind {
            Kind::Function(closure) => self.vm.units.get(closure.unit as usize).and_then(|u| u.compiled.codes.get(closure.code as usize)),
            _ => None,
        };
        if let Some(code) = code.filter(|c| c.is_class) {
            let name = if name.is_empty() { "(anonymous)" } else { &name };
            let above = self.vm.heap.get(id).proto.filter(|p| *p != realm::FUNCTION).and_then(|p| self.vm.function_name(p));
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
        let shown = if name.is_empty() { format!("[{kind} (anonymous){tag}]") } else { format!("[{kind}: {name}{tag}]") };
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
            stack = if class.contains(&name) { format!("{class}{rest}") } else { format!("{class} [{name}]{rest}") };
        }
        let bare = !stack.contains("\n    at ");
        let stack = if bare { format!("[{stack}]") } else { stack };
        if self.indent > 0 { stack.replace('\n', &format!("\n{}", " ".repeat(self.indent))) } else { stack }
    }

    /// The parts in braces: on one line where they fit.
    fn together(&mut self, parts: &mut Vec<String>, base: &str, open: &str, close: &str, level: usize, list: Option<&[Value]>) -> String {
        let count = parts.len();
        if let Some(values) = list
            && count > 6
        {
            *parts = self.columns(std::mem::take(parts), values);
        }
        let before = if base.is_empty() { String::new() } else { format!("{base} ") };
        if self.level - level < 3 && count == parts.len() {
            let start = parts.len() + self.indent + open.chars().count() + plain_len(base) + 10;
            let total: usize = parts.iter().map(|p| plain_len(p)).sum::<usize>() + start + parts.len();
            let joined = parts.join(", ");
            if total - parts.len() + parts.len() <= self.width && !joined.contains('\n') && !base.contains('\n') {
                return format!("{before}{open} {joined} {close}");
            }
        }
        let line = format!("\n{}", " ".repeat(self.indent));
        format!("{before}{open}{line}  {}{line}{close}", parts.join(&format!(",{line}  ")))
    }

    /// Short elements side by side, in columns of equal width.
    fn columns(&self, parts: Vec<String>, values: &[Value]) -> Vec<String> {
        let shown = if values.len() > MOST { parts.len() - 1 } else { parts.len() };
        let lens: Vec<usize> = parts.iter().take(shown).map(|p| plain_len(p)).collect();
        let longest = lens.iter().copied().max().unwrap_or(0);
        let total: usize = lens.iter().map(|l| l + 2).sum();
        let widest = longest + 2;
        if widest * 3 + self.indent >= self.width || total as f64 / widest as f64 <= 5.0 && longest > 6 {
            return parts;
        }
        let bias = (widest as f64 - total as f64 / parts.len() as f64).sqrt();
        let biased = (widest as f64 - 3.0 - bias).max(1.0);
        let wanted = ((2.5 * biased * parts.len() as f64).sqrt() / biased).round() as usize;
        let columns = wanted.min((self.width - self.indent) / widest).min(12).min(15);
        if columns <= 1 {
            return parts;
        }
        let widths: Vec<usize> = (0..columns).map(|c| lens.iter().skip(c).step_by(columns).copied().max().unwrap_or(0) + 2).collect();
        let right = values.iter().all(|v| matches!(v, Value::Num(_) | Value::Big(_)));
        let mut out = vec![];
        for row in (0..shown).step_by(columns) {
            let end = (row + columns).min(shown);
            let mut line = String::new();
            for at in row..end {
                let last = at + 1 == end;
                let cell = if last { parts[at].clone() } else { format!("{}, ", parts[at]) };
                let width = if last { widths[at - row] - 2 } else { widths[at - row] };
                let fill = " ".repeat(width.saturating_sub(plain_len(&cell)));
                match (right, last) {
                    (true, _) => line.push_str(&format!("{fill}{cell}")),
                    (false, true) => line.push_str(&cell),
                    (false, false) => line.push_str(&format!("{cell}{fill}")),
                }
            }
            out.push(line);
        }
        out.extend(parts.into_iter().skip(shown));
        out
    }
}

fn more(out: &mut Vec<String>, total: usize) {
    if total > MOST {
        let rest = total - MOST;
        out.push(format!("... {rest} more item{}", if rest > 1 { "s" } else { "" }));
    }
}
