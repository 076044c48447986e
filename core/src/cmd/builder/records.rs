//! Records of the build cache: which of them filters mean, and how they are printed.

use crate::base::go_duration::parse_duration;
use crate::base::go_text::quote;
use crate::base::time_format::rfc3339_nano;
use crate::base::units::{human_duration, human_size_with_precision};
use crate::base::Time;
use crate::cmd::Failure;
use crate::engine::build::Record;
use crate::grammar::Invocation;
use crate::render::listing::Listing;
use crate::render::value::{Struct, Value};

/// The listing of records.
pub const LISTING: Listing<'static> = Listing {
    headers: &[
        ("ID", "ID"),
        ("Parents", "PARENTS"),
        ("CreatedAt", "CREATED AT"),
        ("Mutable", "MUTABLE"),
        ("Reclaimable", "RECLAIMABLE"),
        ("Shared", "SHARED"),
        ("Size", "SIZE"),
        ("Description", "DESCRIPTION"),
        ("UsageCount", "USAGE COUNT"),
        ("LastUsedAt", "LAST USED"),
        ("LastAccessed", "LAST ACCESSED"),
        ("Type", "TYPE"),
    ],
    table: "table {{.ID}}\\t{{.Reclaimable}}\\t{{.Size}}\\t{{.LastAccessed}}",
    raw: None,
};

/// A size as the builder prints it.
pub fn size(bytes: u64) -> String {
    human_size_with_precision(bytes as f64, 4)
}

/// When a record was used last, for people.
pub fn used(record: &Record, now: Time) -> String {
    format!("{} ago", human_duration(now - record.used))
}

/// A record as templates see it.
pub fn row(record: &Record, now: Time) -> Value {
    Struct::row("*commands.duContext")
        .field("ID", record.id.as_str())
        .field("Parents", Value::nil_list("string"))
        .field("CreatedAt", rfc3339_nano(record.created))
        .field("Mutable", false)
        .field("Reclaimable", !record.shared)
        .field("Shared", record.shared)
        .field("Size", size(record.size))
        .field("Description", record.description.as_str())
        .field("UsageCount", i64::from(record.uses))
        .field("LastUsedAt", rfc3339_nano(record.used))
        .field_as("LastAccessed", None, used(record, now))
        .field("Type", "regular")
        .into()
}

/// Everything about a record, a line each.
pub fn whole(record: &Record, now: Time) -> String {
    format!(
        "ID:\t\t{}\nCreated at:\t{}\nMutable:\tfalse\nReclaimable:\t{}\nShared:\t\t{}\nSize:\t\t{}\nDescription:\t{}\n\
         Usage count:\t{}\nLast used:\t{}\nType:\t\tregular\n\n",
        record.id,
        crate::base::time_format::go_time(record.created),
        !record.shared,
        record.shared,
        size(record.size),
        record.description,
        record.uses,
        used(record, now)
    )
}

/// Keeps the records that `--filter` means.
///
/// # Errors
/// A filter twice, or with a value that makes no sense.
pub fn filtered(call: &Invocation, records: Vec<Record>, now: Time) -> Result<Vec<Record>, Failure> {
    let filters = call.filters();
    let wrong = |text: String| Failure::new(format!("ERROR: {text}"));
    for (at, (name, _)) in filters.iter().enumerate() {
        if filters.iter().take(at).any(|(earlier, _)| earlier == name) {
            return Err(wrong("filters expect only one value".to_owned()));
        }
    }
    let mut kept = records;
    for (name, value) in &filters {
        let on = || matches!(value.as_str(), "true" | "1" | "");
        match name.as_str() {
            "until" | "unused-for" => {
                let span = parse_duration(value)
                    .map_err(|_| wrong(format!("{name} filter expects a duration (e.g., '24h'), not {}", quote(value))))?;
                kept.retain(|record| now - record.used >= span);
            }
            "id" => kept.retain(|record| record.id.contains(value.as_str())),
            "description" => kept.retain(|record| record.description == *value),
            "type" => kept.retain(|_| value == "regular"),
            "shared" => kept.retain(|record| record.shared == on()),
            "private" => kept.retain(|record| record.shared != on()),
            "mutable" | "inuse" => kept.retain(|_| !on()),
            "immutable" => kept.retain(|_| on()),
            "parents" => kept.clear(),
            // BuildKit takes any name: a record that has no such field is not meant.
            _ => kept.clear(),
        }
    }
    Ok(kept)
}
