//! Options and arguments in a stretch of words, told apart by pflag's rules.

use super::invocation::Setting;
use super::table::{Command, Flag, Listing};
use super::value;
use crate::base::go_text::{quote, quote_char};

/// Why an option is refused.
#[derive(Debug, Default)]
pub struct BadFlag {
    /// The first line of the message.
    pub text: String,
    /// The long name that is not one.
    pub unknown: Option<String>,
}

impl From<String> for BadFlag {
    fn from(text: String) -> Self {
        Self { text, unknown: None }
    }
}

/// The options and arguments found in a stretch of words.
#[derive(Debug, Default)]
pub struct Scan {
    /// The options, in order.
    pub settings: Vec<Setting>,
    /// The arguments.
    pub args: Vec<String>,
    /// Deprecation notes, each a whole line.
    pub notices: String,
    /// Whether help is asked for.
    pub help: bool,
}

impl Scan {
    /// The last value of an option.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.settings.iter().rev().find(|s| s.name == name).map(|s| s.value.as_str())
    }

    fn set(&mut self, flag: &Flag, text: &str) -> Result<(), BadFlag> {
        if let Err(why) = value::check(flag, text) {
            let (text, name) = (quote(text), quote(&spelling(flag)));
            return Err(format!("invalid argument {text} for {name} flag: {why}").into());
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
pub fn scan(command: &'static Command, words: &[String], first_ends: bool) -> Result<Scan, BadFlag> {
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
) -> Result<(), BadFlag> {
    if long.starts_with(['-', '=']) {
        return Err(format!("bad flag syntax: {word}").into());
    }
    let (name, given) = match long.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (long, None),
    };
    let found = command.flag(name).or((name == "help").then_some(&HELP));
    let Some(flag) = found else {
        return Err(BadFlag { text: format!("unknown flag: --{name}"), unknown: Some(name.to_owned()) });
    };
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
) -> Result<(), BadFlag> {
    let mut rest = letters;
    while let Some(letter) = rest.chars().next() {
        let tail = rest.get(letter.len_utf8()..).unwrap_or("");
        let flag = match command.shorthand(letter) {
            Some(flag) => flag,
            None if letter == 'h' => {
                scan.notices += "Flag shorthand -h has been deprecated, use --help\n";
                &HELP
            }
            None => return Err(format!("unknown shorthand flag: {} in -{rest}", quote_char(letter)).into()),
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
