//! From words to an [`Invocation`], by the rules of pflag and cobra as Docker uses them.

use super::help::{help, usage_in_errors};
use super::invocation::{Globals, Invocation, Setting};
use super::table::{Arity, Command, Flag, Found, Listing, table};
use super::value;
use crate::base::go_text::{quote, quote_char};

/// What a command line asks for.
#[derive(Debug, Clone)]
pub enum Parsed {
    /// Run this command.
    Run(Box<Invocation>),
    /// Print the client's version in one line (`docker --version`).
    Version,
    /// Nothing is left to do but to print: a help text, or why the line makes no sense.
    Done(Done),
}

/// What the grammar itself answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// For stdout.
    pub stdout: String,
    /// For stderr.
    pub stderr: String,
    /// The exit code.
    pub code: u8,
}

/// Parses the words after `docker`.
pub fn parse(argv: &[String]) -> Parsed {
    let done = match line(argv) {
        Ok(parsed) => return parsed,
        Err(done) => done,
    };
    Parsed::Done(done)
}

fn line(argv: &[String]) -> Result<Parsed, Done> {
    let root = table().root().ok_or_else(Done::default)?;
    let scan = scan(root.command, argv, true).map_err(|e| bad_flag(root, &e))?;
    if let Some(level) = scan.get("log-level").filter(|level| !is_log_level(level)) {
        return Err(failure(1, format!("Unable to parse logging level: {level}\n")));
    }
    let Some(first) = scan.args.first() else {
        return match (scan.help, scan.get("version")) {
            // The client reads the options in front of a command twice, and the note is repeated.
            (true, _) => {
                let stdout = scan.notices.clone() + &help(root);
                Err(Done { stdout, stderr: scan.notices, code: 0 })
            }
            (false, Some("true")) => Ok(Parsed::Version),
            _ => Err(Done { stderr: help(root), ..Done::default() }),
        };
    };
    if first == "help" {
        return Err(topic(root, scan.args.get(1..).unwrap_or(&[])));
    }
    let globals = globals(&scan);
    descend(root, Scan { settings: Vec::new(), ..scan }, globals)
}

/// Follows the words from group to group until a command is reached, and reads its options.
fn descend(root: Found, mut scan: Scan, globals: Globals) -> Result<Parsed, Done> {
    let mut at = root;
    loop {
        let child = scan.args.first().and_then(|word| table().child(at.command, word));
        let Some(child) = child.filter(|_| at.command.is_group()) else { break };
        at = child;
        let rest = scan.args.split_off(1);
        let only_before = at.command.options_first || at.command.is_group();
        let next = self::scan(at.command, &rest, only_before).map_err(|e| bad_flag(at, &e))?;
        scan.settings.extend(next.settings);
        scan.notices += &next.notices;
        scan.help |= next.help;
        scan.args = next.args;
        if at.command.is_group()
            && !scan.args.is_empty()
            && table().child(at.command, first(&scan.args)).is_none()
        {
            let rest = std::mem::take(&mut scan.args);
            let again = self::scan(at.command, &rest, false).map_err(|e| bad_flag(at, &e))?;
            scan.settings.extend(again.settings);
            scan.help |= again.help;
            scan.args = again.args;
        }
    }
    finish(at, scan, globals)
}

fn first(args: &[String]) -> &str {
    args.first().map_or("", String::as_str)
}

fn finish(at: Found, mut scan: Scan, globals: Globals) -> Result<Parsed, Done> {
    if at.command.path == "docker" && !scan.args.is_empty() {
        let again = self::scan(at.command, &scan.args, false).map_err(|e| bad_flag(at, &e))?;
        scan.help |= again.help;
    }
    if scan.help {
        return Err(Done { stdout: scan.notices + &help(at), ..Done::default() });
    }
    let Some(arity) = at.command.args else { return Err(group(at, &scan.args)) };
    if let Some((need, last)) = misfit(arity, scan.args.len()) {
        let shown = at.shown;
        let prefix = if at.command.is_buildx() { "ERROR: docker: " } else { "docker: " };
        let stderr = format!(
            "{prefix}'{shown}' {need}\n\nUsage:  {}\n\n{last} '{shown} --help' for more information\n",
            usage_in_errors(at)
        );
        return Err(Done { stdout: scan.notices, stderr, code: 1 });
    }
    Ok(Parsed::Run(Box::new(Invocation {
        command: at.command,
        shown: at.shown,
        globals,
        settings: scan.settings,
        args: scan.args,
        notices: scan.notices,
    })))
}

/// A group without a subcommand shows its help; with an unknown one it refuses.
fn group(at: Found, args: &[String]) -> Done {
    let Found { command, shown } = at;
    let nested = command.path.split(' ').count() > 2;
    match args.first() {
        None if command.is_buildx() => Done { stdout: help(at), ..Done::default() },
        None => Done { stderr: help(at), ..Done::default() },
        Some(_) if command.is_buildx() && nested => Done { stdout: help(at), ..Done::default() },
        Some(word) if command.is_buildx() => {
            let stderr = format!("ERROR: unknown command: {}\n", quote(word));
            Done { stdout: help(at), stderr, code: 1 }
        }
        Some(word) if command.path == "docker" => failure(
            1,
            format!("docker: unknown command: docker {word}\n\nRun 'docker --help' for more information\n"),
        ),
        Some(word) => failure(
            1,
            format!(
                "docker: unknown command: {shown} {word}\n\nUsage:  {}\n\nRun '{shown} --help' for more information\n",
                usage_in_errors(at)
            ),
        ),
    }
}

/// `docker help WORDS`.
fn topic(root: Found, words: &[String]) -> Done {
    let mut at = root;
    for (n, word) in words.iter().enumerate() {
        match table().child(at.command, word) {
            Some(child) => at = child,
            None => {
                let rest = words.get(n..).unwrap_or(&[]).join(" ");
                return failure(1, format!("unknown help topic: {rest}\n"));
            }
        }
    }
    Done { stdout: help(at), ..Done::default() }
}

/// What is wrong with a number of arguments, and how the last line begins.
fn misfit(arity: Arity, n: usize) -> Option<(String, &'static str)> {
    let many = |n: usize| format!("{n} argument{}", if n == 1 { "" } else { "s" });
    let (fits, need, last) = match arity {
        Arity::None => (n == 0, "accepts no arguments".to_owned(), "Run"),
        Arity::Exactly(a) => (n == a, format!("requires {}", many(a)), "Run"),
        Arity::AtLeast(a) => (n >= a, format!("requires at least {}", many(a)), "See"),
        Arity::AtMost(b) => (n <= b, format!("requires at most {}", many(b)), "Run"),
        Arity::Between(a, b) => {
            ((a..=b).contains(&n), format!("requires at least {a} and at most {}", many(b)), "Run")
        }
    };
    (!fits).then_some((need, last))
}

fn bad_flag(at: Found, why: &str) -> Done {
    let usage = usage_in_errors(at);
    failure(125, format!("{why}\n\nUsage:  {usage}\n\nRun '{} --help' for more information\n", at.shown))
}

fn failure(code: u8, stderr: String) -> Done {
    Done { stdout: String::new(), stderr, code }
}

fn is_log_level(text: &str) -> bool {
    let known = ["panic", "fatal", "error", "warn", "warning", "info", "debug", "trace"];
    known.contains(&text.to_lowercase().as_str())
}

fn globals(scan: &Scan) -> Globals {
    let text = |name| scan.get(name).map(str::to_owned);
    Globals {
        config: text("config"),
        context: text("context"),
        host: text("host"),
        debug: scan.get("debug").is_some_and(|v| value::parse_bool(v).unwrap_or(false)),
        log_level: text("log-level"),
        tls: scan.settings.iter().any(|s| s.name.starts_with("tls")),
    }
}

/// The options and arguments found in a stretch of words.
#[derive(Debug, Default)]
struct Scan {
    settings: Vec<Setting>,
    args: Vec<String>,
    notices: String,
    help: bool,
}

impl Scan {
    fn get(&self, name: &str) -> Option<&str> {
        self.settings.iter().rev().find(|s| s.name == name).map(|s| s.value.as_str())
    }

    fn set(&mut self, flag: &Flag, text: &str) -> Result<(), String> {
        if let Err(why) = value::check(flag, text) {
            return Err(format!(
                "invalid argument {} for {} flag: {why}",
                quote(text),
                quote(&spelling(flag))
            ));
        }
        if flag.long == "help" {
            self.help = value::parse_bool(text).unwrap_or(false);
        } else {
            self.settings.push(Setting { name: flag.key, value: text.to_owned() });
        }
        if let Listing::Deprecated(note) = flag.listing {
            self.notices += &format!("Flag --{} has been deprecated, {note}\n", flag.long);
        }
        Ok(())
    }
}

/// How errors name an option: `-f, --filter` or `--name`.
fn spelling(flag: &Flag) -> String {
    match flag.short {
        Some(letter) => format!("-{letter}, --{}", flag.long),
        None => format!("--{}", flag.long),
    }
}

/// Every command has it; `-h` is an old shorthand for it where the letter is free.
const HELP: Flag = Flag {
    long: "help",
    short: None,
    kind: "bool",
    check: "",
    values: "",
    default: "",
    about: "Show this text",
    listing: Listing::Hidden,
    key: "help",
};

/// Reads options and arguments; `first_ends` says that options end at the first argument.
fn scan(command: &'static Command, words: &[String], first_ends: bool) -> Result<Scan, String> {
    let mut scan = Scan::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            scan.args.extend(words.cloned());
            break;
        } else if let Some(long) = word.strip_prefix("--") {
            scan_long(&mut scan, command, word, long, &mut words)?;
        } else if let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            scan_short(&mut scan, command, letters, &mut words)?;
        } else {
            scan.args.push(word.clone());
            if first_ends {
                scan.args.extend(words.cloned());
                break;
            }
        }
    }
    Ok(scan)
}

fn scan_long<'a>(
    scan: &mut Scan,
    command: &Command,
    word: &str,
    long: &str,
    words: &mut impl Iterator<Item = &'a String>,
) -> Result<(), String> {
    if long.starts_with(['-', '=']) {
        return Err(format!("bad flag syntax: {word}"));
    }
    let (name, given) = match long.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (long, None),
    };
    let found = command.flag(name).or((name == "help").then_some(&HELP));
    let Some(flag) = found else { return Err(format!("unknown flag: --{name}")) };
    let value = match given {
        Some(value) => value,
        None if flag.is_switch() => "true",
        None => words.next().ok_or_else(|| format!("flag needs an argument: {word}"))?,
    };
    scan.set(flag, value)
}

/// `-abc`, `-p8080:80`, `-p=8080:80`, `-p 8080:80`, and switches in front of any of them.
fn scan_short<'a>(
    scan: &mut Scan,
    command: &Command,
    letters: &str,
    words: &mut impl Iterator<Item = &'a String>,
) -> Result<(), String> {
    let mut rest = letters;
    while let Some(letter) = rest.chars().next() {
        let tail = rest.get(letter.len_utf8()..).unwrap_or("");
        let flag = match command.shorthand(letter) {
            Some(flag) => flag,
            None if letter == 'h' => {
                scan.notices += "Flag shorthand -h has been deprecated, use --help\n";
                &HELP
            }
            None => return Err(format!("unknown shorthand flag: {} in -{rest}", quote_char(letter))),
        };
        if let Some(value) = tail.strip_prefix('=').filter(|v| !v.is_empty()) {
            return scan.set(flag, value);
        }
        if flag.is_switch() {
            scan.set(flag, "true")?;
            rest = tail;
            continue;
        }
        let value = match tail {
            "" => words
                .next()
                .ok_or_else(|| format!("flag needs an argument: {} in -{rest}", quote_char(letter)))?,
            value => value,
        };
        return scan.set(flag, value);
    }
    Ok(())
}
