//! `import`: an image of one layer from the archive of a filesystem.

use super::change::apply_changes;
use super::create::create;
use super::find::check_platform_name;
use super::name::emit;
use crate::base::Reference;
use crate::fs::tar::{self, TarError};
use crate::fs::{Layer, gzip};
use crate::model::image::{ConfigFile, History};
use crate::model::{EngineError, Image, World};
use std::sync::Arc;

/// What to import.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Import {
    /// Its name.
    pub name: Option<Reference>,
    /// `--change`.
    pub changes: Vec<String>,
    /// `--message`; empty for the usual one.
    pub message: String,
    /// `--platform`; empty for the host's.
    pub platform: String,
}

/// Makes an image of an archive.
///
/// # Errors
/// A change that makes no sense, an archive that cannot be read.
pub fn import(world: &mut World, request: &Import, bytes: &[u8]) -> Result<Arc<Image>, EngineError> {
    let now = world.now();
    let platform = if request.platform.is_empty() { "linux/amd64" } else { &request.platform };
    check_platform_name(platform)?;
    let mut parts = platform.split('/');
    let mut part = |or: &str| parts.next().unwrap_or(or).to_owned();
    let mut config = ConfigFile {
        created: Some(now),
        os: part("linux"),
        architecture: part("amd64"),
        variant: part(""),
        ..ConfigFile::default()
    };
    apply_changes(&mut config.config, &request.changes)?;
    let comment =
        if request.message.is_empty() { "Imported from -".to_owned() } else { request.message.clone() };
    config.history = vec![History { created: Some(now), comment, ..History::default() }];
    let layer = read(bytes).map_err(|e| EngineError::invalid(e.to_string()))?;
    let image = create(world, &[Arc::new(layer)], config, request.name.as_ref())?;
    let id = image.id().to_string();
    emit(world, "import", &id, &id, Some(&image));
    Ok(image)
}

fn read(bytes: &[u8]) -> Result<Layer, TarError> {
    let limits = tar::Limits::default();
    if gzip::is_gzip(bytes) {
        return Layer::from_tar(&gzip::gunzip(bytes, limits.bytes)?, limits);
    }
    Layer::from_tar(bytes, limits)
}
