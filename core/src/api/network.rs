//! Endpoints of networks.

use super::container::create::tidy_endpoint;
use super::reply::{created, done, ok};
use super::{Answered, Call, Refusal};
use crate::engine::network::{self, Create};
use crate::model::{EndpointConfig, IpamPool, World};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// `GET /networks`.
pub fn list(world: &mut World, call: &Call<'_>) -> Answered {
    let found = network::list(world, &call.query.filters()?)?;
    ok(&Value::Array(found.into_iter().map(network::summary).collect()))
}

/// `GET /networks/ID`.
pub fn inspect(world: &mut World, call: &Call<'_>) -> Answered {
    let id = network::find(world, call.name())?;
    let missing = || Refusal::not_found(format!("network {} not found", call.name()));
    let found = world.network(id).ok_or_else(missing)?;
    let scope = call.query.get("scope");
    if !scope.is_empty() && scope != found.scope {
        return Err(missing());
    }
    ok(&network::inspect(world, found))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Ipam {
    driver: String,
    options: BTreeMap<String, String>,
    config: Vec<IpamPool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct New {
    name: String,
    driver: String,
    scope: String,
    internal: bool,
    attachable: bool,
    ingress: bool,
    config_only: bool,
    config_from: BTreeMap<String, String>,
    #[serde(rename = "EnableIPv4")]
    ipv4: Option<bool>,
    #[serde(rename = "EnableIPv6")]
    ipv6: Option<bool>,
    #[serde(rename = "IPAM")]
    ipam: Ipam,
    options: BTreeMap<String, String>,
    labels: BTreeMap<String, String>,
}

/// `POST /networks/create`.
pub fn create(world: &mut World, call: &Call<'_>) -> Answered {
    let new: New = call.json()?;
    let request = Create {
        name: new.name,
        driver: new.driver,
        scope: new.scope,
        internal: new.internal,
        attachable: new.attachable,
        ingress: new.ingress,
        config_only: new.config_only,
        config_from: new.config_from.get("Network").cloned().unwrap_or_default(),
        no_ipv4: new.ipv4 == Some(false),
        ipv6: new.ipv6 == Some(true),
        ipam_driver: new.ipam.driver,
        ipam_options: new.ipam.options,
        pools: new.ipam.config.into_iter().filter(|pool| *pool != IpamPool::default()).collect(),
        options: new.options,
        labels: new.labels,
    };
    let id = network::create(world, request)?;
    created(&json!({ "Id": id.to_string(), "Warning": "" }))
}

/// `DELETE /networks/ID`.
pub fn remove(world: &mut World, call: &Call<'_>) -> Answered {
    network::remove(world, call.name())?;
    done(204)
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Member {
    container: String,
    force: bool,
    endpoint_config: EndpointConfig,
}

/// `POST /networks/ID/connect`.
pub fn connect(world: &mut World, call: &Call<'_>) -> Answered {
    let mut member: Member = call.json()?;
    tidy_endpoint(&mut member.endpoint_config);
    network::connect(world, call.name(), &member.container, member.endpoint_config)?;
    done(200)
}

/// `POST /networks/ID/disconnect`.
pub fn disconnect(world: &mut World, call: &Call<'_>) -> Answered {
    let member: Member = call.json()?;
    network::disconnect(world, call.name(), &member.container, member.force)?;
    done(200)
}

/// `POST /networks/prune`.
pub fn prune(world: &mut World, call: &Call<'_>) -> Answered {
    let gone = network::prune(world, &call.query.filters()?)?;
    ok(&json!({ "NetworksDeleted": if gone.is_empty() { Value::Null } else { json!(gone) } }))
}
