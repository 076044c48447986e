//! Files of the computer that Drydock runs on, as a part of the simulated host's disk: whoever may read and write them
//! puts them there and takes over what containers made of them. What is already there keeps its inode, so that mounts
//! go on showing it.

use super::Server;
use crate::base::Errno;
use crate::fs::{Content, Inode, Node, View};
use crate::kernel::{Credentials, FsId, Viewer};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A file, as far as both sides know it.
#[derive(Debug, Clone, PartialEq)]
pub enum Mirrored {
    /// A directory with its permissions.
    Dir(u32),
    /// A file with its permissions and bytes.
    File(u32, Content),
    /// A symbolic link and where it leads.
    Link(Arc<str>),
}

impl Mirrored {
    fn of(inode: &Inode) -> Option<Self> {
        match &inode.node {
            Node::Dir(_) => Some(Self::Dir(inode.mode & 0o777)),
            Node::File(content) => Some(Self::File(inode.mode & 0o777, content.clone())),
            Node::Symlink(target) => Some(Self::Link(target.clone())),
            _ => None,
        }
    }

    fn inode(self, now: crate::base::Time) -> Inode {
        match self {
            Self::Dir(mode) => Inode::dir(mode, now),
            Self::File(mode, content) => Inode::file(content, mode, now),
            Self::Link(target) => Inode::symlink(&target, now),
        }
    }
}

impl Server {
    fn host_disk(&self) -> Option<FsId> {
        let cred = Credentials::default();
        let viewer = Viewer { ns: self.world().host.ns, cwd: "/", cred: &cred, me: None };
        let root = self.world().kernel.resolve(viewer, "/", true).ok()?;
        Some(root.place().ok()?.fs)
    }

    /// The host's disk as it is now; comparing it with a later one is cheap.
    pub fn host_view(&self) -> Option<View> {
        self.world().kernel.view(self.host_disk()?).cloned()
    }

    /// What stands at a path of the host's disk and below it, by the path from there; the empty one is the path itself.
    pub fn mirrored(&self, path: &str) -> BTreeMap<String, Mirrored> {
        let mut found = BTreeMap::new();
        let Some(view) = self.host_disk().and_then(|fs| self.world().kernel.view(fs)) else { return found };
        let Ok(top) = view.resolve(path, false) else { return found };
        let mut todo = vec![(String::new(), top)];
        while let Some((at, ino)) = todo.pop() {
            let Some(inode) = view.get(ino) else { continue };
            if let Some(dir) = inode.as_dir() {
                let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") };
                todo.extend(dir.entries.iter().map(|(name, ino)| (below(name), *ino)));
            }
            if let Some(mirrored) = Mirrored::of(inode) {
                found.insert(at, mirrored);
            }
        }
        found
    }

    /// Puts something at a path of the host's disk, in the place of what is there.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn mirror(&mut self, path: &str, what: Mirrored, owner: (u32, u32)) -> Result<(), Errno> {
        let now = self.world().now();
        let fs = self.host_disk().ok_or(Errno::ENOENT)?;
        let view = self.world_mut().kernel.view_mut(fs).ok_or(Errno::ENOENT)?;
        if let Some(above) = path.trim_end_matches('/').rfind('/').and_then(|slash| path.get(..slash)) {
            view.mkdir_all(above, 0o755, now)?;
        }
        let (dir, name) = view.parent_of(path)?;
        let old = view.lookup(dir, &name).ok();
        let ino = match (old, old.and_then(|ino| view.get(ino)).map(|inode| inode.node.clone()), what) {
            (Some(ino), Some(Node::Dir(_)), Mirrored::Dir(mode)) => {
                view.set_mode(ino, mode)?;
                ino
            }
            (Some(ino), Some(Node::File(_)), Mirrored::File(mode, content)) => {
                view.set_content(ino, content, now)?;
                view.set_mode(ino, mode)?;
                ino
            }
            (old, _, what) => {
                if old.is_some() {
                    view.remove_all(dir, &name, now)?;
                }
                view.create(dir, &name, what.inode(now), now)?
            }
        };
        view.set_owner(ino, owner.0, owner.1)
    }

    /// Takes away what stands at a path of the host's disk.
    pub fn unmirror(&mut self, path: &str) {
        let now = self.world().now();
        let Some(fs) = self.host_disk() else { return };
        let Some(view) = self.world_mut().kernel.view_mut(fs) else { return };
        if let Ok((dir, name)) = view.parent_of(path) {
            let _it_may_be_gone = view.remove_all(dir, &name, now);
        }
    }

    /// The paths of the host's disk that containers bind.
    pub fn bound(&self) -> BTreeSet<String> {
        let mounts = self.world().containers.values().flat_map(|container| container.mounts.iter());
        mounts.filter(|mount| mount.kind == "bind").map(|mount| mount.source.clone()).collect()
    }
}
