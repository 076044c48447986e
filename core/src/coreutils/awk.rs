//! `awk [-F SEPARATOR] [-v NAME=VALUE]… {PROGRAM | -f FILE…} [FILE | NAME=VALUE]…`: the language for records and
//! fields.
//!
//! - patterns, `BEGIN`, `END`, ranges; all statements, operators and arrays of POSIX; functions of one's own
//! - `getline`, `getline < file`, `print > file`, `printf`, and the functions of POSIX
//! - RS may be a character, empty, or a pattern
//!
//! Exit status: that of `exit`; 2 (busybox 1) for a mistake. Left out, and refused: pipes into and from commands,
//! `system`, `getline < "-"`. The order of `for (k in a)` is numbers, then texts.

mod ast;
mod builtin;
mod eval;
mod format;
mod lex;
mod parse;
mod run;
mod runtime;
mod value;

use super::input::decode;
use super::opts::{Options, Spec, parse, usage_error};
use super::spawn::environment;
use super::stream::{Running, Stream};
use crate::kernel::{Applet, Flavor, Step, Stop, Sys};
use run::Awk;
use runtime::{Array, Key, Runtime};
use value::Value;

/// `awk` and the names it has in the Debian family.
pub const APPLETS: &[Applet] = &[Applet::state::<Running<Awk>>("awk"), Applet::state::<Running<Awk>>("mawk")];

const SPEC: Spec = Spec::new(
    "F:v:f:",
    &[("field-separator=", 'F'), ("assign=", 'v'), ("file=", 'f')],
    "[OPTIONS] [AWK_PROGRAM] [FILE]...",
    "Run an awk program over the records of FILEs\n\n\t-v VAR=VAL\tSet variable\n\t-F SEP\tUse SEP as field separator\n\t-f FILE\tRead the program from FILE",
)
.missing("Wei")
.in_order()
.trouble(2);

impl Stream for Awk {
    fn start(sys: &mut Sys<'_>) -> Result<Self, Stop> {
        let mut o = parse(sys, &SPEC)?;
        let text = program_text(sys, &mut o)?;
        let gnu = sys.flavor() == Flavor::Gnu;
        let program = match parse::parse(&text) {
            Ok(program) => program,
            Err(mistake) if gnu => {
                sys.complain(&format!("line {}: {}", mistake.line, mistake.text));
                return Err(Stop::Exit(2));
            }
            Err(mistake) => {
                let text = match mistake.text.as_str() {
                    text if text.ends_with("never defined") => "Call to undefined function",
                    text if text.starts_with("syntax error") || text.starts_with("missing }") => "Unexpected token",
                    text => text,
                };
                sys.complain(&format!("cmd. line:{}: {text}", mistake.line));
                return Err(Stop::Exit(1));
            }
        };
        let mut runtime = Runtime::new(&program, !gnu);
        let variables = environment(sys);
        let variables = variables.iter().map(|(name, value)| (Key::of(name), Value::input(value)));
        runtime.set_array("ENVIRON", variables.collect::<Array>());
        let argv = ["awk".to_string()].into_iter().chain(o.operands.iter().cloned());
        let argv: Array = (0..).zip(argv).map(|(n, arg)| (Key::Int(n), Value::input(&arg))).collect();
        runtime.set_special("ARGC", Value::Num(argv.len() as f64));
        runtime.set_array("ARGV", argv);
        let mut awk = Awk::new(program, runtime, o.operands.clone());
        if let Some(separator) = o.value('F') {
            let separator = if separator == "t" { "\\t" } else { separator };
            awk.assign(&format!("FS={separator}"));
        }
        for assignment in o.values('v') {
            if !awk.assign(assignment) {
                return Err(usage_error(sys, &SPEC, &format!("improper assignment: -v {assignment}")));
            }
        }
        Ok(awk)
    }

    fn turn(&mut self, sys: &mut Sys<'_>) -> Step {
        self.run(sys)
    }
}

fn program_text(sys: &mut Sys<'_>, o: &mut Options) -> Result<String, Stop> {
    if o.value('f').is_none() {
        return match o.operands.is_empty() {
            true => Err(usage_error(sys, &SPEC, "")),
            false => Ok(o.operands.remove(0)),
        };
    }
    let mut parts = vec![];
    for file in o.values('f') {
        let data = if file == "-" { sys.stdin_to_end()? } else { read_program(sys, file)? };
        parts.push(decode(&data));
    }
    Ok(parts.join("\n"))
}

fn read_program(sys: &mut Sys<'_>, file: &str) -> Result<Vec<u8>, Stop> {
    sys.read_file(file).map_err(|error| match sys.flavor() {
        Flavor::Gnu => {
            sys.complain(&format!("cannot open {file} ({})", error.text()));
            Stop::Exit(2)
        }
        Flavor::Busybox => {
            sys.complain(&format!("can't open '{file}': {}", error.text()));
            Stop::Exit(1)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bed, check};

    const CSV: &str = "name,age,city\nann,31,Rome\nbob,25,Oslo\ncat,31,Oslo\n";

    #[test]
    fn records_and_fields() {
        let mut bed = bed().file("/tmp/p", CSV);
        check(
            &mut bed,
            &[
                ("awk -F, 'NR>1 {sum+=$2; n++} END {print sum, n, sum/n}' /tmp/p", "", "87 3 29\n"),
                ("awk -F, '$3==\"Oslo\" {print toupper($1), length($1)}' /tmp/p", "", "BOB 3\nCAT 3\n"),
                ("awk '{print $NF, NF}'", "a b c\nd\n", "c 3\nd 1\n"),
                ("awk '{print $1,$2}' OFS=-", "a b\n", "a-b\n"),
                ("awk '{$2=\"x\"; print; $5=\"y\"; print NF \":\" $0}'", "a b\n", "a x\n5:a x   y\n"),
                ("awk '/b/,/c/'", "a\nb\nx\nc\nd\n", "b\nx\nc\n"),
                ("awk '!/a/'", "a\nb\n", "b\n"),
                ("awk '{a[$1]++} END {for (k in a) print k, a[k]}'", "x\ny\nx\n", "x 2\ny 1\n"),
                ("awk -v n=3 'BEGIN {print n*2}'", "", "6\n"),
                ("awk -F'[,:]' '{print $2 $3}'", "a,b:c\n", "bc\n"),
                ("awk -F: '{NF=2; print}'", "a:b:c\n", "a b\n"),
                ("awk 'NR==1{next} {print FNR\":\"$0}'", "a\nb\n", "2:b\n"),
                ("awk 'BEGIN{RS=\"\"}{print NR\": \"$1\"-\"$NF}'", "a b\nc\n\n\nd\n", "1: a-c\n2: d-d\n"),
                ("awk 'BEGIN{RS=\";\"}{print}'", "a;b;c", "a\nb\nc\n"),
                ("awk 'NR==1{getline; print \"then \" $0}'", "a\nb\n", "then b\n"),
                ("awk '{ while ((getline line < \"/tmp/p\") > 0) n++; print n }'", "x\n", "4\n"),
                ("awk '{exit 3} END {print \"end\"}'", "x\n", "end\n= 3\n"),
                ("awk '1' /no", "", "! awk: cannot open /no (No such file or directory)\n= 2\n"),
            ],
        );
    }

    #[test]
    fn language() {
        check(
            &mut bed(),
            &[
                ("awk 'BEGIN {for (i=1;i<=3;i++) printf \"%d-\", i; print \"\"}'", "", "1-2-3-\n"),
                ("awk 'BEGIN {print 1e6, 0.1+0.2, 17/3, 2^10, -3%2, 1==1.0, \"a\"<\"b\"}'", "", "1000000 0.3 5.66667 1024 -1 1 1\n"),
                ("awk 'BEGIN {print substr(\"hello\",2,3) index(\"abc\",\"c\") length(\"xy\")}'", "", "ell32\n"),
                ("awk 'BEGIN {s=\"aaa\"; n=gsub(/a/,\"<&>\",s); print n, s; sub(\"<\",\"\",s); print s}'", "", "3 <a><a><a>\na><a><a>\n"),
                ("awk 'BEGIN {n=split(\"a:b:c\",x,\":\"); print n, x[3]; print (\"b\" in x), (2 in x)}'", "", "3 c\n0 1\n"),
                ("awk 'function f(n) {return n<2?n:f(n-1)+f(n-2)} BEGIN {print f(15)}'", "", "610\n"),
                ("awk 'function g(a) {a[\"k\"]=1} BEGIN {g(z); print z[\"k\"]}'", "", "1\n"),
                ("awk 'BEGIN {if (match(\"foobar\",/o+/)) print RSTART, RLENGTH}'", "", "2 2\n"),
                ("awk 'BEGIN {printf \"%5.2f|%-5s|%05d|%c|%x|%e\\n\", 3.14159, \"ab\", 42, 65, 255, 12345.678}'", "", " 3.14|ab   |00042|A|ff|1.234568e+04\n"),
                ("awk 'BEGIN {x[1,2]=3; for (k in x) {split(k,p,SUBSEP); print p[1], p[2]}; delete x[1,2]; print length(x)}'", "", "1 2\n0\n"),
                ("awk 'BEGIN {while (i<3) {i++; if (i==2) continue; print i}; do i--; while (i>0); print i}'", "", "1\n3\n0\n"),
                ("awk 'BEGIN {print \"a\" > \"/tmp/o\"; print \"b\" > \"/tmp/o\"; print -1 \" \" 1}'", "", "-1 1\n"),
                ("awk 'function f(n) {return f(n+1)} BEGIN {f(0)}'", "", "! awk: function calls nest deeper than Drydock simulates\n= 2\n"),
                ("awk 'BEGIN {while (1) x++}'", "", "! awk: one action took more steps than Drydock simulates (5000000)\n= 2\n"),
                ("cat /tmp/o", "", "a\nb\n"),
                ("awk 'BEGIN {print length}'", "", "0\n"),
                ("awk 'BEGIN {print !x, x+0, (x==\"\")}'", "", "1 0 1\n"),
                ("awk 'BEGIN { print ENVIRON[\"HOME\"]; print 1,2 > \"/dev/stderr\" }'", "", "/root\n! 1 2\n"),
                ("awk '{print $1'", "", "! awk: line 1: missing } near end of file\n= 2\n"),
                ("awk 'BEGIN{print foo(1)}'", "", "! awk: line 1: function foo never defined\n= 2\n"),
                ("awk 'BEGIN{system(\"ls\")}'", "", "! awk: system() is not simulated by Drydock\n= 2\n"),
            ],
        );
    }
}
