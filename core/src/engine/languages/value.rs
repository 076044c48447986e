//! The values of a running script.

/// A value; what can be changed lies in the heap of the [`super::eval::Machine`] and is a number here.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `None`.
    None,
    /// `True`, `False`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Str(String),
    /// A list.
    List(usize),
    /// A tuple.
    Tuple(Vec<Value>),
    /// A dictionary.
    Dict(usize),
    /// A function of the script.
    Func(usize),
    /// A built-in function, module or kind of exception.
    Native(String),
    /// An exception: its kind and what it says.
    Error(String, String),
    /// A method of a value.
    Method(Box<Value>, String),
}

/// A text as Python's `repr` writes it.
pub fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// A number as Python writes it.
pub fn float(n: f64) -> String {
    if n.is_finite() && n == n.trunc() && n.abs() < 1e16 {
        format!("{n:.1}")
    } else {
        format!("{n}").to_lowercase()
    }
}
