//! Builtins about commands: `alias`, `builtin`, `command`, `eval`, `source`, `type`.

use super::super::machine::{Call, Doing, Fault, Feed, Flow, Frame, Kind, Shell, Turn};
use super::super::parse::is_reserved;
use super::super::quote;
use super::super::voice::Voice;
use super::Done;
use crate::kernel::{Sys, Wait};
use std::sync::Arc;

pub fn eval(_: &mut Shell, _: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let args = match call.args.get(1).map(String::as_str) {
        Some("--") => call.args.get(2..),
        _ => call.args.get(1..),
    };
    let text = args.unwrap_or_default().join(" ");
    if text.trim().is_empty() {
        return Ok(Done::Status(0));
    }
    let feed = Feed::Text { text: Arc::from(text), pos: 0, line: 1 };
    Ok(Done::Frame(Box::new(Frame { feed, kind: Kind::Eval, waiting_for_input: true, ..Frame::default() })))
}

/// `. FILE [ARGUMENT…]`
pub fn source(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let name = call.args.first().cloned().unwrap_or_default();
    let Some(path) = call.args.get(1).cloned() else {
        if shell.voice == Voice::Bash {
            shell.complain_as(sys, &name, "filename argument required");
            sys.eprint(&format!("{name}: usage: {name} filename [arguments]\n"));
        }
        return Ok(Done::Status(2));
    };
    if path.contains('/') && shell.is_restricted() {
        shell.complain_as(sys, &name, &format!("{path}: restricted"));
        return Ok(Done::Status(1));
    }
    let dirs = shell.vars.text("PATH").unwrap_or("").to_string();
    let found = if path.contains('/')
        || shell.shopt("sourcepath") == Some(false) && shell.voice == Voice::Bash
    {
        path.clone()
    } else {
        let along =
            dirs.split(':').map(|d| format!("{d}/{path}")).find(|p| sys.stat(p).is_ok_and(|s| s.is_file()));
        along.unwrap_or_else(|| path.clone())
    };
    let data = match sys.read_file(&found) {
        Ok(data) => data,
        Err(crate::base::Errno::EAGAIN) if let Some(fd) = sys.awaited() => {
            let call = Box::new(std::mem::take(call));
            return Ok(Done::Doing(Doing::Source { call, fd, told: false }));
        }
        Err(e) => {
            let slash = path.contains('/');
            match shell.voice {
                Voice::Bash | Voice::Gnu if slash => shell.complain(sys, &format!("{path}: {}", e.text())),
                Voice::Bash | Voice::Gnu => shell.complain_as(sys, &name, &format!("{path}: file not found")),
                Voice::Dash if slash => {
                    let why = if e == crate::base::Errno::ENOENT { "No such file" } else { e.text() };
                    shell.complain_as(sys, &name, &format!("cannot open {path}: {why}"));
                }
                Voice::Dash => shell.complain_as(sys, &name, &format!("{path}: not found")),
                Voice::Ash if slash => {
                    shell.complain_as(sys, &name, &format!("can't open '{path}': {}", e.text()));
                }
                Voice::Ash => shell.complain_as(sys, &name, &format!("{path}: not found")),
            }
            let fatal = shell.voice != Voice::Bash;
            return if fatal { Err(Fault { status: 2, fatal }) } else { Ok(Done::Status(1)) };
        }
    };
    if data.len() > super::super::input::MAX_SCRIPT {
        shell.complain_as(sys, &name, &format!("{path}: more than 1 MiB, which Drydock does not read"));
        return Ok(Done::Status(1));
    }
    let params = call.args.get(2..).filter(|a| !a.is_empty() && shell.voice != Voice::Dash);
    let params = params.map(|args| std::mem::replace(&mut shell.params, Arc::new(args.to_vec())));
    let feed = Feed::Text { text: Arc::from(String::from_utf8_lossy(&data)), pos: 0, line: 1 };
    let kind = Kind::Source { params, path };
    shell.status = 0;
    Ok(Done::Frame(Box::new(Frame { feed, kind, waiting_for_input: true, ..Frame::default() })))
}

impl Shell {
    /// Reads the file of `source` again, which was a pipe without an end.
    pub(in crate::sh) fn continue_source(&mut self, sys: &mut Sys<'_>) -> Turn<Flow> {
        let Doing::Source { call, fd, told } = &mut self.doing else { return Ok(Flow::Next) };
        if !std::mem::replace(told, true) {
            return Ok(Flow::Block(Wait::readable(*fd)));
        }
        let mut call = std::mem::take(call);
        self.doing = Doing::Run;
        let done = source(self, sys, &mut call);
        let undo = self.undo.take().unwrap_or_default();
        self.finish_builtin(sys, done, undo)
    }
}

/// Where the standard programs are.
const STANDARD_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// `command [-pvV] NAME [ARGUMENT…]`
pub fn command(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let mut at = 1;
    let mut describe = None;
    let mut standard = false;
    while let Some(option) = call.args.get(at).filter(|a| a.len() > 1 && a.starts_with('-')) {
        at += 1;
        match option.as_str() {
            "--" => break,
            "-p" => standard = true,
            "-v" | "-V" => describe = Some(option == "-V"),
            other => {
                let text = format!("{other}: invalid option");
                shell.complain_as(sys, "command", &text);
                return Ok(Done::Status(2));
            }
        }
    }
    let names = call.args.get(at..).unwrap_or_default().to_vec();
    let Some(long) = describe else {
        let Some(name) = names.first().filter(|n| !n.is_empty()) else { return Ok(Done::Status(0)) };
        let path = shell.vars.text("PATH").unwrap_or("").to_string();
        let found = |path: &str| sys.find_program(name, path).ok();
        if standard && super::find(name, shell.voice).is_none() && found(&path) != found(STANDARD_PATH) {
            let text = "-p: a program that PATH does not lead to is not simulated by Drydock";
            shell.complain_as(sys, "command", text);
            return Ok(Done::Status(1));
        }
        call.args = names;
        return Ok(Done::Call(Box::new(std::mem::take(call))));
    };
    let bash = shell.voice == Voice::Bash;
    let mut status = if names.is_empty() { 0 } else { 1 };
    // The others look at the first name only.
    let count = if bash { names.len() } else { 1 };
    for name in names.into_iter().take(count) {
        match describe_name(shell, sys, &name) {
            Some((short, full)) => {
                status = 0;
                sys.print(&format!("{}\n", if long { full } else { short }));
            }
            None => {
                status = if bash { status } else { 127 };
                match (long, shell.voice) {
                    (true, Voice::Bash) => shell.complain_as(sys, "command", &format!("{name}: not found")),
                    (true, _) => sys.print(&format!("{name}: not found\n")),
                    _ => {}
                }
            }
        }
    }
    Ok(Done::Status(status))
}

/// `caller [N]`
pub fn caller(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let callers = shell.callers();
    let wanted = call.args.get(1).map(|text| text.parse::<usize>());
    let at = match &wanted {
        None => 0,
        Some(Ok(n)) => *n,
        Some(Err(_)) => {
            let text = format!("{}: invalid number", call.args.get(1).map_or("", String::as_str));
            shell.complain_as(sys, "caller", &text);
            return Ok(Done::Status(2));
        }
    };
    let (Some(inner), Some(outer)) = (callers.get(at), callers.get(at + 1)) else {
        if wanted.is_none() && !callers.is_empty() {
            sys.print("0 NULL\n");
        }
        return Ok(Done::Status(i32::from(wanted.is_some() || callers.is_empty())));
    };
    let name = if wanted.is_some() { format!("{} ", outer.name) } else { String::new() };
    sys.print(&format!("{} {name}{}\n", inner.line, outer.source));
    Ok(Done::Status(0))
}

pub fn builtin(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let Some(name) = call.args.get(1).cloned() else { return Ok(Done::Status(0)) };
    if super::find(&name, shell.voice).is_none() {
        shell.complain_as(sys, "builtin", &format!("{name}: not a shell builtin"));
        return Ok(Done::Status(1));
    }
    call.args.remove(0);
    Ok(Done::Call(Box::new(std::mem::take(call))))
}

/// What `command -v` and `command -V` print of a name.
fn describe_name(shell: &Shell, sys: &Sys<'_>, name: &str) -> Option<(String, String)> {
    let bash = shell.voice == Voice::Bash;
    if let Some(alias) = shell.aliases.get(name) {
        let text = if bash { format!("is aliased to `{alias}'") } else { format!("is an alias for {alias}") };
        return Some((format!("alias {name}={}", quote::single(alias)), format!("{name} {text}")));
    }
    if is_reserved(name, shell.voice) {
        return Some((name.to_string(), format!("{name} is a shell keyword")));
    }
    if let Some(function) = shell.functions.get(name) {
        let text = if bash {
            format!("{name} is a function\n{name} () \n{}", function.text)
        } else if shell.voice == Voice::Dash {
            format!("{name} is a shell function")
        } else {
            format!("{name} is a function")
        };
        return Some((name.to_string(), text));
    }
    if super::find(name, shell.voice).is_some() {
        let special = super::is_special(&[name.to_string()], shell.voice);
        let text = if special { "is a special shell builtin" } else { "is a shell builtin" };
        return Some((name.to_string(), format!("{name} {text}")));
    }
    let path = sys.find_program(name, shell.vars.text("PATH").unwrap_or("")).ok()?;
    if name.contains('/') && !sys.access(name, crate::kernel::Access::Execute) {
        return None;
    }
    Some((path.clone(), format!("{name} is {path}")))
}

/// `type [-tpP] NAME…`
pub fn kind(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let mut status = 0;
    let mut mode = ' ';
    for name in call.args.get(1..).unwrap_or_default().to_vec() {
        if shell.voice == Voice::Bash && name.len() == 2 && name.starts_with('-') {
            mode = name.chars().nth(1).unwrap_or(' ');
            match mode {
                't' | 'p' | 'P' => continue,
                'a' | 'f' => {
                    shell.complain_as(
                        sys,
                        "type",
                        &format!("{name}: this option is not simulated by Drydock"),
                    );
                    return Ok(Done::Status(2));
                }
                _ => return Ok(super::bad_option(shell, sys, "type", &name, "[-afptP] name [name ...]")),
            }
        }
        let Some((_, full)) = describe_name(shell, sys, &name) else {
            status = if shell.voice == Voice::Bash { 1 } else { 127 };
            match shell.voice {
                _ if matches!(mode, 't' | 'p' | 'P') => {}
                Voice::Bash => shell.complain_as(sys, "type", &format!("{name}: not found")),
                _ => sys.print(&format!("{name}: not found\n")),
            }
            continue;
        };
        let word = || {
            if shell.aliases.contains_key(&name) {
                "alias"
            } else if is_reserved(&name, shell.voice) {
                "keyword"
            } else if shell.functions.contains_key(name.as_str()) {
                "function"
            } else if super::find(&name, shell.voice).is_some() {
                "builtin"
            } else {
                "file"
            }
        };
        match mode {
            't' => {
                let word = word();
                sys.print(&format!("{word}\n"));
            }
            'p' if word() != "file" => {}
            'p' | 'P' => {
                let path = sys.find_program(&name, shell.vars.text("PATH").unwrap_or(""));
                if let Ok(path) = path.map_err(|_| ()) {
                    sys.print(&format!("{path}\n"));
                }
            }
            _ => sys.print(&format!("{full}\n")),
        }
    }
    Ok(Done::Status(status))
}

pub fn alias(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let bash = shell.voice == Voice::Bash;
    let shown = |name: &str, value: &str| {
        format!("{}{name}={}\n", if bash { "alias " } else { "" }, quote::single(value))
    };
    let args: Vec<String> = call.args.iter().skip(1).filter(|a| *a != "-p").cloned().collect();
    if args.is_empty() {
        let text: String = shell.aliases.iter().map(|(name, value)| shown(name, value)).collect();
        sys.print(&text);
        return Ok(Done::Status(0));
    }
    let mut status = 0;
    for arg in args {
        match arg.split_once('=') {
            Some((name, value)) if !name.is_empty() => {
                shell.aliases.insert(name.to_string(), value.to_string());
            }
            _ => match shell.aliases.get(&arg) {
                Some(value) => {
                    let text = shown(&arg, value);
                    sys.print(&text);
                }
                None => {
                    status = 1;
                    match bash {
                        true => shell.complain_as(sys, "alias", &format!("{arg}: not found")),
                        false => sys.eprint(&format!("alias: {arg} not found\n")),
                    }
                }
            },
        }
    }
    Ok(Done::Status(status))
}

pub fn unalias(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let mut status = 0;
    for name in call.args.iter().skip(1).cloned().collect::<Vec<_>>() {
        if name == "-a" {
            shell.aliases.clear();
        } else if shell.aliases.remove(&name).is_none() {
            shell.complain_as(sys, "unalias", &format!("{name}: not found"));
            status = 1;
        }
    }
    Ok(Done::Status(status))
}
