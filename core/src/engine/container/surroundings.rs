//! What surrounds a container's processes besides its volumes: the root, /proc, /sys, /dev, and the three files
//! of its network.

use crate::base::{ObjectId, Time};
use crate::engine::network;
use crate::fs::{Content, Inode, Node, View};
use crate::kernel::{FsId, Mount, Place, Source};
use crate::model::{Container, EngineError, World};

/// The files of the network, which the daemon writes once it is up.
const FILES: [&str; 3] = ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"];

/// The three files of the network, still empty: they lie on a filesystem of their own, mounted over the root's.
pub(super) fn network_files(world: &mut World) -> (FsId, Vec<Mount>) {
    let now = world.now();
    let mut view = View::empty(now);
    let mut made = vec![];
    for path in FILES {
        let name = path.rsplit('/').next().unwrap_or(path);
        if let Ok(ino) = view.create(View::ROOT, name, Inode::file("", 0o644, now), now) {
            made.push((path, ino));
        }
    }
    let fs = world.kernel.add_fs(view);
    let mount = |(target, root): (&str, crate::fs::Ino)| Mount {
        target: target.into(),
        over: None,
        source: Source::Disk { fs, root },
        read_only: false,
        fs_type: "ext4".into(),
        device: "/dev/vda1".into(),
        options: String::new(),
    };
    (fs, made.into_iter().map(mount).collect())
}

/// Writes the files of a network that is up.
pub(super) fn write_network_files(world: &mut World, id: ObjectId, fs: FsId) {
    let files = network::files(world, id);
    let now = world.now();
    let Some(view) = world.kernel.view_mut(fs) else { return };
    for (path, text) in files {
        let name = path.rsplit('/').next().unwrap_or(path);
        if let Ok(ino) = view.lookup(View::ROOT, name) {
            let _it_is_a_file = view.set_content(ino, Content::from(text.as_str()), now);
        }
    }
}

/// The root, /proc, /sys, /dev and /dev/shm.
pub(super) fn base_mounts(world: &mut World, container: &Container) -> Vec<Mount> {
    let now = world.now();
    let root = Mount {
        target: "/".into(),
        over: None,
        source: Source::Disk { fs: container.rootfs, root: View::ROOT },
        read_only: container.host.readonly_rootfs,
        fs_type: "overlay".into(),
        device: "overlay".into(),
        options: String::new(),
    };
    let dev = world.kernel.add_fs(devices(now, container.config.tty));
    let place = |world: &World, path: &str| {
        let view = world.kernel.view(container.rootfs)?;
        let ino = view.resolve(path, true).ok()?;
        Some(Place { fs: container.rootfs, dir: View::ROOT, ino })
    };
    let mut mounts = vec![root];
    for (target, source, fs_type) in [
        ("/proc", Source::Proc, "proc"),
        ("/dev", Source::Disk { fs: dev, root: View::ROOT }, "tmpfs"),
        ("/sys", Source::Sys, "sysfs"),
    ] {
        let Some(over) = place(world, target) else { continue };
        mounts.push(Mount {
            target: target.into(),
            over: Some(over),
            source,
            read_only: false,
            fs_type: fs_type.into(),
            device: fs_type.into(),
            options: String::new(),
        });
    }
    let memory = shared_memory(world, dev, u64::try_from(container.host.shm_size).unwrap_or(0));
    mounts.extend(memory.map(|(mount, _)| mount));
    mounts
}

/// `/dev/shm` on the devices `dev`, and its filesystem, which holds so many bytes; 0 for no bound.
pub(in crate::engine) fn shared_memory(world: &mut World, dev: FsId, bytes: u64) -> Option<(Mount, FsId)> {
    let over = world.kernel.view(dev)?.lookup(View::ROOT, "shm").ok()?;
    let mut view = View::empty(world.now());
    view.set_mode(View::ROOT, 0o1777).ok()?;
    let fs = world.kernel.add_fs(view);
    if bytes > 0 {
        world.kernel.set_quota(fs, bytes);
    }
    let size = if bytes == 0 { String::new() } else { format!(",size={}k", bytes.div_ceil(1024)) };
    let mount = Mount {
        target: "/dev/shm".into(),
        over: Some(Place { fs: dev, dir: View::ROOT, ino: over }),
        source: Source::Disk { fs, root: View::ROOT },
        read_only: false,
        fs_type: "tmpfs".into(),
        device: "shm".into(),
        options: format!("rw,nosuid,nodev,noexec,relatime{size}"),
    };
    Some((mount, fs))
}

/// Puts the devices of `--device` into the container's /dev.
///
/// # Errors
/// `error gathering device information …` for one that the host has not.
pub(super) fn add_devices(
    world: &mut World,
    container: &Container,
    base: &[Mount],
) -> Result<(), EngineError> {
    let now = world.now();
    let on_host = devices(now, false);
    let dev = base.iter().find(|m| m.target == "/dev").and_then(|m| match m.source {
        Source::Disk { fs, .. } => Some(fs),
        Source::Proc | Source::Sys => None,
    });
    for device in &container.host.devices {
        let text = |key: &str| device.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_string();
        let (path, target) = (text("PathOnHost"), text("PathInContainer"));
        let found = path.strip_prefix("/dev/").and_then(|name| on_host.resolve(name, true).ok());
        let Some(inode) = found.and_then(|ino| on_host.get(ino)).cloned() else {
            return Err(EngineError::system(format!(
                "error gathering device information while adding custom device \"{path}\": no such file or directory"
            )));
        };
        let Some(name) = target.strip_prefix("/dev/").filter(|n| !n.contains('/')) else {
            return Err(EngineError::not_simulated("a device outside of the container's /dev"));
        };
        if let Some(view) = dev.and_then(|fs| world.kernel.view_mut(fs)) {
            let _it_may_be_there = view.create(View::ROOT, name, inode, now);
        }
    }
    Ok(())
}

/// The devices of every container, and the links to a process's own descriptors.
pub(crate) fn devices(now: Time, tty: bool) -> View {
    let mut view = View::empty(now);
    let node = |major, minor| Node::CharDevice { major, minor };
    let mut nodes = vec![
        ("null", node(1, 3)),
        ("zero", node(1, 5)),
        ("full", node(1, 7)),
        ("random", node(1, 8)),
        ("urandom", node(1, 9)),
        ("tty", node(5, 0)),
        ("fd", Node::Symlink("/proc/self/fd".into())),
        ("stdin", Node::Symlink("/proc/self/fd/0".into())),
        ("stdout", Node::Symlink("/proc/self/fd/1".into())),
        ("stderr", Node::Symlink("/proc/self/fd/2".into())),
        ("ptmx", Node::Symlink("pts/ptmx".into())),
    ];
    if tty {
        nodes.push(("console", node(136, 0)));
    }
    for (name, node) in nodes {
        let mode = if matches!(node, Node::Symlink(_)) { 0o777 } else { 0o666 };
        let _a_fresh_directory_takes_it = view.create(View::ROOT, name, Inode::new(node, mode, now), now);
    }
    for (name, mode) in [("shm", 0o1777), ("pts", 0o755), ("mqueue", 0o1777)] {
        let _a_fresh_directory_takes_it = view.create(View::ROOT, name, Inode::dir(mode, now), now);
    }
    view
}
