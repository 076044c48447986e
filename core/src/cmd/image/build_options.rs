//! The options of `docker build`: which make no sense, which are not simulated, and what the others ask for.

use super::build_context::failed;
use super::build_extras as extras;
use crate::base::{Reference, reference::check_build_tag};
use crate::cmd::{Cli, Failure};
use crate::engine::build::Request;
use crate::grammar::{Invocation, read_csv};

/// Options whose values make no sense, and those that are not simulated.
///
/// # Errors
/// The first of them.
pub fn check(call: &Invocation) -> Result<(), Failure> {
    for tag in call.list("tag") {
        check_build_tag(&tag).map_err(|e| failed(e.of_build_tag(&tag)))?;
    }
    let network = call.str("network");
    if !["", "default", "none", "host"].contains(&network) {
        return Err(failed(format!(
            "network mode {network:?} not supported by buildkit - you can define a custom network for your \
             builder using the network driver-opt in buildx create"
        )));
    }
    for platform in call.list("platform") {
        for platform in platform.split(',') {
            if !["linux/amd64", "linux", "linux/x86_64"].contains(&platform) {
                return Err(failed(format!("building for the platform {platform} is not simulated by Drydock")));
            }
        }
    }
    match call.str("call") {
        "" | "build" | "check" | "outline" | "targets" => Ok(()),
        other => Err(failed(format!("--call={other} is not simulated by Drydock"))),
    }
}

/// What the client says of options that BuildKit has no use for.
pub fn warn_of_old_options(cli: &mut Cli<'_, '_>, call: &Invocation) {
    for (option, text) in [
        ("isolation", "isolation flag is deprecated with BuildKit."),
        (
            "security-opt",
            "security-opt flag is deprecated. \"RUN --security=insecure\" should be used with BuildKit.",
        ),
        (
            "squash",
            "experimental flag squash is removed with BuildKit. You should squash inside build using a multi-stage \
             Dockerfile for efficiency.",
        ),
    ] {
        if call.changed(option) {
            cli.err(&format!("WARNING: {text}\n"));
        }
    }
}

/// What was asked for, besides Dockerfile and context.
///
/// # Errors
/// Hosts and secrets that make no sense.
pub fn request(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Request, Failure> {
    let mut args = Vec::new();
    for arg in call.list("build-arg") {
        match arg.split_once('=') {
            Some((name, value)) => args.push((name.to_owned(), value.to_owned())),
            None => args.extend(cli.sys.env(&arg).map(|value| (arg.clone(), value))),
        }
    }
    let mut hosts = Vec::new();
    for host in call.list("add-host") {
        let (name, address) = host
            .split_once('=')
            .or_else(|| host.split_once(':'))
            .ok_or_else(|| failed(format!("invalid host {host}, must be of the form HOST:IP")))?;
        hosts.push((name.to_owned(), address.to_owned()));
    }
    let tags = call.list("tag");
    let tags = tags.iter().filter_map(|tag| Reference::parse(tag).ok()).map(|tag| tag.or_latest().canonical());
    Ok(Request {
        target: call.get("target").map(str::to_owned),
        args,
        labels: call.pairs("label"),
        no_cache: call.bool("no-cache"),
        no_cache_filter: call.list("no-cache-filter").iter().flat_map(|f| f.split(',')).map(str::to_owned).collect(),
        pull: call.bool("pull"),
        network: call.str("network").to_owned(),
        hosts,
        secrets: secrets(cli, call)?,
        agents: extras::agents(cli, call)?,
        rights: extras::rights(call)?,
        bounds: extras::bounds(call),
        provenance: extras::provenance(cli, call)?,
        annotations: extras::annotations(call)?,
        tags: tags.collect(),
        ..Request::default()
    })
}

/// `--secret id=…,src=…` or `env=…`.
fn secrets(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut found = Vec::new();
    for text in call.list("secret") {
        let (mut id, mut kind, mut path, mut variable) = (None, String::new(), None, None);
        for field in read_csv(&text).map_err(failed)? {
            let bad = || failed(format!("invalid field '{field}' must be a key=value pair"));
            let (key, value) = field.split_once('=').ok_or_else(bad)?;
            let value = value.to_owned();
            match key.to_lowercase().as_str() {
                "type" if value == "file" || value == "env" => kind = value,
                "type" => return Err(failed(format!("unsupported secret type {value:?}"))),
                "id" => id = Some(value),
                "src" | "source" => path = Some(value),
                "env" => variable = Some(value),
                _ => return Err(failed(format!("unexpected key '{key}' in '{field}'"))),
            }
        }
        if kind == "env" && variable.is_none() {
            variable = path.take();
        }
        let id = id.filter(|id| !id.is_empty()).ok_or_else(|| failed("secret missing ID"))?;
        let value = match (&variable, &path) {
            (Some(name), _) => cli.sys.env(name).map(String::into_bytes),
            (None, None) if cli.sys.env(&id).is_some() => cli.sys.env(&id).map(String::into_bytes),
            (None, path) => {
                let path = path.clone().unwrap_or_else(|| id.clone());
                let fail = |e: crate::base::Errno| {
                    failed(format!("failed to stat {path}: stat {path}: {}", e.text().to_lowercase()))
                };
                Some(cli.sys.read_file(&path).map_err(fail)?)
            }
        };
        found.extend(value.map(|value| (id, value)));
    }
    Ok(found)
}

