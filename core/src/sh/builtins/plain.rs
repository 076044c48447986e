//! Builtins that compute and print: `cd`, `echo`, `exit`, `printf`, `pwd`, `shift`, `test`, `umask` and so on.

use super::super::machine::{Call, Fault, Shell, Turn};
use super::super::voice::{Output, Voice};
use super::{Done, echo as echoes, printf as formats, test as tests};
use crate::base::Errno;
use crate::kernel::Sys;

/// `:` and `true`.
pub fn nothing(_: &mut Shell, _: &mut Sys<'_>, _: &mut Call) -> Turn<Done> {
    Ok(Done::Status(0))
}

pub fn failure(_: &mut Shell, _: &mut Sys<'_>, _: &mut Call) -> Turn<Done> {
    Ok(Done::Status(1))
}

/// A builtin that bash has and Drydock has not.
pub fn not_simulated(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let name = call.args.first().cloned().unwrap_or_default();
    shell.complain_as(sys, &name, "this builtin is not simulated by Drydock");
    Ok(Done::Status(1))
}

fn rest(call: &Call) -> &[String] {
    call.args.get(1..).unwrap_or_default()
}

/// What a builtin says of an option that it does not have.
pub fn bad_option(shell: &mut Shell, sys: &mut Sys<'_>, builtin: &str, option: &str, usage: &str) -> Done {
    let letter = option.chars().nth(1).unwrap_or('-');
    let text = match shell.voice {
        Voice::Bash | Voice::Gnu => format!("-{letter}: invalid option"),
        Voice::Dash => format!("Illegal option -{letter}"),
        Voice::Ash => format!("illegal option -{letter}"),
    };
    shell.complain_as(sys, builtin, &text);
    if shell.voice == Voice::Bash {
        sys.eprint(&format!("{builtin}: usage: {builtin} {usage}\n"));
    }
    Done::Status(2)
}

/// Prints and reports where the descriptor refuses.
fn put(shell: &mut Shell, sys: &mut Sys<'_>, name: &str, data: &[u8]) -> i32 {
    let closed = sys.object(1).is_err();
    let full = matches!(sys.object(1), Ok(crate::kernel::Object::Full));
    if (closed || full) && !data.is_empty() {
        let e = if closed { Errno::EBADF } else { Errno::ENOSPC };
        let text = match shell.voice {
            Voice::Bash | Voice::Gnu => format!("write error: {}", e.text()),
            Voice::Dash if name == "echo" => "I/O error".to_string(),
            _ => format!("write error: {}", e.text()),
        };
        shell.complain_as(sys, name, &text);
        return 1;
    }
    sys.write(1, data);
    0
}

pub fn echo(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    if shell.options.xpg_echo {
        call.args.insert(1.min(call.args.len()), "-e".to_string());
    }
    let data = echoes::echo(rest(call), shell.voice);
    Ok(Done::Status(put(shell, sys, "echo", &data)))
}

pub fn printf(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let args = rest(call).to_vec();
    let target = match args.as_slice() {
        [option, name, ..] if option == "-v" && shell.voice == Voice::Bash => Some(name.clone()),
        _ => None,
    };
    let option = args.first().filter(|a| a.len() > 1 && a.starts_with('-') && *a != "--");
    if let Some(option) = option.filter(|_| shell.voice == Voice::Dash) {
        return Ok(bad_option(shell, sys, "printf", option, ""));
    }
    let args = if target.is_some() { args.get(2..).unwrap_or_default() } else { &args };
    if args.first().is_some_and(|f| f.contains(")T")) {
        shell.complain_as(sys, "printf", "%(...)T: not simulated");
        return Ok(Done::Status(1));
    }
    let Output { stdout, complaints, mut code } = formats::printf(args, shell.voice);
    match target {
        Some(name) => {
            let text = String::from_utf8_lossy(&stdout).into_owned();
            match name.strip_suffix(']').and_then(|n| n.split_once('[')) {
                Some((array, key)) => shell.assign_element(array, key, text, false, sys)?,
                None => shell.assign(&name, text, sys)?,
            }
        }
        None => code = code.max(put(shell, sys, "printf", &stdout)),
    }
    for text in complaints {
        match shell.voice {
            _ if text.starts_with("usage") && shell.voice == Voice::Bash => {
                sys.eprint(&format!("printf: {text}\n"));
            }
            Voice::Ash => complain_as_applet(sys, &text),
            _ => shell.complain_as(sys, "printf", &text),
        }
    }
    Ok(Done::Status(code))
}

/// `test` and `printf` of busybox name the applet, whatever script it runs.
fn complain_as_applet(sys: &mut Sys<'_>, text: &str) {
    let applet = sys.argv().first().cloned().unwrap_or_default();
    sys.eprint(&format!("{}: {text}\n", applet.trim_start_matches('-')));
}

fn tested(shell: &mut Shell, sys: &mut Sys<'_>, name: &str, result: Result<bool, String>) -> Turn<Done> {
    match result {
        Ok(truth) => Ok(Done::Status(i32::from(!truth))),
        Err(text) => {
            if shell.voice == Voice::Ash {
                complain_as_applet(sys, &text);
            } else {
                shell.complain_as(sys, name, &text);
            }
            Ok(Done::Status(2))
        }
    }
}

/// What `test -v` and `test -o` of bash ask of the shell itself.
fn of_the_shell(shell: &Shell, args: &[String]) -> Option<bool> {
    let (args, truth) = match args {
        [not, rest @ ..] if not == "!" => (rest, false),
        all => (all, true),
    };
    let [operator, operand] = args else { return None };
    match operator.as_str() {
        _ if shell.voice != Voice::Bash => None,
        "-v" => Some(shell.is_set(operand) == truth),
        "-o" => Some(shell.option(operand).unwrap_or(false) == truth),
        _ => None,
    }
}

pub fn test(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let result = match of_the_shell(shell, rest(call)) {
        Some(truth) => Ok(truth),
        None => tests::test(rest(call), shell.voice, sys),
    };
    tested(shell, sys, "test", result)
}

pub fn bracket(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let name = call.args.first().cloned().unwrap_or_default();
    let result = match name.as_str() {
        "[[" => tests::double_bracket(rest(call), sys),
        _ if let Some((last, inner)) = rest(call).split_last()
            && last == "]"
            && let Some(truth) = of_the_shell(shell, inner) =>
        {
            Ok(truth)
        }
        _ => tests::bracket(rest(call), shell.voice, sys),
    };
    tested(shell, sys, &name, result)
}

/// What follows the options of `cd`, and whether links are resolved.
fn cd_options<'a>(
    shell: &mut Shell,
    sys: &mut Sys<'_>,
    call: &'a Call,
) -> Result<(&'a [String], bool), Done> {
    let mut args = rest(call);
    let mut physical = shell.options.physical;
    while let Some((option, tail)) = args.split_first().filter(|(o, _)| o.len() > 1 && o.starts_with('-')) {
        args = tail;
        match option.as_str() {
            "-P" => physical = true,
            // `-e` only changes a status of `cd -P` where the new directory has no name, which none is here.
            "-Pe" | "-eP" if shell.voice == Voice::Bash => physical = true,
            "-e" if shell.voice == Voice::Bash => {}
            "-L" => physical = false,
            "--" => break,
            other => return Err(bad_option(shell, sys, "cd", other, "[-L|[-P [-e]] [-@]] [dir]")),
        }
    }
    Ok((args, physical))
}

/// `cd [-L|-P] [DIRECTORY|-]`
pub fn cd(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    if shell.is_restricted() {
        shell.complain_as(sys, "cd", "restricted");
        return Ok(Done::Status(1));
    }
    let (args, physical) = match cd_options(shell, sys, call) {
        Ok(read) => read,
        Err(done) => return Ok(done),
    };
    let bash = shell.voice == Voice::Bash;
    if bash && args.len() > 1 {
        shell.complain_as(sys, "cd", "too many arguments");
        return Ok(Done::Status(1));
    }
    let mut print = false;
    let wanted = match args.first().map(String::as_str) {
        Some("-") => {
            print = true;
            match shell.vars.text("OLDPWD") {
                Some(old) => old.to_string(),
                None if bash => {
                    shell.complain_as(sys, "cd", "OLDPWD not set");
                    return Ok(Done::Status(1));
                }
                None => shell.vars.text("PWD").unwrap_or("/").to_string(),
            }
        }
        Some(dir) => dir.to_string(),
        None => match shell.vars.text("HOME") {
            Some(home) => home.to_string(),
            None if bash => {
                shell.complain_as(sys, "cd", "HOME not set");
                return Ok(Done::Status(1));
            }
            None => return Ok(Done::Status(0)),
        },
    };
    if wanted.is_empty() {
        return Ok(Done::Status(0));
    }
    let old = shell.vars.text("PWD").map_or_else(|| sys.cwd(), str::to_string);
    let logical = logical(&old, &wanted);
    if let Err(e) = sys.chdir(if physical { &wanted } else { &logical }) {
        let (text, code) = match shell.voice {
            Voice::Bash | Voice::Gnu => (format!("{wanted}: {}", e.text()), 1),
            Voice::Dash => (format!("can't cd to {wanted}"), 2),
            Voice::Ash => (format!("can't cd to {wanted}: {}", e.text()), 2),
        };
        shell.complain_as(sys, "cd", &text);
        return Ok(Done::Status(code));
    }
    let now = if physical { sys.cwd() } else { logical };
    if print {
        sys.print(&format!("{now}\n"));
    }
    shell.vars.export("OLDPWD", old);
    shell.vars.export("PWD", now);
    Ok(Done::Status(0))
}

/// A path with `.` and `..` taken out by name, as `cd` does without `-P`.
fn logical(from: &str, path: &str) -> String {
    let whole = if path.starts_with('/') { path.to_string() } else { format!("{from}/{path}") };
    let mut parts: Vec<&str> = vec![];
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    format!("/{}", parts.join("/"))
}

/// `pwd [-L|-P]`
pub fn pwd(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let mut physical = shell.options.physical;
    for option in rest(call).iter().filter(|a| a.len() > 1 && a.starts_with('-')).cloned().collect::<Vec<_>>()
    {
        match option.as_str() {
            "-P" => physical = true,
            "-L" => physical = false,
            "--" => break,
            other => return Ok(bad_option(shell, sys, "pwd", other, "[-LP]")),
        }
    }
    let cwd =
        if physical { sys.cwd() } else { shell.vars.text("PWD").map_or_else(|| sys.cwd(), str::to_string) };
    sys.print(&format!("{cwd}\n"));
    Ok(Done::Status(0))
}

/// The number that `exit`, `return` and `shift` take; `None` where bash goes on after a text that is none.
fn number(shell: &mut Shell, sys: &mut Sys<'_>, call: &Call) -> Turn<Option<i32>> {
    let [name, text, more @ ..] = call.args.as_slice() else { return Ok(None) };
    if let Ok(n) = text.parse::<i64>() {
        let fits = n >= 0 || shell.voice == Voice::Bash;
        if fits && !more.is_empty() && shell.voice == Voice::Bash {
            shell.complain_as(sys, name, "too many arguments");
            return Err(Fault { status: 1, fatal: true });
        }
        if fits {
            return Ok(Some((n & 0xff) as i32));
        }
    }
    if shell.voice == Voice::Bash {
        shell.complain_as(sys, name, &format!("{text}: numeric argument required"));
        return Ok(None);
    }
    shell.complain_as(sys, name, &format!("Illegal number: {text}"));
    Err(Fault { status: 2, fatal: true })
}

pub fn logout(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    if !shell.options.login {
        shell.complain_as(sys, "logout", "not login shell: use `exit'");
        return Ok(Done::Status(1));
    }
    exit(shell, sys, call)
}

pub fn exit(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    if shell.options.interactive && shell.subshell == 0 && shell.fed.is_none() && shell.voice == Voice::Bash {
        sys.eprint("exit\n");
    }
    let trap = shell.frames.iter().find_map(|f| match f.kind {
        super::super::machine::Kind::Trap { status, .. } => Some(status),
        _ => None,
    });
    let status = match rest(call).is_empty() {
        false => number(shell, sys, call)?.unwrap_or(2),
        true => shell.exiting.or(trap).unwrap_or(shell.status),
    };
    Ok(Done::Exit(status))
}

pub fn leave_function(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    use super::super::machine::Kind;
    let inside = shell.frames.iter().any(|f| matches!(f.kind, Kind::Function { .. } | Kind::Source { .. }));
    if !inside && shell.voice == Voice::Bash {
        shell.complain_as(sys, "return", "can only `return' from a function or sourced script");
        return Ok(Done::Status(2));
    }
    let status = match rest(call).is_empty() {
        false => number(shell, sys, call)?.unwrap_or(2),
        true => shell.status,
    };
    Ok(Done::Return(status))
}

/// `break [N]` and `continue [N]`
pub fn leave(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let name = call.args.first().cloned().unwrap_or_default();
    let levels = match rest(call).first() {
        None => 1,
        Some(text) => match text.parse::<usize>() {
            Ok(n) if n > 0 => n,
            parsed => {
                let status = match (shell.voice, &parsed) {
                    (Voice::Bash, Ok(_)) => 1,
                    (Voice::Bash, Err(_)) => 128,
                    _ => 2,
                };
                let text = match (shell.voice, parsed) {
                    (Voice::Bash | Voice::Gnu, Ok(_)) => format!("{text}: loop count out of range"),
                    (Voice::Bash | Voice::Gnu, Err(_)) => format!("{text}: numeric argument required"),
                    _ => format!("Illegal number: {text}"),
                };
                shell.complain_as(sys, &name, &text);
                return Err(Fault { status, fatal: true });
            }
        },
    };
    use super::super::machine::Block;
    let looping = shell
        .frames
        .iter()
        .any(|f| f.blocks.iter().any(|b| matches!(b, Block::Loop { .. } | Block::For { .. })));
    if !looping {
        if shell.voice == Voice::Bash {
            let text = "only meaningful in a `for', `while', or `until' loop";
            shell.complain_as(sys, &name, text);
        }
        return Ok(Done::Status(0));
    }
    Ok(Done::Leave { levels, again: name == "continue" })
}

pub fn shift(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let count = match rest(call).first() {
        None => 1,
        Some(text) => match (text.parse::<usize>(), number(shell, sys, call)?) {
            (Ok(n), _) => n,
            (Err(_), Some(n)) => n as usize,
            (Err(_), None) => return Ok(Done::Status(1)),
        },
    };
    if count > shell.params.len() {
        if shell.voice == Voice::Dash {
            shell.complain_as(sys, "shift", "can't shift that many");
            return Err(Fault { status: 2, fatal: true });
        }
        if shell.options.shift_verbose {
            shell.complain_as(sys, "shift", &format!("{count}: shift count out of range"));
        }
        return Ok(Done::Status(1));
    }
    shell.params = std::sync::Arc::new(shell.params.get(count..).unwrap_or_default().to_vec());
    Ok(Done::Status(0))
}

/// `let EXPRESSION…`
pub fn compute(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    if rest(call).is_empty() {
        shell.complain_as(sys, "let", "expression expected");
        return Ok(Done::Status(1));
    }
    let mut value = 0;
    for text in rest(call).to_vec() {
        match shell.compute_as("let: ", &text, sys) {
            Ok(result) => value = result,
            Err(fault) => return Ok(Done::Status(fault.status)),
        }
    }
    Ok(Done::Status(i32::from(value == 0)))
}

/// `umask [-S] [MODE]`
pub fn umask(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let mask = sys.me().map_or(0o022, |me| me.umask);
    match rest(call).first().map(String::as_str) {
        None => sys.print(&format!("{mask:04o}\n")),
        Some("-p") if rest(call).len() == 1 && shell.voice == Voice::Bash => {
            sys.print(&format!("umask {mask:04o}\n"));
        }
        Some(option) if option.starts_with('-') && (option != "-S" || rest(call).len() > 1) => {
            let option = option.to_string();
            return Ok(bad_option(shell, sys, "umask", &option, "[-p] [-S] [mode]"));
        }
        Some("-S") => {
            let letters = |bits: u32| {
                [(4, 'r'), (2, 'w'), (1, 'x')]
                    .iter()
                    .filter(|(b, _)| bits & b != 0)
                    .map(|(_, c)| *c)
                    .collect::<String>()
            };
            let on = !mask & 0o777;
            sys.print(&format!("u={},g={},o={}\n", letters(on >> 6), letters(on >> 3 & 7), letters(on & 7)));
        }
        Some(text) => match (u32::from_str_radix(text, 8), symbolic(text, mask)) {
            (Ok(new), _) if new <= 0o777 => {
                sys.umask(new);
            }
            (_, Some(new)) => {
                sys.umask(new);
            }
            _ => {
                let message = match shell.voice {
                    Voice::Bash | Voice::Gnu if text.starts_with(|c: char| c.is_ascii_digit()) => {
                        format!("{text}: octal number out of range")
                    }
                    Voice::Bash | Voice::Gnu => format!("`{text}': invalid symbolic mode operator"),
                    Voice::Dash if text.bytes().all(|b| b.is_ascii_digit()) => {
                        format!("Illegal number: {text}")
                    }
                    Voice::Dash => format!("Illegal mode: {text}"),
                    Voice::Ash => format!("illegal mode: {text}"),
                };
                shell.complain_as(sys, "umask", &message);
                return Ok(Done::Status(if shell.voice == Voice::Bash { 1 } else { 2 }));
            }
        },
    }
    Ok(Done::Status(0))
}

/// `u=rwx,go-w` as a mask.
fn symbolic(text: &str, mask: u32) -> Option<u32> {
    let mut on = !mask & 0o777;
    for clause in text.split(',') {
        let at = clause.find(['=', '+', '-'])?;
        let (who, what) = clause.split_at(at);
        let mut bits = 0;
        for c in what.chars().skip(1) {
            bits |= match c {
                'r' => 0o444,
                'w' => 0o222,
                'x' => 0o111,
                _ => return None,
            };
        }
        let mut whom = 0;
        for c in if who.is_empty() { "a" } else { who }.chars() {
            whom |= match c {
                'u' => 0o700,
                'g' => 0o070,
                'o' => 0o007,
                'a' => 0o777,
                _ => return None,
            };
        }
        on = match what.chars().next()? {
            '+' => on | bits & whom,
            '-' => on & !(bits & whom),
            _ => on & !whom | bits & whom,
        };
    }
    Some(!on & 0o777)
}

pub fn times(_: &mut Shell, sys: &mut Sys<'_>, _: &mut Call) -> Turn<Done> {
    let micros = sys.me().map_or(0, |me| me.cpu_micros);
    let seconds = micros as f64 / 1e6;
    sys.print(&format!("{}m{:.3}s 0m0.000s\n0m0.000s 0m0.000s\n", (seconds / 60.0).floor(), seconds % 60.0));
    Ok(Done::Status(0))
}

/// `hash [-r] [NAME…]`: there is nothing to remember or forget, programs are always looked up.
pub fn hash(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let path = shell.vars.text("PATH").unwrap_or("").to_string();
    let mut status = 0;
    let (options, names): (Vec<String>, Vec<String>) =
        rest(call).iter().cloned().partition(|a| a.len() > 1 && a.starts_with('-'));
    if let Some(option) = options.iter().find(|o| *o != "-r") {
        return Ok(bad_option(shell, sys, "hash", option, "[-lr] [-p pathname] [-dt] [name ...]"));
    }
    for name in names {
        let known = super::find(&name, shell.voice).is_some() || shell.functions.contains_key(name.as_str());
        if !known && sys.find_program(&name, &path).is_err() {
            shell.complain_as(sys, "hash", &format!("{name}: not found"));
            status = 1;
        }
    }
    Ok(Done::Status(status))
}

pub fn history(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    match rest(call).first().map(String::as_str) {
        Some("-c") => shell.history.clear(),
        Some(option) if option.starts_with('-') => {
            let text = format!("{option}: this option is not simulated by Drydock");
            shell.complain_as(sys, "history", &text);
            return Ok(Done::Status(2));
        }
        Some(text) if text.parse::<usize>().is_err() => {
            let text = format!("{text}: numeric argument required");
            shell.complain_as(sys, "history", &text);
            return Ok(Done::Status(1));
        }
        count => {
            let count = count.and_then(|c| c.parse().ok()).unwrap_or(usize::MAX);
            let skip = shell.history.len().saturating_sub(count);
            let lines = shell.history.iter().enumerate().skip(skip);
            let text: String = lines.map(|(i, line)| format!("{:>5}  {line}\n", i + 1)).collect();
            sys.print(&text);
        }
    }
    Ok(Done::Status(0))
}

/// `help`: the names of the builtins; there are no texts about single ones.
pub fn help(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    if let Some(topic) = rest(call).first().cloned() {
        shell.complain_as(
            sys,
            "help",
            &format!("{topic}: texts on single builtins are not simulated by Drydock"),
        );
        return Ok(Done::Status(1));
    }
    let names = super::names(shell.voice).join(" ");
    sys.print(&format!("Built-in commands:\n------------------\n\t{names}\n"));
    Ok(Done::Status(0))
}
