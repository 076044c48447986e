//! `exec`: another process in a running container.

use super::{emit, not_running, spawn};
use crate::base::ObjectId;
use crate::kernel::{Launch, Stdio, Stream, Viewer};
use crate::model::{EngineError, ErrorKind, Exec, Status, World};
use std::sync::Arc;

/// What to run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExecCreate {
    /// The command.
    pub argv: Vec<String>,
    /// `--env`.
    pub env: Vec<String>,
    /// `--workdir`; empty for the container's.
    pub workdir: String,
    /// `--user`; empty for the container's.
    pub user: String,
    /// A terminal.
    pub tty: bool,
    /// Standard input is fed.
    pub open_stdin: bool,
    /// Standard output is shown.
    pub open_stdout: bool,
    /// Standard error is shown.
    pub open_stderr: bool,
    /// `--privileged`.
    pub privileged: bool,
    /// `--detach-keys`.
    pub detach_keys: String,
    /// It is a health check.
    pub probe: bool,
}

/// How a start went.
#[derive(Debug, Clone, PartialEq)]
pub enum ExecStart {
    /// It runs.
    Running,
    /// The runtime could not: what `docker exec` prints, and its exit code.
    Failed(EngineError, i32),
}

/// Prepares an exec.
///
/// # Errors
/// Conflict where the container does not run or is paused; invalid without a command, or where there is no such user.
pub fn exec_create(
    world: &mut World,
    container: ObjectId,
    request: ExecCreate,
) -> Result<ObjectId, EngineError> {
    let c = world.container(container).ok_or_else(|| EngineError::not_found("No such container"))?;
    match c.status {
        Status::Paused => {
            return Err(EngineError::conflict(format!(
                "Container {} is paused, unpause the container before exec",
                c.name
            )));
        }
        Status::Running => {}
        Status::Restarting => {
            return Err(EngineError::conflict(format!(
                "Container {container} is restarting, wait until the container is running"
            )));
        }
        _ => return Err(not_running(c)),
    }
    if request.argv.is_empty() {
        return Err(EngineError::invalid("No exec command specified"));
    }
    if let Some(runtime) = &c.runtime
        && !request.user.is_empty()
    {
        spawn::identity(&world.kernel, runtime.ns, &request.user, &[])
            .map_err(|e| EngineError::invalid(e.message))?;
    }
    let id = ObjectId::random(&mut world.kernel.rng);
    let action = format!("exec_create: {}", request.argv.join(" "));
    let exec = Exec {
        id,
        container,
        argv: request.argv,
        env: request.env,
        workdir: request.workdir,
        user: request.user,
        tty: request.tty,
        open_stdin: request.open_stdin,
        open_stdout: request.open_stdout,
        open_stderr: request.open_stderr,
        privileged: request.privileged,
        detach_keys: request.detach_keys,
        pid: None,
        exit_code: None,
        sink: None,
        terminal: None,
        stdin: None,
        output: imbl::Vector::new(),
        probe: request.probe,
    };
    world.execs.insert(id, Arc::new(exec));
    if let Some(c) = world.container_mut(container) {
        c.execs.push(id);
    }
    emit(world, container, &action, &[("execID", id.to_string())]);
    Ok(id)
}

/// Starts an exec.
///
/// # Errors
/// Not found; conflict where it has started before or its container has ended.
pub fn exec_start(world: &mut World, id: ObjectId) -> Result<ExecStart, EngineError> {
    let exec =
        world.exec(id).ok_or_else(|| EngineError::not_found(format!("No such exec instance: {id}")))?.clone();
    if exec.pid.is_some() {
        return Err(EngineError::conflict(format!("exec command {id} has already been run")));
    }
    let container =
        world.container(exec.container).ok_or_else(|| EngineError::not_found("No such container"))?.clone();
    let Some(runtime) = container.runtime.clone() else { return Err(not_running(&container)) };
    let action = format!("exec_start: {}", exec.argv.join(" "));
    emit(world, exec.container, &action, &[("execID", id.to_string())]);
    let user = if exec.user.is_empty() { &container.config.user } else { &exec.user };
    let groups = container.host.group_add.clone().unwrap_or_default();
    let mut who = spawn::identity(&world.kernel, runtime.ns, user, &groups)?;
    if exec.privileged {
        who.cred.lost = 0;
    }
    let hostname = world.kernel.namespace(runtime.ns).map_or(String::new(), |ns| ns.hostname.clone());
    let mut configured = container.config.env.clone();
    configured.extend(exec.env.iter().cloned());
    let env = spawn::environment(&configured, &hostname, &who.home, exec.tty);
    let cwd = match (exec.workdir.as_str(), container.config.working_dir.as_str()) {
        ("", "") => "/",
        ("", own) => own,
        (given, _) => given,
    };
    let viewer = Viewer { ns: runtime.ns, cwd, cred: &who.cred, me: None };
    let image = match find_image(world, viewer, cwd, &exec.argv, &env) {
        Ok(image) => image,
        Err((reason, code)) => return Ok(failed(world, id, &reason, code)),
    };
    let kernel = &mut world.kernel;
    let tty = exec.tty.then(|| kernel.add_tty(Some(id)));
    let sink = tty.is_none().then(|| kernel.add_sink(Some(id)));
    let stdin = (exec.open_stdin && tty.is_none()).then(|| kernel.add_pipe());
    let output = |stream| sink.map_or(Stdio::Null, |sink| Stdio::Sink(sink, stream));
    let stdio = match tty {
        Some(tty) => [Stdio::Tty(tty); 3],
        None => {
            [stdin.map_or(Stdio::Null, Stdio::PipeReader), output(Stream::Stdout), output(Stream::Stderr)]
        }
    };
    let cwd = cwd.to_string();
    let launch = Launch { ns: runtime.ns, image, env, cwd, cred: who.cred, stdio, owner: Some(id) };
    let pid = match kernel.launch(launch) {
        Ok(pid) => pid,
        Err(e) => return Ok(failed(world, id, &format!("fork/exec: {}", spawn::lower_first(e.text())), 126)),
    };
    if let Some(pipe) = stdin {
        kernel.close_pipe_reader(pipe);
    }
    if let Some(t) = tty.and_then(|tty| kernel.tty_mut(tty)) {
        t.foreground = Some(pid);
    }
    if let Some(e) = world.exec_mut(id) {
        (e.pid, e.sink, e.terminal, e.stdin) = (Some(pid), sink, tty, stdin);
    }
    Ok(ExecStart::Running)
}

type Reason = (String, i32);

fn find_image(
    world: &World,
    viewer: Viewer<'_>,
    cwd: &str,
    argv: &[String],
    env: &[(String, String)],
) -> Result<crate::kernel::Image, Reason> {
    if !cwd.starts_with('/') {
        return Err(("Cwd must be an absolute path".into(), 128));
    }
    if !spawn::is_dir(&world.kernel, viewer, cwd) {
        let reason = format!(
            "unable to start container process: chdir to cwd ({}) set in config.json failed: no such file or directory",
            crate::base::go_text::quote(cwd)
        );
        return Err((reason, 127));
    }
    spawn::program(&world.kernel, viewer, argv, env)
        .map_err(|e| (format!("unable to start container process: {}", e.reason), e.code))
}

fn failed(world: &mut World, id: ObjectId, reason: &str, code: i32) -> ExecStart {
    if let Some(exec) = world.exec_mut(id) {
        exec.exit_code = Some(code);
    }
    let message = format!("OCI runtime exec failed: exec failed: {reason}");
    ExecStart::Failed(EngineError::new(ErrorKind::System, message), code)
}
