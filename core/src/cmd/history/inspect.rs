//! `docker buildx history inspect`.

use super::shown;
use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;
use crate::model::PastBuild;
use crate::render::table::align;
use crate::render::template::{Functions, MissingKey, Template};
use crate::render::value::Value;

/// `docker buildx history inspect [OPTIONS] [REF]`.
pub const COMMAND: Command = Command::new("buildx history inspect", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let build = shown::find(cli, call.arg(0))?;
    let text = match call.str("format") {
        "pretty" | "" => pretty(&build),
        "json" => serde_json::to_string_pretty(&shown::json(&build)).unwrap_or_default() + "\n",
        format => {
            let wrong = |message: String| Failure::new(format!("ERROR: template parsing error: {message}"));
            let template = Template::parse(format).map_err(|e| wrong(e.message))?;
            let mut out = String::new();
            template
                .execute(&Value::raw(&shown::json(&build)), MissingKey::NoValue, Functions::Docker, &mut out)
                .map_err(|e| wrong(e.message))?;
            out + "\n"
        }
    };
    cli.out(&text);
    DONE
}

fn pretty(build: &PastBuild) -> String {
    let mut out = String::new();
    let target = build.target.as_deref().unwrap_or_default();
    for (title, value) in
        [("Name", build.name.as_str()), ("Context", &build.context), ("Dockerfile", &build.file), ("Target", target)]
    {
        if !value.is_empty() {
            out.push_str(&format!("{:<16}{value}\n", format!("{title}:")));
        }
    }
    let hundredth = (build.cached * 100).checked_div(build.steps).unwrap_or(0);
    out.push_str(&format!(
        "\nStarted:        {}\nDuration:       {}\n",
        shown::moment(build.started),
        shown::duration(build)
    ));
    if build.error.is_some() {
        out.push_str(&format!("Status:         {}\n", shown::status(build)));
    }
    out.push_str(&format!(
        "Build Steps:    {}/{} ({hundredth}% cached)\n\nImage Resolve Mode:     local\n",
        build.finished, build.steps
    ));
    for (title, list) in [("BUILD ARG", &build.args), ("LABEL", &build.labels)] {
        if !list.is_empty() {
            let rows: String = list.iter().map(|(name, value)| format!("{name}\t{value}\n")).collect();
            out.push_str(&format!("\n{}", align(&format!("{title}\tVALUE\n{rows}"))));
        }
    }
    if let Some(error) = &build.error {
        out.push_str(&format!("\nError: {error}\n"));
    }
    out + &format!("\nPrint build logs: docker buildx history logs {}\n", build.reference)
}
