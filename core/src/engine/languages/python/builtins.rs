//! Built-in functions and the modules `os`, `sys`, `time`, `json`, `math`, `socket`, `platform`.

use super::operators::{number, whole};
use crate::base::Duration;
use crate::engine::languages::eval::{Flow, Machine, Outcome, missing, raise};
use crate::engine::languages::value::Value;
use crate::kernel::{Read, Wait};
use serde_json::Value as Json;

const FUNCTIONS: &[&str] = &[
    "print", "len", "str", "int", "float", "bool", "repr", "range", "sum", "min", "max", "abs", "round", "sorted",
    "reversed", "enumerate", "zip", "list", "tuple", "dict", "any", "all", "input", "open", "exit", "quit", "map",
    "filter", "type", "isinstance", "chr", "ord", "__import__", "__name__",
];
const ERRORS: &[&str] = &[
    "Exception", "BaseException", "ValueError", "TypeError", "KeyError", "IndexError", "NameError", "RuntimeError",
    "ZeroDivisionError", "OSError", "FileNotFoundError", "PermissionError", "KeyboardInterrupt", "SystemExit",
    "NotImplementedError", "ImportError", "ModuleNotFoundError", "AttributeError", "AssertionError",
];
const MODULES: &[&str] = &["os", "os.path", "sys", "time", "json", "math", "socket", "platform"];

/// True for a name that every script knows.
pub fn is_builtin(name: &str) -> bool {
    FUNCTIONS.contains(&name) || ERRORS.contains(&name)
}

impl Machine<'_, '_> {
    /// `import module`.
    ///
    /// # Errors
    /// `ModuleNotFoundError`; what is not simulated.
    pub fn import(&mut self, module: &str) -> Outcome<()> {
        const KNOWN: &[&str] = &["random", "datetime", "http", "re", "subprocess", "threading", "logging", "signal", "pathlib", "collections", "itertools", "functools", "argparse", "urllib", "uuid", "hashlib", "base64", "asyncio", "shutil", "string", "unittest", "sqlite3", "csv", "tempfile", "traceback", "typing"];
        if MODULES.contains(&module) {
            return Ok(());
        }
        let top = module.split('.').next().unwrap_or(module).to_string();
        let version = self.sys.env("PYTHON_VERSION").unwrap_or_else(|| "3.11.2".into());
        let minor: String = version.split('.').take(2).collect::<Vec<_>>().join(".");
        let site = format!("/usr/local/lib/python{minor}/site-packages/{top}");
        if KNOWN.contains(&top.as_str()) || self.sys.stat(&site).is_ok() {
            return missing(format!("the module {module}"));
        }
        raise("ModuleNotFoundError", format!("No module named '{top}'"))
    }

    /// Calls a built-in function.
    ///
    /// # Errors
    /// Exceptions, waiting, the end of the script.
    pub fn native(&mut self, name: &str, args: Vec<Value>, named: Vec<(String, Value)>) -> Outcome<Value> {
        let first = args.first().cloned().unwrap_or(Value::None);
        Ok(match (name, args.len()) {
            ("print", _) => return self.print(&args, &named),
            ("len", 1) => match &first {
                Value::Str(s) => Value::Int(s.chars().count() as i64),
                _ => Value::Int(self.items(&first)?.len() as i64),
            },
            ("str", _) => Value::Str(if args.is_empty() { String::new() } else { self.text(&first) }),
            ("repr", 1) => Value::Str(self.repr(&first, 0)),
            ("int", 1) => return self.integer(&first),
            ("float", 1) => match (&first, number(&first)) {
                (_, Some(n)) => Value::Float(n),
                (Value::Str(s), _) if s.trim().parse::<f64>().is_ok() => Value::Float(s.trim().parse().unwrap_or(0.0)),
                _ => return raise("ValueError", format!("could not convert string to float: {}", self.repr(&first, 0))),
            },
            ("bool", _) => Value::Bool(self.truth(&first)),
            ("range", 1..=3) => return self.range(&args),
            ("sum", 1) => {
                let mut total = Value::Int(0);
                for item in self.items(&first)? {
                    total = self.binary("+", total, item)?;
                }
                total
            }
            ("min" | "max", 1..) => {
                let items = if args.len() == 1 { self.items(&first)? } else { args };
                let items = self.sort(items, None)?;
                let item = if name == "min" { items.first() } else { items.last() };
                match item {
                    Some(item) => item.clone(),
                    None => return raise("ValueError", format!("{name}() arg is an empty sequence")),
                }
            }
            ("abs", 1) => match first {
                Value::Int(n) => Value::Int(n.saturating_abs()),
                other => Value::Float(number(&other).unwrap_or(0.0).abs()),
            },
            ("round", 1) => Value::Int(number(&first).unwrap_or(0.0).round_ties_even() as i64),
            ("round", 2) => {
                let places = args.get(1).and_then(whole).unwrap_or(0).clamp(0, 15) as usize;
                let text = format!("{:.places$}", number(&first).unwrap_or(0.0));
                Value::Float(text.parse().unwrap_or(0.0))
            }
            ("any" | "all", 1) => {
                let items = self.items(&first)?;
                Value::Bool(if name == "any" { items.iter().any(|i| self.truth(i)) } else { items.iter().all(|i| self.truth(i)) })
            }
            ("chr", 1) => Value::Str(whole(&first).and_then(|n| char::from_u32(n as u32)).map_or(String::new(), String::from)),
            ("__import__", 1) => {
                let module = self.text(&first);
                self.import(&module)?;
                Value::Native(module)
            }
            ("exit" | "quit" | "sys.exit" | "SystemExit", _) => return self.leave(&first),
            (error, _) if ERRORS.contains(&error) => {
                let message = if args.is_empty() { String::new() } else { self.text(&first) };
                Value::Error(error.to_string(), message)
            }
            _ => return self.collection(name, args, named),
        })
    }

    /// The built-in functions that make and change collections.
    fn collection(&mut self, name: &str, args: Vec<Value>, named: Vec<(String, Value)>) -> Outcome<Value> {
        let first = args.first().cloned().unwrap_or(Value::None);
        Ok(match (name, args.len()) {
            ("sorted", 1) => {
                let key = named.iter().find(|(n, _)| n == "key").map(|(_, v)| v.clone());
                let items = self.items(&first)?;
                let mut items = self.sort(items, key)?;
                if named.iter().any(|(n, v)| n == "reverse" && self.truth(v)) {
                    items.reverse();
                }
                return self.list(items);
            }
            ("reversed", 1) => {
                let mut items = self.items(&first)?;
                items.reverse();
                return self.list(items);
            }
            ("enumerate", _) => {
                let start = args.get(1).and_then(whole).unwrap_or(0);
                let items = self.items(&first)?.into_iter().zip(start..);
                let items = items.map(|(item, n)| Value::Tuple(vec![Value::Int(n), item])).collect();
                return self.list(items);
            }
            ("zip", 2) => {
                let (a, b) = (self.items(&first)?, self.items(&args[1])?);
                return self.list(a.into_iter().zip(b).map(|(a, b)| Value::Tuple(vec![a, b])).collect());
            }
            ("map" | "filter", 2) => {
                let mut out = vec![];
                for item in self.items(&args[1])? {
                    let value = self.call(first.clone(), vec![item.clone()], vec![])?;
                    match name {
                        "map" => out.push(value),
                        _ if self.truth(&value) => out.push(item),
                        _ => {}
                    }
                }
                return self.list(out);
            }
            ("list", _) => {
                let items = if args.is_empty() { vec![] } else { self.items(&first)? };
                return self.list(items);
            }
            ("tuple", 1) => Value::Tuple(self.items(&first)?),
            ("dict", 0) => self.dict(named.into_iter().map(|(n, v)| (Value::Str(n), v)).collect()),
            _ => return self.library(name, &args),
        })
    }

    fn leave(&mut self, code: &Value) -> Outcome<Value> {
        Err(Flow::Exit(match code {
            Value::None => 0,
            Value::Str(text) => {
                let text = format!("{text}\n");
                self.effect(|sys, _| {
                    sys.eprint(&text);
                    Ok(Json::Null)
                })?;
                1
            }
            other => whole(other).unwrap_or(1) as i32,
        }))
    }

    fn integer(&mut self, value: &Value) -> Outcome<Value> {
        match (value, number(value)) {
            (_, Some(n)) => Ok(Value::Int(n as i64)),
            (Value::Str(s), _) if s.trim().parse::<i64>().is_ok() => Ok(Value::Int(s.trim().parse().unwrap_or(0))),
            _ => raise("ValueError", format!("invalid literal for int() with base 10: {}", self.repr(value, 0))),
        }
    }

    fn range(&mut self, args: &[Value]) -> Outcome<Value> {
        let n = |at: usize| args.get(at).and_then(whole).unwrap_or(0);
        let (from, to, step) = match args.len() {
            1 => (0, n(0), 1),
            2 => (n(0), n(1), 1),
            _ => (n(0), n(1), n(2)),
        };
        if step == 0 {
            return raise("ValueError", "range() arg 3 must not be zero");
        }
        let (mut at, mut items) = (from, vec![]);
        while (step > 0 && at < to) || (step < 0 && at > to) {
            if items.len() > 1 << 20 {
                return missing("a range of more than a million");
            }
            items.push(Value::Int(at));
            at = at.saturating_add(step);
        }
        self.list(items)
    }

    /// Sorts by value, or by what `key` makes of it.
    fn sort(&mut self, items: Vec<Value>, key: Option<Value>) -> Outcome<Vec<Value>> {
        let mut keyed = vec![];
        for item in items {
            let by = match &key {
                Some(key) => self.call(key.clone(), vec![item.clone()], vec![])?,
                None => item.clone(),
            };
            keyed.push((by, item));
        }
        keyed.sort_by(|a, b| self.order(&a.0, &b.0).unwrap_or(std::cmp::Ordering::Equal));
        Ok(keyed.into_iter().map(|(_, item)| item).collect())
    }

    fn print(&mut self, args: &[Value], named: &[(String, Value)]) -> Outcome<Value> {
        let option = |name: &str| named.iter().find(|(n, _)| n == name).map(|(_, v)| v);
        let or = |value: Option<&Value>, default: &str| match value {
            Some(Value::Str(s)) => s.clone(),
            _ => default.to_string(),
        };
        let words: Vec<String> = args.iter().map(|a| self.text(a)).collect();
        let line = words.join(&or(option("sep"), " ")) + &or(option("end"), "\n");
        let fd = if option("file") == Some(&Value::Native("sys.stderr".into())) { 2 } else { 1 };
        self.effect(|sys, _| {
            sys.write(fd, line.as_bytes());
            Ok(Json::Null)
        })?;
        Ok(Value::None)
    }

    /// A line of standard input with its end; `None` at the end.
    pub fn read_line(&mut self) -> Outcome<Option<String>> {
        let line = self.effect(|sys, buffer| loop {
            match sys.read(0, 1) {
                Ok(Read::Data(byte)) if buffer.len() < 1 << 20 => {
                    buffer.extend(&byte);
                    if byte == b"\n" {
                        return Ok(Json::from(String::from_utf8_lossy(&std::mem::take(buffer)).into_owned()));
                    }
                }
                Ok(Read::Wait) => return Err(Flow::Block(Wait::readable(0))),
                _ if buffer.is_empty() => return Ok(Json::Null),
                _ => return Ok(Json::from(String::from_utf8_lossy(&std::mem::take(buffer)).into_owned())),
            }
        })?;
        Ok(line.as_str().map(str::to_string))
    }

    fn library(&mut self, name: &str, args: &[Value]) -> Outcome<Value> {
        let first = args.first().cloned().unwrap_or(Value::None);
        let text = self.text(&first);
        Ok(match name {
            "input" => {
                self.print(args, &[("end".into(), Value::Str(String::new()))])?;
                match self.read_line()? {
                    Some(line) => Value::Str(line.trim_end_matches('\n').to_string()),
                    None => return raise("EOFError", "EOF when reading a line"),
                }
            }
            "os.getcwd" => Value::Str(self.sys.cwd()),
            "os.getpid" => Value::Int(i64::from(self.sys.vpid())),
            "os.getuid" => Value::Int(self.sys.me().map_or(0, |me| i64::from(me.cred.uid))),
            "os.getenv" | "os.environ.get" => match self.sys.env(&text) {
                Some(value) => Value::Str(value),
                None => args.get(1).cloned().unwrap_or(Value::None),
            },
            "os.listdir" => {
                let path = if args.is_empty() { ".".to_string() } else { text };
                let names = self.effect(|sys, _| Ok(sys.list(&path).map_or(Json::Null, Json::from)))?;
                match names.as_array() {
                    Some(names) => {
                        let names = names.iter().filter_map(|n| Some(Value::Str(n.as_str()?.to_string())));
                        return self.list(names.collect());
                    }
                    None => return raise("FileNotFoundError", format!("[Errno 2] No such file or directory: '{path}'")),
                }
            }
            "os.path.exists" | "os.path.isfile" | "os.path.isdir" => {
                let name = name.to_string();
                let there = self.effect(|sys, _| {
                    Ok(Json::from(sys.stat(&text).is_ok_and(|s| match name.as_str() {
                        "os.path.isfile" => s.is_file(),
                        "os.path.isdir" => s.is_dir(),
                        _ => true,
                    })))
                })?;
                Value::Bool(there.as_bool().unwrap_or(false))
            }
            "os.path.join" => {
                let parts: Vec<String> = args.iter().map(|a| self.text(a)).collect();
                Value::Str(parts.join("/"))
            }
            "os.path.basename" => Value::Str(text.rsplit('/').next().unwrap_or("").to_string()),
            "socket.gethostname" | "platform.node" => Value::Str(self.sys.hostname()),
            "platform.system" => Value::Str("Linux".into()),
            "platform.python_version" => Value::Str(self.sys.env("PYTHON_VERSION").unwrap_or_else(|| "3.11.2".into())),
            other => return self.library_of_time_and_streams(other, text, &first),
        })
    }

    fn library_of_time_and_streams(&mut self, name: &str, text: String, first: &Value) -> Outcome<Value> {
        Ok(match name {
            "time.time" => {
                let now = self.effect(|sys, _| Ok(Json::from(sys.now().0)))?;
                Value::Float(now.as_f64().unwrap_or(0.0) / 1e9)
            }
            "time.sleep" => {
                let nanos = (number(first).unwrap_or(0.0).clamp(0.0, 1e9) * 1e9) as i64;
                let due = self.effect(|sys, _| Ok(Json::from(sys.now().0.saturating_add(nanos))))?;
                let due = crate::base::Time(due.as_i64().unwrap_or(0));
                self.effect(|sys, _| {
                    let wait = sys.after(Duration::default()) < due;
                    if wait { Err(Flow::Block(Wait::until(due))) } else { Ok(Json::Null) }
                })?;
                Value::None
            }
            "math.sqrt" => Value::Float(number(first).unwrap_or(0.0).sqrt()),
            "math.floor" => Value::Int(number(first).unwrap_or(0.0).floor() as i64),
            "math.ceil" => Value::Int(number(first).unwrap_or(0.0).ceil() as i64),
            "sys.stdin.read" => {
                let mut all = String::new();
                while let Some(line) = self.read_line()? {
                    all.push_str(&line);
                }
                Value::Str(all)
            }
            "sys.stdin.readline" => Value::Str(self.read_line()?.unwrap_or_default()),
            "sys.stdout.write" | "sys.stderr.write" => {
                let fd = if name.starts_with("sys.stderr") { 2 } else { 1 };
                self.effect(|sys, _| {
                    sys.write(fd, text.as_bytes());
                    Ok(Json::Null)
                })?;
                Value::None
            }
            "sys.stdout.flush" | "sys.stderr.flush" => Value::None,
            other => return missing(format!("{other}()")),
        })
    }
}
