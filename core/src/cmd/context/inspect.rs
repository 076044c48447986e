//! `docker context inspect`.

use super::store::{self, Context, DEFAULT};
use crate::cmd::system::objects::Shown;
use crate::cmd::{Cli, Command, Failure, Flow};
use crate::grammar::Invocation;
use crate::render::inspect::ObjectKind;
use serde_json::{Value, json};

/// `docker context inspect [OPTIONS] [CONTEXT] [CONTEXT...]`.
pub const COMMAND: Command = Command::new("context inspect", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let mut shown = Shown::new(call)?;
    let names = if call.args.is_empty() { vec![store::current(cli)] } else { call.args.clone() };
    for name in names {
        let object = store::load(cli, &name).map(|context| object(cli, &context));
        shown.add(ObjectKind::Context, object);
    }
    shown.print(cli)
}

fn object(cli: &Cli<'_, '_>, context: &Context) -> Value {
    let mut object = context.meta();
    let files: Vec<&str> = context.tls.iter().map(|(name, _)| name.as_str()).collect();
    let (meta, tls) = match context.name.as_str() {
        DEFAULT => ("<IN MEMORY>".into(), "<IN MEMORY>".into()),
        name => (store::meta_dir(cli, name), store::tls_dir(cli, name)),
    };
    object["TLSMaterial"] = if files.is_empty() { json!({}) } else { json!({ "docker": files }) };
    object["Storage"] = json!({ "MetadataPath": meta, "TLSPath": tls });
    object
}
