//! `docker manifest annotate`.

use super::lists;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;

/// `docker manifest annotate [OPTIONS] MANIFEST_LIST MANIFEST`.
pub const COMMAND: Command = Command::new("manifest annotate", run);

/// The architectures of each operating system that a manifest may be for.
const KNOWN: [(&str, &[&str]); 5] = [
    ("linux", &["386", "amd64", "arm", "arm64", "loong64", "mips64", "mips64le", "ppc64le", "riscv64", "s390x"]),
    ("windows", &["386", "amd64", "arm", "arm64"]),
    ("darwin", &["386", "amd64", "arm", "arm64"]),
    ("freebsd", &["386", "amd64", "arm"]),
    ("android", &["arm"]),
];

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let list = lists::parse(call.arg(0))?;
    let name = lists::parse(call.arg(1))?;
    let entries = lists::existing(cli, &list)?;
    let found = entries.into_iter().find(|entry| entry.reference == name.canonical());
    let mut entry = found.ok_or_else(|| {
        Failure::new(format!("manifest for image {} does not exist in {}", name.canonical(), list.canonical()))
    })?;
    let platform = entry.platform();
    for (option, part) in [
        ("os", &mut platform.os),
        ("arch", &mut platform.architecture),
        ("variant", &mut platform.variant),
    ] {
        if !call.str(option).is_empty() {
            call.str(option).clone_into(part);
        }
    }
    let (os, architecture) = (platform.os.clone(), platform.architecture.clone());
    if !KNOWN.iter().any(|(known, all)| *known == os && all.contains(&architecture.as_str())) {
        return Err(Failure::new(format!(
            "manifest entry for image has unsupported os/arch combination: {os}/{architecture}"
        )));
    }
    lists::save(cli, &list, &entry)?;
    DONE
}
