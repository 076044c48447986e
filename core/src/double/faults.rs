//! What goes wrong: planned faults, and those that happen at once.

use super::Drydock;
use crate::base::Duration as Span;
use crate::engine::{container, system};
use crate::model::{EngineError, Fault};
use std::time::Duration;

impl Drydock {
    /// Plans a fault. Faults are part of the world: snapshots, forks and save files have them too.
    ///
    /// ```
    /// use drydock::double::{Drydock, Fault, Operation};
    /// let mut docker = Drydock::new();
    /// docker.inject(Fault::on(Operation::Pull).rate_limit());
    /// let failed = docker.pull("nginx").unwrap_err();
    /// assert!(failed.stderr.starts_with("toomanyrequests: "), "{failed}");
    /// docker.pull("nginx").unwrap();
    /// ```
    ///
    /// # Panics
    /// Where it can never strike, or cannot do what it says.
    #[track_caller]
    pub fn inject(&mut self, fault: Fault) {
        if let Err(why) = fault.check() {
            panic!("{fault:?}: {why}");
        }
        self.world_mut().faults.armed.push(fault);
    }

    /// Calls all faults off that are still to come.
    pub fn clear_faults(&mut self) {
        self.world_mut().faults.armed.clear();
        self.world_mut().faults.doomed.clear();
    }

    /// The faults that are still to come.
    pub fn faults(&self) -> impl Iterator<Item = &Fault> {
        self.world().faults.armed.iter()
    }

    /// The kernel kills a container for memory, as where it takes more than its limit.
    ///
    /// ```
    /// use drydock::double::{Drydock, Run};
    /// let mut docker = Drydock::new();
    /// docker.run(&Run::image("redis").name("cache")).unwrap();
    /// docker.oom_kill("cache").unwrap();
    /// docker.assert_exited("cache", 137);
    /// assert!(docker.inspect("cache").unwrap().oom_killed);
    /// ```
    ///
    /// # Errors
    /// Where there is no such container, or it does not run.
    pub fn oom_kill(&mut self, container: &str) -> Result<(), EngineError> {
        container::oom_kill(self.world_mut(), container)
    }

    /// Stops the daemon; it stays away until [`Drydock::start_daemon`]. Containers end, as their restart policies
    /// allow for later.
    ///
    /// ```
    /// use drydock::double::{Drydock, Run};
    /// let mut docker = Drydock::new();
    /// docker.run(&Run::image("nginx").name("web").option("--restart", "always")).unwrap();
    /// docker.stop_daemon();
    /// assert!(docker.sh("docker ps").stderr.starts_with("Cannot connect to the Docker daemon"));
    /// docker.start_daemon();
    /// docker.assert_running("web");
    /// ```
    pub fn stop_daemon(&mut self) {
        system::stop_daemon(self.world_mut(), None, false);
        self.settle();
    }

    /// Stops the daemon and brings it back after a while, or when its containers have ended.
    pub fn restart_daemon(&mut self, down: Duration) {
        system::stop_daemon(self.world_mut(), Some(Span::from(down)), false);
        self.settle();
    }

    /// Starts the daemon, where it is gone. Containers that are still ending are given their time.
    pub fn start_daemon(&mut self) {
        let now = self.world().now();
        if let Some(outage) = &mut self.world_mut().faults.outage {
            outage.until = Some(now);
        }
        self.wait_until(Duration::from_secs(3600), |docker| docker.is_up());
    }

    /// True where the daemon is there.
    pub fn is_up(&self) -> bool {
        self.world().faults.outage.is_none()
    }

    /// Lets happen what needs no time.
    fn settle(&mut self) {
        self.session.advance(Span::ZERO);
    }
}
