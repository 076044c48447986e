//! `docker container stats`: one look, or a table that is drawn again and again.

use crate::base::units::{bytes_size, human_size_with_precision};
use crate::base::{Duration, ObjectId, Time};
use crate::cmd::{Cli, Command, Failure, Flow, template_failure};
use crate::engine::container::{List, Usage, cpu_percent, find, list, usage};
use crate::grammar::Invocation;
use crate::kernel::{Applet, Behave, Step, Sys, Wait};
use crate::model::World;
use crate::render::listing::Listing;
use crate::render::value::{Struct, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `docker stats [OPTIONS] [CONTAINER...]`.
pub const COMMAND: Command = Command::new("container stats", run);

/// The state of a `docker stats`.
pub const APPLETS: &[Applet] = &[Applet::state::<Watching>("docker container stats")];

/// Between two looks.
const INTERVAL: Duration = Duration::secs(1);

const HEADERS: &[(&str, &str)] = &[
    ("ID", "CONTAINER ID"),
    ("Container", "CONTAINER"),
    ("Name", "NAME"),
    ("CPUPerc", "CPU %"),
    ("MemUsage", "MEM USAGE / LIMIT"),
    ("MemPerc", "MEM %"),
    ("NetIO", "NET I/O"),
    ("BlockIO", "BLOCK I/O"),
    ("PIDs", "PIDS"),
];
const TABLE: &str = "table {{.ID}}\\t{{.Name}}\\t{{.CPUPerc}}\\t{{.MemUsage}}\\t{{.MemPerc}}\\t{{.NetIO}}\\t{{.BlockIO}}\\t{{.PIDs}}";

/// A `docker stats` between two looks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Watching {
    /// The containers as the user called them; none for all.
    names: Vec<String>,
    all: bool,
    once: bool,
    whole: bool,
    format: String,
    /// When each was looked at last, and the processor time it had used by then.
    seen: BTreeMap<ObjectId, (Time, u64)>,
    next: Time,
}

fn run(cli: &mut Cli<'_, '_>, call: &Invocation) -> Result<Flow, Failure> {
    let mut state = Watching {
        names: call.args.clone(),
        all: call.bool("all"),
        once: call.bool("no-stream"),
        whole: call.bool("no-trunc"),
        format: cli.format(call, "statsFormat", false),
        ..Watching::default()
    };
    let world = cli.world()?;
    let mut missing = String::new();
    for name in &state.names {
        if let Err(error) = find(world, name) {
            missing.push_str(&Failure::from(error).stderr);
        }
    }
    if !missing.is_empty() {
        return Err(Failure { stderr: missing, code: 1, hint: None });
    }
    let first = state.look(world);
    // A template that cannot be printed is told of at once.
    state.print(&first)?;
    if first.is_empty() && state.once {
        let text = state.print(&first)?;
        cli.out(&text);
        return Ok(Flow::Exit(0));
    }
    state.next = cli.sys.after(INTERVAL);
    Ok(Flow::Wait("docker container stats", Box::new(state)))
}

/// One line: the name the user gave, the container's own, its id, its use and share of the processor.
type Line = (String, String, ObjectId, Usage, f64);

impl Watching {
    /// Looks at the containers.
    fn look(&mut self, world: &World) -> Vec<Line> {
        let ids: Vec<(String, ObjectId)> = if self.names.is_empty() {
            let request = List { all: self.all, ..List::default() };
            let found = list(world, &request).unwrap_or_default();
            found.iter().map(|c| (c.id.short(), c.id)).collect()
        } else {
            self.names.iter().filter_map(|n| Some((n.clone(), find(world, n).ok()?))).collect()
        };
        let mut seen = BTreeMap::new();
        let mut lines = vec![];
        for (asked, id) in ids {
            let (Ok(now), Some(container)) = (usage(world, id), world.container(id)) else { continue };
            let (at, cpu_micros) = self.seen.get(&id).copied().unwrap_or((now.at, now.cpu_micros));
            let percent = cpu_percent(&Usage { at, cpu_micros, ..now }, &now);
            seen.insert(id, (now.at, now.cpu_micros));
            lines.push((asked, container.name.clone(), id, now, percent));
        }
        self.seen = seen;
        lines
    }

    fn print(&self, lines: &[Line]) -> Result<String, Failure> {
        let rows: Vec<Value> = lines.iter().map(|line| row(line, self.whole)).collect();
        let listing = Listing { headers: HEADERS, table: TABLE, raw: None };
        listing.print(&self.format, &rows).map_err(|e| template_failure(&e))
    }
}

fn row((asked, name, id, usage, percent): &Line, whole: bool) -> Value {
    let share = if usage.limit > 0 { usage.memory as f64 / usage.limit as f64 * 100.0 } else { 0.0 };
    let memory = format!("{} / {}", bytes_size(usage.memory as f64), bytes_size(usage.limit as f64));
    let nothing = format!("{0} / {0}", human_size_with_precision(0.0, 3));
    Struct::row("*container.statsContext")
        .field("BlockIO", nothing.as_str())
        .field("CPUPerc", format!("{percent:.2}%"))
        .field("Container", asked.as_str())
        .field("ID", if whole { id.to_string() } else { id.short() })
        .field("MemPerc", format!("{share:.2}%"))
        .field("MemUsage", memory)
        .field("Name", name.as_str())
        .field("NetIO", nothing)
        .field("PIDs", usage.pids.to_string())
        .into()
}

impl Behave for Watching {
    fn step(&mut self, sys: &mut Sys<'_>) -> Step {
        if sys.now() < self.next {
            return Step::Block(Wait::until(self.next));
        }
        let lines = sys.daemon::<World>().map(|world| self.look(world)).unwrap_or_default();
        let text = match self.print(&lines) {
            Ok(text) => text,
            Err(failure) => {
                sys.eprint(&failure.stderr);
                return Step::Exit(failure.code);
            }
        };
        if self.once {
            sys.print(&text);
            return Step::Exit(0);
        }
        // The cursor goes to the top, every line clears what was behind it, the rest is cleared below.
        let drawn: String = text.lines().map(|line| format!("{line}\x1b[K\n")).collect();
        sys.print(&format!("\x1b[H{drawn}\x1b[J"));
        self.next = sys.after(INTERVAL);
        Step::Block(Wait::until(self.next))
    }
}
