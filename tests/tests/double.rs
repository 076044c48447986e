//! The test double as a test uses it.

use drydock::double::{Act, Behaviour, Drydock, ENDLESS, HttpError, ImageSpec, Leftover, Reply, Run};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn api() -> Behaviour {
    Behaviour::from_json(
        r#"{
            "stages": [
                {"do": [{"stdout": "starting"}, {"stderr": "no configuration"}]},
                {"after": "5s", "do": [
                    {"listen": {"port": 8080, "routes": {
                        "/": {"body": "hello"},
                        "POST /items": {"status": 201, "headers": {"Location": "/items/1"}},
                        "/broken": {"status": 503, "body": "later"}
                    }}},
                    {"healthy": true}
                ]},
                {"after": "1h", "do": [{"healthy": false}]}
            ],
            "signals": {"TERM": [{"stdout": "bye"}, {"exit": 0}], "USR1": [{"stdout": "ping"}], "HUP": [{"exit": 7}]}
        }"#,
    )
    .unwrap()
}

fn with_api() -> Drydock {
    Drydock::builder().seed(7).image(ImageSpec::new("acme/api:1").behaviour(api())).build()
}

#[test]
fn a_behaviour_goes_through_its_stages_and_reacts_to_signals() {
    let mut docker = with_api();
    docker.run(&Run::image("acme/api:1").name("api").publish(8080, 8080)).unwrap();
    docker.advance(SECOND);
    assert_eq!(docker.logs("api").unwrap(), "starting\nno configuration\n");
    assert_eq!(docker.sh("docker logs api 2> /dev/null").stdout, "starting\n");
    assert_eq!(docker.health("api"), Some("starting"));
    assert!(docker.wait_healthy("api", SECOND * 10));
    assert!(docker.elapsed() < SECOND * 8, "{:?}", docker.elapsed());

    let status = |docker: &mut Drydock, method: &str, path: &str| {
        let answer = docker.http(method, &format!("http://localhost:8080{path}")).unwrap();
        (answer.status, String::from_utf8(answer.body).unwrap())
    };
    assert_eq!(status(&mut docker, "GET", "/"), (200, "hello".into()));
    assert_eq!(status(&mut docker, "GET", "/broken"), (503, "later".into()));
    assert_eq!(status(&mut docker, "GET", "/items").0, 404);
    assert_eq!(status(&mut docker, "POST", "/items").0, 201);
    assert_eq!(docker.sh("curl -s localhost:8080/").stdout, "hello");

    docker.kill("api", "USR1").unwrap();
    docker.advance(SECOND);
    docker.assert_logs_contain("api", "ping");
    docker.advance(SECOND * 3610);
    assert_eq!(docker.health("api"), Some("unhealthy"));
    docker.kill("api", "HUP").unwrap();
    docker.advance(SECOND);
    docker.assert_exited("api", 7);
    docker.start("api").unwrap();
    docker.stop("api").unwrap();
    docker.assert_exited("api", 0);
}

#[test]
fn commits_archives_and_builds_keep_a_behaviour() {
    let mut docker = with_api();
    let lines = "docker run -d --name api acme/api:1 && docker commit api acme/api:2 && docker rm -f api
        docker save -o /tmp/api.tar acme/api:2 && docker rmi acme/api:1 acme/api:2 && docker load -i /tmp/api.tar
        mkdir -p /tmp/ctx && cd /tmp/ctx && printf 'FROM acme/api:2\\nENV A=b\\n' > Dockerfile && docker build -q -t acme/api:3 .";
    let played = docker.sh(lines);
    assert_eq!(played.code, 0, "{played:?}");
    docker.run(&Run::image("acme/api:3").name("third").publish(80, 8080)).unwrap();
    assert!(docker.wait_healthy("third", SECOND * 10));
    assert_eq!(docker.http("GET", "http://localhost/").unwrap().body, b"hello");
}

#[test]
fn an_image_on_another_has_its_programs_and_files() {
    let spec = ImageSpec::new("acme/tool").from("alpine").behaviour(api()).file("/etc/acme/a.conf", "a=1\n");
    let mut docker = Drydock::builder().image(spec.env("MODE", "test").label("team", "a")).build();
    docker.run(&Run::image("acme/tool").name("tool")).unwrap();
    let played = docker.exec("tool", &["sh", "-c", "cat /etc/acme/a.conf; echo $MODE"]);
    assert_eq!((played.stdout.as_str(), played.code), ("a=1\ntest\n", 0));
    assert_eq!(docker.inspect("tool").unwrap().config.labels["team"], "a");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut docker = Drydock::new();
    for (name, text) in
        [("acme/a", "{\"stages\": [{\"do\": [{\"exit\": 300}]}]}"), ("acme/b", "{\"stage\": []}")]
    {
        assert!(Behaviour::from_json(text).is_err(), "{name}");
    }
    let behaviour = Behaviour::new().at_once([Act::listen(80, [("x", Reply::new(200, ""))])]);
    assert!(docker.add_image(&ImageSpec::new("acme/c").behaviour(behaviour)).is_err());
    assert!(docker.add_image(&ImageSpec::new("Acme!")).is_err());
    assert!(docker.add_image(&ImageSpec::new("acme/d").file("/a/../b", "")).is_err());
    assert_eq!(docker.sh("docker images -q").stdout, "");
    assert!(matches!(docker.http("GET", "https://example.com/"), Err(HttpError::Address(_))));
    assert!(matches!(docker.http("GET", "http://localhost:81/"), Err(HttpError::Connection(_))));
}

#[test]
fn moments_come_back_and_forks_go_their_own_way() {
    let mut docker = with_api();
    docker.run(&Run::image("acme/api:1").name("api").publish(8080, 8080)).unwrap();
    docker.advance(SECOND * 10);
    let moment = docker.snapshot();
    let mut fork = docker.fork();
    fork.rm_force("api").unwrap();
    fork.assert_no_container("api");
    fork.assert_clean();
    docker.assert_healthy("api");
    assert_eq!(docker.leftovers().len(), 1);
    assert!(matches!(&docker.leftovers()[..], [Leftover::Container(name, _)] if name == "api"));
    docker.stop("api").unwrap();
    docker.restore(&moment);
    docker.assert_running("api");

    let mut loaded = Drydock::load(&docker.save().unwrap()).unwrap();
    assert_eq!(loaded, docker);
    for docker in [&mut docker, &mut loaded] {
        docker.stop("api").unwrap();
        docker.sh("docker run -d alpine");
    }
    assert_eq!(loaded, docker);
}

#[test]
fn the_same_seed_gives_the_same_ids() {
    let id = |seed| Drydock::builder().seed(seed).build().sh("docker run -d nginx").stdout;
    assert_eq!(id(3), id(3));
    assert_ne!(id(3), id(4));
}

#[test]
fn a_shell_that_ends_or_waits_for_ever_is_replaced() {
    let mut docker = Drydock::new();
    assert_eq!(docker.sh("exit 3").code, 3);
    assert_eq!(docker.sh("echo again").stdout, "again\n");
    let played = docker.sh("docker run --name web nginx");
    assert_eq!(played.code, ENDLESS);
    assert!(played.stderr.ends_with("still waiting after a day of virtual time\n"));
    docker.assert_running("web");
    assert_eq!(docker.sh("docker ps -q | wc -l").stdout, "1\n");
}

#[test]
fn failures_say_what_docker_says() {
    let mut docker = Drydock::new();
    let failed = docker.start("nobody").unwrap_err();
    assert_eq!((failed.code, failed.command.as_str()), (1, "docker start nobody"));
    assert!(failed.stderr.contains("No such container: nobody"), "{failed}");
    assert_eq!(docker.inspect("nobody").unwrap_err().message, "No such container: nobody");
}

#[test]
#[should_panic(expected = "job should run, but it is exited with 3; the end of its log:\n  out of luck")]
fn an_assertion_says_what_is_the_case() {
    let mut docker = Drydock::new();
    docker.sh("docker run --name job alpine sh -c 'echo out of luck; exit 3'");
    docker.assert_running("job");
}

#[test]
#[should_panic(expected = "left behind:\n  container job (created)\n  network back\n  volume data")]
fn a_leak_is_told_by_name() {
    let mut docker = Drydock::new();
    docker.sh("docker network create back; docker volume create data; docker create --name job alpine");
    docker.assert_clean();
}
