//! The layer between an image and a container's own: mount points and device nodes that the runtime needs.
//! It belongs to neither, so `docker diff` and `docker commit` leave it out.

use crate::fs::{Chain, Entry, Inode, Layer, View};
use crate::model::World;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The chain of an image with the init layer on top; made once for each chain.
pub(super) fn over(world: &mut World, base: &Chain) -> Chain {
    let known =
        base.id().and_then(|id| world.init_chains.get(&id)).and_then(|id| world.images.chains.get(id));
    if let Some(chain) = known {
        return chain.clone();
    }
    let layer = Arc::new(Layer::new(entries(base)));
    let chain = world.images.chains.push(base, layer);
    if let Some((base, made)) = base.id().zip(chain.id()) {
        world.init_chains.insert(base, made);
    }
    chain
}

fn entries(base: &Chain) -> BTreeMap<Arc<str>, Entry> {
    let view = View::on(base.clone());
    let born = crate::base::Time::default();
    let dir = |mode| Inode::dir(mode, born);
    let file = |mode| Inode::file("", mode, born);
    let wanted = [
        ("/.dockerenv", file(0o755)),
        ("/dev", dir(0o755)),
        ("/dev/console", file(0o755)),
        ("/dev/pts", dir(0o755)),
        ("/dev/shm", dir(0o755)),
        ("/etc", dir(0o755)),
        ("/etc/hostname", file(0o755)),
        ("/etc/hosts", file(0o755)),
        ("/etc/mtab", Inode::symlink("/proc/mounts", born)),
        ("/etc/resolv.conf", file(0o755)),
        ("/proc", dir(0o755)),
        ("/sys", dir(0o755)),
    ];
    wanted
        .into_iter()
        .filter(|(path, _)| view.resolve(path, false).is_err())
        .map(|(path, inode)| (Arc::from(path), Entry::Put(inode)))
        .collect()
}
