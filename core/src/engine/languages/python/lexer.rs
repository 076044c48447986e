//! Python's text as tokens, with indentation.

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// A name or a keyword.
    Name(String),
    /// A number.
    Number(String),
    /// A text; true for an f-string.
    Text(String, bool),
    /// An operator.
    Op(&'static str),
    /// The end of a line.
    Newline,
    /// Deeper from here.
    Indent,
    /// Less deep from here.
    Dedent,
    /// The end.
    End,
}

const OPS: &[&str] = &[
    "**=", "//=", "...", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "%=", "**", "//", "->", ":=", "(", ")",
    "[", "]", "{", "}", ",", ":", ".", ";", "+", "-", "*", "/", "%", "<", ">", "=", "@", "|", "&", "^", "~",
];

/// Tokens with their lines.
///
/// # Errors
/// The line and what is wrong.
pub fn tokens(source: &str) -> Result<Vec<(Token, usize)>, (usize, String)> {
    let chars: Vec<char> = source.chars().collect();
    let (mut out, mut indents, mut depth) = (vec![], vec![0usize], 0usize);
    let (mut at, mut line, mut fresh) = (0, 1, true);
    while let Some(&c) = chars.get(at) {
        if fresh && depth == 0 {
            let width = chars[at..].iter().take_while(|c| matches!(c, ' ' | '\t')).count();
            let next = chars.get(at + width).copied().unwrap_or('\n');
            at += width;
            fresh = false;
            if !matches!(next, '\n' | '#' | '\r') {
                let current = indents.last().copied().unwrap_or(0);
                if width > current {
                    indents.push(width);
                    out.push((Token::Indent, line));
                }
                while width < indents.last().copied().unwrap_or(0) {
                    indents.pop();
                    out.push((Token::Dedent, line));
                }
            }
            continue;
        }
        match c {
            '\n' => {
                if depth == 0 && !matches!(out.last(), None | Some((Token::Newline | Token::Indent | Token::Dedent, _))) {
                    out.push((Token::Newline, line));
                }
                line += 1;
                at += 1;
                fresh = true;
            }
            '\\' if chars.get(at + 1) == Some(&'\n') => {
                line += 1;
                at += 2;
            }
            ' ' | '\t' | '\r' => at += 1,
            '#' => at += chars[at..].iter().take_while(|c| **c != '\n').count(),
            _ => {
                let from = line;
                let token = token(&chars, &mut at, &mut line).map_err(|e| (from, e))?;
                match token {
                    Token::Op("(" | "[" | "{") => depth += 1,
                    Token::Op(")" | "]" | "}") => depth = depth.saturating_sub(1),
                    _ => {}
                }
                out.push((token, from));
            }
        }
    }
    if !matches!(out.last(), None | Some((Token::Newline | Token::Dedent, _))) {
        out.push((Token::Newline, line));
    }
    out.extend(indents.iter().skip(1).map(|_| (Token::Dedent, line)));
    out.push((Token::End, line));
    Ok(out)
}

fn token(chars: &[char], at: &mut usize, line: &mut usize) -> Result<Token, String> {
    let rest = &chars[*at..];
    let word = rest.iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
    let text: String = rest[..word].iter().collect();
    if matches!(rest.get(word), Some('"' | '\'')) && matches!(text.to_lowercase().as_str(), "" | "f" | "r" | "b" | "rb" | "fr" | "rf") {
        *at += word;
        let prefix = text.to_lowercase();
        return string(chars, at, line, prefix.contains('r')).map(|s| Token::Text(s, prefix.contains('f')));
    }
    if rest[0].is_ascii_digit() {
        let mut n = rest.iter().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.')).count();
        if n > 1 && rest[n - 1] == '.' && rest.get(n).is_some_and(|c| c.is_alphabetic()) {
            n -= 1;
        }
        *at += n;
        return Ok(Token::Number(rest[..n].iter().filter(|c| **c != '_').collect()));
    }
    if word > 0 {
        *at += word;
        return Ok(Token::Name(text));
    }
    let start: String = rest.iter().take(3).collect();
    let op = OPS.iter().find(|op| start.starts_with(**op)).ok_or("invalid syntax")?;
    *at += op.len();
    Ok(Token::Op(op))
}

fn string(chars: &[char], at: &mut usize, line: &mut usize, raw: bool) -> Result<String, String> {
    let quote = chars[*at];
    let triple = chars.get(*at + 1) == Some(&quote) && chars.get(*at + 2) == Some(&quote);
    *at += if triple { 3 } else { 1 };
    let mut out = String::new();
    loop {
        let c = *chars.get(*at).ok_or("unterminated string literal")?;
        *at += 1;
        match c {
            '\n' if !triple => return Err("unterminated string literal".into()),
            '\\' if !raw => {
                let e = *chars.get(*at).ok_or("unterminated string literal")?;
                *at += 1;
                match e {
                    'n' => out.push('\n'),
                    't' => out.push('\t'),
                    'r' => out.push('\r'),
                    '0' => out.push('\0'),
                    '\n' => *line += 1,
                    '\\' | '\'' | '"' => out.push(e),
                    other => out.extend(['\\', other]),
                }
            }
            c if c == quote && !triple => return Ok(out),
            c if c == quote && chars.get(*at) == Some(&quote) && chars.get(*at + 1) == Some(&quote) => {
                *at += 2;
                return Ok(out);
            }
            c => {
                *line += usize::from(c == '\n');
                out.push(c);
            }
        }
    }
}
