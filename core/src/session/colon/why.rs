//! `:why`

use super::Colon;
use crate::session::desk::Answer;

/// `:why`.
pub const COLON: Colon = Colon {
    usage: "why",
    about: "say why the last docker command was refused",
    run: |desk, _| {
        Answer::Text(match &desk.session.world().last_hint {
            Some(hint) => format!("{hint}\n"),
            None => "the last docker command met nothing that needs a reason\n".into(),
        })
    },
};
