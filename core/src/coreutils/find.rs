//! `find [-HLP] [PATH]… [EXPRESSION]`: walk directories and test each file.
//!
//! - tests: `-name -iname -path -ipath -regex -type -size -newer -mtime -mmin -perm -user -group -uid -gid
//!   -empty -links -inum -true -false`; `! -not -a -o ( )`
//! - actions: `-print -print0 -printf -ls -delete -prune -quit -exec … ;` and `+`, `-ok` not
//! - `-maxdepth`, `-mindepth`, `-depth`, `-xdev`
//!
//! Exit status: 0, or 1 where something failed.

mod expression;

pub use expression::glob;

use super::accounts::Accounts;
use super::spawn::child;
use super::stream::{Running, Stream};
use super::walk::{Entry, bottom_up, complain, tree};
use crate::base::Time;
use crate::kernel::{Applet, Pid, Step, Stop, Sys, Wait};
use expression::{Action, Plan, Test};
use serde::{Deserialize, Serialize};

/// `find`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Find>>("find")];

/// How many arguments one `-exec … +` gets at most.
const MAX_BATCH: usize = 4096;
/// How many files are tested in one turn.
const PER_TURN: usize = 500;

/// A `find`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Find {
    plan: Plan,
    /// Paths with their depth, the next one last.
    ahead: Vec<(String, usize, String)>,
    roots: Vec<String>,
    pruned: Option<String>,
    now: Time,
    newer: Vec<Time>,
    /// Files gathered for each `-exec … +`.
    batches: Vec<Vec<String>>,
    /// A child that is waited for, and where the expression goes on for the present file.
    running: Option<Pid>,
    current: Option<Current>,
    code: i32,
}

/// The file whose tests a command has interrupted: results of the commands so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Current {
    path: String,
    depth: usize,
    root: String,
    results: Vec<bool>,
    printed: usize,
}

/// Why a test has not ended.
enum Pause {
    Child(Pid),
    Quit,
}

struct Look<'a> {
    entry: &'a Entry,
    root: &'a str,
    accounts: &'a Accounts,
}

impl Stream for Find {
fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
    let args = sys.args();
    let plan = expression::parse(&args, sys.flavor()).map_err(|text| {
        sys.complain(&text);
        Stop::Exit(1)
    })?;
    let mut newer = vec![];
    for file in &plan.references {
        match sys.stat(file) {
            Ok(stat) => newer.push(stat.mtime),
            Err(e) => {
                complain(sys, &format!("'{file}': {e}"), &format!("{file}: {e}"));
                return Err(Stop::Exit(1));
            }
        }
    }
    let batches = vec![vec![]; plan.batches];
    let roots = plan.roots.iter().rev().cloned().collect();
    let now = sys.now();
    Ok(Self { plan, ahead: vec![], roots, pruned: None, now, newer, batches, running: None, current: None, code: 0 })
}

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        if let Some(pid) = self.running {
            match sys.wait(Some(pid)) {
                Ok(None) => return Step::Block(Wait::child()),
                Ok(Some((_, exit))) => self.child_ended(exit.status()),
                Err(_) => self.child_ended(1),
            }
        }
        let accounts = Accounts::read(sys);
        for _ in 0..PER_TURN {
            sys.spend(1);
            let next = match self.current.take() {
                Some(current) => Some(current),
                None => self.next_file(sys),
            };
            let Some(current) = next else { return self.finish(sys) };
            match self.visit(sys, &accounts, current) {
                Ok(()) => {}
                Err(Pause::Quit) => {
                    self.ahead.clear();
                    self.roots.clear();
                }
                Err(Pause::Child(pid)) => {
                    self.running = Some(pid);
                    return Step::Block(Wait::child());
                }
            }
        }
        Step::Continue
    }
}

impl Find {
    fn child_ended(&mut self, status: i32) {
        self.running = None;
        match &mut self.current {
            Some(current) => current.results.push(status == 0),
            None if status != 0 => self.code = 1,
            None => {}
        }
    }

    fn next_file(&mut self, sys: &mut Sys<'_>) -> Option<Current> {
        loop {
            if let Some((path, depth, root)) = self.ahead.pop() {
                let below = |p: &String| path.starts_with(&format!("{}/", p.trim_end_matches('/')));
                if self.pruned.as_ref().is_some_and(below) {
                    continue;
                }
                return Some(Current { path, depth, root, results: vec![], printed: 0 });
            }
            let root = self.roots.pop()?;
            match tree(sys, &root, self.plan.follow) {
                Ok(entries) => self.enqueue(sys, &root, &entries),
                Err(e) => {
                    complain(sys, &format!("'{root}': {e}"), &format!("{root}: {e}"));
                    self.code = 1;
                }
            }
        }
    }

    fn enqueue(&mut self, sys: &mut Sys<'_>, root: &str, entries: &[Entry]) {
        let order: Vec<usize> =
            if self.plan.depth_first { bottom_up(entries) } else { (0..entries.len()).collect() };
        let device = entries.first().and_then(|e| e.stat.fs);
        for i in order.into_iter().rev() {
            let entry = &entries[i];
            let near = entry.depth <= self.plan.max_depth;
            if let Some(e) = entry.error.filter(|_| entry.depth < self.plan.max_depth) {
                complain(sys, &format!("'{}': {e}", entry.path), &format!("{}: {e}", entry.path));
                self.code = 1;
            }
            if near && (!self.plan.one_device || entry.stat.fs == device) {
                self.ahead.push((entry.path.clone(), entry.depth, root.to_string()));
            }
        }
    }

    fn visit(&mut self, sys: &mut Sys<'_>, accounts: &Accounts, mut current: Current) -> Result<(), Pause> {
        if current.depth < self.plan.min_depth {
            return Ok(());
        }
        let look = if self.plan.follow { sys.stat(&current.path) } else { sys.lstat(&current.path) };
        let Ok(stat) = look.or_else(|_| sys.lstat(&current.path)) else { return Ok(()) };
        let entry = Entry { path: current.path.clone(), stat, depth: current.depth, error: None };
        let root = current.root.clone();
        let look = Look { entry: &entry, root: &root, accounts };
        let test = self.plan.test.clone();
        let mut commands = 0;
        match self.eval(sys, &test, &look, &mut current, &mut commands) {
            Ok(_) => Ok(()),
            Err(Pause::Quit) => Err(Pause::Quit),
            Err(pause) => {
                self.current = Some(current);
                Err(pause)
            }
        }
    }

    /// Evaluates a test. After a command has ended the whole test is evaluated again with the results so far,
    /// and what has been printed is not printed again. The parser bounds the depth.
    fn eval(
        &mut self,
        sys: &mut Sys<'_>,
        test: &Test,
        look: &Look<'_>,
        current: &mut Current,
        commands: &mut usize,
    ) -> Result<bool, Pause> {
        Ok(match test {
            Test::And(a, b) => {
                self.eval(sys, a, look, current, commands)? && self.eval(sys, b, look, current, commands)?
            }
            Test::Or(a, b) => {
                self.eval(sys, a, look, current, commands)? || self.eval(sys, b, look, current, commands)?
            }
            Test::Not(a) => !self.eval(sys, a, look, current, commands)?,
            Test::Action(action) => return self.act(sys, action, look, current, commands),
            Test::Newer(i) => self.newer.get(*i).is_some_and(|t| look.entry.stat.mtime > *t),
            plain => expression::holds(sys, plain, look.entry, look.accounts, self.now),
        })
    }

    fn act(
        &mut self,
        sys: &mut Sys<'_>,
        action: &Action,
        look: &Look<'_>,
        current: &mut Current,
        commands: &mut usize,
    ) -> Result<bool, Pause> {
        let path = &look.entry.path;
        let text = match action {
            Action::Print => format!("{path}\n"),
            Action::Print0 => format!("{path}\0"),
            Action::Printf(format) => expression::printf(sys, format, look.entry, look.root, look.accounts),
            Action::Ls => expression::listing(sys, look.entry, look.accounts),
            Action::Quit => return Err(Pause::Quit),
            Action::Prune => {
                self.pruned = Some(path.clone());
                return Ok(true);
            }
            Action::Delete => return Ok(self.delete(sys, look.entry)),
            Action::Gather(slot, _) => {
                if let Some(batch) = self.batches.get_mut(*slot) {
                    batch.push(path.clone());
                    if batch.len() >= MAX_BATCH {
                        let _later = self.run_batches(sys);
                    }
                }
                return Ok(true);
            }
            Action::Exec(argv) => {
                let nth = *commands;
                *commands += 1;
                if let Some(result) = current.results.get(nth) {
                    return Ok(*result);
                }
                let argv: Vec<String> = argv.iter().map(|a| a.replace("{}", path)).collect();
                return match child(sys, &argv, false) {
                    Ok(pid) => Err(Pause::Child(pid)),
                    Err(e) => {
                        self.no_command(sys, &argv, e);
                        current.results.push(false);
                        Ok(false)
                    }
                };
            }
        };
        // What was printed before a command interrupted the test stays printed once.
        let nth = *commands * 1000;
        if current.printed <= nth {
            sys.print(&text);
            current.printed = nth + 1;
        }
        Ok(true)
    }

    fn no_command(&mut self, sys: &mut Sys<'_>, argv: &[String], e: crate::base::Errno) {
        let name = argv.first().map_or("", String::as_str);
        complain(sys, &format!("'{name}': {e}"), &format!("{name}: {e}"));
    }

    fn delete(&mut self, sys: &mut Sys<'_>, entry: &Entry) -> bool {
        if matches!(entry.path.as_str(), "." | "..") {
            return true;
        }
        let path = &entry.path;
        let result = if entry.stat.is_dir() { sys.rmdir(path) } else { sys.unlink(path) };
        if let Err(e) = result {
            complain(sys, &format!("cannot delete '{path}': {e}"), &format!("{path}: {e}"));
            self.code = 1;
            return false;
        }
        true
    }

    /// Starts the next gathered command, if one is left.
    fn run_batches(&mut self, sys: &mut Sys<'_>) -> Option<Pid> {
        let mut commands = vec![];
        self.plan.test.gathered(&mut commands);
        for (slot, argv) in commands {
            let Some(files) = self.batches.get_mut(slot).filter(|b| !b.is_empty()).map(std::mem::take) else {
                continue;
            };
            let before = argv.iter().filter(|a| *a != "{}").cloned();
            let argv: Vec<String> = before.chain(files).collect();
            match child(sys, &argv, false) {
                Ok(pid) => return Some(pid),
                Err(e) => {
                    self.no_command(sys, &argv, e);
                    self.code = 1;
                }
            }
        }
        None
    }

    fn finish(&mut self, sys: &mut Sys<'_>) -> Step {
        match self.run_batches(sys) {
            Some(pid) => {
                self.running = Some(pid);
                Step::Block(Wait::child())
            }
            None => Step::Exit(self.code),
        }
    }
}

