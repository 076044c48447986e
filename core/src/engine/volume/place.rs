//! Paths as a set of mounts has them: found, and made where they are missing.

use crate::base::Errno;
use crate::fs::Inode;
use crate::kernel::{Credentials, NsId, Place, Resolved, Target, Viewer};
use crate::model::World;

/// Resolves an absolute path as root.
///
/// # Errors
/// Those of the kernel.
pub fn resolve(world: &World, ns: NsId, path: &str) -> Result<Resolved, Errno> {
    let cred = Credentials::default();
    world.kernel.resolve(Viewer { ns, cwd: "/", cred: &cred, me: None }, path, true)
}

/// True where the host has something at `path`.
pub fn exists_on_host(world: &World, path: &str) -> bool {
    resolve(world, world.host.ns, path).is_ok_and(|r| r.target.is_some())
}

/// The place at `path`; what is missing is made: directories, and at the end a directory or an empty file.
///
/// # Errors
/// `ENOTDIR` where a directory meets something else, `EPERM` in /proc and /sys.
pub fn ensure(world: &mut World, ns: NsId, path: &str, want_dir: bool) -> Result<Place, Errno> {
    if !resolve(world, ns, path).is_ok_and(|there| there.target.is_some()) {
        make(world, ns, path, want_dir)?;
    }
    let place = match resolve(world, ns, path)?.target {
        Some(Target::Disk(place)) => place,
        Some(Target::Generated(_)) => return Err(Errno::EPERM),
        None => return Err(Errno::ENOENT),
    };
    match world.kernel.inode(place).map(Inode::is_dir) {
        Some(is_dir) if is_dir == want_dir => Ok(place),
        Some(_) => Err(Errno::ENOTDIR),
        None => Err(Errno::ENOENT),
    }
}

/// Makes what is missing on the way to `path` and there.
fn make(world: &mut World, ns: NsId, path: &str, want_dir: bool) -> Result<(), Errno> {
    let now = world.now();
    let mut at = String::new();
    let names: Vec<&str> = path.split('/').filter(|n| !n.is_empty()).collect();
    for (i, name) in names.iter().enumerate() {
        at.push('/');
        at.push_str(name);
        let is_dir = want_dir || i + 1 < names.len();
        let resolved = resolve(world, ns, &at)?;
        if resolved.target.is_none() {
            let Some((dir, name)) = resolved.parent else { return Err(Errno::EPERM) };
            let inode = if is_dir { Inode::dir(0o755, now) } else { Inode::file(Vec::new(), 0o644, now) };
            let view = world.kernel.view_mut(dir.fs).ok_or(Errno::ENOENT)?;
            view.create(dir.ino, &name, inode, now)?;
        }
    }
    Ok(())
}
