//! `docker container port`.

use crate::base::Order;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::container::{find, join};
use crate::grammar::Invocation;
use crate::model::PortBinding;

/// `docker port CONTAINER [PRIVATE_PORT[/PROTO]]`.
pub const COMMAND: Command = Command::new("container port", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let world = cli.world()?;
    let id = find(world, call.arg(0))?;
    let ports = world.container(id).map(|c| c.ports.clone()).unwrap_or_default();
    let wanted = call.arg(1);
    if !wanted.is_empty() {
        let (port, protocol) = wanted.split_once('/').unwrap_or((wanted, "tcp"));
        let port: u16 = port.parse().map_err(|_| {
            Failure::new(format!("invalid port '{port}': invalid syntax"))
        })?;
        let key = format!("{port}/{}", protocol.to_lowercase());
        let none = || Failure::new(format!("no public port '{wanted}' published for {}", call.arg(0)));
        let bindings = ports.get(&key).filter(|b| !b.is_empty()).ok_or_else(none)?;
        let lines: String = bindings.iter().map(|b| address(b) + "\n").collect();
        cli.out(&lines);
        return DONE;
    }
    let mut sorted: Vec<(u16, &String, &Vec<PortBinding>)> = ports
        .iter()
        .map(|(key, bindings)| (key.split('/').next().and_then(|p| p.parse().ok()).unwrap_or(0), key, bindings))
        .collect();
    sorted.order_by_key(|(port, key, _)| (*port, *key));
    for (_, key, bindings) in sorted {
        let lines: String = bindings.iter().map(|b| format!("{key} -> {}\n", address(b))).collect();
        cli.out(&lines);
    }
    DONE
}

fn address(binding: &PortBinding) -> String {
    match binding.host_ip.parse() {
        Ok(ip) => join(ip, &binding.host_port),
        Err(_) => format!("{}:{}", binding.host_ip, binding.host_port),
    }
}
