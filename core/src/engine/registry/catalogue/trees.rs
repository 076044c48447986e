//! File trees of catalogue images, from short texts.
//!
//! A text is a fixture (see [`crate::fs::fixture`]) with a few more kinds of lines:
//!
//! ```text
//! text /etc/motd 0644        the lines that follow, each after `| `
//! | Welcome!
//! bin /hello hello-world     a program file that runs that program
//! bins /bin ls cat           program files named as their programs
//! hards /bin /bin/[ ls cat   hard links
//! links /bin /bin/busybox ls symbolic links
//! lib /lib/libc.so.6         a file that looks like a library
//! script /bin/x exec y "$@"  a shell script of one line
//! user redis 999 999 /home/redis /bin/sh
//! [debian alpine]            what follows is for these families, codenames or tags
//! [all]                      … and again for all
//! ```
//!
//! `@VERSION@` and the like stand for facts of the base.

use crate::base::Time;
use crate::fs::{Content, Entries, Entry, Inode, Node, fixture};
use crate::kernel::stub;
use std::sync::Arc;

/// What a text may depend on: the words of `[sections]` that apply, and what `@NAMES@` stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Context {
    pub words: Vec<String>,
    pub names: Vec<(String, String)>,
}

/// Reads a text as the entries of a layer on top of `below`. A line that is wrong is left out; a
/// test holds every text to having none.
pub(super) fn entries(text: &str, context: &Context, below: Option<&Entries>, mtime: Time) -> Entries {
    let expanded = expand(text, context);
    let mut entries = fixture::entries(&expanded.fixture, mtime).unwrap_or_default();
    for user in &expanded.users {
        add_user(&mut entries, below, user, mtime);
    }
    entries
}

#[derive(Default)]
struct Expanded {
    fixture: String,
    users: Vec<String>,
}

fn expand(text: &str, context: &Context) -> Expanded {
    let mut out = Expanded::default();
    let mut applies = true;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(words) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            applies = words.split(' ').any(|word| word == "all" || context.words.iter().any(|w| w == word));
            continue;
        }
        let mut body = String::new();
        while let Some(content) = lines.next_if(|next| next.starts_with('|')) {
            body.push_str(content.strip_prefix("| ").unwrap_or(""));
            body.push('\n');
        }
        if !applies {
            continue;
        }
        let line = fill(line, context);
        match line.split_once(' ') {
            Some(("user", user)) => out.users.push(user.to_owned()),
            Some((kind, rest)) => node(&mut out.fixture, kind, rest, &fill(&body, context)),
            None => {}
        }
    }
    out
}

fn fill(text: &str, context: &Context) -> String {
    if !text.contains('@') {
        return text.to_owned();
    }
    context.names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
}

/// Writes the fixture lines for one line of the text.
fn node(out: &mut String, kind: &str, rest: &str, body: &str) {
    let mut words = rest.split(' ');
    let mut next = || words.next().unwrap_or("");
    let program = |out: &mut String, path: &str, name: &str| {
        let name = String::from_utf8(stub(name)).unwrap_or_default();
        out.push_str(&format!("file {path} 0755 {}\n", quote(&name)));
    };
    match kind {
        "text" => out.push_str(&format!("file {rest} {}\n", quote(body))),
        "bin" => {
            let (path, name) = (next(), next());
            program(out, path, name);
        }
        "bins" => {
            let dir = next();
            words.for_each(|name| program(out, &format!("{dir}/{name}"), name));
        }
        "hards" | "links" => {
            let (dir, target) = (next(), next());
            let kind = if kind == "hards" { "hard" } else { "link" };
            words.for_each(|name| out.push_str(&format!("{kind} {dir}/{name} -> {target}\n")));
        }
        "lib" => out.push_str(&format!("file {rest} 0755 \"\\x7fELF\\x02\\x01\\x01\\0library\\n\"\n")),
        "script" => {
            let (path, line) = rest.split_once(' ').unwrap_or((rest, ""));
            out.push_str(&format!("file {path} 0755 {}\n", quote(&format!("#!/bin/sh\n{line}\n"))));
        }
        _ => out.push_str(&format!("{kind} {rest}\n")),
    }
}

fn quote(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
    let escaped: String = escaped
        .chars()
        .map(|c| if c.is_ascii_control() { format!("\\x{:02x}", c as u32) } else { c.to_string() })
        .collect();
    format!("\"{escaped}\"")
}

/// Adds a user and a group of the same name to the files of the base: `NAME UID GID HOME SHELL`.
fn add_user(entries: &mut Entries, below: Option<&Entries>, user: &str, mtime: Time) {
    let words: Vec<&str> = user.split(' ').collect();
    let [name, uid, gid, home, shell] = words[..] else { return };
    for (path, mode, line) in [
        ("/etc/passwd", 0o644, format!("{name}:x:{uid}:{gid}::{home}:{shell}\n")),
        ("/etc/group", 0o644, format!("{name}:x:{gid}:\n")),
        ("/etc/shadow", 0o640, format!("{name}:!:20600::::::\n")),
    ] {
        let known = entries.get(path).or_else(|| below?.get(path));
        let mut content = match known {
            Some(Entry::Put(Inode { node: Node::File(content), .. })) => content.clone(),
            _ => Content::default(),
        };
        content.append(line.as_bytes());
        entries.insert(Arc::from(path), Entry::Put(Inode::file(content, mode, mtime)));
    }
}

/// Whether a text is understood in full; the error names the line of the expanded fixture.
#[cfg(test)]
pub(super) fn check(text: &str, context: &Context) -> Result<(), String> {
    let expanded = expand(text, context);
    fixture::entries(&expanded.fixture, Time(0)).map(drop).map_err(|e| {
        let line = expanded.fixture.lines().nth(e.line - 1).unwrap_or_default();
        format!("{e}: {line}")
    })
}
