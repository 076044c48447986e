//! Requests for the Engine API: any method, target, headers and body, and what streams are fed.

use super::{Choices, Target, furnished};
use drydock::api::Request;
use drydock::kernel::Pulse;
use drydock::session::{Handled, Server, Ticket};

pub(super) const TARGET: Target = Target { name: "api", run, words: WORDS };

const WORDS: &[&str] = &[
    "/containers/",
    "/images/",
    "/networks/",
    "/volumes/",
    "/exec/",
    "/build",
    "/events?",
    "/system/df",
    "/v1.44",
    "/v9.99",
    "c1",
    "c2",
    "n1",
    "v1",
    "busybox",
    "mine:v1",
    "json",
    "create",
    "start",
    "logs?stdout=1",
    "attach?stream=1&stdin=1",
    "wait",
    "archive?path=/",
    "?all=1",
    "&filters=",
    "{\"label\":[\"a\"]}",
    "{\"Image\":\"busybox\"}",
    "\"Cmd\":[\"true\"]",
    "\"HostConfig\":{",
    "\"PortBindings\":{\"80/tcp\":[{}]}",
    "%2e%2e",
    "%00",
    "%zz",
    "{}",
    "[]",
    "null",
    "-1",
    "1e99",
    "upgrade: tcp\n",
    "content-type: application/x-tar\n",
    "x-registry-auth: e30=\n",
];

const METHODS: &[&str] = &["GET", "POST", "DELETE", "PUT", "HEAD", "PATCH", ""];

/// Lines of a request as a client would write them; the body is what follows an empty line.
fn request(method: &str, text: &str) -> Request {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let mut request = Request::new(method, lines.next().unwrap_or_default());
    request.headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(k, v)| (k.to_lowercase(), v.to_owned()))
        .collect();
    request.body = body.as_bytes().to_vec();
    request
}

fn run(data: &[u8]) {
    let mut server = Server::of(furnished());
    for part in data.split(|byte| *byte == 0).take(8) {
        let mut choices = Choices::new(part);
        let method = choices.one_of(METHODS);
        let request = request(method, &String::from_utf8_lossy(choices.rest()));
        match server.handle(&request) {
            Handled::Whole(reply) => {
                assert!((200..600).contains(&reply.status), "{request:?}: {}", reply.status)
            }
            Handled::Later(ticket) | Handled::Stream(_, ticket) => follow(&mut server, ticket, part),
        }
    }
}

/// Feeds a stream its own request, which is as good as noise, and lets a while pass.
fn follow(server: &mut Server, ticket: Ticket, noise: &[u8]) {
    server.feed(ticket, noise);
    server.end_input(ticket);
    for _ in 0..300 {
        let pulse = server.pulse();
        let (told, due) = server.poll(ticket);
        if let (None, Pulse::Quiet(next)) = (told, pulse) {
            match [next, due].into_iter().flatten().min() {
                Some(next) => server.reach(next),
                None => break,
            }
        }
    }
    server.forget(ticket);
}
