//! The daemon's image operations, one file each, and how images are packed for the way between the
//! store, registries and archives.

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
pub mod pack;
mod platforms;
mod prune;
mod remove;
mod save;
pub mod size;
mod sweep;

pub use change::apply_changes;
pub use create::{create, create_from_layer};
pub use find::{
    By, ForContainer, Found, check_platform_name, check_platforms, find, for_container, matches_platform,
};
pub use history::{Step, history};
pub use import::{Import, import};
pub use inspect::inspect;
pub use list::{List, Summary, list};
pub use load::{Loaded, load};
pub use name::{Left, emit, forget, give, repo_digests, repo_tags, tag};
pub use platforms::{Listed, platforms};
pub use prune::{Pruned, disk, prune};
pub use remove::{Removed, remove};
pub use save::save;
pub use sweep::sweep;

#[cfg(test)]
mod tests;
