//! Characters to tokens: operators, words with their quotes and expansions, here-documents.

use super::ast::{Document, Part, Word};
use super::trouble::{Token, Trouble};
use super::voice::Voice;
use imbl::OrdMap;
use std::borrow::Cow;

/// How deep commands, quotes and expansions may nest.
pub const MAX_NESTING: u32 = 60;
/// How many aliases one command may expand.
const MAX_ALIASES: u32 = 500;

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub enum Tok {
    Op(&'static str),
    /// A word, and its text as written.
    Word(Word, String),
    /// Digits right before `<` or `>`.
    Number(i32),
    Newline,
    End,
}

/// Operators, longest first.
const OPERATORS: [&str; 26] = [
    "<<<", "<<-", "&>>", ";;&", "&&", "||", ";;", ";&", "<<", ">>", "<&", ">&", "<>", ">|", "&>", "|&", "((",
    "&", "|", ";", "<", ">", "(", ")", "<(", ">(",
];
const BASH_ONLY: [&str; 9] = ["<<<", "&>>", ";;&", ";&", "&>", "|&", "((", "<(", ">("];

/// A token looked at and not yet taken: where it ends, and on which line it starts and ends.
#[derive(Debug)]
struct Peeked {
    token: Tok,
    end: usize,
    end_line: u32,
    line: u32,
}

/// A parser over one text.
pub struct Parser<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) pos: usize,
    pub(super) line: u32,
    pub(super) voice: Voice,
    pub(super) depth: u32,
    pub(super) documents: Vec<Document>,
    pending: Vec<usize>,
    /// A here-document ended with the text, not with its delimiter: the line it is announced on and its delimiter.
    pub(super) unfinished: Option<(u32, String)>,
    peeked: Option<Peeked>,
    aliases: Option<&'a OrdMap<String, String>>,
    /// Aliases being expanded and the distance of their end from the end of the text.
    expanding: Vec<(String, usize)>,
    expansions: u32,
    /// Set where a blank at the end of an alias makes the next word an alias too.
    pub(super) alias_next: bool,
    /// Inside `[[ ]]`.
    pub(super) in_test: bool,
    /// The text ends with a line that a backslash joins to the next.
    pub(super) continues: bool,
}

pub type Parsed<T> = Result<T, Trouble>;

impl<'a> Parser<'a> {
    pub fn new(text: &'a str, pos: usize, line: u32, voice: Voice) -> Self {
        Self {
            text: Cow::Borrowed(text),
            pos,
            line,
            voice,
            depth: 0,
            documents: vec![],
            pending: vec![],
            unfinished: None,
            peeked: None,
            aliases: None,
            expanding: vec![],
            expansions: 0,
            alias_next: false,
            in_test: false,
            continues: false,
        }
    }

    pub fn with_aliases(mut self, aliases: &'a OrdMap<String, String>) -> Self {
        self.aliases = Some(aliases).filter(|a| !a.is_empty());
        self
    }

    pub(super) fn bash(&self) -> bool {
        matches!(self.voice, Voice::Bash | Voice::Gnu)
    }

    pub(super) fn rest(&self) -> &str {
        self.text.get(self.pos..).unwrap_or("")
    }

    pub(super) fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.pos).copied()
    }

    pub(super) fn byte_at(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.pos + ahead).copied()
    }

    /// Takes one character.
    pub(super) fn bump(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.pos += c.len_utf8();
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let there = self.rest().starts_with(text);
        if there {
            self.pos += text.len();
            self.line += text.bytes().filter(|b| *b == b'\n').count() as u32;
        }
        there
    }

    /// Runs a part of the grammar one level deeper.
    pub(super) fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_NESTING {
            let text =
                format!("commands nest more than {MAX_NESTING} levels deep, which Drydock does not read");
            return Err(Trouble::Other { text, line: self.line });
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    // --- tokens ---------------------------------------------------------------------------------------

    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.byte() {
                Some(b' ' | b'\t' | b'\r')
                    if self.byte() != Some(b'\r') || self.byte_at(1) != Some(b'\n') =>
                {
                    self.pos += 1;
                }
                Some(b'\\') if self.byte_at(1) == Some(b'\n') => {
                    self.pos += 1;
                    self.join_lines();
                }
                Some(b'#') => {
                    let end = self.rest().find('\n').unwrap_or(self.rest().len());
                    self.pos += end;
                }
                _ => return,
            }
        }
    }

    /// Takes the line feed after a backslash.
    pub(super) fn join_lines(&mut self) {
        self.pos += 1;
        self.line += 1;
        self.continues |= self.pos == self.text.len();
    }

    /// The next token, which stays.
    pub(super) fn peek(&mut self) -> Parsed<&Tok> {
        if self.peeked.is_none() {
            let (pos, line) = (self.pos, self.line);
            let token = self.lex()?;
            let (end, end_line) = (self.pos, self.line);
            (self.pos, self.line) = (pos, line);
            self.peeked = Some(Peeked { token, end, end_line, line });
        }
        Ok(self.peeked.as_ref().map_or(&Tok::End, |p| &p.token))
    }

    /// Where the token that was looked at begins.
    pub(super) fn start(&mut self) -> usize {
        self.skip_blanks();
        self.pos
    }

    /// The text from there up to here.
    pub(super) fn head(&self, start: usize) -> String {
        self.text.get(start..self.pos).unwrap_or("").to_string()
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Parsed<Tok> {
        self.peek()?;
        let Some(Peeked { token, end, end_line, .. }) = self.peeked.take() else { return Ok(Tok::End) };
        (self.pos, self.line) = (end, end_line);
        if token == Tok::Newline {
            self.read_documents()?;
        }
        Ok(token)
    }

    /// Forgets a look ahead, so that the text can be read in another way.
    pub(super) fn unpeek(&mut self) {
        self.peeked = None;
    }

    pub(super) fn at_op(&mut self, op: &str) -> Parsed<bool> {
        Ok(matches!(self.peek()?, Tok::Op(found) if *found == op))
    }

    pub(super) fn take_op(&mut self, op: &str) -> Parsed<bool> {
        let there = self.at_op(op)?;
        if there {
            self.next()?;
        }
        Ok(there)
    }

    /// The text of the next token if it is a plain unquoted word.
    pub(super) fn peek_word(&mut self) -> Parsed<Option<String>> {
        Ok(match self.peek()? {
            Tok::Word(parts, _) => match parts.as_slice() {
                [Part::Lit(text)] => Some(text.clone()),
                _ => None,
            },
            _ => None,
        })
    }

    /// True where the next token is this reserved word.
    pub(super) fn at_word(&mut self, word: &str) -> Parsed<bool> {
        Ok(
            matches!(self.peek()?, Tok::Word(parts, _) if matches!(parts.as_slice(), [Part::Lit(t)] if t == word)),
        )
    }

    pub(super) fn take_word(&mut self, word: &str) -> Parsed<bool> {
        let there = self.at_word(word)?;
        if there {
            self.next()?;
        }
        Ok(there)
    }

    /// The complaint about the next token.
    pub(super) fn unexpected(&mut self, expecting: Option<&'static str>) -> Trouble {
        let token = match self.peek() {
            Err(trouble) => return trouble,
            Ok(token) => token.clone(),
        };
        let token = match token {
            Tok::End => return Trouble::End { expecting },
            Tok::Op(op @ ("<" | ">" | ">>" | "<<" | "<&" | ">&" | "<>" | ">|" | "<<-")) => {
                Token::Redirection(op.to_string())
            }
            Tok::Op(op) => Token::Operator(op.to_string()),
            Tok::Newline => Token::Newline,
            Tok::Number(n) => Token::Redirection(n.to_string()),
            Tok::Word(parts, raw) => match parts.as_slice() {
                [Part::Lit(text)] if super::parse::is_reserved(text, self.voice) => Token::Operator(raw),
                _ => Token::Word(raw),
            },
        };
        let line = self.peeked.as_ref().map_or(self.line, |p| p.line);
        Trouble::Unexpected { token, expecting, line }
    }

    fn lex(&mut self) -> Parsed<Tok> {
        self.skip_blanks();
        let Some(byte) = self.byte() else { return Ok(Tok::End) };
        if byte == b'\n' || (byte == b'\r' && self.byte_at(1) == Some(b'\n')) {
            self.pos += usize::from(byte == b'\r');
            self.bump();
            return Ok(Tok::Newline);
        }
        if byte.is_ascii_digit() {
            let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
            if digits < 5 && matches!(self.byte_at(digits), Some(b'<' | b'>')) {
                let number = self.rest().get(..digits).and_then(|d| d.parse().ok()).unwrap_or(0);
                self.pos += digits;
                return Ok(Tok::Number(number));
            }
        }
        if let Some(op) = self.operator() {
            if matches!(op, "<(" | ">(") {
                return self.lex_word();
            }
            self.pos += op.len();
            return Ok(Tok::Op(op));
        }
        self.lex_word()
    }

    fn operator(&self) -> Option<&'static str> {
        let rest = self.rest();
        if !rest.starts_with(['<', '>', '&', '|', ';', '(', ')']) {
            return None;
        }
        if self.bash() && (rest.starts_with("<(") || rest.starts_with(">(")) {
            return Some(if rest.starts_with('<') { "<(" } else { ">(" });
        }
        OPERATORS
            .into_iter()
            .find(|op| rest.starts_with(op) && (self.bash() || !BASH_ONLY.contains(op)) && *op != "((")
    }

    fn lex_word(&mut self) -> Parsed<Tok> {
        let start = self.pos;
        let word = self.word()?;
        let raw = self.text.get(start..self.pos).unwrap_or("").to_string();
        Ok(Tok::Word(word, raw))
    }

    // --- aliases --------------------------------------------------------------------------------------

    /// Replaces the next token by its alias where it is a word that has one; call in command position.
    pub(super) fn expand_aliases(&mut self) -> Parsed<()> {
        let Some(aliases) = self.aliases else { return Ok(()) };
        while let Tok::Word(parts, raw) = self.peek()?.clone() {
            let len = self.text.len();
            let token_end = self.peeked.as_ref().map_or(len, |p| p.end);
            self.expanding.retain(|(_, end)| len - token_end >= *end);
            let plain = matches!(parts.as_slice(), [Part::Lit(_)]);
            let Some(value) = aliases.get(&raw).filter(|_| plain) else { break };
            if self.expanding.iter().any(|(name, _)| *name == raw) || self.expansions > MAX_ALIASES {
                break;
            }
            let Some(Peeked { end, .. }) = self.peeked.take() else { break };
            self.expansions += 1;
            let mut text = self.text.to_string();
            text.replace_range(end - raw.len()..end, value);
            self.pos = end - raw.len();
            self.expanding.push((raw, len - end));
            self.alias_next = value.ends_with([' ', '\t']);
            self.text = Cow::Owned(text);
        }
        Ok(())
    }

    // --- here-documents -------------------------------------------------------------------------------

    /// Announces a here-document whose body follows the next line feed.
    pub(super) fn announce(&mut self, document: Document) -> usize {
        self.documents.push(document);
        self.pending.push(self.documents.len() - 1);
        self.documents.len() - 1
    }

    /// Reads the bodies of the announced here-documents, which start here.
    pub(super) fn read_documents(&mut self) -> Parsed<()> {
        for index in std::mem::take(&mut self.pending) {
            let Some(document) = self.documents.get(index).cloned() else { continue };
            let body_line = self.line;
            let mut body = String::new();
            loop {
                if self.pos >= self.text.len() {
                    // The end of the script stands for the delimiter.
                    self.unfinished = Some((body_line.saturating_sub(1), document.delimiter.clone()));
                    break;
                }
                let line = self.rest().split_inclusive('\n').next().unwrap_or("").to_string();
                self.pos += line.len();
                self.line += u32::from(line.ends_with('\n'));
                let stripped = if document.strip { line.trim_start_matches('\t') } else { &line };
                if stripped.trim_end_matches('\n') == document.delimiter {
                    break;
                }
                body.push_str(stripped);
            }
            let word = if document.quoted {
                vec![Part::Quoted(body)]
            } else {
                self.nested(|p| p.inside(&body, body_line, |p| p.document_body()))?
            };
            if let Some(document) = self.documents.get_mut(index) {
                document.body = word;
            }
        }
        Ok(())
    }

    /// True where the body of an announced here-document has not been read.
    pub(super) fn lacks_document(&self) -> bool {
        !self.pending.is_empty()
    }
}
