//! New images: from layers and a configuration, for `commit`, `import` and builds.

use super::name::{Left, give};
use super::pack::{admit, pack};
use crate::base::Reference;
use crate::fs::Layer;
use crate::model::image::ConfigFile;
use crate::model::{EngineError, Image, World};
use std::sync::Arc;

/// Makes an image of the layers `below` with `layer` on top, and names it where a name is given. What
/// lost the name stays as a dangling image. `config` has the whole history; its layers are filled in.
///
/// # Errors
/// None that a well-formed configuration brings about.
pub fn create_from_layer(
    world: &mut World,
    below: &[Arc<Layer>],
    layer: Layer,
    config: ConfigFile,
    name: Option<&Reference>,
) -> Result<Arc<Image>, EngineError> {
    let mut layers = below.to_vec();
    layers.push(Arc::new(layer));
    create(world, &layers, config, name)
}

/// Makes an image of layers and a configuration; see [`create_from_layer`].
///
/// # Errors
/// None that a well-formed configuration brings about.
pub fn create(
    world: &mut World,
    layers: &[Arc<Layer>],
    config: ConfigFile,
    name: Option<&Reference>,
) -> Result<Arc<Image>, EngineError> {
    let image = admit(&mut world.images, &pack(config, layers))?;
    let now = world.now();
    if let Some(name) = name {
        give(&mut world.images, &name.clone().or_latest(), image.id(), now, Left::Dangling);
    }
    Ok(image)
}
