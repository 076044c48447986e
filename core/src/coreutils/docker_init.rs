//! `docker-init -- PROGRAM [ARG…]`, `exec-refused PATH REASON`: what the runtime itself puts into a container.
//!
//! The first is `--init`: it runs one child, hands signals on to it, reaps orphans and ends as the child does.
//! The second stands for a program file that exists and that the kernel refuses to execute.
//!
//! Exit status: the child's; 255.

use crate::kernel::{Applet, Behave, Disposition, Exit, Pid, Signal, Step, Stop, Sys, Wait};
use serde::{Deserialize, Serialize};

/// `docker-init` and `exec-refused`.
pub const APPLETS: &[Applet] = &[
    Applet::state::<Init>("docker-init"),
    Applet::state::<Starter>("docker-init child"),
    Applet::main("exec-refused", refused),
];

/// The first process of a container with `--init`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Init {
    child: Option<Pid>,
}

/// The child before it becomes the program.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Starter;

impl Behave for Starter {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        let argv: Vec<String> = sys.args().into_iter().skip_while(|a| a == "--").collect();
        let env = sys.me().map(|me| me.env.as_ref().clone()).unwrap_or_default();
        let name = argv.first().cloned().unwrap_or_default();
        let found = sys.find_program(&name, &sys.env("PATH").unwrap_or_default());
        match found.and_then(|path| sys.exec(&path, &argv, env)) {
            Ok(()) => Step::Replaced,
            Err(e) => {
                sys.eprint(&format!("[FATAL tini ({})] exec {name} failed: {e}\n", sys.vpid()));
                Step::Exit(127)
            }
        }
    }
}

impl Behave for Init {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        let Some(child) = self.child else {
            for number in 1..32 {
                let signal = Signal::from_number(number).filter(|s| *s != Signal::CHLD && *s != Signal::PIPE);
                signal.into_iter().for_each(|s| sys.on_signal(s, Some(Disposition::Handle)));
            }
            return match sys.fork("docker-init child", Box::new(Starter)) {
                Ok(pid) => {
                    self.child = Some(pid);
                    Step::Continue
                }
                Err(_) => Step::Exit(1),
            };
        };
        while let Some(signal) = sys.take_signal() {
            let _it_may_be_ending = sys.kill(child, signal);
        }
        while let Ok(Some((pid, exit))) = sys.wait(None) {
            if pid == child {
                return Step::Exit(Exit::status(exit));
            }
        }
        Step::Block(Wait::child())
    }
}

fn refused(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let args = sys.args();
    let word = |i: usize| args.get(i).cloned().unwrap_or_default();
    sys.eprint(&format!("exec {}: {}\n", word(0), word(1)));
    Ok(255)
}
