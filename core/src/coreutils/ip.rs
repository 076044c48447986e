//! `ip [-4] [-o] [-br] addr|link|route [show]`, `ifconfig`, `route`, `netstat [-tlnpr]`, `ss [-tlnpH]`: what the
//! network of this namespace looks like. Changing it is refused, as without privileges.
//!
//! Exit status: 0; 2 (busybox 1) for what is refused or not simulated.

use super::opts::{Options, Spec, parse};
use crate::base::Order;
use crate::kernel::net::{Bridge, Interface, Protocol};
use crate::kernel::{Applet, Flavor, Stop, Sys};
use std::net::Ipv4Addr;

/// `ifconfig`, `ip`, `netstat`, `route` and `ss`.
pub const APPLETS: &[Applet] = &[
    Applet::main("ifconfig", ifconfig),
    Applet::main("ip", ip),
    Applet::main("netstat", netstat),
    Applet::main("route", |sys| {
        let text = routes_table(sys);
        sys.print(&text);
        Ok(0)
    }),
    Applet::main("ss", ss),
];

// Numbers are never replaced by names (`-n`), and there is only IPv4 (`-4`).
const NETSTAT: Spec = Spec::new("tlnprau", &[("tcp", 't'), ("listening", 'l'), ("numeric", 'n'), ("route", 'r'), ("all", 'a')], "[-tlnpra]", "Print listening sockets, or with -r routes.").moot("n");
const SS: Spec = Spec::new("tlnpHau4", &[("tcp", 't'), ("listening", 'l'), ("numeric", 'n'), ("no-header", 'H'), ("processes", 'p'), ("all", 'a'), ("udp", 'u')], "[-tlnpH]", "Print listening sockets.").moot("n4");

/// `lo` and the interfaces of the namespace.
fn interfaces(sys: &Sys<'_>) -> Vec<Interface> {
    sys.kernel().net.interfaces(sys.network())
}

/// A socket that waits for connections or datagrams.
struct Server {
    protocol: Protocol,
    /// `::` beside `0.0.0.0` where a published port has both.
    v6: bool,
    address: Ipv4Addr,
    port: u16,
    /// Who holds it: the name, the number and the descriptor.
    held: Vec<(String, u32, i32)>,
}

impl Server {
    /// Its address and port, with `[::]` or `::` for all of version 6.
    fn local(&self, any6: &str) -> String {
        if self.v6 { format!("{any6}:{}", self.port) } else { format!("{}:{}", self.address, self.port) }
    }
}

/// What listens in this namespace; on the host the published ports too, which a program of the daemon's holds.
fn servers(sys: &Sys<'_>, tcp: bool, udp: bool) -> Vec<Server> {
    let net = &sys.kernel().net;
    let own = net.listeners_of(sys.network()).into_iter().map(|(id, l)| Server {
        protocol: Protocol::Tcp,
        v6: false,
        address: l.address,
        port: l.port,
        held: sys.holders(id),
    });
    let host = net.space(sys.network()).is_some_and(|space| space.host);
    let published = net.published().filter(|_| host).flat_map(|(protocol, port, address)| {
        let both = [false, true].into_iter().filter(move |v6| !v6 || address.is_unspecified());
        both.map(move |v6| Server { protocol, v6, address, port, held: vec![] })
    });
    let wanted = |server: &Server| match server.protocol {
        Protocol::Tcp => tcp,
        Protocol::Udp => udp,
        Protocol::Sctp => false,
    };
    let mut all: Vec<Server> = own.chain(published).filter(wanted).collect();
    all.order_by_key(|server| (server.protocol, server.v6, server.port));
    all
}

fn mask(prefix: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0)
}

fn network(i: &Interface) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(i.address) & mask(i.prefix))
}

fn broadcast(i: &Interface) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(i.address) | !mask(i.prefix))
}

fn gateway(sys: &Sys<'_>, i: &Interface) -> Option<Ipv4Addr> {
    let bridge = sys.kernel().net.bridge(i.bridge)?;
    bridge.gateway.filter(|gateway| !bridge.internal && *gateway != i.address)
}

fn ip(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let args = sys.args();
    let (flags, words): (Vec<&String>, Vec<&String>) = args.iter().partition(|a| a.starts_with('-'));
    let known = ["-4", "-o", "-oneline", "-br", "-brief", "-f", "-c", "-color=never", "-N", "-d"];
    if let Some(bad) = flags.iter().find(|f| !known.contains(&f.as_str())) {
        sys.eprint(&format!("ip: the option {bad} is not simulated by Drydock\n"));
        return Ok(1);
    }
    let has = |names: &[&str]| flags.iter().any(|f| names.contains(&f.as_str()));
    let (one_line, brief) = (has(&["-o", "-oneline"]), has(&["-br", "-brief"]));
    let object = words.first().map_or("", |w| w.as_str());
    let verb = words.get(1).map_or("show", |w| w.as_str());
    let wanted = words.iter().skip(2).rfind(|w| !matches!(w.as_str(), "dev" | "show" | "up")).map(|w| w.as_str());
    if !matches!(verb, "show" | "list" | "ls" | "sh" | "s" | "get") {
        sys.eprint(if sys.flavor() == Flavor::Gnu { "RTNETLINK answers: Operation not permitted\n" } else { "ip: RTNETLINK answers: Operation not permitted\n" });
        return Ok(2);
    }
    let text = match object {
        o if !o.is_empty() && ("address".starts_with(o) || "addresses".starts_with(o)) => links(sys, true, one_line, brief, wanted),
        o if !o.is_empty() && "link".starts_with(o) => links(sys, false, one_line, brief, wanted),
        o if !o.is_empty() && "route".starts_with(o) => routes(sys),
        "neigh" | "n" | "neighbour" => String::new(),
        "" => {
            sys.eprint("Usage: ip [-4] [-o] [-br] address|link|route [show]\n");
            return Ok(1);
        }
        other => {
            sys.eprint(&format!("Object \"{other}\" is unknown, try \"ip help\".\n"));
            return Ok(1);
        }
    };
    if let Some(name) = wanted.filter(|_| text.is_empty()) {
        sys.eprint(&match sys.flavor() {
            Flavor::Gnu => format!("Device \"{name}\" does not exist.\n"),
            Flavor::Busybox => format!("ip: can't find device '{name}'\n"),
        });
        return Ok(1);
    }
    sys.print(&text);
    Ok(0)
}

fn links(sys: &Sys<'_>, addresses: bool, one_line: bool, brief: bool, wanted: Option<&str>) -> String {
    let mut text = String::new();
    let mut show = |n: usize, name: &str, peer: &str, mac: &str, facts: &str, address: Option<(String, String)>| {
        if wanted.is_some_and(|w| w != name) {
            return;
        }
        let lo = name == "lo";
        if brief {
            let last = if addresses { address.map_or(String::new(), |a| a.0) } else { mac.to_string() };
            let state = facts.rsplit(' ').next().unwrap_or_default();
            text.push_str(&format!("{:<16} {state:<14} {last} \n", format!("{name}{peer}")));
            return;
        }
        let kind = if lo { "loopback" } else { "ether" };
        let brd = if lo { "00:00:00:00:00:00" } else { "ff:ff:ff:ff:ff:ff" };
        let netns = if peer.is_empty() { "" } else { " link-netnsid 0" };
        match (addresses, one_line) {
            (true, true) => {
                if let Some((inet, rest)) = address {
                    text.push_str(&format!("{n}: {name}    inet {inet} {rest}\\       valid_lft forever preferred_lft forever\n"));
                }
            }
            (_, true) => text.push_str(&format!(
                "{n}: {name}{peer}: {facts} mode DEFAULT group default qlen 1000\\    link/{kind} {mac} brd {brd}{netns}\n"
            )),
            (true, false) => {
                text.push_str(&format!("{n}: {name}{peer}: {facts} group default qlen 1000\n    link/{kind} {mac} brd {brd}{netns}\n"));
                if let Some((inet, rest)) = address {
                    text.push_str(&format!("    inet {inet} {rest}\n       valid_lft forever preferred_lft forever\n"));
                }
            }
            (false, false) => text.push_str(&format!(
                "{n}: {name}{peer}: {facts} mode DEFAULT group default qlen 1000\n    link/{kind} {mac} brd {brd}{netns}\n"
            )),
        }
    };
    let facts = "<LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN";
    show(1, "lo", "", "00:00:00:00:00:00", facts, Some(("127.0.0.1/8".into(), "scope host lo".into())));
    for (i, interface) in interfaces(sys).iter().enumerate() {
        let n = i + 2;
        let inet = format!("{}/{}", interface.address, interface.prefix);
        let rest = format!("brd {} scope global {}", broadcast(interface), interface.name);
        let bridge = sys.kernel().net.bridge(interface.bridge);
        let is_bridge = bridge.is_some_and(|bridge| bridge.device == interface.name);
        let peer = if is_bridge { String::new() } else { format!("@if{}", n + 5) };
        let facts = link_facts(bridge, is_bridge);
        show(n, &interface.name, &peer, &interface.mac, &facts, Some((inet, rest)));
    }
    text
}

/// What a link can do and does; a bridge without members has no carrier.
fn link_facts(bridge: Option<&Bridge>, is_bridge: bool) -> String {
    let mtu = bridge.map_or(1500, |bridge| bridge.mtu);
    match is_bridge && bridge.is_some_and(|bridge| bridge.members.is_empty()) {
        true => format!("<NO-CARRIER,BROADCAST,MULTICAST,UP> mtu {mtu} qdisc noqueue state DOWN"),
        false => format!("<BROADCAST,MULTICAST,UP,LOWER_UP> mtu {mtu} qdisc noqueue state UP"),
    }
}

fn routes(sys: &Sys<'_>) -> String {
    let all = interfaces(sys);
    let default = all.iter().find_map(|i| gateway(sys, i).map(|g| format!("default via {g} dev {} \n", i.name)));
    let proto = if sys.flavor() == Flavor::Gnu { "proto kernel " } else { "" };
    let near = all.iter().map(|i| {
        format!("{}/{} dev {} {proto}scope link  src {} \n", network(i), i.prefix, i.name, i.address)
    });
    default.into_iter().chain(near).collect()
}

fn routes_table(sys: &Sys<'_>) -> String {
    let mut text = String::from(
        "Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n",
    );
    let all = interfaces(sys);
    let mut line = |to: String, via: String, genmask: String, flags: &str, name: &str| {
        text.push_str(&format!("{to:<15} {via:<15} {genmask:<15} {flags:<5} 0      0        0 {name}\n"));
    };
    if let Some((gateway, i)) = all.iter().find_map(|i| gateway(sys, i).map(|g| (g, i))) {
        line("0.0.0.0".into(), gateway.to_string(), "0.0.0.0".into(), "UG", &i.name);
    }
    for i in &all {
        let genmask = Ipv4Addr::from(mask(i.prefix)).to_string();
        line(network(i).to_string(), "0.0.0.0".into(), genmask, "U", &i.name);
    }
    text
}

fn ifconfig(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let args = sys.args();
    let wanted = args.iter().find(|a| !a.starts_with('-'));
    if args.iter().filter(|a| !a.starts_with('-')).count() > 1 {
        sys.complain("SIOCSIFADDR: Operation not permitted");
        return Ok(1);
    }
    let mut text = String::new();
    for i in interfaces(sys) {
        if wanted.is_none_or(|w| *w == i.name) {
            text.push_str(&format!(
                "{:<9} Link encap:Ethernet  HWaddr {}  \n          inet addr:{}  Bcast:{}  Mask:{}\n          UP BROADCAST RUNNING MULTICAST  MTU:{}  Metric:1\n\n",
                i.name,
                i.mac.to_uppercase(),
                i.address,
                broadcast(&i),
                Ipv4Addr::from(mask(i.prefix)),
                sys.kernel().net.bridge(i.bridge).map_or(1500, |bridge| bridge.mtu)
            ));
        }
    }
    if wanted.is_none_or(|w| w == "lo") {
        text.push_str("lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n\n");
    }
    if let Some(name) = wanted.filter(|_| text.is_empty()) {
        let text = format!("{name}: error fetching interface information: Device not found");
        sys.complain(&text);
        return Ok(1);
    }
    sys.print(&text);
    Ok(0)
}

fn netstat(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &NETSTAT)?;
    if options.has('r') {
        let text = routes_table(sys);
        sys.print(&text);
        return Ok(0);
    }
    let (all, servers) = (options.has('a'), options.has('l'));
    let which = match (all, servers) {
        (true, _) => "servers and established",
        (_, true) => "only servers",
        _ => "w/o servers",
    };
    let process = if options.has('p') { "PID/Program name    " } else { "" };
    let mut text = format!(
        "Active Internet connections ({which})\nProto Recv-Q Send-Q Local Address           Foreign Address         State       {process}\n"
    );
    let (tcp, udp) = families(&options);
    for server in self::servers(sys, tcp, udp).into_iter().filter(|_| all || servers) {
        let (name, state) = if server.protocol == Protocol::Udp { ("udp", "") } else { ("tcp", "LISTEN") };
        let name = if server.v6 { format!("{name}6") } else { name.to_owned() };
        let (local, remote) = (server.local("::"), if server.v6 { ":::*" } else { "0.0.0.0:*" });
        let held = server.held.first().map_or("-".into(), |(name, pid, _)| format!("{pid}/{name}"));
        let process = if options.has('p') { format!("{held:<20}") } else { String::new() };
        text.push_str(&format!("{name:<6}     0      0 {local:<23} {remote:<23} {state:<11} {process}\n"));
    }
    sys.print(&text);
    Ok(0)
}

/// Whether TCP and UDP are wanted: both where neither is asked for.
fn families(options: &Options) -> (bool, bool) {
    let neither = !options.has('t') && !options.has('u');
    (neither || options.has('t'), neither || options.has('u'))
}

fn ss(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SS)?;
    let (tcp, udp) = families(&options);
    let mut text = String::new();
    let (title, both) = if tcp && udp { ("Netid ", true) } else { ("", false) };
    if !options.has('H') {
        text.push_str(&format!("{title}State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess\n"));
    }
    for server in servers(sys, tcp, udp).into_iter().filter(|_| options.has('l') || options.has('a')) {
        let (name, state) = if server.protocol == Protocol::Udp { ("udp", "UNCONN") } else { ("tcp", "LISTEN") };
        let name = if both { format!("{name:<6}") } else { String::new() };
        let local = server.local("[::]");
        let (address, port) = local.rsplit_once(':').unwrap_or((&local, ""));
        let peer = if server.v6 { "[::]" } else { "0.0.0.0" };
        let held = server.held.iter().filter(|_| options.has('p'));
        let held: Vec<String> = held.map(|(name, pid, fd)| format!("(\"{name}\",pid={pid},fd={fd})")).collect();
        let users = if held.is_empty() { String::new() } else { format!("users:({})", held.join(",")) };
        let queue = if state == "LISTEN" { 4096 } else { 0 };
        text.push_str(&format!("{name}{state} 0      {queue:<6} {address:>13}:{port:<5} {peer:>12}:*    {users:<6}\n"));
    }
    sys.print(&text);
    Ok(0)
}
