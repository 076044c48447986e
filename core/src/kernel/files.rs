//! Open files: reading, writing and closing whatever a descriptor refers to.

use super::{
    Chunk, Code, DescId, Description, Exit, Fd, FsId, Kernel, Object, OpenFlags, PIPE_CAPACITY, Pid, Place,
    Read, Signal, Source, Wait, net,
};
use crate::base::Errno;
use crate::fs::{Ino, Node};
use std::sync::Arc;

/// How many descriptors a process may have open.
const MAX_FDS: usize = 1024;

impl Kernel {
    pub(super) fn share(&mut self, desc: DescId) {
        if let Some(d) = self.descriptions.get_mut(&desc) {
            Arc::make_mut(d).refs += 1;
        }
    }

    /// Lets go of a description; the last one closes what it refers to.
    pub(super) fn unshare(&mut self, desc: DescId) {
        let Some(d) = self.descriptions.get_mut(&desc).map(Arc::make_mut) else { return };
        d.refs = d.refs.saturating_sub(1);
        if d.refs > 0 {
            return;
        }
        let Some(d) = self.descriptions.remove(&desc) else { return };
        match d.object {
            Object::PipeReader(pipe) => self.drop_pipe_end(pipe, false),
            Object::PipeWriter(pipe) => self.drop_pipe_end(pipe, true),
            Object::Sink(sink, _) => {
                if let Some(s) = self.sinks.get_mut(&sink).map(Arc::make_mut) {
                    s.writers = s.writers.saturating_sub(1);
                }
            }
            Object::File(place) => self.release_orphans(place.fs),
            Object::Stream(stream) => self.close_stream(stream),
            Object::Listener(listener) => self.close_listener(listener),
            _ => {}
        }
    }

    /// Frees the inodes of a filesystem that have no name, unless something has them open or
    /// mounted.
    pub(super) fn release_orphans(&mut self, fs: FsId) {
        let Some(view) = self.view(fs) else { return };
        let orphans: Vec<Ino> = view.orphans().collect();
        if orphans.is_empty() {
            return;
        }
        let open = |ino: Ino| {
            self.descriptions
                .values()
                .any(|d| matches!(d.object, Object::File(place) if (place.fs, place.ino) == (fs, ino)))
        };
        let mounted = |ino: Ino| {
            let mut mounts = self.namespaces.values().flat_map(|ns| &ns.mounts);
            mounts.any(|mount| mount.source == Source::Disk { fs, root: ino })
        };
        let idle: Vec<Ino> = orphans.into_iter().filter(|ino| !open(*ino) && !mounted(*ino)).collect();
        if let Some(view) = self.view_mut(fs).filter(|_| !idle.is_empty()) {
            idle.into_iter().for_each(|ino| view.release(ino));
        }
    }

    pub(super) fn description(&self, pid: Pid, fd: i32) -> Result<&Description, Errno> {
        let fd = self.process(pid).and_then(|p| p.fds.get(&fd)).ok_or(Errno::EBADF)?;
        self.descriptions.get(&fd.desc).map(AsRef::as_ref).ok_or(Errno::EBADF)
    }

    fn description_mut(&mut self, pid: Pid, fd: i32) -> Result<&mut Description, Errno> {
        let desc = self.process(pid).and_then(|p| p.fds.get(&fd)).ok_or(Errno::EBADF)?.desc;
        self.descriptions.get_mut(&desc).map(Arc::make_mut).ok_or(Errno::EBADF)
    }

    /// Gives `desc` the lowest free descriptor from `from` on.
    pub(super) fn install(&mut self, pid: Pid, desc: DescId, from: i32) -> Result<i32, Errno> {
        let most = self.most_descriptors(pid);
        let Some(process) = self.process_mut(pid) else { return Err(Errno::ESRCH) };
        let mut fd = from;
        while process.fds.contains_key(&fd) {
            fd += 1;
        }
        if process.fds.len() >= MAX_FDS || fd >= most {
            self.unshare(desc);
            return Err(Errno::EMFILE);
        }
        process.fds.insert(fd, Fd { desc, cloexec: false });
        Ok(fd)
    }

    /// `--ulimit nofile`: the number that no new descriptor reaches.
    fn most_descriptors(&self, pid: Pid) -> i32 {
        let ns = self.process(pid).and_then(|p| self.namespace(p.ns));
        let limit = ns.and_then(|ns| ns.limits.soft("nofile"));
        limit.and_then(|limit| i32::try_from(limit).ok()).unwrap_or(i32::MAX)
    }

    pub(super) fn close(&mut self, pid: Pid, fd: i32) -> Result<(), Errno> {
        let slot = self.process_mut(pid).and_then(|p| p.fds.remove(&fd)).ok_or(Errno::EBADF)?;
        self.unshare(slot.desc);
        Ok(())
    }

    pub(super) fn dup_to(&mut self, pid: Pid, from: i32, to: i32) -> Result<(), Errno> {
        let slot = self.process(pid).and_then(|p| p.fds.get(&from).copied()).ok_or(Errno::EBADF)?;
        if from == to {
            return Ok(());
        }
        // The shell keeps its own descriptors at the upper end, whatever the limit.
        if to >= self.most_descriptors(pid) && to < 255 {
            return Err(Errno::EBADF);
        }
        self.share(slot.desc);
        let old =
            self.process_mut(pid).and_then(|p| p.fds.insert(to, Fd { desc: slot.desc, cloexec: false }));
        if let Some(old) = old {
            self.unshare(old.desc);
        }
        Ok(())
    }

    /// Reads up to `max` bytes from a descriptor.
    pub(super) fn read_fd(&mut self, pid: Pid, fd: i32, max: usize) -> Result<Read, Errno> {
        let d = self.description(pid, fd)?;
        if !d.flags.read {
            return Err(Errno::EBADF);
        }
        match d.object.clone() {
            Object::File(place) => self.read_file_fd(pid, fd, place, max),
            Object::Generated(data) => {
                let d = self.description_mut(pid, fd)?;
                let start = usize::try_from(d.offset).unwrap_or(usize::MAX).min(data.len());
                let end = start.saturating_add(max).min(data.len());
                d.offset = end as u64;
                Ok(Read::of(data[start..end].to_vec()))
            }
            Object::Null => Ok(Read::End),
            Object::Zero | Object::Full => Ok(Read::Data(vec![0; max.min(PIPE_CAPACITY)])),
            Object::Random => {
                let rng = &mut self.rng;
                Ok(Read::Data((0..max.min(PIPE_CAPACITY)).map(|_| rng.next_u64() as u8).collect()))
            }
            Object::PipeReader(pipe) => {
                let p = self.pipe(pipe).ok_or(Errno::EBADF)?;
                match (p.buffer.is_empty(), p.writers) {
                    (true, 0) => Ok(Read::End),
                    (true, _) => Ok(Read::Wait),
                    _ => Ok(Read::Data(self.drain_pipe(pipe, max))),
                }
            }
            Object::Tty(tty) => self.read_tty(tty, max),
            Object::Stream(stream) => self.read_stream(stream, max),
            Object::PipeWriter(_) | Object::Sink(..) | Object::Listener(_) => Err(Errno::EBADF),
        }
    }

    fn read_file_fd(&mut self, pid: Pid, fd: i32, place: Place, max: usize) -> Result<Read, Errno> {
        let offset = self.description(pid, fd)?.offset;
        let data = match &self.inode(place).ok_or(Errno::ENOENT)?.node {
            Node::File(content) => content.read(offset, max.min(PIPE_CAPACITY)).into_owned(),
            Node::Dir(_) => return Err(Errno::EISDIR),
            _ => return Err(Errno::EINVAL),
        };
        self.description_mut(pid, fd)?.offset = offset.saturating_add(data.len() as u64);
        Ok(Read::of(data))
    }

    /// A line at a time, as in canonical mode.
    fn read_tty(&mut self, tty: super::TtyId, max: usize) -> Result<Read, Errno> {
        let t = self.tty_mut(tty).ok_or(Errno::EIO)?;
        if t.input.is_empty() {
            if t.eof {
                t.eof = false;
                return Ok(Read::End);
            }
            return Ok(Read::Wait);
        }
        let line = t.input.iter().position(|b| *b == b'\n').map_or(t.input.len(), |i| i + 1);
        Ok(Read::Data(t.input.drain(..line.min(max)).collect()))
    }

    /// Writes to a descriptor; tells how much was taken, 0 where it is full.
    pub(super) fn write_fd(&mut self, pid: Pid, fd: i32, data: &[u8]) -> Result<usize, Errno> {
        let d = self.description(pid, fd)?;
        if !d.flags.write {
            return Err(Errno::EBADF);
        }
        let now = self.now;
        match d.object.clone() {
            Object::File(place) => self.write_file_fd(pid, fd, place, data),
            Object::Null | Object::Zero | Object::Random => Ok(data.len()),
            Object::Full => Err(Errno::ENOSPC),
            Object::Generated(_) => Err(Errno::EACCES),
            Object::PipeWriter(pipe) => match self.feed_pipe(pipe, data) {
                Some(n) => Ok(n),
                None => {
                    let _self_may_ignore_it = self.signal(pid, Signal::PIPE);
                    Err(Errno::EPIPE)
                }
            },
            Object::Sink(sink, stream) => {
                let s = self.sinks.get_mut(&sink).map(Arc::make_mut).ok_or(Errno::EPIPE)?;
                s.chunks.push(Chunk { time: now, stream, data: Arc::from(data) });
                if let Some(owner) = s.owner {
                    self.notify(super::Notice::Output(owner));
                }
                Ok(data.len())
            }
            Object::Tty(tty) => {
                let t = self.tty_mut(tty).ok_or(Errno::EIO)?;
                t.output.push(Chunk {
                    time: now,
                    stream: super::Stream::Stdout,
                    data: Arc::from(onlcr(data)),
                });
                if let Some(owner) = t.owner {
                    self.notify(super::Notice::Output(owner));
                }
                Ok(data.len())
            }
            Object::Stream(stream) => self.write_stream(pid, stream, data),
            Object::PipeReader(_) | Object::Listener(_) => Err(Errno::EBADF),
        }
    }

    fn write_file_fd(&mut self, pid: Pid, fd: i32, place: Place, data: &[u8]) -> Result<usize, Errno> {
        let now = self.now;
        let d = self.description(pid, fd)?;
        let append = d.flags.append;
        let offset = d.offset;
        let start = if append { u64::MAX } else { offset };
        let room = self.room(place, start, data.len());
        let allowed = self.allowed(pid, place, start, data.len())?;
        let fits = data.get(..room.min(allowed)).unwrap_or(data);
        self.pay(fits.len() as u64, 0)?;
        let view = self.view_mut(place.fs).ok_or(Errno::EIO)?;
        if append {
            view.append(place.ino, fits, now)?;
        } else {
            view.write(place.ino, offset, fits, now)?;
            self.description_mut(pid, fd)?.offset = offset.saturating_add(fits.len() as u64);
        }
        self.charge(pid, place.fs);
        match fits.len() == data.len() {
            true => Ok(data.len()),
            false if room <= allowed => Err(Errno::ENOSPC),
            false => self.allowed(pid, place, start.saturating_add(fits.len() as u64), 1),
        }
    }

    /// How many of `wanted` bytes a process may write at `offset` (beyond the end: appended) under its limit on
    /// the size of files.
    ///
    /// # Errors
    /// `EFBIG` where it may write none; the signal `XFSZ` is on its way.
    pub(super) fn allowed(
        &mut self,
        pid: Pid,
        place: Place,
        offset: u64,
        wanted: usize,
    ) -> Result<usize, Errno> {
        let ns = self.process(pid).and_then(|p| self.namespace(p.ns));
        let Some(limit) = ns.and_then(|ns| ns.limits.soft("fsize")) else { return Ok(wanted) };
        let size = self.inode(place).map_or(0, crate::fs::Inode::size);
        let left = usize::try_from(limit.saturating_sub(offset.min(size))).unwrap_or(usize::MAX);
        if left == 0 && wanted > 0 {
            let _self_may_ignore_it = self.signal(pid, Signal::XFSZ);
            return Err(Errno::EFBIG);
        }
        Ok(wanted.min(left))
    }

    /// How many of `wanted` bytes can be written at `offset` (beyond the end: appended) before a bounded
    /// filesystem is full.
    pub(super) fn room(&self, place: Place, offset: u64, wanted: usize) -> usize {
        let Some((bound, used)) = self.quota(place.fs) else { return wanted };
        let size = self.inode(place).map_or(0, crate::fs::Inode::size);
        let end = offset.min(size).saturating_add(wanted as u64);
        let excess = end.saturating_sub(size).saturating_sub(bound.saturating_sub(used));
        wanted.saturating_sub(usize::try_from(excess).unwrap_or(usize::MAX))
    }

    /// Puts `pid` on the list of those that a change of `fd` wakes.
    pub(super) fn enlist(&mut self, pid: Pid, fd: i32) {
        let Ok(d) = self.description(pid, fd) else { return };
        match d.object {
            Object::PipeReader(pipe) | Object::PipeWriter(pipe) => {
                if let Some(p) = self.pipes.get_mut(&pipe) {
                    Arc::make_mut(p).waiters.insert(pid);
                }
            }
            Object::Tty(tty) => {
                if let Some(t) = self.tty_mut(tty) {
                    t.waiters.insert(pid);
                }
            }
            Object::Stream(stream) => self.net.wait_for_stream(stream, pid),
            Object::Listener(listener) => self.net.wait_for_listener(listener, pid),
            _ => {}
        }
    }

    /// Delivers a process's pending output; what it still waits for, if something is full.
    pub(super) fn flush(&mut self, pid: Pid) -> Option<Wait> {
        loop {
            let (fd, data) = {
                let process = self.process(pid)?;
                process.pending.first().cloned()?
            };
            match self.write_fd(pid, fd, &data) {
                Ok(n) if n < data.len() => {
                    let process = self.process_mut(pid)?;
                    if let Some(first) = process.pending.first_mut() {
                        first.1.drain(..n);
                    }
                    return Some(Wait { write: vec![fd], ..Wait::default() });
                }
                Ok(_) => {
                    let process = self.process_mut(pid)?;
                    process.pending.remove(0);
                }
                Err(e) => self.lose(pid, fd, e),
            }
        }
    }

    /// What cannot be written is lost; what that means to the program is for [`Kernel::judge_writing`].
    fn lose(&mut self, pid: Pid, fd: i32, e: Errno) {
        let Some(process) = self.process_mut(pid) else { return };
        process.pending.retain(|(to, _)| *to != fd);
        process.failed_write = Some((fd, e));
    }

    /// As [`Kernel::flush`], for a process between two steps: a write that failed has its consequence.
    pub(super) fn deliver_output(&mut self, pid: Pid) -> Option<Wait> {
        let full = self.flush(pid);
        if full.is_some() || self.process(pid)?.failed_write.is_none() {
            return full;
        }
        self.judge_writing(pid);
        self.flush(pid)
    }

    /// Where a write has failed, a program says so and ends with 1; shells and servers go on.
    fn judge_writing(&mut self, pid: Pid) {
        let Some(process) = self.process_mut(pid) else { return };
        let survives = match &process.program {
            Code::State(_, program) => program.survives_write_errors(),
            _ => false,
        };
        match process.failed_write.take() {
            // A pipe that nobody reads has sent its signal, and so has the limit on the size of files.
            Some((_, Errno::EPIPE)) | None => {}
            Some((_, Errno::EFBIG)) if process.signals.contains(&Signal::XFSZ) => {}
            Some(_) if survives => {}
            Some((fd, e)) => {
                if fd != 2 {
                    let name =
                        process.argv.first().map_or("", |path| path.rsplit('/').next().unwrap_or(path));
                    let text = format!("{name}: write error: {}\n", e.text());
                    process.pending.push((2, text.into_bytes()));
                }
                process.ending = Some(Exit::Code(1));
            }
        }
    }

    /// Opens what a place holds.
    pub(super) fn open_place(
        &mut self,
        place: Place,
        flags: OpenFlags,
        path: String,
    ) -> Result<DescId, Errno> {
        let now = self.now;
        let object = match &self.inode(place).ok_or(Errno::ENOENT)?.node {
            Node::CharDevice { major, minor } => device(*major, *minor).ok_or(Errno::ENXIO)?,
            Node::BlockDevice { .. } | Node::Fifo | Node::Socket => return Err(Errno::ENXIO),
            Node::Dir(_) if flags.write => return Err(Errno::EISDIR),
            Node::Symlink(_) => return Err(Errno::ELOOP),
            Node::Dir(_) | Node::File(_) => Object::File(place),
        };
        if object == Object::File(place) && flags.write {
            let view = self.view_mut(place.fs).ok_or(Errno::EIO)?;
            view.copy_up(place.dir, place.ino);
            if flags.truncate {
                view.truncate(place.ino, 0, now)?;
            }
        }
        Ok(self.describe(object, flags, path))
    }

    fn close_stream(&mut self, stream: net::StreamId) {
        let waiters = self.net.close_stream(stream);
        self.wake_all(waiters);
    }

    fn close_listener(&mut self, listener: net::ListenerId) {
        let waiters = self.net.close_listener(listener);
        self.wake_all(waiters);
    }

    fn read_stream(&mut self, stream: net::StreamId, max: usize) -> Result<Read, Errno> {
        let (read, waiters) = self.net.read(stream, max)?;
        self.wake_all(waiters);
        Ok(read)
    }

    fn write_stream(&mut self, pid: Pid, stream: net::StreamId, data: &[u8]) -> Result<usize, Errno> {
        match self.net.write(stream, data) {
            Ok((n, waiters)) => {
                self.wake_all(waiters);
                Ok(n)
            }
            Err(e) => {
                if e == Errno::EPIPE {
                    let _self_may_ignore_it = self.signal(pid, Signal::PIPE);
                }
                Err(e)
            }
        }
    }
}

/// A terminal prints a line feed as carriage return and line feed.
fn onlcr(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len() + 8);
    for byte in data {
        if *byte == b'\n' {
            out.push(b'\r');
        }
        out.push(*byte);
    }
    out
}

/// The devices every container has, by their numbers on Linux.
fn device(major: u32, minor: u32) -> Option<Object> {
    match (major, minor) {
        (1, 3) => Some(Object::Null),
        (1, 5) => Some(Object::Zero),
        (1, 7) => Some(Object::Full),
        (1, 8 | 9) => Some(Object::Random),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Time;
    use crate::fs::View;

    #[test]
    fn a_removed_file_lives_until_its_last_close() {
        let mut kernel = Kernel::new(1, Time(0));
        let fs = kernel.add_fs(View::empty(Time(0)));
        let view = kernel.view_mut(fs).unwrap();
        let ino = view.write_file("/f", "x", 0o644, Time(0)).unwrap();
        let place = Place { fs, dir: View::ROOT, ino };
        let desc = kernel.open_place(place, OpenFlags::READ, "/f".into()).unwrap();
        kernel.view_mut(fs).unwrap().unlink(View::ROOT, "f", Time(0)).unwrap();
        kernel.release_orphans(fs);
        assert!(kernel.inode(place).is_some());
        kernel.unshare(desc);
        assert!(kernel.inode(place).is_none());
    }
}
