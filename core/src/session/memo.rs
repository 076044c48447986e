//! The last listing of containers, kept while nothing that it shows has changed: clients poll it more often than
//! anything else.

use crate::api::{Reply, Request};
use crate::base::{Digest, Duration, ObjectId, Time};
use crate::model::image::Name;
use crate::model::{Container, Image, Network, World};
use imbl::OrdMap;
use std::sync::Arc;

/// The listing; it says nothing about the world that the world does not say itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Memo(Option<Box<Kept>>);

impl PartialEq for Memo {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[derive(Debug, Clone)]
struct Kept {
    target: String,
    containers: OrdMap<ObjectId, Arc<Container>>,
    networks: OrdMap<ObjectId, Arc<Network>>,
    names: OrdMap<String, Name>,
    images: OrdMap<Digest, Arc<Image>>,
    /// Its texts hold from this moment on, and before the other.
    holds: (Time, Time),
    reply: Reply,
}

/// True for a listing that is a function of what is kept: sizes are not.
fn fits(request: &Request) -> bool {
    request.method == "GET"
        && request.path().ends_with("/containers/json")
        && !request.target.contains("size")
}

impl Memo {
    /// The listing, where it is still the same.
    pub(super) fn get(&self, world: &World, request: &Request) -> Option<Reply> {
        let kept = self.0.as_ref().filter(|kept| kept.target == request.target && fits(request))?;
        let same = kept.containers.ptr_eq(&world.containers)
            && kept.networks.ptr_eq(&world.networks)
            && kept.names.ptr_eq(&world.images.names)
            && kept.images.ptr_eq(&world.images.images)
            && (kept.holds.0..kept.holds.1).contains(&world.now());
        same.then(|| kept.reply.clone())
    }

    /// Keeps a listing.
    pub(super) fn keep(&mut self, world: &World, request: &Request, reply: &Reply) {
        if !fits(request) {
            return;
        }
        self.0 = Some(Box::new(Kept {
            target: request.target.clone(),
            containers: world.containers.clone(),
            networks: world.networks.clone(),
            names: world.images.names.clone(),
            images: world.images.images.clone(),
            holds: (world.now(), next_change(world)),
            reply: reply.clone(),
        }));
    }
}

/// When the first text of a listing changes: ages are told in whole seconds at the finest.
fn next_change(world: &World) -> Time {
    let now = world.now();
    let second = Duration::secs(1).0;
    let left = |at: Time| second - (now - at).0.rem_euclid(second);
    let moments = world.containers.values().flat_map(|c| [Some(c.created), c.started, c.finished]);
    let first = moments.flatten().map(left).min().unwrap_or(second);
    now + Duration(first)
}
