//! `docker buildx history ls`.

use super::shown;
use crate::base::time_format::rfc3339_nano;
use crate::base::units::human_duration;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;
use crate::model::PastBuild;
use crate::render::listing::Listing;
use crate::render::table::ellipsis;
use crate::render::value::{Struct, Value};

/// `docker buildx history ls [OPTIONS]`.
pub const COMMAND: Command = Command::new("buildx history ls", run);

const LISTING: Listing<'static> = Listing {
    headers: &[
        ("Ref", "BUILD ID"),
        ("Name", "NAME"),
        ("Status", "STATUS"),
        ("CreatedAt", "CREATED AT"),
        ("Duration", "DURATION"),
        ("Link", ""),
    ],
    table: "table {{.Ref}}\\t{{.Name}}\\t{{.Status}}\\t{{.CreatedAt}}\\t{{.Duration}}",
    raw: None,
};
/// The width of names in the table.
const NAME_WIDTH: usize = 36;

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let now = cli.sys.now();
    let mut builds: Vec<_> = cli.world()?.build_cache.history.iter().rev().cloned().collect();
    for filter in call.list("filter") {
        let (key, value) = filter.split_once("==").or_else(|| filter.split_once('=')).unwrap_or((&filter, ""));
        match key {
            "ref" => builds.retain(|build| build.reference == value),
            "status" => builds.retain(|build| shown::status(build).eq_ignore_ascii_case(value)),
            _ => return Err(Failure::new(format!("ERROR: the filter {filter:?} is not simulated by Drydock"))),
        }
    }
    let format = call.str("format");
    let whole = call.bool("no-trunc") || !format.starts_with("table");
    let rows: Vec<Value> = builds
        .iter()
        .map(|build| {
            let since = format!("{} ago", human_duration(now - build.started));
            let name = if whole { build.name.clone() } else { ellipsis(&build.name, NAME_WIDTH) };
            row(build, &name, &since)
        })
        .collect();
    cli.list(&LISTING, format, &rows)?;
    DONE
}

fn row(build: &PastBuild, name: &str, since: &str) -> Value {
    Struct::row("*history.lsContext")
        .field_as("Ref", None, build.reference.as_str())
        .field_as("Name", Some("name"), name)
        .field_as("Status", Some("status"), shown::status(build))
        .field_as("CreatedAt", None, since)
        .field_as("Duration", None, shown::duration(build))
        .field_as("Link", None, "")
        .field_as("cached", Some("cached_steps"), build.cached as i64)
        .field_as("completed", Some("completed_at"), rfc3339_nano(build.completed))
        .field_as("finished", Some("completed_steps"), build.finished as i64)
        .field_as("created", Some("created_at"), rfc3339_nano(build.started))
        .field_as("ref", Some("ref"), format!("default/default/{}", build.reference))
        .field_as("steps", Some("total_steps"), build.steps as i64)
        .into()
}
