//! `docker context import`: a context from an archive that `docker context export` wrote.

use super::store::{self, Context, TLS_FILES};
use crate::cmd::{Cli, Command, DONE, Failure, Flow, Until};
use crate::fs::tar::{self, Limits, TarKind};
use crate::grammar::Invocation;

/// `docker context import CONTEXT FILE|-`.
pub const COMMAND: Command = Command::new("context import", run);

/// The most that an archive of a context may hold.
const LIMITS: Limits = Limits { entries: 64, bytes: 10 << 20 };

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let (name, file) = (call.arg(0), call.arg(1));
    store::check_new(cli, name)?;
    let bytes = match (file, cli.input.take()) {
        ("-", None) => return Ok(Flow::Input(Until::End)),
        ("-", Some(bytes)) => bytes,
        _ => cli.sys.read_file(file).map_err(|e| Failure::new(format!("open {file}: {}", e.go_text())))?,
    };
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(Failure::new("a context in a zip archive is not simulated by Drydock"));
    }
    let context = Context { name: name.to_owned(), ..read(&bytes)? };
    store::save(cli, &context)?;
    cli.out(&format!("{name}\n"));
    cli.err(&format!("Successfully imported context {name:?}\n"));
    DONE
}

fn read(bytes: &[u8]) -> Result<Context, Failure> {
    let mut context = None;
    let mut files = vec![];
    for entry in tar::read(bytes, LIMITS).map_err(|e| Failure::new(e.to_string()))? {
        let TarKind::File(content) = &entry.kind else { continue };
        let bytes = content.read(0, usize::MAX);
        match entry.path.as_str() {
            "meta.json" => {
                let broken = || Failure::new("meta.json is not the JSON of a context");
                context = Some(Context::from_meta(&bytes).ok_or_else(broken)?);
            }
            path => {
                let name = path.strip_prefix("tls/docker/").filter(|n| TLS_FILES.iter().any(|(_, f)| f == n));
                let name = name.ok_or_else(|| Failure::new(format!("unexpected context file: {path:?}")))?;
                files.push((name.to_owned(), bytes.to_vec()));
            }
        }
    }
    let context: Context = context.ok_or_else(|| Failure::new("invalid context: no metadata found"))?;
    Ok(Context { tls: files, ..context })
}
