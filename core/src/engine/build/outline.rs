//! `--call=outline` and `--call=targets`: what a Dockerfile offers to who builds it.

use super::convert::{Planner, prepare};
use super::dockerfile::{Argument, Dockerfile, Instruction, Stage};
use super::ignore::Patterns;
use super::plan::{Refusal, Request};
use crate::base::Order;
use crate::model::World;
use std::collections::BTreeMap;

/// What a target takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// The target's name; empty for the last stage without one.
    pub name: String,
    /// What the comment above it says.
    pub about: String,
    /// Arguments that count for it.
    pub args: Vec<Offer>,
    /// Secrets, and whether they must be given.
    pub secrets: Vec<(String, bool)>,
    /// SSH agents, and whether they must be given.
    pub agents: Vec<(String, bool)>,
}

/// An argument with its value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    /// Its name.
    pub name: String,
    /// Its value, where it has one.
    pub value: String,
    /// What the comment above it says.
    pub about: String,
}

/// Says what a target takes.
///
/// # Errors
/// As for a plan.
pub fn outline(
    world: &mut World,
    file: &Dockerfile,
    request: &Request,
    ignore: &Patterns,
) -> Result<Outline, Box<Refusal>> {
    let mut planner = prepare(world, file, request, ignore);
    let target = planner.run()?;
    let Some(stage) = file.stages.get(target) else { return Ok(Outline::default()) };
    let mut out = Outline {
        name: stage.name.clone().unwrap_or_default(),
        about: stage.about.clone(),
        args: planner.offers(),
        ..Outline::default()
    };
    let needed = planner.states.keys().filter_map(|index| file.stages.get(*index));
    for step in needed.flat_map(|stage| &stage.steps) {
        let Instruction::Run(run) = &step.instruction else { continue };
        for mount in &run.mounts {
            let required = mount
                .fields
                .iter()
                .any(|(key, value)| key == "required" && value.as_deref() != Some("false"));
            let id = mount.get(&["id"]).or_else(|| mount.get(&["source", "src"]));
            match mount.kind.as_str() {
                "secret" => {
                    let named = || mount.get(&["target", "dst", "destination"])?.rsplit('/').next();
                    out.secrets.push((id.or_else(named).unwrap_or_default().to_owned(), required));
                }
                "ssh" => out.agents.push((id.unwrap_or("default").to_owned(), required)),
                _ => {}
            }
        }
    }
    out.secrets.order();
    out.secrets.dedup_by(|a, b| a.0 == b.0);
    out.agents.order();
    out.agents.dedup_by(|a, b| a.0 == b.0);
    Ok(out)
}

/// The stages with their descriptions.
pub fn targets(file: &Dockerfile) -> Vec<(String, String)> {
    let name = |stage: &Stage| stage.name.clone().unwrap_or_default();
    file.stages.iter().map(|stage| (name(stage), stage.about.clone())).collect()
}

/// Whether a text uses a variable.
fn uses(text: &str, name: &str) -> bool {
    let after = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let plain = text.split('$').skip(1).any(|rest| rest.strip_prefix(name).is_some_and(after));
    plain || text.split("${").skip(1).any(|rest| rest.strip_prefix(name).is_some_and(after))
}

impl Planner<'_> {
    /// The arguments that count for the stages of the plan, in the order of the file, each once.
    fn offers(&self) -> Vec<Offer> {
        let mut found: BTreeMap<(usize, usize), Offer> = BTreeMap::new();
        let mut add = |line: usize, at: usize, arg: &Argument, value: Option<String>| {
            let value = value.unwrap_or_default();
            found.insert((line, at), Offer { name: arg.name.clone(), value, about: arg.about.clone() });
        };
        let needed: Vec<&Stage> =
            self.states.keys().filter_map(|index| self.file.stages.get(*index)).collect();
        for step in &self.file.global {
            let Instruction::Arg(args) = &step.instruction else { continue };
            for (at, arg) in args.iter().enumerate() {
                let in_from = |stage: &&Stage| uses(&stage.text, &arg.name);
                if needed.iter().any(in_from) {
                    add(step.range.start, at, arg, self.global(&arg.name));
                }
            }
        }
        for (index, state) in &self.states {
            let Some(stage) = self.file.stages.get(*index) else { continue };
            for (number, step) in stage.steps.iter().enumerate() {
                let Instruction::Arg(args) = &step.instruction else { continue };
                let rest = stage.steps.get(number + 1..).unwrap_or_default();
                for (at, arg) in args.iter().enumerate() {
                    let counts = |step: &super::dockerfile::Step| {
                        matches!(step.instruction, Instruction::Run(_)) || uses(&step.text, &arg.name)
                    };
                    if rest.iter().any(counts) {
                        add(step.range.start, at, arg, super::convert::value_of(&state.args, &arg.name));
                    }
                }
            }
        }
        let mut offers: Vec<Offer> = Vec::new();
        for offer in found.into_values() {
            match offers.iter_mut().find(|known| known.name == offer.name) {
                Some(known) if known.about.is_empty() => known.about = offer.about,
                Some(_) => {}
                None => offers.push(offer),
            }
        }
        offers
    }
}
