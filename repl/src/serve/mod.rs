//! `drydock serve`: the Engine API on real sockets. One world belongs to one owner ([`owner`]); connections talk HTTP
//! ([`http`]) and ask it; published ports are real ports of this computer ([`ports`]). Nothing here takes decisions.
//!
//! The client's files are those of this computer: build contexts and copies arrive as archives, and what containers bind
//! is carried to the simulated host's disk and back ([`share`]).

mod buildkit;
mod clock;
mod http;
mod lent;
mod listen;
mod options;
mod owner;
mod ports;
mod share;
mod websocket;

pub use options::Options;

use clock::Clock;
use owner::Owner;
use share::Shares;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// What `drydock serve --help` prints.
pub const USAGE: &str = options::USAGE;

/// How many requests may wait for the owner.
const QUEUE: usize = 1024;

/// Serves until a signal ends it.
///
/// # Errors
/// An address that cannot be listened at, a save file that cannot be read.
pub fn run(options: &Options) -> Result<u8, String> {
    let clock = if options.real_time { Clock::real() } else { Clock::virtual_() };
    let server = options::server(options, &clock)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| format!("the runtime: {e}"))?;
    runtime.block_on(serve(options, server, clock))
}

async fn serve(options: &Options, server: drydock::session::Server, clock: Clock) -> Result<u8, String> {
    let (asks, queue) = mpsc::channel(QUEUE);
    let mut listeners = vec![];
    for host in &options.hosts {
        listeners.push(listen::bind(host, options.allow_remote)?);
    }
    let stop = |kind| signal(kind).map_err(|e| format!("signals: {e}"));
    let (mut terminate, mut interrupt) = (stop(SignalKind::terminate())?, stop(SignalKind::interrupt())?);
    let limit = listen::limit();
    let kit = buildkit::Kit::new(asks.clone());
    let mut sockets = vec![];
    for listener in listeners {
        println!("drydock: API listen on {}", listener.shown());
        sockets.push(listener.socket_file());
        tokio::spawn(listen::accept(listener, asks.clone(), kit.clone(), limit.clone()));
    }
    let mut owner = Owner::new(server, clock, queue, asks, Shares::new(options.shares()));
    tokio::select! {
        () = owner.run() => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    for path in sockets.into_iter().flatten() {
        let _it_may_be_gone = std::fs::remove_file(path);
    }
    Ok(0)
}
