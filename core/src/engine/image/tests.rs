//! Saved bytes are what their digests say, and loading them gives the same images.

use super::*;
use crate::base::{Digest, Reference, Time};
use crate::engine::host::new_world;
use crate::engine::registry::{pull, recorded_surroundings};
use crate::fs::{gzip, tar};
use crate::model::World;

fn world() -> World {
    let mut world = new_world(1, Time(1_795_000_000_000_000_000), &[]);
    recorded_surroundings(&mut world);
    world
}

fn name(text: &str) -> Reference {
    Reference::parse(text).unwrap().or_latest()
}

fn pulled(names: &[&str]) -> World {
    let mut world = world();
    for text in names {
        pull(&mut world, &name(text), None).unwrap();
    }
    world
}

#[test]
fn every_blob_of_an_archive_has_the_digest_of_its_name() {
    let mut world = pulled(&["busybox", "nginx:alpine"]);
    let bytes = save(&mut world, &["busybox".into(), "nginx:alpine".into()]).unwrap();
    let files = tar::read(&bytes, tar::Limits::default()).unwrap();
    let mut blobs = 0;
    for entry in files {
        if let (Some(hex), tar::TarKind::File(content)) =
            (entry.path.strip_prefix("blobs/sha256/"), entry.kind)
        {
            let bytes: Vec<u8> = content.pieces().flat_map(|p| p.into_owned()).collect();
            assert_eq!(Digest::of(&bytes).hex(), hex);
            blobs += 1;
        }
    }
    assert_eq!(blobs, 1 + 8 + 2 * 2);
}

#[test]
fn what_was_saved_loads_as_the_same_image() {
    let mut world = pulled(&["busybox"]);
    tag(&mut world, "busybox", &name("two:a")).unwrap();
    let before = find(&world.images, "busybox").unwrap().image;
    let tree = world.images.chain(&before);
    for compress in [false, true] {
        let bytes = save(&mut world, &["busybox".into(), "two".into()]).unwrap();
        let bytes = if compress { gzip::gzip(&bytes) } else { bytes };
        let mut other = self::world();
        let loaded = load(&mut other, &bytes).unwrap();
        let names: Vec<String> = loaded.iter().map(|l| l.name.as_ref().unwrap().familiar()).collect();
        assert_eq!(names, ["busybox:latest", "two:a"]);
        let image = find(&other.images, "two:a").unwrap().image;
        assert_eq!((image.id(), &image.config), (before.id(), &before.config));
        assert_eq!(other.images.chain(&image).id(), tree.id());
    }
}

#[test]
fn garbage_is_refused_and_changes_nothing() {
    let mut world = world();
    let before = world.clone();
    for (bytes, message) in [
        (&b""[..], "unrecognized image format"),
        (b"garbage\n", "unexpected EOF"),
        (&[0; 1024], "unrecognized image format"),
    ] {
        assert_eq!(load(&mut world, bytes).unwrap_err().message, message);
    }
    assert_eq!(world, before);
}

#[test]
fn names_come_and_go_and_the_image_with_the_last_one() {
    let mut world = pulled(&["busybox"]);
    let id = find(&world.images, "busybox").unwrap().image.id();
    tag(&mut world, "busybox", &name("copy:1")).unwrap();
    let short = id.short();
    assert_eq!(
        remove(&mut world, &short, false).unwrap_err().message,
        format!(
            "conflict: unable to delete {short} (must be forced) - image is referenced in multiple repositories"
        )
    );
    assert_eq!(remove(&mut world, "copy:1", false).unwrap(), [Removed::Untagged("copy:1".into())]);
    assert_eq!(
        remove(&mut world, "busybox", false).unwrap(),
        [Removed::Untagged("busybox:latest".into()), Removed::Deleted(id)]
    );
    assert_eq!(find(&world.images, "busybox").unwrap_err().message, "No such image: busybox:latest");
    assert!(world.images.blobs.is_empty());
}
