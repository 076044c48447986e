//! Every catalogue image builds, and the same each time.

use super::*;
use crate::base::Digest;
use crate::engine::image::pack::admit;
use crate::fs::View;
use crate::model::ImageStore;

fn built(repository: &str, tag: &str) -> (ImageStore, View) {
    let packed = build(&find(repository, tag).unwrap()).unwrap();
    let mut store = ImageStore::default();
    let image = admit(&mut store, &packed).unwrap();
    let view = View::on(store.chain(&image));
    (store, view)
}

#[test]
fn every_text_is_understood() {
    for (repository, tags) in facts::heads() {
        let root = root_of(repository, tags[0]).unwrap_or_else(|| panic!("no root for {repository}"));
        let facts = facts::find(repository, tags[0]).unwrap();
        let context = context(root, &facts);
        for (name, text) in TREES {
            trees::check(text, &context)
                .unwrap_or_else(|e| panic!("{name} for {repository}:{}: {e}", tags[0]));
        }
        let known = |name: &str| name.is_empty() || TREES.iter().any(|(n, _)| *n == name);
        assert!(known(text_of(root.family)) && known(root.more), "{root:?}");
        let own = text_of(repository) == text_of(root.family) || known(repository);
        assert!(own, "no text for {repository}");
    }
}

#[test]
fn images_build_the_same_twice_with_their_layers_and_sizes() {
    for repository in repositories() {
        for tags in tags(repository) {
            let Some(packed) = find(repository, tags[0]).and_then(|facts| build(&facts)) else { continue };
            let facts = find(repository, tags[0]).unwrap();
            if tags[0] == "latest" {
                assert_eq!(packed, build(&facts).unwrap());
            }
            let unpacked: u64 = packed.facts.values().map(|fact| fact.unpacked).sum();
            assert!(unpacked.abs_diff(facts.unpacked) < 1000, "{repository}:{} {unpacked}", tags[0]);
            let mut store = ImageStore::default();
            let image = admit(&mut store, &packed).unwrap();
            assert_eq!(image.layers.len(), facts.steps.iter().filter(|s| s.layer.is_some()).count());
            for (digest, blob) in &packed.blobs {
                assert_eq!(*digest, Digest::of(&blob.to_vec()));
            }
        }
    }
}

#[test]
fn further_tags_lead_to_images_of_their_version() {
    for repository in repositories() {
        for tag in further_tags(repository) {
            let facts = find(repository, tag).unwrap_or_else(|| panic!("{repository}:{tag}"));
            assert!(
                facts::find_alias(repository, tag).is_some_and(|alias| alias == facts),
                "{repository}:{tag}"
            );
        }
    }
    let facts = find("python", "3.11-slim").unwrap();
    assert!(facts.config.config.env.contains(&"PYTHON_VERSION=3.11.14".to_owned()));
    assert!(facts.steps.iter().any(|step| step.history.created_by == "ENV PYTHON_VERSION=3.11.14"));
}

#[test]
fn nginx_has_its_page_and_its_user_on_a_debian() {
    let (_, view) = built("nginx", "1.31");
    let read = |path: &str| {
        let ino = view.resolve(path, true).unwrap_or_else(|e| panic!("{path}: {e:?}"));
        view.file(ino).unwrap().text().unwrap().into_owned()
    };
    assert!(read("/usr/share/nginx/html/index.html").contains("<title>Welcome to nginx!</title>"));
    assert!(read("/etc/passwd").ends_with("nginx:x:101:101::/nonexistent:/bin/false\n"));
    assert!(read("/etc/os-release").starts_with("PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n"));
    assert_eq!(crate::kernel::stub("dash"), read("/bin/sh").as_bytes());
    assert!(view.resolve("/bin/ps", true).is_err());
    let (_, alpine) = built("nginx", "alpine");
    assert!(alpine.resolve("/bin/bash", true).is_err());
    let steps = view.provenance("/docker-entrypoint.sh");
    assert_eq!(steps.supplier, Some(2));
}
