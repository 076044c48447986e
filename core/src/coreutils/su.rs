//! `su [-] [-c COMMAND] [-s SHELL] [USER]`, `sudo [-u USER] [-E] COMMAND…`, `su-exec`/`gosu USER COMMAND…`,
//! `getent DATABASE [KEY]…`: act as another user, and look users up.
//!
//! Only root may act as another here: passwords are not simulated. Exit status: that of the command; 1 where it is
//! refused, 126 and 127 where it cannot be started. `getent` ends with 2 where a key is missing.

use super::accounts::Accounts;
use super::opts::{Spec, parse, usage_error};
use super::spawn::{environment, replace, status_of};
use super::walk::complain;
use crate::base::passwd::User;
use crate::kernel::{Applet, Credentials, Stop, Sys};

/// `getent`, `gosu`, `su`, `su-exec` and `sudo`.
pub const APPLETS: &[Applet] = &[
    Applet::main("getent", getent),
    Applet::main("gosu", gosu),
    Applet::main("su", su),
    Applet::main("su-exec", gosu),
    Applet::main("sudo", sudo),
];

// HOME is always the new user's (`-H`), and no password is ever asked for (`-n`).
const SU: Spec = Spec::new(
    "lc:s:mp",
    &[("login", 'l'), ("command=", 'c'), ("shell=", 's'), ("preserve-environment", 'm')],
    "[-lmp] [-s SH] [-] [USER [ARGS]]",
    "Run a shell as USER.",
)
.in_order();
const SUDO: Spec =
    Spec::new("u:EHnSik", &[("user=", 'u'), ("preserve-env", 'E')], "[-E] [-u USER] PROG ARGS", "Run PROG as USER.")
        .missing("ikS")
        .moot("Hn")
        .in_order();

/// Becomes the user; false where that is not permitted.
fn become_user(sys: &mut Sys<'_>, accounts: &Accounts, user: &User) -> bool {
    let groups = accounts.memberships(&user.name);
    let cred = Credentials { uid: user.uid, gid: user.gid, groups, lost: 0 };
    sys.me().is_ok_and(|me| me.cred.uid == user.uid) || sys.set_credentials(cred).is_ok()
}

fn run(sys: &mut Sys<'_>, argv: &[String], env: Vec<(String, String)>) -> Result<i32, Stop> {
    match replace(sys, argv, env) {
        Ok(replaced) => Err(replaced),
        Err(e) => {
            let name = argv.first().map_or("", String::as_str);
            complain(sys, &format!("failed to execute {name}: {e}"), &format!("can't execute '{name}': {e}"));
            Ok(status_of(e))
        }
    }
}

fn set(env: &mut Vec<(String, String)>, name: &str, value: &str) {
    env.retain(|(n, _)| n != name);
    env.push((name.to_string(), value.to_string()));
}

fn su(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SU)?;
    let mut operands = options.operands.clone();
    let mut login = options.has('l');
    if operands.first().is_some_and(|o| o == "-") {
        operands.remove(0);
        login = true;
    }
    let name = if operands.is_empty() { "root".to_string() } else { operands.remove(0) };
    // Options may follow the user, too.
    let behind = super::opts::parse_args(sys, &SU, &operands)?;
    let accounts = Accounts::read(sys);
    let Some(user) = accounts.user_named(&name).cloned() else {
        complain(sys, &format!("user {name} does not exist or the user entry does not contain all the required fields"), &format!("unknown user {name}"));
        return Ok(1);
    };
    let mut env = environment(sys);
    if !become_user(sys, &accounts, &user) {
        match sys.me().is_ok_and(|me| me.cred.uid == 0) {
            true => complain(sys, "cannot set groups: Operation not permitted", "can't set groups: Operation not permitted"),
            false => complain(sys, "Authentication failure", "must be suid to work properly"),
        }
        return Ok(1);
    }
    let shell = options.value('s').or(behind.value('s')).unwrap_or(&user.shell).to_string();
    let shell = if shell.is_empty() { "/bin/sh".to_string() } else { shell };
    if login {
        let term = env.iter().find(|(n, _)| n == "TERM").cloned();
        env = term.into_iter().collect();
        let path = if user.uid == 0 { "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" } else { "/usr/local/bin:/usr/bin:/bin" };
        set(&mut env, "PATH", path);
        let _missing_home = sys.chdir(&user.home);
    }
    if !options.has('m') && !options.has('p') {
        set(&mut env, "HOME", &user.home);
        set(&mut env, "SHELL", &shell);
        if user.uid != 0 || login {
            set(&mut env, "USER", &user.name);
            set(&mut env, "LOGNAME", &user.name);
        }
    }
    let mut argv = vec![shell];
    if let Some(command) = options.value('c').or(behind.value('c')) {
        argv.extend(["-c".to_string(), command.to_string()]);
    }
    argv.extend(behind.operands);
    run(sys, &argv, env)
}

fn sudo(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SUDO)?;
    if options.operands.is_empty() {
        return Err(usage_error(sys, &SUDO, ""));
    }
    let accounts = Accounts::read(sys);
    let name = options.value('u').unwrap_or("root");
    let Some(user) = accounts.user_named(name).cloned() else {
        sys.complain(&format!("unknown user {name}"));
        return Ok(1);
    };
    if !become_user(sys, &accounts, &user) {
        sys.complain("a password is required");
        return Ok(1);
    }
    let mut env = environment(sys);
    let caller = sys.env("USER").unwrap_or_else(|| "root".into());
    if !options.has('E') {
        env.retain(|(name, _)| matches!(name.as_str(), "TERM" | "LANG" | "COLORTERM") || name.starts_with("LC_"));
        set(&mut env, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        set(&mut env, "SHELL", &user.shell);
    }
    set(&mut env, "HOME", &user.home);
    set(&mut env, "USER", &user.name);
    set(&mut env, "LOGNAME", &user.name);
    set(&mut env, "SUDO_USER", &caller);
    set(&mut env, "SUDO_COMMAND", &options.operands.join(" "));
    run(sys, &options.operands, env)
}

fn gosu(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let args = sys.args();
    let [spec, command @ ..] = args.as_slice() else {
        let name = sys.name();
        sys.eprint(&format!("Usage: {name} user-spec command [args]\n"));
        return Ok(1);
    };
    if command.is_empty() {
        let name = sys.name();
        sys.eprint(&format!("Usage: {name} user-spec command [args]\n"));
        return Ok(1);
    }
    let accounts = Accounts::read(sys);
    let identity = match crate::base::passwd::resolve(spec, &accounts.users, &accounts.groups) {
        Ok(identity) => identity,
        Err(e) => {
            sys.complain(&e.to_string());
            return Ok(1);
        }
    };
    let cred = Credentials { uid: identity.uid, gid: identity.gid, groups: identity.groups, lost: 0 };
    if let Err(e) = sys.set_credentials(cred) {
        match sys.name().as_str() {
            "gosu" => sys.eprint(&format!("error: failed switching to \"{spec}\": {}\n", e.text().to_lowercase())),
            _ => sys.complain(&format!("setgroups: {e}")),
        }
        return Ok(1);
    }
    let mut env = environment(sys);
    set(&mut env, "HOME", &identity.home);
    run(sys, command, env)
}

fn getent(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let args = sys.args();
    let [database, keys @ ..] = args.as_slice() else {
        sys.complain("wrong number of arguments");
        sys.eprint("Try `getent --help' or `getent --usage' for more information.\n");
        return Ok(1);
    };
    let file = match database.as_str() {
        "passwd" => "/etc/passwd",
        "group" => "/etc/group",
        "shadow" => "/etc/shadow",
        "hosts" | "ahosts" | "ahostsv4" => "/etc/hosts",
        "services" | "protocols" | "networks" => "/etc/services",
        _ => {
            sys.eprint(&format!("Unknown database: {database}\nTry `getent --help' or `getent --usage' for more information.\n"));
            return Ok(1);
        }
    };
    let data = sys.read_file(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&data).into_owned();
    if keys.is_empty() {
        sys.print(&text);
        return Ok(0);
    }
    for key in keys {
        let line = if database.ends_with("hosts") || database == "ahostsv4" {
            sys.lookup(key).ok().and_then(|all| all.first().copied()).map(|a| {
                let named = key.parse().ok().and_then(|a| sys.kernel().net.name_of(sys.network(), a));
                format!("{a:<15} {}", named.as_deref().unwrap_or(key))
            })
        } else {
            let fits = |l: &&str| {
                let mut fields = l.split(':');
                fields.next() == Some(key) || fields.nth(1) == Some(key)
            };
            text.lines().find(fits).map(String::from)
        };
        match line {
            Some(line) => sys.print(&format!("{line}\n")),
            None => return Ok(2),
        }
    }
    Ok(0)
}
