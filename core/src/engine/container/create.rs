//! `create`: a container from an image and a configuration.

use super::event;
use crate::base::{ObjectId, names};
use crate::engine::{image, network, volume};
use crate::fs::View;
use crate::model::{
    Container, ContainerConfig, EndpointConfig, EngineError, Health, HostConfig, ImageConfig, Status, World,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What to create.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Create {
    /// Its name; `None` has one drawn.
    pub name: Option<String>,
    /// What the user asked for; what is empty comes from the image.
    pub config: ContainerConfig,
    /// Its configuration for this host.
    pub host: HostConfig,
    /// What was asked for its networks, by name.
    pub endpoints: BTreeMap<String, EndpointConfig>,
    /// `--platform`.
    pub platform: Option<String>,
}

/// A new container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Its id.
    pub id: ObjectId,
    /// What the user should know.
    pub warnings: Vec<String>,
}

/// Makes a container; it does not run yet.
///
/// # Errors
/// Not found for the image, conflict for the name, invalid for anything else that makes no sense.
pub fn create(world: &mut World, request: Create) -> Result<Created, EngineError> {
    crate::engine::atomically(world, |world| build(world, request))
}

fn build(world: &mut World, request: Create) -> Result<Created, EngineError> {
    let Create { name, config, host, endpoints, platform } = request;
    super::verify::check(&config, &host)?;
    let (host, mut warnings) = super::limits::check(host)?;
    let image = image::for_container(world, &config.image, platform.as_deref())?;
    let name = claim_name(world, name)?;
    let mut config = merge(config, &image.config);
    let id = ObjectId::random(&mut world.kernel.rng);
    if config.hostname.is_empty() && host.network_mode == "host" {
        config.hostname =
            world.kernel.namespace(world.host.ns).map_or(String::new(), |ns| ns.hostname.clone());
    } else if config.hostname.is_empty() && !host.network_mode.starts_with("container:") {
        config.hostname = id.short();
    }
    let mut argv = config.entrypoint.clone().unwrap_or_default();
    argv.extend(config.cmd.clone().unwrap_or_default());
    if argv.is_empty() {
        return Err(EngineError::invalid("no command specified"));
    }
    let path = argv.remove(0);
    let base = super::init_layer::over(world, &image.base);
    let rootfs = world.kernel.add_fs(View::on(base));
    let mut container = Container {
        id,
        name,
        created: world.now(),
        image: image.id,
        image_size: image.size,
        manifest: image.manifest,
        path,
        args: argv,
        config,
        host: host.into(),
        status: Status::Created,
        exit_code: 0,
        error: String::new(),
        oom_killed: false,
        started: None,
        finished: None,
        restart_count: 0,
        quick_failures: 0,
        restart_at: None,
        stopped_by_user: false,
        stopping: None,
        health: None,
        mounts: vec![],
        endpoints: BTreeMap::new().into(),
        ports: BTreeMap::new(),
        rootfs,
        runtime: None,
        output: imbl::Vector::new(),
        output_bytes: 0,
        output_dropped: 0,
        execs: vec![],
    };
    if super::health::is_checked(&container.config) {
        container.health = Some(Health::starting());
    }
    network::plan(world, &mut container, &endpoints)?;
    let volumes: Vec<String> = image.config.volumes.iter().flatten().map(|(path, _)| path.clone()).collect();
    volume::plan(world, &mut container, &volumes)?;
    warnings.extend(network_warnings(&container.host).map(str::to_string));
    enter(world, container);
    Ok(Created { id, warnings })
}

/// Takes a new container into the world; what it has in common with the last one they share.
fn enter(world: &mut World, mut container: Container) {
    if let Some(last) = world.last_made.and_then(|last| world.container(last)) {
        container.host.share_with(&last.host);
        container.endpoints.share_with(&last.endpoints);
    }
    let created = event(&container, "create", &[]);
    world.last_made = Some(container.id);
    world.names.insert(container.name.clone(), container.id);
    world.containers.insert(container.id, Arc::new(container));
    world.emit(created);
}

/// What the user should know of the networks asked for.
fn network_warnings(host: &HostConfig) -> impl Iterator<Item = &'static str> {
    let linked = host.links.is_some() && host.network_mode == "bridge";
    let discarded = host.network_mode == "host" && !host.port_bindings.is_empty();
    let links = "Links on the default bridge network are deprecated and will be removed in a future release. Use a \
                 custom network instead.";
    let ports = "Published ports are discarded when using host network mode";
    linked.then_some(links).into_iter().chain(discarded.then_some(ports))
}

/// The name, checked and free; one is drawn where none was given.
fn claim_name(world: &mut World, name: Option<String>) -> Result<String, EngineError> {
    let Some(name) = name else {
        let World { kernel, names: taken, .. } = world;
        return Ok(names::generate_free(&mut kernel.rng, |candidate| taken.contains_key(candidate)));
    };
    let name = name.strip_prefix('/').unwrap_or(&name).to_string();
    check_name(world, &name, &name)?;
    Ok(name)
}

/// Checks that a name is one and that it is free; `shown` is how the message spells it.
///
/// # Errors
/// Invalid; conflict where another container has it.
pub(super) fn check_name(world: &World, name: &str, shown: &str) -> Result<(), EngineError> {
    if !names::is_valid(name) {
        return Err(EngineError::invalid(format!(
            "Invalid container name ({shown}), only {} are allowed",
            names::RULE
        )));
    }
    match world.names.get(name) {
        Some(holder) => Err(EngineError::conflict(format!(
            "Conflict. The container name \"/{name}\" is already in use by container \"{holder}\". You have to \
             remove (or rename) that container to be able to reuse that name."
        ))
        .hint(format!("a name belongs to one container, running or not; `docker ps -a` shows {name}"))),
        None => Ok(()),
    }
}

/// What the user asked for, over what the image says.
fn merge(user: ContainerConfig, image: &ImageConfig) -> ContainerConfig {
    let mut config = user;
    if config.user.is_empty() {
        config.user = image.user.clone();
    }
    if let Some(ports) = &image.exposed_ports {
        config.exposed_ports.get_or_insert_default().extend(ports.clone());
    }
    let named: Vec<String> = config.env.iter().map(|e| variable(e).to_string()).collect();
    config.env.extend(image.env.iter().filter(|e| !named.iter().any(|n| n == variable(e))).cloned());
    for (key, value) in image.labels.iter().flatten() {
        config.labels.entry(key.clone()).or_insert_with(|| value.clone());
    }
    match config.entrypoint.as_deref() {
        None => {
            if config.cmd.as_ref().is_none_or(Vec::is_empty) {
                config.cmd = image.cmd.clone();
            }
            config.entrypoint = image.entrypoint.clone();
        }
        Some([only]) if only.is_empty() => config.entrypoint = None,
        Some(_) => {}
    }
    config.healthcheck = super::health::merge(config.healthcheck, image.healthcheck.as_ref());
    if config.working_dir.is_empty() {
        config.working_dir = image.working_dir.clone();
    }
    if let Some(volumes) = &image.volumes {
        config.volumes.get_or_insert_default().extend(volumes.clone());
    }
    config.stop_signal =
        config.stop_signal.or_else(|| Some(image.stop_signal.clone()).filter(|s| !s.is_empty()));
    config.shell = config.shell.or_else(|| image.shell.clone());
    config.on_build = config.on_build.or_else(|| image.on_build.clone());
    config
}

fn variable(assignment: &str) -> &str {
    assignment.split_once('=').map_or(assignment, |(name, _)| name)
}
