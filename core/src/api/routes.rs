//! The table of all endpoints.

use super::query::decode;
use super::version::Version;
use super::{Answered, Call, container, image, network, system, volume};
use crate::model::{Operation, World};

/// What answers a request.
pub type Run = fn(&mut World, &Call<'_>) -> Answered;

/// An endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The path: `*` stands for one word, `**` for one or several.
    pub path: &'static str,
    /// The version it came with.
    pub since: Version,
    /// Its work.
    pub run: Run,
}

const fn on(method: &'static str, path: &'static str, run: Run) -> Route {
    Route { method, path, since: Version(1, 40), run }
}

const fn get(path: &'static str, run: Run) -> Route {
    on("GET", path, run)
}

const fn post(path: &'static str, run: Run) -> Route {
    on("POST", path, run)
}

const fn delete(path: &'static str, run: Run) -> Route {
    on("DELETE", path, run)
}

/// Every endpoint there is. The first that fits answers.
pub const ROUTES: &[Route] = &[
    get("/_ping", system::ping),
    on("HEAD", "/_ping", system::ping),
    get("/version", system::version),
    get("/info", system::info),
    get("/events", system::events::events),
    get("/system/df", system::df::df),
    post("/auth", system::auth),
    get("/plugins", system::plugins),
    get("/plugins/*/json", system::no_plugin),
    get("/containers/json", container::list::list),
    post("/containers/create", container::create::create),
    post("/containers/prune", container::remove::prune),
    get("/containers/*/json", container::inspect::inspect),
    post("/containers/*/start", container::start::start),
    post("/containers/*/stop", container::stop::stop),
    post("/containers/*/restart", container::stop::restart),
    post("/containers/*/kill", container::stop::kill),
    post("/containers/*/pause", container::change::pause),
    post("/containers/*/unpause", container::change::unpause),
    post("/containers/*/rename", container::change::rename),
    post("/containers/*/update", container::change::update),
    post("/containers/*/resize", container::change::resize),
    post("/containers/*/wait", container::wait::wait),
    post("/containers/*/attach", container::attach::attach),
    get("/containers/*/logs", container::logs::logs),
    get("/containers/*/stats", container::stats::stats),
    get("/containers/*/top", container::inspect::top),
    get("/containers/*/changes", container::inspect::changes),
    get("/containers/*/export", container::archive::export),
    on("HEAD", "/containers/*/archive", container::archive::head),
    get("/containers/*/archive", container::archive::get),
    on("PUT", "/containers/*/archive", container::archive::put),
    post("/containers/*/exec", container::exec::create),
    // Two words where a link is removed: the container that has it, and its alias.
    delete("/containers/**", container::remove::remove),
    post("/exec/*/start", container::exec::start),
    post("/exec/*/resize", container::exec::resize),
    get("/exec/*/json", container::exec::inspect),
    get("/images/json", image::list::list),
    get("/images/search", image::search::search),
    get("/images/get", image::archive::get_all),
    post("/images/create", image::pull::create),
    post("/images/load", image::archive::load),
    post("/images/prune", image::remove::prune),
    get("/images/**/json", image::inspect::inspect),
    get("/images/**/history", image::inspect::history),
    get("/images/**/get", image::archive::get),
    post("/images/**/push", image::push::push),
    post("/images/**/tag", image::change::tag),
    delete("/images/**", image::remove::remove),
    get("/distribution/**/json", image::search::distribution),
    post("/commit", image::change::commit),
    post("/build", image::build::build),
    post("/build/prune", image::cache::prune),
    post("/build/cancel", system::gap),
    get("/networks", network::list),
    post("/networks/create", network::create),
    post("/networks/prune", network::prune),
    get("/networks/*", network::inspect),
    delete("/networks/*", network::remove),
    post("/networks/*/connect", network::connect),
    post("/networks/*/disconnect", network::disconnect),
    get("/volumes", volume::list),
    post("/volumes/create", volume::create),
    post("/volumes/prune", volume::prune),
    get("/volumes/*", volume::inspect),
    delete("/volumes/*", volume::remove),
    post("/swarm/init", system::gap),
    post("/swarm/join", system::gap),
    post("/swarm/leave", system::not_in_swarm),
    get("/swarm", system::swarm),
    on("*", "/swarm/**", system::swarm),
    on("*", "/nodes", system::swarm),
    on("*", "/nodes/**", system::swarm),
    on("*", "/services", system::swarm),
    on("*", "/services/**", system::swarm),
    on("*", "/tasks", system::swarm),
    on("*", "/tasks/**", system::swarm),
    on("*", "/secrets", system::swarm),
    on("*", "/secrets/**", system::swarm),
    on("*", "/configs", system::swarm),
    on("*", "/configs/**", system::swarm),
    on("*", "/session", system::gap),
    on("*", "/grpc", system::gap),
    on("*", "/images/**/attestations", system::gap),
    on("GET", "/containers/*/attach/ws", container::attach::websocket),
    on("*", "/plugins/**", system::gap),
    on("*", "/distribution/**", system::gap),
];

/// The operation that an endpoint is by itself; the others pass the door in the engine.
pub fn operation(route: &Route) -> Option<Operation> {
    let path = route.path.replace("**", "*");
    Operation::AT_THE_EDGE.into_iter().find(|operation| {
        let (method, pattern) = operation.request();
        pattern.replace("{}", "*") == path && (method == route.method || pattern == "/_ping")
    })
}

/// The endpoint of a method and a path, with what stands at the open places.
pub fn find(method: &str, path: &str) -> Option<(&'static Route, Vec<String>)> {
    let words: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    ROUTES
        .iter()
        .filter(|route| route.method == method || route.method == "*")
        .find_map(|route| names(route.path, &words).map(|names| (route, names)))
}

fn names(pattern: &str, words: &[&str]) -> Option<Vec<String>> {
    let pattern: Vec<&str> = pattern.strip_prefix('/')?.split('/').collect();
    let mut found = vec![];
    let mut at = 0;
    for (n, part) in pattern.iter().enumerate() {
        let after = pattern.len() - n - 1;
        match *part {
            "**" => {
                let end = words.len().checked_sub(after)?;
                let taken = words.get(at..end).filter(|taken| !taken.is_empty())?;
                found.push(decode(&taken.join("/"), false));
                at = end;
            }
            "*" => {
                found.push(decode(words.get(at)?, false));
                at += 1;
            }
            fixed => {
                if *words.get(at)? != fixed {
                    return None;
                }
                at += 1;
            }
        }
    }
    let whole = at == words.len() && found.iter().all(|name| !name.is_empty());
    whole.then_some(found)
}
