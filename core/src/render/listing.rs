//! `--format` of the listing commands: tables with headers, JSON lines, templates.

use super::gofmt::MAX_OUTPUT;
use super::table::align;
use super::template::{ErrorKind, Functions, MissingKey, Template, TemplateError};
use super::value::Value;

/// What a listing command knows about its columns.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a> {
    /// The header text of every field: `("ID", "CONTAINER ID")`.
    pub headers: &'a [(&'a str, &'a str)],
    /// What `table` and an empty format stand for: `table {{.ID}}\t{{.Image}}`.
    pub table: &'a str,
    /// What `raw` stands for, where a command has it.
    pub raw: Option<&'a str>,
}

impl Listing<'_> {
    /// Prints `rows` in the format that the user gave: "" and `table` are the command's own table,
    /// `json` is one object a line, `table TEMPLATE` a table of the user's, anything else a
    /// template for each row. An error prints nothing; its text has no prefix yet.
    pub fn print(&self, format: &str, rows: &[Value]) -> Result<String, TemplateError> {
        let format = match (format, self.raw) {
            ("" | "table", _) => self.table,
            ("raw", Some(raw)) => raw,
            _ => format,
        };
        let (text, is_table) = match format.strip_prefix("table") {
            Some(rest) => (rest, true),
            None => (format, false),
        };
        let text = if format == "json" { "{{json .}}".to_owned() } else { unescape(text.trim_matches(' ')) };
        let template = Template::parse(&text)?;
        let mut out = String::new();
        if is_table {
            let names = self.headers.iter().map(|(field, header)| (*field, Value::from(*header)));
            let header = Value::map("string", names);
            match template.execute(&header, MissingKey::NoValue, Functions::Header, &mut out) {
                Err(error) if error.kind == ErrorKind::Limit => return Err(error),
                // A header that fails stops there, as Docker's does.
                _ => out.push('\n'),
            }
        }
        for row in rows {
            template.execute(row, MissingKey::NoValue, Functions::Docker, &mut out)?;
            out.push('\n');
            if out.len() > MAX_OUTPUT {
                return Err(TemplateError::limit("too much output"));
            }
        }
        Ok(if is_table { align(&out) } else { out })
    }
}

/// The two escapes that work outside of a template's actions.
fn unescape(format: &str) -> String {
    format.replace("\\t", "\t").replace("\\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::value::Struct;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    const PS: Listing<'static> = Listing {
        headers: &[("ID", "CONTAINER ID"), ("Names", "NAMES"), ("State", "STATE"), ("Ports", "PORTS")],
        table: "table {{.ID}}\\t{{.Names}}",
        raw: Some("names: {{.Names}}\\n"),
    };

    fn row() -> Value {
        let labels = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        Struct::row("*formatter.ContainerContext")
            .field("ID", "2b6e3f115b39")
            .field("Names", "fmt")
            .field("State", "running")
            .field("Ports", "127.0.0.1:18082->80/tcp")
            .field("Label", Value::Lookup(Arc::new(labels)))
            .into()
    }

    #[test]
    fn formats() {
        for (format, want) in [
            ("", "CONTAINER ID   NAMES\n2b6e3f115b39   fmt\n"),
            ("table", "CONTAINER ID   NAMES\n2b6e3f115b39   fmt\n"),
            (
                "table {{.Names}}\\t{{.State}}\\t{{.Ports}}",
                "NAMES     STATE     PORTS\nfmt       running   127.0.0.1:18082->80/tcp\n",
            ),
            ("table {{.Names | upper}}", "NAMES\nFMT\n"),
            ("table {{join (split .Names \"m\") \"/\"}}", "NAMES\nf/t\n"),
            ("table {{.Names}}\\t{{.Label \"a\"}}", "NAMES     a\nfmt       1\n"),
            ("raw", "names: fmt\n\n"),
            ("{{.Label \"a\"}}{{.Label \"b\"}}|", "1|\n"),
            ("{{json .Ports}}", "\"127.0.0.1:18082->80/tcp\"\n"),
            ("plain text", "plain text\n"),
            (
                "json",
                "{\"ID\":\"2b6e3f115b39\",\"Names\":\"fmt\",\"Ports\":\"127.0.0.1:18082-\\u003e80/tcp\",\"State\":\"running\"}\n",
            ),
        ] {
            assert_eq!(PS.print(format, &[row()]).as_deref(), Ok(want), "{format}");
        }
    }

    #[test]
    fn errors_print_nothing() {
        let error = PS.print("{{.Names}}{{.Nope}}", &[row()]).unwrap_err();
        assert_eq!(
            (error.kind, error.message.as_str()),
            (
                ErrorKind::Exec,
                "template: :1:12: executing \"\" at <.Nope>: can't evaluate field Nope in type *formatter.ContainerContext"
            )
        );
        let error = PS.print("{{.Names", &[row()]).unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Parse, "template: :1: unclosed action"));
        assert_eq!(PS.print("{{.Nope}}", &[]).as_deref(), Ok(""));
    }

    /// Recorded from `docker context ls` with two contexts.
    #[test]
    fn as_recorded() {
        let listing = Listing {
            headers: &[("Name", "NAME"), ("Description", "DESCRIPTION"), ("Error", "ERROR")],
            table: "table {{.Name}}{{if .Current}} *{{end}}\\t{{.Description}}\\t{{.Error}}",
            raw: None,
        };
        let rows = [("default", "first", true), ("remote", "a <b> & \"c\" é", false)].map(
            |(name, text, current)| {
                let row = Struct::row("*formatter.clientContextContext");
                row.field("Current", current)
                    .field("Description", text)
                    .field("Error", "")
                    .field("Name", name)
                    .into()
            },
        );
        for (format, want) in [
            (
                "",
                "NAME        DESCRIPTION     ERROR\ndefault *   first           \n\
                 remote      a <b> & \"c\" é   \n",
            ),
            (
                "table {{.Name}}\\t{{json .}}",
                concat!(
                    "NAME      \n",
                    "default   {\"Current\":true,\"Description\":\"first\",\"Error\":\"\",\"Name\":\"default\"}\n",
                    "remote    {\"Current\":false,\"Description\":\"a \\u003cb\\u003e \\u0026 \\\"c\\\" é\",",
                    "\"Error\":\"\",\"Name\":\"remote\"}\n",
                ),
            ),
            (
                "table {{json .Name}} {{len .Name}}|{{printf \"%q\" .Name}}",
                "NAME 4|\"NAME\"\n\"default\" 7|\"default\"\n\"remote\" 6|\"remote\"\n",
            ),
            ("table {{range split .Name \"a\"}}{{.}}{{end}}|{{.Name}}", "\ndefult|default\nremote|remote\n"),
            ("table   {{.Name}}   ", "NAME\ndefault\nremote\n"),
            ("tablet {{.Name}}", "t NAME\nt default\nt remote\n"),
            ("a\\tb\\nc{{.Name}}\\\\t", "a\tb\ncdefault\\\t\na\tb\ncremote\\\t\n"),
            (
                "table {{.Name}}\\t\\t{{.Description}}\\t",
                "NAME                DESCRIPTION     \ndefault             first           \n\
                 remote              a <b> & \"c\" é   \n",
            ),
            (
                "table {{truncate .Name 3}}\\t{{pad .Name 2 2}}|{{join (split .Name \"e\") \"+\"}}",
                "NAME        NAME  |NAME\ndef         default  |d+fault\nrem         remote  |r+mot+\n",
            ),
            ("JSON", "JSON\nJSON\n"),
            ("{{.Current | not}} {{json .Current}}", "false true\ntrue false\n"),
        ] {
            assert_eq!(listing.print(format, &rows).as_deref(), Ok(want), "{format}");
        }
        for (format, want) in [
            ("{{.Name 1}}", "at <.Name>: wrong number of args for Name: want 0 got 1"),
            (
                "{{.Label \"x\"}}",
                "at <.Label>: can't evaluate field Label in type *formatter.clientContextContext",
            ),
            (
                "{{index . \"Name\"}}",
                "error calling index: can't index item of type formatter.clientContextContext",
            ),
        ] {
            let message = listing.print(format, &rows).expect_err(format).message;
            assert!(message.ends_with(want), "{format}: {message}");
        }
    }
}
