//! What all inspect commands share: objects are collected, printed in one go, and what was not found follows.

use crate::cmd::{Cli, Failure, Flow};
use crate::grammar::Invocation;
use crate::render::inspect::{Format, ObjectKind, print};
use crate::render::template::{ErrorKind, TemplateError};
use serde_json::Value;

/// The objects of one inspect command.
pub struct Shown {
    format: Format,
    objects: Vec<(ObjectKind, Value)>,
    failures: Vec<Failure>,
}

impl Shown {
    /// Reads `--format`.
    ///
    /// # Errors
    /// A template that cannot be parsed: exit code 64.
    pub fn new(call: &Invocation) -> Result<Self, Failure> {
        let format = Format::parse(call.str("format")).map_err(|e| template_failure(&e))?;
        Ok(Self { format, objects: vec![], failures: vec![] })
    }

    /// Adds an object, or why there is none.
    pub fn add(&mut self, kind: ObjectKind, object: Result<Value, Failure>) {
        match object {
            Ok(object) => self.objects.push((kind, object)),
            Err(failure) => self.failures.push(failure),
        }
    }

    /// Prints the objects, then the failures.
    ///
    /// # Errors
    /// Never its own: failures are reported here.
    pub fn print(self, cli: &mut Cli<'_, '_>) -> Result<Flow, Failure> {
        let (text, error) = print(&self.format, &self.objects);
        cli.out(&text);
        let mut code = 0;
        for failure in error.iter().map(template_failure).chain(self.failures) {
            code = cli.report(&failure).max(code);
        }
        Ok(Flow::Exit(code))
    }
}

fn template_failure(error: &TemplateError) -> Failure {
    let code = if error.kind == ErrorKind::Parse { 64 } else { 1 };
    Failure::new(format!("template parsing error: {}", error.message)).code(code)
}
