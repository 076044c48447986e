//! `ls [-1aAlnhdrtSXvRiFpsLCxmUogGBQ] [-w COLUMNS] [--sort=WORD] [FILE]…`: list directories. `dir` is `ls -C`, `vdir` is
//! `ls -l`.
//!
//! - on a terminal in columns (`-C`), else one name per line (`-1`); `-l` with mode, owner, size, time
//! - `-a`, `-A` with names that begin with a dot; `-d` directories themselves; `-R` what is below, too
//! - `-t`, `-S`, `-X`, `-v` by time, size, extension or version, `-r` the other way round, `-U` unsorted; `-i`, `-s`, `-F`, `-p` add facts
//! - colours are not simulated: `--color=never` and `auto` print none, `always` is refused
//!
//! Exit status: 0; 2 (busybox 1) where something could not be listed.

use crate::base::Order;
use super::accounts::Accounts;
use super::mode::letters_of;
use super::opts::{Options, Spec, parse};
use super::size::{blocks, human};
use super::version;
use super::walk::{complain, join};
use super::when;
use crate::kernel::{Applet, Flavor, Stat, Stop, Sys};

/// `ls`, `dir` and `vdir`.
pub const APPLETS: &[Applet] = &[Applet::main("ls", main), Applet::main("dir", main), Applet::main("vdir", main)];

const SPEC: Spec = Spec::new(
    "1aAlnhdrtSRiFpsLCxUogGHcuXvqkNmQBw:I:bDTZ",
    &[
        ("all", 'a'),
        ("almost-all", 'A'),
        ("numeric-uid-gid", 'n'),
        ("human-readable", 'h'),
        ("directory", 'd'),
        ("reverse", 'r'),
        ("recursive", 'R'),
        ("inode", 'i'),
        ("classify", 'F'),
        ("size", 's'),
        ("dereference", 'L'),
        ("no-group", 'G'),
        ("full-time", '\u{1}'),
        ("color=?", '\u{2}'),
        ("literal", 'N'),
        ("group-directories-first", '\u{3}'),
        ("time-style=", '\u{4}'),
        ("sort=", '\u{5}'),
        ("quote-name", 'Q'),
        ("ignore-backups", 'B'),
        ("ignore=", 'I'),
        ("width=", 'w'),
        ("escape", 'b'),
        ("format=", '\u{6}'),
        ("hide=", '\u{7}'),
        ("time=", '\u{8}'),
        ("indicator-style=", '\u{b}'),
        ("block-size=", '\u{c}'),
    ],
    "[OPTION]... [FILE]...",
    "List directories.",
)
.busybox_usage("[-1AaCxdLHRFplinshrSXvctu] [-w WIDTH] [FILE]...")
.busybox("1aAlnhdrtSRiFpsLCxUogGHcuXvqkw:")
.missing("cuHqIbDTZ\u{4}\u{6}\u{7}\u{8}\u{b}\u{c}")
.moot("k");

/// How deep `-R` goes, in entries; a directory tree that is larger is cut with a complaint.
const MAX_DIRS: usize = 50_000;

struct Item {
    name: String,
    path: String,
    stat: Stat,
}

struct Listing<'a> {
    options: &'a Options,
    accounts: Accounts,
    gnu: bool,
    code: i32,
    width: Option<usize>,
    /// Names are quoted where a shell would not take them as they are.
    quotes: bool,
}

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let gnu = sys.flavor() == Flavor::Gnu;
    let mut options = parse(sys, &if gnu { SPEC.trouble(2) } else { SPEC })?;
    let implied = match (sys.name().as_str(), options.value('\u{5}')) {
        ("dir", None) => Some('C'),
        ("vdir", None) => Some('l'),
        (_, None | Some("name")) => None,
        (_, Some("none")) => Some('U'),
        (_, Some("size")) => Some('S'),
        (_, Some("time")) => Some('t'),
        (_, Some("extension")) => Some('X'),
        (_, Some("version")) => Some('v'),
        (_, Some(other)) => {
            let text = format!("--sort={other} is not simulated by Drydock");
            sys.complain(&text);
            return Ok(2);
        }
    };
    options.list.extend(implied.map(|letter| (letter, None)));
    if matches!(options.value('\u{2}'), Some("always" | "yes" | "force")) {
        sys.complain("colours are not simulated by Drydock; leave out --color=always");
        return Ok(1);
    }
    for (given, implied) in [('\u{1}', 'l'), ('n', 'l'), ('o', 'l'), ('g', 'l')] {
        if options.has(given) {
            options.list.insert(0, (implied, None));
        }
    }
    let columns = options.last_of("1Clx") != Some('1') && (sys.is_tty(1) || ["C", "x", "m"].iter().any(|o| options.last_of(o).is_some()));
    let given = options.value('w').and_then(|w| w.parse().ok());
    let width = given.unwrap_or(sys.tty_size(1).map_or(80, |(_, w)| usize::from(w))).max(1);
    let mut listing = Listing {
        options: &options,
        accounts: Accounts::read(sys),
        gnu,
        code: 0,
        width: columns.then_some(width),
        quotes: gnu && sys.is_tty(1) && !options.has('N'),
    };
    let here = [".".to_string()];
    let operands = if options.operands.is_empty() { &here[..] } else { &options.operands };
    let (mut files, mut dirs) = (vec![], vec![]);
    for path in operands {
        // A link that is given stands for its directory, unless it is to be shown itself.
        let itself = options.has('d') || options.has('l') || options.has('F');
        let look = if itself && !options.has('L') && !path.ends_with('/') { sys.lstat(path) } else { sys.stat(path).or_else(|_| sys.lstat(path)) };
        match look {
            Ok(stat) => {
                let item = Item { name: path.clone(), path: path.clone(), stat };
                if item.stat.is_dir() && !options.has('d') { dirs.push(item) } else { files.push(item) }
            }
            Err(e) => {
                complain(sys, &format!("cannot access '{path}': {e}"), &format!("{path}: {e}"));
                listing.code = if gnu { 2 } else { 1 };
            }
        }
    }
    let many = operands.len() > 1 || options.has('R');
    let any_file = !files.is_empty();
    listing.sort(&mut files);
    listing.print(sys, &files, false);
    listing.sort(&mut dirs);
    listing.directories(sys, dirs, many, any_file);
    Ok(listing.code)
}

impl Listing<'_> {
    fn has(&self, letter: char) -> bool {
        self.options.has(letter)
    }

    fn directories(&mut self, sys: &mut Sys<'_>, dirs: Vec<Item>, titled: bool, mut apart: bool) {
        let mut ahead: Vec<Item> = dirs.into_iter().rev().collect();
        let mut done = 0;
        while let Some(dir) = ahead.pop() {
            done += 1;
            if done > MAX_DIRS {
                sys.complain("more directories than Drydock lists in one go");
                self.code = 1;
                return;
            }
            let names = match sys.list(&dir.path) {
                Ok(names) => names,
                Err(e) => {
                    let gnu = format!("cannot open directory '{}': {e}", dir.path);
                    complain(sys, &gnu, &format!("can't open '{}': {e}", dir.path));
                    self.code = if self.gnu { 2 } else { 1 };
                    continue;
                }
            };
            if titled {
                sys.print(&format!("{}{}:\n", if apart { "\n" } else { "" }, dir.path));
            }
            apart = true;
            let mut items = self.items(sys, &dir.path, names);
            self.sort(&mut items);
            self.print(sys, &items, true);
            if self.has('R') {
                let below = items.into_iter().filter(|i| i.stat.is_dir() && !matches!(i.name.as_str(), "." | ".."));
                ahead.extend(below.rev());
            }
        }
    }

    fn items(&self, sys: &Sys<'_>, dir: &str, names: Vec<String>) -> Vec<Item> {
        let mut all = vec![];
        if self.has('a') {
            all.extend([".".to_string(), "..".to_string()]);
        }
        let hidden = |n: &String| n.starts_with('.') && !self.has('a') && !self.has('A') || n.ends_with('~') && self.has('B');
        all.extend(names.into_iter().filter(|n| !hidden(n)));
        let item = |name: String| {
            let path = join(dir, &name);
            let followed = self.has('L').then(|| sys.stat(&path).ok()).flatten();
            let stat = followed.or_else(|| sys.lstat(&path).ok())?;
            Some(Item { name, path, stat })
        };
        all.into_iter().filter_map(item).collect()
    }

    fn sort(&self, items: &mut [Item]) {
        match self.options.last_of("tSUXv") {
            Some('U') => return,
            Some('X') => {
                let extension = |i: &Item| i.name.rfind('.').map_or(String::new(), |at| i.name[at..].to_string());
                items.order_by(|a, b| extension(a).cmp(&extension(b)).then_with(|| a.name.cmp(&b.name)));
            }
            Some('v') => items.order_by(|a, b| version::compare(a.name.as_bytes(), b.name.as_bytes())),
            Some('t') => items.order_by(|a, b| b.stat.mtime.cmp(&a.stat.mtime).then_with(|| a.name.cmp(&b.name))),
            Some('S') => items.order_by(|a, b| b.stat.size.cmp(&a.stat.size).then_with(|| a.name.cmp(&b.name))),
            _ => items.order_by(|a, b| a.name.cmp(&b.name)),
        }
        if self.has('r') {
            items.reverse();
        }
        if self.has('\u{3}') {
            items.order_by_key(|i| !i.stat.is_dir());
        }
    }

    fn print(&self, sys: &mut Sys<'_>, items: &[Item], total: bool) {
        let long = self.has('l');
        if total && (long || self.has('s')) {
            let sum: u64 = items.iter().map(|i| blocks(&i.stat)).sum();
            let text = if self.has('h') { human(sum.saturating_mul(1024), sys.flavor()) } else { sum.to_string() };
            sys.print(&format!("total {text}\n"));
        }
        if long {
            self.print_long(sys, items);
            return;
        }
        let aligned = self.is_aligned(items) && self.width.is_some();
        let names: Vec<String> = items.iter().map(|i| self.prefixed(i, aligned)).collect();
        match self.width {
            Some(width) if !names.is_empty() => {
                let text = if self.has('m') {
                    in_line(&names, width)
                } else if self.has('x') { across(&names, width) } else { columns(&names, width, self.gnu) };
                sys.print(&text);
            }
            _ => sys.print(&names.iter().map(|n| format!("{n}\n")).collect::<String>()),
        }
    }

    /// True where one name is quoted, so that the others move by the width of a mark.
    fn is_aligned(&self, items: &[Item]) -> bool {
        self.quotes && items.iter().any(|i| needs_quotes(&i.name))
    }

    fn shown(&self, name: &str, aligned: bool) -> String {
        if self.has('Q') {
            return format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
        }
        match (self.quotes && needs_quotes(name), name.contains('\'')) {
            (true, true) => format!("\"{name}\""),
            (true, false) => format!("'{name}'"),
            _ if aligned => format!(" {name}"),
            _ => name.to_string(),
        }
    }

    fn prefixed(&self, item: &Item, aligned: bool) -> String {
        let mut text = String::new();
        if self.has('i') {
            text.push_str(&format!("{:>7} ", item.stat.ino));
        }
        if self.has('s') {
            text.push_str(&format!("{:>4} ", blocks(&item.stat)));
        }
        text + &self.shown(&item.name, aligned) + self.mark(item)
    }

    fn mark(&self, item: &Item) -> &'static str {
        match item.stat.kind {
            'd' if self.has('F') || self.has('p') => "/",
            _ if !self.has('F') => "",
            'l' if self.has('l') => "",
            'l' => "@",
            'p' => "|",
            's' => "=",
            '-' if item.stat.mode & 0o111 != 0 => "*",
            _ => "",
        }
    }

    fn print_long(&self, sys: &mut Sys<'_>, items: &[Item]) {
        let now = sys.now();
        let number = self.has('n');
        let row = |item: &Item| {
            let stat = &item.stat;
            let size = match stat.kind {
                'c' | 'b' => format!("{}, {}", stat.device.0, stat.device.1),
                _ if self.has('h') => human(stat.size, if self.gnu { Flavor::Gnu } else { Flavor::Busybox }),
                _ => stat.size.to_string(),
            };
            let user = if number { stat.uid.to_string() } else { self.accounts.user_text(stat.uid) };
            let group = if number { stat.gid.to_string() } else { self.accounts.group_text(stat.gid) };
            (stat.nlink.to_string(), user, group, size)
        };
        let rows: Vec<_> = items.iter().map(row).collect();
        type Row = (String, String, String, String);
        let most = |len: &dyn Fn(&Row) -> usize| rows.iter().map(len).max().unwrap_or(0);
        let widths = if self.gnu {
            (most(&|r| r.0.len()), most(&|r| r.1.len()), most(&|r| r.2.len()), most(&|r| r.3.len()))
        } else {
            (4, 8, 8, 9)
        };
        let aligned = self.is_aligned(items);
        for (item, (links, user, group, size)) in items.iter().zip(&rows) {
            let date = match self.has('\u{1}') {
                true if self.gnu => when::format("%F %T.%N %z", item.stat.mtime),
                true => when::format("%F %T %z", item.stat.mtime),
                false => when::listing(item.stat.mtime, now),
            };
            let mut line = String::new();
            if self.has('i') {
                line.push_str(&format!("{:>7} ", item.stat.ino));
            }
            if self.has('s') {
                line.push_str(&format!("{:>4} ", blocks(&item.stat)));
            }
            line.push_str(&format!("{} {links:>w$} ", letters_of(item.stat.kind, item.stat.mode), w = widths.0));
            if !self.has('g') {
                line.push_str(&format!("{user:<w$} ", w = widths.1));
            }
            if !self.has('o') && !self.has('G') {
                line.push_str(&format!("{group:<w$} ", w = widths.2));
            }
            let name = self.shown(&item.name, aligned);
            line.push_str(&format!("{size:>w$} {date} {name}{}", self.mark(item), w = widths.3));
            if let (true, Ok(text)) = (item.stat.is_link(), sys.readlink(&item.path)) {
                line.push_str(&format!(" -> {text}"));
            }
            sys.print(&format!("{line}\n"));
        }
    }
}

fn needs_quotes(name: &str) -> bool {
    name.is_empty()
        || name.starts_with(['#', '~'])
        || name.contains(|c: char| c.is_whitespace() || "!\"$&'()*;<=>?[\\]^`{|}".contains(c))
}

fn length(name: &str) -> usize {
    name.chars().count()
}

/// Columns filled from top to bottom: GNU gives each its own width, busybox all the same.
fn columns(names: &[String], width: usize, gnu: bool) -> String {
    let widest = names.iter().map(|n| length(n)).max().unwrap_or(0) + 2;
    let most = if gnu { names.len().min(width / 3 + 1) } else { (width / widest).max(1) };
    let mut widths = vec![widest; most];
    let mut rows = names.len().div_ceil(most.max(1));
    if gnu {
        for count in (1..=most).rev() {
            rows = names.len().div_ceil(count);
            widths = names.chunks(rows.max(1)).map(|c| c.iter().map(|n| length(n)).max().unwrap_or(0) + 2).collect();
            if widths.iter().sum::<usize>().saturating_sub(2) < width || count == 1 {
                break;
            }
        }
    }
    let rows = rows.max(1);
    let mut out = String::new();
    for row in 0..rows {
        let cells: Vec<&String> = names.iter().skip(row).step_by(rows).collect();
        for (i, name) in cells.iter().enumerate() {
            out.push_str(name);
            if i + 1 < cells.len() {
                let pad = widths.get(i).copied().unwrap_or(widest).saturating_sub(length(name));
                out.push_str(&" ".repeat(pad));
            }
        }
        out.push('\n');
    }
    out
}

/// Names with commas between them.
fn in_line(names: &[String], width: usize) -> String {
    let (mut out, mut at) = (String::new(), 0);
    for (i, name) in names.iter().enumerate() {
        let last = i + 1 == names.len();
        if at > 0 && at + length(name) + 2 > width {
            out.push('\n');
            at = 0;
        } else if at > 0 {
            out.push(' ');
        }
        out.push_str(name);
        out.push_str(if last { "\n" } else { "," });
        at += length(name) + 2;
    }
    out
}

/// Columns filled from left to right.
fn across(names: &[String], width: usize) -> String {
    let widest = names.iter().map(|n| length(n)).max().unwrap_or(0) + 2;
    let mut out = String::new();
    for row in names.chunks((width / widest).max(1)) {
        let line: String = row.iter().map(|n| format!("{n}{}", " ".repeat(widest - length(n)))).collect();
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_shell_would_split_are_quoted() {
        for name in ["a b", "it's", "$x", "#x", "a*"] {
            assert!(needs_quotes(name), "{name}");
        }
        for name in ["a", "a#b", "x~", "a-b_c.d,e+f@g:h%"] {
            assert!(!needs_quotes(name), "{name}");
        }
    }

    #[test]
    fn columns_fill_from_top_to_bottom() {
        let names: Vec<String> = ["a", "bbbb", "cc", "d", "eeeeeeee"].map(String::from).to_vec();
        assert_eq!(columns(&names, 80, true), "a  bbbb  cc  d  eeeeeeee\n");
        assert_eq!(columns(&names, 18, true), "a     d\nbbbb  eeeeeeee\ncc\n");
        assert_eq!(columns(&names, 25, false), "a         d\nbbbb      eeeeeeee\ncc\n");
        assert_eq!(columns(&["x".repeat(200)], 80, true).len(), 201);
    }
}
