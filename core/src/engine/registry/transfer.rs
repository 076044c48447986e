//! How long it takes to fetch or send layers, and how far each one has come at a moment: a few at a time, unpacked
//! one after the other.

use crate::base::Duration;

/// How many layers are on their way at the same time.
const LANES: usize = 3;
/// The longest a whole image is under way, whatever its size.
const MOST: Duration = Duration::millis(3_000);
/// The longest its unpacking takes.
const MOST_UNPACKING: Duration = Duration::millis(1_200);
/// The shortest time of a layer, on its way and unpacked.
const LEAST: Duration = Duration::millis(60);
/// Bytes a millisecond of the network and of the disk, where an image is small.
const NETWORK: u64 = 20_000;
const DISK: u64 = 80_000;

/// Layers to be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    sizes: Vec<u64>,
    /// When each begins, when it is here, and when its unpacking begins and ends.
    times: Vec<[Duration; 4]>,
}

/// How far a layer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Others go first.
    Waiting,
    /// So many bytes are here.
    Downloading(u64),
    /// All are here.
    Downloaded,
    /// It is being unpacked, for so long.
    Extracting(Duration),
    /// It is there; unpacking took so long.
    Done(Duration),
}

fn took(bytes: u64, a_millisecond: u64) -> Duration {
    Duration::millis(i64::try_from(bytes / a_millisecond.max(1)).unwrap_or(i64::MAX / 2_000_000)).max(LEAST)
}

impl Transfer {
    /// Layers of these sizes in bytes, lowest first.
    pub fn new(sizes: Vec<u64>) -> Self {
        let total = sizes.iter().fold(0_u64, |sum, size| sum.saturating_add(*size));
        let at_least = |speed: u64, most: Duration| {
            speed.max(total / u64::try_from(most.0 / 1_000_000).unwrap_or(1).max(1))
        };
        let lane = at_least(NETWORK, MOST) / LANES as u64;
        let disk = at_least(DISK, MOST_UNPACKING);
        let mut lanes = [Duration::default(); LANES];
        let mut unpacked = Duration::default();
        let mut times = Vec::with_capacity(sizes.len());
        for size in &sizes {
            let Some(free) = lanes.iter_mut().min() else { continue };
            let begins = *free;
            *free = begins + took(*size, lane);
            let here = *free;
            let unpacks = here.max(unpacked);
            unpacked = unpacks + took(*size, disk);
            times.push([begins, here, unpacks, unpacked]);
        }
        Self { sizes, times }
    }

    /// How long all of it takes.
    pub fn took(&self) -> Duration {
        self.times.last().map_or(Duration::default(), |times| times[3])
    }

    /// How long it takes until all are on the other side.
    pub fn sent(&self) -> Duration {
        self.times.iter().map(|times| times[1]).max().unwrap_or_default()
    }

    /// How far each layer is after some time.
    pub fn at(&self, passed: Duration) -> Vec<Part> {
        let part = |(size, [begins, here, unpacks, done]): (&u64, &[Duration; 4])| {
            if passed >= *done {
                Part::Done(*done - *unpacks)
            } else if passed >= *unpacks {
                Part::Extracting(passed - *unpacks)
            } else if passed >= *here {
                Part::Downloaded
            } else if passed >= *begins {
                let share = (passed - *begins).as_secs_f64() / (*here - *begins).as_secs_f64();
                Part::Downloading((*size as f64 * share) as u64)
            } else {
                Part::Waiting
            }
        };
        self.sizes.iter().zip(&self.times).map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_come_three_at_a_time_and_are_unpacked_in_order() {
        let transfer = Transfer::new(vec![40_000_000, 10_000_000, 10_000_000, 10_000_000]);
        let at = |ms: i64| transfer.at(Duration::millis(ms));
        assert_eq!(at(0)[3], Part::Waiting);
        assert!(matches!(at(100)[0], Part::Downloading(1..40_000_000)));
        assert!(at(10_000).iter().all(|part| matches!(part, Part::Done(_))));
        // The small ones are here and wait for the large one below them.
        assert_eq!(at(transfer.times[0][1].0 / 1_000_000 - 1)[1], Part::Downloaded);
        assert!(transfer.took() < Duration::millis(7_000));
    }
}
