//! Planned faults, as the command line, typed calls and the Engine API meet them; and the journal.

use drydock::api::{Reply, Request};
use drydock::base::Duration as Span;
use drydock::double::{Call, Drydock, Effect, Fault, Leftover, Operation, Run};
use drydock::kernel::Pulse;
use drydock::model::Cut;
use drydock::session::{Handled, Server, Told};
use proptest::prelude::*;
use serde_json::json;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn with(faults: impl IntoIterator<Item = Fault>) -> Drydock {
    let mut docker = Drydock::builder().seed(7).journal().build();
    faults.into_iter().for_each(|fault| docker.inject(fault));
    docker
}

/// A server with alpine in its store.
fn server(faults: impl IntoIterator<Item = Fault>) -> Server {
    let mut docker = Drydock::new();
    docker.pull("alpine").unwrap();
    let mut server = Server::on(docker.world().clone());
    server.world_mut().faults.armed.extend(faults);
    server
}

/// The reply to a request, however long it takes, and how long that was.
fn ask(server: &mut Server, request: &Request) -> (Reply, Span) {
    let began = server.world().now();
    let ticket = match server.handle(request) {
        Handled::Whole(reply) => return (reply, Span::ZERO),
        Handled::Later(ticket) => ticket,
        Handled::Stream(mut head, ticket) => {
            let (bytes, broken) = drain(server, ticket);
            head.body.extend(bytes);
            if !broken {
                head.cut = None;
            }
            return (head, server.world().now() - began);
        }
    };
    for _ in 0..1000 {
        let (told, due) = server.poll(ticket);
        match told {
            Some(Told::Reply(reply)) => return (reply, server.world().now() - began),
            Some(Told::Cut(_)) => return (Reply::broken(), server.world().now() - began),
            Some(other) => panic!("{other:?}"),
            None => {}
        }
        if let Pulse::Quiet(next) = server.pulse()
            && let Some(next) = [next, due].into_iter().flatten().min()
        {
            server.reach(next);
        }
    }
    panic!("no answer to {} {}", request.method, request.target);
}

fn drain(server: &mut Server, ticket: drydock::session::Ticket) -> (Vec<u8>, bool) {
    let mut all = vec![];
    for _ in 0..10_000 {
        let (told, due) = server.poll(ticket);
        match told {
            Some(Told::Bytes(bytes)) => all.extend(bytes),
            Some(Told::Last(bytes)) => {
                all.extend(bytes);
                return (all, false);
            }
            Some(Told::Cut(bytes)) => {
                all.extend(bytes);
                return (all, true);
            }
            Some(other) => panic!("{other:?}"),
            None => {}
        }
        if let Pulse::Quiet(next) = server.pulse()
            && let Some(next) = [next, due].into_iter().flatten().min()
        {
            server.reach(next);
        }
    }
    panic!("the stream has no end");
}

fn post(path: &str) -> Request {
    Request::new("POST", path)
}

fn create(name: &str) -> Request {
    post(&format!("/containers/create?name={name}"))
        .json(&json!({ "Image": "alpine", "Cmd": ["sleep", "1000"] }))
}

#[test]
fn the_nth_operation_of_a_kind_fails_with_status_and_message() {
    let fault = || Fault::on(Operation::Start).of("bee").nth(2).times(2).error(503, "the moon is full");
    let mut docker = with([fault()]);
    docker.sh("docker create --name ant alpine sleep 100 && docker create --name bee alpine sleep 100");
    let codes: Vec<i32> = (0..5).map(|_| docker.sh("docker start ant bee").code).collect();
    assert_eq!(codes, [0, 1, 1, 0, 0]);
    let failed = docker.journal().filter(|e| e.error.as_deref() == Some("the moon is full")).count();
    assert_eq!(failed, 2);

    let mut server = server([fault()]);
    ask(&mut server, &create("bee"));
    let statuses: Vec<u16> =
        (0..4).map(|_| ask(&mut server, &post("/containers/bee/start")).0.status).collect();
    assert_eq!(statuses, [204, 503, 503, 304]);
    assert!(server.world().faults.armed.is_empty());
}

#[test]
fn what_a_fault_refuses_has_not_happened() {
    let mut docker =
        with([Fault::on(Operation::Create).disk_full(), Fault::on(Operation::Remove).error(500, "busy")]);
    let played = docker.sh("docker run -d --name web nginx");
    assert_eq!(played.code, 125);
    assert!(
        played.stderr.contains("docker: Error response from daemon: failed to create prepare snapshot dir")
    );
    assert!(played.stderr.contains("no space left on device"), "{played:?}");
    docker.assert_no_container("web");
    docker.run(&Run::image("nginx").name("web")).unwrap();
    assert!(docker.rm_force("web").is_err());
    docker.assert_running("web");
    docker.rm_force("web").unwrap();
    docker.assert_clean();
}

#[test]
fn a_registry_has_had_enough_in_band() {
    let mut docker = with([Fault::on(Operation::Pull).of("nginx").rate_limit().times(2)]);
    let said = "toomanyrequests: You have reached your unauthenticated pull rate limit. \
                https://www.docker.com/increase-rate-limit\n";
    let played = docker.sh("docker pull nginx:1.27 && docker pull nginx");
    assert_eq!(played.stderr, said);
    assert!(played.stdout.ends_with("latest: Pulling from library/nginx\n"), "{}", played.stdout);
    assert_eq!(docker.pull("nginx").unwrap_err().stderr, said);
    docker.pull("nginx").unwrap();
    docker.expect(Call::pull().image("nginx").failed()).times(2);

    let mut server = server([Fault::on(Operation::Pull).rate_limit()]);
    let (reply, _) = ask(&mut server, &post("/images/create?fromImage=busybox&tag=latest"));
    let body = String::from_utf8(reply.body).unwrap();
    assert_eq!(reply.status, 200);
    let lines: Vec<serde_json::Value> = body.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines[0], json!({ "status": "Pulling from library/busybox", "id": "latest" }));
    assert_eq!(lines[1]["errorDetail"]["message"], said.trim_end());
}

#[test]
fn a_build_meets_the_faults_of_its_base() {
    let mut docker = with([Fault::on(Operation::Pull).of("alpine").error(500, "i/o timeout")]);
    let line = "mkdir -p /tmp/c && cd /tmp/c && echo FROM alpine > Dockerfile && docker build -q -t mine .";
    let played = docker.sh(line);
    assert_ne!(played.code, 0);
    assert!(played.stderr.contains("i/o timeout"), "{played:?}");
    assert_eq!(docker.sh(line).code, 0);
    docker.expect(Call::to(Operation::Build).image("mine")).times(2);
    docker.inject(Fault::on(Operation::Build).of("mine").error(500, "no"));
    assert_ne!(docker.sh(line).code, 0);
}

#[test]
fn latency_is_virtual_and_others_go_on_meanwhile() {
    let slow = || Fault::on(Operation::Create).nth(2).latency(SECOND * 90);
    let mut docker = with([slow()]);
    docker.pull("alpine").unwrap();
    docker.sh("docker run -d --name beat alpine sh -c 'while true; do echo tick; sleep 25; done'");
    let before = docker.elapsed();
    let ids = docker.sh("docker run -d --name late alpine sleep 10");
    assert_eq!(ids.code, 0, "{ids:?}");
    assert_eq!(ids.stdout.lines().count(), 1);
    let took = docker.elapsed() - before;
    assert!(took >= SECOND * 90 && took < SECOND * 91, "{took:?}");
    assert_eq!(docker.logs("beat").unwrap(), "tick\n".repeat(4));
    docker.assert_running("late");
    // A client that gives up has changed nothing.
    docker.inject(Fault::on(Operation::Stop).latency(SECOND * 60));
    assert_eq!(docker.sh("timeout 5 docker stop -t 0 beat").code, 124);
    docker.assert_running("beat");
    docker.stop("beat").unwrap();

    let mut server = server([slow(), slow()]);
    assert_eq!(ask(&mut server, &create("ant")).1, Span::ZERO);
    let (reply, took) = ask(&mut server, &create("bee"));
    assert_eq!((reply.status, took), (201, Span::secs(180)));
    assert_eq!(ask(&mut server, &create("cat")).1, Span::ZERO);
}

#[test]
fn a_delayed_command_meets_its_other_faults_once() {
    let mut docker = with([
        Fault::on(Operation::Remove).of("ant").error(500, "stuck"),
        Fault::on(Operation::Remove).of("bee").latency(SECOND * 5),
    ]);
    docker.sh("docker create --name ant alpine && docker create --name bee alpine");
    let played = docker.sh("docker rm ant bee");
    assert_eq!((played.stdout.as_str(), played.code), ("bee\n", 1));
    assert_eq!(played.stderr, "Error response from daemon: stuck\n");
    docker.expect(Call::to(Operation::Remove)).times(2);
}

#[test]
fn connections_break_before_anything_happens() {
    let mut docker = with([Fault::on(Operation::Create).reset()]);
    docker.pull("alpine").unwrap();
    let played = docker.sh("docker create --name web alpine");
    assert_eq!(played.code, 1);
    assert!(played.stderr.starts_with("error during connect: Post \"http://"), "{}", played.stderr);
    assert!(played.stderr.contains("/containers/create?name=web\": read unix "), "{}", played.stderr);
    assert!(played.stderr.ends_with("connection reset by peer\n"), "{}", played.stderr);
    docker.assert_no_container("web");

    let mut server = server([Fault::on(Operation::Create).reset()]);
    assert_eq!(ask(&mut server, &create("web")).0.cut, Some(Cut::Reset));
    assert_eq!(ask(&mut server, &create("web")).0.status, 201);
}

#[test]
fn answers_break_off_in_their_middle() {
    let eof = |operation| Fault::on(operation).eof(20);
    let mut server = server([eof(Operation::Pull), eof(Operation::Create), eof(Operation::Logs)]);
    let pull = post("/images/create?fromImage=busybox&tag=latest");
    let (reply, _) = ask(&mut server, &pull);
    assert_eq!((reply.status, reply.cut), (200, Some(Cut::After(20))));
    assert!(
        !server.world().images.names.contains_key("docker.io/library/busybox:latest"),
        "a pull ends with its client"
    );
    // A container is made although nobody has been told.
    assert_eq!(ask(&mut server, &create("web")).0.cut, Some(Cut::After(20)));
    assert_eq!(ask(&mut server, &create("web")).0.status, 409);
    let noisy = post("/containers/create?name=noisy")
        .json(&json!({ "Image": "alpine", "Cmd": ["sh", "-c", "seq 100; sleep 5; seq 100"] }));
    ask(&mut server, &noisy);
    ask(&mut server, &post("/containers/noisy/start"));
    let logs = Request::new("GET", "/containers/noisy/logs?stdout=1&follow=1");
    let (reply, _) = ask(&mut server, &logs);
    assert_eq!((reply.body.len(), reply.cut), (20, Some(Cut::After(20))));
    let (reply, _) = ask(&mut server, &logs);
    assert_eq!((reply.body.len() > 292, reply.cut), (true, None));

    let mut docker = with([eof(Operation::Pull)]);
    let played = docker.sh("docker pull busybox");
    assert_eq!((played.stderr.as_str(), played.code), ("unexpected EOF\n", 1));
    assert_eq!(docker.sh("docker images -q").stdout, "");
}

#[test]
fn the_kernel_kills_for_memory() {
    let mut docker = with([Fault::on(Operation::Start).of("greedy").oom_kill(SECOND * 3)]);
    docker
        .run(&Run::image("alpine").name("greedy").option("--restart", "on-failure").cmd(["sleep", "100"]))
        .unwrap();
    docker.advance(SECOND * 2);
    docker.assert_running("greedy");
    let events = docker.sh("sleep 5; docker events --since 1h --until 0s --filter type=container --format '{{.Action}}' 2>&1").stdout;
    let told: Vec<&str> = events.lines().rev().take(3).collect();
    assert_eq!(told, ["start", "die", "oom"], "{events}");
    docker.assert_running("greedy");
    docker.oom_kill("greedy").unwrap();
    docker.kill("greedy", "KILL").ok();
    assert!(docker.inspect("greedy").unwrap().oom_killed);
    assert!(docker.oom_kill("nobody").is_err());
}

#[test]
fn the_daemon_comes_back_and_restarts_what_policies_say() {
    let mut docker = with([]);
    for (name, policy) in [
        ("always", "always"),
        ("stopped", "always"),
        ("unless", "unless-stopped"),
        ("told", "unless-stopped"),
        ("no", "no"),
    ] {
        let run = Run::image("alpine").name(name).option("--restart", policy);
        docker.run(&run.cmd(["sh", "-c", "trap 'exit 3' TERM; while true; do sleep 1; done"])).unwrap();
    }
    docker.sh("docker stop stopped told");
    docker.inject(Fault::on(Operation::List).daemon_restart(SECOND * 30));
    let played = docker.sh("docker ps");
    assert!(played.stderr.contains("/containers/json\": read unix"), "{played:?}");
    for line in ["docker ps", "docker run -d alpine", "docker events"] {
        let played = docker.sh(line);
        let said = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n";
        assert_eq!((played.stderr.as_str(), played.code), (said, 1), "{line}");
    }
    assert!(docker.sh("docker version").stdout.contains("Client"));
    docker.advance(SECOND * 15);
    docker.assert_exited("always", 3);
    assert!(docker.wait_until(SECOND * 60, Drydock::is_up));
    let up = docker.sh("docker ps --format '{{.Names}}' | sort").stdout;
    assert_eq!(up, "always\nstopped\nunless\n");
    docker.assert_exited("no", 3);

    // With live-restore, containers do not notice.
    let started = docker.inspect("always").unwrap().started;
    let effect = Effect::DaemonRestart { down: Span::secs(2), live_restore: true };
    docker.inject(Fault::on(Operation::Ping).effect(effect.clone()));
    docker.inject(Fault::on(Operation::Info).effect(effect));
    docker.sh("docker info");
    assert!(!docker.is_up());
    docker.start_daemon();
    assert_eq!(docker.inspect("always").unwrap().started, started);
}

#[test]
fn clients_that_wait_lose_a_daemon_that_stops() {
    let mut docker = with([]);
    docker.run(&Run::image("alpine").name("web").cmd(["sleep", "1000"])).unwrap();
    docker.sh("docker events > /tmp/events 2>&1 &\ndocker logs -f web > /tmp/logs 2>&1 &");
    docker.stop_daemon();
    let played = docker.sh("cat /tmp/events /tmp/logs");
    assert_eq!(played.stdout, "unexpected EOF\nunexpected EOF\n", "{played:?}");
    assert!(!docker.is_up());
    docker.start_daemon();

    let mut server = server([]);
    let Handled::Stream(_, events) = server.handle(&Request::new("GET", "/events")) else { panic!() };
    server.world_mut().faults.armed.push(Fault::on(Operation::Info).daemon_restart(SECOND));
    assert_eq!(ask(&mut server, &Request::new("GET", "/info")).0.cut, Some(Cut::Reset));
    assert_eq!(server.poll(events).0, Some(Told::Cut(vec![])));
    assert_eq!(ask(&mut server, &Request::new("GET", "/_ping")).0.cut, Some(Cut::Reset));
    server.pulse();
    let later = server.world().now() + Span::secs(2);
    server.reach(later);
    assert_eq!(ask(&mut server, &Request::new("GET", "/_ping")).0.status, 200);
}

#[test]
fn faults_are_data() {
    let text = r#"[
        {"on": "pull", "of": "nginx", "effect": "rate_limit"},
        {"on": "create", "nth": 3, "times": null, "effect": {"error": {"status": 500, "message": "no"}}},
        {"on": "logs", "effect": {"eof": {"after": 10}}},
        {"on": "start", "effect": {"oom_kill": {"after": "5s"}}},
        {"on": "remove_image", "effect": {"latency": "1m30s"}},
        {"on": "list", "effect": {"daemon_restart": {"down": "10s"}}}
    ]"#;
    let faults: Vec<Fault> = serde_json::from_str(text).unwrap();
    assert_eq!(faults[0], Fault::on(Operation::Pull).of("nginx").rate_limit());
    assert_eq!(faults[4], Fault::on(Operation::RemoveImage).latency(SECOND * 90));
    assert!(faults.iter().all(|fault| fault.check().is_ok()));
    let docker = with(faults);
    assert_eq!(Drydock::load(&docker.save().unwrap()).unwrap().world(), docker.world());
    for operation in Operation::ALL {
        assert_eq!(serde_json::to_value(operation).unwrap(), operation.word());
    }
    let bad = [
        Fault::on(Operation::Pull).times(0),
        Fault::on(Operation::Create).rate_limit(),
        Fault::on(Operation::Create).oom_kill(SECOND),
        Fault::on(Operation::Create).error(200, "fine"),
    ];
    assert!(bad.iter().all(|fault| fault.check().is_err()));
}

#[test]
fn the_journal_tells_what_was_asked() {
    let mut docker = Drydock::new();
    docker.pull("alpine").unwrap();
    assert_eq!(docker.journal().count(), 0);
    docker.keep_journal();
    docker.sh("docker run -d --name web -e A=b nginx; docker exec web ls / > /dev/null; docker rm web; docker rm -f web");
    docker.sh("docker network create n; docker volume create vol");
    let told: Vec<String> = docker.journal().map(ToString::to_string).collect();
    assert_eq!(told[0], "create web nginx:latest, failed: No such image: nginx:latest");
    assert_eq!(
        told[1..5],
        ["pull nginx:latest", "create web nginx:latest", "start web nginx:latest", "exec web nginx:latest"]
    );
    assert!(
        told[5].starts_with("remove web nginx:latest, failed: cannot remove container \"web\""),
        "{}",
        told[5]
    );
    assert_eq!(told[6..], ["remove web nginx:latest", "create_network n", "create_volume vol"]);
    let exec = docker.journal().nth(4).unwrap();
    assert_eq!(exec.parameters["Cmd"], json!(["ls", "/"]));
    assert_eq!(docker.leftovers(), [Leftover::Network("n".into()), Leftover::Volume("vol".into())]);

    docker.expect(Call::create().image("nginx").succeeded()).times(1);
    docker.expect(Call::create().image("redis")).never();
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        docker.expect(Call::to(Operation::Exec).name("web")).times(2);
    }))
    .unwrap_err();
    let text = failed.downcast_ref::<String>().unwrap();
    assert!(
        text.starts_with("expected twice: exec of web; it came once. The journal:\n    create web"),
        "{text}"
    );
    assert!(text.contains("\n  > exec web nginx:latest\n"), "{text}");
}

/// A day in the life of a Docker: every line goes well where no fault strikes.
const DAY: [&str; 12] = [
    "docker pull alpine",
    "docker network create n",
    "docker volume create vol",
    "docker run -d --name web --network n -v vol:/data nginx",
    "docker exec web touch /data/x",
    "docker run -d --name job alpine sleep 1000",
    "docker pause job && docker unpause job",
    "docker rename job work",
    "docker commit work mine",
    "docker tag mine yours && docker rmi mine",
    "docker stop -t 0 work",
    "docker rm -f web work",
];

fn lossless() -> impl Strategy<Value = Effect> {
    prop_oneof![
        Just(Effect::Error { status: 500, message: "planned".into() }),
        Just(Effect::DiskFull),
        Just(Effect::Reset),
        (1u32..100).prop_map(|s| Effect::Latency(Span::secs(i64::from(s)))),
    ]
}

fn plan() -> impl Strategy<Value = Vec<Fault>> {
    let operation = (0..Operation::ALL.len()).prop_map(|n| Operation::ALL[n]);
    let fault = (operation, 1u64..3, 1u64..3, lossless())
        .prop_map(|(on, nth, times, effect)| Fault::on(on).nth(nth).times(times).effect(effect));
    proptest::collection::vec(fault, 0..12)
}

/// All that the daemon knows, without times.
fn state(docker: &Drydock) -> Vec<String> {
    let world = docker.world();
    let mut all: Vec<String> =
        world.containers.values().map(|c| format!("{} {} {:?}", c.id, c.name, c.status)).collect();
    all.extend(world.networks.values().map(|n| format!("network {} {}", n.id, n.name)));
    all.extend(world.volumes.keys().map(|v| format!("volume {v}")));
    all.extend(world.images.names.keys().cloned());
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn faults_lose_nothing(faults in plan()) {
        let mut calm = Drydock::builder().seed(3).build();
        let mut stormy = calm.fork();
        faults.into_iter().for_each(|fault| stormy.inject(fault));
        for line in DAY {
            prop_assert_eq!(calm.sh(line).code, 0, "{}", line);
            for each in line.split(" && ") {
                let mut tries = 0;
                loop {
                    let before = state(&stormy);
                    let played = stormy.sh(each);
                    if played.code == 0 { break; }
                    let made = each.starts_with("docker run") && state(&stormy).len() > before.len();
                    if made {
                        // It was made, and could not be started: the client removes it and tries again.
                        let name = each.split(' ').skip_while(|word| *word != "--name").nth(1).unwrap();
                        while stormy.rm_force(name).is_err() {}
                    }
                    prop_assert!(state(&stormy).iter().filter(|s| !s.contains(" pulled ")).count() >= before.len().min(1));
                    tries += 1;
                    prop_assert!(tries < 100, "{} never goes well: {:?}", each, played);
                }
            }
        }
        let names = |docker: &Drydock| {
            let strip = |s: String| s.split(' ').filter(|w| w.len() != 64).collect::<Vec<_>>().join(" ");
            state(docker).into_iter().map(strip).collect::<Vec<_>>()
        };
        prop_assert_eq!(names(&calm), names(&stormy));
        // The same faults strike the same again.
        let again = Drydock::load(&stormy.save().unwrap()).unwrap();
        prop_assert_eq!(again.world(), stormy.world());
    }

    #[test]
    fn a_refused_request_changes_nothing(on in 0..Operation::ALL.len(), effect in lossless()) {
        let mut server = server([]);
        ask(&mut server, &create("web"));
        ask(&mut server, &post("/containers/web/start"));
        server.world_mut().faults.armed.push(Fault::on(Operation::ALL[on]).always().effect(effect.clone()));
        let requests = [
            post("/images/create?fromImage=busybox&tag=latest"), create("other"), post("/containers/web/pause"),
            post("/containers/web/kill"), post("/containers/web/rename?name=x"), post("/images/alpine/tag?repo=b"),
            Request::new("DELETE", "/containers/web?force=1"), post("/volumes/create").json(&json!({ "Name": "vol" })),
            post("/networks/create").json(&json!({ "Name": "n" })), Request::new("DELETE", "/images/alpine?force=1"),
            post("/commit?container=web&repo=c"), post("/containers/prune"), Request::new("GET", "/containers/json"),
        ];
        for request in requests {
            let before = server.world().clone();
            let mut fork = server.clone();
            let planned = match fork.handle(&request) {
                Handled::Whole(reply) => reply.cut.is_some()
                    || String::from_utf8_lossy(&reply.body).contains("planned")
                    || String::from_utf8_lossy(&reply.body).contains("no space left"),
                _ => matches!(effect, Effect::Latency(_)),
            };
            if planned {
                let mut after = fork.world().clone();
                after.faults = before.faults.clone();
                after.last_hint.clone_from(&before.last_hint);
                prop_assert_eq!(after, before, "{:?}", request);
            }
        }
    }
}
