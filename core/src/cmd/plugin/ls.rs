//! `docker plugin ls`: there are none.

use crate::cmd::{Cli, Command, DONE, Failure, Flow};
use crate::grammar::Invocation;
use crate::model::EngineError;
use crate::render::listing::Listing;

/// `docker plugin ls [OPTIONS]`.
pub const COMMAND: Command = Command::new("plugin ls", run);

const LISTING: Listing<'static> = Listing {
    headers: &[
        ("ID", "ID"),
        ("Name", "NAME"),
        ("Description", "DESCRIPTION"),
        ("Enabled", "ENABLED"),
        ("PluginReference", "PLUGIN REFERENCE"),
    ],
    table: "table {{.ID}}\\t{{.Name}}\\t{{.Description}}\\t{{.Enabled}}",
    raw: Some("plugin_id: {{.ID}}\\nname: {{.Name}}\\ndescription: {{.Description}}\\nenabled: {{.Enabled}}\\n"),
};

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    for (name, value) in call.filters() {
        if !["capability", "enabled"].contains(&name.as_str()) {
            return Err(EngineError::invalid(format!("invalid filter '{name}'")).into());
        }
        if name == "enabled" && !["true", "false", "1", "0"].contains(&value.as_str()) {
            return Err(EngineError::invalid(format!("invalid filter 'enabled=[{value}]'")).into());
        }
    }
    cli.list(&LISTING, if call.bool("quiet") { "{{.ID}}" } else { call.str("format") }, &[])?;
    DONE
}
