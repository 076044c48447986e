//! What a build does, as data: what was asked for, and the steps of the stages it needs.

use crate::base::Digest;
use crate::model::image::ConfigFile;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Lines of the Dockerfile, counted from 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Range {
    /// The first.
    pub start: usize,
    /// The last.
    pub end: usize,
}

impl Range {
    /// A single line.
    pub fn line(line: usize) -> Self {
        Self { start: line, end: line }
    }
}

/// What the user asked of a build, besides its context.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The name of the Dockerfile in messages.
    pub file: String,
    /// The Dockerfile.
    pub text: String,
    /// `--target`.
    pub target: Option<String>,
    /// `--build-arg`.
    pub args: Vec<(String, String)>,
    /// `--label`.
    pub labels: Vec<(String, String)>,
    /// `--no-cache`.
    pub no_cache: bool,
    /// `--no-cache-filter`: stages without the cache.
    pub no_cache_filter: Vec<String>,
    /// `--pull`.
    pub pull: bool,
    /// `--network`: `default`, `none` or `host`.
    pub network: String,
    /// `--add-host`: name and address.
    pub hosts: Vec<(String, String)>,
    /// The names of `--build-context` with a directory.
    pub contexts: Vec<String>,
    /// `--build-context NAME=docker-image://REFERENCE`.
    pub images: Vec<(String, String)>,
    /// `--secret`: id and value.
    pub secrets: Vec<(String, Vec<u8>)>,
    /// `--ssh`: the names of the agents.
    pub agents: Vec<String>,
    /// `--allow`: the rights that are granted.
    pub rights: Vec<String>,
    /// What binds the processes of `RUN`.
    pub bounds: Bounds,
    /// What is said of how the image was built.
    pub provenance: Provenance,
    /// `--annotation`.
    pub annotations: Annotations,
    /// The cache goes into the image (`--cache-to type=inline`).
    pub inline_cache: bool,
    /// `--tag`, normalised.
    pub tags: Vec<String>,
}

/// `--ulimit` and `--shm-size`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Soft and hard limit by name.
    pub ulimits: BTreeMap<String, (i64, i64)>,
    /// How many bytes `/dev/shm` holds; none for what Docker gives.
    pub shm: Option<u64>,
}

/// How much is said of how an image was built.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Provenance {
    /// Nothing: there is no statement, and no index over the image.
    None,
    /// Without the arguments.
    #[default]
    Min,
    /// Everything.
    Max,
}

/// Remarks on an image, by where they stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotations {
    /// In the manifest.
    pub manifest: BTreeMap<String, String>,
    /// In the index.
    pub index: BTreeMap<String, String>,
    /// Where the index names the manifest.
    pub descriptor: BTreeMap<String, String>,
}

/// A mount of a `RUN`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunMount {
    /// Where.
    pub target: String,
    /// What.
    pub kind: MountKind,
    /// Writes are refused.
    pub read_only: bool,
}

/// A directory that outlives the build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheMount {
    /// What it is known by.
    pub id: String,
    /// What it begins with: a path of a step's tree.
    pub from: Option<(usize, String)>,
    /// How its top looks.
    pub look: Look,
}

/// Something of the client's that a `RUN` may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LentMount {
    /// What the client calls it.
    pub id: String,
    /// Without it the step fails.
    pub required: bool,
    /// It shows as a file.
    pub shown: bool,
    /// How the file looks.
    pub look: Look,
}

/// Mode and owner of what a mount shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Permissions.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

/// What a mount of a `RUN` shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MountKind {
    /// A path of a context, stage or image; none is an empty tree.
    Bind(Option<usize>, String),
    /// A directory that outlives the build.
    Cache(CacheMount),
    /// A directory that does not, and how many bytes it holds.
    Tmpfs(Option<u64>),
    /// A secret, and the variable it is given in.
    Secret(LentMount, Option<String>),
    /// The socket of an SSH agent.
    Ssh(LentMount),
    /// The text of a here-document.
    Script(String),
}

/// `RUN`, ready to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunOp {
    /// Program and arguments.
    pub argv: Vec<String>,
    /// `NAME=value`.
    pub env: Vec<String>,
    /// Where.
    pub cwd: String,
    /// Who.
    pub user: String,
    /// `default`, `none` or `host`.
    pub network: String,
    /// Mounts.
    pub mounts: Vec<RunMount>,
    /// Extra lines of `/etc/hosts`.
    pub hosts: Vec<(String, String)>,
    /// What binds it.
    pub bounds: Bounds,
}

/// A source of `COPY`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CopySource {
    /// A path or pattern.
    Path(String),
    /// A file given in the Dockerfile: name and content.
    Inline(String, String),
}

/// `COPY` and `ADD`, ready to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyOp {
    /// The step that supplies the paths; none is an empty tree.
    pub from: Option<usize>,
    /// The paths come from a bare image or a context is not their origin: how a missing one is told.
    pub from_image: bool,
    /// What.
    pub sources: Vec<CopySource>,
    /// Where to, absolute; a slash at the end means a directory.
    pub target: String,
    /// `--chown`.
    pub chown: String,
    /// `--chmod`.
    pub chmod: String,
    /// `--exclude`.
    pub exclude: Vec<String>,
    /// `--parents`.
    pub parents: bool,
    /// Archives are unpacked.
    pub unpack: bool,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// The tree of an image.
    Image {
        /// Its id.
        id: Digest,
        /// The chain of its layers.
        chain: Option<Digest>,
        /// Name and digest, for the progress.
        resolved: String,
        /// Layers that had to be fetched: digest and compressed size in bytes.
        fetched: Vec<(String, u64)>,
    },
    /// The directory of the client: empty name for the context itself.
    Context(String),
    /// A file of the simulated internet: its name, and its bytes or why it cannot be had.
    Fetch(String, Result<Vec<u8>, String>),
    /// `WORKDIR`: the directory, and who owns it where it is made.
    Workdir(String, String),
    /// `COPY` and `ADD`.
    Copy(CopyOp),
    /// `RUN`.
    Run(RunOp),
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// What the progress calls it.
    pub name: String,
    /// What it does.
    pub op: Op,
    /// The step whose tree it changes; none for an empty tree.
    pub root: Option<usize>,
    /// The lines it comes from.
    pub range: Range,
    /// Results are not taken from the cache.
    pub no_cache: bool,
}

/// A build that was understood.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The steps; each uses only earlier ones.
    pub nodes: Vec<Node>,
    /// The step whose tree is the image's; none for an empty tree.
    pub result: Option<usize>,
    /// The image's configuration; new steps of its history have no time yet.
    pub config: ConfigFile,
    /// The names of the images whose metadata was read.
    pub metadata: Vec<String>,
}
