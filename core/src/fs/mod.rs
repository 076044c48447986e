//! Floor 1: the layered copy-on-write filesystem of images, containers, volumes and the host.
//!
//! A [`Layer`] is an immutable map of changes, a [`Chain`] a list of layers with one flattened tree,
//! a [`View`] a chain plus the inodes written since. Everything is a value that clones in O(1).

mod apply;
mod archive;
mod chain;
mod changes;
mod content;
pub mod fixture;
pub mod gzip;
mod inode;
mod layer;
mod path;
#[cfg(test)]
mod properties;
mod store;
pub mod tar;
mod view;

pub use archive::{Overwrite, UnpackError};
pub use chain::{Base, Chain, Provenance, chain_id};
pub use changes::{Change, ChangeKind};
pub use content::Content;
pub use inode::{Dir, Ino, Inode, Name, Node};
pub use layer::{Entries, Entry, Layer};
pub use path::{PATH_MAX, SYMLINKS_MAX};
pub use store::{ChainStore, RehydrateError};
pub use view::View;
