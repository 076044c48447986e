//! The default list of `docker images`: a line for each name, with the platforms below it as a tree where asked for.
//! At a terminal it has colours, keeps to the width, and says what its marks mean.

use crate::base::Order;
use crate::base::units::human_size_with_precision;
use crate::engine::image::{Listed, Summary};

/// The columns after the name: title, width, and whether they stand at the right.
const COLUMNS: [(&str, usize, bool); 4] =
    [("ID", 12, false), ("DISK USAGE", 10, true), ("CONTENT SIZE", 12, true), ("EXTRA", 5, false)];
/// Between two columns.
const GAP: &str = "   ";
/// The narrowest a name may be; columns go before it gets narrower.
const NARROWEST: usize = 12;

/// What a list looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Platforms are shown.
    pub tree: bool,
    /// The width of the terminal, where there is one.
    pub width: Option<usize>,
    /// Colours are wanted.
    pub colors: bool,
}

/// A name with its images.
struct Block<'a> {
    name: String,
    summary: &'a Summary,
    children: Vec<Listed>,
}

impl Look {
    /// The line that says what the marks mean; only a terminal has it.
    pub fn legend(&self) -> String {
        let Some(width) = self.width else { return String::new() };
        let gap = width.saturating_sub("i Info →   U  In Use".chars().count());
        let head = self.paint("1", "i Info → ");
        format!("{}{head} {} In Use\n", " ".repeat(gap), self.paint("38;5;0m\x1b[48;5;14", " U "))
    }

    /// The list.
    pub fn print(&self, found: &[Summary], children: impl Fn(&Summary) -> Vec<Listed>) -> String {
        let mut blocks: Vec<Block<'_>> = Vec::new();
        for summary in found {
            let children = || if self.tree { children(summary) } else { vec![] };
            if summary.repo_tags.is_empty() {
                blocks.push(Block { name: "<untagged>".into(), summary, children: children() });
            }
            let tags = summary.repo_tags.iter();
            blocks.extend(tags.map(|tag| Block { name: tag.clone(), summary, children: children() }));
        }
        blocks.order_by(|a, b| (a.name == "<untagged>", &a.name).cmp(&(b.name == "<untagged>", &b.name)));
        let (width, shown) = self.fit(&blocks);
        let mut out = self.paint("1", &pad("IMAGE", width, false));
        for (title, columns, right) in shown {
            out.push_str(GAP);
            out.push_str(&self.paint("1", &pad(title, *columns, *right)));
        }
        out.push('\n');
        for block in &blocks {
            self.block(&mut out, block, width, shown);
        }
        out
    }

    /// The width of names and the columns there is room for.
    fn fit(&self, blocks: &[Block<'_>]) -> (usize, &'static [(&'static str, usize, bool)]) {
        let own = blocks.iter().map(|block| block.name.chars().count());
        let below = blocks.iter().flat_map(|block| &block.children).map(|c| c.platform.chars().count() + 3);
        let widest = own.chain(below).fold("IMAGE".len(), usize::max);
        let Some(width) = self.width else { return (widest, &COLUMNS) };
        let mut left = width.max(20);
        let mut shown = 0;
        for (_, columns, _) in COLUMNS {
            let Some(rest) = left.checked_sub(columns + GAP.len()).filter(|rest| *rest >= NARROWEST) else { break };
            left = rest;
            shown += 1;
        }
        (widest.min(left), COLUMNS.get(..shown).unwrap_or_default())
    }

    fn block(&self, out: &mut String, block: &Block<'_>, width: usize, shown: &[(&str, usize, bool)]) {
        let summary = block.summary;
        let name = pad(&block.name, width, false);
        let color = if block.name == "<untagged>" { "2" } else { "34;1" };
        out.push_str(&self.paint(color, &name));
        let used = summary.containers > 0;
        let details = [summary.id.short(), size(summary.size), size(summary.content)];
        self.details(out, &details, used, shown);
        for (n, child) in block.children.iter().enumerate() {
            let stem = if n + 1 == block.children.len() { "└─ " } else { "├─ " };
            let name = pad(&format!("{stem}{}", child.platform), width, false);
            let here = child.size > 0;
            out.push_str(&if here { name } else { self.paint("2", &name) });
            let details = [child.manifest.short(), size(child.size), size(child.content)];
            self.details(out, &details, used && here, shown);
        }
        if self.tree {
            out.push('\n');
        }
    }

    fn details(&self, out: &mut String, details: &[String], used: bool, shown: &[(&str, usize, bool)]) {
        let mark = match (used, self.width) {
            (false, _) => pad("", 5, false),
            (true, None) => pad("U", 5, false),
            (true, Some(_)) => self.paint("38;5;0m\x1b[48;5;14", " U ") + "  ",
        };
        let details = details.iter().map(Some).chain([None]);
        for (detail, (_, columns, right)) in details.zip(shown) {
            out.push_str(GAP);
            out.push_str(&detail.map_or_else(|| mark.clone(), |detail| pad(detail, *columns, *right)));
        }
        out.push('\n');
    }

    fn paint(&self, color: &str, text: &str) -> String {
        if self.colors { format!("\x1b[{color}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// A text in a column; one that is too long is cut.
fn pad(text: &str, width: usize, right: bool) -> String {
    let text: String = match text.chars().count() > width {
        true => text.chars().take(width.saturating_sub(1)).chain(['…']).collect(),
        false => text.to_owned(),
    };
    if right { format!("{text:>width$}") } else { format!("{text:width$}") }
}

fn size(bytes: u64) -> String {
    human_size_with_precision(bytes as f64, 3)
}
