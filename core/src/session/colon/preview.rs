//! `:preview LINE`

use super::Colon;
use crate::model::{Status, World};
use crate::session::desk::{Answer, Desk};
use std::collections::BTreeSet;

/// `:preview LINE`.
pub const COLON: Colon = Colon { usage: "preview LINE", about: "what a line would change, tried on a copy", run };

fn run(desk: &mut Desk, rest: &str) -> Answer {
    if rest.is_empty() {
        return Answer::Refused("which line? :preview docker system prune -f\n".into());
    }
    let (after, _) = desk.preview(rest);
    let changes = changes(desk.session.world(), after.world());
    Answer::Text(if changes.is_empty() { "it would change nothing that Docker knows of\n".into() } else { changes })
}

/// The differences between two worlds in words, a line each.
fn changes(before: &World, after: &World) -> String {
    let mut out = String::new();
    compare(&mut out, "container", &containers(before), &containers(after));
    compare(&mut out, "image", &images(before), &images(after));
    compare(&mut out, "volume", &keys(before.volumes.keys()), &keys(after.volumes.keys()));
    let networks = |w: &World| w.networks.values().map(|n| n.name.clone()).collect();
    compare(&mut out, "network", &networks(before), &networks(after));
    for (id, old) in &before.containers {
        if let Some(new) = after.container(*id).filter(|new| new.status != old.status) {
            out.push_str(&format!("container {}: {} -> {}\n", new.name, state(old.status), state(new.status)));
        }
    }
    out
}

fn state(status: Status) -> &'static str {
    status.word()
}

fn keys<'a>(names: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    names.cloned().collect()
}

fn containers(world: &World) -> BTreeSet<String> {
    world.containers.values().map(|c| c.name.clone()).collect()
}

fn images(world: &World) -> BTreeSet<String> {
    keys(world.images.names.keys())
}

fn compare(out: &mut String, kind: &str, before: &BTreeSet<String>, after: &BTreeSet<String>) {
    let name = |name: &String| match crate::base::Reference::parse(name) {
        Ok(reference) if kind == "image" => reference.familiar(),
        _ => name.clone(),
    };
    out.extend(before.difference(after).map(|n| format!("removes {kind} {}\n", name(n))));
    out.extend(after.difference(before).map(|n| format!("makes {kind} {}\n", name(n))));
}
