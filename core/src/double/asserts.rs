//! Assertions on what has become of containers, with messages that say what is the case instead.

use super::Drydock;
use crate::model::{Container, Leftover, Status, leftovers};

/// How many lines of a log a message shows.
const SHOWN: usize = 10;

impl Drydock {
    /// A container runs.
    ///
    /// # Panics
    /// Where it does not.
    #[track_caller]
    pub fn assert_running(&self, container: &str) {
        let found = self.expected(container, "run");
        if found.status != Status::Running {
            panic!("{}", self.instead(container, found, "run"));
        }
    }

    /// A container has ended with a code.
    ///
    /// # Panics
    /// Where it has not.
    #[track_caller]
    pub fn assert_exited(&self, container: &str, code: i32) {
        let wanted = format!("have exited with {code}");
        let found = self.expected(container, &wanted);
        if found.status != Status::Exited || found.exit_code != code {
            panic!("{}", self.instead(container, found, &wanted));
        }
    }

    /// A container runs and its health check says that it is healthy.
    ///
    /// # Panics
    /// Where it is not, or has no check.
    #[track_caller]
    pub fn assert_healthy(&self, container: &str) {
        let found = self.expected(container, "be healthy");
        let healthy = found.health.as_ref().is_some_and(|health| health.status == "healthy");
        if !healthy || found.status != Status::Running {
            panic!("{}", self.instead(container, found, "be healthy"));
        }
    }

    /// There is no such container, running or not.
    ///
    /// # Panics
    /// Where there is one.
    #[track_caller]
    pub fn assert_no_container(&self, container: &str) {
        if let Ok(found) = self.inspect(container) {
            panic!("{}", self.instead(container, found, "not exist"));
        }
    }

    /// A container's log has a text in it.
    ///
    /// # Panics
    /// Where it has not.
    #[track_caller]
    pub fn assert_logs_contain(&self, container: &str, text: &str) {
        let found = self.expected(container, &format!("have printed {text:?}"));
        match self.logs(container) {
            Ok(log) if log.contains(text) => {}
            Ok(_) => panic!("{}", self.instead(container, found, &format!("have printed {text:?}"))),
            Err(e) => panic!("the log of {container} cannot be read: {e}"),
        }
    }

    /// What is left: containers, networks of users, volumes. Images do not count.
    pub fn leftovers(&self) -> Vec<Leftover> {
        leftovers(self.world())
    }

    /// Nothing is left.
    ///
    /// # Panics
    /// With a list of what is.
    #[track_caller]
    pub fn assert_clean(&self) {
        let left: Vec<String> = self.leftovers().iter().map(|one| format!("\n  {one}")).collect();
        assert!(left.is_empty(), "left behind:{}", left.concat());
    }

    #[track_caller]
    fn expected(&self, container: &str, wanted: &str) -> &Container {
        self.inspect(container).unwrap_or_else(|_| {
            let names: Vec<&str> = self.world().names.keys().map(String::as_str).collect();
            let there = if names.is_empty() { "none".to_string() } else { names.join(", ") };
            panic!("{container} should {wanted}, but there is no such container; there are: {there}")
        })
    }

    fn instead(&self, called: &str, container: &Container, wanted: &str) -> String {
        let ended = matches!(container.status, Status::Exited | Status::Restarting | Status::Dead);
        let code = if ended { format!(" with {}", container.exit_code) } else { String::new() };
        let oom = if container.oom_killed { ", killed for memory" } else { "" };
        let mut text = format!("{called} should {wanted}, but it is {}{code}{oom}", container.status.word());
        if !container.error.is_empty() {
            text.push_str(&format!("; it could not start: {}", container.error));
        }
        match &container.health {
            Some(health) => {
                text.push_str(&format!("; its health is {}", health.status));
                if let Some(probe) = health.log.back() {
                    text.push_str(&format!(
                        ", the last check gave {}: {}",
                        probe.exit_code,
                        probe.output.trim_end()
                    ));
                }
            }
            None if wanted == "be healthy" => text.push_str("; it has no health check"),
            None => {}
        }
        let log = self.logs(called).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = lines.get(lines.len().saturating_sub(SHOWN)..).unwrap_or_default();
        match last {
            [] => text.push_str("; it has printed nothing"),
            last => text.push_str(&format!("; the end of its log:\n  {}", last.join("\n  "))),
        }
        text
    }
}
