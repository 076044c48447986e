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
            let lines = desk.undone.iter().rev().take(done).map(|p| format!("undone: {}\n", p.line));
            Answer::Text(lines.collect::<Vec<_>>().into_iter().rev().collect())
        }
    }
}
