//! The recorded transcripts against the code that reads, writes, masks and splits them.
//!
//! `data/masked.sha256` holds the sha256 of what `python3 mask.py FILE` prints for each recording;
//! after a change of `mask.py`, in `tests/conformance`:
//! `for f in */*.transcript; do printf '%s  %s\n' $(python3 mask.py $f | sha256sum | cut -d' ' -f1) $f; done`

use drydock::base::Digest;
use drydock::transcript::{self, Transcript, masked, stream_lines};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn recordings() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let mut out = Vec::new();
    for folder in ["open", "seeds"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "transcript") {
                let text = fs::read_to_string(&path).unwrap();
                out.push((path, text));
            }
        }
    }
    out.sort();
    assert!(out.len() >= 124, "only {} recordings", out.len());
    out
}

/// What `mask.py` prints.
fn masked_text(transcript: &Transcript) -> String {
    let mut out = String::new();
    for entry in &transcript.entries {
        writeln!(out, "$ {}", entry.command.replace('\n', "\n> ")).unwrap();
        for line in masked(&stream_lines(&entry.stdout)) {
            writeln!(out, "| {line}").unwrap();
        }
        for line in masked(&stream_lines(&entry.stderr)) {
            writeln!(out, "! {line}").unwrap();
        }
        if entry.code != 0 {
            writeln!(out, "= {}", entry.code).unwrap();
        }
    }
    out
}

#[test]
fn every_recording_reads_and_writes_back_byte_for_byte() {
    for (path, text) in recordings() {
        let read = transcript::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert!(transcript::write(&read) == text, "{} changes when written", path.display());
    }
}

#[test]
fn both_masks_agree_on_every_recording() {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/masked.sha256");
    let list = fs::read_to_string(list).unwrap();
    let mut wrong = Vec::new();
    for (path, text) in recordings() {
        let name = format!(
            "{}/{}",
            path.parent().unwrap().file_name().unwrap().display(),
            path.file_name().unwrap().display()
        );
        let read = transcript::parse(&text).unwrap();
        let digest = Digest::of(masked_text(&read).as_bytes()).hex();
        if !list.lines().any(|l| l == format!("{digest}  {name}")) {
            wrong.push(name);
        }
        assert!(transcript::compare(&read, &read).is_empty());
    }
    assert!(wrong.is_empty(), "masked differently than mask.py does: {wrong:#?}");
}

#[test]
fn every_script_splits_into_the_recorded_commands() {
    for (path, text) in recordings() {
        let script = fs::read_to_string(path.with_extension("sh")).unwrap();
        let split: Vec<String> = transcript::split_script(&script).into_iter().map(|c| c.text).collect();
        let recorded: Vec<String> =
            transcript::parse(&text).unwrap().entries.into_iter().map(|e| e.command).collect();
        assert_eq!(split, recorded, "{}", path.display());
    }
}
