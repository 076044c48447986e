//! `yes [STRING…]`: print a line again and again.
//!
//! Exit status: it does not end by itself.

use super::stream::{Running, Stream};
use crate::kernel::{Applet, Step, Stop, Sys};
use serde::{Deserialize, Serialize};

/// `yes`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Yes>>("yes")];

/// The state of a `yes`: the lines of one write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Yes(String);

impl Stream for Yes {
    fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
        let args = sys.args();
        let mut line = if args.is_empty() { "y".to_string() } else { args.join(" ") };
        line.push('\n');
        let times = (4096 / line.len()).max(1);
        Ok(Self(line.repeat(times)))
    }

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        sys.print(&self.0);
        sys.spend(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        Step::Continue
    }
}
