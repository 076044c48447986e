//! `/_drydock/…`, the control of the simulation over the socket of the Engine API.

use drydock::api::{Reply, Request};
use drydock::session::{Handled, Server};
use serde_json::{Value, json};

fn ask(server: &mut Server, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let mut request = Request::new(method, path);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let reply = whole(server, &request);
    (reply.status, serde_json::from_slice(&reply.body).unwrap_or(Value::Null))
}

fn whole(server: &mut Server, request: &Request) -> Reply {
    match server.handle(request) {
        Handled::Whole(reply) => reply,
        other => panic!("{other:?}"),
    }
}

fn with_alpine() -> Server {
    let mut server = Server::new(7);
    ask(&mut server, "POST", "/images/create?fromImage=alpine&tag=latest", None);
    server
}

fn create(server: &mut Server, name: &str) -> (u16, Value) {
    let body = json!({ "Image": "alpine", "Cmd": ["sleep", "20"], "HostConfig": { "Memory": 1 << 26 } });
    ask(server, "POST", &format!("/v1.45/containers/create?name={name}"), Some(body))
}

#[test]
fn moments_are_kept_and_come_back() {
    let mut server = with_alpine();
    create(&mut server, "one");
    assert_eq!(ask(&mut server, "POST", "/_drydock/snapshot", None), (201, json!({ "name": "snapshot-1" })));
    let file = whole(&mut server, &Request::new("GET", "/_drydock/snapshot?file=1"));
    create(&mut server, "two");
    assert_eq!(server.world().containers.len(), 2);
    let name = json!({ "name": "snapshot-1" });
    assert_eq!(ask(&mut server, "POST", "/_drydock/restore", Some(name)).0, 204);
    assert_eq!(server.world().containers.len(), 1);
    create(&mut server, "three");
    let upload = Request {
        headers: vec![("content-type".into(), "application/octet-stream".into())],
        body: file.body,
        ..Request::new("POST", "/_drydock/restore")
    };
    assert_eq!(whole(&mut server, &upload).status, 204);
    assert_eq!(server.world().names.keys().cloned().collect::<Vec<_>>(), ["one"]);
    assert_eq!(ask(&mut server, "GET", "/_drydock/snapshot", None).1, json!({ "names": ["snapshot-1"] }));
    assert_eq!(ask(&mut server, "POST", "/_drydock/restore", Some(json!({ "name": "x" }))).0, 404);
    assert_eq!(ask(&mut server, "DELETE", "/_drydock/snapshot?name=snapshot-1", None).0, 204);
    assert_eq!(ask(&mut server, "GET", "/_drydock/snapshot", None).1, json!({ "names": [] }));
}

#[test]
fn the_clock_is_moved() {
    let mut server = with_alpine();
    create(&mut server, "job");
    ask(&mut server, "POST", "/containers/job/start", None);
    let passed = ask(&mut server, "POST", "/_drydock/clock", Some(json!({ "advance": "30s" })));
    assert_eq!(passed.0, 200);
    assert_eq!(ask(&mut server, "GET", "/_drydock/clock", None), passed);
    let state = ask(&mut server, "GET", "/containers/job/json", None).1;
    assert_eq!(state["State"]["Status"], "exited");
    for body in [
        json!({ "advance": "-1s" }),
        json!({ "advance": "100000h" }),
        json!({ "advance": 3 }),
        json!({ "x": 1 }),
    ] {
        assert_eq!(ask(&mut server, "POST", "/_drydock/clock", Some(body)).0, 400);
    }
}

#[test]
fn faults_are_planned_and_happen() {
    let mut server = with_alpine();
    let fault =
        json!([{ "on": "create", "times": 2, "effect": { "error": { "status": 507, "message": "full" } } }]);
    let (status, told) = ask(&mut server, "POST", "/_drydock/faults", Some(fault));
    assert_eq!((status, told["armed"].as_array().map(Vec::len)), (201, Some(1)));
    assert_eq!(create(&mut server, "one"), (507, json!({ "message": "full" })));
    assert_eq!(ask(&mut server, "DELETE", "/_drydock/faults", None).0, 204);
    assert_eq!(create(&mut server, "one").0, 201);
    ask(&mut server, "POST", "/containers/one/start", None);
    let kill = json!({ "now": { "oom_kill": { "container": "one" } } });
    assert_eq!(ask(&mut server, "POST", "/_drydock/faults", Some(kill)).0, 200);
    assert_eq!(ask(&mut server, "GET", "/containers/one/json", None).1["State"]["OOMKilled"], true);
    let stop = json!({ "now": { "stop_daemon": {} } });
    assert_eq!(ask(&mut server, "POST", "/_drydock/faults", Some(stop)).1["daemon"], "down");
    assert!(whole(&mut server, &Request::new("GET", "/_ping")).cut.is_some());
    ask(&mut server, "POST", "/_drydock/faults", Some(json!({ "now": { "start_daemon": {} } })));
    assert_eq!(whole(&mut server, &Request::new("GET", "/_ping")).status, 200);
    for bad in [
        json!({ "on": "create", "effect": "rate_limit" }),
        json!({ "on": "no such thing", "effect": "reset" }),
        json!({ "on": "create", "effect": "reset", "nht": 2 }),
        json!({ "now": { "explode": {} } }),
        json!(3),
    ] {
        let (status, said) = ask(&mut server, "POST", "/_drydock/faults", Some(bad));
        assert!(status == 400 && said["message"].is_string(), "{said}");
    }
    assert!(server.world().faults.armed.is_empty());
}

#[test]
fn images_with_behaviours_are_made_from_yaml() {
    let mut server = Server::new(7);
    let text = "
image: acme/api:1
behaviour:
  stages:
    - do: [stdout: starting]
    - after: 5s
      do:
        - listen: {port: 8080, routes: {/: {body: hello}}}
        - healthy: true
  signals:
    TERM: [stdout: bye, exit: 0]
";
    let request = Request {
        headers: vec![("content-type".into(), "application/yaml".into())],
        body: text.as_bytes().to_vec(),
        ..Request::new("POST", "/_drydock/behaviours")
    };
    let made = whole(&mut server, &request);
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    assert_eq!(ask(&mut server, "GET", "/_drydock/behaviours", None).1, json!({ "images": ["acme/api:1"] }));
    ask(&mut server, "POST", "/containers/create?name=api", Some(json!({ "Image": "acme/api:1" })));
    ask(&mut server, "POST", "/containers/api/start", None);
    ask(&mut server, "POST", "/_drydock/clock", Some(json!({ "advance": "7s" })));
    let state = ask(&mut server, "GET", "/containers/api/json", None).1;
    assert_eq!(state["State"]["Health"]["Status"], "healthy");
}

#[test]
fn the_journal_is_kept_and_expected_of() {
    let mut server = with_alpine();
    assert_eq!(ask(&mut server, "GET", "/_drydock/journal", None).1["kept"], false);
    assert_eq!(ask(&mut server, "POST", "/_drydock/journal", None).0, 204);
    create(&mut server, "web");
    create(&mut server, "web");
    ask(&mut server, "DELETE", "/containers/web", None);
    create(&mut server, "left");
    let (_, told) = ask(&mut server, "GET", "/_drydock/journal?operation=create&failed=1", None);
    assert_eq!(told["entries"][0]["name"], "web");
    assert_eq!(told["entries"][0]["parameters"]["HostConfig"]["Memory"], 1 << 26);
    assert_eq!(told["leftovers"], json!(["container left (created)"]));
    let expected = json!([{ "operation": "create", "image": "alpine", "times": 3 }, { "operation": "start", "times": 0 }]);
    assert_eq!(ask(&mut server, "POST", "/_drydock/journal", Some(expected)).0, 204);
    let (status, said) =
        ask(&mut server, "POST", "/_drydock/journal", Some(json!({ "operation": "kill", "at_least": 1 })));
    let message = said["message"].as_str().unwrap();
    assert_eq!(status, 409);
    assert!(
        message.starts_with("kill: expected at least 1 times, came 0 times. The journal:\n  create web"),
        "{message}"
    );
}

#[test]
fn coverage_tells_what_was_used_and_what_is_missing() {
    let mut server = with_alpine();
    create(&mut server, "web");
    ask(&mut server, "GET", "/containers/json?all=1&limit=", None);
    ask(&mut server, "GET", "/no/such/thing", None);
    ask(&mut server, "POST", "/swarm/init", Some(json!({})));
    let (_, told) = ask(&mut server, "GET", "/_drydock/coverage", None);
    let of = |name: &str| {
        told["operations"].as_array().unwrap().iter().find(|o| o["operation"] == name).unwrap().clone()
    };
    let made = of("POST /containers/create");
    assert_eq!(made["count"], 1);
    assert_eq!(made["options"], json!(["Cmd", "HostConfig.Memory", "Image", "name"]));
    assert_eq!(made["statuses"], json!({ "201": 1 }));
    assert_eq!(of("GET /containers/json")["options"], json!(["all"]));
    assert_eq!(of("unknown")["statuses"], json!({ "404": 1 }));
    let gap = &told["not_simulated"][0];
    assert!(gap["message"].as_str().unwrap().contains("not simulated"), "{told}");
    assert_eq!(ask(&mut server, "DELETE", "/_drydock/coverage", None).0, 204);
    assert_eq!(ask(&mut server, "GET", "/_drydock/coverage", None).1["operations"], json!([]));
}

#[test]
fn what_is_not_there_says_where_to_look() {
    let mut server = Server::new(7);
    let (status, said) = ask(&mut server, "GET", "/_drydock/nothing", None);
    assert!(status == 404 && said["message"].as_str().unwrap().contains("GET /_drydock"), "{said}");
    assert_eq!(ask(&mut server, "GET", "/_drydock", None).0, 200);
}

#[test]
fn an_older_engine_answers_as_one() {
    let mut server = with_alpine();
    server.world_mut().release = drydock::model::Release::find("29.0").unwrap();
    let reply = whole(&mut server, &Request::new("GET", "/_ping"));
    assert!(reply.headers.contains(&("Api-Version".into(), "1.52".into())), "{reply:?}");
    assert!(reply.headers.contains(&("Server".into(), "Docker/29.0.4 (linux)".into())), "{reply:?}");
    let (status, said) = ask(&mut server, "GET", "/v1.43/info", None);
    assert_eq!(status, 400);
    assert!(said["message"].as_str().unwrap().contains("Minimum supported API version is 1.44"), "{said}");
    assert_eq!(ask(&mut server, "GET", "/v1.53/info", None).0, 400);
    assert_eq!(ask(&mut server, "GET", "/version", None).1["ApiVersion"], "1.52");
    server.world_mut().release = drydock::model::Release::find("28").unwrap();
    assert_eq!(ask(&mut server, "GET", "/v1.30/info", None).0, 501);
    assert_eq!(ask(&mut server, "GET", "/info", None).1["ServerVersion"], "28.5.2");
}
