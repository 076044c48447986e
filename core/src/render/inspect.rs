//! What `inspect` prints: whole objects as JSON, or a template over each.

use super::gofmt::MAX_OUTPUT;
use super::inspect_types::{CONTAINER, CONTEXT, EVENT, IMAGE, INFO, NETWORK, VERSION, VOLUME};
use super::json::{Escape, compact, indented};
use super::template::{ErrorKind, Functions, MissingKey, Template, TemplateError};
use super::typed::{Kind, typed};
use super::value::Value;
use serde_json::Value as Json;

/// What kind of object the JSON is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// A container.
    Container,
    /// An image.
    Image,
    /// A network.
    Network,
    /// A volume.
    Volume,
    /// A context of the client.
    Context,
    /// Anything else: templates see the JSON as it is.
    Other,
}

impl ObjectKind {
    fn kind(self) -> &'static Kind {
        match self {
            Self::Container => &CONTAINER,
            Self::Image => &IMAGE,
            Self::Network => &NETWORK,
            Self::Volume => &VOLUME,
            Self::Context => &CONTEXT,
            Self::Other => &Kind::Any,
        }
    }
}

/// A parsed `--format` of an inspect command.
#[derive(Debug, Clone, PartialEq)]
pub enum Format {
    /// No format: an indented array.
    Indented,
    /// `json`: an array on one line.
    Json,
    /// A template for each object.
    Template(Template),
}

impl Format {
    /// Reads the option's text; a malformed template is an error of kind [`ErrorKind::Parse`].
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        match text {
            "" => Ok(Self::Indented),
            "json" => Ok(Self::Json),
            _ => Template::parse(text).map(Self::Template),
        }
    }
}

/// Prints `objects`. A template that fails on one stops there; what came before is printed, and
/// an empty line when nothing did.
pub fn print(format: &Format, objects: &[(ObjectKind, Json)]) -> (String, Option<TemplateError>) {
    let template = match format {
        Format::Template(template) => template,
        _ if objects.is_empty() => return ("[]\n".into(), None),
        _ => {
            let all = Json::Array(objects.iter().map(|(_, object)| object.clone()).collect());
            let text = match format {
                Format::Json => compact(&all, Escape::Plain),
                _ => indented(&all, Escape::Plain),
            };
            return (text + "\n", None);
        }
    };
    let mut out = String::new();
    let mut error = None;
    for (kind, object) in objects {
        match element(template, *kind, object) {
            Ok(_) if out.len() > MAX_OUTPUT => {
                error = Some(TemplateError::limit("too much output"));
                break;
            }
            Ok(text) => {
                out += &text;
                out.push('\n');
            }
            Err(e) => {
                error = Some(e);
                break;
            }
        }
    }
    if out.is_empty() {
        out.push('\n');
    }
    (out, error)
}

/// What templates of `docker events` see of an event.
pub fn event(json: &Json) -> Value {
    typed(Some(json), &EVENT)
}

/// What templates of `docker version` see of the client's and the server's versions.
pub fn version(json: &Json) -> Value {
    typed(Some(json), &VERSION)
}

/// What templates of `docker info` see.
pub fn info(json: &Json) -> Value {
    typed(Some(json), &INFO)
}

/// One object through a template: over the Go struct, and where that fails over the raw JSON,
/// whose error then counts.
fn element(template: &Template, kind: ObjectKind, object: &Json) -> Result<String, TemplateError> {
    let mut out = String::new();
    let value = typed(Some(object), kind.kind());
    match template.execute(&value, MissingKey::NoValue, Functions::Docker, &mut out) {
        Ok(()) => return Ok(out),
        Err(error) if error.kind != ErrorKind::Exec || kind == ObjectKind::Context => return Err(error),
        Err(_) => out.clear(),
    }
    template.execute(&Value::raw(object), MissingKey::Error, Functions::Docker, &mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn container() -> Json {
        json!({
            "Id": "2b6e3f115b39",
            "Args": ["1000"],
            "State": {"Status": "running", "Running": true, "Paused": false, "Pid": 7, "ExitCode": 0},
            "Name": "/web",
            "Mounts": [{"Type": "bind", "Source": "/a", "Destination": "/b", "Mode": "", "RW": true, "Propagation": "rprivate"}],
            "RestartCount": 0,
            "HostConfig": {"Memory": 0, "Init": true, "PortBindings": {}, "Binds": null},
            "Config": {"Image": "busybox", "Cmd": ["sleep", "1000"], "Entrypoint": null,
                "Labels": {"team": "a", "tier": "front"}},
            "NetworkSettings": {"Ports": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "18110"}]},
                "Networks": {"bridge": {"IPAddress": "", "MacAddress": "02:42"}}},
        })
    }

    fn run(kind: ObjectKind, format: &str, object: Json) -> String {
        let format = Format::parse(format).expect("a template");
        let (out, error) = print(&format, &[(kind, object)]);
        out + &error.map_or_else(String::new, |e| e.message)
    }

    #[test]
    fn as_recorded() {
        for (format, want) in [
            ("{{.Name}} {{.State.Status}} {{.Config.Image}}", "/web running busybox\n"),
            ("{{json .Config.Cmd}} {{json .Config.Entrypoint}}", "[\"sleep\",\"1000\"] null\n"),
            ("{{.Config.Cmd}} {{.Args}} {{.Config.Entrypoint}}", "[sleep 1000] [1000] []\n"),
            ("{{.Config.Labels.tier}} {{.Config.Labels.nosuch}}", "front <no value>\n"),
            ("{{.Id}} {{.State.Pid}}", "2b6e3f115b39 7\n"),
            ("{{.ID}} {{gt .RestartCount 0}}", "2b6e3f115b39 false\n"),
            (
                "{{printf \"%-10s|%5d|%q\" .Name .RestartCount .State.Status}}",
                "/web      |    0|\"running\"\n",
            ),
            ("{{len .Config.Labels}} {{upper .Name}} {{join .Config.Cmd \"+\"}}", "2 /WEB sleep+1000\n"),
            (
                "{{.State.Health}} {{json .State.Health}} {{.SizeRootFs}} {{.HostConfig.Init}}",
                "<nil> null <nil> true\n",
            ),
            ("{{(index (index .NetworkSettings.Ports \"80/tcp\") 0).HostPort}}", "18110\n"),
            ("{{(index (index .NetworkSettings.Ports \"80/tcp\") 0).HostIp}}", "127.0.0.1\n"),
            ("{{.NetworkSettings.Networks.bridge.IPAddress}}", "invalid IP\n"),
            ("{{.NetworkSettings.Networks.nosuch.IPAddress}}", "<no value>\n"),
            ("{{.Mounts}}", "[{bind  /a /b   true rprivate}]\n"),
            ("{{.HostConfig.PortBindings}} {{json .HostConfig.Binds}}", "map[] null\n"),
            (
                "{{.NoSuchField}}",
                "\ntemplate: :1:2: executing \"\" at <.NoSuchField>: map has no entry for key \"NoSuchField\"",
            ),
            (
                "{{.State.NoSuch}}",
                "\ntemplate: :1:8: executing \"\" at <.State.NoSuch>: map has no entry for key \"NoSuch\"",
            ),
            (
                "{{index .Config.Cmd 9}}",
                "\ntemplate: :1:2: executing \"\" at <index .Config.Cmd 9>: error calling index: index out of range: 9",
            ),
        ] {
            assert_eq!(run(ObjectKind::Container, format, container()), want, "{format}");
        }
        let mut sized = container();
        sized["SizeRootFs"] = json!(5);
        assert_eq!(run(ObjectKind::Container, "{{.SizeRootFs}}", sized.clone()), "5\n");
        assert_eq!(
            run(ObjectKind::Container, "{{gt .SizeRootFs 0}}", sized),
            "\ntemplate: :1:2: executing \"\" at <gt .SizeRootFs 0>: error calling gt: \
             incompatible types for comparison: json.Number and int"
        );
    }

    #[test]
    fn json_survives_the_types() {
        let whole = container();
        let template = run(ObjectKind::Container, "{{json .}}", whole.clone());
        assert_eq!(template, compact(&whole, Escape::Plain) + "\n");
        assert_eq!(run(ObjectKind::Other, "", json!({"a": []})), "[\n    {\n        \"a\": []\n    }\n]\n");
        assert_eq!(run(ObjectKind::Other, "json", json!({"a": []})), "[{\"a\":[]}]\n");
        assert_eq!(print(&Format::Indented, &[]).0, "[]\n");
    }

    #[test]
    fn networks_have_times() {
        let network = json!({"Name": "lan", "Created": "2026-11-21T01:33:04.5Z", "IPAM": {"Config": [{"Subnet": "10.7.0.0/16"}]}});
        let format = "{{.Created}} {{range .IPAM.Config}}{{.Subnet}} {{.Gateway}}{{end}}";
        assert_eq!(
            run(ObjectKind::Network, format, network),
            "2026-11-21 01:33:04.5 +0000 UTC 10.7.0.0/16 invalid IP\n"
        );
    }
}
