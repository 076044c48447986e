//! A [bollard](::bollard) client over a [`Drydock`], in process: no socket, no file, no port. Feature `bollard`.
//!
//! ```
//! use bollard::models::ContainerCreateBody;
//! use bollard::query_parameters::{CreateContainerOptionsBuilder, StartContainerOptions};
//! use drydock::double::{Drydock, Shared};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let shared = Shared::new(Drydock::new());
//! shared.lock().pull("nginx").unwrap();
//! let docker = shared.bollard();
//!
//! let options = CreateContainerOptionsBuilder::new().name("web").build();
//! let body = ContainerCreateBody { image: Some("nginx".into()), ..Default::default() };
//! docker.create_container(Some(options), body).await.unwrap();
//! docker.start_container("web", None::<StartContainerOptions>).await.unwrap();
//!
//! shared.lock().assert_running("web");
//! # });
//! ```

#![expect(
    clippy::disallowed_types,
    reason = "clients and the test share a double; the world in it stays plain data"
)]

mod bridge;

use super::Drydock;
use crate::api::Request;
use crate::base::Duration;
use crate::kernel::Pulse;
use crate::session::{Handled, Server, Ticket, Told};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// How long a client of bollard's waits for an answer, in seconds of the computer's time.
const TIMEOUT: u64 = 120;

/// How often in a row there must be nothing to do before time jumps: whoever has just been answered comes first.
const PATIENCE: u32 = 64;

/// A [`Drydock`] that clients of its API share with the test. A clone is the same Docker.
///
/// Virtual time jumps to whatever a client waits for where nobody has anything to do; [`Drydock::advance`] lets it pass
/// besides. A container that is to be there however long a test takes sleeps `infinity`.
#[derive(Debug, Clone)]
pub struct Shared(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    docker: Drydock,
    server: Server,
    waiting: BTreeMap<Ticket, Waker>,
    /// How often in a row there was nothing to do.
    idle: u32,
}

/// The Docker behind a [`Shared`], for as long as this is held. Clients wait meanwhile, so hold it over no `await`.
#[derive(Debug)]
pub struct Locked<'a>(MutexGuard<'a, Inner>);

impl std::ops::Deref for Locked<'_> {
    type Target = Drydock;

    fn deref(&self) -> &Drydock {
        &self.0.docker
    }
}

impl std::ops::DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut Drydock {
        &mut self.0.docker
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        self.0.wake_all();
    }
}

impl Shared {
    /// Shares a Docker.
    pub fn new(docker: Drydock) -> Self {
        let server = Server::on(docker.world().clone());
        Self(Arc::new(Mutex::new(Inner { docker, server, waiting: BTreeMap::new(), idle: 0 })))
    }

    /// The Docker, for assertions and all else; it is free again when what this gives is dropped.
    pub fn lock(&self) -> Locked<'_> {
        Locked(self.inner())
    }

    /// A client of bollard's for it. It needs a runtime of tokio's around its calls.
    ///
    /// # Panics
    /// Never, as bollard refuses no transport of this kind.
    pub fn bollard(&self) -> ::bollard::Docker {
        let shared = self.clone();
        let transport = move |request| {
            let shared = shared.clone();
            async move { bridge::exchange(shared, request).await }
        };
        let address = Some("http://drydock");
        ::bollard::Docker::connect_with_custom_transport(
            transport,
            address,
            TIMEOUT,
            ::bollard::API_DEFAULT_VERSION,
        )
        .unwrap_or_else(|e| unreachable!("bollard takes any transport: {e}"))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A test that panicked with the lock held has failed already; what others see is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn handle(&self, request: &Request) -> Handled {
        let mut inner = self.inner();
        let handled = inner.lend(|server| server.handle(request));
        inner.idle = 0;
        inner.wake_all();
        handled
    }

    fn feed(&self, ticket: Ticket, bytes: &[u8]) {
        let mut inner = self.inner();
        inner.lend(|server| server.feed(ticket, bytes));
        inner.idle = 0;
        inner.wake_all();
    }

    fn end_input(&self, ticket: Ticket) {
        let mut inner = self.inner();
        inner.lend(|server| server.end_input(ticket));
        inner.idle = 0;
        inner.wake_all();
    }

    fn forget(&self, ticket: Ticket) {
        let mut inner = self.inner();
        inner.waiting.remove(&ticket);
        inner.lend(|server| server.forget(ticket));
    }

    /// What there is for a ticket. Where there is nothing the simulation goes on by a step, and `waker` is woken when
    /// it is worth to ask again.
    fn poll(&self, ticket: Ticket, waker: &Waker) -> Option<Told> {
        let mut inner = self.inner();
        let may_jump = inner.idle >= PATIENCE;
        let (told, stepped) = inner.lend(|server| step(server, ticket, may_jump));
        match stepped {
            Stepped::Idle => inner.idle += 1,
            Stepped::Ahead | Stepped::Stuck => inner.idle = 0,
        }
        if told.is_some() {
            inner.waiting.remove(&ticket);
            inner.wake_all();
        } else {
            inner.waiting.insert(ticket, waker.clone());
            if stepped != Stepped::Stuck {
                inner.wake_all();
            }
        }
        told
    }
}

/// What a step of the simulation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stepped {
    /// It went on.
    Ahead,
    /// Only time would bring something about.
    Idle,
    /// Nothing goes on until somebody asks for something.
    Stuck,
}

/// What there is for a ticket, or else a step of the simulation.
fn step(server: &mut Server, ticket: Ticket, may_jump: bool) -> (Option<Told>, Stepped) {
    if let (Some(told), _) = server.poll(ticket) {
        return (Some(told), Stepped::Ahead);
    }
    let pulse = server.pulse();
    let (told, due) = server.poll(ticket);
    let next = match pulse {
        _ if told.is_some() => return (told, Stepped::Ahead),
        Pulse::Busy => return (None, Stepped::Ahead),
        Pulse::Quiet(next) => [next, due].into_iter().flatten().min(),
    };
    let Some(next) = next.filter(|_| server.waits_for_time()) else { return (None, Stepped::Stuck) };
    if !may_jump {
        return (None, Stepped::Idle);
    }
    let now = server.world().now();
    server.reach(next.max(now + Duration(1)));
    (None, Stepped::Ahead)
}

impl Inner {
    /// The world of the Docker is the server's for as long as `act` takes.
    fn lend<T>(&mut self, act: impl FnOnce(&mut Server) -> T) -> T {
        self.server.lend(self.docker.world_mut(), act)
    }

    fn wake_all(&mut self) {
        std::mem::take(&mut self.waiting).into_values().for_each(Waker::wake);
    }
}
