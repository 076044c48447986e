//! `RUN --mount`: what each kind takes, and what it shows.

use super::convert::{Planner, State, refuse};
use super::dockerfile::{Mount, Problem, Range, nearest};
use super::plan::{CacheMount, LentMount, Look, MountKind, Refusal, RunMount};
use super::wording::below;
use crate::base::go_text::quote;
use crate::base::units::ram_in_bytes;

/// What `RUN --mount` can show.
const KINDS: [&str; 5] = ["bind", "cache", "tmpfs", "secret", "ssh"];
/// How runs may share a cache.
const SHARING: [&str; 3] = ["shared", "private", "locked"];
/// Keys that are switches.
const SWITCHES: [&str; 5] = ["readonly", "ro", "readwrite", "rw", "required"];
/// Keys with a value.
const VALUES: [&str; 13] = [
    "from",
    "source",
    "src",
    "target",
    "dst",
    "destination",
    "id",
    "sharing",
    "mode",
    "uid",
    "gid",
    "size",
    "env",
];

type Checked = Result<(), String>;

/// Refuses keys and values that make no sense.
fn check(mount: &Mount) -> Checked {
    let kind = mount.kind.as_str();
    for (key, value) in &mount.fields {
        check_field(kind, key, value.as_deref())?;
    }
    if !KINDS.contains(&kind) {
        let near = nearest(kind, KINDS.into_iter());
        let hint = near.map_or(String::new(), |near| format!(" (did you mean {near}?)"));
        return Err(format!("unsupported mount type {}{hint}", quote(kind)));
    }
    for key in ["mode", "uid", "gid"] {
        if mount.get(&[key]).is_some() && !["secret", "ssh", "cache"].contains(&kind) {
            return Err(format!("{key} not allowed for {} type mounts", quote(kind)));
        }
    }
    if mount.get(&["sharing"]).is_some() && kind != "cache" {
        return Err(format!("invalid cache sharing set for {kind} mount"));
    }
    if kind == "secret" {
        if mount.get(&["from"]).is_some() {
            return Err("secret mount should not have a from".into());
        }
        if mount.get(&["source", "src"]).is_some() && mount.get(&["id"]).is_some() {
            return Err("both source and id can't be set".into());
        }
    }
    Ok(())
}

fn check_field(kind: &str, key: &str, value: Option<&str>) -> Checked {
    let text = value.unwrap_or_default();
    let field = || value.map_or_else(|| key.to_owned(), |value| format!("{key}={value}"));
    if !SWITCHES.contains(&key) && value.is_none() {
        return Err(format!("invalid field '{key}' must be a key=value pair"));
    }
    if !SWITCHES.contains(&key) && !VALUES.contains(&key) {
        let near = nearest(key, SWITCHES.into_iter().chain(VALUES));
        let hint = near.map_or(String::new(), |near| format!(" (did you mean {near}?)"));
        return Err(format!("unexpected key '{key}' in '{}'{hint}", field()));
    }
    let only: &[&str] = match key {
        "required" => &["secret", "ssh"],
        "size" => &["tmpfs"],
        "env" => &["secret"],
        _ => &KINDS,
    };
    if KINDS.contains(&kind) && !only.contains(&kind) {
        return Err(format!("unexpected key '{key}' for mount type '{kind}'"));
    }
    let wrong = || Err(format!("invalid value for {key}: {text}"));
    match key {
        _ if SWITCHES.contains(&key) && value.is_some() && switch(text).is_none() => wrong(),
        "size" if ram_in_bytes(text).is_err() => wrong(),
        "mode" if u32::from_str_radix(text, 8).is_err() => Err(format!("invalid value {text} for mode")),
        "uid" | "gid" if text.parse::<u32>().is_err() => Err(format!("invalid value {text} for {key}")),
        "sharing" if !SHARING.contains(&text) => {
            let near = nearest(text, SHARING.into_iter());
            let hint = near.map_or(String::new(), |near| format!(" (did you mean {near}?)"));
            Err(format!("unsupported sharing value {}{hint}", quote(text)))
        }
        _ => Ok(()),
    }
}

fn switch(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// A switch of a mount; `None` where it was not given.
fn switched(mount: &Mount, names: &[&str]) -> Option<bool> {
    let (_, value) = mount.fields.iter().rev().find(|(name, _)| names.contains(&name.as_str()))?;
    Some(value.as_deref().is_none_or(|value| switch(value).unwrap_or(false)))
}

/// Mode and owner; `mode` is what they are unless told otherwise.
fn look(mount: &Mount, mode: u32) -> Look {
    let number = |key: &str| mount.get(&[key]).and_then(|text| text.parse().ok()).unwrap_or(0);
    let given = mount.get(&["mode"]).and_then(|text| u32::from_str_radix(text, 8).ok());
    Look { mode: given.unwrap_or(mode), uid: number("uid"), gid: number("gid") }
}

impl Planner<'_> {
    pub(super) fn mount(
        &mut self,
        state: &mut State,
        mount: &Mount,
        range: Range,
    ) -> Result<RunMount, Box<Refusal>> {
        let fail = |message: &str| refuse(Problem::at(range, message));
        let mount = self.expanded(state, mount, range)?;
        check(&mount).map_err(|message| fail(&message))?;
        let text = |names: &[&str]| mount.get(names).map(str::to_owned);
        let (target, source) = (text(&["target", "dst", "destination"]), text(&["source", "src"]));
        let (id, from) = (text(&["id"]), text(&["from"]));
        let at = |path: String| below(&state.config.config.working_dir, &path);
        let needed = || target.clone().map(at).ok_or_else(|| fail("missing mount target"));
        let read_only = switched(&mount, &["ro", "readonly"]);
        let writable = switched(&mount, &["rw", "readwrite"]);
        let read_only = read_only.or(writable.map(|writable| !writable));
        let required = switched(&mount, &["required"]).unwrap_or(false);
        let lent =
            |id: String, shown: bool, mode: u32| LentMount { id, required, shown, look: look(&mount, mode) };
        let kind = match mount.kind.as_str() {
            "secret" => {
                let named = target.as_ref().map(|t| t.rsplit('/').next().unwrap_or("").to_owned());
                let id = id.or(source).or(named).filter(|id| !id.is_empty());
                let id = id.ok_or_else(|| fail("invalid secret mount. one of source, target required"))?;
                let variable = text(&["env"]);
                let shown = variable.is_none() || target.is_some();
                let path = target.map_or_else(|| format!("/run/secrets/{id}"), at);
                let kind = MountKind::Secret(lent(id, shown, 0o400), variable);
                return Ok(RunMount { target: path, kind, read_only: true });
            }
            "ssh" => {
                let number = state.agents;
                state.agents += usize::from(target.is_none());
                let path = target.map_or_else(|| format!("/run/buildkit/ssh_agent.{number}"), at);
                let kind = MountKind::Ssh(lent(id.unwrap_or_else(|| "default".into()), true, 0o600));
                return Ok(RunMount { target: path, kind, read_only: true });
            }
            "cache" => {
                let from = match from {
                    Some(from) => self.from(Some(&from), range)?.0,
                    None => None,
                };
                let from = from.map(|node| (node, source.unwrap_or_else(|| "/".into())));
                let id = id.map_or_else(&needed, Ok)?;
                MountKind::Cache(CacheMount { id, from, look: look(&mount, 0o755) })
            }
            "tmpfs" => {
                let size = text(&["size"]).and_then(|size| ram_in_bytes(&size).ok());
                MountKind::Tmpfs(size.and_then(|size| u64::try_from(size).ok()))
            }
            _ => {
                let target = needed()?;
                let (node, _) = self.from(from.as_deref(), range)?;
                let kind = MountKind::Bind(node, source.unwrap_or_else(|| "/".into()));
                return Ok(RunMount { target, kind, read_only: read_only.unwrap_or(true) });
            }
        };
        Ok(RunMount { target: needed()?, kind, read_only: read_only.unwrap_or(false) })
    }

    /// A mount with the variables of its values replaced.
    fn expanded(&mut self, state: &State, mount: &Mount, range: Range) -> Result<Mount, Box<Refusal>> {
        let mut fields = Vec::new();
        for (key, value) in &mount.fields {
            let value = value.as_deref().map(|text| self.expand(state, text, range)).transpose()?;
            fields.push((key.clone(), value));
        }
        Ok(Mount { kind: self.expand(state, &mount.kind, range)?, fields })
    }
}
