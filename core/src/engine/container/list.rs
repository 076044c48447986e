//! `ps`: the containers that a user asks for, newest first.

use super::selection::Selection;
use super::wire::{self, EndpointWire, MountWire};
use crate::base::units::human_duration;
use crate::base::{AnyReference, ObjectId, Order, Time};
use crate::engine::filter::Filters;
use crate::model::{Container, EngineError, Status, World};
use serde::Serialize;
use std::collections::BTreeMap;

/// Which containers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// Also those that do not run.
    pub all: bool,
    /// The newest so many, whatever their state; 0 or less for no bound.
    pub limit: i64,
    /// With their sizes.
    pub size: bool,
    /// `--filter`.
    pub filters: Filters,
}

/// A port as listings show it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Port {
    /// The host's address, where it is published.
    #[serde(rename = "IP", skip_serializing_if = "Option::is_none")]
    pub ip: Option<std::net::IpAddr>,
    /// The port in the container.
    pub private_port: u16,
    /// The host's port, where it is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_port: Option<u16>,
    /// `tcp`, `udp` or `sctp`.
    #[serde(rename = "Type")]
    pub protocol: String,
}

/// Health in a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HealthSummary {
    /// `none`, `starting`, `healthy` or `unhealthy`.
    pub status: String,
    /// Failures in a row.
    pub failing_streak: u32,
}

/// One container of a listing: an element of `GET /containers/json`, in the order of its fields.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Summary {
    /// Its id.
    pub id: ObjectId,
    /// Its names, with the slash.
    pub names: Vec<String>,
    /// The image as the user named it, or its id where that name is another image's by now.
    pub image: String,
    /// The image's id.
    #[serde(rename = "ImageID")]
    pub image_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_manifest_descriptor: Option<serde_json::Value>,
    /// The command line.
    pub command: String,
    /// When it was made, in seconds since 1970.
    pub created: i64,
    /// Its ports.
    pub ports: Vec<Port>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// What its own files take, in bytes.
    pub size_rw: Option<u64>,
    /// What they take with the image's, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_root_fs: Option<u64>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// One of seven words.
    pub state: &'static str,
    /// The state in words, with times.
    pub status: String,
    host_config: serde_json::Value,
    /// Its health.
    pub health: HealthSummary,
    /// Its networks.
    pub network_settings: Networks,
    /// Its mounts.
    pub mounts: Vec<MountWire>,
}

/// The networks of a container.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Networks {
    /// By name.
    pub networks: BTreeMap<String, EndpointWire>,
}

/// Lists containers, newest first.
///
/// # Errors
/// Invalid for a filter that makes no sense; not found for the container of `before` and `since`.
pub fn list(world: &World, request: &List) -> Result<Vec<Summary>, EngineError> {
    let selection = Selection::new(world, &request.filters)?;
    let everything = request.all || request.limit > 0 || request.filters.has("status");
    let mut chosen: Vec<&Container> = world
        .containers
        .values()
        .map(AsRef::as_ref)
        .filter(|c| everything || c.status.is_alive() || c.status == Status::Restarting)
        .filter(|c| selection.takes(world, c))
        .collect();
    chosen.order_by_key(|c| std::cmp::Reverse((c.created, c.id)));
    if let Some(limit) = usize::try_from(request.limit).ok().filter(|n| *n > 0) {
        chosen.truncate(limit);
    }
    Ok(chosen.into_iter().map(|c| summary(world, c, request.size)).collect())
}

fn summary(world: &World, container: &Container, size: bool) -> Summary {
    let sizes = size.then(|| wire::sizes(world, container));
    let health = container.health.as_ref().filter(|_| container.started.is_some());
    let mut ports = ports(container);
    ports.order();
    Summary {
        id: container.id,
        names: vec![format!("/{}", container.name)],
        image: image_name(world, container),
        image_id: container.image.to_string(),
        image_manifest_descriptor: wire::manifest(world, container),
        command: command(container),
        created: container.created.unix_secs(),
        ports,
        size_rw: sizes.map(|(own, _)| own),
        size_root_fs: sizes.map(|(_, whole)| whole),
        labels: container.config.labels.clone(),
        state: container.status.word(),
        status: status(world.now(), container),
        host_config: serde_json::json!({ "NetworkMode": container.host.network_mode }),
        health: HealthSummary {
            status: health.map_or_else(|| "none".to_string(), |h| h.status.clone()),
            failing_streak: health.map_or(0, |h| h.failing_streak),
        },
        network_settings: Networks { networks: wire::networks(world, container) },
        mounts: container.mounts.iter().map(MountWire::of).collect(),
    }
}

/// The name it was made from while that still means the same image; its id afterwards.
fn image_name(world: &World, container: &Container) -> String {
    let name = &container.config.image;
    let same = crate::engine::image::find(&world.images, name).is_ok_and(|f| f.image.id() == container.image);
    if same { name.clone() } else { container.image.to_string() }
}

/// The image as the table shows it: ids cut short, digests left out beside a tag.
pub fn short_image(image: &str) -> String {
    match AnyReference::parse(image) {
        Ok(AnyReference::Id(id)) => id.short(),
        Ok(AnyReference::Named(name)) => match (name.tag(), name.digest()) {
            (Some(tag), Some(_)) => name.without_tag().with_tag(tag).map_or(image.into(), |n| n.familiar()),
            _ => image.to_string(),
        },
        Err(_) => image.to_string(),
    }
}

/// The command line as one text: arguments with a space stand in single quotes.
fn command(container: &Container) -> String {
    let quoted = |arg: &String| if arg.contains(' ') { format!("'{arg}'") } else { arg.clone() };
    std::iter::once(container.path.clone())
        .chain(container.args.iter().map(quoted))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The published and exposed ports of a running container.
fn ports(container: &Container) -> Vec<Port> {
    let mut all = vec![];
    for (key, bindings) in &container.ports {
        let (port, protocol) = key.split_once('/').unwrap_or((key, "tcp"));
        let Ok(private_port) = port.parse() else { continue };
        let port = |ip, public_port| Port { ip, private_port, public_port, protocol: protocol.to_string() };
        if bindings.is_empty() {
            all.push(port(None, None));
        }
        for binding in bindings {
            all.push(port(binding.host_ip.parse().ok(), binding.host_port.parse().ok()));
        }
    }
    all
}

/// STATUS: `Up 3 minutes (healthy)`, `Exited (0) 2 hours ago` and the like.
pub fn status(now: Time, container: &Container) -> String {
    let ago = |at: Option<Time>| human_duration(now - at.unwrap_or_default());
    let health = container.health.as_ref().map_or("", |h| h.status.as_str());
    match container.status {
        Status::Running => {
            let up = format!("Up {}", ago(container.started));
            match health {
                "" | "none" => up,
                "starting" => format!("{up} (health: starting)"),
                other => format!("{up} ({other})"),
            }
        }
        Status::Paused => format!("Up {} (Paused)", ago(container.started)),
        Status::Restarting => {
            format!("Restarting ({}) {} ago", container.exit_code, ago(container.finished))
        }
        Status::Removing => "Removal In Progress".into(),
        Status::Dead => "Dead".into(),
        Status::Created => "Created".into(),
        Status::Exited if container.finished.is_none() => "Created".into(),
        Status::Exited => format!("Exited ({}) {} ago", container.exit_code, ago(container.finished)),
    }
}

/// PORTS: a run of neighbouring ports is one item where they are published as themselves or not at all.
pub fn show_ports(ports: &[Port]) -> String {
    let mut sorted: Vec<&Port> = ports.iter().collect();
    sorted.order_by_key(|p| (p.private_port, p.ip, p.public_port, &p.protocol));
    let mut runs: Vec<Run> = vec![];
    let mut done = vec![];
    let mut mapped = vec![];
    for port in sorted {
        let address = port.ip.filter(|_| port.public_port.is_some());
        if let (Some(ip), Some(public)) = (address, port.public_port)
            && public != port.private_port
        {
            mapped.push(format!(
                "{}->{}/{}",
                join(ip, &public.to_string()),
                port.private_port,
                port.protocol
            ));
            continue;
        }
        match runs.iter_mut().find(|run| run.ip == address && run.protocol == port.protocol) {
            Some(run) if run.last.checked_add(1) == Some(port.private_port) => run.last = port.private_port,
            Some(run) => {
                done.push(run.text());
                (run.first, run.last) = (port.private_port, port.private_port);
            }
            None => runs.push(Run {
                ip: address,
                protocol: port.protocol.clone(),
                first: port.private_port,
                last: port.private_port,
            }),
        }
    }
    done.extend(runs.iter().map(Run::text));
    done.extend(mapped);
    done.join(", ")
}

/// Neighbouring ports.
struct Run {
    ip: Option<std::net::IpAddr>,
    protocol: String,
    first: u16,
    last: u16,
}

impl Run {
    fn text(&self) -> String {
        let range = match self.first == self.last {
            true => self.first.to_string(),
            false => format!("{}-{}", self.first, self.last),
        };
        match self.ip {
            Some(ip) => format!("{}->{range}/{}", join(ip, &range), self.protocol),
            None => format!("{range}/{}", self.protocol),
        }
    }
}

/// Address and port, an IPv6 address in brackets.
pub fn join(ip: std::net::IpAddr, port: &str) -> String {
    if ip.is_ipv6() { format!("[{ip}]:{port}") } else { format!("{ip}:{port}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(ip: &str, private_port: u16, public_port: u16, protocol: &str) -> Port {
        Port {
            ip: ip.parse().ok(),
            private_port,
            public_port: Some(public_port).filter(|p| *p > 0),
            protocol: protocol.into(),
        }
    }

    #[test]
    fn ports_as_recorded() {
        for (ports, want) in [
            (
                vec![port("0.0.0.0", 80, 8080, "tcp"), port("::", 80, 8080, "tcp")],
                "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp",
            ),
            (
                vec![
                    port("1.2.3.4", 80, 3, "tcp"),
                    port("1.2.3.4", 443, 4, "tcp"),
                    port("1.2.3.4", 53, 5, "udp"),
                ],
                "1.2.3.4:5->53/udp, 1.2.3.4:3->80/tcp, 1.2.3.4:4->443/tcp",
            ),
            (
                vec![port("", 9000, 0, "tcp"), port("", 9001, 0, "tcp"), port("", 9003, 0, "tcp")],
                "9000-9001/tcp, 9003/tcp",
            ),
            (
                vec![port("1.2.3.4", 80, 80, "tcp"), port("1.2.3.4", 81, 81, "tcp")],
                "1.2.3.4:80-81->80-81/tcp",
            ),
        ] {
            assert_eq!(show_ports(&ports), want);
        }
    }
}
