//! What a build does: the steps of the stages it needs, and the image they end in.

use super::dockerfile::{Dockerfile, Problem, Warning, parse};
use crate::base::{Digest, Reference};
use crate::engine::image::pack;
use crate::engine::registry;
pub use crate::model::build::{
    CacheMount, CopyOp, CopySource, LentMount, Look, MountKind, Node, Op, Plan, Request, RunMount, RunOp,
};
use crate::model::{EngineError, Image, ImageStore, World};
use std::sync::Arc;

/// A build that was understood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Planned {
    /// Its steps.
    pub plan: Plan,
    /// What the checks found.
    pub warnings: Vec<Warning>,
}

/// Why a build could not be planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The message and the lines.
    pub problem: Problem,
    /// The step that failed, as the progress calls it, and what it says.
    pub step: Option<(String, String)>,
    /// What the checks had found.
    pub warnings: Vec<Warning>,
    /// Images whose metadata had been read.
    pub metadata: Vec<String>,
    /// Why, for the user's question.
    pub hint: Option<String>,
}

/// Reads the Dockerfile of a request; an argument can say which checks count.
///
/// # Errors
/// BuildKit's words, with the lines they are about.
pub fn understand(request: &Request) -> Result<Dockerfile, Problem> {
    let mut file = parse(&request.text)?;
    let given = request.args.iter().rev().find(|(name, _)| name == "BUILDKIT_DOCKERFILE_CHECK");
    if let Some((_, check)) = given {
        file.directives.check = Some(check.clone());
    }
    file.directives.check_options().map_err(Problem::new)?;
    Ok(file)
}

/// A base image.
#[derive(Debug, Clone, PartialEq)]
pub struct Base {
    /// The image.
    pub image: Arc<Image>,
    /// Layers that had to be fetched, and their compressed sizes.
    pub fetched: Vec<(String, u64)>,
}

/// Finds a base image: in the store, among those of earlier builds, or in its registry. What is fetched
/// gets no name.
///
/// # Errors
/// The registry's, in BuildKit's words.
pub fn resolve(world: &mut World, name: &Reference, pull: bool) -> Result<Base, EngineError> {
    let name = name.clone().or_latest().digest_wins();
    let canonical = name.canonical();
    if !pull {
        if let Ok(found) = crate::engine::image::find(&world.images, &name.familiar()) {
            return Ok(Base { image: found.image, fetched: vec![] });
        }
        if let Some(image) = world.build_cache.bases.get(&canonical) {
            return Ok(Base { image: image.clone(), fetched: vec![] });
        }
    }
    let packed = registry::fetch_base(world, &name).map_err(|e| reworded(&canonical, e))?;
    let here = |world: &World| {
        let known = world.images.get(&packed.target.digest).cloned();
        known.or_else(|| {
            world.build_cache.bases.values().find(|image| image.id() == packed.target.digest).cloned()
        })
    };
    if let Some(image) = here(world) {
        world.build_cache.bases.insert(canonical, image.clone());
        return Ok(Base { image, fetched: vec![] });
    }
    // The layers and what is known of them stay; the image itself has no place in the store.
    let mut store = ImageStore { chains: world.images.chains.clone(), ..ImageStore::default() };
    let image = pack::admit(&mut store, &packed)?;
    world.images.chains = store.chains;
    for (diff_id, fact) in &packed.facts {
        world.images.facts.entry(*diff_id).or_insert(*fact);
    }
    let size = |digest: &Digest, size: u64| packed.facts.get(digest).map_or(size, |fact| fact.compressed);
    let fetched = image.layers.iter().map(|l| (l.digest.to_string(), size(&l.digest, l.size))).collect();
    world.build_cache.bases.insert(canonical, image.clone());
    Ok(Base { image, fetched })
}

/// What BuildKit says where the daemon says something else.
fn reworded(canonical: &str, error: EngineError) -> EngineError {
    let prefix = format!("failed to resolve reference \"{canonical}\": ");
    let message = if error.message.starts_with("pull access denied for ") {
        "pull access denied, repository does not exist or may require authorization: server message: \
         insufficient_scope: authorization failed"
            .to_owned()
    } else {
        error.message.strip_prefix(&prefix).unwrap_or(&error.message).to_owned()
    };
    EngineError { message, ..error }
}
