//! Users and groups as programs look them up: `/etc/passwd` and `/etc/group` of the namespace.

use crate::base::passwd::{Group, User, parse_group, parse_passwd};
use crate::kernel::Sys;

/// The users and groups there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Accounts {
    /// `/etc/passwd`.
    pub users: Vec<User>,
    /// `/etc/group`.
    pub groups: Vec<Group>,
}

impl Accounts {
    /// Reads both files; what cannot be read is empty.
    pub fn read(sys: &mut Sys<'_>) -> Self {
        let mut text = |path| {
            let data = sys.read_file(path).unwrap_or_default();
            String::from_utf8_lossy(&data).into_owned()
        };
        Self { users: parse_passwd(&text("/etc/passwd")), groups: parse_group(&text("/etc/group")) }
    }

    /// The user of a number.
    pub fn user(&self, uid: u32) -> Option<&User> {
        self.users.iter().find(|u| u.uid == uid)
    }

    /// The user of a name.
    pub fn user_named(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|u| u.name == name)
    }

    /// The group of a number.
    pub fn group(&self, gid: u32) -> Option<&Group> {
        self.groups.iter().find(|g| g.gid == gid)
    }

    /// The group of a name.
    pub fn group_named(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|g| g.name == name)
    }

    /// A user's name, or the number where it has none.
    pub fn user_text(&self, uid: u32) -> String {
        self.user(uid).map_or_else(|| uid.to_string(), |u| u.name.clone())
    }

    /// A group's name, or the number where it has none.
    pub fn group_text(&self, gid: u32) -> String {
        self.group(gid).map_or_else(|| gid.to_string(), |g| g.name.clone())
    }

    /// The groups that list a user as a member, by number, in the order of the file.
    pub fn memberships(&self, name: &str) -> Vec<u32> {
        self.groups.iter().filter(|g| g.members.iter().any(|m| m == name)).map(|g| g.gid).collect()
    }
}
