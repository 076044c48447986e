//! `:save FILE`

use super::Colon;
use crate::session::desk::Answer;

/// `:save FILE`.
pub const COLON: Colon = Colon {
    usage: "save FILE",
    about: "write everything to a file of the real computer",
    run: |_, rest| match rest {
        "" => Answer::Refused("where to? :save FILE\n".into()),
        path => Answer::Save(path.into()),
    },
};
