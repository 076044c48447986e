//! What the collector begins at: everything that a machine can still reach.

use super::heap::{reach, reach_frame, reach_reaction};
use super::vm::{Job, Outcome, Vm};
use crate::kernel::Sys;

/// What node takes of memory before a script has made anything, in bytes.
const BASE_MEMORY: u64 = 40 << 20;

impl Vm {
    /// Collects what nothing reaches; how the script ends where the rest is too much.
    pub fn take_stock(&mut self, sys: &mut Sys<'_>) -> Option<Outcome> {
        let full = self.collect();
        if !sys.claim_memory(BASE_MEMORY + self.heap.held as u64) {
            return Some(Outcome::Exit(137));
        }
        full.then_some(Outcome::Memory)
    }

    /// True where the heap is full.
    fn collect(&mut self) -> bool {
        let (mut roots, mut held) = (vec![], 0);
        roots.extend(0..super::realm::COUNT);
        self.stack.iter().for_each(|v| reach(v, &mut roots, &mut held));
        self.frames.iter().for_each(|f| reach_frame(f, &mut roots, &mut held));
        let jobs = self.micro.iter().chain(&self.ticks).chain(&self.finished);
        for job in jobs.chain(self.immediates.iter().map(|(_, job)| job)) {
            match job {
                Job::Call(callee, args) => {
                    reach(callee, &mut roots, &mut held);
                    args.iter().for_each(|v| reach(v, &mut roots, &mut held));
                }
                Job::React { reaction, value, .. } => {
                    reach_reaction(reaction, &mut roots, &mut held);
                    reach(value, &mut roots, &mut held);
                }
                Job::Adopt(promise, a, b) => {
                    roots.push(*promise);
                    reach(a, &mut roots, &mut held);
                    reach(b, &mut roots, &mut held);
                }
            }
        }
        for timer in self.timers.values() {
            reach(&timer.callback, &mut roots, &mut held);
            reach(&timer.object, &mut roots, &mut held);
            timer.args.iter().for_each(|v| reach(v, &mut roots, &mut held));
        }
        self.hooks.values().for_each(|v| reach(v, &mut roots, &mut held));
        if let Some((error, _)) = &self.thrown {
            reach(error, &mut roots, &mut held);
        }
        roots.extend(&self.unhandled);
        self.handles.values(|v| reach(v, &mut roots, &mut held));
        self.heap.collect(roots);
        self.cost += 2000;
        self.heap.held > super::heap::LIMIT
    }
}
