//! The words of an instruction as a shell would read them: quotes, escapes and `${name:-word}`.

/// How deep expansions may lie in one another.
const MAX_DEPTH: u32 = 32;

/// A variable that an instruction uses and nothing has set.
pub type Unset = String;

/// What a variable is set to.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// How words are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lexer {
    /// The escape character.
    pub escape: char,
    /// Quotes stay in the result.
    pub raw_quotes: bool,
    /// Escapes stay in the result.
    pub raw_escapes: bool,
    /// A variable that is not set stays as it is written.
    pub keep_unset: bool,
}

impl Lexer {
    /// Quotes and escapes go, unset variables are empty.
    pub fn new(escape: char) -> Self {
        Self { escape, raw_quotes: false, raw_escapes: false, keep_unset: false }
    }

    /// The text as one word.
    ///
    /// # Errors
    /// Quotes or braces that do not end, modifiers that do not exist, `${name:?message}`.
    pub fn word(&self, text: &str, env: Lookup<'_>) -> Result<String, String> {
        self.read(text, env).map(|reader| reader.out)
    }

    /// The text as words, apart at blanks.
    ///
    /// # Errors
    /// As [`Lexer::word`].
    pub fn words(&self, text: &str, env: Lookup<'_>) -> Result<Vec<String>, String> {
        self.read(text, env).map(|mut reader| {
            reader.end_word();
            reader.words
        })
    }

    /// The variables the text uses that are not set.
    pub fn unset(&self, text: &str, env: Lookup<'_>) -> Vec<Unset> {
        self.read(text, env).map_or(vec![], |reader| reader.unset)
    }

    fn read<'a>(&'a self, text: &str, env: Lookup<'a>) -> Result<Reader<'a>, String> {
        let mut reader = Reader {
            lexer: self,
            env,
            chars: text.chars().collect(),
            at: 0,
            depth: 0,
            out: String::new(),
            words: vec![],
            word: String::new(),
            in_word: false,
            unset: vec![],
        };
        while let Some(c) = reader.peek() {
            reader.top(c)?;
        }
        Ok(reader)
    }
}

struct Reader<'a> {
    lexer: &'a Lexer,
    env: Lookup<'a>,
    chars: Vec<char>,
    at: usize,
    depth: u32,
    out: String,
    words: Vec<String>,
    word: String,
    in_word: bool,
    unset: Vec<Unset>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.at += usize::from(c.is_some());
        c
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.word.push_str(text);
        self.in_word = true;
    }

    fn end_word(&mut self) {
        if std::mem::take(&mut self.in_word) {
            self.words.push(std::mem::take(&mut self.word));
        }
    }

    fn top(&mut self, c: char) -> Result<(), String> {
        match c {
            '\'' => {
                let text = self.single()?;
                self.put(&text);
            }
            '"' => {
                let text = self.double()?;
                self.put(&text);
            }
            '$' => {
                let text = self.dollar()?;
                self.out.push_str(&text);
                self.split(&text);
            }
            _ if c == self.lexer.escape => {
                let text = self.escaped();
                self.put(&text);
            }
            _ => {
                self.at += 1;
                if c.is_whitespace() {
                    self.out.push(c);
                    self.end_word();
                } else {
                    self.put(c.encode_utf8(&mut [0; 4]));
                }
            }
        }
        Ok(())
    }

    /// What a variable gives falls apart at blanks.
    fn split(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.end_word();
            } else {
                self.word.push(c);
                self.in_word = true;
            }
        }
    }

    fn escaped(&mut self) -> String {
        let escape = self.lexer.escape;
        self.at += 1;
        let next = self.next();
        match next {
            Some(c) if self.lexer.raw_escapes => format!("{escape}{c}"),
            Some(c) => c.to_string(),
            None if self.lexer.raw_escapes => escape.to_string(),
            None => String::new(),
        }
    }

    fn single(&mut self) -> Result<String, String> {
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.next() {
                Some('\'') => break,
                Some(c) => text.push(c),
                None => {
                    return Err("unexpected end of statement while looking for matching single-quote".into());
                }
            }
        }
        Ok(if self.lexer.raw_quotes { format!("'{text}'") } else { text })
    }

    fn double(&mut self) -> Result<String, String> {
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.peek() {
                Some('"') => {
                    self.at += 1;
                    break;
                }
                Some('$') => text.push_str(&self.dollar()?),
                Some(c) if c == self.lexer.escape => {
                    self.at += 1;
                    let special = |c: char| c == '"' || c == '$' || c == self.lexer.escape;
                    match self.next() {
                        Some(c) if special(c) && !self.lexer.raw_escapes => text.push(c),
                        Some(c) => text.extend([self.lexer.escape, c]),
                        None => text.push(self.lexer.escape),
                    }
                }
                Some(c) => {
                    self.at += 1;
                    text.push(c);
                }
                None => {
                    return Err("unexpected end of statement while looking for matching double-quote".into());
                }
            }
        }
        Ok(if self.lexer.raw_quotes { format!("\"{text}\"") } else { text })
    }

    /// `$name` or `${name…}`; a lone `$` is itself.
    fn dollar(&mut self) -> Result<String, String> {
        let start = self.at;
        self.at += 1;
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                return Ok("$".into());
            }
            let value = (self.env)(&name);
            if value.is_none() {
                self.unset.push(name);
            }
            return Ok(self.or_kept(value, start));
        }
        self.at += 1;
        if self.peek() == Some('}') {
            return Err("syntax error: bad substitution".into());
        }
        let name = self.name();
        let modifier = self.next().ok_or("syntax error: missing '}'")?;
        let value = (self.env)(&name);
        if modifier == '}' {
            if value.is_none() {
                self.unset.push(name);
            }
            return Ok(self.or_kept(value, start));
        }
        self.modified(&name, value, modifier, start)
    }

    fn or_kept(&self, value: Option<String>, start: usize) -> String {
        match value {
            Some(value) => value,
            None if self.lexer.keep_unset => self.written(start),
            None => String::new(),
        }
    }

    fn written(&self, start: usize) -> String {
        self.chars.get(start..self.at).unwrap_or_default().iter().collect()
    }

    fn modified(
        &mut self,
        name: &str,
        value: Option<String>,
        first: char,
        start: usize,
    ) -> Result<String, String> {
        let (colon, modifier) = match first {
            ':' => (true, self.next().ok_or("syntax error: missing '}'")?),
            other => (false, other),
        };
        let value = if colon { value.filter(|value| !value.is_empty()) } else { value };
        match modifier {
            '-' | '+' | '?' => {
                let word = self.until(&['}'])?;
                self.at += 1;
                Ok(match (modifier, value) {
                    ('-', value) => value.unwrap_or(word),
                    ('+', value) => value.map_or(String::new(), |_| word),
                    (_, Some(value)) => value,
                    (_, None) if self.lexer.keep_unset => self.written(start),
                    (_, None) => {
                        let why = if word.is_empty() { "is not allowed to be unset" } else { &word };
                        return Err(format!("{name}: {why}"));
                    }
                })
            }
            '#' | '%' if !colon => {
                let greedy = self.peek() == Some(modifier);
                self.at += usize::from(greedy);
                let pattern = self.until(&['}'])?;
                self.at += 1;
                let value = value.unwrap_or_default();
                Ok(trim(&value, &pattern, modifier == '#', greedy))
            }
            '/' if !colon => {
                let all = self.peek() == Some('/');
                self.at += usize::from(all);
                let pattern = self.until(&['/', '}'])?;
                let mut with = String::new();
                if self.peek() == Some('/') {
                    self.at += 1;
                    with = self.until(&['}'])?;
                }
                self.at += 1;
                Ok(replace(&value.unwrap_or_default(), &pattern, &with, all))
            }
            other => Err(format!("unsupported modifier ({other}) in substitution")),
        }
    }

    /// A word inside braces, up to one of the ends, which is not taken.
    fn until(&mut self, ends: &[char]) -> Result<String, String> {
        if self.depth >= MAX_DEPTH {
            return Err("syntax error: too many nested substitutions".into());
        }
        self.depth += 1;
        let mut text = String::new();
        loop {
            match self.peek() {
                None => return Err("syntax error: missing '}'".into()),
                Some(c) if ends.contains(&c) => break,
                Some('\'') => text.push_str(&self.single()?),
                Some('"') => text.push_str(&self.double()?),
                Some('$') => text.push_str(&self.dollar()?),
                Some(c) if c == self.lexer.escape => text.push_str(&self.escaped()),
                Some(c) => {
                    self.at += 1;
                    text.push(c);
                }
            }
        }
        self.depth -= 1;
        Ok(text)
    }

    /// The name after `$` or `${`; special parameters are one character.
    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(c) = self.peek() {
            let special = name.is_empty() && (c.is_ascii_digit() || "@*#".contains(c));
            if special {
                self.at += 1;
                return c.to_string();
            }
            if !c.is_alphanumeric() && c != '_' {
                break;
            }
            self.at += 1;
            name.push(c);
        }
        name
    }
}

/// Whether a pattern with `*`, `?` and `\` matches the whole text.
fn matches(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        let literal = match pattern.get(p) {
            Some('\\') => pattern.get(p + 1).map(|c| (*c, 2)),
            Some(c) if *c != '*' && *c != '?' => Some((*c, 1)),
            _ => None,
        };
        match (pattern.get(p), literal) {
            (_, Some((c, width))) if text.get(t) == Some(&c) => {
                p += width;
                t += 1;
            }
            (Some('?'), _) => {
                p += 1;
                t += 1;
            }
            (Some('*'), _) => {
                star = Some((p, t));
                p += 1;
            }
            _ => match star {
                Some((at, seen)) => {
                    star = Some((at, seen + 1));
                    p = at + 1;
                    t = seen + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|c| *c == '*'))
}

/// `${value#pattern}` and `${value%pattern}`.
fn trim(value: &str, pattern: &str, front: bool, greedy: bool) -> String {
    let text: Vec<char> = value.chars().collect();
    let pattern: Vec<char> = pattern.chars().collect();
    let cut = |n: usize| if front { text.get(..n) } else { text.get(text.len() - n..) }.unwrap_or_default();
    let fits = |n: &usize| matches(&pattern, cut(*n));
    let found = if greedy { (0..=text.len()).rev().find(fits) } else { (0..=text.len()).find(fits) };
    let n = found.unwrap_or(0);
    let rest = if front { text.get(n..) } else { text.get(..text.len() - n) };
    rest.unwrap_or_default().iter().collect()
}

/// `${value/pattern/with}`: the longest match at the first place, or all of them.
fn replace(value: &str, pattern: &str, with: &str, all: bool) -> String {
    let text: Vec<char> = value.chars().collect();
    let pattern: Vec<char> = pattern.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    let mut open = !pattern.is_empty();
    while at < text.len() {
        let fit = |end: &usize| matches(&pattern, text.get(at..*end).unwrap_or_default());
        match (at + 1..=text.len()).rev().find(fit).filter(|_| open) {
            Some(end) => {
                out.push_str(with);
                at = end;
                open = all;
            }
            None => {
                out.extend(text.get(at));
                at += 1;
            }
        }
    }
    out
}
