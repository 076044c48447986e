//! `:reset`

use super::Colon;
use crate::session::desk::Answer;

/// `:reset`.
pub const COLON: Colon = Colon {
    usage: "reset",
    about: "start over with a fresh world; :undo comes back",
    run: |desk, _| {
        desk.reset();
        Answer::Text(String::new())
    },
};
