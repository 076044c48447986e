//! `test` and `[` as a pure function over its arguments and the files there are.

use super::super::pattern::Pattern;
use super::super::voice::Voice;
use crate::kernel::{Access, Sys};

/// How deep parentheses and `!` may nest.
const MAX_DEPTH: u32 = 100;

/// The truth of an expression. `args` are without the name and, for `[`, without the closing bracket.
///
/// # Errors
/// The complaint, without the speaker's name; the exit status is then 2.
pub fn test(args: &[String], voice: Voice, sys: &Sys<'_>) -> Result<bool, String> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    Test { voice, sys, patterns: false }.count(&args, 0)
}

/// `[[` of busybox: as its [`test`], with patterns to the right of `==` and regular expressions.
///
/// # Errors
/// As [`test`].
pub fn double_bracket(args: &[String], sys: &Sys<'_>) -> Result<bool, String> {
    match args.split_last() {
        Some((last, rest)) if last == "]]" => {
            let args: Vec<&str> = rest.iter().map(String::as_str).collect();
            Test { voice: Voice::Ash, sys, patterns: true }.count(&args, 0)
        }
        _ => Err("missing ]]".to_string()),
    }
}

/// `[`: as [`test`], and the last argument must be `]`.
///
/// # Errors
/// As [`test`].
pub fn bracket(args: &[String], voice: Voice, sys: &Sys<'_>) -> Result<bool, String> {
    match args.split_last() {
        Some((last, rest)) if last == "]" => test(rest, voice, sys),
        _ => Err(match voice {
            Voice::Bash => "missing `]'",
            Voice::Gnu => "missing ‘]’",
            Voice::Dash | Voice::Ash => "missing ]",
        }
        .to_string()),
    }
}

/// The truth of a unary operator such as `-f` on its operand; `None` where there is no such operator.
pub fn file_test(operator: &str, operand: &str, sys: &Sys<'_>) -> Option<bool> {
    let stat = || sys.stat(operand).ok();
    let kind = |kind: char| stat().is_some_and(|s| s.kind == kind);
    let bit = |bit: u32| stat().is_some_and(|s| s.mode & bit != 0);
    Some(match operator {
        "-a" | "-e" => stat().is_some(),
        "-f" => kind('-'),
        "-d" => kind('d'),
        "-b" => kind('b'),
        "-c" => kind('c'),
        "-p" => kind('p'),
        "-S" => kind('s'),
        "-h" | "-L" => sys.lstat(operand).is_ok_and(|s| s.is_link()),
        "-s" => stat().is_some_and(|s| s.size > 0),
        "-r" => sys.access(operand, Access::Read),
        "-w" => sys.access(operand, Access::Write),
        "-x" => sys.access(operand, Access::Execute),
        "-u" => bit(0o4000),
        "-g" => bit(0o2000),
        "-k" => bit(0o1000),
        "-O" => sys.me().is_ok_and(|me| stat().is_some_and(|s| s.uid == me.cred.uid)),
        "-G" => sys.me().is_ok_and(|me| stat().is_some_and(|s| s.gid == me.cred.gid)),
        "-N" => stat().is_some(),
        _ => return None,
    })
}

/// The truth of `-nt`, `-ot` and `-ef`; `None` for other operators. To busybox a missing file is neither older nor
/// newer.
pub fn compare_files(left: &str, operator: &str, right: &str, voice: Voice, sys: &Sys<'_>) -> Option<bool> {
    if !matches!(operator, "-nt" | "-ot" | "-ef") {
        return None;
    }
    let (l, r) = (sys.stat(left).ok(), sys.stat(right).ok());
    let times = (l.as_ref().map(|s| s.mtime), r.as_ref().map(|s| s.mtime));
    let both = times.0.is_some() && times.1.is_some();
    if voice == Voice::Ash && matches!(operator, "-nt" | "-ot") && !both {
        return Some(false);
    }
    Some(match operator {
        "-nt" => times.0 > times.1,
        "-ot" => times.0 < times.1,
        _ => l.is_some_and(|l| r.is_some_and(|r| (l.fs, l.ino) == (r.fs, r.ino))),
    })
}

fn is_unary(text: &str) -> bool {
    matches!(text.as_bytes(), [b'-', c] if b"abcdefghkLNnOGprSstuwxz".contains(c))
}

fn is_binary(text: &str, voice: Voice) -> bool {
    if text == "==" {
        return voice != Voice::Dash;
    }
    matches!(
        text,
        "=" | "!=" | "<" | ">" | "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" | "-nt" | "-ot" | "-ef"
    )
}

struct Test<'a, 'b> {
    voice: Voice,
    sys: &'a Sys<'b>,
    /// `==` takes patterns, and there is `=~`.
    patterns: bool,
}

impl Test<'_, '_> {
    fn is_binary(&self, text: &str) -> bool {
        is_binary(text, self.voice) || (self.patterns && text == "=~")
    }

    /// The rules of POSIX by the number of arguments; more than four are a grammar.
    fn count(&self, args: &[&str], depth: u32) -> Result<bool, String> {
        if depth > MAX_DEPTH {
            return Err("expression nested too deeply".to_string());
        }
        match args {
            [] => Ok(false),
            [one] => Ok(!one.is_empty()),
            ["!", rest @ ..] if rest.len() < 3 => self.count(rest, depth + 1).map(|b| !b),
            [op, operand] => match self.unary(op, operand)? {
                Some(truth) => Ok(truth),
                None => Err(self.not_unary(op, operand)),
            },
            [left, op, right] if self.is_binary(op) => self.binary(left, op, right),
            [left, "-a", right] => Ok(!left.is_empty() && !right.is_empty()),
            [left, "-o", right] => Ok(!left.is_empty() || !right.is_empty()),
            ["(", inner, ")"] => Ok(!inner.is_empty()),
            [left, op, _] => Err(self.not_binary(left, op)),
            ["!", rest @ ..] if rest.len() == 3 => self.count(rest, depth + 1).map(|b| !b),
            ["(", inner @ .., ")"] if inner.len() == 2 => self.count(inner, depth + 1),
            _ => self.whole(args, depth),
        }
    }

    fn whole(&self, args: &[&str], depth: u32) -> Result<bool, String> {
        let mut at = 0;
        let truth = self.or(args, &mut at, depth)?;
        match args.get(at) {
            None => Ok(truth),
            Some(extra) => Err(match self.voice {
                Voice::Bash => "too many arguments".to_string(),
                Voice::Dash => format!("{}: unexpected operator", args.first().unwrap_or(extra)),
                Voice::Ash => format!("{extra}: unknown operand"),
                Voice::Gnu => format!("extra argument ‘{extra}’"),
            }),
        }
    }

    fn or(&self, args: &[&str], at: &mut usize, depth: u32) -> Result<bool, String> {
        let mut truth = self.and(args, at, depth)?;
        while args.get(*at) == Some(&"-o") {
            *at += 1;
            truth |= self.and(args, at, depth)?;
        }
        Ok(truth)
    }

    fn and(&self, args: &[&str], at: &mut usize, depth: u32) -> Result<bool, String> {
        let mut truth = self.term(args, at, depth)?;
        while args.get(*at) == Some(&"-a") {
            *at += 1;
            truth &= self.term(args, at, depth)?;
        }
        Ok(truth)
    }

    fn term(&self, args: &[&str], at: &mut usize, depth: u32) -> Result<bool, String> {
        if depth > MAX_DEPTH {
            return Err("expression nested too deeply".to_string());
        }
        let rest = args.get(*at..).unwrap_or_default();
        match rest {
            [] => Err(match self.voice {
                Voice::Bash | Voice::Ash | Voice::Dash => "argument expected".to_string(),
                Voice::Gnu => format!("missing argument after ‘{}’", args.last().unwrap_or(&"")),
            }),
            ["!", _, ..] => {
                *at += 1;
                self.term(args, at, depth + 1).map(|b| !b)
            }
            [left, op, right, ..] if self.is_binary(op) => {
                *at += 3;
                self.binary(left, op, right)
            }
            ["(", _, ..] => {
                *at += 1;
                let truth = self.or(args, at, depth + 1)?;
                if args.get(*at) != Some(&")") {
                    return Err(match self.voice {
                        Voice::Bash => "`)' expected".to_string(),
                        Voice::Gnu => "‘)’ expected".to_string(),
                        Voice::Dash | Voice::Ash => "closing paren expected".to_string(),
                    });
                }
                *at += 1;
                Ok(truth)
            }
            [op, operand, ..] if is_unary(op) => {
                *at += 2;
                Ok(self.unary(op, operand)?.unwrap_or(false))
            }
            [one, ..] => {
                *at += 1;
                Ok(!one.is_empty())
            }
        }
    }

    fn unary(&self, op: &str, operand: &str) -> Result<Option<bool>, String> {
        Ok(match op {
            "-n" => Some(!operand.is_empty()),
            "-z" => Some(operand.is_empty()),
            "-t" => {
                let fd = self.number(operand)?;
                Some(i32::try_from(fd).is_ok_and(|fd| self.sys.is_tty(fd)))
            }
            _ if is_unary(op) => file_test(op, operand, self.sys),
            _ => None,
        })
    }

    fn binary(&self, left: &str, op: &str, right: &str) -> Result<bool, String> {
        if let Some(truth) = compare_files(left, op, right, self.voice, self.sys) {
            return Ok(truth);
        }
        let matches = || Pattern::new(right, false).matches(left);
        Ok(match op {
            "=~" => regex_lite::Regex::new(right).is_ok_and(|regex| regex.is_match(left)),
            "=" | "==" if self.patterns => matches(),
            "!=" if self.patterns => !matches(),
            "=" | "==" => left == right,
            "!=" => left != right,
            "<" => left < right,
            ">" => left > right,
            _ => {
                let (l, r) = (self.number(left)?, self.number(right)?);
                match op {
                    "-eq" => l == r,
                    "-ne" => l != r,
                    "-lt" => l < r,
                    "-le" => l <= r,
                    "-gt" => l > r,
                    _ => l >= r,
                }
            }
        })
    }

    fn number(&self, text: &str) -> Result<i64, String> {
        let trimmed = text.trim_matches([' ', '\t', '\n']);
        let signed = trimmed.strip_prefix('+').filter(|r| !r.starts_with(['-', '+'])).unwrap_or(trimmed);
        signed.parse().map_err(|_| match self.voice {
            Voice::Bash => format!("{text}: integer expression expected"),
            Voice::Dash => format!("Illegal number: {text}"),
            Voice::Ash if text.is_empty() => "bad number".to_string(),
            Voice::Ash => format!("{text}: bad number"),
            Voice::Gnu => format!("invalid integer ‘{text}’"),
        })
    }

    fn not_unary(&self, op: &str, operand: &str) -> String {
        match self.voice {
            Voice::Bash => format!("{op}: unary operator expected"),
            Voice::Dash => format!("{op}: unexpected operator"),
            Voice::Ash => format!("{operand}: unknown operand"),
            Voice::Gnu => format!("missing argument after ‘{operand}’"),
        }
    }

    fn not_binary(&self, left: &str, op: &str) -> String {
        match self.voice {
            Voice::Bash => format!("{op}: binary operator expected"),
            Voice::Dash => format!("{left}: unexpected operator"),
            Voice::Ash => format!("{op}: unknown operand"),
            Voice::Gnu => format!("‘{op}’: binary operator expected"),
        }
    }
}
