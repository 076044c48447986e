//! From a Dockerfile to a plan: the stages a target needs, variables replaced, the image's configuration.

use super::dockerfile::{
    Dockerfile, Instruction, Lexer, Problem, Range, Rule, Stage, Step, Warning, nearest, parse_trigger,
};
use super::ignore::Patterns;
use super::plan::{Node, Op, Plan, Planned, Refusal, Request, resolve};
use crate::base::{Digest, Reference};
use crate::model::image::ConfigFile;
use crate::model::{Image, World};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A stage under construction.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// Its configuration and history.
    pub config: ConfigFile,
    /// The step its tree comes from.
    pub node: Option<usize>,
    /// `ARG`s in scope: name and value, in order.
    pub args: Vec<(String, Option<String>)>,
    /// `CMD` stood in this stage.
    pub has_cmd: bool,
    /// Where the last `CMD`, `ENTRYPOINT` and `HEALTHCHECK` stood.
    pub once: BTreeMap<&'static str, usize>,
    /// `WORKDIR` was absolute once.
    pub absolute_workdir: bool,
    /// What stands in brackets before the numbers.
    pub prefix: String,
    /// How many steps the stage has, and the number of the last one shown.
    pub total: usize,
    /// See `total`.
    pub shown: usize,
    /// It is an image and nothing else.
    pub bare: bool,
    /// The cache is not used.
    pub no_cache: bool,
    /// How many SSH agents the current `RUN` has.
    pub agents: usize,
}

/// All there is while a plan is made.
pub(super) struct Planner<'a> {
    pub world: &'a mut World,
    pub file: &'a Dockerfile,
    pub request: &'a Request,
    pub ignore: &'a Patterns,
    pub plan: Plan,
    pub warnings: Vec<Warning>,
    pub states: BTreeMap<usize, State>,
    globals: Vec<(String, Option<String>)>,
    images: BTreeMap<Digest, usize>,
    context_nodes: BTreeMap<String, usize>,
}

/// Makes a plan of a Dockerfile.
///
/// # Errors
/// A [`Refusal`] in BuildKit's words.
pub fn plan(
    world: &mut World,
    file: &Dockerfile,
    request: &Request,
    ignore: &Patterns,
) -> Result<Planned, Box<Refusal>> {
    let mut planner = prepare(world, file, request, ignore);
    let done = planner.run();
    planner.warnings.retain(|warning| !file.directives.skips(warning.rule));
    match done {
        Ok(_) => Ok(Planned { plan: planner.plan, warnings: planner.warnings }),
        Err(mut refusal) => {
            refusal.warnings = planner.warnings;
            refusal.metadata = planner.plan.metadata;
            Err(refusal)
        }
    }
}

/// All there is before a plan is made.
pub(super) fn prepare<'a>(
    world: &'a mut World,
    file: &'a Dockerfile,
    request: &'a Request,
    ignore: &'a Patterns,
) -> Planner<'a> {
    Planner {
        world,
        file,
        request,
        ignore,
        plan: Plan::default(),
        warnings: file.warnings.clone(),
        states: BTreeMap::new(),
        globals: vec![],
        images: BTreeMap::new(),
        context_nodes: BTreeMap::new(),
    }
}

pub(super) fn refuse(problem: Problem) -> Box<Refusal> {
    Box::new(Refusal { problem, step: None, warnings: vec![], metadata: vec![], hint: None })
}

/// The arguments every build has.
const PLATFORM: [(&str, &str); 8] = [
    ("BUILDPLATFORM", "linux/amd64"),
    ("BUILDOS", "linux"),
    ("BUILDARCH", "amd64"),
    ("BUILDVARIANT", ""),
    ("TARGETPLATFORM", "linux/amd64"),
    ("TARGETOS", "linux"),
    ("TARGETARCH", "amd64"),
    ("TARGETVARIANT", ""),
];

impl Planner<'_> {
    /// Makes the plan; the number of the target's stage.
    pub(super) fn run(&mut self) -> Result<usize, Box<Refusal>> {
        self.read_globals()?;
        self.check_froms()?;
        let target = self.target()?;
        let needed = self.needed(target)?;
        for index in needed {
            self.stage(index)?;
        }
        let state = self.states.get(&target).cloned().unwrap_or_default();
        self.plan.result = state.node;
        self.plan.config = state.config;
        let labels = &self.request.labels;
        if !labels.is_empty() {
            let own = self.plan.config.config.labels.get_or_insert_default();
            own.extend(labels.iter().cloned());
        }
        Ok(target)
    }

    pub(super) fn lexer(&self) -> Lexer {
        Lexer::new(self.file.directives.escape)
    }

    pub(super) fn warn(&mut self, rule: Rule, message: impl Into<String>, range: Range) {
        let warning = Warning::new(rule, message, range.start);
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// `ARG`s before the first `FROM`.
    fn read_globals(&mut self) -> Result<(), Box<Refusal>> {
        let mut known: Vec<(String, Option<String>)> =
            PLATFORM.map(|(name, value)| (name.to_owned(), Some(value.to_owned()))).to_vec();
        known.push(("TARGETSTAGE".into(), Some(self.request.target.clone().unwrap_or("default".into()))));
        for step in &self.file.global {
            let Instruction::Arg(args) = &step.instruction else { continue };
            for arg in args {
                let given = self.request.args.iter().rev().find(|(name, _)| *name == arg.name);
                let value = match (given, &arg.value) {
                    (Some((_, value)), _) => Some(value.clone()),
                    (None, Some(text)) => {
                        let lookup = |name: &str| value_of(&known, name);
                        Some(
                            self.lexer()
                                .word(text, &lookup)
                                .map_err(|e| refuse(Problem::at(step.range, e)))?,
                        )
                    }
                    (None, None) => None,
                };
                known.push((arg.name.clone(), value));
            }
        }
        self.globals = known;
        Ok(())
    }

    /// The stage to build.
    fn target(&self) -> Result<usize, Box<Refusal>> {
        let stages = &self.file.stages;
        let Some(wanted) = self.request.target.as_deref().filter(|t| !t.is_empty()) else {
            return Ok(stages.len().saturating_sub(1));
        };
        let lower = wanted.to_lowercase();
        let by_name = stages.iter().rposition(|stage| stage.name.as_deref() == Some(lower.as_str()));
        let by_number = || wanted.parse().ok().filter(|n| *n < stages.len());
        by_name.or_else(by_number).ok_or_else(|| {
            let near = nearest(wanted, stages.iter().filter_map(|stage| stage.name.as_deref()));
            let hint = near.map_or(String::new(), |near| format!(" (did you mean {near}?)"));
            refuse(Problem::new(format!("target stage {wanted:?} could not be found{hint}")))
        })
    }

    pub(super) fn global_word(&self, text: &str) -> Result<String, String> {
        self.lexer().word(text, &|name: &str| value_of(&self.globals, name))
    }

    fn stage(&mut self, index: usize) -> Result<(), Box<Refusal>> {
        let Some(stage) = self.file.stages.get(index) else { return Ok(()) };
        let mut state = self.begin(index, stage)?;
        let mut steps = self.triggers(&mut state, stage.range)?;
        steps.extend(stage.steps.iter().cloned());
        let counted = |step: &&Step| {
            matches!(step.instruction, Instruction::Run(_) | Instruction::Copy(_) | Instruction::Workdir(_))
        };
        state.total += steps.iter().filter(counted).count();
        // The step of the image itself has its name only now that the steps are counted.
        if state.bare && state.total > 0 {
            let prefix = state.number();
            if let Some(node) = state.node.and_then(|node| self.plan.nodes.get_mut(node))
                && let Op::Image { resolved, .. } = &node.op
                && node.name.is_empty()
            {
                node.name = format!("{prefix}FROM {resolved}");
            }
        }
        for step in &steps {
            if !matches!(step.instruction, Instruction::Arg(_)) {
                state.bare &= !counted(&step);
            }
            self.step(&mut state, step)?;
        }
        self.states.insert(index, state);
        Ok(())
    }

    fn begin(&mut self, index: usize, stage: &Stage) -> Result<State, Box<Refusal>> {
        let fail = |message: String| refuse(Problem::at(stage.range, message));
        let base = self.global_word(&stage.base).map_err(fail)?;
        if let Some(platform) = &stage.platform {
            self.usable_platform(platform, stage.range)?;
        }
        let named = stage.name.clone();
        let prefix = match &named {
            Some(name) => format!("{name} "),
            None if self.file.stages.len() > 1 => format!("stage-{index} "),
            None => String::new(),
        };
        let filter = &self.request.no_cache_filter;
        let no_cache = self.request.no_cache
            || named.as_ref().is_some_and(|name| filter.iter().any(|f| f.eq_ignore_ascii_case(name)));
        let fresh = State { prefix, no_cache, ..State::default() };
        if base == "scratch" {
            let config =
                ConfigFile { architecture: "amd64".into(), os: "linux".into(), ..fresh.config.clone() };
            let mut state = State { config, ..fresh };
            state.config.config.env = vec![format!("PATH={}", super::run::DEFAULT_PATH)];
            state.config.config.working_dir = "/".into();
            return Ok(state);
        }
        if let Some(of) = self.base_stage(&base, index) {
            let below = self.states.get(&of).cloned().unwrap_or_default();
            return Ok(State {
                config: below.config,
                node: below.node,
                args: below.args,
                absolute_workdir: below.absolute_workdir,
                bare: false,
                ..fresh
            });
        }
        let given = self.request.images.iter().find(|(name, _)| *name == base);
        let base = given.map_or(base, |(_, image)| image.clone());
        let (node, image) = self.image(&base, stage.range)?;
        let mut config = image.config.clone();
        (config.created, config.cache) = (None, None);
        let absolute_workdir = config.config.working_dir.starts_with('/') && config.config.working_dir != "/";
        if config.config.env.is_empty() {
            config.config.env = vec![format!("PATH={}", super::run::DEFAULT_PATH)];
        }
        if config.config.working_dir.is_empty() {
            config.config.working_dir = "/".into();
        }
        Ok(State { config, node: Some(node), absolute_workdir, total: 1, bare: true, ..fresh })
    }

    /// Looks at every `FROM`, also those of stages that the target does not need.
    fn check_froms(&mut self) -> Result<(), Box<Refusal>> {
        let file = self.file;
        for stage in &file.stages {
            self.check_default(stage);
        }
        for stage in &file.stages {
            let fail = |message: String| refuse(Problem::at(stage.range, message));
            self.check_declared(&stage.base, stage.range);
            let base = self.global_word(&stage.base).map_err(fail)?;
            if base.is_empty() {
                return Err(fail(format!("base name ({}) should not be blank", stage.base)));
            }
            if let Some(platform) = &stage.platform {
                self.check_declared(platform, stage.range);
                self.check_platform(platform, stage.range)?;
            }
        }
        Ok(())
    }

    /// Warns of arguments that a `FROM` uses and nothing declares.
    fn check_declared(&mut self, text: &str, range: Range) {
        let lookup = |name: &str| value_of(&self.globals, name);
        for name in self.lexer().unset(text, &lookup) {
            let names = self.globals.iter().map(|(known, _)| known.as_str());
            if names.clone().any(|known| *known == name) {
                continue;
            }
            let near = nearest(&name, names);
            let hint = near.map_or(String::new(), |near| format!(" (did you mean {near}?)"));
            self.warn(
                Rule::UndefinedArgInFrom,
                format!("FROM argument '{name}' is not declared{hint}"),
                range,
            );
        }
    }

    /// Warns where the defaults of the arguments make no name of an image.
    fn check_default(&mut self, stage: &Stage) {
        let mut defaults: Vec<(String, Option<String>)> = self.globals.clone();
        for step in &self.file.global {
            let Instruction::Arg(args) = &step.instruction else { continue };
            for arg in args {
                let text = arg.value.clone().unwrap_or_default();
                let value = self.lexer().word(&text, &|name: &str| value_of(&defaults, name)).ok();
                defaults.push((arg.name.clone(), arg.value.as_ref().and(value)));
            }
        }
        let default = self.lexer().word(&stage.base, &|name: &str| value_of(&defaults, name));
        if stage.base.contains('$') && default.is_ok_and(|name| Reference::parse(&name).is_err()) {
            let message =
                format!("Default value for ARG {} results in empty or invalid base image name", stage.base);
            self.warn(Rule::InvalidDefaultArgInFrom, message, stage.range);
        }
    }

    fn check_platform(&mut self, platform: &str, range: Range) -> Result<(), Box<Refusal>> {
        if matches!(platform, "$TARGETPLATFORM" | "${TARGETPLATFORM}") {
            let message = format!(
                "Setting platform to predefined {platform} in FROM is redundant as this is the default behavior"
            );
            self.warn(Rule::RedundantTargetPlatform, message, range);
        } else if !platform.contains('$') {
            let message = format!("FROM --platform flag should not use constant value {platform:?}");
            self.warn(Rule::FromPlatformFlagConstDisallowed, message, range);
        }
        let wanted = self.global_word(platform).map_err(|e| refuse(Problem::at(range, e)))?;
        if wanted.is_empty() {
            let message = format!("empty platform value from expression {platform}");
            return Err(refuse(Problem::at(range, message)));
        }
        Ok(())
    }

    /// Refuses a stage for another platform.
    fn usable_platform(&self, platform: &str, range: Range) -> Result<(), Box<Refusal>> {
        let wanted = self.global_word(platform).map_err(|e| refuse(Problem::at(range, e)))?;
        let mut words = wanted.split('/');
        let (os, architecture) = (words.next().unwrap_or_default(), words.next().unwrap_or("amd64"));
        if os == "linux" && matches!(architecture, "amd64" | "x86_64" | "x86-64") {
            return Ok(());
        }
        let message = format!("building for the platform {wanted} is not simulated by Drydock");
        Err(refuse(Problem::at(range, message)))
    }

    /// The step of an image, shared by all who use it.
    pub(super) fn image(&mut self, text: &str, range: Range) -> Result<(usize, Arc<Image>), Box<Refusal>> {
        let name = Reference::parse(text)
            .map_err(|e| refuse(Problem::at(range, format!("failed to parse stage name {text:?}: {e}"))))?;
        let canonical = name.clone().or_latest().canonical();
        let base = resolve(self.world, &name, self.request.pull).map_err(|error| {
            let message =
                format!("{text}: failed to resolve source metadata for {canonical}: {}", error.message);
            let step = Some((format!("[internal] load metadata for {canonical}"), error.message));
            Box::new(Refusal { step, hint: error.hint, ..*refuse(Problem::at(range, message)) })
        })?;
        if !self.plan.metadata.contains(&canonical) {
            self.plan.metadata.push(canonical.clone());
        }
        let image = base.image;
        if let Some(node) = self.images.get(&image.id()) {
            return Ok((*node, image));
        }
        let resolved = format!("{}@{}", canonical.split('@').next().unwrap_or_default(), image.id());
        let op = Op::Image { id: image.id(), chain: image.chain_id(), resolved, fetched: base.fetched };
        let node = self.add(String::new(), op, None, range, false);
        self.images.insert(image.id(), node);
        Ok((node, image))
    }

    /// The step that loads a directory of the client.
    pub(super) fn context(&mut self, name: &str, range: Range) -> usize {
        if let Some(node) = self.context_nodes.get(name) {
            return *node;
        }
        let shown = match name {
            "" => "[internal] load build context".to_owned(),
            name => format!("[context {name}] load from client"),
        };
        let node = self.add(shown, Op::Context(name.to_owned()), None, range, false);
        self.context_nodes.insert(name.to_owned(), node);
        node
    }

    pub(super) fn add(
        &mut self,
        name: String,
        op: Op,
        root: Option<usize>,
        range: Range,
        no_cache: bool,
    ) -> usize {
        self.plan.nodes.push(Node { name, op, root, range, no_cache });
        self.plan.nodes.len() - 1
    }

    /// The instructions the base image carries for its children.
    fn triggers(&mut self, state: &mut State, range: Range) -> Result<Vec<Step>, Box<Refusal>> {
        let triggers = state.config.config.on_build.take().unwrap_or_default();
        triggers.iter().map(|text| parse_trigger(text, range).map_err(refuse)).collect()
    }

    /// The value a build or the file gives a global argument.
    pub(super) fn global(&self, name: &str) -> Option<String> {
        value_of(&self.globals, name)
    }
}

impl State {
    /// `[stage 2/7] `, one further each time.
    pub(super) fn number(&mut self) -> String {
        self.shown += 1;
        let width = self.total.to_string().len();
        format!("[{}{:>width$}/{}] ", self.prefix, self.shown, self.total)
    }
}

/// What the last of several definitions says.
pub(super) fn value_of(known: &[(String, Option<String>)], name: &str) -> Option<String> {
    known.iter().rev().find(|(known, _)| known == name).and_then(|(_, value)| value.clone())
}
