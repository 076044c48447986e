//! Reads the lessons when the crate is built: each `lessons/LANGUAGE/NN-NAME.md` becomes a value in a table. A
//! lesson that lacks a part, or has one that nobody knows, does not build; the message names the file and the line.

use saphyr::{LoadableYamlNode, MarkedYaml};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

const PARTS: &[&str] =
    &["title", "goals", "setup", "nudges", "hints", "solution", "alternatives", "near_misses", "quiz"];
/// What parts the lesson from what is shown after it.
const WHY: &str = "\n## Why it worked\n";

type Node<'a> = MarkedYaml<'a>;

fn main() {
    println!("cargo::rerun-if-changed=lessons");
    match table(Path::new("lessons")) {
        Ok(table) => {
            let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("lessons.rs");
            if let Err(e) = fs::write(&out, table) {
                println!("cargo::error={}: {e}", out.display());
            }
        }
        Err(why) => println!("cargo::error={why}"),
    }
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> &str {
    path.file_stem().and_then(|name| name.to_str()).unwrap_or_default()
}

fn table(folder: &Path) -> Result<String, String> {
    let mut out =
        String::from("/// The lessons of every language.\npub const LANGUAGES: &[(&str, &[Lesson])] = &[\n");
    for language in sorted(folder)?.iter().filter(|path| path.is_dir()) {
        let _ = writeln!(out, "({:?}, &[", name(language));
        for path in sorted(language)?.iter().filter(|path| path.extension().is_some_and(|e| e == "md")) {
            let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
            out += &lesson(name(path), &text).map_err(|e| format!("{}: {e}", path.display()))?;
        }
        out += "]),\n";
    }
    Ok(out + "];\n")
}

fn lesson(file: &str, text: &str) -> Result<String, String> {
    let (number, id) = file.split_once('-').ok_or("the file's name is not NN-NAME.md")?;
    let number: u32 = number.parse().map_err(|_| "the file's name does not begin with a number")?;
    let rest =
        text.strip_prefix("---\n").ok_or("it does not begin with front matter between lines of ---")?;
    let (front, body) = rest.split_once("\n---\n").ok_or("the front matter has no end")?;
    let documents = MarkedYaml::load_from_str(front).map_err(|e| format!("front matter: {e}"))?;
    let front = documents.first().ok_or("the front matter is empty")?;
    for (key, _) in front.data.as_mapping().into_iter().flatten() {
        let known = key.data.as_str().is_some_and(|key| PARTS.contains(&key));
        known
            .then_some(())
            .ok_or_else(|| format!("line {}: no part of a lesson", key.span.start.line() + 1))?;
    }
    let (prose, why) = body.split_once(WHY).ok_or("the prose does not end with \"## Why it worked\"")?;
    let goals = all(part(front, "goals")?, |goal| pair(goal, "say", "check"))?;
    let nudges = match front.data.as_mapping_get("nudges") {
        Some(nudges) => all(nudges, |nudge| pair(nudge, "when", "say"))?,
        None => vec![],
    };
    let quiz = part(front, "quiz")?;
    let choices = texts(part(quiz, "choices")?)?;
    let (hints, misses) = (texts(part(front, "hints")?)?, texts(part(front, "near_misses")?)?);
    if goals.is_empty() || hints.is_empty() || misses.is_empty() || choices.len() < 2 {
        return Err("a lesson needs a goal, a hint, a near miss and a quiz with two choices at least".into());
    }
    Ok(format!(
        "Lesson {{ number: {number}, id: {id:?}, title: {:?}, setup: {:?}, solution: {:?},\n\
         goals: &[{}], nudges: &[{}], hints: &{hints:?},\n\
         #[cfg(feature = \"terminal\")] alternatives: &{:?},\n\
         #[cfg(feature = \"terminal\")] near_misses: &{misses:?},\n\
         quiz: Quiz {{ ask: {:?}, run: {:?}, choices: &{choices:?}, because: {:?} }},\n\
         #[cfg(feature = \"terminal\")] prose: {:?},\n\
         #[cfg(feature = \"terminal\")] why: {:?},\n\
         prose_html: {:?}, why_html: {:?} }},\n",
        string(front, "title")?,
        string(front, "setup").unwrap_or_default(),
        string(front, "solution")?,
        goals
            .iter()
            .map(|(say, check)| format!("Goal {{ say: {say:?}, check: {check:?} }},"))
            .collect::<String>(),
        nudges
            .iter()
            .map(|(when, say)| format!("Nudge {{ when: {when:?}, say: {say:?} }},"))
            .collect::<String>(),
        front.data.as_mapping_get("alternatives").map_or(Ok(vec![]), texts)?,
        string(quiz, "ask")?,
        string(quiz, "run")?,
        string(quiz, "because")?,
        prose.trim(),
        why.trim(),
        html(prose),
        html(why),
    ))
}

fn html(markdown: &str) -> String {
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, pulldown_cmark::Parser::new(markdown));
    out
}

fn part<'a, 'n>(node: &'a Node<'n>, name: &str) -> Result<&'a Node<'n>, String> {
    let line = node.span.start.line();
    node.data.as_mapping_get(name).ok_or_else(|| format!("line {}: there is no {name}", line + 1))
}

fn string(node: &Node<'_>, name: &str) -> Result<String, String> {
    text(part(node, name)?)
}

fn text(node: &Node<'_>) -> Result<String, String> {
    let line = node.span.start.line() + 1;
    let text = node.data.as_str().ok_or_else(|| format!("line {line}: not a text (quote it)"))?;
    Ok(text.trim().to_string())
}

fn texts(node: &Node<'_>) -> Result<Vec<String>, String> {
    all(node, text)
}

fn pair(node: &Node<'_>, one: &str, other: &str) -> Result<(String, String), String> {
    Ok((string(node, one)?, string(node, other)?))
}

fn all<T>(node: &Node<'_>, read: impl Fn(&Node<'_>) -> Result<T, String>) -> Result<Vec<T>, String> {
    let line = node.span.start.line() + 1;
    node.data.as_vec().ok_or_else(|| format!("line {line}: not a list"))?.iter().map(read).collect()
}
