//! Simple commands with their assignments, and the expressions of `[[ ]]`.

use super::ast::{Arg, Assign, Command, Kind, Part, Test, Value, Word};
use super::lex::{Parsed, Parser, Tok};
use super::trouble::Trouble;
use super::voice::Voice;
use super::word::{is_name, is_name_char, leading_tilde};
use std::sync::Arc;

/// Builtins whose arguments may be assignments, arrays too.
const DECLARATIONS: [&str; 5] = ["declare", "typeset", "local", "export", "readonly"];

impl Parser<'_> {
    pub(super) fn simple(&mut self, line: u32) -> Parsed<Command> {
        let (mut assigns, mut words, mut redirs) = (vec![], vec![], vec![]);
        let mut declares = false;
        // `[[` of busybox is a command in which these are words.
        let mut bracket = false;
        loop {
            if bracket && let Tok::Op(op @ ("&&" | "||" | "<" | ">")) = *self.peek()? {
                self.next()?;
                let text = match op {
                    "&&" => "-a",
                    "||" => "-o",
                    other => other,
                };
                words.push(Arg::Word(vec![Part::Lit(text.into())]));
                continue;
            }
            if let Some(redir) = self.redirection()? {
                redirs.push(redir);
                continue;
            }
            if words.is_empty() || std::mem::take(&mut self.alias_next) {
                self.expand_aliases()?;
            }
            let Tok::Word(word, raw) = self.peek()?.clone() else { break };
            if words.is_empty() || declares {
                self.next()?;
                match self.assignment(&word)? {
                    Some(assign) if words.is_empty() => assigns.push(assign),
                    Some(assign) => words.push(Arg::Assign(assign)),
                    None => {
                        bracket = raw == "[[" && self.voice == Voice::Ash;
                        declares |= DECLARATIONS.contains(&raw.as_str());
                        words.push(Arg::Word(word));
                    }
                }
                continue;
            }
            self.next()?;
            bracket &= raw != "]]";
            words.push(Arg::Word(word));
        }
        if assigns.is_empty() && words.is_empty() && redirs.is_empty() {
            return Err(self.unexpected(None));
        }
        if matches!(self.peek()?, Tok::Op("(")) {
            return Err(self.unexpected(None));
        }
        Ok(Command { line, kind: Kind::Simple { assigns, words }, redirs })
    }

    /// Reads a word as an assignment. The position is right after the word, where an array may open.
    fn assignment(&mut self, word: &Word) -> Parsed<Option<Assign>> {
        let Some((name, index, append, value)) = split_assignment(word) else { return Ok(None) };
        if index.is_some() && !self.bash() {
            return Ok(None);
        }
        if value.is_empty() && self.byte() == Some(b'(') && self.bash() {
            self.unpeek();
            self.pos += 1;
            let elements = self.nested(|p| p.array())?;
            return Ok(Some(Assign { name, index, append, value: Value::Array(elements) }));
        }
        Ok(Some(Assign { name, index, append, value: Value::Word(tildes(value)) }))
    }

    fn array(&mut self) -> Parsed<Vec<(Option<Word>, Word)>> {
        let mut elements = vec![];
        loop {
            if let Some((index, value)) = self.keyed()? {
                elements.push((Some(index), tildes(value)));
                continue;
            }
            match self.peek()?.clone() {
                Tok::Newline => {
                    self.next()?;
                }
                Tok::Op(")") => {
                    self.next()?;
                    return Ok(elements);
                }
                Tok::Word(word, _) => {
                    self.next()?;
                    elements.push((None, word));
                }
                Tok::End => return Err(Trouble::Open { close: ')', line: self.line }),
                _ => return Err(self.unexpected(None)),
            }
        }
    }

    /// `[key]=value` in an array; the key may have blanks.
    fn keyed(&mut self) -> Parsed<Option<(Word, Word)>> {
        self.unpeek();
        self.skip_blanks();
        let (pos, line) = (self.pos, self.line);
        if self.byte() != Some(b'[') || !self.rest().contains("]=") && !self.rest().contains("]+=") {
            return Ok(None);
        }
        self.pos += 1;
        let index = self.parts_until(b"]", false, true)?;
        self.pos += 1;
        if self.eat("=") || self.eat("+=") {
            return Ok(Some((index, self.word()?)));
        }
        (self.pos, self.line) = (pos, line);
        Ok(None)
    }

    // --- [[ ]] ----------------------------------------------------------------------------------------

    pub(super) fn test_or(&mut self) -> Parsed<Test> {
        let test = self.test_level()?;
        if self.take_word("]]")? {
            return Ok(test);
        }
        if *self.peek()? == Tok::End {
            return Err(Trouble::End { expecting: Some("]]") });
        }
        Err(self.unexpected(None))
    }

    fn test_level(&mut self) -> Parsed<Test> {
        let mut left = self.test_and()?;
        self.test_newlines()?;
        while self.take_op("||")? {
            self.test_newlines()?;
            left = Test::Or(Box::new(left), Box::new(self.nested(|p| p.test_and())?));
            self.test_newlines()?;
        }
        Ok(left)
    }

    fn test_newlines(&mut self) -> Parsed<()> {
        while *self.peek()? == Tok::Newline {
            self.next()?;
        }
        Ok(())
    }

    fn test_and(&mut self) -> Parsed<Test> {
        let mut left = self.test_term()?;
        self.test_newlines()?;
        while self.take_op("&&")? {
            self.test_newlines()?;
            left = Test::And(Box::new(left), Box::new(self.nested(|p| p.test_term())?));
            self.test_newlines()?;
        }
        Ok(left)
    }

    fn test_term(&mut self) -> Parsed<Test> {
        self.test_newlines()?;
        if self.take_word("!")? {
            return Ok(Test::Not(Box::new(self.nested(|p| p.test_term())?)));
        }
        if self.take_op("(")? {
            let inner = self.nested(|p| p.test_level())?;
            if !self.take_op(")")? {
                return Err(self.unexpected(None));
            }
            return Ok(inner);
        }
        let Tok::Word(first, raw) = self.peek()?.clone() else {
            if *self.peek()? == Tok::End {
                return Err(Trouble::End { expecting: Some("]]") });
            }
            return Err(self.unexpected(None));
        };
        if raw == "]]" {
            return Err(self.unexpected(None));
        }
        self.next()?;
        let is_unary =
            raw.len() == 2 && raw.starts_with('-') && raw.ends_with(|c: char| c.is_ascii_alphabetic());
        if is_unary
            && let Tok::Word(operand, text) = self.peek()?.clone()
            && text != "]]"
            && !is_binary(&text)
        {
            self.next()?;
            return Ok(Test::Unary(Arc::from(raw), operand));
        }
        let op: Arc<str> = match self.peek()?.clone() {
            Tok::Op(op @ ("<" | ">")) => Arc::from(op),
            Tok::Word(_, op) if is_binary(&op) => Arc::from(op),
            _ => return Ok(Test::Word(first)),
        };
        self.next()?;
        if &*op == "=~" {
            self.skip_blanks();
            self.unpeek();
            let regex = self.regex()?;
            return Ok(Test::Binary(first, op, regex));
        }
        let Tok::Word(second, _) = self.peek()?.clone() else { return Err(self.unexpected(None)) };
        self.next()?;
        Ok(Test::Binary(first, op, second))
    }

    /// A regular expression: a word in which parentheses and bars belong to it.
    fn regex(&mut self) -> Parsed<Word> {
        let mut word = vec![];
        let mut parens = 0u32;
        while let Some(byte) = self.byte() {
            match byte {
                b' ' | b'\t' | b'\n' if parens == 0 => break,
                b'(' => parens += 1,
                b')' if parens == 0 => break,
                b')' => parens -= 1,
                _ => {}
            }
            self.part(&mut word, false, true)?;
        }
        Ok(word)
    }
}

fn is_binary(text: &str) -> bool {
    matches!(
        text,
        "=" | "==" | "!=" | "=~" | "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" | "-nt" | "-ot" | "-ef"
    )
}

type Split = (Arc<str>, Option<Word>, bool, Word);

/// `name=…`, `name+=…`, `name[…]=…`
fn split_assignment(word: &Word) -> Option<Split> {
    let Some(Part::Lit(first)) = word.first() else { return None };
    let len = first.chars().take_while(|c| is_name_char(*c)).count();
    let (name, after) = first.split_at(len);
    if !is_name(name) {
        return None;
    }
    let name = Arc::from(name);
    if let Some(value) = after.strip_prefix("+=") {
        return Some((name, None, true, with_first(value, word)));
    }
    if let Some(value) = after.strip_prefix('=') {
        return Some((name, None, false, with_first(value, word)));
    }
    let inner = with_first(after.strip_prefix('[')?, word);
    let (index, append, value) = split_subscript(&inner)?;
    Some((name, Some(index), append, value))
}

/// The rest of a word after its first text became shorter.
fn with_first(text: &str, word: &Word) -> Word {
    let mut rest = vec![];
    if !text.is_empty() {
        rest.push(Part::Lit(text.to_string()));
    }
    rest.extend(word.iter().skip(1).cloned());
    rest
}

fn split_subscript(word: &Word) -> Option<(Word, bool, Word)> {
    for (i, part) in word.iter().enumerate() {
        let Part::Lit(text) = part else { continue };
        let found = text.find("]=").map(|at| (at, 2, false));
        let added = text.find("]+=").map(|at| (at, 3, true));
        let Some((at, len, append)) = found.into_iter().chain(added).min() else { continue };
        let mut index: Word = word.iter().take(i).cloned().collect();
        if at > 0 {
            index.push(Part::Lit(text[..at].to_string()));
        }
        let mut value = vec![];
        if at + len < text.len() {
            value.push(Part::Lit(text[at + len..].to_string()));
        }
        value.extend(word.iter().skip(i + 1).cloned());
        return Some((index, append, value));
    }
    None
}

/// Tildes of an assigned value: at its start and after colons.
fn tildes(word: Word) -> Word {
    if !word.iter().any(|part| matches!(part, Part::Lit(text) if text.contains(":~"))) {
        return leading_tilde(word, false);
    }
    let mut out: Word = vec![];
    let count = word.len();
    for (i, part) in word.into_iter().enumerate() {
        let Part::Lit(text) = part else {
            out.push(part);
            continue;
        };
        let pieces: Vec<&str> = text.split_inclusive(':').collect();
        for (j, piece) in pieces.iter().enumerate() {
            let last = i + 1 == count && j + 1 == pieces.len();
            let alone = vec![Part::Lit((*piece).to_string())];
            let starts = (i == 0 || j > 0) && (last || piece.contains(['/', ':']));
            out.extend(if starts { leading_tilde(alone, false) } else { alone });
        }
    }
    out
}
