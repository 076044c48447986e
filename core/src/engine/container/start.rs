//! `start`: a container's first process comes to life in namespaces of its own.

use super::{emit, spawn, surroundings};
use crate::base::{Gather, ObjectId};
use crate::engine::{network, volume};
use crate::kernel::{
    FsId, Launch, Limits, Mount, Namespace, NsId, PidNsId, Source, Stdio, Stream, TtyId, Viewer,
};
use crate::model::{Container, EngineError, ErrorKind, Runtime, Status, Transition, World, next};

/// How a start went. A failure of the runtime is recorded in the container, as Docker does, so it is an
/// outcome and not an error that leaves no trace.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// It runs.
    Running,
    /// It did already.
    Already,
    /// The runtime could not: the message for the user, and the exit code of `docker run`.
    Failed(EngineError, i32),
}

/// What went wrong on the way: refused outright, or failed in the runtime and recorded.
enum Trouble {
    Recorded(EngineError, i32),
}

impl From<EngineError> for Trouble {
    fn from(error: EngineError) -> Self {
        Trouble::Recorded(error, 128)
    }
}

/// Starts a container.
///
/// # Errors
/// Not found; conflict where it is paused or being removed.
pub fn start(world: &mut World, id: ObjectId) -> Result<Start, EngineError> {
    let container =
        world.container(id).ok_or_else(|| EngineError::not_found(format!("No such container: {id}")))?;
    match container.status {
        Status::Running => return Ok(Start::Already),
        Status::Paused => {
            return Err(EngineError::conflict("cannot start a paused container, try unpause instead"));
        }
        status if next(status, Transition::Start).is_none() => {
            return Err(EngineError::conflict("container is marked for removal and cannot be started"));
        }
        _ => {}
    }
    if let Some(container) = world.container_mut(id) {
        container.restart_count = 0;
        container.quick_failures = 0;
    }
    Ok(begin(world, id))
}

/// Starts a container that does not run, for a user or by its restart policy.
pub(super) fn begin(world: &mut World, id: ObjectId) -> Start {
    let before = world.clone();
    match run(world, id) {
        Ok(()) => Start::Running,
        Err(Trouble::Recorded(error, code)) => {
            *world = before;
            if let Some(container) = world.container_mut(id) {
                container.error = error.message.clone();
                container.exit_code = code;
                if container.status == Status::Restarting {
                    container.status = Status::Exited;
                    container.restart_at = None;
                }
            }
            Start::Failed(error, code)
        }
    }
}

fn run(world: &mut World, id: ObjectId) -> Result<(), Trouble> {
    let container = world.container(id).ok_or_else(|| EngineError::not_found("No such container"))?.clone();
    super::logs::open(&container.host.log_config)?;
    if container.host.device_requests.is_some() {
        return Err(
            EngineError::system("could not select device driver \"\" with capabilities: [[gpu]]").into()
        );
    }
    make_working_dir(world, &container);
    let tty = container.config.tty.then(|| world.kernel.add_tty(Some(id)));
    check_ipc(world, &container)?;
    let pids = pid_space(world, &container)?;
    let base = surroundings::base_mounts(world, &container);
    surroundings::add_devices(world, &container, &base)?;
    let (own_fs, own) = surroundings::network_files(world);
    let mut made: Vec<FsId> = base.iter().skip(1).filter_map(disk_of).chain([own_fs]).collect();
    let (all, tmpfs) = volume::mounts(world, id, base, own)?;
    made.extend(tmpfs);
    let net = network::attach(world, id)?;
    // A container that joins another's network takes over its host name.
    let container = world.container(id).cloned().unwrap_or(container);
    surroundings::write_network_files(world, id, own_fs);
    let ns = world.kernel.add_namespace(Namespace {
        hostname: hostname(world, &container),
        mounts: all,
        net,
        pids,
        limits: limits(&container),
        paused: false,
        oom_killed: false,
        tty,
        capabilities: super::verify::capabilities(&container.host),
    });
    let (pid, stdin, sink) = launch(world, &container, ns, tty)?;
    let now = world.now();
    if let Some(c) = world.container_mut(id) {
        c.status = next(c.status, Transition::Start).unwrap_or(Status::Running);
        c.runtime = Some(Runtime { ns, pids, net, init: pid, sink, tty, stdin, tmpfs: made });
        c.started = Some(now);
        c.error.clear();
        c.exit_code = 0;
        c.oom_killed = false;
        c.stopped_by_user = false;
        c.stopping = None;
        c.restart_at = None;
    }
    super::health::begin(world, id);
    emit(world, id, "start", &[]);
    Ok(())
}

fn disk_of(mount: &Mount) -> Option<FsId> {
    match mount.source {
        Source::Disk { fs, .. } => Some(fs),
        Source::Proc | Source::Sys => None,
    }
}

/// The name the container goes by on its network; the host's with `--network host` or `--uts host`.
fn hostname(world: &World, container: &Container) -> String {
    if container.config.hostname.is_empty() || container.host.uts_mode == "host" {
        return world.kernel.namespace(world.host.ns).map_or(String::new(), |ns| ns.hostname.clone());
    }
    container.config.hostname.clone()
}

/// The limits a container's processes live under.
pub(super) fn limits(container: &Container) -> Limits {
    let positive = |n: i64| u64::try_from(n).ok().filter(|n| *n > 0);
    Limits {
        pids: container.host.pids_limit.and_then(positive).and_then(|n| u32::try_from(n).ok()),
        memory: positive(container.host.memory),
        nano_cpus: positive(container.host.nano_cpus),
        no_new_privileges: super::verify::has_security(&container.host, "no-new-privileges"),
        filtered: !container.host.privileged && !super::verify::has_security(&container.host, "unconfined"),
        oom_score_adj: container.host.oom_score_adj,
        ulimits: container.host.ulimits.iter().filter_map(ulimit).gather(),
        sysctls: container.host.sysctls.clone().unwrap_or_default(),
    }
}

fn ulimit(value: &serde_json::Value) -> Option<(String, (i64, i64))> {
    let name = value.get("Name")?.as_str()?.to_string();
    Some((name, (value.get("Soft")?.as_i64()?, value.get("Hard")?.as_i64()?)))
}

/// Refuses an IPC namespace of another container that cannot be shared.
fn check_ipc(world: &World, container: &Container) -> Result<(), EngineError> {
    let Some(name) = container.host.ipc_mode.strip_prefix("container:") else { return Ok(()) };
    let Some(other) = world.container(super::find(world, name)?) else { return Ok(()) };
    if other.runtime.is_none() {
        return Err(EngineError::conflict(format!(
            "cannot join IPC namespace of a non running container: container {} is {}",
            other.name,
            other.status.word()
        )));
    }
    if matches!(other.host.ipc_mode.as_str(), "shareable" | "host") {
        return Ok(());
    }
    let why = "non-shareable IPC (hint: use IpcMode:shareable for the donor container)";
    Err(EngineError::invalid(format!("container {}: {why}", other.id)))
}

fn pid_space(world: &mut World, container: &Container) -> Result<PidNsId, EngineError> {
    match container.host.pid_mode.as_str() {
        "host" => world
            .kernel
            .namespace(world.host.ns)
            .map(|ns| ns.pids)
            .ok_or_else(|| EngineError::system("no host")),
        mode => match mode.strip_prefix("container:") {
            Some(other) => {
                let other = super::find(world, other)?;
                let other =
                    world.container(other).ok_or_else(|| EngineError::not_found("No such container"))?;
                other.runtime.as_ref().map(|r| r.pids).ok_or_else(|| {
                    EngineError::conflict(format!("cannot join PID of a non running container: {}", other.id))
                })
            }
            None => Ok(world.kernel.add_pid_space()),
        },
    }
}

/// The working directory is made where the image has none.
fn make_working_dir(world: &mut World, container: &Container) {
    let now = world.now();
    let dir = &container.config.working_dir;
    if let Some(view) = world.kernel.view_mut(container.rootfs)
        && view.resolve(dir, true).is_err()
        && !dir.is_empty()
    {
        let _a_file_in_the_way_is_met_at_chdir = view.mkdir_all(dir, 0o755, now);
    }
}

type Started = (crate::kernel::Pid, Option<crate::kernel::PipeId>, Option<crate::kernel::SinkId>);

fn launch(
    world: &mut World,
    container: &Container,
    ns: NsId,
    tty: Option<TtyId>,
) -> Result<Started, Trouble> {
    let groups = container.host.group_add.clone().unwrap_or_default();
    let who = spawn::identity(&world.kernel, ns, &container.config.user, &groups)?;
    let hostname = hostname(world, container);
    let env = spawn::environment(&container.config.env, &hostname, &who.home, container.config.tty);
    let cwd = if container.config.working_dir.is_empty() { "/" } else { &container.config.working_dir };
    let mut argv = vec![container.path.clone()];
    argv.extend(container.args.iter().cloned());
    let viewer = Viewer { ns, cwd, cred: &who.cred, me: None };
    let mut image = spawn::program(&world.kernel, viewer, &argv, &env).map_err(|e| cannot_start(&e))?;
    if container.host.init == Some(true) {
        image = spawn::under_init(image, &argv);
    }
    let kernel = &mut world.kernel;
    let stdin = (container.config.open_stdin && tty.is_none()).then(|| kernel.add_pipe());
    let sink = tty.is_none().then(|| kernel.add_sink(Some(container.id)));
    let output = |stream| sink.map_or(Stdio::Null, |sink| Stdio::Sink(sink, stream));
    let stdio = match tty {
        Some(tty) => [Stdio::Tty(tty); 3],
        None => {
            [stdin.map_or(Stdio::Null, Stdio::PipeReader), output(Stream::Stdout), output(Stream::Stderr)]
        }
    };
    let launch =
        Launch { ns, image, env, cwd: cwd.to_string(), cred: who.cred, stdio, owner: Some(container.id) };
    let pid = kernel.launch(launch).map_err(|e| EngineError::system(e.text().to_string()))?;
    if let Some(pipe) = stdin {
        kernel.close_pipe_reader(pipe);
    }
    if let Some(tty) = tty.and_then(|tty| kernel.tty_mut(tty)) {
        tty.foreground = Some(pid);
    }
    Ok((pid, stdin, sink))
}

fn cannot_start(error: &spawn::CannotRun) -> Trouble {
    let message = format!(
        "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create \
         failed: unable to start container process: error during container init: {}",
        error.reason
    );
    Trouble::Recorded(EngineError::new(ErrorKind::System, message), error.code)
}
