//! HTTP: a connection's requests become asks, the answers become replies; a reply that takes the connection over
//! leaves bytes in both directions, each of which may end before the other.

use super::buildkit::{self, Kit};
use super::lent::Lent;
use super::owner::{Answer, Ask, Broken, Flow};
use super::ports::{drain, feed, hand_over};
use super::websocket;
use bytes::Bytes;
use drydock::api::{MAX_BODY, Reply, Request};
use drydock::model::Cut;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::mpsc::Sender;
use tokio::sync::oneshot;

/// How long a connection may be silent between requests, or take for the head of one.
const IDLE: Duration = Duration::from_secs(600);
/// The largest head of a request, in bytes.
const MAX_HEAD: usize = 64 << 10;

/// A connection.
pub enum Io {
    /// Through a Unix socket.
    Unix(UnixStream),
    /// Over TCP.
    Tcp(TcpStream),
}

/// Between the head of a connection that is taken over and its first bytes: clients that read the head through a
/// buffer of their own would lose what comes with it.
pub const PAUSE: Duration = Duration::from_millis(50);

/// The body of a reply.
pub enum Body {
    /// All of it.
    Whole(Option<Bytes>),
    /// All of it, a line to a piece, without telling how much that is: some clients take a piece for a document.
    Documents(Option<Bytes>),
    /// Its beginning, and then the connection breaks; of so many bytes, where that is told.
    Cut(Option<Bytes>, Option<u64>),
    /// Its beginning, and what follows.
    Flow(Option<Bytes>, Flow),
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let (first, flow) = match &mut *self {
            Body::Documents(rest) => return Poll::Ready(next_line(rest).map(|bytes| Ok(Frame::data(bytes)))),
            Body::Whole(first) => (first, None),
            Body::Cut(first, _) => {
                return Poll::Ready(Some(first.take().map_or(Err(Broken), |bytes| Ok(Frame::data(bytes)))));
            }
            Body::Flow(first, flow) => (first, Some(flow)),
        };
        match (first.take(), flow) {
            (Some(bytes), _) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            (None, Some(flow)) => {
                flow.poll_next(context).map(|next| next.map(|piece| piece.map(Frame::data)))
            }
            (None, None) => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Body::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Body::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |b| b.len() as u64)),
            Body::Cut(_, Some(length)) => SizeHint::with_exact(*length),
            Body::Cut(_, None) | Body::Documents(_) | Body::Flow(..) => SizeHint::default(),
        }
    }
}

/// Takes the first line off; the whole of what has no line feed.
fn next_line(rest: &mut Option<Bytes>) -> Option<Bytes> {
    let mut bytes = rest.take().filter(|bytes| !bytes.is_empty())?;
    let end = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1);
    let line = bytes.split_to(end);
    *rest = Some(bytes);
    Some(line)
}

/// Talks to a client until it has gone.
pub async fn talk(io: Io, asks: Sender<Ask>, kit: Kit) {
    match io {
        Io::Unix(io) => serve(io, asks, kit).await,
        Io::Tcp(io) => {
            let _delays_are_no_fault = io.set_nodelay(true);
            serve(io, asks, kit).await;
        }
    }
}

async fn serve<T>(io: T, asks: Sender<Ask>, kit: Kit)
where
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let lent = Lent::new(io);
    let held = lent.clone();
    let service = service_fn(move |request| {
        let (asks, kit, held) = (asks.clone(), kit.clone(), held.clone());
        async move { respond(request, asks, kit, held).await }
    });
    let _the_client_may_go = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .half_close(true)
        .max_buf_size(MAX_HEAD)
        .title_case_headers(true)
        .serve_connection(TokioIo::new(lent), service)
        .with_upgrades()
        .await;
}

/// Answers a request; where a fault breaks the connection without any answer, there is none.
async fn respond<T>(
    mut incoming: hyper::Request<Incoming>,
    asks: Sender<Ask>,
    kit: Kit,
    lent: Lent<T>,
) -> Result<Response<Body>, Broken>
where
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let upgrade = incoming.headers().contains_key("upgrade").then(|| hyper::upgrade::on(&mut incoming));
    let (head, body) = incoming.into_parts();
    let mut request = Request {
        method: head.method.as_str().to_owned(),
        target: head.uri.to_string(),
        headers: headers(&head.headers),
        body: vec![],
    };
    if buildkit::is_meant(&request.path())
        && request.header("upgrade").is_some_and(|to| to.eq_ignore_ascii_case("h2c"))
        && let Some(upgrade) = upgrade
    {
        tokio::spawn(buildkit::take_over(upgrade, request.path(), request.headers, kit));
        let reply = Reply::empty(101).header("Connection", "Upgrade").header("Upgrade", "h2c");
        return Ok(response(reply, |_| Body::Whole(None)));
    }
    // Without an upgrade, what the client types comes as the body of its request, or as bytes that follow it.
    let hijacks = upgrade.is_none() && head.method == hyper::Method::POST && is_taken_over(&request.path());
    let types = hijacks && request.path().ends_with("/attach") && body.size_hint().exact().is_none();
    let typed = if types {
        Some(body)
    } else {
        match Limited::new(body, MAX_BODY).collect().await {
            Ok(body) => request.body = body.to_bytes().to_vec(),
            Err(_) => return Ok(refused(400, "the request's body is broken, or larger than 512 MiB")),
        }
        None
    };
    let key = request.header("sec-websocket-key").map(websocket::accept);
    let (answer, answered) = oneshot::channel();
    if asks.send(Ask::Handle(request, answer)).await.is_err() {
        return Ok(refused(503, "Drydock is stopping"));
    }
    Ok(match answered.await {
        Ok(Answer::Whole(Reply { cut: Some(Cut::Reset), .. })) => return Err(Broken),
        Ok(Answer::Whole(reply)) if reply.cut.is_some() => broken_off(reply),
        Ok(Answer::Whole(reply)) if reply.flows => response(reply, Body::Documents),
        Ok(Answer::Whole(reply)) => response(reply, Body::Whole),
        Ok(Answer::Stream(reply, flow)) => match upgrade.filter(|_| reply.status == 101) {
            Some(upgrade) => upgraded(upgrade, key, reply, flow, asks),
            None if hijacks && !types => {
                if let Some(io) = lent.take() {
                    tokio::spawn(take_over_plainly(io, reply, flow, asks));
                }
                // The connection is no longer HTTP's.
                return Err(Broken);
            }
            None => {
                if let Some(typed) = typed {
                    tokio::spawn(take_typed(typed, flow.ticket, asks));
                }
                response(reply, |first| Body::Flow(first, flow))
            }
        },
        Err(_) => refused(500, "Drydock could not answer"),
    })
}

/// The head of a connection that goes on in another protocol, and what carries it on.
fn upgraded(
    upgrade: hyper::upgrade::OnUpgrade,
    key: Option<String>,
    reply: Reply,
    flow: Flow,
    asks: Sender<Ask>,
) -> Response<Body> {
    if speaks_websocket(&reply) {
        tokio::spawn(websocket::take_over(upgrade, flow, asks));
        let reply = reply.header("Sec-WebSocket-Accept", &key.unwrap_or_default());
        return response(reply, |_| Body::Whole(None));
    }
    let first = reply.body.clone();
    tokio::spawn(take_over(upgrade, Bytes::from(first), flow, asks));
    let mut response = response(Reply { body: vec![], ..reply }, |_| Body::Whole(None));
    response.extensions_mut().insert(hyper::ext::ReasonPhrase::from_static(b"UPGRADED"));
    response
}

/// Where a connection is taken over whether its client asks for an upgrade or not.
fn is_taken_over(path: &str) -> bool {
    let words: Vec<&str> = path.split('/').collect();
    matches!(words[..], [.., "containers", _, "attach"] | [.., "exec", _, "start"])
}

/// An answer that breaks off in its body.
fn broken_off(mut reply: Reply) -> Response<Body> {
    let length = (!reply.flows).then_some(reply.body.len() as u64);
    if let Some(Cut::After(bytes)) = reply.cut {
        reply.body.truncate(usize::try_from(bytes).unwrap_or(usize::MAX));
    }
    response(reply, |first| Body::Cut(first, length))
}

fn speaks_websocket(reply: &Reply) -> bool {
    reply.headers.iter().any(|(name, value)| name == "Upgrade" && value == "websocket")
}

fn headers(map: &HeaderMap) -> Vec<(String, String)> {
    let each = map.iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    each.collect()
}

fn refused(status: u16, message: &str) -> Response<Body> {
    let reply = Reply::refused(&drydock::api::Refusal::new(status, message));
    response(reply, Body::Whole)
}

fn response(reply: Reply, body: impl FnOnce(Option<Bytes>) -> Body) -> Response<Body> {
    let first = Some(Bytes::from(reply.body)).filter(|bytes| !bytes.is_empty());
    let mut response = Response::new(body(first));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        let name = HeaderName::try_from(name);
        let value = HeaderValue::try_from(value);
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// Takes a connection over without a change of protocol: the head of the answer, and then bytes.
async fn take_over_plainly(
    mut io: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    reply: Reply,
    flow: Flow,
    asks: Sender<Ask>,
) {
    let mut head = format!("HTTP/1.1 {} OK\r\n", reply.status);
    reply.headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
    head.push_str("\r\n");
    if tokio::io::AsyncWriteExt::write_all(&mut io, head.as_bytes()).await.is_ok() {
        both_ways(io, Bytes::from(reply.body), flow, asks).await;
    }
}

/// Takes a connection over that was upgraded.
async fn take_over(upgrade: hyper::upgrade::OnUpgrade, first: Bytes, flow: Flow, asks: Sender<Ask>) {
    let Ok(upgraded) = upgrade.await else { return };
    both_ways(TokioIo::new(upgraded), first, flow, asks).await;
}

/// Bytes in both directions on a connection that was taken over.
async fn both_ways(
    io: impl tokio::io::AsyncRead + tokio::io::AsyncWrite,
    first: Bytes,
    mut flow: Flow,
    asks: Sender<Ask>,
) {
    let (mut reader, mut writer) = tokio::io::split(io);
    tokio::time::sleep(PAUSE).await;
    if !first.is_empty() && tokio::io::AsyncWriteExt::write_all(&mut writer, &first).await.is_err() {
        return;
    }
    let ticket = flow.ticket;
    let up = feed(&mut reader, ticket, &asks);
    let down = drain(&mut flow, &mut writer);
    tokio::pin!(up, down);
    tokio::select! {
        () = &mut down => {}
        () = &mut up => down.await,
    }
}

/// What a client types as the body of its request.
async fn take_typed(mut body: Incoming, ticket: drydock::session::Ticket, asks: Sender<Ask>) {
    while let Some(Ok(frame)) = body.frame().await {
        if let Ok(data) = frame.into_data()
            && !hand_over(data, ticket, &asks).await
        {
            return;
        }
    }
    let _the_owner_may_have_gone = asks.send(Ask::End(ticket)).await;
}
