//! Values of list options: one item with a form of its own, or several separated by commas.

use super::number::{parse_int, parse_uint};
use crate::base::go_text::quote;
use crate::base::units::ram_in_bytes;
use std::net::IpAddr;

/// Checks one item of a list by the name of its check in the command table.
pub fn item(check: &str, text: &str) -> Result<(), String> {
    match check {
        "env" => ensure(!text.is_empty() && !text.starts_with('='), || {
            format!("invalid environment variable: {text}")
        }),
        "label" => label(text),
        "host" => extra_host(text),
        "stream" => ensure(["stdin", "stdout", "stderr"].contains(&text.to_lowercase().as_str()), || {
            "valid streams are STDIN, STDOUT and STDERR".to_owned()
        }),
        "ip" => ensure(is_ip(text.trim()), || format!("IP address is not correctly formatted: {text}")),
        "domain" => ensure(is_domain(text.trim()), || format!("{text} is not a valid domain")),
        "link" => link(text),
        "sysctl" => ensure(is_namespaced_sysctl(text), || format!("sysctl '{text}' is not allowed")),
        "cgroup" => ensure(is_cgroup_rule(text), || format!("invalid device cgroup format '{text}'")),
        "weight" => weight_device(text),
        "bps" => throttle(text, true),
        "iops" => throttle(text, false),
        _ => Ok(()),
    }
}

fn ensure(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why()) }
}

fn is_ip(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

fn label(text: &str) -> Result<(), String> {
    let key = text.split_once('=').map_or(text, |(key, _)| key).trim_start();
    ensure(!key.is_empty(), || format!("invalid label '{text}': empty name"))?;
    ensure(!key.contains(char::is_whitespace), || format!("label '{key}' contains whitespaces"))
}

fn extra_host(text: &str) -> Result<(), String> {
    let parts = text.split_once('=').or_else(|| text.split_once(':'));
    let Some((_, address)) = parts.filter(|(name, address)| !name.is_empty() && !address.is_empty()) else {
        return Err(format!("bad format for add-host: {}", quote(text)));
    };
    let bare = address.strip_prefix('[').and_then(|a| a.strip_suffix(']')).unwrap_or(address);
    ensure(bare == "host-gateway" || is_ip(bare), || {
        format!("invalid IP address in add-host: {}", quote(bare))
    })
}

/// Letters, digits and inner hyphens between dots, with a letter somewhere; `.` alone clears the list.
fn is_domain(text: &str) -> bool {
    let name = text.strip_suffix('.').unwrap_or(text);
    let fits = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let letter = name.bytes().any(|b| b.is_ascii_alphabetic());
    text == "." || (text.len() < 255 && letter && name.split('.').all(fits))
}

fn link(text: &str) -> Result<(), String> {
    ensure(!text.is_empty(), || "empty string specified for links".to_owned())?;
    ensure(text.matches(':').count() < 2, || format!("bad format for links: {text}"))
}

fn is_namespaced_sysctl(text: &str) -> bool {
    const NAMES: [&str; 8] = [
        "kernel.msgmax",
        "kernel.msgmnb",
        "kernel.msgmni",
        "kernel.sem",
        "kernel.shmall",
        "kernel.shmmax",
        "kernel.shmmni",
        "kernel.shm_rmid_forced",
    ];
    let Some((name, _)) = text.split_once('=') else { return false };
    NAMES.contains(&name) || name.starts_with("net.") || name.starts_with("fs.mqueue.")
}

/// `c 1:3 rwm`, where a number may be `*`.
fn is_cgroup_rule(text: &str) -> bool {
    let mut words = text.split(' ');
    let (kind, device, access) = (words.next(), words.next(), words.next());
    let number = |n: &str| n == "*" || (!n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    words.next().is_none()
        && matches!(kind, Some("a" | "b" | "c"))
        && device.and_then(|d| d.split_once(':')).is_some_and(|(a, b)| number(a) && number(b))
        && access.is_some_and(|a| (1..=3).contains(&a.len()) && a.bytes().all(|b| b"rwm".contains(&b)))
}

fn device_and_rest(text: &str) -> Result<&str, String> {
    let parts = text.split_once(':').filter(|(path, _)| !path.is_empty());
    let Some((path, rest)) = parts else { return Err(format!("bad format: {text}")) };
    ensure(path.starts_with("/dev/"), || format!("bad format for device path: {text}"))?;
    Ok(rest)
}

fn weight_device(text: &str) -> Result<(), String> {
    let weight = parse_uint(device_and_rest(text)?, 16).ok();
    let fits = weight.is_some_and(|w| w == 0 || (10..=1000).contains(&w));
    ensure(fits, || format!("invalid weight for device: {text}"))
}

fn throttle(text: &str, bytes: bool) -> Result<(), String> {
    let rate = device_and_rest(text)?;
    let fits = if bytes { ram_in_bytes(rate).is_ok() } else { rate.parse::<u64>().is_ok() };
    ensure(fits, || {
        let (form, unit) =
            if bytes { ("[<unit>]", " Unit is optional and can be kb, mb, or gb") } else { ("", "") };
        let stop = if bytes { "." } else { "" };
        format!(
            "invalid rate for device: {text}. The correct format is <device-path>:<number>{form}. Number must be a \
             positive integer{stop}{unit}"
        )
    })
}

/// One `--network`: which network to join, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkChoice {
    /// The network, or a mode such as `host`; may be empty in the short form.
    pub name: String,
    /// `alias`, in order.
    pub aliases: Vec<String>,
    /// `ip`.
    pub ip: Option<IpAddr>,
    /// `ip6`.
    pub ip6: Option<IpAddr>,
    /// `link-local-ip`, in order.
    pub link_local: Vec<IpAddr>,
    /// `mac-address`, not checked here.
    pub mac: String,
    /// `driver-opt`, in order.
    pub driver_options: Vec<(String, String)>,
    /// `gw-priority`.
    pub gateway_priority: i64,
}

/// Reads a value of `--network`: a name, or `name=…,alias=…` and the like.
pub fn parse_network(text: &str) -> Result<NetworkChoice, String> {
    let mut choice = NetworkChoice::default();
    if !text.contains('=') {
        choice.name = text.to_owned();
        return Ok(choice);
    }
    for field in read_csv(text)? {
        let Some((key, value)) = field.split_once('=').filter(|(key, _)| !key.is_empty()) else {
            return Err(format!("invalid field {field}"));
        };
        let value = value.trim();
        let address =
            || value.parse().map_err(|_| format!("ParseAddr({}): unable to parse IP", quote(value)));
        match key.trim().to_lowercase().as_str() {
            "name" => choice.name = value.to_owned(),
            "alias" => choice.aliases.push(value.to_owned()),
            "mac-address" => choice.mac = value.to_owned(),
            "driver-opt" => {
                let (key, value) = value
                    .split_once('=')
                    .ok_or_else(|| "invalid key value pair format in driver options".to_owned())?;
                choice.driver_options.push((key.trim().to_lowercase(), value.trim().to_lowercase()));
            }
            "ip" => choice.ip = Some(address()?),
            "ip6" => choice.ip6 = Some(address()?),
            "link-local-ip" => choice.link_local.push(address()?),
            "gw-priority" => {
                let bad = |_| format!("invalid gw-priority ({value}): invalid syntax");
                choice.gateway_priority = value.parse().map_err(bad)?;
            }
            other => return Err(format!("invalid field key {other}")),
        }
    }
    ensure(!choice.name.is_empty(), || "network name/id is not specified".to_owned())?;
    Ok(choice)
}

/// The value of `--gpus`: a count, `all`, or fields such as `device=0`.
pub fn gpus(text: &str) -> Result<(), String> {
    ensure(!text.is_empty(), || "EOF".to_owned())?;
    let mut seen = Vec::new();
    for field in read_csv(text)? {
        let (key, value) = field.split_once('=').unwrap_or(("count", &field));
        ensure(!seen.contains(&key.to_owned()), || {
            format!("gpu request key '{key}' can be specified only once")
        })?;
        seen.push(key.to_owned());
        match key {
            "count" => ensure(value == "all" || parse_int(value, 64).is_ok(), || {
                format!("invalid count ({value}): value must be either \"all\" or an integer: invalid syntax")
            })?,
            "driver" | "device" | "capabilities" | "options" => {}
            _ => return Err(format!("unexpected key '{key}' in '{field}'")),
        }
    }
    Ok(())
}

/// Addresses separated by commas.
pub fn addresses(text: &str) -> Result<(), String> {
    read_csv(text)?.iter().try_for_each(|item| {
        ensure(is_ip(item.trim()), || format!("invalid string being converted to IP address: {item}"))
    })
}

/// Subnets in CIDR form separated by commas.
pub fn subnets(text: &str) -> Result<(), String> {
    let is_subnet = |item: &str| {
        item.split_once('/').is_some_and(|(address, bits)| {
            let most = if address.contains(':') { 128 } else { 32 };
            is_ip(address) && bits.parse::<u8>().is_ok_and(|n| n <= most)
        })
    };
    read_csv(text)?.iter().try_for_each(|item| {
        ensure(is_subnet(item.trim()), || format!("invalid string being converted to CIDR: {item}"))
    })
}

/// `KEY=VALUE` pairs separated by commas.
pub fn string_to_string(text: &str) -> Result<(), String> {
    map_entries(text)?
        .iter()
        .try_for_each(|item| ensure(item.contains('='), || format!("{item} must be formatted as key=value")))
}

/// The entries of a value of type `stringToString`; a single one may hold commas.
pub fn map_entries(text: &str) -> Result<Vec<String>, String> {
    if text.matches('=').count() == 1 { Ok(vec![text.to_owned()]) } else { read_csv(text) }
}

/// Reads one line of comma-separated values, where a value may stand in double quotes.
pub fn read_csv(text: &str) -> Result<Vec<String>, String> {
    let mut fields = Vec::new();
    let mut rest = text;
    let column = |rest: &str, more: usize| text.len().saturating_sub(rest.len()) + more + 1;
    loop {
        let (field, tail) = if let Some(quoted) = rest.strip_prefix('"') {
            read_quoted(quoted).map_err(|at| {
                format!(
                    "parse error on line 1, column {}: extraneous or missing \" in quoted-field",
                    column(quoted, at)
                )
            })?
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            let (field, tail) = rest.split_at(end);
            if let Some(at) = field.find('"') {
                let place = column(rest, at);
                return Err(format!("parse error on line 1, column {place}: bare \" in non-quoted field"));
            }
            (field.to_owned(), tail)
        };
        fields.push(field);
        match tail.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Ok(if text.is_empty() { Vec::new() } else { fields }),
        }
    }
}

/// The value up to the closing quote and what follows it; the error is how far it got.
fn read_quoted(text: &str) -> Result<(String, &str), usize> {
    let mut out = String::new();
    let mut rest = text;
    loop {
        let Some(at) = rest.find('"') else { return Err(text.len()) };
        let (part, tail) = rest.split_at(at);
        out.push_str(part);
        let tail = tail.get(1..).unwrap_or("");
        if let Some(next) = tail.strip_prefix('"') {
            out.push('"');
            rest = next;
        } else if tail.is_empty() || tail.starts_with(',') {
            return Ok((out, tail));
        } else {
            return Err(text.len() - tail.len());
        }
    }
}
