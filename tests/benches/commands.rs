//! What commands cost in process. Figures to hold: `docker run --rm busybox true` under 200 µs, 1,000,000 turns of
//! `i=$((i+1))` under 2 s.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use drydock::session::Session;
use drydock_tests::worlds::{after, run, with_build};

/// Times a line on clones of a session.
fn line(c: &mut Criterion, name: &str, session: &Session, line: &str) {
    let each = |session: &mut Session| run(session, line);
    c.bench_function(name, |b| b.iter_batched_ref(|| session.clone(), each, BatchSize::SmallInput));
}

fn lifecycle(c: &mut Criterion) {
    // The first container of an image makes what those after it share.
    let busybox = after(&["docker run --rm busybox true"]);
    line(c, "docker run --rm busybox true", &busybox, "docker run --rm busybox true");
    line(c, "docker create busybox", &busybox, "docker create busybox");
    let created = after(&["docker pull -q busybox", "docker create --name one busybox sleep 1000"]);
    line(c, "docker start", &created, "docker start one");
    line(c, "docker rm", &created, "docker rm one");
    let running = after(&["docker run -d --name one busybox sleep 1000"]);
    line(c, "docker exec one true", &running, "docker exec one true");
    line(c, "docker rm -f", &running, "docker rm -f one");
}

fn images(c: &mut Criterion) {
    line(c, "docker pull nginx", &Session::script(1), "docker pull -q nginx");
    line(c, "docker build, 100 steps from the cache", &with_build(100), "docker build -q .");
}

fn shell(c: &mut Criterion) {
    let count = "i=0; while [ $i -lt 10000 ]; do i=$((i+1)); done";
    line(c, "10,000 turns of i=$((i+1))", &Session::script(1), count);
}

criterion_group!(benches, lifecycle, images, shell);
criterion_main!(benches);
