//! HTTP between bollard and the double: one connection in memory for each request.

use super::Shared;
use crate::api::{MAX_BODY, Reply, Request};
use crate::model::Cut;
use crate::session::{Handled, Ticket, Told};
use ::bollard::BollardRequest;
use ::bollard::errors::Error;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Frame, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// How many bytes are between the two ends of a connection.
const PIPE: usize = 256 << 10;
/// How much is read at once, in bytes.
const PIECE: usize = 16 << 10;

/// The connection breaks here, by a fault.
#[derive(Debug, Clone, Copy)]
struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection breaks, by a fault")
    }
}

impl std::error::Error for Broken {}

/// Sends a request of bollard's and gives the answer.
pub(super) async fn exchange(shared: Shared, request: BollardRequest) -> Result<Response<Incoming>, Error> {
    let (near, far) = tokio::io::duplex(PIPE);
    let service = service_fn(move |request| respond(shared.clone(), request));
    tokio::spawn(
        hyper::server::conn::http1::Builder::new()
            .half_close(true)
            .serve_connection(TokioIo::new(far), service)
            .with_upgrades(),
    );
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(near)).await?;
    tokio::spawn(connection.with_upgrades());
    Ok(sender.send_request(request).await?)
}

/// A body: what there is at once, and what follows.
struct Body {
    first: Option<Bytes>,
    /// The connection breaks after the first.
    breaks: bool,
    flow: Option<Flow>,
}

/// What follows for a ticket; the client is forgotten when nobody asks for it any more.
struct Flow {
    shared: Shared,
    ticket: Ticket,
    done: bool,
    /// The connection breaks next.
    breaks: bool,
}

impl Flow {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Broken>>> {
        if std::mem::take(&mut self.breaks) {
            return Poll::Ready(Some(Err(Broken)));
        }
        if self.done {
            return Poll::Ready(None);
        }
        let Some(told) = self.shared.poll(self.ticket, context.waker()) else { return Poll::Pending };
        let (bytes, broken) = match told {
            Told::Bytes(bytes) => return Poll::Ready(Some(Ok(bytes.into()))),
            Told::Cut(bytes) => (bytes, true),
            Told::Last(bytes) => (bytes, false),
            Told::Reply(_) | Told::Stream(..) => (vec![], true),
        };
        self.done = true;
        match (bytes.is_empty(), broken) {
            (true, true) => Poll::Ready(Some(Err(Broken))),
            (true, false) => Poll::Ready(None),
            (false, broken) => {
                self.breaks = broken;
                Poll::Ready(Some(Ok(bytes.into())))
            }
        }
    }
}

impl Drop for Flow {
    fn drop(&mut self) {
        self.shared.forget(self.ticket);
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if self.breaks {
            return Poll::Ready(Some(Err(Broken)));
        }
        match &mut self.flow {
            Some(flow) => flow.poll_next(context).map(|next| next.map(|piece| piece.map(Frame::data))),
            None => Poll::Ready(None),
        }
    }
}

async fn respond(shared: Shared, mut incoming: hyper::Request<Incoming>) -> Result<Response<Body>, Broken> {
    let upgrade = incoming.headers().contains_key("upgrade").then(|| hyper::upgrade::on(&mut incoming));
    let (head, body) = incoming.into_parts();
    let field = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let body = Limited::new(body, MAX_BODY).collect().await.map_err(|_| Broken)?.to_bytes().to_vec();
    let request = Request {
        method: head.method.as_str().to_owned(),
        target: head.uri.to_string(),
        headers: head.headers.iter().map(field).collect(),
        body,
    };
    let mut handled = shared.handle(&request);
    if let Handled::Later(ticket) = handled {
        handled = match poll_fn(|context| later(&shared, ticket, context)).await {
            Told::Reply(reply) => Handled::Whole(reply),
            Told::Stream(head, other) => Handled::Stream(head, other),
            _ => return Err(Broken),
        };
    }
    match handled {
        Handled::Whole(reply) => whole(reply),
        Handled::Stream(reply, ticket) => {
            let flow = Flow { shared, ticket, done: false, breaks: false };
            match upgrade.filter(|_| reply.status == 101) {
                Some(upgrade) => {
                    tokio::spawn(take_over(upgrade, reply.body.clone(), flow));
                    Ok(response(Reply { body: vec![], ..reply }, false, None))
                }
                None => Ok(response(reply, false, Some(flow))),
            }
        }
        Handled::Later(_) => Err(Broken),
    }
}

fn later(shared: &Shared, ticket: Ticket, context: &mut Context<'_>) -> Poll<Told> {
    shared.poll(ticket, context.waker()).map_or(Poll::Pending, Poll::Ready)
}

fn whole(mut reply: Reply) -> Result<Response<Body>, Broken> {
    let breaks = match reply.cut {
        Some(Cut::Reset) => return Err(Broken),
        Some(Cut::After(bytes)) => {
            reply.body.truncate(usize::try_from(bytes).unwrap_or(usize::MAX));
            true
        }
        None => false,
    };
    Ok(response(reply, breaks, None))
}

fn response(reply: Reply, breaks: bool, flow: Option<Flow>) -> Response<Body> {
    let first = Some(Bytes::from(reply.body)).filter(|bytes| !bytes.is_empty());
    let mut response = Response::new(Body { first, breaks, flow });
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// Bytes in both directions on a connection that was taken over.
async fn take_over(upgrade: hyper::upgrade::OnUpgrade, first: Vec<u8>, mut flow: Flow) {
    let Ok(upgraded) = upgrade.await else { return };
    let (mut reader, mut writer) = tokio::io::split(TokioIo::new(upgraded));
    if writer.write_all(&first).await.is_err() {
        return;
    }
    let (shared, ticket) = (flow.shared.clone(), flow.ticket);
    let up = async move {
        let mut piece = vec![0; PIECE];
        loop {
            match reader.read(&mut piece).await {
                Ok(read) if read > 0 => shared.feed(ticket, piece.get(..read).unwrap_or_default()),
                _ => return shared.end_input(ticket),
            }
        }
    };
    let down = async move {
        while let Some(Ok(bytes)) = poll_fn(|context| flow.poll_next(context)).await {
            if writer.write_all(&bytes).await.is_err() || writer.flush().await.is_err() {
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
