//! Images of users' own: a behaviour in place of a program, and what goes around it.

use super::create_from_layer;
use crate::base::{Duration, Reference};
use crate::engine::services::Behaviour;
use crate::engine::{registry, services};
use crate::fs::{Content, Entries, Entry, Inode, Layer};
use crate::model::image::{History, ImageConfig};
use crate::model::{ConfigFile, EngineError, Healthcheck, Nothing, World};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
///
/// The same as data, which `POST /_drydock/behaviours` takes too:
///
/// ```
/// use drydock::double::{Drydock, ImageSpec, Run};
/// let image = ImageSpec::from_yaml("
/// image: acme/job:1
/// from: alpine
/// env: {WHO: nobody}
/// files: {/etc/job.conf: 'retries = 3'}
/// behaviour:
///   stages:
///     - do: [stdout: working]
///     - {after: 20s, do: [stderr: no such host, exit: 3]}
/// ").unwrap();
/// let mut docker = Drydock::builder().image(image).build();
/// docker.run(&Run::image("acme/job:1").name("job")).unwrap();
/// docker.advance(std::time::Duration::from_secs(21));
/// docker.assert_exited("job", 3);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageSpec {
    /// Its name.
    image: String,
    /// The image below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    behaviour: Option<Behaviour>,
    #[serde(default, with = "texts", skip_serializing_if = "BTreeMap::is_empty")]
    files: BTreeMap<String, Vec<u8>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    env: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<String, String>,
}

/// Contents of files as text.
mod texts {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::BTreeMap;

    type Files = BTreeMap<String, Vec<u8>>;

    pub fn serialize<S: Serializer>(files: &Files, s: S) -> Result<S::Ok, S::Error> {
        let text =
            |(path, bytes): (&String, &Vec<u8>)| (path.clone(), String::from_utf8_lossy(bytes).into_owned());
        files.iter().map(text).collect::<BTreeMap<_, _>>().serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Files, D::Error> {
        let files = BTreeMap::<String, String>::deserialize(d)?;
        Ok(files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect())
    }
}

impl ImageSpec {
    /// An image of that name, with nothing in it.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            image: name.into(),
            from: None,
            behaviour: None,
            files: BTreeMap::new(),
            env: BTreeMap::new(),
            labels: BTreeMap::new(),
        }
    }

    /// Reads one in YAML.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    #[cfg(feature = "yaml")]
    pub fn from_yaml(text: &str) -> Result<Self, String> {
        let image: Self = serde_saphyr::from_str(text).map_err(|e| e.to_string())?;
        image.behaviour.iter().try_for_each(Behaviour::check)?;
        Ok(image)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.image
    }

    /// The image it is built on, for a shell and programs to `exec`; it is pulled where it is not here.
    #[must_use]
    pub fn from(mut self, base: impl Into<String>) -> Self {
        self.from = Some(base.into());
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
        self.files.insert(path.to_string(), content.into());
        self
    }

    /// An environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_string(), value.to_string());
        self
    }

    /// A label.
    #[must_use]
    pub fn label(mut self, name: &str, value: &str) -> Self {
        self.labels.insert(name.to_string(), value.to_string());
        self
    }

    /// Makes the image in the local store.
    ///
    /// # Errors
    /// Where its name, its base or its behaviour make no sense.
    pub fn add_to(&self, world: &mut World) -> Result<(), EngineError> {
        crate::engine::atomically(world, |world| add(world, self))
    }
}

/// The names of the images in the store that carry a behaviour.
pub fn with_behaviour(world: &World) -> Vec<String> {
    let carries = |id| {
        let image = world.images.get(&id);
        image.is_some_and(|i| i.config.config.entrypoint.as_deref() == Some(&[PROGRAM.to_string()]))
    };
    let named = world.images.names.iter().filter(|(_, known)| carries(known.target));
    named.map(|(name, _)| Reference::parse(name).map_or(name.clone(), |name| name.familiar())).collect()
}

fn add(world: &mut World, spec: &ImageSpec) -> Result<(), EngineError> {
    let name = Reference::parse(&spec.image).map_err(|e| EngineError::invalid(e.to_string()))?;
    if let Some(path) = spec.files.keys().find(|path| !is_plain(path)) {
        return Err(EngineError::invalid(format!("{path:?} is no plain absolute path of a file")));
    }
    let (below, mut file) = match &spec.from {
        Some(base) => base_of(world, base)?,
        None => {
            (vec![], ConfigFile { architecture: "amd64".into(), os: "linux".into(), ..Default::default() })
        }
    };
    let now = world.now();
    let text = |bytes: &Vec<u8>| Entry::Put(Inode::file(Content::from(bytes.clone()), 0o644, now));
    let mut entries: Entries =
        spec.files.iter().map(|(path, bytes)| (path.as_str().into(), text(bytes))).collect();
    file.config.env.extend(spec.env.iter().map(|(name, value)| format!("{name}={value}")));
    if !spec.labels.is_empty() {
        file.config.labels.get_or_insert_default().extend(spec.labels.clone());
    }
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
    create_from_layer(world, &below, Layer::new(entries), file, Some(&name)).map(drop)
}

fn is_plain(path: &str) -> bool {
    path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(|part| !["", ".", ".."].contains(&part)))
}

fn base_of(world: &mut World, name: &str) -> Result<(Vec<Arc<Layer>>, ConfigFile), EngineError> {
    if super::find(&world.images, name).is_err() {
        let reference = Reference::parse(name).map_err(|e| EngineError::invalid(e.to_string()))?;
        registry::pull_quietly(world, &reference)?;
    }
    let base = super::find(&world.images, name)?.image;
    let layers = world.images.chain(&base).layers().cloned().collect();
    Ok((layers, ConfigFile { rootfs: Default::default(), ..base.config.clone() }))
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
