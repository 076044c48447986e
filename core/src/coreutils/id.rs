//! `id [-ugGnr] [USER]`, `whoami`, `groups [USER]`: who the process, or a user, is.
//!
//! Exit status: 0, or 1 for an unknown user.

use super::accounts::Accounts;
use super::opts::{Spec, parse};
use super::walk::complain;
use crate::kernel::{Applet, Credentials, Flavor, Stop, Sys};

/// `groups`, `id` and `whoami`.
pub const APPLETS: &[Applet] =
    &[Applet::main("groups", groups), Applet::main("id", id), Applet::main("whoami", whoami)];

// The real and the effective user are one here (`-r`); `-a` is ignored by the real ones too.
const ID: Spec = Spec::new(
    "ugGnraz",
    &[("user", 'u'), ("group", 'g'), ("groups", 'G'), ("name", 'n'), ("real", 'r')],
    "[-ugGnr] [USER]",
    "Print who the process, or USER, is.",
)
.missing("z")
.moot("ra");
const NONE: Spec = Spec::new("", &[], "", "Print the name of who the process is.");

fn mine(sys: &Sys<'_>) -> Credentials {
    sys.me().map(|me| me.cred.clone()).unwrap_or_default()
}

/// The primary group and the others, each once.
fn all_groups(cred: &Credentials) -> Vec<u32> {
    let mut all = vec![cred.gid];
    for gid in &cred.groups {
        if !all.contains(gid) {
            all.push(*gid);
        }
    }
    all
}

/// Who a user would be after logging in.
fn named(sys: &mut Sys<'_>, accounts: &Accounts, name: &str) -> Result<Credentials, Stop> {
    let user = accounts.user_named(name).or_else(|| accounts.user(name.parse().ok()?));
    let Some(user) = user else {
        complain(sys, &format!("'{name}': no such user"), &format!("unknown user {name}"));
        return Err(Stop::Exit(1));
    };
    Ok(Credentials { uid: user.uid, gid: user.gid, groups: accounts.memberships(&user.name), lost: 0 })
}

fn id(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &ID)?;
    let accounts = Accounts::read(sys);
    let cred = match options.operands.first() {
        Some(name) => named(sys, &accounts, name)?,
        None => mine(sys),
    };
    let gids = all_groups(&cred);
    if !options.list.iter().any(|(c, _)| "ugG".contains(*c)) {
        let with = |n: u32, name: Option<&str>| name.map_or(n.to_string(), |name| format!("{n}({name})"));
        let group = |gid: &u32| with(*gid, accounts.group(*gid).map(|g| g.name.as_str()));
        let uid = with(cred.uid, accounts.user(cred.uid).map(|u| u.name.as_str()));
        let all: Vec<String> = gids.iter().map(group).collect();
        sys.print(&format!("uid={uid} gid={} groups={}\n", group(&cred.gid), all.join(",")));
        return Ok(0);
    }
    let names = options.has('n');
    let mut code = 0;
    let mut group_text = |sys: &mut Sys<'_>, gid: u32| {
        if names && accounts.group(gid).is_none() {
            complain(sys, &format!("cannot find name for group ID {gid}"), &format!("unknown ID {gid}"));
            code = 1;
        }
        if names { accounts.group_text(gid) } else { gid.to_string() }
    };
    let text = if options.has('u') {
        if names && accounts.user(cred.uid).is_none() {
            let gnu = format!("cannot find name for user ID {}", cred.uid);
            complain(sys, &gnu, &format!("unknown ID {}", cred.uid));
            code = 1;
        }
        if names { accounts.user_text(cred.uid) } else { cred.uid.to_string() }
    } else if options.has('g') {
        group_text(sys, cred.gid)
    } else {
        gids.into_iter().map(|gid| group_text(sys, gid)).collect::<Vec<_>>().join(" ")
    };
    sys.print(&format!("{text}\n"));
    Ok(code)
}

fn whoami(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    parse(sys, &NONE)?;
    let accounts = Accounts::read(sys);
    let uid = mine(sys).uid;
    match accounts.user(uid) {
        Some(user) => {
            sys.print(&format!("{}\n", user.name));
            Ok(0)
        }
        None => {
            let gnu = format!("cannot find name for user ID {uid}");
            complain(sys, &gnu, &format!("unknown uid {uid}"));
            Ok(1)
        }
    }
}

fn groups(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &NONE)?;
    let accounts = Accounts::read(sys);
    let (prefix, cred) = match options.operands.first() {
        Some(name) if sys.flavor() == Flavor::Gnu => {
            (format!("{name} : "), named(sys, &accounts, name)?)
        }
        Some(name) => (String::new(), named(sys, &accounts, name)?),
        None => (String::new(), mine(sys)),
    };
    let names: Vec<String> = all_groups(&cred).iter().map(|gid| accounts.group_text(*gid)).collect();
    sys.print(&format!("{prefix}{}\n", names.join(" ")));
    Ok(0)
}
