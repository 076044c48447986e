//! What must hold whatever is typed: random command lines on a session, and the rules of every world
//! after each.

mod commands;
mod engine;
mod machine;
mod stories;
mod time;

use drydock::session::Session;
use proptest::prelude::ProptestConfig;

thread_local! {
    /// A session that has the images most lines are about: every case starts from a clone of it.
    static STOCKED: Session = {
        let mut session = Session::script(7);
        let played = session.run("docker pull -q busybox && docker pull -q alpine:3.22");
        assert_eq!(played.code, 0, "{}", played.stderr);
        session
    };
}

/// A session with two images pulled.
fn stocked() -> Session {
    STOCKED.with(Clone::clone)
}

/// So many cases, or as many as `PROPTEST_CASES` says; what fails is shown and not written to a file.
fn cases(usual: u32) -> ProptestConfig {
    let given = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok());
    ProptestConfig { cases: given.unwrap_or(usual), failure_persistence: None, ..ProptestConfig::default() }
}
