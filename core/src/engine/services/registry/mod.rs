//! `registry serve CONFIG`: the program of the image `registry`. It answers over HTTP from its files below
//! `/var/lib/registry`, where the daemon puts what is pushed.
//!
//! Reading is whole: the catalogue, tags, manifests, blobs. Manifests are deleted where
//! `REGISTRY_STORAGE_DELETE_ENABLED` is `true`. Uploads over HTTP, passwords, TLS, mirrors and other storage are
//! refused. Exit status: 0; 1 for what is refused.

mod answer;
mod store;

use super::connections::{Connections, Event, ends};
use super::{stamp, uuid};
use crate::base::time_format;
use crate::kernel::{Applet, Behave, Disposition, Signal, Step, Sys};
use serde::{Deserialize, Serialize};
use std::net::Ipv4Addr;

/// `registry`.
pub const APPLETS: &[Applet] = &[Applet::state::<Registry>("registry")];

/// Settings that would change what the registry does, and what Drydock does not simulate of them.
const REFUSED: [(&str, &str); 6] = [
    ("REGISTRY_AUTH", "passwords of a registry"),
    ("REGISTRY_HTTP_TLS_CERTIFICATE", "TLS of a registry"),
    ("REGISTRY_PROXY_REMOTEURL", "a registry that mirrors another"),
    ("REGISTRY_STORAGE", "other storage of a registry"),
    ("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", "another directory of a registry"),
    ("REGISTRY_STORAGE_S3_BUCKET", "other storage of a registry"),
];

/// A registry server.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Registry {
    started: bool,
    instance: String,
    connections: Connections,
}

/// The release: the images of the third major version lay their configuration out anew.
fn version(sys: &Sys<'_>) -> (&'static str, &'static str, &'static str) {
    match sys.stat("/etc/distribution").is_ok() && sys.stat("/etc/docker/registry").is_err() {
        true => ("github.com/distribution/distribution/v3", "3.0.0", "go1.23.7"),
        false => ("github.com/docker/distribution", "2.8.3", "go1.20.8"),
    }
}

impl Registry {
    fn log(&self, sys: &mut Sys<'_>, level: &str, text: &str) {
        let (_, version, go) = version(sys);
        let stamp = time_format::rfc3339_nano(sys.now());
        let instance = &self.instance;
        sys.eprint(&format!(
            "time=\"{stamp}\" level={level} msg=\"{text}\" go.version={go} instance.id={instance} service=registry version={version}\n"
        ));
    }

    fn start(&mut self, sys: &mut Sys<'_>) -> Result<(), i32> {
        self.started = true;
        let args = sys.args();
        let refuse = |sys: &mut Sys<'_>, what: &str| {
            sys.eprint(&format!("registry: {what} is not simulated by Drydock\n"));
            Err(1)
        };
        match args.first().map(String::as_str) {
            Some("serve") => {}
            Some("--version" | "-v") => {
                let (path, version, _) = version(sys);
                sys.print(&format!("registry {path} {version}\n"));
                return Err(0);
            }
            Some(other) => return refuse(sys, &format!("\"registry {other}\"")),
            None => {
                sys.print("`registry`\n\nUsage:\n  registry [flags]\n  registry [command]\n");
                return Err(0);
            }
        }
        let Some(config) = args.get(1) else {
            sys.eprint("configuration error: configuration path unspecified\n");
            return Err(1);
        };
        if let Err(e) = sys.read_file(config) {
            sys.eprint(&format!("configuration error: open {config}: {}\n", e.go_text()));
            return Err(1);
        }
        if let Some((_, what)) = REFUSED.iter().find(|(name, _)| sys.env(name).is_some()) {
            return refuse(sys, what);
        }
        self.instance = uuid(sys);
        self.listen(sys)
    }

    fn listen(&mut self, sys: &mut Sys<'_>) -> Result<(), i32> {
        let address = sys.env("REGISTRY_HTTP_ADDR").unwrap_or_else(|| ":5000".to_string());
        let port = address.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        self.log(
            sys,
            "warning",
            "No HTTP secret provided - generated random secret. This may cause problems with uploads if multiple registries are behind a load-balancer. To provide a shared secret, fill in http.secret in the configuration file or set the REGISTRY_HTTP_SECRET environment variable.",
        );
        self.log(sys, "info", "redis not configured");
        self.log(sys, "info", "using inmemory blob descriptor cache");
        let listened = match port {
            Some(port) => {
                self.connections.listen(sys, Ipv4Addr::UNSPECIFIED, port).map_err(|e| e.go_text().to_string())
            }
            None => Err("missing port in address".to_string()),
        };
        if let Err(why) = listened {
            sys.eprint(&format!("listen tcp {address}: bind: {why}\n"));
            return Err(1);
        }
        self.log(sys, "info", &format!("listening on [::]:{}", port.unwrap_or_default()));
        sys.on_signal(Signal::PIPE, Some(Disposition::Ignore));
        for signal in [Signal::TERM, Signal::INT] {
            sys.on_signal(signal, Some(Disposition::Handle));
        }
        Ok(())
    }

    fn serve(&mut self, sys: &mut Sys<'_>, fd: i32) {
        self.connections.respond(sys, fd, 50, |sys, request| {
            let response = answer::answer(sys, request);
            let (_, (client, _)) = ends(sys, fd);
            let agent = request.header("user-agent").unwrap_or_default();
            let line = format!(
                "{client} - - [{}] \"{} {} {}\" {} {} \"\" \"{agent}\"\n",
                stamp::access(sys.now()),
                request.method,
                request.target,
                request.version,
                response.status,
                if request.method == "HEAD" { 0 } else { response.body.len() },
            );
            sys.print(&line);
            response
        });
    }
}

impl Behave for Registry {
    fn survives_write_errors(&self) -> bool {
        true
    }

    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        if !self.started
            && let Err(code) = self.start(sys)
        {
            return Step::Exit(code);
        }
        if sys.take_signal().is_some() {
            self.log(sys, "info", "stopping server gracefully. Draining connections for 0s");
            return Step::Exit(0);
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
