//! How builds of the past are shown.

use crate::base::{Duration, Time};
use crate::base::time_format::rfc3339_nano;
use crate::cmd::{Cli, Failure};
use crate::engine::build::find_past;
use crate::model::PastBuild;
use serde_json::{Value, json};
use std::sync::Arc;

/// A build by what the command line calls it.
///
/// # Errors
/// In the words of buildx.
pub fn find(cli: &mut Cli<'_, '_>, wanted: &str) -> Result<Arc<PastBuild>, Failure> {
    find_past(cli.world()?, wanted).map_err(|e| Failure::new(format!("ERROR: {}", e.message)))
}

/// How it ended.
pub fn status(build: &PastBuild) -> &'static str {
    match (&build.error, build.canceled) {
        (_, true) => "Canceled",
        (Some(_), _) => "Error",
        _ => "Completed",
    }
}

/// How long it took.
pub fn duration(build: &PastBuild) -> String {
    let span: Duration = build.completed - build.started;
    let seconds = span.0 as f64 / 1e9;
    match seconds {
        s if s < 60.0 => format!("{s:.1}s"),
        s => format!("{}m {:2}s", (s / 60.0) as u64, s as u64 % 60),
    }
}

/// A moment as `history inspect` writes it.
pub fn moment(at: Time) -> String {
    rfc3339_nano(at).chars().take(19).collect::<String>().replace('T', " ")
}

/// Everything as JSON.
pub fn json(build: &PastBuild) -> Value {
    let pairs = |list: &[(String, String)]| -> Vec<Value> {
        list.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect()
    };
    let mut all = json!({
        "Name": build.name, "Ref": build.reference, "Context": build.context, "Dockerfile": build.file,
    });
    if let Some(target) = &build.target {
        all["Target"] = target.as_str().into();
    }
    all["StartedAt"] = rfc3339_nano(build.started).into();
    all["CompletedAt"] = rfc3339_nano(build.completed).into();
    all["Duration"] = (build.completed - build.started).0.into();
    all["Status"] = status(build).to_lowercase().into();
    if let Some(error) = &build.error {
        all["Error"] = json!({ "Message": error });
    }
    all["NumCompletedSteps"] = build.finished.into();
    all["NumTotalSteps"] = build.steps.into();
    all["NumCachedSteps"] = build.cached.into();
    for (name, list) in [("BuildArgs", &build.args), ("Labels", &build.labels)] {
        if !list.is_empty() {
            all[name] = pairs(list).into();
        }
    }
    all
}
