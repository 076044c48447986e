//! `docker login`.

use super::config;
use crate::cmd::{Cli, Command, DONE, Failure, Flow, Until, settings};
use crate::engine::registry::{self, Credentials};
use crate::grammar::{Globals, Invocation};
use crate::kernel::{Applet, Behave, Read, Step, Sys, Wait};
use serde::{Deserialize, Serialize};

/// `docker login [OPTIONS] [SERVER]`.
pub const COMMAND: Command = Command::new("login", run);

/// A login that asks.
pub const APPLETS: &[Applet] = &[Applet::state::<Asking>("docker login")];

const USERNAME: &str = "Username: ";
const PASSWORD: &str = "\ni Info → A Personal Access Token (PAT) can be used instead.\n         To create a PAT, visit \
                        https://app.docker.com/settings\n\n\nPassword: ";
const INSECURE: &str = "WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n";

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let from_stdin = call.bool("password-stdin");
    let user = call.str("username").to_owned();
    let mut password = call.str("password").to_owned();
    if from_stdin && call.changed("password") {
        return Err(Failure::new("conflicting options: cannot specify both --password and --password-stdin"));
    }
    if from_stdin {
        if user.is_empty() {
            return Err(Failure::new("the --password-stdin option requires --username to be set"));
        }
        let Some(input) = cli.input.take() else { return Ok(Flow::Input(Until::End)) };
        let text = String::from_utf8_lossy(&input).into_owned();
        let text = text.strip_suffix('\n').unwrap_or(&text);
        password = text.strip_suffix('\r').unwrap_or(text).to_owned();
        if password.is_empty() {
            return Err(Failure::new("password is empty"));
        }
    } else if call.changed("password") {
        if password.is_empty() {
            return Err(Failure::new("password is empty"));
        }
        if call.changed("username") && user.is_empty() {
            return Err(Failure::new("username is empty"));
        }
        cli.err(INSECURE);
    }
    let server = config::server(call.arg(0));
    if user.is_empty() || password.is_empty() {
        return if user.is_empty() { known(cli, call, &server) } else { ask(cli, user, server) };
    }
    enter(cli, &server, Credentials { user, password })
}

/// Without a user the stored credentials are tried; asking for others needs a terminal.
fn known(cli: &mut Cli<'_, '_>, call: &Invocation, server: &str) -> Result<Flow, Failure> {
    let domain = if server == config::HUB { "" } else { server };
    if let Some(who) = config::credentials(cli.sys, &cli.settings_dir(), domain) {
        cli.out(&format!("Authenticating with existing credentials... [Username: {}]\n", who.user));
        registry::login(cli.world()?, server, &who)?;
        cli.out("\nLogin Succeeded\n");
        return DONE;
    }
    if server == config::HUB && call.arg(0).is_empty() && cli.sys.is_tty(0) {
        return Err(Failure::new(
            "the login in a web browser is not simulated by Drydock: name the user with docker login -u",
        ));
    }
    ask(cli, String::new(), server.to_owned())
}

/// Asks for what is missing, at a terminal.
fn ask(cli: &mut Cli<'_, '_>, user: String, server: String) -> Result<Flow, Failure> {
    if !cli.sys.is_tty(0) {
        return Err(Failure::new("error: cannot perform an interactive login from a non-TTY device"));
    }
    let asking = Asking { user, server, globals: cli.globals.clone(), asked: false, typed: vec![] };
    Ok(Flow::Wait("docker login", Box::new(asking)))
}

/// A client that asks for a user and a password.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asking {
    user: String,
    server: String,
    globals: Globals,
    /// The question stands there.
    asked: bool,
    typed: Vec<u8>,
}

impl Behave for Asking {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        let for_user = self.user.is_empty();
        if !std::mem::replace(&mut self.asked, true) {
            sys.set_echo(0, for_user);
            sys.print(if for_user { USERNAME } else { PASSWORD });
        }
        loop {
            match sys.read(0, 1) {
                Ok(Read::Data(byte)) if byte == b"\n" => break,
                Ok(Read::Data(byte)) => self.typed.extend(byte),
                Ok(Read::Wait) => return Step::Block(Wait::readable(0)),
                Ok(Read::End) | Err(_) => break,
            }
        }
        let typed = String::from_utf8_lossy(&std::mem::take(&mut self.typed)).trim().to_owned();
        let missing = if for_user { "error: username is required" } else { "error: password is required" };
        let done = if typed.is_empty() {
            Err(Failure::new(missing))
        } else if for_user {
            (self.user, self.asked) = (typed, false);
            return Step::Continue;
        } else {
            sys.set_echo(0, true);
            sys.print("\n");
            let mut cli = Cli { globals: self.globals.clone(), ..Cli::new(sys) };
            enter(&mut cli, &self.server, Credentials { user: self.user.clone(), password: typed })
        };
        match done {
            Ok(_) => Step::Exit(0),
            Err(failure) => Step::Exit(Cli::new(sys).report(&failure)),
        }
    }
}

fn enter(cli: &mut Cli<'_, '_>, server: &str, who: Credentials) -> Result<Flow, Failure> {
    registry::login(cli.world()?, server, &who)?;
    store(cli, server, &who)
}

fn store(cli: &mut Cli<'_, '_>, server: &str, who: &Credentials) -> Result<Flow, Failure> {
    let path = settings::path(&cli.settings_dir());
    let domain = if server == config::HUB { "" } else { server };
    let unchanged = config::credentials(cli.sys, &cli.settings_dir(), domain).as_ref() == Some(who);
    config::remember(cli, server, Some(who))
        .map_err(|e| Failure::new(format!("Error saving credentials: open {path}: {}", e.text())))?;
    cli.out("Login Succeeded\n");
    if !unchanged {
        cli.err(&format!(
            "\nWARNING! Your credentials are stored unencrypted in '{path}'.\nConfigure a credential helper to \
             remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n\n"
        ));
    }
    DONE
}
