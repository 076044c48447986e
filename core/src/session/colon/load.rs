//! `:load FILE`

use super::Colon;
use crate::session::desk::Answer;

/// `:load FILE`.
pub const COLON: Colon = Colon {
    usage: "load FILE",
    about: "go on from a saved file; :undo comes back",
    run: |_, rest| match rest {
        "" => Answer::Refused("from where? :load FILE\n".into()),
        path => Answer::Load(path.into()),
    },
};
