//! Runs the statements of an `awk` program.

use super::super::input::{decode, encode, lines};
use super::ast::{Expr, Program, Redirect, Stmt, Var};
use super::runtime::{Cell, Flow, Key, Record, Run, Runtime, Target};
use super::value::Value;
use crate::base::posix_regex::Pattern;
use crate::kernel::Sys;
use std::cmp::Ordering;
use std::collections::VecDeque;

/// How many expressions and statements one action may take.
const MAX_STEPS: u32 = 5_000_000;
/// How deep functions and expressions may go.
const MAX_DEPTH: u32 = 260;
/// The longest text, in bytes.
pub const MAX_TEXT: usize = 16 << 20;

/// A program, its memory and the system, while an action runs.
pub struct Eval<'a, 's> {
    /// The program.
    pub program: &'a Program,
    /// Its memory.
    pub rt: &'a mut Runtime,
    /// Records that have come and are not yet taken.
    pub queue: &'a VecDeque<Record>,
    /// No more will come.
    pub ended: bool,
    /// The system.
    pub sys: &'a mut Sys<'s>,
    /// How many steps have been taken.
    pub steps: u32,
    /// How deep the evaluation is.
    pub depth: u32,
}

fn num(n: f64) -> Run<Value> {
    Ok(Value::Num(n))
}

fn truth(b: bool) -> Run<Value> {
    num(f64::from(u8::from(b)))
}

impl Eval<'_, '_> {
    /// Runs statements one after the other.
    ///
    /// # Errors
    /// The [`Flow`] that leaves them.
    pub fn block(&mut self, statements: &[Stmt]) -> Run<()> {
        statements.iter().try_for_each(|s| self.statement(s))
    }

    fn step(&mut self) -> Run<()> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(Flow::Error(format!("one action took more steps than Drydock simulates ({MAX_STEPS})")));
        }
        Ok(())
    }

    fn deeper<T>(&mut self, run: impl FnOnce(&mut Self) -> Run<T>) -> Run<T> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Flow::Error("function calls nest deeper than Drydock simulates".into()));
        }
        let result = run(self);
        self.depth -= 1;
        result
    }

    fn statement(&mut self, statement: &Stmt) -> Run<()> {
        self.step()?;
        self.deeper(|eval| eval.perform(statement))
    }

    fn perform(&mut self, statement: &Stmt) -> Run<()> {
        match statement {
            Stmt::Block(statements) => return self.block(statements),
            Stmt::Expr(expr) => drop(self.eval(expr)?),
            Stmt::Print(args, redirect) => return self.print(args, redirect.as_ref()),
            Stmt::Printf(args, redirect) => {
                let text = self.sprintf(args)?;
                let target = self.target(redirect.as_ref())?;
                return self.rt.emit(target, &encode(&text));
            }
            Stmt::If(condition, then, otherwise) => {
                if self.eval(condition)?.truth() {
                    return self.statement(then);
                }
                if let Some(otherwise) = otherwise {
                    return self.statement(otherwise);
                }
            }
            Stmt::While(condition, body) => {
                while self.eval(condition)?.truth() {
                    if self.body(body)? {
                        break;
                    }
                }
            }
            Stmt::Do(body, condition) => loop {
                if self.body(body)? || !self.eval(condition)?.truth() {
                    break;
                }
            },
            Stmt::For(start, condition, next, body) => {
                if let Some(start) = start {
                    self.statement(start)?;
                }
                while condition.as_ref().map_or(Ok(true), |c| self.eval(c).map(|v| v.truth()))? {
                    if self.body(body)? {
                        break;
                    }
                    if let Some(next) = next {
                        self.statement(next)?;
                    }
                }
            }
            Stmt::ForIn(key, array, body) => return self.for_in(*key, *array, body),
            Stmt::Next => return Err(Flow::Next),
            Stmt::NextFile => return Err(Flow::NextFile),
            Stmt::Exit(code) => {
                if let Some(code) = code {
                    self.rt.code = self.eval(code)?.num() as i32 & 0xff;
                }
                return Err(Flow::Exit);
            }
            Stmt::Return(value) => {
                let value = value.as_ref().map_or(Ok(Value::Unset), |v| self.eval(v))?;
                return Err(Flow::Return(value));
            }
            Stmt::Break => return Err(Flow::Break),
            Stmt::Continue => return Err(Flow::Continue),
            Stmt::Delete(array, None) => self.rt.array(*array)?.clear(),
            Stmt::Delete(array, Some(index)) => {
                let key = self.key(index)?;
                self.rt.array(*array)?.remove(&key);
            }
        }
        Ok(())
    }

    fn for_in(&mut self, key: Var, array: Var, body: &Stmt) -> Run<()> {
        let keys: Vec<Key> = self.rt.array(array)?.keys().cloned().collect();
        for name in keys {
            self.rt.set(key, Value::input(&name.text()))?;
            if self.body(body)? {
                break;
            }
        }
        Ok(())
    }

    /// The body of a loop; true where it was left by `break`.
    fn body(&mut self, body: &Stmt) -> Run<bool> {
        self.step()?;
        match self.statement(body) {
            Ok(()) | Err(Flow::Continue) => Ok(false),
            Err(Flow::Break) => Ok(true),
            Err(other) => Err(other),
        }
    }

    fn target(&mut self, redirect: Option<&Redirect>) -> Run<Target> {
        let Some(redirect) = redirect else { return Ok(None) };
        let name = self.eval(&redirect.file)?;
        Ok(Some((self.rt.text(&name), redirect.append)).filter(|(name, _)| name != "/dev/stdout" && name != "-"))
    }

    fn print(&mut self, args: &[Expr], redirect: Option<&Redirect>) -> Run<()> {
        let mut text = if args.is_empty() {
            self.rt.record()
        } else {
            let separator = self.rt.special_text("OFS");
            let mut parts = vec![];
            for arg in args {
                let value = self.eval(arg)?;
                parts.push(self.rt.shown(&value));
            }
            parts.join(&separator)
        };
        text.push_str(&self.rt.special_text("ORS"));
        let target = self.target(redirect)?;
        self.rt.emit(target, &encode(&text))
    }

    /// The text of `printf` or `sprintf`.
    ///
    /// # Errors
    /// As [`Eval::eval`].
    pub fn sprintf(&mut self, args: &[Expr]) -> Run<String> {
        let Some((format, rest)) = args.split_first() else {
            return Err(Flow::Error("not enough arguments passed to sprintf(\"\")".into()));
        };
        let format = self.text(format)?;
        let values = rest.iter().map(|e| self.eval(e)).collect::<Run<Vec<Value>>>()?;
        let convfmt = self.rt.special_text("CONVFMT");
        Ok(super::format::format(&format, &values, &convfmt, self.rt.wide))
    }

    /// The text of an expression.
    ///
    /// # Errors
    /// As [`Eval::eval`].
    pub fn text(&mut self, expr: &Expr) -> Run<String> {
        let value = self.eval(expr)?;
        Ok(self.rt.text(&value))
    }

    /// The pattern that an expression stands for.
    ///
    /// # Errors
    /// As [`Eval::eval`]; a text that is no pattern.
    pub fn regex(&mut self, expr: &Expr) -> Run<Pattern> {
        match expr {
            Expr::Regex(pattern) => Ok(pattern.clone()),
            other => {
                let text = self.text(other)?;
                self.rt.pattern(&text)
            }
        }
    }

    fn key(&mut self, index: &[Expr]) -> Run<Key> {
        if let [one] = index {
            return match self.eval(one)? {
                Value::Num(n) if n == n.trunc() && n.abs() < 1e15 => Ok(Key::Int(n as i64)),
                other => Ok(Key::of(&self.rt.text(&other))),
            };
        }
        let separator = self.rt.special_text("SUBSEP");
        let parts = index.iter().map(|e| self.text(e)).collect::<Run<Vec<String>>>()?;
        Ok(Key::of(&parts.join(&separator)))
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// The [`Flow`] of a mistake, or of a record that is missing.
    pub fn eval(&mut self, expr: &Expr) -> Run<Value> {
        self.step()?;
        self.deeper(|eval| eval.value(expr))
    }

    fn value(&mut self, expr: &Expr) -> Run<Value> {
        match expr {
            Expr::Num(n) => num(*n),
            Expr::Str(s) => Ok(Value::Str(s.clone())),
            Expr::Regex(pattern) => {
                let record = self.rt.record();
                truth(pattern.regex().is_match(&record))
            }
            Expr::Var(var) => self.rt.get(*var),
            Expr::Field(n) => {
                let n = self.eval(n)?.num();
                self.rt.field(n)
            }
            Expr::Index(var, index) => {
                let key = self.key(index)?;
                Ok(self.rt.array(*var)?.entry(key).or_default().clone())
            }
            Expr::Assign(op, target, value) => self.assign(*op, target, value),
            Expr::Cond(condition, yes, no) => {
                let branch = if self.eval(condition)?.truth() { yes } else { no };
                self.eval(branch)
            }
            Expr::And(a, b) => truth(self.eval(a)?.truth() && self.eval(b)?.truth()),
            Expr::Or(a, b) => truth(self.eval(a)?.truth() || self.eval(b)?.truth()),
            Expr::Not(e) => truth(!self.eval(e)?.truth()),
            Expr::Neg(e) => num(-self.eval(e)?.num()),
            Expr::Plus(e) => num(self.eval(e)?.num()),
            Expr::Arith(op, a, b) => {
                let (a, b) = (self.eval(a)?.num(), self.eval(b)?.num());
                num(self.arith(*op, a, b)?)
            }
            Expr::Compare(op, a, b) => {
                let (a, b) = (self.eval(a)?, self.eval(b)?);
                truth(self.compare(op, &a, &b))
            }
            Expr::Concat(a, b) => {
                let mut text = self.text(a)?;
                text.push_str(&self.text(b)?);
                if text.len() > MAX_TEXT {
                    return Err(Flow::Error("a text is longer than Drydock simulates (16 MiB)".into()));
                }
                Ok(Value::Str(text))
            }
            Expr::Match(negated, text, pattern) => {
                let text = self.text(text)?;
                truth(self.regex(pattern)?.regex().is_match(&text) != *negated)
            }
            Expr::In(index, array) => {
                let key = self.key(index)?;
                truth(self.rt.array(*array)?.contains_key(&key))
            }
            Expr::Step { before, by, target } => {
                let old = self.eval(target)?.num();
                self.store(target, Value::Num(old + by))?;
                num(if *before { old + by } else { old })
            }
            Expr::Call(function, args) => self.call(*function, args),
            Expr::Builtin(name, args) => self.builtin(name, args),
            Expr::Getline(target, None) => self.getline(target.as_deref()),
            Expr::Getline(target, Some(file)) => self.getline_file(target.as_deref(), file),
            Expr::Group(e) => self.eval(e),
        }
    }

    fn arith(&self, op: char, a: f64, b: f64) -> Run<f64> {
        if b == 0.0 && self.rt.wide && (op == '/' || op == '%') {
            return Err(Flow::Error("Division by zero".into()));
        }
        Ok(match op {
            '+' => a + b,
            '-' => a - b,
            '*' => a * b,
            '/' => a / b,
            '%' => a % b,
            _ => a.powf(b),
        })
    }

    fn compare(&self, op: &str, a: &Value, b: &Value) -> bool {
        let order = if a.is_numeric() && b.is_numeric() {
            a.num().partial_cmp(&b.num())
        } else {
            Some(self.rt.text(a).cmp(&self.rt.text(b)))
        };
        match op {
            "<" => order == Some(Ordering::Less),
            "<=" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            "==" => order == Some(Ordering::Equal),
            "!=" => order != Some(Ordering::Equal),
            ">" => order == Some(Ordering::Greater),
            _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }
    }

    fn assign(&mut self, op: Option<char>, target: &Expr, value: &Expr) -> Run<Value> {
        let value = self.eval(value)?;
        let value = match op {
            None => value,
            Some(op) => {
                let old = self.eval(target)?.num();
                Value::Num(self.arith(op, old, value.num())?)
            }
        };
        self.store(target, value.clone())?;
        Ok(value)
    }

    /// Assigns to a variable, a field or an element.
    ///
    /// # Errors
    /// Where that cannot be.
    pub fn store(&mut self, target: &Expr, value: Value) -> Run<()> {
        match target {
            Expr::Var(var) => self.rt.set(*var, value),
            Expr::Field(n) => {
                let n = self.eval(n)?.num();
                self.rt.set_field(n, &value)
            }
            Expr::Index(var, index) => {
                let key = self.key(index)?;
                self.rt.array(*var)?.insert(key, value);
                Ok(())
            }
            Expr::Group(inner) => self.store(inner, value),
            _ => Err(Flow::Error("only a variable, a field or an element can be assigned".into())),
        }
    }

    fn call(&mut self, function: usize, args: &[Expr]) -> Run<Value> {
        let program = self.program;
        let Some(function) = program.functions.get(function) else { return Ok(Value::Unset) };
        let Some(body) = &function.body else { return Ok(Value::Unset) };
        if args.len() > function.params {
            return Err(Flow::Error("function called with too many arguments".into()));
        }
        let mut frame = vec![];
        for arg in args {
            frame.push(match arg {
                Expr::Var(var) => self.rt.argument(*var),
                other => Cell::Value(self.eval(other)?),
            });
        }
        frame.resize(function.params, Cell::default());
        self.rt.frames.push(frame);
        let result = self.deeper(|eval| eval.block(body));
        self.rt.frames.pop();
        match result {
            Ok(()) => Ok(Value::Unset),
            Err(Flow::Return(value)) => Ok(value),
            Err(other) => Err(other),
        }
    }

    fn getline(&mut self, target: Option<&Expr>) -> Run<Value> {
        let Some((file, first, text)) = self.queue.get(self.rt.taken).cloned() else {
            return if self.ended { num(0.0) } else { Err(Flow::NeedInput) };
        };
        self.rt.taken += 1;
        self.rt.begin_record(&file, first);
        match target {
            Some(target) => self.store(target, Value::input(&text))?,
            None => self.rt.set_record(text),
        }
        num(1.0)
    }

    fn getline_file(&mut self, target: Option<&Expr>, file: &Expr) -> Run<Value> {
        let name = self.text(file)?;
        if name == "-" || name == "/dev/stdin" {
            return Err(Flow::Error("getline from \"-\" is not simulated by Drydock".into()));
        }
        if !self.rt.files.contains_key(&name) {
            let Ok(data) = self.sys.read_file(&name) else { return num(-1.0) };
            self.rt.files.insert(name.clone(), lines(&data).map(decode).collect());
        }
        let Some(text) = self.rt.files.get_mut(&name).and_then(VecDeque::pop_front) else { return num(0.0) };
        match target {
            Some(target) => self.store(target, Value::input(&text))?,
            None => self.rt.set_record(text),
        }
        num(1.0)
    }
}

impl Runtime {
    /// Counts a record that is about to be used.
    pub fn begin_record(&mut self, file: &str, first: bool) {
        if first {
            let name = if file == "-" { "" } else { file };
            self.set_special("FILENAME", Value::Str(name.to_string()));
            self.set_special("FNR", Value::Num(0.0));
        }
        self.count("NR", 1.0);
        self.count("FNR", 1.0);
    }
}

/// The variable of an expression that has to be an array.
///
/// # Errors
/// Where it is none.
pub fn array_of(expr: Option<&Expr>) -> Run<Var> {
    match expr {
        Some(Expr::Var(var)) => Ok(*var),
        _ => Err(Flow::Error("an array is needed".into())),
    }
}
