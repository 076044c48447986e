//! `grep [OPTIONS] PATTERN [FILE…]`, `egrep`, `fgrep`: print lines that match.
//!
//! - `-E` extended, `-F` fixed, `-G` basic patterns; `-e PATTERN`, `-f FILE` more of them; `-i`, `-w` words, `-x` lines
//! - `-v` lines that do not match, `-c` count, `-l`/`-L` names, `-n` numbers, `-o` only the match, `-q` nothing
//! - `-m N` stop, `-A`/`-B`/`-C N` context, `-h`/`-H` without or with names, `-s` no complaints, `-a` binary as text
//! - `-r` directories with `--include`, `--exclude`, `--exclude-dir` globs
//!
//! Exit status: 0 where a line was selected, 1 where none, 2 for an error. Left out: `-P`, `-b`, `-z`, colours,
//! back-references.

mod output;

use super::input::{decode, lines, plain_error};
use super::opts::{Options, Spec, parse, usage_error};
use super::stream::{Line, Lines, Running, Stream, spend_bytes, until_readable};
use crate::base::Errno;
use crate::base::glob::path_match;
use crate::base::posix_regex::{Pattern, Syntax, translate};
use crate::kernel::{Applet, Flavor, Step, Stop, Sys};
use output::Output;
use serde::{Deserialize, Serialize};

/// `grep` and its two older names.
pub const APPLETS: &[Applet] = &[
    Applet::state::<Running<Grep>>("grep"),
    Applet::state::<Running<Grep>>("egrep"),
    Applet::state::<Running<Grep>>("fgrep"),
];

/// Letters for options that have only a long name.
const INCLUDE: char = '\u{1}';
const EXCLUDE: char = '\u{2}';
const EXCLUDE_DIR: char = '\u{3}';
const COLOR: char = '\u{4}';
/// Exit status of an error.
const TROUBLE: i32 = 2;
/// How deep `-r` goes.
const MAX_DEPTH: usize = 100;

const SPEC: Spec = Spec::new(
    "EFGe:f:ivwxcolLqsnHhA:B:C:m:rRay",
    &[
        ("extended-regexp", 'E'),
        ("fixed-strings", 'F'),
        ("basic-regexp", 'G'),
        ("perl-regexp", 'P'),
        ("regexp=", 'e'),
        ("file=", 'f'),
        ("ignore-case", 'i'),
        ("invert-match", 'v'),
        ("word-regexp", 'w'),
        ("line-regexp", 'x'),
        ("count", 'c'),
        ("only-matching", 'o'),
        ("files-with-matches", 'l'),
        ("files-without-match", 'L'),
        ("quiet", 'q'),
        ("silent", 'q'),
        ("no-messages", 's'),
        ("line-number", 'n'),
        ("with-filename", 'H'),
        ("no-filename", 'h'),
        ("after-context=", 'A'),
        ("before-context=", 'B'),
        ("context=", 'C'),
        ("max-count=", 'm'),
        ("recursive", 'r'),
        ("dereference-recursive", 'R'),
        ("text", 'a'),
        ("byte-offset", 'b'),
        ("null-data", 'z'),
        ("include=", INCLUDE),
        ("exclude=", EXCLUDE),
        ("exclude-dir=", EXCLUDE_DIR),
        ("color=?", COLOR),
        ("colour=?", COLOR),
        ("line-buffered", '\u{5}'),
    ],
    "[OPTION]... PATTERNS [FILE]...",
    "Print the lines of FILEs (or stdin) that match PATTERNS\n\n\t-E\tExtended patterns\n\t-F\tFixed strings\n\t-e PTRN\tA pattern\n\t-f FILE\tPatterns, one on each line\n\t-i\tIgnore case\n\t-w\tMatch whole words\n\t-x\tMatch whole lines\n\t-v\tSelect lines that do not match\n\t-c\tPrint the number of lines\n\t-l\tPrint names of files that match\n\t-L\tPrint names of files that do not\n\t-o\tPrint only what matched\n\t-q\tPrint nothing\n\t-n\tPrint line numbers\n\t-H/-h\tPrint names of files, or not\n\t-m N\tStop after N lines\n\t-A/-B/-C N\tPrint N lines after, before, around\n\t-r\tSearch directories\n\t-s\tDo not complain about files",
)
.missing("PbzTuUZ")
.moot("\u{5}")
.number('C')
.usage_first()
.busybox_usage("[-HhnlLoqvsrRiwFEz] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...")
.trouble(TROUBLE);

/// The state of a `grep`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grep {
    lines: Lines,
    pattern: Option<Pattern>,
    /// `-w`, `-x` and an empty list of patterns are part of the pattern; this inverts it.
    invert: bool,
    text: bool,
    quiet: bool,
    silent: bool,
    max: Option<u64>,
    out: Output,
    selected: bool,
    failed: bool,
}

impl Stream for Grep {
    fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
        let mut o = parse(sys, &SPEC)?;
        let syntax = syntax(&o, &sys.name());
        let (patterns, from_files) = patterns(sys, &mut o)?;
        if o.value(COLOR) == Some("always") {
            sys.complain("option '--color=always' is not simulated by Drydock");
            return Err(Stop::Exit(TROUBLE));
        }
        let pattern = match compile(&patterns, syntax, &o) {
            Ok(pattern) => pattern,
            Err(text) => {
                match sys.flavor() {
                    Flavor::Gnu => sys.complain(&text),
                    Flavor::Busybox => sys.complain(&format!("bad regex '{}': {text}", patterns.join("\n"))),
                }
                return Err(Stop::Exit(TROUBLE));
            }
        };
        let pattern = (!(patterns.is_empty() && from_files)).then_some(pattern);
        let max = number(sys, &o, 'm')?;
        let recursive = o.has('r') || o.has('R');
        let mut failed = false;
        let files = if recursive { walk(sys, &o, &mut failed) } else { o.operands.clone() };
        let many = recursive || files.len() > 1;
        let lines = if recursive && files.is_empty() { Lines::nothing() } else { Lines::new(&files, b'\n') };
        let context = number(sys, &o, 'C')?;
        let out = Output {
            names: o.last_of("hH").map_or(many, |c| c == 'H'),
            numbers: o.has('n'),
            count: o.has('c'),
            list: o.last_of("lL"),
            only: o.has('o'),
            before: number(sys, &o, 'B')?.or(context).unwrap_or(0),
            after: number(sys, &o, 'A')?.or(context).unwrap_or(0),
            ..Output::default()
        };
        Ok(Self {
            lines,
            pattern,
            invert: o.has('v'),
            text: o.has('a') || sys.flavor() == Flavor::Busybox,
            quiet: o.has('q'),
            silent: o.has('s'),
            max,
            out,
            selected: false,
            failed,
        })
    }

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        loop {
            let name = self.lines.name().map(|n| if n == "-" { "(standard input)" } else { n }.to_string());
            match self.lines.next(sys) {
                Line::Text { data, .. } => {
                    let work = data.len() * 8;
                    if let Some(step) = self.line(sys, &name.unwrap_or_default(), &data) {
                        return step;
                    }
                    if !spend_bytes(sys, work) {
                        return Step::Continue;
                    }
                }
                Line::Wait(fd) => return until_readable(fd),
                Line::EndOf(name, error) => self.end_of_file(sys, &name, error),
                Line::End => return self.exit(),
            }
        }
    }
}

impl Grep {
    fn exit(&self) -> Step {
        let found = match self.out.list {
            Some('L') => self.out.listed,
            _ => self.selected,
        };
        Step::Exit(match (self.failed, found) {
            (true, true) if self.quiet => 0,
            (true, _) => TROUBLE,
            (_, true) => 0,
            _ => 1,
        })
    }

    fn line(&mut self, sys: &mut Sys<'_>, name: &str, data: &[u8]) -> Option<Step> {
        self.out.line += 1;
        let text = decode(data);
        let hit = self.pattern.as_ref().is_some_and(|p| p.regex().is_match(&text)) != self.invert;
        if !hit || self.max == Some(self.out.matches) {
            self.out.unselected(sys, name, data);
            if self.max.is_some_and(|max| max <= self.out.matches) && self.out.trailing == 0 {
                self.stop_file(sys, name);
            }
            return None;
        }
        self.selected = true;
        self.out.matches += 1;
        if self.quiet {
            return Some(Step::Exit(0));
        }
        if self.out.list.is_some() {
            self.stop_file(sys, name);
        } else if !self.out.count {
            if !self.text && data.contains(&0) {
                let named = sys.name();
                sys.print(&format!("{named}: {name}: binary file matches\n"));
                self.stop_file(sys, name);
                return None;
            }
            let pattern = self.pattern.as_ref().filter(|_| !self.invert);
            self.out.selected(sys, name, data, &text, pattern);
        }
        if self.max == Some(self.out.matches) && (self.out.after == 0 || self.out.count) {
            self.stop_file(sys, name);
        }
        None
    }

    fn stop_file(&mut self, sys: &mut Sys<'_>, name: &str) {
        self.lines.skip(sys);
        self.out.finish(sys, name);
    }

    fn end_of_file(&mut self, sys: &mut Sys<'_>, name: &str, error: Option<Errno>) {
        match error {
            None => {
                let name = if name == "-" { "(standard input)" } else { name };
                if !self.quiet {
                    self.out.finish(sys, name);
                }
            }
            Some(Errno::EISDIR) if sys.flavor() == Flavor::Gnu => {
                sys.complain(&format!("{name}: {}", Errno::EISDIR.text()));
            }
            Some(error) => {
                self.failed = true;
                if !self.silent {
                    let text = plain_error(sys.flavor(), name, error);
                    sys.complain(&text);
                }
            }
        }
    }
}

fn syntax(o: &Options, name: &str) -> Syntax {
    match (o.last_of("EFG"), name) {
        (Some('E'), _) | (None, "egrep") => Syntax::Extended,
        (Some('F'), _) | (None, "fgrep") => Syntax::Fixed,
        _ => Syntax::Basic,
    }
}

/// The patterns, taken from the options or the first operand; true in the second place where `-f` was given.
fn patterns(sys: &mut Sys<'_>, o: &mut Options) -> Result<(Vec<String>, bool), Stop> {
    let mut patterns: Vec<String> = vec![];
    for (letter, value) in &o.list {
        let Some(value) = value else { continue };
        match letter {
            'e' => patterns.extend(value.split('\n').map(String::from)),
            'f' => {
                let data = if value == "-" { sys.stdin_to_end()? } else { read_patterns(sys, value)? };
                patterns.extend(lines(&data).map(decode));
            }
            _ => {}
        }
    }
    let given = o.has('e') || o.has('f');
    if !given {
        if o.operands.is_empty() {
            return Err(usage_error(sys, &SPEC, ""));
        }
        patterns.extend(o.operands.remove(0).split('\n').map(String::from));
    }
    Ok((patterns, o.has('f')))
}

fn read_patterns(sys: &mut Sys<'_>, file: &str) -> Result<Vec<u8>, Stop> {
    sys.read_file(file).map_err(|error| {
        sys.complain(&format!("{file}: {}", error.text()));
        Stop::Exit(TROUBLE)
    })
}

fn compile(patterns: &[String], syntax: Syntax, o: &Options) -> Result<Pattern, String> {
    let branches: Vec<String> = patterns.iter().map(|p| translate(p, syntax)).collect::<Result<_, _>>()?;
    let any = branches.join("|");
    let whole = if o.has('x') {
        format!("\\A(?:{any})\\z")
    } else if o.has('w') {
        format!("\\b{{start-half}}(?:{any})\\b{{end-half}}")
    } else {
        any
    };
    let flags = if o.has('i') || o.has('y') { "(?si)" } else { "(?s)" };
    Pattern::translated(format!("{flags}{whole}"))
}

fn number(sys: &mut Sys<'_>, o: &Options, letter: char) -> Result<Option<u64>, Stop> {
    let Some(text) = o.value(letter) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        let what = if letter == 'm' { "invalid max count".into() } else { format!("{text}: invalid context length argument") };
        sys.complain(&what);
        Stop::Exit(TROUBLE)
    })
}

/// The files of `-r`, sorted, without binary devices and the like.
fn walk(sys: &mut Sys<'_>, o: &Options, failed: &mut bool) -> Vec<String> {
    let mut files = vec![];
    if o.operands.is_empty() {
        descend(sys, o, "", &mut files, 0);
    }
    for operand in &o.operands {
        match sys.stat(operand) {
            Ok(stat) if stat.is_dir() => descend(sys, o, operand, &mut files, 0),
            Ok(_) => files.push(operand.clone()),
            Err(error) => {
                *failed = true;
                if !o.has('s') {
                    sys.complain(&format!("{operand}: {}", error.text()));
                }
            }
        }
    }
    files
}

fn descend(sys: &mut Sys<'_>, o: &Options, dir: &str, files: &mut Vec<String>, depth: usize) {
    let matches = |letter, name: &str| o.values(letter).any(|glob| path_match(glob, name) == Ok(true));
    let Ok(names) = sys.list(if dir.is_empty() { "." } else { dir }) else { return };
    for name in names {
        let path = match dir {
            "" => name.clone(),
            dir => format!("{}/{name}", dir.trim_end_matches('/')),
        };
        let stat = if o.has('R') { sys.stat(&path) } else { sys.lstat(&path) };
        let Ok(stat) = stat else { continue };
        if stat.is_dir() {
            if depth < MAX_DEPTH && !matches(EXCLUDE_DIR, &name) {
                descend(sys, o, &path, files, depth + 1);
            }
        } else if stat.is_file()
            && !matches(EXCLUDE, &name)
            && (o.values(INCLUDE).next().is_none() || matches(INCLUDE, &name))
        {
            files.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    const CSV: &str = "name,age,city\nann,31,Rome\nbob,25,Oslo\ncat,31,Oslo\n";

    #[test]
    fn selects() {
        let mut bed = bed().file("/tmp/p", CSV).file("/tmp/d/x.c", "int\n").file("/tmp/d/y.h", "int x\n");
        check(
            &mut bed,
            &[
                ("grep Oslo /tmp/p", "", "bob,25,Oslo\ncat,31,Oslo\n"),
                ("grep -c 31 /tmp/p", "", "2\n"),
                ("grep -n -i ROME /tmp/p", "", "2:ann,31,Rome\n"),
                ("grep -v -E 'name|bob' /tmp/p", "", "ann,31,Rome\ncat,31,Oslo\n"),
                ("grep nothing /tmp/p", "", "= 1\n"),
                ("grep x /missing", "", "! grep: /missing: No such file or directory\n= 2\n"),
                ("grep -o '[0-9]*' /tmp/p", "", "31\n25\n31\n"),
                ("grep -oE '(a|o)[a-z]' ", CSV, "am\nag\nan\nom\nob\nat\n"),
                ("grep -q Rome /tmp/p /missing", "", ""),
                ("grep -x a", "a\naa\n", "a\n"),
                ("grep -w foo", "foobar\na foo b\nfoo_\n", "a foo b\n"),
                ("grep -F a.b", "a.b\naxb\n", "a.b\n"),
                ("grep -e a -e c", "a\nb\nc\n", "a\nc\n"),
                ("grep -m1 a", "a\na\n", "a\n"),
                ("grep -A1 b", "a\nb\nc\nd\ne\nb\nf\n", "b\nc\n--\nb\nf\n"),
                ("grep -nC1 c", "a\nb\nc\nd\ne\n", "2-b\n3:c\n4-d\n"),
                ("grep -B 1 c", "a\nb\nc\nd\n", "b\nc\n"),
                ("grep -l x /tmp/p /tmp/d/y.h", "", "/tmp/d/y.h\n"),
                ("grep -L x /tmp/p /tmp/d/y.h", "", "/tmp/p\n"),
                ("grep -c int /tmp/d/x.c /tmp/d/y.h", "", "/tmp/d/x.c:1\n/tmp/d/y.h:1\n"),
                ("grep -r int /tmp/d", "", "/tmp/d/x.c:int\n/tmp/d/y.h:int x\n"),
                ("grep -rhn --include='*.c' int /tmp/d", "", "1:int\n"),
                ("grep -vc . ", "a\n\n", "1\n"),
                ("grep ''", "a\n\n", "a\n\n"),
                ("grep stub /bin/cat", "", "= 1\n"),
                ("grep drydock /bin/cat", "", "grep: /bin/cat: binary file matches\n"),
                ("grep '\\(a'", "", "! grep: Unmatched ( or \\(\n= 2\n"),
                (
                    "grep",
                    "",
                    "! Usage: grep [OPTION]... PATTERNS [FILE]...\n! Try 'grep --help' for more information.\n= 2\n",
                ),
            ],
        );
    }
}
