//! `nslookup NAME [SERVER]`, `host NAME`, `dig [+short] NAME`, `getent`-like answers of the name servers.
//!
//! `/etc/hosts` does not count here. Exit status: 0, or 1 where there is no such name (`dig`: 0).

use super::opts::{Spec, parse, usage_error};
use crate::kernel::net::Unresolved;
use crate::kernel::{Applet, Flavor, Stop, Sys};
use std::net::Ipv4Addr;

/// `dig`, `host` and `nslookup`.
pub const APPLETS: &[Applet] =
    &[Applet::main("dig", dig), Applet::main("host", host), Applet::main("nslookup", nslookup)];

const NSLOOKUP: Spec = Spec::new("t:q:", &[], "HOST [DNS_SERVER]", "Ask DNS about HOST.").missing("tq");
const HOST: Spec = Spec::new("t:4", &[], "NAME", "Ask DNS about NAME.").missing("t").moot("4");

/// The name server of `/etc/resolv.conf`.
fn server(sys: &mut Sys<'_>) -> String {
    let data = sys.read_file("/etc/resolv.conf").unwrap_or_default();
    let text = String::from_utf8_lossy(&data);
    let found = text.lines().find_map(|l| l.strip_prefix("nameserver")).map(|s| s.trim().to_string());
    found.unwrap_or_else(|| "127.0.0.11".into())
}

fn ask(sys: &Sys<'_>, name: &str) -> Result<Vec<Ipv4Addr>, Unresolved> {
    sys.kernel().net.lookup(sys.network(), name)
}

/// The name that an address is asked by, and the name it has.
fn reverse(sys: &Sys<'_>, address: &str) -> Option<(String, Option<String>)> {
    let address: Ipv4Addr = address.parse().ok()?;
    let [a, b, c, d] = address.octets();
    Some((format!("{d}.{c}.{b}.{a}.in-addr.arpa"), sys.kernel().net.name_of(sys.network(), address)))
}

fn nslookup(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &NSLOOKUP)?;
    let Some(name) = options.operands.first() else { return Err(usage_error(sys, &NSLOOKUP, "")) };
    let server = options.operands.get(1).cloned().unwrap_or(server(sys));
    let tab = "\t";
    let dot = if sys.flavor() == Flavor::Gnu { "." } else { "" };
    let asked = reverse(sys, name);
    let answer = match &asked {
        None => ask(sys, name).map(|all| all.iter().map(|a| format!("Name:\t{name}\nAddress: {a}\n")).collect::<String>()),
        Some((question, found)) => found.as_ref().map(|n| format!("{question}\tname = {n}{dot}\n")).ok_or(Unresolved::NoSuchName),
    };
    let name = asked.as_ref().map_or(name, |(question, _)| question);
    if answer == Err(Unresolved::NoServer) {
        sys.eprint(";; connection timed out; no servers could be reached\n\n");
        return Ok(1);
    }
    match sys.flavor() {
        Flavor::Gnu => sys.print(&format!("Server:{tab}{tab}{server}\nAddress:{tab}{server}#53\n\n")),
        Flavor::Busybox => sys.print(&format!("Server:{tab}{tab}{server}\nAddress:{tab}{server}:53\n\n")),
    }
    match (answer, sys.flavor()) {
        (Ok(lines), _) => {
            sys.print(&format!("Non-authoritative answer:\n{lines}\n"));
            Ok(0)
        }
        (Err(_), Flavor::Gnu) => {
            sys.print(&format!("** server can't find {name}: NXDOMAIN\n\n"));
            Ok(1)
        }
        (Err(_), Flavor::Busybox) => {
            let line = format!("** server can't find {name}: NXDOMAIN\n\n");
            sys.print(&format!("{line}{line}"));
            Ok(1)
        }
    }
}

fn host(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &HOST)?;
    let Some(name) = options.operands.first() else { return Err(usage_error(sys, &HOST, "")) };
    if let Some((question, Some(found))) = reverse(sys, name) {
        sys.print(&format!("{question} domain name pointer {found}.\n"));
        return Ok(0);
    }
    match ask(sys, name) {
        Ok(all) => {
            let lines: String = all.iter().map(|a| format!("{name} has address {a}\n")).collect();
            sys.print(&lines);
            Ok(0)
        }
        Err(Unresolved::NoSuchName) => {
            sys.print(&format!("Host {name} not found: 3(NXDOMAIN)\n"));
            Ok(1)
        }
        Err(Unresolved::NoServer) => {
            sys.print(";; connection timed out; no servers could be reached\n");
            Ok(1)
        }
    }
}

fn dig(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let args = sys.args();
    let short = args.iter().any(|a| a == "+short");
    let name = args.iter().find(|a| !a.starts_with(['+', '-', '@']) && !matches!(a.as_str(), "A" | "IN"));
    let Some(name) = name.cloned() else {
        sys.complain("a name is needed; other questions are not simulated by Drydock");
        return Ok(1);
    };
    let answer = ask(sys, &name);
    if answer == Err(Unresolved::NoServer) {
        sys.print(";; connection timed out; no servers could be reached\n");
        return Ok(9);
    }
    let all = answer.clone().unwrap_or_default();
    if short {
        sys.print(&all.iter().map(|a| format!("{a}\n")).collect::<String>());
        return Ok(0);
    }
    let status = if answer.is_ok() { "NOERROR" } else { "NXDOMAIN" };
    let server = server(sys);
    let mut text = format!(
        ";; ->>HEADER<<- opcode: QUERY, status: {status}, id: {}\n;; flags: qr rd ra; QUERY: 1, ANSWER: {}, AUTHORITY: 0, ADDITIONAL: 0\n\n;; QUESTION SECTION:\n;{name}.\t\t\tIN\tA\n\n",
        sys.random() % 65_536,
        all.len()
    );
    if !all.is_empty() {
        text.push_str(";; ANSWER SECTION:\n");
        text.extend(all.iter().map(|a| format!("{name}.\t\t600\tIN\tA\t{a}\n")));
        text.push('\n');
    }
    sys.print(&format!("{text};; SERVER: {server}#53({server}) (UDP)\n"));
    Ok(0)
}
