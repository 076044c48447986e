//! `docker manifest push`.

use super::lists;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::registry;
use crate::grammar::Invocation;
use crate::model::image::media;

/// `docker manifest push [OPTIONS] MANIFEST_LIST`.
pub const COMMAND: Command = Command::new("manifest push", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let list = lists::parse(call.arg(0))?;
    let entries = lists::existing(cli, &list)?;
    let (mut sources, mut manifests) = (vec![], vec![]);
    for entry in entries {
        let name = lists::parse(&entry.reference)?;
        if name.domain() != list.domain() {
            return Err(Failure::new(format!(
                "cannot use source images from a different registry than the target image: {} != {}",
                name.domain(),
                list.domain()
            )));
        }
        if entry.descriptor.platform.as_ref().is_none_or(|p| p.os.is_empty() || p.architecture.is_empty()) {
            return Err(Failure::new(format!(
                "manifest {} must have an OS and Architecture to be pushed to a registry",
                entry.reference
            )));
        }
        sources.push(lists::entry(cli, &name)?.1);
        manifests.push(entry.descriptor);
    }
    let pushed: Vec<_> = manifests.iter().map(|manifest| manifest.digest).collect();
    let bytes = registry::index(media::DOCKER_LIST, manifests);
    let digest = lists::push(cli, &list, media::DOCKER_LIST, bytes, &sources)?;
    for manifest in pushed {
        cli.out(&format!("Pushed ref {}@{manifest} with digest: {manifest}\n", list.name()));
    }
    cli.out(&format!("{digest}\n"));
    if call.bool("purge") {
        lists::remove(cli, &list)?;
    }
    DONE
}
