//! `:undo [N]`

use super::{Colon, count};
use crate::session::desk::{Answer, Desk};

/// `:undo [N]`.
pub const COLON: Colon = Colon { usage: "undo [N]", about: "take back the last line, or the last N", run };

fn run(desk: &mut Desk, rest: &str) -> Answer {
    let n = match count(rest) {
        Ok(n) => n,
        Err(answer) => return answer,
    };
    match desk.undo(n) {
        0 => Answer::Refused("nothing to undo\n".into()),
        done => {
            let undone = desk.undone();
            Answer::Text(undone.iter().take(done).rev().map(|line| format!("undone: {line}\n")).collect())
        }
    }
}
