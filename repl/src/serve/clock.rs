//! What the world's clock follows: this computer's, or nothing.

use drydock::base::Time;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What the world's clock follows.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// This computer's clock: the moment it was begun to be followed, by both of its clocks.
    Real(Instant, Time),
    /// Nothing: time jumps to whatever is due next.
    Virtual,
}

impl Clock {
    /// This computer's clock, from now on.
    pub fn real() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::Real(Instant::now(), Time(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)))
    }

    /// No clock.
    pub fn virtual_() -> Self {
        Self::Virtual
    }

    /// What it shows; `None` where there is none.
    pub fn now(&self) -> Option<Time> {
        match self {
            Clock::Real(since, at) => {
                let passed = i64::try_from(since.elapsed().as_nanos()).unwrap_or(i64::MAX);
                Some(Time(at.0.saturating_add(passed)))
            }
            Clock::Virtual => None,
        }
    }

    /// Goes on from a moment, which a test has gone to.
    pub fn go_on_from(&mut self, moment: Time) {
        if let Clock::Real(since, at) = self {
            (*since, *at) = (Instant::now(), moment);
        }
    }

    /// How long it is until a moment.
    pub fn until(&self, moment: Time) -> Duration {
        let left = self.now().map_or(0, |now| moment.0.saturating_sub(now.0)).max(0);
        Duration::from_nanos(u64::try_from(left).unwrap_or(0))
    }
}
