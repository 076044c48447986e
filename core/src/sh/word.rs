//! Words: quotes, `$…`, `${…}`, `$(…)`, backquotes.

use super::ast::{Form, Index, Param, Part, Replace, Word};
use super::builtins::echo::{Escapes, unescape};
use super::lex::{Parsed, Parser};
use super::trouble::Trouble;
use std::sync::Arc;

/// Adds text to a word, joined to a neighbour of the same kind.
fn push(word: &mut Word, c: char, quoted: bool) {
    match (word.last_mut(), quoted) {
        (Some(Part::Lit(text)), false) | (Some(Part::Quoted(text)), true) => text.push(c),
        _ => word.push(if quoted { Part::Quoted(c.into()) } else { Part::Lit(c.into()) }),
    }
}

/// True for the characters of names.
pub fn is_name_char(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}

/// True for a variable's name.
pub fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(is_name_char)
}

impl Parser<'_> {
    /// A word that starts here; empty where none does.
    pub(super) fn word(&mut self) -> Parsed<Word> {
        let mut word = vec![];
        if self.byte() == Some(b'~') {
            word.extend(self.tilde());
        }
        let start = self.pos;
        while let Some(byte) = self.byte() {
            match byte {
                b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b')' => break,
                b'\r' if self.byte_at(1) == Some(b'\n') => break,
                b'<' | b'>' if self.bash() && self.byte_at(1) == Some(b'(') => {
                    self.pos += 2;
                    let list = self.nested(|p| p.list_until_paren())?;
                    word.push(Part::Process { list, reads: byte == b'<' });
                }
                b'<' | b'>' => break,
                b'(' if self.extglob_opens(start) => {
                    self.extglob(&mut word)?;
                }
                b'(' => break,
                b'[' if self.bash() && self.subscript(start) => {
                    self.pos += 1;
                    push(&mut word, '[', false);
                    word.extend(self.parts_until(b"]", false, true)?);
                }
                _ => self.part(&mut word, false, true)?,
            }
        }
        Ok(word)
    }

    /// True where `name[…]=` starts at `start` and the bracket is here.
    fn subscript(&self, start: usize) -> bool {
        let name = self.text.get(start..self.pos).unwrap_or("");
        let line = self.rest().split('\n').next().unwrap_or("");
        is_name(name) && line.find("]=").or_else(|| line.find("]+=")).is_some()
    }

    fn extglob_opens(&self, start: usize) -> bool {
        let before = self.text.get(start..self.pos).unwrap_or("").chars().last();
        self.bash() && before.is_some_and(|c| "?*+@".contains(c) || (c == '!' && self.pos - start > 1))
            || (self.bash() && before == Some('!') && self.in_test)
    }

    fn extglob(&mut self, word: &mut Word) -> Parsed<()> {
        self.nested(|p| {
            push(word, '(', false);
            p.pos += 1;
            loop {
                match p.byte() {
                    None => return Err(Trouble::Open { close: ')', line: p.line }),
                    Some(b')') => break,
                    Some(b'(') => p.extglob(word)?,
                    Some(b'|' | b' ' | b'&' | b';' | b'<' | b'>') => {
                        let c = p.bump().unwrap_or(' ');
                        push(word, c, false);
                    }
                    Some(_) => p.part(word, false, true)?,
                }
            }
            p.pos += 1;
            push(word, ')', false);
            Ok(())
        })
    }

    fn tilde(&mut self) -> Option<Part> {
        let user = |c: char| is_name_char(c) || c == '-' || c == '+' || c == '.';
        let name: String = self.rest().chars().skip(1).take_while(|c| user(*c)).collect();
        let next = self.rest().chars().nth(1 + name.chars().count());
        let ends = next.is_none_or(|c| "/ \t\n;&|<>():".contains(c));
        if !ends {
            return None;
        }
        self.pos += 1 + name.len();
        Some(Part::Tilde(name))
    }

    /// One piece of a word: a character, an escape, a quotation, an expansion. `literal_quoted` marks plain
    /// text as quoted (inside double quotes); `singles` says whether single quotes quote.
    pub(super) fn part(&mut self, word: &mut Word, literal_quoted: bool, singles: bool) -> Parsed<()> {
        match self.byte() {
            Some(b'\\') if !literal_quoted => {
                self.pos += 1;
                if self.byte() == Some(b'\n') {
                    self.join_lines();
                    return Ok(());
                }
                push(word, self.bump().unwrap_or('\\'), true);
            }
            Some(b'\\') => {
                self.pos += 1;
                match self.byte() {
                    Some(b'\n') => self.join_lines(),
                    Some(b'$' | b'`' | b'"' | b'\\' | b'}') => {
                        let c = self.bump().unwrap_or('\\');
                        push(word, c, true);
                    }
                    _ => push(word, '\\', true),
                }
            }
            Some(b'\'') if singles => {
                let line = self.line;
                self.pos += 1;
                let Some(len) = self.rest().find('\'') else {
                    return Err(Trouble::Open { close: '\'', line });
                };
                let text = self.rest().get(..len).unwrap_or("").to_string();
                self.eat(&text);
                self.pos += 1;
                word.push(Part::Quoted(text));
            }
            Some(b'"') => self.double(word)?,
            Some(b'$') => self.dollar(word, literal_quoted)?,
            Some(b'`') => {
                let part = self.backquote(literal_quoted)?;
                word.push(part);
            }
            Some(_) => {
                if let Some(c) = self.bump() {
                    push(word, c, literal_quoted);
                }
            }
            None => {}
        }
        Ok(())
    }

    fn double(&mut self, word: &mut Word) -> Parsed<()> {
        let line = self.line;
        self.pos += 1;
        let inner = self.nested(|p| {
            let mut inner = vec![];
            loop {
                match p.byte() {
                    None => return Err(Trouble::Open { close: '"', line }),
                    Some(b'"') => break,
                    Some(b'\\') if p.byte_at(1) == Some(b'}') => {
                        p.pos += 2;
                        push(&mut inner, '\\', true);
                        push(&mut inner, '}', true);
                    }
                    Some(_) => p.part(&mut inner, true, false)?,
                }
            }
            p.pos += 1;
            Ok(inner)
        })?;
        if inner.is_empty() {
            word.push(Part::Quoted(String::new()));
        }
        word.extend(inner);
        Ok(())
    }

    /// The body of a here-document whose delimiter is not quoted.
    pub(super) fn document_body(&mut self) -> Parsed<Word> {
        let mut word = vec![];
        while let Some(byte) = self.byte() {
            match (byte, self.byte_at(1)) {
                (b'"', _) => {
                    self.pos += 1;
                    push(&mut word, '"', true);
                }
                (b'\\', Some(next @ (b'"' | b'}'))) => {
                    self.pos += 2;
                    push(&mut word, '\\', true);
                    push(&mut word, next as char, true);
                }
                _ => self.part(&mut word, true, false)?,
            }
        }
        Ok(word)
    }

    /// Parts up to one of the `stops`, which stays.
    pub(super) fn parts_until(&mut self, stops: &[u8], quoted: bool, singles: bool) -> Parsed<Word> {
        let line = self.line;
        let mut word = vec![];
        let mut parens = 0u32;
        self.nested(|p| {
            loop {
                match p.byte() {
                    None => {
                        let close = if stops.contains(&b'}') { '}' } else { ']' };
                        return Err(Trouble::Open { close, line });
                    }
                    Some(byte) if parens == 0 && stops.contains(&byte) => return Ok(()),
                    Some(byte @ (b'(' | b')')) if stops.contains(&b':') => {
                        parens = if byte == b'(' { parens + 1 } else { parens.saturating_sub(1) };
                        p.part(&mut word, quoted, singles)?;
                    }
                    Some(_) => p.part(&mut word, quoted, singles)?,
                }
            }
        })?;
        Ok(word)
    }

    fn dollar(&mut self, word: &mut Word, quoted: bool) -> Parsed<()> {
        let rest = self.rest();
        if rest.starts_with("$((") && self.arithmetic_closes(3) {
            self.pos += 3;
            let text = self.arithmetic_text()?;
            word.push(Part::Arith { text, quoted });
            return Ok(());
        }
        match self.byte_at(1) {
            Some(b'(') => {
                self.pos += 2;
                let list = self.nested(|p| p.list_until_paren())?;
                word.push(Part::Command { list, quoted });
            }
            Some(b'[') if self.bash() => {
                self.pos += 2;
                let text = self.parts_until(b"]", false, false)?;
                self.pos += 1;
                word.push(Part::Arith { text, quoted });
            }
            Some(b'{') => {
                self.pos += 2;
                let param = self.nested(|p| p.braces(quoted))?;
                word.push(Part::Param(param));
            }
            Some(b'\'') if !quoted && self.voice != super::Voice::Dash => {
                self.pos += 2;
                word.push(Part::Quoted(self.ansi()?));
            }
            Some(b'"') if !quoted && self.bash() => {
                self.pos += 1;
                self.double(word)?;
            }
            Some(byte) if byte == b'_' || byte.is_ascii_alphabetic() => {
                self.pos += 1;
                let name = self.name();
                word.push(simple(name, quoted));
            }
            Some(byte) if byte.is_ascii_digit() || b"@*#?$!-".contains(&byte) => {
                self.pos += 2;
                word.push(simple(Arc::from((byte as char).to_string()), quoted));
            }
            _ => {
                self.pos += 1;
                push(word, '$', quoted);
            }
        }
        Ok(())
    }

    pub(super) fn name(&mut self) -> Arc<str> {
        let len = self.rest().chars().take_while(|c| is_name_char(*c)).count();
        let name = Arc::from(self.rest().get(..len).unwrap_or(""));
        self.pos += len;
        name
    }

    fn ansi(&mut self) -> Parsed<String> {
        let line = self.line;
        let mut raw = vec![];
        loop {
            match self.bump() {
                None => return Err(Trouble::Open { close: '\'', line }),
                Some('\'') => break,
                Some('\\') => {
                    raw.push(b'\\');
                    if let Some(c) = self.bump() {
                        raw.extend(c.encode_utf8(&mut [0; 4]).bytes());
                    }
                }
                Some(c) => raw.extend(c.encode_utf8(&mut [0; 4]).bytes()),
            }
        }
        let mut out = vec![];
        unescape(&raw, Escapes::Ansi, &mut out);
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    fn backquote(&mut self, quoted: bool) -> Parsed<Part> {
        let line = self.line;
        self.pos += 1;
        let mut inner = String::new();
        loop {
            match self.bump() {
                None => return Err(Trouble::Open { close: '`', line }),
                Some('`') => break,
                Some('\\') => match self.bump() {
                    Some(c @ ('`' | '\\' | '$')) => inner.push(c),
                    Some('"') if quoted => inner.push('"'),
                    Some(c) => {
                        inner.push('\\');
                        inner.push(c);
                    }
                    None => inner.push('\\'),
                },
                Some(c) => inner.push(c),
            }
        }
        let list = self.nested(|p| p.inside(&inner, line, |p| p.list_until_end()))?;
        Ok(Part::Command { list, quoted })
    }

    /// Parses another text with the same here-documents and depth.
    pub(super) fn inside<T>(
        &mut self,
        text: &str,
        line: u32,
        parse: impl FnOnce(&mut Parser<'_>) -> Parsed<T>,
    ) -> Parsed<T> {
        let mut inner = Parser::new(text, 0, line, self.voice);
        inner.depth = self.depth;
        inner.documents = std::mem::take(&mut self.documents);
        let result = parse(&mut inner);
        self.documents = inner.documents;
        result
    }

    /// True where the parentheses that were opened `ahead` bytes before close with `))`.
    pub(super) fn arithmetic_closes(&self, ahead: usize) -> bool {
        let mut depth = 0u32;
        let bytes = self.text.as_bytes();
        let mut at = self.pos + ahead;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'(' => depth += 1,
                b')' if depth == 0 => return bytes.get(at + 1) == Some(&b')'),
                b')' => depth -= 1,
                b'\\' => at += 1,
                _ => {}
            }
            at += 1;
        }
        // What is open may be completed by more lines.
        true
    }

    /// The text of an arithmetic expression and its `))`.
    pub(super) fn arithmetic_text(&mut self) -> Parsed<Word> {
        let line = self.line;
        let mut depth = 0u32;
        self.nested(|p| {
            let mut word = vec![];
            loop {
                match p.byte() {
                    None => return Err(Trouble::Open { close: ')', line }),
                    Some(b')') if depth == 0 && p.byte_at(1) == Some(b')') => break,
                    Some(b'"') => p.pos += 1,
                    Some(byte) => {
                        depth = match byte {
                            b'(' => depth + 1,
                            b')' => depth.saturating_sub(1),
                            _ => depth,
                        };
                        p.part(&mut word, false, false)?;
                    }
                }
            }
            p.pos += 2;
            Ok(word)
        })
    }

    // --- ${…} -----------------------------------------------------------------------------------------

    fn braces(&mut self, quoted: bool) -> Parsed<Param> {
        let start = self.pos;
        let mut param =
            Param { name: Arc::from(""), index: None, indirect: false, form: Form::Plain, quoted };
        let rest = self.rest();
        let length = rest.starts_with('#') && !rest.starts_with("#}") && {
            let next = rest.chars().nth(1);
            next.is_some_and(|c| is_name_char(c) || "@*?$!-#".contains(c))
                && (next != Some('#') || rest.starts_with("##}"))
                && (next.is_none_or(|c| !"?-".contains(c)) || rest.chars().nth(2) == Some('}'))
        };
        if length {
            self.pos += 1;
            param.form = Form::Length;
        } else if self.bash()
            && rest.starts_with('!')
            && rest.chars().nth(1).is_some_and(|c| is_name_char(c) || "@*#".contains(c))
        {
            self.pos += 1;
            param.indirect = true;
        }
        param.name = match self.byte() {
            Some(b) if b.is_ascii_digit() => {
                let len = self.rest().bytes().take_while(u8::is_ascii_digit).count();
                let digits = Arc::from(self.rest().get(..len).unwrap_or("0"));
                self.pos += len;
                digits
            }
            Some(b) if b == b'_' || b.is_ascii_alphabetic() => self.name(),
            Some(b) if b"@*#?$!-".contains(&b) => {
                self.pos += 1;
                Arc::from((b as char).to_string())
            }
            _ => return self.bad(start, param),
        };
        if self.bash() && self.byte() == Some(b'[') {
            self.pos += 1;
            let index = self.parts_until(b"]", false, true)?;
            self.pos += 1;
            param.index = Some(match index.as_slice() {
                [Part::Lit(text)] if text == "@" => Index::At,
                [Part::Lit(text)] if text == "*" => Index::Star,
                _ => Index::Word(index),
            });
        }
        if self.eat("}") {
            if param.indirect && matches!(param.index, Some(Index::At | Index::Star)) {
                param.form = Form::Names;
            }
            return Ok(param);
        }
        if param.form == Form::Length {
            return self.bad(start, param);
        }
        if param.indirect && (self.eat("@}") || self.eat("*}")) {
            param.form = Form::Names;
            return Ok(param);
        }
        match self.form(quoted)? {
            Some(form) if self.eat("}") => {
                param.form = form;
                Ok(param)
            }
            _ => self.bad(start, param),
        }
    }

    fn form(&mut self, quoted: bool) -> Parsed<Option<Form>> {
        let colon = self.byte() == Some(b':');
        let at = usize::from(colon);
        Ok(Some(match self.byte_at(at) {
            Some(operator @ (b'-' | b'=' | b'+' | b'?')) => {
                self.pos += at + 1;
                let word = self.parts_until(b"}", quoted, !quoted)?;
                Form::Default { operator: operator as char, colon, word: leading_tilde(word, quoted) }
            }
            _ if colon && self.voice != super::Voice::Dash => {
                self.pos += 1;
                let from = self.parts_until(b":}", false, true)?;
                let len = if self.eat(":") { Some(self.parts_until(b"}", false, true)?) } else { None };
                Form::Slice { from, len }
            }
            Some(sign @ (b'#' | b'%')) if !colon => {
                self.pos += 1;
                let longest = self.byte() == Some(sign);
                self.pos += usize::from(longest);
                Form::Trim { suffix: sign == b'%', longest, pattern: self.parts_until(b"}", false, true)? }
            }
            Some(b'/') if !colon && self.voice != super::Voice::Dash => {
                self.pos += 1;
                let how = match self.byte() {
                    Some(b'/') => Replace::All,
                    Some(b'#') if self.bash() => Replace::Prefix,
                    Some(b'%') if self.bash() => Replace::Suffix,
                    _ => Replace::First,
                };
                self.pos += usize::from(how != Replace::First);
                let pattern = self.parts_until(b"/}", false, true)?;
                let with = if self.eat("/") { self.parts_until(b"}", false, true)? } else { vec![] };
                Form::Replace { how, pattern, with }
            }
            Some(letter @ (b'^' | b',')) if self.bash() => {
                self.pos += 1;
                let all = self.byte() == Some(letter);
                self.pos += usize::from(all);
                let pattern = self.parts_until(b"}", false, true)?;
                Form::Case { upper: letter == b'^', all, pattern: Some(pattern).filter(|p| !p.is_empty()) }
            }
            Some(b'@') if self.bash() && self.byte_at(2) == Some(b'}') => {
                let letter = self.byte_at(1).unwrap_or(b' ');
                self.pos += 2;
                Form::Transform(letter as char)
            }
            _ => return Ok(None),
        }))
    }

    /// A substitution that is none: skipped to its brace, an error when it is reached.
    fn bad(&mut self, start: usize, mut param: Param) -> Parsed<Param> {
        self.parts_until(b"}", false, true)?;
        self.pos += 1;
        let raw = self.text.get(start..self.pos).unwrap_or("");
        param.form = Form::Bad(Arc::from(format!("${{{raw}")));
        Ok(param)
    }
}

/// `~` at the start of a default, or of an assigned value.
pub fn leading_tilde(mut word: Word, quoted: bool) -> Word {
    if quoted {
        return word;
    }
    if let Some(Part::Lit(text)) = word.first()
        && let Some(rest) = text.strip_prefix('~')
    {
        let end = rest.find(['/', ':']).unwrap_or(rest.len());
        let (user, tail) = rest.split_at(end);
        if user.chars().all(is_name_char) && (end < rest.len() || word.len() == 1) {
            let mut parts = vec![Part::Tilde(user.to_string())];
            if !tail.is_empty() {
                parts.push(Part::Lit(tail.to_string()));
            }
            word.splice(0..1, parts);
        }
    }
    word
}

fn simple(name: Arc<str>, quoted: bool) -> Part {
    Part::Param(Param { name, index: None, indirect: false, form: Form::Plain, quoted })
}
