//! `apk`: packages of Alpine images: `add` (`--no-cache`, `--update`, `--virtual NAME`), `update`, `upgrade`,
//! `del`, `info [-e] [-L]`, `list [-I]`, `search`, `cache clean`. Constraints on versions hold. Exit status: 0; 1 where a package is unknown or the
//! repositories cannot be reached; 99 where the database may not be written.

use super::constraint::Constraint;
use super::index::{self, Package};
use super::place;
use crate::base::Errno;
use crate::fs::Content;
use crate::kernel::{Applet, Stop, Sys};

/// `apk`.
pub const APPLETS: &[Applet] = &[Applet::main("apk", apk)];

const INSTALLED: &str = "/lib/apk/db/installed";
const HOST: &str = "dl-cdn.alpinelinux.org";
/// What the base image holds: packages and KiB.
const BASE: (usize, u64) = (16, 8 << 10);

#[derive(Default)]
struct Options {
    no_cache: bool,
    update: bool,
    quiet: bool,
    installed: bool,
    contents: bool,
    bundle: Option<String>,
    verbose: bool,
    /// Repositories beside those of the image (`-X`).
    repositories: Vec<String>,
    words: Vec<String>,
}

fn apk(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let Some(mut options) = read_options(sys) else { return Ok(1) };
    if options.words.is_empty() {
        sys.print("apk-tools 2.14.9, compiled for x86_64.\n\nusage: apk [<OPTIONS>...] COMMAND [<ARGUMENTS>...]\n");
        return Ok(1);
    }
    let verb = options.words.remove(0);
    let changes = matches!(verb.as_str(), "add" | "del" | "update" | "upgrade" | "fix");
    if changes && !place::may_write(sys, "/lib/apk/db") {
        sys.eprint("ERROR: Unable to lock database: Permission denied\nERROR: Failed to open apk database: Permission denied\n");
        return Ok(99);
    }
    Ok(match verb.as_str() {
        "add" => add(sys, &options),
        "del" => del(sys, &options),
        "update" => update(sys, &options),
        // There is one version of each package and none is broken.
        "upgrade" | "fix" => {
            let missing: Vec<String> =
                options.words.iter().filter(|w| !has(sys).contains(&w.as_str())).cloned().collect();
            if !missing.is_empty() {
                return Ok(unknown(sys, &missing));
            }
            let (failing, _) = fetch(sys, &options);
            summary(sys);
            i32::from(failing > 0)
        }
        "info" => info(sys, &options),
        "list" => list(sys, &options),
        "search" => {
            let found = index::alpine().filter(|p| options.words.iter().all(|w| p.name.contains(w.as_str())));
            found.for_each(|p| {
                let about = if options.verbose { format!(" - {}", p.about) } else { String::new() };
                sys.print(&format!("{}-{}{about}\n", p.name, p.version));
            });
            0
        }
        // The images have no /etc/apk/cache.
        "cache" => {
            sys.eprint("ERROR: Package cache is not enabled.\n");
            2
        }
        "--version" => {
            sys.print("apk-tools 2.14.9, compiled for x86_64.\n");
            0
        }
        "audit" | "convert" | "dot" | "extract" | "fetch" | "index" | "manifest" | "mkndx" | "mkpkg" | "policy"
        | "query" | "stats" | "verify" | "version" => {
            sys.eprint(&format!("ERROR: apk {verb} is not simulated by Drydock\n"));
            1
        }
        other => {
            sys.eprint(&format!("ERROR: '{other}' is not an apk command. See 'apk --help'.\n"));
            1
        }
    })
}

fn read_options(sys: &mut Sys<'_>) -> Option<Options> {
    let mut options = Options::default();
    let args = sys.args();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--no-cache" => options.no_cache = true,
            "-U" | "--update" | "--update-cache" => options.update = true,
            "-q" | "--quiet" => options.quiet = true,
            "-t" | "--virtual" => options.bundle = args.next().cloned(),
            "-V" | "--version" => options.words.push("--version".into()),
            "-X" | "--repository" => options.repositories.extend(args.next().cloned()),
            "-v" | "--verbose" => options.verbose = true,
            "-e" | "-I" | "--installed" => options.installed = true,
            "-L" | "--contents" => options.contents = true,
            // There is one version of each package, all are trusted, and they leave no settings behind.
            "-u" | "--upgrade" | "-f" | "--force" | "--no-progress" | "-l" | "--latest"
            | "--allow-untrusted" | "--purge" | "--available" | "--no-interactive" => {}
            "-p" | "--root" | "-a" | "--all" | "-d" | "--description" | "-s" | "--simulate" | "-i"
            | "--interactive" | "-W" | "--who-owns" | "-R" | "--depends" => {
                sys.eprint(&format!("ERROR: the option {arg} is not simulated by Drydock\n"));
                return None;
            }
            long if long.starts_with("--repository=") => options.repositories.push(long[13..].to_string()),
            long if long.starts_with("--virtual=") => options.bundle = Some(long[10..].to_string()),
            other if other.starts_with('-') => {
                sys.eprint(&format!("apk: unrecognized option: {}\n", other.trim_start_matches('-')));
                return None;
            }
            word => options.words.push(word.to_string()),
        }
    }
    Some(options)
}

fn indexes(sys: &mut Sys<'_>, options: &Options) -> Vec<String> {
    let repositories = place::text(sys, "/etc/apk/repositories");
    let lines = repositories.lines().map(str::trim).filter(|l| l.starts_with("http"));
    let all = options.repositories.iter().map(String::as_str).chain(lines);
    all.map(|l| format!("{}/x86_64/APKINDEX.tar.gz", l.trim_end_matches('/'))).collect()
}

/// Brings the indexes, and gives the number of those that cannot be reached and of all.
fn fetch(sys: &mut Sys<'_>, options: &Options) -> (usize, usize) {
    let cached = sys.list("/var/cache/apk").is_ok_and(|names| names.iter().any(|n| n.starts_with("APKINDEX")));
    if cached && !options.no_cache && !options.update {
        return (0, 1);
    }
    let urls = indexes(sys, options);
    let host = |url: &str| url.split('/').nth(2).unwrap_or_default().to_string();
    // The built-in index stands for what the mirrors of Alpine hold, in whatever branch.
    let mut failing = 0;
    for (at, url) in urls.iter().enumerate() {
        if !options.quiet {
            sys.print(&format!("fetch {url}\n"));
        }
        let online = host(url) == HOST && place::online(sys, HOST);
        failing += usize::from(!online);
        if !online {
            let base = url.trim_end_matches("/x86_64/APKINDEX.tar.gz");
            sys.eprint(&format!("WARNING: fetching {base}: temporary error (try again later)\n"));
        } else if !options.no_cache {
            let path = format!("/var/cache/apk/APKINDEX.{:08x}.tar.gz", 0x66f0_a58d_u32.wrapping_add(at as u32));
            let _only_a_cache = place::put(sys, &path, place::sized(b"\x1f\x8b", 480_000), 0o644);
        }
    }
    (failing, urls.len())
}

/// The packages recorded as installed; those of the image are known by their programs.
fn recorded(sys: &mut Sys<'_>) -> Vec<String> {
    let text = place::text(sys, INSTALLED);
    text.lines().filter_map(|l| l.strip_prefix("P:").map(str::to_string)).collect()
}

fn has(sys: &mut Sys<'_>) -> Vec<&'static str> {
    let recorded = recorded(sys);
    let there = |package: &Package| {
        let file = package.programs.first().and_then(|(path, _)| sys.lstat(path).ok());
        recorded.iter().any(|n| n == package.name) || file.is_some_and(|stat| !stat.is_link())
    };
    index::alpine().filter(there).map(|p| p.name).collect()
}

fn summary(sys: &mut Sys<'_>) {
    let names = recorded(sys);
    let kb: u64 = index::alpine().filter(|p| names.iter().any(|n| n == p.name)).map(|p| p.installed).sum();
    sys.print(&format!("OK: {} MiB in {} packages\n", (kb + BASE.1) >> 10, names.len() + BASE.0));
}

fn unknown(sys: &mut Sys<'_>, names: &[String]) -> i32 {
    sys.eprint("ERROR: unable to select packages:\n");
    for name in names {
        sys.eprint(&format!("  {name} (no such package):\n    required by: world[{name}]\n"));
    }
    1
}

fn add(sys: &mut Sys<'_>, options: &Options) -> i32 {
    let asked: Vec<(String, Constraint)> =
        options.words.iter().map(|w| Constraint::read(w.split('@').next().unwrap_or(w))).collect();
    let wanted: Vec<String> = asked.iter().map(|(name, _)| name.clone()).collect();
    let (failing, all) = fetch(sys, options);
    let online = failing < all;
    let packages: Vec<Package> = index::alpine().collect();
    let there = has(sys);
    let missing: Vec<String> = wanted
        .iter()
        .filter(|w| {
            let found = packages.iter().any(|p| p.name == w.as_str());
            !found || (!online && !there.iter().any(|t| t == w))
        })
        .cloned()
        .collect();
    if !missing.is_empty() {
        return unknown(sys, &missing);
    }
    let breaks: String = asked
        .iter()
        .filter_map(|(name, constraint)| {
            let package = packages.iter().find(|p| p.name == name && !constraint.fits(p.version))?;
            let constraint = constraint.to_string().replace("~=", "~");
            Some(format!("  {name}-{}:\n    breaks: world[{name}{constraint}]\n", package.version))
        })
        .collect();
    if !breaks.is_empty() {
        sys.eprint(&format!("ERROR: unable to select packages:\n{breaks}"));
        return 1;
    }
    let plan = match index::plan(&packages, &wanted, &|p| there.contains(&p.name)) {
        Ok(plan) => plan,
        Err(name) => return unknown(sys, &[name]),
    };
    let total = plan.len() + usize::from(options.bundle.is_some());
    let result = plan.iter().enumerate().try_for_each(|(at, package)| {
        if !options.quiet {
            sys.print(&format!("{} Installing {} ({})\n", count(at + 1, total), package.name, package.version));
        }
        unpack(sys, package)
    });
    if let Err(e) = result {
        sys.eprint(&format!("ERROR: Failed to install: {}\n", e.text()));
        return 1;
    }
    if let Some(bundle) = &options.bundle {
        sys.print(&format!("{} Installing {bundle} (20261121.000000)\n", count(total, total)));
        record_bundle(sys, bundle, &plan);
    }
    if !plan.is_empty() && !options.quiet {
        sys.print("Executing busybox-1.37.0-r20.trigger\n");
        if let Some(p) = plan.iter().find(|p| p.name == "ca-certificates") {
            sys.print(&format!("Executing ca-certificates-{}.trigger\n", p.version));
        }
    }
    if !options.quiet {
        summary(sys);
    }
    0
}

fn count(at: usize, total: usize) -> String {
    let width = total.to_string().len();
    format!("({at:>width$}/{total})")
}

/// A bundle is remembered as the packages that came with it.
fn record_bundle(sys: &mut Sys<'_>, bundle: &str, plan: &[Package]) {
    let names: Vec<&str> = plan.iter().map(|p| p.name).collect();
    let mut text = place::text(sys, "/lib/apk/db/bundles");
    text.push_str(&format!("{bundle} {}\n", names.join(" ")));
    let _the_database_is_writable = place::put(sys, "/lib/apk/db/bundles", Content::from(text.into_bytes()), 0o644);
}

fn data(package: &Package) -> String {
    format!("/usr/lib/{}.data", package.name)
}

fn unpack(sys: &mut Sys<'_>, package: &Package) -> Result<(), Errno> {
    place::put(sys, &data(package), place::sized(b"", package.installed * 1000), 0o644)?;
    for (path, name) in &package.programs {
        place::program(sys, path, name)?;
    }
    let mut text = place::text(sys, INSTALLED);
    let Package { name, version, installed, about, .. } = package;
    text.push_str(&format!("P:{name}\nV:{version}\nA:x86_64\nI:{}\nT:{about}\n\n", installed * 1000));
    place::put(sys, INSTALLED, Content::from(text.into_bytes()), 0o644)
}

fn del(sys: &mut Sys<'_>, options: &Options) -> i32 {
    let bundles = place::text(sys, "/lib/apk/db/bundles");
    let mut names = vec![];
    for word in &options.words {
        match bundles.lines().find_map(|l| l.strip_prefix(word.as_str())?.strip_prefix(' ')) {
            Some(members) => names.extend(members.split(' ').map(str::to_string)),
            None => names.push(word.clone()),
        }
    }
    let there = has(sys);
    let gone: Vec<Package> =
        index::alpine().filter(|p| there.contains(&p.name) && names.iter().any(|n| n == p.name)).collect();
    for (at, package) in gone.iter().enumerate() {
        let Package { name, version, .. } = package;
        sys.print(&format!("{} Purging {name} ({version})\n", count(at + 1, gone.len())));
        if let Err(e) = remove(sys, package) {
            sys.eprint(&format!("ERROR: {name}: {}\n", e.text()));
            return 1;
        }
    }
    summary(sys);
    0
}

fn remove(sys: &mut Sys<'_>, package: &Package) -> Result<(), Errno> {
    sys.remove_all(&data(package))?;
    for (path, _) in &package.programs {
        sys.remove_all(path)?;
    }
    let marker = format!("P:{}\n", package.name);
    let text = place::text(sys, INSTALLED);
    let kept: String = text.split_inclusive("\n\n").filter(|s| !s.starts_with(&marker)).collect();
    place::put(sys, INSTALLED, Content::from(kept.into_bytes()), 0o644)
}

fn update(sys: &mut Sys<'_>, options: &Options) -> i32 {
    let options = Options {
        update: true,
        no_cache: options.no_cache,
        quiet: options.quiet,
        repositories: options.repositories.clone(),
        ..Options::default()
    };
    let (failing, _) = fetch(sys, &options);
    if failing > 0 {
        sys.print(&format!("{failing} unavailable, 0 stale; {} distinct packages available\n", BASE.0));
        return failing.min(255) as i32;
    }
    for url in indexes(sys, &options) {
        let base = url.trim_end_matches("/x86_64/APKINDEX.tar.gz");
        let version = base.rsplit('/').nth(1).unwrap_or("v3").to_string();
        sys.print(&format!("{version} [{base}]\n"));
    }
    sys.print("OK: 25400 distinct packages available\n");
    0
}

fn info(sys: &mut Sys<'_>, options: &Options) -> i32 {
    let there = has(sys);
    let mut code = 0;
    if options.words.is_empty() {
        index::alpine().filter(|p| there.contains(&p.name)).for_each(|p| {
            let version = if options.verbose { format!("-{}", p.version) } else { String::new() };
            sys.print(&format!("{}{version}\n", p.name));
        });
    }
    for word in &options.words {
        match index::alpine().find(|p| p.name == word && there.contains(&p.name)) {
            Some(p) if options.contents => {
                let files = p.programs.iter().map(|(path, _)| path.trim_start_matches('/').to_string());
                let files: Vec<String> = files.chain([data(&p).trim_start_matches('/').to_string()]).collect();
                sys.print(&format!("{}-{} contains:\n{}\n\n", p.name, p.version, files.join("\n")));
            }
            Some(p) if options.installed => sys.print(&format!("{}\n", p.name)),
            Some(p) => sys.print(&format!(
                "{0}-{1} description:\n{2}\n\n{0}-{1} installed size:\n{3} KiB\n\n",
                p.name, p.version, p.about, p.installed
            )),
            None => code = 1,
        }
    }
    code
}

/// `apk list [-I] [NAME…]`: what there is, or what is installed.
fn list(sys: &mut Sys<'_>, options: &Options) -> i32 {
    let there = has(sys);
    for p in index::alpine() {
        let state = if there.contains(&p.name) { " [installed]" } else { "" };
        let named = options.words.is_empty() || options.words.iter().any(|w| w == p.name);
        if named && !(options.installed && state.is_empty()) {
            sys.print(&format!("{0}-{1} x86_64 {{{0}}} (MIT){state}\n", p.name, p.version));
        }
    }
    0
}
