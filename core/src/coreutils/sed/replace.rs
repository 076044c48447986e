//! The right side of `sed`'s `s` command.

use regex_lite::Captures;
use serde::{Deserialize, Serialize};

/// A piece of a replacement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    /// Itself.
    Text(String),
    /// `\1`, or `&` as group 0.
    Group(usize),
    /// `\U`, `\L`, `\u`, `\l`, `\E`
    Case(char),
}

/// A parsed replacement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement(Vec<Piece>);

impl Replacement {
    /// The highest group it refers to.
    pub fn highest_group(&self) -> Option<usize> {
        self.0.iter().filter_map(|p| if let Piece::Group(n) = p { Some(*n) } else { None }).max()
    }

    /// Appends it with the groups of a match.
    pub fn expand(&self, captures: &Captures<'_>, out: &mut String) {
        let (mut lasting, mut once) = ('E', None);
        for piece in &self.0 {
            let text = match piece {
                Piece::Case(c @ ('u' | 'l')) => {
                    once = Some(*c);
                    continue;
                }
                Piece::Case(c) => {
                    lasting = *c;
                    continue;
                }
                Piece::Text(text) => text.as_str(),
                Piece::Group(n) => captures.get(*n).map_or("", |m| m.as_str()),
            };
            for c in text.chars() {
                match once.take().unwrap_or(lasting) {
                    'U' | 'u' => out.extend(c.to_uppercase()),
                    'L' | 'l' => out.extend(c.to_lowercase()),
                    _ => out.push(c),
                }
            }
        }
    }
}

/// Reads what stands between the second and the third delimiter.
pub fn parse_replacement(text: &str) -> Replacement {
    let mut pieces = vec![];
    let mut literal = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let piece = match c {
            '&' => Piece::Group(0),
            '\\' => match chars.next() {
                Some(c) if c.is_ascii_digit() => Piece::Group(c as usize - '0' as usize),
                Some(c @ ('U' | 'L' | 'u' | 'l' | 'E')) => Piece::Case(c),
                other => {
                    literal.push(match other {
                        Some('n') => '\n',
                        Some('t') => '\t',
                        Some('r') => '\r',
                        Some(c) => c,
                        None => '\\',
                    });
                    continue;
                }
            },
            c => {
                literal.push(c);
                continue;
            }
        };
        if !literal.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut literal)));
        }
        pieces.push(piece);
    }
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    Replacement(pieces)
}
