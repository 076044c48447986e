//! `:history`

use super::Colon;
use crate::session::desk::Answer;

/// `:history`.
pub const COLON: Colon = Colon {
    usage: "history",
    about: "list the lines that can be undone, and those that can be redone",
    run: |desk, _| {
        let (past, undone) = (desk.past(), desk.undone());
        let past = past.iter().enumerate().map(|(i, line)| format!("{:5}  {line}\n", i + 1));
        let undone = undone.iter().map(|line| format!("    -  {line}\n"));
        Answer::Text(past.chain(undone).collect())
    },
};
