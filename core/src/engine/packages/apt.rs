//! `apt-get`, `apt`, `apt-cache`, `apt-mark`: packages of Debian and Ubuntu images.
//!
//! `update`, `upgrade`, `install`, `reinstall`, `remove`, `purge`, `autoremove`, `clean`, `autoclean`, `list`,
//! `search`, `show`, `policy`, `auto`, `manual`, `showauto`, `showmanual`; `NAME=VERSION`; options `-y`, `-q`, `-qq`, `--no-install-recommends`, `-o …` and what changes
//! nothing here. Exit status: 0; 100 where something is wrong; 1 where the question is answered with no. The
//! index is the built-in one whatever the release. Recommended packages are not followed.

mod automatic;
mod install;
mod query;

use super::index::{self, Package};
use super::{base, place};
use crate::base::Order;
use crate::kernel::{Applet, Behave, Read, Step, Sys, Wait};
use serde::{Deserialize, Serialize};

/// The apt family.
pub const APPLETS: &[Applet] = &[
    Applet::state::<Apt>("apt"),
    Applet::state::<Apt>("apt-get"),
    Applet::state::<Apt>("apt-cache"),
    Applet::state::<Apt>("apt-mark"),
];

/// What installing claims exists only after an update: the lists.
pub(super) const LISTS: &str = "/var/lib/apt/lists";
pub(super) const STATUS: &str = "/var/lib/dpkg/status";

/// A run of apt; it may wait for the answer to its question.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Apt {
    asked: bool,
    answer: Vec<u8>,
}

/// The command line.
#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    pub yes: bool,
    pub quiet: u8,
    pub only_installed: bool,
    pub only_upgradable: bool,
    pub names_only: bool,
    /// `-t`: the release that packages are to come from.
    pub release: Option<String>,
    /// What removing leaves without use goes, too.
    pub sweeps: bool,
    pub names: Vec<String>,
    /// `NAME=VERSION`: only this version will do; it may end in `*`.
    pub pins: Vec<(String, String)>,
}

impl Behave for Apt {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        if !self.asked {
            return match command(sys) {
                Some(code) => Step::Exit(code),
                None => {
                    self.asked = true;
                    Step::Continue
                }
            };
        }
        loop {
            match sys.read(0, 1) {
                Ok(Read::Data(byte)) if byte == b"\n" => break,
                Ok(Read::Data(byte)) if self.answer.len() < 1024 => self.answer.extend(byte),
                Ok(Read::Data(_)) => {}
                Ok(Read::Wait) => return Step::Block(Wait::readable(0)),
                _ => {
                    sys.print("Abort.\n");
                    return Step::Exit(1);
                }
            }
        }
        let answer = String::from_utf8_lossy(&self.answer).trim().to_lowercase();
        if !matches!(answer.as_str(), "" | "y" | "yes") {
            sys.print("Abort.\n");
            return Step::Exit(1);
        }
        let (options, verb) = match read_options(sys) {
            Ok(read) => read,
            Err(code) => return Step::Exit(code),
        };
        Step::Exit(install::carry_out(sys, &verb, &options))
    }
}

/// Runs a command line up to its end, or to the question (`None`).
fn command(sys: &mut Sys<'_>) -> Option<i32> {
    let (options, verb) = match read_options(sys) {
        Ok(read) => read,
        Err(code) => return Some(code),
    };
    if sys.name() == "apt" && !sys.is_tty(1) && !matches!(verb.as_str(), "" | "help" | "--version") {
        sys.eprint(
            "\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n",
        );
    }
    match verb.as_str() {
        "update" => Some(install::update(sys, &options)),
        "install" | "reinstall" | "remove" | "purge" | "autoremove" | "auto-remove" | "autopurge" => {
            install::begin(sys, &verb, &options)
        }
        "upgrade" | "dist-upgrade" | "full-upgrade" => Some(install::upgrade(sys, &options)),
        "clean" | "autoclean" | "distclean" => Some(clean(sys)),
        // There is one version of each package.
        "list" if options.only_upgradable => {
            sys.print("Listing...\n");
            Some(0)
        }
        "list" | "search" | "show" | "policy" | "madison" | "depends" => {
            Some(query::query(sys, &verb, &options))
        }
        "auto" | "manual" | "showauto" | "showmanual" => Some(automatic::command(sys, &verb, &options.names)),
        "hold" | "unhold" | "showhold" | "minimize-manual" | "download" | "source" | "build-dep" | "changelog"
        | "check" | "edit-sources" | "satisfy" | "indextargets" | "rdepends" | "showpkg" | "pkgnames" | "stats"
        | "dump" | "dselect-upgrade" => {
            sys.eprint(&format!("E: {} {verb} is not simulated by Drydock\n", sys.name()));
            Some(100)
        }
        "" => {
            let version = own_version(sys);
            sys.print(&format!("apt {version} (amd64)\nUsage: apt-get [options] command\n"));
            Some(1)
        }
        "help" | "--version" => {
            let version = own_version(sys);
            sys.print(&format!("apt {version} (amd64)\n"));
            Some(0)
        }
        other => {
            sys.eprint(&format!("E: Invalid operation {other}\n"));
            Some(100)
        }
    }
}

fn read_options(sys: &mut Sys<'_>) -> Result<(Options, String), i32> {
    let mut options = Options::default();
    let mut words = vec![];
    let (mut purge, mut reinstall) = (false, false);
    let args = sys.args();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "-y" | "--yes" | "--assume-yes" => options.yes = true,
            "-q" | "--quiet" => options.quiet = options.quiet.max(1),
            "-qq" | "-q=2" => (options.quiet, options.yes) = (2, options.yes || arg == "-qq"),
            "-qy" | "-yq" => (options.quiet, options.yes) = (options.quiet.max(1), true),
            "-yqq" | "-qqy" => (options.quiet, options.yes) = (2, true),
            "--installed" => options.only_installed = true,
            "-v" | "--version" | "-h" | "--help" => words.push("--version".into()),
            "-o" | "--option" => {
                let item = args.next().cloned().unwrap_or_default();
                setting(sys, &mut options, &item)?;
            }
            "-t" | "--target-release" | "--default-release" => options.release = args.next().cloned(),
            "--auto-remove" | "--autoremove" => options.sweeps = true,
            "-n" | "--names-only" => options.names_only = true,
            "--purge" => purge = true,
            "--reinstall" => reinstall = true,
            "--upgradable" | "--upgradeable" => options.only_upgradable = true,
            option if is_without_effect(option) => {}
            option if option.starts_with("--option=") => setting(sys, &mut options, &option[9..])?,
            option if option.starts_with("-o") => setting(sys, &mut options, &option[2..])?,
            option if option.starts_with("--target-release=") || option.starts_with("--default-release=") => {
                options.release = option.split_once('=').map(|(_, release)| release.to_string());
            }
            option if option.starts_with("-t") => options.release = Some(option[2..].to_string()),
            "-c" | "--config-file" | "--trivial-only" | "-s" | "--simulate" | "--dry-run" | "--just-print" | "--no-act" | "-d" | "--download-only"
            | "--print-uris" | "--only-upgrade" | "--no-download" | "--no-remove" => {
                sys.eprint(&format!("E: the option {arg} is not simulated by Drydock\n"));
                return Err(100);
            }
            long if long.starts_with("--") => {
                let name = long.split('=').next().unwrap_or(long);
                sys.eprint(&format!(
                    "E: Command line option {name} is not understood in combination with the other options\n"
                ));
                return Err(100);
            }
            short if short.len() > 1 && short.starts_with('-') => {
                let letter = short.chars().nth(1).unwrap_or('-');
                sys.eprint(&format!(
                    "E: Command line option '{letter}' [from {short}] is not understood in combination with the other options.\n"
                ));
                return Err(100);
            }
            word => words.push(word.to_string()),
        }
    }
    let mut verb = if words.is_empty() { String::new() } else { words.remove(0) };
    match verb.as_str() {
        "remove" if purge => verb = "purge".into(),
        "install" if reinstall => verb = "reinstall".into(),
        _ => {}
    }
    for word in words {
        let (name, version) = word.split_once('=').map_or((word.as_str(), None), |(n, v)| (n, Some(v)));
        let name = if verb == "search" { &word } else { name.split(':').next().unwrap_or(name) };
        options.pins.extend(version.map(|version| (name.to_string(), version.to_string())));
        options.names.push(name.to_string());
    }
    Ok((options, verb))
}

/// `-o NAME=VALUE`. What is about servers, retries, recommended packages, dpkg's questions about files and its
/// terminal changes nothing here.
///
/// # Errors
/// The exit status: a setting that is none, or that could go another way here.
fn setting(sys: &mut Sys<'_>, options: &mut Options, item: &str) -> Result<(), i32> {
    let Some((name, value)) = item.split_once('=') else {
        sys.eprint("E: Option -o: Configuration item specification must have an =<val>.\n");
        return Err(100);
    };
    let lower = name.trim_end_matches(':').to_lowercase();
    let on = matches!(value.to_lowercase().as_str(), "1" | "true" | "yes" | "on");
    match lower.as_str() {
        "apt::get::assume-yes" => options.yes = on,
        "apt::default-release" => options.release = Some(value.to_string()),
        "apt::get::autoremove" | "apt::get::automaticremove" => options.sweeps = on,
        "quiet" => options.quiet = value.parse().unwrap_or(1),
        "apt::install-recommends" | "apt::install-suggests" | "apt::get::allow-unauthenticated" => {}
        _ if ["acquire::", "dpkg::", "apt::sandbox", "apt::color", "apt::keep-downloaded", "debug::"]
            .iter()
            .any(|prefix| lower.starts_with(prefix)) => {}
        _ => {
            sys.eprint(&format!("E: the setting {name} is not simulated by Drydock\n"));
            return Err(100);
        }
    }
    Ok(())
}

/// Options that change nothing in this state: recommended packages are not followed, nothing is broken, held back or
/// unsigned, and there is one version of each package.
fn is_without_effect(option: &str) -> bool {
    let name = option.split('=').next().unwrap_or(option);
    matches!(
            name,
            "--no-install-recommends"
                | "--install-recommends"
                | "--no-install-suggests"
                | "--install-suggests"
                | "--fix-missing"
                | "-f"
                | "--fix-broken"
                | "--allow-unauthenticated"
                | "--allow-downgrades"
                | "--allow-remove-essential"
                | "--allow-change-held-packages"
                | "--allow-insecure-repositories"
                | "--allow-releaseinfo-change"
                | "--force-yes"
                | "--no-upgrade"
                | "--no-show-progress"
                | "-u"
                | "-m"
                | "--ignore-missing"
        )
}

/// The version of apt itself.
fn own_version(sys: &mut Sys<'_>) -> &'static str {
    let release = place::release(sys, "VERSION_CODENAME");
    base::version(&release, "apt")
}

fn clean(sys: &mut Sys<'_>) -> i32 {
    for name in sys.list("/var/cache/apt/archives").unwrap_or_default() {
        if name.ends_with(".deb") {
            let _who_may_not_changes_nothing = sys.unlink(&format!("/var/cache/apt/archives/{name}"));
        }
    }
    0
}

/// The packages recorded as installed: name and version.
pub(super) fn recorded(sys: &mut Sys<'_>) -> Vec<(String, String)> {
    let status = place::text(sys, STATUS);
    let field = |stanza: &str, name: &str| {
        stanza.lines().find_map(|l| l.strip_prefix(name).map(|v| v.trim().to_string()))
    };
    status
        .split("\n\n")
        .filter_map(|stanza| Some((field(stanza, "Package:")?, field(stanza, "Version:")?)))
        .collect()
}

/// The index, each package with whether it is there: recorded, or by its program file from the image.
pub(super) fn catalogue(sys: &mut Sys<'_>) -> Vec<(Package, bool)> {
    let recorded = recorded(sys);
    let release = place::release(sys, "VERSION_CODENAME");
    // They come without archives to download.
    let base = base::packages(&release);
    let in_base = |name: &str| base.iter().find(|p| p.name == name);
    let of_release = |mut package: Package| {
        let version = index::version_in(&release, package.name).unwrap_or(package.version);
        package.name = index::name_in(&release, package.name);
        package.version = in_base(package.name).map_or(version, |p| p.version);
        package.depends.iter_mut().for_each(|name| *name = index::name_in(&release, name));
        package
    };
    let mut all: Vec<Package> = index::debian().map(of_release).collect();
    let more: Vec<Package> = base.iter().filter(|b| all.iter().all(|p| p.name != b.name)).cloned().collect();
    all.extend(more);
    all.order_by_key(|p| p.name);
    all.into_iter()
        .map(|package| {
            let there = recorded.iter().any(|(name, _)| name == package.name)
                || package.programs.first().is_some_and(|(path, _)| sys.stat(path).is_ok());
            (package, there)
        })
        .collect()
}

/// True once `update` has brought the lists.
pub(super) fn updated(sys: &Sys<'_>) -> bool {
    sys.list(LISTS).is_ok_and(|names| names.iter().any(|n| n.contains("_Packages")))
}
