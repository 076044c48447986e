//! `pip`, `pip3`: `install` (names, `NAME==VERSION`, `-r FILE`, `-q`, `--no-cache-dir`), `list`, `freeze`, `show`,
//! `uninstall -y`, `--version`. Packages come from the built-in index, which knows the newest version of each; an older
//! one that is asked for by its number is taken to have been released. Exit status: 0; 1 where a package is unknown or the index cannot be reached.

use super::constraint::Constraint;
use super::place;
use crate::base::{Errno, Order};
use crate::fs::Content;
use crate::kernel::{Applet, Stop, Sys};

/// The names pip answers to.
pub const APPLETS: &[Applet] = &[Applet::main("pip3", pip), Applet::main("pip", pip)];

const WARNING: &str = "WARNING: Running pip as the 'root' user can result in broken permissions and conflicting behaviour with the system package manager. It is recommended to use a virtual environment instead: https://pip.pypa.io/warnings/venv\n";

const USAGE: &str = "
Usage:   
  pip <command> [options]

Commands:
  install                     Install packages.
  uninstall                   Uninstall packages.
  freeze                      Output installed packages in requirements format.
  list                        List installed packages.
  show                        Show information about installed packages.
  check                       Verify installed packages have compatible dependencies.
  cache                       Inspect and manage pip's wheel cache.
  help                        Show help for commands.
";

struct Distribution {
    name: &'static str,
    version: &'static str,
    needs: Vec<&'static str>,
}

fn distributions() -> impl Iterator<Item = Distribution> {
    include_str!("pypi.txt").lines().filter_map(|line| {
        let mut words = line.split(' ');
        let (name, version) = (words.next()?, words.next()?);
        let needs = words.next()?.split(',').filter(|n| *n != "-").collect();
        Some(Distribution { name, version, needs })
    })
}

/// `3.12` from PYTHON_VERSION of the image, or the one that the package manager installs.
fn python_minor(sys: &Sys<'_>) -> String {
    let version = sys.env("PYTHON_VERSION").unwrap_or_else(|| "3.11.2".into());
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

/// Where packages of this Python are installed.
fn site(sys: &Sys<'_>) -> String {
    let prefix = sys.env("VIRTUAL_ENV").unwrap_or_else(|| "/usr/local".into());
    format!("{prefix}/lib/python{}/site-packages", python_minor(sys))
}

fn pip(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let mut args = sys.args();
    let quiet = args.iter().any(|a| a == "-q" || a == "--quiet" || a == "-qq");
    let verb = if args.is_empty() { String::new() } else { args.remove(0) };
    Ok(match verb.as_str() {
        "install" => match wanted(sys, &args) {
            Ok((wanted, how)) => install(sys, &wanted, How { quiet, ..how }),
            Err(code) => code,
        },
        "list" => {
            sys.print("Package            Version\n------------------ --------\n");
            installed(sys).iter().for_each(|(n, v)| sys.print(&format!("{n:<18} {v}\n")));
            0
        }
        "freeze" => {
            let own = |name: &str| matches!(name, "pip" | "setuptools" | "wheel") && !args.iter().any(|a| a == "--all");
            let listed = installed(sys).into_iter().filter(|(n, _)| !own(n));
            listed.for_each(|(n, v)| sys.print(&format!("{n}=={v}\n")));
            0
        }
        "show" => args.iter().fold(0, |code, name| {
            match installed(sys).iter().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
                Some((n, v)) => {
                    let site = site(sys);
                    sys.print(&format!("Name: {n}\nVersion: {v}\nLocation: {site}\n"));
                    code
                }
                None => {
                    sys.eprint(&format!("WARNING: Package(s) not found: {name}\n"));
                    1
                }
            }
        }),
        "uninstall" => uninstall(sys, &args),
        "--version" | "-V" => {
            let (site, minor) = (site(sys), python_minor(sys));
            sys.print(&format!("pip 25.0.1 from {site}/pip (python {minor})\n"));
            0
        }
        "check" => check(sys),
        "cache" => cache(sys, &args),
        "config" | "debug" | "download" | "hash" | "index" | "inspect" | "lock" | "search" | "wheel" => {
            sys.eprint(&format!("ERROR: pip {verb} is not simulated by Drydock\n"));
            1
        }
        "" | "help" | "--help" | "-h" => {
            sys.print(USAGE);
            0
        }
        other => {
            sys.eprint(&format!("ERROR: unknown command \"{other}\"\n"));
            1
        }
    })
}

/// The lines of a file of requirements, each with where it is from.
fn requirements(sys: &mut Sys<'_>, path: &str) -> Result<Vec<(String, String)>, i32> {
    match sys.read_file(path) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            let from = |at: usize| format!(" (from -r {path} (line {}))", at + 1);
            Ok(text.lines().enumerate().map(|(at, line)| (line.to_string(), from(at))).collect())
        }
        Err(e) => {
            let (code, text) = (e.code(), e.text());
            sys.eprint(&format!("ERROR: Could not open requirements file: [Errno {code}] {text}: '{path}'\n"));
            Err(1)
        }
    }
}

/// How the options want it done.
#[derive(Debug, Clone, Copy, Default)]
struct How {
    quiet: bool,
    verbose: bool,
    /// `-U`: not what is there, but what the index has.
    upgrade: bool,
    /// `--force-reinstall`: take away what is there, and install it again.
    again: bool,
    /// `-I`: install over what is there.
    over: bool,
    no_deps: bool,
}

impl How {
    /// Takes an option that says how; false for any other.
    fn take(&mut self, option: &str) -> bool {
        match option {
            "-v" | "--verbose" => self.verbose = true,
            "-U" | "--upgrade" => self.upgrade = true,
            "--force-reinstall" => self.again = true,
            "-I" | "--ignore-installed" => self.over = true,
            "--no-deps" => self.no_deps = true,
            _ => return false,
        }
        true
    }
}

/// The one index there is.
const INDEX: &str = "https://pypi.org/simple";

/// `-i URL`, `--extra-index-url URL`.
///
/// # Errors
/// The exit status for an index that is not the one there is.
fn index(sys: &mut Sys<'_>, option: &str, url: &str) -> Result<(), i32> {
    if url.trim_end_matches('/') == INDEX {
        return Ok(());
    }
    sys.eprint(&format!("ERROR: pip install {option}: the index {url} is not simulated by Drydock, {INDEX} is\n"));
    Err(1)
}

/// A package that is asked for.
#[derive(Debug, Clone)]
struct Wish {
    name: String,
    constraint: Constraint,
    /// ` (from WHAT)`: what needs it; nothing for the command line.
    from: String,
}

/// What the command line and requirement files ask for.
fn wanted(sys: &mut Sys<'_>, args: &[String]) -> Result<(Vec<Wish>, How), i32> {
    let mut how = How::default();
    let mut lines = vec![];
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "-r" | "--requirement" => {
                let path = args.next().cloned().unwrap_or_default();
                lines.extend(requirements(sys, &path)?);
            }
            // Files of requirements also come as one word.
            option if option.starts_with("-r") || option.starts_with("--requirement=") => {
                let path = option.trim_start_matches("--requirement=").trim_start_matches("-r").to_string();
                lines.extend(requirements(sys, &path)?);
            }
            "-t" | "--target" | "-e" | "--editable" => {
                sys.eprint(&format!("drydock: pip install {arg} is not simulated\n"));
                return Err(1);
            }
            "-i" | "--index-url" | "--extra-index-url" => index(sys, arg, args.next().map_or("", String::as_str))?,
            "--trusted-host" | "--timeout" | "--retries" | "--default-timeout" | "--cache-dir"
            | "--root-user-action" | "--progress-bar" | "--only-binary" => drop(args.next()),
            option if how.take(option) => {}
            option if option.starts_with("--index-url=") || option.starts_with("--extra-index-url=") => {
                let (name, url) = option.split_once('=').unwrap_or((option, ""));
                index(sys, name, url)?;
            }
            option if is_without_effect(option) => {}
            option if option.starts_with('-') => {
                let known = ["--dry-run", "--no-binary", "--user", "--prefix", "--root", "-c", "--constraint", "--pre"];
                if known.contains(&option.split('=').next().unwrap_or(option)) {
                    sys.eprint(&format!("ERROR: pip install {option} is not simulated by Drydock\n"));
                    return Err(1);
                }
                sys.eprint(&format!(
                    "\nUsage:   \n  pip install [options] <requirement specifier> [package-index-options] ...\n\nno such option: {option}\n"
                ));
                return Err(2);
            }
            name => lines.push((name.to_string(), String::new())),
        }
    }
    let words = lines.iter().map(|(line, from)| (line.split(['#', ';']).next().unwrap_or("").trim(), from));
    let wanted: Vec<_> = words
        .filter(|(word, _)| !word.is_empty() && !word.starts_with('-'))
        .map(|(word, from)| {
            let (name, constraint) = Constraint::read(word);
            Wish { name: name.to_lowercase().replace('_', "-"), constraint, from: from.clone() }
        })
        .collect();
    if wanted.is_empty() && lines.is_empty() {
        sys.eprint("ERROR: You must give at least one requirement to install (see \"pip help install\")\n");
        return Err(1);
    }
    Ok((wanted, how))
}

/// Options that change nothing in this state: there is one index that needs no patience, whose packages are all wheels,
/// and nothing is cached, compiled or asked.
fn is_without_effect(option: &str) -> bool {
    matches!(
        option.split('=').next().unwrap_or(option),
        "-q" | "-qq"
            | "-qqq"
            | "--quiet"
            | "--no-cache-dir"
            | "--no-cache"
            | "--disable-pip-version-check"
            | "--no-input"
            | "--no-compile"
            | "--no-build-isolation"
            | "--only-binary"
            | "--prefer-binary"
            | "--no-warn-script-location"
            | "--break-system-packages"
            | "--root-user-action"
            | "--progress-bar"
            | "--trusted-host"
            | "--timeout"
            | "--retries"
            | "--default-timeout"
            | "--cache-dir"
            | "--require-virtualenv"
            | "--use-pep517"
    )
}

/// `pip check`: every requirement of what is installed is there.
fn check(sys: &mut Sys<'_>) -> i32 {
    let there = installed(sys);
    let mut broken = vec![];
    for (name, version) in &there {
        let needs = distributions().find(|d| d.name == name).map(|d| d.needs).unwrap_or_default();
        let missing = needs.into_iter().filter(|need| !there.iter().any(|(n, _)| n == need));
        broken.extend(missing.map(|need| format!("{name} {version} requires {need}, which is not installed.\n")));
    }
    if broken.is_empty() {
        sys.print("No broken requirements found.\n");
        return 0;
    }
    sys.print(&broken.concat());
    1
}

/// `pip cache`: nothing is ever kept there.
fn cache(sys: &mut Sys<'_>, args: &[String]) -> i32 {
    let home = sys.env("HOME").unwrap_or_else(|| "/root".into());
    match args.first().map(String::as_str) {
        Some("dir") => sys.print(&format!("{}/.cache/pip\n", home.trim_end_matches('/'))),
        Some("list") => sys.print("No locally built wheels cached.\n"),
        Some("purge") => {
            sys.eprint("WARNING: No matching packages\n");
            sys.print("Files removed: 0 (0 bytes)\n");
        }
        _ => {
            sys.eprint("ERROR: Need an action (dir, info, list, purge, remove) to perform.\n");
            return 1;
        }
    }
    0
}

/// The file that a package comes in: for this Python and machine where it holds machine code.
fn wheel(sys: &Sys<'_>, name: &str, version: &str) -> String {
    let compiled = "numpy pandas scipy scikit-learn matplotlib pillow markupsafe greenlet sqlalchemy pydantic-core pyyaml psycopg2-binary charset-normalizer";
    let minor = python_minor(sys).replace('.', "");
    let tag = match compiled.split(' ').any(|one| one == name) {
        true => format!("cp{minor}-cp{minor}-manylinux_2_17_x86_64.manylinux2014_x86_64"),
        false => "py3-none-any".to_string(),
    };
    format!("{}-{version}-{tag}.whl", name.replace('-', "_"))
}

fn installed(sys: &mut Sys<'_>) -> Vec<(String, String)> {
    let names = sys.list(&site(sys)).unwrap_or_default();
    let infos = names.iter().filter_map(|n| n.strip_suffix(".dist-info")?.rsplit_once('-'));
    let mut found: Vec<_> = infos.map(|(n, v)| (n.replace('_', "-"), v.to_string())).collect();
    found.push(("pip".into(), "25.0.1".into()));
    found.order();
    found
}

fn install(sys: &mut Sys<'_>, wanted: &[Wish], how: How) -> i32 {
    let quiet = how.quiet;
    let online = place::online(sys, "pypi.org");
    if how.verbose && !quiet {
        let (site, minor) = (site(sys), python_minor(sys));
        sys.print(&format!("Using pip 25.0.1 from {site}/pip (python {minor})\n"));
    }
    let present = installed(sys);
    let mut queue: Vec<Wish> = wanted.to_vec();
    let mut plan: Vec<(String, String)> = vec![];
    let mut at = 0;
    while let Some(Wish { name, constraint, from }) = queue.get(at).cloned() {
        at += 1;
        let newest = distributions().find(|d| d.name == name).map(|d| d.version);
        // What others need is not upgraded while it will do.
        let upgrade = how.upgrade && wanted.iter().any(|wish| wish.name == name);
        let latest = |v: &String| newest.and_then(|newest| constraint.choose(newest)).is_none_or(|newest| newest == *v);
        let fits = |v: &String| constraint.fits(v) && (!upgrade || latest(v));
        let there = present.iter().find(|(n, v)| *n == name && fits(v)).filter(|_| !how.again && !how.over);
        if let Some((_, v)) = there {
            if !quiet {
                let site = site(sys);
                sys.print(&format!("Requirement already satisfied: {name}{constraint} in {site}{from} ({v})\n"));
            }
            continue;
        }
        let known = distributions().find(|d| d.name == name).filter(|_| online);
        let chosen = known.as_ref().and_then(|known| constraint.choose(known.version));
        let (Some(known), Some(version)) = (&known, chosen) else {
            if !online {
                sys.eprint("WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'NameResolutionError(\"Failed to resolve 'pypi.org' ([Errno -3] Temporary failure in name resolution)\")'\n");
            }
            let versions = known.as_ref().map_or("none", |known| known.version);
            let asked = format!("{name}{constraint}");
            let comes = from.trim_start_matches(" (").trim_end_matches(')');
            let comes = if comes.is_empty() { String::new() } else { format!("{comes}) (") };
            sys.eprint(&format!("ERROR: Could not find a version that satisfies the requirement {asked} ({comes}from versions: {versions})\nERROR: No matching distribution found for {asked}\n"));
            return 1;
        };
        if !quiet {
            let wheel = wheel(sys, &name, &version);
            sys.print(&format!("Collecting {name}{constraint}{from}\n  Downloading {wheel}\n"));
        }
        for need in &known.needs {
            if !how.no_deps && !queue.iter().any(|wish| wish.name == *need) {
                let from = format!(" (from {name})");
                queue.push(Wish { name: (*need).to_string(), constraint: Constraint::default(), from });
            }
        }
        plan.push((name, version));
    }
    let old: Vec<(String, String)> =
        present.into_iter().filter(|(n, _)| !how.over && plan.iter().any(|(name, _)| name == n)).collect();
    let removed = old.iter().try_for_each(|(name, version)| remove(sys, name, version));
    if let Err(e) = removed.and_then(|()| plan.iter().try_for_each(|(name, version)| unpack(sys, name, version))) {
        sys.eprint(&format!("ERROR: Could not install packages due to an OSError: [Errno {}] {}\n", e.code(), e.text()));
        return 1;
    }
    if !plan.is_empty() && !quiet {
        plan.reverse();
        conclude(sys, &plan, &old);
    }
    if sys.me().is_ok_and(|me| me.cred.uid == 0) && sys.env("VIRTUAL_ENV").is_none() {
        sys.eprint(WARNING);
    }
    0
}

/// What was installed, in the place of what.
fn conclude(sys: &mut Sys<'_>, plan: &[(String, String)], old: &[(String, String)]) {
    let names: Vec<String> = plan.iter().map(|(n, v)| format!("{n}-{v}")).collect();
    let collected: Vec<&str> = plan.iter().map(|(n, _)| n.as_str()).collect();
    let replaced: String = old.iter().map(|(name, version)| format!("  Attempting uninstall: {name}\n    Found existing installation: {name} {version}\n    Uninstalling {name}-{version}:\n      Successfully uninstalled {name}-{version}\n")).collect();
    sys.print(&format!("Installing collected packages: {}\n{replaced}Successfully installed {}\n", collected.join(", "), names.join(" ")));
}

fn unpack(sys: &mut Sys<'_>, name: &str, version: &str) -> Result<(), Errno> {
    let (site, module) = (site(sys), name.replace('-', "_"));
    let text = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
    let info = format!("{site}/{module}-{version}.dist-info/METADATA");
    place::put(sys, &info, Content::from(text.into_bytes()), 0o644)?;
    place::put(sys, &format!("{site}/{module}/__init__.py"), Content::default(), 0o644)?;
    place::put(sys, &format!("{site}/{module}/{module}.data"), place::sized(b"", 400_000), 0o644)?;
    if matches!(name, "flask" | "gunicorn" | "uvicorn" | "pytest" | "black" | "celery" | "streamlit") {
        place::program(sys, &format!("/usr/local/bin/{name}"), name)?;
    }
    Ok(())
}

fn remove(sys: &mut Sys<'_>, name: &str, version: &str) -> Result<(), Errno> {
    let (site, module) = (site(sys), name.replace('-', "_"));
    sys.remove_all(&format!("{site}/{module}"))?;
    sys.remove_all(&format!("{site}/{module}-{version}.dist-info"))
}

fn uninstall(sys: &mut Sys<'_>, args: &[String]) -> i32 {
    if !args.iter().any(|a| a == "-y" || a == "--yes") {
        sys.eprint("drydock: pip uninstall asks; the question is not simulated, use -y\n");
        return 1;
    }
    for name in args.iter().filter(|a| !a.starts_with('-')) {
        let Some((name, version)) = installed(sys).into_iter().find(|(n, _)| n.eq_ignore_ascii_case(name)) else {
            sys.eprint(&format!("WARNING: Skipping {name} as it is not installed.\n"));
            continue;
        };
        if let Err(e) = remove(sys, &name, &version) {
            sys.eprint(&format!("ERROR: {}\n", e.text()));
            return 1;
        }
        sys.print(&format!("Found existing installation: {name} {version}\nUninstalling {name}-{version}:\n  Successfully uninstalled {name}-{version}\n"));
    }
    0
}
