//! Splits a bash script into its top-level commands, as a reader at a prompt would enter them:
//! a command ends with the line that completes it.
//!
//! This is a scanner, not a parser: it follows quotes, expansions, compound commands and
//! here-documents only as far as needed to know whether a line completes a command. It keeps an
//! explicit stack and reads each byte once, so neither nesting nor length can hurt it; what is no
//! valid bash still splits somehow and is for the shell to refuse.

/// One top-level command of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptCommand {
    /// The comment lines above it, with their `#`.
    pub comments: Vec<String>,
    /// Its text, without the last newline.
    pub text: String,
    /// The number of its first line, from 1.
    pub line: usize,
}

/// Splits a script. A last command that never becomes complete is kept as it is; comments below
/// the last command are not.
pub fn split_script(script: &str) -> Vec<ScriptCommand> {
    let mut out = Vec::new();
    let mut comments = Vec::new();
    let mut scanner = Scanner::default();
    let mut text = String::new();
    let mut first = 1;
    for (i, line) in script.split_terminator('\n').enumerate() {
        if text.is_empty() {
            let bare = line.trim_start();
            if bare.is_empty() {
                continue;
            }
            if bare.starts_with('#') {
                comments.push(line.to_string());
                continue;
            }
            first = i + 1;
        } else {
            text.push('\n');
        }
        text.push_str(line);
        scanner.line(line);
        if scanner.complete() {
            out.push(ScriptCommand {
                comments: std::mem::take(&mut comments),
                text: std::mem::take(&mut text),
                line: first,
            });
            scanner = Scanner::default();
        }
    }
    if !text.is_empty() {
        out.push(ScriptCommand { comments, text, line: first });
    }
    out
}

/// Says whether a shell that has read these lines would run them rather than ask for more.
pub fn is_complete(text: &str) -> bool {
    let mut scanner = Scanner::default();
    text.split('\n').for_each(|line| scanner.line(line));
    scanner.complete()
}

/// What is open, innermost last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    /// `if` to `fi`.
    If,
    /// `for`, `while`, `until`, `select` to `done`.
    Loop,
    /// `case WORD in`, before its `in`.
    CaseHead,
    /// A pattern of `case`, up to its `)`.
    CasePattern,
    /// The commands of a `case` branch.
    CaseBody,
    /// `{` to `}`.
    Brace,
    /// `(` or `$(` to `)`; `empty` until something stands in it.
    Paren {
        expansion: bool,
        empty: bool,
    },
    /// The parentheses of an array, `a=( … )`.
    Array,
    /// `((` or `$((` to `))`, with the number of parentheses still open.
    Arithmetic {
        depth: usize,
        expansion: bool,
    },
    /// `${` to `}`.
    Parameter {
        quoted: bool,
    },
    /// `[[` to `]]`.
    Test,
    Double,
    Single,
    /// `$'…'`.
    AnsiC,
    Backquote,
}

#[derive(Debug, Clone)]
struct HereDoc {
    delimiter: String,
    strip_tabs: bool,
    expands: bool,
}

#[derive(Debug)]
struct Scanner {
    open: Vec<Open>,
    docs: std::collections::VecDeque<HereDoc>,
    /// The part of a here-document's line before a backslash and newline.
    doc_line: String,
    /// The next word may be a reserved word.
    at_command: bool,
    /// Something must follow: after `|`, `&&`, `f()`.
    pending: bool,
    /// The last line ended in a backslash outside single quotes.
    continued: bool,
    /// The word so far, and whether all of it was unquoted; no word where `None`.
    word: Option<(String, bool)>,
    /// `function` was read: the next word is a name and a body follows.
    names_function: bool,
}

impl Default for Scanner {
    fn default() -> Self {
        Self {
            open: Vec::new(),
            docs: Default::default(),
            doc_line: String::new(),
            at_command: true,
            pending: false,
            continued: false,
            word: None,
            names_function: false,
        }
    }
}

impl Scanner {
    fn complete(&self) -> bool {
        self.open.is_empty() && self.docs.is_empty() && !self.pending && !self.continued
    }

    fn line(&mut self, line: &str) {
        if self.in_doc() {
            return self.doc_line(line);
        }
        self.continued = false;
        let mut rest = line;
        while !rest.is_empty() {
            let used = self.step(rest).max(1);
            // All syntax is ASCII; a longer character is used whole.
            let mut used = used.min(rest.len());
            while !rest.is_char_boundary(used) {
                used += 1;
            }
            rest = rest.get(used..).unwrap_or_default();
        }
        if !self.continued {
            self.newline();
        }
    }

    /// Here-documents are read once the line that names them is over.
    fn in_doc(&self) -> bool {
        !self.docs.is_empty() && !self.continued && !self.in_quotes()
    }

    fn in_quotes(&self) -> bool {
        matches!(self.open.last(), Some(Open::Double | Open::Single | Open::AnsiC))
    }

    fn doc_line(&mut self, line: &str) {
        let Some(doc) = self.docs.front() else { return };
        if doc.expands
            && let Some(joined) = line.strip_suffix('\\')
            && !joined.ends_with('\\')
        {
            self.doc_line.push_str(joined);
            return;
        }
        let whole = std::mem::take(&mut self.doc_line) + line;
        let text = if doc.strip_tabs { whole.trim_start_matches('\t') } else { &whole };
        if text == doc.delimiter {
            self.docs.pop_front();
        }
    }

    fn newline(&mut self) {
        match self.open.last() {
            Some(Open::Double | Open::Single | Open::AnsiC | Open::Backquote) => self.add("\n", false),
            Some(Open::Parameter { .. } | Open::Arithmetic { .. }) => {}
            _ => {
                self.end_word();
                self.at_command = true;
            }
        }
    }

    /// Reads the start of `rest` and says how many bytes it used.
    fn step(&mut self, rest: &str) -> usize {
        match self.open.last().copied() {
            Some(Open::Single) => self.until(rest, '\''),
            Some(Open::AnsiC) if rest.starts_with('\\') => self.escape(rest),
            Some(Open::AnsiC) => self.until(rest, '\''),
            Some(Open::Backquote) if rest.starts_with('\\') => self.escape(rest),
            Some(Open::Backquote) => self.until(rest, '`'),
            Some(Open::Double) if rest.starts_with('"') => self.close(),
            Some(Open::Double) => self.expansion(rest, true).unwrap_or(1),
            Some(Open::Parameter { .. }) if rest.starts_with('}') => self.close(),
            Some(Open::Parameter { quoted }) => {
                self.expansion(rest, quoted).or_else(|| self.quote(rest, quoted)).unwrap_or(1)
            }
            Some(Open::Arithmetic { .. }) => self.arithmetic(rest),
            _ => self.command(rest),
        }
    }

    fn push(&mut self, open: Open, used: usize) -> usize {
        self.open.push(open);
        used
    }

    fn close(&mut self) -> usize {
        self.open.pop();
        self.add("", false);
        1
    }

    fn until(&mut self, rest: &str, end: char) -> usize {
        if rest.starts_with(end) {
            return self.close();
        }
        if let Some(c) = rest.chars().next() {
            self.add(c.encode_utf8(&mut [0; 4]), false);
        }
        1
    }

    fn escape(&mut self, rest: &str) -> usize {
        match rest.chars().nth(1) {
            None => self.continued = !matches!(self.open.last(), Some(Open::AnsiC)),
            Some(c) => self.add(c.encode_utf8(&mut [0; 4]), false),
        }
        1 + rest.chars().nth(1).map_or(0, char::len_utf8)
    }

    /// What expands both in and out of double quotes.
    fn expansion(&mut self, rest: &str, quoted: bool) -> Option<usize> {
        if rest.starts_with('\\') {
            return Some(self.escape(rest));
        }
        let open = if rest.starts_with("$((") {
            (Open::Arithmetic { depth: 2, expansion: true }, 3)
        } else if rest.starts_with("$(") {
            self.at_command = true;
            (Open::Paren { expansion: true, empty: true }, 2)
        } else if rest.starts_with("${") {
            (Open::Parameter { quoted }, 2)
        } else if rest.starts_with('`') {
            (Open::Backquote, 1)
        } else {
            if quoted && let Some(c) = rest.chars().next() {
                self.add(c.encode_utf8(&mut [0; 4]), false);
            }
            return None;
        };
        if matches!(open.0, Open::Paren { .. }) {
            self.word = None;
        } else {
            self.add("", false);
        }
        Some(self.push(open.0, open.1))
    }

    fn quote(&mut self, rest: &str, in_double: bool) -> Option<usize> {
        let (open, used) = match rest.as_bytes() {
            [b'\'', ..] if !in_double => (Open::Single, 1),
            [b'$', b'\'', ..] if !in_double => (Open::AnsiC, 2),
            [b'"', ..] => (Open::Double, 1),
            _ => return None,
        };
        self.add("", false);
        Some(self.push(open, used))
    }

    fn arithmetic(&mut self, rest: &str) -> usize {
        let Some(Open::Arithmetic { depth, expansion }) = self.open.last_mut() else { return 1 };
        let expansion = *expansion;
        match rest.as_bytes().first() {
            Some(b'(') => *depth = depth.saturating_add(1),
            Some(b')') if *depth <= 1 => {
                self.open.pop();
                if expansion {
                    self.add("", false);
                } else {
                    self.at_command = false;
                }
            }
            Some(b')') => *depth -= 1,
            _ => return self.expansion(rest, false).unwrap_or(1),
        }
        1
    }

    /// Words, operators and comments.
    fn command(&mut self, rest: &str) -> usize {
        if let Some(used) = self.expansion(rest, false).or_else(|| self.quote(rest, false)) {
            return used;
        }
        let bytes = rest.as_bytes();
        if self.open.last() == Some(&Open::Test)
            && rest.starts_with(['<', '>', '|', '&', ';', ')'])
            && self.word.as_ref().is_some_and(|(word, plain)| *plain && word == "]]")
        {
            self.end_word();
        }
        let used = match bytes {
            [b'#', ..] if self.word.is_none() => rest.len(),
            [b' ' | b'\t' | b'\r', ..] => {
                self.end_word();
                1
            }
            [b'<', b'<', b'<', ..] => self.operator(3),
            [b'<', b'<', ..] if !matches!(self.open.last(), Some(Open::Test)) => self.here_doc(rest),
            [b'>' | b'<', b'(', ..] => {
                self.end_word();
                self.at_command = true;
                self.push(Open::Paren { expansion: true, empty: true }, 2)
            }
            [b'>' | b'<', b'&' | b'|' | b'>', ..] | [b'&', b'>', ..] => self.operator(2),
            [b'>' | b'<', ..] => self.operator(1),
            [b'(', ..] => self.open_paren(bytes),
            [b')', ..] => self.close_paren(),
            [b';' | b'&' | b'|', ..] => self.separator(bytes),
            _ => {
                let c = rest.chars().next().unwrap_or('\0');
                self.add(c.encode_utf8(&mut [0; 4]), true);
                c.len_utf8()
            }
        };
        if !matches!(bytes, [b'(' | b')' | b'#' | b' ' | b'\t', ..])
            && let Some(Open::Paren { empty, .. }) = self.open.last_mut()
        {
            *empty = matches!(bytes, [b'>' | b'<', b'(', ..]);
        }
        used
    }

    fn operator(&mut self, used: usize) -> usize {
        self.end_word();
        used
    }

    fn separator(&mut self, bytes: &[u8]) -> usize {
        self.end_word();
        if self.open.last() == Some(&Open::Test) {
            return 1;
        }
        self.at_command = true;
        let (used, pending) = match bytes {
            [b';', b';', b'&', ..] => (3, false),
            [b';', b';' | b'&', ..] => (2, false),
            [b'&', b'&', ..] | [b'|', b'|' | b'&', ..] => (2, true),
            [b'|', ..] => (1, true),
            _ => (1, false),
        };
        if self.open.last() == Some(&Open::CasePattern) {
            return used;
        }
        self.pending = pending;
        if used > 1 && bytes.first() == Some(&b';') && self.open.last() == Some(&Open::CaseBody) {
            self.replace(Open::CasePattern);
        }
        used
    }

    fn open_paren(&mut self, bytes: &[u8]) -> usize {
        if self.open.last() == Some(&Open::CasePattern) {
            return self.operator(1);
        }
        if let Some((word, _)) = &self.word
            && word.ends_with('=')
        {
            return self.push(Open::Array, 1);
        }
        let fresh = self.word.is_none();
        let double = fresh && bytes.get(1) == Some(&b'(') && self.open.last() != Some(&Open::Test);
        self.end_word();
        self.pending = false;
        if double {
            return self.push(Open::Arithmetic { depth: 2, expansion: false }, 2);
        }
        self.at_command = fresh && !matches!(self.open.last(), Some(Open::Test | Open::Array));
        self.push(Open::Paren { expansion: false, empty: true }, 1)
    }

    fn close_paren(&mut self) -> usize {
        self.end_word();
        match self.open.last().copied() {
            Some(Open::CasePattern) => {
                self.replace(Open::CaseBody);
                self.at_command = true;
            }
            Some(Open::Paren { expansion: true, .. } | Open::Array) => {
                self.open.pop();
                self.at_command = false;
                self.add("", false);
            }
            // `f()`: the body may stand on the next line.
            Some(Open::Paren { empty: true, .. }) => {
                self.open.pop();
                self.at_command = true;
                self.pending = true;
            }
            Some(Open::Paren { .. }) => {
                self.open.pop();
                self.at_command = false;
            }
            _ => {}
        }
        1
    }

    fn here_doc(&mut self, rest: &str) -> usize {
        self.end_word();
        let strip_tabs = rest.starts_with("<<-");
        let from = if strip_tabs { 3 } else { 2 };
        let text = rest.get(from..).unwrap_or_default();
        let blanks = text.len() - text.trim_start_matches([' ', '\t']).len();
        let mut delimiter = String::new();
        let mut expands = true;
        let mut quote = None;
        let mut used = from + blanks;
        let mut chars = text.chars().skip(blanks).peekable();
        while let Some(&c) = chars.peek() {
            if quote.is_none() && (c.is_ascii_whitespace() || "|&;<>()".contains(c)) {
                break;
            }
            chars.next();
            used += c.len_utf8();
            match c {
                '\'' | '"' if quote == Some(c) => quote = None,
                '\'' | '"' if quote.is_none() => {
                    quote = Some(c);
                    expands = false;
                }
                '\\' if quote.is_none() => {
                    expands = false;
                    if let Some(next) = chars.next() {
                        used += next.len_utf8();
                        delimiter.push(next);
                    }
                }
                c => delimiter.push(c),
            }
        }
        if !delimiter.is_empty() || !expands {
            self.docs.push_back(HereDoc { delimiter, strip_tabs, expands });
        }
        used
    }

    fn replace(&mut self, with: Open) {
        self.open.pop();
        self.open.push(with);
    }

    fn add(&mut self, text: &str, plain: bool) {
        let (word, all_plain) = self.word.get_or_insert_with(|| (String::new(), true));
        *all_plain &= plain;
        // Only reserved words and array assignments are looked at.
        if word.len() < 64 {
            word.push_str(text);
        } else if let Some(last) = text.chars().last() {
            word.pop();
            word.push(last);
        }
    }

    fn end_word(&mut self) {
        let Some((word, plain)) = self.word.take() else { return };
        self.pending = false;
        let reserved = if plain { word.as_str() } else { "" };
        if std::mem::take(&mut self.names_function) {
            self.at_command = true;
            self.pending = true;
            return;
        }
        match (self.open.last(), reserved) {
            (Some(Open::CaseHead), "in") => return self.replace(Open::CasePattern),
            (Some(Open::CasePattern), "esac") => return self.end_compound(),
            (Some(Open::Test), "]]") => return self.end_compound(),
            (Some(Open::CaseHead | Open::CasePattern | Open::Test | Open::Array), _) => return,
            _ => {}
        }
        if std::mem::replace(&mut self.at_command, false) {
            self.reserved(reserved);
        }
    }

    fn end_compound(&mut self) {
        self.open.pop();
        self.at_command = false;
    }

    fn reserved(&mut self, word: &str) {
        match (word, self.open.last()) {
            ("if", _) => self.start(Open::If, true),
            ("while" | "until", _) => self.start(Open::Loop, true),
            ("for" | "select", _) => self.start(Open::Loop, false),
            ("case", _) => self.start(Open::CaseHead, false),
            ("{", _) => self.start(Open::Brace, true),
            ("[[", _) => self.start(Open::Test, false),
            ("then" | "elif" | "else" | "do" | "!" | "time", _) => self.at_command = true,
            ("function", _) => self.names_function = true,
            ("fi", Some(Open::If))
            | ("done", Some(Open::Loop))
            | ("}", Some(Open::Brace))
            | ("esac", Some(Open::CaseBody)) => self.end_compound(),
            _ => {}
        }
    }

    fn start(&mut self, open: Open, at_command: bool) {
        self.open.push(open);
        self.at_command = at_command;
    }
}

#[cfg(test)]
mod tests;
