//! `redis-server [FILE] [--OPTION VALUE…]` and `redis-cli [-h HOST] [-p PORT] [-a PASSWORD] [COMMAND…]`.
//!
//! The server keeps strings, lists, sets, hashes and sorted sets, writes `dump.rdb` on SAVE and at its end
//! and reads it at the start. Publishing, scripts, streams, transactions and replication are not
//! simulated. TERM ends the server with 0.

mod client;
mod collections;
mod keys;
mod protocol;
mod server;
mod store;

use crate::kernel::Applet;

/// `redis-server` and `redis-cli`.
pub const APPLETS: &[Applet] =
    &[Applet::state::<server::Server>("redis-server"), Applet::state::<client::Client>("redis-cli")];
