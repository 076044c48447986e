//! Regular expressions: Python's as those of `regex-lite`, which lacks look-around and back-references.

use super::{Entry, text};
use crate::engine::languages::python::machine::{Args, Got, Value, Vm};
use regex_lite::{Regex, RegexBuilder};

pub const ENTRIES: &[Entry] = &[("re_groups", groups, 2, 2), ("re_find", find, 5, 5)];

/// Python's syntax in that of the library, or what it has not.
fn translated(pattern: &str) -> Result<String, String> {
    for (mark, what) in [("(?=", "look-ahead"), ("(?!", "look-ahead"), ("(?<=", "look-behind"), ("(?<!", "look-behind"), ("(?P=", "back-references"), ("(?(", "conditions")] {
        if pattern.contains(mark) {
            return Err(format!("{what} in regular expressions"));
        }
    }
    let mut out = String::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('1'..='9') => return Err("back-references in regular expressions".into()),
            Some('Z') => out.push_str("\\z"),
            Some('A') => out.push_str("\\A"),
            Some(c) if c.is_ascii_alphanumeric() || c.is_ascii_punctuation() => {
                let kept = c.is_ascii_alphanumeric() || "\\.+*?()|[]{}^$#&-~/".contains(c);
                if kept && c != '/' {
                    out.push('\\');
                }
                out.push(c);
            }
            Some(c) => out.push(c),
            None => return Err("a regular expression that ends in a backslash".into()),
        }
    }
    Ok(out)
}

/// `flags`: 2 without case, 8 many lines, 16 dot is anything, 64 verbose.
fn compiled(vm: &mut Vm<'_, '_>, pattern: &str, flags: i64, anchored: u8) -> Got<Regex> {
    let body = match translated(pattern) {
        Ok(body) => body,
        Err(what) => return vm.missing(what),
    };
    vm.work(200 + pattern.len() * 8);
    let whole = match anchored {
        1 => format!("\\A(?:{body})"),
        2 => format!("\\A(?:{body})\\z"),
        _ => body,
    };
    let built = RegexBuilder::new(&whole)
        .case_insensitive(flags & 2 != 0)
        .multi_line(flags & 8 != 0)
        .dot_matches_new_line(flags & 16 != 0)
        .ignore_whitespace(flags & 64 != 0)
        .size_limit(1 << 20)
        .build();
    match built {
        Ok(regex) => Ok(regex),
        Err(e) => vm.missing(format!("the regular expression {pattern:?} ({e})")),
    }
}

/// The names of groups, `None` for those without; the whole match comes first.
fn groups(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let pattern = text(vm, &args.at(0))?;
    let flags = vm.int_arg(&args.at(1))?;
    let regex = compiled(vm, &pattern, flags, 0)?;
    let names = regex.capture_names().map(|n| n.map_or(Value::None, Value::str)).collect();
    Ok(vm.list(names))
}

/// Pattern, flags, text, where to begin, how many matches (0 all; -1 only at the beginning; -2 the whole).
/// A list of matches, each a list of places in characters, -1 where a group took no part.
fn find(vm: &mut Vm<'_, '_>, args: Args<'_>) -> Got {
    let (pattern, flags) = (text(vm, &args.at(0))?, vm.int_arg(&args.at(1))?);
    let (whole, start, most) = (text(vm, &args.at(2))?, vm.int_arg(&args.at(3))?, vm.int_arg(&args.at(4))?);
    let regex = compiled(vm, &pattern, flags, if most < 0 { (-most) as u8 } else { 0 })?;
    let from = whole.char_indices().nth(start.max(0) as usize).map_or(whole.len(), |(at, _)| at);
    let target = if most < 0 { whole.get(from..).unwrap_or("") } else { &whole };
    vm.work(target.len() / 2);
    let offset = if most < 0 { from } else { 0 };
    let place = |at: usize| if whole.is_ascii() { at + offset } else { whole.get(..at + offset).map_or(0, |t| t.chars().count()) };
    let mut out = vec![];
    let mut at = if most < 0 { 0 } else { from };
    while at <= target.len() {
        let Some(found) = regex.captures_at(target, at) else { break };
        let spans: Vec<Value> = (0..found.len())
            .flat_map(|i| match found.get(i) {
                Some(m) => [Value::Int(place(m.start()) as i64), Value::Int(place(m.end()) as i64)],
                None => [Value::Int(-1), Value::Int(-1)],
            })
            .collect();
        let Some(all) = found.get(0) else { break };
        let next = target.get(all.end()..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8);
        at = if all.is_empty() { all.end() + next } else { all.end() };
        out.push(vm.list(spans));
        if most != 0 && out.len() as i64 >= most {
            break;
        }
    }
    Ok(vm.list(out))
}
