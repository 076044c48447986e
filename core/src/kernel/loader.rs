//! Program files: stubs that name a program, scripts with `#!`, and what `exec` makes of them.

use super::{Access, Flavor, Kernel, Mount, Viewer, may};
use crate::base::Errno;
use crate::fs::Node;

/// How a stub begins: the first bytes of a 64-bit ELF file, so that `file` and readers of headers agree.
const MAGIC: &[u8] = b"\x7fELF\x02\x01\x01\x00drydock:";
/// How deep `#!` may lead from script to script, as on Linux.
const MAX_INTERPRETERS: u32 = 4;

/// The content of a program file that runs the program `name` of the table.
pub fn stub(name: &str) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(name.as_bytes());
    bytes.push(b'\n');
    bytes
}

/// The program a stub names, or `None` where the bytes are no stub.
pub fn stub_name(bytes: &[u8]) -> Option<&str> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let end = rest.iter().position(|b| *b == b'\n')?;
    std::str::from_utf8(&rest[..end]).ok()
}

/// What `exec` starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The program's name in the table.
    pub program: String,
    /// The arguments, with interpreters put in front.
    pub argv: Vec<String>,
    /// The path of the program file.
    pub exe: String,
    /// Whose messages it speaks.
    pub flavor: Flavor,
}

impl Kernel {
    /// True where the filesystem of a path was mounted without the right to execute.
    fn is_noexec(&self, viewer: Viewer<'_>, path: &str) -> bool {
        let holds = |m: &&Mount| {
            path.strip_prefix(m.target.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
        };
        let mounts = self.namespace(viewer.ns).map_or(&[][..], |ns| &ns.mounts);
        mounts.iter().filter(holds).max_by_key(|m| m.target.len()).is_some_and(Mount::is_noexec)
    }

    /// Finds out what running the file at `path` means.
    ///
    /// # Errors
    /// Those of path resolution; `EACCES` for a directory or a file that may not be executed; `ENOEXEC`
    /// for a file that is neither a stub nor starts with `#!`.
    pub fn load(&self, viewer: Viewer<'_>, path: &str, argv: &[String]) -> Result<Image, Errno> {
        let mut path = path.to_string();
        let mut argv = argv.to_vec();
        for _ in 0..MAX_INTERPRETERS {
            let resolved = self.resolve(viewer, &path, true)?;
            let place = resolved.place().map_err(|e| if e == Errno::EPERM { Errno::EACCES } else { e })?;
            let inode = self.inode(place).ok_or(Errno::ENOENT)?;
            let Node::File(content) = &inode.node else { return Err(Errno::EACCES) };
            if !may(inode, viewer.cred, Access::Execute) || self.is_noexec(viewer, &resolved.path) {
                return Err(Errno::EACCES);
            }
            let head = content.read(0, 512);
            if let Some(name) = stub_name(&head) {
                return Ok(image(name, argv, resolved.path));
            }
            let Some((interpreter, argument)) = shebang(&head) else { return Err(Errno::ENOEXEC) };
            let rest = argv.split_off(argv.len().min(1));
            argv = vec![interpreter.clone()];
            argv.extend(argument);
            argv.push(path);
            argv.extend(rest);
            path = interpreter;
        }
        Err(Errno::ELOOP)
    }
}

fn image(stub: &str, argv: Vec<String>, exe: String) -> Image {
    if stub != "busybox" {
        return Image { program: stub.to_string(), argv, exe, flavor: Flavor::Gnu };
    }
    let called = argv.first().map_or("", |a| a.rsplit('/').next().unwrap_or(""));
    let called = called.strip_prefix('-').unwrap_or(called);
    if called != "busybox" {
        return Image { program: called.to_string(), argv, exe, flavor: Flavor::Busybox };
    }
    match argv.get(1) {
        Some(applet) if !applet.starts_with('-') => {
            Image { program: applet.clone(), argv: argv[1..].to_vec(), exe, flavor: Flavor::Busybox }
        }
        _ => Image { program: "busybox".to_string(), argv, exe, flavor: Flavor::Busybox },
    }
}

fn shebang(head: &[u8]) -> Option<(String, Option<String>)> {
    let line = head.strip_prefix(b"#!")?.split(|b| *b == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?.trim();
    let (interpreter, argument) = match line.split_once([' ', '\t']) {
        Some((interpreter, argument)) => (interpreter, Some(argument.trim().to_string())),
        None => (line, None),
    };
    (!interpreter.is_empty()).then(|| (interpreter.to_string(), argument.filter(|a| !a.is_empty())))
}
