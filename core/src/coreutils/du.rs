//! `du [-shakmbcx] [-d N] [FILE]…`: how much room files take, in blocks of 1024 bytes.
//!
//! Exit status: 0, or 1 where something could not be looked at.

use super::opts::{Options, Spec, parse};
use super::size::{blocks, human};
use super::walk::{Entry, bottom_up, complain, tree};
use crate::kernel::{Applet, Flavor, Stop, Sys};
use std::collections::BTreeSet;

/// `du`.
pub const APPLETS: &[Applet] = &[Applet::main("du", main)];

const SPEC: Spec = Spec::new(
    "shakmbcxd:lL",
    &[
        ("summarize", 's'),
        ("human-readable", 'h'),
        ("all", 'a'),
        ("bytes", 'b'),
        ("total", 'c'),
        ("max-depth=", 'd'),
        ("apparent-size", 'A'),
        ("one-file-system", 'x'),
        ("exclude=", 'e'),
    ],
    "[-shakmc] [-d N] [FILE]...",
    "Print how much room FILEs and what they hold take.",
)
.missing("eLx");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    let depth = match options.value('d').map(str::parse::<usize>) {
        Some(Err(_)) => {
            let text = options.value('d').unwrap_or_default();
            complain(sys, &format!("invalid maximum depth '{text}'"), &format!("invalid number '{text}'"));
            return Ok(1);
        }
        Some(Ok(depth)) => depth,
        None if options.has('s') => 0,
        None => usize::MAX,
    };
    let here = [".".to_string()];
    let operands = if options.operands.is_empty() { &here[..] } else { &options.operands };
    let (mut code, mut total) = (0, 0_u64);
    let mut counted = BTreeSet::new();
    for path in operands {
        match tree(sys, path, false) {
            Ok(entries) => total = total.saturating_add(one(sys, &entries, depth, &options, &mut counted)),
            Err(e) => {
                complain(sys, &format!("cannot access '{path}': {e}"), &format!("{path}: {e}"));
                code = 1;
            }
        }
    }
    if options.has('c') {
        let text = shown(total, &options, sys.flavor());
        sys.print(&format!("{text}\ttotal\n"));
    }
    Ok(code)
}

/// Prints the sums of a tree and gives the last. A file with several names counts once.
fn one(
    sys: &mut Sys<'_>,
    entries: &[Entry],
    depth: usize,
    options: &Options,
    counted: &mut BTreeSet<(Option<crate::kernel::FsId>, u64)>,
) -> u64 {
    let apparent = options.has('b') || options.has('A');
    let mut sums: Vec<u64> = vec![];
    let mut last = 0;
    for i in bottom_up(entries) {
        let entry = &entries[i];
        let stat = &entry.stat;
        let again = stat.nlink > 1 && !stat.is_dir() && !options.has('l') && !counted.insert((stat.fs, stat.ino));
        let own = match again {
            true => 0,
            false if apparent => stat.size,
            false => blocks(stat).saturating_mul(1024),
        };
        sums.resize((entry.depth + 2).max(sums.len()), 0);
        let below = std::mem::take(&mut sums[entry.depth + 1]);
        last = own.saturating_add(below);
        sums[entry.depth] = sums[entry.depth].saturating_add(last);
        if entry.depth <= depth && (entry.depth == 0 || entry.stat.is_dir() || options.has('a')) {
            let text = shown(last, options, sys.flavor());
            sys.print(&format!("{text}\t{}\n", entry.path));
        }
    }
    last
}

fn shown(bytes: u64, options: &Options, flavor: Flavor) -> String {
    match options.last_of("hkmb") {
        Some('h') => human(bytes, flavor),
        Some('m') => bytes.div_ceil(1 << 20).to_string(),
        Some('b') => bytes.to_string(),
        _ => bytes.div_ceil(1024).to_string(),
    }
}
