//! `--publish` and `--expose`: which ports of a container are known and which of the host lead to them.

use crate::grammar::{Invocation, read_csv};
use crate::model::{Nothing, PortBinding, PortMap, Set};
use std::net::IpAddr;

/// Exposed ports and bindings.
pub type Ports = (Option<Set>, PortMap);

/// Reads all uses of `-p` and `--expose`.
///
/// # Errors
/// The client's words, such as `invalid hostPort: abc`.
pub fn ports(call: &Invocation) -> Result<Ports, String> {
    let mut exposed = Set::new();
    let mut bindings = PortMap::new();
    for text in call.list("publish") {
        let short = if text.contains('=') { long_form(&text)? } else { text };
        for (port, binding) in publish(&short)? {
            exposed.insert(port.clone(), Nothing {});
            bindings.entry(port).or_default().get_or_insert_default().push(binding);
        }
    }
    for text in call.list("expose") {
        let (range, protocol) = text.split_once('/').unwrap_or((&text, "tcp"));
        let wrong = |why: String| format!("invalid range format for --expose: {why}");
        let (first, last) = port_range(range).map_err(wrong)?;
        for port in first..=last {
            exposed.insert(format!("{port}/{}", protocol.to_lowercase()), Nothing {});
        }
    }
    Ok(((!exposed.is_empty()).then_some(exposed), bindings))
}

/// One `-p` in its short form, `[[ADDRESS:]HOSTPORT:]PORT[/PROTOCOL]`, where ports may be ranges.
fn publish(text: &str) -> Result<Vec<(String, PortBinding)>, String> {
    let parts: Vec<&str> = text.split(':').collect();
    let (address, host, container) = match parts.as_slice() {
        [] => (String::new(), "", ""),
        [container] => (String::new(), "", *container),
        [host, container] => (String::new(), *host, *container),
        [address @ .., host, container] => (address.join(":"), *host, *container),
    };
    let (container, protocol) = match container.split_once('/') {
        Some((port, protocol)) if !protocol.is_empty() => (port, protocol.to_lowercase()),
        Some((port, _)) => (port, "tcp".to_string()),
        None => (container, "tcp".to_string()),
    };
    let bare = address.strip_prefix('[').and_then(|a| a.strip_suffix(']')).unwrap_or(&address);
    if !bare.is_empty() && bare.parse::<IpAddr>().is_err() {
        return Err(format!("invalid IP address: {address}"));
    }
    if container.is_empty() {
        return Err(format!("no port specified: {text}<empty>"));
    }
    let (first, last) = port_range(container).map_err(|_| format!("invalid containerPort: {container}"))?;
    let hosts = match host {
        "" => None,
        _ => Some(port_range(host).map_err(|_| format!("invalid hostPort: {host}"))?),
    };
    let differs = hosts.is_some_and(|(low, high)| high - low != last - first);
    if differs && first != last {
        return Err(format!("invalid ranges specified for container and host Ports: {container} and {host}"));
    }
    check_protocol(&protocol)?;
    let binding = |port: u16| {
        let host_port = match hosts {
            None => String::new(),
            Some((low, high)) if first == last && low != high => format!("{low}-{high}"),
            Some((low, _)) => (u32::from(low) + u32::from(port - first)).to_string(),
        };
        (format!("{port}/{protocol}"), PortBinding { host_ip: bare.to_string(), host_port })
    };
    Ok((first..=last).map(binding).collect())
}

/// The long form, `published=8080,target=80`, as the short one.
fn long_form(text: &str) -> Result<String, String> {
    let (mut target, mut published, mut protocol) = (String::new(), String::new(), "tcp".to_string());
    for field in read_csv(text)? {
        let Some((key, value)) = field.split_once('=').filter(|(_, value)| !value.is_empty()) else {
            return Err(format!("invalid field: {field}"));
        };
        let number = |what: &str| match value.parse::<u16>() {
            Ok(_) => Ok(value.to_string()),
            Err(_) => Err(format!("invalid {what} port ({value}): value must be an integer: invalid syntax")),
        };
        match key.to_lowercase().as_str() {
            "protocol" => {
                check_protocol(value).map_err(|_| format!("invalid protocol value '{value}'"))?;
                protocol = value.to_string();
            }
            "mode" if ["host", "ingress"].contains(&value) => {}
            "mode" => {
                return Err(format!(
                    "invalid publish mode value ({value}): must be either 'host' or 'ingress'"
                ));
            }
            "target" => target = number("target")?,
            "published" => published = number("published")?,
            _ => return Err(format!("invalid field key: {key}")),
        }
    }
    if target.is_empty() {
        return Err("missing mandatory field 'target'".to_string());
    }
    Ok(format!("{published}:{target}/{protocol}"))
}

fn check_protocol(protocol: &str) -> Result<(), String> {
    match protocol {
        "tcp" | "udp" | "sctp" => Ok(()),
        other => Err(format!("invalid proto: {other}")),
    }
}

/// `80` or `80-90`.
fn port_range(text: &str) -> Result<(u16, u16), String> {
    if text.is_empty() {
        return Err("empty string specified for ports".to_string());
    }
    let number = |part: &str, which: &str| {
        let value = part.parse::<i64>().map_err(|_| format!("invalid {which} port '{part}': invalid syntax"))?;
        u16::try_from(value)
            .map_err(|_| format!("invalid {which} port '{part}': value out of range (0\u{2013}65535)"))
    };
    let Some((first, last)) = text.split_once('-') else {
        let port = number(text, "start")?;
        return Ok((port, port));
    };
    let (first, last) = (number(first, "start")?, number(last, "end")?);
    if last < first { Err(format!("invalid port range: {text}")) } else { Ok((first, last)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match publish(text) {
            Ok(all) => {
                let one = |(port, b): &(String, PortBinding)| format!("{port}={}:{}", b.host_ip, b.host_port);
                all.iter().map(one).collect::<Vec<_>>().join(" ")
            }
            Err(why) => why,
        }
    }

    #[test]
    fn forms_of_publish() {
        for (text, want) in [
            ("80", "80/tcp=:"),
            ("8080:80", "80/tcp=:8080"),
            (":80", "80/tcp=:"),
            ("127.0.0.1::80/udp", "80/udp=127.0.0.1:"),
            ("[::1]:53:53/UDP", "53/udp=::1:53"),
            ("8000-8001:80-81", "80/tcp=:8000 81/tcp=:8001"),
            ("8000-8010:80", "80/tcp=:8000-8010"),
            ("80-81", "80/tcp=: 81/tcp=:"),
            ("18212-18214:80-81", "invalid ranges specified for container and host Ports: 80-81 and 18212-18214"),
            ("abc:80", "invalid hostPort: abc"),
            ("70000:80", "invalid hostPort: 70000"),
            ("80:abc", "invalid containerPort: abc"),
            ("8080:80:90:100", "invalid IP address: 8080:80"),
            ("8080:80/icmp", "invalid proto: icmp"),
            ("", "no port specified: <empty>"),
        ] {
            assert_eq!(shown(text), want, "{text}");
        }
        assert_eq!(long_form("published=8080,target=80,protocol=udp").as_deref(), Ok("8080:80/udp"));
    }
}
