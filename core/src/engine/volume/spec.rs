//! What `-v`, `--mount` and `--volumes-from` ask for, checked in Docker's words.

use crate::model::{EngineError, MountSpec};

/// One `-v source:target[:mode]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bind {
    /// `bind` or `volume`.
    pub kind: &'static str,
    /// The host's path, or the volume's name; empty for an anonymous volume.
    pub source: String,
    /// The path in the container, cleaned.
    pub target: String,
    /// The mode.
    pub mode: Mode,
}

/// The options of a `-v` or `--volumes-from`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mode {
    /// As given.
    pub text: String,
    /// Writes are allowed.
    pub rw: bool,
    /// `nocopy`.
    pub no_copy: bool,
    /// `shared`, `rslave` …; empty where none is named.
    pub propagation: String,
}

/// Reads `ro,z,nocopy` and the like.
///
/// # Errors
/// `invalid mode: …`.
pub fn parse_mode(text: &str) -> Result<Mode, EngineError> {
    let bad = || EngineError::invalid(format!("invalid mode: {text}"));
    let mut mode = Mode { text: text.to_string(), rw: true, no_copy: false, propagation: String::new() };
    let mut seen = [false; 5];
    for option in text.split(',') {
        let family = match option {
            "rw" | "ro" => 0,
            "z" | "Z" => 1,
            option if is_propagation(option) => 2,
            "consistent" | "cached" | "delegated" | "default" => 3,
            "nocopy" => 4,
            _ => return Err(bad()),
        };
        if seen.get_mut(family).is_none_or(|seen| std::mem::replace(seen, true)) {
            return Err(bad());
        }
        match family {
            0 => mode.rw = option == "rw",
            2 => mode.propagation = option.to_string(),
            4 => mode.no_copy = true,
            _ => {}
        }
    }
    Ok(mode)
}

/// How mounts below a bind mount are passed on.
pub fn is_propagation(text: &str) -> bool {
    matches!(text, "shared" | "rshared" | "slave" | "rslave" | "private" | "rprivate")
}

/// Reads one `-v`.
///
/// # Errors
/// `invalid volume specification: …`, `invalid mode: …`.
pub fn parse_bind(text: &str) -> Result<Bind, EngineError> {
    let bad = || EngineError::invalid(format!("invalid volume specification: '{text}'"));
    let parts: Vec<&str> = text.split(':').collect();
    let (source, target, mode) = match parts[..] {
        [target] => ("", target, None),
        [_, mode] if parse_mode(mode).is_ok() => return Err(bad()),
        [source, target] => (source, target, None),
        [source, target, mode] => (source, target, Some(mode)),
        _ => return Err(bad()),
    };
    if target.is_empty() || (source.is_empty() && parts.len() > 1) {
        return Err(bad());
    }
    let none = Mode { text: String::new(), rw: true, no_copy: false, propagation: String::new() };
    let mode = mode.map_or(Ok(none), parse_mode)?;
    let is_path = source.starts_with('/');
    let kind = if is_path { "bind" } else { "volume" };
    let wrap = |why: String| {
        EngineError::invalid(format!("invalid volume specification: '{text}': {}", of_config(kind, &why)))
    };
    check_target(target).map_err(wrap)?;
    if is_path && mode.no_copy {
        return Err(wrap("field VolumeOptions must not be specified".to_string()));
    }
    if !is_path && !mode.propagation.is_empty() {
        return Err(wrap("field BindOptions must not be specified".to_string()));
    }
    let source = if is_path { clean(source) } else { source.to_string() };
    Ok(Bind { kind, source, target: clean(target), mode })
}

fn of_config(kind: &str, why: &str) -> String {
    format!("invalid mount config for type \"{kind}\": {why}")
}

/// Checks a path that something is to be mounted at.
///
/// # Errors
/// The bare reason.
pub fn check_target(target: &str) -> Result<(), String> {
    if target.is_empty() {
        return Err("field Target must not be empty".to_string());
    }
    if clean(target) == "/" {
        return Err("invalid specification: destination can't be '/'".to_string());
    }
    check_absolute(target)
}

fn check_absolute(path: &str) -> Result<(), String> {
    if path.starts_with('/') {
        return Ok(());
    }
    Err(format!("invalid mount path: '{path}' mount path must be absolute"))
}

/// Checks one `--mount`, apart from what depends on the host's files.
///
/// # Errors
/// `invalid mount config for type …`.
pub fn check_mount(spec: &MountSpec) -> Result<(), EngineError> {
    let kind = spec.kind.as_str();
    let check = || -> Result<(), String> {
        check_target(&spec.target)?;
        let needs_source = || match spec.source.is_empty() {
            true => Err("field Source must not be empty".to_string()),
            false => Ok(()),
        };
        match kind {
            "bind" => needs_source().and_then(|()| check_absolute(&spec.source)),
            "volume" if spec.source.is_empty() => match &spec.volume_options {
                Some(options) if !options.subpath.is_empty() => {
                    Err("must not set Subpath when using anonymous volumes".to_string())
                }
                _ => Ok(()),
            },
            "volume" => Ok(()),
            "tmpfs" if !spec.source.is_empty() => Err("field Source must not be specified".to_string()),
            "tmpfs" => Ok(()),
            "image" => needs_source(),
            _ => Err("mount type unknown".to_string()),
        }
    };
    check().map_err(|why| EngineError::invalid(of_config(kind, &why)))
}

/// The refusal of a bind whose source is missing.
pub fn missing_source(path: &str) -> EngineError {
    EngineError::invalid(of_config("bind", &format!("bind source path does not exist: {path}")))
}

/// A path without `.`, `..`, doubled and trailing slashes.
pub fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if absolute || parts.last().is_some_and(|p| *p != "..") => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    match (absolute, parts.join("/")) {
        (true, rest) => format!("/{rest}"),
        (false, rest) if rest.is_empty() => ".".to_string(),
        (false, rest) => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binds_are_read_or_refused_in_dockers_words() {
        let of = |text: &str| match parse_bind(text) {
            Ok(b) => format!("{} {} {} {} rw={}", b.kind, b.source, b.target, b.mode.text, b.mode.rw),
            Err(e) => e.message,
        };
        for (text, want) in [
            ("/a/../b/:/c/", "bind /b /c  rw=true"),
            ("data:/d:ro", "volume data /d ro rw=false"),
            ("data:/d:ro,nocopy", "volume data /d ro,nocopy rw=false"),
            ("data:/d:ro,rw", "invalid mode: ro,rw"),
            ("/a:ro", "invalid volume specification: '/a:ro'"),
            ("a:b:c:d", "invalid volume specification: 'a:b:c:d'"),
            ("/a:/b:bogus", "invalid mode: bogus"),
            (
                "/s:relative",
                "invalid volume specification: '/s:relative': invalid mount config for type \"bind\": invalid mount \
                 path: 'relative' mount path must be absolute",
            ),
            (
                "/s:/",
                "invalid volume specification: '/s:/': invalid mount config for type \"bind\": invalid specification: \
                 destination can't be '/'",
            ),
        ] {
            assert_eq!(of(text), want, "{text}");
        }
    }
}
