//! Options of the programs on this floor: one reader with the rules and error texts of getopt, for both
//! families.
//!
//! A program describes its options in a [`Spec`] and gets [`Options`] back; a mistake has been reported and
//! comes back as the [`Stop`] to hand on.

use crate::kernel::{Flavor, Stop, Sys};

/// The first line of a busybox applet's help.
pub const BUSYBOX_BANNER: &str = "BusyBox v1.38.0 multi-call binary.";

/// What a program accepts. Made by [`Spec::new`] and refined by the methods.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    short: &'static str,
    busybox: Option<&'static str>,
    long: &'static [(&'static str, char)],
    usage: &'static str,
    busybox_usage: Option<&'static str>,
    about: &'static str,
    missing: &'static str,
    moot: &'static str,
    number: Option<char>,
    in_order: bool,
    usage_first: bool,
    trouble: i32,
}

impl Spec {
    /// Short options as getopt writes them (`:` after one with a value, `::` where the value is optional), long
    /// names with the letter they stand for (any unused character where there is none; `=` after a name that
    /// takes a value, `=?` where it is optional), what follows the name in the usage line, and the help text.
    pub const fn new(
        short: &'static str,
        long: &'static [(&'static str, char)],
        usage: &'static str,
        about: &'static str,
    ) -> Self {
        Self {
            short,
            busybox: None,
            long,
            usage,
            busybox_usage: None,
            about,
            missing: "",
            moot: "",
            number: None,
            in_order: false,
            usage_first: false,
            trouble: 1,
        }
    }

    /// Short options of the busybox applet where they differ.
    #[must_use]
    pub const fn busybox(mut self, short: &'static str) -> Self {
        self.busybox = Some(short);
        self
    }

    /// What follows the name in the usage line of the busybox applet, where it differs.
    #[must_use]
    pub const fn busybox_usage(mut self, usage: &'static str) -> Self {
        self.busybox_usage = Some(usage);
        self
    }

    /// Options that the real program has and this one says it does not simulate.
    #[must_use]
    pub const fn missing(mut self, letters: &'static str) -> Self {
        self.missing = letters;
        self
    }

    /// Options that are taken and left out of the list: nothing here could go another way for them. Every other
    /// option must be asked for by the program (`tests/src/options.rs`).
    #[must_use]
    pub const fn moot(mut self, letters: &'static str) -> Self {
        self.moot = letters;
        self
    }

    /// Takes `-5` for the value 5 of this option.
    #[must_use]
    pub const fn number(mut self, letter: char) -> Self {
        self.number = Some(letter);
        self
    }

    /// Options end at the first operand, as in programs that run others.
    #[must_use]
    pub const fn in_order(mut self) -> Self {
        self.in_order = true;
        self
    }

    /// A mistake shows the usage line before it points to the help (GNU).
    #[must_use]
    pub const fn usage_first(mut self) -> Self {
        self.usage_first = true;
        self
    }

    /// The exit status of a mistake in the options (1 unless said).
    #[must_use]
    pub const fn trouble(mut self, code: i32) -> Self {
        self.trouble = code;
        self
    }
}

/// What a command line said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// The options in the order given.
    pub list: Vec<(char, Option<String>)>,
    /// What is no option.
    pub operands: Vec<String>,
}

impl Options {
    /// True where the option was given.
    pub fn has(&self, letter: char) -> bool {
        self.list.iter().any(|(c, _)| *c == letter)
    }

    /// The value of the option's last appearance.
    pub fn value(&self, letter: char) -> Option<&str> {
        self.list.iter().rev().find(|(c, _)| *c == letter).and_then(|(_, v)| v.as_deref())
    }

    /// The values of all its appearances.
    pub fn values(&self, letter: char) -> impl Iterator<Item = &str> {
        self.list.iter().filter(move |(c, _)| *c == letter).filter_map(|(_, v)| v.as_deref())
    }

    /// The one of these options that came last.
    pub fn last_of(&self, letters: &str) -> Option<char> {
        self.list.iter().rev().map(|(c, _)| *c).find(|c| letters.contains(*c))
    }
}

/// A mistake in a command line.
enum Mistake {
    Help,
    Unknown(char),
    UnknownLong(String),
    NeedsValue(char),
    NeedsValueLong(String),
    TakesNone(String),
    Ambiguous(String, Vec<&'static str>),
    Missing(String),
}

/// How an option takes its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    Value,
    Maybe,
}

/// Reads the arguments of the running program.
///
/// # Errors
/// [`Stop::Exit`] after `--help` (status 0) or a mistake that has been reported.
pub fn parse(sys: &mut Sys<'_>, spec: &Spec) -> Result<Options, Stop> {
    let args = sys.args();
    parse_args(sys, spec, &args)
}

/// As [`parse`], over arguments that the program has prepared.
///
/// # Errors
/// As [`parse`].
pub fn parse_args(sys: &mut Sys<'_>, spec: &Spec, args: &[String]) -> Result<Options, Stop> {
    read(spec, sys.flavor(), args).map_err(|mistake| {
        report(sys, spec, &mistake);
        Stop::Exit(if matches!(mistake, Mistake::Help) { 0 } else { spec.trouble })
    })
}

/// Complains, points to the help, and gives the [`Stop`] of a mistake in the command line.
pub fn usage_error(sys: &mut Sys<'_>, spec: &Spec, text: &str) -> Stop {
    if !text.is_empty() {
        sys.complain(text);
    }
    match sys.flavor() {
        Flavor::Gnu => {
            let name = sys.name();
            if spec.usage_first {
                sys.eprint(&format!("Usage: {name} {}\n", spec.usage));
            }
            sys.eprint(&format!("Try '{name} --help' for more information.\n"));
        }
        Flavor::Busybox => {
            let help = help(sys, spec);
            sys.eprint(&help);
        }
    }
    Stop::Exit(spec.trouble)
}

fn help(sys: &Sys<'_>, spec: &Spec) -> String {
    let (name, usage, about) = (sys.name(), spec.usage, spec.about);
    match sys.flavor() {
        Flavor::Gnu => format!("Usage: {name} {usage}\n{about}\n"),
        Flavor::Busybox => {
            let usage = spec.busybox_usage.unwrap_or(usage);
            format!("{BUSYBOX_BANNER}\n\nUsage: {name} {usage}\n\n{about}\n")
        }
    }
}

fn report(sys: &mut Sys<'_>, spec: &Spec, mistake: &Mistake) {
    let musl = sys.flavor() == Flavor::Busybox && sys.stat("/etc/alpine-release").is_ok();
    let text = match mistake {
        Mistake::Help => {
            let text = help(sys, spec);
            sys.print(&text);
            return;
        }
        Mistake::Missing(option) => {
            sys.complain(&format!("option '{option}' is not simulated by Drydock"));
            return;
        }
        Mistake::Unknown(c) if musl => format!("unrecognized option: {c}"),
        Mistake::Unknown(c) => format!("invalid option -- '{c}'"),
        Mistake::UnknownLong(name) if musl => format!("unrecognized option: {name}"),
        Mistake::UnknownLong(name) => format!("unrecognized option '--{name}'"),
        Mistake::NeedsValue(c) if musl => format!("option requires an argument: {c}"),
        Mistake::NeedsValue(c) => format!("option requires an argument -- '{c}'"),
        Mistake::NeedsValueLong(name) if musl => format!("option requires an argument: {name}"),
        Mistake::NeedsValueLong(name) => format!("option '--{name}' requires an argument"),
        Mistake::TakesNone(name) if musl => format!("option does not take an argument: {name}"),
        Mistake::TakesNone(name) => format!("option '--{name}' doesn't allow an argument"),
        Mistake::Ambiguous(name, _) if musl => format!("option is ambiguous: {name}"),
        Mistake::Ambiguous(name, all) => {
            let all: Vec<String> = all.iter().map(|n| format!(" '--{n}'")).collect();
            format!("option '--{name}' is ambiguous; possibilities:{}", all.concat())
        }
    };
    let _reported = usage_error(sys, spec, &text);
}

fn read(spec: &Spec, flavor: Flavor, args: &[String]) -> Result<Options, Mistake> {
    let short = match flavor {
        Flavor::Busybox => spec.busybox.unwrap_or(spec.short),
        Flavor::Gnu => spec.short,
    };
    let mut options = Options::default();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        if arg == "--" {
            options.operands.extend(rest.by_ref().cloned());
        } else if let Some(long) = arg.strip_prefix("--") {
            read_long(spec, long, &mut rest, &mut options)?;
        } else if let Some(cluster) = arg.strip_prefix('-').filter(|c| !c.is_empty()) {
            match spec.number {
                Some(letter) if cluster.bytes().all(|b| b.is_ascii_digit()) => {
                    options.list.push((letter, Some(cluster.to_string())));
                }
                _ => read_cluster(spec, short, cluster, &mut rest, &mut options)?,
            }
        } else {
            options.operands.push(arg.clone());
            if spec.in_order {
                options.operands.extend(rest.by_ref().cloned());
            }
        }
    }
    options.list.retain(|(letter, _)| !spec.moot.contains(*letter));
    Ok(options)
}

fn takes(short: &str, letter: char) -> Option<Takes> {
    let after = short.split_once(letter).filter(|_| letter != ':')?.1;
    Some(if after.starts_with("::") {
        Takes::Maybe
    } else if after.starts_with(':') {
        Takes::Value
    } else {
        Takes::Nothing
    })
}

fn read_cluster<'a>(
    spec: &Spec,
    short: &str,
    cluster: &str,
    rest: &mut impl Iterator<Item = &'a String>,
    options: &mut Options,
) -> Result<(), Mistake> {
    for (at, letter) in cluster.char_indices() {
        let value = &cluster[at + letter.len_utf8()..];
        if spec.missing.contains(letter) {
            return Err(Mistake::Missing(format!("-{letter}")));
        }
        match takes(short, letter) {
            None => return Err(Mistake::Unknown(letter)),
            Some(Takes::Nothing) => options.list.push((letter, None)),
            Some(Takes::Maybe) => {
                options.list.push((letter, (!value.is_empty()).then(|| value.to_string())));
                return Ok(());
            }
            Some(Takes::Value) => {
                let value = if value.is_empty() { rest.next().cloned() } else { Some(value.to_string()) };
                options.list.push((letter, Some(value.ok_or(Mistake::NeedsValue(letter))?)));
                return Ok(());
            }
        }
    }
    Ok(())
}

fn read_long<'a>(
    spec: &Spec,
    text: &str,
    rest: &mut impl Iterator<Item = &'a String>,
    options: &mut Options,
) -> Result<(), Mistake> {
    let (given, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_string())),
        None => (text, None),
    };
    let plain = |name: &'static str| name.trim_end_matches(['=', '?']);
    let mut found: Vec<_> = spec.long.iter().filter(|(n, _)| plain(n) == given).collect();
    if found.is_empty() {
        found = spec.long.iter().filter(|(n, _)| n.starts_with(given)).collect();
        if found.is_empty() && given == "help" {
            return Err(Mistake::Help);
        }
    }
    let &(name, letter) = match found.as_slice() {
        [] => return Err(Mistake::UnknownLong(given.to_string())),
        [one] => *one,
        [first, others @ ..] if others.iter().all(|o| o.1 == first.1) => *first,
        all => {
            let all = all.iter().map(|(n, _)| plain(n)).collect();
            return Err(Mistake::Ambiguous(given.to_string(), all));
        }
    };
    if spec.missing.contains(letter) {
        return Err(Mistake::Missing(format!("--{}", plain(name))));
    }
    let value = if name.ends_with("=?") {
        value
    } else if name.ends_with('=') {
        let value = value.or_else(|| rest.next().cloned());
        Some(value.ok_or_else(|| Mistake::NeedsValueLong(plain(name).to_string()))?)
    } else if value.is_some() {
        return Err(Mistake::TakesNone(plain(name).to_string()));
    } else {
        None
    };
    options.list.push((letter, value));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: Spec = Spec::new(
        "nbc:i::m:",
        &[("number", 'n'), ("numeral", 'b'), ("count=", 'c'), ("color=?", '\u{1}'), ("moot=", 'm')],
        "",
        "",
    )
    .moot("m")
    .number('c');

    fn check(args: &[&str]) -> String {
        let args: Vec<String> = args.iter().map(|a| (*a).to_string()).collect();
        match read(&SPEC, Flavor::Gnu, &args) {
            Ok(options) => {
                let list = options.list.iter().map(|(c, v)| match v {
                    Some(v) => format!("{c}={v}"),
                    None => c.to_string(),
                });
                list.chain(options.operands).collect::<Vec<_>>().join(" ")
            }
            Err(Mistake::Unknown(c)) => format!("unknown {c}"),
            Err(Mistake::UnknownLong(n)) => format!("unknown --{n}"),
            Err(Mistake::NeedsValue(c)) => format!("needs {c}"),
            Err(Mistake::NeedsValueLong(n)) => format!("needs --{n}"),
            Err(Mistake::TakesNone(n)) => format!("none --{n}"),
            Err(Mistake::Ambiguous(n, all)) => format!("ambiguous {n}: {}", all.join(" ")),
            Err(Mistake::Missing(n)) => format!("missing {n}"),
            Err(Mistake::Help) => "help".into(),
        }
    }

    #[test]
    fn getopt_rules() {
        for (args, expect) in [
            (&["-nb", "x", "-c5", "y"][..], "n b c=5 x y"),
            (&["-nc", "5", "-", "--", "-n"], "n c=5 - -n"),
            (&["-12"], "c=12"),
            (&["-m", "x", "-n", "--moot", "y"], "n"),
            (&["-i", "x", "-iSUF"], "i i=SUF x"),
            (&["--count=3", "--count", "4", "--cou", "5"], "c=3 c=4 c=5"),
            (&["--color"], "\u{1}"),
            (&["--num"], "ambiguous num: number numeral"),
            (&["--number=1"], "none --number"),
            (&["--count"], "needs --count"),
            (&["-c"], "needs c"),
            (&["-nz"], "unknown z"),
            (&["-:"], "unknown :"),
            (&["--zap"], "unknown --zap"),
            (&["--help"], "help"),
        ] {
            assert_eq!(check(args), expect, "{args:?}");
        }
    }
}
