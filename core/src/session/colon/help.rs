//! `:help`

use super::{COLONS, Colon};
use crate::session::desk::Answer;

/// `:help`.
pub const COLON: Colon = Colon { usage: "help", about: "list these commands", run: |_, _| Answer::Text(text()) };

fn text() -> String {
    let widest = COLONS.iter().map(|c| c.usage.len()).max().unwrap_or(0);
    let lines = COLONS.iter().map(|c| format!("  :{:widest$}  {}\n", c.usage, c.about));
    format!(
        "Everything else is the shell of a simulated computer with Docker 29 on it; try 'docker --help'.\n{}",
        lines.collect::<String>()
    )
}
