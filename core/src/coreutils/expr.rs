//! `expr EXPRESSION`: arithmetic, comparison and patterns on arguments.
//!
//! Exit status: 0; 1 where the result is empty or 0; 2 for a mistake in the expression.

use crate::base::posix_regex::{Pattern, Syntax};
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `expr`.
pub const APPLETS: &[Applet] = &[Applet::main("expr", main)];

/// How deep parentheses may nest.
const MAX_DEPTH: usize = 100;
/// The operators, from the loosest to the tightest.
const LEVELS: &[&[&str]] =
    &[&["|"], &["&"], &["<", "<=", "=", "==", "!=", ">=", ">"], &["+", "-"], &["*", "/", "%"], &[":"]];

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let mut args = sys.args();
    if args.first().is_some_and(|a| a == "--") {
        args.remove(0);
    }
    let gnu = sys.flavor() == Flavor::Gnu;
    if args.is_empty() {
        if gnu {
            sys.complain("missing operand\nTry 'expr --help' for more information.");
        } else {
            sys.complain("too few arguments");
        }
        return Ok(2);
    }
    let mut expr = Expr { args: &args, at: 0, gnu, depth: 0 };
    let result = expr.level(0).and_then(|value| match args.get(expr.at) {
        None => Ok(value),
        Some(extra) if gnu => Err(format!("syntax error: unexpected argument '{extra}'")),
        Some(_) => Err("syntax error".into()),
    });
    Ok(match result {
        Ok(value) => {
            sys.print(&format!("{value}\n"));
            i32::from(is_null(&value))
        }
        Err(text) => {
            sys.complain(&text);
            2
        }
    })
}

fn is_null(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    value.is_empty() || !digits.is_empty() && digits.bytes().all(|b| b == b'0')
}

struct Expr<'a> {
    args: &'a [String],
    at: usize,
    gnu: bool,
    depth: usize,
}

impl Expr<'_> {
    fn next(&mut self) -> Result<String, String> {
        let missing = match self.at.checked_sub(1).and_then(|n| self.args.get(n)) {
            Some(last) if self.gnu => format!("syntax error: missing argument after '{last}'"),
            _ => "syntax error".to_string(),
        };
        let arg = self.args.get(self.at).cloned().ok_or(missing)?;
        self.at += 1;
        Ok(arg)
    }

    fn level(&mut self, level: usize) -> Result<String, String> {
        let Some(operators) = LEVELS.get(level) else { return self.primary() };
        let mut left = self.level(level + 1)?;
        while let Some(operator) = self.args.get(self.at).filter(|a| operators.contains(&a.as_str())) {
            self.at += 1;
            let right = self.level(level + 1)?;
            left = self.apply(operator, left, right)?;
        }
        Ok(left)
    }

    fn apply(&self, operator: &str, left: String, right: String) -> Result<String, String> {
        let number = |text: &str| {
            text.parse::<i64>().map_err(|_| if self.gnu { "non-integer argument" } else { "non-numeric argument" })
        };
        Ok(match operator {
            "|" if is_null(&left) => if is_null(&right) { "0".into() } else { right },
            "|" => left,
            "&" if is_null(&left) || is_null(&right) => "0".into(),
            "&" => left,
            ":" => self.matching(&left, &right)?,
            "+" | "-" | "*" | "/" | "%" => {
                let (a, b) = (number(&left)?, number(&right)?);
                if b == 0 && (operator == "/" || operator == "%") {
                    return Err("division by zero".into());
                }
                let result = match operator {
                    "+" => a.checked_add(b),
                    "-" => a.checked_sub(b),
                    "*" => a.checked_mul(b),
                    "/" => a.checked_div(b),
                    _ => a.checked_rem(b),
                };
                result.ok_or("Numerical result out of range")?.to_string()
            }
            _ => {
                let order = match (number(&left), number(&right)) {
                    (Ok(a), Ok(b)) => a.cmp(&b),
                    _ => left.cmp(&right),
                };
                let truth = match operator {
                    "<" => order.is_lt(),
                    "<=" => order.is_le(),
                    "=" | "==" => order.is_eq(),
                    "!=" => order.is_ne(),
                    ">=" => order.is_ge(),
                    _ => order.is_gt(),
                };
                u8::from(truth).to_string()
            }
        })
    }

    fn matching(&self, text: &str, pattern: &str) -> Result<String, String> {
        let pattern = Pattern::new(&format!("\\`{}", pattern.strip_prefix('^').unwrap_or(pattern)), Syntax::Basic, false)?;
        let groups = pattern.regex().captures_len() > 1;
        Ok(match pattern.regex().captures(text) {
            Some(found) if groups => found.get(1).map_or("", |m| m.as_str()).to_string(),
            Some(found) => found.get(0).map_or(0, |m| m.as_str().chars().count()).to_string(),
            None if groups => String::new(),
            None => "0".to_string(),
        })
    }

    fn primary(&mut self) -> Result<String, String> {
        let arg = self.next()?;
        let more = self.at < self.args.len();
        match arg.as_str() {
            "(" => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err("the expression nests too deeply".into());
                }
                let value = self.level(0)?;
                self.depth -= 1;
                match self.next()?.as_str() {
                    ")" => Ok(value),
                    other if self.gnu => Err(format!("syntax error: expecting ')' instead of '{other}'")),
                    _ => Err("syntax error".into()),
                }
            }
            "length" if more => Ok(self.next()?.chars().count().to_string()),
            "index" if more => {
                let (text, set) = (self.next()?, self.next()?);
                Ok(text.chars().position(|c| set.contains(c)).map_or(0, |n| n + 1).to_string())
            }
            "match" if more => {
                let (text, pattern) = (self.next()?, self.next()?);
                self.matching(&text, &pattern)
            }
            "substr" if more => {
                let (text, start, length) = (self.next()?, self.next()?, self.next()?);
                let (Ok(start), Ok(length)) = (start.parse::<usize>(), length.parse::<usize>()) else {
                    return Ok(String::new());
                };
                if start == 0 {
                    return Ok(String::new());
                }
                Ok(text.chars().skip(start - 1).take(length).collect())
            }
            "+" if more && self.gnu => self.next(),
            _ => Ok(arg),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn values() {
        check(
            &mut bed(),
            &[
                ("expr 7 * 6", "", "42\n"),
                ("expr 1 + 2 * 3", "", "7\n"),
                ("expr ( 1 + 2 ) * 3", "", "9\n"),
                ("expr 1 - 1", "", "0\n= 1\n"),
                ("expr abc : a\\(.\\)", "", "b\n"),
                ("expr abc : .*", "", "3\n"),
                ("expr 2 < 10", "", "1\n"),
                ("expr length abcd", "", "4\n"),
                ("expr substr abcd 2 2", "", "bc\n"),
                ("expr 1 / 0", "", "! expr: division by zero\n= 2\n"),
                ("expr a + 1", "", "! expr: non-integer argument\n= 2\n"),
                ("expr 1 +", "", "! expr: syntax error: missing argument after '+'\n= 2\n"),
                ("expr 1 2", "", "! expr: syntax error: unexpected argument '2'\n= 2\n"),
            ],
        );
    }
}
