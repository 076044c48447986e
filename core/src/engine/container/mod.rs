//! Containers: one file a verb, named as in Docker.

pub mod archive;
mod asked;
mod commit;
mod create;
mod deadline;
mod diff;
mod exec;
mod exit;
mod find;
mod health;
mod init_layer;
pub mod input;
mod inspect;
mod kill;
mod limits;
mod list;
pub mod logs;
mod oom;
mod output;
mod pause;
mod prune;
mod remove;
mod rename;
mod selection;
mod shutdown;
pub(crate) mod spawn;
mod start;
mod stats;
mod stop;
mod surroundings;
mod top;
mod update;
mod verify;
pub mod wire;

pub use asked::{
    commit, create, exec_create, exec_start, export, kill, pause, prune, read_archive, remove_named, rename,
    restart, start, stop, unpause, update, write_archive,
};
pub use commit::Commit;
pub use create::{Create, Created};
pub use deadline::{meet_deadlines, next_deadline, schedule};
pub use diff::diff;
pub use exec::{ExecCreate, ExecStart};
pub use exit::{handle_exit, handle_out_of_memory};
pub use find::{find, not_running};
pub use inspect::inspect;
pub use kill::parse_signal;
pub use list::{List, Port, Summary, join, list, short_image, show_ports, status};
pub use oom::oom_kill;
pub(crate) use oom::{meet_doom, next_doom};
pub use output::collect_output;
pub use prune::Pruned;
pub use remove::{Remove, discard, remove};
pub(crate) use shutdown::{revive, shut_down};
pub use spawn::lower_first;
pub use start::Start;
pub use stats::{Usage, cpu_percent, usage};
pub use stop::Stop;
pub(crate) use surroundings::devices;
pub(super) use surroundings::shared_memory;
pub use top::{Top, top};
pub use update::Update;

use crate::model::{Container, Event, EventType, World};
use std::collections::BTreeMap;

/// The event of something that happened to a container.
pub(crate) fn event(container: &Container, action: impl Into<String>, extra: &[(&str, String)]) -> Event {
    let mut attributes: BTreeMap<String, String> = container.config.labels.clone();
    attributes.insert("image".into(), container.config.image.clone());
    attributes.insert("name".into(), container.name.clone());
    for (key, value) in extra {
        attributes.insert((*key).to_string(), value.clone());
    }
    Event {
        time: crate::base::Time::default(),
        kind: EventType::Container,
        action: action.into(),
        actor: container.id.to_string(),
        attributes,
    }
}

/// Tells of something that happened to a container, where it still exists.
pub(crate) fn emit(world: &mut World, id: crate::base::ObjectId, action: &str, extra: &[(&str, String)]) {
    if let Some(container) = world.container(id) {
        let event = event(container, action, extra);
        world.emit(event);
    }
}

/// A text file of the host as root reads it; empty where there is none.
pub fn host_file(world: &World, path: &str) -> String {
    spawn::read_text(&world.kernel, world.host.ns, path)
}
