//! A pull or a push at a terminal: a line for each layer, redrawn in place while its bytes are on their way. What the
//! daemon does is done at the end, at once; a client that is interrupted before has moved nothing.

use crate::base::units::human_size;
use crate::base::{Duration, Reference, Time};
use crate::cmd::registry::config;
use crate::cmd::{Cli, Docker, Failure};
use crate::engine::registry::{self, Part, Progress, Transfer};
use crate::kernel::{Applet, Behave, Step, Sys, Wait};
use crate::model::{EngineError, World};
use serde::{Deserialize, Serialize};

/// A client that pulls or pushes.
pub const APPLETS: &[Applet] = &[Applet::state::<Moving>("docker moving layers")];

/// How long a registry takes to answer.
const ANSWER: Duration = Duration::millis(20);
/// How often the lines are drawn.
const EVERY: Duration = Duration::millis(100);
/// Where a bar fits beside the numbers, in columns.
const WIDE: usize = 110;

/// What is done when the layers are here or there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// `docker pull`.
    #[default]
    Pull,
    /// `docker push`.
    Push,
    /// A pull for a container that is to be made: the command begins again.
    Container,
}

/// A client that pulls or pushes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Moving {
    purpose: Purpose,
    /// What is still to be moved; the first one is under way.
    names: Vec<String>,
    platform: Option<String>,
    /// What stands under it all.
    last: String,
    /// The directory of the client's settings, where its credentials are.
    settings: String,
    /// When the registry was asked for the first of them.
    asked: Option<Time>,
    began: Option<Time>,
    layers: Vec<Layer>,
}

/// A layer's line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Layer {
    id: String,
    /// How many bytes are to be moved; none where nothing is.
    size: Option<u64>,
    /// What it says where nothing is moved.
    status: String,
    /// What stands there now.
    drawn: Option<String>,
}

impl Moving {
    /// A client for these names; `last` is what it prints at the end.
    pub fn new(
        cli: &Cli<'_, '_>,
        purpose: Purpose,
        names: &[Reference],
        platform: Option<&str>,
        last: String,
    ) -> Self {
        let settings = cli.settings_dir();
        let names = names.iter().map(Reference::canonical).collect();
        Self { purpose, names, platform: platform.map(str::to_owned), last, settings, ..Self::default() }
    }

    fn fd(&self) -> i32 {
        if self.purpose == Purpose::Container { 2 } else { 1 }
    }

    /// What the daemon does with a name.
    fn act(&self, sys: &mut Sys<'_>, name: &str, on_trial: bool) -> Result<Vec<Progress>, Failure> {
        let name = Reference::parse(name).map_err(|e| Failure::new(e.to_string()))?;
        let who = config::credentials(sys, &self.settings, name.domain());
        let mut cli = Cli::new(sys);
        let world = cli.world()?;
        let act = |world: &mut World| match self.purpose {
            Purpose::Push => registry::push(world, &name, who.as_ref()).map(|pushed| pushed.progress),
            _ => registry::pull(world, &name, self.platform.as_deref()).map(|pulled| pulled.progress),
        };
        let plain = |e: EngineError| match self.purpose {
            Purpose::Push => Failure { hint: e.hint, ..Failure::new(e.message) },
            _ => Failure::from(e),
        };
        // A trial that fails is no trial: whatever makes it fail has happened. For a container that is to be made, it
        // happens once more, to the command that begins again.
        match if on_trial { act(&mut world.clone()) } else { act(world) } {
            Err(_) if on_trial && self.purpose != Purpose::Container => act(world),
            done => done,
        }
        .map_err(plain)
    }

    /// Begins with the first name: what stands above its layers, and the layers.
    fn begin(&mut self, sys: &mut Sys<'_>, name: &str) -> Result<(), Failure> {
        let lines = self.act(sys, name, true)?;
        let is_layer = |line: &Progress| line.id.len() == 12 && line.id.bytes().all(|b| b.is_ascii_hexdigit());
        self.layers.clear();
        for line in &lines {
            let known = self.layers.iter_mut().find(|layer| layer.id == line.id);
            match (known, line.done) {
                _ if !is_layer(line) => {}
                (None, done) => self.layers.push(Layer {
                    id: line.id.clone(),
                    size: done.map(|(_, total)| total),
                    status: line.status.clone(),
                    drawn: None,
                }),
                (Some(layer), Some((_, total))) => layer.size = Some(total),
                (Some(_), None) => {}
            }
        }
        let head = lines.iter().take_while(|line| !is_layer(line) && !line.id.is_empty());
        if self.purpose != Purpose::Push {
            let head: String = head.map(|line| line.line() + "\n").collect();
            sys.write(self.fd(), head.as_bytes());
        }
        self.began = Some(sys.now());
        Ok(())
    }

    fn transfer(&self) -> Transfer {
        Transfer::new(self.layers.iter().filter_map(|layer| layer.size).collect())
    }

    fn text(&self, part: Part, size: u64, width: usize) -> String {
        let push = self.purpose == Purpose::Push;
        match part {
            Part::Waiting if push => "Waiting ".into(),
            Part::Waiting => "Pulling fs layer ".into(),
            Part::Downloading(bytes) => {
                format!("{} {}", if push { "Pushing" } else { "Downloading" }, bar(bytes, size, width))
            }
            _ if push => "Pushed ".into(),
            Part::Downloaded => "Download complete ".into(),
            Part::Extracting(since) => format!("Extracting {} s", since.0 / 1_000_000_000 + 1),
            Part::Done(_) => "Pull complete ".into(),
        }
    }

    /// Draws the lines that have changed.
    fn draw(&mut self, sys: &mut Sys<'_>, passed: Duration) {
        let width = sys.tty_size(self.fd()).map_or(80, |(_, columns)| usize::from(columns));
        let parts = self.transfer().at(passed);
        let mut parts = parts.into_iter();
        let mut texts = Vec::new();
        for layer in &self.layers {
            texts.push(match layer.size {
                Some(size) => self.text(parts.next().unwrap_or(Part::Waiting), size, width),
                None => format!("{} ", layer.status),
            });
        }
        let mut out = String::new();
        let mut known = self.layers.iter().filter(|layer| layer.drawn.is_some()).count();
        for (line, (layer, text)) in self.layers.iter_mut().zip(texts).enumerate() {
            if layer.drawn.as_ref() == Some(&text) {
                continue;
            }
            if layer.drawn.is_none() {
                out.push('\n');
                known += 1;
            }
            let up = known - line;
            out.push_str(&format!("\x1b[{up}A\x1b[2K\r{}: {text}\r\x1b[{up}B", layer.id));
            layer.drawn = Some(text);
        }
        sys.write(self.fd(), out.as_bytes());
    }

    /// The daemon does it, and what it says stands under the layers.
    fn finish(&mut self, sys: &mut Sys<'_>, name: &str) -> Result<(), Failure> {
        let lines = self.act(sys, name, false)?;
        let tail = lines.iter().rev().take_while(|line| line.id.is_empty()).count();
        let tail: String = lines.iter().skip(lines.len() - tail).map(|line| line.line() + "\n").collect();
        sys.write(self.fd(), tail.as_bytes());
        self.names.remove(0);
        (self.asked, self.began) = (None, None);
        Ok(())
    }
}

/// How much is there, as Docker draws it: a bar where there is room, and the numbers.
fn bar(current: u64, total: u64, width: usize) -> String {
    let share = usize::try_from(current.saturating_mul(100) / total.max(1) / 2).unwrap_or(50).min(50);
    let bar = if width > WIDE { format!("[{}>{}] ", "=".repeat(share), " ".repeat(50 - share)) } else { String::new() };
    format!("{bar}{:>8}/{}", human_size(current as f64), human_size(total as f64))
}

/// The command that wants the image begins again.
fn begin_again(sys: &mut Sys<'_>) -> Step {
    sys.become_state("docker", Box::new(Docker::after_pull()));
    Step::Replaced
}

impl Behave for Moving {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        let Some(name) = self.names.first().cloned() else {
            if self.purpose == Purpose::Container {
                return begin_again(sys);
            }
            sys.write(self.fd(), self.last.clone().as_bytes());
            return Step::Exit(0);
        };
        let answers = *self.asked.get_or_insert(sys.now()) + ANSWER;
        if sys.now() < answers {
            return Step::Block(Wait::until(answers));
        }
        let done = match self.began {
            // What the registry refuses, the command that wants the image tells in its own words.
            None if self.purpose == Purpose::Container => match self.begin(sys, &name) {
                Ok(()) => Ok(()),
                Err(_) => return begin_again(sys),
            },
            None => self.begin(sys, &name),
            Some(began) => {
                let passed = sys.now() - began;
                let transfer = self.transfer();
                let took = if self.purpose == Purpose::Push { transfer.sent() } else { transfer.took() };
                self.draw(sys, passed);
                if passed < took {
                    return Step::Block(Wait::until(sys.now() + EVERY));
                }
                self.finish(sys, &name)
            }
        };
        match done {
            Ok(()) => Step::Continue,
            Err(failure) => Step::Exit(Cli::new(sys).report(&failure)),
        }
    }
}
