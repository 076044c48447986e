//! `GET /containers/ID/attach/ws`: the bytes of an attached client as messages of a WebSocket.

use super::http::PAUSE;
use super::owner::{Ask, Flow};
use super::ports::hand_over;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc::Sender;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Message, Role, WebSocketConfig};

/// The largest message of a client, in bytes.
const MAX_MESSAGE: usize = 1 << 20;

/// What answers the key of a handshake.
pub fn accept(key: &str) -> String {
    tokio_tungstenite::tungstenite::handshake::derive_accept_key(key.as_bytes())
}

/// Messages in both directions on a connection that was taken over.
pub async fn take_over(upgrade: hyper::upgrade::OnUpgrade, mut flow: Flow, asks: Sender<Ask>) {
    let Ok(upgraded) = upgrade.await else { return };
    tokio::time::sleep(PAUSE).await;
    let limits =
        WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE)).max_frame_size(Some(MAX_MESSAGE));
    let socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(limits)).await;
    let (mut out, mut messages) = socket.split();
    let ticket = flow.ticket;
    let up = async {
        while let Some(Ok(message)) = messages.next().await {
            let bytes = match message {
                Message::Binary(bytes) => bytes,
                Message::Text(text) => Bytes::from(text),
                Message::Close(_) => break,
                _ => continue,
            };
            if !hand_over(bytes, ticket, &asks).await {
                return;
            }
        }
        let _the_owner_may_have_gone = asks.send(Ask::End(ticket)).await;
    };
    let down = async {
        while let Some(Ok(bytes)) = flow.next().await {
            if out.send(Message::Binary(bytes)).await.is_err() {
                return;
            }
        }
        let _the_client_may_have_gone = out.close().await;
    };
    tokio::pin!(up, down);
    tokio::select! {
        () = &mut down => {}
        () = &mut up => {}
    }
}
