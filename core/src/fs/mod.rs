//! Floor 1: the layered copy-on-write filesystem of images, containers, volumes and the host.
//!
//! A [`Layer`] is an immutable map of changes, a [`Chain`] a list of layers with one flattened tree,
//! a [`View`] a chain plus the inodes written since. Everything is a value that clones in O(1).

mod chain;
mod content;
mod inode;
mod path;
mod view;

pub use chain::{Base, Chain};
pub use content::Content;
pub use inode::{Dir, Ino, Inode, Name, Node};
pub use path::{PATH_MAX, SYMLINKS_MAX};
pub use view::View;
