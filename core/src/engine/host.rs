//! The simulated computer: its disk, its user, and a fresh world around it.

use crate::base::Time;
use crate::fs::{ChainStore, Inode, View, fixture};
use crate::kernel::net::NetNs;
use crate::kernel::{Credentials, Flavor, Image, Kernel, Limits, Mount, Namespace, Place, Source, stub};
use crate::model::{Deadlines, Faults, Host, ImageStore, Release, World};
use imbl::{OrdMap, Vector};
use std::collections::VecDeque;
use std::sync::Arc;

/// The learner's home directory, and where sessions start.
pub const HOME: &str = "/home/learner";

/// The files of the host that are not programs.
const DISK: &str = include_str!("host.txt");

/// Who the learner is: user 1000, in the group `docker`.
pub fn learner() -> Credentials {
    Credentials { uid: 1000, gid: 1000, groups: vec![1000, 27, 999], lost: 0 }
}

/// The learner's environment at login.
pub fn environment() -> Vec<(String, String)> {
    [
        ("HOME", HOME),
        ("USER", "learner"),
        ("LOGNAME", "learner"),
        ("SHELL", "/bin/bash"),
        ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        ("LANG", "C.UTF-8"),
        ("TERM", "xterm-256color"),
        ("DOCKER_CLI_HINTS", "false"),
    ]
    .map(|(name, value)| (name.to_string(), value.to_string()))
    .to_vec()
}

/// The learner's shell.
pub fn shell(_: &World) -> Image {
    Image { program: "bash".into(), argv: vec!["bash".into()], exe: "/bin/bash".into(), flavor: Flavor::Gnu }
}

/// A world in which nothing has happened: a host with these programs, an engine without images, the three
/// predefined networks.
pub fn new_world(seed: u64, now: Time, programs: &[&str]) -> World {
    let mut kernel = Kernel::new(seed, now);
    let mut images = ImageStore::default();
    let disk = kernel.add_fs(disk(&mut images.chains, now, programs));
    let net = kernel.net.add_space(NetNs { host: true, ..NetNs::default() });
    let pids = kernel.add_pid_space();
    let dev = kernel.add_fs(super::container::devices(now, false));
    let mounts = mounts(&kernel, disk, dev);
    let ns = kernel.add_namespace(Namespace {
        hostname: "drydock".into(),
        mounts,
        net,
        pids,
        limits: Limits::default(),
        paused: false,
        oom_killed: false,
        tty: None,
        capabilities: vec![],
    });
    let mut world = World {
        kernel,
        host: Host { ns, disk },
        containers: OrdMap::new(),
        names: OrdMap::new(),
        networks: OrdMap::new(),
        volumes: OrdMap::new(),
        registries: crate::model::Registries::default(),
        images,
        builds: OrdMap::new(),
        build_cache: crate::model::BuildCache::default(),
        init_chains: OrdMap::new(),
        execs: OrdMap::new(),
        events: Vector::new(),
        events_seen: 0,
        deadlines: Deadlines::default(),
        last_made: None,
        departed: VecDeque::new(),
        last_hint: None,
        release: Release::default(),
        faults: Faults::default(),
        journal: None,
        takes_time: false,
    };
    super::network::init(&mut world);
    world
}

fn disk(store: &mut ChainStore, now: Time, programs: &[&str]) -> View {
    let layer = fixture::parse(DISK, now).unwrap_or_else(|e| unreachable!("host.txt: {e}"));
    let base = store.add([Arc::new(layer)]);
    let mut view = View::on(base);
    if let Ok(bin) = view.resolve("/usr/bin", true) {
        for name in programs.iter().filter(|name| !name.contains(' ')) {
            let _a_name_of_the_fixture_stays =
                view.create(bin, name, Inode::file(stub(name), 0o755, now), now);
        }
    }
    view
}

fn mounts(kernel: &Kernel, disk: crate::kernel::FsId, dev: crate::kernel::FsId) -> Vec<Mount> {
    let mount = |target: &str, over, source, fs_type: &str, device: &str| Mount {
        target: target.into(),
        over,
        source,
        read_only: false,
        fs_type: fs_type.into(),
        device: device.into(),
        options: String::new(),
    };
    let place = |path: &str| {
        let ino = kernel.view(disk)?.resolve(path, true).ok()?;
        Some(Place { fs: disk, dir: View::ROOT, ino })
    };
    let root = Source::Disk { fs: disk, root: View::ROOT };
    let mut all = vec![mount("/", None, root, "ext4", "/dev/vda1")];
    let dev = Source::Disk { fs: dev, root: View::ROOT };
    for (path, source, kind) in
        [("/proc", Source::Proc, "proc"), ("/sys", Source::Sys, "sysfs"), ("/dev", dev, "devtmpfs")]
    {
        all.extend(place(path).map(|over| mount(path, Some(over), source, kind, kind)));
    }
    all
}
