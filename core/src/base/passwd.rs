//! `/etc/passwd` and `/etc/group`, and how Docker finds the user of a process in them:
//! `--user`, `USER` and `exec -u` take `name`, `uid`, `name:group`, `uid:gid`.

use std::fmt;

const MAX_ID: i64 = i32::MAX as i64;

/// A line of `/etc/passwd`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct User {
    /// The login name.
    pub name: String,
    /// The user's number.
    pub uid: u32,
    /// The number of the first group.
    pub gid: u32,
    /// The comment, mostly a full name.
    pub gecos: String,
    /// The home directory.
    pub home: String,
    /// The login shell.
    pub shell: String,
}

/// A line of `/etc/group`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    /// The group's name.
    pub name: String,
    /// Its number.
    pub gid: u32,
    /// The names of the users that are in it beside those whose first group it is.
    pub members: Vec<String>,
}

/// Who a process runs as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The user's number.
    pub uid: u32,
    /// The number of the first group.
    pub gid: u32,
    /// The further groups, in the order of `/etc/group`.
    pub groups: Vec<u32>,
    /// The home directory, `/` for a user whom `/etc/passwd` does not have.
    pub home: String,
}

/// Why nobody was found. `Display` gives Docker's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserError {
    /// No user of this name.
    NoUser(String),
    /// No group of this name.
    NoGroup(String),
    /// A number below 0 or above 2147483647.
    OutOfRange,
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoUser(name) => {
                write!(f, "unable to find user {name}: no matching entries in passwd file")
            }
            Self::NoGroup(name) => {
                write!(f, "unable to find group {name}: no matching entries in group file")
            }
            Self::OutOfRange => write!(f, "uids and gids must be in range 0-{MAX_ID}"),
        }
    }
}

impl std::error::Error for UserError {}

/// Reads `/etc/passwd`. Missing fields are empty, and what is no number is 0, as Docker reads them.
pub fn parse_passwd(text: &str) -> Vec<User> {
    let user = |line: &str| {
        let mut fields = line.split(':');
        let mut next = || fields.next().unwrap_or_default().to_string();
        let (name, _password) = (next(), next());
        User { name, uid: id(&next()), gid: id(&next()), gecos: next(), home: next(), shell: next() }
    };
    text.lines().map(str::trim).filter(|l| !l.is_empty()).map(user).collect()
}

/// Reads `/etc/group`, as forgiving as [`parse_passwd`].
pub fn parse_group(text: &str) -> Vec<Group> {
    let group = |line: &str| {
        let mut fields = line.split(':');
        let mut next = || fields.next().unwrap_or_default();
        let (name, _password, gid, members) = (next(), next(), next(), next());
        let members = members.split(',').filter(|m| !m.is_empty()).map(Into::into).collect();
        Group { name: name.into(), gid: id(gid), members }
    };
    text.lines().map(str::trim).filter(|l| !l.is_empty()).map(group).collect()
}

fn id(text: &str) -> u32 {
    text.parse().unwrap_or(0)
}

/// Finds who `spec` means: `USER[:GROUP]`, each a name or a number; an empty user is number 0.
/// Numbers need not be in the files. Without a group, the user's further groups are found too.
pub fn resolve(spec: &str, users: &[User], groups: &[Group]) -> Result<Identity, UserError> {
    let (user_arg, group_arg) = spec.split_once(':').unwrap_or((spec, ""));
    let number = if user_arg.is_empty() { Some(0) } else { number(user_arg) };
    let known = users.iter().find(|u| match number {
        Some(n) => i64::from(u.uid) == n,
        None => u.name == user_arg,
    });
    let mut who = match (known, number) {
        (Some(u), _) => Identity { uid: u.uid, gid: u.gid, groups: Vec::new(), home: u.home.clone() },
        (None, Some(n)) => Identity { uid: in_range(n)?, gid: 0, groups: Vec::new(), home: "/".into() },
        (None, None) => return Err(UserError::NoUser(user_arg.into())),
    };
    if !group_arg.is_empty() {
        who.gid = find_group(group_arg, groups)?;
    } else if let Some(user) = known {
        who.groups = groups.iter().filter(|g| g.members.contains(&user.name)).map(|g| g.gid).collect();
    }
    Ok(who)
}

/// The number of the group that `arg` names or is: `--group-add`, the second half of `--user`.
pub fn find_group(arg: &str, groups: &[Group]) -> Result<u32, UserError> {
    match number(arg) {
        Some(n) => in_range(n),
        None => match groups.iter().find(|g| g.name == arg) {
            Some(group) => Ok(group.gid),
            None => Err(UserError::NoGroup(arg.into())),
        },
    }
}

/// A number as Go's `Atoi` reads it: a sign may stand before it.
fn number(text: &str) -> Option<i64> {
    text.parse().ok()
}

fn in_range(n: i64) -> Result<u32, UserError> {
    if n > MAX_ID {
        return Err(UserError::OutOfRange);
    }
    u32::try_from(n).map_err(|_| UserError::OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_who_is_meant() {
        let users = parse_passwd(
            "root:x:0:0:root:/root:/bin/sh\n\napp:x:1234:50:An App:/home/app:/bin/ash\nbroken:x:many\n",
        );
        let groups = parse_group("root:x:0:root\nstaff:x:50:\nwheel:x:10:root,app\n");
        let found = |spec: &str| resolve(spec, &users, &groups);
        let who = |uid, gid, groups: &[u32], home: &str| {
            Ok(Identity { uid, gid, groups: groups.to_vec(), home: home.into() })
        };
        assert_eq!(found(""), who(0, 0, &[0, 10], "/root"));
        assert_eq!(found("app"), who(1234, 50, &[10], "/home/app"));
        assert_eq!(found("1234"), found("app"));
        assert_eq!(found("app:wheel"), who(1234, 10, &[], "/home/app"));
        assert_eq!(found("1000:1000"), who(1000, 1000, &[], "/"));
        assert_eq!(found("1000"), who(1000, 0, &[], "/"));
        assert_eq!(found(":50"), who(0, 50, &[], "/root"));
        assert_eq!(users.get(2).map(|u| (u.uid, u.home.as_str())), Some((0, "")));
        let said = |spec: &str| found(spec).unwrap_err().to_string();
        assert_eq!(said("ghost"), "unable to find user ghost: no matching entries in passwd file");
        assert_eq!(
            said("0:nosuchgroup"),
            "unable to find group nosuchgroup: no matching entries in group file"
        );
        for far in ["-1", "2147483648", "0:4294967295"] {
            assert_eq!(said(far), "uids and gids must be in range 0-2147483647");
        }
    }
}
