//! Replies that are whole, and ready only when something has happened: the end of a grace period.

use super::Reply;
use crate::base::ObjectId;
use crate::model::World;
use serde::{Deserialize, Serialize};

/// A reply that is not ready yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Later {
    /// A container is being stopped.
    Stop(ObjectId),
    /// A container is being restarted: it, and what the client called it.
    Restart(ObjectId, String),
}

impl Later {
    /// The reply, once it is ready.
    pub fn poll(&self, world: &World) -> Option<Reply> {
        match self {
            Later::Stop(id) => {
                let alive = world.container(*id).is_some_and(|c| c.status.is_alive());
                (!alive).then(|| Reply::empty(204))
            }
            Later::Restart(id, name) => {
                let Some(container) = world.container(*id) else { return Some(Reply::empty(204)) };
                if container.stopping.is_some() {
                    return None;
                }
                if !container.status.is_alive() && !container.error.is_empty() {
                    let why = format!("Cannot restart container {name}: {}", container.error);
                    return Some(Reply::refused(&super::Refusal::new(500, why)));
                }
                Some(Reply::empty(204))
            }
        }
    }
}
