//! The command line: options, and where the script comes from.

use super::machine::{Buffering, Machine, Source, Value};
use super::prompt::Prompt;
use super::{Python, compile::Mode, machine::traceback, run_source};
use crate::kernel::{Read, Step, Sys, Wait};

/// What is to be run.
#[derive(Default)]
struct Options {
    /// File name as tracebacks show it, text.
    script: Option<(String, String)>,
    module: Option<String>,
    argv: Vec<String>,
    unbuffered: bool,
    interactive: bool,
    quiet: bool,
    dir: String,
}

/// Reads the command line and begins.
pub fn start(python: &mut Python, sys: &mut Sys<'_>) -> Result<Box<Machine>, Step> {
    let options = read(python, sys)?;
    let mut machine = machine(sys, &options);
    super::catch_interrupts(sys);
    sys.on_signal(crate::kernel::Signal::PIPE, Some(crate::kernel::Disposition::Ignore));
    if let Some(name) = &options.module {
        return module(machine, sys, name, &options);
    }
    let Some((file, text)) = options.script else {
        machine.at_prompt = true;
        machine.buffering = Buffering::Line;
        python.prompt = Some(Prompt::new(&mut machine, sys, options.quiet));
        return Ok(machine);
    };
    if let Some(main) = machine.heap.dict_mut(machine.main)
        && !file.starts_with('<')
    {
        main.set("__file__", Value::str(&file));
    }
    let source = Source { file: file.clone(), text: Some(text.clone()), mode: Mode::Module };
    match run_source(&mut machine, sys, source) {
        Ok(()) => {
            if options.interactive {
                machine.at_prompt = true;
                python.prompt = Some(Prompt::new(&mut machine, sys, true));
            }
            Ok(machine)
        }
        Err(trouble) => {
            sys.eprint(&traceback::of_syntax(&trouble, &file, &text, machine.minor));
            Err(Step::Exit(1))
        }
    }
}

fn version(sys: &mut Sys<'_>) -> String {
    sys.env("PYTHON_VERSION").unwrap_or_else(|| {
        let alpine = sys.stat("/etc/alpine-release").is_ok();
        if alpine { "3.12.12".into() } else { "3.11.2".into() }
    })
}

fn machine(sys: &mut Sys<'_>, options: &Options) -> Box<Machine> {
    let mut machine = Box::new(Machine::new());
    machine.version = version(sys);
    machine.minor = machine.version.split('.').nth(1).and_then(|m| m.parse().ok()).unwrap_or(12);
    machine.argv = options.argv.clone();
    let prefix = sys.env("VIRTUAL_ENV").unwrap_or_else(|| "/usr/local".into());
    machine.path = vec![options.dir.clone()];
    if let Some(more) = sys.env("PYTHONPATH") {
        machine.path.extend(more.split(':').filter(|p| !p.is_empty()).map(String::from));
    }
    machine.path.push(format!("{prefix}/lib/python3.{}/site-packages", machine.minor));
    machine.path.push("/usr/lib/python3/dist-packages".into());
    let unbuffered = options.unbuffered || sys.env("PYTHONUNBUFFERED").is_some_and(|v| !v.is_empty());
    machine.buffering = if unbuffered {
        Buffering::None
    } else if sys.is_tty(1) {
        Buffering::Line
    } else {
        Buffering::Full
    };
    if let Some(main) = machine.heap.dict_mut(machine.main) {
        main.set("__name__", Value::str("__main__"));
        for name in ["__doc__", "__package__", "__spec__"] {
            main.set(name, Value::None);
        }
    }
    let (main, modules) = (machine.main, machine.modules);
    let module = machine.heap.alloc(super::machine::Obj::Module("__main__".into(), main));
    if let Some(modules) = machine.heap.dict_mut(modules) {
        modules.set("__main__", Value::Obj(module));
    }
    machine
}

fn read(python: &mut Python, sys: &mut Sys<'_>) -> Result<Options, Step> {
    let args = sys.args();
    let name = sys.name();
    if matches!(name.as_str(), "flask" | "gunicorn" | "uvicorn") {
        return Ok(Options { module: Some(name), argv: sys.argv().to_vec(), dir: sys.cwd(), ..Options::default() });
    }
    let mut options = Options { dir: sys.cwd(), ..Options::default() };
    let mut at = 0;
    while let Some(arg) = args.get(at).map(String::as_str) {
        let rest = |from: usize| args.get(from..).unwrap_or_default().to_vec();
        match arg {
            "--version" | "-V" | "-VV" => {
                let version = version(sys);
                sys.print(&format!("Python {version}\n"));
                return Err(Step::Exit(0));
            }
            "-c" => {
                let Some(text) = args.get(at + 1) else {
                    sys.eprint("Argument expected for the -c option\nusage: python [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `python -h' for more information.\n");
                    return Err(Step::Exit(2));
                };
                options.script = Some(("<string>".into(), text.clone()));
                options.argv = std::iter::once("-c".to_string()).chain(rest(at + 2)).collect();
                return Ok(options);
            }
            "-m" => {
                options.module = Some(args.get(at + 1).cloned().unwrap_or_default());
                options.argv = rest(at + 1);
                return Ok(options);
            }
            "-i" => options.interactive = true,
            "-q" => options.quiet = true,
            "-W" | "-X" => at += 1,
            "-" => break,
            other if other.starts_with('-') && other.chars().skip(1).all(|c| "uBsEIOqvdbS".contains(c)) => {
                options.unbuffered |= other.contains('u');
            }
            other if other.starts_with("-W") || other.starts_with("-X") => {}
            other if other.starts_with('-') => {
                sys.eprint(&format!("drydock: python {other} is not simulated\n"));
                return Err(Step::Exit(2));
            }
            _ => return file(sys, options, arg, rest(at)),
        }
        at += 1;
    }
    options.argv = if args.get(at).is_some() { args.get(at..).unwrap_or_default().to_vec() } else { vec![String::new()] };
    if sys.is_tty(0) || (options.interactive && args.get(at).is_none()) {
        return Ok(options);
    }
    options.script = Some(("<stdin>".into(), piped(python, sys)?));
    Ok(options)
}

/// A script on standard input.
fn piped(python: &mut Python, sys: &mut Sys<'_>) -> Result<String, Step> {
    loop {
        match sys.read(0, 64 << 10) {
            Ok(Read::Data(data)) if python.input.len() < 8 << 20 => python.input.extend(data),
            Ok(Read::Wait) => return Err(Step::Block(Wait::readable(0))),
            _ => return Ok(String::from_utf8_lossy(&std::mem::take(&mut python.input)).into_owned()),
        }
    }
}

fn file(sys: &mut Sys<'_>, mut options: Options, name: &str, argv: Vec<String>) -> Result<Options, Step> {
    let cwd = sys.cwd();
    let mut path = name.to_string();
    options.argv = argv;
    if sys.stat(name).is_ok_and(|s| s.is_dir()) {
        path = format!("{}/__main__.py", name.trim_end_matches('/'));
        if sys.stat(&path).is_err() {
            let called = sys.argv().first().cloned().unwrap_or_default();
            sys.eprint(&format!("{called}: can't find '__main__' module in '{name}'\n"));
            return Err(Step::Exit(1));
        }
    }
    let full = if path.starts_with('/') { path.clone() } else { format!("{cwd}/{path}") };
    options.dir = full.rsplit_once('/').map_or("/".into(), |(dir, _)| dir.trim_end_matches("/.").to_string());
    match sys.read_file(&path) {
        Ok(bytes) => {
            let shown = full.replace("//", "/").replace("/./", "/");
            let text = String::from_utf8_lossy(&bytes).into_owned();
            options.script = Some((shown, text.trim_start_matches('\u{feff}').to_string()));
            Ok(options)
        }
        Err(e) => {
            let called = sys.argv().first().cloned().unwrap_or_default();
            sys.eprint(&format!("{called}: can't open file '{full}': [Errno {}] {}\n", e.code(), e.text()));
            Err(Step::Exit(2))
        }
    }
}

/// `-m NAME`.
fn module(mut machine: Box<Machine>, sys: &mut Sys<'_>, name: &str, options: &Options) -> Result<Box<Machine>, Step> {
    let called = sys.argv().first().cloned().unwrap_or_default();
    if name == "pip" {
        let argv: Vec<String> = std::iter::once("pip".to_string()).chain(options.argv.iter().skip(1).cloned()).collect();
        let env = crate::coreutils::environment(sys);
        if crate::coreutils::replace(sys, &argv, env).is_ok() {
            return Err(Step::Replaced);
        }
    }
    if matches!(name, "venv" | "timeit" | "unittest" | "pytest" | "pdb" | "cProfile" | "ensurepip" | "compileall" | "site") {
        sys.eprint(&format!("drydock: python -m {name} is not simulated\n"));
        return Err(Step::Exit(1));
    }
    let runner = format!(
        "import _run\n_run.module({name:?}, {called:?})\n"
    );
    if options.argv.is_empty() {
        machine.argv = vec![name.to_string()];
    }
    let source = Source { file: "<frozen runpy>".into(), text: Some(runner), mode: Mode::Module };
    match run_source(&mut machine, sys, source) {
        Ok(()) => Ok(machine),
        Err(_) => Err(Step::Exit(1)),
    }
}
