//! What a run, a clone and a fork of the world cost. `cargo bench -p drydock-tests`.
//!
//! Figures to hold: `docker run --rm busybox true` under 200 µs, a clone of a world with 10,000 containers
//! under 10 µs.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use drydock::engine::container::{Create, create};
use drydock::model::{ContainerConfig, World};
use drydock::session::Session;
use std::hint::black_box;

/// A session that has pulled busybox.
fn with_busybox() -> Session {
    let mut session = Session::script(1);
    assert_eq!(session.run("docker pull -q busybox").code, 0);
    session
}

/// A world with `n` containers that were created and never run.
fn world_of(n: usize) -> World {
    let mut world = with_busybox().world().clone();
    for _ in 0..n {
        let config = ContainerConfig { image: "busybox".into(), ..ContainerConfig::default() };
        create(&mut world, Create { config, ..Create::default() }).expect("busybox is there");
    }
    world
}

fn run_true(c: &mut Criterion) {
    let session = with_busybox();
    c.bench_function("docker run --rm busybox true", |b| {
        b.iter_batched_ref(
            || session.clone(),
            |session| assert_eq!(session.run("docker run --rm busybox true").code, 0),
            BatchSize::LargeInput,
        );
    });
}

fn clone_world(c: &mut Criterion) {
    for n in [10, 10_000] {
        let world = world_of(n);
        c.bench_function(&format!("clone a world with {n} containers"), |b| {
            b.iter(|| black_box(world.clone()))
        });
    }
}

fn shell_loop(c: &mut Criterion) {
    c.bench_function("10,000 turns of i=$((i+1))", |b| {
        b.iter_batched_ref(
            || Session::script(1),
            |session| assert_eq!(session.run("i=0; while [ $i -lt 10000 ]; do i=$((i+1)); done").code, 0),
            BatchSize::LargeInput,
        );
    });
}

criterion_group!(benches, run_true, clone_world, shell_loop);
criterion_main!(benches);
