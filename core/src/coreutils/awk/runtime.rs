//! The memory of a running `awk` program: variables, the record and its fields, output not yet delivered.

use super::ast::{Program, Var, special};
use super::value::Value;
use crate::base::Rng;
use crate::base::posix_regex::{Pattern, Syntax, unescape_brackets};
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// The most fields of a record.
const MAX_FIELDS: usize = 100_000;
/// The most output of one action, in bytes.
const MAX_OUTPUT: usize = 32 << 20;
/// How many compiled patterns are kept.
const MAX_PATTERNS: usize = 100;

/// A key of an array; whole numbers come first and in order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Key {
    /// `a[3]`
    Int(i64),
    /// `a["x"]`
    Text(String),
}

impl Key {
    /// The key of a text.
    pub fn of(text: &str) -> Self {
        match text.parse::<i64>() {
            Ok(n) if n.to_string() == text => Key::Int(n),
            _ => Key::Text(text.to_string()),
        }
    }

    /// Its text.
    pub fn text(&self) -> String {
        match self {
            Key::Int(n) => n.to_string(),
            Key::Text(text) => text.clone(),
        }
    }
}

/// An array.
pub type Array = OrdMap<Key, Value>;

/// What a variable holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Cell {
    /// A value.
    Value(Value),
    /// An array.
    Array(Array),
    /// A parameter that stands for a variable of the caller: of the program, or of the frame with this number.
    Alias(Option<usize>, usize),
}

impl Default for Cell {
    fn default() -> Self {
        Cell::Value(Value::Unset)
    }
}

/// Why a statement does not go on to the next.
#[derive(Debug, Clone, PartialEq)]
pub enum Flow {
    /// `next`
    Next,
    /// `nextfile`
    NextFile,
    /// `exit`
    Exit,
    /// `return`
    Return(Value),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `getline` asks for a record that has not come yet.
    NeedInput,
    /// The program cannot go on.
    Error(String),
}

/// A result in the middle of a program.
pub type Run<T> = Result<T, Flow>;

/// A record on its way: the file it is from, whether it is the first of it, its text.
pub type Record = (String, bool, String);

/// Where output goes: standard output, or a file (appended to where the flag says so).
pub type Target = Option<(String, bool)>;

/// The memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Runtime {
    /// The variables of the program.
    pub globals: Vec<Cell>,
    /// The variables of the functions that run.
    pub frames: Vec<Vec<Cell>>,
    /// Ranges that are open.
    pub ranges: Vec<bool>,
    /// Records that `getline < file` has not read yet.
    pub files: BTreeMap<String, VecDeque<String>>,
    /// Output not yet delivered.
    pub out: Vec<(Target, Vec<u8>)>,
    /// The exit code so far.
    pub code: i32,
    /// Whole numbers beyond 32 bits are shown by their digits.
    pub wide: bool,
    /// The generator of `rand`, and its seed.
    pub rng: (Rng, f64),
    /// How many of the waiting records have been taken.
    pub taken: usize,
    record: String,
    fields: Vec<Value>,
    split: bool,
    stale: bool,
    patterns: BTreeMap<String, Pattern>,
    written: usize,
}

impl Runtime {
    /// The memory of a program before it runs.
    pub fn new(program: &Program, wide: bool) -> Self {
        let mut runtime = Self {
            globals: vec![Cell::default(); program.globals.len()],
            frames: vec![],
            ranges: vec![false; program.ranges],
            files: BTreeMap::new(),
            out: vec![],
            code: 0,
            wide,
            rng: (Rng::new(0), 0.0),
            taken: 0,
            record: String::new(),
            fields: vec![],
            split: true,
            stale: false,
            patterns: BTreeMap::new(),
            written: 0,
        };
        let texts = [
            ("FS", " "),
            ("OFS", " "),
            ("ORS", "\n"),
            ("RS", "\n"),
            ("SUBSEP", "\x1c"),
            ("CONVFMT", "%.6g"),
            ("OFMT", "%.6g"),
        ];
        for (name, text) in texts {
            runtime.set_special(name, Value::Str(text.into()));
        }
        for name in ["NF", "NR", "FNR", "RSTART"] {
            runtime.set_special(name, Value::Num(0.0));
        }
        runtime.set_special("RLENGTH", Value::Num(-1.0));
        runtime
    }

    /// Sets one of the special variables, without its effects.
    pub fn set_special(&mut self, name: &str, value: Value) {
        if let Some(cell) = self.globals.get_mut(special(name)) {
            *cell = Cell::Value(value);
        }
    }

    /// Sets a special variable to an array.
    pub fn set_array(&mut self, name: &str, array: Array) {
        if let Some(cell) = self.globals.get_mut(special(name)) {
            *cell = Cell::Array(array);
        }
    }

    /// The text of a special variable.
    pub fn special_text(&self, name: &str) -> String {
        match self.globals.get(special(name)) {
            Some(Cell::Value(value)) => self.text(value),
            _ => String::new(),
        }
    }

    /// A value as a text.
    pub fn text(&self, value: &Value) -> String {
        match value {
            Value::Num(_) => value.text(&self.special_text("CONVFMT"), self.wide),
            other => other.text("", self.wide),
        }
    }

    /// A value as `print` shows it.
    pub fn shown(&self, value: &Value) -> String {
        match value {
            Value::Num(_) => value.text(&self.special_text("OFMT"), self.wide),
            other => other.text("", self.wide),
        }
    }

    /// Adds to a counter such as NR.
    pub fn count(&mut self, name: &str, by: f64) {
        let n = match self.globals.get(special(name)) {
            Some(Cell::Value(value)) => value.num(),
            _ => 0.0,
        };
        self.set_special(name, Value::Num(n + by));
    }

    fn cell(&mut self, var: Var) -> Option<&mut Cell> {
        let (mut frame, mut index) = match var {
            Var::Global(index) => (None, index),
            Var::Local(index) => (self.frames.len().checked_sub(1), index),
        };
        while let Some(n) = frame {
            match self.frames.get(n).and_then(|f| f.get(index)) {
                Some(Cell::Alias(to, at)) => (frame, index) = (*to, *at),
                _ => break,
            }
        }
        match frame {
            Some(n) => self.frames.get_mut(n)?.get_mut(index),
            None => self.globals.get_mut(index),
        }
    }

    /// A variable's value.
    ///
    /// # Errors
    /// Where it is an array.
    pub fn get(&mut self, var: Var) -> Run<Value> {
        if var == Var::Global(0) {
            self.split_record();
        }
        match self.cell(var) {
            Some(Cell::Value(value)) => Ok(value.clone()),
            Some(_) => Err(Flow::Error("type error: an array is used as a value".into())),
            None => Ok(Value::Unset),
        }
    }

    /// Assigns a variable.
    ///
    /// # Errors
    /// Where it is an array.
    pub fn set(&mut self, var: Var, value: Value) -> Run<()> {
        if var == Var::Global(0) {
            return self.set_field_count(&value);
        }
        if let Var::Local(index) = var
            && let Some(cell @ Cell::Alias(..)) = self.frames.last_mut().and_then(|f| f.get_mut(index))
        {
            *cell = Cell::Value(value);
            return Ok(());
        }
        match self.cell(var) {
            Some(cell @ Cell::Value(_)) => {
                *cell = Cell::Value(value);
                Ok(())
            }
            _ => Err(Flow::Error("type error: an array is used as a value".into())),
        }
    }

    /// A variable's array; one that was never assigned becomes an array.
    ///
    /// # Errors
    /// Where it is a value.
    pub fn array(&mut self, var: Var) -> Run<&mut Array> {
        if let Some(cell @ Cell::Value(Value::Unset)) = self.cell(var) {
            *cell = Cell::Array(Array::new());
        }
        match self.cell(var) {
            Some(Cell::Array(array)) => Ok(array),
            _ => Err(Flow::Error("type error: a value is used as an array".into())),
        }
    }

    /// What to hand to a function's parameter: the value, or the variable itself where it may be an array.
    pub fn argument(&mut self, var: Var) -> Cell {
        if var == Var::Global(0) {
            self.split_record();
        }
        let (frame, index) = match var {
            Var::Global(index) => (None, index),
            Var::Local(index) => (self.frames.len().checked_sub(1), index),
        };
        match self.cell(var) {
            Some(Cell::Value(value)) if *value != Value::Unset => Cell::Value(value.clone()),
            _ => Cell::Alias(frame, index),
        }
    }

    // --- the record and its fields ------------------------------------------------------------------

    /// Makes a text the record.
    pub fn set_record(&mut self, text: String) {
        self.record = text;
        (self.split, self.stale) = (false, false);
    }

    /// The record.
    pub fn record(&mut self) -> String {
        if self.stale {
            let texts: Vec<String> = self.fields.iter().map(|f| self.text(f)).collect();
            self.record = texts.join(&self.special_text("OFS"));
            self.stale = false;
        }
        self.record.clone()
    }

    fn split_record(&mut self) {
        if self.split {
            return;
        }
        self.split = true;
        let record = self.record.clone();
        let paragraph = self.special_text("RS").is_empty();
        let parts = self.split_text(&record, &self.special_text("FS"), paragraph).unwrap_or_default();
        self.fields = parts.iter().take(MAX_FIELDS).map(|p| Value::input(p)).collect();
        self.set_special("NF", Value::Num(self.fields.len() as f64));
    }

    /// The parts of a text between separators, by the rules of FS.
    ///
    /// # Errors
    /// A separator that is no pattern.
    pub fn split_text(&mut self, text: &str, separator: &str, lines_too: bool) -> Run<Vec<String>> {
        if text.is_empty() {
            return Ok(vec![]);
        }
        let own = |parts: std::str::Split<'_, &[char]>| parts.map(String::from).collect();
        let mut chars = separator.chars();
        match (chars.next(), chars.next()) {
            (Some(' '), None) => {
                let blanks = [' ', '\t', '\n'];
                Ok(text.split(blanks).filter(|p| !p.is_empty()).map(String::from).collect())
            }
            (None, _) => Ok(text.chars().map(String::from).collect()),
            (Some(c), None) if c != '\\' => {
                let ends: &[char] = if lines_too { &[c, '\n'] } else { &[c] };
                Ok(own(text.split(ends)))
            }
            _ => {
                let any = if lines_too { format!("({separator})|\n") } else { separator.to_string() };
                let pattern = self.pattern(&any)?;
                let mut parts = vec![];
                let mut start = 0;
                for found in pattern.regex().find_iter(text).filter(|m| !m.is_empty()) {
                    parts.push(text.get(start..found.start()).unwrap_or("").to_string());
                    start = found.end();
                }
                parts.push(text.get(start..).unwrap_or("").to_string());
                Ok(parts)
            }
        }
    }

    /// A field; 0 is the record.
    ///
    /// # Errors
    /// A negative number.
    pub fn field(&mut self, n: f64) -> Run<Value> {
        if n < 0.0 {
            return Err(Flow::Error(format!("attempt to access field {n}")));
        }
        if n < 1.0 {
            return Ok(Value::input(&self.record()));
        }
        self.split_record();
        Ok(self.fields.get(n as usize - 1).cloned().unwrap_or_default())
    }

    /// Assigns a field; 0 is the record.
    ///
    /// # Errors
    /// A number that is negative or too large.
    pub fn set_field(&mut self, n: f64, value: &Value) -> Run<()> {
        if n < 0.0 || n > MAX_FIELDS as f64 {
            return Err(Flow::Error(format!("attempt to access field {n}")));
        }
        let text = self.text(value);
        if n < 1.0 {
            self.set_record(text);
            return Ok(());
        }
        self.split_record();
        let index = n as usize - 1;
        if index >= self.fields.len() {
            self.fields.resize(index + 1, Value::Str(String::new()));
            self.set_special("NF", Value::Num(self.fields.len() as f64));
        }
        if let Some(field) = self.fields.get_mut(index) {
            *field = match value {
                Value::Num(_) | Value::Both(..) => value.clone(),
                _ => Value::Str(text),
            };
        }
        self.stale = true;
        Ok(())
    }

    fn set_field_count(&mut self, value: &Value) -> Run<()> {
        let n = value.num();
        if !(0.0..=MAX_FIELDS as f64).contains(&n) {
            return Err(Flow::Error(format!("attempt to set NF to {n}")));
        }
        self.split_record();
        self.fields.resize(n as usize, Value::Str(String::new()));
        self.set_special("NF", Value::Num(n.trunc()));
        self.stale = true;
        Ok(())
    }

    // --- patterns and output ------------------------------------------------------------------------

    /// A pattern made from a text.
    ///
    /// # Errors
    /// Where it is none.
    pub fn pattern(&mut self, text: &str) -> Run<Pattern> {
        if let Some(pattern) = self.patterns.get(text) {
            return Ok(pattern.clone());
        }
        let pattern = Pattern::new(&unescape_brackets(text), Syntax::Extended, false)
            .map_err(|e| Flow::Error(format!("regular expression /{text}/: {e}")))?;
        if self.patterns.len() >= MAX_PATTERNS {
            self.patterns.clear();
        }
        self.patterns.insert(text.to_string(), pattern.clone());
        Ok(pattern)
    }

    /// Prints.
    ///
    /// # Errors
    /// Where one action prints more than is simulated.
    pub fn emit(&mut self, target: Target, data: &[u8]) -> Run<()> {
        self.written += data.len();
        if self.written > MAX_OUTPUT {
            return Err(Flow::Error("one action printed more than Drydock simulates (32 MiB)".into()));
        }
        match self.out.last_mut() {
            Some((last, buffer)) if *last == target => buffer.extend_from_slice(data),
            _ => self.out.push((target, data.to_vec())),
        }
        Ok(())
    }

    /// Takes the output there is.
    pub fn take_output(&mut self) -> Vec<(Target, Vec<u8>)> {
        self.written = 0;
        std::mem::take(&mut self.out)
    }
}
