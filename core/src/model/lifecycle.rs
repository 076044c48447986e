//! The life of a container: one table of states and transitions. The engine, the diagram and the tests read it.

use serde::{Deserialize, Serialize};

/// The states, in the words of `docker ps`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Made, never run.
    Created,
    /// Its first process lives.
    Running,
    /// Frozen.
    Paused,
    /// Ended, and waiting to be run again by its restart policy.
    Restarting,
    /// Being removed.
    Removing,
    /// Ended.
    Exited,
    /// Could not be removed whole.
    Dead,
}

impl Status {
    /// All of them.
    pub const ALL: [Status; 7] = [
        Status::Created,
        Status::Running,
        Status::Paused,
        Status::Restarting,
        Status::Removing,
        Status::Exited,
        Status::Dead,
    ];

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Status::Created => "created",
            Status::Running => "running",
            Status::Paused => "paused",
            Status::Restarting => "restarting",
            Status::Removing => "removing",
            Status::Exited => "exited",
            Status::Dead => "dead",
        }
    }

    /// True where its first process exists, frozen or not.
    pub fn is_alive(self) -> bool {
        matches!(self, Status::Running | Status::Paused)
    }
}

/// What can happen to a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Transition {
    /// Its first process starts.
    Start,
    /// Its first process ends, and it stays so.
    Exit,
    /// Its first process ends, and its restart policy will run it again.
    ExitToRestart,
    /// It is frozen.
    Pause,
    /// It is unfrozen.
    Unpause,
    /// Its restart is called off.
    CancelRestart,
    /// Its removal begins.
    Remove,
}

impl Transition {
    /// All of them.
    pub const ALL: [Transition; 7] = [
        Transition::Start,
        Transition::Exit,
        Transition::ExitToRestart,
        Transition::Pause,
        Transition::Unpause,
        Transition::CancelRestart,
        Transition::Remove,
    ];
}

/// The table: every transition that exists. What is not here cannot happen.
pub const TABLE: &[(Status, Transition, Status)] = &[
    (Status::Created, Transition::Start, Status::Running),
    (Status::Created, Transition::Remove, Status::Removing),
    (Status::Running, Transition::Exit, Status::Exited),
    (Status::Running, Transition::ExitToRestart, Status::Restarting),
    (Status::Running, Transition::Pause, Status::Paused),
    (Status::Paused, Transition::Unpause, Status::Running),
    (Status::Paused, Transition::Exit, Status::Exited),
    (Status::Paused, Transition::ExitToRestart, Status::Restarting),
    (Status::Restarting, Transition::Start, Status::Running),
    (Status::Restarting, Transition::CancelRestart, Status::Exited),
    (Status::Exited, Transition::Start, Status::Running),
    (Status::Exited, Transition::Remove, Status::Removing),
    (Status::Dead, Transition::Remove, Status::Removing),
];

/// The state after a transition, or `None` where it cannot happen.
pub fn next(status: Status, transition: Transition) -> Option<Status> {
    TABLE.iter().find(|(from, by, _)| (*from, *by) == (status, transition)).map(|(_, _, to)| *to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lives_can_end_and_only_what_does_not_can_go() {
        for status in Status::ALL {
            assert_eq!(next(status, Transition::Exit).is_some(), status.is_alive(), "{status:?}");
            let removable = matches!(status, Status::Created | Status::Exited | Status::Dead);
            assert_eq!(next(status, Transition::Remove).is_some(), removable, "{status:?}");
        }
    }

    #[test]
    fn the_table_has_one_answer_for_each_question() {
        for (i, (from, by, _)) in TABLE.iter().enumerate() {
            assert!(!TABLE[..i].iter().any(|(f, b, _)| (f, b) == (from, by)), "{from:?} {by:?} twice");
        }
    }
}
