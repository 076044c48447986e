//! `helloworld`: what the tests of the Testcontainers libraries start, the program of `testcontainers/helloworld`.
//!
//! It waits `DELAY_START_MSEC` milliseconds, and then answers over HTTP at the ports 8080 and 8081: `/ping` with PONG,
//! `/uuid` with the same random text each time, `/` with a page. Exit status: 0.

use super::connections::{Connections, Event};
use super::{stamp, uuid};
use crate::base::{Duration, Time};
use crate::kernel::http::Response;
use crate::kernel::{Applet, Behave, Disposition, Signal, Step, Sys, Wait};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// `helloworld`.
pub const APPLETS: &[Applet] = &[Applet::state::<Helloworld>("helloworld")];

const PORTS: [u16; 2] = [8080, 8081];
const PAGE: &str = "<!DOCTYPE html>\n<html>\n<head><title>Hello world</title></head>\n\
    <body><h1>Hello world</h1><p>This is a test server used for Testcontainers' own self tests. \
    Find out more about this image on <a href=\"https://github.com/testcontainers/helloworld\">GitHub</a>.</p>\
    </body>\n</html>\n";

/// The server.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Helloworld {
    /// When it begins to listen; none before its first step.
    opens: Option<Time>,
    uuid: String,
    connections: Connections,
}

impl Helloworld {
    fn log(sys: &mut Sys<'_>, text: &str) {
        let now = stamp::slashes(sys.now());
        sys.eprint(&format!("{now} {text}\n"));
    }

    fn start(&mut self, sys: &mut Sys<'_>) -> Time {
        sys.on_signal(Signal::PIPE, Some(Disposition::Ignore));
        let delay = sys.env("DELAY_START_MSEC").and_then(|text| text.parse().ok()).unwrap_or(0);
        Self::log(sys, &format!("DELAY_START_MSEC: {delay}"));
        Self::log(sys, &format!("Sleeping for {delay} ms"));
        self.uuid = uuid(sys);
        let opens = sys.now() + Duration::millis(delay);
        self.opens = Some(opens);
        opens
    }

    fn listen(&mut self, sys: &mut Sys<'_>) -> Result<(), i32> {
        for port in PORTS {
            Self::log(sys, &format!("Starting server on port {port}"));
            if let Err(e) = self.connections.listen(sys, Ipv4Addr::UNSPECIFIED, port) {
                Self::log(sys, &format!("listen tcp :{port}: bind: {}", e.go_text()));
                return Err(1);
            }
        }
        Self::log(sys, "Ready, listening on 8080 and 8081");
        Ok(())
    }

    fn serve(&mut self, sys: &mut Sys<'_>, fd: i32) {
        let uuid = self.uuid.as_str();
        self.connections.respond(sys, fd, 20, |sys, request| {
            let path = request.path();
            Self::log(sys, &format!("{} {path}", request.method));
            let (status, kind, body) = match path.as_str() {
                "/ping" => (200, "text/plain; charset=utf-8", "PONG"),
                "/uuid" => (200, "text/plain; charset=utf-8", uuid),
                "/" | "/index.html" => (200, "text/html; charset=utf-8", PAGE),
                _ => (404, "text/plain; charset=utf-8", "404 page not found\n"),
            };
            Response::new(status)
                .with("Content-Type", kind)
                .with("Date", stamp::http(sys.now()))
                .with("Content-Length", body.len().to_string())
                .with_body(body.as_bytes().to_vec())
        });
    }
}

impl Behave for Helloworld {
    fn survives_write_errors(&self) -> bool {
        true
    }

    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        let opens = match self.opens {
            Some(opens) => opens,
            None => self.start(sys),
        };
        if sys.now() < opens {
            return Step::Block(Wait::until(opens));
        }
        if self.connections.listeners.is_empty()
            && let Err(code) = self.listen(sys)
        {
            return Step::Exit(code);
        }
        for event in self.connections.poll(sys) {
            match event {
                Event::Opened(_) => {}
                Event::Data(fd) | Event::Ended(fd) => self.serve(sys, fd),
            }
        }
        Step::Block(self.connections.wait())
    }
}
