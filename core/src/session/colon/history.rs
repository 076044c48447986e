//! `:history`

use super::Colon;
use crate::session::desk::Answer;

/// `:history`.
pub const COLON: Colon = Colon {
    usage: "history",
    about: "list the lines that can be undone, and those that can be redone",
    run: |desk, _| {
        let past = desk.past.iter().enumerate().map(|(i, p)| format!("{:5}  {}\n", i + 1, p.line));
        let undone = desk.undone.iter().rev().map(|p| format!("    -  {}\n", p.line));
        Answer::Text(past.chain(undone).collect())
    },
};
