//! `docker login`.

use super::config;
use crate::cmd::{Cli, Command, DONE, Failure, Flow, Until, settings};
use crate::engine::registry::{self, Credentials};
use crate::grammar::Invocation;

/// `docker login [OPTIONS] [SERVER]`.
pub const COMMAND: Command = Command::new("login", run);

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
        cli.err(INSECURE);
    }
    let server = config::server(call.arg(0));
    if user.is_empty() || password.is_empty() {
        return if user.is_empty() { known(cli, &server) } else { ask(cli) };
    }
    let who = Credentials { user, password };
    registry::login(cli.world()?, &server, &who)?;
    store(cli, &server, &who)
}

/// Without a user the stored credentials are tried; asking for others needs a terminal.
fn known(cli: &mut Cli<'_, '_>, server: &str) -> Result<Flow, Failure> {
    let domain = if server == config::HUB { "" } else { server };
    if let Some(who) = config::credentials(cli.sys, &cli.settings_dir(), domain) {
        cli.out(&format!("Authenticating with existing credentials... [Username: {}]\n", who.user));
        registry::login(cli.world()?, server, &who)?;
        cli.out("\nLogin Succeeded\n");
        return DONE;
    }
    ask(cli)
}

fn ask(cli: &mut Cli<'_, '_>) -> Result<Flow, Failure> {
    if cli.sys.is_tty(0) {
        return Err(Failure::new(
            "asking for a user and a password is not simulated by Drydock: use --username and --password-stdin",
        ));
    }
    Err(Failure::new("error: cannot perform an interactive login from a non-TTY device"))
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
