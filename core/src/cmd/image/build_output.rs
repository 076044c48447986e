//! Where `docker build` puts its result: the image store, a directory, an archive.

use super::build_context::failed;
use crate::cmd::Failure;
use crate::fs::tar::Writer;
use crate::fs::{Node, View};
use crate::base::Reference;
use crate::grammar::{Invocation, parse_bool, read_csv};
use crate::kernel::Sys;
use serde::{Deserialize, Serialize};

/// Where the result goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Output {
    /// The image store, and with true the registries of its names.
    Image(bool),
    /// A directory of the client.
    Local(String),
    /// An archive of the files; `-` is standard output.
    Tar(String),
    /// An archive of the image: for `docker load`, or in the bare OCI layout.
    Archive {
        /// Older readers find their documents too.
        docker: bool,
        /// Where; `-` is standard output.
        dest: String,
    },
    /// Nowhere.
    Nothing,
}

/// Reads `--output`, `--push` and `--load`; names that an output gives are added to the tags.
///
/// # Errors
/// An exporter that is not there or not simulated.
pub fn read(call: &Invocation, tags: &mut Vec<String>) -> Result<Vec<Output>, Failure> {
    let mut found = Vec::new();
    for text in call.list("output") {
        found.push(one(&text, tags)?);
    }
    let image = |output: &Output| matches!(output, Output::Image(_));
    for option in ["load", "push"] {
        if call.bool(option) && !found.is_empty() && !found.iter().any(image) {
            return Err(failed(format!("--{option} beside another --output is not simulated by Drydock")));
        }
    }
    if found.is_empty() {
        found.push(Output::Image(false));
    }
    if call.bool("push") {
        found.iter_mut().filter(|output| image(output)).for_each(|output| *output = Output::Image(true));
    }
    if found.contains(&Output::Image(true)) && tags.is_empty() {
        return Err(failed("tag is needed when pushing to registry"));
    }
    Ok(found)
}

fn one(text: &str, tags: &mut Vec<String>) -> Result<Output, Failure> {
    if text == "-" {
        return Ok(Output::Tar(text.to_owned()));
    }
    if !text.contains('=') {
        return Ok(Output::Local(text.to_owned()));
    }
    let fields = read_csv(text).map_err(failed)?;
    let get = |wanted: &[&str]| {
        let found = fields.iter().filter_map(|field| field.split_once('='));
        let mut found = found.filter(|(key, _)| wanted.contains(&key.trim()));
        found.next().map(|(_, value)| value.to_owned())
    };
    let set = |key: &str| get(&[key]).is_some_and(|value| parse_bool(&value) == Ok(true));
    let dest = get(&["dest", "destination"]);
    let kind = get(&["type"]).ok_or_else(|| failed("type is required for output"))?;
    let keys: &[&str] = match kind.as_str() {
        "image" | "registry" => &["type", "name", "push", "unpack", "store", "oci-mediatypes"],
        "docker" | "oci" => &["type", "dest", "destination", "name", "tar", "oci-mediatypes"],
        "local" | "tar" => &["type", "dest", "destination"],
        _ => &["type"],
    };
    for field in &fields {
        let key = field.split('=').next().unwrap_or_default().trim();
        if ["image", "registry", "docker", "oci", "local", "tar"].contains(&kind.as_str()) && !keys.contains(&key) {
            return Err(failed(format!("the option {key:?} of the exporter {kind:?} is not simulated by Drydock")));
        }
    }
    for name in get(&["name"]).iter().flat_map(|names| names.split(',')) {
        let name = Reference::parse(name).map_err(|e| failed(format!("failed to parse {name}: {e}")))?;
        tags.push(name.or_latest().canonical());
    }
    if get(&["tar"]).is_some_and(|value| parse_bool(&value) == Ok(false)) {
        return Err(failed(format!("the exporter {kind:?} into a directory is not simulated by Drydock")));
    }
    match (kind.as_str(), dest) {
        ("image", _) => Ok(Output::Image(set("push"))),
        ("registry", _) => Ok(Output::Image(true)),
        ("docker", None) => Ok(Output::Image(false)),
        ("oci", None) => Err(failed("dest file is required for oci exporter. refusing to write to console")),
        ("docker" | "oci", Some(dest)) => Ok(Output::Archive { docker: kind == "docker", dest }),
        ("local", Some(dest)) => Ok(Output::Local(dest)),
        ("local", None) => Err(failed("dest is required for local exporter")),
        ("tar", dest) => Ok(Output::Tar(dest.unwrap_or("-".into()))),
        ("cacheonly", _) => Ok(Output::Nothing),
        (kind, _) => Err(failed(format!("failed to solve: exporter {kind:?} could not be found"))),
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
