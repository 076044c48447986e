//! What an option accepts as its value, and Docker's words for what it does not.
//!
//! Only what the option itself refuses belongs here (`invalid argument "x" for "--y" flag: …`).
//! Whatever the client or the daemon checks later is up to the command.

mod list;
mod mount;
mod number;

use super::table::Flag;
use crate::base::go_duration::parse_duration;
use crate::base::go_text::quote;
use crate::base::units::ram_in_bytes;
use std::net::IpAddr;

pub use list::{NetworkChoice, map_entries, parse_network, read_csv};
pub use mount::{Mount, parse_mount};
pub use number::{Ulimit, parse_ulimit};
pub use number::{parse_bool, parse_cpus, parse_int};

/// Checks one value of an option; the error is what follows `invalid argument … flag: `.
pub fn check(flag: &Flag, text: &str) -> Result<(), String> {
    match flag.kind {
        "bool" => parse_bool(text).map(drop),
        "int" => parse_int(text, 64).map(drop),
        "uint" => number::parse_uint(text, 64).map(drop),
        "uint16" => number::parse_uint(text, 16).map(drop),
        "uint32" => number::parse_uint(text, 32).map(drop),
        "float" => number::parse_float(text).map(drop),
        "duration" => parse_duration(text).map(drop).map_err(|e| e.to_string()),
        "bytes" if flag.check == "swap" && text == "-1" => Ok(()),
        "bytes" => ram_in_bytes(text).map(drop).map_err(|e| e.to_string()),
        "decimal" => parse_cpus(text).map(drop),
        "ulimit" => parse_ulimit(text).map(drop),
        "mount" => parse_mount(text).map(drop),
        "network" => parse_network(text).map(drop),
        "gpu-request" => list::gpus(text),
        "filter" => filter(text),
        "ip" => ip(text),
        "strings" => read_csv(text).map(drop),
        "ipSlice" => list::addresses(text),
        "ipNetSlice" => list::subnets(text),
        "stringToString" => list::string_to_string(text),
        _ => list::item(flag.check, text),
    }
}

fn filter(text: &str) -> Result<(), String> {
    if text.is_empty() || text.contains('=') {
        return Ok(());
    }
    Err("bad format of filter (expected name=value)".to_owned())
}

fn ip(text: &str) -> Result<(), String> {
    match text.trim().parse::<IpAddr>() {
        Ok(_) => Ok(()),
        Err(_) => Err(format!("failed to parse IP: {}", quote(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::table;
    use super::*;

    /// What a value of an option is answered with; `ok` when it is taken.
    fn answer(command: &str, flag: &str, text: &str) -> String {
        let command = table().find(command).unwrap().command;
        match check(command.flag(flag).unwrap(), text) {
            Ok(()) => "ok".to_owned(),
            Err(why) => why,
        }
    }

    #[test]
    fn values_of_run() {
        for (flag, text, want) in [
            ("memory", "64m", "ok"),
            ("memory", "1x", "invalid suffix: 'x'"),
            ("memory", "-1", "invalid size: '-1'"),
            ("memory-swap", "-1", "ok"),
            ("cpus", "0.5", "ok"),
            ("cpus", "3/2", "ok"),
            ("cpus", ".1e1", "ok"),
            ("cpus", "abc", "failed to parse abc as a rational number"),
            ("cpus", "0.0000000001", "value is too precise"),
            ("pids-limit", "0x10", "ok"),
            (
                "pids-limit",
                "99999999999999999999",
                "strconv.ParseInt: parsing \"99999999999999999999\": value out of range",
            ),
            ("blkio-weight", "70000", "strconv.ParseUint: parsing \"70000\": value out of range"),
            ("blkio-weight", "-1", "strconv.ParseUint: parsing \"-1\": invalid syntax"),
            ("health-interval", "10", "time: missing unit in duration \"10\""),
            ("ulimit", "nofile=10:20", "ok"),
            (
                "ulimit",
                "nofile=1:2:3",
                "too many limit values - 1:2:3, can only have up to two, `soft[:hard]`",
            ),
            ("env", "A", "ok"),
            ("env", "=x", "invalid environment variable: =x"),
            ("label", "=x", "invalid label '=x': empty name"),
            ("label", "a b=c", "label 'a b' contains whitespaces"),
            ("link", "a:b:c", "bad format for links: a:b:c"),
            ("attach", "STDOUT", "ok"),
            ("add-host", "h:::1", "ok"),
            ("add-host", "h=[::1]", "ok"),
            ("add-host", "h:host-gateway", "ok"),
            ("dns-search", "17", "17 is not a valid domain"),
            ("dns-search", "a.b-c.", "ok"),
            ("sysctl", "net.core.somaxconn=1", "ok"),
            ("sysctl", "kernel.shmmax", "sysctl 'kernel.shmmax' is not allowed"),
            ("network", "name=n,ip=1.2.3.4", "ok"),
            ("network", "name=n,bogus=1", "invalid field key bogus"),
            ("network", "alias=web", "network name/id is not specified"),
            ("gpus", "all", "ok"),
            (
                "gpus",
                "count=x",
                "invalid count (x): value must be either \"all\" or an integer: invalid syntax",
            ),
            ("device-read-bps", "/dev/sda", "bad format: /dev/sda"),
            ("device-read-bps", "/dev/sda:1mb", "ok"),
            ("device-cgroup-rule", "c 1:3 rwm", "ok"),
            ("device-cgroup-rule", "x", "invalid device cgroup format 'x'"),
        ] {
            assert_eq!(answer("docker run", flag, text), want, "--{flag} {text}");
        }
    }

    #[test]
    fn values_of_other_commands() {
        for (command, flag, text, want) in [
            ("docker ps", "filter", "", "ok"),
            ("docker network create", "gateway", "x", "invalid string being converted to IP address: x"),
            ("docker network create", "ip-range", "x", "invalid string being converted to CIDR: x"),
            (
                "docker network create",
                "subnet",
                "a\"b",
                "parse error on line 1, column 2: bare \" in non-quoted field",
            ),
            ("docker context create", "docker", "x", "x must be formatted as key=value"),
            (
                "docker service create",
                "update-max-failure-ratio",
                "x",
                "strconv.ParseFloat: parsing \"x\": invalid syntax",
            ),
        ] {
            assert_eq!(answer(command, flag, text), want, "{command} --{flag} {text}");
        }
    }
}
