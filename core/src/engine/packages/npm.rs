//! `npm` and `yarn`: `install`, `ci`, `uninstall`, `ls`, `init -y`, `run SCRIPT`, `test`, `start`, `--version`. Scripts of package.json run
//! through `sh -c`. A package is installed by its name alone: nothing is fetched, and what is not in the short
//! list below is taken to be unknown. `npx` runs what is installed; `corepack` is not simulated.

use super::{constraint, place};
use crate::base::{Errno, Order};
use crate::coreutils::{child, environment};
use crate::fs::Content;
use crate::kernel::{Applet, Behave, Disposition, Exit, Pid, Signal, Step, Stop, Sys, Wait};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cmp::Ordering;

/// npm and its kin.
pub const APPLETS: &[Applet] = &[
    Applet::state::<Npm>("npm"),
    Applet::state::<Npm>("yarn"),
    Applet::state::<Npm>("npx"),
    Applet::main("corepack", refuse),
];

/// Known packages: name, version, and how many more come with them.
const KNOWN: &[(&str, &str, usize)] = &[
    ("axios", "1.7.2", 8),
    ("bcrypt", "5.1.1", 56),
    ("body-parser", "1.20.2", 34),
    ("chalk", "5.3.0", 0),
    ("cors", "2.8.5", 2),
    ("dotenv", "16.4.5", 0),
    ("ejs", "3.1.10", 15),
    ("eslint", "9.7.0", 88),
    ("express", "4.19.2", 63),
    ("helmet", "7.1.0", 0),
    ("ioredis", "5.4.1", 9),
    ("jest", "29.7.0", 266),
    ("jsonwebtoken", "9.0.2", 14),
    ("lodash", "4.17.21", 0),
    ("mocha", "10.7.0", 75),
    ("mongodb", "6.8.0", 11),
    ("mongoose", "8.5.1", 16),
    ("morgan", "1.10.0", 6),
    ("mysql", "2.18.1", 10),
    ("mysql2", "3.10.3", 12),
    ("next", "14.2.5", 22),
    ("nodemon", "3.1.4", 28),
    ("pg", "8.12.0", 14),
    ("react", "18.3.1", 2),
    ("react-dom", "18.3.1", 4),
    ("react-scripts", "5.0.1", 1300),
    ("redis", "4.6.15", 9),
    ("socket.io", "4.7.5", 20),
    ("supertest", "7.0.0", 24),
    ("ts-node", "10.9.2", 18),
    ("typescript", "5.5.4", 0),
    ("uuid", "10.0.0", 0),
    ("vite", "5.3.5", 10),
    ("webpack", "5.93.0", 76),
    ("winston", "3.13.1", 26),
    ("ws", "8.18.0", 0),
];

/// A run of npm; it may wait for the script it started.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Npm {
    waits_for: Option<Pid>,
    /// The script, for what is said when a signal ends it.
    line: String,
}

impl Behave for Npm {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        if let Some(pid) = self.waits_for {
            while let Some(signal) = sys.take_signal() {
                let _already_gone = sys.kill(pid, signal);
            }
            return match sys.wait(Some(pid)) {
                Ok(Some((_, Exit::Signal(signal)))) if !self.line.is_empty() => {
                    let (cwd, line, name) = (sys.cwd(), &self.line, signal.name());
                    sys.eprint(&format!("npm error path {cwd}\nnpm error command failed\nnpm error signal SIG{name}\nnpm error command sh -c {line}\n"));
                    Step::Exit(1)
                }
                Ok(Some((_, exit))) => Step::Exit(exit.status()),
                Ok(None) => Step::Block(Wait::child()),
                Err(_) => Step::Exit(1),
            };
        }
        let started = if sys.name() == "npx" { npx(sys) } else { command(sys) };
        match started {
            Ok((pid, line)) => {
                for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
                    sys.on_signal(signal, Some(Disposition::Handle));
                }
                self.waits_for = Some(pid);
                self.line = line;
                Step::Continue
            }
            Err(code) => Step::Exit(code),
        }
    }
}

fn refuse(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let name = sys.name();
    sys.eprint(&format!("drydock: {name} is not simulated; npm install and npm run are\n"));
    Ok(1)
}

/// `npx [-y] NAME [ARG…]`: a program that an installed package has.
fn npx(sys: &mut Sys<'_>) -> Result<(Pid, String), i32> {
    let args: Vec<String> = sys.args().into_iter().skip_while(|a| a.starts_with('-')).collect();
    let Some(name) = args.first() else {
        sys.eprint("drydock: npx without a command is not simulated\n");
        return Err(1);
    };
    let path = format!("{}/node_modules/.bin/{name}", sys.cwd().trim_end_matches('/'));
    if sys.stat(&path).is_err() {
        sys.eprint(&format!("drydock: npx runs what npm has installed with a program of its own; {name} is not\n"));
        return Err(1);
    }
    let argv: Vec<String> = std::iter::once(path).chain(args.iter().skip(1).cloned()).collect();
    started(sys, &argv).map(|pid| (pid, String::new()))
}

fn started(sys: &mut Sys<'_>, argv: &[String]) -> Result<Pid, i32> {
    child(sys, argv, false).map_err(|e| {
        sys.eprint(&format!("npm error {}\n", e.text()));
        1
    })
}

/// Carries out a command; the value is the script to wait for, the error the exit status.
fn command(sys: &mut Sys<'_>) -> Result<(Pid, String), i32> {
    let args = sys.args();
    let words: Vec<&str> = args.iter().map(String::as_str).filter(|a| !a.starts_with('-')).collect();
    let flag = |names: &[&str]| args.iter().any(|a| names.contains(&a.as_str()));
    if flag(&["--version", "-v"]) {
        sys.print(if sys.name() == "yarn" { "1.22.22\n" } else { "10.8.2\n" });
        return Err(0);
    }
    let verb = words.first().copied().unwrap_or(if sys.name() == "yarn" { "install" } else { "" });
    let names = words.get(1..).unwrap_or_default();
    match verb {
        "install" | "i" | "add" => Err(install(sys, names, flag(&["-g", "--global"]))),
        "ci" | "clean-install" => Err(clean_install(sys)),
        "init" => Err(init(sys)),
        "run" | "run-script" => script(sys, names.first().copied().unwrap_or("")),
        "test" | "t" | "start" | "stop" | "restart" => script(sys, verb),
        "uninstall" | "un" | "remove" | "rm" | "r" | "unlink" => Err(uninstall(sys, names, flag(&["-g", "--global"]))),
        "ls" | "list" | "ll" | "la" => Err(list(sys, names, flag(&["-g", "--global"]))),
        "root" => {
            let dir = directory(sys, flag(&["-g", "--global"]));
            sys.print(&format!("{dir}\n"));
            Err(0)
        }
        "cache" | "config" | "set" | "audit" | "fund" | "update" => {
            sys.eprint(&format!("drydock: npm {verb} changes nothing here\n"));
            Err(0)
        }
        "" => {
            sys.print("npm <command>\n\nUsage:\n\nnpm install        install all the dependencies in your project\nnpm test           run this project's tests\nnpm run <foo>      run the script named <foo>\n");
            Err(1)
        }
        other if sys.name() == "yarn" => script(sys, other),
        "access" | "adduser" | "bin" | "bugs" | "completion" | "create" | "dedupe" | "deprecate" | "diff" | "dist-tag" | "docs"
        | "doctor" | "edit" | "exec" | "explain" | "explore" | "find-dupes" | "get" | "help" | "help-search" | "info"
        | "install-test" | "link" | "login" | "logout" | "org" | "outdated" | "owner" | "pack" | "ping" | "pkg" | "prefix"
        | "profile" | "prune" | "publish" | "query" | "rebuild" | "repo" | "sbom" | "search" | "shrinkwrap" | "show" | "star"
        | "team" | "token" | "unpublish" | "v" | "version" | "view" | "whoami" | "x" => {
            sys.eprint(&format!("npm error npm {verb} is not simulated by Drydock\n"));
            Err(1)
        }
        other => {
            sys.eprint(&format!("Unknown command: \"{other}\"\n\nTo see a list of supported npm commands, run:\n  npm help\n"));
            Err(1)
        }
    }
}

/// The package.json of the working directory.
fn manifest(sys: &mut Sys<'_>) -> Result<Value, i32> {
    let path = format!("{}/package.json", sys.cwd().trim_end_matches('/'));
    match sys.read_file("package.json") {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| {
            sys.eprint(&format!("npm error code EJSONPARSE\nnpm error path {path}\nnpm error JSON.parse {e}\n"));
            1
        }),
        Err(_) => {
            sys.eprint(&format!("npm error code ENOENT\nnpm error syscall open\nnpm error path {path}\nnpm error errno -2\nnpm error enoent Could not read package.json: Error: ENOENT: no such file or directory, open '{path}'\nnpm error enoent This is related to npm not being able to find a file.\nnpm error enoent\n"));
            Err(254)
        }
    }
}

fn script(sys: &mut Sys<'_>, name: &str) -> Result<(Pid, String), i32> {
    let manifest = manifest(sys)?;
    let field = |key: &str| manifest.get(key).and_then(Value::as_str).unwrap_or("");
    let known = |name: &str| manifest.get("scripts").and_then(|s| s.get(name)).and_then(Value::as_str);
    let fallback = (name == "start" && sys.stat("server.js").is_ok()).then_some("node server.js");
    if name.is_empty() {
        return Err(list_scripts(sys, &manifest));
    }
    let Some(line) = known(name).or(fallback) else {
        sys.eprint(&format!("npm error Missing script: \"{name}\"\nnpm error\nnpm error To see a list of scripts, run:\nnpm error   npm run\n"));
        return Err(1);
    };
    let (package, version) = (field("name"), field("version"));
    let at = if version.is_empty() { package.to_string() } else { format!("{package}@{version}") };
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
    let more: String = sys.args().iter().skip_while(|a| *a != "--").skip(1).map(|a| format!(" {}", quoted(a))).collect();
    let whole = format!("{line}{more}");
    let head = |name: &str, line: &str| format!("\n> {at} {name}\n> {line}\n\n").replace(">  ", "> ");
    let (before, after) = (format!("pre{name}"), format!("post{name}"));
    let mut steps = vec![];
    let all = [(before.as_str(), known(&before)), (name, Some(whole.as_str())), (after.as_str(), known(&after))];
    for (name, line) in all.into_iter().filter_map(|(name, line)| line.map(|l| (name, l))) {
        if steps.is_empty() {
            sys.print(&head(name, line));
            steps.push(format!("{{ {line}\n}}"));
        } else {
            steps.push(format!("printf %s {}", quoted(&head(name, line))));
            steps.push(format!("{{ {line}\n}}"));
        }
    }
    let path = environment(sys).into_iter().rev().find(|(n, _)| n == "PATH").map_or(String::new(), |(_, v)| v);
    let bin = format!("{}/node_modules/.bin", sys.cwd().trim_end_matches('/'));
    let body = if steps.len() == 1 { whole.clone() } else { steps.join(" && ") };
    let event = format!("export npm_lifecycle_event={}", quoted(name));
    let body = format!("PATH=\"{bin}:{path}\"; export PATH; {event}; {body}");
    started(sys, &["sh".to_string(), "-c".to_string(), body]).map(|pid| (pid, whole))
}

/// `npm run` alone.
fn list_scripts(sys: &mut Sys<'_>, manifest: &Value) -> i32 {
    let field = |key: &str| manifest.get(key).and_then(Value::as_str).unwrap_or("");
    let Some(scripts) = manifest.get("scripts").and_then(Value::as_object).filter(|s| !s.is_empty()) else { return 0 };
    let lifecycle = |name: &str| matches!(name, "start" | "stop" | "test" | "restart");
    let (name, version) = (field("name"), field("version"));
    let show = |group: bool| -> String {
        let list = scripts.iter().filter(|(n, _)| lifecycle(n) == group);
        list.map(|(n, line)| format!("  {n}\n    {}\n", line.as_str().unwrap_or(""))).collect()
    };
    let (own, others) = (show(true), show(false));
    if !own.is_empty() {
        sys.print(&format!("Lifecycle scripts included in {name}@{version}:\n{own}"));
    }
    if !others.is_empty() {
        let gap = if own.is_empty() { "" } else { "\n" };
        let word = if own.is_empty() { format!("Scripts available in {name}@{version} via `npm run-script`") } else { "available via `npm run-script`".to_string() };
        sys.print(&format!("{gap}{word}:\n{others}"));
    }
    0
}

/// `(name, version)` of the dependencies of a package.json.
fn dependencies(manifest: &Value) -> Vec<(String, String)> {
    let groups = ["dependencies", "devDependencies"];
    let maps = groups.iter().filter_map(|g| manifest.get(*g).and_then(Value::as_object));
    maps.flat_map(|map| map.iter().map(|(n, v)| (n.clone(), v.as_str().unwrap_or("").to_string()))).collect()
}

fn install(sys: &mut Sys<'_>, names: &[&str], global: bool) -> i32 {
    let mut manifest = match (sys.stat("package.json").is_ok(), names.is_empty()) {
        (true, _) => match manifest(sys) {
            Ok(manifest) => manifest,
            Err(code) => return code,
        },
        (false, false) => serde_json::json!({}),
        (false, true) => {
            sys.print("\nup to date, audited 1 package in 1s\n\nfound 0 vulnerabilities\n");
            return 0;
        }
    };
    let asked = names.iter().map(|n| match n.rsplit_once('@') {
        Some((name, version)) if !name.is_empty() => (name.to_string(), version.to_string()),
        _ => ((*n).to_string(), String::new()),
    });
    let asked: Vec<(String, String)> = asked.collect();
    let mut all = if global { vec![] } else { dependencies(&manifest) };
    all.extend(asked.iter().cloned());
    if !all.is_empty() && !place::online(sys, "registry.npmjs.org") {
        let name = &all[0].0;
        sys.eprint(&format!("npm error code EAI_AGAIN\nnpm error syscall getaddrinfo\nnpm error errno EAI_AGAIN\nnpm error request to https://registry.npmjs.org/{name} failed, reason: getaddrinfo EAI_AGAIN registry.npmjs.org\n"));
        return 1;
    }
    let dir = directory(sys, global);
    let mut count = 0;
    for (name, version) in &all {
        match add(sys, &dir, name, version) {
            Ok(added) => count += added,
            Err(code) => return code,
        }
    }
    for (name, version) in asked.iter().filter(|_| !global) {
        let known = KNOWN.iter().find(|k| k.0 == name).map_or("", |k| k.1);
        let version = if version.is_empty() || version == "latest" { format!("^{known}") } else { version.clone() };
        if let Some(map) = manifest.as_object_mut() {
            let deps = map.entry("dependencies").or_insert_with(|| serde_json::json!({}));
            if let Some(deps) = deps.as_object_mut() {
                deps.insert(name.clone(), Value::String(version));
            }
        }
    }
    if !global && let Err(e) = save(sys, &manifest, !asked.is_empty()) {
        sys.eprint(&format!("npm error code EACCES\nnpm error {}\n", e.text()));
        return 243;
    }
    report(sys, count);
    0
}

fn report(sys: &mut Sys<'_>, count: usize) {
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    if count == 0 {
        sys.print("\nup to date, audited 1 package in 1s\n\nfound 0 vulnerabilities\n");
        return;
    }
    sys.print(&format!("\nadded {count} package{}, and audited {} packages in 2s\n\nfound 0 vulnerabilities\n", plural(count), count + 1));
}

/// Puts one package into `dir`; the value is how many came, 0 where it is there.
fn add(sys: &mut Sys<'_>, dir: &str, name: &str, version: &str) -> Result<usize, i32> {
    let Some((_, known, more)) = KNOWN.iter().find(|k| k.0 == name) else {
        sys.eprint(&format!("npm error code E404\nnpm error 404 Not Found - GET https://registry.npmjs.org/{name} - Not found\nnpm error 404\nnpm error 404  '{name}@*' is not in this registry.\nnpm error 404\nnpm error 404 Note that you can also install from a\nnpm error 404 tarball, folder, http url, or git folder.\n"));
        return Err(1);
    };
    let path = format!("{dir}/{name}");
    if sys.stat(&path).is_ok() {
        return Ok(0);
    }
    let Some(exact) = choose(version, known) else {
        sys.eprint(&format!("npm error code ETARGET\nnpm error notarget No matching version found for {name}@{version}.\nnpm error notarget In most cases you or one of your dependencies are requesting\nnpm error notarget a package version that doesn't exist.\n"));
        return Err(1);
    };
    let text = format!("{{\n  \"name\": \"{name}\",\n  \"version\": \"{exact}\",\n  \"main\": \"index.js\"\n}}\n");
    let code = format!("module.exports = require('drydock:{name}');\n");
    let result = place::put(sys, &format!("{path}/index.js"), Content::from(code.into_bytes()), 0o644)
        .and_then(|()| program(sys, dir, name))
        .and_then(|()| place::put(sys, &format!("{path}/package.json"), Content::from(text.into_bytes()), 0o644))
        .and_then(|()| {
            let bytes = 200_000 + *more as u64 * 60_000;
            place::put(sys, &format!("{path}/lib/{name}.data"), place::sized(b"", bytes), 0o644)
        });
    match result {
        Ok(()) => Ok(more + 1),
        Err(e) => {
            sys.eprint(&format!("npm error code {e:?}\nnpm error syscall mkdir\nnpm error path {path}\nnpm error {}\n", e.text()));
            Err(243)
        }
    }
}

/// The version to take for a range: the newest where it is in it, else the one that it names, which is taken to have
/// been released where it is not newer than that.
fn choose(range: &str, newest: &str) -> Option<String> {
    let number = range.trim_start_matches(['^', '~', '=', 'v', '>', '<', ' ']);
    let number = number.split([' ', '|']).next().unwrap_or(number).trim_end_matches(".x").trim_end_matches(".*");
    if !number.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(newest.to_string());
    }
    if constraint::compare(number, newest) == Ordering::Greater {
        return None;
    }
    let parts = number.split('.').count();
    let kept = match range.chars().next() {
        Some('>') => 0,
        Some('^') if number.starts_with('0') => parts.min(2),
        Some('^') => 1,
        Some('~') => parts.min(2),
        _ => parts,
    };
    let prefix: Vec<&str> = number.split('.').take(kept).collect();
    if !range.starts_with('<') && (kept == 0 || constraint::begins(newest, &prefix.join("."))) {
        return Some(newest.to_string());
    }
    Some(format!("{number}{}", ".0".repeat(3_usize.saturating_sub(parts))))
}

/// Where packages are installed.
fn directory(sys: &Sys<'_>, global: bool) -> String {
    if global { "/usr/local/lib/node_modules".to_string() } else { format!("{}/node_modules", sys.cwd().trim_end_matches('/')) }
}

/// `npm uninstall NAME…`: takes packages away, also from package.json.
fn uninstall(sys: &mut Sys<'_>, names: &[&str], global: bool) -> i32 {
    if names.is_empty() {
        sys.eprint("npm error Must provide a package name to remove\n");
        return 1;
    }
    let dir = directory(sys, global);
    let mut manifest = if global || sys.stat("package.json").is_err() { Ok(serde_json::json!({})) } else { manifest(sys) };
    let manifest = match &mut manifest {
        Ok(manifest) => manifest,
        Err(code) => return *code,
    };
    let (mut count, mut changed) = (0, false);
    for name in names {
        let path = format!("{dir}/{name}");
        if sys.stat(&path).is_ok() {
            count += KNOWN.iter().find(|k| k.0 == *name).map_or(1, |k| k.2 + 1);
        }
        if let Err(e) = sys.remove_all(&path) {
            sys.eprint(&format!("npm error code {e:?}\nnpm error syscall rename\nnpm error path {path}\nnpm error {}\n", e.text()));
            return 243;
        }
        for group in ["dependencies", "devDependencies"] {
            let map = manifest.get_mut(group).and_then(Value::as_object_mut);
            changed |= map.is_some_and(|map| map.shift_remove(*name).is_some());
        }
    }
    if changed && let Err(e) = save(sys, manifest, true) {
        sys.eprint(&format!("npm error code EACCES\nnpm error {}\n", e.text()));
        return 243;
    }
    let plural = if count == 1 { "" } else { "s" };
    let what = if count == 0 { "up to date".to_string() } else { format!("removed {count} package{plural}") };
    let and = if count == 0 { "," } else { ", and" };
    sys.print(&format!("\n{what}{and} audited 1 package in 1s\n\nfound 0 vulnerabilities\n"));
    0
}

/// `npm ls [NAME…]`: what is installed of what package.json asks for; 1 where something is missing.
fn list(sys: &mut Sys<'_>, names: &[&str], global: bool) -> i32 {
    let dir = directory(sys, global);
    let manifest = if sys.stat("package.json").is_ok() && !global {
        match manifest(sys) {
            Ok(manifest) => manifest,
            Err(code) => return code,
        }
    } else {
        Value::Null
    };
    let field = |key: &str| manifest.get(key).and_then(Value::as_str).map(String::from);
    let at = field("name").map_or(String::new(), |name| format!("{name}@{} ", field("version").unwrap_or_default()));
    let wanted = dependencies(&manifest);
    let mut all: Vec<(String, Option<String>)> = wanted.iter().map(|(name, _)| (name.clone(), None)).collect();
    for name in sys.list(&dir).unwrap_or_default() {
        let text = place::text(sys, &format!("{dir}/{name}/package.json"));
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        let version = value.get("version").and_then(Value::as_str).map(String::from);
        all.retain(|(n, _)| *n != name);
        all.extend(version.map(|version| (name, Some(version))));
    }
    all.retain(|(name, _)| names.is_empty() || names.contains(&name.as_str()));
    all.order();
    let mut text = format!("{at}{}\n", dir.trim_end_matches("/node_modules"));
    let mut missing = String::new();
    for (place, (name, version)) in all.iter().enumerate() {
        let branch = if place + 1 == all.len() { "`--" } else { "+--" };
        let range = wanted.iter().find(|(n, _)| n == name).map_or("*", |(_, range)| range);
        match version {
            Some(version) => text.push_str(&format!("{branch} {name}@{version}\n")),
            None => {
                text.push_str(&format!("{branch} UNMET DEPENDENCY {name}@{range}\n"));
                missing.push_str(&format!("npm error missing: {name}@{range}, required by {}\n", at.trim_end()));
            }
        }
    }
    if all.is_empty() {
        text.push_str("`-- (empty)\n");
    }
    sys.print(&format!("{text}\n"));
    if !missing.is_empty() {
        sys.eprint(&format!("npm error code ELSPROBLEMS\n{missing}"));
    }
    i32::from(!missing.is_empty() || (all.is_empty() && !names.is_empty()))
}

/// The program of a package, where it has one that is simulated.
fn program(sys: &mut Sys<'_>, dir: &str, name: &str) -> Result<(), Errno> {
    if name != "nodemon" {
        return Ok(());
    }
    let code = format!("#!/usr/bin/env node\nrequire('drydock:{name}');\n").into_bytes();
    let bin = if dir == "/usr/local/lib/node_modules" { "/usr/local/bin".to_string() } else { format!("{dir}/.bin") };
    place::put(sys, &format!("{bin}/{name}"), Content::from(code), 0o755)
}

fn save(sys: &mut Sys<'_>, manifest: &Value, changed: bool) -> Result<(), Errno> {
    let text = |value: &Value| format!("{value:#}\n").into_bytes();
    if changed {
        sys.set_content("package.json", Content::from(text(manifest)), 0o644)?;
    }
    let lock = serde_json::json!({
        "name": manifest.get("name"), "version": manifest.get("version"), "lockfileVersion": 3,
        "requires": true, "packages": { "": manifest }
    });
    sys.set_content("package-lock.json", Content::from(text(&lock)), 0o644)
}

fn clean_install(sys: &mut Sys<'_>) -> i32 {
    if sys.stat("package-lock.json").is_err() {
        sys.eprint("npm error code EUSAGE\nnpm error\nnpm error The `npm ci` command can only install with an existing package-lock.json or\nnpm error npm-shrinkwrap.json with lockfileVersion >= 1. Run an install with npm@5 or\nnpm error later to generate a package-lock.json file, then try again.\n");
        return 1;
    }
    if let Err(e) = sys.remove_all("node_modules") {
        sys.eprint(&format!("npm error {}\n", e.text()));
        return 1;
    }
    install(sys, &[], false)
}

fn init(sys: &mut Sys<'_>) -> i32 {
    if !sys.args().iter().any(|a| a == "-y" || a == "--yes") {
        sys.eprint("drydock: npm init asks; the questions are not simulated, use npm init -y\n");
        return 1;
    }
    let cwd = sys.cwd();
    let name = cwd.rsplit('/').next().filter(|n| !n.is_empty()).unwrap_or("app").to_lowercase();
    let text = format!("{{\n  \"name\": \"{name}\",\n  \"version\": \"1.0.0\",\n  \"description\": \"\",\n  \"main\": \"index.js\",\n  \"scripts\": {{\n    \"test\": \"echo \\\"Error: no test specified\\\" && exit 1\"\n  }},\n  \"keywords\": [],\n  \"author\": \"\",\n  \"license\": \"ISC\"\n}}\n");
    match sys.set_content("package.json", Content::from(text.clone().into_bytes()), 0o644) {
        Ok(()) => {
            sys.print(&format!("Wrote to {}/package.json:\n\n{text}\n\n\n", cwd.trim_end_matches('/')));
            0
        }
        Err(e) => {
            sys.eprint(&format!("npm error {}\n", e.text()));
            1
        }
    }
}
