//! The catalogue: the official images of Docker Hub, and a few that tests of clients start, as miniatures.
//!
//! Configuration, history, number of layers and sizes are recorded facts; the file trees are small
//! ones of ours with stubs for programs. An image is built when it is asked for, always the same.

mod facts;
mod release;
mod trees;

pub use facts::Facts;

use crate::base::{Gather, Time};
use crate::engine::image::pack::{Packed, pack};
use crate::fs::{Entries, Entry, Inode, Layer};
use crate::model::image::LayerFact;
use facts::Step;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};
use trees::Context;

macro_rules! trees {
    ($($name:literal),+ $(,)?) => {
        /// The texts of `trees/` by name.
        const TREES: &[(&str, &str)] = &[$(($name, include_str!(concat!("trees/", $name, ".txt")))),+];
    };
}

trees! {
    "adminer",
    "alpine",
    "buildpack",
    "busybox",
    "caddy",
    "debian",
    "docker",
    "eclipse-temurin",
    "fussybeaver/uhttpd",
    "gcc",
    "golang",
    "hello-world",
    "httpd",
    "mariadb",
    "memcached",
    "mongo",
    "mysql",
    "nginx",
    "node",
    "php",
    "postgres",
    "python",
    "rabbitmq",
    "redis",
    "registry",
    "rpm",
    "ruby",
    "rust",
    "scratch",
    "testcontainers/helloworld",
    "testcontainers/ryuk",
    "traefik",
    "wordpress",
}

/// What each image is built on: repository, tag, family, version, codename, a further text.
const ROOTS: &str = include_str!("roots.txt");

/// What an image is built on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Root {
    family: &'static str,
    version: &'static str,
    codename: &'static str,
    /// A further text for the image's own layers.
    more: &'static str,
}

fn root_of(repository: &str, tag: &str) -> Option<Root> {
    ROOTS.lines().find_map(|line| {
        let mut words = line.split(' ');
        let here = words.next() == Some(repository) && words.next() == Some(tag);
        here.then(|| {
            let mut next = || words.next().unwrap_or("");
            Root { family: next(), version: next(), codename: next(), more: next() }
        })
    })
}

/// Whether Docker Hub has the repository `repository` (an official one without `library/`).
pub fn has_repository(repository: &str) -> bool {
    facts::heads().any(|(name, tags)| name == repository && root_of(name, tags[0]).is_some())
}

/// The repositories, each once, in the order of the facts.
pub fn repositories() -> Vec<&'static str> {
    let mut found: Vec<&str> = Vec::new();
    for (name, tags) in facts::heads() {
        if !found.contains(&name) && root_of(name, tags[0]).is_some() {
            found.push(name);
        }
    }
    found
}

/// The tags of a repository: for each image the one that names it best, then the others.
pub fn tags(repository: &str) -> Vec<Vec<&'static str>> {
    facts::heads().filter(|(name, _)| *name == repository).map(|(_, tags)| tags).collect()
}

/// Tags of a repository that are made of recorded ones with another version.
pub fn further_tags(repository: &str) -> Vec<&'static str> {
    facts::aliases(repository).collect()
}

/// The facts of `repository:tag`, whatever of its tags that is.
pub fn find(repository: &str, tag: &str) -> Option<Facts> {
    let all = tags(repository);
    // A tag that names an image best wins over a further one of another image.
    let best = all.iter().find(|tags| tags[0] == tag);
    match best.or_else(|| all.iter().find(|tags| tags.contains(&tag))) {
        Some(tags) => facts::find(repository, tags[0]),
        None => facts::find_alias(repository, tag),
    }
}

/// The images that were asked for, in the order of the facts.
static BUILT: LazyLock<Vec<OnceLock<(Facts, Packed)>>> =
    LazyLock::new(|| facts::heads().map(|_| OnceLock::new()).collect());

/// The image of those facts. It is built once, since it is always the same.
pub fn build(facts: &Facts) -> Option<Packed> {
    let is_it = |(name, tags): (&str, Vec<&str>)| name == facts.repository && tags[0] == facts.tags[0];
    let Some(place) = facts::heads().position(is_it).and_then(|at| BUILT.get(at)) else {
        return make(facts);
    };
    match place.get() {
        Some((of, built)) if of == facts => Some(built.clone()),
        Some(_) => make(facts),
        None => {
            let built = make(facts)?;
            // Where another was first, the two are equal.
            let _ = place.set((facts.clone(), built.clone()));
            Some(built)
        }
    }
}

fn make(facts: &Facts) -> Option<Packed> {
    let root = root_of(facts.repository, facts.tags[0])?;
    let context = context(root, facts);
    let text = |name: &str| TREES.iter().find(|(n, _)| *n == name).map_or("", |(_, text)| *text);
    let family = text_of(root.family);
    let own = if root.family == facts.repository { "" } else { text(facts.repository) };
    let steps: Vec<&Step> = facts.steps.iter().filter(|step| step.layer.is_some()).collect();
    let times: Vec<Time> = steps.iter().map(|step| time_of(step)).collect();
    let first = *times.first()?;
    let mut base = trees::entries(text(family), &context, None, first);
    let mut parts = vec![Entries::new(); steps.len()];
    let largest = largest(&steps);
    let mut above = trees::entries(text(root.more), &context, Some(&base), first);
    above.append(&mut trees::entries(own, &context, Some(&base), first));
    for (path, mut entry) in above {
        let part = copied_by(&steps, &path).unwrap_or(largest);
        date(&mut entry, times[part]);
        parts[part].insert(path, entry);
    }
    let mut layers = Vec::new();
    for ((part, mut entries), time) in parts.into_iter().enumerate().zip(&times) {
        if part == 0 {
            base.append(&mut entries);
            entries = std::mem::take(&mut base);
        }
        // The root's time tells layers apart that would else be equal.
        entries.insert("/".into(), Entry::Put(Inode::dir(0o755, *time)));
        layers.push(Arc::new(Layer::new(entries)));
    }
    let mut config = facts.config.clone();
    config.history = facts.steps.iter().map(|step| step.history.clone()).collect();
    let sizes = sizes(facts, &steps);
    let known: BTreeMap<_, _> = layers.iter().map(|layer| layer.diff_id()).zip(sizes).gather();
    Some(Packed { facts: known, ..pack(config, &layers) })
}

/// When a step was made, with the mark of its layer as nanoseconds: layers that are one in reality
/// are one here, others differ.
fn time_of(step: &Step) -> Time {
    let secs = step.history.created.unwrap_or_default().unix_secs();
    let mark = step.layer.as_ref().map_or(0, |layer| layer.mark);
    Time(secs.saturating_mul(1_000_000_000) + i64::from(mark % 1_000_000_000))
}

/// The layer that holds what no `COPY` names: the largest above the base.
fn largest(steps: &[&Step]) -> usize {
    let size = |at: &usize| steps[*at].layer.as_ref().map_or(0, |layer| layer.compressed);
    (1..steps.len()).max_by_key(size).unwrap_or(0)
}

/// The step that copies the file at `path`, where one does.
fn copied_by(steps: &[&Step], path: &str) -> Option<usize> {
    let name = path.rsplit('/').next().filter(|name| name.contains('.'))?;
    steps.iter().position(|step| {
        let command = &step.history.created_by;
        command.starts_with("COPY ") && command.split([' ', '/']).any(|word| word == name)
    })
}

fn date(entry: &mut Entry, time: Time) {
    if let Entry::Put(inode) | Entry::Opaque(inode) = entry {
        inode.mtime = time;
    }
}

/// The sizes of the layers: compressed as recorded; the unpacked ones of a base as bases commonly
/// unpack, the rest in proportion, so that they add up to the recorded sum.
fn sizes(facts: &Facts, steps: &[&Step]) -> Vec<LayerFact> {
    let compressed: Vec<u64> =
        steps.iter().filter_map(|step| step.layer.as_ref()).map(|layer| layer.compressed).collect();
    let base = match compressed.len() {
        1 => facts.unpacked,
        _ => (compressed[0] / 10 * 25).min(facts.unpacked),
    };
    let above: u64 = compressed.iter().skip(1).sum::<u64>().max(1);
    let share = |size: u64| (u128::from(size) * u128::from(facts.unpacked - base) / u128::from(above)) as u64;
    compressed
        .iter()
        .enumerate()
        .map(|(at, size)| LayerFact {
            unpacked: if at == 0 { base } else { share(*size) },
            compressed: *size,
        })
        .collect()
}

/// The text a family is described in.
fn text_of(family: &str) -> &str {
    match family {
        "ubuntu" => "debian",
        "fedora" | "amazonlinux" | "oraclelinux" => "rpm",
        other => other,
    }
}

fn context(root: Root, facts: &Facts) -> Context {
    let Root { family, version, codename, .. } = root;
    let two = |version: &str| version.split('.').take(2).collect::<Vec<_>>().join(".");
    let major = version.split('.').next().unwrap_or_default();
    let (issue, os_release) = release::of(family, version, codename);
    let mut words = vec![family.to_owned(), codename.to_owned(), version.to_owned()];
    words.extend(facts.tags.iter().map(|tag| (*tag).to_owned()));
    let debian = if ["resolute", "noble"].contains(&codename) { "trixie" } else { "bookworm" };
    let mut names = vec![
        ("@VERSION@".to_owned(), version.to_owned()),
        ("@MINOR@".to_owned(), two(version)),
        ("@MAJOR@".to_owned(), major.to_owned()),
        ("@CODENAME@".to_owned(), codename.to_owned()),
        ("@ISSUE@".to_owned(), issue),
        ("@OS_RELEASE@".to_owned(), os_release.replace('"', "\\\"").replace('\n', "\\n")),
        ("@DEBIAN@".to_owned(), debian.to_owned()),
        ("@PACKAGES@\n".to_owned(), crate::engine::packages::base::status(codename)),
    ];
    for (key, value) in facts.config.config.env.iter().filter_map(|line| line.split_once('=')) {
        names.push((format!("@{key}@"), value.to_owned()));
        names.push((format!("@{key}_MINOR@"), two(value)));
    }
    Context { words, names }
}

#[cfg(test)]
mod tests;
