//! Image references: whatever parses, has a full form that parses to the same.

use super::Target;
use drydock::base::Reference;

pub(super) const TARGET: Target = Target {
    name: "reference",
    run,
    words: &[
        "docker.io/",
        "library/",
        "localhost:5000/",
        ":latest",
        "@sha256:",
        "sha256:",
        "/",
        ":",
        "@",
        "[::1]:5000/",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    ],
};

fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(reference) = Reference::parse(&text) else { return };
    let canonical = reference.canonical();
    assert_eq!(Reference::parse(&canonical).as_ref(), Ok(&reference), "{text:?} as {canonical:?}");
    // The short form of docker.io/example.com/app is example.com/app, which Docker itself reads as another one.
    let _ = Reference::parse(&reference.familiar());
    let _ = reference.matches(&text);
}
