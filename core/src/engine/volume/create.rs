//! `volume create`: a volume of the local driver.

use super::{emit, is_local};
use crate::base::Rng;
use crate::fs::View;
use crate::model::{ANONYMOUS_LABEL, EngineError, Volume, World};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What to create.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Create {
    /// Its name; empty has one drawn, and marks the volume as anonymous.
    pub name: String,
    /// The driver; empty for `local`.
    pub driver: String,
    /// `--opt`.
    pub options: BTreeMap<String, String>,
    /// `--label`.
    pub labels: BTreeMap<String, String>,
}

/// Makes a volume and gives its name. Where there is one of that name already, nothing changes.
///
/// # Errors
/// Invalid for names and options that the local driver refuses; not found for other drivers.
pub fn create(world: &mut World, request: Create) -> Result<String, EngineError> {
    let anonymous = request.name.is_empty();
    let name = if anonymous { random_name(&mut world.kernel.rng) } else { request.name };
    let in_create = |why: String| EngineError::invalid(format!("create {name}: {why}"));
    if !is_local(&request.driver) {
        let driver = &request.driver;
        return Err(EngineError::not_found(format!(
            "create {name}: error looking up volume plugin {driver}: plugin \"{driver}\" not found"
        )));
    }
    if world.volumes.contains_key(&name) {
        return Ok(name);
    }
    check_name(&name).map_err(in_create)?;
    check_options(&request.options).map_err(in_create)?;
    let mut labels = request.labels;
    if anonymous {
        labels.insert(ANONYMOUS_LABEL.to_string(), String::new());
    }
    let now = world.now();
    let volume = Volume {
        name: name.clone(),
        created: now,
        driver: "local".to_string(),
        options: (!request.options.is_empty()).then_some(request.options),
        labels: (!labels.is_empty()).then_some(labels),
        fs: world.kernel.add_fs(View::empty(now)),
    };
    emit(world, &volume, "create", &[]);
    world.volumes.insert(name.clone(), Arc::new(volume));
    Ok(name)
}

fn random_name(rng: &mut Rng) -> String {
    rng.bytes::<32>().iter().map(|b| format!("{b:02x}")).collect()
}

/// The rule for names, FACTS 46.
fn check_name(name: &str) -> Result<(), String> {
    if name.chars().count() == 1 {
        return Err(
            "volume name is too short, names should be at least two alphanumeric characters".to_string()
        );
    }
    let mut chars = name.chars();
    let starts = chars.next().is_some_and(|c| c.is_ascii_alphanumeric());
    if starts && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')) {
        return Ok(());
    }
    Err(format!(
        "\"{name}\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are \
         allowed. If you intended to pass a host directory, use absolute path"
    ))
}

fn check_options(options: &BTreeMap<String, String>) -> Result<(), String> {
    if let Some(unknown) = options.keys().find(|k| !matches!(k.as_str(), "type" | "o" | "device" | "size")) {
        return Err(format!("invalid option: \"{unknown}\""));
    }
    if options.contains_key("size") {
        return Err("quota size requested but no quota support".to_string());
    }
    for (given, needed) in [("device", "type"), ("type", "device"), ("o", "device"), ("o", "type")] {
        if options.contains_key(given) && !options.contains_key(needed) {
            return Err(format!("missing required option: \"{needed}\""));
        }
    }
    Ok(())
}
