//! The recorded facts of catalogue images: tags, configuration, history, sizes.
//!
//! `facts.txt` has a block of lines for each image, from `image` to `created`; an `=` for a time is
//! the time of the line before. The facts are those of the official images for linux/amd64 in
//! September 2026; commands longer than 120 characters are cut there. Of the last three, which are not official, only
//! names, ports, commands and variables are facts; sizes and dates are ours.

use crate::base::{Gather, Time};
use crate::model::Nothing;
use crate::model::image::{ConfigFile, History, ImageConfig, parse_moment};

const FACTS: &str = include_str!("facts.txt");

/// Further tags: repository, tag, the recorded tag they are made of, and the variables whose values
/// differ. Everything else, sizes too, is as recorded of the other tag.
const ALIASES: &str = include_str!("aliases.txt");

/// A step of an image's history, with its layer where it made one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub history: History,
    pub layer: Option<LayerOf>,
}

/// What is recorded of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LayerOf {
    /// The first 32 bits of the digest of the real layer: equal where layers are shared.
    pub mark: u32,
    /// Compressed, in bytes.
    pub compressed: u64,
}

/// The facts of one image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The repository, an official one without `library/`.
    pub repository: &'static str,
    /// The tag that names it best, then others.
    pub tags: Vec<&'static str>,
    /// Who can run the real one, as `linux/arm64/v8`.
    pub platforms: Vec<&'static str>,
    /// Unpacked, in bytes.
    pub unpacked: u64,
    /// Compressed, in bytes.
    pub compressed: u64,
    /// The configuration without layers and history.
    pub(super) config: ConfigFile,
    pub(super) steps: Vec<Step>,
}

impl Facts {
    /// The same as if all images of the catalogue had been built from that moment on, one a second
    /// in its order.
    #[must_use]
    pub fn built_after(mut self, begun: Time) -> Facts {
        let at =
            heads().position(|(name, tags)| name == self.repository && tags.first() == self.tags.first());
        let seconds = i64::try_from(at.unwrap_or(0)).unwrap_or(0);
        self.config.created = Some(begun + crate::base::Duration::secs(seconds));
        self
    }
}

/// The first lines of all images: repository and tags.
pub(super) fn heads() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    FACTS.lines().filter_map(|line| {
        let mut words = line.strip_prefix("image ")?.split(' ');
        Some((words.next()?, words.collect()))
    })
}

/// The further tags of a repository.
pub(super) fn aliases(repository: &str) -> impl Iterator<Item = &'static str> {
    ALIASES.lines().filter_map(move |line| {
        let mut words = line.split(' ');
        (words.next() == Some(repository)).then(|| words.next())?
    })
}

/// The facts behind a further tag.
pub(super) fn find_alias(repository: &str, tag: &str) -> Option<Facts> {
    let (own, mut words) = ALIASES.lines().find_map(|line| {
        let mut words = line.split(' ');
        let own = words.next().filter(|name| *name == repository).and_then(|_| words.next())?;
        (own == tag).then_some((own, words))
    })?;
    let mut facts = find(repository, words.next()?)?;
    // A tag with a root of its own is an image of that version of the root.
    let base = super::root_of(repository, facts.tags.first()?);
    if let (Some(base), Some(root)) = (base, super::root_of(repository, own)) {
        facts.tags = vec![own];
        for step in &mut facts.steps {
            step.history.created_by = step.history.created_by.replace(base.version, root.version);
        }
    }
    for change in words {
        let name = change.split_once('=')?.0;
        let env = &mut facts.config.config.env;
        let old = env.iter_mut().find(|line| line.split('=').next() == Some(name))?;
        let old = std::mem::replace(old, change.to_owned());
        for step in &mut facts.steps {
            if step.history.created_by == format!("ENV {old}") {
                step.history.created_by = format!("ENV {change}");
            }
        }
    }
    Some(facts)
}

/// The facts of the image with that repository and first tag.
pub(super) fn find(repository: &str, tag: &str) -> Option<Facts> {
    let mut lines = FACTS.lines().skip_while(|line| {
        let Some(head) = line.strip_prefix("image ") else { return true };
        let mut words = head.split(' ');
        (words.next(), words.next()) != (Some(repository), Some(tag))
    });
    let mut words = lines.next()?.split(' ').skip(1);
    let mut facts = Facts {
        repository: words.next()?,
        tags: words.collect(),
        platforms: vec![],
        unpacked: 0,
        compressed: 0,
        config: ConfigFile { architecture: "amd64".into(), os: "linux".into(), ..ConfigFile::default() },
        steps: vec![],
    };
    let mut before = None;
    for line in lines.take_while(|line| !line.starts_with("image ")) {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        match kind {
            "sizes" => {
                let (unpacked, compressed) = rest.split_once(' ')?;
                (facts.unpacked, facts.compressed) = (unpacked.parse().ok()?, compressed.parse().ok()?);
            }
            "platforms" => facts.platforms = rest.split(' ').collect(),
            "created" => facts.config.created = parse_moment(rest),
            "step" | "layer" => facts.steps.push(step(kind, rest, &mut before)?),
            _ => setting(&mut facts.config.config, kind, rest),
        }
    }
    Some(facts)
}

fn step(kind: &str, rest: &str, before: &mut Option<Time>) -> Option<Step> {
    let (time, mut rest) = rest.split_once(' ')?;
    if time != "=" {
        *before = parse_moment(time);
    }
    let layer = if kind == "layer" {
        let (mark, after) = rest.split_once(' ')?;
        let (size, after) = after.split_once(' ')?;
        rest = after;
        Some(LayerOf { mark: u32::from_str_radix(mark, 16).ok()?, compressed: size.parse().ok()? })
    } else {
        None
    };
    let comment = if rest.ends_with("# buildkit") { "buildkit.dockerfile.v0" } else { "" };
    let history = History {
        created: *before,
        created_by: rest.to_owned(),
        comment: comment.to_owned(),
        empty_layer: layer.is_none(),
        ..History::default()
    };
    Some(Step { history, layer })
}

fn setting(config: &mut ImageConfig, kind: &str, rest: &str) {
    let words = || serde_json::from_str(rest).ok();
    match kind {
        "env" => config.env.push(rest.to_owned()),
        "entrypoint" => config.entrypoint = words(),
        "cmd" => config.cmd = words(),
        "workdir" => config.working_dir = rest.to_owned(),
        "user" => config.user = rest.to_owned(),
        "stopsignal" => config.stop_signal = rest.to_owned(),
        "expose" => {
            config.exposed_ports = Some(rest.split(' ').map(|port| (port.to_owned(), Nothing {})).gather());
        }
        "volume" => {
            config.volumes.get_or_insert_default().insert(rest.to_owned(), Nothing {});
        }
        "label" => {
            let (key, value) = rest.split_once('=').unwrap_or((rest, ""));
            let labels = config.labels.get_or_insert_default();
            labels.insert(key.to_owned(), value.replace("\\n", "\n"));
        }
        _ => {}
    }
}
