//! Every endpoint, with bodies that are nearly right: whatever a client sends is answered, as one that is at fault.

use drydock::api::{MAX_JSON, ROUTES, Request};
use drydock::kernel::Pulse;
use drydock::session::{Handled, Server, Told};
use drydock_tests::fuzz::furnished;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Bodies that endpoints take; each is spoilt in one place or several.
fn bodies() -> Vec<Value> {
    let container = json!({
        "Image": "busybox", "Cmd": ["sleep", "5"], "Entrypoint": null, "Env": ["A=b"], "Labels": { "a": "b" },
        "ExposedPorts": { "80/tcp": {} }, "Volumes": { "/data": {} }, "Tty": true, "OpenStdin": true,
        "StopSignal": "TERM", "StopTimeout": 3, "User": "root", "WorkingDir": "/", "Hostname": "h",
        "Healthcheck": { "Test": ["CMD", "true"], "Interval": 1_000_000_000, "Retries": 3 },
        "HostConfig": {
            "Binds": ["/a:/b:ro"], "Memory": 67_108_864, "NanoCpus": 1_000_000, "PidsLimit": 10, "AutoRemove": true,
            "PortBindings": { "80/tcp": [{ "HostIp": "127.0.0.1", "HostPort": "8080" }] },
            "RestartPolicy": { "Name": "on-failure", "MaximumRetryCount": 3 }, "NetworkMode": "bridge",
            "Mounts": [{ "Type": "volume", "Source": "v1", "Target": "/v", "VolumeOptions": { "Labels": {} } }],
            "Tmpfs": { "/t": "size=1m" }, "Ulimits": [{ "Name": "nofile", "Soft": 10, "Hard": 20 }],
            "LogConfig": { "Type": "json-file", "Config": { "max-size": "1k" } }, "ExtraHosts": ["a:1.2.3.4"],
        },
        "NetworkingConfig": { "EndpointsConfig": { "n1": { "Aliases": ["x"], "IPAMConfig": { "IPv4Address": "10.0.0.9" } } } },
    });
    vec![
        container,
        json!({ "Name": "n9", "Driver": "bridge", "IPAM": { "Config": [{ "Subnet": "10.9.0.0/24", "Gateway": "10.9.0.1" }] },
                "Internal": true, "Options": { "a": "b" }, "Labels": { "a": "b" } }),
        json!({ "Name": "v9", "Driver": "local", "DriverOpts": { "type": "tmpfs" }, "Labels": {} }),
        json!({ "Container": "c1", "Force": true, "EndpointConfig": { "Aliases": ["y"] } }),
        json!({ "AttachStdin": true, "AttachStdout": true, "Cmd": ["cat"], "Env": ["A=b"], "User": "root", "Tty": true }),
        json!({ "Detach": false, "Tty": true, "ConsoleSize": [24, 80] }),
        json!({ "username": "u", "password": "p", "serveraddress": "127.0.0.1:5000" }),
        json!({ "Memory": 67_108_864, "MemorySwap": -1, "CpuShares": 512, "RestartPolicy": { "Name": "always" } }),
    ]
}

/// What stands where something else belongs.
fn wrong() -> impl Strategy<Value = Value> {
    let deep = (0..80).fold(json!(1), |inner, _| json!([inner]));
    prop_oneof![
        Just(json!(null)),
        Just(json!([])),
        Just(json!({})),
        Just(json!("")),
        Just(json!("\u{0}/../\u{fffd}%")),
        Just(json!(["", null, 7])),
        Just(json!({ "": {} })),
        Just(json!(-1)),
        Just(json!(1e300)),
        Just(json!(u64::MAX)),
        Just(json!(i64::MIN)),
        Just(json!("9".repeat(400))),
        Just(deep),
        any::<bool>().prop_map(|b| json!(b)),
        ".{0,40}".prop_map(|text| json!(text)),
    ]
}

/// Puts a value into the place that `at` leads to.
fn spoil(value: &mut Value, at: &mut impl Iterator<Item = usize>, with: Value) {
    let count = match value {
        Value::Object(fields) => fields.len(),
        Value::Array(all) => all.len(),
        _ => 0,
    };
    let step = at.next().filter(|_| count > 0).map(|n| n % (count + 1));
    let child = match (value as &mut Value, step) {
        (Value::Object(fields), Some(n)) => fields.values_mut().nth(n),
        (Value::Array(all), Some(n)) => all.get_mut(n),
        _ => None,
    };
    // One step too far means the value itself.
    match child {
        Some(child) => spoil(child, at, with),
        None => *value = with,
    }
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let places = prop::collection::vec((prop::collection::vec(0..20_usize, 1..5), wrong()), 0..3);
    let spoilt = (prop::sample::select(bodies()), places)
        .prop_map(|(mut body, places)| {
            places.into_iter().for_each(|(at, with)| spoil(&mut body, &mut at.into_iter(), with));
            body.to_string().into_bytes()
        })
        .boxed();
    prop_oneof![
        8 => spoilt.clone(),
        1 => (spoilt, any::<prop::sample::Index>()).prop_map(|(body, at)| body[..at.index(body.len())].to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..600),
    ]
}

fn request() -> impl Strategy<Value = Request> {
    let names =
        ["c1", "c2", "n1", "v1", "busybox", "mine:v1", "nosuch", "..", "%2e%2e%2f", "%00", "a b", "ü"];
    let queries = [
        "",
        "all=1",
        "force=1",
        "filters=%7B%22label%22%3A%5B%22a%22%5D%7D",
        "filters=[",
        "limit=-9223372036854775809",
        "stdout=1&stderr=1&tail=1&since=1e99",
        "stream=1&stdin=1&stdout=1&logs=1",
        "h=65536&w=-1",
        "t=-1&signal=99",
        "path=/..%2f..%2fetc&noOverwriteDirNonDir=x",
        "fromImage=busybox&tag=%ff",
        "name=%20",
        "condition=nonsense",
        "repo=mine&tag=v2",
        "detachKeys=ctrl-%00",
        "until=0&since=-1",
        "q=1&dockerfile=../x&buildargs=[1]",
    ];
    let name = prop::sample::select(names.to_vec());
    let target = (
        prop::sample::select(ROUTES),
        prop::collection::vec(name, 3),
        prop::sample::select(queries.to_vec()),
    );
    (target, body(), prop::sample::select(vec!["application/json", "application/x-tar", "text/plain"]))
        .prop_map(|((route, names, query), body, kind)| {
            let mut names = names.into_iter();
            let words = route
                .path
                .split('/')
                .map(|w| if w.starts_with('*') { names.next().unwrap_or("x") } else { w });
            let target = format!("{}?{query}", words.collect::<Vec<_>>().join("/"));
            let method = if route.method == "*" { "POST" } else { route.method };
            let headers = [("content-type", kind), ("upgrade", "tcp"), ("connection", "Upgrade")];
            let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
            Request { headers, body, ..Request::new(method, &target) }
        })
}

/// The status of what comes of it, and all that is said.
fn answer(server: &mut Server, request: &Request) -> (u16, Vec<u8>) {
    let (mut status, mut said, ticket) = match server.handle(request) {
        Handled::Whole(reply) => return (reply.status, reply.body),
        Handled::Later(ticket) => (0, vec![], ticket),
        Handled::Stream(head, ticket) => (head.status, head.body, ticket),
    };
    server.feed(ticket, b"noise\n\x04");
    server.end_input(ticket);
    for _ in 0..400 {
        let pulse = server.pulse();
        let (told, due) = server.poll(ticket);
        match told {
            Some(Told::Reply(reply)) => return (reply.status, reply.body),
            Some(Told::Bytes(bytes)) => said.extend(bytes),
            Some(Told::Stream(head, _)) => status = head.status,
            Some(Told::Last(_) | Told::Cut(_)) => break,
            None => {
                let Pulse::Quiet(next) = pulse else { continue };
                match [next, due].into_iter().flatten().min() {
                    Some(next) => server.reach(next),
                    None => break,
                }
            }
        }
    }
    server.forget(ticket);
    (if status == 0 { 200 } else { status }, said)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_is_sent_is_answered_in_words(requests in prop::collection::vec(request(), 1..6)) {
        let mut server = Server::of(furnished());
        for request in requests {
            let (status, said) = answer(&mut server, &request);
            let shown = || format!("{} {}\n{}", request.method, request.target, String::from_utf8_lossy(&request.body));
            prop_assert!((200..504).contains(&status) || status == 101, "{status} {}", shown());
            prop_assert!(said.len() < 4 << 20, "{} bytes for {}", said.len(), shown());
            if status >= 400 && request.method != "HEAD" {
                let words: Value = serde_json::from_slice(&said).unwrap_or_default();
                prop_assert!(words["message"].as_str().is_some_and(|text| !text.is_empty()), "{status} {}", shown());
            }
        }
        // It goes on as if nothing had been.
        prop_assert_eq!(answer(&mut server, &Request::new("GET", "/_ping")).0, 200);
    }
}

#[test]
fn a_document_that_is_too_large_or_too_deep_is_refused() {
    let mut server = Server::of(furnished());
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(200_000), close.repeat(200_000));
    let large = format!("{{\"Image\":\"{}\"}}", "x".repeat(MAX_JSON));
    for body in [deep("[", "]"), deep("{\"a\":", "}"), large] {
        for path in
            ["/containers/create", "/networks/create", "/volumes/create", "/containers/c1/exec", "/auth"]
        {
            let mut request = Request::new("POST", path);
            request.headers.push(("content-type".into(), "application/json".into()));
            request.body = body.clone().into_bytes();
            let (status, said) = answer(&mut server, &request);
            assert!((400..500).contains(&status), "{path}: {status} {}", String::from_utf8_lossy(&said));
        }
    }
}
