//! What a command has at hand: the daemon, its two streams, and the ways it can fail.

use super::settings;
use crate::grammar::{Globals, Invocation};
use crate::kernel::{Program, Sys};
use crate::model::{EngineError, ErrorKind, World};
use crate::render::listing::Listing;
use crate::render::template::TemplateError;
use crate::render::value::Value;
use serde::{Deserialize, Serialize};

/// A command's surroundings.
pub struct Cli<'a, 'b> {
    /// The process it runs as.
    pub sys: &'a mut Sys<'b>,
    /// What it asked for with [`Flow::Input`].
    pub input: Option<Vec<u8>>,
    /// The options in front of the command.
    pub globals: Globals,
    /// The image it needs has just been pulled, whether it was there or not.
    pub pulled: bool,
}

/// How much of the standard input a command wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Until {
    /// All.
    End,
    /// One line: the answer to a question.
    Line,
}

/// How a command goes on after its first turn.
#[derive(Debug)]
pub enum Flow {
    /// It has ended with this exit code.
    Exit(i32),
    /// It waits as this state, which thaws under this name.
    Wait(&'static str, Box<dyn Program>),
    /// It is run again from its start with this much of its input; it has changed nothing yet.
    Input(Until),
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

/// `Error response from daemon: …`; what the client says itself, or reads in the middle of an answer, stands alone.
pub fn daemon_text(error: &EngineError) -> String {
    if matches!(error.kind, ErrorKind::Disconnected | ErrorKind::InBand) {
        return error.message.clone();
    }
    format!("Error response from daemon: {}", error.message)
}

/// What most commands say of a template that cannot be read or carried out.
pub fn template_failure(error: &TemplateError) -> Failure {
    Failure::new(format!("template parsing error: {}", error.message))
}

impl<'a, 'b> Cli<'a, 'b> {
    /// The surroundings of a process.
    pub fn new(sys: &'a mut Sys<'b>) -> Self {
        Self { sys, input: None, globals: Globals::default(), pulled: false }
    }

    /// The directory of the client's settings.
    pub fn settings_dir(&self) -> String {
        settings::directory(self.sys, &self.globals)
    }

    /// The format of a listing: `--format`, or what the client's settings have under `key`, which does not count
    /// beside `--quiet`.
    pub fn format(&mut self, call: &Invocation, key: &str, quiet: bool) -> String {
        let given = call.str("format");
        if !given.is_empty() || quiet {
            return given.to_owned();
        }
        let dir = self.settings_dir();
        let config = settings::read(self.sys, &dir);
        config.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    }

    /// Prints rows as `--format` asks for.
    ///
    /// # Errors
    /// A template that cannot be read or carried out.
    pub fn list(&mut self, listing: &Listing<'_>, format: &str, rows: &[Value]) -> Result<(), Failure> {
        let text = listing.print(format, rows).map_err(|e| template_failure(&e))?;
        self.out(&text);
        Ok(())
    }

    /// Asks a question; true for an answer that begins with y. `None` asks the caller to return
    /// [`Flow::Input`] with [`Until::Line`] before anything else has happened.
    pub fn confirm(&mut self, question: &str) -> Option<bool> {
        let Some(answer) = self.input.take() else {
            self.out(question);
            return None;
        };
        Some(matches!(answer.first(), Some(b'y' | b'Y')))
    }

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
