//! `getopt [-a] [-n NAME] [-l LONG,…] [-q] [-Q] [-u] -o SHORT -- PARAMETER…`: put the options of a script in order.
//!
//! Also `getopt SHORT PARAMETER…`, whose output is not quoted. `-T` tells that this is the enhanced one (status 4).
//!
//! Exit status: 0; 1 where a parameter is no option of the script's; 2 for a mistake in getopt's own.

use crate::kernel::{Applet, Stop, Sys};

/// `getopt`.
pub const APPLETS: &[Applet] = &[Applet::main("getopt", main)];

/// What getopt itself was told.
#[derive(Default)]
struct Wish {
    short: Option<String>,
    long: Vec<String>,
    name: Option<String>,
    quiet: bool,
    silent: bool,
    unquoted: bool,
    /// Long options may begin with one dash (`-a`).
    alternative: bool,
}

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let args = sys.args();
    let mut wish = Wish::default();
    let parameters = match read(&mut wish, &args) {
        Ok(Some(parameters)) => parameters,
        Ok(None) => return Ok(4),
        Err(text) => {
            sys.complain(&text);
            sys.eprint("Try 'getopt --help' for more information.\n");
            return Ok(2);
        }
    };
    let name = wish.name.clone().unwrap_or_else(|| "getopt".into());
    let (out, complaints) = arranged(&wish, &parameters);
    if !wish.quiet {
        complaints.iter().for_each(|text| sys.eprint(&format!("{name}: {text}\n")));
    }
    if !wish.silent {
        sys.print(&format!("{out}\n"));
    }
    Ok(i32::from(!complaints.is_empty()))
}

/// Reads getopt's own options; the parameters to put in order, or nothing for `-T`.
fn read(wish: &mut Wish, args: &[String]) -> Result<Option<Vec<String>>, String> {
    let Some(first) = args.first() else { return Err("missing optstring argument".into()) };
    if !first.starts_with('-') {
        wish.short = Some(first.clone());
        wish.unquoted = true;
        return Ok(Some(args[1..].iter().skip_while(|a| *a == "--").cloned().collect()));
    }
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let (name, value) = match arg.split_once('=').filter(|_| arg.starts_with("--")) {
            Some((name, value)) => (name, Some(value.to_string())),
            None => match arg.strip_prefix('-').filter(|a| a.len() > 1 && a.is_char_boundary(1) && !a.starts_with('-')) {
                Some(cluster) => (&arg[..2], Some(cluster[1..].to_string())),
                None => (arg.as_str(), None),
            },
        };
        let takes = matches!(name, "-o" | "--options" | "-l" | "--longoptions" | "--long" | "-n" | "--name" | "-s" | "--shell");
        let value = if takes { value.or_else(|| rest.next().cloned()) } else { None };
        if takes && value.is_none() {
            return Err(format!("option requires an argument -- '{}'", name.trim_start_matches('-')));
        }
        let value = value.unwrap_or_default();
        match name {
            "--" => return finish(wish, rest.cloned().collect()),
            "-o" | "--options" => wish.short = Some(value),
            "-l" | "--longoptions" | "--long" => {
                wish.long.extend(value.split([',', ' ']).filter(|l| !l.is_empty()).map(String::from));
            }
            "-n" | "--name" => wish.name = Some(value),
            "-s" | "--shell" if matches!(value.as_str(), "sh" | "bash") => {}
            "-s" | "--shell" => return Err(format!("the shell {value} is not simulated by Drydock")),
            "-q" | "--quiet" => wish.quiet = true,
            "-Q" | "--quiet-output" => wish.silent = true,
            "-u" | "--unquoted" => wish.unquoted = true,
            "-a" | "--alternative" => wish.alternative = true,
            "-T" | "--test" => return Ok(None),
            other if other.starts_with("--") => return Err(format!("unrecognized option '{other}'")),
            other if other.starts_with('-') => return Err(format!("invalid option -- '{}'", &other[1..])),
            other => {
                let words = std::iter::once(other.to_string()).chain(rest.cloned());
                return finish(wish, words.collect());
            }
        }
    }
    finish(wish, vec![])
}

fn finish(wish: &mut Wish, mut words: Vec<String>) -> Result<Option<Vec<String>>, String> {
    if wish.short.is_none() {
        if words.is_empty() {
            return Err("missing optstring argument".into());
        }
        wish.short = Some(words.remove(0));
        words = words.into_iter().skip_while(|w| w == "--").collect();
    }
    Ok(Some(words))
}

/// How an option takes its value: not at all, always, or where it is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    Value,
    Maybe,
}

fn ending(text: &str) -> Takes {
    match text {
        t if t.starts_with("::") => Takes::Maybe,
        t if t.starts_with(':') => Takes::Value,
        _ => Takes::Nothing,
    }
}

/// The one long option that a name means.
fn long<'a>(wish: &'a Wish, given: &str) -> Result<(&'a str, Takes), String> {
    let named = |l: &'a String| {
        let name = l.trim_end_matches(':');
        (name, ending(&l[name.len()..]))
    };
    let mut all: Vec<_> = wish.long.iter().map(named).filter(|(name, _)| name.starts_with(given)).collect();
    if let Some(exact) = all.iter().find(|(name, _)| *name == given) {
        return Ok(*exact);
    }
    match (all.len(), all.pop()) {
        (1, Some(one)) => Ok(one),
        (0, _) => Err(format!("unrecognized option '--{given}'")),
        _ => Err(format!("option '--{given}' is ambiguous")),
    }
}

/// The options first, then `--` and the rest; and what is wrong with them.
fn arranged(wish: &Wish, parameters: &[String]) -> (String, Vec<String>) {
    let quote = |text: &str| {
        if wish.unquoted { text.to_string() } else { format!("'{}'", text.replace('\'', "'\\''")) }
    };
    let short = wish.short.as_deref().unwrap_or_default();
    let (in_order, stops) = (short.starts_with('-'), short.starts_with('+'));
    let short = short.trim_start_matches(['+', '-']);
    let (mut out, mut rest, mut wrong) = (String::new(), Vec::new(), Vec::new());
    let mut words = parameters.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            rest.extend(words.by_ref().cloned());
            break;
        }
        let single = wish.alternative && word.len() > 2 && word.starts_with('-') && !word.starts_with("--");
        let body = word.strip_prefix("--").or_else(|| word.strip_prefix('-').filter(|_| single));
        if let Some(body) = body {
            let (given, value) = body.split_once('=').map_or((body, None), |(n, v)| (n, Some(v.to_string())));
            match long(wish, given) {
                Err(text) => wrong.push(text),
                Ok((name, Takes::Nothing)) if value.is_some() => {
                    wrong.push(format!("option '--{name}' doesn't allow an argument"));
                }
                Ok((name, Takes::Nothing)) => out.push_str(&format!(" --{name}")),
                Ok((name, Takes::Maybe)) => {
                    out.push_str(&format!(" --{name} {}", quote(&value.unwrap_or_default())));
                }
                Ok((name, Takes::Value)) => match value.or_else(|| words.next().cloned()) {
                    Some(value) => out.push_str(&format!(" --{name} {}", quote(&value))),
                    None => wrong.push(format!("option '--{name}' requires an argument")),
                },
            }
        } else if let Some(cluster) = word.strip_prefix('-').filter(|c| !c.is_empty()) {
            for (at, letter) in cluster.char_indices() {
                let after = &cluster[at + letter.len_utf8()..];
                let known = short.split_once(letter).filter(|_| letter != ':');
                let Some((_, tail)) = known else {
                    wrong.push(format!("invalid option -- '{letter}'"));
                    continue;
                };
                match ending(tail) {
                    Takes::Nothing => {
                        out.push_str(&format!(" -{letter}"));
                        continue;
                    }
                    Takes::Maybe => out.push_str(&format!(" -{letter} {}", quote(after))),
                    Takes::Value => {
                        let value = if after.is_empty() { words.next().cloned() } else { Some(after.to_string()) };
                        match value {
                            Some(value) => out.push_str(&format!(" -{letter} {}", quote(&value))),
                            None => wrong.push(format!("option requires an argument -- '{letter}'")),
                        }
                    }
                }
                break;
            }
        } else if in_order {
            out.push_str(&format!(" {}", quote(word)));
        } else {
            rest.push(word.clone());
            if stops {
                rest.extend(words.by_ref().cloned());
            }
        }
    }
    out.push_str(" --");
    rest.iter().for_each(|word| out.push_str(&format!(" {}", quote(word))));
    (out, wrong)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn options_come_first() {
        check(
            &mut bed(),
            &[
                ("getopt -o ab:c:: -l all,name: -- x -a -b 1 -c --name=n -cz y", "", " -a -b '1' -c '' --name 'n' -c 'z' -- 'x' 'y'\n"),
                ("getopt -o a --long all -n me -- --al -z", "", " --all --\n! me: invalid option -- 'z'\n= 1\n"),
                ("getopt -o b: -- -b", "", " --\n! getopt: option requires an argument -- 'b'\n= 1\n"),
                ("getopt ab: -b x y -a", "", " -b x -a -- y\n"),
                ("getopt -o +a -- x -a", "", " -- 'x' '-a'\n"),
                ("getopt -T", "", "= 4\n"),
                ("getopt", "", "! getopt: missing optstring argument\n! Try 'getopt --help' for more information.\n= 2\n"),
            ],
        );
    }
}
