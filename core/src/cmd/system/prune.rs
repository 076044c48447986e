//! `docker system prune`.

use crate::base::Order;
use crate::base::units::human_size;
use crate::cmd::{Cli, Command, DONE, Failure, Flow, Until, container, image, network, volume};
use crate::engine::filter::Filters;
use crate::engine::{build, container as containers, image as images, network as networks, volume as volumes};
use crate::grammar::Invocation;

/// `docker system prune [OPTIONS]`.
pub const COMMAND: Command = Command::new("system prune", run);

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let filters = call.filters();
    let with_volumes = call.bool("volumes");
    if with_volumes && filters.iter().any(|(name, _)| name == "until") {
        return Err(Failure::new("the \"until\" filter is not supported with \"--volumes\""));
    }
    if !call.bool("force") {
        match cli.confirm(&question(call, &filters)) {
            None => return Ok(Flow::Input(Until::Line)),
            Some(false) => return DONE,
            Some(true) => {}
        }
    }
    let all = call.bool("all");
    let chosen = Filters::new(filters.clone());
    let gone = containers::prune(cli.world()?, &chosen)?;
    let mut reclaimed = gone.reclaimed;
    cli.out(&container::prune::deleted(&gone));
    let gone = networks::prune(cli.world()?, &chosen)?;
    cli.out(&network::prune::report(&gone));
    if with_volumes {
        let gone = volumes::prune(cli.world()?, &chosen)?;
        reclaimed = reclaimed.saturating_add(gone.reclaimed);
        cli.out(&volume::prune::deleted(&gone.deleted));
    }
    let gone = images::prune(cli.world()?, all, &filters)?;
    reclaimed = reclaimed.saturating_add(gone.reclaimed);
    cli.out(&image::prune::deleted(&gone));
    // Records of the builder have neither labels nor a place in the filters.
    if filters.is_empty() {
        let gone = build::prune(cli.world()?, all);
        let ids: String = gone.iter().map(|record| format!("{}\n", record.id)).collect();
        if !ids.is_empty() {
            cli.out(&format!("Deleted build cache objects:\n{ids}\n"));
        }
        let own = gone.iter().filter(|record| !record.shared).map(|record| record.size);
        reclaimed = own.fold(reclaimed, u64::saturating_add);
    }
    cli.out(&format!("Total reclaimed space: {}\n", human_size(reclaimed as f64)));
    DONE
}

/// What will go, and whether to go on.
fn question(call: &Invocation, filters: &[(String, String)]) -> String {
    let mut out = String::from("WARNING! This will remove:\n");
    let mut item = |text: &str| out.push_str(&format!("  - {text}\n"));
    item("all stopped containers");
    item("all networks not used by at least one container");
    if call.bool("volumes") {
        item("all anonymous volumes not used by at least one container");
    }
    if call.bool("all") {
        item("all images without at least one container associated to them");
        item("all build cache");
    } else {
        item("all dangling images");
        item("unused build cache");
    }
    if !filters.is_empty() {
        let mut shown: Vec<String> = filters.iter().map(|(k, v)| format!("{k}={v}")).collect();
        shown.order();
        out.push_str("\n  Items to be pruned will be filtered with:\n");
        shown.iter().for_each(|f| out.push_str(&format!("  - {f}\n")));
    }
    out + "\nAre you sure you want to continue? [y/N] "
}
