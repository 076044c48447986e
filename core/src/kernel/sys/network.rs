//! Sockets and names.

use super::Sys;
use crate::base::Errno;
use crate::kernel::net::{ListenerId, NetNsId, Tcp, Unresolved};
use crate::kernel::{Object, OpenFlags, Process};
use std::net::Ipv4Addr;

impl Sys<'_> {
    /// The network this process is in.
    pub fn network(&self) -> NetNsId {
        self.me().ok().and_then(|me| self.kernel().namespace(me.ns)).map_or(NetNsId::default(), |ns| ns.net)
    }

    /// Who holds a listener, as far as this process may look into others: the name, the number and the descriptor.
    pub fn holders(&self, id: ListenerId) -> Vec<(String, u32, i32)> {
        let uid = self.me().map_or(u32::MAX, |me| me.cred.uid);
        let seen = |p: &&Process| (uid == 0 || p.cred.uid == uid) && self.find_vpid(p.vpid) == Some(p.pid);
        let mut held = vec![];
        for process in self.kernel().processes().filter(seen) {
            let listens = |fd: &i32| {
                self.kernel()
                    .description(process.pid, *fd)
                    .is_ok_and(|d| matches!(d.object, Object::Listener(l) if l == id))
            };
            let fds = process.fds.keys().copied().filter(listens);
            held.extend(fds.map(|fd| (process.comm.to_string(), process.vpid, fd)));
        }
        held
    }

    /// Listens on a TCP port and gives the descriptor; block on it with `Wait::readable`.
    ///
    /// # Errors
    /// `EADDRINUSE`; `EACCES` for a port below 1024 without the right to it.
    pub fn listen(&mut self, address: Ipv4Addr, port: u16) -> Result<i32, Errno> {
        let me = self.me()?;
        let ns = self.kernel().namespace(me.ns).ok_or(Errno::ENODEV)?;
        let space = ns.net;
        let on_host = self.kernel().net.space(space).is_some_and(|s| s.host);
        let parameter = ns.limits.sysctls.get("net.ipv4.ip_unprivileged_port_start");
        let free_from =
            parameter.and_then(|text| text.parse().ok()).unwrap_or(if on_host { 1024 } else { 0 });
        if port != 0 && port < free_from && !me.cred.is_capable("NET_BIND_SERVICE") {
            return Err(Errno::EACCES);
        }
        let pid = self.pid;
        let kernel = self.kernel_mut();
        let listener = kernel.net.listen(space, address, port)?;
        let desc =
            kernel.describe(Object::Listener(listener), OpenFlags::READ, format!("socket:[{}]", listener.0));
        kernel.install(pid, desc, 3)
    }

    /// Takes a waiting connection and gives its descriptor; `None` where there is none yet.
    ///
    /// # Errors
    /// `EBADF` for a descriptor that does not listen.
    pub fn accept(&mut self, fd: i32) -> Result<Option<i32>, Errno> {
        let Object::Listener(listener) = self.object(fd)? else { return Err(Errno::EBADF) };
        let pid = self.pid;
        let kernel = self.kernel_mut();
        let Some(stream) = kernel.net.accept(listener) else { return Ok(None) };
        let desc = kernel.describe(Object::Stream(stream), OpenFlags::BOTH, format!("socket:[{}]", stream.0));
        kernel.install(pid, desc, 3).map(Some)
    }

    /// Connects and gives the descriptor.
    ///
    /// # Errors
    /// `ECONNREFUSED`, `ENETUNREACH`, `EHOSTUNREACH`, `ETIMEDOUT`.
    pub fn connect(&mut self, address: Ipv4Addr, port: u16) -> Result<i32, Errno> {
        let from = self.network();
        let pid = self.pid;
        let kernel = self.kernel_mut();
        let (stream, waiters) = kernel.net.connect(from, address, port)?;
        kernel.wake_all(waiters);
        let desc = kernel.describe(Object::Stream(stream), OpenFlags::BOTH, format!("socket:[{}]", stream.0));
        kernel.install(pid, desc, 3)
    }

    /// Sends no more on a connection; the other side reads the end.
    ///
    /// # Errors
    /// `EBADF` for a descriptor that is no connection.
    pub fn shutdown(&mut self, fd: i32) -> Result<(), Errno> {
        self.flush();
        let Object::Stream(stream) = self.object(fd)? else { return Err(Errno::EBADF) };
        let kernel = self.kernel_mut();
        let waiters = kernel.net.shutdown(stream);
        kernel.wake_all(waiters);
        Ok(())
    }

    /// The connection behind a descriptor: its addresses and ports.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn connection(&self, fd: i32) -> Result<&Tcp, Errno> {
        match self.object(fd)? {
            Object::Stream(stream) => self.kernel().net.stream(stream).ok_or(Errno::EBADF),
            _ => Err(Errno::EBADF),
        }
    }

    /// The addresses of a name: a literal address, `/etc/hosts`, the networks' own names, the internet.
    ///
    /// # Errors
    /// [`Unresolved`].
    pub fn lookup(&mut self, name: &str) -> Result<Vec<Ipv4Addr>, Unresolved> {
        if let Ok(address) = name.parse() {
            return Ok(vec![address]);
        }
        let hosts = self.read_file("/etc/hosts").unwrap_or_default();
        let hosts = String::from_utf8_lossy(&hosts).into_owned();
        let listed: Vec<Ipv4Addr> = hosts
            .lines()
            .filter_map(|line| {
                let mut words = line.split('#').next()?.split_whitespace();
                let address: Ipv4Addr = words.next()?.parse().ok()?;
                words.any(|w| w.eq_ignore_ascii_case(name)).then_some(address)
            })
            .collect();
        if !listed.is_empty() {
            return Ok(listed);
        }
        if name.eq_ignore_ascii_case("localhost") {
            return Ok(vec![Ipv4Addr::LOCALHOST]);
        }
        self.kernel().net.lookup(self.network(), name)
    }

    /// True where a ping is answered.
    ///
    /// # Errors
    /// `ENETUNREACH`, `EHOSTUNREACH`.
    pub fn ping(&self, address: Ipv4Addr) -> Result<bool, Errno> {
        self.kernel().net.answers_ping(self.network(), address)
    }
}
