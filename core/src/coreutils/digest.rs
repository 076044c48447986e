//! `md5sum`, `sha1sum`, `sha224sum`, `sha256sum`, `sha384sum`, `sha512sum` `[-c] [FILE…]`: print or check digests.
//!
//! - `-c` checks the files that lists name, `--quiet` without the good ones, `--status` without a word
//!
//! Exit status: 0, or 1 where a file could not be read or its digest is another.

use super::input::{decode, lines, read_one, read_with};
use super::opts::{Options, Spec, parse};
use crate::base::Errno;
use crate::kernel::{Applet, Flavor, Stop, Sys};
use sha2::Digest as _;

/// The digest programs.
pub const APPLETS: &[Applet] = &[
    Applet::main("md5sum", main),
    Applet::main("sha1sum", main),
    Applet::main("sha224sum", main),
    Applet::main("sha256sum", main),
    Applet::main("sha384sum", main),
    Applet::main("sha512sum", main),
];

const QUIET: char = '\u{1}';
const STATUS: char = '\u{2}';

const SPEC: Spec = Spec::new(
    "bctsw",
    &[("binary", 'b'), ("check", 'c'), ("text", 't'), ("quiet", QUIET), ("status", STATUS), ("warn", 'w')],
    "[-c[sw]] [FILE]...",
    "Print or check digests\n\n\t-c\tCheck the digests in FILEs\n\t-s\tPrint nothing, only the exit status\n\t-w\tWarn about bad lines",
)
.missing("w");

fn complaint(flavor: Flavor, name: &str, error: Errno) -> String {
    match (flavor, error) {
        (Flavor::Gnu, _) => format!("{name}: {}", error.text()),
        (Flavor::Busybox, Errno::EISDIR) => format!("can't read '{name}': {}", error.text()),
        (Flavor::Busybox, _) => format!("can't open '{name}': {}", error.text()),
    }
}

/// The digest in hexadecimal; `None` for a name that is no digest program's.
fn digest(program: &str, data: &[u8]) -> Option<String> {
    let bytes = match program {
        "md5sum" => md5::Md5::digest(data).to_vec(),
        "sha1sum" => sha1::Sha1::digest(data).to_vec(),
        "sha224sum" => sha2::Sha224::digest(data).to_vec(),
        "sha256sum" => sha2::Sha256::digest(data).to_vec(),
        "sha384sum" => sha2::Sha384::digest(data).to_vec(),
        "sha512sum" => sha2::Sha512::digest(data).to_vec(),
        _ => return None,
    };
    Some(bytes.iter().map(|b| format!("{b:02x}")).collect())
}

fn main(sys: &mut Sys<'_>) -> Result<i32, Stop> {
    let o = parse(sys, &SPEC)?;
    let program = sys.name();
    if o.has('c') {
        return check(sys, &o, &program);
    }
    let (inputs, failed) = read_with(sys, &o.operands, complaint)?;
    let mark = if o.last_of("bt") == Some('b') && sys.flavor() == Flavor::Gnu { '*' } else { ' ' };
    for input in inputs {
        sys.spend(u32::try_from(input.data.len() / 256).unwrap_or(u32::MAX));
        let digest = digest(&program, &input.data).unwrap_or_default();
        sys.print(&format!("{digest} {mark}{}\n", input.name));
    }
    Ok(i32::from(failed))
}

fn check(sys: &mut Sys<'_>, o: &Options, program: &str) -> Result<i32, Stop> {
    let stdin = ["-".to_string()];
    let lists = if o.operands.is_empty() { &stdin[..] } else { &o.operands[..] };
    let silent = o.has(STATUS) || o.has('s');
    let (mut wrong, mut unread, mut bad, mut good) = (0, 0, 0, 0);
    for list in lists {
        let data = read_one(sys, list)?;
        for line in lines(&data) {
            let line = decode(line);
            let Some((expected, name)) = line.split_once("  ").or(line.split_once(" *")) else {
                bad += 1;
                continue;
            };
            let verdict = match sys.read_file(name) {
                Ok(data) if digest(program, &data).as_deref() == Some(&expected.to_lowercase()) => {
                    good += 1;
                    "OK"
                }
                Ok(_) => {
                    wrong += 1;
                    "FAILED"
                }
                Err(error) => {
                    unread += 1;
                    let text = complaint(sys.flavor(), name, error);
                    sys.complain(&text);
                    if sys.flavor() == Flavor::Gnu { "FAILED open or read" } else { "FAILED" }
                }
            };
            if !(silent || o.has(QUIET) && verdict == "OK") {
                sys.print(&format!("{name}: {verdict}\n"));
            }
        }
        if good + wrong + unread == 0 && sys.flavor() == Flavor::Gnu {
            sys.complain(&format!("{list}: no properly formatted checksum lines found"));
            return Ok(1);
        }
    }
    summary(sys, silent, [bad, unread, wrong], good + wrong + unread);
    Ok(i32::from(wrong + unread > 0))
}

fn summary(sys: &mut Sys<'_>, silent: bool, [bad, unread, wrong]: [usize; 3], all: usize) {
    if silent {
        return;
    }
    if sys.flavor() == Flavor::Busybox {
        if wrong + unread > 0 {
            sys.complain(&format!("WARNING: {} of {all} computed checksums did NOT match", wrong + unread));
        }
        return;
    }
    let plural = |n: usize, one: &str, many: &str| format!("WARNING: {n} {}", if n == 1 { one } else { many });
    if bad > 0 {
        sys.complain(&plural(bad, "line is improperly formatted", "lines are improperly formatted"));
    }
    if unread > 0 {
        sys.complain(&plural(unread, "listed file could not be read", "listed files could not be read"));
    }
    if wrong > 0 {
        sys.complain(&plural(wrong, "computed checksum did NOT match", "computed checksums did NOT match"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn prints_and_checks() {
        let sums = "60b725f10c9c85c70d97880dfe8191b3  /tmp/x\n00000000000000000000000000000000  /tmp/x\n";
        let mut bed = bed().file("/tmp/x", "a\n").file("/tmp/sums", sums);
        check(
            &mut bed,
            &[
                ("md5sum /tmp/x", "", "60b725f10c9c85c70d97880dfe8191b3  /tmp/x\n"),
                ("sha1sum", "a\n", "3f786850e387550fdab836ed7e6dc881de23001b  -\n"),
                ("sha256sum", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  -\n"),
                (
                    "md5sum -c /tmp/sums",
                    "",
                    "/tmp/x: OK\n/tmp/x: FAILED\n! md5sum: WARNING: 1 computed checksum did NOT match\n= 1\n",
                ),
            ],
        );
    }
}
