//! `docker image import`.

use super::load::read;
use crate::base::Reference;
use crate::cmd::{Cli, Command, DONE, Failure, Flow, Until};
use crate::engine::image::{self, Import};
use crate::grammar::Invocation;
use crate::model::EngineError;

/// `docker import [OPTIONS] file|URL|- [REPOSITORY[:TAG]]`.
pub const COMMAND: Command = Command::new("image import", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let (source, name) = (call.arg(0).to_owned(), call.arg(1));
    let bytes = if source == "-" {
        let Some(input) = cli.input.take() else { return Ok(Flow::Input(Until::End)) };
        input
    } else if ["http://", "https://"].iter().any(|scheme| source.starts_with(scheme)) {
        return Err(EngineError::not_simulated("importing from a URL").into());
    } else {
        read(cli, &source)?
    };
    let parsed = Some(name).filter(|name| !name.is_empty()).map(Reference::parse).transpose();
    let name = parsed.map_err(|e| Failure::new(e.to_string()))?;
    let request = Import {
        name,
        changes: call.list("change"),
        message: call.str("message").to_owned(),
        platform: call.str("platform").to_owned(),
    };
    let image = image::import(cli.world()?, &request, &bytes)?;
    cli.out(&format!("{}\n", image.id()));
    DONE
}
