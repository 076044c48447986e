//! Inodes: what a path of a filesystem leads to.

use super::Content;
use crate::base::Time;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The number of an inode, unique within one [`View`](super::View).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ino(pub u64);

impl fmt::Debug for Ino {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl fmt::Display for Ino {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One component of a path: not empty, no `/`, at most 255 bytes.
pub type Name = Arc<str>;

/// What an inode is, with the data that belongs to its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Node {
    /// A regular file.
    File(Content),
    /// A directory.
    Dir(Dir),
    /// A symbolic link and the path it names.
    Symlink(Arc<str>),
    /// A character device such as `/dev/null` (1, 3).
    CharDevice {
        /// The driver.
        major: u32,
        /// The device of that driver.
        minor: u32,
    },
    /// A block device.
    BlockDevice {
        /// The driver.
        major: u32,
        /// The device of that driver.
        minor: u32,
    },
    /// A named pipe. What flows through it belongs to the kernel, not to the filesystem.
    Fifo,
    /// The name of a Unix socket.
    Socket,
}

impl Node {
    /// An empty directory.
    pub fn empty_dir() -> Node {
        Node::Dir(Dir { entries: imbl::OrdMap::new(), parent: super::View::ROOT })
    }

    /// The type bits of `st_mode` (`S_IFREG` and so on).
    pub fn type_bits(&self) -> u32 {
        match self {
            Node::Fifo => 0o010000,
            Node::CharDevice { .. } => 0o020000,
            Node::Dir(_) => 0o040000,
            Node::BlockDevice { .. } => 0o060000,
            Node::File(_) => 0o100000,
            Node::Symlink(_) => 0o120000,
            Node::Socket => 0o140000,
        }
    }
}

/// The names a directory holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dir {
    /// The entries without `.` and `..`, sorted by the bytes of their names.
    pub entries: imbl::OrdMap<Name, Ino>,
    /// What `..` is: the directory above, and for the root the root.
    pub parent: Ino,
}

/// A file, directory, link or device with its attributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inode {
    /// Kind and data.
    pub node: Node,
    /// The permission bits, `0o7777` at most.
    pub mode: u32,
    /// The owner.
    pub uid: u32,
    /// The group.
    pub gid: u32,
    /// When the data last changed.
    pub mtime: Time,
    /// How many names lead here; for a directory 2 and one for each directory in it.
    pub nlink: u32,
}

impl Inode {
    /// An inode of `node` owned by root. The view that takes it in sets `nlink`.
    pub fn new(node: Node, mode: u32, mtime: Time) -> Inode {
        let nlink = if matches!(node, Node::Dir(_)) { 2 } else { 1 };
        Inode { node, mode: mode & 0o7777, uid: 0, gid: 0, mtime, nlink }
    }

    /// A regular file owned by root.
    pub fn file(content: impl Into<Content>, mode: u32, mtime: Time) -> Inode {
        Inode::new(Node::File(content.into()), mode, mtime)
    }

    /// An empty directory owned by root.
    pub fn dir(mode: u32, mtime: Time) -> Inode {
        Inode::new(Node::empty_dir(), mode, mtime)
    }

    /// A symbolic link owned by root; its mode is 0777 as on Linux.
    pub fn symlink(target: &str, mtime: Time) -> Inode {
        Inode::new(Node::Symlink(target.into()), 0o777, mtime)
    }

    /// The same with another owner.
    pub fn owned_by(mut self, uid: u32, gid: u32) -> Inode {
        self.uid = uid;
        self.gid = gid;
        self
    }

    /// The bytes, where this is a regular file.
    pub fn as_file(&self) -> Option<&Content> {
        match &self.node {
            Node::File(content) => Some(content),
            _ => None,
        }
    }

    /// The entries, where this is a directory.
    pub fn as_dir(&self) -> Option<&Dir> {
        match &self.node {
            Node::Dir(dir) => Some(dir),
            _ => None,
        }
    }

    /// The target, where this is a symbolic link.
    pub fn as_symlink(&self) -> Option<&Arc<str>> {
        match &self.node {
            Node::Symlink(target) => Some(target),
            _ => None,
        }
    }

    /// Whether this is a directory.
    pub fn is_dir(&self) -> bool {
        matches!(self.node, Node::Dir(_))
    }

    /// `st_size`: bytes of a file, length of a link's target, 4096 for a directory, else 0.
    pub fn size(&self) -> u64 {
        match &self.node {
            Node::File(content) => content.len(),
            Node::Symlink(target) => target.len() as u64,
            Node::Dir(_) => 4096,
            _ => 0,
        }
    }

    /// Equal in everything but the number of names and, for directories, the entries: what a layer
    /// or a diff reports of one inode.
    pub(super) fn same_attributes(&self, other: &Inode) -> bool {
        let same_node = match (&self.node, &other.node) {
            (Node::Dir(_), Node::Dir(_)) => true,
            (a, b) => a == b,
        };
        same_node
            && (self.mode, self.uid, self.gid, self.mtime) == (other.mode, other.uid, other.gid, other.mtime)
    }
}
