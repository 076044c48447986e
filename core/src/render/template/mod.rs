//! Go's text/template as Docker uses it: syntax, functions, output and error texts.
//!
//! A template never hangs and never exhausts memory: steps, output and nesting have limits, and
//! reaching one is an error of kind [`ErrorKind::Limit`].

mod call;
mod compare;
mod escape;
mod exec;
mod funcs;
mod lex;
mod literal;
mod node;
mod parse;
#[cfg(test)]
mod tests;

use super::value::Value;
use std::collections::BTreeMap;
use std::fmt;

/// What kind of failure a template had; callers put their own words in front by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The text is not a template.
    Parse,
    /// The template does not fit the data.
    Exec,
    /// The template takes too long, prints too much or is nested too deeply for the simulation.
    Limit,
}

/// A failure, with Go's text: `template: :1: unclosed action`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// What kind it is.
    pub kind: ErrorKind,
    /// The text without any caller's prefix.
    pub message: String,
}

impl TemplateError {
    /// More of something than the simulation allows.
    pub(super) fn limit(what: &str) -> Self {
        let message = format!("template: {what}: more than the simulation allows");
        Self { kind: ErrorKind::Limit, message }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TemplateError {}

/// What a key that is not in its map gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingKey {
    /// `<no value>`: Go's default.
    NoValue,
    /// `map has no entry for key "x"`: inspect on raw JSON.
    Error,
}

/// Which set of functions a template calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Functions {
    /// Docker's functions beside Go's.
    Docker,
    /// The same, but `json` prints several lines: templates of `docker buildx imagetools`.
    Indented,
    /// The same names for the header of a table: `upper`, `json` and the like leave it as it is.
    Header,
}

/// A parsed template.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// What error texts call it: "" but for a few commands.
    name: String,
    text: String,
    trees: BTreeMap<String, node::List>,
}

impl Template {
    /// Parses a template; an error is of kind [`ErrorKind::Parse`].
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        Self::parse_named("", text)
    }

    /// Parses a template that error texts call by a name, as `docker version` does its own.
    pub fn parse_named(name: &str, text: &str) -> Result<Self, TemplateError> {
        let trees = parse::parse(name, text, &funcs::exists)
            .map_err(|message| TemplateError { kind: ErrorKind::Parse, message })?;
        Ok(Self { name: name.to_owned(), text: text.to_owned(), trees })
    }

    /// Executes the template on `data`. What was written before an error stays in `out`.
    pub fn execute(
        &self,
        data: &Value,
        missing: MissingKey,
        functions: Functions,
        out: &mut String,
    ) -> Result<(), TemplateError> {
        exec::execute(self, data, missing, functions, out)
    }
}
