//! What is saved, undone or played again is the same world.

use crate::{cases, commands, stocked};
use drydock::kernel::Pulse;
use drydock::session::{Desk, Session};
use proptest::prelude::*;

/// Types a line and lets everything happen until the prompt waits again.
fn enter(desk: &mut Desk, line: &str) {
    desk.session.take_text();
    desk.enter(line);
    for _ in 0..10_000 {
        match desk.session.pulse() {
            Pulse::Busy => {}
            Pulse::Quiet(Some(next)) if !desk.session.is_idle() => {
                let span = next - desk.session.world().now();
                desk.session.advance(span);
            }
            Pulse::Quiet(_) => break,
        }
        desk.session.take_text();
    }
    desk.session.take_text();
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn undo_and_redo_lead_to_the_same_sessions(lines in commands::lines(6)) {
        let mut desk = Desk::new(7);
        enter(&mut desk, "docker pull -q busybox");
        let start = desk.session.clone();
        lines.iter().for_each(|line| enter(&mut desk, line));
        let end = desk.session.clone();
        prop_assert_eq!(desk.undo(lines.len()), lines.len());
        prop_assert!(desk.session == start, "undo does not lead back");
        prop_assert_eq!(desk.redo(lines.len()), lines.len());
        prop_assert!(desk.session == end, "redo does not lead to the end again");
        enter(&mut desk, ":undo");
        prop_assert!(desk.session != end, ":undo changes nothing");
    }

    #[test]
    fn what_is_saved_and_loaded_is_equal_and_goes_on_equally(
        before in commands::lines(8),
        after in commands::lines(4),
    ) {
        let mut session = stocked();
        before.iter().for_each(|line| drop(session.run(line)));
        let saved = session.save().map_err(|e| TestCaseError::fail(e.to_string()))?;
        let mut loaded = Session::load(&saved).map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert!(loaded == session, "loaded is not what was saved");
        for line in &after {
            prop_assert_eq!(loaded.run(line), session.run(line), "{}", line);
        }
        prop_assert!(loaded == session, "they have gone apart");
    }

    #[test]
    fn the_same_seed_and_lines_lead_to_the_same_world(seed in any::<u64>(), lines in commands::lines(8)) {
        let (mut one, mut other) = (Session::script(seed), Session::script(seed));
        for line in &lines {
            prop_assert_eq!(one.run(line), other.run(line), "{}", line);
        }
        prop_assert!(one == other, "the worlds differ");
    }
}

#[test]
fn another_seed_leads_to_another_world() {
    let [one, other] = [1, 2].map(|seed| Session::script(seed).run("docker network create n1").stdout);
    assert_ne!(one, other);
}
