//! The functions templates may call: Go's own and Docker's.

use super::compare::{eq, le, lt};
use super::{Functions, escape};
use crate::render::gofmt::{MAX_OUTPUT, TooLarge, sprint, sprintf, sprintln};
use crate::render::value::{ANY, Struct, Value};

/// Elements that `split` may make.
const MAX_PARTS: usize = 100_000;

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Param {
    Any,
    Text,
    Int,
    Texts,
}

impl Param {
    /// Go's name of the type.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Any => ANY,
            Self::Text => "string",
            Self::Int => "int",
            Self::Texts => "[]string",
        }
    }
}

/// How a call ended badly.
pub(super) enum Failure {
    /// Go's text after `error calling NAME: `.
    Error(String),
    /// More output than the simulation allows.
    TooLarge,
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self::Error(text)
    }
}

impl From<&str> for Failure {
    fn from(text: &str) -> Self {
        Self::Error(text.into())
    }
}

impl From<TooLarge> for Failure {
    fn from(_: TooLarge) -> Self {
        Self::TooLarge
    }
}

/// What a function does with its checked arguments.
type Body = fn(&[Value]) -> Result<Value, Failure>;

/// A function: its name, its parameters, what further arguments it takes, and what it does.
pub(super) struct Function {
    pub name: &'static str,
    pub params: &'static [Param],
    pub more: Option<Param>,
    pub body: Body,
}

use Param::{Any, Int, Text, Texts};

const fn function(name: &'static str, params: &'static [Param], more: Option<Param>, body: Body) -> Function {
    Function { name, params, more, body }
}

/// Functions of every template. `and`, `or` and `call` are evaluated by the caller.
static FUNCTIONS: [Function; 27] = [
    function("and", &[Any], Some(Any), |_| Ok(Value::Missing)),
    function("call", &[Any], Some(Any), |_| Ok(Value::Missing)),
    function("eq", &[Any], Some(Any), |a| Ok(eq(arg(a, 0), a.get(1..).unwrap_or(&[]))?.into())),
    function("ge", &[Any, Any], None, |a| Ok((!lt(arg(a, 0), arg(a, 1))?).into())),
    function("gt", &[Any, Any], None, |a| Ok((!le(arg(a, 0), arg(a, 1))?).into())),
    function("html", &[], Some(Any), |a| Ok(escape::html(&joined(a)?).into())),
    function("index", &[Any], Some(Any), index),
    function("join", &[Texts, Text], None, join),
    function("js", &[], Some(Any), |a| Ok(escape::js(&joined(a)?).into())),
    function("json", &[Any], None, |a| Ok(crate::render::json::of_value(arg(a, 0)).into())),
    function("le", &[Any, Any], None, |a| Ok(le(arg(a, 0), arg(a, 1))?.into())),
    function("len", &[Any], None, len),
    function("lower", &[Text], None, |a| Ok(text(a, 0).to_lowercase().into())),
    function("lt", &[Any, Any], None, |a| Ok(lt(arg(a, 0), arg(a, 1))?.into())),
    function("ne", &[Any, Any], None, |a| Ok((!eq(arg(a, 0), a.get(1..).unwrap_or(&[]))?).into())),
    function("not", &[Any], None, |a| Ok((!arg(a, 0).truth()).into())),
    function("or", &[Any], Some(Any), |_| Ok(Value::Missing)),
    function("pad", &[Text, Int, Int], None, pad),
    function("print", &[], Some(Any), |a| Ok(sprint(a)?.into())),
    function("printf", &[Text], Some(Any), |a| Ok(sprintf(text(a, 0), a.get(1..).unwrap_or(&[]))?.into())),
    function("println", &[], Some(Any), |a| Ok(sprintln(a)?.into())),
    function("slice", &[Any], Some(Any), slice),
    function("split", &[Text, Text], None, split),
    function("title", &[Text], None, |a| Ok(title(text(a, 0)).into())),
    function("truncate", &[Text, Int], None, truncate),
    function("upper", &[Text], None, |a| Ok(text(a, 0).to_uppercase().into())),
    function("urlquery", &[], Some(Any), |a| Ok(escape::url_query(&joined(a)?).into())),
];

/// Functions that differ in the header of a table: they leave the column's name as it is.
static HEADER: [Function; 7] = [
    function("join", &[Text, Text], None, |a| Ok(arg(a, 0).clone())),
    function("json", &[Text], None, |a| Ok(arg(a, 0).clone())),
    function("lower", &[Text], None, |a| Ok(arg(a, 0).clone())),
    function("split", &[Text, Text], None, |a| Ok(arg(a, 0).clone())),
    function("title", &[Text], None, |a| Ok(arg(a, 0).clone())),
    function("truncate", &[Text, Int], None, |a| Ok(arg(a, 0).clone())),
    function("upper", &[Text], None, |a| Ok(arg(a, 0).clone())),
];

/// Functions that differ where JSON is printed over several lines.
static INDENTED: [Function; 1] =
    [function("json", &[Any], None, |a| Ok(crate::render::json::of_value_indented(arg(a, 0)).into()))];

/// Whether templates know a function of this name.
pub(super) fn exists(name: &str) -> bool {
    find(name, Functions::Docker).is_some()
}

/// The function of this name in a set.
pub(super) fn find(name: &str, set: Functions) -> Option<&'static Function> {
    let special: &[Function] = match set {
        Functions::Docker => &[],
        Functions::Indented => &INDENTED,
        Functions::Header => &HEADER,
    };
    special.iter().chain(&FUNCTIONS).find(|f| f.name == name)
}

fn arg(args: &[Value], at: usize) -> &Value {
    args.get(at).unwrap_or(&Value::Missing)
}

fn text(args: &[Value], at: usize) -> &str {
    args.get(at).and_then(Value::as_str).unwrap_or("")
}

fn int(args: &[Value], at: usize) -> i64 {
    match args.get(at) {
        Some(Value::Int(n)) => *n,
        _ => 0,
    }
}

/// What the escaping functions escape: one string as it is, anything else printed.
fn joined(args: &[Value]) -> Result<String, Failure> {
    match args {
        [Value::Str(s)] => Ok(s.to_string()),
        _ => {
            let shown = |v: &Value| match v {
                Value::Missing | Value::Nil => "<no value>".into(),
                v => v.clone(),
            };
            Ok(sprint(&args.iter().map(shown).collect::<Vec<_>>())?)
        }
    }
}

/// Go's text for a value that is none where a value was needed.
const ZERO_VALUE: &str = "reflect: call of reflect.Value.Type on zero Value";

fn len(args: &[Value]) -> Result<Value, Failure> {
    let n = match arg(args, 0) {
        Value::Str(s) | Value::JsonNumber(s) => s.len(),
        Value::List(l) => l.items.len(),
        Value::Map(m) => m.entries.len(),
        Value::NilPointer(_) => return Err("len of nil pointer".into()),
        Value::Missing | Value::Nil => return Err(ZERO_VALUE.into()),
        Value::Pointer(inner) => return Err(format!("len of type {}", inner.type_name()).into()),
        other => return Err(format!("len of type {}", other.type_name().trim_start_matches('*')).into()),
    };
    Ok(Value::Int(i64::try_from(n).unwrap_or(i64::MAX)))
}

/// A position in a sequence of `limit` places.
fn position(index: &Value, limit: usize) -> Result<usize, Failure> {
    let at = match index {
        Value::Int(n) => i128::from(*n),
        Value::Uint(n) => i128::from(*n),
        Value::Missing | Value::Nil => return Err("cannot index slice/array with nil".into()),
        other => {
            return Err(format!("cannot index slice/array with type {}", other.type_name()).into());
        }
    };
    match usize::try_from(at) {
        Ok(n) if n < limit => Ok(n),
        _ => Err(format!("index out of range: {at}").into()),
    }
}

/// Go's zero value of a type named as in error texts.
fn zero_of(elem: &'static str) -> Value {
    match elem {
        "string" => "".into(),
        "bool" => false.into(),
        "int" | "int64" => Value::Int(0),
        "float64" => Value::Float(0.0),
        _ if elem == ANY => Value::Nil,
        _ if elem.starts_with('*') => Value::NilPointer(elem),
        _ if elem.starts_with("[]") => Value::nil_list(elem.get(2..).unwrap_or(ANY)),
        _ if elem.starts_with("map[string]") => Value::nil_map(elem.get(11..).unwrap_or(ANY)),
        _ => Struct::new(elem).into(),
    }
}

fn index(args: &[Value]) -> Result<Value, Failure> {
    let mut item = arg(args, 0).clone();
    if matches!(item, Value::Missing | Value::Nil) {
        return Err("index of untyped nil".into());
    }
    for key in args.iter().skip(1) {
        item = match &item {
            Value::List(l) => {
                let at = position(key, l.items.len())?;
                l.items.get(at).cloned().unwrap_or_default()
            }
            Value::Str(s) | Value::JsonNumber(s) => {
                let at = position(key, s.len())?;
                Value::Uint(s.as_bytes().get(at).copied().map_or(0, u64::from))
            }
            Value::Map(m) => match key {
                Value::Str(k) => m.entries.get(k).cloned().unwrap_or_else(|| zero_of(m.elem)),
                Value::Missing | Value::Nil => return Err("value is nil; should be of type string".into()),
                other => {
                    let kind = other.type_name();
                    return Err(format!("value has type {kind}; should be string").into());
                }
            },
            Value::NilPointer(_) => return Err("index of nil pointer".into()),
            Value::Missing | Value::Nil => return Err("index of nil pointer".into()),
            other => {
                let name = other.type_name();
                return Err(format!("can't index item of type {}", name.trim_start_matches('*')).into());
            }
        };
    }
    Ok(item)
}

fn slice(args: &[Value]) -> Result<Value, Failure> {
    let item = arg(args, 0);
    let indexes = args.get(1..).unwrap_or(&[]);
    let length = match item {
        Value::Missing | Value::Nil => return Err("slice of untyped nil".into()),
        _ if indexes.len() > 3 => return Err(format!("too many slice indexes: {}", indexes.len()).into()),
        Value::Str(_) | Value::JsonNumber(_) if indexes.len() == 3 => {
            return Err("cannot 3-index slice a string".into());
        }
        Value::Str(s) | Value::JsonNumber(s) => s.len(),
        Value::List(l) => l.items.len(),
        other => return Err(format!("can't slice item of type {}", other.type_name()).into()),
    };
    let mut bounds = [0, length, length];
    for (at, index) in indexes.iter().enumerate() {
        if let Some(bound) = bounds.get_mut(at) {
            *bound = position(index, length + 1)?;
        }
    }
    let [from, to, cap] = bounds;
    for (low, high) in [(from, to), (to, cap)] {
        if low > high {
            return Err(format!("invalid slice index: {low} > {high}").into());
        }
    }
    Ok(match item {
        Value::List(l) => Value::list(l.elem, l.items.get(from..to).unwrap_or(&[]).to_vec()),
        Value::Str(s) | Value::JsonNumber(s) => {
            String::from_utf8_lossy(s.as_bytes().get(from..to).unwrap_or(&[])).into_owned().into()
        }
        _ => Value::Missing,
    })
}

fn join(args: &[Value]) -> Result<Value, Failure> {
    let Value::List(l) = arg(args, 0) else { return Ok("".into()) };
    let separator = text(args, 1);
    if l.items.len().saturating_mul(separator.len()) > MAX_OUTPUT {
        return Err(Failure::TooLarge);
    }
    let words: Vec<&str> = l.items.iter().map(|v| v.as_str().unwrap_or("")).collect();
    Ok(words.join(separator).into())
}

fn split(args: &[Value]) -> Result<Value, Failure> {
    let (whole, separator) = (text(args, 0), text(args, 1));
    let count = if separator.is_empty() { whole.len() } else { whole.matches(separator).count() };
    if count > MAX_PARTS {
        return Err(Failure::TooLarge);
    }
    let parts = if separator.is_empty() {
        whole.chars().map(|c| Value::from(c.to_string())).collect()
    } else {
        whole.split(separator).map(Value::from).collect()
    };
    Ok(Value::list("string", parts))
}

fn pad(args: &[Value]) -> Result<Value, Failure> {
    let source = text(args, 0);
    if source.is_empty() {
        return Ok("".into());
    }
    let mut counts = [0, 0];
    for (at, count) in counts.iter_mut().enumerate() {
        let n = int(args, at + 1);
        *count = usize::try_from(n).map_err(|_| "strings: negative Repeat count")?;
        if *count > MAX_OUTPUT {
            return Err(Failure::TooLarge);
        }
    }
    let [before, after] = counts.map(|n| " ".repeat(n));
    Ok(format!("{before}{source}{after}").into())
}

fn truncate(args: &[Value]) -> Result<Value, Failure> {
    let (source, length) = (text(args, 0), int(args, 1));
    let Ok(length) = usize::try_from(length) else {
        return Err(format!("runtime error: slice bounds out of range [:{length}]").into());
    };
    let bytes = source.as_bytes();
    Ok(String::from_utf8_lossy(bytes.get(..length).unwrap_or(bytes)).into_owned().into())
}

/// Every word with a capital letter at its front.
fn title(text: &str) -> String {
    let separates = |c: char| {
        if c.is_ascii() { !(c.is_ascii_alphanumeric() || c == '_') } else { c.is_whitespace() }
    };
    let mut out = String::with_capacity(text.len());
    let mut at_start = true;
    for c in text.chars() {
        if at_start {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        at_start = separates(c);
    }
    out
}
