//! Every recorded transcript is played. What does not agree stands in `conformance/known.txt` with its reason;
//! what stands there and agrees is a failure too, so the list only shrinks. Each is played twice and the worlds
//! compared, and once more through a save file in the middle.

use drydock::session::{Session, play_on};
use drydock::transcript::{Transcript, compare, parse};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

const SEED: u64 = 1;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("conformance")
}

/// The recordings by name, such as `open/ps-01-basic`.
fn recordings() -> BTreeMap<String, Transcript> {
    let mut found = BTreeMap::new();
    for group in ["seeds", "open"] {
        for entry in std::fs::read_dir(folder().join(group)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "transcript") {
                let text = std::fs::read_to_string(&path).unwrap();
                let name = format!("{group}/{}", path.file_stem().unwrap().to_string_lossy());
                found.insert(name, parse(&text).unwrap());
            }
        }
    }
    found
}

/// The commands that are known not to agree: recording and number, from 1.
fn known() -> BTreeMap<(String, usize), String> {
    let text = std::fs::read_to_string(folder().join("known.txt")).unwrap();
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (place, reason) = line.split_once("  ").expect("a place, two spaces, a reason");
            let (name, number) = place.split_once(':').expect("a recording, a colon, a number");
            ((name.to_string(), number.parse().expect("a number")), reason.to_string())
        })
        .collect()
}

fn commands(recorded: &Transcript) -> impl Iterator<Item = (Vec<String>, String)> + '_ {
    recorded.entries.iter().map(|e| (vec![], e.command.clone()))
}

#[test]
fn recordings_agree_but_for_the_known() {
    let known = known();
    let (mut report, mut agree, mut all) = (String::new(), 0, 0);
    let mut wrong: BTreeSet<(String, usize)> = BTreeSet::new();
    for (name, recorded) in recordings() {
        let played = play_on(&mut Session::recorded(SEED), commands(&recorded));
        all += recorded.entries.len();
        let differences = compare(&recorded, &played);
        let places: BTreeSet<usize> = differences.iter().map(|d| d.index + 1).collect();
        agree += recorded.entries.len() - places.len();
        for difference in &differences {
            let place = (name.clone(), difference.index + 1);
            if !known.contains_key(&place) {
                writeln!(report, "{name}:{}\n{difference}", difference.index + 1).unwrap();
            }
        }
        wrong.extend(places.into_iter().map(|i| (name.clone(), i)));
    }
    println!("{agree} of {all} recorded commands agree");
    for (name, number) in known.keys().filter(|place| !wrong.contains(place)) {
        writeln!(report, "{name}:{number} agrees now: take it off known.txt").unwrap();
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn the_same_script_makes_the_same_world() {
    for (name, recorded) in recordings() {
        let play = || {
            let mut session = Session::recorded(SEED);
            let transcript = play_on(&mut session, commands(&recorded));
            (session, transcript)
        };
        let ((first, said), (second, again)) = (play(), play());
        assert_eq!(said, again, "{name}");
        assert!(first == second, "{name}: two worlds");
    }
}

#[test]
fn a_save_file_in_the_middle_changes_nothing() {
    for (name, recorded) in recordings() {
        let all: Vec<_> = commands(&recorded).collect();
        let (head, tail) = all.split_at(all.len() / 2);
        let mut session = Session::recorded(SEED);
        play_on(&mut session, head.iter().cloned());
        let bytes = session.save().unwrap_or_else(|e| panic!("{name}: {e}"));
        let mut loaded = Session::load(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(loaded == session, "{name}: loading gives another world");
        let on = play_on(&mut session, tail.iter().cloned());
        let resumed = play_on(&mut loaded, tail.iter().cloned());
        assert_eq!(on, resumed, "{name}");
        assert!(loaded == session, "{name}: the worlds part after loading");
    }
}
