//! Volumes over the life of containers, at the level of the daemon.

use super::*;
use crate::base::{Reference, Time};
use crate::engine::container::{self, Remove};
use crate::engine::{host, registry};
use crate::kernel::{FsId, Source};

fn world() -> World {
    let mut world = host::new_world(7, Time(1_700_000_000_000_000_000), &[]);
    registry::pull(&mut world, &Reference::parse("busybox").unwrap(), None).unwrap();
    world
}

fn make(world: &mut World, binds: &[&str], from: &[&str]) -> Result<ObjectId, String> {
    let mut request = container::Create::default();
    request.config.image = "busybox".to_string();
    request.config.cmd = Some(vec!["sleep".to_string(), "1000".to_string()]);
    request.host.binds = Some(binds.iter().map(|b| (*b).to_string()).collect());
    request.host.volumes_from = Some(from.iter().map(|b| (*b).to_string()).collect());
    container::create(world, request).map(|c| c.id).map_err(|e| e.message)
}

fn start(world: &mut World, id: ObjectId) -> Option<String> {
    match container::start(world, id).unwrap() {
        container::Start::Failed(error, _) => Some(error.message),
        _ => None,
    }
}

/// The filesystem that a container sees at a mount point.
fn mounted(world: &World, id: ObjectId, target: &str) -> Option<(FsId, bool)> {
    let runtime = world.container(id)?.runtime.as_ref()?;
    let mount = world.kernel.namespace(runtime.ns)?.mounts.iter().rev().find(|m| m.target == target)?;
    match mount.source {
        Source::Disk { fs, .. } => Some((fs, mount.read_only)),
        _ => None,
    }
}

#[test]
fn a_volume_is_filled_once_shared_and_outlives_its_containers() {
    let mut world = world();
    let one = make(&mut world, &["data:/etc"], &[]).unwrap();
    assert_eq!(start(&mut world, one), None);
    let volume = find(&world, "data").unwrap().clone();
    assert_eq!(mounted(&world, one, "/etc"), Some((volume.fs, false)));
    let has = |world: &World, path: &str| world.kernel.view(volume.fs).unwrap().resolve(path, true).is_ok();
    assert!(has(&world, "/passwd"), "filled from the image");
    let two = make(&mut world, &[], &[&format!("{one}:ro")]).unwrap();
    assert_eq!(start(&mut world, two), None);
    assert_eq!(mounted(&world, two, "/etc"), Some((volume.fs, true)));
    assert!(remove(&mut world, "data").unwrap_err().message.starts_with("remove data: volume is in use - ["));
    for id in [one, two] {
        container::remove(&mut world, id, Remove { force: true, volumes: true, link: false }).unwrap();
    }
    assert!(has(&world, "/passwd"), "a named volume stays");
    remove(&mut world, "data").unwrap();
    assert!(world.kernel.view(volume.fs).is_none());
}

#[test]
fn an_anonymous_volume_goes_with_the_last_that_uses_it() {
    let mut world = world();
    let one = make(&mut world, &["/anon"], &[]).unwrap();
    let two = make(&mut world, &[], &[&one.to_string()]).unwrap();
    let count = |world: &World| world.volumes.len();
    container::remove(&mut world, one, Remove { volumes: true, ..Remove::default() }).unwrap();
    assert_eq!(count(&world), 1);
    container::remove(&mut world, two, Remove { volumes: true, ..Remove::default() }).unwrap();
    assert_eq!(count(&world), 0);
}

#[test]
fn a_mount_inside_a_mount_lands_in_it() {
    let mut world = world();
    let id =
        make(&mut world, &["inner:/data/sub", "outer:/data", "/home/learner/new:/mnt/host"], &[]).unwrap();
    assert_eq!(start(&mut world, id), None);
    let outer = find(&world, "outer").unwrap().fs;
    assert!(world.kernel.view(outer).unwrap().resolve("/sub", true).is_ok());
    let container = world.container(id).unwrap();
    let changes = world.kernel.view(container.rootfs).unwrap().changes();
    let shown: Vec<String> = changes.iter().map(|c| format!("{} {}", c.kind.letter(), c.path)).collect();
    assert_eq!(shown, ["A /data", "A /mnt", "A /mnt/host"]);
    assert!(world.kernel.view(world.host.disk).unwrap().resolve("/home/learner/new", true).is_ok());
}

#[test]
fn a_refused_container_leaves_no_volume_behind() {
    let mut world = world();
    let before = world.clone();
    for (binds, why) in [
        (
            &["good:/a", "x:/b"][..],
            "create x: volume name is too short, names should be at least two alphanumeric characters",
        ),
        (&["good:/a", "/tmp:/a"][..], "Duplicate mount point: /a"),
    ] {
        assert_eq!(make(&mut world, binds, &[]), Err(why.to_string()));
        assert_eq!(world, before);
    }
    let id = make(&mut world, &["/etc/hostname:/etc"], &[]).unwrap();
    assert!(start(&mut world, id).unwrap().contains("not a directory"));
}

#[test]
fn a_prune_takes_what_is_unused_and_counts_it() {
    let mut world = world();
    let named = create(&mut world, Create { name: "named".into(), ..Create::default() }).unwrap();
    let anonymous = create(&mut world, Create::default()).unwrap();
    let fs = find(&world, &anonymous).unwrap().fs;
    let now = world.now();
    world.kernel.view_mut(fs).unwrap().write_file("/seed", "seed\n", 0o644, now).unwrap();
    let pruned = prune(&mut world, &crate::engine::filter::Filters::default()).unwrap();
    assert_eq!(pruned, Pruned { deleted: vec![anonymous], reclaimed: 5 });
    assert!(find(&world, &named).is_ok());
}

#[test]
fn a_bounded_tmpfs_fills_up_and_is_gone_after_the_run() {
    let mut world = world();
    let mut request = container::Create::default();
    request.config.image = "busybox".to_string();
    request.config.cmd = Some(vec!["sleep".to_string(), "1000".to_string()]);
    request.host.tmpfs = Some([("/t".to_string(), "size=1m,mode=700".to_string())].into());
    let id = container::create(&mut world, request).unwrap().id;
    assert_eq!(start(&mut world, id), None);
    let (fs, _) = mounted(&world, id, "/t").unwrap();
    assert_eq!(world.kernel.quota(fs), Some((1 << 20, 0)));
    assert!(
        mounted(&world, id, "/dev/shm")
            .is_some_and(|(shm, _)| world.kernel.quota(shm) == Some((64 << 20, 0)))
    );
    container::remove(&mut world, id, Remove { force: true, ..Remove::default() }).unwrap();
    assert_eq!((world.kernel.view(fs).is_some(), world.kernel.quota(fs)), (false, None));
}
