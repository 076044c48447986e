//! What is thrown at Drydock: a target a file. Each takes any bytes and must neither panic nor go on for ever.
//!
//! `cargo run -p drydock-tests --bin fuzz` throws mutations of the corpus at them on stable Rust;
//! `tests/fuzz` holds the same targets for cargo-fuzz. What they find is mended and its input kept in
//! `tests/fuzz/corpus`, which `tests/tests/fuzz.rs` plays.

mod api;
mod archive;
mod choices;
mod dockerfile;
mod mutate;
mod reference;
mod save;
mod session;
mod shell;
mod template;

pub use choices::Choices;
pub use mutate::{Mutator, corpus};

use drydock::kernel::Budgets;
use drydock::session::Session;

/// What one line may do here: a loop without end is no find, and must not hold up the search for one.
const STEPS: u64 = 2_000_000;

/// Something that any bytes can be thrown at.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, and that of its folder in the corpus.
    pub name: &'static str,
    /// Takes the bytes; it panics where a promise is broken.
    pub run: fn(&[u8]),
    /// Words that mutations put in.
    pub words: &'static [&'static str],
}

/// Every target, the cheapest first.
pub const TARGETS: &[Target] = &[
    reference::TARGET,
    template::TARGET,
    dockerfile::TARGET,
    shell::TARGET,
    archive::TARGET,
    api::TARGET,
    save::TARGET,
    session::TARGET,
];

/// A target by its name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

thread_local! {
    static FURNISHED: Session = {
        let mut session = Session::script(7);
        for line in [
            "docker run -d --name c1 busybox sleep 100000",
            "docker run --name c2 busybox true",
            "docker volume create v1",
            "docker network create n1",
            "docker tag busybox mine:v1",
            "mkdir -p d; echo hi > d/f",
        ] {
            let played = session.run(line);
            assert_eq!(played.code, 0, "{line}: {}", played.stderr);
        }
        bounded(session)
    };
}

/// A session with something to talk about: containers `c1` (running) and `c2`, `v1`, `n1`, `mine:v1`, `d/f`.
pub fn furnished() -> Session {
    FURNISHED.with(Clone::clone)
}

/// The session with a budget of [`STEPS`].
fn bounded(mut session: Session) -> Session {
    let budgets = &mut session.world_mut().kernel.budgets;
    *budgets = Budgets { steps: STEPS, ..*budgets };
    session
}

/// Runs a complete line, and then asks whether the shell still answers.
fn comes_to_its_end(session: &mut Session, line: &str) {
    session.run(line);
    assert!(session.has_ended() || session.is_idle(), "{line:?} has not come to its end");
}

/// A word between single quotes, which cannot hold one.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace(['\'', '\0'], ""))
}
