//! `chown [-RhvcfLP] [OWNER][:[GROUP]] FILE…` and `chgrp [-Rhvcf] GROUP FILE…`: change who owns files.
//!
//! Exit status: 0, or 1 where a file could not be changed.

use super::accounts::Accounts;
use super::opts::{Options, Spec, parse, usage_error};
use super::walk::{complain, tree};
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `chown` and `chgrp`.
pub const APPLETS: &[Applet] = &[Applet::main("chown", |sys| run(sys, &CHOWN, false)), Applet::main("chgrp", |sys| run(sys, &CHGRP, true))];

const LONG: &[(&str, char)] = &[
    ("recursive", 'R'),
    ("no-dereference", 'h'),
    ("verbose", 'v'),
    ("changes", 'c'),
    ("silent", 'f'),
    ("quiet", 'f'),
    ("reference=", 'r'),
];
// Links that are met on the way are never followed (`-P`).
const CHOWN: Spec =
    Spec::new("RhvcfLP", LONG, "[-Rhvcf] USER[:[GRP]] FILE...", "Change the owner and group of FILEs.").missing("L").moot("P");
const CHGRP: Spec = Spec::new("RhvcfLP", LONG, "[-Rhvcf] GROUP FILE...", "Change the group of FILEs.").missing("L").moot("P");

/// Owner and group to set.
type Owner = (Option<u32>, Option<u32>);

fn run(sys: &mut Sys<'_>, spec: &Spec, group_only: bool) -> Result<i32, Stop> {
    let options = parse(sys, spec)?;
    let mut operands = options.operands.clone();
    let owner = if let Some(model) = options.value('r') {
        match sys.stat(model) {
            Ok(stat) => (Some(stat.uid).filter(|_| !group_only), Some(stat.gid)),
            Err(e) => {
                sys.complain(&format!("failed to get attributes of '{model}': {e}"));
                return Ok(1);
            }
        }
    } else {
        if operands.is_empty() {
            return Err(usage(sys, spec, "missing operand"));
        }
        let text = operands.remove(0);
        if operands.is_empty() {
            return Err(usage(sys, spec, &format!("missing operand after '{text}'")));
        }
        match owner_of(sys, &text, group_only) {
            Ok(owner) => owner,
            Err(complaint) => {
                sys.complain(&complaint);
                return Ok(1);
            }
        }
    };
    let mut fine = true;
    for path in &operands {
        if options.has('R') {
            match tree(sys, path, false) {
                Ok(entries) => {
                    for entry in entries {
                        fine &= change(sys, &entry.path, owner, entry.depth == 0, &options);
                    }
                }
                Err(e) => {
                    complain(sys, &format!("cannot access '{path}': {e}"), &format!("{path}: {e}"));
                    fine = false;
                }
            }
        } else {
            fine &= change(sys, path, owner, true, &options);
        }
    }
    Ok(i32::from(!fine))
}

fn usage(sys: &mut Sys<'_>, spec: &Spec, text: &str) -> Stop {
    let text = if sys.flavor() == Flavor::Gnu { text } else { "" };
    usage_error(sys, spec, text)
}

/// Reads `user`, `user:group`, `user:`, `:group`, `user.group`; names or numbers.
fn owner_of(sys: &mut Sys<'_>, text: &str, group_only: bool) -> Result<Owner, String> {
    let accounts = Accounts::read(sys);
    let flavor = sys.flavor();
    let group = |name: &str| {
        accounts.group_named(name).map(|g| g.gid).or_else(|| name.parse().ok()).ok_or_else(|| match flavor {
            Flavor::Gnu if group_only => format!("invalid group: '{name}'"),
            Flavor::Gnu => format!("invalid group: '{text}'"),
            Flavor::Busybox => format!("unknown group {name}"),
        })
    };
    if group_only {
        return Ok((None, Some(group(text)?)));
    }
    let (user, rest) = match text.split_once(':') {
        Some((user, rest)) => (user, Some(rest)),
        None => match text.split_once('.') {
            Some((user, rest)) if accounts.user_named(text).is_none() => (user, Some(rest)),
            _ => (text, None),
        },
    };
    let known = accounts.user_named(user);
    let uid = match known.map(|u| u.uid).or_else(|| user.parse().ok()) {
        Some(uid) => Some(uid),
        None if user.is_empty() => None,
        None => {
            return Err(match flavor {
                Flavor::Gnu => format!("invalid user: '{text}'"),
                Flavor::Busybox => format!("unknown user {user}"),
            });
        }
    };
    let gid = match rest {
        None => None,
        Some("") if user.is_empty() => None,
        Some("") => known.map(|u| u.gid).or_else(|| accounts.user(uid?).map(|u| u.gid)),
        Some(name) => Some(group(name)?),
    };
    Ok((uid, gid))
}

fn change(sys: &mut Sys<'_>, path: &str, owner: Owner, given: bool, options: &Options) -> bool {
    let follow = given && !options.has('h') && !options.has('P');
    let before = if follow { sys.stat(path) } else { sys.lstat(path) };
    let before = match before {
        Ok(stat) => stat,
        Err(e) => {
            if !options.has('f') {
                complain(sys, &format!("cannot access '{path}': {e}"), &format!("{path}: {e}"));
            }
            return false;
        }
    };
    if let Err(e) = sys.chown(path, owner.0, owner.1, follow) {
        if !options.has('f') {
            let what = if owner.0.is_none() && owner.1.is_some() { "group" } else { "ownership" };
            let gnu = format!("changing {what} of '{path}': {e}");
            complain(sys, &gnu, &format!("{path}: {e}"));
        }
        return false;
    }
    let now = (owner.0.unwrap_or(before.uid), owner.1.unwrap_or(before.gid));
    let changed = now != (before.uid, before.gid);
    if options.has('v') || (options.has('c') && changed) {
        report(sys, path, owner, (before.uid, before.gid), now);
    }
    true
}

fn report(sys: &mut Sys<'_>, path: &str, owner: Owner, before: (u32, u32), now: (u32, u32)) {
    let accounts = Accounts::read(sys);
    let text = |ids: (u32, u32)| match owner {
        (Some(_), None) => accounts.user_text(ids.0),
        (None, Some(_)) => accounts.group_text(ids.1),
        _ => format!("{}:{}", accounts.user_text(ids.0), accounts.group_text(ids.1)),
    };
    let what = if owner.0.is_none() { "group" } else { "ownership" };
    let line = match sys.flavor() {
        Flavor::Busybox => format!("changed ownership of '{path}' to {}:{}\n", now.0, now.1),
        Flavor::Gnu if before == now => format!("{what} of '{path}' retained as {}\n", text(now)),
        Flavor::Gnu => {
            let what = if owner.0.is_none() { "changed group" } else { "changed ownership" };
            format!("{what} of '{path}' from {} to {}\n", text(before), text(now))
        }
    };
    sys.print(&line);
}
