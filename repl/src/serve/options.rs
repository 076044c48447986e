//! The words behind `drydock serve`.

use super::clock::Clock;
use crate::prompt;
use drydock::kernel::Budgets;
use drydock::model::Release;
use drydock::session::{EPOCH, Server};

/// What `drydock serve --help` prints.
pub const USAGE: &str = "\
Usage: drydock serve [OPTIONS]

Answers the Docker Engine API.

Options:
  -H, --host ADDRESS    unix:///PATH or tcp://HOST:PORT; may be given several times
                        (default unix:///tmp/drydock.sock)
  --seed N              the seed of everything random (default 1)
  --time real|virtual   the clock follows this computer's (default), or jumps to whatever is due next
  --budget NAME=N,..    what the world may use at most: disk, files, processes
  --load FILE           go on from a save file
  --share, --no-share   whether a bind mount means the files of this computer, which containers then change; on
                        where only Unix sockets are listened at
  --engine VERSION      the engine to answer as, such as 28.5 (default 29.7)
  --recorded            in the surroundings of the recordings: there is a registry at 127.0.0.1:5000
  --allow-remote        let tcp:// listen beyond loopback; whoever reaches it may do anything in the simulation
  -h, --help            show this

Build contexts and copies come from the client. A bind mount of what is the system's own (/etc, /var, /usr …), or is
not shared, names a path of the simulated host's disk.
";

/// What was asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen.
    pub hosts: Vec<String>,
    /// The seed.
    pub seed: u64,
    /// The clock follows this computer's.
    pub real_time: bool,
    /// What the world may use at most.
    pub budgets: Budgets,
    /// A save file to go on from.
    pub load: Option<String>,
    /// Binds mean the files of this computer; `None` for the default.
    pub share: Option<bool>,
    /// The engine to answer as.
    pub engine: Option<String>,
    /// In the surroundings of the recordings.
    pub recorded: bool,
    /// Addresses beyond loopback are allowed.
    pub allow_remote: bool,
}

impl Options {
    /// Reads the words; `None` where help was asked for. Seed, save file and budgets may also stand before `serve`.
    ///
    /// # Errors
    /// A word that makes no sense.
    pub fn read(
        words: &[&str],
        seed: u64,
        load: Option<String>,
        budgets: Budgets,
    ) -> Result<Option<Self>, String> {
        let mut options = Self {
            hosts: vec![],
            seed,
            real_time: true,
            budgets,
            load,
            share: None,
            engine: None,
            recorded: false,
            allow_remote: false,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let (name, given) = match word.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value)),
                _ => (*word, None),
            };
            let mut value = || match given.or_else(|| words.next().copied()) {
                Some(value) => Ok(value.to_owned()),
                None => Err(format!("{name} needs a value")),
            };
            match name {
                "-H" | "--host" => options.hosts.push(value()?),
                "--seed" => {
                    let seed = value()?;
                    options.seed = seed.parse().map_err(|_| format!("--seed: not a number: {seed}"))?;
                }
                "--time" => match value()?.as_str() {
                    "real" => options.real_time = true,
                    "virtual" => options.real_time = false,
                    other => return Err(format!("--time: real or virtual, not {other}")),
                },
                "--budget" => options.budgets.set(&value()?)?,
                "--load" => options.load = Some(value()?),
                "--share" => options.share = Some(true),
                "--no-share" => options.share = Some(false),
                "--engine" => options.engine = Some(value()?),
                "--recorded" => options.recorded = true,
                "--allow-remote" => options.allow_remote = true,
                "-h" | "--help" => return Ok(None),
                _ => return Err(format!("serve: no such option: {word}\n\n{USAGE}")),
            }
        }
        if options.hosts.is_empty() {
            options.hosts.push("unix:///tmp/drydock.sock".to_owned());
        }
        Ok(Some(options))
    }

    /// Whether binds mean the files of this computer. Whoever reaches a TCP port could read them.
    pub fn shares(&self) -> bool {
        self.share.unwrap_or_else(|| self.hosts.iter().all(|host| host.starts_with("unix://")))
    }
}

/// The daemon to begin with.
///
/// # Errors
/// A save file that cannot be read.
pub fn server(options: &Options, clock: &Clock) -> Result<Server, String> {
    let now = clock.now().unwrap_or(EPOCH);
    let mut server = match &options.load {
        Some(path) => Server::of(prompt::load(path)?),
        None if options.recorded => Server::recorded(options.seed, now),
        None => Server::at(options.seed, now),
    };
    if let Some(version) = &options.engine {
        server.world_mut().release = Release::find(version).map_err(|why| format!("--engine: {why}"))?;
    }
    server.world_mut().kernel.budgets = options.budgets;
    Ok(server)
}
