//! `docker image history`.

use crate::base::Time;
use crate::base::time_format::rfc3339;
use crate::base::units::{human_duration, human_size_with_precision};
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::image::{self, Step};
use crate::grammar::Invocation;
use crate::render::listing::Listing;
use crate::render::value::{Struct, Value};

/// `docker history [OPTIONS] IMAGE`.
pub const COMMAND: Command = Command::new("image history", run);

const HEADERS: &[(&str, &str)] = &[
    ("ID", "IMAGE"),
    ("CreatedSince", "CREATED"),
    ("CreatedAt", "CREATED AT"),
    ("CreatedBy", "CREATED BY"),
    ("Size", "SIZE"),
    ("Comment", "COMMENT"),
];
const TABLE: &str = "table {{.ID}}\\t{{.CreatedSince}}\\t{{.CreatedBy}}\\t{{.Size}}\\t{{.Comment}}";
const BARE: &str = "table {{.ID}}\\t{{.CreatedAt}}\\t{{.CreatedBy}}\\t{{.Size}}\\t{{.Comment}}";
/// How long a command may be in the table.
const SHOWN: usize = 45;

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let world = cli.world()?;
    let now = world.now();
    image::check_platforms(&world.images, call.arg(0), &call.list("platform"))?;
    let steps = image::history(&world.images, call.arg(0))?;
    let (full, human) = (call.bool("no-trunc"), call.bool("human"));
    let rows: Vec<Value> = steps.iter().map(|step| row(step, now, full, human)).collect();
    let listing = Listing { headers: HEADERS, table: if human { TABLE } else { BARE }, raw: None };
    let format = call.str("format");
    let format = if call.bool("quiet") { "{{.ID}}" } else { format };
    cli.list(&listing, format, &rows)?;
    DONE
}

fn row(step: &Step, now: Time, full: bool, human: bool) -> Value {
    let id = match step.id.strip_prefix("sha256:") {
        Some(digits) if !full => digits.chars().take(12).collect(),
        _ => step.id.clone(),
    };
    let by = step.created_by.replace('\t', " ");
    let by = if full { by } else { shorten(&by, SHOWN) };
    let comment = step.comment.clone();
    let created = step.created.filter(|at| at.unix_secs() != 0);
    let since = created.map_or_else(|| "N/A".to_owned(), |at| format!("{} ago", human_duration(now - at)));
    let at = created.map_or_else(String::new, rfc3339);
    let size =
        if human { human_size_with_precision(step.size as f64, 3) } else { step.size.to_string() };
    Struct::row("*image.historyContext")
        .field("ID", id.as_str())
        .field("CreatedSince", if human { since.as_str() } else { at.as_str() })
        .field("CreatedAt", at.as_str())
        .field("CreatedBy", by.as_str())
        .field("Size", size.as_str())
        .field("Comment", comment.as_str())
        .into()
}

/// Cuts a text to `max` characters, the last of which is then an ellipsis.
fn shorten(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    text.chars().take(max.saturating_sub(1)).chain(['…']).collect()
}
