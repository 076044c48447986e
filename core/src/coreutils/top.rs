//! `top [-b] [-n COUNT] [-d SECONDS]`: the processes, again and again.
//!
//! - `-n` ends after so many tables, `-d` is the time between two
//! - Keys are not read: Ctrl-C ends it
//!
//! Exit status: 0 after the last table, or 1 for a mistake in the command line.

use super::accounts::Accounts;
use super::opts::{Spec, parse};
use super::ps::rows;
use super::stream::{Running, Stream};
use super::uptime::{memory, up_line};
use crate::base::Duration;
use crate::kernel::{Applet, Flavor, Step, Stop, Sys, Wait};
use serde::{Deserialize, Serialize};

/// `top`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Top>>("top")];

const SPEC: Spec =
    Spec::new("bn:d:H", &[], "[-b] [-n COUNT] [-d SECONDS]", "Print the processes that are busiest.").missing("H");
/// Between two tables, where nothing else is asked for.
const USUAL: f64 = 5.0;

/// A `top` between two tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Top {
    /// How many tables there are still to be; `None` without a bound.
    left: Option<u32>,
    delay: Duration,
    /// The screen is cleared first.
    screen: bool,
}

impl Stream for Top {
    fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
        let options = parse(sys, &SPEC)?;
        let batch = options.has('b') || !sys.is_tty(1);
        if !options.has('b') && !sys.is_tty(0) && sys.flavor() == Flavor::Gnu {
            sys.complain("failed tty get");
            return Err(Stop::Exit(1));
        }
        let mut number = |option: char| match options.value(option).map(str::parse::<f64>) {
            None => Ok(None),
            Some(Ok(n)) if (0.0..=1e6).contains(&n) => Ok(Some(n)),
            Some(_) => {
                let text = options.value(option).unwrap_or_default();
                sys.complain(&format!("invalid number '{text}'"));
                Err(Stop::Exit(1))
            }
        };
        let (left, delay) = (number('n')?, number('d')?);
        let delay = Duration::from_secs_f64(delay.unwrap_or(USUAL).max(0.1));
        Ok(Self { left: left.map(|n| n.max(1.0) as u32), delay, screen: !batch })
    }

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        let text = table(sys);
        sys.print(&if self.screen { format!("\x1b[H\x1b[J{text}") } else { text });
        self.left = self.left.map(|left| left.saturating_sub(1));
        if self.left == Some(0) {
            return Step::Exit(0);
        }
        let until = sys.after(self.delay);
        Step::Block(Wait::until(until))
    }
}

/// The machine, and a line for each process.
fn table(sys: &mut Sys<'_>) -> String {
    let accounts = Accounts::read(sys);
    let (total, unused, available) = memory(sys);
    let used = total.saturating_sub(available);
    let all = rows(sys);
    let mut text = match sys.flavor() {
        Flavor::Busybox => format!(
            "Mem: {used}K used, {unused}K free, 0K shrd, 0K buff, 0K cached\nCPU:   0% usr   0% sys   0% nic 100% idle   0% io   0% irq   0% sirq\nLoad average: 0.00 0.01 0.05 1/{} {}\n  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n",
            all.len(),
            sys.vpid()
        ),
        Flavor::Gnu => format!(
            "top -{}Tasks: {:>3} total,   1 running, {:>3} sleeping,   0 stopped,   0 zombie\n%Cpu(s):  0.0 us,  0.0 sy,  0.0 ni,100.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st\nMiB Mem : {:>8.1} total, {:>8.1} free, {:>8.1} used, {:>8.1} buff/cache\nMiB Swap:      0.0 total,      0.0 free,      0.0 used. {:>8.1} avail Mem\n\n    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n",
            up_line(sys),
            all.len(),
            all.len().saturating_sub(1),
            total as f64 / 1024.0,
            unused as f64 / 1024.0,
            used as f64 / 1024.0,
            available.saturating_sub(unused) as f64 / 1024.0,
            available as f64 / 1024.0
        ),
    };
    for row in &all {
        let user: String = accounts.user_text(row.uid).chars().take(8).collect();
        text.push_str(&match sys.flavor() {
            Flavor::Busybox => format!("{:>5} {:>5} {user:<8} {}     4348   0%   0   0% {}\n", row.pid, row.ppid, row.state, row.args),
            Flavor::Gnu => format!(
                "{:>7} {user:<8}  20   0    4348   1024   1024 {}   0.0   0.0 {:>3}:{:02}.00 {}\n",
                row.pid,
                row.state,
                row.cpu / 60,
                row.cpu % 60,
                row.comm
            ),
        });
    }
    text
}
