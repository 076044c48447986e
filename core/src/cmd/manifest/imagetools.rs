//! `docker buildx imagetools inspect`.

use super::imagetools_template;
use crate::base::Reference;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::registry;
use crate::grammar::Invocation;
use crate::model::image::{Blob, Index, media};

/// `docker buildx imagetools inspect [OPTIONS] NAME`.
pub const COMMAND: Command = Command::new("buildx imagetools inspect", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let (format, raw) = (call.str("format"), call.bool("raw"));
    if raw && call.changed("format") {
        return Err(Failure::new("ERROR: format and raw cannot be used together"));
    }
    let failed = |e: String| Failure::new(format!("ERROR: {e}"));
    let name = Reference::parse(call.arg(0)).map_err(|e| failed(e.to_string()))?.or_latest();
    let packed = registry::fetch(cli.world()?, &name).map_err(|e| Failure {
        hint: e.hint.clone(),
        ..failed(match e.message.split_once("\": ") {
            Some((_, why)) if e.message.starts_with("failed to resolve") => why.to_owned(),
            _ => e.message.clone(),
        })
    })?;
    let bytes = packed.blobs.get(&packed.target.digest).map(Blob::to_vec).unwrap_or_default();
    if raw {
        cli.sys.write(1, &bytes);
        return DONE;
    }
    if !format.is_empty() {
        let text = imagetools_template::print(&name, &packed, format).map_err(|e| failed(e.message))?;
        cli.out(&text);
        return DONE;
    }
    let target = &packed.target;
    let shown = name.canonical();
    cli.out(&format!("Name:      {shown}\nMediaType: {}\nDigest:    {}\n", target.media_type, target.digest));
    if media::is_index(&target.media_type)
        && let Ok(index) = serde_json::from_slice::<Index>(&bytes)
    {
        cli.out("           \nManifests: \n");
        for (n, listed) in index.manifests.iter().enumerate() {
            let platform = listed
                .platform
                .as_ref()
                .map_or_else(String::new, |p| format!("  Platform:  {}/{}\n", p.os, p.architecture));
            let gap = if n == 0 { "" } else { "             \n" };
            cli.out(&format!(
                "{gap}  Name:      {}@{}\n  MediaType: {}\n{platform}",
                name.name(),
                listed.digest,
                listed.media_type
            ));
        }
    }
    DONE
}
