//! `history`: the steps an image was made in, the last one first.

use super::{find, name, size};
use crate::base::Time;
use crate::model::{EngineError, ImageStore};

/// A step of an image's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The image's id for the last step, `<missing>` for all others.
    pub id: String,
    /// When.
    pub created: Option<Time>,
    /// The instruction or command.
    pub created_by: String,
    /// A remark.
    pub comment: String,
    /// What its layer takes unpacked, in bytes.
    pub size: u64,
    /// The image's names, for the last step.
    pub tags: Vec<String>,
}

/// The history of an image.
///
/// # Errors
/// Those of finding the image.
pub fn history(store: &ImageStore, reference: &str) -> Result<Vec<Step>, EngineError> {
    let image = find(store, reference)?.image;
    let mut layers = image.config.rootfs.diff_ids.iter();
    let mut steps: Vec<Step> = Vec::new();
    for step in &image.config.history {
        let layer = if step.empty_layer { None } else { layers.next() };
        steps.push(Step {
            id: "<missing>".into(),
            created: step.created,
            created_by: step.created_by.clone(),
            comment: step.comment.clone(),
            size: layer.map_or(0, |diff_id| size::layer(store, diff_id)),
            tags: vec![],
        });
    }
    steps.reverse();
    if let Some(last) = steps.first_mut() {
        last.id = image.id().to_string();
        last.tags = name::repo_tags(store, image.id());
    }
    Ok(steps)
}
