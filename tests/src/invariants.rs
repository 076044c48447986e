//! What must hold of every world, whatever was done to it: one function a rule, each with a message that
//! names what breaks it.

use drydock::base::{Digest, ObjectId};
use drydock::fs::Entries;
use drydock::model::{Container, REMEMBERED, Status, TABLE, World};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// What a rule answers: nothing, or what is wrong.
pub type Verdict = Result<(), String>;

/// Every rule that looks at one world.
pub const RULES: &[fn(&World) -> Verdict] = &[
    names_are_a_bijection,
    images_have_their_layers,
    filesystems_have_their_base,
    addresses_are_unique_and_inside,
    published_ports_are_unique,
    only_what_lives_holds_the_kernel,
    events_explain_the_containers,
];

/// All of [`RULES`].
///
/// # Errors
/// The first rule that is broken.
pub fn check(world: &World) -> Verdict {
    RULES.iter().try_for_each(|rule| rule(world))
}

/// Fails with a message unless something holds.
fn ensure(holds: bool, message: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(message()) }
}

/// A name leads to the container that has it, and every container's name leads to it.
///
/// # Errors
/// The name that does not.
pub fn names_are_a_bijection(world: &World) -> Verdict {
    for (name, id) in &world.names {
        let held = world.container(*id).map(|c| c.name.as_str());
        ensure(held == Some(name), || format!("the name {name} leads to {id}, whose name is {held:?}"))?;
    }
    for container in world.containers.values() {
        let found = world.names.get(&container.name);
        ensure(found == Some(&container.id), || format!("{} is not found by its name", container.name))?;
    }
    Ok(())
}

/// Every name of an image leads to one, and every image's layers are in the store.
///
/// # Errors
/// The name or the layer that is missing.
pub fn images_have_their_layers(world: &World) -> Verdict {
    let store = &world.images;
    for (name, to) in &store.names {
        ensure(store.get(&to.target).is_some(), || {
            format!("{name} leads to {}, which is not there", to.target)
        })?;
    }
    for (id, image) in &store.images {
        for diff_id in &image.config.rootfs.diff_ids {
            ensure(store.chains.layer(diff_id).is_some(), || {
                format!("image {id} lacks its layer {diff_id}")
            })?;
        }
        if let Some(chain) = image.chain_id() {
            ensure(store.chains.get(&chain).is_some(), || format!("image {id} lacks its chain {chain}"))?;
        }
    }
    Ok(())
}

/// What every filesystem stands on is in the store, so that a save file can be read again.
///
/// # Errors
/// The filesystem whose base is gone.
pub fn filesystems_have_their_base(world: &World) -> Verdict {
    for fs in world.kernel.filesystems() {
        let base = world.kernel.view(fs).and_then(|view| view.base().id());
        if let Some(id) = base {
            ensure(world.images.chains.get(&id).is_some(), || {
                format!("{fs:?} stands on {id}, which is gone")
            })?;
        }
    }
    for container in world.containers.values() {
        let there = world.kernel.view(container.rootfs).is_some();
        ensure(there, || format!("{} has no root filesystem", container.name))?;
    }
    Ok(())
}

fn contains(subnet: &str, address: Ipv4Addr) -> bool {
    let Some((base, bits)) = subnet.split_once('/') else { return false };
    let (Ok(base), Ok(bits)) = (base.parse::<Ipv4Addr>(), bits.parse::<u32>()) else { return false };
    let mask = u32::MAX.checked_shl(32_u32.saturating_sub(bits)).unwrap_or(0);
    base.to_bits() & mask == address.to_bits() & mask
}

/// On each network every address belongs to one container that lives, and lies inside the subnet.
///
/// # Errors
/// The address.
pub fn addresses_are_unique_and_inside(world: &World) -> Verdict {
    let mut taken: BTreeMap<(ObjectId, Ipv4Addr), &str> = BTreeMap::new();
    for container in world.containers.values() {
        for (name, endpoint) in container.endpoints.iter() {
            let Some(address) = endpoint.address else { continue };
            let who = container.name.as_str();
            ensure(container.status.is_alive(), || format!("{who} does not live and has {address}"))?;
            let network = endpoint.network.and_then(|id| world.network(id));
            let network =
                network.ok_or_else(|| format!("{who} has {address} on {name}, which is not there"))?;
            let inside = network.pools.iter().any(|pool| contains(&pool.subnet, address));
            ensure(inside, || format!("{who} has {address}, outside of {name}'s {:?}", network.pools))?;
            let gateway = network.pools.iter().any(|pool| pool.gateway == address.to_string());
            ensure(!gateway, || format!("{who} has {address}, the gateway of {name}"))?;
            let other = taken.insert((network.id, address), who);
            ensure(other.is_none(), || format!("{who} and {other:?} both have {address} on {name}"))?;
        }
    }
    Ok(())
}

/// No two containers have the same port of the host, and only those that live have one.
///
/// # Errors
/// The port.
pub fn published_ports_are_unique(world: &World) -> Verdict {
    let mut taken: BTreeMap<(String, String, String), &str> = BTreeMap::new();
    for container in world.containers.values() {
        let who = container.name.as_str();
        ensure(container.status.is_alive() || container.ports.is_empty(), || {
            format!("{who} is {} and has ports {:?}", container.status.word(), container.ports)
        })?;
        for (port, bindings) in &container.ports {
            let protocol = port.rsplit_once('/').map_or("tcp", |(_, protocol)| protocol);
            for binding in bindings {
                let key = (protocol.to_string(), binding.host_ip.clone(), binding.host_port.clone());
                let other = taken.insert(key.clone(), who);
                ensure(other.is_none(), || format!("{who} and {other:?} both have the host's {key:?}"))?;
            }
        }
    }
    Ok(())
}

/// A container has processes and namespaces exactly while its status says that it lives.
///
/// # Errors
/// The container.
pub fn only_what_lives_holds_the_kernel(world: &World) -> Verdict {
    for container in world.containers.values() {
        let who = format!("{} ({})", container.name, container.status.word());
        let alive = container.status.is_alive();
        ensure(container.runtime.is_some() == alive, || format!("{who}: runtime {:?}", container.runtime))?;
        let Some(runtime) = &container.runtime else { continue };
        let namespace = world.kernel.namespace(runtime.ns);
        ensure(namespace.is_some(), || format!("{who}: its namespaces are gone"))?;
        let frozen = namespace.is_some_and(|ns| ns.paused);
        ensure(frozen == (container.status == Status::Paused), || format!("{who}: frozen is {frozen}"))?;
        ensure(world.kernel.process(runtime.init).is_some(), || format!("{who}: its first process is gone"))?;
        ensure(world.kernel.net.space(runtime.net).is_some(), || format!("{who}: its network is gone"))?;
    }
    Ok(())
}

/// A name, and whether it lives and is frozen: what events tell of a container.
type Told = (String, bool, bool);

fn told(container: &Container) -> Told {
    (container.name.clone(), container.status.is_alive(), container.status == Status::Paused)
}

/// The events from the first on, replayed from nothing, lead to the containers there are. Nothing is said
/// where there have been more than the daemon remembers.
///
/// # Errors
/// The containers that differ.
pub fn events_explain_the_containers(world: &World) -> Verdict {
    if world.events_seen > REMEMBERED as u64 {
        return Ok(());
    }
    let mut replayed: BTreeMap<String, Told> = BTreeMap::new();
    for event in world.events.iter().filter(|e| e.kind.word() == "container") {
        let name = event.attributes.get("name").cloned().unwrap_or_default();
        match event.action.as_str() {
            "create" => {
                let before = replayed.insert(event.actor.clone(), (name, false, false));
                ensure(before.is_none(), || format!("{} is created twice", event.actor))?;
            }
            "destroy" => {
                let before = replayed.remove(&event.actor);
                ensure(before.is_some(), || format!("{} is destroyed and was not there", event.actor))?;
            }
            "prune" => {}
            action => {
                let known = replayed.get_mut(&event.actor);
                let state = known.ok_or_else(|| format!("{action} of {name}, of which nothing is known"))?;
                follow(state, action, name);
            }
        }
    }
    let there: BTreeMap<String, Told> =
        world.containers.values().map(|c| (c.id.to_string(), told(c))).collect();
    ensure(replayed == there, || format!("the events tell of {replayed:?}, there is {there:?}"))
}

fn follow(state: &mut Told, action: &str, name: String) {
    match action {
        "start" => (state.1, state.2) = (true, false),
        "die" => (state.1, state.2) = (false, false),
        "pause" => state.2 = true,
        "unpause" => state.2 = false,
        "rename" => state.0 = name,
        _ => {}
    }
}

/// After one operation of the engine every container has made at most one step of the table; what is gone
/// was removable, unless it was removed by force.
///
/// # Errors
/// The container and the step.
pub fn steps_are_in_the_table(before: &World, after: &World, by_force: bool) -> Verdict {
    for container in before.containers.values() {
        let from = container.status;
        let to = after.container(container.id).map_or(Status::Removing, |c| c.status);
        let known = from == to || by_force || TABLE.iter().any(|(f, _, t)| (*f, *t) == (from, to));
        ensure(known, || format!("{} went from {} to {}", container.name, from.word(), to.word()))?;
    }
    Ok(())
}

/// The layers seen so far, to hold against those there are.
#[derive(Debug, Clone, Default)]
pub struct LayersSeen(BTreeMap<Digest, Entries>);

impl LayersSeen {
    /// Compares the layers of a world with those seen before and remembers the new ones.
    ///
    /// # Errors
    /// The layer whose entries have changed.
    pub fn compare(&mut self, world: &World) -> Verdict {
        for layer in world.images.chains.layers() {
            let seen = self.0.entry(layer.diff_id()).or_insert_with(|| layer.entries().clone());
            ensure(seen == layer.entries(), || format!("layer {} has changed", layer.diff_id()))?;
        }
        Ok(())
    }
}

/// What the kernel has more of than it had.
///
/// # Errors
/// Each kind of which there is more, with both numbers.
pub fn nothing_is_left(before: &World, after: &World) -> Verdict {
    let (before, after) = (before.kernel.census(), after.kernel.census());
    let kinds: BTreeSet<_> = after.keys().collect();
    let more: Vec<String> = kinds
        .into_iter()
        .filter(|kind| after.get(*kind) > before.get(*kind))
        .map(|kind| format!("{kind}: {:?} before, {:?} after", before.get(kind), after.get(kind)))
        .collect();
    ensure(more.is_empty(), || format!("something is left behind: {}", more.join("; ")))
}
