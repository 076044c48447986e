//! What all package managers do to the disk: files with a size, program files, removal; and the network.

use crate::base::Errno;
use crate::fs::Content;
use crate::kernel::{Access, Sys, stub};

/// Writes a file, making the directories above it.
///
/// # Errors
/// As [`Sys::open`].
pub fn put(sys: &mut Sys<'_>, path: &str, content: Content, mode: u32) -> Result<(), Errno> {
    sys.mkdir_all(path.rsplit_once('/').map_or("/", |(dir, _)| dir), 0o755)?;
    sys.set_content(path, content, mode)
}

/// A file of a size, all hole but for `head`.
pub fn sized(head: &[u8], bytes: u64) -> Content {
    let mut content = Content::from(head.to_vec());
    content.truncate(bytes.max(head.len() as u64));
    content
}

/// Writes a program file, in place of what is there.
///
/// # Errors
/// As [`Sys::open`].
pub fn program(sys: &mut Sys<'_>, path: &str, name: &str) -> Result<(), Errno> {
    if sys.lstat(path).is_ok_and(|stat| stat.is_link()) {
        sys.unlink(path)?;
    }
    put(sys, path, Content::from(stub(name)), 0o755)
}

/// The text of a file, or nothing.
pub fn text(sys: &mut Sys<'_>, path: &str) -> String {
    sys.read_file(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// True where the host of a mirror can be reached.
pub fn online(sys: &mut Sys<'_>, host: &str) -> bool {
    sys.lookup(host).is_ok_and(|addresses| addresses.iter().any(|a| sys.ping(*a).is_ok()))
}

/// A value of /etc/os-release.
pub fn release(sys: &mut Sys<'_>, name: &str) -> String {
    let prefix = format!("{name}=");
    let text = text(sys, "/etc/os-release");
    let value = text.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or("");
    value.trim_matches('"').to_string()
}

/// True for root, and for who may write to the directory anyway.
pub fn may_write(sys: &Sys<'_>, dir: &str) -> bool {
    sys.access(dir, Access::Write)
}
