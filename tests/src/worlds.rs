//! Worlds of a known size, for benchmarks and for tests of what things cost.

use drydock::base::{Duration, Time};
use drydock::engine::container::{Create, create};
use drydock::fs::{Chain, View, fixture};
use drydock::model::{ContainerConfig, World};
use drydock::session::{Desk, Session};
use std::fmt::Write;
use std::sync::Arc;

/// A session that has run a script without a fault.
///
/// # Panics
/// Where a line fails.
pub fn after(lines: &[&str]) -> Session {
    let mut session = Session::script(1);
    for line in lines {
        run(&mut session, line);
    }
    session
}

/// Runs a line that must succeed.
///
/// # Panics
/// Where it fails.
pub fn run(session: &mut Session, line: &str) {
    let played = session.run(line);
    assert_eq!(played.code, 0, "{line}: {}", played.stderr);
}

/// Types a line at a prompt and waits until it is done.
pub fn enter(desk: &mut Desk, line: &str) {
    desk.enter(line);
    desk.poll(Duration::millis(20), 500);
    while !desk.session.is_idle() {
        desk.poll(Duration::millis(20), 500);
    }
    desk.session.take_text();
}

/// A session that has pulled busybox.
pub fn with_busybox() -> Session {
    after(&["docker pull -q busybox"])
}

/// Adds containers of busybox that were created and never run.
///
/// # Panics
/// Where busybox is not there.
pub fn add_containers(world: &mut World, n: usize) {
    for _ in 0..n {
        let config = ContainerConfig { image: "busybox".into(), ..ContainerConfig::default() };
        create(world, Create { config, ..Create::default() }).expect("busybox is there");
    }
}

/// A filesystem of 127 files under `/d`, the first being `/d/0`, spread over so many layers.
///
/// # Panics
/// Where a layer cannot be made.
pub fn over_layers(layers: usize) -> View {
    let mut chain = Chain::empty();
    for layer in 0..layers {
        let files = (0..127).filter(|file| file % layers == layer);
        let text: String = files.map(|file| format!("file /d/{file} 0644 \"file {file}\"\n")).collect();
        chain = chain.push(Arc::new(fixture::parse(&text, Time::default()).expect("a layer")));
    }
    View::on(chain)
}

/// Reads a file whole.
///
/// # Panics
/// Where it is not there.
pub fn read_file(view: &View, path: &str) -> usize {
    let ino = view.resolve(path, true).expect("the file is there");
    view.read(ino, 0, 4096).expect("a file").len()
}

/// A session whose directory holds a Dockerfile of so many steps, each a `RUN` with a file to write, built once.
///
/// # Panics
/// Where it cannot be built.
pub fn with_build(steps: usize) -> Session {
    let mut dockerfile = String::from("FROM busybox\n");
    for n in 1..steps {
        writeln!(dockerfile, "RUN echo {n} > /f{n}").expect("memory for the text");
    }
    let mut session = with_busybox();
    session.write_file("Dockerfile", dockerfile).expect("room on the host's disk");
    run(&mut session, "docker build -q -t steps .");
    session
}
