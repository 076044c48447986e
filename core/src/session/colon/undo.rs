//! `:undo [N]`

use super::{Colon, count};
use crate::session::desk::{Answer, Desk, REMEMBERED};

/// `:undo [N]`.
pub const COLON: Colon = Colon { usage: "undo [N]", about: "take back the last line, or the last N", run };

fn run(desk: &mut Desk, rest: &str) -> Answer {
    let n = match count(rest) {
        Ok(n) => n,
        Err(answer) => return answer,
    };
    let done = desk.undo(n);
    let undone: String = desk.undone().iter().take(done).rev().map(|line| format!("undone: {line}\n")).collect();
    let beyond = match desk.has_forgotten() {
        true => format!("nothing more to undo: the last {REMEMBERED} lines are remembered\n"),
        false => "nothing to undo\n".into(),
    };
    match (done, desk.has_forgotten()) {
        (0, _) => Answer::Refused(beyond),
        (done, true) if done < n => Answer::Text(undone + &beyond),
        _ => Answer::Text(undone),
    }
}
