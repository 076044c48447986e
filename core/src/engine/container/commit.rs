//! `commit`: an image from what a container has changed.

use super::emit;
use crate::base::{ObjectId, Reference};
use crate::engine::{atomically, image};
use crate::fs::{Chain, Entry, Layer, View, chain_id};
use crate::model::image::{ConfigFile, History};
use crate::model::{Container, EngineError, Image, ImageConfig, Status, World};
use std::sync::Arc;

/// How to commit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Commit {
    /// The new image's name.
    pub name: Option<Reference>,
    /// `--author`.
    pub author: String,
    /// `--message`.
    pub message: String,
    /// `--change`.
    pub changes: Vec<String>,
    /// The container is frozen meanwhile.
    pub pause: bool,
}

/// Makes an image of a container's files and configuration.
///
/// # Errors
/// Not found; invalid for a change that makes no sense.
pub fn commit(world: &mut World, id: ObjectId, how: &Commit) -> Result<Arc<Image>, EngineError> {
    atomically(world, |world| build(world, id, how))
}

fn build(world: &mut World, id: ObjectId, how: &Commit) -> Result<Arc<Image>, EngineError> {
    let missing = || EngineError::not_found(format!("No such container: {id}"));
    let container = world.container(id).ok_or_else(missing)?.clone();
    let freeze = how.pause && container.status == Status::Running;
    let mut config = config_of(&container);
    image::apply_changes(&mut config, &how.changes)?;
    if freeze {
        emit(world, id, "pause", &[]);
    }
    let parent = world.images.get(&container.image).cloned();
    let below = layers_below(world, &container);
    let layer = own_layer(world, &container);
    let now = world.now();
    let mut history = parent.as_ref().map(|p| p.config.history.clone()).unwrap_or_default();
    history.push(History {
        created: Some(now),
        created_by: container.config.cmd.clone().unwrap_or_default().join(" "),
        author: how.author.clone(),
        comment: how.message.clone(),
        empty_layer: layer.is_none(),
    });
    let platform = |of: fn(&ConfigFile) -> &String, or: &str| {
        parent.as_ref().map_or_else(|| or.to_string(), |p| of(&p.config).clone())
    };
    let file = ConfigFile {
        created: Some(now),
        author: how.author.clone(),
        architecture: platform(|c| &c.architecture, "amd64"),
        variant: platform(|c| &c.variant, ""),
        os: platform(|c| &c.os, "linux"),
        config,
        history,
        ..ConfigFile::default()
    };
    let image = match layer {
        Some(layer) => image::create_from_layer(world, &below, layer, file, how.name.as_ref())?,
        None => image::create(world, &below, file, how.name.as_ref())?,
    };
    tell(world, id, &image, how);
    if freeze {
        emit(world, id, "unpause", &[]);
    }
    Ok(image)
}

fn tell(world: &mut World, id: ObjectId, image: &Image, how: &Commit) {
    let name = how.name.clone().map_or(String::new(), |n| n.or_latest().familiar());
    let image_id = image.id().to_string();
    if !name.is_empty() {
        image::emit(world, "tag", &image_id, &name, Some(image));
    }
    let extra = [("comment", how.message.clone()), ("imageID", image_id), ("imageRef", name)];
    emit(world, id, "commit", &extra);
}

/// The layers of the image that a container was made from, without the runtime's own.
fn layers_below(world: &World, container: &Container) -> Vec<Arc<Layer>> {
    let Some(view) = world.kernel.view(container.rootfs) else { return vec![] };
    let mut layers: Vec<Arc<Layer>> = view.base().layers().cloned().collect();
    layers.pop();
    layers
}

/// What the container has written, as a layer on its image; none where that is nothing.
fn own_layer(world: &World, container: &Container) -> Option<Layer> {
    let view = world.kernel.view(container.rootfs)?;
    let below = layers_below(world, container);
    let id = below.iter().fold(None, |id, layer| Some(chain_id(id, layer.diff_id())));
    let known = id.and_then(|id| world.images.chains.get(&id).cloned());
    let image =
        known.unwrap_or_else(|| below.into_iter().fold(Chain::empty(), |chain, layer| chain.push(layer)));
    let image = View::on(image);
    let mut entries = view.layer_entries();
    // A whiteout of a file that only the runtime had made has nothing to hide.
    entries.retain(|path, entry| *entry != Entry::Whiteout || image.resolve(path, false).is_ok());
    Some(entries).filter(|entries| !entries.is_empty()).map(Layer::new)
}

/// The container's configuration as an image's.
fn config_of(container: &Container) -> ImageConfig {
    let config = &container.config;
    ImageConfig {
        user: config.user.clone(),
        exposed_ports: config.exposed_ports.clone(),
        env: config.env.clone(),
        entrypoint: config.entrypoint.clone(),
        cmd: config.cmd.clone(),
        volumes: config.volumes.clone(),
        working_dir: config.working_dir.clone(),
        labels: Some(config.labels.clone()).filter(|l| !l.is_empty()),
        stop_signal: config.stop_signal.clone().unwrap_or_default(),
        args_escaped: false,
        healthcheck: config.healthcheck.clone(),
        on_build: None,
        shell: config.shell.clone(),
    }
}
