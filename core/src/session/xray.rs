//! Looking through an image or container: which layer supplies a path, and what the others say about it.

use crate::engine::{container, image};
use crate::fs::{Entries, Entry, Provenance, View};
use crate::model::World;
use serde::Serialize;

/// How many paths of a layer are told.
const PATHS: usize = 400;

/// The tree of a container, or of an image as a container would find it.
pub fn tree_of(world: &World, name: &str) -> Option<View> {
    if let Ok(id) = container::find(world, name) {
        return world.kernel.view(world.container(id)?.rootfs).cloned();
    }
    let image = image::find(&world.images, name).ok()?;
    Some(View::on(world.images.chain(&image.image)))
}

/// A path in a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PathInLayer {
    /// The path.
    pub path: String,
    /// `+` it puts something there, `-` it hides what lies below, `=` it puts a directory that hides what lies below.
    pub mark: char,
    /// It is a directory.
    pub dir: bool,
    /// How many bytes, for a file.
    pub size: u64,
}

/// What a layer holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LayerContent {
    /// Its paths, in order, as many as are told.
    pub paths: Vec<PathInLayer>,
    /// How many more there are.
    pub more: usize,
}

/// What layer number `at` of an image or container holds, counted from the lowest; the number after the last is
/// the writable layer.
pub fn layer(world: &World, name: &str, at: usize) -> Option<LayerContent> {
    let view = tree_of(world, name)?;
    if at == view.base().depth() {
        return Some(content(&view.layer_entries()));
    }
    view.base().layers().nth(at).map(|layer| content(layer.entries()))
}

fn content(entries: &Entries) -> LayerContent {
    let told = entries.iter().take(PATHS).map(|(path, entry)| {
        let (mark, inode) = match entry {
            Entry::Put(inode) => ('+', Some(inode)),
            Entry::Link(_) => ('+', None),
            Entry::Whiteout => ('-', None),
            Entry::Opaque(inode) => ('=', Some(inode)),
        };
        let dir = inode.is_some_and(crate::fs::Inode::is_dir);
        PathInLayer { path: path.to_string(), mark, dir, size: inode.map_or(0, crate::fs::Inode::size) }
    });
    LayerContent { paths: told.collect(), more: entries.len().saturating_sub(PATHS) }
}

/// Where a path of an image or container comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PathOrigin {
    /// The layer that supplies it, what that shadows, and what hides it.
    #[serde(flatten)]
    pub origin: Provenance,
    /// It is there.
    pub visible: bool,
    /// How many layers there are below the writable one, whose number this is.
    pub depth: usize,
}

/// Where `path` of an image or container comes from.
pub fn path(world: &World, name: &str, path: &str) -> Option<PathOrigin> {
    let view = tree_of(world, name)?;
    let path = format!("/{}", path.trim_matches('/'));
    let visible = view.resolve(&path, false).is_ok();
    Some(PathOrigin { origin: view.provenance(&path), visible, depth: view.base().depth() })
}
