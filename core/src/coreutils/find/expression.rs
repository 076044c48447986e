//! The expression of `find`: read from the command line, tested on one file.

use crate::base::{Duration, Time};
use crate::coreutils::accounts::Accounts;
use crate::coreutils::mode;
use crate::coreutils::size::blocks;
use crate::coreutils::walk::{Entry, base, parent};
use crate::coreutils::when;
use crate::kernel::{Flavor, Sys};
use serde::{Deserialize, Serialize};

/// How deep parentheses and `!` may be nested.
const MAX_DEPTH: usize = 50;
/// How many words an expression may have.
const MAX_WORDS: usize = 500;

/// A comparison as in `+5`, `-5`, `5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Count {
    /// More than.
    More(i64),
    /// Less than.
    Less(i64),
    /// As many as.
    Just(i64),
}

impl Count {
    fn holds(self, n: i64) -> bool {
        match self {
            Count::More(than) => n > than,
            Count::Less(than) => n < than,
            Count::Just(as_many) => n == as_many,
        }
    }
}

/// What is done with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    Print,
    Print0,
    Printf(String),
    Ls,
    Delete,
    Prune,
    Quit,
    Exec(Vec<String>),
    Gather(usize, Vec<String>),
}

/// A test of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Test {
    And(Box<Test>, Box<Test>),
    Or(Box<Test>, Box<Test>),
    Not(Box<Test>),
    Name(String, bool),
    Path(String, bool),
    Regex(String),
    Type(String),
    Size(Count, u64),
    Newer(usize),
    /// Age in units of so many seconds.
    Age(Count, i64),
    Perm(char, u32),
    User(String),
    Group(String),
    Links(Count),
    Inode(Count),
    Empty,
    Always(bool),
    Action(Action),
}

impl Test {
    /// The commands of `-exec … +`.
    pub fn gathered(&self, out: &mut Vec<(usize, Vec<String>)>) {
        match self {
            Test::And(a, b) | Test::Or(a, b) => {
                a.gathered(out);
                b.gathered(out);
            }
            Test::Not(a) => a.gathered(out),
            Test::Action(Action::Gather(slot, argv)) => out.push((*slot, argv.clone())),
            _ => {}
        }
    }

    fn acts(&self) -> bool {
        match self {
            Test::And(a, b) | Test::Or(a, b) => a.acts() || b.acts(),
            Test::Not(a) => a.acts(),
            Test::Action(action) => *action != Action::Prune,
            _ => false,
        }
    }
}

/// What a command line asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub roots: Vec<String>,
    pub follow: bool,
    pub test: Test,
    pub max_depth: usize,
    pub min_depth: usize,
    pub depth_first: bool,
    pub one_device: bool,
    pub references: Vec<String>,
    pub batches: usize,
}

struct Parser<'a> {
    words: &'a [String],
    at: usize,
    depth: usize,
    plan: Plan,
    flavor: Flavor,
}

/// Reads a command line.
///
/// # Errors
/// The complaint.
pub fn parse(args: &[String], flavor: Flavor) -> Result<Plan, String> {
    let mut args = args;
    let mut follow = false;
    while let Some((first @ ("-H" | "-L" | "-P"), rest)) = args.split_first().map(|(f, r)| (f.as_str(), r)) {
        follow = first == "-L";
        args = rest;
    }
    let starts = |a: &&String| !(matches!(a.as_str(), "(" | "!") || a.starts_with('-') && a.len() > 1);
    let roots: Vec<String> = args.iter().take_while(starts).cloned().collect();
    let words = &args[roots.len()..];
    if words.len() > MAX_WORDS {
        return Err("the expression is longer than Drydock reads".into());
    }
    let plan = Plan {
        roots: if roots.is_empty() { vec![".".into()] } else { roots },
        follow,
        test: Test::Always(true),
        max_depth: usize::MAX,
        min_depth: 0,
        depth_first: false,
        one_device: false,
        references: vec![],
        batches: 0,
    };
    let mut parser = Parser { words, at: 0, depth: 0, plan, flavor };
    if words.is_empty() {
        parser.plan.test = Test::Action(Action::Print);
        return Ok(parser.plan);
    }
    let test = parser.or()?;
    if let Some(extra) = parser.peek() {
        return Err(match extra {
            ")" => "you have too many ')'".into(),
            _ => format!("paths must precede expression: `{extra}'"),
        });
    }
    parser.plan.test = if test.acts() { test } else { Test::And(test.into(), Test::Action(Action::Print).into()) };
    Ok(parser.plan)
}

impl Parser<'_> {
    fn peek(&self) -> Option<&str> {
        self.words.get(self.at).map(String::as_str)
    }

    fn next(&mut self) -> Option<String> {
        let word = self.words.get(self.at).cloned();
        self.at += 1;
        word
    }

    fn or(&mut self) -> Result<Test, String> {
        let mut test = self.and()?;
        while matches!(self.peek(), Some("-o" | "-or")) {
            self.at += 1;
            test = Test::Or(test.into(), self.and()?.into());
        }
        Ok(test)
    }

    fn and(&mut self) -> Result<Test, String> {
        let mut test = self.one()?;
        loop {
            match self.peek() {
                None | Some("-o" | "-or" | ")" | ",") => return Ok(test),
                Some("-a" | "-and") => self.at += 1,
                Some(_) => {}
            }
            test = Test::And(test.into(), self.one()?.into());
        }
    }

    fn one(&mut self) -> Result<Test, String> {
        let Some(word) = self.next() else { return Err("expected an expression".into()) };
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("the expression is nested deeper than Drydock reads".into());
        }
        let test = match word.as_str() {
            "!" | "-not" => Ok(Test::Not(self.one()?.into())),
            "(" => {
                let inner = self.or()?;
                match self.next().as_deref() {
                    Some(")") => Ok(inner),
                    _ => Err("missing closing ')'".into()),
                }
            }
            name => self.primary(name),
        };
        self.depth -= 1;
        test
    }

    fn value(&mut self, name: &str) -> Result<String, String> {
        self.next().ok_or_else(|| match self.flavor {
            Flavor::Gnu => format!("missing argument to `{name}'"),
            Flavor::Busybox => format!("{name}: requires an argument"),
        })
    }

    fn number(&mut self, name: &str) -> Result<usize, String> {
        let text = self.value(name)?;
        text.parse().map_err(|_| {
            format!("Expected a positive decimal integer argument to {name}, but got '{text}'")
        })
    }

    fn count(&mut self, name: &str) -> Result<Count, String> {
        let text = self.value(name)?;
        count(&text).ok_or_else(|| format!("invalid argument `{text}' to `{name}'"))
    }

    fn primary(&mut self, name: &str) -> Result<Test, String> {
        Ok(match name {
            "-name" => Test::Name(self.value(name)?, false),
            "-iname" => Test::Name(self.value(name)?, true),
            "-path" | "-wholename" => Test::Path(self.value(name)?, false),
            "-ipath" => Test::Path(self.value(name)?, true),
            "-regex" => Test::Regex(self.value(name)?),
            "-type" => {
                let kinds = self.value(name)?;
                if let Some(bad) = kinds.chars().find(|c| !"fdlbcps,".contains(*c)) {
                    return Err(format!("Unknown argument to -type: {bad}"));
                }
                Test::Type(kinds)
            }
            "-size" => self.size()?,
            "-newer" => {
                let file = self.value(name)?;
                self.plan.references.push(file);
                Test::Newer(self.plan.references.len() - 1)
            }
            "-mtime" | "-atime" | "-ctime" => Test::Age(self.count(name)?, 86_400),
            "-mmin" | "-amin" | "-cmin" => Test::Age(self.count(name)?, 60),
            "-perm" => self.perm()?,
            "-user" | "-uid" => Test::User(self.value(name)?),
            "-group" | "-gid" => Test::Group(self.value(name)?),
            "-links" => Test::Links(self.count(name)?),
            "-inum" => Test::Inode(self.count(name)?),
            "-empty" => Test::Empty,
            "-true" => Test::Always(true),
            "-false" => Test::Always(false),
            "-maxdepth" => {
                self.plan.max_depth = self.number(name)?;
                Test::Always(true)
            }
            "-mindepth" => {
                self.plan.min_depth = self.number(name)?;
                Test::Always(true)
            }
            "-depth" | "-d" => {
                self.plan.depth_first = true;
                Test::Always(true)
            }
            "-xdev" | "-mount" => {
                self.plan.one_device = true;
                Test::Always(true)
            }
            _ => Test::Action(self.action(name)?),
        })
    }

    fn action(&mut self, name: &str) -> Result<Action, String> {
        Ok(match name {
            "-print" => Action::Print,
            "-print0" => Action::Print0,
            "-printf" => Action::Printf(self.value(name)?),
            "-ls" => Action::Ls,
            "-prune" => Action::Prune,
            "-quit" => Action::Quit,
            "-delete" => {
                self.plan.depth_first = true;
                Action::Delete
            }
            "-exec" => self.exec()?,
            "-ok" | "-execdir" | "-okdir" | "-fprint" | "-fprintf" | "-samefile" | "-newermt" | "-regextype" => {
                return Err(format!("'{name}' is not simulated by Drydock"));
            }
            _ => {
                return Err(match self.flavor {
                    Flavor::Gnu if name.starts_with('-') => format!("unknown predicate `{name}'"),
                    Flavor::Gnu => format!("paths must precede expression: `{name}'"),
                    Flavor::Busybox => format!("unrecognized: {name}"),
                });
            }
        })
    }

    fn exec(&mut self) -> Result<Action, String> {
        let mut argv: Vec<String> = vec![];
        loop {
            match self.next() {
                Some(end) if end == ";" => return Ok(Action::Exec(argv)),
                Some(end) if end == "+" && argv.last().is_some_and(|a| a == "{}") => {
                    self.plan.batches += 1;
                    return Ok(Action::Gather(self.plan.batches - 1, argv));
                }
                Some(word) => argv.push(word),
                None => return Err(match self.flavor {
                    Flavor::Gnu => "missing argument to `-exec'".into(),
                    Flavor::Busybox => "-exec: requires an argument".into(),
                }),
            }
        }
    }

    fn size(&mut self) -> Result<Test, String> {
        let text = self.value("-size")?;
        let (number, unit) = match text.strip_suffix(['c', 'w', 'b', 'k', 'M', 'G']) {
            Some(number) => (number, &text[number.len()..]),
            None => (text.as_str(), "b"),
        };
        let unit = match unit {
            "c" => 1,
            "w" => 2,
            "k" => 1 << 10,
            "M" => 1 << 20,
            "G" => 1 << 30,
            _ => 512,
        };
        let count = count(number).ok_or_else(|| format!("Invalid argument `{text}' to -size"))?;
        Ok(Test::Size(count, unit))
    }

    fn perm(&mut self) -> Result<Test, String> {
        let text = self.value("-perm")?;
        let (how, bits) = match text.strip_prefix(['-', '/']) {
            Some(bits) => (text.chars().next().unwrap_or('='), bits),
            None => ('=', text.as_str()),
        };
        let bits = mode::parse(bits, 0, false, 0).ok_or_else(|| format!("invalid mode `{text}'"))?;
        Ok(Test::Perm(how, bits))
    }
}

fn count(text: &str) -> Option<Count> {
    let (kind, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) => (text.chars().next(), digits),
        None => (None, text),
    };
    let n = digits.parse::<i64>().ok().filter(|n| *n >= 0)?;
    Some(match kind {
        Some('+') => Count::More(n),
        Some('-') => Count::Less(n),
        _ => Count::Just(n),
    })
}

/// Whether a plain test holds for a file.
pub fn holds(sys: &Sys<'_>, test: &Test, entry: &Entry, accounts: &Accounts, now: Time) -> bool {
    let stat = &entry.stat;
    match test {
        Test::Name(pattern, fold) => glob(pattern, base(&entry.path), *fold),
        Test::Path(pattern, fold) => glob(pattern, &entry.path, *fold),
        Test::Regex(pattern) => regex_lite::Regex::new(&format!("^(?:{pattern})$"))
            .is_ok_and(|r| r.is_match(&entry.path)),
        Test::Type(kinds) => kinds.contains(if stat.kind == '-' { 'f' } else { stat.kind }),
        Test::Size(count, unit) => count.holds(i64::try_from(stat.size.div_ceil(*unit)).unwrap_or(i64::MAX)),
        Test::Age(count, unit) => {
            let Duration(nanos) = now - stat.mtime;
            count.holds(nanos.div_euclid(1_000_000_000).div_euclid(*unit))
        }
        Test::Perm('-', bits) => stat.mode & bits == *bits,
        Test::Perm('/', bits) => *bits == 0 || stat.mode & bits != 0,
        Test::Perm(_, bits) => stat.mode == *bits,
        Test::User(name) => *name == accounts.user_text(stat.uid) || *name == stat.uid.to_string(),
        Test::Group(name) => *name == accounts.group_text(stat.gid) || *name == stat.gid.to_string(),
        Test::Links(count) => count.holds(i64::from(stat.nlink)),
        Test::Inode(count) => count.holds(i64::try_from(stat.ino).unwrap_or(i64::MAX)),
        Test::Empty if stat.is_dir() => sys.list(&entry.path).is_ok_and(|names| names.is_empty()),
        Test::Empty => stat.is_file() && stat.size == 0,
        Test::Always(is) => *is,
        _ => true,
    }
}

/// Matches as the shell does, but `*` meets slashes and leading dots too.
pub fn glob(pattern: &str, text: &str, fold: bool) -> bool {
    let lower = |s: &str| if fold { s.to_lowercase() } else { s.to_string() };
    let (pattern, text): (Vec<char>, Vec<char>) = (lower(pattern).chars().collect(), lower(text).chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        let step = match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
                continue;
            }
            Some('?') => Some(1),
            Some('[') => class(&pattern[p..], text[t]),
            Some('\\') if pattern.get(p + 1) == Some(&text[t]) => Some(2),
            Some(c) if *c == text[t] => Some(1),
            _ => None,
        };
        match (step, star) {
            (Some(used), _) => {
                p += used;
                t += 1;
            }
            (None, Some((at, from))) => {
                p = at + 1;
                t = from + 1;
                star = Some((at, from + 1));
            }
            (None, None) => return false,
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// The length of a bracket expression that `c` is in.
fn class(pattern: &[char], c: char) -> Option<usize> {
    let negated = matches!(pattern.get(1), Some('!' | '^'));
    let mut at = if negated { 2 } else { 1 };
    let first = at;
    let mut found = false;
    while let Some(low) = pattern.get(at) {
        if *low == ']' && at > first {
            return (found != negated).then_some(at + 1);
        }
        match (pattern.get(at + 1), pattern.get(at + 2)) {
            (Some('-'), Some(high)) if *high != ']' => {
                found |= (*low..=*high).contains(&c);
                at += 3;
            }
            _ => {
                found |= *low == c;
                at += 1;
            }
        }
    }
    (c == '[').then_some(1)
}

/// The text of `-printf`.
pub fn printf(sys: &Sys<'_>, format: &str, entry: &Entry, root: &str, accounts: &Accounts) -> String {
    let stat = &entry.stat;
    let mut out = String::new();
    let mut rest = format.chars();
    while let Some(c) = rest.next() {
        match (c, rest.clone().next()) {
            ('\\', Some(escape)) => {
                rest.next();
                match escape {
                    'n' => out.push('\n'),
                    't' => out.push('\t'),
                    '0' => out.push('\0'),
                    '\\' => out.push('\\'),
                    other => out.extend(['\\', other]),
                }
            }
            ('%', Some(letter)) => {
                rest.next();
                out.push_str(&match letter {
                    'p' => entry.path.clone(),
                    'f' => base(&entry.path).to_string(),
                    'h' => parent(&entry.path).to_string(),
                    'P' => entry.path[root.len().min(entry.path.len())..].trim_start_matches('/').to_string(),
                    'H' => root.to_string(),
                    'd' => entry.depth.to_string(),
                    's' => stat.size.to_string(),
                    'b' => (blocks(stat) * 2).to_string(),
                    'k' => blocks(stat).to_string(),
                    'm' => format!("{:o}", stat.mode),
                    'M' => mode::letters_of(stat.kind, stat.mode),
                    'u' => accounts.user_text(stat.uid),
                    'g' => accounts.group_text(stat.gid),
                    'U' => stat.uid.to_string(),
                    'G' => stat.gid.to_string(),
                    'i' => stat.ino.to_string(),
                    'n' => stat.nlink.to_string(),
                    'y' => if stat.kind == '-' { "f".into() } else { stat.kind.to_string() },
                    'l' => sys.readlink(&entry.path).unwrap_or_default(),
                    't' => when::format("%a %b %e %H:%M:%S.%N0 %Y", stat.mtime),
                    'T' => {
                        let letter = rest.next().unwrap_or('@');
                        match letter {
                            '@' => format!("{}.{:09}0", stat.mtime.unix_secs(), stat.mtime.subsec_nanos()),
                            '+' => when::format("%F+%T.%N0", stat.mtime),
                            letter => when::format(&format!("%{letter}"), stat.mtime),
                        }
                    }
                    '%' => "%".into(),
                    other => format!("%{other}"),
                });
            }
            (c, _) => out.push(c),
        }
    }
    out
}

/// The line of `-ls`.
pub fn listing(sys: &Sys<'_>, entry: &Entry, accounts: &Accounts) -> String {
    let stat = &entry.stat;
    let link = sys.readlink(&entry.path).map(|t| format!(" -> {t}")).unwrap_or_default();
    format!(
        "{:>9} {:>6} {} {:>3} {:<8} {:<8} {:>8} {} {}{link}\n",
        stat.ino,
        blocks(stat),
        mode::letters_of(stat.kind, stat.mode),
        stat.nlink,
        accounts.user_text(stat.uid),
        accounts.group_text(stat.gid),
        stat.size,
        when::listing(stat.mtime, sys.now()),
        entry.path
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_fnmatch_does() {
        for (pattern, text, expect) in [
            ("*.txt", ".a.txt", true),
            ("a?c", "abc", true),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "aXbY", false),
            ("*", "", true),
            ("[", "[", true),
            ("\\*", "*", true),
        ] {
            assert_eq!(glob(pattern, text, false), expect, "{pattern} {text}");
        }
        assert!(glob("*.TXT", "a.txt", true));
    }
}
