//! `useradd`, `adduser`, `groupadd`, `addgroup`, `usermod -aG`, `userdel`, `deluser`: change `/etc/passwd`,
//! `/etc/group` and `/etc/shadow`, with the options of Debian and of busybox.
//!
//! Exit status: 0; 1 where the family's tools say 1, else shadow's numbers (9 for a name that is taken).

use super::accounts::Accounts;
use super::opts::{Options, Spec, parse};
use crate::base::passwd::{Group, User};
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `addgroup`, `adduser`, `deluser`, `groupadd`, `passwd`, `useradd`, `userdel` and `usermod`.
pub const APPLETS: &[Applet] = &[
    Applet::main("addgroup", addgroup),
    Applet::main("adduser", adduser),
    Applet::main("chpasswd", chpasswd),
    Applet::main("deluser", userdel),
    Applet::main("groupadd", addgroup),
    Applet::main("passwd", passwd),
    Applet::main("useradd", useradd),
    Applet::main("userdel", userdel),
    Applet::main("usermod", usermod),
];

// A group of the same name (`-U`) and no home (`-M`) are the rule without `-g`, `-N` and `-m`.
const USERADD: Spec = Spec::new(
    "mMrUNoc:d:g:G:s:u:p:k:l",
    &[
        ("create-home", 'm'),
        ("no-create-home", 'M'),
        ("system", 'r'),
        ("user-group", 'U'),
        ("no-user-group", 'N'),
        ("non-unique", 'o'),
        ("comment=", 'c'),
        ("home-dir=", 'd'),
        ("home=", 'd'),
        ("gid=", 'g'),
        ("groups=", 'G'),
        ("shell=", 's'),
        ("uid=", 'u'),
        ("password=", 'p'),
        ("no-log-init", 'l'),
    ],
    "[-mrU] [-u UID] [-g GRP] [-G GRPS] [-d DIR] [-s SHELL] NAME",
    "Add a user.",
)
.missing("kp")
.moot("MU")
.trouble(2);
// No password is ever set or asked for (`-D`).
const ADDUSER: Spec = Spec::new(
    "",
    &[
        ("home=", 'h'),
        ("shell=", 's'),
        ("no-create-home", 'H'),
        ("uid=", 'u'),
        ("gid=", 'g'),
        ("ingroup=", 'G'),
        ("system", 'S'),
        ("group", '\u{1}'),
        ("disabled-password", 'D'),
        ("disabled-login", 'D'),
        ("gecos=", 'c'),
        ("comment=", 'c'),
        ("quiet", 'q'),
        ("force-badname", 'q'),
        ("allow-bad-names", 'q'),
    ],
    "[-HSD] [-h DIR] [-g GECOS] [-s SHELL] [-G GRP] [-u UID] USER [GROUP]",
    "Add a user, or put USER into GROUP.",
)
.busybox("h:g:s:G:SDHu:k:")
.missing("k")
.moot("D");
const ADDGROUP: Spec = Spec::new(
    "g:rfo",
    &[("gid=", 'g'), ("system", 'r'), ("force", 'f'), ("quiet", 'q')],
    "[-g GID] [-S] [USER] GROUP",
    "Add a group, or put USER into GROUP.",
)
.busybox("g:S");
const USERMOD: Spec = Spec::new(
    "aG:g:d:ms:u:l:c:LU",
    &[
        ("append", 'a'),
        ("groups=", 'G'),
        ("gid=", 'g'),
        ("home=", 'd'),
        ("move-home", 'm'),
        ("shell=", 's'),
        ("uid=", 'u'),
        ("login=", 'l'),
        ("comment=", 'c'),
    ],
    "[-a] [-G GRPS] [-g GRP] [-d DIR] [-s SHELL] [-u UID] NAME",
    "Change a user.",
)
.missing("mlLU")
.trouble(2);
const USERDEL: Spec = Spec::new("rf", &[("remove", 'r'), ("remove-home", 'r'), ("force", 'f')], "[-r] NAME", "Remove a user.");
const CHPASSWD: Spec =
    Spec::new("ec:mRs:", &[("encrypted", 'e')], "[-e]", "Change passwords: lines USER:PASSWORD on standard input.").missing("cmRs");
const PASSWD: Spec = Spec::new("dlu", &[("delete", 'd'), ("lock", 'l'), ("unlock", 'u')], "[-dlu] [USER]", "Lock or unlock a password.");

/// A user to add.
#[derive(Default)]
struct Wish {
    name: String,
    uid: Option<u32>,
    /// The primary group by name or number; `None` makes one of the user's own.
    group: Option<String>,
    groups: Vec<String>,
    home: Option<String>,
    make_home: bool,
    shell: String,
    gecos: String,
    system: bool,
}

fn fail(sys: &mut Sys<'_>, text: &str, code: i32) -> Stop {
    sys.complain(text);
    Stop::Exit(code)
}

fn need_root(sys: &mut Sys<'_>) -> Result<(), Stop> {
    if sys.me().is_ok_and(|me| me.cred.uid == 0) {
        return Ok(());
    }
    let (text, code) = match (sys.flavor(), sys.name().as_str()) {
        (Flavor::Busybox, _) => ("permission denied (are you root?)", 1),
        (_, "adduser" | "addgroup" | "deluser") => ("Only root may add a user or group to the system.", 1),
        _ => ("Permission denied.", 1),
    };
    Err(fail(sys, text, code))
}

fn save(sys: &mut Sys<'_>, accounts: &Accounts) -> Result<(), Stop> {
    let users: String = accounts
        .users
        .iter()
        .map(|u| format!("{}:x:{}:{}:{}:{}:{}\n", u.name, u.uid, u.gid, u.gecos, u.home, u.shell))
        .collect();
    let groups: String =
        accounts.groups.iter().map(|g| format!("{}:x:{}:{}\n", g.name, g.gid, g.members.join(","))).collect();
    for (path, text) in [("/etc/passwd", users), ("/etc/group", groups)] {
        if let Err(e) = sys.write_file(path, text.as_bytes(), 0o644) {
            return Err(fail(sys, &format!("{path}: {e}"), 1));
        }
    }
    Ok(())
}

fn shadow(sys: &mut Sys<'_>, change: impl Fn(&mut Vec<String>)) {
    let Ok(data) = sys.read_file("/etc/shadow") else { return };
    let mut lines: Vec<String> = String::from_utf8_lossy(&data).lines().map(String::from).collect();
    change(&mut lines);
    let _no_shadow = sys.write_file("/etc/shadow", (lines.join("\n") + "\n").as_bytes(), 0o640);
}

/// The next free number of a range; `down` counts from its end, as for system accounts of shadow.
fn free(taken: &[u32], system: bool, flavor: Flavor) -> u32 {
    let is_free = |n: &u32| !taken.contains(n);
    match (system, flavor) {
        (true, Flavor::Gnu) => (100..1000).rev().find(is_free),
        (true, Flavor::Busybox) => (100..1000).find(is_free),
        (false, _) => (1000..60_000).find(is_free),
    }
    .unwrap_or(60_000)
}

fn add_user(sys: &mut Sys<'_>, wish: Wish) -> Result<i32, Stop> {
    need_root(sys)?;
    let mut accounts = Accounts::read(sys);
    let (flavor, name) = (sys.flavor(), wish.name.clone());
    let strange = |c: char| !(c.is_ascii_alphanumeric() || "_.-$".contains(c));
    if name.is_empty() || name.contains(strange) || name.starts_with('-') {
        return Err(fail(sys, &format!("invalid user name '{name}'"), if flavor == Flavor::Gnu { 3 } else { 1 }));
    }
    if accounts.user_named(&name).is_some() {
        return Err(match flavor {
            Flavor::Gnu => fail(sys, &format!("user '{name}' already exists"), 9),
            Flavor::Busybox => fail(sys, &format!("user '{name}' in use"), 1),
        });
    }
    let uids: Vec<u32> = accounts.users.iter().map(|u| u.uid).collect();
    if let Some(uid) = wish.uid.filter(|u| uids.contains(u)) {
        return Err(match flavor {
            Flavor::Gnu => fail(sys, &format!("UID {uid} is not unique"), 4),
            Flavor::Busybox => fail(sys, &format!("uid '{uid}' in use"), 1),
        });
    }
    let gids: Vec<u32> = accounts.groups.iter().map(|g| g.gid).collect();
    let both: Vec<u32> = uids.iter().chain(&gids).copied().collect();
    let uid = wish.uid.unwrap_or_else(|| free(&both, wish.system, flavor));
    let gid = match &wish.group {
        Some(group) => {
            let found = accounts.group_named(group).map(|g| g.gid).or_else(|| group.parse().ok());
            match found {
                Some(gid) => gid,
                None => return Err(no_group(sys, group)),
            }
        }
        None if accounts.group_named(&name).is_some() && flavor == Flavor::Gnu => {
            return Err(fail(sys, &format!("group {name} exists - if you want to add this user to that group, use -g."), 9));
        }
        None => {
            let gid = if gids.contains(&uid) { free(&gids, wish.system, flavor) } else { uid };
            accounts.groups.push(Group { name: name.clone(), gid, members: vec![] });
            gid
        }
    };
    for group in &wish.groups {
        match accounts.groups.iter_mut().find(|g| g.name == *group || g.gid.to_string() == *group) {
            Some(g) => g.members.push(name.clone()),
            None => return Err(no_group(sys, group)),
        }
    }
    let home = wish.home.unwrap_or_else(|| format!("/home/{name}"));
    accounts.users.push(User {
        name: name.clone(),
        uid,
        gid,
        gecos: wish.gecos,
        home: home.clone(),
        shell: wish.shell,
    });
    save(sys, &accounts)?;
    shadow(sys, |lines| lines.push(format!("{name}:!:20000:0:99999:7:::")));
    if wish.make_home {
        make_home(sys, &home, uid, gid);
    }
    Ok(0)
}

fn no_group(sys: &mut Sys<'_>, group: &str) -> Stop {
    match sys.flavor() {
        Flavor::Gnu => fail(sys, &format!("group '{group}' does not exist"), 6),
        Flavor::Busybox => fail(sys, &format!("unknown group {group}"), 1),
    }
}

fn make_home(sys: &mut Sys<'_>, home: &str, uid: u32, gid: u32) {
    let mut made = String::new();
    for name in home.split_inclusive('/') {
        made.push_str(name);
        let _exists = sys.mkdir(&made, 0o755);
    }
    let _just_made = sys.chown(home, Some(uid), Some(gid), true);
    for file in sys.list("/etc/skel").unwrap_or_default() {
        let to = format!("{}/{file}", home.trim_end_matches('/'));
        if let Ok(content) = sys.content(&format!("/etc/skel/{file}")) {
            let _room = sys.set_content(&to, content, 0o644);
            let _just_made = sys.chown(&to, Some(uid), Some(gid), true);
        }
    }
}

fn number(sys: &mut Sys<'_>, options: &Options, letter: char) -> Result<Option<u32>, Stop> {
    let Some(text) = options.value(letter) else { return Ok(None) };
    match text.parse::<u32>() {
        Ok(n) => Ok(Some(n)),
        Err(_) => Err(match sys.flavor() {
            Flavor::Gnu => fail(sys, &format!("invalid user ID '{text}'"), 3),
            Flavor::Busybox => fail(sys, &format!("invalid number '{text}'"), 1),
        }),
    }
}

fn one_name(sys: &mut Sys<'_>, options: &Options, spec: &Spec) -> Result<String, Stop> {
    match options.operands.as_slice() {
        [name, ..] => Ok(name.clone()),
        [] => Err(super::opts::usage_error(sys, spec, "")),
    }
}

fn useradd(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &USERADD)?;
    let name = one_name(sys, &options, &USERADD)?;
    let uid = number(sys, &options, 'u')?;
    let own = if options.has('N') { Some("100".to_string()) } else { None };
    let wish = Wish {
        name,
        uid,
        group: options.value('g').map(String::from).or(own),
        groups: list(options.value('G')),
        home: options.value('d').map(String::from),
        make_home: options.has('m'),
        shell: options.value('s').unwrap_or("/bin/sh").to_string(),
        gecos: options.value('c').unwrap_or("").to_string(),
        system: options.has('r'),
    };
    add_user(sys, wish)
}

fn list(text: Option<&str>) -> Vec<String> {
    text.map_or(vec![], |t| t.split(',').filter(|g| !g.is_empty()).map(String::from).collect())
}

fn adduser(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &ADDUSER)?;
    let busybox = sys.flavor() == Flavor::Busybox;
    let name = one_name(sys, &options, &ADDUSER)?;
    if let [user, group] = options.operands.as_slice() {
        return join_group(sys, user, group);
    }
    let uid = number(sys, &options, 'u')?;
    let system = options.has('S');
    let group = match options.value('G').or(options.value('g').filter(|_| !busybox)) {
        Some(group) => Some(group.to_string()),
        None if !busybox && system && !options.has('\u{1}') => Some("65534".into()),
        None if busybox && system => Some("65533".into()),
        None => None,
    };
    let shell = match (busybox, system) {
        (true, true) => "/bin/false",
        (true, false) => "/bin/sh",
        (false, true) => "/usr/sbin/nologin",
        (false, false) => "/bin/bash",
    };
    let home = options.value('h').map(String::from);
    let wish = Wish {
        name: name.clone(),
        uid,
        group,
        groups: vec![],
        home: home.clone(),
        make_home: !options.has('H') && (busybox || !system || home.is_some()),
        shell: options.value('s').unwrap_or(shell).to_string(),
        gecos: match options.value(if busybox { 'g' } else { 'c' }) {
            Some(gecos) => gecos.to_string(),
            None if busybox => "Linux User,,,".into(),
            None => String::new(),
        },
        system,
    };
    let code = add_user(sys, wish)?;
    let quiet = options.has('q') || busybox;
    if !quiet {
        let accounts = Accounts::read(sys);
        if let Some(user) = accounts.user_named(&name) {
            let (uid, home) = (user.uid, user.home.clone());
            sys.print(&format!("info: Adding user `{name}' ...\ninfo: Adding new user `{name}' ({uid}) ...\ninfo: Creating home directory `{home}' ...\n"));
        }
    }
    Ok(code)
}

fn join_group(sys: &mut Sys<'_>, user: &str, group: &str) -> Result<i32, Stop> {
    need_root(sys)?;
    let mut accounts = Accounts::read(sys);
    if accounts.user_named(user).is_none() {
        return Err(match sys.flavor() {
            Flavor::Gnu => fail(sys, &format!("The user `{user}' does not exist."), 1),
            Flavor::Busybox => fail(sys, &format!("unknown user {user}"), 1),
        });
    }
    let Some(found) = accounts.groups.iter_mut().find(|g| g.name == group) else {
        return Err(no_group(sys, group));
    };
    if !found.members.iter().any(|m| m == user) {
        found.members.push(user.to_string());
    }
    save(sys, &accounts)?;
    Ok(0)
}

fn addgroup(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &ADDGROUP)?;
    let name = one_name(sys, &options, &ADDGROUP)?;
    if let [user, group] = options.operands.as_slice() {
        return join_group(sys, user, group);
    }
    need_root(sys)?;
    let flavor = sys.flavor();
    let mut accounts = Accounts::read(sys);
    if accounts.group_named(&name).is_some() {
        return match flavor {
            Flavor::Gnu if options.has('f') => Ok(0),
            Flavor::Gnu => Err(fail(sys, &format!("group '{name}' already exists"), 9)),
            Flavor::Busybox => Err(fail(sys, &format!("group '{name}' in use"), 1)),
        };
    }
    let gids: Vec<u32> = accounts.groups.iter().map(|g| g.gid).collect();
    let wanted = number(sys, &options, 'g')?;
    if let Some(gid) = wanted.filter(|g| gids.contains(g) && !options.has('o')) {
        return Err(match flavor {
            Flavor::Gnu => fail(sys, &format!("GID '{gid}' already exists"), 4),
            Flavor::Busybox => fail(sys, &format!("gid '{gid}' in use"), 1),
        });
    }
    let gid = wanted.unwrap_or_else(|| free(&gids, options.has('S') || options.has('r'), flavor));
    accounts.groups.push(Group { name, gid, members: vec![] });
    save(sys, &accounts)?;
    Ok(0)
}

fn usermod(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &USERMOD)?;
    let name = one_name(sys, &options, &USERMOD)?;
    need_root(sys)?;
    let uid = number(sys, &options, 'u')?;
    let mut accounts = Accounts::read(sys);
    let gid = match options.value('g') {
        Some(group) => match accounts.group_named(group).map(|g| g.gid).or_else(|| group.parse().ok()) {
            Some(gid) => Some(gid),
            None => return Err(no_group(sys, group)),
        },
        None => None,
    };
    let Some(user) = accounts.users.iter_mut().find(|u| u.name == name) else {
        return Err(fail(sys, &format!("user '{name}' does not exist"), 6));
    };
    user.uid = uid.unwrap_or(user.uid);
    user.gid = gid.unwrap_or(user.gid);
    for (letter, field) in [('d', &mut user.home), ('s', &mut user.shell), ('c', &mut user.gecos)] {
        if let Some(text) = options.value(letter) {
            *field = text.to_string();
        }
    }
    let groups = list(options.value('G'));
    if options.has('G') && !options.has('a') {
        accounts.groups.iter_mut().for_each(|g| g.members.retain(|m| *m != name));
    }
    for group in &groups {
        match accounts.groups.iter_mut().find(|g| g.name == *group || g.gid.to_string() == *group) {
            Some(g) if g.members.contains(&name) => {}
            Some(g) => g.members.push(name.clone()),
            None => return Err(no_group(sys, group)),
        }
    }
    save(sys, &accounts)?;
    Ok(0)
}

fn userdel(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &USERDEL)?;
    let name = one_name(sys, &options, &USERDEL)?;
    need_root(sys)?;
    let mut accounts = Accounts::read(sys);
    let Some(user) = accounts.user_named(&name).cloned() else {
        return Err(match sys.flavor() {
            Flavor::Gnu => fail(sys, &format!("user '{name}' does not exist"), 6),
            Flavor::Busybox => fail(sys, &format!("unknown user {name}"), 1),
        });
    };
    accounts.users.retain(|u| u.name != name);
    accounts.groups.iter_mut().for_each(|g| g.members.retain(|m| *m != name));
    accounts.groups.retain(|g| g.name != name || g.gid != user.gid);
    save(sys, &accounts)?;
    shadow(sys, |lines| lines.retain(|l| l.split(':').next() != Some(name.as_str())));
    if options.has('r') && sys.stat(&user.home).is_ok() {
        super::rm::remove_tree(sys, &user.home);
    }
    Ok(0)
}

/// `chpasswd`: passwords from lines `USER:PASSWORD`. What is kept is no crypt(3) text, and says so: nothing here
/// asks for passwords.
fn chpasswd(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &CHPASSWD)?;
    need_root(sys)?;
    let data = sys.stdin_to_end()?;
    let accounts = Accounts::read(sys);
    for (number, line) in String::from_utf8_lossy(&data).lines().enumerate() {
        let Some((name, password)) = line.split_once(':') else {
            return Err(match sys.flavor() {
                Flavor::Gnu => fail(sys, &format!("line {}: missing new password", number + 1), 1),
                Flavor::Busybox => fail(sys, "missing new password", 1),
            });
        };
        if accounts.user_named(name).is_none() {
            return Err(match sys.flavor() {
                Flavor::Gnu => fail(sys, &format!("line {}: user '{name}' does not exist", number + 1), 1),
                Flavor::Busybox => fail(sys, &format!("unknown user {name}"), 1),
            });
        }
        let kept = match options.has('e') {
            true => password.to_string(),
            false => format!("$drydock${}", crate::base::Digest::of(password.as_bytes()).hex()),
        };
        shadow(sys, |lines| {
            for line in lines.iter_mut().filter(|l| l.split(':').next() == Some(name)) {
                let mut fields: Vec<String> = line.split(':').map(String::from).collect();
                if let Some(field) = fields.get_mut(1) {
                    field.clone_from(&kept);
                }
                *line = fields.join(":");
            }
        });
        if sys.flavor() == Flavor::Busybox {
            sys.eprint(&format!("chpasswd: password for '{name}' changed\n"));
        }
    }
    Ok(0)
}

fn passwd(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &PASSWD)?;
    let Some(how) = options.last_of("dlu") else {
        sys.complain("passwords that are typed are not simulated by Drydock");
        return Ok(1);
    };
    let name = one_name(sys, &options, &PASSWD)?;
    need_root(sys)?;
    if Accounts::read(sys).user_named(&name).is_none() {
        return Err(match sys.flavor() {
            Flavor::Gnu => fail(sys, &format!("user '{name}' does not exist"), 1),
            Flavor::Busybox => fail(sys, &format!("unknown user {name}"), 1),
        });
    }
    shadow(sys, |lines| {
        for line in lines.iter_mut().filter(|l| l.split(':').next() == Some(name.as_str())) {
            let mut fields: Vec<String> = line.split(':').map(String::from).collect();
            if let Some(field) = fields.get_mut(1) {
                *field = match how {
                    'd' => String::new(),
                    'l' => format!("!{}", field.trim_start_matches('!')),
                    _ => field.trim_start_matches('!').to_string(),
                };
            }
            *line = fields.join(":");
        }
    });
    Ok(0)
}
