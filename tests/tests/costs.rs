//! How costs grow: ratios within one run, and memory, which is counted. `tests/benches` has the figures.

use drydock::fs::View;
use drydock::model::World;
use drydock::session::{Desk, REMEMBERED};
use drydock_tests::worlds::{add_containers, enter, over_layers, read_file, with_busybox};
use peak_alloc::PeakAlloc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What is measured has the process to itself.
static TURN: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asserts that the shortest time of one thing stays below so many times that of another. They take turns, since a busy
/// machine disturbs both, and have many: what is truly slower is so every time.
#[track_caller]
fn assert_ratio(most: f64, mut base: impl FnMut(), mut other: impl FnMut()) {
    let time = |what: &mut dyn FnMut()| {
        let start = Instant::now();
        what();
        start.elapsed().as_secs_f64()
    };
    let mut shortest = [f64::INFINITY; 2];
    for round in 0..300 {
        shortest = [shortest[0].min(time(&mut base)), shortest[1].min(time(&mut other))];
        if round >= 10 && shortest[1] < most * shortest[0] {
            return;
        }
    }
    panic!("{:.2} times the other, which is more than {most}", shortest[1] / shortest[0]);
}

#[test]
fn a_container_among_many_costs_what_the_first_does() {
    let _turn = alone();
    let mut few = with_busybox();
    let mut many = few.clone();
    let before = MEMORY.current_usage();
    add_containers(many.world_mut(), 20_000);
    let each = (MEMORY.current_usage() - before) / 20_000;
    assert!(each <= 2048, "{each} bytes a container that writes nothing");
    assert_ratio(2.0, || add_containers(few.world_mut(), 5), || add_containers(many.world_mut(), 5));
}

#[test]
fn a_clone_of_a_large_world_costs_what_one_of_a_small_does() {
    let _turn = alone();
    let small = with_busybox();
    let mut large = small.clone();
    add_containers(large.world_mut(), 10_000);
    let clone = |world: &World| (0..100).for_each(|_| drop(std::hint::black_box(world.clone())));
    assert_ratio(1.5, || clone(small.world()), || clone(large.world()));
}

#[test]
fn a_read_through_127_layers_costs_what_one_through_a_single_layer_does() {
    let _turn = alone();
    let read = |view: &View| (0..500).for_each(|_| assert_eq!(read_file(view, "/d/0"), 6));
    let (one, many) = (over_layers(1), over_layers(127));
    assert_ratio(1.5, || read(&one), || read(&many));
}

/// After the lines that undo remembers, and those that the shells in that past remember, memory no longer grows with
/// what was typed: all that is kept of a line is what a link that replays the session needs.
#[test]
fn a_day_at_the_prompt_stays_bounded() {
    let _turn = alone();
    let mut desk = Desk::new(7);
    let mut day = |lines: usize| {
        for n in 0..lines {
            enter(&mut desk, &format!("echo {n} > f; docker run --rm busybox cat /etc/passwd"));
        }
        MEMORY.current_usage()
    };
    let (full, later) = (day(2 * REMEMBERED + 100), day(400));
    let each = later.saturating_sub(full) / 400;
    assert!(each < 512, "{each} bytes a line beyond those that are remembered");
}
