//! `docker build --call=outline` and `--call=targets`: what a Dockerfile offers.

use super::build_report::refused;
use crate::cmd::{Cli, DONE, Failure, Flow};
use crate::engine::build::dockerfile::Dockerfile;
use crate::engine::build::{Outline, Patterns, Request, outline, targets};
use crate::render::table::padded;

/// Prints what was asked for.
///
/// # Errors
/// A Dockerfile that cannot be planned.
pub fn told(
    cli: &mut Cli<'_, '_>,
    what: &str,
    file: &Dockerfile,
    request: &Request,
    ignore: &Patterns,
) -> Result<Flow, Failure> {
    if what == "targets" {
        cli.out(&list(&targets(file)));
        return DONE;
    }
    let found = outline(cli.world()?, file, request, ignore).map_err(|refusal| refused(request, &refusal))?;
    cli.out(&shown(&found));
    DONE
}

/// The targets; the last one is built unless told otherwise.
fn list(targets: &[(String, String)]) -> String {
    let mut lines = String::from("TARGET\tDESCRIPTION\n");
    for (at, (name, about)) in targets.iter().enumerate() {
        let mark = if at + 1 == targets.len() { "(default)" } else { "" };
        let gap = if name.is_empty() || mark.is_empty() { "" } else { " " };
        lines.push_str(&format!("{name}{gap}{mark}\t{about}\n"));
    }
    padded(&lines, 0, 1)
}

fn shown(outline: &Outline) -> String {
    let mut out = String::new();
    let name = if outline.name.is_empty() { "(default)" } else { &outline.name };
    if !outline.name.is_empty() || !outline.about.is_empty() {
        let about = match outline.about.as_str() {
            "" => String::new(),
            about => format!("DESCRIPTION:\t{about}\n"),
        };
        out.push_str(&format!("{}\n", padded(&format!("TARGET:\t{name}\n{about}"), 0, 1)));
    }
    if !outline.args.is_empty() {
        let line = |arg: &crate::engine::build::Offer| format!("{}\t{}\t{}\n", arg.name, arg.value, arg.about);
        let lines: String = outline.args.iter().map(line).collect();
        out.push_str(&format!("{}\n", padded(&format!("BUILD ARG\tVALUE\tDESCRIPTION\n{lines}"), 0, 3)));
    }
    for (title, lent) in [("SECRET", &outline.secrets), ("SSH", &outline.agents)] {
        if !lent.is_empty() {
            let line = |(id, required): &(String, bool)| format!("{id}\t{}\n", if *required { "true" } else { "" });
            let lines: String = lent.iter().map(line).collect();
            out.push_str(&format!("{}\n", padded(&format!("{title}\tREQUIRED\n{lines}"), 0, 3)));
        }
    }
    out
}
