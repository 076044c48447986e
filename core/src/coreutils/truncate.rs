//! `truncate [-c] -s [+-<>/%]SIZE FILE…`, `sync`, and `mkfifo [-m MODE] NAME…`.
//!
//! A longer file gets a hole. Exit status: 0, or 1 where something failed.

use super::mode;
use super::opts::{Spec, parse, usage_error};
use super::walk::complain;
use crate::base::Errno;
use crate::fs::Node;
use crate::kernel::{Applet, Flavor, OpenFlags, Stop, Sys};

/// `truncate`, `sync` and `mkfifo`.
pub const APPLETS: &[Applet] =
    &[Applet::main("mkfifo", mkfifo), Applet::main("sync", |_| Ok(0)), Applet::main("truncate", truncate)];

const TRUNCATE: Spec = Spec::new(
    "cs:r:",
    &[("no-create", 'c'), ("size=", 's'), ("reference=", 'r')],
    "[-c] -s SIZE FILE...",
    "Cut FILEs to SIZE, or extend them to it.",
);
const MKFIFO: Spec = Spec::new("m:", &[("mode=", 'm')], "[-m MODE] NAME...", "Make named pipes.");

/// Reads a size with the suffixes of GNU: `K`, `M`, `G` … of 1024, `KB`, `MB` … of 1000.
pub fn size(text: &str) -> Option<u64> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, suffix) = text.split_at(split);
    let unit: u64 = match suffix.trim_end_matches("iB") {
        "" => 1,
        "c" => 1,
        "b" => 512,
        "k" | "K" => 1 << 10,
        "M" | "m" => 1 << 20,
        "G" | "g" => 1 << 30,
        "T" | "t" => 1 << 40,
        "kB" | "KB" => 1000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

fn truncate(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &TRUNCATE)?;
    let text = match (options.value('s'), options.value('r')) {
        (Some(text), _) => text.to_string(),
        (None, Some(model)) => match sys.stat(model) {
            Ok(stat) => stat.size.to_string(),
            Err(e) => {
                sys.complain(&format!("cannot stat '{model}': {e}"));
                return Ok(1);
            }
        },
        (None, None) => {
            let text = "you must specify either '--size' or '--reference'";
            let text = if sys.flavor() == Flavor::Gnu { text } else { "" };
            return Err(usage_error(sys, &TRUNCATE, text));
        }
    };
    let (op, number) = match text.strip_prefix(['+', '-', '<', '>', '/', '%']) {
        Some(rest) => (text.chars().next(), rest),
        None => (None, text.as_str()),
    };
    let Some(amount) = size(number) else {
        complain(sys, &format!("Invalid number: '{text}'"), &format!("invalid number '{text}'"));
        return Ok(1);
    };
    if options.operands.is_empty() {
        let text = if sys.flavor() == Flavor::Gnu { "missing file operand" } else { "" };
        return Err(usage_error(sys, &TRUNCATE, text));
    }
    let mut fine = true;
    for path in &options.operands {
        if let Err(e) = resize(sys, path, op, amount, options.has('c')) {
            let gnu = format!("cannot open '{path}' for writing: {e}");
            complain(sys, &gnu, &format!("{path}: {e}"));
            fine = false;
        }
    }
    Ok(i32::from(!fine))
}

fn resize(sys: &mut Sys<'_>, path: &str, op: Option<char>, n: u64, keep_missing: bool) -> Result<(), Errno> {
    let now = match sys.stat(path) {
        Ok(stat) => stat.size,
        Err(Errno::ENOENT) if keep_missing => return Ok(()),
        Err(Errno::ENOENT) => {
            let fd = sys.open(path, OpenFlags::APPEND, 0o666)?;
            sys.close(fd)?;
            0
        }
        Err(e) => return Err(e),
    };
    let len = match op {
        Some('+') => now.saturating_add(n),
        Some('-') => now.saturating_sub(n),
        Some('<') => now.min(n),
        Some('>') => now.max(n),
        Some('/') if n > 0 => now / n * n,
        Some('%') if n > 0 => now.div_ceil(n).saturating_mul(n),
        _ => n,
    };
    sys.truncate(path, len)
}

fn mkfifo(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &MKFIFO)?;
    if options.operands.is_empty() {
        let text = if sys.flavor() == Flavor::Gnu { "missing operand" } else { "" };
        return Err(usage_error(sys, &MKFIFO, text));
    }
    let Some(bits) = mode::parse(options.value('m').unwrap_or("666"), 0o666, false, 0) else {
        sys.complain("invalid mode");
        return Ok(1);
    };
    let mut fine = true;
    for path in &options.operands {
        if let Err(e) = sys.mknod(path, Node::Fifo, bits) {
            complain(sys, &format!("cannot create fifo '{path}': {e}"), &format!("{path}: {e}"));
            fine = false;
        }
    }
    Ok(i32::from(!fine))
}
