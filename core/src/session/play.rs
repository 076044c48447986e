//! Playing scripts: each top-level command in turn, with what it printed, as a transcript.

use super::Session;
use crate::transcript::{Difference, Entry, Transcript, compare, split_script};

/// Plays a script on a fresh session and tells what each command printed.
pub fn play(script: &str, seed: u64) -> Transcript {
    let mut session = Session::recorded(seed);
    play_on(
        &mut session,
        split_script(script).into_iter().map(|c| {
            let comments = c.comments.iter().map(|c| c.trim_start_matches('#').trim().to_string()).collect();
            (comments, c.text)
        }),
    )
}

/// Plays the commands of a transcript again on a fresh session and tells where the answers differ.
pub fn verify(recorded: &Transcript, seed: u64) -> Vec<Difference> {
    let mut session = Session::recorded(seed);
    let commands = recorded.entries.iter().map(|e| (e.comments.clone(), e.command.clone()));
    let played = play_on(&mut session, commands);
    compare(recorded, &played)
}

/// Plays commands on a session. As in the recordings, each command finds `$?` at 0: what records the answers runs
/// between them.
pub fn play_on(session: &mut Session, commands: impl Iterator<Item = (Vec<String>, String)>) -> Transcript {
    let mut transcript = Transcript::default();
    for (comments, command) in commands {
        if session.last_status() != 0 && !session.has_ended() {
            session.run(":");
        }
        let played = session.run(&command);
        transcript.entries.push(Entry {
            comments,
            command,
            stdout: played.stdout,
            stderr: played.stderr,
            code: played.code,
        });
    }
    transcript
}
