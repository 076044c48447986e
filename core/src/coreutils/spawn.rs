//! Running other programs: in place of this one (`env`, `nohup`, `su`) or as a child (`find -exec`, `time`,
//! `timeout`).

use crate::base::Errno;
use crate::kernel::{Applet, Behave, Pid, Step, Stop, Sys};
use serde::{Deserialize, Serialize};

/// The program that a fresh child is before it becomes another. Not for people; nothing has its name on disk.
pub const APPLETS: &[Applet] = &[Applet::state::<Child>(NAME)];

const NAME: &str = "exec-child";
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A child that becomes a program at its first turn.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Child {
    path: String,
    argv: Vec<String>,
    env: Vec<(String, String)>,
    own_group: bool,
}

impl Behave for Child {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        if self.own_group {
            let pid = sys.pid();
            sys.set_group(pid, pid);
        }
        match exec(sys, &self.path, &self.argv, self.env.clone()) {
            Ok(()) => Step::Replaced,
            Err(e) => {
                let name = self.argv.first().cloned().unwrap_or_default();
                sys.eprint(&format!("{name}: {e}\n"));
                Step::Exit(status_of(e))
            }
        }
    }
}

/// Becomes the file; one that is neither a program nor names an interpreter is a script of `/bin/sh`.
fn exec(sys: &mut Sys<'_>, path: &str, argv: &[String], env: Vec<(String, String)>) -> Result<(), Errno> {
    match sys.exec(path, argv, env.clone()) {
        Err(Errno::ENOEXEC) => {
            let script = ["/bin/sh".to_string(), path.to_string()];
            let argv: Vec<String> = script.into_iter().chain(argv.iter().skip(1).cloned()).collect();
            sys.exec("/bin/sh", &argv, env)
        }
        other => other,
    }
}

/// The exit status of a program that could not be started: 127 where it was not found, else 126.
pub fn status_of(e: Errno) -> i32 {
    if e == Errno::ENOENT { 127 } else { 126 }
}

fn find(sys: &Sys<'_>, argv: &[String], env: &[(String, String)]) -> Result<String, Errno> {
    let path = env.iter().rev().find(|(n, _)| n == "PATH").map_or(DEFAULT_PATH, |(_, v)| v);
    sys.find_program(argv.first().map_or("", String::as_str), path)
}

/// The environment of this process.
pub fn environment(sys: &Sys<'_>) -> Vec<(String, String)> {
    sys.me().map(|me| me.env.to_vec()).unwrap_or_default()
}

/// Becomes the program that `argv` names, found along the PATH of `env`. On success the value is what to
/// return as the error of a `Main`.
///
/// # Errors
/// Why it could not be started.
pub fn replace(sys: &mut Sys<'_>, argv: &[String], env: Vec<(String, String)>) -> Result<Stop, Errno> {
    let path = find(sys, argv, &env)?;
    exec(sys, &path, argv, env)?;
    Ok(Stop::Replaced)
}

/// Starts the program that `argv` names as a child with this process's environment; wait for it with
/// `Wait::child` and `Sys::wait`. `own_group` keeps signals of the terminal from it.
///
/// # Errors
/// Why it could not be started.
pub fn child(sys: &mut Sys<'_>, argv: &[String], own_group: bool) -> Result<Pid, Errno> {
    let env = environment(sys);
    let path = find(sys, argv, &env)?;
    if !sys.access(&path, crate::kernel::Access::Execute) {
        return Err(Errno::EACCES);
    }
    sys.fork(NAME, Box::new(Child { path, argv: argv.to_vec(), env, own_group }))
}
