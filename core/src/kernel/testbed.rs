//! A machine for tests: one host with a disk, on which programs are called and their output collected.

use super::{
    Credentials, Exit, FsId, Kernel, Launch, Limits, Machine, Mount, Namespace, Notice, NsId, Programs,
    Pulse, SinkId, Source, Stdio, Stream, Viewer, run_until_quiet, stub,
};
use crate::base::Time;
use crate::fs::{Inode, Node, View};
use std::any::Any;

/// What a call printed and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// The exit status.
    pub code: i32,
}

/// A host with `/bin` full of stubs, `/tmp`, `/dev/null`, `/etc/passwd`, and a program table.
#[derive(Debug)]
pub struct Testbed {
    /// The kernel.
    pub kernel: Kernel,
    /// The host.
    pub ns: NsId,
    fs: FsId,
    programs: Programs,
}

impl Machine for Testbed {
    fn kernel(&self) -> &Kernel {
        &self.kernel
    }
    fn kernel_mut(&mut self) -> &mut Kernel {
        &mut self.kernel
    }
    fn daemon(&mut self) -> &mut dyn Any {
        &mut self.fs
    }
}

impl Testbed {
    /// A host where each program of the table is a stub in `/bin` (GNU flavour).
    pub fn new(programs: Programs) -> Self {
        let now = Time(1_790_000_000_000_000_000);
        let mut view = View::empty(now);
        for dir in ["/bin", "/tmp", "/etc", "/dev", "/root", "/proc"] {
            make_dir(&mut view, dir, now);
        }
        for name in programs.names() {
            make_file(&mut view, "bin", name, stub(name), now);
        }
        let passwd = b"root:x:0:0:root:/root:/bin/sh\nlearner:x:1000:1000::/home/learner:/bin/bash\n";
        make_file(&mut view, "etc", "passwd", passwd.to_vec(), now);
        make_file(&mut view, "etc", "group", b"root:x:0:\nlearner:x:1000:\n".to_vec(), now);
        let dev = view.lookup(View::ROOT, "dev").expect("made above");
        for (name, minor) in [("null", 3), ("zero", 5), ("full", 7), ("urandom", 9)] {
            let device = Inode::new(Node::CharDevice { major: 1, minor }, 0o666, now);
            view.create(dev, name, device, now).expect("a fresh directory");
        }
        let descriptors = Inode::new(Node::Symlink("/proc/self/fd".into()), 0o777, now);
        view.create(dev, "fd", descriptors, now).expect("a fresh directory");
        let mut kernel = Kernel::new(1, now);
        let proc = view.lookup(View::ROOT, "proc").expect("made above");
        let fs = kernel.add_fs(view);
        let net = kernel.net.add_space(super::net::NetNs { host: true, ..Default::default() });
        let pids = kernel.add_pid_space();
        let mount = |target: &str, over, source| Mount {
            target: target.into(),
            over,
            source,
            read_only: false,
            fs_type: "ext4".into(),
            device: "/dev/vda1".into(),
            options: String::new(),
        };
        let over = super::Place { fs, dir: View::ROOT, ino: proc };
        let ns = kernel.add_namespace(Namespace {
            hostname: "box".into(),
            mounts: vec![
                mount("/", None, Source::Disk { fs, root: View::ROOT }),
                mount("/proc", Some(over), Source::Proc),
            ],
            net,
            pids,
            limits: Limits::default(),
            paused: false,
            oom_killed: false,
            tty: None,
            capabilities: vec![],
        });
        Self { kernel, ns, fs, programs }
    }

    /// Puts a file (mode 0644, directories made as needed).
    #[must_use]
    pub fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        let now = self.kernel.now;
        let view = self.kernel.view_mut(self.fs).expect("the host's disk");
        let (dir, name) = path.rsplit_once('/').expect("an absolute path");
        make_dir(view, dir, now);
        make_file(view, dir, name, content.into(), now);
        self
    }

    /// Makes the stubs of `/bin` applets of one busybox.
    #[must_use]
    pub fn busybox(mut self) -> Self {
        let now = self.kernel.now;
        let names = self.programs.names();
        let view = self.kernel.view_mut(self.fs).expect("the host's disk");
        let bin = view.lookup(View::ROOT, "bin").expect("made in new");
        for name in names {
            view.unlink(bin, name, now).expect("made in new");
            make_file(view, "bin", name, stub("busybox"), now);
        }
        self
    }

    /// Starts a program with its input and gives the sink of its output.
    pub fn start(&mut self, argv: &[&str], stdin: &str) -> (super::Pid, SinkId) {
        let argv: Vec<String> = argv.iter().map(|a| (*a).to_string()).collect();
        let cred = Credentials::default();
        let viewer = Viewer { ns: self.ns, cwd: "/", cred: &cred, me: None };
        let path = if argv[0].contains('/') { argv[0].clone() } else { format!("/bin/{}", argv[0]) };
        let image = self.kernel.load(viewer, &path, &argv).expect("a program of the testbed");
        let sink = self.kernel.add_sink(None);
        let pipe = self.kernel.add_pipe();
        let env = [("PATH", "/bin"), ("HOME", "/root")].map(|(k, v)| (k.to_string(), v.to_string())).to_vec();
        let stdio =
            [Stdio::PipeReader(pipe), Stdio::Sink(sink, Stream::Stdout), Stdio::Sink(sink, Stream::Stderr)];
        let launch = Launch { ns: self.ns, image, env, cwd: "/".into(), cred, stdio, owner: None };
        let pid = self.kernel.launch(launch).expect("room for a process");
        self.kernel.feed_pipe(pipe, stdin.as_bytes());
        self.kernel.close_pipe_writer(pipe);
        self.kernel.close_pipe_reader(pipe);
        (pid, sink)
    }

    /// Runs everything until nothing is ready; jumps to the next timer while the process lives. `None`
    /// where it waits for something that will not come or does not end.
    pub fn finish(&mut self, pid: super::Pid) -> Option<i32> {
        let programs = self.programs;
        for _ in 0..100_000 {
            let pulse = run_until_quiet(self, &programs, 1000);
            if self.kernel.take_notices().contains(&Notice::Exited(pid, None)) {
                return self.kernel.reap(pid).map(Exit::status);
            }
            match pulse {
                Pulse::Quiet(Some(time)) => self.kernel.now = self.kernel.now.max(time),
                Pulse::Quiet(None) => return None,
                Pulse::Busy => {}
            }
        }
        None
    }

    /// Runs what is ready until nothing is.
    pub fn settle(&mut self) {
        let programs = self.programs;
        let _quiet_or_not = run_until_quiet(self, &programs, 100_000);
    }

    /// Runs a program to its end. A missing end is code -1.
    pub fn run(&mut self, argv: &[&str], stdin: &str) -> Outcome {
        let (pid, sink) = self.start(argv, stdin);
        let code = self.finish(pid).unwrap_or(-1);
        let chunks = self.kernel.take_sink(sink);
        let text = |stream| {
            let bytes: Vec<u8> =
                chunks.iter().filter(|c| c.stream == stream).flat_map(|c| c.data.to_vec()).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Outcome { stdout: text(Stream::Stdout), stderr: text(Stream::Stderr), code }
    }
}

fn make_dir(view: &mut View, path: &str, now: Time) {
    let mut at = View::ROOT;
    for name in path.split('/').filter(|n| !n.is_empty()) {
        at = match view.lookup(at, name) {
            Ok(ino) => ino,
            Err(_) => view.create(at, name, Inode::dir(0o755, now), now).expect("a fresh name"),
        };
    }
}

fn make_file(view: &mut View, dir: &str, name: &str, content: Vec<u8>, now: Time) {
    let mut at = View::ROOT;
    for part in dir.split('/').filter(|n| !n.is_empty()) {
        at = view.lookup(at, part).expect("an existing directory");
    }
    let mode = if super::stub_name(&content).is_some() { 0o755 } else { 0o644 };
    view.create(at, name, Inode::file(content, mode, now), now).expect("a fresh name");
}
