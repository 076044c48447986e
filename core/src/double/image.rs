//! Images of the test's own: a behaviour in place of a program, and what goes around it.

use super::Behaviour;
use crate::base::{Duration, Reference};
use crate::engine::{image, registry, services};
use crate::fs::{Content, Entries, Entry, Inode, Layer};
use crate::model::image::{History, ImageConfig};
use crate::model::{ConfigFile, EngineError, Healthcheck, Nothing, World};
use std::sync::Arc;

/// The path of the program that carries the behaviour.
const PROGRAM: &str = "/behaviour";
/// Between two health checks.
const INTERVAL: Duration = Duration::secs(1);

/// An image of the test's own.
///
/// ```
/// use drydock::double::{Act, Behaviour, Drydock, ImageSpec, Reply, Run};
/// use std::time::Duration;
///
/// let api = Behaviour::new()
///     .at_once([Act::stdout("starting")])
///     .after(Duration::from_secs(2), [Act::listen(8080, [("/ready", Reply::new(200, "yes"))])])
///     .on_signal("TERM", [Act::stdout("bye"), Act::Exit(0)]);
/// let mut docker = Drydock::builder().image(ImageSpec::new("acme/api:1").behaviour(api)).build();
///
/// docker.run(&Run::image("acme/api:1").name("api").publish(8080, 8080)).unwrap();
/// assert!(docker.http("GET", "http://localhost:8080/ready").is_err());
/// docker.advance(Duration::from_secs(2));
/// assert_eq!(docker.http("GET", "http://localhost:8080/ready").unwrap().body, b"yes");
/// docker.stop("api").unwrap();
/// docker.assert_exited("api", 0);
/// docker.assert_logs_contain("api", "bye");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ImageSpec {
    name: String,
    base: Option<String>,
    behaviour: Option<Behaviour>,
    files: Entries,
    config: ImageConfig,
}

impl ImageSpec {
    /// An image of that name, with nothing in it.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            base: None,
            behaviour: None,
            files: Entries::new(),
            config: ImageConfig::default(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The image it is built on, for a shell and programs to `exec`; it is pulled where it is not here.
    #[must_use]
    pub fn from(mut self, base: impl Into<String>) -> Self {
        self.base = Some(base.into());
        self
    }

    /// What its containers do. It takes the place of a program: as the entrypoint, `/behaviour`. The ports
    /// it listens on are exposed; where it becomes healthy, the image has a check for that, every second.
    #[must_use]
    pub fn behaviour(mut self, behaviour: Behaviour) -> Self {
        self.behaviour = Some(behaviour);
        self
    }

    /// A file of root's that all may read.
    #[must_use]
    pub fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        let content = Content::from(content.into());
        self.files.insert(path.into(), Entry::Put(Inode::file(content, 0o644, crate::session::EPOCH)));
        self
    }

    /// An environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.config.env.push(format!("{name}={value}"));
        self
    }

    /// A label.
    #[must_use]
    pub fn label(mut self, name: &str, value: &str) -> Self {
        self.config.labels.get_or_insert_default().insert(name.to_string(), value.to_string());
        self
    }
}

/// Makes the image.
pub(super) fn add(world: &mut World, spec: &ImageSpec) -> Result<(), EngineError> {
    let name = Reference::parse(&spec.name).map_err(|e| EngineError::invalid(e.to_string()))?;
    if let Some(path) = spec.files.keys().find(|path| !is_plain(path)) {
        return Err(EngineError::invalid(format!("{path:?} is no plain absolute path of a file")));
    }
    let (below, mut file) = match &spec.base {
        Some(base) => base_of(world, base)?,
        None => {
            (vec![], ConfigFile { architecture: "amd64".into(), os: "linux".into(), ..Default::default() })
        }
    };
    let now = world.now();
    let mut entries = spec.files.clone();
    overlay(&mut file.config, &spec.config);
    if let Some(behaviour) = &spec.behaviour {
        behaviour.check().map_err(EngineError::invalid)?;
        let program = Inode::file(Content::from(services::behaviour_program(behaviour)), 0o755, now);
        entries.insert(PROGRAM.into(), Entry::Put(program));
        configure(&mut file.config, behaviour);
    }
    file.created = Some(now);
    file.history.push(History {
        created: Some(now),
        created_by: "drydock::double::ImageSpec".into(),
        ..History::default()
    });
    image::create_from_layer(world, &below, Layer::new(entries), file, Some(&name)).map(drop)
}

fn is_plain(path: &str) -> bool {
    path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(|part| !["", ".", ".."].contains(&part)))
}

fn base_of(world: &mut World, name: &str) -> Result<(Vec<Arc<Layer>>, ConfigFile), EngineError> {
    if image::find(&world.images, name).is_err() {
        let reference = Reference::parse(name).map_err(|e| EngineError::invalid(e.to_string()))?;
        registry::pull(world, &reference, None)?;
    }
    let base = image::find(&world.images, name)?.image;
    let layers = world.images.chain(&base).layers().cloned().collect();
    Ok((layers, ConfigFile { rootfs: Default::default(), ..base.config.clone() }))
}

fn overlay(config: &mut ImageConfig, own: &ImageConfig) {
    config.env.extend(own.env.iter().cloned());
    if let Some(labels) = &own.labels {
        config.labels.get_or_insert_default().extend(labels.clone());
    }
}

fn configure(config: &mut ImageConfig, behaviour: &Behaviour) {
    config.entrypoint = Some(vec![PROGRAM.to_string()]);
    config.cmd = None;
    for port in behaviour.ports() {
        config.exposed_ports.get_or_insert_default().insert(format!("{port}/tcp"), Nothing {});
    }
    if let Some(expected) = behaviour.healthy_after() {
        config.healthcheck = Some(Healthcheck {
            test: vec!["CMD".into(), PROGRAM.into(), services::PROBE.into()],
            interval: INTERVAL.0,
            start_period: expected.0.saturating_add(INTERVAL.0),
            start_interval: INTERVAL.0,
            retries: 1,
            ..Healthcheck::default()
        });
    }
}
