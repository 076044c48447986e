//! `tar c|x|t [-zvphkO] [-f FILE] [-C DIR] [--strip-components=N] [--exclude=PATTERN] [FILE]…`: archives.
//!
//! - the first word may be letters without a dash (`tar xzf a.tgz`); FILE `-` or none is standard input or output
//! - `-z` compresses; a compressed archive is recognised when it is read; `-J`, `-j` are not simulated
//!
//! Exit status: 0; GNU 2, busybox 1 where something failed.

mod extract;

use super::accounts::Accounts;
use super::find::glob;
use super::mode::letters_of;
use super::opts::{Options, Spec, parse_args, usage_error};
use super::walk::{complain, join, tree};
use super::when;
use crate::fs::gzip;
use crate::fs::tar::{self, TarEntry, TarKind, Writer};
use crate::kernel::{Applet, Flavor, Stop, Sys};
use std::collections::BTreeMap;

/// `tar`.
pub const APPLETS: &[Applet] = &[Applet::main("tar", main)];

// Extracting always overwrites, unless `-k` is given.
const SPEC: Spec = Spec::new(
    "cxtzvf:C:pohkOamX:T:",
    &[
        ("create", 'c'),
        ("extract", 'x'),
        ("get", 'x'),
        ("list", 't'),
        ("gzip", 'z'),
        ("verbose", 'v'),
        ("file=", 'f'),
        ("directory=", 'C'),
        ("preserve-permissions", 'p'),
        ("same-permissions", 'p'),
        ("dereference", 'h'),
        ("keep-old-files", 'k'),
        ("to-stdout", 'O'),
        ("auto-compress", 'a'),
        ("strip-components=", '\u{1}'),
        ("exclude=", '\u{2}'),
        ("no-same-owner", 'o'),
        ("no-same-permissions", '\u{3}'),
        ("same-owner", '\u{4}'),
        ("numeric-owner", '\u{5}'),
        ("overwrite", '\u{6}'),
        ("owner=", '\u{7}'),
        ("group=", '\u{8}'),
        ("transform=", '\u{b}'),
        ("append", 'r'),
    ],
    "c|x|t [-zvphO] [-f TARFILE] [-C DIR] [FILE]...",
    "Make, list or unpack archives.",
)
.missing("JjZrudAXT\u{b}")
.moot("\u{6}")
.trouble(2);

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let mut args = sys.args();
    // Old style: letters first, their values in order behind them.
    if let Some(first) = args.first().filter(|a| !a.starts_with('-')).cloned() {
        let mut spread = vec![];
        let mut rest = args.split_off(1).into_iter();
        for letter in first.chars() {
            spread.push(format!("-{letter}"));
            if "fC".contains(letter) {
                spread.extend(rest.next());
            }
        }
        spread.extend(rest);
        args = spread;
    }
    let options = parse_args(sys, &SPEC, &args)?;
    let gnu = sys.flavor() == Flavor::Gnu;
    match options.last_of("cxt") {
        Some('c') => create(sys, &options),
        Some(mode) => read(sys, &options, mode == 'x'),
        None if gnu => {
            let text = "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options";
            sys.complain(text);
            sys.eprint("Try 'tar --help' or 'tar --usage' for more information.\n");
            Ok(2)
        }
        None => Err(usage_error(sys, &SPEC, "")),
    }
}

/// The exit status of a failure.
fn trouble(sys: &Sys<'_>) -> i32 {
    if sys.flavor() == Flavor::Gnu { 2 } else { 1 }
}

fn enter(sys: &mut Sys<'_>, options: &Options) -> Result<(), Stop> {
    for dir in options.values('C') {
        if let Err(e) = sys.chdir(dir) {
            complain(sys, &format!("{dir}: Cannot open: {e}"), &format!("can't change directory to '{dir}': {e}"));
            if sys.flavor() == Flavor::Gnu {
                sys.complain("Error is not recoverable: exiting now");
            }
            return Err(Stop::Exit(trouble(sys)));
        }
    }
    Ok(())
}

fn archive_path(sys: &Sys<'_>, options: &Options) -> Option<String> {
    let name = options.value('f').filter(|f| *f != "-")?;
    Some(if name.starts_with('/') { name.to_string() } else { join(&sys.cwd(), name) })
}

fn excluded(options: &Options, path: &str) -> bool {
    options.values('\u{2}').any(|pattern| {
        glob(pattern, path, false)
            || path.split('/').any(|name| glob(pattern, name, false))
            || path.starts_with(&format!("{}/", pattern.trim_end_matches('/')))
    })
}

/// `-z`, or `-a` with a name that says so.
fn is_packed(options: &Options) -> bool {
    options.has('z') || (options.has('a') && options.value('f').is_some_and(|f| f.ends_with("gz")))
}

/// Writes an archive to its file or to standard output; false where it could not be.
fn deliver(sys: &mut Sys<'_>, options: &Options, target: Option<String>, bytes: &[u8]) -> bool {
    let Some(path) = target else {
        sys.write(1, bytes);
        return true;
    };
    let Err(e) = sys.write_file(&path, bytes, 0o666) else { return true };
    let name = options.value('f').unwrap_or_default();
    complain(sys, &format!("{name}: Cannot open: {e}"), &format!("can't open '{name}': {e}"));
    false
}

fn create(sys: &mut Sys<'_>, options: &Options) -> Result<i32, Stop> {
    let gnu = sys.flavor() == Flavor::Gnu;
    let target = archive_path(sys, options);
    if options.operands.is_empty() {
        let text = if gnu { "Cowardly refusing to create an empty archive" } else { "empty archive" };
        sys.complain(text);
        return Ok(trouble(sys));
    }
    if target.is_none() && sys.is_tty(1) {
        sys.complain("Refusing to write archive contents to terminal (missing -f option?)");
        return Ok(trouble(sys));
    }
    enter(sys, options)?;
    let accounts = Accounts::read(sys);
    let mut bytes = vec![];
    let mut writer = Writer::new(&mut bytes);
    let mut seen: BTreeMap<(u64, u64), String> = BTreeMap::new();
    let (mut code, mut stripped) = (0, false);
    let mut names = String::new();
    for operand in &options.operands {
        let entries = match tree(sys, operand, options.has('h')) {
            Ok(entries) => entries,
            Err(e) => {
                complain(sys, &format!("{operand}: Cannot stat: {e}"), &format!("{operand}: {e}"));
                code = trouble(sys);
                continue;
            }
        };
        for found in entries {
            let itself = target.as_deref().is_some_and(|t| sys.realpath(&found.path).as_deref() == Ok(t));
            if itself || excluded(options, &found.path) {
                continue;
            }
            if found.path.starts_with('/') && !stripped {
                stripped = true;
                complain(sys, "Removing leading `/' from member names", "removing leading '/' from member names");
            }
            match entry_of(sys, &found, &accounts, &mut seen).map(|entry| owned(entry, options, &accounts)) {
                Ok(entry) => {
                    let slash = if entry.kind == TarKind::Dir { "/" } else { "" };
                    names.push_str(&format!("{}{slash}\n", entry.path.trim_end_matches('/')));
                    if writer.append(&entry).is_err() {
                        code = trouble(sys);
                    }
                }
                Err(e) => {
                    complain(sys, &format!("{}: Cannot open: {e}", found.path), &format!("can't open '{}': {e}", found.path));
                    code = trouble(sys);
                }
            }
        }
    }
    if writer.finish().is_err() {
        code = trouble(sys);
    }
    // Real archives are filled up to a record of 20 blocks.
    let full = bytes.len().div_ceil(10_240) * 10_240;
    bytes.resize(full, 0);
    let bytes = if is_packed(options) { gzip::gzip(&bytes) } else { bytes };
    if options.has('v') {
        if target.is_some() { sys.print(&names) } else { sys.eprint(&names) }
    }
    if !deliver(sys, options, target, &bytes) {
        return Ok(trouble(sys));
    }
    if code != 0 && gnu {
        sys.complain("Exiting with failure status due to previous errors");
    }
    Ok(code)
}

/// `--owner`, `--group` (`NAME`, `NAME:ID`, `ID`) and `--numeric-owner`.
fn owned(mut entry: TarEntry, options: &Options, accounts: &Accounts) -> TarEntry {
    let read = |text: &str, known: &dyn Fn(&str) -> Option<u32>| match text.split_once(':') {
        Some((name, id)) => (name.to_string(), id.parse().ok()),
        None => text.parse().map_or_else(|_| (text.to_string(), known(text)), |id| (String::new(), Some(id))),
    };
    if let Some(text) = options.value('\u{7}') {
        let (name, id) = read(text, &|name| accounts.user_named(name).map(|u| u.uid));
        (entry.uname, entry.uid) = (name, id.unwrap_or(entry.uid));
    }
    if let Some(text) = options.value('\u{8}') {
        let (name, id) = read(text, &|name| accounts.group_named(name).map(|g| g.gid));
        (entry.gname, entry.gid) = (name, id.unwrap_or(entry.gid));
    }
    if options.has('\u{5}') {
        entry.uname.clear();
        entry.gname.clear();
    }
    entry
}

fn entry_of(
    sys: &mut Sys<'_>,
    found: &super::walk::Entry,
    accounts: &Accounts,
    seen: &mut BTreeMap<(u64, u64), String>,
) -> Result<TarEntry, crate::base::Errno> {
    let stat = &found.stat;
    let path = found.path.trim_start_matches('/');
    let path = if path.is_empty() { "." } else { path }.to_string();
    let key = (stat.fs.map_or(0, |fs| fs.0), stat.ino);
    let first = if stat.nlink > 1 && !stat.is_dir() { seen.get(&key).cloned() } else { None };
    let kind = match (stat.kind, first) {
        (_, Some(first)) => TarKind::Link(first),
        ('d', _) => TarKind::Dir,
        ('l', _) => TarKind::Symlink(sys.readlink(&found.path)?),
        ('c', _) => TarKind::CharDevice(stat.device.0, stat.device.1),
        ('b', _) => TarKind::BlockDevice(stat.device.0, stat.device.1),
        ('p', _) => TarKind::Fifo,
        _ => TarKind::File(match sys.content(&found.path) {
            Err(crate::base::Errno::EINVAL) => sys.read_file(&found.path)?.into(),
            content => content?,
        }),
    };
    if stat.nlink > 1 && !stat.is_dir() {
        seen.entry(key).or_insert(path.clone());
    }
    let name = |id: Option<String>| id.unwrap_or_default();
    // Archives of programs have whole seconds.
    let mtime = crate::base::Time(stat.mtime.unix_secs().saturating_mul(1_000_000_000));
    Ok(TarEntry {
        path,
        kind,
        mode: stat.mode,
        uid: stat.uid,
        gid: stat.gid,
        uname: name(accounts.user(stat.uid).map(|u| u.name.clone())),
        gname: name(accounts.group(stat.gid).map(|g| g.name.clone())),
        mtime,
    })
}

fn read(sys: &mut Sys<'_>, options: &Options, extracting: bool) -> Result<i32, Stop> {
    let gnu = sys.flavor() == Flavor::Gnu;
    let bytes = match archive_path(sys, options) {
        None => sys.stdin_to_end()?,
        Some(path) => match sys.read_file(&path) {
            Ok(bytes) => bytes,
            Err(e) => {
                let name = options.value('f').unwrap_or_default();
                complain(sys, &format!("{name}: Cannot open: {e}"), &format!("can't open '{name}': {e}"));
                if gnu {
                    sys.complain("Error is not recoverable: exiting now");
                }
                return Ok(trouble(sys));
            }
        },
    };
    enter(sys, options)?;
    let limits = tar::Limits::default();
    let entries = if gzip::is_gzip(&bytes) {
        gzip::gunzip(&bytes, limits.bytes).and_then(|bytes| tar::read(&bytes, limits))
    } else {
        tar::read(&bytes, limits)
    };
    let Ok(entries) = entries else {
        if gnu {
            sys.complain("This does not look like a tar archive");
            sys.complain("Exiting with failure status due to previous errors");
        } else {
            sys.complain(if bytes.is_empty() { "short read" } else { "invalid tar magic" });
        }
        return Ok(trouble(sys));
    };
    let mut wanted = vec![false; options.operands.len()];
    let mut code = 0;
    for entry in &entries {
        if !selected(options, &entry.path, &mut wanted) || excluded(options, &entry.path) {
            continue;
        }
        if options.has('v') || !extracting {
            let line = line(entry, options, extracting);
            if extracting && options.has('O') { sys.eprint(&line) } else { sys.print(&line) }
        }
        if extracting && !extract::one(sys, entry, options) {
            code = trouble(sys);
        }
    }
    if extracting {
        extract::finish(sys, &entries, options);
    }
    for (operand, _) in options.operands.iter().zip(&wanted).filter(|(_, found)| !**found) {
        complain(sys, &format!("{operand}: Not found in archive"), &format!("{operand}: not found in archive"));
        code = trouble(sys);
    }
    if code != 0 && gnu {
        sys.complain("Exiting with failure status due to previous errors");
    }
    Ok(code)
}

fn selected(options: &Options, path: &str, wanted: &mut [bool]) -> bool {
    if options.operands.is_empty() {
        return true;
    }
    let plain = |p: &str| p.trim_start_matches("./").trim_end_matches('/').to_string();
    let path = plain(path);
    let mut any = false;
    for (operand, found) in options.operands.iter().zip(wanted) {
        let operand = plain(operand);
        if path == operand || path.starts_with(&format!("{operand}/")) {
            *found = true;
            any = true;
        }
    }
    any
}

/// A name, or with `-tv` the line of a long listing.
fn line(entry: &TarEntry, options: &Options, extracting: bool) -> String {
    let slash = if entry.kind == TarKind::Dir && !entry.path.ends_with('/') { "/" } else { "" };
    let name = format!("{}{slash}", entry.path);
    if extracting || !options.has('v') {
        return format!("{name}\n");
    }
    let (kind, size, tail) = match &entry.kind {
        TarKind::File(content) => ('-', content.len().to_string(), String::new()),
        TarKind::Dir => ('d', "0".into(), String::new()),
        TarKind::Symlink(to) => ('l', "0".into(), format!(" -> {to}")),
        TarKind::Link(to) => ('h', "0".into(), format!(" link to {to}")),
        TarKind::CharDevice(a, b) => ('c', format!("{a},{b}"), String::new()),
        TarKind::BlockDevice(a, b) => ('b', format!("{a},{b}"), String::new()),
        TarKind::Fifo => ('p', "0".into(), String::new()),
    };
    let numbers = options.has('\u{5}');
    let or_number = |name: &str, id: u32| if name.is_empty() || numbers { id.to_string() } else { name.to_string() };
    let owner = format!("{}/{}", or_number(&entry.uname, entry.uid), or_number(&entry.gname, entry.gid));
    let date = when::format("%Y-%m-%d %H:%M", entry.mtime);
    let width = 19_usize.saturating_sub(owner.len() + 1).max(size.len());
    format!("{} {owner} {size:>width$} {date} {name}{tail}\n", letters_of(kind, entry.mode))
}
