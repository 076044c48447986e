//! Which stages a stage uses, and the order in which they are built.

use super::convert::{Planner, refuse};
use super::dockerfile::{Instruction, Problem, Range, Step};
use super::plan::Refusal;
use petgraph::algo::{has_path_connecting, toposort};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{EdgeRef, Reversed, Walker};

impl Planner<'_> {
    /// The stage that `FROM` means: one of those before stage `before`.
    pub(super) fn base_stage(&self, name: &str, before: usize) -> Option<usize> {
        let lower = name.to_lowercase();
        let earlier = self.file.stages.get(..before).unwrap_or_default();
        earlier.iter().rposition(|stage| stage.name.as_deref() == Some(lower.as_str()))
    }

    /// The stage that `--from` means, wherever it stands; none for an image or a context.
    pub(super) fn stage_of(&self, from: &str, range: Range) -> Result<Option<usize>, Box<Refusal>> {
        let count = self.file.stages.len();
        if let Some(index) = self.base_stage(from, count) {
            return Ok(Some(index));
        }
        match from.parse::<usize>() {
            Ok(n) if n < count => Ok(Some(n)),
            Ok(n) => Err(refuse(Problem::at(range, format!("invalid stage index {n}")))),
            Err(_) => Ok(None),
        }
    }

    /// The stages a target needs, each after those it needs itself.
    pub(super) fn needed(&self, target: usize) -> Result<Vec<usize>, Box<Refusal>> {
        let uses = self.uses()?;
        let Ok(order) = toposort(Reversed(&uses), None) else { return Err(self.circle(&uses)) };
        let target = NodeIndex::new(target);
        Ok(order
            .into_iter()
            .filter(|n| has_path_connecting(&uses, target, *n, None))
            .map(NodeIndex::index)
            .collect())
    }

    /// From each stage to those it uses, and where it does.
    fn uses(&self) -> Result<DiGraph<(), Range>, Box<Refusal>> {
        let mut uses = DiGraph::new();
        let nodes: Vec<NodeIndex> = self.file.stages.iter().map(|_| uses.add_node(())).collect();
        for (index, stage) in self.file.stages.iter().enumerate() {
            let base = self.global_word(&stage.base).unwrap_or_default();
            let mut used: Vec<_> =
                self.base_stage(&base, index).map(|at| (at, stage.range)).into_iter().collect();
            for step in &stage.steps {
                for from in sources(step) {
                    used.extend(self.stage_of(from, step.range)?.map(|at| (at, step.range)));
                }
            }
            for (at, range) in used {
                uses.add_edge(nodes[index], nodes[at], range);
            }
        }
        Ok(uses)
    }

    /// What is said of the first stage that leads into a circle.
    fn circle(&self, uses: &DiGraph<(), Range>) -> Box<Refusal> {
        let turning = |edge: &petgraph::graph::EdgeReference<'_, Range>| {
            has_path_connecting(uses, edge.target(), edge.source(), None)
        };
        let leads = |stage: NodeIndex| {
            let reached = petgraph::visit::Dfs::new(uses, stage).iter(uses);
            reached.flat_map(|node| uses.edges(node)).find(turning)
        };
        let found = uses.node_indices().find_map(|stage| Some((stage.index(), *leads(stage)?.weight())));
        let (index, range) = found.unwrap_or_default();
        let named = self.file.stages.get(index).and_then(|stage| stage.name.clone());
        let name = named.unwrap_or_else(|| format!("stage-{index}"));
        refuse(Problem::at(range, format!("circular dependency detected on stage: {name}")))
    }
}

/// What a step takes files from, beside the build context.
fn sources(step: &Step) -> Vec<&str> {
    match &step.instruction {
        Instruction::Copy(copy) => copy.from.as_deref().into_iter().collect(),
        Instruction::Run(run) => run.mounts.iter().filter_map(|mount| mount.get(&["from"])).collect(),
        _ => vec![],
    }
}
