//! Where `docker build` puts its result: the image store, a directory, an archive.

use super::build_context::failed;
use crate::cmd::Failure;
use crate::fs::tar::Writer;
use crate::fs::{Node, View};
use crate::grammar::{Invocation, read_csv};
use crate::kernel::Sys;
use serde::{Deserialize, Serialize};

/// Where the result goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Output {
    /// The image store.
    #[default]
    Image,
    /// A directory of the client.
    Local(String),
    /// An archive; `-` is standard output.
    Tar(String),
    /// Nowhere.
    Nothing,
}

/// Reads `--output`.
///
/// # Errors
/// An exporter that is not there or not simulated.
pub fn read(call: &Invocation) -> Result<Output, Failure> {
    let Some(text) = call.list("output").last().cloned() else { return Ok(Output::Image) };
    if text == "-" {
        return Ok(Output::Tar(text));
    }
    if !text.contains('=') {
        return Ok(Output::Local(text));
    }
    let fields = read_csv(&text).map_err(failed)?;
    let get = |wanted: &[&str]| {
        let found = fields.iter().filter_map(|field| field.split_once('='));
        let mut found = found.filter(|(key, _)| wanted.contains(&key.trim()));
        found.next().map(|(_, value)| value.to_owned())
    };
    let dest = get(&["dest", "destination"]);
    match get(&["type"]).unwrap_or_default().as_str() {
        "image" | "docker" if dest.is_none() => Ok(Output::Image),
        "local" => dest
            .map(Output::Local)
            .ok_or_else(|| failed("dest is required for local exporter")),
        "tar" => Ok(Output::Tar(dest.unwrap_or("-".into()))),
        "cacheonly" => Ok(Output::Nothing),
        kind @ ("oci" | "docker" | "registry" | "image") => {
            Err(failed(format!("the exporter {kind:?} with a destination is not simulated by Drydock")))
        }
        kind => Err(failed(format!("failed to solve: exporter {kind:?} could not be found"))),
    }
}

/// Writes a tree into a directory of the client.
///
/// # Errors
/// What the client may not write.
pub fn to_directory(sys: &mut Sys<'_>, tree: &View, dest: &str) -> Result<u64, String> {
    let dest = dest.trim_end_matches('/');
    sys.mkdir_all(dest, 0o755).map_err(|e| format!("mkdir {dest}: {}", e.go_text()))?;
    let mut bytes = 0;
    for (path, ino) in tree.walk().filter(|(path, _)| path != "/") {
        let Some(inode) = tree.get(ino) else { continue };
        let at = format!("{dest}{path}");
        let done = match &inode.node {
            Node::Dir(_) if sys.stat(&at).is_ok_and(|stat| stat.is_dir()) => Ok(()),
            Node::Dir(_) => sys.mkdir(&at, inode.mode),
            Node::File(content) => {
                bytes += content.len();
                sys.set_content(&at, content.clone(), inode.mode)
            }
            Node::Symlink(target) => sys.symlink(target, &at),
            _ => Ok(()),
        };
        done.map_err(|e| format!("failed to write {at}: {}", e.text().to_lowercase()))?;
    }
    Ok(bytes)
}

/// A tree as an archive.
pub fn to_tar(tree: &View) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes);
    for entry in tree.pack(View::ROOT, "") {
        let _memory_takes_it = writer.append(&entry);
    }
    let _memory_takes_it = writer.finish();
    bytes
}
