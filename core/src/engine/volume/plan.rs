//! What a new container has mounted: `-v`, `--mount`, `--volumes-from` and the image's volumes.

use super::create::create;
use super::populate::populate;
use super::{Create, find, place, spec};
use crate::base::Gather;
use crate::engine::{container, image};
use crate::model::{Container, EngineError, MountPoint, MountSpec, World};
use std::collections::{BTreeMap, BTreeSet};

/// Fills in a new container's mounts, makes the volumes that are missing and fills those that are empty from
/// the image. Mounts come in order of their destination.
///
/// # Errors
/// Docker's words for everything that is malformed, missing or mounted twice.
pub fn plan(
    world: &mut World,
    container: &mut Container,
    image_volumes: &[String],
) -> Result<(), EngineError> {
    let mut points: BTreeMap<String, MountPoint> = BTreeMap::new();
    for from in container.host.volumes_from.clone().unwrap_or_default() {
        points.extend(inherited(world, &from)?);
    }
    let tmpfs: BTreeSet<String> = container.host.tmpfs.iter().flatten().map(|(p, _)| spec::clean(p)).gather();
    for path in container.host.tmpfs.iter().flatten().map(|(path, _)| path) {
        spec::check_target(path).map_err(EngineError::invalid)?;
    }
    let mut claimed = tmpfs.clone();
    let mut fresh = Vec::new();
    let mut claim = |target: &str| {
        if claimed.insert(target.to_string()) {
            return Ok(());
        }
        Err(EngineError::invalid(format!("Duplicate mount point: {target}")))
    };
    for text in container.host.binds.clone().unwrap_or_default() {
        let bind = spec::parse_bind(&text)?;
        claim(&bind.target)?;
        let copies = bind.kind == "volume" && !bind.mode.no_copy;
        let point = from_bind(world, bind, &container.host.volume_driver)?;
        fresh.extend(copies.then(|| point.destination.clone()));
        points.insert(point.destination.clone(), point);
    }
    for mount in container.host.mounts.clone().unwrap_or_default() {
        spec::check_mount(&mount)?;
        claim(&spec::clean(&mount.target))?;
        let copies = mount.kind == "volume" && !mount.volume_options.as_ref().is_some_and(|o| o.no_copy);
        let point = from_mount(world, mount)?;
        fresh.extend((copies && point.subpath.is_empty()).then(|| point.destination.clone()));
        points.insert(point.destination.clone(), point);
    }
    let anonymous = container.config.volumes.iter().flatten().map(|(path, _)| path).chain(image_volumes);
    let anonymous: BTreeSet<String> = anonymous.map(|path| spec::clean(path)).gather();
    for target in anonymous {
        if points.contains_key(&target) || tmpfs.contains(&target) {
            continue;
        }
        let point = from_image(world, container, target)?;
        fresh.push(point.destination.clone());
        points.insert(point.destination.clone(), point);
    }
    for target in fresh {
        let name = points.get(&target).and_then(|p| p.name.clone()).unwrap_or_default();
        let Some(volume) = world.volumes.get(&name).filter(|v| v.options.is_none()).cloned() else {
            continue;
        };
        populate(world, container.rootfs, &target, volume.fs);
    }
    container.mounts = points.into_values().collect();
    Ok(())
}

/// The mounts of another container.
fn inherited(world: &World, from: &str) -> Result<BTreeMap<String, MountPoint>, EngineError> {
    let (name, mode) = from.split_once(':').unwrap_or((from, "rw"));
    if name.is_empty() {
        return Err(EngineError::invalid(format!("malformed volumes-from specification: {from}")));
    }
    let mode = spec::parse_mode(mode)?;
    if mode.no_copy || !mode.propagation.is_empty() {
        return Err(EngineError::invalid(format!("invalid mode: {}", mode.text)));
    }
    let id = container::find(world, name)?;
    let mounts = world.container(id).map_or(&[][..], |c| &c.mounts);
    let point = |m: &MountPoint| MountPoint { rw: m.rw && mode.rw, ..m.clone() };
    Ok(mounts.iter().map(|m| (m.destination.clone(), point(m))).gather())
}

fn volume_point(world: &World, name: &str, destination: String) -> Result<MountPoint, EngineError> {
    let volume = find(world, name)?;
    Ok(MountPoint {
        kind: "volume".to_string(),
        name: Some(name.to_string()),
        source: volume.mountpoint(),
        destination,
        driver: Some(volume.driver.clone()),
        mode: "z".to_string(),
        rw: true,
        propagation: String::new(),
        subpath: String::new(),
        anonymous: false,
    })
}

fn bind_point(source: String, destination: String) -> MountPoint {
    MountPoint {
        kind: "bind".to_string(),
        name: None,
        source,
        destination,
        driver: None,
        mode: String::new(),
        rw: true,
        propagation: "rprivate".to_string(),
        subpath: String::new(),
        anonymous: false,
    }
}

fn from_bind(world: &mut World, bind: spec::Bind, driver: &str) -> Result<MountPoint, EngineError> {
    let spec::Mode { text, rw, propagation, .. } = bind.mode;
    if bind.kind == "bind" {
        let point = bind_point(bind.source, bind.target);
        let propagation = if propagation.is_empty() { point.propagation } else { propagation };
        return Ok(MountPoint { mode: text, rw, propagation, ..point });
    }
    let anonymous = bind.source.is_empty();
    let name = create(world, Create { name: bind.source, driver: driver.to_string(), ..Create::default() })?;
    let point = volume_point(world, &name, bind.target)?;
    let mode = if text.is_empty() { point.mode } else { text };
    Ok(MountPoint { mode, rw, anonymous, ..point })
}

fn from_mount(world: &mut World, mount: MountSpec) -> Result<MountPoint, EngineError> {
    let target = spec::clean(&mount.target);
    let rw = !mount.read_only;
    let text = |options: &Option<serde_json::Value>, key: &str| {
        options.as_ref().and_then(|o| o.get(key)?.as_str().map(str::to_string)).unwrap_or_default()
    };
    match mount.kind.as_str() {
        "bind" => {
            let source = spec::clean(&mount.source);
            let create = mount.bind_options.as_ref().and_then(|o| o.get("CreateMountpoint")?.as_bool());
            if create != Some(true) && !place::exists_on_host(world, &source) {
                return Err(spec::missing_source(&source));
            }
            let propagation = match text(&mount.bind_options, "Propagation") {
                given if given.is_empty() => "rprivate".to_string(),
                given if spec::is_propagation(&given) => given,
                given => {
                    return Err(EngineError::invalid(format!(
                        "invalid mount config for type \"bind\": invalid propagation mode: {given}"
                    )));
                }
            };
            Ok(MountPoint { rw, propagation, ..bind_point(source, target) })
        }
        "tmpfs" => Ok(MountPoint {
            kind: "tmpfs".to_string(),
            rw,
            propagation: String::new(),
            ..bind_point(String::new(), target)
        }),
        "image" => image::for_container(world, &mount.source, None).map(|_| MountPoint {
            kind: "image".to_string(),
            rw: false,
            propagation: String::new(),
            subpath: text(&mount.image_options, "Subpath"),
            ..bind_point(mount.source, target)
        }),
        _ => {
            let options = mount.volume_options.unwrap_or_default();
            let config = options.driver_config.unwrap_or_default();
            let driver = config.get("Name").and_then(|n| n.as_str()).unwrap_or_default().to_string();
            let given = config.get("Options").and_then(|o| o.as_object()).into_iter().flatten();
            let driver_options =
                given.map(|(k, v)| (k.clone(), v.as_str().unwrap_or_default().to_string())).gather();
            let anonymous = mount.source.is_empty();
            let request =
                Create { name: mount.source, driver, options: driver_options, labels: options.labels };
            let name = create(world, request)?;
            Ok(MountPoint { rw, subpath: options.subpath, anonymous, ..volume_point(world, &name, target)? })
        }
    }
}

/// An anonymous volume for a path that the image or `-v /path` names.
fn from_image(world: &mut World, container: &Container, target: String) -> Result<MountPoint, EngineError> {
    let is_file = world.kernel.view(container.rootfs).is_some_and(|view| {
        view.resolve(&target, true).ok().and_then(|ino| view.get(ino)).is_some_and(|inode| !inode.is_dir())
    });
    spec::check_target(&target).map_err(EngineError::invalid)?;
    if is_file {
        return Err(EngineError::system(format!(
            "cannot mount volume over existing file, file exists {target}"
        )));
    }
    let driver = container.host.volume_driver.clone();
    let name = create(world, Create { driver, ..Create::default() })?;
    let point = volume_point(world, &name, target)?;
    Ok(MountPoint { mode: String::new(), anonymous: true, ..point })
}
