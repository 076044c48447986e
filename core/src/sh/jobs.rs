//! Jobs in the background, and messages about signals that ended children.

use super::machine::{Doing, Flow, Shell, Turn};
use super::voice::Voice;
use crate::kernel::{Exit, Pid, Signal, Sys, Wait};
use serde::{Deserialize, Serialize};

/// How many ended jobs are remembered.
const MAX_JOBS: usize = 1000;

/// A job in the background.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    pub number: u32,
    pub pid: Pid,
    pub vpid: u32,
    pub text: String,
    pub ended: Option<Exit>,
    /// Its end has been told or waited for.
    pub told: bool,
}

impl Shell {
    pub(super) fn add_job(&mut self, sys: &mut Sys<'_>, pid: Pid, text: &str) {
        if self.jobs.len() >= MAX_JOBS {
            self.jobs.retain(|job| job.ended.is_none());
        }
        let number = self.jobs.iter().map(|j| j.number).max().unwrap_or(0) + 1;
        let vpid = sys.vpid_of(pid);
        self.jobs.push(Job { number, pid, vpid, text: text.to_string(), ended: None, told: false });
        if self.options.interactive && self.voice != Voice::Ash && self.subshell == 0 {
            sys.eprint(&format!("[{number}] {vpid}\n"));
        }
    }

    /// Notes the end of a job; false where the child is none.
    pub(super) fn note_job(&mut self, pid: Pid, exit: Exit) -> bool {
        match self.jobs.iter_mut().find(|job| job.pid == pid) {
            Some(job) => {
                job.ended = Some(exit);
                true
            }
            None => false,
        }
    }

    /// What a shell says when a child that it waited for, which ran `text`, was ended by a signal.
    pub(super) fn announce_signal(&mut self, sys: &mut Sys<'_>, pid: Pid, signal: Signal, text: &str) {
        let job = self.jobs.iter().find(|job| job.pid == pid);
        let short = signal == Signal::TERM && self.voice == Voice::Bash && !self.options.interactive;
        if (short && job.is_some()) || signal == Signal::INT || signal == Signal::PIPE || self.subshell > 0 {
            return;
        }
        let words = describe(signal);
        if short || self.voice != Voice::Bash || self.options.interactive {
            sys.eprint(&format!("{words}\n"));
            return;
        }
        let command = job.map_or(text, |job| job.text.as_str());
        let vpid = job.map_or_else(|| self.last_vpid(sys, pid), |job| job.vpid);
        let text = format!("{vpid:>5} {words:<24}{command}");
        self.complain(sys, &text);
    }

    fn last_vpid(&self, sys: &Sys<'_>, pid: Pid) -> u32 {
        // The child is gone; numbers follow each other in one namespace.
        sys.vpid() + pid.0.saturating_sub(sys.pid().0)
    }

    /// `wait`
    pub(super) fn continue_wait(&mut self, sys: &mut Sys<'_>) -> Turn<Flow> {
        self.reap(sys);
        if let Some(signal) = self.pending.iter().find(|s| self.traps.contains_key(&s.number())).copied() {
            return self.end_builtin(sys, 128 + signal.number());
        }
        let Doing::Wait { pids, next } = &self.doing else { return Ok(Flow::Next) };
        let wanted = |job: &Job| pids.as_ref().is_none_or(|p| p.contains(&job.pid));
        let running = self.jobs.iter().filter(|job| wanted(job)).any(|job| job.ended.is_none());
        let ended = self.jobs.iter().filter(|job| wanted(job)).any(|job| job.ended.is_some() && !job.told);
        if running && !(*next && ended) {
            return Ok(Flow::Block(Wait::child()));
        }
        let (pids, next) = (pids.clone(), *next);
        let mut status = 0;
        match &pids {
            _ if next => {
                let wanted = |job: &Job| pids.as_ref().is_none_or(|p| p.contains(&job.pid));
                let first = self.jobs.iter_mut().find(|job| wanted(job) && job.ended.is_some() && !job.told);
                status = match first {
                    Some(job) => {
                        job.told = true;
                        job.ended.map_or(0, Exit::status)
                    }
                    None => 127,
                };
            }
            Some(pids) => {
                for pid in pids {
                    let job = self.jobs.iter().find(|job| job.pid == *pid).cloned();
                    if let Some(Exit::Signal(signal)) = job.as_ref().and_then(|j| j.ended) {
                        self.announce_signal(sys, *pid, signal, "");
                    }
                    status = job.and_then(|j| j.ended).map_or(127, Exit::status);
                }
                self.jobs.retain(|job| !pids.contains(&job.pid));
            }
            None => self.jobs.retain(|job| job.ended.is_none()),
        }
        self.ended.retain(|pid, _| self.jobs.iter().any(|job| job.pid == *pid));
        self.end_builtin(sys, status)
    }

    /// Tells of jobs that ended since the last prompt.
    pub(super) fn tell_jobs(&mut self, sys: &mut Sys<'_>) {
        self.reap(sys);
        let current = self.jobs.len();
        for i in 0..current {
            let Some(job) = self.jobs.get(i).filter(|j| j.ended.is_some() && !j.told).cloned() else {
                continue;
            };
            let sign = mark(i, current);
            sys.eprint(&format!("[{}]{sign}  {:<24}{}\n", job.number, state(job.ended), job.text));
        }
        self.jobs.retain(|job| job.ended.is_none());
    }

    /// `jobs`: all, or only one.
    pub(super) fn list_jobs(
        &mut self,
        sys: &mut Sys<'_>,
        only: Option<Pid>,
        pids_only: bool,
        with_pids: bool,
    ) {
        self.reap(sys);
        let count = self.jobs.len();
        let mut out = String::new();
        for (i, job) in self.jobs.iter().enumerate().filter(|(_, job)| only.is_none_or(|pid| pid == job.pid))
        {
            if pids_only {
                out.push_str(&format!("{}\n", job.vpid));
                continue;
            }
            let pid = if with_pids { format!("{} ", job.vpid) } else { String::new() };
            let running = job.ended.is_none() && self.voice == Voice::Bash;
            let tail = if running { " &" } else { "" };
            let width = if self.voice == Voice::Bash { 24 } else { 27 };
            let sign = mark(i, count);
            let gap = if self.voice == Voice::Bash { "  " } else { " " };
            out.push_str(&format!(
                "[{}]{sign}{gap}{pid}{:<width$}{}{tail}\n",
                job.number,
                state(job.ended),
                job.text
            ));
        }
        sys.print(&out);
        self.jobs.retain(|job| job.ended.is_none() || only.is_some_and(|pid| pid != job.pid));
    }

    /// The process a job or process number names: `%1`, `%%`, `12`.
    pub(super) fn job_pid(&self, text: &str, sys: &Sys<'_>) -> Option<Pid> {
        let Some(job) = text.strip_prefix('%') else {
            let vpid: u32 = text.parse().ok()?;
            let known = self.jobs.iter().find(|job| job.vpid == vpid).map(|job| job.pid);
            return known.or_else(|| sys.find_vpid(vpid));
        };
        match job {
            "" | "%" | "+" => self.jobs.last().map(|j| j.pid),
            "-" => self.jobs.iter().rev().nth(1).map(|j| j.pid),
            _ => match job.parse::<u32>() {
                Ok(number) => self.jobs.iter().find(|j| j.number == number).map(|j| j.pid),
                Err(_) => self.jobs.iter().find(|j| j.text.starts_with(job)).map(|j| j.pid),
            },
        }
    }
}

fn mark(i: usize, count: usize) -> char {
    match count - i {
        1 => '+',
        2 => '-',
        _ => ' ',
    }
}

fn state(ended: Option<Exit>) -> String {
    match ended {
        None => "Running".to_string(),
        Some(Exit::Code(0)) => "Done".to_string(),
        Some(Exit::Code(code)) => format!("Exit {code}"),
        Some(Exit::Signal(signal)) => describe(signal),
    }
}

/// The words of `strsignal(3)`.
pub fn describe(signal: Signal) -> String {
    match signal.number() {
        1 => "Hangup",
        2 => "Interrupt",
        3 => "Quit",
        4 => "Illegal instruction",
        5 => "Trace/breakpoint trap",
        6 => "Aborted",
        7 => "Bus error",
        8 => "Floating point exception",
        9 => "Killed",
        10 => "User defined signal 1",
        11 => "Segmentation fault",
        12 => "User defined signal 2",
        13 => "Broken pipe",
        14 => "Alarm clock",
        15 => "Terminated",
        24 => "CPU time limit exceeded",
        25 => "File size limit exceeded",
        n => return format!("Signal {n}"),
    }
    .to_string()
}
