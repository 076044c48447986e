//! `dpkg`, `dpkg-query`: the record of installed packages: `-l`, `-L`, `-s`, `-S`, `-W` with `-f FORMAT`,
//! `--print-architecture`. Package files (`-i`) are not simulated. Exit status: 0; 1 where a package is not installed.

use super::{apt, base, place};
use crate::base::{Gather, Order};
use crate::kernel::{Applet, Stop, Sys};

/// The dpkg family.
pub const APPLETS: &[Applet] = &[Applet::main("dpkg", dpkg), Applet::main("dpkg-query", dpkg)];

const HEAD: &str = "Desired=Unknown/Install/Remove/Purge/Hold\n| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n|/ Err?=(none)/Wait/Hold/Suspend/Hold (Status,Err: uppercase=bad)\n";

/// What is installed, by the stanzas of the record.
struct Record(Vec<String>);

impl Record {
    fn read(sys: &mut Sys<'_>) -> Self {
        let text = place::text(sys, apt::STATUS);
        let mut stanzas: Vec<String> = text.split("\n\n").filter(|s| !s.trim().is_empty()).map(String::from).collect();
        // Packages that the image brings, and the record does not know: they are known by their programs.
        let known: Vec<String> = stanzas.iter().map(|s| field(s, "Package").to_string()).collect();
        for (package, there) in apt::catalogue(sys) {
            if there && !known.iter().any(|name| name == package.name) {
                stanzas.push(base::stanza(&package).trim_end().to_string());
            }
        }
        stanzas.order_by_key(|s| field(s, "Package").to_string());
        Self(stanzas)
    }

    /// The packages that a word means: a name, with the architecture or not, or a pattern with `*`.
    fn of(&self, word: &str) -> Vec<&String> {
        let word = word.trim_end_matches(":amd64");
        let fits = |name: &str| match word.split_once('*') {
            Some((start, end)) => name.starts_with(start) && name.ends_with(end.trim_start_matches('*')),
            None => name == word,
        };
        self.0.iter().filter(|s| fits(field(s, "Package"))).gather()
    }
}

/// A field of a stanza.
fn field<'a>(stanza: &'a str, name: &str) -> &'a str {
    stanza.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default()
}

fn dpkg(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let args = sys.args();
    let names = args.get(1..).unwrap_or_default();
    Ok(match args.first().map_or("", String::as_str) {
        "--print-architecture" => {
            sys.print("amd64\n");
            0
        }
        "--version" => {
            let release = place::release(sys, "VERSION_CODENAME");
            let version = base::version(&release, "dpkg");
            sys.print(&format!("Debian 'dpkg' package management program version {version} (amd64).\n"));
            0
        }
        "-l" | "--list" => list(sys, names),
        "-L" | "--listfiles" => each(sys, names, |sys, stanza| {
            let text = files(sys, field(stanza, "Package"));
            sys.print(&text);
        }),
        "-s" | "--status" => each(sys, names, |sys, stanza| sys.print(&format!("{stanza}\n\n"))),
        "-S" | "--search" => search(sys, names),
        "-W" | "--show" => show(sys, names),
        option if option.starts_with("-f") || option.starts_with("--showformat=") => show(sys, &args),
        "" => {
            sys.eprint("dpkg: error: need an action option\n");
            2
        }
        other => {
            let name = sys.name();
            sys.eprint(&format!("{name}: error: {other} is not simulated by Drydock\n"));
            2
        }
    })
}

fn list(sys: &mut Sys<'_>, names: &[String]) -> i32 {
    let record = Record::read(sys);
    let mut shown: Vec<&String> = if names.is_empty() { record.0.iter().collect() } else { vec![] };
    let mut code = 0;
    for name in names {
        let found = record.of(name);
        if found.is_empty() {
            sys.eprint(&format!("dpkg-query: no packages found matching {name}\n"));
            code = 1;
        }
        shown.extend(found);
    }
    if shown.is_empty() {
        return code;
    }
    let name = |stanza: &str| base::qualified(field(stanza, "Package"));
    let width = shown.iter().map(|s| name(s).len()).max().unwrap_or(0).max(14);
    let wide = shown.iter().map(|s| field(s, "Version").len()).max().unwrap_or(0).max(12);
    let rule = |n: usize| "=".repeat(n);
    sys.print(HEAD);
    sys.print(&format!("||/ {:<width$} {:<wide$} Architecture Description\n", "Name", "Version"));
    sys.print(&format!("+++-{}-{}-============-{}\n", rule(width), rule(wide), rule(33)));
    for stanza in shown {
        let (name, version, about) = (name(stanza), field(stanza, "Version"), field(stanza, "Description"));
        let arch = field(stanza, "Architecture");
        sys.print(&format!("ii  {name:<width$} {version:<wide$} {arch:<12} {about}\n"));
    }
    code
}

fn each(sys: &mut Sys<'_>, names: &[String], show: fn(&mut Sys<'_>, &str)) -> i32 {
    let record = Record::read(sys);
    names.iter().fold(0, |code, name| match record.of(name).first() {
        Some(stanza) => {
            show(sys, stanza);
            code
        }
        None => {
            sys.eprint(&format!(
                "dpkg-query: package '{name}' is not installed and no information is available\n"
            ));
            1
        }
    })
}

/// The files of a package: as its list says, or the programs that the base system has of it.
fn files(sys: &mut Sys<'_>, package: &str) -> String {
    let list = place::text(sys, &format!("/var/lib/dpkg/info/{package}.list"));
    if !list.is_empty() {
        return list;
    }
    let mut programs: Vec<&str> = base::programs(package).collect();
    if programs.is_empty() {
        programs.push(package);
    }
    let mut text = String::from("/.\n");
    for program in programs {
        let found = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"].iter().map(|dir| format!("{dir}/{program}"));
        text.extend(found.into_iter().find(|path| sys.stat(path).is_ok()).map(|path| format!("{path}\n")));
    }
    text
}

/// `-S PATH…`: whose file that is.
fn search(sys: &mut Sys<'_>, paths: &[String]) -> i32 {
    let record = Record::read(sys);
    let mut code = 0;
    for path in paths {
        let name = path.rsplit('/').next().unwrap_or(path);
        let holds = |sys: &mut Sys<'_>, package: &str| {
            files(sys, package).lines().any(|file| file == path || file == format!("/usr{path}"))
        };
        let packages = record.0.iter().map(|s| field(s, "Package"));
        let guess = base::owner(name).filter(|_| sys.stat(path).is_ok());
        let found = guess.or_else(|| packages.into_iter().find(|package| holds(sys, package)));
        match found {
            Some(package) => sys.print(&format!("{}: {path}\n", base::qualified(package))),
            None => {
                sys.eprint(&format!("dpkg-query: no path found matching pattern {path}\n"));
                code = 1;
            }
        }
    }
    code
}

/// `-W [-f FORMAT] [NAME…]`.
fn show(sys: &mut Sys<'_>, args: &[String]) -> i32 {
    let mut format = "${binary:Package}\\t${Version}\\n".to_string();
    let mut names = vec![];
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.strip_prefix("--showformat=").or_else(|| arg.strip_prefix("-f")) {
            Some("") => format = args.next().cloned().unwrap_or_default(),
            Some(given) => format = given.trim_start_matches('=').to_string(),
            None if arg.starts_with('-') => {}
            None => names.push(arg),
        }
    }
    let record = Record::read(sys);
    let format = format.replace("\\n", "\n").replace("\\t", "\t");
    let all = names.is_empty().then(|| record.0.iter().map(|s| filled(&format, s)).collect::<String>());
    sys.print(&all.unwrap_or_default());
    names.iter().fold(0, |code, name| {
        let found = record.of(name);
        let text: String = found.iter().map(|s| filled(&format, s)).collect();
        sys.print(&text);
        if found.is_empty() {
            sys.eprint(&format!("dpkg-query: no packages found matching {name}\n"));
        }
        if found.is_empty() { 1 } else { code }
    })
}

/// A format with the fields of a stanza in the place of `${NAME}` and `${NAME;WIDTH}`.
fn filled(format: &str, stanza: &str) -> String {
    let mut out = String::new();
    let mut rest = format;
    while let Some((before, (inner, after))) = rest.split_once("${").and_then(|(b, r)| Some((b, r.split_once('}')?))) {
        let (name, width) = inner.split_once(';').unwrap_or((inner, "0"));
        let value = match name {
            "binary:Package" => base::qualified(field(stanza, "Package")),
            "db:Status-Abbrev" => "ii ".to_string(),
            "db:Status-Status" => "installed".to_string(),
            "binary:Summary" => field(stanza, "Description").to_string(),
            other => field(stanza, other).to_string(),
        };
        let width: i64 = width.parse().unwrap_or(0);
        let wide = usize::try_from(width.unsigned_abs()).unwrap_or(0).min(1000);
        out.push_str(before);
        out.push_str(&if width < 0 { format!("{value:<wide$}") } else { format!("{value:>wide$}") });
        rest = after;
    }
    out + rest
}
