//! Tracebacks and the messages of texts that are no scripts, as Python prints them.

use super::vm::Vm;
use super::{Value, classes};
use crate::engine::languages::python::compile::{Code, Op};
use crate::engine::languages::python::syntax::Trouble;
use crate::engine::languages::python::syntax::ast::Span;

/// The message for a text that is no script.
pub fn of_syntax(trouble: &Trouble, file: &str, text: &str, minor: u32) -> String {
    let (kind, message, line, column, end) = match trouble {
        Trouble::Bad { kind, message, line, column, end } => (*kind, message, *line, *column, *end),
        Trouble::Unfinished { message, line, column, end } => {
            let kind = if message.starts_with("expected an indented") { "IndentationError" } else { "SyntaxError" };
            (kind, message, *line, *column, *end)
        }
        Trouble::Missing(what) => return format!("drydock: this Python feature is not simulated: {what}\n"),
    };
    let mut out = format!("  File \"{file}\", line {line}\n");
    if let Some(shown) = text.lines().nth(line.saturating_sub(1) as usize) {
        let trimmed = shown.trim_start();
        let cut = (shown.chars().count() - trimmed.chars().count()) as u32;
        out.push_str(&format!("    {}\n", trimmed.trim_end()));
        let at = column.saturating_sub(cut).max(1);
        let wide = if minor >= 10 { end.saturating_sub(column).max(1) } else { 1 };
        let most = (trimmed.trim_end().chars().count() as u32 + 1).saturating_sub(at).max(1);
        out.push_str(&format!("    {}{}\n", " ".repeat(at as usize - 1), "^".repeat(wide.min(most) as usize)));
    }
    out.push_str(&format!("{kind}: {message}\n"));
    out
}

/// What tells two lines of a traceback apart.
type Line = (String, u32, String);

impl Vm<'_, '_> {
    /// The whole traceback of an exception, with those that led to it.
    pub fn traceback(&mut self, error: &Value) -> String {
        let mut out = String::new();
        self.chain(error, &mut out, 0);
        out
    }

    fn chain(&mut self, error: &Value, out: &mut String, depth: u32) {
        let attr = |vm: &Self, name: &str| {
            let instance = error.id().and_then(|id| vm.m.heap.instance(id));
            instance.and_then(|i| i.attrs.text(name)).cloned().unwrap_or_default()
        };
        if depth < 20 {
            let (cause, context) = (attr(self, "__cause__"), attr(self, "__context__"));
            if cause != Value::None {
                self.chain(&cause, out, depth + 1);
                out.push_str("\nThe above exception was the direct cause of the following exception:\n\n");
            } else if context != Value::None && attr(self, "__suppress_context__") != Value::Bool(true) {
                self.chain(&context, out, depth + 1);
                out.push_str("\nDuring handling of the above exception, another exception occurred:\n\n");
            }
        }
        let lines = self.frames_text(error);
        if !lines.is_empty() {
            out.push_str("Traceback (most recent call last):\n");
            out.push_str(&lines);
        }
        out.push_str(&self.last_line(error));
    }

    /// The frames of an exception's traceback.
    pub fn frames_text(&self, error: &Value) -> String {
        let trace = error.id().and_then(|id| self.m.heap.instance(id)).map(|i| i.trace.clone()).unwrap_or_default();
        let mut out = String::new();
        let mut last: Option<Line> = None;
        let mut repeated = 0_usize;
        let flush = |out: &mut String, repeated: usize| {
            if repeated > 3 {
                let more = repeated - 3;
                let s = if more == 1 { "" } else { "s" };
                out.push_str(&format!("  [Previous line repeated {more} more time{s}]\n"));
            }
        };
        for (code, at) in trace.iter().rev() {
            let Some(code) = self.m.codes.get(*code) else { continue };
            let Some(source) = self.m.codes.source(code).filter(|s| s.text.is_some()) else { continue };
            if code.is_comprehension && self.m.minor >= 12 {
                continue;
            }
            let span = code.spans.get(*at as usize).copied().unwrap_or_default();
            let line = (source.file.clone(), span.line, code.name.to_string());
            if last.as_ref() == Some(&line) {
                repeated += 1;
            } else {
                flush(&mut out, repeated);
                repeated = 1;
            }
            if repeated <= 3 {
                out.push_str(&format!("  File \"{}\", line {}, in {}\n", line.0, line.1, line.2));
                let hidden = source.file.starts_with('<') && (self.m.minor < 13 || source.file == "<stdin>");
                let text = source.text.as_deref().unwrap_or("");
                if let Some(shown) = text.lines().nth(span.line.saturating_sub(1) as usize).filter(|_| !hidden) {
                    out.push_str(&format!("    {}\n", shown.trim()));
                    if self.m.minor >= 11 {
                        out.push_str(&self.carets(code, *at, span, shown));
                    }
                }
            }
            last = Some(line);
        }
        flush(&mut out, repeated);
        out
    }

    /// The line below the text of a line that points at what failed.
    fn carets(&self, code: &Code, at: u32, span: Span, shown: &str) -> String {
        let trimmed = shown.trim_end();
        let indent = (trimmed.chars().count() - trimmed.trim_start().chars().count()) as u32;
        let length = trimmed.chars().count() as u32;
        let end = if span.end_line == span.line { span.end_column } else { length };
        if end <= span.column || (span.column <= indent && end >= length && self.plain_marks(code, at, span)) {
            return String::new();
        }
        let chars: Vec<char> = trimmed.chars().collect();
        let marks: String = (span.column..end)
            .map(|column| match self.anchor(code, at, span, &chars) {
                Some((from, to)) if !(from..to).contains(&column) => '~',
                _ => '^',
            })
            .collect();
        if !marks.contains('~') && span.column <= indent && end >= length {
            return String::new();
        }
        format!("    {}{marks}\n", " ".repeat(span.column.saturating_sub(indent) as usize))
    }

    fn plain_marks(&self, code: &Code, at: u32, span: Span) -> bool {
        span.end_line != span.line || !matches!(code.ops.get(at as usize), Some(Op::Binary(_) | Op::GetItem))
    }

    /// The operator or the brackets within what failed, as columns.
    fn anchor(&self, code: &Code, at: u32, span: Span, chars: &[char]) -> Option<(u32, u32)> {
        if span.end_line != span.line {
            return None;
        }
        // The left part is what the first of the operation's values comes from.
        let left = code.spans.iter().take(at as usize).rev().filter(|s| {
            s.line == span.line && s.column == span.column && s.end_line == span.line && s.end_column < span.end_column
        });
        let left_end = left.map(|s| s.end_column).max()?;
        let symbol = |c: char| !c.is_whitespace() && c != ')' && c != '\\';
        match code.ops.get(at as usize)? {
            Op::Binary(_) => {
                let from = (left_end..span.end_column).find(|i| chars.get(*i as usize).copied().is_some_and(symbol))?;
                let second = chars.get(from as usize + 1).copied().unwrap_or(' ');
                let wide = !second.is_whitespace() && "+-*/%@&|^<>=".contains(second) && chars.get(from as usize) == Some(&second);
                Some((from, from + 1 + u32::from(wide)))
            }
            Op::GetItem => {
                let from = (left_end..span.end_column).find(|i| chars.get(*i as usize) == Some(&'['))?;
                Some((from, span.end_column))
            }
            Op::Call(_) | Op::CallMethod(_) | Op::CallNamed(..) | Op::CallSpread(_) if self.m.minor >= 13 => {
                let from = (left_end..span.end_column).find(|i| chars.get(*i as usize) == Some(&'('))?;
                Some((from, span.end_column))
            }
            _ => None,
        }
    }

    /// Kind and text of an exception.
    pub fn last_line(&mut self, error: &Value) -> String {
        let class = self.type_of(error);
        let name = self.class_name(class);
        let known = self.m.heap.class(class);
        let module = known.and_then(|c| c.attrs.text("__module__")).and_then(Value::as_str).unwrap_or("builtins");
        let qualified = known.and_then(|c| c.attrs.text("__qualname__")).and_then(Value::as_str).unwrap_or(&name);
        let shown = if matches!(module, "builtins" | "__main__") { qualified.to_string() } else { format!("{module}.{qualified}") };
        // A native may ask for this text: its own answers are put aside.
        let before = (std::mem::take(&mut self.results), std::mem::take(&mut self.cursor));
        let mut text = match self.str(error) {
            Ok(text) => text,
            Err(_) => self.exception_text(error).unwrap_or_else(|_| "<exception str() failed>".into()),
        };
        (self.results, self.cursor) = before;
        if self.m.minor >= 10
            && let Some(hint) = self.suggestion(error)
        {
            text.push_str(&hint);
        }
        if text.is_empty() { format!("{shown}\n") } else { format!("{shown}: {text}\n") }
    }

    /// `. Did you mean: 'other'?` for a name that is nearly one that exists.
    fn suggestion(&self, error: &Value) -> Option<String> {
        let instance = self.m.heap.instance(error.id()?)?;
        let wanted = instance.attrs.text("name")?.as_str()?.to_string();
        let class = self.type_of(error);
        let mut names: Vec<String> = vec![];
        if class == classes::by_name("NameError")? {
            let (code, _) = *instance.trace.first()?;
            let code = self.m.codes.get(code)?;
            names.extend(code.locals.iter().chain(&code.cells).chain(&code.free).map(ToString::to_string));
            for dict in [self.m.main, self.m.builtins] {
                names.extend(self.m.heap.dict(dict)?.keys().iter().filter_map(|k| k.as_str().map(String::from)));
            }
            names.extend(crate::engine::languages::python::natives::builtin_names());
            if crate::engine::languages::python::library::source(&wanted).is_some() && self.m.minor >= 12 {
                return Some(format!(". Did you forget to import '{wanted}'?"));
            }
        } else if class == classes::by_name("AttributeError")? {
            let object = instance.attrs.text("obj")?;
            names = self.attribute_names(object);
        } else {
            return None;
        }
        let best = closest(&wanted, &names)?;
        Some(format!(". Did you mean: '{best}'?"))
    }
}

/// The name that is nearest, where one is near enough; moves cost 2, letters of another case 1.
fn closest(wanted: &str, names: &[String]) -> Option<String> {
    if wanted.len() > 40 || names.len() > 750 {
        return None;
    }
    let mut best: Option<(usize, &String)> = None;
    for name in names.iter().filter(|n| *n != wanted && n.len() <= 40) {
        let most = (wanted.len() + name.len() + 3) * 2 / 6;
        let most = best.map_or(most, |(b, _)| most.min(b.saturating_sub(1)));
        let distance = distance(wanted, name);
        if distance <= most && best.is_none_or(|(b, _)| distance < b) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name.clone())
}

fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).map(|i| i * 2).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = row[0];
        row[0] = (i + 1) * 2;
        for (j, y) in b.iter().enumerate() {
            let change = if x == y { 0 } else if x.eq_ignore_ascii_case(y) { 1 } else { 2 };
            let next = (before + change).min(row[j] + 2).min(row[j + 1] + 2);
            before = std::mem::replace(&mut row[j + 1], next);
        }
    }
    row.last().copied().unwrap_or(0)
}
