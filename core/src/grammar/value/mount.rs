//! The value of `--mount`: `type=bind,src=/here,dst=/there,ro`.

use super::list::read_csv;
use crate::base::go_text::quote;
use crate::base::units::ram_in_bytes;

/// One `--mount`. A relative source is kept as typed; the command makes it absolute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mount {
    /// `volume` unless said otherwise; in lower case, not checked here.
    pub kind: String,
    /// `source`, `src`.
    pub source: String,
    /// `target`, `dst`, `destination`.
    pub target: String,
    /// `readonly`, `ro`.
    pub read_only: bool,
    /// `consistency`.
    pub consistency: String,
    /// `bind-propagation`.
    pub propagation: String,
    /// `bind-recursive`: enabled, disabled, writable or readonly.
    pub recursive: String,
    /// `bind-create-src`.
    pub create_source: bool,
    /// `volume-subpath` or `image-subpath`.
    pub subpath: String,
    /// `volume-nocopy`.
    pub no_copy: bool,
    /// `volume-label`, in order.
    pub labels: Vec<(String, String)>,
    /// `volume-driver`.
    pub driver: String,
    /// `volume-opt`, in order.
    pub driver_options: Vec<(String, String)>,
    /// `tmpfs-size` in bytes.
    pub tmpfs_size: Option<i64>,
    /// `tmpfs-mode`, the permission bits.
    pub tmpfs_mode: Option<u32>,
}

/// Reads a value of `--mount`.
pub fn parse_mount(text: &str) -> Result<Mount, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("value is empty".to_owned());
    }
    let mut mount = Mount { kind: "volume".to_owned(), ..Mount::default() };
    let mut families = Vec::new();
    for field in read_csv(text)? {
        let (key, value) = split_field(&field)?;
        if let Some(family) = read_field(&mut mount, &key, value, &field)? {
            families.push(family);
        }
    }
    for family in ["bind", "volume", "image", "tmpfs"] {
        if families.contains(&family) && mount.kind != family {
            return Err(format!("cannot mix '{family}-*' options with mount type '{}'", mount.kind));
        }
    }
    let needs = |what: &str| {
        Err(format!(
            "option 'bind-recursive={}' requires '{what}' to be specified in conjunction",
            mount.recursive
        ))
    };
    match mount.recursive.as_str() {
        "writable" | "readonly" if !mount.read_only => needs("readonly"),
        "readonly" if mount.propagation != "rprivate" => needs("bind-propagation=rprivate"),
        _ => Ok(mount),
    }
}

/// A key in lower case and its value, if it has one.
fn split_field(field: &str) -> Result<(String, Option<&str>), String> {
    let (key, value) = match field.split_once('=') {
        Some((key, value)) => (key, Some(value)),
        None => (field, None),
    };
    if key.trim() != key {
        return Err(format!(
            "invalid option '{}' in '{field}': option should not have whitespace",
            key.trim()
        ));
    }
    if let Some(value) = value {
        if value.trim().is_empty() {
            return Err(format!("invalid value for '{key}': value is empty"));
        }
        if value.trim() != value {
            return Err(format!("invalid value for '{key}' in '{field}': value should not have whitespace"));
        }
    }
    Ok((key.to_lowercase(), value))
}

/// Takes in one field; tells which family of options (`bind-*`, …) it belongs to.
fn read_field(
    mount: &mut Mount,
    key: &str,
    value: Option<&str>,
    field: &str,
) -> Result<Option<&'static str>, String> {
    const SWITCHES: [&str; 5] = ["readonly", "ro", "volume-nocopy", "bind-nonrecursive", "bind-create-src"];
    if value.is_none() && !SWITCHES.contains(&key) {
        return Err(format!("invalid field '{field}' must be a key=value pair"));
    }
    let text = value.unwrap_or("");
    let invalid = || format!("invalid value for {key}: {text}");
    match key {
        "type" => mount.kind = text.to_lowercase(),
        "source" | "src" => mount.source = text.to_owned(),
        "target" | "dst" | "destination" => mount.target = text.to_owned(),
        "readonly" | "ro" => mount.read_only = switch(key, value)?,
        "consistency" => mount.consistency = text.to_lowercase(),
        "bind-propagation" => {
            mount.propagation = text.to_lowercase();
            return Ok(Some("bind"));
        }
        "bind-nonrecursive" => {
            return Err("bind-nonrecursive is deprecated, use bind-recursive=disabled instead".to_owned());
        }
        "bind-recursive" => {
            if !["enabled", "disabled", "writable", "readonly"].contains(&text) {
                let why = r#"(must be "enabled", "disabled", "writable", or "readonly")"#;
                return Err(format!("{} {why}", invalid()));
            }
            mount.recursive = text.to_owned();
            return Ok((text != "enabled").then_some("bind"));
        }
        "bind-create-src" => {
            mount.create_source = switch(key, value)?;
            return Ok(Some("bind"));
        }
        "volume-subpath" | "image-subpath" => {
            mount.subpath = text.to_owned();
            return Ok(Some(if key == "image-subpath" { "image" } else { "volume" }));
        }
        "volume-nocopy" => {
            mount.no_copy = switch(key, value)?;
            return Ok(Some("volume"));
        }
        "volume-label" | "volume-opt" => {
            let list = if key == "volume-opt" { &mut mount.driver_options } else { &mut mount.labels };
            let (name, value) = text.split_once('=').unwrap_or((text, ""));
            if !name.is_empty() {
                list.push((name.to_owned(), value.to_owned()));
            }
            return Ok(Some("volume"));
        }
        "volume-driver" => {
            mount.driver = text.to_owned();
            return Ok(Some("volume"));
        }
        "tmpfs-size" => {
            mount.tmpfs_size = Some(ram_in_bytes(text).map_err(|_| invalid())?);
            return Ok(Some("tmpfs"));
        }
        "tmpfs-mode" => {
            mount.tmpfs_mode = Some(u32::from_str_radix(text, 8).map_err(|_| invalid())?);
            return Ok(Some("tmpfs"));
        }
        _ => return Err(format!("unknown option '{key}' in '{field}'")),
    }
    Ok(None)
}

fn switch(key: &str, value: Option<&str>) -> Result<bool, String> {
    match value {
        None | Some("1" | "true") => Ok(true),
        Some("0" | "false") => Ok(false),
        Some(text) => Err(format!(
            "invalid value for '{key}': invalid boolean value ({}): must be one of \"true\", \"1\", \"false\", or \
             \"0\" (default \"true\")",
            quote(text)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts() {
        for (text, want) in [
            ("", "value is empty"),
            ("nonsense", "invalid field 'nonsense' must be a key=value pair"),
            ("type=volume, src=x", "invalid option 'src' in ' src=x': option should not have whitespace"),
            ("type=volume,src=", "invalid value for 'src': value is empty"),
            ("type=bind,volume-nocopy,dst=/d", "cannot mix 'volume-*' options with mount type 'bind'"),
            ("type=tmpfs,dst=/d,tmpfs-mode=9", "invalid value for tmpfs-mode: 9"),
            (
                "type=bind,src=/a,dst=/b,bind-recursive=readonly,ro",
                "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction",
            ),
        ] {
            assert_eq!(parse_mount(text), Err(want.to_owned()), "{text}");
        }
        let mount = parse_mount("type=TMPFS,dst=/t,tmpfs-size=1m,tmpfs-mode=1770,ro=0").unwrap();
        assert_eq!((mount.kind.as_str(), mount.target.as_str(), mount.read_only), ("tmpfs", "/t", false));
        assert_eq!((mount.tmpfs_size, mount.tmpfs_mode), (Some(1 << 20), Some(0o1770)));
        let mount = parse_mount("src=v,dst=/d,\"volume-opt=o=a,b\",volume-label=x").unwrap();
        assert_eq!(mount.driver_options, [("o".to_owned(), "a,b".to_owned())]);
        assert_eq!(mount.labels, [("x".to_owned(), String::new())]);
    }
}
