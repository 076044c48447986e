//! What the runtime does before a process runs in a container: who, where, and which program file.

use crate::base::{Errno, passwd};
use crate::kernel::{Credentials, Image, Kernel, NsId, Target, Viewer};
use crate::model::EngineError;

/// The search path of a container whose environment names none.
pub const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Why a process could not be started: the runtime's words and the exit code of `docker run`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannotRun {
    /// `exec: "nosuchcmd": executable file not found in $PATH` and the like.
    pub reason: String,
    /// 126, 127 or 128.
    pub code: i32,
}

/// Who a process acts as, and where its home is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its rights.
    pub cred: Credentials,
    /// `$HOME`.
    pub home: String,
}

/// Reads a text file of a namespace as root; empty where there is none.
pub fn read_text(kernel: &Kernel, ns: NsId, path: &str) -> String {
    let root = Credentials::default();
    let viewer = Viewer { ns, cwd: "/", cred: &root, me: None };
    let Ok(resolved) = kernel.resolve(viewer, path, true) else { return String::new() };
    let Some(Target::Disk(place)) = resolved.target else { return String::new() };
    let content = kernel.inode(place).and_then(|inode| inode.as_file());
    content.map_or(String::new(), |c| String::from_utf8_lossy(&c.read(0, 1 << 20)).into_owned())
}

/// Resolves `--user` against the container's own /etc/passwd and /etc/group.
///
/// # Errors
/// `unable to find user …` in Docker's words.
pub fn identity(kernel: &Kernel, ns: NsId, user: &str, groups: &[String]) -> Result<Identity, EngineError> {
    let users = passwd::parse_passwd(&read_text(kernel, ns, "/etc/passwd"));
    let known = passwd::parse_group(&read_text(kernel, ns, "/etc/group"));
    let found = passwd::resolve(user, &users, &known).map_err(|e| EngineError::system(e.to_string()))?;
    let mut all = found.groups;
    for group in groups {
        all.push(passwd::find_group(group, &known).map_err(|e| EngineError::system(e.to_string()))?);
    }
    let cred =
        Credentials { uid: found.uid, gid: found.gid, groups: all, lost: kernel.lost_capabilities(ns) };
    Ok(Identity { cred, home: found.home })
}

/// The environment of a process: what Docker adds, then what was configured, later settings winning; a name without
/// a value takes the variable away.
pub fn environment(configured: &[String], hostname: &str, home: &str, tty: bool) -> Vec<(String, String)> {
    let mut env =
        vec![("PATH".to_string(), DEFAULT_PATH.to_string()), ("HOSTNAME".into(), hostname.to_string())];
    if tty {
        env.push(("TERM".into(), "xterm".into()));
    }
    for assignment in configured {
        let Some((name, value)) = assignment.split_once('=') else {
            env.retain(|(n, _)| n != assignment);
            continue;
        };
        match env.iter_mut().find(|(n, _)| n == name) {
            Some((_, old)) => *old = value.to_string(),
            None => env.push((name.to_string(), value.to_string())),
        }
    }
    if !env.iter().any(|(n, _)| n == "HOME") {
        env.push(("HOME".into(), home.to_string()));
    }
    env
}

/// Finds the program file of `argv` as the runtime does.
///
/// # Errors
/// [`CannotRun`] in the runtime's words.
pub fn program(
    kernel: &Kernel,
    viewer: Viewer<'_>,
    argv: &[String],
    env: &[(String, String)],
) -> Result<Image, CannotRun> {
    let name = argv.first().map_or("", String::as_str);
    let quoted = crate::base::go_text::quote(name);
    let cannot = |reason: &str, code| CannotRun { reason: format!("exec: {quoted}: {reason}"), code };
    let path = if name.contains('/') {
        name.to_string()
    } else {
        let path = env.iter().rev().find(|(n, _)| n == "PATH").map_or(DEFAULT_PATH, |(_, v)| v.as_str());
        find_in_path(kernel, viewer, name, path)
            .ok_or_else(|| cannot("executable file not found in $PATH", 127))?
    };
    match kernel.load(viewer, &path, argv) {
        Ok(image) => Ok(image),
        Err(Errno::EACCES) if is_dir(kernel, viewer, &path) => {
            Err(cannot("is a directory: permission denied", 126))
        }
        Err(Errno::EACCES) => Err(cannot("permission denied", 126)),
        Err(e) if is_file(kernel, viewer, &path) => Ok(refused(&path, e)),
        Err(e) => Err(cannot(&format!("stat {path}: {}", lower_first(e.text())), 127)),
    }
}

/// A file that exists and cannot be executed after all (a script without `#!`, a missing interpreter): the
/// container starts, says so and ends with 255.
fn refused(path: &str, error: Errno) -> Image {
    let argv = ["exec-refused", path, &lower_first(error.text())].map(String::from).to_vec();
    Image { program: "exec-refused".into(), argv, exe: path.to_string(), flavor: crate::kernel::Flavor::Gnu }
}

/// The same program as a child of `docker-init` (`--init`).
pub fn under_init(image: Image, argv: &[String]) -> Image {
    let init = ["/sbin/docker-init", "--"].map(String::from);
    let argv = init.into_iter().chain(argv.iter().cloned()).collect();
    Image { program: "docker-init".into(), argv, exe: "/sbin/docker-init".into(), flavor: image.flavor }
}

fn find_in_path(kernel: &Kernel, viewer: Viewer<'_>, name: &str, path: &str) -> Option<String> {
    if name.is_empty() {
        return None;
    }
    let candidates = path.split(':').map(|dir| format!("{}/{name}", dir.trim_end_matches('/')));
    candidates.into_iter().find(|c| {
        is_file(kernel, viewer, c) && kernel.load(viewer, c, &[]).err().is_none_or(|e| e != Errno::EACCES)
    })
}

fn is_file(kernel: &Kernel, viewer: Viewer<'_>, path: &str) -> bool {
    inode(kernel, viewer, path).is_some_and(|inode| !inode.is_dir())
}

/// True where `path` is a directory.
pub fn is_dir(kernel: &Kernel, viewer: Viewer<'_>, path: &str) -> bool {
    match kernel.resolve(viewer, path, true).map(|r| r.target) {
        Ok(Some(Target::Disk(place))) => kernel.inode(place).is_some_and(crate::fs::Inode::is_dir),
        Ok(Some(Target::Generated(_))) => true,
        _ => false,
    }
}

fn inode<'a>(kernel: &'a Kernel, viewer: Viewer<'_>, path: &str) -> Option<&'a crate::fs::Inode> {
    match kernel.resolve(viewer, path, true).ok()?.target? {
        Target::Disk(place) => kernel.inode(place),
        Target::Generated(_) => None,
    }
}

/// Go writes the kernel's messages with a small first letter.
pub fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_lowercase().chain(chars).collect())
}
