//! `docker container run`.

use super::attach::Attached;
use super::options;
use crate::cmd::{Cli, Command, Failure, Flow};
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
    let mut request = options::request(call)?;
    if !detach && request.config.tty && request.config.open_stdin && !cli.sys.is_tty(0) {
        return Err(Failure::new(
            "cannot attach stdin to a TTY-enabled container because stdin is not a terminal",
        ));
    }
    request.config.attach_stdin = !detach && request.config.open_stdin;
    request.config.attach_stdout = !detach;
    request.config.attach_stderr = !detach;
    request.config.stdin_once = request.config.attach_stdin;
    let created = create_or_pull(cli, call, request)?;
    let id = created.id;
    let attached = (!detach).then(|| Attached::before_start(cli, id, call)).transpose()?;
    if detach {
        cli.out(&format!("{id}\n"));
    }
    match container::start(cli.world()?, id).map_err(|e| refused(&e, call, 125))? {
        Start::Failed(error, code) => {
            let code = if code == 128 { 125 } else { code };
            discard(cli, id)?;
            Err(refused(&error, call, code))
        }
        _ => match attached {
            Some(attached) => Ok(Flow::Wait("docker container attach", Box::new(attached))),
            None => Ok(Flow::Exit(0)),
        },
    }
}

/// A container that was to go away and never ran goes now.
fn discard(cli: &mut Cli<'_, '_>, id: crate::base::ObjectId) -> Result<(), Failure> {
    let world = cli.world()?;
    if world.container(id).is_some_and(|c| c.host.auto_remove) {
        let how = container::Remove { force: true, volumes: true, link: false };
        container::remove(world, id, how)?;
    }
    Ok(())
}

/// Creates a container; where its image is missing, pulls that first.
///
/// # Errors
/// As `docker run` and `docker create` print them.
pub fn create_or_pull(cli: &mut Cli<'_, '_>, call: &Invocation, request: Create) -> Result<Created, Failure> {
    let code = if call.name() == "container run" { 125 } else { 1 };
    let reference = request.config.image.clone();
    match container::create(cli.world()?, request.clone()) {
        Err(e) if e.kind == ErrorKind::NotFound && e.message.starts_with("No such image") => {
            crate::cmd::image::pull::pull_missing(cli, &reference, call)?;
            container::create(cli.world()?, request).map_err(|e| refused(&e, call, code))
        }
        result => result.map_err(|e| refused(&e, call, code)),
    }
    .inspect(|created| {
        for warning in &created.warnings {
            cli.err(&format!("WARNING: {warning}\n"));
        }
    })
}

/// The daemon's refusal as `run` and `create` print it.
pub fn refused(error: &EngineError, call: &Invocation, code: i32) -> Failure {
    let text = crate::cmd::daemon_text(error);
    let failure = if call.name() == "container run" {
        Failure::with_help(&text, call, code)
    } else {
        Failure::new(text).code(code)
    };
    Failure { hint: error.hint.clone(), ..failure }
}
