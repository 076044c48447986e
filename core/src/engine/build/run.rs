//! `RUN`: a process of the simulated kernel in the tree of its stage.

use super::plan::{CacheMount, LentMount, Look, MountKind, Request, RunOp};
use crate::base::{ObjectId, Time};
use crate::engine::container::{shared_memory, spawn};
use crate::fs::{Chain, Entry, Ino, Inode, Layer, Node, Overwrite, View};
use crate::kernel::net::{NetNs, NetNsId};
use crate::kernel::{Exit, FsId, Launch, Limits, Mount, Namespace, Place, Source, Stdio, Stream, Viewer};
use crate::model::build::Running;
use crate::model::{EngineError, World};
use std::collections::BTreeMap;
use std::sync::Arc;

pub use crate::engine::container::spawn::DEFAULT_PATH;

/// How many bytes `/dev/shm` holds unless told otherwise.
const SHARED_MEMORY: u64 = 64 << 20;

/// How the file of a here-document looks.
const SCRIPT: Look = Look { mode: 0o755, uid: 0, gid: 0 };

/// How a start went.
pub enum Started {
    /// It runs.
    Running(Running),
    /// The runtime could not, in its words; the step ends with 1.
    Failed(String),
}

/// The trees that mounts show: one for each step, where it has one.
pub type Trees<'a> = &'a dyn Fn(&World, usize) -> View;

/// A file or tree to be mounted.
struct Planned {
    target: String,
    fs: FsId,
    root: Ino,
    read_only: bool,
    is_dir: bool,
    fs_type: &'static str,
}

/// Starts a step over the tree `below`.
///
/// # Errors
/// A secret that must be there, a mount's source that is not there, an unknown user.
pub fn start(
    world: &mut World,
    below: &Chain,
    op: &RunOp,
    lent: &Request,
    trees: Trees<'_>,
) -> Result<Started, EngineError> {
    let before = world.clone();
    let done = begin(world, below, op, lent, trees);
    if !matches!(done, Ok(Started::Running(_))) {
        *world = before;
    }
    done
}

fn begin(
    world: &mut World,
    below: &Chain,
    op: &RunOp,
    lent: &Request,
    trees: Trees<'_>,
) -> Result<Started, EngineError> {
    let now = world.now();
    let mut env = op.env.clone();
    let (mut planned, caches, mut extra) = mounts(world, op, lent, trees, &mut env)?;
    let files = network_files(world, op);
    extra.extend(files.first().map(|file| file.fs));
    planned.extend(files);
    let base = stubs(world, below, &planned, &op.cwd);
    let root = world.kernel.add_fs(View::on(base));
    let dev = world.kernel.add_fs(devices(&planned, now));
    extra.push(dev);
    let mut mounts = mount_all(world, root, dev, &planned);
    if let Some((mount, fs)) = shared_memory(world, dev, op.bounds.shm.unwrap_or(SHARED_MEMORY)) {
        extra.push(fs);
        mounts.push(mount);
    }
    let net = net_of(world, &op.network);
    let pids = world.kernel.add_pid_space();
    let ns = world.kernel.add_namespace(Namespace {
        hostname: "buildkitsandbox".into(),
        mounts,
        net,
        pids,
        limits: Limits { ulimits: op.bounds.ulimits.clone(), ..Limits::default() },
        paused: false,
        oom_killed: false,
        tty: None,
        capabilities: vec![],
    });
    let who = spawn::identity(&world.kernel, ns, &op.user, &[])?;
    let mut variables = spawn::environment(&env, "", &who.home, false);
    variables.retain(|(name, _)| name != "HOSTNAME");
    let viewer = Viewer { ns, cwd: &op.cwd, cred: &who.cred, me: None };
    let image = match spawn::program(&world.kernel, viewer, &op.argv, &variables) {
        Ok(image) => image,
        Err(why) => {
            let reason = why.reason;
            return Ok(Started::Failed(format!(
                "runc run failed: unable to start container process: error during container init: {reason}"
            )));
        }
    };
    // Whoever waits for the daemon is woken by new output of any owner.
    let owner = ObjectId::random(&mut world.kernel.rng);
    let sink = world.kernel.add_sink(Some(owner));
    let stdio = [Stdio::Null, Stdio::Sink(sink, Stream::Stdout), Stdio::Sink(sink, Stream::Stderr)];
    let launch =
        Launch { ns, image, env: variables, cwd: op.cwd.clone(), cred: who.cred, stdio, owner: None };
    let pid = world.kernel.launch(launch).map_err(|e| EngineError::system(e.text()))?;
    Ok(Started::Running(Running { pid, ns, pids, root, sink, extra, caches }))
}

type Mounts = (Vec<Planned>, Vec<(String, FsId)>, Vec<FsId>);

/// The mounts the step asks for.
fn mounts(
    world: &mut World,
    op: &RunOp,
    lent: &Request,
    trees: Trees<'_>,
    env: &mut Vec<String>,
) -> Result<Mounts, EngineError> {
    let now = world.now();
    let (mut planned, mut caches, mut extra) = (vec![], vec![], vec![]);
    for mount in &op.mounts {
        let mut quota = None;
        let (view, root, fs_type) = match &mount.kind {
            MountKind::Bind(node, source) => {
                let view = node.map_or_else(|| View::empty(now), |node| trees(world, node));
                let root = source_of(world, &view, source)?;
                (view, root, "overlay")
            }
            MountKind::Cache(cache) => {
                let known = world.build_cache.mounts.get(&cache.id).map(|view| View::clone(view));
                let (view, root) =
                    known.map_or_else(|| seed(world, cache, trees), |view| Ok((view, View::ROOT)))?;
                (view, root, "ext4")
            }
            MountKind::Tmpfs(size) => {
                quota = *size;
                (View::empty(now), View::ROOT, "tmpfs")
            }
            MountKind::Secret(secret, variable) => {
                let Some((_, value)) = lent.secrets.iter().find(|(known, _)| *known == secret.id) else {
                    spare(secret, format!("secret {}: not found", secret.id))?;
                    continue;
                };
                env.extend(
                    variable.as_ref().map(|name| format!("{name}={}", String::from_utf8_lossy(value))),
                );
                if !secret.shown {
                    continue;
                }
                let (view, root) = one_node(Inode::file(value.as_slice(), 0, now), secret.look, now);
                (view, root, "tmpfs")
            }
            MountKind::Ssh(agent) => {
                if !lent.agents.contains(&agent.id) {
                    spare(agent, no_agent(lent, &agent.id))?;
                    continue;
                }
                env.push(format!("SSH_AUTH_SOCK={}", mount.target));
                let socket = Inode { node: Node::Socket, ..Inode::file("", 0, now) };
                let (view, root) = one_node(socket, agent.look, now);
                (view, root, "tmpfs")
            }
            MountKind::Script(text) => {
                let (view, root) = one_node(Inode::file(text.as_str(), 0, now), SCRIPT, now);
                (view, root, "tmpfs")
            }
        };
        let is_dir = view.get(root).is_some_and(Inode::is_dir);
        let (target, fs) = (mount.target.clone(), world.kernel.add_fs(view));
        quota.into_iter().for_each(|bytes| world.kernel.set_quota(fs, bytes));
        match &mount.kind {
            MountKind::Cache(cache) => caches.push((cache.id.clone(), fs)),
            _ => extra.push(fs),
        }
        planned.push(Planned { target, fs, root, read_only: mount.read_only, is_dir, fs_type });
    }
    Ok((planned, caches, extra))
}

/// Something that is not lent, which the step can do without or not.
fn spare(lent: &LentMount, why: String) -> Result<(), EngineError> {
    if lent.required { Err(EngineError::not_found(why)) } else { Ok(()) }
}

/// What BuildKit says where the client lends no agent, or not this one.
fn no_agent(lent: &Request, id: &str) -> String {
    match lent.agents.is_empty() {
        true => format!("no SSH key {id:?} forwarded from the client"),
        false => format!("unset ssh forward key {id}"),
    }
}

/// The source of a mount in its tree.
fn source_of(world: &mut World, view: &View, source: &str) -> Result<Ino, EngineError> {
    let path = super::wording::below("/", source);
    view.resolve(&path, true).map_err(|_| {
        EngineError::not_found(format!(
            "failed to compute cache key: failed to calculate checksum of ref {}: {path:?}: not found",
            super::job::reference(&mut world.kernel.rng)
        ))
    })
}

/// What a cache begins with.
fn seed(world: &mut World, cache: &CacheMount, trees: Trees<'_>) -> Result<(View, Ino), EngineError> {
    let now = world.now();
    let mut view = View::empty(now);
    if let Some((node, source)) = &cache.from {
        let tree = trees(world, *node);
        let root = source_of(world, &tree, source)?;
        let entries = tree.pack(root, "");
        view.unpack(View::ROOT, &entries, Overwrite::Anything, now)
            .map_err(|e| EngineError::system(e.to_string()))?;
    }
    // The top of an empty view is always there.
    let _top = view
        .set_mode(View::ROOT, cache.look.mode)
        .and_then(|()| view.set_owner(View::ROOT, cache.look.uid, cache.look.gid));
    Ok((view, View::ROOT))
}

/// A filesystem with one thing in it.
fn one_node(inode: Inode, look: Look, now: Time) -> (View, Ino) {
    let mut view = View::empty(now);
    let inode = Inode { mode: look.mode, uid: look.uid, gid: look.gid, ..inode };
    let made = view.create(View::ROOT, "file", inode, now);
    (view, made.unwrap_or(View::ROOT))
}

/// `/etc/hosts` and `/etc/resolv.conf`.
fn network_files(world: &mut World, op: &RunOp) -> Vec<Planned> {
    let now = world.now();
    let mut hosts =
        String::from("127.0.0.1\tlocalhost buildkitsandbox\n::1\tlocalhost ip6-localhost ip6-loopback\n");
    for (name, address) in &op.hosts {
        hosts.push_str(&format!("{address}\t{name}\n"));
    }
    let resolv = spawn::read_text(&world.kernel, world.host.ns, "/etc/resolv.conf");
    let mut view = View::empty(now);
    let mut made = vec![];
    for (path, text) in [("/etc/hosts", hosts), ("/etc/resolv.conf", resolv)] {
        let name = path.rsplit('/').next().unwrap_or(path);
        if let Ok(ino) = view.create(View::ROOT, name, Inode::file(text.as_str(), 0o644, now), now) {
            made.push((path, ino));
        }
    }
    let fs = world.kernel.add_fs(view);
    let planned = |(target, root): (&str, Ino)| Planned {
        target: target.to_owned(),
        fs,
        root,
        read_only: true,
        is_dir: false,
        fs_type: "ext4",
    };
    made.into_iter().map(planned).collect()
}

/// The chain with places for all mounts; they belong to the run and not to the layer it makes.
fn stubs(world: &mut World, below: &Chain, planned: &[Planned], cwd: &str) -> Chain {
    let view = View::on(below.clone());
    let born = Time::default();
    let mut entries: BTreeMap<Arc<str>, Entry> = BTreeMap::new();
    let wanted = planned.iter().map(|p| (p.target.as_str(), p.is_dir));
    let fixed = [("/proc", true), ("/dev", true), ("/sys", true), (cwd, true)];
    for (path, is_dir) in fixed.into_iter().chain(wanted).filter(|(path, _)| !path.starts_with("/dev/")) {
        let mut at = String::new();
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        for (n, part) in parts.iter().enumerate() {
            at = format!("{at}/{part}");
            if view.resolve(&at, true).is_ok() || entries.contains_key(at.as_str()) {
                continue;
            }
            let last = n + 1 == parts.len();
            let inode = if last && !is_dir { Inode::file("", 0o644, born) } else { Inode::dir(0o755, born) };
            entries.insert(Arc::from(at.as_str()), Entry::Put(inode));
        }
    }
    if entries.is_empty() {
        return below.clone();
    }
    world.images.chains.push(below, Arc::new(Layer::new(entries)))
}

fn mount_all(world: &World, root: FsId, dev: FsId, planned: &[Planned]) -> Vec<Mount> {
    let mount = |target: &str, over, source, read_only, kind: &str| Mount {
        target: target.into(),
        over,
        source,
        read_only,
        fs_type: kind.into(),
        device: kind.into(),
        options: String::new(),
    };
    let view = world.kernel.view(root);
    let place = |path: &str| {
        let ino = view?.resolve(path, true).ok()?;
        Some(Place { fs: root, dir: View::ROOT, ino })
    };
    let mut all = vec![mount("/", None, Source::Disk { fs: root, root: View::ROOT }, false, "overlay")];
    let fixed = [
        ("/proc", Source::Proc, "proc"),
        ("/dev", Source::Disk { fs: dev, root: View::ROOT }, "tmpfs"),
        ("/sys", Source::Sys, "sysfs"),
    ];
    for (path, source, kind) in fixed {
        all.extend(place(path).map(|over| mount(path, Some(over), source, false, kind)));
    }
    for p in planned {
        let over = match p.target.strip_prefix("/dev/") {
            Some(inside) => place_in_dev(world, dev, inside),
            None => place(&p.target),
        };
        let source = Source::Disk { fs: p.fs, root: p.root };
        all.extend(over.map(|over| mount(&p.target, Some(over), source, p.read_only, p.fs_type)));
    }
    all
}

/// The devices, with places for what is mounted among them.
fn devices(planned: &[Planned], now: Time) -> View {
    let mut view = crate::engine::container::devices(now, false);
    for p in planned {
        let Some(inside) = p.target.strip_prefix("/dev/") else { continue };
        let path = format!("/{inside}");
        let above = path.rfind('/').map_or("", |slash| &path[..slash]);
        let _what_cannot_be_mounted_is_left_out = view.mkdir_all(above, 0o755, now).and_then(|_| {
            if p.is_dir { view.mkdir_all(&path, 0o755, now) } else { view.write_file(&path, "", 0o644, now) }
        });
    }
    view
}

/// A place on the device filesystem, which covers that of the root.
fn place_in_dev(world: &World, dev: FsId, path: &str) -> Option<Place> {
    let ino = world.kernel.view(dev)?.resolve(path, true).ok()?;
    Some(Place { fs: dev, dir: View::ROOT, ino })
}

/// The network: the host's way out, or none at all.
fn net_of(world: &mut World, network: &str) -> NetNsId {
    let host = world.kernel.namespace(world.host.ns).map(|ns| ns.net);
    match (network, host) {
        ("none", _) | (_, None) => world.kernel.net.add_space(NetNs::default()),
        (_, Some(host)) => host,
    }
}

impl Running {
    /// What it has printed since the last call.
    pub fn output(&self, world: &mut World) -> Vec<crate::kernel::Chunk> {
        world.kernel.take_sink(self.sink)
    }

    /// How it ended; none while it runs.
    pub fn ended(&self, world: &mut World) -> Option<Exit> {
        world.kernel.reap(self.pid)
    }

    /// Gives back what it held; the layer it made.
    pub fn finish(self, world: &mut World) -> Option<Layer> {
        let kernel = &mut world.kernel;
        for (id, fs) in self.caches {
            if let Some(view) = kernel.remove_fs(fs) {
                world.build_cache.mounts.insert(id, view);
            }
        }
        let kernel = &mut world.kernel;
        kernel.remove_sink(self.sink);
        self.extra.into_iter().for_each(|fs| drop(kernel.remove_fs(fs)));
        kernel.remove_namespace(self.ns);
        kernel.remove_pid_space(self.pids);
        kernel.remove_fs(self.root).map(|view| view.layer())
    }

    /// Kills it and gives everything back.
    pub fn abort(self, world: &mut World) {
        world.kernel.terminate(self.pid, Exit::Signal(crate::kernel::Signal::KILL));
        world.kernel.reap(self.pid);
        self.finish(world);
    }
}
