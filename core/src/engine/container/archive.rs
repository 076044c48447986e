//! `cp` and `export`: files of a container as archive entries, running or not, with its volumes and binds.

use super::emit;
use crate::base::{Errno, ObjectId, Time};
use crate::engine::{atomically, volume};
use crate::fs::tar::{self, TarEntry, TarKind};
use crate::fs::{Overwrite, View, gzip};
use crate::kernel::net::NetNsId;
use crate::kernel::{
    Credentials, Limits, Mount, Namespace, NsId, PidNsId, Place, Resolved, Source, Target, Viewer,
};
use crate::model::{Container, EngineError, World};
use std::collections::BTreeMap;

/// What is at a path of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathStat {
    /// The last name of the path.
    pub name: String,
    /// Bytes of a file.
    pub size: u64,
    /// The kind of file, as `ls -l` prints it: `-`, `d`, `l` …
    pub kind: char,
    /// Permission bits.
    pub mode: u32,
    /// When it last changed.
    pub mtime: Time,
    /// Where a link leads, absolute.
    pub link_target: String,
}

/// How files go into a container.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Put {
    /// Files may replace directories and the other way round.
    pub any_kind: bool,
    /// Owners stay as the archive has them; otherwise everything is root's.
    pub keep_owners: bool,
}

/// What is at `path` of a container; `name` is the container as the user called it.
///
/// # Errors
/// Not found.
pub fn stat_path(world: &mut World, name: &str, path: &str) -> Result<PathStat, EngineError> {
    let id = super::find(world, name)?;
    if path.is_empty() {
        return Err(missing(path, name));
    }
    within(world, id, |world, ns| {
        let resolved = resolve(world, ns, path, false).map_err(|_| missing(path, name))?;
        describe(world, ns, path, &resolved).ok_or_else(|| missing(path, name))
    })
}

/// The tree at `path` of a container, named after the last name of the path; with `/.` at its end, what is in it.
///
/// # Errors
/// Not found; not simulated in /proc and /sys.
pub fn read_archive(
    world: &mut World,
    name: &str,
    path: &str,
) -> Result<(PathStat, Vec<TarEntry>), EngineError> {
    let id = super::find(world, name)?;
    let found = within(world, id, |world, ns| {
        let resolved = resolve(world, ns, path, false).map_err(|_| missing(path, name))?;
        if let Some(Target::Generated(_)) = resolved.target {
            return Err(EngineError::not_simulated("copying from /proc or /sys"));
        }
        let stat = describe(world, ns, path, &resolved).ok_or_else(|| missing(path, name))?;
        let place = resolved.place().map_err(|_| missing(path, name))?;
        let entries = pack(world, ns, place, &resolved.path, &last_name(path));
        Ok((stat, entries))
    })?;
    emit(world, id, "archive-path", &[]);
    Ok(found)
}

/// Puts archive entries into the directory `path` of a container.
///
/// # Errors
/// Not found; what is no directory, is read-only, or has something of another kind in the way.
pub fn write_archive(
    world: &mut World,
    name: &str,
    path: &str,
    entries: &[TarEntry],
    how: Put,
) -> Result<(), EngineError> {
    let id = super::find(world, name)?;
    atomically(world, |world| {
        within(world, id, |world, ns| put(world, (id, ns), (name, path), entries, how))
    })?;
    emit(world, id, "extract-to-dir", &[]);
    Ok(())
}

/// The whole root of a container without what is mounted over it.
///
/// # Errors
/// Not found.
pub fn export(world: &mut World, id: ObjectId) -> Result<Vec<TarEntry>, EngineError> {
    let missing = || EngineError::not_found(format!("No such container: {id}"));
    let container = world.container(id).ok_or_else(missing)?;
    let entries = world.kernel.view(container.rootfs).map_or(vec![], |view| view.pack(View::ROOT, ""));
    emit(world, id, "export", &[]);
    Ok(entries)
}

/// The largest archive that is made, in bytes.
const MAX_ARCHIVE: u64 = 256 << 20;

/// The bytes of an archive.
///
/// # Errors
/// Where it would be larger than Drydock holds.
pub fn to_bytes(entries: &[TarEntry]) -> Result<Vec<u8>, EngineError> {
    let size = |e: &TarEntry| match &e.kind {
        TarKind::File(content) => content.len(),
        _ => 0,
    };
    let total = entries.iter().fold(0u64, |sum, e| sum.saturating_add(size(e)).saturating_add(1024));
    if total > MAX_ARCHIVE {
        return Err(EngineError::not_simulated("an archive of more than 256 MiB"));
    }
    let mut bytes = vec![];
    let mut writer = tar::Writer::new(&mut bytes);
    let written = entries.iter().try_for_each(|entry| writer.append(entry)).and_then(|()| writer.finish());
    written.map_err(|e| EngineError::system(e.to_string()))?;
    Ok(bytes)
}

/// The entries of an archive, perhaps compressed.
///
/// # Errors
/// What is no archive, leads out of its root, or is larger than Drydock holds.
pub fn of_bytes(bytes: &[u8]) -> Result<Vec<TarEntry>, EngineError> {
    let limits = tar::Limits::default();
    let refused = |e: tar::TarError| EngineError::invalid(e.to_string());
    if gzip::is_gzip(bytes) {
        let bytes = gzip::gunzip(bytes, limits.bytes).map_err(refused)?;
        return tar::read(&bytes, limits).map_err(refused);
    }
    tar::read(bytes, limits).map_err(refused)
}

/// The last name of a path: `.` where it ends so, empty for the root.
pub fn last_name(path: &str) -> String {
    if path == "." || path.ends_with("/.") {
        return ".".into();
    }
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_string()
}

fn missing(path: &str, name: &str) -> EngineError {
    EngineError::not_found(format!("Could not find the file {path} in container {name}"))
}

/// Runs `act` with the mounts of a container as root sees them, without /proc, /sys and temporary filesystems.
fn within<T>(
    world: &mut World,
    id: ObjectId,
    act: impl FnOnce(&mut World, NsId) -> Result<T, EngineError>,
) -> Result<T, EngineError> {
    let gone = || EngineError::not_found(format!("No such container: {id}"));
    let container = world.container(id).ok_or_else(gone)?.clone();
    let mounts = match &container.runtime {
        Some(runtime) => world.kernel.namespace(runtime.ns).map(|ns| ns.mounts.clone()).unwrap_or_default(),
        None => at_rest(world, &container)?,
    };
    let mounts =
        mounts.into_iter().filter(|m| !matches!(m.fs_type.as_str(), "tmpfs" | "proc" | "sysfs")).collect();
    let ns = world.kernel.add_namespace(Namespace {
        hostname: String::new(),
        mounts,
        net: NetNsId::default(),
        pids: PidNsId::default(),
        limits: Limits::default(),
        paused: false,
        oom_killed: false,
        tty: None,
        capabilities: vec![],
    });
    let result = act(world, ns);
    world.kernel.remove_namespace(ns);
    result
}

/// The mounts of a container that does not run.
fn at_rest(world: &mut World, container: &Container) -> Result<Vec<Mount>, EngineError> {
    let root = Mount {
        target: "/".into(),
        over: None,
        source: Source::Disk { fs: container.rootfs, root: View::ROOT },
        read_only: container.host.readonly_rootfs,
        fs_type: "overlay".into(),
        device: "overlay".into(),
        options: String::new(),
    };
    let (events, seen) = (world.events.clone(), world.events_seen);
    let (mounts, temporary) = volume::mounts(world, container.id, vec![root], vec![])?;
    (world.events, world.events_seen) = (events, seen);
    for fs in temporary {
        world.kernel.remove_fs(fs);
    }
    Ok(mounts)
}

fn resolve(world: &World, ns: NsId, path: &str, follow: bool) -> Result<Resolved, Errno> {
    let cred = Credentials::default();
    let path = if path.starts_with('/') { path.to_string() } else { format!("/{path}") };
    world.kernel.resolve(Viewer { ns, cwd: "/", cred: &cred, me: None }, &path, follow)
}

fn describe(world: &World, ns: NsId, path: &str, resolved: &Resolved) -> Option<PathStat> {
    let inode = world.kernel.inode(resolved.place().ok()?)?;
    let kind = match &inode.node {
        crate::fs::Node::File(_) => '-',
        crate::fs::Node::Dir(_) => 'd',
        crate::fs::Node::Symlink(_) => 'l',
        crate::fs::Node::CharDevice { .. } => 'c',
        crate::fs::Node::BlockDevice { .. } => 'b',
        crate::fs::Node::Fifo => 'p',
        crate::fs::Node::Socket => 's',
    };
    let link_target = match inode.as_symlink() {
        Some(text) => resolve(world, ns, path, true).map_or_else(|_| text.to_string(), |r| r.path),
        None => String::new(),
    };
    let (size, mode, mtime) = (inode.size(), inode.mode, inode.mtime);
    let name = last_name(path);
    let name = if name.is_empty() { "/".into() } else { name };
    Some(PathStat { name, size, kind, mode, mtime, link_target })
}

/// A tree with what is mounted below it.
fn pack(world: &World, ns: NsId, place: Place, path: &str, name: &str) -> Vec<TarEntry> {
    let Some(view) = world.kernel.view(place.fs) else { return vec![] };
    let mut entries = view.pack(place.ino, name);
    let mounts = world.kernel.namespace(ns).map_or(&[][..], |n| &n.mounts);
    let above = format!("{}/", path.trim_end_matches('/'));
    for mount in mounts.iter().skip(1) {
        let (Some(rest), Source::Disk { fs, root }) = (mount.target.strip_prefix(&above), mount.source)
        else {
            continue;
        };
        let at = if name.is_empty() { rest.to_string() } else { format!("{name}/{rest}") };
        let below = format!("{at}/");
        entries.retain(|e| e.path != at && !e.path.starts_with(&below));
        entries.extend(world.kernel.view(fs).map_or(vec![], |view| view.pack(root, &at)));
    }
    entries
}

fn put(
    world: &mut World,
    (id, ns): (ObjectId, NsId),
    (name, path): (&str, &str),
    entries: &[TarEntry],
    how: Put,
) -> Result<(), EngineError> {
    let resolved = resolve(world, ns, path, true).map_err(|_| missing(path, name))?;
    let place = resolved.place().map_err(|_| missing(path, name))?;
    if !world.kernel.inode(place).is_some_and(crate::fs::Inode::is_dir) {
        return Err(EngineError::invalid("extraction point is not a directory"));
    }
    let read_only_root = world.container(id).is_some_and(|c| c.host.readonly_rootfs && c.rootfs == place.fs);
    if resolved.read_only {
        let what = if read_only_root { "container rootfs" } else { "mounted volume" };
        return Err(EngineError::new(
            crate::model::ErrorKind::Forbidden,
            format!("{what} is marked read-only"),
        ));
    }
    let mounts = world.kernel.namespace(ns).map(|n| n.mounts.clone()).unwrap_or_default();
    let overwrite = if how.any_kind { Overwrite::Anything } else { Overwrite::SameKind };
    let now = world.now();
    for (at, group) in by_mount(&mounts, &resolved.path, entries, how) {
        let (fs, dir) = match at.and_then(|at| mounts.get(at)).map(|m| (m.source, m.read_only)) {
            Some((_, true)) => return Err(EngineError::invalid("mounted volume is marked read-only")),
            Some((Source::Disk { fs, root }, _)) => (fs, root),
            _ => (place.fs, place.ino),
        };
        let Some(view) = world.kernel.view_mut(fs) else { continue };
        view.unpack(dir, &group, overwrite, now).map_err(|e| EngineError::invalid(e.to_string()))?;
    }
    Ok(())
}

/// Entries by the mount below `path` that takes them; `None` is the filesystem of `path` itself.
fn by_mount(
    mounts: &[Mount],
    path: &str,
    entries: &[TarEntry],
    how: Put,
) -> BTreeMap<Option<usize>, Vec<TarEntry>> {
    let above = format!("{}/", path.trim_end_matches('/'));
    let mut groups: BTreeMap<Option<usize>, Vec<TarEntry>> = BTreeMap::new();
    for entry in entries {
        let mut entry = entry.clone();
        if !how.keep_owners {
            (entry.uid, entry.gid) = (0, 0);
        }
        let relative = crate::fs::tar::inside_root(&entry.path).unwrap_or_default();
        let whole = format!("{}{}", above.trim_end_matches('/'), relative);
        let takes = |mount: &Mount| {
            mount.target.starts_with(&above)
                && whole
                    .strip_prefix(&mount.target)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let mount =
            mounts.iter().enumerate().skip(1).filter(|(_, m)| takes(m)).max_by_key(|(_, m)| m.target.len());
        if let Some((_, mount)) = mount {
            let rest = whole.get(mount.target.len()..).unwrap_or_default();
            if rest.is_empty() && entry.kind != TarKind::Dir {
                // A file that is mounted itself cannot be replaced, only its directory's other files can.
                continue;
            }
            entry.path = format!(".{rest}");
        }
        groups.entry(mount.map(|(at, _)| at)).or_default().push(entry);
    }
    groups
}
