//! A registry that fails now and then, and code that tries again.

use drydock::double::{Call, Drydock, Failed, Fault, Operation, Run};
use std::time::Duration;

/// The code under test: three attempts, with a longer pause after each.
fn pull_with_patience(docker: &mut Drydock, image: &str) -> Result<(), Failed> {
    let mut pause = Duration::from_secs(1);
    for _ in 0..2 {
        if docker.pull(image).is_ok() {
            return Ok(());
        }
        docker.advance(pause);
        pause *= 2;
    }
    docker.pull(image)
}

fn main() {
    let mut docker = Drydock::builder().seed(7).journal().build();
    let fresh = docker.snapshot();

    // Two pulls fail, the third goes well.
    docker.inject(Fault::on(Operation::Pull).of("nginx").times(2).rate_limit());
    pull_with_patience(&mut docker, "nginx").expect("the third attempt");
    docker.expect(Call::pull().image("nginx").failed()).times(2);
    docker.expect(Call::pull().image("nginx").succeeded()).times(1);
    assert!(docker.elapsed() >= Duration::from_secs(3));

    // A registry that is slow, and one that hangs up in the middle.
    docker.restore(&fresh);
    docker.inject(Fault::on(Operation::Pull).latency(Duration::from_secs(40)));
    docker.inject(Fault::on(Operation::Pull).nth(2).eof(100));
    docker.pull("redis").expect("it takes its time");
    assert!(docker.elapsed() >= Duration::from_secs(40));
    assert_eq!(docker.pull("nginx").expect_err("the second breaks off").stderr, "unexpected EOF\n");

    // A registry that never recovers: nothing is left behind.
    docker.restore(&fresh);
    docker.inject(Fault::on(Operation::Pull).always().rate_limit());
    let failed = pull_with_patience(&mut docker, "nginx").expect_err("no attempt goes well");
    assert!(failed.stderr.contains("toomanyrequests"), "{failed}");
    assert!(docker.run(&Run::image("nginx").name("web")).is_err());
    docker.assert_no_container("web");
    docker.assert_clean();
}
