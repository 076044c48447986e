//! The functions that `awk` has.

use super::ast::{Expr, Var};
use super::eval::{Eval, MAX_TEXT, array_of};
use super::runtime::{Array, Flow, Key, Run};
use super::value::Value;
use crate::base::Rng;

impl Eval<'_, '_> {
    /// Calls a function of the language.
    ///
    /// # Errors
    /// As [`Eval::eval`]; functions that are not simulated.
    pub fn builtin(&mut self, name: &str, args: &[Expr]) -> Run<Value> {
        let first = args.first();
        let number = match name {
            "length" => self.length(first)?,
            "index" => {
                let (text, part) = (self.arg_text(args, 0)?, self.arg_text(args, 1)?);
                text.find(&part).map_or(0.0, |at| text[..at].chars().count() as f64 + 1.0)
            }
            "split" => self.split(args)?,
            "sub" | "gsub" => self.substitute(args, name == "gsub")?,
            "match" => self.find(args)?,
            "int" => self.arg_num(args, 0)?.trunc(),
            "sqrt" => self.arg_num(args, 0)?.sqrt(),
            "exp" => self.arg_num(args, 0)?.exp(),
            "log" => self.arg_num(args, 0)?.ln(),
            "sin" => self.arg_num(args, 0)?.sin(),
            "cos" => self.arg_num(args, 0)?.cos(),
            "atan2" => self.arg_num(args, 0)?.atan2(self.arg_num(args, 1)?),
            "rand" => (self.rt.rng.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64,
            "srand" => {
                let seed = if first.is_some() { self.arg_num(args, 0)? } else { self.seconds() };
                let before = std::mem::replace(&mut self.rt.rng, (Rng::new(seed.to_bits()), seed));
                before.1
            }
            "systime" => self.seconds(),
            "fflush" => 0.0,
            "close" => {
                let file = self.arg_text(args, 0)?;
                if self.rt.files.remove(&file).is_some() { 0.0 } else { -1.0 }
            }
            "tolower" => return Ok(Value::Str(self.arg_text(args, 0)?.to_lowercase())),
            "toupper" => return Ok(Value::Str(self.arg_text(args, 0)?.to_uppercase())),
            "substr" => return self.substr(args),
            "sprintf" => return self.sprintf(args).map(Value::Str),
            other => return Err(Flow::Error(format!("{other}() is not simulated by Drydock"))),
        };
        Ok(Value::Num(number))
    }

    fn seconds(&self) -> f64 {
        (self.sys.now().0 / 1_000_000_000) as f64
    }

    fn arg_text(&mut self, args: &[Expr], n: usize) -> Run<String> {
        args.get(n).map_or(Ok(String::new()), |e| self.text(e))
    }

    fn arg_num(&mut self, args: &[Expr], n: usize) -> Run<f64> {
        args.get(n).map_or(Ok(0.0), |e| self.eval(e).map(|v| v.num()))
    }

    fn length(&mut self, arg: Option<&Expr>) -> Run<f64> {
        if let Some(Expr::Var(var)) = arg
            && self.rt.get(*var).is_err()
        {
            return Ok(self.rt.array(*var)?.len() as f64);
        }
        let text = match arg {
            Some(expr) => self.text(expr)?,
            None => self.rt.record(),
        };
        Ok(text.chars().count() as f64)
    }

    fn substr(&mut self, args: &[Expr]) -> Run<Value> {
        let text = self.arg_text(args, 0)?;
        let start = self.arg_num(args, 1)?.round_ties_even();
        let end = match args.get(2) {
            Some(_) => start + self.arg_num(args, 2)?.round_ties_even(),
            None => f64::INFINITY,
        };
        let part = text.chars().enumerate().filter(|(at, _)| {
            let place = *at as f64 + 1.0;
            place >= start && place < end
        });
        Ok(Value::Str(part.map(|(_, c)| c).collect()))
    }

    fn split(&mut self, args: &[Expr]) -> Run<f64> {
        let text = self.arg_text(args, 0)?;
        let array = array_of(args.get(1))?;
        let parts = match args.get(2) {
            Some(Expr::Regex(pattern)) if !text.is_empty() => {
                pattern.regex().split(&text).map(String::from).collect()
            }
            Some(Expr::Regex(_)) => vec![],
            separator => {
                let separator = match separator {
                    Some(expr) => self.text(expr)?,
                    None => self.rt.special_text("FS"),
                };
                self.rt.split_text(&text, &separator, false)?
            }
        };
        let elements = (1..).zip(&parts).map(|(n, part)| (Key::Int(n), Value::input(part)));
        *self.rt.array(array)? = elements.collect::<Array>();
        Ok(parts.len() as f64)
    }

    fn substitute(&mut self, args: &[Expr], all: bool) -> Run<f64> {
        let record = Expr::Field(Box::new(Expr::Num(0.0)));
        let [pattern, with, rest @ ..] = args else {
            return Err(Flow::Error("not enough arguments passed to sub".into()));
        };
        let pattern = self.regex(pattern)?;
        let with = self.text(with)?;
        let target = rest.first().unwrap_or(&record);
        let text = self.text(target)?;
        let mut out = String::new();
        let (mut copied, mut count) = (0, 0);
        for found in pattern.regex().find_iter(&text) {
            out.push_str(text.get(copied..found.start()).unwrap_or(""));
            replacement(&with, found.as_str(), &mut out);
            copied = found.end();
            count += 1;
            if out.len() > MAX_TEXT {
                return Err(Flow::Error("a text is longer than Drydock simulates (16 MiB)".into()));
            }
            if !all {
                break;
            }
        }
        if count > 0 {
            out.push_str(text.get(copied..).unwrap_or(""));
            self.store(target, Value::Str(out))?;
        }
        Ok(f64::from(count))
    }

    fn find(&mut self, args: &[Expr]) -> Run<f64> {
        let text = self.arg_text(args, 0)?;
        let Some(pattern) = args.get(1) else { return Err(Flow::Error("match needs a pattern".into())) };
        let pattern = self.regex(pattern)?;
        let (start, length) = match pattern.regex().find(&text) {
            Some(m) => {
                let before = text.get(..m.start()).unwrap_or("").chars().count();
                (before as f64 + 1.0, m.as_str().chars().count() as f64)
            }
            None => (0.0, -1.0),
        };
        self.rt.set_special("RSTART", Value::Num(start));
        self.rt.set_special("RLENGTH", Value::Num(length));
        if let Some(Expr::Var(array @ (Var::Global(_) | Var::Local(_)))) = args.get(2) {
            self.rt.array(*array)?.clear();
            return Err(Flow::Error("the third argument of match is not simulated by Drydock".into()));
        }
        Ok(start)
    }
}

/// `&` is what matched, `\&` itself.
fn replacement(with: &str, found: &str, out: &mut String) {
    let mut chars = with.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '&' => out.push_str(found),
            '\\' => match chars.next_if(|c| *c == '&' || *c == '\\') {
                Some(c) => out.push(c),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
}
