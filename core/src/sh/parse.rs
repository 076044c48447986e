//! The grammar: complete commands, lists, pipelines, compound commands.

use super::ast::{
    Arm, ArmEnd, Command, Document, Item, Kind, List, Part, Pipeline, Redir, RedirKind, Target, Timed,
};
use super::lex::{Parsed, Parser, Tok};
use super::trouble::{Token, Trouble};
use super::voice::Voice;
use super::word::is_name;
use std::sync::Arc;

/// What [`next_command`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Complete {
    /// The commands of one or more lines, and the here-documents they name by index.
    pub list: List,
    pub documents: Vec<Document>,
    /// Where the next command starts, counted from the end of the text, and its line.
    pub rest: usize,
    pub line: u32,
}

/// Reads one complete command (the commands up to a line feed). `None` at the end of the text. Whatever comes of it,
/// [`Parser::unfinished`] tells of a here-document without an end.
pub fn next_command(parser: &mut Parser<'_>) -> Parsed<Option<Complete>> {
    while *parser.peek()? == Tok::Newline {
        parser.next()?;
    }
    if *parser.peek()? == Tok::End {
        return Ok(None);
    }
    let list = parser.line_list()?;
    let rest = parser.text.len() - parser.pos;
    Ok(Some(Complete { list, rest, line: parser.line, documents: std::mem::take(&mut parser.documents) }))
}

/// True for the words that have a meaning at the start of a command.
pub fn is_reserved(word: &str, voice: Voice) -> bool {
    matches!(
        word,
        "if" | "then"
            | "else"
            | "elif"
            | "fi"
            | "do"
            | "done"
            | "case"
            | "esac"
            | "while"
            | "until"
            | "for"
            | "{"
            | "}"
            | "!"
            | "in"
    ) || (voice == Voice::Bash && matches!(word, "[[" | "]]" | "select" | "time"))
        || (voice != Voice::Dash && word == "function")
}

/// The words that end a list.
const CLOSERS: [&str; 8] = ["then", "else", "elif", "fi", "do", "done", "esac", "}"];

impl Parser<'_> {
    /// The commands up to and with a line feed.
    fn line_list(&mut self) -> Parsed<List> {
        let mut list = vec![];
        loop {
            list.push(self.item()?);
            let separated = match self.peek()? {
                Tok::Op(";") => {
                    self.next()?;
                    true
                }
                Tok::Op("&") => {
                    self.next()?;
                    self.in_background(&mut list);
                    true
                }
                _ => false,
            };
            match self.peek()? {
                Tok::End => {
                    if self.lacks_document() {
                        self.read_documents()?;
                    }
                    return Ok(list);
                }
                Tok::Newline => {
                    self.next()?;
                    return Ok(list);
                }
                _ if separated => {}
                _ => return Err(self.unexpected(None)),
            }
        }
    }

    fn in_background(&self, list: &mut List) {
        if let Some(item) = list.last_mut() {
            item.background = true;
        }
    }

    /// Commands up to a closing word or operator, which stays.
    fn list(&mut self, closers: &[&str], expecting: &'static str) -> Parsed<List> {
        let mut list = vec![];
        self.skip_newlines()?;
        loop {
            if self.at_closer(closers)? {
                if list.is_empty() {
                    return Err(self.unexpected(None));
                }
                return Ok(list);
            }
            if *self.peek()? == Tok::End {
                return Err(Trouble::End { expecting: Some(expecting) });
            }
            list.push(self.item().map_err(|t| expect(t, expecting))?);
            let closes = self.at_closer(closers)?;
            let after_compound = list.last().is_some_and(ends_compound);
            match self.peek()? {
                Tok::Op(";") => {
                    self.next()?;
                    self.skip_newlines()?;
                }
                Tok::Op("&") => {
                    self.next()?;
                    self.in_background(&mut list);
                    self.skip_newlines()?;
                }
                Tok::Newline => self.skip_newlines()?,
                // A word closes a list only where a command could start.
                Tok::Word(..) if closes && after_compound => {}
                Tok::Op(_) if closes => {}
                Tok::End => return Err(Trouble::End { expecting: Some(expecting) }),
                _ => return Err(self.unexpected(Some(expecting))),
            }
        }
    }

    fn at_closer(&mut self, closers: &[&str]) -> Parsed<bool> {
        Ok(match self.peek()? {
            Tok::Op(op) => closers.contains(op),
            Tok::Word(parts, _) => {
                matches!(parts.as_slice(), [Part::Lit(text)] if closers.contains(&text.as_str()))
            }
            _ => false,
        })
    }

    /// `list )` of `$(` and `(`; may be empty for `$(`.
    pub(super) fn list_until_paren(&mut self) -> Parsed<List> {
        let saved = std::mem::replace(&mut self.in_test, false);
        self.skip_newlines()?;
        let list = if self.at_op(")")? { Ok(vec![]) } else { self.list(&[")"], ")") };
        let list = list.map_err(|trouble| match trouble {
            Trouble::End { expecting: Some(")") } => Trouble::Open { close: ')', line: 0 },
            other => other,
        })?;
        self.next()?;
        self.in_test = saved;
        Ok(list)
    }

    /// All commands of a text.
    pub(super) fn list_until_end(&mut self) -> Parsed<List> {
        let mut list = vec![];
        loop {
            while *self.peek()? == Tok::Newline {
                self.next()?;
            }
            if *self.peek()? == Tok::End {
                return Ok(list);
            }
            list.extend(self.line_list()?);
        }
    }

    fn skip_newlines(&mut self) -> Parsed<()> {
        while *self.peek()? == Tok::Newline {
            self.next()?;
        }
        Ok(())
    }

    fn item(&mut self) -> Parsed<Item> {
        self.peek()?;
        self.skip_blanks();
        let start = self.pos;
        let first = self.pipeline()?;
        let mut rest = vec![];
        loop {
            let and = match self.peek()? {
                Tok::Op("&&") => true,
                Tok::Op("||") => false,
                _ => break,
            };
            self.next()?;
            self.skip_newlines()?;
            rest.push((and, self.pipeline()?));
        }
        let text = Arc::from(self.text.get(start..self.pos).unwrap_or("").trim());
        Ok(Item { first, rest, background: false, text })
    }

    fn pipeline(&mut self) -> Parsed<Pipeline> {
        let mut pipeline = Pipeline { bang: false, timed: None, commands: vec![] };
        loop {
            self.expand_aliases()?;
            if self.take_word("!")? {
                pipeline.bang = !pipeline.bang;
            } else if pipeline.timed.is_none() && self.at_word("time")? && self.bash() {
                self.next()?;
                let posix = self.take_word("-p")?;
                pipeline.timed = Some(Timed { posix });
            } else {
                break;
            }
        }
        if pipeline.timed.is_some() && matches!(self.peek()?, Tok::Newline | Tok::End | Tok::Op(";")) {
            return Ok(pipeline);
        }
        loop {
            let command = self.nested(|p| p.command())?;
            pipeline.commands.push(command);
            let both = match self.peek()? {
                Tok::Op("|") => false,
                Tok::Op("|&") => true,
                _ => return Ok(pipeline),
            };
            self.next()?;
            if let Some(last) = pipeline.commands.last_mut().filter(|_| both) {
                let target = Target::Word(vec![Part::Lit("1".into())]);
                last.redirs.push(Redir { fd: Some(2), kind: RedirKind::DupOut, target });
            }
            self.skip_newlines()?;
        }
    }

    fn command(&mut self) -> Parsed<Command> {
        self.expand_aliases()?;
        self.peek()?;
        self.skip_blanks();
        let line = self.line;
        let compound = self.compound()?;
        let Some(kind) = compound else { return self.simple(line) };
        let mut redirs = vec![];
        if !matches!(kind, Kind::Function { .. }) {
            while let Some(redir) = self.redirection()? {
                redirs.push(redir);
            }
        }
        Ok(Command { line, kind, redirs })
    }

    fn compound(&mut self) -> Parsed<Option<Kind>> {
        match self.peek()? {
            Tok::Op("(") => {
                if self.voice != Voice::Dash && self.rest().starts_with("((") && self.arithmetic_closes(2) {
                    self.unpeek();
                    self.pos += 2;
                    return Ok(Some(Kind::Arith(self.arithmetic_text()?)));
                }
                self.next()?;
                self.skip_newlines()?;
                let list = self.list(&[")"], ")")?;
                self.next()?;
                return Ok(Some(Kind::Subshell(list)));
            }
            Tok::Word(..) => {}
            _ => return Ok(None),
        }
        let Some(word) = self.peek_word()? else { return Ok(None) };
        let bash = self.bash();
        Ok(Some(match word.as_str() {
            "{" => {
                self.next()?;
                let list = self.list(&["}"], "}")?;
                self.next()?;
                Kind::Brace(list)
            }
            "if" => self.if_clause()?,
            "while" | "until" => {
                self.next()?;
                let condition = self.list(&["do"], "do")?;
                Kind::While { until: word == "until", condition, body: self.do_group()? }
            }
            "for" => self.for_clause()?,
            "select" if bash => self.for_clause()?,
            "case" => self.case_clause()?,
            "[[" if bash => {
                self.next()?;
                let saved = std::mem::replace(&mut self.in_test, true);
                let test = self.nested(|p| p.test_or());
                self.in_test = saved;
                Kind::Test(test?)
            }
            "function" if self.voice != Voice::Dash => {
                self.next()?;
                let Tok::Word(_, name) = self.next()? else { return Err(self.unexpected(None)) };
                if self.take_op("(")? && !self.take_op(")")? {
                    return Err(self.unexpected(None));
                }
                self.function(&name)?
            }
            closer if CLOSERS.contains(&closer) => return Err(self.unexpected(None)),
            _ => return self.function_or_none(),
        }))
    }

    fn function_or_none(&mut self) -> Parsed<Option<Kind>> {
        let Tok::Word(_, raw) = self.peek()?.clone() else { return Ok(None) };
        let (pos, line) = (self.pos, self.line);
        let after = self
            .rest()
            .find(raw.as_str())
            .map_or("", |at| self.rest().get(at + raw.len()..).unwrap_or("").trim_start_matches([' ', '\t']));
        if !after.starts_with('(') || raw.ends_with('=') || raw.ends_with("+=") {
            return Ok(None);
        }
        self.next()?;
        self.next()?;
        if !self.take_op(")")? {
            if self.bash() {
                return Err(self.unexpected(None));
            }
            return Err(self.unexpected(Some(")")));
        }
        if raw.contains(['$', '\'', '"', '`']) {
            (self.pos, self.line) = (pos, line);
            return Err(Trouble::BadName { text: raw, line });
        }
        self.function(&raw).map(Some)
    }

    fn function(&mut self, name: &str) -> Parsed<Kind> {
        self.skip_newlines()?;
        self.skip_blanks();
        let start = self.pos;
        let line = self.line;
        let body = self.nested(|p| {
            let kind = match p.compound()? {
                Some(kind) if !matches!(kind, Kind::Function { .. }) => kind,
                None if !p.bash() => return p.simple(line),
                _ => return Err(p.unexpected(None)),
            };
            let mut redirs = vec![];
            while let Some(redir) = p.redirection()? {
                redirs.push(redir);
            }
            Ok(Command { line, kind, redirs })
        })?;
        let text = Arc::from(self.text.get(start..self.pos).unwrap_or("").trim_end());
        Ok(Kind::Function { name: Arc::from(name), body: Box::new(body), text })
    }

    fn expect_word(&mut self, word: &'static str) -> Parsed<()> {
        if self.take_word(word)? { Ok(()) } else { Err(self.unexpected(Some(word))) }
    }

    fn if_clause(&mut self) -> Parsed<Kind> {
        let mut branches = vec![];
        loop {
            self.next()?;
            let condition = self.list(&["then"], "then")?;
            self.next()?;
            let body = self.list(&["elif", "else", "fi"], "fi")?;
            branches.push((condition, body));
            if !self.at_word("elif")? {
                break;
            }
        }
        let otherwise = if self.take_word("else")? { Some(self.list(&["fi"], "fi")?) } else { None };
        self.expect_word("fi")?;
        Ok(Kind::If { branches, otherwise })
    }

    fn do_group(&mut self) -> Parsed<List> {
        self.expect_word("do")?;
        let body = self.list(&["done"], "done")?;
        self.next()?;
        Ok(body)
    }

    fn for_clause(&mut self) -> Parsed<Kind> {
        let select = self.at_word("select")?;
        let start = self.start();
        self.next()?;
        self.skip_blanks();
        if self.voice != Voice::Dash && self.rest().starts_with("((") {
            return self.arithmetic_for();
        }
        let line = self.line;
        let name = match self.peek()?.clone() {
            Tok::Word(_, raw) => {
                self.next()?;
                raw
            }
            Tok::End => return Err(Trouble::End { expecting: None }),
            _ if !self.bash() => return Err(Trouble::BadName { text: String::new(), line }),
            _ => return Err(self.unexpected(None)),
        };
        if !is_name(&name) {
            return Err(Trouble::BadName { text: name, line });
        }
        let mut text = self.head(start) + " in \"$@\"";
        self.skip_newlines()?;
        let words = if self.take_word("in")? {
            let mut words = vec![];
            while let Tok::Word(word, _) = self.peek()?.clone() {
                self.next()?;
                words.push(word);
            }
            text = self.head(start);
            match self.peek()? {
                Tok::Op(";") | Tok::Newline => {
                    self.next()?;
                }
                Tok::End => return Err(Trouble::End { expecting: Some("do") }),
                _ => return Err(self.unexpected(None)),
            }
            Some(words)
        } else {
            self.take_op(";")?;
            None
        };
        self.skip_newlines()?;
        let name = Arc::from(name);
        let body = if self.bash() && self.take_word("{")? {
            let list = self.list(&["}"], "}")?;
            self.next()?;
            list
        } else {
            self.do_group()?
        };
        let text = Arc::from(text);
        Ok(if select { Kind::Select { name, words, body } } else { Kind::For { name, words, body, text } })
    }

    fn arithmetic_for(&mut self) -> Parsed<Kind> {
        self.unpeek();
        self.pos += 2;
        let whole = self.arithmetic_text()?;
        let mut parts: [Vec<Part>; 3] = Default::default();
        let mut at = 0;
        for part in whole {
            let Part::Lit(text) = &part else {
                parts[at.min(2)].push(part);
                continue;
            };
            for (i, piece) in text.split(';').enumerate() {
                at += usize::from(i > 0);
                if let Some(word) = parts.get_mut(at).filter(|_| !piece.trim().is_empty()) {
                    word.push(Part::Lit(piece.to_string()));
                }
            }
        }
        if at != 2 {
            let token = Token::Operator("((".to_string());
            return Err(Trouble::Unexpected { token, expecting: None, line: self.line });
        }
        self.take_op(";")?;
        self.skip_newlines()?;
        let body = if self.take_word("{")? {
            let list = self.list(&["}"], "}")?;
            self.next()?;
            list
        } else {
            self.do_group()?
        };
        Ok(Kind::ArithFor { parts, body })
    }

    fn case_clause(&mut self) -> Parsed<Kind> {
        let start = self.start();
        self.next()?;
        let Tok::Word(word, _) = self.peek()?.clone() else { return Err(self.unexpected(None)) };
        self.next()?;
        let text = Arc::from(self.head(start) + " in");
        self.skip_newlines()?;
        self.expect_word("in")?;
        let mut arms = vec![];
        loop {
            self.skip_newlines()?;
            if self.take_word("esac")? {
                return Ok(Kind::Case { word, arms, text });
            }
            self.take_op("(")?;
            let mut patterns = vec![];
            loop {
                let Tok::Word(pattern, _) = self.peek()?.clone() else {
                    return Err(self.unexpected(Some(")")));
                };
                self.next()?;
                patterns.push(pattern);
                if !self.take_op("|")? {
                    break;
                }
            }
            if !self.take_op(")")? {
                return Err(self.unexpected(Some(")")));
            }
            self.skip_newlines()?;
            let closers = [";;", ";&", ";;&", "esac"];
            let body = if self.at_closer(&closers)? { vec![] } else { self.list(&closers, "esac")? };
            let end = match self.peek()? {
                Tok::Op(";&") => ArmEnd::Fall,
                Tok::Op(";;&") => ArmEnd::Test,
                _ => ArmEnd::Leave,
            };
            arms.push(Arm { patterns, body, end });
            if !self.at_word("esac")? {
                self.next()?;
            }
        }
    }

    // --- redirections ---------------------------------------------------------------------------------

    /// A redirection, if one comes next.
    pub(super) fn redirection(&mut self) -> Parsed<Option<Redir>> {
        let fd = match self.peek()? {
            Tok::Number(n) => Some(*n),
            _ => None,
        };
        if fd.is_some() {
            self.next()?;
        }
        let kind = match self.peek()? {
            Tok::Op("<") => RedirKind::Read,
            Tok::Op(">") => RedirKind::Write,
            Tok::Op(">|") => RedirKind::Clobber,
            Tok::Op(">>") => RedirKind::Append,
            Tok::Op("<>") => RedirKind::Both,
            Tok::Op("<&") => RedirKind::DupIn,
            Tok::Op(">&") => RedirKind::DupOut,
            Tok::Op("&>") => RedirKind::WriteErr,
            Tok::Op("&>>") => RedirKind::AppendErr,
            Tok::Op("<<" | "<<-" | "<<<") => RedirKind::Here,
            _ => return Ok(None),
        };
        let Tok::Op(op) = self.next()? else { return Ok(None) };
        let (word, raw) = match self.peek()?.clone() {
            Tok::Word(word, raw) => (word, raw),
            Tok::Number(n) => (vec![Part::Lit(n.to_string())], n.to_string()),
            Tok::End if !self.bash() => return Err(Trouble::End { expecting: None }),
            Tok::End => {
                return Err(Trouble::Unexpected { token: Token::Newline, expecting: None, line: self.line });
            }
            _ => return Err(self.unexpected(None)),
        };
        self.next()?;
        let target = match op {
            "<<" | "<<-" => {
                let quoted = raw.contains(['\'', '"', '\\']);
                let delimiter = if quoted { plain_text(&word) } else { raw };
                Target::Document(self.announce(Document {
                    delimiter,
                    quoted,
                    strip: op == "<<-",
                    body: vec![],
                }))
            }
            "<<<" => Target::Text(word),
            _ => Target::Word(word),
        };
        Ok(Some(Redir { fd, kind, target }))
    }
}

/// True where the last command of an item is a compound one, after which a closing word may follow at once.
fn ends_compound(item: &Item) -> bool {
    let last = item.rest.last().map_or(&item.first, |(_, pipeline)| pipeline);
    last.commands.last().is_some_and(|c| !matches!(c.kind, Kind::Simple { .. }))
}

/// Says what an unfinished list waits for, where nothing more particular is known.
fn expect(trouble: Trouble, expecting: &'static str) -> Trouble {
    match trouble {
        Trouble::End { expecting: None } => Trouble::End { expecting: Some(expecting) },
        other => other,
    }
}

fn plain_text(word: &[Part]) -> String {
    word.iter()
        .map(|part| match part {
            Part::Lit(text) | Part::Quoted(text) => text.as_str(),
            _ => "",
        })
        .collect()
}
