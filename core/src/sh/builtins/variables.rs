//! Builtins about variables and options: `declare`, `export`, `local`, `readonly`, `set`, `shopt`, `unset`.

use super::super::machine::{Assigned, Assignment, Call, Fault, Kind, Shell, Turn};
use super::super::options::{Refusal, SHOPT};
use super::super::quote;
use super::super::vars::{Value, Var};
use super::super::voice::Voice;
use super::super::word::is_name;
use super::Done;
use crate::kernel::Sys;
use std::sync::Arc;

/// A name that a declaration was given, with its value if any.
struct Declared {
    name: String,
    value: Option<Assignment>,
    /// As it was given.
    raw: String,
}

/// The options of a declaration as (letters with `-`, letters with `+`), and its names.
fn read(call: &mut Call) -> (String, String, Vec<Declared>) {
    let (mut on, mut off, mut names) = (String::new(), String::new(), vec![]);
    let mut declared = std::mem::take(&mut call.declared).into_iter().peekable();
    for arg in call.args.iter().skip(1) {
        if let Some(assignment) = declared.next_if(|d| *d.name == **arg) {
            names.push(Declared { name: arg.clone(), value: Some(assignment), raw: arg.clone() });
            continue;
        }
        match arg.strip_prefix('-') {
            Some(letters) if names.is_empty() => on.push_str(letters.trim_start_matches('-')),
            _ => match arg.strip_prefix('+') {
                Some(letters) if names.is_empty() => off.push_str(letters),
                // The text of an expansion may be an assignment too.
                _ => match arg.split_once('=') {
                    Some((name, value)) => {
                        let (name, append) = name.strip_suffix('+').map_or((name, false), |n| (n, true));
                        let value = Assigned::Text(value.to_string());
                        let value = Assignment { name: Arc::from(name), index: None, append, value };
                        names.push(Declared { name: name.to_string(), value: Some(value), raw: arg.clone() });
                    }
                    None => names.push(Declared { name: arg.clone(), value: None, raw: arg.clone() }),
                },
            },
        }
    }
    (on, off, names)
}

fn bad_name(shell: &mut Shell, sys: &mut Sys<'_>, builtin: &str, name: &str) -> Turn<()> {
    match shell.voice {
        Voice::Bash | Voice::Gnu => {
            shell.complain_as(sys, builtin, &format!("`{name}': not a valid identifier"));
            Ok(())
        }
        Voice::Dash | Voice::Ash => {
            let name = name.split('=').next().unwrap_or(name);
            shell.complain_as(sys, builtin, &format!("{name}: bad variable name"));
            Err(Fault { status: 2, fatal: true })
        }
    }
}

/// True for what a declaration of bash refuses to change and goes on; the others end with it.
fn is_fixed(shell: &Shell, name: &str) -> bool {
    shell.voice == Voice::Bash && shell.vars.get(name).is_some_and(|var| var.readonly)
}

fn set_all(
    shell: &mut Shell,
    sys: &mut Sys<'_>,
    builtin: &str,
    names: Vec<Declared>,
    mut mark: impl FnMut(&mut Var),
) -> Turn<Done> {
    let mut status = 0;
    for Declared { name, value, raw } in names {
        if !is_name(&name) {
            bad_name(shell, sys, builtin, &raw)?;
            status = 1;
            continue;
        }
        if value.is_some() && is_fixed(shell, &name) {
            shell.complain(sys, &format!("{name}: readonly variable"));
            status = 1;
            continue;
        }
        if let Some(value) = value {
            shell.carry_out(value, sys)?;
        }
        mark(shell.vars.entry(&name));
    }
    Ok(Done::Status(status))
}

/// Refuses options of `export` and `readonly` beyond `known`.
fn refused(shell: &mut Shell, sys: &mut Sys<'_>, builtin: &str, on: &str, known: &str) -> Option<Done> {
    let letter = on.chars().find(|c| !known.contains(*c))?;
    if shell.voice == Voice::Bash && "afA".contains(letter) {
        let text = format!("-{letter}: this option is not simulated by Drydock");
        shell.complain_as(sys, builtin, &text);
        return Some(Done::Status(2));
    }
    let usage = "[-fn] [name[=value] ...] or export -p";
    Some(super::bad_option(shell, sys, builtin, &format!("-{letter}"), usage))
}

/// `export [-n] [NAME[=VALUE]…]`
pub fn export(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let (on, _, names) = read(call);
    if names.is_empty() {
        list(shell, sys, "export", |var| var.exported);
        return Ok(Done::Status(0));
    }
    if let Some(done) = refused(shell, sys, "export", &on, "np") {
        return Ok(done);
    }
    let exported = !on.contains('n');
    set_all(shell, sys, "export", names, |var| var.exported = exported)
}

/// `readonly [NAME[=VALUE]…]`
pub fn readonly(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let (on, _, names) = read(call);
    if let Some(done) = refused(shell, sys, "readonly", &on, "p") {
        return Ok(done);
    }
    if names.is_empty() {
        list(shell, sys, "readonly", |var| var.readonly);
        return Ok(Done::Status(0));
    }
    set_all(shell, sys, "readonly", names, |var| var.readonly = true)
}

fn list(shell: &Shell, sys: &mut Sys<'_>, word: &str, which: impl Fn(&Var) -> bool) {
    let mut out = String::new();
    for (name, var) in shell.vars.iter().filter(|(_, var)| which(var)) {
        match (shell.voice, var.text()) {
            (Voice::Bash, _) => out.push_str(&declaration(name, var)),
            (_, Some(text)) => out.push_str(&format!("{word} {name}={}\n", quote::single(text))),
            (_, None) => out.push_str(&format!("{word} {name}\n")),
        }
    }
    sys.print(&out);
}

/// `declare -x name="value"`
fn declaration(name: &str, var: &Var) -> String {
    let letters = var.letters();
    let letters = if letters.is_empty() { "-".to_string() } else { letters };
    let value = match &var.value {
        Value::None => String::new(),
        Value::Text(text) => format!("={}", quote::double(text)),
        Value::List(list) => {
            let items: Vec<String> =
                list.iter().map(|(k, v)| format!("[{k}]={}", quote::double(v))).collect();
            format!("=({})", items.join(" "))
        }
        Value::Map(map) => {
            let items: String = map.iter().map(|(k, v)| format!("[{k}]={} ", quote::double(v))).collect();
            format!("=({items})")
        }
    };
    format!("declare -{letters} {name}{value}\n")
}

/// `local [OPTION] NAME[=VALUE]…`
pub fn local(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let inside = shell.frames.iter().any(|f| matches!(f.kind, Kind::Function { .. }));
    if !inside {
        let text = match shell.voice {
            Voice::Bash | Voice::Gnu => "can only be used in a function",
            Voice::Dash | Voice::Ash => "not in a function",
        };
        shell.complain_as(sys, "local", text);
        let fatal = shell.voice != Voice::Bash;
        return if fatal { Err(Fault { status: 2, fatal }) } else { Ok(Done::Status(1)) };
    }
    declare_in(shell, sys, call, true)
}

/// `declare [-aAfFgilprux] [NAME[=VALUE]…]`
pub fn declare(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let inside = shell.frames.iter().any(|f| matches!(f.kind, Kind::Function { .. }));
    declare_in(shell, sys, call, inside)
}

fn declare_in(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call, local: bool) -> Turn<Done> {
    let builtin = call.args.first().cloned().unwrap_or_default();
    let (on, off, names) = read(call);
    if let Some(bad) = on.chars().find(|c| !"aAfFgilprux".contains(*c)) {
        let what = if bad == 'n' { "-n: name references are not simulated" } else { "invalid option" };
        let text = if bad == 'n' { what.to_string() } else { format!("-{bad}: {what}") };
        shell.complain_as(sys, &builtin, &text);
        return Ok(Done::Status(2));
    }
    if on.contains(['f', 'F']) {
        return functions(shell, sys, &on, &names);
    }
    if on.contains('p') || names.is_empty() {
        return print(shell, sys, &builtin, &on, names);
    }
    let local = local && !on.contains('g');
    let mut status = 0;
    for Declared { name, value, raw } in names {
        if !is_name(&name) {
            bad_name(shell, sys, &builtin, &raw)?;
            status = 1;
            continue;
        }
        if (local || value.is_some()) && is_fixed(shell, &name) {
            shell.complain_as(sys, &builtin, &format!("{name}: readonly variable"));
            status = 1;
            continue;
        }
        if local {
            make_local(shell, &name);
        }
        let text = shell.voice == Voice::Bash && on.contains(['a', 'A']);
        let var = shell.vars.entry(&name);
        if text && !matches!(var.value, Value::List(_) | Value::Map(_)) {
            var.value = if on.contains('A') {
                Value::Map(Default::default())
            } else {
                Value::List(Default::default())
            };
        }
        for (letter, value) in on.chars().map(|c| (c, true)).chain(off.chars().map(|c| (c, false))) {
            match letter {
                'i' => var.integer = value,
                'l' => var.lower = value,
                'u' => var.upper = value,
                'x' => var.exported = value,
                _ => {}
            }
        }
        if let Some(value) = value {
            shell.carry_out(value, sys)?;
        }
        if on.contains('r') {
            shell.vars.entry(&name).readonly = true;
        }
    }
    Ok(Done::Status(status))
}

/// Keeps what the variable was for the end of the function. dash and ash keep its value, bash starts unset.
fn make_local(shell: &mut Shell, name: &str) {
    let old = shell.vars.snapshot(name);
    let name: Arc<str> = Arc::from(name);
    let bash = shell.voice == Voice::Bash;
    let frame = shell.frames.iter_mut().rev().find(|f| matches!(f.kind, Kind::Function { .. }));
    let Some(Kind::Function { locals, .. }) = frame.map(|f| &mut f.kind) else { return };
    if locals.iter().any(|(n, _)| *n == name) {
        return;
    }
    let exported = old.as_ref().is_some_and(|v| v.exported);
    locals.push((name.clone(), old));
    if bash {
        shell.vars.put_back(&name, Some(Arc::new(Var { exported, ..Var::default() })));
    }
}

fn functions(shell: &mut Shell, sys: &mut Sys<'_>, on: &str, names: &[Declared]) -> Turn<Done> {
    let mut status = 0;
    let mut out = String::new();
    for (name, function) in &shell.functions {
        if names.is_empty() || names.iter().any(|d| *d.name == **name) {
            if on.contains('F') {
                let prefix = if names.is_empty() { "declare -f " } else { "" };
                out.push_str(&format!("{prefix}{name}\n"));
            } else {
                out.push_str(&format!("{name} () \n{}\n", function.text));
            }
        }
    }
    if names.iter().any(|d| !shell.functions.contains_key(d.name.as_str())) {
        status = 1;
    }
    sys.print(&out);
    Ok(Done::Status(status))
}

fn print(shell: &mut Shell, sys: &mut Sys<'_>, builtin: &str, on: &str, names: Vec<Declared>) -> Turn<Done> {
    let mut status = 0;
    if names.is_empty() {
        let wanted = |var: &Var| {
            let letters = var.letters();
            on.chars().filter(|c| *c != 'p').all(|c| letters.contains(c))
        };
        let text: String =
            shell.vars.iter().filter(|(_, v)| wanted(v)).map(|(name, var)| declaration(name, var)).collect();
        sys.print(&text);
        return Ok(Done::Status(0));
    }
    for Declared { name, .. } in names {
        match shell.vars.get(&name) {
            Some(var) => {
                let text = declaration(&name, var);
                sys.print(&text);
            }
            None => {
                shell.complain_as(sys, builtin, &format!("{name}: not found"));
                status = 1;
            }
        }
    }
    Ok(Done::Status(status))
}

/// `unset [-fv] NAME…`
pub fn unset(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let mut functions = None;
    let mut status = 0;
    for arg in call.args.iter().skip(1).cloned().collect::<Vec<_>>() {
        match arg.as_str() {
            "-f" => functions = Some(true),
            "-v" => functions = Some(false),
            _ => {
                if functions == Some(true) {
                    shell.functions.remove(arg.as_str());
                    continue;
                }
                if let Some((array, key)) = arg.strip_suffix(']').and_then(|n| n.split_once('[')) {
                    remove_element(shell, sys, array, key)?;
                    continue;
                }
                if shell.vars.get(&arg).is_some_and(|v| v.readonly) {
                    let text = match shell.voice {
                        Voice::Bash | Voice::Gnu => format!("{arg}: cannot unset: readonly variable"),
                        _ => format!("{arg}: is read only"),
                    };
                    shell.complain_as(sys, "unset", &text);
                    if shell.voice != Voice::Bash {
                        return Err(Fault { status: 2, fatal: true });
                    }
                    status = 1;
                    continue;
                }
                if !is_name(&arg) {
                    bad_name(shell, sys, "unset", &arg)?;
                    status = 1;
                    continue;
                }
                let there = shell.vars.get(&arg).is_some();
                shell.vars.remove(&arg);
                if !there && functions.is_none() && shell.voice == Voice::Bash {
                    shell.functions.remove(arg.as_str());
                }
            }
        }
    }
    Ok(Done::Status(status))
}

fn remove_element(shell: &mut Shell, sys: &mut Sys<'_>, array: &str, key: &str) -> Turn<()> {
    let is_map = matches!(shell.vars.get(array).map(|v| &v.value), Some(Value::Map(_)));
    let index = if is_map { 0 } else { shell.compute(key, sys)? };
    match &mut shell.vars.entry(array).value {
        Value::List(list) => {
            let last = list.last_key_value().map_or(0, |(k, _)| k + 1);
            list.remove(&if index < 0 { last.saturating_add(index) } else { index });
        }
        Value::Map(map) => {
            map.remove(key);
        }
        _ => {}
    }
    Ok(())
}

/// Every variable as an assignment that reads it back.
fn print_all(shell: &Shell, sys: &mut Sys<'_>) {
    let bash = shell.voice == Voice::Bash;
    let quoted = |text: &str| if bash { quote::single_if_needed(text) } else { quote::single(text) };
    let lines = shell.vars.iter().filter_map(|(name, var)| Some(format!("{name}={}\n", quoted(var.text()?))));
    let out: String = lines.collect();
    sys.print(&out);
}

/// `set [-OPTIONS] [-o NAME] [--] [ARGUMENT…]`
pub fn set(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let args: Vec<String> = call.args.iter().skip(1).cloned().collect();
    if args.is_empty() {
        print_all(shell, sys);
        return Ok(Done::Status(0));
    }
    let mut at = 0;
    if args.first().is_some_and(|a| a == "-") {
        shell.options.xtrace = false;
        shell.options.verbose = false;
        if args.len() > 1 {
            shell.params = Arc::new(args.get(1..).unwrap_or_default().to_vec());
        }
        return Ok(Done::Status(0));
    }
    while let Some(arg) = args.get(at).filter(|a| a.len() > 1 && a.starts_with(['-', '+'])) {
        at += 1;
        let on = arg.starts_with('-');
        if arg == "--" {
            shell.params = Arc::new(args.get(at..).unwrap_or_default().to_vec());
            return Ok(Done::Status(0));
        }
        for letter in arg.chars().skip(1) {
            if letter == 'o' {
                let Some(name) = args.get(at).cloned() else {
                    list_options(shell, sys, on);
                    return Ok(Done::Status(0));
                };
                at += 1;
                if let Err(refusal) = shell.set_option(&name, on) {
                    let (text, status) = match shell.voice {
                        _ if refusal == Refusal::NotSimulated => (refusal.text(&name, String::new()), 2),
                        Voice::Bash | Voice::Gnu => (format!("{name}: invalid option name"), 2),
                        Voice::Dash => (format!("Illegal option {}o {name}", if on { '-' } else { '+' }), 2),
                        Voice::Ash => (format!("illegal option {}o {name}", if on { '-' } else { '+' }), 2),
                    };
                    shell.complain_as(sys, "set", &text);
                    if shell.voice == Voice::Ash {
                        return Ok(Done::Status(1));
                    }
                    return option_error(shell, status);
                }
            } else if let Err(refusal) = shell.set_letter(letter, on) {
                let sign = if on { '-' } else { '+' };
                match shell.voice {
                    _ if refusal == Refusal::NotSimulated => {
                        shell.complain_as(
                            sys,
                            "set",
                            &refusal.text(&format!("{sign}{letter}"), String::new()),
                        );
                    }
                    Voice::Bash | Voice::Gnu => {
                        shell.complain_as(sys, "set", &format!("{sign}{letter}: invalid option"));
                        sys.eprint(
                            "set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n",
                        );
                    }
                    Voice::Dash => shell.complain_as(sys, "set", &format!("Illegal option {sign}{letter}")),
                    Voice::Ash => shell.complain_as(sys, "set", &format!("illegal option {sign}{letter}")),
                }
                return option_error(shell, 2);
            }
        }
    }
    if let Some(rest) = args.get(at..).filter(|r| !r.is_empty()) {
        shell.params = Arc::new(rest.to_vec());
    }
    Ok(Done::Status(0))
}

fn option_error(shell: &Shell, status: i32) -> Turn<Done> {
    if shell.voice == Voice::Bash { Ok(Done::Status(status)) } else { Err(Fault { status, fatal: true }) }
}

fn list_options(shell: &Shell, sys: &mut Sys<'_>, readable: bool) {
    let mut out = String::new();
    for name in shell.option_names() {
        let on = shell.option(name).unwrap_or(false);
        if readable {
            out.push_str(&format!("{name:<15}\t{}\n", if on { "on" } else { "off" }));
        } else {
            out.push_str(&format!("set {}o {name}\n", if on { '-' } else { '+' }));
        }
    }
    sys.print(&out);
}

/// `shopt [-pqsu] [-o] [NAME…]`
pub fn shopt(shell: &mut Shell, sys: &mut Sys<'_>, call: &mut Call) -> Turn<Done> {
    let (mut change, mut quiet, mut by_set, mut readable) = (None, false, false, true);
    let mut args = call.args.iter().skip(1).cloned().peekable();
    while let Some(arg) = args.next_if(|a| a.len() > 1 && a.starts_with('-')) {
        for letter in arg.chars().skip(1) {
            match letter {
                's' => change = Some(true),
                'u' => change = Some(false),
                'q' => quiet = true,
                'p' => readable = false,
                'o' => by_set = true,
                other => {
                    let option = format!("-{other}");
                    return Ok(super::bad_option(shell, sys, "shopt", &option, "[-pqsu] [-o] [optname ...]"));
                }
            }
        }
    }
    let mut names: Vec<String> = args.collect();
    let all = names.is_empty();
    if all {
        names = match by_set {
            true => shell.option_names().iter().map(|n| (*n).to_string()).collect(),
            false => SHOPT.iter().map(|(n, ..)| (*n).to_string()).collect(),
        };
    }
    let mut status = 0;
    for name in names {
        let known = match change.filter(|_| !all) {
            Some(on) if by_set => shell.set_option(&name, on),
            Some(on) => shell.set_shopt(&name, on),
            None => match if by_set { shell.option(&name) } else { shell.shopt(&name) } {
                Some(on) => {
                    let shown = !quiet && change.is_none_or(|wanted| wanted == on);
                    status |= i32::from(!on && !all);
                    if shown {
                        sys.print(&shopt_line(&name, on, readable, by_set));
                    }
                    Ok(())
                }
                None => Err(Refusal::Unknown),
            },
        };
        if let Err(refusal) = known {
            let text = refusal.text(&name, format!("{name}: invalid shell option name"));
            shell.complain_as(sys, "shopt", &text);
            status = 1;
        }
    }
    Ok(Done::Status(status))
}

fn shopt_line(name: &str, on: bool, readable: bool, by_set: bool) -> String {
    match (readable, by_set) {
        (true, _) => format!("{name:<15}\t{}\n", if on { "on" } else { "off" }),
        (false, true) => format!("set {}o {name}\n", if on { '-' } else { '+' }),
        (false, false) => format!("shopt -{} {name}\n", if on { 's' } else { 'u' }),
    }
}
