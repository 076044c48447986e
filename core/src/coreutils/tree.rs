//! `tree [-adf] [-L DEPTH] [DIR]…` and `file [-b] FILE…`: a drawing of directories, and what files hold.
//!
//! Exit status: 0; `tree` 2 where a directory cannot be opened.

use super::opts::{Spec, parse};
use super::walk::{base, tree};
use crate::kernel::{Applet, Stat, Stop, Sys, stub_name};

/// `file` and `tree`.
pub const APPLETS: &[Applet] = &[Applet::main("file", file), Applet::main("tree", draw)];

// There are no colours to leave out (`-n`).
const TREE: Spec = Spec::new("adfL:n", &[("noreport", '\u{1}')], "[-adf] [-L DEPTH] [DIR]...", "Draw directories.").moot("n");
const FILE: Spec = Spec::new("bL", &[("brief", 'b'), ("dereference", 'L')], "[-b] FILE...", "Tell what FILEs hold.");

fn draw(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &TREE)?;
    let most = options.value('L').and_then(|n| n.parse().ok()).unwrap_or(usize::MAX);
    let here = [".".to_string()];
    let operands = if options.operands.is_empty() { &here[..] } else { &options.operands };
    let (mut dirs, mut files, mut code) = (0, 0, 0);
    let mut text = String::new();
    for root in operands {
        let Some(entries) = tree(sys, root, false).ok().filter(|e| e.first().is_some_and(|e| e.stat.is_dir())) else {
            text.push_str(&format!("{root}  [error opening dir]\n"));
            code = 2;
            continue;
        };
        text.push_str(&format!("{root}\n"));
        dirs += 1;
        let hidden = |path: &str| path[root.len().min(path.len())..].split('/').any(|n| n.starts_with('.') && n.len() > 1);
        let shown: Vec<_> = entries
            .iter()
            .skip(1)
            .filter(|e| e.depth <= most && (options.has('a') || !hidden(&e.path)))
            .filter(|e| !options.has('d') || e.stat.is_dir())
            .collect();
        for (i, entry) in shown.iter().enumerate() {
            // A branch goes on where a later entry of the same depth comes before one nearer to the root.
            let goes_on = |depth: usize| {
                shown[i + 1..].iter().find(|e| e.depth <= depth).is_some_and(|e| e.depth == depth)
            };
            for depth in 1..entry.depth {
                text.push_str(if goes_on(depth) { "│   " } else { "    " });
            }
            text.push_str(if goes_on(entry.depth) { "├── " } else { "└── " });
            text.push_str(if options.has('f') { &entry.path } else { base(&entry.path) });
            if let (true, Ok(to)) = (entry.stat.is_link(), sys.readlink(&entry.path)) {
                text.push_str(&format!(" -> {to}"));
            }
            text.push('\n');
            if entry.stat.is_dir() { dirs += 1 } else { files += 1 }
        }
    }
    if !options.has('\u{1}') {
        let y = if dirs == 1 { "y" } else { "ies" };
        let s = if files == 1 { "" } else { "s" };
        text.push_str(&format!("\n{dirs} director{y}, {files} file{s}\n"));
    }
    sys.print(&text);
    Ok(code)
}

fn file(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &FILE)?;
    let widest = options.operands.iter().map(String::len).max().unwrap_or(0);
    for path in &options.operands {
        let look = if options.has('L') { sys.stat(path) } else { sys.lstat(path) };
        let what = match look {
            Ok(stat) => kind(sys, path, &stat),
            Err(e) => format!("cannot open `{path}' ({e})"),
        };
        let line = if options.has('b') { what } else { format!("{:<w$} {what}", format!("{path}:"), w = widest + 1) };
        sys.print(&format!("{line}\n"));
    }
    Ok(0)
}

fn kind(sys: &mut Sys<'_>, path: &str, stat: &Stat) -> String {
    match stat.kind {
        'd' => return "directory".into(),
        'l' => {
            let to = sys.readlink(path).unwrap_or_default();
            let broken = if sys.stat(path).is_err() { "broken symbolic link" } else { "symbolic link" };
            return format!("{broken} to {to}");
        }
        'c' => return format!("character special ({}/{})", stat.device.0, stat.device.1),
        'b' => return format!("block special ({}/{})", stat.device.0, stat.device.1),
        'p' => return "fifo (named pipe)".into(),
        's' => return "socket".into(),
        _ => {}
    }
    if stat.size == 0 {
        return "empty".into();
    }
    let head = match sys.content(path) {
        Ok(content) => content.read(0, 4096).into_owned(),
        Err(e) => return format!("cannot open `{path}' ({e})"),
    };
    let text = std::str::from_utf8(&head).ok();
    match &head[..] {
        b if stub_name(b).is_some() || b.starts_with(b"\x7fELF") => {
            "ELF 64-bit LSB pie executable, x86-64, version 1 (SYSV), dynamically linked, stripped".into()
        }
        [0x1f, 0x8b, ..] => "gzip compressed data".into(),
        b if b.get(257..262) == Some(b"ustar") => "POSIX tar archive".into(),
        b if b.starts_with(b"\x89PNG") => "PNG image data".into(),
        b if b.starts_with(b"#!") => {
            let line = text.and_then(|t| t.lines().next()).unwrap_or("").trim_start_matches("#!").trim().to_string();
            let name = base(line.split(' ').next().unwrap_or(""));
            match name {
                "sh" | "bash" | "dash" | "ash" => {
                    let shell = if name == "bash" { "Bourne-Again" } else { "POSIX" };
                    format!("{shell} shell script, ASCII text executable")
                }
                _ => format!("a {line} script, ASCII text executable"),
            }
        }
        _ => match text {
            Some(text) if text.trim_start().starts_with(['{', '[']) && text.contains('"') => "JSON text data".into(),
            Some(text) if text.contains('\0') => "data".into(),
            Some(text) if text.to_ascii_lowercase().contains("<html") => "HTML document, ASCII text".into(),
            Some(text) if !text.is_ascii() => "Unicode text, UTF-8 text".into(),
            Some(text) if !text.ends_with('\n') && head.len() < 4096 => "ASCII text, with no line terminators".into(),
            Some(_) => "ASCII text".into(),
            None => "data".into(),
        },
    }
}
