//! Execs: `POST /containers/ID/exec`, `/exec/ID/start`, `resize` and `json`.

use super::attach::hijacked;
use super::change::size as change_size;
use crate::api::frame::Framing;
use crate::api::reply::{created, done, ok};
use crate::api::{Answer, Answered, Call, Polled, Refusal, Stream};
use crate::base::ObjectId;
use crate::engine::container::input::{Delivered, DetachKeys, Input, close_exec_stdin};
use crate::engine::container::{self, ExecCreate, ExecStart, exec_create, exec_start};
use crate::kernel::Stream as Output;
use crate::model::{Exec, World};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A client attached to an exec.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attached {
    exec: ObjectId,
    framing: Framing,
    shown: usize,
    /// What the client types.
    pub input: Input,
}

/// The body of `POST /containers/ID/exec`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Create {
    user: String,
    privileged: bool,
    tty: bool,
    attach_stdin: bool,
    attach_stdout: bool,
    attach_stderr: bool,
    detach_keys: String,
    env: Vec<String>,
    working_dir: String,
    cmd: Vec<String>,
}

/// Prepares an exec.
pub fn create(world: &mut World, call: &Call<'_>) -> Answered {
    let body: Create = call.json()?;
    let id = container::find(world, call.name())?;
    let request = ExecCreate {
        argv: body.cmd,
        env: body.env,
        workdir: body.working_dir,
        user: body.user,
        tty: body.tty,
        open_stdin: body.attach_stdin,
        open_stdout: body.attach_stdout,
        open_stderr: body.attach_stderr,
        privileged: body.privileged,
        detach_keys: body.detach_keys,
        probe: false,
    };
    let exec = exec_create(world, id, request)?;
    created(&json!({ "Id": exec.to_string() }))
}

/// The body of `POST /exec/ID/start`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Start {
    detach: bool,
    tty: bool,
    console_size: Option<[u16; 2]>,
}

fn named<'a>(world: &'a World, call: &Call<'_>) -> Result<&'a Exec, Refusal> {
    let id = ObjectId::parse(call.name());
    let missing = || Refusal::not_found(format!("No such exec instance: {}", call.name()));
    id.and_then(|id| world.exec(id)).ok_or_else(missing)
}

/// Starts an exec.
pub fn start(world: &mut World, call: &Call<'_>) -> Answered {
    let body: Start = call.json_or_default()?;
    let exec = named(world, call)?;
    let id = exec.id;
    let keys = DetachKeys::parse(&exec.detach_keys)?;
    // The one who starts it says how its output travels, whatever the exec has for a terminal.
    let framing = Framing { raw: body.tty, stdout: exec.open_stdout, stderr: exec.open_stderr || exec.tty };
    let wants_input = exec.open_stdin && !body.detach;
    let outcome = exec_start(world, id)?;
    if let Some(size) = body.console_size
        && let Some(tty) = world.exec(id).and_then(|e| e.terminal)
        && let Some(tty) = world.kernel.tty_mut(tty)
    {
        tty.size = (size[0], size[1]);
    }
    if body.detach {
        if !wants_input {
            close_exec_stdin(world, id);
        }
        return done(200);
    }
    let mut head = hijacked(call, body.tty);
    if let ExecStart::Failed(error, _) = outcome {
        let shown = Framing { stdout: true, ..framing };
        shown.put(&mut head.body, Output::Stdout, format!("{}\r\n", error.message).as_bytes());
    }
    let input = Input::new(wants_input, keys);
    let state = Attached { exec: id, framing, shown: 0, input };
    Ok(Answer::Stream(head, Box::new(Stream::Exec(state))))
}

/// `POST /exec/ID/resize`.
pub fn resize(world: &mut World, call: &Call<'_>) -> Answered {
    let size = change_size(call)?;
    let exec = named(world, call)?;
    let (id, terminal) = (exec.id, exec.terminal);
    if exec.pid.is_none() || exec.exit_code.is_some() {
        return Err(Refusal::new(500, format!("exec {id} is not running")));
    }
    if let Some(tty) = terminal.and_then(|tty| world.kernel.tty_mut(tty)) {
        tty.size = size;
    }
    done(200)
}

/// `GET /exec/ID/json`.
pub fn inspect(world: &mut World, call: &Call<'_>) -> Answered {
    let exec = named(world, call)?;
    let (entrypoint, arguments) = exec.argv.split_first().map_or(("", &[][..]), |(e, a)| (e.as_str(), a));
    let mut process = json!({
        "tty": exec.tty,
        "entrypoint": entrypoint,
        "arguments": arguments,
        "privileged": exec.privileged,
    });
    if !exec.user.is_empty() {
        process["user"] = json!(exec.user);
    }
    let code = exec.exit_code.map_or(serde_json::Value::Null, |code| json!(code));
    ok(&json!({
        "ID": exec.id.to_string(),
        "Running": exec.pid.is_some() && exec.exit_code.is_none(),
        "ExitCode": code,
        "ProcessConfig": process,
        "OpenStdin": exec.open_stdin,
        "OpenStderr": exec.open_stderr,
        "OpenStdout": exec.open_stdout,
        "CanRemove": false,
        "ContainerID": exec.container.to_string(),
        "DetachKeys": exec.detach_keys,
        "Pid": exec.pid.map_or(0, |pid| pid.0),
    }))
}

impl Attached {
    /// What has been printed; what was typed goes the other way.
    pub fn poll(&mut self, world: &mut World) -> Polled {
        let mut polled = Polled::default();
        let Some(exec) = world.exec(self.exec) else { return Polled { done: true, ..polled } };
        let news = exec.output.iter().skip(self.shown).map(AsRef::as_ref);
        self.framing.put_all(&mut polled.bytes, news);
        self.shown = exec.output.len();
        if exec.exit_code.is_some() {
            return Polled { done: true, ..polled };
        }
        let (pipe, tty) = (exec.stdin, exec.terminal);
        match self.input.deliver(world, pipe, tty) {
            Delivered::Detached => polled.done = true,
            Delivered::Ended => close_exec_stdin(world, self.exec),
            Delivered::Done => {}
        }
        polled
    }
}
