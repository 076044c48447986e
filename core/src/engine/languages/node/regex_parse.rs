//! Reading regular expressions into programs.

use super::regex::{Inst, Regex, Trouble};

/// How long a program may be.
const LONGEST: usize = 50_000;

struct Parser<'a> {
    chars: Vec<char>,
    at: usize,
    out: Vec<Inst>,
    groups: usize,
    names: Vec<(String, usize)>,
    marks: usize,
    dot_all: bool,
    multiline: bool,
    ignore_case: bool,
    unicode: bool,
    depth: u32,
    total: usize,
    source: &'a str,
}

impl Regex {
    pub fn new(source: &str, flags: &str) -> Result<Self, Trouble> {
        let has = |c| flags.contains(c);
        let chars: Vec<char> = source.chars().collect();
        let total = count_groups(&chars);
        let mut parser = Parser {
            chars,
            at: 0,
            out: vec![],
            groups: 1,
            names: vec![],
            marks: 0,
            dot_all: has('s'),
            multiline: has('m'),
            ignore_case: has('i'),
            unicode: has('u') || has('v'),
            depth: 0,
            total,
            source,
        };
        parser.out.push(Inst::Save(0));
        parser.alternatives()?;
        if parser.at < parser.chars.len() {
            return Err(parser.wrong("Unmatched ')'"));
        }
        parser.out.push(Inst::Save(1));
        parser.out.push(Inst::Match);
        let Parser { out, groups, names, marks, ignore_case, .. } = parser;
        Ok(Self { program: out, groups, names, ignore_case, marks })
    }
}

fn count_groups(chars: &[char]) -> usize {
    let (mut count, mut class, mut at) = (0, false, 0);
    while let Some(c) = chars.get(at) {
        match c {
            '\\' => at += 1,
            '[' => class = true,
            ']' => class = false,
            '(' if !class => {
                let named = chars.get(at + 1) == Some(&'?')
                    && chars.get(at + 2) == Some(&'<')
                    && !matches!(chars.get(at + 3), Some('=' | '!'));
                count += usize::from(chars.get(at + 1) != Some(&'?') || named);
            }
            _ => {}
        }
        at += 1;
    }
    count
}

impl Parser<'_> {
    fn wrong(&self, text: &str) -> Trouble {
        Trouble::Syntax(format!("Invalid regular expression: /{}/: {text}", self.source))
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self, c: char) -> bool {
        let yes = self.peek() == Some(c);
        self.at += usize::from(yes);
        yes
    }

    fn alternatives(&mut self) -> Result<(), Trouble> {
        self.depth += 1;
        if self.depth > 100 {
            return Err(Trouble::Missing("a regular expression that nests so deep"));
        }
        let mut start = self.out.len();
        let mut ends = vec![];
        self.sequence()?;
        while self.take('|') {
            // What has been read becomes the first of two ways.
            self.insert(start, Inst::Match);
            self.out.push(Inst::Match);
            ends.push(self.out.len() - 1);
            let next = self.out.len();
            self.out[start] = Inst::Split(start + 1, next);
            start = next;
            self.sequence()?;
        }
        let end = self.out.len();
        for at in ends {
            self.out[at] = Inst::Jump(end);
        }
        self.depth -= 1;
        Ok(())
    }

    /// Puts an instruction before others and moves what they point to.
    fn insert(&mut self, at: usize, inst: Inst) {
        let mut rest = self.out.split_off(at);
        shift(&mut rest, at, 1);
        self.out.push(inst);
        self.out.extend(rest);
    }

    fn sequence(&mut self) -> Result<(), Trouble> {
        while let Some(c) = self.peek() {
            if matches!(c, '|' | ')') {
                break;
            }
            if self.out.len() > LONGEST {
                return Err(Trouble::Missing("such a long regular expression"));
            }
            let start = self.out.len();
            let groups = self.groups;
            if self.term(c)? {
                self.repetition(start, groups)?;
            }
        }
        Ok(())
    }

    /// One piece; false where nothing may repeat it.
    fn term(&mut self, c: char) -> Result<bool, Trouble> {
        self.at += 1;
        match c {
            '^' => self.out.push(Inst::Start(self.multiline)),
            '$' => self.out.push(Inst::End(self.multiline)),
            '.' => {
                self.out.push(Inst::Any(self.dot_all));
                return Ok(true);
            }
            '(' => return self.group().map(|()| true),
            '[' => {
                let (ranges, negated) = self.class()?;
                self.out.push(Inst::Class(ranges, negated));
                return Ok(true);
            }
            '\\' => return self.escape(),
            '*' | '+' | '?' => return Err(self.wrong("Nothing to repeat")),
            '{' if self.unicode => return Err(self.wrong("Nothing to repeat")),
            c => {
                self.out.push(Inst::Char(c));
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn group(&mut self) -> Result<(), Trouble> {
        let look = |p: &mut Self, ahead: bool, negated: bool| {
            let at = p.out.len();
            p.out.push(Inst::Look(ahead, negated, 0));
            p.alternatives()?;
            p.out.push(Inst::Match);
            p.out[at] = Inst::Look(ahead, negated, p.out.len());
            p.close()
        };
        if !self.take('?') {
            return self.capture();
        }
        match self.peek() {
            Some(':') => {
                self.at += 1;
                self.alternatives()?;
                self.close()
            }
            Some(c @ ('=' | '!')) => {
                self.at += 1;
                look(self, true, c == '!')
            }
            Some('<') => {
                self.at += 1;
                if let Some(c @ ('=' | '!')) = self.peek() {
                    self.at += 1;
                    return look(self, false, c == '!');
                }
                let mut name = String::new();
                while let Some(c) = self.peek().filter(|c| *c != '>') {
                    name.push(c);
                    self.at += 1;
                }
                if !self.take('>') || name.is_empty() {
                    return Err(self.wrong("Invalid capture group name"));
                }
                if self.names.iter().any(|(n, _)| *n == name) {
                    return Err(self.wrong("Duplicate capture group name"));
                }
                self.names.push((name, self.groups));
                self.capture()
            }
            _ => Err(self.wrong("Invalid group")),
        }
    }

    fn capture(&mut self) -> Result<(), Trouble> {
        let group = self.groups;
        self.groups += 1;
        self.out.push(Inst::Save(group * 2));
        self.alternatives()?;
        self.out.push(Inst::Save(group * 2 + 1));
        self.close()
    }

    fn close(&mut self) -> Result<(), Trouble> {
        if self.take(')') { Ok(()) } else { Err(self.wrong("Unterminated group")) }
    }

    fn number(&mut self) -> Option<usize> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        let text: String = self.chars[start..self.at].iter().collect();
        text.parse().ok()
    }

    /// `{n}`, `{n,}`, `{n,m}`; nothing moves where it is none of them.
    fn braces(&mut self) -> Option<(usize, Option<usize>)> {
        let start = self.at;
        self.at += 1;
        let least = self.number();
        let comma = self.take(',');
        let most = if comma { self.number() } else { least };
        match (least, self.take('}')) {
            (Some(least), true) => Some((least, most)),
            _ => {
                self.at = start;
                None
            }
        }
    }

    fn repetition(&mut self, start: usize, groups: usize) -> Result<(), Trouble> {
        let simple = match self.peek() {
            Some('*') => Some((0, None)),
            Some('+') => Some((1, None)),
            Some('?') => Some((0, Some(1))),
            Some('{') => None,
            _ => return Ok(()),
        };
        self.at += usize::from(simple.is_some());
        let Some((least, most)) = simple.or_else(|| self.braces()) else { return Ok(()) };
        if most.is_some_and(|most| most < least) {
            return Err(self.wrong("numbers out of order in {} quantifier"));
        }
        let lazy = self.take('?');
        let piece = self.out.split_off(start);
        let copies = least.max(1) + most.map_or(1, |m| m - least.min(m));
        if piece.len() * copies > LONGEST {
            return Err(Trouble::Missing("such a long regular expression"));
        }
        let clear = (groups < self.groups).then_some(Inst::Clear(groups * 2, self.groups * 2));
        let add = |p: &mut Self| {
            let to = p.out.len();
            p.out.extend(clear.clone());
            let by = p.out.len() - to;
            let mut copy = piece.clone();
            shift_from(&mut copy, start, to + by);
            p.out.extend(copy);
        };
        for _ in 0..least {
            add(self);
        }
        let split = |a, b| if lazy { Inst::Split(b, a) } else { Inst::Split(a, b) };
        match most {
            None => {
                let mark = self.marks;
                self.marks += 1;
                let head = self.out.len();
                self.out.push(Inst::Match);
                self.out.push(Inst::Mark(mark));
                add(self);
                self.out.push(Inst::Moved(mark));
                self.out.push(Inst::Jump(head));
                self.out[head] = split(head + 1, self.out.len());
            }
            Some(most) => {
                let mut heads = vec![];
                for _ in least..most {
                    heads.push(self.out.len());
                    self.out.push(Inst::Match);
                    add(self);
                }
                let end = self.out.len();
                for head in heads {
                    self.out[head] = split(head + 1, end);
                }
            }
        }
        Ok(())
    }

    fn escape(&mut self) -> Result<bool, Trouble> {
        let Some(c) = self.peek() else { return Err(self.wrong("\\ at end of pattern")) };
        match c {
            'b' | 'B' => {
                self.at += 1;
                self.out.push(Inst::Word(c == 'b'));
                return Ok(false);
            }
            '1'..='9' => {
                let start = self.at;
                if let Some(n) = self.number().filter(|n| *n <= self.total) {
                    self.out.push(Inst::Back(n));
                    return Ok(true);
                }
                self.at = start + 1;
                self.out.push(Inst::Char(c));
                return Ok(true);
            }
            'k' if self.chars.get(self.at + 1) == Some(&'<') => {
                self.at += 2;
                let mut name = String::new();
                while let Some(c) = self.peek().filter(|c| *c != '>') {
                    name.push(c);
                    self.at += 1;
                }
                self.at += 1;
                self.out.push(Inst::BackName(name));
                return Ok(true);
            }
            _ => {}
        }
        let (ranges, negated) = self.class_escape()?;
        let inst = match &ranges[..] {
            [(a, b)] if a == b && !negated => Inst::Char(*a),
            _ => Inst::Class(ranges, negated),
        };
        self.out.push(inst);
        Ok(true)
    }

    /// The characters an escape stands for.
    fn class_escape(&mut self) -> Result<(Vec<(char, char)>, bool), Trouble> {
        let Some(c) = self.peek() else { return Err(self.wrong("\\ at end of pattern")) };
        self.at += 1;
        let one = |c: char| Ok((vec![(c, c)], false));
        match c {
            'd' | 'D' => Ok((vec![('0', '9')], c == 'D')),
            'w' | 'W' => Ok((vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')], c == 'W')),
            's' | 'S' => Ok((SPACES.to_vec(), c == 'S')),
            'n' => one('\n'),
            't' => one('\t'),
            'r' => one('\r'),
            'f' => one('\u{c}'),
            'v' => one('\u{b}'),
            '0' => one('\0'),
            'x' | 'u' => {
                let braces = c == 'u' && self.peek() == Some('{') && self.unicode;
                let len = if c == 'x' { 2 } else { 4 };
                let digits: String = if braces {
                    self.chars[self.at + 1..].iter().take_while(|c| **c != '}').collect()
                } else {
                    self.chars[self.at..].iter().take(len).collect()
                };
                match u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32) {
                    Some(found) if braces || digits.len() == len => {
                        self.at += digits.chars().count() + if braces { 2 } else { 0 };
                        one(found)
                    }
                    _ => one(c),
                }
            }
            'p' | 'P' if self.unicode => self.property(c == 'P'),
            'c' => Err(Trouble::Missing("a control escape in a regular expression")),
            c => one(c),
        }
    }

    /// `\p{…}`, for a few well-known names.
    fn property(&mut self, negated: bool) -> Result<(Vec<(char, char)>, bool), Trouble> {
        let name: String = self.chars[self.at..].iter().skip(1).take_while(|c| **c != '}').collect();
        self.at += name.chars().count() + 2;
        let test: fn(char) -> bool = match name.as_str() {
            "L" | "Letter" | "Alphabetic" => char::is_alphabetic,
            "Lu" | "Uppercase" => char::is_uppercase,
            "Ll" | "Lowercase" => char::is_lowercase,
            "N" | "Nd" | "Number" => char::is_numeric,
            _ => return Err(Trouble::Missing("this \\p{…} in a regular expression")),
        };
        let mut ranges: Vec<(char, char)> = vec![];
        for c in (0..0x3_0000).filter_map(char::from_u32).filter(|c| test(*c)) {
            match ranges.last_mut() {
                Some(last) if last.1 as u32 + 1 == c as u32 => last.1 = c,
                _ => ranges.push((c, c)),
            }
        }
        Ok((ranges, negated))
    }

    fn class(&mut self) -> Result<(Vec<(char, char)>, bool), Trouble> {
        let negated = self.take('^');
        let mut out: Vec<(char, char)> = vec![];
        loop {
            let Some(c) = self.peek() else { return Err(self.wrong("Unterminated character class")) };
            self.at += 1;
            if c == ']' {
                return Ok((out, negated));
            }
            let from = self.class_atom(c)?;
            let single = matches!(from, (ref r, false) if r.len() == 1 && r[0].0 == r[0].1);
            if single && self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|c| *c != ']') {
                self.at += 1;
                let c = self.peek().unwrap_or(']');
                self.at += 1;
                let to = self.class_atom(c)?;
                if let ([(a, _)], [(b, end)]) = (&from.0[..], &to.0[..])
                    && b == end
                {
                    if a > b {
                        return Err(self.wrong("Range out of order in character class"));
                    }
                    out.push((*a, *b));
                    continue;
                }
                out.push(('-', '-'));
                out.extend(within(to));
            }
            out.extend(within(from));
        }
    }

    fn class_atom(&mut self, c: char) -> Result<(Vec<(char, char)>, bool), Trouble> {
        match c {
            '\\' if self.peek() == Some('b') => {
                self.at += 1;
                Ok((vec![('\u{8}', '\u{8}')], false))
            }
            '\\' => self.class_escape(),
            c => Ok((vec![(c, c)], false)),
        }
    }
}

const SPACES: &[(char, char)] = &[
    ('\t', '\r'),
    (' ', ' '),
    ('\u{a0}', '\u{a0}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{2000}', '\u{200a}'),
    ('\u{2028}', '\u{2029}'),
    ('\u{202f}', '\u{202f}'),
    ('\u{205f}', '\u{205f}'),
    ('\u{3000}', '\u{3000}'),
    ('\u{feff}', '\u{feff}'),
];

/// A set, turned round where it is negated.
fn within((mut ranges, negated): (Vec<(char, char)>, bool)) -> Vec<(char, char)> {
    if !negated {
        return ranges;
    }
    ranges.sort_unstable();
    let mut out = vec![];
    let mut next = 0_u32;
    for (a, b) in ranges {
        if next < a as u32 {
            out.extend(char::from_u32(next).zip(char::from_u32(a as u32 - 1)));
        }
        next = b as u32 + 1;
    }
    out.extend(char::from_u32(next).map(|a| (a, char::MAX)));
    out
}

/// Moves what instructions point to by `by` where it is at or after `from`.
fn shift(list: &mut [Inst], from: usize, by: usize) {
    shift_from(list, from, from + by);
}

/// Moves instructions that were at `from` to `to`.
fn shift_from(list: &mut [Inst], from: usize, to: usize) {
    let moved = |at: usize| if at >= from { at - from + to } else { at };
    for inst in list {
        match inst {
            Inst::Split(a, b) => (*a, *b) = (moved(*a), moved(*b)),
            Inst::Jump(a) | Inst::Look(_, _, a) => *a = moved(*a),
            _ => {}
        }
    }
}
