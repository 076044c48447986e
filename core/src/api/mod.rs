//! Floor 6: the Engine API, the daemon's other face. A request goes in; a whole reply comes out, or one that is ready
//! later, or a stream that is polled after every tick. Nothing here knows sockets: whoever does feeds bytes in and
//! carries bytes out.
//!
//! To add an endpoint, write its function in the file of its object and put one line into the table of [`routes`].

mod body;
mod container;
mod frame;
mod image;
mod later;
mod network;
mod query;
mod reply;
mod request;
mod routes;
mod stream;
mod system;
mod version;
mod volume;

pub use image::kit;
pub use later::Later;
pub use reply::{Refusal, Reply};
pub use request::{Call, Request};
pub use routes::{ROUTES, Route, find};
pub use stream::{Polled, Stream};
pub use version::{Version, split};

use crate::base::Time;
use crate::engine::door::{Left, Verdicts, close, enter, open};
use crate::model::{Cut, World};
use serde::{Deserialize, Serialize};

/// The largest body of a request that is read, in bytes: build contexts and images come in one piece.
pub const MAX_BODY: usize = 512 << 20;
/// The largest JSON document that is read, in bytes.
pub const MAX_JSON: usize = 4 << 20;

/// What a request comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// All of it.
    Whole(Reply),
    /// All of it, once something has happened: poll it after every tick.
    Later(Later),
    /// Its head; the body is what the stream gives from now on.
    Stream(Reply, Box<Stream>),
    /// Nothing has happened yet, by a fault: ask with [`handle_again`] when the time has come.
    Postponed(Box<Postponed>),
}

/// A request that a fault delays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Postponed {
    /// Until then.
    pub due: Time,
    /// The request.
    pub request: Request,
    struck: Verdicts,
}

/// What endpoints return.
pub type Answered = Result<Answer, Refusal>;

/// Answers a request.
pub fn handle(world: &mut World, request: &Request) -> Answer {
    visit(world, request, Verdicts::new())
}

/// Answers a request that was delayed.
pub fn handle_again(world: &mut World, postponed: &Postponed) -> Answer {
    visit(world, &postponed.request, postponed.struck.clone())
}

/// Answers a request, unless a fault keeps the daemon from it.
fn visit(world: &mut World, request: &Request, struck: Verdicts) -> Answer {
    if let Some(outage) = &mut world.faults.outage {
        outage.missed = true;
        return Answer::Whole(Reply::broken());
    }
    let opened = open(world, true, struck);
    let answer = match answer(world, request) {
        Answer::Whole(reply) => Answer::Whole(reply.of(world.release)),
        Answer::Stream(head, stream) => Answer::Stream(head.of(world.release), stream),
        other => other,
    };
    match (close(world, opened), answer) {
        (Left::Whole, answer) => answer,
        (Left::Delayed(span, struck), _) => {
            let (due, request) = (world.now() + span, request.clone());
            Answer::Postponed(Box::new(Postponed { due, request, struck }))
        }
        (Left::Cut(cut), Answer::Whole(reply)) => Answer::Whole(Reply { cut: Some(cut), ..reply }),
        (Left::Cut(cut @ Cut::After(_)), Answer::Stream(head, stream)) => {
            Answer::Stream(Reply { cut: Some(cut), ..head }, stream)
        }
        (Left::Cut(_), _) => Answer::Whole(Reply::broken()),
    }
}

fn answer(world: &mut World, request: &Request) -> Answer {
    let path = request.path();
    let (version, path) = match version::split(&path, world.release) {
        Ok(split) => split,
        Err(refusal) => return Answer::Whole(Reply::refused(&refusal).plain()),
    };
    let method = if request.method == "HEAD" && path != "/_ping" && !path.ends_with("/archive") {
        "GET"
    } else {
        request.method.as_str()
    };
    let Some((route, names)) = routes::find(method, path) else {
        return Answer::Whole(Reply::refused(&Refusal::not_found("page not found")).bare());
    };
    if version < route.since {
        return Answer::Whole(Reply::refused(&Refusal::not_found("page not found")).bare());
    }
    let call = Call::new(request, version, names);
    let entered = match routes::operation(route) {
        Some(operation) => enter(world, operation, call.subject()).map_err(Refusal::from),
        None => Ok(()),
    };
    match entered.and_then(|()| (route.run)(world, &call)) {
        Ok(answer) => answer,
        Err(refusal) => {
            if refusal.hint.is_some() {
                world.last_hint.clone_from(&refusal.hint);
            }
            Answer::Whole(Reply::refused(&refusal))
        }
    }
}
