//! Published ports as real ports of this computer: listeners that come and go with containers, and bytes that go
//! through to the simulated service.

use super::owner::{Ask, BACKLOG, Flow};
use drydock::kernel::net::Protocol;
use drydock::session::Server;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::Sender;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How much is read at once, in bytes.
const CHUNK: usize = 16 << 10;

/// The listeners.
pub struct Ports {
    asks: Sender<Ask>,
    open: BTreeMap<u16, Vec<JoinHandle<()>>>,
}

impl Ports {
    /// None yet.
    pub fn new(asks: Sender<Ask>) -> Self {
        Self { asks, open: BTreeMap::new() }
    }

    /// Opens the ports that are newly published; those that something of this computer holds come back.
    pub fn claim(&mut self, server: &Server) -> BTreeSet<u16> {
        let wanted = wanted(server);
        if wanted.len() == self.open.len() && wanted.iter().all(|port| self.open.contains_key(port)) {
            return BTreeSet::new();
        }
        let mut taken = BTreeSet::new();
        for port in wanted {
            if self.open.contains_key(&port) {
                continue;
            }
            match bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))) {
                Some(listener) => {
                    let mut tasks = vec![tokio::spawn(accept(listener, port, self.asks.clone()))];
                    // Where this computer has version 6, clients may try it first.
                    if let Some(listener) = bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))) {
                        tasks.push(tokio::spawn(accept(listener, port, self.asks.clone())));
                    }
                    self.open.insert(port, tasks);
                }
                None => drop(taken.insert(port)),
            }
        }
        taken
    }

    /// Closes the ports that are published no more, and opens those of containers that have started by themselves.
    pub fn follow(&mut self, server: &Server) {
        let wanted = wanted(server);
        if wanted.len() == self.open.len() && wanted.iter().all(|port| self.open.contains_key(port)) {
            return;
        }
        self.open.retain(|port, tasks| {
            let stays = wanted.contains(port);
            if !stays {
                tasks.iter().for_each(JoinHandle::abort);
            }
            stays
        });
        for port in self.claim(server) {
            eprintln!("drydock: port {port} of this computer is in use: the container's is not reachable");
        }
    }
}

fn wanted(server: &Server) -> BTreeSet<u16> {
    let all = server.world().kernel.net.published();
    all.filter(|(protocol, ..)| *protocol == Protocol::Tcp).map(|(_, port, _)| port).collect()
}

fn bind(address: SocketAddr) -> Option<TcpListener> {
    let listener = std::net::TcpListener::bind(address).ok()?;
    listener.set_nonblocking(true).ok()?;
    TcpListener::from_std(listener).ok()
}

async fn accept(listener: TcpListener, port: u16, asks: Sender<Ask>) {
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(carry(client, port, asks.clone()));
    }
}

/// Carries bytes both ways until both ends have had enough.
async fn carry(client: TcpStream, port: u16, asks: Sender<Ask>) {
    let (answer, dialled) = oneshot::channel();
    if asks.send(Ask::Dial(port, answer)).await.is_err() {
        return;
    }
    let Ok(Some(mut flow)) = dialled.await else { return };
    let ticket = flow.ticket;
    let (mut reader, mut writer) = client.into_split();
    let up = async move {
        feed(&mut reader, ticket, &asks).await;
    };
    let down = async move {
        while let Some(Ok(bytes)) = flow.next().await {
            if writer.write_all(&bytes).await.is_err() {
                return;
            }
        }
        let _the_client_may_have_gone = writer.shutdown().await;
    };
    tokio::pin!(up, down);
    tokio::select! {
        () = &mut down => {}
        () = &mut up => down.await,
    }
}

/// Hands what a client sends to the owner, until it sends no more.
pub async fn feed(
    reader: &mut (impl tokio::io::AsyncRead + Unpin),
    ticket: drydock::session::Ticket,
    asks: &Sender<Ask>,
) {
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = reader.read(&mut buffer).await.unwrap_or(0);
        let Some(data) = buffer.get(..read).filter(|data| !data.is_empty()) else {
            let _the_owner_may_have_gone = asks.send(Ask::End(ticket)).await;
            return;
        };
        if !hand_over(bytes::Bytes::copy_from_slice(data), ticket, asks).await {
            return;
        }
    }
}

/// Hands bytes to the owner, and waits while too many have not been taken; false where the owner has gone.
pub async fn hand_over(bytes: bytes::Bytes, ticket: drydock::session::Ticket, asks: &Sender<Ask>) -> bool {
    let mut bytes = bytes;
    loop {
        let (answer, waiting) = oneshot::channel();
        if asks.send(Ask::Feed(ticket, bytes, answer)).await.is_err() {
            return false;
        }
        match waiting.await {
            Ok(backlog) if backlog < BACKLOG => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        bytes = bytes::Bytes::new();
    }
}

/// Hands what there is for a client to a writer.
pub async fn drain(flow: &mut Flow, writer: &mut (impl tokio::io::AsyncWrite + Unpin)) {
    while let Some(Ok(bytes)) = flow.next().await {
        if writer.write_all(&bytes).await.is_err() || writer.flush().await.is_err() {
            return;
        }
    }
    let _the_client_may_have_gone = writer.shutdown().await;
}
