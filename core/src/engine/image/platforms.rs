//! The images that an index lists: what `docker images --tree` shows below a name.

use super::size;
use crate::base::Digest;
use crate::model::image::{Index, media};
use crate::model::{Image, ImageStore};

/// An image for one platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Such as `linux/amd64`.
    pub platform: String,
    /// The digest of its manifest.
    pub manifest: Digest,
    /// Everything it takes here, in bytes; nothing where it is not here.
    pub size: u64,
    /// Its documents and compressed layers here, in bytes.
    pub content: u64,
}

/// The platforms of an image, in the order of its index; the one it is where it has none.
pub fn platforms(store: &ImageStore, image: &Image) -> Vec<Listed> {
    let own = |platform: String| Listed {
        platform,
        manifest: image.manifest.digest,
        size: size::total(store, image),
        content: size::content(store, image),
    };
    let index = media::is_index(&image.target.media_type)
        .then(|| store.blobs.get(&image.target.digest)?.bytes(super::pack::MAX_DOCUMENT))
        .flatten()
        .and_then(|bytes| serde_json::from_slice::<Index>(&bytes).ok());
    let Some(index) = index else {
        return vec![own(format!("{}/{}", image.config.os, image.config.architecture))];
    };
    let runs = |platform: &crate::model::image::Platform| platform.os != "unknown";
    let listed = index.manifests.into_iter().filter_map(|one| {
        let platform = one.platform.filter(runs)?;
        let variant = Some(&platform.variant).filter(|variant| !variant.is_empty());
        let name = match variant {
            Some(variant) => format!("{}/{}/{variant}", platform.os, platform.architecture),
            None => format!("{}/{}", platform.os, platform.architecture),
        };
        Some(match one.digest == image.manifest.digest {
            true => own(name),
            false => Listed { platform: name, manifest: one.digest, size: 0, content: 0 },
        })
    });
    listed.collect()
}
