//! Bind mounts of this computer's files: what a container binds is put on the simulated host's disk before it is
//! created, what changes on either side afterwards is carried to the other. The system's own directories stay those of
//! the simulation.

use drydock::api::{Refusal, Request};
use drydock::fs::{Content, View};
use drydock::session::{Mirrored, Server};
use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How many files a bind may have.
const MAX_FILES: usize = 20_000;
/// How many bytes the files of a bind may have.
const MAX_BYTES: u64 = 256 << 20;
/// Directories of the system: the simulated host has its own.
const SYSTEM: [&str; 12] =
    ["bin", "boot", "dev", "etc", "lib", "lib64", "proc", "run", "sbin", "sys", "usr", "var"];

/// What a file of this computer looked like when it was read or written.
#[derive(Debug, Clone, PartialEq)]
struct Stamp {
    kind: u32,
    size: u64,
    modified: Option<SystemTime>,
    mode: u32,
    inode: u64,
}

impl Stamp {
    fn of(meta: &Metadata) -> Self {
        let mode = meta.permissions().mode();
        let dir = meta.is_dir();
        // A directory changes with what is in it, which has stamps of its own.
        Self {
            kind: mode & 0o170_000,
            size: if dir { 0 } else { meta.len() },
            modified: if dir { None } else { meta.modified().ok() },
            mode: mode & 0o777,
            inode: meta.ino(),
        }
    }
}

/// A path that is carried, by what its files were when both sides agreed.
#[derive(Debug, Default)]
struct Share {
    outside: BTreeMap<String, Stamp>,
    inside: BTreeMap<String, Mirrored>,
}

/// All paths that are carried.
#[derive(Debug, Default)]
pub struct Shares {
    on: bool,
    shares: BTreeMap<String, Share>,
    /// The host's disk when it was looked at last.
    seen: Option<View>,
}

impl Shares {
    /// None yet; none ever where they are not wanted.
    pub fn new(on: bool) -> Self {
        Self { on, ..Self::default() }
    }

    /// Takes over what a request is about to bind, and what has changed outside since the last one.
    ///
    /// # Errors
    /// 501 where a bind has more than Drydock holds.
    pub fn before(&mut self, server: &mut Server, request: &Request) -> Result<(), Refusal> {
        if !self.on {
            return Ok(());
        }
        if request.method == "POST" && request.path().ends_with("/containers/create") {
            for source in sources(&request.body) {
                if !self.shares.contains_key(&source) && may_share(server, &source) {
                    self.shares.insert(source, Share::default());
                }
            }
        }
        if request.method != "GET" || request.path().contains("/archive") {
            self.take_in(server)?;
        }
        Ok(())
    }

    /// Takes over what has changed outside.
    ///
    /// # Errors
    /// 501 where a bind has more than Drydock holds.
    pub fn take_in(&mut self, server: &mut Server) -> Result<(), Refusal> {
        let mut too_large = None;
        for (path, share) in &mut self.shares {
            if share.take_in(server, path).is_err() {
                too_large = Some(path.clone());
            }
        }
        let Some(path) = too_large else { return Ok(()) };
        self.shares.remove(&path);
        let why =
            "has more than 20,000 files or 256 MiB: a bind mount of that size is not simulated by Drydock";
        Err(Refusal::new(501, format!("{path} {why}")))
    }

    /// Gives out what containers have changed.
    pub fn give_out(&mut self, server: &Server) {
        if self.shares.is_empty() {
            return;
        }
        let now = server.host_view();
        if now != self.seen {
            self.seen = now;
            for (path, share) in &mut self.shares {
                share.give_out(server, path);
            }
        }
    }

    /// Gives out what a request has changed, and lets go of what no container binds. Nothing is shared any more after
    /// the world may have been another one's all at once: what is missing there was not removed.
    pub fn after(&mut self, server: &Server, request: &Request) {
        if self.shares.is_empty() || request.method == "GET" {
            return;
        }
        if request.path().contains("/_drydock/") {
            self.shares.clear();
            return;
        }
        self.give_out(server);
        let bound = server.bound();
        self.shares.retain(|path, _| bound.contains(path));
    }
}

impl Share {
    /// Makes the host's disk what this computer has.
    fn take_in(&mut self, server: &mut Server, path: &str) -> Result<(), ()> {
        let found = walk(Path::new(path))?;
        let gone: Vec<String> = match self.outside.is_empty() {
            // The first time, what the simulated host has there is not what is meant.
            true if !found.is_empty() => server.mirrored(path).into_keys().collect(),
            _ => self.outside.keys().cloned().collect(),
        };
        for rel in gone.iter().rev().filter(|rel| !found.contains_key(*rel)) {
            server.unmirror(&join(path, rel));
            self.outside.remove(rel);
            self.inside.remove(rel);
        }
        for (rel, (at, meta)) in found {
            let stamp = Stamp::of(&meta);
            if self.outside.get(&rel) == Some(&stamp) {
                continue;
            }
            let mode = stamp.mode;
            let what = if meta.is_dir() {
                Some(Mirrored::Dir(mode))
            } else if meta.is_symlink() {
                fs::read_link(&at).ok().map(|to| Mirrored::Link(to.to_string_lossy().into()))
            } else {
                fs::read(&at).ok().map(|bytes| Mirrored::File(mode, Content::from(bytes)))
            };
            if let Some(what) = what
                && server.mirror(&join(path, &rel), what.clone(), (meta.uid(), meta.gid())).is_ok()
            {
                self.outside.insert(rel.clone(), stamp);
                self.inside.insert(rel, what);
            }
        }
        Ok(())
    }

    /// Makes of this computer's files what containers have made of theirs.
    fn give_out(&mut self, server: &Server, path: &str) {
        let now = server.mirrored(path);
        let gone: Vec<String> = self.inside.keys().filter(|rel| !now.contains_key(*rel)).cloned().collect();
        for rel in gone.iter().rev() {
            remove(Path::new(path), rel);
            self.inside.remove(rel);
            self.outside.remove(rel);
        }
        for (rel, what) in now {
            if self.inside.get(&rel) == Some(&what) {
                continue;
            }
            if let Some(stamp) = write(Path::new(path), &rel, &what) {
                self.outside.insert(rel.clone(), stamp);
            }
            self.inside.insert(rel, what);
        }
    }
}

/// The paths that the body of a create names as binds.
fn sources(body: &[u8]) -> Vec<String> {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let host = &body["HostConfig"];
    let list = |name: &str| host[name].as_array().cloned().unwrap_or_default();
    let binds = list("Binds").into_iter().filter_map(|b| b.as_str()?.split(':').next().map(str::to_owned));
    let mounts = list("Mounts").into_iter().filter(|m| m["Type"] == "bind");
    let mounts = mounts.filter_map(|m| m["Source"].as_str().map(str::to_owned));
    binds.chain(mounts).filter(|source| source.starts_with('/')).map(|source| clean(&source)).collect()
}

fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = vec![];
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    format!("/{}", parts.join("/"))
}

/// Somebody's own files; not the system's, and not what only the simulated host has.
fn may_share(server: &Server, path: &str) -> bool {
    let mut parts = path.split('/').skip(1);
    let first = parts.next().unwrap_or_default();
    let is_system = first.is_empty() || SYSTEM.contains(&first);
    let is_root_of_many = parts.next().is_none() && ["tmp", "home", "root"].contains(&first);
    if is_system || is_root_of_many {
        return false;
    }
    let here = fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir() || meta.is_file());
    here || server.mirrored(path).is_empty()
}

fn join(path: &str, rel: &str) -> String {
    if rel.is_empty() { path.to_owned() } else { format!("{path}/{rel}") }
}

/// What is there, links not followed; an error where it is too much.
fn walk(top: &Path) -> Result<BTreeMap<String, (PathBuf, Metadata)>, ()> {
    let mut found = BTreeMap::new();
    let mut bytes = 0;
    let mut todo = vec![(String::new(), top.to_owned())];
    while let Some((rel, at)) = todo.pop() {
        let Ok(meta) = fs::symlink_metadata(&at) else { continue };
        if meta.is_dir() {
            for entry in fs::read_dir(&at).into_iter().flatten().flatten() {
                if let Some(name) = entry.file_name().to_str() {
                    let below = if rel.is_empty() { name.to_owned() } else { format!("{rel}/{name}") };
                    todo.push((below, entry.path()));
                }
            }
        } else if !meta.is_file() && !meta.is_symlink() {
            continue;
        } else {
            bytes += meta.len();
        }
        found.insert(rel, (at, meta));
        if found.len() + todo.len() > MAX_FILES || bytes > MAX_BYTES {
            return Err(());
        }
    }
    Ok(found)
}

/// The place of a file whose directories are all directories: no link leads out of what is shared.
fn place(top: &Path, rel: &str) -> Option<PathBuf> {
    let mut at = top.to_owned();
    let parts: Vec<&str> = rel.split('/').filter(|part| !part.is_empty()).collect();
    for part in &parts {
        if !fs::symlink_metadata(&at).ok()?.is_dir() || *part == ".." {
            return None;
        }
        at.push(part);
    }
    Some(at)
}

fn remove(top: &Path, rel: &str) {
    let Some(at) = place(top, rel).filter(|_| !rel.is_empty()) else { return };
    let _it_may_be_gone = match fs::symlink_metadata(&at) {
        Ok(meta) if meta.is_dir() => fs::remove_dir(&at),
        _ => fs::remove_file(&at),
    };
}

fn write(top: &Path, rel: &str, what: &Mirrored) -> Option<Stamp> {
    let at = place(top, rel)?;
    let old = fs::symlink_metadata(&at).ok();
    let same_kind = match what {
        Mirrored::Dir(_) => old.as_ref().is_some_and(Metadata::is_dir),
        Mirrored::File(..) => old.as_ref().is_some_and(Metadata::is_file),
        Mirrored::Link(_) => false,
    };
    if old.is_some() && !same_kind {
        remove(top, rel);
    }
    match what {
        Mirrored::Dir(_) if same_kind => {}
        Mirrored::Dir(_) => fs::create_dir_all(&at).ok()?,
        Mirrored::File(_, content) => fs::write(&at, content.bytes(MAX_BYTES)?).ok()?,
        Mirrored::Link(target) => std::os::unix::fs::symlink(target.as_ref(), &at).ok()?,
    }
    if let Mirrored::Dir(mode) | Mirrored::File(mode, _) = what {
        let _it_is_only_rights = fs::set_permissions(&at, fs::Permissions::from_mode(*mode));
    }
    fs::symlink_metadata(&at).ok().map(|meta| Stamp::of(&meta))
}
