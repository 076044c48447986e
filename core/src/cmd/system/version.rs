//! `docker version`.

use crate::base::time_format::{ansi_c, parse_timestamp};
use crate::base::Time;
use crate::cmd::{Cli, Command, DONE, Failure, Flow, endpoint};
use crate::cmd::context::store;
use crate::engine::system;
use crate::grammar::Invocation;
use crate::model::Release;
use crate::render::inspect::version;
use crate::render::template::{Functions, MissingKey, Template};
use serde_json::{Value, json};

/// `docker version [OPTIONS]`.
pub const COMMAND: Command = Command::new("version", run);

const TEXT: &str = "Client:
 Version:           {{.Client.Version}}
 API version:       {{.Client.APIVersion}}{{if ne .Client.APIVersion .Client.DefaultAPIVersion}} (downgraded from {{.Client.DefaultAPIVersion}}){{end}}
 Go version:        {{.Client.GoVersion}}
 Git commit:        {{.Client.GitCommit}}
 Built:             {{.Client.BuildTime}}
 OS/Arch:           {{.Client.Os}}/{{.Client.Arch}}
 Context:           {{.Client.Context}}
{{- if .Server}}

Server:{{if .Server.Platform.Name}} {{.Server.Platform.Name}}{{end}}
{{- range .Server.Components}}
{{- if eq .Name \"Engine\"}}
 {{.Name}}:
  Version:          {{.Version}}
  API version:      {{.Details.ApiVersion}} (minimum version {{.Details.MinAPIVersion}})
  Go version:       {{.Details.GoVersion}}
  Git commit:       {{.Details.GitCommit}}
  Built:            {{.Details.BuildTime}}
  OS/Arch:          {{.Details.Os}}/{{.Details.Arch}}
  Experimental:     {{.Details.Experimental}}
{{- else}}
 {{.Name}}:
  Version:          {{.Version}}
  GitCommit:        {{.Details.GitCommit}}
{{- end}}
{{- end}}
{{- end}}";

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let format = match call.str("format") {
        "" => TEXT,
        "json" => "{{json .}}",
        given => given,
    };
    let template = Template::parse_named("version", format)
        .map_err(|e| Failure::new(format!("template parsing error: {}", e.message)).code(64))?;
    let context = store::current(cli);
    let reached = endpoint::reach(cli);
    let release = cli.world()?.release;
    let mut facts = facts(&context, release);
    if reached.is_err()
        && let Some(all) = facts.as_object_mut()
    {
        all.insert("Server".into(), Value::Null);
    }
    let mut out = String::new();
    let done = template.execute(&version(&facts), MissingKey::NoValue, Functions::Docker, &mut out);
    cli.out(&format!("{out}\n"));
    done.map_err(|e| Failure::new(e.message))?;
    reached?;
    DONE
}

/// Client and server together; the build time of the engine is written for people.
fn facts(context: &str, release: Release) -> Value {
    let mut server = system::version(release);
    if let Some(text) = server.pointer_mut("/Components/0/Details/BuildTime") {
        let at = text.as_str().and_then(|t| parse_timestamp(t, Time::default()).ok());
        if let Some(at) = at {
            *text = ansi_c(at).into();
        }
    }
    json!({
        "Client": {
            "Version": system::VERSION,
            "ApiVersion": release.api,
            "DefaultAPIVersion": system::API,
            "GitCommit": system::COMMIT,
            "GoVersion": "go1.26.6",
            "Os": "linux",
            "Arch": "amd64",
            "BuildTime": "unknown-buildtime",
            "Context": context,
        },
        "Server": server,
    })
}
