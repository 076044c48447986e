//! Redirections, and undoing them.

use super::ast::RedirKind;
use super::machine::{Redirection, Shell, Undo};
use super::processes::close;
use super::voice::Voice;
use crate::base::Errno;
use crate::kernel::{OpenFlags, Sys};
use serde::{Deserialize, Serialize};

/// The operators of redirections, as data of a running shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    Read,
    Write,
    Clobber,
    Append,
    Both,
    DupIn,
    DupOut,
    WriteErr,
    AppendErr,
    Here,
}

impl From<RedirKind> for Kind {
    fn from(kind: RedirKind) -> Self {
        match kind {
            RedirKind::Read => Kind::Read,
            RedirKind::Write => Kind::Write,
            RedirKind::Clobber => Kind::Clobber,
            RedirKind::Append => Kind::Append,
            RedirKind::Both => Kind::Both,
            RedirKind::DupIn => Kind::DupIn,
            RedirKind::DupOut => Kind::DupOut,
            RedirKind::WriteErr => Kind::WriteErr,
            RedirKind::AppendErr => Kind::AppendErr,
            RedirKind::Here => Kind::Here,
        }
    }
}

impl Shell {
    /// Carries out redirections and tells what undoes them. On failure, which has been told, they are undone;
    /// the error is the status.
    pub(super) fn redirect(&mut self, sys: &mut Sys<'_>, redirs: &[Redirection]) -> Result<Undo, i32> {
        let mut undo = Undo::default();
        for redir in redirs {
            if let Err(text) = self.one(sys, redir, &mut undo) {
                let voice = self.voice;
                self.undo(sys, undo);
                self.complain(sys, &text);
                return Err(if voice == Voice::Dash { 2 } else { 1 });
            }
        }
        Ok(undo)
    }

    fn one(&mut self, sys: &mut Sys<'_>, redir: &Redirection, undo: &mut Undo) -> Result<(), String> {
        let reads = matches!(redir.kind, Kind::Read | Kind::Both | Kind::DupIn | Kind::Here);
        let fd = redir.fd.unwrap_or(if reads { 0 } else { 1 });
        match redir.kind {
            Kind::DupIn | Kind::DupOut => {
                let both = redir.kind == Kind::DupOut
                    && redir.fd.is_none()
                    && self.voice == Voice::Bash
                    && redir.target != "-"
                    && !redir.target.bytes().all(|b| b.is_ascii_digit());
                if both {
                    return self.open_onto(sys, redir, &[1, 2], undo);
                }
                self.duplicate(sys, fd, redir, undo)
            }
            Kind::WriteErr | Kind::AppendErr => self.open_onto(sys, redir, &[1, 2], undo),
            Kind::Here => {
                let opened = sys.open_bytes(redir.target.as_bytes()).map_err(|e| e.text().to_string())?;
                put(sys, opened, &[fd], undo);
                Ok(())
            }
            _ => self.open_onto(sys, redir, &[fd], undo),
        }
    }

    fn duplicate(
        &mut self,
        sys: &mut Sys<'_>,
        fd: i32,
        redir: &Redirection,
        undo: &mut Undo,
    ) -> Result<(), String> {
        if redir.target == "-" {
            save(sys, fd, undo);
            close(sys, fd);
            return Ok(());
        }
        let (text, moves) = match redir.target.strip_suffix('-') {
            Some(text) if self.voice == Voice::Bash => (text, true),
            _ => (redir.target.as_str(), false),
        };
        let Ok(from) = text.parse::<i32>() else {
            return Err(match self.voice {
                Voice::Bash | Voice::Gnu => format!("{}: ambiguous redirect", redir.target),
                Voice::Dash => "Syntax error: Bad fd number".to_string(),
                Voice::Ash => "syntax error: bad fd number".to_string(),
            });
        };
        if sys.object(from).is_err() {
            return Err(format!("{from}: Bad file descriptor"));
        }
        if from == fd {
            return Ok(());
        }
        save(sys, fd, undo);
        sys.dup_to(from, fd).map_err(|e| format!("{from}: {}", e.text()))?;
        if moves {
            save(sys, from, undo);
            close(sys, from);
        }
        Ok(())
    }

    fn open_onto(
        &mut self,
        sys: &mut Sys<'_>,
        redir: &Redirection,
        fds: &[i32],
        undo: &mut Undo,
    ) -> Result<(), String> {
        let path = redir.target.as_str();
        let flags = match redir.kind {
            Kind::Read => OpenFlags::READ,
            Kind::Both => OpenFlags { read: true, truncate: false, ..OpenFlags::WRITE },
            Kind::Append | Kind::AppendErr => OpenFlags::APPEND,
            _ => OpenFlags::WRITE,
        };
        if flags.write && self.is_restricted() {
            return Err(format!("{path}: restricted: cannot redirect output"));
        }
        let kept = redir.kind == Kind::Write && self.options.noclobber;
        if kept && sys.stat(path).is_ok_and(|s| s.is_file()) {
            return Err(match self.voice {
                Voice::Bash | Voice::Gnu => format!("{path}: cannot overwrite existing file"),
                Voice::Dash => format!("cannot create {path}: File exists"),
                Voice::Ash => format!("can't create {path}: File exists"),
            });
        }
        if path.is_empty() && self.voice == Voice::Bash {
            return Err(": No such file or directory".to_string());
        }
        match sys.open(path, flags, 0o666) {
            Ok(opened) => {
                put(sys, opened, fds, undo);
                Ok(())
            }
            Err(e) => Err(self.open_error(path, e, flags.create)),
        }
    }

    fn open_error(&self, path: &str, e: Errno, creates: bool) -> String {
        let missing = matches!(e, Errno::ENOENT | Errno::ENOTDIR);
        match (self.voice, creates) {
            (Voice::Bash | Voice::Gnu, _) => format!("{path}: {}", e.text()),
            (Voice::Dash, true) if missing => format!("cannot create {path}: Directory nonexistent"),
            (Voice::Dash, true) => format!("cannot create {path}: {}", e.text()),
            (Voice::Dash, false) if missing => format!("cannot open {path}: No such file"),
            (Voice::Dash, false) => format!("cannot open {path}: {}", e.text()),
            (Voice::Ash, true) if missing => format!("can't create {path}: nonexistent directory"),
            (Voice::Ash, true) => format!("can't create {path}: {}", e.text()),
            (Voice::Ash, false) if missing => format!("can't open {path}: no such file"),
            (Voice::Ash, false) => format!("can't open {path}: {}", e.text()),
        }
    }

    /// Puts descriptors and variables back.
    pub(super) fn undo(&mut self, sys: &mut Sys<'_>, undo: Undo) {
        for (fd, copy) in undo.fds.into_iter().rev() {
            match copy {
                Some(copy) => {
                    let _both_are_ours = sys.dup_to(copy, fd);
                    close(sys, copy);
                }
                None => close(sys, fd),
            }
        }
        for (name, var) in undo.vars.into_iter().rev() {
            self.vars.put_back(&name, var);
        }
    }
}

/// Keeps a copy of what a descriptor is, out of the way of scripts.
fn save(sys: &mut Sys<'_>, fd: i32, undo: &mut Undo) {
    undo.fds.push((fd, sys.dup_above(fd, 100).ok()));
}

/// Moves a fresh descriptor to where it is wanted.
fn put(sys: &mut Sys<'_>, opened: i32, fds: &[i32], undo: &mut Undo) {
    let mut stays = false;
    for fd in fds {
        if *fd == opened {
            undo.fds.push((*fd, None));
            stays = true;
            continue;
        }
        save(sys, *fd, undo);
        let _both_are_open = sys.dup_to(opened, *fd);
    }
    if !stays {
        close(sys, opened);
    }
}
