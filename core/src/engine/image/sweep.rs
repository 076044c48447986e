//! Layers that nothing refers to any more leave the store: looked for where something was removed, never elsewhere.
//! A running build holds what it has made so far.

use crate::base::{Digest, Gather};
use crate::model::World;
use crate::model::build::NodeState;
use std::collections::BTreeSet;

/// Drops the chains and layers that no image, filesystem, cache record or running build refers to.
pub fn sweep(world: &mut World) {
    let kept = held(world);
    world.images.chains.retain(|chain| kept.contains(chain));
    let chains = &world.images.chains;
    let init = world.init_chains.iter().filter(|(_, made)| chains.get(made).is_some());
    world.init_chains = init.map(|(base, made)| (*base, *made)).gather();
}

fn held(world: &World) -> BTreeSet<Digest> {
    let images = world.images.images.values().chain(world.build_cache.bases.values());
    let mut kept: BTreeSet<Digest> = images.filter_map(|image| image.chain_id()).gather();
    // What containers of these images start from is made once for all of them.
    kept.extend(
        world
            .init_chains
            .iter()
            .filter(|(base, _)| kept.contains(*base))
            .map(|(_, made)| *made)
            .collect::<Vec<_>>(),
    );
    kept.extend(world.build_cache.records.values().filter_map(|record| record.chain));
    let kernel = &world.kernel;
    kept.extend(kernel.filesystems().filter_map(|fs| kernel.view(fs)).filter_map(|view| view.base().id()));
    kept.extend(world.build_cache.mounts.values().filter_map(|view| view.base().id()));
    for job in world.builds.values() {
        kept.extend(job.states.iter().filter_map(|state| match state {
            NodeState::Done(outcome) | NodeState::Known(outcome) => outcome.chain,
            _ => None,
        }));
        kept.extend(job.plan.nodes.iter().filter_map(|node| match &node.op {
            crate::model::build::Op::Image { chain, .. } => *chain,
            _ => None,
        }));
    }
    kept
}
