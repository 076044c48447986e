//! No option of a program is dropped in silence: what a `Spec` of `core/src/coreutils` declares is asked for by the
//! program's code, or declared as `missing` (refused) or `moot` (left out of the list).
//!
//! This reads the sources: for each `const NAME: Spec` the functions that name it and those that they call are searched
//! for the letter.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Options that nobody asks for, as `FILE NAME -x`.
///
/// # Errors
/// A file that cannot be read.
pub fn dropped(root: &Path) -> std::io::Result<Vec<String>> {
    let folder = root.join("core/src/coreutils");
    let shared = fs::read_to_string(folder.join("copy.rs"))?;
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        let stem = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_string();
        let mut texts = Vec::new();
        for file in files(&path)? {
            let text = fs::read_to_string(&file)?;
            texts.push(text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_string());
        }
        if stem == "opts" || path.is_dir() {
            continue;
        }
        texts.push(shared.clone());
        found.extend(dropped_by(&texts).into_iter().map(|what| format!("{stem}.rs {what}")));
    }
    found.sort();
    Ok(found)
}

/// The file and those in the folder of its name.
fn files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = vec![path.to_path_buf()];
    let folder = path.with_extension("");
    if path.is_file() && folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            found.push(entry?.path());
        }
    }
    found.retain(|file| file.extension().is_some_and(|e| e == "rs"));
    Ok(found)
}

/// The same over the texts of one program.
fn dropped_by(texts: &[String]) -> Vec<String> {
    let functions = functions(texts);
    let mut found = Vec::new();
    for text in texts {
        for (at, _) in text.match_indices("Spec::new(") {
            let Some((name, declared)) = declaration(text, at) else { continue };
            let code = reached(&functions, &name);
            let spec = Declared::read(declared, text);
            let letters: String = spec.letters.iter().collect();
            for letter in spec.letters.iter().filter(|c| !spec.excused.contains(**c)) {
                if !asks(&code, *letter, &letters) {
                    found.push(format!("{name} -{}", letter.escape_default()));
                }
            }
        }
    }
    found
}

/// The name of the constant that a `Spec::new(` belongs to, and its text up to the end.
fn declaration(text: &str, at: usize) -> Option<(String, &str)> {
    let start = text[..at].rfind("const ")?;
    let name = text[start + 6..at].split(':').next()?.trim().to_string();
    let end = at + text[at..].find(";\n")?;
    name.chars().all(|c| c.is_ascii_uppercase() || c == '_').then(|| (name, &text[at..end]))
}

/// What a declaration says.
struct Declared {
    letters: BTreeSet<char>,
    /// The letters of `missing` and `moot`.
    excused: String,
}

impl Declared {
    fn read(spec: &str, file: &str) -> Self {
        let mut declared = Self { letters: BTreeSet::new(), excused: String::new() };
        let short = literals(spec).next().unwrap_or_default();
        let busybox =
            spec.split(".busybox(").nth(1).and_then(|rest| literals(rest).next()).unwrap_or_default();
        declared.letters.extend((short + &busybox).chars().filter(|c| *c != ':'));
        for method in [".missing(", ".moot("] {
            for rest in spec.split(method).skip(1) {
                declared.excused.push_str(&literals(rest).next().unwrap_or_default());
            }
        }
        let table = file.find("const LONG").map(|at| &file[at..at + file[at..].find("];").unwrap_or(0)]);
        for text in [Some(spec), table.filter(|_| spec.contains("LONG"))].into_iter().flatten() {
            // `("name", 'x')`
            let pairs = text.split("(\"").skip(1).filter_map(|rest| rest.split_once("\", '"));
            declared
                .letters
                .extend(pairs.filter(|(name, _)| !name.contains('"')).filter_map(|(_, rest)| letter(rest)));
        }
        declared
    }
}

/// The character at the start of a text, as a literal writes it.
fn letter(text: &str) -> Option<char> {
    match text.strip_prefix("\\u{") {
        Some(code) => char::from_u32(u32::from_str_radix(code.split('}').next()?, 16).ok()?),
        None => text.chars().next(),
    }
}

/// The contents of the string literals of a text.
fn literals(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find('"')? + 1;
        let mut found = String::new();
        let mut at = start;
        while !rest[at..].starts_with('"') {
            let c = letter(&rest[at..])?;
            let raw = if rest[at..].starts_with("\\u{") { rest[at..].find('}')? + 1 } else { c.len_utf8() };
            // Any other escape is two characters that name no option.
            let length = if c == '\\' { 2 } else { raw };
            found.push(c);
            at += length;
        }
        rest = &rest[at + 1..];
        Some(found)
    })
}

/// The functions of a program by name.
fn functions(texts: &[String]) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for text in texts {
        for (at, _) in text.match_indices("fn ") {
            let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
            let before = &text[line..at];
            let indent = &before[..before.len() - before.trim_start().len()];
            if !before
                .trim()
                .split(' ')
                .all(|word| word.is_empty() || word.starts_with("pub") || word == "const")
            {
                continue;
            }
            let name: String =
                text[at + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let close = format!("\n{indent}}}\n");
            let end = text[at..].find(&close).map_or(text.len(), |length| at + length);
            found.entry(name).or_default().push_str(&text[at..end]);
        }
    }
    found
}

/// The code that a constant's options are read by.
fn reached(functions: &BTreeMap<String, String>, constant: &str) -> String {
    let mut ahead: Vec<&str> =
        functions.iter().filter(|(_, body)| names(body, constant)).map(|(name, _)| name.as_str()).collect();
    if ahead.is_empty() {
        return functions.values().cloned().collect();
    }
    let mut seen: BTreeSet<&str> = ahead.iter().copied().collect();
    while let Some(name) = ahead.pop() {
        let body = &functions[name];
        for next in functions.keys() {
            if !seen.contains(next.as_str()) && names(body, next) {
                seen.insert(next);
                ahead.push(next);
            }
        }
    }
    // A state begins in one function and goes on in others that nobody calls by name.
    let steps =
        functions.iter().filter(|(name, _)| ["start", "step", "turn", "begin"].contains(&name.as_str()));
    seen.extend(steps.map(|(name, _)| name.as_str()));
    seen.iter().map(|name| functions[*name].as_str()).collect()
}

fn names(body: &str, word: &str) -> bool {
    body.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|w| w == word)
}

/// True where the code names the letter: as a character, or in a short string of options (`last_of("ab")`).
fn asks(code: &str, option: char, letters: &str) -> bool {
    let literal = match option {
        c if c.is_control() => format!("'\\u{{{:x}}}'", u32::from(c)),
        c => format!("'{c}'"),
    };
    code.contains(&literal)
        || literals_of_lines(code).any(|text| {
            text.contains(option) && text.chars().count() <= 8 && text.chars().all(|c| letters.contains(c))
        })
}

/// String literals, line by line, so that an odd mark in one line spoils no other.
fn literals_of_lines(code: &str) -> impl Iterator<Item = String> + '_ {
    code.lines().flat_map(literals)
}

#[cfg(test)]
mod tests {
    use super::dropped_by;

    #[test]
    fn what_is_declared_and_not_read_is_found() {
        let text = r#"
const ONE: Spec = Spec::new("abc:d\u{1}", &[("all", 'a'), ("zap", 'z'), ("far", '\u{2}')], "", "").missing("z").moot("d");
const TWO: Spec = Spec::new("b", &[], "", "");
fn one(sys: &mut Sys) {
    let o = parse(sys, &ONE);
    helper(&o);
}
fn helper(o: &Options) {
    o.last_of("ab");
}
fn two(sys: &mut Sys) {
    let o = parse(sys, &TWO);
    println!("b or not");
}
"#;
        let found = dropped_by(&[text.replace("pub ", "")]);
        assert_eq!(found, ["ONE -\\u{1}", "ONE -\\u{2}", "ONE -c", "TWO -b"]);
    }
}
