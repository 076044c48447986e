//! `ping [-c COUNT] [-i SECONDS] [-w SECONDS] [-W SECONDS] [-s SIZE] [-q] HOST`: ask whether a host answers.
//!
//! Exit status: 0 where an answer came; 1 where none did; GNU 2 for an unknown host.

use super::opts::{Options, Spec, parse, usage_error};
use super::sleep::span;
use super::stream::{Running, Stream};
use crate::base::{Duration, Errno, Time};
use crate::kernel::{Applet, Disposition, Flavor, Signal, Step, Stop, Sys, Wait};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// `ping`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Ping>>("ping")];

// There is only IPv4 (`-4`), and addresses are not looked up backwards (`-n`).
const SPEC: Spec = Spec::new(
    "c:i:w:W:s:qn4t:",
    &[],
    "[-q] [-c COUNT] [-i SECONDS] [-w SECONDS] [-W SECONDS] [-s SIZE] HOST",
    "Ask HOST for echoes.",
)
.missing("6fIAt")
.moot("n4")
.trouble(2);

/// A `ping`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Ping {
    gnu: bool,
    host: String,
    address: Ipv4Addr,
    count: u64,
    size: u64,
    quiet: bool,
    interval: Duration,
    patience: Duration,
    deadline: Option<Time>,
    started: Time,
    sent: u64,
    received: u64,
    times: Vec<i64>,
    next: Time,
}

fn whole(sys: &mut Sys<'_>, options: &Options, letter: char) -> Result<Option<u64>, Stop> {
    let Some(text) = options.value(letter) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        sys.complain(&format!("invalid argument: '{text}'"));
        Stop::Exit(1)
    })
}

impl Stream for Ping {
fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
    let options = parse(sys, &SPEC)?;
    let gnu = sys.flavor() == Flavor::Gnu;
    let Some(host) = options.operands.last().cloned() else {
        let text = if gnu { "usage error: Destination address required" } else { "" };
        return Err(usage_error(sys, &SPEC, text));
    };
    let count = whole(sys, &options, 'c')?.unwrap_or(0);
    let size = whole(sys, &options, 's')?.unwrap_or(56).min(65_507);
    let seconds = |sys: &mut Sys<'_>, letter| match options.value(letter) {
        None => Ok(None),
        Some(text) => span(text).map(Some).ok_or_else(|| {
            sys.complain(&format!("invalid argument: '{text}'"));
            Stop::Exit(1)
        }),
    };
    let interval = seconds(sys, 'i')?.unwrap_or(Duration::secs(1));
    let patience = seconds(sys, 'W')?.unwrap_or(Duration::secs(10));
    let deadline = seconds(sys, 'w')?;
    let Some(address) = sys.lookup(&host).ok().and_then(|all| all.first().copied()) else {
        let text = if gnu { format!("{host}: Name or service not known") } else { format!("bad address '{host}'") };
        sys.complain(&text);
        return Err(Stop::Exit(if gnu { 2 } else { 1 }));
    };
    if gnu && sys.ping(address) == Err(Errno::ENETUNREACH) {
        sys.complain("connect: Network is unreachable");
        return Err(Stop::Exit(2));
    }
    sys.on_signal(Signal::INT, Some(Disposition::Handle));
    let text = match gnu {
        true => format!("PING {host} ({address}) {size}({}) bytes of data.\n", size + 28),
        false => format!("PING {host} ({address}): {size} data bytes\n"),
    };
    sys.print(&text);
    let now = sys.now();
    Ok(Self {
        gnu,
        host,
        address,
        count,
        size,
        quiet: options.has('q'),
        interval: interval.max(Duration::millis(2)),
        patience,
        deadline: deadline.map(|d| now + d),
        started: now,
        sent: 0,
        received: 0,
        times: vec![],
        next: now,
    })
}

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        if sys.take_signal() == Some(Signal::INT) {
            return self.finish(sys);
        }
        let now = sys.now();
        let all_sent = self.count > 0 && self.sent >= self.count;
        if self.deadline.is_some_and(|d| now >= d) || (all_sent && now >= self.next) {
            return self.finish(sys);
        }
        if now < self.next {
            let until = self.deadline.map_or(self.next, |d| d.min(self.next));
            return Step::Block(Wait::until(until));
        }
        match sys.ping(self.address) {
            Ok(true) => self.answer(sys),
            Ok(false) => {}
            Err(e) if !self.gnu => {
                sys.complain(&format!("sendto: {e}"));
                return Step::Exit(1);
            }
            Err(e) => {
                let from = sys.kernel().net.space(sys.network()).and_then(|s| s.interfaces.first());
                let from = from.map_or(self.address, |i| i.address);
                let why = if e == Errno::EHOSTUNREACH { "Destination Host Unreachable" } else { e.text() };
                sys.print(&format!("From {from} icmp_seq={} {why}\n", self.sent + 1));
            }
        }
        self.sent += 1;
        let last = self.count > 0 && self.sent >= self.count;
        let wait = match (last, self.received == self.sent) {
            (true, true) => Duration::ZERO,
            (true, false) => self.patience,
            (false, _) => self.interval,
        };
        self.next = now + wait;
        Step::Continue
    }
}

impl Ping {
    fn answer(&mut self, sys: &mut Sys<'_>) {
        let near = !crate::kernel::net::internet::exists(self.address);
        let micros = if near { 40 + sys.random() % 60 } else { 9_000 + sys.random() % 3_000 } as i64;
        self.received += 1;
        if self.times.len() < 10_000 {
            self.times.push(micros);
        }
        if self.quiet {
            return;
        }
        let (bytes, seq, ttl) = (self.size + 8, self.sent, if near { 64 } else { 117 });
        let millis = micros as f64 / 1000.0;
        let named = self.host.parse::<Ipv4Addr>().is_err();
        let text = match self.gnu {
            true => {
                let from = if named { format!("{} ({})", self.host, self.address) } else { self.host.clone() };
                let shown = if millis < 1.0 { format!("{millis:.3}") } else { format!("{millis:.1}") };
                format!("{bytes} bytes from {from}: icmp_seq={} ttl={ttl} time={shown} ms\n", seq + 1)
            }
            false => {
                format!("{bytes} bytes from {}: seq={seq} ttl={ttl} time={millis:.3} ms\n", self.address)
            }
        };
        sys.print(&text);
    }

    fn finish(&self, sys: &mut Sys<'_>) -> Step {
        let lost = (self.sent - self.received.min(self.sent)) * 100 / self.sent.max(1);
        let spent = (sys.now() - self.started).0 / 1_000_000;
        let (sent, received, host) = (self.sent, self.received, &self.host);
        let mut text = format!("\n--- {host} ping statistics ---\n{sent} packets transmitted, ");
        text.push_str(&match self.gnu {
            true => format!("{received} received, {lost}% packet loss, time {spent}ms\n"),
            false => format!("{received} packets received, {lost}% packet loss\n"),
        });
        if let (Some(min), Some(max)) = (self.times.iter().min(), self.times.iter().max()) {
            let n = self.times.len() as f64;
            let mean = self.times.iter().sum::<i64>() as f64 / n;
            let spread = self.times.iter().map(|t| (*t as f64 - mean).abs()).sum::<f64>() / n;
            let ms = |t: f64| format!("{:.3}", t / 1000.0);
            let three = format!("{}/{}/{}", ms(*min as f64), ms(mean), ms(*max as f64));
            text.push_str(&match self.gnu {
                true => format!("rtt min/avg/max/mdev = {three}/{} ms\n", ms(spread)),
                false => format!("round-trip min/avg/max = {three} ms\n"),
            });
        } else if self.gnu {
            text.push('\n');
        }
        sys.print(&text);
        Step::Exit(i32::from(self.received == 0))
    }
}
