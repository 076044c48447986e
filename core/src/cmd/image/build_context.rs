//! What `docker build` sends: the context, the Dockerfile and further contexts, read as the client may read them.

use crate::cmd::Failure;
use crate::engine::build::Patterns;
use crate::engine::build::context::put;
use crate::fs::{Node, View};
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
