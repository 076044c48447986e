//! The daemon's image operations, one file each, and how images are packed for the way between the
//! store, registries and archives.

mod asked;
mod change;
mod create;
mod filter;
mod find;
mod history;
mod import;
mod inspect;
mod list;
mod load;
mod name;
mod own;
pub mod pack;
mod platforms;
mod prune;
mod remove;
mod save;
pub mod size;
mod sweep;

pub use asked::{import, load, prune, remove, save, tag};
pub use change::apply_changes;
pub use create::{create, create_from_layer};
pub use find::{
    By, ForContainer, Found, check_platform_name, check_platforms, find, for_container, matches_platform,
};
pub use history::{Step, history};
pub use import::Import;
pub use inspect::inspect;
pub use list::{List, Summary, list};
pub use load::Loaded;
pub use name::{Left, emit, forget, give, repo_digests, repo_tags};
pub use own::{ImageSpec, with_behaviour};
pub use platforms::{Listed, platforms};
pub use prune::{Pruned, disk};
pub use remove::Removed;
pub use save::archive_of;
pub use sweep::sweep;

#[cfg(test)]
mod tests;
