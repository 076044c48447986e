//! `:redo [N]`

use super::{Colon, count};
use crate::session::desk::{Answer, Desk};

/// `:redo [N]`.
pub const COLON: Colon = Colon { usage: "redo [N]", about: "do again what was undone", run };

fn run(desk: &mut Desk, rest: &str) -> Answer {
    let n = match count(rest) {
        Ok(n) => n,
        Err(answer) => return answer,
    };
    match desk.redo(n) {
        0 => Answer::Refused("nothing to redo\n".into()),
        done => {
            let past = desk.past();
            let skip = past.len().saturating_sub(done);
            Answer::Text(past.iter().skip(skip).map(|line| format!("redone: {line}\n")).collect())
        }
    }
}
