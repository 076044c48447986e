//! `python`, `python3`: small scripts. `-c CODE`, a file, standard input, `--version`; `-m http.server` and
//! the other modules of `-m` but `pip` are not simulated. Classes, generators, decorators but those of Flask,
//! and most of the library are not either: a script that needs them says so and ends with 1.

mod builtins;
mod lexer;
mod methods;
mod operators;
mod parser;

use super::eval::{Flow, Journal, Machine};
use super::value::Value;
use crate::kernel::{Applet, Behave, Read, Step, Sys, Wait};
use serde::{Deserialize, Serialize};

pub use builtins::is_builtin;

/// The names of Python.
pub const APPLETS: &[Applet] = &[Applet::state::<Python>("python3"), Applet::state::<Python>("python")];

/// A run of Python: nothing but its text and what its system calls gave.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Python {
    text: Option<String>,
    /// The script's name in tracebacks.
    file: String,
    argv: Vec<String>,
    input: Vec<u8>,
    journal: Journal,
}

impl Behave for Python {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        if self.text.is_none() {
            match self.load(sys) {
                Ok(text) => self.text = Some(text),
                Err(step) => return step,
            }
        }
        let text = self.text.clone().unwrap_or_default();
        let body = match parser::parse(&text) {
            Ok(body) => body,
            Err((_, message)) if message.starts_with("drydock: ") => {
                let what = message.trim_start_matches("drydock: ");
                sys.eprint(&format!("drydock: this Python feature is not simulated: {what}\n"));
                return Step::Exit(1);
            }
            Err((line, message)) => {
                let shown = text.lines().nth(line.saturating_sub(1)).unwrap_or("").trim();
                let kind = if message.contains("indent") { "IndentationError" } else { "SyntaxError" };
                sys.eprint(&format!("  File \"{}\", line {line}\n    {shown}\n    ^\n{kind}: {message}\n", self.file));
                return Step::Exit(1);
            }
        };
        sys.spend(200);
        let mut machine = Machine::new(sys, &mut self.journal, self.argv.clone());
        machine.set("__name__", Value::Str("__main__".into()));
        let result = machine.run(&body);
        let frames = std::mem::take(&mut machine.frames);
        match result {
            Ok(()) | Err(Flow::Return(_) | Flow::Break | Flow::Continue) => Step::Exit(0),
            Err(Flow::Exit(code)) => Step::Exit(code),
            Err(Flow::Block(wait)) => Step::Block(wait),
            Err(Flow::Missing(what)) => {
                sys.eprint(&format!("drydock: this Python feature is not simulated: {what}\n"));
                Step::Exit(1)
            }
            Err(Flow::Raise(kind, message)) => {
                traceback(sys, &self.file, &text, &frames);
                let colon = if message.is_empty() { "" } else { ": " };
                sys.eprint(&format!("{kind}{colon}{message}\n"));
                Step::Exit(1)
            }
        }
    }
}

fn traceback(sys: &mut Sys<'_>, file: &str, text: &str, frames: &[(String, usize)]) {
    sys.eprint("Traceback (most recent call last):\n");
    for (name, line) in frames {
        sys.eprint(&format!("  File \"{file}\", line {line}, in {name}\n"));
        if let Some(shown) = text.lines().nth(line.saturating_sub(1)).filter(|_| !file.starts_with('<')) {
            sys.eprint(&format!("    {}\n", shown.trim()));
        }
    }
}

impl Python {
    /// Reads the command line and the script.
    fn load(&mut self, sys: &mut Sys<'_>) -> Result<String, Step> {
        let args = sys.args();
        let mut at = 0;
        while let Some(arg) = args.get(at).map(String::as_str) {
            match arg {
                "--version" | "-V" => {
                    let version = sys.env("PYTHON_VERSION").unwrap_or_else(|| "3.11.2".into());
                    sys.print(&format!("Python {version}\n"));
                    return Err(Step::Exit(0));
                }
                "-c" => {
                    self.file = "<string>".into();
                    self.argv = std::iter::once("-c".to_string()).chain(args.iter().skip(at + 2).cloned()).collect();
                    return Ok(args.get(at + 1).cloned().unwrap_or_default());
                }
                "-m" => return Err(module(sys, args.get(at + 1..).unwrap_or_default())),
                "-u" | "-B" | "-s" | "-E" | "-I" | "-O" | "-q" => at += 1,
                "-" | "-i" => break,
                other if other.starts_with('-') => {
                    sys.eprint(&format!("drydock: python {other} is not simulated\n"));
                    return Err(Step::Exit(2));
                }
                _ => {
                    self.argv = args.get(at..).unwrap_or_default().to_vec();
                    return self.read_script(sys, arg);
                }
            }
        }
        self.file = "<stdin>".into();
        self.argv = if args.is_empty() { vec![String::new()] } else { args.get(at..).unwrap_or_default().to_vec() };
        if sys.is_tty(0) {
            sys.eprint("drydock: the Python prompt is not simulated; use python -c or a script\n");
            return Err(Step::Exit(1));
        }
        loop {
            match sys.read(0, 64 << 10) {
                Ok(Read::Data(data)) if self.input.len() < 8 << 20 => self.input.extend(data),
                Ok(Read::Wait) => return Err(Step::Block(Wait::readable(0))),
                _ => return Ok(String::from_utf8_lossy(&std::mem::take(&mut self.input)).into_owned()),
            }
        }
    }

    fn read_script(&mut self, sys: &mut Sys<'_>, name: &str) -> Result<String, Step> {
        let cwd = sys.cwd();
        let full = if name.starts_with('/') { name.to_string() } else { format!("{cwd}/{name}") };
        self.file = full.replace("//", "/");
        match sys.read_file(name) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(e) => {
                let called = sys.argv().first().cloned().unwrap_or_default();
                sys.eprint(&format!("{called}: can't open file '{full}': [Errno {}] {}\n", e.code(), e.text()));
                Err(Step::Exit(2))
            }
        }
    }
}

/// `-m MODULE`: pip is its own program.
fn module(sys: &mut Sys<'_>, args: &[String]) -> Step {
    let name = args.first().map_or("", String::as_str);
    if name == "pip" {
        let argv: Vec<String> = std::iter::once("pip".to_string()).chain(args.iter().skip(1).cloned()).collect();
        let env = crate::coreutils::environment(sys);
        let path = env.iter().rev().find(|(n, _)| n == "PATH").map_or(String::new(), |(_, v)| v.clone());
        let started = sys.find_program("pip3", &path).and_then(|file| sys.exec(&file, &argv, env));
        if started.is_ok() {
            return Step::Replaced;
        }
    }
    let known = ["pip", "venv", "http.server", "pytest", "unittest", "json.tool"].contains(&name);
    let python = sys.argv().first().cloned().unwrap_or_default();
    if known {
        sys.eprint(&format!("drydock: python -m {name} is not simulated here\n"));
    } else {
        sys.eprint(&format!("{python}: No module named {name}\n"));
    }
    Step::Exit(1)
}
