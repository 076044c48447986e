//! The words of an `awk` program.

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// A number.
    Num(f64),
    /// A string, its escapes read.
    Str(String),
    /// A regular expression between slashes.
    Regex(String),
    /// A name of a variable.
    Name(String),
    /// A name directly before `(`.
    FuncName(String),
    /// A keyword or a builtin function.
    Word(&'static str),
    /// An operator or other sign.
    Op(&'static str),
    /// A line end.
    Newline,
}

const WORDS: &[&str] = &[
    "BEGIN", "END", "function", "func", "if", "else", "while", "for", "do", "break", "continue", "next",
    "nextfile", "exit", "return", "delete", "in", "getline", "print", "printf",
];

/// The functions the language has.
pub const FUNCTIONS: &[&str] = &[
    "length", "substr", "index", "split", "sub", "gsub", "match", "sprintf", "sin", "cos", "atan2", "exp",
    "log", "sqrt", "int", "rand", "srand", "tolower", "toupper", "system", "close", "fflush", "systime",
];

const OPS: &[&str] = &[
    "**=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "==", "<=", ">=", "!=", "!~", ">>",
    "**", "{", "}", "(", ")", "[", "]", ";", ",", "+", "-", "*", "/", "%", "^", "!", ">", "<", "|", "?", ":",
    "~", "$", "=",
];

/// Splits a program into tokens with their lines.
///
/// # Errors
/// The complaint and the line.
pub fn lex(text: &str) -> Result<Vec<(Token, usize)>, (String, usize)> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens: Vec<(Token, usize)> = vec![];
    let (mut at, mut line) = (0, 1);
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        match c {
            '\n' => {
                tokens.push((Token::Newline, line));
                line += 1;
                at += 1;
            }
            '\\' if next == Some('\n') => {
                line += 1;
                at += 2;
            }
            '#' => at += chars.iter().skip(at).take_while(|c| **c != '\n').count(),
            c if c.is_whitespace() => at += 1,
            '"' => {
                let (text, used) =
                    string(&chars[at + 1..]).ok_or(("runaway string constant".to_string(), line))?;
                tokens.push((Token::Str(text), line));
                at += 1 + used;
            }
            '/' if regex_may_follow(tokens.last().map(|t| &t.0)) => {
                let (text, used) =
                    regex(&chars[at + 1..]).ok_or(("runaway regular expression".to_string(), line))?;
                tokens.push((Token::Regex(text), line));
                at += 1 + used;
            }
            c if c.is_ascii_digit() || c == '.' && next.is_some_and(|n| n.is_ascii_digit()) => {
                let used = number_length(&chars[at..]);
                let text: String = chars[at..at + used].iter().collect();
                tokens.push((Token::Num(number(&text)), line));
                at += used;
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let is_name = |c: &&char| c.is_ascii_alphanumeric() || **c == '_';
                let name: String = chars[at..].iter().take_while(is_name).collect();
                at += name.len();
                let known = WORDS.iter().chain(FUNCTIONS).find(|w| **w == name);
                tokens.push((
                    match known {
                        Some(word) => Token::Word(word),
                        None if chars.get(at) == Some(&'(') => Token::FuncName(name),
                        None => Token::Name(name),
                    },
                    line,
                ));
            }
            c => {
                let rest: String = chars[at..].iter().take(3).collect();
                let op = OPS.iter().find(|op| rest.starts_with(**op));
                let op = op.ok_or((format!("unexpected character '{c}'"), line))?;
                at += op.len();
                let op = match *op {
                    "**" => "^",
                    "**=" => "^=",
                    op => op,
                };
                tokens.push((Token::Op(op), line));
            }
        }
    }
    tokens.push((Token::Newline, line));
    Ok(tokens)
}

fn number(text: &str) -> f64 {
    match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(hex) => u64::from_str_radix(hex, 16).map_or(0.0, |n| n as f64),
        None => text.parse().unwrap_or(0.0),
    }
}

/// A slash begins a pattern unless it can be a division.
fn regex_may_follow(last: Option<&Token>) -> bool {
    match last {
        Some(Token::Num(_) | Token::Str(_) | Token::Name(_) | Token::Regex(_)) => false,
        Some(Token::Op(op)) => !matches!(*op, ")" | "]" | "$" | "++" | "--"),
        Some(Token::Word(word)) => *word != "length" && *word != "getline",
        _ => true,
    }
}

fn number_length(chars: &[char]) -> usize {
    if chars.first() == Some(&'0') && matches!(chars.get(1), Some('x' | 'X')) {
        return 2 + chars.iter().skip(2).take_while(|c| c.is_ascii_hexdigit()).count();
    }
    let digits = |from: usize| chars.iter().skip(from).take_while(|c| c.is_ascii_digit()).count();
    let mut at = digits(0);
    if chars.get(at) == Some(&'.') {
        at += 1 + digits(at + 1);
    }
    if matches!(chars.get(at), Some('e' | 'E')) {
        let sign = usize::from(matches!(chars.get(at + 1), Some('+' | '-')));
        let exponent = digits(at + 1 + sign);
        if exponent > 0 {
            at += 1 + sign + exponent;
        }
    }
    at
}

fn string(chars: &[char]) -> Option<(String, usize)> {
    let end = chars
        .iter()
        .scan(false, |escaped, c| {
            let closes = *c == '"' && !*escaped;
            *escaped = *c == '\\' && !*escaped;
            Some(closes)
        })
        .position(|closes| closes)?;
    Some((unescape(&chars[..end]), end + 1))
}

/// Reads the escapes of a string.
pub fn unescape(chars: &[char]) -> String {
    let mut out = String::new();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        at += 1;
        if *c != '\\' {
            out.push(*c);
            continue;
        }
        let Some(c) = chars.get(at) else {
            out.push('\\');
            break;
        };
        at += 1;
        match c {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'a' => out.push('\x07'),
            'b' => out.push('\x08'),
            'f' => out.push('\x0c'),
            'v' => out.push('\x0b'),
            '"' | '\\' | '/' => out.push(*c),
            '\n' => {}
            '0'..='7' => {
                let octal: String =
                    chars[at - 1..].iter().take(3).take_while(|c| ('0'..='7').contains(*c)).collect();
                at += octal.len() - 1;
                out.push(char::from(u32::from_str_radix(&octal, 8).unwrap_or(0) as u8));
            }
            c => {
                out.push('\\');
                out.push(*c);
            }
        }
    }
    out
}

fn regex(chars: &[char]) -> Option<(String, usize)> {
    let mut out = String::new();
    let mut bracket = false;
    let mut at = 0;
    loop {
        let c = *chars.get(at)?;
        at += 1;
        match c {
            '\n' => return None,
            '/' if !bracket => return Some((out, at)),
            '\\' => {
                let next = *chars.get(at)?;
                at += 1;
                if next != '/' {
                    out.push('\\');
                }
                out.push(next);
                continue;
            }
            '[' if !bracket => {
                bracket = true;
                out.push(c);
                if chars.get(at) == Some(&'^') {
                    out.push('^');
                    at += 1;
                }
                if chars.get(at) == Some(&']') {
                    out.push(']');
                    at += 1;
                }
                continue;
            }
            ']' => bracket = false,
            _ => {}
        }
        out.push(c);
    }
}
