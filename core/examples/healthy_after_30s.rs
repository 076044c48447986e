//! A container that becomes healthy after half a minute, tested without waiting for half a minute.

use drydock::double::{Act, Behaviour, Drydock, ImageSpec, Reply, Run};
use std::time::Duration;

fn main() {
    let database = Behaviour::new()
        .at_once([Act::stdout("recovering")])
        .after(
            Duration::from_secs(30),
            [
                Act::stdout("ready for connections"),
                Act::listen(8080, [("/status", Reply::new(200, "up"))]),
                Act::Healthy(true),
            ],
        )
        .on_signal("TERM", [Act::stdout("checkpoint written"), Act::Exit(0)]);
    let image = ImageSpec::new("acme/database:1").behaviour(database);
    let mut docker = Drydock::builder().seed(7).image(image).build();
    docker.run(&Run::image("acme/database:1").name("db").publish(8080, 8080)).expect("docker run");

    docker.advance(Duration::from_secs(29));
    assert_eq!(docker.health("db"), Some("starting"));
    assert!(docker.http("GET", "http://localhost:8080/status").is_err());

    assert!(docker.wait_healthy("db", Duration::from_secs(10)));
    docker.assert_healthy("db");
    docker.assert_logs_contain("db", "ready for connections");
    let answer = docker.http("GET", "http://localhost:8080/status").expect("an answer");
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"up".as_slice()));

    docker.stop("db").expect("docker stop");
    docker.assert_exited("db", 0);
    docker.rm("db").expect("docker rm");
    docker.assert_clean();
}
