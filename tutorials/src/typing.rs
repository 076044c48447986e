//! Someone who types at a session's terminal and never waits: time jumps to what is due next.

use crate::Lesson;
use drydock::base::Duration;
use drydock::kernel::Pulse;
use drydock::session::Session;
use drydock::transcript::split_script;

/// Virtual time after which a typist who waits for a command presses Ctrl-C.
const PATIENCE: Duration = Duration(5 * 60 * 1_000_000_000);
/// Slices of the scheduler between two looks at the terminal.
const SLICES: u32 = 200;
/// Looks at the terminal after which the rest is given up.
const LOOKS: u32 = 5000;

/// Types lines at a session with a terminal, each when someone waits for it, and tells what the terminal showed.
/// What waits too long is interrupted.
pub fn type_in(session: &mut Session, lines: &str) -> String {
    wait(session);
    let mut shown = session.take_text();
    for line in lines.lines() {
        session.type_line(line);
        wait(session);
        shown += &session.take_text();
    }
    shown
}

fn wait(session: &mut Session) {
    let start = session.world().now();
    for _ in 0..LOOKS {
        let pulse = session.settle(SLICES);
        let now = session.world().now();
        match pulse {
            _ if session.has_ended() => return,
            Pulse::Busy => {}
            Pulse::Quiet(_) if session.is_idle() => return,
            Pulse::Quiet(Some(next)) if now - start < PATIENCE => session.advance(next - now),
            Pulse::Quiet(_) => session.interrupt(),
        }
    }
}

impl Lesson {
    /// The command of the solution that leads on from a session with a terminal: the last one from which the rest
    /// of the solution reaches the goals. `None` where none does, for instance in the middle of something else.
    pub fn next_step(&self, session: &Session) -> Option<String> {
        let steps: Vec<String> = split_script(self.solution).into_iter().map(|step| step.text).collect();
        let leads_on = |from: &usize| {
            let mut trial = session.clone();
            type_in(&mut trial, &steps.get(*from..).unwrap_or_default().join("\n"));
            self.state(trial.world()).is_solved()
        };
        let from = (0..steps.len()).rev().find(leads_on)?;
        steps.into_iter().nth(from)
    }
}
