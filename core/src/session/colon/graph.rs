//! `:graph [dot|mermaid]`

use super::Colon;
use crate::base::Reference;
use crate::model::World;
use crate::session::desk::{Answer, Desk};
use petgraph::graphmap::DiGraphMap;
use std::collections::BTreeMap;

/// `:graph [dot|mermaid]`.
pub const COLON: Colon = Colon {
    usage: "graph [dot|mermaid]",
    about: "images, containers, volumes and networks, and what holds what",
    run,
};

/// What a node is; its number leads to its name.
type Node = (Kind, usize);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Kind {
    Container,
    Image,
    Network,
    Volume,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Container => "container",
            Kind::Image => "image",
            Kind::Network => "network",
            Kind::Volume => "volume",
        }
    }
}

/// The objects of a world and which one holds which.
#[derive(Default)]
struct Holds {
    graph: DiGraphMap<Node, ()>,
    names: BTreeMap<Node, String>,
    numbers: BTreeMap<(Kind, String), usize>,
}

impl Holds {
    fn node(&mut self, kind: Kind, key: &str, name: &str) -> Node {
        let next = self.numbers.len();
        let node = (kind, *self.numbers.entry((kind, key.to_string())).or_insert(next));
        self.names.insert(node, name.to_string());
        self.graph.add_node(node)
    }

    fn of(world: &World) -> Self {
        let mut holds = Self::default();
        for image in world.images.images.values() {
            let names: Vec<String> = world.images.names_of(image.id()).filter_map(familiar).collect();
            let name = if names.is_empty() { image.id().short() } else { names.join(", ") };
            holds.node(Kind::Image, &image.id().to_string(), &name);
        }
        for volume in world.volumes.keys() {
            holds.node(Kind::Volume, volume, volume);
        }
        for network in world.networks.values() {
            holds.node(Kind::Network, &network.id.to_string(), &network.name);
        }
        for container in world.containers.values() {
            let label = format!("{} ({})", container.name, container.status.word());
            let node = holds.node(Kind::Container, &container.id.to_string(), &label);
            let image = container.image;
            let known = holds.numbers.get(&(Kind::Image, image.to_string())).map(|n| (Kind::Image, *n));
            let image = known.unwrap_or_else(|| holds.node(Kind::Image, &image.to_string(), &image.short()));
            holds.graph.add_edge(node, image, ());
            for mount in container.mounts.iter().filter_map(|m| m.name.as_deref()) {
                let volume = holds.node(Kind::Volume, mount, mount);
                holds.graph.add_edge(node, volume, ());
            }
            for (name, endpoint) in container.endpoints.iter() {
                let key = endpoint.network.map_or_else(|| name.clone(), |id| id.to_string());
                let network = holds.node(Kind::Network, &key, name);
                holds.graph.add_edge(node, network, ());
            }
        }
        holds
    }

    fn name(&self, node: Node) -> String {
        format!("{} {}", node.0.word(), self.names.get(&node).map_or("", String::as_str))
    }
}

fn familiar(name: &str) -> Option<String> {
    Reference::parse(name).ok().map(|r| r.familiar())
}

fn run(desk: &mut Desk, rest: &str) -> Answer {
    let holds = Holds::of(desk.session.world());
    match rest {
        "" => Answer::Text(text(&holds)),
        "dot" => Answer::Text(dot(&holds)),
        "mermaid" => Answer::Text(mermaid(&holds)),
        other => Answer::Refused(format!("not a form: {other} (dot or mermaid)\n")),
    }
}

fn sorted(holds: &Holds) -> Vec<Node> {
    let mut nodes: Vec<Node> = holds.graph.nodes().collect();
    nodes.sort_unstable();
    nodes
}

fn text(holds: &Holds) -> String {
    let mut out = String::new();
    for node in sorted(holds) {
        let held: Vec<Node> = holds.graph.neighbors(node).collect();
        let holders = holds.graph.neighbors_directed(node, petgraph::Direction::Incoming).count();
        let free = if node.0 != Kind::Container && holders == 0 { "  (nothing holds it)" } else { "" };
        out.push_str(&format!("{}{free}\n", holds.name(node)));
        out.extend(held.into_iter().map(|h| format!("  holds {}\n", holds.name(h))));
    }
    out
}

fn dot(holds: &Holds) -> String {
    let id = |n: Node| format!("{}{}", n.0.word(), n.1);
    let nodes = sorted(holds).into_iter();
    let nodes = nodes.map(|n| format!("  {} [label={}];\n", id(n), crate::base::go_text::quote(&holds.name(n))));
    let edges = holds.graph.all_edges().map(|(a, b, ())| format!("  {} -> {};\n", id(a), id(b)));
    format!("digraph drydock {{\n{}}}\n", nodes.chain(edges).collect::<String>())
}

fn mermaid(holds: &Holds) -> String {
    let id = |n: Node| format!("{}{}", n.0.word(), n.1);
    let nodes = sorted(holds).into_iter().map(|n| format!("  {}[\"{}\"]\n", id(n), holds.name(n).replace('"', "'")));
    let edges = holds.graph.all_edges().map(|(a, b, ())| format!("  {} --> {}\n", id(a), id(b)));
    format!("graph LR\n{}", nodes.chain(edges).collect::<String>())
}
