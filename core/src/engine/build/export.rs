//! The end of a build: the image with its history and statement, named.

use super::plan::{Op, Plan, Request};
use crate::base::time_format::rfc3339_nano;
use crate::base::{Digest, Reference, Time};
use crate::engine::image::pack::{admit, pack_noted, with_statement_noted};
use crate::engine::image::{Left, give};
use crate::fs::{Chain, Layer};
use crate::model::build::Provenance;
use crate::model::image::{ConfigFile, Descriptor, Index, Platform};
use crate::model::{EngineError, World};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
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
    /// The index or manifest behind the id.
    pub target: Descriptor,
    /// The manifest of the statement of how it was built, where there is one.
    pub statement: Option<Digest>,
    /// How it was built, as JSON.
    pub predicate: String,
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
    /// What was asked for.
    pub request: &'a Request,
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
        if !matches!(node.op, Op::Image { .. } | Op::Context(_) | Op::Fetch(..)) {
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
    let notes = &run.request.annotations;
    let packed = pack_noted(config, &layers, notes.manifest.clone());
    let manifest = packed.target.digest;
    let predicate = predicate(world, plan, run);
    let packed = match run.request.provenance {
        Provenance::None if !notes.index.is_empty() || !notes.descriptor.is_empty() => {
            return Err(EngineError::invalid("index annotations not supported for single platform export"));
        }
        Provenance::None => packed,
        _ => {
            let platform =
                Platform { architecture: "amd64".into(), os: "linux".into(), variant: String::new() };
            with_statement_noted(packed, platform, &statement(run, manifest, &predicate), notes)
        }
    };
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
        target: image.target.clone(),
        manifest,
        config: image.config_blob.digest,
        statement: listed.last().filter(|_| image.id() != manifest).map(|last| last.digest),
        predicate: predicate.to_string(),
        names: run.tags.to_vec(),
    })
}

/// The statement that goes with the image.
fn statement(run: &Run<'_>, manifest: Digest, predicate: &Value) -> Value {
    let name = |tag: &String| {
        format!(
            "pkg:docker/{}?platform=linux%2Famd64",
            tag.replace("docker.io/library/", "").replace(':', "@")
        )
    };
    let subject = |tag| json!({ "name": name(tag), "digest": { "sha256": manifest.hex() } });
    json!({
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://slsa.dev/provenance/v1",
        "subject": run.tags.iter().map(subject).collect::<Vec<_>>(),
        "predicate": predicate,
    })
}

/// How the image was built: from which images, in `mode=max` with which arguments.
fn predicate(world: &World, plan: &Plan, run: &Run<'_>) -> Value {
    let request = run.request;
    let used = plan.nodes.iter().filter_map(|node| match &node.op {
        Op::Image { resolved, .. } => resolved.split_once("@sha256:"),
        _ => None,
    });
    let material = |(name, digest): (&str, &str)| {
        let name = name.trim_start_matches("docker.io/library/").trim_start_matches("docker.io/");
        let name = name.replacen(':', "@", 1);
        json!({ "uri": format!("pkg:docker/{name}?platform=linux%2Famd64"), "digest": { "sha256": digest } })
    };
    let mut asked = json!({ "frontend": "dockerfile.v0" });
    if request.provenance == Provenance::Max {
        let args =
            request.args.iter().map(|(name, value)| (format!("build-arg:{name}"), value.as_str().into()));
        let labels =
            request.labels.iter().map(|(name, value)| (format!("label:{name}"), value.as_str().into()));
        asked["args"] = args.chain(labels).collect::<serde_json::Map<_, _>>().into();
        asked["locals"] = json!([{ "name": "context" }, { "name": "dockerfile" }]);
    }
    json!({
        "buildDefinition": {
            "buildType": "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",
            "externalParameters": { "configSource": { "path": request.file }, "request": asked },
            "internalParameters": { "builderPlatform": "linux/amd64" },
            "resolvedDependencies": used.map(material).collect::<Vec<_>>(),
        },
        "runDetails": {
            "builder": { "id": "" },
            "metadata": {
                "invocationId": run.reference,
                "startedOn": rfc3339_nano(run.started),
                "finishedOn": rfc3339_nano(world.now()),
            },
        },
    })
}
