//! Commands in tests: a host with nothing but the programs, and `docker` run to its end.

use crate::base::{Duration, Time};
use crate::engine::{host, next_deadline, tick};
use crate::kernel::{Flavor, Image, Launch, Programs, Pulse, Stdio, Stream, run_until_quiet};
use crate::model::World;

const PROGRAMS: Programs = Programs(&[crate::coreutils::PROGRAMS, crate::sh::PROGRAMS, super::PROGRAMS]);

/// A host with a daemon.
#[derive(Clone)]
pub struct Host {
    /// Everything.
    pub world: World,
    /// Variables beside those of the learner's shell.
    pub variables: Vec<(String, String)>,
    /// How long a command may take.
    pub patience: Duration,
}

impl Host {
    /// A host on which nothing has happened.
    pub fn new() -> Self {
        Self {
            world: host::new_world(1, Time(1_795_224_551_000_000_000), &PROGRAMS.names()),
            variables: vec![],
            patience: Duration::secs(3600),
        }
    }

    /// Runs a command of words to its end; what it printed on both streams, stderr with `! ` in front.
    pub fn run(&mut self, argv: &[&str]) -> String {
        let words: Vec<String> = argv.iter().map(|w| (*w).to_string()).collect();
        let sink = self.world.kernel.add_sink(None);
        let image = Image {
            program: words.first().cloned().unwrap_or_default(),
            exe: "/usr/bin/docker".into(),
            argv: words,
            flavor: Flavor::Gnu,
        };
        let launch = Launch {
            ns: self.world.host.ns,
            image,
            env: [host::environment(), self.variables.clone()].concat(),
            cwd: host::HOME.into(),
            cred: host::learner(),
            stdio: [Stdio::Null, Stdio::Sink(sink, Stream::Stdout), Stdio::Sink(sink, Stream::Stderr)],
            owner: None,
        };
        let pid = self.world.kernel.launch(launch).expect("room for a process");
        let end = self.world.now() + self.patience;
        let alive = |world: &World| {
            world.kernel.process(pid).is_some_and(|p| !matches!(p.run, crate::kernel::Run::Zombie(_)))
        };
        while alive(&self.world) {
            let pulse = run_until_quiet(&mut self.world, &PROGRAMS, 64);
            tick(&mut self.world);
            let next = match pulse {
                Pulse::Quiet(timer) => [timer, next_deadline(&self.world)].into_iter().flatten().min(),
                Pulse::Busy => continue,
            };
            if !alive(&self.world) {
                break;
            }
            match next {
                Some(next) if next <= end => self.world.kernel.now = self.world.now().max(next),
                _ if self.world.kernel.take_notices().is_empty() => break,
                _ => {}
            }
            tick(&mut self.world);
        }
        let code = self.world.kernel.reap(pid).map_or(-1, |exit| exit.status());
        let mut out = String::new();
        for chunk in self.world.kernel.take_sink(sink) {
            let text = String::from_utf8_lossy(&chunk.data).into_owned();
            if chunk.stream == Stream::Stderr {
                out.extend(text.lines().map(|line| format!("! {line}\n")));
            } else {
                out.push_str(&text);
            }
        }
        if code != 0 {
            out.push_str(&format!("= {code}\n"));
        }
        out
    }

    /// `docker` with words separated by spaces; `_` within a word stands for a space.
    pub fn docker(&mut self, line: &str) -> String {
        let words: Vec<String> = line.split(' ').map(|w| w.replace('_', " ")).collect();
        let argv: Vec<&str> = std::iter::once("docker").chain(words.iter().map(String::as_str)).collect();
        self.run(&argv)
    }
}
