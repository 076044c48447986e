//! `gzip [-cdfkqtv1-9] [FILE]…`, `gunzip`, `zcat`: compress and decompress.
//!
//! Without FILE, or with `-`, standard input goes to standard output. Exit status: 0, or 1.

use super::opts::{Options, Spec, parse};
use super::walk::complain;
use crate::base::Errno;
use crate::fs::gzip;
use crate::kernel::{Applet, Flavor, Stop, Sys};

/// `gunzip`, `gzip` and `zcat`.
pub const APPLETS: &[Applet] = &[
    Applet::main("gunzip", |sys| run(sys, true, false)),
    Applet::main("gzip", |sys| run(sys, false, false)),
    Applet::main("zcat", |sys| run(sys, true, true)),
];

// There is one compressor: a level changes nothing a program could see but the size. Names are not stored (`-n`), and
// nothing is warned of (`-q`).
const SPEC: Spec = Spec::new(
    "cdfkqtvn123456789",
    &[
        ("stdout", 'c'),
        ("to-stdout", 'c'),
        ("decompress", 'd'),
        ("uncompress", 'd'),
        ("force", 'f'),
        ("keep", 'k'),
        ("quiet", 'q'),
        ("test", 't'),
        ("verbose", 'v'),
        ("fast", '1'),
        ("best", '9'),
        ("no-name", 'n'),
    ],
    "[-cfkdt] [FILE]...",
    "Compress FILEs, or with -d decompress them.",
)
.missing("lrv")
.moot("123456789nq");
/// The largest result, in bytes.
const LIMIT: u64 = 64 << 20;

fn run(sys: &mut Sys<'_>, unpack: bool, cat: bool) -> Result<i32, Stop> {
    let options = parse(sys, &SPEC)?;
    let unpack = unpack || options.has('d') || options.has('t');
    let to_stdout = cat || options.has('c');
    let here = ["-".to_string()];
    let operands = if options.operands.is_empty() { &here[..] } else { &options.operands };
    let mut input = if operands.iter().any(|o| o == "-") { Some(sys.stdin_to_end()?) } else { None };
    let mut code = 0;
    for name in operands {
        let done = if name == "-" {
            convert(sys, "stdin", &input.take().unwrap_or_default(), unpack).map(|bytes| {
                if !options.has('t') {
                    sys.write(1, &bytes);
                }
            })
        } else {
            file(sys, name, unpack, to_stdout, &options)
        };
        if done.is_none() {
            code = 1;
        }
    }
    Ok(code)
}

fn convert(sys: &mut Sys<'_>, name: &str, bytes: &[u8], unpack: bool) -> Option<Vec<u8>> {
    if !unpack {
        return Some(gzip::gzip(bytes));
    }
    if !gzip::is_gzip(bytes) {
        let gnu = sys.flavor() == Flavor::Gnu;
        if gnu && bytes.is_empty() {
            sys.eprint(&format!("\ngzip: {name}: unexpected end of file\n"));
        } else if gnu {
            sys.eprint(&format!("\ngzip: {name}: not in gzip format\n"));
        } else {
            sys.complain(if bytes.is_empty() { "short read" } else { "invalid magic" });
        }
        return None;
    }
    match gzip::gunzip(bytes, LIMIT) {
        Ok(bytes) => Some(bytes),
        Err(e) => {
            let gnu = format!("{name}: invalid compressed data--{e}");
            complain(sys, &gnu, "corrupted data");
            None
        }
    }
}

fn file(sys: &mut Sys<'_>, name: &str, unpack: bool, to_stdout: bool, options: &Options) -> Option<()> {
    let stat = match sys.stat(name) {
        Ok(stat) => stat,
        Err(e) => {
            sys.complain(&format!("{name}: {e}"));
            return None;
        }
    };
    if stat.is_dir() {
        sys.complain(&format!("{name} is a directory -- ignored"));
        return None;
    }
    let target = if !unpack {
        Some(format!("{name}.gz"))
    } else if let Some(stem) = name.strip_suffix(".tgz") {
        Some(format!("{stem}.tar"))
    } else {
        name.strip_suffix(".gz").map(String::from)
    };
    let target = match target {
        Some(target) => target,
        None if to_stdout || options.has('t') => String::new(),
        None => {
            complain(sys, &format!("{name}: unknown suffix -- ignored"), &format!("{name}: unknown suffix - ignored"));
            return None;
        }
    };
    let bytes = match sys.read_file(name) {
        Ok(bytes) => bytes,
        Err(e) => {
            sys.complain(&format!("{name}: {e}"));
            return None;
        }
    };
    let bytes = convert(sys, name, &bytes, unpack)?;
    if options.has('t') {
        return Some(());
    }
    if to_stdout {
        sys.write(1, &bytes);
        return Some(());
    }
    let there = sys.lstat(&target).is_ok() && !options.has('f');
    let written = if there { Err(Errno::EEXIST) } else { sys.write_file(&target, &bytes, stat.mode) };
    if let Err(e) = written {
        let gnu = if there { format!("{target} already exists;\tnot overwritten") } else { format!("{target}: {e}") };
        complain(sys, &gnu, &format!("can't open '{target}': {e}"));
        return None;
    }
    let _just_made = sys.chmod(&target, stat.mode);
    let _just_made = sys.set_mtime(&target, stat.mtime);
    if !options.has('k')
        && let Err(e) = sys.unlink(name)
    {
        sys.complain(&format!("{name}: {e}"));
        return None;
    }
    Some(())
}
