//! Listening: Unix sockets that only their owner may use, and loopback addresses.

use super::buildkit::Kit;
use super::http;
use super::owner::Ask;
use std::net::{SocketAddr, ToSocketAddrs};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::Sender;

/// How many clients may be connected at once.
const CONNECTIONS: usize = 1024;

/// A place to connect to.
pub enum Listener {
    /// A Unix socket and its file.
    Unix(UnixListener, PathBuf),
    /// A TCP port.
    Tcp(TcpListener, SocketAddr),
}

impl Listener {
    /// The address as clients write it.
    pub fn shown(&self) -> String {
        match self {
            Listener::Unix(_, path) => format!("unix://{}", path.display()),
            Listener::Tcp(_, address) => format!("tcp://{address}"),
        }
    }

    /// The file to remove at the end.
    pub fn socket_file(&self) -> Option<PathBuf> {
        match self {
            Listener::Unix(_, path) => Some(path.clone()),
            Listener::Tcp(..) => None,
        }
    }
}

/// Listens at `unix:///PATH` or `tcp://HOST:PORT`.
///
/// # Errors
/// A message that names the address.
pub fn bind(host: &str, allow_remote: bool) -> Result<Listener, String> {
    let fail = |why: &dyn std::fmt::Display| format!("{host}: {why}");
    if let Some(path) = host.strip_prefix("unix://") {
        return unix(Path::new(path)).map_err(|e| fail(&e));
    }
    let Some(address) = host.strip_prefix("tcp://") else {
        return Err(fail(&"not unix:///PATH or tcp://HOST:PORT"));
    };
    let mut all = address.trim_end_matches('/').to_socket_addrs().map_err(|e| fail(&e))?;
    let address = all.next().ok_or_else(|| fail(&"no such address"))?;
    if !address.ip().is_loopback() && !allow_remote {
        return Err(fail(&"beyond loopback; --allow-remote lets anybody in who can reach it"));
    }
    let listener = std::net::TcpListener::bind(address).map_err(|e| fail(&e))?;
    listener.set_nonblocking(true).map_err(|e| fail(&e))?;
    let address = listener.local_addr().map_err(|e| fail(&e))?;
    Ok(Listener::Tcp(TcpListener::from_std(listener).map_err(|e| fail(&e))?, address))
}

/// A socket gets its rights under another name, and its own only then: nobody else ever sees it open.
fn unix(path: &Path) -> std::io::Result<Listener> {
    if let Ok(found) = std::fs::symlink_metadata(path) {
        if !found.file_type().is_socket() {
            return Err(std::io::Error::other("there is something that is no socket"));
        }
        if std::os::unix::net::UnixStream::connect(path).is_ok() {
            return Err(std::io::Error::other("somebody listens there already"));
        }
    }
    let folder = path.parent().unwrap_or(Path::new("/"));
    let hidden = folder.join(format!(".drydock-{}", std::process::id()));
    std::fs::create_dir(&hidden)?;
    let bound = (|| {
        std::fs::set_permissions(&hidden, std::fs::Permissions::from_mode(0o700))?;
        let inside = hidden.join("socket");
        let listener = UnixListener::bind(&inside)?;
        std::fs::set_permissions(&inside, std::fs::Permissions::from_mode(0o600))?;
        std::fs::rename(&inside, path)?;
        Ok(listener)
    })();
    let _it_is_empty = std::fs::remove_dir(&hidden);
    bound.map(|listener| Listener::Unix(listener, path.to_owned()))
}

/// How many may be connected, over all addresses.
pub fn limit() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(CONNECTIONS))
}

/// Accepts clients for ever.
pub async fn accept(listener: Listener, asks: Sender<Ask>, kit: Kit, limit: Arc<Semaphore>) {
    loop {
        let Ok(permit) = limit.clone().acquire_owned().await else { return };
        let accepted = match &listener {
            Listener::Unix(listener, _) => listener.accept().await.map(|(io, _)| http::Io::Unix(io)),
            Listener::Tcp(listener, _) => listener.accept().await.map(|(io, _)| http::Io::Tcp(io)),
        };
        match accepted {
            Ok(io) => {
                let (asks, kit) = (asks.clone(), kit.clone());
                tokio::spawn(async move {
                    http::talk(io, asks, kit).await;
                    drop(permit);
                });
            }
            // Too many open files, most likely: others may end soon.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    }
}
