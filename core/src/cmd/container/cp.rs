//! `docker container cp`.

use crate::base::units::human_size_with_precision;
use crate::cmd::{Cli, Command, DONE, Failure, Flow, Until};
use crate::engine::container::archive::{self, Put, last_name, read_archive, stat_path, write_archive};
use crate::fs::tar::{TarEntry, TarKind};
use crate::fs::Overwrite;
use crate::grammar::Invocation;
use crate::kernel::{Access, Target};

/// `docker cp [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-`.
pub const COMMAND: Command = Command::new("container cp", run);

/// What is known of one end of a copy before it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
struct End {
    /// The path as given, a trailing `/` or `/.` included.
    path: String,
    exists: bool,
    is_dir: bool,
}

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    if call.arg(0).is_empty() {
        return Err(Failure::new("source can not be empty"));
    }
    if call.arg(1).is_empty() {
        return Err(Failure::new("destination can not be empty"));
    }
    let (source, target) = (split(call.arg(0)), split(call.arg(1)));
    match (source, target) {
        ((Some(_), _), (Some(_), _)) => Err(Failure::new("copying between containers is not supported")),
        ((None, _), (None, _)) => Err(Failure::new("must specify at least one container source")),
        ((Some(container), path), (None, to)) => from_container(cli, call, (container, path), to),
        ((None, from), (Some(container), path)) => to_container(cli, call, from, (container, path)),
    }
}

/// `CONTAINER:PATH` apart; a local path has no container. What begins with `/` or `.` is local.
fn split(argument: &str) -> (Option<&str>, &str) {
    if argument.starts_with('/') {
        return (None, argument);
    }
    match argument.split_once(':') {
        Some((container, path)) if !container.starts_with('.') => (Some(container), path),
        _ => (None, argument),
    }
}

/// The absolute form of a local path, a trailing `/` or `/.` kept.
fn absolute(cli: &Cli<'_, '_>, path: &str) -> String {
    let cwd = cli.sys.me().map_or_else(|_| "/".to_string(), |me| me.cwd.clone());
    let whole = if path.starts_with('/') { path.to_string() } else { format!("{cwd}/{path}") };
    let clean = clean(&whole);
    if path == "." || path.ends_with("/.") {
        return format!("{}/.", clean.trim_end_matches('/'));
    }
    if path.ends_with('/') && clean != "/" { format!("{clean}/") } else { clean }
}

/// A path without `.`, `..` and doubled slashes.
fn clean(path: &str) -> String {
    let mut names: Vec<&str> = vec![];
    for name in path.split('/').filter(|n| !n.is_empty() && *n != ".") {
        if name == ".." {
            names.pop();
        } else {
            names.push(name);
        }
    }
    format!("/{}", names.join("/"))
}

/// True where the path can only mean a directory.
fn asserts_dir(path: &str) -> bool {
    path.is_empty() || path == "." || path.ends_with('/') || path.ends_with("/.")
}

/// The directory that takes the entries, and the name that the first part of their paths becomes.
fn plan(source: &End, target: &End) -> Result<(String, Option<String>), Failure> {
    let renamed = || {
        let whole = clean(&format!("/{}", target.path));
        let (dir, name) = whole.rsplit_once('/').unwrap_or(("", ""));
        (if dir.is_empty() { "/".to_string() } else { dir.to_string() }, Some(name.to_string()))
    };
    match (target.exists, target.is_dir, source.is_dir) {
        (true, true, _) => Ok((target.path.clone(), None)),
        (true, false, true) => Err(Failure::new("cannot copy directory")),
        (false, _, false) if asserts_dir(&target.path) => Err(Failure::new("no such directory")),
        _ => Ok(renamed()),
    }
}

/// Gives the entries another first name.
fn rename(entries: &mut [TarEntry], from: &str, to: &str) {
    let rebase = |path: &str| {
        if from.is_empty() {
            return format!("{to}/{path}");
        }
        match path.strip_prefix(from) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{to}{rest}"),
            _ => path.to_string(),
        }
    };
    for entry in entries {
        entry.path = rebase(&entry.path);
        if let TarKind::Link(target) = &mut entry.kind {
            *target = rebase(target);
        }
    }
}

fn from_container(
    cli: &mut Cli<'_, '_>,
    call: &Invocation,
    (container, path): (&str, &str),
    to: &str,
) -> Result<Flow, Failure> {
    let target = if to == "-" { None } else { Some(absolute(cli, to)) };
    if let Some(target) = &target {
        check_parent(cli, target)?;
    }
    let world = cli.world()?;
    let mut from = path.to_string();
    let mut name = last_name(path);
    if call.bool("follow-link")
        && let Ok(stat) = stat_path(world, container, path)
        && stat.kind == 'l'
    {
        from = stat.link_target;
        name = last_name(&from);
    }
    let (stat, mut entries) = read_archive(world, container, &from)?;
    let kept = last_name(path);
    if name != kept && !asserts_dir(path) {
        rename(&mut entries, &name, &kept);
        name = kept;
    }
    let Some(target) = target else {
        let bytes = archive::to_bytes(&entries)?;
        cli.sys.write(1, &bytes);
        return DONE;
    };
    let found = cli.sys.stat(&target).ok();
    let end = End {
        exists: found.is_some(),
        is_dir: found.is_some_and(|f| f.is_dir()),
        path: target.clone(),
    };
    let source = End { path: from, exists: true, is_dir: stat.kind == 'd' };
    let (dir, new_name) = plan(&source, &end)?;
    if let Some(new_name) = new_name {
        rename(&mut entries, &name, &new_name);
    }
    unpack_here(cli, &dir, &mut entries, call.bool("archive"))?;
    told(cli, call, &target, &entries, source.is_dir);
    DONE
}

/// The directory above a local target must be there.
fn check_parent(cli: &Cli<'_, '_>, target: &str) -> Result<(), Failure> {
    let whole = clean(target);
    let dir = match whole.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((dir, _)) => dir,
    };
    if cli.sys.stat(dir).is_err() {
        return Err(Failure::new(format!("invalid output path: directory {dir:?} does not exist")));
    }
    match cli.sys.stat(target) {
        Ok(found) if matches!(found.kind, 'c' | 'b') => Err(Failure::new("got a device")),
        Ok(found) if !found.is_dir() && !found.is_file() => Err(Failure::new("got an irregular file")),
        _ => Ok(()),
    }
}

/// Writes entries into a local directory; unless `keep_owners`, they belong to whoever runs the command.
fn unpack_here(
    cli: &mut Cli<'_, '_>,
    dir: &str,
    entries: &mut [TarEntry],
    keep_owners: bool,
) -> Result<(), Failure> {
    let refused = |e: crate::base::Errno| Failure::new(format!("open {dir}: {}", e.go_text()));
    let resolved = cli.sys.resolve(dir, true).map_err(refused)?;
    let Some(Target::Disk(place)) = resolved.target else {
        return Err(refused(crate::base::Errno::ENOENT));
    };
    let (uid, gid) = cli.sys.me().map_or((0, 0), |me| (me.cred.uid, me.cred.gid));
    if !cli.sys.access(dir, Access::Write) {
        let name = entries.first().map_or("", |e| e.path.as_str());
        return Err(Failure::new(format!("open {}/{name}: permission denied", dir.trim_end_matches('/'))));
    }
    if !(keep_owners && uid == 0) {
        entries.iter_mut().for_each(|e| (e.uid, e.gid) = (uid, gid));
    }
    let world = cli.world()?;
    let now = world.now();
    let Some(view) = world.kernel.view_mut(place.fs) else { return Ok(()) };
    view.unpack(place.ino, entries, Overwrite::SameKind, now).map_err(|e| Failure::new(e.to_string()))
}

fn to_container(
    cli: &mut Cli<'_, '_>,
    call: &Invocation,
    from: &str,
    (container, path): (&str, &str),
) -> Result<Flow, Failure> {
    let world = cli.world()?;
    let mut to = path.to_string();
    let mut found = stat_path(world, container, path);
    if let Ok(stat) = &found
        && stat.kind == 'l'
    {
        to = stat.link_target.clone();
        found = stat_path(world, container, &to);
    }
    let named = format!("{container}:{path}");
    if found.as_ref().is_ok_and(|s| !matches!(s.kind, 'd' | '-')) {
        return Err(Failure::new(format!("destination {named:?} must be a directory or a regular file")));
    }
    let end = End { exists: found.is_ok(), is_dir: found.is_ok_and(|s| s.kind == 'd'), path: to };
    let how = Put { any_kind: false, keep_owners: call.bool("archive") };
    if from == "-" {
        if !end.is_dir {
            archive::stat_path(cli.world()?, container, "/")?;
            return Err(Failure::new(format!("destination {named:?} must be a directory")));
        }
        let Some(input) = cli.input.take() else { return Ok(Flow::Input(Until::End)) };
        let entries = archive::of_bytes(&input)?;
        write_archive(cli.world()?, container, &end.path, &entries, how)?;
        return DONE;
    }
    let local = absolute(cli, from);
    let (source, mut entries) = pack_here(cli, &local, call.bool("follow-link"))?;
    let (dir, new_name) = plan(&source, &end)?;
    if let Some(new_name) = new_name {
        rename(&mut entries, &last_name(&local), &new_name);
    }
    write_archive(cli.world()?, container, &dir, &entries, how)?;
    told(cli, call, &named, &entries, false);
    DONE
}

/// The entries of a local file or tree, named after the last name of its path.
fn pack_here(cli: &mut Cli<'_, '_>, path: &str, follow: bool) -> Result<(End, Vec<TarEntry>), Failure> {
    let plain = path.trim_end_matches("/.").trim_end_matches('/');
    let plain = if plain.is_empty() { "/" } else { plain };
    let refused = |e: crate::base::Errno| Failure::new(format!("lstat {plain}: {}", e.go_text()));
    let stat = if follow { cli.sys.stat(plain) } else { cli.sys.lstat(plain) }.map_err(refused)?;
    let through = stat.is_link() && asserts_dir(path);
    let stat = if through { cli.sys.stat(plain).map_err(refused)? } else { stat };
    if asserts_dir(path) && !stat.is_dir() {
        return Err(Failure::new("not a directory"));
    }
    if !cli.sys.access(plain, Access::Read) && !stat.is_link() {
        return Err(Failure::new(format!("open {plain}: permission denied")));
    }
    let resolved = cli.sys.resolve(plain, follow || through).map_err(refused)?;
    let Some(Target::Disk(place)) = resolved.target else {
        return Err(Failure::new("copying from /proc or /sys is not simulated by Drydock"));
    };
    let world = cli.world()?;
    let entries = world.kernel.view(place.fs).map_or(vec![], |v| v.pack(place.ino, &last_name(path)));
    Ok((End { path: path.to_string(), exists: true, is_dir: stat.is_dir() }, entries))
}

/// On a terminal the client says what it has done: how much of files, and how much of archive.
fn told(cli: &mut Cli<'_, '_>, call: &Invocation, target: &str, entries: &[TarEntry], is_dir: bool) {
    if call.bool("quiet") || !cli.sys.is_tty(2) {
        return;
    }
    let len = |e: &TarEntry| match &e.kind {
        TarKind::File(content) => content.len(),
        _ => 0,
    };
    let content: u64 = entries.iter().map(len).sum();
    let sent: u64 = 1024 + entries.iter().map(|e| 512 + len(e).div_ceil(512) * 512).sum::<u64>();
    let content = if is_dir { sent } else { content };
    let size = |bytes: u64| human_size_with_precision(bytes as f64, 3);
    cli.err(&format!("Successfully copied {} (transferred {}) to {target}\n", size(content), size(sent)));
}
