//! What is wrong with a script, and how each shell says so.

use super::voice::Voice;

/// Why a command could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The text ended inside a command; more lines may complete it.
    End { expecting: Option<&'static str> },
    /// The text ended inside quotes or brackets that this character closes.
    Open { close: char, line: u32 },
    /// A token that does not belong here.
    Unexpected { token: Token, expecting: Option<&'static str>, line: u32 },
    /// A name that is none, in `for` or a function definition.
    BadName { text: String, line: u32 },
    /// A message that is the same in all shells.
    Other { text: String, line: u32 },
}

/// A token as error messages name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// An operator or a reserved word.
    Operator(String),
    Word(String),
    Newline,
    Redirection(String),
}

impl Trouble {
    /// True where more input may help.
    pub fn is_incomplete(&self) -> bool {
        matches!(self, Trouble::End { .. } | Trouble::Open { .. })
    }

    /// The messages, each without the shell's name in front: a line number (for shells that print one
    /// with syntax errors) and the text.
    pub fn messages(&self, voice: Voice, last_line: u32, source: &str) -> Vec<(u32, String)> {
        match voice {
            Voice::Dash => vec![self.dash(last_line, "Syntax error: ", |what| format!("{what} unexpected"))],
            Voice::Ash => vec![self.dash(last_line, "syntax error: ", |what| format!("unexpected {what}"))],
            Voice::Bash | Voice::Gnu => self.bash(last_line, source),
        }
    }

    fn dash(&self, last_line: u32, prefix: &str, unexpected: fn(&str) -> String) -> (u32, String) {
        let lower = prefix.starts_with('s');
        let (line, text) = match self {
            Trouble::End { expecting } => (last_line, unexpected("end of file") + &hint(*expecting)),
            Trouble::Open { close: '}', line } if !lower => (*line, "Missing '}'".to_string()),
            Trouble::Open { close: '}', line } => (*line, "missing '}'".to_string()),
            Trouble::Open { close: '`', line } => (*line, "EOF in backquote substitution".to_string()),
            Trouble::Open { close: '\'' | '"', .. } => {
                let text = if lower { "unterminated quoted string" } else { "Unterminated quoted string" };
                (last_line, text.to_string())
            }
            Trouble::Open { close: ')', .. } => (last_line, unexpected("end of file") + &hint(Some(")"))),
            Trouble::Open { .. } => (last_line, unexpected("end of file")),
            Trouble::Unexpected { token, expecting, line } => {
                let what = match token {
                    Token::Operator(text) => format!("\"{text}\""),
                    Token::Word(_) => "word".to_string(),
                    Token::Newline => "newline".to_string(),
                    Token::Redirection(_) => "redirection".to_string(),
                };
                (*line, unexpected(&what) + &hint(*expecting))
            }
            Trouble::BadName { line, .. } => {
                (*line, if lower { "bad for loop variable" } else { "Bad for loop variable" }.to_string())
            }
            Trouble::Other { text, line } => (*line, text.clone()),
        };
        (line, format!("{prefix}{text}"))
    }

    fn bash(&self, last_line: u32, source: &str) -> Vec<(u32, String)> {
        match self {
            Trouble::End { .. } => vec![(last_line + 1, "syntax error: unexpected end of file".to_string())],
            Trouble::Open { close, line } => {
                let line = if *line == 0 { last_line + 1 } else { *line };
                vec![(line, format!("unexpected EOF while looking for matching `{close}'"))]
            }
            Trouble::Unexpected { token, line, .. } => {
                let text = match token {
                    Token::Operator(text) | Token::Word(text) | Token::Redirection(text) => text.as_str(),
                    Token::Newline => "newline",
                };
                let at = source.lines().nth(*line as usize - 1).unwrap_or("");
                vec![
                    (*line, format!("syntax error near unexpected token `{text}'")),
                    (*line, format!("`{at}'")),
                ]
            }
            Trouble::BadName { text, line } => vec![(*line, format!("`{text}': not a valid identifier"))],
            Trouble::Other { text, line } => vec![(*line, text.clone())],
        }
    }
}

fn hint(expecting: Option<&str>) -> String {
    let expecting = expecting.map(|e| if e == "esac" { ";;" } else { e });
    expecting.map_or(String::new(), |e| format!(" (expecting \"{e}\")"))
}
