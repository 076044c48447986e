//! `cargo page`: builds the page and serves it on loopback; `cargo page -- --out DIR` writes it as static files that
//! work under any path.

mod build;
mod likeness;
mod serve;
mod split;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo page -- [--out DIR | --port PORT] [--quick]

builds the page of Drydock and serves it on loopback

  --out DIR    write static files there instead, for any web server, under any path
  --port PORT  the port to serve on; 8017 where none is given
  --quick      neither optimise nor shrink: for work on the page itself
";

struct Options {
    out: Option<PathBuf>,
    port: u16,
    quick: bool,
}

fn main() -> ExitCode {
    match options().and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn options() -> Result<Options, String> {
    let mut options = Options { out: None, port: 8017, quick: false };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--out" => options.out = Some(words.next().ok_or("--out needs a folder")?.into()),
            "--port" => {
                let port = words.next().ok_or("--port needs a number")?;
                options.port = port.parse().map_err(|_| format!("not a port: {port}"))?;
            }
            "--quick" => options.quick = true,
            "-h" | "--help" => return Err(USAGE.into()),
            other => return Err(format!("what is {other}?\n\n{USAGE}")),
        }
    }
    Ok(options)
}

fn run(options: Options) -> Result<(), String> {
    let top =
        std::path::absolute(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).map_err(|e| e.to_string())?;
    let out = match &options.out {
        Some(out) => std::path::absolute(out).map_err(|e| e.to_string())?,
        None => top.join("target/web/site"),
    };
    build::page(&top, &out, options.quick)?;
    match options.out {
        Some(_) => Ok(()),
        None => serve::forever(&out, options.port),
    }
}
