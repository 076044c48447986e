//! Floor 3: the types of everything the daemon knows, as plain data. The verbs are in [`crate::engine`].

pub mod build;
mod config;
mod container;
mod error;
mod event;
mod fault;
pub mod image;
mod journal;
mod leftover;
mod lifecycle;
mod network;
mod operation;
pub mod registry;
mod release;
mod volume;
mod world;

pub use build::{BuildCache, BuildRecord, PastBuild};
pub use config::{
    ContainerConfig, EndpointConfig, Healthcheck, HostConfig, LogConfig, MountSpec, Nothing, PortBinding,
    PortMap, RestartPolicy, Set, VolumeOptions,
};
pub use container::{Container, Endpoint, Exec, Health, MountPoint, Probe, Runtime, Stopping};
pub use error::{EngineError, ErrorKind};
pub use event::{Event, EventType, REMEMBERED};
pub(crate) use fault::Visit;
pub use fault::{Cut, Effect, Fault, Faults, Outage};
pub use image::{ConfigFile, Image, ImageConfig, ImageStore};
pub use journal::{Entry, Journal};
pub use leftover::{Leftover, leftovers};
pub use lifecycle::{Status, TABLE, Transition, next};
pub use network::{IpamPool, Network};
pub use operation::Operation;
pub use registry::{Registries, Registry};
pub use release::Release;
pub use volume::{ANONYMOUS_LABEL, Volume};
pub use world::{Deadlines, Host, World};
