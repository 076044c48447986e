//! What a world may use at most of the computer that Drydock runs on.

use super::Kernel;
use crate::base::Errno;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Bounds that no real computer would set so low. Reaching one is an error of the simulated program or an end of
/// the command, never one of Drydock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Budgets {
    /// Units of work that one command may do, a unit a microsecond of virtual time.
    pub steps: u64,
    /// Bytes that one command may print.
    pub output: u64,
    /// Bytes that the files of all filesystems may hold, those of images not counted.
    pub disk: u64,
    /// How many files may be made or changed, those of images not counted.
    pub files: u64,
    /// How many processes may live at once.
    pub processes: u64,
}

impl Default for Budgets {
    fn default() -> Self {
        Self { steps: 200_000_000, output: 64 << 20, disk: 1 << 30, files: 1_000_000, processes: 32_768 }
    }
}

impl Budgets {
    /// Every budget's name with its place.
    fn places(&mut self) -> [(&'static str, &mut u64); 5] {
        [
            ("steps", &mut self.steps),
            ("output", &mut self.output),
            ("disk", &mut self.disk),
            ("files", &mut self.files),
            ("processes", &mut self.processes),
        ]
    }

    /// Sets some, written as `steps=5000,disk=64m`; `k`, `m` and `g` are powers of 1024.
    ///
    /// # Errors
    /// What is wrong with the text; nothing is set then.
    ///
    /// ```
    /// use drydock::kernel::Budgets;
    /// let mut budgets = Budgets::default();
    /// budgets.set("disk=64m,processes=100")?;
    /// assert_eq!((budgets.disk, budgets.processes), (64 << 20, 100));
    /// assert!(budgets.set("coffee=3").is_err());
    /// # Ok::<(), String>(())
    /// ```
    pub fn set(&mut self, text: &str) -> Result<(), String> {
        let mut changed = *self;
        for part in text.split(',') {
            let (name, amount) =
                part.split_once('=').ok_or(format!("a budget is NAME=NUMBER, not {part:?}"))?;
            let amount = number(amount).ok_or(format!("the budget {name} is not a number: {amount:?}"))?;
            let mut places = changed.places();
            let names = places.each_ref().map(|(name, _)| *name).join(", ");
            match places.iter_mut().find(|(known, _)| *known == name) {
                Some((_, place)) => **place = amount,
                None => return Err(format!("there is no budget {name:?}; there are {names}")),
            }
        }
        *self = changed;
        Ok(())
    }
}

fn number(text: &str) -> Option<u64> {
    let (digits, factor) = match text.as_bytes().last()?.to_ascii_lowercase() {
        b'k' => (&text[..text.len() - 1], 1 << 10),
        b'm' => (&text[..text.len() - 1], 1 << 20),
        b'g' => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

/// Which budget has been reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reached {
    /// [`Budgets::steps`].
    Steps(u64),
    /// [`Budgets::output`].
    Output(u64),
    /// [`Budgets::disk`].
    Disk(u64),
    /// [`Budgets::files`].
    Files(u64),
    /// [`Budgets::processes`].
    Processes(u64),
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, name, bound) = match self {
            Self::Steps(n) => ("the command did more work than", "steps", n),
            Self::Output(n) => ("the command printed more than", "output", n),
            Self::Disk(n) => ("the files written hold more than", "disk", n),
            Self::Files(n) => ("there are more files written than", "files", n),
            Self::Processes(n) => ("there are more processes than", "processes", n),
        };
        write!(f, "{what} the budget of {bound} ({name})")
    }
}

/// What has been written since everything was last counted.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Ledger {
    bytes: u64,
    inodes: u64,
    reached: Option<Reached>,
}

/// After so many bytes or inodes, as a part of the budget, everything is counted anew.
const PART: u64 = 16;

impl Kernel {
    /// Takes note of the budget that was last reached.
    pub(super) fn reach_budget(&mut self, budget: Reached) {
        self.ledger.reached = Some(budget);
    }

    /// The budget that a program has met since the last call, to be told to whoever runs the world.
    pub fn take_reached(&mut self) -> Option<Reached> {
        self.ledger.reached.take()
    }

    /// Accounts for bytes and inodes that are about to be written. Counting all files costs time, so it is
    /// done once in a while; a budget can be overdrawn by a sixteenth.
    ///
    /// # Errors
    /// `ENOSPC` where a budget is reached.
    pub(super) fn pay(&mut self, bytes: u64, inodes: u64) -> Result<(), Errno> {
        let Budgets { disk, files, .. } = self.budgets;
        self.ledger.bytes += bytes;
        self.ledger.inodes += inodes;
        if self.ledger.bytes <= disk / PART && self.ledger.inodes <= files / PART {
            return Ok(());
        }
        let held: u64 = self.filesystems.values().map(|view| view.used_bytes()).sum();
        let made: u64 = self.filesystems.values().map(|view| view.inodes()).sum();
        let reached = match () {
            () if held.saturating_add(bytes) > disk => Reached::Disk(disk),
            () if made.saturating_add(inodes) > files => Reached::Files(files),
            () => {
                self.ledger.bytes = 0;
                self.ledger.inodes = 0;
                return Ok(());
            }
        };
        self.reach_budget(reached);
        Err(Errno::ENOSPC)
    }
}
