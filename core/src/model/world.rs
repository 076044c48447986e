//! The world: one value that holds everything.

use super::{
    BuildCache, Container, Event, Exec, Faults, ImageStore, Journal, Network, REMEMBERED, Registries,
    Release, Volume,
};
use crate::base::{Digest, ObjectId, Time};
use crate::kernel::{FsId, Kernel, Machine, NsId};
use imbl::{OrdMap, OrdSet, Vector};
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::collections::VecDeque;
use std::sync::Arc;

/// The simulated computer Docker runs on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Its namespaces.
    pub ns: NsId,
    /// Its disk.
    pub disk: FsId,
}

/// Which container needs the daemon when, in order of time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Deadlines {
    by_time: OrdSet<(Time, ObjectId)>,
    by_id: OrdMap<ObjectId, Time>,
}

impl Deadlines {
    /// Notes a time for a container, or that it has none.
    pub fn set(&mut self, id: ObjectId, when: Option<Time>) {
        let old = match when {
            Some(time) => self.by_id.insert(id, time),
            None => self.by_id.remove(&id),
        };
        if let Some(old) = old {
            self.by_time.remove(&(old, id));
        }
        if let Some(time) = when {
            self.by_time.insert((time, id));
        }
    }

    /// The next time.
    pub fn next(&self) -> Option<Time> {
        self.by_time.get_min().map(|(time, _)| *time)
    }

    /// Takes those out whose time has come.
    pub fn take_due(&mut self, now: Time) -> Vec<ObjectId> {
        let due: Vec<ObjectId> =
            self.by_time.iter().take_while(|(t, _)| *t <= now).map(|(_, id)| *id).collect();
        for id in &due {
            self.set(*id, None);
        }
        due
    }
}

/// Everything: the kernel with its processes, and all the daemon knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct World {
    /// The simulated kernel.
    pub kernel: Kernel,
    /// The host.
    pub host: Host,
    /// Containers by id.
    pub containers: OrdMap<ObjectId, Arc<Container>>,
    /// The container that was made last: the next often has much in common with it.
    #[serde(default)]
    pub last_made: Option<ObjectId>,
    /// Containers by name.
    pub names: OrdMap<String, ObjectId>,
    /// Networks by id.
    pub networks: OrdMap<ObjectId, Arc<Network>>,
    /// Volumes by name.
    pub volumes: OrdMap<String, Arc<Volume>>,
    /// Registries and what was pushed to them.
    pub registries: Registries,
    /// Images, their names and layers.
    pub images: ImageStore,
    /// Builds under way, by number, and those whose client has not taken the result yet.
    pub builds: OrdMap<u64, Arc<super::build::Job>>,
    /// What the builder remembers.
    pub build_cache: BuildCache,
    /// The chains that containers of an image start from, by the image's own: it and the layer of mount points.
    pub init_chains: OrdMap<Digest, Digest>,
    /// Execs by id.
    pub execs: OrdMap<ObjectId, Arc<Exec>>,
    /// The last events, oldest first.
    pub events: Vector<Arc<Event>>,
    /// How many events there have been: the number of the last one.
    pub events_seen: u64,
    /// When which container next needs the daemon.
    pub deadlines: Deadlines,
    /// The containers removed last, for clients that still want their output and exit code.
    pub departed: VecDeque<Arc<Container>>,
    /// The hint of the last failure, for the prompt's `:why`.
    pub last_hint: Option<String>,
    /// Which engine the daemon answers as.
    #[serde(default)]
    pub release: Release,
    /// What tests have planned to go wrong.
    #[serde(default)]
    pub faults: Faults,
    /// What clients have asked for, where somebody keeps account of it.
    #[serde(default)]
    pub journal: Option<Journal>,
    /// What clients ask for takes virtual time. Where time is fed from outside, it is that time which passes.
    #[serde(default)]
    pub takes_time: bool,
}

/// How many removed containers are remembered.
const DEPARTED: usize = 32;

impl World {
    /// Remembers a container that has been removed.
    pub fn remember(&mut self, container: Arc<Container>) {
        self.departed.push_back(container);
        while self.departed.len() > DEPARTED {
            self.departed.pop_front();
        }
    }

    /// The present moment.
    pub fn now(&self) -> Time {
        self.kernel.now
    }

    /// A container.
    pub fn container(&self, id: ObjectId) -> Option<&Container> {
        self.containers.get(&id).map(AsRef::as_ref)
    }

    /// A container, also one that has just been removed.
    pub fn container_or_departed(&self, id: ObjectId) -> Option<&Container> {
        self.container(id).or_else(|| self.departed.iter().rev().find(|c| c.id == id).map(AsRef::as_ref))
    }

    /// A container, to change it.
    pub fn container_mut(&mut self, id: ObjectId) -> Option<&mut Container> {
        self.containers.get_mut(&id).map(Arc::make_mut)
    }

    /// A network.
    pub fn network(&self, id: ObjectId) -> Option<&Network> {
        self.networks.get(&id).map(AsRef::as_ref)
    }

    /// A network, to change it.
    pub fn network_mut(&mut self, id: ObjectId) -> Option<&mut Network> {
        self.networks.get_mut(&id).map(Arc::make_mut)
    }

    /// An exec.
    pub fn exec(&self, id: ObjectId) -> Option<&Exec> {
        self.execs.get(&id).map(AsRef::as_ref)
    }

    /// An exec, to change it.
    pub fn exec_mut(&mut self, id: ObjectId) -> Option<&mut Exec> {
        self.execs.get_mut(&id).map(Arc::make_mut)
    }

    /// Tells of something that happened now.
    pub fn emit(&mut self, mut event: Event) {
        self.kernel.wake_daemon_waiters();
        event.time = self.now();
        self.events.push_back(Arc::new(event));
        self.events_seen += 1;
        while self.events.len() > REMEMBERED {
            self.events.pop_front();
        }
    }
}

impl Machine for World {
    fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    fn kernel_mut(&mut self) -> &mut Kernel {
        &mut self.kernel
    }

    fn daemon(&mut self) -> &mut dyn Any {
        self
    }
}
