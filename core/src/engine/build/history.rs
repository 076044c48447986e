//! Builds that have ended: what `docker buildx history` tells of.

use super::job::reference;
use crate::model::{EngineError, PastBuild, World};
use std::sync::Arc;

/// How many ended builds are remembered.
const REMEMBERED: usize = 50;
/// How much of a build's log is kept, in bytes.
const MAX_LOG: usize = 1 << 20;

impl PastBuild {
    /// Takes in what the build printed.
    pub fn log(&mut self, text: &str) {
        if self.log.len() + text.len() <= MAX_LOG {
            self.log.push_str(text);
        }
    }
}

/// A new id for a build.
pub fn new_reference(world: &mut World) -> String {
    let whole = reference(&mut world.kernel.rng);
    whole.split(':').next().unwrap_or_default().to_owned()
}

/// Remembers a build that has ended now.
pub fn remember(world: &mut World, mut build: PastBuild) {
    build.completed = world.now();
    let of_step = |line: &str| {
        line.strip_prefix('#')
            .and_then(|rest| rest.split_once(' '))
            .and_then(|(number, rest)| Some((number.parse::<usize>().ok()?, rest.to_owned())))
    };
    let lines: Vec<(usize, String)> = build.log.lines().filter_map(of_step).filter(|(n, _)| *n > 0).collect();
    build.steps = lines.iter().map(|(number, _)| *number).max().unwrap_or(0);
    build.cached = lines.iter().filter(|(_, text)| text == "CACHED").count();
    let done = lines.iter().filter(|(_, text)| text.starts_with("DONE")).count();
    build.finished = (done + build.cached).min(build.steps);
    let history = &mut world.build_cache.history;
    history.push_back(Arc::new(build));
    while history.len() > REMEMBERED {
        history.pop_front();
    }
}

/// A build by its id, by `^N` for the one N before the last, or the last.
///
/// # Errors
/// There is none.
pub fn find_past(world: &World, wanted: &str) -> Result<Arc<PastBuild>, EngineError> {
    let history = &world.build_cache.history;
    let id = wanted.rsplit('/').next().unwrap_or(wanted);
    let found = match id.strip_prefix('^').map(str::parse::<usize>) {
        Some(Ok(back)) => history.iter().rev().nth(back),
        _ if id.is_empty() => history.back(),
        _ => history.iter().find(|build| build.reference == id),
    };
    found.cloned().ok_or_else(|| {
        EngineError::not_found(match wanted {
            "" => "no records found".to_owned(),
            _ => format!("no record found for ref {wanted:?}"),
        })
    })
}

/// Forgets a build.
pub fn forget_past(world: &mut World, reference: &str) {
    world.build_cache.history.retain(|build| build.reference != reference);
}
