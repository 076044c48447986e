//! `:preview LINE`

use crate::base::Gather;
use super::Colon;
use crate::model::{Status, World};
use crate::session::desk::{Answer, Desk};
use std::collections::BTreeSet;

/// `:preview LINE`.
pub const COLON: Colon = Colon { usage: "preview LINE", about: "what a line would change, tried on a copy", run };

/// How many rounds a preview may take.
const ROUNDS: u32 = 20_000;

fn run(desk: &mut Desk, rest: &str) -> Answer {
    if rest.is_empty() {
        return Answer::Refused("which line? :preview docker system prune -f\n".into());
    }
    match desk.foresee(rest, ROUNDS) {
        None => Answer::Text("it would keep running\n".into()),
        Some(changes) if changes.is_empty() => Answer::Text("it would change nothing that Docker knows of\n".into()),
        Some(changes) => Answer::Text(changes.iter().map(|change| format!("{change}\n")).collect()),
    }
}

/// The differences between two worlds in words.
pub(in crate::session) fn changes(before: &World, after: &World) -> Vec<String> {
    let mut out = vec![];
    compare(&mut out, "container", &containers(before), &containers(after));
    compare(&mut out, "image", &images(before), &images(after));
    compare(&mut out, "volume", &keys(before.volumes.keys()), &keys(after.volumes.keys()));
    let networks = |w: &World| w.networks.values().map(|n| n.name.clone()).gather();
    compare(&mut out, "network", &networks(before), &networks(after));
    for (id, old) in &before.containers {
        if let Some(new) = after.container(*id).filter(|new| new.status != old.status) {
            out.push(format!("container {}: {} -> {}", new.name, state(old.status), state(new.status)));
        }
    }
    out
}

fn state(status: Status) -> &'static str {
    status.word()
}

fn keys<'a>(names: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    names.cloned().gather()
}

fn containers(world: &World) -> BTreeSet<String> {
    world.containers.values().map(|c| c.name.clone()).gather()
}

fn images(world: &World) -> BTreeSet<String> {
    keys(world.images.names.keys())
}

fn compare(out: &mut Vec<String>, kind: &str, before: &BTreeSet<String>, after: &BTreeSet<String>) {
    let name = |name: &String| match crate::base::Reference::parse(name) {
        Ok(reference) if kind == "image" => reference.familiar(),
        _ => name.clone(),
    };
    out.extend(before.difference(after).map(|n| format!("removes {kind} {}", name(n))));
    out.extend(after.difference(before).map(|n| format!("makes {kind} {}", name(n))));
}
