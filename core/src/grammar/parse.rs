//! From words to an [`Invocation`], by the rules of pflag and cobra as Docker uses them.

use super::help::{help, usage_in_errors};
use super::invocation::{Globals, Invocation};
use super::scan::{BadFlag, Scan, scan};
use super::suggest::nearest;
use super::table::{Arity, Found, Listing, table};
use super::value;
use crate::base::go_text::quote;
use std::cell::Cell;

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
    /// The word that was probably meant, for a hint beside the message.
    pub meant: Option<String>,
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
                Err(Done { stdout, stderr: scan.notices, ..Done::default() })
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
        let next = super::scan::scan(at.command, &rest, only_before).map_err(|e| bad_flag(at, &e))?;
        scan.settings.extend(next.settings);
        scan.notices += &next.notices;
        scan.help |= next.help;
        scan.args = next.args;
        if at.command.is_group()
            && !scan.args.is_empty()
            && table().child(at.command, first(&scan.args)).is_none()
        {
            let rest = std::mem::take(&mut scan.args);
            let again = super::scan::scan(at.command, &rest, false).map_err(|e| bad_flag(at, &e))?;
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
        let again = super::scan::scan(at.command, &scan.args, false).map_err(|e| bad_flag(at, &e))?;
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
        return Err(Done { stdout: scan.notices, stderr, code: 1, meant: None });
    }
    Ok(Parsed::Run(Box::new(Invocation {
        command: at.command,
        shown: at.shown,
        globals,
        settings: scan.settings,
        args: scan.args,
        notices: scan.notices,
        asked: Cell::default(),
    })))
}

/// A group without a subcommand shows its help; with an unknown one it refuses.
fn group(at: Found, args: &[String]) -> Done {
    let Found { command, shown } = at;
    let Some(word) = args.first() else {
        let text = help(at);
        let (stdout, stderr) =
            if command.is_buildx() { (text, String::new()) } else { (String::new(), text) };
        return Done { stdout, stderr, ..Done::default() };
    };
    let names = command.groups.iter().flat_map(|(_, names)| names).chain(&command.more);
    let meant = nearest(word, names.map(|name| name.trim_end_matches('*')));
    let meant = meant.map(|name| format!("{shown} {name}"));
    if command.is_buildx() {
        // Only buildx itself complains; its groups show their help whatever follows.
        let complains = command.path == "docker buildx";
        let stderr =
            if complains { format!("ERROR: unknown command: {}\n", quote(word)) } else { String::new() };
        return Done { stdout: help(at), stderr, code: u8::from(complains), meant };
    }
    let usage = match command.path {
        "docker" => String::new(),
        _ => format!("Usage:  {}\n\n", usage_in_errors(at)),
    };
    let stderr = format!(
        "docker: unknown command: {shown} {word}\n\n{usage}Run '{shown} --help' for more information\n"
    );
    Done { meant, ..failure(1, stderr) }
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

fn bad_flag(at: Found, why: &BadFlag) -> Done {
    let usage = usage_in_errors(at);
    let stderr =
        format!("{}\n\nUsage:  {usage}\n\nRun '{} --help' for more information\n", why.text, at.shown);
    let listed = at.command.flags.iter().filter(|f| f.listing == Listing::Listed);
    let meant = why.unknown.as_deref().and_then(|name| nearest(name, listed.map(|f| f.long)));
    Done { meant: meant.map(|name| format!("--{name}")), ..failure(125, stderr) }
}

fn failure(code: u8, stderr: String) -> Done {
    Done { stderr, code, ..Done::default() }
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
