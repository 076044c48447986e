//! `rev [FILE…]`: print every line from its last character to its first.
//!
//! Exit status: 0, or 1 where a file could not be read.

use super::opts::{Spec, parse};
use super::stream::{Lines, Running, Stream, pump};
use crate::base::Errno;
use crate::kernel::{Applet, Flavor, Step, Stop, Sys};
use serde::{Deserialize, Serialize};

/// `rev`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Rev>>("rev")];

const SPEC: Spec = Spec::new("", &[], "[FILE]...", "Reverse the characters of every line");

/// The state of a `rev`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rev {
    lines: Lines,
    failed: bool,
}

fn complaint(flavor: Flavor, name: &str, error: Errno) -> String {
    match flavor {
        Flavor::Gnu => format!("cannot open {name}: {}", error.text()),
        Flavor::Busybox => format!("{name}: {}", error.text()),
    }
}

impl Stream for Rev {
    fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
        let o = parse(sys, &SPEC)?;
        Ok(Self { lines: Lines::new(&o.operands, b'\n'), failed: false })
    }

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        let step = pump(sys, &mut self.lines, complaint, &mut self.failed, |sys, data, terminated| {
            let mut line: String = String::from_utf8_lossy(&data).chars().rev().collect();
            if terminated {
                line.push('\n');
            }
            sys.print(&line);
        });
        step.unwrap_or(Step::Exit(i32::from(self.failed)))
    }
}
