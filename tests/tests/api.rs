//! The Engine API in process: heads, refusals, framing, and clients that wait.

use drydock::api::{Reply, Request};
use drydock::kernel::Pulse;
use drydock::session::{Handled, Server, Ticket, Told};
use serde_json::{Value, json};

fn ask(server: &mut Server, request: &Request) -> Reply {
    match server.handle(request) {
        Handled::Whole(reply) => reply,
        Handled::Later(ticket) => finish(server, ticket).1.expect("a reply"),
        Handled::Stream(head, _) => head,
    }
}

fn get(server: &mut Server, target: &str) -> (u16, Value) {
    let reply = ask(server, &Request::new("GET", target));
    (reply.status, serde_json::from_slice(&reply.body).unwrap_or_default())
}

fn post(server: &mut Server, target: &str, body: &Value) -> (u16, Value) {
    let reply = ask(server, &Request::new("POST", target).json(body));
    (reply.status, serde_json::from_slice(&reply.body).unwrap_or_default())
}

/// Lets everything happen that a ticket waits for.
fn finish(server: &mut Server, ticket: Ticket) -> (Vec<u8>, Option<Reply>) {
    let mut bytes = vec![];
    for _ in 0..100_000 {
        let pulse = server.pulse();
        let (told, due) = server.poll(ticket);
        match told {
            Some(Told::Reply(reply)) => return (bytes, Some(reply)),
            Some(Told::Last(last)) => {
                bytes.extend(last);
                return (bytes, None);
            }
            Some(Told::Bytes(more)) => bytes.extend(more),
            Some(other) => panic!("{other:?}"),
            None => {}
        }
        if let Pulse::Quiet(next) = pulse
            && !server.is_busy()
            && let Some(next) = [next, due].into_iter().flatten().min()
        {
            server.reach(next);
        }
    }
    panic!("it never ends");
}

fn stream(server: &mut Server, method: &str, target: &str) -> Ticket {
    match server.handle(&Request::new(method, target)) {
        Handled::Stream(_, ticket) => ticket,
        other => panic!("{other:?}"),
    }
}

fn with_busybox() -> Server {
    let mut server = Server::new(7);
    let pulled = ask(&mut server, &Request::new("POST", "/images/create?fromImage=busybox&tag=latest"));
    assert_eq!(pulled.status, 200);
    server
}

#[test]
fn an_exec_for_a_user_who_is_not_there_is_not_made() {
    let mut server = with_busybox();
    let body = json!({ "Image": "busybox", "Cmd": ["sleep", "1000"] });
    ask(&mut server, &Request::new("POST", "/containers/create?name=box").json(&body));
    ask(&mut server, &Request::new("POST", "/containers/box/start"));
    for (user, status, message) in [
        ("ghost", 400, "unable to find user ghost: no matching entries in passwd file"),
        ("0:ghost", 400, "unable to find group ghost: no matching entries in group file"),
        ("4711", 201, ""),
    ] {
        let body = json!({ "Cmd": ["id"], "User": user });
        let reply = ask(&mut server, &Request::new("POST", "/containers/box/exec").json(&body));
        let said: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!((reply.status, said["message"].as_str().unwrap_or_default()), (status, message));
    }
}

#[test]
fn what_is_refused_is_refused_in_dockers_words() {
    let mut server = with_busybox();
    for (method, target, body, status, message) in [
        ("GET", "/v1.55/nosuchroute", "", 404, "page not found"),
        ("DELETE", "/images/", "", 404, "page not found"),
        (
            "GET",
            "/v1.30/version",
            "",
            400,
            "client version 1.30 is too old. Minimum supported API version is 1.40, please upgrade your client to a newer \
             version",
        ),
        (
            "GET",
            "/v1.99/version",
            "",
            400,
            "client version 1.99 is too new. Maximum supported API version is 1.55",
        ),
        ("POST", "/containers/create", "{\"Image\":", 400, "invalid JSON: unexpected EOF"),
        (
            "POST",
            "/containers/create",
            "{\"Image\":\"nosuch\",\"Cmd\":[\"x\"]}",
            404,
            "No such image: nosuch:latest",
        ),
        ("GET", "/containers/nosuch/json", "", 404, "No such container: nosuch"),
        ("GET", "/containers/json?filters=[", "", 400, "invalid filter"),
        ("POST", "/swarm/init", "", 501, "the endpoint POST /swarm/init is not simulated by Drydock"),
    ] {
        let mut request = Request::new(method, target);
        if !body.is_empty() {
            request.headers.push(("content-type".into(), "application/json".into()));
            request.body = body.as_bytes().to_vec();
        }
        let reply = ask(&mut server, &request);
        let said: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!((reply.status, said), (status, json!({ "message": message })), "{method} {target}");
    }
}

#[test]
fn a_client_attaches_waits_and_starts_as_docker_run_does() {
    let mut server = with_busybox();
    let body = json!({
        "Image": "busybox", "Cmd": ["sh", "-c", "cat; echo err >&2; exit 3"],
        "OpenStdin": true, "StdinOnce": true, "AttachStdin": true, "AttachStdout": true, "AttachStderr": true,
        "HostConfig": { "AutoRemove": true },
    });
    let (status, made) = post(&mut server, "/v1.50/containers/create?name=job", &body);
    assert_eq!((status, &made["Warnings"]), (201, &json!([])));
    let attach = "/containers/job/attach?stream=1&stdin=1&stdout=1&stderr=1";
    let attached = stream(&mut server, "POST", attach);
    let waiting = stream(&mut server, "POST", "/containers/job/wait?condition=removed");
    server.feed(attached, b"typed early\n");
    assert_eq!(ask(&mut server, &Request::new("POST", "/containers/job/start")).status, 204);
    server.feed(attached, b"typed late\n");
    // A server in the middle of everything survives a save file.
    let mut copy = server.clone();
    assert!(copy == server);
    for server in [&mut server, &mut copy] {
        server.end_input(attached);
        let (output, _) = finish(server, attached);
        let mut want = vec![];
        for (stream, text) in [(1, "typed early\ntyped late\n"), (2, "err\n")] {
            want.extend([stream, 0, 0, 0, 0, 0, 0, text.len() as u8]);
            want.extend(text.as_bytes());
        }
        assert_eq!(String::from_utf8_lossy(&output), String::from_utf8_lossy(&want));
        assert_eq!(finish(server, waiting).0, b"{\"StatusCode\":3}\n");
        assert_eq!(get(server, "/containers/json?all=1"), (200, json!([])));
    }
}

#[test]
fn stopping_waits_for_the_grace_period_and_tells_what_happened() {
    let mut server = with_busybox();
    let body = json!({ "Image": "busybox", "Cmd": ["sleep", "1000"] });
    post(&mut server, "/containers/create?name=stubborn", &body);
    let since = server.world().now().unix_secs();
    ask(&mut server, &Request::new("POST", "/containers/stubborn/start"));
    let before = server.world().now();
    assert_eq!(ask(&mut server, &Request::new("POST", "/containers/stubborn/stop?t=3")).status, 204);
    assert_eq!(((server.world().now() - before).as_secs_f64()).round() as i64, 3);
    assert_eq!(ask(&mut server, &Request::new("POST", "/containers/stubborn/stop")).status, 304);
    let until = server.world().now().unix_secs() + 1;
    for (version, has_status) in [("1.51", true), ("1.52", false)] {
        let target = format!("/v{version}/events?since={since}&until={until}");
        let listening = stream(&mut server, "GET", &target);
        let text = String::from_utf8(finish(&mut server, listening).0).unwrap();
        let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let actions: Vec<&str> =
            events.iter().filter(|e| e["Type"] == "container").filter_map(|e| e["Action"].as_str()).collect();
        assert_eq!(actions, ["create", "start", "kill", "kill", "stop", "die"], "{version}");
        assert_eq!(events.iter().any(|e| e.get("status").is_some()), has_status, "{version}");
    }
}

#[test]
fn an_exec_at_a_terminal_echoes_and_can_be_interrupted() {
    let mut server = with_busybox();
    post(
        &mut server,
        "/containers/create?name=box",
        &json!({ "Image": "busybox", "Cmd": ["sleep", "1000"] }),
    );
    ask(&mut server, &Request::new("POST", "/containers/box/start"));
    let body = json!({ "Cmd": ["sh"], "Tty": true, "AttachStdin": true, "AttachStdout": true });
    let (_, made) = post(&mut server, "/containers/box/exec", &body);
    let target = format!("/exec/{}/start", made["Id"].as_str().unwrap());
    let request = Request::new("POST", &target).json(&json!({ "Tty": true }));
    let Handled::Stream(_, exec) = server.handle(&request) else { panic!("no stream") };
    server.feed(exec, b"echo ab\x7fc\rexit 4\r");
    let (output, _) = finish(&mut server, exec);
    let text = String::from_utf8_lossy(&output).replace("\x08 \x08", "<");
    assert!(text.contains("echo ab<c\r\n") && text.contains("ac\r\n"), "{text:?}");
    let (_, inspected) = get(&mut server, &format!("/exec/{}/json", made["Id"].as_str().unwrap()));
    assert_eq!((&inspected["ExitCode"], &inspected["Running"]), (&json!(4), &json!(false)));
}
