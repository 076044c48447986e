//! Contexts as the client keeps them: `contexts/meta/<sha256 of the name>/meta.json` and, beside it, the files of
//! TLS under `contexts/tls/<sha256>/docker` in the directory of settings.

use crate::base::{Digest, Errno, natural, Order};
use crate::cmd::settings;
use crate::cmd::{Cli, Failure};
use crate::render::json::{Escape, compact};
use serde_json::{Map, Value, json};

/// The context that is always there.
pub const DEFAULT: &str = "default";
/// What names may look like.
const NAME: &str = "^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$";
/// The socket of the daemon.
pub const SOCKET: &str = "unix:///var/run/docker.sock";
/// The files of TLS that an endpoint may have.
pub const TLS_FILES: [(&str, &str); 3] = [("ca", "ca.pem"), ("cert", "cert.pem"), ("key", "key.pem")];

/// A context.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Context {
    /// Its name.
    pub name: String,
    /// What it is for, and whatever else its file says about it.
    pub metadata: Map<String, Value>,
    /// Where the daemon is.
    pub host: String,
    /// Whether the daemon's certificate is taken as it is.
    pub skip_tls_verify: bool,
    /// The files of TLS by name.
    pub tls: Vec<(String, Vec<u8>)>,
}

impl Context {
    /// What it is for.
    pub fn description(&self) -> &str {
        self.metadata.get("Description").and_then(Value::as_str).unwrap_or_default()
    }

    /// Says what it is for.
    pub fn describe(&mut self, text: &str) {
        self.metadata.insert("Description".into(), text.into());
    }

    /// `meta.json`.
    pub fn meta(&self) -> Value {
        json!({
            "Name": self.name,
            "Metadata": self.metadata,
            "Endpoints": { "docker": { "Host": self.host, "SkipTLSVerify": self.skip_tls_verify } },
        })
    }

    /// A context from the bytes of `meta.json`; `None` where they are none.
    pub fn from_meta(bytes: &[u8]) -> Option<Self> {
        let meta: Value = serde_json::from_slice(bytes).ok()?;
        let text = |at: &str| meta.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Self {
            name: text("/Name"),
            metadata: meta.get("Metadata").and_then(Value::as_object).cloned().unwrap_or_default(),
            host: text("/Endpoints/docker/Host"),
            skip_tls_verify: meta.pointer("/Endpoints/docker/SkipTLSVerify") == Some(&Value::Bool(true)),
            tls: vec![],
        })
    }
}

/// The name of the context that a call is for, and where it was said.
pub fn current(cli: &mut Cli<'_, '_>) -> String {
    let set = |cli: &Cli<'_, '_>, name: &str| cli.sys.env(name).filter(|value| !value.is_empty());
    if let Some(context) = &cli.globals.context {
        return context.clone();
    }
    if cli.globals.host.is_some() || set(cli, "DOCKER_HOST").is_some() {
        return DEFAULT.into();
    }
    set(cli, "DOCKER_CONTEXT").unwrap_or_else(|| chosen(cli))
}

/// The context that `docker context use` chose.
fn chosen(cli: &mut Cli<'_, '_>) -> String {
    let config = settings::read(cli.sys, &cli.settings_dir());
    let name = config.get("currentContext").and_then(Value::as_str).filter(|name| !name.is_empty());
    name.unwrap_or(DEFAULT).to_owned()
}

/// Chooses a context.
///
/// # Errors
/// Those of writing the settings.
pub fn choose(cli: &mut Cli<'_, '_>, name: &str) -> Result<(), Failure> {
    if chosen(cli) == name {
        return Ok(());
    }
    let mut config = settings::read(cli.sys, &cli.settings_dir());
    match name {
        DEFAULT => _ = config.shift_remove("currentContext"),
        _ => _ = config.insert("currentContext".into(), name.into()),
    }
    let dir = cli.settings_dir();
    settings::write(cli.sys, &dir, &config)
        .map_err(|e| Failure::new(format!("open {}: {}", settings::path(&dir), e.go_text())))
}

/// Whether a name may be given to a new context.
///
/// # Errors
/// In the client's words.
pub fn check_name(name: &str) -> Result<(), Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric();
    let fits = name.len() > 1 && name.starts_with(plain) && name.chars().all(|c| plain(c) || "_.+-".contains(c));
    match name {
        "" => Err(Failure::new("context name cannot be empty")),
        DEFAULT => Err(Failure::new("\"default\" is a reserved context name")),
        _ if fits => Ok(()),
        _ => Err(Failure::new(format!(
            "context name {name:?} is invalid, names are validated against regexp {NAME:?}"
        ))),
    }
}

/// Whether a new context may have this name.
///
/// # Errors
/// In the client's words.
pub fn check_new(cli: &mut Cli<'_, '_>, name: &str) -> Result<(), Failure> {
    check_name(name)?;
    match load(cli, name) {
        Ok(_) => Err(Failure::new(format!("context {name:?} already exists"))),
        Err(_) => Ok(()),
    }
}

/// Where the facts of a context are.
pub fn meta_dir(cli: &Cli<'_, '_>, name: &str) -> String {
    format!("{}/contexts/meta/{}", cli.settings_dir(), Digest::of(name.as_bytes()).hex())
}

/// Where its files of TLS are.
pub fn tls_dir(cli: &Cli<'_, '_>, name: &str) -> String {
    format!("{}/contexts/tls/{}", cli.settings_dir(), Digest::of(name.as_bytes()).hex())
}

/// A context by its name.
///
/// # Errors
/// There is none.
pub fn load(cli: &mut Cli<'_, '_>, name: &str) -> Result<Context, Failure> {
    if name == DEFAULT {
        let host = cli.globals.host.clone().or_else(|| cli.sys.env("DOCKER_HOST")).filter(|h| !h.is_empty());
        return Ok(Context {
            name: DEFAULT.into(),
            host: host.unwrap_or_else(|| SOCKET.into()),
            ..Context::default()
        });
    }
    let path = format!("{}/meta.json", meta_dir(cli, name));
    let bytes = cli.sys.read_file(&path).map_err(|e| {
        Failure::new(format!("context {name:?}: context not found: open {path}: {}", e.go_text()))
    })?;
    let mut context = Context::from_meta(&bytes)
        .ok_or_else(|| Failure::new(format!("parsing {path}: it is not the JSON of a context")))?;
    let tls = format!("{}/docker", tls_dir(cli, name));
    for file in cli.sys.list(&tls).unwrap_or_default() {
        let bytes = cli.sys.read_file(&format!("{tls}/{file}")).unwrap_or_default();
        context.tls.push((file, bytes));
    }
    Ok(context)
}

/// Every context, `default` among them, in natural order of their names.
pub fn all(cli: &mut Cli<'_, '_>) -> Vec<Context> {
    let dir = format!("{}/contexts/meta", cli.settings_dir());
    let mut found: Vec<Context> = load(cli, DEFAULT).into_iter().collect();
    for folder in cli.sys.list(&dir).unwrap_or_default() {
        let bytes = cli.sys.read_file(&format!("{dir}/{folder}/meta.json")).unwrap_or_default();
        found.extend(Context::from_meta(&bytes));
    }
    found.order_by(|a, b| natural::compare(&a.name, &b.name));
    found
}

/// Writes a context, in place of an older one of its name.
///
/// # Errors
/// Those of writing files.
pub fn save(cli: &mut Cli<'_, '_>, context: &Context) -> Result<(), Failure> {
    let meta = meta_dir(cli, &context.name);
    let wrong = |e: Errno| Failure::new(format!("open {meta}/meta.json: {}", e.go_text()));
    write(cli, &meta, context).map_err(wrong)
}

fn write(cli: &mut Cli<'_, '_>, meta: &str, context: &Context) -> Result<(), Errno> {
    let tls = tls_dir(cli, &context.name);
    cli.sys.mkdir_all(&cli.settings_dir(), 0o700)?;
    cli.sys.mkdir_all(meta, 0o755)?;
    let text = compact(&context.meta(), Escape::Html);
    cli.sys.write_file(&format!("{meta}/meta.json"), text.as_bytes(), 0o644)?;
    cli.sys.remove_all(&tls)?;
    for (name, bytes) in &context.tls {
        cli.sys.mkdir_all(&format!("{tls}/docker"), 0o700)?;
        cli.sys.write_file(&format!("{tls}/docker/{name}"), bytes, 0o600)?;
    }
    Ok(())
}

/// Forgets a context.
///
/// # Errors
/// Those of removing files.
pub fn remove(cli: &mut Cli<'_, '_>, name: &str) -> Result<(), Failure> {
    for dir in [meta_dir(cli, name), tls_dir(cli, name)] {
        cli.sys.remove_all(&dir).map_err(|e| {
            Failure::new(format!("failed to remove context {name}: unlinkat {dir}: {}", e.go_text()))
        })?;
    }
    Ok(())
}
