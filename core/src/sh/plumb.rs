//! What a forked child does first: descriptors, process group, signals.

use super::machine::Shell;
use crate::kernel::{Disposition, Pid, Signal, Sys};
use serde::{Deserialize, Serialize};

/// What a forked child does to its descriptors first.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Plumb {
    Move(i32, i32),
    Close(i32),
    /// `/dev/null` as standard input.
    NoInput,
    /// Into its own process group, or another's.
    OwnGroup,
    Group(Pid),
    /// Signals that the parent handles do again what they do by default.
    DefaultSignals,
}

impl Shell {
    pub(super) fn plumb(&mut self, sys: &mut Sys<'_>) {
        for plumb in std::mem::take(&mut self.plumbing) {
            // A descriptor that is not there stays so; what uses it complains.
            let _ = match plumb {
                Plumb::Move(from, to) if from == to => Ok(()),
                Plumb::Move(from, to) => sys.dup_to(from, to).and_then(|()| sys.close(from)),
                Plumb::Close(fd) => sys.close(fd),
                Plumb::NoInput => sys
                    .open("/dev/null", crate::kernel::OpenFlags::READ, 0)
                    .and_then(|fd| sys.dup_to(fd, 0).and_then(|()| sys.close(fd))),
                Plumb::OwnGroup => {
                    let pid = sys.pid();
                    sys.set_group(pid, pid);
                    Ok(())
                }
                Plumb::Group(leader) => {
                    let pid = sys.pid();
                    sys.set_group(pid, leader);
                    Ok(())
                }
                Plumb::DefaultSignals => {
                    default_signals(sys);
                    Ok(())
                }
            };
        }
    }
}

fn default_signals(sys: &mut Sys<'_>) {
    let handled: Vec<Signal> = sys.me().map_or(vec![], |me| {
        me.dispositions.iter().filter(|(_, d)| **d == Disposition::Handle).map(|(s, _)| *s).collect()
    });
    for signal in handled {
        sys.on_signal(signal, None);
    }
    let me = sys.pid();
    while let Some(signal) = sys.take_signal() {
        let _this_process_lives = sys.kill(me, signal);
    }
}
