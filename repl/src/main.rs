//! `drydock`: Docker without Docker, at a terminal.

mod assist;
mod files;
mod learn;
mod prompt;
mod serve;

use drydock::kernel::{Budgets, Chunk, Stream};
use drydock::session::{self, Desk, Session};
use std::io::{self, IsTerminal, Read, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;

const USAGE: &str = "\
Usage: drydock [OPTIONS] [COMMAND]

Commands:
  script [FILE]       play a shell script (or standard input)
  transcript [FILE]   play a script and print what each command answered
  verify FILE...      play the commands of transcripts again and report where the answers differ
  learn [LESSON]      list the lessons, or open one at the prompt
  serve               answer the Docker Engine API; `drydock serve --help` tells how

Options:
  -c LINE             run one line and leave with its exit code
  --seed N            the seed of everything random (default 1)
  --budget NAME=N,..  what the world may use at most: steps and output (of one command), disk, files, processes
  --load FILE         go on from a save file
  --save FILE         write a save file at the end
  -h, --help          show this
  -V, --version       show the version

Without a command: the prompt, or, where standard input is no terminal, a script on it.
";

/// What the words before the command say.
struct Options {
    seed: u64,
    line: Option<String>,
    load: Option<String>,
    save: Option<String>,
    budgets: Budgets,
    rest: Vec<String>,
}

fn main() -> ExitCode {
    match options(std::env::args().skip(1).collect()).and_then(|options| run(&options)) {
        Ok(code) => ExitCode::from(code),
        Err(message) => {
            eprintln!("drydock: {message}");
            ExitCode::from(2)
        }
    }
}

fn options(words: Vec<String>) -> Result<Options, String> {
    let mut options =
        Options { seed: 1, line: None, load: None, save: None, budgets: Budgets::default(), rest: vec![] };
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-c" => options.line = Some(words.next().ok_or("-c needs a line")?),
            "--seed" => {
                let seed = words.next().ok_or("--seed needs a number")?;
                options.seed = seed.parse().map_err(|_| format!("--seed: not a number: {seed}"))?;
            }
            "--budget" => options.budgets.set(&words.next().ok_or("--budget needs NAME=NUMBER")?)?,
            "--load" => options.load = Some(words.next().ok_or("--load needs a file")?),
            "--save" => options.save = Some(words.next().ok_or("--save needs a file")?),
            word if word.starts_with('-') && !matches!(word, "-h" | "--help" | "-V" | "--version") => {
                return Err(format!("no such option: {word}\n\n{USAGE}"));
            }
            _ => {
                options.rest.push(word);
                options.rest.extend(words.by_ref());
            }
        }
    }
    Ok(options)
}

fn run(options: &Options) -> Result<u8, String> {
    if let Some(line) = &options.line {
        return play_lines(options, line);
    }
    match options.rest.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] if io::stdin().is_terminal() => open_prompt(options),
        [] | ["script"] => play_lines(options, &stdin()?),
        ["script", file] => play_lines(options, &files::read(file)?),
        ["transcript"] => transcript(options.seed, &stdin()?),
        ["transcript", file] => transcript(options.seed, &files::read(file)?),
        ["verify", files @ ..] if !files.is_empty() => verify(options.seed, files),
        ["serve", words @ ..] => {
            match serve::Options::read(words, options.seed, options.load.clone(), options.budgets)? {
                Some(options) => serve::run(&options),
                None => {
                    print!("{}", serve::USAGE);
                    Ok(0)
                }
            }
        }
        ["learn"] => learn::list(),
        ["learn", lesson] => learn::open(lesson),
        ["-h" | "--help"] => {
            print!("{USAGE}");
            Ok(0)
        }
        ["-V" | "--version"] => {
            println!("drydock {}", env!("CARGO_PKG_VERSION"));
            Ok(0)
        }
        _ => Err(format!("what to do is not clear\n\n{USAGE}")),
    }
}

fn open_prompt(options: &Options) -> Result<u8, String> {
    let mut desk = Desk::new(options.seed);
    if let Some(path) = &options.load {
        desk.load(prompt::load(path)?).map_err(|e| format!("{path}: {e}"))?;
    }
    desk.set_budgets(options.budgets);
    prompt::open(desk, None, files::state().map(|folder| folder.join("history")), options.save.as_deref())
}

fn stdin() -> Result<String, String> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).map_err(|e| format!("standard input: {e}"))?;
    Ok(text)
}

fn play_lines(options: &Options, script: &str) -> Result<u8, String> {
    let mut session = match &options.load {
        Some(path) => prompt::load(path)?.into_script().map_err(|e| e.to_string())?,
        None => {
            let mut session = Session::script(options.seed);
            session.world_mut().registries.closed = false;
            session
        }
    };
    session.world_mut().kernel.budgets = options.budgets;
    let mut code = 0;
    for command in drydock::transcript::split_script(script) {
        let mut is_read = true;
        code = session.run_with(&command.text, |chunk| {
            is_read = show(&chunk).is_ok();
            if is_read { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        if !is_read {
            break;
        }
        if session.has_ended() {
            break;
        }
    }
    if let Some(path) = &options.save {
        prompt::save(&session, path)?;
    }
    Ok(u8::try_from(code).unwrap_or(255))
}

/// Prints a piece of output where it belongs.
fn show(chunk: &Chunk) -> io::Result<()> {
    match chunk.stream {
        Stream::Stdout => io::stdout().write_all(&chunk.data).and_then(|()| io::stdout().flush()),
        Stream::Stderr => io::stderr().write_all(&chunk.data),
    }
}

fn transcript(seed: u64, script: &str) -> Result<u8, String> {
    print!("{}", drydock::transcript::write(&session::play(script, seed)));
    Ok(0)
}

fn verify(seed: u64, names: &[&str]) -> Result<u8, String> {
    let (mut agree, mut all) = (0, 0);
    for name in names {
        let recorded = drydock::transcript::parse(&files::read(name)?).map_err(|e| format!("{name}: {e}"))?;
        let differences = session::verify(&recorded, seed);
        let mut wrong: Vec<usize> = differences.iter().map(|d| d.index).collect();
        wrong.dedup();
        for difference in &differences {
            println!("{name}: {difference}");
        }
        let total = recorded.entries.len();
        println!("{name}: {} of {total} agree", total - wrong.len());
        agree += total - wrong.len();
        all += total;
    }
    if names.len() > 1 {
        println!("{agree} of {all} agree");
    }
    Ok(u8::from(agree < all))
}
