//! The end of a build: the image with its history and statement, named.

use super::plan::{Op, Plan};
use crate::base::time_format::rfc3339_nano;
use crate::base::{Digest, Reference, Time};
use crate::engine::image::pack::{admit, pack, with_statement};
use crate::engine::image::{Left, give};
use crate::fs::{Chain, Layer};
use crate::model::image::{ConfigFile, Index, Platform};
use crate::model::{EngineError, World};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;

/// A finished image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Built {
    /// Its id: the digest of its index.
    pub id: Digest,
    /// The manifest for this platform.
    pub manifest: Digest,
    /// Its configuration.
    pub config: Digest,
    /// The statement of how it was built.
    pub statement: Digest,
    /// Its names, normalised.
    pub names: Vec<String>,
}

/// What is particular to one build.
pub struct Run<'a> {
    /// When each step's layer was made, by number of the step.
    pub created: &'a [Time],
    /// When the build began.
    pub started: Time,
    /// Its random name.
    pub reference: String,
    /// The names to give.
    pub tags: &'a [String],
}

/// Gives the new steps of the history the times of their layers; those without a layer have that of the
/// one before, or of the first one.
fn dated(mut config: ConfigFile, times: &[Time]) -> ConfigFile {
    let mut layers = times.iter().copied();
    for step in &mut config.history {
        if step.created.is_none() && !step.empty_layer {
            step.created = layers.next();
        }
    }
    let new = config.history.iter().position(|step| step.created.is_none());
    let first_new = times.first().copied();
    let mut last = match new {
        Some(at) => {
            let before = config.history.iter().take(at).rev().find_map(|step| step.created);
            first_new.filter(|_| before.is_none_or(|b| first_new.is_some_and(|f| f >= b))).or(before)
        }
        None => first_new,
    };
    for step in &mut config.history {
        match step.created {
            Some(at) => last = Some(at).filter(|_| true).or(last),
            None => step.created = last,
        }
    }
    config.created = config.history.iter().rev().find_map(|step| step.created).or(first_new);
    config
}

/// The layers of the steps that lead to the result, lowest first, by number of the step.
pub fn steps_of(plan: &Plan) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = plan.result;
    while let Some(number) = at {
        let Some(node) = plan.nodes.get(number) else { break };
        if !matches!(node.op, Op::Image { .. } | Op::Context(_)) {
            found.push(number);
        }
        at = node.root;
    }
    found.reverse();
    found
}

/// Makes the image of a finished plan.
///
/// # Errors
/// None that a well-formed plan brings about.
pub fn export(world: &mut World, plan: &Plan, chain: &Chain, run: &Run<'_>) -> Result<Built, EngineError> {
    let steps = steps_of(plan);
    let times: Vec<Time> = steps.iter().filter_map(|step| run.created.get(*step).copied()).collect();
    let config = dated(plan.config.clone(), &times);
    let layers: Vec<Arc<Layer>> = chain.layers().cloned().collect();
    let packed = pack(config, &layers);
    let manifest = packed.target.digest;
    let at = |time: Time| rfc3339_nano(time);
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://slsa.dev/provenance/v1",
        "subject": run.tags.iter().map(|tag| json!({
            "name": format!("pkg:docker/{}?platform=linux%2Famd64", tag.replace("docker.io/library/", "").replace(':', "@")),
            "digest": { "sha256": manifest.hex() },
        })).collect::<Vec<_>>(),
        "predicate": {
            "buildDefinition": { "buildType": "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md" },
            "runDetails": {
                "builder": { "id": "" },
                "metadata": {
                    "invocationId": run.reference,
                    "startedOn": at(run.started),
                    "finishedOn": at(world.now()),
                },
            },
        },
    });
    let platform = Platform { architecture: "amd64".into(), os: "linux".into(), variant: String::new() };
    let packed = with_statement(packed, platform, &statement);
    let image = admit(&mut world.images, &packed)?;
    let now = world.now();
    for tag in run.tags {
        if let Ok(name) = Reference::parse(tag) {
            give(&mut world.images, &name, image.id(), now, Left::Gone);
        }
    }
    let index = packed.blobs.get(&image.id()).map(|blob| blob.to_vec()).unwrap_or_default();
    let listed = serde_json::from_slice::<Index>(&index).map(|index| index.manifests).unwrap_or_default();
    Ok(Built {
        id: image.id(),
        manifest,
        config: image.config_blob.digest,
        statement: listed.last().map_or(image.id(), |last| last.digest),
        names: run.tags.to_vec(),
    })
}
