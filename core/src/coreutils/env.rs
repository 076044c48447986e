//! `env [-i0] [-u NAME] [-C DIR] [NAME=VALUE]… [COMMAND [ARG]…]` and `printenv [-0] [NAME]…`.
//!
//! Exit status: that of the command; 125 for a mistake, 126 and 127 where it cannot be started. `printenv` ends
//! with 1 where a name is not set.

use super::opts::{Spec, parse, parse_args};
use super::spawn::{environment, replace, status_of};
use super::walk::complain;
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `env` and `printenv`.
pub const APPLETS: &[Applet] = &[Applet::main("env", env), Applet::main("printenv", printenv)];

const ENV: Spec = Spec::new(
    "i0u:C:",
    &[("ignore-environment", 'i'), ("null", '0'), ("unset=", 'u'), ("chdir=", 'C')],
    "[-i0] [-u NAME] [NAME=VALUE]... [PROG ARGS]",
    "Run PROG in a changed environment, or print the environment.",
)
.in_order()
.trouble(125);
const PRINTENV: Spec =
    Spec::new("0", &[("null", '0')], "[VARIABLE]...", "Print the environment, or the values of VARIABLEs.");

fn env(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let mut args = sys.args();
    // `#!/usr/bin/env -S prog arg` comes as one argument.
    let ahead = args.iter().take_while(|a| a.starts_with('-')).position(|a| a.starts_with("-S"));
    if let Some(at) = ahead {
        let text = args.remove(at);
        let text = match text.strip_prefix("-S").unwrap_or_default() {
            "" if at < args.len() => args.remove(at),
            text => text.to_string(),
        };
        args.splice(at..at, text.split_whitespace().map(String::from));
    }
    let options = parse_args(sys, &ENV, &args)?;
    let mut operands = options.operands.clone();
    let mut vars = environment(sys);
    if operands.first().is_some_and(|o| o == "-") {
        operands.remove(0);
        vars.clear();
    }
    if options.has('i') {
        vars.clear();
    }
    for name in options.values('u') {
        vars.retain(|(n, _)| n != name);
    }
    let settings = operands.iter().take_while(|o| o.contains('=')).count();
    for setting in operands.drain(..settings) {
        let (name, value) = setting.split_once('=').unwrap_or((&setting, ""));
        match vars.iter_mut().find(|(n, _)| n == name) {
            Some(var) => var.1 = value.to_string(),
            None => vars.push((name.to_string(), value.to_string())),
        }
    }
    let Some(command) = operands.first().cloned() else {
        let end = if options.has('0') { '\0' } else { '\n' };
        let text: String = vars.iter().map(|(n, v)| format!("{n}={v}{end}")).collect();
        sys.print(&text);
        return Ok(0);
    };
    if let Some(dir) = options.value('C')
        && let Err(e) = sys.chdir(dir)
    {
        sys.complain(&format!("cannot change directory to '{dir}': {e}"));
        return Ok(125);
    }
    match replace(sys, &operands, vars) {
        Ok(replaced) => Err(replaced),
        Err(e) => {
            complain(sys, &format!("'{command}': {e}"), &format!("can't execute '{command}': {e}"));
            Ok(status_of(e))
        }
    }
}

fn printenv(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &PRINTENV)?;
    let end = if options.has('0') && sys.flavor() == Flavor::Gnu { '\0' } else { '\n' };
    if options.operands.is_empty() {
        let text: String = environment(sys).iter().map(|(n, v)| format!("{n}={v}{end}")).collect();
        sys.print(&text);
        return Ok(0);
    }
    let mut code = 0;
    for name in &options.operands {
        match sys.env(name) {
            Some(value) => sys.print(&format!("{value}{end}")),
            None => code = 1,
        }
    }
    Ok(code)
}
