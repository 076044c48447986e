//! How costs grow with the size of the world. Figures to hold: a clone of a world with 10,000 containers under 10 µs; a
//! read through 127 layers within 1.5 times one through a single layer; a container among 100,000 made within twice the
//! time of the first.

use criterion::{BatchSize, BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use drydock::session::{Desk, Session};
use drydock_tests::worlds::{add_containers, enter, over_layers, read_file, run, with_busybox};
use std::hint::black_box;

/// A session with so many containers of busybox.
fn with_containers(n: usize) -> Session {
    let mut session = with_busybox();
    add_containers(session.world_mut(), n);
    session
}

fn containers(c: &mut Criterion) {
    let mut group = c.benchmark_group("a world with containers");
    group.sampling_mode(SamplingMode::Flat);
    for n in [10, 1_000, 10_000, 100_000] {
        let session = with_containers(n);
        let id = |what| BenchmarkId::new(what, n);
        group.bench_function(id("one more"), |b| {
            let one_more = |session: &mut Session| add_containers(session.world_mut(), 1);
            b.iter_batched_ref(|| session.clone(), one_more, BatchSize::SmallInput);
        });
        group.bench_function(id("clone the world"), |b| b.iter(|| black_box(session.world().clone())));
        group.bench_function(id("clone the session"), |b| b.iter(|| black_box(session.clone())));
        if n > 10_000 {
            continue;
        }
        for line in ["docker ps -aq", "docker ps -a", "docker images", "docker inspect $(docker ps -lq)"] {
            let each = |session: &mut Session| run(session, line);
            group.bench_function(id(line), |b| {
                b.iter_batched_ref(|| session.clone(), each, BatchSize::SmallInput);
            });
        }
    }
    group.finish();
}

fn undo(c: &mut Criterion) {
    let mut desk = Desk::new(1);
    for n in 0..100 {
        enter(&mut desk, &format!("docker volume create v{n}"));
    }
    c.bench_function("undo and redo 50 lines", |b| {
        b.iter(|| (desk.undo(50), desk.redo(50)));
    });
}

fn layers(c: &mut Criterion) {
    let mut group = c.benchmark_group("read a file through layers");
    for layers in [1, 16, 127] {
        let view = over_layers(layers);
        group.bench_function(layers.to_string(), |b| b.iter(|| read_file(black_box(&view), "/d/0")));
    }
    group.finish();
}

criterion_group!(benches, containers, undo, layers);
criterion_main!(benches);
