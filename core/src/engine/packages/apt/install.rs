//! What `apt-get` changes: the lists, the packages, their record.

use super::automatic::{mark, marked, orphans};
use super::{LISTS, Options, STATUS, catalogue, updated};
use crate::base::Errno;
use crate::engine::packages::index::{self, Package, size};
use crate::engine::packages::{base, place};
use crate::fs::Content;
use crate::kernel::Sys;

const LOCK: &str = "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n";

/// Where packages come from: `http://HOST/PATH` and the suite.
struct Mirror {
    host: &'static str,
    url: &'static str,
    suite: String,
    /// The sizes of InRelease and of Packages in kB, and the component.
    sizes: (u64, u64),
}

/// The address of the first mirror.
pub(super) fn mirror(sys: &mut Sys<'_>) -> &'static str {
    mirrors(sys).first().map_or("", |mirror| mirror.url)
}

fn mirrors(sys: &mut Sys<'_>) -> Vec<Mirror> {
    let codename = place::release(sys, "VERSION_CODENAME");
    let codename = if codename.is_empty() { "stable".to_string() } else { codename };
    let mirror = |host, url, suffix: &str, release, packages| Mirror {
        host,
        url,
        suite: format!("{codename}{suffix}"),
        sizes: (release, packages),
    };
    if place::release(sys, "ID") == "ubuntu" {
        let (main, security) = ("archive.ubuntu.com", "security.ubuntu.com");
        vec![
            mirror(main, "http://archive.ubuntu.com/ubuntu", "", 256, 1808),
            mirror(main, "http://archive.ubuntu.com/ubuntu", "-updates", 126, 1520),
            mirror(main, "http://archive.ubuntu.com/ubuntu", "-backports", 126, 48),
            mirror(security, "http://security.ubuntu.com/ubuntu", "-security", 126, 1180),
        ]
    } else {
        vec![
            mirror("deb.debian.org", "http://deb.debian.org/debian", "", 151, 8793),
            mirror("deb.debian.org", "http://deb.debian.org/debian", "-updates", 55, 7),
            mirror("deb.debian.org", "http://deb.debian.org/debian-security", "-security", 48, 290),
        ]
    }
}

fn reading(sys: &mut Sys<'_>, options: &Options, lines: &[&str]) {
    if options.quiet > 1 {
        return;
    }
    let end = if sys.is_tty(1) && options.quiet == 0 { " Done\n" } else { "\n" };
    for line in lines {
        sys.print(&format!("{line}...{end}"));
    }
}

const ALL: &[&str] = &["Reading package lists", "Building dependency tree", "Reading state information"];

/// `update`: brings the lists. A mirror that cannot be reached is a warning, as in apt, and status 0.
pub(super) fn update(sys: &mut Sys<'_>, options: &Options) -> i32 {
    if !place::may_write(sys, LISTS) {
        reading(sys, options, &ALL[..1]);
        sys.eprint(&format!(
            "E: Could not open lock file {LISTS}/lock - open (13: Permission denied)\nE: Unable to lock directory {LISTS}/\n"
        ));
        return 100;
    }
    let mirrors = mirrors(sys);
    let loud = options.quiet < 2;
    let (mut number, mut total, mut failed) = (0, 0, String::new());
    for packages in [false, true] {
        for mirror in &mirrors {
            if !place::online(sys, mirror.host) {
                if packages {
                    continue;
                }
                number += 1;
                let Mirror { host, url, suite, .. } = mirror;
                if loud {
                    sys.print(&format!(
                        "Err:{number} {url} {suite} InRelease\n  Temporary failure resolving '{host}'\n"
                    ));
                }
                failed.push_str(&format!(
                    "W: Failed to fetch {url}/dists/{suite}/InRelease  Temporary failure resolving '{host}'\n"
                ));
                continue;
            }
            number += 1;
            let kb = if packages { mirror.sizes.1 } else { mirror.sizes.0 };
            total += kb;
            let what = if packages { "/main amd64 Packages" } else { " InRelease" };
            if loud {
                sys.print(&format!("Get:{number} {} {}{what} [{}]\n", mirror.url, mirror.suite, size(kb)));
            }
            if let Err(e) = save_list(sys, mirror, packages, kb) {
                sys.eprint(&format!("E: Write error - write ({}: {})\n", e.code(), e.text()));
                return 100;
            }
        }
    }
    if loud && total > 0 {
        sys.print(&format!("Fetched {} in 1s ({}/s)\n", size(total), size(total)));
    }
    reading(sys, options, &ALL[..1]);
    if !failed.is_empty() {
        sys.eprint(&failed);
        sys.eprint("W: Some index files failed to download. They have been ignored, or old ones used instead.\n");
    } else if sys.name() == "apt" {
        reading(sys, options, &ALL[1..]);
        sys.print("All packages are up to date.\n");
    }
    0
}

fn save_list(sys: &mut Sys<'_>, mirror: &Mirror, packages: bool, kb: u64) -> Result<(), Errno> {
    let base = mirror.url.trim_start_matches("http://").replace('/', "_");
    let (what, kb) = if packages { ("main_binary-amd64_Packages.lz4", kb * 2) } else { ("InRelease", kb) };
    let path = format!("{LISTS}/{base}_dists_{}_{what}", mirror.suite);
    place::put(sys, &path, place::sized(b"Origin: Debian\n", kb * 1000), 0o644)
}

/// The release of `-t` must be one that the lists are of.
fn knows_release(sys: &mut Sys<'_>, options: &Options) -> bool {
    let Some(release) = &options.release else { return true };
    let mirrors = mirrors(sys);
    let known = |mirror: &Mirror| mirror.suite == *release || (release == "stable" && mirror.suite == "bookworm");
    if updated(sys) && mirrors.iter().any(known) {
        return true;
    }
    sys.eprint(&format!(
        "E: The value '{release}' is invalid for APT::Default-Release as such a release is not available in the sources\n"
    ));
    false
}

/// `upgrade`: nothing is ever out of date here.
pub(super) fn upgrade(sys: &mut Sys<'_>, options: &Options) -> i32 {
    if !place::may_write(sys, "/var/lib/dpkg") {
        sys.eprint(LOCK);
        return 100;
    }
    reading(sys, options, &ALL[..1]);
    if !knows_release(sys, options) {
        return 100;
    }
    reading(sys, options, &ALL[1..]);
    if options.quiet < 2 {
        let end = if sys.is_tty(1) { " Done\n" } else { "\n" };
        sys.print(&format!("Calculating upgrade...{end}"));
        sys.print("0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n");
    }
    0
}

/// What is to be done, as decided before and after the question alike.
struct Work {
    install: Vec<Package>,
    remove: Vec<Package>,
    /// Packages of the command line that are there already.
    there: Vec<Package>,
    /// What nothing needs when that is done.
    useless: Vec<Package>,
}

/// True for the verbs that take packages away.
fn removes(verb: &str) -> bool {
    matches!(verb, "remove" | "purge" | "autoremove" | "auto-remove" | "autopurge")
}

/// # Errors
/// What is wrong with the names and versions, a text for each.
fn work(sys: &mut Sys<'_>, verb: &str, options: &Options) -> Result<Work, Vec<String>> {
    let catalogue = catalogue(sys);
    let packages: Vec<Package> = catalogue.iter().map(|(p, _)| p.clone()).collect();
    let names: Vec<String> = options.names.iter().map(|n| n.trim_end_matches('+').to_string()).collect();
    let known = removes(verb) || updated(sys);
    let missing = |name: &&String| {
        catalogue.iter().all(|(p, there)| p.name != name.as_str() || !(*there || known))
    };
    let unable = |name: &String| format!("Unable to locate package {name}");
    let mut wrong: Vec<String> = names.iter().filter(missing).map(unable).collect();
    let fits = |version: &str, pin: &str| match pin.strip_suffix('*') {
        Some(start) => version.starts_with(start),
        None => version == pin,
    };
    for (name, pin) in &options.pins {
        if packages.iter().any(|p| p.name == name && !fits(p.version, pin)) {
            wrong.push(format!("Version '{pin}' for '{name}' was not found"));
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let has = |package: &Package| catalogue.iter().any(|(p, there)| p.name == package.name && *there);
    let of_line = |wanted: bool| -> Vec<Package> {
        packages.iter().filter(|p| names.iter().any(|n| n == p.name) && has(p) == wanted).cloned().collect()
    };
    if removes(verb) {
        let mut remove = of_line(true);
        if let Some(base) = remove.iter().find(|p| p.download == 0) {
            return Err(vec![format!("removing {} of the base system is not simulated by Drydock", base.name)]);
        }
        let mut useless = orphans(sys, &catalogue, &remove);
        if options.sweeps || verb.starts_with("auto") {
            remove.append(&mut useless);
        }
        return Ok(Work { install: vec![], remove, there: of_line(false), useless });
    }
    let install = index::plan(&packages, &names, &has).map_err(|name| vec![unable(&name)])?;
    let mut useless = orphans(sys, &catalogue, &[]);
    useless.retain(|p| !names.iter().any(|n| n == p.name));
    Ok(Work { install, remove: vec![], there: of_line(true), useless })
}

fn name_list(sys: &mut Sys<'_>, title: &str, mut names: Vec<&str>) {
    if names.is_empty() {
        return;
    }
    names.sort_unstable();
    sys.print(&format!("{title}\n"));
    let mut line = String::new();
    for name in names {
        if !line.is_empty() && line.len() + name.len() + 3 > 79 {
            sys.print(&format!(" {line}\n"));
            line.clear();
        }
        line.push(' ');
        line.push_str(name);
    }
    sys.print(&format!(" {line}\n"));
}

/// `install`, `remove` and `purge` up to the question; `None` where it has been asked.
pub(super) fn begin(sys: &mut Sys<'_>, verb: &str, options: &Options) -> Option<i32> {
    if !place::may_write(sys, "/var/lib/dpkg") {
        sys.eprint(LOCK);
        return Some(100);
    }
    reading(sys, options, &ALL[..1]);
    if !knows_release(sys, options) {
        return Some(100);
    }
    reading(sys, options, &ALL[1..]);
    let work = match work(sys, verb, options) {
        Ok(work) => work,
        Err(wrong) => {
            for text in wrong {
                sys.eprint(&format!("E: {text}\n"));
            }
            return Some(100);
        }
    };
    if options.quiet < 2 {
        announce(sys, verb, options, &work);
    }
    let busy = !work.install.is_empty() || !work.remove.is_empty();
    let extra = work.install.iter().any(|p| !options.names.iter().any(|n| n == p.name));
    if busy && !options.yes && (extra || !work.remove.is_empty()) {
        sys.print("Do you want to continue? [Y/n] ");
        return None;
    }
    Some(carry_out(sys, verb, options))
}

fn announce(sys: &mut Sys<'_>, verb: &str, options: &Options, work: &Work) {
    let removing = removes(verb);
    let marked = marked(sys);
    for package in &work.there {
        let Package { name, version, .. } = package;
        sys.print(&if removing {
            format!("Package '{name}' is not installed, so not removed\n")
        } else {
            let by_hand = if marked.contains(*name) { format!("{name} set to manually installed.\n") } else { String::new() };
            format!("{name} is already the newest version ({version}).\n{by_hand}")
        });
    }
    let title = match work.useless.len() {
        1 => "The following package was automatically installed and is no longer required:",
        _ => "The following packages were automatically installed and are no longer required:",
    };
    name_list(sys, title, work.useless.iter().map(|p| p.name).collect());
    match work.useless.len() {
        0 => {}
        1 => sys.print("Use 'apt autoremove' to remove it.\n"),
        _ => sys.print("Use 'apt autoremove' to remove them.\n"),
    }
    let extra = work.install.iter().map(|p| p.name).filter(|n| !options.names.iter().any(|o| o == n));
    name_list(sys, "The following additional packages will be installed:", extra.collect());
    let purged = if verb.ends_with("purge") { "*" } else { "" };
    let removed: Vec<String> = work.remove.iter().map(|p| format!("{}{purged}", p.name)).collect();
    name_list(
        sys,
        "The following packages will be REMOVED:",
        removed.iter().map(String::as_str).collect(),
    );
    name_list(
        sys,
        "The following NEW packages will be installed:",
        work.install.iter().map(|p| p.name).collect(),
    );
    sys.print(&format!(
        "0 upgraded, {} newly installed, {} to remove and 0 not upgraded.\n",
        work.install.len(),
        work.remove.len()
    ));
    let sum = |list: &[Package], of: fn(&Package) -> u64| size(list.iter().map(of).sum());
    if !work.install.is_empty() {
        sys.print(&format!("Need to get {} of archives.\n", sum(&work.install, |p| p.download)));
        let space = sum(&work.install, |p| p.installed);
        sys.print(&format!("After this operation, {space} of additional disk space will be used.\n"));
    }
    if !work.remove.is_empty() {
        let space = sum(&work.remove, |p| p.installed);
        sys.print(&format!("After this operation, {space} disk space will be freed.\n"));
    }
}

/// Does the work after the question.
pub(super) fn carry_out(sys: &mut Sys<'_>, verb: &str, options: &Options) -> i32 {
    let Ok(work) = work(sys, verb, options) else { return 100 };
    let loud = options.quiet < 2;
    let result = if work.remove.is_empty() {
        if !work.install.is_empty() && !fetch(sys, &work.install, loud) {
            return 100;
        }
        work.install.iter().try_for_each(|p| unpack(sys, p, &work.install))
    } else {
        reading_database(sys);
        work.remove.iter().try_for_each(|p| remove(sys, p))
    };
    if let Err(e) = result.and_then(|()| remember(sys, options, &work)) {
        sys.eprint(&format!("dpkg: error processing archive (--unpack):\n {}\nE: Sub-process /usr/bin/dpkg returned an error code (1)\n", e.text()));
        return 100;
    }
    if !work.install.is_empty() {
        for package in &work.install {
            sys.print(&format!("Setting up {} ({}) ...\n", package.name, package.version));
        }
        let release = place::release(sys, "VERSION_CODENAME");
        let libc = base::version(&release, "libc-bin");
        sys.print(&format!("Processing triggers for libc-bin ({libc}) ...\n"));
    }
    0
}

/// Marks what came by itself; what is asked for by name, or gone, is marked no more.
fn remember(sys: &mut Sys<'_>, options: &Options, work: &Work) -> Result<(), Errno> {
    let mut names = marked(sys);
    names.extend(work.install.iter().map(|p| p.name.to_string()));
    let asked = |name: &str| options.names.iter().any(|asked| asked == name);
    names.retain(|name| !asked(name) && !work.remove.iter().any(|p| p.name == name));
    mark(sys, &names)
}

fn reading_database(sys: &mut Sys<'_>) {
    let release = place::release(sys, "VERSION_CODENAME");
    let added = super::recorded(sys).len().saturating_sub(base::packages(&release).len());
    let files = 6090 + added * 17;
    sys.print(&format!("(Reading database ... {files} files and directories currently installed.)\n"));
}

fn fetch(sys: &mut Sys<'_>, packages: &[Package], loud: bool) -> bool {
    let Some(mirror) = mirrors(sys).into_iter().next() else { return false };
    let Mirror { host, url, suite, .. } = mirror;
    if !place::online(sys, host) {
        for package in packages {
            let Package { name, version, .. } = package;
            sys.eprint(&format!("Err:1 {url} {suite}/main amd64 {name} amd64 {version}\n  Temporary failure resolving '{host}'\n"));
        }
        for package in packages {
            let Package { name, version, .. } = package;
            let letter = name.get(..1).unwrap_or("x");
            sys.eprint(&format!("E: Failed to fetch {url}/pool/main/{letter}/{name}/{name}_{version}_amd64.deb  Temporary failure resolving '{host}'\n"));
        }
        sys.eprint("E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?\n");
        return false;
    }
    let total: u64 = packages.iter().map(|p| p.download).sum();
    if loud {
        for (at, p) in packages.iter().enumerate() {
            sys.print(&format!(
                "Get:{} {url} {suite}/main amd64 {} amd64 {} [{}]\n",
                at + 1,
                p.name,
                p.version,
                size(p.download)
            ));
        }
    }
    if !sys.is_tty(1) || sys.env("DEBIAN_FRONTEND").is_none() {
        sys.eprint("debconf: delaying package configuration, since apt-utils is not installed\n");
    }
    if loud {
        sys.print(&format!("Fetched {} in 0s ({}/s)\n", size(total), size(total * 3)));
    }
    true
}

fn unpack(sys: &mut Sys<'_>, package: &Package, all: &[Package]) -> Result<(), Errno> {
    let Package { name, version, .. } = package;
    let first = all.first().is_some_and(|p| p.name == *name);
    sys.print(&format!("Selecting previously unselected package {name}.\n"));
    if first {
        reading_database(sys);
    }
    let index = all.iter().position(|p| p.name == *name).unwrap_or(0);
    let number = if all.len() > 1 { format!("{index:02}-") } else { String::new() };
    let file = version.split_once(':').map_or(*version, |(_, rest)| rest);
    let arch = base::architecture(name);
    sys.print(&format!("Preparing to unpack .../{number}{name}_{file}_{arch}.deb ...\n"));
    sys.print(&format!("Unpacking {name} ({version}) ...\n"));
    let copyright = format!("/usr/share/doc/{name}/copyright");
    place::put(sys, &copyright, Content::from(format!("{name}\n").into_bytes()), 0o644)?;
    let data = format!("/usr/lib/x86_64-linux-gnu/{name}.data");
    place::put(sys, &data, place::sized(b"", package.installed * 1000), 0o644)?;
    let mut list = format!("/.\n/usr\n/usr/share/doc/{name}\n{copyright}\n{data}\n");
    for (path, program) in &package.programs {
        list.push_str(&format!("{path}\n"));
        place::program(sys, path, program)?;
    }
    place::put(sys, &format!("/var/lib/dpkg/info/{name}.list"), Content::from(list.into_bytes()), 0o644)?;
    let mut status = place::text(sys, STATUS);
    status.push_str(&base::stanza(package));
    place::put(sys, STATUS, Content::from(status.into_bytes()), 0o644)
}

fn remove(sys: &mut Sys<'_>, package: &Package) -> Result<(), Errno> {
    let Package { name, version, .. } = package;
    sys.print(&format!("Removing {name} ({version}) ...\n"));
    for (path, _) in &package.programs {
        if sys.lstat(path).is_ok() {
            sys.unlink(path)?;
        }
    }
    sys.remove_all(&format!("/usr/lib/x86_64-linux-gnu/{name}.data"))?;
    sys.remove_all(&format!("/usr/share/doc/{name}"))?;
    sys.remove_all(&format!("/var/lib/dpkg/info/{name}.list"))?;
    let marker = format!("Package: {name}\n");
    let status = place::text(sys, STATUS);
    let kept: String = status
        .split_inclusive("\n\n")
        .filter(|stanza| !stanza.starts_with(&marker))
        .collect();
    place::put(sys, STATUS, Content::from(kept.into_bytes()), 0o644)
}
