//! The script of `sed` as data, and its parser.

use super::replace::{Replacement, parse_replacement};
use crate::base::posix_regex::{Pattern, Syntax, unescape_brackets};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// A regular expression; `None` is the last one used.
pub type Regex = Option<Pattern>;

/// One end of an address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Address {
    /// A line number; 0 only before a regular expression.
    Line(u64),
    /// `first~step`
    Step(u64, u64),
    /// `$`
    Last,
    /// `/regex/`
    Match(Regex),
    /// `+N` after the first line.
    Plus(u64),
    /// `~N`: up to a multiple.
    Multiple(u64),
}

/// A command with its addresses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// The first address.
    pub from: Option<Address>,
    /// The second.
    pub to: Option<Address>,
    /// `!`
    pub negated: bool,
    /// What to do.
    pub verb: Verb,
}

/// What a command does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Verb {
    /// `{`: where its end is.
    Open(usize),
    /// `}` and labels.
    Nothing,
    /// `s`
    Substitute(Box<Substitute>),
    /// `y`: pairs of characters.
    Translate(BTreeMap<char, char>),
    /// `a`, `i`, `c` with their text.
    Text(char, String),
    /// `b`, `t`, `T`: to a command, or the end.
    Branch(char, Option<usize>),
    /// `q`, `Q` with an exit code.
    Quit(char, i32),
    /// `r`
    Read(String),
    /// `w`
    Write(String),
    /// `=` `d` `D` `g` `G` `h` `H` `l` `n` `N` `p` `P` `x` `z` `F`
    Simple(char),
}

/// An `s` command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Substitute {
    /// What to look for.
    pub regex: Regex,
    /// What to put in its place.
    pub with: Replacement,
    /// Every match from this one on…
    pub global: bool,
    /// …the first to be replaced.
    pub nth: u64,
    /// Print the result.
    pub print: bool,
    /// Write the result to a file.
    pub file: Option<String>,
}

/// Parses a script.
///
/// # Errors
/// GNU's complaint, with the place.
pub fn parse(text: &str, extended: bool) -> Result<Vec<Command>, String> {
    let mut parser = Parser {
        input: text.chars().peekable(),
        at: 0,
        extended,
        commands: vec![],
        open: vec![],
        labels: BTreeMap::new(),
        jumps: vec![],
    };
    parser.run().map_err(|text| match text.strip_prefix('\u{0}') {
        Some(text) => text.to_string(),
        None => format!("-e expression #1, char {}: {text}", parser.at),
    })?;
    Ok(parser.commands)
}

struct Parser<'a> {
    input: Peekable<Chars<'a>>,
    /// How many characters have been read.
    at: usize,
    extended: bool,
    commands: Vec<Command>,
    open: Vec<usize>,
    labels: BTreeMap<String, usize>,
    jumps: Vec<(usize, String)>,
}

type Parsed<T> = Result<T, String>;

impl Parser<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.input.next();
        self.at += usize::from(c.is_some());
        c
    }

    fn next_if(&mut self, test: impl Fn(char) -> bool) -> Option<char> {
        let c = self.input.next_if(|c| test(*c));
        self.at += usize::from(c.is_some());
        c
    }

    fn blanks(&mut self) {
        while self.next_if(|c| c == ' ' || c == '\t').is_some() {}
    }

    fn number(&mut self) -> Option<u64> {
        let mut number: Option<u64> = None;
        while let Some(digit) = self.next_if(|c| c.is_ascii_digit()) {
            let digit = u64::from(digit as u32 - '0' as u32);
            number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(digit));
        }
        number
    }

    fn run(&mut self) -> Parsed<()> {
        loop {
            while self.next_if(|c| c.is_whitespace() || c == ';').is_some() {}
            if self.input.peek().is_none() {
                break;
            }
            if self.next_if(|c| c == '#').is_some() {
                while self.next_if(|c| c != '\n').is_some() {}
                continue;
            }
            self.command()?;
        }
        if !self.open.is_empty() {
            self.at = 0;
            return Err("unmatched `{'".into());
        }
        for (index, label) in std::mem::take(&mut self.jumps) {
            let Some(target) = self.labels.get(&label) else {
return Err(format!("\u{0}can't find label for jump to `{label}'"));
            };
            if let Some(Command { verb: Verb::Branch(_, to), .. }) = self.commands.get_mut(index) {
                *to = Some(*target);
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Parsed<()> {
        let from = self.address(false)?;
        self.blanks();
        let mut to = None;
        if from.is_some() && self.next_if(|c| c == ',').is_some() {
            self.blanks();
            to = Some(self.address(true)?.ok_or("unexpected `,'")?);
        }
        if from == Some(Address::Line(0)) && !matches!(to, Some(Address::Match(_))) {
            return Err("invalid usage of line address 0".into());
        }
        self.blanks();
        let mut negated = false;
        while self.next_if(|c| c == '!').is_some() {
            negated = true;
            self.blanks();
        }
        let letter = self.next().ok_or("missing command")?;
        if to.is_some() && "=aiqQr:".contains(letter) && letter == ':' {
            return Err(": doesn't want any addresses".into());
        }
        let verb = self.verb(letter, from.is_some())?;
        self.commands.push(Command { from, to, negated, verb });
        Ok(())
    }

    fn address(&mut self, second: bool) -> Parsed<Option<Address>> {
        if let Some(number) = self.number() {
            if !second && self.next_if(|c| c == '~').is_some() {
                return Ok(Some(Address::Step(number, self.number().unwrap_or(0))));
            }
            return Ok(Some(Address::Line(number)));
        }
        let Some(c) = self.next_if(|c| "$/\\+~".contains(c)) else { return Ok(None) };
        match c {
            '$' => Ok(Some(Address::Last)),
            '+' | '~' if second => {
                let number = self.number().ok_or("expected number")?;
                Ok(Some(if c == '+' { Address::Plus(number) } else { Address::Multiple(number) }))
            }
            '+' | '~' => Err(format!("unknown command: `{c}'")),
            _ => {
                let delimiter = if c == '\\' { self.next().ok_or("unexpected end")? } else { c };
                let text = self.delimited(delimiter, true).ok_or("unterminated address regex")?;
                let mut flags = String::new();
                while let Some(flag) = self.next_if(|c| c == 'I' || c == 'M') {
                    flags.push(flag);
                }
                Ok(Some(Address::Match(self.regex(&text, &flags)?)))
            }
        }
    }

    /// Text up to an unescaped delimiter; `\D` becomes `D`, and `\n` stays for the pattern to read.
    fn delimited(&mut self, delimiter: char, regex: bool) -> Option<String> {
        let mut text = String::new();
        let mut bracket = false;
        loop {
            let c = self.next()?;
            if bracket {
                bracket = c != ']' || text.ends_with('[') || text.ends_with("[^");
                text.push(c);
                continue;
            }
            match c {
                c if c == delimiter => return Some(text),
                '\\' => match self.next()? {
                    c if c == delimiter => text.push(c),
                    '\n' if regex => text.push_str("\\n"),
                    c => {
                        text.push('\\');
                        text.push(c);
                    }
                },
                '[' if regex => {
                    bracket = true;
                    text.push(c);
                }
                '\n' if regex => text.push_str("\\n"),
                c => text.push(c),
            }
        }
    }

    fn regex(&mut self, text: &str, flags: &str) -> Parsed<Regex> {
        if text.is_empty() {
            return Ok(None);
        }
        let syntax = if self.extended { Syntax::Extended } else { Syntax::Basic };
        let text = unescape_brackets(text);
        let translated = crate::base::posix_regex::translate(&text, syntax)?;
        let fold = if flags.contains(['i', 'I']) { "i" } else { "" };
        let lines = if flags.contains(['m', 'M']) { "m" } else { "" };
        Pattern::translated(format!("(?s{fold}{lines}){translated}")).map(Some)
    }

    fn verb(&mut self, letter: char, addressed: bool) -> Parsed<Verb> {
        match letter {
            '{' => {
                self.open.push(self.commands.len());
                return Ok(Verb::Open(0));
            }
            '}' => {
                if addressed {
                    return Err("} doesn't want any addresses".into());
                }
                let open = self.open.pop().ok_or("unexpected `}'")?;
                let end = self.commands.len();
                if let Some(command) = self.commands.get_mut(open) {
                    command.verb = Verb::Open(end);
                }
                self.end_of_command()?;
                return Ok(Verb::Nothing);
            }
            ':' => {
                let label = self.label(false);
                if label.is_empty() {
                    return Err("\":\" lacks a label".into());
                }
                self.labels.insert(label, self.commands.len());
                return Ok(Verb::Nothing);
            }
            'a' | 'i' | 'c' => return Ok(Verb::Text(letter, self.text()?)),
            'r' | 'w' => {
                let name = self.file_name()?;
                return Ok(if letter == 'r' { Verb::Read(name) } else { Verb::Write(name) });
            }
            _ => {}
        }
        let verb = match letter {
            'b' | 't' | 'T' => {
                let label = self.label(true);
                if !label.is_empty() {
                    self.jumps.push((self.commands.len(), label));
                }
                Verb::Branch(letter, None)
            }
            's' => Verb::Substitute(Box::new(self.substitute()?)),
            'y' => Verb::Translate(self.translate()?),
            'q' | 'Q' => {
                self.blanks();
                let code = self.number().unwrap_or(0);
                Verb::Quit(letter, i32::try_from(code & 0xff).unwrap_or(0))
            }
            '=' | 'd' | 'D' | 'g' | 'G' | 'h' | 'H' | 'l' | 'n' | 'N' | 'p' | 'P' | 'x' | 'z' | 'F' => {
                Verb::Simple(letter)
            }
            'e' | 'R' | 'W' | 'v' => return Err(format!("the command `{letter}' is not simulated by Drydock")),
            other => return Err(format!("unknown command: `{other}'")),
        };
        self.end_of_command()?;
        Ok(verb)
    }

    fn end_of_command(&mut self) -> Parsed<()> {
        self.blanks();
        match self.input.peek() {
            None | Some('}' | '#') => Ok(()),
            Some(';' | '\n') => {
                self.next();
                Ok(())
            }
            Some(_) => {
                self.next();
                Err("extra characters after command".into())
            }
        }
    }

    fn label(&mut self, ends_at_semicolon: bool) -> String {
        self.blanks();
        let mut label = String::new();
        while let Some(c) = self.next_if(|c| c != '\n' && !(c == ';' || ends_at_semicolon && c == '}')) {
            label.push(c);
        }
        label.trim_end().to_string()
    }

    fn file_name(&mut self) -> Parsed<String> {
        self.blanks();
        let mut name = String::new();
        while let Some(c) = self.next_if(|c| c != '\n') {
            name.push(c);
        }
        if name.is_empty() { Err("missing filename in r/R/w/W commands".into()) } else { Ok(name) }
    }

    fn text(&mut self) -> Parsed<String> {
        self.blanks();
        if self.next_if(|c| c == '\\').is_some() {
            let mut ahead = self.input.clone();
            if ahead.find(|c| *c != ' ' && *c != '\t') == Some('\n') {
                self.blanks();
                self.next();
            }
        }
        if self.input.peek().is_none() {
            return Err("expected \\ after `a', `c' or `i'".into());
        }
        let mut text = String::new();
        loop {
            match self.next() {
                None | Some('\n') => break,
                Some('\\') => text.extend(self.next()),
                Some(c) => text.push(c),
            }
        }
        text.push('\n');
        Ok(text)
    }

    fn substitute(&mut self) -> Parsed<Substitute> {
        const UNTERMINATED: &str = "unterminated `s' command";
        let delimiter = self.next().filter(|c| *c != '\n' && *c != '\\').ok_or(UNTERMINATED)?;
        let pattern = self.delimited(delimiter, true).ok_or(UNTERMINATED)?;
        let with = self.delimited(delimiter, false).ok_or(UNTERMINATED)?;
        let (mut global, mut print, mut nth, mut file) = (false, false, None, None);
        let mut flags = String::new();
        loop {
            match self.input.peek().copied() {
                Some('g') => global = true,
                Some('p') => print = true,
                Some(c @ ('i' | 'I' | 'm' | 'M')) => flags.push(c),
                Some('e') => return Err("the flag `e' is not simulated by Drydock".into()),
                Some(c) if c.is_ascii_digit() => {
                    let number = self.number().unwrap_or(0);
                    if number == 0 {
                        return Err("number option to `s' command may not be zero".into());
                    }
                    nth = Some(number);
                    continue;
                }
                Some('w') => {
                    self.next();
                    file = Some(self.file_name()?);
                    break;
                }
                None | Some(';' | '\n' | '}' | '#' | ' ' | '\t') => break,
                Some(_) => {
                    self.next();
                    return Err("unknown option to `s'".into());
                }
            }
            self.next();
        }
        let regex = self.regex(&pattern, &flags)?;
        let with = parse_replacement(&with);
        let groups = regex.as_ref().map_or(9, |r| r.regex().captures_len() - 1);
        if let Some(group) = with.highest_group().filter(|g| *g > groups) {
            return Err(format!("invalid reference \\{group} on `s' command's RHS"));
        }
        Ok(Substitute { regex, with, global, nth: nth.unwrap_or(1), print, file })
    }

    fn translate(&mut self) -> Parsed<BTreeMap<char, char>> {
        const UNTERMINATED: &str = "unterminated `y' command";
        let delimiter = self.next().ok_or(UNTERMINATED)?;
        let from = unescaped(&self.delimited(delimiter, false).ok_or(UNTERMINATED)?);
        let to = unescaped(&self.delimited(delimiter, false).ok_or(UNTERMINATED)?);
        if from.len() != to.len() {
            return Err("strings for `y' command are different lengths".into());
        }
        let mut map = BTreeMap::new();
        for (from, to) in from.into_iter().zip(to) {
            map.entry(from).or_insert(to);
        }
        Ok(map)
    }
}

fn unescaped(text: &str) -> Vec<char> {
    let mut out = vec![];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some(c) => c,
                None => '\\',
            },
            (c, _) => c,
        });
    }
    out
}
