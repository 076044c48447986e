//! What a command has at hand: the daemon, its two streams, and the ways it can fail.

use crate::grammar::Invocation;
use crate::kernel::{Program, Sys};
use crate::model::{EngineError, World};

/// A command's surroundings.
pub struct Cli<'a, 'b> {
    /// The process it runs as.
    pub sys: &'a mut Sys<'b>,
}

/// How a command goes on after its first turn.
#[derive(Debug)]
pub enum Flow {
    /// It has ended with this exit code.
    Exit(i32),
    /// It waits as this state, which thaws under this name.
    Wait(&'static str, Box<dyn Program>),
}

/// The end of a command that went well.
pub const DONE: Result<Flow, Failure> = Ok(Flow::Exit(0));

/// Why a command failed: what goes to stderr, and the exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The text, line feeds included.
    pub stderr: String,
    /// The exit code.
    pub code: i32,
    /// Why, for `:why`.
    pub hint: Option<String>,
}

impl Failure {
    /// A line of the client's own, exit code 1.
    pub fn new(line: impl Into<String>) -> Self {
        Self { stderr: format!("{}\n", line.into()), code: 1, hint: None }
    }

    /// The same with another exit code.
    #[must_use]
    pub fn code(mut self, code: i32) -> Self {
        self.code = code;
        self
    }

    /// What `run`, `create` and the like print: `docker: ` in front and where to find help behind.
    pub fn with_help(text: &str, call: &Invocation, code: i32) -> Self {
        Self { stderr: format!("docker: {text}\n\n{}\n", call.see_help()), code, hint: None }
    }
}

impl From<EngineError> for Failure {
    /// The daemon's answer, as most commands print it: exit code 1.
    fn from(error: EngineError) -> Self {
        Self { stderr: format!("{}\n", daemon_text(&error)), code: 1, hint: error.hint }
    }
}

/// `Error response from daemon: …`.
pub fn daemon_text(error: &EngineError) -> String {
    format!("Error response from daemon: {}", error.message)
}

impl Cli<'_, '_> {
    /// The daemon.
    ///
    /// # Errors
    /// The client's message where there is none.
    pub fn world(&mut self) -> Result<&mut World, Failure> {
        self.sys.daemon::<World>().ok_or_else(|| {
            Failure::new(
                "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
            )
        })
    }

    /// Prints to stdout.
    pub fn out(&mut self, text: &str) {
        self.sys.print(text);
    }

    /// Prints to stderr.
    pub fn err(&mut self, text: &str) {
        self.sys.eprint(text);
    }

    /// Prints a failure and gives its exit code: for loops over several targets, which go on.
    pub fn report(&mut self, failure: &Failure) -> i32 {
        self.err(&failure.stderr);
        if let Some(world) = self.sys.daemon::<World>() {
            world.last_hint = failure.hint.clone();
        }
        failure.code
    }

    /// Does something for each target, prints what it gives and reports each failure; the exit code is 1 where
    /// anything failed.
    ///
    /// # Errors
    /// Never its own: those of single targets are reported.
    pub fn each(
        &mut self,
        targets: &[String],
        mut act: impl FnMut(&mut Self, &str) -> Result<String, Failure>,
    ) -> Result<Flow, Failure> {
        let mut code = 0;
        for target in targets {
            match act(self, target) {
                Ok(text) => self.out(&text),
                Err(failure) => {
                    self.report(&failure);
                    code = 1;
                }
            }
        }
        Ok(Flow::Exit(code))
    }
}
