//! Every input of the corpus, what was found among them, and as many bytes of any kind as a short run allows.

use drydock_tests::fuzz::{Mutator, TARGETS};

/// How many mutations of its corpus each target takes here; `cargo run -p drydock-tests --bin fuzz` goes on.
const MUTATIONS: usize = 25;

#[test]
fn the_corpus_is_survived() {
    for target in TARGETS {
        let mutator =
            Mutator::new(target, 0).unwrap_or_else(|e| panic!("the corpus of {}: {e}", target.name));
        for input in mutator.inputs() {
            (target.run)(input);
        }
    }
}

#[test]
fn mutations_are_survived() {
    for target in TARGETS {
        let mut mutator =
            Mutator::new(target, 1).unwrap_or_else(|e| panic!("the corpus of {}: {e}", target.name));
        for _ in 0..MUTATIONS {
            (target.run)(&mutator.next_input());
        }
    }
}
