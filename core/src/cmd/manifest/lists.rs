//! Manifest lists as the client keeps them until they are pushed: a directory for each list under `manifests` in
//! the directory of settings, a file for each manifest in it.

use crate::base::Reference;
use crate::cmd::registry::config;
use crate::cmd::{Cli, Failure};
use crate::engine::registry;
use crate::engine::image::pack::Packed;
use crate::model::image::{Descriptor, Platform, media};
use crate::model::{EngineError, ErrorKind};
use serde::{Deserialize, Serialize};

/// A manifest of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Entry {
    /// The image it was taken from.
    #[serde(rename = "Ref")]
    pub reference: String,
    /// What it is.
    pub descriptor: Descriptor,
}

impl Entry {
    /// Its platform, to change it.
    pub fn platform(&mut self) -> &mut Platform {
        self.descriptor.platform.get_or_insert_with(|| Platform {
            architecture: String::new(),
            os: String::new(),
            variant: String::new(),
        })
    }
}

/// A name with a tag.
///
/// # Errors
/// In the client's words.
pub fn parse(text: &str) -> Result<Reference, Failure> {
    Reference::parse(text).map(Reference::or_latest).map_err(|e| Failure::new(e.to_string()))
}

fn safe(name: &Reference) -> String {
    name.canonical().replace(':', "-").replace('/', "_")
}

fn dir(cli: &Cli<'_, '_>, list: &Reference) -> String {
    format!("{}/manifests/{}", cli.settings_dir(), safe(list))
}

/// The manifests of a list; `None` where there is no such list.
pub fn read(cli: &mut Cli<'_, '_>, list: &Reference) -> Option<Vec<Entry>> {
    let dir = dir(cli, list);
    let files = cli.sys.list(&dir).ok()?;
    let read = |file: &String| serde_json::from_slice(&cli.sys.read_file(&format!("{dir}/{file}")).ok()?).ok();
    Some(files.iter().filter_map(read).collect())
}

/// The manifests of a list.
///
/// # Errors
/// There is no such list.
pub fn existing(cli: &mut Cli<'_, '_>, list: &Reference) -> Result<Vec<Entry>, Failure> {
    read(cli, list).ok_or_else(|| Failure::new(format!("No such manifest: {}", list.canonical())))
}

/// Keeps a manifest in a list.
///
/// # Errors
/// Those of writing the file.
pub fn save(cli: &mut Cli<'_, '_>, list: &Reference, entry: &Entry) -> Result<(), Failure> {
    let dir = dir(cli, list);
    let name = parse(&entry.reference)?;
    let path = format!("{dir}/{}", safe(&name));
    let bytes = serde_json::to_vec(entry).unwrap_or_default();
    let settings = cli.settings_dir();
    let written = cli.sys.mkdir_all(&settings, 0o700).and_then(|()| cli.sys.mkdir_all(&dir, 0o755));
    written
        .and_then(|()| cli.sys.write_file(&path, &bytes, 0o644))
        .map_err(|e| Failure::new(format!("open {path}: {}", e.go_text())))
}

/// Forgets a list.
///
/// # Errors
/// Those of removing files.
pub fn remove(cli: &mut Cli<'_, '_>, list: &Reference) -> Result<(), Failure> {
    let dir = dir(cli, list);
    cli.sys.remove_all(&dir).map_err(|e| Failure::new(format!("unlinkat {dir}: {}", e.go_text())))
}

/// What a registry holds under a name.
///
/// # Errors
/// As the commands of `docker manifest` print them.
pub fn fetch(cli: &mut Cli<'_, '_>, name: &Reference) -> Result<Packed, Failure> {
    registry::fetch(cli.world()?, name).map_err(|e| super::inspect::refused(name, &e))
}

/// A manifest of a registry, for a list.
///
/// # Errors
/// What is not there, and what is a list itself.
pub fn entry(cli: &mut Cli<'_, '_>, name: &Reference) -> Result<(Entry, Packed), Failure> {
    let packed = fetch(cli, name)?;
    if media::is_index(&packed.target.media_type) {
        return Err(Failure::new(format!("{} is a manifest list", name.canonical())));
    }
    let descriptor = registry::manifests(&packed).into_iter().next().unwrap_or_else(|| packed.target.clone());
    Ok((Entry { reference: name.canonical(), descriptor }, packed))
}

/// Pushes a document that leads to manifests; its digest.
///
/// # Errors
/// As the client prints them.
pub fn push(
    cli: &mut Cli<'_, '_>,
    name: &Reference,
    media_type: &str,
    bytes: Vec<u8>,
    sources: &[Packed],
) -> Result<crate::base::Digest, Failure> {
    let who = config::credentials(cli.sys, &cli.settings_dir(), name.domain());
    let pushed = registry::push_document(cli.world()?, name, media_type, bytes, sources, who.as_ref());
    pushed.map_err(|e: EngineError| {
        let text = match e.kind {
            ErrorKind::Forbidden => "errors:\ndenied: requested access to the resource is denied\n".to_owned(),
            _ => e.message.clone(),
        };
        Failure { hint: e.hint, ..Failure::new(text) }
    })
}
