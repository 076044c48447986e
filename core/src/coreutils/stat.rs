//! `stat [-Lt] [-c FORMAT | --printf=FORMAT] FILE…`, `stat -f FILE…`: what is known of files.
//!
//! There is one time per file here; access, change and birth show it too. Exit status: 0, or 1 where a file
//! could not be looked at.

use super::accounts::Accounts;
use super::mode::letters_of;
use super::opts::{Spec, parse, usage_error};
use super::size::blocks;
use super::walk::complain;
use super::when;
use crate::kernel::{Applet, Flavor, Stat, Stop, Sys};

/// `stat`.
pub const APPLETS: &[Applet] = &[Applet::main("stat", main)];

const SPEC: Spec = Spec::new(
    "Lfc:t",
    &[("dereference", 'L'), ("file-system", 'f'), ("format=", 'c'), ("printf=", 'p'), ("terse", 't')],
    "[-Lf] [-c FMT] FILE...",
    "Print what is known of FILEs, by FMT where it is given.",
)
.missing("t");

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    if options.operands.is_empty() {
        let text = if sys.flavor() == Flavor::Gnu { "missing operand" } else { "" };
        return Err(usage_error(sys, &SPEC, text));
    }
    let accounts = Accounts::read(sys);
    let mut code = 0;
    for path in &options.operands {
        let stat = if options.has('L') || options.has('f') { sys.stat(path) } else { sys.lstat(path) };
        let stat = match stat {
            Ok(stat) => stat,
            Err(e) if options.has('f') => {
                let gnu = format!("cannot read file system information for '{path}': {e}");
                complain(sys, &gnu, &format!("can't read file system information for '{path}': {e}"));
                code = 1;
                continue;
            }
            Err(e) => {
                complain(sys, &format!("cannot statx '{path}': {e}"), &format!("can't stat '{path}': {e}"));
                code = 1;
                continue;
            }
        };
        let link = sys.readlink(path).ok().filter(|_| stat.is_link());
        let text = match (options.value('c'), options.value('p')) {
            _ if options.has('f') => filesystem(path, options.value('c')),
            (Some(format), _) => expand(format, path, &stat, link.as_deref(), &accounts) + "\n",
            (None, Some(format)) => expand(&unescape(format), path, &stat, link.as_deref(), &accounts),
            (None, None) => {
                let format = default_format(sys.flavor(), &stat);
                expand(&format, path, &stat, link.as_deref(), &accounts)
            }
        };
        sys.print(&text);
    }
    Ok(code)
}

fn unescape(text: &str) -> String {
    text.replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0").replace("\\\\", "\\")
}

fn default_format(flavor: Flavor, stat: &Stat) -> String {
    let name = if stat.is_link() { "%N" } else { "%n" };
    let device = if flavor == Flavor::Gnu { "%Hd,%Ld" } else { "%Dh/%dd" };
    let kind = if matches!(stat.kind, 'c' | 'b') { "     Device type: %t,%T" } else { "" };
    let birth = if flavor == Flavor::Gnu { " Birth: %w\n" } else { "" };
    format!(
        "  File: {name}\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\nDevice: {device}\tInode: %-10i  Links: %h{kind}\n\
         Access: (%04a/%A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\nModify: %y\nChange: %z\n{birth}"
    )
}

fn kind_words(stat: &Stat) -> &'static str {
    match stat.kind {
        'd' => "directory",
        'l' => "symbolic link",
        'c' => "character special file",
        'b' => "block special file",
        'p' => "fifo",
        's' => "socket",
        _ if stat.size == 0 => "regular empty file",
        _ => "regular file",
    }
}

fn expand(format: &str, path: &str, stat: &Stat, link: Option<&str>, accounts: &Accounts) -> String {
    let mut out = String::new();
    let mut rest = format.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut spec = String::new();
        while let Some(c) = rest.peek().copied().filter(|c| "-0#+ ".contains(*c) || c.is_ascii_digit()) {
            spec.push(c);
            rest.next();
        }
        let half = rest.peek().copied().filter(|c| matches!(c, 'H' | 'L'));
        if half.is_some() {
            rest.next();
        }
        let Some(letter) = rest.next() else {
            out.push('%');
            break;
        };
        match piece(letter, half, path, stat, link, accounts) {
            Some(text) => out.push_str(&pad(&text, &spec)),
            None if letter == '%' => out.push('%'),
            None => out.push('?'),
        }
    }
    out
}

fn pad(text: &str, spec: &str) -> String {
    let width = spec.trim_start_matches(['-', '0', '#', '+', ' ']).parse::<usize>().unwrap_or(0).min(1000);
    if spec.starts_with('-') {
        format!("{text:<width$}")
    } else if spec.starts_with('0') {
        format!("{text:0>width$}")
    } else {
        format!("{text:>width$}")
    }
}

fn piece(
    letter: char,
    half: Option<char>,
    path: &str,
    stat: &Stat,
    link: Option<&str>,
    accounts: &Accounts,
) -> Option<String> {
    const DEVICE: (u32, u32) = (0, 50);
    let time = || when::format("%F %T.%N %z", stat.mtime);
    Some(match letter {
        'a' => format!("{:o}", stat.mode),
        'A' => letters_of(stat.kind, stat.mode),
        'b' => (blocks(stat) * 2).to_string(),
        'B' => "512".into(),
        'd' => match half {
            Some('H') => DEVICE.0.to_string(),
            Some(_) => DEVICE.1.to_string(),
            None => (DEVICE.0 << 8 | DEVICE.1).to_string(),
        },
        'D' => format!("{:x}", DEVICE.0 << 8 | DEVICE.1),
        'f' => format!("{:x}", stat.st_mode()),
        'F' => kind_words(stat).into(),
        'g' => stat.gid.to_string(),
        'G' => accounts.group(stat.gid).map_or("UNKNOWN".into(), |g| g.name.clone()),
        'h' => stat.nlink.to_string(),
        'i' => stat.ino.to_string(),
        'm' => "/".into(),
        'n' => path.to_string(),
        'N' => link.map_or_else(|| format!("'{path}'"), |to| format!("'{path}' -> '{to}'")),
        'o' => "4096".into(),
        's' => stat.size.to_string(),
        't' => format!("{:x}", stat.device.0),
        'T' => format!("{:x}", stat.device.1),
        'u' => stat.uid.to_string(),
        'U' => accounts.user(stat.uid).map_or("UNKNOWN".into(), |u| u.name.clone()),
        'w' | 'x' | 'y' | 'z' => time(),
        'W' | 'X' | 'Y' | 'Z' => stat.mtime.unix_secs().to_string(),
        _ => return None,
    })
}

fn filesystem(path: &str, format: Option<&str>) -> String {
    let Some(format) = format else {
        return format!(
            "  File: \"{path}\"\n    ID: d0c4e00000000001 Namelen: 255     Type: overlayfs\nBlock size: 4096       Fundamental block size: 4096\nBlocks: Total: 15728640   Free: 12582912   Available: 12582912\nInodes: Total: 4194304    Free: 4063232\n"
        );
    };
    let text = format.replace("%n", path).replace("%T", "overlayfs").replace("%S", "4096").replace("%s", "4096");
    text.replace("%b", "15728640").replace("%f", "12582912").replace("%a", "12582912") + "\n"
}
