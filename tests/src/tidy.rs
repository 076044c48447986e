//! What a reader may rely on in every source file, checked: the order of the floors, a first line
//! that says what the file is for, files and functions of a readable length, no file that no list
//! names, nothing unfinished left behind.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// A file longer than this wants splitting.
pub const MAX_FILE_LINES: usize = 600;
/// A function longer than this does.
pub const MAX_FUNCTION_LINES: usize = 70;

/// The floors of `core/src`, lowest first. A module may name itself and what stands on lower floors.
const FLOORS: &[&[&str]] = &[
    &["base"],
    &["fs"],
    &["kernel"],
    &["model"],
    &["sh"],
    &["coreutils"],
    &["engine", "grammar", "transcript"],
    &["render"],
    &["cmd", "api"],
    &["session", "snapshot"],
    &["double"],
];

/// Modules that stand high but look no further down than `base`.
const ONLY_BASE: &[&str] = &["grammar", "render", "transcript"];

/// Where the sources are, from the top of the repository.
const SOURCES: &[&str] =
    &["core/src", "repl/src", "wasm/src", "wasm/bundle/src", "tutorials/src", "tests/src", "tests/tests"];

/// One rule broken in one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The file, from the top of the repository.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub text: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.text)
    }
}

/// Checks all sources below `root`, the top of the repository.
///
/// # Errors
/// A folder or file that cannot be read.
pub fn check(root: &Path) -> std::io::Result<Vec<Violation>> {
    let mut out = Vec::new();
    for folder in SOURCES {
        let mut files = Vec::new();
        rust_files(&root.join(folder), &mut files)?;
        for file in files {
            let text = fs::read_to_string(&file)?;
            let path = file.strip_prefix(root).unwrap_or(&file);
            out.extend(check_text(path, &text));
            if let Some(list) = list_of(root, path) {
                let names = fs::read_to_string(root.join(&list))?;
                out.extend(check_listed(path, &list, &names));
            }
        }
    }
    out.sort();
    Ok(out)
}

fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            rust_files(&path, out)?;
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
    Ok(())
}

/// The file that must name this module: `mod.rs` beside it, or one level up for a `mod.rs` itself.
fn list_of(root: &Path, path: &Path) -> Option<PathBuf> {
    let is_list = path.file_name()? == "mod.rs";
    let folder = if is_list { path.parent()?.parent()? } else { path.parent()? };
    if matches!(path.file_stem()?.to_str()?, "lib" | "main" | "build") {
        return None;
    }
    let beside = ["mod.rs", "lib.rs", "main.rs"].map(|name| folder.join(name));
    beside
        .into_iter()
        .chain([folder.with_extension("rs")])
        .find(|list| list != path && root.join(list).is_file())
}

fn check_listed(path: &Path, list: &Path, names: &str) -> Option<Violation> {
    let is_list = path.file_name().is_some_and(|n| n == "mod.rs");
    let named = if is_list { path.parent()? } else { path }.file_stem()?.to_str()?;
    let source = Source::read(names);
    if words(&source.code).any(|(_, word)| word == named) || names.contains(&format!("\"{named}.rs\"")) {
        return None;
    }
    let text = format!("{} does not name it", list.display());
    Some(Violation { path: path.into(), line: 1, text })
}

/// Checks one file's text; `path` is from the top of the repository.
pub fn check_text(path: &Path, text: &str) -> Vec<Violation> {
    let source = Source::read(text);
    let mut found: Vec<(usize, String)> = Vec::new();
    if !text.starts_with("//!") {
        found.push((1, "the file does not open with a `//!` line".into()));
    }
    let lines = text.lines().count();
    if lines > MAX_FILE_LINES {
        found.push((lines, format!("the file has {lines} lines, more than {MAX_FILE_LINES}")));
    }
    found.extend(long_functions(&source.code));
    found.extend(unfinished(&source));
    if let Some(module) = core_module(path) {
        found.extend(floor_breaks(&module, &source.code));
    }
    found.into_iter().map(|(line, text)| Violation { path: path.into(), line, text }).collect()
}

fn core_module(path: &Path) -> Option<String> {
    let inside = path.strip_prefix("core/src").ok()?;
    let first = Path::new(inside.components().next()?.as_os_str()).file_stem()?.to_str()?;
    (first != "lib").then(|| first.to_string())
}

fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

fn floor_breaks(module: &str, code: &str) -> Vec<(usize, String)> {
    let Some(own) = floor_of(module) else {
        return vec![(1, format!("the module {module} stands on no floor"))];
    };
    let mut out = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        for name in names_after(&code[at + "crate::".len()..]) {
            let allowed = name == module
                || match floor_of(name) {
                    Some(0) => true,
                    Some(floor) => floor < own && !ONLY_BASE.contains(&module),
                    None => true,
                };
            if !allowed {
                out.push((line_of(code, at), format!("{module} must not look at {name}")));
            }
        }
    }
    out
}

/// The modules that a path names behind `crate::`: one word, or the first words of a group.
fn names_after(rest: &str) -> Vec<&str> {
    let Some(group) = rest.strip_prefix('{') else {
        return words(rest).next().into_iter().filter(|(at, _)| *at == 0).map(|(_, word)| word).collect();
    };
    let mut depth = 0_usize;
    let mut first = true;
    let mut out = Vec::new();
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => first = true,
            c if first && depth == 0 && c.is_alphabetic() => {
                first = false;
                out.extend(words(&group[at..]).next().map(|(_, word)| word));
            }
            _ => {}
        }
    }
    out
}

fn unfinished(source: &Source) -> Vec<(usize, String)> {
    let code = ["todo", "unimplemented", "dbg"].into_iter().flat_map(|name| {
        words(&source.code)
            .filter(move |(at, word)| *word == name && source.code[at + name.len()..].starts_with('!'))
            .map(move |(at, _)| (line_of(&source.code, at), format!("{name}!")))
    });
    let notes = words(&source.comments)
        .filter(|(_, word)| matches!(*word, "TODO" | "FIXME"))
        .map(|(at, word)| (line_of(&source.comments, at), format!("{word} in a comment")));
    code.chain(notes).collect()
}

fn long_functions(code: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    for (at, _) in words(code).filter(|(_, word)| *word == "fn") {
        let Some(name) = words(&code[at + 2..]).next().filter(|(gap, _)| *gap == 1) else { continue };
        let Some(length) = body_end(&code[at..]).map(|end| code[at..at + end].lines().count()) else {
            continue;
        };
        if length > MAX_FUNCTION_LINES {
            let text = format!("{} has {length} lines, more than {MAX_FUNCTION_LINES}", name.1);
            out.push((line_of(code, at), text));
        }
    }
    out
}

/// Where the function that starts here ends; `None` where it has no body.
fn body_end(code: &str) -> Option<usize> {
    let (mut nested, mut braces) = (0_i32, 0_i32);
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' => nested += 1,
            ')' | ']' => nested -= 1,
            ';' if nested == 0 && braces == 0 => return None,
            '{' => braces += 1,
            '}' => {
                braces -= 1;
                if braces <= 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// The identifiers of a text and where they start.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    text.split(move |c| !inside(c)).filter(|word| !word.is_empty()).map(move |word| {
        let at = word.as_ptr() as usize - text.as_ptr() as usize;
        (at, word)
    })
}

/// A file's text twice, with all newlines: its code without comments and the contents of strings,
/// and its comments alone.
struct Source {
    code: String,
    comments: String,
}

impl Source {
    fn read(text: &str) -> Self {
        let mut out = Source { code: String::new(), comments: String::new() };
        let mut rest = text;
        while !rest.is_empty() {
            let (length, kind) = token(rest, out.code.chars().next_back());
            let (piece, after) = rest.split_at(length);
            rest = after;
            let blank: String = piece.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
            let (code, comments) = match kind {
                Kind::Code => (piece, blank.as_str()),
                Kind::Comment => (blank.as_str(), piece),
                Kind::Literal => (blank.as_str(), blank.as_str()),
            };
            out.code.push_str(code);
            out.comments.push_str(comments);
        }
        out
    }
}

enum Kind {
    Code,
    Comment,
    Literal,
}

fn token(rest: &str, before: Option<char>) -> (usize, Kind) {
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), Kind::Comment);
    }
    if rest.starts_with("/*") {
        return (block_comment(rest), Kind::Comment);
    }
    if rest.starts_with('"') {
        return (quoted(rest, '"').unwrap_or(rest.len()), Kind::Literal);
    }
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if !in_word && let Some(length) = raw_string(rest) {
        return (length, Kind::Literal);
    }
    if rest.starts_with('\'')
        && let Some(length) = char_literal(rest)
    {
        return (length, Kind::Literal);
    }
    (rest.chars().next().map_or(1, char::len_utf8), Kind::Code)
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        let here = &rest[at..];
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The length of a literal up to its unescaped closing mark.
fn quoted(rest: &str, mark: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == mark => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn raw_string(rest: &str) -> Option<usize> {
    let after =
        rest.strip_prefix("br").or_else(|| rest.strip_prefix("cr")).or_else(|| rest.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let body = rest.len() - after.len() + hashes + 1;
    Some(rest[body..].find(&end).map_or(rest.len(), |at| body + at + end.len()))
}

/// A character literal, as opposed to a lifetime.
fn char_literal(rest: &str) -> Option<usize> {
    let mut chars = rest.char_indices().skip(1);
    let (_, first) = chars.next()?;
    if first == '\\' {
        return quoted(rest, '\'');
    }
    chars.next().filter(|(_, c)| *c == '\'').map(|(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, text: &str) -> Vec<String> {
        check_text(Path::new(path), text).into_iter().map(|v| format!("{}: {}", v.line, v.text)).collect()
    }

    #[test]
    fn floors_hold_for_paths_and_groups() {
        let text = "//! x\nuse crate::{base::Rng, fs::{View, crate_name}, engine::run};\nfn f() { crate::cmd::run() }\n";
        let want = ["2: kernel must not look at engine", "3: kernel must not look at cmd"];
        assert_eq!(said("core/src/kernel/mod.rs", text), want);
        assert_eq!(said("core/src/session/mod.rs", text), [""; 0]);
        assert_eq!(
            said("core/src/render/table.rs", "//! x\nuse crate::fs::View;"),
            ["2: render must not look at fs"]
        );
        assert_eq!(said("core/src/attic.rs", "//! x"), ["1: the module attic stands on no floor"]);
        assert_eq!(
            said("core/src/base/id.rs", "//! x\n// crate::cmd\nconst A: &str = \"crate::cmd\";"),
            [""; 0]
        );
    }

    #[test]
    fn lengths_see_through_strings_and_comments() {
        let long = "    let x = '{'; // }\n".repeat(70);
        let text = format!(
            "//! x\nfn a(x: [u8; 2]) -> &'static str {{\n{long}}}\nfn b();\nfn c() {{ r#\"}}\"# }}\n"
        );
        assert_eq!(said("repl/src/a.rs", &text), ["2: a has 72 lines, more than 70"]);
        assert_eq!(said("repl/src/a.rs", &format!("//! x\n{}", "\n".repeat(600))).len(), 1);
    }

    #[test]
    fn nothing_is_left_unfinished() {
        let text = concat!("fn f() { to", "do!(); db", "g!(1); \"todo!\" }\n/* TO", "DO */\n");
        let want =
            ["1: the file does not open with a `//!` line", "1: todo!", "1: dbg!", "2: TODO in a comment"];
        assert_eq!(said("repl/src/a.rs", text), want);
    }

    #[test]
    fn a_file_no_list_names_is_found() {
        let list = Path::new("core/src/cmd/mod.rs");
        let check = |names| check_listed(Path::new("core/src/cmd/rename.rs"), list, names).is_some();
        assert!(check("mod run; // rename") && !check("mod rename;") && !check("commands![run, rename];"));
    }
}
