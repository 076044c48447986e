//! Image references: whatever parses, prints as something that parses to the same.

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
    for form in [reference.canonical(), reference.familiar()] {
        assert_eq!(Reference::parse(&form).as_ref(), Ok(&reference), "{text:?} as {form:?}");
    }
    let _ = reference.matches(&text);
}
