//! The state machine: a session takes lines, and after each the world keeps the rules.

use crate::{cases, commands, stocked};
use drydock::session::Session;
use drydock_tests::invariants::{LayersSeen, check};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use std::collections::BTreeSet;

/// The lines so far: all that the reference needs to know, since the rules ask the world alone.
struct Lines;

impl ReferenceStateMachine for Lines {
    type State = Vec<String>;
    type Transition = String;

    fn init_state() -> BoxedStrategy<Self::State> {
        Just(vec![]).boxed()
    }

    fn transitions(_: &Self::State) -> BoxedStrategy<Self::Transition> {
        commands::line().boxed()
    }

    fn apply(mut state: Self::State, line: &Self::Transition) -> Self::State {
        state.push(line.clone());
        state
    }
}

/// A session in which one container runs.
fn begun() -> Session {
    let mut session = stocked();
    session
        .run("docker network create n1; docker run -d --name c1 --network n1 -v v1:/data busybox sleep 1000");
    session
}

/// A session, and the layers it has had.
struct Watched {
    session: Session,
    layers: LayersSeen,
}

impl StateMachineTest for Watched {
    type SystemUnderTest = Watched;
    type Reference = Lines;

    fn init_test(_: &Vec<String>) -> Watched {
        Watched { session: begun(), layers: LayersSeen::default() }
    }

    fn apply(mut watched: Watched, lines: &Vec<String>, line: String) -> Watched {
        watched.session.run(&line);
        if let Err(wrong) = watched.layers.compare(watched.session.world()) {
            panic!("{wrong}\nafter {lines:#?}");
        }
        watched
    }

    fn check_invariants(watched: &Watched, lines: &Vec<String>) {
        if let Err(wrong) = check(watched.session.world()) {
            panic!("{wrong}\nafter {lines:#?}");
        }
    }
}

prop_state_machine! {
    #![proptest_config(cases(96))]
    #[test]
    fn the_rules_hold_after_every_line(sequential 1..16 => Watched);
}

/// The generator reaches what the rules are about: without this they could hold of nothing.
#[test]
fn the_lines_reach_every_change_of_a_container() {
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..150 {
        let mut session = begun();
        for _ in 0..10 {
            let line = commands::line().new_tree(&mut runner).map(|tree| tree.current());
            session.run(&line.unwrap_or_default());
        }
        seen.extend(session.world().events.iter().map(|e| format!("{} {}", e.kind.word(), e.action)));
    }
    for change in
        ["create", "start", "die", "destroy", "rename", "pause", "unpause", "kill", "stop", "commit"]
    {
        assert!(
            seen.contains(&format!("container {change}")),
            "no container was told of as {change}: {seen:?}"
        );
    }
    for change in ["network connect", "network disconnect", "volume mount", "volume destroy", "image untag"] {
        assert!(seen.contains(change), "nothing led to {change}: {seen:?}");
    }
}
