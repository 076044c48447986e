//! `:layers IMAGE|CONTAINER [PATH]`

use super::Colon;
use crate::fs::{Chain, Entry, Provenance, View};
use crate::session::desk::{Answer, Desk};
use crate::session::xray::tree_of;

/// `:layers IMAGE|CONTAINER [PATH]`.
pub const COLON: Colon = Colon {
    usage: "layers NAME [PATH]",
    about: "the layers of an image or container; with a path, which supplies it and what it hides",
    run,
};

/// How many paths of a layer are listed.
const SHOWN: usize = 12;

fn run(desk: &mut Desk, rest: &str) -> Answer {
    let (name, path) = rest.split_once(char::is_whitespace).map_or((rest, ""), |(n, p)| (n, p.trim()));
    if name.is_empty() {
        return Answer::Refused("of what? :layers IMAGE|CONTAINER [PATH]\n".into());
    }
    let world = desk.session.world();
    let Some(view) = tree_of(world, name) else {
        return Answer::Refused(format!("no such image or container: {name}\n"));
    };
    Answer::Text(if path.is_empty() { all(&view) } else { one(&view, path) })
}

fn label(chain: &Chain, at: usize) -> String {
    match chain.layers().nth(at) {
        Some(layer) => format!("layer {at} ({})", layer.diff_id().short()),
        None => "the writable layer".into(),
    }
}

fn all(view: &View) -> String {
    let chain = view.base();
    let mut out = String::new();
    let written = view.layer_entries();
    if !written.is_empty() {
        out.push_str(&format!("{}: {} changes\n{}", label(chain, chain.depth()), written.len(), paths(&written)));
    }
    for (at, layer) in chain.layers().enumerate().collect::<Vec<_>>().into_iter().rev() {
        out.push_str(&format!("{}: {} changes\n{}", label(chain, at), layer.entries().len(), paths(layer.entries())));
    }
    out
}

fn paths(entries: &crate::fs::Entries) -> String {
    let mark = |entry: &Entry| match entry {
        Entry::Put(_) | Entry::Link(_) => '+',
        Entry::Whiteout => '-',
        Entry::Opaque(_) => '=',
    };
    let mut out: String =
        entries.iter().take(SHOWN).map(|(path, entry)| format!("  {} {path}\n", mark(entry))).collect();
    if entries.len() > SHOWN {
        out.push_str(&format!("  … and {} more\n", entries.len() - SHOWN));
    }
    out
}

fn one(view: &View, path: &str) -> String {
    let chain = view.base();
    let path = format!("/{}", path.trim_matches('/'));
    let Provenance { supplier, shadowed, hidden_by } = view.provenance(&path);
    let mut out = match (supplier, hidden_by) {
        (Some(at), _) => format!("{path} comes from {}\n", label(chain, at)),
        (None, Some(at)) => format!("{path} is hidden by {}\n", label(chain, at)),
        (None, None) if view.resolve(&path, false).is_ok() => format!("{path} is a directory that layers imply\n"),
        (None, None) => format!("{path} is in no layer\n"),
    };
    out.extend(shadowed.iter().map(|at| format!("  it shadows the one in {}\n", label(chain, *at))));
    if let (Some(_), Some(at)) = (supplier, hidden_by) {
        out.push_str(&format!("  {} hides what lies below it\n", label(chain, at)));
    }
    out
}
