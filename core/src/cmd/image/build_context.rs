//! What `docker build` sends: the context, the Dockerfile and further contexts, read as the client may read them.

use crate::base::Time;
use crate::cmd::Failure;
use crate::engine::build::Patterns;
use crate::fs::tar::{self, Limits};
use crate::fs::{Inode, Node, Overwrite, View};
use crate::kernel::{Access, Sys, Target, may};

/// How many files a context may have.
const MAX_FILES: usize = 100_000;
/// How many bytes a context may have.
const MAX_BYTES: u64 = 256 << 20;

/// `ERROR: failed to build: …`.
pub fn failed(text: impl std::fmt::Display) -> Failure {
    Failure::new(format!("ERROR: failed to build: {text}"))
}

/// Whether the argument of `docker build` is an address rather than a path.
pub fn is_remote(text: &str) -> bool {
    let schemes = ["http://", "https://", "git://", "ssh://", "git@", "github.com/"];
    schemes.iter().any(|scheme| text.starts_with(scheme))
}

/// A text file; `None` where there is none.
pub fn text(sys: &mut Sys<'_>, path: &str) -> Option<String> {
    sys.read_file(path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The `.dockerignore` that counts: the Dockerfile's own, or the context's.
///
/// # Errors
/// A pattern that is none.
pub fn ignore(sys: &mut Sys<'_>, context: &str, file: &str) -> Result<(Patterns, usize), String> {
    let own = text(sys, &format!("{file}.dockerignore"));
    let found = own.or_else(|| text(sys, &format!("{}/.dockerignore", context.trim_end_matches('/'))));
    let found = found.unwrap_or_default();
    Patterns::parse(&found).map(|patterns| (patterns, found.len()))
}

/// A directory of the host as a context, without what the patterns leave out; and how many bytes it has.
///
/// # Errors
/// What may not be read; more than Drydock holds.
pub fn directory(sys: &mut Sys<'_>, path: &str, ignore: &Patterns) -> Result<(View, u64), String> {
    let now = sys.now();
    let resolved = sys.resolve(path, true).map_err(|e| e.text().to_lowercase())?;
    let Some(Target::Disk(place)) = resolved.target else { return Err(format!("{path} is no directory")) };
    let cred = sys.me().map(|me| me.cred.clone()).unwrap_or_default();
    let source = sys.kernel().view(place.fs).ok_or("no such filesystem")?;
    let mut view = View::empty(now);
    let (mut bytes, mut count) = (0_u64, 0_usize);
    let mut todo = vec![(String::new(), place.ino)];
    while let Some((at, ino)) = todo.pop() {
        let Some(inode) = source.get(ino) else { continue };
        let hidden = !at.is_empty() && ignore.excludes(&at);
        if let Some(dir) = inode.as_dir() {
            // Something inside may be asked for again by a later pattern.
            if !may(inode, &cred, Access::Read) && !hidden {
                return Err(format!("error from sender: open {path}/{at}: permission denied"));
            }
            let child =
                |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") };
            todo.extend(dir.entries.iter().rev().map(|(name, ino)| (child(name), *ino)));
        }
        if hidden || at.is_empty() || matches!(inode.node, Node::Socket) {
            continue;
        }
        if inode.as_file().is_some() && !may(inode, &cred, Access::Read) {
            return Err(format!("error from sender: open {path}/{at}: permission denied"));
        }
        count += 1;
        bytes = bytes.saturating_add(inode.as_file().map_or(0, |content| content.len()));
        if count > MAX_FILES || bytes > MAX_BYTES {
            return Err(format!(
                "the context {path} has more than {MAX_FILES} files or 256 MiB, which Drydock does not hold"
            ));
        }
        put(&mut view, &at, inode, now);
    }
    Ok((view, bytes))
}

/// Takes over an entry; everything in a context belongs to root.
fn put(view: &mut View, path: &str, inode: &Inode, now: Time) {
    let above = path.rfind('/').map_or("", |slash| &path[..slash]);
    let Ok(dir) = view.mkdir_all(&format!("/{above}"), 0o755, now) else { return };
    let name = path.rsplit('/').next().unwrap_or(path);
    let node = match &inode.node {
        Node::Dir(_) => Node::empty_dir(),
        other => other.clone(),
    };
    let copy = Inode { node, uid: 0, gid: 0, nlink: 1, ..inode.clone() };
    if let Ok(ino) = view.create(dir, name, copy, now) {
        let _a_fresh_inode_takes_it = view.set_mtime(ino, inode.mtime);
    }
}

/// Whether bytes are an archive, perhaps compressed.
pub fn is_archive(bytes: &[u8]) -> bool {
    tar::is_gzip(bytes) || bytes.get(257..262) == Some(b"ustar".as_slice())
}

/// An archive as a context.
///
/// # Errors
/// A broken archive, or a larger one than Drydock holds.
pub fn archive(bytes: &[u8], now: Time) -> Result<View, String> {
    let limits = Limits::default();
    let plain = if tar::is_gzip(bytes) {
        tar::gunzip(bytes, limits.bytes).map_err(|e| e.to_string())?
    } else {
        bytes.to_vec()
    };
    let mut entries = tar::read(&plain, limits).map_err(|e| e.to_string())?;
    entries.iter_mut().for_each(|entry| (entry.uid, entry.gid) = (0, 0));
    let mut view = View::empty(now);
    view.unpack(View::ROOT, &entries, Overwrite::Anything, now).map_err(|e| e.to_string())?;
    Ok(view)
}

/// The text of a file of a context.
pub fn text_in(view: &View, path: &str) -> Option<String> {
    let ino = view.resolve(path, true).ok()?;
    let content = view.get(ino)?.as_file()?;
    Some(String::from_utf8_lossy(&content.read(0, 4 << 20)).into_owned())
}

/// The context without what patterns leave out.
pub fn filtered(view: &View, ignore: &Patterns, now: Time) -> View {
    let mut kept = View::empty(now);
    for (path, ino) in view.walk() {
        let at = path.trim_matches('/');
        if let Some(inode) = view.get(ino).filter(|_| !at.is_empty() && !ignore.excludes(at)) {
            put(&mut kept, at, inode, now);
        }
    }
    kept
}
