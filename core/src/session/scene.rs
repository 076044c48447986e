//! A picture of the world, for shells that draw: what there is, how it hangs together, in plain types.

use crate::base::{Digest, Gather, Order, Reference};
use crate::engine::{container, image};
use crate::fs::View;
use crate::model::{Container, Image, World};
use crate::model::{Status, TABLE, Transition};
use serde::Serialize;

/// Everything that is drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scene {
    /// Images, in order of their names.
    pub images: Vec<ImageView>,
    /// Every layer once, by the order in which images have them.
    pub layers: Vec<LayerView>,
    /// Containers, oldest first.
    pub containers: Vec<ContainerView>,
    /// Volumes by name.
    pub volumes: Vec<VolumeView>,
    /// Networks by name.
    pub networks: Vec<NetworkView>,
    /// What was pushed to registries, as `registry/repository:tag`.
    pub pushed: Vec<String>,
    /// The virtual moment, in milliseconds since 1970.
    pub now: i64,
}

/// An image.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImageView {
    /// The short form of its id.
    pub id: String,
    /// Its names; none for a dangling one.
    pub names: Vec<String>,
    /// Its layers as places in [`Scene::layers`], lowest first.
    pub layers: Vec<usize>,
    /// Its size as `docker images` counts it, in bytes.
    pub size: u64,
}

/// A layer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayerView {
    /// The short form of its digest.
    pub id: String,
    /// The step that made it.
    pub made_by: String,
    /// Unpacked, in bytes.
    pub size: u64,
    /// How many images have it.
    pub images: usize,
}

/// A container.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContainerView {
    /// The short form of its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The image it was made from, as the user named it.
    pub image: String,
    /// The short form of that image's id.
    pub image_id: String,
    /// What runs.
    pub command: String,
    /// Its state.
    pub state: Status,
    /// STATUS of `docker ps`.
    pub status: String,
    /// How it ended last.
    pub exit_code: i32,
    /// `healthy` and the like, where it has a check.
    pub health: Option<String>,
    /// What it has changed, as `docker diff` tells it: a letter and a path.
    pub changes: Vec<(char, String)>,
    /// How many more changes there are.
    pub more_changes: usize,
    /// Its mounts: kind, what is mounted, where.
    pub mounts: Vec<MountView>,
    /// Its networks and its address there.
    pub networks: Vec<(String, String)>,
    /// Published ports: the host's port and the container's.
    pub ports: Vec<(String, String)>,
}

/// A mount of a container.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MountView {
    /// `bind`, `volume` or `tmpfs`.
    pub kind: String,
    /// The volume's name or the host's path.
    pub source: String,
    /// Where the container finds it.
    pub target: String,
}

/// A volume.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VolumeView {
    /// Its name.
    pub name: String,
    /// It was made without one.
    pub anonymous: bool,
    /// The names of the containers that mount it.
    pub users: Vec<String>,
    /// What lies at its top.
    pub files: Vec<String>,
}

/// A network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NetworkView {
    /// Its name.
    pub name: String,
    /// Its driver.
    pub driver: String,
    /// Its subnet.
    pub subnet: String,
    /// The names and addresses of the containers that are connected.
    pub members: Vec<(String, String)>,
    /// It is always there.
    pub predefined: bool,
}

/// An arrow of the lifecycle diagram.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Arrow {
    /// From this state.
    pub from: Status,
    /// By this transition.
    pub by: Transition,
    /// To that state.
    pub to: Status,
}

/// How many changes, files and names of one thing are told.
const MANY: usize = 12;

/// The table of the container's life.
pub fn lifecycle() -> Vec<Arrow> {
    TABLE.iter().map(|(from, by, to)| Arrow { from: *from, by: *by, to: *to }).collect()
}

/// The picture of a world.
pub fn scene(world: &World) -> Scene {
    let mut layers = Layers::default();
    let mut images: Vec<ImageView> =
        world.images.images.values().map(|image| image_view(world, image, &mut layers)).collect();
    images.order_by(|a, b| (a.names.is_empty(), &a.names, &a.id).cmp(&(b.names.is_empty(), &b.names, &b.id)));
    let mut containers: Vec<&Container> = world.containers.values().map(AsRef::as_ref).collect();
    containers.order_by_key(|c| (c.created, c.id));
    let mut networks: Vec<NetworkView> = world.networks.values().map(|n| network_view(world, n)).collect();
    networks.order_by(|a, b| a.name.cmp(&b.name));
    Scene {
        images,
        layers: layers.views,
        containers: containers.into_iter().map(|c| container_view(world, c)).collect(),
        volumes: world.volumes.values().map(|v| volume_view(world, v)).collect(),
        networks,
        pushed: pushed(world),
        now: world.now().0 / 1_000_000,
    }
}

/// Every layer once.
#[derive(Default)]
struct Layers {
    digests: Vec<Digest>,
    views: Vec<LayerView>,
}

impl Layers {
    fn place(&mut self, digest: Digest, view: impl FnOnce() -> LayerView) -> usize {
        let at = self.digests.iter().position(|d| *d == digest).unwrap_or_else(|| {
            self.digests.push(digest);
            self.views.push(view());
            self.views.len() - 1
        });
        if let Some(view) = self.views.get_mut(at) {
            view.images += 1;
        }
        at
    }
}

fn image_view(world: &World, image: &Image, layers: &mut Layers) -> ImageView {
    let store = &world.images;
    let steps: Vec<&str> = image
        .config
        .history
        .iter()
        .filter(|step| !step.empty_layer)
        .map(|step| step.created_by.as_str())
        .collect();
    let diff_ids = image.config.rootfs.diff_ids.iter().enumerate();
    let places = diff_ids.map(|(at, digest)| {
        layers.place(*digest, || LayerView {
            id: digest.short(),
            made_by: steps.get(at).copied().unwrap_or_default().to_string(),
            size: image::size::layer(store, digest),
            images: 0,
        })
    });
    let layers = places.collect();
    let names = store.names_of(image.id()).filter(|name| !name.contains('@'));
    ImageView {
        id: image.id().short(),
        names: names.filter_map(|name| Reference::parse(name).ok()).map(|r| r.familiar()).gather(),
        layers,
        size: image::size::total(store, image),
    }
}

fn container_view(world: &World, c: &Container) -> ContainerView {
    let changes = world.kernel.view(c.rootfs).map_or(vec![], View::changes);
    let words: Vec<&str> = std::iter::once(&c.path).chain(&c.args).map(String::as_str).collect();
    let mounts = c.mounts.iter().map(|m| MountView {
        kind: m.kind.clone(),
        source: m.name.clone().unwrap_or_else(|| m.source.clone()),
        target: m.destination.clone(),
    });
    let address = |e: &crate::model::Endpoint| e.address.map_or_else(String::new, |a| a.to_string());
    let ports =
        c.ports.iter().flat_map(|(inner, outer)| outer.iter().map(|o| (o.host_port.clone(), inner.clone())));
    let mut ports: Vec<(String, String)> = ports.collect();
    ports.dedup();
    ContainerView {
        id: c.id.short(),
        name: c.name.clone(),
        image: container::short_image(&c.config.image),
        image_id: c.image.short(),
        command: words.join(" "),
        state: c.status,
        status: container::status(world.now(), c),
        exit_code: c.exit_code,
        health: c.health.as_ref().map(|h| h.status.clone()).filter(|s| s != "none"),
        more_changes: changes.len().saturating_sub(MANY),
        changes: changes
            .iter()
            .take(MANY)
            .map(|change| (change.kind.letter(), change.path.to_string()))
            .collect(),
        mounts: mounts.collect(),
        networks: c.endpoints.iter().map(|(name, e)| (name.clone(), address(e))).gather(),
        ports,
    }
}

fn volume_view(world: &World, v: &crate::model::Volume) -> VolumeView {
    let uses = |c: &Container| c.mounts.iter().any(|m| m.name.as_ref() == Some(&v.name));
    let users = world.containers.values().filter(|c| uses(c)).map(|c| c.name.clone());
    let files = world.kernel.view(v.fs).and_then(|view| {
        view.read_dir(View::ROOT)
            .ok()
            .map(|names| names.take(MANY).map(|(name, _)| name.to_string()).collect())
    });
    VolumeView {
        name: v.name.clone(),
        anonymous: v.is_anonymous(),
        users: users.collect(),
        files: files.unwrap_or_default(),
    }
}

fn network_view(world: &World, n: &crate::model::Network) -> NetworkView {
    let member = |c: &Container| {
        let endpoint = c.endpoints.get(&n.name).filter(|e| e.id.is_some())?;
        Some((c.name.clone(), endpoint.address.map_or_else(String::new, |a| a.to_string())))
    };
    NetworkView {
        name: n.name.clone(),
        driver: n.driver.clone(),
        subnet: n.pools.first().map_or_else(String::new, |pool| pool.subnet.clone()),
        members: world.containers.values().filter_map(|c| member(c)).collect(),
        predefined: n.is_predefined(),
    }
}

fn pushed(world: &World) -> Vec<String> {
    let registries = &world.registries;
    let hosts = registries.hosts.iter().map(|(host, registry)| (host.as_str(), registry));
    let all = std::iter::once(("docker.io", &registries.hub)).chain(hosts);
    all.flat_map(|(host, registry)| {
        registry.repositories.iter().flat_map(move |(path, repository)| {
            repository.tags.keys().map(move |tag| format!("{host}/{path}:{tag}"))
        })
    })
    .collect()
}
