//! Throws mutations of the corpus at the targets, on stable Rust:
//! `cargo run --release -p drydock-tests --bin fuzz -- [TARGET…] [--seconds N] [--runs N] [--seed N] [--input FILE]`.
//!
//! An input that panics, or that takes longer than half a minute, is written to `target/fuzz` and ends the run
//! with code 1.

use drydock_tests::fuzz::{Mutator, TARGETS, Target, target};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::exit;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long one input may take.
const PATIENCE: Duration = Duration::from_secs(30);

struct Wanted {
    targets: Vec<&'static Target>,
    seconds: u64,
    runs: u64,
    seed: u64,
    input: Option<PathBuf>,
}

fn wanted() -> Result<Wanted, String> {
    let mut wanted = Wanted { targets: vec![], seconds: 60, runs: u64::MAX, seed: 1, input: None };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || {
            let value = words.next().ok_or(format!("{word} needs a value"))?;
            value.parse().map_err(|e| format!("{word} {value}: {e}"))
        };
        match word.as_str() {
            "--seconds" => wanted.seconds = number()?,
            "--runs" => wanted.runs = number()?,
            "--seed" => wanted.seed = number()?,
            "--input" => wanted.input = Some(words.next().ok_or("--input needs a file")?.into()),
            name => wanted.targets.push(target(name).ok_or(format!("no target {name}"))?),
        }
    }
    if wanted.targets.is_empty() {
        wanted.targets = TARGETS.iter().collect();
    }
    Ok(wanted)
}

/// The input that is being run, for the thread that watches the time.
type Current = Arc<Mutex<Option<(Instant, Vec<u8>)>>>;

fn main() {
    let wanted = wanted().unwrap_or_else(|problem| {
        eprintln!("fuzz: {problem}");
        exit(2)
    });
    for target in &wanted.targets {
        let current = Current::default();
        watch(target, current.clone());
        match &wanted.input {
            Some(path) => throw(target, &current, std::fs::read(path).expect("the input can be read")),
            None => all(target, &wanted, &current),
        }
    }
}

fn all(target: &Target, wanted: &Wanted, current: &Current) {
    let mut mutator = Mutator::new(target, wanted.seed).expect("the corpus can be read");
    let start = Instant::now();
    let mut runs = 0;
    let mut slowest = Duration::ZERO;
    while runs < wanted.runs && start.elapsed().as_secs() < wanted.seconds {
        let input = match mutator.inputs().get(runs as usize) {
            Some(seed) => seed.clone(),
            None => mutator.next_input(),
        };
        let began = Instant::now();
        throw(target, current, input);
        slowest = slowest.max(began.elapsed());
        runs += 1;
    }
    let taken = start.elapsed().as_secs_f32();
    println!("{}: {runs} inputs in {taken:.1} s, one in {:.1} s at most", target.name, slowest.as_secs_f32());
}

fn throw(target: &Target, current: &Current, input: Vec<u8>) {
    *current.lock().expect("no one panics with it") = Some((Instant::now(), input.clone()));
    // What kills the process (the stack, the memory) leaves its input behind as well.
    keep(target, "last", &input);
    let ended = catch_unwind(AssertUnwindSafe(|| (target.run)(&input)));
    *current.lock().expect("no one panics with it") = None;
    if ended.is_err() {
        eprintln!("fuzz: {} panicked; its input is {}", target.name, keep(target, "panic", &input).display());
        exit(1);
    }
}

fn watch(target: &'static Target, current: Current) {
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            if let Some((since, input)) = &*current.lock().expect("no one panics with it")
                && since.elapsed() > PATIENCE
            {
                eprintln!(
                    "fuzz: {} takes too long; its input is {}",
                    target.name,
                    keep(target, "slow", input).display()
                );
                exit(1);
            }
        }
    });
}

fn keep(target: &Target, what: &str, input: &[u8]) -> PathBuf {
    let folder = PathBuf::from("target/fuzz");
    std::fs::create_dir_all(&folder).expect("there is room for what was found");
    let path = folder.join(format!("{}-{what}", target.name));
    std::fs::write(&path, input).expect("there is room for what was found");
    path
}
