//! Who speaks: the shells and tools whose options and messages a shared builtin takes on.

use serde::{Deserialize, Serialize};

/// The speaker of a message, and with it the exact words and the options it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Voice {
    /// bash 5.2.
    #[default]
    Bash,
    /// dash 0.5.12, the `sh` of the Debian family.
    Dash,
    /// The ash of busybox, and its applets.
    Ash,
    /// A program of GNU coreutils.
    Gnu,
}

/// What a pure builtin gives: bytes to print, complaints without the speaker's name, an exit status.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Output {
    /// Bytes for standard output.
    pub stdout: Vec<u8>,
    /// Complaints in order, each a line without its line feed and without the `name: ` in front.
    pub complaints: Vec<String>,
    /// The exit status.
    pub code: i32,
}
