//! Builtins that read: `read`, `mapfile`, `getopts`.

use super::super::machine::{Call, Doing, Flow, Shell, Turn};
use super::super::vars::{MAX_ELEMENTS, Value};
use super::super::voice::Voice;
use super::super::word::is_name;
use super::Done;
use crate::base::{Duration, Time};
use crate::kernel::{Read as Got, Sys, Wait};
use serde::{Deserialize, Serialize};

/// The longest line that `read` takes, in bytes.
const MAX_LINE: usize = 1 << 20;

/// A `read` that goes on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Read {
    names: Vec<String>,
    array: bool,
    raw: bool,
    count: Option<usize>,
    /// `-N`: delimiters do not end it.
    exact: bool,
    delimiter: u8,
    fd: i32,
    until: Option<Time>,
    data: Vec<u8>,
    /// The bytes of `data` that a backslash quoted.
    quoted: Vec<usize>,
    escaped: bool,
}

fn refuse(shell: &mut Shell, sys: &mut Sys<'_>, text: &str, status: i32) -> Turn<Done> {
    shell.complain_as(sys, "read", text);
    Ok(Done::Status(status))
}

const USAGE: &str = "[-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] \
                     [-u fd] [name ...]";

/// The options of `read` that each shell has.
fn known(voice: Voice) -> &'static str {
    match voice {
        Voice::Bash | Voice::Gnu => "adeinNprstu",
        Voice::Dash => "pr",
        Voice::Ash => "dnprstu",
    }
}

/// The complaint about a value that is no number where one is wanted.
fn bad_value(letter: char, value: &str) -> Option<String> {
    match letter {
        'n' | 'N' if value.parse::<usize>().is_err() => Some(format!("{value}: invalid number")),
        't' if value.parse::<f64>().is_err() => Some(format!("{value}: invalid timeout specification")),
        'u' if value.parse::<i32>().is_err() => {
            Some(format!("{value}: invalid file descriptor specification"))
        }
        _ => None,
    }
}

/// `read [-r] [-a NAME] [-d C] [-e] [-n N] [-N N] [-p PROMPT] [-s] [-t SECONDS] [-u FD] [NAME…]`
pub fn read(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let mut read = Read { delimiter: b'\n', ..Read::default() };
    let mut args = call.args.iter().skip(1).cloned().collect::<Vec<_>>().into_iter();
    let mut prompt = None;
    while let Some(arg) = args.next() {
        let Some(letters) = arg.strip_prefix('-').filter(|l| !l.is_empty() && read.names.is_empty()) else {
            read.names.push(arg);
            continue;
        };
        if letters == "-" {
            read.names.extend(args);
            break;
        }
        let mut letters = letters.chars();
        while let Some(letter) = letters.next() {
            match letter {
                _ if !known(shell.voice).contains(letter) => {
                    return Ok(super::bad_option(shell, sys, "read", &format!("-{letter}"), USAGE));
                }
                'r' => read.raw = true,
                // A terminal of Drydock shows what is typed in a line of its own, before it is sent.
                's' | 'e' => {}
                _ => {
                    let inline: String = letters.by_ref().collect();
                    let value = if inline.is_empty() { args.next() } else { Some(inline) };
                    if letter == 'p' && value.is_some() {
                        prompt = value;
                    } else if let Err(done) = read.option(shell, sys, letter, value) {
                        return Ok(done);
                    }
                }
            }
        }
    }
    if let Some(bad) = read.names.iter().find(|n| !is_name(n.split('[').next().unwrap_or(""))).cloned() {
        let text = match shell.voice {
            Voice::Bash | Voice::Gnu => format!("`{bad}': not a valid identifier"),
            Voice::Dash | Voice::Ash => format!("{bad}: bad variable name"),
        };
        return refuse(shell, sys, &text, if shell.voice == Voice::Bash { 1 } else { 2 });
    }
    if read.names.is_empty() && shell.voice == Voice::Dash {
        return refuse(shell, sys, "arg count", 2);
    }
    if let Some(prompt) = prompt.filter(|_| sys.is_tty(read.fd)) {
        sys.eprint(&prompt);
    }
    Ok(Done::Doing(Doing::Read(Box::new(read))))
}

impl Read {
    /// Takes in an option with a value.
    fn option(
        &mut self,
        shell: &mut Shell,
        sys: &mut Sys<'_>,
        letter: char,
        value: Option<String>,
    ) -> Result<(), Done> {
        let Some(value) = value else {
            let text = match shell.voice {
                Voice::Bash | Voice::Gnu => format!("-{letter}: option requires an argument"),
                Voice::Dash => format!("No arg for -{letter} option"),
                Voice::Ash => format!("no arg for -{letter} option"),
            };
            shell.complain_as(sys, "read", &text);
            if shell.voice == Voice::Bash {
                sys.eprint(&format!("read: usage: read {USAGE}\n"));
            }
            return Err(Done::Status(2));
        };
        if let Some(text) = bad_value(letter, &value) {
            shell.complain_as(sys, "read", &text);
            return Err(Done::Status(1));
        }
        match letter {
            'a' => {
                self.array = true;
                self.names = vec![value];
            }
            'd' => self.delimiter = value.bytes().next().unwrap_or(0),
            'n' | 'N' => {
                self.count = value.parse().ok();
                self.exact |= letter == 'N';
            }
            't' => {
                let seconds: f64 = value.parse().unwrap_or(0.0);
                self.until = Some(sys.after(Duration((seconds.clamp(0.0, 1e9) * 1e9) as i64)));
            }
            'u' => self.fd = value.parse().unwrap_or(0),
            // bash looks at `-i` at a terminal only.
            'i' if sys.is_tty(0) => {
                shell.complain_as(sys, "read", "-i: a first text is not simulated by Drydock");
                return Err(Done::Status(2));
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes a byte; true where the line has ended.
    fn take(&mut self, byte: u8) -> bool {
        if self.escaped {
            self.escaped = false;
            if byte != b'\n' {
                self.quoted.push(self.data.len());
                self.data.push(byte);
            }
        } else if byte == b'\\' && !self.raw {
            self.escaped = true;
            return false;
        } else if byte == self.delimiter && !self.exact {
            return true;
        } else {
            self.data.push(byte);
        }
        self.count.is_some_and(|n| self.data.len() >= n) || self.data.len() >= MAX_LINE
    }

    /// The fields of what was read: as many as there are names, the last takes the rest.
    fn fields(&self, ifs: &str, count: Option<usize>) -> Vec<String> {
        let bytes = ifs.as_bytes();
        let is_ifs = |i: usize| {
            self.data.get(i).is_some_and(|b| bytes.contains(b)) && self.quoted.binary_search(&i).is_err()
        };
        let is_blank = |i: usize| is_ifs(i) && matches!(self.data.get(i), Some(b' ' | b'\t' | b'\n'));
        let text = |from: usize, to: usize| {
            String::from_utf8_lossy(self.data.get(from..to.max(from)).unwrap_or_default()).into_owned()
        };
        let mut end = self.data.len();
        while end > 0 && is_blank(end - 1) {
            end -= 1;
        }
        let mut at = 0;
        while at < end && is_blank(at) {
            at += 1;
        }
        let mut fields = vec![];
        while at < end {
            if count.is_some_and(|n| fields.len() + 1 == n) {
                let mut stop = end;
                // A single separator at the end of the last field is dropped.
                let separators = (at..end).filter(|i| is_ifs(*i) && !is_blank(*i)).count();
                if separators == 1 && is_ifs(end - 1) && !is_blank(end - 1) {
                    stop -= 1;
                    while stop > at && is_blank(stop - 1) {
                        stop -= 1;
                    }
                }
                fields.push(text(at, stop));
                break;
            }
            let start = at;
            while at < end && !is_ifs(at) {
                at += 1;
            }
            fields.push(text(start, at));
            while at < end && is_blank(at) {
                at += 1;
            }
            if at < end && is_ifs(at) {
                at += 1;
                while at < end && is_blank(at) {
                    at += 1;
                }
            }
        }
        fields
    }
}

impl Shell {
    /// Goes on with `read`.
    pub(in crate::sh) fn continue_read(&mut self, sys: &mut Sys<'_>) -> Turn<Flow> {
        let Doing::Read(read) = &mut self.doing else { return Ok(Flow::Next) };
        let mut status = 0;
        if read.count == Some(0) {
            return self.finish_read(sys, 0);
        }
        loop {
            match sys.read(read.fd, 1) {
                Ok(Got::Data(data)) => {
                    sys.spend(1);
                    if data.first().is_some_and(|b| read.take(*b)) {
                        break;
                    }
                }
                Ok(Got::Wait) => {
                    if !self.pending.is_empty() && self.options.interactive {
                        status = 130;
                        break;
                    }
                    if read.until.is_some_and(|until| sys.now() >= until) {
                        status = 142;
                        break;
                    }
                    let wait = Wait::readable(read.fd);
                    return Ok(Flow::Block(match read.until {
                        Some(until) => wait.or_until(until),
                        None => wait,
                    }));
                }
                Ok(Got::End) => {
                    status = 1;
                    break;
                }
                Err(e) => {
                    status = 1;
                    let fd = read.fd;
                    let text = match self.voice {
                        Voice::Bash | Voice::Gnu => format!("read error: {fd}: {}", e.text()),
                        _ => break,
                    };
                    self.complain_as(sys, "read", &text);
                    break;
                }
            }
        }
        if status == 142 && self.voice != Voice::Bash {
            status = 1;
        }
        self.finish_read(sys, status)
    }

    fn finish_read(&mut self, sys: &mut Sys<'_>, mut status: i32) -> Turn<Flow> {
        let Doing::Read(read) = std::mem::take(&mut self.doing) else { return Ok(Flow::Next) };
        let ifs = self.vars.text("IFS").unwrap_or(" \t\n").to_string();
        let whole = || String::from_utf8_lossy(&read.data).into_owned();
        let result = if read.array {
            let elements = read.fields(&ifs, None).into_iter().map(|f| (None, f)).collect();
            let name = read.names.first().map_or("", String::as_str);
            self.carry_out(
                super::super::machine::Assignment {
                    name: std::sync::Arc::from(name),
                    index: None,
                    append: false,
                    value: super::super::machine::Assigned::Array(elements),
                },
                sys,
            )
        } else if read.names.is_empty() {
            self.assign("REPLY", whole(), sys)
        } else if read.exact {
            self.assign(&read.names[0], whole(), sys)
        } else {
            let mut fields = read.fields(&ifs, Some(read.names.len())).into_iter();
            let mut result = Ok(());
            for name in &read.names {
                let text = fields.next().unwrap_or_default();
                result = match name.strip_suffix(']').and_then(|n| n.split_once('[')) {
                    Some((array, key)) => self.assign_element(array, key, text, false, sys),
                    None => self.assign(name, text, sys),
                };
                if result.is_err() {
                    break;
                }
            }
            result
        };
        if let Err(fault) = result {
            status = fault.status;
        }
        self.end_builtin(sys, status)
    }

    /// Goes on with `mapfile`.
    pub(in crate::sh) fn continue_mapfile(&mut self, sys: &mut Sys<'_>) -> Turn<Flow> {
        let Doing::Mapfile { data, fd, .. } = &mut self.doing else { return Ok(Flow::Next) };
        match sys.read(*fd, 1 << 16) {
            Ok(Got::Data(more)) if data.len() + more.len() <= 16 << 20 => {
                data.extend(more);
                return Ok(Flow::Next);
            }
            Ok(Got::Wait) => return Ok(Flow::Block(Wait::readable(*fd))),
            _ => {}
        }
        let Doing::Mapfile { name, trim, data, .. } = std::mem::take(&mut self.doing) else {
            return Ok(Flow::Next);
        };
        let text = String::from_utf8_lossy(&data);
        let line = |l: &str| if trim { l.strip_suffix('\n').unwrap_or(l).to_string() } else { l.to_string() };
        let lines = (0..).zip(text.split_inclusive('\n').take(MAX_ELEMENTS).map(line)).collect();
        self.vars.entry(&name).value = Value::List(lines);
        self.end_builtin(sys, 0)
    }
}

/// `mapfile [-t] [NAME]`
pub fn mapfile(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let (mut trim, mut name) = (false, "MAPFILE".to_string());
    for arg in call.args.iter().skip(1) {
        match arg.as_str() {
            "-t" => trim = true,
            option if option.starts_with('-') => {
                shell.complain_as(sys, "mapfile", &format!("{option}: not simulated"));
                return Ok(Done::Status(2));
            }
            other => name = other.to_string(),
        }
    }
    Ok(Done::Doing(Doing::Mapfile { name, trim, data: vec![], fd: 0 }))
}

/// What `getopts` says of a bad option in each shell's words.
fn complain_of_option(shell: &Shell, sys: &mut Sys<'_>, letter: char, known: bool) {
    let text = match (shell.voice, known) {
        (Voice::Bash | Voice::Gnu, true) => format!("option requires an argument -- {letter}"),
        (Voice::Bash | Voice::Gnu, false) => format!("illegal option -- {letter}"),
        (_, true) => format!("No arg for -{letter} option"),
        (_, false) => format!("Illegal option -{letter}"),
    };
    let prefix = if shell.voice == Voice::Bash { format!("{}: ", shell.name) } else { String::new() };
    sys.eprint(&format!("{prefix}{text}\n"));
}

/// `getopts OPTIONS NAME [ARGUMENT…]`
pub fn getopts(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let (Some(spec), Some(name)) = (call.args.get(1).cloned(), call.args.get(2).cloned()) else {
        let text = match shell.voice {
            Voice::Bash | Voice::Gnu => "getopts: usage: getopts optstring name [arg ...]\n".to_string(),
            _ => format!("{}: getopts: Usage: getopts optstring var [arg...]\n", shell.name),
        };
        sys.eprint(&text);
        return Ok(Done::Status(2));
    };
    let args: Vec<String> = match call.args.get(3..).filter(|a| !a.is_empty()) {
        Some(args) => args.to_vec(),
        None => shell.params.to_vec(),
    };
    let index: usize = shell.vars.text("OPTIND").and_then(|t| t.parse().ok()).unwrap_or(1).max(1);
    let offset = if shell.getopts.0 == index { shell.getopts.1.max(1) } else { 1 };
    let ends = |arg: &String| !arg.starts_with('-') || arg == "-";
    let arg = args.get(index - 1).filter(|a| !ends(a)).cloned();
    let (Some(arg), true) = (arg.clone(), arg.as_deref() != Some("--")) else {
        let next = if arg.is_some() { index + 1 } else { index };
        shell.vars.set("OPTIND", next.to_string());
        shell.getopts = (0, 0);
        shell.assign(&name, "?".to_string(), sys)?;
        return Ok(Done::Status(1));
    };
    let letter = arg.chars().nth(offset).unwrap_or('?');
    let silent = spec.starts_with(':');
    let place =
        spec.char_indices().find(|(_, c)| *c == letter && letter != ':').map(|(i, c)| i + c.len_utf8());
    let takes = place.is_some_and(|i| spec.get(i..).is_some_and(|s| s.starts_with(':')));
    let rest: String = arg.chars().skip(offset + 1).collect();
    let (mut value, mut result, mut next) = (None, letter.to_string(), index);
    let mut advance = rest.is_empty();
    if place.is_none() {
        result = "?".to_string();
        match silent {
            true => value = Some(letter.to_string()),
            false => complain_of_option(shell, sys, letter, false),
        }
    } else if takes {
        advance = true;
        if !rest.is_empty() {
            value = Some(rest);
        } else if let Some(operand) = args.get(index) {
            value = Some(operand.clone());
            next += 1;
        } else if silent {
            result = ":".to_string();
            value = Some(letter.to_string());
        } else {
            result = "?".to_string();
            complain_of_option(shell, sys, letter, true);
        }
    }
    if advance {
        next += 1;
    }
    shell.vars.set("OPTIND", next.to_string());
    shell.getopts = if advance { (0, 0) } else { (index, offset + 1) };
    match value {
        Some(value) => shell.assign("OPTARG", value, sys)?,
        None => shell.vars.remove("OPTARG"),
    }
    shell.assign(&name, result, sys)?;
    Ok(Done::Status(0))
}
