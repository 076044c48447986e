//! JSON as Docker prints it, which is Go's `encoding/json`: its escapes, its floats, its
//! indentation.

use super::value::{Struct, Value, number_text};
use crate::base::Order;
use crate::base::go_text::format_json_float;
use crate::base::time_format::{ZERO_TIME, rfc3339_nano};
use std::fmt::Write;

/// Nesting beyond this is cut off as `null`; real data stays far below.
const MAX_DEPTH: usize = 200;

/// Whether `<`, `>` and `&` are written as escapes, as Go does unless told not to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escape {
    /// `\u003c`: Go's default; rows of `--format json` and files that Docker writes.
    Html,
    /// `<`: `docker inspect` and the template function `json`.
    Plain,
}

/// One line of JSON.
pub fn compact(json: &serde_json::Value, escape: Escape) -> String {
    let mut out = Writer { out: String::new(), escape, indent: None };
    out.json(json, 0);
    out.out
}

/// JSON over several lines with four spaces a level, as `docker inspect` prints it.
pub fn indented(json: &serde_json::Value, escape: Escape) -> String {
    let mut out = Writer { out: String::new(), escape, indent: Some("    ") };
    out.json(json, 0);
    out.out
}

/// The JSON of a template's value: what the function `json` prints.
pub fn of_value(value: &Value) -> String {
    let mut out = Writer { out: String::new(), escape: Escape::Plain, indent: None };
    out.value(value, 0);
    out.out
}

/// The same over several lines with two spaces a level, as buildx prints it.
pub fn of_value_indented(value: &Value) -> String {
    let mut out = Writer { out: String::new(), escape: Escape::Html, indent: Some("  ") };
    out.value(value, 0);
    out.out
}

/// A JSON string literal.
pub fn string(text: &str, escape: Escape) -> String {
    let mut out = String::new();
    write_string(&mut out, text, escape);
    out
}

struct Writer {
    out: String,
    escape: Escape,
    indent: Option<&'static str>,
}

impl Writer {
    fn newline(&mut self, depth: usize) {
        if let Some(step) = self.indent {
            self.out.push('\n');
            (0..depth).for_each(|_| self.out.push_str(step));
        }
    }

    fn key(&mut self, key: &str) {
        write_string(&mut self.out, key, self.escape);
        self.out.push_str(if self.indent.is_some() { ": " } else { ":" });
    }

    /// Writes `items` between two marks; an empty sequence has nothing between them.
    fn sequence<T>(
        &mut self,
        marks: [char; 2],
        depth: usize,
        items: impl Iterator<Item = T>,
        mut each: impl FnMut(&mut Self, T),
    ) {
        self.out.push(marks[0]);
        let mut any = false;
        for item in items {
            if any {
                self.out.push(',');
            }
            any = true;
            self.newline(depth + 1);
            each(self, item);
        }
        if any {
            self.newline(depth);
        }
        self.out.push(marks[1]);
    }

    fn json(&mut self, json: &serde_json::Value, depth: usize) {
        use serde_json::Value as J;
        match json {
            J::Null => self.out.push_str("null"),
            J::Bool(b) => self.out.push_str(if *b { "true" } else { "false" }),
            J::Number(n) => self.out.push_str(&number_text(n)),
            J::String(s) => write_string(&mut self.out, s, self.escape),
            _ if depth >= MAX_DEPTH => self.out.push_str("null"),
            J::Array(items) => {
                self.sequence(['[', ']'], depth, items.iter(), |w, item| w.json(item, depth + 1));
            }
            J::Object(map) => self.sequence(['{', '}'], depth, map.iter(), |w, (k, v)| {
                w.key(k);
                w.json(v, depth + 1);
            }),
        }
    }

    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Missing | Value::Nil | Value::NilPointer(_) | Value::Lookup(_) => {
                self.out.push_str("null");
            }
            Value::Bool(b) => self.out.push_str(if *b { "true" } else { "false" }),
            Value::Int(n) => {
                let _ = write!(self.out, "{n}");
            }
            Value::Uint(n) => {
                let _ = write!(self.out, "{n}");
            }
            Value::Float(n) => self.out.push_str(&format_json_float(*n)),
            Value::JsonNumber(n) => self.out.push_str(if n.is_empty() { "0" } else { n }),
            Value::Str(s) => write_string(&mut self.out, s, self.escape),
            Value::Opaque(o) => write_string(&mut self.out, &o.json, self.escape),
            Value::Time(at) => {
                let text = at.map_or_else(|| ZERO_TIME.to_owned(), rfc3339_nano);
                write_string(&mut self.out, &text, self.escape);
            }
            _ if depth >= MAX_DEPTH => self.out.push_str("null"),
            Value::Pointer(inner) => self.value(inner, depth + 1),
            Value::List(l) if l.nil => self.out.push_str("null"),
            Value::Map(m) if m.nil => self.out.push_str("null"),
            Value::List(l) => {
                self.sequence(['[', ']'], depth, l.items.iter(), |w, item| w.value(item, depth + 1));
            }
            Value::Map(m) => self.sequence(['{', '}'], depth, m.entries.iter(), |w, (k, v)| {
                w.key(k);
                w.value(v, depth + 1);
            }),
            Value::Struct(s) => self.fields(s, depth),
        }
    }

    fn fields(&mut self, s: &Struct, depth: usize) {
        let in_order: Vec<_> = match s.json_order.as_slice() {
            [] => s.fields.iter().collect(),
            order => order.iter().filter_map(|at| s.fields.get(*at)).collect(),
        };
        let mut shown: Vec<_> = in_order
            .into_iter()
            .filter(|f| !matches!(f.value, Value::Lookup(_)))
            .filter_map(|f| f.json.as_deref().map(|key| (key, &f.value)))
            .collect();
        let outer = self.escape;
        if s.row {
            shown.order_by_key(|(key, _)| *key);
            self.escape = Escape::Html;
        }
        self.sequence(['{', '}'], depth, shown.into_iter(), |w, (key, value)| {
            w.key(key);
            w.value(value, depth + 1);
        });
        self.escape = outer;
    }
}

fn write_string(out: &mut String, text: &str, escape: Escape) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '<' | '>' | '&' if escape == Escape::Html => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            '\0'..='\x1f' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn as_go_prints_it() {
        let data = json!([{"Id": "a<b>&", "N": 1.0, "Big": 1e21, "E": [], "O": {}, "X": null, "L": [1, "\u{1}\u{2028}"]}]);
        assert_eq!(
            compact(&data, Escape::Html),
            r#"[{"Id":"a\u003cb\u003e\u0026","N":1,"Big":1e+21,"E":[],"O":{},"X":null,"L":[1,"\u0001\u2028"]}]"#
        );
        assert_eq!(
            indented(&data, Escape::Plain),
            "[\n    {\n        \"Id\": \"a<b>&\",\n        \"N\": 1,\n        \"Big\": 1e+21,\n        \"E\": [],\n        \
             \"O\": {},\n        \"X\": null,\n        \"L\": [\n            1,\n            \"\\u0001\\u2028\"\n        ]\n    }\n]"
        );
        assert_eq!(indented(&json!([]), Escape::Plain), "[]");
    }

    #[test]
    fn rows_sort_and_escape() {
        let row = Struct::row("*x")
            .field("Ports", "1->2")
            .field("ID", "a")
            .field_as("No", None, true)
            .shown_as("x");
        assert_eq!(of_value(&row.into()), r#"{"ID":"a","Ports":"1-\u003e2"}"#);
        let plain = Struct::new("x").field("Z", "<").field_as("ID", Some("Id"), Value::nil_list("string"));
        assert_eq!(of_value(&plain.into()), r#"{"Z":"<","Id":null}"#);
    }
}
