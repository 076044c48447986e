//! What is mounted over a container's root when it starts.

use super::{emit, place, spec};
use crate::base::units::ram_in_bytes;
use crate::base::{Errno, ObjectId, Order};
use crate::engine::image;
use crate::fs::View;
use crate::kernel::net::NetNsId;
use crate::kernel::{FsId, Limits, MEMORY_KB, Mount, Namespace, NsId, PidNsId, Source, Target};
use crate::model::{Container, EngineError, MountPoint, World};

/// All mounts of a container that starts: `base` (the root first, then what every container has), then its
/// volumes, binds and temporary filesystems and the daemon's `own` files where nothing else takes their place,
/// parents before children. Mount points that are missing are made. Beside them the filesystems that live only
/// as long as the container runs.
///
/// # Errors
/// The runtime's words where a mount point and its source are not of one kind, or a source is missing.
pub fn mounts(
    world: &mut World,
    id: ObjectId,
    base: Vec<Mount>,
    own: Vec<Mount>,
) -> Result<(Vec<Mount>, Vec<FsId>), EngineError> {
    let container = world.container(id).ok_or_else(|| EngineError::system("no such container"))?.clone();
    let mut points = container.mounts.clone();
    points.extend(container.host.tmpfs.iter().flatten().map(|(path, _)| tmpfs_point(path)));
    let mut todo: Vec<(String, Wanted)> =
        points.into_iter().map(|p| (p.destination.clone(), Wanted::Point(p))).collect();
    for mount in own {
        if !todo.iter().any(|(target, _)| *target == mount.target) {
            todo.push((mount.target.clone(), Wanted::Own(mount)));
        }
    }
    todo.order_by(|(a, _), (b, _)| (a.matches('/').count(), a).cmp(&(b.matches('/').count(), b)));
    let ns = world.kernel.add_namespace(Namespace {
        hostname: String::new(),
        mounts: base,
        net: NetNsId::default(),
        pids: PidNsId::default(),
        limits: Limits::default(),
        paused: false,
        oom_killed: false,
        tty: None,
        capabilities: vec![],
    });
    let mut temporary = Vec::new();
    for (_, wanted) in todo {
        let mount = match wanted {
            Wanted::Own(mount) => {
                let over = place::ensure(world, ns, &mount.target, false).ok();
                Mount { over, ..mount }
            }
            Wanted::Point(point) => {
                let mount = make(world, &container, ns, &point, &mut temporary)?;
                tell(world, id, &point);
                mount
            }
        };
        if let Some(namespace) = world.kernel.namespace_mut(ns) {
            namespace.mounts.push(mount);
        }
    }
    let all = world.kernel.namespace(ns).map(|n| n.mounts.clone()).unwrap_or_default();
    world.kernel.remove_namespace(ns);
    Ok((all, temporary))
}

/// One thing to mount.
enum Wanted {
    Own(Mount),
    Point(MountPoint),
}

fn tmpfs_point(path: &str) -> MountPoint {
    MountPoint {
        kind: "tmpfs".to_string(),
        name: None,
        source: String::new(),
        destination: spec::clean(path),
        driver: None,
        mode: String::new(),
        rw: true,
        propagation: String::new(),
        subpath: String::new(),
        anonymous: false,
    }
}

fn tell(world: &mut World, id: ObjectId, point: &MountPoint) {
    let Some(volume) = point.name.as_ref().and_then(|n| world.volumes.get(n)).cloned() else { return };
    let extra = [
        ("container", id.to_string()),
        ("destination", point.destination.clone()),
        ("propagation", point.propagation.clone()),
        ("read/write", point.rw.to_string()),
    ];
    emit(world, &volume, "mount", &extra);
}

/// Tells that a container has ended and its volumes are no longer mounted.
pub fn unmount(world: &mut World, id: ObjectId) {
    let points = world.container(id).map_or(vec![], |c| c.mounts.clone());
    for point in points {
        if let Some(volume) = point.name.and_then(|n| world.volumes.get(&n).cloned()) {
            emit(world, &volume, "unmount", &[("container", id.to_string())]);
        }
    }
}

/// One mount: its source found, its mount point made.
fn make(
    world: &mut World,
    container: &Container,
    ns: NsId,
    point: &MountPoint,
    temporary: &mut Vec<FsId>,
) -> Result<Mount, EngineError> {
    let mut read_only = !point.rw;
    let mut shown = String::new();
    let source = match point.kind.as_str() {
        "tmpfs" => {
            let options = TmpfsOptions::of(container, &point.destination)?;
            read_only |= options.read_only;
            shown = options.shown(read_only);
            let fs = options.make(world);
            temporary.push(fs);
            Source::Disk { fs, root: View::ROOT }
        }
        "bind" => bind_source(world, container, point)?,
        "volume" => volume_source(world, point)?,
        "image" => image_source(world, point, temporary)?,
        kind => return Err(EngineError::not_simulated(&format!("a mount of type {kind}"))),
    };
    let is_dir = match source {
        Source::Disk { fs, root } => {
            world.kernel.view(fs).and_then(|v| v.get(root)).is_some_and(|i| i.is_dir())
        }
        Source::Proc | Source::Sys => true,
    };
    let over = place::ensure(world, ns, &point.destination, is_dir).map_err(|e| cannot_mount(point, e))?;
    let (fs_type, device) = match point.kind.as_str() {
        "tmpfs" => ("tmpfs".to_string(), "tmpfs".to_string()),
        _ => host_device(world),
    };
    Ok(Mount {
        target: point.destination.clone(),
        over: Some(over),
        source,
        read_only,
        fs_type,
        device,
        options: shown,
    })
}

fn host_device(world: &World) -> (String, String) {
    let root = world.kernel.namespace(world.host.ns).and_then(|ns| ns.mounts.first());
    root.map_or(("ext4".to_string(), "/dev/vda1".to_string()), |m| (m.fs_type.clone(), m.device.clone()))
}

/// The runtime's words for a mount that fails.
fn cannot_mount(point: &MountPoint, error: Errno) -> EngineError {
    let (source, target) = (&point.source, &point.destination);
    let reason = match error {
        Errno::ENOTDIR => {
            "not a directory: Are you trying to mount a directory onto a file (or vice-versa)? Check if \
                           the specified host path exists and is the expected type"
                .to_string()
        }
        Errno::EPERM => format!("{target:?} cannot be mounted because it is inside /proc"),
        other => other.text().to_lowercase(),
    };
    EngineError::system(format!(
        "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create \
         failed: unable to start container process: error during container init: error mounting {source:?} to rootfs \
         at {target:?}: mount src={source}, dst={target}, dstFd=/proc/thread-self/fd/11, flags=MS_BIND|MS_REC: {reason}"
    ))
}

/// A file or directory of the host. With `-v` a missing one is made, with `--mount` it is not.
fn bind_source(world: &mut World, container: &Container, point: &MountPoint) -> Result<Source, EngineError> {
    let host = world.host.ns;
    let strict = container.host.mounts.iter().flatten().any(|m| {
        let create = m.bind_options.as_ref().and_then(|o| o.get("CreateMountpoint")?.as_bool());
        m.kind == "bind" && spec::clean(&m.target) == point.destination && create != Some(true)
    });
    if !strict && !place::exists_on_host(world, &point.source) {
        place::ensure(world, host, &point.source, true).map_err(|e| {
            let why = e.text().to_lowercase();
            let path = &point.source;
            EngineError::system(format!(
                "error while creating mount source path '{path}': mkdir {path}: {why}"
            ))
        })?;
    }
    match place::resolve(world, host, &point.source).map(|r| r.target) {
        Ok(Some(Target::Disk(place))) => Ok(Source::Disk { fs: place.fs, root: place.ino }),
        Ok(Some(Target::Generated(path))) if path == "/proc" => Ok(Source::Proc),
        Ok(Some(Target::Generated(path))) if path == "/sys" => Ok(Source::Sys),
        Ok(Some(Target::Generated(path))) => Err(EngineError::not_simulated(&format!("binding {path}"))),
        Ok(None) => Err(cannot_mount(point, Errno::ENOENT)),
        Err(e) => Err(cannot_mount(point, e)),
    }
}

fn volume_source(world: &World, point: &MountPoint) -> Result<Source, EngineError> {
    let name = point.name.as_deref().unwrap_or_default();
    let volume = super::find(world, name)?;
    let (mut fs, mut root) = (volume.fs, View::ROOT);
    let option = |key: &str| volume.options.as_ref().and_then(|o| o.get(key)).map_or("", String::as_str);
    if option("o").split(',').any(|o| matches!(o, "bind" | "rbind")) {
        let device = option("device");
        match place::resolve(world, world.host.ns, device).map(|r| r.target) {
            Ok(Some(Target::Disk(place))) => (fs, root) = (place.fs, place.ino),
            _ => {
                let data = volume.mountpoint();
                return Err(EngineError::system(format!(
                    "failed to populate volume: error while mounting volume '{data}': failed to mount local volume: \
                     mount {device}:{data}, flags: 0x1000: no such file or directory"
                )));
            }
        }
    } else if !matches!(option("type"), "" | "none" | "tmpfs") {
        return Err(EngineError::not_simulated(&format!("a volume of type {}", option("type"))));
    }
    if point.subpath.is_empty() {
        return Ok(Source::Disk { fs, root });
    }
    let found =
        world.kernel.view(fs).ok_or(Errno::ENOENT).and_then(|v| v.resolve_at(root, &point.subpath, true));
    found.map(|root| Source::Disk { fs, root }).map_err(|e| {
        let path = format!("{}/{}", volume.mountpoint(), point.subpath);
        EngineError::system(format!("cannot access path {path}: lstat {path}: {}", e.text().to_lowercase()))
    })
}

/// An image's files, or a directory of them.
fn image_source(
    world: &mut World,
    point: &MountPoint,
    temporary: &mut Vec<FsId>,
) -> Result<Source, EngineError> {
    let view = View::on(image::for_container(world, &point.source, None)?.base);
    let root = if point.subpath.is_empty() { Ok(View::ROOT) } else { view.resolve(&point.subpath, true) };
    let root = root.map_err(|e| cannot_mount(point, e))?;
    let fs = world.kernel.add_fs(view);
    temporary.push(fs);
    Ok(Source::Disk { fs, root })
}

/// The options of a `--tmpfs` or `--mount type=tmpfs`.
struct TmpfsOptions {
    mode: u32,
    uid: u32,
    gid: u32,
    read_only: bool,
    size: Option<u64>,
    /// What `noexec`, `nosuid` and `nodev`, which are usual, were replaced by.
    lifted: Vec<String>,
}

impl TmpfsOptions {
    fn of(container: &Container, target: &str) -> Result<Self, EngineError> {
        let mut options = Self { mode: 0o1777, uid: 0, gid: 0, read_only: false, size: None, lifted: vec![] };
        let given = container.host.tmpfs.iter().flatten().find(|(path, _)| spec::clean(path) == target);
        for option in given.map_or("", |(_, text)| text.as_str()).split(',').filter(|o| !o.is_empty()) {
            let (key, value) = option.split_once('=').unwrap_or((option, ""));
            let number = |radix| u32::from_str_radix(value, radix).ok();
            let bad = || EngineError::invalid(format!("invalid tmpfs option [\"{option}\"]"));
            match key {
                "mode" => options.mode = number(8).ok_or_else(bad)?,
                "uid" => options.uid = number(10).ok_or_else(bad)?,
                "gid" => options.gid = number(10).ok_or_else(bad)?,
                "ro" => options.read_only = true,
                "size" if value.ends_with('%') => {
                    let percent: u64 = value.trim_end_matches('%').parse().map_err(|_| bad())?;
                    options.size = Some((MEMORY_KB << 10) / 100 * percent.min(100)).filter(|n| *n > 0);
                }
                "size" => {
                    let size = ram_in_bytes(value).ok().and_then(|n| u64::try_from(n).ok());
                    options.size = Some(size.ok_or_else(bad)?).filter(|n| *n > 0);
                }
                "exec" | "suid" | "dev" => options.lifted.push(format!("no{key}")),
                "rw" | "noexec" | "nosuid" | "nodev" | "sync" | "async" | "atime" | "noatime"
                | "diratime" | "nodiratime" | "relatime" => {}
                _ => return Err(bad()),
            }
        }
        let mounts = container.host.mounts.iter().flatten();
        let mount = mounts.filter(|m| m.kind == "tmpfs").find(|m| spec::clean(&m.target) == target);
        let number = |key: &str| mount.and_then(|m| m.tmpfs_options.as_ref()?.get(key)?.as_u64());
        options.size = number("SizeBytes").filter(|n| *n > 0).or(options.size);
        let mode = number("Mode");
        if let Some(mode) = mode.and_then(|m| u32::try_from(m).ok()) {
            options.mode = mode;
        }
        Ok(options)
    }

    /// As `mount` prints them.
    fn shown(&self, read_only: bool) -> String {
        let access = if read_only { "ro" } else { "rw" };
        let flags =
            ["nosuid", "nodev", "noexec"].into_iter().filter(|flag| !self.lifted.iter().any(|l| l == flag));
        let words = std::iter::once(access).chain(flags).chain(["relatime"]);
        let mut text = words.collect::<Vec<_>>().join(",");
        text.extend(self.size.map(|size| format!(",size={}k", size.div_ceil(1024))));
        text.extend((self.mode != 0o1777).then(|| format!(",mode={:o}", self.mode)));
        text.extend((self.uid != 0).then(|| format!(",uid={}", self.uid)));
        text.extend((self.gid != 0).then(|| format!(",gid={}", self.gid)));
        text
    }

    fn make(&self, world: &mut World) -> FsId {
        let mut view = View::empty(world.now());
        let _the_root_exists = view.set_mode(View::ROOT, self.mode);
        let _the_root_exists = view.set_owner(View::ROOT, self.uid, self.gid);
        let fs = world.kernel.add_fs(view);
        if let Some(size) = self.size {
            world.kernel.set_quota(fs, size);
        }
        fs
    }
}
