//! `docker network connect`.

use crate::base::Gather;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::engine::network::connect;
use crate::grammar::Invocation;
use crate::model::EndpointConfig;

/// `docker network connect [OPTIONS] NETWORK CONTAINER`.
pub const COMMAND: Command = Command::new("network connect", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    if call.list("driver-opt").iter().any(|option| !option.contains('=')) {
        return Err(Failure::new("invalid key/value pair format in driver options"));
    }
    let some = |list: Vec<String>| Some(list).filter(|l| !l.is_empty());
    let config = EndpointConfig {
        ipam_config: call.get("ip").map(|ip| serde_json::json!({ "IPv4Address": ip.trim() })),
        links: some(call.list("link")),
        aliases: some(call.list("alias")),
        driver_opts: Some(call.pairs("driver-opt").into_iter().gather()).filter(|o: &_| {
            let options: &std::collections::BTreeMap<String, String> = o;
            !options.is_empty()
        }),
        gw_priority: call.int("gw-priority"),
        ..EndpointConfig::default()
    };
    connect(cli.world()?, call.arg(0), call.arg(1), config)?;
    DONE
}
