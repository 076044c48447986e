//! `docker image ls`.

use super::overview::Look;
use crate::base::Reference;
use crate::base::Time;
use crate::base::time_format::go_time;
use crate::base::units::{human_duration, human_size_with_precision};
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::image::{self, List, Summary};
use crate::grammar::Invocation;
use crate::render::listing::Listing;
use crate::render::value::{Struct, Value};

/// `docker images [OPTIONS] [REPOSITORY[:TAG]]`.
pub const COMMAND: Command = Command::new("image ls", run);

/// The headers of the fields.
pub const HEADERS: &[(&str, &str)] = &[
    ("ID", "IMAGE ID"),
    ("Repository", "REPOSITORY"),
    ("Tag", "TAG"),
    ("Digest", "DIGEST"),
    ("CreatedSince", "CREATED"),
    ("CreatedAt", "CREATED AT"),
    ("Size", "SIZE"),
    ("Containers", "CONTAINERS"),
    ("SharedSize", "SHARED SIZE"),
    ("UniqueSize", "UNIQUE SIZE"),
];
const TABLE: &str = "table {{.Repository}}\\t{{.Tag}}\\t{{.ID}}\\t{{.CreatedSince}}\\t{{.Size}}";
const DIGESTS: &str =
    "table {{.Repository}}\\t{{.Tag}}\\t{{.Digest}}\\t{{.ID}}\\t{{.CreatedSince}}\\t{{.Size}}";
const RAW: &str = "repository: {{.Repository}}\\ntag: {{.Tag}}\\nimage_id: {{.ID}}\\ncreated_at: {{.CreatedAt}}\\nvirtual_size: {{.Size}}\\n";
const QUIET: &str = "{{.ID}}";

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let matching = Some(call.arg(0).to_owned()).filter(|text| !text.is_empty());
    let request = List { all: call.bool("all"), matching, filters: call.filters() };
    let world = cli.world()?;
    let now = world.now();
    let found = image::list(world, &request)?;
    let (quiet, digests, full) = (call.bool("quiet"), call.bool("digests"), call.bool("no-trunc"));
    let format = cli.format(call, "imagesFormat", quiet);
    let format = format.as_str();
    if call.bool("tree") {
        let clash = [("quiet", quiet), ("no-trunc", full), ("show-digest", digests), ("format", !format.is_empty())];
        if let Some((name, _)) = clash.iter().find(|(_, given)| *given) {
            return Err(Failure::new(format!("--{name} is not yet supported with --tree")));
        }
    }
    if format.is_empty() && !quiet && !digests && !full {
        overview(cli, &found, call.bool("tree"))?;
        return DONE;
    }
    let rows: Vec<Value> = found.iter().flat_map(|summary| rows(summary, now, digests, full)).collect();
    let listing = Listing {
        headers: HEADERS,
        table: match (quiet, digests) {
            (true, _) => QUIET,
            (_, true) => DIGESTS,
            _ => TABLE,
        },
        raw: Some(RAW),
    };
    let format = if quiet && format.is_empty() { QUIET } else { format };
    cli.list(&listing, format, &rows)?;
    DONE
}

/// The default list.
fn overview(cli: &mut Cli<'_, '_>, found: &[Summary], tree: bool) -> Result<(), Failure> {
    let width = cli.sys.tty_size(1).map(|(_, columns)| usize::from(columns));
    let colors = width.is_some() && cli.sys.env("NO_COLOR").is_none_or(|value| value.is_empty());
    let look = Look { tree, width, colors };
    let world = cli.world()?;
    let store = world.images.clone();
    let text = look.print(found, |summary| {
        store.get(&summary.id).map_or(vec![], |image| image::platforms(&store, image))
    });
    cli.err(&look.legend());
    cli.out(&text);
    Ok(())
}

fn size(bytes: u64) -> String {
    human_size_with_precision(bytes as f64, 3)
}

/// The lines of one image: one for each tag, or for each repository where digests are asked for.
pub fn rows(summary: &Summary, now: Time, digests: bool, full: bool) -> Vec<Value> {
    let parse = |texts: &[String]| -> Vec<Reference> {
        texts.iter().filter_map(|text| Reference::parse(text).ok()).collect()
    };
    let (tags, by_digest) = (parse(&summary.repo_tags), parse(&summary.repo_digests));
    let none = || "<none>".to_owned();
    let mut lines: Vec<(String, String, String)> = Vec::new();
    for tag in &tags {
        let digest = by_digest.iter().find(|d| d.name() == tag.name()).and_then(Reference::digest);
        let digest = if digests { digest.map_or_else(none, |d| d.to_string()) } else { none() };
        lines.push((tag.familiar_name(), tag.tag().unwrap_or("<none>").to_owned(), digest));
    }
    if tags.is_empty() {
        for name in &by_digest {
            let digest = name.digest().filter(|_| digests).map_or_else(none, |d| d.to_string());
            lines.push((name.familiar_name(), none(), digest));
        }
    }
    if lines.is_empty() {
        lines.push((none(), none(), none()));
    }
    let id = if full { summary.id.to_string() } else { summary.id.short() };
    let since = format!("{} ago", human_duration(now - summary.created));
    let row = |(repository, tag, digest): (String, String, String)| {
        Struct::row("*formatter.imageContext")
            .field("ID", id.as_str())
            .field("Repository", repository.as_str())
            .field("Tag", tag.as_str())
            .field("Digest", digest.as_str())
            .field("CreatedSince", since.as_str())
            .field("CreatedAt", go_time(Time(summary.created.unix_secs() * 1_000_000_000)).as_str())
            .field("Size", size(summary.size).as_str())
            .field("Containers", summary.containers.to_string().as_str())
            .field("SharedSize", "N/A")
            .field("UniqueSize", "N/A")
            .into()
    };
    lines.into_iter().map(row).collect()
}
