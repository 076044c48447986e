//! Keys of the cache: digests over what a step is, builds on and reads.

use crate::base::Digest;
use crate::fs::{Ino, Inode, Node, View};
use sha2::Digest as _;

/// A digest in the making; every part goes in with its length.
#[derive(Clone)]
pub struct Key(sha2::Sha256);

impl Key {
    /// A key for one kind of step.
    pub fn new(kind: &str) -> Self {
        let mut key = Key(sha2::Sha256::new());
        key.add(kind.as_bytes());
        key
    }

    /// Adds a part.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// Adds a text.
    #[must_use]
    pub fn with(mut self, text: &str) -> Self {
        self.add(text.as_bytes());
        self
    }

    /// The digest.
    pub fn finish(self) -> Digest {
        let hex: String = self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Digest::parse(&format!("sha256:{hex}")).unwrap_or_else(|| Digest::of(hex.as_bytes()))
    }
}

/// The digest of a tree: names, kinds, modes, owners and contents, not times.
pub fn tree(view: &View, ino: Ino) -> Digest {
    let mut key = Key::new("tree");
    let mut todo = vec![(String::new(), ino)];
    while let Some((path, ino)) = todo.pop() {
        let Some(inode) = view.get(ino) else { continue };
        key.add(path.as_bytes());
        node(&mut key, inode);
        if let Some(dir) = inode.as_dir() {
            todo.extend(dir.entries.iter().rev().map(|(name, child)| (format!("{path}/{name}"), *child)));
        }
    }
    key.finish()
}

fn node(key: &mut Key, inode: &Inode) {
    key.add(&inode.mode.to_le_bytes());
    key.add(&inode.uid.to_le_bytes());
    key.add(&inode.gid.to_le_bytes());
    key.add(&inode.node.type_bits().to_le_bytes());
    match &inode.node {
        Node::File(content) => {
            key.add(&content.len().to_le_bytes());
            content.pieces().for_each(|piece| key.0.update(&piece));
        }
        Node::Symlink(target) => key.add(target.as_bytes()),
        Node::CharDevice { major, minor } | Node::BlockDevice { major, minor } => {
            key.add(&major.to_le_bytes());
            key.add(&minor.to_le_bytes());
        }
        Node::Dir(_) | Node::Fifo | Node::Socket => {}
    }
}
