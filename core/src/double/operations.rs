//! Docker's operations as calls: what they do, print and refuse is what the `docker` command does.

use super::{Drydock, Played};
use crate::sh::quote;
use std::fmt;

/// A command that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The command line.
    pub command: String,
    /// Its exit code.
    pub code: i32,
    /// What it said.
    pub stderr: String,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ended with {}: {}", self.command, self.code, self.stderr.trim_end())
    }
}

impl std::error::Error for Failed {}

/// A container to be made.
///
/// ```
/// use drydock::double::{Drydock, Run};
/// let mut docker = Drydock::new();
/// let run = Run::image("alpine").name("job").env("WHO", "it's me").cmd(["sh", "-c", "echo $WHO; exit 3"]);
/// let id = docker.run(&run).unwrap();
/// docker.advance(std::time::Duration::from_secs(1));
/// docker.assert_exited(&id, 3);
/// docker.assert_logs_contain("job", "it's me");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    options: Vec<String>,
    image: String,
    command: Vec<String>,
}

impl Run {
    /// A container of an image.
    pub fn image(image: impl Into<String>) -> Self {
        Self { options: vec![], image: image.into(), command: vec![] }
    }

    /// Any option of `docker run` with its value: `option("--memory", "64m")`.
    #[must_use]
    pub fn option(mut self, name: &str, value: impl Into<String>) -> Self {
        self.options.extend([name.to_string(), value.into()]);
        self
    }

    /// Any option of `docker run` without a value: `flag("--rm")`.
    #[must_use]
    pub fn flag(mut self, name: &str) -> Self {
        self.options.push(name.to_string());
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        self.option("--name", name)
    }

    /// A port of the host that leads to one of the container.
    #[must_use]
    pub fn publish(self, host: u16, container: u16) -> Self {
        self.option("--publish", format!("{host}:{container}"))
    }

    /// An environment variable.
    #[must_use]
    pub fn env(self, name: &str, value: &str) -> Self {
        self.option("--env", format!("{name}={value}"))
    }

    /// A label.
    #[must_use]
    pub fn label(self, name: &str, value: &str) -> Self {
        self.option("--label", format!("{name}={value}"))
    }

    /// A volume, or a directory of the host, at a path of the container.
    #[must_use]
    pub fn volume(self, source: &str, target: &str) -> Self {
        self.option("--volume", format!("{source}:{target}"))
    }

    /// The network it is on.
    #[must_use]
    pub fn network(self, name: &str) -> Self {
        self.option("--network", name)
    }

    /// What runs in place of the image's command.
    #[must_use]
    pub fn cmd<S: Into<String>>(mut self, words: impl IntoIterator<Item = S>) -> Self {
        self.command = words.into_iter().map(Into::into).collect();
        self
    }

    fn words<'a>(&'a self, verb: &[&'a str]) -> Vec<&'a str> {
        let own = self.options.iter().chain([&self.image]).chain(&self.command);
        verb.iter().copied().chain(own.map(String::as_str)).collect()
    }
}

impl Drydock {
    /// Runs `docker` with these arguments; what it prints.
    ///
    /// # Errors
    /// Where its exit code is not 0.
    pub fn docker(&mut self, args: &[&str]) -> Result<String, Failed> {
        let command = line(args);
        let played = self.sh(&command);
        match played.code {
            0 => Ok(played.stdout),
            code => Err(Failed { command, code, stderr: played.stderr }),
        }
    }

    fn docker_done(&mut self, args: &[&str]) -> Result<(), Failed> {
        self.docker(args).map(drop)
    }

    fn docker_id(&mut self, args: &[&str]) -> Result<String, Failed> {
        Ok(self.docker(args)?.trim_end().to_string())
    }

    /// Pulls an image.
    ///
    /// # Errors
    /// Those of `docker pull`.
    pub fn pull(&mut self, image: &str) -> Result<(), Failed> {
        self.docker_done(&["pull", "--quiet", image])
    }

    /// Makes a container; its id.
    ///
    /// # Errors
    /// Those of `docker create`.
    pub fn create(&mut self, container: &Run) -> Result<String, Failed> {
        self.docker_id(&container.words(&["create"]))
    }

    /// Makes a container and starts it in the background; its id.
    ///
    /// # Errors
    /// Those of `docker run`.
    pub fn run(&mut self, container: &Run) -> Result<String, Failed> {
        self.docker_id(&container.words(&["run", "--detach"]))
    }

    /// Starts a container.
    ///
    /// # Errors
    /// Those of `docker start`.
    pub fn start(&mut self, container: &str) -> Result<(), Failed> {
        self.docker_done(&["start", container])
    }

    /// Stops a container; virtual time passes where it takes its time.
    ///
    /// # Errors
    /// Those of `docker stop`.
    pub fn stop(&mut self, container: &str) -> Result<(), Failed> {
        self.docker_done(&["stop", container])
    }

    /// Restarts a container.
    ///
    /// # Errors
    /// Those of `docker restart`.
    pub fn restart(&mut self, container: &str) -> Result<(), Failed> {
        self.docker_done(&["restart", container])
    }

    /// Sends a signal such as `HUP` to a container.
    ///
    /// # Errors
    /// Those of `docker kill`.
    pub fn kill(&mut self, container: &str, signal: &str) -> Result<(), Failed> {
        self.docker_done(&["kill", "--signal", signal, container])
    }

    /// Removes a container that does not run.
    ///
    /// # Errors
    /// Those of `docker rm`.
    pub fn rm(&mut self, container: &str) -> Result<(), Failed> {
        self.docker_done(&["rm", container])
    }

    /// Removes a container, running or not, with its anonymous volumes.
    ///
    /// # Errors
    /// Those of `docker rm --force --volumes`.
    pub fn rm_force(&mut self, container: &str) -> Result<(), Failed> {
        self.docker_done(&["rm", "--force", "--volumes", container])
    }

    /// Runs a command in a running container. A failure of the command or of Docker is in what comes back.
    pub fn exec(&mut self, container: &str, command: &[&str]) -> Played {
        let mut words = vec!["exec", container];
        words.extend(command);
        self.sh(&line(&words))
    }
}

fn line(args: &[&str]) -> String {
    args.iter().fold("docker".to_string(), |line, word| line + " " + &quote::single_if_needed(word))
}
