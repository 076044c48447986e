//! `dd [if=FILE] [of=FILE] [bs=N] [count=N] [skip=N] [seek=N] [conv=notrunc,…] [status=none]`: copy in blocks.
//!
//! From `/dev/zero` into a file it makes holes. What has to be held at once is bounded by 64 MiB. Exit status: 0,
//! or 1 where something failed.

use super::truncate::size;
use super::walk::complain;
use crate::base::Errno;
use crate::fs::Content;
use crate::kernel::{Applet, Flavor, Object, OpenFlags, Read, Stop, Sys};

/// `dd`.
pub const APPLETS: &[Applet] = &[Applet::main("dd", main)];

const LIMIT: u64 = 64 << 20;

#[derive(Default)]
struct Plan {
    input: Option<String>,
    output: Option<String>,
    block: u64,
    count: Option<u64>,
    skip: u64,
    seek: u64,
    keep: bool,
    quiet: bool,
}

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let plan = match plan(sys) {
        Ok(plan) => plan,
        Err(text) => {
            sys.complain(&text);
            if sys.flavor() == Flavor::Gnu {
                sys.eprint("Try 'dd --help' for more information.\n");
            }
            return Ok(1);
        }
    };
    if !sys.claim_memory(plan.block) {
        return Ok(137);
    }
    let stdin = if plan.input.is_none() { Some(sys.stdin_to_end()?) } else { None };
    let data = match read(sys, &plan, stdin) {
        Ok(data) => data,
        Err((Errno::EFBIG, _)) => {
            sys.complain("more than 64 MiB at once, which Drydock does not hold; use count= and bs=");
            return Ok(1);
        }
        Err((e, name)) => {
            complain(sys, &format!("failed to open '{name}': {e}"), &format!("can't open '{name}': {e}"));
            return Ok(1);
        }
    };
    let len = data.len();
    let mut code = 0;
    let mut written = len;
    if let Err(e) = write(sys, &plan, &data) {
        let name = plan.output.clone().unwrap_or("standard output".into());
        let gnu = match e {
            Errno::ENOSPC => format!("error writing '{name}': {e}"),
            _ => format!("failed to open '{name}': {e}"),
        };
        let busybox = if e == Errno::ENOSPC { gnu.clone() } else { format!("can't open '{name}': {e}") };
        complain(sys, &gnu, &busybox);
        code = 1;
        if e != Errno::ENOSPC {
            return Ok(code);
        }
        written = there(sys, &plan);
    }
    if !plan.quiet {
        let counts = |len: u64| format!("{}+{}", len / plan.block, u64::from(!len.is_multiple_of(plan.block)));
        // The block that does not fit has been read.
        let read = if code == 0 { len } else { len.min((written / plan.block + 1) * plan.block) };
        let (records_in, records_out, len) = (counts(read), counts(written), written);
        let human = match len {
            0..1024 => String::new(),
            _ => format!(" ({}B)", crate::coreutils::size::human(len, Flavor::Busybox)),
        };
        let text = match sys.flavor() {
            Flavor::Gnu => {
                let s = if len == 1 { "" } else { "s" };
                let human = gnu_human(len);
                format!("{len} byte{s}{human} copied, 0.0001 s, {:.1} GB/s\n", len as f64 / 1e5)
            }
            Flavor::Busybox => format!("{len} bytes{human} copied, 0.000100 seconds, {:.1}GB/s\n", len as f64 / 1e5),
        };
        // busybox leaves out how much it was where something failed.
        let text = if code == 1 && sys.flavor() == Flavor::Busybox { String::new() } else { text };
        sys.eprint(&format!("{records_in} records in\n{records_out} records out\n{text}"));
    }
    Ok(code)
}

/// How many bytes of what was to be written have found room.
fn there(sys: &mut Sys<'_>, plan: &Plan) -> u64 {
    let content = plan.output.as_ref().and_then(|name| sys.content(name).ok());
    content.map_or(0, |content| content.len().saturating_sub(plan.seek.saturating_mul(plan.block)))
}

/// ` (1.0 MB, 1.0 MiB)`: by thousands, and from 1024 bytes on by 1024, too.
fn gnu_human(len: u64) -> String {
    let scaled = |base: f64, units: [&str; 5]| {
        let (mut value, mut at) = (len as f64, 0);
        while value >= base && at < units.len() {
            value /= base;
            at += 1;
        }
        let places = usize::from(value < 9.95);
        format!("{value:.places$} {}", units[at.saturating_sub(1)])
    };
    let si = scaled(1000.0, ["kB", "MB", "GB", "TB", "PB"]);
    match len {
        0..1000 => String::new(),
        1000..1024 => format!(" ({si})"),
        _ => format!(" ({si}, {})", scaled(1024.0, ["KiB", "MiB", "GiB", "TiB", "PiB"])),
    }
}

fn plan(sys: &Sys<'_>) -> Result<Plan, String> {
    let mut plan = Plan { block: 512, ..Plan::default() };
    let gnu = sys.flavor() == Flavor::Gnu;
    for arg in sys.args() {
        let Some((name, value)) = arg.split_once('=') else {
            return Err(if gnu { format!("unrecognized operand '{arg}'") } else { format!("invalid argument '{arg}'") });
        };
        let number = || size(value).ok_or_else(|| {
            if gnu { format!("invalid number: '{value}'") } else { format!("invalid number '{value}'") }
        });
        match name {
            "if" => plan.input = Some(value.to_string()),
            "of" => plan.output = Some(value.to_string()),
            "bs" | "ibs" | "obs" => plan.block = number()?,
            "count" => plan.count = Some(number()?),
            "skip" | "iseek" => plan.skip = number()?,
            "seek" | "oseek" => plan.seek = number()?,
            "status" => plan.quiet = value == "none",
            "conv" => {
                for word in value.split(',') {
                    match word {
                        "notrunc" => plan.keep = true,
                        "fsync" | "fdatasync" | "sparse" | "noerror" => {}
                        _ => return Err(format!("conv={word} is not simulated by Drydock")),
                    }
                }
            }
            "oflag" | "iflag" => {
                if !matches!(value, "direct" | "sync" | "dsync" | "fullblock") {
                    return Err(format!("{name}={value} is not simulated by Drydock"));
                }
            }
            _ => return Err(if gnu { format!("unrecognized operand '{arg}'") } else { format!("invalid argument '{arg}'") }),
        }
    }
    if plan.block == 0 {
        return Err("invalid number: '0'".into());
    }
    Ok(plan)
}

fn read(sys: &mut Sys<'_>, plan: &Plan, stdin: Option<Vec<u8>>) -> Result<Content, (Errno, String)> {
    let most = plan.count.map(|n| n.saturating_mul(plan.block));
    let skip = plan.skip.saturating_mul(plan.block);
    let cut = |content: &Content| {
        let len = content.len().saturating_sub(skip).min(most.unwrap_or(u64::MAX));
        if skip == 0 {
            let mut all = content.clone();
            all.truncate(len);
            return Ok(all);
        }
        if len > LIMIT {
            return Err(Errno::EFBIG);
        }
        let mut out = Content::default();
        while out.len() < len {
            let piece = content.read(skip + out.len(), (len - out.len()) as usize);
            if piece.is_empty() {
                break;
            }
            out.append(&piece);
        }
        Ok(out)
    };
    let Some(name) = &plan.input else {
        return cut(&Content::from(stdin.unwrap_or_default())).map_err(|e| (e, String::new()));
    };
    let failed = |e| (e, name.clone());
    match sys.content(name) {
        Ok(content) => return cut(&content).map_err(failed),
        Err(Errno::EINVAL) => {}
        Err(e) => return Err(failed(e)),
    }
    let fd = sys.open(name, OpenFlags::READ, 0).map_err(failed)?;
    let object = sys.object(fd).map_err(failed)?;
    let mut out = Content::default();
    let result = match (object, most) {
        // Zeros are a hole, however many.
        (Object::Zero, Some(n)) if n <= Content::MAX_LEN => {
            out.truncate(n);
            Ok(())
        }
        (Object::Zero, _) => Err(Errno::EFBIG),
        (_, most) => loop {
            let left = most.unwrap_or(u64::MAX).saturating_sub(out.len());
            if left == 0 {
                break Ok(());
            }
            match sys.read(fd, left.min(LIMIT) as usize) {
                Ok(Read::Data(data)) => out.append(&data),
                Ok(Read::End) => break Ok(()),
                Ok(Read::Wait) => break Err(Errno::EAGAIN),
                Err(e) => break Err(e),
            }
            if out.len() > LIMIT {
                break Err(Errno::EFBIG);
            }
        },
    };
    let _was_open = sys.close(fd);
    result.map(|()| out).map_err(failed)
}

fn write(sys: &mut Sys<'_>, plan: &Plan, data: &Content) -> Result<(), Errno> {
    let Some(name) = &plan.output else {
        if data.len() > LIMIT {
            return Err(Errno::EFBIG);
        }
        for piece in data.pieces() {
            sys.write(1, &piece);
        }
        return Ok(());
    };
    let seek = plan.seek.saturating_mul(plan.block);
    let there = match sys.content(name) {
        Ok(content) => Some(content),
        Err(Errno::ENOENT) => None,
        Err(Errno::EINVAL) => {
            let fd = sys.open(name, OpenFlags { truncate: false, ..OpenFlags::WRITE }, 0o666)?;
            let result = data.pieces().try_for_each(|piece| sys.write_checked(fd, &piece));
            sys.close(fd)?;
            return result;
        }
        Err(e) => return Err(e),
    };
    if seek == 0 && (!plan.keep || there.is_none()) {
        return sys.set_content(name, data.clone(), 0o666);
    }
    if data.len() > LIMIT {
        return Err(Errno::EFBIG);
    }
    let mut content = there.unwrap_or_default();
    if !plan.keep {
        content.truncate(seek);
    }
    let mut at = seek;
    for piece in data.pieces() {
        content.write(at, &piece);
        at += piece.len() as u64;
    }
    sys.set_content(name, content, 0o666)
}
