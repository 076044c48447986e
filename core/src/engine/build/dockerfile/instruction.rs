//! Instructions: what the lines of a Dockerfile mean. Variables are still as they are written.

use super::Range;
use crate::model::Healthcheck;
use serde::{Deserialize, Serialize};

/// A here-document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heredoc {
    /// The word that ends it; also the name of the file `COPY` makes of it.
    pub name: String,
    /// Variables in it are replaced.
    pub expand: bool,
    /// Tabs at the start of lines go.
    pub chomp: bool,
    /// Its lines.
    pub content: String,
}

impl Heredoc {
    /// Reads a word such as `<<EOF`, `<<-"EOF"` or `3<<EOF`.
    pub fn announced(word: &str) -> Option<Self> {
        let word = word.trim_start_matches(|c: char| c.is_ascii_digit());
        let rest = word.strip_prefix("<<")?;
        let (chomp, rest) = rest.strip_prefix('-').map_or((false, rest), |rest| (true, rest));
        if rest.is_empty() || rest.contains('<') {
            return None;
        }
        let name: String = rest.chars().filter(|c| *c != '"' && *c != '\'').collect();
        (!name.is_empty()).then(|| Heredoc {
            expand: name.len() == rest.len(),
            name,
            chomp,
            content: String::new(),
        })
    }
}

/// `ARG name` or `ARG name=default`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Its default.
    pub value: Option<String>,
    /// What the comment above says of it.
    pub about: String,
}

/// A command: a line for the shell, or program and arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShellOrExec {
    /// A line for the shell.
    Shell(String),
    /// Program and arguments.
    Exec(Vec<String>),
}

/// `RUN --mount`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// `bind`, `cache`, `tmpfs`, `secret` or `ssh`.
    pub kind: String,
    /// Its keys and values; a switch may stand without one.
    pub fields: Vec<(String, Option<String>)>,
}

impl Mount {
    /// A value by any of its names.
    pub fn get(&self, names: &[&str]) -> Option<&str> {
        let mut fields = self.fields.iter().rev();
        fields.find(|(name, _)| names.contains(&name.as_str())).and_then(|(_, value)| value.as_deref())
    }
}

/// `RUN`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// What runs.
    pub command: ShellOrExec,
    /// Its here-documents.
    pub heredocs: Vec<Heredoc>,
    /// `--mount`.
    pub mounts: Vec<Mount>,
    /// `--network`.
    pub network: Option<String>,
    /// `--security`.
    pub security: Option<String>,
    /// `--device`.
    pub devices: Vec<String>,
}

/// What `COPY` and `ADD` copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// A path or pattern, or a URL for `ADD`.
    Path(String),
    /// A here-document.
    Inline(Heredoc),
}

/// `COPY` and `ADD`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    /// It is `ADD`.
    pub add: bool,
    /// What is copied.
    pub sources: Vec<Source>,
    /// Where to.
    pub target: String,
    /// `--from`.
    pub from: Option<String>,
    /// `--chown`.
    pub chown: Option<String>,
    /// `--chmod`.
    pub chmod: Option<String>,
    /// `--link`.
    pub link: bool,
    /// `--parents`.
    pub parents: bool,
    /// `--exclude`.
    pub exclude: Vec<String>,
    /// `--unpack`.
    pub unpack: Option<bool>,
    /// `--checksum`.
    pub checksum: Option<String>,
}

/// The ports of `EXPOSE` as they are written.
pub type Expose = Vec<String>;

/// An instruction of a stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Instruction {
    /// `ARG`.
    Arg(Vec<Argument>),
    /// `ENV`; true for the form without `=`.
    Env(Vec<(String, String)>, bool),
    /// `LABEL`; true for the form without `=`.
    Label(Vec<(String, String)>, bool),
    /// `WORKDIR`.
    Workdir(String),
    /// `COPY` and `ADD`.
    Copy(Copy),
    /// `RUN`.
    Run(Run),
    /// `CMD`.
    Cmd(ShellOrExec),
    /// `ENTRYPOINT`.
    Entrypoint(ShellOrExec),
    /// `EXPOSE`.
    Expose(Expose),
    /// `VOLUME`.
    Volume(Vec<String>),
    /// `USER`.
    User(String),
    /// `HEALTHCHECK`.
    Healthcheck(Healthcheck),
    /// `STOPSIGNAL`.
    StopSignal(String),
    /// `SHELL`.
    Shell(Vec<String>),
    /// `ONBUILD`.
    OnBuild(String),
    /// `MAINTAINER`.
    Maintainer(String),
}

/// An instruction where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What it means.
    pub instruction: Instruction,
    /// Its lines.
    pub range: Range,
    /// Its text, joined: what the progress shows.
    pub text: String,
}

/// A stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// The image or stage it begins with, as written.
    pub base: String,
    /// `--platform`.
    pub platform: Option<String>,
    /// Its name, in lower case.
    pub name: Option<String>,
    /// Its instructions.
    pub steps: Vec<Step>,
    /// The lines of its `FROM`.
    pub range: Range,
    /// The text of its `FROM`.
    pub text: String,
    /// What the comment above says of it.
    pub about: String,
}
