//! `sed [-nErsuz] [-i[SUFFIX]] {SCRIPT | -e SCRIPT… | -f FILE…} [FILE…]`: edit a stream of lines.
//!
//! - `-n` prints only what `p` prints, `-E`/`-r` extended patterns, `-s` every file by itself, `-i` in place
//! - addresses `N`, `$`, `/re/I`, `first~step`, `A,B`, `A,+N`, `A,~N`, `0,/re/`, `!`
//! - commands `{} = a b c d D F g G h H i l n N p P q Q r s t T w x y z : #`
//!
//! Exit status: 0; 1 for a bad script; 2 where a file could not be read; 4 where one could not be written; that
//! of `q`. Left out: `e`, `R`, `W`, `-z`, back-references in patterns.

mod run;
mod replace;
mod script;

use super::input::decode;
use super::opts::{Options, Spec, parse, usage_error};
use super::stream::{Lines, Running, Stream};
use crate::kernel::{Applet, Flavor, OpenFlags, Step, Stop, Sys};
use run::Machine;
use script::{Command, Verb};

/// `sed`.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Machine>>("sed")];

const SPEC: Spec = Spec::new(
    "nrEe:f:i::su",
    &[
        ("quiet", 'n'),
        ("silent", 'n'),
        ("regexp-extended", 'E'),
        ("expression=", 'e'),
        ("file=", 'f'),
        ("in-place=?", 'i'),
        ("separate", 's'),
        ("unbuffered", 'u'),
        ("null-data", 'z'),
        ("line-length=", 'l'),
    ],
    "[OPTION]... {script-only-if-no-other-script} [input-file]...",
    "Edit a stream of lines\n\n\t-e CMD\tAdd CMD to the commands\n\t-f FILE\tAdd the commands of FILE\n\t-i[SFX]\tEdit files in place, keeping a copy with SFX\n\t-n\tPrint only what is asked for\n\t-r,-E\tExtended patterns\n\t-s\tTake every file by itself",
)
.missing("zl")
.usage_first()
.busybox_usage("[-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...");

impl Stream for Machine {
    fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
        let mut o = parse(sys, &SPEC)?;
        let text = script_text(sys, &mut o)?;
        let extended = o.has('E') || o.has('r');
        let (text, quiet) = match text.strip_prefix("#n\n") {
            Some(rest) => (rest.to_string(), true),
            None => (text, false),
        };
        let script = match script::parse(&text, extended) {
            Ok(script) => script,
            Err(text) => {
                let gnu = sys.flavor() == Flavor::Gnu;
                let text = if gnu { &text } else { text.split_once(": ").map_or(&*text, |(_, t)| t) };
                sys.complain(text);
                return Err(Stop::Exit(1));
            }
        };
        let in_place = o.has('i').then(|| o.value('i').map(String::from));
        let separate = in_place.is_some() || o.has('s');
        let mut machine = Machine::new(script.len(), quiet || o.has('n'), separate);
        open_outputs(sys, &script, &mut machine)?;
        machine.script = script.into();
        if separate {
            machine.files = o.operands.into();
            if in_place.is_some() && machine.files.is_empty() {
                sys.complain("no input files");
                return Err(Stop::Exit(1));
            }
            if machine.files.is_empty() {
                machine.files.push_back("-".into());
            }
        } else {
            machine.lines = Lines::new(&o.operands, b'\n');
        }
        machine.in_place = in_place;
        Ok(machine)
    }

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        self.run(sys)
    }
}

fn script_text(sys: &mut Sys<'_>, o: &mut Options) -> Result<String, Stop> {
    let mut parts: Vec<String> = vec![];
    for (letter, value) in &o.list {
        match (letter, value) {
            ('e', Some(text)) => parts.push(text.clone()),
            ('f', Some(file)) => {
                let data = if file == "-" { sys.stdin_to_end()? } else { read_script(sys, file)? };
                let text = decode(&data);
                parts.push(text.strip_suffix('\n').unwrap_or(&text).to_string());
            }
            _ => {}
        }
    }
    if !o.has('e') && !o.has('f') {
        if o.operands.is_empty() {
            return Err(usage_error(sys, &SPEC, ""));
        }
        parts.push(o.operands.remove(0));
    }
    Ok(parts.join("\n"))
}

fn read_script(sys: &mut Sys<'_>, file: &str) -> Result<Vec<u8>, Stop> {
    sys.read_file(file).map_err(|error| {
        let text = match sys.flavor() {
            Flavor::Gnu => format!("couldn't open file {file}: {}", error.text()),
            Flavor::Busybox => format!("{file}: {}", error.text()),
        };
        sys.complain(&text);
        Stop::Exit(1)
    })
}

/// Opens the files of `w`.
fn open_outputs(sys: &mut Sys<'_>, script: &[Command], machine: &mut Machine) -> Result<(), Stop> {
    for command in script {
        let name = match &command.verb {
            Verb::Write(name) => name,
            Verb::Substitute(s) => match &s.file {
                Some(name) => name,
                None => continue,
            },
            _ => continue,
        };
        if machine.writers.contains_key(name) {
            continue;
        }
        let fd = match name.as_str() {
            "/dev/stdout" => 1,
            "/dev/stderr" => 2,
            name => sys.open(name, OpenFlags::WRITE, 0o666).map_err(|error| {
                sys.complain(&format!("couldn't open file {name}: {}", error.text()));
                Stop::Exit(4)
            })?,
        };
        machine.writers.insert(name.clone(), fd);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    #[test]
    fn edits() {
        let mut bed = bed().file("/tmp/p", "name,age\nann,31\nbob,25\n");
        check(
            &mut bed,
            &[
                ("sed -n 2,3p /tmp/p", "", "ann,31\nbob,25\n"),
                ("sed -e s/ann/eve/ -e 1d /tmp/p", "", "eve,31\nbob,25\n"),
                (r"sed 's/\([a-z]*\),\(.*\)/\2 \1/' /tmp/p", "", "age name\n31 ann\n25 bob\n"),
                ("sed -E 's/([a-z]+),(.*)/[&] \\2/;s/a/A/2' /tmp/p", "", "[name,Age] age\n[ann,31] 31\n[bob,25] 25\n"),
                ("sed s/a/X/g", "banana", "bXnXnX"),
                ("sed s/x*/-/g", "abc\n", "-a-b-c-\n"),
                ("sed -n '$p'", "a\nb\n", "b\n"),
                ("sed -n '/b/,/d/p'", "a\nb\nc\nd\ne\n", "b\nc\nd\n"),
                ("sed '/b/,+1d'", "a\nb\nc\nd\n", "a\nd\n"),
                ("sed '2!d'", "a\nb\nc\n", "b\n"),
                ("sed '1~2d'", "a\nb\nc\n", "b\n"),
                ("sed 2q", "a\nb\nc\n", "a\nb\n"),
                ("sed q5", "a\nb\n", "a\n= 5\n"),
                ("sed = ", "a\n", "1\na\n"),
                ("sed N;s/\\n/+/", "a\nb\nc\n", "a+b\nc\n"),
                ("sed ':a;N;$!ba;s/\\n/,/g'", "a\nb\nc\n", "a,b,c\n"),
                ("sed G", "a\nb\n", "a\n\nb\n\n"),
                ("sed -n '1!G;h;$p'", "a\nb\nc\n", "c\nb\na\n"),
                ("sed y/abc/xyz/", "cab\n", "zxy\n"),
                ("sed '1i top\n$a\\  end'", "a\nb\n", "top\na\nb\n  end\n"),
                ("sed '2c new'", "a\nb\n", "a\nnew\n"),
                ("sed 's|/|:|g'", "/a/b\n", ":a:b\n"),
                ("sed 's/[^/]*$//'", "a/b\n", "a/\n"),
                ("sed 's/b/\\U&x/'", "abc\n", "aBXc\n"),
                ("sed '/^$/d'", "a\n\nb\n", "a\nb\n"),
                ("sed 's/A/x/I'", "a\n", "x\n"),
                ("sed '/a/{s//b/;p}'", "a\n", "b\nb\n"),
                ("sed '0,/a/d'", "a\na\n", "a\n"),
                ("sed -n '/a/{n;p;}'", "a\nb\n", "b\n"),
                ("sed '$!N;P;D'", "a\nb\nc\n", "a\nb\nc\n"),
                ("sed 's/\\t/ /'", "a\tb", "a b"),
                ("sed t;s/a/b/;ta;s/$/!/;:a", "a\nc\n", "b\nc!\n"),
                ("sed -i.bak s/ann/amy/ /tmp/p", "", ""),
                ("cat /tmp/p /tmp/p.bak", "", "name,age\namy,31\nbob,25\nname,age\nann,31\nbob,25\n"),
                ("sed p /no", "", "! sed: can't read /no: No such file or directory\n= 2\n"),
                ("sed s/a", "", "! sed: -e expression #1, char 3: unterminated `s' command\n= 1\n"),
                ("sed k", "", "! sed: -e expression #1, char 1: unknown command: `k'\n= 1\n"),
                ("sed s/a/b/k", "", "! sed: -e expression #1, char 7: unknown option to `s'\n= 1\n"),
                ("sed bx", "", "! sed: can't find label for jump to `x'\n= 1\n"),
            ],
        );
    }
}
