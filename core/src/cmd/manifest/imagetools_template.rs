//! What templates of `docker buildx imagetools inspect` see: a name, a manifest and the images it leads to.

use crate::base::Reference;
use crate::engine::image::pack::Packed;
use crate::model::image::{Blob, Descriptor, Index, Manifest, media};
use crate::render::template::{Functions, MissingKey, Template, TemplateError};
use crate::render::typed::{Kind, Member, typed};
use crate::render::value::Struct;
use serde_json::{Map, Value as Json, json};

const PLATFORM: &[Member] = &[
    Member::renamed("Architecture", "architecture", Kind::Text),
    Member::renamed("OS", "os", Kind::Text),
    Member::renamed("Variant", "variant", Kind::Text),
];
const DESCRIPTOR: &[Member] = &[
    Member::renamed("MediaType", "mediaType", Kind::Text),
    Member::renamed("Digest", "digest", Kind::Text),
    Member::renamed("Size", "size", Kind::Int),
    Member::renamed("Annotations", "annotations", Kind::Map("string", &Kind::Text)),
    Member::renamed("Platform", "platform", Kind::Struct("*v1.Platform", PLATFORM)),
];
const MANIFEST: &[Member] = &[
    Member::renamed("SchemaVersion", "schemaVersion", Kind::Int),
    Member::renamed("MediaType", "mediaType", Kind::Text),
    Member::renamed("Digest", "digest", Kind::Text),
    Member::renamed("Size", "size", Kind::Int),
    Member::renamed("Manifests", "manifests", Kind::List("v1.Descriptor", &Kind::Struct("v1.Descriptor", DESCRIPTOR))),
];
const ROOTFS: &[Member] = &[
    Member::renamed("Type", "type", Kind::Text),
    Member::renamed("DiffIDs", "diff_ids", Kind::List("digest.Digest", &Kind::Text)),
];
const STEP: &[Member] = &[
    Member::renamed("Created", "created", Kind::Time),
    Member::renamed("CreatedBy", "created_by", Kind::Text),
    Member::renamed("Author", "author", Kind::Text),
    Member::renamed("Comment", "comment", Kind::Text),
    Member::renamed("EmptyLayer", "empty_layer", Kind::Bool),
];
const IMAGE: &[Member] = &[
    Member::renamed("Created", "created", Kind::Time),
    Member::renamed("Author", "author", Kind::Text),
    Member::renamed("Architecture", "architecture", Kind::Text),
    Member::renamed("OS", "os", Kind::Text),
    Member::renamed("Config", "config", Kind::Any),
    Member::renamed("RootFS", "rootfs", Kind::Struct("v1.RootFS", ROOTFS)),
    Member::renamed("History", "history", Kind::List("v1.History", &Kind::Struct("v1.History", STEP))),
];

/// Carries a template out.
///
/// # Errors
/// One that cannot be read, or that does not fit the data.
pub fn print(name: &Reference, packed: &Packed, format: &str) -> Result<String, TemplateError> {
    let template = Template::parse(if format == "json" { "{{json .}}" } else { format })?;
    let images = images(packed);
    let image = match images.len() {
        0 | 1 => typed(images.values().next(), &Kind::Struct("*v1.Image", IMAGE)),
        _ => typed(Some(&Json::Object(images)), &Kind::Map("*v1.Image", &Kind::Struct("*v1.Image", IMAGE))),
    };
    let data = Struct::new("imagetools.tplInput")
        .field_as("Name", Some("name"), name.canonical())
        .field_as("Manifest", Some("manifest"), typed(Some(&manifest(packed)), &Kind::Struct("imagetools.manifest", MANIFEST)))
        .field_as("Image", Some("image"), image)
        .into();
    let mut out = String::new();
    template.execute(&data, MissingKey::NoValue, Functions::Indented, &mut out)?;
    Ok(out)
}

fn document<T: serde::de::DeserializeOwned>(packed: &Packed, target: &Descriptor) -> Option<T> {
    serde_json::from_slice(&packed.blobs.get(&target.digest).map(Blob::to_vec)?).ok()
}

/// The manifest or index itself, with its digest and size.
fn manifest(packed: &Packed) -> Json {
    let target = &packed.target;
    match document::<Index>(packed, target).filter(|_| media::is_index(&target.media_type)) {
        Some(index) => json!({
            "schemaVersion": index.schema_version,
            "mediaType": target.media_type,
            "digest": target.digest,
            "size": target.size,
            "manifests": index.manifests,
        }),
        None => json!({ "mediaType": target.media_type, "digest": target.digest, "size": target.size }),
    }
}

/// The configurations by platform; statements are no images.
fn images(packed: &Packed) -> Map<String, Json> {
    let target = &packed.target;
    let listed = match document::<Index>(packed, target).filter(|_| media::is_index(&target.media_type)) {
        Some(index) => index.manifests,
        None => vec![target.clone()],
    };
    let mut found = Map::new();
    for one in &listed {
        let Some(manifest) = document::<Manifest>(packed, one) else { continue };
        let Some(config) = document::<Json>(packed, &manifest.config) else { continue };
        let word = |key: &str| config.get(key).and_then(Json::as_str).unwrap_or("unknown").to_owned();
        let platform = match &one.platform {
            Some(p) => format!("{}/{}", p.os, p.architecture),
            None => format!("{}/{}", word("os"), word("architecture")),
        };
        if !platform.starts_with("unknown") {
            found.insert(platform, config);
        }
    }
    found
}
