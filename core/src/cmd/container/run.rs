//! `docker container run`.

use super::attach::Attached;
use super::options;
use crate::cmd::image::pull::pull_first;
use crate::cmd::{Cli, Command, Failure, Flow, daemon_text};
use crate::engine::container::{self, Create, Created, Start};
use crate::grammar::Invocation;
use crate::kernel::Applet;
use crate::model::{EngineError, ErrorKind};

/// `docker run [OPTIONS] IMAGE [COMMAND] [ARG...]`.
pub const COMMAND: Command = Command::new("container run", run);

/// `run` waits as an attached client does.
pub const APPLETS: &[Applet] = &[];

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let detach = call.bool("detach");
    let mut request = request(cli, call)?;
    let config = &mut request.config;
    if detach {
        if call.changed("attach") {
            return Err(Failure::new("conflicting options: cannot specify both --attach and --detach"));
        }
        (config.attach_stdin, config.attach_stdout, config.attach_stderr) = (false, false, false);
        config.stdin_once = false;
    } else if config.tty && config.attach_stdin && !cli.sys.is_tty(0) {
        return Err(Failure::new(
            "cannot attach stdin to a TTY-enabled container because stdin is not a terminal",
        ));
    }
    if let Some(flow) = pull_first(cli, &config.image, call)? {
        return Ok(flow);
    }
    let attaches = config.attach_stdin || config.attach_stdout || config.attach_stderr;
    let id = make(cli, call, request)?.id;
    let client = attaches.then(|| Attached::new(cli, id, call)).transpose()?;
    if detach {
        cli.out(&format!("{id}\n"));
    }
    match container::start(cli.world()?, id).map_err(|e| refused(&e, call, 125))? {
        Start::Failed(error, _) => {
            container::discard(cli.world()?, id);
            Err(refused(&error, call, 125))
        }
        _ => match client {
            Some(mut client) => {
                client.of_this_run(cli.world()?);
                Ok(Flow::Wait("docker container attach", Box::new(client)))
            }
            None => Ok(Flow::Exit(0)),
        },
    }
}

/// Reads the options of `run` and `create`.
///
/// # Errors
/// What the client refuses, with exit code 125.
pub fn request(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Create, Failure> {
    let pull = call.str("pull");
    if !matches!(pull, "always" | "missing" | "never" | "") {
        let text = format!("invalid pull option: '{pull}': must be one of \"always\", \"missing\" or \"never\"");
        return Err(with_help(&text, call, 125));
    }
    options::request(cli.sys, call).map_err(|text| with_help(&text, call, 125))
}

/// Creates a container; pulls its image first where that is missing or `--pull always` says so, and writes its id
/// to `--cidfile`.
///
/// # Errors
/// As `docker run` and `docker create` print them.
pub fn make(cli: &mut Cli<'_, '_>, call: &Invocation, request: Create) -> Result<Created, Failure> {
    let file = request.host.container_id_file.clone();
    let code = if is_run(call) { 125 } else { 1 };
    if !file.is_empty() {
        claim_cidfile(cli, call, &file)?;
    }
    let created = match pull_and_create(cli, call, request, code) {
        Ok(created) => created,
        Err(failure) => {
            if !file.is_empty() {
                let _it_was_made_a_moment_ago = cli.sys.unlink(&file);
            }
            return Err(failure);
        }
    };
    for warning in &created.warnings {
        cli.err(&format!("WARNING: {warning}\n"));
    }
    if !file.is_empty() {
        let written = cli.sys.write_file(&file, created.id.to_string().as_bytes(), 0o644);
        written.map_err(|e| Failure::new(format!("failed to write the container ID to the file: {e}")))?;
    }
    Ok(created)
}

fn pull_and_create(
    cli: &mut Cli<'_, '_>,
    call: &Invocation,
    request: Create,
    code: i32,
) -> Result<Created, Failure> {
    let reference = request.config.image.clone();
    let pull = call.str("pull");
    if pull == "always" && !cli.pulled {
        crate::cmd::image::pull::pull_for_container(cli, &reference, call)?;
    }
    match container::create(cli.world()?, request.clone()) {
        Err(e)
            if e.kind == ErrorKind::NotFound
                && e.message.starts_with("No such image")
                && !matches!(pull, "never" | "always") =>
        {
            crate::cmd::image::pull::pull_missing(cli, &reference, call)?;
            container::create(cli.world()?, request).map_err(|e| refused(&e, call, code))
        }
        result => result.map_err(|e| refused(&e, call, code)),
    }
}

/// Makes the file of `--cidfile`, which must not be there yet.
fn claim_cidfile(cli: &mut Cli<'_, '_>, call: &Invocation, file: &str) -> Result<(), Failure> {
    let refuse = |text: String| {
        if is_run(call) {
            let code = status_of(&text, 125);
            return Err(with_help(&text, call, code));
        }
        Err(Failure::new(text))
    };
    if cli.sys.lstat(file).is_ok() {
        return refuse(format!(
            "container ID file found, make sure the other container isn't running or delete {file}"
        ));
    }
    match cli.sys.write_file(file, b"", 0o644) {
        Ok(()) => Ok(()),
        Err(e) => refuse(format!(
            "failed to create the container ID file: open {file}: {}",
            crate::engine::container::lower_first(e.text())
        )),
    }
}

fn is_run(call: &Invocation) -> bool {
    call.name() == "container run"
}

/// The exit code of `docker run` for a failure, which it reads off the message.
fn status_of(text: &str, otherwise: i32) -> i32 {
    if text.contains("executable file not found") || text.contains("no such file or directory") {
        127
    } else if text.contains("permission denied") || text.contains("is a directory") {
        126
    } else {
        otherwise
    }
}

/// `docker: ` in front and where to find help behind, as the client prints it.
fn with_help(text: &str, call: &Invocation, code: i32) -> Failure {
    let word = if is_run(call) { "run" } else { "create" };
    let stderr = format!("docker: {text}\n\nRun 'docker {word} --help' for more information\n");
    Failure { stderr, code, hint: None }
}

/// The daemon's refusal as `run` and `create` print it.
pub fn refused(error: &EngineError, call: &Invocation, code: i32) -> Failure {
    // The client reads references itself.
    let own = error.message.starts_with("invalid reference format");
    let text = if own { error.message.clone() } else { daemon_text(error) };
    let failure = if is_run(call) {
        with_help(&text, call, status_of(&text, code))
    } else {
        Failure::new(text).code(code)
    };
    Failure { hint: error.hint.clone(), ..failure }
}
